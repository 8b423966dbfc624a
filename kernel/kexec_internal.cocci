// SPDX-License-Identifier: GPL-2.0-only
// kernel/kexec_internal.h: who drops kexec_lock lets deferred hotplug events
// catch up.
//
// places: include 1
// places: unlock 1

@include@
position p;
@@
 #include <linux/kexec.h>@p
+#include <linux/crash_hotplug.h>

@unlock@
position p;
@@
 kexec_unlock@p(void)
 {
  ...
+ crash_hotplug_unlocked();
 }
