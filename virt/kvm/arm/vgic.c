// SPDX-License-Identifier: GPL-2.0-only
#include <linux/io.h>
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include <kvm/gic_host.h>
#include <kvm/gic_state.h>
#include <kvm/timer.h>
#include <kvm/vgic.h>
#include <kvm/vm.h>

#include "../../../arch/arm/kvm/hyp.h"

/* SGIs, PPIs and SPIs of a GIC that nobody has asked for another number. */
#define NR_IRQS_DEFAULT	256

static_assert(VM_MAX_VCPUS == GIC_MAX_VCPUS);

/* ---- life ---- */

void vgic_init(struct vm *vm)
{
	raw_spin_lock_init(&vm->vgic.lock);
}

int vgic_create(struct vm *vm)
{
	struct gic_state *gic;
	unsigned int cpu;
	int ret = 0;

	if (!gic_host.present)
		return -ENODEV;
	gic = kvmalloc(sizeof(*gic), GFP_KERNEL_ACCOUNT);
	if (!gic)
		return -ENOMEM;
	gic_reset(gic, NR_IRQS_DEFAULT);
	for (cpu = 0; cpu < GIC_MAX_VCPUS; cpu++)
		gic_irq(gic, cpu, TIMER_PPI_VIRTUAL)->hw = timer_host_intid();

	mutex_lock(&vm->lock);
	if (vgic_created(&vm->vgic))
		ret = -EEXIST;
	else if (vm->has_run)
		ret = -EBUSY;
	else	/* Pairs with vgic_created(). */
		smp_store_release(&vm->vgic.gic, gic);
	mutex_unlock(&vm->lock);
	if (ret)
		kvfree(gic);
	return ret;
}

void vgic_destroy(struct vm *vm)
{
	kvfree(vm->vgic.gic);
}

void vgic_make_ready(struct vm *vm)
{
	vm->vgic.gic->nr_vcpus = vm->nr_vcpus;
	vm->vgic.ready = true;
}

static void map_vcpu(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;

	vcpu->gic = &vm->vgic.gic->cpu[vcpu->id];
	vcpu->arch.hyp->gicd_page = vm->addresses.page[KVM_VGIC_V2_ADDR_TYPE_DIST];
}

int vgic_map(struct vm *vm)
{
	int ret = device_addresses_check(&vm->addresses);
	unsigned int i;

	if (ret)
		return ret;
	vgic_make_ready(vm);
	/* There will be no others. */
	for (i = 0; i < VM_MAX_VCPUS; i++)
		if (vm->vcpus[i])
			map_vcpu(vm->vcpus[i]);
	/* vCPUs that run without it have seen has_run, which follows. */
	vm->vgic.mapped = true;
	return 0;
}

/* ---- who has to know ---- */

/* @mask: of vCPUs, as gic_irq_changed() returns it. */
static void kick_all(struct vm *vm, u8 mask)
{
	for (; mask; mask &= mask - 1) {
		struct vcpu *vcpu = vm_vcpu(vm, __ffs(mask));

		if (vcpu)
			vcpu_kick(vcpu);
	}
}

/* ---- vCPUs at rest ---- */

static void leave_guest(void *unused)
{
}

/*
 * What a list register of a vCPU that is in its guest holds, nobody else can see,
 * and what they change, the vCPU would overwrite. So all of them come out and stay
 * out until vgic_go_on(). May sleep.
 */
static void vgic_rest(struct vm *vm)
{
	cpumask_t inside = { };
	unsigned int i;

	atomic_inc(&vm->vgic.rests);
	/*
	 * A CPU that handles this has left its guest, and has taken back its list
	 * registers; who enters from here on has seen the count.
	 */
	smp_mb();
	for (i = 0; i < VM_MAX_VCPUS; i++) {
		const struct vcpu *vcpu = vm_vcpu(vm, i);
		int cpu = vcpu ? READ_ONCE(vcpu->inside) : VCPU_OUTSIDE;

		if (cpu != VCPU_OUTSIDE)
			cpumask_set_cpu(cpu, &inside);
	}
	on_each_cpu_mask(&inside, leave_guest, NULL, true);
}

static void vgic_go_on(struct vm *vm)
{
	atomic_dec(&vm->vgic.rests);
}

void vgic_enter(struct vcpu *vcpu)
{
	WRITE_ONCE(vcpu->inside, smp_processor_id());
	/* Pairs with the one in vgic_rest(): either side sees the other. */
	smp_mb();
}

void vgic_leave(struct vcpu *vcpu)
{
	/* What came out of the list registers is there to be seen. */
	smp_store_release(&vcpu->inside, VCPU_OUTSIDE);
}

/* GICD_ISPENDR to ICACTIVER, and the two for SGIs: what list registers hold. */
static bool is_in_list_registers(u32 offset)
{
	return (offset >= 0x200 && offset < 0x400) ||
	       (offset >= 0xf10 && offset < 0xf30);
}

/* GICD_ISPENDR0 and GICD_ICPENDR0. */
static bool is_private_pending(u32 offset)
{
	return (offset & ~0x83U) == 0x200;
}

/* ---- distributor ---- */

/*
 * Once it has been read, HYP mode can answer by itself what only accesses to the
 * distributor change; and what list registers may hold, until a line moves or a vCPU
 * is given something in its list registers: all are at rest now. Of private interrupts
 * the lines include the timers', which move unseen.
 *
 * With vgic->lock held.
 */
static void remember_read(struct vcpu *vcpu, u32 offset, unsigned int len, u32 value)
{
	struct hyp_vcpu *hyp = vcpu->arch.hyp;
	u32 moves = is_in_list_registers(offset) ? ~0U : 0;

	if (is_private_pending(offset))
		return;
	/* Memory may have come there since the access was looked at. */
	if (!memory_is_absent(vcpu, hyp->gicd_page))
		return;
	hyp->answers[hyp_gicd_place(offset)] = (struct hyp_gicd_answer) {
		.what = HYP_GICD_READ(offset, len),
		.moves = moves,
		.stamp = hyp_gicd_stamp(hyp->gicd, moves),
		.value = value,
	};
}

/* Both with vgic->lock held. */
static void forget_reads(struct vm *vm)
{
	WRITE_ONCE(vm->arch.gicd->changes, vm->arch.gicd->changes + 1);
}

static void forget_moved(struct vm *vm)
{
	WRITE_ONCE(vm->arch.gicd->moves, vm->arch.gicd->moves + 1);
}

void vgic_forget_reads(struct vm *vm)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&vm->vgic.lock, flags);
	forget_reads(vm);
	raw_spin_unlock_irqrestore(&vm->vgic.lock, flags);
}

void vgic_dist_access(struct vcpu *vcpu, u32 offset, unsigned int len, bool write,
		      u8 *data)
{
	struct vm *vm = vcpu->vm;
	struct vgic *vgic = &vm->vgic;
	unsigned long flags;
	u32 value = 0;
	u8 concerned = 0;
	unsigned int i;
	bool steady = !is_in_list_registers(offset);
	bool rest = !steady && vgic->gic->nr_vcpus > 1;

	/* The GIC is little-endian. */
	for (i = 0; write && i < len; i++)
		value |= (u32)data[i] << (8 * i);
	/* The guest turns its timers on and off without a trap. */
	if (!steady)
		timer_update_lines(vcpu);
	if (rest)
		vgic_rest(vm);
	raw_spin_lock_irqsave(&vgic->lock, flags);
	if (write) {
		concerned = gicd_write(vgic->gic, vcpu->id, offset, len, value);
		forget_reads(vm);
	} else {
		value = gicd_read(vgic->gic, vcpu->id, offset, len);
		remember_read(vcpu, offset, len, value);
	}
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
	if (rest)
		vgic_go_on(vm);
	for (i = 0; !write && i < len; i++)
		data[i] = value >> (8 * i);
	/* Its own state the vCPU looks at anyway before it goes on. */
	kick_all(vm, concerned & ~(1U << vcpu->id));
}

/* ---- lines ---- */

static void set_line(struct vm *vm, unsigned int cpu, unsigned int intid, bool level)
{
	struct vgic *vgic = &vm->vgic;
	unsigned long flags;
	u8 concerned;

	raw_spin_lock_irqsave(&vgic->lock, flags);
	concerned = gic_set_line(vgic->gic, cpu, intid, level);
	forget_moved(vm);
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
	kick_all(vm, concerned);
}

long vgic_irq_line(struct vm *vm, const struct kvm_irq_level *level)
{
	unsigned int type = level->irq >> KVM_ARM_IRQ_TYPE_SHIFT & KVM_ARM_IRQ_TYPE_MASK;
	unsigned int cpu = level->irq >> KVM_ARM_IRQ_VCPU_SHIFT & KVM_ARM_IRQ_VCPU_MASK;
	unsigned int intid = level->irq >> KVM_ARM_IRQ_NUM_SHIFT & KVM_ARM_IRQ_NUM_MASK;

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
	/* The first line needs a GIC that is complete [irq_line.first_initializes]. */
	if (!READ_ONCE(vm->vgic.ready)) {
		mutex_lock(&vm->lock);
		if (!vm->vgic.ready)
			vgic_make_ready(vm);
		mutex_unlock(&vm->lock);
	}
	/* Some lines are the timers' [irq_line.ppi_of_timer]. */
	if (intid != TIMER_PPI_VIRTUAL && intid != TIMER_PPI_PHYSICAL)
		set_line(vm, cpu, intid, level->level);
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

void vgic_spi(struct vm *vm, unsigned int gsi, bool level)
{
	if (!has_spi(vm, gsi))
		return;
	set_line(vm, 0, GIC_NR_PRIVATE + gsi, level);
	/* Of an edge there is no end to wait for. */
	if (level && READ_ONCE(gic_irq(vm->vgic.gic, 0, GIC_NR_PRIVATE + gsi)->edge))
		set_line(vm, 0, GIC_NR_PRIVATE + gsi, false);
}

void vgic_watch_spi(struct vm *vm, unsigned int gsi, bool watched)
{
	struct vgic *vgic = &vm->vgic;
	unsigned long flags;

	if (!has_spi(vm, gsi))
		return;
	raw_spin_lock_irqsave(&vgic->lock, flags);
	gic_irq(vgic->gic, 0, GIC_NR_PRIVATE + gsi)->watched = watched;
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
}

bool vgic_next_ended_spi(struct vm *vm, unsigned int *gsi)
{
	struct vgic *vgic = &vm->vgic;
	unsigned long flags;
	unsigned int intid;
	u8 concerned = 0;
	bool found;

	if (!vgic_any_ended(vgic))
		return false;
	raw_spin_lock_irqsave(&vgic->lock, flags);
	found = gic_next_ended(vgic->gic, &intid, &concerned);
	forget_moved(vm);
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
	if (!found)
		return false;
	kick_all(vm, concerned);
	*gsi = intid - GIC_NR_PRIVATE;
	return true;
}

void vgic_ppi(struct vcpu *vcpu, unsigned int intid, bool level)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	unsigned long flags;

	/* Mostly it is what it was. */
	if (!vgic->mapped || gic_irq(vgic->gic, vcpu->id, intid)->line == level)
		return;
	raw_spin_lock_irqsave(&vgic->lock, flags);
	gic_set_line(vgic->gic, vcpu->id, intid, level);
	forget_moved(vcpu->vm);
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
}

bool vgic_ppi_offered(const struct vcpu *vcpu, unsigned int intid)
{
	const struct vgic *vgic = &vcpu->vm->vgic;

	return vgic->mapped &&
	       gic_irq(vgic->gic, vcpu->id, intid)->owner == vcpu->id;
}

bool vgic_has_pending(struct vcpu *vcpu)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	unsigned long flags;
	bool pending;

	if (!vgic->mapped)
		return false;
	raw_spin_lock_irqsave(&vgic->lock, flags);
	pending = gic_has_pending(vgic->gic, vcpu->id);
	raw_spin_unlock_irqrestore(&vgic->lock, flags);
	return pending;
}

/* ---- CPU interface ---- */

int vgic_map_cpu_interface(struct vcpu *vcpu, u64 gpa)
{
	struct vm *vm = vcpu->vm;
	struct stage2 *s2 = &vm->arch.stage2;
	u64 base = vm->addresses.base[KVM_VGIC_V2_ADDR_TYPE_CPU];
	u64 page = gpa & PAGE_MASK;
	int ret;

	ret = lpae_fill_spare(&vcpu->arch.spare);
	if (ret)
		return ret;
	spin_lock(&s2->lock);
	stage2_map(s2, page, gic_host.gicv + (page - base), STAGE2_DEVICE,
		   &vcpu->arch.spare);
	spin_unlock(&s2->lock);
	return 1;
}

/* Fills list registers; mostly there is nothing for them. */
static noinline void load_interrupts(struct vcpu *vcpu)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	unsigned int i;

	raw_spin_lock(&vgic->lock);
	gic_fill(vgic->gic, vcpu->id, gic_host.nr_lrs);
	/* Nothing is remembered anew before gic_fold() has taken it all back. */
	forget_moved(vcpu->vm);
	raw_spin_unlock(&vgic->lock);
	for (i = 0; i < vcpu->gic->nr_lrs; i++)
		writel_relaxed(vcpu->gic->lr[i], gic_host.gich + GICH_LR(i));
}

void vgic_load(struct vcpu *vcpu)
{
	void __iomem *gich = gic_host.gich;
	struct gic_cpu *cpu = vcpu->gic;

	if (!cpu)
		return;
	/* Who adds one from here on has the vCPU kicked. */
	if (READ_ONCE(cpu->words))
		load_interrupts(vcpu);
	else
		gic_fill_none(cpu);
	writel_relaxed(cpu->vmcr, gich + GICH_VMCR);
	writel_relaxed(cpu->apr, gich + GICH_APR);
	writel_relaxed(cpu->hcr, gich + GICH_HCR);
}

/* List registers are empty again, and another priority mask is known. */
static noinline void put_interrupts(struct vcpu *vcpu, u32 vmcr)
{
	struct vgic *vgic = &vcpu->vm->vgic;
	void __iomem *gich = gic_host.gich;
	struct gic_cpu *cpu = vcpu->gic;
	unsigned int i;
	u8 concerned;

	for (i = 0; i < cpu->nr_lrs; i++) {
		cpu->lr[i] = readl_relaxed(gich + GICH_LR(i));
		writel_relaxed(0, gich + GICH_LR(i));
	}
	raw_spin_lock(&vgic->lock);
	concerned = gic_fold(vgic->gic, vcpu->id);
	concerned |= gic_set_vmcr(vgic->gic, vcpu->id, vmcr);
	raw_spin_unlock(&vgic->lock);
	kick_all(vcpu->vm, concerned);
}

void vgic_put(struct vcpu *vcpu)
{
	void __iomem *gich = gic_host.gich;
	struct gic_cpu *cpu = vcpu->gic;
	u32 vmcr;

	if (!cpu)
		return;
	vmcr = readl_relaxed(gich + GICH_VMCR);
	cpu->apr = readl_relaxed(gich + GICH_APR);
	if (cpu->nr_lrs)
		cpu->hcr = readl_relaxed(gich + GICH_HCR);
	writel_relaxed(0, gich + GICH_HCR);
	if (cpu->nr_lrs || gic_mask_changes(cpu, vmcr))
		put_interrupts(vcpu, vmcr);
	else
		cpu->vmcr = vmcr;
}
