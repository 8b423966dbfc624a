// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program with a secret in its vector registers: registers PATTERN
 *
 * Each of them holds PATTERN, a 64-bit number, and its complement until the program
 * is killed.  The two are put together in registers, so that only the registers that
 * the kernel saves at a task switch have them in memory.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__x86_64__)
#define V(n)	"movdqa %%xmm0, %%xmm" #n "\n\t"

static void spin(uint64_t pattern)
{
	asm volatile("movq %0, %%xmm0\n\t"
		     "notq %0\n\t"
		     "movq %0, %%xmm1\n\t"
		     "punpcklqdq %%xmm1, %%xmm0\n\t"
		     "xorq %0, %0\n\t"
		     V(1) V(2) V(3) V(4) V(5) V(6) V(7) V(8) V(9) V(10) V(11)
		     V(12) V(13) V(14) V(15)
		     "1: pause\n\tjmp 1b"
		     : "+r" (pattern) : : "memory");
}
#elif defined(__aarch64__)
#define V(n)	"mov v" #n ".16b, v0.16b\n\t"

static void spin(uint64_t pattern)
{
	asm volatile("mov v0.d[0], %0\n\t"
		     "mvn %0, %0\n\t"
		     "mov v0.d[1], %0\n\t"
		     "mov %0, #0\n\t"
		     V(1) V(2) V(3) V(4) V(5) V(6) V(7) V(8) V(9) V(10) V(11)
		     V(12) V(13) V(14) V(15) V(16) V(17) V(18) V(19) V(20)
		     "1: yield\n\tb 1b"
		     : "+r" (pattern) : : "memory");
}
#endif

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: registers PATTERN\n");
		return 1;
	}
	/* One half of the secret is on the command line, the other half nowhere. */
	spin(strtoull(argv[1], NULL, 0));
	return 0;
}
