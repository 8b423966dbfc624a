/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_INTERNAL_H
#define _MEMINSPECT_INTERNAL_H

#include <linux/atomic.h>
#include <linux/meminspect.h>
#include <linux/minidump.h>
#include <linux/mm.h>

/* The image's own regions, which it does not get from the table. */
#define IMAGE_REGIONS	2
/* Program headers: for the notes, each window and run, and the zero fill. */
#define IMAGE_PHDRS	(1 + MEMINSPECT_ID_MAX + 1)

/**
 * struct meminspect_stats - what happened since boot
 * @registered:		entries that came
 * @unregistered:	entries that their owners took back
 * @dropped:		entries that left by themselves
 * @refused:		requests that were refused
 * @published:		images that were published
 * @left_out:		entries of the kernel's own that found no room
 * @last_ns:		time that the last update of the image took
 * @longest_ns:		time that the longest one took
 *
 * Written with the table locked.
 */
struct meminspect_stats {
	u64 registered;
	u64 unregistered;
	u64 dropped;
	u64 refused;
	u64 published;
	u64 left_out;
	u64 last_ns;
	u64 longest_ns;
};

extern struct meminspect_stats meminspect_stats;
extern const char *const meminspect_class_names[MEMINSPECT_NR_CLASSES];

/* Made by the linker: the entries of vmlinux. */
extern const struct inspect_entry __inspect_table[];
extern const struct inspect_entry __inspect_table_end[];

struct pt_regs;

/* kernel/configs.c */
extern char kernel_config_data;
extern char kernel_config_data_end;

/* Entries that are left to drivers, however many CPUs there are. */
#define MEMINSPECT_RESERVE	32

/* An entry of no CPU. */
#define NO_CPU	-1

/* table.c */
void meminspect_assert_locked(void);
void meminspect_touch(void);
int meminspect_new_cookie(void);
int meminspect_add(const struct inspect_entry *request, int cpu, int cookie);
typedef bool (*meminspect_match_t)(const struct inspect_entry *ie,
				   const void *arg);
void meminspect_drop(meminspect_match_t match, const void *arg,
		     enum meminspect_reason reason);
void meminspect_drop_cpu(unsigned int cpu);
void meminspect_commit(void);
bool meminspect_covers(const void *va, int cookie);
const struct inspect_entry *meminspect_entry(unsigned int id);
unsigned int meminspect_count(void);
unsigned int meminspect_limit(void);
void meminspect_reserve(unsigned int regions);
bool meminspect_reachable(phys_addr_t pa, size_t size);
bool meminspect_table_is_mine(void);
int meminspect_set_limits(unsigned int entries, u64 address);
void meminspect_set_elf(phys_addr_t pa, void *va);

/**
 * struct meminspect_walk - the physical runs of a virtual range
 * @va:		where it goes on
 * @left:	bytes from there to the end
 * @pa:		first byte of the run found
 * @size:	its bytes
 */
struct meminspect_walk {
	const void *va;
	size_t left;
	phys_addr_t pa;
	size_t size;
};

/* validate.c */
int meminspect_check_ram(phys_addr_t pa, size_t size);
int meminspect_next_run(struct meminspect_walk *walk);

/* hotplug.c */
void meminspect_drop_range(u64 start, u64 end);

/* compiled.c */
void meminspect_compiled_init(void);

/* type.c */
unsigned int meminspect_type_id(const char *name, bool search);

/* percpu.c */
void meminspect_percpu_online(unsigned int cpu);
void meminspect_percpu_drop(int cookie);
void meminspect_percpu_drop_module(const struct module *mod);

/* notes.c */
int meminspect_notes_init(phys_addr_t *pa, size_t *size);
void meminspect_notes_save(void);

/* regions.c */
void meminspect_regions_init(void);
void meminspect_sections_update(u64 start, u64 end, bool online);
void meminspect_cpu_online(unsigned int cpu);

/* tasks.c: a part of a task, or of what maps it. */
typedef void (*meminspect_part_t)(void *priv, const char *what,
				  enum meminspect_class class,
				  const char *type_name, const void *va,
				  size_t size);
void meminspect_tasks_online(unsigned int cpu);
void meminspect_tasks_offline(unsigned int cpu);
struct task_struct *meminspect_running_task(unsigned int cpu);
void meminspect_task_parts(const struct task_struct *task,
			   const struct pid *pid, meminspect_part_t part,
			   void *priv);
void meminspect_page_tables(const void *va, size_t size,
			    meminspect_part_t part, void *priv);
void meminspect_arch_cpu(unsigned int cpu, meminspect_part_t part, void *priv);
void meminspect_arch_panic(meminspect_part_t part, void *priv);
void meminspect_arch_panic_frame(struct pt_regs *regs);

/* switch.c */
unsigned int meminspect_windows(void);
size_t meminspect_window_size(unsigned int i);
void meminspect_window_name(unsigned int i, char *name, size_t size);
void meminspect_switch_show(unsigned int copy, void *elf, phys_addr_t elf_pa,
			    struct minidump_region *regions);
void meminspect_switch_leave(unsigned int copy);
void meminspect_switch_drop(u64 start, u64 end);
void meminspect_switch_online(unsigned int cpu);
void meminspect_switch_offline(unsigned int cpu);

/* stacks.c */
void meminspect_stacks_update(void);
const void *meminspect_last_table(const void *va);

/**
 * struct meminspect_run - whole pages of the image, one PT_LOAD
 * @start:	physical address
 * @end:	first byte behind it
 * @va:		virtual address of @start
 * @name:	that of the first entry in it
 */
struct meminspect_run {
	u64 start;
	u64 end;
	u64 va;
	char name[MEMINSPECT_NAME_BYTES];
};

/**
 * struct meminspect_span - from where to where there is RAM
 * @start:	first byte
 * @end:	first byte behind it; not above @start if there is none
 */
struct meminspect_span {
	u64 start;
	u64 end;
};

/**
 * struct meminspect_image - a core file of what the table names
 * @elf:	ELF header and program headers, in whole pages
 * @elf_pa:	their physical address
 * @elf_size:	bytes of those pages
 * @size:	bytes of the whole core
 * @generation:	number of the image, ascending
 * @span:	all RAM
 * @nr_windows:	how many windows there are, which follow ELF header and notes
 * @nr_runs:	how many runs there are
 * @runs:	what follows those, ascending, apart
 */
struct meminspect_image {
	void *elf;
	phys_addr_t elf_pa;
	size_t elf_size;
	u64 size;
	u64 generation;
	struct meminspect_span span;
	unsigned int nr_windows;
	unsigned int nr_runs;
	struct meminspect_run *runs;
};

/* image.c */
int meminspect_image_init(void);
bool meminspect_image_ready(void);
u64 meminspect_image_end(void);
bool meminspect_image_takes(enum meminspect_class class);
void meminspect_image_update(void);
void meminspect_image_set_span(u64 online_start, u64 online_end);
const struct meminspect_image *meminspect_image_current(void);
unsigned int meminspect_image_copy(const struct meminspect_image *image);
void meminspect_image_regions(const struct meminspect_image *image,
			      struct meminspect_run regions[IMAGE_REGIONS]);
void meminspect_image_window(const struct meminspect_image *image,
			     unsigned int i, struct meminspect_run *region);

#endif /* _MEMINSPECT_INTERNAL_H */
