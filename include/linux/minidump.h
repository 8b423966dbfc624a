/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * minidump - the image of the meminspect table, described to the firmware, boot loader
 * or hypervisor that collects it when the kernel can't.
 */
#ifndef _LINUX_MINIDUMP_H
#define _LINUX_MINIDUMP_H

#include <linux/minidump_abi.h>
#include <linux/types.h>
#include <linux/version.h>

struct module;

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define MINIDUMP_NS	MINIDUMP
#else
#define MINIDUMP_NS	"MINIDUMP"
#endif

/* Region tables that a back end has room for, one for each image. */
#define MINIDUMP_TABLES	3

/**
 * struct minidump_backend - shows the region table to the outside
 * @name:	for messages
 * @owner:	its module, pinned while it is registered
 * @max_regions: regions that the collector takes, those of the ELF header and
 *		of the notes included.  The entries that are worth least are left out if
 *		there is more.
 * @max_address: first physical address that the collector can't reach, or 0
 * @table:	memory for MINIDUMP_TABLES tables of @max_regions entries each,
 *		aligned to 8; the back end's own, written by the front end
 *		from registration to unregistration, also at task switches with
 *		a runqueue locked
 * @table_pa:	physical addresses of the tables
 * @enable:	Called once, from minidump_backend_register(), with the first
 *		table, which is complete: make it known to the collector.
 *		Returns 0, or -errno, with nothing made known.
 * @publish:	Called for each table from then on.  Makes the collector see it
 *		instead of the one before by a single aligned 8-byte store, so
 *		that there is no instant at which it sees neither or a part of
 *		each.  Called with the slots of meminspect locked, also with
 *		kexec_lock held or in a softirq, and in a panic, when other CPUs
 *		are stopped: must not sleep, take a lock or fail.
 * @disable:	Called once, from minidump_backend_unregister(), or when the
 *		machine is shut down: the collector must not look at the tables
 *		any more when it returns.
 *
 * @enable and @disable are called with the slots of meminspect locked, and must
 * not sleep.  Memory that is to be mapped, or asked for, is so before and after.
 */
struct minidump_backend {
	const char *name;
	struct module *owner;
	unsigned int max_regions;
	u64 max_address;
	struct minidump_region *table[MINIDUMP_TABLES];
	phys_addr_t table_pa[MINIDUMP_TABLES];
	int (*enable)(struct minidump_backend *be, phys_addr_t table);
	void (*publish)(struct minidump_backend *be, phys_addr_t table);
	void (*disable)(struct minidump_backend *be);
};

#ifdef CONFIG_MINIDUMP
int minidump_backend_register(struct minidump_backend *be);
void minidump_backend_unregister(struct minidump_backend *be);

bool minidump_wants_registers(void);
#else
static inline bool minidump_wants_registers(void)
{
	return false;
}
#endif

#endif /* _LINUX_MINIDUMP_H */
