// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>

#include <asm/kvm.h>

#include <kvm/gic_host.h>
#include <kvm/percpu_irq.h>

/* Order of the regions in the device tree's node: bindings, arm,gic.yaml. */
enum { REG_GICD, REG_GICC, REG_GICH, REG_GICV };

#define GICC_CTLR		0x00
#define GICC_CTLR_EOIMODE_NS	(1U << 9)

struct gic_host gic_host;

static const struct of_device_id gicv2_ids[] = {
	{ .compatible = "arm,gic-400" },
	{ .compatible = "arm,cortex-a15-gic" },
	{ .compatible = "arm,cortex-a7-gic" },
	{ }
};

bool gic_host_splits_eoi(void)
{
	struct device_node *node = of_find_matching_node(NULL, gicv2_ids);
	void __iomem *gicc;
	bool split;

	if (!node)
		return false;
	gicc = of_iomap(node, REG_GICC);
	of_node_put(node);
	if (!gicc)
		return false;
	split = readl_relaxed(gicc + GICC_CTLR) & GICC_CTLR_EOIMODE_NS;
	iounmap(gicc);
	return split;
}

/* ---- the maintenance interrupt ---- */

static struct percpu_irq maintenance = { .name = "kvm-maintenance" };

static int gich_online(unsigned int cpu)
{
	unsigned int i;

	/* Its reset values are UNKNOWN, and firmware may have used it. */
	writel_relaxed(0, gic_host.gich + GICH_HCR);
	for (i = 0; i < gic_host.nr_lrs; i++)
		writel_relaxed(0, gic_host.gich + GICH_LR(i));
	enable_percpu_irq(maintenance.irq, IRQ_TYPE_NONE);
	return 0;
}

static int gich_offline(unsigned int cpu)
{
	disable_percpu_irq(maintenance.irq);
	return 0;
}

/* ---- the device tree ---- */

/* NULL, or the reason why a guest cannot have the GIC. */
static const char *find(struct device_node *node)
{
	struct resource gicv;

	if (of_address_to_resource(node, REG_GICV, &gicv))
		return "its node has no GICH or no GICV";
	/* Guests get whole pages: GICV must fill its own. */
	if (!PAGE_ALIGNED(gicv.start) ||
	    resource_size(&gicv) < KVM_VGIC_V2_CPU_SIZE)
		return "its GICV does not fill two pages";
	maintenance.irq = irq_of_parse_and_map(node, 0);
	if (!maintenance.irq)
		return "its node has no maintenance interrupt";
	gic_host.gich = of_iomap(node, REG_GICH);
	if (!gic_host.gich)
		return "its GICH cannot be mapped";
	gic_host.gicv = gicv.start;
	gic_host.nr_lrs = GICH_VTR_LISTREGS(readl_relaxed(gic_host.gich + GICH_VTR));
	if (percpu_irq_start(&maintenance, "kvm/gic:online", gich_online, gich_offline)) {
		iounmap(gic_host.gich);
		return "its maintenance interrupt cannot be requested";
	}
	gic_host.present = true;
	return NULL;
}

void gic_host_init(void)
{
	struct device_node *node = of_find_matching_node(NULL, gicv2_ids);
	const char *trouble = "there is none";

	if (node)
		trouble = find(node);
	of_node_put(node);
	if (trouble)
		pr_info("no GICv2 for guests: %s\n", trouble);
	else
		pr_info("GICV at %pa, %u list registers\n", &gic_host.gicv,
			gic_host.nr_lrs);
}

void gic_host_exit(void)
{
	if (!gic_host.present)
		return;
	percpu_irq_stop(&maintenance);
	iounmap(gic_host.gich);
	gic_host.present = false;
}
