// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/kvm.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include <kvm/irq_routing.h>

/* The GIC is the only irqchip. */
#define IRQCHIP_GIC	0

void irq_routes_clear(struct irq_routes *routes)
{
	/* IRQ_NO_PIN has all bits set. */
	memset(routes->pin, 0xff, sizeof(routes->pin));
	memset(routes->msi, 0, sizeof(routes->msi));
}

static bool has_route(const struct irq_routes *routes, u32 gsi)
{
	return routes->pin[gsi] != IRQ_NO_PIN || routes->msi[gsi / 8] >> gsi % 8 & 1;
}

int irq_routes_add(struct irq_routes *routes, const struct kvm_irq_routing_entry *entry)
{
	u32 gsi = entry->gsi;

	if (gsi >= IRQ_ROUTES_MAX)
		return -EINVAL;
	gsi = array_index_nospec(gsi, IRQ_ROUTES_MAX);
	/* With one irqchip, a GSI has one route at most. */
	if (has_route(routes, gsi))
		return -EINVAL;
	switch (entry->type) {
	case KVM_IRQ_ROUTING_IRQCHIP:
		if (entry->flags || entry->u.irqchip.irqchip != IRQCHIP_GIC ||
		    entry->u.irqchip.pin >= IRQ_PINS)
			return -EINVAL;
		routes->pin[gsi] = entry->u.irqchip.pin;
		return 0;
	case KVM_IRQ_ROUTING_MSI:
		if (entry->flags & ~KVM_MSI_VALID_DEVID)
			return -EINVAL;
		routes->msi[gsi / 8] |= 1U << gsi % 8;
		return 0;
	default:
		return -EINVAL;
	}
}

unsigned int irq_routes_pin(const struct irq_routes *routes, u32 gsi)
{
	if (!routes)
		return gsi < IRQ_PINS ? gsi : IRQ_NO_PIN;
	return gsi < IRQ_ROUTES_MAX ? routes->pin[gsi] : IRQ_NO_PIN;
}
