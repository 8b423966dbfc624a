# SPDX-License-Identifier: GPL-2.0-only
"""Readers of ELF core headers and of a guest's memory layout.

They are written from the ELF specification, and not from the builder, whose
results they judge.
"""
import base64
import re
import struct
from collections import namedtuple

import arch
from vm import Failed, HarnessError

EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
PHDR = struct.Struct("<IIQQQQQQ")
PT_LOAD, PT_NOTE, ET_CORE = 1, 4, 4
MACHINES = {a.elf_machine: a for a in arch.ARCHS.values()}
PAGE = 4096

Phdr = namedtuple("Phdr", "type flags offset vaddr paddr filesz memsz align")


class Phdrs(list):
    """The program headers of a machine's core header."""
    arch = None


def parse(data):
    """The program headers of an ELF64 core header, after strict checks."""
    if len(data) < EHDR.size:
        raise Failed("header shorter than an ELF header")
    (ident, kind, machine, version, entry, phoff, shoff, flags, ehsize, phentsize, phnum,
     shentsize, shnum, shstrndx) = EHDR.unpack_from(data)
    if ident[:7] != b"\x7fELF\x02\x01\x01" or kind != ET_CORE or machine not in MACHINES:
        raise Failed(f"not a core header of ours: {ident.hex()} type {kind} machine {machine}")
    if (phoff, ehsize, phentsize) != (EHDR.size, EHDR.size, PHDR.size):
        raise Failed(f"e_phoff, e_ehsize, e_phentsize are {phoff}, {ehsize}, {phentsize}")
    if phoff + phnum * PHDR.size > len(data):
        raise Failed(f"{phnum} program headers do not fit into {len(data)} bytes")
    phdrs = Phdrs(Phdr(*PHDR.unpack_from(data, phoff + i * PHDR.size)) for i in range(phnum))
    phdrs.arch = MACHINES[machine]
    loads = False
    for i, p in enumerate(phdrs):
        if p.type not in (PT_LOAD, PT_NOTE):
            raise Failed(f"program header {i} is of type {p.type}")
        if p.type == PT_NOTE and loads:
            raise Failed(f"PT_NOTE {i} after a PT_LOAD")
        loads |= p.type == PT_LOAD
    return phdrs


def ranges_of(phdrs):
    """Physical ranges of the linear mapping, merged and sorted: [(start, end)).

    PT_LOADs of the kernel's own mapping, which overlaps with it, are left out by
    their virtual addresses.
    """
    loads = [p for p in phdrs if p.type == PT_LOAD and p.vaddr < phdrs.arch.kernel_map]
    for p in loads:
        if not p.memsz or p.filesz != p.memsz or p.flags != 7:
            raise Failed(f"PT_LOAD at {p.paddr:#x}: sizes {p.filesz:#x} and {p.memsz:#x}, "
                         f"flags {p.flags}")
        if p.vaddr - p.paddr != loads[0].vaddr - loads[0].paddr:
            raise Failed(f"PT_LOAD at {p.paddr:#x} is mapped at {p.vaddr:#x}, unlike the others")
    ranges = merge((p.paddr, p.paddr + p.memsz) for p in loads)
    if sum(p.memsz for p in loads) != sum(end - start for start, end in ranges):
        raise Failed("PT_LOADs overlap")
    return ranges


def merge(ranges):
    out = []
    for start, end in sorted(ranges):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def subtract(ranges, holes):
    out = []
    for start, end in ranges:
        for hstart, hend in sorted(holes):
            if hend <= start or hstart >= end:
                continue
            if hstart > start:
                out.append((start, hstart))
            start = max(start, hend)
            if start >= end:
                break
        if start < end:
            out.append((start, end))
    return merge(out)


def show(ranges):
    return " ".join(f"{s:#x}-{e - 1:#x}" for s, e in ranges) or "(nothing)"


def iomem(vm):
    """[(start, end), name] of /proc/iomem's lines."""
    out = []
    for line in vm.run("cat /proc/iomem").splitlines():
        match = re.match(r"\s*([0-9a-f]+)-([0-9a-f]+) : (.*)", line)
        out.append(((int(match[1], 16), int(match[2], 16) + 1), match[3]))
    return out


def offline_blocks(vm):
    # Not from "online": reading it waits while a block is going offline.
    size = int(vm.run("cat /sys/devices/system/memory/block_size_bytes"), 16)
    text = vm.run("cd /sys/devices/system/memory; for b in memory[0-9]*; do "
                  "read state <$b/state; echo ${b#memory} $state; done")
    blocks = [line.split() for line in text.splitlines()]
    return [(int(n) * size, (int(n) + 1) * size) for n, state in blocks if state == "offline"]


def true_ranges(vm):
    """Return the ranges that the header has to cover, as the running kernel reports them."""
    resources = iomem(vm)
    ram = merge(r for r, name in resources if name.startswith("System RAM"))
    holes = [r for r, name in resources if name == "Crash kernel"]
    return subtract(ram, holes + [(0, vm.arch.low)] + offline_blocks(vm))


def reservations(vm):
    """The crashkernel reservation, which may have a low and a high part."""
    found = [r for r, name in iomem(vm) if name == "Crash kernel"]
    if not found:
        raise HarnessError("no crashkernel reservation")
    return found


def reservation(vm):
    return reservations(vm)[0]


def headers(vm):
    """Return the addresses of core headers in the reservation, searched from outside.

    An image that was loaded before may have left its own.
    """
    found = []
    for start, end in reservations(vm):
        data = vm.physical(start, end - start)
        found += [start + pos for pos in range(0, len(data), PAGE)
                  if data[pos:pos + 6] == b"\x7fELF\x02\x01" and data[pos + 16] == ET_CORE]
    return found


def find_header(vm):
    """Return the address of the loaded image's core header."""
    found = headers(vm)
    if len(found) != 1:
        raise HarnessError(f"{len(found)} core headers in the reservation")
    return found[0]


def drop_backup(phdrs, reserved):
    """Drop kexec-tools' entry for the first MiB, which is copied into the reservation."""
    def is_backup(p):
        return p.type == PT_LOAD and p.paddr + p.memsz <= 1 << 20 and \
            reserved[0] <= p.offset < reserved[1]

    kept = Phdrs(p for p in phdrs if not is_backup(p))
    kept.arch = phdrs.arch
    return kept


def live_header(vm, address, by_kexec_tools=False):
    """Read the program headers from the guest's memory as they are now."""
    head = vm.physical(address, PAGE)
    phnum = EHDR.unpack_from(head)[10]
    size = EHDR.size + phnum * PHDR.size
    phdrs = parse(head if size <= PAGE else vm.physical(address, size))
    if by_kexec_tools:
        phdrs = drop_backup(phdrs, reservation(vm))
    # /proc/vmcore assigns other offsets; in the header they are physical addresses.
    for p in phdrs:
        if p.offset != p.paddr:
            raise Failed(f"p_offset {p.offset:#x} of the entry at {p.paddr:#x}")
    return phdrs


def check_exact(vm, address, when, by_kexec_tools=False):
    """Fail unless the header covers exactly the online System RAM."""
    want, got = true_ranges(vm), ranges_of(live_header(vm, address, by_kexec_tools))
    if want != got:
        raise Failed(f"{when}: missing {show(subtract(want, got))}, "
                     f"stale {show(subtract(got, want))}")
    return got


def vmcore_ranges(vm):
    """The ranges that the capture kernel sees in /proc/vmcore."""
    text = vm.run("head -c 65536 /proc/vmcore | base64")
    return ranges_of(parse(base64.b64decode(text)))
