// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's timers and counters: interrupts that the guest's GIC delivers, registers, and the
 * timers' output without an in-kernel GIC.
 */
#include <stdio.h>
#include <string.h>

#include "guest/counter_offset.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_timer.h"
#include "harness/rule_harness.h"

/* Shared by guest code of both vCPUs. */
struct seen {
	volatile unsigned int count;
	volatile uint32_t ack;		/* of the last interrupt */
	volatile uint64_t at;		/* time of the last interrupt, by the timer's counter */
	volatile uint64_t due;		/* when the next interrupt is due */
	volatile unsigned int others;	/* interrupts of the vCPU's other timer */
};

static struct seen seen[GUEST_MAX_VCPUS];

/* The timer under test and the work of its handler; set by the host. */
static struct {
	enum guest_timer timer;
	unsigned int again;		/* times that the handler sets the timer again */
	unsigned int left_alone;	/* interrupts after which the handler leaves the timer on */
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

/* The vCPU's timer that is not under test. Its interrupt ends waits: see OVERDUE_MS. */
static enum guest_timer other_timer(void)
{
	return plan.timer == TIMER_VIRTUAL ? TIMER_PHYSICAL : TIMER_VIRTUAL;
}

static uint64_t milliseconds(unsigned int n)
{
	return n * (guest_ticks_per_second() / 1000);
}

static void handle_interrupt(void)
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
	guest_expect("interrupts stop", true, s->count < MAX_INTERRUPTS);
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

/* set_timer_ahead(), far enough for the vCPU to be asleep by then. */
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
 * Some kernels lose interrupts of a timer that its handler sets again
 * [timer.physical_periodic]. So that such a loss does not stop the guest, the guest sets the
 * vCPU's other timer when the first is overdue, and waits for an interrupt of either. The limit is
 * long because a host whose timer interrupts take too long defers the next interrupt by 100 ms,
 * possibly for only one of the two timers.
 */
#define OVERDUE_MS	250

/* Set by tests that mask interrupts, and so have to poll for the other timer's interrupt. */
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
		handle_interrupt();
	return seen[guest_cpu()].others != since;
}

static void stop_other_timer(void)
{
	guest_timer_set_ctl(other_timer(), 0);
}

/*
 * The timer raises no more interrupts once the vCPU's other timer, set for later, has fired and
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
	guest_expect("ISTATUS of an expired timer", true, is_due());
}

/*
 * The counter shows when an interrupt is overdue. Reading the timer may be an exit, after
 * which KVM could deliver an interrupt that it had missed.
 */
static unsigned int await_interrupts(unsigned int count)
{
	struct guest_wait outer = guest_wait_begin("interrupts of the timer");
	struct seen *s = &seen[guest_cpu()];
	unsigned int handled = s->count, since = 0;
	bool watches = false;

	while (s->count < count) {
		/* Read before the count: if the host was stopped, both timers may have fired. */
		bool other_fired = watches && other_has_fired(since);

		guest_wait_sees(s->count);
		if (s->count != handled) {
			stop_other_timer();
			handled = s->count;
			watches = false;
		} else if (other_fired) {
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
	guest_expect("interrupts of the timer in total", count, s->count);
}

#define RULE_FIXTURE	timer
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

static void prepare_guest(struct guest *guest)
{
	sync_global_to_guest(guest->vm, plan);
	guest_on_irq(guest, handle_interrupt);
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

static void check_imask(void)
{
	start();
	expect_due(set_timer(TIMER_CTL_ENABLE | TIMER_CTL_IMASK));
	settle();
	guest_expect("interrupts of a timer that is masked", 0, seen[guest_cpu()].count);
	guest_expect("pending while the timer is masked", false, gic_irq_is_pending(intid()));
	/* A masked timer is still enabled. */
	guest_timer_set_ctl(plan.timer, TIMER_CTL_ENABLE);
	expect_interrupts(1, 0);
	guest_done();
}

TEST_F(timer, virtual_masked)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, check_imask, "virtual timer with IMASK");
}

TEST_F(timer, physical_masked)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, check_imask, "physical timer with IMASK");
}

/*
 * If the timer is due by the end of the check, the check proves nothing and is repeated with
 * more time. The first attempt has too little time on any machine, so that each run tests the
 * repetition.
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

/* Waits, because a change of the line takes some time to reach the distributor. */
static bool pending_becomes(bool want)
{
	unsigned int since = watch_other_timer(milliseconds(OVERDUE_MS));

	guest_await_that("the timer's pending bit changes",
			 gic_irq_is_pending(intid()) == want || other_has_fired(since), !want);
	stop_other_timer();
	return gic_irq_is_pending(intid());
}

static void expect_pending(const char *due, const char *off, const char *not_due)
{
	guest_expect(not_due, false, is_pending_before_due());
	expect_due(seen[guest_cpu()].due);
	guest_expect(due, true, pending_becomes(true));
	guest_timer_set_ctl(plan.timer, 0);
	guest_expect(off, false, pending_becomes(false));
}

/* GICC_PMR masks the interrupt: it is never acknowledged, so its pending bit follows its line. */
static void check_pending(void)
{
	polls = true;
	gic_enable();
	gic_cpu_enable();
	gic_irq_set_priority(intid(), 0x80);
	gic_irq_set_priority(intid_of(other_timer()), 0);
	gic_set_priority_mask(0x80);
	gic_irq_enable(intid_of(other_timer()));
	expect_pending("disabled, pending while the timer is due",
		       "disabled, pending after the timer was turned off",
		       "disabled, pending before it is due");
	gic_irq_enable(intid());
	expect_pending("pending while the timer is due",
		       "pending after the timer was turned off",
		       "pending before it is due");
	guest_done();
}

TEST_F(timer, virtual_pending)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, check_pending, "virtual timer's pending bit");
}

TEST_F(timer, physical_pending)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, check_pending, "physical timer's pending bit");
}

/* Interrupts are masked, so that the distributor is read between acknowledgement and EOI. */
static void check_active(void)
{
	uint32_t ack;

	gic_enable();
	gic_cpu_enable();
	gic_irq_enable(intid());
	guest_expect("active before it is due", false, gic_irq_is_active(intid()));
	set_timer_ahead(milliseconds(1), TIMER_CTL_ENABLE);
	ack = gic_await_ack("the timer's interrupt");
	guest_expect("acknowledged interrupt", intid(), ack & INTID_MASK);
	guest_expect("active once it was acknowledged", true, gic_irq_is_active(intid()));
	guest_timer_set_ctl(plan.timer, 0);
	guest_expect("active after the timer was turned off", true, gic_irq_is_active(intid()));
	gic_eoi(ack);
	guest_expect("active after its EOI", false, gic_irq_is_active(intid()));
	guest_done();
}

TEST_F(timer, virtual_active)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, check_active, "virtual timer's active bit");
}

TEST_F(timer, physical_active)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, check_active, "physical timer's active bit");
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
	EXPECT_GUEST(1, tick, "virtual timer, set again by its handler");
}

TEST_F(timer, physical_periodic)
{
	plan.timer = TIMER_PHYSICAL;
	plan.again = PERIODS;
	EXPECT_GUEST(1, tick, "physical timer, set again by its handler");
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

/* ---- the timer's output and the state of its PPI ---- */

/* An SPI that nothing uses: a read of its enable bit is an exit that KVM itself serves. */
#define IDLE_SPI	45

static void exit_often(void)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		guest_expect("an SPI that nothing has enabled", false,
			     gic_irq_is_enabled(IDLE_SPI));
}

/*
 * Waits until the interrupt is signalled. The guest has masked interrupts, and does not acknowledge
 * this one.
 */
static void await_signalled(void)
{
	set_timer_ahead(milliseconds(1), TIMER_CTL_ENABLE);
	guest_await_that("the timer's interrupt is signalled", guest_irq_is_signalled(), 0);
}

static void exit_before_ack(void)
{
	gic_enable();
	gic_cpu_enable();
	gic_irq_enable(intid());
	await_signalled();
	exit_often();
	guest_expect("acknowledged after exits", intid(), gic_ack() & INTID_MASK);
	guest_timer_set_ctl(plan.timer, 0);
	gic_eoi(intid());
	gic_expect_none("an interrupt of a timer that is off");
	guest_done();
}

TEST_F(timer, virtual_held)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, exit_before_ack,
		     "exits before the virtual timer's interrupt is acknowledged");
}

TEST_F(timer, physical_held)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, exit_before_ack,
		     "exits before the physical timer's interrupt is acknowledged");
}

/*
 * The line is high when the vCPU enters the guest after guest_yield(), and low at the EOI. KVM sees
 * the EOI at the next exit, and would look at the line again at the exit after that.
 */
static void turn_off_before_eoi(void)
{
	unsigned int i;
	uint32_t ack;

	gic_enable();
	gic_cpu_enable();
	gic_irq_enable(intid());
	for (i = 0; i < 3; i++) {
		set_timer_ahead(0, TIMER_CTL_ENABLE);
		ack = gic_await_ack("the timer's interrupt");
		guest_yield();
		guest_timer_set_ctl(plan.timer, 0);
		gic_eoi(ack);
		gic_irq_is_enabled(IDLE_SPI);
		guest_expect("acknowledged after the EOI", INTID_SPURIOUS,
			     gic_ack() & INTID_MASK);
		gic_expect_none("an interrupt of a timer that was turned off before its EOI");
	}
	guest_done();
}

TEST_F(timer, virtual_off_before_eoi)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, turn_off_before_eoi, "virtual timer, turned off before its EOI");
}

TEST_F(timer, physical_off_before_eoi)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, turn_off_before_eoi, "physical timer, turned off before its EOI");
}

#define TRIES		8
#define MANY_EXITS	20

/*
 * The timer expires at once, and the distributor shows its interrupt as pending. The interrupt is
 * then signalled, at the latest after some exits that KVM itself serves. Nothing here takes long or
 * exits to user space: when the vCPU's thread is scheduled, KVM looks at the timer again, which
 * would hide that it had missed the expiry.
 */
static void expect_signalled(void)
{
	unsigned int exits;

	set_timer_ahead(0, TIMER_CTL_ENABLE);
	guest_await_that("the timer's interrupt is pending", gic_irq_is_pending(intid()), 0);
	for (exits = 0; exits < MANY_EXITS && !guest_irq_is_signalled(); exits++)
		gic_irq_is_enabled(IDLE_SPI);
	guest_expect("signalled after many exits while it was pending", true,
		     guest_irq_is_signalled());
	guest_expect("acknowledged when it is signalled", intid(), gic_ack() & INTID_MASK);
	guest_timer_set_ctl(plan.timer, 0);
	gic_eoi(intid());
}

/*
 * Repeats @change, which changes the state of the timer or of its PPI, and leaves the timer off.
 * After each @change, no interrupt is pending, neither before nor after the next exit, and the
 * timer can raise its interrupt.
 */
static void fire_after(void (*change)(void))
{
	unsigned int i;

	gic_enable();
	gic_cpu_enable();
	gic_irq_enable(intid());
	for (i = 0; i < TRIES; i++) {
		change();
		guest_expect("acknowledged while the timer is off", INTID_SPURIOUS,
			     gic_ack() & INTID_MASK);
		gic_expect_none("an interrupt of a timer that is off");
		expect_signalled();
	}
	guest_done();
}

static void turn_off_signalled(void)
{
	await_signalled();
	guest_timer_set_ctl(plan.timer, 0);
	/* Makes KVM look at the line. */
	guest_await_that("the timer's interrupt is no longer pending",
			 !gic_irq_is_pending(intid()), 1);
}

static void withdraw(void)
{
	fire_after(turn_off_signalled);
}

TEST_F(timer, virtual_withdrawn)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, withdraw, "virtual timer, turned off before it was acknowledged");
}

TEST_F(timer, physical_withdrawn)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, withdraw, "physical timer, turned off before it was acknowledged");
}

static void turn_off_disabled(void)
{
	gic_irq_disable(intid());
	set_timer_ahead(milliseconds(1), TIMER_CTL_ENABLE);
	guest_await_that("the timer's interrupt is pending", gic_irq_is_pending(intid()), 0);
	guest_timer_set_ctl(plan.timer, 0);
	gic_irq_enable(intid());
}

static void expire_disabled(void)
{
	fire_after(turn_off_disabled);
}

TEST_F(timer, virtual_off_while_disabled)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, expire_disabled, "virtual timer, turned off while its PPI was disabled");
}

TEST_F(timer, physical_off_while_disabled)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, expire_disabled, "physical timer, turned off while its PPI was disabled");
}

/* EOImode 1, so that the write and not the EOI ends the active state. */
static void clear_active(void)
{
	uint32_t ack;

	gic_split_eoi(true);
	set_timer_ahead(milliseconds(1), TIMER_CTL_ENABLE);
	ack = gic_await_ack("the timer's interrupt");
	gic_eoi(ack);
	guest_timer_set_ctl(plan.timer, 0);
	guest_expect("active after the priority drop", true, gic_irq_is_active(intid()));
	gic_irq_clear_active(intid());
	guest_expect("active after a write of ICACTIVER", false, gic_irq_is_active(intid()));
	gic_split_eoi(false);
}

/* An active interrupt is not signalled. */
static void set_active(void)
{
	gic_irq_set_active(intid());
	guest_expect("active after a write of ISACTIVER", true, gic_irq_is_active(intid()));
	set_timer_ahead(milliseconds(1), TIMER_CTL_ENABLE);
	guest_await_that("the timer's interrupt is pending", gic_irq_is_pending(intid()), 0);
	gic_expect_none("an interrupt that a write has made active");
	guest_timer_set_ctl(plan.timer, 0);
	gic_irq_clear_active(intid());
	guest_expect("active after a write of ICACTIVER", false, gic_irq_is_active(intid()));
}

static void write_active(void)
{
	clear_active();
	set_active();
}

static void change_active(void)
{
	fire_after(write_active);
}

TEST_F(timer, virtual_active_written)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, change_active, "virtual timer's active bit, written");
}

TEST_F(timer, physical_active_written)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, change_active, "physical timer's active bit, written");
}

/*
 * The first write of ISPENDR makes the interrupt pending until it is acknowledged, the second only
 * until a write of ICPENDR.
 */
static void write_pending(void)
{
	gic_irq_set_pending(intid());
	guest_expect("acknowledged after a write of ISPENDR", intid(),
		     gic_await_ack("the interrupt of ISPENDR") & INTID_MASK);
	gic_eoi(intid());
	gic_irq_disable(intid());
	gic_irq_set_pending(intid());
	gic_irq_clear_pending(intid());
	gic_irq_enable(intid());
}

static void change_pending(void)
{
	fire_after(write_pending);
}

TEST_F(timer, virtual_pending_written)
{
	plan.timer = TIMER_VIRTUAL;
	EXPECT_GUEST(1, change_pending, "virtual timer's pending bit, written");
}

TEST_F(timer, physical_pending_written)
{
	plan.timer = TIMER_PHYSICAL;
	EXPECT_GUEST(1, change_pending, "physical timer's pending bit, written");
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

/* During a test, no counter reaches COUNTER_START by itself, or COUNTER_END from COUNTER_START. */
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

static int physical_call(int vcpu, unsigned long call, uint64_t *value)
{
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM_PTIMER_CNT, .addr = (uintptr_t)value,
	};

	return abi_ioctl(vcpu, call, &reg);
}

/* arm64's 6.1 cannot read the physical counter. */
TEST_F(counter, physical_apart)
{
	uint64_t start = COUNTER_START, before = 0, after = 0;
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	abi_vm_open(&vm, 0);
	abi_vcpu_add(&vm, 0, &vcpu);
	if (physical_call(vcpu.fd, KVM_GET_ONE_REG, &before))
		rule_skip("user space cannot read the physical counter here");
	ASSERT_OK(counter_call(vcpu.fd, KVM_SET_ONE_REG, &start));
	ASSERT_OK(physical_call(vcpu.fd, KVM_GET_ONE_REG, &after));
	EXPECT_RULE_WORD(holds(after >= before && after < COUNTER_START),
			 "the physical counter after the virtual one was set: %#llx, before %#llx",
			 (unsigned long long)after, (unsigned long long)before);
}

/* arm64's 5.10 and 6.1 refuse to set the physical counter. */
TEST_F(counter, physical_of_all)
{
	uint64_t start = COUNTER_START, value = 0;
	struct abi_vcpu vcpu[COUNTER_VCPUS];
	struct abi_vm vm;
	unsigned int i;

	abi_vm_open(&vm, 0);
	for (i = 0; i + 1 < COUNTER_VCPUS; i++)
		abi_vcpu_add(&vm, i, &vcpu[i]);
	if (physical_call(vcpu[0].fd, KVM_SET_ONE_REG, &start))
		rule_skip("the physical counter cannot be set here");
	abi_vcpu_add(&vm, i, &vcpu[i]);
	for (i = 0; i < 2 * COUNTER_VCPUS; i++) {
		/* The second round follows a reset of the vCPU. */
		if (i >= COUNTER_VCPUS)
			ASSERT_OK(abi_vcpu_init(&vm, &vcpu[i % COUNTER_VCPUS]));
		ASSERT_OK(physical_call(vcpu[i % COUNTER_VCPUS].fd, KVM_GET_ONE_REG, &value));
		EXPECT_RULE_WORD(holds(value >= start && value < COUNTER_END),
				 "the physical counter of vCPU %u, round %u: 0x%llx",
				 i % COUNTER_VCPUS, i / COUNTER_VCPUS, (unsigned long long)value);
	}
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

/* ---- the timers' registers, without a GIC ---- */

#define RULE_FIXTURE	timer_reg
#include "timer_fixture.h"

#define EXPECT_TIMER(code, what) do {					\
	guest_create(&self->guest, 1, code);				\
	sync_global_to_guest(self->guest.vm, plan);			\
	EXPECT_GUEST_ENDS("%s: " what, variant->name);			\
} while (0)

/* Expects @value to be from @first to @last, modulo 2^64. */
static void expect_between(const char *what, uint64_t first, uint64_t value, uint64_t last)
{
	guest_expect(what, true, value - first <= last - first);
}

static const int32_t tvals[] = { 0, 1, 1000, 0x7fffffff, -1, -1000, INT32_MIN };

static void set_tvals(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tvals); i++) {
		uint64_t before = guest_timer_now(plan.timer), cval;

		guest_timer_set_tval(plan.timer, tvals[i]);
		cval = guest_timer_cval(plan.timer);
		expect_between("CVAL is the sum of the counter and TVAL, signed",
			       before + tvals[i], cval, guest_timer_now(plan.timer) + tvals[i]);
	}
	guest_done();
}

TEST_F(timer_reg, tval_sets_cval)
{
	EXPECT_TIMER(set_tvals, "CVAL after TVAL was written");
}

/*
 * Far ahead of any counter, although the signed difference is negative. No guest runs with a larger
 * CVAL in an enabled timer: QEMU 7.2 hangs if the sum of CVAL and CNTVOFF has more than 64 bits.
 */
#define FAR_CVAL	(3ULL << 62)

static const uint64_t cvals[] = {
	0, 1, 1ULL << 31, 1ULL << 32, 1ULL << 33, 0x123456789abcdef0, 1ULL << 63, ~0ULL,
};

static void read_tvals(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cvals); i++) {
		uint32_t first, tval;

		guest_timer_set(plan.timer, cvals[i]);
		first = cvals[i] - guest_timer_now(plan.timer);
		tval = guest_timer_tval(plan.timer);
		/* TVAL counts down. */
		guest_expect("TVAL is the low word of CVAL minus the counter", true,
			     first - tval <=
			     first - (uint32_t)(cvals[i] - guest_timer_now(plan.timer)));
	}
	guest_done();
}

TEST_F(timer_reg, tval_of_cval)
{
	EXPECT_TIMER(read_tvals, "TVAL after CVAL was written");
}

static void read_cvals(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cvals); i++) {
		guest_timer_set(plan.timer, cvals[i]);
		guest_expect("CVAL", cvals[i], guest_timer_cval(plan.timer));
	}
	guest_done();
}

TEST_F(timer_reg, cval_holds)
{
	EXPECT_TIMER(read_cvals, "each of CVAL's 64 bits");
}

/* The counter is far below all these values. */
static void expect_not_due(void)
{
	static const uint64_t far[] = { 1ULL << 62, 1ULL << 63, (1ULL << 63) + 1, FAR_CVAL };
	unsigned int i;

	guest_timer_set_ctl(plan.timer, TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
	for (i = 0; i < ARRAY_SIZE(far); i++) {
		guest_timer_set(plan.timer, far[i]);
		guest_expect("ISTATUS with a CVAL that is far ahead", 0, is_due());
	}
	/* TVAL, the low word of CVAL minus the counter, is 0 or negative. */
	guest_timer_set(plan.timer, guest_timer_now(plan.timer) + (1ULL << 40));
	guest_expect("ISTATUS with a CVAL beyond the reach of TVAL", 0, is_due());
	guest_timer_set(plan.timer, guest_timer_now(plan.timer) + 0x1ffffffff);
	guest_expect("ISTATUS with a CVAL whose TVAL is negative", 0, is_due());
	guest_done();
}

TEST_F(timer_reg, cval_far_ahead)
{
	EXPECT_TIMER(expect_not_due, "CVAL beyond the range of TVAL");
}

static void set_into_past(void)
{
	guest_timer_set_ctl(plan.timer, TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
	guest_timer_set(plan.timer, 0);
	guest_expect("ISTATUS with a CVAL of 0", true, is_due());
	guest_timer_set(plan.timer, guest_timer_now(plan.timer));
	guest_expect("ISTATUS with the counter as CVAL", true, is_due());
	guest_timer_set_tval(plan.timer, -1);
	guest_expect("ISTATUS with a TVAL of -1", true, is_due());
	guest_timer_set_tval(plan.timer, 0);
	guest_expect("ISTATUS with a TVAL of 0", true, is_due());
	guest_done();
}

TEST_F(timer_reg, due_at_once)
{
	EXPECT_TIMER(set_into_past, "ISTATUS of a timer that is set into the past");
}

static void write_ctl(void)
{
	static const uint32_t bits = TIMER_CTL_ENABLE | TIMER_CTL_IMASK;
	unsigned int i;

	guest_timer_set(plan.timer, FAR_CVAL);
	for (i = 0; i < 4; i++) {
		guest_timer_set_ctl(plan.timer, ~bits | i);
		guest_expect("ENABLE and IMASK", i, guest_timer_ctl(plan.timer) & bits);
		guest_expect("reserved bits", 0,
			     guest_timer_ctl(plan.timer) & ~(bits | TIMER_CTL_ISTATUS));
	}
	guest_timer_set_ctl(plan.timer, bits | TIMER_CTL_ISTATUS);
	guest_expect("ISTATUS, written as 1", 0, is_due());
	guest_timer_set(plan.timer, 0);
	guest_timer_set_ctl(plan.timer, bits);
	guest_expect("ISTATUS, written as 0", true, is_due());
	guest_done();
}

TEST_F(timer_reg, control_bits)
{
	EXPECT_TIMER(write_ctl, "CTL");
}

/* ---- the timers' registers in user space ---- */

#define RULE_FIXTURE	timer_user
#include "timer_fixture.h"

struct timer_ids {
	uint64_t ctl, cval, cnt;
};

static const struct timer_ids ids[] = {
	[TIMER_VIRTUAL] = {
		KVM_REG_ARM_TIMER_CTL, KVM_REG_ARM_TIMER_CVAL, KVM_REG_ARM_TIMER_CNT,
	},
	[TIMER_PHYSICAL] = {
		KVM_REG_ARM_PTIMER_CTL, KVM_REG_ARM_PTIMER_CVAL, KVM_REG_ARM_PTIMER_CNT,
	},
};

/* The ids in the UAPI headers; two of arm64's are exchanged. */
#ifdef __aarch64__
static const struct timer_ids numbers[] = {
	[TIMER_VIRTUAL] = { 0x603000000013df19, 0x603000000013df02, 0x603000000013df1a },
	[TIMER_PHYSICAL] = { 0x603000000013df11, 0x603000000013df12, 0x603000000013df01 },
};
#else
static const struct timer_ids numbers[] = {
	[TIMER_VIRTUAL] = { 0x40200000000f7181, 0x40300000000f0718, 0x40300000000f0708 },
	[TIMER_PHYSICAL] = { 0x40200000000f7101, 0x40300000000f0710, 0x40300000000f0700 },
};
#endif

static int timer_reg_set(const struct guest *guest, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	return abi_ioctl(guest->vcpus[0]->fd, KVM_SET_ONE_REG, &reg);
}

static uint64_t timer_reg_get(const struct guest *guest, uint64_t id)
{
	uint64_t value = 0;
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };
	int ret = abi_ioctl(guest->vcpus[0]->fd, KVM_GET_ONE_REG, &reg);

	TEST_ASSERT(!ret, "register 0x%llx: expected to read it, got %s",
		    (unsigned long long)id, rule_outcome(ret));
	return value;
}

TEST_F(timer_user, numbers)
{
	EXPECT_RULE_WORD(holds(!memcmp(&ids[variant->timer], &numbers[variant->timer],
				       sizeof(ids[0]))),
			 "CTL 0x%llx, CVAL 0x%llx, CNT 0x%llx",
			 (unsigned long long)ids[variant->timer].ctl,
			 (unsigned long long)ids[variant->timer].cval,
			 (unsigned long long)ids[variant->timer].cnt);
}

TEST_F(timer_user, cval_holds)
{
	unsigned int i;

	guest_create(&self->guest, 1, guest_done);
	for (i = 0; i < ARRAY_SIZE(cvals); i++) {
		ASSERT_OK(timer_reg_set(&self->guest, ids[variant->timer].cval, cvals[i]));
		EXPECT_RULE_WORD(holds(timer_reg_get(&self->guest, ids[variant->timer].cval) ==
				       cvals[i]), "CVAL 0x%llx", (unsigned long long)cvals[i]);
	}
}

TEST_F(timer_user, control_holds)
{
	const struct timer_ids *id = &ids[variant->timer];
	uint64_t ctl;
	unsigned int i;

	guest_create(&self->guest, 1, guest_done);
	ASSERT_OK(timer_reg_set(&self->guest, id->cval, ~0ULL));
	for (i = 0; i < 4; i++) {
		ASSERT_OK(timer_reg_set(&self->guest, id->ctl, i));
		ctl = timer_reg_get(&self->guest, id->ctl);
		EXPECT_RULE_WORD(holds((ctl & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK)) == i),
				 "CTL set to %u reads as 0x%llx", i, (unsigned long long)ctl);
	}
}

TEST_F(timer_user, status)
{
	const struct timer_ids *id = &ids[variant->timer];

	guest_create(&self->guest, 1, guest_done);
	ASSERT_OK(timer_reg_set(&self->guest, id->ctl, TIMER_CTL_ENABLE | TIMER_CTL_IMASK));
	ASSERT_OK(timer_reg_set(&self->guest, id->cval, ~0ULL));
	EXPECT_RULE_WORD(holds(!(timer_reg_get(&self->guest, id->ctl) & TIMER_CTL_ISTATUS)),
			 "CTL of a timer that has not expired");
	ASSERT_OK(timer_reg_set(&self->guest, id->cval, 0));
	EXPECT_RULE_WORD(holds(timer_reg_get(&self->guest, id->ctl) & TIMER_CTL_ISTATUS),
			 "CTL of a timer that has expired");
}

/* The values that user space and the guest write. */
#define USER_CVAL	0x1122334455667788ULL
#define GUEST_CVAL	0x0807060504030201ULL

static void exchange_values(void)
{
	guest_expect("CVAL that user space has set", USER_CVAL, guest_timer_cval(plan.timer));
	guest_expect("CTL that user space has set", TIMER_CTL_ENABLE | TIMER_CTL_IMASK,
		     guest_timer_ctl(plan.timer));
	guest_timer_set(plan.timer, GUEST_CVAL);
	guest_timer_set_ctl(plan.timer, TIMER_CTL_IMASK);
	guest_done();
}

TEST_F(timer_user, same_as_guests)
{
	const struct timer_ids *id = &ids[variant->timer];
	uint64_t cval, ctl;

	guest_create(&self->guest, 1, exchange_values);
	sync_global_to_guest(self->guest.vm, plan);
	ASSERT_OK(timer_reg_set(&self->guest, id->cval, USER_CVAL));
	ASSERT_OK(timer_reg_set(&self->guest, id->ctl, TIMER_CTL_ENABLE | TIMER_CTL_IMASK));
	EXPECT_GUEST_ENDS("values of user space, read by the guest");
	cval = timer_reg_get(&self->guest, id->cval);
	ctl = timer_reg_get(&self->guest, id->ctl) & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
	EXPECT_RULE_WORD(holds(cval == GUEST_CVAL && ctl == TIMER_CTL_IMASK),
			 "values of the guest, read by user space: CVAL 0x%llx, CTL 0x%llx",
			 (unsigned long long)cval, (unsigned long long)ctl);
}

/* ---- the virtual counter, moved by user space ---- */

#define RULE_FIXTURE	counter_moved
#define RULE_VARIANTS	DEVICE_GICS
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

#define FAR_AHEAD	(1ULL << 44)
#define LOW_COUNTER	(1ULL << 40)

/* Requests of the guest: set its virtual counter to a value. */
enum { PAST_DEADLINE, BEFORE_DEADLINE, LAST_VALUES };

static void move_counter(struct guest *guest, unsigned int request)
{
	static const uint64_t values[] = {
		[PAST_DEADLINE] = 2 * FAR_AHEAD,
		[BEFORE_DEADLINE] = LOW_COUNTER,
		[LAST_VALUES] = -(1ULL << 22),
	};
	int ret = timer_reg_set(guest, KVM_REG_ARM_TIMER_CNT, values[request]);

	TEST_ASSERT(!ret, "the counter: expected to set it, got %s", rule_outcome(ret));
}

#define EXPECT_COUNTER(code, what) do {					\
	plan.timer = TIMER_VIRTUAL;					\
	guest_create(&self->guest, 1, code);				\
	sync_global_to_guest(self->guest.vm, plan);			\
	self->guest.on_request = move_counter;				\
	PLACE_GIC();							\
	EXPECT_GUEST_ENDS(what);					\
} while (0)

static void set_deadline(void)
{
	gic_enable();
	gic_cpu_enable();
	gic_irq_enable(intid());
	guest_request(BEFORE_DEADLINE);
	guest_timer_set(plan.timer, FAR_AHEAD);
	guest_timer_set_ctl(plan.timer, TIMER_CTL_ENABLE);
	guest_expect("ISTATUS before the counter is moved", false, is_due());
}

static void move_past_cval(void)
{
	uint32_t ack;

	set_deadline();
	guest_request(PAST_DEADLINE);
	guest_expect("ISTATUS when the counter has passed CVAL", true, is_due());
	ack = gic_await_ack("the virtual timer's interrupt");
	guest_expect("interrupt", intid(), ack & INTID_MASK);
	guest_timer_set_ctl(plan.timer, 0);
	gic_eoi(ack);
	guest_done();
}

TEST_F(counter_moved, past_deadline)
{
	EXPECT_COUNTER(move_past_cval, "a counter that is moved past CVAL");
}

static void move_back(void)
{
	set_deadline();
	guest_request(PAST_DEADLINE);
	guest_expect("ISTATUS when the counter has passed CVAL", true, is_due());
	guest_request(BEFORE_DEADLINE);
	guest_expect("ISTATUS when the counter is below CVAL again", false, is_due());
	gic_expect_none("an interrupt of a timer that is no longer expired");
	guest_done();
}

TEST_F(counter_moved, back_before_deadline)
{
	EXPECT_COUNTER(move_back, "a counter that is moved back below CVAL");
}

/* User space sets the counter to a value shortly before its last one. */
static void roll_over(void)
{
	guest_request(LAST_VALUES);
	guest_await_that("the counter rolls over to 0",
			 guest_timer_now(plan.timer) < 1ULL << 63, guest_timer_now(plan.timer));
	guest_timer_set(plan.timer, FAR_CVAL);
	guest_timer_set_ctl(plan.timer, TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
	guest_expect("ISTATUS with a CVAL that the counter had passed before", false, is_due());
	guest_timer_set_tval(plan.timer, 0);
	guest_expect("ISTATUS with a TVAL of 0", true, is_due());
	guest_done();
}

TEST_F(counter_moved, rolls_over)
{
	EXPECT_COUNTER(roll_over, "a counter that rolls over");
}

/* ---- the timers' output, without an in-kernel GIC ---- */

#define RULE_FIXTURE	user_irq
#define RULE_NEEDS	NEED_USER_IRQ
#include "timer_fixture.h"

#ifndef KVM_ARM_DEV_EL1_VTIMER
#define KVM_ARM_DEV_EL1_VTIMER	(1 << 0)
#define KVM_ARM_DEV_EL1_PTIMER	(1 << 1)
#endif

/* Bit n is the output that user space saw at request n. */
static uint32_t levels_seen;

static bool output_of(const struct guest *guest)
{
	uint64_t bit = plan.timer == TIMER_VIRTUAL ? KVM_ARM_DEV_EL1_VTIMER :
						     KVM_ARM_DEV_EL1_PTIMER;

	return guest->vcpus[0]->run->s.regs.device_irq_level & bit;
}

static void record_level(struct guest *guest, unsigned int request)
{
	levels_seen |= (uint32_t)output_of(guest) << request;
}

/* The output is low at even requests, and high at odd ones. */
static void change_output(void)
{
	guest_timer_set(plan.timer, FAR_CVAL);
	guest_timer_set_ctl(plan.timer, TIMER_CTL_ENABLE);
	guest_request(0);
	guest_timer_set(plan.timer, 0);
	guest_request(1);
	guest_timer_set_ctl(plan.timer, TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
	guest_request(2);
	guest_timer_set_ctl(plan.timer, TIMER_CTL_ENABLE);
	guest_request(3);
	guest_timer_set_ctl(plan.timer, 0);
	guest_request(4);
	guest_done();
}

TEST_F(user_irq, level)
{
	guest_create(&self->guest, 1, change_output);
	sync_global_to_guest(self->guest.vm, plan);
	self->guest.on_request = record_level;
	ASSERT_TRUE(guest_run(&self->guest));
	EXPECT_RULE_WORD(holds(levels_seen == 0xa), "output at five exits: 0x%x", levels_seen);
}

/* Spins without making exits until user space has seen the output. */
static volatile unsigned int output_seen;

static void spin_until_output_seen(void)
{
	guest_timer_set(plan.timer, guest_timer_now(plan.timer) + milliseconds(1));
	guest_timer_set_ctl(plan.timer, TIMER_CTL_ENABLE);
	while (!output_seen)
		guest_relax();
	guest_timer_set_ctl(plan.timer, 0);
	guest_done();
}

TEST_F(user_irq, exit)
{
	struct kvm_vcpu *vcpu;
	int ret;

	guest_create(&self->guest, 1, spin_until_output_seen);
	sync_global_to_guest(self->guest.vm, plan);
	vcpu = self->guest.vcpus[0];
	do {
		ret = abi_ioctl(vcpu->fd, KVM_RUN, NULL);
	} while (ret == -EINTR && !output_of(&self->guest));
	EXPECT_RULE_WORD(holds(output_of(&self->guest)), "KVM_RUN of a guest that spins: %s",
			 rule_outcome(ret));
	*GUEST_ADDR(&self->guest, output_seen) = 1;
	ASSERT_TRUE(guest_run(&self->guest));
}

/* The first version has the two timers and the PMU. */
TEST_F(user_irq, version)
{
	int version;

	guest_create(&self->guest, 1, guest_done);
	version = abi_ioctl(self->guest.abi.fd, KVM_CHECK_EXTENSION, (void *)KVM_CAP_ARM_USER_IRQ);
	EXPECT_RULE_WORD(holds(version >= 1 && version < 256), "KVM_CAP_ARM_USER_IRQ: %d", version);
}

/* ---- an offset of both counters ---- */

#define RULE_FIXTURE	counter_offset
#define RULE_NEEDS	NEED_OFFSET
#define RULE_STATE	struct guest guest
#include "harness/any_fixture.h"

/* struct kvm_arm_counter_offset of <asm/kvm.h>, which older headers lack. */
struct counter_offset {
	uint64_t offset;
	uint64_t reserved;
};

#define SET_COUNTER_OFFSET	_IOW(KVMIO, 0xb5, struct counter_offset)

static int set_offset(const struct guest *guest, uint64_t offset, uint64_t reserved)
{
	struct counter_offset arg = { offset, reserved };

	return abi_ioctl(guest->abi.fd, SET_COUNTER_OFFSET, &arg);
}

/* Larger than any host's counter, so the guest's counter, which is the difference, wraps. */
#define SOME_OFFSET	(1ULL << 60)

static void find_offset(void)
{
	guest_expect("the counter is moved", true, guest_timer_now(plan.timer) > 1ULL << 63);
	guest_done();
}

#define EXPECT_OFFSET(which, what) do {					\
	plan.timer = which;						\
	guest_create(&self->guest, 2, find_offset);			\
	sync_global_to_guest(self->guest.vm, plan);			\
	ASSERT_OK(set_offset(&self->guest, SOME_OFFSET, 0));		\
	EXPECT_GUEST_ENDS(what);					\
} while (0)

TEST_F(counter_offset, of_virtual)
{
	EXPECT_OFFSET(TIMER_VIRTUAL, "the virtual counters of two vCPUs, with an offset");
}

TEST_F(counter_offset, of_physical)
{
	if (cntpoff_is_ignored())
		rule_skip("QEMU without EL3 ignores CNTPOFF_EL2, which KVM uses on this CPU");
	EXPECT_OFFSET(TIMER_PHYSICAL, "the physical counters of two vCPUs, with an offset");
}

TEST_F(counter_offset, accepted)
{
	static const uint64_t offsets[] = { 0, 1, SOME_OFFSET, ~0ULL };
	unsigned int i;

	guest_create(&self->guest, 1, guest_done);
	for (i = 0; i < ARRAY_SIZE(offsets); i++)
		EXPECT_RULE(set_offset(&self->guest, offsets[i], 0), "offset 0x%llx",
			    (unsigned long long)offsets[i]);
}

TEST_F(counter_offset, reserved)
{
	unsigned int bit;

	guest_create(&self->guest, 1, guest_done);
	for (bit = 0; bit < 64; bit++)
		EXPECT_RULE(set_offset(&self->guest, 0, 1ULL << bit), "reserved bit %u", bit);
}

TEST_F(counter_offset, bad_pointer)
{
	guest_create(&self->guest, 1, guest_done);
	EXPECT_RULE(abi_ioctl(self->guest.abi.fd, SET_COUNTER_OFFSET, NULL), "an argument at NULL");
	EXPECT_RULE(abi_ioctl(self->guest.abi.fd, SET_COUNTER_OFFSET, abi_edge_of_memory(8)),
		    "an argument of which only half is mapped");
}

/* Writes to the counters succeed without effect. */
TEST_F(counter_offset, counters_stay)
{
	static const uint64_t counters[] = { KVM_REG_ARM_TIMER_CNT, KVM_REG_ARM_PTIMER_CNT };
	unsigned int i;

	guest_create(&self->guest, 1, guest_done);
	ASSERT_OK(set_offset(&self->guest, SOME_OFFSET, 0));
	for (i = 0; i < ARRAY_SIZE(counters); i++) {
		ASSERT_OK(timer_reg_set(&self->guest, counters[i], LOW_COUNTER));
		EXPECT_RULE_WORD(holds(timer_reg_get(&self->guest, counters[i]) > 1ULL << 63),
				 "counter 0x%llx after it was written: 0x%llx",
				 (unsigned long long)counters[i],
				 (unsigned long long)timer_reg_get(&self->guest, counters[i]));
	}
}

#include "harness/rule_main.h"
