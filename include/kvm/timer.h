/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU's two timers. The virtual timer is in the hardware while the vCPU runs; its host
 * interrupt makes the guest exit, and raises PPI 27. The physical timer is emulated, because
 * the host uses the hardware's; it raises PPI 30.
 */
#ifndef KVM_TIMER_H
#define KVM_TIMER_H

#include <linux/hrtimer.h>
#include <linux/types.h>

#define TIMER_PPI_VIRTUAL	27
#define TIMER_PPI_PHYSICAL	30

struct vcpu;

/**
 * struct vcpu_timer - state of both timers, except the virtual timer's registers
 * @phys_ctl, @phys_cval: CNTP_CTL and CNTP_CVAL
 * @raised: a line was high at the last timer_update_lines()
 * @wake:  expires when the physical timer fires; if the vCPU sleeps, also when the virtual one does
 * @held:  the host's interrupt is active, so that it does not fire until the guest has
 *         handled its timer
 * @user_levels: in a VM without a GIC: the output that user space saw last, KVM_ARM_DEV_EL1_*
 */
struct vcpu_timer {
	u32 phys_ctl;
	u64 phys_cval;
	bool raised;
	struct hrtimer wake;
	bool held;
	u64 user_levels;
};

/*
 * Requests the host's interrupt of the virtual timer, and claims both PPIs. Returns 0, or logs
 * the reason and returns a negative errno.
 */
int timer_host_init(void);
void timer_host_exit(void);

/* Creation, reset and destruction; the vCPU is not running. */
void timer_init(struct vcpu *vcpu);
void timer_reset(struct vcpu *vcpu);
void timer_destroy(struct vcpu *vcpu);

/*
 * Sets the lines of both PPIs, before list registers are filled. For the vCPU's thread, between
 * guest exit and entry. Callers use timer_update_lines().
 */
void timer_sample(struct vcpu *vcpu);

/*
 * timer_hold() makes the host's interrupt active or inactive, as the guest's timer needs it;
 * timer_release() makes it inactive. With interrupts off. Callers use timer_load() and timer_put()
 * of <kvm/guest_entry.h>.
 */
void timer_hold(struct vcpu *vcpu);
void timer_release(struct vcpu *vcpu);

/**
 * timer_output_changed() - true if user space has to see the timers' output before guest entry
 * @vcpu: the calling thread's vCPU, in a VM without a GIC
 *
 * In such a VM user space emulates the GIC, and sees the timers' output at exits:
 * KVM_CAP_ARM_USER_IRQ, api.rst 8.9.
 */
bool timer_output_changed(struct vcpu *vcpu);

/* Writes the output to kvm_run, in a VM without a GIC. For the vCPU's thread, as KVM_RUN ends. */
void timer_update_run(struct vcpu *vcpu);

/* Called around a wait for an interrupt: @wake replaces the virtual timer's hardware. */
void timer_sleep(struct vcpu *vcpu);
void timer_wake(struct vcpu *vcpu);

/* The physical timer's registers, for the guest's trapped accesses. */
u32 timer_phys_ctl(struct vcpu *vcpu);
void timer_set_phys_ctl(struct vcpu *vcpu, u32 value);
u64 timer_phys_cval(struct vcpu *vcpu);
void timer_set_phys_cval(struct vcpu *vcpu, u64 value);
u32 timer_phys_tval(struct vcpu *vcpu);
void timer_set_phys_tval(struct vcpu *vcpu, u32 value);

#endif /* KVM_TIMER_H */
