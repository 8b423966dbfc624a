# SPDX-License-Identifier: GPL-2.0-only
"""Machines of other shapes: the header is exact after each event, and so is the dump.

Plugged memory has its own memmap on it, a block is plugged in parts, memory of the
boot goes offline, a DIMM has a high address, the reservation has two parts, CPUs are
offline, the header is longer than a page, and a crash runs the panic notifiers first.
"""
from crash_in_update import CRASH, VALID, prepare, start_update
from story import *

MAINLINE_FAILS = r"missing .*, stale 0x|panicked, and (the machine ended before a|no) capture kernel"
# Blocks of the DIMM in many_ranges(), and the number of program headers that fit into a page.
MANY = 152
ONE_PAGE = (core.PAGE - core.EHDR.size) // core.PHDR.size
FAR = 512 << 30


def loaded(vm):
    load(vm)
    header = core.find_header(vm)
    core.check_exact(vm, header, "after the load")
    return header


def crash_ranges(vm, header):
    """Crash; /proc/vmcore must have the memory that is online."""
    want = core.check_exact(vm, header, "before the crash")
    vm.crash()
    vm.wait_hello("capture", 300)
    dumped = core.vmcore_ranges(vm)
    if dumped != want:
        raise Failed(f"/proc/vmcore: missing {core.show(core.subtract(want, dumped))}, "
                     f"stale {core.show(core.subtract(dumped, want))}")


def crash_exact(vm, header):
    """As crash_ranges(); the dump must open in crash, too.  Return the output of sys."""
    crash_ranges(vm, header)
    return open_in_crash(vm, take_dump(vm)[1])[0]


def block_to(vm, header, block, state):
    vm.run(f"echo {state} > {MEMORY}/memory{block}/state")
    core.check_exact(vm, header, f"after {state} of block {block}")


def plug(vm, header, name, mib, address=None):
    blocks = online_blocks(vm)
    vm.plug_dimm(name, mib, address=address)
    wait_online(vm, blocks + mib * MIB // BLOCK)
    core.check_exact(vm, header, f"after plugging {mib} MiB")


def comes_and_goes(vm, header, address=None):
    """A DIMM of two blocks is plugged, goes offline and online in parts, is unplugged, and
    plugged again before the crash, at which one block is offline.
    """
    first = vm.first_block if address is None else address // BLOCK
    auto_online(vm)
    plug(vm, header, "first", 256, address)
    block_to(vm, header, first, "offline")
    block_to(vm, header, first, "online_movable")
    vm.unplug_dimm("first")
    core.check_exact(vm, header, "after the unplug")
    plug(vm, header, "second", 256, address)
    block_to(vm, header, first + 1, "offline")
    crash_exact(vm, header)


def mem_total(vm):
    return int(vm.run("sed -n 's/^MemTotal: *//p' /proc/meminfo").split()[0])


def memmap_on_memory(kernel):
    """The memmap of a block is in its first pages, of which notifiers are not told."""
    with Machine(kernel, slots=2, maxmem="4G", cmdline="memory_hotplug.memmap_on_memory=force",
                 name="memmap") as vm:
        header = loaded(vm)
        auto_online(vm)
        before = mem_total(vm)
        plug(vm, header, "probe", 128)
        grown = mem_total(vm) - before
        if not 0 < grown < BLOCK >> 10:
            raise HarnessError(f"a block adds {grown} KiB: its descriptors are elsewhere")
        vm.unplug_dimm("probe")
        core.check_exact(vm, header, "after unplug of the probe")
        comes_and_goes(vm, header)
        return f"a block of {BLOCK >> 10} KiB adds {grown} KiB"


def sub_blocks(kernel):
    """virtio-mem changes in steps of half a block: a block with a plugged part counts."""
    with Machine(kernel, virtio_mem="1G", name="sub-blocks") as vm:
        header = loaded(vm)
        auto_online(vm)
        blocks, mib = online_blocks(vm), 0
        added = ("$((0$(sed -n 's/^ *\\(.*\\)-\\(.*\\) : System RAM (virtio_mem)$/+0x\\2+1-0x\\1/p' "
                 "/proc/iomem | tr -d '\\n')))")
        for step in (64, 64, 64, 64, 64, -64, -64, -64, 64):
            mib += step
            vm.resize_virtio_mem(step * MIB)
            count = -(-mib * MIB // BLOCK)
            vm.wait_for(f"[ {added} -eq {count * BLOCK} ]", timeout=60,
                        what=f"{count} blocks of virtio-mem")
            wait_online(vm, blocks + count)
            core.check_exact(vm, header, f"with {mib} MiB of virtio-mem")
        size = vm.qmp("qom-get", path="/machine/peripheral/vmem0", property="size")
        if size != mib * MIB or not size % BLOCK:
            raise HarnessError(f"the device has {size:#x} bytes plugged, not {mib} MiB")
        crash_exact(vm, header)
        return f"{mib} MiB in {count} blocks at the crash"


def boot_memory(kernel):
    """Blocks that were there at boot leave no gap in /proc/iomem when they go offline."""
    with Machine(kernel, memory="2G", cmdline="movablecore=1G", name="boot-memory") as vm:
        header = loaded(vm)
        movable = sorted(map(int, vm.run(
            f"cd {MEMORY}; for b in memory[0-9]*; do read zone <$b/valid_zones; "
            "[ \"$zone\" != Movable ] || echo ${b#memory}; done").split()))
        if len(movable) < 4:
            raise HarnessError(f"movable blocks: {movable}")
        # A page that the kernel allocated early keeps its block online; the refusal is an
        # event, too.
        offline, refused = [], []
        for block in movable:
            if offline and block == offline[-1] + 1:
                continue
            status, _ = vm.run(f"echo offline > {MEMORY}/memory{block}/state", check=False)
            core.check_exact(vm, header, f"after offline of block {block}, status {status}")
            (refused if status else offline).append(block)
            if len(offline) == 2:
                break
        else:
            raise HarnessError(f"offline of {movable}: {offline}, refused {refused}")
        header = loaded(vm)
        block_to(vm, header, offline[0], "online_movable")
        crash_exact(vm, header)
        return f"blocks {offline} of {movable[0]} to {movable[-1]}, {refused} did not go"


def far_dimm(kernel):
    with Machine(kernel, slots=2, maxmem="768G", name="far") as vm:
        comes_and_goes(vm, loaded(vm), FAR)


def high_and_low(kernel):
    """The reservation's high part has the header, and the header leaves out the low part, too."""
    with Machine(kernel, memory="4G", slots=2, maxmem="8G", name="high-low",
                 crashkernel="256M,high crashkernel=72M,low") as vm:
        parts = core.reservations(vm)
        if [start >> 32 > 0 for start, _ in parts] != [False, True]:
            raise HarnessError(f"reserved: {core.show(parts)}")
        comes_and_goes(vm, loaded(vm))
        return f"reserved: {core.show(parts)}"


def crash_with_offline(vm, header, count, offline):
    sys = crash_exact(vm, header)
    x86 = vm.arch.name == "x86_64"
    # arm64 sets each CPU that it stops to offline.  Only CPUs without registers were offline
    # before.
    if not re.search(rf"CPUS: {count} \[OFFLINE: {offline if x86 else count - 1}\]", sys) or \
       not x86 and len(re.findall(r"cpu \d+: cannot find NT_PRSTATUS", sys)) != offline:
        raise Failed(f"of {count} CPUs {offline} were offline; crash says: {sys}")


def smt(kernel):
    """Threads go offline and online by the SMT control, a switch for all of them."""
    control = "/sys/devices/system/cpu/smt/control"
    with Machine(kernel, cpus=4, threads=2, name="smt") as vm:
        header = loaded(vm)
        for how, online in (("off", "0,2"), ("on", "0-3"), ("off", "0,2")):
            vm.run(f"echo {how} > {control}")
            now = vm.run("cat /sys/devices/system/cpu/online").strip()
            if now != online:
                raise HarnessError(f"SMT {how}: CPUs {now} are online, not {online}")
            core.check_exact(vm, header, f"with SMT {how}")
        crash_with_offline(vm, header, 4, 2)


def offline_cpus(kernel):
    with Machine(kernel, cpus=4, name="offline-cpus") as vm:
        header = loaded(vm)
        for cpu in (1, 3):
            vm.run(f"echo 0 > /sys/devices/system/cpu/cpu{cpu}/online")
            core.check_exact(vm, header, f"with CPU {cpu} offline")
        crash_with_offline(vm, header, 4, 2)


def many_ranges(kernel):
    """Every other block of a DIMM: more program headers than the first page has room for."""
    # The memmap of so many blocks has room in the blocks themselves.
    with Machine(kernel, slots=1, maxmem="24G", cmdline="memory_hotplug.memmap_on_memory=force",
                 name="many") as vm:
        header = loaded(vm)
        first, last = vm.first_block, vm.first_block + MANY - 1
        vm.plug_dimm("many", MANY * BLOCK // MIB)
        vm.wait_for(f"[ -e {MEMORY}/memory{last} ]", timeout=120)
        core.check_exact(vm, header, "with all blocks offline")
        vm.run(f"for n in $(seq {first} 2 {last}); do "
               f"echo online_movable > {MEMORY}/memory$n/state || exit 1; done", timeout=300)
        core.check_exact(vm, header, "with every other block online")
        loads = sum(p.type == core.PT_LOAD for p in core.live_header(vm, header))
        if loads <= ONE_PAGE:
            raise HarnessError(f"{loads} PT_LOADs fit into a page")
        # Merge two entries, in the first page and after it, and split one again.
        for block in (first + 1, last - 2):
            block_to(vm, header, block, "online_movable")
        block_to(vm, header, first + 1, "offline")
        crash_ranges(vm, header)
        return f"{loads} PT_LOADs"


def notifiers_first(kernel):
    """An NMI comes in the middle of an update, and panic notifiers run before the crash kernel."""
    ours = "elfcorehdr_commit" in symbols(kernel)
    event = "memory-add"
    with Machine(kernel, slots=2, maxmem="2G", gdb=True, name="notifiers",
                 cmdline="unknown_nmi_panic crash_kexec_post_notifiers") as vm:
        update = prepare(vm, event)
        header = core.find_header(vm)
        block = vm.first_block + 1
        new = core.merge(core.ranges_of(core.live_header(vm, header)) +
                         [(block * BLOCK, (block + 1) * BLOCK)])
        vm.expect_panic = True
        process = gdb(vm, CRASH.format(
            function="elfcorehdr_commit" if ours else "arch_crash_handle_hotplug_event",
            step=f"while !({VALID})\nstepi\nend" if ours else "", valid=VALID if ours else "0",
            crash=crash_cpu_0(vm, event)))
        start_update(vm, event, update)
        out = gdb_output(process, 300)
        if f"valid {int(ours)}" not in out:
            raise HarnessError(f"gdb did not get to a valid journal: {out[-500:]}")
        dumped, dump = capture(vm, 300)
        open_in_crash(vm, dump)
        if dumped != new:
            raise Failed(f"/proc/vmcore has {core.show(dumped)}, not {core.show(new)}: the journal "
                         "was not replayed")


def cases(kernel):
    found = {
        "memmap-on-memory": memmap_on_memory, "virtio-mem-sub-blocks": sub_blocks,
        "dimm-at-512-GiB": far_dimm,
        "more-than-a-page": many_ranges,
        "notifiers-before-the-crash-kernel": notifiers_first,
        # Mainline's header doesn't depend on which CPUs are online.
        "control-offline-cpus": offline_cpus,
    }
    if arch.of_kernel(kernel).name == "x86_64":
        # arm64 keeps the memory of the boot online, and its CPUs here have no threads.  Its
        # test kernel lacks ZONE_DMA32, and so a distinction of low and high memory.
        found |= {"boot-memory": boot_memory, "control-smt": smt,
                  "crashkernel-high-and-low": high_and_low}
    return found
