# SPDX-License-Identifier: GPL-2.0-only
"""The firmware's part in a minidump, which reads a machine's memory from outside."""
import json
import subprocess

from story import *
from vm import MIB

TOOL = BUILD / "tools/minidump"
# On x86, an address below 16 MiB, from which on KASLR places the kernel; on arm64, an
# address that neither QEMU nor UEFI uses.
AREA = {"x86_64": 12 * MIB, "arm64": 0x50000000}
DEBUGFS = "/sys/kernel/debug/meminspect"
TEST = "/sys/kernel/debug/meminspect_test"
# The flag of a window in the header, and the address of a window that is closed.
WINDOW, CLOSED = 0x100000, 1 << 63


def machine(kernel, **options):
    area = AREA[arch.of_kernel(kernel).name]
    options["cmdline"] = f"minidump.base={area:#x},size=64K {options.get('cmdline', '')}"
    return Machine(kernel, ram_file=True, **options)


def modules(kernel, *names):
    """The modules, for Machine(files=...)."""
    return {f"/root/{name}.ko": kernel / "modules" / f"{name}.ko" for name in names}


def ram(vm):
    return [arg for path, address in vm.ram for arg in ("--ram", f"{path}@{address:#x}")]


def from_json(text):
    """Parse a tool's JSON; convert addresses, which are strings in it, to numbers."""
    def numbers(values):
        return {key: int(value, 16) if key in ("address", "toc", "table", "pc", "sp", "fp") and
                value is not None else value for key, value in values.items()}
    return json.loads(text, object_hook=numbers)


def tool(*args, statuses=(0,)):
    """Run the tool; return its JSON as an object.  An exit status not in statuses is a failure."""
    run = subprocess.run([TOOL, args[0], "--json", *map(str, args[1:])], capture_output=True,
                         text=True)
    if run.returncode not in statuses:
        raise Failed(f"minidump {args[0]}: {run.stderr.strip()} {faults(run.stdout)}"
                     f" (exit status {run.returncode})")
    return from_json(run.stdout)


def faults(text):
    try:
        return "; ".join(f"{f['where']}: {f['what']}" for f in json.loads(text)["faults"][:4])
    except (ValueError, KeyError):
        return text.strip()[-300:]


def check(vm):
    """Judge the table and the header in the machine's memory as they are now."""
    return tool("check", *ram(vm), "--anchor", hex(AREA[vm.arch.name]))


def report_has(report, address):
    """True if a region of the report contains the address."""
    return any(r["address"] is not None and r["address"] <= address < r["address"] + r["size"]
               for r in report["regions"])


def read_ram(vm, address, size):
    """Read bytes of the machine's memory from its files."""
    for path, base in vm.ram:
        if base <= address and address + size <= base + path.stat().st_size:
            with open(path, "rb") as f:
                f.seek(address - base)
                return f.read(size)
    raise Failed(f"{size} bytes at {address:#x} are in no file of the machine's memory")


def read_header(vm, report):
    """Read the header, which is the first region of a report."""
    elf = report["regions"][0]
    return read_ram(vm, elf["address"], elf["size"])


def judge_header(data, regions):
    """Fail unless a header has the table's regions, in the same order.

    The test's own reader parses the header.  A reader that, as crash does, reads an
    address from the first PT_LOAD that contains it must find each region in its own.
    """
    header = core.parse(data)
    loads = header[1:]
    for p, r in zip(loads[:-1], regions[2:], strict=True):
        # A closed window does not have its region's address in the header.
        if p.flags & WINDOW:
            if p.paddr not in (r["address"], CLOSED):
                raise Failed(f"a window is at {p.paddr:#x}, and its region at {r['address']:#x}")
            continue
        if (p.paddr, p.filesz) != (r["address"], r["size"]):
            raise Failed(f"a PT_LOAD has {p.filesz:#x} bytes at {p.paddr:#x}, and its region "
                         f"{r['size']:#x} at {r['address']:#x}")
        first = next(q for q in loads if not q.flags & WINDOW and
                     q.paddr <= p.paddr < q.paddr + q.memsz)
        if first is not p:
            raise Failed(f"crash reads {p.paddr:#x} from the PT_LOAD at {first.paddr:#x}")


def collect(vm, out):
    """Collect as firmware would; return the tool's report and the core's path."""
    report = tool("collect", *ram(vm), "-o", out)
    core_file = out / "minidump.core"
    judge_header(core_file.read_bytes(), report["regions"])
    parts = b"".join((out / r["file"]).read_bytes() for r in report["regions"])
    if parts != core_file.read_bytes():
        raise Failed("the regions laid end to end are not the core")
    return report, core_file


def assembled(out):
    """Assemble the core from the files alone; return its bytes."""
    path = out / "assembled.core"
    tool("assemble", "--force", out, "-o", path)
    return path.read_bytes()


LAST_WORDS = "this is the one that died"


def crash_into_capture(vm, left_alone):
    """Crash a machine into its capture kernel, and stop it there.

    The capture kernel must log that it leaves the minidump alone.
    """
    vm.run(f"echo {LAST_WORDS} > /dev/kmsg")
    vm.crash()
    vm.wait_hello("capture", 300)
    if not re.search(rf"minidump: {left_alone} left alone by a capture kernel", vm.log()):
        raise Failed("the capture kernel does not say that it leaves the minidump alone")
    vm.qmp("stop")


def judge_crashed(vm, core_file):
    """Fail unless the log in the core is that of the crashed kernel."""
    # A panic that boots a capture kernel makes no image: the dump may lack the task that
    # panicked, if no CPU has looked at it.
    log, = crash_utility(vm, core_file, ["log"], options=["--minimal"])
    if LAST_WORDS not in log or "Kernel panic" not in log:
        raise Failed(f"the minidump is another kernel's: its log ends {log[-300:]}")


def opens_in_crash(vm, core_file):
    """Fail unless crash opens the minidump of a machine that was stopped at any instant.

    By default crash looks for a panic on the stack of each CPU's task, and gives up at a
    task that has just woken up, so that no CPU has looked at it yet.
    """
    sys, = crash_utility(vm, core_file, ["sys"], options=["--no_panic"])
    if "UPTIME" not in sys:
        raise Failed(f"sys: {sys}")


def regions(vm):
    """[(name, address, size)] of debugfs."""
    lines = [line.split() for line in vm.run(f"cat {DEBUGFS}/regions").splitlines()[1:]]
    return [(f[1], int(f[4], 16), int(f[5])) for f in lines]


def names(vm):
    return {name for name, _, _ in regions(vm)}
