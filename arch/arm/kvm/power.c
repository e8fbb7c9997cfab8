// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power of vCPUs: PSCI calls, reset, waiting for interrupts, KVM_GET/SET_MP_STATE.
 */
#include <linux/kvm.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/rcuwait.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <kvm/arch_timer.h>
#include <kvm/guest_entry.h>
#include <kvm/halt_poll.h>
#include <kvm/timer.h>
#include <kvm/vgic.h>

#include "arch.h"
#include "caches.h"
#include "cp15.h"
#include "psr.h"

/*
 * HCR of a guest: stage 2 is on. HYP mode takes interrupts and asynchronous aborts. Barriers and
 * maintenance reach all CPUs. WFI, WFE, SMC, maintenance by set/way, and accesses to ACTLR and
 * IMPLEMENTATION DEFINED registers are trapped.
 */
#define HCR_GUEST	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | \
			 HCR_FB | HCR_BSU_IS | HCR_TWI | HCR_TWE | HCR_TSC |	\
			 HCR_TIDCP | HCR_TAC | HCR_TSW)

#define CPSR_RESET	(PSR_MODE_SVC | PSR_A | PSR_I | PSR_F)

/* ---- reset ---- */

void vcpu_reset(struct vcpu *vcpu)
{
	struct hyp_vcpu *hyp = vcpu->arch.hyp;

	memset(&hyp->cpu, 0, sizeof(hyp->cpu));
	hyp->cpu.gp.cpsr = CPSR_RESET;
	hyp->hcr = HCR_GUEST;
	hyp->midr = cp15_read_midr();
	hyp->vmpidr = psci_mpidr(vcpu->id);
	hyp->psci_0_2 = vcpu->arch.features & 1U << KVM_ARM_VCPU_PSCI_0_2;
	coproc_reset(vcpu);
	caches_reset(vcpu);
	timer_reset(vcpu);
}

/* ---- on and off ---- */

void power_set(struct vcpu *vcpu, enum psci_power power)
{
	struct arch_vm *arch = &vcpu->vm->arch;

	spin_lock(&arch->psci_lock);
	arch->psci.power[vcpu->id] = power;
	vcpu->arch.power_on = false;
	WRITE_ONCE(vcpu->arch.on_seen, false);
	vgic_set_power(vcpu, power == PSCI_ON);
	spin_unlock(&arch->psci_lock);
}

static bool is_on(struct vcpu *vcpu)
{
	return READ_ONCE(vcpu->vm->arch.psci.power[vcpu->id]) == PSCI_ON;
}

/*
 * Carries out a CPU_ON by another vCPU, in the target's thread: no other thread may change the
 * target's registers.
 */
bool power_on_slowpath(struct vcpu *vcpu)
{
	struct arch_vm *arch = &vcpu->vm->arch;
	const struct power_on_entry *entry = &vcpu->arch.power_on_entry;
	struct guest_cpu *cpu = &vcpu->arch.hyp->cpu;
	bool on;

	spin_lock(&arch->psci_lock);
	on = is_on(vcpu);
	WRITE_ONCE(vcpu->arch.on_seen, on);
	if (on && vcpu->arch.power_on) {
		vcpu->arch.power_on = false;
		vcpu_reset(vcpu);
		cpu->gp.pc = entry->pc & ~1U;
		if (entry->pc & 1)
			cpu->gp.cpsr |= PSR_T;
		cpu->gp.cpsr |= entry->cpsr_e;
		cpu->cp15.sctlr |= entry->sctlr_ee;
		cpu->gp.r[0] = entry->context;
	}
	spin_unlock(&arch->psci_lock);
	return on;
}

/* The target begins with the endianness of its @caller: ARM DEN 0022, CPU_ON. */
static void request_power_on(const struct vcpu *caller, struct vcpu *target,
			     const struct psci_result *result)
{
	const struct guest_cpu *cpu = &caller->arch.hyp->cpu;

	lockdep_assert_held(&target->vm->arch.psci_lock);
	target->arch.power_on_entry = (struct power_on_entry) {
		.pc = result->entry,
		.context = result->context,
		.cpsr_e = cpu->gp.cpsr & PSR_E,
		.sctlr_ee = cpu->cp15.sctlr & SCTLR_EE,
	};
	WRITE_ONCE(target->arch.power_on, true);
	vgic_set_power(target, true);
}

/* ---- waiting ---- */

static bool is_runnable(struct vcpu *vcpu)
{
	timer_update_lines(vcpu);
	if (READ_ONCE(vcpu->arch.power_on))
		return true;
	return is_on(vcpu) &&
	       (READ_ONCE(vcpu->arch.irq_lines) || vgic_has_pending(vcpu));
}

#define HALT_POLL_LEAST_NS	10000U

static unsigned int halt_poll_ns = 200000;
module_param(halt_poll_ns, uint, 0644);
MODULE_PARM_DESC(halt_poll_ns,
		 "Longest time in ns to poll for an interrupt before a vCPU sleeps; 0: none");

static u32 ticks_of(u32 ns)
{
	return min_t(u64, div_u64((u64)ns * arch_counter_rate(), NSEC_PER_SEC), U32_MAX);
}

static bool is_woken(struct vcpu *vcpu)
{
	return READ_ONCE(vcpu->kicked) || is_runnable(vcpu);
}

/*
 * Polls for an interrupt, unless another thread wants this CPU. No hrtimer is needed meanwhile:
 * is_runnable() checks the guest's timers.
 */
static bool poll(struct vcpu *vcpu, u64 begin)
{
	while (cp15_read_cntpct() - begin < vcpu->poll) {
		if (is_woken(vcpu))
			return true;
		if (need_resched() || signal_pending(current) || !single_task_running())
			return false;
		cpu_relax();
	}
	return false;
}

int vcpu_sleep(struct vcpu *vcpu)
{
	u64 begin = cp15_read_cntpct();
	int ret = 0;

	if (!poll(vcpu, begin)) {
		timer_sleep(vcpu);
		ret = rcuwait_wait_event(&vcpu->wait, is_woken(vcpu), TASK_INTERRUPTIBLE);
		timer_wake(vcpu);
	}
	vcpu->poll = halt_poll_next(vcpu->poll, ticks_of(HALT_POLL_LEAST_NS),
				    ticks_of(READ_ONCE(halt_poll_ns)),
				    cp15_read_cntpct() - begin);
	return ret ? -EINTR : 0;
}

/* ---- PSCI ---- */

static int exit_system_event(struct vcpu *vcpu, u32 type)
{
	vcpu->run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	memset(&vcpu->run->system_event, 0, sizeof(vcpu->run->system_event));
	vcpu->run->system_event.type = type;
	return 0;
}

/* Turns all vCPUs off, even those with a pending CPU_ON. */
static void power_off_all(struct vm *vm)
{
	struct vcpu *vcpu;
	unsigned int i;

	spin_lock(&vm->arch.psci_lock);
	for_each_vcpu(i, vcpu, vm) {
		if (vm->arch.psci.power[i] != PSCI_ON)
			continue;
		vm->arch.psci.power[i] = PSCI_OFF;
		vcpu->arch.power_on = false;
		WRITE_ONCE(vcpu->arch.on_seen, false);
		vgic_set_power(vcpu, false);
	}
	spin_unlock(&vm->arch.psci_lock);
	vm_kick(vm, GENMASK(VM_MAX_VCPUS - 1, 0));
}

int vcpu_psci(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	struct cpu_gp *gp = &vcpu->arch.hyp->cpu.gp;
	struct psci_result result;
	struct vcpu *target;

	spin_lock(&vm->arch.psci_lock);
	psci_call(&vm->arch.psci, vcpu->id, gp->r, &result);
	target = result.action == PSCI_POWER_ON ? vm_vcpu(vm, result.target) : NULL;
	if (target)
		request_power_on(vcpu, target, &result);
	if (result.action == PSCI_POWER_OFF) {
		WRITE_ONCE(vcpu->arch.on_seen, false);
		vgic_set_power(vcpu, false);
	}
	spin_unlock(&vm->arch.psci_lock);

	if (result.action != PSCI_POWER_OFF)
		gp->r[0] = result.value;
	switch (result.action) {
	case PSCI_SUSPEND:
		vcpu_sleep(vcpu);
		break;
	case PSCI_POWER_ON:
		if (target)
			vcpu_kick(target);
		break;
	case PSCI_SYSTEM_OFF:
		power_off_all(vm);
		return exit_system_event(vcpu, KVM_SYSTEM_EVENT_SHUTDOWN);
	case PSCI_SYSTEM_RESET:
		power_off_all(vm);
		return exit_system_event(vcpu, KVM_SYSTEM_EVENT_RESET);
	case PSCI_POWER_OFF:
	case PSCI_NOTHING:
		break;
	}
	return 1;
}

/* ---- KVM_GET_MP_STATE, KVM_SET_MP_STATE ---- */

long get_mp_state(struct vcpu *vcpu, struct kvm_mp_state __user *argp)
{
	struct kvm_mp_state state = {
		.mp_state = is_on(vcpu) ? KVM_MP_STATE_RUNNABLE :
					  KVM_MP_STATE_STOPPED,
	};

	return copy_to_user(argp, &state, sizeof(state)) ? -EFAULT : 0;
}

long set_mp_state(struct vcpu *vcpu, const struct kvm_mp_state __user *argp)
{
	struct kvm_mp_state state;

	if (copy_from_user(&state, argp, sizeof(state)))
		return -EFAULT;
	switch (state.mp_state) {
	case KVM_MP_STATE_RUNNABLE:
		power_set(vcpu, PSCI_ON);
		return 0;
	case KVM_MP_STATE_STOPPED:
		power_set(vcpu, PSCI_OFF);
		return 0;
	default:
		return -EINVAL;
	}
}
