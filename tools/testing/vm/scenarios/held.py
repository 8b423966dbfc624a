# SPDX-License-Identifier: GPL-2.0-only
"""A slow consumer delays registration, and nothing else.

A back end of kmemdump's interface sleeps 15 seconds over a region.  Meanwhile CPUs and
memory go offline and online, the capture kernel is loaded, and the dump is right.  Only
memory that the back end itself was told of waits until the back end releases it.
"""
import time

from minidump import *

CONSUMER = "/sys/kernel/debug/meminspect_consumer"
# Longer than the actions take that must not wait, on the slowest machine.
HELD = 30


def released(vm):
    return vm.run("[ -e /tmp/done ]", check=False)[0] == 0


def timed(vm, what, script):
    """Run the script, which must end before the table is released; return its seconds."""
    begin = time.monotonic()
    vm.run(script, timeout=60)
    took = time.monotonic() - begin
    if released(vm):
        raise Failed(f"{what} took {took:.1f} s while the table was held")
    return took


def held(kernel):
    # Without the running tasks: the back end would sleep over each of them as well.
    with machine(kernel, cpus=3, slots=2, maxmem="4G", name="held",
                 cmdline="meminspect.watch_ms=0",
                 files=modules(kernel, "test_meminspect")) as vm:
        vm.run("insmod /root/test_meminspect.ko")
        auto_online(vm)
        plug_memory(vm, "first")
        vm.run(f"echo backend {1000 * HELD} > {CONSUMER}")
        regions_before = vm.run(f"cat {CONSUMER}")
        if int(regions_before.split()[1]) < 20:
            raise Failed(f"the back end was told of {regions_before}")

        vm.run(f"(echo kmalloc 100 > {TEST}; touch /tmp/done) >/dev/null 2>&1 &")
        vm.wait_for(f"[ $(sed -n 's/^regions //p' {CONSUMER}) -gt {regions_before.split()[1]} ]")
        online = "/sys/devices/system/cpu/cpu2/online"
        slowest = max(
            timed(vm, "CPU hotplug", f"echo 0 > {online}; echo 1 > {online}"),
            timed(vm, "a load", "kexec -s -p /boot/Image --initrd=/boot/initramfs "
                  f"--command-line='console={vm.arch.console} panic=-1 nr_cpus=1'"),
            timed(vm, "taking memory offline and back",
                  f"echo offline > {MEMORY}/memory{vm.first_block}/state; "
                  f"echo online_movable > {MEMORY}/memory{vm.first_block}/state"))
        check(vm)
        if released(vm):
            raise HarnessError("nobody held the table any more while it was checked")
        vm.wait_for("[ -e /tmp/done ]", timeout=HELD + 30)
        vm.run(f"echo nobackend > {CONSUMER}")
        if vm.run(f"cat {CONSUMER}").split()[1] != "0":
            raise Failed(f"the back end has gone, and has {vm.run(f'cat {CONSUMER}')}")
        return f"at most {slowest:.1f} s, with the table held for {HELD}"


CASES = {"by-a-back-end": held}
