// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventfds: KVM_IRQFD raises interrupts of the guest's GIC, along the routes of
 * KVM_SET_GSI_ROUTING. KVM_IOEVENTFD turns writes of the guest into events instead of exits.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "harness/rule_harness.h"

#define SPI		45
#define OTHER_SPI	46
#define GSI(spi)	((spi) - 32)
#define FREE_GSI	3000	/* no SPI has this GSI */
#define IO_IPA		0x0a000000ULL

/* ---- the host's calls ---- */

/* Returns a non-blocking eventfd. */
static int new_event(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	TEST_ASSERT(fd >= 0, "eventfd: %s", strerror(errno));
	return fd;
}

static void signal_event(int fd)
{
	TEST_ASSERT(!eventfd_write(fd, 1), "write to an event descriptor: %s",
		    strerror(errno));
}

/* Events since the last call. */
static unsigned int take_events(int fd)
{
	eventfd_t count;

	return eventfd_read(fd, &count) ? 0 : count;
}

static int irqfd_of_gsi(const struct guest *guest, unsigned int gsi, int fd, uint32_t flags,
			int resample)
{
	struct kvm_irqfd args = {
		.fd = fd, .gsi = gsi, .flags = flags, .resamplefd = resample,
	};

	return abi_ioctl(guest->vm->fd, KVM_IRQFD, &args);
}

static int irqfd_of(const struct guest *guest, unsigned int spi, int fd, uint32_t flags,
		    int resample)
{
	return irqfd_of_gsi(guest, GSI(spi), fd, flags, resample);
}

static int irqfd(const struct guest *guest, int fd, uint32_t flags, int resample)
{
	return irqfd_of(guest, SPI, fd, flags, resample);
}

/* KVM_SET_GSI_ROUTING. The table is on the heap: static data would also take guest memory. */
static int set_routes(const struct guest *guest, const struct kvm_irq_routing_entry *entries,
		      unsigned int nr, uint32_t flags)
{
	struct kvm_irq_routing *table = calloc(1, sizeof(*table) + nr * sizeof(*entries));
	int ret;

	TEST_ASSERT(table, "no memory for %u routes", nr);
	table->nr = nr;
	table->flags = flags;
	if (nr)
		memcpy(table->entries, entries, nr * sizeof(*entries));
	ret = abi_ioctl(guest->vm->fd, KVM_SET_GSI_ROUTING, table);
	free(table);
	return ret;
}

#define ROUTE(gsi_, pin_)	(struct kvm_irq_routing_entry){		\
	.gsi = gsi_, .type = KVM_IRQ_ROUTING_IRQCHIP, .u.irqchip.pin = pin_	\
}
/* A message as for a GICv2m frame or an ITS; its data is an SPI. */
#define MSI_ROUTE(gsi_)		(struct kvm_irq_routing_entry){		\
	.gsi = gsi_, .type = KVM_IRQ_ROUTING_MSI, .u.msi.data = SPI		\
}

static int ioeventfd_at(const struct guest *guest, uint64_t addr, int fd, uint32_t flags,
			uint32_t len, uint64_t value)
{
	struct kvm_ioeventfd args = {
		.fd = fd, .addr = addr, .len = len, .flags = flags, .datamatch = value,
	};

	return abi_ioctl(guest->vm->fd, KVM_IOEVENTFD, &args);
}

static int ioeventfd(const struct guest *guest, int fd, uint32_t flags, uint32_t len,
		     uint64_t value)
{
	return ioeventfd_at(guest, IO_IPA, fd, flags, len, value);
}

/* ---- irqfds, seen by the guest ---- */

enum request {
	ASSIGN,
	ASSIGN_RESAMPLED,
	ASSIGN_SHARED,
	ASSIGN_OTHER,
	ASSIGN_OTHER_RESAMPLED,
	DEASSIGN,
	DEASSIGN_WRONG,
	SIGNAL,
	SIGNAL_OTHER,
	EXPECT_NO_RESAMPLE,
	EXPECT_ONE_RESAMPLE,
	EXPECT_EACH_RESAMPLE,
	EXPECT_OTHER_RESAMPLE,
	CLOSE,
	CLOSE_RESAMPLE,
	ASSIGN_FREE,
	ASSIGN_FREE_RESAMPLED,
	ROUTE_FREE_TO_SPI,
	ROUTE_FREE_TO_OTHER,
	ROUTE_OTHER_ONLY,
	ROUTE_CROSSED,
	ROUTE_TO_MSI,
	ROUTE_NONE,
	PULSE_LINE,
	RAISE_LINE,
	EXPECT_CONSUMED,
	ROUTE_FREE_TO_PIN,	/* plus a pin; has to be last */
};

/*
 * State of the host's side. The first mismatch is kept, and reported when the guest has
 * ended.
 */
struct events {
	int event, resample, other, other_resample;
	const char *wrong;
	unsigned int expected, got;
};

static void compare(struct events *e, const char *what, unsigned int expected,
		    unsigned int got)
{
	if (expected == got || e->wrong)
		return;
	e->wrong = what;
	e->expected = expected;
	e->got = got;
}

static void expect_routes(struct guest *guest, const struct kvm_irq_routing_entry *entries,
			  unsigned int nr)
{
	compare(guest->context, "errno of KVM_SET_GSI_ROUTING", 0,
		-set_routes(guest, entries, nr, 0));
}

/* Serves the requests from ASSIGN_FREE on, most of which set a new routing table. */
static void on_route_request(struct guest *guest, unsigned int request)
{
	const struct kvm_irq_routing_entry to_spi[] = { ROUTE(FREE_GSI, GSI(SPI)) };
	const struct kvm_irq_routing_entry to_other[] = { ROUTE(FREE_GSI, GSI(OTHER_SPI)) };
	const struct kvm_irq_routing_entry other_only[] = {
		ROUTE(GSI(OTHER_SPI), GSI(OTHER_SPI)),
	};
	const struct kvm_irq_routing_entry crossed[] = {
		ROUTE(GSI(SPI), GSI(OTHER_SPI)), ROUTE(GSI(OTHER_SPI), GSI(SPI)),
	};
	const struct kvm_irq_routing_entry to_msi[] = {
		MSI_ROUTE(GSI(SPI)),
		ROUTE(GSI(OTHER_SPI), GSI(OTHER_SPI)),
	};
	struct events *e = guest->context;

	switch (request) {
	case ASSIGN_FREE:
		compare(e, "errno of KVM_IRQFD for a GSI without an SPI", 0,
			-irqfd_of_gsi(guest, FREE_GSI, e->event, 0, 0));
		break;
	case ASSIGN_FREE_RESAMPLED:
		compare(e, "errno of KVM_IRQFD for a GSI without an SPI", 0,
			-irqfd_of_gsi(guest, FREE_GSI, e->event, KVM_IRQFD_FLAG_RESAMPLE,
				      e->resample));
		break;
	case ROUTE_FREE_TO_SPI:
		expect_routes(guest, to_spi, ARRAY_SIZE(to_spi));
		break;
	case ROUTE_FREE_TO_OTHER:
		expect_routes(guest, to_other, ARRAY_SIZE(to_other));
		break;
	case ROUTE_OTHER_ONLY:
		expect_routes(guest, other_only, ARRAY_SIZE(other_only));
		break;
	case ROUTE_CROSSED:
		expect_routes(guest, crossed, ARRAY_SIZE(crossed));
		break;
	case ROUTE_TO_MSI:
		expect_routes(guest, to_msi, ARRAY_SIZE(to_msi));
		break;
	case ROUTE_NONE:
		expect_routes(guest, NULL, 0);
		break;
	case RAISE_LINE:
		guest_set_line(guest, VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, SPI), true);
		break;
	case EXPECT_CONSUMED:
		compare(e, "events that KVM has not consumed", 0, take_events(e->event));
		break;
	case PULSE_LINE:
		guest_set_line(guest, VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, SPI), true);
		guest_set_line(guest, VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, SPI), false);
		break;
	default:
		expect_routes(guest, &ROUTE(FREE_GSI, request - ROUTE_FREE_TO_PIN), 1);
		break;
	}
}

static void on_request(struct guest *guest, unsigned int request)
{
	struct events *e = guest->context;

	switch (request) {
	case ASSIGN:
		compare(e, "errno of KVM_IRQFD", 0, -irqfd(guest, e->event, 0, 0));
		break;
	case ASSIGN_RESAMPLED:
		compare(e, "errno of KVM_IRQFD", 0,
			-irqfd(guest, e->event, KVM_IRQFD_FLAG_RESAMPLE, e->resample));
		break;
	case ASSIGN_SHARED:
		compare(e, "errno of KVM_IRQFD for the same SPI", 0,
			-irqfd(guest, e->other, KVM_IRQFD_FLAG_RESAMPLE, e->other_resample));
		break;
	case ASSIGN_OTHER:
		compare(e, "errno of KVM_IRQFD for another SPI", 0,
			-irqfd_of(guest, OTHER_SPI, e->other, 0, 0));
		break;
	case ASSIGN_OTHER_RESAMPLED:
		compare(e, "errno of KVM_IRQFD for another SPI", 0,
			-irqfd_of(guest, OTHER_SPI, e->other, KVM_IRQFD_FLAG_RESAMPLE,
				  e->other_resample));
		break;
	case DEASSIGN:
		compare(e, "errno of the deassignment", 0,
			-irqfd(guest, e->event, KVM_IRQFD_FLAG_DEASSIGN, 0));
		break;
	case DEASSIGN_WRONG:
		compare(e, "errno of a deassignment with another GSI", 0,
			-irqfd_of(guest, OTHER_SPI, e->event, KVM_IRQFD_FLAG_DEASSIGN, 0));
		compare(e, "errno of a deassignment with another descriptor", 0,
			-irqfd(guest, e->other, KVM_IRQFD_FLAG_DEASSIGN, 0));
		break;
	case SIGNAL:
		signal_event(e->event);
		break;
	case SIGNAL_OTHER:
		signal_event(e->other);
		break;
	case EXPECT_NO_RESAMPLE:
		compare(e, "resamples before the deactivation", 0, take_events(e->resample));
		break;
	case EXPECT_ONE_RESAMPLE:
		compare(e, "resamples after EOI", 1, take_events(e->resample));
		break;
	case EXPECT_EACH_RESAMPLE:
		compare(e, "resamples of the first descriptor after EOI", 1,
			take_events(e->resample));
		compare(e, "resamples of the second descriptor after EOI", 1,
			take_events(e->other_resample));
		break;
	case EXPECT_OTHER_RESAMPLE:
		compare(e, "resamples of a deassigned descriptor", 0, take_events(e->resample));
		compare(e, "resamples of the other descriptor after EOI", 1,
			take_events(e->other_resample));
		break;
	case CLOSE:
		close(e->event);
		break;
	case CLOSE_RESAMPLE:
		close(e->resample);
		break;
	default:
		on_route_request(guest, request);
		break;
	}
}

#define MAX_INTERRUPTS	20

static volatile unsigned int interrupts, others;
static volatile uint32_t last_ack;
static bool resampled;		/* set by the host */

static void handle_interrupt(void)
{
	uint32_t ack = gic_ack();

	if ((ack & INTID_MASK) == INTID_SPURIOUS)
		return;
	if ((ack & INTID_MASK) == OTHER_SPI) {
		others++;
		gic_eoi(ack);
		return;
	}
	last_ack = ack;
	interrupts++;
	guest_expect("interrupts stop", true, interrupts < MAX_INTERRUPTS);
	if (resampled)
		guest_request(EXPECT_NO_RESAMPLE);
	gic_eoi(ack);
}

static void prepare(unsigned int spi, bool edge)
{
	gic_irq_set_edge(spi, edge);
	gic_irq_route(spi, 0);
	gic_irq_enable(spi);
}

static void start(bool edge)
{
	gic_enable();
	gic_cpu_enable();
	prepare(SPI, edge);
	guest_irqs_on();
}

static void expect_interrupts(const char *what, unsigned int count)
{
	guest_await(what, &interrupts, count);
	gic_settle();
	guest_expect("interrupts in total", count, interrupts);
	guest_expect("acknowledged interrupt", SPI, last_ack & INTID_MASK);
}

#define RULE_FIXTURE	irqfd
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct guest guest; struct events events
#include "harness/gic_fixture.h"

#define CREATE_GUEST(code) do {						\
	guest_create(&self->guest, 1, code);				\
	guest_on_irq(&self->guest, handle_interrupt);			\
	self->events = (struct events) {				\
		.event = new_event(), .resample = new_event(),		\
		.other = new_event(), .other_resample = new_event(),	\
	};								\
	self->guest.on_request = on_request;				\
	self->guest.context = &self->events;				\
	PLACE_GIC();							\
} while (0)

#define EXPECT_EVENTS(what) do {						\
	bool good = guest_run(&self->guest);				\
									\
	if (self->events.wrong)						\
		fprintf(stderr, "%s: expected %u, got %u\n",		\
			self->events.wrong, self->events.expected,	\
			self->events.got);				\
	EXPECT_RULE_WORD(holds(good && !self->events.wrong), what); \
} while (0)

static void edges(void)
{
	unsigned int i;

	start(true);
	guest_request(ASSIGN);
	for (i = 1; i <= 3; i++) {
		guest_request(SIGNAL);
		expect_interrupts("an interrupt for each event", i);
	}
	guest_done();
}

TEST_F(irqfd, edge)
{
	CREATE_GUEST(edges);
	EXPECT_EVENTS("event and edge-triggered SPI");
}

static void event_first(void)
{
	start(true);
	guest_request(SIGNAL);
	gic_settle();
	guest_expect("interrupts from a descriptor that is not assigned", 0, interrupts);
	guest_request(ASSIGN);
	expect_interrupts("the interrupt of an event before the assignment", 1);
	guest_request(SIGNAL);
	expect_interrupts("the interrupt of an event after the assignment", 2);
	guest_done();
}

static void check_consumed(void)
{
	unsigned int i;

	start(true);
	guest_request(ASSIGN);
	for (i = 1; i <= 3; i++) {
		guest_request(SIGNAL);
		expect_interrupts("an interrupt for each event", i);
		guest_request(EXPECT_CONSUMED);
	}
	guest_done();
}

TEST_F(irqfd, event_taken)
{
	CREATE_GUEST(check_consumed);
	EXPECT_EVENTS("an event that has raised an interrupt");
}

TEST_F(irqfd, event_first)
{
	CREATE_GUEST(event_first);
	EXPECT_EVENTS("event from before the descriptor was assigned");
}

static void deassigned(void)
{
	start(true);
	prepare(OTHER_SPI, true);
	guest_request(ASSIGN);
	guest_request(ASSIGN_OTHER);
	guest_request(SIGNAL);
	expect_interrupts("the interrupt of an assigned descriptor", 1);
	guest_request(DEASSIGN);
	guest_request(SIGNAL);
	/* KVM may deliver both events from a worker thread; this event comes last. */
	guest_request(SIGNAL_OTHER);
	guest_await("a later event, of another descriptor", &others, 1);
	expect_interrupts("no interrupt after the deassignment", 1);
	guest_done();
}

TEST_F(irqfd, deassigned)
{
	CREATE_GUEST(deassigned);
	EXPECT_EVENTS("descriptor that has been deassigned");
	EXPECT_EQ(1, take_events(self->events.event));
}

static void deassigned_other(void)
{
	start(true);
	prepare(OTHER_SPI, true);
	guest_request(ASSIGN);
	guest_request(ASSIGN_OTHER);
	guest_request(DEASSIGN_WRONG);
	guest_request(SIGNAL);
	expect_interrupts("an event after a deassignment with the wrong GSI", 1);
	guest_request(SIGNAL_OTHER);
	guest_await("an event after a deassignment with the wrong descriptor", &others, 1);
	guest_done();
}

TEST_F(irqfd, deassigned_other)
{
	CREATE_GUEST(deassigned_other);
	EXPECT_EVENTS("descriptor and GSI that do not belong together");
}

static void resample(void)
{
	unsigned int i;

	start(false);
	guest_request(ASSIGN_RESAMPLED);
	for (i = 1; i <= 3; i++) {
		guest_request(SIGNAL);
		expect_interrupts("an interrupt for each event", i);
		guest_request(EXPECT_ONE_RESAMPLE);
		guest_expect("the SPI is pending", false, gic_irq_is_pending(SPI));
	}
	guest_done();
}

/* Before each EOI, the guest exits to check that there was no resample yet. */
#define LOOK_BEFORE_EOI() do {						\
	resampled = true;						\
	sync_global_to_guest(self->guest.vm, resampled);		\
} while (0)

TEST_F(irqfd, resample)
{
	CREATE_GUEST(resample);
	LOOK_BEFORE_EOI();
	EXPECT_EVENTS("level-sensitive SPI with resampling");
}

TEST_F(irqfd, resample_without_exit)
{
	CREATE_GUEST(resample);
	EXPECT_EVENTS("level-sensitive SPI, no exit between acknowledgement and EOI");
}

/* EOImode 1: an EOI only drops the priority. */
static void start_split(void)
{
	gic_enable();
	gic_cpu_enable();
	gic_split_eoi(true);
	prepare(SPI, false);
	guest_request(ASSIGN_RESAMPLED);
}

/* The SPI is active afterwards. Returns what GICC_IAR returned. */
static uint32_t signal_and_drop_priority(void)
{
	uint32_t ack;

	guest_request(SIGNAL);
	ack = gic_await_ack("the event's interrupt");
	guest_expect("acknowledged interrupt", SPI, ack & INTID_MASK);
	gic_eoi(ack);
	return ack;
}

/* Only the deactivation lowers the line. */
static void resample_split(void)
{
	unsigned int i;

	start_split();
	for (i = 0; i < 3; i++) {
		uint32_t ack = signal_and_drop_priority();

		guest_request(EXPECT_NO_RESAMPLE);
		guest_expect("the SPI is pending after the priority drop", true,
			     gic_irq_is_pending(SPI));
		gic_deactivate(ack);
		guest_request(EXPECT_ONE_RESAMPLE);
		guest_expect("the SPI is pending after the deactivation", false,
			     gic_irq_is_pending(SPI));
	}
	guest_done();
}

TEST_F(irqfd, resample_split)
{
	CREATE_GUEST(resample_split);
	EXPECT_EVENTS("level-sensitive SPI with resampling and EOImode 1");
}

/*
 * Both SPIs are active at once. No branch separates their EOIs, so that the guest can execute both
 * without an exit in between.
 */
static void resample_both(void)
{
	const uint64_t eoir = guest_gic.cpu + GICC_EOIR;
	unsigned int i;

	gic_enable();
	gic_cpu_enable();
	prepare(SPI, false);
	prepare(OTHER_SPI, false);
	gic_irq_set_priority(SPI, 0x80);
	gic_irq_set_priority(OTHER_SPI, 0x40);
	guest_request(ASSIGN_RESAMPLED);
	guest_request(ASSIGN_OTHER_RESAMPLED);
	for (i = 0; i < 3; i++) {
		guest_request(SIGNAL);
		guest_expect("acknowledged interrupt", SPI, gic_await_ack("the first event's"));
		guest_request(SIGNAL_OTHER);
		guest_expect("acknowledged interrupt", OTHER_SPI,
			     gic_await_ack("the second event's"));
		/* An exit, see irqfd.resample_without_exit. */
		guest_request(EXPECT_NO_RESAMPLE);
		if (guest_gic.v3) {
			gicv3_icc_write(ICC_EOIR1, OTHER_SPI);
			gicv3_icc_write(ICC_EOIR1, SPI);
		} else {
			guest_write(eoir, OTHER_SPI);
			guest_write(eoir, SPI);
		}
		guest_request(EXPECT_EACH_RESAMPLE);
		guest_expect("the first is pending", false, gic_irq_is_pending(SPI));
		guest_expect("the second is pending", false, gic_irq_is_pending(OTHER_SPI));
	}
	guest_done();
}

TEST_F(irqfd, resample_both)
{
	CREATE_GUEST(resample_both);
	EXPECT_EVENTS("two resampled SPIs that are deactivated without an exit in between");
}

#define MANY		20	/* SPIs from MANY_FIRST on: more than there are list registers */
#define MANY_FIRST	(OTHER_SPI + 1)

/*
 * When the guest deactivates the SPI, so many SPIs of a higher priority are active that this
 * SPI is in no list register.
 */
static void resample_left_out(void)
{
	unsigned int i;

	start_split();
	gic_irq_set_priority(SPI, 0xe0);
	signal_and_drop_priority();
	for (i = MANY_FIRST; i < MANY_FIRST + MANY; i++) {
		prepare(i, true);
		gic_irq_set_priority(i, 0x80);
		gic_irq_set_pending(i);
		guest_expect("the next SPI, while all before it are active", i,
			     gic_ack() & INTID_MASK);
		gic_eoi(i);
	}
	guest_request(EXPECT_NO_RESAMPLE);
	gic_deactivate(SPI);
	guest_request(EXPECT_ONE_RESAMPLE);
	guest_expect("the SPI is pending after the deactivation", false, gic_irq_is_pending(SPI));
	for (i = MANY_FIRST; i < MANY_FIRST + MANY; i++)
		gic_deactivate(i);
	guest_expect("one more interrupt", INTID_SPURIOUS, gic_ack() & INTID_MASK);
	guest_done();
}

TEST_F(irqfd, resample_left_out)
{
	CREATE_GUEST(resample_left_out);
	EXPECT_EVENTS("deactivation of a resampled SPI while many others are active");
}

/* Each device that shares a line may have to raise it again after an EOI. */
static void resample_shared(void)
{
	start(false);
	guest_request(ASSIGN_RESAMPLED);
	guest_request(ASSIGN_SHARED);
	guest_request(SIGNAL);
	expect_interrupts("the interrupt of the first descriptor", 1);
	guest_request(EXPECT_EACH_RESAMPLE);
	guest_request(SIGNAL_OTHER);
	expect_interrupts("the interrupt of the second descriptor", 2);
	guest_request(EXPECT_EACH_RESAMPLE);
	guest_request(DEASSIGN);
	guest_request(SIGNAL_OTHER);
	expect_interrupts("the interrupt of the second descriptor when the first is deassigned", 3);
	guest_request(EXPECT_OTHER_RESAMPLE);
	guest_expect("the SPI is pending", false, gic_irq_is_pending(SPI));
	guest_done();
}

TEST_F(irqfd, resample_shared)
{
	CREATE_GUEST(resample_shared);
	LOOK_BEFORE_EOI();
	EXPECT_EVENTS("two descriptors with resampling for one SPI");
}

static void resample_fd_closed(void)
{
	unsigned int i;

	start(false);
	guest_request(ASSIGN_RESAMPLED);
	guest_request(CLOSE_RESAMPLE);
	for (i = 1; i <= 3; i++) {
		guest_request(SIGNAL);
		expect_interrupts("an interrupt for each event", i);
		guest_expect("the SPI is pending", false, gic_irq_is_pending(SPI));
	}
	guest_done();
}

TEST_F(irqfd, resample_fd_closed)
{
	CREATE_GUEST(resample_fd_closed);
	LOOK_BEFORE_EOI();
	EXPECT_EVENTS("level-sensitive SPI whose resample descriptor was closed");
}

/* Edge interrupts need no EOI notification: each event is one interrupt. */
static void resample_edge(void)
{
	unsigned int i;

	start(true);
	guest_request(ASSIGN_RESAMPLED);
	for (i = 1; i <= 3; i++) {
		guest_request(SIGNAL);
		expect_interrupts("an interrupt for each event", i);
	}
	guest_done();
}

TEST_F(irqfd, resample_edge)
{
	CREATE_GUEST(resample_edge);
	EXPECT_EVENTS("edge-triggered SPI with resampling");
}

/* The SPI is disabled, so that it is never acknowledged and its pending state shows its line. */
static void lose_descriptor(unsigned int how)
{
	gic_enable();
	gic_cpu_enable();
	gic_irq_set_edge(SPI, false);
	guest_request(ASSIGN_RESAMPLED);
	guest_request(SIGNAL);
	guest_await_that("the event raises the line", gic_irq_is_pending(SPI), SPI);
	guest_request(how);
	/* KVM may lower the line from a worker thread. */
	guest_await_that("the line falls", !gic_irq_is_pending(SPI), SPI);
	guest_done();
}

static void deassign_resampled(void)
{
	lose_descriptor(DEASSIGN);
}

TEST_F(irqfd, resample_deassigned)
{
	CREATE_GUEST(deassign_resampled);
	EXPECT_EVENTS("descriptor with resampling, deassigned with the line high");
}

static void close_resampled(void)
{
	lose_descriptor(CLOSE);
}

TEST_F(irqfd, resample_closed)
{
	CREATE_GUEST(close_resampled);
	EXPECT_EVENTS("descriptor with resampling, closed with the line high");
}

/* ---- irqfds, errors ---- */

/* Runs a guest that does nothing. Afterwards, the GIC is initialized in each dialect. */
#define RUN_ONCE()	do {						\
	CREATE_GUEST(guest_done);					\
	ASSERT_TRUE(guest_run(&self->guest));				\
} while (0)

TEST_F(irqfd, accepted)
{
	RUN_ONCE();
	EXPECT_RULE(irqfd(&self->guest, self->events.event, 0, 0), "an event descriptor");
}

TEST_F(irqfd, not_initialised)
{
	int fd = new_event();

	guest_create(&self->guest, 1, guest_done);
	ASSERT_OK(abi_gic_create(&self->guest.abi, variant->dist));
	EXPECT_RULE(irqfd(&self->guest, fd, 0, 0), "GIC without addresses");
}

TEST_F(irqfd, no_gic)
{
	int fd = new_event();

	guest_create(&self->guest, 1, guest_done);
	EXPECT_RULE(irqfd(&self->guest, fd, 0, 0), "VM without a GIC");
}

TEST_F(irqfd, unknown_flag)
{
	unsigned int bit;

	RUN_ONCE();
	for (bit = 2; bit < 32; bit++)
		EXPECT_RULE(irqfd(&self->guest, self->events.event, 1U << bit, 0),
			    "flags 0x%x", 1U << bit);
}

TEST_F(irqfd, no_descriptor)
{
	RUN_ONCE();
	EXPECT_RULE(irqfd(&self->guest, -1, 0, 0), "descriptor -1");
	EXPECT_RULE(irqfd(&self->guest, self->events.event, KVM_IRQFD_FLAG_RESAMPLE, -1),
		    "resample descriptor -1");
	EXPECT_RULE(irqfd(&self->guest, -1, KVM_IRQFD_FLAG_DEASSIGN, 0),
		    "deassignment of descriptor -1");
}

TEST_F(irqfd, other_descriptor)
{
	int other;

	RUN_ONCE();
	other = self->guest.vm->fd;
	EXPECT_RULE(irqfd(&self->guest, other, 0, 0), "the VM's own descriptor");
	EXPECT_RULE(irqfd(&self->guest, self->events.event, KVM_IRQFD_FLAG_RESAMPLE,
			  other), "the VM's own descriptor as the resample descriptor");
}

TEST_F(irqfd, twice)
{
	RUN_ONCE();
	ASSERT_OK(irqfd(&self->guest, self->events.event, 0, 0));
	EXPECT_RULE(irqfd(&self->guest, self->events.event, 0, 0),
		    "a descriptor that is already assigned");
	/* After KVM_IRQFD_FLAG_DEASSIGN the descriptor can be assigned again. */
	ASSERT_OK(irqfd(&self->guest, self->events.event, KVM_IRQFD_FLAG_DEASSIGN, 0));
	ASSERT_OK(irqfd(&self->guest, self->events.event, 0, 0));
}

TEST_F(irqfd, deassign_unknown)
{
	RUN_ONCE();
	EXPECT_RULE(irqfd(&self->guest, self->events.event, KVM_IRQFD_FLAG_DEASSIGN, 0),
		    "a descriptor that was never assigned");
}

TEST_F(irqfd, bad_pointer)
{
	RUN_ONCE();
	EXPECT_RULE(abi_ioctl(self->guest.vm->fd, KVM_IRQFD, NULL), "an argument at NULL");
	EXPECT_RULE(abi_ioctl(self->guest.vm->fd, KVM_IRQFD,
			      abi_edge_of_memory(sizeof(struct kvm_irqfd) - 1)),
		    "an argument whose last byte is not mapped");
}

/* ---- KVM_SET_GSI_ROUTING, seen by the guest ---- */

#define RULE_FIXTURE	routing
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct guest guest; struct events events
#include "harness/gic_fixture.h"

static void connected(void)
{
	unsigned int i;

	start(true);
	guest_request(ROUTE_FREE_TO_SPI);
	guest_request(ASSIGN_FREE);
	for (i = 1; i <= 3; i++) {
		guest_request(SIGNAL);
		expect_interrupts("an interrupt for each event", i);
	}
	guest_done();
}

TEST_F(routing, connected)
{
	CREATE_GUEST(connected);
	EXPECT_EVENTS("event of a GSI that is routed to an SPI");
}

static void replaced(void)
{
	start(true);
	prepare(OTHER_SPI, true);
	guest_request(ASSIGN_FREE);
	guest_request(ROUTE_FREE_TO_SPI);
	guest_request(SIGNAL);
	expect_interrupts("the interrupt by the first route", 1);
	guest_request(ROUTE_FREE_TO_OTHER);
	guest_request(SIGNAL);
	guest_await("the interrupt by the second route", &others, 1);
	expect_interrupts("no second interrupt by the first route", 1);
	guest_done();
}

TEST_F(routing, replaced)
{
	CREATE_GUEST(replaced);
	EXPECT_EVENTS("assigned descriptor whose GSI gets another route");
}

static void signal_without_route(unsigned int routes)
{
	start(true);
	prepare(OTHER_SPI, true);
	guest_request(ASSIGN);
	guest_request(ASSIGN_OTHER);
	guest_request(routes);
	guest_request(SIGNAL);
	/* A later event, as in deassigned(). */
	guest_request(SIGNAL_OTHER);
	guest_await("the event of a GSI that has a route", &others, 1);
	gic_settle();
	guest_expect("interrupts of a GSI without a route to a pin", 0, interrupts);
	guest_done();
}

static void unrouted(void)
{
	signal_without_route(ROUTE_OTHER_ONLY);
}

TEST_F(routing, unrouted)
{
	CREATE_GUEST(unrouted);
	EXPECT_EVENTS("event of a GSI without a route");
}

static void routed_to_msi(void)
{
	signal_without_route(ROUTE_TO_MSI);
}

TEST_F(routing, msi_without_its)
{
	CREATE_GUEST(routed_to_msi);
	EXPECT_EVENTS("event of a GSI that is routed to an MSI");
}

/*
 * KVM may deliver an event from a worker thread. A later event of a GSI with a route shows that the
 * first was handled.
 */
static void emptied(void)
{
	start(true);
	prepare(OTHER_SPI, true);
	guest_request(ASSIGN);
	guest_request(ASSIGN_OTHER);
	guest_request(ROUTE_NONE);
	guest_request(SIGNAL);
	guest_request(ROUTE_OTHER_ONLY);
	guest_request(SIGNAL_OTHER);
	guest_await("the event of a GSI that has a route again", &others, 1);
	gic_settle();
	guest_expect("interrupts without any route", 0, interrupts);
	guest_done();
}

TEST_F(routing, emptied)
{
	CREATE_GUEST(emptied);
	EXPECT_EVENTS("event while the table has no routes");
}

static void resample_routed(void)
{
	unsigned int i;

	start(false);
	guest_request(ROUTE_FREE_TO_SPI);
	guest_request(ASSIGN_FREE_RESAMPLED);
	for (i = 1; i <= 3; i++) {
		guest_request(SIGNAL);
		expect_interrupts("an interrupt for each event", i);
		guest_request(EXPECT_ONE_RESAMPLE);
		guest_expect("the SPI is pending", false, gic_irq_is_pending(SPI));
	}
	guest_done();
}

TEST_F(routing, resample)
{
	CREATE_GUEST(resample_routed);
	LOOK_BEFORE_EOI();
	EXPECT_EVENTS("resampling of a GSI that is routed to an SPI");
}

/* KVM_IRQ_LINE raises the line of the SPI that the GSI was routed to at first. */
static void resample_moved(void)
{
	unsigned int i;
	uint32_t ack;

	gic_enable();
	gic_cpu_enable();
	prepare(SPI, false);
	guest_request(ROUTE_FREE_TO_SPI);
	guest_request(ASSIGN_FREE_RESAMPLED);
	guest_request(ROUTE_FREE_TO_OTHER);
	guest_request(RAISE_LINE);
	for (i = 0; i < 3; i++) {
		ack = gic_await_ack("the SPI, whose line stays high");
		guest_expect("acknowledged interrupt", SPI, ack & INTID_MASK);
		gic_eoi(ack);
		guest_request(EXPECT_NO_RESAMPLE);
	}
	guest_expect("the SPI is still pending", true, gic_irq_is_pending(SPI));
	guest_done();
}

TEST_F(routing, resample_moved)
{
	CREATE_GUEST(resample_moved);
	EXPECT_EVENTS("EOI of an SPI that a resampling GSI is no longer routed to");
}

#define FEWEST_INTERRUPTS	256	/* without KVM_DEV_ARM_VGIC_GRP_NR_IRQS */
#define MOST_INTERRUPTS		992	/* the largest number that all kernels accept */

static unsigned int nr_interrupts;	/* set by the host */

/* KVM may keep a mask of resampled SPIs. These SPIs are in many of its words, and at its ends. */
static void resample_each_word(void)
{
	static const uint16_t spis[] = { 32, 63, 64, 95, 96, 128, 200, 255, 256, 500, 832, 991 };
	unsigned int i;
	uint32_t ack;

	gic_enable();
	gic_cpu_enable();
	for (i = 0; i < ARRAY_SIZE(spis) && spis[i] < nr_interrupts; i++) {
		prepare(spis[i], false);
		guest_request(ROUTE_FREE_TO_PIN + GSI(spis[i]));
		if (!i)
			guest_request(ASSIGN_FREE_RESAMPLED);
		guest_request(SIGNAL);
		ack = gic_await_ack("the event's interrupt");
		guest_expect("acknowledged interrupt", spis[i], ack & INTID_MASK);
		/* A guest exit, see irqfd.resample_without_exit. */
		guest_request(EXPECT_NO_RESAMPLE);
		gic_eoi(ack);
		guest_request(EXPECT_ONE_RESAMPLE);
		guest_expect("the SPI is pending after the EOI", false,
			     gic_irq_is_pending(spis[i]));
	}
	guest_done();
}

TEST_F(routing, resample_each_word)
{
	CREATE_GUEST(resample_each_word);
	nr_interrupts = FEWEST_INTERRUPTS;
	if (self->guest.abi.dev >= 0 && !vgic_set_nr_irqs(self->guest.abi.dev, MOST_INTERRUPTS))
		nr_interrupts = MOST_INTERRUPTS;
	sync_global_to_guest(self->guest.vm, nr_interrupts);
	EXPECT_EVENTS("resampling of a GSI that is routed to many SPIs in turn");
}

static void line_unrouted(void)
{
	start(true);
	prepare(OTHER_SPI, true);
	guest_request(ROUTE_CROSSED);
	guest_request(PULSE_LINE);
	expect_interrupts("the SPI of KVM_IRQ_LINE", 1);
	guest_expect("the SPI that the GSI of the same number is routed to", 0, others);
	guest_done();
}

TEST_F(routing, line_unrouted)
{
	CREATE_GUEST(line_unrouted);
	EXPECT_EVENTS("KVM_IRQ_LINE with routes");
}

static void reset_by_init(void)
{
	start(true);
	prepare(OTHER_SPI, true);
	guest_request(ASSIGN);
	guest_request(SIGNAL);
	expect_interrupts("the SPI of the GSI's number", 1);
	guest_expect("the SPI of the earlier route", 0, others);
	guest_done();
}

TEST_F(routing, before_init)
{
	const struct kvm_irq_routing_entry entries[] = { ROUTE(GSI(SPI), GSI(OTHER_SPI)) };

	guest_create(&self->guest, 1, reset_by_init);
	guest_on_irq(&self->guest, handle_interrupt);
	self->events = (struct events) { .event = new_event() };
	self->guest.on_request = on_request;
	self->guest.context = &self->events;
	ASSERT_OK(set_routes(&self->guest, entries, 1, 0));
	PLACE_GIC();
	EXPECT_EVENTS("a route from before the GIC's initialization");
}

/* Pins at the ends of the words of the distributor's registers, for 256 INTIDs. */
static const uint16_t pins[] = {
	0, 1, 30, 31, 32, 63, 64, 95, 96, 127, 128, 129, 159, 191, 192, 222, 223,
};

/* The GSI that the routing table connects to pins[n]. */
#define ROUTED_GSI(n)	(4095 - 241 * (n))

/* Requests: assign the descriptor to the GSI and signal it; deassign it; set all routes. */
#define SIGNAL_GSI(gsi)		(0x10000 | (gsi))
#define DEASSIGN_GSI(gsi)	(0x20000 | (gsi))
#define ROUTE_ALL		0x30000

static void on_gsi_request(struct guest *guest, unsigned int request)
{
	struct kvm_irq_routing_entry entries[ARRAY_SIZE(pins)];
	struct events *e = guest->context;
	unsigned int gsi = request & 0xffff, i;

	switch (request & ~0xffffU) {
	case SIGNAL_GSI(0):
		compare(e, "errno of KVM_IRQFD", 0, -irqfd_of_gsi(guest, gsi, e->event, 0, 0));
		signal_event(e->event);
		break;
	case DEASSIGN_GSI(0):
		compare(e, "errno of the deassignment", 0,
			-irqfd_of_gsi(guest, gsi, e->event, KVM_IRQFD_FLAG_DEASSIGN, 0));
		break;
	default:
		for (i = 0; i < ARRAY_SIZE(pins); i++)
			entries[i] = ROUTE(ROUTED_GSI(i), pins[i]);
		expect_routes(guest, entries, ARRAY_SIZE(pins));
	}
}

static void expect_event_of(unsigned int gsi, unsigned int spi)
{
	uint32_t ack;

	guest_request(SIGNAL_GSI(gsi));
	ack = gic_await_ack("the SPI that the GSI is connected to");
	guest_expect("the SPI that the GSI is connected to", spi, ack & INTID_MASK);
	gic_eoi(ack);
	guest_request(DEASSIGN_GSI(gsi));
}

static void each_gsi(void)
{
	unsigned int i;

	gic_enable();
	gic_cpu_enable();
	for (i = 0; i < ARRAY_SIZE(pins); i++)
		prepare(32 + pins[i], true);
	for (i = 0; i < ARRAY_SIZE(pins); i++)
		expect_event_of(pins[i], 32 + pins[i]);
	guest_request(ROUTE_ALL);
	for (i = 0; i < ARRAY_SIZE(pins); i++)
		expect_event_of(ROUTED_GSI(i), 32 + pins[i]);
	guest_expect("one more interrupt", INTID_SPURIOUS, gic_ack() & INTID_MASK);
	guest_done();
}

TEST_F(routing, each_gsi)
{
	guest_create(&self->guest, 1, each_gsi);
	self->events = (struct events) { .event = new_event() };
	self->guest.on_request = on_gsi_request;
	self->guest.context = &self->events;
	PLACE_GIC();
	EXPECT_EVENTS("GSIs of the whole range, connected to pins of the whole range");
}

/* ---- KVM_SET_GSI_ROUTING, errors ---- */

#define PINS		988	/* SPIs 32 to 1019 */

/* KVM_CAP_IRQ_ROUTING: the number of routes that a VM can have. */
static unsigned int most_routes(const struct guest *guest)
{
	int most = abi_ioctl(guest->vm->fd, KVM_CHECK_EXTENSION, (void *)KVM_CAP_IRQ_ROUTING);

	TEST_ASSERT(most >= PINS && most < 1 << 20,
		    "KVM_CAP_IRQ_ROUTING: expected at least %u, got %d", PINS, most);
	return most;
}

/* Routes of the first GSIs, each to a pin. The caller frees them. */
static struct kvm_irq_routing_entry *many_routes(unsigned int nr)
{
	struct kvm_irq_routing_entry *entries = calloc(nr, sizeof(*entries));
	unsigned int i;

	TEST_ASSERT(entries, "no memory for %u routes", nr);
	for (i = 0; i < nr; i++)
		entries[i] = ROUTE(i, i % PINS);
	return entries;
}

TEST_F(routing, accepted)
{
	unsigned int counts[] = { 0, 1, PINS, 0 }, i;
	struct kvm_irq_routing_entry *entries;

	RUN_ONCE();
	counts[3] = most_routes(&self->guest);
	entries = many_routes(counts[3]);
	for (i = 0; i < ARRAY_SIZE(counts); i++)
		EXPECT_RULE(set_routes(&self->guest, entries, counts[i], 0), "%u entries",
			    counts[i]);
	free(entries);
}

TEST_F(routing, unknown_flag)
{
	const struct kvm_irq_routing_entry entry = ROUTE(0, 0);
	unsigned int bit;

	RUN_ONCE();
	for (bit = 0; bit < 32; bit++)
		EXPECT_RULE(set_routes(&self->guest, &entry, 1, 1U << bit), "flags 0x%x",
			    1U << bit);
}

TEST_F(routing, too_many)
{
	struct kvm_irq_routing_entry *entries;
	unsigned int count;

	RUN_ONCE();
	count = most_routes(&self->guest) + 1;
	entries = many_routes(count);
	EXPECT_RULE(set_routes(&self->guest, entries, count, 0), "%u entries", count);
	free(entries);
}

/* Sets a table of two entries, the second of which is wrong in one field. */
#define EXPECT_REFUSED(wrong, what, ...) do {				\
	const struct kvm_irq_routing_entry pair_[] = { ROUTE(5, 5), wrong };	\
									\
	EXPECT_RULE(set_routes(&self->guest, pair_, 2, 0), what, __VA_ARGS__);	\
} while (0)

TEST_F(routing, gsi_too_high)
{
	unsigned int bit;

	RUN_ONCE();
	for (bit = 12; bit < 32; bit++)
		EXPECT_REFUSED(ROUTE(1U << bit, 0), "GSI %u", 1U << bit);
}

TEST_F(routing, pin_too_high)
{
	unsigned int bit;

	RUN_ONCE();
	EXPECT_REFUSED(ROUTE(0, PINS), "pin %u", PINS);
	for (bit = 10; bit < 32; bit++)
		EXPECT_REFUSED(ROUTE(0, 1U << bit), "pin %u", 1U << bit);
}

TEST_F(routing, unknown_chip)
{
	struct kvm_irq_routing_entry entry = ROUTE(0, 0);
	unsigned int bit;

	RUN_ONCE();
	for (bit = 0; bit < 32; bit++) {
		entry.u.irqchip.irqchip = 1U << bit;
		EXPECT_REFUSED(entry, "irqchip %u", 1U << bit);
	}
}

TEST_F(routing, unknown_type)
{
	struct kvm_irq_routing_entry entry = ROUTE(0, 0);

	RUN_ONCE();
	for (entry.type = 0; entry.type < 16; entry.type++)
		if (entry.type != KVM_IRQ_ROUTING_IRQCHIP && entry.type != KVM_IRQ_ROUTING_MSI)
			EXPECT_REFUSED(entry, "type %u", entry.type);
}

TEST_F(routing, entry_flags)
{
	struct kvm_irq_routing_entry entry = ROUTE(0, 0);
	unsigned int bit;

	RUN_ONCE();
	for (bit = 0; bit < 32; bit++) {
		entry.flags = 1U << bit;
		EXPECT_REFUSED(entry, "flags 0x%x of an entry", 1U << bit);
	}
}

TEST_F(routing, twice)
{
	const struct kvm_irq_routing_entry msi = MSI_ROUTE(5);
	const struct kvm_irq_routing_entry msi_first[] = { msi, ROUTE(5, 5) };

	RUN_ONCE();
	EXPECT_REFUSED(ROUTE(5, 5), "GSI %u to the same pin", 5);
	EXPECT_REFUSED(ROUTE(5, 6), "GSI %u to another pin", 5);
	EXPECT_REFUSED(msi, "GSI %u to an MSI, too", 5);
	EXPECT_RULE(set_routes(&self->guest, msi_first, 2, 0), "GSI %u to an MSI first", 5);
}

TEST_F(routing, msi_flags)
{
	struct kvm_irq_routing_entry entry = MSI_ROUTE(6);
	unsigned int bit;

	RUN_ONCE();
	for (bit = 1; bit < 32; bit++) {
		entry.flags = 1U << bit;
		EXPECT_REFUSED(entry, "flags 0x%x of an entry for an MSI", 1U << bit);
	}
}

TEST_F(routing, bad_pointer)
{
	struct kvm_irq_routing *table;

	RUN_ONCE();
	EXPECT_RULE(abi_ioctl(self->guest.vm->fd, KVM_SET_GSI_ROUTING, NULL), "a table at NULL");
	table = abi_edge_of_memory(sizeof(*table));
	table->nr = 1;
	table->flags = 0;
	EXPECT_RULE(abi_ioctl(self->guest.vm->fd, KVM_SET_GSI_ROUTING, table),
		    "a table whose entries are not mapped");
}

/* A table that is refused changes nothing. */
static void kept(void)
{
	start(true);
	guest_request(ASSIGN);
	guest_request(SIGNAL);
	expect_interrupts("an interrupt by the earlier routes", 1);
	guest_done();
}

TEST_F(routing, refused_keeps)
{
	const struct kvm_irq_routing_entry entries[] = {
		ROUTE(GSI(SPI), GSI(OTHER_SPI)), ROUTE(GSI(OTHER_SPI), PINS),
	};
	int ret;

	CREATE_GUEST(kept);
	if (self->guest.abi.dev < 0)	/* The first KVM_IRQ_LINE initializes the GIC. */
		guest_set_line(&self->guest, VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, SPI), false);
	else
		ASSERT_OK(vgic_init(self->guest.abi.dev));
	ret = set_routes(&self->guest, entries, 2, 0);
	ASSERT_EQ(-EINVAL, ret);
	EXPECT_EVENTS("an event after a table that was refused");
}

/* ---- ioeventfds ---- */

#define RULE_FIXTURE	ioeventfd
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct guest guest; struct events events
#include "harness/gic_fixture.h"

/* The guest's access, set by the host. */
static struct {
	uint64_t va;
	uint32_t value;
	unsigned int len;	/* bytes */
} io;

static void write_once(void)
{
	switch (io.len) {
	case 1:
		guest_write_byte(io.va, io.value);
		break;
	case 2:
		guest_write_half(io.va, io.value);
		break;
	default:
		guest_write(io.va, io.value);
	}
	guest_done();
}

static void read_once(void)
{
	guest_read(io.va);
	guest_done();
}

static void count_exit(struct guest *guest, const struct kvm_run *run)
{
	struct events *e = guest->context;

	e->got += run->mmio.phys_addr == IO_IPA;
}

static void count_any_exit(struct guest *guest, const struct kvm_run *run)
{
	struct events *e = guest->context;

	(void)run;
	e->got++;
}

static uint32_t count_read(struct guest *guest, uint64_t addr)
{
	struct events *e = guest->context;

	e->got += addr == IO_IPA;
	return 0;
}

/* One access of the guest; got counts the exits it caused. */
#define ACCESS(code, bytes, what) do {					\
	self->events.got = 0;						\
	io.va = guest_map_device(&self->guest, IO_IPA, getpagesize());	\
	io.len = bytes;							\
	io.value = what;						\
	sync_global_to_guest(self->guest.vm, io);			\
	self->guest.on_write = count_exit;				\
	self->guest.on_read = count_read;				\
	ASSERT_TRUE(guest_run(&self->guest));				\
} while (0)

/* The outcome of the write. */
#define OUTCOME()	({						\
	unsigned int events = take_events(self->events.event);		\
									\
	events == 1 && !self->events.got ? "EVENT" :			\
	!events && self->events.got == 1 ? "EXIT" : "OTHER"; })

#define ASSIGN_IO(flags, len, value)					\
	ASSERT_OK(ioeventfd(&self->guest, self->events.event, flags, len, value))

TEST_F(ioeventfd, write)
{
	CREATE_GUEST(write_once);
	ASSIGN_IO(0, 4, 0);
	ACCESS(write_once, 4, 0x12345678);
	EXPECT_RULE_WORD(OUTCOME(), "4 bytes");
}

TEST_F(ioeventfd, any_length)
{
	CREATE_GUEST(write_once);
	ASSIGN_IO(0, 0, 0);
	ACCESS(write_once, 2, 0x1234);
	EXPECT_RULE_WORD(OUTCOME(), "2 bytes to an ioeventfd of any length");
}

TEST_F(ioeventfd, other_length)
{
	CREATE_GUEST(write_once);
	ASSIGN_IO(0, 4, 0);
	ACCESS(write_once, 1, 0x12);
	EXPECT_RULE_WORD(OUTCOME(), "1 byte to an ioeventfd of 4");
}

TEST_F(ioeventfd, match)
{
	CREATE_GUEST(write_once);
	ASSIGN_IO(KVM_IOEVENTFD_FLAG_DATAMATCH, 2, 0x1234);
	ACCESS(write_once, 2, 0x1234);
	EXPECT_RULE_WORD(OUTCOME(), "a store of the ioeventfd's value");
}

TEST_F(ioeventfd, no_match)
{
	CREATE_GUEST(write_once);
	ASSIGN_IO(KVM_IOEVENTFD_FLAG_DATAMATCH, 2, 0x1234);
	ACCESS(write_once, 2, 0x1235);
	EXPECT_RULE_WORD(OUTCOME(), "a store of another value than the ioeventfd's");
}

#define MATCHED		0x5a3c9671U
#define LENGTHS		3

/* For each length, writes the value, and each value that differs from it in one bit. */
static void write_neighbours(void)
{
	unsigned int bit;

	guest_write_byte(io.va, (uint8_t)MATCHED);
	guest_write_half(io.va, (uint16_t)MATCHED);
	guest_write(io.va, MATCHED);
	for (bit = 0; bit < 32; bit++) {
		if (bit < 8)
			guest_write_byte(io.va, (uint8_t)(MATCHED ^ 1U << bit));
		if (bit < 16)
			guest_write_half(io.va, (uint16_t)(MATCHED ^ 1U << bit));
		guest_write(io.va, MATCHED ^ 1U << bit);
	}
	guest_done();
}

TEST_F(ioeventfd, match_each_bit)
{
	const uint64_t values[LENGTHS] = { (uint8_t)MATCHED, (uint16_t)MATCHED, MATCHED };
	int fds[LENGTHS];
	bool good = true;
	unsigned int i;

	CREATE_GUEST(write_neighbours);
	for (i = 0; i < LENGTHS; i++) {
		fds[i] = new_event();
		ASSERT_OK(ioeventfd(&self->guest, fds[i], KVM_IOEVENTFD_FLAG_DATAMATCH,
				    1U << i, values[i]));
	}
	ACCESS(write_neighbours, 4, 0);
	for (i = 0; i < LENGTHS; i++) {
		unsigned int events = take_events(fds[i]);

		if (events != 1)
			TH_LOG("%u bytes: expected 1 event, got %u", 1U << i, events);
		good &= events == 1;
	}
	if (self->events.got != 8 + 16 + 32)
		TH_LOG("other values: expected 56 exits, got %u", self->events.got);
	good &= self->events.got == 8 + 16 + 32;
	EXPECT_RULE_WORD(good ? "EVENT" : "OTHER", "values that differ in one bit");
}

/* A write has no bits above its length, so none of these values matches. */
TEST_F(ioeventfd, match_beyond_length)
{
	bool good = true;
	unsigned int i;
	int fds[LENGTHS];

	CREATE_GUEST(write_neighbours);
	for (i = 0; i < LENGTHS; i++) {
		unsigned int bits = 8U << i;
		uint64_t value = MATCHED & (i == 2 ? ~0U : (1U << bits) - 1);

		fds[i] = new_event();
		ASSERT_OK(ioeventfd(&self->guest, fds[i], KVM_IOEVENTFD_FLAG_DATAMATCH,
				    1U << i, value | 1ULL << bits));
	}
	ACCESS(write_neighbours, 4, 0);
	for (i = 0; i < LENGTHS; i++)
		good &= !take_events(fds[i]);
	good &= self->events.got == LENGTHS + 8 + 16 + 32;
	EXPECT_RULE_WORD(good ? "EXIT" : "OTHER", "values with a bit above the length");
}

TEST_F(ioeventfd, read)
{
	CREATE_GUEST(read_once);
	ASSIGN_IO(0, 4, 0);
	ACCESS(read_once, 4, 0);
	EXPECT_RULE_WORD(OUTCOME(), "a load at the ioeventfd's address");
}

TEST_F(ioeventfd, pio)
{
	CREATE_GUEST(write_once);
	ASSIGN_IO(KVM_IOEVENTFD_FLAG_PIO, 4, 0);
	ACCESS(write_once, 4, 0);
	EXPECT_RULE_WORD(OUTCOME(), "write to memory at the address of a port");
}

/* Each write differs from the others in one property, and is made a different number of times. */
static void write_several(void)
{
	unsigned int i;

	for (i = 0; i < 5; i++) {
		guest_write(io.va, i < 1 ? 1 : 3);
		if (i < 2)
			guest_write(io.va, 2);
		if (i < 3)
			guest_write_half(io.va, 1);
		if (i < 4)
			guest_write(io.va + 4, 1);
	}
	guest_done();
}

TEST_F(ioeventfd, several)
{
	int value = new_event(), half = new_event(), beside = new_event(), far = new_event();
	int port = new_event();
	bool good;

	CREATE_GUEST(write_several);
	ASSIGN_IO(KVM_IOEVENTFD_FLAG_DATAMATCH, 4, 1);
	ASSERT_OK(ioeventfd(&self->guest, value, KVM_IOEVENTFD_FLAG_DATAMATCH, 4, 2));
	ASSERT_OK(ioeventfd(&self->guest, half, 0, 2, 0));
	ASSERT_OK(ioeventfd(&self->guest, port, KVM_IOEVENTFD_FLAG_PIO, 4, 0));
	ASSERT_OK(ioeventfd_at(&self->guest, IO_IPA + 4, beside, 0, 4, 0));
	ASSERT_OK(ioeventfd_at(&self->guest, IO_IPA | 1ULL << 32, far, 0, 4, 0));
	ACCESS(write_several, 4, 0);
	/* The count is read only once, because reading clears it. */
#define EXPECT_COUNT(number, fd, what) do {				\
	unsigned int count = take_events(fd);				\
									\
	if (count != (number))						\
		TH_LOG("%s: expected %d events, got %u", what, number, count); \
	good &= count == (number);					\
} while (0)
	good = true;
	EXPECT_COUNT(1, self->events.event, "word 1");
	EXPECT_COUNT(2, value, "word 2");
	EXPECT_COUNT(3, half, "half word");
	EXPECT_COUNT(4, beside, "word in the next place");
	EXPECT_COUNT(0, far, "word 4 GiB further on");
	EXPECT_COUNT(0, port, "port");
	if (self->events.got != 4)
		TH_LOG("word 3: expected 4 exits, got %u", self->events.got);
	good &= self->events.got == 4;
	EXPECT_RULE_WORD(good ? "EVENT" : "OTHER", "each write signals its own descriptor");
}

/* Another ioeventfd is at the address that consists of the low 32 bits. */
TEST_F(ioeventfd, high_address)
{
	int low = new_event();
	uint64_t addr;

	CREATE_GUEST(write_once);
	addr = guest_limit(&self->guest) / 2 + IO_IPA;
	ASSERT_OK(ioeventfd_at(&self->guest, (uint32_t)addr, low, 0, 4, 0));
	ASSERT_OK(ioeventfd_at(&self->guest, addr, self->events.event, 0, 4, 0));
	io.va = guest_map_device(&self->guest, addr, getpagesize());
	io.len = 4;
	io.value = 1;
	sync_global_to_guest(self->guest.vm, io);
	self->guest.on_write = count_any_exit;
	ASSERT_TRUE(guest_run(&self->guest));
	EXPECT_RULE_WORD(take_events(low) ? "OTHER" : OUTCOME(), "4 bytes at 0x%llx",
			 (unsigned long long)addr);
}

TEST_F(ioeventfd, deassigned)
{
	CREATE_GUEST(write_once);
	ASSIGN_IO(0, 4, 0);
	ASSIGN_IO(KVM_IOEVENTFD_FLAG_DEASSIGN, 4, 0);
	ACCESS(write_once, 4, 0);
	EXPECT_RULE_WORD(OUTCOME(), "an ioeventfd that was deassigned");
}

#define EXPECT_ERROR(fd, flags, len, value, ...)			\
	EXPECT_RULE(ioeventfd(&self->guest, fd, flags, len, value), __VA_ARGS__)

TEST_F(ioeventfd, unknown_flag)
{
	unsigned int bit;

	CREATE_GUEST(guest_done);
	for (bit = kvm_ioeventfd_flag_nr_max; bit < 32; bit++)
		EXPECT_ERROR(self->events.event, 1U << bit, 4, 0, "flags 0x%x", 1U << bit);
}

TEST_F(ioeventfd, bad_length)
{
	static const uint32_t lengths[] = { 3, 5, 6, 7, 9, 16, 0x80000000, 0xffffffff };
	unsigned int i;

	CREATE_GUEST(guest_done);
	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		EXPECT_ERROR(self->events.event, 0, lengths[i], 0, "length %u", lengths[i]);
}

TEST_F(ioeventfd, wraps)
{
	struct kvm_ioeventfd args = { .len = 8, .addr = ~0ULL - 6 };

	CREATE_GUEST(guest_done);
	args.fd = self->events.event;
	EXPECT_RULE(abi_ioctl(self->guest.vm->fd, KVM_IOEVENTFD, &args),
		    "8 bytes at 0x%llx", (unsigned long long)args.addr);
}

TEST_F(ioeventfd, match_any_length)
{
	CREATE_GUEST(guest_done);
	EXPECT_ERROR(self->events.event, KVM_IOEVENTFD_FLAG_DATAMATCH, 0, 1,
		     "a value, in writes of any length");
}

TEST_F(ioeventfd, no_descriptor)
{
	CREATE_GUEST(guest_done);
	EXPECT_ERROR(-1, 0, 4, 0, "descriptor -1");
	EXPECT_ERROR(-1, KVM_IOEVENTFD_FLAG_DEASSIGN, 4, 0, "deassignment of descriptor -1");
}

TEST_F(ioeventfd, other_descriptor)
{
	CREATE_GUEST(guest_done);
	EXPECT_ERROR(self->guest.vm->fd, 0, 4, 0, "the VM's own descriptor");
}

TEST_F(ioeventfd, twice)
{
	int other = new_event();

	CREATE_GUEST(guest_done);
	ASSIGN_IO(0, 4, 0);
	EXPECT_ERROR(self->events.event, 0, 4, 0, "the same ioeventfd again");
	EXPECT_ERROR(other, 0, 4, 0, "the same writes with another descriptor");
	EXPECT_ERROR(other, KVM_IOEVENTFD_FLAG_DATAMATCH, 4, 7,
		     "one value beside an ioeventfd of all values");
	EXPECT_ERROR(other, 0, 0, 0, "any length beside an ioeventfd of 4 bytes");
	/* Accesses of another length can still be assigned. */
	ASSERT_OK(ioeventfd(&self->guest, other, 0, 2, 0));
	ASSERT_OK(ioeventfd_at(&self->guest, IO_IPA + 8, self->events.event, 0, 0, 0));
	EXPECT_RULE(ioeventfd_at(&self->guest, IO_IPA + 8, other, 0, 4, 0),
		    "4 bytes beside an ioeventfd of any length");
	EXPECT_RULE(ioeventfd_at(&self->guest, IO_IPA + 8, other,
				 KVM_IOEVENTFD_FLAG_DATAMATCH, 2, 7),
		    "one value beside an ioeventfd of any length");
}

TEST_F(ioeventfd, deassign_unknown)
{
	CREATE_GUEST(guest_done);
	ASSIGN_IO(0, 4, 0);
	EXPECT_ERROR(self->events.event, KVM_IOEVENTFD_FLAG_DEASSIGN, 2, 0,
		     "deassignment with another length");
	EXPECT_ERROR(self->events.event, KVM_IOEVENTFD_FLAG_DEASSIGN |
		     KVM_IOEVENTFD_FLAG_DATAMATCH, 4, 0, "deassignment with a value to match");
	EXPECT_ERROR(self->events.resample, KVM_IOEVENTFD_FLAG_DEASSIGN, 4, 0,
		     "deassignment with another eventfd");
	EXPECT_RULE(ioeventfd_at(&self->guest, IO_IPA + 4, self->events.event,
				 KVM_IOEVENTFD_FLAG_DEASSIGN, 4, 0),
		    "deassignment with another address");
	ASSERT_OK(ioeventfd_at(&self->guest, IO_IPA + 8, self->events.event,
			       KVM_IOEVENTFD_FLAG_DATAMATCH, 4, 7));
	EXPECT_RULE(ioeventfd_at(&self->guest, IO_IPA + 8, self->events.event,
				 KVM_IOEVENTFD_FLAG_DEASSIGN | KVM_IOEVENTFD_FLAG_DATAMATCH, 4, 8),
		    "deassignment with another value to match");
	EXPECT_RULE(ioeventfd_at(&self->guest, IO_IPA + 8, self->events.event,
				 KVM_IOEVENTFD_FLAG_DEASSIGN, 4, 7),
		    "deassignment without a value to match");
}

/* More than the number of ioeventfds that a VM may have at a time. */
#define MANY_TIMES	1500

TEST_F(ioeventfd, many_times)
{
	unsigned int i;
	int ret = 0;

	CREATE_GUEST(guest_done);
	for (i = 0; i < MANY_TIMES && !ret; i++) {
		ret = ioeventfd(&self->guest, self->events.event, 0, 4, 0);
		if (!ret)
			ret = ioeventfd(&self->guest, self->events.event,
					KVM_IOEVENTFD_FLAG_DEASSIGN, 4, 0);
	}
	EXPECT_RULE(ret, "assigned and deassigned %u times", i);
}

TEST_F(ioeventfd, bad_pointer)
{
	CREATE_GUEST(guest_done);
	EXPECT_RULE(abi_ioctl(self->guest.vm->fd, KVM_IOEVENTFD, NULL), "an argument at NULL");
	EXPECT_RULE(abi_ioctl(self->guest.vm->fd, KVM_IOEVENTFD,
			      abi_edge_of_memory(sizeof(struct kvm_ioeventfd) - 1)),
		    "an argument whose last byte is not mapped");
}

#include "harness/rule_main.h"
