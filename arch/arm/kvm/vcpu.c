// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "arch.h"
#include "cp15.h"
#include "psr.h"

/*
 * Stage 2; interrupts and asynchronous aborts to HYP; traps of what would let a
 * guest wait, change power, or see more than its own.
 */
#define HCR_GUEST	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | \
			 HCR_FB | HCR_BSU_IS | HCR_TWI | HCR_TWE | HCR_TSC |	\
			 HCR_TIDCP | HCR_TAC | HCR_TSW)

#define CPSR_RESET	(PSR_MODE_SVC | PSR_A | PSR_I | PSR_F)

/* ---- life ---- */

int arch_vcpu_create(struct vcpu *vcpu)
{
	struct hyp_vcpu *hyp = kzalloc(sizeof(*hyp), GFP_KERNEL_ACCOUNT);

	vcpu->arch.hyp = hyp;
	timer_init(vcpu);
	if (!hyp)
		return -ENOMEM;
	hyp->gicd_page = DEVICE_PAGE_UNSET;
	hyp->gicd = vcpu->vm->arch.gicd;
	return hyp_map(hyp, sizeof(*hyp));
}

void arch_vcpu_free(struct vcpu *vcpu)
{
	timer_destroy(vcpu);
	lpae_free_spare(&vcpu->arch.spare);
	kfree(vcpu->arch.hyp);
}

void vcpu_reset(struct vcpu *vcpu)
{
	struct hyp_vcpu *hyp = vcpu->arch.hyp;

	memset(&hyp->cpu, 0, sizeof(hyp->cpu));
	hyp->cpu.gp.cpsr = CPSR_RESET;
	hyp->hcr = HCR_GUEST;
	hyp->midr = cp15_read_midr();
	hyp->vmpidr = psci_mpidr(vcpu->id);
	hyp->cntvoff = vcpu->vm->arch.cntvoff;
	hyp->psci_0_2 = vcpu->arch.features & 1U << KVM_ARM_VCPU_PSCI_0_2;
	coproc_reset(vcpu);
	timer_reset(vcpu);
}

/* ---- power ---- */

static void set_power(struct vcpu *vcpu, enum psci_power power)
{
	struct arch_vm *arch = &vcpu->vm->arch;

	spin_lock(&arch->psci_lock);
	arch->psci.power[vcpu->id] = power;
	vcpu->arch.power_on = false;
	WRITE_ONCE(vcpu->arch.on_seen, false);
	spin_unlock(&arch->psci_lock);
}

static bool is_on(struct vcpu *vcpu)
{
	return READ_ONCE(vcpu->vm->arch.psci.power[vcpu->id]) == PSCI_ON;
}

/*
 * True if the vCPU is on. If another's CPU_ON has made it so, it begins there;
 * that is done here, because only a vCPU's own thread may touch its registers.
 */
static noinline bool power_on_anew(struct vcpu *vcpu)
{
	struct arch_vm *arch = &vcpu->vm->arch;
	struct cpu_gp *gp = &vcpu->arch.hyp->cpu.gp;
	bool on;

	spin_lock(&arch->psci_lock);
	on = is_on(vcpu);
	WRITE_ONCE(vcpu->arch.on_seen, on);
	if (on && vcpu->arch.power_on) {
		vcpu->arch.power_on = false;
		vcpu_reset(vcpu);
		gp->pc = vcpu->arch.entry & ~1U;
		if (vcpu->arch.entry & 1)
			gp->cpsr |= PSR_T;
		gp->r[0] = vcpu->arch.context;
	}
	spin_unlock(&arch->psci_lock);
	return on;
}

/* Who turns it off says so, under the lock, and then kicks it. */
static bool power_on(struct vcpu *vcpu)
{
	return READ_ONCE(vcpu->arch.on_seen) || power_on_anew(vcpu);
}

/* With psci_lock held. */
static void give_power_on(struct vcpu *target, const struct psci_result *result)
{
	target->arch.entry = result->entry;
	target->arch.context = result->context;
	WRITE_ONCE(target->arch.power_on, true);
}

static int exit_system_event(struct vcpu *vcpu, u32 type)
{
	vcpu->run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	memset(&vcpu->run->system_event, 0, sizeof(vcpu->run->system_event));
	vcpu->run->system_event.type = type;
	return 0;
}

/* The whole system goes down: no vCPU of it goes on. */
static void all_off(struct vm *vm)
{
	unsigned int i;

	spin_lock(&vm->arch.psci_lock);
	for (i = 0; i < VM_MAX_VCPUS; i++)
		if (vm->arch.psci.power[i] == PSCI_ON) {
			vm->arch.psci.power[i] = PSCI_OFF;
			/* Nor does one begin that was about to. */
			vm_vcpu(vm, i)->arch.power_on = false;
			WRITE_ONCE(vm_vcpu(vm, i)->arch.on_seen, false);
		}
	spin_unlock(&vm->arch.psci_lock);
	for (i = 0; i < VM_MAX_VCPUS; i++)
		if (vm_vcpu(vm, i))
			vcpu_kick(vm_vcpu(vm, i));
}

int vcpu_psci(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	struct cpu_gp *gp = &vcpu->arch.hyp->cpu.gp;
	struct psci_result result;
	struct vcpu *target;

	spin_lock(&vm->arch.psci_lock);
	psci_call(&vm->arch.psci, vcpu->id, gp->r, &result);
	/* Only a vCPU that is there has been off. */
	target = result.action == PSCI_POWER_ON ? vm_vcpu(vm, result.target) : NULL;
	if (target)
		give_power_on(target, &result);
	if (result.action == PSCI_POWER_OFF)
		WRITE_ONCE(vcpu->arch.on_seen, false);
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
		all_off(vm);
		return exit_system_event(vcpu, KVM_SYSTEM_EVENT_SHUTDOWN);
	case PSCI_SYSTEM_RESET:
		all_off(vm);
		return exit_system_event(vcpu, KVM_SYSTEM_EVENT_RESET);
	case PSCI_POWER_OFF:
	case PSCI_NOTHING:
		break;
	}
	return 1;
}

bool arch_vcpu_runnable(struct vcpu *vcpu)
{
	timer_update_lines(vcpu);
	if (READ_ONCE(vcpu->arch.power_on))
		return true;
	return is_on(vcpu) &&
	       (READ_ONCE(vcpu->arch.irq_lines) || vgic_has_pending(vcpu));
}

/* ---- KVM_RUN ---- */

int arch_vcpu_prepare(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	int ret = 0;

	if (!vcpu->arch.initialized)
		return -ENOEXEC;
	/* Pairs with the one below: what was settled is seen, too. */
	if (smp_load_acquire(&vm->has_run))
		return 0;

	mutex_lock(&vm->lock);
	if (vgic_created(&vm->vgic) && !vm->vgic.mapped)
		ret = vgic_map(vm);
	if (!ret)
		smp_store_release(&vm->has_run, true);
	mutex_unlock(&vm->lock);
	/* [order.vm_after_run_without_cpu], [overlap.vm_after_run] */
	if (ret)
		vm_kill(vm);
	return ret;
}

/*
 * One stay in the guest. -EAGAIN if it was not entered. Otherwise HYP_EXIT_*.
 */
static int enter_once(struct vcpu *vcpu)
{
	struct hyp_vcpu *hyp = vcpu->arch.hyp;
	u32 exit;

	local_irq_disable();
	vgic_enter(vcpu);
	hyp->vttbr = stage2_vttbr(&vcpu->vm->arch.stage2);
	/* A kick that comes later interrupts the guest. */
	if (!hyp->vttbr || !hyp_ready() || READ_ONCE(vcpu->kicked) ||
	    atomic_read(&vcpu->vm->vgic.rests) || signal_pending(current) ||
	    need_resched()) {
		vgic_leave(vcpu);
		local_irq_enable();
		if (!hyp->vttbr)
			stage2_new_vmid(&vcpu->vm->arch.stage2);
		return -EAGAIN;
	}
	hyp->hcr &= ~(HCR_VI | HCR_VF);
	hyp->hcr |= READ_ONCE(vcpu->arch.irq_lines);

	timer_update_lines(vcpu);
	vgic_load(vcpu);
	timer_load(vcpu);
	exit = hyp_call(hyp_run_guest, hyp);
	timer_put(vcpu);
	vgic_put(vcpu);
	vgic_leave(vcpu);
	if (exit == HYP_CALL_FAULTED)
		hyp_report_fault();
	/* What interrupted the guest is taken here. */
	local_irq_enable();
	return exit;
}

int arch_vcpu_enter(struct vcpu *vcpu)
{
	int exit;

	if (!power_on(vcpu)) {
		vcpu_sleep(vcpu);
		return 1;
	}
	exit = enter_once(vcpu);
	if (exit == -EAGAIN)
		return 1;
	if (vgic_any_ended(&vcpu->vm->vgic))
		irqfd_resample(vcpu->vm);
	return handle_exit(vcpu, exit);
}

/* ---- calls ---- */

#define FEATURES	(1U << KVM_ARM_VCPU_POWER_OFF | 1U << KVM_ARM_VCPU_PSCI_0_2)

/* Error numbers as current kernels have them, api.rst 4.82. */
static long vcpu_init(struct vcpu *vcpu, const struct kvm_vcpu_init __user *argp)
{
	struct kvm_vcpu_init init;
	struct vm *vm = vcpu->vm;
	unsigned int i;

	if (copy_from_user(&init, argp, sizeof(init)))
		return -EFAULT;
	if (init.target != arch_target())
		return -EINVAL;
	if (init.features[0] & ~FEATURES)
		return -ENOENT;
	for (i = 1; i < ARRAY_SIZE(init.features); i++)
		if (init.features[i])
			return -ENOENT;
	/* A second time resets, but cannot make another vCPU of it. */
	if (vcpu->arch.initialized && vcpu->arch.features != init.features[0])
		return -EINVAL;

	vcpu->arch.target = init.target;
	vcpu->arch.features = init.features[0];
	vcpu_reset(vcpu);
	vcpu->arch.mmio_read = false;
	spin_lock(&vm->arch.psci_lock);
	vm->arch.psci.version_0_2[vcpu->id] =
		init.features[0] & 1U << KVM_ARM_VCPU_PSCI_0_2;
	spin_unlock(&vm->arch.psci_lock);
	set_power(vcpu, init.features[0] & 1U << KVM_ARM_VCPU_POWER_OFF ?
		  PSCI_OFF : PSCI_ON);
	vcpu->arch.initialized = true;
	return 0;
}

static long get_mp_state(struct vcpu *vcpu, struct kvm_mp_state __user *argp)
{
	struct kvm_mp_state state = {
		.mp_state = is_on(vcpu) ? KVM_MP_STATE_RUNNABLE :
					  KVM_MP_STATE_STOPPED,
	};

	return copy_to_user(argp, &state, sizeof(state)) ? -EFAULT : 0;
}

static long set_mp_state(struct vcpu *vcpu, const struct kvm_mp_state __user *argp)
{
	struct kvm_mp_state state;

	if (copy_from_user(&state, argp, sizeof(state)))
		return -EFAULT;
	switch (state.mp_state) {
	case KVM_MP_STATE_RUNNABLE:
		set_power(vcpu, PSCI_ON);
		return 0;
	case KVM_MP_STATE_STOPPED:
		set_power(vcpu, PSCI_OFF);
		return 0;
	default:
		return -EINVAL;
	}
}

static long one_reg(struct vcpu *vcpu, unsigned int call,
		    const struct kvm_one_reg __user *argp)
{
	struct kvm_one_reg reg;

	if (copy_from_user(&reg, argp, sizeof(reg)))
		return -EFAULT;
	return call == KVM_GET_ONE_REG ? regs_get(vcpu, &reg) :
					 regs_set(vcpu, &reg);
}

long arch_vcpu_ioctl(struct vcpu *vcpu, unsigned int call, unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	switch (call) {
	case KVM_ARM_VCPU_INIT:
		return vcpu_init(vcpu, argp);
	case KVM_GET_ONE_REG:
	case KVM_SET_ONE_REG:
	case KVM_GET_REG_LIST:
	case KVM_GET_MP_STATE:
	case KVM_SET_MP_STATE:
		break;
	default:
		return -ENOTTY;
	}

	if (!vcpu->arch.initialized)
		return -ENOEXEC;
	/* Somebody's CPU_ON has its effect before user space looks. */
	power_on(vcpu);
	switch (call) {
	case KVM_GET_REG_LIST:
		return regs_get_list(vcpu, argp);
	case KVM_GET_MP_STATE:
		return get_mp_state(vcpu, argp);
	case KVM_SET_MP_STATE:
		return set_mp_state(vcpu, argp);
	default:
		return one_reg(vcpu, call, argp);
	}
}
