# SPDX-License-Identifier: GPL-2.0-only
"""The work of udev and kdump-tools on a server while CPUs and memory are plugged.

Uses server, and tracepoints of the guest's kernel: an attempt to load an image is a
program kexec that starts; the system call's result tells whether it went well, also
where a filter of system calls refuses it.
"""
import re
from dataclasses import dataclass

from vm import Failed, HarnessError

TRACING = "/sys/kernel/tracing"
EVENTS = ("syscalls/sys_enter_kexec_load", "syscalls/sys_exit_kexec_load",
          "syscalls/sys_enter_kexec_file_load", "syscalls/sys_exit_kexec_file_load",
          "sched/sched_process_exec")
# KEXEC_FILE_UNLOAD; kexec_load unloads with no segments.
UNLOAD = 1


@dataclass
class Attempts:
    """The attempts to load or unload an image.

    runs: starts of kdump-config; kexec: starts of kexec; refused: system calls that failed;
    unloads, loads: those that went well; without: seconds between an unload and a load.
    """
    runs: int = 0
    kexec: int = 0
    refused: int = 0
    unloads: int = 0
    loads: int = 0
    without: float = 0

    def __str__(self):
        return (f"{self.loads} reloads, {self.refused} failed attempts, "
                f"{self.without:.1f} s without an image")


def start(vm):
    """Trace attempts from now on."""
    vm.run(f"mountpoint -q {TRACING} || mount -t tracefs none {TRACING}; cd {TRACING}; "
           "echo 'filename ~ \"*/kexec\" || filename ~ \"*/kdump-config\"' "
           ">events/sched/sched_process_exec/filter; echo 16384 >buffer_size_kb; " +
           "".join(f"echo 1 >events/{e}/enable; " for e in EVENTS))


def parse(trace):
    """Read a trace; fail if it does not add up."""
    found, entered, unloaded = Attempts(), {}, None
    for line in trace.splitlines():
        match = re.match(r"\s*(.+)-(\d+)\s+\[\d+\] \S+\s+([\d.]+): (.*)$", line)
        if not match:
            continue
        pid, when, what = match[2], float(match[3]), match[4]
        if what.startswith("sched_process_exec:"):
            if "kdump-config" in what:
                found.runs += 1
            else:
                found.kexec += 1
        elif call := re.match(r"sys_kexec_file_load\(.*flags: (\w+)\)", what):
            entered[pid] = bool(int(call[1], 16) & UNLOAD)
        elif call := re.match(r"sys_kexec_load\(.*nr_segments: (\w+),", what):
            entered[pid] = int(call[1], 16) == 0
        elif call := re.match(r"sys_kexec(?:_file)?_load -> (\w+)", what):
            # The call of a filtered process has no entry.
            unload, failed = entered.pop(pid, None), call[1] != "0x0"
            if failed:
                found.refused += 1
            elif unload:
                found.unloads += 1
                unloaded = when
            else:
                found.loads += 1
                if unloaded is not None:
                    found.without += when - unloaded
                unloaded = None
    if unloaded is not None:
        raise Failed(f"an image was unloaded, and none was loaded again: {found}")
    return found


def settle(vm, timeout=600):
    """Wait until udev is quiet."""
    vm.run(f"udevadm settle --timeout={timeout}", timeout=timeout + 30)


def take(vm):
    """Return the attempts since start() or the last call."""
    trace = vm.run(f"cd {TRACING}; cat trace; echo >trace")
    if re.search(r"entries-in-buffer/entries-written: (\d+)/(?!\1 )", trace):
        raise HarnessError("the trace buffer was too small")
    return parse(trace)


def loaded(vm):
    return vm.run("cat /sys/kernel/kexec_crash_loaded").strip() == "1"


def follows(vm):
    """The kernel says that the image follows hotplug."""
    return vm.run("cat /sys/devices/system/memory/crash_hotplug 2>/dev/null || echo 0").strip() == "1"
