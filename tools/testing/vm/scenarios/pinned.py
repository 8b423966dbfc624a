# SPDX-License-Identifier: GPL-2.0-only
"""An event that finds kexec_lock taken is made up for as soon as the lock is
free, and crash_hotplug tells user space meanwhile.

slowload holds the lock for as long as the test wants: the kernel copies the
segment of its kexec_load, and waits for a page that userfaultfd withholds.
Meanwhile a DIMM goes online or offline, which the header can't follow yet:
crash_hotplug reads 0.

Then a block of another DIMM is set offline, which never ends, because one of its
pages is in a pipe that nobody reads.  The offlining task holds the locks of
memory hotplug all the time.  The header has to follow nevertheless.
"""
from story import *

MAINLINE_FAILS = r"(missing|stale) 0x"
# Time that the header may take to follow once the lock is free.
SECONDS = 10


def hold_lock(vm):
    """Let a load hold kexec_lock."""
    vm.run("mkfifo /tmp/go; "
           f"(slowload /tmp/go {vm.arch.ram + 64 * MIB:#x}; echo $? >/tmp/loaded) >/tmp/slowload 2>&1 &")
    vm.wait_for("[ -s /tmp/slowload ]", what="a load holds kexec_lock")
    said = vm.run("cat /tmp/slowload").strip()
    if said != "held":
        raise HarnessError(f"slowload: {said}")


def release_lock(vm):
    vm.run("echo >/tmp/go")
    vm.wait_for("[ -s /tmp/loaded ]", what="the load ends")
    if vm.run("cat /tmp/loaded").strip() != "0":
        raise HarnessError(f"slowload: {vm.run('cat /tmp/slowload').strip()}")


def support(vm):
    """crash_hotplug of memory and of CPUs, which tells user space if it has to load again."""
    return vm.run(f"cat {MEMORY}/crash_hotplug /sys/devices/system/cpu/crash_hotplug").split()


def until_exact(vm, header, when):
    """Wait until the header is exact; fail as check_exact() does if it won't be."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return core.check_exact(vm, header, when)
        except Failed:
            if time.monotonic() > deadline:
                raise


def wait_state(vm, block, state):
    vm.wait_for(f"[ \"$(cat {MEMORY}/memory{block}/state)\" = {state} ]",
                what=f"block {block} is {state}")


def machine(kernel):
    return Machine(kernel, slots=4, maxmem="4G", files=tools(kernel, "pin", "slowload"),
                   name="pinned")


def defer_event(vm, header, state="online"):
    """Hold the lock, and set the second DIMM, which is offline, online, or the other way round."""
    block = vm.first_block + 1
    memory = [(block * BLOCK, (block + 1) * BLOCK)]
    auto_online(vm, "online_movable" if state == "offline" else "offline")
    vm.plug_dimm("second")
    vm.wait_for(f"[ -e {MEMORY}/memory{block} ]")
    wait_state(vm, block, {"online": "offline", "offline": "online"}[state])
    core.check_exact(vm, header, "before the event")
    hold_lock(vm)
    vm.run(f"echo {state.replace('online', 'online_movable')} > {MEMORY}/memory{block}/state")
    covered = not core.subtract(memory, core.ranges_of(core.live_header(vm, header)))
    if covered != (state == "offline"):
        raise HarnessError("the event was not deferred")


def pending(kernel):
    """crash_hotplug of memory and CPUs while an event is pending."""
    with machine(kernel) as vm:
        load(vm)
        header = core.find_header(vm)
        auto_online(vm)
        plug_memory(vm, "first")
        before = support(vm)
        if before != ["1", "1"]:
            raise HarnessError(f"crash_hotplug reads {' '.join(before)} after the load")
        defer_event(vm, header)
        during = support(vm)
        release_lock(vm)
        until_exact(vm, header, "after the load that held the lock")
        after = support(vm)
        if during != ["0", "0"]:
            raise Failed(f"crash_hotplug reads {' '.join(during)} with an event pending")
        if after != ["1", "1"]:
            raise Failed(f"crash_hotplug reads {' '.join(after)} after the header has followed")
        return "crash_hotplug reads 1, with an event pending 0, then 1"


def stuck_workers(vm):
    """kworkers in uninterruptible sleep."""
    text = vm.run("cat /proc/[0-9]*/stat 2>/dev/null", check=False)[1]
    return [line for line in text.splitlines() if re.search(r"\(kworker\S*\) D ", line)]


def pinned(kernel, state):
    """The header follows although a block's offlining never ends."""
    with machine(kernel) as vm:
        load(vm)
        header = core.find_header(vm)
        auto_online(vm)
        plug_memory(vm, "first")
        block = vm.first_block
        vm.run(f"pin {block * BLOCK:#x} {(block + 1) * BLOCK:#x} >/tmp/pinned 2>&1 & "
               "echo $! >/tmp/pinner")
        vm.wait_for("[ -s /tmp/pinned ]")
        said = vm.run("cat /tmp/pinned").strip()
        if not said.startswith("0x"):
            raise HarnessError(f"pin: {said}")
        core.check_exact(vm, header, "after the first DIMM")

        defer_event(vm, header, state)
        vm.run("dmesg -c >/dev/null; "
               f"(echo offline >{MEMORY}/memory{block}/state; echo $? >/tmp/offlined) 2>/dev/null >&2 &")
        # The task has the locks, does not release them, and tries for ever.
        vm.wait_for("dmesg | grep -q 'migrating pfn .* failed'", what="the offlining hangs")
        release_lock(vm)
        until_exact(vm, header, "with an offlining that hangs")
        wait_state(vm, block, "going-offline")
        vm.wait_for(f"[ \"$(cat {MEMORY}/crash_hotplug)\" = 1 ]", timeout=SECONDS,
                    what="crash_hotplug reads 1 with an offlining that hangs")
        stuck = stuck_workers(vm)
        if stuck:
            raise Failed(f"a worker waits: {stuck[0][:80]}")

        vm.run("kill $(cat /tmp/pinner)")
        vm.wait_for("[ -e /tmp/offlined ]", what="the offlining ends")
        if vm.run("cat /tmp/offlined").strip() != "0":
            raise HarnessError("the block did not go offline")
        until_exact(vm, header, "after the offlining has ended")
        return "the header followed while the offlining of another block hung"


CASES = {
    "crash_hotplug-reads-0": pending,
    "offlining-hangs-after-online": lambda kernel: pinned(kernel, "online"),
    "offlining-hangs-after-offline": lambda kernel: pinned(kernel, "offline"),
}
