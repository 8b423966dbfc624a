// SPDX-License-Identifier: GPL-2.0-only
/*
 * In libusb's place: a bus with one phone on it, which has crashed and waits
 * for a host to read its memory.
 *
 * The file $PHONE lists the phone's regions, one on a line: physical address,
 * size, name, and the file with its bytes. The phone speaks Sahara in the mode
 * for debugging memory: it says HELLO, and then where its list of regions is;
 * the host reads the list and the regions in it, and resets the phone.
 *
 * A read of any other memory disconnects the phone, which has nothing else.
 */
#include <endian.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <libusb.h>

#define PACKET		512
#define IN		(LIBUSB_ENDPOINT_IN | 1)
#define OUT		(LIBUSB_ENDPOINT_OUT | 1)
#define MAX_REGIONS	256
/* The address of the list of regions; no machine of ours has memory there. */
#define LIST		0xffffffffff000000

enum { HELLO = 1, HELLO_RESPONSE, RESET = 7, RESET_RESPONSE, MEMORY_DEBUG64 = 16, MEMORY_READ64 };
enum { MODE_MEMORY_DEBUG = 2 };

struct packet {
	uint32_t command, length;
	union {
		uint32_t word[10];
		struct {
			uint64_t address, size;
		} memory;
	};
};

struct region {
	uint64_t type, address, size;
	char name[20], file[20];
};

static struct region regions[MAX_REGIONS];
static char *paths[MAX_REGIONS];
static unsigned int count;
static bool gone;

/* The answer to the host's last packet, and how much of it the host has read. */
static char *answer;
static size_t answer_size, answer_read;

static void die(const char *what, const char *which)
{
	fprintf(stderr, "phone: %s: %s\n", which, what);
	_exit(99);
}

static void say(const void *data, size_t size)
{
	answer = realloc(answer, size + 1);
	if (!answer)
		die("no memory", "answer");
	memcpy(answer, data, size);
	answer_size = size;
	answer_read = 0;
}

static void say_hello(void)
{
	struct packet hello = { .command = HELLO, .length = 0x30 };

	hello.word[0] = 2;	/* version */
	hello.word[1] = 1;	/* the oldest version that the phone understands */
	hello.word[2] = PACKET;
	hello.word[3] = MODE_MEMORY_DEBUG;
	say(&hello, hello.length);
}

static void read_regions(void)
{
	const char *list = getenv("PHONE");
	char name[64], path[1024];
	unsigned long long address, size;
	FILE *in = fopen(list ? list : "", "r");

	if (!in)
		die("cannot be read", "$PHONE");
	for (count = 0; fscanf(in, "%llx %llx %63s %1023[^\n]", &address, &size, name, path) == 4; count++) {
		struct region *r = &regions[count];

		if (count == MAX_REGIONS - 1)
			die("too many regions", list);
		/* Firmware can't give a file such a name. */
		if (strlen(name) + strlen(".BIN") >= sizeof(r->file))
			die("name is too long", name);
		*r = (struct region){ .type = 1, .address = address, .size = size };
		strcpy(r->name, name);
		sprintf(r->file, "%s.BIN", name);
		free(paths[count]);
		paths[count] = strdup(path);
	}
	if (!feof(in))
		die("a line of it is wrong", list);
	fclose(in);
}

static void say_memory(uint64_t address, uint64_t size)
{
	char *data;
	int fd;

	if (address == LIST && size == count * sizeof(*regions)) {
		say(regions, size);
		return;
	}
	for (unsigned int i = 0; i < count; i++) {
		const struct region *r = &regions[i];

		if (address < r->address || address - r->address > r->size ||
		    size > r->size - (address - r->address))
			continue;
		data = malloc(size + 1);
		fd = open(paths[i], O_RDONLY | O_CLOEXEC);
		if (!data || fd < 0 ||
		    pread(fd, data, size, address - r->address) != (ssize_t)size)
			die("cannot be read", paths[i]);
		close(fd);
		say(data, size);
		free(data);
		return;
	}
	gone = true;
}

static void hear(const void *data, size_t size)
{
	struct packet in = { 0 }, out = { 0 };

	memcpy(&in, data, size < sizeof(in) ? size : sizeof(in));
	if (in.length != size) {
		gone = true;
		return;
	}
	switch (in.command) {
	case HELLO_RESPONSE:
		out.command = MEMORY_DEBUG64;
		out.length = 0x18;
		out.memory.address = LIST;
		out.memory.size = count * sizeof(*regions);
		say(&out, out.length);
		break;
	case MEMORY_READ64:
		say_memory(in.memory.address, in.memory.size);
		break;
	case RESET:
		out.command = RESET_RESPONSE;
		out.length = 8;
		say(&out, out.length);
		break;
	default:
		gone = true;
	}
}

int libusb_bulk_transfer(libusb_device_handle *phone, unsigned char endpoint, unsigned char *data,
			 int size, int *transferred, unsigned int timeout)
{
	size_t n = 0;

	if (transferred)
		*transferred = 0;
	if (gone)
		return LIBUSB_ERROR_NO_DEVICE;
	if (endpoint == OUT) {
		/* An empty packet only ends a transfer that fills whole packets of the bus. */
		if (size)
			hear(data, size);
		n = size;
	} else if (size) {
		n = answer_size - answer_read;
		if (!n)
			return LIBUSB_ERROR_TIMEOUT;
		if (n > (size_t)size)
			n = size;
		memcpy(data, answer + answer_read, n);
		answer_read += n;
	}
	if (transferred)
		*transferred = n;
	return 0;
}

/* The bus.  Nobody dereferences the pointers to libusb's device and handle. */
static libusb_device *const phone_device = (libusb_device *)regions;
static libusb_device_handle *const phone_handle = (libusb_device_handle *)paths;

static const struct libusb_endpoint_descriptor endpoints[] = {
	{ .bEndpointAddress = IN, .bmAttributes = LIBUSB_TRANSFER_TYPE_BULK, .wMaxPacketSize = PACKET },
	{ .bEndpointAddress = OUT, .bmAttributes = LIBUSB_TRANSFER_TYPE_BULK, .wMaxPacketSize = PACKET },
};
static const struct libusb_interface_descriptor alternative = {
	.bNumEndpoints = 2, .bInterfaceClass = 0xff, .bInterfaceSubClass = 0xff,
	.bInterfaceProtocol = 0xff, .endpoint = endpoints,
};
static const struct libusb_interface interface = { .altsetting = &alternative, .num_altsetting = 1 };
static struct libusb_config_descriptor config = { .bNumInterfaces = 1, .interface = &interface };

int libusb_init(libusb_context **context)
{
	read_regions();
	say_hello();
	return 0;
}

void libusb_exit(libusb_context *context)
{
}

ssize_t libusb_get_device_list(libusb_context *context, libusb_device ***list)
{
	static libusb_device *devices[2];

	devices[0] = phone_device;
	*list = devices;
	return 1;
}

void libusb_free_device_list(libusb_device **list, int unref)
{
}

int libusb_get_device_descriptor(libusb_device *device, struct libusb_device_descriptor *descriptor)
{
	*descriptor = (struct libusb_device_descriptor){ .idVendor = 0x05c6, .idProduct = 0x900e };
	return 0;
}

int libusb_get_active_config_descriptor(libusb_device *device,
					struct libusb_config_descriptor **descriptor)
{
	*descriptor = &config;
	return 0;
}

void libusb_free_config_descriptor(struct libusb_config_descriptor *descriptor)
{
}

int libusb_get_string_descriptor_ascii(libusb_device_handle *handle, uint8_t index,
				       unsigned char *data, int size)
{
	return snprintf((char *)data, size, "QUSB_BULK_SN:0001");
}

int libusb_open(libusb_device *device, libusb_device_handle **handle)
{
	*handle = phone_handle;
	return 0;
}

void libusb_close(libusb_device_handle *handle)
{
}

libusb_device *libusb_get_device(libusb_device_handle *handle)
{
	return phone_device;
}

int libusb_claim_interface(libusb_device_handle *handle, int number)
{
	return 0;
}

int libusb_detach_kernel_driver(libusb_device_handle *handle, int number)
{
	return LIBUSB_ERROR_NOT_FOUND;
}

const char *libusb_strerror(int code)
{
	return code == LIBUSB_ERROR_TIMEOUT ? "timeout" : "no device";
}
