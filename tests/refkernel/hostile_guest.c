// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hostile guests: all coprocessor instructions, all kinds of accesses around their memory and
 * their GIC, guests that break their own vectors, page tables or GIC, and several vCPUs that
 * write random values to the GIC. The host must log no warning, lose no memory and continue to
 * schedule, and guard pages beside the guest's memory must not change.
 *
 *   hostile_guest [--list] [--tests PATTERN]	(all tests always run)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/time.h>

#include "chance.h"
#include "test_guest.h"

#define RAM_SIZE	0x10000U
#define GUARD_SIZE	0x10000U	/* of the guard on each side of the guest's memory */
#define GUARD_BYTE	0xa5
#define START_IPA	(CODE_IPA + 0x100)
#define SLOT_IPA	(CODE_IPA + 0x1000)	/* where the instruction goes */
#define STACK_IPA	(CODE_IPA + 0x8000)
#define VCPUS		4

/* A vCPU that runs for longer without an exit counts as stuck, which is not a failure. */
#define STUCK_US	10000
#define ANSWER_MS	15000	/* limit of a heartbeat, see heartbeat_end() */
#define SLACK_KIB	768L	/* noise in a measurement of free memory */

/* ---- guest code ---- */

/*
 * At CODE_IPA: vectors that store 1 at EXIT_IPA. At START_IPA: code that runs in Supervisor mode
 * and loads all registers and the mode from the words after it; setting them from user space would
 * take a system call each. At SLOT_IPA: the instruction, then a store of 0xff to EXIT_IPA.
 *
 * A batch of instructions: the vectors count undefined instructions in r9 and return, and the
 * code after the instructions stores r9.
 *
 * The storm: a loop that writes random words to random registers of the GIC, with a handler that
 * does not deactivate every interrupt.
 */
extern const char vectors[], vectors_end[], start[], start_end[], after[], after_end[],
	counting[], counting_end[], after_count[], after_count_end[], storm[], storm_end[];

/* Data at start_end. */
struct start_values {
	uint32_t vbar, cpsr, r[15];
};

asm("	.pushsection .rodata\n"
    "	.arm\n"
    "	.balign 32\n"
    "vectors:\n"
    "	.rept 8\n"
    "	b 1f\n"
    "	.endr\n"
    "1:	ldr r1, 2f\n"
    "	mov r0, #1\n"
    "	str r0, [r1]\n"
    "	b 1b\n"
    "2:	.word 0x50000000\n"
    "vectors_end:\n"

    "start:\n"
    "	adr lr, start_end\n"
    "	ldm lr!, {r0, r1}\n"
    "	mcr p15, 0, r0, c12, c0, 0\n"	/* VBAR */
    "	isb\n"
    "	mov r2, lr\n"
    "	msr cpsr_c, r1\n"
    "	mov lr, r2\n"
    "	ldm lr, {r0-r12}\n"
    "	ldr sp, [lr, #52]\n"
    "	ldr lr, [lr, #56]\n"
    "	b start + 0xf00\n"
    "start_end:\n"

    "	.balign 32\n"
    "counting:\n"
    "	b 21f\n"
    "	b 20f\n"
    "	.rept 6\n"
    "	b 21f\n"
    "	.endr\n"
    "20:	add r9, r9, #1\n"
    "	movs pc, lr\n"
    "21:	ldr r1, 22f\n"
    "	mvn r0, #0\n"
    "	str r0, [r1]\n"
    "	b 21b\n"
    "22:	.word 0x50000000\n"
    "counting_end:\n"

    "after_count:\n"
    "	ldr r1, 23f\n"
    "	str r9, [r1]\n"
    "	b after_count\n"
    "23:	.word 0x50000000\n"
    "after_count_end:\n"

    "after:\n"
    "	ldr r1, 3f\n"
    "	mov r0, #0xff\n"
    "	str r0, [r1]\n"
    "	b after\n"
    "3:	.word 0x50000000\n"
    "after_end:\n"

    /* r4: state of a generator, r5: distributor, r6: CPU interface, r7: address of a counter */
    "	.balign 32\n"
    "storm:\n"
    "	b 5f\n"
    "	b 5f\n"
    "	b 5f\n"
    "	b 5f\n"
    "	b 5f\n"
    "	nop\n"
    "	b 6f\n"
    "	b 6f\n"
    /* any other exception: start again, in the current mode */
    "5:	ldr sp, 9f\n"
    "	b 7f\n"
    "6:	ldr r0, [r6, #12]\n"		/* GICC_IAR */
    "	tst r4, #0x10000\n"
    "	strne r0, [r6, #16]\n"		/* GICC_EOIR */
    "	tst r4, #0x20000\n"
    "	addne r1, r6, #0x1000\n"
    "	strne r0, [r1]\n"		/* GICC_DIR */
    "	subs pc, lr, #4\n"
    "	.globl storm_begin\n"
    "storm_begin:\n"
    "7:	ldr r0, 8f\n"
    "	mcr p15, 0, r0, c12, c0, 0\n"	/* VBAR */
    "	cpsie aif\n"
    "10:	ldr r0, 11f\n"
    "	mul r4, r4, r0\n"
    "	movw r0, #12345\n"
    "	add r4, r4, r0\n"
    "	lsr r1, r4, #20\n"		/* a register of the distributor */
    "	bic r1, r1, #3\n"
    "	lsr r2, r4, #8\n"
    "	and r2, r2, #7\n"
    "	cmp r2, #1\n"
    "	strlo r4, [r5, r1]\n"
    "	ldreq r0, [r5, r1]\n"
    "	blo 10b\n"
    "	beq 10b\n"
    "	cmp r2, #3\n"
    "	lsrlo r1, r1, #4\n"		/* a register of the CPU interface */
    "	biclo r1, r1, #3\n"
    "	strlo r4, [r6, r1]\n"
    "	cmp r2, #3\n"
    "	ldreq r0, 12f\n"		/* an SGI to all others */
    "	streq r0, [r5, #0xf00]\n"
    "	cmp r2, #4\n"
    "	moveq r0, #3\n"
    "	streq r0, [r5]\n"		/* enable the GIC again, or interrupts would cease */
    "	moveq r0, #0xff\n"
    "	streq r0, [r6, #4]\n"
    "	moveq r0, #3\n"
    "	streq r0, [r6]\n"
    "	cmp r2, #5\n"
    /*
     * Only values in the future: QEMU 7.2 turns a compare value that wraps into a timer that
     * fires forever, and hangs.
     */
    "	lsreq r0, r4, #12\n"
    "	mcreq p15, 0, r0, c14, c3, 0\n"	/* CNTV_TVAL */
    "	moveq r0, #1\n"
    "	mcreq p15, 0, r0, c14, c3, 1\n"	/* CNTV_CTL */
    "	tst r4, #0xff0\n"
    "	wfieq\n"
    "	ldr r3, [r7]\n"			/* progress, for the host */
    "	add r3, r3, #1\n"
    "	str r3, [r7]\n"
    "	b 10b\n"
    "8:	.word 0x40000000\n"
    "9:	.word 0x40008000\n"
    "11:	.word 1664525\n"
    "12:	.word 0x01000001\n"
    "storm_end:\n"
    "	.popsection\n");

/* ---- a guest ---- */

struct guest {
	struct vm vm;
	uint8_t *all;		/* guard, memory, guard */
	uint8_t *ram;
};

#define FEATURES	(1U << KVM_ARM_VCPU_PSCI_0_2)
#define CPSR_SVC	0x1d3
#define CPSR_USER	0x1d0

/* Resets a vCPU to its initial state. */
static bool reset(struct guest *g, unsigned int i)
{
	return init_vcpu(g->vm.fd, g->vm.vcpu[i], FEATURES);
}

static bool create(struct guest *g, unsigned int nr_vcpus)
{
	unsigned int i;

	g->all = mmap(NULL, RAM_SIZE + 2 * GUARD_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(g->all, GUARD_BYTE, RAM_SIZE + 2 * GUARD_SIZE);
	g->ram = g->all + GUARD_SIZE;
	memset(g->ram, 0, RAM_SIZE);
	if (!vm_create(&g->vm, g->ram, RAM_SIZE) || !vm_create_gic(&g->vm))
		return false;
	for (i = 0; i < nr_vcpus; i++)
		if (!vm_add_vcpu(&g->vm, FEATURES))
			return false;
	return true;
}

static void destroy(struct guest *g)
{
	vm_destroy(&g->vm);
	munmap(g->all, RAM_SIZE + 2 * GUARD_SIZE);
}

/* Checks that the guard pages have not changed. */
static bool guards_are_intact(const struct guest *g)
{
	unsigned int i;

	for (i = 0; i < GUARD_SIZE; i++) {
		uint8_t below = g->all[i], above = g->ram[RAM_SIZE + i];

		if (below == GUARD_BYTE && above == GUARD_BYTE)
			continue;
		ksft_print_msg("guard byte %u: expected 0x%02x, got 0x%02x below, 0x%02x above\n",
			       i, GUARD_BYTE, below, above);
		return false;
	}
	return true;
}

/* ---- one instruction at a time ---- */

enum ending {
	COMPLETED, EXCEPTION, MMIO, INTERNAL_ERROR, OTHER_EXIT, STUCK, NR_ENDINGS
};

static const char * const ending_names[NR_ENDINGS] = {
	"completed", "exception", "MMIO", "internal error", "other exit", "stuck",
};

struct tally {
	unsigned long total;
	unsigned long by[NR_ENDINGS];
};

static void print_tally(const char *what, const struct tally *t)
{
	unsigned int i;

	ksft_print_msg("%s: %lu instructions", what, t->total);
	for (i = 0; i < NR_ENDINGS; i++)
		if (t->by[i])
			printf(", %lu %s", t->by[i], ending_names[i]);
	puts("");
}

static void nothing(int signal)
{
	(void)signal;
}

/*
 * Starts or stops a timer that interrupts KVM_RUN. It is periodic, because the first signal may
 * arrive before guest entry.
 */
static void tick(bool on)
{
	struct itimerval timer = {
		.it_value.tv_usec = on ? STUCK_US : 0, .it_interval.tv_usec = STUCK_US,
	};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static enum ending ending_of(const struct kvm_run *run)
{
	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		if (run->mmio.phys_addr != EXIT_IPA || !run->mmio.is_write)
			return MMIO;
		return run->mmio.data[0] == 0xff ? COMPLETED : EXCEPTION;
	case KVM_EXIT_INTERNAL_ERROR:
		return INTERNAL_ERROR;
	default:
		return OTHER_EXIT;
	}
}

/**
 * struct piece - guest code for one run
 * @vectors:     exception vectors, for CODE_IPA
 * @vectors_end: their end
 * @code:        instructions, for SLOT_IPA
 * @words:       number of instructions
 * @after:       code that follows them
 * @after_end:   its end
 * @values:      registers at the first instruction
 */
struct piece {
	const char *vectors, *vectors_end;
	const uint32_t *code;
	unsigned int words;
	const char *after, *after_end;
	struct start_values values;
};

static void fill_values(struct piece *p, uint32_t r0, bool user)
{
	unsigned int i;

	p->values.vbar = CODE_IPA;
	p->values.cpsr = user ? CPSR_USER : CPSR_SVC;
	for (i = 0; i < ARRAY_SIZE(p->values.r); i++)
		p->values.r[i] = chance(0);
	p->values.r[0] = r0;
	p->values.r[13] = STACK_IPA;
}

/* Runs @p on a vCPU in its initial state. Returns false if the VM can no longer run. */
static bool run_piece(struct guest *g, const struct piece *p, enum ending *ending)
{
	char *slot = (char *)g->ram + (SLOT_IPA - CODE_IPA);
	char *to = (char *)g->ram + (START_IPA - CODE_IPA);
	size_t size = p->words * sizeof(*p->code);
	bool again = false;

	memcpy(g->ram, p->vectors, p->vectors_end - p->vectors);
	memcpy(to, start, start_end - start);
	memcpy(to + (start_end - start), &p->values, sizeof(p->values));
	memcpy(slot, p->code, size);
	memcpy(slot + size, p->after, p->after_end - p->after);
	__builtin___clear_cache((char *)g->ram, (char *)g->ram + 0x2000);
	if (!reset(g, 0) || !set_core_reg(g->vm.vcpu[0], CORE_PC, START_IPA))
		return false;

	while (ioctl(g->vm.vcpu[0], KVM_RUN, 0)) {
		/* Neither the VMM nor the guest does anything that would make KVM_RUN fail. */
		if (!check(errno == EINTR, "KVM_RUN"))
			return false;
		/* The first tick may have come at once, so wait for a whole period. */
		if (again) {
			*ending = STUCK;
			return true;
		}
		again = true;
	}
	*ending = ending_of(g->vm.run[0]);
	return true;
}

/*
 * Runs @words instructions with @r0 in r0 and random values in all other registers, and counts the
 * result in @t. Returns false if the VM can no longer run.
 */
static bool try_all(struct guest *g, const uint32_t *code, unsigned int words,
		    uint32_t r0, bool user, struct tally *t)
{
	struct piece p = {
		.vectors = vectors, .vectors_end = vectors_end,
		.code = code, .words = words,
		.after = after, .after_end = after_end,
	};
	enum ending ending;

	fill_values(&p, r0, user);
	if (!run_piece(g, &p, &ending))
		return false;
	t->total++;
	t->by[ending]++;
	return true;
}

static bool try(struct guest *g, uint32_t instruction, uint32_t r0, bool user,
		struct tally *t)
{
	return try_all(g, &instruction, 1, r0, user, t);
}

/* ---- the sweeps ---- */

static unsigned int seconds_each;

/* Encoders: each returns the instruction of an index. */
typedef uint32_t (*encoding)(unsigned int index);

/* MCR and MRC of cp14 and cp15: all opc1, CRn, CRm, opc2; with r0. */
static uint32_t encode_mcr(unsigned int index)
{
	return 0xee000e10 | (index & 7) << 21 | (index >> 3 & 15) << 16 |
	       (index >> 7 & 15) | (index >> 11 & 7) << 5 | (index >> 14 & 1) << 20 |
	       (index >> 15 & 1) << 8;
}

/* MCRR and MRRC of cp14 and cp15: all opc1 and CRm; with r0 and r3. */
static uint32_t encode_mcrr(unsigned int index)
{
	return 0xec430e00 | (index & 15) << 4 | (index >> 4 & 15) | (index >> 8 & 1) << 20 |
	       (index >> 9 & 1) << 8;
}

/* CDP, LDC, STC, MCR, MRC of each coprocessor: a random sample. */
static uint32_t encode_any(unsigned int index)
{
	static const uint32_t kinds[] = {
		0xee000000, 0xee000010, 0xee100010, 0xec100000, 0xec000000, 0xed900000,
		0xed800000, 0xfe000000, 0xfc500000, 0xec400000,
	};

	return kinds[index % ARRAY_SIZE(kinds)] |
	       (index / ARRAY_SIZE(kinds) & 15) << 8 | (chance(0) & 0x00ef00ef);
}

static const struct sweep {
	const char *name;
	encoding encode;
	unsigned int count;	/* a multiple of BATCH */
	bool in_batches;	/* the instructions access no memory and no registers but r0, r3 */
} sweeps[] = {
	{ "MCR, MRC", encode_mcr, 1U << 16, true },
	{ "MCRR, MRRC", encode_mcrr, 1U << 10, true },
	{ "all coprocessors", encode_any, 10 * 16 * 4, false },
};

/* A random value for a register: a valid or an invalid address, or any word. */
static uint32_t any_word(void)
{
	static const uint32_t nasty[] = {
		0, 1, 0xffffffff, 0x80000000, CODE_IPA, SLOT_IPA, GICD_IPA, GICC_IPA,
		EXIT_IPA, 0x00c50078, 0x00c50079, 0x40023, 0xfffff000,
	};

	return chance(3) ? CHOOSE(nasty) : chance(0);
}

#define BATCH	64
#define LEAST	(16 * BATCH)	/* minimum of instructions in a sweep, for each ending to occur */

/*
 * For a sweep with in_batches: in User mode its instructions do not change the guest's state, so a
 * whole batch runs at once. If something other than completed and undefined instructions ends the
 * batch, each of its instructions runs alone.
 */
static bool try_in_user_mode(struct guest *g, const uint32_t *instructions, uint32_t r0,
			     struct tally *t)
{
	uint32_t code[2 * BATCH];
	struct piece p = {
		.vectors = counting, .vectors_end = counting_end,
		.code = code, .words = ARRAY_SIZE(code),
		.after = after_count, .after_end = after_count_end,
	};
	enum ending ending;
	uint32_t undefined;
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		code[2 * i] = instructions[i];
		code[2 * i + 1] = 0xe1a00008;	/* mov r0, r8: restore r0 */
	}
	fill_values(&p, r0, true);
	p.values.r[8] = r0;
	p.values.r[9] = 0;
	if (!run_piece(g, &p, &ending))
		return false;
	memcpy(&undefined, g->vm.run[0]->mmio.data, sizeof(undefined));
	if ((ending == COMPLETED || ending == EXCEPTION) && undefined <= BATCH) {
		t->total += BATCH;
		t->by[EXCEPTION] += undefined;
		t->by[COMPLETED] += BATCH - undefined;
		return true;
	}
	for (i = 0; i < BATCH; i++)
		if (!try(g, instructions[i], r0, true, t))
			return false;
	return true;
}

/*
 * Runs the instructions of a sweep in User and Supervisor mode. Their order is spread over the
 * whole range, so that a sweep that runs out of time has samples of each part.
 */
static bool sweep(struct guest *g, const struct sweep *s, time_t end)
{
	unsigned int i = 0, n, start = chance(s->count);
	uint32_t instructions[BATCH];
	struct tally t = { 0 };

	while (i < s->count && (i < LEAST || time_is_left(end))) {
		/* 40503 has no common factor with the counts, so each index occurs once. */
		for (n = 0; n < BATCH; n++, i++)
			instructions[n] = s->encode(((uint64_t)i * 40503 + start) % s->count);
		if (s->in_batches && !try_in_user_mode(g, instructions, any_word(), &t))
			return false;
		for (n = 0; n < BATCH; n++) {
			if (!try(g, instructions[n], any_word(), false, &t) ||
			    (!s->in_batches && !try(g, instructions[n], any_word(), true, &t)))
				return false;
			print_progress(s->name, t.total, end);
		}
	}
	print_tally(s->name, &t);
	if (i == s->count)
		ksft_print_msg("%s: complete\n", s->name);
	/* In the random sweep, possibly no instruction completes. */
	if (!t.by[EXCEPTION] || (s->encode != encode_any && !t.by[COMPLETED])) {
		ksft_print_msg("%s: expected completions and exceptions, got %lu and %lu\n",
			       s->name, t.by[COMPLETED], t.by[EXCEPTION]);
		return false;
	}
	return true;
}

static bool coprocessors(void)
{
	unsigned int i, left = ARRAY_SIZE(sweeps);
	time_t end = time(NULL) + seconds_each;
	struct guest g;
	bool good = create(&g, 1);

	/* Short sweeps first: the long one gets the rest of the time. */
	for (i = ARRAY_SIZE(sweeps); good && i-- > 0; left--)
		good = sweep(&g, &sweeps[i], time(NULL) + (end - time(NULL) + left) / left);
	good &= guards_are_intact(&g);
	destroy(&g);
	return good;
}

/* ---- accesses ---- */

/* Instructions that access the address in r0. */
static const uint32_t accesses[] = {
	0xe5901000,	/* ldr r1, [r0] */
	0xe5801000,	/* str r1, [r0] */
	0xe5d01000,	/* ldrb */
	0xe5c01000,	/* strb */
	0xe1d010b0,	/* ldrh */
	0xe1c010b0,	/* strh */
	0xe1d010d0,	/* ldrsb */
	0xe1d010f0,	/* ldrsh */
	0xe1c020d0,	/* ldrd r2, r3 */
	0xe1c020f0,	/* strd */
	0xe8b0001e,	/* ldm r0!, {r1-r4} */
	0xe8a0001e,	/* stm */
	0xe890801e,	/* ldm r0, {r1-r4, pc} */
	0xe5b01004,	/* ldr r1, [r0, #4]! */
	0xe5a01004,	/* str */
	0xe590f000,	/* ldr pc, [r0] */
	0xe1901f9f,	/* ldrex */
	0xe1802f91,	/* strex r2, r1, [r0] */
	0xe1b02f9f,	/* ldrexd */
	0xe1002091,	/* swp */
	0xe5901001,	/* ldr r1, [r0, #1] */
	0xe5801003,	/* str r1, [r0, #3] */
	0xf5d0f000,	/* pld */
	0xe12fff10,	/* bx r0 */
	0xe12fff30,	/* blx r0 */
	0xee070f36,	/* DCIMVAC */
	0xee070f3e,	/* DCCIMVAC */
	0xee070f35,	/* ICIMVAU */
	0xee070f3a,	/* DCCMVAC */
	0xee070f18,	/* ATS1CPR */
	0xed900b00,	/* vldr */
	0xf4200a0f,	/* vld */
	0xf5700000,	/* reserved */
	0xe1600070,	/* smc */
	0xe1400070,	/* hvc #0, with r0 as the function */
};

/* Pages to access, together with the pages before and after each. */
static const uint32_t pages[] = {
	0x00000000, 0x08000000, GICD_IPA, GICC_IPA, GICC_IPA + 0x1000, 0x08040000,
	CODE_IPA, CODE_IPA + RAM_SIZE, CODE_IPA + RAM_SIZE - 0x1000, EXIT_IPA, 0x80000000,
	0xbf000000, 0xc0000000, 0xfffff000, 0x09000000, 0x84000000, 0x95c1b000,
};

/* Enough rounds that each ending occurs. */
#define LEAST_ROUNDS	8

static bool touch_everything(void)
{
	static const uint32_t offsets[] = { 0, 1, 4, 0xc, 0x10, 0xffc, 0xffe, 0xfff };
	unsigned int rounds, p, o, a;
	time_t end = time(NULL) + seconds_each;
	struct tally t = { 0 };
	struct guest g;
	bool good = create(&g, 1);

	for (rounds = 0; good && (rounds < LEAST_ROUNDS || time_is_left(end)); rounds++)
		for (p = 0; p < 3 * ARRAY_SIZE(pages); p++)
			for (o = 0; o < ARRAY_SIZE(offsets); o++) {
				uint32_t page = pages[p / 3] + (p % 3 - 1) * 0x1000;

				a = chance(ARRAY_SIZE(accesses));
				/* The guest may overwrite its code: try() writes it each time. */
				good = good && try(&g, accesses[a], page + offsets[o],
						   chance(4) == 0, &t);
				print_progress("accesses", t.total, end);
			}
	print_tally("accesses around memory and GIC", &t);
	if (good && (!t.by[COMPLETED] || !t.by[EXCEPTION] || !t.by[MMIO])) {
		ksft_print_msg("expected completions, exceptions, MMIO; got %lu, %lu, %lu\n",
			       t.by[COMPLETED], t.by[EXCEPTION], t.by[MMIO]);
		good = false;
	}
	good &= guards_are_intact(&g);
	destroy(&g);
	return good;
}

/* ---- a guest that breaks its own environment ---- */

/* Code with which a guest breaks its environment; r0 has an unsuitable value. */
static const struct sabotage {
	const char *name;
	unsigned int words;
	uint32_t code[8];
} sabotages[] = {
	{ "nothing", 0, { 0 } },
	{ "its vectors", 2, {
		0xee0c0f10,	/* mcr p15, 0, r0, c12, c0, 0: VBAR */
		0xf57ff06f,	/* isb */
	} },
	{ "its vectors, by SCTLR.V", 3, {
		0xe3a01a02,	/* mov r1, #0x2000: SCTLR.V */
		0xee011f10,	/* mcr p15, 0, r1, c1, c0, 0: SCTLR, all else off */
		0xf57ff06f,
	} },
	{ "its page tables, short", 6, {
		0xee020f10,	/* mcr p15, 0, r0, c2, c0, 0: TTBR0 */
		0xe3e01000,	/* mvn r1, #0 */
		0xee031f10,	/* mcr p15, 0, r1, c3, c0, 0: DACR */
		0xe3a01001,	/* mov r1, #1: SCTLR.M, caches off */
		0xee011f10,
		0xf57ff06f,
	} },
	{ "its page tables, long", 7, {
		0xe3a01102,	/* mov r1, #0x80000000: EAE */
		0xee021f50,	/* mcr p15, 0, r1, c2, c0, 2: TTBCR */
		0xe3a01000,	/* mov r1, #0 */
		0xec410f02,	/* mcrr p15, 0, r0, r1, c2: TTBR0 */
		0xe3a01001,
		0xee011f10,
		0xf57ff06f,
	} },
	{ "its GIC, with an SGI pending", 8, {
		0xe3a02302,	/* mov r2, #0x08000000: distributor */
		0xe3a01402,	/* mov r1, #0x02000000: to itself */
		0xe5821f00,	/* str r1, [r2, #0xf00] */
		0xe3a01000,
		0xe5821000,	/* str r1, [r2]: off */
		0xe2822801,	/* add r2, r2, #0x10000: CPU interface */
		0xe5821000,
		0xf10c01c0,	/* cpsid aif */
	} },
};

/* Instructions that depend on the environment. */
static const struct {
	const char *name;
	uint32_t code;
} needs[] = {
	{ "undefined instruction", 0xe7f000f0 },
	{ "svc", 0xef000000 },
	{ "bkpt", 0xe1200070 },
	{ "bx r0", 0xe12fff10 },
	{ "ldrd of an odd address", 0xe14d20df },	/* ldrd r2, [sp, #-15] */
	{ "wfi", 0xe320f003 },
};

#define NO_SABOTAGE	0	/* index in sabotages[] */
#define SURE_EXCEPTIONS	3	/* without sabotage, this many of needs[] raise an exception */

/*
 * All combinations of sabotage, instruction, and an address in r0: of memory, of a device, or
 * unmapped. Then, until the time is over, combinations with random words in r0.
 */
static bool lost_ground(void)
{
	static const uint32_t places[] = {
		CODE_IPA, GICD_IPA, GICC_IPA, EXIT_IPA, 0, 0x80000000, 0xfffff000,
		CODE_IPA + RAM_SIZE,
	};
	unsigned int n, count = ARRAY_SIZE(sabotages) * ARRAY_SIZE(needs) * ARRAY_SIZE(places);
	time_t end = time(NULL) + seconds_each;
	struct tally t = { 0 };
	struct guest g;
	bool good = create(&g, 1);

	for (n = 0; good && (n < count || time_is_left(end)); n++) {
		unsigned int need = n % ARRAY_SIZE(needs);
		unsigned int rest = n / ARRAY_SIZE(needs) % ARRAY_SIZE(sabotages);
		unsigned int at = n / ARRAY_SIZE(needs) / ARRAY_SIZE(sabotages);
		const struct sabotage *s = &sabotages[rest];
		unsigned long before = t.by[EXCEPTION], stuck = t.by[STUCK];
		uint32_t code[ARRAY_SIZE(s->code) + 1];

		memcpy(code, s->code, sizeof(s->code));
		code[s->words] = needs[need].code;
		good = try_all(&g, code, s->words + 1,
			       n < count ? places[at] : any_word(), false, &t);
		/* On a slow machine the instruction may not have run before the tick. */
		if (rest == NO_SABOTAGE && need < SURE_EXCEPTIONS && good &&
		    t.by[EXCEPTION] == before && t.by[STUCK] == stuck) {
			ksft_print_msg("%s: expected its exception, got another exit\n",
				       needs[need].name);
			good = false;
		}
		if (!good)
			ksft_print_msg("sabotage: %s; instruction: %s\n", s->name,
				       needs[need].name);
		print_progress("instructions in a broken environment", t.total, end);
	}
	print_tally("broken environment", &t);
	if (!t.by[EXCEPTION]) {
		ksft_print_msg("expected exceptions with vectors in place, got none\n");
		good = false;
	}
	good &= guards_are_intact(&g);
	destroy(&g);
	return good;
}

/* ---- the storm ---- */

#define COUNTERS_IPA	(CODE_IPA + 0x9000)

extern const char storm_begin[];

struct storm_vcpu {
	struct guest *g;
	unsigned int index;
	pthread_t thread;
	unsigned int seed;
	unsigned long exits;
	int error;		/* errno of the call that ended the thread early, or 0 */
};

static volatile bool storm_ends;

static bool start_storm(struct guest *g, unsigned int i)
{
	return reset(g, i) &&
	       set_core_reg(g->vm.vcpu[i], 4, chance(0)) &&
	       set_core_reg(g->vm.vcpu[i], 5, GICD_IPA) &&
	       set_core_reg(g->vm.vcpu[i], 6, GICC_IPA) &&
	       set_core_reg(g->vm.vcpu[i], 7, COUNTERS_IPA + 4 * i) &&
	       set_core_reg(g->vm.vcpu[i], CORE_PC, CODE_IPA + (storm_begin - storm));
}

/* Restarts the guest's code after each exit to user space. */
static void *run_storm(void *arg)
{
	struct storm_vcpu *v = arg;

	chance_state = v->seed;
	while (!storm_ends) {
		int ret = ioctl(v->g->vm.vcpu[v->index], KVM_RUN, 0);

		v->exits++;
		if (ret ? errno != EINTR : !start_storm(v->g, v->index)) {
			v->error = errno;
			break;
		}
	}
	return NULL;
}

static unsigned long storm_rounds(const struct guest *g)
{
	const uint8_t *counters = g->ram + (COUNTERS_IPA - CODE_IPA);
	unsigned long rounds = 0;
	unsigned int i;

	for (i = 0; i < VCPUS; i++)
		rounds += *(const volatile uint32_t *)(counters + 4 * i);
	return rounds;
}

/* On a slow machine, wait for the first round of a vCPU even after the end of the time. */
static bool storm_should_begin(const struct guest *g, const struct patient_wait *wait)
{
	return !storm_rounds(g) && !wait_gives_up(wait);
}

/* The guest uses SGIs, GIC registers, timers and WFI, while the VMM raises and lowers lines. */
static bool gic_storm(void)
{
	struct storm_vcpu vcpus[VCPUS] = { 0 };
	time_t end = time(NULL) + seconds_each;
	unsigned long rounds, exits = 0, lines = 0;
	struct patient_wait wait = wait_begin();
	unsigned int i;
	struct guest g;
	bool good = create(&g, VCPUS);

	tick(false);
	memcpy(g.ram, storm, storm_end - storm);
	storm_ends = false;
	for (i = 0; good && i < VCPUS; i++) {
		vcpus[i] = (struct storm_vcpu) { .g = &g, .index = i, .seed = chance(0) };
		good = start_storm(&g, i) &&
		       !pthread_create(&vcpus[i].thread, NULL, run_storm, &vcpus[i]);
	}
	while (good && (time_is_left(end) || storm_should_begin(&g, &wait))) {
		struct kvm_irq_level line = {
			.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT |
			       (32 + chance(200)),
			.level = chance(2),
		};

		good = check(!ioctl(g.vm.fd, KVM_IRQ_LINE, &line), "KVM_IRQ_LINE");
		usleep(chance(2000));
		print_progress("lines raised and lowered", ++lines, end);
	}
	storm_ends = true;
	for (i = 0; i < VCPUS; i++) {
		if (!vcpus[i].thread)
			continue;
		g.vm.run[i]->immediate_exit = 1;
		pthread_kill(vcpus[i].thread, SIGALRM);
		pthread_join(vcpus[i].thread, NULL);
		exits += vcpus[i].exits;
		if (vcpus[i].error) {
			ksft_print_msg("storm: expected vCPU %u to run until the end, got %s\n", i,
				       strerror(vcpus[i].error));
			good = false;
		}
	}
	rounds = storm_rounds(&g);
	ksft_print_msg("storm of %u vCPUs: %lu rounds, %lu exits to user space\n", VCPUS,
		       rounds, exits);
	if (good && !rounds) {
		ksft_print_msg("storm: expected at least one round, got none\n");
		good = false;
	}
	good &= guards_are_intact(&g);
	destroy(&g);
	return good;
}

/* ---- main ---- */

/* Runs a VM first, so that memory that is allocated once does not count as lost. */
static bool warm_up(void)
{
	struct tally t = { 0 };
	struct guest g;
	bool good = create(&g, VCPUS) && try(&g, 0xe7f000f0, 0, false, &t);

	destroy(&g);
	return good && module_is_unused();
}

/*
 * Returns whether @run has lost no memory. *@good becomes false if @run fails, or leaves the module
 * in use.
 */
static bool run_keeps_memory(bool (*run)(void), bool *good)
{
	long before = free_memory();

	tick(true);
	*good &= run();
	tick(false);
	*good &= module_is_unused();
	return memory_is_kept(before, SLACK_KIB);
}

/*
 * Runs a test with @share percent of the time and checks the host afterwards. A test that seems to
 * lose memory runs again: caches of the host grow only once, but a leak repeats.
 */
static bool judged(bool (*run)(void), unsigned int share)
{
	struct heartbeat beat;
	int log = open_log();
	bool good, kept;

	seconds_each = (hostile_seconds() * share + 99) / 100;
	chance_state = hostile_seed();
	good = warm_up();
	beat = heartbeat_start();
	kept = run_keeps_memory(run, &good) || run_keeps_memory(run, &good);
	good &= kept;
	good &= heartbeat_end(&beat, ANSWER_MS) && !end_requested;
	good &= log_is_clean(log);
	close(log);
	return good;
}

/* The only test that can cover all its cases. That takes 150 s. */
static bool coprocessors_judged(void)
{
	return judged(coprocessors, 55);
}

static bool accesses_judged(void)
{
	return judged(touch_everything, 15);
}

static bool lost_ground_judged(void)
{
	return judged(lost_ground, 15);
}

static bool storm_judged(void)
{
	return judged(gic_storm, 15);
}

static const struct host_test tests[] = {
	{ "hostile_guest.any.coprocessors", coprocessors_judged },
	{ "hostile_guest.any.accesses", accesses_judged },
	{ "hostile_guest.any.lost_ground", lost_ground_judged },
	{ "hostile_guest.any.gic_storm", storm_judged },
	{ "hostile_guest.any.module_goes", remove_module },
};

int main(int argc, char **argv)
{
	/* KVM_RUN returns EINTR even with SA_RESTART. */
	struct sigaction action = { .sa_handler = nothing, .sa_flags = SA_RESTART };

	sigaction(SIGALRM, &action, NULL);
	return host_tests(tests, ARRAY_SIZE(tests), argc, argv);
}
