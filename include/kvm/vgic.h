/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GIC of a VM: the distributor is emulated, the CPU interface is the
 * hardware's GICV.
 */
#ifndef KVM_VGIC_H
#define KVM_VGIC_H

#include <linux/types.h>

#include <kvm/gicd.h>

struct vcpu;
struct vm;

/**
 * struct vgic - of a VM
 * @created: KVM_CREATE_IRQCHIP has been called
 * @mapped:  vgic_map() is done: a vCPU may run
 * @gicd:    the distributor; under vm->lock
 */
struct vgic {
	bool created;
	bool mapped;
	struct gicd gicd;
};

/**
 * struct vgic_cpu - of a vCPU: its part of the hardware's virtual interface
 * @vmcr: what the guest wrote to its GICC registers
 * @apr:  active priorities
 */
struct vgic_cpu {
	u32 vmcr;
	u32 apr;
};

/*
 * Before the first KVM_RUN, with vm->lock held: checks the addresses, and fixes
 * what the guest will see. 0 or an error as device_addresses_check().
 */
int vgic_map(struct vm *vm);

/*
 * A stage 2 fault at @gpa: if that is in the CPU interface's region, maps the
 * hardware's there. 1 if it has, 0 if it is elsewhere, -ENOMEM. Sleeps.
 */
int vgic_map_cpu_interface(struct vcpu *vcpu, u64 gpa);

/* An access to the distributor. False if @gpa is not in its region. */
bool vgic_dist_access(struct vcpu *vcpu, u64 gpa, unsigned int len, bool write,
		      u8 *data);

/* The CPU is given to the guest, and back; interrupts are off. */
void vgic_load(struct vcpu *vcpu);
void vgic_put(struct vcpu *vcpu);

#endif /* KVM_VGIC_H */
