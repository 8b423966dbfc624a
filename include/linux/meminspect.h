/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * meminspect - a table of the memory that is worth having after a hang.
 *
 * Producers register memory, at compile time or at run time.  Consumers, such as
 * minidump, walk the table or are notified of every change.
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
 * Ids of entries; each id has one entry.  A request with MEMINSPECT_ID_DYNAMIC gets the
 * next free id from there on.
 */
enum meminspect_uid {
	MEMINSPECT_ID_NONE = 0,
	/* Added by the image itself: the ELF header first, vmcoreinfo second. */
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
 * enum meminspect_class - classes of entries, to take or leave all of a class
 * @MEMINSPECT_CLASS_UNSPECIFIED: in a request: CORE for an id that has a name, else
 *				DRIVER
 * @MEMINSPECT_CLASS_DRIVER:	a driver's memory
 * @MEMINSPECT_CLASS_CORE:	variables of the kernel's core
 * @MEMINSPECT_CLASS_LOG:	the log buffer
 * @MEMINSPECT_CLASS_SYMBOLS:	kallsyms
 * @MEMINSPECT_CLASS_CPU:	one for each CPU, while it is not dead
 * @MEMINSPECT_CLASS_TASK:	a task, its pid and its address space
 * @MEMINSPECT_CLASS_STACK:	a kernel stack
 * @MEMINSPECT_CLASS_PAGE_TABLE: page tables that map another entry
 * @MEMINSPECT_CLASS_MEMORY:	nodes and sections of memory
 * @MEMINSPECT_NR_CLASSES:	how many there are
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
 * @cookie:	returned by the registration
 *
 * Return: 0 if it has not, or -errno.
 */
static inline int meminspect_error(struct meminspect_cookie cookie)
{
	return cookie.nr < 0 ? cookie.nr : 0;
}

/**
 * struct inspect_entry - one entry of the table
 * @id:		its id, unique
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
 * @cookie:	returned by the registration
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
/* A variable under the id of the same name. */
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
/* The same for a per-CPU variable, on all CPUs. */
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

/* NULL, as of a failed allocation, must not become a request by physical address. */
static inline void *__meminspect_va(const void *va)
{
	return va ? (void *)va : ERR_PTR(-EFAULT);
}

/*
 * The two requests.  They are macros, as are the forms below, because an entry is
 * named by the expression that the caller has written.
 */
#define __meminspect_by_va(_id, _va, _size, _name)			\
	(&(const struct inspect_entry) {				\
		.id	= (_id),					\
		.va	= __meminspect_va(_va),				\
		.size	= (_size),					\
		.name	= (_name),					\
		.owner	= THIS_MODULE,					\
	})
#define __meminspect_by_pa(_id, _pa, _size, _type, _name)		\
	(&(const struct inspect_entry) {				\
		.id	= (_id),					\
		.pa	= (_pa),					\
		.size	= (_size),					\
		.type	= (_type),					\
		.name	= (_name),					\
		.owner	= THIS_MODULE,					\
	})

/**
 * meminspect_lock_register_id_va() - register memory by its virtual address
 * @_id:	id of the entry, or MEMINSPECT_ID_DYNAMIC for the next free one
 * @_va:	virtual address; NULL is refused
 * @_size:	bytes
 *
 * The memory, its owner's duties, the context and the result are those of
 * meminspect_lock_register().
 */
#define meminspect_lock_register_id_va(_id, _va, _size)			\
	meminspect_lock_register(__meminspect_by_va(_id, _va, _size, #_va))

/**
 * meminspect_lock_register_va() - register memory by its virtual address
 * @_va:	virtual address; NULL is refused
 * @_size:	bytes
 *
 * As meminspect_lock_register_id_va(), with the next free id.
 */
#define meminspect_lock_register_va(_va, _size)				\
	meminspect_lock_register(__meminspect_by_va(MEMINSPECT_ID_DYNAMIC, _va, _size, #_va))

/**
 * meminspect_lock_register_id_pa() - register memory by its physical address
 * @_id:	id of the entry, or MEMINSPECT_ID_DYNAMIC for the next free one
 * @_pa:	physical address
 * @_size:	bytes
 * @_type:	BTF id of the structure, or MEMINSPECT_TYPE_REGULAR
 *
 * The memory, its owner's duties, the context and the result are those of
 * meminspect_lock_register().
 */
#define meminspect_lock_register_id_pa(_id, _pa, _size, _type)		\
	meminspect_lock_register(__meminspect_by_pa(_id, _pa, _size, _type, #_pa))

/**
 * meminspect_lock_register_pa() - register memory by its physical address
 * @_pa:	physical address
 * @_size:	bytes
 *
 * As meminspect_lock_register_id_pa(), with the next free id and no type.
 */
#define meminspect_lock_register_pa(_pa, _size)				\
	meminspect_lock_register(__meminspect_by_pa(MEMINSPECT_ID_DYNAMIC, _pa, _size,\
						    MEMINSPECT_TYPE_REGULAR, #_pa))

/*
 * The same for built-in code that holds meminspect_table_lock(), so that several
 * changes are published as one.
 */
#define meminspect_register_id_va(_id, _va, _size)			\
	meminspect_register(__meminspect_by_va(_id, _va, _size, #_va))
#define meminspect_register_va(_va, _size)				\
	meminspect_register(__meminspect_by_va(MEMINSPECT_ID_DYNAMIC, _va, _size, #_va))
#define meminspect_register_id_pa(_id, _pa, _size, _type)		\
	meminspect_register(__meminspect_by_pa(_id, _pa, _size, _type, #_pa))
#define meminspect_register_pa(_pa, _size)				\
	meminspect_register(__meminspect_by_pa(MEMINSPECT_ID_DYNAMIC, _pa, _size,\
					       MEMINSPECT_TYPE_REGULAR, #_pa))

/**
 * devm_meminspect_register_va() - register memory until a driver is unbound
 * @_dev:	the device whose driver owns the memory
 * @_va:	virtual address; NULL is refused
 * @_size:	bytes
 *
 * As meminspect_lock_register_va(); the entry is dropped when the driver is
 * unbound from @_dev.
 */
#define devm_meminspect_register_va(_dev, _va, _size)			\
	devm_meminspect_register(_dev, __meminspect_by_va(MEMINSPECT_ID_DYNAMIC,\
							  _va, _size, #_va))

/**
 * meminspect_lock_traverse() - call a function for each entry of the table
 * @priv:	passed to @cb
 * @cb:		called for each entry
 *
 * As meminspect_traverse(), and takes meminspect_table_lock() for it.
 *
 * Context: process; may sleep.
 */
static inline void meminspect_lock_traverse(void *priv, meminspect_iter_cb_t cb)
{
	meminspect_table_lock();
	meminspect_traverse(priv, cb);
	meminspect_table_unlock();
}

/*
 * Allocate memory by fn(...) and register it; the result is that of fn.  If the memory
 * can't be registered, it stays allocated: its owner needs the memory more than a dump
 * of it.
 */
#define meminspect_alloc_id_size(_id, _size, _fn, ...)			\
	({								\
		void *__p = _fn(__VA_ARGS__);				\
									\
		if (__p)						\
			meminspect_lock_register(__meminspect_by_va(_id, __p, _size, #_fn));\
		__p;							\
	})
#define meminspect_alloc_size(_size, _fn, ...)				\
	meminspect_alloc_id_size(MEMINSPECT_ID_DYNAMIC, _size, _fn, __VA_ARGS__)
/* In place of the entry that the id has. */
#define meminspect_alloc_id_size_replace(_id, _size, _fn, ...)		\
	({								\
		void *__p = _fn(__VA_ARGS__);				\
									\
		if (__p)						\
			meminspect_lock_replace(__meminspect_by_va(_id, __p, _size, #_fn));\
		__p;							\
	})
#define meminspect_phys_alloc_id_size(_id, _size, _fn, ...)		\
	({								\
		phys_addr_t __pa = _fn(__VA_ARGS__);			\
									\
		if (__pa)						\
			meminspect_lock_register(__meminspect_by_pa(_id, __pa, _size,\
						 MEMINSPECT_TYPE_REGULAR, #_fn));\
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
