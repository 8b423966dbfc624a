# SPDX-License-Identifier: GPL-2.0-only
"""A crash while kexec_crash_size is read leaves a dump.

Everybody may read it, monitoring does so again and again, and a read changes
nothing that a dump needs.  CPU 0 is stopped in the read as soon as the read
holds kexec_lock, if it ever does, and crashes right there.

A crash inside of a load gets no dump, as the load may be half done.
"""
from story import *

MAINLINE_FAILS = r"panicked, and (the machine ended before a|no) capture kernel"

# If the read takes no lock, the crash comes when the function returns.
CRASH = """
hbreak crash_get_memory_size
continue
delete
set $top = $sp
set $n = 0
while $sp <= $top && !__kexec_lock.counter
  stepi
  set $n = $n + 1
end
printf "stopped after %d instructions, lock %d\\n", $n, __kexec_lock.counter
{crash}
detach
"""
CRASH_IN_LOAD = """
hbreak kimage_load_segment
continue
delete
printf "stopped after %d instructions, lock %d\\n", 0, __kexec_lock.counter
{crash}
detach
"""


def crash_in(kernel, script, command):
    """Crash CPU 0 where the script of gdb stops it; return a text that says where."""
    with Machine(kernel, gdb=True, cmdline="unknown_nmi_panic", name="read") as vm:
        load(vm)
        want = core.ranges_of(core.live_header(vm, core.find_header(vm)))
        vm.expect_panic = True
        process = gdb(vm, script.format(crash=crash_cpu_0(vm)))
        vm.start_command(f"taskset -p 1 $$ >/dev/null; {command}")
        out = gdb_output(process)
        match = re.search(r"^stopped after (\d+) instructions, lock (\d)$", out, re.M)
        if not match:
            raise HarnessError(f"gdb did not get there: {out[-500:]}")
        where = f"{match[1]} instructions into the function, kexec_lock {match[2]}"
        try:
            dumped, dump = capture(vm, timeout=180)
        except Failed as e:
            raise Failed(f"{where}: {e}")
        open_in_crash(vm, dump)
        if dumped != want:
            raise Failed(f"{where}: dump has {core.show(dumped)}, not {core.show(want)}")
        return f"{where}: a dump"


def read(kernel):
    return crash_in(kernel, CRASH, "cat /sys/kernel/kexec_crash_size")


def in_a_load(kernel):
    try:
        note = crash_in(kernel, CRASH_IN_LOAD,
                        "kexec -s -l /boot/Image --initrd=/boot/initramfs --command-line=panic=-1")
    except Failed as e:
        if re.search(MAINLINE_FAILS, str(e)):
            return "no dump, as documented"
        raise
    raise Failed(f"{note}: the crash path took the lock from a load")


CASES = {"kexec_crash_size": read, "control-a-load": in_a_load}
