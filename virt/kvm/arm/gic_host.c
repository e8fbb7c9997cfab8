// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpuhotplug.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>

#include <asm/kvm.h>

#include <kvm/gic_host.h>

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

static int __percpu *irq_cookie;
static enum cpuhp_state cpuhp_state;

/*
 * It has interrupted a guest, and its cause was gone with the guest: nothing is
 * left to be done.
 */
static irqreturn_t maintenance(int irq, void *cookie)
{
	return IRQ_HANDLED;
}

static int gich_online(unsigned int cpu)
{
	unsigned int i;

	/* Whatever was there before is no guest's. */
	writel_relaxed(0, gic_host.gich + GICH_HCR);
	for (i = 0; i < gic_host.nr_lrs; i++)
		writel_relaxed(0, gic_host.gich + GICH_LR(i));
	enable_percpu_irq(gic_host.irq, IRQ_TYPE_NONE);
	return 0;
}

static int gich_offline(unsigned int cpu)
{
	disable_percpu_irq(gic_host.irq);
	return 0;
}

static bool start_maintenance(void)
{
	int ret;

	irq_cookie = alloc_percpu(int);
	if (!irq_cookie)
		return false;
	ret = request_percpu_irq(gic_host.irq, maintenance, "kvm-maintenance",
				 irq_cookie);
	if (ret)
		goto free_cookie;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kvm/gic:online", gich_online,
				gich_offline);
	if (ret < 0)
		goto free_irq;
	cpuhp_state = ret;
	return true;

free_irq:
	free_percpu_irq(gic_host.irq, irq_cookie);
free_cookie:
	free_percpu(irq_cookie);
	return false;
}

static void stop_maintenance(void)
{
	cpuhp_remove_state(cpuhp_state);
	free_percpu_irq(gic_host.irq, irq_cookie);
	free_percpu(irq_cookie);
}

/* ---- what the device tree says ---- */

/* NULL, or why a guest cannot have it. */
static const char *find(struct device_node *node)
{
	struct resource gicv;

	if (of_address_to_resource(node, REG_GICV, &gicv))
		return "its node has no GICH or no GICV";
	/* A part of a page cannot be given to a guest, nor what else is in it. */
	if (!PAGE_ALIGNED(gicv.start) ||
	    resource_size(&gicv) < KVM_VGIC_V2_CPU_SIZE)
		return "its GICV does not fill two pages";
	gic_host.irq = irq_of_parse_and_map(node, 0);
	if (!gic_host.irq)
		return "its node has no maintenance interrupt";
	gic_host.gich = of_iomap(node, REG_GICH);
	if (!gic_host.gich)
		return "its GICH cannot be mapped";
	gic_host.gicv = gicv.start;
	gic_host.nr_lrs = GICH_VTR_LISTREGS(readl_relaxed(gic_host.gich + GICH_VTR));
	if (!start_maintenance()) {
		iounmap(gic_host.gich);
		return "its maintenance interrupt is not to be had";
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
	stop_maintenance();
	iounmap(gic_host.gich);
	gic_host.present = false;
}
