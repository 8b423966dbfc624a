# SPDX-License-Identifier: GPL-2.0-only
"""debugfs shows what lockdown hides to nobody, and to nobody but root."""
from story import *

FILES = "elfcorehdr ranges stats"


def lockdown(kernel):
    with Machine(kernel, memory="1G", crashkernel="256M", name="lockdown") as vm:
        load(vm)
        vm.run(f"cd /sys/kernel/debug/crash_hotplug; for f in {FILES}; do "
               "[ $(stat -c %a $f) = 400 ] || exit 1; cat $f >/dev/null || exit 2; done")
        vm.run("echo integrity > /sys/kernel/security/lockdown; "
               "echo confidentiality > /sys/kernel/security/lockdown")
        for name in FILES.split() + ["/proc/kcore"]:
            status, out = vm.run(f"cd /sys/kernel/debug/crash_hotplug; head -c 1 {name}",
                                 check=False)
            if not status or "not permitted" not in out:
                raise Failed(f"{name} can be read under lockdown: {out}")
        vm.check_log()


CASES = {"hidden-under-lockdown": lockdown}
