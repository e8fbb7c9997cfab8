/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hyp Syndrome Register: why HYP mode was entered. ARM DDI 0406C, B3.13.6.
 */
#ifndef ARM_KVM_HSR_H
#define ARM_KVM_HSR_H

#define HSR_EC(hsr)		((hsr) >> 26)
#define HSR_IL			(1U << 25)	/* the instruction has 32 bits */
#define HSR_ISS(hsr)		((hsr) & 0x1ffffff)

/* Exception classes. */
#define HSR_EC_UNKNOWN		0x00
#define HSR_EC_WFX		0x01
#define HSR_EC_CP15_32		0x03
#define HSR_EC_CP15_64		0x04
#define HSR_EC_CP14_32		0x05
#define HSR_EC_CP14_LS		0x06
#define HSR_EC_CP0_13		0x07	/* HCPTR: VFP and Advanced SIMD among them */
#define HSR_EC_CP10_ID		0x08
#define HSR_EC_JAZELLE		0x09
#define HSR_EC_BXJ		0x0a
#define HSR_EC_CP14_64		0x0c
#define HSR_EC_SVC		0x11
#define HSR_EC_HVC		0x12
#define HSR_EC_SMC		0x13
#define HSR_EC_IABT		0x20	/* from a mode other than HYP */
#define HSR_EC_IABT_HYP		0x21
#define HSR_EC_DABT		0x24	/* from a mode other than HYP */
#define HSR_EC_DABT_HYP		0x25

/* Condition of a trapped instruction. */
#define HSR_CV			(1U << 24)	/* COND is valid */
#define HSR_COND(hsr)		((hsr) >> 20 & 0xf)

/* WFI and WFE. */
#define HSR_WFE			(1U << 0)

/* MCR, MRC, MCRR, MRRC. */
#define HSR_CP_READ		(1U << 0)
#define HSR_CP_CRM(hsr)		((hsr) >> 1 & 0xf)
#define HSR_CP_RT(hsr)		((hsr) >> 5 & 0xf)
#define HSR_CP_CRN(hsr)		((hsr) >> 10 & 0xf)	/* 32-bit only */
#define HSR_CP_RT2(hsr)		((hsr) >> 10 & 0xf)	/* 64-bit only */
#define HSR_CP_OPC1(hsr)	((hsr) >> 14 & 0x7)	/* 32-bit */
#define HSR_CP_OPC1_64(hsr)	((hsr) >> 16 & 0xf)	/* 64-bit */
#define HSR_CP_OPC2(hsr)	((hsr) >> 17 & 0x7)	/* 32-bit only */

/* HCPTR traps: coprocessor number, or Advanced SIMD. */
#define HSR_CP_NUMBER(hsr)	((hsr) & 0xf)
#define HSR_CP_TA		(1U << 5)

/* Aborts. */
#define HSR_ABT_ISV		(1U << 24)	/* SAS, SSE and SRT are valid */
#define HSR_ABT_SAS(hsr)	((hsr) >> 22 & 0x3)	/* log2 of the bytes */
#define HSR_ABT_SSE		(1U << 21)
#define HSR_ABT_SRT(hsr)	((hsr) >> 16 & 0xf)
#define HSR_ABT_EA		(1U << 9)
#define HSR_ABT_CM		(1U << 8)	/* cache maintenance */
#define HSR_ABT_S1PTW		(1U << 7)	/* on a walk of the guest's tables */
#define HSR_ABT_WNR		(1U << 6)
#define HSR_ABT_FSC(hsr)	((hsr) & 0x3f)

/* Fault status of aborts, without the level in the lowest two bits. */
#define FSC_TYPE(fsc)		((fsc) & 0x3c)
#define FSC_TRANSLATION		0x04
#define FSC_ACCESS_FLAG		0x08
#define FSC_PERMISSION		0x0c
#define FSC_EXTERNAL		0x10	/* not on a table walk: level bits are 0 */
#define FSC_EXTERNAL_WALK	0x14
#define FSC_ALIGNMENT		0x21

#endif /* ARM_KVM_HSR_H */
