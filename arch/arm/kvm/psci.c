// SPDX-License-Identifier: GPL-2.0-only
#include <linux/nospec.h>

#include <asm/kvm.h>

#include "psci.h"

#define MPIDR_AFFINITY		0x00ffffffU	/* affinity levels 2 to 0 */
/* AFFINITY_INFO, 5.7. */
#define PSCI_LEVEL_ON		0
#define PSCI_LEVEL_OFF		1

/* Index of the vCPU with these affinity fields, or -1. */
static int by_affinity(const struct psci *psci, u32 mpidr)
{
	u32 aff = mpidr & MPIDR_AFFINITY;

	/* The bits around the affinity fields have to be 0: PSCI 0.2, 5.4.2. */
	if (mpidr & ~MPIDR_AFFINITY)
		return -1;
	if (aff >= PSCI_MAX_VCPUS)
		return -1;
	aff = array_index_nospec(aff, PSCI_MAX_VCPUS);
	if (psci->power[aff] == PSCI_ABSENT)
		return -1;
	return aff;
}

static void cpu_on(struct psci *psci, const u32 args[4], s32 already_on,
		   struct psci_result *result)
{
	int target = by_affinity(psci, args[1]);

	if (target < 0) {
		result->value = PSCI_INVALID_PARAMS;
		return;
	}
	if (psci->power[target] == PSCI_ON) {
		result->value = already_on;
		return;
	}
	psci->power[target] = PSCI_ON;
	result->action = PSCI_POWER_ON;
	result->value = PSCI_SUCCESS;
	result->target = target;
	result->entry = args[2];
	result->context = args[3];
}

static void cpu_off(struct psci *psci, unsigned int caller,
		    struct psci_result *result)
{
	psci->power[caller] = PSCI_OFF;
	result->action = PSCI_POWER_OFF;
}

/* PSCI 0.2, 5.7. */
static s32 affinity_info(const struct psci *psci, const u32 args[4])
{
	u32 lowest = args[2];
	u32 mask;
	bool found = false;
	unsigned int i;

	if (lowest > 3 || args[1] & ~MPIDR_AFFINITY)
		return PSCI_INVALID_PARAMS;
	mask = lowest == 3 ? 0 : MPIDR_AFFINITY & ~0U << (8 * lowest);
	for (i = 0; i < PSCI_MAX_VCPUS; i++) {
		if (psci->power[i] == PSCI_ABSENT || (args[1] ^ i) & mask)
			continue;
		found = true;
		if (psci->power[i] == PSCI_ON)
			return PSCI_LEVEL_ON;
	}
	return found ? PSCI_LEVEL_OFF : PSCI_INVALID_PARAMS;
}

static void call_0_2(struct psci *psci, unsigned int caller, const u32 args[4],
		     struct psci_result *result)
{
	switch (args[0]) {
	case PSCI_FN_CPU_SUSPEND:
		result->action = PSCI_SUSPEND;
		result->value = PSCI_SUCCESS;
		break;
	case PSCI_FN_CPU_OFF:
		cpu_off(psci, caller, result);
		break;
	case PSCI_FN_CPU_ON:
		cpu_on(psci, args, PSCI_ALREADY_ON, result);
		break;
	case PSCI_FN_AFFINITY_INFO:
		result->value = affinity_info(psci, args);
		break;
	case PSCI_FN_SYSTEM_OFF:
		result->action = PSCI_SYSTEM_OFF;
		/* Seen only if user space runs the vCPU again regardless. */
		result->value = PSCI_INTERNAL_FAILURE;
		break;
	case PSCI_FN_SYSTEM_RESET:
		result->action = PSCI_SYSTEM_RESET;
		result->value = PSCI_INTERNAL_FAILURE;
		break;
	}
}

/* This version has no ALREADY_ON: a vCPU that is on is a bad argument. */
static void call_0_1(struct psci *psci, unsigned int caller, const u32 args[4],
		     struct psci_result *result)
{
	switch (args[0]) {
	case KVM_PSCI_FN_CPU_OFF:
		cpu_off(psci, caller, result);
		break;
	case KVM_PSCI_FN_CPU_ON:
		cpu_on(psci, args, PSCI_INVALID_PARAMS, result);
		break;
	}
}

void psci_call(struct psci *psci, unsigned int caller, const u32 args[4],
	       struct psci_result *result)
{
	*result = (struct psci_result) { .action = PSCI_NOTHING };
	if (psci_constant(psci->version_0_2[caller], args[0], &result->value))
		return;
	if (psci->version_0_2[caller])
		call_0_2(psci, caller, args, result);
	else
		call_0_1(psci, caller, args, result);
}
