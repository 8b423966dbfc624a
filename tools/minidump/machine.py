# SPDX-License-Identifier: GPL-2.0-only
"""A machine of 2 MiB at 0x40000000, whose memory is in two files: a, from 0x1000 on, and b.

Tests change the tables with Python code before they are written.
"""
import struct, zlib

BASE, ANCHOR, TOC, TABLE = 0x40000000, 0x40003000, 0x40004010, 0x40005008
ELF, NOTES = 0x40010000, 0x40020000
VALI, INVA, ENBL, PLAIN = 0x56414c49, 0x494e5641, 0x454e424c, 0x4e52

WINDOW, CLOSED = 0x100000, 1 << 63

class Bag:
    def __init__(self, **values):
        self.__dict__.update(values)

def note(name, kind, desc):
    pad = lambda b: b + bytes(-len(b) % 4)
    return struct.pack("<III", len(name), len(desc), kind) + pad(name) + pad(desc)

class Machine:
    def __init__(self):
        self.ram = bytearray(2 << 20)
        for at in range(0, len(self.ram), 64):
            self.ram[at:at + 8] = struct.pack("<Q", BASE + at)
        self.anchor = Bag(magic=b"MINIDUMP", version=1, toc=TOC, crc=0)
        self.toc = Bag(status=1, revision=1, enabled=ENBL)
        self.sub = Bag(status=1, enabled=ENBL, done=0, encrypt=PLAIN, count=None, base=TABLE)
        self.number = 0
        self.regions = [Bag(name=name, seq=i + 1, valid=VALI, addr=addr, size=size)
                        for i, (name, addr, size) in enumerate((
            (b"KELF", ELF, 0x1000), (b"Knotes", NOTES, 0x400), (b"Kdata", 0x40030000, 0x2000),
            (b"Klog_buf", 0x40050000, 0x1004), (b"Kspan", 0x400ff000, 0x2000), (b"Kend", 0x401ff000, 0x1000)))]
        self.ehdr = Bag(ident=b"\x7fELF\x02\x01\x01", type=4, machine=62, phoff=64, ehsize=64, phentsize=56, phnum=None)
        self.notes = (note(b"CORE\0", 1, bytes(336)) + bytes(24) +
                      note(b"VMCOREINFO\0", 0, b"OSRELEASE=6.12\nPAGESIZE=4096\n"))
        self.header()

    def valid(self):
        return [r for r in self.regions if r.valid == VALI]

    def header(self):
        self.phdrs, offset = [], 0
        for i, r in enumerate(self.valid()):
            if i:
                self.phdrs.append(Bag(type=4 if i == 1 else 1, offset=offset, vaddr=0, paddr=r.addr,
                                      filesz=r.size, memsz=r.size,
                                      flags=WINDOW if r.name.startswith(b"Kcur") else 0))
            offset += r.size
        self.phdrs.append(Bag(type=1, offset=offset, vaddr=0, paddr=BASE, filesz=0, memsz=len(self.ram), flags=0))

    # Insert windows that show these addresses.
    def windows(self, *addrs):
        self.regions[2:2] = [Bag(name=b"Kcur%dt" % i, seq=0, valid=VALI, addr=addr, size=0x1000)
                             for i, addr in enumerate(addrs)]
        for i, r in enumerate(self.regions):
            r.seq = i + 1
        self.header()

    # Insert an invalid entry into the table, before the region at index i.
    def hole(self, i):
        self.regions.insert(i, Bag(name=b"Kgone", seq=77, valid=INVA, addr=1, size=1 << 63))
        for j, r in enumerate(self.regions):
            r.seq = j + 1

    def poke(self, addr, data):
        self.ram[addr - BASE:addr - BASE + len(data)] = data

    def read(self, addr, size):
        data = bytearray(size)
        start, end = max(addr, BASE), min(addr + size, BASE + len(self.ram))
        if start < end:
            data[start - addr:end - addr] = self.ram[start - BASE:end - BASE]
        return bytes(data)

    def write_anchor(self, addr):
        a = self.anchor
        pack = lambda crc: struct.pack("<8sIIQQ", a.magic, a.version, crc, a.toc, 0)
        self.poke(addr, pack(zlib.crc32(pack(0)) ^ a.crc))

    def write(self):
        t, s, e = self.toc, self.sub, self.ehdr
        self.poke(TOC, struct.pack("<IIII", t.status, t.revision, t.enabled, 0) + bytes(320))
        count = len(self.regions) + 3 if s.count is None else s.count
        self.poke(TOC + 16 + 32 * self.number, struct.pack("<IIIIIIQ", s.status, s.enabled, s.done,
                                                           s.encrypt, count, 0, s.base))
        table = b"".join(struct.pack("<16sIIQQ", r.name, r.seq & 0xffffffff, r.valid, r.addr, r.size)
                         for r in self.regions)
        self.poke(TABLE, table + bytes(200))
        phnum = len(self.phdrs) if e.phnum is None else e.phnum
        elf = struct.pack("<16sHHIQQQIHHHHHH", e.ident, e.type, e.machine, 1, 0, e.phoff, 0, 0, e.ehsize,
                          e.phentsize, phnum, 0, 0, 0)
        for p in self.phdrs:
            elf += struct.pack("<IIQQQQQQ", p.type, p.flags, p.offset, p.vaddr, p.paddr, p.filesz, p.memsz, 0)
        self.poke(ELF, elf + bytes(4096 - len(elf)))
        self.poke(NOTES, self.notes + bytes(self.regions[1].size - len(self.notes)))
        if self.anchor.magic:
            self.write_anchor(ANCHOR)

    def core(self):
        return b"".join(self.read(r.addr, r.size) for r in self.valid())

    def save(self, where):
        open(where + "/a", "wb").write(b"\xff" * 0x1000 + self.ram[:1 << 20])
        open(where + "/b", "wb").write(self.ram[1 << 20:])
