# SPDX-License-Identifier: GPL-2.0-only
"""The differences between the test machines of the two architectures."""
import platform
from dataclasses import dataclass
from pathlib import Path

GIB = 1 << 30


def size(text):
    """Convert a size of memory in QEMU's notation to bytes."""
    return int(text[:-1]) << {"M": 20, "G": 30}[text[-1]]


@dataclass(frozen=True)
class Arch:
    name: str
    qemu: str
    console: str
    elf_machine: int
    # The first address of RAM.
    ram: int
    # Virtual addresses from here on are the kernel's own mapping, not the linear one.
    kernel_map: int
    # RAM below this address is never in a dump.
    low: int
    # CPUs can be plugged, not only set online and offline.
    plugs_cpus: bool
    # The kernel's entry from a system call, where backtraces end.
    syscall: str

    def machine(self, options):
        """Return QEMU's arguments for the machine; the options come from Machine."""
        return {"x86_64": x86_64, "arm64": arm64}[self.name](options)

    def first_dimm(self, memory):
        """Return the address of the first DIMM in a machine with that much memory."""
        if self.name == "x86_64":
            return max(4 * GIB, -(-memory // GIB) * GIB + GIB)
        return -(-(self.ram + memory) // GIB) * GIB

    @property
    def native(self):
        return {"arm64": "aarch64"}.get(self.name, self.name) == platform.machine()


def x86_64(o):
    # The x86 kernel counts the empty CPU sockets in QEMU's (old) MADT as possible
    # CPUs only under a hypervisor that it knows, and TCG is none.  The serial number
    # and the I/O port that QEMU has make the kernel detect VMware.
    # qemu64 is an AMD CPU older than Zen, and has no threads.
    model = o["cpu"] or ("qemu64" if o["threads"] == 1 else "Nehalem")
    cpu = ["-cpu", "host"] if o["kvm"] else \
        ["-cpu", f"{model},-hypervisor", "-smbios", "type=1,serial=VMware-hotcore"]
    return ["-machine", "pc" + o["backend"], *cpu,
            "-smp", f"{o['cpus']},maxcpus={o['maxcpus']},threads={o['threads']}"]


# Debian's qemu-efi-aarch64.
UEFI = Path("/usr/share/qemu-efi-aarch64/QEMU_EFI.fd")


def arm64(o):
    # DIMMs need ACPI, which needs UEFI; a phone has a device tree.  CPUs can't be
    # plugged: those that are to go online later are present and kept offline.
    args = ["-machine", f"virt,gic-version=3,acpi={'on' if o['uefi'] else 'off'}" + o["backend"],
            "-cpu", "host" if o["kvm"] else "cortex-a57", "-smp", str(o["maxcpus"])]
    return args + (["-bios", str(UEFI)] if o["uefi"] else [])


ARCHS = {a.name: a for a in (
    Arch("x86_64", "qemu-system-x86_64", "ttyS0", 62, 0, 0xffffffff80000000, 1 << 20, True,
         "entry_SYSCALL_64"),
    Arch("arm64", "qemu-system-aarch64", "ttyAMA0", 183, 1 << 30, 0xffff800000000000, 0, False,
         "el0t_64_sync"),
)}


def of_kernel(kernel):
    """The architecture of build/VERSION-ARCH[-VARIANT]."""
    for part in Path(kernel).name.split("-"):
        if part in ARCHS:
            return ARCHS[part]
    raise ValueError(f"{kernel}: none of {', '.join(ARCHS)} is in its name")
