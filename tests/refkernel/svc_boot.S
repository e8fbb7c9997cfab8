/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stub before a kernel image that enters it in Supervisor mode on a CPU with HYP mode, like
 * firmware that keeps HYP mode for itself.
 */
	.arch	armv7-a
	.arch_extension virt
	.arm

#define MODE_HYP	0x1a
#define PSR_SVC_MASKED	0x1d3	/* Supervisor mode, A, I and F set */

	mrs	r3, cpsr
	and	r3, r3, #0x1f
	cmp	r3, #MODE_HYP
	bne	kernel
	adrl	r3, kernel
	msr	elr_hyp, r3
	mov	r3, #PSR_SVC_MASKED
	msr	spsr_cxsf, r3
	mrc	p15, 4, r3, c14, c1, 0		@ CNTHCTL: counter and timer for PL1
	orr	r3, r3, #3
	mcr	p15, 4, r3, c14, c1, 0
	mov	r3, #0
	mcrr	p15, 4, r3, r3, c14		@ CNTVOFF
	eret

	/* The kernel image follows. It is position-independent. */
	.org	4096
kernel:
