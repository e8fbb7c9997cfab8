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
 * DO(name, id, writable bits, bits that are always set, read, write). None of the writable bits
 * has an effect on code that runs in Supervisor mode with interrupts masked.
 */
#define CORE(field)	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(field))
#define VFP(size, number)	(KVM_REG_ARM | (size) | KVM_REG_ARM_VFP | (number))
#define CP15(DO, name, crn, crm, op2)					\
	DO(name, ARM_CP15_REG32(0, crn, crm, op2), ~0U, 0,		\
	   "mrc p15, 0, %0, c" #crn ", c" #crm ", " #op2,		\
	   "mcr p15, 0, %0, c" #crn ", c" #crm ", " #op2)
#define BANKED(DO, name, field)						\
	DO(name, CORE(field), ~0U, 0, "mrs %0, " name, "msr " name ", %0")
#define BANKED_SPSR(DO, name, field)					\
	DO(name, CORE(field), SPSR_MASK, SPSR_USR, "mrs %0, " name, "msr " name ", %0")

#define FOR_EACH_REG(DO)						\
	CP15(DO, "TPIDRURW", 13, 0, 2)					\
	CP15(DO, "TPIDRURO", 13, 0, 3)					\
	CP15(DO, "CONTEXTIDR", 13, 0, 1)				\
	CP15(DO, "DFAR", 6, 0, 0)					\
	CP15(DO, "IFAR", 6, 0, 2)					\
	BANKED(DO, "sp_usr", usr_regs.ARM_sp)				\
	BANKED(DO, "lr_usr", usr_regs.ARM_lr)				\
	BANKED(DO, "sp_abt", KVM_ARM_ABT_sp)				\
	BANKED(DO, "lr_abt", KVM_ARM_ABT_lr)				\
	BANKED_SPSR(DO, "spsr_abt", KVM_ARM_ABT_spsr)			\
	BANKED(DO, "sp_und", KVM_ARM_UND_sp)				\
	BANKED(DO, "lr_und", KVM_ARM_UND_lr)				\
	BANKED_SPSR(DO, "spsr_und", KVM_ARM_UND_spsr)			\
	BANKED(DO, "sp_irq", KVM_ARM_IRQ_sp)				\
	BANKED(DO, "lr_irq", KVM_ARM_IRQ_lr)				\
	BANKED_SPSR(DO, "spsr_irq", KVM_ARM_IRQ_spsr)			\
	BANKED(DO, "r8_fiq", KVM_ARM_FIQ_r8)				\
	BANKED(DO, "r9_fiq", KVM_ARM_FIQ_r9)				\
	BANKED(DO, "r10_fiq", KVM_ARM_FIQ_r10)				\
	BANKED(DO, "r11_fiq", KVM_ARM_FIQ_fp)				\
	BANKED(DO, "r12_fiq", KVM_ARM_FIQ_ip)				\
	BANKED(DO, "sp_fiq", KVM_ARM_FIQ_sp)				\
	BANKED(DO, "lr_fiq", KVM_ARM_FIQ_lr)				\
	BANKED_SPSR(DO, "spsr_fiq", KVM_ARM_FIQ_spsr)			\
	DO("FPSCR", VFP(KVM_REG_SIZE_U32, KVM_REG_ARM_VFP_FPSCR), FPSCR_MASK, 0, \
	   ".fpu neon\n\tvmrs %0, fpscr",	\
	   ".fpu neon\n\tvmsr fpscr, %0")

#define FILL(name, id, mask, fixed, read, write)				\
	value = ((uint32_t)guest_state_value(seed, index++) & (mask)) | (fixed); \
	asm volatile(".arch_extension virt\n\t" write : : "r" (value));
#define CHECK(name, id, mask, fixed, read, write)				\
	asm volatile(".arch_extension virt\n\t" read : "=r" (value));	\
	guest_expect(name, ((uint32_t)guest_state_value(seed, index++) & (mask)) | (fixed), \
		     value & ((mask) | (fixed)));

/* VFP is off after a reset. */
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

/* ---- the host's side ---- */

#define LIST(name_, id_, mask_, fixed_, read, write)			\
	{ .name = name_, .id = id_, .mask = mask_, .fixed = fixed_ },

bool guest_state_reg(unsigned int number, struct guest_state_reg *reg)
{
	static const struct guest_state_reg regs[] = { FOR_EACH_REG(LIST) };

	if (number < D_REGS)
		*reg = (struct guest_state_reg){
			.name = "D register", .id = VFP(KVM_REG_SIZE_U64, number), .mask = ~0ULL,
		};
	else if (number - D_REGS < ARRAY_SIZE(regs))
		*reg = regs[number - D_REGS];
	else
		return false;
	reg->index = number;
	return true;
}
