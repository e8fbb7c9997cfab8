/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included as the last line of every test program: main(), which runs the kselftest harness and
 * turns its output into KTAP. This is a file and not a macro, because the harness's own main() has
 * to be renamed.
 */
#define main rule_harness_main
TEST_HARNESS_MAIN
#undef main

static int run_planned(int argc, char **argv)
{
	rule_drop_absent();
	rule_extend_limits();
	return rule_harness_main(argc, argv);
}

int main(int argc, char **argv)
{
	return ktap_main(argc, argv, rule_test_names(), run_planned);
}
