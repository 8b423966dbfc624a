# SPDX-License-Identifier: GPL-2.0-only
"""Memory grows until the crash kernel's reservation is too small for it.

A machine of 512 MiB grows to 64 GiB by virtio-mem.  The kernel says once that the
reservation is too small, and so does "elfcorehdr check".  Where nobody heeds that, the
capture kernel runs out of memory; it dumps the same machine if the reservation has the
size that was asked for, and with the small one if the memory did not grow.
"""
from story import *

GIB = 1 << 30
DEBUGFS = "/sys/kernel/debug/crash_hotplug"
WARNING = r"crash hotplug: a dump of (\d+) MiB of memory may need a reservation of (\d+) MiB, and crashkernel= has made one of (\d+) MiB"
SMALL, LARGE = 44, 64
LIST = f"256M-2G:{SMALL}M,2G-:{LARGE}M"
# The capture kernel's free memory when makedumpfile starts, in KiB, where the reservation
# has no more than a dump of 512 MiB takes.
FREE = 2000
# The kernel's estimate, in bytes: for makedumpfile itself, and the most for its bitmaps.
BASE = BITMAPS = 4 * MIB


def machine(kernel, crashkernel):
    return Machine(kernel, memory="512M", virtio_mem="64G", crashkernel=crashkernel,
                   files=tools(kernel, "elfcorehdr"), name="outgrown")


def reservation(vm):
    """Return memory, reserved and needed, in bytes, as the kernel tells them."""
    text = vm.run(f"cat {DEBUGFS}/reservation")
    names, values = zip(*(line.split() for line in text.splitlines()))
    if names != ("memory", "reserved", "needed"):
        raise Failed(f"{DEBUGFS}/reservation: {text}")
    return list(map(int, values))


def resize(vm, mib):
    """Have the machine plug or unplug memory, and wait until all of that is in use, or gone."""
    blocks = online_blocks(vm) + mib // (BLOCK // MIB)
    vm.resize_virtio_mem(mib * MIB)
    wait_online(vm, blocks, 180)


def grow(vm):
    """Grow to 63.5 GiB, all of it in use."""
    auto_online(vm, "online")
    resize(vm, (63 << 10) - vm.virtio_mem_used // MIB)


def expect_said(vm, want, when):
    """Fail unless the log's warnings are these pairs of MiB: (needed, reserved)."""
    said = re.findall(WARNING, vm.run("dmesg"))
    if [tuple(map(int, s[1:])) for s in said] != want:
        raise Failed(f"{when} the log has {said}, not {want}")


def check(vm, reserved, needed, said, when):
    """Fail unless the file and the tool say so many MiB, and the log has said so."""
    memory, got_reserved, got_needed = reservation(vm)
    if got_reserved != reserved * MIB or got_needed != needed * MIB:
        raise Failed(f"with {memory // MIB} MiB: reserved {got_reserved}, needed {got_needed}, "
                     f"not {reserved} and {needed} MiB")
    status, out = vm.run("elfcorehdr check 2>&1", check=False)
    tool = "warning: a dump of this machine's memory may need a reservation" in out
    if status:
        raise Failed(f"elfcorehdr check exits with {status}: {out}")
    if tool != (needed > reserved):
        raise Failed(f"{needed} MiB needed, {reserved} reserved, and elfcorehdr check says: {out}")
    expect_said(vm, said, when)


def warned_by_list(kernel):
    """The list of crashkernel= has more for the memory of now."""
    with machine(kernel, "256M-2G:160M,2G-8G:192M,8G-:256M") as vm:
        load(vm)
        auto_online(vm, "online_movable")
        check(vm, 160, 160, [], "after the load")
        # The kernel rounds up to 128 MiB, as at boot, and 2 GiB belong to the upper entry.
        resize(vm, 1280)
        check(vm, 160, 160, [], "below the limit")
        resize(vm, 256)
        check(vm, 160, 192, [(192, 160)], "at the limit")
        resize(vm, -256)
        check(vm, 160, 160, [(192, 160)], "below the limit again")
        resize(vm, 512)
        check(vm, 160, 192, [(192, 160)], "above the limit again")
        load(vm)
        check(vm, 160, 192, [(192, 160)], "after another load")
        resize(vm, -512)
        load(vm)
        resize(vm, 512)
        check(vm, 160, 192, [(192, 160)] * 2, "after a load for which it was large enough")
        grow(vm)
        check(vm, 160, 256, [(192, 160)] * 2 + [(256, 160)], "with 64 GiB")
        memory = reservation(vm)[0]
        return f"{memory / GIB:.1f} GiB of memory"


def warned_by_estimate(kernel):
    """Nothing says how much larger memory wants, but the base of a dump was measured."""
    with machine(kernel, "160M") as vm:
        if reservation(vm)[2]:
            raise Failed("a size is needed where nothing says so")
        load(vm)
        image = reservation(vm)[2]
        files = int(vm.run("cat /boot/Image /boot/initramfs | wc -c"))
        if not BASE + files < image < SMALL * MIB:
            raise Failed(f"{image} bytes are needed for an image of {files}")
        base = "/sys/module/crash_hotplug/parameters/capture_base"
        for bad in ("M", "x1M", "1Mx", "-1", "18446744073709551615"):
            if not vm.run(f"echo {bad} > {base}", check=False)[0]:
                raise Failed(f"capture_base takes {bad}")
        vm.run(f"echo 155M > {base}")
        before = reservation(vm)[2]
        # The machine's two CPUs have a note and a program header each.
        if not 0 <= before - 155 * MIB - BASE - (512 * MIB // core.PAGE * 2 // 8) < 2048:
            raise Failed(f"{before} bytes are needed with a base of 155 MiB")
        auto_online(vm, "online_movable")
        resize(vm, 4 << 10)
        if not before < reservation(vm)[2] < 160 * MIB:
            raise Failed(f"{reservation(vm)[2]} bytes are needed with 4.5 GiB")
        resize(vm, -4 << 10)
        if reservation(vm)[2] != before:
            raise Failed(f"{before} bytes were needed before memory came and went, {reservation(vm)[2]} after it")
        expect_said(vm, [], "with 4.5 GiB")
        grow(vm)
        after = reservation(vm)[2]
        if not 0 <= after - 155 * MIB - BASE - BITMAPS < 2048:
            raise Failed(f"{after} bytes are needed for 64 GiB with a base of 155 MiB")
        # When the need passes the reservation it is less than a MiB above it.
        expect_said(vm, [(161, 160)], "with 64 GiB")
        # A base that is wrong, mended, and wrong again.
        vm.run(f"echo 100M > {base}; echo 158M > {base}; echo 158M > {base}")
        expect_said(vm, [(161, 160), (167, 160)], "after the base was set")
        return f"{image / MIB:.1f} MiB for the image, {before / MIB:.1f} to {after / MIB:.1f} MiB with a measured base"


def dump(vm, limit):
    """Take a dump that opens in crash; makedumpfile may take so many bytes.  Return how many it took."""
    path = take_dump(vm, "-c -d 31", "busybox time -o /tmp/rss -f %M")[1]
    taken = int(vm.run("cat /tmp/rss")) << 10
    open_in_crash(vm, path)
    if taken > limit:
        raise Failed(f"makedumpfile takes {taken / MIB:.1f} MiB, and the kernel reckons with {limit / MIB:.1f}")
    return f"makedumpfile takes {taken / MIB:.1f} MiB of the {limit / MIB:.1f} MiB that the kernel reckons with"


def crash_full(vm):
    """Crash, and fill the capture kernel's memory but for FREE, as the services of an initrd do."""
    vm.crash()
    vm.wait_hello("capture", 300)
    status, out = vm.run("n=0; while set -- $(grep ^MemFree: /proc/meminfo) && [ $2 -gt "
                         f"{FREE} ]; do dd if=/dev/zero of=/tmp/$n bs=16k count=1 2>/dev/null || exit 1; "
                         "n=$((n+1)); done", timeout=120, check=False)
    if status:
        raise HarnessError(f"the capture kernel's memory could not be filled: {out}")


def ignored(kernel):
    with machine(kernel, LIST) as vm:
        load(vm)
        check(vm, SMALL, SMALL, [], "after the load")
        grow(vm)
        check(vm, SMALL, LARGE, [(LARGE, SMALL)], "with 64 GiB")
        vm.allow_log = "invoked oom-killer"
        crash_full(vm)
        try:
            note = dump(vm, BASE + BITMAPS)
        except Failed as e:
            killed = re.findall(r"Out of memory: Killed process \d+ \((\w+)\)", vm.log())
            if killed != ["makedumpfile"]:
                raise HarnessError(f"no dump, and the capture kernel has killed {killed}: {e}")
            return "the capture kernel ran out of memory, and killed makedumpfile"
        raise HarnessError(f"64 GiB were dumped with {FREE} KiB of free memory: {note}")


def not_grown(kernel):
    """The same reservation, with as little free memory, is large enough for the memory of the boot."""
    with machine(kernel, LIST) as vm:
        load(vm)
        crash_full(vm)
        return dump(vm, BASE)


def heeded(kernel):
    """The reservation has the size that the warning asked for, and the services take as much as before."""
    with machine(kernel, f"{LARGE}M") as vm:
        load(vm)
        grow(vm)
        vm.crash()
        vm.wait_hello("capture", 300)
        vm.run("dd if=/dev/zero of=/tmp/services bs=1M count=8 2>/dev/null")
        return dump(vm, BASE + BITMAPS)


CASES = {"warned-by-list": warned_by_list, "warned-by-estimate": warned_by_estimate,
         "ignored": ignored, "control-not-grown": not_grown}
if LONG:
    # makedumpfile looks at each of 16 million pages.
    CASES["heeded"] = heeded
