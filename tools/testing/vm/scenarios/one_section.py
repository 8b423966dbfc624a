# SPDX-License-Identifier: GPL-2.0-only
"""One event of CPU or memory hotplug changes the crash segment and the minidump
table in one critical section, and publishes at most one image."""
from minidump import *

TRACING = "/sys/kernel/tracing"
EVENT = re.compile(r"^\s*(\S+)-(\d+)\s+\[(\d+)\].*: (update|meminspect_hotplug|meminspect_publish): (.*)$", re.M)


def trace(vm, script):
    """[(task, event, text)] of what the script makes, in order."""
    vm.run(f"echo > {TRACING}/trace; echo 1 > {TRACING}/events/crash_hotplug/enable; "
           f"for e in meminspect_hotplug meminspect_publish; do "
           f"echo 1 > {TRACING}/events/meminspect/$e/enable; done; "
           f"{script}; echo 0 > {TRACING}/events/enable")
    return [(m[2], m[4], m[5]) for m in EVENT.finditer(vm.run(f"cat {TRACING}/trace"))]


def judge(events, what):
    """One event: its segment, at most one image, its table, all by one task."""
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
    # A look at the running tasks, in a timer, would publish in the name of the task that
    # makes the event.
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


CASES = {"segment-and-table": one_section}
