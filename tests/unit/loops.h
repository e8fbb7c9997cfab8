/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loops for tests of every combination: one line for each thing that varies, all
 * indented alike, because none is inside of another in any way that matters.
 */
#ifndef TESTS_UNIT_LOOPS_H
#define TESTS_UNIT_LOOPS_H

#define EACH_FROM(i, first, end)	for ((i) = (first); (i) < (end); (i)++)
#define EACH(i, end)			EACH_FROM(i, 0, end)

#endif /* TESTS_UNIT_LOOPS_H */
