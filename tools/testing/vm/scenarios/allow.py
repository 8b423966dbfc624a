# SPDX-License-Identifier: GPL-2.0-only
"""The contents of the image.

The image has the entries that consumers allow, at boot and at run time.  A broken page
is dropped from it.  The log names entries for which there is no room.
"""
from minidump import *

ALLOW = "/sys/module/meminspect/parameters/allow"


def shown(vm):
    """Names of the entries that lie completely in a region of the dump."""
    have = [(r["address"], r["address"] + r["size"]) for r in check(vm)["regions"]]
    return {name for name, address, size in regions(vm)
            if any(a <= address and address + size <= end for a, end in have)}


def lists(kernel):
    """Entries are allowed by class, name and id; the last item that matches decides."""
    with machine(kernel, name="allow", cmdline="meminspect.allow=all,-symbols,-driver",
                 files=modules(kernel, "test_meminspect")) as vm:
        vm.run("insmod /root/test_meminspect.ko")
        vm.run(f"echo vmalloc 4096 > {TEST}")
        if vm.run(f"cat {ALLOW}").strip() != "all,-symbols,-driver":
            raise Failed(f"allow reads {vm.run(f'cat {ALLOW}')}")
        now = shown(vm)
        if "kallsyms" in now or "test1_" in now or "linux_banner" not in now:
            raise Failed(f"without symbols and drivers: {sorted(now)}")
        vm.qmp("stop")
        # crash needs none of the entries that are left out.
        opens_in_crash(vm, collect(vm, vm.dir / "minidump")[1])
        vm.qmp("cont")

        vm.run(f"echo 'all,-log*,log_descs,-test*' > {ALLOW}")
        now = shown(vm)
        if not {"kallsyms", "log_descs"} <= now or {"log_infos", "test1_"} & now:
            raise Failed(f"without what is called log, but for the descriptors: {sorted(now)}")
        test1 = next(i for i, n in re.findall(r"^ *(\d+) (\S+)", vm.run(f"cat {DEBUGFS}/regions"), re.M)
                     if n == "test1_")
        vm.run(f"echo '-all,{test1}' > {ALLOW}")
        now = shown(vm)
        if "test1_" not in now or len(now) > 4:
            raise Failed(f"of one id there is {sorted(now)}")
        for bad, why in (("all,-nobody's", ""), ("1", "is no class, id or name"),
                         ("99999", "is no class, id or name"), (",".join(["log"] * 40), "more than 32")):
            status, out, said = vm.run_logged(f'echo "{bad}" > {ALLOW}')
            if bool(status) != bool(why) or why not in said:
                raise Failed(f"allow={bad}: status {status}, {out.strip()}, {said.strip()}")


def wait_in_dump(vm, page, there, verdict):
    """Wait until the dump has the page, or until it does not."""
    deadline = time.monotonic() + 10
    while report_has(check(vm), page) != there:
        if time.monotonic() > deadline:
            raise Failed(verdict)


def broken(kernel):
    """A page that is found broken after its registration is dropped from the dump.

    If it was found so by mistake, it comes back.
    """
    offline = "/sys/devices/system/memory/hard_offline_page"
    with machine(kernel, name="allow", memory="1G", files=modules(kernel, "test_meminspect")) as vm:
        vm.run("insmod /root/test_meminspect.ko")
        vm.run(f"echo vmalloc 12288 > {TEST}")
        page = next(address for name, address, _ in regions(vm) if name == "test1_")
        if not report_has(check(vm), page):
            raise Failed("what was registered is not in the dump")
        # The kernel can't give up a page that it uses itself, and says so.
        vm.run(f"echo {page:#x} > {offline}", check=False)
        vm.wait_for("dmesg | grep -q 'Memory failure: '")
        wait_in_dump(vm, page, False, f"the page at {page:#x} is broken, and in the dump")
        vm.run(f"echo {page >> 12:#x} > /sys/kernel/debug/hwpoison/unpoison-pfn")
        wait_in_dump(vm, page, True, f"the page at {page:#x} is not broken any more, and not in the dump")
        vm.allow_log = "Memory failure"


def no_room(kernel):
    """With percpu_alloc=page, each CPU's memory is as many regions as pages."""
    with machine(kernel, name="allow", cpus=6, memory="1G", cmdline="percpu_alloc=page") as vm:
        stats = vm.run(f"cat {DEBUGFS}/stats")
        left = int(re.search(r"^left_out +(\d+)", stats, re.M)[1])
        if not left:
            raise Failed(f"all of it has room: {stats}")
        vm.wait_log(r"entries are not in the image.* cpu\d", timeout=30,
                    verdict=f"{left} entries are left out, and no message names a CPU's")
        table = vm.run(f"cat {DEBUGFS}/regions")
        lost = re.findall(r"^ *\d+ (\S+) +(\S+) .*left_out", table, re.M)
        if any(kind in ("core", "log") for _, kind in lost):
            raise Failed(f"of the kernel's own is left out: {lost}")
        if not any("left_out" not in line for line in re.findall(r"^ *\d+ cpu0 .*", table, re.M)):
            raise Failed("no CPU's memory is in the image")
        check(vm)
        return f"{left} of {len(table.splitlines()) - 1} entries left out, and named"


CASES = {"lists": lists, "broken": broken, "no-room": no_room}
