# SPDX-License-Identifier: GPL-2.0-only
"""A phone: the boot firmware finds the minidump through SMEM.

Mainline's own qcom_smem driver, the back end on it, and a firmware that is a
program on the machine's memory file and shares no code with either.
"""
import hang
import instants
from phone import *

CPU3 = "/sys/devices/system/cpu/cpu3/online"


def hung(kernel):
    with phone(kernel, memory="2G", cpus=hang.CPUS, cmdline="i6300esb.heartbeat=5",
               devices=["i6300esb"], name="phone") as vm:
        vm.run_release = vm.run("uname -r").strip()
        for state in "01":
            vm.run(f"echo {state} > {CPU3}")
        hang.hang(vm)
        out = vm.dir / "minidump"
        regions = collect(vm, out)
        core_file = core_of(out, regions)
        size = core_file.stat().st_size
        if size > hang.LIMIT:
            raise Failed(f"{size} bytes, more than {hang.LIMIT}")
        hang.judge_hung(*hang.judge(vm, core_file))
        return f"{len(regions)} regions, {size / MIB:.1f} MiB"


def random_instants(kernel):
    return instants.instants(kernel, Firmware)


CASES = {"hung": hung, "1000-random-instants": random_instants}
