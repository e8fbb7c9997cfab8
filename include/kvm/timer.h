/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU's two timers. The virtual one is the hardware's while the vCPU runs; its
 * host interrupt ends the stay in the guest, and the guest gets PPI 27. The
 * physical one is emulated, since the host has it: PPI 30.
 */
#ifndef KVM_TIMER_H
#define KVM_TIMER_H

#include <linux/hrtimer.h>
#include <linux/types.h>

#define TIMER_PPI_VIRTUAL	27
#define TIMER_PPI_PHYSICAL	30

struct vcpu;

/**
 * struct vcpu_timer - beside the registers in struct hyp_vcpu
 * @phys_ctl, @phys_cval: the physical timer's registers
 * @raised: one of the lines was high when they were last set
 * @wake:  rises when a timer's output will that nothing else watches
 * @held:  the host's interrupt is marked active, so that it does not fire again
 *         before the guest has dealt with it
 */
struct vcpu_timer {
	u32 phys_ctl;
	u64 phys_cval;
	bool raised;
	struct hrtimer wake;
	bool held;
};

/*
 * Finds the host's interrupt. 0 or a negative errno; that there is none is said in
 * the log.
 */
int timer_host_init(void);
void timer_host_exit(void);

/* The host's interrupt of the virtual timer, as the host's GIC numbers it. */
unsigned int timer_host_intid(void);

void timer_init(struct vcpu *vcpu);
void timer_reset(struct vcpu *vcpu);
void timer_destroy(struct vcpu *vcpu);

/*
 * Before the guest is entered: timer_update_lines() before, timer_load() after
 * the list registers are filled; timer_put() when it has been left. Interrupts
 * are off.
 */
void timer_update_lines(struct vcpu *vcpu);
void timer_load(struct vcpu *vcpu);
void timer_put(struct vcpu *vcpu);

/*
 * The vCPU goes to sleep, or wakes up: something has to watch its virtual timer
 * meanwhile.
 */
void timer_sleep(struct vcpu *vcpu);
void timer_wake(struct vcpu *vcpu);

/* The guest's accesses to the physical timer. */
u32 timer_phys_ctl(struct vcpu *vcpu);
void timer_set_phys_ctl(struct vcpu *vcpu, u32 value);
u64 timer_phys_cval(struct vcpu *vcpu);
void timer_set_phys_cval(struct vcpu *vcpu, u64 value);
u32 timer_phys_tval(struct vcpu *vcpu);
void timer_set_phys_tval(struct vcpu *vcpu, u32 value);

#endif /* KVM_TIMER_H */
