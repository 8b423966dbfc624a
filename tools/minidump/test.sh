#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test the tool minidump on files: test.sh [--only PART] MINIDUMP [QDL]
#
# With QDL, which is tools/testing/vm/qdl.py, qdl must make the same core.
# Each PART is a test-PART.sh.
set -euo pipefail
parts=(dumps anchors output targets kinfo registers random)
if [ "${1-}" = --only ]; then
	[[ " ${parts[*]} " == *" ${2-} "* ]] ||
		{ echo "test.sh: --only ${2-}: not one of ${parts[*]}" >&2; exit 2; }
	parts=("$2")
	shift 2
fi
[ $# -gt 0 ] || { echo "usage: test.sh [--only PART] MINIDUMP [QDL]" >&2; exit 2; }
# shellcheck disable=SC2034 # qdl is for test-dumps.sh
tool=$(realpath "$1") here=$(realpath "$(dirname "$0")") qdl=${2:+$(realpath "$2")}
tmp=$(mktemp -d)
. "$here/../testing/shim/test-lib.sh"
cd "$tmp"
# For machine.py and kernel.py.
export PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1

# machine NAME [CODE [CODE]]: make a machine in NAME.  The first CODE changes it before
# its tables are written to RAM, and the second changes RAM after that.
machine() {
	mkdir -p "$1"
	python3 - "$@" <<-'PY'
	import os, sys
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

# refused PATTERN CODE [CODE]: check cannot read the dump at all.
refused() {
	machine bad "${@:2}"
	expect 2 "$1" "$tool" check "${ram[@]}"
	[ "$(wc -l <out)" = 1 ] || fail "more than one line: $(cat out)"
}

# limited KIB COMMAND...: run COMMAND with that limit on the size of files.
limited() { (trap '' XFSZ; ulimit -f "$1"; shift; exec "$@"); }
# The JSON escape of a lone byte, in hexadecimal: U+FFFD, unless the byte is ASCII.
json_byte() { case $1 in [0-7]*) echo "00$1" ;; *) echo fffd ;; esac; }
is_json() { python3 -m json.tool out >/dev/null || fail "not JSON: $(cat out)"; }
same() { cmp "$1" "$2" || fail "$1 and $2 differ"; ok "$1 is $2"; }
collected() { rm -rf "$1"; expect "$2" "$3" "$tool" collect "${ram[@]}" -o "$1"; }

for part in "${parts[@]}"; do
	# shellcheck disable=SC1090 # one of parts
	. "$here/test-$part.sh"
done
finish
