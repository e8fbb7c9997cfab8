// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls from the guest to user space: a store of the call's address to where
 * nothing is, which KVM hands to user space.
 */
#include "kvm_util.h"
#include "processor.h"

/*
 * Far from memory and from devices, and below 4 GiB, so that a guest can say what
 * is wrong above.
 */
#define DEFAULT_EXIT_GPA	0xa0000000U

static vm_paddr_t exit_gpa;	/* where the host sees the store */
static void *exit_va;		/* where the guest makes it */

void ucall_init(struct kvm_vm *vm, void *arg)
{
	exit_gpa = arg ? (uintptr_t)arg : DEFAULT_EXIT_GPA;
	TEST_ASSERT(!kvm_userspace_memory_region_find(vm, exit_gpa, exit_gpa + 1),
		    "expected an address without memory for ucall, got 0x%llx",
		    (unsigned long long)exit_gpa);
	exit_va = (void *)(uintptr_t)virt_map_device(vm, exit_gpa, vm->page_size);
	sync_global_to_guest(vm, exit_va);
}

void ucall_uninit(struct kvm_vm *vm)
{
	exit_gpa = 0;
	exit_va = NULL;
	sync_global_to_guest(vm, exit_va);
}

void ucall(uint64_t cmd, int nargs, ...)
{
	struct ucall uc = { .cmd = cmd };
	va_list args;
	int i;

	va_start(args, nargs);
	for (i = 0; i < nargs && i < UCALL_MAX_ARGS; i++)
		uc.args[i] = va_arg(args, uint64_t);
	va_end(args);

	__raw_writel((uintptr_t)&uc, exit_va);
}

uint64_t get_ucall(struct kvm_vcpu *vcpu, struct ucall *uc)
{
	struct kvm_run *run = vcpu->run;
	struct ucall found = { .cmd = UCALL_NONE };
	uint32_t gva;

	if (run->exit_reason == KVM_EXIT_MMIO && exit_va &&
	    run->mmio.phys_addr == exit_gpa) {
		TEST_ASSERT(run->mmio.is_write && run->mmio.len == sizeof(gva),
			    "expected a ucall to be a store of 4 bytes, got a %s of %u",
			    run->mmio.is_write ? "store" : "load", run->mmio.len);
		memcpy(&gva, run->mmio.data, sizeof(gva));
		memcpy(&found, addr_gva2hva(vcpu->vm, gva), sizeof(found));
		vcpu_run_complete_io(vcpu);
	}
	if (uc)
		*uc = found;
	return found.cmd;
}
