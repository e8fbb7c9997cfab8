// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests that wait for something that never happens, until a signal ends them. They do not test a
 * kernel: tests/test_waits.py reads their output.
 */
#include <signal.h>
#include <unistd.h>

#include "guest/guest.h"
#include "guest/guest_timer.h"
#include "harness/ktap.h"
#include "harness/rule_harness.h"

FIXTURE(waits)
{
	struct guest guest;
};

FIXTURE_VARIANT(waits)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(waits, any)
{
	.name = "any",
};

FIXTURE_SETUP(waits)
{
	char name[128];

	(void)self;
	snprintf(name, sizeof(name), "waits.%s.%s", variant->name, _metadata->name);
	ktap_begin(name);
}

FIXTURE_TEARDOWN(waits)
{
	(void)self;
}

static volatile unsigned int never = 3, asleep, done;

static void wait_forever(void)
{
	if (guest_cpu()) {
		guest_wait_begin("an interrupt, asleep");
		asleep = 1;
		for (;;)
			guest_wfi();
	}
	guest_await("the other vCPU", &asleep, 1);
	guest_request(0);
	guest_await("an event that never comes", &never, 4);
	guest_done();
}

static void end_oneself(struct guest *guest, unsigned int request)
{
	(void)guest;
	(void)request;
	kill(getpid(), SIGTERM);
}

TEST_F(waits, sigterm_while_waiting)
{
	guest_create(&self->guest, 2, wait_forever);
	self->guest.on_request = end_oneself;
	EXPECT_FALSE(guest_run(&self->guest));
}

/* One vCPU ends, the other vCPU loops without guest_await(). */
static void spin_forever(void)
{
	if (guest_cpu()) {
		done = 1;
		guest_done();
	}
	guest_await("the other vCPU", &done, 1);
	guest_request(0);
	for (;;)
		guest_relax();
}

TEST_F(waits, sigterm_while_running)
{
	guest_create(&self->guest, 2, spin_forever);
	self->guest.on_request = end_oneself;
	EXPECT_FALSE(guest_run(&self->guest));
}

/* The program gets the signal and forwards it to the test, in ktap.c. */
static void end_program(struct guest *guest, unsigned int request)
{
	(void)guest;
	(void)request;
	/* The parent of this test is the harness; the program is the session leader. */
	kill(getsid(0), SIGTERM);
}

TEST_F(waits, sigterm_to_program)
{
	guest_create(&self->guest, 2, wait_forever);
	self->guest.on_request = end_program;
	EXPECT_TRUE(guest_run(&self->guest));
}

TEST_F(waits, continues_after_that)
{
	guest_create(&self->guest, 1, guest_done);
	EXPECT_TRUE(guest_run(&self->guest));
}

#include "harness/rule_main.h"
