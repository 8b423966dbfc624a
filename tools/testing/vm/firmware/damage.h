/* SPDX-License-Identifier: GPL-2.0-only */
/* Damage to the data that a loader and Linux exchange. */
#ifndef _FIRMWARE_DAMAGE_H
#define _FIRMWARE_DAMAGE_H

#include "kinds.h"

void damage_list(void);
int damage_do(struct smem *smem, const char *name);

int damage_store(const struct scene *scene, const struct field *field, u64 value);
int damage_text(const struct scene *scene, const struct field *field, const char *text);

#endif
