// SPDX-License-Identifier: GPL-2.0-only
#include "guest/guest_gic.h"
#include "processor.h"

/*
 * Registers by encoding: assemblers know their names only with -march=armv8-a+..., and the
 * library's header lacks some.
 */
#define READ(crn, crm, op2)							\
	case ICC_REGISTER(crn, crm, op2):					\
		value = read_sysreg_s(sys_reg(3, 0, crn, crm, op2));		\
		break
#define WRITE(crn, crm, op2)							\
	case ICC_REGISTER(crn, crm, op2):					\
		write_sysreg_s(value, sys_reg(3, 0, crn, crm, op2));		\
		break

uint64_t gicv3_icc_read(enum gicv3_icc reg)
{
	uint64_t value = 0;

	switch (reg) {
	READ(4, 6, 0);		/* ICC_PMR */
	READ(12, 8, 0);		/* ICC_IAR0 */
	READ(12, 8, 3);		/* ICC_BPR0 */
	READ(12, 11, 3);	/* ICC_RPR */
	READ(12, 12, 0);	/* ICC_IAR1 */
	READ(12, 12, 2);	/* ICC_HPPIR1 */
	READ(12, 12, 3);	/* ICC_BPR1 */
	READ(12, 12, 4);	/* ICC_CTLR */
	READ(12, 12, 5);	/* ICC_SRE */
	READ(12, 12, 6);	/* ICC_IGRPEN0 */
	READ(12, 12, 7);	/* ICC_IGRPEN1 */
	default:
		guest_expect("read of a register that cannot be read", 0, reg);
	}
	if (reg == ICC_IAR1)
		dsb(sy);
	return value;
}

void gicv3_icc_write(enum gicv3_icc reg, uint64_t value)
{
	/* Earlier writes have to be visible to the vCPU that an SGI interrupts. */
	dsb(sy);
	switch (reg) {
	WRITE(4, 6, 0);		/* ICC_PMR */
	WRITE(12, 8, 1);	/* ICC_EOIR0 */
	WRITE(12, 8, 3);	/* ICC_BPR0 */
	WRITE(12, 11, 1);	/* ICC_DIR */
	WRITE(12, 11, 5);	/* ICC_SGI1R */
	WRITE(12, 11, 7);	/* ICC_SGI0R */
	WRITE(12, 12, 1);	/* ICC_EOIR1 */
	WRITE(12, 12, 3);	/* ICC_BPR1 */
	WRITE(12, 12, 4);	/* ICC_CTLR */
	WRITE(12, 12, 5);	/* ICC_SRE */
	WRITE(12, 12, 6);	/* ICC_IGRPEN0 */
	WRITE(12, 12, 7);	/* ICC_IGRPEN1 */
	default:
		guest_expect("write of a register that cannot be written", 0, reg);
	}
	isb();
}
