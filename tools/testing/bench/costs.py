#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Measure the instructions of a registration, and of a load of the crash image.

The method is that of events.py.  costs.py MAINLINE-KERNEL KERNEL
"""
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "vm"))
from events import Tracer  # noqa: E402
from minidump import *  # noqa: E402,F403

REPEAT = 5


def registration(kernel):
    """Return (regions, instructions) of one more registration in a nearly full image."""
    with machine(kernel, memory="1G", icount=True, boot_timeout=300, name="bench",
                 cmdline="nokaslr", files=modules(kernel, "test_meminspect")) as vm:
        vm.run(f"insmod /root/test_meminspect.ko; while echo vmalloc 4096 > {TEST}; do :; done 2>/dev/null; "
               f"echo release $(sed -n 's/ cookie=.*//p' {TEST} | tail -n 1) > {TEST}", timeout=300)
        tracer = Tracer(vm, "meminspect_lock_register")
        times = []
        for _ in range(REPEAT):
            times.append(tracer.event(f"echo vmalloc 4096 > {TEST}"))
            regions = len(check(vm)["regions"])
            vm.run(f"echo release $(sed -n 's/ cookie=.*//p' {TEST} | tail -n 1) > {TEST}")
        return regions, statistics.median(times)


def a_load(kernel, image):
    """Return the instructions of a kexec_file_load() of a crash image."""
    with Machine(kernel, memory="1G", icount=True, boot_timeout=300, name="bench",
                 files={"/root/Image": image}) as vm:
        load(vm)
        tracer = Tracer(vm, "__x64_sys_kexec_file_load")
        return statistics.median(tracer.event(
            "kexec -s -p /root/Image --initrd=/boot/initramfs --command-line=console=ttyS0")
            for _ in range(REPEAT))


def main():
    mainline, ours = (Path(k).resolve() for k in sys.argv[1:])
    regions, instructions = registration(ours)
    print(f"    one registration, when the image has {regions} regions:  {instructions:,.0f} instructions")
    # The same image, since most instructions are those of its checksum.
    image = mainline / "Image"
    before, now = a_load(mainline, image), a_load(ours, image)
    print(f"    one kexec -s -p, against mainline's:  {now / before:.3f} times the instructions")


if __name__ == "__main__":
    main()
