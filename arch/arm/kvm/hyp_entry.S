/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HYP's vectors, guest entry and exit, and other code that C cannot express.
 *
 * The host and guests have separate vectors, so that no vector has to test which of them was
 * interrupted. The guests' vectors are in place while a guest's registers are loaded. HYP mode
 * shares lr with User mode, so each entry has to preserve lr.
 */
#include <linux/linkage.h>

#include "hyp.h"

	.arch	armv7-a
	.arch_extension virt
	.fpu	neon
	.arm

	.section .hyp.text, "ax"
	.align	5
ENTRY(hyp_text_begin)

/* ---- vectors ---- */

/* An exception that HYP mode took from itself; sp is anywhere in the stack. */
	.macro	fault_vector number
	push	{r0, r1}
	mov	r0, #\number
	b	hyp_fault_entry
	.endm

ENTRY(hyp_host_vectors)
	b	host_reset
	b	host_undefined
	b	host_hvc_from_hyp
	b	host_prefetch_abort
	b	host_data_abort
	b	host_call
	b	host_irq
	b	host_fiq
ENDPROC(hyp_host_vectors)

/*
 * A guest may have trained the branch predictor for the code below. On CPUs that errata.c lists,
 * the vectors flush it first, by a cp15 c7 operation that ignores its register.
 */
	.macro	guest_vectors name, suffix
	.align	5
ENTRY(\name)
	b	host_reset
	b	host_undefined
	b	host_hvc_from_hyp
	b	host_prefetch_abort
	b	guest_abort\suffix
	b	guest_trap\suffix
	b	guest_irq\suffix
	b	guest_fiq\suffix
ENDPROC(\name)
	.endm

	.macro	flush_first exit, suffix, op2
\exit\suffix:
	mcr	p15, 0, r0, c7, c5, \op2
	isb
	b	\exit
	.endm

	.macro	flushing_vectors name, suffix, op2
	guest_vectors \name, \suffix
	flush_first guest_abort, \suffix, \op2
	flush_first guest_trap, \suffix, \op2
	flush_first guest_irq, \suffix, \op2
	flush_first guest_fiq, \suffix, \op2
	.endm

	guest_vectors hyp_guest_vectors
	flushing_vectors hyp_guest_vectors_bpiall, _bpiall, 6
	flushing_vectors hyp_guest_vectors_iciallu, _iciallu, 0

host_reset:		fault_vector 0x20	/* 0 means no fault */
host_undefined:		fault_vector 0x04
host_hvc_from_hyp:	fault_vector 0x08
host_prefetch_abort:	fault_vector 0x0c
host_data_abort:	fault_vector 0x10
host_irq:		fault_vector 0x18
host_fiq:		fault_vector 0x1c

/* ---- calls from the host ---- */

/*
 * The frame at the end of the stack. It also holds the callee-saved registers, so that
 * hyp_fault_entry can return from any depth.
 */
#define HOST_FRAME	48

host_call:
	cmp	r0, #HVC_STUB_RESET_VECTORS
	bls	stub_call
	mrs	r12, elr_hyp
	push	{r4 - r12, lr}
	mrs	r12, spsr
	push	{r11, r12}
	mov	r12, r0
	mov	r0, r1
	mov	r1, r2
	mov	r2, r3
	blx	r12
host_return:
	pop	{r11, r12}
	msr	spsr_cxsf, r12
	pop	{r4 - r12, lr}
	msr	elr_hyp, r12
	clrex
	eret

/* SET_VECTORS is refused. The other calls return HYP mode to the stub. */
stub_call:
	cmp	r0, #HVC_STUB_SET_VECTORS
	beq	1f
	mrc	p15, 4, r12, c13, c0, 2		@ HTPIDR
	ldr	r3, [r12, #HYP_CPU_STUB_VECTORS]
	ldr	r2, [r12, #HYP_CPU_INIT_PA]
	movw	r12, #:lower16:hyp_init_off
	movt	r12, #:upper16:hyp_init_off
	add	r2, r2, r12
	movw	r12, #:lower16:hyp_init_begin
	movt	r12, #:upper16:hyp_init_begin
	sub	r2, r2, r12
	bx	r2
1:	movw	r0, #HVC_STUB_UNKNOWN & 0xffff
	movt	r0, #HVC_STUB_UNKNOWN >> 16
	eret

/*
 * r0: vector; the interrupted code's r0 and r1 are on the stack. Records the fault, restores the
 * host's registers if a guest's were loaded, and returns from the host call.
 * A fault in this code cannot be recovered, and stops the CPU.
 */
hyp_fault_entry:
	mrc	p15, 4, r1, c13, c0, 2		@ HTPIDR
	add	r1, r1, #HYP_CPU_FAULT
	str	r0, [r1, #HYP_FAULT_VECTOR]
	mrs	r0, elr_hyp
	str	r0, [r1, #HYP_FAULT_ELR]
	mrs	r0, spsr
	str	r0, [r1, #HYP_FAULT_SPSR]
	bic	sp, sp, #7
	sub	r0, r1, #HYP_CPU_FAULT
	ldr	r1, [r0, #HYP_CPU_RECOVER]
	blx	r1				@ hyp_recover: returns the stack's end
	sub	sp, r0, #HOST_FRAME
	movw	r0, #HYP_CALL_FAULTED & 0xffff
	movt	r0, #HYP_CALL_FAULTED >> 16
	b	host_return

/* ---- guest entry and exit ---- */

/*
 * u32 hyp_enter_guest(struct guest_cpu *cpu): loads the general-purpose registers of @cpu, and
 * runs the guest until an exception. The caller has loaded all other state. Returns HYP_EXIT_*.
 */
ENTRY(hyp_enter_guest)
	push	{r4 - r11, lr}
	push	{r0}
	ldr	r1, [r0, #GP_PC]
	ldr	r2, [r0, #GP_CPSR]
	ldr	lr, [r0, #GP_LR]
	msr	elr_hyp, r1
	msr	spsr_cxsf, r2
	clrex
	ldm	r0, {r0 - r12}
	eret
ENDPROC(hyp_enter_guest)

guest_trap:
	push	{r0, r1}
	mov	r1, #HYP_EXIT_TRAP
	b	guest_exit
guest_irq:
	push	{r0, r1}
	mov	r1, #HYP_EXIT_IRQ
	b	guest_exit
guest_fiq:
	push	{r0, r1}
	mov	r1, #HYP_EXIT_FIQ
	b	guest_exit

/* An abort taken from HYP mode: in hyp_take_abort() it is the guest's, elsewhere HYP mode's own. */
hyp_abort:
	mrs	r0, elr_hyp
	movw	r1, #:lower16:hyp_abort_window
	movt	r1, #:upper16:hyp_abort_window
	sub	r0, r0, r1
	cmp	r0, #(hyp_abort_window_end - hyp_abort_window)
	mov	r0, #0x10
	bhi	hyp_fault_entry
	pop	{r0, r1}
	mrc	p15, 4, r0, c13, c0, 2		@ HTPIDR: a mapped address
	mov	r2, #1
	eret

/* An asynchronous abort of the guest, or any abort taken from HYP mode. */
guest_abort:
	push	{r0, r1}
	mrs	r0, spsr
	and	r0, r0, #0x1f
	cmp	r0, #0x1a			@ HYP mode
	beq	hyp_abort
	mov	r1, #HYP_EXIT_ABORT

guest_exit:
	ldr	r0, [sp, #8]			@ struct guest_cpu
	str	r2, [r0, #GP_R(2)]
	add	r2, r0, #GP_R(3)
	stm	r2, {r3 - r12}
	str	lr, [r0, #GP_LR]
	pop	{r2, r3}
	stm	r0, {r2, r3}
	mrs	r2, elr_hyp
	mrs	r3, spsr
	str	r2, [r0, #GP_PC]
	str	r3, [r0, #GP_CPSR]
	add	sp, sp, #4
	mov	r0, r1
	pop	{r4 - r11, pc}

/*
 * u32 hyp_take_abort(const void *probe): takes a pending asynchronous abort of the guest's
 * accesses, which the host would take otherwise. Returns 1 if there was one. Tests pass an
 * unmapped @probe, whose load aborts instead.
 */
ENTRY(hyp_take_abort)
	mov	r2, #0
	dsb
	isb
	cpsie	a
hyp_abort_window:
	isb
	ldr	r3, [r0]
hyp_abort_window_end:
	cpsid	a
	mov	r0, r2
	bx	lr
ENDPROC(hyp_take_abort)

/* ---- VFP and Advanced SIMD ---- */

/* Sets Z if the CPU has d16 to d31. */
	.macro	vfp_has_d32 tmp
	vmrs	\tmp, mvfr0
	and	\tmp, \tmp, #0xf
	cmp	\tmp, #2
	.endm

/* void hyp_save_vfp(struct cpu_vfp *): access must not be trapped. */
ENTRY(hyp_save_vfp)
	vmrs	r1, fpexc
	str	r1, [r0, #VFP_FPEXC]
	orr	r2, r1, #1 << 30		@ FPEXC.EN
	vmsr	fpexc, r2
	vmrs	r2, fpscr
	str	r2, [r0, #VFP_FPSCR]
	tst	r1, #1 << 31			@ FPEXC.EX
	beq	1f
	vmrs	r2, fpinst
	str	r2, [r0, #VFP_FPINST]
	tst	r1, #1 << 28			@ FPEXC.FP2V
	beq	1f
	vmrs	r2, fpinst2
	str	r2, [r0, #VFP_FPINST2]
1:	vstmia	r0!, {d0 - d15}
	vfp_has_d32 r2
	vstmiaeq r0, {d16 - d31}
	bx	lr
ENDPROC(hyp_save_vfp)

/* void hyp_load_vfp(const struct cpu_vfp *) */
ENTRY(hyp_load_vfp)
	vmrs	r1, fpexc
	orr	r1, r1, #1 << 30
	vmsr	fpexc, r1
	mov	r3, r0
	vldmia	r3!, {d0 - d15}
	vfp_has_d32 r2
	vldmiaeq r3, {d16 - d31}
	ldr	r1, [r0, #VFP_FPEXC]
	tst	r1, #1 << 31
	beq	1f
	ldr	r2, [r0, #VFP_FPINST]
	vmsr	fpinst, r2
	tst	r1, #1 << 28
	beq	1f
	ldr	r2, [r0, #VFP_FPINST2]
	vmsr	fpinst2, r2
1:	ldr	r2, [r0, #VFP_FPSCR]
	vmsr	fpscr, r2
	vmsr	fpexc, r1
	bx	lr
ENDPROC(hyp_load_vfp)

/* ---- PL1's side ---- */

	.text
/* u32 hyp_call(void *function, a, b, c) */
ENTRY(hyp_call)
	hvc	#0
	bx	lr
ENDPROC(hyp_call)

/*
 * u32 hyp_call_stub(u32 call, u32 a, u32 b): the kernel's stub and HYP's stub_call clobber only
 * caller-saved registers.
 */
ENTRY(hyp_call_stub)
	hvc	#0
	bx	lr
ENDPROC(hyp_call_stub)
