# SPDX-License-Identifier: GPL-2.0-only
"""A phone: the boot firmware finds the minidump through SMEM.

Mainline's own qcom_smem driver, the back end on it, and a firmware that is a
program on the machine's memory file and shares no code with either.
"""
import hang
import instants
import qdl
from phone import *

CPU3 = "/sys/devices/system/cpu/cpu3/online"


def hung(kernel):
    with hang.start(kernel, kind=phone, name="phone") as vm:
        vm.run_release = vm.run("uname -r").strip()
        for state in "01":
            vm.run(f"echo {state} > {CPU3}")
        hang.hang(vm)
        out = vm.dir / "minidump"
        regions = collect(vm, out)
        core_file = core_of(out, regions)
        size = core_file.stat().st_size
        if size > hang.LIMIT:
            raise Failed(f"{size} bytes, more than {hang.LIMIT}")
        qdl.judge(out, vm.dir / "qdl")
        hang.judge_hung(*hang.judge(vm, core_file))
        return f"{len(regions)} regions, {size / MIB:.1f} MiB"


def random_instants(kernel):
    return instants.instants(kernel, Firmware)


def debug_kinfo(kernel):
    """The other reader of the table: where a boot loader finds symbols."""
    wanted = ("_text", "_stext", "_etext", "linux_banner", "init_task", "swapper_pg_dir",
              "meminspect_traverse")
    nm = subprocess.run(["nm", kernel / "vmlinux"], capture_output=True, text=True, check=True)
    addresses = {f[2]: int(f[0], 16) for f in map(str.split, nm.stdout.splitlines()) if len(f) == 3}
    with phone(kernel, name="kinfo") as vm:
        vm.qmp("stop")
        args = [a for name in wanted for a in ("--symbol", name)]
        report = minidump.tool("kinfo", *ram(vm), "--address", hex(KINFO), *args)
        for symbol in report["symbols"]:
            offset = addresses[symbol["name"]] - addresses["_text"]
            if symbol["offset"] != offset:
                raise Failed(f"{symbol['name']}: offset {symbol['offset']:#x}, not {offset:#x}")
        found = {s["name"] for s in report["symbols"]}
        if not found >= set(wanted):
            raise Failed(f"of the symbols there are only {sorted(found)}")
        return f"{len(found)} symbols by the kernel's own tables"


# What a kernel's own drivers may say of damaged SMEM: mainline's warns.
REFUSED = re.compile(r"qcom[-_]minidump|qcom-smem|qcom_smem")


def refused(kernel, kind):
    """The driver keeps off what is damaged, and the machine runs on."""
    with phone(kernel, damage=kind, name=f"damage-{kind}") as vm:
        vm.allow_log = r"WARNING: .*drivers/soc/qcom/smem\.c"
        if vm.run("dmesg | grep 'minidump: Qualcomm SMEM: up to'", check=False)[0] == 0:
            raise Failed("the driver took it")
        said = vm.run("dmesg | grep -E 'qcom-(minidump|smem)|qcom_smem'; "
                      "cat /sys/kernel/debug/devices_deferred", check=False)[1]
        if not REFUSED.search(said) and "minidump" not in said:
            raise Failed("nothing was said of it")
        vm.run("echo 0 > /sys/devices/system/cpu/cpu1/online; "
               "echo 1 > /sys/devices/system/cpu/cpu1/online")
        run = firmware("collect", *smem(vm), "-o", vm.dir / "collected", statuses=(1, 2))
        if (vm.dir / "collected").exists():
            raise Failed(f"the firmware collected: {run.stdout}")
        return run.stderr.strip().splitlines()[-1].removeprefix("firmware: ")


def before_boot_kinds():
    rows = [line.split("\t") for line in firmware("damage", "--list").stdout.splitlines()]
    return [row[0] for row in rows if row[1] == "before-boot"]


def cases(kernel):
    return {"hung": hung, "debug-kinfo": debug_kinfo, "1000-random-instants": random_instants} | {
        f"damage-{kind}": lambda k, kind=kind: refused(k, kind) for kind in before_boot_kinds()}

