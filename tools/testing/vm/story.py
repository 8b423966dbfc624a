# SPDX-License-Identifier: GPL-2.0-only
"""The steps that scenarios are made of."""
import functools
import os
import re
import subprocess
import time

import arch
import core
from vm import BLOCK, BUILD, MIB, SUITE, Failed, HarnessError, Machine

MEMORY = "/sys/devices/system/memory"
# For check-long: more points and longer histories of the same kind.
LONG = bool(os.environ.get("HOTCORE_LONG"))


def tools(kernel, *names):
    """Our own programs, for Machine(files=...)."""
    directory = BUILD / f"guest-tools-{arch.of_kernel(kernel).name}"
    return {f"/usr/bin/{name}": directory / name for name in names}


def load(vm, how="-s"):
    """Load the capture kernel: -s is kexec_file_load; -c --hotplug kexec_load.

    The capture kernel sets plugged memory online by itself, as Debian's kernels do.
    """
    vm.run(f"kexec {how} -p /boot/Image --initrd=/boot/initramfs "
           f"--command-line='console={vm.arch.console} panic=-1 nr_cpus=1 reset_devices "
           "memhp_default_state=online'")


def auto_online(vm, how="online_movable"):
    vm.run(f"echo {how} > {MEMORY}/auto_online_blocks")


def online_blocks(vm):
    return int(vm.run(f"cat {MEMORY}/memory[0-9]*/online | grep -c 1"))


def wait_online(vm, count, timeout=30):
    vm.wait_for(f"[ $(cat {MEMORY}/memory[0-9]*/online | grep -c 1) -eq {count} ]", timeout,
                f"{count} memory blocks online")


def plug_memory(vm, name, mib=128):
    """Plug a DIMM, and wait until all of it is in use."""
    before = online_blocks(vm)
    vm.plug_dimm(name, mib)
    wait_online(vm, before + mib // 128)


def vmlinux(vm):
    return vm.kernel / "vmlinux"


@functools.cache
def symbols(kernel):
    """{name: (address, size, or 0 if it has none)} of vmlinux."""
    out = subprocess.run(["nm", "-S", kernel / "vmlinux"], capture_output=True, text=True, check=True)
    found = re.findall(r"^(\w+) (?:(\w+) )?\S (\S+)$", out.stdout, re.M)
    return {name: (int(address, 16), int(size or "0", 16)) for address, size, name in found}


def gdb(vm, script):
    """Start gdb on the machine, to run the script's commands."""
    path = vm.dir / "script.gdb"
    path.write_text(f"set confirm off\nset pagination off\ntarget remote {vm.gdb_socket}\n{script}")
    process = subprocess.Popen(["gdb" if vm.arch.native else "gdb-multiarch", "-batch", "-nx", "-x", str(path), str(vmlinux(vm))],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    # gdb stops the machine when it attaches, and resumes it to wait for the breakpoint.
    vm.wait_event("STOP", 120)
    vm.wait_event("RESUME", 120)
    return process


def crash_cpu_0(vm, event=""):
    """gdb's commands that crash CPU 0 where it is, with the breakpoint hit on it or elsewhere."""
    if vm.arch.name == "x86_64":
        return "monitor nmi"
    return ("thread 1\n" if event.endswith("elsewhere") else "") + \
        "set $x30 = $pc\nset $x0 = (long)init_uts_ns.name.sysname\nset $pc = (long)&panic"


class Stop:
    """The machine, stopped by gdb at a function until it is released."""

    def __init__(self, vm, function):
        self.fifo = vm.dir / "fifo"
        self.fifo.unlink(missing_ok=True)
        os.mkfifo(self.fifo)
        # Open it for reading and writing, so that neither side waits for the other to open it.
        self.writer = os.open(self.fifo, os.O_RDWR)
        self.vm = vm
        self.process = gdb(vm, f"hbreak {function}\ncontinue\nshell head -n 1 {self.fifo}\n"
                               "delete\ndetach\n")

    def wait(self, timeout=60):
        self.vm.wait_event("STOP", timeout)

    def release(self):
        os.write(self.writer, b"go\n")
        gdb_output(self.process)
        os.close(self.writer)


def gdb_output(process, timeout=60):
    try:
        return process.communicate(timeout=timeout)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        raise HarnessError("gdb did not come back: " + process.communicate()[0][-500:])


def capture(vm, timeout=60, options=""):
    """Wait for the capture kernel and take the dump; as take_dump()."""
    vm.wait_hello("capture", timeout)
    return take_dump(vm, options)


def take_dump(vm, options="", prefix=""):
    """Take the dump to the machine's disk, in the capture kernel; prefix is a command that runs makedumpfile.

    Pages are compressed only if makedumpfile's options say so: in an emulated machine
    that takes as long as the rest of the dump.

    Returns the ranges that /proc/vmcore had, and the dump, in makedumpfile's
    flattened format, as a file that lasts as long as the machine.
    """
    ranges = core.vmcore_ranges(vm)
    status, out = vm.run(f"set -o pipefail; {prefix} makedumpfile --message-level 4 -d 23 {options} -F /proc/vmcore 2>/tmp/err | "
                         "dd of=/dev/vda bs=64k conv=fsync 2>/dev/null; "
                         "s=$?; cat /tmp/err; exit $s",
                         timeout=300, check=False)
    if status:
        raise Failed(f"makedumpfile: {out.strip()[-300:]}")
    return ranges, vm.disk


def crash_command(of):
    """Return the command of the crash utility for dumps of the architecture."""
    if of.name != "x86_64":
        return [BUILD / f"crash-{of.name}-{SUITE}/crash"]
    root = BUILD / f"debian-crash-{SUITE}"
    loader = next((root / "usr/lib64").glob("ld-linux*"))
    libs = ":".join(str(p) for p in sorted((root / "usr/lib").glob("*-linux-gnu*")))
    return [loader, "--library-path", libs, root / "usr/bin/crash"]


def crash_utility(vm, dump, commands, timeout=120, options=()):
    """Run commands of the crash utility; return the output of each, split at marks."""
    script = "".join(f"{c}\necho =====\n" for c in commands) + "quit\n"
    run = subprocess.run([*crash_command(vm.arch), "-s", "--no_scroll", *options, vmlinux(vm), dump],
                         input=script.replace("echo =====", "!echo =====", -1),
                         capture_output=True, text=True, timeout=timeout,
                         cwd=vm.dir, env={"HOME": str(vm.dir), "TERM": "dumb",
                                          "PATH": "/usr/bin:/bin"})
    parts = run.stdout.split("=====\n")
    if run.returncode or len(parts) <= len(commands):
        raise Failed(f"crash could not open the dump: {(run.stdout + run.stderr).strip()[-500:]}")
    return parts[:len(commands)]


def open_in_crash(vm, dump):
    """Fail unless the dump opens in crash, which finds the panic and its stack."""
    sys, bt = crash_utility(vm, dump, ["sys", "bt"])
    if "PANIC:" not in sys or not re.search(r"#\d+ \[", bt):
        raise Failed(f"crash opened the dump without panic or stack: {sys} {bt}")
    return sys, bt
