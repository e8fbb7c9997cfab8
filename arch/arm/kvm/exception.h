/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Effects of a trapped instruction on the guest's registers: it is skipped, or it takes an
 * exception. Pure logic.
 */
#ifndef ARM_KVM_EXCEPTION_H
#define ARM_KVM_EXCEPTION_H

#include <linux/types.h>

#include "cpu_state.h"
#include "hsr.h"
#include "psr.h"

/*
 * r0 to r14 of the guest's current mode, by the number in an instruction; NULL for 15. For a
 * reserved mode, which cannot be set, these are User mode's registers.
 */
u32 *guest_banked_reg(struct guest_cpu *cpu, unsigned int number);

/* guest_banked_reg(), with r0 to r7 inline. */
static inline u32 *guest_reg(struct guest_cpu *cpu, unsigned int number)
{
	return number < 8 ? &cpu->gp.r[number] : guest_banked_reg(cpu, number);
}

/* True if the condition of a trapped instruction holds, B3.13.6. */
bool trapped_condition_holds(const struct guest_cpu *cpu, u32 hsr);

/* ITAdvance(): advances the IT block if the Thumb instruction is in one. */
void advance_it(struct guest_cpu *cpu);

/* Moves the pc to the next instruction, and advances an IT block. */
static inline void skip_instruction(struct guest_cpu *cpu, u32 hsr)
{
	if (cpu->gp.cpsr & PSR_IT)
		advance_it(cpu);
	cpu->gp.pc += hsr & HSR_IL ? 4 : 2;
}

/* Exceptions, ARM DDI 0406C, B1.9. The guest's pc is at the instruction. */
void inject_undefined(struct guest_cpu *cpu);

/* Kind of an abort, for DFSR or IFSR. */
enum abort_kind {
	ABORT_ACCESS,		/* external abort of the access itself */
	ABORT_TABLE_WALK,	/* external abort of a walk of the guest's tables, at @level */
	ABORT_ALIGNMENT,	/* alignment fault: an unaligned access to Device memory */
};

/* Synchronous aborts; @addr goes to DFAR or IFAR. @level is 1 to 3. */
void inject_data_abort(struct guest_cpu *cpu, enum abort_kind kind,
		       unsigned int level, u32 addr, bool write);
void inject_prefetch_abort(struct guest_cpu *cpu, enum abort_kind kind,
			   unsigned int level, u32 addr);

#endif /* ARM_KVM_EXCEPTION_H */
