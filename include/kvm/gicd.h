/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GICv2 distributor's registers, ARM IHI 0048B.b, 4.3. Pure logic; the caller
 * serialises accesses.
 */
#ifndef KVM_GICD_H
#define KVM_GICD_H

#include <linux/types.h>

#define GICD_CTLR		0x000
#define GICD_TYPER		0x004
#define GICD_IIDR		0x008
#define GICD_ICPIDR2		0xfe8

#define GICD_CTLR_ENABLE	(1U << 0)

#define GICD_SIZE		0x1000

/**
 * struct gicd - the state of a VM's distributor
 * @enabled:  GICD_CTLR
 * @nr_vcpus: CPU interfaces, 1 to 8
 * @nr_irqs:  SGIs, PPIs and SPIs: 32 to 1020
 */
struct gicd {
	bool enabled;
	unsigned int nr_vcpus;
	unsigned int nr_irqs;
};

/*
 * One access of @len bytes (1, 2 or 4) at @offset below GICD_SIZE. What a
 * register does not have reads as zero and ignores writes, and so does an access
 * of a width that a register does not take, or one that is not aligned (4.1.4).
 */
u32 gicd_read(const struct gicd *gicd, u32 offset, unsigned int len);
void gicd_write(struct gicd *gicd, u32 offset, unsigned int len, u32 value);

#endif /* KVM_GICD_H */
