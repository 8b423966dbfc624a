// SPDX-License-Identifier: GPL-2.0-only
// kernel/kexec.c: the elfcorehdr is taken up once all segments are in place.
//
// places: attach 1

@attach@
expression image;
position p;
@@
 do_kexec_load(...)
 {
 <...
  kimage_terminate@p(image);
+ crash_hotplug_attach(image);
 ...>
 }
