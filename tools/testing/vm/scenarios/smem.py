# SPDX-License-Identifier: GPL-2.0-only
"""A phone: the boot firmware finds the minidump through SMEM.

Mainline's own qcom_smem driver, the back end on it, and a firmware that is a
program on the machine's memory file and shares no code with either.
"""
import hang
import instants
import qdl
import switch
from phone import *

CPU3 = "/sys/devices/system/cpu/cpu3/online"


def hung(kernel, option="", judge_more=None):
    with hang.start(kernel, option, kind=phone, name="phone") as vm:
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
        if judge_more:
            judge_more(vm, out, core_file)
        else:
            qdl.judge(out, vm.dir / "qdl")
            hang.judge_hung(*hang.judge(vm, core_file))
        return f"{len(regions)} regions, {size / MIB:.1f} MiB"


def hung_at_once(kernel):
    """Nobody has looked at what runs, and the stacks are there."""
    return hung(kernel, switch.ON, switch.judge)


DRIVER = "/sys/bus/platform/drivers/qcom-minidump"


def comes_and_goes(kernel):
    """The driver is unbound, and SMEM is as it was; and bound again."""
    def collects(when, wanted):
        vm.qmp("stop")
        status = firmware("collect", *smem(vm), "-o", vm.dir / when, statuses=(0, 1, 2)).returncode
        vm.qmp("cont")
        if (status == 0) != wanted:
            raise Failed(f"{when}: the firmware's exit status is {status}")

    def same(when):
        vm.qmp("stop")
        now = minidump.read_ram(vm, SMEM, SMEM_SIZE)
        vm.qmp("cont")
        if now != vm.smem_before:
            at = next(i for i, (a, b) in enumerate(zip(now, vm.smem_before)) if a != b)
            raise Failed(f"{when} SMEM is not as it was before the boot, from {at:#x} on")

    # The driver of SMEM can't be unbound, and is there before: that this one waits
    # for it is seen where SMEM is damaged.
    with phone(kernel, name="rebind") as vm:
        for i in range(3):
            collects(f"bound-{i}", True)
            vm.run(f"echo minidump > {DRIVER}/unbind")
            collects(f"unbound-{i}", False)
            same("after removal")
            vm.run(f"echo minidump > {DRIVER}/bind")
        collects("at-last", True)


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


# What the driver says of it in the log.
SAID = {
    "item-short": "SMEM item 602: 64 bytes, not 336",
    # Mainline takes the item to be where its size says: what is there is no table.
    "item-moved": "not set up by the firmware: status 0",
    "toc-status": "not set up by the firmware: status 0",
    "toc-revision": "revision 2 is unknown, not 1",
    "toc-disabled": "not enabled by the firmware: 0",
    "toc-enabled-odd": "not enabled by the firmware: 0x",
    "encryption-required": "the firmware requires encryption: 0x",
}
# SMEM itself is mainline's, which refuses what it looks at, or has no such item.
# Before it has probed the driver is deferred.
SMEM_SAID = r"qcom-minidump minidump: error -\w+: SMEM item 602|qcom-smem .*(error|\S)|" \
            r"smem\.c:\d+ qcom_smem|^minidump\s"


def refused(kernel, kind):
    """The driver keeps off what is damaged, and the machine runs on."""
    with phone(kernel, damage=kind, name=f"damage-{kind}") as vm:
        vm.allow_log = r"WARNING: .*drivers/soc/qcom/smem\.c"
        if vm.run("dmesg | grep 'minidump: Qualcomm SMEM: up to'", check=False)[0] == 0:
            raise Failed("the driver took it")
        said = vm.run("dmesg | grep -E 'qcom-(minidump|smem)|qcom_smem'; "
                      "cat /sys/kernel/debug/devices_deferred", check=False)[1]
        wanted = re.escape(f"qcom-minidump minidump: error -") + r"\w+: " + re.escape(SAID[kind]) \
            if kind in SAID else SMEM_SAID
        if not re.search(wanted, said, re.M):
            raise Failed(f"it says {said.strip()!r}, not {wanted}")
        vm.run("echo 0 > /sys/devices/system/cpu/cpu1/online; "
               "echo 1 > /sys/devices/system/cpu/cpu1/online")
        if minidump.read_ram(vm, SMEM, SMEM_SIZE) != vm.smem_before:
            raise Failed("SMEM was written to")
        run = firmware("collect", *smem(vm), "-o", vm.dir / "collected", statuses=(1, 2))
        if (vm.dir / "collected").exists():
            raise Failed(f"the firmware collected: {run.stdout}")
        return run.stderr.strip().splitlines()[-1].removeprefix("firmware: ")


def before_boot_kinds():
    rows = [line.split("\t") for line in firmware("damage", "--list").stdout.splitlines()]
    return [row[0] for row in rows if row[1] == "before-boot"]


def cases(kernel):
    return {"hung": hung, "hung-at-once": hung_at_once, "comes-and-goes": comes_and_goes, "debug-kinfo": debug_kinfo, "random-instants": random_instants} | {
        f"damage-{kind}": lambda k, kind=kind: refused(k, kind) for kind in before_boot_kinds()}

