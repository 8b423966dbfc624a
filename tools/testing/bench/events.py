#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Measure the instructions of one hotplug event, by number of DIMMs.

The guests run under -icount shift=0, where a guest's nanosecond is an instruction.
The function graph tracer times the one function that handles an event, and traces
no other.

	events.py [--dimms N,...] [--check] [--json FILE] COLUMN=KERNEL...

prints a column for each kernel.  The column "everything" is measured with a minidump
back end.  --check fails if a result exceeds its bound in the file "bounds", or if
README.md's table differs from a result by more than 5 %.
"""
import argparse
import concurrent.futures
import json
import os
import re
import statistics
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "vm"))
from minidump import *  # noqa: E402,F403

README = HERE.parents[2] / "README.md"
DIMMS = (1, 16, 120)
REPEAT = 5
TRACING = "/sys/kernel/tracing"
CPU = "/sys/devices/system/cpu/cpu1/online"
REGIONS = "/sys/kernel/debug/meminspect/regions"
CPU_ON, CPU_OFF, ADD, REMOVE = "CPU online", "CPU offline", "memory add", "memory remove"
SPAN = "memory add, RAM's end moves"
LONGEST = "the longest of all"
EVENTS = (CPU_ON, CPU_OFF, ADD, REMOVE, SPAN, LONGEST)
# Relative difference that the values in documents may have.
TOLERANCE = .05


def handler(kernel):
    """Return the function that handles an event."""
    ours = "crash_hotplug_event" in symbols(kernel)
    return "crash_hotplug_event" if ours else "crash_handle_hotplug_event"


class Tracer:
    """Trace one function, and all functions whose names begin with its name."""
    def __init__(self, vm, function):
        self.vm, self.all = vm, []
        self.function = function
        vm.run(f"set -e; cd {TRACING}; echo '{self.function}*' > set_ftrace_filter; "
               "echo function_graph > current_tracer; echo funcgraph-tail > trace_options")

    def events(self, script, timeout=120):
        """Return the instructions of each event that the script causes."""
        # Its line has the name at the end, too, if another task runs meanwhile.
        self.vm.run(f"echo > {TRACING}/trace; {script}", timeout=timeout)
        trace = self.vm.run(f"cat {TRACING}/trace")
        found = [round(float(us) * 1000) for us in
                 re.findall(r"([0-9.]+) us\s+\|\s+(?:\} /\* )?" + self.function, trace)]
        self.all += found
        return found

    def event(self, script):
        found = self.events(script)
        if len(found) != 1:
            raise HarnessError(f"{script}: {len(found)} events in the trace")
        return found[0]


def machine_of(column, kernel):
    # Only "everything" is measured with a minidump area on the command line.
    make = machine if column == "everything" else Machine
    return make(kernel, memory="2G", slots=128, maxmem="64G", icount=True, crashkernel="512M",
                cmdline="nokaslr", boot_timeout=300, name="bench")


def measure(column, kernel, dimms):
    """Return {event: instructions}: medians of REPEAT events, for LONGEST the maximum."""
    with machine_of(column, kernel) as vm:
        load(vm)
        tracer = Tracer(vm, handler(kernel))
        # Each DIMM has two blocks, and the second one stays offline.  So every DIMM is a
        # range of its own in our header, as it is a resource of its own in mainline.  One
        # more DIMM, behind those that are counted, is online at the end of RAM.
        for i in range(dimms + 1):
            vm.plug_dimm(f"d{i}", 256)
        blocks = [vm.first_block + 2 * i for i in range(dimms + 1)]
        vm.wait_for(f"[ -e {MEMORY}/memory{blocks[-1]} ]", timeout=300)
        tracer.events(f"for i in {' '.join(map(str, blocks))}; do "
                      f"echo online_movable > {MEMORY}/memory$i/state; done", timeout=300)
        middle, last = (f"{MEMORY}/memory{blocks[i]}/state" for i in (dimms // 2, -1))
        on = "echo online_movable > "
        scripts = [(CPU_OFF, f"echo 0 > {CPU}"), (CPU_ON, f"echo 1 > {CPU}"),
                   (REMOVE, f"echo offline > {middle}"), (ADD, f"{on}{middle}"),
                   (None, f"echo offline > {last}"), (SPAN, f"{on}{last}")]
        # The entries of a running task would make each event longer, in some runs.  The
        # next look of meminspect's watch at the running tasks finds the shell asleep.
        settle = ""
        if column == "everything":
            settle = f"while grep -q '^ *[0-9]* task[0-9]' {REGIONS}; do sleep .1; done; "
        times = {}
        for _ in range(REPEAT):
            for event, script in scripts:
                script = settle + script
                times.setdefault(event, []).append(tracer.event(script))
        result = {event: statistics.median(t) for event, t in times.items() if event}
        return result | {LONGEST: max(tracer.all)}


def rows(results, columns, dimms):
    """[(event, DIMMs, [instructions by column])]"""
    return [(event, n, [results[c][n][event] for c in columns]) for event in EVENTS for n in dimms]


def print_table(table, columns):
    print(f"    {'event':<28}{'DIMMs':>6}" + "".join(f"{c:>15}" for c in columns))
    for event, n, values in table:
        print(f"    {event:<28}{n:>6}" + "".join(f"{v:>15,.0f}" for v in values))


def bounds():
    """[(column, event, instructions, times)]"""
    found = []
    for line in (HERE / "bounds").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            column, event, most, times = re.split(r"\t+", line.strip())
            found.append((column, event, int(most), float("inf") if times == "-" else float(times)))
    return found


def published():
    """{(event, DIMMs, column): instructions} of README.md's table."""
    text = README.read_text()
    head = re.search(r"^    event +DIMMs +(.*)$", text, re.M)
    columns, result = head[1].split(), {}
    for line in text[head.end():].strip("\n").splitlines():
        row = re.match(r"    (\S.*?) +(\d+) +([\d, ]+)$", line)
        if not row:
            break
        for column, value in zip(columns, row[3].split(), strict=True):
            result[row[1], int(row[2]), column] = int(value.replace(",", ""))
    return result


def is_outdated(text, value):
    """True if a document's value differs from the measured one by more than TOLERANCE."""
    return abs(text - value) > TOLERANCE * value


def faults(results, dimms):
    """Yield each difference from README.md, and each bound that is exceeded."""
    said = published()
    for column, by_dimms in results.items():
        for n in dimms:
            for event, value in by_dimms[n].items():
                text = said.get((event, n, column))
                if event == LONGEST:
                    # It depends on the tasks that ran before.
                    continue
                if text is None:
                    yield f"README.md has no {event} at {n} DIMMs, {column}"
                elif is_outdated(text, value):
                    yield f"README.md: {event} at {n} DIMMs, {column}: {text:,}, and it is {value:,.0f}"
    for column, event, most, times in bounds():
        if column not in results:
            continue
        values = [results[column][n][event] for n in dimms]
        if max(values) > most:
            yield f"{event}, {column}: {max(values):,.0f} instructions, more than {most:,}"
        if values[-1] > times * values[0]:
            yield (f"{event}, {column}: {values[-1]:,.0f} instructions at {dimms[-1]} DIMMs, more than "
                   f"{times} times the {values[0]:,.0f} at {dimms[0]}")


def main():
    parser = argparse.ArgumentParser(description="Instructions that one hotplug event takes")
    parser.add_argument("--dimms", default=",".join(map(str, DIMMS)))
    parser.add_argument("--check", action="store_true", help="fail if README.md or a bound is wrong")
    parser.add_argument("--json", type=Path, help="write the results to that file, too")
    parser.add_argument("kernels", nargs="+", metavar="COLUMN=KERNEL")
    args = parser.parse_args()

    kernels = {c: Path(k).resolve() for c, k in (k.split("=", 1) for k in args.kernels)}
    dimms = [int(n) for n in args.dimms.split(",")]
    todo = [(column, n) for n in dimms for column in kernels]

    def one(case):
        column, n = case
        print(f"bench: {column}, {n} DIMMs", file=sys.stderr, flush=True)
        return measure(column, kernels[column], n)

    # Other guests don't change the number of instructions.
    with concurrent.futures.ThreadPoolExecutor(min(4, len(os.sched_getaffinity(0)))) as pool:
        measured = dict(zip(todo, pool.map(one, todo)))
    results = {c: {n: measured[c, n] for n in dimms} for c in kernels}
    print_table(rows(results, list(kernels), dimms), list(kernels))
    if args.json:
        args.json.write_text(json.dumps(results))
    wrong = list(faults(results, dimms)) if args.check else []
    for fault in wrong:
        print(f"bench: {fault}", file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
