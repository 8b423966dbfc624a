/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_PUBLISH_H
#define _MEMINSPECT_PUBLISH_H

#include <linux/meminspect_image.h>

int meminspect_publish_init(void);
bool meminspect_image_ready(void);
const struct meminspect_image *meminspect_image_current(void);
void meminspect_image_update(void);
int meminspect_image_room(unsigned int rank);
int meminspect_image_limits(unsigned int regions, u64 address);
void meminspect_span_grow(u64 start, u64 end);
void meminspect_span_set(const struct meminspect_span *span);
bool meminspect_span_ends_in(u64 start, u64 end);
struct meminspect_span meminspect_span_find(void);
int meminspect_publish_to(struct meminspect_sink *sink);
bool meminspect_publish_no_more_to(struct meminspect_sink *sink);
bool meminspect_has_sink(void);
struct meminspect_image *meminspect_panic_image(void);
void meminspect_publish_panic_image(void);

#endif /* _MEMINSPECT_PUBLISH_H */
