// SPDX-License-Identifier: GPL-2.0-only
/*
 * Protected VMs, which exist with kvm-arm.mode=protected: their type, the addresses of their GIC,
 * and the restrictions on their memory slots.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/abi.h"
#include "harness/rule_harness.h"

#define OTHER_IPA	0x60000000ULL

struct page_slot {
	uint32_t slot;
	uint64_t ipa;
};

static const struct page_slot code_slot = { 0, ABI_CODE_IPA };
static const struct page_slot other_slot = { 1, OTHER_IPA };

static int try_type(int kvm, unsigned long type)
{
	int ret = abi_ioctl(kvm, KVM_CREATE_VM, (void *)type);

	if (ret >= 0)
		close(ret);
	return ret;
}

/* ---- the type of a VM ---- */

FIXTURE(unprotected)
{
	struct rule_run run;
	struct abi_vm vm;
};

FIXTURE_VARIANT(unprotected)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(unprotected, any)
{
	.name = "any", .needs = NEED_NO_PROTECTED,
};

FIXTURE_SETUP(unprotected)
{
	RULE_SETUP("unprotected");
	abi_vm_open(&self->vm, 0);
}

FIXTURE_TEARDOWN(unprotected)
{
	rule_end(&self->run);
}

TEST_F(unprotected, refused)
{
	EXPECT_RULE(try_type(self->vm.kvm, ABI_VM_PROTECTED), "the default size");
	EXPECT_RULE(try_type(self->vm.kvm, ABI_VM_PROTECTED | ABI_DEFAULT_IPA_BITS), "40 bits");
	ASSERT_LE(0, try_type(self->vm.kvm, 0));
}

/* ---- protected VMs ---- */

FIXTURE(protected)
{
	struct rule_run run;
	struct abi_vm vm;
	void *memory;
};

FIXTURE_VARIANT(protected)
{
	const char *name;
	unsigned int needs;
	const struct abi_kind *dist, *redist;
};

FIXTURE_VARIANT_ADD(protected, devattr_v3)
{
	.name = "devattr_v3", .needs = NEED_PROTECTED | NEED_DEVATTR | NEED_GICV3,
	.dist = &kind_devattr_v3_dist, .redist = &kind_devattr_v3_redist,
};

FIXTURE_SETUP(protected)
{
	RULE_SETUP("protected");
	abi_vm_open(&self->vm, 0);
	close(self->vm.fd);
	self->vm.fd = abi_ioctl(self->vm.kvm, KVM_CREATE_VM, (void *)ABI_VM_PROTECTED);
	ASSERT_LE(0, self->vm.fd);
	self->memory = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->memory);
}

FIXTURE_TEARDOWN(protected)
{
	rule_end(&self->run);
}

static int set_page(struct abi_vm *vm, const struct page_slot *page, uint32_t flags, void *memory)
{
	return abi_slot_set(vm->fd, page->slot, flags, page->ipa, getpagesize(), memory);
}

static int delete_page(struct abi_vm *vm, const struct page_slot *page)
{
	return abi_slot_set(vm->fd, page->slot, 0, page->ipa, 0, NULL);
}

TEST_F(protected, accepted)
{
	unsigned int bits;

	EXPECT_RULE(try_type(self->vm.kvm, ABI_VM_PROTECTED), "the default size");
	for (bits = ABI_MIN_IPA_BITS; bits <= abi_max_ipa_bits(); bits++)
		EXPECT_RULE(try_type(self->vm.kvm, ABI_VM_PROTECTED | bits), "%u bits", bits);
}

TEST_F(protected, addresses)
{
	const struct abi_kind *kinds[] = { variant->dist, variant->redist };
	static const uint64_t addresses[] = { ABI_DIST_IPA, ABI_FREE_IPA };
	uint64_t addr;
	unsigned int i;

	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		EXPECT_RULE(abi_addr_set(&self->vm, kinds[i], addresses[i]), "set address %u", i);
		ASSERT_OK(abi_addr_get(&self->vm, kinds[i], &addr));
		ASSERT_EQ(addresses[i], addr);
		ASSERT_EQ(-EEXIST, abi_addr_set(&self->vm, kinds[i], addresses[i]));
	}
}

TEST_F(protected, address_at_limit)
{
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));
	EXPECT_RULE(abi_addr_set(&self->vm, variant->dist, abi_vm_limit(&self->vm)),
		    "the first address beyond the address space");
}

/* The legacy call does not exist for a protected VM. */
TEST_F(protected, legacy_call)
{
	struct kvm_arm_device_addr addr = {
		.id = (uint64_t)KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT,
		.addr = ABI_DIST_IPA,
	};

	EXPECT_RULE(abi_ioctl(self->vm.fd, KVM_ARM_SET_DEVICE_ADDR, &addr),
		    "KVM_ARM_SET_DEVICE_ADDR");
}

/* ---- memory slots ---- */

TEST_F(protected, slot_readonly)
{
	EXPECT_RULE(set_page(&self->vm, &other_slot, KVM_MEM_READONLY, self->memory),
		    "a slot that the guest may not write");
	ASSERT_OK(set_page(&self->vm, &other_slot, 0, self->memory));
}

TEST_F(protected, slot_logged)
{
	EXPECT_RULE(set_page(&self->vm, &other_slot, KVM_MEM_LOG_DIRTY_PAGES, self->memory),
		    "a new slot with dirty logging");
	ASSERT_OK(set_page(&self->vm, &other_slot, 0, self->memory));
	EXPECT_RULE(set_page(&self->vm, &other_slot, KVM_MEM_LOG_DIRTY_PAGES, self->memory),
		    "dirty logging of an existing slot");
}

TEST_F(protected, slot_before_run)
{
	struct page_slot moved = other_slot;

	ASSERT_OK(set_page(&self->vm, &other_slot, 0, self->memory));
	moved.ipa += getpagesize();
	EXPECT_RULE(set_page(&self->vm, &moved, 0, self->memory), "move the slot");
	EXPECT_RULE(delete_page(&self->vm, &moved), "delete the slot");
}

/*
 * Calls KVM_RUN once, after which the slots are fixed, even if KVM_RUN failed. A protected VM has
 * no KVM_ARM_PREFERRED_TARGET.
 */
static int run_once(struct abi_vm *vm)
{
	struct kvm_vcpu_init init = { .target = KVM_ARM_TARGET_GENERIC_V8 };
	struct abi_vcpu vcpu;
	int ret = abi_vm_add_code(vm) ?: abi_vcpu_create(vm, 0, &vcpu);

	init.features[0] = 1U << KVM_ARM_VCPU_PSCI_0_2;
	return ret ?: abi_ioctl(vcpu.fd, KVM_ARM_VCPU_INIT, &init) ?: abi_vcpu_run(&vcpu);
}

TEST_F(protected, runs)
{
	EXPECT_RULE(run_once(&self->vm), "a store of the guest to an address without memory");
}

TEST_F(protected, slot_after_run)
{
	struct page_slot moved = other_slot;

	ASSERT_OK(set_page(&self->vm, &other_slot, 0, self->memory));
	ASSERT_OK(run_once(&self->vm));
	moved.ipa += getpagesize();
	EXPECT_RULE(set_page(&self->vm, &moved, 0, self->memory), "move a slot");
	EXPECT_RULE(delete_page(&self->vm, &other_slot), "delete a slot");
	EXPECT_RULE(delete_page(&self->vm, &code_slot), "delete the guest's code");
}

#include "harness/rule_main.h"
