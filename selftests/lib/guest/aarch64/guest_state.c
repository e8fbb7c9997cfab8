// SPDX-License-Identifier: GPL-2.0-only
#include "guest/guest.h"
#include "guest/guest_state.h"
#include "processor.h"

#define V_WORDS		64		/* V0 to V31, of two words each */
#define FPSR_MASK	0xf800009fU	/* NZCV, QC and the cumulative exceptions */
#define FPCR_MASK	0x00c00000U	/* rounding mode */
#define SPSR_MASK	0xf0000000U	/* NZCV */
#define SPSR_EL1H	0x3c5U		/* EL1h, all masked: a state to return to */

#define CORE(size, field)	(KVM_REG_ARM64 | (size) | KVM_REG_ARM_CORE | \
				 KVM_REG_ARM_CORE_REG(field))
#define CORE_64(field)	CORE(KVM_REG_SIZE_U64, field)
#define CORE_32(field)	CORE(KVM_REG_SIZE_U32, field)

/*
 * Name, id, writable bits without an effect on running code, and bits that are always set.
 * FAR_EL1 stands for registers that only an exception uses.
 */
#define FOR_EACH_REG(DO)						\
	DO(tpidr_el0, ARM64_SYS_REG(3, 3, 13, 0, 2), ~0ULL, 0)		\
	DO(tpidrro_el0, ARM64_SYS_REG(3, 3, 13, 0, 3), ~0ULL, 0)	\
	DO(sp_el0, CORE_64(regs.sp), ~0ULL, 0)				\
	DO(elr_el1, CORE_64(elr_el1), ~0ULL, 0)				\
	DO(far_el1, ARM64_SYS_REG(3, 0, 6, 0, 0), ~0ULL, 0)		\
	DO(contextidr_el1, ARM64_SYS_REG(3, 0, 13, 0, 1), 0xffffffffULL, 0)	\
	DO(spsr_el1, CORE_64(spsr[KVM_SPSR_EL1]), SPSR_MASK, SPSR_EL1H)	\
	DO(fpsr, CORE_32(fp_regs.fpsr), FPSR_MASK, 0)			\
	DO(fpcr, CORE_32(fp_regs.fpcr), FPCR_MASK, 0)

/* The compiler must not use the registers under test. */
#define NO_FP	__attribute__((target("general-regs-only")))

#define FILL(reg, id, mask, fixed)						\
	write_sysreg((guest_state_value(seed, index++) & (mask)) | (fixed), reg);
#define CHECK(reg, id, mask, fixed)						\
	guest_expect(#reg, (guest_state_value(seed, index) & (mask)) | (fixed), \
		     read_sysreg(reg) & ((mask) | (fixed)));		\
	index++;

NO_FP void guest_state_fill(uint32_t seed)
{
	uint64_t words[V_WORDS], *next = words;
	unsigned int index;

	for (index = 0; index < V_WORDS; index++)
		words[index] = guest_state_value(seed, index);
	asm volatile(".arch_extension simd\n\t"
		     "ld1 {v0.2d-v3.2d}, [%0], #64\n\t"
		     "ld1 {v4.2d-v7.2d}, [%0], #64\n\t"
		     "ld1 {v8.2d-v11.2d}, [%0], #64\n\t"
		     "ld1 {v12.2d-v15.2d}, [%0], #64\n\t"
		     "ld1 {v16.2d-v19.2d}, [%0], #64\n\t"
		     "ld1 {v20.2d-v23.2d}, [%0], #64\n\t"
		     "ld1 {v24.2d-v27.2d}, [%0], #64\n\t"
		     "ld1 {v28.2d-v31.2d}, [%0]"
		     : "+r" (next) : : "memory");
	FOR_EACH_REG(FILL)
	isb();
}

NO_FP void guest_state_check(uint32_t seed)
{
	uint64_t words[V_WORDS], *next = words;
	unsigned int index;

	asm volatile(".arch_extension simd\n\t"
		     "st1 {v0.2d-v3.2d}, [%0], #64\n\t"
		     "st1 {v4.2d-v7.2d}, [%0], #64\n\t"
		     "st1 {v8.2d-v11.2d}, [%0], #64\n\t"
		     "st1 {v12.2d-v15.2d}, [%0], #64\n\t"
		     "st1 {v16.2d-v19.2d}, [%0], #64\n\t"
		     "st1 {v20.2d-v23.2d}, [%0], #64\n\t"
		     "st1 {v24.2d-v27.2d}, [%0], #64\n\t"
		     "st1 {v28.2d-v31.2d}, [%0]"
		     : "+r" (next) : : "memory");
	for (index = 0; index < V_WORDS; index++)
		guest_expect("half of a V register; bits 7 to 0: 2 * number + half",
			     guest_state_value(seed, index), words[index]);
	FOR_EACH_REG(CHECK)
	/* Back to the default rounding for interrupt handlers. */
	write_sysreg(0UL, fpcr);
}

/* ---- the host's side ---- */

#define LIST(name_, id_, mask_, fixed_)					\
	{ .name = #name_, .id = id_, .mask = mask_, .fixed = fixed_ },

#define V_REGS	(V_WORDS / 2)

bool guest_state_reg(unsigned int number, struct guest_state_reg *reg)
{
	static const struct guest_state_reg regs[] = { FOR_EACH_REG(LIST) };

	if (number < V_REGS)
		*reg = (struct guest_state_reg){
			.name = "V register", .mask = ~0ULL, .index = 2 * number,
			.id = CORE(KVM_REG_SIZE_U128, fp_regs.vregs[0]) + 4 * number,
		};
	else if (number - V_REGS < ARRAY_SIZE(regs))
		*reg = regs[number - V_REGS];
	else
		return false;
	if (number >= V_REGS)
		reg->index = V_WORDS + number - V_REGS;
	return true;
}
