# SPDX-License-Identifier: GPL-2.0-only
"""Memory is in the header when its first page can be allocated.

The machine is stopped where memory hotplug gives the block's pages to the page
allocator, and the header is read from outside.
"""
from story import *

MAINLINE_FAILS = r"first page.*not in the header"


def first_page(kernel):
    with Machine(kernel, slots=2, maxmem="2G", gdb=True, name="first-page") as vm:
        load(vm)
        header = core.find_header(vm)
        vm.plug_dimm("first")
        vm.wait_for(f"[ -e {MEMORY}/memory32 ]")

        stop = Stop(vm, "generic_online_page")
        vm.start_command(f"echo online_movable > {MEMORY}/memory32/state")
        stop.wait()
        ranges = core.ranges_of(core.live_header(vm, header))
        stop.release()
        if core.subtract([(32 * BLOCK, 33 * BLOCK)], ranges):
            raise Failed(f"at the first page of {32 * BLOCK:#x} it is not in the header: "
                         f"{core.show(ranges)}")


CASES = {"covered-before-use": first_page}
