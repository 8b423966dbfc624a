/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_INTERNAL_H
#define _MEMINSPECT_INTERNAL_H

#include <linux/atomic.h>
#include <linux/meminspect.h>
#include <linux/minidump.h>
#include <linux/mm.h>
#include <linux/sched.h>

/* The image's own regions, which it does not get from the table. */
#define IMAGE_REGIONS	2
/* Program headers: for the notes, each window and run, and the zero fill. */
#define IMAGE_PHDRS	(1 + CONFIG_MEMINSPECT_MAX_REGIONS + 1)

/*
 * The bytes of a task_struct that go into the image.  The registers and keys of its
 * program follow them, and must not be in a dump.  A multiple of 8.
 */
#if defined(CONFIG_X86) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define TASK_BYTES	offsetof(struct task_struct, thread.fpu)
#elif defined(CONFIG_ARM64)
#define TASK_BYTES	offsetof(struct task_struct, thread.uw.fpsimd_state)
#else
#define TASK_BYTES	sizeof(struct task_struct)
#endif

/**
 * struct meminspect_stats - what happened since boot
 * @registered:		entries that came
 * @unregistered:	entries that their owners took back
 * @dropped:		entries that left by themselves
 * @refused:		requests that were refused
 * @published:		images that were published
 * @looks:		looks at the running tasks
 * @last_ns:		time that the last update of the image took
 * @longest_ns:		time that the longest one took
 * @look_ns:		time that the last look took
 *
 * Written with the slots locked.
 */
struct meminspect_stats {
	u64 registered;
	u64 unregistered;
	u64 dropped;
	u64 refused;
	u64 published;
	u64 looks;
	u64 last_ns;
	u64 longest_ns;
	u64 look_ns;
};

extern struct meminspect_stats meminspect_stats;
extern const char *const meminspect_class_names[MEMINSPECT_NR_CLASSES];
extern const char *const meminspect_reason_names[MEMINSPECT_NR_REASONS];

/* Made by the linker: the entries of vmlinux, and what must not be in a dump. */
extern const struct inspect_entry __inspect_table[];
extern const struct inspect_entry __inspect_table_end[];
extern const struct meminspect_secret __inspect_secrets[];
extern const struct meminspect_secret __inspect_secrets_end[];

struct pt_regs;

/* kernel/configs.c */
extern char kernel_config_data;
extern char kernel_config_data_end;

/* An entry of no CPU. */
#define NO_CPU	-1

/* Bytes of the name of an entry's type, with the terminating NUL. */
#define MEMINSPECT_TYPE_BYTES	64

/**
 * enum meminspect_rank - the order in which entries get room in the image
 * @RANK_CORE:	the kernel's own, without which no reader opens it
 * @RANK_QUOTA:	drivers' first MEMINSPECT_DRIVER_QUOTA entries
 * @RANK_CPU:	what there is of each CPU
 * @RANK_DRIVER: drivers' other entries
 * @RANK_TASK:	the tasks that run
 * @RANK_STACK:	their stacks, and what maps those
 * @RANK_MAP:	what maps the stacks of the other tasks
 * @NR_RANKS:	how many there are
 *
 * If there is no room for all, the last ones are left out.
 */
enum meminspect_rank {
	RANK_CORE,
	RANK_QUOTA,
	RANK_CPU,
	RANK_DRIVER,
	RANK_TASK,
	RANK_STACK,
	RANK_MAP,
	NR_RANKS,
};

#define MEMINSPECT_DRIVER_QUOTA	32

/**
 * enum meminspect_state - where a slot's entry is in its life
 * @SLOT_FREE:	there is none
 * @SLOT_COMING: added by the holder of the mutex, and not in the image before
 *		that is dropped
 * @SLOT_HERE:	in the table
 * @SLOT_LEAVING: taken out by the holder of the mutex, and in the image until
 *		that is dropped
 * @SLOT_GONE:	not in the table any more, of which consumers are to be told
 */
enum meminspect_state {
	SLOT_FREE,
	SLOT_COMING,
	SLOT_HERE,
	SLOT_LEAVING,
	SLOT_GONE,
};

/**
 * struct meminspect_slot - a place in the table
 * @ie:		the entry
 * @name:	what @ie.name points to
 * @type_name:	what @ie.type_name points to
 * @state:	enum meminspect_state
 * @rank:	enum meminspect_rank
 * @told:	consumers were told that it has come
 * @waited:	the holder of the mutex waits for them to be told what it did
 * @left_out:	the image has no room for all of it
 * @reported:	the log has said so
 * @cpu:	the CPU that it lives and dies with, or NO_CPU
 */
struct meminspect_slot {
	struct inspect_entry ie;
	char name[MEMINSPECT_NAME_BYTES];
	char type_name[MEMINSPECT_TYPE_BYTES];
	u8 state;
	u8 rank;
	bool told;
	bool waited;
	bool left_out;
	bool reported;
	int cpu;
};

/* As many as there are ids, and some for those that have left. */
#define MEMINSPECT_SLOTS	(MEMINSPECT_ID_MAX + 64)

/* slots.c */
extern struct meminspect_slot meminspect_slots[MEMINSPECT_SLOTS];

#define SLOTS_END	(meminspect_slots + MEMINSPECT_SLOTS)

/* Whether the image has it, or shall. */
static inline bool slot_shown(const struct meminspect_slot *slot)
{
	return slot->state == SLOT_HERE || slot->state == SLOT_LEAVING;
}

/* Whether it is in the table as the holder of the mutex sees it. */
static inline bool slot_present(const struct meminspect_slot *slot)
{
	return slot->state == SLOT_HERE || slot->state == SLOT_COMING;
}

/**
 * struct meminspect_place - what goes with a new entry that its request lacks
 * @rank:	enum meminspect_rank
 * @cpu:	the CPU that it lives and dies with, or NO_CPU
 * @state:	SLOT_COMING for the holder of the mutex, else SLOT_HERE
 * @cookie:	what it is taken out by
 */
struct meminspect_place {
	u8 rank;
	u8 state;
	int cpu;
	struct meminspect_cookie cookie;
};

void meminspect_begin(void);
void meminspect_end(void);
void meminspect_assert_begun(void);
void meminspect_touch(void);
struct meminspect_cookie meminspect_new_cookie(void);
int meminspect_add(const struct inspect_entry *request,
		   const struct meminspect_place *place);
void meminspect_remove(struct meminspect_slot *slot,
		       enum meminspect_reason reason, u8 state);
void meminspect_remove_cookie(struct meminspect_cookie cookie,
			      enum meminspect_reason reason, u8 state);
void meminspect_free_slot(struct meminspect_slot *slot);
void meminspect_settle(void);
typedef bool (*meminspect_match_t)(const struct inspect_entry *ie,
				   const void *arg);
bool meminspect_drop(meminspect_match_t match, const void *arg,
		     enum meminspect_reason reason, u8 state);
void meminspect_drop_cpu(unsigned int cpu);
bool meminspect_covers(const void *va, struct meminspect_cookie cookie, u8 rank);
struct meminspect_slot *meminspect_slot(unsigned int id);
const struct inspect_entry *meminspect_entry(unsigned int id);
unsigned int meminspect_count(void);
unsigned int meminspect_limit(void);
void meminspect_reserve(unsigned int regions);
bool meminspect_reachable(phys_addr_t pa, size_t size);
int meminspect_set_limits(unsigned int regions, u64 address);
void meminspect_set_elf(phys_addr_t pa, void *va);

/* register.c */
u8 meminspect_rank_of(const struct inspect_entry *request, unsigned int nr);
int meminspect_check_memory(const struct inspect_entry *request);

/* consumers.c */
bool meminspect_consumed(void);
void meminspect_assert_locked(void);
void meminspect_tell_later(void);

/* secrets.c */
int meminspect_secrets_init(void);
unsigned int meminspect_secrets(void);
u64 meminspect_secret_in(u64 start, u64 end, u64 *secret_end);

/* report.c */
void meminspect_report_later(void);

/* allow.c */
bool meminspect_allowed(const struct inspect_entry *ie);
bool meminspect_allows_tasks(void);

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
bool meminspect_drop_range(u64 start, u64 end);
u64 meminspect_memory_seq(void);

/* compiled.c */
void meminspect_compiled_init(void);

/* type.c */
unsigned int meminspect_type_id(const char *name, bool search);

/* percpu.c */
void meminspect_percpu_online(unsigned int cpu);
void meminspect_percpu_offline(unsigned int cpu);
void meminspect_percpu_drop(struct meminspect_cookie cookie);
void meminspect_percpu_drop_module(const struct module *mod);

/* notes.c */
int meminspect_notes_init(phys_addr_t *pa, size_t *size);
void meminspect_notes_save(void);

/* regions.c */
void meminspect_regions_init(void);
void meminspect_sections_update(u64 start, u64 end, bool online);
void meminspect_cpu_online(unsigned int cpu);

/* task_parts.c: a part of a task, or of what maps it. */
typedef void (*meminspect_part_t)(void *priv, const char *what,
				  enum meminspect_class class,
				  const char *type_name, const void *va,
				  size_t size);
void meminspect_task_parts(const struct task_struct *task,
			   const struct pid *pid, meminspect_part_t part,
			   void *priv);
void meminspect_page_tables(const void *va, size_t size,
			    meminspect_part_t part, void *priv);
const void *meminspect_last_table(const void *va);
void meminspect_arch_cpu(unsigned int cpu, meminspect_part_t part, void *priv);
void meminspect_arch_panic(meminspect_part_t part, void *priv);
void meminspect_arch_panic_frame(struct pt_regs *regs);

/* tasks.c */
void meminspect_tasks_online(unsigned int cpu);
void meminspect_tasks_offline(unsigned int cpu);
void meminspect_tasks_look(void);
void meminspect_tasks_forget(void);
void meminspect_tasks_release(void);

/* watch.c */
void meminspect_watch_get(void);
void meminspect_watch_put(void);

/* switch.c */
unsigned int meminspect_windows(void);
void meminspect_switch_hide(bool hide);
size_t meminspect_window_size(unsigned int i);
void meminspect_window_name(unsigned int i, char *name, size_t size);
void meminspect_switch_show(unsigned int copy, void *elf, phys_addr_t elf_pa,
			    struct minidump_region *regions);
void meminspect_switch_leave(unsigned int copy);
void meminspect_switch_drop(u64 start, u64 end);
void meminspect_switch_online(unsigned int cpu);
void meminspect_switch_offline(unsigned int cpu);

/* stacks.c */
void meminspect_stacks_start(void);
void meminspect_stacks_stop(void);

/**
 * struct meminspect_run - memory of the image, one PT_LOAD
 * @start:	physical address
 * @end:	first byte behind it
 * @va:		virtual address of @start
 * @rank:	lowest of what is in it
 * @name:	that of the first entry in it
 *
 * Whole pages, unless it is of MEMINSPECT_EXACT entries, or a secret is beside it.
 */
struct meminspect_run {
	u64 start;
	u64 end;
	u64 va;
	u8 rank;
	char name[MEMINSPECT_NAME_BYTES];
};

/**
 * struct meminspect_runs - runs, ascending, apart
 * @run:	room for one more than @max, which it takes to merge two
 * @nr:		how many there are
 * @max:	how many there may be
 */
struct meminspect_runs {
	struct meminspect_run *run;
	unsigned int nr;
	unsigned int max;
};

/* runs.c */
void meminspect_runs_merge(struct meminspect_runs *runs);
bool meminspect_runs_insert(struct meminspect_runs *runs,
			    const struct meminspect_run *new);
bool meminspect_runs_evict(struct meminspect_runs *runs, unsigned int rank);

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
 * @windows_hidden: they show nothing
 * @runs:	what follows those
 */
struct meminspect_image {
	void *elf;
	phys_addr_t elf_pa;
	size_t elf_size;
	u64 size;
	u64 generation;
	struct meminspect_span span;
	unsigned int nr_windows;
	bool windows_hidden;
	struct meminspect_runs runs;
};

/* image.c */
int meminspect_image_init(void);
bool meminspect_image_ready(void);
u64 meminspect_image_end(void);
void meminspect_image_update(void);
int meminspect_image_room(unsigned int rank);
struct meminspect_span meminspect_image_find_span(u64 online_start,
						  u64 online_end);
void meminspect_image_set_span(const struct meminspect_span *span);
const struct meminspect_image *meminspect_image_current(void);
unsigned int meminspect_image_copy(const struct meminspect_image *image);
void meminspect_image_regions(const struct meminspect_image *image,
			      struct meminspect_run regions[IMAGE_REGIONS]);
void meminspect_image_window(const struct meminspect_image *image,
			     unsigned int i, struct meminspect_run *region);

#endif /* _MEMINSPECT_INTERNAL_H */
