# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Lists of mutations: break one line of a copy of the sources, build a test
# there, run it, and expect that the test itself names the fault.
#
# A list sources this file, defines
#
#	mutate_build TEST	build TEST in the current directory, the copy
#	mutate_run TEST		run it; 0 if it passed, 1 if it found a fault,
#				with a line "TEST: fault"
#
# and calls
#
#	mutate_copy ROOT PATH...	copy PATHs of ROOT
#	mutation TEST FAULT NAME FILE SED-SCRIPT	any number of them
#	mutate_end			print the sum, and exit
#
# FAULT is a regular expression for the fault that the test names.  If a sanitizer
# has to notice the mutation, FAULT begins with AddressSanitizer.  Any other end
# of the test, such as a signal or a time limit, does not count as noticed.
# Before its first mutation each test has to pass unchanged, by the same
# functions: a test that can't start notices nothing.

mutate_bad=0
mutate_noticed=0
declare -A mutate_passed=()

# The exit status of sanitizers differs from all of the test's own.
readonly mutate_sanitizer=3
export ASAN_OPTIONS=detect_leaks=0:exitcode=$mutate_sanitizer
export UBSAN_OPTIONS=exitcode=$mutate_sanitizer

mutate_copy() { # ROOT PATH...
	mutate_root=$(realpath "$1")
	shift
	mutate_tree=$(mktemp -d)
	mutate_log=$mutate_tree/log
	trap 'rm -rf "$mutate_tree"' EXIT
	(cd "$mutate_root" && cp -r --parents "$@" "$mutate_tree") || exit 1
}

mutate_complain() { # TEXT, and the log
	echo "mutate: $1" >&2
	sed 's/^/    /' "$mutate_log" | head -20 >&2
	mutate_bad=1
}

# Return the status of the test, or 125 if it can't be built.
mutate_try() { # TEST
	(cd "$mutate_tree" && mutate_build "$1") >"$mutate_log" 2>&1 || return 125
	(cd "$mutate_tree" && mutate_run "$1") >"$mutate_log" 2>&1
}

mutation() { # TEST FAULT NAME FILE SED-SCRIPT
	local test=$1 fault=$2 name=$3 file=$4 script=$5 status line

	if [ -z "${mutate_passed[$test]-}" ]; then
		mutate_try "$test"
		status=$?
		if [ $status != 0 ]; then
			mutate_complain "$test does not pass without a mutation (status $status); no mutation of it was tried"
			exit 1
		fi
		mutate_passed[$test]=1
	fi

	sed -E "$script" "$mutate_root/$file" >"$mutate_tree/$file"
	if cmp -s "$mutate_root/$file" "$mutate_tree/$file"; then
		echo "mutate: $test: '$name' changes nothing: $file has moved on" >&2
		mutate_bad=1
		return
	fi
	mutate_try "$test"
	status=$?
	cp "$mutate_root/$file" "$mutate_tree/$file"

	line=
	case $status in
	0)	mutate_complain "$test: '$name' went unnoticed" ;;
	1)	line=$(grep -m1 -E "^$test: .*($fault)" "$mutate_log") ;;
	125)	mutate_complain "$test: '$name' does not compile" ;;
	"$mutate_sanitizer")
		[[ $fault == AddressSanitizer* ]] &&
			line=$(grep -m1 -oE "$fault" "$mutate_log") ;;
	esac
	if [ -n "$line" ]; then
		mutate_noticed=$((mutate_noticed + 1))
		echo "mutate: $test: $name: noticed: ${line#"$test: "}"
	elif [ $status != 0 ] && [ $status != 125 ]; then
		mutate_complain "$test: '$name' ended with status $status, and not with '$fault'"
	fi
}

mutate_end() {
	echo "mutate: $mutate_noticed mutations noticed"
	[ $mutate_noticed != 0 ] || mutate_bad=1
	exit $mutate_bad
}
