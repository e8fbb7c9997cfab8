/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's exception vectors. All exceptions are handled in Supervisor mode, on the
 * interrupted code's stack, so that no other mode needs a stack.
 */
#define MODE_SVC	0x13

	.syntax	unified
	.arch	armv7-a
	.arm
	.text

/*
 * @correction: distance of the exception's LR from the instruction to return to, or
 * from the faulting instruction (ARM DDI 0406C, B1.8.3).
 *
 * Pushes a struct ex_regs. C code needs the stack aligned to 8 bytes, which the interrupted
 * code's stack may not be.
 */
.macro EXCEPTION name, vector, correction
handle_\name:
	sub	lr, lr, #\correction
	srsdb	sp!, #MODE_SVC
	cpsid	if, #MODE_SVC
	push	{r0-r12, lr}
	mov	r0, sp
	mov	r1, #\vector
	mov	r4, sp
	bic	sp, sp, #7
	bl	arm_route_exception
	mov	sp, r4
	clrex
	pop	{r0-r12, lr}
	rfeia	sp!
.endm

	EXCEPTION reset, 0, 0
	EXCEPTION undefined, 1, 4
	EXCEPTION svc, 2, 0
	EXCEPTION prefetch_abort, 3, 4
	EXCEPTION data_abort, 4, 8
	EXCEPTION hvc, 5, 0
	EXCEPTION irq, 6, 4
	EXCEPTION fiq, 7, 4

	.balign	32		/* required by VBAR */
	.global	arm_vectors
arm_vectors:
	b	handle_reset
	b	handle_undefined
	b	handle_svc
	b	handle_prefetch_abort
	b	handle_data_abort
	b	handle_hvc
	b	handle_irq
	b	handle_fiq

	.section .note.GNU-stack, "", %progbits
