// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that registers its memory for the dump of a machine that hangs: each
 * kind of memory that a driver has, in the way that suits it.  Only
 * built-in code can be a consumer of the table.
 *
 *	cat /sys/kernel/debug/meminspect/regions
 *
 * lists the entries.  See Documentation/dev-tools/meminspect.rst.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/meminspect.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/types.h>

#define SAMPLE_NAME	"meminspect-sample"
#define LOG_BYTES	1024
#define SCRATCH_BYTES	512

/* Registered and dropped with the module; no code is needed. */
static struct {
	u32 version;
	u32 probes;
} sample_state = { .version = 1 };

MEMINSPECT_ENTRY(MEMINSPECT_ID_DYNAMIC, sample_state, sizeof(sample_state),
		 .class = MEMINSPECT_CLASS_DRIVER);

/* The state of one device. */
struct sample_device {
	u64 requests;
	int last_error;
};

static char *sample_log;
static void *sample_scratch;
static u64 __percpu *sample_hits;
static struct platform_device *sample_pdev;

static struct meminspect_cookie log_cookie;
static struct meminspect_cookie hits_cookie;
static struct meminspect_cookie scratch_cookie;

/* Whole pages, so that a dump has no other memory beside it. */
static void *sample_ring;

/* Register exactly these bytes: the rest of the page is not in the dump. */
static struct meminspect_cookie sample_register_scratch(void)
{
	const struct inspect_entry request = {
		.id		= MEMINSPECT_ID_DYNAMIC,
		.va		= sample_scratch,
		.size		= SCRATCH_BYTES,
		.class		= MEMINSPECT_CLASS_DRIVER,
		.properties	= MEMINSPECT_EXACT | MEMINSPECT_NOT_IN_KINFO,
		.name		= "sample_scratch",
		.owner		= THIS_MODULE,
	};

	return meminspect_lock_register(&request);
}

static int sample_probe(struct platform_device *pdev)
{
	struct sample_device *sample;
	int ret;

	sample = devm_kzalloc(&pdev->dev, sizeof(*sample), GFP_KERNEL);
	if (!sample)
		return -ENOMEM;

	/* Dropped before the memory is freed.  An error is not fatal for the device. */
	ret = meminspect_error(devm_meminspect_register_va(&pdev->dev, sample,
							   sizeof(*sample)));
	if (ret)
		dev_warn(&pdev->dev, "will not be in a dump: %d\n", ret);

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
	ret = meminspect_error(log_cookie);
	if (ret)
		goto err_free_log;

	ret = -ENOMEM;
	sample_scratch = kzalloc(SCRATCH_BYTES, GFP_KERNEL);
	if (!sample_scratch)
		goto err_log;
	scratch_cookie = sample_register_scratch();
	ret = meminspect_error(scratch_cookie);
	if (ret)
		goto err_free_scratch;

	/* The allocation succeeds even if the registration fails. */
	ret = -ENOMEM;
	sample_ring = meminspect_alloc_size(PAGE_SIZE, alloc_pages_exact,
					    PAGE_SIZE, GFP_KERNEL | __GFP_ZERO);
	if (!sample_ring)
		goto err_scratch;

	sample_hits = alloc_percpu(u64);
	if (!sample_hits)
		goto err_ring;
	hits_cookie = meminspect_register_percpu("sample_hits", sample_hits,
						 sizeof(*sample_hits),
						 THIS_MODULE);
	ret = meminspect_error(hits_cookie);
	if (ret)
		goto err_free_hits;

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
	return 0;

err_driver:
	platform_driver_unregister(&sample_driver);
err_hits:
	meminspect_lock_unregister(hits_cookie);
err_free_hits:
	free_percpu(sample_hits);
err_ring:
	meminspect_free_va(sample_ring, PAGE_SIZE, free_pages_exact,
			   sample_ring, PAGE_SIZE);
err_scratch:
	meminspect_lock_unregister(scratch_cookie);
err_free_scratch:
	kfree(sample_scratch);
err_log:
	meminspect_lock_unregister(log_cookie);
err_free_log:
	kfree(sample_log);
	return ret;
}
module_init(sample_init);

/* Unregister memory before it is freed. */
static void __exit sample_exit(void)
{
	platform_device_unregister(sample_pdev);
	platform_driver_unregister(&sample_driver);
	meminspect_lock_unregister(hits_cookie);
	free_percpu(sample_hits);
	meminspect_free_va(sample_ring, PAGE_SIZE, free_pages_exact,
			   sample_ring, PAGE_SIZE);
	meminspect_lock_unregister(scratch_cookie);
	kfree(sample_scratch);
	meminspect_lock_unregister(log_cookie);
	kfree(sample_log);
}
module_exit(sample_exit);

MODULE_DESCRIPTION("A driver that registers its memory with meminspect");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(MEMINSPECT_NS);
