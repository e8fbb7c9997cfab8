/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loops over all combinations of parameters: one line for each parameter. They are not indented,
 * because their nesting does not matter.
 */
#ifndef TESTS_UNIT_LOOPS_H
#define TESTS_UNIT_LOOPS_H

#define EACH_FROM(i, first, end)	for ((i) = (first); (i) < (end); (i)++)
#define EACH(i, end)			EACH_FROM(i, 0, end)

#endif /* TESTS_UNIT_LOOPS_H */
