// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/minmax.h>

#include "message.h"
#include "number.h"
#include "ram.h"

/* SIGBUS: a file was cut short while it was mapped. */
static void cut_short(int signal)
{
	static const char text[] = "firmware: a file of --ram was cut short\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)ignored;
	(void)signal;
	_exit(2);
}

static int map(struct ram_bank *bank, const char *path, bool writable)
{
	int fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	void *bytes;

	if (fd < 0)
		return error("%s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return error("%s: not a regular file", path);
	}
	if (!bank->size)
		bank->size = st.st_size;
	if (!bank->size || bank->size > (u64)st.st_size) {
		close(fd);
		return error("%s: has 0x%llx bytes, not 0x%llx", path,
			     (ull)st.st_size, (ull)max(bank->size, (u64)1));
	}
	bytes = mmap(NULL, bank->size, PROT_READ | (writable ? PROT_WRITE : 0),
		     MAP_SHARED, fd, 0);
	close(fd);
	if (bytes == MAP_FAILED)
		return error("%s: mmap: %s", path, strerror(errno));
	bank->bytes = bytes;
	return 0;
}

static bool is_free(const struct ram *ram, const struct ram_bank *bank)
{
	for (unsigned int i = 0; i < ram->nr; i++) {
		const struct ram_bank *other = &ram->banks[i];

		if (bank->base < other->base + other->size &&
		    other->base < bank->base + bank->size)
			return false;
	}
	return true;
}

/* Parse FILE@ADDRESS[,SIZE], and split it into strings; the file's name is left in @spec. */
static bool parse(char *spec, struct ram_bank *bank)
{
	char *at = strrchr(spec, '@'), *comma;

	if (!at || at == spec)
		return false;
	*at++ = '\0';
	comma = strchr(at, ',');
	if (comma) {
		*comma++ = '\0';
		if (!number_parse(comma, &bank->size) || !bank->size)
			return false;
	}
	return number_parse(at, &bank->base);
}

/**
 * ram_add() - map a file as memory of the machine
 * @ram:	receives the file
 * @spec:	FILE@ADDRESS[,SIZE]
 * @writable:	true if the memory is to be changed
 *
 * Return: 0, or -1 after a message.
 */
int ram_add(struct ram *ram, const char *spec, bool writable)
{
	struct ram_bank bank = {};
	char copy[4096];

	if (ram->nr == RAM_BANKS)
		return error("--ram: more than %d of them", RAM_BANKS);
	if (snprintf(copy, sizeof(copy), "%s", spec) >= (int)sizeof(copy) ||
	    !parse(copy, &bank))
		return error("--ram %s: not FILE@ADDRESS[,SIZE]", spec);
	signal(SIGBUS, cut_short);
	if (map(&bank, copy, writable))
		return -1;
	ram->banks[ram->nr] = bank;
	if (bank.base > U64_MAX - bank.size) {
		munmap(bank.bytes, bank.size);
		return error("--ram %s: goes past the last address", spec);
	}
	if (!is_free(ram, &bank)) {
		munmap(bank.bytes, bank.size);
		return error("--ram %s: other memory is there", spec);
	}
	ram->nr++;
	return 0;
}

void ram_close(struct ram *ram)
{
	while (ram->nr--)
		munmap(ram->banks[ram->nr].bytes, ram->banks[ram->nr].size);
	ram->nr = 0;
}

/**
 * ram_at() - find the bytes at an address
 * @ram:	memory
 * @address:	physical address
 * @run:	receives the number of contiguous bytes from there on, at least 1
 *
 * Return: the bytes, or NULL if there is no memory.
 */
const u8 *ram_at(const struct ram *ram, u64 address, u64 *run)
{
	for (unsigned int i = 0; i < ram->nr; i++) {
		const struct ram_bank *bank = &ram->banks[i];

		if (address < bank->base || address - bank->base >= bank->size)
			continue;
		*run = bank->size - (address - bank->base);
		return bank->bytes + (address - bank->base);
	}
	return NULL;
}

/**
 * ram_holds() - check that there is memory at each address of a range
 * @ram:	memory
 * @address:	the first address
 * @size:	number of addresses; no memory is past the last address
 *
 * Return: true if there is.
 */
bool ram_holds(const struct ram *ram, u64 address, u64 size)
{
	u64 run;

	/* No bank ends past the last address, so neither does a run. */
	for (; size; address += run, size -= run) {
		if (!ram_at(ram, address, &run))
			return false;
		run = min(run, size);
	}
	return true;
}

/**
 * ram_read() - copy out of memory
 * @ram:	memory
 * @address:	physical address
 * @to:		receives the bytes
 * @size:	number of bytes
 *
 * Return: true if all of the range is memory; if not, nothing is copied.
 */
bool ram_read(const struct ram *ram, u64 address, void *to, u64 size)
{
	u8 *next = to;
	u64 run = 0;

	if (!ram_holds(ram, address, size))
		return false;
	for (; size; address += run, size -= run, next += run) {
		const u8 *bytes = ram_at(ram, address, &run);

		run = min(run, size);
		memcpy(next, bytes, run);
	}
	return true;
}

/**
 * ram_write() - copy into memory that was mapped to be changed
 * @ram:	memory
 * @address:	physical address
 * @from:	the bytes
 * @size:	number of bytes
 *
 * Return: true if all of the range is memory; if not, nothing is copied.
 */
bool ram_write(const struct ram *ram, u64 address, const void *from, u64 size)
{
	const u8 *next = from;
	u64 run = 0;

	if (!ram_holds(ram, address, size))
		return false;
	for (; size; address += run, size -= run, next += run) {
		u8 *bytes = (u8 *)ram_at(ram, address, &run);

		run = min(run, size);
		memcpy(bytes, next, run);
	}
	return true;
}

/* As ram_write(), with zeros. */
bool ram_clear(const struct ram *ram, u64 address, u64 size)
{
	static const u8 zeros[4096];
	u64 part;

	if (!ram_holds(ram, address, size))
		return false;
	for (; size; address += part, size -= part) {
		part = size < sizeof(zeros) ? size : sizeof(zeros);
		ram_write(ram, address, zeros, part);
	}
	return true;
}

/* The first address after all memory. */
u64 ram_end(const struct ram *ram)
{
	u64 end = 0;

	for (unsigned int i = 0; i < ram->nr; i++)
		end = max(end, ram->banks[i].base + ram->banks[i].size);
	return end;
}
