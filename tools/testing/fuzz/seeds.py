#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write the fuzzers' first inputs: seeds.py DIR, into a directory for each fuzzer."""
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "minidump"))
import kernel  # noqa: E402
import machine  # noqa: E402

BASE = machine.BASE


def small_machine():
    """Return the tests' machine, in 24 KiB."""
    machine.ANCHOR, machine.TOC, machine.TABLE = BASE, BASE + 0x40, BASE + 0x200
    machine.ELF, machine.NOTES = BASE + 0x1000, BASE + 0x800
    m = machine.Machine()
    del m.ram[0x6000:]
    for region, (address, size) in zip(m.regions, (
            (machine.ELF, 0x1000), (machine.NOTES, 0x400), (BASE + 0x2000, 0x1000),
            (BASE + 0x3000, 0x1004), (BASE + 0x4800, 0x100), (BASE + 0x5000, 0x1000))):
        region.addr, region.size = address, size
    m.header()
    return m


def small_kernel(mode):
    """Return the RAM of the tests' kernel, in 24 KiB and with fewer symbols."""
    kernel.SIZE, kernel.INFO, kernel.BANNER = 0x6000, BASE, BASE + 0x300
    tables = (kernel.OFFSETS, kernel.NAMES, kernel.TOKENS, kernel.INDEX, kernel.MARKERS,
              kernel.SEQS) = (BASE + 0x800, BASE + 0x1000, BASE + 0x2000, BASE + 0x3000,
                              BASE + 0x3800, BASE + 0x4000)
    k = kernel.Kernel()
    k.mode, k.symbols = mode, k.symbols[:20]
    k.flags[1] = mode == "base"
    k.at.update(zip(("offsets", "names", "token_table", "token_index", "markers",
                     "seqs_of_names"), tables))
    k.symbols = [(name, kernel.BANNER if name == "Dlinux_banner" else address)
                 for name, address in k.symbols]
    k.write()
    return bytes(k.ram)


def elf(phdrs, phoff=64, ehsize=64, gap=b""):
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 4, 62, 1, 0, phoff, 0, 0, ehsize,
                       56, len(phdrs), 0, 0, 0)
    return head + gap + b"".join(struct.pack("<IIQQQQQQ", *p) for p in phdrs)


def headers():
    linear = 0xffff888000000000
    notes = [(4, 0, at, 0, at, 368, 368, 0) for at in (0x1000, 0x2000)]
    loads = [(1, 7, at, at + linear, at, size, size, 0) for at, size in
             ((0x1000, 0x9f000), (0x100000, 0x3f00000), (1 << 32, 1 << 27))]
    text = (1, 7, 1 << 24, 0xffffffff81000000, 1 << 24, 12 << 20, 12 << 20, 0)
    yield elf(notes + [text] + loads)
    yield elf(notes[:1] + loads, ehsize=8)
    yield elf(loads + notes, phoff=128, gap=bytes(64))
    yield elf([(1, 7, 0, 0x400000, 0, 4096, 8192, 0), (1, 7, 4096, 0x800000, 0, 4096, 4096, 0)])


def files_of(m):
    """Return an input of the fuzzer "files": a name's index, a number, a length, bytes."""
    names = {b"KELF": 0, b"Knotes": 1, b"Kdata": 2}
    return b"".join(struct.pack("<BBH", names.get(r.name, 6), i + 1, r.size) + m.read(r.addr, r.size)
                    for i, r in enumerate(m.valid()))


def seeds():
    m = small_machine()
    m.write()
    core = m.core()
    ram = bytes(m.ram)
    yield from (("header", data) for data in headers())
    yield "header", core[:4096]
    yield "core", core
    yield from (("ram", bytes([how]) + ram) for how in (0, 1, 3, 5, 9))
    yield "files", files_of(m)
    yield from (("kinfo", small_kernel(mode)) for mode in ("base", "place", "percpu"))
    yield "firmware", bytes(12)


def main():
    out = Path(sys.argv[1])
    for i, (name, data) in enumerate(seeds()):
        (out / name).mkdir(parents=True, exist_ok=True)
        (out / name / f"seed{i}").write_bytes(data)


main()
