/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of ARM's <asm/ptrace.h> that its <asm/kvm.h> needs, for a build machine of another
 * architecture.
 */
#ifndef TESTS_UNIT_ASM_PTRACE_H
#define TESTS_UNIT_ASM_PTRACE_H

/* r0 to r15, CPSR, ORIG_r0. */
struct pt_regs {
	unsigned long uregs[18];
};

#endif /* TESTS_UNIT_ASM_PTRACE_H */
