/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walks of the guest's own tables: ARM DDI 0406C, B3.5 and B3.6. They find the level of an abort on
 * such a walk, because the syndrome has only the level in stage 2. Pure logic.
 */
#ifndef ARM_KVM_WALK_H
#define ARM_KVM_WALK_H

#include <linux/types.h>

#include "cpu_state.h"

/**
 * struct guest_walk - a walk, at one of its descriptors
 * @va:    the address that is translated
 * @ipa:   guest physical address of the descriptor
 * @level: of the descriptor: 1 to 3, short descriptors 1 and 2
 * @size:  bytes of a descriptor: 4, or 8 with long ones
 */
struct guest_walk {
	u32 va;
	u64 ipa;
	unsigned int level;
	unsigned int size;
};

/* Sets @walk to the first descriptor of the translation of @va. */
void walk_begin(struct guest_walk *walk, const struct cpu_cp15 *cp15, u32 va);

/*
 * Follows @descriptor, the walk's current one, to the next. False if @descriptor is not a table
 * descriptor, so that the walk ends.
 */
bool walk_next(struct guest_walk *walk, u64 descriptor);

#endif /* ARM_KVM_WALK_H */
