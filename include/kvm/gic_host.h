/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's GICv2: what the device tree says of it. Its control interface
 * (GICH) and virtual CPU interface (GICV) are what a guest's GIC is made of. ARM
 * IHI 0048B.b, chapter 5.
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
 * @present: it can be given to a guest; the others are valid
 * @gich:    the control interface of whichever CPU accesses it
 * @gicv:    physical address of the virtual CPU interface, aligned to pages
 * @nr_lrs:  list registers, 1 to 64
 * @irq:     the maintenance interrupt, enabled on each CPU: it ends a stay in a
 *           guest, which is all that it is for
 */
struct gic_host {
	bool present;
	void __iomem *gich;
	phys_addr_t gicv;
	unsigned int nr_lrs;
	unsigned int irq;
};

extern struct gic_host gic_host;

/*
 * Finds it. That there is none for guests is no error, but said in the log: VMs
 * then have no GIC of the kernel's.
 */
void gic_host_init(void);
void gic_host_exit(void);

/*
 * True if the kernel drives its GICv2 with split priority drop and deactivation
 * (GICC_CTLR.EOImodeNS). Needs no gic_host_init().
 */
bool gic_host_splits_eoi(void);

#endif /* KVM_GIC_HOST_H */
