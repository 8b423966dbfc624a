/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_SLOTS_H
#define _MEMINSPECT_SLOTS_H

#include <linux/list.h>
#include <linux/meminspect_image.h>

#include "type.h"

/**
 * struct meminspect_stats - counters since boot
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

/* An entry of no CPU. */
#define NO_CPU	-1

/**
 * enum meminspect_rank - the order in which entries get room in the image
 * @RANK_CORE:	the kernel's own, without which no reader opens it
 * @RANK_QUOTA:	drivers' first MEMINSPECT_DRIVER_QUOTA entries
 * @RANK_CPU:	memory of each CPU
 * @RANK_DRIVER: drivers' other entries
 * @RANK_TASK:	the tasks that run
 * @RANK_STACK:	their stacks, and the page tables that map these
 * @RANK_MAP:	page tables that map the stacks of the other tasks
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
 * @SLOT_GONE:	not in the table any more; consumers are to be told
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
 * @node:	in meminspect_slots, or in the list of free slots
 * @ie:		the entry
 * @run:	the run that the image has of it, if it joins none and nothing is cut
 *		out of it
 * @serial:	changes when the slot is used anew
 * @considered:	its pieces were made
 * @name:	target of @ie.name
 * @type_name:	target of @ie.type_name
 * @state:	enum meminspect_state
 * @rank:	enum meminspect_rank
 * @told:	consumers were told that it has come
 * @waited:	the holder of the mutex waits until consumers are told of the change
 * @left_out:	the image has no room for all of it
 * @reported:	the log has said so
 * @cpu:	the CPU that it lives and dies with, or NO_CPU
 */
struct meminspect_slot {
	struct list_head node;
	struct inspect_entry ie;
	struct meminspect_region run;
	u32 serial;
	char name[MEMINSPECT_NAME_BYTES];
	char type_name[MEMINSPECT_TYPE_BYTES];
	u8 state;
	u8 rank;
	bool told;
	bool waited;
	bool considered;
	bool left_out;
	bool reported;
	int cpu;
};

/* One for each id, and some for entries that have left. */
#define MEMINSPECT_SLOTS	(MEMINSPECT_ID_MAX + 64)

extern struct list_head meminspect_slots;

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
 * struct meminspect_place - properties of a new entry that its request lacks
 * @rank:	enum meminspect_rank
 * @cpu:	the CPU that it lives and dies with, or NO_CPU
 * @state:	SLOT_COMING for the holder of the mutex, else SLOT_HERE
 * @cookie:	of the registration
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
void meminspect_touch_all(void);
bool meminspect_take_all_changed(void);
u32 meminspect_removals(void);
void meminspect_set_commit(void (*commit)(void));
void meminspect_set_consumed(bool yes);
bool meminspect_take_untold(void);
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
int meminspect_set_limits(unsigned int regions, u64 address,
			  unsigned int least);
void meminspect_name_region(struct meminspect_region *region, const char *name);
void meminspect_set_elf(phys_addr_t pa, void *va);

#endif /* _MEMINSPECT_SLOTS_H */
