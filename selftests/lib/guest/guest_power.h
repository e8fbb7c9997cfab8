/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vCPUs that are turned on and off by guest code, with PSCI 0.2 (ARM DEN 0022A) by
 * HVC. One that comes on has its MMU off; a stub that stands in the same place in
 * both address spaces turns it on, and then the code given to guest_create_off()
 * runs on the vCPU's own stack.
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

/* MPIDR of a vCPU, as a PSCI call wants it, where the affinity level 0 says all. */
#define GUEST_MPIDR_OF(cpu)	((uint64_t)(cpu))

/* ---- the guest's side ---- */

/* The call's answer. Provided for each architecture, as the next one. */
int guest_psci(uint32_t function, uint64_t arg1, uint64_t arg2, uint64_t arg3);

/* MMU and caches, as SCTLR of a vCPU that has just come on says: must be off. */
bool guest_sctlr_is_off(uint64_t sctlr);

/* CPU_ON of a vCPU by its MPIDR, with a context id that it finds on its way. */
int guest_cpu_on(uint64_t mpidr, uint32_t context);

/* CPU_OFF; returns only if that failed. */
int guest_cpu_off(void);

int guest_affinity_info(uint64_t mpidr);

/**
 * struct guest_boot - how the calling vCPU has come on
 * @context: the context id
 * @sctlr:   SCTLR as it was then
 * @cpu:     its index, by its MPIDR
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
 * struct boot_stub - data of the stub, at its end
 * @entry: where to go on, with the MMU on
 * @stack: of each vCPU
 * @regs:  as the architecture wants them, in the order of its stub
 *
 * The stubs in <architecture>/boot.S know where each member is.
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
