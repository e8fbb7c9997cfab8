/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The "seed" dialect: KVM_SET_DEVICE_ADDRESS, as the patch of October 2012 proposed it. This header
 * stands beside <linux/kvm.h>, which no module can change. The numbers have been assigned to other
 * interfaces since: capability 84 is PowerPC's, and has this meaning on ARM only.
 */
#ifndef _UAPI_LINUX_KVM_DEVICE_ADDRESS_H
#define _UAPI_LINUX_KVM_DEVICE_ADDRESS_H

#include <linux/ioctl.h>
#include <linux/kvm.h>
#include <linux/types.h>

#ifndef KVM_SET_DEVICE_ADDRESS

#define KVM_CAP_SET_DEVICE_ADDR	84

/**
 * struct kvm_device_address - argument of KVM_SET_DEVICE_ADDRESS
 * @id:   device id in bits 31..16, address type in bits 15..0
 * @addr: guest physical address in bytes
 *
 * 16 bytes: @addr follows 4 bytes of padding, which are ignored.
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

#endif /* _UAPI_LINUX_KVM_DEVICE_ADDRESS_H */
