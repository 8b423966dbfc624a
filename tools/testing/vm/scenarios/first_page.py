# SPDX-License-Identifier: GPL-2.0-only
"""Memory is in the header when its first page can be allocated, and as long as
one of its pages may be in use.

The machine is stopped where memory hotplug gives the block's pages to the page
allocator, and where it looks whether it has got all of them back; the header is
read from outside.
"""
from story import *

MAINLINE_FAILS = r"first page.*not in the header"


def stopped_at(kernel, function, before, action, when):
    with Machine(kernel, slots=2, maxmem="2G", gdb=True, name="first-page") as vm:
        load(vm)
        header = core.find_header(vm)
        vm.plug_dimm("first")
        vm.wait_for(f"[ -e {MEMORY}/memory32 ]")
        vm.run(before)

        stop = Stop(vm, function)
        vm.start_command(action)
        stop.wait()
        ranges = core.ranges_of(core.live_header(vm, header))
        stop.release()
        vm.finish_command()
        if core.subtract([(32 * BLOCK, 33 * BLOCK)], ranges):
            raise Failed(f"at the {when} of {32 * BLOCK:#x} it is not in the header: "
                         f"{core.show(ranges)}")


STATE = f"{MEMORY}/memory32/state"
CASES = {
    "covered-before-use": lambda kernel: stopped_at(
        kernel, "generic_online_page", "true", f"echo online_movable > {STATE}", "first page"),
    # Mainline never drops what is only offline, so that it has nothing to fail.
    "control-covered-until-gone": lambda kernel: stopped_at(
        kernel, "test_pages_isolated", f"echo online_movable > {STATE}", f"echo offline > {STATE}",
        "last pages"),
}
