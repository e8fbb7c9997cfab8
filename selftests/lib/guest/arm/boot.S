/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry of a vCPU that PSCI's CPU_ON has turned on: Supervisor mode, MMU and caches
 * off, all exceptions masked, the context id in r0. Copied to another address; calls
 * nothing.
 */
#define ENTRY	0		/* of struct boot_stub; the low halves are enough */
#define STACK	8
#define REGS	72

	.syntax	unified
	.arch	armv7-a
	.arm
	.text
	.balign	16
	.global	boot_stub_begin
boot_stub_begin:
	adr	r12, boot_stub_data
	add	r11, r12, #REGS
	ldrd	r4, r5, [r11]
	mcrr	p15, 0, r4, r5, c2		@ TTBR0
	ldr	r4, [r11, #8]
	mcr	p15, 0, r4, c2, c0, 2		@ TTBCR
	ldr	r4, [r11, #16]
	mcr	p15, 0, r4, c10, c2, 0		@ MAIR0
	ldr	r4, [r11, #24]
	mcr	p15, 0, r4, c10, c2, 1		@ MAIR1
	ldr	r4, [r11, #32]
	mcr	p15, 0, r4, c12, c0, 0		@ VBAR
	mrc	p15, 0, r2, c0, c0, 5		@ MPIDR
	and	r2, r2, #0xff
	mcr	p15, 0, r2, c13, c0, 4		@ TPIDRPRW
	add	r4, r12, #STACK
	ldr	sp, [r4, r2, lsl #3]
	ldr	r3, [r12, #ENTRY]
	mrc	p15, 0, r1, c1, c0, 0		@ SCTLR
	ldr	r5, [r11, #40]
	mov	r4, #0
	mcr	p15, 0, r4, c8, c7, 0		@ TLBIALL
	mcr	p15, 0, r4, c7, c5, 0		@ ICIALLU
	mcr	p15, 0, r4, c7, c5, 6		@ BPIALL
	dsb
	isb
	mcr	p15, 0, r5, c1, c0, 0
	isb
	bx	r3
	.balign	8
	.global	boot_stub_data
boot_stub_data:

	.section .note.GNU-stack, "", %progbits
