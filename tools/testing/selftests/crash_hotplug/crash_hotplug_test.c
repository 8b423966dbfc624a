// SPDX-License-Identifier: GPL-2.0-only
/*
 * Take CPUs and memory blocks offline and online, and check the live elfcorehdr
 * of the loaded crash image after each event: it must be exactly the online
 * memory, and the header before the event plus or minus a changed block, with unchanged
 * notes and kernel mapping.
 *
 * Needs root, debugfs and a crash image that was loaded with hotplug support;
 * tests that need a CPU or a memory block are skipped if there is none.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "machine.h"

/* Each cycle is an offline and an online event. */
#define CPU_CYCLES	500
#define MEMORY_CYCLES	200

FIXTURE(crash_hotplug)
{
	struct header before;
	int kmsg;
};

FIXTURE_SETUP(crash_hotplug)
{
	const char *fault;

	self->kmsg = -1;
	if (geteuid())
		SKIP(return, "needs root");
	if (access(LIVE_HEADER, R_OK))
		SKIP(return, LIVE_HEADER " is not there: no CONFIG_CRASH_HOTPLUG of ours, or debugfs not mounted");
	fault = header_read(&self->before);
	if (fault)
		SKIP(return, "no live header: %s", fault);
	self->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, self->kmsg);
	ASSERT_EQ(0, lseek(self->kmsg, 0, SEEK_END));
}

/*
 * Return the first message since the last call that a healthy kernel doesn't
 * print, or NULL.  EPIPE means that messages were overwritten before they could be read;
 * the next read() returns the oldest one that is left.
 */
static const char *bad_message(int kmsg)
{
	static const char *const bad[] = {
		"WARNING: ", "BUG: ", "kernel BUG at", "KASAN", "Oops",
		"Unable to handle kernel", "Internal error: ",
		/* x86 and arm64. */
		"Call Trace:", "Call trace:",
		"possible circular", "inconsistent lock", "crash hotplug: ",
	};
	static char message[8192];
	unsigned int i;
	ssize_t n;

	for (;;) {
		n = read(kmsg, message, sizeof(message) - 1);
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n < 0 && errno == EAGAIN)
			return NULL;
		if (n <= 0)
			return "it cannot be read";
		message[n] = '\0';
		for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
			if (strstr(message, bad[i]))
				return message;
	}
}

FIXTURE_TEARDOWN(crash_hotplug)
{
	const char *bad;

	if (self->kmsg < 0)
		return;
	bad = bad_message(self->kmsg);
	EXPECT_EQ(NULL, bad)
		TH_LOG("in the log: %s", bad);
	close(self->kmsg);
}

/* Return NULL if the header is the machine's memory, with the notes of @before. */
static const char *header_fault(const struct header *before)
{
	struct ranges memory;
	struct header h;
	const char *fault;

	fault = header_read(&h);
	if (fault)
		return fault;
	if (machine_memory(&memory))
		return "the machine's memory cannot be read";
	if (!ranges_equal(&h.memory, &memory))
		return "not exactly the online memory";
	if (!header_notes_equal(&h, before))
		return "notes or the kernel's mapping changed";
	return NULL;
}

/* As header_fault(); the memory must also be that of @before plus or minus @r. */
static const char *change_fault(const struct header *before,
				const struct range *r, bool online)
{
	struct ranges expected = before->memory;
	const char *fault = header_fault(before);
	struct header h;

	if (fault)
		return fault;
	if (online)
		ranges_add(&expected, r->start, r->end);
	else
		ranges_remove(&expected, r->start, r->end);
	fault = header_read(&h);
	if (!fault && !ranges_equal(&h.memory, &expected))
		return "not the header before, plus or minus the block";
	return fault;
}

TEST_F(crash_hotplug, header_is_exact)
{
	const char *fault = header_fault(&self->before);

	EXPECT_EQ(NULL, fault)
		TH_LOG("%s", fault);
}

TEST_F_TIMEOUT(crash_hotplug, cpu_loop, 900)
{
	int cpu = machine_find_cpu(), i, online;
	const char *fault;

	if (cpu < 0)
		SKIP(return, "no CPU goes offline and comes back");
	for (i = 0; i < CPU_CYCLES; i++) {
		/* The first half has warmed the caches up. */
		if (i == CPU_CYCLES / 2)
			machine_leaks_forget();
		for (online = 0; online < 2; online++) {
			ASSERT_EQ(0, machine_set_cpu(cpu, online));
			fault = header_fault(&self->before);
			ASSERT_EQ(NULL, fault)
				TH_LOG("cycle %d, CPU %d %s: %s", i, cpu,
				       online ? "online" : "offline", fault);
		}
	}
	fault = machine_leaks_found();
	EXPECT_EQ(NULL, fault)
		TH_LOG("memory lost: %s", fault);
}

TEST_F_TIMEOUT(crash_hotplug, memory_loop, 900)
{
	int block = machine_find_block(), i, online;
	struct header with, without;
	struct ranges lost;
	const char *fault;
	struct range r;
	size_t j;

	if (block < 0)
		SKIP(return, "no memory block goes offline and comes back");
	ASSERT_EQ(NULL, header_read(&with));
	ASSERT_EQ(0, machine_set_block(block, false));
	ASSERT_EQ(NULL, header_read(&without));
	/* The block's range is the memory that the header has lost. */
	lost = with.memory;
	for (j = 0; j < without.memory.nr; j++)
		ranges_remove(&lost, without.memory.r[j].start,
			      without.memory.r[j].end);
	ASSERT_EQ(1UL, lost.nr);
	r = lost.r[0];

	for (i = 0; i < MEMORY_CYCLES; i++) {
		/* The first half has warmed the caches up. */
		if (i == MEMORY_CYCLES / 2)
			machine_leaks_forget();
		for (online = 1; online >= 0; online--) {
			ASSERT_EQ(0, machine_set_block(block, online));
			fault = change_fault(online ? &without : &with, &r,
					     online);
			ASSERT_EQ(NULL, fault)
				TH_LOG("cycle %d, block %d %s: %s", i, block,
				       online ? "online" : "offline", fault);
		}
	}
	fault = machine_leaks_found();
	EXPECT_EQ(NULL, fault)
		TH_LOG("memory lost: %s", fault);
	ASSERT_EQ(0, machine_set_block(block, true));
}

struct cpu_thread {
	int cpu;
	bool stop;
	int failed;
	int cycles;
};

static void *cpu_thread_fn(void *arg)
{
	struct cpu_thread *t = arg;

	while (!__atomic_load_n(&t->stop, __ATOMIC_RELAXED)) {
		t->failed += !!machine_set_cpu(t->cpu, false);
		t->failed += !!machine_set_cpu(t->cpu, true);
		t->cycles++;
	}
	return NULL;
}

TEST_F_TIMEOUT(crash_hotplug, both_at_once, 900)
{
	struct cpu_thread t = { .cpu = machine_find_cpu() };
	int block = machine_find_block(), i, online;
	const char *fault = NULL;
	pthread_t thread;

	if (t.cpu < 0 || block < 0)
		SKIP(return, "no CPU, or no memory block, goes offline and comes back");
	ASSERT_EQ(0, pthread_create(&thread, NULL, cpu_thread_fn, &t));
	machine_leaks_forget();
	for (i = 0; !fault && i < MEMORY_CYCLES; i++) {
		for (online = 0; !fault && online < 2; online++) {
			if (machine_set_block(block, online))
				fault = "the block's state cannot be set";
			else
				fault = header_fault(&self->before);
		}
	}
	__atomic_store_n(&t.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	EXPECT_EQ(NULL, fault)
		TH_LOG("cycle %d: %s", i, fault);
	EXPECT_EQ(0, t.failed);
	EXPECT_LT(10, t.cycles);
	fault = machine_leaks_found();
	EXPECT_EQ(NULL, fault)
		TH_LOG("memory lost: %s", fault);
}

TEST_HARNESS_MAIN
