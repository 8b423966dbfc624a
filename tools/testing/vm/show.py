# SPDX-License-Identifier: GPL-2.0-only
"""The demo's output, and the table of its checks with their results."""
import sys
import textwrap

TTY = sys.stdout.isatty()
rows = []


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if TTY else text


def step(text):
    print(f"\n{paint('1', '== ' + text)}", flush=True)


def show(text, prefix="   "):
    print(textwrap.indent(text.rstrip(), prefix), flush=True)


def seen(asked, found, good):
    rows.append((asked, found, good))


def summary():
    """Print the table; True if all checks are good."""
    step("What was asked, what was seen")
    for asked, found, good in rows:
        found = " ".join(found.split())
        print(f"   {paint('32', 'yes') if good else paint('31', 'NO ')}  {asked:<36} {found}")
    return all(good for _, _, good in rows)
