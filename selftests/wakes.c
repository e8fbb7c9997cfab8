// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts that wake a vCPU from WFI. While a vCPU runs, the hardware chooses the interrupt to
 * signal; while its thread sleeps, the hypervisor has to find out whether one of its interrupts
 * ends WFI. A vCPU that is not woken sleeps until the guest's time limit. The second vCPU sleeps,
 * the first wakes it.
 */
#include <stdio.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/thread_state.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_polling.h"
#include "guest/guest_timer.h"
#include "harness/rule_harness.h"

#define SGI	5
#define SPI	45
#define OTHER	50

#define ROUNDS	8

#define RULE_FIXTURE	wakes
#define RULE_VARIANTS	(SEED_V2 | LEGACY_V2 | DEVATTR_V2 | DEVATTR_V3)
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

/* ---- shared by the vCPUs and the host ---- */

/* The last round in which the second vCPU went to sleep, and in which it woke up. */
static volatile unsigned int asleep, woken;

/* The first vCPU has prepared the interrupts. */
static volatile unsigned int prepared;

/* The host has seen the second vCPU's thread asleep. */
static volatile unsigned int seen_asleep;

/* Requests to the host. */
#define NAME_SLEEPER	0	/* the calling vCPU will sleep */
#define AWAIT_SLEEP	1	/* wait until that vCPU's thread sleeps */

/*
 * WFI is a hint, and a kernel may never put the thread to sleep, so the number of polls over all
 * rounds is limited. The limit is far above what the thread needs to fall asleep in all rounds.
 * After the last poll the test continues, and may pass although the thread has not slept.
 */
#define POLLS	5000
#define POLL_US	100

static void serve_sleeper(struct guest *guest, unsigned int request)
{
	static unsigned int polls;
	static pid_t sleeper;

	if (request == NAME_SLEEPER) {
		sleeper = thread_self();
		return;
	}
	for (; polls < POLLS && !guest->failed && !guest->late; polls++) {
		if (thread_sleeps(sleeper)) {
			*GUEST_ADDR(guest, seen_asleep) = 1;
			return;
		}
		usleep(POLL_US);
	}
}

static void prepare_guest(struct guest *guest)
{
	guest->on_request = serve_sleeper;
}

/* ---- the guest's side ---- */

/* start(), and tells the host which thread will sleep. */
static void start_pair(void)
{
	start();
	if (guest_cpu() == SECOND)
		guest_request(NAME_SLEEPER);
}

/* Sleeps until an interrupt is delivered, and acknowledges it. It has to be @intid. */
static uint32_t ack_asleep(const char *what, unsigned int intid)
{
	struct guest_wait outer = guest_wait_begin(what);
	uint32_t ack;

	while (((ack = gic_ack()) & INTID_MASK) == INTID_SPURIOUS)
		guest_wfi();
	guest_wait_end(outer);
	guest_expect(what, intid, ack & INTID_MASK);
	return ack;
}

/* Waits until the second vCPU's thread sleeps in WFI. */
static void await_asleep(unsigned int round)
{
	guest_await("the second vCPU goes to sleep", &asleep, round);
	guest_request(AWAIT_SLEEP);
}

static void await_woken(unsigned int round)
{
	guest_await("the second vCPU wakes up", &woken, round);
}

static void prepare_for_second(unsigned int intid, uint8_t priority)
{
	prepare(intid, priority);
	gic_irq_route(intid, SECOND);
}

/* The SPI is pending at the first vCPU, which masks it. */
static void rerouted(void)
{
	unsigned int i;

	start_pair();
	if (guest_cpu() == FIRST) {
		gic_set_priority_mask(0);
		prepare(SPI, 0x80);
	}
	for (i = 1; guest_cpu() == SECOND && i <= ROUNDS; i++) {
		asleep = i;
		gic_eoi(ack_asleep("the SPI that is moved to a vCPU in WFI", SPI));
		woken = i;
	}
	for (i = 1; guest_cpu() == FIRST && i <= ROUNDS; i++) {
		guest_await("the second vCPU goes to sleep", &asleep, i);
		gic_irq_route(SPI, FIRST);
		set_pending(SPI);
		await_asleep(i);
		gic_irq_route(SPI, SECOND);
		/* This read is an exit of the SPI's old vCPU, at which KVM moves the SPI. */
		gic_irq_is_pending(SPI);
		await_woken(i);
	}
	guest_done();
}

TEST_F(wakes, rerouted)
{
	EXPECT_GUEST(2, rerouted, "a pending SPI that is moved to a vCPU in WFI");
}

/* The SPI was pending first and is masked all the time. */
static void behind_masked(void)
{
	unsigned int i;

	start_pair();
	if (guest_cpu() == SECOND) {
		gic_set_priority_mask(0x80);
		set_priority(SGI, 0x40);
		gic_irq_enable(SGI);
		guest_await("the SPI is pending", &prepared, 1);
	}
	for (i = 1; guest_cpu() == SECOND && i <= ROUNDS; i++) {
		asleep = i;
		gic_eoi(ack_asleep("the SGI, which is not masked", SGI));
		woken = i;
	}
	if (guest_cpu() == FIRST) {
		prepare_for_second(SPI, 0x80);
		set_pending(SPI);
		prepared = 1;
	}
	for (i = 1; guest_cpu() == FIRST && i <= ROUNDS; i++) {
		await_asleep(i);
		gic_send_sgi(SGI, SECOND);
		await_woken(i);
	}
	guest_done();
}

TEST_F(wakes, behind_masked)
{
	EXPECT_GUEST(2, behind_masked, "an SGI to a vCPU in WFI that masks a pending SPI");
}

/* One round of deactivated(): the SPI is active and becomes pending; the other SPI is masked. */
static void sleep_with_active(unsigned int round)
{
	uint32_t ack = gic_await_ack("the SPI");

	guest_expect("the SPI", SPI, ack & INTID_MASK);
	gic_eoi(ack);
	gic_set_priority_mask(0x80);
	asleep = round;
	ack = ack_asleep("the SPI that was active", SPI);
	gic_eoi(ack);
	gic_deactivate(ack);
	gic_set_priority_mask(0xff);
	ack = gic_await_ack("the other SPI when it is not masked");
	guest_expect("the other SPI when it is not masked", OTHER, ack & INTID_MASK);
	gic_eoi(ack);
	gic_deactivate(ack);
	woken = round;
}

static void deactivate_of_other(unsigned int round)
{
	struct guest_wait outer;

	set_pending(SPI);
	guest_await("the second vCPU has the SPI active", &asleep, round);
	set_pending(OTHER);
	await_asleep(round);
	set_pending(SPI);
	outer = guest_wait_begin("the second vCPU wakes up for an SPI that gets inactive");
	/* 6.1 loses a write that coincides with an exit of the second vCPU. */
	do {
		gic_irq_clear_active(SPI);
		guest_yield();
	} while (woken < round);
	guest_wait_end(outer);
}

static void deactivated(void)
{
	unsigned int i;

	start_pair();
	if (guest_cpu() == SECOND) {
		gic_split_eoi(true);
		prepared = 1;
	} else {
		prepare_for_second(SPI, 0x40);
		prepare_for_second(OTHER, 0x80);
		guest_await("the second vCPU has EOImode 1", &prepared, 1);
	}
	for (i = 1; i <= ROUNDS; i++) {
		if (guest_cpu() == SECOND)
			sleep_with_active(i);
		else
			deactivate_of_other(i);
	}
	guest_done();
}

TEST_F(wakes, deactivated)
{
	EXPECT_GUEST(2, deactivated, "an SPI that is pending again and gets inactive during WFI");
}

/*
 * The SPI is masked when the second vCPU goes to sleep, and gets its higher priority while the
 * distributor is off. The second vCPU must not enter the guest in between, because some kernels
 * lose the SPI then: if the host has not seen that the thread sleeps, the distributor stays on.
 */
static void distributor_on(void)
{
	start_pair();
	if (guest_cpu() == SECOND) {
		gic_set_priority_mask(0x80);
		guest_await("the SPI is pending", &prepared, 1);
		asleep = 1;
		gic_eoi(ack_asleep("the SPI when the distributor is on", SPI));
		woken = 1;
		guest_done();
	}
	prepare_for_second(SPI, 0x80);
	set_pending(SPI);
	prepared = 1;
	await_asleep(1);
	if (seen_asleep)
		gic_disable();
	set_priority(SPI, 0x20);
	if (seen_asleep)
		gic_enable();
	else
		gic_irq_set_pending(SPI);
	await_woken(1);
	guest_done();
}

TEST_F(wakes, distributor_on)
{
	EXPECT_GUEST(2, distributor_on, "GICD_CTLR enabled while a vCPU with an SPI is in WFI");
}

#include "harness/rule_main.h"
