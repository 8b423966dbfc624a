# SPDX-License-Identifier: GPL-2.0-only
"""Firmware looks at random instants, and always sees one whole generation.

Meanwhile CPUs and memory go offline and online, and drivers register and unregister.
At each instant the machine is stopped, and the tool judges the data that firmware
would collect; afterwards, each header must have been published as it was seen.
"""
import random

from dangling import HIGH
from minidump import *

INSTANTS = 1000 if LONG else 400
# The kernel that checks memory and locks is slower; on it those checks matter.
INSTANTS_CHECKING = 100
# A DIMM is plugged or unplugged once in so many instants.
EVERY = 20
TRACING = "/sys/kernel/tracing"

STORM = f"""
touch /tmp/go
(while [ -e /tmp/go ]; do
	for cpu in 1 2; do echo 0 > /sys/devices/system/cpu/cpu$cpu/online; done
	for block in $B $((B + 1)); do to online_movable $block; done
	for cpu in 1 2; do echo 1 > /sys/devices/system/cpu/cpu$cpu/online; done
	for block in $B $((B + 1)); do to offline $block; done
	echo >> /tmp/rounds
done; touch /tmp/done1) >/tmp/errors 2>&1 &
(while [ -e /tmp/go ]; do
	insmod /root/meminspect-sample.ko
	rmmod meminspect_sample
done; touch /tmp/done2) >>/tmp/errors 2>&1 &
(while [ -e /tmp/go ]; do
	echo kmalloc 5000 > {TEST}; echo vmalloc 20000 > {TEST}; echo percpu 100 > {TEST}
	# Both are in a block that goes offline sooner or later, or is offline: then they
	# are refused.  The first is released with the others; the second is kept until
	# its block is offline.
	{{
		echo pa $((B * {BLOCK} + 65536)) 4096 > {TEST}
		grep -q '8192) here' {TEST} || echo pa $((B * {BLOCK} + 4096)) 8192 > {TEST}
	}} 2>/dev/null
	grep memory_offline {TEST} >> /tmp/late
	for n in $(sed -n '/8192) here/d; s/^\\([0-9]*\\) cookie=.*/\\1/p' {TEST}); do echo release $n > {TEST}; done
done; touch /tmp/done3) >>/tmp/errors 2>&1 &
"""


def published(vm):
    """The checksums of all headers that were published."""
    lost = sum(int(n) for n in re.findall(r"(?:overrun|dropped events): (\d+)",
                                          vm.run(f"cat {TRACING}/per_cpu/cpu*/stats")))
    if lost:
        raise HarnessError(f"{lost} events of the trace are lost")
    return set(vm.run(f"grep -o 'crc=[0-9a-f]*' {TRACING}/trace | sort -u | cut -c5-",
                      timeout=300).split())


class Tool:
    """The firmware's part is played by 'minidump'."""
    # A function of the guest's shell, which sets the state of a block.
    TO = f"to() {{ echo $1 > {MEMORY}/memory$2/state; }}"

    @staticmethod
    def machine(kernel, **options):
        return machine(kernel, slots=2, maxmem="128G", **options)

    @staticmethod
    def plug(vm):
        """Plug a DIMM, which has its own tables of sections."""
        vm.plug_dimm("two", 128, address=HIGH)

    @staticmethod
    def unplug(vm):
        vm.wait_for(f"grep -q 1 {MEMORY}/memory{HIGH // BLOCK}/online", timeout=120)
        vm.unplug_dimm("two", timeout=120)

    @staticmethod
    def look(vm):
        """Judge the table and the header; return the header's checksum."""
        report = check(vm)
        judge_header(read_header(vm, report), report["regions"])
        return report["header_crc"]

    @staticmethod
    def core(vm, out):
        return collect(vm, out)[1]


def instants(kernel, role=Tool):
    checking = kernel.name.endswith("-debug")
    count = INSTANTS_CHECKING if checking else INSTANTS
    with role.machine(kernel, memory="1G", cpus=3, name="instants",
                      files=modules(kernel, "test_meminspect", "meminspect-sample")) as vm:
        vm.plug_dimm("one", 256)
        vm.wait_for(f"[ -e {MEMORY}/memory{vm.first_block + 1} ]")
        # One publication at least is in the trace before the first look.
        vm.run(f"insmod /root/test_meminspect.ko; echo 32768 > {TRACING}/buffer_size_kb; "
               f"echo 1 > {TRACING}/events/meminspect/meminspect_publish/enable; "
               f"echo kmalloc 100 > {TEST}; echo release 1 > {TEST}")
        auto_online(vm)
        vm.run(f"B={vm.first_block}\n{role.TO}\n{STORM}")
        dice = random.Random(4711)
        seen = {}
        for i in range(count):
            if i % EVERY == 0:
                (role.unplug if i // EVERY % 2 else role.plug)(vm)
            time.sleep(dice.random() * 0.02)
            vm.qmp("stop")
            seen.setdefault(role.look(vm)[2:].zfill(8), i)
            if i % (count // 5) == count // 5 - 1:
                opens_in_crash(vm, role.core(vm, vm.dir / f"instant-{i}"))
            vm.qmp("cont")
        # With few instants on a slow machine the first round may not be over.
        vm.wait_for("[ -s /tmp/late ]", timeout=120)
        vm.run("rm /tmp/go")
        for n in (1, 2, 3):
            vm.wait_for(f"[ -e /tmp/done{n} ]", timeout=120)
        late = int(vm.run("wc -l < /tmp/late"))
        errors = vm.run("cat /tmp/errors").strip()
        if errors:
            raise HarnessError(f"in the storm: {errors[:300]}")
        known = published(vm)
        strange = [i for crc, i in seen.items() if crc not in known]
        if strange:
            raise Failed(f"{len(strange)} of {len(seen)} headers were never published so; "
                         f"the first at instant {strange[0]}")
        rounds = vm.run("wc -l < /tmp/rounds").strip()
        return (f"{count} instants, {len(seen)} generations of {len(known)}, {rounds} rounds of "
                f"hotplug, {count // EVERY} of plugging, {late} released after their memory had gone")


CASES = {"random-instants": instants}
