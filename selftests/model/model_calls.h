/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the model's calls on the kernel, and prints them as C. */
#ifndef VGIC_ABI_MODEL_CALLS_H
#define VGIC_ABI_MODEL_CALLS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kvm.h>

#include "model.h"

/**
 * struct model_result - what a call returned
 * @ret:   0 or above, or a negative errno
 * @value: unless @ret is an error, the number that was read, or for KVM_RUN the address
 *         of the guest's store (0 for any other exit)
 */
struct model_result {
	int ret;
	uint64_t value;
};

/* Opens /dev/kvm and maps the targets of pointers. Ends the test if that fails. */
void calls_open(void);

/* Capabilities and limits of /dev/kvm. */
void calls_probe(struct model_host *host);

struct model_result calls_make(const struct model_call *call);

/* The guest's code, which is the content of slot 0, and its size in bytes. */
const uint8_t *calls_guest_code(size_t *size);

/* The id of a register by enum model_reg; of the program counter by REG_PROGRAM_COUNTER. */
#define REG_PROGRAM_COUNTER	(REG_OF_OTHERS + 1)
uint64_t calls_register(unsigned int reg);

/* The argument of CALL_VCPU_INIT. */
struct kvm_vcpu_init calls_vcpu_init(const struct model_call *call);

/* Closes all VMs, with their devices and vCPUs, as exit() would. */
void calls_forget(void);

/* The GSI of entry @index of KVM_SET_GSI_ROUTING's table. */
uint32_t calls_gsi(const struct model_call *call, unsigned int index);

/* Prints one call as a statement, and the parts of the program before and after the statements. */
void calls_print(FILE *out, const struct model_call *call);
void calls_print_head(FILE *out);
/* Prints the comparison of the call's result with @answer, after the call. */
void calls_print_answer(FILE *out, const struct model_call *call,
			const struct model_answer *answer);
void calls_print_tail(FILE *out);

#endif /* VGIC_ABI_MODEL_CALLS_H */
