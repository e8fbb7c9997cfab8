// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <kvm/arch.h>
#include <kvm/guest_entry.h>
#include <kvm/timer.h>
#include <kvm/trace.h>
#include <kvm/vgic.h>

#include "arch.h"
#include "caches.h"
#include "cp15.h"

/* ---- creation ---- */

int arch_vcpu_create(struct vcpu *vcpu)
{
	struct hyp_vcpu *hyp = kzalloc(sizeof(*hyp), GFP_KERNEL_ACCOUNT);

	lockdep_assert_held(&vcpu->vm->lock);
	vcpu->arch.hyp = hyp;
	timer_init(vcpu);
	if (!hyp)
		return -ENOMEM;
	hyp->cntvoff = vcpu->vm->arch.cntvoff;
	vcpu_set_cntpoff(vcpu, vcpu->vm->arch.cntpoff);
	return hyp_map(hyp, sizeof(*hyp));
}

void arch_vcpu_free(struct vcpu *vcpu)
{
	timer_destroy(vcpu);
	lpae_free_spare(&vcpu->vm->arch.stage2.tables, &vcpu->arch.spare);
	kfree(vcpu->arch.hyp);
}

/* ---- KVM_RUN ---- */

/* Out of line: only the first KVM_RUN of a VM calls it. */
static noinline int prepare_vm(struct vm *vm)
{
	int ret = 0;

	mutex_lock(&vm->lock);
	if (vgic_created(&vm->vgic) && !vm->vgic.mapped)
		ret = vgic_map_resources(vm);
	if (!ret)
		smp_store_release(&vm->has_run, true);
	mutex_unlock(&vm->lock);
	/* [order.vm_after_run_without_cpu], [overlap.vm_after_run] */
	if (ret)
		vm_kill(vm);
	return ret;
}

int arch_vcpu_prepare(struct vcpu *vcpu)
{
	if (!vcpu->arch.initialized)
		return -ENOEXEC;
	/* Pairs with the release in prepare_vm(): the GIC's mapping is visible. */
	return smp_load_acquire(&vcpu->vm->has_run) ? 0 : prepare_vm(vcpu->vm);
}

/* Conditions of signal_pending() and need_resched(). */
#define WORK	(_TIF_SIGPENDING | _TIF_NOTIFY_SIGNAL | _TIF_NEED_RESCHED)

static __always_inline bool has_work(void)
{
	unsigned long flags = READ_ONCE(current_thread_info()->flags);

	return unlikely(flags & (WORK | _TIF_NOTIFY_RESUME)) &&
	       (flags & WORK || has_user_mode_work());
}

/* Loads list registers and timer. False if vgic_load() fails. */
static __always_inline bool load_devices(struct vcpu *vcpu)
{
	timer_update_lines(vcpu);
	if (!vgic_load(vcpu))
		return false;
	timer_load(vcpu);
	vcpu->arch.loaded = true;
	return true;
}

/*
 * Enters the guest, and enters it again after each exit that handle_fastpath() handles. Returns any
 * other exit (HYP_EXIT_* or HYP_CALL_FAULTED), or -EAGAIN if there is work to do before the next
 * entry.
 */
static int enter_guest(struct vcpu *vcpu)
{
	struct hyp_vcpu *hyp = vcpu->arch.hyp;
	u32 exit;

	local_irq_disable();
	vgic_enter(vcpu);
	hyp->vttbr = stage2_vttbr(&vcpu->vm->arch.stage2);
	/* From here on, a kick makes the guest exit. */
	if (!hyp->vttbr || !hyp_ready() || READ_ONCE(vcpu->kicked) ||
	    atomic_read(&vcpu->vm->vgic.halts) || has_work()) {
		vgic_leave(vcpu);
		local_irq_enable();
		if (!hyp->vttbr)
			stage2_new_vmid(&vcpu->vm->arch.stage2);
		return -EAGAIN;
	}
	hyp->hcr = (hyp->hcr & ~(HCR_VI | HCR_VF)) | READ_ONCE(vcpu->arch.irq_lines);

	do {
		if (!vcpu->arch.loaded && !load_devices(vcpu)) {
			vgic_leave(vcpu);
			local_irq_enable();
			vgic_trap_dir(vcpu->vm);
			return -EAGAIN;
		}
		trace_kvm_entry(vcpu->id, hyp->cpu.gp.pc);
		exit = hyp_call(hyp_run_guest, hyp);
		trace_kvm_exit(vcpu->id, exit, hyp->hsr, hyp->cpu.gp.pc);
		if (exit != HYP_EXIT_TRAP || !handle_fastpath(vcpu))
			break;
		exit = -EAGAIN;
		/*
		 * Both may have changed: a kick sent from this CPU may wake a thread here, which
		 * sets TIF_NEED_RESCHED without an interrupt, and the guest can turn its caches off
		 * without an exit.
		 */
	} while (!has_work() && caches_are_settled(vcpu));
	vcpu_put_devices(vcpu);
	vgic_leave(vcpu);
	if (exit == HYP_CALL_FAULTED)
		hyp_report_fault();
	/* The host takes the interrupt that caused the exit. */
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
	if (unlikely(!caches_are_settled(vcpu)) && !caches_settle(vcpu))
		return 1;
	exit = enter_guest(vcpu);
	if (vgic_any_deactivated(&vcpu->vm->vgic))
		irqfd_resample(vcpu->vm);
	return exit == -EAGAIN ? 1 : handle_exit(vcpu, exit);
}

/* ---- ioctls ---- */

#define FEATURES	(1U << KVM_ARM_VCPU_POWER_OFF | 1U << KVM_ARM_VCPU_PSCI_0_2)

/* Error numbers of current kernels; api.rst 4.82. */
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
	/* A second call resets the vCPU, and cannot change its features. */
	if (vcpu->arch.initialized && vcpu->arch.features != init.features[0])
		return -EINVAL;

	caches_init(vcpu);
	vcpu->arch.target = init.target;
	vcpu->arch.features = init.features[0];
	vcpu_reset(vcpu);
	vcpu->arch.mmio_read = false;
	spin_lock(&vm->arch.psci_lock);
	vm->arch.psci.version_0_2[vcpu->id] =
		init.features[0] & 1U << KVM_ARM_VCPU_PSCI_0_2;
	spin_unlock(&vm->arch.psci_lock);
	power_set(vcpu, init.features[0] & 1U << KVM_ARM_VCPU_POWER_OFF ?
		  PSCI_OFF : PSCI_ON);
	vcpu->arch.initialized = true;
	return 0;
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
	/* A CPU_ON takes effect before user space reads or writes state. */
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
