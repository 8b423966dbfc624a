#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Draw the results of events.py with gnuplot: picture.py RESULTS.json DIRECTORY

Leaves events.png and events.svg there: instructions by number of DIMMs, on a
logarithmic scale, a panel for each event and a line for each kernel.
"""
import json
import subprocess
import sys
from pathlib import Path

from events import ADD, CPU_OFF, CPU_ON, REMOVE

PANELS = (CPU_ON, CPU_OFF, ADD, REMOVE)
TERMINALS = {"png": "pngcairo noenhanced size 1000,800", "svg": "svg noenhanced size 1000,800 dynamic"}


def script(results, directory):
    yield "set logscale xy; set grid; set key outside bottom center horizontal maxrows 1; set format y '%.0f'"
    yield "set xlabel 'DIMMs'; set ylabel 'instructions'; set yrange [100:5000000]"
    for event in PANELS:
        for column, by_dimms in results.items():
            yield f"${name(event, column)} << EOD"
            yield from (f"{dimms} {values[event]}" for dimms, values in by_dimms.items())
            yield "EOD"
    for suffix, terminal in TERMINALS.items():
        yield f"set terminal {terminal}; set output '{directory}/events.{suffix}'"
        yield "set multiplot layout 2,2 title 'Instructions of one event, in its handler'"
        for event in PANELS:
            lines = ", ".join(f"${name(event, column)} with linespoints title '{column}'" for column in results)
            yield f"set title '{event}'; plot {lines}"
        yield "unset multiplot; unset output"


def name(event, column):
    """Return a name of a data block, of characters that gnuplot allows."""
    return "".join(c if c.isalnum() else "_" for c in f"{event}_{column}")


def main():
    results, directory = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    subprocess.run(["gnuplot"], input="\n".join(script(results, directory)) + "\n", text=True, check=True)


if __name__ == "__main__":
    main()
