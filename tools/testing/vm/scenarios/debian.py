# SPDX-License-Identifier: GPL-2.0-only
"""A Debian server, as its administrator has it: systemd, udev, kdump-tools.

Memory and CPUs are plugged and unplugged under systemd-udevd with kdump-tools armed.
With our kernel and our rule nothing may be loaded again; on mainline, with kdump-tools'
own rule, the same events are counted, to compare.
"""
import base64
import json
import time
from dataclasses import asdict

import dump_file
import kdump_tools
from demo import STEP, VALID
from server import Server
from story import *

MAINLINE_FAILS = r"^\d+ reloads, [1-9]\d* failed attempts|stale 0x"
DIMMS, DIMM_MIB = 16, 256
CPUS = 9
# The administrator wants to unplug it again.
MOVABLE = "memhp_default_state=online_movable"
FIGURES = BUILD / "figures"
TEXT = "written to memory that was plugged into a server"


def ours(kernel):
    return "crash_hotplug_event" in symbols(kernel)


def armed(vm):
    """Fail unless the boot has loaded the image by kdump-tools, so that it follows hotplug."""
    if not kdump_tools.loaded(vm):
        raise Failed("kdump-tools has loaded no image: " +
                     vm.run("systemctl status kdump-tools | tail -n 5", check=False)[1].strip())
    if not ours(vm.kernel):
        return
    if "bookworm" in vm.kernel.name and not kdump_tools.follows(vm):
        # As crash-hotplug.rst has it for Debian 12.
        vm.run("echo 'KDUMP_KEXEC_ARGS=\"-s\"' >>/etc/default/kdump-tools; kdump-config reload", timeout=120)
    if not kdump_tools.follows(vm):
        raise Failed("the image that kdump-tools has loaded does not follow hotplug")


def exact(vm, when):
    """The header is exact, as our tool says in the server, and as the memory shows from outside."""
    found = core.headers(vm)
    if ours(vm.kernel):
        status, out = vm.run("elfcorehdr check", check=False)
        if status:
            raise Failed(f"{when}: elfcorehdr check: {out.strip()[-300:]}")
        # debugfs shows the live one.
        live = base64.b64decode(vm.run("base64 -w 0 /sys/kernel/debug/crash_hotplug/elfcorehdr"))
        found = [at for at in found if vm.physical(at, len(live)) == live]
    if len(found) != 1:
        raise HarnessError(f"{len(found)} core headers in the reservation may be the live one")
    # Debian 12 loads by kexec_load, with a header that kexec-tools has made.
    core.check_exact(vm, found[0], when,
                     by_kexec_tools=not ours(vm.kernel) and "bookworm" in vm.kernel.name)


class Tally:
    """The attempts and the time of each kind of event; raises at the end."""

    def __init__(self, vm):
        self.vm, self.rows, self.inexact = vm, {}, []

    def event(self, kind, event):
        """Let an event happen, and wait until udev is quiet."""
        start = time.monotonic()
        event()
        kdump_tools.settle(self.vm)
        seconds = time.monotonic() - start
        row = self.rows.setdefault(kind, {"events": 0, "seconds": 0, "longest": 0, "runs": 0, "kexec": 0,
                                          "refused": 0, "unloads": 0, "loads": 0, "without": 0, "inexact": 0})
        got = asdict(kdump_tools.take(self.vm))
        row["events"] += 1
        row["seconds"] += seconds
        row["longest"] = max(row["longest"], seconds)
        for key, value in got.items():
            row[key] += value
        try:
            exact(self.vm, f"after {kind} {row['events']}")
        except Failed as e:
            row["inexact"] += 1
            self.inexact.append(str(e))

    def total(self, key):
        return sum(row[key] for row in self.rows.values())

    def judge(self):
        text = (f"{self.total('loads')} reloads, {self.total('refused')} failed attempts, "
                f"{self.total('runs')} runs of kdump-config, {self.total('without'):.1f} s without an image, "
                f"header not exact after {self.total('inexact')} of {self.total('events')} events")
        if any(self.total(key) for key in ("loads", "refused", "runs", "inexact")):
            raise Failed(f"{text}{'; ' if self.inexact else ''}{self.inexact[0] if self.inexact else ''}")
        return text


def plug(vm, number):
    plug_memory(vm, f"dimm{number}", DIMM_MIB)


def run_events(vm, dimms, cpus):
    kdump_tools.start(vm)
    tally = Tally(vm)
    for n in range(dimms):
        tally.event("DIMM plugged", lambda n=n: plug(vm, n))
    for n in range(1, cpus):
        tally.event("CPU offline", lambda n=n: vm.run(f"echo 0 >/sys/devices/system/cpu/cpu{n}/online"))
    for n in range(1, cpus):
        tally.event("CPU online", lambda n=n: vm.run(f"echo 1 >/sys/devices/system/cpu/cpu{n}/online"))
    for n in range(dimms):
        tally.event("DIMM unplugged", lambda n=n: vm.unplug_dimm(f"dimm{n}"))
    return tally


def events(kernel):
    with Server(kernel, cpus=CPUS, cmdline=MOVABLE, files=programs(kernel), name="events") as vm:
        armed(vm)
        tally = run_events(vm, DIMMS, CPUS)
        FIGURES.mkdir(exist_ok=True)
        (FIGURES / f"{kernel.name}.json").write_text(json.dumps(tally.rows, indent=1))
        verdict = tally.judge()
        # And after all that, a crash.
        plug(vm, 0)
        want, where = core.true_ranges(vm), write_text(vm)
        vm.crash()
        return f"{verdict}; {judge_dump(vm, want, where)}"


def short(kernel):
    """One DIMM and one CPU, for make check."""
    with Server(kernel, cpus=2, cmdline=MOVABLE, name="short") as vm:
        armed(vm)
        return run_events(vm, 1, 2).judge()


def crash_in_update(kernel):
    """The machine crashes in the middle of the update for a DIMM."""
    with Server(kernel, cmdline="memhp_default_state=offline unknown_nmi_panic", gdb=True,
                files=programs(kernel), name="update") as vm:
        armed(vm)
        vm.plug_dimm("dimm0", DIMM_MIB)
        block = vm.first_block
        vm.wait_for(f"[ -e {MEMORY}/memory{block + 1} ]")
        vm.run(f"echo online_movable >{MEMORY}/memory{block}/state")
        kdump_tools.settle(vm)
        where = write_text(vm)
        old = core.true_ranges(vm)
        process = gdb(vm, STEP.format(crash=crash_cpu_0(vm), valid=VALID))
        vm.expect_panic = True
        vm.start_command(f"taskset -p 1 $$ >/dev/null; echo online_movable >{MEMORY}/memory{block + 1}/state")
        out = gdb_output(process)
        if "journal valid 1" not in out:
            raise HarnessError(f"gdb did not get into the update: {out[-400:]}")
        new = core.merge([*old, ((block + 1) * BLOCK, (block + 2) * BLOCK)])
        return judge_dump(vm, new, where)


def loads(kernel):
    """Reload, unload and load again while memory comes and goes; the check as a service."""
    with Server(kernel, cmdline=MOVABLE, name="loads") as vm:
        armed(vm)
        plug(vm, 0)
        vm.run("kdump-config reload", timeout=120)
        exact(vm, "after a reload")
        vm.run("systemctl start elfcorehdr-check.service")
        vm.run("kdump-config unload")
        plug(vm, 1)
        check_fails(vm, "no crash image is loaded")
        vm.run("kdump-config load", timeout=120)
        exact(vm, "after a load with memory that was plugged without an image")
        vm.unplug_dimm("dimm0")
        kdump_tools.settle(vm)
        exact(vm, "after unplug")
        vm.run("systemctl start elfcorehdr-check.service; systemctl enable --now elfcorehdr-check.timer")
        if vm.run("systemctl --failed --plain --no-legend").strip():
            raise Failed("a unit has failed: " + vm.run("systemctl --failed --plain --no-legend"))


def check_fails(vm, reason):
    """Fail unless the service shows as failed, for this reason."""
    vm.run("systemctl start elfcorehdr-check.service", check=False)
    failed = vm.run("systemctl --failed --plain --no-legend")
    said = vm.run("journalctl -b -u elfcorehdr-check --output=cat")
    if "elfcorehdr-check.service" not in failed or reason not in said:
        raise Failed(f"the check's service: failed units {failed.strip()}; it said {said.strip()[-300:]}")
    vm.run("systemctl reset-failed")


def booted(kernel):
    """The machine boots with a DIMM that was plugged before."""
    with Server(kernel, cmdline=MOVABLE, objects=["memory-backend-ram,id=mem-early,size=256M"],
                devices=["pc-dimm,id=early,memdev=mem-early"], name="booted") as vm:
        armed(vm)
        start = vm.first_block * BLOCK
        if core.subtract([(start, start + 2 * BLOCK)], core.true_ranges(vm)):
            raise HarnessError(f"the DIMM is not in use: {core.show(core.true_ranges(vm))}")
        exact(vm, "after the boot")
        plug(vm, 0)
        exact(vm, "after another DIMM")
        vm.unplug_dimm("dimm0")
        kdump_tools.settle(vm)
        exact(vm, "after its unplug")


def high_and_low(kernel):
    """The reservation has a high part and a low one."""
    with Server(kernel, memory="6G", crashkernel="192M,high crashkernel=72M,low", cmdline=MOVABLE,
                files=programs(kernel), name="high") as vm:
        armed(vm)
        parts = core.reservations(vm)
        if len(parts) != 2 or parts[1][0] < 1 << 32:
            raise HarnessError(f"the reservation is {core.show(parts)}")
        plug(vm, 0)
        exact(vm, "after a DIMM")
        plug(vm, 1)
        vm.unplug_dimm("dimm1")
        kdump_tools.settle(vm)
        exact(vm, "after unplug of another")
        want, where = core.true_ranges(vm), write_text(vm)
        vm.crash()
        return judge_dump(vm, want, where)


def not_followed(kernel):
    """An image without room, which does not follow: kdump-tools reloads as it does without us."""
    with Server(kernel, cmdline=MOVABLE, name="not-followed") as vm:
        armed(vm)
        vm.run("echo 'KDUMP_KEXEC_ARGS=-c' >>/etc/default/kdump-tools; kdump-config reload", timeout=120)
        if not kdump_tools.loaded(vm) or kdump_tools.follows(vm):
            raise HarnessError("the image follows hotplug, or there is none")
        check_fails(vm, "does not follow hotplug")
        kdump_tools.start(vm)
        plug(vm, 0)
        kdump_tools.settle(vm)
        with_rule = kdump_tools.take(vm)
        # The machine as it was before our package came.
        vm.run("dpkg --purge hotcore-tools")
        if vm.run("ls /run/udev/rules.d 2>/dev/null", check=False)[1].strip():
            raise Failed("the package's rule stays when the package is gone")
        plug(vm, 1)
        kdump_tools.settle(vm)
        without = kdump_tools.take(vm)
        said = f"{with_rule.runs} runs of kdump-config for a DIMM with our rule, {without.runs} with its own"
        if with_rule.runs != without.runs or not with_rule.runs or with_rule.loads != without.loads:
            raise Failed(said)
        return f"{said}; {with_rule}"


def programs(kernel):
    return [tools(kernel, "pattern")["/usr/bin/pattern"]]


def write_text(vm):
    """Keep a text in the first block of plugged memory; return its address."""
    vm.mount_files()
    # The dump is to have the pages of programs, too.
    vm.run("sed -i 's/^#*MAKEDUMP_ARGS=.*//' /etc/default/kdump-tools; "
           "echo 'MAKEDUMP_ARGS=\"-F -c -d 23\"' >>/etc/default/kdump-tools")
    first = vm.first_block * BLOCK
    vm.run(f"/mnt/files/pattern {first:#x} {first + BLOCK:#x} '{TEXT}' >/run/where 2>&1 &")
    vm.wait_for("[ -s /run/where ]")
    where = vm.run("cat /run/where; sync").split()[0]
    if not where.startswith("0x"):
        raise HarnessError(where)
    return where


def judge_dump(vm, want, where):
    """Wait for the dump that kdump-tools writes, and for the boot after it; open it in crash."""
    vm.wait_reboot(600)
    dumps = vm.run("ls /var/crash/*/dump.* 2>&1", check=False)[1].split()
    if len(dumps) != 1:
        raise Failed(f"dumps in /var/crash: {' '.join(dumps)}; log ends: {vm.log_tail(10)}")
    size = vm.run(f"stat -c %s {dumps[0]}").strip()
    armed(vm)
    vm.power_off()
    dump = vm.file(dumps[0], vm.dir / "dump")
    if dump.stat().st_size != int(size):
        raise HarnessError(f"the dump has {dump.stat().st_size} bytes, not {size}")
    open_in_crash(vm, dump)
    rd = crash_utility(vm, dump, [f"rd -p -a {where} {len(TEXT)}"])[0]
    if TEXT not in rd:
        raise Failed(f"the text in plugged memory: {rd.strip()[:200]}")
    if dump_file.ranges(dump) != want:
        raise Failed(f"the dump has {core.show(dump_file.ranges(dump))}, not {core.show(want)}")
    return f"a dump of {int(size) >> 20} MiB opens in crash, with the text in plugged memory"


CASES = {
    "short": short,
    "events": events,
    "crash-in-update": crash_in_update,
    "loads": loads,
    "booted-with-a-dimm": booted,
    "high-and-low": high_and_low,
    "not-followed": not_followed,
}
