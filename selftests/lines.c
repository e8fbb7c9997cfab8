// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_IRQ_LINE: valid and invalid lines, their levels, and their effect on a guest, with a GIC in
 * the kernel and without.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "abi/abi.h"
#include "abi/thread_state.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_gic.h"
#include "guest/guest_timer.h"
#include "harness/rule_harness.h"

#define IRQS_DEFAULT	256

/* A VM with a GIC and one vCPU. */
#define OPEN_VM_WITH_GIC(vm, vcpu) do {					\
	abi_vm_open(vm, 0);						\
	ASSERT_OK(abi_gic_create(vm, variant->dist));			\
	abi_vcpu_add(vm, 0, vcpu);					\
} while (0)

/* The same VM, initialized: the vCPU has run. */
#define OPEN_VM_WITH_LINES(vm, vcpu) do {				\
	OPEN_VM_WITH_GIC(vm, vcpu);					\
	ASSERT_OK(abi_addr_set(vm, variant->dist, ABI_DIST_IPA));	\
	ASSERT_OK(abi_addr_set(vm, variant->cpu, ABI_FREE_IPA));	\
	ASSERT_OK(abi_vm_add_code(vm));					\
	if ((vm)->dev >= 0) {						\
		ASSERT_OK(vgic_init((vm)->dev));			\
	}								\
	ASSERT_OK(abi_vcpu_run(vcpu));					\
} while (0)

/* ---- KVM_IRQ_LINE ---- */

#define RULE_FIXTURE	irq_line
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#include "harness/gic_fixture.h"

#define CPU	KVM_ARM_IRQ_TYPE_CPU
#define SPI	KVM_ARM_IRQ_TYPE_SPI
#define PPI	KVM_ARM_IRQ_TYPE_PPI

TEST_F(irq_line, accepted)
{
	static const uint32_t lines[] = {
		VGIC_LINE(SPI, 0, 32), VGIC_LINE(SPI, 0, 100),
		VGIC_LINE(SPI, 0, IRQS_DEFAULT - 1),
		VGIC_LINE(PPI, 0, 16), VGIC_LINE(PPI, 0, 31),
	};
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int i;

	OPEN_VM_WITH_LINES(&vm, &vcpu);
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		EXPECT_RULE(vgic_irq_line(vm.fd, lines[i], 1), "raise 0x%x", lines[i]);
		EXPECT_RULE(vgic_irq_line(vm.fd, lines[i], 1), "raise 0x%x again", lines[i]);
		EXPECT_RULE(vgic_irq_line(vm.fd, lines[i], 0), "lower 0x%x", lines[i]);
		EXPECT_RULE(vgic_irq_line(vm.fd, lines[i], 0), "lower 0x%x again", lines[i]);
	}
}

TEST_F(irq_line, spi_too_low)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int intid;

	OPEN_VM_WITH_LINES(&vm, &vcpu);
	for (intid = 0; intid < 32; intid++)
		EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(SPI, 0, intid), 1),
			    "SPI %u", intid);
	ASSERT_OK(vgic_irq_line(vm.fd, VGIC_LINE(SPI, 0, 32), 1));
}

/* Skipped on kernels that warn: a warning in the kernel log fails the run. */
TEST_F(irq_line, spi_too_high)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int bit;

	rule_skip_where_known(&self->run, "WARNS");
	OPEN_VM_WITH_LINES(&vm, &vcpu);
	EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(SPI, 0, IRQS_DEFAULT), 1),
		    "SPI %u of %u interrupts", IRQS_DEFAULT, IRQS_DEFAULT);
	for (bit = 9; bit < 16; bit++)
		EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(SPI, 0, 1U << bit | 40), 1),
			    "SPI %u", 1U << bit | 40);
	EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(SPI, 0, 0xffff), 1), "SPI 65535");
	ASSERT_OK(vgic_irq_line(vm.fd, VGIC_LINE(SPI, 0, IRQS_DEFAULT - 1), 1));
}

/* The vCPU's number is ignored for SPIs. */
TEST_F(irq_line, spi_of_any_vcpu)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int bit;

	OPEN_VM_WITH_LINES(&vm, &vcpu);
	for (bit = 0; bit < 8; bit++)
		EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(SPI, 1U << bit, 32), 1),
			    "SPI 32, vCPU %u in a VM with one", 1U << bit);
}

TEST_F(irq_line, ppi_out_of_range)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int intid;

	OPEN_VM_WITH_LINES(&vm, &vcpu);
	for (intid = 0; intid < 64; intid++)
		if (intid < 16 || intid > 31)
			EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(PPI, 0, intid), 1),
				    "PPI %u", intid);
	EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(PPI, 0, 0x8010), 1), "PPI 32784");
}

TEST_F(irq_line, ppi_of_unknown_vcpu)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int bit;

	OPEN_VM_WITH_LINES(&vm, &vcpu);
	for (bit = 0; bit < 8; bit++)
		EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(PPI, 1U << bit, 20), 1),
			    "PPI 20 of vCPU %u in a VM with one", 1U << bit);
	ASSERT_OK(vgic_irq_line(vm.fd, VGIC_LINE(PPI, 0, 20), 1));
}

/* Bits 31 to 28 extend the vCPU's number, or the type on older kernels. */
TEST_F(irq_line, ppi_of_vcpu_256)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int bit;

	OPEN_VM_WITH_LINES(&vm, &vcpu);
	for (bit = 28; bit < 32; bit++)
		EXPECT_RULE(vgic_irq_line(vm.fd, 1U << bit | VGIC_LINE(PPI, 0, 20), 1),
			    "bit %u of KVM_IRQ_LINE's irq", bit);
}

TEST_F(irq_line, cpu_beside_gic)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int irq;

	OPEN_VM_WITH_LINES(&vm, &vcpu);
	for (irq = 0; irq < 2; irq++)
		EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(CPU, 0, irq), 1),
			    "%s of a vCPU with a GIC", irq ? "FIQ" : "IRQ");
}

TEST_F(irq_line, unknown_type)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;
	unsigned int type;

	OPEN_VM_WITH_LINES(&vm, &vcpu);
	for (type = 3; type < 16; type++)
		EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(type, 0, 32), 1), "type %u", type);
}

TEST_F(irq_line, bad_pointer)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_LINES(&vm, &vcpu);
	EXPECT_RULE(abi_ioctl(vm.fd, KVM_IRQ_LINE, NULL), "KVM_IRQ_LINE with NULL");
	EXPECT_RULE(abi_ioctl(vm.fd, KVM_IRQ_LINE, abi_edge_of_memory(4)),
		    "KVM_IRQ_LINE with 4 bytes");
}

/* A GICv2 is initialized on demand, a GICv3 only explicitly. */
TEST_F(irq_line, not_initialized)
{
	struct abi_vcpu vcpu;
	struct abi_vm vm;

	OPEN_VM_WITH_GIC(&vm, &vcpu);
	EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(SPI, 0, 32), 1), "SPI 32");
	EXPECT_RULE(vgic_irq_line(vm.fd, VGIC_LINE(PPI, 0, 20), 1), "PPI 20");
}

#define TIMER_PPI	27
#define PHYSICAL_TIMER_PPI	30
#define OTHER_PPI	20

/* The result of KVM_IRQ_LINE does not matter here. */
TEST_F(irq_line, first_initializes)
{
	static const unsigned int lines[] = {
		VGIC_LINE(SPI, 0, 32), VGIC_LINE(PPI, 0, OTHER_PPI),
		VGIC_LINE(PPI, 0, TIMER_PPI), VGIC_LINE(PPI, 0, 30),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		struct abi_vcpu vcpu, second;
		struct abi_vm vm;

		OPEN_VM_WITH_GIC(&vm, &vcpu);
		vgic_irq_line(vm.fd, lines[i], 1);
		EXPECT_RULE(abi_vcpu_create(&vm, 1, &second),
			    "KVM_CREATE_VCPU after KVM_IRQ_LINE of 0x%x", lines[i]);
		abi_vm_close(&vm);
	}
}

/* Reads which PPIs are pending after the host has raised them. */
static void check_ppis(void)
{
	guest_request(0);
	guest_expect("PPI 20 is pending", true, gic_irq_is_pending(OTHER_PPI));
	guest_expect("the virtual timer's PPI is pending", false,
		     gic_irq_is_pending(TIMER_PPI));
	guest_expect("the physical timer's PPI is pending", false,
		     gic_irq_is_pending(PHYSICAL_TIMER_PPI));
	guest_done();
}

static void raise_ppis(struct guest *guest, unsigned int request)
{
	static const unsigned int ppis[] = { TIMER_PPI, PHYSICAL_TIMER_PPI, OTHER_PPI };
	unsigned int i;
	int ret;

	(void)request;
	for (i = 0; i < ARRAY_SIZE(ppis); i++) {
		ret = vgic_irq_line(guest->abi.fd, VGIC_LINE(PPI, 0, ppis[i]), 1);
		TEST_ASSERT(!ret, "KVM_IRQ_LINE for PPI %u: expected OK, got %s", ppis[i],
			    rule_outcome(ret));
	}
}

/* KVM drives the timers' PPIs and ignores KVM_IRQ_LINE for them. */
TEST_F(irq_line, ppi_of_timer)
{
	struct guest guest = { 0 };

	guest_create(&guest, 1, check_ppis);
	ASSERT_OK(guest_gic_place(&guest, variant->dist, variant->cpu, ABI_DIST_IPA,
				  ABI_FREE_IPA));
	guest.on_request = raise_ppis;
	EXPECT_RULE_WORD(guest_run(&guest) ? "IGNORED" : "HEARD",
			 "PPIs %u and %u raised by KVM_IRQ_LINE", TIMER_PPI, PHYSICAL_TIMER_PPI);
}

/* All levels but 0 raise the line: tries each bit alone. */
static void check_levels(void)
{
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		guest_request(1U << bit);
		guest_expect("PPI 20 is pending", true, gic_irq_is_pending(OTHER_PPI));
		guest_request(0);
		guest_expect("PPI 20 is pending after its line was lowered", false,
			     gic_irq_is_pending(OTHER_PPI));
	}
	guest_done();
}

static void set_level(struct guest *guest, unsigned int level)
{
	int ret = vgic_irq_line(guest->abi.fd, VGIC_LINE(PPI, 0, OTHER_PPI), level);

	TEST_ASSERT(!ret, "KVM_IRQ_LINE with level 0x%x: expected OK, got %s", level,
		    rule_outcome(ret));
}

TEST_F(irq_line, each_level)
{
	struct guest guest = { 0 };

	guest_create(&guest, 1, check_levels);
	ASSERT_OK(guest_gic_place(&guest, variant->dist, variant->cpu, ABI_DIST_IPA,
				  ABI_FREE_IPA));
	guest.on_request = set_level;
	EXPECT_RULE_WORD(holds(guest_run(&guest)), "levels of one bit");
}

/* ---- without a GIC ---- */

enum request {
	RAISE_IRQ,
	RAISE_IRQ_WHEN_ASLEEP,
	RAISE_FIQ_WHEN_ASLEEP,
	LOWER_IRQ,
};

static volatile unsigned int taken;

/* ISR.F; guest_irq_is_signalled() returns ISR.I. */
static bool fiq_is_signalled(void)
{
#ifdef __aarch64__
	return read_sysreg(isr_el1) >> 6 & 1;
#else
	return read_cp15(0, 12, 1, 0) >> 6 & 1;
#endif
}

static void handle_irq(void)
{
	guest_request(LOWER_IRQ);
	guest_expect("the IRQ input when it was lowered", false, guest_irq_is_signalled());
	taken++;
}

static void follow_line(void)
{
	guest_expect("the IRQ input before it was raised", false, guest_irq_is_signalled());
	guest_request(RAISE_IRQ);
	guest_expect("the IRQ input when it was raised", true, guest_irq_is_signalled());
	guest_expect("interrupts while they are masked", 0, taken);
	guest_irqs_on();
	guest_await("the interrupt", &taken, 1);
	guest_irqs_off();
	guest_expect("interrupts", 1, taken);
	guest_done();
}

static void sleep_for_line(void)
{
	guest_request(RAISE_IRQ_WHEN_ASLEEP);
	while (!guest_irq_is_signalled())
		guest_wfi();
	guest_done();
}

/* The guest masks FIQs, which end WFI regardless. */
static void sleep_for_fiq(void)
{
	guest_request(RAISE_FIQ_WHEN_ASLEEP);
	while (!fiq_is_signalled())
		guest_wfi();
	guest_expect("the IRQ input", false, guest_irq_is_signalled());
	guest_done();
}

static void drive_input(const struct guest *guest, unsigned int input, unsigned int level)
{
	int ret = vgic_irq_line(guest->abi.fd, VGIC_LINE(CPU, 0, input), level);

	TEST_ASSERT(!ret, "KVM_IRQ_LINE for input %u: expected OK, got %s", input,
		    rule_outcome(ret));
}

/**
 * struct sleeper - a vCPU's thread that is expected to sleep in WFI
 * @guest:  the guest
 * @input:  the input to raise, KVM_ARM_IRQ_CPU_*
 * @thread: the thread
 */
struct sleeper {
	const struct guest *guest;
	unsigned int input;
	pid_t thread;
};

/*
 * Polls until the thread sleeps. WFI is a hint, so a kernel may never put the thread to sleep: the
 * number of polls is limited, and the line is raised in any case.
 */
static void *raise_when_asleep(void *arg)
{
	struct sleeper *sleeper = arg;
	unsigned int polls;

	for (polls = 0; polls < 10000 && !thread_sleeps(sleeper->thread); polls++)
		sched_yield();
	drive_input(sleeper->guest, sleeper->input, 1);
	return NULL;
}

static void serve_line(struct guest *guest, unsigned int request)
{
	static struct sleeper sleeper;
	pthread_t thread;

	switch (request) {
	case RAISE_IRQ_WHEN_ASLEEP:
	case RAISE_FIQ_WHEN_ASLEEP:
		sleeper.guest = guest;
		sleeper.input = request == RAISE_FIQ_WHEN_ASLEEP ? KVM_ARM_IRQ_CPU_FIQ :
								   KVM_ARM_IRQ_CPU_IRQ;
		sleeper.thread = thread_self();
		TEST_ASSERT(!pthread_create(&thread, NULL, raise_when_asleep, &sleeper),
			    "pthread_create failed");
		pthread_detach(thread);
		break;
	default:
		drive_input(guest, KVM_ARM_IRQ_CPU_IRQ, request == RAISE_IRQ);
	}
}

FIXTURE(no_gic)
{
	struct rule_run run;
	struct abi_vm vm;
	struct abi_vcpu vcpu;
};

FIXTURE_VARIANT(no_gic)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(no_gic, any)
{
	.name = "any",
};

FIXTURE_SETUP(no_gic)
{
	RULE_SETUP("no_gic");
	abi_vm_open(&self->vm, 0);
	abi_vcpu_add(&self->vm, 0, &self->vcpu);
}

FIXTURE_TEARDOWN(no_gic)
{
	rule_end(&self->run);
}

TEST_F(no_gic, interrupt)
{
	EXPECT_RULE(vgic_irq_line(self->vm.fd, VGIC_LINE(SPI, 0, 32), 1), "SPI 32");
	EXPECT_RULE(vgic_irq_line(self->vm.fd, VGIC_LINE(PPI, 0, 20), 1), "PPI 20");
}

TEST_F(no_gic, cpu_line)
{
	unsigned int irq, level;

	for (irq = 0; irq < 2; irq++)
		for (level = 2; level--; )
			EXPECT_RULE(vgic_irq_line(self->vm.fd, VGIC_LINE(CPU, 0, irq), level),
				    "%s to %u", irq ? "FIQ" : "IRQ", level);
}

static void check_cpu_levels(void)
{
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		guest_request(1U << bit);
		guest_expect("the IRQ input", true, guest_irq_is_signalled());
		guest_request(0);
		guest_expect("the IRQ input when it was lowered", false, guest_irq_is_signalled());
	}
	guest_done();
}

static void set_cpu_level(struct guest *guest, unsigned int level)
{
	int ret = vgic_irq_line(guest->abi.fd, VGIC_LINE(CPU, 0, 0), level);

	TEST_ASSERT(!ret, "KVM_IRQ_LINE with level 0x%x: expected OK, got %s", level,
		    rule_outcome(ret));
}

TEST_F(no_gic, each_level)
{
	struct guest guest = { .on_request = set_cpu_level };

	guest_create(&guest, 1, check_cpu_levels);
	EXPECT_RULE_WORD(holds(guest_run(&guest)), "levels of one bit");
}

#define OUTCOME_WITHOUT_GIC(code)	({				\
	struct guest guest = { .on_request = serve_line };		\
									\
	guest_create(&guest, 1, code);					\
	guest_on_irq(&guest, handle_irq);					\
	holds(guest_run(&guest)); })

TEST_F(no_gic, cpu_line_taken)
{
	EXPECT_RULE_WORD(OUTCOME_WITHOUT_GIC(follow_line), "IRQ input raised and lowered");
}

TEST_F(no_gic, cpu_line_wakes)
{
	EXPECT_RULE_WORD(OUTCOME_WITHOUT_GIC(sleep_for_line), "IRQ input raised during WFI");
}

TEST_F(no_gic, fiq_line_wakes)
{
	EXPECT_RULE_WORD(OUTCOME_WITHOUT_GIC(sleep_for_fiq), "FIQ input raised during WFI");
}

TEST_F(no_gic, cpu_line_unknown)
{
	unsigned int bit;

	for (bit = 1; bit < 16; bit++)
		EXPECT_RULE(vgic_irq_line(self->vm.fd, VGIC_LINE(CPU, 0, 1U << bit), 1),
			    "line %u of a vCPU", 1U << bit);
}

TEST_F(no_gic, cpu_line_of_unknown_vcpu)
{
	unsigned int bit;

	for (bit = 0; bit < 8; bit++)
		EXPECT_RULE(vgic_irq_line(self->vm.fd, VGIC_LINE(CPU, 1U << bit, 0), 1),
			    "IRQ of vCPU %u in a VM with one", 1U << bit);
}

TEST_F(no_gic, type_counts_first)
{
	EXPECT_RULE(vgic_irq_line(self->vm.fd, VGIC_LINE(SPI, 0, 5), 1), "SPI 5");
	EXPECT_RULE(vgic_irq_line(self->vm.fd, VGIC_LINE(PPI, 0, 5), 1), "PPI 5");
	EXPECT_RULE(vgic_irq_line(self->vm.fd, VGIC_LINE(PPI, 9, 20), 1), "PPI of vCPU 9");
}

#include "harness/rule_main.h"
