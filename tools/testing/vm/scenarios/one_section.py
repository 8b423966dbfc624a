# SPDX-License-Identifier: GPL-2.0-only
"""One event of CPU or memory hotplug changes the crash segment and the minidump
table in one critical section, and publishes at most one image."""
from minidump import *

TRACING = "/sys/kernel/tracing"
EVENT = re.compile(r"^\s*(\S+)-(\d+)\s+\[(\d+)\].*: (update|meminspect_hotplug|meminspect_publish): (.*)$", re.M)


def trace(vm, script):
    """[(task, event, text)] of the events that the script causes, in order."""
    vm.run(f"echo > {TRACING}/trace; echo 1 > {TRACING}/events/crash_hotplug/enable; "
           f"for e in meminspect_hotplug meminspect_publish; do "
           f"echo 1 > {TRACING}/events/meminspect/$e/enable; done; "
           f"{script}; echo 0 > {TRACING}/events/enable")
    return [(m[2], m[4], m[5]) for m in EVENT.finditer(vm.run(f"cat {TRACING}/trace"))]


def judge(events, what):
    """Fail unless one task has updated the segment, published one image and updated the
    table, in this order.  Return the sequence number.
    """
    tasks = {task for task, event, _ in events if event != "meminspect_publish"}
    if len(tasks) != 1:
        raise Failed(f"{what}: by {len(tasks)} tasks: {events}")
    mine = [(event, text) for task, event, text in events if task in tasks]
    names = [event for event, _ in mine]
    if names != ["update", "meminspect_publish", "meminspect_hotplug"]:
        raise Failed(f"{what}: {mine}")
    numbers = [re.search(r"seq=(\d+)", mine[i][1])[1] for i in (0, 2)]
    if numbers[0] != numbers[1] or numbers[0] == "0":
        raise Failed(f"{what}: sequence numbers {numbers}")
    generations = [re.search(r"generation=(\d+)", mine[i][1])[1] for i in (1, 2)]
    if generations[0] != generations[1]:
        raise Failed(f"{what}: generations {generations}")
    return int(numbers[0])


def one_section(kernel):
    # Without looks at the running tasks: a look is in a timer, and would be traced as a
    # publication of the task that makes the event.
    with machine(kernel, cpus=2, slots=2, maxmem="4G", name="section", cmdline="meminspect.watch_ms=0") as vm:
        load(vm)
        vm.plug_dimm("one", 128)
        vm.wait_for(f"[ -e {MEMORY}/memory{vm.first_block} ]")
        cpu = "/sys/devices/system/cpu/cpu1/online"
        steps = {
            "CPU offline": f"echo 0 > {cpu}", "CPU online": f"echo 1 > {cpu}",
            "memory online": f"echo online_movable > {MEMORY}/memory{vm.first_block}/state",
            "memory offline": f"echo offline > {MEMORY}/memory{vm.first_block}/state",
        }
        numbers = [judge(trace(vm, script), what) for what, script in steps.items()]
        if numbers != list(range(numbers[0], numbers[0] + len(steps))):
            raise Failed(f"sequence numbers {numbers}")
        check(vm)
        return f"sequence numbers {numbers}"


def dimm_at_boot(kernel):
    """Memory goes online before the first image is made, which has all RAM nevertheless."""
    with machine(kernel, slots=2, maxmem="4G", name="section", cmdline="memhp_default_state=online_movable",
                 objects=["memory-backend-ram,id=m0,size=256M"],
                 devices=["pc-dimm,id=d0,memdev=m0"]) as vm:
        state = vm.run(f"cat {MEMORY}/memory{vm.first_block}/state").strip()
        if state != "online":
            raise HarnessError(f"the DIMM is {state}")
        ram = [[int(a, 16) for a in m] for m in
               re.findall(r"^([0-9a-f]+)-([0-9a-f]+) : System RAM", vm.run("cat /proc/iomem"), re.M)]
        last = core.parse(read_header(vm, check(vm)))[-1]
        if (last.paddr, last.paddr + last.memsz) != (ram[0][0], ram[-1][1] + 1):
            raise Failed(f"the image has RAM from {last.paddr:#x} to {last.paddr + last.memsz:#x}, and "
                         f"there is RAM from {ram[0][0]:#x} to {ram[-1][1] + 1:#x}")
        return f"RAM up to {ram[-1][1] + 1:#x}"


CASES = {"segment-and-table": one_section, "dimm-at-boot": dimm_at_boot}
