# SPDX-License-Identifier: GPL-2.0-only
"""Looking at the running tasks: its cost, and the entries for which there is room.

Without a back end no CPU looks.  With one, a look takes as many instructions with a
thousand threads as with none.  With 5,000 threads on 8 CPUs the dump has the task of
each CPU, there is room for a driver's entry, and the log tells of entries left out.
"""
import time

from hang import current_tasks, wait_hung
from minidump import *
from switch import Memory, offsets

CPUS = 8
# The cost of a look may differ by this share, depending on the tasks that the CPUs run.
TOLERANCE = .25
# Most instructions of a look at 4 CPUs, as Documentation/dev-tools/meminspect.rst says.
INSTRUCTIONS = 400
THREADS = 1000
MANY = 5000
# x86_64's THREAD_SIZE.
STACK = 16 << 10


def stat(vm, name):
    return int(re.search(rf"^{name} +(\d+)", vm.run(f"cat {DEBUGFS}/stats"), re.M)[1])


def threads(vm, number):
    vm.run(f"ulimit -s unlimited; echo {4 * number} > /proc/sys/kernel/threads-max; "
           f"echo {4 * number} > /proc/sys/vm/max_map_count; echo {4 * number} > /proc/sys/kernel/pid_max; "
           f"threads {number} >/tmp/threads 2>&1 &")
    vm.wait_for("[ -s /tmp/threads ]", timeout=240)
    if vm.run("cat /tmp/threads").strip() != str(number):
        raise HarnessError(f"threads: {vm.run('cat /tmp/threads')}")


def nobody_collects(kernel):
    """Without a back end there are no thread, no timer and no look; with one there are looks."""
    with Machine(kernel, name="watch", cpus=CPUS, files=modules(kernel, "test_meminspect")) as vm:
        # Tests at boot may have made some looks.
        before = stat(vm, "looks")
        vm.run("insmod /root/test_meminspect.ko; sleep 3")
        if stat(vm, "looks") != before:
            raise Failed(f"there is no back end, and {stat(vm, 'looks') - before} looks")
        if "meminspect" in vm.run("ps"):
            raise Failed(f"there is a thread: {vm.run('ps | grep meminspect')}")
        vm.run(f"echo backend 201 > {TEST}")
        vm.wait_for(f"[ $(sed -n 's/^looks *//p' {DEBUGFS}/stats) -gt {before + 3} ]")
        if not any(re.match(r"stack_map", n) for n in names(vm)):
            raise Failed(f"nothing maps the stacks: {sorted(names(vm))}")
        vm.run(f"echo nobackend > {TEST}")
        before = stat(vm, "looks")
        vm.run("sleep 2")
        left = [n for n in names(vm) if re.match(r"stack_map|task\d|pid\d|mm\d|stack\d", n)]
        if stat(vm, "looks") != before or left:
            raise Failed(f"the back end has gone, and left {stat(vm, 'looks') - before} looks, {left}")


def cost(kernel):
    """The cost in instructions: with -icount, each takes a nanosecond of the guest's time."""
    with machine(kernel, memory="1G", cpus=4, icount=True, name="watch", boot_timeout=600,
                 cmdline="meminspect.watch_ms=100", files=tools(kernel, "threads")) as vm:
        def look():
            # The shortest look is one at which no CPU's task had changed.
            seen = []
            for _ in range(9):
                vm.run("sleep 0.3")
                seen.append(stat(vm, "look_ns"))
            return min(seen)
        alone = look()
        threads(vm, THREADS)
        many = look()
        if alone > INSTRUCTIONS and not kernel.name.endswith("-debug"):
            raise Failed(f"a look takes {alone} instructions, more than {INSTRUCTIONS}")
        if abs(many - alone) > TOLERANCE * alone:
            raise Failed(f"a look takes {alone} instructions, and {many} with {THREADS} threads")
        return f"{alone:,} instructions for 4 CPUs, {many:,} with {THREADS:,} threads"


def stop_busy(vm, kernel):
    """Stop the machine when each CPU runs its shell, and the dump has all of these.

    A CPU may run a task that has just woken up instead, or may have done so at the last
    look.
    """
    shells = {int(pid) for pid in vm.run("pidof sh").split()}
    memory, pid_at = Memory(vm), offsets(kernel)[1]
    deadline = time.monotonic() + 30
    # The guest's agent, which runs our commands, is asleep then.
    vm.start_command("sleep 40")
    while True:
        time.sleep(1)
        vm.qmp("stop")
        tasks = [memory.physical(memory.running(cpu)) for cpu in range(CPUS)]
        pids = [memory.word(task + pid_at) & 0xffffffff for task in tasks]
        report = check(vm)
        missing = [pid for pid, task in zip(pids, tasks) if not report_has(report, task)]
        if shells.issuperset(pids) and not missing:
            return
        if time.monotonic() > deadline:
            raise Failed(f"the CPUs run {pids}, and the dump lacks {missing}")
        vm.qmp("cont")


def wait_for_tables(vm, wanted):
    """Wait for as many page tables as map the stacks when nothing lies between those."""
    deadline = time.monotonic() + 30
    while (there := [name for name, _, _ in regions(vm)].count("stack_map")) < wanted:
        if time.monotonic() > deadline:
            raise Failed(f"{there} tables map stacks, where {wanted} or more are needed")


def crowded(kernel):
    with machine(kernel, memory="2G", cpus=CPUS, name="crowded", cmdline="meminspect.watch_ms=200 nokaslr",
                 files=tools(kernel, "threads") | modules(kernel, "test_meminspect")) as vm:
        vm.run("insmod /root/test_meminspect.ko")
        threads(vm, MANY)
        wait_for_tables(vm, MANY * STACK // (2 * MIB))
        for cpu in range(CPUS):
            vm.run(f"taskset {1 << cpu:x} sh -c 'while :; do :; done' >/dev/null 2>&1 &")
        # All CPUs but the one that runs this command: a CPU does not look at itself.
        vm.wait_for(f"[ $(grep -c ' task[0-9]* *task  *task_struct' {DEBUGFS}/regions) -ge {CPUS - 1} ]")
        vm.run("echo 0 > /sys/devices/system/cpu/cpu3/online; echo 1 > /sys/devices/system/cpu/cpu3/online")
        vm.run(f"taskset 8 sh -c 'while :; do :; done' >/dev/null 2>&1 & echo kmalloc 100 > {TEST}")
        vm.wait_for(f"[ $(grep -c ' task[0-9]* *task  *task_struct' {DEBUGFS}/regions) -ge {CPUS - 1} ]")
        table = vm.run(f"cat {DEBUGFS}/regions")
        for what in ("idle", "cpu"):
            # There is no idle0: the first CPU's idle task is init_task.
            for cpu in range(what == "idle", CPUS):
                line = re.search(rf"^ *\d+ {what}{cpu} .*", table, re.M)
                if not line or "left_out" in line[0]:
                    raise Failed(f"{what}{cpu}: {line and line[0]}")
        line = re.search(r"^ *\d+ test1_ .*", table, re.M)
        if not line or "left_out" in line[0]:
            raise Failed(f"a driver's registration: {line}")
        lost = re.findall(r"^ *\d+ (\S+) .*left_out", table, re.M)
        bad = [name for name in lost if re.match(r"(task|idle|cpu)\d", name)]
        if bad:
            raise Failed(f"there is no room for {bad}, of {len(lost)} entries that are left out")
        if lost:
            vm.wait_for("dmesg | grep -q 'entries are not in the image'")
        stop_busy(vm, kernel)
        core_file = collect(vm, vm.dir / "minidump")[1]
        runq, = crash_utility(vm, core_file, ["runq"])
        current = current_tasks(runq)
        if len(current) != CPUS or any(not command for _, _, command in current):
            raise Failed(f"runq: {current}")
        return f"{len(lost)} entries left out, of {len(table.splitlines()) - 1}"


# The index of looks in struct meminspect_stats, in words of 64 bits.
LOOKS = 5


def replaced(kernel):
    """The three watching CPUs hang, one after the other, and other CPUs look instead."""
    hang = "/sys/kernel/debug/provoke-crash/DIRECT"
    with machine(kernel, memory="1G", cpus=6, name="watch",
                 cmdline="meminspect.watch_ms=100 nokaslr") as vm:
        memory = Memory(vm)
        vm.wait_for("! grep -q early /sys/devices/system/clocksource/clocksource0/current_clocksource")
        # Watch from outside: a process that the guest starts may get a CPU that hangs.
        vm.start_command("taskset -p 20 $$ >/dev/null; for cpu in 0 1 2; do "
                         f"taskset $((1 << cpu)) sh -c 'echo HARDLOCKUP > {hang}' >/dev/null 2>&1 & "
                         "sleep 1; done; sleep 100")
        wait_hung(vm, 0, 1, 2)
        deadline = time.monotonic() + 60
        before, looks = memory.read("meminspect_stats", 8 * LOOKS), 0
        # Wait for more looks than had begun already.
        while looks < 20:
            if time.monotonic() > deadline:
                raise Failed(f"with three CPUs hung there are {looks} looks")
            time.sleep(.1)
            looks = memory.read("meminspect_stats", 8 * LOOKS) - before
        vm.qmp("stop")
        shown = {r["name"] for r in check(vm)["regions"]}
        if not {"Ktask0_", "Ktask1_", "Ktask2_"} <= shown:
            raise Failed(f"of the tasks that hang there is {sorted(n for n in shown if 'task' in n)}")
        vm.allow_log = "HARDLOCKUP|rcu|stall"
        return f"{looks} looks by the other three CPUs"


CASES = {"replaced": replaced, "nobody-collects": nobody_collects, "cost": cost, "crowded": crowded}
