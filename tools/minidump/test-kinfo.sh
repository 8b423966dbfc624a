# SPDX-License-Identifier: GPL-2.0-only
# Test "minidump kinfo".  Read by test.sh, and uses its functions.
# shellcheck shell=bash disable=SC2154 # variables of test.sh

# kernel NAME [CODE [CODE]]: make a kernel in NAME.  The first CODE changes it before it
# is written to RAM, and the second changes RAM after that.
kernel() {
	mkdir -p "$1"
	python3 - "$@" <<-'PY'
	import sys
	from kernel import *
	k = Kernel()
	exec("".join(sys.argv[2:3]))
	k.write()
	exec("".join(sys.argv[3:4]))
	k.save(sys.argv[1])
	PY
	kinfo=("$tool" kinfo --ram "$1/ram@1G" --address 0x40180000)
}

# kinfo_bad PATTERN CODE [CODE]: kinfo finds just this fault.
kinfo_bad() {
	kernel bad "${@:2}"
	expect 1 "$1" "${kinfo[@]}"
	grep -q '^1 fault$' out || fail "not the only fault: $(cat out)"
}

# kinfo_refused PATTERN CODE [CODE]: kinfo cannot read it at all.
kinfo_refused() {
	kernel bad "${@:2}"
	expect 2 "$1" "${kinfo[@]}"
	[ "$(wc -l <out)" = 1 ] || fail "more than one line: $(cat out)"
}

# A sound kernel, with offsets in each way that kernels write them.
for mode in '' 'k.mode = "place"; k.flags[1] = 0; k.at["relative_base"] = 0' \
	'k.mode = "negative"; k.flags[2] = 1; k.symbols.insert(0, ("Apercpu", 0x1000))'; do
	kernel sound "$mode"
	expect 0 '^no fault$' "${kinfo[@]}"
	grep -q '^  banner       Linux version 6.12.117 (me@here) #1 SMP$' out || fail "banner: $(cat out)"
	grep -q '^  text             40011000 - 40040000$' out || fail "text: $(cat out)"
	grep -q '^      40060000  D _text+50000 *linux_banner$' out || fail "linux_banner: $(cat out)"
	grep -q '^      40061000  D _text+51000 *init_task$' out || fail "init_task: $(cat out)"
	expect 0 '"name": "init_task", "found": 1, "type": "D", "address": "0x40061000", "offset": 331776' \
		"${kinfo[@]}" --json
	is_json
done
expect 0 '^          1000  A absolute +percpu$' "${kinfo[@]}" --symbol percpu
expect 0 '"name": "percpu", "found": 1, "type": "A", "address": "0x1000", "offset": null' \
	"${kinfo[@]}" --symbol percpu --json
kernel sound
expect 0 '^      40021290  t _text\+11290 *function_297$' "${kinfo[@]}" --symbol function_297
big=big_$(printf 'x%.0s' {1..296})
expect 0 "^      40012340  T _text\+2340 +$big\$" "${kinfo[@]}" --symbol "$big"
expect 0 'd _text\+52000 +twice, the first of 2$' "${kinfo[@]}" --symbol twice
expect 0 '"addresses": .*"sinittext": "0x40100000".*"page_table": "0x40070000"' "${kinfo[@]}" --json
is_json
expect 1 'nothing: is none of the symbols' "${kinfo[@]}" --symbol nothing --symbol _stext
grep -q 'T _text+1000 *_stext$' out || fail "_stext: $(cat out)"
expect 1 '"address": null, "offset": null' "${kinfo[@]}" --symbol nothing --json
is_json
kernel few 'k.flags[0] = 0; k.symbols = [s for s in k.symbols if s[0][0] in "Tt"]'
expect 0 '^no fault$' "${kinfo[@]}"
kernel odd 'k.build = b"a\x1b\"b"'
expect 1 'build_info has a byte 0x1b' "${kinfo[@]}" --json
is_json
grep -q 'a\\u001b\\"b' out || fail "build_info: $(cat out)"
dd if=sound/ram of=half bs=1M count=1 status=none
dd if=sound/ram of=other bs=1M skip=1 status=none
expect 0 '^no fault$' "$tool" kinfo --ram other@0x40100000 --ram half@1G --address 0x40180000

# Memory that must not be taken for debug-kinfo.
kinfo_refused 'nothing is at 0x40180000: never written, or being changed' '' 'k.poke(INFO, bytes(8))'
kinfo_refused 'the magic at 0x40180000 is 0xcceeddfe, not 0xcceeddff' 'k.magic -= 1'
kinfo_refused 'the checksum is 0x.*, but that of 464 bytes is 0x' 'k.crc = 1 << 31'
for at in 8 12 24 131 140 300 471; do
	kinfo_refused 'the checksum is' '' "k.ram[INFO - BASE + $at] ^= 1"
done
kernel bad
truncate -s $((0x180000 + 471)) bad/ram
expect 2 'its 472 bytes at 0x40180000 are not all in RAM' "${kinfo[@]}"
truncate -s $((0x180000 + 472)) bad/ram
expect 0 '^no fault$' "${kinfo[@]}"
for at in 0x3fffffff 0x401ffff0 0xffffffffffffffff; do
	expect 2 'are not all in RAM' "$tool" kinfo --ram sound/ram@1G --address $at
done

# Faults, though the checksum is right.
kinfo_bad 'a flag is neither 0 nor 1: 1 1 0 7' 'k.flags[3] = 7'
kinfo_bad 'a long has 32 bits, not 64' 'k.bits = 32'
kinfo_bad 'a kernel stack has 12288 bytes' 'k.thread = 12288'
kinfo_bad 'its release has no end' 'k.release = b"6" * 64; k.banner = b"Linux version " + k.release + b" ("'
kinfo_bad 'its build_info has no end' 'k.build = b"b" * 256'
kinfo_bad 'its build_info has a byte 0x1b' 'k.build = b"\x1b[2J"'
for byte in 7f 9b ff; do
	kinfo_bad "its build_info has a byte 0x$byte" "k.build = b'a\x${byte}b'"
	grep -q '^  build  *a?b$' out || fail "printed as it is: $(cat -v out)"
	expect 1 "\"build_info\": \"a.u$(json_byte $byte)b\"" "${kinfo[@]}" --json
	is_json
done
kinfo_bad "does not begin with 'Linux version 6.12.118 '" 'k.release = b"6.12.118"'
kinfo_bad 'names of 1 bytes, which is absurd' 'k.name_len = 1'
kinfo_bad 'symbol .* has no name that can be read' 'k.name_len = 200'
kinfo_bad '0 symbols, which is absurd' 'k.nr = 0'
kinfo_bad '16777217 symbols, which is absurd' 'k.nr = (1 << 24) + 1'
kinfo_bad 'its offsets, 0x[0-9a-f]* bytes at 0x40080000, are not all in RAM' 'k.nr = 1 << 24'
kinfo_bad 'symbol 311 at 0x[0-9a-f]* has no name' 'k.nr = len(k.symbols) + 1'
kinfo_bad 'page_table is missing' 'k.page_table = 0'
kinfo_bad 'page_table, 0x80000000, is not in RAM' \
	'k.page_table = 0x80000000; k.symbols = [s for s in k.symbols if "swapper" not in s[0]]'
kinfo_bad 'page_table, 0x40190000, is not in the kernel, 0x40010000 to 0x40110000' \
	'k.page_table = 0x40190000; k.symbols = [s for s in k.symbols if "swapper" not in s[0]]'
kinfo_bad 'page_table is 0x40071000, but kallsyms has swapper_pg_dir at 0x40070000' 'k.page_table += 4096'
kinfo_bad 'etext is 0x40040010, but kallsyms has _etext at 0x40040000' 'k.at["etext"] += 16'
kinfo_bad 'stext, 0x40041000, is above etext, 0x40040000' \
	'k.at["stext"] = 0x40041000; k.symbols = [s for s in k.symbols if s[0] != "T_stext"]'
kinfo_bad 'sinittext, 0x40102000, is above einittext, 0x40101000' \
	'k.at["sinittext"] = 0x40102000; k.symbols = [s for s in k.symbols if s[0] != "T_sinittext"]'
kinfo_bad 'einittext, 0x40110004, is not in the kernel, 0x40010000 to 0x40110000' \
	'k.at["einittext"] = 0x40110004; k.symbols = [s for s in k.symbols if s[0] != "T_einittext"]'
kernel bad 'k.at["stext"] = 0x40041000; k.symbols = [s for s in k.symbols if s[0] != "T_stext"]'
expect 1 'stext, 0x40041000, is above' "${kinfo[@]}" --json
is_json
kinfo_bad 'linux_banner: 0x40600000 is not in RAM' \
	'k.symbols = [(n, 0x40600000 if n == "Dlinux_banner" else a) for n, a in k.symbols]'
kinfo_bad 'token 3 is at 13, but the one before ends at 12' '' \
	'k.ram[INDEX - BASE + 6] += 1'
kinfo_bad 'token 1 is at 1, but the one before ends at 11' '' 'k.ram[TOKENS - BASE] = 65'
kinfo_bad 'marker 1 is 0x' '' 'k.ram[MARKERS - BASE + 4] += 1'
kinfo_bad 'symbol 204 at 0x822 has no name that can be read' '' 'k.ram[NAMES - BASE] += 1'
kinfo_bad 'symbol 0 at 0x0 has no name that can be read' '' 'k.ram[NAMES - BASE] = 0'
kinfo_bad 'by name, place 0 has symbol [0-9]+, which is none' '' 'k.ram[SEQS - BASE] = 1'
kinfo_bad 'by name, place 1 has symbol [0-9]+, which is in another place too' '' \
	'k.ram[SEQS - BASE + 3:SEQS - BASE + 6] = k.ram[SEQS - BASE:SEQS - BASE + 3]'

# Wild addresses of each table: zero, out of RAM, at its end, and near the last address.
for name in offsets names token_table token_index markers seqs_of_names; do
	for at in 0 0x50000000 0x401ffffe 0xfffffffffffffffe; do
		kernel bad "k.at['$name'] = $at"
		expect 1 "$name(, 0x|, 0x[0-9a-f]*,| is missing)|kallsyms" "${kinfo[@]}"
	done
done
kernel bad 'k.mode = "place"; k.flags[1] = 0; k.at["relative_base"] = 0' 'k.poke(OFFSETS, b"\x00\x00\x00\x80" * 20)'
expect 1 'kallsyms has _text at 0x' "${kinfo[@]}"
kernel bad 'k.flags[1] = 1; k.at["relative_base"] = 0'
expect 1 'relative_base is missing' "${kinfo[@]}"

# Arguments.
expect 2 'kinfo: needs --ram' "$tool" kinfo --address 1
expect 2 'kinfo: needs --address' "$tool" kinfo --ram sound/ram@1G
expect 2 'kinfo: takes no argument' "$tool" kinfo --ram sound/ram@1G --address 1 x
expect 2 'address x: not an address' "$tool" kinfo --ram sound/ram@1G --address x
expect 2 'are not for kinfo' "$tool" kinfo --ram sound/ram@1G --address 1 --toc 1
expect 2 'are for kinfo' "$tool" check --ram sound/ram@1G --address 1
expect 2 'are for kinfo' "$tool" check --ram sound/ram@1G --symbol x
# shellcheck disable=SC2046 # so many arguments
expect 2 'more than 64 of them' "${kinfo[@]}" $(printf -- '--symbol x%.0s ' {1..65})

# Random damage; in three of four cases the checksum is made anew.
python3 - "$tool" <<'PY' || fail "kinfo: damage at random"
import os, random, subprocess, sys
sys.path.insert(0, ".")
sys.dont_write_bytecode = True
from kernel import *

tool, rng, statuses = sys.argv[1], random.Random(1), {}
k = Kernel()
k.write()
pristine = bytes(k.ram)
os.makedirs("random", exist_ok=True)
env = dict(os.environ, ASAN_OPTIONS=os.environ["ASAN_OPTIONS"] + ":detect_leaks=0")
spans = [(INFO + 8, 128)] * 4 + [(INFO, 472), (NAMES, 3000), (TOKENS, 400), (INDEX, 512), (MARKERS, 8), (SEQS, 900),
                                 (OFFSETS, 1200)]
wide = (0, 1, 2 ** 64 - 1, 2 ** 63, 2 ** 64 - 4096, 2 ** 32, 0x40200000, 0x401fffff, 0x40000000, 1 << 24)
for batch in range(200):
    k.ram[:] = pristine
    for _ in range(rng.choice((1, 2, 4, 16))):
        start, length = rng.choice(spans)
        if rng.randrange(2):
            k.poke(start + rng.randrange(length), bytes([rng.randrange(256)]))
        else:
            k.poke(start + rng.randrange(0, length - 7, 4), struct.pack("<Q", rng.choice(wide)))
    if rng.randrange(4):
        k.seal()
    k.save("random")
    command = [tool, "kinfo", "--ram", "random/ram@1G", "--address", hex(INFO)] + rng.choice(([], ["--json"]))
    ran = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    statuses[ran.returncode] = statuses.get(ran.returncode, 0) + 1
    if ran.returncode not in (0, 1, 2):
        sys.exit("batch %d: exit status %d\n%s" % (batch, ran.returncode, ran.stderr.decode(errors="replace")))
print("kinfo: 200 times damaged, exit statuses %s" % statuses)
PY
ok "kinfo: damage at random"
