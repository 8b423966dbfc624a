# SPDX-License-Identifier: GPL-2.0-only
# Test "minidump collect", "assemble", "list" and "check".  Read by test.sh, and uses
# its functions.
# shellcheck shell=bash disable=SC2154 # variables of test.sh

# A sound dump.
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
expect 0 '"name": "Klog_buf", "address": "0x40050000", "size": 4100, "offset": 13312' \
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

# Tables with holes, of another subsystem, and of 250 entries; RAM that is mostly a hole.
machine holes 'm.hole(2); m.hole(5)'
expect 0 '^no fault' "$tool" check "${ram[@]}"
collected holes.d 0 'md|Kspan'
same holes.d/minidump.core good/core
[ -e holes.d/md_Kend8.BIN ] || fail "numbers: $(ls holes.d)"
expect 0 'read 6 files' "$tool" assemble --force holes.d -o other
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

# Tables that the firmware would not take.
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

# Windows that overlap other regions or one another, or are closed.  All other checks
# are as strict as without windows.
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
expect 0 'read 10 files' "$tool" assemble --force windows.d -o other
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
bad 'region 4 Kcur1t: is a window of 0x1000 bytes at 0x40031804, which are not whole words' \
	'm.windows(0x40110000, 0x40031804)'
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

# Regions outside RAM, and absurd sizes.
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

# lost DIR FILE...: copy DIR to lost.d, without its core and these files.
lost() {
	rm -rf lost.d
	cp -r "$1" lost.d
	rm -f lost.d/minidump.core "${@:2}"
}

# zeroed AT SIZE: copy the good core to the file zeroed, with zeros there.
zeroed() {
	cp good/core zeroed
	dd if=/dev/zero of=zeroed bs=1 seek=$(($1)) count=$(($2)) conv=notrunc status=none
}

lost good.d lost.d/md_Kdata3.BIN
expect 1 'program header 1: the file of its 0x2000 bytes at 0x40030000 is missing' "$tool" assemble --force lost.d
zeroed 0x1400 0x2000
same lost.d/minidump.core zeroed
expect 1 '^ +- +- +40030000 .*memory, missing' "$tool" list lost.d
expect 1 'program header 1: .*missing' "$tool" check lost.d
lost good.d lost.d/md_Kdata3.BIN lost.d/md_Kend6.BIN
expect 1 'program header 4: .* missing' "$tool" assemble --force lost.d
lost good.d
truncate -s 4096 lost.d/md_Kdata3.BIN
expect 1 'md_Kdata3.BIN: is short: 0x1000 bytes, not 0x2000' "$tool" assemble --force lost.d
zeroed 0x2400 0x1000
same lost.d/minidump.core zeroed
lost good.d
echo more >>lost.d/md_Klog_buf4.BIN
expect 1 'md_Klog_buf4.BIN: is long: 0x1009 bytes, not 0x1004' "$tool" assemble --force lost.d
same lost.d/minidump.core good/core
lost good.d
truncate -s 1024 lost.d/md_KELF1.BIN
expect 1 'md_KELF1.BIN: is short' "$tool" assemble --force lost.d
same lost.d/minidump.core good/core
truncate -s 100 lost.d/md_KELF1.BIN
expect 2 'md_KELF1.BIN: ends before its program headers do' "$tool" assemble --force lost.d
rm lost.d/md_KELF1.BIN
expect 2 'lost.d: no md_KELF' "$tool" assemble --force lost.d
cp good.d/md_KELF1.BIN lost.d
cp good.d/md_KELF1.BIN lost.d/md_KELF9.BIN
expect 2 'lost.d: more than one md_KELF' "$tool" check lost.d
lost good.d
ln -sf "$tmp/good/core" lost.d/md_Kdata3.BIN
expect 1 'md_Kdata3.BIN: left out: not a regular file' "$tool" assemble --force lost.d
lost good.d
mkfifo lost.d/md_Kpipe.BIN lost.d/md_Kpipe7.BIN lost.d/md_K99999999999.BIN
cp good.d/md_Kend6.BIN lost.d/md_Kend7.BIN
echo other >lost.d/md_OTHER12.BIN
expect 1 'md_Kend7.BIN: left out: no program header' "$tool" assemble --force lost.d
grep -q 'md_Kpipe.BIN: is not named' out && grep -q 'md_K99999999999.BIN: is not named' out &&
	grep -q 'md_Kpipe7.BIN: left out: not a reg' out || fail "others: $(cat out)"
same lost.d/minidump.core good/core
lost good.d
cp good.d/md_Kend6.BIN lost.d/md_Kdat3.BIN
expect 1 'md_Kdata3.BIN: has the number of md_Kdat3.BIN: neither is used' "$tool" assemble --force lost.d
zeroed 0x1400 0x2000
same lost.d/minidump.core zeroed
lost good.d
cp good.d/md_Kend6.BIN lost.d/md_Kzero1.BIN
cp good.d/md_Kend6.BIN lost.d/md_Kabc1.BIN
expect 1 'md_Kzero1.BIN: .*(not above that of the ELF header|has the number of)' "$tool" assemble --force lost.d
same lost.d/minidump.core good/core
lost good.d
for i in 1 2 3 4 5 6; do
	mv lost.d/md_*[a-zA-Z]$i.BIN "$(echo lost.d/md_*[a-zA-Z]$i.BIN | sed "s/$i.BIN/4$i.BIN/")"
done
expect 0 '^ +43  Kdata' "$tool" assemble --force lost.d
same lost.d/minidump.core good/core
rm lost.d/md_Klog_buf44.BIN
expect 1 'program header 2: .* missing' "$tool" assemble --force lost.d

# Numbers with gaps, and missing files: files are placed by size, or not at all.
lost holes.d lost.d/md_Klog_buf5.BIN
expect 1 'program header 2: the file of its 0x1004 bytes at 0x40050000 is missing' "$tool" assemble --force lost.d
zeroed 0x3400 0x1004
same lost.d/minidump.core zeroed
lost holes.d lost.d/md_Klog_buf5.BIN lost.d/md_Kdata4.BIN
expect 1 'md_Kspan7.BIN: left out: it can be of program header 1 as well as of 3' "$tool" assemble --force lost.d
grep -q 'md_Kend8' out && fail "the last is certain: $(cat out)"
cmp <(tail -c 4096 lost.d/minidump.core) <(tail -c 4096 good/core) || fail "the last"
lost holes.d lost.d/md_Kend8.BIN
expect 1 'program header 4: .*missing' "$tool" assemble --force lost.d
zeroed 0x6404 0x1000
same lost.d/minidump.core zeroed
lost holes.d lost.d/md_Kend8.BIN
truncate -s 12 lost.d/md_Klog_buf5.BIN
expect 1 'md_Klog_buf5.BIN: left out: no program header is certainly its own' "$tool" assemble --force lost.d
lost good.d lost.d/md_Kdata3.BIN lost.d/md_Klog_buf4.BIN
expect 1 'md_Kspan5.BIN: is taken to be of program header 3, by its number: by its size' \
	"$tool" assemble --force lost.d

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
expect 2 'refused: md_Klog_buf4.BIN: 0x1004 bytes at offset 0xf+ are absurd' "$tool" assemble absurd.d -o other2
[ ! -e other2 ] || fail "other2 was written"

# Arguments.
machine good
expect 2 '^minidump: no command$' "$tool"
[ "$(wc -l <out)" = 2 ] && grep -q "^Try 'minidump --help'.$" out || fail "no reason: $(cat out)"
expect 0 '^minidump [0-9.]+$' "$tool" --version
expect 2 "^Try 'minidump --help'" "$tool" check --bogus
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
expect 2 'good is a directory' "$tool" assemble good.d -o good
[ -z "$(find . -name '.*.core.*')" ] || fail "temporary files are left"
