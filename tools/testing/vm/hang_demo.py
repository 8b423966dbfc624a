# SPDX-License-Identifier: GPL-2.0-only
"""The demo's second act: a machine without kdump hangs, the firmware collects a few
MiB of its memory, and crash opens them."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "scenarios"))
import hang  # noqa: E402
import phone  # noqa: E402
from minidump import *  # noqa: E402,F403
from show import seen, show, step  # noqa: E402


def machine_that_hangs(kernel):
    """Start the machine; on arm64 it is a phone, whose firmware finds the table in SMEM."""
    if arch.of_kernel(kernel).name != "arm64":
        return hang.start(kernel, maxcpus=hang.CPUS, slots=2, maxmem="6G", name="hang-demo")
    return hang.start(kernel, kind=phone.phone, name="hang-demo")


def collected(vm, out):
    """Collect as the firmware does; return the regions and the core's path.

    Our tool writes the core, from memory or from the files.  The caller has to
    check that the files end to end are equal to it.
    """
    if vm.arch.name != "arm64":
        step("minidump collect: the regions that firmware would find in its memory")
        show(subprocess.run([TOOL, "collect", *ram(vm), "-o", out], capture_output=True,
                            text=True).stdout)
        return tool("check", out)["regions"], out / "minidump.core"
    step("The firmware finds the table through SMEM, and collects")
    show(phone.firmware("collect", *phone.smem(vm), "-o", vm.dir / "shown").stdout)
    regions = phone.collect(vm, out)
    assembled(out)
    return regions, out / "assembled.core"


def act(kernel):
    with machine_that_hangs(kernel) as vm:
        vm.run_release = vm.run("uname -r").strip()
        step("Another machine, 4 CPUs and 2 GiB, no kdump: the regions registered for a minidump")
        vm.run("echo 0 > /sys/devices/system/cpu/cpu3/online")
        show(vm.run(f"head -n 1 {DEBUGFS}/regions; tail -n 8 {DEBUGFS}/regions"))
        gone = "cpu3" not in names(vm)
        vm.run("echo 1 > /sys/devices/system/cpu/cpu3/online")
        seen("minidump: a CPU offline and online", "its data left the table, and is back",
             gone and "cpu3" in names(vm))

        step("CPU 2 hangs with interrupts off; nobody feeds the watchdog, which stops the machine")
        hang.hang(vm)
        out = vm.dir / "minidump"
        regions, core_file = collected(vm, out)
        parts = b"".join((out / r["file"]).read_bytes() for r in regions)
        seen("collect the minidump of the hang", f"{len(regions)} regions, "
             f"{len(parts) / MIB:.1f} MiB of 2 GiB", len(parts) < hang.LIMIT)
        seen("its files end to end are the core", "byte for byte",
             parts == core_file.read_bytes())

        step("The minidump in crash, unpatched and with no option")
        sys_out, log, ps = crash_utility(vm, core_file, ["sys", "log", "ps"])
        show(sys_out)
        show("crash> log | tail -n 3\n" + "\n".join(log.strip().splitlines()[-3:]))
        show("crash> ps\n" + ps)
        current, _ = hang.judge(vm, core_file)
        seen("open it in crash: log", log.strip().splitlines()[-1], "HARDLOCKUP" in log)
        seen("runq", "CPU 2 hangs in PID {}, {}".format(*current[2][1:]), current[2][2] == "sh")
