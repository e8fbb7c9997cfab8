// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests with several vCPUs that turn each other on, interrupt each other, run on fewer
 * CPUs than they have vCPUs, and are moved between CPUs while they run.
 */
#define _GNU_SOURCE	/* CPU_SET */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "abi/abi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_power.h"
#include "guest/guest_state.h"
#include "guest/guest_timer.h"
#include "harness/rule_expand.h"
#include "harness/rule_harness.h"

/*
 * The guest is given up after GUEST_LIMIT_S, and the test is ended after TEST_LIMIT_S. The limits
 * are for hardware; eight vCPUs that spin on one loaded CPU exceed them.
 */
#define GUEST_LIMIT_S	20
#define TEST_LIMIT_S	45

#define SGI	5
#define SPI	45

/* ---- shared by the guest code of all vCPUs and the host ---- */

/* Each vCPU writes its own entry. */
static struct {
	volatile unsigned int count;		/* interrupts acknowledged */
	volatile unsigned int of[16];		/* SGIs acknowledged, by number */
	volatile unsigned int from[GUEST_MAX_VCPUS];	/* SGIs acknowledged, by source (GICv2) */
	volatile unsigned int timer;		/* interrupts of the vCPU's timer */
	volatile unsigned int turns;		/* of a loop without exits */
	volatile uint64_t timer_at;		/* time of the timer's last interrupt */
	volatile unsigned int step;		/* progress of the vCPU's code */
	volatile unsigned int met;		/* for meet() */
	volatile unsigned int result;
	unsigned int sent;			/* SGIs */
	/* Keeps entries in different cache lines. */
	char padding[64];
} seen[GUEST_MAX_VCPUS];

static volatile unsigned int token;
static volatile unsigned int finished;
static volatile unsigned int moved;	/* how often the host has moved threads */
static unsigned int exclusive_sum;

/* Set by the host before the guest runs. */
static struct {
	unsigned int nr_vcpus;
	unsigned int periods;		/* of the timer */
} plan;

/* Requests of guest code to the thread of its vCPU. */
enum request {
	PULSE,
	BEGIN_KICK,
	END_KICK,
};

#define PIN(cpu)	(0x100 + (cpu))

/* ---- the guest's side ---- */

static uint64_t ticks_of_us(uint64_t us)
{
	return us * guest_ticks_per_second() / 1000000;
}

/* Like guest_await(), for more vCPUs than CPUs. */
static void await(const char *what, const volatile unsigned int *count, unsigned int want)
{
	guest_await_within(what, *count >= want, *count, GUEST_FEW_TURNS);
}

/* Waits for all vCPUs. */
static void meet(void)
{
	unsigned int me = guest_cpu(), i;
	unsigned int round = ++seen[me].met;

	__sync_synchronize();
	for (i = 0; i < plan.nr_vcpus; i++)
		await("all vCPUs reach the same step", &seen[i].met, round);
	__sync_synchronize();
}

static void handle_irq(void)
{
	unsigned int me = guest_cpu();
	uint32_t ack = gic_ack();
	unsigned int intid = ack & INTID_MASK;

	if (intid == INTID_SPURIOUS)
		return;
	if (intid == TIMER_VIRTUAL_PPI) {
		seen[me].timer_at = guest_timer_now(TIMER_VIRTUAL);
		if (++seen[me].timer < plan.periods)
			guest_timer_set(TIMER_VIRTUAL,
					seen[me].timer_at + ticks_of_us(1000));
		else
			guest_timer_set_ctl(TIMER_VIRTUAL, 0);
	} else if (intid < ARRAY_SIZE(seen[me].of)) {
		seen[me].of[intid]++;
		if (!guest_gic.v3)
			seen[me].from[GICC_IAR_CPU(ack)]++;
		seen[me].count++;
	} else {
		guest_expect("acknowledged SPI", SPI, intid);
		/*
		 * EOI before the count: once the test sees the count, it may move the SPI and
		 * raise it again, and KVM would deliver an active SPI to this vCPU once more.
		 */
		gic_eoi(ack);
		seen[me].count++;
		return;
	}
	gic_eoi(ack);
}

/* Called by all vCPUs. When it returns, all can send and acknowledge SGIs and the SPI. */
static void start(void)
{
	if (guest_cpu() == FIRST) {
		gic_enable();
		gic_irq_set_edge(SPI, true);
		gic_irq_route(SPI, FIRST);
		gic_irq_enable(SPI);
	}
	meet();
	gic_cpu_enable();
	gic_private_irqs_enable(0xffff | 1U << TIMER_VIRTUAL_PPI);
	guest_irqs_on();
	meet();
}

/* Returns when nothing is pending. Until then no vCPU ends, because it may be a target. */
static void settle(void)
{
	meet();
	gic_settle();
	meet();
}

static unsigned int next_of(unsigned int cpu)
{
	return (cpu + 1) % plan.nr_vcpus;
}

/* ---- the host's side ---- */

/* A host thread that runs no vCPU. */
struct helper {
	struct guest *guest;
	pthread_t thread;
	volatile bool stop;
	unsigned int done;		/* rounds, for the test */
};

static void helper_start(struct helper *h, struct guest *guest, void *(*code)(void *))
{
	int ret;

	h->guest = guest;
	ret = pthread_create(&h->thread, NULL, code, h);
	TEST_ASSERT(!ret, "expected a thread, got %s", strerror(ret));
}

static void helper_stop(struct helper *h)
{
	h->stop = true;
	pthread_join(h->thread, NULL);
}

/* CPUs that this program may run on. */
static cpu_set_t allowed;

static unsigned int nr_cpus(void)
{
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return 1;
	return CPU_COUNT(&allowed);
}

/* Returns the n-th of the allowed CPUs. */
static unsigned int nth_cpu(unsigned int n)
{
	unsigned int cpu;

	n %= CPU_COUNT(&allowed);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed) && !n--)
			break;
	return cpu;
}

/* Moves a thread (0: the calling one) to the n-th of the allowed CPUs. */
static void pin(pid_t tid, unsigned int n)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(nth_cpu(n), &one);
	/* The thread may have ended, or the CPU gone offline. */
	sched_setaffinity(tid, sizeof(one), &one);
}

/*
 * Moves about half of this process's threads to random CPUs, again and again, in the same sequence
 * in each run. The pause lets them run in between.
 */
static void *migrate(void *arg)
{
	struct helper *h = arg;
	unsigned int seed = 4711;
	struct dirent *entry;
	DIR *tasks;

	while (!h->stop) {
		tasks = opendir("/proc/self/task");
		TEST_ASSERT(tasks, "expected /proc/self/task, got %s", strerror(errno));
		while ((entry = readdir(tasks))) {
			pid_t tid = atoi(entry->d_name);

			if (tid && rand_r(&seed) % 2)
				pin(tid, rand_r(&seed) >> 4);
		}
		closedir(tasks);
		*GUEST_ADDR(h->guest, moved) = ++h->done;
		usleep(300 + rand_r(&seed) % 2000);
	}
	return NULL;
}

static int set_line(struct guest *guest, bool level)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | SPI,
		.level = level,
	};

	return abi_ioctl(guest->abi.fd, KVM_IRQ_LINE, &line);
}

static void pulse(struct guest *guest)
{
	int ret = set_line(guest, true) ?: set_line(guest, false);

	if (ret)
		fprintf(stderr, "KVM_IRQ_LINE of SPI %d: expected success, got %s\n",
			SPI, rule_outcome(ret));
}

static void begin_kick(void);
static void end_kick(void);

static void on_request(struct guest *guest, unsigned int request)
{
	if (request == PULSE)
		pulse(guest);
	else if (request == BEGIN_KICK)
		begin_kick();
	else if (request == END_KICK)
		end_kick();
	else
		pin(0, request - PIN(0));
}

FIXTURE(smp)
{
	struct rule_run run;
	struct guest guest;
	struct helper helper;
};

FIXTURE_VARIANT(smp)
{
	const char *name;
	unsigned int needs;
	const struct abi_kind *dist;
	const struct abi_kind *cpu;
	unsigned int nr_vcpus;
};

FIXTURE_SETUP(smp)
{
	RULE_SETUP("smp");
}

FIXTURE_TEARDOWN(smp)
{
	rule_end(&self->run);
}

/*
 * The dialect makes no difference after the addresses are set, so not each number of vCPUs
 * is tested in each dialect.
 */
#define ADD_VARIANT(gic, side, need, nr)				\
FIXTURE_VARIANT_ADD(smp, gic##_##nr##_vcpus)				\
{									\
	.name = #gic "_" #nr "_vcpus",					\
	.needs = need,							\
	.dist = &kind_##gic##_dist,					\
	.cpu = &kind_##gic##_##side,					\
	.nr_vcpus = nr,							\
}

ADD_VARIANT(seed_v2, cpu, SEED_GICV2, 4);
ADD_VARIANT(legacy_v2, cpu, LEGACY_GICV2, 2);
ADD_VARIANT(devattr_v2, cpu, DEVATTR_GICV2, 8);
ADD_VARIANT(devattr_v3, redist, DEVATTR_GICV3, 2);
ADD_VARIANT(devattr_v3, redist, DEVATTR_GICV3, 8);

#define CREATE_GUEST(create, code) do {					\
	nr_cpus();							\
	create(&self->guest, variant->nr_vcpus, code);			\
	self->guest.limit_s = GUEST_LIMIT_S;				\
	self->guest.on_request = on_request;				\
	plan.nr_vcpus = variant->nr_vcpus;				\
	sync_global_to_guest(self->guest.vm, plan);			\
	guest_on_irq(&self->guest, handle_irq);				\
	PLACE_GIC();							\
} while (0)

#define EXPECT_VCPUS(code, what) do {					\
	CREATE_GUEST(guest_create, code);				\
	EXPECT_GUEST_ENDS(what ", %u vCPUs", variant->nr_vcpus);	\
} while (0)

#define EXPECT_VCPUS_OFF(code, what) do {				\
	CREATE_GUEST(guest_create_off, code);				\
	EXPECT_GUEST_ENDS(what ", %u vCPUs", variant->nr_vcpus);	\
} while (0)

#define EXPECT_VCPUS_WITH(helper_code, code, what) do {			\
	const char *outcome;						\
									\
	CREATE_GUEST(guest_create, code);				\
	helper_start(&self->helper, &self->guest, helper_code);		\
	outcome = holds(guest_run(&self->guest));			\
	helper_stop(&self->helper);					\
	EXPECT_RULE_WORD(outcome, what ", %u vCPUs", variant->nr_vcpus); \
} while (0)

/* ---- power ---- */

#define CONTEXT_OF(cpu)	(0xc0de0000U + (cpu))

static void expect_boot(uint32_t context)
{
	struct guest_boot boot = guest_boot();

	guest_expect("context id of CPU_ON", context, boot.context);
	guest_expect("affinity in MPIDR", guest_cpu(), boot.cpu);
	guest_expect("MMU and caches are off", true, guest_sctlr_is_off(boot.sctlr));
}

static int power_of(unsigned int cpu)
{
	return guest_affinity_info(GUEST_MPIDR_OF(cpu));
}

static int turn_on(unsigned int cpu)
{
	return guest_cpu_on(GUEST_MPIDR_OF(cpu), CONTEXT_OF(cpu));
}

/* Each vCPU turns on the next one; then all do some work. */
static void turn_on_in_turn(void)
{
	unsigned int me = guest_cpu(), next = next_of(me);

	if (me != FIRST)
		expect_boot(CONTEXT_OF(me));
	seen[me].step = 1;
	if (next != FIRST) {
		guest_expect("AFFINITY_INFO before CPU_ON", PSCI_IS_OFF, power_of(next));
		guest_expect("steps of a vCPU that is off", 0, seen[next].step);
		guest_expect("CPU_ON", PSCI_RET_SUCCESS, turn_on(next));
		await("the vCPU comes on", &seen[next].step, 1);
		guest_expect("AFFINITY_INFO after CPU_ON", PSCI_IS_ON, power_of(next));
	}
	start();
	gic_send_sgi(SGI, next);
	await("SGI from a vCPU that has been turned on", &seen[me].count, 1);
	settle();
	guest_expect("SGIs altogether", 1, seen[me].count);
	guest_done();
}

TEST_F_TIMEOUT(smp, cpu_on, TEST_LIMIT_S)
{
	EXPECT_VCPUS_OFF(turn_on_in_turn, "CPU_ON");
}

static void turn_on_after_errors(void)
{
	unsigned int me = guest_cpu(), i;

	if (me == FIRST) {
		guest_expect("CPU_ON of oneself", PSCI_RET_ALREADY_ON, turn_on(FIRST));
		guest_expect("CPU_ON of a vCPU that does not exist",
			     PSCI_RET_INVALID_PARAMS, turn_on(plan.nr_vcpus));
		guest_expect("CPU_ON at affinity level 1 of a vCPU that does not exist",
			     PSCI_RET_INVALID_PARAMS, guest_cpu_on(0x101, 0));
		guest_expect("AFFINITY_INFO of a vCPU that does not exist",
			     PSCI_RET_INVALID_PARAMS, power_of(plan.nr_vcpus));
		guest_expect("AFFINITY_INFO at the end", PSCI_IS_OFF, power_of(SECOND));
		for (i = SECOND; i < plan.nr_vcpus; i++)
			guest_expect("CPU_ON", PSCI_RET_SUCCESS, turn_on(i));
		for (i = SECOND; i < plan.nr_vcpus; i++)
			guest_expect("CPU_ON, once more", PSCI_RET_ALREADY_ON,
				     guest_cpu_on(GUEST_MPIDR_OF(i), 0));
	} else {
		expect_boot(CONTEXT_OF(me));
		guest_expect("CPU_ON of the first vCPU", PSCI_RET_ALREADY_ON,
			     turn_on(FIRST));
	}
	meet();
	guest_done();
}

TEST_F_TIMEOUT(smp, cpu_on_errors, TEST_LIMIT_S)
{
	EXPECT_VCPUS_OFF(turn_on_after_errors, "errors of CPU_ON");
}

#define POWER_ROUNDS	3

static void await_off(unsigned int cpu)
{
	guest_await_that("the vCPU is off (AFFINITY_INFO)", power_of(cpu) == PSCI_IS_OFF, cpu);
}

/* The other vCPUs turn themselves off after each round but the last. */
static void turn_on_and_off(void)
{
	unsigned int me = guest_cpu(), round, i;

	if (me != FIRST) {
		round = guest_boot().context - CONTEXT_OF(0);
		expect_boot(CONTEXT_OF(round));
		guest_expect("how often the vCPU has come on", round, ++seen[me].step);
		if (round < POWER_ROUNDS)
			guest_expect("CPU_OFF does not return", true, guest_cpu_off());
		guest_done();
	}
	for (round = 1; round <= POWER_ROUNDS; round++) {
		for (i = SECOND; i < plan.nr_vcpus; i++) {
			await_off(i);
			guest_expect("CPU_ON after CPU_OFF", PSCI_RET_SUCCESS,
				     guest_cpu_on(GUEST_MPIDR_OF(i), CONTEXT_OF(round)));
		}
		for (i = SECOND; i < plan.nr_vcpus; i++)
			await("the vCPU comes on", &seen[i].step, round);
	}
	guest_done();
}

TEST_F_TIMEOUT(smp, cpu_off_on, TEST_LIMIT_S)
{
	EXPECT_VCPUS_OFF(turn_on_and_off, "CPU_OFF and CPU_ON");
}

/* Waits for all vCPUs but the last. */
static void meet_but_last(unsigned int round)
{
	unsigned int i;

	seen[guest_cpu()].met = round;
	for (i = FIRST; i < plan.nr_vcpus - 1; i++)
		await("another vCPU is ready", &seen[i].met, round);
}

/* All other vCPUs turn on the last vCPU at once; in each round just one of them succeeds. */
static void race_to_turn_on(void)
{
	unsigned int me = guest_cpu(), last = plan.nr_vcpus - 1;
	unsigned int round, i, successes = 0;
	int ret;

	if (me == last) {
		round = ++seen[me].step;
		/* If this vCPU turned off before, a late call could turn it on. */
		for (i = FIRST; i < last; i++)
			await("another vCPU has called CPU_ON", &seen[i].step, round);
		if (round < POWER_ROUNDS)
			guest_expect("CPU_OFF does not return", true, guest_cpu_off());
		guest_done();
	}
	if (me == FIRST)
		for (i = SECOND; i < last; i++)
			guest_expect("CPU_ON", PSCI_RET_SUCCESS, turn_on(i));
	for (round = 1; round <= POWER_ROUNDS; round++) {
		await_off(last);
		meet_but_last(2 * round - 1);
		ret = turn_on(last);
		if (ret == PSCI_RET_SUCCESS)
			seen[me].result++;
		else if (ret != PSCI_RET_ON_PENDING)
			guest_expect("CPU_ON of a vCPU that is on", PSCI_RET_ALREADY_ON, ret);
		seen[me].step = round;
		await("the last vCPU comes on", &seen[last].step, round);
		meet_but_last(2 * round);
	}
	for (i = FIRST; i < last; i++)
		successes += seen[i].result;
	guest_expect("CPU_ON that succeeded", POWER_ROUNDS, successes);
	guest_expect("how often the last vCPU has come on", POWER_ROUNDS, seen[last].step);
	guest_done();
}

TEST_F_TIMEOUT(smp, cpu_on_race, TEST_LIMIT_S)
{
	EXPECT_VCPUS_OFF(race_to_turn_on, "CPU_ON by all vCPUs at once");
}

/* ---- SGIs ---- */

/* Number of hops of the token. Each takes a long time where vCPUs have to wait for a CPU. */
#define HOPS_SPINNING	24
#define HOPS_ASLEEP	48

static void await_awake(unsigned int want)
{
	await("SGI from the vCPU before", &seen[guest_cpu()].count, want);
}

static void await_asleep(unsigned int want)
{
	struct guest_wait outer = guest_wait_begin("SGI from the vCPU before, asleep");
	unsigned int me = guest_cpu();

	for (;;) {
		guest_irqs_off();
		guest_wait_sees(seen[me].count);
		if (seen[me].count >= want)
			break;
		guest_wfi();
		guest_irqs_on();
	}
	guest_irqs_on();
	guest_wait_end(outer);
}

static void pass_token(unsigned int hops, void (*await_sgi)(unsigned int want))
{
	unsigned int me = guest_cpu(), n = plan.nr_vcpus, round;

	start();
	for (round = 1; round <= hops / n; round++) {
		if (me != FIRST)
			await_sgi(round);
		guest_expect("the token, counted by all", (round - 1) * n + me, token);
		token++;
		gic_send_sgi(SGI, next_of(me));
		if (me == FIRST)
			await_sgi(round);
	}
	settle();
	guest_expect("SGIs altogether", hops / n, seen[me].count);
	guest_expect("hops altogether", hops, token);
	guest_done();
}

static void pass_token_awake(void)
{
	pass_token(HOPS_SPINNING, await_awake);
}

static void pass_token_asleep(void)
{
	pass_token(HOPS_ASLEEP, await_asleep);
}

TEST_F_TIMEOUT(smp, sgi_ring, TEST_LIMIT_S)
{
	EXPECT_VCPUS(pass_token_awake, "SGIs from vCPU to vCPU");
}

TEST_F_TIMEOUT(smp, sgi_ring_asleep, TEST_LIMIT_S)
{
	EXPECT_VCPUS(pass_token_asleep, "SGIs from vCPU to vCPU, all in WFI");
}

/* Each vCPU in turn sends an SGI to all others. */
static void broadcast(void)
{
	unsigned int me = guest_cpu(), sender;

	start();
	for (sender = 0; sender < plan.nr_vcpus; sender++) {
		if (me == sender)
			gic_send_sgi_to_others(sender);
		else
			await("SGI to all others", &seen[me].of[sender], 1);
		meet();
		gic_settle();
		guest_expect("SGIs of this sender", me != sender, seen[me].of[sender]);
		guest_expect("SGIs altogether", sender + 1 - (me <= sender), seen[me].count);
		meet();
	}
	guest_done();
}

TEST_F_TIMEOUT(smp, sgi_broadcast, TEST_LIMIT_S)
{
	EXPECT_VCPUS(broadcast, "SGI to all other vCPUs");
}

#define CROSS_ROUNDS	3

/* The SGI's number is the sender, so that no two of them merge. */
static void cross(void)
{
	unsigned int me = guest_cpu(), round, i;

	start();
	for (round = 1; round <= CROSS_ROUNDS; round++) {
		for (i = 0; i < plan.nr_vcpus; i++)
			gic_send_sgi(me, (me + i) % plan.nr_vcpus);
		for (i = 0; i < plan.nr_vcpus; i++)
			await("SGI from each vCPU", &seen[me].of[i], round);
		meet();
	}
	settle();
	for (i = 0; i < plan.nr_vcpus; i++) {
		guest_expect("SGIs from each vCPU", CROSS_ROUNDS, seen[me].of[i]);
		if (!guest_gic.v3)
			guest_expect("SGIs by GICC_IAR.CPUID", CROSS_ROUNDS,
				     seen[me].from[i]);
	}
	guest_done();
}

TEST_F_TIMEOUT(smp, sgi_all_to_all, TEST_LIMIT_S)
{
	EXPECT_VCPUS(cross, "SGIs from each vCPU to each");
}

#define SOURCE_ROUNDS	2

/* All vCPUs have sent their SGI before the first vCPU acknowledges any. */
static void send_same(void)
{
	unsigned int me = guest_cpu(), round, i;

	start();
	for (round = 1; round <= SOURCE_ROUNDS; round++) {
		if (me == FIRST)
			guest_irqs_off();
		meet();
		gic_send_sgi(SGI, FIRST);
		meet();
		if (me == FIRST) {
			guest_expect("SGIs while interrupts are masked",
				     seen[me].result, seen[me].count);
			guest_irqs_on();
			await("an SGI that was pending", &seen[me].count,
			      seen[me].result + 1);
			gic_settle();
			seen[me].result = seen[me].count;
		}
		meet();
	}
	for (i = 0; me == FIRST && !guest_gic.v3 && i < plan.nr_vcpus; i++)
		guest_expect("SGIs of each source", SOURCE_ROUNDS, seen[me].from[i]);
	guest_done();
}

TEST_F_TIMEOUT(smp, sgi_sources, TEST_LIMIT_S)
{
	unsigned int count, all = SOURCE_ROUNDS * variant->nr_vcpus;
	const char *outcome;

	CREATE_GUEST(guest_create, send_same);
	outcome = holds(guest_run(&self->guest));
	count = GUEST_ADDR(&self->guest, seen[0])->count;
	if (!strcmp(outcome, HELD))
		outcome = count == all ? "EACH" : count == SOURCE_ROUNDS ? "ONE" : BROKEN;
	EXPECT_RULE_WORD(outcome, "%u SGIs acknowledged of %u sent, in %d rounds", count, all,
			 SOURCE_ROUNDS);
}

/* ---- kicks ---- */

/*
 * A vCPU that spins does not exit by itself. An interrupt for it needs a kick, an IPI to
 * its CPU; without it the interrupt waits for the host's next timer tick, which is not an IPI. So
 * the host counts for each interrupt of the guest whether there was an IPI.
 *
 * A vCPU that is not running when the interrupt is raised, because of a tick for instance, needs no
 * kick. So the sender waits until the vCPU has been seen spinning, and rounds with an IPI have to
 * outnumber those without. Few of the IPIs have other reasons.
 */
#define KICKS_AHEAD	6
#define KICK_ROUNDS_MAX	96

/* A vCPU that spins is pinned to the CPU with this number, see pin(). */
#define SPINNER_CPU	SECOND

/* In the guest: rounds with an IPI minus rounds without. In the host: IPIs at the round's start. */
static volatile int kicks_ahead;
static unsigned long ipis;

/* IPIs that a CPU has received, from /proc/interrupts. */
static unsigned long ipis_of(unsigned int cpu)
{
	char line[4096], *word, *rest;
	int column, wanted = -1;
	unsigned long sum = 0;
	FILE *file = fopen("/proc/interrupts", "re");

	TEST_ASSERT(file, "expected /proc/interrupts, got %s", strerror(errno));
	/* The first line has the online CPUs, a column each. */
	if (fgets(line, sizeof(line), file))
		for (column = 0, word = strtok_r(line, " \n", &rest); word;
		     column++, word = strtok_r(NULL, " \n", &rest))
			if (!strncmp(word, "CPU", 3) && strtoul(word + 3, NULL, 10) == cpu)
				wanted = column;
	TEST_ASSERT(wanted >= 0, "/proc/interrupts: expected a column CPU%u, got none", cpu);
	while (fgets(line, sizeof(line), file)) {
		word = strtok_r(line, " ", &rest);
		if (!word || strncmp(word, "IPI", 3))
			continue;
		for (column = 0; word && column <= wanted; column++)
			word = strtok_r(NULL, " ", &rest);
		if (word)
			sum += strtoul(word, NULL, 10);
	}
	fclose(file);
	return sum;
}

static void begin_kick(void)
{
	ipis = ipis_of(nth_cpu(SPINNER_CPU));
}

static struct guest *kicked_guest;

static void end_kick(void)
{
	*GUEST_ADDR(kicked_guest, kicks_ahead) += ipis_of(nth_cpu(SPINNER_CPU)) > ipis ? 1 : -1;
}

static void raise_spi(void)
{
	guest_request(PULSE);
}

static void raise_sgi(void)
{
	gic_send_sgi(SGI, SECOND);
}

/* Causes no exits: no access in the loop traps, and the vCPUs that are done do not exit. */
static void spin(void)
{
	while (!finished) {
		seen[SECOND].turns++;
		guest_relax();
	}
}

/* Interrupts the vCPU that spins, until rounds with a kick outnumber the others by KICKS_AHEAD. */
static void kick(void (*raise)(void))
{
	unsigned int round = 0, turns;

	while (kicks_ahead < KICKS_AHEAD && round < KICK_ROUNDS_MAX) {
		guest_request(BEGIN_KICK);
		turns = seen[SECOND].turns;
		guest_await_that("the other vCPU spins", seen[SECOND].turns != turns, turns);
		raise();
		guest_await("the vCPU that spins gets an interrupt", &seen[SECOND].count,
			    ++round);
		guest_request(END_KICK);
	}
	guest_expect("interrupts altogether", round, seen[SECOND].count);
	seen[FIRST].sent = round;
	finished = 1;
}

static void kick_or_spin(void (*raise)(void))
{
	unsigned int me = guest_cpu();

	start();
	if (me == FIRST)
		gic_irq_route(SPI, SECOND);
	guest_request(PIN(me));
	meet();
	if (me == SECOND)
		spin();
	if (me == FIRST)
		kick(raise);
	guest_done();
}

static void kick_by_spi(void)
{
	kick_or_spin(raise_spi);
}

static void kick_by_sgi(void)
{
	kick_or_spin(raise_sgi);
}

#define EXPECT_KICKS(code, what) do {					\
	const char *outcome;						\
	unsigned int rounds;						\
	int ahead;							\
									\
	if (nr_cpus() < 2)						\
		rule_skip("this system has one CPU, and a vCPU that runs there needs no kick"); \
	CREATE_GUEST(guest_create, code);				\
	kicked_guest = &self->guest;					\
	/* Keeps the waiting thread away from the CPU of the vCPU that spins. */ \
	pin(0, FIRST);							\
	outcome = holds(guest_run(&self->guest));			\
	ahead = *GUEST_ADDR(&self->guest, kicks_ahead);			\
	rounds = GUEST_ADDR(&self->guest, seen[FIRST])->sent;		\
	if (!strcmp(outcome, HELD) && ahead < KICKS_AHEAD)		\
		outcome = BROKEN;					\
	EXPECT_RULE_WORD(outcome, what " to a vCPU that spins: kicks in %d of %u rounds", \
			 ((int)rounds + ahead) / 2, rounds);		\
} while (0)

TEST_F_TIMEOUT(smp, kick_spi, TEST_LIMIT_S)
{
	EXPECT_KICKS(kick_by_spi, "SPIs");
}

TEST_F_TIMEOUT(smp, kick_sgi, TEST_LIMIT_S)
{
	EXPECT_KICKS(kick_by_sgi, "SGIs");
}

/* ---- SPIs that move ---- */

#define AFFINITY_ROUNDS	2

static void follow_route(void)
{
	unsigned int me = guest_cpu(), n = plan.nr_vcpus, i, round;

	start();
	for (round = 0; me == FIRST && round < AFFINITY_ROUNDS * n; round++) {
		unsigned int target = round % n;

		gic_irq_route(SPI, target);
		guest_request(PULSE);
		await("the SPI arrives where it is routed to", &seen[target].count,
		      round / n + 1);
		for (i = 0; i < n; i++)
			guest_expect("SPIs of each vCPU", round / n + (i <= target),
				     seen[i].count);
	}
	settle();
	guest_expect("SPIs altogether", AFFINITY_ROUNDS, seen[me].count);
	guest_done();
}

TEST_F_TIMEOUT(smp, spi_affinity, TEST_LIMIT_S)
{
	EXPECT_VCPUS(follow_route, "SPI routed to each vCPU in turn");
}

#define PENDING_ROUNDS	3

/*
 * The SPI is in a list register of the calling vCPU, whose interrupts are masked. The vCPU
 * reports that, and does not exit until *@go is @round.
 */
static void hold_pending(unsigned int round, const volatile unsigned int *go)
{
	guest_await_that("the SPI is signalled, while interrupts are masked",
			 guest_irq_is_signalled(), round);
	seen[guest_cpu()].step = round;
	guest_await("the first vCPU is done with the SPI", go, round);
}

/* The SPI is pending at the second vCPU, which does not acknowledge it. */
static void move_pending(void)
{
	unsigned int me = guest_cpu(), round;
	/* The SPI's new target; with two vCPUs, the first. */
	unsigned int other = plan.nr_vcpus > 2 ? plan.nr_vcpus - 1 : FIRST;

	start();
	for (round = 1; round <= PENDING_ROUNDS; round++) {
		if (me == SECOND)
			guest_irqs_off();
		meet();
		if (me == FIRST) {
			gic_irq_route(SPI, SECOND);
			guest_request(PULSE);
			guest_await("the second vCPU has the SPI pending", &seen[SECOND].step,
				    round);
			gic_irq_route(SPI, other);
			seen[me].step = round;
			await("the vCPU that the SPI is moved to acknowledges it",
			      &seen[other].count, round);
		}
		if (me == SECOND)
			hold_pending(round, &seen[FIRST].step);
		meet();
		if (me == SECOND) {
			guest_irqs_on();
			gic_settle();
			guest_expect("SPIs at the vCPU that the SPI was moved from", 0,
				     seen[me].count);
		}
		meet();
	}
	guest_expect("SPIs altogether", me == other ? PENDING_ROUNDS : 0, seen[me].count);
	guest_done();
}

TEST_F_TIMEOUT(smp, spi_moved_pending, TEST_LIMIT_S)
{
	EXPECT_VCPUS(move_pending, "SPI moved while it is pending");
}

/* The SPI is in a list register of the second vCPU, which does not exit. */
static void read_pending(void)
{
	unsigned int me = guest_cpu();

	start();
	if (me == SECOND)
		guest_irqs_off();
	meet();
	if (me == FIRST) {
		gic_irq_route(SPI, SECOND);
		guest_request(PULSE);
		guest_await("the second vCPU has the SPI pending", &seen[SECOND].step, 1);
		guest_expect("the SPI is pending", true, gic_irq_is_pending(SPI));
		guest_expect("the SPI is active", false, gic_irq_is_active(SPI));
		seen[me].step = 1;
	}
	if (me == SECOND)
		hold_pending(1, &seen[FIRST].step);
	meet();
	guest_irqs_on();
	settle();
	guest_expect("SPIs altogether", me == SECOND, seen[me].count);
	guest_expect("the SPI is pending after its EOI", false, gic_irq_is_pending(SPI));
	guest_done();
}

TEST_F_TIMEOUT(smp, spi_pending_of_other, TEST_LIMIT_S)
{
	EXPECT_VCPUS(read_pending, "SPI that is pending at another vCPU");
}

#define MOVING_PULSES	20

/* Raises the SPI again once a vCPU has acknowledged it. */
static void *repeat_pulse(void *arg)
{
	struct helper *h = arg;
	typeof(&seen) s = GUEST_ADDR(h->guest, seen);
	unsigned int i, sum = 0;

	while (!(*s)[FIRST].step && !h->stop)
		sched_yield();
	while (h->done < MOVING_PULSES && !h->stop) {
		pulse(h->guest);
		h->done++;
		do {
			sched_yield();
			for (i = 0, sum = 0; i < plan.nr_vcpus; i++)
				sum += (*s)[i].count;
		} while (sum < h->done && !h->stop);
	}
	if (h->stop)
		fprintf(stderr, "SPIs raised one by one: expected %u acknowledged, got %u of %u "
				"that were raised\n",
			MOVING_PULSES, sum, h->done);
	*GUEST_ADDR(h->guest, finished) = 1;
	return NULL;
}

static void keep_moving(void)
{
	unsigned int me = guest_cpu(), i, sum = 0;
	uint32_t chance = 4711;

	start();
	if (me == FIRST) {
		struct guest_wait outer = guest_wait_begin("the host raises the SPI often enough");

		seen[me].step = 1;
		while (!finished) {
			chance = chance * 1664525 + 1013904223;
			gic_irq_route(SPI, (chance >> 16) % plan.nr_vcpus);
		}
		guest_wait_end(outer);
	} else {
		await("the host raises the SPI often enough", &finished, 1);
	}
	settle();
	for (i = 0; i < plan.nr_vcpus; i++)
		sum += seen[i].count;
	guest_expect("SPIs acknowledged, of those raised one by one", MOVING_PULSES, sum);
	guest_done();
}

TEST_F_TIMEOUT(smp, spi_moving, TEST_LIMIT_S)
{
	EXPECT_VCPUS_WITH(repeat_pulse, keep_moving, "SPIs while their route changes");
}

/* ---- threads that are moved between CPUs ---- */

#define HOLDS		6

/*
 * Interrupts are masked while registers are checked, and SGIs wait. Each check lasts until
 * the host has moved the threads once more.
 */
static void hold_registers(void)
{
	unsigned int me = guest_cpu(), next = next_of(me), hold, before;
	uint32_t seed = me << 24;
	struct guest_wait outer;

	start();
	outer = guest_wait_begin("the host moves the threads");
	for (hold = 0; hold < HOLDS; hold++) {
		guest_irqs_off();
		before = moved;
		guest_state_fill(++seed);
		while (moved == before)
			guest_relax();
		guest_state_check(seed);
		guest_expect("index of the vCPU", me, guest_cpu());
		guest_irqs_on();
		if (seen[next].count == seen[me].sent) {
			seen[me].sent++;
			gic_send_sgi(SGI, next);
		}
	}
	guest_wait_end(outer);
	await("all SGIs arrive at the next vCPU", &seen[next].count, seen[me].sent);
	settle();
	guest_expect("SGIs that arrived at the next vCPU", seen[me].sent, seen[next].count);
	guest_expect("at least one SGI was sent", true, seen[me].sent > 0);
	guest_done();
}

TEST_F_TIMEOUT(smp, migrate, TEST_LIMIT_S)
{
	EXPECT_VCPUS_WITH(migrate, hold_registers, "registers and SGIs while threads migrate");
}

TEST_F_TIMEOUT(smp, migrate_ring, TEST_LIMIT_S)
{
	EXPECT_VCPUS_WITH(migrate, pass_token_asleep,
			  "SGIs from vCPU to vCPU, all in WFI, while threads migrate");
}

#define PERIODS		12

static void tick(void)
{
	unsigned int me = guest_cpu();
	uint64_t cval;

	start();
	cval = guest_timer_now(TIMER_VIRTUAL) + ticks_of_us(1000);
	guest_timer_set(TIMER_VIRTUAL, cval);
	guest_timer_set_ctl(TIMER_VIRTUAL, TIMER_CTL_ENABLE);
	await("interrupts of the timer", &seen[me].timer, PERIODS);
	settle();
	guest_expect("interrupts of the timer, altogether", PERIODS, seen[me].timer);
	guest_expect("no interrupt was early", true,
		     seen[me].timer_at >= cval + (PERIODS - 1) * ticks_of_us(1000));
	guest_expect("other interrupts", 0, seen[me].count);
	guest_done();
}

TEST_F_TIMEOUT(smp, migrate_timer, TEST_LIMIT_S)
{
	plan.periods = PERIODS;
	EXPECT_VCPUS_WITH(migrate, tick, "virtual timers while threads migrate");
}

#define ADDITIONS	1000	/* between two checks */
#define MOVES		5

/* All vCPUs add to one sum, until the threads have been moved MOVES times. */
static void add_up(void)
{
	unsigned int me = guest_cpu(), last, sum = 0, i;

	start();
	last = moved + MOVES;
	do {
		for (i = 0; i < ADDITIONS; i++)
			__sync_fetch_and_add(&exclusive_sum, 1);
		seen[me].result += ADDITIONS;
	} while (moved < last);
	meet();
	for (i = 0; i < plan.nr_vcpus; i++)
		sum += seen[i].result;
	guest_expect("sum of all additions", sum, exclusive_sum);
	guest_done();
}

TEST_F_TIMEOUT(smp, migrate_exclusives, TEST_LIMIT_S)
{
	EXPECT_VCPUS_WITH(migrate, add_up, "exclusive accesses while threads migrate");
}

#include "harness/rule_main.h"
