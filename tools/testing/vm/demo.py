#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The main job, from a running machine to an opened dump: demo.py KERNEL"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import hang_demo  # noqa: E402
from show import seen, show, step, summary  # noqa: E402
from story import *  # noqa: E402,F403

TEXT = "written to memory that was plugged while the kernel ran"
VALID = "kexec_crash_image->crash_segment->hdr.journal.valid"
STEP = """
hbreak elfcorehdr_commit
continue
while {valid} == 0
  stepi
end
stepi 7
printf "stopped in the update, journal valid %d\\n", {valid}
{crash}
delete
detach
"""

def header(vm):
    out = vm.run("elfcorehdr show")
    show(out)
    status, exact = vm.run("elfcorehdr check", check=False)
    exact = exact.strip().splitlines()[-1]
    show(exact)
    return status == 0, exact


def wait_diff(vm):
    """Print and return the header's changes since the last call."""
    status, out = vm.run("elfcorehdr diff /tmp/before /sys/kernel/debug/crash_hotplug/elfcorehdr; "
                         "s=$?; cp /sys/kernel/debug/crash_hotplug/elfcorehdr /tmp/before; exit $s",
                         check=False)
    show(out)
    return out.strip()


def kdump_act(kernel):
    with Machine(kernel, slots=4, maxmem="4G", maxcpus=4, gdb=True, cmdline="unknown_nmi_panic",
                 files=tools(kernel, "elfcorehdr", "pattern"), name="demo") as vm:
        first = vm.first_block * BLOCK
        step(f"A machine with 2 CPUs and 512 MiB, kernel {vm.run('uname -r').strip()} ({vm.accel})")
        step("kexec -s -p loads the capture kernel; this is its header")
        load(vm)
        good, exact = header(vm)
        seen("load kdump with kexec -s -p", exact, good)
        vm.run("cp /sys/kernel/debug/crash_hotplug/elfcorehdr /tmp/before")

        step("A CPU goes online: the header has all possible CPUs from the start")
        vm.plug_cpu()
        vm.wait_for("[ -e /sys/devices/system/cpu/cpu2/online ]")
        vm.run("echo 1 > /sys/devices/system/cpu/cpu2/online")
        out = wait_diff(vm)
        cpus = vm.run("cat /sys/devices/system/cpu/online").strip()
        seen("a CPU comes", f"CPUs {cpus} online, header: {out}",
             cpus == "0-2" and out == "no difference")

        step("QEMU plugs a DIMM of 256 MiB: the header gains it")
        auto_online(vm)
        plug_memory(vm, "one", 256)
        out = wait_diff(vm)
        seen("plug a DIMM", out, "added" in out and f"{first:x} - {first + 2 * BLOCK - 1:x}" in out)

        step("QEMU unplugs it: it is removed from the header")
        vm.unplug_dimm("one")
        out = wait_diff(vm)
        seen("unplug the DIMM", out, "removed" in out and f"{first:x} - {first + 2 * BLOCK - 1:x}" in out)
        good, exact = header(vm)
        seen("the header after it", exact, good)

        step("Another DIMM; a program writes a text into it")
        plug_memory(vm, "two", 128)
        vm.run(f"pattern {first:#x} {first + BLOCK:#x} '{TEXT}' > /tmp/where 2>&1 &")
        vm.wait_for("[ -s /tmp/where ]")
        where = vm.run("cat /tmp/where").strip()
        if not where.startswith("0x"):
            raise HarnessError(where)
        show(f"'{TEXT}' is at physical address {where}")

        step("A third DIMM; the machine crashes in the middle of the header's update")
        old = core.true_ranges(vm)
        auto_online(vm, "offline")
        vm.plug_dimm("three", 128)
        vm.wait_for(f"[ -e {MEMORY}/memory{vm.first_block + 1} ]")
        process = gdb(vm, STEP.format(crash=crash_cpu_0(vm), valid=VALID))
        vm.expect_panic = True
        vm.start_command(f"taskset -p 1 $$ >/dev/null; echo online_movable > {MEMORY}/memory{vm.first_block + 1}/state")
        out = gdb_output(process)
        stopped = re.search(r"stopped in the update.*", out)
        if not stopped:
            raise HarnessError(f"gdb did not get into the update: {out[-400:]}")
        show(stopped[0])

        step("The capture kernel boots and runs makedumpfile")
        ranges, dump = capture(vm, options="-c")
        show("/proc/vmcore: " + core.show(ranges))
        new = core.merge(old + [(first + BLOCK, first + 2 * BLOCK)])
        seen("crash in the middle of an update", "the dump has the memory " +
             ("after it" if ranges == new else "before it" if ranges == old else "of neither"),
             ranges == new and "journal valid 1" in stopped[0])

        step("The dump in crash")
        sys_out, bt, rd = crash_utility(vm, dump, ["sys", "bt", f"rd -p -a {where} {len(TEXT)}"])
        show(sys_out)
        show(bt)
        show(f"crash> rd -p -a {where}\n{rd}")
        seen("open it in crash: sys", re.search(r"PANIC: .*", sys_out)[0] if "PANIC" in sys_out else "?",
             "Kernel panic" in sys_out)
        seen("bt", "is in the update" if "crash_hotplug_event" in bt else "?",
             "crash_hotplug_event" in bt)
        seen("read the text in plugged memory", f"'{TEXT}'" if TEXT in rd else "not found", TEXT in rd)


def main():
    kernel = Path(sys.argv[1]).resolve()
    kdump_act(kernel)
    hang_demo.act(kernel)
    return 0 if summary() else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failed, HarnessError) as e:
        sys.exit(f"demo: {e}")
