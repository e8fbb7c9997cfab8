// SPDX-License-Identifier: GPL-2.0-only
#include "kvm_library.h"
#include "processor.h"

/* ---- VMs and registers ---- */

#ifdef LIBRARY_HAS_DEFAULT_VGIC
#define library_without_gic()	test_disable_default_vgic()
#else
#define library_without_gic()
#endif

struct kvm_vm *library_create_vm(unsigned int nr_vcpus)
{
	library_without_gic();
	/* The library loads the program of this name into the guest. */
	program_invocation_name = "/proc/self/exe";
	return vm_create(nr_vcpus);
}

uint64_t library_get_reg(struct kvm_vcpu *vcpu, uint64_t id)
{
	uint64_t value = 0;

	TEST_ASSERT(!__vcpu_get_reg(vcpu, id, &value),
		    "KVM_GET_ONE_REG of 0x%llx: expected success, got %s",
		    (unsigned long long)id, strerror(errno));
	return value;
}

/* ---- calls from the guest ---- */

/*
 * A call stores the address of its message to an address without memory, which is an MMIO exit. The
 * library's own calls cannot be used. 6.1 has none for 32-bit ARM. In 6.12 the guest passes a host
 * address, which another process cannot use after a restore; and the store is to an address right
 * after the guest's memory, where tests place devices.
 */
static uint64_t exit_gpa;	/* guest physical address of the store */
static void *exit_va;		/* its guest virtual address */

uint64_t library_ucall_gpa(struct kvm_vm *vm)
{
#ifdef __arm__
	/* Below 4 GiB, so that a guest can report errors even if accesses above 4 GiB fail. */
	(void)vm;
	return 0xa0000000U;
#else
	unsigned int va_bits = vm->va_bits - 1;	/* of each half */

	return (1ULL << (vm->pa_bits < va_bits ? vm->pa_bits : va_bits)) / 8 * 5;
#endif
}

void library_ucall_at(struct kvm_vm *vm, uint64_t gpa, uint64_t va)
{
	exit_gpa = gpa;
	exit_va = (void *)(uintptr_t)va;
	sync_global_to_guest(vm, exit_va);
}

void ucall(uint64_t cmd, int nargs, ...)
{
	struct ucall uc;
	va_list args;
	int i;

	uc.cmd = cmd;
	va_start(args, nargs);
	for (i = 0; i < UCALL_MAX_ARGS; i++)
		uc.args[i] = i < nargs ? va_arg(args, uint64_t) : 0;
	va_end(args);

	/* The message has to be in memory before the store. */
	asm volatile("" : : "r" (&uc) : "memory");
	/* Stacks are below 4 GiB of guest virtual addresses. */
	__raw_writel((uintptr_t)&uc, exit_va);
}

/* If the exit is the store of ucall(), returns the message in host memory; otherwise NULL. */
static const struct ucall *find_message(const struct kvm_vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	uint32_t where;

	if (!exit_va || run->exit_reason != KVM_EXIT_MMIO || run->mmio.phys_addr != exit_gpa)
		return NULL;
	TEST_ASSERT(run->mmio.is_write && run->mmio.len == sizeof(where),
		    "expected a ucall to be a store of 4 bytes, got a %s of %u",
		    run->mmio.is_write ? "store" : "load", run->mmio.len);
	memcpy(&where, run->mmio.data, sizeof(where));
	return addr_gva2hva(vcpu->vm, where);
}

/*
 * Returns the command of the guest's message, UCALL_NONE for any other exit. Copies the message to
 * @words, unless NULL, because the guest may reuse its memory as soon as it runs.
 */
uint64_t get_ucall(struct kvm_vcpu *vcpu, struct ucall *words)
{
	static const struct ucall no_message = { .cmd = UCALL_NONE };
	const struct ucall *message = find_message(vcpu);
	struct ucall copy = message ? *message : no_message;

	/*
	 * KVM completes the store in the next KVM_RUN, which is needed before registers can be
	 * saved.
	 */
	if (message)
		vcpu_run_complete_io(vcpu);
	if (words)
		*words = copy;
	return copy.cmd;
}

#ifdef LIBRARY_HAS_UCALL_PAGES
/* Called by vm_create(), before the test has placed its devices. */
void ucall_init(struct kvm_vm *vm, uint64_t mmio_gpa)
{
	(void)vm;
	(void)mmio_gpa;
}

int ucall_nr_pages_required(uint64_t page_size)
{
	(void)page_size;
	return 0;
}
#endif

/* ---- 32-bit ARM: the backend of vm_vcpu_add() ---- */

#ifdef __arm__
#ifdef LIBRARY_HAS_ENTRY_POINT
struct kvm_vcpu *vm_arch_vcpu_add(struct kvm_vm *vm, uint32_t vcpu_id)
{
	return arm_vcpu_add(vm, vcpu_id, 0, NULL);
}

void vcpu_arch_set_entry_point(struct kvm_vcpu *vcpu, void *guest_code)
{
	arm_set_reg(vcpu, ARM_CORE_REG(usr_regs.ARM_pc), (uintptr_t)guest_code);
}
#else
struct kvm_vcpu *vm_arch_vcpu_add(struct kvm_vm *vm, uint32_t vcpu_id,
				  void *guest_code)
{
	return arm_vcpu_add(vm, vcpu_id, 0, guest_code);
}
#endif
#endif
