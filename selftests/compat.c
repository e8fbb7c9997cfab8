// SPDX-License-Identifier: GPL-2.0-only
/*
 * 32-bit user space on a 64-bit kernel: KVM refuses its calls, even on inherited file descriptors.
 */
#include <fcntl.h>

#include "abi/abi.h"
#include "compat_process.h"
#include "harness/rule_harness.h"

/* One ioctl of a 32-bit process on a file descriptor that it inherits. */
static int compat_ioctl(int fd, unsigned long request, const void *data, size_t size)
{
	const uint32_t args[3] = { fd, request, size ? COMPAT_DATA : 0 };

	return compat_call(fd, COMPAT_IOCTL, args, data, size);
}

/* ---- file descriptors ---- */

FIXTURE(compat)
{
	struct rule_run run;
};

FIXTURE_VARIANT(compat)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(compat, any)
{
	.name = "any",
};

FIXTURE_SETUP(compat)
{
	const char *missing;

	RULE_SETUP("compat");
	missing = compat_missing();
	if (missing)
		rule_skip(missing);
}

FIXTURE_TEARDOWN(compat)
{
	rule_end(&self->run);
}

TEST_F(compat, open)
{
	static const char path[] = "/dev/kvm";
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		const uint32_t args[3] = { COMPAT_DATA, modes[i] };

		EXPECT_RULE(compat_call(-1, COMPAT_OPEN, args, path, sizeof(path)),
			    "open /dev/kvm, mode %d", modes[i]);
	}
}

TEST_F(compat, system_calls)
{
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_ioctl(vm.kvm, KVM_GET_API_VERSION, NULL));
	EXPECT_RULE(compat_ioctl(vm.kvm, KVM_GET_API_VERSION, NULL, 0),
		    "KVM_GET_API_VERSION");
	EXPECT_RULE(compat_ioctl(vm.kvm, KVM_GET_VCPU_MMAP_SIZE, NULL, 0),
		    "KVM_GET_VCPU_MMAP_SIZE");
	EXPECT_RULE(compat_ioctl(vm.kvm, KVM_CREATE_VM, NULL, 0), "KVM_CREATE_VM");
}

TEST_F(compat, vcpu_calls)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_vm_add_code(&vm));
	abi_vcpu_add(&vm, 0, &vcpu);
	EXPECT_RULE(compat_ioctl(vcpu.fd, KVM_RUN, NULL, 0), "KVM_RUN");
	ASSERT_OK(abi_vcpu_run(&vcpu));
}

/* ---- addresses ---- */

#define RULE_FIXTURE	compat_address
#define RULE_VARIANTS	(LEGACY_V2_DIST | LEGACY_V2_CPU | DEVICE_ADDRESSES)
#include "harness/address_fixture.h"

TEST_F(compat_address, set)
{
	const char *missing = compat_missing();
	struct abi_arg arg;
	struct abi_vm vm;
	int ret;

	if (missing)
		rule_skip(missing);
	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_gic_create(&vm, variant->kind));
	abi_arg_fill(&arg, variant->kind, variant->kind->type, ABI_DIST_IPA);
	if (vm.dev >= 0) {
		/* Points to the value within the 32-bit process's copy of the argument. */
		arg.attr.addr = COMPAT_DATA + offsetof(struct abi_arg, value);
		ret = compat_ioctl(vm.dev, KVM_SET_DEVICE_ATTR, &arg, sizeof(arg));
	} else {
		ret = compat_ioctl(vm.fd, KVM_ARM_SET_DEVICE_ADDR, &arg, sizeof(arg));
	}
	EXPECT_RULE(ret, "set from a 32-bit process");
	ASSERT_OK(abi_addr_set(&vm, variant->kind, ABI_DIST_IPA));
}

#include "harness/rule_main.h"
