// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ELF64 core header of a crashed machine: building it, checking one that
 * somebody else made, and changing one in place so that it is whole after
 * every single store.
 *
 * Layout, fixed by the readers: the program headers follow the ELF header at
 * once (fs/proc/vmcore.c insists on it), the PT_NOTEs come first, then the
 * PT_LOAD of the kernel's own mapping where there is one, then the memory
 * ranges in any order.  The table is dense: a range that goes is replaced by
 * the last one.
 */
#include <linux/elf.h>
#include <linux/elfcorehdr.h>
#include <linux/errno.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/barrier.h>

#define PHDR_WORDS	(sizeof(Elf64_Phdr) / sizeof(u64))

static Elf64_Phdr *phdr_at(const struct elfcorehdr *hdr, u64 slot)
{
	return (Elf64_Phdr *)((Elf64_Ehdr *)hdr->buf + 1) + slot;
}

static u64 phdr_end(const Elf64_Phdr *phdr)
{
	return phdr->p_paddr + phdr->p_memsz - 1;
}

/* As __va(): the result is cut to the size of a pointer. */
static u64 linear_vaddr(const struct elfcorehdr *hdr, u64 paddr)
{
	return (unsigned long)(paddr + hdr->va_offset);
}

static void phdr_set_range(const struct elfcorehdr *hdr, Elf64_Phdr *phdr,
			   u64 start, u64 end)
{
	memset(phdr, 0, sizeof(*phdr));
	phdr->p_type = PT_LOAD;
	phdr->p_flags = PF_R | PF_W | PF_X;
	phdr->p_offset = start;
	phdr->p_paddr = start;
	phdr->p_vaddr = linear_vaddr(hdr, start);
	phdr->p_filesz = end - start + 1;
	phdr->p_memsz = end - start + 1;
}

/*
 * Word by word with WRITE_ONCE(): each is one aligned store that the compiler
 * keeps in program order among the others, on which the journal rests.
 */
static void phdr_store(Elf64_Phdr *dst, const Elf64_Phdr *src)
{
	const u64 *from = (const u64 *)src;
	u64 *to = (u64 *)dst;
	unsigned int i;

	for (i = 0; i < PHDR_WORDS; i++)
		WRITE_ONCE(to[i], from[i]);
}

/**
 * elfcorehdr_init() - start a new header
 * @hdr:	header to set up
 * @buf:	where its bytes go, aligned to 8; the caller keeps and frees it
 * @size:	bytes of @buf
 * @m:		the machine that the header describes
 *
 * The header that results has no program headers yet.  @buf beyond the ELF
 * header is not touched.
 *
 * Return: 0; -EINVAL if @buf is not aligned; -ENOSPC if @size has no room for
 * an ELF header.
 */
int elfcorehdr_init(struct elfcorehdr *hdr, void *buf, size_t size,
		    const struct elfcorehdr_machine *m)
{
	Elf64_Ehdr *ehdr = buf;

	if ((unsigned long)buf % sizeof(u64))
		return -EINVAL;
	if (size < sizeof(*ehdr))
		return -ENOSPC;

	memset(hdr, 0, sizeof(*hdr));
	hdr->buf = buf;
	hdr->capacity = elfcorehdr_capacity(size);

	memset(ehdr, 0, sizeof(*ehdr));
	memcpy(ehdr->e_ident, ELFMAG, SELFMAG);
	ehdr->e_ident[EI_CLASS] = ELFCLASS64;
	ehdr->e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr->e_ident[EI_VERSION] = EV_CURRENT;
	ehdr->e_ident[EI_OSABI] = m->osabi;
	ehdr->e_type = ET_CORE;
	ehdr->e_machine = m->machine;
	ehdr->e_version = EV_CURRENT;
	ehdr->e_phoff = sizeof(*ehdr);
	ehdr->e_ehsize = sizeof(*ehdr);
	ehdr->e_phentsize = sizeof(Elf64_Phdr);
	return 0;
}

static const char *phdr_fault(const Elf64_Phdr *phdr, bool loads)
{
	if (phdr->p_type != PT_NOTE && phdr->p_type != PT_LOAD)
		return "neither PT_NOTE nor PT_LOAD";
	if (phdr->p_type == PT_NOTE && loads)
		return "PT_NOTE after a PT_LOAD";
	if (!phdr->p_memsz)
		return "empty";
	if (phdr->p_filesz > phdr->p_memsz)
		return "p_filesz exceeds p_memsz";
	if (phdr_end(phdr) < phdr->p_paddr)
		return "physical range wraps";
	if (phdr->p_offset + phdr->p_memsz - 1 < phdr->p_offset)
		return "offset range wraps";
	/* -1 is kexec-tools' word for memory outside of the linear map. */
	if (phdr->p_type == PT_LOAD && phdr->p_vaddr != U64_MAX &&
	    phdr->p_vaddr + phdr->p_memsz - 1 < phdr->p_vaddr)
		return "virtual range wraps";
	return NULL;
}

/**
 * elfcorehdr_append() - append a program header to one that is being built
 * @hdr:	header from elfcorehdr_init()
 * @phdr:	its contents.  Of its flags only ELFCOREHDR_WINDOW counts: a PT_LOAD may
 *		always be read, written and executed; p_align is set to 0.  May be that
 *		of elfcorehdr_next().
 *
 * Not for a header in use: there is no journal for this.
 *
 * Return: 0; -EINVAL if the range is empty or wraps, has more bytes in the
 * file than in memory, or is a PT_NOTE after a PT_LOAD (/proc/vmcore wants the
 * notes first); -ENOSPC if the table is full.  The header is unchanged on
 * error.
 */
int elfcorehdr_append(struct elfcorehdr *hdr, const Elf64_Phdr *phdr)
{
	Elf64_Ehdr *ehdr = hdr->buf;
	Elf64_Phdr *to = phdr_at(hdr, ehdr->e_phnum);
	bool loads = ehdr->e_phnum && to[-1].p_type == PT_LOAD;

	if (phdr_fault(phdr, loads))
		return -EINVAL;
	if (ehdr->e_phnum >= hdr->capacity)
		return -ENOSPC;

	if (to != phdr)
		*to = *phdr;
	to->p_flags &= ELFCOREHDR_WINDOW;
	if (to->p_type == PT_LOAD)
		to->p_flags |= PF_R | PF_W | PF_X;
	to->p_align = 0;
	ehdr->e_phnum++;
	return 0;
}

static int refuse_header(struct elfcorehdr_error *err, const char *what, int phdr)
{
	if (err) {
		err->what = what;
		err->phdr = phdr;
	}
	return -EINVAL;
}

static const char *ehdr_fault(const Elf64_Ehdr *ehdr, size_t size,
			      const struct elfcorehdr_machine *m)
{
	if (size < sizeof(*ehdr))
		return "shorter than an ELF header";
	if (memcmp(ehdr->e_ident, ELFMAG, SELFMAG))
		return "no ELF magic";
	if (ehdr->e_ident[EI_CLASS] != ELFCLASS64)
		return "not ELF64";
	if (ehdr->e_ident[EI_DATA] != ELFDATA2LSB)
		return "not little endian";
	if (ehdr->e_ident[EI_VERSION] != EV_CURRENT ||
	    ehdr->e_version != EV_CURRENT)
		return "unknown ELF version";
	if (ehdr->e_type != ET_CORE)
		return "not a core file (e_type)";
	if (m && ehdr->e_machine != m->machine)
		return "made for another machine (e_machine)";
	if (ehdr->e_ehsize != sizeof(*ehdr))
		return "wrong e_ehsize";
	if (ehdr->e_phentsize != sizeof(Elf64_Phdr))
		return "wrong e_phentsize";
	if (ehdr->e_phoff != sizeof(*ehdr))
		return "program headers do not follow the ELF header (e_phoff)";
	if (!ehdr->e_phnum)
		return "no program headers (e_phnum)";
	if (ehdr->e_phnum > ELFCOREHDR_MAX_PHDRS)
		return "extended numbering (PN_XNUM) is not supported";
	if (elfcorehdr_bytes(ehdr->e_phnum) > size)
		return "truncated: e_phnum program headers do not fit";
	return NULL;
}

/* By mapping (virtual minus physical address), then by physical address. */
static int cmp_mapping(const void *a, const void *b, const void *priv)
{
	const Elf64_Phdr *phdrs = priv;
	const Elf64_Phdr *x = &phdrs[*(const u16 *)a];
	const Elf64_Phdr *y = &phdrs[*(const u16 *)b];
	u64 dx = x->p_vaddr - x->p_paddr, dy = y->p_vaddr - y->p_paddr;

	if (dx != dy)
		return dx < dy ? -1 : 1;
	if (x->p_paddr != y->p_paddr)
		return x->p_paddr < y->p_paddr ? -1 : 1;
	return 0;
}

/**
 * elfcorehdr_validate() - whether a header can be read at all
 * @buf:	its bytes, aligned to 8; nothing in them is trusted
 * @size:	how many there are
 * @m:		the machine that it has to be for, or NULL for any
 * @err:	receives the fault, or NULL
 *
 * Looks at the ELF header and at each program header by itself.
 *
 * Return: 0, or -EINVAL with @err filled in.
 */
int elfcorehdr_validate(const void *buf, size_t size,
			const struct elfcorehdr_machine *m,
			struct elfcorehdr_error *err)
{
	const Elf64_Phdr *phdrs = elfcorehdr_phdrs(buf);
	const Elf64_Ehdr *ehdr = buf;
	const char *fault;
	bool loads = false;
	u32 i;

	if ((unsigned long)buf % sizeof(u64))
		return refuse_header(err, "buffer not aligned", -1);
	fault = ehdr_fault(ehdr, size, m);
	if (fault)
		return refuse_header(err, fault, -1);

	for (i = 0; i < ehdr->e_phnum; i++) {
		fault = phdr_fault(&phdrs[i], loads);
		if (fault)
			return refuse_header(err, fault, i);
		loads |= phdrs[i].p_type == PT_LOAD;
	}
	return 0;
}

/**
 * elfcorehdr_parse() - validate a header of unknown origin
 * @buf:	its bytes, aligned to 8; nothing in them is trusted
 * @size:	how many there are
 * @m:		the machine that it has to be for, or NULL for any
 * @scratch:	elfcorehdr_capacity(@size) entries of working memory
 * @err:	receives the fault, or NULL
 *
 * As elfcorehdr_validate(), and of the header as a whole: two PT_LOADs of one
 * mapping (the same distance of virtual and physical addresses) must not
 * overlap; those of different mappings may, as the kernel's own does with the
 * linear map.
 *
 * Return: 0 if the header is sound, else -EINVAL with @err filled in.
 */
int elfcorehdr_parse(const void *buf, size_t size,
		     const struct elfcorehdr_machine *m, u16 *scratch,
		     struct elfcorehdr_error *err)
{
	const Elf64_Phdr *phdrs = elfcorehdr_phdrs(buf);
	const Elf64_Ehdr *ehdr = buf;
	u32 i, loads = 0;
	int ret;

	ret = elfcorehdr_validate(buf, size, m, err);
	if (ret)
		return ret;

	for (i = 0; i < ehdr->e_phnum; i++)
		if (phdrs[i].p_type == PT_LOAD)
			scratch[loads++] = i;

	sort_r(scratch, loads, sizeof(*scratch), cmp_mapping, NULL, phdrs);
	for (i = 1; i < loads; i++) {
		const Elf64_Phdr *prev = &phdrs[scratch[i - 1]];
		const Elf64_Phdr *next = &phdrs[scratch[i]];

		if (prev->p_vaddr - prev->p_paddr ==
		    next->p_vaddr - next->p_paddr &&
		    phdr_end(prev) >= next->p_paddr)
			return refuse_header(err, "overlaps another PT_LOAD",
				      scratch[i]);
	}
	return 0;
}

static int cmp_paddr(const void *a, const void *b, const void *priv)
{
	const Elf64_Phdr *phdrs = priv;
	const Elf64_Phdr *x = &phdrs[*(const u16 *)a];
	const Elf64_Phdr *y = &phdrs[*(const u16 *)b];

	if (x->p_paddr != y->p_paddr)
		return x->p_paddr < y->p_paddr ? -1 : 1;
	return 0;
}

/**
 * elfcorehdr_open() - take up an existing header, to change it in place
 * @hdr:	header to set up
 * @buf:	its bytes, aligned to 8; the caller keeps and frees them
 * @size:	how many there are, room to grow included
 * @m:		the machine that it has to be for, or NULL for any
 * @va_offset:	virtual minus physical address in the linear map; a PT_LOAD
 *		mapped otherwise is kept as it is
 * @index:	elfcorehdr_capacity(@size) entries, in use as long as @hdr is
 * @err:	receives the fault, or NULL
 *
 * Return: 0, or -EINVAL with @err filled in.  @buf is only read.
 */
int elfcorehdr_open(struct elfcorehdr *hdr, void *buf, size_t size,
		    const struct elfcorehdr_machine *m, u64 va_offset,
		    u16 *index, struct elfcorehdr_error *err)
{
	const Elf64_Ehdr *ehdr = buf;
	const Elf64_Phdr *phdr;
	int ret;
	u32 i;

	ret = elfcorehdr_parse(buf, size, m, index, err);
	if (ret)
		return ret;

	memset(hdr, 0, sizeof(*hdr));
	hdr->buf = buf;
	hdr->capacity = elfcorehdr_capacity(size);
	hdr->va_offset = va_offset;
	hdr->index = index;
	hdr->first = ehdr->e_phnum;

	for (i = 0; i < ehdr->e_phnum; i++) {
		phdr = phdr_at(hdr, i);
		if (phdr->p_type == PT_LOAD &&
		    phdr->p_vaddr == linear_vaddr(hdr, phdr->p_paddr)) {
			if (phdr->p_offset != phdr->p_paddr)
				return refuse_header(err, "p_offset is not p_paddr", i);
			if (phdr->p_filesz != phdr->p_memsz)
				return refuse_header(err, "p_filesz is not p_memsz", i);
			if (!hdr->nr)
				hdr->first = i;
			index[hdr->nr++] = i;
		} else if (hdr->nr) {
			return refuse_header(err, "follows a memory range", i);
		}
	}
	sort_r(index, hdr->nr, sizeof(*index), cmp_paddr, NULL,
	       elfcorehdr_phdrs(buf));
	return 0;
}

/* Order of stores is not vital here: the journal is valid meanwhile. */
static void journal_apply(struct elfcorehdr *hdr,
			  const struct elfcorehdr_journal *j)
{
	Elf64_Ehdr *ehdr = hdr->buf;
	u32 i;

	for (i = 0; i < j->nr_writes; i++)
		phdr_store(phdr_at(hdr, j->write[i].slot), &j->write[i].phdr);
	WRITE_ONCE(ehdr->e_phnum, (u16)j->phnum);
}

/* For readers that bypass the caches. */
static void clean_step(struct elfcorehdr *hdr,
		       const struct elfcorehdr_journal *step)
{
	u32 i;

	for (i = 0; i < step->nr_writes; i++)
		hdr->clean(phdr_at(hdr, step->write[i].slot),
			   sizeof(Elf64_Phdr));
	hdr->clean(hdr->buf, sizeof(Elf64_Ehdr));
}

/*
 * Apply one step to a header in use.  After any store in here, and a replay of the
 * journal, the header is that before the step or that after it:
 *
 *	writing the journal	valid == 0: the header before
 *	valid = 1		the step counts from here
 *	applying		valid == 1: replay makes it whole
 *	valid = 0		the header after
 *
 * noinline, so that a test can stop a machine at any store of it.
 */
static noinline void elfcorehdr_commit(struct elfcorehdr *hdr,
				       const struct elfcorehdr_journal *step)
{
	struct elfcorehdr_journal *j = &hdr->journal;
	u32 i;

	for (i = 0; i < step->nr_writes; i++) {
		WRITE_ONCE(j->write[i].slot, step->write[i].slot);
		phdr_store(&j->write[i].phdr, &step->write[i].phdr);
	}
	WRITE_ONCE(j->nr_writes, step->nr_writes);
	WRITE_ONCE(j->phnum, step->phnum);

	/* Pairs with the acquire in elfcorehdr_replay(). */
	smp_store_release(&j->valid, 1);
	/* No store to the header before the journal is valid. */
	smp_wmb();

	journal_apply(hdr, j);
	if (hdr->clean)
		clean_step(hdr, step);

	/* The header is whole before the journal ends. */
	smp_store_release(&j->valid, 0);
	/* The next step's journal is written after this one has ended. */
	smp_wmb();
}

/**
 * elfcorehdr_replay() - make the header whole after its writer was stopped
 * @hdr:	header that elfcorehdr_add() or elfcorehdr_remove() may have
 *		been changing
 *
 * Context: the crash path, with every CPU that could be inside of an update
 * stopped for good.  Takes no lock and allocates nothing.  The writer must not
 * go on afterwards.
 */
void elfcorehdr_replay(struct elfcorehdr *hdr)
{
	const struct elfcorehdr_journal *j = &hdr->journal;
	u32 i;

	/* Pairs with the release in elfcorehdr_commit(). */
	if (smp_load_acquire(&j->valid) != 1)
		return;
	/* A crash may come of memory that was overwritten, the journal's too. */
	if (j->nr_writes > 2 || j->phnum < hdr->first ||
	    j->phnum > hdr->capacity)
		return;
	for (i = 0; i < j->nr_writes; i++)
		if (j->write[i].slot < hdr->first ||
		    j->write[i].slot >= hdr->capacity ||
		    phdr_fault(&j->write[i].phdr, true))
			return;

	journal_apply(hdr, j);
}

/* Position in the index of the first range that ends at @addr or above. */
static u32 index_find(const struct elfcorehdr *hdr, u64 addr)
{
	u32 low = 0, high = hdr->nr;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (phdr_end(elfcorehdr_range(hdr, mid)) < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void index_insert(struct elfcorehdr *hdr, u32 pos, u16 slot)
{
	memmove(&hdr->index[pos + 1], &hdr->index[pos],
		(hdr->nr - pos) * sizeof(*hdr->index));
	hdr->index[pos] = slot;
	hdr->nr++;
}

static void index_delete(struct elfcorehdr *hdr, u32 pos)
{
	hdr->nr--;
	memmove(&hdr->index[pos], &hdr->index[pos + 1],
		(hdr->nr - pos) * sizeof(*hdr->index));
}

static u64 header_phnum(const struct elfcorehdr *hdr)
{
	return (u64)hdr->first + hdr->nr;
}

static void step_write(const struct elfcorehdr *hdr,
		       struct elfcorehdr_journal *step, u64 slot,
		       u64 start, u64 end)
{
	struct elfcorehdr_write *w = &step->write[step->nr_writes++];

	w->slot = slot;
	phdr_set_range(hdr, &w->phdr, start, end);
}

/*
 * Add to @step that the range at @pos of the index goes and the table's last
 * one moves into its slot.  The rewritten entry of the same step, if any, must
 * have been added before: should the last slot be that one, its new contents
 * have to move.
 *
 * The index is brought up to date at once; it takes no part in a crash.
 */
static void step_delete(struct elfcorehdr *hdr,
			struct elfcorehdr_journal *step, u32 pos)
{
	u16 last = header_phnum(hdr) - 1;
	u16 hole = hdr->index[pos];
	const Elf64_Phdr *moved;
	u32 i;

	step->phnum--;
	if (hole == last) {
		index_delete(hdr, pos);
		return;
	}

	moved = phdr_at(hdr, last);
	/* As long as memory is added upwards, the last slot has the highest address. */
	i = hdr->nr - 1;
	if (hdr->index[i] != last)
		i = index_find(hdr, moved->p_paddr);
	hdr->index[i] = hole;
	index_delete(hdr, pos);

	for (i = 0; i < step->nr_writes; i++) {
		if (step->write[i].slot == last) {
			step->write[i].slot = hole;
			return;
		}
	}
	step->write[step->nr_writes].slot = hole;
	step->write[step->nr_writes++].phdr = *moved;
}

/*
 * Last byte of a range that ends at @end, once the @touched ranges from @pos on
 * are joined with it.  3 stands for all ranges that it touches.
 */
static u64 grown_end(const struct elfcorehdr *hdr, u64 end, u32 pos,
		     u32 touched)
{
	const Elf64_Phdr *last;

	if (!touched || end == U64_MAX)
		return end;
	if (touched < 3) {
		last = elfcorehdr_range(hdr, pos + touched - 1);
	} else {
		pos = index_find(hdr, end + 1);
		if (pos == hdr->nr)
			return end;
		last = elfcorehdr_range(hdr, pos);
		if (last->p_paddr > end + 1)
			return end;
	}
	return max(end, phdr_end(last));
}

/* p_memsz can't say 2^64, and no reader takes a p_vaddr that wraps. */
static bool fits_entry(const struct elfcorehdr *hdr, u64 start, u64 end)
{
	u64 vaddr = linear_vaddr(hdr, start);

	return end - start != U64_MAX && vaddr + (end - start) >= vaddr;
}

/**
 * elfcorehdr_add() - cover a physical range
 * @hdr:	header from elfcorehdr_open()
 * @start:	first byte
 * @end:	last byte
 *
 * Memory that is covered already stays so; ranges that the new one touches become one
 * with it.  A range that touches two others at the most is one elementary
 * step, which a crash sees whole or not at all; each further one is a step more.
 *
 * Context: any; the caller serializes.  Each step is bounded: O(log n) to find the
 * place, O(1) stores to the header, and the move of a part of the index.
 *
 * Return: 0; -EINVAL if @end is below @start, or if no entry could describe
 * the range that would result: the whole address space (its size does not fit
 * into p_memsz) or one that wraps in the linear map; -ENOSPC if the table is
 * full.  The header is unchanged on error.
 */
int elfcorehdr_add(struct elfcorehdr *hdr, u64 start, u64 end)
{
	struct elfcorehdr_journal step;
	const Elf64_Phdr *right;
	u32 pos, touched;
	bool first = true;
	u64 low, high;

	if (end < start)
		return -EINVAL;

	for (;; first = false) {
		pos = index_find(hdr, start ? start - 1 : 0);
		for (touched = 0; touched < 3 && pos + touched < hdr->nr; touched++) {
			right = elfcorehdr_range(hdr, pos + touched);
			if (end != U64_MAX && right->p_paddr > end + 1)
				break;
			if (first && right->p_paddr <= start &&
			    phdr_end(right) >= end)
				return 0;
		}

		low = start;
		if (touched)
			low = min(start, elfcorehdr_range(hdr, pos)->p_paddr);
		if (!fits_entry(hdr, low, grown_end(hdr, end, pos, touched)))
			return -EINVAL;

		step.nr_writes = 0;
		step.phnum = header_phnum(hdr);

		if (!touched) {
			if (step.phnum >= hdr->capacity)
				return -ENOSPC;
			step_write(hdr, &step, step.phnum, start, end);
			index_insert(hdr, pos, step.phnum);
			step.phnum++;
			elfcorehdr_commit(hdr, &step);
			return 0;
		}

		if (touched == 1) {
			high = max(end, phdr_end(elfcorehdr_range(hdr, pos)));
			step_write(hdr, &step, hdr->index[pos], low, high);
			elfcorehdr_commit(hdr, &step);
			return 0;
		}

		/* Close the gap to the next range.  Further ranges take further steps. */
		right = elfcorehdr_range(hdr, pos + 1);
		high = phdr_end(right);
		if (touched == 2)
			high = max(end, high);
		step_write(hdr, &step, hdr->index[pos], low, high);
		step_delete(hdr, &step, pos + 1);
		elfcorehdr_commit(hdr, &step);
		if (touched == 2)
			return 0;
	}
}

/**
 * elfcorehdr_remove() - stop covering a physical range
 * @hdr:	header from elfcorehdr_open()
 * @start:	first byte
 * @end:	last byte
 *
 * Each covered range that @start to @end meets is deleted, trimmed or split,
 * in one elementary step, which a crash sees whole or not at all.  Parts that are not
 * covered are no error.
 *
 * Context: as elfcorehdr_add().
 *
 * Return: 0; -EINVAL if @end is below @start; -ENOSPC if a range would have to
 * be split and the table is full, with that range, and those above it,
 * unchanged.
 */
int elfcorehdr_remove(struct elfcorehdr *hdr, u64 start, u64 end)
{
	struct elfcorehdr_journal step;
	const Elf64_Phdr *phdr;
	u64 low, high;
	u32 pos;

	if (end < start)
		return -EINVAL;

	for (;;) {
		pos = index_find(hdr, start);
		if (pos == hdr->nr)
			return 0;
		phdr = elfcorehdr_range(hdr, pos);
		low = phdr->p_paddr;
		high = phdr_end(phdr);
		if (low > end)
			return 0;

		step.nr_writes = 0;
		step.phnum = header_phnum(hdr);

		if (low >= start && high <= end) {
			step_delete(hdr, &step, pos);
		} else if (low >= start) {
			step_write(hdr, &step, hdr->index[pos], end + 1, high);
		} else {
			step_write(hdr, &step, hdr->index[pos], low, start - 1);
			if (high > end) {
				if (step.phnum >= hdr->capacity)
					return -ENOSPC;
				step_write(hdr, &step, step.phnum, end + 1,
					   high);
				index_insert(hdr, pos + 1, step.phnum);
				step.phnum++;
			}
		}
		elfcorehdr_commit(hdr, &step);
		if (high >= end)
			return 0;
	}
}
