# SPDX-License-Identifier: GPL-2.0-only
"""The firmware's part of a minidump: a machine's memory, seen from outside."""
import json
import subprocess

from story import *
from vm import MIB

TOOL = BUILD / "tools/minidump"
# On x86 below the 16 MiB where KASLR starts to put the kernel; on arm64 where
# neither QEMU nor UEFI puts anything.
AREA = {"x86_64": 12 * MIB, "arm64": 0x50000000}
DEBUGFS = "/sys/kernel/debug/meminspect"
TEST = "/sys/kernel/debug/meminspect_test"


def machine(kernel, **options):
    area = AREA[arch.of_kernel(kernel).name]
    options["cmdline"] = f"minidump.base={area:#x},size=64K {options.get('cmdline', '')}"
    return Machine(kernel, ram_file=True, **options)


def modules(kernel, *names):
    """The modules, for Machine(files=...)."""
    return {f"/root/{name}.ko": kernel / "modules" / f"{name}.ko" for name in names}


def ram(vm):
    return [arg for path, address in vm.ram for arg in ("--ram", f"{path}@{address:#x}")]


def tool(*args, statuses=(0,)):
    """What the tool says, as an object.  A fault that it finds is a failure."""
    run = subprocess.run([TOOL, args[0], "--json", *map(str, args[1:])], capture_output=True,
                         text=True)
    if run.returncode not in statuses:
        raise Failed(f"minidump {args[0]}: {run.stderr.strip()} {faults(run.stdout)}"
                     f" (exit status {run.returncode})")
    return json.loads(run.stdout)


def faults(text):
    try:
        return "; ".join(f"{f['where']}: {f['what']}" for f in json.loads(text)["faults"][:4])
    except (ValueError, KeyError):
        return text.strip()[-300:]


def check(vm):
    """Judge the table and the header in the machine's memory as they are now."""
    return tool("check", *ram(vm), "--anchor", hex(AREA[vm.arch.name]))


def collect(vm, out):
    """Write what firmware would; return the tool's report and the core."""
    report = tool("collect", *ram(vm), "-o", out)
    core_file = out / "minidump.core"
    header = core.parse(core_file.read_bytes())
    # A window that shows nothing has nobody's address in the header.
    if any(p.paddr != r["address"] and (r["kind"], p.paddr) != ("window", 1 << 63)
           for p, r in zip(header[1:-1], report["regions"][2:], strict=True)):
        raise Failed("libelf and the test's own reader see different PT_LOADs")
    parts = b"".join((out / r["file"]).read_bytes() for r in report["regions"])
    if parts != core_file.read_bytes():
        raise Failed("the regions laid end to end are not the core")
    return report, core_file


def assembled(out):
    """The core as it is made of the files alone."""
    path = out / "assembled.core"
    tool("assemble", out, "-o", path)
    return path.read_bytes()


def regions(vm):
    """[(name, address, size)] of debugfs."""
    lines = [line.split() for line in vm.run(f"cat {DEBUGFS}/regions").splitlines()[1:]]
    return [(f[1], int(f[4], 16), int(f[5])) for f in lines]


def names(vm):
    return {name for name, _, _ in regions(vm)}
