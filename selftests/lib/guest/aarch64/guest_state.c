// SPDX-License-Identifier: GPL-2.0-only
#include "guest/guest.h"
#include "guest/guest_state.h"
#include "processor.h"

#define V_WORDS		64		/* V0 to V31, of two words each */
#define FPSR_MASK	0xf800009fU	/* NZCV, QC and the cumulative exceptions */
#define FPCR_MASK	0x00c00000U	/* rounding mode */
#define SPSR_MASK	0xf0000000U	/* NZCV */
#define SPSR_EL1H	0x3c5U		/* EL1h, all masked: a state to return to */

/*
 * Name, writable bits without an effect on running code, and bits that are always set.
 * FAR_EL1 stands for registers that only an exception uses.
 */
#define FOR_EACH_REG(DO)			\
	DO(tpidr_el0, ~0ULL, 0)			\
	DO(tpidrro_el0, ~0ULL, 0)		\
	DO(sp_el0, ~0ULL, 0)			\
	DO(elr_el1, ~0ULL, 0)			\
	DO(far_el1, ~0ULL, 0)			\
	DO(contextidr_el1, 0xffffffffULL, 0)	\
	DO(spsr_el1, SPSR_MASK, SPSR_EL1H)	\
	DO(fpsr, FPSR_MASK, 0)			\
	DO(fpcr, FPCR_MASK, 0)

/* The compiler must not use the registers under test. */
#define NO_FP	__attribute__((target("general-regs-only")))

#define FILL(reg, mask, fixed)						\
	write_sysreg((guest_state_value(seed, index++) & (mask)) | (fixed), reg);
#define CHECK(reg, mask, fixed)						\
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
		guest_expect("half of a V register, twice its number in bits 7 to 0",
			     guest_state_value(seed, index), words[index]);
	FOR_EACH_REG(CHECK)
	/* Back to the default rounding for interrupt handlers. */
	write_sysreg(0UL, fpcr);
}
