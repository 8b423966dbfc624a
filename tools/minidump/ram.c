// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/minmax.h>

#include "faults.h"
#include "ram.h"

/**
 * parse_number() - parse a number of bytes, or an address
 * @text:	decimal, or hexadecimal after 0x; then nothing, or k, M, G or T
 * @number:	receives the number
 *
 * Return: true if @text is such a number and fits.
 */
bool parse_number(const char *text, u64 *number)
{
	static const char units[] = "kmgt";
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	unsigned int shift = 0;
	const char *unit;
	char *end;

	if (!(hex ? isxdigit((u8)*digits) : isdigit((u8)*digits)))
		return false;
	errno = 0;
	*number = strtoull(digits, &end, hex ? 16 : 10);
	if (errno)
		return false;
	if (*end) {
		unit = strchr(units, tolower((u8)*end));
		if (!unit || end[1])
			return false;
		shift = 10 * (unit - units + 1);
	}
	if (*number > UINT64_MAX >> shift)
		return false;
	*number <<= shift;
	return true;
}

/* SIGBUS: a file became shorter after it was mapped. */
static void lost(int signal)
{
	static const char text[] = "minidump: a file of RAM is shorter than it was\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)ignored;
	(void)signal;
	_exit(2);
}

/* Parse the options after the address: ",offset=N" and ",size=N". */
static bool parse_options(char *options, struct ram_piece *piece)
{
	char *option, *save = NULL;
	u64 *to;

	for (option = strtok_r(options, ",", &save); option;
	     option = strtok_r(NULL, ",", &save)) {
		if (!strncmp(option, "offset=", 7))
			to = &piece->offset;
		else if (!strncmp(option, "size=", 5))
			to = &piece->size;
		else
			return false;
		if (!parse_number(strchr(option, '=') + 1, to))
			return false;
		if (to == &piece->size && !piece->size)
			return false;
	}
	return true;
}

static int map(struct ram_piece *piece, const char *file)
{
	u64 page = sysconf(_SC_PAGESIZE), before, end;
	struct stat st;

	piece->fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (piece->fd < 0 || fstat(piece->fd, &st)) {
		error("%s: %s", file, strerror(errno));
		return -1;
	}
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) {
		error("%s: not a regular file", file);
		return -1;
	}
	end = max(lseek(piece->fd, 0, SEEK_END), (off_t)0);
	if (!piece->size && piece->offset < end)
		piece->size = end - piece->offset;
	if (!piece->size || piece->offset > end || piece->size > end - piece->offset) {
		error("%s: %llu bytes long, not enough for %llu at offset 0x%llx", file,
		      (ull)end,
		      (ull)max(piece->size, (u64)1),
		      (ull)piece->offset);
		return -1;
	}
	if (piece->start > UINT64_MAX - piece->size) {
		error("%s: %llu bytes at 0x%llx are beyond the last address", file,
		      (ull)piece->size,
		      (ull)piece->start);
		return -1;
	}

	before = piece->offset % page;
	piece->mapped = piece->size + before;
	piece->mapping = mmap(NULL, piece->mapped, PROT_READ, MAP_SHARED, piece->fd,
			      piece->offset - before);
	if (piece->mapping == MAP_FAILED) {
		error("%s: mmap: %s", file, strerror(errno));
		return -1;
	}
	piece->bytes = (const u8 *)piece->mapping + before;
	return 0;
}

static void unmap(struct ram_piece *piece)
{
	if (piece->bytes)
		munmap(piece->mapping, piece->mapped);
	if (piece->fd >= 0)
		close(piece->fd);
}

static int insert(struct ram *ram, const struct ram_piece *piece)
{
	unsigned int i = ram->nr;

	while (i && ram->pieces[i - 1].start > piece->start)
		i--;
	if ((i && ram->pieces[i - 1].start + ram->pieces[i - 1].size > piece->start) ||
	    (i < ram->nr && piece->start + piece->size > ram->pieces[i].start)) {
		error("RAM at 0x%llx is given twice", (ull)piece->start);
		return -1;
	}
	memmove(&ram->pieces[i + 1], &ram->pieces[i],
		(ram->nr - i) * sizeof(*ram->pieces));
	ram->pieces[i] = *piece;
	ram->nr++;
	ram->total += piece->size;
	return 0;
}

/**
 * ram_add() - add a file, or a part of it, as RAM
 * @ram:	receives the piece
 * @spec:	FILE@ADDR[,offset=N][,size=N]
 *
 * Return: 0, or -1 after a message.
 */
int ram_add(struct ram *ram, const char *spec)
{
	struct ram_piece piece = { .fd = -1 };
	char *file = must_print("%s", spec), *at = strrchr(file, '@'), *options;
	int ret = -1;

	if (!at || at == file) {
		error("--ram %s: is not FILE@ADDR[,offset=N][,size=N]", spec);
		goto out;
	}
	*at++ = '\0';
	options = at + strcspn(at, ",");
	if (*options)
		*options++ = '\0';
	if (!parse_number(at, &piece.start) || !parse_options(options, &piece)) {
		error("--ram %s: is not FILE@ADDR[,offset=N][,size=N]", spec);
		goto out;
	}
	if (ram->nr == RAM_PIECES) {
		error("--ram: more than %d of them", RAM_PIECES);
		goto out;
	}
	signal(SIGBUS, lost);
	if (!map(&piece, file) && !insert(ram, &piece))
		ret = 0;
	else
		unmap(&piece);
out:
	free(file);
	return ret;
}

void ram_free(struct ram *ram)
{
	while (ram->nr)
		unmap(&ram->pieces[--ram->nr]);
}

/**
 * ram_overlap() - find the bytes of a range of addresses that a piece has
 * @piece:	piece of RAM
 * @address:	start of the range
 * @size:	size of the range; bytes beyond the last address are not RAM
 * @skip:	receives the number of bytes of the range in front of them
 * @length:	receives the number of bytes that the piece has
 *
 * Return: the first of them, or NULL if the piece has none.
 */
const u8 *ram_overlap(const struct ram_piece *piece, u64 address, u64 size,
		      u64 *skip, u64 *length)
{
	u64 start = max(piece->start, address), end;

	end = size > UINT64_MAX - address ? UINT64_MAX : address + size;
	end = min(end, piece->start + piece->size);
	if (start >= end)
		return NULL;
	*skip = start - address;
	*length = end - start;
	return piece->bytes + (start - piece->start);
}

/**
 * ram_inside() - count the bytes of a range that are RAM
 * @ram:	RAM
 * @address:	start of the range
 * @size:	size of the range
 *
 * Return: the number of bytes.
 */
u64 ram_inside(const struct ram *ram, u64 address, u64 size)
{
	u64 inside = 0, skip, length;

	for (unsigned int i = 0; i < ram->nr; i++)
		if (ram_overlap(&ram->pieces[i], address, size, &skip, &length))
			inside += length;
	return inside;
}

/**
 * ram_copy() - read RAM
 * @ram:	RAM
 * @address:	physical address
 * @buf:	receives the bytes; zero where there is no RAM
 * @size:	number of bytes
 *
 * Return: true if all of them were RAM.
 */
bool ram_copy(const struct ram *ram, u64 address, void *buf, u64 size)
{
	u64 inside = 0, skip, length;
	const u8 *bytes;

	memset(buf, 0, size);
	for (unsigned int i = 0; i < ram->nr; i++) {
		bytes = ram_overlap(&ram->pieces[i], address, size, &skip, &length);
		if (!bytes)
			continue;
		memcpy((u8 *)buf + skip, bytes, length);
		inside += length;
	}
	return inside == size;
}
