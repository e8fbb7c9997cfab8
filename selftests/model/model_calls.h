/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the model's calls on the kernel, and prints them as C. */
#ifndef VGIC_ABI_MODEL_CALLS_H
#define VGIC_ABI_MODEL_CALLS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

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

/* Closes all files, as exit() would. */
void calls_forget(void);

/* Prints one call as a statement, and what the statements need before and after them. */
void calls_print(FILE *out, const struct model_call *call);
void calls_print_head(FILE *out);
void calls_print_tail(FILE *out);

#endif /* VGIC_ABI_MODEL_CALLS_H */
