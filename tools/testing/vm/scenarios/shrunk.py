# SPDX-License-Identifier: GPL-2.0-only
"""Headers of kexec-tools that are odd, but can be read, are updated, too.

After a write to kexec_crash_size, iomem has System RAM inside of System RAM, and
kexec-tools lists the inner range twice, so that PT_LOADs overlap.  Without
vmcoreinfo its PT_NOTE is empty.
"""
from story import *

KEEP = 160


def shrink(vm):
    """Give a part of the reservation back; it becomes System RAM inside of System RAM."""
    start, end = core.reservation(vm)
    vm.run(f"echo {KEEP * MIB} > /sys/kernel/kexec_crash_size")
    if core.reservation(vm) != (start, start + KEEP * MIB):
        raise HarnessError(f"the reservation is {core.show([core.reservation(vm)])}")
    if ((start + KEEP * MIB, end), "System RAM") not in core.iomem(vm):
        raise HarnessError("no System RAM where the reservation was")


def no_vmcoreinfo(vm):
    """Make sysfs say that there is no vmcoreinfo."""
    vm.run("echo 0 0 >/tmp/vmcoreinfo && mount --bind /tmp/vmcoreinfo /sys/kernel/vmcoreinfo")


def followed(kernel, prepare, how):
    """Load, plug two DIMMs, unplug one, and crash."""
    with Machine(kernel, memory="768M", crashkernel="256M", slots=4, maxmem="4G", name="shrunk") as vm:
        prepare(vm)
        vm.run("dmesg -c >/dev/null")
        load(vm, how)
        said = re.findall(r"crash hotplug: .*", vm.run("dmesg"))
        support = vm.run(f"cat {MEMORY}/crash_hotplug").strip()
        if support != "1" or said:
            raise Failed(f"crash_hotplug reads {support}; the kernel said {said}")
        header = core.find_header(vm)
        core.check_exact(vm, header, "after the load")
        auto_online(vm)
        plug_memory(vm, "first")
        plug_memory(vm, "second")
        core.check_exact(vm, header, "after plugging two DIMMs")
        vm.unplug_dimm("first")
        want = core.check_exact(vm, header, "after unplug of the first")
        vm.crash()
        dumped, dump = capture(vm, timeout=180)
        if dumped != want:
            raise Failed(f"dump has {core.show(dumped)}, not {core.show(want)}")
        open_in_crash(vm, dump)


def cases(kernel):
    cases = {"shrunk-kexec_file_load": lambda kernel: followed(kernel, shrink, "-s")}
    # On other architectures kexec-tools do not support a header that is updated.
    if arch.of_kernel(kernel).name == "x86_64":
        cases |= {
            "shrunk-kexec_load": lambda kernel: followed(kernel, shrink, "-c --hotplug"),
            "no-vmcoreinfo-kexec_load": lambda kernel: followed(kernel, no_vmcoreinfo, "-c --hotplug"),
        }
    return cases
