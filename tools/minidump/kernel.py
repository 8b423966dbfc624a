# SPDX-License-Identifier: GPL-2.0-only
"""A kernel of 1 MiB at 0x40010000, with more than 300 symbols, in 2 MiB of RAM."""
import struct

BASE, SIZE, INFO = 0x40000000, 2 << 20, 0x40180000
TEXT, END = 0x40010000, 0x40110000
OFFSETS, NAMES, TOKENS, INDEX, MARKERS, SEQS = (0x40080000 + 0x4000 * i for i in range(6))
BANNER = 0x40060000
BIG = "big_" + "x" * 296
ADDRESSES = ("relative_base", "text", "stext", "etext", "sinittext", "einittext", "end", "offsets",
             "names", "token_table", "token_index", "markers", "seqs_of_names")

class Kernel:
    def __init__(self):
        self.ram = bytearray(SIZE)
        self.magic, self.crc, self.flags, self.name_len, self.bits = 0xcceeddff, 0, [1, 1, 0, 0], 512, 64
        self.thread, self.page_table, self.nr = 16384, 0x40070000, None
        self.release, self.build = b"6.12.117", b"a build"
        self.banner = b"Linux version 6.12.117 (me@here) #1 SMP\n"
        self.at = dict(zip(ADDRESSES, (TEXT, TEXT, 0x40011000, 0x40040000, 0x40100000, 0x40101000, END,
                                       OFFSETS, NAMES, TOKENS, INDEX, MARKERS, SEQS)))
        self.symbols = [("T_text", TEXT), ("T_stext", 0x40011000), ("T_etext", 0x40040000),
                        ("Dlinux_banner", BANNER), ("Dinit_task", 0x40061000), ("dtwice", 0x40062000),
                        ("btwice", 0x40063000), ("T" + BIG, 0x40012340), ("Dswapper_pg_dir", 0x40070000),
                        ("T_sinittext", 0x40100000), ("T_einittext", 0x40101000)]
        self.symbols += [("tfunction_%d" % i, 0x40020000 + 16 * i) for i in range(300)]
        self.symbols.sort(key=lambda s: s[1])
        self.tokens = [chr(i) if 32 < i < 127 else "" for i in range(256)]
        self.tokens[1], self.tokens[200], self.tokens[255] = "function_", "init", "_text"
        self.mode = "base"

    def poke(self, addr, data):
        self.ram[addr - BASE:addr - BASE + len(data)] = data

    def pack(self, name):
        out = bytearray()
        while name:
            i = max((i for i, t in enumerate(self.tokens) if t and name.startswith(t)),
                    key=lambda i: len(self.tokens[i]))
            out.append(i)
            name = name[len(self.tokens[i]):]
        n = len(out)
        return (bytes([n]) if n < 128 else bytes([n & 127 | 128, n >> 7])) + bytes(out)

    def offset(self, i, addr):
        if self.mode == "place":
            return addr - (OFFSETS + 4 * i)
        if self.mode == "base":
            return addr - TEXT
        return addr if addr < BASE else TEXT - 1 - addr

    def tables(self):
        names, markers, order = b"", b"", range(len(self.symbols))
        for i, (name, addr) in enumerate(self.symbols):
            if i % 256 == 0:
                markers += struct.pack("<I", len(names))
            names += self.pack(name)
            self.poke(OFFSETS + 4 * i, struct.pack("<I", self.offset(i, addr) & 0xffffffff))
        self.poke(NAMES, names)
        self.poke(MARKERS, markers)
        at = 0
        for i, token in enumerate(self.tokens):
            self.poke(TOKENS + at, token.encode() + b"\0")
            self.poke(INDEX + 2 * i, struct.pack("<H", at))
            at += len(token) + 1
        for i, seq in enumerate(sorted(order, key=lambda i: self.symbols[i][0][1:])):
            self.poke(SEQS + 3 * i, bytes([seq >> 16, seq >> 8 & 255, seq & 255]))
        self.poke(BANNER, self.banner + b"\0")

    def seal(self):
        word = lambda at: struct.unpack_from("<I", self.ram, INFO - BASE + at)[0]
        total = 0
        for at in range(8, 472, 4):
            total ^= word(at)
        self.poke(INFO, struct.pack("<II", self.magic, total ^ self.crc))

    def write(self):
        self.tables()
        nr = len(self.symbols) if self.nr is None else self.nr
        self.poke(INFO + 8, struct.pack("<4BI4H", *self.flags, nr, self.name_len, self.bits, 56, 640) +
                  struct.pack("<13Q", *(self.at[a] for a in ADDRESSES)) +
                  struct.pack("<IQ64s256sIII", self.thread, self.page_table, self.release, self.build,
                              1, 320, 400))
        self.seal()

    def save(self, where):
        open(where + "/ram", "wb").write(self.ram)
