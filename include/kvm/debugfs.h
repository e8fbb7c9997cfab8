/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's folder in debugfs, kvm/:
 *
 *   <pid>-<fd>/vcpu<id>  exit counters of a vCPU: lines "<reason> <count>"
 *   hyp_fault            write "host" or "guest": HYP mode faults on this CPU, at
 *                        once or when a guest is entered next
 */
#ifndef KVM_DEBUGFS_H
#define KVM_DEBUGFS_H

struct vm;
struct vcpu;

void kvm_debugfs_init(void);
void kvm_debugfs_exit(void);

/* @fd: what the VM's creator gets. Trouble with debugfs is no error. */
void kvm_debugfs_add_vm(struct vm *vm, int fd);
void kvm_debugfs_remove_vm(struct vm *vm);
void kvm_debugfs_add_vcpu(struct vcpu *vcpu);

#endif /* KVM_DEBUGFS_H */
