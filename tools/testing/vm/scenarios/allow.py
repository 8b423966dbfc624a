# SPDX-License-Identifier: GPL-2.0-only
"""What goes into the image: what consumers allow, at boot and at run time; what is
broken leaves it; and what has no room has a name.
"""
from minidump import *

ALLOW = "/sys/module/meminspect/parameters/allow"


def shown(vm):
    """Names of the entries that a region of the dump has all of."""
    have = [(r["address"], r["address"] + r["size"]) for r in check(vm)["regions"]]
    return {name for name, address, size in regions(vm)
            if any(a <= address and address + size <= end for a, end in have)}


def lists(kernel):
    """By class, name and id; the last word decides."""
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
        # crash needs none of them.
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


def broken(kernel):
    """A page that is found broken after its registration."""
    offline = "/sys/devices/system/memory/hard_offline_page"
    with machine(kernel, name="allow", memory="1G", files=modules(kernel, "test_meminspect")) as vm:
        vm.run("insmod /root/test_meminspect.ko")
        vm.run(f"echo vmalloc 12288 > {TEST}")
        page = next(address for name, address, _ in regions(vm) if name == "test1_")
        if not report_has(check(vm), page):
            raise Failed("what was registered is not in the dump")
        # What the kernel uses itself it can't give up, and says so.
        before = int(vm.run(f"sed -n 's/^published *//p' {DEBUGFS}/stats"))
        vm.run(f"echo {page:#x} > {offline}", check=False)
        vm.wait_for("dmesg | grep -q 'Memory failure: '")
        vm.wait_for(f"[ $(sed -n 's/^published *//p' {DEBUGFS}/stats) -gt {before} ]")
        if report_has(check(vm), page):
            raise Failed(f"the page at {page:#x} is broken, and in the dump")
        vm.allow_log = "Memory failure"


def no_room(kernel):
    """percpu_alloc=page: each CPU's memory is as many regions as pages."""
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
