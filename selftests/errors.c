// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every error of the device-address ABI, for every address and dialect.
 *
 * A call that fails has to leave the address unset: most tests end with a correct
 * call on the same VM, which has to succeed.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "abi/abi.h"
#include "harness/rule_harness.h"

/* A VM with a GIC, no address set. */
#define OPEN_VM_WITH_GIC(vm, ipa_bits, kind) do {			\
	struct abi_vm *opened = vm;					\
									\
	abi_vm_open(opened, ipa_bits);					\
	ASSERT_OK(abi_gic_create(opened, kind));			\
} while (0)

/* The width of the smallest guest physical address space that the host offers. */
static unsigned int min_ipa_bits(void)
{
	return abi_missing(NEED_IPA_SIZES) ? ABI_DEFAULT_IPA_BITS : ABI_MIN_IPA_BITS;
}

/* The base address in a region's attribute has 52 bits. */
static unsigned int address_bits(const struct abi_kind *kind)
{
	return kind == &kind_devattr_v3_region ? 52 : 64;
}

#define RULE_FIXTURE	errors
#define RULE_VARIANTS	(VM_ADDRESSES | DEVICE_ADDRESSES)
#include "harness/address_fixture.h"

/* ---- success ---- */

TEST_F(errors, accepted)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	EXPECT_RULE(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA),
		    "set 0x%llx", ABI_DIST_IPA);
}

TEST_F(errors, accepted_zero)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	EXPECT_RULE(abi_addr_set(&vm, variant->kind, 0), "set 0x0");
}

TEST_F(errors, accepted_last)
{
	unsigned int bits;

	for (bits = min_ipa_bits(); bits <= abi_max_ipa_bits(); bits++) {
		struct abi_vm vm;
		uint64_t addr;

		OPEN_VM_WITH_GIC(&vm, bits, variant->kind);
		addr = abi_vm_limit(&vm) - variant->kind->size;
		EXPECT_RULE(abi_addr_set(&vm, variant->kind, addr),
			    "%u-bit guest physical addresses: set 0x%llx",
			    bits, (unsigned long long)addr);
		abi_vm_close(&vm);
	}
}

/* Every aligned address is valid; tests an address for each bit. */
TEST_F(errors, accepted_each_bit)
{
	uint64_t addr;

	for (addr = variant->kind->align; addr < 1ULL << ABI_MIN_IPA_BITS;
	     addr <<= 1) {
		struct abi_vm vm;

		OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
		EXPECT_RULE(abi_addr_set(&vm, variant->kind, addr),
			    "set 0x%llx", (unsigned long long)addr);
		abi_vm_close(&vm);
	}
}

TEST_F(errors, accepted_read_only_argument)
{
	size_t page = getpagesize();
	struct abi_arg *arg;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	arg = mmap(NULL, page, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, arg);
	abi_arg_fill(arg, variant->kind, variant->kind->type, ABI_DIST_IPA);
	ASSERT_EQ(0, mprotect(arg, page, PROT_READ));
	EXPECT_RULE(abi_addr_set_raw(&vm, variant->kind, arg),
		    "set with a read-only argument");
}

/* ---- EEXIST ---- */

TEST_F(errors, twice_same)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
	EXPECT_RULE(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA),
		    "set 0x%llx again", ABI_DIST_IPA);
	ASSERT_OK(abi_addr_set_other(&vm, variant->kind));
}

TEST_F(errors, twice_other)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
	EXPECT_RULE(abi_addr_set(&vm, variant->kind, ABI_FREE_IPA),
		    "set 0x%llx after 0x%llx", ABI_FREE_IPA, ABI_DIST_IPA);
	EXPECT_RULE(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA),
		    "set 0x%llx a third time", ABI_DIST_IPA);
}

/* ---- ENODEV, ENXIO: absent devices and types ---- */

TEST_F(errors, unknown_type)
{
	const struct abi_kind *kind = variant->kind;
	unsigned int bit, bits = kind->dialect == DIALECT_DEVATTR ? 31 : 16;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, kind);
	for (bit = 3; bit < bits; bit++) {
		EXPECT_RULE(abi_addr_set_type(&vm, kind, 1U << bit, ABI_DIST_IPA),
			    "address type 0x%x", 1U << bit);
		EXPECT_RULE(abi_addr_set_type(&vm, kind, kind->type | 1U << bit,
					      ABI_DIST_IPA),
			    "address type 0x%x", kind->type | 1U << bit);
	}
	EXPECT_RULE(abi_addr_set_type(&vm, kind, (1ULL << bits) - 1, ABI_DIST_IPA),
		    "address type 0x%llx", (1ULL << bits) - 1);
	ASSERT_OK(abi_addr_set(&vm, kind, ABI_DIST_IPA));
	ASSERT_OK(abi_addr_set_other(&vm, kind));
}

/* Address types of one GIC model are unknown to the other. */
TEST_F(errors, type_of_other_gic)
{
	static const uint32_t v2_types[] = { 0, 1 };
	static const uint32_t v3_types[] = { 2, 3, 5 };
	bool is_v2 = variant->kind->dev_type == KVM_DEV_TYPE_ARM_VGIC_V2;
	const uint32_t *types = is_v2 ? v3_types : v2_types;
	unsigned int i, count = is_v2 ? ARRAY_SIZE(v3_types) : ARRAY_SIZE(v2_types);
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	for (i = 0; i < count; i++)
		EXPECT_RULE(abi_addr_set_type(&vm, variant->kind, types[i],
					      ABI_DIST_IPA),
			    "address type %u", types[i]);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

/* ---- EINVAL, E2BIG: invalid addresses ---- */

/* The low bits of a redistributor region's attribute are its index. */
#define REGION_INDEX_BITS	12

TEST_F(errors, misaligned)
{
	bool is_region = variant->kind == &kind_devattr_v3_region;
	struct abi_vm vm;
	uint64_t bit;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	for (bit = is_region ? 1 << REGION_INDEX_BITS : 1;
	     bit < variant->kind->align; bit <<= 1)
		EXPECT_RULE(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA | bit),
			    "set 0x%llx",
			    (unsigned long long)(ABI_DIST_IPA | bit));
	EXPECT_RULE(abi_addr_set(&vm, variant->kind,
				 ABI_DIST_IPA | (variant->kind->align - 1)),
		    "set an address with every bit below the alignment");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(errors, at_limit)
{
	unsigned int bits;

	for (bits = min_ipa_bits(); bits <= abi_max_ipa_bits(); bits++) {
		struct abi_vm vm;
		uint64_t limit;

		OPEN_VM_WITH_GIC(&vm, bits, variant->kind);
		limit = abi_vm_limit(&vm);
		EXPECT_RULE(abi_addr_set(&vm, variant->kind, limit),
			    "%u-bit guest physical addresses: set 0x%llx",
			    bits, (unsigned long long)limit);
		ASSERT_OK(abi_addr_set(&vm, variant->kind,
				       limit - variant->kind->size));
		abi_vm_close(&vm);
	}
}

TEST_F(errors, beyond_limit)
{
	unsigned int bits, bit;

	for (bits = min_ipa_bits(); bits <= abi_max_ipa_bits(); bits++) {
		struct abi_vm vm;

		OPEN_VM_WITH_GIC(&vm, bits, variant->kind);
		for (bit = vm.ipa_bits; bit < address_bits(variant->kind); bit++)
			EXPECT_RULE(abi_addr_set(&vm, variant->kind,
						 1ULL << bit | ABI_DIST_IPA),
				    "%u-bit guest physical addresses: set 0x%llx",
				    bits, 1ULL << bit | ABI_DIST_IPA);
		ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
		abi_vm_close(&vm);
	}
}

/*
 * The region's end wraps around, and must not count as within the limit. Only a REDIST_REGION,
 * whose base has 52 bits, does not wrap.
 */
TEST_F(errors, top_of_u64)
{
	uint64_t top = address_bits(variant->kind) == 64 ? UINT64_MAX :
		       (1ULL << address_bits(variant->kind)) - 1;
	uint64_t addr = top & ~(variant->kind->align - 1);
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	EXPECT_RULE(abi_addr_set(&vm, variant->kind, addr), "set 0x%llx",
		    (unsigned long long)addr);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

#define RULE_FIXTURE	region
#define RULE_VARIANTS	DEVATTR_V3_REGION
#include "harness/address_fixture.h"

/* The first region must have index 0, because indices have no gaps. */
TEST_F(region, bad_index)
{
	unsigned int bit;

	for (bit = 0; bit < REGION_INDEX_BITS; bit++) {
		struct abi_vm vm;

		OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
		EXPECT_RULE(abi_addr_set(&vm, variant->kind,
					 ABI_DIST_IPA | 1ULL << bit),
			    "first region with index %u", 1U << bit);
		abi_vm_close(&vm);
	}
}

#define RULE_FIXTURE	straddle
#define RULE_VARIANTS	LARGE_ADDRESSES
#include "harness/address_fixture.h"

TEST_F(straddle, limit)
{
	unsigned int bits;

	for (bits = min_ipa_bits(); bits <= abi_max_ipa_bits(); bits++) {
		struct abi_vm vm;
		uint64_t addr;

		OPEN_VM_WITH_GIC(&vm, bits, variant->kind);
		addr = abi_vm_limit(&vm) - variant->kind->align;
		EXPECT_RULE(abi_addr_set(&vm, variant->kind, addr),
			    "%u-bit guest physical addresses: set 0x%llx",
			    bits, (unsigned long long)addr);
		abi_vm_close(&vm);
	}
}

/* ---- EFAULT ---- */

TEST_F(errors, bad_pointer)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	EXPECT_RULE(abi_addr_set_raw(&vm, variant->kind, NULL), "argument NULL");
	EXPECT_RULE(abi_addr_set_raw(&vm, variant->kind, abi_edge_of_memory(0)),
		    "argument unmapped");
	EXPECT_RULE(abi_addr_set_raw(&vm, variant->kind, (void *)-4096UL),
		    "argument at an address of the kernel");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(errors, pointer_without_access)
{
	size_t page = getpagesize();
	struct abi_vm vm;
	void *arg;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	arg = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, arg);
	EXPECT_RULE(abi_addr_set_raw(&vm, variant->kind, arg),
		    "argument in a PROT_NONE page");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(errors, argument_runs_into_hole)
{
	size_t mapped, size = abi_arg_size(variant->kind);
	struct abi_arg arg;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	abi_arg_fill(&arg, variant->kind, variant->kind->type, ABI_DIST_IPA);
	for (mapped = 1; mapped < size; mapped++) {
		void *edge = abi_edge_of_memory(mapped);

		memcpy(edge, &arg, mapped);
		EXPECT_RULE(abi_addr_set_raw(&vm, variant->kind, edge),
			    "only %zu of %zu bytes of the argument are mapped",
			    mapped, size);
	}
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

/* An argument that ends right before the hole is fine. */
TEST_F(errors, argument_ends_at_hole)
{
	struct abi_arg arg;
	struct abi_vm vm;
	void *edge;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	abi_arg_fill(&arg, variant->kind, variant->kind->type, ABI_DIST_IPA);
	edge = abi_edge_of_memory(abi_arg_size(variant->kind));
	memcpy(edge, &arg, abi_arg_size(variant->kind));
	EXPECT_RULE(abi_addr_set_raw(&vm, variant->kind, edge),
		    "the argument ends where mapped memory ends");
}

/* ---- the wrong kind of file descriptor ---- */

#define EXPECT_RULE_ON(fd, what) do {					\
	struct abi_arg arg;						\
									\
	abi_arg_fill(&arg, variant->kind, variant->kind->type, ABI_DIST_IPA); \
	EXPECT_RULE(abi_addr_set_on(fd, variant->kind, &arg), "on %s", what); \
} while (0)

TEST_F(errors, on_kvm_fd)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	EXPECT_RULE_ON(vm.kvm, "the file descriptor of /dev/kvm");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(errors, on_vcpu_fd)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	abi_vcpu_add(&vm, 0, &vcpu);
	EXPECT_RULE_ON(vcpu.fd, "a vCPU's file descriptor");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(errors, on_foreign_fd)
{
	struct abi_vm vm;
	int fds[2];

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	EXPECT_RULE_ON(open("/dev/null", O_RDWR), "/dev/null");
	ASSERT_EQ(0, pipe(fds));
	EXPECT_RULE_ON(fds[0], "a pipe");
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	EXPECT_RULE_ON(fds[0], "a socket");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(errors, on_closed_fd)
{
	struct abi_vm vm;
	int fd;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	fd = dup(vm.fd);
	ASSERT_LE(0, fd);
	close(fd);
	EXPECT_RULE_ON(fd, "a closed file descriptor");
	EXPECT_RULE_ON(-1, "file descriptor -1");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

/* ---- the id of the VM ioctls ---- */

#define RULE_FIXTURE	id
#define RULE_VARIANTS	VM_ADDRESSES
#include "harness/address_fixture.h"

TEST_F(id, unknown_device)
{
	const struct abi_kind *kind = variant->kind;
	struct abi_vm vm;
	unsigned int bit;

	OPEN_VM_WITH_GIC(&vm, 0, kind);
	for (bit = 16; bit < 32; bit++)
		EXPECT_RULE(abi_addr_set_type(&vm, kind, kind->type | 1U << bit,
					      ABI_DIST_IPA),
			    "id 0x%x", kind->type | 1U << bit);
	EXPECT_RULE(abi_addr_set_type(&vm, kind, kind->type | 0xffff0000U,
				      ABI_DIST_IPA),
		    "id 0x%x", kind->type | 0xffff0000U);
	ASSERT_OK(abi_addr_set(&vm, kind, ABI_DIST_IPA));
}

TEST_F(id, on_device_fd)
{
	struct abi_vm vm;
	int dev;

	if (abi_missing(NEED_DEVATTR))
		rule_skip("no KVM_CREATE_DEVICE on this system");
	abi_vm_open(&vm, 0);
	dev = abi_device_create(&vm, KVM_DEV_TYPE_ARM_VGIC_V2, 0);
	ASSERT_LE(0, dev);
	EXPECT_RULE_ON(dev, "a GIC device's file descriptor");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

/* ---- systems that lack the device ---- */

FIXTURE(absent)
{
	struct rule_run run;
};

FIXTURE_VARIANT(absent)
{
	const char *name;
	unsigned int needs;
	const struct abi_kind *dist;
	const struct abi_kind *cpu;
};

FIXTURE_SETUP(absent)
{
	RULE_SETUP("absent");
}

FIXTURE_TEARDOWN(absent)
{
	rule_end(&self->run);
}

FIXTURE_VARIANT_ADD(absent, seed_v2)
{
	.name = "seed_v2",
	.needs = NEED_SEED | NEED_NO_GICV2,
	.dist = &kind_seed_v2_dist,
	.cpu = &kind_seed_v2_cpu,
};

FIXTURE_VARIANT_ADD(absent, legacy_v2)
{
	.name = "legacy_v2",
	.needs = NEED_LEGACY | NEED_NO_GICV2,
	.dist = &kind_legacy_v2_dist,
	.cpu = &kind_legacy_v2_cpu,
};

TEST_F(absent, create)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	EXPECT_RULE(abi_gic_create(&vm, variant->dist), "KVM_CREATE_IRQCHIP");
}

TEST_F(absent, set)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	EXPECT_RULE(abi_addr_set(&vm, variant->dist, ABI_DIST_IPA),
		    "set the distributor's address");
	EXPECT_RULE(abi_addr_set(&vm, variant->cpu, ABI_CPU_IPA),
		    "set the CPU interface's address");
}

TEST_F(absent, set_beside_gicv3)
{
	struct abi_vm vm;

	if (abi_missing(NEED_DEVATTR | NEED_GICV3))
		rule_skip("this system cannot give a guest a GICv3 either");
	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, &kind_devattr_v3_dist));
	EXPECT_RULE(abi_addr_set(&vm, variant->dist, ABI_DIST_IPA),
		    "set the distributor's address of a VM with a GICv3");
	EXPECT_RULE(abi_addr_set(&vm, variant->cpu, ABI_CPU_IPA),
		    "set the CPU interface's address of a VM with a GICv3");
}

FIXTURE(absent_device)
{
	struct rule_run run;
};

FIXTURE_VARIANT(absent_device)
{
	const char *name;
	unsigned int needs;
	uint32_t dev_type;
};

FIXTURE_SETUP(absent_device)
{
	RULE_SETUP("absent_device");
}

FIXTURE_TEARDOWN(absent_device)
{
	rule_end(&self->run);
}

FIXTURE_VARIANT_ADD(absent_device, devattr_v2)
{
	.name = "devattr_v2",
	.needs = NEED_DEVATTR | NEED_NO_GICV2,
	.dev_type = KVM_DEV_TYPE_ARM_VGIC_V2,
};

FIXTURE_VARIANT_ADD(absent_device, devattr_v3)
{
	.name = "devattr_v3",
	.needs = NEED_DEVATTR | NEED_NO_GICV3,
	.dev_type = KVM_DEV_TYPE_ARM_VGIC_V3,
};

FIXTURE_VARIANT_ADD(absent_device, devattr_v5)
{
	.name = "devattr_v5",
	.needs = NEED_DEVATTR | NEED_NO_GICV5,
	.dev_type = KVM_DEV_TYPE_ARM_VGIC_V5,
};

TEST_F(absent_device, create)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	EXPECT_RULE(abi_device_create(&vm, variant->dev_type, 0),
		    "KVM_CREATE_DEVICE type %u", variant->dev_type);
	EXPECT_RULE(abi_device_create(&vm, variant->dev_type,
				      KVM_CREATE_DEVICE_TEST),
		    "KVM_CREATE_DEVICE type %u, test only", variant->dev_type);
}

/* ---- rules of the devattr dialect alone ---- */

#define RULE_FIXTURE	attr
#define RULE_VARIANTS	DEVICE_ADDRESSES
#include "harness/address_fixture.h"

#define GRP_ADDR	KVM_DEV_ARM_VGIC_GRP_ADDR

TEST_F(attr, has)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	EXPECT_RULE(abi_attr_has(vm.dev, GRP_ADDR, variant->kind->type),
		    "KVM_HAS_DEVICE_ATTR type %u", variant->kind->type);
	/*
	 * KVM_HAS_DEVICE_ATTR sets nothing, and answers the same for an address that is
	 * set.
	 */
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
	EXPECT_RULE(abi_attr_has(vm.dev, GRP_ADDR, variant->kind->type),
		    "KVM_HAS_DEVICE_ATTR type %u, set", variant->kind->type);
}

/* Address types, and the device model that has each. */
static const struct {
	uint32_t dev_type, type;
} of_other_gic[] = {
	{ KVM_DEV_TYPE_ARM_VGIC_V2, KVM_VGIC_V2_ADDR_TYPE_DIST },
	{ KVM_DEV_TYPE_ARM_VGIC_V2, KVM_VGIC_V2_ADDR_TYPE_CPU },
	{ KVM_DEV_TYPE_ARM_VGIC_V3, 2 },	/* KVM_VGIC_V3_ADDR_TYPE_DIST */
	{ KVM_DEV_TYPE_ARM_VGIC_V3, 3 },	/* KVM_VGIC_V3_ADDR_TYPE_REDIST */
	{ KVM_DEV_TYPE_ARM_VGIC_V3, 5 },	/* KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION */
};

TEST_F(attr, has_unknown)
{
	struct abi_vm vm;
	unsigned int bit;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	for (bit = 3; bit < 64; bit++)
		EXPECT_RULE(abi_attr_has(vm.dev, GRP_ADDR, 1ULL << bit),
			    "KVM_HAS_DEVICE_ATTR type 0x%llx", 1ULL << bit);
	for (bit = 0; bit < ARRAY_SIZE(of_other_gic); bit++)
		if (of_other_gic[bit].dev_type != variant->kind->dev_type)
			EXPECT_RULE(abi_attr_has(vm.dev, GRP_ADDR, of_other_gic[bit].type),
				    "KVM_HAS_DEVICE_ATTR of the other GIC's type %u",
				    of_other_gic[bit].type);
}

TEST_F(attr, unknown_high_bits)
{
	uint64_t addr = ABI_DIST_IPA;
	struct abi_vm vm;
	unsigned int bit;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	for (bit = 32; bit < 64; bit++)
		EXPECT_RULE(abi_attr_set(vm.dev, GRP_ADDR,
					 variant->kind->type | 1ULL << bit, &addr),
			    "address type 0x%llx",
			    variant->kind->type | 1ULL << bit);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(attr, unknown_group)
{
	uint64_t addr = ABI_DIST_IPA;
	struct abi_vm vm;
	unsigned int bit;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	for (bit = 4; bit < 32; bit++)
		EXPECT_RULE(abi_attr_set(vm.dev, 1U << bit, variant->kind->type,
					 &addr),
			    "group 0x%x", 1U << bit);
	for (bit = 4; bit < 32; bit++)
		EXPECT_RULE(abi_attr_has(vm.dev, 1U << bit, variant->kind->type),
			    "KVM_HAS_DEVICE_ATTR of group 0x%x", 1U << bit);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(attr, get_unset)
{
	struct abi_vm vm;
	uint64_t addr;
	int ret;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	ret = abi_addr_get(&vm, variant->kind, &addr);
	EXPECT_RULE_WORD(!ret && addr == UINT64_MAX ? "UNSET" : rule_outcome(ret),
			 "get before set (0x%llx)", (unsigned long long)addr);
	/* KVM_GET_DEVICE_ATTR has not set the address. */
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

/* A second call is refused and leaves the first address. */
TEST_F(attr, get_returns_first)
{
	struct abi_arg expected;
	struct abi_vm vm;
	uint64_t addr;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	abi_arg_fill(&expected, variant->kind, variant->kind->type, ABI_DIST_IPA);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
	EXPECT_RULE(abi_addr_get(&vm, variant->kind, &addr), "get after set");
	EXPECT_EQ(expected.value, addr);

	EXPECT_GT(0, abi_addr_set(&vm, variant->kind, ABI_FREE_IPA));
	EXPECT_RULE(abi_addr_get(&vm, variant->kind, &addr),
		    "get after a refused set");
	EXPECT_EQ(expected.value, addr);
}

TEST_F(attr, get_bad_pointer)
{
	size_t mapped, page = getpagesize();
	struct abi_vm vm;
	void *read_only;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
	EXPECT_RULE(abi_attr_get(vm.dev, GRP_ADDR, variant->kind->type, NULL),
		    "get to NULL");
	for (mapped = 0; mapped < sizeof(uint64_t); mapped++)
		EXPECT_RULE(abi_attr_get(vm.dev, GRP_ADDR, variant->kind->type,
					 abi_edge_of_memory(mapped)),
			    "get to %zu mapped bytes", mapped);
	read_only = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	ASSERT_NE(MAP_FAILED, read_only);
	EXPECT_RULE(abi_attr_get(vm.dev, GRP_ADDR, variant->kind->type, read_only),
		    "get to read-only memory");
}

TEST_F(attr, set_bad_pointer)
{
	struct abi_vm vm;
	size_t mapped;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	EXPECT_RULE(abi_attr_set(vm.dev, GRP_ADDR, variant->kind->type, NULL),
		    "set from NULL");
	for (mapped = 0; mapped < sizeof(uint64_t); mapped++)
		EXPECT_RULE(abi_attr_set(vm.dev, GRP_ADDR, variant->kind->type,
					 abi_edge_of_memory(mapped)),
			    "set from %zu mapped bytes", mapped);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(attr, on_vm_fd)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, 0, variant->kind);
	EXPECT_RULE_ON(vm.fd, "the VM's file descriptor");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

/* ---- KVM_CREATE_DEVICE ---- */

#define RULE_FIXTURE	device
#define RULE_VARIANTS	DEVICE_GICS
#include "harness/gic_fixture.h"

TEST_F(device, unknown_type)
{
	struct abi_vm vm;
	unsigned int bit;

	/* Lower bits would give types of other subsystems and architectures. */
	abi_vm_open(&vm, 0);
	for (bit = 5; bit < 32; bit++) {
		uint32_t type = variant->dist->dev_type | 1U << bit;

		EXPECT_RULE(abi_device_create(&vm, type, 0),
			    "KVM_CREATE_DEVICE type 0x%x", type);
		EXPECT_RULE(abi_device_create(&vm, type, KVM_CREATE_DEVICE_TEST),
			    "KVM_CREATE_DEVICE type 0x%x, test only", type);
	}
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
}

/* KVM_CREATE_DEVICE_TEST creates nothing. */
TEST_F(device, test_only)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	EXPECT_RULE(abi_device_create(&vm, variant->dist->dev_type,
				      KVM_CREATE_DEVICE_TEST), "KVM_CREATE_DEVICE_TEST");
	EXPECT_RULE(abi_device_create(&vm, variant->dist->dev_type,
				      KVM_CREATE_DEVICE_TEST), "KVM_CREATE_DEVICE_TEST again");
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
}

TEST_F(device, bad_pointer)
{
	struct kvm_create_device create = { .type = variant->dist->dev_type };
	struct abi_vm vm;
	size_t mapped;

	abi_vm_open(&vm, 0);
	EXPECT_RULE(abi_ioctl(vm.fd, KVM_CREATE_DEVICE, NULL), "argument NULL");
	for (mapped = 1; mapped < sizeof(create); mapped++) {
		void *edge = abi_edge_of_memory(mapped);

		memcpy(edge, &create, mapped);
		EXPECT_RULE(abi_ioctl(vm.fd, KVM_CREATE_DEVICE, edge),
			    "only %zu of %zu bytes of the argument are mapped",
			    mapped, sizeof(create));
	}
	ASSERT_OK(abi_gic_create(&vm, variant->dist));
}

#include "harness/rule_main.h"
