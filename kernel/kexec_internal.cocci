// SPDX-License-Identifier: GPL-2.0-only
// kernel/kexec_internal.h: the task that drops kexec_lock lets deferred hotplug events
// catch up.
//
// places: include 1
// places: trylock 1
// places: unlock 1

@include@
position p;
@@
 #include <linux/kexec.h>@p
+#include <linux/crash_hotplug.h>

@trylock@
identifier old;
position p;
@@
 kexec_trylock@p(void)
 {
-	int old = 0;
+	int old = KEXEC_LOCK_FREE;
+
	return atomic_try_cmpxchg_acquire(&__kexec_lock, &old,
-		1
+		KEXEC_LOCK_HELD
	);
 }

@unlock@
position p;
@@
 kexec_unlock@p(void)
 {
-	atomic_set_release(&__kexec_lock, 0);
+	atomic_set_release(&__kexec_lock, KEXEC_LOCK_FREE);
+ crash_hotplug_unlocked();
 }
