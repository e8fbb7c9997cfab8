/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses of the virtual GIC in the guest physical address space: the rules of
 * KVM_SET_DEVICE_ADDRESS and of its two descendants. Pure logic, no locking. Names in
 * brackets are ids in Documentation/abi/rules.toml.
 */
#ifndef KVM_DEVICE_ADDRESS_H
#define KVM_DEVICE_ADDRESS_H

#include <linux/types.h>

#include <asm/kvm.h>
#include <asm/page.h>

#define DEVICE_ADDRESS_UNSET	(~0ULL)

/* Above every page number of a guest. */
#define DEVICE_PAGE_UNSET	(1ULL << 63)

#define DEVICE_ADDRESS_TYPES	2	/* KVM_VGIC_V2_ADDR_TYPE_DIST and _CPU */

/**
 * struct device_addresses - the addresses of one VM
 * @base:     by address type, in bytes, or DEVICE_ADDRESS_UNSET
 * @page:     by address type, number of the first page, or DEVICE_PAGE_UNSET
 * @ipa_bits: width of the guest physical address space, 32 to 40
 */
struct device_addresses {
	u64 base[DEVICE_ADDRESS_TYPES];
	u64 page[DEVICE_ADDRESS_TYPES];
	unsigned int ipa_bits;
};

/* State of the host and the VM that the rules depend on. */
struct device_address_context {
	bool present;	/* the host has a GICv2 for guests */
	bool created;	/* the VM has a GIC, see vgic_created() */
};

/* No address is set. @ipa_bits: see struct device_addresses. */
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
 * Checks the addresses before the first KVM_RUN. Returns 0, -ENXIO if one is not set
 * [order.run_without_addresses], or -EINVAL if the two regions overlap [overlap.run].
 */
int device_addresses_check(const struct device_addresses *addrs);

/* Bytes that the region of an address type covers. */
u64 device_address_size(unsigned int type);

static inline u64 device_address_pages(unsigned int type)
{
	return (type == KVM_VGIC_V2_ADDR_TYPE_DIST ?
		KVM_VGIC_V2_DIST_SIZE : KVM_VGIC_V2_CPU_SIZE) >> PAGE_SHIFT;
}

/* True if the address type is set and its region contains page number @page. */
static inline bool device_address_covers(const struct device_addresses *addrs,
					 unsigned int type, u64 page)
{
	return page - addrs->page[type] < device_address_pages(type);
}

/* True if the address type is set and its region contains any page from @first to @end - 1. */
static inline bool device_address_overlaps(const struct device_addresses *addrs,
					   unsigned int type, u64 first, u64 end)
{
	u64 page = addrs->page[type];

	return first < end && page < end && first < page + device_address_pages(type);
}

#endif /* KVM_DEVICE_ADDRESS_H */
