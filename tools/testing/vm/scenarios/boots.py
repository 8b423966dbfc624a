# SPDX-License-Identifier: GPL-2.0-only
"""A kernel with options off boots, and its other features work."""
from minidump import *


def boots(kernel):
    config = (kernel / "config").read_text()
    has = {option: f"CONFIG_{option}=y\n" in config
           for option in ("MEMINSPECT", "CRASH_DUMP", "CRASH_HOTPLUG", "MEMORY_HOTPLUG")}
    with machine(kernel, memory="1G", name="boots") as vm:
        vm.run("echo 0 > /sys/devices/system/cpu/cpu1/online; "
               "echo 1 > /sys/devices/system/cpu/cpu1/online")
        if has["MEMINSPECT"]:
            if not {"ELF", "cpu0", "cpu1", "log"} <= names(vm):
                raise Failed(f"the table has {sorted(names(vm))}")
            vm.qmp("stop")
            check(vm)
            vm.qmp("cont")
        if has["CRASH_HOTPLUG"]:
            load(vm)
        if has["CRASH_HOTPLUG"] and has["MEMORY_HOTPLUG"]:
            core.check_exact(vm, core.find_header(vm), "loaded")
        return " ".join(f"{'with' if on else 'without'} {option}" for option, on in has.items())


CASES = {"options": boots}
