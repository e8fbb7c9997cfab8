// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints each kind of call of selftests/model/ with each kind of pointer, as `make fuzz` prints a
 * sequence: `model_prints c` or `model_prints syz`. `model_prints c 0` prints a program without
 * calls. tests/test_reproducers.py compiles the C programs.
 */
#include <stdio.h>
#include <string.h>

#include "model/model_calls.h"
#include "model/model_syz.h"

/* A call with arguments for any kind: an address and a size that are valid for all kinds. */
static struct model_call call_of(unsigned int kind, unsigned int pointer)
{
	struct model_call call = {
		.kind = kind, .vm = kind % MODEL_VMS, .pointer = pointer, .inner = pointer,
		.group = 1, .value = MODEL_CODE_IPA, .size = MODEL_PAGE, .garbage = 1,
	};

	if (kind == CALL_CHECK_EXTENSION)
		call.flags = pointer % 2;
	if (kind == CALL_ROUTING)
		call.size = pointer;
	if (kind == CALL_CREATE_DEVICE)
		call.id = 4 + pointer;
	return call;
}

int main(int argc, char **argv)
{
	bool is_c = argc > 1 && !strcmp(argv[1], "c");
	unsigned int kinds = argc > 2 ? 0 : MODEL_KINDS;
	unsigned int kind, pointer;

	if (is_c)
		calls_print_head(stdout);
	else
		syz_begin(stdout);
	for (kind = 0; kind < kinds; kind++)
		for (pointer = 0; pointer < MODEL_POINTERS; pointer++) {
			struct model_call call = call_of(kind, pointer);
			struct model_answer answer = { .has_value = true, .why = "a rule" };

			if (is_c) {
				calls_print(stdout, &call);
				putchar('\n');
				calls_print_answer(stdout, &call, &answer);
			} else {
				syz_print(&call);
				syz_answer(&call, &answer);
			}
		}
	if (is_c)
		calls_print_tail(stdout);
	return 0;
}
