// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>

#include <kvm/host_tree.h>

#define CORRECT	"correct the device tree"

const struct host_message host_messages[NR_HOST_PROBLEMS] = {
	[HOST_GICV3] = {
		"expected a GICv2, got a GICv3, which this KVM has no driver for",
		"there is no remedy",
	},
	[HOST_NO_GICV2] = {
		"expected a GICv2 with virtualization extensions, such as arm,gic-400, got none",
		CORRECT,
	},
	[HOST_SHORT_GICC] = {
		"expected a GICC of 8 KiB: without its second page, the kernel hides HYP mode",
		"boot with irqchip.gicv2_force_probe=1, or " CORRECT,
	},
	[HOST_NOT_IN_HYP] = {
		"the kernel was not booted in HYP mode",
		"let the boot loader start it in HYP mode (U-Boot: setenv bootm_boot_mode nonsec)",
	},
	[HOST_NO_GICV] = {
		"expected GICH and GICV, the third and fourth region of its reg",
		CORRECT,
	},
	[HOST_GICV_WITHIN_PAGE] = {
		"expected a GICV that begins at a page boundary, because guests get whole pages",
		CORRECT,
	},
	[HOST_SHORT_GICV] = {
		"expected a GICV of 8 KiB",
		CORRECT,
	},
	[HOST_NO_MAINTENANCE] = {
		"expected a maintenance interrupt, usually interrupts = <1 9 0xf04>",
		CORRECT,
	},
	[HOST_NO_TIMER] = {
		"expected the virtual timer's interrupt, the third of arm,armv7-timer",
		CORRECT,
	},
};

/*
 * A kernel does not export whether it was booted in HYP mode. If it was, it splits priority drop
 * and deactivation, for which it needs the second page of the GICC, and it leaves the virtual
 * timer to guests. If it leaves the timer to guests but does not split drop and deactivation, the
 * device tree may lack the second page.
 */
enum host_problem host_tree_hyp(const struct host_tree *tree)
{
	if (!tree->gicv2)
		return tree->gicv3 ? HOST_GICV3 : HOST_NO_GICV2;
	if (tree->splits_eoi)
		return HOST_OK;
	if (!tree->timer_is_used && tree->gicc_size < HOST_GICC_SIZE)
		return HOST_SHORT_GICC;
	return HOST_NOT_IN_HYP;
}

enum host_problem host_tree_gic(const struct host_tree *tree, unsigned long page_size)
{
	if (!tree->gich_size || !tree->gicv_size)
		return HOST_NO_GICV;
	if (tree->gicv & (page_size - 1))
		return HOST_GICV_WITHIN_PAGE;
	if (tree->gicv_size < HOST_GICV_SIZE)
		return HOST_SHORT_GICV;
	if (!tree->maintenance)
		return HOST_NO_MAINTENANCE;
	return HOST_OK;
}

enum host_problem host_tree_timer(const struct host_tree *tree)
{
	return tree->timer ? HOST_OK : HOST_NO_TIMER;
}
