// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GIC as a device: creation, configuration and initialization. registers.c tests its
 * registers; gicv3.c has tests that are specific to a GICv3.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/gic_regs.h"
#include "abi/vgic_uapi.h"
#include "harness/rule_harness.h"

/* ITLinesNumber: the number of interrupts in units of 32, minus one. */
#define TYPER_IRQS(typer)	(32 * (((typer) & 0x1f) + 1))

/* A VM with a GIC that is not initialized, and one vCPU. */
#define OPEN_VM_WITH_GIC(vm, vcpu) do {					\
	struct abi_vm *opened = vm;					\
									\
	abi_vm_open(opened, 0);						\
	ASSERT_OK(abi_gic_create(opened, variant->dist));		\
	abi_vcpu_add(opened, 0, vcpu);					\
} while (0)

#define VARIANT_IS_V3	(variant->dist->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3)

/* ---- KVM_CREATE_DEVICE ---- */

#define RULE_FIXTURE	create
#define RULE_VARIANTS	DEVICE_GICS
#include "harness/gic_fixture.h"

/* All flags but KVM_CREATE_DEVICE_TEST. */
TEST_F(create, unknown_flag)
{
	unsigned int bit;

	for (bit = 1; bit < 32; bit++) {
		struct abi_vm vm;

		abi_vm_open(&vm, 0);
		EXPECT_RULE(abi_device_create(&vm, variant->dist->dev_type, 1U << bit),
			    "flags 0x%x", 1U << bit);
		ASSERT_EQ(-EEXIST, abi_device_create(&vm, variant->dist->dev_type, 0));
		abi_vm_close(&vm);
	}
}

/* The answer depends on the system, not on this VM. */
TEST_F(create, test_when_created)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	EXPECT_RULE(abi_device_create(&vm, variant->dist->dev_type, KVM_CREATE_DEVICE_TEST),
		    "KVM_CREATE_DEVICE_TEST in a VM with a GIC");
}

TEST_F(create, failed_returns_nothing)
{
	struct kvm_create_device create = {
		.type = variant->dist->dev_type, .fd = 0x1234,
	};
	struct abi_vm vm;
	int ret;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	ret = abi_ioctl(vm.fd, KVM_CREATE_DEVICE, &create);
	ASSERT_EQ(-EEXIST, ret);
	EXPECT_RULE_WORD(create.fd == 0x1234 ? "SAME" : "OTHER",
			 "fd after KVM_CREATE_DEVICE failed: 0x%x", create.fd);
}

TEST_F(create, close_on_exec)
{
	struct abi_vm vm;
	int flags;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	flags = fcntl(vm.dev, F_GETFD);
	ASSERT_LE(0, flags);
	EXPECT_RULE_WORD(flags & FD_CLOEXEC ? "CLOSED" : "KEPT",
			 "the device's file descriptor on exec: flags 0x%x", flags);
}

TEST_F(create, unknown_call)
{
	static const unsigned long calls[] = {
		KVM_RUN, KVM_CREATE_VCPU, KVM_CREATE_IRQCHIP, KVM_CHECK_EXTENSION,
		_IO(KVMIO, 0xff),
	};
	struct abi_vm vm;
	unsigned int i;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		EXPECT_RULE(abi_ioctl(vm.dev, calls[i], NULL), "ioctl 0x%lx", calls[i]);
}

TEST_F(create, bad_attribute_pointer)
{
	static const unsigned long calls[] = {
		KVM_SET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR,
	};
	struct abi_vm vm;
	unsigned int i;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		EXPECT_RULE(abi_ioctl(vm.dev, calls[i], NULL),
			    "ioctl 0x%lx with NULL", calls[i]);
		EXPECT_RULE(abi_ioctl(vm.dev, calls[i], abi_edge_of_memory(8)),
			    "ioctl 0x%lx with the first 8 bytes", calls[i]);
	}
}

/* ---- KVM_HAS_DEVICE_ATTR ---- */

#define RULE_FIXTURE	has
#define RULE_VARIANTS	DEVICE_GICS
#include "harness/gic_fixture.h"

TEST_F(has, nr_irqs)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	EXPECT_RULE(abi_attr_has(vm.dev, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0), "NR_IRQS");
	ASSERT_OK(vgic_init(vm.dev));
	EXPECT_RULE(abi_attr_has(vm.dev, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0),
		    "NR_IRQS when it can no longer be set");
}

TEST_F(has, init)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	EXPECT_RULE(abi_attr_has(vm.dev, KVM_DEV_ARM_VGIC_GRP_CTRL,
				 KVM_DEV_ARM_VGIC_CTRL_INIT), "CTRL_INIT");
	/*
	 * KVM_HAS_DEVICE_ATTR has changed nothing: calls that have to come before
	 * KVM_DEV_ARM_VGIC_CTRL_INIT still succeed.
	 */
	ASSERT_OK(vgic_set_nr_irqs(vm.dev, 64));
}

/* KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES, which headers for 32-bit ARM do not have. */
#define CONTROL_OF_GICV3	3

/* Powers of two, which leave out a GICv3's control. */
TEST_F(has, unknown_control)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int bit;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	for (bit = 0; bit < 64; bit++)
		EXPECT_RULE(abi_attr_has(vm.dev, KVM_DEV_ARM_VGIC_GRP_CTRL, 1ULL << bit),
			    "control 0x%llx", 1ULL << bit);
	if (!VARIANT_IS_V3)
		EXPECT_RULE(abi_attr_has(vm.dev, KVM_DEV_ARM_VGIC_GRP_CTRL, CONTROL_OF_GICV3),
			    "a GICv3's control 3");
}

TEST_F(has, address_is_ignored)
{
	struct kvm_device_attr attr = {
		.group = KVM_DEV_ARM_VGIC_GRP_ADDR, .attr = variant->dist->type,
	};
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	EXPECT_RULE(abi_ioctl(vm.dev, KVM_HAS_DEVICE_ATTR, &attr), "addr 0");
	attr.addr = 1;
	EXPECT_RULE(abi_ioctl(vm.dev, KVM_HAS_DEVICE_ATTR, &attr), "addr 1");
	attr.addr = UINT64_MAX;
	EXPECT_RULE(abi_ioctl(vm.dev, KVM_HAS_DEVICE_ATTR, &attr), "addr -1");
	attr.addr = (uintptr_t)abi_edge_of_memory(0);
	EXPECT_RULE(abi_ioctl(vm.dev, KVM_HAS_DEVICE_ATTR, &attr), "addr in a hole");
}

/* For a GICv2, groups of a GICv3 and of an ITS; for a GICv3, groups of a GICv2 and of an ITS. */
TEST_F(has, group_of_other_device)
{
	static const uint32_t not_v2[] = {
		KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS,
		KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO, KVM_DEV_ARM_VGIC_GRP_ITS_REGS,
	};
	static const uint32_t not_v3[] = {
		KVM_DEV_ARM_VGIC_GRP_CPU_REGS, KVM_DEV_ARM_VGIC_GRP_ITS_REGS,
	};
	const uint32_t *groups = VARIANT_IS_V3 ? not_v3 : not_v2;
	unsigned int i, count = VARIANT_IS_V3 ? ARRAY_SIZE(not_v3) : ARRAY_SIZE(not_v2);
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	uint64_t value = 0;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	ASSERT_OK(vgic_init(vm.dev));
	for (i = 0; i < count; i++) {
		EXPECT_RULE(abi_attr_has(vm.dev, groups[i], 0), "has of group %u", groups[i]);
		EXPECT_RULE(abi_attr_get(vm.dev, groups[i], 0, &value),
			    "get of group %u", groups[i]);
		EXPECT_RULE(abi_attr_set(vm.dev, groups[i], 0, &value),
			    "set of group %u", groups[i]);
	}
}

/* ---- number of interrupts ---- */

#define RULE_FIXTURE	nr_irqs
#define RULE_VARIANTS	DEVICE_GICS
#include "harness/gic_fixture.h"

#define IRQS_MIN	64
#define IRQS_MOST	1024	/* as documented */
#define IRQS_SURE	992	/* accepted by every kernel */
#define IRQS_DEFAULT	256

static int get_nr_irqs(int dev, uint32_t *irqs)
{
	return abi_attr_get(dev, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, irqs);
}

/* GICD_TYPER counts in units of 32, so 1024 stands for 1020. */
static uint32_t typer_irqs(int dev)
{
	uint32_t typer;

	if (vgic_reg_get(dev, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0, GICD_TYPER, &typer))
		return 0;
	return TYPER_IRQS(typer);
}

/* Expects the rule's error. The tests then set a valid number, which has to succeed. */
#define EXPECT_NR_IRQS_REFUSED(irqs) do {				\
	uint32_t number = irqs;						\
									\
	EXPECT_RULE(vgic_set_nr_irqs(vm.dev, number), "%u interrupts", number); \
} while (0)

TEST_F(nr_irqs, too_few)
{
	static const uint32_t numbers[] = { 0, 1, 16, 31, 32, 33, 63 };
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int i;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		EXPECT_NR_IRQS_REFUSED(numbers[i]);
	ASSERT_OK(vgic_set_nr_irqs(vm.dev, IRQS_MIN));
}

TEST_F(nr_irqs, too_many)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int bit;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	EXPECT_NR_IRQS_REFUSED(IRQS_MOST + 1);
	EXPECT_NR_IRQS_REFUSED(IRQS_MOST + 32);
	for (bit = 11; bit < 32; bit++)
		EXPECT_NR_IRQS_REFUSED(1U << bit | IRQS_MIN);
	EXPECT_NR_IRQS_REFUSED(UINT32_MAX);
	ASSERT_OK(vgic_set_nr_irqs(vm.dev, IRQS_SURE));
}

TEST_F(nr_irqs, no_multiple_of_32)
{
	static const uint32_t numbers[] = { 65, 66, 68, 72, 80, 95, 97, 1000, 1020, 1023 };
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int i;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		EXPECT_NR_IRQS_REFUSED(numbers[i]);
	ASSERT_OK(vgic_set_nr_irqs(vm.dev, 96));
}

TEST_F(nr_irqs, accepted)
{
	uint32_t irqs;

	for (irqs = IRQS_MIN; irqs <= IRQS_SURE; irqs += 32) {
		struct abi_vm vm;

		abi_vm_open(&vm, 0);
		ASSERT_OK(abi_gic_create(&vm, variant->dist));
		EXPECT_RULE(vgic_set_nr_irqs(vm.dev, irqs), "%u interrupts", irqs);
		abi_vm_close(&vm);
	}
}

TEST_F(nr_irqs, most)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	uint32_t irqs;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	EXPECT_RULE(vgic_set_nr_irqs(vm.dev, IRQS_MOST), "%u interrupts", IRQS_MOST);
	if (get_nr_irqs(vm.dev, &irqs) || irqs < IRQS_SURE)
		return;
	ASSERT_EQ(IRQS_MOST, irqs);
	/* INTIDs 1020 to 1023 are special, and GICD_TYPER counts in units of 32. */
	ASSERT_OK(vgic_init(vm.dev));
	EXPECT_EQ(IRQS_MOST, typer_irqs(vm.dev));
}

TEST_F(nr_irqs, reads_back)
{
	static const uint32_t numbers[] = { IRQS_MIN, 96, 512, IRQS_SURE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct abi_vcpu vcpu;
		struct abi_vm vm;
		uint32_t irqs = 0;

		OPEN_VM_WITH_GIC(&vm, &vcpu);
		ASSERT_OK(vgic_set_nr_irqs(vm.dev, numbers[i]));
		ASSERT_OK(get_nr_irqs(vm.dev, &irqs));
		EXPECT_RULE_WORD(irqs == numbers[i] ? "SAME" : "OTHER",
				 "%u interrupts, read back as %u", numbers[i], irqs);
		ASSERT_OK(vgic_init(vm.dev));
		ASSERT_OK(get_nr_irqs(vm.dev, &irqs));
		EXPECT_RULE_WORD(irqs == numbers[i] ? "SAME" : "OTHER",
				 "%u interrupts, read back as %u after initialization",
				 numbers[i], irqs);
		abi_vm_close(&vm);
	}
}

TEST_F(nr_irqs, unset)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	uint32_t irqs = 0;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	ASSERT_OK(get_nr_irqs(vm.dev, &irqs));
	EXPECT_RULE_WORD(irqs == 32 ? "PRIVATE" : irqs == IRQS_DEFAULT ? "DEFAULT" : "OTHER",
			 "the unset number before initialization: %u", irqs);
}

TEST_F(nr_irqs, default_number)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	uint32_t irqs = 0;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	ASSERT_OK(vgic_init(vm.dev));
	ASSERT_OK(get_nr_irqs(vm.dev, &irqs));
	EXPECT_RULE_WORD(irqs == IRQS_DEFAULT ? "DEFAULT" : "OTHER",
			 "the unset number after initialization: %u", irqs);
	irqs = typer_irqs(vm.dev);
	EXPECT_RULE_WORD(irqs == IRQS_DEFAULT ? "DEFAULT" : "OTHER",
			 "the unset number in GICD_TYPER: %u", irqs);
}

TEST_F(nr_irqs, typer_follows)
{
	static const uint32_t numbers[] = { IRQS_MIN, 96, 128, 512, IRQS_SURE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct abi_vcpu vcpu;
		struct abi_vm vm;
		uint32_t irqs;

		OPEN_VM_WITH_GIC(&vm, &vcpu);
		ASSERT_OK(vgic_set_nr_irqs(vm.dev, numbers[i]));
		ASSERT_OK(vgic_init(vm.dev));
		irqs = typer_irqs(vm.dev);
		EXPECT_RULE_WORD(irqs == numbers[i] ? "SAME" : "OTHER",
				 "%u interrupts, %u in GICD_TYPER",
				 numbers[i], irqs);
		abi_vm_close(&vm);
	}
}

TEST_F(nr_irqs, twice)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	uint32_t irqs;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	ASSERT_OK(vgic_set_nr_irqs(vm.dev, 128));
	EXPECT_RULE(vgic_set_nr_irqs(vm.dev, 128), "the same number again");
	EXPECT_RULE(vgic_set_nr_irqs(vm.dev, 160), "a higher number");
	EXPECT_RULE(vgic_set_nr_irqs(vm.dev, 96), "a lower number");
	ASSERT_OK(get_nr_irqs(vm.dev, &irqs));
	EXPECT_EQ(128, irqs);
}

TEST_F(nr_irqs, after_init)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	ASSERT_OK(vgic_init(vm.dev));
	EXPECT_RULE(vgic_set_nr_irqs(vm.dev, 128), "128 interrupts after initialization");
	EXPECT_RULE(vgic_set_nr_irqs(vm.dev, IRQS_DEFAULT),
		    "the GIC's own number after initialization");
}

/* The number is invalid, and a valid number has already been set. */
TEST_F(nr_irqs, twice_bad_number)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	ASSERT_OK(vgic_set_nr_irqs(vm.dev, 128));
	EXPECT_RULE(vgic_set_nr_irqs(vm.dev, 33), "33 interrupts after 128 were set");
}

TEST_F(nr_irqs, bad_pointer)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	EXPECT_RULE(abi_attr_set(vm.dev, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, NULL),
		    "set from NULL");
	EXPECT_RULE(abi_attr_set(vm.dev, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0,
				 abi_edge_of_memory(2)), "set from 2 bytes");
	EXPECT_RULE(abi_attr_get(vm.dev, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, NULL),
		    "get to NULL");
	EXPECT_RULE(abi_attr_get(vm.dev, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0,
				 abi_edge_of_memory(2)), "get to 2 bytes");
	ASSERT_OK(vgic_set_nr_irqs(vm.dev, 128));
}

/* The value has 32 bits, and the page after it may be unmapped. */
TEST_F(nr_irqs, four_bytes)
{
	uint32_t *edge = abi_edge_of_memory(sizeof(*edge));
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	*edge = 128;
	EXPECT_RULE(abi_attr_set(vm.dev, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, edge),
		    "set from the last 4 bytes before a hole");
	*edge = 0;
	EXPECT_RULE(abi_attr_get(vm.dev, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, edge),
		    "get to the last 4 bytes before a hole");
	EXPECT_EQ(128, *edge);
}

/* ---- initialization ---- */

#define RULE_FIXTURE	init
#define RULE_VARIANTS	DEVICE_GICS
#include "harness/gic_fixture.h"

TEST_F(init, without_vcpu)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
	EXPECT_RULE(vgic_init(vm.dev), "initialize a GIC without vCPUs");
}

TEST_F(init, argument_is_ignored)
{
	static const uintptr_t values[] = { 1, UINTPTR_MAX };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		struct abi_vcpu vcpu;
		struct abi_vm vm;

		OPEN_VM_WITH_GIC(&vm, &vcpu);
		EXPECT_RULE(abi_attr_set(vm.dev, KVM_DEV_ARM_VGIC_GRP_CTRL,
					 KVM_DEV_ARM_VGIC_CTRL_INIT, (void *)values[i]),
			    "addr 0x%lx", (unsigned long)values[i]);
		/* The GIC has been initialized nevertheless. */
		ASSERT_EQ(-EBUSY, vgic_set_nr_irqs(vm.dev, 64));
		abi_vm_close(&vm);
	}
}

TEST_F(init, unknown_control)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int bit;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	for (bit = 2; bit < 64; bit++)
		EXPECT_RULE(abi_attr_set(vm.dev, KVM_DEV_ARM_VGIC_GRP_CTRL, 1ULL << bit, NULL),
			    "control 0x%llx", 1ULL << bit);
	if (!VARIANT_IS_V3)
		EXPECT_RULE(abi_attr_set(vm.dev, KVM_DEV_ARM_VGIC_GRP_CTRL, CONTROL_OF_GICV3,
					 NULL), "a GICv3's control 3, not initialized");
	/* None of the calls has initialized the GIC. */
	ASSERT_OK(vgic_set_nr_irqs(vm.dev, 64));
	if (!VARIANT_IS_V3) {
		ASSERT_OK(vgic_init(vm.dev));
		EXPECT_RULE(abi_attr_set(vm.dev, KVM_DEV_ARM_VGIC_GRP_CTRL, CONTROL_OF_GICV3,
					 NULL), "a GICv3's control 3, initialized");
	}
}

TEST_F(init, get)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	uint64_t value;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	EXPECT_RULE(abi_attr_get(vm.dev, KVM_DEV_ARM_VGIC_GRP_CTRL,
				 KVM_DEV_ARM_VGIC_CTRL_INIT, &value), "read CTRL_INIT");
	ASSERT_OK(vgic_set_nr_irqs(vm.dev, 64));
}

#include "harness/rule_main.h"
