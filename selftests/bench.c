// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cost of a guest's operations on its GIC, and of the steps of these operations: a table of
 * benchmarks, each a test that passes once the benchmark was measured. The result is a line that
 * scripts/run_bench.py reads:
 *
 *	# bench {"name":"gicd_read_word","vcpus":1,...}
 *
 * Times of guest code are those of the virtual counter, times of the host's calls those of
 * CLOCK_MONOTONIC. With QEMU's -icount shift=0, both clocks advance by a nanosecond for each
 * instruction, so that nanoseconds are instructions, the same number in each run.
 *
 * Benchmarks are not rules: nothing in Documentation/abi/ requires a speed.
 */
#define _GNU_SOURCE	/* syscall() */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/exit_counts.h"
#include "guest/guest.h"
#include "guest/guest_gic.h"
#include "guest/guest_power.h"
#include "guest/guest_timer.h"
#include "harness/rule_harness.h"

#define ROUNDS		15
#define LIMIT_S		100	/* of a guest */
#define TEST_LIMIT_S	120

#define DIST_IPA	0x08000000ULL
#define CPU_IPA		0x08100000ULL
#define EXIT_IPA	0x0a000000ULL	/* not backed by memory or a device */
#define NEW_IPA		0x60000000ULL	/* memory that the guest touches page by page */
#define SLOTS_IPA	0x80000000ULL
#define NEW_SLOT	1		/* slot 0 belongs to the library */
#define PAGE		0x1000ULL

#define FIRST		0U
#define SGI		5
#define SPI		45
#define GSI		(SPI - 32)
#define QUIET_SPI	47	/* stays disabled */
#define BATCH		4	/* as many interrupts as the smallest GIC has list registers */

/* ---- shared by guest and host ---- */

enum request {
	NOTHING,
	MARK,		/* begins or ends a measured time */
	PULSE,		/* raise and lower the line of the SPI */
	RAISE,		/* write to the SPI's irqfd */
	BLOCK,		/* wait in user space until UNBLOCK */
	UNBLOCK,
};

/**
 * struct bench - guest code of a row of the table
 * @reg:     offset of the distributor's register that the loop accesses
 * @value:   the value that the loop writes
 * @irqs:    pending interrupts, which the first vCPU masks
 * @prepare: called once by the first vCPU
 * @loop:    does @ops operations and returns the time in ticks
 * @empty:   the same loop without the operation; its ticks are subtracted
 * @other:   code of all other vCPUs
 */
struct bench {
	uint32_t reg, value;
	unsigned int irqs;
	void (*prepare)(void);
	uint64_t (*loop)(unsigned int ops);
	uint64_t (*empty)(unsigned int ops);
	void (*other)(void);
};

/* Set by the host before the guest runs. */
static struct {
	struct bench bench;
	unsigned int ops;
	unsigned int nr_vcpus;
	bool off;		/* all vCPUs but the first are turned off */
	uint64_t exit;		/* virtual address of EXIT_IPA */
	uint64_t page;		/* virtual address of the first untouched page */
} plan;

/* Read by the host after the guest has run; the first round warms up. */
static volatile uint64_t spent[ROUNDS + 1], overhead[ROUNDS + 1];
static volatile uint64_t ticks_per_second;

/* Each vCPU writes its own entry. */
static struct {
	volatile unsigned int count;	/* interrupts acknowledged */
	volatile uint64_t late;		/* ticks from the timer's expiry to its handler */
	char padding[64];
} seen[GUEST_MAX_VCPUS];

static volatile bool over;

/* ---- the guest's side ---- */

/* The ticks include the loop's own cost, so @empty has to contain the same loop. */
#define TIMED_LOOP(ops, body) ({					\
	uint64_t begin_ = guest_ticks();				\
	unsigned int i_;						\
									\
	for (i_ = 0; i_ < (ops); i_++) {				\
		body;							\
		asm volatile("" : : : "memory");			\
	}								\
	guest_ticks() - begin_;						\
})

static void handle_interrupt(void)
{
	unsigned int me = guest_cpu();
	uint32_t ack = gic_read_iar();
	unsigned int intid = ack & INTID_MASK;

	if (intid == INTID_SPURIOUS)
		return;
	if (intid == TIMER_VIRTUAL_PPI) {
		seen[me].late += guest_timer_now(TIMER_VIRTUAL);
		guest_timer_set_ctl(TIMER_VIRTUAL, 0);
	}
	seen[me].count++;
	gic_eoi(ack);
}

/* Sleeps until this vCPU has acknowledged @count interrupts; called with interrupts masked. */
static void await(unsigned int count)
{
	while ((int)(seen[guest_cpu()].count - count) < 0) {
		guest_wfi();
		guest_irqs_on();
		guest_irqs_off();
	}
}

static uint64_t loop_nothing(unsigned int ops)
{
	return TIMED_LOOP(ops, (void)0);
}

static uint64_t no_overhead(unsigned int ops)
{
	(void)ops;
	return 0;
}

static void prepare_gic(void)
{
	gic_enable();
	gic_cpu_enable();
	gic_irq_set_edge(SPI, true);
	gic_irq_route(SPI, FIRST);
	gic_irq_enable(SPI);
	gic_irq_enable(SGI);
	gic_irq_enable(TIMER_VIRTUAL_PPI);
}

/* ---- ... the distributor ---- */

static uint64_t dist_reg(void)
{
	return guest_gic.dist + plan.bench.reg;
}

static uint64_t loop_gicd_read_word(unsigned int ops)
{
	const uint64_t reg = dist_reg();

	return TIMED_LOOP(ops, guest_read(reg));
}

static uint64_t loop_gicd_read_byte(unsigned int ops)
{
	const uint64_t reg = dist_reg();

	return TIMED_LOOP(ops, guest_read_byte(reg));
}

static uint64_t loop_gicd_write_word(unsigned int ops)
{
	const uint32_t value = plan.bench.value;
	const uint64_t reg = dist_reg();

	return TIMED_LOOP(ops, guest_write(reg, value));
}

static uint64_t loop_gicd_write_byte(unsigned int ops)
{
	const uint32_t value = plan.bench.value;
	const uint64_t reg = dist_reg();

	return TIMED_LOOP(ops, guest_write_byte(reg, value));
}

/* A write to GICD_ISENABLER, without effect, keeps KVM from reusing the answer to the last read. */
static uint64_t loop_gicd_write_read(unsigned int ops)
{
	const uint64_t enable = guest_gic.dist + GICD_ISENABLER(SPI);
	const uint64_t reg = dist_reg();

	return TIMED_LOOP(ops, guest_write(enable, 1U << SPI % 32); guest_read(reg));
}

static uint64_t loop_gicd_write_only(unsigned int ops)
{
	const uint64_t enable = guest_gic.dist + GICD_ISENABLER(SPI);

	return TIMED_LOOP(ops, guest_write(enable, 1U << SPI % 32));
}

/* Masks and unmasks an interrupt, as a driver does. */
static uint64_t loop_gicd_mask(unsigned int ops)
{
	const uint64_t enable = guest_gic.dist + GICD_ISENABLER(SPI);
	const uint64_t disable = guest_gic.dist + GICD_ICENABLER(SPI);

	return TIMED_LOOP(ops, guest_write(disable, 1U << SPI % 32);
			       guest_write(enable, 1U << SPI % 32));
}

/* ---- ... the CPU interface ---- */

static uint64_t loop_gicc_read_pmr(unsigned int ops)
{
	const uint64_t reg = guest_gic.cpu + GICC_PMR;

	if (guest_gic.v3)
		return TIMED_LOOP(ops, gicv3_icc_read(ICC_PMR));
	return TIMED_LOOP(ops, guest_read(reg));
}

static uint64_t loop_gicc_write_pmr(unsigned int ops)
{
	const uint64_t reg = guest_gic.cpu + GICC_PMR;

	if (guest_gic.v3)
		return TIMED_LOOP(ops, gicv3_icc_write(ICC_PMR, 0xff));
	return TIMED_LOOP(ops, guest_write(reg, 0xff));
}

static uint64_t loop_gicc_read_hppir(unsigned int ops)
{
	const uint64_t reg = guest_gic.cpu + GICC_HPPIR;

	return TIMED_LOOP(ops, guest_read(reg));
}

/* Makes SGIs pending. The CPU masks interrupts, so no SGI is acknowledged yet. */
static void pend_batch(void)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++)
		gic_send_sgi(i, FIRST);
}

static uint64_t ack_eoi_batch(void)
{
	uint64_t begin = guest_ticks();
	unsigned int i;

	for (i = 0; i < BATCH; i++)
		gic_eoi(gic_read_iar());
	return guest_ticks() - begin;
}

static uint64_t ack_eoi_dir_batch(void)
{
	uint64_t begin = guest_ticks();
	unsigned int i;
	uint32_t ack;

	for (i = 0; i < BATCH; i++) {
		ack = gic_read_iar();
		gic_eoi(ack);
		gic_deactivate(ack);
	}
	return guest_ticks() - begin;
}

static uint64_t empty_batch(void)
{
	uint64_t begin = guest_ticks();
	volatile unsigned int i;

	for (i = 0; i < BATCH; i++)
		;
	return guest_ticks() - begin;
}

static uint64_t loop_ack_eoi(unsigned int ops)
{
	uint64_t ticks = 0;
	unsigned int i;

	for (i = 0; i < ops; i += BATCH) {
		pend_batch();
		ticks += ack_eoi_batch();
	}
	guest_expect("interrupt after the last", INTID_SPURIOUS, gic_read_iar() & INTID_MASK);
	return ticks;
}

static uint64_t loop_ack_eoi_dir(unsigned int ops)
{
	uint64_t ticks = 0;
	unsigned int i;

	for (i = 0; i < ops; i += BATCH) {
		pend_batch();
		ticks += ack_eoi_dir_batch();
	}
	guest_expect("interrupt after the last", INTID_SPURIOUS, gic_read_iar() & INTID_MASK);
	return ticks;
}

static uint64_t loop_empty_batch(unsigned int ops)
{
	uint64_t ticks = 0;
	unsigned int i;

	for (i = 0; i < ops; i += BATCH)
		ticks += empty_batch();
	return ticks;
}

static void prepare_batches(void)
{
	unsigned int i;

	prepare_gic();
	for (i = 0; i < BATCH; i++)
		gic_irq_enable(i);
}

/* Makes interrupts pending. They stay in list registers if there are enough of these. */
static void prepare_pending(void)
{
	unsigned int i;

	prepare_gic();
	for (i = 0; i < plan.bench.irqs; i++) {
		gic_irq_enable(i);
		gic_send_sgi(i, FIRST);
	}
}

static void prepare_split_eoi_batches(void)
{
	prepare_batches();
	gic_split_eoi(true);
}

/* ---- ... interrupts ---- */

static void expect_acknowledged(unsigned int count)
{
	guest_expect("interrupts acknowledged", count, seen[FIRST].count);
}

/* Interrupts are on, so the handler runs before the next SGI is sent. */
static uint64_t loop_sgi_self(unsigned int ops)
{
	unsigned int count = seen[FIRST].count + ops;
	uint64_t ticks;

	guest_irqs_on();
	ticks = TIMED_LOOP(ops, gic_send_sgi(SGI, FIRST));
	guest_irqs_off();
	expect_acknowledged(count);
	return ticks;
}

static uint64_t loop_spi(unsigned int ops)
{
	unsigned int count = seen[FIRST].count + ops;
	uint64_t ticks;

	guest_irqs_on();
	ticks = TIMED_LOOP(ops, guest_request(PULSE));
	guest_irqs_off();
	expect_acknowledged(count);
	return ticks;
}

static uint64_t loop_spi_disabled(unsigned int ops)
{
	return TIMED_LOOP(ops, guest_request(PULSE));
}

static uint64_t loop_raise(unsigned int ops)
{
	return TIMED_LOOP(ops, guest_request(RAISE));
}

static uint64_t loop_level(unsigned int ops)
{
	unsigned int count = seen[FIRST].count;
	uint64_t ticks;

	ticks = TIMED_LOOP(ops, guest_request(RAISE); await(++count));
	expect_acknowledged(count);
	return ticks;
}

static uint64_t loop_request(unsigned int ops)
{
	return TIMED_LOOP(ops, guest_request(NOTHING));
}

static void prepare_disabled(void)
{
	prepare_gic();
	gic_irq_disable(SPI);
}

static void prepare_level(void)
{
	prepare_gic();
	gic_irq_set_edge(SPI, false);
}

static unsigned int partner(void)
{
	return plan.nr_vcpus - 1;
}

static uint64_t loop_sgi_round_trip(unsigned int ops)
{
	unsigned int count = seen[FIRST].count;
	uint64_t ticks;

	ticks = TIMED_LOOP(ops, gic_send_sgi(SGI, partner()); await(++count));
	expect_acknowledged(count);
	return ticks;
}

/* The last vCPU answers each SGI of the first; the vCPUs in between sleep until the end. */
static void answer(void)
{
	unsigned int count = 0;

	gic_cpu_enable();
	gic_irq_enable(SGI);
	for (;;) {
		await(++count);
		if (over)
			return;
		gic_send_sgi(SGI, FIRST);
	}
}

/* An SGI to a vCPU that is in user space. */
static uint64_t loop_sgi_outside(unsigned int ops)
{
	return TIMED_LOOP(ops, gic_send_sgi(SGI, partner()));
}

static void block_in_user_space(void)
{
	seen[guest_cpu()].count++;
	guest_request(BLOCK);
}

static void prepare_outside(void)
{
	prepare_gic();
	guest_await("the other vCPU goes to user space", &seen[partner()].count, 1);
}

static void sleep_until_over(void)
{
	gic_cpu_enable();
	gic_irq_enable(SGI);
	await(1);
}

/* The compare value is in the past, so that the timer fires at once. */
static uint64_t loop_timer(unsigned int ops)
{
	unsigned int count = seen[FIRST].count + ops;
	uint64_t ticks;

	guest_irqs_on();
	ticks = TIMED_LOOP(ops,
			   guest_timer_set(TIMER_VIRTUAL, 0);
			   guest_timer_set_ctl(TIMER_VIRTUAL, TIMER_CTL_ENABLE);
			   while (guest_timer_ctl(TIMER_VIRTUAL) & TIMER_CTL_ENABLE)
				;);
	guest_irqs_off();
	expect_acknowledged(count);
	return ticks;
}

/* The time from the timer's expiry, @ticks ahead, to its handler; the vCPU sleeps until then. */
static uint64_t sleep_for(unsigned int ops, uint64_t ticks)
{
	unsigned int count = seen[FIRST].count, i;

	seen[FIRST].late = 0;
	for (i = 0; i < ops; i++) {
		uint64_t end = guest_timer_now(TIMER_VIRTUAL) + ticks;

		seen[FIRST].late -= end;
		guest_timer_set(TIMER_VIRTUAL, end);
		guest_timer_set_ctl(TIMER_VIRTUAL, TIMER_CTL_ENABLE);
		await(++count);
	}
	return seen[FIRST].late;
}

static uint64_t loop_wfi(unsigned int ops)
{
	return sleep_for(ops, guest_ticks_per_second() / 4000);
}

static uint64_t loop_wfi_short(unsigned int ops)
{
	return sleep_for(ops, guest_ticks_per_second() / 20000);
}

/* ---- ... power ---- */

/*
 * The time from CPU_ON to an SGI from the vCPU that was turned on. That vCPU turns itself off after
 * the measured time.
 */
static uint64_t loop_cpu_on(unsigned int ops)
{
	unsigned int count = seen[FIRST].count, i;
	uint64_t ticks = 0;

	for (i = 0; i < ops; i++) {
		uint64_t begin = guest_ticks();

		guest_expect("CPU_ON", 0, guest_cpu_on(GUEST_MPIDR_OF(partner()), 0));
		await(++count);
		ticks += guest_ticks() - begin;
		while (guest_affinity_info(GUEST_MPIDR_OF(partner())) != PSCI_IS_OFF)
			guest_yield();
	}
	return ticks;
}

static void send_sgi_and_turn_off(void)
{
	if (over)
		return;
	gic_send_sgi(SGI, FIRST);
	guest_cpu_off();
}

/* ---- ... exits ---- */

static uint64_t loop_hvc(unsigned int ops)
{
	return TIMED_LOOP(ops, guest_psci(PSCI_0_2_FN_PSCI_VERSION, 0, 0, 0));
}

static uint64_t loop_mmio_read(unsigned int ops)
{
	const uint64_t at = plan.exit;

	return TIMED_LOOP(ops, guest_read(at));
}

/* The priority mask differs from exit to exit, but masks the same interrupts. */
static uint64_t loop_mmio_read_pmr(unsigned int ops)
{
	const uint64_t at = plan.exit;
	uint32_t mask = 0xf0;

	return TIMED_LOOP(ops, gic_set_priority_mask(mask ^= 8); guest_read(at));
}

static uint64_t loop_pmr(unsigned int ops)
{
	uint32_t mask = 0xf0;

	return TIMED_LOOP(ops, gic_set_priority_mask(mask ^= 8));
}

static uint64_t loop_mmio_write(unsigned int ops)
{
	const uint64_t at = plan.exit;

	return TIMED_LOOP(ops, guest_write(at, 1));
}

static uint64_t loop_new_page(unsigned int ops)
{
	return TIMED_LOOP(ops, guest_read(plan.page); plan.page += PAGE);
}

static uint64_t loop_write_page(unsigned int ops)
{
	return TIMED_LOOP(ops, *(volatile char *)(uintptr_t)plan.page = 1; plan.page += PAGE);
}

static uint64_t loop_written_page(unsigned int ops)
{
	plan.page -= ops * PAGE;
	return loop_write_page(ops);
}

#ifdef __aarch64__
#define RETURN	0xd65f03c0U	/* ret */
#define SYNC_CODE(address)						\
	asm volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb"	\
		     : : "r" (address) : "memory")
#else
#define RETURN	0xe12fff1eU	/* bx lr */
/* DCCMVAU, ICIMVAU */
#define SYNC_CODE(address)						\
	asm volatile("mcr p15, 0, %0, c7, c11, 1\n\tdsb ish\n\t"	\
		     "mcr p15, 0, %0, c7, c5, 1\n\tdsb ish\n\tisb"	\
		     : : "r" (address) : "memory")
#endif

static void execute(uintptr_t page)
{
	*(volatile uint32_t *)page = RETURN;
	SYNC_CODE(page);
	((void (*)(void))page)();
}

static uint64_t loop_execute_page(unsigned int ops)
{
	return TIMED_LOOP(ops, execute(plan.page); plan.page += PAGE);
}

static uint64_t loop_executed_page(unsigned int ops)
{
	plan.page -= ops * PAGE;
	return loop_execute_page(ops);
}

/* Writes to the same pages, which are mapped writable now. */
static uint64_t loop_dirty_page(unsigned int ops)
{
	uint64_t ticks = loop_written_page(ops);

	plan.page -= ops * PAGE;
	return ticks;
}

/* Reads of the same pages, which are mapped now. */
static uint64_t loop_known_page(unsigned int ops)
{
	uint64_t ticks;

	plan.page -= ops * PAGE;
	ticks = loop_new_page(ops);
	return ticks;
}

/* ---- the guest's main function ---- */

static void measure(void)
{
	unsigned int round, i;

	if (guest_cpu() != FIRST) {
		plan.bench.other();
		guest_done();
		return;
	}
	ticks_per_second = guest_ticks_per_second();
	plan.bench.prepare();
	for (round = 0; round <= ROUNDS; round++) {
		guest_request(MARK);
		spent[round] = plan.bench.loop(plan.ops);
		guest_request(MARK);
		overhead[round] = plan.bench.empty(plan.ops);
		guest_request(MARK);
	}
	over = true;
	guest_request(UNBLOCK);
	for (i = FIRST + 1; i < plan.nr_vcpus; i++)
		if (plan.off)
			guest_cpu_on(GUEST_MPIDR_OF(i), 0);
		else
			gic_send_sgi(SGI, i);
	guest_done();
}

/* ---- the host's side: cycles ---- */

/*
 * Cycles of this thread and its guest, if perf may count them. On an emulated machine they would
 * be misleading.
 */
static int open_cycles(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES,
	};
	const char *wanted = getenv("BENCH_CYCLES");

	if (!wanted || strcmp(wanted, "1"))
		return -1;
	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static uint64_t read_cycles(int fd)
{
	uint64_t cycles;

	if (fd < 0 || read(fd, &cycles, sizeof(cycles)) != sizeof(cycles))
		return 0;
	return cycles;
}

/* ---- ... exits ---- */

#define MOST_LOGGED	4096	/* pages of a slot with a log */

/* The kernel's name of each counter, and its name in the output. */
static const struct {
	const char *kernel, *output;
} reasons[] = {
	{ "exits", "total" },
	{ "mmio_exit_kernel", "gicd" },
	{ "mmio_exit_user", "mmio_user" },
	{ "hvc_exit_stat", "hvc" },
	{ "wfi_exit_stat", "wfi" },
	{ "wfe_exit_stat", "wfe" },
	{ "signal_exits", "signal" },
	/* Counters of the reference kernel only. */
	{ "total", "total" },
	{ "gicd", "gicd" },
	{ "gicc", "gicc" },
	{ "mmio_user", "mmio_user" },
	{ "mmio_event", "mmio_event" },
	{ "hvc", "hvc" },
	{ "wfi", "wfi" },
	{ "wfe", "wfe" },
	{ "irq", "irq" },
	{ "cp15", "cp15" },
	{ "stage2_map", "stage2_map" },
	{ "stage2_perm", "stage2_perm" },
	{ "other", "other" },
};

/**
 * struct tally - the host's counts between the guest's marks
 * @counter: exit counter of the first vCPU
 * @missing: why there is no exit counter, or NULL
 * @exits:   exits of all measured rounds, by reasons[]
 * @cycles:  cycles of each round, without the overhead
 * @wants_events: an irqfd has yet to be assigned to the SPI
 * @irqfd_flags: of the SPI's irqfd
 * @unblock: event that ends BLOCK
 * @logs:    NEW_SLOT has a log of dirty pages, which each round empties
 */
struct tally {
	struct guest *guest;
	struct exit_counter counter;
	const char *missing;
	unsigned int marks;
	int cycles_fd;
	uint64_t last_cycles;
	int64_t exits[ARRAY_SIZE(reasons)];
	bool known[ARRAY_SIZE(reasons)];
	int64_t cycles[ROUNDS + 1];
	int line_event, resample_event;
	bool wants_events;
	unsigned int irqfd_flags;
	int unblock;
	bool logs;
};

static struct tally tally;

struct one_count {
	int64_t sign;
};

static void add_count(void *context, const char *name, uint64_t count)
{
	const struct one_count *one = context;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (strcmp(name, reasons[i].kernel))
			continue;
		tally.known[i] = true;
		tally.exits[i] += one->sign * (int64_t)count;
	}
}

static void add_exits(int64_t sign)
{
	if (!tally.missing)
		exit_counter_each(&tally.counter, add_count, &(struct one_count) { sign });
}

/*
 * Three marks per round: before the loop, between the loop and the empty loop, and after the empty
 * loop. The first round is not counted.
 */
static void mark(void)
{
	unsigned int round = tally.marks / 3;
	uint64_t cycles;

	if (round && tally.marks % 3 == 1)
		add_exits(1);
	cycles = read_cycles(tally.cycles_fd);
	if (tally.marks % 3 == 1)
		tally.cycles[round] = cycles - tally.last_cycles;
	else if (tally.marks % 3 == 2)
		tally.cycles[round] -= cycles - tally.last_cycles;
	if (round && tally.marks % 3 == 0)
		add_exits(-1);
	tally.marks++;
	tally.last_cycles = read_cycles(tally.cycles_fd);
}

/* ---- ... requests ---- */

static void set_line(struct guest *guest, bool level)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | SPI,
		.level = level,
	};
	int ret = abi_ioctl(guest->abi.fd, KVM_IRQ_LINE, &line);

	TEST_ASSERT(!ret, "KVM_IRQ_LINE: expected success, got %s", rule_outcome(ret));
}

/* Needs an initialized GIC; some dialects initialize it in the first KVM_RUN. */
static void prepare_events(struct guest *guest)
{
	struct kvm_irqfd args = {
		.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
		.resamplefd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
		.gsi = GSI,
		.flags = tally.irqfd_flags,
	};
	int ret;

	tally.line_event = args.fd;
	tally.resample_event = args.resamplefd;
	ret = abi_ioctl(guest->vm->fd, KVM_IRQFD, &args);
	TEST_ASSERT(!ret, "KVM_IRQFD: expected success, got %s", rule_outcome(ret));
	tally.wants_events = false;
}

/* The next write to each page faults. */
static void forget_dirty_pages(struct guest *guest)
{
	unsigned long bitmap[MOST_LOGGED / (8 * sizeof(long))];
	struct kvm_dirty_log log = { .slot = NEW_SLOT, .dirty_bitmap = bitmap };
	int ret = abi_ioctl(guest->vm->fd, KVM_GET_DIRTY_LOG, &log);

	TEST_ASSERT(!ret, "KVM_GET_DIRTY_LOG: expected success, got %s", rule_outcome(ret));
}

/* If another vCPU fails, a signal interrupts the read. */
static void block(void)
{
	eventfd_t value;

	eventfd_read(tally.unblock, &value);
}

static void on_request(struct guest *guest, unsigned int request)
{
	switch (request) {
	case MARK:
		if (tally.wants_events)
			prepare_events(guest);
		if (tally.logs && tally.marks % 3 == 0)
			forget_dirty_pages(guest);
		mark();
		break;
	case BLOCK:
		block();
		break;
	case UNBLOCK:
		eventfd_write(tally.unblock, 1);
		break;
	case PULSE:
		set_line(guest, true);
		set_line(guest, false);
		break;
	case RAISE:
		TEST_ASSERT(!eventfd_write(tally.line_event, 1), "eventfd: %s",
			    strerror(errno));
		break;
	}
}

static bool is_answered(const struct kvm_run *run)
{
	return run->exit_reason == KVM_EXIT_MMIO && run->mmio.phys_addr == EXIT_IPA;
}

/* The cheapest handling of an exit: KVM_RUN again. The last exit is left to the caller. */
static bool on_exit_at_once(struct guest *guest, struct kvm_run *run)
{
	int fd = guest->vcpus[FIRST]->fd;

	while (is_answered(run))
		if (ioctl(fd, KVM_RUN, NULL))
			return true;
	return false;
}

/* ---- ... preparations ---- */

/*
 * Adds memory that stage 2 does not map yet. The host has allocated its pages; or, if @huge, will
 * allocate huge pages at the guest's first access.
 */
static void add_new_memory(struct guest *guest, unsigned int ops, unsigned int flags, bool huge)
{
	uint64_t pages = (uint64_t)ops * (ROUNDS + 1);

	TEST_ASSERT(!flags || pages <= MOST_LOGGED, "expected at most %d pages, got %llu",
		    MOST_LOGGED, (unsigned long long)pages);
	vm_userspace_mem_region_add(guest->vm,
				    huge ? VM_MEM_SRC_ANONYMOUS_THP : VM_MEM_SRC_ANONYMOUS,
				    NEW_IPA, NEW_SLOT, pages, flags);
	virt_map(guest->vm, NEW_IPA, NEW_IPA, pages);
	if (huge)
		madvise(addr_gpa2hva(guest->vm, NEW_IPA), pages * PAGE, MADV_HUGEPAGE);
	else
		memset(addr_gpa2hva(guest->vm, NEW_IPA), 1, pages * PAGE);
}

/* Adds slots up to the given number. */
static bool add_slots(struct guest *guest, unsigned int slots)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i;

	/* The first two slots belong to the library and to the new memory. */
	for (i = NEW_SLOT + 1; i < slots; i++) {
		int ret = abi_slot_set(guest->vm->fd, i, 0, SLOTS_IPA + i * 2 * PAGE, PAGE, page);

		if (ret) {
			fprintf(stderr, "slot %u: expected success, got %s\n", i,
				rule_outcome(ret));
			return false;
		}
	}
	return true;
}

/* ---- ... results ---- */

/*
 * In thousandths: this file also has guest code, which cannot use floating point on 32-bit
 * ARM.
 */
static void print_thousandths(int64_t value)
{
	printf("%s%lld.%03lld", value < 0 ? "-" : "", llabs(value) / 1000, llabs(value) % 1000);
}

/* @value divided by @ops, rounded to the nearest integer. */
static int64_t for_one(int64_t value, unsigned int ops)
{
	int64_t half = value < 0 ? -(int64_t)(ops / 2) : ops / 2;

	return (value + half) / (int64_t)ops;
}

static void print_rounds(const char *key, const int64_t *values)
{
	unsigned int i;

	printf(",\"%s\":[", key);
	for (i = 0; i < ROUNDS; i++) {
		if (i)
			putchar(',');
		print_thousandths(values[i]);
	}
	putchar(']');
}

static void print_exits(unsigned int ops)
{
	const char *comma = "";
	unsigned int i;

	printf(",\"exits\":{");
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		int64_t count = tally.exits[i];

		if (!tally.known[i])
			continue;
		/* Without the exit of the request that ended each round. */
		if (!strcmp(reasons[i].output, "total") || !strcmp(reasons[i].output, "mmio_user"))
			count -= ROUNDS;
		printf("%s\"%s\":", comma, reasons[i].output);
		print_thousandths(count * 1000 / ROUNDS / ops);
		comma = ",";
	}
	putchar('}');
}

/* @ps: picoseconds for one operation; @loop_ps: picoseconds for one iteration of the loop. */
static void print_row(const char *name, unsigned int vcpus, unsigned int slots,
		      unsigned int ops, const int64_t *ps, int64_t loop_ps)
{
	printf("# bench {\"name\":\"%s\",\"vcpus\":%u", name, vcpus);
	if (slots)
		printf(",\"slots\":%u", slots);
	printf(",\"ops\":%u", ops);
	print_rounds("ns", ps);
	printf(",\"loop_ns\":");
	print_thousandths(loop_ps);
	if (tally.cycles_fd >= 0)
		print_rounds("cycles", tally.cycles + 1);
	print_exits(ops);
	puts("}");
}

/* ---- benchmarks of the host ---- */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void open_vm_with_gic(struct abi_vm *vm, struct abi_vcpu *vcpu,
			     const struct abi_kind *dist)
{
	int ret;

	abi_vm_open(vm, 0);
	abi_vcpu_add(vm, 0, vcpu);
	ret = abi_gic_create(vm, dist);
	TEST_ASSERT(!ret, "GIC: expected success, got %s", rule_outcome(ret));
}

static void close_vm(struct abi_vm *vm, struct abi_vcpu *vcpu)
{
	abi_vcpu_close(vm, vcpu);
	abi_vm_close(vm);
}

/* From KVM_CREATE_VM to the first instruction, a store that exits. */
static uint64_t time_creation(const struct abi_kind *dist, const struct abi_kind *cpu)
{
	uint64_t begin = now_ns(), ns;
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	int ret;

	open_vm_with_gic(&vm, &vcpu, dist);
	ret = abi_addr_set(&vm, dist, ABI_DIST_IPA) ?: abi_addr_set(&vm, cpu, ABI_CPU_IPA);
	if (!ret && vm.dev >= 0)
		ret = abi_attr_set(vm.dev, KVM_DEV_ARM_VGIC_GRP_CTRL,
				   KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
	ret = ret ?: abi_vm_add_code(&vm) ?: abi_vcpu_run(&vcpu);
	ns = now_ns() - begin;
	TEST_ASSERT(!ret, "a guest: expected success, got %s", rule_outcome(ret));
	close_vm(&vm, &vcpu);
	return ns;
}

static uint64_t time_set_address(const struct abi_kind *dist, const struct abi_kind *cpu)
{
	uint64_t begin, ns, clock;
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	int ret;

	(void)dist;
	open_vm_with_gic(&vm, &vcpu, cpu);
	begin = now_ns();
	clock = now_ns() - begin;
	begin = now_ns();
	ret = abi_addr_set(&vm, cpu, ABI_CPU_IPA);
	ns = now_ns() - begin;
	TEST_ASSERT(!ret, "address: expected success, got %s", rule_outcome(ret));
	close_vm(&vm, &vcpu);
	return ns > clock ? ns - clock : 0;
}

static int compare_times(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

#define MOST_TIMED	300

/*
 * The mean in picoseconds without the lowest and the highest tenth: a timer interrupt of the host,
 * or its page allocator, delays some operations.
 */
static int64_t middle_ps(uint64_t *each, unsigned int ops)
{
	unsigned int cut = ops / 10, i;
	int64_t sum = 0;

	qsort(each, ops, sizeof(*each), compare_times);
	for (i = cut; i < ops - cut; i++)
		sum += 1000 * each[i];
	return for_one(sum, ops - 2 * cut);
}

/* ---- the table ---- */

FIXTURE(bench)
{
	struct guest guest;
};

/**
 * A row of the table: its name, what it measures and needs, the number of operations in a
 * round, and either guest code (.bench) or a function of the host (.time) that returns the
 * nanoseconds of one operation.
 *
 * @what: description in the output
 * @slots: number of memory slots; 0 if it does not matter
 * @new_memory: add memory at NEW_IPA that the guest has not touched
 * @huge:  the host has not touched that memory either, and uses huge pages for it
 * @log:   log the dirty pages of that memory
 * @events: assign an irqfd to the SPI
 * @irqfd_flags: of that irqfd
 * @at_once: exits are answered by on_exit_at_once()
 * @off:   all vCPUs but the first are turned off until the guest turns them on
 */
FIXTURE_VARIANT(bench)
{
	const char *name;
	unsigned int needs;
	const char *row;
	const char *what;
	unsigned int vcpus;
	unsigned int ops;
	struct bench bench;
	uint64_t (*time)(const struct abi_kind *dist, const struct abi_kind *cpu);
	const struct abi_kind *dist, *cpu;	/* NULL: find_gic() chooses */
	unsigned int slots;
	bool new_memory;
	bool huge;
	bool log;
	bool events;
	unsigned int irqfd_flags;
	bool at_once;
	bool off;
};

#define ROW(id, ...)							\
FIXTURE_VARIANT_ADD(bench, id)						\
{									\
	.name = #id,							\
	__VA_ARGS__							\
};

#define GUEST(prepare_, loop_, empty_, ...)				\
	.bench = { .prepare = prepare_, .loop = loop_, .empty = empty_, __VA_ARGS__ }

/*
 * Operations in a round, by the instructions that an operation takes: so many that a tick of the
 * counter, 16 ns, is negligible, and so few that most rounds end between two timer interrupts of
 * the host.
 */
#define OPS_MAPPED	200000	/* some instructions */
#define OPS_HYP		2000	/* tens of instructions */
#define OPS_EXIT	200	/* thousands of instructions */
#define OPS_BATCHED	4000	/* measured four at a time */

/* One vCPU, and a loop around one operation. */
#define SIMPLE(id, what_, ops_, loop_)					\
ROW(id, .row = #id, .what = what_, .vcpus = 1, .ops = ops_,		\
	GUEST(prepare_gic, loop_, loop_nothing))

/* All vCPUs but one sleep. */
#define GICD_ROW(id, row_, what_, nr_, ops_, loop_, empty_, reg_, ...)	\
ROW(id, .row = row_, .what = what_, .vcpus = nr_, .ops = ops_,		\
	GUEST(prepare_gic, loop_, empty_, .other = sleep_until_over, .reg = reg_, __VA_ARGS__))

#define READ(id, what_, loop_, reg_)					\
	GICD_ROW(id, #id, what_, 1, OPS_HYP, loop_, loop_nothing, reg_)

READ(gicd_read_word, "GICD_TYPER is read", loop_gicd_read_word, GICD_TYPER)
READ(gicd_read_byte, "a byte of GICD_IPRIORITYR is read", loop_gicd_read_byte,
     GICD_IPRIORITYR(SPI))
READ(gicd_read_pending, "GICD_ISPENDR is read", loop_gicd_read_word, GICD_ISPENDR(SPI))

/* Guests rarely read a register twice without a write in between. */
#define READ_NEW(id, row_, what_, nr_, reg_)				\
	GICD_ROW(id, row_, what_ " is read after a write", nr_, OPS_EXIT,	\
		 loop_gicd_write_read, loop_gicd_write_only, reg_)

READ_NEW(gicd_new_typer, "gicd_new_typer", "GICD_TYPER", 1, GICD_TYPER)
READ_NEW(gicd_new_enable, "gicd_new_enable", "GICD_ISENABLER", 1, GICD_ISENABLER(SPI))
READ_NEW(gicd_new_priority, "gicd_new_priority", "a word of GICD_IPRIORITYR", 1,
	 GICD_IPRIORITYR(SPI & ~3U))
READ_NEW(gicd_new_pending_1, "gicd_new_pending", "GICD_ISPENDR", 1, GICD_ISPENDR(SPI))
READ_NEW(gicd_new_pending_8, "gicd_new_pending", "GICD_ISPENDR", 8, GICD_ISPENDR(SPI))

#define WRITE(id, what_, loop_, reg_, value_)				\
	GICD_ROW(id, #id, what_ " is written", 1, OPS_EXIT, loop_, loop_nothing, reg_,	\
		 .value = value_)

WRITE(gicd_write_word, "GICD_ISENABLER", loop_gicd_write_word, GICD_ISENABLER(SPI),
      1U << SPI % 32)
WRITE(gicd_write_clear, "GICD_ICENABLER", loop_gicd_write_word, GICD_ICENABLER(QUIET_SPI),
      1U << QUIET_SPI % 32)
WRITE(gicd_write_pending, "GICD_ISPENDR", loop_gicd_write_word, GICD_ISPENDR(QUIET_SPI),
      1U << QUIET_SPI % 32)
WRITE(gicd_write_inactive, "GICD_ICACTIVER", loop_gicd_write_word, GICD_ICACTIVER(QUIET_SPI),
      1U << QUIET_SPI % 32)
WRITE(gicd_write_byte, "a byte of GICD_IPRIORITYR", loop_gicd_write_byte,
      GICD_IPRIORITYR(SPI), 0xa0)
WRITE(gicd_write_priorities, "a word of GICD_IPRIORITYR", loop_gicd_write_word,
      GICD_IPRIORITYR(SPI & ~3U), 0xa0a0a0a0)
WRITE(gicd_write_config, "GICD_ICFGR", loop_gicd_write_word, GICD_ICFGR(SPI),
      2U << 2 * (SPI % 16))
GICD_ROW(gicd_write_pending_8, "gicd_write_pending", "GICD_ISPENDR is written", 8, OPS_EXIT,
	 loop_gicd_write_word, loop_nothing, GICD_ISPENDR(QUIET_SPI),
	 .value = 1U << QUIET_SPI % 32)

ROW(gicd_write_target, .row = "gicd_write_target", .what = "a byte of GICD_ITARGETSR is written",
	.needs = NEED_GICV2, .vcpus = 2, .ops = OPS_EXIT,
	GUEST(prepare_gic, loop_gicd_write_byte, loop_nothing, .other = sleep_until_over,
	      .reg = GICD_ITARGETSR(SPI) + SPI % 4, .value = 1))

SIMPLE(gicd_mask, "an SPI is disabled and enabled", OPS_EXIT, loop_gicd_mask)
SIMPLE(gicc_read_pmr, "GICC_PMR is read", OPS_MAPPED, loop_gicc_read_pmr)
SIMPLE(gicc_write_pmr, "GICC_PMR is written", OPS_MAPPED, loop_gicc_write_pmr)
SIMPLE(hvc, "PSCI_VERSION by HVC", OPS_HYP, loop_hvc)
SIMPLE(sgi_self, "an SGI to oneself, until it is acknowledged", OPS_EXIT, loop_sgi_self)
SIMPLE(timer, "the virtual timer is set and fires at once", OPS_EXIT, loop_timer)

ROW(gicc_read_hppir, .row = "gicc_read_hppir", .what = "GICC_HPPIR is read",
	.needs = NEED_GICV2, .vcpus = 1, .ops = OPS_MAPPED,
	GUEST(prepare_gic, loop_gicc_read_hppir, loop_nothing))

ROW(ack_eoi, .row = "ack_eoi", .what = "a pending interrupt is acknowledged, with EOI",
	.vcpus = 1, .ops = OPS_BATCHED, GUEST(prepare_batches, loop_ack_eoi, loop_empty_batch))
ROW(ack_eoi_dir, .row = "ack_eoi_dir",
	.what = "a pending interrupt is acknowledged, dropped and deactivated, with EOImode 1",
	.vcpus = 1, .ops = OPS_BATCHED,
	GUEST(prepare_split_eoi_batches, loop_ack_eoi_dir, loop_empty_batch))

ROW(mmio_read, .row = "mmio_read", .what = "a read that user space answers",
	.vcpus = 1, .ops = OPS_EXIT, .at_once = true,
	GUEST(prepare_gic, loop_mmio_read, loop_nothing))
ROW(mmio_write, .row = "mmio_write", .what = "a write that user space handles",
	.vcpus = 1, .ops = OPS_EXIT, .at_once = true,
	GUEST(prepare_gic, loop_mmio_write, loop_nothing))

/* With more interrupts than BATCH, some wait for a list register. */
#define EXIT_IRQS_ROW(nr)						\
ROW(exit_##nr##_irqs, .row = "exit_" #nr "_irqs",			\
	.what = "mmio_read with " #nr " pending interrupts, which are masked",	\
	.vcpus = 1, .ops = OPS_EXIT, .at_once = true,			\
	GUEST(prepare_pending, loop_mmio_read, loop_nothing, .irqs = nr))

EXIT_IRQS_ROW(1)
EXIT_IRQS_ROW(4)
EXIT_IRQS_ROW(8)

/* All vCPUs but one sleep. */
#define EXIT_PMR_ROW(nr)						\
ROW(exit_pmr_##nr##_vcpus, .row = "exit_pmr",				\
	.what = "mmio_read after a change of GICC_PMR",			\
	.vcpus = nr, .ops = OPS_EXIT, .at_once = true,			\
	GUEST(prepare_gic, loop_mmio_read_pmr, loop_pmr, .other = sleep_until_over))

EXIT_PMR_ROW(1)
EXIT_PMR_ROW(2)
EXIT_PMR_ROW(4)
EXIT_PMR_ROW(8)

#define WFI_ROW(id, what_, loop_)					\
ROW(id, .row = #id,							\
	.what = "from the end of a timer" what_ " to its handler in a vCPU that slept",	\
	.vcpus = 1, .ops = 400, GUEST(prepare_gic, loop_, no_overhead))

WFI_ROW(wfi, "", loop_wfi)
WFI_ROW(wfi_short, " of 50 us", loop_wfi_short)

ROW(irq_line, .row = "irq_line", .what = "KVM_IRQ_LINE twice, for an SPI that is disabled",
	.vcpus = 1, .ops = 100, GUEST(prepare_disabled, loop_spi_disabled, loop_request))
ROW(irqfd, .row = "irqfd", .what = "an irqfd is written to, for an SPI that is disabled",
	.vcpus = 1, .ops = 100, .events = true,
	GUEST(prepare_disabled, loop_raise, loop_request))

ROW(level, .row = "level",
	.what = "a level raised by an irqfd, acknowledged, EOI, resampled",
	.vcpus = 1, .ops = 50, .events = true, .irqfd_flags = KVM_IRQFD_FLAG_RESAMPLE,
	GUEST(prepare_level, loop_level, loop_request))

/* All vCPUs but one sleep. */
#define SPI_ROW(nr)							\
ROW(spi_##nr##_vcpus, .row = "spi",					\
	.what = "KVM_IRQ_LINE, until the interrupt is acknowledged",		\
	.vcpus = nr, .ops = 100,					\
	GUEST(prepare_gic, loop_spi, loop_request, .other = sleep_until_over))

SPI_ROW(1)
SPI_ROW(2)
SPI_ROW(4)
SPI_ROW(8)

#define ROUND_TRIP_ROW(nr, other_)					\
ROW(sgi_round_trip_##nr##_vcpus, .row = "sgi_round_trip",		\
	.what = "an SGI to another vCPU that sleeps, and back",		\
	.vcpus = nr, .ops = 50,					\
	GUEST(prepare_gic, loop_sgi_round_trip, loop_nothing, .other = other_))

static void answer_or_sleep(void)
{
	if (guest_cpu() == partner())
		answer();
	else
		sleep_until_over();
}

ROUND_TRIP_ROW(2, answer_or_sleep)
ROUND_TRIP_ROW(4, answer_or_sleep)
ROUND_TRIP_ROW(8, answer_or_sleep)

ROW(sgi_outside, .row = "sgi_outside", .what = "an SGI to a vCPU that is in user space",
	.vcpus = 2, .ops = OPS_EXIT,
	GUEST(prepare_outside, loop_sgi_outside, loop_nothing, .other = block_in_user_space))

ROW(cpu_on, .row = "cpu_on", .what = "CPU_ON, until the vCPU has sent an SGI",
	.vcpus = 2, .ops = 50, .off = true,
	GUEST(prepare_gic, loop_cpu_on, no_overhead, .other = send_sgi_and_turn_off))

#define NEW_PAGE_ROW(nr)						\
ROW(stage2_fault_##nr##_slots, .row = "stage2_fault",			\
	.what = "a page of memory is read for the first time",		\
	.vcpus = 1, .ops = 128, .slots = nr, .new_memory = true,	\
	GUEST(prepare_gic, loop_new_page, loop_known_page))

NEW_PAGE_ROW(2)
NEW_PAGE_ROW(16)
NEW_PAGE_ROW(64)
NEW_PAGE_ROW(512)

/* All rounds together use 64 MiB. */
ROW(stage2_huge, .row = "stage2_huge",
	.what = "a page in a huge page of the host is written for the first time",
	.vcpus = 1, .ops = 1024, .new_memory = true, .huge = true,
	GUEST(prepare_gic, loop_write_page, loop_written_page))

/* All rounds together use 16 MiB. */
ROW(stage2_execute, .row = "stage2_execute",
	.what = "a page in a huge page of the host is written and executed for the first time",
	.vcpus = 1, .ops = 256, .new_memory = true, .huge = true,
	GUEST(prepare_gic, loop_execute_page, loop_executed_page))

ROW(dirty_page, .row = "dirty_page", .what = "a page is written after KVM_GET_DIRTY_LOG",
	.vcpus = 1, .ops = 128, .new_memory = true, .log = true,
	GUEST(prepare_gic, loop_write_page, loop_dirty_page))

ROW(vm_create, .row = "vm_create",
	.what = "from KVM_CREATE_VM to the guest's first instruction",
	.vcpus = 1, .ops = 100, .time = time_creation)

#define SET_ADDRESS_ROW(dialect, need, gic)				\
ROW(set_address_##dialect, .row = "set_address_" #dialect,		\
	.what = "the address of the CPU interface is set",		\
	.needs = need, .vcpus = 1, .ops = MOST_TIMED, .time = time_set_address,	\
	.dist = &kind_##gic##_dist, .cpu = &kind_##gic##_cpu)

SET_ADDRESS_ROW(seed, NEED_SEED | NEED_GICV2, seed_v2)
SET_ADDRESS_ROW(legacy, NEED_LEGACY | NEED_GICV2, legacy_v2)
SET_ADDRESS_ROW(devattr, NEED_DEVATTR | NEED_GICV2, devattr_v2)

#define kind_devattr_v3_cpu	kind_devattr_v3_redist
SET_ADDRESS_ROW(devattr_v3, NEED_DEVATTR | NEED_GICV3, devattr_v3)

FIXTURE_SETUP(bench)
{
	char name[128];

	(void)self;
	snprintf(name, sizeof(name), "bench.%s.%s", variant->name, _metadata->name);
	ktap_begin(name);
	memset(&tally, 0, sizeof(tally));
	tally.cycles_fd = open_cycles();
}

FIXTURE_TEARDOWN(bench)
{
	(void)self;
}

/* Uses the machine's GIC model, in a dialect that every kernel has for it. */
static void find_gic(const struct abi_kind **dist, const struct abi_kind **cpu)
{
	if (*dist)
		return;
	if (!abi_missing(NEED_LEGACY | NEED_GICV2)) {
		*dist = &kind_legacy_v2_dist;
		*cpu = &kind_legacy_v2_cpu;
	} else {
		*dist = &kind_devattr_v3_dist;
		*cpu = &kind_devattr_v3_redist;
	}
}

TEST_F_TIMEOUT(bench, cost, TEST_LIMIT_S)
{
	const struct abi_kind *dist = variant->dist, *cpu = variant->cpu;
	struct guest *guest = &self->guest;
	int64_t ps[ROUNDS + 1], tick_ps;
	volatile uint64_t *ticks, *off;
	uint64_t each[MOST_TIMED];
	unsigned int round, i;

	find_gic(&dist, &cpu);
	printf("# %s: %s\n", variant->name, variant->what);
	if (variant->time) {
		tally.missing = "the host's call";
		for (round = 0; round <= ROUNDS; round++) {
			for (i = 0; i < variant->ops; i++)
				each[i] = variant->time(dist, cpu);
			ps[round] = middle_ps(each, variant->ops);
		}
		print_row(variant->row, variant->vcpus, 0, variant->ops, ps + 1, 0);
		return;
	}

	(variant->off ? guest_create_off : guest_create)(guest, variant->vcpus, measure);
	guest_on_irq(guest, handle_interrupt);
	ASSERT_OK(guest_gic_place(guest, dist, cpu, DIST_IPA, CPU_IPA));
	plan.bench = variant->bench;
	plan.ops = variant->ops;
	plan.nr_vcpus = variant->vcpus;
	plan.off = variant->off;
	plan.exit = guest_map_device(guest, EXIT_IPA, PAGE);
	plan.page = NEW_IPA;
	if (variant->new_memory)
		add_new_memory(guest, variant->ops,
			       variant->log ? KVM_MEM_LOG_DIRTY_PAGES : 0, variant->huge);
	if (variant->slots)
		ASSERT_TRUE(add_slots(guest, variant->slots));
	tally.wants_events = variant->events;
	tally.irqfd_flags = variant->irqfd_flags;
	tally.logs = variant->log;
	tally.unblock = eventfd(0, EFD_CLOEXEC);
	sync_global_to_guest(guest->vm, plan);

	guest->limit_s = LIMIT_S;
	guest->on_request = on_request;
	guest->on_exit = variant->at_once ? on_exit_at_once : NULL;
	tally.missing = exit_counter_open(&tally.counter, &guest->abi,
					  guest->vcpus[FIRST]->fd, FIRST);
	ASSERT_TRUE(guest_run(guest));

	ticks = *GUEST_ADDR(guest, spent);
	off = *GUEST_ADDR(guest, overhead);
	tick_ps = 1000000000000LL / *GUEST_ADDR(guest, ticks_per_second);
	for (round = 0; round <= ROUNDS; round++) {
		ps[round] = for_one((int64_t)(ticks[round] - off[round]) * tick_ps,
				    variant->ops);
		tally.cycles[round] = for_one(tally.cycles[round] * 1000, variant->ops);
	}
	print_row(variant->row, variant->vcpus, variant->slots, variant->ops, ps + 1,
		  for_one(off[ROUNDS] * tick_ps, variant->ops));
}

#include "harness/rule_main.h"
