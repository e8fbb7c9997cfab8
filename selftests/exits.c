// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cost of a guest's accesses to its GIC: the CPU interface is hardware, which the guest
 * accesses without exits; the distributor is emulated by the kernel.
 */
#include <errno.h>
#include <stdio.h>

#include "abi/abi.h"
#include "abi/exit_counts.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "harness/rule_harness.h"

#define RULE_FIXTURE	exits
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

/* ---- counting ---- */

enum request {
	BEGIN_COUNT,
	END_COUNT,
};

/* Exit counts at BEGIN_COUNT, and the difference at END_COUNT. */
struct count {
	struct exit_counter counter;
	struct exit_counts begin;
	struct exit_counts spent;
};

static void read_counts(struct guest *guest, unsigned int request)
{
	struct count *count = guest->context;
	struct exit_counts end;

	if (request == BEGIN_COUNT) {
		exit_counter_read(&count->counter, &count->begin);
		return;
	}
	exit_counter_read(&count->counter, &end);
	count->spent = exit_counts_since(&count->begin, &end);
	/* The request that ended the count was an exit itself. */
	count->spent.total--;
	count->spent.user--;
}

#define COUNT_EXITS(count, code) do {					\
	const char *missing;						\
									\
	guest_create(&self->guest, 1, code);				\
	missing = exit_counter_open(&(count)->counter, &self->guest.abi,	\
				    self->guest.vcpus[0]->fd, 0);	\
	if (missing)							\
		rule_skip(missing);					\
	self->guest.on_request = read_counts;				\
	self->guest.context = count;					\
	PLACE_GIC();							\
	ASSERT_TRUE(guest_run(&self->guest));				\
} while (0)

#define EXPECT_COUNT(word, accesses, count)				\
	EXPECT_RULE_WORD(word, "%u accesses: %llu exits, of which %llu by the distributor, " \
			 "%llu to user space, interrupts of the host %llu",	\
			 accesses,					\
			 (unsigned long long)(count)->spent.total,	\
			 (unsigned long long)(count)->spent.gicd,	\
			 (unsigned long long)(count)->spent.user,	\
			 (unsigned long long)(count)->spent.interrupts)

/* ---- the CPU interface ---- */

#define CPU_ACCESSES	20000U
#define WARM_UP		100U	/* accesses that are not counted, because they fault in memory */

/* Registers that can be read at any time, without side effects. */
static const unsigned int cpu_registers[] = {
	GICC_CTLR, GICC_PMR, GICC_BPR, GICC_RPR, GICC_HPPIR, GICC_IIDR,
};

/*
 * Reads and writes alternately. The last read shows that the accesses took effect.
 * @accesses is a multiple of four.
 */
static void access_cpu_interface(unsigned int accesses)
{
	unsigned int i, reg = 0;

	for (i = 0; i < accesses - 1; i++) {
		if (i % 2) {
			gic_set_priority_mask(i % 4 == 1 ? 0xf8 : 0xa8);
		} else if (guest_gic.v3) {
			gic_priority_mask();
		} else {
			guest_read(guest_gic.cpu + cpu_registers[reg]);
			reg = (reg + 1) % ARRAY_SIZE(cpu_registers);
		}
	}
	guest_expect("priority mask, written last", 0xf8,
		     gic_priority_mask() & 0xf8);
}

static void use_cpu_interface(void)
{
	gic_cpu_enable();
	access_cpu_interface(WARM_UP);
	guest_request(BEGIN_COUNT);
	access_cpu_interface(CPU_ACCESSES);
	guest_request(END_COUNT);
	guest_done();
}

TEST_F(exits, gicc_none)
{
	struct count count;
	bool none;

	COUNT_EXITS(&count, use_cpu_interface);
	none = !count.spent.gicd && !count.spent.user &&
	       !exit_counts_unexplained(&count.spent);
	EXPECT_COUNT(none ? "NONE" : "SOME", CPU_ACCESSES, &count);
}

/* ---- the distributor ---- */

#define DIST_ACCESSES	200U
#define SPI		45

static void access_distributor(unsigned int accesses)
{
	unsigned int i;

	for (i = 0; i < accesses; i++) {
		/* Mostly repeated reads, whose answers a kernel may cache. */
		if (i % 4 == 3)
			guest_write(guest_gic.dist + GICD_ISENABLER(SPI),
				    1U << SPI % 32);
		else
			guest_read(guest_gic.dist + GICD_TYPER);
	}
}

static void use_distributor(void)
{
	gic_enable();
	access_distributor(WARM_UP);
	guest_request(BEGIN_COUNT);
	access_distributor(DIST_ACCESSES);
	guest_request(END_COUNT);
	guest_done();
}

TEST_F(exits, gicd_each)
{
	struct count count;
	bool each;

	COUNT_EXITS(&count, use_distributor);
	each = count.spent.gicd == DIST_ACCESSES && !count.spent.user &&
	       !exit_counts_unexplained(&count.spent);
	EXPECT_COUNT(each ? "ONE" : "OTHER", DIST_ACCESSES, &count);
}

#include "harness/rule_main.h"
