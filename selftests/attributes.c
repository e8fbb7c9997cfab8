// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device attributes of vCPUs: the interrupts of timers and PMU, and the address of stolen time. The
 * kernel's document is devices/vcpu.rst.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_timer.h"
#include "harness/rule_harness.h"

#define NR_VCPUS	2
#define NR_PRIVATE	32
#define FIRST_PPI	16

/* PPIs that no timer has by default, and an SPI. */
#define FREE_PPI	20
#define OTHER_PPI	21
#define FREE_SPI	40

/* Both addresses are set and the VM has code; the GIC is not initialized. */
#define OPEN_VM_WITH_GIC(features) do {					\
	unsigned int vcpu_;						\
									\
	abi_vm_open(&self->vm, 0);					\
	ASSERT_OK(abi_vm_add_code(&self->vm));				\
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));		\
	for (vcpu_ = 0; vcpu_ < NR_VCPUS; vcpu_++)			\
		abi_vcpu_add_with(&self->vm, vcpu_, &self->vcpu[vcpu_], features); \
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA)); \
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));	\
} while (0)

/* The attribute's value is an int, the interrupt's number. */
static int irq_set(const struct abi_vcpu *vcpu, uint32_t group, uint64_t attr, int irq)
{
	return abi_attr_set(vcpu->fd, group, attr, &irq);
}

/* Returns the interrupt's number, or a negative errno. */
static int irq_get(const struct abi_vcpu *vcpu, uint32_t group, uint64_t attr)
{
	int irq, ret = abi_attr_get(vcpu->fd, group, attr, &irq);

	return ret ? ret : irq;
}

/* Numbers that are not PPIs, among them PPI 20 with one more bit set. */
static const int no_ppis[] = {
	0, 1, 15, 32, 40, 64, 1019, 1020, 1023, 1024, 8192, 0x10000 | 20, 0x1000000 | 20,
	0x40000000 | 20, -1, -20,
};

/* ---- the timers' interrupts ---- */

#define RULE_FIXTURE	timer_irq
#define RULE_VARIANTS	DEVICE_GICS
#define RULE_NEEDS	NEED_TIMER_IRQ
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
#include "harness/gic_fixture.h"

#define VTIMER	KVM_ARM_VCPU_TIMER_IRQ_VTIMER
#define PTIMER	KVM_ARM_VCPU_TIMER_IRQ_PTIMER

static const struct {
	const char *name;
	uint64_t attr;
	int ppi;	/* by default */
} timers[] = {
	{ "the virtual timer", VTIMER, TIMER_VIRTUAL_PPI },
	{ "the physical timer", PTIMER, TIMER_PHYSICAL_PPI },
};

static int timer_set(const struct abi_vcpu *vcpu, uint64_t timer, int irq)
{
	return irq_set(vcpu, KVM_ARM_VCPU_TIMER_CTRL, timer, irq);
}

static int timer_get(const struct abi_vcpu *vcpu, uint64_t timer)
{
	return irq_get(vcpu, KVM_ARM_VCPU_TIMER_CTRL, timer);
}

TEST_F(timer_irq, has)
{
	unsigned int i;

	OPEN_VM_WITH_GIC(0);
	for (i = 0; i < ARRAY_SIZE(timers); i++)
		EXPECT_RULE(abi_attr_has(self->vcpu[0].fd, KVM_ARM_VCPU_TIMER_CTRL,
					 timers[i].attr), "%s", timers[i].name);
}

/* Powers of two from 4 on, because attributes 2 and 3 are the timers of EL2. */
TEST_F(timer_irq, has_unknown)
{
	unsigned int bit;

	OPEN_VM_WITH_GIC(0);
	for (bit = 2; bit < 64; bit++)
		EXPECT_RULE(abi_attr_has(self->vcpu[0].fd, KVM_ARM_VCPU_TIMER_CTRL, 1ULL << bit),
			    "attribute 0x%llx", 1ULL << bit);
}

/* Unknown attributes of the timers' group, and unknown groups. */
TEST_F(timer_irq, unknown)
{
	int irq = FREE_PPI;
	unsigned int bit;

	OPEN_VM_WITH_GIC(0);
	for (bit = 2; bit < 64; bit++) {
		EXPECT_RULE(timer_set(&self->vcpu[0], 1ULL << bit, FREE_PPI),
			    "set attribute 0x%llx", 1ULL << bit);
		EXPECT_RULE(timer_get(&self->vcpu[0], 1ULL << bit),
			    "get attribute 0x%llx", 1ULL << bit);
	}
	for (bit = 3; bit < 32; bit++)
		EXPECT_RULE(abi_attr_set(self->vcpu[0].fd, 1U << bit, 0, &irq),
			    "set group 0x%x", 1U << bit);
}

TEST_F(timer_irq, by_default)
{
	unsigned int i, vcpu;

	OPEN_VM_WITH_GIC(0);
	for (i = 0; i < ARRAY_SIZE(timers); i++)
		for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
			EXPECT_RULE_WORD(holds(timer_get(&self->vcpu[vcpu], timers[i].attr) ==
					       timers[i].ppi),
					 "%s of vCPU %u: expected PPI %d, got %d", timers[i].name,
					 vcpu, timers[i].ppi,
					 timer_get(&self->vcpu[vcpu], timers[i].attr));
}

TEST_F(timer_irq, each_ppi)
{
	unsigned int i;
	int ppi;

	OPEN_VM_WITH_GIC(0);
	for (i = 0; i < ARRAY_SIZE(timers); i++)
		for (ppi = FIRST_PPI; ppi < NR_PRIVATE; ppi++) {
			ASSERT_OK(timer_set(&self->vcpu[0], timers[i].attr, ppi));
			EXPECT_RULE_WORD(holds(timer_get(&self->vcpu[0], timers[i].attr) == ppi),
					 "%s, PPI %d", timers[i].name, ppi);
		}
}

TEST_F(timer_irq, no_ppi)
{
	unsigned int i, n;

	OPEN_VM_WITH_GIC(0);
	for (i = 0; i < ARRAY_SIZE(timers); i++) {
		for (n = 0; n < ARRAY_SIZE(no_ppis); n++)
			EXPECT_RULE(timer_set(&self->vcpu[0], timers[i].attr, no_ppis[n]),
				    "%s, interrupt %d", timers[i].name, no_ppis[n]);
		ASSERT_EQ(timers[i].ppi, timer_get(&self->vcpu[0], timers[i].attr));
	}
}

TEST_F(timer_irq, bad_pointer)
{
	int fd;

	OPEN_VM_WITH_GIC(0);
	fd = self->vcpu[0].fd;
	EXPECT_RULE(abi_attr_set(fd, KVM_ARM_VCPU_TIMER_CTRL, VTIMER, NULL), "set from NULL");
	EXPECT_RULE(abi_attr_set(fd, KVM_ARM_VCPU_TIMER_CTRL, VTIMER, abi_edge_of_memory(2)),
		    "set from 2 bytes");
	EXPECT_RULE(abi_attr_get(fd, KVM_ARM_VCPU_TIMER_CTRL, VTIMER, NULL), "get to NULL");
	EXPECT_RULE(abi_attr_get(fd, KVM_ARM_VCPU_TIMER_CTRL, VTIMER, abi_edge_of_memory(2)),
		    "get to 2 bytes");
}

TEST_F(timer_irq, of_all_vcpus)
{
	unsigned int i, vcpu;

	OPEN_VM_WITH_GIC(0);
	for (i = 0; i < ARRAY_SIZE(timers); i++) {
		ASSERT_OK(timer_set(&self->vcpu[i], timers[i].attr, FREE_PPI + i));
		for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
			EXPECT_RULE_WORD(holds(timer_get(&self->vcpu[vcpu], timers[i].attr) ==
					       FREE_PPI + (int)i),
					 "%s of vCPU %u, set on vCPU %u", timers[i].name, vcpu, i);
	}
}

TEST_F(timer_irq, last_counts)
{
	unsigned int vcpu;

	OPEN_VM_WITH_GIC(0);
	ASSERT_OK(timer_set(&self->vcpu[0], VTIMER, FREE_PPI));
	ASSERT_OK(timer_set(&self->vcpu[1], VTIMER, OTHER_PPI));
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		EXPECT_RULE_WORD(holds(timer_get(&self->vcpu[vcpu], VTIMER) == OTHER_PPI),
				 "the virtual timer of vCPU %u", vcpu);
}

TEST_F(timer_irq, swapped)
{
	OPEN_VM_WITH_GIC(0);
	ASSERT_OK(timer_set(&self->vcpu[0], VTIMER, TIMER_PHYSICAL_PPI));
	ASSERT_OK(timer_set(&self->vcpu[0], PTIMER, TIMER_VIRTUAL_PPI));
	ASSERT_OK(vgic_init(self->vm.dev));
	EXPECT_RULE(abi_vcpu_run(&self->vcpu[0]), "KVM_RUN with the timers' PPIs exchanged");
}

TEST_F(timer_irq, same_for_two)
{
	OPEN_VM_WITH_GIC(0);
	ASSERT_OK(timer_set(&self->vcpu[0], PTIMER, TIMER_VIRTUAL_PPI));
	ASSERT_OK(vgic_init(self->vm.dev));
	EXPECT_RULE(abi_vcpu_run(&self->vcpu[0]), "KVM_RUN with PPI 27 for both timers");
	EXPECT_RULE(abi_vcpu_run(&self->vcpu[1]), "KVM_RUN of the other vCPU");
}

/* No vCPU has run, so the number can still be changed. */
TEST_F(timer_irq, same_for_two_mended)
{
	OPEN_VM_WITH_GIC(0);
	ASSERT_OK(timer_set(&self->vcpu[0], PTIMER, TIMER_VIRTUAL_PPI));
	ASSERT_OK(timer_set(&self->vcpu[0], VTIMER, TIMER_PHYSICAL_PPI));
	ASSERT_OK(vgic_init(self->vm.dev));
	EXPECT_RULE(abi_vcpu_run(&self->vcpu[0]), "KVM_RUN after the timers had the same PPI");
}

/* A KVM_RUN that fails is no run: the number can still be changed. */
#define EXPECT_MENDED_AFTER_RUN(timer) do {				\
	OPEN_VM_WITH_GIC(0);						\
	ASSERT_OK(timer_set(&self->vcpu[0], PTIMER, TIMER_VIRTUAL_PPI)); \
	ASSERT_OK(vgic_init(self->vm.dev));				\
	ASSERT_EQ(-EINVAL, abi_vcpu_run(&self->vcpu[0]));		\
	ASSERT_OK(timer_set(&self->vcpu[0], timer, FREE_PPI));		\
	EXPECT_RULE(abi_vcpu_run(&self->vcpu[0]),			\
		    "KVM_RUN after one that failed, of timers that now have PPIs of their own"); \
} while (0)

TEST_F(timer_irq, physical_mended_after_run)
{
	EXPECT_MENDED_AFTER_RUN(PTIMER);
}

TEST_F(timer_irq, virtual_mended_after_run)
{
	EXPECT_MENDED_AFTER_RUN(VTIMER);
}

TEST_F(timer_irq, after_run)
{
	unsigned int i;

	OPEN_VM_WITH_GIC(0);
	ASSERT_OK(vgic_init(self->vm.dev));
	ASSERT_OK(abi_vcpu_run(&self->vcpu[0]));
	for (i = 0; i < ARRAY_SIZE(timers); i++) {
		EXPECT_RULE(timer_set(&self->vcpu[0], timers[i].attr, FREE_PPI),
			    "%s of a vCPU that has run", timers[i].name);
		ASSERT_EQ(timers[i].ppi, timer_get(&self->vcpu[0], timers[i].attr));
	}
	ASSERT_OK(abi_vcpu_run(&self->vcpu[0]));
}

TEST_F(timer_irq, after_run_of_other)
{
	OPEN_VM_WITH_GIC(0);
	ASSERT_OK(vgic_init(self->vm.dev));
	ASSERT_OK(abi_vcpu_run(&self->vcpu[0]));
	EXPECT_RULE(timer_set(&self->vcpu[1], VTIMER, FREE_PPI),
		    "the virtual timer of a vCPU that has not run, after another has");
}

/* The numbers can still be changed after the GIC's initialization. */
TEST_F(timer_irq, after_init)
{
	OPEN_VM_WITH_GIC(0);
	ASSERT_OK(vgic_init(self->vm.dev));
	EXPECT_RULE(timer_set(&self->vcpu[0], VTIMER, FREE_PPI), "set after the GIC's init");
	ASSERT_OK(abi_vcpu_run(&self->vcpu[0]));
	ASSERT_EQ(FREE_PPI, timer_get(&self->vcpu[0], VTIMER));
}

/* KVM_ARM_VCPU_INIT neither changes the numbers nor makes them writable again. */
TEST_F(timer_irq, kept_by_reset)
{
	OPEN_VM_WITH_GIC(0);
	ASSERT_OK(timer_set(&self->vcpu[0], VTIMER, FREE_PPI));
	ASSERT_OK(abi_vcpu_init(&self->vm, &self->vcpu[0]));
	EXPECT_RULE_WORD(holds(timer_get(&self->vcpu[0], VTIMER) == FREE_PPI),
			 "the number after KVM_ARM_VCPU_INIT, before KVM_RUN");
	ASSERT_OK(vgic_init(self->vm.dev));
	ASSERT_OK(abi_vcpu_run(&self->vcpu[0]));
	ASSERT_OK(abi_vcpu_init(&self->vm, &self->vcpu[0]));
	EXPECT_RULE_WORD(holds(timer_get(&self->vcpu[0], VTIMER) == FREE_PPI),
			 "the number after KVM_RUN and KVM_ARM_VCPU_INIT");
	ASSERT_EQ(-EBUSY, timer_set(&self->vcpu[0], VTIMER, OTHER_PPI));
}

/* ---- timers with another PPI, in the guest ---- */

/* The timer under test; set by the host. */
static struct {
	enum guest_timer timer;
	unsigned int old;	/* its PPI by default */
} moved;

#define DRIVE_OLD	1

static void start_gic(void)
{
	gic_enable();
	gic_cpu_enable();
	gic_irq_enable(FREE_PPI);
	gic_irq_enable(moved.old);
}

static void expect_irq(const char *what, unsigned int intid)
{
	uint32_t ack = gic_await_ack(what);

	guest_expect(what, intid, ack & INTID_MASK);
	guest_timer_set_ctl(moved.timer, 0);
	gic_eoi(ack);
}

/* The timer expires as soon as it is enabled. */
static void fire_moved(void)
{
	start_gic();
	guest_timer_set(moved.timer, 0);
	guest_timer_set_ctl(moved.timer, TIMER_CTL_ENABLE);
	expect_irq("interrupt of an expired timer", FREE_PPI);
	guest_done();
}

/* User space raises the line of the default PPI; the timer is off. */
static void find_old_free(void)
{
	uint32_t ack;

	start_gic();
	guest_request(RAISE(moved.old));
	ack = gic_await_ack("interrupt of a line that the timer does not drive");
	guest_expect("acknowledged interrupt", moved.old, ack & INTID_MASK);
	guest_request(LOWER(moved.old));
	gic_eoi(ack);
	guest_done();
}

static void drive_ppi(struct guest *guest, unsigned int request)
{
	guest_set_line(guest, VGIC_LINE(KVM_ARM_IRQ_TYPE_PPI, FIRST, request >> 1), request & 1);
}

#define RULE_FIXTURE	timer_moved
#define RULE_VARIANTS	DEVICE_GICS
#define RULE_NEEDS	NEED_TIMER_IRQ
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

/* KVM_RUN of a guest whose timer has another PPI. */
#define EXPECT_MOVED(which, code) do {					\
	int irq_ = FREE_PPI;						\
									\
	moved.timer = which;						\
	moved.old = timers[which].ppi;					\
	guest_create(&self->guest, 1, code);				\
	sync_global_to_guest(self->guest.vm, moved);			\
	self->guest.on_request = drive_ppi;				\
	PLACE_GIC();							\
	ASSERT_OK(abi_attr_set(self->guest.vcpus[0]->fd, KVM_ARM_VCPU_TIMER_CTRL, \
			       timers[which].attr, &irq_));		\
	EXPECT_GUEST_ENDS("%s at PPI %d", timers[which].name, irq_);	\
} while (0)

TEST_F(timer_moved, virtual_fires)
{
	EXPECT_MOVED(TIMER_VIRTUAL, fire_moved);
}

TEST_F(timer_moved, physical_fires)
{
	EXPECT_MOVED(TIMER_PHYSICAL, fire_moved);
}

TEST_F(timer_moved, old_ppi_is_free)
{
	EXPECT_MOVED(TIMER_VIRTUAL, find_old_free);
}

/* ---- without a GIC in the kernel ---- */

#define RULE_FIXTURE	timer_alone
#define RULE_NEEDS	NEED_TIMER_IRQ
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu
#define RULE_PREPARE() do {						\
	abi_vm_open(&self->vm, 0);					\
	abi_vcpu_add(&self->vm, 0, &self->vcpu);			\
} while (0)
#include "harness/any_fixture.h"

TEST_F(timer_alone, set)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(timers); i++)
		EXPECT_RULE(timer_set(&self->vcpu, timers[i].attr, FREE_PPI), "%s",
			    timers[i].name);
}

/* ---- the PMU's interrupt ---- */

#define PMU_FEATURE	(1U << KVM_ARM_VCPU_PMU_V3)
#define PMU		KVM_ARM_VCPU_PMU_V3_CTRL
#define PMU_IRQ		KVM_ARM_VCPU_PMU_V3_IRQ
#define PMU_INIT	KVM_ARM_VCPU_PMU_V3_INIT

#define RULE_FIXTURE	pmu
#define RULE_VARIANTS	DEVICE_GICS
#define RULE_NEEDS	NEED_PMU
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
#include "harness/gic_fixture.h"

static int set_pmu_irq(const struct abi_vcpu *vcpu, int irq)
{
	return irq_set(vcpu, PMU, PMU_IRQ, irq);
}

static int init_pmu(const struct abi_vcpu *vcpu)
{
	return abi_attr_set(vcpu->fd, PMU, PMU_INIT, NULL);
}

TEST_F(pmu, has)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	EXPECT_RULE(abi_attr_has(self->vcpu[0].fd, PMU, PMU_IRQ), "PMU_V3_IRQ");
	EXPECT_RULE(abi_attr_has(self->vcpu[0].fd, PMU, PMU_INIT), "PMU_V3_INIT");
}

TEST_F(pmu, has_unknown)
{
	unsigned int bit;

	OPEN_VM_WITH_GIC(PMU_FEATURE);
	for (bit = 3; bit < 64; bit++)
		EXPECT_RULE(abi_attr_has(self->vcpu[0].fd, PMU, 1ULL << bit), "attribute 0x%llx",
			    1ULL << bit);
}

TEST_F(pmu, without_feature)
{
	OPEN_VM_WITH_GIC(0);
	EXPECT_RULE(set_pmu_irq(&self->vcpu[0], FREE_PPI), "set the interrupt");
	EXPECT_RULE(irq_get(&self->vcpu[0], PMU, PMU_IRQ), "get the interrupt");
	EXPECT_RULE(init_pmu(&self->vcpu[0]), "PMU_V3_INIT");
}

TEST_F(pmu, has_without_feature)
{
	OPEN_VM_WITH_GIC(0);
	EXPECT_RULE(abi_attr_has(self->vcpu[0].fd, PMU, PMU_IRQ), "PMU_V3_IRQ");
	EXPECT_RULE(abi_attr_has(self->vcpu[0].fd, PMU, PMU_INIT), "PMU_V3_INIT");
}

/* Each PPI needs a new VM, because the interrupt can be set only once. */
TEST_F(pmu, each_ppi)
{
	int ppi;

	for (ppi = FIRST_PPI; ppi < NR_PRIVATE; ppi++) {
		OPEN_VM_WITH_GIC(PMU_FEATURE);
		ASSERT_OK(set_pmu_irq(&self->vcpu[0], ppi));
		EXPECT_RULE_WORD(holds(irq_get(&self->vcpu[0], PMU, PMU_IRQ) == ppi), "PPI %d",
				 ppi);
		abi_vm_close(&self->vm);
	}
}

/* KVM compares the SPI with the GIC's number of interrupts when the PMU is initialized. */
TEST_F(pmu, each_spi)
{
	static const int spis[] = { 32, 33, 64, 255, 512, 1019 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(spis); i++) {
		OPEN_VM_WITH_GIC(PMU_FEATURE);
		ASSERT_OK(set_pmu_irq(&self->vcpu[0], spis[i]));
		EXPECT_RULE_WORD(holds(irq_get(&self->vcpu[0], PMU, PMU_IRQ) == spis[i]),
				 "SPI %d", spis[i]);
		abi_vm_close(&self->vm);
	}
}

TEST_F(pmu, no_interrupt)
{
	static const int irqs[] = {
		0, 1, 15, 1020, 1023, 1024, 8192, 0x10000 | 20, 0x40000000 | 20, -1, -20,
	};
	unsigned int i;

	OPEN_VM_WITH_GIC(PMU_FEATURE);
	for (i = 0; i < ARRAY_SIZE(irqs); i++)
		EXPECT_RULE(set_pmu_irq(&self->vcpu[0], irqs[i]), "interrupt %d", irqs[i]);
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_PPI));
}

/* The second number is valid by itself, so that EBUSY is the only error. */
TEST_F(pmu, twice)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_PPI));
	EXPECT_RULE(set_pmu_irq(&self->vcpu[0], FREE_PPI), "the same PPI again");
	abi_vm_close(&self->vm);
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_SPI));
	EXPECT_RULE(set_pmu_irq(&self->vcpu[0], FREE_SPI + 1), "another SPI");
	ASSERT_EQ(FREE_SPI, irq_get(&self->vcpu[0], PMU, PMU_IRQ));
}

TEST_F(pmu, unset)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	EXPECT_RULE(irq_get(&self->vcpu[0], PMU, PMU_IRQ), "read before it is set");
}

TEST_F(pmu, bad_pointer)
{
	int fd;

	OPEN_VM_WITH_GIC(PMU_FEATURE);
	fd = self->vcpu[0].fd;
	EXPECT_RULE(abi_attr_set(fd, PMU, PMU_IRQ, NULL), "set from NULL");
	EXPECT_RULE(abi_attr_set(fd, PMU, PMU_IRQ, abi_edge_of_memory(2)), "set from 2 bytes");
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_PPI));
	EXPECT_RULE(abi_attr_get(fd, PMU, PMU_IRQ, NULL), "get to NULL");
	EXPECT_RULE(abi_attr_get(fd, PMU, PMU_IRQ, abi_edge_of_memory(2)), "get to 2 bytes");
}

TEST_F(pmu, same_ppi)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	EXPECT_RULE(set_pmu_irq(&self->vcpu[0], FREE_PPI), "vCPU 0");
	EXPECT_RULE(set_pmu_irq(&self->vcpu[1], FREE_PPI), "vCPU 1, the same PPI");
}

TEST_F(pmu, other_ppi)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_PPI));
	EXPECT_RULE(set_pmu_irq(&self->vcpu[1], OTHER_PPI), "vCPU 1, another PPI");
	ASSERT_OK(set_pmu_irq(&self->vcpu[1], FREE_PPI));
}

TEST_F(pmu, same_spi)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_SPI));
	EXPECT_RULE(set_pmu_irq(&self->vcpu[1], FREE_SPI), "vCPU 1, the same SPI");
	ASSERT_OK(set_pmu_irq(&self->vcpu[1], FREE_SPI + 1));
}

TEST_F(pmu, ppi_beside_spi)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_SPI));
	EXPECT_RULE(set_pmu_irq(&self->vcpu[1], FREE_PPI), "vCPU 1, a PPI");
}

TEST_F(pmu, spi_beside_ppi)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_PPI));
	EXPECT_RULE(set_pmu_irq(&self->vcpu[1], FREE_SPI), "vCPU 1, an SPI");
}

TEST_F(pmu, init)
{
	unsigned int vcpu;

	OPEN_VM_WITH_GIC(PMU_FEATURE);
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		ASSERT_OK(set_pmu_irq(&self->vcpu[vcpu], FREE_PPI));
	ASSERT_OK(vgic_init(self->vm.dev));
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		EXPECT_RULE(init_pmu(&self->vcpu[vcpu]), "vCPU %u", vcpu);
	ASSERT_OK(abi_vcpu_run(&self->vcpu[0]));
	abi_vm_close(&self->vm);
	/* SPIs, one for each vCPU. */
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		ASSERT_OK(set_pmu_irq(&self->vcpu[vcpu], FREE_SPI + vcpu));
	ASSERT_OK(vgic_init(self->vm.dev));
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		EXPECT_RULE(init_pmu(&self->vcpu[vcpu]), "vCPU %u, SPI %u", vcpu, FREE_SPI + vcpu);
	ASSERT_OK(abi_vcpu_run(&self->vcpu[0]));
}

TEST_F(pmu, init_before_gic)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_PPI));
	EXPECT_RULE(init_pmu(&self->vcpu[0]), "PMU_V3_INIT before KVM_DEV_ARM_VGIC_CTRL_INIT");
	ASSERT_OK(vgic_init(self->vm.dev));
	ASSERT_OK(init_pmu(&self->vcpu[0]));
}

TEST_F(pmu, init_without_irq)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	ASSERT_OK(vgic_init(self->vm.dev));
	EXPECT_RULE(init_pmu(&self->vcpu[0]), "PMU_V3_INIT without an interrupt");
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_PPI));
	ASSERT_OK(init_pmu(&self->vcpu[0]));
}

#define OPEN_VM_WITH_PMU() do {						\
	OPEN_VM_WITH_GIC(PMU_FEATURE);					\
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_PPI));		\
	ASSERT_OK(vgic_init(self->vm.dev));				\
	ASSERT_OK(init_pmu(&self->vcpu[0]));				\
} while (0)

TEST_F(pmu, init_twice)
{
	OPEN_VM_WITH_PMU();
	EXPECT_RULE(init_pmu(&self->vcpu[0]), "PMU_V3_INIT again");
}

TEST_F(pmu, irq_after_init)
{
	OPEN_VM_WITH_PMU();
	EXPECT_RULE(set_pmu_irq(&self->vcpu[0], OTHER_PPI), "set after PMU_V3_INIT");
	ASSERT_EQ(FREE_PPI, irq_get(&self->vcpu[0], PMU, PMU_IRQ));
}

/* KVM lets only one device drive an interrupt: the first device that claims it. */
TEST_F(pmu, irq_of_timer)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], TIMER_VIRTUAL_PPI));
	ASSERT_OK(vgic_init(self->vm.dev));
	ASSERT_OK(init_pmu(&self->vcpu[0]));
	EXPECT_RULE(abi_vcpu_run(&self->vcpu[0]), "KVM_RUN with the timer's PPI as the PMU's");
}

TEST_F(pmu, run_without_init)
{
	OPEN_VM_WITH_GIC(PMU_FEATURE);
	ASSERT_OK(set_pmu_irq(&self->vcpu[0], FREE_PPI));
	ASSERT_OK(vgic_init(self->vm.dev));
	EXPECT_RULE(abi_vcpu_run(&self->vcpu[0]), "KVM_RUN before PMU_V3_INIT");
}

/* ---- the PMU without a GIC ---- */

#define RULE_FIXTURE	pmu_alone
#define RULE_NEEDS	NEED_PMU
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu
#define RULE_PREPARE() do {						\
	abi_vm_open(&self->vm, 0);					\
	abi_vcpu_add_with(&self->vm, 0, &self->vcpu, PMU_FEATURE);	\
} while (0)
#include "harness/any_fixture.h"

TEST_F(pmu_alone, irq)
{
	EXPECT_RULE(set_pmu_irq(&self->vcpu, FREE_PPI), "set a PPI");
	EXPECT_RULE(set_pmu_irq(&self->vcpu, FREE_SPI), "set an SPI");
	EXPECT_RULE(irq_get(&self->vcpu, PMU, PMU_IRQ), "get the interrupt");
}

TEST_F(pmu_alone, init)
{
	EXPECT_RULE(init_pmu(&self->vcpu), "PMU_V3_INIT");
	ASSERT_OK(abi_vm_add_code(&self->vm));
	ASSERT_OK(abi_vcpu_run(&self->vcpu));
}

/* ---- a system whose vCPUs have no PMU ---- */

#define RULE_FIXTURE	no_pmu
#define RULE_NEEDS	NEED_NO_PMU
#include "harness/any_fixture.h"

TEST_F(no_pmu, init)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	int ret;

	abi_vm_open(&vm, 0);
	ASSERT_OK(abi_vcpu_create(&vm, 0, &vcpu));
	ret = abi_vcpu_init_with(&vm, &vcpu, PMU_FEATURE);
	EXPECT_RULE_WORD(ret == -EINVAL || ret == -ENOENT ? "REFUSED" : rule_outcome(ret),
			 "KVM_ARM_VCPU_INIT with a PMU");
	ASSERT_OK(abi_vcpu_init(&vm, &vcpu));
}

/* ---- stolen time ---- */

#define STOLEN		KVM_ARM_VCPU_PVTIME_CTRL
#define STOLEN_IPA	KVM_ARM_VCPU_PVTIME_IPA
#define STOLEN_BYTES	64ULL

#define RULE_FIXTURE	stolen
#define RULE_NEEDS	NEED_STOLEN
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
#define RULE_PREPARE() do {						\
	unsigned int vcpu_;						\
									\
	abi_vm_open(&self->vm, 0);					\
	for (vcpu_ = 0; vcpu_ < NR_VCPUS; vcpu_++)			\
		abi_vcpu_add(&self->vm, vcpu_, &self->vcpu[vcpu_]);	\
	ASSERT_OK(abi_vm_add_code(&self->vm));				\
} while (0)
#include "harness/any_fixture.h"

static int stolen_set(const struct abi_vcpu *vcpu, uint64_t ipa)
{
	return abi_attr_set(vcpu->fd, STOLEN, STOLEN_IPA, &ipa);
}

/* Each vCPU has its own address. */
TEST_F(stolen, accepted)
{
	unsigned int vcpu;
	uint64_t ipa = 0;

	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		EXPECT_RULE(stolen_set(&self->vcpu[vcpu], ABI_CODE_IPA + (vcpu + 1) * STOLEN_BYTES),
			    "vCPU %u", vcpu);
	ASSERT_OK(abi_attr_get(self->vcpu[1].fd, STOLEN, STOLEN_IPA, &ipa));
	ASSERT_EQ(ABI_CODE_IPA + 2 * STOLEN_BYTES, ipa);
	ASSERT_OK(abi_vcpu_run(&self->vcpu[0]));
}

TEST_F(stolen, misaligned)
{
	uint64_t bit;

	for (bit = 1; bit < STOLEN_BYTES; bit <<= 1)
		EXPECT_RULE(stolen_set(&self->vcpu[0], ABI_CODE_IPA + bit), "set 0x%llx",
			    (unsigned long long)(ABI_CODE_IPA + bit));
	ASSERT_OK(stolen_set(&self->vcpu[0], ABI_CODE_IPA));
}

TEST_F(stolen, twice)
{
	ASSERT_OK(stolen_set(&self->vcpu[0], ABI_CODE_IPA));
	EXPECT_RULE(stolen_set(&self->vcpu[0], ABI_CODE_IPA), "the same address again");
	EXPECT_RULE(stolen_set(&self->vcpu[0], ABI_CODE_IPA + STOLEN_BYTES), "another address");
}

TEST_F(stolen, no_memory)
{
	EXPECT_RULE(stolen_set(&self->vcpu[0], ABI_FREE_IPA), "an address outside of memory slots");
	EXPECT_RULE(stolen_set(&self->vcpu[0], abi_vm_limit(&self->vm)),
		    "an address outside the guest physical address space");
	ASSERT_OK(stolen_set(&self->vcpu[0], ABI_CODE_IPA));
}

TEST_F(stolen, unknown)
{
	uint64_t ipa = ABI_CODE_IPA;
	unsigned int bit;

	for (bit = 0; bit < 64; bit++)
		EXPECT_RULE(abi_attr_set(self->vcpu[0].fd, STOLEN, 1ULL << bit, &ipa),
			    "attribute 0x%llx", 1ULL << bit);
}

TEST_F(stolen, bad_pointer)
{
	EXPECT_RULE(abi_attr_set(self->vcpu[0].fd, STOLEN, STOLEN_IPA, NULL), "set from NULL");
	EXPECT_RULE(abi_attr_set(self->vcpu[0].fd, STOLEN, STOLEN_IPA, abi_edge_of_memory(4)),
		    "set from 4 bytes");
	EXPECT_RULE(abi_attr_get(self->vcpu[0].fd, STOLEN, STOLEN_IPA, NULL), "get to NULL");
}

#include "harness/rule_main.h"
