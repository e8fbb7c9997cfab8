// SPDX-License-Identifier: GPL-2.0-only
#include "exception.h"
#include "load_store.h"
#include "psr.h"

#define REG_SP		13
#define REG_PC		15

#define BIT_AT(insn, n)		((insn) >> (n) & 1)
#define BITS_AT(insn, n, mask)	((insn) >> (n) & (mask))

/* As an operand, the pc is ahead of the instruction: A2.3. */
static u32 value_of(struct guest_cpu *cpu, unsigned int number)
{
	unsigned int ahead = cpu->gp.cpsr & PSR_T ? 4 : 8;

	return number == REG_PC ? cpu->gp.pc + ahead : *guest_reg(cpu, number);
}

/* Base of a load from a literal pool. */
static u32 literal_base(struct guest_cpu *cpu)
{
	return value_of(cpu, REG_PC) & ~3U;
}

static u32 ror(u32 value, unsigned int n)
{
	return n ? value >> n | value << (32 - n) : value;
}

/* A8.4.3: LSL, LSR, ASR, ROR. An amount of 0 means 32 for LSR and ASR, and RRX for ROR. */
static u32 shifted(u32 value, unsigned int type, unsigned int amount, u32 cpsr)
{
	switch (type) {
	case 0:
		return value << amount;
	case 1:
		return amount ? value >> amount : 0;
	case 2:
		return (s32)value >> (amount ? amount : 31);
	default:
		if (amount)
			return ror(value, amount);
		return value >> 1 | (cpsr & PSR_C ? 1U << 31 : 0);
	}
}

/* ---- ARM state ---- */

/* A5.3: LDR, STR, LDRB, STRB. */
static bool arm_word(struct guest_cpu *cpu, u32 insn, u32 *offset)
{
	if (!BIT_AT(insn, 25)) {
		*offset = BITS_AT(insn, 0, 0xfff);
		return true;
	}
	if (BIT_AT(insn, 4))
		return false;
	*offset = shifted(value_of(cpu, BITS_AT(insn, 0, 0xf)), BITS_AT(insn, 5, 3),
			  BITS_AT(insn, 7, 0x1f), cpu->gp.cpsr);
	return true;
}

/* A5.2.8: LDRH, STRH, LDRSB, LDRSH. Op 0 encodes multiplications and exclusive accesses. */
static bool arm_half(struct guest_cpu *cpu, u32 insn, u32 *offset)
{
	bool load = BIT_AT(insn, 20);
	unsigned int op = BITS_AT(insn, 5, 3);

	/* Op 2 and 3 without load are LDRD and STRD. */
	if (!BIT_AT(insn, 7) || !BIT_AT(insn, 4) || !op || (op > 1 && !load))
		return false;
	if (BIT_AT(insn, 22))
		*offset = BITS_AT(insn, 8, 0xf) << 4 | BITS_AT(insn, 0, 0xf);
	else
		*offset = value_of(cpu, BITS_AT(insn, 0, 0xf));
	return true;
}

static bool arm_address(struct guest_cpu *cpu, u32 insn, u32 *addr)
{
	u32 base, offset;
	bool known;

	/* P set and W clear: no writeback. Condition 15 has other instructions. */
	if (BITS_AT(insn, 28, 0xf) == 0xf || !BIT_AT(insn, 24) || BIT_AT(insn, 21))
		return false;
	switch (BITS_AT(insn, 26, 3)) {
	case 0:
		known = !BIT_AT(insn, 25) && arm_half(cpu, insn, &offset);
		break;
	case 1:
		known = arm_word(cpu, insn, &offset);
		break;
	default:
		return false;
	}
	if (!known)
		return false;
	base = value_of(cpu, BITS_AT(insn, 16, 0xf));
	*addr = BIT_AT(insn, 23) ? base + offset : base - offset;
	return true;
}

/* ---- Thumb state ---- */

/* A6.2.4. */
static bool thumb_address(struct guest_cpu *cpu, u32 insn, u32 *addr)
{
	u32 base = value_of(cpu, BITS_AT(insn, 3, 7));
	u32 imm5 = BITS_AT(insn, 6, 0x1f);

	switch (insn >> 11) {
	case 0x09:		/* LDR (literal) */
		*addr = literal_base(cpu) + 4 * (insn & 0xff);
		return true;
	case 0x0a:		/* register offset */
	case 0x0b:
		*addr = base + value_of(cpu, BITS_AT(insn, 6, 7));
		return true;
	case 0x0c:		/* STR, LDR */
	case 0x0d:
		*addr = base + 4 * imm5;
		return true;
	case 0x0e:		/* STRB, LDRB */
	case 0x0f:
		*addr = base + imm5;
		return true;
	case 0x10:		/* STRH, LDRH */
	case 0x11:
		*addr = base + 2 * imm5;
		return true;
	case 0x12:		/* STR, LDR, relative to sp */
	case 0x13:
		*addr = value_of(cpu, REG_SP) + 4 * (insn & 0xff);
		return true;
	default:
		return false;
	}
}

/* A6.3.7 to A6.3.10. */
static bool thumb_wide_address(struct guest_cpu *cpu, u32 insn, u32 *addr)
{
	unsigned int rn = BITS_AT(insn, 16, 0xf);
	u32 base;

	if (insn >> 25 != 0x7c || BITS_AT(insn, 21, 3) == 3)
		return false;
	if (rn == REG_PC) {
		if (!BIT_AT(insn, 20))
			return false;
		*addr = BIT_AT(insn, 23) ? literal_base(cpu) + BITS_AT(insn, 0, 0xfff) :
					   literal_base(cpu) - BITS_AT(insn, 0, 0xfff);
		return true;
	}
	base = value_of(cpu, rn);
	if (BIT_AT(insn, 23)) {
		*addr = base + BITS_AT(insn, 0, 0xfff);
		return true;
	}
	if (!BITS_AT(insn, 6, 0x3f)) {
		*addr = base + (value_of(cpu, BITS_AT(insn, 0, 0xf)) << BITS_AT(insn, 4, 3));
		return true;
	}
	/* 1PUW with P set and W clear: no writeback. */
	if (!BIT_AT(insn, 11) || !BIT_AT(insn, 10) || BIT_AT(insn, 8))
		return false;
	*addr = BIT_AT(insn, 9) ? base + BITS_AT(insn, 0, 0xff) : base - BITS_AT(insn, 0, 0xff);
	return true;
}

bool access_address(struct guest_cpu *cpu, u32 instruction, bool wide, u32 *addr)
{
	if (!(cpu->gp.cpsr & PSR_T))
		return arm_address(cpu, instruction, addr);
	return wide ? thumb_wide_address(cpu, instruction, addr) :
		      thumb_address(cpu, instruction & 0xffff, addr);
}
