#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Measure the instructions from one task to the next, meminspect.switch off and on.

The guest has one CPU and runs under -icount shift=0, where a guest's nanosecond is
an instruction.  Tasks pass a byte around in pipes; the result includes reading,
switching and writing.

	switch.py [--check] KERNEL

--check fails if the table of meminspect.rst says otherwise, by more than 5 %.
"""
import argparse
import re
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "vm"))
from events import is_outdated  # noqa: E402
from minidump import *  # noqa: E402,F403

TABLE = Path(__file__).resolve().parents[3] / "Documentation/dev-tools/meminspect.rst"
# Two tasks are both in the image; a third one is not in it when it is switched to.
RINGS = (2, 3, 16)
ROUNDS = 20000
# The scheduler's way through its tree differs from run to run, by more than the
# tolerance of the column "more".  The mean of so many runs does not.
REPEAT = 10


def measure(kernel, option):
    """{tasks: instructions}"""
    with machine(kernel, cpus=1, icount=True, boot_timeout=300, name="bench", cmdline=f"nokaslr {option}",
                 files=tools(kernel, "ring")) as vm:
        return {n: statistics.mean(int(vm.run(f"ring {n} {ROUNDS // n}", timeout=300))
                                   for _ in range(REPEAT)) for n in RINGS}


def published(name):
    """{tasks: [off, on, more]} of an architecture, from the table of meminspect.rst."""
    text = TABLE.read_text()
    head = re.search(r"^\t +(\w+) +(\w+)\n\t  tasks +off", text, re.M)
    column = head.groups().index(name)
    found = {}
    for n in RINGS:
        row = re.search(rf"^\t  {n} +([\d, ]+)$", text[head.end():], re.M)
        numbers = [int(v.replace(",", "")) for v in row[1].split()]
        found[n] = numbers[3 * column:3 * column + 3]
    return found


def main():
    parser = argparse.ArgumentParser(description="Instructions from one task to the next")
    parser.add_argument("--check", action="store_true", help="fail if meminspect.rst says otherwise")
    parser.add_argument("kernel", type=Path)
    args = parser.parse_args()
    kernel = args.kernel.resolve()
    off, on = measure(kernel, ""), measure(kernel, "meminspect.switch=1")
    results = {n: (off[n], on[n], on[n] - off[n]) for n in RINGS}
    print(f"    {'tasks':<10}{'off':>8}{'on':>8}{'more':>8}")
    for n, row in results.items():
        print(f"    {n:<10}" + "".join(f"{v:>8,.0f}" for v in row))
    said = published(arch.of_kernel(kernel).name) if args.check else {}
    wrong = 0
    for n, row in said.items():
        for what, text, value in zip(("off", "on", "more"), row, results[n]):
            if is_outdated(text, value):
                print(f"bench: {TABLE.name}: {n} tasks, {what}: {text:,}, and it is {value:,.0f}",
                      file=sys.stderr)
                wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
