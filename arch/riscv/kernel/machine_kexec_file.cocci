// SPDX-License-Identifier: GPL-2.0-only
// arch/riscv/kernel/machine_kexec_file.c: the elfcorehdr has room to grow, and the
// capture kernel keeps off all of it.
//
// places: include 1
// places: room 1
// places: size 1

@include@
position p;
@@
 #include <linux/kexec.h>@p
+#include <linux/crash_hotplug.h>

@room@
struct kexec_buf kbuf;
identifier image, headers_sz;
position p;
@@
 kbuf.bufsz = headers_sz;
 ...
-kbuf.memsz = headers_sz@p;
+kbuf.memsz = crash_hotplug_reserve(image, headers_sz);
 ...
 image->elf_headers_sz = headers_sz;

@size@
struct kexec_buf kbuf;
identifier image, headers_sz;
position p;
@@
 kbuf.memsz = crash_hotplug_reserve(image, headers_sz);
 ...
-image->elf_headers_sz = headers_sz@p;
+image->elf_headers_sz = kbuf.memsz;
