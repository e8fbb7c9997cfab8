/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an architecture provides. <kvm/arch_vm.h> has its parts of struct vm and struct
 * vcpu, <kvm/arch_exit_stats.h> its exit counters, and <kvm/arch_timer.h> the accessors of
 * its timer (inline: they are on the way of each guest entry).
 */
#ifndef KVM_ARCH_H
#define KVM_ARCH_H

#include <linux/types.h>

#include <kvm/vm.h>

struct page;

/* ---- the module ---- */

int arch_init(void);
void arch_exit(void);

/* Provokes a fault that has to be survived; see <kvm/debugfs.h>. */
void arch_test_fault(bool in_guest);

/* KVM_CHECK_EXTENSION for a capability that neutral code does not know. */
int arch_check_extension(unsigned long capability);

/* ---- VMs and vCPUs ---- */

/* 0 or a negative errno. arch_vm_destroy() is called in both cases. */
int arch_vm_init(struct vm *vm);
void arch_vm_destroy(struct vm *vm);

/* With vm->lock held. 0 or a negative errno; arch_vcpu_free() is called in both cases. */
int arch_vcpu_create(struct vcpu *vcpu);
void arch_vcpu_free(struct vcpu *vcpu);

/* Ioctls that neutral code does not know. -ENOTTY if the architecture does not either. */
long arch_vm_ioctl(struct vm *vm, unsigned int call, unsigned long arg);
long arch_vcpu_ioctl(struct vcpu *vcpu, unsigned int call, unsigned long arg);

/*
 * Called at the beginning of KVM_RUN: 0 or a negative errno. The first call of a VM
 * fixes what cannot change once a vCPU has run.
 */
int arch_vcpu_prepare(struct vcpu *vcpu);

/* Completes the last exit with user space's answer in vcpu->run, e.g. an MMIO read. */
void arch_vcpu_complete(struct vcpu *vcpu);

/*
 * Runs the guest until an exit, and handles it. 1: enter it again; 0: return to user
 * space, vcpu->run is filled in; or a negative errno.
 */
int arch_vcpu_enter(struct vcpu *vcpu);

/* ---- guest physical address space ---- */

/* For arch_mmu_map() and arch_mmu_unmap(); may be taken where sleeping is not allowed. */
void arch_mmu_lock(struct vm *vm);
void arch_mmu_unlock(struct vm *vm);

/* Allocates what the next arch_mmu_map*() of the vCPU needs. 0 or -ENOMEM. Sleeps. */
int arch_mmu_prepare(struct vcpu *vcpu);

/*
 * Map one page, with the lock held, after arch_mmu_prepare(). @gpa and @pa are aligned to
 * PAGE_SIZE. The TLBs have no trace of an earlier mapping afterwards.
 */
void arch_mmu_map(struct vcpu *vcpu, u64 gpa, phys_addr_t pa, bool writable);
void arch_mmu_map_device(struct vcpu *vcpu, u64 gpa, phys_addr_t pa);

/* With the lock held and interrupts on: no guest reaches the range, in bytes, afterwards. */
void arch_mmu_unmap(struct vm *vm, u64 gpa, u64 size);

/* The same for a range that does not come back. Takes the lock in steps, and may sleep. */
void arch_mmu_remove(struct vm *vm, u64 gpa, u64 size);

/* Makes a page's data visible to a guest whose caches may be off. Sleeps nowhere. */
void arch_page_to_guest(struct page *page);

/* ---- cache of what the distributor has answered ---- */

/* The guest finds the distributor in that page, by number. With vm->lock held. */
void arch_gicd_cache_enable(struct vcpu *vcpu, u64 page);

/*
 * Offers the value of a read to the cache. @in_lrs: list registers may hold part of it, and
 * the guest is halted. With vgic.lock held.
 */
void arch_gicd_cache_add(struct vcpu *vcpu, u32 offset, unsigned int len, u32 value,
			 bool in_lrs);

/* The distributor's state was changed by a write. With vgic.lock held. */
void arch_gicd_cache_forget(struct vm *vm);

/* A line or a list register has changed. With vgic.lock held. */
void arch_gicd_cache_forget_lrs(struct vm *vm);

#endif /* KVM_ARCH_H */
