# SPDX-License-Identifier: GPL-2.0-only
"""A machine that looks like a Qualcomm phone to Linux: SMEM as the boot firmware
leaves it, and the firmware that reads it after a hang."""
import shutil
import subprocess

import minidump
from minidump import ram
from story import *
from vm import MIB

FIRMWARE = BUILD / "tools/firmware"
# In the memory of QEMU's virt machine, at an address without kernel and initrd.
SMEM = 0x50000000
SMEM_SIZE = 2 * MIB
# The registers of the hardware lock are plain memory: nobody else takes the lock.
LOCK = SMEM + SMEM_SIZE
KINFO = LOCK + 0x10000

DEVICES = f"""
/dts-v1/;
/plugin/;
&{{/}} {{
	reserved-memory {{
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;

		smem@{SMEM:x} {{
			compatible = "qcom,smem";
			reg = <0 {SMEM:#x} 0 {SMEM_SIZE:#x}>;
			no-map;
			hwlocks = <&lock 3>;
		}};

		debug-kinfo@{KINFO:x} {{
			compatible = "google,debug-kinfo";
			reg = <0 {KINFO:#x} 0 0x1000>;
			no-map;
		}};

		registers@{LOCK:x} {{
			reg = <0 {LOCK:#x} 0 0x1000>;
			no-map;
		}};
	}};

	lock: hwlock@{LOCK:x} {{
		compatible = "qcom,sfpb-mutex";
		reg = <0 {LOCK:#x} 0 0x1000>;
		#hwlock-cells = <1>;
	}};

	minidump {{
		compatible = "qcom,minidump";
	}};
}};
"""


def smem(vm):
    return [*ram(vm), "--smem", hex(SMEM), "--smem-size", str(SMEM_SIZE)]


def firmware(*args, statuses=(0,)):
    """Run the firmware; a status other than those is a failure."""
    run = subprocess.run([FIRMWARE, *map(str, args)], capture_output=True, text=True)
    if run.returncode not in statuses:
        raise Failed(f"firmware {args[0]}: status {run.returncode}: {run.stderr.strip()[-400:]}")
    return run


def phone(kernel, prepare=(), damage=None, **options):
    """The machine with its memory prepared; prepare has more arguments for the firmware."""
    def before_boot(vm):
        firmware("prepare", *smem(vm), *prepare)
        if damage:
            firmware("damage", damage, *smem(vm))
        vm.smem_before = minidump.read_ram(vm, SMEM, SMEM_SIZE)

    return Machine(kernel, ram_file=True, device_tree=DEVICES, before_boot=before_boot,
                   **options)


def collect(vm, out, statuses=(0,)):
    """Collect as the firmware does; return [region], in the order of the table."""
    run = firmware("collect", *smem(vm), "-o", out, "--json", statuses=statuses)
    return minidump.from_json(run.stdout)["regions"]


class Firmware:
    """The reader of a phone's memory at random instants; as instants.Tool."""
    # A device that has to shrink takes offline memory first, so a block may be missing.
    TO = f"to() {{ echo $1 > {MEMORY}/memory$2/state; }} 2>/dev/null"

    @staticmethod
    def machine(kernel, **options):
        return phone(kernel, virtio_mem="1G", **options)

    @staticmethod
    def plug(vm):
        vm.resize_virtio_mem(128 * MIB)

    @staticmethod
    def unplug(vm):
        vm.resize_virtio_mem(-128 * MIB)

    @staticmethod
    def look(vm):
        out = vm.ram_dir / "look"
        shutil.rmtree(out, ignore_errors=True)
        regions = collect(vm, out)
        minidump.judge_header((out / regions[0]["file"]).read_bytes(), regions)
        return minidump.tool("check", out)["header_crc"]

    @staticmethod
    def core(vm, out):
        return core_of(out, collect(vm, out))


def core_of(out, regions):
    """Make the core of the regions' files end to end; fail unless our tool makes the same."""
    path = out / "minidump.core"
    path.write_bytes(b"".join((out / r["file"]).read_bytes() for r in regions))
    if minidump.assembled(out) != path.read_bytes():
        raise Failed("what 'minidump assemble' makes of the files is not their concatenation")
    return path
