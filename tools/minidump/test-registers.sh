# SPDX-License-Identifier: GPL-2.0-only
# Test "minidump assemble --registers".  Read by test.sh, and uses its functions.
# shellcheck shell=bash disable=SC2154 # variables of test.sh

# An arm64 machine with two CPUs.  Each CPU has two sets of windows: one for a task, and
# two for the two pages of a stack.
cat >stacks.py <<'PY'
import struct
from machine import *

STACK, RUNNING = 0xffff800080100000, 0x200000
TEXT, INIT, MODULE = 0xffff800080010000, 0xffff800081000000, 0xffff80007a000000
INFO = (b"SYMBOL(_stext)=%x\nSYMBOL(_etext)=%x\nSYMBOL(_sinittext)=%x\nSYMBOL(_einittext)=%x\n"
        b"NUMBER(MODULES_VADDR)=0x%x\nNUMBER(MODULES_END)=0x%x\nNUMBER(KERNELPACMASK)=0x%x\n" % (
            TEXT, TEXT + 0x10000, INIT, INIT + 0x1000, MODULE, MODULE + 0x1000, 0x7f << 48))
PR = 112

class Stacks(Machine):
    def __init__(self, info=INFO):
        super().__init__()
        self.ehdr.machine = 183
        self.regions[1].size = 0x800
        # The note of CPU 1 does not claim to have registers: see its type in write().
        self.cpus = [bytearray(392), bytearray(392)]
        self.info = info
        self.regions[2:2] = [
            Bag(name=b"Kcur%d%c" % (cpu, kind), seq=0, valid=VALI, size=0x1000,
                addr=0x40110000 + 0x10000 * cpu + 0x4000 * nr + 0x1000 * i)
            for cpu in (0, 1) for nr in (0, 1) for i, kind in enumerate(b"tss")]
        for i, r in enumerate(self.regions):
            r.seq = i + 1
        self.header()
        for i, r in enumerate(self.regions):
            if r.name.startswith(b"Kcur") and r.name.endswith(b"s"):
                self.phdrs[i - 1].vaddr = self.va(r.addr)
                self.poke(r.addr, bytes(0x1000))
        self.run(0, 1)
        self.run(1, 0)

    def va(self, addr):
        return STACK + addr - 0x40110000

    def window(self, cpu, nr):
        return self.phdrs[1 + 6 * cpu + 3 * nr + 1]

    def run(self, cpu, nr):
        self.window(cpu, nr).flags |= RUNNING

    # Write frame records at these offsets of a stack, each with its return address.
    def chain(self, cpu, nr, *frames, last=0x1f00):
        base = self.window(cpu, nr).paddr
        for (at, pc), (after, _) in zip(frames, frames[1:] + ((last, 0),)):
            self.poke(base + at, struct.pack("<QQ", self.va(base + after), pc))
        self.poke(base + last, bytes(16))

    def write(self):
        self.notes = note(b"VMCOREINFO\0", 0, self.info) + b"".join(
            note(b"CORE\0", kind, bytes(desc)) for kind, desc in zip((1, 0), self.cpus))
        super().write()
PY

# stacks NAME [CODE]: make RAM in NAME, and collect it in NAME.d.
stacks() {
	mkdir -p "$1"
	python3 - "$@" <<-'PY'
	import sys
	sys.path.insert(0, ".")
	sys.dont_write_bytecode = True
	from stacks import *
	m = Stacks()
	m.chain(0, 0, (0x100, TEXT))
	m.chain(0, 1, (0x40, TEXT + 0x9000), (0x1000, TEXT + 4), (0x1e00, INIT + 8))
	m.chain(1, 0, (0x1800, MODULE + 12), (0x1e00, TEXT + 16))
	exec("".join(sys.argv[2:3]))
	m.write()
	m.save(sys.argv[1])
	PY
	ram=(--ram "$1/b@0x40100000,size=1M" --ram "$1/a@1G,offset=4k")
	rm -rf "$1.d"
	"$tool" collect "${ram[@]}" -o "$1.d" >out 2>&1 || fail "$1: $(cat out)"
}

# registers CORE CPU: print type, pc, sp, fp and pstate of the CPU's note.
registers() {
	python3 - "$@" <<-'PY'
	import struct, sys
	sys.path.insert(0, ".")
	sys.dont_write_bytecode = True
	from stacks import *
	core = open(sys.argv[1], "rb").read()[0x1000:0x1800]
	at = core.index(b"CORE\0")
	at = core.index(b"CORE\0", at + 5) if sys.argv[2] == "1" else at
	regs = struct.unpack_from("<34Q", core, at + 8 + PR)
	print(struct.unpack_from("<I", core, at - 4)[0], *("%x" % regs[i] for i in (32, 31, 29, 33)))
	PY
}

# found FRAMES CODE: CODE changes the stack of CPU 0, which has a chain of 3 frames, and
# FRAMES are found there.  CPU 1 is not affected.
found() {
	stacks found "$2"
	expect 0 "^ +0 +$1  ffff8000801050.0  ffff800080019000$" \
		"$tool" assemble --force --registers found.d -o registers.core
	grep -qE '^ +1 +2  ffff800080112810  ffff80007a00000c$' out || fail "CPU 1: $(cat out)"
}

# none CPU PATTERN CODE: no registers are found for CPU, but those of the other CPU are.
none() {
	stacks none "$3"
	expect 0 "^ +$1 +-  $2$" "$tool" assemble --force --registers none.d -o registers.core
	grep -qE "^ +$((1 - $1)) +[23]  ffff" out || fail "the other CPU: $(cat out)"
	[ "$(registers registers.core "$1")" = "$((1 - $1)) 0 0 0 0" ] ||
		fail "registers of CPU $1: $(registers registers.core "$1")"
}

found 3 ''
[ "$(registers registers.core 0)" = '1 ffff800080019000 ffff800080105050 ffff800080106000 5' ] ||
	fail "registers of CPU 0: $(registers registers.core 0)"
[ "$(registers registers.core 1)" = '1 ffff80007a00000c ffff800080112810 ffff800080112e00 5' ] ||
	fail "registers of CPU 1: $(registers registers.core 1)"
expect 0 '^no fault' "$tool" check registers.core
expect 0 '"cpu": 1, "frames": 2,' "$tool" assemble --force --registers found.d -o other --json
is_json
same other registers.core
expect 0 'read 18 files' "$tool" assemble --force found.d -o other
same other found.d/minidump.core
cmp -s registers.core other && fail "--registers wrote none"

# The chain is found in spite of a shorter chain, of data, and of records that lead back
# or out of the stack.
found 3 'm.chain(0, 1, (0x80, TEXT), last=0x1f00)'
found 3 'm.chain(0, 1, (0x20, TEXT + 0x10000), (0x40, TEXT + 0x9000), (0x1000, TEXT + 4), (0x1e00, INIT + 8))'
found 3 'm.chain(0, 1, (0x20, TEXT + 2), (0x40, TEXT + 0x9000), (0x1000, TEXT + 4), (0x1e00, INIT + 8))'
found 3 'm.poke(0x40115010, struct.pack("<QQ", m.va(0x40115010), TEXT))'
found 3 'm.poke(0x40115010, struct.pack("<QQ", m.va(0x40115000), TEXT))'
found 3 'm.poke(0x40115010, struct.pack("<QQ", m.va(0x40117000), TEXT))'
found 3 'm.poke(0x40115010, struct.pack("<QQ", 2 ** 64 - 16, TEXT))'
found 3 'm.poke(0x40115010, struct.pack("<QQ", m.va(0x40115048), TEXT))'
# A signed return address.
found 3 'm.chain(0, 1, (0x40, (TEXT + 0x9000) & ~(0x2a << 48)), (0x1000, TEXT + 4), (0x1e00, INIT + 8))'
found 4 'm.chain(0, 1, (0x30, TEXT + 0x9000), (0x40, TEXT + 0x9000), (0x1000, TEXT + 4), (0x1e00, INIT + 8))'

none 0 'no frame record on its stack leads to the last one' 'm.poke(0x40116f00, b"\1")'
none 0 'no stack is said to be its own' 'm.window(0, 1).flags = WINDOW'
none 1 'no stack is said to be its own' 'm.window(1, 0).flags = WINDOW'
none 1 'several stacks are said to be its own' 'm.run(1, 1)'
none 0 'its stack is not in the dump' 'm.window(0, 1).paddr = CLOSED'
none 0 'no frame record .*' 'm.phdrs[6].vaddr += 0x1000'
stacks kept 'm.cpus[1][PR + 256:PR + 264] = b"\1" * 8'
expect 0 '^ +1 +-  it has registers$' "$tool" assemble --force --registers kept.d -o registers.core
stacks short ''
rm short.d/md_Kcur0s8.BIN
expect 1 '^ +0 +-  its stack is not all there$' "$tool" assemble --force --registers short.d -o registers.core

# Dumps to which --registers cannot be applied are left alone.
stacks unfit 'm.ehdr.machine = 62'
rm unfit.d/minidump.core
expect 2 'unfit.d: it is not of an arm64 machine' "$tool" assemble --registers unfit.d
[ ! -e unfit.d/minidump.core ] || fail "a core was written"
stacks unfit 'm.info = m.info.replace(b"_etext", b"_e")'
expect 2 'its vmcoreinfo does not say where text is' "$tool" assemble --registers unfit.d
stacks unfit 'm.cpus = [bytes(388)]'
expect 2 'it has no notes of CPUs' "$tool" assemble --registers unfit.d
stacks unfit 'm.info = b"\xff" * 100'
expect 2 'its vmcoreinfo does not say' "$tool" assemble --registers unfit.d
rm unfit.d/md_Knotes2.BIN
expect 2 'not all of its notes are there' "$tool" assemble --registers unfit.d
rm unfit.d/md_KELF1.BIN
expect 2 'minidump: ' "$tool" assemble --registers unfit.d
expect 2 '--registers is for assemble' "$tool" list --registers found.d

# Random damage to header, notes and stacks.
stacks damaged ''
python3 - "$tool" <<'PY' || fail "damage to stacks"
import collections, pathlib, random, struct, subprocess, sys
sys.path.insert(0, ".")
sys.dont_write_bytecode = True
from stacks import *
rng, statuses = random.Random(7), collections.Counter()
files = {p: p.read_bytes() for p in sorted(pathlib.Path("damaged.d").glob("md_K*.BIN"))
         if p.name[4:7] in ("ELF", "not", "cur")}
weights = [8 if "ELF" in p.name or "notes" in p.name else 1 for p in files]
words = (0, 1, 16, 2 ** 64 - 1, 2 ** 64 - 16, STACK, STACK + 0x5000, STACK + 0x6ff0, TEXT, RUNNING, 0x1000, CLOSED)
for round in range(400):
    changed = rng.choices(list(files), weights, k=rng.randint(1, 4))
    for path in changed:
        data = bytearray(path.read_bytes())
        limit = 1200 if "ELF" in path.name or "notes" in path.name else len(data)
        at = rng.randrange(min(limit, len(data)) // 8) * 8
        data[at:at + 8] = struct.pack("<Q", rng.choice(words)) if rng.random() < .7 else rng.randbytes(8)
        path.write_bytes(data)
    got = subprocess.run([sys.argv[1], "assemble", "--force", "--registers", "damaged.d", "-o", "damaged.core"],
                         capture_output=True, timeout=60)
    if got.returncode not in (0, 1, 2):
        sys.exit("round %d: %d: %s" % (round, got.returncode, got.stderr.decode(errors="replace")))
    statuses[got.returncode] += 1
    for path in changed:
        path.write_bytes(files[path])
print("damage: exit statuses", dict(statuses))
PY
ok "assemble --registers: damage at random"

# Time grows as the dump does: four times the CPUs and windows take four times as long,
# not sixteen times.  Measure CPU time, which does not depend on other work on the machine.
python3 - "$tool" <<'PY' || fail "--registers: time does not grow as the dump does"
import os, resource, shutil, struct, subprocess, sys

def note(name, kind, desc):
    pad = lambda b: b + bytes(-len(b) % 4)
    return struct.pack("<III", len(name), len(desc), kind) + pad(name) + pad(desc)

def make(cpus):
    shutil.rmtree("grows.d", ignore_errors=True)
    os.mkdir("grows.d")
    info = b"SYMBOL(_stext)=ffff800080000000\nSYMBOL(_etext)=ffff800081000000\n"
    notes = note(b"VMCOREINFO\0", 0, info) + note(b"CORE\0", 0, bytes(392)) * cpus
    windows = cpus
    size = -(-(64 + 56 * (windows + 2)) // 4096) * 4096
    phdrs, at = struct.pack("<IIQQQQQQ", 4, 0, size, 0, 1 << 30, len(notes), len(notes), 0), size + len(notes)
    flags = 0x100000 | 0x200000
    for i in range(windows):
        phdrs += struct.pack("<IIQQQQQQ", 1, flags, at, 0, (i + 1) << 32, 4096, 4096, 0)
        at += 4096
    phdrs += struct.pack("<IIQQQQQQ", 1, 0, at, 0, 0, 0, 1 << 60, 0)
    ehdr = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 4, 183, 1, 0, 64, 0, 0, 64, 56, windows + 2, 0, 0, 0)
    open("grows.d/md_KELF1.BIN", "wb").write((ehdr + phdrs).ljust(size, b"\0"))
    open("grows.d/md_Knotes2.BIN", "wb").write(notes)

def seconds():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run([sys.argv[1], "assemble", "--registers", "grows.d", "-o", "/dev/null"],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ran.returncode == 1, ran.stderr[-300:]
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

make(16000)
small = min(seconds() for _ in range(3))
make(64000)
large = min(seconds() for _ in range(3))
print("--registers: %.2f s, and %.2f s of four times as much" % (small, large))
sys.exit(large > 9 * small)
PY
ok "--registers: time"
