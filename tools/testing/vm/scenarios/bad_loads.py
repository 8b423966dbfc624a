# SPDX-License-Identifier: GPL-2.0-only
"""kexec_load with headers that can't be read: there is a clear message and no crash,
crash_hotplug reads 0, and the image is left as it was loaded.

A header that can be read is built anew, so that its other contents don't matter.
"""
from story import *

MESSAGES = {
    "truncated": r"truncated: e_phnum program headers do not fit",
    "phnum": r"extended numbering \(PN_XNUM\) is not supported",
    "nophdrs": r"no program headers",
    "type": r"program header \d+: neither PT_NOTE nor PT_LOAD",
    "machine": r"made for another machine",
    # An ELF64 header that says ELF32: it makes no sense as an ELF32 header.
    "class": r"wrong e_ehsize",
    "none-at-all": r"no segment is an ELF core header",
    "two": r"segments 1 and 2 are both ELF core headers",
    "noroom": r"room for \d+ program headers, are too few",
}
# Mainline replaces these headers at the first event, without looking at them.
TAKEN = ("none", "overlap", "wrap", "empty", "elf32")


# On an architecture that leaves its segments to the generic code, a segment must not be
# smaller than crash_elfcorehdr_size.
SIZED = {"truncated": r"segment of 4096 bytes, not the \d+ of crash_elfcorehdr_size",
         "noroom": r"segment of 4096 bytes, not the \d+ of crash_elfcorehdr_size"}


def bad_load(vm, fault, start):
    """Load; return (loaded, crash_hotplug of memory and of CPUs), and the kernel's messages."""
    vm.run(f"dmesg -c >/dev/null; badload {fault} {start:#x}")
    reads = vm.run(f"cat /sys/kernel/kexec_crash_loaded {MEMORY}/crash_hotplug "
                   "/sys/devices/system/cpu/crash_hotplug").split()
    return reads, re.findall(r"crash hotplug: .*", vm.run("dmesg"))


def one_block(vm, state):
    vm.run(f"echo {state} > {MEMORY}/memory{vm.first_block}/state")


def refused(kernel):
    # A page has no room for 80 notes, which is the fault of "noroom".
    with Machine(kernel, slots=2, maxmem="2G", maxcpus=80, files=tools(kernel, "badload"),
                 name="bad-loads") as vm:
        vm.plug_dimm("first")
        vm.wait_for(f"[ -e {MEMORY}/memory{vm.first_block} ]")
        start = core.reservation(vm)[0]
        messages = MESSAGES if vm.arch.name == "x86_64" else MESSAGES | SIZED
        for fault, message in messages.items():
            reads, said = bad_load(vm, fault, start)
            before = vm.physical(start, 3 << 20)
            if len(said) != 1 or not re.search(message, said[0]):
                raise Failed(f"{fault}: the kernel said {said}, not '{message}'")
            if reads != ["1", "0", "0"]:
                raise Failed(f"{fault}: loaded {reads[0]}, crash_hotplug {reads[1:]}")
            one_block(vm, "online_movable")
            one_block(vm, "offline")
            if vm.physical(start, 3 << 20) != before:
                raise Failed(f"{fault}: the image was changed")
        return f"{len(MESSAGES)} faults, each with its message"


def taken(kernel):
    with Machine(kernel, slots=2, maxmem="2G", files=tools(kernel, "badload"),
                 name="odd-loads") as vm:
        vm.plug_dimm("first")
        vm.wait_for(f"[ -e {MEMORY}/memory{vm.first_block} ]")
        start = core.reservation(vm)[0]
        for oddity in TAKEN:
            reads, said = bad_load(vm, oddity, start)
            if reads != ["1", "1", "1"] or said:
                raise Failed(f"{oddity}: loaded {reads[0]}, crash_hotplug {reads[1:]}; "
                             f"the kernel said {said}")
            core.check_exact(vm, start + MIB, f"{oddity}: after the load")
            one_block(vm, "online_movable")
            core.check_exact(vm, start + MIB, f"{oddity}: with a block more")
            one_block(vm, "offline")
            core.check_exact(vm, start + MIB, f"{oddity}: with a block less")
        return f"{len(TAKEN)} headers, each followed"


def full(kernel):
    """A header with room for 72 entries, and more ranges than that."""
    with Machine(kernel, memory="1G", slots=2, maxmem="24G", files=tools(kernel, "badload"),
                 name="full") as vm:
        vm.plug_dimm("big", 17 << 10)
        vm.wait_for(f"[ -e {MEMORY}/memory{vm.first_block + 135} ]", timeout=60)
        start = core.reservation(vm)[0]
        vm.run(f"badload small {start:#x}")
        header = start + (1 << 20)
        core.check_exact(vm, header, "after the load")
        blocks = range(vm.first_block, vm.first_block + 136, 2)
        for block in blocks:
            vm.run(f"echo online_movable > {MEMORY}/memory{block}/state")
        said = re.findall(r"elfcorehdr is full.*", vm.run("dmesg"))
        if len(said) != 1:
            raise Failed(f"not said once, but: {said}")
        if vm.run(f"cat {MEMORY}/crash_hotplug").strip() != "0":
            raise Failed("crash_hotplug does not read 0 with memory uncovered")
        # The header is sound, and has as many entries as fit.
        phdrs = core.live_header(vm, header)
        missing = core.subtract(core.true_ranges(vm), core.ranges_of(phdrs))
        if len(phdrs) != 72 or not missing:
            raise Failed(f"{len(phdrs)} entries, missing {core.show(missing)}")
        # When there is room again, the ranges that did not fit are added.
        gone = blocks[:len(missing) + 1]
        for block in gone:
            vm.run(f"echo offline > {MEMORY}/memory{block}/state")
        vm.wait_for(f"[ $(cat {MEMORY}/crash_hotplug) = 1 ]", what="crash_hotplug reads 1 again")
        core.check_exact(vm, header, "after there was room again")
        return f"{len(phdrs)} entries, {len(missing)} ranges without: said once, and made up for"


def cases(kernel):
    # On other architectures a header has room for 8,192 ranges, or is refused.
    return {"refused-headers": refused, "headers-made-anew": taken} | \
        ({"header-full": full} if arch.of_kernel(kernel).name == "x86_64" else {})
