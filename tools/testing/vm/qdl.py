#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compare the core that Qualcomm's own tool makes with ours: qdl.py DIR, with md_*.BIN in it.

qdl reads a crashed phone's regions over USB, and then assembles minidump.elf from
them.  Debian's qdl does that here, unmodified.  Only its libusb is ours
(usb/libusb.c): its bus has a phone with the files' regions.  By qdl's rules a
PT_LOAD is the region at p_paddr, and the notes are the first region that no
PT_LOAD has.  qdl must make the same core as minidump assemble.

The command checks that, and that damaged sets of regions are noticed.
"""
import re
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

from vm import BUILD, Failed, HarnessError
from minidump import tool

ROOT = BUILD / "debian-qdl"
PHONE = BUILD / "usb"
CORE = "minidump.elf"
# Offset of the first PT_LOAD's p_paddr in the file.
PADDR = 64 + 56 + 24

Region = namedtuple("Region", "name address path")


def regions_of(directory, report=None):
    """Return the regions in the directory, by the report of their writer if it is given."""
    listed = (report or tool("list", directory))["regions"]
    # The files alone don't say where the header was; any free address will do.
    free = max(r["address"] + r["size"] for r in listed[1:]) + 0xfff & ~0xfff
    return [Region(Path(r["file"]).stem, free if r["address"] is None else r["address"],
                   directory / r["file"]) for r in listed]


def ramdump(regions, out):
    """Let qdl read the regions from a phone that has them, into the directory out.

    Returns qdl's complaints about the core that it makes.
    """
    if not PHONE.exists():
        raise HarnessError("scripts/qdl was not run")
    out.mkdir()
    phone = out / "phone"
    phone.write_text("".join(f"{r.address:#x} {r.path.stat().st_size:#x} {r.name} {r.path.resolve()}\n"
                             for r in regions))
    loader = next((ROOT / "usr/lib64").glob("ld-linux*"))
    libs = ":".join(str(p) for p in [PHONE, *sorted((ROOT / "usr/lib").glob("*-linux-gnu*"))])
    try:
        run = subprocess.run([loader, "--library-path", libs, ROOT / "usr/bin/qdl", "ramdump", "-o", out],
                             env={"PHONE": str(phone), "TERM": "dumb"}, stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, errors="replace", timeout=120)
    except subprocess.TimeoutExpired:
        raise HarnessError("qdl did not end")
    said = run.stdout + run.stderr
    about = re.findall(r"minidump: ([^\r\n]*)", said)
    if run.returncode or not about:
        raise HarnessError(f"qdl: exit status {run.returncode}: {said[-500:]}")
    for r in regions:
        if (out / f"{r.name}.BIN").read_bytes() != r.path.read_bytes():
            raise HarnessError(f"qdl did not get {r.name} from the phone")
    return [line for line in about if "ELF written to" not in line]


def assembled(directory, out, statuses=(0,)):
    """Assemble the directory's files with our own tool; return the core and the report."""
    report = tool("assemble", "--force", directory, "-o", out, statuses=statuses)
    return out.read_bytes(), report


def difference(a, b):
    if a == b:
        return None
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"{len(a)} and {len(b)} bytes, not the same from {at:#x} on"


def agree(regions, out, statuses=(0,)):
    """Fail unless qdl makes the same core of the regions as our tool of the files; return it."""
    said = ramdump(regions, out)
    if not (out / CORE).exists():
        raise Failed(f"no core: {'; '.join(said)}")
    ours, report = assembled(out, out / "ours.core", statuses)
    # The PT_LOAD of all RAM is no region, and adds no byte.
    zero = f"no region found for PT_LOAD at paddr {report['zero_fill']['address']:#x}"
    wrong = difference((out / CORE).read_bytes(), ours)
    if wrong or said != [zero]:
        raise Failed(f"{wrong or 'the same core'}; {'; '.join(said)}")
    return ours


def judge(directory, out, report=None):
    """Fail if qdl's core of the directory's regions is not our tool's."""
    regions = regions_of(directory, report)
    core = agree(regions, out)
    wrong = difference(core, assembled(directory, out / "first.core")[0])
    if wrong:
        raise Failed(f"the core of qdl's files and that of those that it was given: {wrong}")
    return f"{len(regions)} regions, {len(core)} bytes"


def edited(region, path, edit):
    data = bytearray(region.path.read_bytes())
    edit(data)
    path.write_bytes(data)
    return region._replace(path=path)


def damages(regions, tmp):
    """{damage: (regions of a damaged minidump, the message by which it is noticed)}"""
    header, notes, *memory = regions
    address, other = memory[0].address, memory[0].address ^ 1 << 40

    def move(data):
        data[PADDR:PADDR + 8] = other.to_bytes(8, "little")

    def spoil(data):
        data[0] = 0

    missing = "no region found for PT_LOAD at paddr"
    differs = "bytes, not the same from"
    return {
        "a region missing": ([header, notes, *memory[1:]], f"{missing} {address:#x}"),
        "the notes missing": ([header, *memory], differs),
        "another region before the notes":
            ([header, memory[0]._replace(name="md_Kother99", address=other), notes, *memory], differs),
        "another address in the header":
            ([edited(header, tmp / "moved", move), notes, *memory], f"{missing} {other:#x}"),
        "a header that is none":
            ([edited(header, tmp / "spoilt", spoil), notes, *memory], "KELF does not look like"),
    }


def main():
    directory = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="hotcore-qdl-") as tmp:
        tmp = Path(tmp)
        print(f"qdl: {judge(directory, tmp / 'sound')}: the same core")

        *regions, last = regions_of(directory)
        short = edited(last, tmp / "short", lambda data: data.__delitem__(slice(len(data) // 2, None)))
        agree([*regions, short], tmp / "cut", statuses=(0, 1))
        print("qdl: a region cut short: filled up alike")

        for i, (what, (regions, how)) in enumerate(damages(regions_of(directory), tmp).items()):
            try:
                agree(regions, tmp / str(i), statuses=(0, 1, 2))
            except Failed as e:
                if how not in str(e):
                    sys.exit(f"qdl: {what}: noticed, but not as {how}: {e}")
                print(f"qdl: {what}: {str(e)[:150]}")
            else:
                sys.exit(f"qdl: {what}: not noticed")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n")[0])
    try:
        main()
    except (Failed, HarnessError) as error:
        sys.exit(f"qdl: {error}")
