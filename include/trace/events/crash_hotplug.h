/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM crash_hotplug

#if !defined(_TRACE_CRASH_HOTPLUG_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_CRASH_HOTPLUG_H

#include <linux/crash_hotplug.h>
#include <linux/tracepoint.h>

TRACE_DEFINE_ENUM(CRASH_HP_CPU_ONLINE);
TRACE_DEFINE_ENUM(CRASH_HP_CPU_OFFLINE);
TRACE_DEFINE_ENUM(CRASH_HP_MEM_GOING_ONLINE);
TRACE_DEFINE_ENUM(CRASH_HP_MEM_CANCEL_ONLINE);
TRACE_DEFINE_ENUM(CRASH_HP_MEM_OFFLINE);

#define show_crash_hotplug_action(action)				\
	__print_symbolic(action,					\
		{ CRASH_HP_CPU_ONLINE,		"cpu_online" },		\
		{ CRASH_HP_CPU_OFFLINE,		"cpu_offline" },	\
		{ CRASH_HP_MEM_GOING_ONLINE,	"mem_going_online" },	\
		{ CRASH_HP_MEM_CANCEL_ONLINE,	"mem_cancel_online" },	\
		{ CRASH_HP_MEM_OFFLINE,		"mem_offline" })

/*
 * start and end are bytes of physical memory, or both the CPU's number; seq
 * counts the events, and is meminspect_hotplug's of the same one.
 */
TRACE_EVENT(update,

	TP_PROTO(u64 seq, unsigned int action, u64 start, u64 end, int ret),

	TP_ARGS(seq, action, start, end, ret),

	TP_STRUCT__entry(
		__field(u64, seq)
		__field(unsigned int, action)
		__field(u64, start)
		__field(u64, end)
		__field(int, ret)
	),

	TP_fast_assign(
		__entry->seq = seq;
		__entry->action = action;
		__entry->start = start;
		__entry->end = end;
		__entry->ret = ret;
	),

	TP_printk("seq=%llu %s %llx-%llx ret=%d", __entry->seq,
		  show_crash_hotplug_action(__entry->action),
		  __entry->start, __entry->end, __entry->ret)
);

TRACE_EVENT(deferred,

	TP_PROTO(unsigned int action, u64 start, u64 end),

	TP_ARGS(action, start, end),

	TP_STRUCT__entry(
		__field(unsigned int, action)
		__field(u64, start)
		__field(u64, end)
	),

	TP_fast_assign(
		__entry->action = action;
		__entry->start = start;
		__entry->end = end;
	),

	TP_printk("%s %llx-%llx",
		  show_crash_hotplug_action(__entry->action),
		  __entry->start, __entry->end)
);

#endif /* _TRACE_CRASH_HOTPLUG_H */

#include <trace/define_trace.h>
