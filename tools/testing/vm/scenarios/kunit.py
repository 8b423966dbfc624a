# SPDX-License-Identifier: GPL-2.0-only
"""The KUnit suites that are built into the checking kernel."""
from story import *

SUITES = ("elfcorehdr", "crash_hotplug")


def kunit(kernel):
    with Machine(kernel, memory="1G", crashkernel="256M", name="kunit") as vm:
        passed = 0
        for suite in SUITES:
            out = vm.run(f"cat /sys/kernel/debug/kunit/{suite}/results")
            if not re.search(rf"^ok \d+ {suite}$", out, re.M):
                raise Failed(f"{suite}: " + "; ".join(re.findall(r"not ok.*|# .*EXPECT.*", out)))
            passed += int(re.search(r"pass:(\d+)", out.splitlines()[-3])[1]) \
                if "pass:" in out else len(re.findall(r"^ +ok", out, re.M))
        return f"{passed} tests"


CASES = {"suites": kunit}
