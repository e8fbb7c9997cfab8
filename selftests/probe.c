// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints for each feature whether this system has it, and if not, why. This is not a test.
 * The runner compares the output with the features that the machine should have, so that a run
 * without planned tests does not count as passed.
 */
#include <stdio.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/open_standard_files.h"

int main(void)
{
	const struct abi_feature *feature;

	open_standard_files();
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
	printf("feature pages-%dk\n", getpagesize() / 1024);
	printf("ipa bits %u\n", abi_max_ipa_bits());
	return 0;
}
