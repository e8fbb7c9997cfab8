// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>

#include "guest_store.h"

/*
 * After an MMIO exit, the next KVM_RUN skips the first instruction: it completes the MMIO by
 * advancing PC, which guest_store() has set to that instruction.
 */
#if defined(__aarch64__)
static const uint32_t guest_code[] = {
	0xd503201f,	/* nop				*/
	0xb900001f,	/* str	wzr, [x0]		*/
	0xb900003f,	/* str	wzr, [x1]		*/
	0x14000000,	/* b	.			*/
};
typedef uint64_t reg_type;
#define REG_ID(member)	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(regs.member))
#define REG_PC		REG_ID(pc)
#define REG_WHERE	REG_ID(regs[0])
#define REG_EXIT	REG_ID(regs[1])
#elif defined(__arm__)
static const uint32_t guest_code[] = {
	0xe320f000,	/* nop				*/
	0xe5802000,	/* str	r2, [r0]		*/
	0xe5812000,	/* str	r2, [r1]		*/
	0xeafffffe,	/* b	.			*/
};
typedef uint32_t reg_type;
#define REG_ID(member)	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(usr_regs.member))
#define REG_PC		REG_ID(ARM_pc)
#define REG_WHERE	REG_ID(ARM_r0)
#define REG_EXIT	REG_ID(ARM_r1)
#else
#error "KVM for ARM only"
#endif

int guest_store_add(struct abi_vm *vm)
{
	return abi_vm_add_page(vm, GUEST_STORE_SLOT, GUEST_STORE_IPA, guest_code,
			       sizeof(guest_code));
}

static int set_reg(struct abi_vcpu *vcpu, uint64_t id, reg_type value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	return abi_ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg);
}

int guest_store(struct abi_vcpu *vcpu, uint64_t addr)
{
	int ret = set_reg(vcpu, REG_PC, GUEST_STORE_IPA);

	if (!ret)
		ret = set_reg(vcpu, REG_WHERE, addr);
	if (!ret)
		ret = set_reg(vcpu, REG_EXIT, ABI_EXIT_IPA);
	if (!ret)
		ret = abi_ioctl(vcpu->fd, KVM_RUN, NULL);
	if (ret)
		return ret;
	if (vcpu->run->exit_reason == KVM_EXIT_MMIO &&
	    vcpu->run->mmio.is_write) {
		if (vcpu->run->mmio.phys_addr == addr)
			return 0;
		if (vcpu->run->mmio.phys_addr == ABI_EXIT_IPA)
			return 1;
	}
	fprintf(stderr, "KVM_RUN: expected an MMIO write to 0x%llx or 0x%llx, got exit reason %u\n",
		(unsigned long long)addr, ABI_EXIT_IPA, vcpu->run->exit_reason);
	return -EPROTO;
}
