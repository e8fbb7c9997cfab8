// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest accesses its GIC at the addresses that user space has set, and nowhere else, and its
 * interrupts are delivered.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "harness/rule_harness.h"

/* Any SGI will do. */
#define SGI	5

/* ---- placements ---- */

/**
 * struct regions - where the two regions of a GIC are
 * @dist, @cpu:           base addresses
 * @dist_size, @cpu_size: in bytes
 */
struct regions {
	uint64_t dist, dist_size;
	uint64_t cpu, cpu_size;
};

/* Fills in the base addresses. The sizes are set; @limit is the limit of the address space. */
typedef void (*place_fn)(struct regions *r, uint64_t limit);

static void place_low(struct regions *r, uint64_t limit)
{
	(void)limit;
	r->dist = GUEST_DIST_IPA;
	r->cpu = GUEST_CPU_IPA;
}

static void place_high(struct regions *r, uint64_t limit)
{
	r->dist = limit - r->dist_size;
	r->cpu = limit - 0x1000000;
}

static void place_highest_cpu(struct regions *r, uint64_t limit)
{
	r->cpu = limit - r->cpu_size;
	r->dist = limit - 0x1000000;
}

static void place_apart(struct regions *r, uint64_t limit)
{
	r->dist = limit - 0x2000000;
	r->cpu = 0x08000000;
}

static void place_adjacent(struct regions *r, uint64_t limit)
{
	(void)limit;
	r->dist = 0x08000000;
	r->cpu = r->dist + r->dist_size;
}

static void place_adjacent_swapped(struct regions *r, uint64_t limit)
{
	(void)limit;
	r->cpu = 0x08000000;
	r->dist = r->cpu + r->cpu_size;
}

/* Addresses above 4 GiB, whose upper halves differ. */
static void place_above_4g(struct regions *r, uint64_t limit)
{
	(void)limit;
	r->dist = 0x140070000;
	r->cpu = 0x2a0000000;
}

FIXTURE(at)
{
	struct rule_run run;
	struct guest guest;
	struct regions regions;
};

FIXTURE_VARIANT(at)
{
	const char *name;
	unsigned int needs;
	const struct abi_kind *dist;
	const struct abi_kind *cpu;
	place_fn place;
};

FIXTURE_SETUP(at)
{
	RULE_SETUP("at");
}

FIXTURE_TEARDOWN(at)
{
	rule_end(&self->run);
}

#define RULE_FIXTURE	at
#define PLACEMENT	low
#include "placement_variants.h"
#define PLACEMENT	high
#include "placement_variants.h"
#define PLACEMENT	highest_cpu
#include "placement_variants.h"
#define PLACEMENT	apart
#include "placement_variants.h"
#define PLACEMENT	adjacent
#include "placement_variants.h"
#define PLACEMENT	adjacent_swapped
#include "placement_variants.h"
#define PLACEMENT	above_4g
#include "placement_variants.h"
#undef RULE_FIXTURE

#define PLACE_GIC_AT(nr_vcpus, code) do {				\
	struct regions *r = &self->regions;				\
									\
	guest_create(&self->guest, nr_vcpus, code);			\
	r->dist_size = guest_gic_dist_size(variant->dist);		\
	r->cpu_size = guest_gic_cpu_size(&self->guest, variant->cpu);	\
	variant->place(r, guest_limit(&self->guest));			\
	ASSERT_OK(guest_gic_place(&self->guest, variant->dist, variant->cpu, \
				  r->dist, r->cpu));			\
} while (0)

/* ---- identification registers ---- */

#define ARCH_GICV2	2
#define ARCH_GICV3	3

/* GICD_TYPER: 32 * (ITLinesNumber + 1) interrupts, CPUNumber + 1 vCPUs. */
static void check_distributor(unsigned int last_vcpu)
{
	uint32_t typer = guest_read(guest_gic.dist + GICD_TYPER);
	uint32_t iidr = guest_read(guest_gic.dist + GICD_IIDR);

	guest_expect("GICD_TYPER.ITLinesNumber is at least 1", true,
		     (typer & 0x1f) >= 1);
	if (!guest_gic.v3)
		guest_expect("GICD_TYPER.CPUNumber", last_vcpu, typer >> 5 & 7);
	/* The implementer's JEP106 code; bit 7 is reserved and 0. */
	guest_expect("GICD_IIDR.Implementer", 0x43b, iidr & 0xfff);
	if (guest_gic.v3)
		guest_expect("GICD_PIDR2.ArchRev", ARCH_GICV3,
			     guest_read(guest_gic.dist + GICV3_PIDR2) >> 4 & 0xf);
}

static void read_distributor(void)
{
	check_distributor(FIRST);
	guest_done();
}

TEST_F(at, distributor)
{
	PLACE_GIC_AT(1, read_distributor);
	EXPECT_GUEST_ENDS("distributor at 0x%llx",
			  (unsigned long long)self->regions.dist);
}

/* On a GICv3 the CPU interface has no address; the redistributors are tested instead. */
static void check_redistributor(unsigned int vcpu, unsigned int last_vcpu)
{
	uint64_t base = guest_gic.cpu + (uint64_t)GICR_STRIDE * vcpu;
	uint64_t typer = guest_read(base + GICR_TYPER) |
			 (uint64_t)guest_read(base + GICR_TYPER + 4) << 32;

	guest_expect("GICR_TYPER.Last", vcpu == last_vcpu, typer >> 4 & 1);
	guest_expect("GICR_TYPER.Processor_Number", vcpu, typer >> 8 & 0xffff);
	guest_expect("GICR_TYPER.Affinity_Value", vcpu, typer >> 32);
	guest_expect("GICR_PIDR2.ArchRev", ARCH_GICV3,
		     guest_read(base + GICV3_PIDR2) >> 4 & 0xf);
}

static void check_cpu_interface(void)
{
	uint32_t iidr = guest_read(guest_gic.cpu + GICC_IIDR);

	guest_expect("GICC_IIDR.Architecture_version", ARCH_GICV2, iidr >> 16 & 0xf);
	guest_expect("GICC_IIDR.Implementer is not 0", true, (iidr & 0xfff) != 0);
}

static void read_cpu_side(void)
{
	if (guest_gic.v3)
		check_redistributor(FIRST, FIRST);
	else
		check_cpu_interface();
	guest_done();
}

TEST_F(at, cpu_side)
{
	PLACE_GIC_AT(1, read_cpu_side);
	EXPECT_GUEST_ENDS("CPU side at 0x%llx",
			  (unsigned long long)self->regions.cpu);
}

/* Every GIC implements at least the five upper bits of a priority. */
static void write_priority_mask(void)
{
	static const uint32_t masks[] = { 0x00, 0xf8, 0x50, 0xa8, 0x08, 0x80 };
	unsigned int i;

	gic_cpu_enable();
	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		gic_set_priority_mask(masks[i]);
		guest_expect("priority mask read back", masks[i],
			     gic_priority_mask() & 0xf8);
	}
	guest_done();
}

TEST_F(at, priority_mask)
{
	PLACE_GIC_AT(1, write_priority_mask);
	EXPECT_GUEST_ENDS("priority mask of the CPU interface");
}

/*
 * The second part of the CPU side's region: GICC_DIR on the second page of the CPU
 * interface, or the redistributor's SGI frame, where the SGI is enabled and its active
 * state read. With EOImode 1, EOI leaves the interrupt active.
 */
static void use_second_part(void)
{
	uint32_t ack;

	gic_enable();
	gic_cpu_enable();
	gic_split_eoi(true);
	gic_irq_enable(SGI);
	gic_send_sgi(SGI, FIRST);
	ack = gic_await_ack("SGI to oneself");
	guest_expect("acknowledged interrupt", SGI, ack & INTID_MASK);
	gic_eoi(ack);
	guest_expect("active before the deactivation", true,
		     gic_irq_is_active(SGI));
	gic_deactivate(ack);
	guest_expect("active after the deactivation", false,
		     gic_irq_is_active(SGI));
	guest_done();
}

TEST_F(at, second_part)
{
	PLACE_GIC_AT(1, use_second_part);
	EXPECT_GUEST_ENDS("second part of the CPU side at 0x%llx",
			  (unsigned long long)self->regions.cpu);
}

/* ---- the regions as two vCPUs see them ---- */

static volatile unsigned int mask_is_set[GUEST_MAX_VCPUS];

/*
 * The vCPUs of a GICv2 have registers of their own at the same addresses. The vCPUs of a GICv3
 * see both redistributors, each with the affinity of its vCPU.
 */
static void read_as_each_vcpu(void)
{
	unsigned int cpu = guest_cpu(), other = cpu == FIRST ? SECOND : FIRST;
	uint32_t mask = cpu == FIRST ? 0x50 : 0xa8;

	check_distributor(SECOND);
	if (guest_gic.v3) {
		check_redistributor(FIRST, SECOND);
		check_redistributor(SECOND, SECOND);
	} else {
		check_cpu_interface();
		guest_expect("GICD_ITARGETSR0", 0x01010101U << cpu,
			     guest_read(guest_gic.dist + GICD_ITARGETSR(0)));
	}

	gic_cpu_enable();
	gic_set_priority_mask(mask);
	mask_is_set[cpu] = 1;
	guest_await("the other vCPU sets its priority mask", &mask_is_set[other], 1);
	guest_expect("priority mask of this vCPU", mask,
		     gic_priority_mask() & 0xf8);
	guest_done();
}

TEST_F(at, each_vcpu)
{
	PLACE_GIC_AT(2, read_as_each_vcpu);
	EXPECT_GUEST_ENDS("two vCPUs, distributor at 0x%llx, CPU side at 0x%llx",
			  (unsigned long long)self->regions.dist,
			  (unsigned long long)self->regions.cpu);
}

/* ---- beside the regions ---- */

/* Guest physical addresses outside of the GIC's regions, and their virtual addresses. */
#define MAX_OUTSIDE	4

static struct {
	unsigned int count;
	uint64_t addr[MAX_OUTSIDE];
	uint64_t va[MAX_OUTSIDE];
} outside;

static uint32_t answer_for(uint64_t addr)
{
	return 0x5eed0000U | (addr >> 12 & 0xfff) << 2 | 1;
}

static uint32_t answer_outside(struct guest *guest, uint64_t addr)
{
	unsigned int *answered = guest->context;

	++*answered;
	return answer_for(addr);
}

static void read_outside(void)
{
	unsigned int i;

	for (i = 0; i < outside.count; i++)
		guest_expect("read beside the GIC's regions",
			     answer_for(outside.addr[i]),
			     guest_read(outside.va[i]));
	/* Between those addresses the GIC still answers. */
	check_distributor(FIRST);
	guest_done();
}

static bool is_in(uint64_t addr, uint64_t base, uint64_t size)
{
	return addr >= base && addr - base < size;
}

/* Skips addresses beyond the limit, or within the other region. */
static void add_outside(struct guest *guest, const struct regions *r,
			uint64_t addr)
{
	if (addr >= guest_limit(guest) || is_in(addr, r->dist, r->dist_size) ||
	    is_in(addr, r->cpu, r->cpu_size))
		return;
	outside.addr[outside.count] = addr;
	outside.va[outside.count] = addr % 0x1000 +
		guest_map_device(guest, addr - addr % 0x1000, 0x1000);
	outside.count++;
}

TEST_F(at, nothing_beside)
{
	struct regions *r = &self->regions;
	unsigned int answered = 0;

	PLACE_GIC_AT(1, read_outside);
	/* The last word before each region and the first word after it. */
	add_outside(&self->guest, r, r->dist - 4);
	add_outside(&self->guest, r, r->dist + r->dist_size);
	add_outside(&self->guest, r, r->cpu - 4);
	add_outside(&self->guest, r, r->cpu + r->cpu_size);
	ASSERT_LE(2, outside.count);
	sync_global_to_guest(self->guest.vm, outside);

	self->guest.on_read = answer_outside;
	self->guest.context = &answered;
	EXPECT_GUEST_ENDS("%u reads beside the regions", outside.count);
	EXPECT_EQ(outside.count, answered);
}

/* ---- interrupts ---- */

/* Shared by the guest code of all vCPUs. */
struct seen {
	volatile unsigned int count;
	volatile uint32_t ack;		/* of the last interrupt */
	volatile unsigned int ready;
};

static struct seen seen[GUEST_MAX_VCPUS];

/* The handler acts like a driver: it has the line lowered at the third interrupt. */
#define SERVED_AFTER	3
#define MAX_INTERRUPTS	100
static bool lower_when_served;

/* The handler waits until another vCPU has seen the interrupt active. */
static bool stay_active;
static volatile unsigned int seen_active;
static volatile unsigned int ended;

enum request {
	RAISE_LINE,
	LOWER_LINE,
	PULSE_LINE,
};

static void handle_interrupt(void)
{
	struct seen *s = &seen[guest_cpu()];
	uint32_t ack = gic_ack();

	if ((ack & INTID_MASK) == INTID_SPURIOUS)
		return;
	s->ack = ack;
	s->count++;
	/* An interrupt storm would keep the rest of the code from running. */
	guest_expect("interrupts stop", true, s->count < MAX_INTERRUPTS);
	if (lower_when_served && s->count == SERVED_AFTER)
		guest_request(LOWER_LINE);
	if (stay_active)
		guest_await("another vCPU reads the active state", &seen_active, 1);
	gic_eoi(ack);
	ended++;
}

/* The line under test, as KVM_IRQ_LINE's irq field. */
static uint32_t irq_line;

static void drive_irq_line(struct guest *guest, unsigned int request)
{
	if (request != LOWER_LINE)
		guest_set_line(guest, irq_line, true);
	if (request != RAISE_LINE)
		guest_set_line(guest, irq_line, false);
}

#define RULE_FIXTURE	irq
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

static void prepare_guest(struct guest *guest)
{
	sync_global_to_guest(guest->vm, lower_when_served);
	sync_global_to_guest(guest->vm, stay_active);
	guest_on_irq(guest, handle_interrupt);
	guest->on_request = drive_irq_line;
}

#define PPI	21	/* not used by any of KVM's devices */
#define SPI	45

static void start_gic(void)
{
	gic_enable();
	gic_cpu_enable();
	guest_irqs_on();
}

/* Exactly one interrupt is delivered. */
static void expect_one(const char *what, unsigned int intid)
{
	struct seen *s = &seen[guest_cpu()];

	guest_await(what, &s->count, 1);
	guest_expect("acknowledged interrupt", intid, s->ack & INTID_MASK);
	gic_settle();
	guest_expect("interrupts in total", 1, s->count);
	guest_expect("pending after the EOI", false, gic_irq_is_pending(intid));
	guest_expect("active after the EOI", false, gic_irq_is_active(intid));
}

static void expect_nothing_pending(void)
{
	guest_irqs_off();
	guest_expect("acknowledge with nothing pending", INTID_SPURIOUS,
		     gic_ack() & INTID_MASK);
}

static void nothing_pending(void)
{
	gic_enable();
	gic_cpu_enable();
	expect_nothing_pending();
	guest_done();
}

TEST_F(irq, spurious)
{
	EXPECT_GUEST(1, nothing_pending, "acknowledge with nothing pending");
}

static void sgi_to_self(void)
{
	start_gic();
	gic_irq_enable(SGI);
	gic_send_sgi(SGI, 0);
	expect_one("SGI to oneself arrives", SGI);
	if (!guest_gic.v3)
		guest_expect("GICC_IAR.CPUID", 0, GICC_IAR_CPU(seen[0].ack));
	expect_nothing_pending();
	guest_done();
}

TEST_F(irq, sgi_to_self)
{
	EXPECT_GUEST(1, sgi_to_self, "SGI to oneself");
}

/*
 * The interrupt becomes pending again after each EOI, until user space has lowered its line at the
 * handler's request.
 */
static void expect_level(const char *what, unsigned int intid)
{
	struct seen *s = &seen[guest_cpu()];

	guest_request(RAISE_LINE);
	guest_await(what, &s->count, SERVED_AFTER);
	guest_expect("acknowledged interrupt", intid, s->ack & INTID_MASK);
	gic_settle();
	guest_expect("interrupts after the line was lowered", SERVED_AFTER,
		     s->count);
	guest_expect("pending after the EOI", false, gic_irq_is_pending(intid));
	expect_nothing_pending();
}

static void ppi_level(void)
{
	start_gic();
	gic_irq_enable(PPI);
	expect_level("PPI is delivered while its line is high", PPI);
	guest_done();
}

TEST_F(irq, ppi_level)
{
	irq_line = VGIC_LINE(KVM_ARM_IRQ_TYPE_PPI, 0, PPI);
	lower_when_served = true;
	EXPECT_GUEST(1, ppi_level, "level-sensitive PPI");
}

static void spi_level(void)
{
	start_gic();
	gic_irq_set_edge(SPI, false);
	gic_irq_route(SPI, FIRST);
	gic_irq_enable(SPI);
	expect_level("SPI is delivered while its line is high", SPI);
	guest_done();
}

TEST_F(irq, spi_level)
{
	irq_line = VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, SPI);
	lower_when_served = true;
	EXPECT_GUEST(1, spi_level, "level-sensitive SPI");
}

/* Until it is acknowledged, the pending state of a level interrupt follows its line. */
static void pending_follows_line(void)
{
	gic_enable();
	gic_cpu_enable();
	gic_irq_set_edge(SPI, false);
	gic_irq_route(SPI, FIRST);
	gic_irq_enable(SPI);
	guest_expect("pending before the line is raised", false, gic_irq_is_pending(SPI));
	guest_request(RAISE_LINE);
	guest_expect("pending with the line high", true, gic_irq_is_pending(SPI));
	guest_request(LOWER_LINE);
	guest_expect("pending with the line low again", false,
		     gic_irq_is_pending(SPI));
	expect_nothing_pending();
	guest_done();
}

TEST_F(irq, pending_follows_line)
{
	irq_line = VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, SPI);
	EXPECT_GUEST(1, pending_follows_line, "level and pending state");
}

static void spi_edge(void)
{
	start_gic();
	gic_irq_set_edge(SPI, true);
	gic_irq_route(SPI, FIRST);
	gic_irq_enable(SPI);
	guest_request(PULSE_LINE);
	expect_one("edge-triggered SPI arrives", SPI);
	expect_nothing_pending();
	guest_done();
}

TEST_F(irq, spi_edge)
{
	irq_line = VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, SPI);
	EXPECT_GUEST(1, spi_edge, "edge-triggered SPI");
}

/*
 * The second page of a GICv2's CPU interface has one register, GICC_DIR. With EOImode 1, a write to
 * it deactivates an interrupt.
 */
static void deactivate(void)
{
	uint32_t ack;

	gic_enable();
	gic_cpu_enable();
	gic_split_eoi(true);
	gic_irq_set_edge(SPI, true);
	gic_irq_route(SPI, FIRST);
	gic_irq_enable(SPI);
	guest_request(PULSE_LINE);
	ack = gic_await_ack("SPI after an edge");
	guest_expect("acknowledged interrupt", SPI, ack & INTID_MASK);
	gic_eoi(ack);
	guest_expect("active after the priority drop", true,
		     gic_irq_is_active(SPI));
	/* Another interrupt of the same priority can be delivered now. */
	gic_irq_enable(SGI);
	gic_send_sgi(SGI, FIRST);
	guest_expect("interrupt acknowledged after the priority drop", SGI,
		     gic_await_ack("SGI after the priority drop") & INTID_MASK);
	gic_eoi(SGI);
	gic_deactivate(SGI);
	gic_deactivate(ack);
	guest_expect("active after the deactivation", false,
		     gic_irq_is_active(SPI));
	expect_nothing_pending();
	guest_done();
}

TEST_F(irq, split_eoi)
{
	irq_line = VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, SPI);
	EXPECT_GUEST(1, deactivate, "EOImode 1 and deactivation");
}

/* ---- two vCPUs ---- */

/* Enables the distributor first, then the second vCPU's interface. True on the first vCPU. */
static bool start_two(void)
{
	unsigned int cpu = guest_cpu();

	if (cpu == FIRST)
		gic_enable();
	else
		guest_await("the first vCPU is ready", &seen[FIRST].ready, 1);
	gic_cpu_enable();
	guest_irqs_on();
	gic_irq_enable(SGI);
	seen[cpu].ready = 1;
	if (cpu == FIRST)
		guest_await("the other vCPU is ready", &seen[SECOND].ready, 1);
	return cpu == FIRST;
}

static void sgi_to_other(void)
{
	if (start_two()) {
		gic_send_sgi(SGI, SECOND);
		guest_await("the other vCPU acknowledges the SGI", &seen[SECOND].count, 1);
		guest_expect("SGIs delivered to the sender instead", 0,
			     seen[FIRST].count);
	} else {
		expect_one("SGI from the other vCPU arrives", SGI);
		if (!guest_gic.v3)
			guest_expect("GICC_IAR.CPUID", FIRST,
				     GICC_IAR_CPU(seen[SECOND].ack));
	}
	expect_nothing_pending();
	guest_done();
}

TEST_F(irq, sgi_to_other)
{
	EXPECT_GUEST(2, sgi_to_other, "SGI from vCPU 0 to vCPU 1");
}

static void sgi_back(void)
{
	if (start_two()) {
		expect_one("SGI from the other vCPU arrives", SGI);
		if (!guest_gic.v3)
			guest_expect("GICC_IAR.CPUID", SECOND,
				     GICC_IAR_CPU(seen[FIRST].ack));
	} else {
		gic_send_sgi(SGI, FIRST);
		gic_settle();
		guest_expect("SGIs delivered to the sender instead", 0,
			     seen[SECOND].count);
	}
	guest_done();
}

TEST_F(irq, sgi_source)
{
	EXPECT_GUEST(2, sgi_back, "SGI from vCPU 1 to vCPU 0");
}

static void spi_to_second(void)
{
	if (start_two()) {
		gic_irq_set_edge(SPI, true);
		gic_irq_route(SPI, SECOND);
		gic_irq_enable(SPI);
		guest_request(PULSE_LINE);
		guest_await("the other vCPU acknowledges the SPI", &seen[SECOND].count, 1);
		guest_expect("SPIs delivered to the first vCPU instead", 0,
			     seen[FIRST].count);
	} else {
		expect_one("SPI that was routed to this vCPU arrives", SPI);
	}
	expect_nothing_pending();
	guest_done();
}

/* The other vCPU is in its handler and does not exit. */
static void active_of_other(void)
{
	if (start_two()) {
		gic_irq_set_edge(SPI, true);
		gic_irq_route(SPI, SECOND);
		gic_irq_enable(SPI);
		guest_request(PULSE_LINE);
		guest_await("the other vCPU acknowledges the SPI", &seen[SECOND].count, 1);
		guest_expect("active at the other vCPU", true, gic_irq_is_active(SPI));
		guest_expect("pending at the other vCPU", false, gic_irq_is_pending(SPI));
		seen_active = 1;
		guest_await("the EOI of the other vCPU", &ended, 1);
		guest_expect("active after the other vCPU's EOI", false,
			     gic_irq_is_active(SPI));
	} else {
		expect_one("SPI that was routed to this vCPU arrives", SPI);
	}
	guest_done();
}

TEST_F(irq, active_of_other)
{
	irq_line = VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, SPI);
	stay_active = true;
	EXPECT_GUEST(2, active_of_other, "SPI that another vCPU has active");
}

TEST_F(irq, spi_to_second)
{
	irq_line = VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, SPI);
	EXPECT_GUEST(2, spi_to_second, "SPI routed to vCPU 1");
}

/* Each vCPU has its own interrupt of this number. */
static void ppi_of_second(void)
{
	bool first = start_two();

	gic_irq_enable(PPI);
	if (first) {
		guest_await("the other vCPU handles its PPI", &seen[SECOND].count, SERVED_AFTER);
		gic_settle();
		guest_expect("PPIs of the other vCPU delivered to this vCPU", 0,
			     seen[FIRST].count);
	} else {
		expect_level("PPI of this vCPU is delivered", PPI);
	}
	guest_done();
}

TEST_F(irq, ppi_of_second)
{
	irq_line = VGIC_LINE(KVM_ARM_IRQ_TYPE_PPI, SECOND, PPI);
	lower_when_served = true;
	EXPECT_GUEST(2, ppi_of_second, "PPI of vCPU 1");
}

#include "harness/rule_main.h"
