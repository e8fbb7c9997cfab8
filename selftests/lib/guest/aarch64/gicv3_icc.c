// SPDX-License-Identifier: GPL-2.0-only
#include "guest/guest_gic.h"
#include "processor.h"

/*
 * Registers by encoding: assemblers know their names only with -march=armv8-a+..., and the
 * library's header lacks SGI1R.
 */
#define ICC(op2_of, crm)	sys_reg(3, 0, 12, crm, op2_of)
#define ICC_PMR_EL1		sys_reg(3, 0, 4, 6, 0)
#define ICC_DIR_EL1		ICC(1, 11)
#define ICC_SGI1R_EL1		ICC(5, 11)
#define ICC_IAR1_EL1		ICC(0, 12)
#define ICC_EOIR1_EL1		ICC(1, 12)
#define ICC_CTLR_EL1		ICC(4, 12)
#define ICC_SRE_EL1		ICC(5, 12)
#define ICC_IGRPEN1_EL1		ICC(7, 12)

uint64_t gicv3_icc_read(enum gicv3_icc reg)
{
	uint64_t value = 0;

	switch (reg) {
	case ICC_IAR1:
		value = read_sysreg_s(ICC_IAR1_EL1);
		dsb(sy);
		break;
	case ICC_PMR:
		value = read_sysreg_s(ICC_PMR_EL1);
		break;
	default:
		guest_expect("read of a register that cannot be read", 0, reg);
	}
	return value;
}

void gicv3_icc_write(enum gicv3_icc reg, uint64_t value)
{
	/* Earlier writes have to be visible to the vCPU that an SGI interrupts. */
	dsb(sy);
	switch (reg) {
	case ICC_EOIR1:
		write_sysreg_s(value, ICC_EOIR1_EL1);
		break;
	case ICC_DIR:
		write_sysreg_s(value, ICC_DIR_EL1);
		break;
	case ICC_PMR:
		write_sysreg_s(value, ICC_PMR_EL1);
		break;
	case ICC_CTLR:
		write_sysreg_s(value, ICC_CTLR_EL1);
		break;
	case ICC_SRE:
		write_sysreg_s(value, ICC_SRE_EL1);
		break;
	case ICC_IGRPEN1:
		write_sysreg_s(value, ICC_IGRPEN1_EL1);
		break;
	case ICC_SGI1R:
		write_sysreg_s(value, ICC_SGI1R_EL1);
		break;
	default:
		guest_expect("write of a register that cannot be written", 0, reg);
	}
	isb();
}
