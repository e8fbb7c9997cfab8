// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "patience.h"

#define NAME	"patience"

bool patience_is_given(void)
{
	return getenv(NAME);
}

unsigned int patience(void)
{
	const char *given = getenv(NAME);
	unsigned long number;
	char *end;

	if (!given)
		return 1;
	errno = 0;
	number = strtoul(given, &end, 10);
	if (errno || end == given || *end || *given == '-' || !number || number > PATIENCE_MOST) {
		fprintf(stderr, NAME ": expected a number from 1 to %d, got '%s'\n",
			PATIENCE_MOST, given);
		exit(2);
	}
	return number;
}
