// SPDX-License-Identifier: GPL-2.0-only
/*
 * virt/kvm/irq_routing.c: the table of KVM_SET_GSI_ROUTING, api.rst 4.52.
 */
#include <errno.h>

#include <kselftest_harness.h>
#include <linux/kvm.h>

#include <kvm/irq_routing.h>

#include "loops.h"

static struct irq_routes routes;

static int add(u32 gsi, u32 type, u32 flags, u32 chip, u32 pin)
{
	struct kvm_irq_routing_entry entry = {
		.gsi = gsi, .type = type, .flags = flags,
		.u.irqchip = { .irqchip = chip, .pin = pin },
	};

	return irq_routes_add(&routes, &entry);
}

static int connect(u32 gsi, u32 pin)
{
	return add(gsi, KVM_IRQ_ROUTING_IRQCHIP, 0, 0, pin);
}

/* 1020 interrupts, of which 32 are private. */
TEST(default_is_one_to_one)
{
	unsigned int gsi;

	EACH(gsi, 988)
		ASSERT_EQ(gsi, irq_routes_pin(NULL, gsi));
	EXPECT_EQ(IRQ_NO_PIN, irq_routes_pin(NULL, 988));
	EXPECT_EQ(IRQ_NO_PIN, irq_routes_pin(NULL, ~0U));
}

TEST(empty_table_connects_none)
{
	unsigned int gsi;

	irq_routes_clear(&routes);
	EACH(gsi, 4096)
		ASSERT_EQ(IRQ_NO_PIN, irq_routes_pin(&routes, gsi));
	EXPECT_EQ(IRQ_NO_PIN, irq_routes_pin(&routes, 4096));
	EXPECT_EQ(IRQ_NO_PIN, irq_routes_pin(&routes, ~0U));
}

/* 7 and 988 have no common divisor, so the first 988 GSIs use each pin once; then pins repeat. */
TEST(each_gsi_has_a_pin)
{
	unsigned int gsi;

	irq_routes_clear(&routes);
	EACH(gsi, 4096)
		ASSERT_EQ(0, connect(gsi, (gsi * 7 + 3) % 988));
	EACH(gsi, 4096)
		ASSERT_EQ((gsi * 7 + 3) % 988, irq_routes_pin(&routes, gsi));
	irq_routes_clear(&routes);
	EXPECT_EQ(IRQ_NO_PIN, irq_routes_pin(&routes, 5));
	EXPECT_EQ(0, connect(5, 0)) TH_LOG("its route was removed");
}

TEST(out_of_range)
{
	unsigned int bit;

	irq_routes_clear(&routes);
	EXPECT_EQ(0, connect(4095, 987));
	EXPECT_EQ(-EINVAL, connect(4096, 0));
	EXPECT_EQ(-EINVAL, connect(~0U, 0));
	EXPECT_EQ(-EINVAL, connect(0, 988));
	for (bit = 10; bit < 32; bit++) {
		EXPECT_EQ(-EINVAL, connect(0, 1U << bit));
		EXPECT_EQ(-EINVAL, add(0, KVM_IRQ_ROUTING_IRQCHIP, 0, 1U << bit, 0));
	}
	EXPECT_EQ(-EINVAL, add(0, KVM_IRQ_ROUTING_IRQCHIP, 0, 1, 0));
	EXPECT_EQ(IRQ_NO_PIN, irq_routes_pin(&routes, 0)) TH_LOG("no route was stored");
}

TEST(types_and_flags)
{
	unsigned int type, bit;

	irq_routes_clear(&routes);
	EACH(type, 16)
		if (type != KVM_IRQ_ROUTING_IRQCHIP && type != KVM_IRQ_ROUTING_MSI)
			EXPECT_EQ(-EINVAL, add(0, type, 0, 0, 0)) TH_LOG("type %u", type);
	EACH(bit, 32)
		EXPECT_EQ(-EINVAL, add(0, KVM_IRQ_ROUTING_IRQCHIP, 1U << bit, 0, 0));
	for (bit = 1; bit < 32; bit++)
		EXPECT_EQ(-EINVAL, add(0, KVM_IRQ_ROUTING_MSI, 1U << bit, 0, 0));
	EXPECT_EQ(0, add(0, KVM_IRQ_ROUTING_MSI, KVM_MSI_VALID_DEVID, 0, 0));
	EXPECT_EQ(IRQ_NO_PIN, irq_routes_pin(&routes, 0)) TH_LOG("an MSI has no pin");
}

TEST(one_route_per_gsi)
{
	irq_routes_clear(&routes);
	EXPECT_EQ(0, connect(7, 1));
	EXPECT_EQ(-EINVAL, connect(7, 1));
	EXPECT_EQ(-EINVAL, connect(7, 2));
	EXPECT_EQ(-EINVAL, add(7, KVM_IRQ_ROUTING_MSI, 0, 0, 0));
	EXPECT_EQ(1, irq_routes_pin(&routes, 7));
	EXPECT_EQ(0, add(8, KVM_IRQ_ROUTING_MSI, 0, 0, 0));
	EXPECT_EQ(-EINVAL, connect(8, 1));
	EXPECT_EQ(-EINVAL, add(8, KVM_IRQ_ROUTING_MSI, 0, 0, 0));
	EXPECT_EQ(0, connect(9, 1)) TH_LOG("two GSIs may share a pin");
}

TEST_HARNESS_MAIN
