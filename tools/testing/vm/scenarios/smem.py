# SPDX-License-Identifier: GPL-2.0-only
"""A phone: the boot firmware finds the minidump through SMEM.

The test runs mainline's own qcom_smem driver, the back end on top of it, and a
firmware, which is a program on the machine's memory files and shares no code
with either.
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
    """No CPU has looked at the running tasks, and the dump has the stacks."""
    return hung(kernel, switch.ON, switch.judge)


DRIVER = "/sys/bus/platform/drivers/qcom-minidump"


def comes_and_goes(kernel):
    """The driver is unbound, which restores SMEM, and bound again."""
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

    # SMEM's driver can't be unbound, and is bound before ours: the cases of damaged
    # SMEM test that ours waits for it.
    with phone(kernel, name="rebind") as vm:
        for i in range(3):
            collects(f"bound-{i}", True)
            vm.run(f"echo minidump > {DRIVER}/unbind")
            collects(f"unbound-{i}", False)
            same("after removal")
            vm.run(f"echo minidump > {DRIVER}/bind")
        collects("at-last", True)


def capture_kernel(kernel):
    """The capture kernel finds the same device tree, and leaves SMEM and tables as they were."""
    # With the watch on, the image may be written anew between the first look and the crash.
    with phone(kernel, name="capture", cmdline="meminspect.watch_ms=0") as vm:
        load(vm)
        vm.qmp("stop")
        before = collect(vm, vm.dir / "before")
        vm.qmp("cont")
        minidump.crash_into_capture(vm, "Qualcomm SMEM:")
        out = vm.dir / "minidump"
        after = collect(vm, out)
        if after[0] != before[0]:
            raise Failed(f"the header was {before[0]}, and is {after[0]}")
        minidump.judge_crashed(vm, core_of(out, after))


def random_instants(kernel):
    return instants.instants(kernel, Firmware)


def debug_kinfo(kernel):
    """debug-kinfo, the other reader of the table, by which a boot loader finds symbols."""
    wanted = ("_text", "_stext", "_etext", "linux_banner", "init_task", "swapper_pg_dir",
              "meminspect_traverse")
    places = symbols(kernel)
    with phone(kernel, name="kinfo") as vm:
        vm.qmp("stop")
        args = [a for name in wanted for a in ("--symbol", name)]
        report = minidump.tool("kinfo", *ram(vm), "--address", hex(KINFO), *args)
        for symbol in report["symbols"]:
            offset = places[symbol["name"]][0] - places["_text"][0]
            if symbol["offset"] != offset:
                raise Failed(f"{symbol['name']}: offset {symbol['offset']:#x}, not {offset:#x}")
        found = {s["name"] for s in report["symbols"]}
        if not found >= set(wanted):
            raise Failed(f"of the symbols there are only {sorted(found)}")
        return f"{len(found)} symbols by the kernel's own tables"


# All messages of our driver when SMEM is usable.  NO_ITEM and BAD_ITEM are errors of
# mainline's qcom_smem_get(): there is no such item, or no sound one.
NO_ITEM = r"-(ENOENT|2): SMEM item 602"
BAD_ITEM = r"-(EINVAL|22): SMEM item 602"
SAID = {
    "info-magic": BAD_ITEM,
    "info-few": BAD_ITEM,
    "items-none": NO_ITEM,
    "items-in-head": NO_ITEM,
    "item-missing": NO_ITEM,
    "item-canary": BAD_ITEM,
    "item-short": r"-\w+: SMEM item 602: 64 bytes, not 336",
    "item-padding": BAD_ITEM,
    "item-huge": BAD_ITEM,
    # Mainline takes the item to be where its padding says: no table is there.
    "item-moved": r"-\w+: not set up by the firmware: status 0x0",
    "item-unaligned": r"-\w+: SMEM item 602: not aligned",
    "item-loop": BAD_ITEM,
    "toc-status": r"-\w+: not set up by the firmware: status 0x0",
    "toc-revision": r"-\w+: revision 2 is unknown, not 1",
    "toc-disabled": r"-\w+: not enabled by the firmware: 0x0",
    "toc-enabled-odd": r"-\w+: not enabled by the firmware: 0x1",
    "encryption-required": r"-\w+: the firmware requires encryption: 0x[0-9a-f]+",
}
# (error, message) of mainline's driver of SMEM when it refuses SMEM as a whole; None if it
# logs nothing.  Its probe fails with the error, and ours waits for it.
SMEM_SAID = {
    "not-initialized": (22, r"SMEM is not initialized by SBL"),
    "head-not-zero": (22, r"SMEM is not initialized by SBL"),
    # The heap that this version has instead is empty.
    "version-old": (12, None),
    "version-new": (22, r"Unsupported SMEM version 0xd0000"),
    "table-magic": (2, None),
    "table-version": (22, r"Unsupported partition header version 2"),
    "table-empty": (22, r"Missing entry for global partition"),
    "entry-hosts": (22, r"Missing entry for global partition"),
    "entry-empty": (22, r"Missing entry for global partition"),
    "entry-outside": (22, r"bad partition magic .*"),
    "entry-in-head": (22, r"bad partition magic .*"),
    "entry-wraps": (22, r"bad partition size \(\d+ != 4294963200\)"),
    "partition-magic": (22, r"bad partition magic .*"),
    "partition-hosts": (22, r"bad host1 \(65534 != 1\)"),
    "partition-size": (22, r"bad partition size \(4096 != \d+\)"),
    "items-outside": (22, r"bad partition free uncached \(4294967295 > \d+\)"),
}
# Mainline's driver logs this before it finds item 602 to be unsound.
SMEM_CANARY = r"Found invalid canary in hosts 65534:65534 partition"


def judge_said(kind, log, deferred):
    """Fail unless the drivers have logged the messages of the kind, and no others."""
    by = {name: re.findall(rf"(?:^|\] ){name} \S+: (.*)$", log, re.M) for name in ("qcom-smem", "qcom-minidump")}
    waits = re.search(r"^minidump\s", deferred, re.M) is not None
    if kind in SMEM_SAID:
        error, message = SMEM_SAID[kind]
        smem_wanted = [message] if message else []
        smem_wanted.append(rf"probe with driver qcom-smem failed with error -{error}")
        wanted = {"qcom-smem": smem_wanted, "qcom-minidump": []}
    else:
        wanted = {"qcom-smem": [SMEM_CANARY] if kind == "item-canary" else [],
                  "qcom-minidump": ["error " + SAID[kind]]}
    for name, messages in wanted.items():
        said = by[name]
        # The driver core may add that our probe has failed; our driver has logged that itself.
        if name == "qcom-minidump":
            said = [line for line in said if not line.startswith("probe with driver")]
        if len(said) != len(messages) or any(not re.fullmatch(m, line) for m, line in zip(messages, said)):
            raise Failed(f"{name} says {said}, not {messages or 'nothing'}")
    if waits != (kind in SMEM_SAID):
        raise Failed(f"our driver {'waits' if waits else 'does not wait'} for SMEM: {deferred!r}")


def refused(kernel, kind, warns):
    """The driver refuses damaged SMEM, and the machine runs on."""
    with phone(kernel, damage=kind, name=f"damage-{kind}") as vm:
        if warns:
            vm.allow_log = r"WARNING: .*drivers/soc/qcom/smem\.c"
        if vm.run("dmesg | grep 'minidump: Qualcomm SMEM: up to'", check=False)[0] == 0:
            raise Failed("the driver took it")
        judge_said(kind, vm.run("dmesg"), vm.run("cat /sys/kernel/debug/devices_deferred"))
        vm.run("echo 0 > /sys/devices/system/cpu/cpu1/online; "
               "echo 1 > /sys/devices/system/cpu/cpu1/online")
        if minidump.read_ram(vm, SMEM, SMEM_SIZE) != vm.smem_before:
            raise Failed("SMEM was written to")
        run = firmware("collect", *smem(vm), "-o", vm.dir / "collected", statuses=(1, 2))
        if (vm.dir / "collected").exists():
            raise Failed(f"the firmware collected: {run.stdout}")
        return run.stderr.strip().splitlines()[-1].removeprefix("firmware: ")


def before_boot_kinds():
    """{kind: True if mainline's driver warns of it}; each kind must have an expected message."""
    rows = [line.split("\t") for line in firmware("damage", "--list").stdout.splitlines()]
    kinds = {row[0]: "mainline warns" in row[2] for row in rows if row[1] == "before-boot"}
    differ = sorted(kinds.keys() ^ (SAID.keys() | SMEM_SAID.keys()))
    if differ:
        raise HarnessError(f"kinds of damage without a message, or messages without a kind: {differ}")
    return kinds


def cases(kernel):
    return {"hung": hung, "hung-at-once": hung_at_once, "comes-and-goes": comes_and_goes,
            "debug-kinfo": debug_kinfo, "capture-kernel": capture_kernel, "random-instants": random_instants} | {
        f"damage-{kind}": lambda k, kind=kind, warns=warns: refused(k, kind, warns)
        for kind, warns in before_boot_kinds().items()}
