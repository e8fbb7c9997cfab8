// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "input.h"

bool input_add(struct input *input, uint8_t byte)
{
	if (input->count == sizeof(input->bytes))
		return false;
	input->bytes[input->count++] = byte;
	return true;
}

bool input_may_pass(struct input *input, bool all_read, uint64_t now_ms)
{
	uint64_t took = now_ms - input->passed_ms;

	if (input->unread && all_read) {
		input->unread = false;
		input->next_ms = now_ms + (took > INPUT_TICK_MS ? took : INPUT_TICK_MS);
	}
	return !input->unread && now_ms >= input->next_ms;
}

void input_passed(struct input *input, unsigned int count, uint64_t now_ms)
{
	if (!count)
		return;
	input->count -= count;
	memmove(input->bytes, input->bytes + count, input->count);
	input->unread = true;
	input->passed_ms = now_ms;
}
