// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/math64.h>
#include <linux/version.h>

#include <kvm/arch_timer.h>
#include <kvm/gic_host.h>
#include <kvm/gic_state.h>
#include <kvm/guest_entry.h>
#include <kvm/percpu_irq.h>
#include <kvm/timer.h>
#include <kvm/timer_state.h>
#include <kvm/vgic.h>
#include <kvm/vm.h>

/* ---- the host's interrupt of the virtual timer ---- */

static struct percpu_irq host_timer = { .name = "kvm-timer" };
static u32 rate;	/* Hz */

static int timer_online(unsigned int cpu)
{
	enable_percpu_irq(host_timer.irq, irq_get_trigger_type(host_timer.irq));
	return 0;
}

static int timer_offline(unsigned int cpu)
{
	disable_percpu_irq(host_timer.irq);
	return 0;
}

int timer_host_init(void)
{
	int ret;

	host_timer.irq = gic_host_timer_irq();
	rate = arch_counter_rate();
	if (!rate) {
		pr_err("expected the timer's rate in CNTFRQ, got 0: firmware has to set it\n");
		return -ENODEV;
	}
	ret = percpu_irq_start(&host_timer, "kvm/timer:online", timer_online, timer_offline);
	if (ret) {
		pr_err("expected the virtual timer's interrupt %u to be free, got error %d\n",
		       host_timer.irq, ret);
		return ret;
	}
	vgic_claim_ppi(TIMER_PPI_VIRTUAL, irqd_to_hwirq(irq_get_irq_data(host_timer.irq)));
	vgic_claim_ppi(TIMER_PPI_PHYSICAL, 0);
	return 0;
}

void timer_host_exit(void)
{
	percpu_irq_stop(&host_timer);
}

/* ---- a vCPU's timers ---- */

static bool virtual_output(const struct vcpu *vcpu)
{
	return timer_output(arch_vtimer_ctl(vcpu), arch_vtimer_cval(vcpu),
			    arch_virtual_counter(vcpu));
}

void timer_sample(struct vcpu *vcpu)
{
	struct vcpu_timer *t = &vcpu->timer;
	bool virtual, physical;

	virtual = virtual_output(vcpu);
	physical = timer_output(t->phys_ctl, t->phys_cval, arch_physical_counter(vcpu));
	vgic_set_ppi(vcpu, TIMER_PPI_VIRTUAL, virtual);
	vgic_set_ppi(vcpu, TIMER_PPI_PHYSICAL, physical);
	t->raised = virtual || physical;
}

/* ---- user space's interrupt controller ---- */

/* The output of both timers, in the format of kvm_run.device_irq_level. */
static u64 output_levels(const struct vcpu *vcpu)
{
	const struct vcpu_timer *t = &vcpu->timer;
	u64 levels = 0;

	if (virtual_output(vcpu))
		levels |= KVM_ARM_DEV_EL1_VTIMER;
	if (timer_output(t->phys_ctl, t->phys_cval, arch_physical_counter(vcpu)))
		levels |= KVM_ARM_DEV_EL1_PTIMER;
	return levels;
}

bool timer_output_changed(struct vcpu *vcpu)
{
	return output_levels(vcpu) != vcpu->timer.user_levels;
}

void timer_update_run(struct vcpu *vcpu)
{
	vcpu->timer.user_levels = output_levels(vcpu);
	vcpu->run->s.regs.device_irq_level = vcpu->timer.user_levels;
}

/* ---- guest entry and exit ---- */

/*
 * The hardware's output stays high until the guest has handled its timer. Until then the host
 * interrupt is kept active, so that it does not fire again. The list register maps the guest's PPI
 * to the host interrupt, so the guest's deactivation of the PPI deactivates both.
 */
static void hold(struct vcpu *vcpu, bool held)
{
	if (vcpu->timer.held == held)
		return;
	vcpu->timer.held = held;
	irq_set_irqchip_state(host_timer.irq, IRQCHIP_STATE_ACTIVE, held);
}

/*
 * True if the GIC or user space knows that the output is high. The output may have risen since
 * timer_sample(); the host's interrupt must then fire, to cause an exit.
 */
static bool is_known(const struct vcpu *vcpu)
{
	return vcpu->gic ? vcpu->gic->irq[TIMER_PPI_VIRTUAL].line :
			   vcpu->timer.user_levels & KVM_ARM_DEV_EL1_VTIMER;
}

void timer_hold(struct vcpu *vcpu)
{
	hold(vcpu, (virtual_output(vcpu) && is_known(vcpu)) ||
		   vgic_ppi_offered(vcpu, TIMER_PPI_VIRTUAL));
}

void timer_release(struct vcpu *vcpu)
{
	hold(vcpu, false);
}

/* ---- the hrtimer ---- */

/* More than a year of @ticks counts as never, so that ticks_to_ns() cannot overflow. */
static bool is_soon(u64 ticks)
{
	return ticks < (u64)rate * 86400 * 365;
}

static u64 ticks_to_ns(u64 ticks)
{
	return mul_u64_u32_div(ticks, NSEC_PER_SEC, rate);
}

static enum hrtimer_restart timer_expired(struct hrtimer *wake)
{
	struct vcpu *vcpu = container_of(wake, struct vcpu, timer.wake);
	const struct vcpu_timer *t = &vcpu->timer;
	u64 ticks;

	vcpu_kick(vcpu);
	/*
	 * The counter may not have reached CVAL, if the host has slewed its clock or user space has
	 * set the counter back. The vCPU's thread cancels @wake after it has changed a register.
	 */
	if (!timer_will_fire(t->phys_ctl, t->phys_cval, arch_physical_counter(vcpu), &ticks) ||
	    !is_soon(ticks))
		return HRTIMER_NORESTART;
	hrtimer_forward_now(wake, ns_to_ktime(ticks_to_ns(ticks)));
	return HRTIMER_RESTART;
}

/* Starts @wake for the physical timer and, if the vCPU is @asleep, the virtual timer. */
static void set_wake(struct vcpu *vcpu, bool asleep)
{
	const struct vcpu_timer *t = &vcpu->timer;
	u64 ticks, least = U64_MAX;

	if (timer_will_fire(t->phys_ctl, t->phys_cval, arch_physical_counter(vcpu), &ticks))
		least = ticks;
	if (asleep && timer_will_fire(arch_vtimer_ctl(vcpu), arch_vtimer_cval(vcpu),
				      arch_virtual_counter(vcpu), &ticks))
		least = min(least, ticks);

	hrtimer_cancel(&vcpu->timer.wake);
	if (is_soon(least))
		hrtimer_start(&vcpu->timer.wake, ns_to_ktime(ticks_to_ns(least)),
			      HRTIMER_MODE_REL);
}

void timer_sleep(struct vcpu *vcpu)
{
	set_wake(vcpu, true);
}

void timer_wake(struct vcpu *vcpu)
{
	set_wake(vcpu, false);
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
			 arch_physical_counter(vcpu));
}

void timer_set_phys_ctl(struct vcpu *vcpu, u32 value)
{
	vcpu->timer.phys_ctl = value & (TIMER_ENABLE | TIMER_IMASK);
	set_wake(vcpu, false);
}

u64 timer_phys_cval(struct vcpu *vcpu)
{
	return vcpu->timer.phys_cval;
}

void timer_set_phys_cval(struct vcpu *vcpu, u64 value)
{
	vcpu->timer.phys_cval = value;
	set_wake(vcpu, false);
}

u32 timer_phys_tval(struct vcpu *vcpu)
{
	return timer_tval(vcpu->timer.phys_cval, arch_physical_counter(vcpu));
}

void timer_set_phys_tval(struct vcpu *vcpu, u32 value)
{
	timer_set_phys_cval(vcpu, timer_cval_of(value, arch_physical_counter(vcpu)));
}
