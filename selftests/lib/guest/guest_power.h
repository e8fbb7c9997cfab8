/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vCPUs that guest code turns on and off, with PSCI 0.2 (ARM DEN 0022A) by HVC. A vCPU begins with
 * its MMU off. A stub, mapped at its physical address, turns the MMU on and calls the code given to
 * guest_create_off() on the vCPU's own stack.
 */
#ifndef VGIC_ABI_GUEST_POWER_H
#define VGIC_ABI_GUEST_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/psci.h>

#include "guest.h"

/* Answers of AFFINITY_INFO. */
#define PSCI_IS_ON	0
#define PSCI_IS_OFF	1

/* MPIDR of a vCPU for PSCI calls; affinity level 0 is enough here. */
#define GUEST_MPIDR_OF(cpu)	((uint64_t)(cpu))

/* ---- the guest's side ---- */

/*
 * Makes a PSCI call and returns its answer. This function and the next are provided for each
 * architecture.
 */
int guest_psci(uint32_t function, uint64_t arg1, uint64_t arg2, uint64_t arg3);

/* True if MMU and caches are off in SCTLR, as required when a vCPU is turned on. */
bool guest_sctlr_is_off(uint64_t sctlr);

/* CPU_ON of a vCPU by its MPIDR. The vCPU gets the context id. */
int guest_cpu_on(uint64_t mpidr, uint32_t context);

/* CPU_OFF; returns only if that failed. */
int guest_cpu_off(void);

int guest_affinity_info(uint64_t mpidr);

/**
 * struct guest_boot - state of the calling vCPU when it was turned on
 * @context: the context id
 * @sctlr:   SCTLR
 * @cpu:     index of the vCPU, from MPIDR
 */
struct guest_boot {
	uint64_t context;
	uint64_t sctlr;
	uint64_t cpu;
};

/* All 0 for a vCPU that was on from the beginning. */
struct guest_boot guest_boot(void);

/* ---- the host's side ---- */

void guest_power_init(struct guest *guest, void (*code)(void));

/**
 * struct boot_stub - data at the end of the stub
 * @entry: called with the MMU on
 * @stack: stack of each vCPU
 * @regs:  registers of the architecture, in the order of its stub
 *
 * <architecture>/boot.S knows the offsets of the members.
 */
struct boot_stub {
	uint64_t entry;
	uint64_t stack[GUEST_MAX_VCPUS];
	uint64_t regs[8];
};

/* Provided for each architecture: */
extern const char boot_stub_begin[], boot_stub_data[];
void guest_arch_fill_stub(struct guest *guest, struct boot_stub *data);

#endif /* VGIC_ABI_GUEST_POWER_H */
