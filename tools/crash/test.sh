#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test the tool elfcorehdr on files: test.sh ELFCOREHDR
set -euo pipefail
tool=$(realpath "$1")
cd "$(dirname "$0")"
tmp=$(mktemp -d)
. ../testing/shim/test-lib.sh

# make_header FILE [CODE] RANGE...: write a header with two notes, the kernel's mapping
# and each RANGE, which is start:end in MiB.  CODE is Python that changes these parts.
make_header() {
	python3 - "$@" <<-'PY'
	import struct, sys
	name, *ranges = sys.argv[1:]
	code = ranges.pop(0) if not ranges[0][0].isdigit() else ""
	machine, linear = 62, 0xffff888000000000
	notes = [(0x1000, 368), (0x2000, 4132)]
	kernel = [(16 << 20, 28 << 20, 0xffffffff80000000)]
	exec(code)
	ph = [struct.pack("<IIQQQQQQ", 4, 0, a, 0, a, s, s, 0) for a, s in notes]
	def load(start, end, va):
	    return struct.pack("<IIQQQQQQ", 1, 7, start, start + va, start, end - start, end - start, 0)
	ph += [load(*k) for k in kernel]
	for r in ranges:
	    a, b = (int(x) << 20 for x in r.split(":"))
	    ph.append(load(a, b, linear))
	eh = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 4, machine, 1, 0, 64, 0, 0, 64, 56, len(ph), 0, 0, 0)
	open(name, "wb").write(eh + b"".join(ph))
	PY
}

expect() { # STATUS PATTERN COMMAND...
	local status=$1 pattern=$2 got=0
	shift 2
	"$@" >"$tmp/out" 2>&1 || got=$?
	findings "$tmp/out"
	[ $got = "$status" ] || fail "$*: exit status $got, not $status: $(cat "$tmp/out")"
	grep -qE -- "$pattern" "$tmp/out" || fail "$*: no '$pattern' in: $(cat "$tmp/out")"
	ok "${*##*/}"
}

mkdir -p "$tmp/blocks"/memory{0,32,33}
echo 8000000 >"$tmp/blocks/block_size_bytes"
for b in 0 32; do echo 1 >"$tmp/blocks/memory$b/online"; done
echo 0 >"$tmp/blocks/memory33/online"
cat >"$tmp/iomem" <<-'IOMEM'
	00001000-0009fbff : System RAM
	00100000-07ffffff : System RAM
	  04000000-05ffffff : Crash kernel
	100000000-10fffffff : System RAM
IOMEM
check=("$tool" check --iomem "$tmp/iomem" --blocks "$tmp/blocks")

make_header "$tmp/exact" 96:128 1:64 4096:4224
make_header "$tmp/stale" 1:64 96:128 4096:4352
make_header "$tmp/short" 1:64 4096:4224

expect 0 '1 CPU, vmcoreinfo, 3 ranges of memory, 223.0 MiB' "$tool" show "$tmp/exact"
[ "$(awk '/ memory /{ print $2 }' "$tmp/out" | tr '\n' ' ')" = "100000 6000000 100000000 " ] ||
	fail "not sorted: $(cat "$tmp/out")"
expect 0 'kernel mapping +1000000 - 1bfffff +12.0 MiB' "$tool" show "$tmp/exact"

# bar CELLS LEGEND FILE: expect these cells of the bar, 4 times 16.  # is covered, + is
# covered in part, . is not covered.
bar() {
	expect 0 "^  # covered  \\+ in part  \\. not; $2 a column\$" "$tool" show "$3"
	[ "$(grep -oE '^  \|.*\|$' "$tmp/out")" = "  |${1// }|" ] ||
		fail "not ${1// }: $(cat "$tmp/out")"
}
bar '++.............. ................ ................ ..............+#' '66.0 MiB' "$tmp/exact"
# Columns of 1 MiB, covered or not; of 2 MiB, two of them in part; of 48 KiB, all covered.
make_header "$tmp/bar" 'ranges += ["63:64"]; kernel = []' 0:16 17:32 40:41
bar '################ .############### ........#....... ...............#' '1.0 MiB' "$tmp/bar"
grep -qE '^  0 +64.0 MiB$' "$tmp/out" || fail "the end: $(cat "$tmp/out")"
make_header "$tmp/bar" 'kernel = []' 1:2 3:128
bar '++############## ################ ################ ################' '2.0 MiB' "$tmp/bar"
make_header "$tmp/bar" 'kernel = []' 0:1 1:2 2:3
bar '################ ################ ################ ################' '48.0 KiB' "$tmp/bar"
# Columns of 2 bytes; the last column has 1 byte, which is covered.
make_header "$tmp/bar" 'kernel = [(0, 101, linear)]; ranges = []' 0:1
bar '################ ################ ################ ###.............' '2 B' "$tmp/bar"
# Columns of 4 bytes; the last column has 3 bytes, with a hole.
make_header "$tmp/bar" 'kernel = [(0, 249, linear), (250, 251, linear)]; ranges = []' 0:1
bar '################ ################ ################ ##############+.' '4 B' "$tmp/bar"

# Ranges that touch are joined.
make_header "$tmp/touch" 32:64 96:112 1:32 112:128 4096:4224
expect 0 '1 CPU, vmcoreinfo, 3 ranges of memory, 223.0 MiB' "$tool" show "$tmp/touch"
expect 0 '"memory": \[$' "$tool" --json show "$tmp/touch"
[ "$(grep -c '"start"' "$tmp/out")" = 3 ] || fail "not joined: $(cat "$tmp/out")"
expect 0 'memory' "$tool" show - <"$tmp/exact"
expect 0 '"total": 233832448' "$tool" --json show "$tmp/exact"
"$tool" --json show "$tmp/exact" | python3 -m json.tool >/dev/null || fail "show --json is not JSON"

expect 0 '^exact: 223.0 MiB' "${check[@]}" "$tmp/exact"
expect 1 'stale +108000000 - 10fffffff +128.0 MiB' "${check[@]}" "$tmp/stale"
expect 1 'missing +6000000 - 7ffffff +32.0 MiB' "${check[@]}" "$tmp/short"
expect 1 'missing +1000 - 9fbff' "${check[@]}" --exclude-low 0 "$tmp/exact"
expect 0 '^exact: 223.0 MiB' "${check[@]}" "$tmp/touch"
[ "$(grep -c '^  covered' "$tmp/out")" = 3 ] || fail "not joined: $(cat "$tmp/out")"

# The first MiB is left out on x86 only, where kexec's own headers lack it.
for machine in 62 3; do
	make_header "$tmp/x86" "machine = $machine" 1:64 96:128 4096:4224
	expect 0 '^exact' "${check[@]}" "$tmp/x86"
	make_header "$tmp/x86" "machine = $machine" 0:64 96:128 4096:4224
	expect 1 'stale +0 - fffff +1.0 MiB' "${check[@]}" "$tmp/x86"
done
for machine in 183 243; do
	make_header "$tmp/other" "machine = $machine" 1:64 96:128 4096:4224
	expect 1 'missing +1000 - 9fbff' "${check[@]}" "$tmp/other"
	expect 0 '^exact' "${check[@]}" --exclude-low 0x100000 "$tmp/other"
done
expect 1 '"exact": false' "${check[@]}" --json "$tmp/short"
python3 -m json.tool "$tmp/out" >/dev/null || fail "check --json is not JSON"
sed 's/[0-9a-f]*-[0-9a-f]* :/00000000-00000000 :/' "$tmp/iomem" >"$tmp/hidden"
expect 2 'addresses are hidden' "$tool" check --iomem "$tmp/hidden" "$tmp/exact"
expect 2 'No such file' "$tool" check --iomem "$tmp/none" "$tmp/exact"

# The live image: loaded or not, follows hotplug or not.
sys=$tmp/sys
mkdir -p "$sys"/kernel/debug/crash_hotplug "$sys"/devices/system/memory
cp -r "$tmp/blocks/." "$sys/devices/system/memory"
cp "$tmp/exact" "$sys/kernel/debug/crash_hotplug/elfcorehdr"
echo 1 | tee "$sys/kernel/kexec_crash_loaded" >"$sys/devices/system/memory/crash_hotplug"
is_json() {
	("${live[@]}" --json 2>/dev/null || true) | python3 -m json.tool >/dev/null || fail "check --json is not JSON"
}
live=("$tool" check --iomem "$tmp/iomem" --sys "$sys")
expect 0 '^exact: 223.0 MiB' "${live[@]}"
[ "$(grep -c elfcorehdr: "$tmp/out")" = 0 ] || fail "a complaint: $(cat "$tmp/out")"
expect 0 '"follows_hotplug": true' "${live[@]}" --json
is_json
# A reservation that is too small is a warning; a kernel that does not tell is none.
reservation() { # RESERVED NEEDED
	printf 'memory   %s\nreserved %s\nneeded   %s\n' 68719476736 "$1" "$2" >"$sys/kernel/debug/crash_hotplug/reservation"
}
too_small='warning: a dump of .* may need a reservation of 192 MiB, and crashkernel= has made one of 160 MiB'
reservation 167772160 201326592
expect 0 "$too_small" "${live[@]}"
grep -q '^exact' "$tmp/out" || fail "the header is not compared: $(cat "$tmp/out")"
expect 0 '"needed": 201326592' "${live[@]}" --json
is_json
reservation 167772160 167772161
expect 0 'may need a reservation of 161 MiB, .* one of 160 MiB' "${live[@]}"
# Nothing to say: large enough, not known, nothing reserved, no figures.
for figures in 'reserved 167772160 needed 167772160' 'reserved 167772160 needed 0' 'reserved 0 needed 167772160' \
	'needed 167772160' 'reserved 167772160' nonsense 'needed nonsense reserved x'; do
	# shellcheck disable=SC2086 # words
	printf '%s %s\n' $figures >"$sys/kernel/debug/crash_hotplug/reservation"
	expect 0 '^exact' "${live[@]}"
	[ "$(grep -c elfcorehdr: "$tmp/out")" = 0 ] || fail "a complaint with $figures: $(cat "$tmp/out")"
done
reservation 167772160 201326592
cp "$tmp/stale" "$sys/kernel/debug/crash_hotplug/elfcorehdr"
expect 1 'stale +108000000' "${live[@]}"
expect 1 "$too_small" "${live[@]}"
cp "$tmp/exact" "$sys/kernel/debug/crash_hotplug/elfcorehdr"
echo 0 >"$sys/devices/system/memory/crash_hotplug"
expect 1 'does not follow hotplug' "${live[@]}"
grep -q '^exact' "$tmp/out" || fail "the header is not compared: $(cat "$tmp/out")"
expect 1 '"follows_hotplug": false' "${live[@]}" --json
is_json
: >"$sys/kernel/debug/crash_hotplug/elfcorehdr"
expect 1 'does not follow hotplug' "${live[@]}"
echo 0 >"$sys/kernel/kexec_crash_loaded"
expect 1 'no crash image is loaded' "${live[@]}"
expect 1 '"loaded": false' "${live[@]}" --json
is_json
rm "$sys/kernel/kexec_crash_loaded"
expect 2 'a kernel without kdump' "${live[@]}"

expect 0 'no difference' "$tool" diff "$tmp/exact" "$tmp/exact"
expect 1 '\+ added +108000000 - 10fffffff' "$tool" diff "$tmp/exact" "$tmp/stale"
expect 1 '\- removed +6000000 - 7ffffff' "$tool" diff "$tmp/exact" "$tmp/short"
expect 0 'no difference' "$tool" diff "$tmp/exact" "$tmp/touch"

# differs PATTERN CODE KEY: headers of the same memory differ in this, and nothing else.
differs() {
	make_header "$tmp/else" "$2" 96:128 1:64 4096:4224
	expect 1 "$1" "$tool" diff "$tmp/exact" "$tmp/else"
	[ "$(wc -l <"$tmp/out")" = 1 ] || fail "not the only difference: $(cat "$tmp/out")"
	expect 1 "$1" "$tool" diff "$tmp/else" "$tmp/exact"
	[ $# = 3 ] || fail "differs: needs a key"
	expect 1 "\"$3\": true" "$tool" --json diff "$tmp/exact" "$tmp/else"
	[ "$(grep -c true "$tmp/out")" = 2 ] || fail "not the only difference: $(cat "$tmp/out")"
}
differs 'notes differ: (2 and 3|3 and 2)$' 'notes.insert(1, (0x1800, 368))' notes_differ
differs 'notes differ: (2 and 3|3 and 2)$' 'notes.append((0x9000, 4132))' notes_differ
differs 'notes differ: number 1 of 2' 'notes[1] = (0x2000, 4136)' notes_differ
differs 'notes differ: number 0 of 2' 'notes[0] = (0x1004, 368)' notes_differ
differs 'virtual addresses differ' 'linear += 1 << 30' mapping_differs
differs 'virtual addresses differ' 'kernel[0] = (16 << 20, 28 << 20, 0xffffffff90000000)' mapping_differs
differs 'virtual addresses differ' 'kernel[0] = (17 << 20, 28 << 20, 0xffffffff80000000)' mapping_differs
differs 'virtual addresses differ' 'kernel = []' mapping_differs
differs 'virtual addresses differ' 'kernel.append((1 << 20, 2 << 20, 1 << 40))' mapping_differs
differs 'machines differ: (62 and 183|183 and 62)$' 'machine = 183' machines_differ
expect 1 '"differ": true' "$tool" --json diff "$tmp/exact" "$tmp/short"
python3 -m json.tool "$tmp/out" >/dev/null || fail "diff --json is not JSON"

# Headers that must not be trusted.
head -c 200 "$tmp/exact" >"$tmp/cut"
expect 2 'cut: truncated' "$tool" show "$tmp/cut"
: >"$tmp/empty"
expect 2 'empty: empty' "$tool" show "$tmp/empty"
echo text >"$tmp/text"
expect 2 'text: shorter than' "$tool" show "$tmp/text"
make_header "$tmp/overlap" 1:64 32:64 96:128 4096:4224
expect 1 'overlapping +2000000 - 3ffffff +32.0 MiB' "${check[@]}" "$tmp/overlap"
expect 1 '^not exact' "${check[@]}" "$tmp/overlap"
expect 0 'memory' "$tool" show "$tmp/overlap"
expect 2 'No such file' "$tool" check --iomem "$tmp/iomem" --blocks "$tmp/none" "$tmp/exact"
make_header "$tmp/wrap" 1:64
printf '\xff\xff\xff\xff\xff\xff\xff\xff' |
	dd of="$tmp/wrap" bs=1 seek=$((64 + 3 * 56 + 24)) conv=notrunc status=none
expect 2 'no kernel would take it for a crash image: program header 3: physical range wraps' "${check[@]}" "$tmp/wrap"
expect 0 'no kernel would take it for a crash image: program header 3: physical range wraps' "$tool" show "$tmp/wrap"
expect 0 '"kernel_takes_it": false' "$tool" show --json "$tmp/wrap"
expect 2 'No such file' "$tool" show "$tmp/none"

# Arguments that are not understood: print one reason, and refer to --help.
misuse() { # REASON COMMAND...
	expect 2 "^elfcorehdr: $1\$" "${@:2}"
	[ "$(wc -l <"$tmp/out")" = 2 ] && grep -q "^Try 'elfcorehdr --help'.$" "$tmp/out" ||
		fail "not one reason: $(cat "$tmp/out")"
}
misuse 'no command' "$tool"
misuse 'bogus: is not a command' "$tool" bogus
misuse 'diff: needs two files' "$tool" diff "$tmp/exact"
misuse 'show: takes one file' "$tool" show a b
misuse 'x: --exclude-low: not a number of bytes' "${check[@]}" --exclude-low x "$tmp/exact"
expect 2 "^Try 'elfcorehdr --help'" "$tool" show --bogus
expect 0 '^elfcorehdr [0-9.]+$' "$tool" --version

# Cores of other origin: one PT_NOTE for all notes, or none.  Cores that the kernel would
# not take are shown, too, with the reason.
make_header "$tmp/one" 'del notes[0]' 1:64
expect 0 '^  notes, 1 range of memory' "$tool" show "$tmp/one"
expect 0 '"cpus": null' "$tool" show --json "$tmp/one"
make_header "$tmp/none" 'notes = []' 1:64
expect 0 '^  no notes, 1 range of memory' "$tool" show "$tmp/none"
expect 0 '"cpus": null' "$tool" show --json "$tmp/none"
rm "$tmp/none"
# patch FILE OFFSET FORMAT VALUE
patch() { python3 -c 'import struct, sys
f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); f.write(struct.pack(sys.argv[3], int(sys.argv[4], 0)))' "$@"; }
cp "$tmp/one" "$tmp/ehsize"
patch "$tmp/ehsize" 52 '<H' 8
expect 0 'no kernel would take it for a crash image: wrong e_ehsize' "$tool" show "$tmp/ehsize"
expect 0 'no difference' "$tool" diff "$tmp/one" "$tmp/ehsize"
expect 2 'no kernel would take it for a crash image: wrong e_ehsize' "${check[@]}" "$tmp/ehsize"
# Program headers that do not follow the ELF header, read through a pipe, too.
python3 - "$tmp/one" "$tmp/behind" <<-'PY'
import struct, sys
data = open(sys.argv[1], "rb").read()
open(sys.argv[2], "wb").write(data[:32] + struct.pack("<Q", 9000) + data[40:64] + b"x" * (9000 - 64) + data[64:])
PY
expect 0 'do not follow the ELF header' "$tool" show "$tmp/behind"
expect 0 '^  notes, 1 range of memory' "$tool" show - < <(cat "$tmp/behind")
expect 0 'no difference' "$tool" diff "$tmp/one" "$tmp/behind"
patch "$tmp/behind" 32 '<Q' 0xffffffffffffffff
expect 2 'not near the ELF header' "$tool" show "$tmp/behind"
# A PT_NOTE behind the memory, an empty PT_LOAD, and a program header that is neither.
make_header "$tmp/mixed" 'ranges = ["96:128", "5:5", "1:64"]' 1:2
patch "$tmp/mixed" $((64 + 5 * 56)) '<I' 0x6474e551
expect 0 '^  other' "$tool" show "$tmp/mixed"
expect 0 '1 CPU, vmcoreinfo, 1 range of memory, 32.0 MiB' "$tool" show "$tmp/mixed"
make_header "$tmp/last" 1:64
python3 - "$tmp/last" <<-'PY'
import sys
data = open(sys.argv[1], "rb").read()
ph = [data[i:i + 56] for i in range(64, len(data), 56)]
open(sys.argv[1], "wb").write(data[:64] + b"".join(ph[2:] + ph[:2]))
PY
expect 0 'PT_NOTE after a PT_LOAD' "$tool" show "$tmp/last"
make_header "$tmp/first" 1:64
expect 0 'no difference' "$tool" diff "$tmp/first" "$tmp/last"
# The core of a process has virtual addresses only.
make_header "$tmp/process" 'kernel = [(0, 4096, 0x400000), (0, 8192, 0x7f0000000000)]; ranges = []; del notes[0]' 1:2
expect 0 '^  notes, 2 segments; no physical addresses' "$tool" show "$tmp/process"

# Addresses keep all their digits in JSON readers that have 53 bits for a number.
make_header "$tmp/high" 'kernel = [(2 ** 60 + 1, 2 ** 60 + 9, 0)]; ranges = []' 1:2
expect 0 '"paddr": "0x1000000000000001"' "$tool" show --json "$tmp/high"
expect 0 '"start": "0x1000000000000001", "end": "0x1000000000000008"' "$tool" show --json "$tmp/high"

# Without a live header, the reason is printed.  Needs a mount namespace.
if unshare -m true 2>/dev/null; then
	expect 2 'debugfs is not mounted: mount -t debugfs none /sys/kernel/debug' \
		unshare -m sh -c 'mount -t tmpfs none /sys && mkdir -p /sys/kernel/debug && "$@"' - "$tool" show
	if unshare -m mount -t debugfs none "$tmp/blocks" 2>/dev/null; then
		expect 2 'lacks CONFIG_CRASH_HOTPLUG|no crash image with a live header' unshare -m sh -c \
			'mount -t tmpfs none /sys && mkdir -p /sys/kernel/debug && mount -t debugfs none /sys/kernel/debug && "$@"' \
			- "$tool" show
	fi
else
	echo "test: the live header is not looked for: unshare is not permitted"
fi

# Output that cannot be written.
unwritable "$tool" --help
unwritable "$tool" show "$tmp/exact"
unwritable "$tool" --json show "$tmp/exact"
unwritable "${check[@]}" "$tmp/exact"
unwritable "${check[@]}" --json "$tmp/short"
unwritable "$tool" diff "$tmp/exact" "$tmp/exact"
unwritable "$tool" diff --json "$tmp/exact" "$tmp/short"

finish
