/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Offsets of the distributor's registers, ARM IHI 0048B.b, table 4-1. NAMEn registers
 * are arrays; *_SIZE is the array's size in bytes, for all 1020 interrupts.
 */
#ifndef KVM_GICD_REGS_H
#define KVM_GICD_REGS_H

#include <linux/types.h>

#define GICD_CTLR		0x000
#define GICD_TYPER		0x004
#define GICD_IIDR		0x008
#define GICD_IGROUPR		0x080
#define GICD_ISENABLER		0x100
#define GICD_ICENABLER		0x180
#define GICD_ISPENDR		0x200
#define GICD_ICPENDR		0x280
#define GICD_ISACTIVER		0x300
#define GICD_ICACTIVER		0x380
#define GICD_IPRIORITYR		0x400
#define GICD_ITARGETSR		0x800
#define GICD_ICFGR		0xc00
#define GICD_SGIR		0xf00
#define GICD_CPENDSGIR		0xf10
#define GICD_SPENDSGIR		0xf20
#define GICD_IDREGS		0xfd0	/* identification registers: 4.3.18 */

#define GICD_BITS_SIZE		0x080	/* one bit per interrupt */
#define GICD_ICFGR_SIZE		0x100	/* two bits per interrupt */
#define GICD_BYTES_SIZE		0x400	/* one byte per interrupt */
#define GICD_SGIS_SIZE		0x010	/* one byte per SGI */
#define GICD_IDREGS_SIZE	0x030

/* True for pending and active state, part of which list registers of running vCPUs hold. */
static inline bool gicd_is_in_list_registers(u32 offset)
{
	return (offset >= GICD_ISPENDR && offset < GICD_ICACTIVER + GICD_BITS_SIZE) ||
	       (offset >= GICD_CPENDSGIR && offset < GICD_SPENDSGIR + GICD_SGIS_SIZE);
}

#endif /* KVM_GICD_REGS_H */
