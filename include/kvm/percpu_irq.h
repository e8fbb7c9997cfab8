/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A per-CPU interrupt of the host whose only effect is a guest exit. The vCPU's thread then finds
 * the cause of the interrupt.
 */
#ifndef KVM_PERCPU_IRQ_H
#define KVM_PERCPU_IRQ_H

#include <linux/cpuhotplug.h>
#include <linux/percpu.h>

/**
 * struct percpu_irq
 * @irq:    Linux number of the interrupt
 * @name:   in /proc/interrupts
 * @cookie: dev_id of request_percpu_irq()
 * @state:  CPU hotplug state, from cpuhp_setup_state()
 */
struct percpu_irq {
	unsigned int irq;
	const char *name;
	int __percpu *cookie;
	enum cpuhp_state state;
};

/*
 * Requests the interrupt. @online is called on each CPU that is or comes online, and enables the
 * interrupt there. @offline is called on each CPU that goes offline, and disables it. @state is the
 * name of the hotplug state. 0 or a negative errno.
 */
int percpu_irq_start(struct percpu_irq *p, const char *state, int (*online)(unsigned int cpu),
		     int (*offline)(unsigned int cpu));
void percpu_irq_stop(struct percpu_irq *p);

#endif /* KVM_PERCPU_IRQ_H */
