# SPDX-License-Identifier: GPL-2.0-only
"""The reserved memory in which the minidump is found from outside: which memory may be
reserved, and how long it holds the minidump.

Only whole, free RAM is accepted.  A capture kernel leaves the memory as it was.  An orderly
shutdown withdraws the minidump, while a reset leaves it.
"""
from minidump import *

NO_ANCHOR = 2


def refused(kernel):
    """Each unusable place is refused with one message, and the machine boots."""
    with Machine(kernel, cmdline="nokaslr", name="area") as vm:
        tables = [int(a, 16) for a in re.findall(r"ACPI: \w{4} 0x([0-9A-Fa-f]+)", vm.log())]
        image = int(re.search(r"^\s*([0-9a-f]+)-[0-9a-f]+ : Kernel code", vm.run("cat /proc/iomem"), re.M)[1], 16)
    places = {"RAM's end": (512 * MIB - 0x8000, "is not RAM"), "nothing": (1 << 40, "is not RAM"),
              "unaligned": (12 * MIB + 64, "is not aligned"), "the kernel": (image, "in use|kernel is")}
    if arch.of_kernel(kernel).name == "x86_64":
        places |= {"the HPET": (0xfed00000, "is not RAM"), "an IOAPIC": (0xfec00000, "is not RAM"),
                   "ACPI tables": (max(tables) & ~0xfff, "is not RAM"), "the BIOS": (0xf0000, "in use")}
    for what, (base, why) in places.items():
        with Machine(kernel, cmdline=f"nokaslr minidump.base={base:#x},size=64K", name="area") as vm:
            said = vm.run("dmesg | grep minidump: ").strip().splitlines()
            if len(said) != 1 or not re.search(why, said[0]):
                raise Failed(f"{what} at {base:#x}: {said}")
    return f"{len(places)} places, each with its message"


def capture_kernel(kernel):
    """The capture kernel has the crashed one's command line, as kdump-tools passes it."""
    with machine(kernel, name="area", crashkernel="192M") as vm:
        vm.run("kexec -s -p /boot/Image --initrd=/boot/initramfs --command-line=\"$(sed 's/crashkernel=[^ ]*//' "
               "/proc/cmdline) nr_cpus=1 reset_devices\"")
        crash_into_capture(vm, r"reserved memory at \S+ is")
        judge_crashed(vm, collect(vm, vm.dir / "minidump")[1])


def anchored(vm, when):
    """True if the machine's memory has a minidump."""
    run = subprocess.run([TOOL, "list", *ram(vm), "--anchor", hex(AREA[vm.arch.name])],
                         capture_output=True, text=True)
    if run.returncode not in (0, NO_ANCHOR):
        raise HarnessError(f"{when}: minidump list: {run.stderr}")
    return run.returncode == 0


ENDS = {"poweroff -f": "SHUTDOWN", "reboot -f": "SHUTDOWN", "halt -f": None}


def in_order(kernel):
    for how, event in ENDS.items():
        with machine(kernel, name="area") as vm:
            vm.qmp("set-action", shutdown="pause", reboot="shutdown")
            if not anchored(vm, "before"):
                raise HarnessError("there is no minidump to begin with")
            vm.start_command(how)
            if event:
                vm.wait_event(event, 60)
            else:
                vm.wait_log("System halted")
            if "withdrawn, as the machine is shut down" not in vm.log():
                raise Failed(f"{how}: nothing is said: {vm.log_tail()}")
            if anchored(vm, how):
                raise Failed(f"after {how} there is a minidump")


def kexec(kernel):
    with machine(kernel, gdb=True, name="area") as vm:
        vm.run("kexec -s -l /boot/Image --initrd=/boot/initramfs "
               f"--command-line='console={vm.arch.console} panic=-1'")
        # The end of the old kernel: the new one may overwrite the memory, or not.
        stop = Stop(vm, "machine_kexec")
        vm.start_command("kexec -e")
        stop.wait()
        if anchored(vm, "kexec"):
            raise Failed("at a kexec the minidump of the kernel before is there")
        stop.release()


def reset(kernel):
    """A reset is no orderly shutdown: the minidump stays."""
    with machine(kernel, name="area") as vm:
        vm.qmp("set-action", shutdown="pause", reboot="shutdown")
        vm.start_command("echo b > /proc/sysrq-trigger")
        vm.wait_event("SHUTDOWN", 60)
        if not anchored(vm, "reset"):
            raise Failed("after a reset there is no minidump")
        check(vm)


CASES = {"refused": refused, "capture-kernel": capture_kernel, "in-order": in_order,
         "kexec": kexec, "reset": reset}
