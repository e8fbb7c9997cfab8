/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's folder in debugfs, kvm/:
 *
 *   <pid>-<fd>/vcpu<id>    exit counters of a vCPU: lines "<reason> <count>"
 *   <pid>-<fd>/vgic-state  state of interrupts and list registers
 *   <pid>-<fd>/mmu         tables and walks of stage 2: lines "<name> <number>"
 *   cpus                   each CPU's MIDR and the errata workarounds in use
 *   hyp_fault              for tests, on the writer's CPU: "host" makes HYP mode fault at
 *                          once, "guest" at the next guest entry; "abort" makes an
 *                          asynchronous abort pending at the next guest exit
 */
#ifndef KVM_DEBUGFS_H
#define KVM_DEBUGFS_H

struct dentry;
struct vcpu;
struct vm;

/* Returns the folder, for the architecture's files. */
struct dentry *kvm_debugfs_init(void);
void kvm_debugfs_exit(void);

/* @fd: the VM's file descriptor. Failures of debugfs are ignored. */
void kvm_debugfs_add_vm(struct vm *vm, int fd);
void kvm_debugfs_remove_vm(struct vm *vm);

/* Called once the VM has a GIC. */
void kvm_debugfs_add_vgic(struct vm *vm);
void kvm_debugfs_add_vcpu(struct vcpu *vcpu);

#endif /* KVM_DEBUGFS_H */
