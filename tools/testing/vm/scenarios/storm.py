# SPDX-License-Identifier: GPL-2.0-only
"""Nothing is lost: events against loads, unloads and reads that hold the lock.

200 events of CPUs and memory, while images are loaded and unloaded and
kexec_crash_size is read without pause.  A second after the last event, with no
further one, the header is exact.
"""
from story import *

MAINLINE_FAILS = r"after the storm: missing .*(stale 0x|0x)"
EVENTS = 200

STORM = f"""
load() {{ kexec -s -p /boot/Image --initrd=/boot/initramfs --command-line=panic=-1; }}
touch /tmp/go
while [ -e /tmp/go ]; do load; cat /sys/kernel/kexec_crash_size; kexec -p -u; done >/dev/null 2>&1 &
while [ -e /tmp/go ]; do cat /sys/kernel/kexec_crash_size; done >/dev/null 2>&1 &
n=0 failed=0
set_state() {{ n=$((n+1)); echo $2 > $1 || failed=$((failed+1)); }}
while [ $n -lt {EVENTS - 10} ]; do
	for block in 32 33 34 35; do set_state {MEMORY}/memory$block/state online_movable; done
	set_state /sys/devices/system/cpu/cpu1/online 0
	for block in 33 35; do set_state {MEMORY}/memory$block/state offline; done
	set_state /sys/devices/system/cpu/cpu1/online 1
	for block in 32 34; do set_state {MEMORY}/memory$block/state offline; done
done
rm /tmp/go
wait
# The last ones, against one load more, which stays.
load &
while [ $n -lt {EVENTS} ]; do
	for block in 32 33 34; do set_state {MEMORY}/memory$block/state online_movable; done
	for block in 33; do set_state {MEMORY}/memory$block/state offline; done
	for block in 32 34; do set_state {MEMORY}/memory$block/state offline; done
done 2>/dev/null
set_state {MEMORY}/memory32/state online_movable
set_state {MEMORY}/memory34/state online_movable
set_state {MEMORY}/memory32/state offline
wait
echo events $n failed $failed
cat /sys/kernel/kexec_crash_loaded
"""


def storm(kernel):
    with Machine(kernel, slots=4, maxmem="4G", name="storm") as vm:
        vm.plug_dimm("storm", 512)
        vm.wait_for(f"[ -e {MEMORY}/memory35 ]")
        out = vm.run(STORM, timeout=400)
        # The second that the design allows.
        time.sleep(1)
        if not out.strip().endswith("1"):
            raise HarnessError(f"no image is loaded after the storm: {out[-200:]}")
        header = core.find_header(vm)
        core.check_exact(vm, header, "after the storm")
        stats = dict(line.split() for line in
                     vm.run("cat /sys/kernel/debug/crash_hotplug/stats").splitlines())
        if not int(stats["deferred"]) or not int(stats["reconciled"]):
            raise HarnessError(f"no event met a held lock: {stats}")
        return f"{stats['deferred']} events deferred, {stats['reconciled']} reconciliations"


CASES = {"200-events-against-loads": storm}
