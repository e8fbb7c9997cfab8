// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's timers: their interrupts come through the GIC that the ABI has placed.
 */
#include <stdio.h>
#include <string.h>

#include "guest.h"
#include "guest_gic.h"
#include "guest_timer.h"
#include "rule_harness.h"

/* Shared by guest code of both vCPUs. */
struct seen {
	volatile unsigned int count;
	volatile uint32_t ack;		/* the last one */
	volatile uint64_t at;		/* when it came, by the timer's counter */
};

static struct seen seen[GUEST_MAX_VCPUS];

/* What the test is about, and what its handler does; the host sets them. */
static struct {
	enum guest_timer timer;
	unsigned int again;		/* sets the timer so many times more */
	unsigned int left_alone;	/* lets so many interrupts pass by */
} plan;

#define MAX_INTERRUPTS	100

static unsigned int intid(void)
{
	return plan.timer == TIMER_VIRTUAL ? TIMER_VIRTUAL_PPI : TIMER_PHYSICAL_PPI;
}

static uint64_t milliseconds(unsigned int n)
{
	return n * (guest_ticks_per_second() / 1000);
}

static void take_interrupt(void)
{
	struct seen *s = &seen[guest_cpu()];
	uint32_t ack = gic_ack();

	if ((ack & INTID_MASK) == INTID_SPURIOUS)
		return;
	s->ack = ack;
	s->at = guest_timer_now(plan.timer);
	s->count++;
	guest_expect("interrupts come to an end", true, s->count < MAX_INTERRUPTS);
	if (s->count <= plan.again)
		guest_timer_set(plan.timer, s->at + milliseconds(1));
	else if (s->count > plan.left_alone)
		guest_timer_set_ctl(plan.timer, 0);
	gic_eoi(ack);
}

/* The first vCPU has enabled the distributor. */
static volatile unsigned int gic_is_on;

static void start(void)
{
	if (!guest_cpu()) {
		gic_enable();
		gic_is_on = 1;
	}
	guest_expect("the first vCPU is there", 1, guest_wait(&gic_is_on, 1));
	gic_cpu_enable();
	gic_irq_enable(intid());
	guest_irqs_on();
}

/* Sets the timer so many ticks ahead; returns to when. */
static uint64_t set_timer_ahead(uint64_t ticks, uint32_t ctl)
{
	uint64_t cval = guest_timer_now(plan.timer) + ticks;

	guest_timer_set(plan.timer, cval);
	guest_timer_set_ctl(plan.timer, ctl);
	return cval;
}

/* ... and so far that a vCPU is asleep by then. */
static uint64_t set_timer(uint32_t ctl)
{
	return set_timer_ahead(milliseconds(20), ctl);
}

static void expect_interrupts(unsigned int count, uint64_t cval)
{
	struct seen *s = &seen[guest_cpu()];

	guest_expect("interrupts of the timer", count, guest_wait(&s->count, count));
	guest_expect("acknowledged interrupt", intid(), s->ack & INTID_MASK);
	guest_expect("it came when it was due, or later", true, s->at >= cval);
	guest_linger();
	guest_expect("interrupts after that", count, s->count);
}

#define RULE_FIXTURE	timer
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct guest guest
#include "gic_fixture.h"

#define EXPECT_GUEST(nr_vcpus, code, what) do {				\
	guest_create(&self->guest, nr_vcpus, code);			\
	sync_global_to_guest(self->guest.vm, plan);			\
	guest_on_irq(&self->guest, take_interrupt);			\
	ASSERT_OK(guest_gic_place(&self->guest, variant->dist,		\
				  variant->cpu, 0x08000000, 0x08100000)); \
	EXPECT_RULE_WORD(guest_run(&self->guest) ? "HOLDS" : "BROKEN", what); \
} while (0)

static void fire_while_running(void)
{
	start();
	expect_interrupts(1, set_timer(TIMER_CTL_ENABLE));
	guest_done();
}

TEST_F(timer, virtual_fires)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, fire_while_running, "virtual timer");
}

TEST_F(timer, physical_fires)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, fire_while_running, "physical timer");
}

/* Nothing but the timer can end the sleep. */
static void fire_while_asleep(void)
{
	struct seen *s = &seen[guest_cpu()];
	uint64_t cval;

	start();
	guest_irqs_off();
	cval = set_timer(TIMER_CTL_ENABLE);
	while (!(guest_timer_ctl(plan.timer) & TIMER_CTL_ISTATUS))
		guest_wfi();
	guest_expect("interrupts while they are masked", 0, s->count);
	guest_irqs_on();
	expect_interrupts(1, cval);
	guest_done();
}

TEST_F(timer, virtual_wakes_wfi)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, fire_while_asleep, "virtual timer and WFI");
}

TEST_F(timer, physical_wakes_wfi)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, fire_while_asleep, "physical timer and WFI");
}

static void be_masked(void)
{
	start();
	set_timer(TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
	while (!(guest_timer_ctl(plan.timer) & TIMER_CTL_ISTATUS))
		;
	guest_linger();
	guest_expect("interrupts of a timer that is masked", 0, seen[guest_cpu()].count);
	guest_expect("it is pending", false, gic_irq_is_pending(intid()));
	/* ... which is not to say that it is off. */
	guest_timer_set_ctl(plan.timer, TIMER_CTL_ENABLE);
	expect_interrupts(1, 0);
	guest_done();
}

TEST_F(timer, virtual_masked)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, be_masked, "virtual timer with IMASK");
}

TEST_F(timer, physical_masked)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, be_masked, "physical timer with IMASK");
}

/*
 * A vCPU that was away until the timer was due has seen nothing, and asks again with
 * more time. The first is too little for any machine, so that each run comes this way.
 */
static bool is_pending_before_due(void)
{
	uint64_t cval, ahead = 1;
	bool pending;

	do {
		ahead *= 2;
		cval = set_timer_ahead(ahead, TIMER_CTL_ENABLE);
		pending = gic_irq_is_pending(intid());
	} while (guest_timer_now(plan.timer) >= cval);
	return pending;
}

/* What it is then; a line needs some time on its way to the distributor. */
static bool pending_becomes(bool want)
{
	struct guest_patience patience = { 0 };

	while (gic_irq_is_pending(intid()) != want)
		if (!guest_is_patient(&patience, 20))
			return !want;
	return want;
}

static void look_at_pending(const char *due, const char *off, const char *not_due)
{
	guest_expect(not_due, false, is_pending_before_due());
	while (!(guest_timer_ctl(plan.timer) & TIMER_CTL_ISTATUS))
		;
	guest_expect(due, true, pending_becomes(true));
	guest_timer_set_ctl(plan.timer, 0);
	guest_expect(off, false, pending_becomes(false));
}

/* Masked at the CPU: nobody takes it, and it goes as its line goes. */
static void be_seen(void)
{
	gic_enable();
	gic_cpu_enable();
	look_at_pending("disabled, pending while the timer is due",
			"disabled, pending after the timer was turned off",
			"disabled, pending before it is due");
	gic_irq_enable(intid());
	look_at_pending("pending while the timer is due",
			"pending after the timer was turned off",
			"pending before it is due");
	guest_done();
}

TEST_F(timer, virtual_pending)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, be_seen, "virtual timer's pending bit");
}

TEST_F(timer, physical_pending)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, be_seen, "physical timer's pending bit");
}

#define PERIODS	20

static void tick(void)
{
	uint64_t cval;

	start();
	cval = set_timer(TIMER_CTL_ENABLE);
	expect_interrupts(plan.again + 1, cval + plan.again * milliseconds(1));
	guest_done();
}

TEST_F(timer, virtual_periodic)
{
	plan.timer = TIMER_VIRTUAL;
	plan.again = PERIODS;
	EXPECT_GUEST(1, tick, "virtual timer, set anew by its handler");
}

TEST_F(timer, physical_periodic)
{
	plan.timer = TIMER_PHYSICAL;
	plan.again = PERIODS;
	EXPECT_GUEST(1, tick, "physical timer, set anew by its handler");
}

static void stay_high(void)
{
	start();
	expect_interrupts(plan.left_alone + 1, set_timer(TIMER_CTL_ENABLE));
	guest_done();
}

TEST_F(timer, virtual_level)
{
	plan.timer = TIMER_VIRTUAL;
	plan.left_alone = 3;
	EXPECT_GUEST(1, stay_high, "virtual timer that its handler leaves alone");
}

TEST_F(timer, physical_level)
{
	plan.timer = TIMER_PHYSICAL;
	plan.left_alone = 3;
	EXPECT_GUEST(1, stay_high, "physical timer that its handler leaves alone");
}

TEST_F(timer, each_vcpu)
{
	plan.timer = TIMER_VIRTUAL;
	plan.again = PERIODS;
	EXPECT_GUEST(2, tick, "virtual timers of two vCPUs");
}

#include "rule_main.h"
