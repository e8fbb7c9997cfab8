/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry of a vCPU that PSCI's CPU_ON has turned on: EL1, MMU and caches off, all
 * exceptions masked, the context id in x0. Copied to another address; calls nothing.
 */
#define ENTRY	0		/* of struct boot_stub */
#define STACK	8
#define REGS	72

	.text
	.balign	16
	.global	boot_stub_begin
boot_stub_begin:
	adr	x9, boot_stub_data
	add	x10, x9, #REGS
	ldp	x3, x4, [x10]
	ldp	x5, x6, [x10, #16]
	ldp	x7, x8, [x10, #32]
	msr	ttbr0_el1, x3
	msr	tcr_el1, x4
	msr	mair_el1, x5
	msr	vbar_el1, x6
	msr	cpacr_el1, x7
	mrs	x2, mpidr_el1
	and	x2, x2, #0xff
	msr	tpidr_el1, x2
	add	x11, x9, #STACK
	ldr	x11, [x11, x2, lsl #3]
	mov	sp, x11
	ldr	x11, [x9, #ENTRY]
	mrs	x1, sctlr_el1
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el1, x8
	isb
	br	x11
	.balign	8
	.global	boot_stub_data
boot_stub_data:

	.section .note.GNU-stack, "", %progbits
