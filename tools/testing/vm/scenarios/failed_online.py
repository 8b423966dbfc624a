# SPDX-License-Identifier: GPL-2.0-only
"""Onlining that fails leaves the header as it was.

The test needs the checking kernel, whose error injection makes a notifier after
ours refuse MEM_GOING_ONLINE.
"""
from story import *

INJECT = "/sys/kernel/debug/notifier-error-inject/memory/actions/MEM_GOING_ONLINE/error"


def failed_online(kernel):
    with Machine(kernel, memory="1G", slots=2, maxmem="4G", crashkernel="256M", name="failed-online") as vm:
        load(vm)
        header = core.find_header(vm)
        vm.plug_dimm("first")
        vm.wait_for(f"[ -e {MEMORY}/memory{vm.first_block} ]")
        before = core.live_header(vm, header)
        core.check_exact(vm, header, "before")

        vm.run(f"echo -12 > {INJECT}")
        status, out = vm.run(f"echo online_movable > {MEMORY}/memory{vm.first_block}/state", check=False)
        if not status:
            raise HarnessError("onlining did not fail")
        stats = vm.run("cat /sys/kernel/debug/crash_hotplug/stats")
        if not re.search(r"mem_going_online +1$", stats, re.M) or \
           not re.search(r"mem_cancel_online +1$", stats, re.M):
            raise HarnessError(f"the failure came before our notifier: {stats}")
        if core.live_header(vm, header) != before:
            raise Failed("the header is not what it was before onlining failed")
        vm.run(f"echo 0 > {INJECT}; echo online_movable > {MEMORY}/memory{vm.first_block}/state")
        core.check_exact(vm, header, "after onlining that did not fail")


CASES = {"header-as-before": failed_online}
