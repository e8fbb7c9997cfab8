// SPDX-License-Identifier: GPL-2.0-only
/*
 * The binary interface itself: sizes, offsets, numbers, padding.
 *
 * The definitions in the headers are compared with literals, and the calls use these literals. So
 * the tests find a wrong header as well as a wrong kernel.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/abi.h"
#include "harness/rule_harness.h"

/**
 * struct layout - size and offsets of the argument of one dialect's call
 * @size:      bytes
 * @id:        offset and bytes of the number that names the address
 * @addr:      offset and bytes of the address, or of the pointer to it
 */
struct layout {
	size_t size;
	size_t id_offset, id_size;
	size_t addr_offset, addr_size;
};

#define LAYOUT(type, id_member, addr_member) {				\
	.size = sizeof(type),						\
	.id_offset = offsetof(type, id_member),				\
	.id_size = sizeof(((type *)0)->id_member),			\
	.addr_offset = offsetof(type, addr_member),			\
	.addr_size = sizeof(((type *)0)->addr_member),			\
}

FIXTURE(abi)
{
	struct rule_run run;
};

FIXTURE_VARIANT(abi)
{
	const char *name;
	unsigned int needs;
	const struct abi_kind *kind;
	unsigned long cap, cap_number;
	unsigned long request, request_number;
	struct layout header, numbers;
};

FIXTURE_SETUP(abi)
{
	RULE_SETUP("abi");
}

FIXTURE_TEARDOWN(abi)
{
	rule_end(&self->run);
}

FIXTURE_VARIANT_ADD(abi, seed)
{
	.name = "seed",
	.needs = NEED_SEED | NEED_GICV2,
	.kind = &kind_seed_v2_dist,
	.cap = KVM_CAP_SET_DEVICE_ADDR,
	.cap_number = 84,
	.request = KVM_SET_DEVICE_ADDRESS,
	.request_number = 0x4010aeaa,
	.header = LAYOUT(struct kvm_device_address, id, addr),
	.numbers = { 16, 0, 4, 8, 8 },
};

FIXTURE_VARIANT_ADD(abi, legacy)
{
	.name = "legacy",
	.needs = NEED_LEGACY | NEED_GICV2,
	.kind = &kind_legacy_v2_dist,
	.cap = KVM_CAP_ARM_SET_DEVICE_ADDR,
	.cap_number = 88,
	.request = KVM_ARM_SET_DEVICE_ADDR,
	.request_number = 0x4010aeab,
	.header = LAYOUT(struct kvm_arm_device_addr, id, addr),
	.numbers = { 16, 0, 8, 8, 8 },
};

FIXTURE_VARIANT_ADD(abi, devattr_v2)
{
	.name = "devattr_v2",
	.needs = NEED_DEVATTR | NEED_GICV2,
	.kind = &kind_devattr_v2_dist,
	.cap = KVM_CAP_DEVICE_CTRL,
	.cap_number = 89,
	.request = KVM_SET_DEVICE_ATTR,
	.request_number = 0x4018aee1,
	.header = LAYOUT(struct kvm_device_attr, attr, addr),
	.numbers = { 24, 8, 8, 16, 8 },
};

FIXTURE_VARIANT_ADD(abi, devattr_v3)
{
	.name = "devattr_v3",
	.needs = NEED_DEVATTR | NEED_GICV3,
	.kind = &kind_devattr_v3_dist,
	.cap = KVM_CAP_DEVICE_CTRL,
	.cap_number = 89,
	.request = KVM_SET_DEVICE_ATTR,
	.request_number = 0x4018aee1,
	.header = LAYOUT(struct kvm_device_attr, attr, addr),
	.numbers = { 24, 8, 8, 16, 8 },
};

#define OPEN_VM_WITH_GIC(vm) do {					\
	abi_vm_open(vm, 0);						\
	ASSERT_OK(abi_gic_create(vm, variant->kind));			\
} while (0)

/* The file descriptor on which the dialect's call is made. */
static int call_fd(const struct abi_vm *vm, const struct abi_kind *kind)
{
	return kind->dialect == DIALECT_DEVATTR ? vm->dev : vm->fd;
}

/* ---- values in the headers ---- */

TEST_F(abi, layout)
{
	EXPECT_EQ(variant->numbers.size, variant->header.size);
	EXPECT_EQ(variant->numbers.id_offset, variant->header.id_offset);
	EXPECT_EQ(variant->numbers.id_size, variant->header.id_size);
	EXPECT_EQ(variant->numbers.addr_offset, variant->header.addr_offset);
	EXPECT_EQ(variant->numbers.addr_size, variant->header.addr_size);
	EXPECT_RULE_WORD(memcmp(&variant->numbers, &variant->header,
				sizeof(struct layout)) ? "OTHER" : "SAME",
			 "layout in the header");
}

TEST_F(abi, request_number)
{
	EXPECT_RULE_WORD(variant->request == variant->request_number ?
			 "SAME" : "OTHER", "number of the ioctl: header 0x%lx, ABI 0x%lx",
			 variant->request, variant->request_number);
}

TEST_F(abi, capability_number)
{
	EXPECT_RULE_WORD(variant->cap == variant->cap_number ?
			 "SAME" : "OTHER", "number of the capability: header %lu, ABI %lu",
			 variant->cap, variant->cap_number);
}

/* ---- the kernel's behaviour ---- */

/*
 * The argument is built byte by byte, little endian, as a program compiled long ago would
 * pass it.
 */
TEST_F(abi, call_by_number)
{
	uint64_t id = variant->kind->type, addr = ABI_DIST_IPA;
	uint64_t value = addr;
	unsigned char bytes[64] = { 0 };
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm);
	if (variant->kind->dialect == DIALECT_DEVATTR)
		addr = (uintptr_t)&value;
	memcpy(bytes + variant->numbers.id_offset, &id, variant->numbers.id_size);
	memcpy(bytes + variant->numbers.addr_offset, &addr,
	       variant->numbers.addr_size);
	EXPECT_RULE(abi_ioctl(call_fd(&vm, variant->kind),
			      variant->request_number, bytes),
		    "ioctl 0x%lx", variant->request_number);
	/* The right address has been set. */
	ASSERT_EQ(-EEXIST, abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
	ASSERT_OK(abi_addr_set_other(&vm, variant->kind));
}

/* Size and direction are part of the number. */
TEST_F(abi, neighbouring_numbers)
{
	static const unsigned long flips[] = {
		4UL << 16, 8UL << 16, 0x20UL << 16,	/* other sizes */
		0x80000000UL, 0x40000000UL,		/* other directions */
		0x100UL,				/* other type */
	};
	struct abi_arg arg;
	struct abi_vm vm;
	unsigned int i;

	OPEN_VM_WITH_GIC(&vm);
	abi_arg_fill(&arg, variant->kind, variant->kind->type, ABI_DIST_IPA);
	for (i = 0; i < ARRAY_SIZE(flips); i++)
		EXPECT_RULE(abi_ioctl(call_fd(&vm, variant->kind),
				      variant->request_number ^ flips[i], &arg),
			    "ioctl 0x%lx", variant->request_number ^ flips[i]);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

/* KVM_CHECK_EXTENSION works on a VM as well as on /dev/kvm. */
TEST_F(abi, capability_of_vm)
{
	struct abi_vm vm;
	int on_kvm, on_vm;

	abi_vm_open(&vm, 0);
	on_kvm = abi_ioctl(vm.kvm, KVM_CHECK_EXTENSION, (void *)variant->cap_number);
	on_vm = abi_ioctl(vm.fd, KVM_CHECK_EXTENSION, (void *)variant->cap_number);
	EXPECT_LT(0, on_kvm);
	EXPECT_RULE_WORD(on_kvm == on_vm ? "SAME" : "OTHER",
			 "capability %lu: /dev/kvm says %d, the VM says %d",
			 variant->cap_number, on_kvm, on_vm);
}

/* Creating a GIC does not change the answer. */
TEST_F(abi, capability_with_gic)
{
	struct abi_vm vm;
	int before, after;

	abi_vm_open(&vm, 0);
	before = abi_ioctl(vm.fd, KVM_CHECK_EXTENSION, (void *)variant->cap_number);
	ASSERT_OK(abi_gic_create(&vm, variant->kind));
	after = abi_ioctl(vm.fd, KVM_CHECK_EXTENSION, (void *)variant->cap_number);
	EXPECT_RULE_WORD(before == after ? "SAME" : "OTHER",
			 "capability %lu: %d before the GIC, %d after",
			 variant->cap_number, before, after);
}

/* ---- bits that mean nothing ---- */

FIXTURE(padding)
{
	struct rule_run run;
};

FIXTURE_VARIANT(padding)
{
	const char *name;
	unsigned int needs;
	const struct abi_kind *kind;
	size_t offset, size;	/* bytes without a meaning */
};

FIXTURE_SETUP(padding)
{
	RULE_SETUP("padding");
}

FIXTURE_TEARDOWN(padding)
{
	rule_end(&self->run);
}

FIXTURE_VARIANT_ADD(padding, seed_v2)
{
	.name = "seed_v2",
	.needs = NEED_SEED | NEED_GICV2,
	.kind = &kind_seed_v2_dist,
	.offset = 4,
	.size = 4,
};

FIXTURE_VARIANT_ADD(padding, devattr_v2)
{
	.name = "devattr_v2",
	.needs = NEED_DEVATTR | NEED_GICV2,
	.kind = &kind_devattr_v2_dist,
	.offset = offsetof(struct kvm_device_attr, flags),
	.size = 4,
};

FIXTURE_VARIANT_ADD(padding, devattr_v3)
{
	.name = "devattr_v3",
	.needs = NEED_DEVATTR | NEED_GICV3,
	.kind = &kind_devattr_v3_dist,
	.offset = offsetof(struct kvm_device_attr, flags),
	.size = 4,
};

TEST_F(padding, ignored)
{
	static const unsigned char fills[] = { 0x01, 0x5a, 0x80, 0xff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fills); i++) {
		struct abi_arg arg;
		struct abi_vm vm;

		OPEN_VM_WITH_GIC(&vm);
		abi_arg_fill(&arg, variant->kind, variant->kind->type,
			     ABI_DIST_IPA);
		memset((char *)&arg + variant->offset, fills[i], variant->size);
		EXPECT_RULE(abi_addr_set_raw(&vm, variant->kind, &arg),
			    "bytes %zu..%zu filled with 0x%02x", variant->offset,
			    variant->offset + variant->size - 1, fills[i]);
		ASSERT_EQ(-EEXIST, abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
		abi_vm_close(&vm);
	}
}

#define RULE_FIXTURE	wide_id
#define RULE_VARIANTS	(LEGACY_V2_DIST | LEGACY_V2_CPU)
#include "harness/address_fixture.h"

/* The legacy id is 64 bits wide, and bits 63..32 are documented as 0. */
TEST_F(wide_id, high_bits)
{
	unsigned int bit;

	for (bit = 32; bit < 64; bit++) {
		struct abi_arg arg;
		struct abi_vm vm;

		OPEN_VM_WITH_GIC(&vm);
		abi_arg_fill(&arg, variant->kind, variant->kind->type,
			     ABI_DIST_IPA);
		arg.legacy.id |= 1ULL << bit;
		EXPECT_RULE(abi_addr_set_raw(&vm, variant->kind, &arg),
			    "id 0x%llx", (unsigned long long)arg.legacy.id);
		abi_vm_close(&vm);
	}
}

/* ---- a kernel without the seed ---- */

FIXTURE(no_seed)
{
	struct rule_run run;
};

FIXTURE_VARIANT(no_seed)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_SETUP(no_seed)
{
	RULE_SETUP("no_seed");
}

FIXTURE_TEARDOWN(no_seed)
{
	rule_end(&self->run);
}

/* The variant is not "seed", because the test is for systems without that dialect. */
FIXTURE_VARIANT_ADD(no_seed, any)
{
	.name = "any",
	.needs = NEED_NO_SEED,
};

TEST_F(no_seed, number_is_free)
{
	struct kvm_device_address arg = { .id = 0, .addr = ABI_DIST_IPA };
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	EXPECT_RULE(abi_ioctl(vm.fd, KVM_SET_DEVICE_ADDRESS, &arg),
		    "KVM_SET_DEVICE_ADDRESS");
}

#include "harness/rule_main.h"
