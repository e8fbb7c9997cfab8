// SPDX-License-Identifier: GPL-2.0-only
#include "guest/guest.h"
#include "guest/guest_state.h"
#include "processor.h"

#define D_REGS		32
#define FPEXC_EN	(1U << 30)
#define CPACR_VFP	(0xfU << 20)	/* cp10 and cp11 */
#define FPSCR_MASK	0xf8c0009fU	/* NZCV, QC, rounding, cumulative exceptions */
#define SPSR_MASK	0xf0000000U	/* NZCV */
#define SPSR_USR	0x10U		/* a mode to return to */

/*
 * DO(name, writable bits, bits that are always set, read, write). None of them has an
 * effect on code that runs in Supervisor mode with interrupts masked.
 */
#define CP15(DO, name, where)						\
	DO(name, ~0U, 0, "mrc p15, 0, %0, " where, "mcr p15, 0, %0, " where)
#define BANKED(DO, name)						\
	DO(name, ~0U, 0, "mrs %0, " name, "msr " name ", %0")
#define BANKED_SPSR(DO, name)						\
	DO(name, SPSR_MASK, SPSR_USR, "mrs %0, " name, "msr " name ", %0")

#define FOR_EACH_REG(DO)						\
	CP15(DO, "TPIDRURW", "c13, c0, 2")				\
	CP15(DO, "TPIDRURO", "c13, c0, 3")				\
	CP15(DO, "CONTEXTIDR", "c13, c0, 1")				\
	CP15(DO, "DFAR", "c6, c0, 0")					\
	CP15(DO, "IFAR", "c6, c0, 2")					\
	BANKED(DO, "sp_usr")						\
	BANKED(DO, "lr_usr")						\
	BANKED(DO, "sp_abt")						\
	BANKED(DO, "lr_abt")						\
	BANKED_SPSR(DO, "spsr_abt")					\
	BANKED(DO, "sp_und")						\
	BANKED(DO, "lr_und")						\
	BANKED_SPSR(DO, "spsr_und")					\
	BANKED(DO, "sp_irq")						\
	BANKED(DO, "lr_irq")						\
	BANKED_SPSR(DO, "spsr_irq")					\
	BANKED(DO, "r8_fiq")						\
	BANKED(DO, "r9_fiq")						\
	BANKED(DO, "r10_fiq")						\
	BANKED(DO, "r11_fiq")						\
	BANKED(DO, "r12_fiq")						\
	BANKED(DO, "sp_fiq")						\
	BANKED(DO, "lr_fiq")						\
	BANKED_SPSR(DO, "spsr_fiq")					\
	DO("FPSCR", FPSCR_MASK, 0, ".fpu neon\n\tvmrs %0, fpscr",	\
	   ".fpu neon\n\tvmsr fpscr, %0")

#define FILL(name, mask, fixed, read, write)				\
	value = ((uint32_t)guest_state_value(seed, index++) & (mask)) | (fixed); \
	asm volatile(".arch_extension virt\n\t" write : : "r" (value));
#define CHECK(name, mask, fixed, read, write)				\
	asm volatile(".arch_extension virt\n\t" read : "=r" (value));	\
	guest_expect(name, ((uint32_t)guest_state_value(seed, index++) & (mask)) | (fixed), \
		     value & ((mask) | (fixed)));

/* Off after a reset. */
static void enable_vfp(void)
{
	uint32_t cpacr = read_cp15(0, 1, 0, 2) | CPACR_VFP;

	asm volatile("mcr p15, 0, %0, c1, c0, 2\n\tisb\n\t"
		     ".fpu neon\n\tvmsr fpexc, %1"
		     : : "r" (cpacr), "r" (FPEXC_EN) : "memory");
}

void guest_state_fill(uint32_t seed)
{
	uint64_t words[D_REGS], *next = words;
	unsigned int index;
	uint32_t value;

	enable_vfp();
	for (index = 0; index < D_REGS; index++)
		words[index] = guest_state_value(seed, index);
	asm volatile(".fpu neon\n\tvldmia %0!, {d0-d15}\n\tvldmia %0, {d16-d31}"
		     : "+r" (next) : : "memory");
	FOR_EACH_REG(FILL)
	isb();
}

void guest_state_check(uint32_t seed)
{
	uint64_t words[D_REGS], *next = words;
	unsigned int index;
	uint32_t value;

	asm volatile(".fpu neon\n\tvstmia %0!, {d0-d15}\n\tvstmia %0, {d16-d31}"
		     : "+r" (next) : : "memory");
	for (index = 0; index < D_REGS; index++)
		guest_expect("a D register, its number in bits 7 to 0",
			     guest_state_value(seed, index), words[index]);
	FOR_EACH_REG(CHECK)
}
