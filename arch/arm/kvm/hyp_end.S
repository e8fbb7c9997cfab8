/* SPDX-License-Identifier: GPL-2.0-only */
/* Linked after all other HYP code: see the order of objects in Kbuild. */
#include <linux/linkage.h>

	.section .hyp.text, "ax"
ENTRY(hyp_text_end)
