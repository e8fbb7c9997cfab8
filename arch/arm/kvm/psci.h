/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Power State Coordination Interface, ARM DEN 0022, version 0.2, for the vCPUs of one VM,
 * and KVM's older function numbers. Pure logic; the caller serialises calls for one VM.
 */
#ifndef ARM_KVM_PSCI_H
#define ARM_KVM_PSCI_H

#include <linux/types.h>

#include <asm/kvm.h>

#define PSCI_MAX_VCPUS	8

/*
 * Function numbers (5.1) and return values (5.2). Not from <linux/psci.h>, because user
 * space and the kernel have that in different places.
 */
#define PSCI_FN_VERSION			0x84000000U
#define PSCI_FN_CPU_SUSPEND		0x84000001U
#define PSCI_FN_CPU_OFF			0x84000002U
#define PSCI_FN_CPU_ON			0x84000003U
#define PSCI_FN_AFFINITY_INFO		0x84000004U
#define PSCI_FN_MIGRATE_INFO_TYPE	0x84000006U
#define PSCI_FN_SYSTEM_OFF		0x84000008U
#define PSCI_FN_SYSTEM_RESET		0x84000009U

#define PSCI_SUCCESS			0
#define PSCI_NOT_SUPPORTED		(-1)
#define PSCI_INVALID_PARAMS		(-2)
#define PSCI_ALREADY_ON			(-4)
#define PSCI_INTERNAL_FAILURE		(-6)

enum psci_power {
	PSCI_ABSENT,	/* no such vCPU, or not initialised */
	PSCI_ON,
	PSCI_OFF,
};

/**
 * struct psci - state of a VM's vCPUs
 * @power:    by vCPU
 * @version_0_2: by vCPU: KVM_ARM_VCPU_PSCI_0_2 was requested
 */
struct psci {
	enum psci_power power[PSCI_MAX_VCPUS];
	bool version_0_2[PSCI_MAX_VCPUS];
};

/* Actions of psci_call()'s caller after a call, besides returning a value to the vCPU. */
enum psci_action {
	PSCI_NOTHING,
	PSCI_SUSPEND,		/* wait, like WFI */
	PSCI_POWER_OFF,		/* the calling vCPU; no value is returned */
	PSCI_POWER_ON,		/* vCPU @target, at @entry */
	PSCI_SYSTEM_OFF,
	PSCI_SYSTEM_RESET,
};

/**
 * struct psci_result - outcome of a call
 * @action:  action of psci_call()'s caller
 * @value:   for r0 of the calling vCPU
 * @target:  index of a vCPU
 * @entry:   guest address; bit 0 set: in Thumb state
 * @context: for r0 of vCPU @target
 */
struct psci_result {
	enum psci_action action;
	u32 value;
	unsigned int target;
	u32 entry;
	u32 context;
};

#define PSCI_VERSION_0_2	0x00000002U

/* No Trusted OS that would need migration: PSCI 0.2, 5.9. */
#define PSCI_MIGRATE_NOT_NEEDED	2

/*
 * Answers a call whose result is constant, such as an unsupported call. False if the call depends
 * on the VM's state or changes it. HYP mode uses this, too.
 */
static __always_inline bool psci_constant(bool version_0_2, u32 function, u32 *value)
{
	if (!version_0_2) {
		if (function == KVM_PSCI_FN_CPU_OFF || function == KVM_PSCI_FN_CPU_ON)
			return false;
		*value = PSCI_NOT_SUPPORTED;
		return true;
	}
	switch (function) {
	case PSCI_FN_VERSION:
		*value = PSCI_VERSION_0_2;
		return true;
	case PSCI_FN_MIGRATE_INFO_TYPE:
		*value = PSCI_MIGRATE_NOT_NEEDED;
		return true;
	case PSCI_FN_CPU_SUSPEND:
	case PSCI_FN_CPU_OFF:
	case PSCI_FN_CPU_ON:
	case PSCI_FN_AFFINITY_INFO:
	case PSCI_FN_SYSTEM_OFF:
	case PSCI_FN_SYSTEM_RESET:
		return false;
	default:
		*value = PSCI_NOT_SUPPORTED;
		return true;
	}
}

/*
 * A call with @args (r0 to r3) from vCPU @caller. Updates power states; the caller carries
 * out @result.
 */
void psci_call(struct psci *psci, unsigned int caller, const u32 args[4],
	       struct psci_result *result);

/* MPIDR of a vCPU: one cluster, affinity 0 is the index. */
static inline u32 psci_mpidr(unsigned int vcpu)
{
	return 1U << 31 | vcpu;
}

#endif /* ARM_KVM_PSCI_H */
