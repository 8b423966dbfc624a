# SPDX-License-Identifier: GPL-2.0-only
"""Back ends of minidump come and go while the machine runs, their module pinned
as long as they are in use; their limits are the table's."""
from minidump import *


def write(vm, line, error=None):
    status, out = vm.run(f"echo {line} > {TEST}", check=False)
    if error is None and status:
        raise Failed(f"{line}: {out.strip()}")
    if error is not None and (not status or error not in out):
        raise Failed(f"{line} must fail with '{error}', not {status}: {out.strip()}")


def published(vm):
    return int(re.search(r"published to the back end: (\d+)", vm.run(f"cat {TEST}"))[1])


def come_and_go(kernel):
    # Without the running tasks, so that the table keeps still.
    with Machine(kernel, files=modules(kernel, "test_meminspect"), name="backends",
                 cmdline="meminspect.watch_ms=0") as vm:
        vm.run("insmod /root/test_meminspect.ko")
        for _ in range(5):
            entries = int(vm.run(f"grep entries {DEBUGFS}/stats").split()[1])
            write(vm, "backend 2", "Invalid argument")
            write(vm, f"backend {entries - 8}", "No space left")
            write(vm, f"backend {entries + 8}")
            write(vm, "backend 100", "busy")
            before = published(vm)
            write(vm, "kmalloc 100")
            if published(vm) <= before:
                raise Failed("a registration was not published")
            limit = vm.run(f"n=0; while echo kmalloc 64 > {TEST} 2>/tmp/e; do n=$((n+1)); "
                           "[ $n -lt 300 ] || break; done; cat /tmp/e; echo $n")
            if "No space left" not in limit or limit.split()[-1] != "7":
                raise Failed(f"with room for 7 more: {limit}")
            status, out = vm.run("rmmod test_meminspect", check=False)
            if not status:
                raise Failed("the module of a back end in use could be removed")
            write(vm, "nobackend")
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
    """Memory that the device tree reserves, and nothing on the command line."""
    with Machine(kernel, ram_file=True, device_tree=NODE.format(base=AREA["arm64"]),
                 files=modules(kernel, "test_meminspect"), name="backends") as vm:
        vm.run("insmod /root/test_meminspect.ko")
        write(vm, "backend 201", "busy")
        vm.qmp("stop")
        return f"{len(check(vm)['regions'])} regions"


def in_use(kernel):
    """Memory on the command line that the boot loader has put the initrd into."""
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
