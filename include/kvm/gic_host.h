/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's GICv2, from the device tree: its virtual interface control registers (GICH)
 * and its virtual CPU interface (GICV). ARM IHI 0048B.b, chapter 5.
 */
#ifndef KVM_GIC_HOST_H
#define KVM_GIC_HOST_H

#include <linux/io.h>
#include <linux/types.h>

/* GICH registers; offsets. */
#define GICH_HCR		0x00
#define GICH_VTR		0x04
#define GICH_VMCR		0x08
#define GICH_APR		0xf0
#define GICH_LR(n)		(0x100 + 4 * (n))

#define GICH_VTR_LISTREGS(vtr)	(((vtr) & 0x3f) + 1)

/**
 * struct gic_host - the host's GICv2
 * @present: guests can have a GIC; the other fields are valid
 * @gich:    control registers, banked: those of the CPU that accesses them
 * @gicv:    physical address of the virtual CPU interface, aligned to pages
 * @nr_lrs:  number of list registers, 1 to 64
 */
struct gic_host {
	bool present;
	void __iomem *gich;
	phys_addr_t gicv;
	unsigned int nr_lrs;
};

extern struct gic_host gic_host;

/* Without a GICv2 for guests, VMs have no GIC in the kernel; the log has the reason. */
void gic_host_init(void);
void gic_host_exit(void);

/*
 * True if the kernel drives its GICv2 with split priority drop and deactivation
 * (GICC_CTLR.EOImodeNS). Needs no gic_host_init().
 */
bool gic_host_splits_eoi(void);

#endif /* KVM_GIC_HOST_H */
