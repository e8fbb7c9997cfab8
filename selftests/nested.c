// SPDX-License-Identifier: GPL-2.0-only
/*
 * vCPUs with EL2, for guests that run a hypervisor: the vCPU feature, and the ICH_* registers of
 * the GIC's virtual CPU interface.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/vgic_uapi.h"
#include "harness/rule_harness.h"

static int init_vcpu(struct abi_vcpu *vcpu, unsigned int feature)
{
	struct kvm_vcpu_init init = { .target = KVM_ARM_TARGET_GENERIC_V8 };

	init.features[0] = 1U << KVM_ARM_VCPU_PSCI_0_2 | 1U << feature;
	return abi_ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, &init);
}

/* ---- KVM without nested virtualization ---- */

#define RULE_FIXTURE	no_el2
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_NEEDS	NEED_NO_EL2
#include "harness/gic_fixture.h"

TEST_F(no_el2, refused)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_vcpu_create(&vm, 0, &vcpu));
	EXPECT_RULE(init_vcpu(&vcpu, ABI_VCPU_HAS_EL2), "KVM_ARM_VCPU_HAS_EL2");
}

/* ---- vCPUs that start in EL2 ---- */

#define RULE_FIXTURE	nested
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_NEEDS	NEED_EL2
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu
#include "harness/gic_fixture.h"

/* Stores registers to ABI_EXIT_IPA one by one, in the order of enum stored. */
static const uint32_t nested_code[] = {
	0xd2aa0000,	/* mov	x0, #ABI_EXIT_IPA	*/
	0xd5384241,	/* mrs	x1, CurrentEL		*/
	0xb9000001,	/* str	w1, [x0]		*/
	0xd53ccb21,	/* mrs	x1, ICH_VTR_EL2		*/
	0xb9000001,	/* str	w1, [x0]		*/
	0xd28024a1,	/* mov	x1, #0x125		*/
	0xd51ccc01,	/* msr	ICH_LR0_EL2, x1		*/
	0xd5033fdf,	/* isb				*/
	0xd53ccc01,	/* mrs	x1, ICH_LR0_EL2		*/
	0xb9000001,	/* str	w1, [x0]		*/
	0x14000000,	/* b	.			*/
};

/* No 32-bit machine offers an EL2 to its guests. */
static int set_pc(const struct abi_vcpu *vcpu)
{
#ifdef __aarch64__
	uint64_t pc = ABI_CODE_IPA;
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
		      KVM_REG_ARM_CORE_REG(regs.pc),
		.addr = (uintptr_t)&pc,
	};

	return abi_ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg);
#else
	(void)vcpu;
	return -EINVAL;
#endif
}

enum stored { CURRENT_EL, ICH_VTR, ICH_LR0, NR_STORED };

/* Runs the guest until it has stored @count more registers. @value: the last of them. */
static int run_until(struct abi_vcpu *vcpu, unsigned int count, uint32_t *value)
{
	const struct kvm_run *run = vcpu->run;
	int ret = 0;

	while (!ret && count--) {
		ret = abi_ioctl(vcpu->fd, KVM_RUN, NULL);
		if (!ret && (run->exit_reason != KVM_EXIT_MMIO ||
			     run->mmio.phys_addr != ABI_EXIT_IPA || !run->mmio.is_write))
			ret = -EPROTO;
	}
	memcpy(value, run->mmio.data, sizeof(*value));
	return ret;
}

/* A VM with a GICv3 and a vCPU in EL2 that has not run. */
#define OPEN_NESTED_VM() do {						\
	struct abi_vm *vm = &self->vm;					\
									\
	abi_vm_open(vm, 0);						\
	ASSERT_OK(abi_gic_create(vm, variant->dist));			\
	ASSERT_OK(abi_vcpu_create(vm, 0, &self->vcpu));			\
	ASSERT_OK(init_vcpu(&self->vcpu, ABI_VCPU_HAS_EL2));		\
	ASSERT_OK(abi_addr_set(vm, variant->dist, ABI_DIST_IPA));	\
	ASSERT_OK(abi_addr_set(vm, variant->cpu, ABI_FREE_IPA));	\
	ASSERT_OK(vgic_init(vm->dev));					\
	ASSERT_OK(abi_vm_add_page(vm, 0, ABI_CODE_IPA, nested_code,	\
				  sizeof(nested_code)));		\
	ASSERT_OK(set_pc(&self->vcpu));					\
} while (0)

TEST_F(nested, feature)
{
	abi_vm_open(&self->vm, 0);
	ASSERT_OK(abi_vcpu_create(&self->vm, 0, &self->vcpu));
	EXPECT_RULE(init_vcpu(&self->vcpu, ABI_VCPU_HAS_EL2), "KVM_ARM_VCPU_HAS_EL2");
}

TEST_F(nested, starts_in_el2)
{
	uint32_t level;

	OPEN_NESTED_VM();
	ASSERT_OK(run_until(&self->vcpu, CURRENT_EL + 1, &level));
	EXPECT_RULE_WORD(holds(level == 2 << 2), "CurrentEL: 0x%x", level);
}

TEST_F(nested, list_registers)
{
	uint32_t vtr, lr;

	OPEN_NESTED_VM();
	ASSERT_OK(run_until(&self->vcpu, ICH_VTR + 1, &vtr));
	ASSERT_OK(run_until(&self->vcpu, ICH_LR0 - ICH_VTR, &lr));
	/* ListRegs is the number of list registers minus one; the architecture has at most 16. */
	EXPECT_RULE_WORD(holds((vtr & 0x1f) < 16 && lr == 0x125),
			 "ICH_VTR_EL2: 0x%x, ICH_LR0_EL2 after 0x125: 0x%x", vtr, lr);
}

#include "harness/rule_main.h"
