#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test the firmware's part on memory files: test.sh [--short] DIR.  DIR has firmware and
# firmware-fuzz.  --short leaves out damage and arguments.
set -euo pipefail
short=
if [ "${1-}" = --short ]; then
	short=1
	shift
fi
[ $# = 1 ] || { echo "usage: test.sh [--short] DIR" >&2; exit 2; }
firmware=$(realpath "$1")/firmware
fuzz=$(realpath "$1")/firmware-fuzz
tmp=$(mktemp -d)
. "$(dirname "$0")/../../shim/test-lib.sh"
cd "$tmp"

# A machine of 128 MiB at 0x40000000 in two files, one after the other, and 8 MiB
# at 4 GiB, as if plugged.  Python plays Linux, with code of its own.
cat >linux.py <<'PY'
import json, mmap, struct, sys

BASE, DIMM, SMEM, SMEM_SIZE = 0x40000000, 0x100000000, 0x40800000, 2 << 20
FILES = (("a", BASE, 96 << 20), ("b", BASE + (96 << 20), 32 << 20), ("dimm", DIMM, 8 << 20))
TABLE = 0x41000008
VALI, INVA, ENBL, DONE, PLAIN = 0x56414c49, 0x494e5641, 0x454e424c, 0x444f4e45, 0x4e52
# In the order of the table; the third and the last are not valid.
REGIONS = [(b"KELF", 0x41010000, 0x3000), (b"KVMCOREIN", 0x41020000, 0x404), (b"K-/gone", 2, 1 << 63),
           (b"Kspan", 0x45fff000, 0x2000), (b"Kpercpu", DIMM, 0x1000), (b"Kpercpu", DIMM + 0x7ff000, 0x1000),
           (b"Klog_buf", 0x41030000, 0x23004), (b"Kx1", 0x47fffffc, 4), (b"K-/gone", 2, 1 << 63)]

class Refused(Exception):
    """Refused by mainline's driver, with a WARN if warns is true."""
    def __init__(self, why, warns=False):
        Exception.__init__(self, why)
        self.warns = warns

class Ram:
    def __init__(self, where):
        self.maps = []
        for name, start, size in FILES:
            with open(where + "/" + name, "r+b") as f:
                self.maps.append((start, size, mmap.mmap(f.fileno(), size)))

    def read(self, at, size):
        out = b""
        while size:
            start, length, m = next(x for x in self.maps if x[0] <= at < x[0] + x[1])
            part = m[at - start:min(at - start + size, length)]
            out, at, size = out + part, at + len(part), size - len(part)
        return out

    def write(self, at, data):
        for start, length, m in self.maps:
            lo, hi = max(at, start), min(at + len(data), start + length)
            if lo < hi:
                m[lo - start:hi - start] = data[lo - at:hi - at]

    def get(self, form, at):
        return struct.unpack("<" + form, self.read(at, struct.calcsize("<" + form)))

    def put(self, form, at, *values):
        self.write(at, struct.pack("<" + form, *values))

# As mainline's qcom_smem does when it probes, and when item 602 is looked up.
def find_toc(ram):
    if ram.get("I", SMEM + 0xc0) != (1,) or ram.get("I", SMEM + 0xcc) != (0,):
        raise Refused("not initialized")
    version, = ram.get("I", SMEM + 0x5c)
    if version >> 16 != 12:
        raise Refused("version")
    table = SMEM + SMEM_SIZE - 4096
    magic, version, entries = ram.get("4sII", table)
    if magic != b"$TOC" or version != 1:
        raise Refused("table")
    for i in range(min(entries, 84)):
        offset, size, _, host0, host1, cacheline = ram.get("IIIHHI", table + 32 + 48 * i)
        if offset and size and host0 == host1 == 0xfffe:
            break
    else:
        raise Refused("no global partition")
    if offset + 32 > SMEM_SIZE:
        raise Refused("maps RAM", True)
    part = SMEM + offset
    magic, host0, host1, length, free, cached = ram.get("4sHHIII", part)
    if magic != b"$PRT" or host0 != 0xfffe or host1 != 0xfffe or length != size or free > size:
        raise Refused("partition")
    if entries > 84:
        raise Exception("mainline reads far away")
    info = table + 32 + 48 * entries
    if 602 >= (ram.get("H", info + 16)[0] if ram.read(info, 4) == b"SIII" else 512):
        raise Refused("item count", True)
    at, end = part + 32, part + free
    while at < end:
        canary, item, size, pad_end, pad_start = ram.get("HHIHH", at)
        if canary != 0xa5a5:
            raise Refused("canary")
        if item == 602:
            if size > length or pad_end > size:
                raise Refused("item size", True)
            return at + 16 + pad_start, size - pad_end
        at += 16 + pad_start + size
    if at > part + length:
        raise Refused("items run out", True)
    raise Refused("no item 602")

# The checks of a driver for minidump after that.
def probe(ram):
    toc, size = find_toc(ram)
    if size < 336:
        raise Refused("item too small")
    if ram.get("III", toc) != (1, 1, ENBL):
        raise Refused("ToC")
    if ram.get("I", toc + 16 + 12)[0] not in (0, PLAIN):
        raise Refused("encryption")
    return toc

def boot(ram, regions=REGIONS):
    toc = probe(ram)
    table = b"".join(struct.pack("<16sIIQQ", name, i + 1, INVA if b"/" in name else VALI, at, size)
                     for i, (name, at, size) in enumerate(regions))
    ram.write(TABLE, table)
    ram.write(toc + 16, struct.pack("<IIIIIIQ", 1, ENBL, DONE, PLAIN, len(regions), 0, TABLE))
    for i, (name, at, size) in enumerate(regions):
        if b"/" not in name:
            ram.write(at, bytes((i * 7 + j * 13 + (j >> 8)) & 255 for j in range(size)))
    return toc
PY
py() { PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$tmp python3 -c "from linux import *
$1" "${@:2}" || fail "python: $1"; }

new() {
	rm -rf "$1"
	mkdir "$1"
	truncate -s 96M "$1/a"
	truncate -s 32M "$1/b"
	truncate -s 8M "$1/dimm"
	on "$1"
}
on() {
	smem=(--smem 0x40800000 --smem-size 2M)
	machine=(--ram "$1/dimm@0x100000000" --ram "$1/a@0x40000000,96M" --ram "$1/b@1120M" "${smem[@]}")
	# The table, and so the damage, is in the first file of RAM.
	first=(--ram "$1/a@1G" --ram "$1/b@1120M" --ram "$1/dimm@4G" "${smem[@]}")
}
copy() { rm -rf "$2"; cp -r --sparse=always "$1" "$2"; on "$2"; }

expect() { # STATUS PATTERN COMMAND...
	local status=$1 pattern=$2 got=0
	shift 2
	timeout 60 "$@" >out 2>&1 || got=$?
	findings out
	[ $got = "$status" ] || fail "$*: exit status $got, not $status: $(cat out)"
	grep -qE -- "$pattern" out || fail "$*: no '$pattern' in: $(cat out)"
}
hurts() { # KIND
	"$firmware" damage "$1" "${first[@]}" >out 2>&1 || fail "damage $1: $(cat out)"
	[ ! -s out ] || fail "damage $1: $(cat out)"
}
# collects STATUS PATTERN [OPTION...]: into the new directory d
collects() {
	rm -rf d
	expect "$1" "$2" "$firmware" collect "${first[@]}" -o d "${@:3}"
	[ "$1" != 2 ] || [ ! -e d ] || fail "something was written: $(ls d)"
	[ "$1" != 2 ] || [ "$(wc -l <out)" = 1 ] || fail "more than a line: $(cat out)"
}

# The layout, by the facts about mainline's driver.
new sound
expect 0 '^SMEM at 0x40800000; ToC at 0x40803030, 336 bytes$' "$firmware" prepare "${machine[@]}"
expect 0 '^\{"smem": "0x40800000", "toc": "0x40803030", "toc_size": 336\}$' "$firmware" prepare "${machine[@]}" --json
py '
ram = Ram("sound")
smem = ram.read(SMEM, SMEM_SIZE)
facts = {0x5c: "<I 786432", 0xc0: "<I 1", 0x1ff000: "<4sII $TOC 1 1",
         0x1ff020: "<IIIHHI 12288 2080768 0 65534 65534 64", 0x1ff050: "<4sIIIH SIII 2097152 1082130432 0 1024",
         0x3000: "<4sHHIII $PRT 65534 65534 2080768 384 2080768", 0x3020: "<HHIHHI 42405 602 336 0 0 0",
         0x3030: "<III 1 1 %d" % ENBL}
want = bytearray(SMEM_SIZE)
for at, text in facts.items():
    form, *values = text.split()
    struct.pack_into(form, want, at, *(int(v) if v.isdigit() else v.encode() for v in values))
assert smem == want, [hex(i) for i in range(SMEM_SIZE) if smem[i] != want[i]][:8]
assert probe(ram) == 0x40803030
open("want", "wb").write(want)'
[ "$(du -k sound | tail -1 | cut -f1)" -lt 4096 ] || fail "the files are not sparse any more"
ok "SMEM is laid out as mainline's driver wants it, and nothing else is written"
dd if=/dev/urandom of=sound/a bs=1M seek=8 count=2 conv=notrunc status=none
expect 0 'ToC at' "$firmware" prepare "${machine[@]}"
py 'assert Ram("sound").read(SMEM, SMEM_SIZE) == open("want", "rb").read()'
expect 0 'ToC at' "$firmware" prepare "${machine[@]}" --toc-size 341
py '
ram = Ram("sound")
assert find_toc(ram) == (0x40803030, 341) and probe(ram)
assert ram.get("I", SMEM + 0x300c) == (32 + 16 + 344,) and ram.get("IH", SMEM + 0x3024) == (344, 3)'
ok "what was in SMEM is gone; an item of a size that needs padding"

# Machines of other firmware: Linux refuses, and nothing can be collected.
other() { # PATTERN OPTION...
	new other
	expect 0 . "$firmware" prepare "${machine[@]}" "${@:2}"
	py 'try: probe(Ram("other")); sys.exit("not refused")
except Refused as e: assert not e.warns, e'
	collects 2 "$1"
	ok "prepare ${*:2}"
}
other 'item 602 is not in the global partition' --toc-size 0
other 'item 602 has 64 bytes, not 336' --toc-size 64
other 'item 602 has 3 bytes, not 336' --toc-size 3
other 'its status is 0x0' --status 0
other 'revision 2 is not 1' --revision 2
other 'minidump is not enabled' --enabled no
new other
expect 0 . "$firmware" prepare "${machine[@]}" --encryption required
py 'try: probe(Ram("other")); sys.exit("not refused")
except Refused as e: assert str(e) == "encryption"'
expect 0 . "$firmware" prepare "${machine[@]}" --encryption none --enabled yes --revision 1 --status 1
py 'probe(Ram("other"))'
ok "prepare --encryption"
collects 2 'Linux has not filled in its own'
ok "nothing to collect before Linux has booted"

# A sound machine.
expect 0 . "$firmware" prepare "${machine[@]}"
new sound
expect 0 . "$firmware" prepare "${machine[@]}"
py 'boot(Ram("sound"))'
cp sound/a before
collects 0 '^wrote 7 files to d, 0x2a40c bytes; left out 0 regions$'
py '
import os
ram = Ram("sound")
files = {"md_%s%d.BIN" % (name.decode(), i + 1): ram.read(at, size)
         for i, (name, at, size) in enumerate(REGIONS) if b"/" not in name}
assert sorted(os.listdir("d")) == sorted(files), os.listdir("d")
for name, data in files.items():
    assert open("d/" + name, "rb").read() == data, name'
ok "files have the bytes of their regions, also across files of RAM"
rm -rf d
"$firmware" collect "${machine[@]}" -o d --json >out
py '
j = json.load(open("out"))
assert j["ok"] and j["left_out"] == [] and int(j["toc"], 16) == 0x40803030 and int(j["table"], 16) == TABLE, j
assert [(r["name"].encode(), int(r["address"], 16), r["size"], r["seq"], r["place"], r["file"]) for r in j["regions"]] == [
    (name, at, size, i + 1, i + 1, "md_%s%d.BIN" % (name.decode(), i + 1))
    for i, (name, at, size) in enumerate(REGIONS) if b"/" not in name]
assert j["bytes"] == sum(r["size"] for r in j["regions"])'
cmp before sound/a || fail "collect has changed memory"
ok "--json, with files in another order"
expect 2 'd: has md_.* already$' "$firmware" collect "${machine[@]}" -o d
on sound
copy sound one
py '
ram = Ram("one")
boot(ram, [(b"K%d" % i, 0x42000000 + 8 * i, 4 + 4 * (i & 1)) for i in range(201)])'
collects 0 '^wrote 201 files'
ok "201 regions"

# Limits.
on sound
collects 1 'region 7 Klog_buf: left out: it is larger than one may be: 0x23004 bytes, not 0x23000' --region-limit 0x23000
[ "$(find d -name '*.BIN' | wc -l)" = 6 ] || fail "$(ls d)"
collects 0 'left out 0' --region-limit 0x23004 --limit 0x2a40c
collects 1 'region 8 Kx1: left out: its 0x4 bytes are too many after 0x2a408: all may have 0x2a40b' --limit 0x2a40b
collects 1 'region 7 Klog_buf: left out: its 0x23004 bytes are too many' --limit 0x8000
grep -q 'wrote 6 files' out || fail "what fits is not taken: $(cat out)"
expect 2 'all of 7 regions are left out: nothing is written' "$firmware" collect "${machine[@]}" -o none --limit 0
[ ! -e none ] || fail "the directory was made"
rm -rf d
"$firmware" collect "${machine[@]}" -o d --json --limit 0x8000 >out 2>/dev/null && fail "exit status 0"
py 'j = json.load(open("out")); assert not j["ok"] and j["left_out"][0]["place"] == 7 and "file" not in j["left_out"][0], j'
ok "limits"

# A disk that is full: all or nothing.
full=(bash -c 'trap "" XFSZ; ulimit -f 16; exec "$@"' - "$firmware" collect "${machine[@]}" -o)
expect 2 'md_Klog_buf7.BIN: File too large' "${full[@]}" none
[ ! -e none ] || fail "left after a write that failed: $(ls none)"
mkdir kept
expect 2 'md_Klog_buf7.BIN: File too large' "${full[@]}" kept
[ -z "$(ls -A kept)" ] || fail "left after a write that failed: $(ls kept)"
ok "nothing is left after a write that failed"

# Files are for their owner alone, with any umask.
rm -rf d
(umask 0 && "$firmware" collect "${machine[@]}" -o d) >out 2>&1 || fail "umask 0: $(cat out)"
find d ! -type d ! -perm 0600 -o -type d ! -perm 0700 >out
[ ! -s out ] || fail "others may read: $(xargs ls -ld <out)"
ok "files are for their owner alone"

# Output that can't be written.
copy sound other
unwritable "$firmware" prepare "${machine[@]}"
on sound
for json in '' --json; do
	rm -rf d
	# shellcheck disable=SC2086 # no argument, if empty
	! "$firmware" collect "${machine[@]}" -o d $json >/dev/full 2>out || fail "collect $json: exit status 0"
	findings out
	grep -q 'standard output cannot be written' out || fail "collect $json: $(cat out)"
done
ok "collect, when its report can't be written"

if [ -n "$short" ]; then
	finish
	exit
fi

# Each kind of damage: its status and message.
cat >kinds <<'KINDS'
not-initialized 2 SMEM: is not initialized
head-not-zero 2 SMEM: a field of its head is not zero
version-old 2 SMEM: version 0xb0000 is not 12
version-new 2 SMEM: version 0xd0000 is not 12
table-magic 2 SMEM: no partition table at 0x409ff000
table-version 2 SMEM: partition table of version 2, not 1
table-empty 2 SMEM: the partition table has no global partition
table-over 2 SMEM: partition table of 85 entries, which has room for 84
table-huge 2 SMEM: partition table of 4294967295 entries
info-magic 2 SMEM: the partition table does not say how many items
info-few 2 SMEM: has 602 items at most, so not number 602
entry-hosts 2 SMEM: the partition table has no global partition
entry-empty 2 SMEM: the partition table has no global partition
entry-outside 2 global partition, 0x1fc000 bytes at 0x210000, is not between head and table
entry-in-head 2 global partition, 0x1fc000 bytes at 0x40, is not between
entry-wraps 2 global partition, 0xfffff000 bytes at 0x3000, is not between
partition-magic 2 SMEM: no partition at 0x40803000
partition-hosts 2 says that it is of hosts 65534 and 1
partition-size 2 says it has 0x1000 bytes, the table 0x1fc000
partition-wraps 2 global partition, 0xfffff000 bytes at 0x3000, is not between
partition-over-table 2 global partition, 0x1fd000 bytes at 0x3000, is not between
items-outside 2 global partition's items end at 0xffffffff of 0x1fc000
items-none 2 item 602 is not in the global partition
items-in-head 2 global partition's items end at 0x8 of
items-cut-head 2 the items end in the head of one, at 0x40803020
items-cut 2 item 602, 0x160 bytes at 0x40803020, runs past 0x40803060, their end
cached-outside 2 cached items start at 0xffffffff, not in 0x180 to 0x1fc000
cached-overlap 2 cached items start at 0x20, not in 0x180
item-missing 2 item 602 is not in the global partition
item-canary 2 no canary at 0x40803020
item-short 2 item 602 has 64 bytes, not 336
item-padding 2 item 602 has 0x150 bytes, and 0xffff of them are padding
item-huge 2 item 602, 0x100000000 bytes at 0x40803020, runs past
item-moved 2 item 602, 0x2160 bytes at 0x40803020, runs past
item-unaligned 2 item 602, 0x164 bytes at 0x40803020, runs past
item-loop 2 item 600, 0x100000000 bytes at 0x40803020, runs past
toc-status 2 ToC: is not set up: its status is 0x0
toc-status-odd 2 ToC: is not set up: its status is 0x80000001
toc-revision 2 ToC: revision 2 is not 1
toc-disabled 2 ToC: minidump is not enabled on this machine
toc-enabled-odd 2 ToC: minidump is not enabled on this machine
encryption-required 2 regions have to be encrypted, which is not done here
encryption-not-done 2 encryption of Linux's regions is not done: status is 0x53545254
linux-status 2 Linux has not filled in its own: status is 0x0
linux-disabled 2 Linux's own is not enabled
count-zero 2 Linux has no regions
count-over 2 Linux has 202 regions, and 201 can be taken
count-huge 2 Linux has 4294967295 regions, and 201 can be taken
base-null 2 ToC: Linux has no table
base-wild 2 table, 0x168 bytes at 0xdeadbeefcafe0000, is not all in RAM
base-unaligned 2 table is at 0x4100000c, which is no multiple of 8
base-wraps 2 table, 0x168 bytes at 0xfffffffffffffff8, passes the last address
base-over-end 2 table, 0x168 bytes at 0x1007ffff8, is not all in RAM
regions-none-valid 2 none of Linux's 9 regions is valid
region-outside 1 region 8 Kx1: left out: it is not all in RAM: 0x4 bytes at 0x100800000
region-over-end 1 region 8 Kx1: left out: it is not all in RAM: 0x2000 bytes at 0x1007ff000
region-unaligned 1 region 8 Kx1: left out: its address is no multiple of 4: 0x4 bytes at 0x47fffffe
region-wraps 1 region 8 Kx1: left out: it goes past the last address: 0x2000 bytes at 0xfffffffffffff000
region-empty 1 region 8 Kx1: left out: it is empty: 0x0 bytes
region-odd-size 1 region 8 Kx1: left out: its size is no multiple of 4: 0x6 bytes
region-size-wraps 1 region 8 Kx1: left out: it goes past the last address: 0xfffffffffffffffc bytes
region-huge 1 region 8 Kx1: left out: it is larger than one may be: 0x5600000 bytes, not 0x2000000
region-in-smem 1 region 8 Kx1: left out: it overlaps SMEM: 0x4 bytes at 0x40803030
region-over-smem 1 region 8 Kx1: left out: it overlaps SMEM: 0x2000 bytes at 0x407ff000
name-endless 1 region 8 KAAAAAAAAAAAAAAA: left out: its name does not end
name-long 1 region 8 K123456789: left out: its name is too long
name-empty 1 region 8 : left out: its name does not begin with K
name-not-k 1 region 8 data: left out: its name does not begin with K
name-slash 1 region 8 K/../x: left out: its name has a character
name-dash 1 region 8 Ka-b: left out: its name has a character
name-control 1 region 8 K.\[2J: left out: its name has a character
name-high 1 region 8 Ka.: left out: its name has a character
name-twice 1 region 8 Ktwice: left out: md_Ktwice5.BIN is the file of region 7
name-same-file 1 region 8 Ktwice1: left out: md_Ktwice15.BIN is the file of region 7
KINDS
"$firmware" damage --list >list
cut -f1 list | sort >listed
[ -z "$(uniq -d listed)" ] || fail "listed twice: $(uniq -d listed)"
cut -d' ' -f1 kinds | sort | diff - listed || fail "kinds listed are not those that are tested"
grep -vP '^[a-z0-9-]+\t(before-boot|table)\t[^\t]+$' list && fail "lines of the list"
while read -r kind status pattern; do
	copy sound hurt
	hurts "$kind"
	cmp -s sound/a hurt/a && fail "damage $kind changed nothing"
	collects "$status" "firmware: .*$pattern"
	case $status in
	1)	grep -q '^wrote 6 files.*; left out 1 regions$' out || fail "$kind: $(cat out)"
		[ "$(find d -type f | wc -l)" = 6 ] || fail "$kind: $(ls d)"
		[ "$(find d -name 'md_K*.BIN' | wc -l)" = 6 ] || fail "$kind: $(ls d)" ;;
	esac
	LC_ALL=C grep -q '[^ -~]' out && fail "$kind: not printable: $(cat -v out)"
	ok "damage $kind"
done <kinds

# Damage before boot: Linux refuses it, with a WARN only where the list says so.
new fresh
expect 0 . "$firmware" prepare "${machine[@]}"
while IFS=$'\t' read -r kind _ what; do
	copy fresh hurt
	hurts "$kind"
	py '
try: probe(Ram("hurt"))
except Refused as e: assert e.warns == ("(mainline warns)" in sys.argv[1]), (e, e.warns)
else: sys.exit("not refused")' "$what"
done < <(grep -P '\tbefore-boot\t' list)
ok "Linux refuses what is damaged before boot: $(grep -cP '\tbefore-boot\t' list) kinds"
on fresh
expect 2 'Linux has not filled in its own' "$firmware" damage count-zero "${first[@]}"
copy fresh hurt
hurts item-missing
expect 2 'item 602 is not in' "$firmware" damage toc-status "${first[@]}"
copy fresh hurt
hurts item-short
expect 2 'the ToC is damaged already' "$firmware" damage toc-status "${first[@]}"
expect 2 'no-such is not a kind of it' "$firmware" damage no-such "${first[@]}"
ok "damage that can't be done"

# Changes that no kind of damage can express.
on sound
change() { copy sound hurt; py "ram = Ram('hurt'); ${*}"; }
change "ram.put('I', TABLE + 20, 1); ram.put('I', TABLE + 60, INVA)"
collects 0 'wrote 5 files'
ok "what is not exactly valid is skipped without a word"
change "ram.put('Q', TABLE + 7 * 40 + 24, SMEM + SMEM_SIZE); ram.put('Q', TABLE + 4 * 40 + 24, SMEM - 0x1000)"
collects 0 'wrote 7 files'
ok "next to SMEM, on both sides"
change "[ram.write(TABLE + 40 * i, b'Kabcdefgh\\0') for i in range(9)]"
collects 0 'wrote 7 files'
[ -e d/md_Kabcdefgh8.BIN ] || fail "$(ls d)"
ok "the same name with other numbers"
change "[ram.write(TABLE + 40 * i, b'x') for i in range(9)]"
rm -rf d
expect 2 'all of 7 regions are left out' "$firmware" collect "${first[@]}" -o d
[ ! -e d ] && [ "$(wc -l <out)" = 8 ] || fail "$(cat out)"
ok "when all are bad, nothing is written"
change "ram.put('I', SMEM + 0x300c, 0x180 + 48); ram.put('HHIHH', SMEM + 0x3180, 0xa5a5, 77, 32, 0, 0)"
collects 0 'wrote 7 files'
change "old = ram.read(SMEM + 0x3020, 352); ram.put('HHIHHI', SMEM + 0x3020, 0xa5a5, 77, 32, 7, 8, 0)
ram.write(SMEM + 0x3058, old); ram.put('I', SMEM + 0x300c, 0x180 + 56)"
collects 0 'wrote 7 files'
ok "other items, before and after"
change "t = SMEM + SMEM_SIZE - 4096; rest = ram.read(t + 32, 68); ram.put('I', t + 8, 3)
ram.write(t + 32, struct.pack('<IIIHH', 0x2000, 64, 0, 0, 5) + bytes(80) + rest)"
collects 0 'wrote 7 files'
ok "other partitions, and an entry that is empty"
new odd
expect 0 . "$firmware" prepare "${machine[@]}" --toc-size 344
py 'ram = Ram("odd"); ram.put("I", SMEM + 0x3024, 340); ram.put("H", SMEM + 0x302a, 4)'
collects 2 'item 602 is at 0x40803034, which is no multiple of 8'
ok "a ToC that is not aligned"

# A large machine is cheap.
mkdir large
truncate -s 2G large/ram
machine=(--ram large/ram@0x40000000 --smem 0x90000000 --smem-size 2M)
expect 0 'ToC at 0x90003030' "$firmware" prepare "${machine[@]}"
[ "$(du -k large/ram | cut -f1)" -lt 3072 ] || fail "$(du -k large/ram)"
ok "2 GiB"

# Arguments.
on sound
expect 2 'firmware - the boot loader' "$firmware"
expect 0 'firmware - the boot loader' "$firmware" --help
expect 2 'bogus: is not a command' "$firmware" bogus
expect 2 'collect: needs -o DIR' "$firmware" collect "${machine[@]}"
expect 2 'collect: needs --ram' "$firmware" collect -o x "${smem[@]}"
expect 2 'prepare: needs --ram' "$firmware" prepare --ram sound/a@1G
expect 2 'damage: needs a kind' "$firmware" damage "${machine[@]}"
expect 2 'prepare: takes no --limit' "$firmware" prepare "${machine[@]}" --limit 1
expect 2 'collect: takes no --status' "$firmware" collect "${machine[@]}" -o x --status 1
expect 2 'x: one argument too many' "$firmware" prepare "${machine[@]}" x
expect 2 "unrecognized option" "$firmware" prepare --bogus
for number in '' -1 ' 1' 0x 1x 0x100000000 99999999999999999999 0x1ffffffffffffffff 4G; do
	expect 2 "--status $number: not a number up to 0xffffffff" "$firmware" prepare "${machine[@]}" --status "$number"
done
expect 2 'neither yes nor no' "$firmware" prepare "${machine[@]}" --enabled maybe
expect 2 'not unset, none or required' "$firmware" prepare "${machine[@]}" --encryption maybe
expect 2 'are more than SMEM has' "$firmware" prepare "${machine[@]}" --toc-size 0x1fbfd0
for spec in sound/a @1G sound/a@ 'sound/a@1G,' sound/a@1G,0 sound/a@1G,-1 sound/a@1G,1,2; do
	expect 2 'not FILE@ADDRESS' "$firmware" prepare --ram "$spec" "${smem[@]}"
done
expect 2 'No such file' "$firmware" prepare --ram none@1G "${smem[@]}"
expect 2 'not a regular file' "$firmware" prepare --ram /dev/zero@1G,1M "${smem[@]}"
expect 2 'has 0x6000000 bytes, not 0x40000000' "$firmware" prepare --ram sound/a@1G,1G "${smem[@]}"
expect 2 'goes past the last address' "$firmware" prepare --ram sound/a@0xfffffffffffff000 "${smem[@]}"
expect 2 'other memory is there' "$firmware" prepare --ram sound/a@1G --ram sound/b@0x45fff000 "${smem[@]}"
for at in '0x46000000 --smem-size 2M' '0x45fff000 --smem-size 32K' '0x3fff0000 --smem-size 64K'; do
	# shellcheck disable=SC2086 # two arguments
	expect 2 'are not all in RAM' "$firmware" prepare --ram sound/a@1G --smem $at
done
expect 2 'are not whole pages' "$firmware" prepare --ram sound/a@1G --smem 0x40000800 --smem-size 64K
expect 2 'are too few' "$firmware" prepare --ram sound/a@1G --smem 0x40000000 --smem-size 16K
expect 2 'end past 4 GiB' "$firmware" prepare --ram sound/a@0xff000000 --smem 0xfffff000 --smem-size 64K
expect 2 'File exists|Not a directory' "$firmware" collect "${first[@]}" -o sound/a
expect 2 'No such file' "$firmware" collect "${first[@]}" -o none/none
unwritable "$firmware" damage --list
unwritable "$firmware" --help
expect 0 . "$firmware" collect "${first[@]}" -o x
cmp before sound/a || fail "a refusal has changed memory"
ok "arguments"

# Damage at random: many times in one process, and to files.
for seed in 1 2 3; do
	expect 0 'fuzz: 20000 runs' "$fuzz" $seed 20000
	cat out
done
copy sound hurt
cat >fuzz.py <<'PY'
import os, random, shutil, subprocess
from linux import *
rng = random.Random(602)
ram = Ram("hurt")
spans = [(SMEM + 0x5c, 0x74), (SMEM + 0x3000, 96), (SMEM + SMEM_SIZE - 4096, 100)] + [(TABLE, 360)] * 3
sound = [ram.read(at, size) for at, size in spans]
args = sys.argv[1:]
statuses = [0, 0, 0]
for run in range(200):
    for (at, _), data in zip(spans, sound):
        ram.write(at, data)
    edits = []
    for _ in range(rng.choice((1, 1, 2, 4))):
        start, size = rng.choice(spans)
        at = start + rng.randrange(size)
        edits.append((hex(at), hex(rng.choice((rng.randrange(256), ram.read(at, 1)[0] ^ 1 << rng.randrange(8))))))
        ram.write(at, bytes([int(edits[-1][1], 16)]))
    ran = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    if ran.returncode not in (0, 1, 2):
        sys.exit("exit status %d after %s: %s" % (ran.returncode, edits, ran.stderr.decode(errors="replace")))
    if os.path.exists("d") != (ran.returncode < 2):
        sys.exit("exit status %d, files or no files, after %s" % (ran.returncode, edits))
    statuses[ran.returncode] += 1
    if ran.returncode < 2:
        if sum(os.stat("d/" + name).st_size for name in os.listdir("d")) > 64 << 20:
            sys.exit("too much was written after %s" % edits)
        shutil.rmtree("d")
print("fuzz: 200 runs on files, exit statuses %s" % statuses)
PY
rm -rf d
python3 fuzz.py "$firmware" collect "${first[@]}" -o d || fail "fuzz.py"
ok "damage at random"

finish
