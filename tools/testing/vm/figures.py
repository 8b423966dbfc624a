#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print what the events on servers cost, as a table: figures.py DIRECTORY

The scenario debian/events leaves a file for each server in the directory.  Times are
those of an emulated machine, to be compared with each other only.  Fails if the README
has another number of runs of kdump-config.
"""
import json
import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[3] / "README.md"
SERVERS = {
    "server-x86_64-bookworm-mainline": "Debian 12, mainline",
    "server-x86_64-bookworm-hotcore": "Debian 12, hotcore",
    "server-x86_64-trixie-mainline": "Debian 13, mainline",
    "server-x86_64-trixie-hotcore": "Debian 13, hotcore",
}


def main():
    directory = Path(sys.argv[1])
    print(f"{'server':<20} {'event':<15} {'events':>6} {'kdump-config':>12} {'reloads':>8} {'failed':>7} "
          f"{'no image':>9} {'udev quiet':>11} {'longest':>8}  header exact")
    missing, runs = [], {}
    for name, title in SERVERS.items():
        try:
            rows = json.loads((directory / f"{name}.json").read_text())
        except FileNotFoundError:
            missing.append(title)
            continue
        runs[name] = sum(row["runs"] for row in rows.values())
        for kind, row in rows.items():
            print(f"{title:<20} {kind:<15} {row['events']:>6} {row['runs']:>12} {row['loads']:>8} "
                  f"{row['refused']:>7} {row['without']:>7.1f} s {row['seconds'] / row['events']:>9.1f} s "
                  f"{row['longest']:>6.1f} s  {row['events'] - row['inexact']} of {row['events']}")
            title = ""
    if missing:
        sys.exit(f"figures: none of {', '.join(missing)}")
    readme = re.search(r"`kdump-config` (\d+) times", README.read_text().replace("\n", " "))
    if not readme or int(readme[1]) != runs["server-x86_64-trixie-mainline"]:
        sys.exit(f"figures: README.md has {readme[1] if readme else 'no number of'} runs of kdump-config, "
                 f"and mainline on Debian 13 has {runs['server-x86_64-trixie-mainline']}")


if __name__ == "__main__":
    main()
