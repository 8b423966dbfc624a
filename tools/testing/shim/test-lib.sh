# SPDX-License-Identifier: GPL-2.0-only
# Functions for the tests of the tools.  Each test.sh reads this file, after it has set
# tmp to a directory that is removed at the end.
# shellcheck shell=bash disable=SC2154
#
# If ASan or UBSan finds a fault in a tool, the tool ends with exit status 99, which
# no tool uses itself, and the report goes to a file in $tmp.  So a finding cannot
# pass as a failure that a test expects, and no test can overlook it.
n=0
san_log=$tmp/sanitizer
san_report='runtime error:|ERROR: [A-Za-z]*Sanitizer'
export ASAN_OPTIONS=exitcode=99:log_path=$san_log
export UBSAN_OPTIONS=halt_on_error=1:exitcode=99:print_stacktrace=1:log_path=$san_log
trap 'rm -rf "$tmp"' EXIT

# shellcheck disable=SC2120 # the files are for its callers
findings() { # FILE...: fails if a sanitizer has found something
	local f
	for f in "$san_log".* "$@"; do
		[ -e "$f" ] && grep -qE "$san_report" "$f" || continue
		echo "test: a sanitizer found: $(grep -E -m 1 "$san_report" "$f")" >&2
		cat "$f" >&2
		exit 1
	done
}

fail() { findings; echo "test: $*" >&2; exit 1; }
ok() { n=$((n + 1)); echo "ok $n $*"; }

# COMMAND must fail if its output can't be written: no room, or a closed descriptor.
unwritable() { # COMMAND...
	local how got
	for how in '>/dev/full' '>&-'; do
		got=0
		sh -c '"$@" '"$how" - "$@" 2>"$tmp/unwritable" || got=$?
		findings "$tmp/unwritable"
		[ $got = 2 ] || fail "$* $how: exit status $got, not 2: $(cat "$tmp/unwritable")"
		grep -q 'standard output cannot be written' "$tmp/unwritable" ||
			fail "$* $how: says nothing of it: $(cat "$tmp/unwritable")"
		ok "${1##*/} ${2-} $how"
	done
}

finish() { # the last line of a test
	findings
	echo "test: $n tests passed"
}
