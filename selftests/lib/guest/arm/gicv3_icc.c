// SPDX-License-Identifier: GPL-2.0-only
/* 32-bit machines have no GICv3 for guests: tests that need NEED_GICV3 are not planned. */
#include "guest/guest_gic.h"

uint64_t gicv3_icc_read(enum gicv3_icc reg)
{
	guest_expect("read of a GICv3's register on a 32-bit machine", 0, reg + 1);
	return 0;
}

void gicv3_icc_write(enum gicv3_icc reg, uint64_t value)
{
	(void)value;
	guest_expect("write of a GICv3's register on a 32-bit machine", 0, reg + 1);
}
