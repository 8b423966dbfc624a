# SPDX-License-Identifier: GPL-2.0-only
"""A capture kernel leaves the memory alone that it is to dump.

It is the same kernel as the crashed one, with hotplug.  As by Debian's default, it sets
memory online as it is plugged; its command line asks for that.  All of the plugged
memory that the crashed kernel could give away has contents made of its address, and
each page is compared, by read() and by mmap() of /proc/vmcore, before and after
makedumpfile.
"""
from story import *
from vm import initramfs_with

# An x86 kernel refuses to read memory that it uses itself; memory that it has written to differs.
MAINLINE_FAILS = r"before makedumpfile: by \w+ .*\b[1-9]\d* (differ|unreadable)"
# The share of the plugged memory that has to be compared; the crashed kernel uses the rest.
SHARE = .75
HOW = ("read", "mmap")


def compare(vm, when):
    """Compare each page that was filled, in both ways; return how many pages that were."""
    counts, faults = {}, []
    for how in HOW:
        out = vm.run(f"pages compare {how} /dev/vda", timeout=300)
        match = re.match(r"equal (\d+) differ (\d+) unreadable (\d+) absent (\d+) first (.*)$", out)
        if not match:
            raise HarnessError(f"pages: {out}")
        equal, *wrong = map(int, match.groups()[:4])
        counts[how] = equal + sum(wrong)
        faults.append(f"by {how} {wrong[0]} differ, {wrong[1]} unreadable, {wrong[2]} absent "
                      f"of {counts[how]} pages (first: {match[5]})" if sum(wrong) else "")
    if any(faults):
        raise Failed(f"{when}: {'; '.join(f for f in faults if f)}")
    return counts


def plugged(kernel, mib, **options):
    tool = tools(kernel, "pages")
    files = {**tool, "/boot/initramfs": initramfs_with(arch.of_kernel(kernel), tool)}
    with Machine(kernel, files=files, name="capture-memory", **options) as vm:
        # Online as in the capture kernel, so that the memory's pages are in the same zone.
        auto_online(vm, "online")
        plug_memory(vm, "dimm", mib)
        load(vm)
        start = vm.first_block * BLOCK
        want = core.true_ranges(vm)
        if core.subtract([(start, start + mib * MIB)], want):
            raise HarnessError(f"the plugged memory is not all in use: {core.show(want)}")
        vm.run(f"echo 0 > /proc/sys/vm/compact_unevictable_allowed; "
               f"pages fill {start:#x} {start + mib * MIB:#x} /dev/vda >/tmp/pages 2>&1 &")
        vm.wait_for("[ -s /tmp/pages ]", timeout=120)
        filled = vm.run("cat /tmp/pages").strip()
        if not filled.isdigit() or int(filled) * core.PAGE < SHARE * mib * MIB:
            raise HarnessError(f"pages: {filled} of {mib * MIB // core.PAGE}")

        vm.crash()
        vm.wait_hello("capture", 300)
        policy = vm.run(f"cat {MEMORY}/auto_online_blocks").strip()
        if policy != "online":
            raise HarnessError(f"the capture kernel's auto_online_blocks is {policy}, but its "
                               "command line says memhp_default_state=online")
        before = compare(vm, "before makedumpfile")
        dumped, dump = take_dump(vm)
        after = compare(vm, "after makedumpfile")
        if before != after or set(before.values()) != {int(filled)}:
            raise HarnessError(f"{filled} pages filled, {before} and {after} compared")
        if dumped != want:
            raise Failed(f"/proc/vmcore has {core.show(dumped)}, not {core.show(want)}")
        open_in_crash(vm, dump)
        return (f"{filled} of {mib * MIB // core.PAGE} plugged pages equal, by read "
                f"{before['read']} before and {after['read']} after makedumpfile, by mmap "
                f"{before['mmap']} and {after['mmap']}")


CASES = {
    "dimm": lambda kernel: plugged(kernel, 512, slots=2, maxmem="4G"),
    # In a capture kernel the driver adds nothing, and tells /proc/vmcore which part is plugged.
    # It asks the device about each 2 MiB, which makes makedumpfile slow.
    "control-virtio-mem": lambda kernel: plugged(kernel, 256, virtio_mem="1G"),
}
