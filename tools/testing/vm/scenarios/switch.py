# SPDX-License-Identifier: GPL-2.0-only
"""meminspect.switch=1: the task that a CPU runs is in the dump from the start.

One machine hangs at once, and no CPU has looked at the running tasks since the boot:
crash shows where it hangs, and without the option shows nothing of the task.  Another
one is stopped at random instants, under a load of task switches, forks and hotplug:
the table has all of the task that each CPU runs.  The kernel's own variables and page
tables, read from the machine's memory, tell which task that is.
"""
import mmap
import random
from pathlib import Path

import hang
import instants as storm
from minidump import *

# No CPU looks at the running tasks before minutes have passed.
BLIND = "meminspect.watch_ms=600000"
ON = f"meminspect.switch=1 {BLIND}"
INSTANTS = 300
# Flag in the header of the first window of the stack that a CPU is on; and how often, at
# least, that is the running task's stack: a switch does not change mark and task at once.
RUNNING = 0x200000
RIGHT = .8
# The number of windows in a set that are not for pages of the stack.
FIXED = 3
TEXT, LINEAR, PTE = 0xffffffff80000000, 0xffff888000000000, 0xffffffffff000

RINGS = """
for cpu in 0 1 2; do taskset $((1 << cpu)) ring 4 0 >/dev/null 2>&1 & done
(while [ -e /tmp/go ]; do /bin/true; done) >/dev/null 2>&1 &
"""


def judge(vm, out, core_file):
    """Judge crash's answers on a machine that hangs at once, with windows."""
    current, processes = hang.judge(vm, core_file)
    # This task has executed a program since it was switched to, so the dump lacks its
    # address space.  ps ends there, unless per-CPU addresses count from zero, as those
    # of x86 do before 6.15: then ps reads the counters of the address space as zero.
    goes_on = symbols(vm.kernel)["__per_cpu_start"][0] == 0
    if current[2][2] != "sh" or (goes_on and not any(
            a and cpu == 2 and command == "sh" for a, _, cpu, command in processes)):
        raise Failed(f"CPU 2 hangs in sh, and runs {current[2]}; ps: {processes}")
    text, = crash_utility(vm, core_file, ["bt -T -c 2"])
    whole = ["] direct_entry at ", f"] {vm.arch.syscall}"]
    if any(frame not in text for frame in whole):
        raise Failed(f"bt -T does not show where CPU 2 hangs: {text}")
    if vm.arch.name == "x86_64":
        # Without registers crash starts where the task was last switched out, which
        # may be above the function that hangs.
        whole = whole[1:]
    else:
        # On arm64 crash looks for registers, which only a panic saves.
        core_file = vm.dir / "registers.core"
        tool("assemble", "--force", "--registers", out, "-o", core_file)
    every, = crash_utility(vm, core_file, ["bt -a"])
    stacks = hang.stacks_of(every)
    if any(frame not in stacks[2] for frame in ['COMMAND: "sh"', *whole]):
        raise Failed(f"bt -a does not show where CPU 2 hangs: {stacks[2]}")
    # The other CPUs idle, unless a kernel thread, such as RCU's, waits for CPU 2.
    for cpu, stack in enumerate(stacks):
        pid = current[cpu][1]
        if not stack.startswith(f"PID: {pid} ") or \
           (cpu != 2 and ("] kthread at" if int(pid) else "] do_idle at") not in stack):
            raise Failed(f"CPU {cpu} runs PID {pid}, and bt -a shows: {stack}")


def collected(kernel, option, judge_more):
    """Let a machine hang at once; return the verdict of judge_more() on its minidump."""
    with hang.start(kernel, option, name="switch") as vm:
        vm.run_release = vm.run("uname -r").strip()
        hang.hang(vm)
        out = vm.dir / "minidump"
        report, core_file = collect(vm, out)
        if assembled(out) != core_file.read_bytes():
            raise Failed("what assemble makes of the files is not the core")
        if report["bytes"] > hang.LIMIT:
            raise Failed(f"{report['bytes']} bytes, more than {hang.LIMIT}")
        return judge_more(vm, out, core_file) or \
            f"{len(report['regions'])} regions, {report['bytes'] / MIB:.1f} MiB"


def at_once(kernel):
    return collected(kernel, ON, judge)


def at_once_without(kernel):
    """Without the option the dump is sound and opens, but does not name the task on CPU 2."""
    def nameless(vm, _, core_file):
        # By default crash looks for a panicked task in memory that the dump lacks.
        sys, runq = crash_utility(vm, core_file, ["sys", "runq"], options=["--no_panic"])
        current = re.search(r'^CPU 2 RUNQUEUE: .*\n *CURRENT: PID: (\d+) +TASK: \S+ +COMMAND: "(.*)"$',
                            runq, re.M)
        if vm.run_release not in sys or not current:
            raise Failed(f"without the option crash does not show CPU 2: {sys} {runq}")
        if current[2] == "sh":
            raise Failed("crash shows the hanging task without the option too: the test proves nothing")
        return f"without it CPU 2 runs PID {current[1]}, '{current[2]}', and not sh"

    return collected(kernel, BLIND, nameless)


def panicked(kernel):
    """A panic's image has registers, regardless of the windows before."""
    return hang.panicked(kernel, ON)


def offsets(kernel):
    """The offsets of stack and pid in task_struct, and how much of it a dump has.

    The dump lacks the program's registers, which are at the end of task_struct or,
    since 6.16, behind it.
    """
    member = "(long)&((struct task_struct *)0)->%s"
    expressions = [member % "stack", member % "pid", member % "thread.fpu", "sizeof(struct task_struct)"]
    out = subprocess.run(["gdb", "-batch", "-nx", *(arg for e in expressions
                          for arg in ("-ex", f"output {e}", "-ex", "echo \\n")), str(kernel / "vmlinux")],
                         capture_output=True, text=True)
    try:
        return tuple(int(n) for n in out.stdout.split()[:3])
    except ValueError:
        raise HarnessError(f"gdb: {out.stdout} {out.stderr}")


class Memory:
    """The machine's memory, by the kernel's virtual addresses without KASLR."""

    def __init__(self, vm):
        self.vm = vm
        self.symbols = {name: address for name, (address, _) in symbols(vm.kernel).items()}
        with open(vm.ram[0][0], "rb") as f:
            self.map = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)

    def word(self, paddr):
        return int.from_bytes(self.map[paddr:paddr + 8], "little")

    def bytes(self, va, size):
        paddr = self.physical(va)
        return self.map[paddr:paddr + size]

    def physical(self, va):
        return va - (TEXT if va >= TEXT else LINEAR)

    def read(self, symbol, offset=0):
        return self.word(self.physical(self.symbols[symbol] + offset))

    def walk(self, va):
        """Return the page table that maps an address, and the page that is mapped."""
        table = self.physical(self.symbols["init_top_pgt"])
        for shift in (39, 30, 21):
            entry = self.word(table + 8 * (va >> shift & 511))
            if not entry & 1 or entry & 0x80:
                raise HarnessError(f"{va:#x} is not mapped by pages")
            table = entry & PTE
        return table, self.word(table + 8 * (va >> 12 & 511)) & PTE

    def running(self, cpu):
        """Return the task that the CPU runs; the run queue's is a bit ahead of it."""
        variable = "current_task" if "current_task" in self.symbols else "pcpu_hot"
        base = self.read("__per_cpu_offset", 8 * cpu)
        return self.word(self.physical((self.symbols[variable] + base) % (1 << 64)))


def shown(memory, windows, task, size, stack):
    """True if a set of windows has all of a task: its structure, its stack and the
    page tables that map the stack.
    """
    def has(va, pa, size):
        return any(p.paddr != CLOSED and p.paddr <= pa and pa + size <= p.paddr + p.filesz and
                   (va is None or p.vaddr - p.paddr == va - pa) for p in windows)

    if not has(task, memory.physical(task), size):
        return False
    for va in range(stack, stack + (len(windows) - FIXED) * core.PAGE, core.PAGE):
        # The first task's stack is in the kernel itself, which is mapped by large pages.
        table, page = memory.walk(va) if stack < TEXT else (None, memory.physical(va))
        if not has(va, page, core.PAGE) or (table is not None and not has(None, table, core.PAGE)):
            return False
    return True


def look(memory, cpus, header, where):
    """Fail unless each CPU's task is completely in a set of windows.

    Return how many CPUs run a task that is not idle, and for each online CPU, whether the
    set that is marked as that of its task is the right one.
    """
    stack_at, pid_at, size = where
    windows = [p for p in core.parse(header) if p.flags & WINDOW]
    each = len(windows) // (2 * cpus)
    online, busy, right = memory.read("__cpu_online_mask"), 0, []
    for cpu in range(cpus):
        if not online >> cpu & 1:
            continue
        task = memory.running(cpu)
        pid = memory.word(memory.physical(task) + pid_at) & 0xffffffff
        stack = memory.word(memory.physical(task) + stack_at)
        sets = [windows[i:i + each] for i in (2 * cpu * each, (2 * cpu + 1) * each)]
        if not any(shown(memory, s, task, size, stack) for s in sets):
            raise Failed(f"CPU {cpu} runs PID {pid}, which is whole in no set of windows")
        busy += bool(pid)
        marked = [s for s in sets if s[FIXED].flags & RUNNING]
        if len(marked) > 1 or any(p.flags & RUNNING for s in sets for p in s[:FIXED] + s[FIXED + 1:]):
            raise Failed(f"CPU {cpu}: more than one stack is marked as its own")
        right.append(bool(marked) and shown(memory, marked[0], task, size, stack))
    return busy, right


def header_of(memory, report):
    elf = report["regions"][0]
    return memory.map[elf["address"]:elf["address"] + elf["size"]]


def a_cpu_comes(kernel):
    """A CPU that is online, but has not switched to any task yet, runs its idle task."""
    with machine(kernel, cpus=3, cmdline=f"{ON} nokaslr", gdb=True, name="switches") as vm:
        where, memory = offsets(kernel), Memory(vm)
        online = "/sys/devices/system/cpu/cpu2/online"
        vm.run(f"echo 0 > {online}")
        stop = Stop(vm, "cpu_startup_entry")
        vm.start_command(f"echo 1 > {online}")
        stop.wait()
        if not memory.read("__cpu_online_mask") >> 2 & 1:
            raise HarnessError("CPU 2 is not online yet")
        look(memory, 3, header_of(memory, check(vm)), where)
        stop.release()
        vm.finish_command()


def random_instants(kernel):
    cpus = 3
    with machine(kernel, memory="1G", cpus=cpus, slots=2, maxmem="4G", name="switches",
                 cmdline=f"{ON} nokaslr",
                 files={**modules(kernel, "test_meminspect", "meminspect-sample"),
                        **tools(kernel, "ring")}) as vm:
        where, memory = offsets(kernel), Memory(vm)
        vm.plug_dimm("one", 256)
        vm.wait_for(f"[ -e {MEMORY}/memory{vm.first_block + 1} ]")
        vm.run(f"insmod /root/test_meminspect.ko; echo kmalloc 100 > {TEST}; echo release 1 > {TEST}")
        # The storm takes CPUs offline: start the rings first, which are bound to them.
        vm.run(f"touch /tmp/go\n{RINGS}")
        vm.wait_for("[ $(pidof ring | wc -w) = 12 ]")
        vm.run(f"B={vm.first_block}\n{storm.Tool.TO}\n{storm.STORM}")
        dice = random.Random(815)
        busy, closed, headers, right = 0, 0, set(), []
        for i in range(INSTANTS):
            time.sleep(dice.random() * 0.02)
            vm.qmp("stop")
            report = check(vm)
            header = header_of(memory, report)
            try:
                some, those = look(memory, cpus, header, where)
                busy, right = busy + some, right + those
            except Failed as e:
                raise Failed(f"instant {i}: {e}")
            closed += any(p.paddr == CLOSED for p in core.parse(header))
            headers.add(report["header_crc"])
            if i % 100 == 99:
                opens_in_crash(vm, storm.Tool.core(vm, vm.dir / f"instant-{i}"))
            vm.qmp("cont")
        vm.run("rm /tmp/go; killall ring")
        for n in (1, 2, 3):
            vm.wait_for(f"[ -e /tmp/done{n} ]", timeout=120)
        errors = vm.run("cat /tmp/errors").strip()
        if errors:
            raise HarnessError(f"in the storm: {errors[:300]}")
        if busy < INSTANTS or len(headers) < INSTANTS / 2:
            raise HarnessError(f"no load: {busy} tasks, {len(headers)} headers")
        if sum(right) < RIGHT * len(right):
            raise Failed(f"in {len(right) - sum(right)} of {len(right)} looks the stack that is marked "
                         "as a CPU's own is another")
        return (f"{INSTANTS} instants, {len(headers)} headers, {closed} with a window closed, "
                f"{busy} running tasks, the mark right {sum(right)} of {len(right)} times")


def cases(kernel):
    found = {"at-once": at_once, "without-the-option": at_once_without, "panicked": panicked}
    # These cases read page tables and variables of x86.
    if arch.of_kernel(kernel).name == "x86_64":
        found |= {"a-cpu-comes": a_cpu_comes, "random-instants": random_instants}
    return found
