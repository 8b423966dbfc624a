// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that wants its memory in the dump of a machine that hangs: each kind
 * of memory that a driver has, registered in the way that suits it.
 *
 *	cat /sys/kernel/debug/meminspect/regions
 *
 * shows it.  See Documentation/dev-tools/meminspect.rst.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/meminspect.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/types.h>

#define SAMPLE_NAME	"meminspect-sample"
#define LOG_BYTES	1024
#define SCRATCH_BYTES	512

/* Comes and goes with the module, without a line of code. */
static struct {
	u32 version;
	u32 probes;
} sample_state = { .version = 1 };

MEMINSPECT_ENTRY(MEMINSPECT_ID_DYNAMIC, sample_state, sizeof(sample_state));

/* What there is of each device. */
struct sample_device {
	u64 requests;
	int last_error;
};

static char *sample_log;
static void *sample_scratch;
static u64 __percpu *sample_hits;
static struct platform_device *sample_pdev;

/* Not written while the notifier is registered, which reads them. */
static int log_cookie;
static int hits_cookie;

static const char *const sample_reasons[] = {
	[MEMINSPECT_UNREGISTERED]	= "it was unregistered",
	[MEMINSPECT_MEMORY_OFFLINE]	= "its memory goes offline",
	[MEMINSPECT_MODULE_GONE]	= "its module is gone",
	[MEMINSPECT_CPU_DEAD]		= "its CPU is dead",
};

static int sample_notify(struct notifier_block *nb, unsigned long action,
			 void *data)
{
	const struct inspect_entry *ie = data;

	if (action == MEMINSPECT_NOTIFIER_REMOVE &&
	    (ie->cookie == log_cookie || ie->cookie == hits_cookie) &&
	    ie->reason < ARRAY_SIZE(sample_reasons))
		pr_debug("%s leaves: %s\n", ie->name,
			 sample_reasons[ie->reason]);
	return NOTIFY_OK;
}

static struct notifier_block sample_nb = {
	.notifier_call	= sample_notify,
};

static int sample_probe(struct platform_device *pdev)
{
	struct sample_device *sample;
	int cookie;

	sample = devm_kzalloc(&pdev->dev, sizeof(*sample), GFP_KERNEL);
	if (!sample)
		return -ENOMEM;

	/* Leaves before it is freed.  The device works without a dump, too. */
	cookie = devm_meminspect_register_va(&pdev->dev, sample,
					     sizeof(*sample));
	if (cookie < 0)
		dev_warn(&pdev->dev, "will not be in a dump: %d\n", cookie);

	sample_state.probes++;
	return 0;
}

static struct platform_driver sample_driver = {
	.probe	= sample_probe,
	.driver	= {
		.name	= SAMPLE_NAME,
	},
};

static int __init sample_init(void)
{
	int ret = -ENOMEM;

	sample_log = kzalloc(LOG_BYTES, GFP_KERNEL);
	if (!sample_log)
		return ret;
	log_cookie = meminspect_lock_register_va(sample_log, LOG_BYTES);
	if (log_cookie < 0) {
		ret = log_cookie;
		goto err_free_log;
	}

	/* One that could not be registered is allocated all the same. */
	sample_scratch = meminspect_alloc_size(SCRATCH_BYTES, kzalloc,
					       SCRATCH_BYTES, GFP_KERNEL);
	if (!sample_scratch)
		goto err_log;

	sample_hits = alloc_percpu(u64);
	if (!sample_hits)
		goto err_scratch;
	/* Locks CPU hotplug and then the table: neither is held here. */
	hits_cookie = meminspect_register_percpu("sample_hits", sample_hits,
						 sizeof(*sample_hits),
						 THIS_MODULE);
	if (hits_cookie < 0) {
		ret = hits_cookie;
		goto err_free_hits;
	}

	ret = platform_driver_register(&sample_driver);
	if (ret)
		goto err_hits;
	sample_pdev = platform_device_register_simple(SAMPLE_NAME,
						      PLATFORM_DEVID_NONE,
						      NULL, 0);
	if (IS_ERR(sample_pdev)) {
		ret = PTR_ERR(sample_pdev);
		goto err_driver;
	}
	ret = meminspect_notifier_register(&sample_nb);
	if (ret)
		goto err_device;
	return 0;

err_device:
	platform_device_unregister(sample_pdev);
err_driver:
	platform_driver_unregister(&sample_driver);
err_hits:
	meminspect_lock_unregister(hits_cookie);
err_free_hits:
	free_percpu(sample_hits);
err_scratch:
	meminspect_free_va(sample_scratch, SCRATCH_BYTES, kfree,
			   sample_scratch);
err_log:
	meminspect_lock_unregister(log_cookie);
err_free_log:
	kfree(sample_log);
	return ret;
}
module_init(sample_init);

/* Out of the table first, and freed then. */
static void __exit sample_exit(void)
{
	meminspect_notifier_unregister(&sample_nb);
	platform_device_unregister(sample_pdev);
	platform_driver_unregister(&sample_driver);
	meminspect_lock_unregister(hits_cookie);
	free_percpu(sample_hits);
	meminspect_free_va(sample_scratch, SCRATCH_BYTES, kfree,
			   sample_scratch);
	meminspect_lock_unregister(log_cookie);
	kfree(sample_log);
}
module_exit(sample_exit);

MODULE_DESCRIPTION("A driver that registers its memory with meminspect");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(MEMINSPECT_NS);
