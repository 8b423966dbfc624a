# SPDX-License-Identifier: GPL-2.0-only
# Random damage, at several places at a time: any exit status but 0, 1 and 2 is a crash.
# Read by test.sh, and uses its functions.
# shellcheck shell=bash disable=SC2154 # variables of test.sh

fuzz() { python3 - "$tool" "$1" <<'PY'
import os, random, shutil, subprocess, sys
sys.path.insert(0, ".")
sys.dont_write_bytecode = True
from machine import *

tool, seed = sys.argv[1], int(sys.argv[2])
rng = random.Random(seed)
where = "fuzz%d" % seed
os.mkdir(where)
m = Machine()
m.write()
m.save(where)
open(where + "/core", "wb").write(m.core())
pristine = bytes(m.ram)
# Memory that is read: anchor, ToC, table, ELF header, notes.
spans = [(ANCHOR, 32), (TOC, 48), (TABLE, 240)] + [(TABLE, 240)] * 3 + [(0x40010000, 400)] * 4 + [(NOTES, 480)]
words = (0, 1, 4, 12, 0x7fffffff, 0x80000000, 0xffffffff, VALI, 0x40000000, 0x401ff000, 0x1000, 201, 65536)
wide = (0, 2 ** 64 - 1, 2 ** 63, 2 ** 64 - 4096, 2 ** 32, 0x40200000, 0x200000, 0x1fffff, 2 ** 48)
env = dict(os.environ, ASAN_OPTIONS=os.environ["ASAN_OPTIONS"] + ":detect_leaks=%d" % (seed == 0))
ram = ["--ram", where + "/a@0x40000000,offset=0x1000", "--ram", where + "/b@0x40100000", "--anchor", hex(ANCHOR)]
mutations = 0
statuses = {}

def mutate():
    start, length = rng.choice(spans)
    kind = rng.randrange(4)
    if kind == 0:
        return start + rng.randrange(length), bytes([rng.randrange(256)])
    if kind == 1:
        at = start + rng.randrange(length)
        return at, bytes([pristine[at - BASE] ^ 1 << rng.randrange(8)])
    if kind == 2:
        return start + rng.randrange(0, length, 4), struct.pack("<I", rng.choice(words))
    return start + rng.randrange(0, length - 4, 4), struct.pack("<Q", rng.choice(wide))

for batch in range(150 if seed else 50):
    edits = [mutate() for _ in range(rng.choice((1, 2, 4, 8, 16)))]
    mutations += len(edits)
    m.ram[:] = pristine
    for addr, data in edits:
        m.poke(addr, data)
    low = bytes(m.ram[:0x30000])
    with open(where + "/a", "r+b") as f:
        f.seek(0x1000)
        f.write(low)
    out = where + "/out"
    which = batch % 5
    if which == 0:
        commands = [["collect", "-o", out] + ram, ["check", out], ["assemble", "--force", out]]
    elif which == 1:
        commands = [["list", "--json"] + ram]
    elif which == 2:
        # A damaged header with files of the sound regions, some empty or misnumbered.
        os.makedirs(out)
        for r in m.valid():
            data = m.read(r.addr, r.size) if rng.randrange(4) else b""
            open("%s/md_%s%d.BIN" % (out, r.name.decode(), r.seq + rng.randrange(2)), "wb").write(data)
        commands = [["assemble", "--force", out, "--json"]]
    elif which == 3:
        open(out, "wb").write(m.core()[:rng.randrange(40000)])
        commands = [["check", out]]
    else:
        commands = [["check", "--json"] + ram]
    for command in commands:
        if command[-1].startswith(out) and not os.path.exists(out):
            continue
        ran = subprocess.run([tool] + command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        statuses[ran.returncode] = statuses.get(ran.returncode, 0) + 1
        if ran.returncode not in (0, 1, 2):
            sys.exit("fuzz: seed %d: %s: exit status %d after %s\n%s" % (seed, " ".join(command),
                     ran.returncode, [(hex(a), d.hex()) for a, d in edits], ran.stderr.decode(errors="replace")))
    if os.path.isdir(out):
        size = sum(os.stat(os.path.join(out, f)).st_blocks * 512 for f in os.listdir(out))
        if size > 3 * len(pristine):
            sys.exit("fuzz: seed %d: %d bytes written" % (seed, size))
        shutil.rmtree(out)
    elif os.path.exists(out):
        os.unlink(out)
print("fuzz: %d mutations, exit statuses %s" % (mutations, statuses))
PY
}
fuzz 0 >fuzz0.out 2>&1 & first=$!
fuzz 1 >fuzz1.out 2>&1 & second=$!
fuzz 2 || fail "fuzz 2"
wait $first || fail "$(cat fuzz0.out)"
wait $second || fail "$(cat fuzz1.out)"
cat fuzz0.out fuzz1.out
ok "damage at random"
