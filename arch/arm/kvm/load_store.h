/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The address of a load or store, from its instruction: ARM DDI 0406C, chapters A5, A6 and
 * A8.8. Pure logic. Needed where the CPU reports an abort of the second half of an access
 * that crosses pages: its syndrome has the address of that half only.
 */
#ifndef ARM_KVM_LOAD_STORE_H
#define ARM_KVM_LOAD_STORE_H

#include <linux/types.h>

#include "cpu_state.h"

/*
 * Sets @addr to the address that @instruction, at the guest's pc, accesses. @wide: the instruction
 * has 32 bits; in Thumb state, the first halfword is the upper one. False unless it is a load or
 * store of one register without writeback, the only kind with a valid syndrome.
 */
bool access_address(struct guest_cpu *cpu, u32 instruction, bool wide, u32 *addr);

#endif /* ARM_KVM_LOAD_STORE_H */
