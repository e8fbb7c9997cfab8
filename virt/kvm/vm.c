// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a VM and of its vCPUs' memory: references, creation, destruction.
 */
#include <linux/gfp.h>
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include <kvm/arch.h>
#include <kvm/debugfs.h>
#include <kvm/vm.h>

struct vm *vm_alloc(void)
{
	struct vm *vm = kvzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!vm)
		return ERR_PTR(-ENOMEM);
	refcount_set(&vm->users, 1);
	mutex_init(&vm->lock);
	init_rwsem(&vm->slots_lock);
	vgic_early_init(vm);
	events_init(&vm->events);
	vm->mm = current->mm;
	mmgrab(vm->mm);
	vm_account_memory(vm, sizeof(*vm));
	ret = arch_vm_init(vm);
	if (ret) {
		vm_put(vm);
		return ERR_PTR(ret);
	}
	return vm;
}

void vm_get(struct vm *vm)
{
	refcount_inc(&vm->users);
}

void vm_put(struct vm *vm)
{
	struct vcpu *vcpu;
	unsigned int i;

	if (!refcount_dec_and_test(&vm->users))
		return;
	kvm_debugfs_remove_vm(vm);
	events_destroy(vm);
	for_each_vcpu(i, vcpu, vm)
		vcpu_free(vcpu);
	memory_destroy(vm);
	arch_vm_destroy(vm);
	vgic_destroy(vm);
	vm_account_memory(vm, -(long)sizeof(*vm));
	mmdrop(vm->mm);
	kvfree(vm);
}

void vcpu_free(struct vcpu *vcpu)
{
	arch_vcpu_free(vcpu);
	vm_account_memory(vcpu->vm, -VCPU_MEMORY);
	free_page((unsigned long)vcpu->run);
	kfree(vcpu);
}
