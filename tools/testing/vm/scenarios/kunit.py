# SPDX-License-Identifier: GPL-2.0-only
"""The KUnit suites that are built into the checking kernel."""
from story import *

SUITES = ("elfcorehdr", "crash_hotplug", "crash_reservation", "meminspect", "meminspect_image",
          "meminspect_consumer", "kmemdump", "debug_kinfo")


def kunit(kernel, cmdline="", skipped={"windows_follow_task_switches"}):
    # A DIMM that is plugged from the start is offline when the suites run.
    with Machine(kernel, memory="1G", slots=1, maxmem="4G", crashkernel="256M", name="kunit",
                 cmdline=f"nokaslr meminspect_test_early {cmdline}",
                 objects=["memory-backend-ram,id=mem-one,size=128M,reserve=off"],
                 devices=["pc-dimm,id=one,memdev=mem-one"]) as vm:
        passed, skips = 0, set()
        for suite in SUITES:
            out = vm.run(f"cat /sys/kernel/debug/kunit/{suite}/results")
            if not re.search(rf"^ok \d+ {suite}$", out, re.M):
                raise Failed(f"{suite}: " + "; ".join(re.findall(r"not ok.*|# .*EXPECT.*", out)))
            skips |= set(re.findall(r"ok \d+ (\S+) # SKIP", out))
            passed += int(re.search(r"pass:(\d+)", out.splitlines()[-3])[1]) \
                if "pass:" in out else len(re.findall(r"^ +ok", out, re.M))
        if skips != skipped:
            raise Failed(f"skipped: {sorted(skips)}, expected: {sorted(skipped)}")
        return f"{passed} tests"


def with_windows(kernel):
    return kunit(kernel, "meminspect.switch=1", set())


CASES = {"suites": kunit, "with-windows": with_windows}
