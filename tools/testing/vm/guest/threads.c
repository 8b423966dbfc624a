// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that sleep: threads NUMBER
 *
 * Prints NUMBER when that many have started, and runs until it is killed.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *sleeper(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

int main(int argc, char **argv)
{
	long number = argc == 2 ? atol(argv[1]) : 0, i;
	pthread_attr_t attr;
	pthread_t thread;

	if (number < 1) {
		fprintf(stderr, "usage: threads NUMBER\n");
		return 1;
	}
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	for (i = 0; i < number; i++) {
		if (pthread_create(&thread, &attr, sleeper, NULL)) {
			fprintf(stderr, "threads: %ld of %ld\n", i, number);
			return 1;
		}
	}
	printf("%ld\n", number);
	fflush(stdout);
	sleeper(NULL);
	return 0;
}
