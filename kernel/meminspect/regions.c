// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own entries: memory that the crash utility needs to open the image,
 * and memory that a person wants to see after a hang.
 *
 * Variables that others see are named here, statics where they live.
 *
 * Uses registration and the slots.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/percpu.h>
#include <linux/sched/stat.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/utsname.h>
#include <linux/version.h>
#include <linux/vmcore_info.h>

#include <asm/sections.h>

#include "regions.h"
#include "slots.h"
#include "../kallsyms_internal.h"
#ifdef CONFIG_PRINTK
#include "../printk/printk_ringbuffer.h"
#include "../printk/internal.h"
#endif

MEMINSPECT_SIMPLE_ENTRY(init_uts_ns, .type_name = "uts_namespace");
MEMINSPECT_SIMPLE_ENTRY(jiffies_64);
MEMINSPECT_SIMPLE_ENTRY(nr_threads);
MEMINSPECT_SIMPLE_ENTRY(init_mm, .type_name = "mm_struct");
/* Registers of a program are behind these bytes, and it never has any. */
MEMINSPECT_SIMPLE_ENTRY(init_task, .type_name = "task_struct");
MEMINSPECT_SIMPLE_ENTRY(_totalram_pages);
MEMINSPECT_SIMPLE_ENTRY(high_memory);
MEMINSPECT_SIMPLE_ENTRY(node_states);
MEMINSPECT_SIMPLE_ENTRY(__cpu_possible_mask);
MEMINSPECT_SIMPLE_ENTRY(__cpu_present_mask);
MEMINSPECT_SIMPLE_ENTRY(__cpu_online_mask);
MEMINSPECT_SIMPLE_ENTRY(__cpu_active_mask);
/* Elsewhere it is a macro, and the offsets are in an array of the architecture. */
#if defined(CONFIG_SMP) && !defined(__per_cpu_offset)
MEMINSPECT_SIMPLE_ENTRY(__per_cpu_offset);
#endif
#ifdef CONFIG_CRASH_DUMP
MEMINSPECT_ENTRY(MEMINSPECT_ID_DYNAMIC, crash_notes, sizeof(crash_notes),
		 .class = MEMINSPECT_CLASS_CORE);
#endif
#ifdef CONFIG_NUMA
MEMINSPECT_AREA_ENTRY(node_data, MAX_NUMNODES * sizeof(pg_data_t *));
#else
MEMINSPECT_SIMPLE_ENTRY(contig_page_data);
#endif
#ifdef CONFIG_SPARSEMEM
MEMINSPECT_SIMPLE_ENTRY(mem_section);
#endif

static void __init add_request(const struct inspect_entry *request)
{
	int ret = meminspect_error(meminspect_register(request));

	if (ret)
		pr_warn("%s (%zu bytes) is not registered: %d\n",
			request->name, request->size, ret);
}

static void __init add_entry(enum meminspect_class class, enum meminspect_uid id,
			     const char *name, const char *type_name, const void *va,
		       size_t size)
{
	const struct inspect_entry request = {
		.id		= id,
		.va		= (void *)va,
		.size		= size,
		.class		= class,
		.name		= name,
		.type_name	= type_name,
	};

	add_request(&request);
}

#ifdef CONFIG_PRINTK
/* The ring in use: the static one, or the one that log_buf_len= has made. */
static void __init add_log(void)
{
	const struct prb_desc_ring *ring = &prb->desc_ring;
	const size_t descs = 1UL << ring->count_bits;

	add_entry(MEMINSPECT_CLASS_LOG, MEMINSPECT_ID_prb, "prb", NULL, &prb,
		  sizeof(prb));
	add_entry(MEMINSPECT_CLASS_LOG, MEMINSPECT_ID_printk_rb_dynamic, "ringbuffer",
		  "printk_ringbuffer", prb, sizeof(*prb));
	add_entry(MEMINSPECT_CLASS_LOG, MEMINSPECT_ID_prb_descs, "log_descs",
		  "prb_desc", ring->descs, descs * sizeof(*ring->descs));
	add_entry(MEMINSPECT_CLASS_LOG, MEMINSPECT_ID_prb_infos, "log_infos",
		  "printk_info", ring->infos, descs * sizeof(*ring->infos));
	add_entry(MEMINSPECT_CLASS_LOG, MEMINSPECT_ID_prb_data, "log", NULL,
		  prb->text_data_ring.data,
	    1UL << prb->text_data_ring.size_bits);
}
#else
static inline void add_log(void) { }
#endif

#ifdef CONFIG_KALLSYMS
/*
 * All tables are read-only data, one behind the other.  The last ends with
 * three bytes for each symbol.
 */
static void __init add_kallsyms(void)
{
	const void *start = kallsyms_names;
	const void *end = kallsyms_seqs_of_names + 3 * kallsyms_num_syms;

	if (end < start)
		return;
	add_entry(MEMINSPECT_CLASS_SYMBOLS, MEMINSPECT_ID_kallsyms_names, "kallsyms",
		  NULL, start, end - start);
	add_entry(MEMINSPECT_CLASS_SYMBOLS, MEMINSPECT_ID_kallsyms_num_syms,
		  "kallsyms_num_syms", NULL, &kallsyms_num_syms,
	    sizeof(kallsyms_num_syms));
}
#else
static inline void add_kallsyms(void) { }
#endif

#ifdef CONFIG_MEMINSPECT_KINFO
/*
 * A part of the kernel, for consumers that say where things are.  By physical
 * address, as not all parts are mapped.  The init text has been freed, and its memory
 * has other owners: the entry stands for the place alone.
 */
static void __init add_place(enum meminspect_uid id, const char *name,
			     const void *start, const void *end)
{
	const struct inspect_entry request = {
		.id		= id,
		.pa		= __pa_symbol(start),
		.size		= end - start,
		.class		= MEMINSPECT_CLASS_SYMBOLS,
		.properties	= MEMINSPECT_NOT_IN_IMAGE,
		.name		= name,
	};

	add_request(&request);
}

static void __init add_places(void)
{
	add_place(MEMINSPECT_ID__text, "kernel", _text, _end);
	add_place(MEMINSPECT_ID__stext, "text", _stext, _etext);
	add_place(MEMINSPECT_ID__sinittext, "inittext", _sinittext, _einittext);
#ifdef CONFIG_KALLSYMS
	/* The image has all of them as one, from kallsyms_names on. */
	add_place(MEMINSPECT_ID_kallsyms_markers, "kallsyms_markers",
		  kallsyms_markers,
		  kallsyms_markers + DIV_ROUND_UP(kallsyms_num_syms, 256));
	add_place(MEMINSPECT_ID_kallsyms_token_table, "kallsyms_token_table",
		  kallsyms_token_table, kallsyms_token_index);
	add_place(MEMINSPECT_ID_kallsyms_token_index, "kallsyms_token_index",
		  kallsyms_token_index, kallsyms_token_index + 256);
	add_place(MEMINSPECT_ID_kallsyms_offsets, "kallsyms_offsets",
		  kallsyms_offsets, kallsyms_offsets + kallsyms_num_syms);
	add_place(MEMINSPECT_ID_kallsyms_seqs_of_names, "kallsyms_seqs_of_names",
		  kallsyms_seqs_of_names,
		  kallsyms_seqs_of_names + 3 * kallsyms_num_syms);
	/* From then on an offset counts from where it stands. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	add_place(MEMINSPECT_ID_kallsyms_relative_base, "kallsyms_relative_base",
		  &kallsyms_relative_base, &kallsyms_relative_base + 1);
#endif
#endif
}
#else
static inline void add_places(void) { }
#endif

#ifdef CONFIG_IKCONFIG
static void __init add_config(void)
{
	add_entry(MEMINSPECT_CLASS_CORE, MEMINSPECT_ID_CONFIG, "config", NULL,
		  &kernel_config_data,
	    &kernel_config_data_end - &kernel_config_data);
}
#else
static inline void add_config(void) { }
#endif

#ifdef CONFIG_SPARSEMEM_EXTREME
static bool section_in_use(unsigned long nr, u64 online_start, u64 online_end)
{
	u64 start = PFN_PHYS(section_nr_to_pfn(nr));

	return online_section_nr(nr) ||
	       (start >= online_start && start <= online_end);
}

static bool starts_at(const struct inspect_entry *ie, const void *va)
{
	return ie->va == va;
}

static void add_section_part(const char *what, unsigned long root,
			     const char *type_name, const void *va, size_t size)
{
	char name[MEMINSPECT_NAME_BYTES];
	const struct inspect_entry request = {
		.id		= MEMINSPECT_ID_DYNAMIC,
		.va		= (void *)va,
		.size		= size,
		.class		= MEMINSPECT_CLASS_MEMORY,
		.name		= name,
		.type_name	= type_name,
	};
	const struct meminspect_place place = {
		.rank	= RANK_CORE,
		.state	= SLOT_HERE,
		.cpu	= NO_CPU,
		.cookie	= meminspect_new_cookie(),
	};

	snprintf(name, sizeof(name), "%s%lu", what, root);
	meminspect_add(&request, &place);
}

/*
 * The sections of a root are one entry, as long as one of them is online, or
 * on its way there.  Their part of mem_map, which is large, is none.
 */
static void update_root(unsigned long root, u64 online_start, u64 online_end)
{
	const unsigned long first = root * SECTIONS_PER_ROOT;
	const struct meminspect_cookie none = {};
	unsigned long nr;
	bool used = false;

	if (!mem_section[root])
		return;
	for (nr = first; nr < first + SECTIONS_PER_ROOT && !used; nr++)
		used = section_in_use(nr, online_start, online_end);

	if (used && !meminspect_covers(mem_section[root], none, RANK_CORE)) {
		add_section_part("sections", root, "mem_section",
				 mem_section[root],
				 SECTIONS_PER_ROOT * sizeof(**mem_section));
		add_section_part("section_root", root, NULL, &mem_section[root],
				 sizeof(*mem_section));
	} else if (!used) {
		meminspect_drop(starts_at, mem_section[root],
				MEMINSPECT_MEMORY_OFFLINE, SLOT_GONE);
		meminspect_drop(starts_at, &mem_section[root],
				MEMINSPECT_MEMORY_OFFLINE, SLOT_GONE);
	}
}

/**
 * meminspect_sections_update() - follow memory that comes or goes
 * @start:	first byte of the memory
 * @end:	last byte
 * @online:	it comes, and is not online yet
 *
 * Context: the slots locked, in a notifier of memory hotplug or at boot.
 */
void meminspect_sections_update(u64 start, u64 end, bool online)
{
	unsigned long root = SECTION_NR_TO_ROOT(pfn_to_section_nr(PHYS_PFN(start)));
	unsigned long last = SECTION_NR_TO_ROOT(pfn_to_section_nr(PHYS_PFN(end)));

	meminspect_assert_begun();
	for (; root <= last && root < NR_SECTION_ROOTS; root++)
		update_root(root, online ? start : 1, online ? end : 0);
}
#else
void meminspect_sections_update(u64 start, u64 end, bool online) { }
#endif

static void __init add_percpu(const char *name, void __percpu *ptr, size_t size)
{
	int ret = meminspect_error(meminspect_register_percpu(name, ptr, size,
							      NULL));

	if (ret)
		pr_warn("per-CPU %s is not registered: %d\n", name, ret);
}

#ifdef CONFIG_CRASH_DUMP
/* On arm64 crash reads a CPU's registers where they were saved, in a panic. */
static void __init add_notes(void)
{
	if (crash_notes)
		add_percpu("notes", crash_notes, sizeof(note_buf_t));
}
#else
static inline void add_notes(void) { }
#endif

/**
 * meminspect_regions_init() - register memory whose place is known at boot only
 */
void __init meminspect_regions_init(void)
{
	int nid;

	meminspect_table_lock();
	add_entry(MEMINSPECT_CLASS_CORE, MEMINSPECT_ID_linux_banner, "linux_banner",
		  NULL, linux_banner, strlen(linux_banner) + 1);
	/* On powerpc its size is known at boot alone. */
	add_entry(MEMINSPECT_CLASS_CORE, MEMINSPECT_ID_swapper_pg_dir,
		  "swapper_pg_dir", NULL, swapper_pg_dir,
	    PTRS_PER_PGD * sizeof(pgd_t));
	add_log();
	add_kallsyms();
	add_places();
	add_config();
	/* Those of nodes that come with their memory are there from the start. */
	if (IS_ENABLED(CONFIG_NUMA))
		for_each_node(nid)
			if (NODE_DATA(nid))
				add_entry(MEMINSPECT_CLASS_MEMORY,
					  MEMINSPECT_ID_DYNAMIC, "pgdat",
				    "pglist_data", NODE_DATA(nid),
				    sizeof(pg_data_t));
	meminspect_table_unlock();

	meminspect_begin();
	meminspect_sections_update(0, BIT_ULL(MAX_PHYSMEM_BITS) - 1, false);
	meminspect_end();
}

/**
 * meminspect_regions_init_percpu() - register the per-CPU data of the kernel
 *
 * Context: boot, the table not locked; the CPUs that are online are known.
 */
void __init meminspect_regions_init_percpu(void)
{
	/* Runqueues, timers, interrupt stacks: all that a CPU has of its own. */
	add_percpu("cpu", (void __percpu *)__per_cpu_start,
		   __per_cpu_end - __per_cpu_start);
	add_notes();
}
