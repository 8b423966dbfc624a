// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "damage.h"
#include "message.h"

static void list(const struct kinds *kinds)
{
	for (unsigned int i = 0; i < kinds->nr; i++)
		printf("%s\t%s\t%s\n", kinds->v[i].name,
		       kinds->v[i].before_boot ? "before-boot" : "table",
		       kinds->v[i].what);
}

void damage_list(void)
{
	list(&kinds_smem);
	list(&kinds_linux);
}

static const struct kind *find_kind(const struct kinds *kinds, const char *name)
{
	for (unsigned int i = 0; i < kinds->nr; i++)
		if (!strcmp(kinds->v[i].name, name))
			return &kinds->v[i];
	return NULL;
}

static void set_scene(struct scene *scene, const struct smem *smem)
{
	*scene = (struct scene){
		.smem = smem,
		.at = {
			[IN_HEAD] = smem->address,
			[IN_TABLE] = smem->table,
			[IN_ENTRY] = smem->entry,
			[IN_INFO] = smem->info,
			[IN_PARTITION] = smem->partition,
			[IN_ITEM] = smem->item,
			[IN_TOC] = smem->data,
			[IN_LINUX] = smem->data +
				     offsetof(struct minidump_global_toc,
					      subsystems[MINIDUMP_SUBSYSTEM_LINUX]),
		},
	};
}

/* Add the table's last two valid regions to the scene.  Return: 0, or -1 after a message. */
static int add_regions(struct scene *scene)
{
	struct toc toc;

	if (toc_read(&toc, scene->smem))
		return -1;
	for (u32 i = 0; i < toc.count; i++) {
		if (le32toh(toc.entries[i].valid) != MINIDUMP_VALID)
			continue;
		scene->at[IN_OTHER] = scene->at[IN_REGION];
		scene->other = scene->region;
		scene->at[IN_REGION] = toc.address + i * sizeof(toc.entries[i]);
		scene->region = toc.entries[i];
	}
	return scene->at[IN_OTHER] ? 0 : error("damage: fewer than two regions are valid");
}

static int store(const struct scene *scene, const struct field *field, const void *bytes)
{
	u64 at = scene->at[field->place] + field->offset;

	if (!ram_write(scene->smem->ram, at, bytes, field->width))
		return error("damage: 0x%llx is not in RAM", (ull)at);
	return 0;
}

/**
 * damage_store() - overwrite a field with a number
 * @scene:	the machine
 * @field:	of 8 bytes at most
 * @value:	the number
 *
 * Return: 0, or -1 after a message.
 */
int damage_store(const struct scene *scene, const struct field *field, u64 value)
{
	__le64 bytes = htole64(value);

	return store(scene, field, &bytes);
}

/**
 * damage_text() - overwrite a name
 * @scene:	the machine
 * @field:	the name
 * @text:	the new name, with zeros after it unless it fills the field
 *
 * Return: 0, or -1 after a message.
 */
int damage_text(const struct scene *scene, const struct field *field, const char *text)
{
	char bytes[MINIDUMP_NAME_BYTES] = "";

	memcpy(bytes, text, strnlen(text, sizeof(bytes)));
	return store(scene, field, bytes);
}

static int apply(const struct scene *scene, const struct kind *kind)
{
	if (kind->hurt)
		return kind->hurt(scene);
	if (kind->text)
		return damage_text(scene, &kind->field, kind->text);
	return damage_store(scene, &kind->field,
			    kind->derive ? kind->derive(scene) : kind->value);
}

/**
 * damage_do() - do one kind of damage to a sound machine
 * @smem:	SMEM of the machine, writable; receives the addresses of its parts
 * @name:	name of the kind
 *
 * Return: 0, or -1 after a message.
 */
int damage_do(struct smem *smem, const char *name)
{
	const struct kind *kind = find_kind(&kinds_smem, name) ?:
				  find_kind(&kinds_linux, name);
	struct scene scene;

	if (!kind)
		return error("damage: %s is not a kind of it; --list names them", name);
	if (smem_find(smem, MINIDUMP_SMEM_ITEM))
		return -1;
	if (smem->bytes < sizeof(struct minidump_global_toc))
		return error("damage: the ToC is damaged already");
	set_scene(&scene, smem);
	if (!kind->before_boot && add_regions(&scene))
		return -1;
	return apply(&scene, kind);
}
