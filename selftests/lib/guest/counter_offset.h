/* SPDX-License-Identifier: GPL-2.0-only */
/* Detects machines on which user space cannot move a guest's physical counter. */
#ifndef VGIC_ABI_COUNTER_OFFSET_H
#define VGIC_ABI_COUNTER_OFFSET_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#ifndef HWCAP2_ECV
#define HWCAP2_ECV	(1 << 19)	/* arm64's */
#endif

/*
 * True on QEMU with a CPU that has FEAT_ECV. KVM uses CNTPOFF_EL2 there, but QEMU ignores it while
 * SCR_EL3.ECVEn is 0, as it always is on a machine without EL3.
 */
static inline bool cntpoff_is_ignored(void)
{
	char machine[sizeof("linux,dummy-virt")] = "";
	FILE *file = fopen("/proc/device-tree/compatible", "r");

	if (file) {
		if (!fgets(machine, sizeof(machine), file))
			machine[0] = '\0';
		fclose(file);
	}
	return getauxval(AT_HWCAP2) & HWCAP2_ECV && !strcmp(machine, "linux,dummy-virt");
}

#endif /* VGIC_ABI_COUNTER_OFFSET_H */
