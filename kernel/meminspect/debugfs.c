// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table and its image, in debugfs under meminspect/.
 *
 * For root alone; what has kernel addresses in it is hidden when lockdown hides
 * /proc/kcore.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "internal.h"

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
	const struct meminspect_image *image;
	struct header_copy *copy;
	int ret;

	ret = security_locked_down(LOCKDOWN_KCORE);
	if (ret)
		return ret;
	meminspect_table_lock();
	image = meminspect_image_current();
	copy = kvmalloc(struct_size(copy, buf, image->elf_size), GFP_KERNEL);
	if (copy) {
		copy->size = image->elf_size;
		memcpy(copy->buf, image->elf, copy->size);
	}
	meminspect_table_unlock();
	file->private_data = copy;
	return copy ? 0 : -ENOMEM;
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

static void show_entry(void *priv, const struct inspect_entry *ie)
{
	const char *class = ie->class < MEMINSPECT_NR_CLASSES ?
			    meminspect_class_names[ie->class] : "?";
	struct seq_file *m = priv;
	char type[40] = "-";

	if (*ie->type_name && ie->type)
		snprintf(type, sizeof(type), "%s:%u", ie->type_name, ie->type);
	else if (*ie->type_name)
		strscpy(type, ie->type_name, sizeof(type));
	seq_printf(m, "%4u %-23s %-10s %-18s %12llx %9zu %s%s%s\n", ie->id,
		   *ie->name ? ie->name : "-", class, type, (u64)ie->pa,
		   ie->size, module_name(ie->owner),
		   ie->properties & MEMINSPECT_NOT_IN_IMAGE ? " not_in_image" : "",
		   ie->properties & MEMINSPECT_NOT_IN_KINFO ? " not_in_kinfo" : "");
}

static int regions_show(struct seq_file *m, void *unused)
{
	seq_puts(m, "  id name                    class      type                    address      size owner\n");
	meminspect_table_lock();
	meminspect_traverse(m, show_entry);
	meminspect_table_unlock();
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

	meminspect_table_lock();
	image = meminspect_image_current();
	seq_printf(m, "entries        %u of %u\n", meminspect_count(),
		   meminspect_limit());
	seq_printf(m, "image          generation %llu, %u runs, %llu bytes\n",
		   image->generation, image->nr_runs, image->size);
	seq_printf(m, "published      %llu\n", s->published);
	seq_printf(m, "registered     %llu\n", s->registered);
	seq_printf(m, "unregistered   %llu\n", s->unregistered);
	seq_printf(m, "dropped        %llu\n", s->dropped);
	seq_printf(m, "refused        %llu\n", s->refused);
	seq_printf(m, "left_out       %llu\n", s->left_out);
	seq_printf(m, "last_ns        %llu\n", s->last_ns);
	seq_printf(m, "longest_ns     %llu\n", s->longest_ns);
	meminspect_table_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int __init meminspect_debugfs_init(void)
{
	struct dentry *dir;

	if (!meminspect_image_ready())
		return 0;
	dir = debugfs_create_dir("meminspect", NULL);
	debugfs_create_file("regions", MODE, dir, NULL, &regions_fops);
	debugfs_create_file("elfcorehdr", MODE, dir, NULL, &elfcorehdr_fops);
	debugfs_create_file("stats", MODE, dir, NULL, &stats_fops);
	return 0;
}
late_initcall(meminspect_debugfs_init);
