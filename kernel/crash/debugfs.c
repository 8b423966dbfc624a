// SPDX-License-Identifier: GPL-2.0-only
/*
 * Show the live header in debugfs under crash_hotplug/.
 *
 * For root alone.  Files with kernel addresses can't be opened when lockdown hides
 * /proc/kcore, whose program headers are the same.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/sort.h>
#include <linux/string_helpers.h>

#include "internal.h"

#define MODE 0400

/* The file's contents are those of the moment of its opening. */
static int elfcorehdr_open_file(struct inode *inode, struct file *file)
{
	struct crash_segment_copy *copy;
	int ret;

	ret = security_locked_down(LOCKDOWN_KCORE);
	if (ret)
		return ret;
	copy = crash_segment_read();
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	file->private_data = copy;
	return 0;
}

static ssize_t elfcorehdr_read_file(struct file *file, char __user *to,
				    size_t count, loff_t *ppos)
{
	struct crash_segment_copy *copy = file->private_data;

	return simple_read_from_buffer(to, count, ppos, copy->buf, copy->size);
}

static int elfcorehdr_release_file(struct inode *inode, struct file *file)
{
	kvfree(file->private_data);
	return 0;
}

static const struct file_operations elfcorehdr_fops = {
	.owner		= THIS_MODULE,
	.open		= elfcorehdr_open_file,
	.read		= elfcorehdr_read_file,
	.llseek		= default_llseek,
	.release	= elfcorehdr_release_file,
};

static int cmp_phdr(const void *a, const void *b)
{
	const Elf64_Phdr *x = a, *y = b;

	if (x->p_type != y->p_type)
		return x->p_type > y->p_type ? -1 : 1;
	if (x->p_paddr != y->p_paddr)
		return x->p_paddr < y->p_paddr ? -1 : 1;
	return 0;
}

static int ranges_show(struct seq_file *m, void *unused)
{
	struct crash_segment_copy *copy = crash_segment_read();
	Elf64_Phdr *phdrs;
	char size[16];
	u32 i;

	if (IS_ERR(copy))
		return PTR_ERR(copy);
	if (!copy->size) {
		seq_puts(m, "no crash image with a live elfcorehdr is loaded\n");
		goto out;
	}

	phdrs = (Elf64_Phdr *)(copy->buf + sizeof(Elf64_Ehdr));
	sort(phdrs, copy->used, sizeof(*phdrs), cmp_phdr, NULL);

	seq_puts(m, "type  physical start     physical end       size        virtual start\n");
	for (i = 0; i < copy->used; i++) {
		const Elf64_Phdr *p = &phdrs[i];

		string_get_size(p->p_memsz, 1, STRING_UNITS_2, size,
				sizeof(size));
		seq_printf(m, "%s  %016llx - %016llx %11s  %016llx\n",
			   p->p_type == PT_NOTE ? "note" : "load", p->p_paddr,
			   p->p_paddr + p->p_memsz - 1, size, p->p_vaddr);
	}
out:
	kvfree(copy);
	return 0;
}

static int ranges_open(struct inode *inode, struct file *file)
{
	int ret = security_locked_down(LOCKDOWN_KCORE);

	return ret ? ret : single_open(file, ranges_show, NULL);
}

static const struct file_operations ranges_fops = {
	.owner		= THIS_MODULE,
	.open		= ranges_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static int stats_show(struct seq_file *m, void *unused)
{
	const struct crash_hotplug_stats *s = &crash_hotplug_stats;
	u32 used, capacity;
	unsigned int i;

	crash_segment_usage(&used, &capacity);
	for (i = 0; i < CRASH_HP_NR_ACTIONS; i++)
		seq_printf(m, "%-20s %lu\n", crash_hotplug_action_names[i],
			   atomic_long_read(&s->events[i]));
	seq_printf(m, "%-20s %lu\n", "deferred",
		   atomic_long_read(&s->deferred));
	seq_printf(m, "%-20s %lu\n", "reconciled", READ_ONCE(s->reconciled));
	seq_printf(m, "%-20s %lu\n", "failed", READ_ONCE(s->failed));
	seq_printf(m, "%-20s %llu\n", "last_ns", READ_ONCE(s->last_ns));
	seq_printf(m, "%-20s %llu\n", "longest_ns", READ_ONCE(s->longest_ns));
	seq_printf(m, "%-20s %u\n", "entries", used);
	seq_printf(m, "%-20s %u\n", "capacity", capacity);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int reservation_show(struct seq_file *m, void *unused)
{
	struct crash_reservation r;

	crash_reservation_read(&r);
	seq_printf(m, "memory   %llu\n", r.memory);
	seq_printf(m, "reserved %llu\n", r.reserved);
	seq_printf(m, "needed   %llu\n", r.needed);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(reservation);

static int __init crash_hotplug_debugfs_init(void)
{
	struct dentry *dir = debugfs_create_dir("crash_hotplug", NULL);

	debugfs_create_file("elfcorehdr", MODE, dir, NULL, &elfcorehdr_fops);
	debugfs_create_file("ranges", MODE, dir, NULL, &ranges_fops);
	debugfs_create_file("reservation", MODE, dir, NULL, &reservation_fops);
	debugfs_create_file("stats", MODE, dir, NULL, &stats_fops);
	return 0;
}
late_initcall(crash_hotplug_debugfs_init);
