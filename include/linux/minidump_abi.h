/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * minidump_abi - the format that firmware, host tools and the kernel share.
 *
 * The tables are those of Qualcomm's minidump, revision 1, little endian, as
 * the boot loader reads them: one global table of contents (ToC) that has one
 * table of contents for each subsystem, which points to the subsystem's table
 * of regions.  The anchor is an addition of Linux, which leads to the ToC where there
 * is no SMEM.
 *
 * No reader may trust it: sizes, counts and addresses must be checked against the
 * memory of the machine.
 */
#ifndef _LINUX_MINIDUMP_ABI_H
#define _LINUX_MINIDUMP_ABI_H

#include <linux/build_bug.h>
#include <linux/types.h>

/* A tag of four letters, the first of them in the most significant byte. */
#define MINIDUMP_TAG(a, b, c, d) \
	((__u32)(a) << 24 | (__u32)(b) << 16 | (__u32)(c) << 8 | (__u32)(d))

#define MINIDUMP_VALID		MINIDUMP_TAG('V', 'A', 'L', 'I')
#define MINIDUMP_INVALID	MINIDUMP_TAG('I', 'N', 'V', 'A')
#define MINIDUMP_ENABLED	MINIDUMP_TAG('E', 'N', 'B', 'L')
#define MINIDUMP_ENCRYPT_DONE	MINIDUMP_TAG('D', 'O', 'N', 'E')
#define MINIDUMP_ENCRYPT_NONE	MINIDUMP_TAG(0, 0, 'N', 'R')

#define MINIDUMP_REVISION	1
#define MINIDUMP_SUBSYSTEMS	10
/* The subsystem that is Linux. */
#define MINIDUMP_SUBSYSTEM_LINUX 0
/* The SMEM item that holds the global ToC. */
#define MINIDUMP_SMEM_ITEM	602
/* Regions that the firmware takes of one subsystem. */
#define MINIDUMP_MAX_REGIONS	201

/* A name is 'K' and at most this many characters more, none of them '-'. */
#define MINIDUMP_NAME_CHARS	8
#define MINIDUMP_NAME_BYTES	16
/* Addresses and sizes are multiples of this. */
#define MINIDUMP_ALIGN		4
/* The region that holds the ELF header is called so, and is the first. */
#define MINIDUMP_NAME_ELF	"KELF"
/*
 * Regions whose names begin so are windows: their addresses follow what the CPUs
 * run, and their sizes and names stay.  They may overlap other regions.  Their
 * program headers are marked with ELFCOREHDR_WINDOW.
 */
#define MINIDUMP_NAME_WINDOW	"Kcur"

/*
 * p_flags of a window: a PT_LOAD whose place in the file stays where it is, while
 * p_paddr is changed at any time, and which may name memory that another PT_LOAD
 * names too.  The flags are of those that ELF leaves to the operating system.
 */
#define ELFCOREHDR_WINDOW	0x00100000
/*
 * Set in addition for the first window of a stack, if the CPU runs on that stack.
 * The windows of one stack follow each other.
 */
#define ELFCOREHDR_RUNNING	0x00200000
/* p_paddr of a window that is closed: its bytes in the file mean nothing. */
#define ELFCOREHDR_CLOSED	0x8000000000000000ULL

/**
 * struct minidump_region - one region of a subsystem
 * @name:	its name, zero padded
 * @seq_num:	makes the file's name unique: md_<name><seq_num>.BIN
 * @valid:	MINIDUMP_VALID, or the loader skips it
 * @address:	physical address
 * @size:	bytes
 */
struct minidump_region {
	char name[MINIDUMP_NAME_BYTES];
	__le32 seq_num;
	__le32 valid;
	__le64 address;
	__le64 size;
};

/**
 * struct minidump_subsystem - table of contents of one subsystem
 * @status:	1 when the subsystem has filled it in
 * @enabled:	MINIDUMP_ENABLED, or the loader takes nothing of it
 * @encryption_status:	MINIDUMP_ENCRYPT_DONE
 * @encryption_required: MINIDUMP_ENCRYPT_NONE, if it need not be encrypted
 * @region_count:	entries of the table, valid or not
 * @pad:	zero
 * @regions_baseptr:	physical address of the table of struct minidump_region
 */
struct minidump_subsystem {
	__le32 status;
	__le32 enabled;
	__le32 encryption_status;
	__le32 encryption_required;
	__le32 region_count;
	__le32 pad;
	__le64 regions_baseptr;
};

/**
 * struct minidump_global_toc - the global table of contents
 * @status:	1 when the firmware, or a back end in its place, has set it up
 * @revision:	MINIDUMP_REVISION
 * @enabled:	MINIDUMP_ENABLED, or the loader takes nothing at all
 * @pad:	zero
 * @subsystems:	tables of contents; MINIDUMP_SUBSYSTEM_LINUX is ours
 */
struct minidump_global_toc {
	__le32 status;
	__le32 revision;
	__le32 enabled;
	__le32 pad;
	struct minidump_subsystem subsystems[MINIDUMP_SUBSYSTEMS];
};

/* "MINIDUMP" in memory. */
#define MINIDUMP_ANCHOR_MAGIC	0x504d5544494e494dULL
#define MINIDUMP_ANCHOR_VERSION	1
/* An anchor is looked for at multiples of this. */
#define MINIDUMP_ANCHOR_ALIGN	4096

/**
 * struct minidump_anchor - how the ToC is found where no SMEM tells
 * @magic:	MINIDUMP_ANCHOR_MAGIC
 * @version:	MINIDUMP_ANCHOR_VERSION
 * @checksum:	CRC-32 of this structure with the field zero: polynomial
 *		0xedb88320, start and result inverted, as zlib's crc32()
 * @toc:	physical address of struct minidump_global_toc
 * @pad:	zero
 */
struct minidump_anchor {
	__le64 magic;
	__le32 version;
	__le32 checksum;
	__le64 toc;
	__le64 pad;
};

static_assert(sizeof(struct minidump_region) == 40);
static_assert(sizeof(struct minidump_subsystem) == 32);
static_assert(sizeof(struct minidump_global_toc) ==
	      16 + MINIDUMP_SUBSYSTEMS * 32);
static_assert(sizeof(struct minidump_anchor) == 32);

#endif /* _LINUX_MINIDUMP_ABI_H */
