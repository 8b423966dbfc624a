/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TEST_LEFT_H
#define _TEST_LEFT_H

/* Defined in test_consumer.c, used by test_meminspect.c. */
int meminspect_test_left(const char *prefix);

#endif /* _TEST_LEFT_H */
