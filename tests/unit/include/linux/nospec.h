/* SPDX-License-Identifier: GPL-2.0-only */
/* Clamps an index: 0 if it is not below the size. Speculation does not matter here. */
#ifndef TESTS_UNIT_LINUX_NOSPEC_H
#define TESTS_UNIT_LINUX_NOSPEC_H

#define array_index_nospec(index, size) ({				\
	__typeof__(index) index_ = (index);				\
									\
	(__typeof__(index))(index_ < (size) ? index_ : 0);		\
})

#endif /* TESTS_UNIT_LINUX_NOSPEC_H */
