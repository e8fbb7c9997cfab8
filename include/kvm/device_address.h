/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where user space wants the virtual GIC in the guest physical address space:
 * the rules of KVM_SET_DEVICE_ADDRESS and of its two descendants. Pure logic, no
 * locking. The names in brackets are ids in Documentation/abi/rules.toml.
 */
#ifndef KVM_DEVICE_ADDRESS_H
#define KVM_DEVICE_ADDRESS_H

#include <linux/types.h>

#include <asm/kvm.h>

#define DEVICE_ADDRESS_UNSET	(~0ULL)

/* In pages of 4 KiB; so far from any other page that no region begins there. */
#define DEVICE_PAGE_UNSET	0x80000000U
#define DEVICE_PAGE_SHIFT	12

#define DEVICE_ADDRESS_TYPES	2	/* KVM_VGIC_V2_ADDR_TYPE_DIST and _CPU */

/**
 * struct device_addresses - the addresses of one VM
 * @base:     of each address type, in bytes, or DEVICE_ADDRESS_UNSET
 * @page:     the same in pages, or DEVICE_PAGE_UNSET
 * @ipa_bits: width of the guest physical address space, 32 to 40
 */
struct device_addresses {
	u64 base[DEVICE_ADDRESS_TYPES];
	u32 page[DEVICE_ADDRESS_TYPES];
	unsigned int ipa_bits;
};

/* What the rules depend on, besides the addresses. */
struct device_address_context {
	bool present;	/* the machine can give a GICv2 to a guest */
	bool created;	/* KVM_CREATE_IRQCHIP has been called */
};

void device_addresses_init(struct device_addresses *addrs, unsigned int ipa_bits);

/*
 * Sets one address. @id holds the device id in bits 31..16 and the address type
 * in bits 15..0. Returns 0 or the first error that applies, in this order:
 *
 *   -ENODEV  the device id is unknown [id.unknown_device]
 *   -ENXIO   the machine has no GICv2 for guests [absent.set]
 *   -ENODEV  there is no GIC yet [before.set]
 *   -ENODEV  the address type is unknown [errors.unknown_type]
 *   -EEXIST  the address is set [errors.twice_same]
 *   -EINVAL  not aligned to 4 KiB [errors.misaligned]
 *   -E2BIG   the region is not within the guest physical address space
 *            [errors.at_limit, straddle.limit]
 */
int device_address_set(struct device_addresses *addrs,
		       const struct device_address_context *context,
		       u32 id, u64 addr);

/*
 * May a vCPU run? Returns 0, -ENXIO if an address is not set
 * [order.run_without_addresses], or -EINVAL if the two regions overlap
 * [overlap.run].
 */
int device_addresses_check(const struct device_addresses *addrs);

/* Bytes that the region of an address type covers. */
u64 device_address_size(unsigned int type);

/* True if the address type is set and the page, by its number, is in its region. */
static inline bool device_address_covers(const struct device_addresses *addrs,
					 unsigned int type, u32 page)
{
	u32 pages = (type == KVM_VGIC_V2_ADDR_TYPE_DIST ?
		     KVM_VGIC_V2_DIST_SIZE : KVM_VGIC_V2_CPU_SIZE) >> DEVICE_PAGE_SHIFT;

	return page - addrs->page[type] < pages;
}

#endif /* KVM_DEVICE_ADDRESS_H */
