/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the ARMv7 half share.
 *
 *   arch.c    the module's and a VM's side of it: capabilities, set-up
 *   vcpu.c    a vCPU: KVM_ARM_VCPU_INIT, power, one stay in the guest
 *   exits.c   why the guest was left, and what is done about it
 *   regs.c    KVM_GET/SET_ONE_REG
 *   coproc.c  system registers: their numbers, and trapped accesses
 */
#ifndef ARM_KVM_ARCH_H
#define ARM_KVM_ARCH_H

#include <linux/kvm.h>
#include <linux/types.h>

#include <kvm/vm.h>

#include "hyp.h"

/* KVM_ARM_TARGET_* of the CPU that this runs on, or -1 if it is none of them. */
int arch_target(void);

/* ---- exits.c ---- */

/* As arch_vcpu_enter() returns. @exit: HYP_EXIT_*. */
int handle_exit(struct vcpu *vcpu, u32 exit);

/* Ends KVM_RUN: KVM_EXIT_INTERNAL_ERROR with a reason and up to 16 words. */
int exit_internal_error(struct vcpu *vcpu, u32 suberror, unsigned int count,
			const u64 *data);

/* ---- vcpu.c ---- */

/* Sets the registers to what they are after a reset, D13.1 and B1.9.1. */
void vcpu_reset(struct vcpu *vcpu);

/* A call of PSCI from the guest; as arch_vcpu_enter(). */
int vcpu_psci(struct vcpu *vcpu);

/* ---- coproc.c ---- */

/*
 * A trapped MRC, MCR, MRRC or MCRR to cp15 or cp14. True if it was carried out;
 * false: it is undefined for the guest.
 */
bool coproc_access(struct vcpu *vcpu, u32 hsr);

/* ONE_REG's for cp15: 0, -ENOENT (unknown), or -EINVAL (cannot be that). */
int coproc_get(struct vcpu *vcpu, u64 id, u64 *value);
int coproc_set(struct vcpu *vcpu, u64 id, u64 value);

/* The ids of all of them; returns how many, and fills in @ids if not NULL. */
unsigned int coproc_ids(u64 *ids);

void coproc_reset(struct vcpu *vcpu);

/* ---- regs.c ---- */

long regs_get_list(struct vcpu *vcpu, struct kvm_reg_list __user *list);
long regs_get(struct vcpu *vcpu, const struct kvm_one_reg *reg);
long regs_set(struct vcpu *vcpu, const struct kvm_one_reg *reg);

#endif /* ARM_KVM_ARCH_H */
