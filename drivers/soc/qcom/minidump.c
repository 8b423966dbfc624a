// SPDX-License-Identifier: GPL-2.0-only
/*
 * A back end for Qualcomm's phones: the global table of contents is an item of
 * SMEM, which the boot firmware has made, and reads again after a reset.
 *
 * Most of it is the firmware's.  Linux fills in the one table of contents that
 * is its own, and only if the firmware takes minidumps as they are made here.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/minidump.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/soc/qcom/smem.h>

#define TABLE_BYTES	(MINIDUMP_MAX_REGIONS * sizeof(struct minidump_region))

/**
 * struct smem_minidump - the back end of a device
 * @backend:	for the front end
 * @toc:	Linux's table of contents, in SMEM
 * @before:	the firmware's values, restored when the back end goes
 */
struct smem_minidump {
	struct minidump_backend backend;
	struct minidump_subsystem *toc;
	struct minidump_subsystem before;
};

static struct smem_minidump *to_smem(struct minidump_backend *be)
{
	return container_of(be, struct smem_minidump, backend);
}

static int smem_enable(struct minidump_backend *be, phys_addr_t table)
{
	struct minidump_subsystem *toc = to_smem(be)->toc;

	/* A kernel that did not clean up may have left another value. */
	WRITE_ONCE(toc->status, 0);
	/* The firmware looks no further while this is not 1: before the rest. */
	wmb();
	WRITE_ONCE(toc->regions_baseptr, cpu_to_le64(table));
	WRITE_ONCE(toc->region_count, cpu_to_le32(be->max_regions));
	/* The loader takes nothing that it believes to be in the clear still. */
	WRITE_ONCE(toc->encryption_status, cpu_to_le32(MINIDUMP_ENCRYPT_DONE));
	WRITE_ONCE(toc->encryption_required,
		   cpu_to_le32(MINIDUMP_ENCRYPT_NONE));
	WRITE_ONCE(toc->enabled, cpu_to_le32(MINIDUMP_ENABLED));
	/* And after it. */
	wmb();
	WRITE_ONCE(toc->status, cpu_to_le32(1));
	return 0;
}

static void smem_publish(struct minidump_backend *be, phys_addr_t table)
{
	WRITE_ONCE(to_smem(be)->toc->regions_baseptr, cpu_to_le64(table));
}

static void smem_disable(struct minidump_backend *be)
{
	struct smem_minidump *smem = to_smem(be);
	struct minidump_subsystem *toc = smem->toc;

	WRITE_ONCE(toc->status, 0);
	/* As in smem_enable(). */
	wmb();
	WRITE_ONCE(toc->enabled, smem->before.enabled);
	WRITE_ONCE(toc->encryption_status, smem->before.encryption_status);
	WRITE_ONCE(toc->encryption_required, smem->before.encryption_required);
	WRITE_ONCE(toc->region_count, 0);
	WRITE_ONCE(toc->regions_baseptr, 0);
	/* Not there any more when the tables' memory is freed. */
	wmb();
}

/* SMEM is not trusted: anything may have written to it. */
static int check_toc(struct device *dev, const struct minidump_global_toc *toc,
		     size_t size)
{
	const struct minidump_subsystem *sub =
		&toc->subsystems[MINIDUMP_SUBSYSTEM_LINUX];
	u32 status, revision, enabled, required;

	if (size < sizeof(*toc))
		return dev_err_probe(dev, -EMSGSIZE,
				     "SMEM item %d: %zu bytes, not %zu\n",
				     MINIDUMP_SMEM_ITEM, size, sizeof(*toc));
	/* It is published by a single store of eight bytes. */
	if (!IS_ALIGNED((unsigned long)&sub->regions_baseptr, sizeof(u64)))
		return dev_err_probe(dev, -EFAULT, "SMEM item %d: not aligned\n",
				     MINIDUMP_SMEM_ITEM);

	status = le32_to_cpu(READ_ONCE(toc->status));
	if (status != 1)
		return dev_err_probe(dev, -ENODEV,
				     "not set up by the firmware: status %#x\n",
				     status);
	revision = le32_to_cpu(READ_ONCE(toc->revision));
	if (revision != MINIDUMP_REVISION)
		return dev_err_probe(dev, -EPROTONOSUPPORT,
				     "revision %u is unknown, not %u\n",
				     revision, MINIDUMP_REVISION);
	enabled = le32_to_cpu(READ_ONCE(toc->enabled));
	if (enabled != MINIDUMP_ENABLED)
		return dev_err_probe(dev, -EOPNOTSUPP,
				     "not enabled by the firmware: %#x\n",
				     enabled);
	required = le32_to_cpu(READ_ONCE(sub->encryption_required));
	if (required && required != MINIDUMP_ENCRYPT_NONE)
		return dev_err_probe(dev, -EOPNOTSUPP,
				     "the firmware requires encryption: %#x\n",
				     required);
	return 0;
}

static int smem_minidump_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct minidump_global_toc *toc;
	struct smem_minidump *smem;
	unsigned int i;
	size_t size = 0;
	void *tables;
	int ret;

	/* -EPROBE_DEFER as long as SMEM is not there. */
	toc = qcom_smem_get(QCOM_SMEM_HOST_ANY, MINIDUMP_SMEM_ITEM, &size);
	if (IS_ERR(toc))
		return dev_err_probe(dev, PTR_ERR(toc), "SMEM item %d\n",
				     MINIDUMP_SMEM_ITEM);
	ret = check_toc(dev, toc, size);
	if (ret)
		return ret;

	smem = devm_kzalloc(dev, sizeof(*smem), GFP_KERNEL);
	tables = (void *)devm_get_free_pages(dev, GFP_KERNEL | __GFP_ZERO,
					     get_order(MINIDUMP_TABLES *
						       TABLE_BYTES));
	if (!smem || !tables)
		return -ENOMEM;

	smem->toc = &toc->subsystems[MINIDUMP_SUBSYSTEM_LINUX];
	smem->before = *smem->toc;
	smem->backend = (struct minidump_backend){
		.name		= "Qualcomm SMEM",
		.owner		= THIS_MODULE,
		.max_regions	= MINIDUMP_MAX_REGIONS,
		.enable		= smem_enable,
		.publish	= smem_publish,
		.disable	= smem_disable,
	};
	for (i = 0; i < MINIDUMP_TABLES; i++) {
		smem->backend.table[i] = tables + i * TABLE_BYTES;
		smem->backend.table_pa[i] = virt_to_phys(smem->backend.table[i]);
	}
	platform_set_drvdata(pdev, smem);
	ret = minidump_backend_register(&smem->backend);
	if (ret)
		return dev_err_probe(dev, ret, "not used for minidumps\n");
	return 0;
}

static void smem_minidump_remove(struct platform_device *pdev)
{
	struct smem_minidump *smem = platform_get_drvdata(pdev);

	minidump_backend_unregister(&smem->backend);
}

static const struct of_device_id smem_minidump_of_match[] = {
	{ .compatible = "qcom,minidump" },
	{}
};
MODULE_DEVICE_TABLE(of, smem_minidump_of_match);

static struct platform_driver smem_minidump_driver = {
	.probe	= smem_minidump_probe,
	.remove	= smem_minidump_remove,
	.driver	= {
		.name		= "qcom-minidump",
		.of_match_table	= smem_minidump_of_match,
	},
};
module_platform_driver(smem_minidump_driver);

MODULE_DESCRIPTION("Minidump in Qualcomm's shared memory");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(MINIDUMP_NS);
