// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/nospec.h>

#include <kvm/device_address.h>

#define DEVICE_ADDRESS_ALIGN	0x1000ULL	/* ABI, not the page size [errors.misaligned] */

static const u64 region_size[DEVICE_ADDRESS_TYPES] = {
	[KVM_VGIC_V2_ADDR_TYPE_DIST] = KVM_VGIC_V2_DIST_SIZE,
	[KVM_VGIC_V2_ADDR_TYPE_CPU] = KVM_VGIC_V2_CPU_SIZE,
};

void device_addresses_init(struct device_addresses *addrs, unsigned int ipa_bits)
{
	unsigned int type;

	for (type = 0; type < DEVICE_ADDRESS_TYPES; type++) {
		addrs->base[type] = DEVICE_ADDRESS_UNSET;
		addrs->page[type] = DEVICE_PAGE_UNSET;
	}
	addrs->ipa_bits = ipa_bits;
}

u64 device_address_size(unsigned int type)
{
	return region_size[type];
}

int device_address_set(struct device_addresses *addrs,
		       const struct device_address_context *context,
		       u32 id, u64 addr)
{
	u32 device = (id & KVM_ARM_DEVICE_ID_MASK) >> KVM_ARM_DEVICE_ID_SHIFT;
	u32 type = id & KVM_ARM_DEVICE_TYPE_MASK;
	u64 end = 1ULL << addrs->ipa_bits;

	if (device != KVM_ARM_DEVICE_VGIC_V2)
		return -ENODEV;
	if (!context->present)
		return -ENXIO;
	if (!context->created)
		return -ENODEV;
	if (type >= DEVICE_ADDRESS_TYPES)
		return -ENODEV;
	type = array_index_nospec(type, DEVICE_ADDRESS_TYPES);
	if (addrs->base[type] != DEVICE_ADDRESS_UNSET)
		return -EEXIST;
	if (addr & (DEVICE_ADDRESS_ALIGN - 1))
		return -EINVAL;
	/* addr + size might wrap. */
	if (addr >= end || region_size[type] > end - addr)
		return -E2BIG;

	addrs->base[type] = addr;
	addrs->page[type] = addr >> PAGE_SHIFT;
	return 0;
}

int device_addresses_check(const struct device_addresses *addrs)
{
	u64 dist = addrs->base[KVM_VGIC_V2_ADDR_TYPE_DIST];
	u64 cpu = addrs->base[KVM_VGIC_V2_ADDR_TYPE_CPU];

	if (dist == DEVICE_ADDRESS_UNSET || cpu == DEVICE_ADDRESS_UNSET)
		return -ENXIO;
	if (dist < cpu + KVM_VGIC_V2_CPU_SIZE &&
	    cpu < dist + KVM_VGIC_V2_DIST_SIZE)
		return -EINVAL;
	return 0;
}
