# SPDX-License-Identifier: GPL-2.0-only
"""A crash that is due to overwritten memory leaves a dump, with any part of the live
header's state overwritten.

gdb writes garbage to the state.  If no update is in progress, there is nothing to
complete, and the crash path must not trust the state: the dump has the memory that
the machine has.  If one is, the crash path compares the state with the copy that the
load has recorded, replays no journal that it can't trust, and says so; the dump has
the header as it is in memory.
"""
from crash_in_update import prepare, start_update
from story import *

SEGMENT = "kexec_crash_image->crash_segment"
HDR = f"{SEGMENT}->hdr"
# The byte of freed memory: no address, and no number that makes sense.
POISON = "0x6b6b6b6b6b6b6b6b"
# The function of the crash path that faults on overwritten state.
FAULT = re.compile(r"(?:RIP: [0-9a-f]+:|pc : )(\w*(?:_replay|journal_apply|hotplug_flush)\w*)")
NOT_TRUSTED = "crash hotplug: the live header's state was overwritten; journal not replayed"

POINTERS = {
    "alias": f"set var {SEGMENT}->alias = {POISON}",
    "segment": f"set var kexec_crash_image->crash_segment = {POISON}",
}
# A journal that would remove the last range from the header.
JOURNAL = f"""
set var {HDR}.journal.nr_writes = 0
set var {HDR}.journal.phnum = {HDR}.first + {HDR}.nr - 1
set var {HDR}.journal.valid = 1
"""
IDLE = {
    **POINTERS,
    "journal": JOURNAL,
    "buf-and-journal": f"{JOURNAL}\nset var {HDR}.buf = {POISON}",
    "all-of-it": f"""
set $byte = (char *){SEGMENT}
set $end = (char *)({SEGMENT} + 1)
while $byte < $end
  set var *$byte = 0x6b
  set $byte = $byte + 1
end
""",
}
UPDATING = {
    **POINTERS,
    "buf": f"set var {HDR}.buf = {POISON}",
    "capacity": f"set var {HDR}.capacity = 0x6b6b6b6b",
    "first": f"set var {HDR}.first = 0x6b6b6b6b",
}

CRASH_IDLE = """
hbreak sysrq_handle_crash
continue
delete
{overwrite}
echo overwritten\\n
detach
"""
# The journal is valid, and none of it has been written to the header yet.
CRASH_UPDATING = f"""
hbreak elfcorehdr_commit
continue
delete
while !{HDR}.journal.valid
  stepi
end
{{overwrite}}
echo overwritten\\n
{{crash}}
detach
"""


def machine(kernel, **options):
    return Machine(kernel, slots=2, maxmem="2G", gdb=True, name="corrupt", **options)


def dump_of(vm, process):
    """Return the dump's ranges, and the crashed kernel's log in it."""
    out = gdb_output(process)
    if "overwritten" not in out:
        raise HarnessError(f"gdb did not get there: {out[-500:]}")
    try:
        dumped, dump = capture(vm, timeout=180)
    except (Failed, HarnessError):
        fault = FAULT.search(vm.log())
        if fault:
            raise Failed(f"no dump: the crash path faulted in {fault[1]}()")
        raise
    return dumped, crash_utility(vm, dump, ["log"], timeout=300)[0]


def idle(kernel, what):
    with machine(kernel) as vm:
        prepare(vm, "memory-add")
        want = core.ranges_of(core.live_header(vm, core.find_header(vm)))
        process = gdb(vm, CRASH_IDLE.format(overwrite=IDLE[what]))
        vm.crash()
        dumped, log = dump_of(vm, process)
        if dumped != want:
            raise Failed(f"dump has {core.show(dumped)}, not {core.show(want)}")
        if NOT_TRUSTED in log:
            raise Failed("the kernel tells of a journal that nobody wrote")


def updating(kernel, what):
    with machine(kernel, cmdline="unknown_nmi_panic") as vm:
        update = prepare(vm, "memory-add")
        want = core.ranges_of(core.live_header(vm, core.find_header(vm)))
        process = gdb(vm, CRASH_UPDATING.format(overwrite=UPDATING.get(what, ""),
                                                crash=crash_cpu_0(vm)))
        vm.expect_panic = True
        start_update(vm, "memory-add", update)
        dumped, log = dump_of(vm, process)
        if (NOT_TRUSTED in log) != (what in UPDATING):
            raise Failed(f"the log says {'' if NOT_TRUSTED in log else 'not '}that the journal "
                         "was not replayed")
        if (dumped == want) != (what in UPDATING):
            raise Failed(f"dump has {core.show(dumped)}, and had {core.show(want)} before the update")


CASES = {f"idle-{what}": lambda kernel, what=what: idle(kernel, what) for what in IDLE} | \
    {f"updating-{what}": lambda kernel, what=what: updating(kernel, what)
     for what in ("nothing", *UPDATING)}
