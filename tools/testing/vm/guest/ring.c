// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that pass a byte around: ring TASKS ROUNDS
 *
 * On one CPU, each pass of the byte is a switch to another task.  Prints how many
 * ns a switch took.  With 0 rounds the program runs until it is killed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static int pass(int from, int to)
{
	char byte;

	return read(from, &byte, 1) == 1 && write(to, &byte, 1) == 1;
}

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	long tasks = argc == 3 ? atol(argv[1]) : 0, i;
	long rounds = argc == 3 ? atol(argv[2]) : 0;
	int first[2], from, to[2];
	long long begin;

	if (tasks < 2 || pipe(first)) {
		fprintf(stderr, "usage: ring TASKS ROUNDS\n");
		return 1;
	}
	from = first[0];
	for (i = 1; i < tasks; i++) {
		if (pipe(to))
			return 1;
		switch (fork()) {
		case -1:
			return 1;
		case 0:
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			while (pass(from, to[1]))
				;
			_exit(0);
		}
		from = to[0];
	}
	/* After one round all tasks have started. */
	if (write(first[1], "", 1) != 1 || !pass(from, first[1]))
		return 1;
	begin = now();
	for (i = 0; i != rounds || !rounds; i++)
		if (!pass(from, first[1]))
			return 1;
	printf("%lld\n", (now() - begin) / (rounds * tasks));
	return 0;
}
