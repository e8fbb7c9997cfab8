/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GIC of a VM. The distributor is emulated (<kvm/gic_state.h>), the CPU
 * interface is the hardware's GICV, and list registers carry interrupts to it.
 *
 *   virt/kvm/arm/vgic.c         initialisation, locking, the distributor, lines
 *   virt/kvm/arm/vgic_v2.c      GICH and GICV: list registers, mapping
 *   virt/kvm/arm/vgic_device.c  the device of KVM_CREATE_DEVICE
 *   virt/kvm/arm/vgic_debug.c   vgic-state in debugfs
 *
 * A VM's GIC is initialised in four stages: vgic_early_init(), with the VM;
 * vgic_create(), by KVM_CREATE_IRQCHIP or KVM_CREATE_DEVICE; vgic_init(), after which
 * neither vCPUs nor interrupts can be added; vgic_map_resources(), by the first KVM_RUN.
 */
#ifndef KVM_VGIC_H
#define KVM_VGIC_H

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <kvm/gic_state.h>

struct kvm_create_device;
struct seq_file;
struct vcpu;
struct vm;

/**
 * struct vgic - a VM's virtual GIC
 * @gic:    its state, from vgic_create() on; NULL before
 * @ready:  vgic_init() has been called
 * @mapped: vgic_map_resources() has succeeded
 * @irqs_set: user space has set the number of interrupts
 * @lock:   for @gic's contents, @dir_trapped, and @off of the VM's vCPUs; taken with
 *          interrupts off
 * @halts:  while it is not 0, no vCPU of the VM enters its guest
 * @dir_trapped: the page of GICC_DIR is not mapped, and accesses to it are emulated.
 *          Cleared with both @lock and arch_mmu_lock() held
 */
struct vgic {
	struct gic_state *gic;
	bool ready;
	bool mapped;
	bool irqs_set;
	raw_spinlock_t lock;
	atomic_t halts;
	bool dir_trapped;
};

/* ---- initialisation ---- */

/* Called when the VM is allocated: it has no GIC yet. */
void vgic_early_init(struct vm *vm);

/*
 * Creates the VM's GIC: 0, -ENODEV (the host has none for guests), -EEXIST, -EBUSY (a vCPU
 * has run without one), or -ENOMEM. Takes vm->lock.
 */
int vgic_create(struct vm *vm);

/* KVM_CREATE_DEVICE: vgic_create(), and a file descriptor for attributes. */
long vgic_create_device(struct vm *vm, struct kvm_create_device __user *argp);
void vgic_destroy(struct vm *vm);

/* True if vgic_create() has succeeded. */
static inline bool vgic_created(const struct vgic *vgic)
{
	/* Pairs with smp_store_release() in vgic_create(). */
	return smp_load_acquire(&vgic->gic);
}

/* From now on, vCPUs and interrupts cannot be added. May be repeated. With vm->lock held. */
void vgic_init(struct vm *vm);

/* Calls device_addresses_check() and vgic_init(). With vm->lock held. 0 or a negative errno. */
int vgic_map_resources(struct vm *vm);

/*
 * Claims a PPI of all VMs that are created from now on: its line is driven by
 * vgic_set_ppi() only, and KVM_IRQ_LINE has no effect on it. @hw: the host interrupt that
 * is mapped to it, or 0.
 */
void vgic_claim_ppi(unsigned int intid, unsigned int hw);

/* ---- distributor ---- */

/*
 * A guest's access to @len bytes (1, 2 or 4) at @offset: writes @value, or returns the value that
 * was read. Both are little-endian numbers. The caller has updated the lines of the vCPU's own
 * devices. Interrupts are on. Takes vgic->lock.
 */
u32 vgic_dist_access(struct vcpu *vcpu, u32 offset, unsigned int len, bool write, u32 value);

/*
 * vgic_dist_access() with interrupts off. Returns the value, or -EAGAIN if other vCPUs have to exit
 * first, see vgic_dist_needs_others(). While the calling vCPU's list registers are loaded, it may
 * be called only for a read of state that list registers do not hold.
 */
s64 vgic_dist_access_fast(struct vcpu *vcpu, u32 offset, unsigned int len, bool write,
			  u32 value);

/*
 * vgic_dist_access_fast() between vgic_load() and vgic_put(). Also returns -EAGAIN if
 * irqfd_resample() has to come first. After -EAGAIN, the next guest entry needs vgic_put() and
 * vgic_load().
 */
s64 vgic_dist_access_loaded(struct vcpu *vcpu, u32 offset, unsigned int len, bool write,
			    u32 value);

/*
 * Tells the GIC that the vCPU has been turned on or off, or initialised in that state. Any
 * context, with or without a GIC; the caller serialises the changes of one vCPU.
 */
void vgic_set_power(struct vcpu *vcpu, bool on);

/* ---- lines ---- */

/*
 * KVM_IRQ_LINE for a VM with a GIC: @irq of struct kvm_irq_level, a PPI or SPI. 0, -ENXIO (a
 * vCPU's IRQ or FIQ line), or -EINVAL.
 */
long vgic_irq_line(struct vm *vm, u32 irq, bool level);

/* True if vgic_init() has been called. Takes vm->lock. */
bool vgic_is_ready(struct vm *vm);

/*
 * Sets the line of SPI 32 + @gsi; no effect if the SPI does not exist. The line of an
 * edge-triggered SPI is lowered again. Any context.
 */
void vgic_set_spi(struct vm *vm, unsigned int gsi, bool level);

/* Sets whether vgic_next_deactivated_spi() reports the SPI. Returns the previous setting. */
bool vgic_set_eoi_notify(struct vm *vm, unsigned int gsi, bool notify);

/* True if vgic_next_deactivated_spi() may find an SPI. Takes no lock. */
static inline bool vgic_any_deactivated(const struct vgic *vgic)
{
	return vgic->mapped && READ_ONCE(vgic->gic->any_deactivated);
}

/*
 * Finds a level-sensitive SPI with EOI notification that the guest has deactivated, and
 * lowers its line. False if there is none.
 */
bool vgic_next_deactivated_spi(struct vm *vm, unsigned int *gsi);

/* Sets the line of a claimed PPI; no effect without a GIC. For the vCPU's thread. */
void vgic_set_ppi(struct vcpu *vcpu, unsigned int intid, bool level);

/* True if the vCPU has an interrupt that should wake it. */
bool vgic_has_pending(struct vcpu *vcpu);

/* ---- guest entry and exit, with interrupts off; see <kvm/guest_entry.h> ---- */

/* vgic_v2.c: vgic_load() and vgic_put() of a vCPU that has interrupts. */
bool vgic_load_interrupts(struct vcpu *vcpu);
void vgic_put_interrupts(struct vcpu *vcpu, u32 vmcr);

/*
 * vgic_v2.c: between vgic_load() and vgic_put(), with vgic->lock held. vgic_fold_loaded() turns the
 * interface off, folds list registers and GICH_VMCR (@vmcr), and returns a kick mask without the
 * vCPU. vgic_fill_loaded() fills list registers and turns the interface on. If GICC_DIR has to be
 * trapped, it does neither: the vCPU then has candidates but no list register in use, and needs
 * vgic_put() and vgic_load().
 */
u8 vgic_fold_loaded(struct vcpu *vcpu, u32 vmcr);
void vgic_fill_loaded(struct vcpu *vcpu);

/*
 * vgic_v2.c: unmaps the page of GICC_DIR until no active interrupt is left out of a vCPU's list
 * registers. The guest may deactivate interrupts in any order, and the hardware only counts those
 * that are in no list register.
 */
void vgic_trap_dir(struct vm *vm);

/*
 * vgic_v2.c: a stage 2 fault at @gpa in the CPU interface's region. 1: GICV is mapped there;
 * 0: accesses have to be emulated, see vgic_cpu_write(); or -ENOMEM. Sleeps.
 */
int vgic_map_cpu_interface(struct vcpu *vcpu, u64 gpa);

/*
 * vgic_v2.c: emulates a write of @len bytes, a little-endian number, at @gpa in the CPU
 * interface's region. Only a 32-bit write to GICC_DIR has an effect. Reads are RAZ.
 */
void vgic_cpu_write(struct vcpu *vcpu, u64 gpa, unsigned int len, u32 value);

/* ---- debugfs ---- */

/* Shows the state of interrupts and list registers of a VM with a GIC. 0 or -ENOMEM. */
int vgic_show(struct seq_file *file, struct vm *vm);

#endif /* KVM_VGIC_H */
