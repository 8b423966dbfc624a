# SPDX-License-Identifier: GPL-2.0-only
"""An event allocates nothing, changes no protection, interrupts no CPU and waits for
nobody: no driver and no consumer of meminspect's table holds up an update.

The function graph tracer records every function that an update calls.
"""
from story import *

MAINLINE_FAILS = r"an update calls .*alloc.*(set_memory|change_page_attr)"
FORBIDDEN = re.compile(r"(?<!is_vm)alloc(?!_to_p)|kfree|vfree|set_memory|set_pages|"
                       r"change_page_attr|cpa_|smp_call_function|on_each_cpu|flush_tlb|schedule$|"
                       r"mutex_lock|^down_|wait_for")
# Functions of interrupts, in which the CPU does other work meanwhile.
INTERRUPT = re.compile(r"^(sysvec|common_interrupt|irq_exit|__irq_exit|handle_softirqs|"
                       r"__do_softirq|do_softirq)")


def callers(trace):
    """(function, its caller) of a function graph, without interrupts."""
    stacks = {}
    for task, indent, name in re.findall(r"^ *\d+\) .*?-(\d+) +\|.*?\|( +)(\w+)(?: \[\w+\])?\(\)",
                                         trace, re.M):
        stack = stacks.setdefault(task, [None])
        del stack[len(indent) // 2:]
        if not any(INTERRUPT.match(f) for f in stack[1:] + [name]):
            yield name, stack[-1]
        stack.append(name)


def quiet_update(kernel):
    ours = "crash_hotplug_event" in symbols(kernel)
    function = "crash_hotplug_event" if ours else "crash_handle_hotplug_event"
    with Machine(kernel, slots=4, maxmem="4G", maxcpus=4, patches_text=True,
                 name="quiet") as vm:
        load(vm)
        vm.run(f"set -e; cd /sys/kernel/tracing; echo '{function}*' > set_graph_function; "
               "echo 8192 > buffer_size_kb; echo 0 > options/funcgraph-irqs; "
               "echo 1 > options/funcgraph-proc; "
               "echo function_graph > current_tracer")
        auto_online(vm)
        plug_memory(vm, "first")
        plug_memory(vm, "second", 512)
        vm.unplug_dimm("first")
        vm.run("echo 0 > /sys/devices/system/cpu/cpu1/online; "
               "echo 1 > /sys/devices/system/cpu/cpu1/online; "
               "echo 0 > /sys/kernel/tracing/tracing_on")
        trace = vm.run("cat /sys/kernel/tracing/trace", timeout=120)
        edges = set(callers(trace))
        calls = {name for name, _ in edges}
        seen = "elfcorehdr_commit" if ours else "arch_crash_handle_hotplug_event"
        if seen not in calls:
            raise HarnessError(f"{seen} is not in the trace, which has {sorted(calls)[:20]}")
        bad = sorted({f"{name} from {caller}" for name, caller in edges
                      if FORBIDDEN.search(name)})
        if bad:
            raise Failed(f"an update calls {', '.join(bad)}")
        stats = vm.run("cat /sys/kernel/debug/crash_hotplug/stats") if ours else ""
        for event in ("cpu_online", "cpu_offline", "mem_going_online", "mem_offline"):
            if ours and not re.search(rf"^{event} +[1-9]", stats, re.M):
                raise HarnessError(f"no {event} among the updates: {stats}")
        return f"{len(calls)} functions in {trace.count(function + '()')} updates, none of them"


CASES = {"no-allocation-no-protection": quiet_update}
