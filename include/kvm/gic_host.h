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
 * @gich:    control registers, banked by CPU
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

/* If guests cannot have a GICv2, logs the reason; VMs then have no in-kernel GIC. */
void gic_host_init(void);
void gic_host_exit(void);

/*
 * True if the kernel was booted in HYP mode and has a virtual timer; otherwise the log has the
 * reason and the remedy. May be called before gic_host_init().
 */
bool gic_host_in_hyp_mode(void);

/* The Linux number of the virtual timer's interrupt, or 0. May be called before gic_host_init(). */
unsigned int gic_host_timer_irq(void);

#endif /* KVM_GIC_HOST_H */
