#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Instructions that one hotplug event takes, by number of DIMMs.

In guests under -icount shift=0, where a guest's nanosecond is an instruction;
the function graph tracer times the one function that handles an event, and is
let into no other.  events.py KERNEL... prints a column a kernel.
"""
import re
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "vm"))
from story import *  # noqa: E402,F403

DIMMS = (1, 16, 120)
EVENTS = ("CPU online", "memory add", "memory remove")
REPEAT = 3


def measure(kernel, dimms):
    """{event: instructions}, each the median of REPEAT events."""
    ours = "crash_hotplug_event" in symbols(kernel)
    function = "crash_hotplug_event" if ours else "crash_handle_hotplug_event"
    with Machine(kernel, memory="2G", slots=128, maxmem="64G", icount=True, crashkernel="512M",
                 boot_timeout=300, name="bench") as vm:
        load(vm)
        # Two blocks each, of which the second stays offline: every DIMM is a
        # range of its own in our header, as it is a resource to mainline.
        for i in range(dimms):
            vm.plug_dimm(f"d{i}", 256)
        blocks = [32 + 2 * i for i in range(dimms)]
        vm.wait_for(f"[ -e {MEMORY}/memory{blocks[-1]} ]", timeout=300)
        vm.run(f"for i in {' '.join(map(str, blocks))}; do "
               f"echo online_movable > {MEMORY}/memory$i/state; done", timeout=300)
        state = f"{MEMORY}/memory{blocks[dimms // 2]}/state"
        vm.run(f"set -e; cd /sys/kernel/tracing; echo '{function}*' > set_ftrace_filter; "
               "echo function_graph > current_tracer")
        actions = {
            "CPU online": ("echo 0 > /sys/devices/system/cpu/cpu1/online",
                           "echo 1 > /sys/devices/system/cpu/cpu1/online"),
            "memory add": (f"echo offline > {state}",
                           f"echo online_movable > {state}"),
            "memory remove": (f"echo online_movable > {state}",
                              f"echo offline > {state}"),
        }
        result = {}
        for event, (before, action) in actions.items():
            times = []
            for _ in range(REPEAT):
                vm.run(f"{before}; echo > /sys/kernel/tracing/trace; {action}", timeout=120)
                trace = vm.run("cat /sys/kernel/tracing/trace")
                found = re.findall(r"([0-9.]+) us\s+\|\s+" + function, trace)
                if len(found) != 1:
                    raise HarnessError(f"{event}: {len(found)} events in the trace: {trace[-500:]}")
                times.append(round(float(found[0]) * 1000))
            result[event] = statistics.median(times)
        return result


def main():
    kernels = [Path(k).resolve() for k in sys.argv[1:]]
    print(f"  {'event':<16}{'DIMMs':>6}" + "".join(f"{k.name:>24}" for k in kernels), flush=True)
    rows = {(k, n): measure(k, n) for n in DIMMS for k in kernels}
    for event in EVENTS:
        for n in DIMMS:
            print(f"  {event:<16}{n:>6}" + "".join(f"{rows[k, n][event]:>24,}" for k in kernels))


if __name__ == "__main__":
    main()
