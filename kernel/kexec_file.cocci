// SPDX-License-Identifier: GPL-2.0-only
// kernel/kexec_file.c: the elfcorehdr is taken up once all segments are in
// place.
//
// places: attach 1

@attach@
expression image;
position p;
@@
  kimage_terminate@p(image);
+ crash_hotplug_attach(image);
