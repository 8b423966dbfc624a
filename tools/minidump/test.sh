#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test the tool minidump on files: test.sh MINIDUMP [QDL]
#
# With QDL, which is tools/testing/vm/qdl.py, qdl has to come to the same core.
set -euo pipefail
tool=$(realpath "$1") here=$(realpath "$(dirname "$0")") qdl=${2:+$(realpath "$2")}
tmp=$(mktemp -d)
. "$here/../testing/shim/test-lib.sh"
cd "$tmp"

# A machine of 2 MiB at 0x40000000, whose memory is in two files: a, from 0x1000
# on, and b.  What changes the tables before they are written is Python.
cat >machine.py <<'PY'
import struct, zlib

BASE, ANCHOR, TOC, TABLE = 0x40000000, 0x40003000, 0x40004010, 0x40005008
NOTES = 0x40020000
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
            (b"KELF", 0x40010000, 0x1000), (b"Knotes", NOTES, 0x400), (b"Kdata", 0x40030000, 0x2000),
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

    # Windows that show these addresses.
    def windows(self, *addrs):
        self.regions[2:2] = [Bag(name=b"Kcur%dt" % i, seq=0, valid=VALI, addr=addr, size=0x1000)
                             for i, addr in enumerate(addrs)]
        for i, r in enumerate(self.regions):
            r.seq = i + 1
        self.header()

    # A hole in the table, before the region that is then i.
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
        self.poke(0x40010000, elf + bytes(4096 - len(elf)))
        self.poke(NOTES, self.notes + bytes(self.regions[1].size - len(self.notes)))
        if self.anchor.magic:
            self.write_anchor(ANCHOR)

    def core(self):
        return b"".join(self.read(r.addr, r.size) for r in self.valid())

    def save(self, where):
        open(where + "/a", "wb").write(b"\xff" * 0x1000 + self.ram[:1 << 20])
        open(where + "/b", "wb").write(self.ram[1 << 20:])
PY

# machine NAME [CODE [CODE]]: the second is run when all is written.
machine() {
	mkdir -p "$1"
	python3 - "$@" <<-'PY'
	import os, sys
	sys.path.insert(0, ".")
	sys.dont_write_bytecode = True
	from machine import *
	m = Machine()
	r, p, toc, sub, anchor, ehdr = m.regions, m.phdrs, m.toc, m.sub, m.anchor, m.ehdr
	exec("".join(sys.argv[2:3]))
	m.write()
	exec("".join(sys.argv[3:4]))
	m.save(sys.argv[1])
	sizes = sum(x.size for x in m.valid())
	if sizes <= 8 << 20:
	    open(sys.argv[1] + "/core", "wb").write(m.core())
	kelf = m.valid()[0] if m.valid() else None
	if kelf and kelf.size <= 1 << 20:
	    open(sys.argv[1] + "/crc", "w").write("0x%08x" % zlib.crc32(m.read(kelf.addr, kelf.size)))
	PY
	ram=(--ram "$1/b@0x40100000,size=1M" --ram "$1/a@1G,offset=4k")
}

expect() { # STATUS PATTERN COMMAND...
	local status=$1 pattern=$2 got=0
	shift 2
	"$@" >out 2>&1 || got=$?
	findings out
	[ $got = "$status" ] || fail "$*: exit status $got, not $status: $(cat out)"
	grep -qE -- "$pattern" out || fail "$*: no '$pattern' in: $(cat out)"
	ok "${2:-}: $pattern"
}

# bad PATTERN CODE [CODE]: check finds just this fault.
bad() {
	machine bad "${@:2}"
	expect 1 "$1" "$tool" check "${ram[@]}" --anchor 0x40003000
	grep -q '^1 fault in' out || fail "not the only fault: $(cat out)"
}

# refused PATTERN CODE [CODE]: it can't be had at all.
refused() {
	machine bad "${@:2}"
	expect 2 "$1" "$tool" check "${ram[@]}"
	[ "$(wc -l <out)" = 1 ] || fail "more than one line: $(cat out)"
}

is_json() { python3 -m json.tool out >/dev/null || fail "not JSON: $(cat out)"; }
same() { cmp "$1" "$2" || fail "$1 and $2 differ"; ok "$1 is $2"; }
collected() { rm -rf "$1"; expect "$2" "$3" "$tool" collect "${ram[@]}" -o "$1"; }

# A sound one.
machine good
crc=$(cat good/crc)
expect 0 '^no fault in 6 regions, 29.0 KiB' "$tool" check "${ram[@]}"
expect 0 "header crc $crc" "$tool" check "${ram[@]}" --anchor 0x40003000
expect 0 "header crc $crc" "$tool" check "${ram[@]}" --toc 0x40004010
expect 0 "\"header_crc\": \"$crc\"" "$tool" check --json "${ram[@]}"
is_json
expect 0 '^ +5  Kspan +400ff000 +8.0 KiB +4404  memory' "$tool" list "${ram[@]}"
grep -qE '^ +- +- +40000000 +2.0 MiB +-  zero fill' out || fail "no zero fill: $(cat out)"
grep -qE '6 regions, 29.0 KiB in all; 3 more of the table are not valid' out ||
	fail "no total: $(cat out)"
expect 0 '"name": "Klog_buf", "address": 1074069504, "size": 4100, "offset": 13312' \
	"$tool" --json list "${ram[@]}"
is_json
collected good.d 0 'wrote 6 files and good.d/minidump.core, 29.0 KiB'
same good.d/minidump.core good/core
cat good.d/md_{KELF1,Knotes2,Kdata3,Klog_buf4,Kspan5,Kend6}.BIN >joined
same joined good/core
[ -z "$qdl" ] || expect 0 '^qdl: 6 regions, 29700 bytes: the same core' "$qdl" good.d
[ "$(find good.d -mindepth 1 | wc -l)" = 7 ] || fail "other files: $(ls -A good.d)"
readelf -lnW good/core | grep VMCOREINFO >/dev/null || fail "readelf: no VMCOREINFO"
expect 2 'has md_.*BIN already' "$tool" collect "${ram[@]}" -o good.d
touch good.d/md_Kold9.BIN
expect 0 '"core": "good.d/minidump.core"' "$tool" collect "${ram[@]}" -o good.d --force --json
is_json
[ ! -e good.d/md_Kold9.BIN ] || fail "--force left md_Kold9.BIN"
for d in good.d good.d/minidump.core; do
	expect 0 "header crc $crc" "$tool" check $d
	expect 0 "\"header_crc\": \"$crc\"" "$tool" check $d --json
	is_json
	expect 0 'zero fill' "$tool" list $d
	expect 0 '"kind": "notes"' "$tool" list --json $d
	is_json
done
rm good.d/minidump.core
expect 0 'read 6 files, wrote good.d/minidump.core' "$tool" assemble good.d
same good.d/minidump.core good/core
expect 0 '"ok": true' "$tool" assemble good.d -o other --json
is_json
same other good/core

# Tables with holes, another subsystem, another place; RAM that is mostly a hole.
machine holes 'm.hole(2); m.hole(5)'
expect 0 '^no fault' "$tool" check "${ram[@]}"
collected holes.d 0 'md|Kspan'
same holes.d/minidump.core good/core
[ -e holes.d/md_Kend8.BIN ] || fail "numbers: $(ls holes.d)"
expect 0 'read 6 files' "$tool" assemble holes.d -o other
same other good/core
machine second 'm.number = 3'
expect 0 '^no fault' "$tool" check "${ram[@]}" --subsystem 3
expect 2 'subsystem 0 is not filled in' "$tool" check "${ram[@]}"
machine many 'sub.count = 250'
expect 0 'note: the table has 250 entries' "$tool" check "${ram[@]}"
truncate -s 2G large
dd if=good/a of=large bs=1M iflag=skip_bytes skip=4k seek=1024 conv=notrunc status=none
dd if=good/b of=large bs=1M seek=1025 conv=notrunc status=none
expect 0 "header crc $crc" "$tool" check --ram large@0
expect 0 "header crc $crc" "$tool" check --ram large@0 --anchor 0x40003000

# Anchors.
refused 'anchor: 0x40004000 is not an anchor|no anchor in RAM$' 'anchor.magic = b""'
refused 'no anchor in RAM, but 0x40003000 is an anchor with a wrong checksum' 'anchor.crc = 1'
refused 'no anchor in RAM, but 0x40003000 is an anchor of an unknown version' 'anchor.version = 2'
refused '2 anchors in RAM, at 0x40003000 and 0x40100000' '' 'm.write_anchor(0x40100000)'
expect 0 'no fault' "$tool" check "${ram[@]}" --anchor 0x40100000
machine bad '' 'm.write_anchor(0x40100010)'
expect 0 'no fault' "$tool" check "${ram[@]}"
expect 2 'anchor: 0x40002000 is not an anchor' "$tool" check "${ram[@]}" --anchor 0x40002000
expect 2 'anchor: 0x401ffff0 is not in RAM' "$tool" check "${ram[@]}" --anchor 0x401ffff0
expect 2 'anchor: 0xf+ is not in RAM' "$tool" check "${ram[@]}" --anchor 0xffffffffffffffff

# What the firmware would not take.
refused 'ToC: 0x40200000 is not in RAM' 'anchor.toc = 0x40200000'
refused 'ToC: 0x40004010 is not set up' 'toc.status = 0'
refused 'ToC: 0x40004010 is of an unknown revision' 'toc.revision = 2'
refused 'ToC: 0x40004010 is not enabled' 'toc.enabled = 1'
refused 'subsystem 0 is not filled in' 'sub.status = 2'
refused 'subsystem 0 is not enabled' 'sub.enabled = 0'
refused 'subsystem 0 has to be encrypted' 'sub.encrypt = 0x4553'
refused 'subsystem 0 has no regions' 'sub.count = 0'
refused '70000 regions, which is absurd' 'sub.count = 70000'
refused 'table of 9 regions at 0x401fffe0, which is not all in RAM' 'sub.base = 0x401fffe0'
refused 'table of 9 regions at 0xfffffffffffffff8, which' 'sub.base = 2 ** 64 - 8'
refused 'none of its 9 regions is valid' 'for x in r: x.valid = INVA'

# Names.
bad 'region 3 xdata: its name does not begin with K' 'r[2].name = b"xdata"'
bad 'region 3 K12345678x: its name is too long' 'r[2].name = b"K12345678x"'
bad 'region 3 K123456789abcdef: its name does not end' 'r[2].name = b"K123456789abcdef"'
bad 'region 3 Ka-b: its name has a character' 'r[2].name = b"Ka-b"'
bad 'region 3 Ka\?b: its name has a character' 'r[2].name = b"Ka\x1bb"'
bad 'region 3 Kcpu1: its name ends in a digit' 'r[2].name = b"Kcpu1"'
bad 'region 3 : its name does not begin with K' 'r[2].name = b""'
bad 'region 3 Kdata: its name is not padded with zeros' 'r[2].name = b"Kdata\0x"'
bad 'region 1 Kelf: is the first, but not KELF' 'r[0].name = b"Kelf"'
bad 'region 3 KELF: is KELF, but not the first' 'r[2].name = b"KELF"'

# The table.
bad 'region 4 Klog_buf: has the number 9, not its place' 'r[3].seq = 9'
bad 'region 4 Klog_buf: has the number, 3, of region 3 Kdata' 'r[3].seq = 3'
bad 'region 3 Kdata: its size, 0x1ffe, is no multiple of 4' 'r[2].size = 0x1ffe; m.header()'
bad 'region 3 Kdata: its address, 0x40030002, is no multiple of 4' 'r[2].addr += 2; m.header()'
bad 'region 1 KELF: its size, 0x800, is not of whole pages' 'r[0].size = 0x800; m.header()'
bad 'region 4 Klog_buf: its address, 0x40018000, is not above .* 0x40030000' \
	'r[3].addr = 0x40018000; m.header()'
bad 'region 4 Klog_buf: at 0x40031000 overlaps region 3 Kdata' 'r[3].addr = 0x40031000; m.header()'
bad 'region 3 Kdata: at 0x40010ffc overlaps region 1 KELF' 'r[2].addr = 0x40010ffc; m.header()'
bad 'region 3 Kdata: at 0x40020200 overlaps region 2 Knotes' 'r[2].addr = 0x40020200; m.header()'
bad 'region 6 Kend: 0x1000 of its 0x2000 bytes at 0x401ff000 are not in RAM' \
	'r[5].size = 0x2000; m.header(); m.phdrs[-1].memsz = 4 << 20'
bad 'region 3 Kdata: is at 0x40030000, but program header 1 has 0x40032000' 'p[1].paddr = 0x40032000'

# The header.
bad 'region 1 KELF: its e_type, 2, is not that of a core' 'ehdr.type = 2'
bad 'region 1 KELF: its e_ehsize is 52, not 64' 'ehdr.ehsize = 52'
bad 'region 1 KELF: is not an ELF header' 'ehdr.ident = b"\x7fFLE"'
bad 'region 1 KELF: is an ELF header that is not of 64 bits' 'ehdr.ident = b"\x7fELF\x01\x01\x01"'
bad 'region 1 KELF: is an ELF header that is not little endian' 'ehdr.ident = b"\x7fELF\x02\x02\x01"'
bad 'region 1 KELF: ends before its program headers do' 'ehdr.phnum = 73'
bad 'region 1 KELF: has no program headers' 'ehdr.phnum = 0'
bad 'region 1 KELF: has a number of program headers that needs' 'ehdr.phnum = 0xffff'
bad 'region 1 KELF: has program headers of an unknown size' 'ehdr.phentsize = 32'
bad 'program header 0: is the first, but not PT_NOTE' 'p[0].type = 1'
bad 'program header 2: is another PT_NOTE' 'p[2].type = 4'
bad 'program header 2: is neither PT_NOTE nor PT_LOAD' 'p[2].type = 2'
bad 'program header 2: its p_offset is 0x3401, not 0x3400' 'p[2].offset += 1'
bad 'program header 2: its p_memsz, 0x2000, is not its p_filesz, 0x1004' 'p[2].memsz = 0x2000'
bad 'program header 5: is the last, but not all of RAM' 'p[5].filesz = 0x1000'
bad 'program header 4: 0x1000 bytes at 0x401ff000 are not in what the last one covers' \
	'p[5].memsz -= 4'
bad 'program header 5: its 0xf+ bytes at 0x40000000 are beyond' 'p[5].memsz = 2 ** 64 - 1'
bad 'has 7 program headers, but 6 are needed for 6 regions' 'p.append(p[-1]); p[5] = Bag(type=1, offset=0x7404, vaddr=0, paddr=BASE, filesz=4096, memsz=4096, flags=0)'
machine bad 'ehdr.phoff = 72'
expect 1 'its e_phoff is 0x48, not 0x40' "$tool" check "${ram[@]}"
machine bad 'p[2].filesz += 4'
expect 1 'region 4 Klog_buf: has 0x1004 bytes, but program header 2 has 0x1008' "$tool" check "${ram[@]}"
expect 1 '"where": "region 4 Klog_buf", "what": "has 0x1004 bytes' "$tool" check "${ram[@]}" --json
is_json

# Notes.
bad 'region 2 Knotes: notes: none of them is VMCOREINFO' 'm.notes = m.notes.replace(b"INFO", b"INFX")'
bad 'region 2 Knotes: notes: the note at 0x0.* goes beyond' 'm.notes = b"\xff" * 12'
bad 'region 2 Knotes: notes: the note at 0x0, with a name of 4 and 1009 bytes, goes beyond' \
	'm.notes = struct.pack("<III", 4, 1009, 1)'
bad 'region 2 Knotes: notes: after the last note' \
	'm.notes = note(b"VMCOREINFO\0", 0, b"A=1\n" * 247 + b"BB=1") + b"x"'

# Windows: over others, over one another, and closed; all else is as strict.
machine windows 'm.windows(0x40110000, 0x40031000, 0x40031000, 0x40010000)'
expect 0 '^no fault in 10 regions, 45.0 KiB' "$tool" check "${ram[@]}"
expect 0 '^ +4  Kcur1t +40031000 +4.0 KiB +2400  window' "$tool" list "${ram[@]}"
collected windows.d 0 'wrote 10 files'
same windows.d/minidump.core windows/core
for d in windows.d windows.d/minidump.core; do
	expect 0 '^no fault' "$tool" check $d
	expect 0 '"kind": "window"' "$tool" list --json $d
	is_json
done
expect 0 'read 10 files' "$tool" assemble windows.d -o other
same other windows/core
machine closed 'm.windows(0x40110000, 0x40010000); m.phdrs[2].paddr = CLOSED'
expect 0 '^no fault in 8 regions' "$tool" check "${ram[@]}"
collected closed.d 0 'wrote 8 files'
expect 0 '^no fault' "$tool" check closed.d/minidump.core
expect 0 '4.0 KiB +2400  window' "$tool" list closed.d/minidump.core
grep -qE -- '-  -  +-  +4.0 KiB +2400' out || fail "a closed window has an address: $(cat out)"
bad 'region 4 Kcur1t: is at 0x40031000, but program header 2 has 0x40040000' \
	'm.windows(0x40110000, 0x40031000); m.phdrs[2].paddr = 0x40040000'
bad 'region 4 Kcur1t: 0x1000 of its 0x1000 bytes at 0x40200000 are not in RAM' \
	'm.windows(0x40110000, 0x40200000); m.phdrs[2].paddr = CLOSED'
bad 'program header 2: 0x1000 bytes at 0x401ff000 are not in what the last one covers' \
	'r.pop(); m.windows(0x40110000, 0x401ff000); m.phdrs[-1].memsz -= 0x1000'
bad 'region 4 Kcur1t: is a window of 0x1000 bytes at 0x40031800, which are not whole' \
	'm.windows(0x40110000, 0x40031800)'
bad 'region 4 Kcur1t: has 0x1000 bytes, but program header 2 has 0x2000' \
	'm.windows(0x40110000, 0x40031000); m.phdrs[2].filesz = m.phdrs[2].memsz = 0x2000'
bad 'region 3 Kcur0t: is a window, but program header 1 is none' \
	'm.windows(0x40110000); m.phdrs[1].flags = 0'
bad 'region 3 Kdata: is no window, but program header 1 is one' 'p[1].flags = WINDOW'
bad 'region 3 Kdata: is at 0x40030000, but program header 1 has 0x8000000000000000' \
	'p[1].paddr = CLOSED; p[5].paddr = 0; p[5].memsz = 2 ** 64 - 1'
machine bad 'p[0].flags = WINDOW'
expect 1 'program header 0: is marked as a window' "$tool" check bad/core
bad 'program header 5: is marked as a window' 'p[5].flags = WINDOW'
bad 'region 5 Kcur_b: is a window behind a region that is none' \
	'r[4].name = b"Kcur_b"; m.header()'
bad 'region 5 Klog_buf: at 0x40031000 overlaps region 4 Kdata' \
	'm.windows(0x40031000); r[4].addr = 0x40031000; m.header()'
bad 'region 6 Kspan: its address, 0x40018000, is not above' \
	'm.windows(0x40031000); r[5].addr = 0x40018000; m.header()'

# Names that must not become paths, and files of the same name.
machine bad 'r[2].name = b"../../../x"; r[3].name = b"K/a\"\n"; r[4].name = b"K123456789abcdef"'
collected hostile.d 1 'region 3 .*its name does not begin with K'
same hostile.d/minidump.core bad/core
[ "$(cd hostile.d && echo md_*)" = "md_K123456789abcdef5.BIN md_KELF1.BIN md_K_a__4.BIN md_Kend6.BIN md_Knotes2.BIN md__________x3.BIN" ] ||
	fail "hostile.d: $(ls hostile.d)"
expect 0 '"K/a\\"\\u000a"' "$tool" list --json "${ram[@]}"
is_json
machine bad 'r[3].name = r[2].name; r[3].seq = 3'
collected twins.d 1 'region 4 Kdata: has no file: md_Kdata3.BIN is another'
same twins.d/minidump.core bad/core
mkdir links.d
ln -s "$tmp/target" links.d/md_Kdata3.BIN
expect 0 'wrote 6 files' "$tool" collect "${ram[@]/bad/good}" -o links.d --force
[ ! -e target ] || fail "a link was followed"

# Regions out of RAM; sizes that are absurd.
machine bad 'r[2].addr = 0x3ffff000; m.header()'
collected outside.d 1 'region 3 Kdata: 0x1000 of its 0x2000 bytes at 0x3ffff000 are not in RAM'
same outside.d/minidump.core bad/core
[ "$(stat -c %s outside.d/md_Kdata3.BIN)" = 8192 ] || fail "size of md_Kdata3.BIN"
machine bad 'r[2].addr = 2 ** 64 - 4096'
collected outside.d 1 'region 3 Kdata: 0x2000 of its 0x2000 bytes at 0xfffffffffffff000 are not in RAM'
same outside.d/minidump.core bad/core
machine bad 'r[2].size = 2 ** 63'
collected absurd.d 1 'region 3 Kdata: its size, 0x8000000000000000, is more than all RAM: refused'
[ ! -e absurd.d/md_Kdata3.BIN ] || fail "it has a file"
cmp <(tail -c +$((0x3401)) absurd.d/minidump.core) <(tail -c +$((0x3401)) good/core) ||
	fail "what comes after an absurd one"
machine bad 'r[2].size = 2 ** 63; p[1].filesz = 2 ** 62'
collected absurd.d 2 'refused: region 3 Kdata is larger than all RAM'
machine bad 'r[0].size = 2 ** 64 - 4096'
collected absurd.d 2 'refused: region 1 KELF is larger than all RAM'
expect 1 'region 1 KELF: its size' "$tool" list "${ram[@]}"
machine bad 'for x in r[2:]: x.addr, x.size = BASE, 1 << 20'
collected absurd.d 2 'refused: the regions have more bytes than all RAM'
[ ! -e absurd.d ] || fail "absurd.d was made"
machine bad 'ehdr.ident = b"text"'
collected noelf.d 1 'region 1 KELF: is not an ELF header'
same noelf.d/minidump.core bad/core

# lost DIR FILE...: a copy of DIR without these files, as lost.d
lost() {
	rm -rf lost.d
	cp -r "$1" lost.d
	rm -f lost.d/minidump.core "${@:2}"
}

# zeroed FILE AT SIZE: a copy of the good core with zeros there, as zeroed
zeroed() {
	cp good/core zeroed
	dd if=/dev/zero of=zeroed bs=1 seek=$(($1)) count=$(($2)) conv=notrunc status=none
}

lost good.d lost.d/md_Kdata3.BIN
expect 1 'program header 1: the file of its 0x2000 bytes at 0x40030000 is missing' "$tool" assemble lost.d
zeroed 0x1400 0x2000
same lost.d/minidump.core zeroed
expect 1 '^ +- +- +40030000 .*memory, missing' "$tool" list lost.d
expect 1 'program header 1: .*missing' "$tool" check lost.d
lost good.d lost.d/md_Kdata3.BIN lost.d/md_Kend6.BIN
expect 1 'program header 4: .* missing' "$tool" assemble lost.d
lost good.d
truncate -s 4096 lost.d/md_Kdata3.BIN
expect 1 'md_Kdata3.BIN: is short: 0x1000 bytes, not 0x2000' "$tool" assemble lost.d
zeroed 0x2400 0x1000
same lost.d/minidump.core zeroed
lost good.d
echo more >>lost.d/md_Klog_buf4.BIN
expect 1 'md_Klog_buf4.BIN: is long: 0x1009 bytes, not 0x1004' "$tool" assemble lost.d
same lost.d/minidump.core good/core
lost good.d
truncate -s 1024 lost.d/md_KELF1.BIN
expect 1 'md_KELF1.BIN: is short' "$tool" assemble lost.d
same lost.d/minidump.core good/core
truncate -s 100 lost.d/md_KELF1.BIN
expect 2 'md_KELF1.BIN: ends before its program headers do' "$tool" assemble lost.d
rm lost.d/md_KELF1.BIN
expect 2 'lost.d: no md_KELF' "$tool" assemble lost.d
cp good.d/md_KELF1.BIN lost.d
cp good.d/md_KELF1.BIN lost.d/md_KELF9.BIN
expect 2 'lost.d: more than one md_KELF' "$tool" check lost.d
lost good.d
ln -sf "$tmp/good/core" lost.d/md_Kdata3.BIN
expect 1 'md_Kdata3.BIN: left out: not a regular file' "$tool" assemble lost.d
lost good.d
mkfifo lost.d/md_Kpipe.BIN lost.d/md_Kpipe7.BIN lost.d/md_K99999999999.BIN
cp good.d/md_Kend6.BIN lost.d/md_Kend7.BIN
echo other >lost.d/md_OTHER12.BIN
expect 1 'md_Kend7.BIN: left out: no program header' "$tool" assemble lost.d
grep -q 'md_Kpipe.BIN: is not named' out && grep -q 'md_K99999999999.BIN: is not named' out &&
	grep -q 'md_Kpipe7.BIN: left out: not a reg' out || fail "others: $(cat out)"
same lost.d/minidump.core good/core
lost good.d
cp good.d/md_Kend6.BIN lost.d/md_Kdat3.BIN
expect 1 'md_Kdata3.BIN: has the number of md_Kdat3.BIN: neither is used' "$tool" assemble lost.d
zeroed 0x1400 0x2000
same lost.d/minidump.core zeroed
lost good.d
cp good.d/md_Kend6.BIN lost.d/md_Kzero1.BIN
cp good.d/md_Kend6.BIN lost.d/md_Kabc1.BIN
expect 1 'md_Kzero1.BIN: .*(not above that of the ELF header|has the number of)' "$tool" assemble lost.d
same lost.d/minidump.core good/core
lost good.d
for i in 1 2 3 4 5 6; do
	mv lost.d/md_*[a-zA-Z]$i.BIN "$(echo lost.d/md_*[a-zA-Z]$i.BIN | sed "s/$i.BIN/4$i.BIN/")"
done
expect 0 '^ +43  Kdata' "$tool" assemble lost.d
same lost.d/minidump.core good/core
rm lost.d/md_Klog_buf44.BIN
expect 1 'program header 2: .* missing' "$tool" assemble lost.d

# Numbers with gaps, and one missing: by size, or not at all.
lost holes.d lost.d/md_Klog_buf5.BIN
expect 1 'program header 2: the file of its 0x1004 bytes at 0x40050000 is missing' "$tool" assemble lost.d
zeroed 0x3400 0x1004
same lost.d/minidump.core zeroed
lost holes.d lost.d/md_Klog_buf5.BIN lost.d/md_Kdata4.BIN
expect 1 'md_Kspan7.BIN: left out: it can be of program header 1 as well as of 3' "$tool" assemble lost.d
grep -q 'md_Kend8' out && fail "the last is certain: $(cat out)"
cmp <(tail -c 4096 lost.d/minidump.core) <(tail -c 4096 good/core) || fail "the last"
lost holes.d lost.d/md_Kend8.BIN
expect 1 'program header 4: .*missing' "$tool" assemble lost.d
zeroed 0x6404 0x1000
same lost.d/minidump.core zeroed
lost holes.d lost.d/md_Kend8.BIN
truncate -s 12 lost.d/md_Klog_buf5.BIN
expect 1 'md_Klog_buf5.BIN: left out: no program header is certainly its own' "$tool" assemble lost.d
lost good.d lost.d/md_Kdata3.BIN lost.d/md_Klog_buf4.BIN
expect 1 'md_Kspan5.BIN: is taken to be of program header 3, by its number: by its size' \
	"$tool" assemble lost.d

# Cores that must not be trusted.
: >empty
expect 2 'empty: is shorter than an ELF header' "$tool" check empty
expect 2 'good/a: is not an ELF header' "$tool" list good/a
expect 2 '/dev/null: neither a directory nor a core' "$tool" list /dev/null
head -c 20000 good/core >cut.core
expect 1 'program header 3: 0x15e4 of its 0x2000 bytes at offset 0x4404 are not in the file' "$tool" check cut.core
expect 1 'memory, short' "$tool" list cut.core
cp good/core long
echo more >>long
expect 1 'long: has 0x5 bytes more' "$tool" check long
machine bad 'p[1].filesz = 2 ** 60; p[2].offset = 2 ** 64 - 1; p[5].memsz = 2 ** 64 - 1'
expect 1 'program header 1: 0x[0-9a-f]* of its 0x1000000000000000 bytes' "$tool" check bad/core
cp good.d/md_* absurd.d 2>/dev/null || { mkdir absurd.d; cp good.d/md_* absurd.d; }
head -c 4096 bad/core >absurd.d/md_KELF1.BIN
expect 2 'refused: program header 2|refused: md_' "$tool" assemble absurd.d -o other2
[ ! -e other2 ] || fail "other2 was written"

# Arguments.
machine good
expect 2 'minidump - collect' "$tool"
expect 2 'bogus: is not a command' "$tool" bogus
expect 0 'minidump - collect' "$tool" --help
expect 2 'collect: needs --ram' "$tool" collect -o x
expect 2 'collect: needs -o DIR' "$tool" collect "${ram[@]}"
expect 2 'check: needs either --ram' "$tool" check
expect 2 'check: needs either --ram' "$tool" check "${ram[@]}" good.d
expect 2 'assemble: needs a directory' "$tool" assemble
expect 2 'core: not a directory' "$tool" assemble good/core -o x
expect 2 'one argument too many' "$tool" check good.d good.d
expect 2 'exclude each other' "$tool" check "${ram[@]}" --toc 1 --anchor 2
expect 2 'not a number below 10' "$tool" check "${ram[@]}" --subsystem 10
for number in '' -1 ' 1' 0x 1x 0x1ffffffffffffffff 99999999999999999999 0x100000000000G; do
	expect 2 'not an address' "$tool" check "${ram[@]}" --anchor "$number"
done
for spec in good/a @1G good/a@ good/a@1G,size good/a@1G,size=0 good/a@1G,offset=-1; do
	expect 2 'is not FILE@ADDR' "$tool" check --ram "$spec"
done
expect 2 'No such file' "$tool" check --ram none@0
expect 2 'No such file' "$tool" check none
expect 2 'not a regular file' "$tool" check --ram /dev/zero@0,size=1M
expect 2 'bytes long, not enough' "$tool" check --ram good/a@0,offset=4G
expect 2 'bytes long, not enough' "$tool" check --ram good/a@0,size=4G
expect 2 'beyond the last address' "$tool" check --ram good/a@0xffffffffffff0000
expect 2 'given twice' "$tool" check --ram good/a@1G --ram good/b@0x40001000
expect 2 'File exists|Not a directory' "$tool" collect "${ram[@]}" -o good/a
expect 2 'No such file' "$tool" collect "${ram[@]}" -o none/none
expect 2 'No such file' "$tool" assemble good.d -o none/core
expect 2 'Is a directory' "$tool" assemble good.d -o good
[ -z "$(find . -name '.*.core.*')" ] || fail "temporary files are left"

# What kernels leave for boot loaders.
. "$here/test-kinfo.sh"
. "$here/test-registers.sh"

# Damage at random, several at a time: any exit status but these is a crash.
fuzz() { python3 - "$tool" "$1" <<'PY'
import os, random, shutil, subprocess, sys
sys.path.insert(0, ".")
sys.dont_write_bytecode = True
from machine import *

tool, seed = sys.argv[1], int(sys.argv[2])
rng = random.Random(seed)
where = "fuzz%d" % seed
os.mkdir(where)
m = Machine()
m.write()
m.save(where)
open(where + "/core", "wb").write(m.core())
pristine = bytes(m.ram)
# What is read: anchor, ToC, table, ELF header, notes.
spans = [(ANCHOR, 32), (TOC, 48), (TABLE, 240)] + [(TABLE, 240)] * 3 + [(0x40010000, 400)] * 4 + [(NOTES, 480)]
words = (0, 1, 4, 12, 0x7fffffff, 0x80000000, 0xffffffff, VALI, 0x40000000, 0x401ff000, 0x1000, 201, 65536)
wide = (0, 2 ** 64 - 1, 2 ** 63, 2 ** 64 - 4096, 2 ** 32, 0x40200000, 0x200000, 0x1fffff, 2 ** 48)
env = dict(os.environ, ASAN_OPTIONS=os.environ["ASAN_OPTIONS"] + ":detect_leaks=%d" % (seed == 0))
ram = ["--ram", where + "/a@0x40000000,offset=0x1000", "--ram", where + "/b@0x40100000", "--anchor", hex(ANCHOR)]
mutations = 0
statuses = {}

def mutate():
    start, length = rng.choice(spans)
    kind = rng.randrange(4)
    if kind == 0:
        return start + rng.randrange(length), bytes([rng.randrange(256)])
    if kind == 1:
        at = start + rng.randrange(length)
        return at, bytes([pristine[at - BASE] ^ 1 << rng.randrange(8)])
    if kind == 2:
        return start + rng.randrange(0, length, 4), struct.pack("<I", rng.choice(words))
    return start + rng.randrange(0, length - 4, 4), struct.pack("<Q", rng.choice(wide))

for batch in range(150 if seed else 50):
    edits = [mutate() for _ in range(rng.choice((1, 2, 4, 8, 16)))]
    mutations += len(edits)
    m.ram[:] = pristine
    for addr, data in edits:
        m.poke(addr, data)
    low = bytes(m.ram[:0x30000])
    with open(where + "/a", "r+b") as f:
        f.seek(0x1000)
        f.write(low)
    out = where + "/out"
    which = batch % 5
    if which == 0:
        commands = [["collect", "-o", out] + ram, ["check", out], ["assemble", out]]
    elif which == 1:
        commands = [["list", "--json"] + ram]
    elif which == 2:
        # The damaged header on top of sound files.
        os.makedirs(out)
        for r in m.valid():
            data = m.read(r.addr, r.size) if rng.randrange(4) else b""
            open("%s/md_%s%d.BIN" % (out, r.name.decode(), r.seq + rng.randrange(2)), "wb").write(data)
        commands = [["assemble", out, "--json"]]
    elif which == 3:
        open(out, "wb").write(m.core()[:rng.randrange(40000)])
        commands = [["check", out]]
    else:
        commands = [["check", "--json"] + ram]
    for command in commands:
        if command[-1].startswith(out) and not os.path.exists(out):
            continue
        ran = subprocess.run([tool] + command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        statuses[ran.returncode] = statuses.get(ran.returncode, 0) + 1
        if ran.returncode not in (0, 1, 2):
            sys.exit("fuzz: seed %d: %s: exit status %d after %s\n%s" % (seed, " ".join(command),
                     ran.returncode, [(hex(a), d.hex()) for a, d in edits], ran.stderr.decode(errors="replace")))
    if os.path.isdir(out):
        size = sum(os.stat(os.path.join(out, f)).st_blocks * 512 for f in os.listdir(out))
        if size > 3 * len(pristine):
            sys.exit("fuzz: seed %d: %d bytes written" % (seed, size))
        shutil.rmtree(out)
    elif os.path.exists(out):
        os.unlink(out)
print("fuzz: %d mutations, exit statuses %s" % (mutations, statuses))
PY
}
fuzz 0 >fuzz0.out 2>&1 & first=$!
fuzz 1 >fuzz1.out 2>&1 & second=$!
fuzz 2 || fail "fuzz 2"
wait $first || fail "$(cat fuzz0.out)"
wait $second || fail "$(cat fuzz1.out)"
cat fuzz0.out fuzz1.out
ok "damage at random"

finish
