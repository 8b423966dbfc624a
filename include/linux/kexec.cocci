// SPDX-License-Identifier: GPL-2.0-only
// include/linux/kexec.h: an image has its live elfcorehdr; the field stands
// among those of CONFIG_CRASH_HOTPLUG.
//
// places: image_field 1

@image_field@
identifier f = elfcorehdr_updated;
position p;
@@
 struct kimage@p {
 ...
 bool f;
+struct crash_segment *crash_segment;
 ...
 };
