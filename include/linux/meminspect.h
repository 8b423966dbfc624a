/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * meminspect - a table of the memory that is worth having after a hang.
 *
 * Producers say which of their memory it is, at compile time or at run time;
 * consumers, such as minidump, walk the table or are told of every change.
 * The names are those of the series posted to the lists, so that what was
 * written for it compiles.
 */
#ifndef _LINUX_MEMINSPECT_H
#define _LINUX_MEMINSPECT_H

#include <linux/bits.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/notifier.h>
#include <linux/types.h>
#include <linux/version.h>

struct device;
struct module;
struct task_struct;

/* Since 6.13 a symbol namespace is a string; before, a bare word. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define MEMINSPECT_NS	MEMINSPECT
#else
#define MEMINSPECT_NS	"MEMINSPECT"
#endif

#ifndef CONFIG_MEMINSPECT_MAX_REGIONS
#define CONFIG_MEMINSPECT_MAX_REGIONS 201
#endif

/* Bytes of an entry's name, with the terminating NUL; longer ones are cut. */
#define MEMINSPECT_NAME_BYTES	24

/*
 * Who an entry is.  One entry an id.  What has no id of its own takes MEMINSPECT_ID_DYNAMIC, and
 * gets the next free one from there on.
 */
enum meminspect_uid {
	MEMINSPECT_ID_NONE = 0,
	/* The image's own: the ELF header is the first, vmcoreinfo the second. */
	MEMINSPECT_ID_ELF,
	MEMINSPECT_ID_VMCOREINFO,
	MEMINSPECT_ID_CONFIG,
	MEMINSPECT_ID__totalram_pages,
	MEMINSPECT_ID___cpu_possible_mask,
	MEMINSPECT_ID___cpu_present_mask,
	MEMINSPECT_ID___cpu_online_mask,
	MEMINSPECT_ID___cpu_active_mask,
	MEMINSPECT_ID_mem_section,
	MEMINSPECT_ID_jiffies_64,
	MEMINSPECT_ID_linux_banner,
	MEMINSPECT_ID_nr_threads,
	MEMINSPECT_ID_total_nr_irqs,
	MEMINSPECT_ID_tainted_mask,
	MEMINSPECT_ID_taint_flags,
	MEMINSPECT_ID_node_states,
	MEMINSPECT_ID___per_cpu_offset,
	MEMINSPECT_ID_nr_swapfiles,
	MEMINSPECT_ID_init_uts_ns,
	MEMINSPECT_ID_printk_rb_static,
	MEMINSPECT_ID_printk_rb_dynamic,
	MEMINSPECT_ID_prb,
	MEMINSPECT_ID_prb_descs,
	MEMINSPECT_ID_prb_infos,
	MEMINSPECT_ID_prb_data,
	MEMINSPECT_ID_clear_seq,
	MEMINSPECT_ID_high_memory,
	MEMINSPECT_ID_init_mm,
	MEMINSPECT_ID__sinittext,
	MEMINSPECT_ID__einittext,
	MEMINSPECT_ID__end,
	MEMINSPECT_ID__text,
	MEMINSPECT_ID__stext,
	MEMINSPECT_ID__etext,
	MEMINSPECT_ID_kallsyms_num_syms,
	MEMINSPECT_ID_kallsyms_offsets,
	MEMINSPECT_ID_kallsyms_names,
	MEMINSPECT_ID_kallsyms_token_table,
	MEMINSPECT_ID_kallsyms_token_index,
	MEMINSPECT_ID_kallsyms_markers,
	MEMINSPECT_ID_kallsyms_seqs_of_names,
	MEMINSPECT_ID_kallsyms_relative_base,
	MEMINSPECT_ID_swapper_pg_dir,
	MEMINSPECT_ID_contig_page_data,
	MEMINSPECT_ID_node_data,
	MEMINSPECT_ID_tk_core,
	MEMINSPECT_ID_init_task,
	MEMINSPECT_ID_DYNAMIC,
	/* Two entries for each region: many lie on one run of pages. */
	MEMINSPECT_ID_MAX = MEMINSPECT_ID_DYNAMIC +
			    2 * CONFIG_MEMINSPECT_MAX_REGIONS,
};

/**
 * enum meminspect_class - what kind of thing an entry is
 * @MEMINSPECT_CLASS_UNSPECIFIED: nothing is said; in the table it is CORE where the
 *				id has a name, and DRIVER else
 * @MEMINSPECT_CLASS_DRIVER:	a driver's memory
 * @MEMINSPECT_CLASS_CORE:	variables of the kernel's core
 * @MEMINSPECT_CLASS_LOG:	the log buffer
 * @MEMINSPECT_CLASS_SYMBOLS:	kallsyms
 * @MEMINSPECT_CLASS_CPU:	one for each CPU, while it is not dead
 * @MEMINSPECT_CLASS_TASK:	a task, or what hangs on it
 * @MEMINSPECT_CLASS_STACK:	a kernel stack
 * @MEMINSPECT_CLASS_PAGE_TABLE: page tables that map another entry
 * @MEMINSPECT_CLASS_MEMORY:	nodes and sections of memory
 * @MEMINSPECT_NR_CLASSES:	how many there are
 *
 * So that a consumer takes or leaves all of a kind together.
 */
enum meminspect_class {
	MEMINSPECT_CLASS_UNSPECIFIED,
	MEMINSPECT_CLASS_DRIVER,
	MEMINSPECT_CLASS_CORE,
	MEMINSPECT_CLASS_LOG,
	MEMINSPECT_CLASS_SYMBOLS,
	MEMINSPECT_CLASS_CPU,
	MEMINSPECT_CLASS_TASK,
	MEMINSPECT_CLASS_STACK,
	MEMINSPECT_CLASS_PAGE_TABLE,
	MEMINSPECT_CLASS_MEMORY,
	MEMINSPECT_NR_CLASSES,
};

/* No type is known; else a type is the BTF id of a structure. */
#define MEMINSPECT_TYPE_REGULAR		0

/* Properties: consumers that must not take the entry. */
#define MEMINSPECT_NOT_IN_IMAGE		BIT(0)
#define MEMINSPECT_NOT_IN_KINFO		BIT(1)
/*
 * The image takes these bytes alone, without other objects on their pages.  If
 * crash reads beyond their end, it gets other memory than the machine had there.
 */
#define MEMINSPECT_EXACT		BIT(2)

/* Actions of a notifier, whose data is the entry. */
#define MEMINSPECT_NOTIFIER_ADD		0
#define MEMINSPECT_NOTIFIER_REMOVE	1

/**
 * enum meminspect_reason - why an entry leaves the table
 * @MEMINSPECT_UNREGISTERED:	its owner has said so
 * @MEMINSPECT_MEMORY_OFFLINE:	its memory goes offline
 * @MEMINSPECT_MODULE_GONE:	its module goes away
 * @MEMINSPECT_CPU_DEAD:	its CPU is dead
 * @MEMINSPECT_NR_REASONS:	how many there are
 */
enum meminspect_reason {
	MEMINSPECT_UNREGISTERED,
	MEMINSPECT_MEMORY_OFFLINE,
	MEMINSPECT_MODULE_GONE,
	MEMINSPECT_CPU_DEAD,
	MEMINSPECT_NR_REASONS,
};

/**
 * struct meminspect_cookie - one registration
 * @nr:		above zero; or -errno if there is none
 *
 * A structure, so that no id can be taken for one, nor one for an id.  Look at
 * it with meminspect_error().
 */
struct meminspect_cookie {
	int nr;
};

/**
 * meminspect_error() - whether a registration has failed
 * @cookie:	what it returned
 *
 * Return: 0 if it has not, or -errno.
 */
static inline int meminspect_error(struct meminspect_cookie cookie)
{
	return cookie.nr < 0 ? cookie.nr : 0;
}

/**
 * struct inspect_entry - one entry of the table
 * @id:		who it is, unique
 * @va:		virtual address, or NULL in a request by physical address
 * @pa:		physical address; not looked at in a request that has @va
 * @size:	bytes
 * @type:	BTF id of the structure that it is, or MEMINSPECT_TYPE_REGULAR
 * @class:	enum meminspect_class
 * @properties:	MEMINSPECT_NOT_IN_* and MEMINSPECT_EXACT, set by the producer
 * @reason:	in a notifier of removal, why
 * @name:	for people; the table keeps a copy
 * @type_name:	name of the structure, "" or NULL if it is none
 * @owner:	module that the entry goes away with, or NULL
 * @cookie:	what the registration returned
 *
 * Of one format at compile time, in a request, and in the table.
 */
struct inspect_entry {
	enum meminspect_uid id;
	void *va;
	phys_addr_t pa;
	size_t size;
	unsigned int type;
	u16 class;
	u8 properties;
	u8 reason;
	const char *name;
	const char *type_name;
	struct module *owner;
	struct meminspect_cookie cookie;
};

/**
 * typedef meminspect_iter_cb_t - called for each entry of the table
 * @priv:	as given to meminspect_traverse()
 * @ie:		a copy of the entry, valid during the call
 *
 * Context: process, the table locked.  May sleep, and must neither register nor
 * unregister anything.
 */
typedef void (*meminspect_iter_cb_t)(void *priv, const struct inspect_entry *ie);

#ifdef CONFIG_MEMINSPECT

/*
 * An entry made at compile time, in vmlinux or in a module.  sym may be a
 * variable, a member or an array; sz is in bytes.  Further fields of struct
 * inspect_entry may follow, such as .class = MEMINSPECT_CLASS_CORE.  vmlinux frees
 * entries and names with its init memory.
 */
#define MEMINSPECT_ENTRY(idx, sym, sz, ...)				\
	__MEMINSPECT_ENTRY(idx, #sym, sym, sz, ##__VA_ARGS__)
#define __MEMINSPECT_ENTRY(idx, label, sym, sz, ...)			\
	static const char __PASTE(__inspect_name_, __LINE__)[] __used	\
	__section(".inspect_names") = label;				\
	static const struct inspect_entry				\
	__PASTE(__inspect_entry_, __LINE__) __used			\
	__section(".inspect_table") __aligned(8) = {			\
		.id	= (idx),					\
		.va	= (void *)&(sym),				\
		.size	= (sz),						\
		.name	= __PASTE(__inspect_name_, __LINE__),		\
		.owner	= THIS_MODULE,					\
		##__VA_ARGS__						\
	}
/* A variable under the id that is called as it is. */
#define MEMINSPECT_SIMPLE_ENTRY(sym, ...)				\
	__MEMINSPECT_ENTRY(MEMINSPECT_ID_##sym, #sym, sym, sizeof(sym),	\
			   ##__VA_ARGS__)
/* A variable under an id of another name, such as a member of a structure. */
#define MEMINSPECT_NAMED_ENTRY(label, sym, ...)				\
	__MEMINSPECT_ENTRY(MEMINSPECT_ID_##label, #label, sym,		\
			   sizeof(sym), ##__VA_ARGS__)
/* An area that starts at the symbol. */
#define MEMINSPECT_AREA_ENTRY(sym, sz, ...)				\
	__MEMINSPECT_ENTRY(MEMINSPECT_ID_##sym, #sym, sym, sz,		\
			   ##__VA_ARGS__)

/**
 * struct meminspect_secret - memory that is in no image
 * @va:		its address, or offset in per-CPU memory
 * @size:	bytes
 * @percpu:	it is per-CPU
 *
 * Made at compile time, in vmlinux alone.
 */
struct meminspect_secret {
	const void *va;
	size_t size;
	bool percpu;
};

/* A static variable that is in no dump, even if its page is. */
#define MEMINSPECT_SECRET(sym)						\
	__MEMINSPECT_SECRET(__UNIQUE_ID(__inspect_secret), sym, false)
/* The same of all CPUs. */
#define MEMINSPECT_SECRET_PERCPU(sym)					\
	__MEMINSPECT_SECRET(__UNIQUE_ID(__inspect_secret), sym, true)
#define __MEMINSPECT_SECRET(uid, sym, is_percpu)			\
	static const struct meminspect_secret uid __used		\
	__section(".inspect_secrets") __aligned(8) = {			\
		.va	= (const void __force *)&(sym),			\
		.size	= sizeof(sym),					\
		.percpu	= is_percpu,					\
	}

struct meminspect_cookie
meminspect_lock_register(const struct inspect_entry *request);
void meminspect_lock_unregister(struct meminspect_cookie cookie);
void meminspect_lock_unregister_id(enum meminspect_uid id);
void meminspect_lock_unregister_pa(phys_addr_t pa, size_t size);
void meminspect_lock_unregister_va(const void *va, size_t size);
struct meminspect_cookie
meminspect_lock_replace(const struct inspect_entry *request);

struct meminspect_cookie meminspect_register_percpu(const char *name,
						    void __percpu *ptr,
						    size_t size,
						    struct module *owner);

struct meminspect_cookie
devm_meminspect_register(struct device *dev,
			 const struct inspect_entry *request);

/* For code that is built in; modules register and unregister alone. */
void meminspect_table_lock(void);
void meminspect_table_unlock(void);

struct meminspect_cookie
meminspect_register(const struct inspect_entry *request);
void meminspect_unregister(struct meminspect_cookie cookie);
void meminspect_unregister_id(enum meminspect_uid id);
void meminspect_unregister_pa(phys_addr_t pa, size_t size);
void meminspect_unregister_va(const void *va, size_t size);

void meminspect_traverse(void *priv, meminspect_iter_cb_t cb);
int meminspect_notifier_register(struct notifier_block *nb);
int meminspect_notifier_unregister(struct notifier_block *nb);

void meminspect_poisoned(void);

/* kernel/sched/core.c, for rcu_read_lock() or a panic */
struct task_struct *meminspect_cpu_curr(int cpu);

#else /* !CONFIG_MEMINSPECT */

/* Declares nothing new, and takes the semicolon that follows. */
#define MEMINSPECT_ENTRY(...)		struct inspect_entry
#define MEMINSPECT_SIMPLE_ENTRY(...)	struct inspect_entry
#define MEMINSPECT_NAMED_ENTRY(...)	struct inspect_entry
#define MEMINSPECT_AREA_ENTRY(...)	struct inspect_entry
#define MEMINSPECT_SECRET(...)		struct inspect_entry
#define MEMINSPECT_SECRET_PERCPU(...)	struct inspect_entry

static inline struct meminspect_cookie
meminspect_lock_register(const struct inspect_entry *request)
{
	return (struct meminspect_cookie){};
}

static inline void meminspect_lock_unregister(struct meminspect_cookie cookie) { }
static inline void meminspect_lock_unregister_id(enum meminspect_uid id) { }
static inline void meminspect_lock_unregister_pa(phys_addr_t pa, size_t size) { }
static inline void meminspect_lock_unregister_va(const void *va, size_t size) { }

static inline struct meminspect_cookie
meminspect_lock_replace(const struct inspect_entry *request)
{
	return (struct meminspect_cookie){};
}

static inline struct meminspect_cookie
meminspect_register_percpu(const char *name, void __percpu *ptr, size_t size,
			   struct module *owner)
{
	return (struct meminspect_cookie){};
}

static inline struct meminspect_cookie
devm_meminspect_register(struct device *dev,
			 const struct inspect_entry *request)
{
	return (struct meminspect_cookie){};
}

static inline void meminspect_table_lock(void) { }
static inline void meminspect_table_unlock(void) { }

static inline struct meminspect_cookie
meminspect_register(const struct inspect_entry *request)
{
	return (struct meminspect_cookie){};
}

static inline void meminspect_unregister(struct meminspect_cookie cookie) { }
static inline void meminspect_unregister_id(enum meminspect_uid id) { }
static inline void meminspect_unregister_pa(phys_addr_t pa, size_t size) { }
static inline void meminspect_unregister_va(const void *va, size_t size) { }

static inline void meminspect_traverse(void *priv, meminspect_iter_cb_t cb) { }

static inline int meminspect_notifier_register(struct notifier_block *nb)
{
	return 0;
}

static inline int meminspect_notifier_unregister(struct notifier_block *nb)
{
	return 0;
}

static inline void meminspect_poisoned(void) { }

#endif /* CONFIG_MEMINSPECT */

/* A failed allocation is no memory at physical address zero. */
static inline void *__meminspect_va(const void *va)
{
	return va ? (void *)va : ERR_PTR(-EFAULT);
}

#define __meminspect_request(_id, _va, _pa, _size, _type, _name)	\
	(&(const struct inspect_entry) {				\
		.id	= (_id),					\
		.va	= (void *)(_va),				\
		.pa	= (_pa),					\
		.size	= (_size),					\
		.type	= (_type),					\
		.name	= (_name),					\
		.owner	= THIS_MODULE,					\
	})

/*
 * The forms of registration.  Those without an id get a dynamic one; those
 * without lock in their name are for built-in code that holds
 * meminspect_table_lock(), so that several changes become one.
 */
#define __meminspect_id_pa(_call, _id, _pa, _size, _type)		\
	_call(__meminspect_request(_id, NULL, _pa, _size, _type, #_pa))
#define __meminspect_id_va(_call, _id, _va, _size)			\
	_call(__meminspect_request(_id, __meminspect_va(_va), 0, _size,	\
				   MEMINSPECT_TYPE_REGULAR, #_va))

#define meminspect_lock_register_id_pa(_id, _pa, _size, _type)		\
	__meminspect_id_pa(meminspect_lock_register, _id, _pa, _size, _type)
#define meminspect_lock_register_pa(_pa, _size)				\
	__meminspect_id_pa(meminspect_lock_register,			\
			   MEMINSPECT_ID_DYNAMIC, _pa, _size,		\
			   MEMINSPECT_TYPE_REGULAR)
#define meminspect_lock_register_id_va(_id, _va, _size)			\
	__meminspect_id_va(meminspect_lock_register, _id, _va, _size)
#define meminspect_lock_register_va(_va, _size)				\
	__meminspect_id_va(meminspect_lock_register,			\
			   MEMINSPECT_ID_DYNAMIC, _va, _size)

#define meminspect_register_id_pa(_id, _pa, _size, _type)		\
	__meminspect_id_pa(meminspect_register, _id, _pa, _size, _type)
#define meminspect_register_pa(_pa, _size)				\
	__meminspect_id_pa(meminspect_register, MEMINSPECT_ID_DYNAMIC,	\
			   _pa, _size, MEMINSPECT_TYPE_REGULAR)
#define meminspect_register_id_va(_id, _va, _size)			\
	__meminspect_id_va(meminspect_register, _id, _va, _size)
#define meminspect_register_va(_va, _size)				\
	__meminspect_id_va(meminspect_register, MEMINSPECT_ID_DYNAMIC,	\
			   _va, _size)

#define meminspect_lock_traverse(_priv, _cb)				\
	do {								\
		meminspect_table_lock();				\
		meminspect_traverse(_priv, _cb);			\
		meminspect_table_unlock();				\
	} while (0)

/* Unregistered when the device is unbound from its driver, or before. */
#define devm_meminspect_register_id_pa(_dev, _id, _pa, _size, _type)	\
	devm_meminspect_register(_dev, __meminspect_request(_id, NULL,	\
				 _pa, _size, _type, #_pa))
#define devm_meminspect_register_pa(_dev, _pa, _size)			\
	devm_meminspect_register_id_pa(_dev, MEMINSPECT_ID_DYNAMIC, _pa,\
				       _size, MEMINSPECT_TYPE_REGULAR)
#define devm_meminspect_register_id_va(_dev, _id, _va, _size)		\
	devm_meminspect_register(_dev, __meminspect_request(_id,	\
				 __meminspect_va(_va), 0, _size,	\
				 MEMINSPECT_TYPE_REGULAR, #_va))
#define devm_meminspect_register_va(_dev, _va, _size)			\
	devm_meminspect_register_id_va(_dev, MEMINSPECT_ID_DYNAMIC, _va,\
				       _size)

/*
 * An allocation that is registered: fn(...) allocates, the result is what fn
 * returns.  What could not be registered is allocated all the same, since
 * nobody can do without the memory, but many without the dump.
 */
#define meminspect_alloc_id_size(_id, _size, _fn, ...)			\
	({								\
		void *__p = _fn(__VA_ARGS__);				\
									\
		if (__p)						\
			meminspect_lock_register(__meminspect_request(_id,\
				__p, 0, _size, MEMINSPECT_TYPE_REGULAR,	\
				#_fn));					\
		__p;							\
	})
#define meminspect_alloc_size(_size, _fn, ...)				\
	meminspect_alloc_id_size(MEMINSPECT_ID_DYNAMIC, _size, _fn, __VA_ARGS__)
/* In place of what the id has named so far. */
#define meminspect_alloc_id_size_replace(_id, _size, _fn, ...)		\
	({								\
		void *__p = _fn(__VA_ARGS__);				\
									\
		if (__p)						\
			meminspect_lock_replace(__meminspect_request(_id,\
				__p, 0, _size, MEMINSPECT_TYPE_REGULAR,	\
				#_fn));					\
		__p;							\
	})
#define meminspect_phys_alloc_id_size(_id, _size, _fn, ...)		\
	({								\
		phys_addr_t __pa = _fn(__VA_ARGS__);			\
									\
		if (__pa)						\
			meminspect_lock_register(__meminspect_request(_id,\
				NULL, __pa, _size,			\
				MEMINSPECT_TYPE_REGULAR, #_fn));	\
		__pa;							\
	})
#define meminspect_phys_alloc_size(_size, _fn, ...)			\
	meminspect_phys_alloc_id_size(MEMINSPECT_ID_DYNAMIC, _size, _fn,\
				      __VA_ARGS__)
#define meminspect_free_id(_id, _fn, ...)				\
	({								\
		meminspect_lock_unregister_id(_id);			\
		_fn(__VA_ARGS__);					\
	})
#define meminspect_free_va(_va, _size, _fn, ...)			\
	({								\
		meminspect_lock_unregister_va(_va, _size);		\
		_fn(__VA_ARGS__);					\
	})

#endif /* _LINUX_MEMINSPECT_H */
