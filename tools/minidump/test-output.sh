# SPDX-License-Identifier: GPL-2.0-only
# Test the output of "minidump": the mode of files, the files that are left after a write
# has failed, and the printing of names.  Read by test.sh, and uses its functions.
# shellcheck shell=bash disable=SC2154 # variables of test.sh

# A dump is memory of the kernel: only its owner may read it, with any umask.
machine good
(umask 0 && "$tool" collect "${ram[@]}" -o private.d && "$tool" assemble private.d -o private.core &&
	rm private.d/minidump.core && "$tool" assemble private.d) >out 2>&1 ||
	{ findings out; fail "umask 0: $(cat out)"; }
[ "$(find private.d -type f | wc -l)" = 7 ] || fail "private.d: $(ls private.d)"
find private.d private.core ! -type d ! -perm 0600 -o -type d ! -perm 0700 >out
[ ! -s out ] || fail "others may read: $(xargs ls -ld <out)"
ok "files are for their owner alone"

# A failed write is an error, and leaves nothing that passes for a dump.  With a limit of
# 16 KiB for files each region fits, but not the core; with 4 KiB a region does not fit.
for size in 16 4; do
	name=minidump.core
	[ $size = 16 ] || name=md_Kdata3.BIN
	rm -rf full.d
	expect 2 "$name: File too large" limited $size "$tool" collect "${ram[@]}" -o full.d
	[ ! -e full.d ] || fail "left after a write that failed: $(ls -A full.d)"
	mkdir full.d
	expect 2 "$name: File too large" limited $size "$tool" collect "${ram[@]}" -o full.d
	[ -z "$(ls -A full.d)" ] || fail "left after a write that failed: $(ls -A full.d)"
done
rm private.d/minidump.core
expect 2 'minidump.core: File too large' limited 16 "$tool" assemble private.d
[ "$(find private.d -mindepth 1 | wc -l)" = 6 ] || fail "left after a write that failed: $(ls -A private.d)"
echo old >private.core
expect 2 'private.core: File too large' limited 16 "$tool" assemble private.d -o private.core --force
[ "$(cat private.core)" = old ] || fail "the core before is gone"
[ -z "$(find . -name '.*.core.*')" ] || fail "temporary files are left"

# A full disk, if a small one may be mounted.
mkdir small
if unshare -m true 2>/dev/null; then
	expect 2 'No space left on device' unshare -m sh -c \
		'mount -t tmpfs -o size=20k tmpfs small && "$@"' - "$tool" collect "${ram[@]}" -o small/d
else
	echo "test: no small disk: unshare is not permitted"
fi

# Output that cannot be written.
machine bad 'r[2].seq = 9'
for command in "check --json" "check" "list" "list --json"; do
	# shellcheck disable=SC2086 # two words
	unwritable "$tool" $command "${ram[@]}"
done
unwritable "$tool" --help
unwritable "$tool" assemble private.d
rm -rf closed.d
unwritable "$tool" collect "${ram[@]}" -o closed.d --force
same closed.d/minidump.core bad/core

# Names are untrusted: a terminal obeys some bytes below space, DEL, and bytes from
# 0x80 on (0x9b is ESC [).  None of them may be printed as it is.
plain() { LC_ALL=C grep -q '[^ -~]' out && fail "not printable: $(cat -v out)"; ok "$1"; }
for byte in 01 1b 7f 80 9b ff; do
	machine bad "r[2].name = b'Ka\\x${byte}b'"
	expect 1 'region 3 Ka.b: its name has a character' "$tool" check "${ram[@]}"
	plain "check: 0x$byte"
	expect 1 "region 3 Ka.b\", \"what\"" "$tool" check --json "${ram[@]}"
	grep -q "\"name\": \"Ka\\\\u$(json_byte $byte)b\"" out || fail "name of 0x$byte: $(cat -v out)"
	is_json
	plain "check --json: 0x$byte"
	expect 0 ' Ka[?]b ' "$tool" list "${ram[@]}"
	plain "list: 0x$byte"
	mkdir -p "names$byte.d"
	cp private.d/md_* "names$byte.d"
	printf -v name "md_Ka\\x${byte}b9.BIN"
	echo >"names$byte.d/$name"
	expect 1 'md_Ka[?]b9.BIN: is not named as the file' "$tool" check "names$byte.d"
	plain "check of a directory: 0x$byte"
	expect 1 'md_Ka[?]b9.BIN' "$tool" check --json "names$byte.d"
	is_json
	plain "check --json of a directory: 0x$byte"
done

# A JSON reader gets a path in UTF-8 unchanged; with other paths the output is JSON, too.
for name in 'ä' '€' '😀' $'\x80' $'\xc0\xaf' $'\xed\xa0\x80' $'\xf4\x90\x80\x80' $'a\xe2\x82'; do
	expect 0 '"core": ' "$tool" assemble private.d -o "$name.core" --json
	plain "--json: $name"
	python3 - "$name.core" <<-'PY' || fail "another path: $(cat out)"
	import json, sys
	got, name = json.load(open("out"))["core"], sys.argv[1]
	valid = not any(0xdc80 <= ord(c) < 0xdd00 for c in name)
	sys.exit(got != name if valid else "\ufffd" not in got or not got.endswith(".core"))
	PY
done

# A dump is not known to be right until it was checked.
machine good
expect 0 '"ok": null' "$tool" list --json "${ram[@]}"
expect 0 '"ok": true' "$tool" check --json "${ram[@]}"

# Addresses keep all their digits in JSON readers that have 53 bits for a number.
machine bad 'p[5].paddr = 2 ** 63 + 1; p[5].memsz = 4096'
expect 1 '"zero_fill": \{"address": "0x8000000000000001"' "$tool" check --json "${ram[@]}"

# Colours are for terminals only, and not for all terminals.
tty() { # COMMAND...: run it on a terminal, with its output in out
	python3 - "$@" >out 2>&1 <<-'PY'
	import os, pty, sys
	pty.spawn(sys.argv[1:], lambda fd: os.read(fd, 1 << 16))
	PY
	findings out
}
machine bad 'r[2].seq = 9'
coloured() { grep -q $'\033' out; }
TERM=xterm tty "$tool" check "${ram[@]}"
coloured || fail "no colour on a terminal: $(cat out)"
NO_COLOR='' TERM=xterm tty "$tool" check "${ram[@]}"
coloured || fail "no colour with NO_COLOR empty: $(cat out)"
NO_COLOR=1 TERM=xterm tty "$tool" check "${ram[@]}"
coloured && fail "a colour in spite of NO_COLOR: $(cat -v out)"
TERM=dumb tty "$tool" check "${ram[@]}"
coloured && fail "a colour on a dumb terminal: $(cat -v out)"
TERM=xterm tty "$tool" assemble private.d -o -
grep -q 'standard output is a terminal' out || fail "a core on a terminal: $(cat -v out)"
ok "colours"
