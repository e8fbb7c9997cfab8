/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loops for tests of all combinations. There is one line for each parameter, all with the same
 * indentation, because their nesting does not matter.
 */
#ifndef TESTS_UNIT_LOOPS_H
#define TESTS_UNIT_LOOPS_H

#define EACH_FROM(i, first, end)	for ((i) = (first); (i) < (end); (i)++)
#define EACH(i, end)			EACH_FROM(i, 0, end)

#endif /* TESTS_UNIT_LOOPS_H */
