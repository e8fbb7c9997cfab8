// SPDX-License-Identifier: GPL-2.0-only
/*
 * The virtual CPU interface of a GICv2: list registers in GICH, and GICV in the guest's
 * physical address space. ARM IHI 0048B.b, chapter 5.
 */
#include <linux/io.h>
#include <linux/mm.h>

#include <kvm/arch_mmu.h>
#include <kvm/gic_host.h>
#include <kvm/gic_state.h>
#include <kvm/guest_entry.h>
#include <kvm/trace.h>
#include <kvm/vgic.h>
#include <kvm/vm.h>

/* Offset in the CPU interface: the second page, 4.4.15. */
#define GICC_DIR	0x1000

/* ---- GICV in the guest's address space ---- */

static u64 cpu_interface_base(const struct vm *vm)
{
	return vm->addresses.base[KVM_VGIC_V2_ADDR_TYPE_CPU];
}

void vgic_trap_dir(struct vm *vm)
{
	struct vgic *vgic = &vm->vgic;

	/* dir_is_trapped() keeps the page unmapped: the caller's active_left_out is set. */
	arch_mmu_unmap(vm, cpu_interface_base(vm) + GICC_DIR, PAGE_SIZE, true);
	/* Set after the page is unmapped, because a vCPU that sees dir_trapped enters its guest. */
	raw_spin_lock_irq(&vgic->lock);
	vgic->dir_trapped = true;
	raw_spin_unlock_irq(&vgic->lock);
}

/* With arch_mmu_lock() held. Ends the trapping if no vCPU needs it any more. */
static bool dir_is_trapped(struct vgic *vgic)
{
	bool trapped;

	raw_spin_lock_irq(&vgic->lock);
	trapped = gic_any_active_left_out(vgic->gic);
	if (!trapped)
		vgic->dir_trapped = false;
	raw_spin_unlock_irq(&vgic->lock);
	return trapped;
}

int vgic_map_cpu_interface(struct vcpu *vcpu, u64 gpa)
{
	struct vm *vm = vcpu->vm;
	u64 base = cpu_interface_base(vm);
	u64 page = gpa & PAGE_MASK;
	int ret = arch_mmu_prepare(vcpu);
	bool trapped;

	if (ret)
		return ret;
	arch_mmu_lock(vm);
	trapped = page == base + GICC_DIR && dir_is_trapped(&vm->vgic);
	if (!trapped)
		arch_mmu_map_device(vcpu, page, gic_host.gicv + (page - base));
	arch_mmu_unlock(vm);
	return !trapped;
}

void vgic_cpu_write(struct vcpu *vcpu, u64 gpa, unsigned int len, u32 value)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	u8 kick_mask;

	if (gpa - cpu_interface_base(vcpu->vm) != GICC_DIR || len != sizeof(value))
		return;
	raw_spin_lock_irq(&vgic->lock);
	kick_mask = gic_deactivate(vgic->gic, vcpu->id, value);
	raw_spin_unlock_irq(&vgic->lock);
	/* The calling vCPU sees its own state at the next guest entry. */
	vm_kick(vcpu->vm, kick_mask & ~(1U << vcpu->id));
}

/* ---- list registers ---- */

/*
 * Fills list registers, with vgic->lock held. Fills none and returns false if GICC_DIR has to be
 * trapped first.
 */
static __always_inline bool fill(struct vcpu *vcpu)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	struct gic_cpu *cpu = vcpu->gic;
	unsigned int i, n;

	gic_fill(vgic->gic, vcpu->id, gic_host.nr_lrs);
	/* active_left_out stays set until the next gic_fill(), for dir_is_trapped(). */
	if (unlikely(cpu->active_left_out) && !vgic->dir_trapped) {
		gic_fold(vgic->gic, vcpu->id);
		return false;
	}
	for (i = 0, n = cpu->nr_lrs; i < n; i++) {
		trace_vgic_inject(vcpu->id, i, cpu->lr[i]);
		writel_relaxed(cpu->lr[i], gic_host.gich + GICH_LR(i));
	}
	return true;
}

bool vgic_load_interrupts(struct vcpu *vcpu)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	bool filled;

	raw_spin_lock(&vgic->lock);
	filled = fill(vcpu);
	raw_spin_unlock(&vgic->lock);
	if (filled)
		vgic_load_interface(vcpu->gic);
	return filled;
}

/*
 * Turns the interface off, and folds list registers and @vmcr, with vgic->lock held. Returns a kick
 * mask without the vCPU.
 */
static __always_inline u8 fold(struct vcpu *vcpu, u32 vmcr)
{
	struct gic_state *gic = vcpu->vm->vgic.gic;
	void __iomem *gich = gic_host.gich;
	struct gic_cpu *cpu = vcpu->gic;
	unsigned int i, n = cpu->nr_lrs;
	u8 kick_mask = 0;

	if (n)
		cpu->hcr = readl_relaxed(gich + GICH_HCR);
	writel_relaxed(0, gich + GICH_HCR);
	for (i = 0; i < n; i++) {
		cpu->lr[i] = readl_relaxed(gich + GICH_LR(i));
		writel_relaxed(0, gich + GICH_LR(i));
	}
	if (n)
		kick_mask = gic_fold(gic, vcpu->id);
	if (!gic_vmcr_changes_mask(cpu, vmcr))
		cpu->vmcr = vmcr;
	else
		kick_mask |= gic_set_vmcr(gic, vcpu->id, vmcr);
	return kick_mask;
}

void vgic_put_interrupts(struct vcpu *vcpu, u32 vmcr)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	u8 kick_mask;

	raw_spin_lock(&vgic->lock);
	kick_mask = fold(vcpu, vmcr);
	raw_spin_unlock(&vgic->lock);
	vm_kick(vcpu->vm, kick_mask);
}

/* ---- between vgic_load() and vgic_put() ---- */

u8 vgic_fold_loaded(struct vcpu *vcpu, u32 vmcr)
{
	return fold(vcpu, vmcr);
}

void vgic_fill_loaded(struct vcpu *vcpu)
{
	if (fill(vcpu))
		writel_relaxed(vcpu->gic->hcr, gic_host.gich + GICH_HCR);
}
