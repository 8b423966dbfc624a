// SPDX-License-Identifier: GPL-2.0-only
// kernel/crash_core.c: the ELF header moves to kernel/crash/; the crash path may
// take kexec_lock over from an updater or from a read of the reservation's size,
// and replays the journal once the other CPUs have stopped.
//
// places: builder 1
// places: memory_size 1
// places: crash_path 1

@builder@
position p;
@@
-int crash_prepare_elf64_headers@p(...) { ... }

@memory_size@
position p;
@@
 crash_get_memory_size(...)
 {
 <...
- kexec_trylock@p()
+ kexec_lock_update()
 ...>
- kexec_unlock();
+ kexec_unlock_update();
 return ...;
 }

@crash_path@
expression image;
position p;
@@
 __crash_kexec(...)
 {
 <...
- if (kexec_trylock@p()) {
+ if (kexec_lock_crash()) {
  if (image) {
   ...
+  crash_hotplug_replay(image);
   machine_kexec(image);
  }
- kexec_unlock();
+ kexec_unlock_crash();
  }
 ...>
 }
