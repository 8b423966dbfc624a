# SPDX-License-Identifier: GPL-2.0-only
"""Secrets that no minidump may have: the random generator's state, and programs' registers.

The state is read from the machine's memory by the kernel's own symbols, and the dump
is searched for each 16 bytes of it.  For the registers, a program keeps a pattern in all
of its vector registers, and the dump is searched for the pattern.
"""
from minidump import *
from switch import Memory

PATTERN = 0x5eC2e7_0DdBa11_05
# The variables of the generator, and the number of bytes of each that are looked for.
STATIC = {"base_crng": 32, "input_pool": 32}
PERCPU = {"crngs": 32, "batched_entropy_u8": 64, "batched_entropy_u32": 64,
          "batched_entropy_u64": 64, "irq_randomness": 32}
CPUS = 4


def found(secret, data):
    """Return 16 bytes of the secret that are in the data, or None; zeros are no secret."""
    for at in range(0, len(secret) - 15, 16):
        part = secret[at:at + 16]
        if len(set(part)) > 8 and part in data:
            return part
    return None


def random_state(kernel):
    with machine(kernel, cpus=CPUS, cmdline="nokaslr", name="secrets") as vm:
        memory = Memory(vm)
        # Use each kind of random numbers, on each CPU.
        for cpu in range(CPUS):
            vm.run(f"taskset {1 << cpu:x} sh -c 'head -c 100 /dev/urandom >/dev/null; "
                   "for i in 1 2 3 4; do sh -c true; done'")
        vm.wait_for("dmesg | grep -q 'crng init done'")
        vm.qmp("stop")
        data = collect(vm, vm.dir / "minidump")[1].read_bytes()
        secrets = {}
        for name, size in STATIC.items():
            secrets[name] = memory.bytes(memory.symbols[name], size)
        for name, size in PERCPU.items():
            for cpu in range(CPUS):
                base = memory.read("__per_cpu_offset", 8 * cpu)
                secrets[f"{name} of CPU {cpu}"] = memory.bytes((memory.symbols[name] + base) % (1 << 64),
                                                              size)
        real = [name for name, secret in secrets.items() if len(set(secret[:16])) > 8]
        if len([name for name in real if name.startswith("crngs")]) < CPUS:
            raise HarnessError(f"only {real} have contents: the test would prove nothing")
        leaked = [name for name, secret in secrets.items() if found(secret, data)]
        if leaked:
            raise Failed(f"the dump has {', '.join(leaked)}")
        opens_in_crash(vm, vm.dir / "minidump/minidump.core")
        return f"{len(real)} of {len(secrets)} have contents, and none is in {len(data) / MIB:.1f} MiB"


def registers(kernel):
    pattern = (PATTERN.to_bytes(8, "little") + (~PATTERN & (1 << 64) - 1).to_bytes(8, "little"))
    with machine(kernel, cpus=CPUS, cmdline="meminspect.watch_ms=100", name="secrets",
                 files=tools(kernel, "registers")) as vm:
        # Run more programs than CPUs, so that the registers are saved at task switches.
        vm.run(f"for i in $(seq {3 * CPUS}); do registers {PATTERN:#x} >/dev/null 2>&1 & done")
        vm.wait_for(f"[ $(cat {DEBUGFS}/regions | grep -c ' task_struct ') -ge {2 * CPUS} ]")
        vm.qmp("stop")
        data = collect(vm, vm.dir / "minidump")[1].read_bytes()
        ram_has = sum(path.read_bytes().count(pattern) for path, _ in vm.ram)
        if ram_has < CPUS:
            raise HarnessError(f"the machine's memory has the registers {ram_has} times")
        if pattern in data:
            raise Failed(f"the dump has the registers {data.count(pattern)} times")
        if b"registers\0" not in data:
            raise HarnessError("the dump has no task of the program")
        return f"{ram_has} times in memory, and not in {len(data) / MIB:.1f} MiB"


def cases(kernel):
    return {"registers": registers} | ({"random-state": random_state}
                                       if arch.of_kernel(kernel).name == "x86_64" else {})
