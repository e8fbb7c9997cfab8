// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random accesses of a guest's vCPUs to its GIC. Each value that they read is compared with a
 * model of the GIC, model/gic_model.h. After a mismatch, repetition in fresh VMs reduces the
 * accesses to a short sequence, which is printed.
 *
 * One thread runs the vCPUs in turn: while one vCPU runs, all others are in user space. So the
 * accesses have a defined order, and the model can predict their answers. Between two exits a vCPU
 * makes a batch of accesses. Guest memory holds the batch and the values that were read.
 *
 * Environment variables, which init sets from the kernel command line:
 *
 *	fuzz_accesses=	number of accesses
 *	fuzz_seed=	selects the sequence; 0 for a random one
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_polling.h"
#include "harness/rule_harness.h"
#include "model/fuzzing.h"
#include "model/gic_choice.h"
#include "model/gic_model.h"

/* Short enough for `make run`. */
#define DEFAULT_ACCESSES	6000
#define LIMIT_S			3600
#define PROGRESS		100000	/* accesses between two lines of progress */

#define EPOCH		4000	/* accesses in one VM */
#define SHRINK_RUNS	400	/* maximum number of VMs for the reduction of a mismatch */
#define BATCH		120	/* accesses between two exits, which fit into a page */

/* ---- the guest's side ---- */

static struct batch {
	unsigned int count;
	struct gic_access accesses[BATCH];
	uint32_t values[BATCH];
} batch __attribute__((aligned(0x1000)));

_Static_assert(sizeof(struct batch) <= 0x1000, "a batch is within a page");

static uint64_t frame_of(const struct gic_access *access)
{
	if (guest_gic.v3 && access->intid < 32)
		return guest_gic.cpu + (uint64_t)GICR_STRIDE * access->frame + GICR_SGI_FRAME;
	return guest_gic.dist;
}

static unsigned int offset_of(const struct gic_access *access)
{
	unsigned int intid = access->intid;

	switch (access->reg) {
	case GIC_MODEL_GROUP:
		return GICD_IGROUPR(intid);
	case GIC_MODEL_SENABLE:
		return GICD_ISENABLER(intid);
	case GIC_MODEL_CENABLE:
		return GICD_ICENABLER(intid);
	case GIC_MODEL_SPEND:
		return GICD_ISPENDR(intid);
	case GIC_MODEL_CPEND:
		return GICD_ICPENDR(intid);
	case GIC_MODEL_SACTIVE:
		return GICD_ISACTIVER(intid);
	case GIC_MODEL_CACTIVE:
		return GICD_ICACTIVER(intid);
	case GIC_MODEL_PRIORITY:
		return GICD_IPRIORITYR(intid);
	case GIC_MODEL_TARGET:
		return guest_gic.v3 ? GICV3_GICD_IROUTER(intid) :
				      GICD_ITARGETSR(0) + intid;
	case GIC_MODEL_CONFIG:
		return GICD_ICFGR(intid);
	case GIC_MODEL_SSGI:
		return GICD_SPENDSGIR(intid);
	default:
		return GICD_CPENDSGIR(intid);
	}
}

static uint32_t access_fields(const struct gic_access *access)
{
	uint64_t reg = frame_of(access) + offset_of(access);

	if (access->write && access->width == 1)
		guest_write_byte(reg, access->value);
	else if (access->write)
		guest_write(reg, access->value);
	else if (access->width == 1)
		return guest_read_byte(reg);
	else
		return guest_read(reg);
	return 0;
}

static void send_sgi(uint32_t value)
{
	unsigned int intid = value & 0xf;

	if (!guest_gic.v3)
		dist_write(GICD_SGIR, value);
	else if (value >> 24)
		gic_send_sgi_to_others(intid);
	else
		gic_send_sgi_to(intid, value >> 16 & 0xff);
}

/*
 * An exit without other effects, at which the hypervisor can fill list registers that have become
 * free. The maintenance interrupt that tells the hypervisor to do so may arrive later.
 */
static void settle(void)
{
	dist_write(GICD_ICENABLER(32), 0);
}

static uint32_t make_access(const struct gic_access *access)
{
	uint32_t value = 0;

	switch (access->reg) {
	case GIC_MODEL_CTLR:
		if (!access->write)
			return gic_is_enabled();
		if (access->value)
			gic_enable();
		else
			gic_disable();
		return 0;
	case GIC_MODEL_SGI:
		send_sgi(access->value);
		return 0;
	case GIC_MODEL_ACK:
		value = gic_read_iar();
		settle();
		return value;
	case GIC_MODEL_EOI:
		gic_eoi(access->value);
		settle();
		return 0;
	case GIC_MODEL_DEACTIVATE:
		gic_deactivate(access->value);
		settle();
		return 0;
	case GIC_MODEL_PMR:
		if (!access->write)
			return gic_priority_mask();
		gic_set_priority_mask(access->value);
		return 0;
	case GIC_MODEL_RPR:
		return gic_running_priority();
	case GIC_MODEL_CPU_ENABLE:
		if (guest_gic.v3)
			gicv3_icc_write(ICC_IGRPEN1, access->value);
		else
			cpu_write(GICC_CTLR, (cpu_read(GICC_CTLR) & ~1U) | access->value);
		return 0;
	case GIC_MODEL_EOIMODE:
		if (guest_gic.v3)
			gicv3_icc_write(ICC_CTLR, access->value ? 2 : 0);
		else
			cpu_write(GICC_CTLR, (cpu_read(GICC_CTLR) & ~GICC_CTLR_EOIMODE) |
					     (access->value ? GICC_CTLR_EOIMODE : 0));
		return 0;
	case GIC_MODEL_BPR:
		cpu_write(GICC_BPR, bpr_of(access->value));
		return 0;
	default:
		return access_fields(access);
	}
}

/* Sets the state of gic_model_init(). Other tests check the reset values. */
static void prepare_gic(void)
{
	unsigned int intid;

	start();
	cpu_write(GICC_BPR, bpr_of(5));
	cpu_write(GICC_PMR, 0xf8);
	if (guest_gic.v3)
		gicv3_icc_write(ICC_CTLR, 0);
	for (intid = 0; intid < GIC_MODEL_INTIDS; intid += 4)
		guest_write(gic_irq_base(intid) + GICD_IPRIORITYR(intid), 0);
	guest_write(gic_irq_base(0) + GICD_ISENABLER(0), 0xffff);
	if (guest_cpu())
		return;
	for (intid = 32; intid < GIC_MODEL_INTIDS; intid += 32)
		dist_write(GICD_IGROUPR(intid), guest_gic.v3 ? ~0U : 0);
	for (intid = 32; intid < GIC_MODEL_INTIDS; intid += 16)
		dist_write(GICD_ICFGR(intid), intid < 64 ? 0xaaaaaaaa : 0);
	for (intid = 32; intid < GIC_MODEL_INTIDS; intid++)
		gic_irq_route(intid, FIRST);
}

static void code(void)
{
	unsigned int i;

	prepare_gic();
	for (;;) {
		guest_request(0);
		for (i = 0; i < batch.count; i++)
			batch.values[i] = make_access(&batch.accesses[i]);
	}
}

/* ---- a VM and the model of its GIC ---- */

/**
 * struct mismatch - a value that is not the model's
 * @at: index of the access in the sequence
 */
struct mismatch {
	unsigned int at;
	struct gic_access access;
	struct gic_answer answer;
	uint32_t value;
};

/**
 * struct player - makes accesses in a VM, and compares the values that they read
 * @held:    accesses that the guest has not made yet, all of one vCPU
 * @places:  their indices in the sequence
 * @broken:  a vCPU failed to run
 * @differs: there was a mismatch, so that the model's state is no longer valid
 */
struct player {
	struct guest guest;
	struct gic_model model;
	unsigned int count;
	struct gic_access held[BATCH];
	struct gic_answer answers[BATCH];
	unsigned int places[BATCH];
	bool broken, differs;
	struct mismatch mismatch;
};

static const struct abi_kind *the_dist, *the_cpu;
static unsigned int left_out;

static bool is_kept(const char *rule, const char *variant)
{
	return !strcmp(rule_says(rule, variant), HELD);
}

/* The GIC_MODEL_* bits for rules that the running kernel is known to break. */
static unsigned int broken_rules(const char *variant)
{
	unsigned int broken = 0;

	if (!is_kept("vgic.distributor_off", variant))
		broken |= GIC_MODEL_NO_DISABLE;
	if (!is_kept("vgic.latch_acknowledged", variant))
		broken |= GIC_MODEL_NO_LATCH;
	/*
	 * With a GICv3, kernels that also break vgic.many_nested just run out of list registers,
	 * which cannot happen in the model's sequences.
	 */
	if (the_dist->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3 ?
	    !is_kept("vgic.many_dropped", variant) && is_kept("vgic.many_nested", variant) :
	    !is_kept("vgic.sgi_dropped", variant))
		broken |= GIC_MODEL_NO_EOIMODE;
	return broken;
}

/* Runs the vCPU until its guest has made the accesses of the batch. */
static bool run_vcpu(struct player *p, unsigned int cpu)
{
	struct kvm_vcpu *vcpu = p->guest.vcpus[cpu];
	struct ucall uc;
	int ret;

	do
		ret = __vcpu_run(vcpu);
	while (ret && errno == EINTR);
	if (!ret && get_ucall(vcpu, &uc) == UCALL_SYNC)
		return true;
	if (ret)
		fprintf(stderr, "vCPU %u: expected KVM_RUN to succeed, got %s\n", cpu,
			strerror(errno));
	else
		fprintf(stderr, "vCPU %u: expected the end of a batch, got exit reason %u\n", cpu,
			vcpu->run->exit_reason);
	p->broken = true;
	return false;
}

static void begin(struct player *p, struct __test_metadata *_metadata)
{
	unsigned int cpu;

	memset(p, 0, sizeof(*p));
	guest_create(&p->guest, GIC_MODEL_VCPUS, code);
	ASSERT_OK(guest_gic_place(&p->guest, the_dist, the_cpu, GUEST_DIST_IPA, GUEST_CPU_IPA));
	gic_model_init(&p->model, guest_gic.v3, left_out);
	GUEST_ADDR(&p->guest, batch)->count = 0;
	for (cpu = 0; cpu < GIC_MODEL_VCPUS && !p->broken; cpu++)
		run_vcpu(p, cpu);
}

static void finish(struct player *p)
{
	kvm_vm_free(p->guest.vm);
}

/*
 * A pending interrupt moves to another vCPU once the old target, and then the new one, has entered
 * the guest. The architecture does not bound the time of a move.
 */
static void let_all_run(struct player *p)
{
	unsigned int i;

	GUEST_ADDR(&p->guest, batch)->count = 0;
	for (i = 0; i < 2 * GIC_MODEL_VCPUS && !p->broken; i++)
		run_vcpu(p, i % GIC_MODEL_VCPUS);
}

/* Lets the guest make the accesses, and compares the values that it has read. */
static void flush_accesses(struct player *p)
{
	struct batch *shared = GUEST_ADDR(&p->guest, batch);
	unsigned int i, count = p->count;
	const struct gic_access *last;

	p->count = 0;
	if (!count || p->broken || p->differs)
		return;
	last = &p->held[count - 1];
	shared->count = count;
	memcpy(shared->accesses, p->held, count * sizeof(p->held[0]));
	if (!run_vcpu(p, last->cpu))
		return;
	for (i = 0; i < count; i++) {
		if (gic_model_agrees(&p->answers[i], shared->values[i]))
			continue;
		p->differs = true;
		p->mismatch = (struct mismatch) {
			.at = p->places[i], .access = p->held[i], .answer = p->answers[i],
			.value = shared->values[i],
		};
		return;
	}
	if (p->answers[count - 1].nr_choices > 1)
		gic_model_resolve(&p->model, last, shared->values[count - 1] & 0x1fff);
	if (gic_model_moves(last))
		let_all_run(p);
}

static void drive(struct player *p, const struct gic_access *access)
{
	uint32_t type = access->intid < 32 ? KVM_ARM_IRQ_TYPE_PPI : KVM_ARM_IRQ_TYPE_SPI;

	guest_set_line(&p->guest, VGIC_LINE(type, access->cpu, access->intid), access->value);
}

/*
 * Drives a line, or adds an access to those that the guest will make. Limits @access to bits with
 * a defined effect; false if none remain.
 */
static bool play(struct player *p, struct gic_access *access, unsigned int place)
{
	struct gic_answer answer;

	if (p->count && (p->count == BATCH || p->held[0].cpu != access->cpu ||
			 access->reg == GIC_MODEL_LINE))
		flush_accesses(p);
	if (p->broken || p->differs || !gic_model_fit(&p->model, access))
		return false;
	answer = gic_model_predict(&p->model, access);
	if (access->reg == GIC_MODEL_LINE) {
		drive(p, access);
		return true;
	}
	p->held[p->count] = *access;
	p->answers[p->count] = answer;
	p->places[p->count++] = place;
	if (answer.nr_choices > 1 || gic_model_moves(access))
		flush_accesses(p);
	return true;
}

/* ---- the shortest sequence ---- */

static struct player replayed;

/* True if the sequence shows a mismatch of the same register. */
static bool replay(const struct gic_access *accesses, unsigned int count,
		   const struct mismatch *like, struct __test_metadata *_metadata)
{
	struct gic_access access;
	unsigned int i;

	begin(&replayed, _metadata);
	for (i = 0; i < count && !replayed.differs && !replayed.broken; i++) {
		access = accesses[i];
		play(&replayed, &access, i);
	}
	flush_accesses(&replayed);
	finish(&replayed);
	return replayed.differs && replayed.mismatch.access.reg == like->access.reg;
}

/* Delta debugging: see fuzz.c. False if the sequence does not reproduce the mismatch. */
static bool shrink(struct gic_access *accesses, unsigned int *count, const struct mismatch *like,
		   struct __test_metadata *_metadata)
{
	static struct gic_access fewer[EPOCH];
	unsigned int runs = 1, chunk, i;

	if (!replay(accesses, *count, like, _metadata))
		return false;
	*count = replayed.mismatch.at + 1;
	for (chunk = *count / 2; chunk && runs < SHRINK_RUNS;
	     chunk = chunk > 1 ? (chunk + 1) / 2 : 0)
		for (i = 0; i + chunk < *count && runs < SHRINK_RUNS; runs++) {
			memcpy(fewer, accesses, i * sizeof(*fewer));
			memcpy(fewer + i, accesses + i + chunk,
			       (*count - i - chunk) * sizeof(*fewer));
			if (!replay(fewer, *count - chunk, like, _metadata)) {
				i += chunk;
				continue;
			}
			*count = replayed.mismatch.at + 1;
			memcpy(accesses, fewer, *count * sizeof(*fewer));
		}
	return true;
}

/* ---- reports ---- */

static void print_place(char *text, size_t size, const struct gic_access *access)
{
	int n = snprintf(text, size, "vCPU %u: %s", access->cpu, gic_model_names[access->reg]);

	if (access->reg == GIC_MODEL_LINE || access->reg >= GIC_MODEL_GROUP)
		n += snprintf(text + n, size - n, " of INTID %u", access->intid);
	if (guest_gic.v3 && access->reg >= GIC_MODEL_GROUP && access->intid < 32)
		n += snprintf(text + n, size - n, " in redistributor %u", access->frame);
	if (access->width == 1)
		snprintf(text + n, size - n, ", a byte");
}

static void print_expected(char *text, size_t size, const struct gic_answer *answer)
{
	unsigned int i;
	int n;

	if (!answer->nr_choices) {
		snprintf(text, size, "0x%x", answer->value);
		return;
	}
	n = snprintf(text, size, "0x%x", answer->choices[0]);
	for (i = 1; i < answer->nr_choices && n < (int)size - 12; i++)
		n += snprintf(text + n, size - n, " or 0x%x", answer->choices[i]);
}

static void print_mismatch(const struct mismatch *mm)
{
	char place[80], expected[120];

	print_place(place, sizeof(place), &mm->access);
	print_expected(expected, sizeof(expected), &mm->answer);
	fprintf(stderr, "%s: expected %s, got 0x%x\n", place, expected,
		mm->value & mm->answer.mask);
}

/* Prints a file for the results; tools/reproducers.py collects it. */
static void print_accesses(unsigned int number, const struct gic_access *accesses,
			   unsigned int count)
{
	static struct gic_model model;
	char place[80], expected[120];
	unsigned int i;

	fprintf(stderr, "reproducer %u.txt\n", number);
	gic_model_init(&model, guest_gic.v3, left_out);
	for (i = 0; i < count; i++) {
		struct gic_access access = accesses[i];
		struct gic_answer answer;

		if (!gic_model_fit(&model, &access))
			continue;
		answer = gic_model_predict(&model, &access);
		if (answer.nr_choices > 1)
			gic_model_resolve(&model, &access, answer.choices[0]);
		print_place(place, sizeof(place), &access);
		print_expected(expected, sizeof(expected), &answer);
		if (answer.mask)
			fprintf(stderr, "| %s: reads %s under 0x%x\n", place, expected,
				answer.mask);
		else
			fprintf(stderr, "| %s: %s0x%x\n", place, access.write ? "write " : "",
				access.value);
	}
}

/* ---- the test ---- */

#define RULE_FIXTURE	accesses
#define RULE_VARIANTS	(DEVATTR_V2 | DEVATTR_V3)
#include "harness/gic_fixture.h"

/* Acknowledged interrupts of each kind. */
static unsigned long acked_sgis, acked_ppis, acked_spis, nested;

static void count_acks(const struct gic_model *before, const struct gic_model *after)
{
	unsigned int cpu, intid;

	for (cpu = 0; cpu < GIC_MODEL_VCPUS; cpu++) {
		const struct gic_model_cpu *now = &after->cpus[cpu];

		if (now->nr_acked <= before->cpus[cpu].nr_acked)
			continue;
		intid = now->acked[now->nr_acked - 1].intid;
		acked_sgis += intid < 16;
		acked_ppis += intid >= 16 && intid < 32;
		acked_spis += intid >= 32;
		nested += now->nr_acked > 1;
	}
}

TEST_F_TIMEOUT(accesses, sequences, LIMIT_S)
{
	static struct gic_access all[EPOCH];
	static struct player player;
	static struct gic_model before;
	struct gic_access access;
	unsigned long done = 0, accesses = env_number("fuzz_accesses", DEFAULT_ACCESSES);
	unsigned int count = 0;
	uint32_t seed = fuzz_seed();

	the_dist = variant->dist;
	the_cpu = variant->cpu;
	left_out = broken_rules(variant->name);
	gic_choice_begin(seed);
	ASSERT_LT(0, accesses)
		TH_LOG("fuzz_accesses: expected a number above 0, got %s", getenv("fuzz_accesses"));
	fprintf(stderr, "%lu accesses, fuzz_seed=%u\n", accesses, seed);
	begin(&player, _metadata);
	while (done < accesses && !player.differs && !player.broken) {
		/* A copy, because play() changes its argument, and replay() needs the original. */
		all[count] = gic_choose(guest_gic.v3);
		access = all[count];
		before = player.model;
		if (!play(&player, &access, count))
			continue;
		count_acks(&before, &player.model);
		if (++done % PROGRESS == 0)
			fprintf(stderr, "%lu of %lu accesses\n", done, accesses);
		if (++count < EPOCH)
			continue;
		flush_accesses(&player);
		if (player.differs || player.broken)
			break;
		finish(&player);
		begin(&player, _metadata);
		count = 0;
	}
	flush_accesses(&player);
	finish(&player);
	if (player.differs) {
		struct mismatch first = player.mismatch;

		count = first.at + 1;
		print_mismatch(&first);
		fprintf(stderr, "access %lu, to repeat it: make fuzz SEED=%u OPS=%lu\n", done, seed,
			done);
		if (shrink(all, &count, &first, _metadata))
			print_accesses(1, all, count);
		else
			fprintf(stderr,
				"the same %u accesses in a fresh VM do not show the mismatch\n",
				count);
	}
	fprintf(stderr, "acknowledged: %lu SGIs, %lu PPIs, %lu SPIs; %lu of them nested\n",
		acked_sgis, acked_ppis, acked_spis, nested);
	EXPECT_RULE_WORD(player.differs || player.broken ? BROKEN : HELD,
			 "%lu accesses of seed %u", done, seed);
	/* A sequence without interrupts of each kind would show nothing. */
	if (!player.differs && accesses >= DEFAULT_ACCESSES)
		ASSERT_TRUE(acked_sgis && acked_ppis && acked_spis && nested);
}

#include "harness/rule_main.h"
