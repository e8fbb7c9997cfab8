// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU that can run C code of this program: in Supervisor mode, with MMU and caches on, a stack
 * of its own, and C functions as exception handlers.
 */
#include "guest/kvm_library.h"
#include "processor.h"

/* ---- registers ---- */

/*
 * The library's own calls sign-extend a pointer to 64 bits and rely on KVM to ignore the
 * upper half.
 */
uint64_t arm_get_reg(struct kvm_vcpu *vcpu, uint64_t id)
{
	uint64_t value = 0;
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };
	int ret = __vcpu_ioctl(vcpu, KVM_GET_ONE_REG, &reg);

	TEST_ASSERT(!ret, "KVM_GET_ONE_REG 0x%llx: expected success, got %s",
		    (unsigned long long)id, strerror(errno));
	return value;
}

void arm_set_reg(struct kvm_vcpu *vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };
	int ret = __vcpu_ioctl(vcpu, KVM_SET_ONE_REG, &reg);

	TEST_ASSERT(!ret, "KVM_SET_ONE_REG 0x%llx to 0x%llx: expected success, got %s",
		    (unsigned long long)id, (unsigned long long)value,
		    strerror(errno));
}

/* ---- vCPU ---- */

static void init_vcpu(struct kvm_vcpu *vcpu, uint32_t features)
{
	struct kvm_vcpu_init init = { 0 };

	vm_ioctl(vcpu->vm, KVM_ARM_PREFERRED_TARGET, &init);
	init.features[0] = features;
	vcpu_ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
}

/* The first address above a new stack, which grows down. */
static uint64_t new_stack(struct kvm_vm *vm)
{
	size_t size = DEFAULT_STACK_PGS * vm->page_size;

	return library_alloc(vm, size, DEFAULT_GUEST_STACK_VADDR_MIN) + size;
}

/* SCTLR with MMU and caches on, and the other bits as C code needs them. */
static uint64_t sctlr_with_mmu(struct kvm_vcpu *vcpu)
{
	uint64_t sctlr = arm_get_reg(vcpu, ARM_SCTLR);

	sctlr &= ~(uint64_t)(SCTLR_A | SCTLR_V | SCTLR_TE);
	return sctlr | SCTLR_M | SCTLR_C | SCTLR_I;
}

/* Registers whose reset values do not suit C code. */
static void set_registers(struct kvm_vcpu *vcpu, uint64_t stack, void *guest_code)
{
	const struct {
		uint64_t id;
		uint64_t value;
	} regs[] = {
		{ ARM_TTBCR, TTBCR_EAE | TTBCR_IRGN0_WBWA | TTBCR_ORGN0_WBWA | TTBCR_SH0_INNER },
		{ ARM_TTBR0, library_mmu(vcpu->vm)->pgd },
		{ ARM_MAIR0, (uint32_t)DEFAULT_MAIR },
		{ ARM_MAIR1, DEFAULT_MAIR >> 32 },
		{ ARM_SCTLR, sctlr_with_mmu(vcpu) },
		{ ARM_TPIDRPRW, vcpu->id },	/* for guest_get_vcpuid() */
		{ ARM_CORE_REG(KVM_ARM_SVC_sp), stack },
		{ ARM_CORE_REG(usr_regs.ARM_pc), (uintptr_t)guest_code },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regs); i++)
		arm_set_reg(vcpu, regs[i].id, regs[i].value);
}

struct kvm_vcpu *arm_vcpu_add(struct kvm_vm *vm, uint32_t vcpu_id, uint32_t features,
			      void *guest_code)
{
	uint64_t stack = new_stack(vm);	/* also makes the translation tables */
	struct kvm_vcpu *vcpu = __vm_vcpu_add(vm, vcpu_id);

	init_vcpu(vcpu, features);
	set_registers(vcpu, stack, guest_code);
	return vcpu;
}

uint32_t guest_get_vcpuid(void)
{
	return read_cp15(0, 13, 0, 4);	/* TPIDRPRW */
}

#define ARGUMENT_REGS	4	/* r0 to r3 */

void vcpu_args_set(struct kvm_vcpu *vcpu, unsigned int num, ...)
{
	unsigned int i;
	uint64_t value;
	va_list args;

	TEST_ASSERT(num >= 1 && num <= ARGUMENT_REGS,
		    "expected 1 to %d arguments, got %u", ARGUMENT_REGS, num);
	va_start(args, num);
	for (i = 0; i < num; i++) {
		value = va_arg(args, uint64_t);
		TEST_ASSERT(value <= UINT32_MAX,
			    "expected 32-bit arguments, got 0x%llx",
			    (unsigned long long)value);
		arm_set_reg(vcpu, ARM_CORE_REG(usr_regs.uregs[i]), value);
	}
	va_end(args);
}

void vcpu_arch_dump(FILE *stream, struct kvm_vcpu *vcpu, uint8_t indent)
{
	fprintf(stream, "%*scpsr: 0x%.8llx pc: 0x%.8llx\n", indent, "",
		(unsigned long long)arm_get_reg(vcpu, ARM_CORE_REG(usr_regs.ARM_cpsr)),
		(unsigned long long)arm_get_reg(vcpu, ARM_CORE_REG(usr_regs.ARM_pc)));
}

/* ---- exceptions ---- */

/* The guest's copy has the same address. */
static handler_fn handlers[VECTOR_NUM];

void vm_init_descriptor_tables(struct kvm_vm *vm)
{
	memset(handlers, 0, sizeof(handlers));
	sync_global_to_guest(vm, handlers);
}

void vcpu_init_descriptor_tables(struct kvm_vcpu *vcpu)
{
	extern const char arm_vectors[];	/* handlers.S */

	arm_set_reg(vcpu, ARM_VBAR, (uintptr_t)arm_vectors);
}

void vm_install_exception_handler(struct kvm_vm *vm, int vector,
				  handler_fn handler)
{
	TEST_ASSERT(vector >= 0 && vector < VECTOR_NUM,
		    "expected a vector below %d, got %d", VECTOR_NUM, vector);
	handlers[vector] = handler;
	sync_global_to_guest(vm, handlers);
}

/* The fault status of an abort. */
static uint32_t fault_status(unsigned int vector)
{
	switch (vector) {
	case VECTOR_PREFETCH_ABORT:
		return read_cp15(0, 5, 0, 1);	/* IFSR */
	case VECTOR_DATA_ABORT:
		return read_cp15(0, 5, 0, 0);	/* DFSR */
	default:
		return 0;
	}
}

/* Called by handlers.S, in the guest. */
void arm_route_exception(struct ex_regs *regs, unsigned int vector);
void arm_route_exception(struct ex_regs *regs, unsigned int vector)
{
	if (handlers[vector]) {
		handlers[vector](regs);
		return;
	}
	ucall(UCALL_UNHANDLED, 3, (uint64_t)vector,
	      (uint64_t)fault_status(vector), (uint64_t)regs->pc);
	for (;;)
		;
}

void assert_on_unhandled_exception(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	if (get_ucall(vcpu, &uc) == UCALL_UNHANDLED)
		TEST_FAIL("expected no exception, got vector %llu at 0x%llx, fault status 0x%llx",
			  (unsigned long long)uc.args[0],
			  (unsigned long long)uc.args[2],
			  (unsigned long long)uc.args[1]);
}
