// SPDX-License-Identifier: GPL-2.0-only
#include "exception.h"

#define SCTLR_V			(1U << 13)	/* vectors at 0xffff0000 */
#define SCTLR_EE		(1U << 25)	/* exceptions are big-endian */
#define SCTLR_TE		(1U << 30)	/* exceptions are Thumb */
#define HIGH_VECTORS		0xffff0000U

#define VECTOR_UNDEFINED	0x04
#define VECTOR_PREFETCH_ABORT	0x0c
#define VECTOR_DATA_ABORT	0x10

#define TTBCR_EAE		(1U << 31)	/* long descriptors */

/* Fault status, B3.13.3 and B3.13.4: short and long descriptor formats. */
#define FSR_WNR			(1U << 11)
#define FSR_LPAE		(1U << 9)
#define FSR_SHORT_ALIGNMENT	0x01
#define FSR_SHORT_EXTERNAL	0x08
#define FSR_SHORT_WALK(level)	((level) == 1 ? 0x0c : 0x0e)
#define FSR_LONG_ALIGNMENT	0x21
#define FSR_LONG_EXTERNAL	0x10
#define FSR_LONG_WALK(level)	(0x14 | (level))

/* ---- registers ---- */

/* NULL for modes without a bank: User and System. */
static struct cpu_bank *bank_of(struct guest_cpu *cpu)
{
	switch (cpu->gp.cpsr & PSR_MODE) {
	case PSR_MODE_SVC:
		return &cpu->banked.svc;
	case PSR_MODE_ABT:
		return &cpu->banked.abt;
	case PSR_MODE_UND:
		return &cpu->banked.und;
	case PSR_MODE_IRQ:
		return &cpu->banked.irq;
	case PSR_MODE_FIQ:
		return &cpu->banked.fiq;
	default:
		return NULL;
	}
}

u32 *guest_banked_reg(struct guest_cpu *cpu, unsigned int number)
{
	struct cpu_bank *bank = bank_of(cpu);

	if (number >= 15)
		return NULL;
	if (number == 14)
		return bank ? &bank->lr : &cpu->gp.lr;
	if (number == 13)
		return bank ? &bank->sp : &cpu->banked.sp_usr;
	if (number >= 8 && bank == &cpu->banked.fiq)
		return &cpu->banked.fiq_r[number - 8];
	return &cpu->gp.r[number];
}

/* ---- skipping ---- */

static bool condition_holds(unsigned int cond, u32 cpsr)
{
	bool n = cpsr & PSR_N, z = cpsr & PSR_Z;
	bool c = cpsr & PSR_C, v = cpsr & PSR_V;
	bool base;

	/* A8.3: an odd condition is the negation of the even one before it. */
	switch (cond >> 1) {
	case 0:
		base = z;
		break;
	case 1:
		base = c;
		break;
	case 2:
		base = n;
		break;
	case 3:
		base = v;
		break;
	case 4:
		base = c && !z;
		break;
	case 5:
		base = n == v;
		break;
	case 6:
		base = n == v && !z;
		break;
	default:
		return true;
	}
	return base != (cond & 1);
}

/* ITSTATE, A2.5.2: the CPSR has its bits 7..2 and 1..0 in two fields. */
static u32 it_state(u32 cpsr)
{
	return (cpsr >> 8 & 0xfc) | (cpsr >> 25 & 3);
}

static u32 with_it_state(u32 cpsr, u32 it)
{
	return (cpsr & ~PSR_IT) | (it & 0xfc) << 8 | (it & 3) << 25;
}

bool trapped_condition_holds(const struct guest_cpu *cpu, u32 hsr)
{
	u32 it;

	if (HSR_EC(hsr) == HSR_EC_UNKNOWN || HSR_EC(hsr) >= HSR_EC_SVC)
		return true;
	if (hsr & HSR_CV)
		return condition_holds(HSR_COND(hsr), cpu->gp.cpsr);
	/* Thumb: the condition is that of the IT block, if any. */
	it = it_state(cpu->gp.cpsr);
	return !it || condition_holds(it >> 4, cpu->gp.cpsr);
}

void advance_it(struct guest_cpu *cpu)
{
	u32 it = it_state(cpu->gp.cpsr);

	if (!(cpu->gp.cpsr & PSR_T))
		return;
	/* The block ends with its last instruction. */
	it = it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
	cpu->gp.cpsr = with_it_state(cpu->gp.cpsr, it);
}

/* ---- exceptions ---- */

/* @bank: the bank of @mode. @mask: PSR_A if the exception masks asynchronous aborts, else 0. */
static void take_exception(struct guest_cpu *cpu, u32 mode, struct cpu_bank *bank,
			   u32 vector, u32 return_offset, u32 mask)
{
	u32 old = cpu->gp.cpsr;
	u32 base = cpu->cp15.sctlr & SCTLR_V ? HIGH_VECTORS : cpu->cp15.vbar;
	u32 cpsr = old & ~(PSR_MODE | PSR_IT | PSR_J | PSR_T | PSR_E);

	cpsr |= mode | PSR_I | mask;
	if (cpu->cp15.sctlr & SCTLR_TE)
		cpsr |= PSR_T;
	if (cpu->cp15.sctlr & SCTLR_EE)
		cpsr |= PSR_E;
	cpu->gp.cpsr = cpsr;

	bank->spsr = old;
	bank->lr = cpu->gp.pc + return_offset;
	cpu->gp.pc = base + vector;
}

void inject_undefined(struct guest_cpu *cpu)
{
	/* Preferred return address plus 4, in Thumb state plus 2. */
	take_exception(cpu, PSR_MODE_UND, &cpu->banked.und, VECTOR_UNDEFINED,
		       cpu->gp.cpsr & PSR_T ? 2 : 4, 0);
}

static u32 short_status(enum abort_kind kind, unsigned int level)
{
	switch (kind) {
	case ABORT_TABLE_WALK:
		return FSR_SHORT_WALK(level);
	case ABORT_ALIGNMENT:
		return FSR_SHORT_ALIGNMENT;
	default:
		return FSR_SHORT_EXTERNAL;
	}
}

static u32 long_status(enum abort_kind kind, unsigned int level)
{
	switch (kind) {
	case ABORT_TABLE_WALK:
		return FSR_LONG_WALK(level);
	case ABORT_ALIGNMENT:
		return FSR_LONG_ALIGNMENT;
	default:
		return FSR_LONG_EXTERNAL;
	}
}

static u32 fault_status(const struct guest_cpu *cpu, enum abort_kind kind,
			unsigned int level)
{
	if (cpu->cp15.ttbcr & TTBCR_EAE)
		return FSR_LPAE | long_status(kind, level);
	return short_status(kind, level);
}

void inject_data_abort(struct guest_cpu *cpu, enum abort_kind kind,
		       unsigned int level, u32 addr, bool write)
{
	cpu->cp15.dfar = addr;
	cpu->cp15.dfsr = fault_status(cpu, kind, level) | (write ? FSR_WNR : 0);
	take_exception(cpu, PSR_MODE_ABT, &cpu->banked.abt, VECTOR_DATA_ABORT, 8, PSR_A);
}

void inject_prefetch_abort(struct guest_cpu *cpu, enum abort_kind kind,
			   unsigned int level, u32 addr)
{
	cpu->cp15.ifar = addr;
	cpu->cp15.ifsr = fault_status(cpu, kind, level);
	take_exception(cpu, PSR_MODE_ABT, &cpu->banked.abt, VECTOR_PREFETCH_ABORT, 4,
		       PSR_A);
}
