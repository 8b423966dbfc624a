# SPDX-License-Identifier: GPL-2.0-only
"""Loading and unloading leaks neither memory nor mappings.

Each load maps the header's pages and allocates its index; each unload, and each
load that replaces another, gives them back.
"""
from story import *

CYCLES = 40
GROWTH_KIB = 256

LOOP = f"""
kernel_memory() {{ awk '/^(SUnreclaim|VmallocUsed):/ {{ sum += $2 }} END {{ print sum }}' /proc/meminfo; }}
cycle() {{
	kexec -s -p /boot/Image --initrd=/boot/initramfs --command-line=panic=-1 &&
	kexec -c -p --hotplug /boot/Image --initrd=/boot/initramfs --command-line=panic=-1 &&
	badload none $1 && badload type $1 >/dev/null && kexec -p -u || echo failed
}}
for i in 1 2 3 4; do cycle $1; done
before=$(kernel_memory)
for i in $(seq {CYCLES}); do cycle $1; done
echo $(($(kernel_memory) - before))
"""


def loads(kernel):
    with Machine(kernel, files=tools(kernel, "badload"), name="loads") as vm:
        out = vm.run(f"set -- {core.reservation(vm)[0]:#x}\n{LOOP}", timeout=300).split()
        if len(out) != 1:
            raise HarnessError(f"loads failed: {' '.join(out)}")
        if int(out[0]) > GROWTH_KIB:
            raise Failed(f"{CYCLES} cycles of loads cost {out[0]} KiB")
        return f"{4 * CYCLES} loads and {CYCLES} unloads: {out[0]} KiB more in use"


CASES = {"nothing-lost": loads}
