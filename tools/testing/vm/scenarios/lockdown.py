# SPDX-License-Identifier: GPL-2.0-only
"""debugfs shows kernel addresses to root alone, and to nobody where lockdown
hides /proc/kcore.
"""
from story import *

DIRS = {"crash_hotplug": "elfcorehdr ranges stats", "meminspect": "elfcorehdr regions stats"}
HIDDEN = ("crash_hotplug/elfcorehdr", "crash_hotplug/ranges", "meminspect/elfcorehdr",
          "meminspect/regions", "/proc/kcore")


def lockdown(kernel):
    with Machine(kernel, memory="1G", crashkernel="256M", name="lockdown") as vm:
        load(vm)
        for directory, files in DIRS.items():
            vm.run(f"cd /sys/kernel/debug/{directory}; for f in {files}; do "
                   "[ $(stat -c %a $f) = 400 ] || exit 1; cat $f >/dev/null || exit 2; done")
        vm.run("echo integrity > /sys/kernel/security/lockdown; "
               "echo confidentiality > /sys/kernel/security/lockdown")
        for name in HIDDEN:
            status, out = vm.run(f"cd /sys/kernel/debug; head -c 1 {name}", check=False)
            if not status or "not permitted" not in out:
                raise Failed(f"{name} can be read under lockdown: {out}")


CASES = {"hidden-under-lockdown": lockdown}
