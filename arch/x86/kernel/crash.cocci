// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/kernel/crash.c: the generic code updates the elfcorehdr.  Where
// the load-time header is still prepared here (6.12), the functions that do it
// have no caller left without KEXEC_FILE.
//
// places: handler 1
// places: prepare 0..1

@handler@
position p;
@@
-void arch_crash_handle_hotplug_event@p(...) { ... }

@prepare@
position p;
@@
-static int
+static int __maybe_unused
 prepare_elf_headers@p(...)
 { ... }
