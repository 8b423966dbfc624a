# SPDX-License-Identifier: GPL-2.0-only
"""No event is lost to loads, unloads and reads that hold the lock.

There are 200 events of CPUs and memory, while images are loaded and unloaded and
kexec_crash_size is read without pause.  Now and then the test looks at the header.
For that, the events pause in the middle of the load of another kernel, which leaves
the crash image as it is, and all else pauses when that load ends.  The header must be
exact, with no event and no load of a crash image in between.  The last look is at the
storm's end.

Then one event comes in the middle of a crash image's load, after the header is made,
and one in the middle of another kernel's load, which holds the lock while the crash
image stays as it is.  gdb stops the machine there while a DIMM is plugged.  The header
must be exact after each.
"""
from story import *

# Mainline loses an event of plugged memory.  Its header also has memory that is plugged
# and offline, so that the looks do not show the loss.
MAINLINE_FAILS = r"^after an event in a load: missing 0x"
EVENTS = 200
# One look each, after so many events in a load of another kernel.
LOOKS = 1, 2, 4, 6, 9
# The load-time header is made just before this, and the digests after it.
HEADER_IS_MADE = {"x86_64": "crash_setup_memmap_entries", "arm64": "of_kexec_alloc_and_setup_fdt"}
LOADS = {"x86_64": "bzImage64_load", "arm64": "image_load"}

# When there is a /tmp/look, the reads pause, and then the loads after a load of another
# kernel.  In the middle of that load the events pause, after as many as the file says.
STORM = f"""
touch /tmp/go
echo 0 > /tmp/events
pause() {{
	touch /tmp/paused-$1
	while [ -e /tmp/look ]; do usleep 10000; done
	rm /tmp/paused-$1
}}
while true; do
	look=
	if [ -e /tmp/look ]; then
		until [ -e /tmp/paused-reads ]; do usleep 10000; done
		look=1
	fi
	kexec -s -p /boot/Image --initrd=/boot/initramfs --command-line=panic=-1
	if [ "$look" ]; then
		touch /tmp/loading
		kexec -s -l /boot/Image --initrd=/boot/initramfs --command-line=panic=-1
		pause loads
	fi
	# The image of the last look stays.
	[ -e /tmp/go ] || break
	cat /sys/kernel/kexec_crash_size
	kexec -p -u
done >/dev/null 2>/tmp/failed-loads &
while [ -e /tmp/go ]; do
	cat /sys/kernel/kexec_crash_size
	if [ -e /tmp/look ]; then pause reads; fi
done >/dev/null 2>&1 &
n=0 more=
event() {{
	if [ -z "$more" ] && [ -e /tmp/loading ]; then more=$(cat /tmp/look); fi
	if [ "$more" = 0 ]; then more= ; pause events; fi
	[ -e /tmp/go ] || exit 0
	more=${{more:+$((more-1))}}
	n=$((n+1))
	echo $2 > $1 || echo $1 $2 >> /tmp/failed-events
	echo $n > /tmp/events
}}
while true; do
	for block in $B $((B + 1)) $((B + 2)) $((B + 3)); do event {MEMORY}/memory$block/state online_movable; done
	event /sys/devices/system/cpu/cpu1/online 0
	for block in $((B + 1)) $((B + 3)); do event {MEMORY}/memory$block/state offline; done
	event /sys/devices/system/cpu/cpu1/online 1
	for block in $B $((B + 2)); do event {MEMORY}/memory$block/state offline; done
done
"""


def settled(vm):
    """Wait until no event waits for the lock: crash_hotplug reads 0 while one does."""
    attribute = f"{MEMORY}/crash_hotplug"
    vm.wait_for(f"! [ -e {attribute} ] || [ $(cat {attribute}) = 1 ]", what="crash_hotplug reads 1")


def judge(vm, when, ours):
    """Fail unless the header is exact; on a kernel not ours, unless it has all online memory."""
    settled(vm)
    header = core.find_header(vm)
    if ours:
        core.check_exact(vm, header, when)
        return
    missing = core.subtract(core.true_ranges(vm), core.ranges_of(core.live_header(vm, header)))
    if missing:
        raise Failed(f"{when}: missing {core.show(missing)}")


def look(vm, at_least, in_load, ours, last):
    """Look after at least so many events, the last of them in a load; return their number."""
    vm.wait_for(f"[ $(cat /tmp/events) -ge {at_least} ]", timeout=300, what=f"{at_least} events")
    # Create the file with all its contents at once: the events read it.
    vm.run(f"echo {in_load} > /tmp/next; mv /tmp/next /tmp/look")
    for who in ("reads", "loads", "events"):
        vm.wait_for(f"[ -e /tmp/paused-{who} ]", timeout=120, what=f"the {who} pause")
    events = int(vm.run("cat /tmp/events"))
    if vm.run("cat /sys/kernel/kexec_crash_loaded").strip() != "1":
        raise HarnessError("no image is loaded: " + vm.run("tail -n 1 /tmp/failed-loads"))
    judge(vm, f"after {events} events", ours)
    vm.run(f"{'rm /tmp/go; ' if last else ''}rm /tmp/loading /tmp/look")
    vm.wait_for("! ls /tmp/paused-* >/dev/null 2>&1", what="the storm goes on")
    return events


def event_during(vm, function, how, dimm):
    """Plug a DIMM while kexec, stopped in the function, holds the lock."""
    blocks = online_blocks(vm)
    stop = Stop(vm, function)
    # Run kexec on CPU 1: ACPI's work is bound to CPU 0.
    vm.start_command(f"taskset -p 2 $$ >/dev/null; kexec -s {how} /boot/Image --initrd=/tmp/large --command-line=panic=-1")
    stop.wait()
    vm.plug_dimm(dimm)
    stop.release()
    vm.finish_command(timeout=180)
    wait_online(vm, blocks + 1)


def storm(kernel):
    ours = "crash_hotplug_event" in symbols(kernel)
    debug = kernel.name.endswith("-debug")
    # The checking kernel is slow, and is there to check the locks: it needs fewer events.
    looks = LOOKS[-2:] if debug and not LONG else LOOKS
    with Machine(kernel, memory="1G" if debug else "512M", slots=4, maxmem="4G",
                 crashkernel="256M" if debug else "160M", gdb=True, name="storm") as vm:
        vm.plug_dimm("storm", 512)
        vm.wait_for(f"[ -e {MEMORY}/memory{vm.first_block + 3} ]")
        vm.run(f"(B={vm.first_block}\n{STORM}) >/tmp/errors 2>&1 &")
        for n, in_load in enumerate(looks, 1):
            events = look(vm, n * EVENTS // len(LOOKS), in_load, ours, n == len(looks))
        failed = vm.run("cat /tmp/failed-events /tmp/errors 2>/dev/null", check=False)[1]
        if failed:
            raise HarnessError(f"in the storm: {failed[:300]}")

        vm.run(f"for block in $(seq {vm.first_block} {vm.first_block + 3}); do "
               f"echo online_movable > {MEMORY}/memory$block/state; done; "
               "echo 1 > /sys/devices/system/cpu/cpu1/online", check=False)
        auto_online(vm)
        # The digest of this file takes seconds, with the lock held; a DIMM takes a tenth of
        # a second.  KASAN makes the digest ten times slower, and RCU must not report a stall.
        vm.run("dd if=/dev/zero of=/tmp/large bs=1M "
               f"count={8 if debug else 48} 2>/dev/null")
        event_during(vm, HEADER_IS_MADE[vm.arch.name], "-p", "last-but-one")
        judge(vm, "after an event in a load", ours)
        event_during(vm, LOADS[vm.arch.name], "-l", "last")
        judge(vm, "after an event in a load of another kernel", ours)

        stats = dict(line.split() for line in
                     vm.run("cat /sys/kernel/debug/crash_hotplug/stats").splitlines())
        if not int(stats["deferred"]) or not int(stats["reconciled"]):
            raise HarnessError(f"no event met a held lock: {stats}")
        return (f"{len(looks)} looks in {events} events, {stats['deferred']} deferred, "
                f"{stats['reconciled']} reconciliations")


CASES = {"200-events-against-loads": storm}
