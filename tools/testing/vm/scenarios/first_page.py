# SPDX-License-Identifier: GPL-2.0-only
"""Memory is in the header when its first page can be allocated, and as long as
one of its pages may be in use.

The machine is stopped where memory hotplug gives the block's pages to the page
allocator, and where it checks that it has got all of them back; the header is
read from outside.
"""
from story import *

MAINLINE_FAILS = r"first page.*not in the header"


def stopped_at(kernel, function, before, action, when):
    """before and action are shell commands, which get the block's state file."""
    with Machine(kernel, slots=2, maxmem="2G", gdb=True, name="first-page") as vm:
        load(vm)
        header = core.find_header(vm)
        vm.plug_dimm("first")
        block = vm.first_block
        state = f"{MEMORY}/memory{block}/state"
        vm.wait_for(f"[ -e {state} ]")
        vm.run(before.format(state))

        stop = Stop(vm, function)
        vm.start_command(action.format(state))
        stop.wait()
        ranges = core.ranges_of(core.live_header(vm, header))
        stop.release()
        vm.finish_command()
        if core.subtract([(block * BLOCK, (block + 1) * BLOCK)], ranges):
            raise Failed(f"at the {when} of {block * BLOCK:#x} it is not in the header: "
                         f"{core.show(ranges)}")


CASES = {
    "covered-before-use": lambda kernel: stopped_at(
        kernel, "generic_online_page", "true", "echo online_movable > {}", "first page"),
    # Mainline never drops memory that is only offline, so that it can't fail here.
    "control-covered-until-gone": lambda kernel: stopped_at(
        kernel, "test_pages_isolated", "echo online_movable > {}", "echo offline > {}",
        "last pages"),
}
