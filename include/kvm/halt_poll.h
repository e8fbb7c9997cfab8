/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The time for which a vCPU's thread polls for an interrupt before it sleeps: a sleep and a
 * wake-up cost more than a short wait. Pure logic; times are ticks of the counter.
 */
#ifndef KVM_HALT_POLL_H
#define KVM_HALT_POLL_H

#include <linux/types.h>

/*
 * Returns the polling limit of the next wait. In the last wait, the limit was @limit and the
 * interrupt came after @waited ticks. The limit is kept if @waited was within @limit, doubled (from
 * @least up to @most) if @waited was within @most, and 0 otherwise.
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
