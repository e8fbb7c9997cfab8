/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns the HYP MMU on and off. This code is copied to a page that is mapped at
 * its own physical address, and runs there, in HYP mode: position-independent code.
 */
#include <linux/linkage.h>

#include "hyp.h"

	.arch	armv7-a
	.arch_extension virt
	.arm

/* HSCTLR, ARM DDI 0406C, B4.1.87: bits that read as one; M, C, CP15BEN and I. */
#define HSCTLR_RES1	0x30c50818
#define HSCTLR_M	(1 << 0)
#define HSCTLR_C	(1 << 2)
#define HSCTLR_CP15BEN	(1 << 5)
#define HSCTLR_I	(1 << 12)

	.section .rodata, "a"
	.align	5

ENTRY(hyp_init_begin)

/*
 * Entered by the stub's soft restart: the MMU is off, ELR_hyp and SPSR_hyp are those of
 * the hvc. r2: physical address of struct hyp_boot. Returns the stub's
 * vectors in r0.
 */
ENTRY(hyp_init_on)
	mrc	p15, 4, r0, c12, c0, 0		@ HVBAR
	ldr	sp, [r2, #HYP_BOOT_STACK]
	ldr	r3, [r2, #HYP_BOOT_THIS_CPU]
	mcr	p15, 4, r3, c13, c0, 2		@ HTPIDR
	ldr	r3, [r2, #HYP_BOOT_HTCR]
	mcr	p15, 4, r3, c2, c0, 2		@ HTCR
	ldr	r3, [r2, #HYP_BOOT_VTCR]
	mcr	p15, 4, r3, c2, c1, 2		@ VTCR
	ldr	r3, [r2, #HYP_BOOT_HMAIR0]
	mcr	p15, 4, r3, c10, c2, 0		@ HMAIR0
	ldr	r3, [r2, #HYP_BOOT_HMAIR1]
	mcr	p15, 4, r3, c10, c2, 1		@ HMAIR1
	ldr	r3, [r2, #HYP_BOOT_HTTBR]
	ldr	r12, [r2, #HYP_BOOT_HTTBR + 4]
	mcrr	p15, 4, r3, r12, c2		@ HTTBR
	mov	r3, #0
	mcrr	p15, 6, r3, r3, c2		@ VTTBR: VMID 0 is the host's
	ldr	r1, [r2, #HYP_BOOT_VECTORS]

	isb
	mcr	p15, 4, r3, c8, c7, 0		@ TLBIALLH
	mcr	p15, 0, r3, c7, c5, 0		@ ICIALLU
	mcr	p15, 0, r3, c7, c5, 6		@ BPIALL
	dsb
	isb

	movw	r3, #(HSCTLR_RES1 | HSCTLR_M | HSCTLR_C | HSCTLR_CP15BEN | HSCTLR_I) & 0xffff
	movt	r3, #(HSCTLR_RES1) >> 16
	mcr	p15, 4, r3, c1, c0, 0		@ HSCTLR: the MMU is on
	isb
	mcr	p15, 4, r1, c12, c0, 0		@ HVBAR
	isb
	eret
ENDPROC(hyp_init_on)

/*
 * Turns the MMU off and restores the stub's vectors. r0: HVC_STUB_RESET_VECTORS, or
 * HVC_STUB_SOFT_RESTART to r1. r3: the stub's vectors.
 */
ENTRY(hyp_init_off)
	movw	r2, #(HSCTLR_RES1 | HSCTLR_CP15BEN) & 0xffff
	movt	r2, #(HSCTLR_RES1) >> 16
	dsb
	mcr	p15, 4, r2, c1, c0, 0		@ HSCTLR: MMU and caches off
	isb
	mcr	p15, 4, r2, c8, c7, 0		@ TLBIALLH
	dsb
	mcr	p15, 4, r3, c12, c0, 0		@ HVBAR
	isb
	cmp	r0, #HVC_STUB_SOFT_RESTART
	bxeq	r1
	mov	r0, #0
	eret
ENDPROC(hyp_init_off)

ENTRY(hyp_init_end)
