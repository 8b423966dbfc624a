# SPDX-License-Identifier: GPL-2.0-only
"""The header has exactly the online memory after each event of memory and CPUs.

The test reads the guest's memory at the header's address from outside, with a parser
that is not the builder's.
"""
import base64

from story import *

MAINLINE_FAILS = r"^after unplug of the first: missing \(nothing\), stale 0x\w+-0x\w+$"


def load_by(vm, how):
    """Load, and return the header's address.

    On arm64 kexec-tools do not support a header that is updated: they take a digest
    of it, so it must not change.  There a program of ours loads one that is updated.
    """
    if how == "-s" or vm.arch.name == "x86_64":
        load(vm, how)
        return core.find_header(vm)
    load(vm, how)
    said = vm.run("dmesg | grep 'crash hotplug: elfcorehdr'")
    support = vm.run(f"cat {MEMORY}/crash_hotplug").strip()
    if "not updated on hotplug" not in said or support != "0":
        raise Failed(f"kexec-tools' own header: crash_hotplug is {support}: {said}")
    start = core.reservation(vm)[0]
    vm.run(f"badload none {start:#x}")
    return start + MIB


def both_system_calls(kernel, how):
    ours = "crash_hotplug_event" in symbols(kernel)
    with Machine(kernel, slots=4, maxmem="4G", maxcpus=4, files=tools(kernel, "badload"),
                 name="exact") as vm:
        header = load_by(vm, how)
        # Mainline rebuilds the header of a kexec_load at the first event, and not before.
        core.check_exact(vm, header, "after the load", by_kexec_tools=not ours and how != "-s")
        if ours:
            vm.run("echo 1 > /sys/kernel/tracing/events/crash_hotplug/enable")

        auto_online(vm)
        plug_memory(vm, "first")
        core.check_exact(vm, header, "after plugging 128 MiB")
        plug_memory(vm, "second", 512)
        core.check_exact(vm, header, "after plugging 512 MiB")
        vm.unplug_dimm("first")
        core.check_exact(vm, header, "after unplug of the first")
        if ours:
            check_trace(vm)

        # Blocks of one DIMM, each on its own.
        blocks = [int(s) // BLOCK for s, _ in offline_or_added(vm)]
        for block in blocks[1::2]:
            vm.run(f"echo 0 > {MEMORY}/memory{block}/online")
            core.check_exact(vm, header, f"after offline of block {block}")
        header = load_by(vm, how)
        core.check_exact(vm, header, "after a load with blocks offline")
        for block in blocks[1::2]:
            vm.run(f"echo online_movable > {MEMORY}/memory{block}/state")
            core.check_exact(vm, header, f"after online of block {block}")

        cpu = vm.plug_cpu()
        vm.wait_for("[ -e /sys/devices/system/cpu/cpu2/online ]")
        vm.run("echo 1 > /sys/devices/system/cpu/cpu2/online")
        core.check_exact(vm, header, "after a CPU")
        vm.run("echo 0 > /sys/devices/system/cpu/cpu2/online")
        # QEMU 7.2 corrupts its own heap when an emulated CPU is unplugged.
        if vm.accel == "kvm":
            vm.unplug_cpu(cpu)
        core.check_exact(vm, header, "after the CPU went")
        if ours:
            debugfs_is_memory(vm, header)
        vm.unplug_dimm("second")
        core.check_exact(vm, header, "after unplug of the second")


def debugfs_is_memory(vm, header):
    """Fail unless debugfs shows the header that the capture kernel would find."""
    shown = base64.b64decode(vm.run("base64 < /sys/kernel/debug/crash_hotplug/elfcorehdr"))
    if shown != vm.physical(header, len(shown)):
        raise Failed("debugfs shows other bytes than memory has")
    table = vm.run("cat /sys/kernel/debug/crash_hotplug/ranges").splitlines()[1:]
    rows = {tuple(int(x, 16) for x in re.findall(r"[0-9a-f]{16}", row)) for row in table}
    phdrs = {(p.paddr, p.paddr + p.memsz - 1, p.vaddr) for p in core.parse(shown)}
    if rows != phdrs:
        raise Failed(f"the table differs from the header: {rows ^ phdrs}")


def check_trace(vm):
    first = vm.first_block * BLOCK
    trace = vm.run("cat /sys/kernel/tracing/trace")
    seen = dict(re.findall(rf"update: seq=(\d+) (\w+) {first:x}-{first + BLOCK - 1:x} ret=0", trace))
    numbers = {action: int(number) for number, action in seen.items()}
    if not 0 < numbers.get("mem_going_online", 0) < numbers.get("mem_offline", 0):
        raise Failed(f"of the first block, the trace has no coming and going but {numbers}: {trace}")


def offline_or_added(vm):
    """Blocks of hot-plugged memory, which starts at the machine's first_block."""
    out = []
    for (start, end), name in core.iomem(vm):
        if name.startswith("System RAM") and start >= vm.first_block * BLOCK:
            out += [(a, a + BLOCK) for a in range(start, end, BLOCK)]
    return out


CASES = {
    "kexec_file_load": lambda kernel: both_system_calls(kernel, "-s"),
    "kexec_load": lambda kernel: both_system_calls(kernel, "-c --hotplug"),
}
