// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says what this system offers, one line for each feature, and why what it lacks is
 * absent. No test: whoever runs the tests compares it with what the machine should
 * have, so that a run in which nothing is planned is not taken for a good one.
 */
#include <stdio.h>
#include <unistd.h>

#include "abi/abi.h"

int main(void)
{
	const struct abi_feature *feature;

	if (access("/dev/kvm", R_OK | W_OK)) {
		perror("no feature kvm: /dev/kvm");
		return 0;
	}
	puts("feature kvm");
	for (feature = abi_features; feature->name; feature++) {
		const char *missing = abi_missing(feature->need);

		if (missing)
			printf("no feature %s: %s\n", feature->name, missing);
		else
			printf("feature %s\n", feature->name);
	}
	printf("ipa bits %u\n", abi_max_ipa_bits());
	return 0;
}
