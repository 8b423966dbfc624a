# SPDX-License-Identifier: GPL-2.0-only
"""A machine hangs or panics without kdump, and unpatched crash opens its minidump.

In the hang, one CPU has interrupts off, and the watchdog, which is not fed any more,
stops the machine.  The test plays the firmware's part on the machine's memory.
"""
from crash_in_update import CRASH, start_update
from minidump import *

HANG = "/sys/kernel/debug/provoke-crash/DIRECT"
CPUS = 4
# The CPU that hangs.
HANGS = 2
# Most bytes that a phone's firmware may have to collect, with 4 CPUs and 2 GiB.
LIMIT = 4 * MIB


def start(kernel, cmdline="", kind=machine, **options):
    return kind(kernel, memory="2G", cpus=CPUS, cmdline=f"i6300esb.heartbeat=5 {cmdline}",
                devices=["i6300esb"], **options)


def interrupts_off(vm, *cpus):
    """True if the registers of the CPUs show that interrupts are off.

    The log can't tell: a console may print by a thread, which a CPU that hangs at once
    does not wake up.
    """
    flags, bit, off = {"x86_64": (r"\b[ER]FL=(\w+)", 9, 0), "arm64": (r"PSTATE=(\w+)", 7, 1)}[vm.arch.name]
    shown = vm.registers()
    return all(int(re.search(flags, shown[cpu])[1], 16) >> bit & 1 == off for cpu in cpus)


def wait_hung(vm, *cpus):
    """Wait until the CPUs have interrupts off, and keep them off."""
    deadline, times = time.monotonic() + 60, 0
    while times < 5:
        times = times + 1 if interrupts_off(vm, *cpus) else 0
        if time.monotonic() > deadline:
            raise HarnessError(f"CPUs {cpus} do not hang")
        time.sleep(.05)


def others_idle(vm):
    """True if all CPUs idle but the one that hangs."""
    cpus = vm.registers()
    if len(cpus) != CPUS:
        raise HarnessError(f"QEMU shows the registers of {len(cpus)} CPUs, not {CPUS}")
    del cpus[HANGS]
    if vm.arch.name == "x86_64":
        return all("HLT=1" in shown for shown in cpus)
    # QEMU does not show that an arm64 CPU waits: see if its PC is in cpu_do_idle().  KASLR
    # is by multiples of 2 MiB.
    start, size = symbols(vm.kernel)["cpu_do_idle"]
    return all((int(re.search(r"PC=(\w+)", shown)[1], 16) - start) % (2 * MIB) < size
               for shown in cpus)


def hang(vm):
    """Let CPU 2 feed the watchdog, and then hang.

    First wait for the change to the final clocksource: it stops all CPUs, which
    would wait for CPU 2 with interrupts off, and could not look at its task.
    """
    vm.wait_for("! grep -q early /sys/devices/system/clocksource/clocksource0/current_clocksource")
    vm.qmp("set-action", watchdog="pause", reboot="reset")
    # An interrupt while the console prints the command leaves frames on the stack, which
    # can be taken for the frames of the function that hangs.
    vm.run("dmesg -n 1")
    vm.start_command("exec 3>/dev/watchdog; taskset -p 4 $$ >/dev/null; "
                     f"exec sh -c 'echo 1 >&3; echo HARDLOCKUP > {HANG}'")
    vm.wait_event("WATCHDOG", 60)
    vm.wait_event("STOP", 10)
    if not interrupts_off(vm, HANGS):
        raise HarnessError("the watchdog's time was over before CPU 2 hung")
    # crash looks for a panic on the stack of each CPU's task, and does not open the dump
    # if one of them is a thread that has just woken up, and that no CPU has looked at.
    deadline = time.monotonic() + 10
    while not others_idle(vm):
        if time.monotonic() > deadline:
            raise HarnessError("the other CPUs do not idle")
        vm.qmp("cont")
        time.sleep(0.01)
        vm.qmp("stop")


def tasks(ps):
    """[(active, pid, cpu, command)] of the output of ps."""
    found = re.findall(r"^(>?)\s*(\d+)\s+-?\d+\s+(\d+)\s+[0-9a-f]{16}\s+\S+.*?(\S+)$", ps, re.M)
    return [(bool(a), int(pid), int(cpu), command) for a, pid, cpu, command in found]


def current_tasks(runq):
    """[(cpu, pid, command)] of the current tasks in the output of runq."""
    return re.findall(r"CPU (\d+) RUNQUEUE: \S+\s+CURRENT: PID: (\d+) +TASK: \S+ +COMMAND: \"(.*?)\"",
                      runq)


def judge(vm, core_file):
    """Judge crash's answers on a hang or a panic, with no option at all.

    Return the current tasks and the tasks of ps.
    """
    sys, log, runq, ps, jiffies = crash_utility(
        vm, core_file, ["sys", "log", "runq", "ps", "p jiffies"])
    if f"CPUS: {CPUS}" not in sys or vm.run_release not in sys:
        raise Failed(f"sys: {sys}")
    last = vm.log().strip().splitlines()[-1]
    missing = [l for l in vm.log().splitlines() if re.match(r"\[ *\d", l) and
               l.split("] ", 1)[-1].strip() not in log]
    if len(missing) > 2 or "Linux version" not in log or not log.strip():
        raise Failed(f"log lacks {len(missing)} lines of the console's, the first of them: {missing[0]}; "
                     f"the last one: {last}")
    current = current_tasks(runq)
    if [int(cpu) for cpu, _, _ in current] != list(range(CPUS)):
        raise Failed(f"runq: {runq}")
    idle = {cpu for _, pid, cpu, command in tasks(ps) if not pid and command.startswith("[swapper")}
    if idle != set(range(CPUS)):
        raise Failed(f"ps has the idle tasks of CPUs {sorted(idle)} only: {ps}")
    value = re.search(r"= (?:\$\d+ = )?(\d+)", jiffies)
    if not value or not int(value[1]):
        raise Failed(f"p jiffies: {jiffies}")
    return current, tasks(ps)


def judge_hung(current, processes):
    if current[2][2] != "sh" or not any(a and cpu == 2 and command == "sh"
                                        for a, _, cpu, command in processes):
        raise Failed(f"CPU 2 hangs in sh, and runs {current[2]}; ps: {processes}")


def stacks_of(every):
    """Split the output of 'bt -a' by CPU; there must be a stack of each."""
    stacks = re.split(r"^(?=PID: )", every, flags=re.M)[1:]
    if len(stacks) != CPUS or any(not re.search(r"^ #\d+ \[", s, re.M) for s in stacks):
        raise Failed(f"bt -a has no stack of each CPU: {every}")
    return stacks


def hung(kernel):
    with start(kernel, name="hang") as vm:
        vm.run_release = vm.run("uname -r").strip()
        hang(vm)
        out = vm.dir / "minidump"
        report, core_file = collect(vm, out)
        if assembled(out) != core_file.read_bytes():
            raise Failed("what assemble makes of the files is not the core")
        if report["bytes"] > LIMIT:
            raise Failed(f"{report['bytes']} bytes, more than {LIMIT}")
        judge_hung(*judge(vm, core_file))

        # Firmware may run only after a reset, which keeps the memory.  On arm64
        # QEMU writes the kernel's file to it again.
        if vm.arch.name == "x86_64":
            vm.qmp("system_reset")
            again = collect(vm, vm.dir / "after-reset")[1]
            if again.read_bytes() != core_file.read_bytes():
                raise Failed("after a warm reset the core is another one")
        return f"{len(report['regions'])} regions, {report['bytes'] / MIB:.1f} MiB"


def wait_for_panic(vm):
    """Wait for the panic's last message, and stop the machine."""
    vm.wait_log("end Kernel panic")
    vm.qmp("stop")


def panicked(kernel, cmdline=""):
    with start(kernel, cmdline, panic=0, name="panic") as vm:
        vm.run_release = vm.run("uname -r").strip()
        vm.expect_panic = True
        vm.start_command(f"taskset -p 2 $$ >/dev/null; exec sh -c 'echo PANIC > {HANG}'")
        wait_for_panic(vm)
        report, core_file = collect(vm, vm.dir / "minidump")
        current, _ = judge(vm, core_file)
        sys, bt = crash_utility(vm, core_file, ["sys", "bt -a"])
        if "PANIC: \"Kernel panic - not syncing: dumptest\"" not in sys:
            raise Failed(f"sys does not name the panic: {sys}")
        stacks = stacks_of(bt)
        if not re.search(r"\] v?panic at .*lkdtm", stacks[1], re.S) or "CPU: 1 " not in stacks[1]:
            raise Failed(f"bt -a does not show who panicked: {stacks[1]}")
        how = {"x86_64": "nmi", "arm64": "irq"}[vm.arch.name]
        if any(how not in s for s in stacks[:1] + stacks[2:]):
            raise Failed(f"bt -a does not show how the others were stopped: {bt}")
        if report["bytes"] > LIMIT:
            raise Failed(f"{report['bytes']} bytes, more than {LIMIT}")
        return f"{len(report['regions'])} regions, {report['bytes'] / MIB:.1f} MiB"


def panicked_in_an_event(kernel):
    """A panic comes while plugged memory goes online and the kernel looks for the end of
    RAM: the panic's image has the same RAM as the one before.
    """
    with machine(kernel, memory="1G", cpus=2, slots=1, maxmem="4G", panic=0, gdb=True,
                 cmdline="unknown_nmi_panic", name="panic") as vm:
        vm.plug_dimm("one", 128)
        state = f"{MEMORY}/memory{vm.first_block}/state"
        vm.wait_for(f"[ -e {state} ]")
        before = core.parse(read_header(vm, check(vm)))[-1]
        vm.expect_panic = True
        process = gdb(vm, CRASH.format(function="meminspect_sections_update", step="", valid="0",
                                       crash=crash_cpu_0(vm)))
        start_update(vm, "memory-add", f"echo online_movable > {state}")
        out = gdb_output(process)
        if "stopped at" not in out:
            raise HarnessError(f"gdb did not get to meminspect_sections_update: {out[-500:]}")
        wait_for_panic(vm)
        report, core_file = collect(vm, vm.dir / "minidump")
        last = core.parse(core_file.read_bytes())[-1]
        if last.filesz or (last.paddr, last.memsz) != (before.paddr, before.memsz):
            raise Failed(f"the panic's image ends with {last.memsz:#x} bytes at {last.paddr:#x}, and the "
                         f"one before with all RAM, {before.memsz:#x} at {before.paddr:#x}")
        return f"{len(report['regions'])} regions, RAM up to {(last.paddr + last.memsz) / MIB:,.0f} MiB"


CASES = {"hung": hung, "panicked": panicked, "panicked-in-an-event": panicked_in_an_event}
