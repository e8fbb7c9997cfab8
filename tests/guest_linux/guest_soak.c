// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same operations as guest_linux for longer: many boots, long load, many saves.
 *
 *   guest_soak [--list] [--tests PATTERN] [--after TEST]
 */
#define _GNU_SOURCE
#define HOST_TESTS_APART
#include "guests.h"

static int host_log;

#define AND_THE_HOST_IS_WELL(good)	((good) & log_is_clean(host_log))

static bool boots_20(void)
{
	unsigned int i;

	for (i = 0; i < 20; i++)
		if (!boots(1 + i % 8, some_dialect(i)))
			return false;
	return AND_THE_HOST_IS_WELL(true);
}

static bool load_4(void)
{
	return AND_THE_HOST_IS_WELL(works_under_load(4, 30));
}

static bool load_8(void)
{
	return AND_THE_HOST_IS_WELL(works_under_load(8, 15));
}

static bool reboots_5(void)
{
	return AND_THE_HOST_IS_WELL(reboots_often(5));
}

static bool two(void)
{
	return AND_THE_HOST_IS_WELL(two_at_once(15));
}

static bool saves_40(void)
{
	return AND_THE_HOST_IS_WELL(saved_often(40, 4, 15));
}

static const struct host_test tests[] = {
	{ "guest_soak.any.boots_20", boots_20 },
	{ "guest_soak.any.load_4", load_4 },
	{ "guest_soak.any.load_8", load_8 },
	{ "guest_soak.any.reboots_5", reboots_5 },
	{ "guest_soak.any.two", two },
	{ "guest_soak.any.saves_40", saves_40 },
};

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	host_log = open_log();
	return host_tests(tests, ARRAY_SIZE(tests), argc, argv);
}
