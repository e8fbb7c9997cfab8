/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System control registers by name. Each line is one register of ARM DDI 0406C,
 * B4.1, and gives cp15_read_NAME() and cp15_write_NAME(). ThumbEE's registers are in
 * cp14, and have cp14_read_NAME() and cp14_write_NAME().
 */
#ifndef ARM_KVM_CP15_H
#define ARM_KVM_CP15_H

#include <linux/compiler.h>
#include <linux/types.h>

#define REG_32(number, name, op1, crn, crm, op2)			\
	static __always_inline u32 cp##number##_read_##name(void)	\
	{								\
		u32 value;						\
									\
		asm volatile("mrc p" #number ", " #op1 ", %0, " #crn ", " #crm ", " #op2 \
			     : "=r" (value));				\
		return value;						\
	}								\
	static __always_inline void cp##number##_write_##name(u32 value) \
	{								\
		asm volatile("mcr p" #number ", " #op1 ", %0, " #crn ", " #crm ", " #op2 \
			     : : "r" (value) : "memory");		\
	}

#define CP15_32(name, op1, crn, crm, op2)	REG_32(15, name, op1, crn, crm, op2)

#define CP15_64(name, op1, crm)						\
	static __always_inline u64 cp15_read_##name(void)			\
	{								\
		u64 value;						\
									\
		asm volatile("mrrc p15, " #op1 ", %Q0, %R0, " #crm	\
			     : "=r" (value));				\
		return value;						\
	}								\
	static __always_inline void cp15_write_##name(u64 value)		\
	{								\
		asm volatile("mcrr p15, " #op1 ", %Q0, %R0, " #crm	\
			     : : "r" (value) : "memory");		\
	}

/* A write that starts an operation; there is no register. */
#define CP15_OP(name, op1, crn, crm, op2)				\
	static __always_inline void name(u32 value)			\
	{								\
		asm volatile("mcr p15, " #op1 ", %0, " #crn ", " #crm ", " #op2 \
			     : : "r" (value) : "memory");		\
	}

/* ThumbEE: configuration, handlers' base. */
REG_32(14, teecr, 6, c0, c0, 0)
REG_32(14, teehbr, 6, c1, c0, 0)

/* Identification. */
CP15_32(midr, 0, c0, c0, 0)
CP15_32(ctr, 0, c0, c0, 1)
CP15_32(mpidr, 0, c0, c0, 5)
CP15_32(revidr, 0, c0, c0, 6)
CP15_32(id_pfr0, 0, c0, c1, 0)
CP15_32(id_pfr1, 0, c0, c1, 1)
CP15_32(id_mmfr0, 0, c0, c1, 4)
CP15_32(ccsidr, 1, c0, c0, 0)
CP15_32(clidr, 1, c0, c0, 1)
CP15_32(csselr, 2, c0, c0, 0)

/* PL1&0 control, translation, faults. */
CP15_32(sctlr, 0, c1, c0, 0)
CP15_32(actlr, 0, c1, c0, 1)
CP15_32(cpacr, 0, c1, c0, 2)
CP15_64(ttbr0, 0, c2)
CP15_64(ttbr1, 1, c2)
CP15_32(ttbcr, 0, c2, c0, 2)
CP15_32(dacr, 0, c3, c0, 0)
CP15_32(dfsr, 0, c5, c0, 0)
CP15_32(ifsr, 0, c5, c0, 1)
CP15_32(adfsr, 0, c5, c1, 0)
CP15_32(aifsr, 0, c5, c1, 1)
CP15_32(dfar, 0, c6, c0, 0)
CP15_32(ifar, 0, c6, c0, 2)
CP15_64(par, 0, c7)
CP15_32(fcseidr, 0, c13, c0, 0)
CP15_32(prrr, 0, c10, c2, 0)
CP15_32(nmrr, 0, c10, c2, 1)
CP15_32(amair0, 0, c10, c3, 0)
CP15_32(amair1, 0, c10, c3, 1)
CP15_32(vbar, 0, c12, c0, 0)
CP15_32(isr, 0, c12, c1, 0)
CP15_32(contextidr, 0, c13, c0, 1)
CP15_32(tpidrurw, 0, c13, c0, 2)
CP15_32(tpidruro, 0, c13, c0, 3)
CP15_32(tpidrprw, 0, c13, c0, 4)
CP15_32(l2ctlr, 1, c9, c0, 2)

/* Generic timer. */
CP15_32(cntfrq, 0, c14, c0, 0)
CP15_32(cntkctl, 0, c14, c1, 0)
CP15_32(cntv_ctl, 0, c14, c3, 1)
CP15_64(cntv_cval, 3, c14)
CP15_64(cntpct, 0, c14)

/* HYP. */
CP15_32(vpidr, 4, c0, c0, 0)
CP15_32(vmpidr, 4, c0, c0, 5)
CP15_32(hcr, 4, c1, c1, 0)
CP15_32(hdcr, 4, c1, c1, 1)
CP15_32(hcptr, 4, c1, c1, 2)
CP15_32(hstr, 4, c1, c1, 3)
CP15_64(vttbr, 6, c2)
CP15_32(hsr, 4, c5, c2, 0)
CP15_32(hdfar, 4, c6, c0, 0)
CP15_32(hifar, 4, c6, c0, 2)
CP15_32(hpfar, 4, c6, c0, 4)
CP15_32(hvbar, 4, c12, c0, 0)
CP15_32(htpidr, 4, c13, c0, 2)
CP15_32(cnthctl, 4, c14, c1, 0)
CP15_64(cntvoff, 4, c14)

/* Operations: caches, TLBs, address translation. */
CP15_OP(icialluis, 0, c7, c1, 0)
CP15_OP(iciallu, 0, c7, c5, 0)
CP15_OP(ats1cpr, 0, c7, c8, 0)
CP15_OP(ats12nsopr, 0, c7, c8, 4)
CP15_OP(dccmvac, 0, c7, c10, 1)
CP15_OP(dccimvac, 0, c7, c14, 1)
CP15_OP(tlbiallis, 0, c8, c3, 0)
CP15_OP(tlbiallhis, 4, c8, c3, 0)
CP15_OP(tlbiallnsnhis, 4, c8, c3, 4)
CP15_OP(tlbiallnsnh, 4, c8, c7, 4)
CP15_OP(tlbimvais, 0, c8, c3, 1)

/* Bits. */
#define ID_PFR1_VIRT(pfr1)	((pfr1) >> 12 & 0xf)
#define ID_PFR1_TIMER(pfr1)	((pfr1) >> 16 & 0xf)
#define ID_MMFR0_LPAE		5	/* VMSA: long descriptors, or more */
#define ID_MMFR0_VMSA(mmfr0)	((mmfr0) & 0xf)
#define CTR_DMINLINE(ctr)	((ctr) >> 16 & 0xf)	/* log2 of words */
#define PAR_FAULT		(1U << 0)

/* HPFAR has bits 39..12 of an address in bits 31..4; PAR has them in place. */
#define HPFAR_OF_PAR(par)	((u32)((par) >> 12 & 0xfffffff) << 4)
#define HPFAR_PAGE(hpfar)	((hpfar) >> 4)	/* of 4 KiB */

#define HCR_VM			(1U << 0)	/* stage 2 */
#define HCR_SWIO		(1U << 1)
#define HCR_PTW			(1U << 2)
#define HCR_FMO			(1U << 3)	/* FIQs are taken to HYP mode */
#define HCR_IMO			(1U << 4)	/* IRQs */
#define HCR_AMO			(1U << 5)	/* asynchronous aborts */
#define HCR_VF			(1U << 6)	/* a virtual FIQ is pending */
#define HCR_VI			(1U << 7)	/* a virtual IRQ */
#define HCR_VA			(1U << 8)	/* a virtual asynchronous abort */
#define HCR_FB			(1U << 9)	/* broadcast maintenance */
#define HCR_BSU_IS		(1U << 10)
#define HCR_TWI			(1U << 13)
#define HCR_TWE			(1U << 14)
#define HCR_TSC			(1U << 19)
#define HCR_TIDCP		(1U << 20)
#define HCR_TAC			(1U << 21)
#define HCR_TSW			(1U << 22)
#define HCR_TVM			(1U << 26)

#define SCTLR_M			(1U << 0)
#define SCTLR_A			(1U << 1)
#define SCTLR_C			(1U << 2)
#define SCTLR_EE		(1U << 25)	/* exceptions, table walks: big-endian */

#define HCPTR_VFP		(3U << 10)	/* cp10, cp11 */
#define HCPTR_TTA		(1U << 20)	/* trace */
#define HCPTR_OTHERS		0x33ffU		/* cp0 to cp9, cp12, cp13 */

#define HSTR_T15		(1U << 15)
#define HSTR_TTEE		(1U << 16)
#define HSTR_TJDBX		(1U << 17)

#define HDCR_TPMCR		(1U << 5)
#define HDCR_TPM		(1U << 6)
#define HDCR_TDA		(1U << 9)
#define HDCR_TDOSA		(1U << 10)
#define HDCR_TDRA		(1U << 11)

#define CNTHCTL_PL1PCTEN	(1U << 0)	/* physical counter */
#define CNTHCTL_PL1PCEN		(1U << 1)	/* physical timer */

#define CNT_CTL_ENABLE		(1U << 0)
#define CNT_CTL_IMASK		(1U << 1)
#define CNT_CTL_ISTATUS		(1U << 2)

#endif /* ARM_KVM_CP15_H */
