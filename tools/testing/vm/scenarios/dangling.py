# SPDX-License-Identifier: GPL-2.0-only
"""No region outlives its memory: not a DIMM's, not a module's.

Entries in hot-plugged memory are dropped from the table and the image when the
memory goes offline.  The owner is told why, and may unregister them afterwards.  The
entries of a module that does not unregister them are dropped when it is removed.
"""
import tempfile
from pathlib import Path

from minidump import *

# An address whose sections have a root of their own, so that their tables are added and
# removed with them.
HIGH = 64 << 30


def large(kernel):
    return {"memory": "1G", "crashkernel": "256M"} if kernel.name.endswith("-debug") else {}


def expect(vm, address, wanted, when):
    listed = any(a <= address < a + size for _, a, size in regions(vm))
    shown = report_has(check(vm), address)
    if listed != wanted or shown != wanted:
        raise Failed(f"{when}: in the table: {listed}, in the image: {shown}")


def state(vm, number):
    return re.search(rf"^{number} .* (\S+)$", vm.run(f"cat {TEST}"), re.M)[1]


def dimm(kernel):
    with machine(kernel, slots=2, maxmem="128G", files=modules(kernel, "test_meminspect"),
                 name="dangling", **large(kernel)) as vm:
        vm.run("insmod /root/test_meminspect.ko")
        auto_online(vm)
        before = names(vm)
        blocks = online_blocks(vm)
        vm.plug_dimm("one", 256, address=HIGH)
        wait_online(vm, blocks + 2)
        roots = names(vm) - before
        if not any(r.startswith("sections") for r in roots):
            raise Failed(f"the sections of the plugged memory are not in the table: {roots}")

        address = HIGH + 16 * MIB
        vm.run(f"echo pa {address:#x} 8192 > {TEST}; "
               # Half of it is in the block that goes offline first.
               f"echo pa {HIGH + 128 * MIB - 4096:#x} 8192 > {TEST}")
        expect(vm, address, True, "after its registration")
        status, out = vm.run(f"echo pa {HIGH + 256 * MIB - 4096:#x} 8192 > {TEST}", check=False)
        if not status or "No such device" not in out:
            raise Failed(f"memory that is half behind the DIMM: status {status}, {out.strip()}")

        vm.unplug_dimm("one")
        expect(vm, address, False, "after the DIMM is unplugged")
        for number in (1, 2):
            if state(vm, number) != "memory_offline":
                raise Failed(f"its owner was told of {number}: {state(vm, number)}")
        left = names(vm) - before
        if any(r.startswith("section") for r in left):
            raise Failed(f"of the sections there is left: {left}")
        status, out = vm.run(f"echo pa {address:#x} 8192 > {TEST}", check=False)
        if not status:
            raise Failed("memory that was unplugged was taken again")

        # The owners unregister late, after a new registration at the same address.
        wait = online_blocks(vm)
        vm.plug_dimm("two", 256, address=HIGH)
        wait_online(vm, wait + 2)
        vm.run(f"echo pa {address:#x} 8192 > {TEST}")
        vm.run(f"echo release 1 > {TEST}; echo release 2 > {TEST}")
        expect(vm, address, True, "after another's late unregistration")
        vm.run(f"echo release 3 > {TEST}")
        expect(vm, address, False, "after its unregistration")


def module(kernel):
    with machine(kernel, files=modules(kernel, "test_meminspect"), name="module",
                 **large(kernel)) as vm:
        before = names(vm)
        banner = next(a for name, a, _ in regions(vm) if name == "linux_banner")
        for _ in range(20):
            vm.run("insmod /root/test_meminspect.ko")
            if "test_area" not in names(vm):
                raise Failed("a module's compile-time entry is not in the table")
            vm.run(f"for n in 1 2 3 4; do echo vmalloc 60000 > {TEST}; echo percpu 64 > {TEST}; done; "
                   # Memory that is not the module's own: it will not unregister that.
                   f"echo pa {banner & ~4095:#x} 4096 > {TEST}")
            check(vm)
            vm.run("rmmod test_meminspect")
            check(vm)
        left = {name for name in names(vm) - before
                if not re.match(r"task|pid|mm|stack|page_table", name)}
        if left:
            raise Failed(f"of a module that has gone there is left: {sorted(left)}")


def area_types(vm):
    """The types of the module's entry, one for each of its runs, as "name" or "name:id"."""
    return set(vm.run(f"awk '$2 == \"test_area\" {{ print $4 }}' {DEBUGFS}/regions").split())


def module_type(kernel):
    """The type of a module's structure has the id from the module's BTF, for as long as
    there is that BTF.
    """
    ko = kernel / "modules/test_meminspect.ko"
    types = subprocess.run(["/usr/sbin/bpftool", "-B", kernel / "vmlinux", "btf", "dump", "file", ko],
                           capture_output=True, text=True, check=True).stdout
    wanted = re.search(r"^\[(\d+)\] STRUCT 'test_area' ", types, re.M)[1]
    with tempfile.NamedTemporaryFile(suffix=".ko") as untyped:
        subprocess.run(["objcopy", "--remove-section", ".BTF", ko, untyped.name], check=True)
        files = modules(kernel, "test_meminspect") | {"/root/untyped.ko": Path(untyped.name)}
        with machine(kernel, files=files, name="module", **large(kernel)) as vm:
            for name, type in (("test_meminspect", f"test_area:{wanted}"), ("untyped", "test_area"),
                               ("test_meminspect", f"test_area:{wanted}")):
                vm.run(f"insmod /root/{name}.ko")
                if area_types(vm) != {type}:
                    raise Failed(f"with {name} the type is {area_types(vm)}, not {type}")
                vm.run("rmmod test_meminspect")


def cases(kernel):
    found = {"dimm-unplugged": dimm, "module-gone": module}
    if "CONFIG_DEBUG_INFO_BTF_MODULES=y" in (kernel / "config").read_text():
        found["module-type"] = module_type
    return found
