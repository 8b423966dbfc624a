// SPDX-License-Identifier: GPL-2.0-only
/*
 * slowload FIFO ADDRESS: kexec_load another kernel, not a crash kernel, and
 * stay inside of the system call, which holds kexec_lock, until something can
 * be read from FIFO.
 *
 * The one segment, to be placed at physical ADDRESS, is a page that is not
 * present yet; userfaultfd keeps the kernel waiting for it.  Prints "held" when
 * the kernel waits.
 */
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096ul

/* Serve the one page fault when something can be read from the FIFO. */
static int serve(int uffd, const char *fifo)
{
	struct uffdio_zeropage zero = {};
	struct uffd_msg msg;
	char byte;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(uffd, &msg, sizeof(msg)) != sizeof(msg) ||
	    msg.event != UFFD_EVENT_PAGEFAULT)
		return 1;
	printf("held\n");
	fclose(stdout);
	fd = open(fifo, O_RDONLY);
	if (fd < 0 || read(fd, &byte, 1) != 1)
		return 1;
	zero.range.start = msg.arg.pagefault.address & -PAGE;
	zero.range.len = PAGE;
	return ioctl(uffd, UFFDIO_ZEROPAGE, &zero) ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };
	struct kexec_segment segment;
	unsigned long address;
	int uffd, status;
	pid_t server;
	void *page;

	if (argc != 3) {
		fprintf(stderr, "usage: slowload FIFO ADDRESS\n");
		return 2;
	}
	address = strtoul(argv[2], NULL, 0);

	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (page == MAP_FAILED || uffd < 0 || ioctl(uffd, UFFDIO_API, &api)) {
		perror("slowload: userfaultfd");
		return 1;
	}
	range.range.start = (uintptr_t)page;
	range.range.len = PAGE;
	if (ioctl(uffd, UFFDIO_REGISTER, &range)) {
		perror("slowload: UFFDIO_REGISTER");
		return 1;
	}

	/* In the child, too, the descriptor refers to the parent's memory. */
	server = fork();
	if (!server)
		_exit(serve(uffd, argv[1]));

	segment = (struct kexec_segment){ page, PAGE, (void *)address, PAGE };
	if (server < 0 || syscall(SYS_kexec_load, address, 1, &segment,
				  KEXEC_ARCH_DEFAULT)) {
		perror("slowload: kexec_load");
		return 1;
	}
	if (waitpid(server, &status, 0) != server || status) {
		fprintf(stderr, "slowload: the kernel did not wait\n");
		return 1;
	}
	return 0;
}
