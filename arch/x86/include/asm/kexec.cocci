// SPDX-License-Identifier: GPL-2.0-only
// arch/x86/include/asm/kexec.h: no handler of the architecture's own.
//
// places: prototype 1
// places: macro 1

@prototype@
identifier image, arg;
position p;
@@
-void arch_crash_handle_hotplug_event@p(struct kimage *image, void *arg);

@macro@
expression e;
position p;
@@
-#define arch_crash_handle_hotplug_event e@p
