# SPDX-License-Identifier: GPL-2.0-only
"""Nothing is lost: events against loads, unloads and reads that hold the lock.

200 events of CPUs and memory, while images are loaded and unloaded and
kexec_crash_size is read without pause.  The last but one comes in the middle of
a crash image's load, whose header is made already; the last in the middle of
another kernel's, which holds the lock while the crash image stays as it is: gdb
stops the machine there while a DIMM is plugged.  Within a second of it, with no
further event, the header is exact.
"""
from story import *

MAINLINE_FAILS = r"after the storm: missing 0x"
EVENTS = 200
# The load-time header is made just before this, and the digests after it.
HEADER_IS_MADE = {"x86_64": "crash_setup_memmap_entries", "arm64": "of_kexec_alloc_and_setup_fdt"}
LOADS = {"x86_64": "bzImage64_load", "arm64": "image_load"}

STORM = f"""
touch /tmp/go
while [ -e /tmp/go ]; do
	kexec -s -p /boot/Image --initrd=/boot/initramfs --command-line=panic=-1
	cat /sys/kernel/kexec_crash_size
	kexec -p -u
done >/dev/null 2>&1 &
while [ -e /tmp/go ]; do cat /sys/kernel/kexec_crash_size; done >/dev/null 2>&1 &
n=0 failed=0
event() {{ n=$((n+1)); echo $2 > $1 || failed=$((failed+1)); }}
while [ $n -lt {EVENTS} ]; do
	for block in $B $((B + 1)) $((B + 2)) $((B + 3)); do event {MEMORY}/memory$block/state online_movable; done
	event /sys/devices/system/cpu/cpu1/online 0
	for block in $((B + 1)) $((B + 3)); do event {MEMORY}/memory$block/state offline; done
	event /sys/devices/system/cpu/cpu1/online 1
	for block in $B $((B + 2)); do event {MEMORY}/memory$block/state offline; done
done
for block in $B $((B + 1)) $((B + 2)) $((B + 3)); do event {MEMORY}/memory$block/state online_movable; done
rm /tmp/go
wait
echo $n $failed
"""


def event_during(vm, function, how, dimm):
    """Plug a DIMM while kexec, stopped in the function, holds the lock."""
    blocks = online_blocks(vm)
    stop = Stop(vm, function)
    # Not on CPU 0, which ACPI's work is bound to.
    vm.start_command(f"taskset -p 2 $$ >/dev/null; kexec -s {how} /boot/Image --initrd=/tmp/large --command-line=panic=-1")
    stop.wait()
    vm.plug_dimm(dimm)
    stop.release()
    vm.finish_command(timeout=180)
    wait_online(vm, blocks + 1)


def storm(kernel):
    with Machine(kernel, memory="1G" if kernel.name.endswith("-debug") else "512M", slots=4,
                 maxmem="4G", crashkernel="256M" if kernel.name.endswith("-debug") else "160M",
                 gdb=True, name="storm") as vm:
        vm.plug_dimm("storm", 512)
        vm.wait_for(f"[ -e {MEMORY}/memory{vm.first_block + 3} ]")
        events, failed = vm.run(f"B={vm.first_block}\n{STORM}", timeout=1200).split()[-2:]
        if int(events) < EVENTS or int(failed):
            raise HarnessError(f"{events} events, of which {failed} failed")

        auto_online(vm)
        # Its digest takes seconds, with the lock held; a DIMM takes a tenth of one.
        # KASAN makes it ten times slower, and RCU must not take it for a stall.
        vm.run("dd if=/dev/zero of=/tmp/large bs=1M "
               f"count={8 if kernel.name.endswith('-debug') else 48} 2>/dev/null")
        event_during(vm, HEADER_IS_MADE[vm.arch.name], "-p", "last-but-one")
        event_during(vm, LOADS[vm.arch.name], "-l", "last")
        # The second that the design allows.
        time.sleep(1)
        header = core.find_header(vm)
        core.check_exact(vm, header, "after the storm")

        stats = dict(line.split() for line in
                     vm.run("cat /sys/kernel/debug/crash_hotplug/stats").splitlines())
        if not int(stats["deferred"]) or not int(stats["reconciled"]):
            raise HarnessError(f"no event met a held lock: {stats}")
        return f"{events} events, {stats['deferred']} deferred, {stats['reconciled']} reconciliations"


CASES = {"200-events-against-loads": storm}
