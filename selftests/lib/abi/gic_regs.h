/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Register offsets and fields of a GICv2 (ARM IHI 0048B) and a GICv3 (ARM IHI 0069). The argument
 * of the distributor's macros is an INTID.
 */
#ifndef VGIC_ABI_GIC_REGS_H
#define VGIC_ABI_GIC_REGS_H

/* Distributor, the same in both models. */
#define GICD_CTLR		0x000
#define GICD_TYPER		0x004
#define GICD_IIDR		0x008
#define GICD_IGROUPR(n)		(0x080 + 4 * ((n) / 32))
#define GICD_ISENABLER(n)	(0x100 + 4 * ((n) / 32))
#define GICD_ICENABLER(n)	(0x180 + 4 * ((n) / 32))
#define GICD_ISPENDR(n)		(0x200 + 4 * ((n) / 32))
#define GICD_ICPENDR(n)		(0x280 + 4 * ((n) / 32))
#define GICD_ISACTIVER(n)	(0x300 + 4 * ((n) / 32))
#define GICD_ICACTIVER(n)	(0x380 + 4 * ((n) / 32))
#define GICD_IPRIORITYR(n)	(0x400 + (n))		/* a byte each */
#define GICD_ITARGETSR(n)	(0x800 + 4 * ((n) / 4))
#define GICD_ICFGR(n)		(0xc00 + 4 * ((n) / 16))
#define GICD_SGIR		0xf00
#define GICD_CPENDSGIR(n)	(0xf10 + (n))		/* a byte each */
#define GICD_SPENDSGIR(n)	(0xf20 + (n))		/* a byte each */

#define GICD_SGIR_TO_OTHERS	(1U << 24)
#define GICD_SGIR_TO_SELF	(2U << 24)

/* CPU interface of a GICv2. */
#define GICC_CTLR		0x0000
#define GICC_PMR		0x0004
#define GICC_BPR		0x0008
#define GICC_IAR		0x000c
#define GICC_EOIR		0x0010
#define GICC_RPR		0x0014
#define GICC_HPPIR		0x0018
#define GICC_ABPR		0x001c
#define GICC_APR(n)		(0x00d0 + 4 * (n))
#define GICC_IIDR		0x00fc
#define GICC_DIR		0x1000

#define GICC_CTLR_ENABLE	(1U << 0)
#define GICC_CTLR_ENABLE1	(1U << 1)
#define GICC_CTLR_ACKCTL	(1U << 2)
#define GICC_CTLR_EOIMODE	(1U << 9)
#define GICC_IAR_CPU(iar)	((iar) >> 10 & 7)

/* GICv3 only: distributor and redistributor. */
#define GICV3_GICD_IROUTER(n)	(0x6000 + 8 * (n))
#define GICV3_PIDR2		0xffe8
#define GICR_IIDR		0x0004
#define GICR_TYPER		0x0008
#define GICR_WAKER		0x0014
#define GICR_STRIDE		0x20000	/* two 64 KiB frames for each vCPU */
#define GICR_SGI_FRAME		0x10000

#define INTID_MASK		0x3ffU
#define INTID_MASK_V3		0xffffffU	/* LPIs as well */
#define INTID_SPURIOUS		1023U

#endif /* VGIC_ABI_GIC_REGS_H */
