/* SPDX-License-Identifier: GPL-2.0-only */
/* ARMv7's part of a VM and of a vCPU. */
#ifndef KVM_ARCH_VM_H
#define KVM_ARCH_VM_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "../../kvm/cache_state.h"
#include "../../kvm/psci.h"
#include "../../kvm/stage2.h"

struct hyp_vcpu;

/**
 * struct arch_vm
 * @stage2:    the guest physical address space
 * @cntvoff:   ticks by which the guest's virtual counter is behind the host's physical counter
 *             (CNTVOFF). Set at creation, and by user space's writes to the virtual counter, under
 *             vm->lock
 * @cntpoff:   ticks by which the guest's physical counter is behind the host's. Set by user space's
 *             writes to that counter, under vm->lock
 * @psci_lock: for @psci, and for @power_on and @power_on_entry of all vCPUs
 * @psci:      power states
 */
struct arch_vm {
	struct stage2 stage2;
	u64 cntvoff;
	u64 cntpoff;
	spinlock_t psci_lock;
	struct psci psci;
};

/**
 * struct power_on_entry - state in which CPU_ON starts a vCPU
 * @pc:      guest address; bit 0 set: in Thumb state
 * @context: r0
 * @cpsr_e:  PSR_E if the caller's data are big-endian, else 0
 * @sctlr_ee: SCTLR_EE if the caller's exceptions and table walks are big-endian, else 0
 */
struct power_on_entry {
	u32 pc;
	u32 context;
	u32 cpsr_e;
	u32 sctlr_ee;
};

/**
 * struct arch_vcpu
 * @hyp:      registers; mapped for HYP mode
 * @initialized: KVM_ARM_VCPU_INIT has succeeded
 * @target, @features: arguments of KVM_ARM_VCPU_INIT
 * @mmio_read: a load is pending, which user space completes
 * @mmio_hsr: HSR of that load
 * @mmio_big: the data of that load are big-endian
 * @power_on: a CPU_ON is pending; it starts the vCPU in the state @power_on_entry
 * @on_seen:  power_on() found the vCPU on, and it has not been turned off since
 * @irq_lines: HCR_VI and HCR_VF, set by KVM_IRQ_LINE in a VM without a GIC
 * @spare:    stage 2 tables for the next fault
 * @caches:   cache maintenance
 * @flush_mark: end of the flush in progress (@caches.flushing), see stage2_flush()
 * @fetch:    the fault that is being resolved is an instruction fetch
 * @plain_mmio: the exit, HYP_EXIT_TRAP, is a plain load or store to the page in the mmio cache
 * @loaded:   the vCPU's list registers and timer are in the CPU; true only while interrupts are off
 */
struct arch_vcpu {
	struct hyp_vcpu *hyp;
	bool initialized;
	u32 target;
	u32 features;

	bool mmio_read;
	bool mmio_big;
	u32 mmio_hsr;

	bool power_on;
	bool on_seen;
	struct power_on_entry power_on_entry;

	unsigned long irq_lines;
	struct lpae_spare spare;
	struct cache_vcpu caches;
	u64 flush_mark;
	bool fetch;
	bool plain_mmio;
	bool loaded;
};

#endif /* KVM_ARCH_VM_H */
