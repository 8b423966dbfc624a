// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table and its image, in debugfs under meminspect/.
 *
 * For root alone.  Files with kernel addresses can't be opened when lockdown hides
 * /proc/kcore.
 *
 * Uses publish.h, the slots, and secrets.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "debugfs.h"
#include "publish.h"
#include "secrets.h"
#include "slots.h"

#define MODE 0400

/**
 * struct header_copy - the header at the moment of opening
 * @size:	bytes of @buf
 * @buf:	the header
 */
struct header_copy {
	size_t size;
	u8 buf[];
};

static int elfcorehdr_open(struct inode *inode, struct file *file)
{
	struct header_copy *copy;
	size_t size;
	int ret;

	ret = security_locked_down(LOCKDOWN_KCORE);
	if (ret)
		return ret;
	/* All images are of one size. */
	size = meminspect_image_current()->elf_size;
	copy = kvmalloc(struct_size(copy, buf, size), GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	copy->size = size;
	meminspect_begin();
	memcpy(copy->buf, meminspect_image_current()->elf, size);
	meminspect_end();
	file->private_data = copy;
	return 0;
}

static ssize_t elfcorehdr_read(struct file *file, char __user *to,
			       size_t count, loff_t *ppos)
{
	const struct header_copy *copy = file->private_data;

	return simple_read_from_buffer(to, count, ppos, copy->buf, copy->size);
}

static int elfcorehdr_release(struct inode *inode, struct file *file)
{
	kvfree(file->private_data);
	return 0;
}

static const struct file_operations elfcorehdr_fops = {
	.owner		= THIS_MODULE,
	.open		= elfcorehdr_open,
	.read		= elfcorehdr_read,
	.llseek		= default_llseek,
	.release	= elfcorehdr_release,
};

/* A line of the table, as it is at that moment. */
static void show_slot(struct seq_file *m, const struct meminspect_slot *slot)
{
	const struct inspect_entry *ie = &slot->ie;
	const u64 end = (u64)ie->pa + ie->size;
	u64 secret_end;
	char type[MEMINSPECT_TYPE_BYTES + 12] = "-";

	if (*ie->type_name && ie->type)
		snprintf(type, sizeof(type), "%s:%u", ie->type_name, ie->type);
	else if (*ie->type_name)
		strscpy(type, ie->type_name, sizeof(type));
	seq_printf(m, "%4u %-23s %-10s %-18s %12llx %9zu %s%s%s%s%s%s\n", ie->id,
		   *ie->name ? ie->name : "-",
		   meminspect_class_names[ie->class], type, (u64)ie->pa,
		   ie->size, module_name(ie->owner),
		   ie->properties & MEMINSPECT_EXACT ? " exact" : "",
		   meminspect_secret_in(ie->pa, end, &secret_end) < end ?
		   " secrets_cut" : "",
		   ie->properties & MEMINSPECT_NOT_IN_IMAGE ? " not_in_image" : "",
		   ie->properties & MEMINSPECT_NOT_IN_KINFO ? " not_in_kinfo" : "",
		   slot->left_out ? " left_out" : "");
}

/* By id.  Not under the table's mutex, whose holder may sleep. */
static int regions_show(struct seq_file *m, void *unused)
{
	const struct meminspect_slot *slot;
	unsigned int id;

	seq_puts(m, "  id name                    class      type                    address      size owner\n");
	for (id = 1; id < MEMINSPECT_ID_MAX; id++) {
		meminspect_begin();
		slot = meminspect_slot(id);
		if (slot && slot->state == SLOT_HERE)
			show_slot(m, slot);
		meminspect_end();
	}
	return 0;
}

static int regions_open(struct inode *inode, struct file *file)
{
	return security_locked_down(LOCKDOWN_KCORE) ?:
	       single_open(file, regions_show, NULL);
}

static const struct file_operations regions_fops = {
	.owner		= THIS_MODULE,
	.open		= regions_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static int stats_show(struct seq_file *m, void *unused)
{
	const struct meminspect_stats *s = &meminspect_stats;
	const struct meminspect_image *image;
	const struct meminspect_slot *slot;
	unsigned int left_out = 0;

	meminspect_begin();
	list_for_each_entry(slot, &meminspect_slots, node)
		left_out += slot_shown(slot) && slot->left_out;
	image = meminspect_image_current();
	seq_printf(m, "entries        %u\n", meminspect_count());
	seq_printf(m, "image          generation %llu, %u of %u runs, %llu bytes\n",
		   image->generation, image->runs.nr, meminspect_limit(),
		   image->size);
	seq_printf(m, "published      %llu\n", s->published);
	seq_printf(m, "registered     %llu\n", s->registered);
	seq_printf(m, "unregistered   %llu\n", s->unregistered);
	seq_printf(m, "dropped        %llu\n", s->dropped);
	seq_printf(m, "refused        %llu\n", s->refused);
	seq_printf(m, "left_out       %u\n", left_out);
	seq_printf(m, "looks          %llu\n", s->looks);
	seq_printf(m, "look_ns        %llu\n", s->look_ns);
	seq_printf(m, "last_ns        %llu\n", s->last_ns);
	seq_printf(m, "longest_ns     %llu\n", s->longest_ns);
	meminspect_end();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

/**
 * meminspect_debugfs_init() - make the files
 *
 * Context: boot; there is an image.
 */
void __init meminspect_debugfs_init(void)
{
	struct dentry *dir = debugfs_create_dir("meminspect", NULL);

	debugfs_create_file("regions", MODE, dir, NULL, &regions_fops);
	debugfs_create_file("elfcorehdr", MODE, dir, NULL, &elfcorehdr_fops);
	debugfs_create_file("stats", MODE, dir, NULL, &stats_fops);
}
