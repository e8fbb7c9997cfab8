/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GIC of a VM: the distributor is emulated (<kvm/gic_state.h>), the
 * CPU interface is the hardware's GICV, and list registers carry interrupts from
 * the one to the other.
 */
#ifndef KVM_VGIC_H
#define KVM_VGIC_H

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <kvm/gic_state.h>

struct kvm_create_device;
struct kvm_irq_level;
struct vcpu;
struct vm;

/**
 * struct vgic - of a VM
 * @gic:    its state, from KVM_CREATE_IRQCHIP on; NULL before
 * @ready:  vgic_make_ready() is done: neither vCPUs nor interrupts can be added
 * @mapped: vgic_map() is done: a vCPU may run
 * @irqs_set: user space has chosen the number of interrupts
 * @lock:   for what @gic points to; a leaf, taken with interrupts off
 * @rests:  while this is not 0, no vCPU of the VM enters its guest
 */
struct vgic {
	struct gic_state *gic;
	bool ready;
	bool mapped;
	bool irqs_set;
	raw_spinlock_t lock;
	atomic_t rests;
};

/*
 * Gives the VM its GIC. 0, -ENODEV (the host has none for guests), -EEXIST, -EBUSY
 * (a vCPU has run without), or -ENOMEM. Takes vm->lock.
 */
int vgic_create(struct vm *vm);

/* KVM_CREATE_DEVICE: the same, and a file descriptor for its attributes. */
long vgic_create_device(struct vm *vm, struct kvm_create_device __user *argp);
void vgic_init(struct vm *vm);
void vgic_destroy(struct vm *vm);

/* Has KVM_CREATE_IRQCHIP been called? */
static inline bool vgic_created(const struct vgic *vgic)
{
	/* Pairs with smp_store_release() in vgic_create(). */
	return smp_load_acquire(&vgic->gic);
}

/* Fixes what the guest will see; with vm->lock held. May be repeated. */
void vgic_make_ready(struct vm *vm);

/*
 * Before the first KVM_RUN, with vm->lock held: checks the addresses, and makes
 * ready. 0 or an error as device_addresses_check().
 */
int vgic_map(struct vm *vm);

/*
 * A stage 2 fault at @gpa, which is in the CPU interface's region: maps the
 * hardware's there. 1, or -ENOMEM. Sleeps.
 */
int vgic_map_cpu_interface(struct vcpu *vcpu, u64 gpa);

/* An access to the distributor, at @offset from its beginning. */
void vgic_dist_access(struct vcpu *vcpu, u32 offset, unsigned int len, bool write,
		      u8 *data);

/*
 * Something has changed that the distributor's registers depend on, or that hides
 * them: memory. Takes vgic->lock.
 */
void vgic_forget_reads(struct vm *vm);

/*
 * KVM_IRQ_LINE for a VM with a GIC: a PPI or SPI. 0, -ENXIO (a line of the CPU,
 * which the GIC has), or -EINVAL.
 */
long vgic_irq_line(struct vm *vm, const struct kvm_irq_level *level);

/* Can interrupts come from outside of the vCPUs yet? */
bool vgic_is_ready(struct vm *vm);

/*
 * The line of SPI @gsi, counted from 0; nothing for one that is not there. That of an
 * edge-triggered one falls again by itself. From any context.
 */
void vgic_spi(struct vm *vm, unsigned int gsi, bool level);

/* Whether vgic_next_ended_spi() tells of it. */
void vgic_watch_spi(struct vm *vm, unsigned int gsi, bool watched);

/* May vgic_next_ended_spi() have something? */
static inline bool vgic_any_ended(const struct vgic *vgic)
{
	return vgic->mapped && READ_ONCE(vgic->gic->any_ended);
}

/*
 * A watched level SPI that the guest has ended since the last call: its line is
 * low now. False if there is none.
 */
bool vgic_next_ended_spi(struct vm *vm, unsigned int *gsi);

/*
 * The line of one of the vCPU's own PPIs; without a GIC, nothing. For the thread
 * that runs the vCPU, or will.
 */
void vgic_ppi(struct vcpu *vcpu, unsigned int intid, bool level);

/* Is it in one of the vCPU's list registers right now? */
bool vgic_ppi_offered(const struct vcpu *vcpu, unsigned int intid);

/* Is there an interrupt that the vCPU would wake up for? */
bool vgic_has_pending(struct vcpu *vcpu);

/*
 * Around each stay in the guest, with interrupts off; @rests is looked at in between.
 */
void vgic_enter(struct vcpu *vcpu);
void vgic_leave(struct vcpu *vcpu);

/* The CPU's virtual interface is given to the guest, and back; interrupts are off. */
void vgic_load(struct vcpu *vcpu);
void vgic_put(struct vcpu *vcpu);

#endif /* KVM_VGIC_H */
