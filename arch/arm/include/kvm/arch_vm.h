/* SPDX-License-Identifier: GPL-2.0-only */
/* What ARMv7 adds to a VM and to a vCPU. */
#ifndef KVM_ARCH_VM_H
#define KVM_ARCH_VM_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "../../kvm/mmio.h"
#include "../../kvm/psci.h"
#include "../../kvm/stage2.h"

struct hyp_gicd;
struct hyp_vcpu;

/**
 * struct arch_vm
 * @stage2:    the guest physical address space
 * @gicd:      at an address that HYP mode knows
 * @cntvoff:   ticks by which the VM's virtual counter is behind; fixed at creation
 * @psci_lock: for @psci, and for @power_on, @entry and @context of all vCPUs
 */
struct arch_vm {
	struct stage2 stage2;
	struct hyp_gicd *gicd;
	u64 cntvoff;
	spinlock_t psci_lock;
	struct psci psci;
};

/**
 * struct arch_vcpu
 * @hyp:      registers, at an address that HYP mode knows
 * @initialized: KVM_ARM_VCPU_INIT has been called
 * @target, @features: what it was called with
 * @mmio:     the access that user space answers
 * @mmio_read: ... and that its answer goes to a register
 * @power_on: another vCPU has called CPU_ON; begin at @entry with @context
 * @on_seen:  it was on when it last looked, and nothing has turned it off since
 * @irq_lines: HCR_VI and HCR_VF, as KVM_IRQ_LINE sets them without a GIC
 * @spare:    stage 2 tables for the next fault
 */
struct arch_vcpu {
	struct hyp_vcpu *hyp;
	bool initialized;
	u32 target;
	u32 features;

	struct mmio_access mmio;
	bool mmio_read;

	bool power_on;
	bool on_seen;
	u32 entry;
	u32 context;

	unsigned long irq_lines;
	struct lpae_spare spare;
};

#endif /* KVM_ARCH_VM_H */
