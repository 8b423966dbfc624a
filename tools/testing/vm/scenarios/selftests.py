# SPDX-License-Identifier: GPL-2.0-only
"""The kselftests, in a machine with a CPU and memory that can go offline."""
from minidump import *


def compiled(kernel, name):
    return {f"/root/{name}": BUILD / f"selftests-{arch.of_kernel(kernel).name}" / name}


def selftests(kernel):
    debug = kernel.name.endswith("-debug")
    with Machine(kernel, memory="1G" if debug else "512M", slots=2, maxmem="4G", maxcpus=4,
                 crashkernel="256M" if debug else "160M",
                 files=compiled(kernel, "crash_hotplug_test"),
                 name="selftests") as vm:
        status, out = vm.run("/root/crash_hotplug_test", check=False)
        if status not in (0, 4) or out.count("# SKIP") < 4:
            raise Failed(f"without an image they must be skipped, not: {out[-300:]}")
        load(vm)
        auto_online(vm)
        plug_memory(vm, "one", 256)
        status, out = vm.run("/root/crash_hotplug_test", timeout=2000, check=False)
        if status or "# SKIP" in out:
            raise Failed("\n".join(l for l in out.splitlines() if not l.startswith("ok"))[-900:])
        return " ".join(re.findall(r"# (kernel memory grew.*|Totals: .*)", out))


def meminspect(kernel):
    debug = kernel.name.endswith("-debug")
    with machine(kernel, memory="1G" if debug else "512M", crashkernel="256M" if debug else "160M",
                 slots=1, maxmem="4G", files=compiled(kernel, "meminspect_test") | modules(kernel, "test_meminspect"),
                 name="selftests") as vm:
        vm.run("insmod /root/test_meminspect.ko")
        auto_online(vm)
        plug_memory(vm, "one")
        status, out = vm.run("/root/meminspect_test", timeout=1200, check=False)
        if status or "# SKIP" in out:
            raise Failed("\n".join(l for l in out.splitlines() if not l.startswith("ok"))[-900:])
        check(vm)
        return re.search(r"# (Totals: .*)", out)[1]


CASES = {"crash_hotplug": selftests, "meminspect": meminspect}
