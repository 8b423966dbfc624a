// SPDX-License-Identifier: GPL-2.0-only
// kernel/kexec_core.c: an image lets go of its elfcorehdr before it is freed.
//
// places: detach 1

@detach@
identifier image;
position p;
@@
 kimage_free@p(struct kimage *image)
 {
  ...
  if (!image)
	return;
+ crash_hotplug_detach(image);
  ...
 }
