/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of a vCPU that ordinary guest code does not use, and that KVM has to preserve:
 * VFP, banked registers, thread ids. Each architecture has its own list of registers, and its own
 * functions.
 */
#ifndef VGIC_ABI_GUEST_STATE_H
#define VGIC_ABI_GUEST_STATE_H

#include <stdbool.h>
#include <stdint.h>

/* ---- the guest's side ---- */

/*
 * Fill the registers with values made from @seed, and check them. Interrupts have to be masked in
 * between, because an interrupt changes some of the registers.
 */
void guest_state_fill(uint32_t seed);
void guest_state_check(uint32_t seed);

/* The value of the register with this index. The value's low byte is the index. */
static inline uint64_t guest_state_value(uint32_t seed, unsigned int index)
{
	uint32_t high = (seed + 1) * 0x9e3779b1U;

	return (uint64_t)(high ^ index << 24) << 32 | (high & 0xffffff00U) | index;
}

/* ---- the host's side ---- */

/**
 * struct guest_state_reg - one of the registers, for KVM_GET_ONE_REG and KVM_SET_ONE_REG
 * @name:  for messages
 * @id:    id of the register, which includes the size
 * @index: index of its value for guest_state_value(). A register of 128 bits has two values
 * @mask:  bits that hold the value
 * @fixed: other bits that are always set
 */
struct guest_state_reg {
	const char *name;
	uint64_t id;
	unsigned int index;
	uint64_t mask, fixed;
};

/* The register with this number; false beyond the last one. */
bool guest_state_reg(unsigned int number, struct guest_state_reg *reg);

#endif /* VGIC_ABI_GUEST_STATE_H */
