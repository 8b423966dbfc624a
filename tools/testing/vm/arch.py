# SPDX-License-Identifier: GPL-2.0-only
"""What differs between the machines of two architectures."""
import platform
from dataclasses import dataclass
from pathlib import Path

GIB = 1 << 30


def size(text):
    """Bytes of what QEMU takes for a size of memory."""
    return int(text[:-1]) << {"M": 20, "G": 30}[text[-1]]


@dataclass(frozen=True)
class Arch:
    name: str
    qemu: str
    console: str
    elf_machine: int
    # Where memory starts.
    ram: int
    # From here on the kernel's own mapping is, and not the linear one.
    kernel_map: int
    # Never in a dump.
    low: int
    # CPUs are plugged, and not just online or offline.
    plugs_cpus: bool
    # Where the kernel is entered by a system call: what backtraces end in.
    syscall: str

    def machine(self, options):
        """QEMU's arguments for the machine; options are Machine's."""
        return {"x86_64": x86_64, "arm64": arm64}[self.name](options)

    def first_dimm(self, memory):
        """Where the first DIMM is plugged into a machine of so much memory."""
        if self.name == "x86_64":
            return max(4 * GIB, -(-memory // GIB) * GIB + GIB)
        return -(-(self.ram + memory) // GIB) * GIB

    @property
    def native(self):
        return {"arm64": "aarch64"}.get(self.name, self.name) == platform.machine()


def x86_64(o):
    # x86's kernel counts the empty CPU sockets of QEMU's (old) MADT as possible
    # CPUs only under a hypervisor that it knows, and TCG is none.  It believes
    # in VMware on the word of the serial number and of the I/O port that QEMU
    # has.
    # An AMD CPU of before Zen, as qemu64 is, has no threads.
    model = "qemu64" if o["threads"] == 1 else "Nehalem"
    cpu = ["-cpu", "host"] if o["kvm"] else \
        ["-cpu", f"{model},-hypervisor", "-smbios", "type=1,serial=VMware-hotcore"]
    return ["-machine", "pc" + o["backend"], *cpu,
            "-smp", f"{o['cpus']},maxcpus={o['maxcpus']},threads={o['threads']}"]


# Debian's qemu-efi-aarch64.
UEFI = Path("/usr/share/qemu-efi-aarch64/QEMU_EFI.fd")


def arm64(o):
    # DIMMs are ACPI's, which is UEFI's; a phone has a device tree.  No CPU is
    # plugged: those that shall come later are there and kept offline.
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
