// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu_pm.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>

#include <kvm/gic_host.h>
#include <kvm/host_tree.h>
#include <kvm/percpu_irq.h>

/* Indices of regions and interrupts in the nodes of the GIC and the timer. */
enum { REG_GICD, REG_GICC, REG_GICH, REG_GICV };
#define IRQ_MAINTENANCE		0
#define IRQ_VIRTUAL_TIMER	2

#define GICC_CTLR		0x00
#define GICC_CTLR_EOIMODE_NS	(1U << 9)

struct gic_host gic_host;

static const struct of_device_id gicv2_ids[] = {
	{ .compatible = "arm,gic-400" },
	{ .compatible = "arm,cortex-a15-gic" },
	{ .compatible = "arm,cortex-a7-gic" },
	{ }
};

static const struct of_device_id gicv3_ids[] = {
	{ .compatible = "arm,gic-v3" },
	{ }
};

static const struct of_device_id timer_ids[] = {
	{ .compatible = "arm,armv7-timer" },
	{ .compatible = "arm,armv8-timer" },
	{ }
};

/* ---- the device tree ---- */

static bool has_node(const struct of_device_id *ids)
{
	struct device_node *node = of_find_matching_node(NULL, ids);

	of_node_put(node);
	return node;
}

static u64 size_of(struct device_node *node, int region)
{
	struct resource found;

	return of_address_to_resource(node, region, &found) ? 0 : resource_size(&found);
}

static bool splits_eoi(struct device_node *node)
{
	void __iomem *gicc = of_iomap(node, REG_GICC);
	bool split;

	if (!gicc)
		return false;
	split = readl_relaxed(gicc + GICC_CTLR) & GICC_CTLR_EOIMODE_NS;
	iounmap(gicc);
	return split;
}

unsigned int gic_host_timer_irq(void)
{
	struct device_node *node = of_find_matching_node(NULL, timer_ids);
	unsigned int irq = node ? irq_of_parse_and_map(node, IRQ_VIRTUAL_TIMER) : 0;

	of_node_put(node);
	return irq;
}

/* Fills in @tree. Returns the GIC's node, which the caller has to put, or NULL. */
static struct device_node *read_tree(struct host_tree *tree)
{
	struct device_node *node = of_find_matching_node(NULL, gicv2_ids);
	struct resource gicv;

	*tree = (struct host_tree) {
		.gicv2 = node, .gicv3 = has_node(gicv3_ids), .timer = gic_host_timer_irq(),
	};
	tree->timer_is_used = tree->timer && irq_has_action(tree->timer);
	if (!node)
		return NULL;
	tree->gicc_size = size_of(node, REG_GICC);
	tree->gich_size = size_of(node, REG_GICH);
	tree->gicv_size = size_of(node, REG_GICV);
	if (!of_address_to_resource(node, REG_GICV, &gicv))
		tree->gicv = gicv.start;
	tree->maintenance = irq_of_parse_and_map(node, IRQ_MAINTENANCE);
	tree->splits_eoi = splits_eoi(node);
	return node;
}

/* Logs the problem with its remedy, and @tree. @prefix: of the first line. */
static void log_problem(const char *prefix, struct device_node *node,
			const struct host_tree *tree, enum host_problem problem)
{
	pr_err("%s%pOF: %s; %s\n", prefix, node, host_messages[problem].problem,
	       host_messages[problem].remedy);
	pr_err("found GICC of 0x%llx bytes, GICH of 0x%llx bytes, GICV of 0x%llx bytes at 0x%llx\n",
	       tree->gicc_size, tree->gich_size, tree->gicv_size, tree->gicv);
	pr_err("found maintenance interrupt %u, virtual timer's interrupt %u%s\n",
	       tree->maintenance, tree->timer,
	       tree->timer_is_used ? ", which the kernel uses" : "");
}

bool gic_host_in_hyp_mode(void)
{
	struct host_tree tree;
	struct device_node *node = read_tree(&tree);
	enum host_problem problem = host_tree_hyp(&tree);

	if (!problem)
		problem = host_tree_timer(&tree);
	if (problem)
		log_problem("", node, &tree, problem);
	of_node_put(node);
	return !problem;
}

/* ---- the maintenance interrupt ---- */

static struct percpu_irq maintenance = { .name = "kvm-maintenance" };

/*
 * GICH's reset values are UNKNOWN, and firmware may have used GICH. vgic_load() writes only the
 * list registers that it needs, and relies on the others being empty.
 */
static void gich_clear(void)
{
	unsigned int i;

	writel_relaxed(0, gic_host.gich + GICH_HCR);
	for (i = 0; i < gic_host.nr_lrs; i++)
		writel_relaxed(0, gic_host.gich + GICH_LR(i));
}

static int gich_online(unsigned int cpu)
{
	gich_clear();
	enable_percpu_irq(maintenance.irq, IRQ_TYPE_NONE);
	return 0;
}

static int gich_offline(unsigned int cpu)
{
	disable_percpu_irq(maintenance.irq);
	return 0;
}

/* GICH may have lost its state while the CPU slept; the host's driver does not save it. */
static int gich_cpu_pm(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == CPU_PM_EXIT)
		gich_clear();
	return NOTIFY_OK;
}

static struct notifier_block gich_cpu_pm_block = { .notifier_call = gich_cpu_pm };

/* ---- for guests ---- */

/* False, with a message in the log, if guests cannot have the GIC. */
static bool start(struct device_node *node, const struct host_tree *tree)
{
	enum host_problem problem = host_tree_gic(tree, PAGE_SIZE);
	int ret;

	if (problem) {
		log_problem("no GIC for guests: ", node, tree, problem);
		return false;
	}
	gic_host.gich = of_iomap(node, REG_GICH);
	if (!gic_host.gich) {
		pr_err("no GIC for guests: %pOF: its GICH cannot be mapped\n", node);
		return false;
	}
	gic_host.gicv = tree->gicv;
	gic_host.nr_lrs = GICH_VTR_LISTREGS(readl_relaxed(gic_host.gich + GICH_VTR));
	maintenance.irq = tree->maintenance;
	ret = percpu_irq_start(&maintenance, "kvm/gic:online", gich_online, gich_offline);
	if (ret) {
		pr_err("no GIC for guests: %pOF: expected %u to be a free PPI, got error %d\n",
		       node, tree->maintenance, ret);
		iounmap(gic_host.gich);
		return false;
	}
	cpu_pm_register_notifier(&gich_cpu_pm_block);
	return true;
}

void gic_host_init(void)
{
	struct host_tree tree;
	struct device_node *node = read_tree(&tree);

	gic_host.present = start(node, &tree);
	of_node_put(node);
	if (gic_host.present)
		pr_info("GICV at %pa, %u list registers\n", &gic_host.gicv, gic_host.nr_lrs);
}

void gic_host_exit(void)
{
	if (!gic_host.present)
		return;
	cpu_pm_unregister_notifier(&gich_cpu_pm_block);
	percpu_irq_stop(&maintenance);
	iounmap(gic_host.gich);
	gic_host.present = false;
}
