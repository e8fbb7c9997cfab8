/* SPDX-License-Identifier: GPL-2.0-only */
/* 32-bit ARM's pages, for units that are compiled for the build machine. */
#ifndef TESTS_UNIT_ASM_PAGE_H
#define TESTS_UNIT_ASM_PAGE_H

#define PAGE_SHIFT	12

#endif /* TESTS_UNIT_ASM_PAGE_H */
