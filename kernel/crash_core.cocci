// SPDX-License-Identifier: GPL-2.0-only
// kernel/crash_core.c: the ELF header and the hotplug events move to
// kernel/crash/; the crash path may take kexec_lock over from an updater, and
// replays the journal once the other CPUs have stopped.
//
// places: builder 1
// places: event_functions 6
// places: event_notifier 1
// places: event_mutex 1
// places: event_macro_lock 1
// places: event_macro_unlock 1
// places: event_initcall 1
// places: crash_path 1

@builder@
position p;
@@
-int crash_prepare_elf64_headers@p(...) { ... }

@event_functions@
identifier f = { crash_check_hotplug_support, crash_handle_hotplug_event,
	crash_memhp_notifier, crash_cpuhp_online, crash_cpuhp_offline,
	crash_hotplug_init };
type T;
position p;
@@
-T f@p(...) { ... }

@event_notifier@
identifier nb = crash_memhp_nb;
position p;
@@
-struct notifier_block nb@p = { ... };

@event_mutex@
declarer name DEFINE_MUTEX;
identifier m = __crash_hotplug_lock;
position p;
@@
-static DEFINE_MUTEX@p(m);

@event_macro_lock@
expression e;
position p;
@@
-#define crash_hotplug_lock() e@p

@event_macro_unlock@
expression e;
position p;
@@
-#define crash_hotplug_unlock() e@p

@event_initcall@
declarer name subsys_initcall;
position p;
@@
-subsys_initcall@p(crash_hotplug_init);

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
