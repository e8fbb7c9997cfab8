/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A per-CPU interrupt of the host whose only effect is a guest exit: the vCPU's thread then finds
 * its cause.
 */
#ifndef KVM_PERCPU_IRQ_H
#define KVM_PERCPU_IRQ_H

#include <linux/cpuhotplug.h>
#include <linux/percpu.h>

/**
 * struct percpu_irq
 * @irq:    Linux number of the interrupt
 * @name:   in /proc/interrupts
 * @cookie: identifies the owner to the kernel
 * @state:  its hotplug state
 */
struct percpu_irq {
	unsigned int irq;
	const char *name;
	int __percpu *cookie;
	enum cpuhp_state state;
};

/*
 * Requests the interrupt. @online is called on each CPU that is or comes online, and enables it
 * there; @offline, on each CPU that goes offline, disables it. @state names the hotplug state. 0
 * or a negative errno.
 */
int percpu_irq_start(struct percpu_irq *p, const char *state, int (*online)(unsigned int cpu),
		     int (*offline)(unsigned int cpu));
void percpu_irq_stop(struct percpu_irq *p);

#endif /* KVM_PERCPU_IRQ_H */
