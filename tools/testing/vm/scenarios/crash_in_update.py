# SPDX-License-Identifier: GPL-2.0-only
"""A crash at any instruction of an update leaves a dump, of the old memory or
of the new.

The update runs on CPU 0, or for a few points on another CPU.  A breakpoint stops
the machine in it, and gdb steps by single instructions to the chosen one.  On x86 an
NMI is sent then, which CPU 0 takes right there, and unknown_nmi_panic makes it a
crash; on arm64, which has no NMI, gdb lets CPU 0 go on in panic().
"""
from story import *

# The panic has ended, after it looked for a kernel to boot.
MAINLINE_FAILS = r"^panicked to the end, and booted no capture kernel"

# Points of the crash: functions, and parts of the way from their entry to their return.
OURS = {
    "memory-add": [("crash_hotplug_event", 0), ("kexec_unlock_update", 0)] +
                  [("elfcorehdr_commit", part) for part in
                   (0, .15, .3, .45, .55, .65, .75, .85, .95, 1)],
    "memory-remove": [("crash_hotplug_event", 0), ("kexec_unlock_update", 0)] +
                     [("elfcorehdr_commit", part) for part in
                      (0, .2, .4, .6, .8, 1)],
    "cpu-online": [("crash_hotplug_event", 0), ("kexec_unlock_update", 0)],
    # Another CPU crashes: the updating one runs on until it is stopped.
    "memory-add-elsewhere": [("crash_hotplug_event", 0), ("elfcorehdr_commit", 0),
                             ("elfcorehdr_commit", .6), ("elfcorehdr_commit", .9)],
}
# Each phase once.  The builder is the same code on each architecture, so that only one
# of them has all points in every run, and the others have them in long runs.
PHASES = {
    "memory-add": [("crash_hotplug_event", 0), ("kexec_unlock_update", 0)] +
                  [("elfcorehdr_commit", part) for part in (.3, .65, .85)],
    "memory-remove": [("kexec_unlock_update", 0)] +
                     [("elfcorehdr_commit", part) for part in (0, .6, .8)],
    "cpu-online": [("crash_hotplug_event", 0)],
    "memory-add-elsewhere": [("elfcorehdr_commit", .6)],
}
MAINLINE = {
    "memory-add": [("arch_crash_handle_hotplug_event", 0),
                   ("crash_prepare_elf64_headers", 0), ("__memcpy_flushcache", 0)],
    "memory-remove": [("arch_crash_handle_hotplug_event", 0), ("__memcpy_flushcache", 0)],
    "cpu-online": [("arch_crash_handle_hotplug_event", 0)],
}
VALID = "kexec_crash_image ? kexec_crash_image->crash_segment->hdr.journal.valid : 0"

# gdb may have set the breakpoint at several locations of the function, close to each
# other, and would stop at the next one: delete them all before stepping.
COUNT = """
hbreak {function}
continue
delete
set $top = $sp
set $n = 0
while $sp <= $top
  stepi
  set $n = $n + 1
end
printf "count %d\\n", $n
detach
"""

CRASH = """
hbreak {function}
continue
delete
{step}
printf "stopped at %p, valid %d\\n", $pc, {valid}
{crash}
detach
"""


def middle(vm):
    return vm.first_block + 1


def prepare(vm, event):
    """Prepare the machine; return the shell command that causes the update."""
    load(vm)
    vm.plug_dimm("three-blocks", 384)
    block = middle(vm)
    vm.wait_for(f"[ -e {MEMORY}/memory{block + 1} ]")
    # The block in the middle: when it goes online, two entries are joined into one;
    # when it goes offline, one is split in two.  No other event writes more.
    online = f"echo online_movable > {MEMORY}/memory{block}/state"
    vm.run("; ".join(f"echo online_movable > {MEMORY}/memory{n}/state" for n in (block - 1, block + 1)))
    if event.startswith("memory-add"):
        return online
    if event == "memory-remove":
        vm.run(online)
        return f"echo offline > {MEMORY}/memory{block}/state"
    vm.run("echo 0 > /sys/devices/system/cpu/cpu1/online")
    return "echo 1 > /sys/devices/system/cpu/cpu1/online"


def start_update(vm, event, update):
    """Start the update on CPU 0, which takes the NMI, or on CPU 1."""
    mask = 2 if event.endswith("elsewhere") else 1
    vm.start_command(f"taskset -p {mask} $$ >/dev/null; {update}")


def instructions(kernel, event, function):
    """Count the instructions that the function takes in this update."""
    with Machine(kernel, slots=2, maxmem="2G", gdb=True, name="count") as vm:
        update = prepare(vm, event)
        process = gdb(vm, COUNT.format(function=function))
        start_update(vm, event, update)
        out = gdb_output(process)
    match = re.search(r"^count (\d+)$", out, re.M)
    if not match:
        raise HarnessError(f"gdb counted nothing: {out[-500:]}")
    return int(match[1])


def crash_at(kernel, event, function, steps):
    """Returns (old ranges, new ranges, dumped ranges, journal valid?, crash's answer)."""
    with Machine(kernel, slots=2, maxmem="2G", gdb=True, cmdline="unknown_nmi_panic", panic=0,
                 name="crash") as vm:
        update = prepare(vm, event)
        header = core.find_header(vm)
        old = core.ranges_of(core.live_header(vm, header))
        new = old
        block = middle(vm) * BLOCK, (middle(vm) + 1) * BLOCK
        if event.startswith("memory-add"):
            new = core.merge(old + [block])
        elif event == "memory-remove":
            new = core.subtract(old, [block])

        vm.expect_panic = True
        process = gdb(vm, CRASH.format(
            function=function, step=f"stepi {steps}" if steps else "",
            valid=VALID if "crash_hotplug_event" in symbols(kernel) else "0",
            crash=crash_cpu_0(vm, event)))
        start_update(vm, event, update)
        out = gdb_output(process)
        match = re.search(r"^stopped at \S+, valid (\d)$", out, re.M)
        if not match:
            raise HarnessError(f"gdb did not get to {function}: {out[-500:]}")
        dumped, dump = capture(vm)
        open_in_crash(vm, dump)
        return old, new, dumped, match[1] == "1"


COUNTS = {}
SEEN = []


def outside(kernel):
    """A crash between updates leaves a dump on any kernel: the test can pass."""
    with Machine(kernel, slots=2, maxmem="2G", panic=0, name="crash") as vm:
        prepare(vm, "memory-remove")
        header = core.find_header(vm)
        want = core.ranges_of(core.live_header(vm, header))
        vm.crash()
        dumped, dump = capture(vm)
        open_in_crash(vm, dump)
        if dumped != want:
            raise Failed(f"dump has {core.show(dumped)}, not {core.show(want)}")


def after(kernel):
    """Fail unless the points were as intended: in each phase of each update."""
    if "crash_hotplug_event" not in symbols(kernel):
        return f"{len(SEEN)} points"
    for event in ("memory-add", "memory-remove"):
        seen = {(valid, new) for e, valid, new in SEEN if e == event}
        for phase in ((False, False), (True, True), (False, True)):
            if phase not in seen:
                raise HarnessError(f"{event}: no point with journal valid {phase[0]} and "
                                   f"the new memory {phase[1]}; move the points")
    return f"{len(SEEN)} points: before, in and after the journal's validity, adding and removing"


def point(kernel, event, function, part):
    steps = 0
    if part:
        key = (str(kernel), event, function)
        if key not in COUNTS:
            COUNTS[key] = instructions(kernel, event, function)
        steps = max(1, round(part * COUNTS[key]))
    old, new, dumped, valid = crash_at(kernel, event, function, steps)
    where = f"{event} at {function} + {steps} instructions, journal {'' if valid else 'not '}valid"
    SEEN.append((event, valid, dumped == new))
    if dumped not in (old, new):
        raise Failed(f"{where}: dump has {core.show(dumped)}, neither {core.show(old)} "
                     f"nor {core.show(new)}")
    if valid and dumped != new:
        raise Failed(f"{where}: the journal was not replayed")
    return f"{where}: the {'new' if dumped == new else 'old'} memory"


def cases(kernel):
    if "crash_hotplug_event" not in symbols(kernel):
        points = MAINLINE
    else:
        points = OURS if LONG or arch.of_kernel(kernel).name == "x86_64" else PHASES
    cases = {"control-outside-an-update": outside}
    cases |= {f"{event}@{function}+{part}":
              lambda k, e=event, f=function, p=part: point(k, e, f, p)
              for event, where in points.items() for function, part in where}
    return cases
