/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemdump - the interface of that name, over meminspect.
 *
 * A driver that was written for it compiles, and its memory is in the table of
 * meminspect; so is a back end, which is told of all that is in there.
 */
#ifndef _LINUX_KMEMDUMP_H
#define _LINUX_KMEMDUMP_H

#include <linux/args.h>
#include <linux/io.h>
#include <linux/meminspect.h>

/* The ids are those of meminspect. */
#define kmemdump_uid	meminspect_uid

#define KMEMDUMP_ID_COREIMAGE_ELF MEMINSPECT_ID_ELF
#define KMEMDUMP_ID_COREIMAGE_VMCOREINFO MEMINSPECT_ID_VMCOREINFO
#define KMEMDUMP_ID_COREIMAGE_CONFIG MEMINSPECT_ID_CONFIG
#define KMEMDUMP_ID_COREIMAGE__totalram_pages MEMINSPECT_ID__totalram_pages
#define KMEMDUMP_ID_COREIMAGE___cpu_possible_mask MEMINSPECT_ID___cpu_possible_mask
#define KMEMDUMP_ID_COREIMAGE___cpu_present_mask MEMINSPECT_ID___cpu_present_mask
#define KMEMDUMP_ID_COREIMAGE___cpu_online_mask MEMINSPECT_ID___cpu_online_mask
#define KMEMDUMP_ID_COREIMAGE___cpu_active_mask MEMINSPECT_ID___cpu_active_mask
#define KMEMDUMP_ID_COREIMAGE_mem_section MEMINSPECT_ID_mem_section
#define KMEMDUMP_ID_COREIMAGE_jiffies_64 MEMINSPECT_ID_jiffies_64
#define KMEMDUMP_ID_COREIMAGE_linux_banner MEMINSPECT_ID_linux_banner
#define KMEMDUMP_ID_COREIMAGE_nr_threads MEMINSPECT_ID_nr_threads
#define KMEMDUMP_ID_COREIMAGE_total_nr_irqs MEMINSPECT_ID_total_nr_irqs
#define KMEMDUMP_ID_COREIMAGE_tainted_mask MEMINSPECT_ID_tainted_mask
#define KMEMDUMP_ID_COREIMAGE_taint_flags MEMINSPECT_ID_taint_flags
#define KMEMDUMP_ID_COREIMAGE_node_states MEMINSPECT_ID_node_states
#define KMEMDUMP_ID_COREIMAGE___per_cpu_offset MEMINSPECT_ID___per_cpu_offset
#define KMEMDUMP_ID_COREIMAGE_nr_swapfiles MEMINSPECT_ID_nr_swapfiles
#define KMEMDUMP_ID_COREIMAGE_init_uts_ns MEMINSPECT_ID_init_uts_ns
#define KMEMDUMP_ID_COREIMAGE_printk_rb_static MEMINSPECT_ID_printk_rb_static
#define KMEMDUMP_ID_COREIMAGE_printk_rb_dynamic MEMINSPECT_ID_printk_rb_dynamic
#define KMEMDUMP_ID_COREIMAGE_prb MEMINSPECT_ID_prb
#define KMEMDUMP_ID_COREIMAGE_prb_descs MEMINSPECT_ID_prb_descs
#define KMEMDUMP_ID_COREIMAGE_prb_infos MEMINSPECT_ID_prb_infos
#define KMEMDUMP_ID_COREIMAGE_prb_data MEMINSPECT_ID_prb_data
#define KMEMDUMP_ID_COREIMAGE_clear_seq MEMINSPECT_ID_clear_seq
#define KMEMDUMP_ID_COREIMAGE_high_memory MEMINSPECT_ID_high_memory
#define KMEMDUMP_ID_COREIMAGE_init_mm MEMINSPECT_ID_init_mm
#define KMEMDUMP_ID_COREIMAGE__sinittext MEMINSPECT_ID__sinittext
#define KMEMDUMP_ID_COREIMAGE__einittext MEMINSPECT_ID__einittext
#define KMEMDUMP_ID_COREIMAGE__end MEMINSPECT_ID__end
#define KMEMDUMP_ID_COREIMAGE__text MEMINSPECT_ID__text
#define KMEMDUMP_ID_COREIMAGE__stext MEMINSPECT_ID__stext
#define KMEMDUMP_ID_COREIMAGE__etext MEMINSPECT_ID__etext
#define KMEMDUMP_ID_COREIMAGE_kallsyms_num_syms MEMINSPECT_ID_kallsyms_num_syms
#define KMEMDUMP_ID_COREIMAGE_kallsyms_offsets MEMINSPECT_ID_kallsyms_offsets
#define KMEMDUMP_ID_COREIMAGE_kallsyms_names MEMINSPECT_ID_kallsyms_names
#define KMEMDUMP_ID_COREIMAGE_kallsyms_token_table MEMINSPECT_ID_kallsyms_token_table
#define KMEMDUMP_ID_COREIMAGE_kallsyms_token_index MEMINSPECT_ID_kallsyms_token_index
#define KMEMDUMP_ID_COREIMAGE_kallsyms_markers MEMINSPECT_ID_kallsyms_markers
#define KMEMDUMP_ID_COREIMAGE_kallsyms_seqs_of_names MEMINSPECT_ID_kallsyms_seqs_of_names
#define KMEMDUMP_ID_COREIMAGE_kallsyms_relative_base MEMINSPECT_ID_kallsyms_relative_base
#define KMEMDUMP_ID_COREIMAGE_swapper_pg_dir MEMINSPECT_ID_swapper_pg_dir
#define KMEMDUMP_ID_COREIMAGE_contig_page_data MEMINSPECT_ID_contig_page_data
#define KMEMDUMP_ID_COREIMAGE_node_data MEMINSPECT_ID_node_data
#define KMEMDUMP_ID_COREIMAGE_tk_core MEMINSPECT_ID_tk_core
#define KMEMDUMP_ID_COREIMAGE_init_task MEMINSPECT_ID_init_task
/* The next one that is free. */
#define KMEMDUMP_ID_NO_ID MEMINSPECT_ID_DYNAMIC
#define KMEMDUMP_NO_ID KMEMDUMP_ID_NO_ID

/* Bytes of a back end's name, with the terminating NUL. */
#define KMEMDUMP_BACKEND_MAX_NAME	128

/**
 * struct kmemdump_backend - a consumer of the regions
 * @name:	for messages
 * @register_region: There is a region, of that id, at a virtual address, of so
 *		many bytes.  One that returns -errno does not have it, and is not
 *		told when it goes.
 * @unregister_region: The region leaves the table, and its memory may be somebody
 *		else's when this returns.
 *
 * Both are mandatory.  Context: process, the table of meminspect locked.  They
 * may sleep: registration and unregistration wait for them, and so does memory
 * that goes offline; CPU hotplug, kexec and a crash do not.  They must neither
 * register nor unregister anything.
 *
 * Back ends are built in, as they get the addresses of all regions.
 */
struct kmemdump_backend {
	char name[KMEMDUMP_BACKEND_MAX_NAME];
	int (*register_region)(const struct kmemdump_backend *be,
			       enum kmemdump_uid uid, void *vaddr, size_t size);
	int (*unregister_region)(const struct kmemdump_backend *be,
				 enum kmemdump_uid uid);
};

#ifdef CONFIG_MEMINSPECT
int kmemdump_register_id(enum kmemdump_uid id, void *zone, size_t size);
void kmemdump_unregister(enum kmemdump_uid id);
int kmemdump_register_backend(const struct kmemdump_backend *be);
void kmemdump_unregister_backend(const struct kmemdump_backend *be);
#else
static inline int kmemdump_register_id(enum kmemdump_uid id, void *zone,
				       size_t size)
{
	return 0;
}

static inline void kmemdump_unregister(enum kmemdump_uid id) { }

static inline int kmemdump_register_backend(const struct kmemdump_backend *be)
{
	return 0;
}

static inline void
kmemdump_unregister_backend(const struct kmemdump_backend *be) { }
#endif

/* kmemdump_register(id, zone, size), or without an id. */
#define kmemdump_register(...)						\
	CONCATENATE(__kmemdump_register_, COUNT_ARGS(__VA_ARGS__))(__VA_ARGS__)
#define __kmemdump_register_2(_zone, _size)				\
	kmemdump_register_id(KMEMDUMP_ID_NO_ID, _zone, _size)
#define __kmemdump_register_3(_id, _zone, _size)			\
	kmemdump_register_id(_id, _zone, _size)

/* At compile time. */
#ifdef CONFIG_MEMINSPECT
#define KMEMDUMP_VAR_ID(_id, _sym, _size)	MEMINSPECT_ENTRY(_id, _sym, _size)
#define KMEMDUMP_VAR_CORE(_sym, _size)		MEMINSPECT_AREA_ENTRY(_sym, _size)
#define KMEMDUMP_VAR_CORE_NAMED(_name, _sym, _size)			\
	__MEMINSPECT_ENTRY(MEMINSPECT_ID_##_name, #_name, _sym, _size)
#else
#define KMEMDUMP_VAR_ID(...)			struct inspect_entry
#define KMEMDUMP_VAR_CORE(...)			struct inspect_entry
#define KMEMDUMP_VAR_CORE_NAMED(...)		struct inspect_entry
#endif

/* The memory is returned even if it could not be registered. */
#define kmemdump_alloc_id_size(_id, _size, _fn, ...)			\
	meminspect_alloc_id_size(_id, _size, _fn, __VA_ARGS__)
#define kmemdump_alloc_size(_size, _fn, ...)				\
	meminspect_alloc_size(_size, _fn, __VA_ARGS__)
#define kmemdump_alloc_id_size_replace(_id, _size, _fn, ...)		\
	meminspect_alloc_id_size_replace(_id, _size, _fn, __VA_ARGS__)
#define kmemdump_phys_alloc_id_size(_id, _size, _fn, ...)		\
	meminspect_phys_alloc_id_size(_id, _size, _fn, __VA_ARGS__)
#define kmemdump_phys_alloc_size(_size, _fn, ...)			\
	meminspect_phys_alloc_size(_size, _fn, __VA_ARGS__)
#define kmemdump_free_id(_id, _fn, ...)					\
	meminspect_free_id(_id, _fn, __VA_ARGS__)

#endif /* _LINUX_KMEMDUMP_H */
