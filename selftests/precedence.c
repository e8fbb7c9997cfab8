// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which error a call returns if it breaks two rules at once.
 *
 * No document promises an order. The behaviour of current kernels is the rule. Older kernels that
 * differ are recorded as deviations, because programs see the difference.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/abi.h"
#include "harness/rule_harness.h"

#define UNKNOWN_TYPE	0x4000U
#define UNKNOWN_DEVICE	0x12340000U

/*
 * Misaligns an address when added to it. It is the highest bit that does so, because the lowest
 * bits of a redistributor region's attribute are an index.
 */
#define MISALIGN	(variant->kind->align / 2)

#define RULE_FIXTURE	precedence
#define RULE_VARIANTS	(VM_ADDRESSES | DEVICE_ADDRESSES)
#include "harness/address_fixture.h"

#define OPEN_VM_WITH_GIC(vm, kind) do {					\
	struct abi_vm *opened = vm;					\
									\
	abi_vm_open(opened, 0);						\
	ASSERT_OK(abi_gic_create(opened, kind));			\
} while (0)

TEST_F(precedence, misaligned_beyond_limit)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, variant->kind);
	EXPECT_RULE(abi_addr_set(&vm, variant->kind, abi_vm_limit(&vm) + MISALIGN),
		    "a misaligned address above the limit");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(precedence, misaligned_twice)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, variant->kind);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
	EXPECT_RULE(abi_addr_set(&vm, variant->kind, ABI_FREE_IPA + MISALIGN),
		    "a misaligned address after a good one");
}

TEST_F(precedence, beyond_limit_twice)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, variant->kind);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
	EXPECT_RULE(abi_addr_set(&vm, variant->kind, abi_vm_limit(&vm)),
		    "an address at the limit after a good one");
}

TEST_F(precedence, unknown_type_misaligned)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, variant->kind);
	EXPECT_RULE(abi_addr_set_type(&vm, variant->kind, UNKNOWN_TYPE,
				      ABI_DIST_IPA + MISALIGN),
		    "unknown type, misaligned address");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(precedence, unknown_type_beyond_limit)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, variant->kind);
	EXPECT_RULE(abi_addr_set_type(&vm, variant->kind, UNKNOWN_TYPE,
				      abi_vm_limit(&vm)),
		    "unknown type, address at the limit");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

/* The argument is read before its contents are checked. */
TEST_F(precedence, bad_pointer_twice)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, variant->kind);
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
	EXPECT_RULE(abi_addr_set_raw(&vm, variant->kind, NULL),
		    "argument NULL for an address that is set");
}

/*
 * Another process may not use the VM for any call. The child passes the errno to its
 * parent as its exit status.
 */
TEST_F(precedence, other_process_bad_pointer)
{
	struct abi_vm vm;
	int status;
	pid_t pid;

	OPEN_VM_WITH_GIC(&vm, variant->kind);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(-abi_addr_set_raw(&vm, variant->kind, NULL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_RULE(-WEXITSTATUS(status), "argument NULL from another process");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

/* ---- too early: dialects that are VM ioctls ---- */

#define RULE_FIXTURE	precedence_early
#define RULE_VARIANTS	VM_ADDRESSES
#include "harness/address_fixture.h"

TEST_F(precedence_early, misaligned)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	EXPECT_RULE(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA + MISALIGN),
		    "misaligned address before KVM_CREATE_IRQCHIP");
}

TEST_F(precedence_early, beyond_limit)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	EXPECT_RULE(abi_addr_set(&vm, variant->kind, abi_vm_limit(&vm)),
		    "address at the limit before KVM_CREATE_IRQCHIP");
}

TEST_F(precedence_early, bad_pointer)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	EXPECT_RULE(abi_addr_set_raw(&vm, variant->kind, NULL),
		    "argument NULL before KVM_CREATE_IRQCHIP");
}

TEST_F(precedence_early, unknown_device)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	EXPECT_RULE(abi_addr_set_type(&vm, variant->kind, UNKNOWN_DEVICE,
				      ABI_DIST_IPA + MISALIGN),
		    "misaligned address of an unknown device before KVM_CREATE_IRQCHIP");
}

/* ---- the second pointer of an attribute ---- */

#define RULE_FIXTURE	precedence_attr
#define RULE_VARIANTS	DEVICE_ADDRESSES
#include "harness/address_fixture.h"

#define GRP_ADDR	KVM_DEV_ARM_VGIC_GRP_ADDR

TEST_F(precedence_attr, unknown_type_bad_pointer)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, variant->kind);
	EXPECT_RULE(abi_attr_set(vm.dev, GRP_ADDR, UNKNOWN_TYPE, NULL),
		    "unknown type, value at NULL");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

TEST_F(precedence_attr, get_unknown_type_bad_pointer)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, variant->kind);
	EXPECT_RULE(abi_attr_get(vm.dev, GRP_ADDR, UNKNOWN_TYPE, NULL),
		    "get of an unknown type to NULL");
}

TEST_F(precedence_attr, unknown_group_bad_pointer)
{
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, variant->kind);
	EXPECT_RULE(abi_attr_set(vm.dev, 1U << 16, variant->kind->type, NULL),
		    "unknown group, value at NULL");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

#include "harness/rule_main.h"
