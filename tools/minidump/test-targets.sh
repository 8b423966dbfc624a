# SPDX-License-Identifier: GPL-2.0-only
# Test the targets of "minidump collect" and "assemble", the files that they leave alone,
# and the size that a dump may claim.  Read by test.sh, and uses its functions.
# shellcheck shell=bash disable=SC2154 # variables of test.sh

machine good
collected target.d 0 'wrote 6 files'
core=good/core

# A device, a FIFO and standard output are written to, and not replaced.
kind() { stat -c %F "$1"; }
mknod null c 1 3 2>/dev/null || : >null
if [ "$(kind null)" = 'character special file' ]; then
	expect 0 'wrote null' "$tool" assemble target.d -o null --force
	[ "$(kind null)" = 'character special file' ] || fail "the device is $(kind null) now"
else
	echo "test: no device: mknod is not permitted"
fi
expect 0 'wrote /dev/null' "$tool" assemble target.d -o /dev/null
[ "$(kind /dev/null)" = 'character special file' ] || fail "/dev/null is $(kind /dev/null) now"
mkfifo fifo
cat fifo >piped & reader=$!
expect 0 'wrote fifo' "$tool" assemble target.d -o fifo
wait $reader
[ "$(kind fifo)" = fifo ] || fail "the FIFO is $(kind fifo) now"
same piped $core
for out in - /dev/stdout /proc/self/fd/1; do
	"$tool" assemble target.d -o $out >redirected 2>out || fail "-o $out: $(cat out)"
	same redirected $core
	grep -q 'read 6 files' out || fail "-o $out: what was written is not said: $(cat out)"
	"$tool" assemble target.d -o $out 2>out | cat >piped
	same piped $core
done
expect 2 'both want standard output' "$tool" assemble target.d -o - --json
"$tool" assemble target.d -o - >/dev/full 2>out && fail "-o - >/dev/full: exit status 0"
grep -q 'standard output: No space left' out || fail "-o - >/dev/full: $(cat out)"

# Links, and files that cannot be a core.
ln -s $core link
ln -s nowhere dangling
expect 2 'link is a symbolic link: name the file' "$tool" assemble target.d -o link --force
expect 2 'dangling is a symbolic link that leads nowhere' "$tool" assemble target.d -o dangling --force
[ -L link ] && [ -L dangling ] && [ ! -e nowhere ] || fail "a link was replaced, or followed"
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
expect 2 'socket is a socket' "$tool" assemble target.d -o socket --force
if mknod block b 7 99 2>/dev/null; then
	expect 2 'block is a block device' "$tool" assemble target.d -o block --force
fi

# Existing files, and files that are read from.
echo old >old
expect 2 'old is there already; --force replaces it' "$tool" assemble target.d -o old
expect 2 'target.d/minidump.core is there already' "$tool" assemble target.d
[ "$(cat old)" = old ] || fail "overwritten without --force"
expect 0 'wrote old' "$tool" assemble target.d -o old --force
same old $core
expect 0 'wrote target.d/minidump.core' "$tool" assemble target.d --force
ln target.d/md_Kdata3.BIN hard
echo spare >target.d/md_spare.BIN
for input in target.d/md_KELF1.BIN target.d/../target.d/md_Kdata3.BIN hard target.d/md_spare.BIN; do
	sum=$(cksum <$input)
	expect 2 "$input is read from" "$tool" assemble target.d -o $input --force
	[ "$(cksum <$input)" = "$sum" ] || fail "$input has changed"
done
rm target.d/md_spare.BIN
mkdir ram.d
cp good/b ram.d/md_Kram1.BIN
expect 2 'ram.d/md_Kram1.BIN is read from' "$tool" collect --ram ram.d/md_Kram1.BIN@0x40100000 \
	--ram good/a@1G,offset=4k -o ram.d --force
same ram.d/md_Kram1.BIN good/b

# A collection in place of another one leaves all files of the old, or all of the new.
state() { (cd "$1" && find . -type f -exec cksum {} + | sort); }
machine new 'm.poke(0x40030000, b"new")'
new=("${ram[@]}")
for lone in minidump.core md_Kold77.BIN; do
	mkdir lone.d
	echo >lone.d/$lone
	expect 2 "lone.d: has $lone already" "$tool" collect "${new[@]}" -o lone.d
	rm -r lone.d
done
touch target.d/md_Kold77.BIN
before=$(state target.d)
for size in 4 16; do
	expect 2 'target.d/(md_Kdata3.BIN|minidump.core): File too large' \
		limited $size "$tool" collect "${new[@]}" -o target.d --force
	[ "$(state target.d)" = "$before" ] || fail "after an error: $(ls -A target.d)"
done
if unshare -m true 2>/dev/null; then
	mkdir disk
	for size in 76 84 92 100 108 116 124 132; do
		unshare -m sh -c 'mount -t tmpfs -o size='$size'k tmpfs disk && cp "$1"/md_* "$1"/minidump.core disk &&
			shift && "$@"; status=$?; ls -A disk; cat disk/minidump.core >from.core; exit $status' \
			- target.d "$tool" collect "${new[@]}" -o disk --force >out 2>&1 && continue
		grep -q '^minidump: disk/.*: No space left on device' out || fail "$size KiB: $(cat out)"
		grep -qE '^\.' out && fail "left on the disk: $(cat out)"
		[ "$(grep -c 'BIN$' out)" = 7 ] || fail "the old files are not there: $(cat out)"
		same from.core target.d/minidump.core
		full=$size
	done
	[ -n "${full-}" ] || fail "no disk was full"
else
	echo "test: no small disk: unshare is not permitted"
fi
expect 0 'wrote 6 files and target.d/minidump.core' "$tool" collect "${new[@]}" -o target.d --force
same target.d/minidump.core new/core
[ "$(find target.d -mindepth 1 | wc -l)" = 7 ] || fail "other files: $(ls -A target.d)"

# The claims of a header are bounded by the files that exist, and by their sizes.
limits() { timeout 20 "$@"; }
machine bad 'p[2].offset = 2 ** 39; p[3].offset = 2 ** 39 + 4096'
cp -r target.d claim.d
rm claim.d/minidump.core
dd if=bad/core of=claim.d/md_KELF1.BIN bs=4096 count=1 conv=notrunc status=none
expect 2 'refused: md_Klog_buf4.BIN: 0x1004 bytes at offset 0x8000000000 are absurd' limits "$tool" assemble claim.d
machine bad 'p[2].filesz = p[2].memsz = 2 ** 39; p[3].offset = p[2].offset + 2 ** 39; p[4].offset = p[3].offset + 8192'
dd if=bad/core of=claim.d/md_KELF1.BIN bs=4096 count=1 conv=notrunc status=none
rm claim.d/md_Klog_buf4.BIN
expect 2 'refused: 0x8000000000 bytes of the regions are missing' limits "$tool" assemble claim.d
[ ! -e claim.d/minidump.core ] || fail "claim.d/minidump.core was written"
truncate -s 512G claim.d/md_Klog_buf4.BIN
expect 1 '512.0 GiB' limits "$tool" assemble claim.d -o sparse.core
[ "$(stat -c %b sparse.core)" -lt 200 ] || fail "holes were written: $(stat sparse.core)"
expect 0 '512.0 GiB' limits "$tool" list sparse.core
machine bad 'p[0].offset = 2 ** 39; p[1].offset = p[0].offset + 1024'
cp bad/core huge.core
truncate -s 600G huge.core
expect 1 'ELF header: 0x8000000000 bytes of header are absurd' limits "$tool" check huge.core
expect 0 '512.0 GiB' limits "$tool" list huge.core
limits "$tool" list --json huge.core >out || fail "list: $(cat out)"
is_json
