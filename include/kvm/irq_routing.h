/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes of KVM_SET_GSI_ROUTING: which pin of the GIC an irqfd's GSI is connected to. Pin n is
 * SPI 32 + n. api.rst 4.52. Pure logic; the caller serialises changes.
 */
#ifndef KVM_IRQ_ROUTING_H
#define KVM_IRQ_ROUTING_H

#include <linux/types.h>

struct kvm_irq_routing_entry;

/* GSIs that can have a route, and entries of a table: KVM_CAP_IRQ_ROUTING's value. */
#define IRQ_ROUTES_MAX	4096

/* Pins of the largest GIC: its SPIs. */
#define IRQ_PINS	988

#define IRQ_NO_PIN	0xffff

/**
 * struct irq_routes - a table of routes
 * @pin: the pin of each GSI, below IRQ_PINS; IRQ_NO_PIN without a route, or with one to an MSI
 * @msi: a bit for each GSI with a route to an MSI, which a GICv2 cannot deliver
 */
struct irq_routes {
	u16 pin[IRQ_ROUTES_MAX];
	u8 msi[IRQ_ROUTES_MAX / 8];
};

/* No GSI has a route. */
void irq_routes_clear(struct irq_routes *routes);

/*
 * Adds user space's entry. 0, or -EINVAL: GSI, pin or irqchip out of range, unknown type or
 * flags, or a GSI that has a route already.
 */
int irq_routes_add(struct irq_routes *routes, const struct kvm_irq_routing_entry *entry);

/*
 * The pin of a GSI, or IRQ_NO_PIN. Without a table (@routes is NULL), a GSI is connected to
 * the pin of the same number.
 */
unsigned int irq_routes_pin(const struct irq_routes *routes, u32 gsi);

#endif /* KVM_IRQ_ROUTING_H */
