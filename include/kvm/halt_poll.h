/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For how long a vCPU's thread looks for an interrupt before it sleeps. To sleep and to be woken
 * costs more than a short wait. Pure logic; times are ticks of the counter.
 */
#ifndef KVM_HALT_POLL_H
#define KVM_HALT_POLL_H

#include <linux/types.h>

/*
 * The limit of the next wait, after one with @limit that took @waited: as before if that was
 * enough; twice as much if more would have been, @least at first and @most at last; 0 if the
 * interrupt came later than that.
 */
static inline u32 halt_poll_next(u32 limit, u32 least, u32 most, u64 waited)
{
	if (waited > most)
		return 0;
	if (waited > limit)
		limit = limit ? 2ULL * limit > most ? most : 2 * limit : least;
	return limit < most ? limit : most;
}

#endif /* KVM_HALT_POLL_H */
