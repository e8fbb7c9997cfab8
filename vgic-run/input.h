/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Input on its way from this program's terminal to the guest's console, and the pace at which it
 * arrives there.
 *
 * Without the limited speed of a real line, endless input (`yes | vgic-run`) would fill the UART's
 * queue as fast as the guest empties it, and the guest would handle the UART's interrupt forever.
 * So input is passed on in chunks. The next chunk waits until the guest has read the last chunk,
 * and then for the time that reading took, so that half of the guest's time is left for other work.
 * The minimum wait limits a fast guest to about 6 KiB/s. A single key is not delayed.
 */
#ifndef VGIC_RUN_INPUT_H
#define VGIC_RUN_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#define INPUT_CHUNK	256	/* bytes that are passed on at a time */
#define INPUT_ROOM	65536	/* bytes that can wait: what a user pastes is not lost */

/* Milliseconds between two checks of the guest's console while input waits. */
#define INPUT_TICK_MS	20

/**
 * struct input - input that waits for the guest's console, and the pace
 * @bytes:     the input
 * @count:     bytes in @bytes
 * @unread:    at the last check, the guest had not read all of the console's input
 * @passed_ms: time at which the last chunk was passed on
 * @next_ms:   earliest time for the next chunk; valid if not @unread
 */
struct input {
	uint8_t bytes[INPUT_ROOM];
	unsigned int count;
	bool unread;
	uint64_t passed_ms, next_ms;
};

/* Adds a byte. Returns false if there is no room; the byte is lost, as on a real line. */
bool input_add(struct input *input, uint8_t byte);

/*
 * True if input may be passed on now. @all_read: the guest has read all input that was passed on.
 * @now_ms: milliseconds of a monotonic clock.
 */
bool input_may_pass(struct input *input, bool all_read, uint64_t now_ms);

/* Removes the first @count bytes, up to INPUT_CHUNK, which were passed on. */
void input_passed(struct input *input, unsigned int count, uint64_t now_ms);

/* True if input_may_pass() has to be called again after INPUT_TICK_MS. */
static inline bool input_waits(const struct input *input)
{
	return input->count || input->unread;
}

#endif /* VGIC_RUN_INPUT_H */
