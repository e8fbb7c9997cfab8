/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's GIC and timer as its device tree describes them, and whether guests can have them.
 * Bindings: arm,gic.yaml and arm,arch_timer.yaml. Uses no Linux code, so that unit tests can
 * build it.
 */
#ifndef KVM_HOST_TREE_H
#define KVM_HOST_TREE_H

#include <linux/types.h>

/* Sizes of the two GICv2 regions that have a second page, in bytes. */
#define HOST_GICC_SIZE		0x2000U
#define HOST_GICV_SIZE		0x2000U

/**
 * struct host_tree - the device tree's GIC and timer, and the kernel's use of them
 * @gicv2:         there is a node of a GICv2 that can have GICH and GICV. @gicc_size to @splits_eoi
 *                 describe it
 * @gicv3:         there is a node of a GICv3
 * @gicc_size:     bytes of the CPU interface; 0: no such region
 * @gich_size:     bytes of the virtual interface control registers; 0: no such region
 * @gicv:          physical address of the virtual CPU interface
 * @gicv_size:     bytes of the virtual CPU interface; 0: no such region
 * @maintenance:   Linux number of the maintenance interrupt; 0: none
 * @splits_eoi:    the kernel has set GICC_CTLR.EOImodeNS, as it does if it was booted in HYP mode
 *                 and can use GICC_DIR, either due to @gicc_size or irqchip.gicv2_force_probe
 * @timer:         Linux number of the virtual timer's interrupt; 0: none
 * @timer_is_used: the kernel itself uses that interrupt, as it does unless booted in HYP mode
 */
struct host_tree {
	bool gicv2, gicv3;
	u64 gicc_size, gich_size, gicv, gicv_size;
	unsigned int maintenance;
	bool splits_eoi;
	unsigned int timer;
	bool timer_is_used;
};

enum host_problem {
	HOST_OK,
	/* No HYP mode: the module refuses to load. */
	HOST_GICV3,
	HOST_NO_GICV2,
	HOST_SHORT_GICC,
	HOST_NOT_IN_HYP,
	/* Guests have no GIC. */
	HOST_NO_GICV,
	HOST_GICV_WITHIN_PAGE,
	HOST_SHORT_GICV,
	HOST_NO_MAINTENANCE,
	/* No virtual timer: the module refuses to load. */
	HOST_NO_TIMER,
	NR_HOST_PROBLEMS,
};

/**
 * struct host_message - the log message for an enum host_problem
 * @problem: what was expected and what was found
 * @remedy:  what the user can do about it
 */
struct host_message {
	const char *problem, *remedy;
};

/* Indexed by enum host_problem, without HOST_OK. */
extern const struct host_message host_messages[NR_HOST_PROBLEMS];

/* Returns HOST_OK if the kernel was booted in HYP mode. */
enum host_problem host_tree_hyp(const struct host_tree *tree);

/* Returns HOST_OK if guests can have a GIC. @page_size: of the host, in bytes. */
enum host_problem host_tree_gic(const struct host_tree *tree, unsigned long page_size);

/* Returns HOST_OK if guests can have timers. */
enum host_problem host_tree_timer(const struct host_tree *tree);

#endif /* KVM_HOST_TREE_H */
