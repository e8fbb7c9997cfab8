/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files of arch/arm/kvm.
 *
 *   arch.c       the module and VMs: set-up, capabilities
 *   vcpu.c       vCPUs: KVM_ARM_VCPU_INIT, guest entry
 *   power.c      power states of vCPUs: PSCI, reset, WFI
 *   exits.c      exit handlers
 *   regs.c       KVM_GET/SET_ONE_REG, KVM_GET_REG_LIST
 *   coproc.c     system registers: their numbers, trapped accesses
 *   caches.c     cache maintenance, as cache_state.c decides
 */
#ifndef ARM_KVM_ARCH_H
#define ARM_KVM_ARCH_H

#include <linux/kvm.h>
#include <linux/types.h>

#include <kvm/guest_entry.h>
#include <kvm/vm.h>

#include "cp15.h"
#include "hyp.h"

/* KVM_ARM_TARGET_* of this CPU, or -1 for a CPU that is not supported. */
int arch_target(void);

/*
 * Saves the vCPU's list registers and timer from the CPU, if they are loaded. With interrupts off,
 * between guest exit and entry.
 */
static inline void vcpu_put_devices(struct vcpu *vcpu)
{
	if (!vcpu->arch.loaded)
		return;
	timer_put(vcpu);
	vgic_put(vcpu);
	vcpu->arch.loaded = false;
}

/* ---- exits.c ---- */

/* Handles an exit, HYP_EXIT_*. Returns the same as arch_vcpu_enter(). */
int handle_exit(struct vcpu *vcpu, u32 exit);

/*
 * Handles HYP_EXIT_TRAP if it is a plain access to the distributor for which no other vCPU has to
 * exit. The caller may then enter the guest again, and has to load the devices first if
 * vcpu->arch.loaded is false. False: handle_exit() has to handle the exit. With interrupts off.
 */
bool handle_fastpath(struct vcpu *vcpu);

/* Ends KVM_RUN: KVM_EXIT_INTERNAL_ERROR with a reason and up to 16 words. */
int exit_internal_error(struct vcpu *vcpu, u32 suberror, unsigned int count,
			const u64 *data);

/* ---- power.c ---- */

/* Sets the ticks by which the vCPU's physical counter is behind the host's. */
static inline void vcpu_set_cntpoff(struct vcpu *vcpu, u64 cntpoff)
{
	struct hyp_vcpu *hyp = vcpu->arch.hyp;

	hyp->cntpoff = cntpoff;
	hyp->cnthctl = cntpoff ? 0 : CNTHCTL_PL1PCTEN;
}

/* Sets all registers to their reset values: D13.1, B1.9.1. */
void vcpu_reset(struct vcpu *vcpu);

/* Turns the vCPU on or off for user space. Drops a pending CPU_ON. */
void power_set(struct vcpu *vcpu, enum psci_power power);

/*
 * power_on() carries out a CPU_ON of this vCPU, if one is pending. False if the vCPU is off.
 * on_seen is the fast path. Turning the vCPU off clears on_seen under psci_lock; if another vCPU
 * turns it off, a kick follows.
 */
bool power_on_slowpath(struct vcpu *vcpu);
static inline bool power_on(struct vcpu *vcpu)
{
	return READ_ONCE(vcpu->arch.on_seen) || power_on_slowpath(vcpu);
}

/* Handles a PSCI call of the guest. Returns the same as arch_vcpu_enter(). */
int vcpu_psci(struct vcpu *vcpu);

/* Waits for an interrupt, a kick, a CPU_ON, or (-EINTR) a signal. */
int vcpu_sleep(struct vcpu *vcpu);

/*
 * KVM_GET_MP_STATE and KVM_SET_MP_STATE: RUNNABLE or STOPPED. 0, -EFAULT, or -EINVAL for another
 * state. With vcpu->mutex held.
 */
long get_mp_state(struct vcpu *vcpu, struct kvm_mp_state __user *argp);
long set_mp_state(struct vcpu *vcpu, const struct kvm_mp_state __user *argp);

/* ---- coproc.c ---- */

/* Emulates a trapped MRC, MCR, MRRC or MCRR to cp15 or cp14. False if it is UNDEFINED. */
bool coproc_access(struct vcpu *vcpu, u32 hsr);

/*
 * From now on, the world switch exchanges ThumbEE's registers, and the vCPU's accesses to them are
 * not trapped. Returns false if this was so before, or the CPU has no ThumbEE.
 */
bool coproc_switch_thumbee(struct vcpu *vcpu);

/* ONE_REG access to cp15 and cp14: 0, -ENOENT (unknown), or -EINVAL (an impossible value). */
int coproc_get(struct vcpu *vcpu, u64 id, u64 *value);
int coproc_set(struct vcpu *vcpu, u64 id, u64 value);

/* Returns the number of register ids, and fills in @ids unless it is NULL. */
unsigned int coproc_ids(u64 *ids);

/* Appends @id to the @n ids in @ids; only counts it if @ids is NULL. */
static inline void add_id(u64 *ids, unsigned int *n, u64 id)
{
	if (ids)
		ids[*n] = id;
	++*n;
}

/* Sets the system registers to their reset values. */
void coproc_reset(struct vcpu *vcpu);

/* ---- regs.c ---- */

/*
 * KVM_GET_REG_LIST, KVM_GET_ONE_REG, KVM_SET_ONE_REG. 0, -EFAULT, -E2BIG (the list is too small;
 * its n is set), -ENOENT (unknown), -EINVAL (an impossible value, or another architecture's
 * register), or -ENOMEM. With vcpu->mutex held.
 */
long regs_get_list(struct vcpu *vcpu, struct kvm_reg_list __user *list);
long regs_get(struct vcpu *vcpu, const struct kvm_one_reg *reg);
long regs_set(struct vcpu *vcpu, const struct kvm_one_reg *reg);

#endif /* ARM_KVM_ARCH_H */
