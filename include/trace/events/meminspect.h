/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM meminspect

#if !defined(_TRACE_MEMINSPECT_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_MEMINSPECT_H

#include <linux/crash_hotplug.h>
#include <linux/meminspect.h>
#include <linux/tracepoint.h>

TRACE_DEFINE_ENUM(MEMINSPECT_UNREGISTERED);
TRACE_DEFINE_ENUM(MEMINSPECT_MEMORY_OFFLINE);
TRACE_DEFINE_ENUM(MEMINSPECT_MODULE_GONE);
TRACE_DEFINE_ENUM(MEMINSPECT_CPU_DEAD);

#define show_meminspect_reason(reason)					\
	__print_symbolic(reason,					\
		{ MEMINSPECT_UNREGISTERED,	"unregistered" },	\
		{ MEMINSPECT_MEMORY_OFFLINE,	"memory_offline" },	\
		{ MEMINSPECT_MODULE_GONE,	"module_gone" },	\
		{ MEMINSPECT_CPU_DEAD,		"cpu_dead" })

DECLARE_EVENT_CLASS(meminspect_entry,

	TP_PROTO(const struct inspect_entry *ie),

	TP_ARGS(ie),

	TP_STRUCT__entry(
		__field(unsigned int, id)
		__field(u64, pa)
		__field(u64, size)
		__field(u8, reason)
		__string(name, ie->name)
	),

	TP_fast_assign(
		__entry->id = ie->id;
		__entry->pa = ie->pa;
		__entry->size = ie->size;
		__entry->reason = ie->reason;
		__assign_str(name);
	),

	TP_printk("id=%u name=%s pa=%llx size=%llu reason=%s",
		  __entry->id, __get_str(name), __entry->pa, __entry->size,
		  show_meminspect_reason(__entry->reason))
);

DEFINE_EVENT(meminspect_entry, meminspect_register,
	TP_PROTO(const struct inspect_entry *ie),
	TP_ARGS(ie)
);

DEFINE_EVENT(meminspect_entry, meminspect_unregister,
	TP_PROTO(const struct inspect_entry *ie),
	TP_ARGS(ie)
);

DEFINE_EVENT(meminspect_entry, meminspect_drop,
	TP_PROTO(const struct inspect_entry *ie),
	TP_ARGS(ie)
);

/* An event of CPU or memory hotplug; seq is crash_hotplug's of the same one. */
TRACE_EVENT(meminspect_hotplug,

	TP_PROTO(u64 seq, u64 generation, unsigned int entries),

	TP_ARGS(seq, generation, entries),

	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, generation)
		__field(unsigned int, entries)
	),

	TP_fast_assign(
		__entry->seq = seq;
		__entry->generation = generation;
		__entry->entries = entries;
	),

	TP_printk("seq=%llu generation=%llu entries=%u",
		  __entry->seq, __entry->generation, __entry->entries)
);

/* The image that the outside sees from here on; crc is that of its header. */
TRACE_EVENT(meminspect_publish,

	TP_PROTO(u64 generation, unsigned int runs, u64 size, u32 crc),

	TP_ARGS(generation, runs, size, crc),

	TP_STRUCT__entry(
		__field(u64, generation)
		__field(unsigned int, runs)
		__field(u64, size)
		__field(u32, crc)
	),

	TP_fast_assign(
		__entry->generation = generation;
		__entry->runs = runs;
		__entry->size = size;
		__entry->crc = crc;
	),

	TP_printk("generation=%llu runs=%u size=%llu crc=%08x",
		  __entry->generation, __entry->runs, __entry->size,
		  __entry->crc)
);

#endif /* _TRACE_MEMINSPECT_H */

#include <trace/define_trace.h>
