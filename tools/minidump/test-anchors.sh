# SPDX-License-Identifier: GPL-2.0-only
# Test which anchor "minidump" takes.  Read by test.sh, and uses its functions.
# shellcheck shell=bash disable=SC2154 # variables of test.sh

refused 'anchor: 0x40004000 is not an anchor|no anchor in RAM$' 'anchor.magic = b""'
refused 'no anchor in RAM, but 0x40003000 is an anchor with a wrong checksum' 'anchor.crc = 1'
refused 'no anchor in RAM, but 0x40003000 is an anchor of an unknown version' 'anchor.version = 2'
refused '2 anchors in RAM, at 0x40003000 and 0x40100000' '' 'm.write_anchor(0x40100000)'
expect 0 'no fault' "$tool" check "${ram[@]}" --anchor 0x40100000
# Anybody can write a page that has an anchor: of several, the one that its own kernel
# names is taken.
named='m.notes = m.notes[:m.notes.index(b"OSRELEASE")] + b"A=1\nMINIDUMP_ANCHOR=%x\n"'
machine own "$named % 0x40003000" 'm.write_anchor(0x40100000)'
expect 0 'zero fill' "$tool" list --ram own/b@0x40100000,size=1M --ram own/a@1G,offset=4k
machine own "$named % 0x40003001" 'm.write_anchor(0x40100000)'
expect 2 '2 anchors in RAM' "$tool" list --ram own/b@0x40100000,size=1M --ram own/a@1G,offset=4k
machine bad '' 'm.write_anchor(0x40100010)'
expect 0 'no fault' "$tool" check "${ram[@]}"
expect 2 'anchor: 0x40002000 is not an anchor' "$tool" check "${ram[@]}" --anchor 0x40002000
expect 2 'anchor: 0x401ffff0 is not in RAM' "$tool" check "${ram[@]}" --anchor 0x401ffff0
expect 2 'anchor: 0xf+ is not in RAM' "$tool" check "${ram[@]}" --anchor 0xffffffffffffffff
