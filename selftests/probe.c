// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says what this system offers, one line for each feature. No test: whoever
 * runs the tests compares it with what the machine should have, so that a run
 * in which everything skips is not taken for a good one.
 */
#include <stdio.h>
#include <unistd.h>

#include "abi.h"

static const struct {
	const char *name;
	unsigned int needs;
} features[] = {
	{ "seed", NEED_SEED },
	{ "legacy", NEED_LEGACY },
	{ "devattr", NEED_DEVATTR },
	{ "gicv2", NEED_GICV2 },
	{ "gicv3", NEED_GICV3 },
	{ "ipa-sizes", NEED_IPA_SIZES },
};

int main(void)
{
	unsigned int i;

	if (access("/dev/kvm", R_OK | W_OK)) {
		perror("no feature kvm: /dev/kvm");
		return 0;
	}
	puts("feature kvm");
	for (i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		const char *missing = abi_missing(features[i].needs);

		if (missing)
			printf("no feature %s: %s\n", features[i].name, missing);
		else
			printf("feature %s\n", features[i].name);
	}
	printf("ipa bits %u\n", abi_max_ipa_bits());
	return 0;
}
