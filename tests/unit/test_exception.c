// SPDX-License-Identifier: GPL-2.0-only
/*
 * arch/arm/kvm/exception.c: banked registers (ARM DDI 0406C, B1.3.2), conditions
 * (A8.3), IT blocks (A2.5.2), exceptions (B1.9) and fault status (B3.13).
 */
#include <kselftest_harness.h>

#include "exception.h"
#include "loops.h"

/* From the manual, because psr.h and hsr.h are under test as well. */
#define CPSR_T		(1U << 5)
#define CPSR_F		(1U << 6)
#define CPSR_I		(1U << 7)
#define CPSR_A		(1U << 8)
#define CPSR_E		(1U << 9)
#define CPSR_GE		(0xfU << 16)
#define CPSR_J		(1U << 24)
#define CPSR_Q		(1U << 27)
#define CPSR_V		(1U << 28)
#define CPSR_C		(1U << 29)
#define CPSR_Z		(1U << 30)
#define CPSR_N		(1U << 31)

#define USR		0x10
#define FIQ		0x11
#define IRQ		0x12
#define SVC		0x13
#define ABT		0x17
#define UND		0x1b
#define SYS		0x1f

#define SCTLR_V		(1U << 13)
#define SCTLR_EE	(1U << 25)
#define SCTLR_TE	(1U << 30)
#define SCTLR_OTHERS	0x00c51879U	/* M, Z, I and the bits that are RAO */
#define TTBCR_EAE	(1U << 31)

#define HSR_IL_BIT	(1U << 25)
#define HSR_CV_BIT	(1U << 24)
#define EC(n)		((u32)(n) << 26)
#define COND(n)		((u32)(n) << 20)

#define EC_CP15		0x03

static const u32 modes[] = { USR, FIQ, IRQ, SVC, ABT, UND, SYS };

/* All words differ, so that the use of a wrong register is detected. */
static struct guest_cpu some_cpu(u32 cpsr)
{
	struct guest_cpu cpu;
	u32 words[sizeof(cpu) / 4];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = 0x01000193 * (i + 1);
	memcpy(&cpu, words, sizeof(cpu));
	cpu.gp.cpsr = cpsr;
	cpu.gp.pc = 0x80008000;
	cpu.cp15.sctlr = 0;
	cpu.cp15.ttbcr = 0;
	cpu.cp15.vbar = 0x40000020;
	return cpu;
}

static void expect_same(struct __test_metadata *_metadata, const struct guest_cpu *expected,
			const struct guest_cpu *got, const char *what)
{
	const u32 *e = (const u32 *)expected, *g = (const u32 *)got;
	unsigned int i;

	for (i = 0; i < sizeof(*expected) / 4; i++)
		ASSERT_EQ(e[i], g[i])
			TH_LOG("%s: word %u of struct guest_cpu", what, i);
}

/* ---- registers ---- */

/* Figure B1-2: the register that a number refers to in a mode. */
static u32 *named(struct guest_cpu *cpu, u32 mode, unsigned int number)
{
	struct cpu_banked *b = &cpu->banked;

	if (mode == FIQ) {
		u32 *fiq[] = { &b->fiq_r[0], &b->fiq_r[1], &b->fiq_r[2], &b->fiq_r[3],
			       &b->fiq_r[4], &b->fiq.sp, &b->fiq.lr };

		return number < 8 ? &cpu->gp.r[number] : fiq[number - 8];
	}
	if (number < 13)
		return &cpu->gp.r[number];
	switch (mode) {
	case IRQ:
		return number == 13 ? &b->irq.sp : &b->irq.lr;
	case SVC:
		return number == 13 ? &b->svc.sp : &b->svc.lr;
	case ABT:
		return number == 13 ? &b->abt.sp : &b->abt.lr;
	case UND:
		return number == 13 ? &b->und.sp : &b->und.lr;
	default:
		return number == 13 ? &b->sp_usr : &cpu->gp.lr;
	}
}

TEST(registers_of_every_mode)
{
	static const u32 others[] = { 0, CPSR_T, CPSR_E | CPSR_A | CPSR_I | CPSR_F, ~0x1fU };
	unsigned int m, number, o;

	EACH(m, ARRAY_SIZE(modes))
	EACH(number, 15)
	EACH(o, ARRAY_SIZE(others)) {
		struct guest_cpu cpu = some_cpu(modes[m] | others[o]);

		ASSERT_EQ(named(&cpu, modes[m], number), guest_reg(&cpu, number))
			TH_LOG("r%u in mode 0x%x", number, modes[m]);
	}
}

TEST(pc_and_beyond_are_no_registers)
{
	static const unsigned int numbers[] = { 15, 16, 31, 0x80000000, ~0U };
	unsigned int m, i;

	for (m = 0; m < ARRAY_SIZE(modes); m++)
		for (i = 0; i < ARRAY_SIZE(numbers); i++) {
			struct guest_cpu cpu = some_cpu(modes[m]);

			ASSERT_EQ(NULL, guest_reg(&cpu, numbers[i]))
				TH_LOG("register %u in mode 0x%x", numbers[i], modes[m]);
		}
}

/* Never NULL, because exits.c does not check the pointer. */
TEST(registers_of_invalid_modes)
{
	unsigned int mode, number, m;

	for (mode = 0; mode < 0x20; mode++) {
		bool exists = false;

		for (m = 0; m < ARRAY_SIZE(modes); m++)
			exists |= modes[m] == mode;
		for (number = 0; number < 15 && !exists; number++) {
			struct guest_cpu cpu = some_cpu(mode);

			ASSERT_EQ(named(&cpu, USR, number), guest_reg(&cpu, number))
				TH_LOG("r%u in mode 0x%x", number, mode);
		}
	}
}

/* ---- conditions ---- */

/* Table A8-1. */
static bool passes(unsigned int cond, bool n, bool z, bool c, bool v)
{
	const bool table[16] = {
		z,			/* EQ: equal */
		!z,			/* NE: not equal */
		c,			/* CS: carry set */
		!c,			/* CC: carry clear */
		n,			/* MI: minus */
		!n,			/* PL: plus or zero */
		v,			/* VS: overflow */
		!v,			/* VC: no overflow */
		c && !z,		/* HI: unsigned higher */
		!c || z,		/* LS: unsigned lower or same */
		n == v,			/* GE: signed greater or equal */
		n != v,			/* LT: signed less */
		!z && n == v,		/* GT: signed greater */
		z || n != v,		/* LE: signed less or equal */
		true,			/* AL: always */
		true,			/* unconditional */
	};

	return table[cond];
}

static u32 flags_of(unsigned int nzcv)
{
	return nzcv << 28;
}

static bool passes_with(unsigned int cond, unsigned int nzcv)
{
	return passes(cond, nzcv & 8, nzcv & 4, nzcv & 2, nzcv & 1);
}

/* ITSTATE is in CPSR bits 15..10 and 26..25. */
static u32 it_bits(unsigned int it)
{
	return (it & 0xfcU) << 8 | (it & 3U) << 25;
}

static unsigned int it_of(u32 cpsr)
{
	return (cpsr >> 10 & 0x3f) << 2 | (cpsr >> 25 & 3);
}

TEST(condition_in_the_syndrome)
{
	unsigned int cond, nzcv;

	EACH(cond, 16)
	EACH(nzcv, 16) {
		struct guest_cpu cpu = some_cpu(SVC | flags_of(nzcv));
		u32 hsr = EC(EC_CP15) | HSR_CV_BIT | COND(cond) | HSR_IL_BIT;

		ASSERT_EQ(passes_with(cond, nzcv), trapped_condition_holds(&cpu, hsr))
			TH_LOG("condition %u, NZCV 0x%x", cond, nzcv);
		/* The condition in the syndrome overrides that of the IT block. */
		cpu.gp.cpsr |= CPSR_T | it_bits((cond ^ 1) << 4 | 8);
		ASSERT_EQ(passes_with(cond, nzcv), trapped_condition_holds(&cpu, hsr))
			TH_LOG("condition %u, NZCV 0x%x, in an IT block", cond, nzcv);
	}
}

/* Without a valid condition in the syndrome, software evaluates ITSTATE. */
TEST(condition_of_the_it_block)
{
	unsigned int cond, nzcv, mask, garbage;

	EACH(cond, 15)
	EACH(nzcv, 16)
	EACH_FROM(mask, 1, 16)
	EACH(garbage, 16) {
		struct guest_cpu cpu = some_cpu(SVC | CPSR_T | flags_of(nzcv) |
						it_bits(cond << 4 | mask));
		/* CV is 0, so the condition field is unknown. */
		u32 hsr = EC(EC_CP15) | COND(garbage) | HSR_IL_BIT;

		ASSERT_EQ(passes_with(cond, nzcv), trapped_condition_holds(&cpu, hsr))
			TH_LOG("IT 0x%x, NZCV 0x%x", cond << 4 | mask, nzcv);
	}
}

TEST(no_condition_and_no_it_block)
{
	unsigned int nzcv, garbage;

	EACH(nzcv, 16)
	EACH(garbage, 16) {
		struct guest_cpu cpu = some_cpu(SVC | CPSR_T | flags_of(nzcv));

		ASSERT_EQ(true, trapped_condition_holds(&cpu, EC(EC_CP15) | COND(garbage)))
			TH_LOG("NZCV 0x%x", nzcv);
	}
}

/* B3.13.6: only classes 0x01 to 0x0f have a condition in their syndrome. */
TEST(condition_of_each_exception_class)
{
	unsigned int class;

	for (class = 0; class < 64; class++) {
		struct guest_cpu cpu = some_cpu(SVC);
		bool conditional = class >= 0x01 && class <= 0x0f;
		/* EQ, while Z is 0. */
		u32 hsr = EC(class) | HSR_CV_BIT | COND(0);

		/* Class 0x10 is reserved. */
		if (class == 0x10)
			continue;
		ASSERT_EQ(!conditional, trapped_condition_holds(&cpu, hsr))
			TH_LOG("class 0x%02x", class);
	}
}

TEST(condition_leaves_the_cpu_alone)
{
	struct guest_cpu cpu = some_cpu(SVC | CPSR_T | it_bits(0x18));
	const struct guest_cpu before = cpu;

	trapped_condition_holds(&cpu, EC(EC_CP15));
	expect_same(_metadata, &before, &cpu, "trapped_condition_holds()");
}

/* ---- skipping ---- */

TEST(skip_by_length)
{
	static const struct {
		u32 cpsr, hsr, pc, expected;
	} cases[] = {
		{ SVC, HSR_IL_BIT, 0x80008000, 0x80008004 },
		{ SVC | CPSR_T, HSR_IL_BIT, 0x80008002, 0x80008006 },
		{ SVC | CPSR_T, 0, 0x80008002, 0x80008004 },
		{ SVC, HSR_IL_BIT, 0xfffffffc, 0 },
		{ USR | CPSR_T, 0, 0xfffffffe, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct guest_cpu cpu = some_cpu(cases[i].cpsr), expected;

		cpu.gp.pc = cases[i].pc;
		expected = cpu;
		expected.gp.pc = cases[i].expected;
		skip_instruction(&cpu, EC(EC_CP15) | cases[i].hsr);
		expect_same(_metadata, &expected, &cpu, "skip_instruction()");
	}
}

/*
 * All IT blocks, encoded as by an assembler: one to four instructions, each "then" or "else". The
 * test skips from one to the next. Each instruction must have its condition, and ITSTATE must be
 * 0 after the last.
 */
TEST(it_blocks)
{
	/* Bits that skipping must not change. */
	const u32 others = CPSR_GE | CPSR_Q | CPSR_E | CPSR_A | CPSR_N | CPSR_C | SVC | CPSR_T;
	unsigned int cond, length, elses, i, nzcv;

	EACH(cond, 15)
	EACH_FROM(length, 1, 5)
	EACH(elses, 1U << (length - 1)) {
		unsigned int condition[4], it = cond << 4;
		struct guest_cpu cpu;

		/* A8.8.54: the low bit of each condition, then 1, then zeros. */
		for (i = 0; i < length; i++) {
			bool other = i && elses & 1U << (i - 1);

			condition[i] = other ? cond ^ 1 : cond;
			if (i)
				it |= (condition[i] & 1) << (4 - i);
		}
		it |= 1U << (4 - length);
		/* "Else" with AL is UNPREDICTABLE. */
		if (cond == 14 && elses)
			continue;

		cpu = some_cpu(others | it_bits(it));
		for (i = 0; i < length; i++) {
			ASSERT_EQ(condition[i], it_of(cpu.gp.cpsr) >> 4)
				TH_LOG("IT 0x%02x, instruction %u", it, i);
			for (nzcv = 0; nzcv < 16; nzcv++) {
				struct guest_cpu with = cpu;

				with.gp.cpsr = (cpu.gp.cpsr & 0x0fffffff) | flags_of(nzcv);
				ASSERT_EQ(passes_with(condition[i], nzcv),
					  trapped_condition_holds(&with, EC(EC_CP15)))
					TH_LOG("IT 0x%02x, instruction %u, NZCV 0x%x", it, i,
					       nzcv);
			}
			skip_instruction(&cpu, EC(EC_CP15) | (i & 1 ? HSR_IL_BIT : 0));
		}
		ASSERT_EQ(others, cpu.gp.cpsr) TH_LOG("after IT 0x%02x", it);
		ASSERT_EQ(0x80008000 + 2 * length + 2 * (length / 2), cpu.gp.pc)
			TH_LOG("after IT 0x%02x", it);
		skip_instruction(&cpu, EC(EC_CP15));
		ASSERT_EQ(others, cpu.gp.cpsr) TH_LOG("two after IT 0x%02x", it);
	}
}

/* ---- exceptions ---- */

enum exception { UNDEFINED, PREFETCH_ABORT, DATA_ABORT, NR_EXCEPTIONS };

/* Tables B1-3 and B1-7: B1.9.2, B1.9.7, B1.9.8. */
static const struct {
	const char *name;
	u32 mode, vector, arm_lr, thumb_lr, masks;
} exceptions[NR_EXCEPTIONS] = {
	[UNDEFINED] = { "undefined instruction", UND, 0x04, 4, 2, CPSR_I },
	[PREFETCH_ABORT] = { "prefetch abort", ABT, 0x0c, 4, 4, CPSR_I | CPSR_A },
	[DATA_ABORT] = { "data abort", ABT, 0x10, 8, 8, CPSR_I | CPSR_A },
};

#define FAULT_ADDRESS	0xdeadbee0U

static void inject(struct guest_cpu *cpu, enum exception which)
{
	switch (which) {
	case UNDEFINED:
		inject_undefined(cpu);
		break;
	case PREFETCH_ABORT:
		inject_prefetch_abort(cpu, ABORT_ACCESS, 0, FAULT_ADDRESS);
		break;
	default:
		inject_data_abort(cpu, ABORT_ACCESS, 0, FAULT_ADDRESS, false);
		break;
	}
}

static void check_exception(struct __test_metadata *_metadata, enum exception which,
			    const struct guest_cpu *before)
{
	struct guest_cpu cpu = *before, expected = *before;
	u32 old = before->gp.cpsr, sctlr = before->cp15.sctlr, new;
	struct cpu_bank *bank = which == UNDEFINED ? &expected.banked.und :
						     &expected.banked.abt;
	bool thumb = old & CPSR_T;

	inject(&cpu, which);

	/* Preserved: NZCVQ, GE, masks that are set, reserved bits. */
	new = old & ~(0x1fU | CPSR_T | CPSR_J | CPSR_E | it_bits(0xff));
	new |= exceptions[which].mode | exceptions[which].masks;
	if (sctlr & SCTLR_TE)
		new |= CPSR_T;
	if (sctlr & SCTLR_EE)
		new |= CPSR_E;
	expected.gp.cpsr = new;
	bank->spsr = old;
	bank->lr = before->gp.pc + (thumb ? exceptions[which].thumb_lr :
					    exceptions[which].arm_lr);
	expected.gp.pc = (sctlr & SCTLR_V ? 0xffff0000 : before->cp15.vbar) +
			 exceptions[which].vector;
	if (which == PREFETCH_ABORT) {
		expected.cp15.ifar = FAULT_ADDRESS;
		expected.cp15.ifsr = before->cp15.ttbcr & TTBCR_EAE ? 0x210 : 0x008;
	} else if (which == DATA_ABORT) {
		expected.cp15.dfar = FAULT_ADDRESS;
		expected.cp15.dfsr = before->cp15.ttbcr & TTBCR_EAE ? 0x210 : 0x008;
	}
	expect_same(_metadata, &expected, &cpu, exceptions[which].name);
}

static void exceptions_from_everywhere(struct __test_metadata *_metadata,
				       enum exception which)
{
	/* Values of the CPSR besides the mode. */
	static const u32 states[] = {
		0, CPSR_T, CPSR_T | CPSR_J, CPSR_E, CPSR_F, CPSR_I, CPSR_A,
		CPSR_A | CPSR_I | CPSR_F, CPSR_N | CPSR_C, CPSR_Z | CPSR_V | CPSR_Q | CPSR_GE,
		CPSR_T | 0x0600fc00, CPSR_T | 0x02000400, CPSR_T | 0x0000a800, 0x00f00000,
		0xfffffde0 | CPSR_E,
	};
	unsigned int m, s, v, ee, te, eae;

	EACH(m, ARRAY_SIZE(modes))
	EACH(s, ARRAY_SIZE(states))
	EACH(v, 2)
	EACH(ee, 2)
	EACH(te, 2)
	EACH(eae, 2) {
		struct guest_cpu cpu = some_cpu(modes[m] | states[s]);

		cpu.cp15.sctlr = (v ? SCTLR_V : 0) | (ee ? SCTLR_EE : 0) |
				 (te ? SCTLR_TE : 0) | SCTLR_OTHERS;
		cpu.cp15.ttbcr = eae ? TTBCR_EAE : 0;
		check_exception(_metadata, which, &cpu);
		/* The highest pc and VBAR. */
		cpu.gp.pc = 0xfffffffc;
		cpu.cp15.vbar = 0xffffffe0;
		check_exception(_metadata, which, &cpu);
	}
}

TEST(undefined_from_everywhere)
{
	exceptions_from_everywhere(_metadata, UNDEFINED);
}

TEST(prefetch_abort_from_everywhere)
{
	exceptions_from_everywhere(_metadata, PREFETCH_ABORT);
}

TEST(data_abort_from_everywhere)
{
	exceptions_from_everywhere(_metadata, DATA_ABORT);
}

/* Constants computed by hand, in case the tables above have the same error as the code. */
TEST(exceptions_by_hand)
{
	struct guest_cpu cpu = some_cpu(USR | CPSR_N | CPSR_F);

	cpu.gp.pc = 0x1000;
	cpu.cp15.vbar = 0x20000;
	inject_undefined(&cpu);
	EXPECT_EQ(0x20004, cpu.gp.pc);
	EXPECT_EQ(0x1004, cpu.banked.und.lr);
	EXPECT_EQ(0x80000050, cpu.banked.und.spsr);
	EXPECT_EQ(0x800000db, cpu.gp.cpsr);

	/* A second exception, with high vectors, TE and EE. */
	cpu.cp15.sctlr = 1U << 13 | 1U << 25 | 1U << 30;
	inject_data_abort(&cpu, ABORT_ACCESS, 0, 0x3000, true);
	EXPECT_EQ(0xffff0010, cpu.gp.pc);
	EXPECT_EQ(0x2000c, cpu.banked.abt.lr);
	EXPECT_EQ(0x800000db, cpu.banked.abt.spsr);
	EXPECT_EQ(0x800003f7, cpu.gp.cpsr);
	EXPECT_EQ(0x3000, cpu.cp15.dfar);
	EXPECT_EQ(0x808, cpu.cp15.dfsr);
}

/* ---- fault status ---- */

static const struct {
	enum abort_kind kind;
	unsigned int level;
	u32 short_format, long_format;
} statuses[] = {
	/* B3.13.3: FS 0b01000, 0b01100, 0b01110; B3.13.4: 0b010000, 0b0101LL, bit 9. */
	{ ABORT_ACCESS, 1, 0x008, 0x210 },
	{ ABORT_ACCESS, 2, 0x008, 0x210 },
	{ ABORT_ACCESS, 3, 0x008, 0x210 },
	{ ABORT_TABLE_WALK, 1, 0x00c, 0x215 },
	{ ABORT_TABLE_WALK, 2, 0x00e, 0x216 },
	/* The short-descriptor format has only two levels. */
	{ ABORT_TABLE_WALK, 3, 0x00e, 0x217 },
	/* FS 0b00001, 0b100001: no level. */
	{ ABORT_ALIGNMENT, 1, 0x001, 0x221 },
	{ ABORT_ALIGNMENT, 3, 0x001, 0x221 },
};

TEST(fault_status)
{
	unsigned int i, eae, write;

	EACH(i, ARRAY_SIZE(statuses))
	EACH(eae, 2) {
		u32 expected = eae ? statuses[i].long_format : statuses[i].short_format;
		struct guest_cpu cpu;

		for (write = 0; write < 2; write++) {
			cpu = some_cpu(SVC);
			cpu.cp15.ttbcr = eae ? TTBCR_EAE | 0x7 : 0x7;
			inject_data_abort(&cpu, statuses[i].kind, statuses[i].level,
					  FAULT_ADDRESS, write);
			EXPECT_EQ(expected | write << 11, cpu.cp15.dfsr)
				TH_LOG("kind %u, level %u, long %u", statuses[i].kind,
				       statuses[i].level, eae);
			EXPECT_EQ(FAULT_ADDRESS, cpu.cp15.dfar);
		}
		cpu = some_cpu(SVC);
		cpu.cp15.ttbcr = eae ? TTBCR_EAE | 0x7 : 0x7;
		inject_prefetch_abort(&cpu, statuses[i].kind, statuses[i].level, FAULT_ADDRESS);
		EXPECT_EQ(expected, cpu.cp15.ifsr)
			TH_LOG("kind %u, level %u, long %u", statuses[i].kind,
			       statuses[i].level, eae);
		EXPECT_EQ(FAULT_ADDRESS, cpu.cp15.ifar);
	}
}

TEST_HARNESS_MAIN
