// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities of /dev/kvm and of a VM, and the size of the guest physical address space
 * that KVM_CREATE_VM creates.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "abi/abi.h"
#include "harness/rule_harness.h"

/* ---- capabilities ---- */

FIXTURE(cap)
{
	struct rule_run run;
	struct abi_vm vm;
};

FIXTURE_VARIANT(cap)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(cap, any)
{
	.name = "any",
};

FIXTURE_SETUP(cap)
{
	RULE_SETUP("cap");
	abi_vm_open(&self->vm, 0);
}

FIXTURE_TEARDOWN(cap)
{
	rule_end(&self->run);
}

static int capability(int fd, unsigned long cap)
{
	return abi_ioctl(fd, KVM_CHECK_EXTENSION, (void *)cap);
}

static const char *yes_or_no(int answer)
{
	return answer > 0 ? "YES" : answer ? rule_outcome(answer) : "NO";
}

/* The answers of /dev/kvm and of the VM. */
#define EXPECT_CAPABILITY(cap) do {					\
	EXPECT_RULE_WORD(yes_or_no(capability(self->vm.kvm, cap)),	\
			 #cap " of /dev/kvm");				\
	EXPECT_RULE_WORD(yes_or_no(capability(self->vm.fd, cap)),	\
			 #cap " of a VM");				\
} while (0)

TEST_F(cap, irqchip)
{
	if (abi_missing(NEED_GICV2) && abi_missing(NEED_GICV3))
		rule_skip("this system cannot give a guest a GIC");
	EXPECT_CAPABILITY(KVM_CAP_IRQCHIP);
}

TEST_F(cap, irqfd)
{
	if (abi_missing(NEED_GICV2) && abi_missing(NEED_GICV3))
		rule_skip("this system cannot give a guest a GIC");
	EXPECT_CAPABILITY(KVM_CAP_IRQFD);
	EXPECT_CAPABILITY(KVM_CAP_IRQFD_RESAMPLE);
}

TEST_F(cap, irq_routing)
{
	if (abi_missing(NEED_GICV2) && abi_missing(NEED_GICV3))
		rule_skip("this system cannot give a guest a GIC");
	EXPECT_CAPABILITY(KVM_CAP_IRQ_ROUTING);
}

TEST_F(cap, ioeventfd)
{
	EXPECT_CAPABILITY(KVM_CAP_IOEVENTFD);
	EXPECT_CAPABILITY(KVM_CAP_IOEVENTFD_ANY_LENGTH);
}

TEST_F(cap, memory)
{
	EXPECT_CAPABILITY(KVM_CAP_USER_MEMORY);
	EXPECT_CAPABILITY(KVM_CAP_READONLY_MEM);
	EXPECT_CAPABILITY(KVM_CAP_NR_MEMSLOTS);
	EXPECT_CAPABILITY(KVM_CAP_CHECK_EXTENSION_VM);
	EXPECT_CAPABILITY(KVM_CAP_DESTROY_MEMORY_REGION_WORKS);
	EXPECT_CAPABILITY(KVM_CAP_JOIN_MEMORY_REGIONS_WORKS);
	EXPECT_CAPABILITY(KVM_CAP_SYNC_MMU);
}

TEST_F(cap, vcpu)
{
	EXPECT_CAPABILITY(KVM_CAP_ONE_REG);
	EXPECT_CAPABILITY(KVM_CAP_MP_STATE);
	EXPECT_CAPABILITY(KVM_CAP_IMMEDIATE_EXIT);
	EXPECT_CAPABILITY(KVM_CAP_INTERNAL_ERROR_DATA);
}

/* Bits 31 to 28 of KVM_IRQ_LINE's irq field extend the vCPU's index. */
TEST_F(cap, irq_line_layout)
{
	EXPECT_CAPABILITY(KVM_CAP_ARM_IRQ_LINE_LAYOUT_2);
}

/* Capabilities of other architectures' interrupt controllers. */
TEST_F(cap, of_others)
{
	EXPECT_CAPABILITY(KVM_CAP_SPLIT_IRQCHIP);
	EXPECT_CAPABILITY(KVM_CAP_IRQ_MPIC);
	EXPECT_CAPABILITY(KVM_CAP_IRQ_XICS);
	EXPECT_CAPABILITY(KVM_CAP_S390_IRQCHIP);
}

TEST_F(cap, unknown)
{
	static const unsigned long caps[] = { 100000, 0x7fffffff, 0x80000000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(caps); i++)
		EXPECT_CAPABILITY(caps[i]);
}

TEST_F(cap, max_vcpus)
{
	int max = capability(self->vm.kvm, KVM_CAP_MAX_VCPUS);
	int now = capability(self->vm.kvm, KVM_CAP_NR_VCPUS);
	struct abi_vcpu vcpu;

	ASSERT_LE(1, now);
	ASSERT_LE(now, max);
	ASSERT_OK(abi_vcpu_create(&self->vm, max - 1, &vcpu));
	EXPECT_RULE(abi_vcpu_create(&self->vm, max, &vcpu),
		    "vCPU %d, where KVM_CAP_MAX_VCPUS is %d", max, max);
}

/* The number of the host's online CPUs, at most KVM_CAP_MAX_VCPUS. */
TEST_F(cap, nr_vcpus)
{
	int max = capability(self->vm.kvm, KVM_CAP_MAX_VCPUS);
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	int now = capability(self->vm.kvm, KVM_CAP_NR_VCPUS);

	EXPECT_RULE_WORD(holds(now == (online < max ? online : max)),
			 "KVM_CAP_NR_VCPUS is %d, with %ld CPUs and KVM_CAP_MAX_VCPUS %d", now,
			 online, max);
}

TEST_F(cap, max_vcpus_of_gicv2)
{
	int max;

	if (abi_missing(NEED_GICV2))
		rule_skip(abi_missing(NEED_GICV2));
	ASSERT_OK(abi_ioctl(self->vm.fd, KVM_CREATE_IRQCHIP, NULL));
	max = capability(self->vm.fd, KVM_CAP_MAX_VCPUS);
	EXPECT_RULE_WORD(max == 8 ? "EIGHT" : "OTHER",
			 "KVM_CAP_MAX_VCPUS of a VM with a GICv2: %d", max);
}

/* ---- the size of the guest physical address space ---- */

FIXTURE(ipa)
{
	struct rule_run run;
	int kvm;
};

FIXTURE_VARIANT(ipa)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(ipa, any)
{
	.name = "any",
};

FIXTURE_SETUP(ipa)
{
	RULE_SETUP("ipa");
	self->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->kvm);
}

FIXTURE_TEARDOWN(ipa)
{
	rule_end(&self->run);
}

/* Creates a VM and closes it. Returns the result of KVM_CREATE_VM. */
static int try_vm(int kvm, unsigned long type)
{
	int ret = abi_ioctl(kvm, KVM_CREATE_VM, (void *)type);

	if (ret >= 0)
		close(ret);
	return ret;
}

#define SKIP_IF_FIXED() do {						\
	if (abi_missing(NEED_IPA_SIZES))				\
		rule_skip(abi_missing(NEED_IPA_SIZES));			\
} while (0)

TEST_F(ipa, accepted)
{
	unsigned int bits;

	SKIP_IF_FIXED();
	for (bits = ABI_MIN_IPA_BITS; bits <= abi_max_ipa_bits(); bits++)
		EXPECT_RULE(try_vm(self->kvm, bits), "%u bits", bits);
}

TEST_F(ipa, too_small)
{
	unsigned int bits;

	for (bits = 1; bits < ABI_MIN_IPA_BITS; bits++)
		EXPECT_RULE(try_vm(self->kvm, bits), "%u bits", bits);
	ASSERT_LE(0, try_vm(self->kvm, 0));
}

TEST_F(ipa, too_large)
{
	unsigned int bits;
	int ret = -1;

	/*
	 * Ends at a success: a host that accepts one width above the maximum accepts all of them,
	 * about 200, which takes a long time in protected mode.
	 */
	for (bits = abi_max_ipa_bits() + 1; ret < 0 && bits < 256; bits++) {
		ret = try_vm(self->kvm, bits);
		EXPECT_RULE(ret, "%u bits, where %u is the maximum",
			    bits, abi_max_ipa_bits());
	}
	ASSERT_LE(0, try_vm(self->kvm, 0));
}

TEST_F(ipa, unknown_bits)
{
	unsigned int bit;

	for (bit = 8; bit < 8 * sizeof(unsigned long); bit++) {
		/* See protected.c. */
		if (1UL << bit == ABI_VM_PROTECTED)
			continue;
		EXPECT_RULE(try_vm(self->kvm, 1UL << bit), "bit %u of the type", bit);
		EXPECT_RULE(try_vm(self->kvm, 1UL << bit | ABI_DEFAULT_IPA_BITS),
			    "bit %u of the type, with 40 bits", bit);
	}
	ASSERT_LE(0, try_vm(self->kvm, 0));
}

#define PAGE		((uint64_t)getpagesize())
#define MOST_PAGE	0x10000

/* A memory slot shows where the address space ends. */
static int try_slot(int vm, uint64_t gpa, uint64_t size)
{
	static uint8_t memory[2 * MOST_PAGE] __attribute__((aligned(MOST_PAGE)));

	return abi_slot_set(vm, 0, 0, gpa, size, memory);
}

TEST_F(ipa, default_size)
{
	struct abi_vm vm;
	int at, below;

	if (abi_max_ipa_bits() < ABI_DEFAULT_IPA_BITS)
		rule_skip("this system has fewer than 40 bits");
	abi_vm_open(&vm, 0);
	at = try_slot(vm.fd, 1ULL << ABI_DEFAULT_IPA_BITS, PAGE);
	below = try_slot(vm.fd, (1ULL << ABI_DEFAULT_IPA_BITS) - PAGE, PAGE);
	EXPECT_RULE_WORD(at < 0 && !below ? "FORTY" : "OTHER",
			 "a slot at 1 << 40: %d, a slot in the page below: %d", at, below);
}

TEST_F(ipa, slot_at_limit)
{
	unsigned int bits;

	SKIP_IF_FIXED();
	for (bits = ABI_MIN_IPA_BITS; bits <= abi_max_ipa_bits(); bits++) {
		struct abi_vm vm;
		uint64_t limit;

		abi_vm_open(&vm, bits);
		limit = abi_vm_limit(&vm);
		EXPECT_RULE(try_slot(vm.fd, limit, PAGE),
			    "%u bits: a slot at 0x%llx", bits, (unsigned long long)limit);
		EXPECT_RULE(try_slot(vm.fd, limit - PAGE, 2 * PAGE),
			    "%u bits: a slot over 0x%llx", bits, (unsigned long long)limit);
		ASSERT_OK(try_slot(vm.fd, limit - PAGE, PAGE));
		abi_vm_close(&vm);
	}
}

/* Each VM has a size of its own. */
TEST_F(ipa, of_each_vm)
{
	struct abi_vm small, large;
	uint64_t limit = 1ULL << ABI_MIN_IPA_BITS;
	int in_small, in_large;

	SKIP_IF_FIXED();
	if (abi_max_ipa_bits() == ABI_MIN_IPA_BITS)
		rule_skip("this system has one size only");
	abi_vm_open(&large, abi_max_ipa_bits());
	abi_vm_open(&small, ABI_MIN_IPA_BITS);
	in_small = try_slot(small.fd, limit, PAGE);
	in_large = try_slot(large.fd, limit, PAGE);
	EXPECT_RULE_WORD(in_small < 0 && !in_large ? "OWN" : "SAME",
			 "a slot at 1 << 32 in a VM of 32 bits: %d, in a VM of more: %d",
			 in_small, in_large);
	abi_vm_close(&small);
	ASSERT_OK(try_slot(large.fd, 0, 0));
}

#include "harness/rule_main.h"
