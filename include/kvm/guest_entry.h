/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The common cases of guest entry and exit, with interrupts off. Inline, because every guest entry
 * and exit executes them.
 */
#ifndef KVM_GUEST_ENTRY_H
#define KVM_GUEST_ENTRY_H

#include <linux/io.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/task_work.h>
#include <linux/version.h>

#include <kvm/arch_timer.h>
#include <kvm/gic_host.h>
#include <kvm/gic_state.h>
#include <kvm/gicd_regs.h>
#include <kvm/timer.h>
#include <kvm/timer_state.h>
#include <kvm/vgic.h>
#include <kvm/vm.h>

/* True if a cgroup of the thread exceeds its memory.high or its share of I/O. */
static inline bool is_throttled(void)
{
	bool throttled = false;

#ifdef CONFIG_MEMCG
	throttled |= current->memcg_nr_pages_over_high;
#endif
#ifdef CONFIG_BLK_CGROUP
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	throttled |= current->throttle_queue != NULL;
#else
	throttled |= current->throttle_disk != NULL;
#endif
#endif
	return throttled;
}

/*
 * True if the thread has work to do when it returns to user mode: task work, or throttling.
 * TIF_NOTIFY_RESUME alone does not count: if user space uses rseq, each preemption sets it, for an
 * update that running guests do not need.
 */
static inline bool has_user_mode_work(void)
{
	return unlikely(test_thread_flag(TIF_NOTIFY_RESUME)) &&
	       (task_work_pending(current) || is_throttled());
}

/*
 * vgic_enter() is the first step of a guest entry; its caller then checks vgic->halts. vgic_leave()
 * is the last step of a guest exit.
 */
static inline void vgic_enter(struct vcpu *vcpu)
{
	WRITE_ONCE(vcpu->running_on, smp_processor_id());
	/* Pairs with the barrier in vgic_halt_guest(). */
	smp_mb();
}

static inline void vgic_leave(struct vcpu *vcpu)
{
	/* Publishes the state that vgic_put() has folded. */
	smp_store_release(&vcpu->running_on, VCPU_NOT_RUNNING);
}

/*
 * True if other vCPUs have to exit before an access to pending or active state, because their list
 * registers may hold part of it. A write may also move an SPI to another target, and the choice
 * depends on the interrupts that each vCPU masks, which are known only after its exit. Without
 * vgic->lock, the answer for a read may change at any time.
 */
static inline bool vgic_dist_needs_others(const struct vcpu *vcpu, u32 offset, bool write)
{
	const struct gic_state *gic = vcpu->vm->vgic.gic;

	if (!gicd_is_in_list_registers(offset))
		return false;
	return write ? gic->nr_vcpus > 1 : READ_ONCE(gic->holders) & ~(1U << vcpu->id);
}

/* GICH_VMCR, which the guest changes while it runs. */
static inline u32 vgic_vmcr(void)
{
	return readl_relaxed(gic_host.gich + GICH_VMCR);
}

/*
 * Between vgic_load() and vgic_put(), true if the distributor has all of the vCPU's state: no list
 * register is in use, and with @vmcr the guest masks the same interrupts as at its entry.
 */
static inline bool vgic_is_settled(const struct vcpu *vcpu, u32 vmcr)
{
	return !vcpu->gic->nr_lrs && !gic_vmcr_changes_mask(vcpu->gic, vmcr);
}

static __always_inline void vgic_load_interface(const struct gic_cpu *cpu)
{
	void __iomem *gich = gic_host.gich;

	writel_relaxed(cpu->vmcr, gich + GICH_VMCR);
	writel_relaxed(cpu->apr, gich + GICH_APR);
	writel_relaxed(cpu->hcr, gich + GICH_HCR);
}

/*
 * Load and put the CPU's virtual interface. If vgic_load() returns false, nothing is loaded: the
 * vCPU has to call vgic_trap_dir(), with interrupts on, before it tries again.
 */
static inline bool vgic_load(struct vcpu *vcpu)
{
	struct gic_cpu *cpu = vcpu->gic;

	if (!cpu)
		return true;
	/* An interrupt that is added from here on comes with a kick. */
	if (READ_ONCE(cpu->words))
		return vgic_load_interrupts(vcpu);
	gic_fill_none(cpu);
	vgic_load_interface(cpu);
	return true;
}

static inline void vgic_put(struct vcpu *vcpu)
{
	void __iomem *gich = gic_host.gich;
	struct gic_cpu *cpu = vcpu->gic;
	u32 vmcr;

	if (!cpu)
		return;
	vmcr = vgic_vmcr();
	cpu->apr = readl_relaxed(gich + GICH_APR);
	if (vgic_is_settled(vcpu, vmcr)) {
		cpu->vmcr = vmcr;
		writel_relaxed(0, gich + GICH_HCR);
	} else {
		vgic_put_interrupts(vcpu, vmcr);
	}
}

/* True if a list register of the vCPU holds the PPI. For the vCPU's thread. */
static inline bool vgic_ppi_offered(const struct vcpu *vcpu, unsigned int intid)
{
	return vcpu->gic && vcpu->gic->irq[intid].owner == vcpu->id;
}

/* timer_sample(), unless both timers are disabled and no line is high. Interrupts on or off. */
static inline void timer_update_lines(struct vcpu *vcpu)
{
	if (vcpu->timer.raised ||
	    (arch_vtimer_ctl(vcpu) | vcpu->timer.phys_ctl) & TIMER_ENABLE)
		timer_sample(vcpu);
}

/* After vgic_load(). A disabled timer needs timer_hold() only if a list register has its PPI. */
static inline void timer_load(struct vcpu *vcpu)
{
	if (arch_vtimer_ctl(vcpu) & TIMER_ENABLE || vgic_ppi_offered(vcpu, TIMER_PPI_VIRTUAL))
		timer_hold(vcpu);
}

/* After the exit, because the next guest on this CPU has its own timer. */
static inline void timer_put(struct vcpu *vcpu)
{
	if (vcpu->timer.held)
		timer_release(vcpu);
}

#endif /* KVM_GUEST_ENTRY_H */
