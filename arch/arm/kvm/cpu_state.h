/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processor state that a world switch exchanges. Plain data, for HYP code, the module and
 * tests in user space. hyp.c checks the assembler's offsets GP_* and VFP_*.
 */
#ifndef ARM_KVM_CPU_STATE_H
#define ARM_KVM_CPU_STATE_H

#define GP_R(n)		(4 * (n))
#define GP_LR		52
#define GP_PC		56
#define GP_CPSR		60

#define VFP_D16		128
#define VFP_FPSCR	256
#define VFP_FPEXC	260
#define VFP_FPINST	264
#define VFP_FPINST2	268

#ifndef __ASSEMBLY__

#include <linux/types.h>

/**
 * struct cpu_gp - general-purpose registers
 * @r:    r0 to r12 of User mode, also while the CPU is in FIQ mode
 * @lr:   of User mode
 * @pc:   the next instruction
 * @cpsr: the CPSR at @pc
 */
struct cpu_gp {
	u32 r[13];
	u32 lr;
	u32 pc;
	u32 cpsr;
};

/* Banked registers of a mode. */
struct cpu_bank {
	u32 sp;
	u32 lr;
	u32 spsr;
};

/**
 * struct cpu_banked - the banked registers of every mode but Hyp and Monitor; in the
 * order in which hyp_switch.c moves them
 * @sp_usr: User and System mode's sp; their lr is in struct cpu_gp
 * @fiq_r:  r8 to r12 of FIQ mode
 */
struct cpu_banked {
	u32 sp_usr;
	struct cpu_bank svc, abt, und, irq, fiq;
	u32 fiq_r[5];
};

/**
 * struct cpu_cp15 - PL1&0 system control registers
 *
 * Named as in ARM DDI 0406C; with LPAE, @prrr and @nmrr are MAIR0 and MAIR1. hyp_switch.c
 * moves each of the first three blocks as a whole, in this order. @teecr and @teehbr are ThumbEE's
 * registers in cp14.
 */
struct cpu_cp15 {
	u64 ttbr0;
	u32 ttbcr, dacr, contextidr, tpidrurw, tpidruro, cntkctl;

	u64 ttbr1;
	u32 cpacr, prrr, nmrr, amair0, amair1, sctlr;

	u64 par;
	u32 dfsr, ifsr, adfsr, aifsr, dfar, ifar;

	u32 vbar, tpidrprw, csselr;
	u32 teecr, teehbr;
};

/**
 * struct cpu_vfp - VFP and Advanced SIMD
 * @d:       d0 to d31; d16 to d31 are unused on CPUs without them
 * @fpinst, @fpinst2: valid only if FPEXC says so
 */
struct cpu_vfp {
	u64 d[32];
	u32 fpscr;
	u32 fpexc;
	u32 fpinst;
	u32 fpinst2;
};

/* The virtual timer. */
struct cpu_vtimer {
	u64 cval;	/* ticks of the virtual counter */
	u32 ctl;
};

/**
 * struct guest_cpu - a vCPU's registers
 */
struct guest_cpu {
	struct cpu_gp gp;	/* first, for the assembler */
	struct cpu_banked banked;
	struct cpu_cp15 cp15;
	struct cpu_vtimer timer;
	struct cpu_vfp vfp;
};

#endif /* __ASSEMBLY__ */

#endif /* ARM_KVM_CPU_STATE_H */
