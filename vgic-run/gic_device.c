// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/kvm.h>
#include <linux/kvm_device_address.h>

#include "error.h"
#include "gic_device.h"
#include "map.h"

/* <asm/kvm.h> of 32-bit ARM does not define the GICv3's address types. */
#ifndef KVM_VGIC_V3_ADDR_TYPE_DIST
#define KVM_VGIC_V3_ADDR_TYPE_DIST	2
#define KVM_VGIC_V3_ADDR_TYPE_REDIST	3
#endif

/* ---- GICs that the host offers ---- */

static bool has_capability(int vm, int capability)
{
	return ioctl(vm, KVM_CHECK_EXTENSION, capability) > 0;
}

static bool has_device(int vm, unsigned int version)
{
	struct kvm_create_device device = {
		.type = version == 3 ? KVM_DEV_TYPE_ARM_VGIC_V3 : KVM_DEV_TYPE_ARM_VGIC_V2,
		.flags = KVM_CREATE_DEVICE_TEST,
	};

	return has_capability(vm, KVM_CAP_DEVICE_CTRL) &&
	       !ioctl(vm, KVM_CREATE_DEVICE, &device);
}

/*
 * Even a host that cannot give guests a GICv2 may report the capability, so KVM_CREATE_DEVICE is
 * tested, too, if the host has it.
 */
static bool has_gicv2_by_call(int vm, int capability)
{
	return has_capability(vm, capability) &&
	       (!has_capability(vm, KVM_CAP_DEVICE_CTRL) || has_device(vm, 2));
}

static bool has_dialect(int vm, enum dialect dialect, unsigned int version)
{
	switch (dialect) {
	case DIALECT_DEVATTR:
		return has_device(vm, version);
	case DIALECT_LEGACY:
		return version == 2 && has_gicv2_by_call(vm, KVM_CAP_ARM_SET_DEVICE_ADDR);
	case DIALECT_SEED:
		return version == 2 && has_gicv2_by_call(vm, KVM_CAP_SET_DEVICE_ADDR);
	default:
		return false;
	}
}

void gic_choose(int vm, unsigned int *version, enum dialect *dialect)
{
	static const enum dialect order[] = { DIALECT_DEVATTR, DIALECT_LEGACY, DIALECT_SEED };
	unsigned int v, i;

	for (v = 2; v <= 3; v++) {
		if (*version && *version != v)
			continue;
		for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
			if (*dialect != DIALECT_AUTO && *dialect != order[i])
				continue;
			if (!has_dialect(vm, order[i], v))
				continue;
			*version = v;
			*dialect = order[i];
			return;
		}
	}
	fail("no GIC for the guest: this host's KVM has no GICv%s in the dialect %s",
	     *version == 2 ? "2" : *version == 3 ? "3" : "2 and no GICv3",
	     *dialect == DIALECT_AUTO ? "devattr, legacy or seed" : dialect_names[*dialect]);
}

/* ---- addresses ---- */

/* @type is the same number in all dialects: part of the id, or the device's attribute. */
static int set_address(const struct gic *gic, int vm, uint32_t type, uint64_t address)
{
	struct kvm_device_address seed = {
		.id = KVM_ARM_DEVICE_VGIC_V2 << KVM_DEVICE_ID_SHIFT | type,
		.addr = address,
	};
	struct kvm_arm_device_addr legacy = {
		.id = (uint64_t)KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT | type,
		.addr = address,
	};
	struct kvm_device_attr attr = {
		.group = KVM_DEV_ARM_VGIC_GRP_ADDR,
		.attr = type,
		.addr = (uintptr_t)&address,
	};

	switch (gic->dialect) {
	case DIALECT_SEED:
		return ioctl(vm, KVM_SET_DEVICE_ADDRESS, &seed);
	case DIALECT_LEGACY:
		return ioctl(vm, KVM_ARM_SET_DEVICE_ADDR, &legacy);
	default:
		return ioctl(gic->device, KVM_SET_DEVICE_ATTR, &attr);
	}
}

static void place(const struct gic *gic, int vm, const char *what, uint32_t type,
		  uint64_t address)
{
	if (set_address(gic, vm, type, address))
		fail("GIC %s at 0x%llx, dialect %s: %s", what,
		     (unsigned long long)address, dialect_names[gic->dialect],
		     strerror(errno));
}

/* ---- creation ---- */

static void set_up_device(const struct gic *gic)
{
	uint32_t intids = NR_INTIDS;
	struct kvm_device_attr number = {
		.group = KVM_DEV_ARM_VGIC_GRP_NR_IRQS,
		.addr = (uintptr_t)&intids,
	};
	struct kvm_device_attr init = {
		.group = KVM_DEV_ARM_VGIC_GRP_CTRL,
		.attr = KVM_DEV_ARM_VGIC_CTRL_INIT,
	};

	if (ioctl(gic->device, KVM_SET_DEVICE_ATTR, &number))
		fail("GIC with %u interrupts: %s", intids, strerror(errno));
	if (ioctl(gic->device, KVM_SET_DEVICE_ATTR, &init))
		fail("GIC: KVM_DEV_ARM_VGIC_CTRL_INIT: %s", strerror(errno));
}

void gic_create(struct gic *gic, int vm, unsigned int version, enum dialect dialect)
{
	struct kvm_create_device device = {
		.type = version == 3 ? KVM_DEV_TYPE_ARM_VGIC_V3 : KVM_DEV_TYPE_ARM_VGIC_V2,
	};

	*gic = (struct gic) { .version = version, .dialect = dialect, .device = -1 };
	if (dialect == DIALECT_DEVATTR) {
		if (ioctl(vm, KVM_CREATE_DEVICE, &device))
			fail("KVM_CREATE_DEVICE of a GICv%u: %s", version, strerror(errno));
		gic->device = device.fd;
	} else if (ioctl(vm, KVM_CREATE_IRQCHIP, 0)) {
		fail("KVM_CREATE_IRQCHIP: %s", strerror(errno));
	}
	if (version == 3) {
		place(gic, vm, "distributor", KVM_VGIC_V3_ADDR_TYPE_DIST, GICD_BASE);
		place(gic, vm, "redistributors", KVM_VGIC_V3_ADDR_TYPE_REDIST, GICR_BASE);
	} else {
		place(gic, vm, "distributor", KVM_VGIC_V2_ADDR_TYPE_DIST, GICD_BASE);
		place(gic, vm, "CPU interface", KVM_VGIC_V2_ADDR_TYPE_CPU, GICC_BASE);
	}
	if (dialect == DIALECT_DEVATTR)
		set_up_device(gic);
}

void gic_set_line(int vm, unsigned int intid, bool level)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | intid,
		.level = level,
	};

	if (ioctl(vm, KVM_IRQ_LINE, &line))
		say("SPI %u: KVM_IRQ_LINE: %s", intid, strerror(errno));
}
