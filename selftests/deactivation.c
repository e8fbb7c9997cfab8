// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deactivation separate from the priority drop (EOImode 1), by the vCPU that acknowledged an
 * interrupt and by another vCPU: ARM IHI 0048B 4.4.15, ARM IHI 0069 4.1.1 and ICC_DIR_EL1.
 */
#include "abi/abi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "harness/rule_harness.h"

#define SPI		40
#define NR_SPIS		12	/* more than there are list registers */
#define PRIORITY	0x80

#define RULE_FIXTURE	deactivation
#define RULE_VARIANTS	(SEED_V2 | LEGACY_V2 | DEVATTR_V2 | DEVATTR_V3)
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

static void prepare_guest(struct guest *guest)
{
	guest->on_request = drive_line;
}

/* The vCPUs take turns, so that each sees the effect of the other's writes. */
static void begin(void)
{
	guest_turns_begin();
	if (guest_cpu() == FIRST)
		gic_enable();
	gic_cpu_enable();
	gic_split_eoi(true);
}

static void prepare_spi(unsigned int intid, bool edge)
{
	gic_irq_set_edge(intid, edge);
	gic_irq_route(intid, FIRST);
	gic_irq_set_priority(intid, PRIORITY);
	gic_irq_enable(intid);
}

/* Acknowledges @intid and drops its priority. */
static void ack_and_drop(unsigned int intid)
{
	guest_expect("the interrupt that is acknowledged", intid, gic_ack() & INTID_MASK);
	gic_eoi(intid);
	guest_expect("active after the priority drop", true, gic_irq_is_active(intid));
}

/* The second vCPU, which acknowledges no interrupts, deactivates the first vCPU's interrupt. */
static void by_other(void)
{
	begin();
	if (guest_cpu() == FIRST) {
		prepare_spi(SPI, true);
		gic_irq_set_pending(SPI);
		ack_and_drop(SPI);
		guest_turn();
		guest_expect("active after another vCPU has deactivated it", false,
			     gic_irq_is_active(SPI));
		gic_irq_set_pending(SPI);
		ack_and_drop(SPI);
		gic_deactivate(SPI);
		guest_expect("active after its own vCPU has deactivated it", false,
			     gic_irq_is_active(SPI));
	} else {
		gic_deactivate(SPI);
		guest_turn();
	}
	guest_done();
}

TEST_F(deactivation, by_other)
{
	EXPECT_GUEST(2, by_other, "an SPI that another vCPU deactivates");
}

/* The line stays high, so that the interrupt is pending again. */
static void level_by_other(void)
{
	begin();
	if (guest_cpu() == FIRST) {
		prepare_spi(SPI, false);
		guest_request(RAISE(SPI));
		ack_and_drop(SPI);
		guest_turn();
		ack_and_drop(SPI);
		guest_request(LOWER(SPI));
		gic_deactivate(SPI);
		guest_expect("acknowledged with the line low", INTID_SPURIOUS,
			     gic_ack() & INTID_MASK);
	} else {
		gic_deactivate(SPI);
		guest_turn();
	}
	guest_done();
}

TEST_F(deactivation, level_by_other)
{
	EXPECT_GUEST(2, level_by_other, "a level-sensitive SPI that another vCPU deactivates");
}

/*
 * All SPIs are active at once. They are deactivated in a different order than they were
 * acknowledged.
 */
static void many_by_other(void)
{
	unsigned int i;

	begin();
	for (i = 0; guest_cpu() == FIRST && i < NR_SPIS; i++) {
		prepare_spi(SPI + i, true);
		gic_irq_set_pending(SPI + i);
		ack_and_drop(SPI + i);
	}
	guest_turn();
	for (i = 0; guest_cpu() != FIRST && i < NR_SPIS; i++)
		gic_deactivate(SPI + (5 * i + 3) % NR_SPIS);
	guest_turn();
	for (i = 0; guest_cpu() == FIRST && i < NR_SPIS; i++)
		guest_expect("active after another vCPU has deactivated all", false,
			     gic_irq_is_active(SPI + i));
	guest_done();
}

TEST_F(deactivation, many_by_other)
{
	EXPECT_GUEST(2, many_by_other, "12 SPIs that another vCPU deactivates");
}

/* PPIs are banked: a write to ICC_DIR_EL1 or GICC_DIR affects only the writing vCPU's PPI. */
static void private_apart(void)
{
	const unsigned int ppi = 20;

	begin();
	gic_irq_set_priority(ppi, PRIORITY);
	gic_irq_enable(ppi);
	gic_irq_set_pending(ppi);
	ack_and_drop(ppi);
	guest_turn();
	if (guest_cpu() != FIRST)
		gic_deactivate(ppi);
	guest_turn();
	guest_expect("active after only the second vCPU has deactivated its PPI",
		     guest_cpu() == FIRST,
		     gic_irq_is_active(ppi));
	guest_turn();
	gic_deactivate(ppi);
	guest_expect("active after each vCPU has deactivated its PPI", false,
		     gic_irq_is_active(ppi));
	guest_done();
}

TEST_F(deactivation, private_apart)
{
	EXPECT_GUEST(2, private_apart, "the same PPI, active on both vCPUs");
}

static void inactive(void)
{
	begin();
	prepare_spi(SPI, true);
	prepare_spi(SPI + 1, true);
	gic_irq_set_pending(SPI);
	ack_and_drop(SPI);
	gic_deactivate(SPI + 1);
	guest_expect("active after another SPI was deactivated", true, gic_irq_is_active(SPI));
	gic_irq_set_pending(SPI + 1);
	gic_deactivate(SPI + 1);
	guest_expect("pending after a deactivation without effect", true,
		     gic_irq_is_pending(SPI + 1));
	ack_and_drop(SPI + 1);
	gic_deactivate(SPI);
	gic_deactivate(SPI + 1);
	guest_expect("active after both deactivations", false,
		     gic_irq_is_active(SPI) || gic_irq_is_active(SPI + 1));
	guest_done();
}

TEST_F(deactivation, inactive)
{
	EXPECT_GUEST(1, inactive, "SPIs that are deactivated without being active");
}

/* If active interrupts have no list register, a hypervisor has to emulate the write. */
static void inactive_among_many(void)
{
	const unsigned int pending = SPI + NR_SPIS;
	unsigned int i;

	begin();
	for (i = 0; i < NR_SPIS; i++) {
		prepare_spi(SPI + i, true);
		gic_irq_set_pending(SPI + i);
		ack_and_drop(SPI + i);
	}
	prepare_spi(pending, true);
	gic_irq_set_pending(pending);
	gic_deactivate(pending);
	guest_expect("pending after a deactivation without effect", true,
		     gic_irq_is_pending(pending));
	ack_and_drop(pending);
	for (i = 0; i <= NR_SPIS; i++) {
		gic_deactivate(SPI + i);
		guest_expect("active after it was deactivated", false, gic_irq_is_active(SPI + i));
	}
	guest_done();
}

TEST_F(deactivation, inactive_among_many)
{
	EXPECT_GUEST(1, inactive_among_many, "a pending SPI beside 12 active SPIs");
}

#include "harness/rule_main.h"
