/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The "seed" dialect as user space sees it: the VM ioctl that the patch of
 * October 2012 proposed. A kernel tree that carries the patch defines all of
 * this in <linux/kvm.h> and <asm/kvm.h>; every other tree lacks it, hence the
 * guard.
 */
#ifndef VGIC_ABI_SEED_UAPI_H
#define VGIC_ABI_SEED_UAPI_H

#include <linux/ioctl.h>
#include <linux/kvm.h>
#include <linux/types.h>

#ifndef KVM_SET_DEVICE_ADDRESS

/*
 * 84 was given to KVM_CAP_PPC_HTAB_FD when the seed was reworked: an in-tree
 * ARM kernel answers 0 here, and only a kernel with the seed answers 1.
 */
#define KVM_CAP_SET_DEVICE_ADDR	84

/**
 * struct kvm_device_address - argument of KVM_SET_DEVICE_ADDRESS
 * @id:   bits 31..16 the device id, bits 15..0 the address type of that device
 * @addr: base address in the guest physical address space, in bytes
 *
 * Both 32-bit ARM (EABI) and AArch64 align @addr to 8, so that 4 bytes of
 * padding follow @id. The kernel does not read them.
 */
struct kvm_device_address {
	__u32 id;
	__u64 addr;
};

#define KVM_SET_DEVICE_ADDRESS	_IOW(KVMIO, 0xaa, struct kvm_device_address)

#define KVM_DEVICE_TYPE_SHIFT	0
#define KVM_DEVICE_TYPE_MASK	(0xffffU << KVM_DEVICE_TYPE_SHIFT)
#define KVM_DEVICE_ID_SHIFT	16
#define KVM_DEVICE_ID_MASK	(0xffffU << KVM_DEVICE_ID_SHIFT)

#endif /* KVM_SET_DEVICE_ADDRESS */

#endif /* VGIC_ABI_SEED_UAPI_H */
