// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpuhotplug.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>
#include <linux/version.h>

#include <kvm/gic_state.h>
#include <kvm/timer.h>
#include <kvm/timer_state.h>
#include <kvm/vgic.h>
#include <kvm/vm.h>

#include "../../../arch/arm/kvm/cp15.h"
#include "../../../arch/arm/kvm/hyp.h"

/* ---- the host's interrupt of the virtual timer ---- */

/* Order of interrupts in the device tree's node: bindings, arm,arch_timer.yaml. */
#define DT_VIRTUAL	2

static unsigned int host_irq;
static u32 rate;	/* ticks in a second */
static int __percpu *irq_cookie;
static enum cpuhp_state cpuhp_state;

static const struct of_device_id timer_ids[] = {
	{ .compatible = "arm,armv7-timer" },
	{ .compatible = "arm,armv8-timer" },
	{ }
};

/*
 * It has interrupted a guest, whose timer is off by now: timer_update_lines()
 * will find what it was about.
 */
static irqreturn_t timer_fired(int irq, void *cookie)
{
	return IRQ_HANDLED;
}

static int timer_online(unsigned int cpu)
{
	enable_percpu_irq(host_irq, irq_get_trigger_type(host_irq));
	return 0;
}

static int timer_offline(unsigned int cpu)
{
	disable_percpu_irq(host_irq);
	return 0;
}

int timer_host_init(void)
{
	struct device_node *node = of_find_matching_node(NULL, timer_ids);
	int ret = -ENODEV;

	if (node)
		host_irq = irq_of_parse_and_map(node, DT_VIRTUAL);
	of_node_put(node);
	rate = cp15_read_cntfrq();
	if (!host_irq || !rate) {
		pr_err("expected a virtual timer with an interrupt and a rate, got interrupt %u, %u Hz\n",
		       host_irq, rate);
		return ret;
	}
	irq_cookie = alloc_percpu(int);
	if (!irq_cookie)
		return -ENOMEM;
	ret = request_percpu_irq(host_irq, timer_fired, "kvm-timer", irq_cookie);
	if (ret)
		goto free_cookie;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kvm/timer:online",
				timer_online, timer_offline);
	if (ret < 0)
		goto free_irq;
	cpuhp_state = ret;
	return 0;

free_irq:
	free_percpu_irq(host_irq, irq_cookie);
free_cookie:
	free_percpu(irq_cookie);
	pr_err("the virtual timer's interrupt: error %d\n", ret);
	return ret;
}

void timer_host_exit(void)
{
	cpuhp_remove_state(cpuhp_state);
	free_percpu_irq(host_irq, irq_cookie);
	free_percpu(irq_cookie);
}

unsigned int timer_host_intid(void)
{
	return irqd_to_hwirq(irq_get_irq_data(host_irq));
}

/* ---- a vCPU's timers ---- */

static u64 virtual_now(const struct vcpu *vcpu)
{
	return cp15_read_cntpct() - vcpu->arch.hyp->cntvoff;
}

static bool virtual_output(const struct vcpu *vcpu)
{
	const struct cpu_vtimer *timer = &vcpu->arch.hyp->cpu.timer;

	return timer_output(timer->ctl, timer->cval, virtual_now(vcpu));
}

void timer_update_lines(struct vcpu *vcpu)
{
	struct vcpu_timer *t = &vcpu->timer;
	bool virtual, physical;

	/* Mostly both are off, and have been. */
	if (!t->raised && !((vcpu->arch.hyp->cpu.timer.ctl | t->phys_ctl) & TIMER_ENABLE))
		return;
	virtual = virtual_output(vcpu);
	physical = timer_output(t->phys_ctl, t->phys_cval, cp15_read_cntpct());
	vgic_ppi(vcpu, TIMER_PPI_VIRTUAL, virtual);
	vgic_ppi(vcpu, TIMER_PPI_PHYSICAL, physical);
	t->raised = virtual || physical;
}

/*
 * While the guest has not dealt with its timer, the hardware's output stays high.
 * Marked as active, the host's interrupt does not fire for it; the list register
 * says which one it is, so that the guest's deactivation ends that, too.
 */
static void hold(struct vcpu *vcpu, bool held)
{
	if (vcpu->timer.held == held)
		return;
	vcpu->timer.held = held;
	irq_set_irqchip_state(host_irq, IRQCHIP_STATE_ACTIVE, held);
}

void timer_load(struct vcpu *vcpu)
{
	/* Neither can its output be high nor the guest be about to end its interrupt. */
	if (!(vcpu->arch.hyp->cpu.timer.ctl & TIMER_ENABLE) && (!vcpu->gic || !vcpu->gic->nr_lrs))
		return;
	hold(vcpu, virtual_output(vcpu) || vgic_ppi_offered(vcpu, TIMER_PPI_VIRTUAL));
}

void timer_put(struct vcpu *vcpu)
{
	/* The next guest on this CPU has a timer of its own. */
	hold(vcpu, false);
}

/* ---- what is watched by software ---- */

static enum hrtimer_restart timer_expired(struct hrtimer *wake)
{
	struct vcpu *vcpu = container_of(wake, struct vcpu, timer.wake);

	vcpu_kick(vcpu);
	return HRTIMER_NORESTART;
}

static u64 ticks_to_ns(u64 ticks)
{
	return mul_u64_u32_div(ticks, NSEC_PER_SEC, rate);
}

/* For the earlier of the two, of which the virtual one only if @asleep. */
static void watch(struct vcpu *vcpu, bool asleep)
{
	const struct vcpu_timer *t = &vcpu->timer;
	const struct cpu_vtimer *v = &vcpu->arch.hyp->cpu.timer;
	u64 ticks, least = U64_MAX;

	if (timer_will_fire(t->phys_ctl, t->phys_cval, cp15_read_cntpct(), &ticks))
		least = ticks;
	if (asleep && timer_will_fire(v->ctl, v->cval, virtual_now(vcpu), &ticks))
		least = min(least, ticks);

	hrtimer_cancel(&vcpu->timer.wake);
	/* A year is never; and does not overflow. */
	if (least < (u64)rate * 86400 * 365)
		hrtimer_start(&vcpu->timer.wake, ns_to_ktime(ticks_to_ns(least)),
			      HRTIMER_MODE_REL);
}

void timer_sleep(struct vcpu *vcpu)
{
	watch(vcpu, true);
}

void timer_wake(struct vcpu *vcpu)
{
	watch(vcpu, false);
}

void timer_init(struct vcpu *vcpu)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	hrtimer_init(&vcpu->timer.wake, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	vcpu->timer.wake.function = timer_expired;
#else
	hrtimer_setup(&vcpu->timer.wake, timer_expired, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#endif
}

void timer_reset(struct vcpu *vcpu)
{
	vcpu->timer.phys_ctl = 0;
	vcpu->timer.phys_cval = 0;
	hrtimer_cancel(&vcpu->timer.wake);
}

void timer_destroy(struct vcpu *vcpu)
{
	hrtimer_cancel(&vcpu->timer.wake);
}

/* ---- the physical timer's registers ---- */

u32 timer_phys_ctl(struct vcpu *vcpu)
{
	return timer_ctl(vcpu->timer.phys_ctl, vcpu->timer.phys_cval,
			 cp15_read_cntpct());
}

void timer_set_phys_ctl(struct vcpu *vcpu, u32 value)
{
	vcpu->timer.phys_ctl = value & (TIMER_ENABLE | TIMER_IMASK);
	watch(vcpu, false);
}

u64 timer_phys_cval(struct vcpu *vcpu)
{
	return vcpu->timer.phys_cval;
}

void timer_set_phys_cval(struct vcpu *vcpu, u64 value)
{
	vcpu->timer.phys_cval = value;
	watch(vcpu, false);
}

u32 timer_phys_tval(struct vcpu *vcpu)
{
	return timer_tval(vcpu->timer.phys_cval, cp15_read_cntpct());
}

void timer_set_phys_tval(struct vcpu *vcpu, u32 value)
{
	timer_set_phys_cval(vcpu, timer_cval_of(value, cp15_read_cntpct()));
}
