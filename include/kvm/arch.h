/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Provided by each architecture: the functions below, and these headers:
 *
 *   <kvm/arch_vm.h>          its parts of struct vm and struct vcpu
 *   <kvm/arch_exit_stats.h>  its exit counters
 *   <kvm/arch_mmu.h>         arch_mmu_*: the guest physical address space
 *   <kvm/arch_timer.h>       arch_*counter*(), arch_vtimer_*: the generic timer
 *
 * The last two headers have inline functions, because guest entries, exits and faults call them.
 */
#ifndef KVM_ARCH_H
#define KVM_ARCH_H

#include <linux/types.h>

#include <kvm/vm.h>

struct dentry;
struct page;

/* ---- the module ---- */

/* 0, or a negative errno, after which /dev/kvm is not created. */
int arch_init(void);
void arch_exit(void);

/* Creates the architecture's files in debugfs' folder kvm/. */
void arch_debugfs_init(struct dentry *root);

/* KVM_CHECK_EXTENSION for a capability that generic code does not handle. */
int arch_check_extension(unsigned long capability);

/* ---- VMs and vCPUs ---- */

/* 0 or a negative errno. arch_vm_destroy() is called in both cases. */
int arch_vm_init(struct vm *vm);
void arch_vm_destroy(struct vm *vm);

/* With vm->lock held. 0 or a negative errno; arch_vcpu_free() is called in both cases. */
int arch_vcpu_create(struct vcpu *vcpu);
void arch_vcpu_free(struct vcpu *vcpu);

/* Ioctls that generic code does not handle. -ENOTTY for an unknown one. */
long arch_vm_ioctl(struct vm *vm, unsigned int call, unsigned long arg);
long arch_vcpu_ioctl(struct vcpu *vcpu, unsigned int call, unsigned long arg);

/*
 * Called at the beginning of KVM_RUN; takes vm->lock. The first call in a VM maps the GIC and
 * sets vm->has_run. 0, or a negative errno.
 */
int arch_vcpu_prepare(struct vcpu *vcpu);

/* Completes the last exit with user space's answer in vcpu->run, e.g. an MMIO read. */
void arch_vcpu_complete(struct vcpu *vcpu);

/*
 * Runs the guest until an exit, and handles the exit. 1: enter the guest again; 0: return to user
 * space, vcpu->run is filled in; or a negative errno.
 */
int arch_vcpu_enter(struct vcpu *vcpu);

/* Makes a page's data visible to a guest whose caches may be off. Does not sleep. */
void arch_page_to_guest(struct page *page);

#endif /* KVM_ARCH_H */
