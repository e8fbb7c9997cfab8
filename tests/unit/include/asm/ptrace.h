/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What <asm/kvm.h> for ARM needs of <asm/ptrace.h> for ARM, on a build machine
 * whose own is of another architecture.
 */
#ifndef TESTS_UNIT_ASM_PTRACE_H
#define TESTS_UNIT_ASM_PTRACE_H

/* r0 to r15, CPSR, ORIG_r0. */
struct pt_regs {
	unsigned long uregs[18];
};

#endif /* TESTS_UNIT_ASM_PTRACE_H */
