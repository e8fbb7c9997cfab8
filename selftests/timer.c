// SPDX-License-Identifier: GPL-2.0-only
/* A guest's timers, whose interrupts come through the GIC that the ABI has placed. */
#include <stdio.h>
#include <string.h>

#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_timer.h"
#include "harness/rule_harness.h"

/* Shared by guest code of both vCPUs. */
struct seen {
	volatile unsigned int count;
	volatile uint32_t ack;		/* the last one */
	volatile uint64_t at;		/* when it came, by the timer's counter */
	volatile uint64_t due;		/* when the next one is due */
	volatile unsigned int others;	/* interrupts of the vCPU's other timer */
};

static struct seen seen[GUEST_MAX_VCPUS];

/* The timer under test and the work of its handler; set by the host. */
static struct {
	enum guest_timer timer;
	unsigned int again;		/* times that it sets the timer again */
	unsigned int left_alone;	/* interrupts for which it does not */
} plan;

#define MAX_INTERRUPTS	100

static unsigned int intid_of(enum guest_timer timer)
{
	return timer == TIMER_VIRTUAL ? TIMER_VIRTUAL_PPI : TIMER_PHYSICAL_PPI;
}

static unsigned int intid(void)
{
	return intid_of(plan.timer);
}

/* The other timer of the vCPU; its interrupt is a later event. */
static enum guest_timer other_timer(void)
{
	return plan.timer == TIMER_VIRTUAL ? TIMER_PHYSICAL : TIMER_VIRTUAL;
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
	if ((ack & INTID_MASK) == intid_of(other_timer())) {
		guest_timer_set_ctl(other_timer(), 0);
		s->others++;
		gic_eoi(ack);
		return;
	}
	s->ack = ack;
	s->at = guest_timer_now(plan.timer);
	s->count++;
	guest_expect("interrupts come to an end", true, s->count < MAX_INTERRUPTS);
	if (s->count <= plan.again) {
		s->due = s->at + milliseconds(1);
		guest_timer_set(plan.timer, s->due);
	} else if (s->count > plan.left_alone) {
		guest_timer_set_ctl(plan.timer, 0);
	}
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
	guest_await("the first vCPU has enabled the distributor", &gic_is_on, 1);
	gic_cpu_enable();
	gic_irq_enable(intid());
	gic_irq_enable(intid_of(other_timer()));
	guest_irqs_on();
}

/* Sets the timer @ticks ahead and returns its compare value. */
static uint64_t set_timer_ahead(uint64_t ticks, uint32_t ctl)
{
	uint64_t cval = guest_timer_now(plan.timer) + ticks;

	seen[guest_cpu()].due = cval;
	guest_timer_set(plan.timer, cval);
	guest_timer_set_ctl(plan.timer, ctl);
	return cval;
}

/* ... and far enough ahead for the vCPU to be asleep by then. */
static uint64_t set_timer(uint32_t ctl)
{
	return set_timer_ahead(milliseconds(20), ctl);
}

static bool is_due(void)
{
	return guest_timer_ctl(plan.timer) & TIMER_CTL_ISTATUS;
}

/* ---- a later event ---- */

/*
 * An interrupt may be late or lost: some kernels lose interrupts of a timer that its
 * handler sets [timer.physical_periodic]. A guest that waited for it alone would wait for
 * ever, so it waits for its other timer as well, which it sets once the first is overdue.
 * A host whose timer interrupts take too long defers the next by 100 ms, possibly for one
 * of the guest's timers and not for the other.
 */
#define OVERDUE_MS	250

/* Set by tests that mask interrupts and poll for the other timer's. */
static bool polls;

static unsigned int watch_other_timer(uint64_t ticks)
{
	unsigned int others = seen[guest_cpu()].others;

	guest_timer_set(other_timer(), guest_timer_now(other_timer()) + ticks);
	guest_timer_set_ctl(other_timer(), TIMER_CTL_ENABLE);
	return others;
}

static bool other_has_fired(unsigned int since)
{
	if (polls)
		take_interrupt();
	return seen[guest_cpu()].others != since;
}

static void stop_other_timer(void)
{
	guest_timer_set_ctl(other_timer(), 0);
}

/*
 * No more interrupts of a timer come once another one, set for later, has fired and
 * nothing is pending.
 */
static void settle(void)
{
	unsigned int since = watch_other_timer(milliseconds(1));

	guest_await_that("an interrupt of the vCPU's other timer", other_has_fired(since), since);
	gic_settle();
}

/* Checks ISTATUS when the counter has reached the compare value. */
static void expect_due(uint64_t cval)
{
	unsigned int since;

	guest_await_that("the counter reaches the timer's value",
			 guest_timer_now(plan.timer) >= cval, guest_timer_now(plan.timer));
	since = watch_other_timer(milliseconds(OVERDUE_MS));
	guest_await_that("ISTATUS of the timer", is_due() || other_has_fired(since), since);
	stop_other_timer();
	guest_expect("ISTATUS of a timer whose time has come", true, is_due());
}

/*
 * The counter shows when an interrupt is overdue. Reading the timer may be an exit, after
 * which KVM could deliver an interrupt that it had missed.
 */
static unsigned int await_interrupts(unsigned int count)
{
	struct guest_wait outer = guest_wait_begin("interrupts of the timer");
	struct seen *s = &seen[guest_cpu()];
	unsigned int came = s->count, since = 0;
	bool watches = false;

	while (s->count < count) {
		guest_wait_sees(s->count);
		if (s->count != came) {
			stop_other_timer();
			came = s->count;
			watches = false;
		} else if (watches && other_has_fired(since)) {
			break;
		} else if (!watches && guest_timer_now(plan.timer) >= s->due) {
			since = watch_other_timer(milliseconds(OVERDUE_MS));
			watches = true;
		}
		guest_relax();
	}
	stop_other_timer();
	guest_wait_end(outer);
	return s->count;
}

static void expect_interrupts(unsigned int count, uint64_t cval)
{
	struct seen *s = &seen[guest_cpu()];

	guest_expect("interrupts of the timer", count, await_interrupts(count));
	guest_expect("acknowledged interrupt", intid(), s->ack & INTID_MASK);
	guest_expect("not before the timer was due", true, s->at >= cval);
	settle();
	guest_expect("interrupts after that", count, s->count);
}

#define RULE_FIXTURE	timer
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

static void prepare_guest(struct guest *guest)
{
	sync_global_to_guest(guest->vm, plan);
	guest_on_irq(guest, take_interrupt);
}

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

/* Only the timer can end the sleep. */
static void fire_while_asleep(void)
{
	struct seen *s = &seen[guest_cpu()];
	uint64_t cval;

	start();
	guest_irqs_off();
	cval = set_timer(TIMER_CTL_ENABLE);
	while (guest_timer_now(plan.timer) < cval)
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
	expect_due(set_timer(TIMER_CTL_ENABLE | TIMER_CTL_IMASK));
	settle();
	guest_expect("interrupts of a timer that is masked", 0, seen[guest_cpu()].count);
	guest_expect("it is pending", false, gic_irq_is_pending(intid()));
	/* A masked timer is still enabled. */
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
 * If the vCPU was not running until the timer was due, the check proves nothing and is
 * repeated with more time. The first time is too short for any machine, so each run
 * repeats it.
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

/* The state in the end: a change of the line takes some time to reach the distributor. */
static bool pending_becomes(bool want)
{
	unsigned int since = watch_other_timer(milliseconds(OVERDUE_MS));

	guest_await_that("the timer's pending bit changes",
			 gic_irq_is_pending(intid()) == want || other_has_fired(since), !want);
	stop_other_timer();
	return gic_irq_is_pending(intid());
}

static void look_at_pending(const char *due, const char *off, const char *not_due)
{
	guest_expect(not_due, false, is_pending_before_due());
	expect_due(seen[guest_cpu()].due);
	guest_expect(due, true, pending_becomes(true));
	guest_timer_set_ctl(plan.timer, 0);
	guest_expect(off, false, pending_becomes(false));
}

/* Masked at the CPU: the interrupt is not acknowledged, and follows its line. */
static void be_seen(void)
{
	polls = true;
	gic_enable();
	gic_cpu_enable();
	gic_irq_set_priority(intid(), 0x80);
	gic_irq_set_priority(intid_of(other_timer()), 0);
	gic_set_priority_mask(0x80);
	gic_irq_enable(intid_of(other_timer()));
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

/* ---- the counter of all vCPUs ---- */

FIXTURE(counter)
{
	struct rule_run run;
	struct guest guest;
};

FIXTURE_VARIANT(counter)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(counter, any)
{
	.name = "any",
};

FIXTURE_SETUP(counter)
{
	RULE_SETUP("counter");
}

FIXTURE_TEARDOWN(counter)
{
	rule_end(&self->run);
}

#define COUNTER_VCPUS	3
#define COUNTER_ROUNDS	4

/* A value that no counter reaches by itself, and one that it does not reach from there. */
#define COUNTER_START	(1ULL << 48)
#define COUNTER_END	(1ULL << 50)

static int counter_call(int vcpu, unsigned long call, uint64_t *value)
{
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM_TIMER_CNT, .addr = (uintptr_t)value,
	};

	return abi_ioctl(vcpu, call, &reg);
}

static uint64_t last_ticks;

/* vCPUs take turns. */
static void read_counters(void)
{
	unsigned int round;

	guest_turns_begin();
	for (round = 0; round < COUNTER_ROUNDS; round++) {
		uint64_t ticks = guest_ticks();

		guest_expect("the counter is at least what another vCPU has read", true,
			     ticks >= last_ticks);
		guest_expect("the counter is at least what user space has set", true,
			     ticks >= COUNTER_START);
		guest_expect("the counter is not far beyond that", true, ticks < COUNTER_END);
		last_ticks = ticks;
		guest_turn();
	}
	guest_done();
}

TEST_F(counter, shared)
{
	uint64_t start = COUNTER_START, last = 0, value;
	unsigned int i;

	guest_create(&self->guest, COUNTER_VCPUS, read_counters);
	ASSERT_OK(counter_call(self->guest.vcpus[1]->fd, KVM_SET_ONE_REG, &start));
	for (i = 0; i < 2 * COUNTER_VCPUS; i++) {
		ASSERT_OK(counter_call(self->guest.vcpus[i % COUNTER_VCPUS]->fd, KVM_GET_ONE_REG,
				       &value));
		EXPECT_RULE_WORD(holds(value >= start && value >= last && value < COUNTER_END),
				 "the counter of vCPU %u: 0x%llx, after 0x%llx of another vCPU",
				 i % COUNTER_VCPUS, (unsigned long long)value,
				 (unsigned long long)last);
		last = value;
	}
	EXPECT_GUEST_ENDS("the counter as vCPUs read it in turn");
}

TEST_F(counter, kept_by_reset)
{
	uint64_t start = COUNTER_START, value;
	struct abi_vcpu vcpu[COUNTER_VCPUS];
	struct abi_vm vm;
	unsigned int i;

	abi_vm_open(&vm, 0);
	for (i = 0; i < COUNTER_VCPUS; i++)
		abi_vcpu_add(&vm, i, &vcpu[i]);
	ASSERT_OK(counter_call(vcpu[0].fd, KVM_SET_ONE_REG, &start));
	for (i = 0; i < COUNTER_VCPUS; i++) {
		ASSERT_OK(abi_vcpu_init(&vm, &vcpu[i]));
		ASSERT_OK(counter_call(vcpu[i].fd, KVM_GET_ONE_REG, &value));
		EXPECT_RULE_WORD(holds(value >= start && value < COUNTER_END),
				 "the counter of vCPU %u after a reset: 0x%llx", i,
				 (unsigned long long)value);
	}
}

#include "harness/rule_main.h"
