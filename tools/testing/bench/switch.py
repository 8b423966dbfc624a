#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Instructions from one task to the next, with meminspect.switch off and on.

In a guest of one CPU under -icount shift=0, where a guest's nanosecond is an
instruction: tasks pass a byte around in pipes.  What is shown is all that it
takes to read, to switch and to write.  switch.py KERNEL
"""
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "vm"))
from minidump import *  # noqa: E402,F403

# Two are in the image both; a third one is not when it is switched to.
RINGS = (2, 3, 16)
ROUNDS = 20000
REPEAT = 5


def measure(kernel, option):
    """{tasks: instructions}"""
    with machine(kernel, cpus=1, icount=True, boot_timeout=300, name="bench", cmdline=option,
                 files=tools(kernel, "ring")) as vm:
        return {n: statistics.median(int(vm.run(f"ring {n} {ROUNDS // n}", timeout=300))
                                     for _ in range(REPEAT)) for n in RINGS}


def main():
    kernel = Path(sys.argv[1]).resolve()
    off, on = measure(kernel, ""), measure(kernel, "meminspect.switch=1")
    print(f"  {'tasks':<10}{'off':>8}{'on':>8}{'more':>8}")
    for n in RINGS:
        print(f"  {n:<10}{off[n]:>8,}{on[n]:>8,}{on[n] - off[n]:>8,}")


if __name__ == "__main__":
    main()
