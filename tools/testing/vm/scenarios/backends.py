# SPDX-License-Identifier: GPL-2.0-only
"""Back ends of minidump are registered and unregistered while the machine runs.

The module of a back end is pinned as long as that is in use.  The limits of the back
end are the limits of the table.
"""
from minidump import *


def write(vm, line, error=None, logged=""):
    """Write a line to the test driver, which must fail with that error, if one is given,
    and have the kernel log that text.
    """
    status, out, said = vm.run_logged(f"echo {line} > {TEST}")
    if error is None and status:
        raise Failed(f"{line}: {out.strip()}")
    if error is not None and (not status or error not in out):
        raise Failed(f"{line} must fail with '{error}', not {status}: {out.strip()}")
    if logged not in said:
        raise Failed(f"{line}: the kernel must say '{logged}', not: {said.strip()}")


def published(vm):
    return int(re.search(r"published to the back end: (\d+)", vm.run(f"cat {TEST}"))[1])


def in_use_of(vm):
    """The numbers of regions that the image has and may have, with its header and notes."""
    runs = re.search(r"(\d+) of (\d+) runs", vm.run(f"cat {DEBUGFS}/stats"))
    return int(runs[1]) + 2, int(runs[2]) + 2


def left_out(vm):
    return int(re.search(r"^left_out +(\d+)", vm.run(f"cat {DEBUGFS}/stats"), re.M)[1])


def come_and_go(kernel):
    # Without the running tasks, so that the table does not change by itself.
    with Machine(kernel, files=modules(kernel, "test_meminspect"), name="backends",
                 cmdline="meminspect.watch_ms=0") as vm:
        vm.run("insmod /root/test_meminspect.ko")
        for _ in range(5):
            write(vm, "backend 2", "Invalid argument")
            # Fewer regions than any reader needs.
            write(vm, "backend 8", "No space left",
                  logged="takes 8 regions, which have no room for the kernel's own")
            write(vm, "backend 201")
            write(vm, "backend 100", "busy")
            before = published(vm)
            write(vm, "kmalloc 100")
            if published(vm) <= before:
                raise Failed("a registration was not published")
            used, most = in_use_of(vm)
            if most != 201:
                raise Failed(f"a back end that takes 201 regions gets {most}")
            status, out = vm.run("rmmod test_meminspect", check=False)
            if not status:
                raise Failed("the module of a back end in use could be removed")
            write(vm, "nobackend")

            # With fewer regions, the least important entries are left out, and named.
            write(vm, f"backend {used - 3}")
            if in_use_of(vm)[0] > used - 3 or not left_out(vm):
                raise Failed(f"of {used} regions {used - 3} are taken: {vm.run(f'cat {DEBUGFS}/stats')}")
            vm.wait_for("dmesg | grep 'entries are not in the image, whose .* regions are in use'")
            write(vm, "nobackend")
            if left_out(vm):
                raise Failed("without the back end there is still something left out")
            write(vm, "kmalloc 64")
            vm.run("rmmod test_meminspect && insmod /root/test_meminspect.ko")
    with machine(kernel, files=modules(kernel, "test_meminspect"), name="backends") as vm:
        vm.run("insmod /root/test_meminspect.ko")
        write(vm, "backend 201", "busy")
        check(vm)


NODE = """
/dts-v1/;
/plugin/;
&{{/}} {{
	reserved-memory {{
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;

		minidump@{base:x} {{
			compatible = "linux,minidump";
			reg = <0 {base:#x} 0 0x10000>;
		}};
	}};
}};
"""


def device_tree(kernel):
    """The device tree reserves the memory; the command line says nothing of it."""
    with Machine(kernel, ram_file=True, device_tree=NODE.format(base=AREA["arm64"]),
                 files=modules(kernel, "test_meminspect"), name="backends") as vm:
        vm.run("insmod /root/test_meminspect.ko")
        write(vm, "backend 201", "busy")
        vm.qmp("stop")
        return f"{len(check(vm)['regions'])} regions"


def in_use(kernel):
    """The command line names memory into which the boot loader has put the initrd."""
    tree = "/sys/firmware/devicetree/base/chosen/linux,initrd-start"
    with Machine(kernel, name="backends") as vm:
        initrd = int(vm.run(f"od -An -tx1 {tree}").replace(" ", ""), 16)
    with Machine(kernel, cmdline=f"minidump.base={initrd + 4096:#x},size=64K", name="backends") as vm:
        if vm.run("dmesg | grep 'minidump.base=.*: in use already'", check=False)[0]:
            raise Failed(f"the initrd's memory is taken: {vm.run('dmesg | grep minidump')}")
        return f"{initrd:#x} is refused"


def cases(kernel):
    all_have = {"come-and-go": come_and_go}
    return all_have | ({"device-tree": device_tree, "in-use": in_use}
                       if arch.of_kernel(kernel).name == "arm64" else {})
