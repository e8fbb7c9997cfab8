// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cpumask.h>
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include <kvm/debugfs.h>
#include <kvm/gic_host.h>
#include <kvm/gic_state.h>
#include <kvm/gicd_regs.h>
#include <kvm/guest_entry.h>
#include <kvm/trace.h>
#include <kvm/vgic.h>
#include <kvm/vm.h>

/* The number of interrupts, unless user space sets it. */
#define NR_IRQS_DEFAULT	256

static_assert(VM_MAX_VCPUS == GIC_MAX_VCPUS);

/* ---- initialisation ---- */

/* By PPI: whether the vCPU's own device drives it, and the host interrupt mapped to it, or 0. */
static struct {
	bool by_device;
	u16 hw;
} claimed[GIC_NR_PRIVATE];

void vgic_claim_ppi(unsigned int intid, unsigned int hw)
{
	claimed[intid].by_device = true;
	claimed[intid].hw = hw;
}

void vgic_early_init(struct vm *vm)
{
	raw_spin_lock_init(&vm->vgic.lock);
}

int vgic_create(struct vm *vm)
{
	struct gic_state *gic;
	unsigned int cpu, intid;
	int ret = 0;

	if (!gic_host.present)
		return -ENODEV;
	gic = kvmalloc(sizeof(*gic), GFP_KERNEL_ACCOUNT);
	if (!gic)
		return -ENOMEM;
	gic_reset(gic, NR_IRQS_DEFAULT);
	for (cpu = 0; cpu < GIC_MAX_VCPUS; cpu++)
		for (intid = GIC_NR_SGIS; intid < GIC_NR_PRIVATE; intid++)
			gic_irq(gic, cpu, intid)->hw = claimed[intid].hw;

	mutex_lock(&vm->lock);
	if (vgic_created(&vm->vgic))
		ret = -EEXIST;
	else if (vm->has_run)
		ret = -EBUSY;
	else	/* Pairs with vgic_created(). */
		smp_store_release(&vm->vgic.gic, gic);
	mutex_unlock(&vm->lock);
	if (ret) {
		kvfree(gic);
		return ret;
	}
	vm_account_memory(vm, sizeof(*gic));
	kvm_debugfs_add_vgic(vm);
	return 0;
}

void vgic_destroy(struct vm *vm)
{
	if (vm->vgic.gic)
		vm_account_memory(vm, -(long)sizeof(*vm->vgic.gic));
	kvfree(vm->vgic.gic);
}

void vgic_init(struct vm *vm)
{
	struct gic_state *gic = vm->vgic.gic;
	unsigned long flags;
	struct vcpu *vcpu;
	unsigned int i;

	lockdep_assert_held(&vm->lock);
	raw_spin_lock_irqsave(&vm->vgic.lock, flags);
	gic->nr_vcpus = vm->nr_vcpus;
	for_each_vcpu(i, vcpu, vm) {
		gic->cpus |= 1U << i;
		gic->cpu[i].off = vcpu->off;
	}
	WRITE_ONCE(vm->vgic.ready, true);
	raw_spin_unlock_irqrestore(&vm->vgic.lock, flags);
}

int vgic_map_resources(struct vm *vm)
{
	struct vcpu *vcpu;
	unsigned int i;
	int ret;

	lockdep_assert_held(&vm->lock);
	ret = device_addresses_check(&vm->addresses);
	if (ret)
		return ret;
	vgic_init(vm);
	for_each_vcpu(i, vcpu, vm)
		vcpu->gic = &vm->vgic.gic->cpu[i];
	/* Published by vm->has_run, which the caller sets. */
	vm->vgic.mapped = true;
	return 0;
}

/* ---- halting the guest ---- */

/*
 * A running vCPU's list registers are invisible to others until its exit writes back their state.
 * So all vCPUs exit and spin until vgic_resume_guest(). Preemption is off until then, because the
 * thread of a spinning vCPU may have a higher priority on this CPU.
 */
static void vgic_halt_guest(struct vm *vm)
{
	cpumask_t running = { };
	struct vcpu *vcpu;
	unsigned int i;

	preempt_disable();
	atomic_inc(&vm->vgic.halts);
	/*
	 * Pairs with vgic_enter(): a vCPU either is seen running here, or sees the count.
	 * A CPU that handles the IPI has folded its list registers.
	 */
	smp_mb();
	for_each_vcpu(i, vcpu, vm) {
		int cpu = READ_ONCE(vcpu->running_on);

		if (cpu != VCPU_NOT_RUNNING)
			cpumask_set_cpu(cpu, &running);
	}
	cpus_leave_guest(&running);
}

static void vgic_resume_guest(struct vm *vm)
{
	atomic_dec(&vm->vgic.halts);
	preempt_enable();
}

/* ---- distributor ---- */

/* With vgic->lock held. Adds to a kick mask. */
static __always_inline u32 access_locked(struct vcpu *vcpu, u32 offset, unsigned int len,
					 bool write, u32 value, u8 *kick_mask)
{
	struct gic_state *gic = vcpu->vm->vgic.gic;

	if (!write)
		return gicd_read(gic, vcpu->id, offset, len);
	*kick_mask |= gicd_write(gic, vcpu->id, offset, len, value);
	return value;
}

/*
 * With interrupts off. Returns the value, or -EAGAIN: see vgic_dist_access_fast() and, if @loaded,
 * vgic_dist_access_loaded(). @halted: the other vCPUs have exited and need not be checked.
 */
static __always_inline s64 access(struct vcpu *vcpu, u32 offset, unsigned int len, bool write,
				  u32 value, bool halted, bool loaded)
{
	struct vm *vm = vcpu->vm;
	struct vgic *vgic = &vm->vgic;
	u32 vmcr = loaded ? vgic_vmcr() : 0;
	bool unsettled = loaded && !vgic_is_settled(vcpu, vmcr);
	u8 kick_mask = 0;
	s64 ret = -EAGAIN;

	raw_spin_lock(&vgic->lock);
	if (!halted && vgic_dist_needs_others(vcpu, offset, write))
		goto unlock;
	if (unsettled) {
		kick_mask = vgic_fold_loaded(vcpu, vmcr);
		if (vgic->gic->any_deactivated)
			goto unlock;
	}
	ret = access_locked(vcpu, offset, len, write, value, &kick_mask);
	if (loaded && (unsettled || vcpu->gic->words))
		vgic_fill_loaded(vcpu);
unlock:
	raw_spin_unlock(&vgic->lock);
	/* The calling vCPU sees its own state at the next guest entry. */
	vm_kick(vm, kick_mask & ~(1U << vcpu->id));
	return ret;
}

s64 vgic_dist_access_fast(struct vcpu *vcpu, u32 offset, unsigned int len, bool write,
			  u32 value)
{
	return access(vcpu, offset, len, write, value, false, false);
}

s64 vgic_dist_access_loaded(struct vcpu *vcpu, u32 offset, unsigned int len, bool write,
			    u32 value)
{
	return access(vcpu, offset, len, write, value, false, true);
}

u32 vgic_dist_access(struct vcpu *vcpu, u32 offset, unsigned int len, bool write, u32 value)
{
	s64 ret = -EAGAIN;

	/* A hint, without the lock: access() checks again. */
	if (!vgic_dist_needs_others(vcpu, offset, write)) {
		local_irq_disable();
		ret = vgic_dist_access_fast(vcpu, offset, len, write, value);
		local_irq_enable();
	}
	if (ret >= 0)
		return ret;
	vgic_halt_guest(vcpu->vm);
	local_irq_disable();
	value = access(vcpu, offset, len, write, value, true, false);
	local_irq_enable();
	vgic_resume_guest(vcpu->vm);
	return value;
}

void vgic_set_power(struct vcpu *vcpu, bool on)
{
	struct vm *vm = vcpu->vm;
	struct vgic *vgic = &vm->vgic;
	unsigned long flags;
	u8 kick_mask = 0;

	raw_spin_lock_irqsave(&vgic->lock, flags);
	vcpu->off = !on;
	if (READ_ONCE(vgic->ready))
		kick_mask = gic_set_power(vgic->gic, vcpu->id, on);
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
	vm_kick(vm, kick_mask);
}

/* ---- lines ---- */

static void set_line(struct vm *vm, unsigned int cpu, unsigned int intid, bool level)
{
	struct vgic *vgic = &vm->vgic;
	unsigned long flags;
	u8 kick_mask;

	trace_vgic_set_line(cpu, intid, level);
	cpu = array_index_nospec(cpu, GIC_MAX_VCPUS);
	intid = array_index_nospec(intid, GIC_MAX_IRQS);
	raw_spin_lock_irqsave(&vgic->lock, flags);
	kick_mask = gic_set_line(vgic->gic, cpu, intid, level);
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
	vm_kick(vm, kick_mask);
}

long vgic_irq_line(struct vm *vm, u32 irq, bool level)
{
	unsigned int type = irq >> KVM_ARM_IRQ_TYPE_SHIFT & KVM_ARM_IRQ_TYPE_MASK;
	unsigned int cpu = irq >> KVM_ARM_IRQ_VCPU_SHIFT & KVM_ARM_IRQ_VCPU_MASK;
	unsigned int intid = irq >> KVM_ARM_IRQ_NUM_SHIFT & KVM_ARM_IRQ_NUM_MASK;

	switch (type) {
	case KVM_ARM_IRQ_TYPE_CPU:
		return -ENXIO;
	case KVM_ARM_IRQ_TYPE_PPI:
		if (!vm_vcpu(vm, cpu))
			return -EINVAL;
		if (intid < GIC_NR_SGIS || intid >= GIC_NR_PRIVATE)
			return -EINVAL;
		break;
	case KVM_ARM_IRQ_TYPE_SPI:
		if (intid < GIC_NR_PRIVATE || intid >= vm->vgic.gic->nr_irqs)
			return -EINVAL;
		cpu = 0;
		break;
	default:
		return -EINVAL;
	}
	/* The first KVM_IRQ_LINE initialises the GIC [irq_line.first_initializes]. */
	if (!READ_ONCE(vm->vgic.ready)) {
		mutex_lock(&vm->lock);
		if (!vm->vgic.ready)
			vgic_init(vm);
		mutex_unlock(&vm->lock);
	}
	/* [irq_line.ppi_of_timer] */
	if (intid >= GIC_NR_PRIVATE ||
	    !claimed[array_index_nospec(intid, GIC_NR_PRIVATE)].by_device)
		set_line(vm, cpu, intid, level);
	return 0;
}

bool vgic_is_ready(struct vm *vm)
{
	bool ready;

	mutex_lock(&vm->lock);
	ready = vm->vgic.ready;
	mutex_unlock(&vm->lock);
	return ready;
}

static bool has_spi(const struct vm *vm, unsigned int gsi)
{
	return vm->vgic.ready && gsi < vm->vgic.gic->nr_irqs - GIC_NR_PRIVATE;
}

void vgic_set_spi(struct vm *vm, unsigned int gsi, bool level)
{
	if (!has_spi(vm, gsi))
		return;
	gsi = array_index_nospec(gsi, GIC_MAX_IRQS - GIC_NR_PRIVATE);
	set_line(vm, 0, GIC_NR_PRIVATE + gsi, level);
	/* An edge interrupt has no EOI notification that would lower its line. */
	if (level && READ_ONCE(gic_irq(vm->vgic.gic, 0, GIC_NR_PRIVATE + gsi)->edge))
		set_line(vm, 0, GIC_NR_PRIVATE + gsi, false);
}

bool vgic_set_eoi_notify(struct vm *vm, unsigned int gsi, bool notify)
{
	struct vgic *vgic = &vm->vgic;
	unsigned long flags;
	bool before;

	if (!has_spi(vm, gsi))
		return false;
	gsi = array_index_nospec(gsi, GIC_MAX_IRQS - GIC_NR_PRIVATE);
	raw_spin_lock_irqsave(&vgic->lock, flags);
	before = gic_set_eoi_notify(vgic->gic, GIC_NR_PRIVATE + gsi, notify);
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
	return before;
}

bool vgic_next_deactivated_spi(struct vm *vm, unsigned int *gsi)
{
	struct vgic *vgic = &vm->vgic;
	unsigned long flags;
	unsigned int intid;
	u8 kick_mask = 0;
	bool found;

	if (!vgic_any_deactivated(vgic))
		return false;
	raw_spin_lock_irqsave(&vgic->lock, flags);
	found = gic_next_deactivated(vgic->gic, &intid, &kick_mask);
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
	if (!found)
		return false;
	vm_kick(vm, kick_mask);
	*gsi = intid - GIC_NR_PRIVATE;
	return true;
}

void vgic_set_ppi(struct vcpu *vcpu, unsigned int intid, bool level)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	unsigned long flags;

	/* The common case: no change. */
	if (!vgic->mapped || gic_irq(vgic->gic, vcpu->id, intid)->line == level)
		return;
	trace_vgic_set_line(vcpu->id, intid, level);
	raw_spin_lock_irqsave(&vgic->lock, flags);
	gic_set_line(vgic->gic, vcpu->id, intid, level);
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
}

bool vgic_has_pending(struct vcpu *vcpu)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	unsigned long flags;
	bool pending;

	/* An interrupt that is added from here on comes with a kick. */
	if (!vcpu->gic || !READ_ONCE(vcpu->gic->words))
		return false;
	raw_spin_lock_irqsave(&vgic->lock, flags);
	pending = gic_has_pending(vgic->gic, vcpu->id);
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
	return pending;
}
