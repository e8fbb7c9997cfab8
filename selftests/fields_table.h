/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Made by `tools/registers.py header` from Documentation/abi/registers.toml: change
 * that, and run `make rules`.
 */
#ifndef VGIC_ABI_FIELDS_TABLE_H
#define VGIC_ABI_FIELDS_TABLE_H

static const struct gic_field v2_gicd_ctlr_fields[] = {
	{ 0, 0x1ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
	{ 0, 0x2ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
};

static const struct gic_register v2_gicd_ctlr = {
	.name = "GICD_CTLR", .frame = FRAME_GICD, .offset = 0x0, .gic = 2,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v2_gicd_ctlr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_ctlr_fields),
};

static const struct gic_field v2_gicd_ctlr_enablegrp1_fields[] = {
	{ 0, 0x1ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ 0, 0x2ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_ctlr_enablegrp1 = {
	.name = "GICD_CTLR.EnableGrp1", .frame = FRAME_GICD, .offset = 0x0, .gic = 2,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v2_gicd_ctlr_enablegrp1_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_ctlr_enablegrp1_fields),
};

static const struct gic_field v2_gicd_typer_fields[] = {
	{ 0, 0x1fULL,
	  FIELD_RO, FIELD_RO, RESET_LINES, 0 },
	{ 0, 0xe0ULL,
	  FIELD_RO, FIELD_RO, RESET_CPUS, 0 },
	{ 0, 0xfc00ULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
};

static const struct gic_register v2_gicd_typer = {
	.name = "GICD_TYPER", .frame = FRAME_GICD, .offset = 0x4, .gic = 2,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v2_gicd_typer_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_typer_fields),
};

static const struct gic_field v2_gicd_iidr_fields[] = {
	{ 0, 0xfffULL,
	  FIELD_RO, FIELD_READ, RESET_VALUE, 0x43b },
	{ 0, 0xfffff000ULL,
	  FIELD_RO, FIELD_READ, RESET_ANY, 0 },
};

static const struct gic_register v2_gicd_iidr = {
	.name = "GICD_IIDR", .frame = FRAME_GICD, .offset = 0x8, .gic = 2,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v2_gicd_iidr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_iidr_fields),
};

static const struct gic_field v2_gicd_igroupr_fields[] = {
	{ OF_SGI | OF_PPI | OF_TIMER | OF_SPI, 0x1ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_igroupr = {
	.name = "GICD_IGROUPR", .frame = FRAME_GICD, .offset = 0x80, .gic = 2,
	.bits = 1, .end = 1020, .state = 4, .widths = 4,
	.guest = true, .user = true,
	.fields = v2_gicd_igroupr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_igroupr_fields),
};

static const struct gic_field v2_gicd_isenabler_fields[] = {
	{ OF_SGI, 0x1ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ OF_PPI | OF_TIMER | OF_SPI, 0x1ULL,
	  FIELD_W1S, FIELD_W1S, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_isenabler = {
	.name = "GICD_ISENABLER", .frame = FRAME_GICD, .offset = 0x100, .gic = 2,
	.bits = 1, .end = 1020, .state = 3, .widths = 4,
	.clear = 0x180, .guest = true, .user = true,
	.fields = v2_gicd_isenabler_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_isenabler_fields),
};

static const struct gic_field v2_gicd_icenabler_fields[] = {
	{ OF_SGI, 0x1ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ OF_PPI | OF_TIMER | OF_SPI, 0x1ULL,
	  FIELD_W1C, FIELD_W1C, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_icenabler = {
	.name = "GICD_ICENABLER", .frame = FRAME_GICD, .offset = 0x180, .gic = 2,
	.bits = 1, .end = 1020, .state = 3, .widths = 4,
	.set = 0x100, .guest = true, .user = true,
	.fields = v2_gicd_icenabler_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_icenabler_fields),
};

static const struct gic_field v2_gicd_ispendr_fields[] = {
	{ OF_SGI, 0x1ULL,
	  FIELD_RO, FIELD_FREE, RESET_VALUE, 0x0 },
	{ OF_PPI | OF_SPI, 0x1ULL,
	  FIELD_W1S, FIELD_W1S, RESET_VALUE, 0x0 },
	{ OF_TIMER, 0x1ULL,
	  FIELD_FREE, FIELD_FREE, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_ispendr = {
	.name = "GICD_ISPENDR", .frame = FRAME_GICD, .offset = 0x200, .gic = 2,
	.bits = 1, .end = 1020, .state = 5, .widths = 4,
	.clear = 0x280, .guest = true, .user = true,
	.fields = v2_gicd_ispendr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_ispendr_fields),
};

static const struct gic_field v2_gicd_icpendr_fields[] = {
	{ OF_SGI, 0x1ULL,
	  FIELD_RO, FIELD_FREE, RESET_VALUE, 0x0 },
	{ OF_PPI | OF_SPI, 0x1ULL,
	  FIELD_W1C, FIELD_W1C, RESET_VALUE, 0x0 },
	{ OF_TIMER, 0x1ULL,
	  FIELD_FREE, FIELD_FREE, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_icpendr = {
	.name = "GICD_ICPENDR", .frame = FRAME_GICD, .offset = 0x280, .gic = 2,
	.bits = 1, .end = 1020, .state = 5, .widths = 4,
	.set = 0x200, .guest = true, .user = true,
	.fields = v2_gicd_icpendr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_icpendr_fields),
};

static const struct gic_field v2_gicd_isactiver_fields[] = {
	{ OF_SGI | OF_PPI | OF_SPI, 0x1ULL,
	  FIELD_W1S, FIELD_W1S, RESET_VALUE, 0x0 },
	{ OF_TIMER, 0x1ULL,
	  FIELD_FREE, FIELD_FREE, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_isactiver = {
	.name = "GICD_ISACTIVER", .frame = FRAME_GICD, .offset = 0x300, .gic = 2,
	.bits = 1, .end = 1020, .state = 1, .widths = 4,
	.clear = 0x380, .guest = true, .user = true,
	.fields = v2_gicd_isactiver_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_isactiver_fields),
};

static const struct gic_field v2_gicd_icactiver_fields[] = {
	{ OF_SGI | OF_PPI | OF_SPI, 0x1ULL,
	  FIELD_W1C, FIELD_W1C, RESET_VALUE, 0x0 },
	{ OF_TIMER, 0x1ULL,
	  FIELD_FREE, FIELD_FREE, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_icactiver = {
	.name = "GICD_ICACTIVER", .frame = FRAME_GICD, .offset = 0x380, .gic = 2,
	.bits = 1, .end = 1020, .state = 1, .widths = 4,
	.set = 0x300, .guest = true, .user = true,
	.fields = v2_gicd_icactiver_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_icactiver_fields),
};

static const struct gic_field v2_gicd_ipriorityr_fields[] = {
	{ OF_SGI | OF_PPI | OF_TIMER | OF_SPI, 0xf8ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_ipriorityr = {
	.name = "GICD_IPRIORITYR", .frame = FRAME_GICD, .offset = 0x400, .gic = 2,
	.bits = 8, .end = 1020, .state = 6, .widths = 1 | 4,
	.guest = true, .user = true,
	.fields = v2_gicd_ipriorityr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_ipriorityr_fields),
};

static const struct gic_field v2_gicd_itargetsr_fields[] = {
	{ OF_SGI | OF_PPI | OF_TIMER, 0xffULL,
	  FIELD_RO, FIELD_RO, RESET_CPU_MASK, 0 },
	{ OF_SPI, FIELD_CPUS,
	  FIELD_RW, FIELD_RW, RESET_ANY, 0 },
};

static const struct gic_register v2_gicd_itargetsr = {
	.name = "GICD_ITARGETSR", .frame = FRAME_GICD, .offset = 0x800, .gic = 2,
	.bits = 8, .end = 1020, .state = 7, .widths = 1 | 4,
	.guest = true, .user = true,
	.fields = v2_gicd_itargetsr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_itargetsr_fields),
};

static const struct gic_field v2_gicd_icfgr_fields[] = {
	{ OF_SGI, 0x2ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x2 },
	{ OF_PPI | OF_TIMER, 0x2ULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
	{ OF_SPI, 0x2ULL,
	  FIELD_RW, FIELD_RW, RESET_ANY, 0 },
};

static const struct gic_register v2_gicd_icfgr = {
	.name = "GICD_ICFGR", .frame = FRAME_GICD, .offset = 0xc00, .gic = 2,
	.bits = 2, .end = 1020, .state = 2, .widths = 4,
	.guest = true, .user = true,
	.fields = v2_gicd_icfgr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_icfgr_fields),
};

static const struct gic_field v2_gicd_cpendsgir_fields[] = {
	{ OF_SGI, FIELD_CPUS,
	  FIELD_W1C, FIELD_W1C, RESET_VALUE, 0x0 },
	{ OF_SGI, FIELD_ABSENT,
	  FIELD_FREE, FIELD_FREE, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_cpendsgir = {
	.name = "GICD_CPENDSGIR", .frame = FRAME_GICD, .offset = 0xf10, .gic = 2,
	.bits = 8, .end = 16, .state = 5, .widths = 1 | 4,
	.set = 0xf20, .guest = true, .user = true,
	.fields = v2_gicd_cpendsgir_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_cpendsgir_fields),
};

static const struct gic_field v2_gicd_cpendsgir_absent_fields[] = {
	{ OF_SGI, FIELD_CPUS,
	  FIELD_FREE, FIELD_FREE, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_cpendsgir_absent = {
	.name = "GICD_CPENDSGIR.absent", .frame = FRAME_GICD, .offset = 0xf10, .gic = 2,
	.bits = 8, .end = 16, .state = 5, .widths = 1 | 4,
	.guest = true, .user = true,
	.fields = v2_gicd_cpendsgir_absent_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_cpendsgir_absent_fields),
};

static const struct gic_field v2_gicd_spendsgir_fields[] = {
	{ OF_SGI, FIELD_CPUS,
	  FIELD_W1S, FIELD_W1S, RESET_VALUE, 0x0 },
	{ OF_SGI, FIELD_ABSENT,
	  FIELD_FREE, FIELD_FREE, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_spendsgir = {
	.name = "GICD_SPENDSGIR", .frame = FRAME_GICD, .offset = 0xf20, .gic = 2,
	.bits = 8, .end = 16, .state = 5, .widths = 1 | 4,
	.clear = 0xf10, .guest = true, .user = true,
	.fields = v2_gicd_spendsgir_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_spendsgir_fields),
};

static const struct gic_field v2_gicd_spendsgir_absent_fields[] = {
	{ OF_SGI, FIELD_CPUS,
	  FIELD_FREE, FIELD_FREE, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicd_spendsgir_absent = {
	.name = "GICD_SPENDSGIR.absent", .frame = FRAME_GICD, .offset = 0xf20, .gic = 2,
	.bits = 8, .end = 16, .state = 5, .widths = 1 | 4,
	.guest = true, .user = true,
	.fields = v2_gicd_spendsgir_absent_fields,
	.nr_fields = ARRAY_SIZE(v2_gicd_spendsgir_absent_fields),
};

static const struct gic_field v2_gicc_ctlr_fields[] = {
	{ 0, 0x21fULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicc_ctlr = {
	.name = "GICC_CTLR", .frame = FRAME_GICC, .offset = 0x0, .gic = 2,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v2_gicc_ctlr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicc_ctlr_fields),
};

static const struct gic_field v2_gicc_pmr_fields[] = {
	{ 0, 0xf8ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicc_pmr = {
	.name = "GICC_PMR", .frame = FRAME_GICC, .offset = 0x4, .gic = 2,
	.size = 4, .shift = 3, .widths = 4, .guest = true,
	.user = true,
	.fields = v2_gicc_pmr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicc_pmr_fields),
};

static const struct gic_field v2_gicc_bpr_fields[] = {
	{ 0, 0x7ULL,
	  FIELD_RW, FIELD_RW, RESET_ANY, 0 },
};

static const struct gic_register v2_gicc_bpr = {
	.name = "GICC_BPR", .frame = FRAME_GICC, .offset = 0x8, .gic = 2,
	.size = 4, .least = 2, .widths = 4, .guest = true,
	.user = true,
	.fields = v2_gicc_bpr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicc_bpr_fields),
};

static const struct gic_field v2_gicc_rpr_fields[] = {
	{ 0, 0xffULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0xff },
};

static const struct gic_register v2_gicc_rpr = {
	.name = "GICC_RPR", .frame = FRAME_GICC, .offset = 0x14, .gic = 2,
	.size = 4, .widths = 4, .guest = true,
	.fields = v2_gicc_rpr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicc_rpr_fields),
};

static const struct gic_field v2_gicc_hppir_fields[] = {
	{ 0, 0x3ffULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x3ff },
};

static const struct gic_register v2_gicc_hppir = {
	.name = "GICC_HPPIR", .frame = FRAME_GICC, .offset = 0x18, .gic = 2,
	.size = 4, .widths = 4, .guest = true,
	.fields = v2_gicc_hppir_fields,
	.nr_fields = ARRAY_SIZE(v2_gicc_hppir_fields),
};

static const struct gic_field v2_gicc_abpr_fields[] = {
	{ 0, 0x7ULL,
	  FIELD_RW, FIELD_RW, RESET_ANY, 0 },
};

static const struct gic_register v2_gicc_abpr = {
	.name = "GICC_ABPR", .frame = FRAME_GICC, .offset = 0x1c, .gic = 2,
	.size = 4, .least = 3, .widths = 4, .guest = true,
	.user = true,
	.fields = v2_gicc_abpr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicc_abpr_fields),
};

static const struct gic_field v2_gicc_apr0_fields[] = {
	{ 0, 0xffffffffULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v2_gicc_apr0 = {
	.name = "GICC_APR0", .frame = FRAME_GICC, .offset = 0xd0, .gic = 2,
	.size = 4, .widths = 4, .user = true,
	.fields = v2_gicc_apr0_fields,
	.nr_fields = ARRAY_SIZE(v2_gicc_apr0_fields),
};

static const struct gic_field v2_gicc_iidr_fields[] = {
	{ 0, 0xfff0ffffULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
	{ 0, 0xf0000ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x20000 },
};

static const struct gic_register v2_gicc_iidr = {
	.name = "GICC_IIDR", .frame = FRAME_GICC, .offset = 0xfc, .gic = 2,
	.size = 4, .widths = 4, .guest = true,
	.fields = v2_gicc_iidr_fields,
	.nr_fields = ARRAY_SIZE(v2_gicc_iidr_fields),
};

static const struct gic_field v3_gicd_ctlr_fields[] = {
	{ 0, 0x2ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
	{ 0, 0x10ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x10 },
	{ 0, 0x40ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x40 },
};

static const struct gic_register v3_gicd_ctlr = {
	.name = "GICD_CTLR", .frame = FRAME_GICD, .offset = 0x0, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_gicd_ctlr_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_ctlr_fields),
};

static const struct gic_field v3_gicd_typer_fields[] = {
	{ 0, 0x1fULL,
	  FIELD_RO, FIELD_RO, RESET_LINES, 0 },
	{ 0, 0xe0ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x0 },
	{ 0, 0x400ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x0 },
	{ 0, 0x20000ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x0 },
	{ 0, 0xfffdfb00ULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
};

static const struct gic_register v3_gicd_typer = {
	.name = "GICD_TYPER", .frame = FRAME_GICD, .offset = 0x4, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_gicd_typer_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_typer_fields),
};

static const struct gic_field v3_gicd_iidr_fields[] = {
	{ 0, 0xfffULL,
	  FIELD_RO, FIELD_READ, RESET_VALUE, 0x43b },
	{ 0, 0xfffff000ULL,
	  FIELD_RO, FIELD_READ, RESET_ANY, 0 },
};

static const struct gic_register v3_gicd_iidr = {
	.name = "GICD_IIDR", .frame = FRAME_GICD, .offset = 0x8, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_gicd_iidr_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_iidr_fields),
};

static const struct gic_field v3_gicd_igroupr_fields[] = {
	{ OF_SPI, 0x1ULL,
	  FIELD_RW, FIELD_RW, RESET_ANY, 0 },
};

static const struct gic_register v3_gicd_igroupr = {
	.name = "GICD_IGROUPR", .frame = FRAME_GICD, .offset = 0x80, .gic = 3,
	.bits = 1, .end = 1020, .state = 4, .widths = 4,
	.guest = true, .user = true,
	.fields = v3_gicd_igroupr_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_igroupr_fields),
};

static const struct gic_field v3_gicd_isenabler_fields[] = {
	{ OF_SPI, 0x1ULL,
	  FIELD_W1S, FIELD_W1S, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicd_isenabler = {
	.name = "GICD_ISENABLER", .frame = FRAME_GICD, .offset = 0x100, .gic = 3,
	.bits = 1, .end = 1020, .state = 3, .widths = 4,
	.clear = 0x180, .guest = true, .user = true,
	.fields = v3_gicd_isenabler_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_isenabler_fields),
};

static const struct gic_field v3_gicd_icenabler_fields[] = {
	{ OF_SPI, 0x1ULL,
	  FIELD_W1C, FIELD_W1C, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicd_icenabler = {
	.name = "GICD_ICENABLER", .frame = FRAME_GICD, .offset = 0x180, .gic = 3,
	.bits = 1, .end = 1020, .state = 3, .widths = 4,
	.set = 0x100, .guest = true, .user = true,
	.fields = v3_gicd_icenabler_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_icenabler_fields),
};

static const struct gic_field v3_gicd_ispendr_fields[] = {
	{ OF_SPI, 0x1ULL,
	  FIELD_W1S, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicd_ispendr = {
	.name = "GICD_ISPENDR", .frame = FRAME_GICD, .offset = 0x200, .gic = 3,
	.bits = 1, .end = 1020, .state = 5, .widths = 4,
	.clear = 0x280, .guest = true, .user = true,
	.fields = v3_gicd_ispendr_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_ispendr_fields),
};

static const struct gic_field v3_gicd_icpendr_fields[] = {
	{ OF_SPI, 0x1ULL,
	  FIELD_W1C, FIELD_NONE, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicd_icpendr = {
	.name = "GICD_ICPENDR", .frame = FRAME_GICD, .offset = 0x280, .gic = 3,
	.bits = 1, .end = 1020, .state = 5, .widths = 4,
	.set = 0x200, .guest = true, .user = true,
	.fields = v3_gicd_icpendr_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_icpendr_fields),
};

static const struct gic_field v3_gicd_isactiver_fields[] = {
	{ OF_SPI, 0x1ULL,
	  FIELD_W1S, FIELD_W1S, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicd_isactiver = {
	.name = "GICD_ISACTIVER", .frame = FRAME_GICD, .offset = 0x300, .gic = 3,
	.bits = 1, .end = 1020, .state = 1, .widths = 4,
	.clear = 0x380, .guest = true, .user = true,
	.fields = v3_gicd_isactiver_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_isactiver_fields),
};

static const struct gic_field v3_gicd_icactiver_fields[] = {
	{ OF_SPI, 0x1ULL,
	  FIELD_W1C, FIELD_W1C, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicd_icactiver = {
	.name = "GICD_ICACTIVER", .frame = FRAME_GICD, .offset = 0x380, .gic = 3,
	.bits = 1, .end = 1020, .state = 1, .widths = 4,
	.set = 0x300, .guest = true, .user = true,
	.fields = v3_gicd_icactiver_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_icactiver_fields),
};

static const struct gic_field v3_gicd_ipriorityr_fields[] = {
	{ OF_SPI, 0xf8ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicd_ipriorityr = {
	.name = "GICD_IPRIORITYR", .frame = FRAME_GICD, .offset = 0x400, .gic = 3,
	.bits = 8, .end = 1020, .state = 6, .widths = 1 | 4,
	.guest = true, .user = true,
	.fields = v3_gicd_ipriorityr_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_ipriorityr_fields),
};

static const struct gic_register v3_gicd_itargetsr = {
	.name = "GICD_ITARGETSR", .frame = FRAME_GICD, .offset = 0x800, .gic = 3,
	.bits = 8, .end = 1020, .widths = 1 | 4, .guest = true,
	.user = true,
};

static const struct gic_field v3_gicd_icfgr_fields[] = {
	{ OF_SPI, 0x2ULL,
	  FIELD_RW, FIELD_RW, RESET_ANY, 0 },
};

static const struct gic_register v3_gicd_icfgr = {
	.name = "GICD_ICFGR", .frame = FRAME_GICD, .offset = 0xc00, .gic = 3,
	.bits = 2, .end = 1020, .state = 2, .widths = 4,
	.guest = true, .user = true,
	.fields = v3_gicd_icfgr_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_icfgr_fields),
};

static const struct gic_register v3_gicd_igrpmodr = {
	.name = "GICD_IGRPMODR", .frame = FRAME_GICD, .offset = 0xd00, .gic = 3,
	.bits = 1, .end = 1020, .widths = 4, .guest = true,
	.user = true,
};

static const struct gic_register v3_gicd_sgir = {
	.name = "GICD_SGIR", .frame = FRAME_GICD, .offset = 0xf00, .gic = 3,
	.size = 4, .widths = 4, .guest = true,
};

static const struct gic_register v3_gicd_cpendsgir = {
	.name = "GICD_CPENDSGIR", .frame = FRAME_GICD, .offset = 0xf10, .gic = 3,
	.bits = 8, .end = 16, .widths = 1 | 4, .guest = true,
};

static const struct gic_register v3_gicd_spendsgir = {
	.name = "GICD_SPENDSGIR", .frame = FRAME_GICD, .offset = 0xf20, .gic = 3,
	.bits = 8, .end = 16, .widths = 1 | 4, .guest = true,
};

static const struct gic_field v3_gicd_irouter_fields[] = {
	{ OF_SPI, 0xffffffULL,
	  FIELD_RW, FIELD_RW, RESET_ANY, 0 },
};

static const struct gic_register v3_gicd_irouter = {
	.name = "GICD_IROUTER", .frame = FRAME_GICD, .offset = 0x6000, .gic = 3,
	.bits = 64, .end = 1020, .state = 7, .widths = 4 | 8,
	.guest = true, .user = true,
	.fields = v3_gicd_irouter_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_irouter_fields),
};

static const struct gic_field v3_gicd_pidr2_fields[] = {
	{ 0, 0xf0ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x30 },
	{ 0, 0xffffff0fULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
};

static const struct gic_register v3_gicd_pidr2 = {
	.name = "GICD_PIDR2", .frame = FRAME_GICD, .offset = 0xffe8, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_gicd_pidr2_fields,
	.nr_fields = ARRAY_SIZE(v3_gicd_pidr2_fields),
};

static const struct gic_field v3_gicr_ctlr_fields[] = {
	{ 0, 0xfffffffeULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
};

static const struct gic_register v3_gicr_ctlr = {
	.name = "GICR_CTLR", .frame = FRAME_RD, .offset = 0x0, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_gicr_ctlr_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_ctlr_fields),
};

static const struct gic_field v3_gicr_iidr_fields[] = {
	{ 0, 0xfffULL,
	  FIELD_RO, FIELD_READ, RESET_VALUE, 0x43b },
	{ 0, 0xfffff000ULL,
	  FIELD_RO, FIELD_READ, RESET_ANY, 0 },
};

static const struct gic_register v3_gicr_iidr = {
	.name = "GICR_IIDR", .frame = FRAME_RD, .offset = 0x4, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_gicr_iidr_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_iidr_fields),
};

static const struct gic_field v3_gicr_typer_fields[] = {
	{ 0, 0x1ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x0 },
	{ 0, 0x10ULL,
	  FIELD_RO, FIELD_RO, RESET_LAST, 0 },
	{ 0, 0xffff00ULL,
	  FIELD_RO, FIELD_RO, RESET_CPU, 0 },
	{ 0, 0xff0000eeULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
	{ 0, 0xffffffff00000000ULL,
	  FIELD_RO, FIELD_RO, RESET_CPU, 0 },
};

static const struct gic_register v3_gicr_typer = {
	.name = "GICR_TYPER", .frame = FRAME_RD, .offset = 0x8, .gic = 3,
	.size = 8, .widths = 4 | 8, .guest = true, .user = true,
	.fields = v3_gicr_typer_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_typer_fields),
};

static const struct gic_field v3_gicr_pidr2_fields[] = {
	{ 0, 0xf0ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x30 },
	{ 0, 0xffffff0fULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
};

static const struct gic_register v3_gicr_pidr2 = {
	.name = "GICR_PIDR2", .frame = FRAME_RD, .offset = 0xffe8, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_gicr_pidr2_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_pidr2_fields),
};

static const struct gic_field v3_gicr_igroupr0_fields[] = {
	{ OF_SGI | OF_PPI | OF_TIMER, 0x1ULL,
	  FIELD_RW, FIELD_RW, RESET_ANY, 0 },
};

static const struct gic_register v3_gicr_igroupr0 = {
	.name = "GICR_IGROUPR0", .frame = FRAME_SGI, .offset = 0x80, .gic = 3,
	.bits = 1, .end = 32, .state = 4, .widths = 4,
	.guest = true, .user = true,
	.fields = v3_gicr_igroupr0_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_igroupr0_fields),
};

static const struct gic_field v3_gicr_isenabler0_fields[] = {
	{ OF_SGI, 0x1ULL,
	  FIELD_W1S, FIELD_W1S, RESET_ANY, 0 },
	{ OF_PPI | OF_TIMER, 0x1ULL,
	  FIELD_W1S, FIELD_W1S, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicr_isenabler0 = {
	.name = "GICR_ISENABLER0", .frame = FRAME_SGI, .offset = 0x100, .gic = 3,
	.bits = 1, .end = 32, .state = 3, .widths = 4,
	.clear = 0x180, .guest = true, .user = true,
	.fields = v3_gicr_isenabler0_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_isenabler0_fields),
};

static const struct gic_field v3_gicr_icenabler0_fields[] = {
	{ OF_SGI, 0x1ULL,
	  FIELD_W1C, FIELD_W1C, RESET_ANY, 0 },
	{ OF_PPI | OF_TIMER, 0x1ULL,
	  FIELD_W1C, FIELD_W1C, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicr_icenabler0 = {
	.name = "GICR_ICENABLER0", .frame = FRAME_SGI, .offset = 0x180, .gic = 3,
	.bits = 1, .end = 32, .state = 3, .widths = 4,
	.set = 0x100, .guest = true, .user = true,
	.fields = v3_gicr_icenabler0_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_icenabler0_fields),
};

static const struct gic_field v3_gicr_ispendr0_fields[] = {
	{ OF_SGI | OF_PPI, 0x1ULL,
	  FIELD_W1S, FIELD_RW, RESET_VALUE, 0x0 },
	{ OF_TIMER, 0x1ULL,
	  FIELD_FREE, FIELD_FREE, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicr_ispendr0 = {
	.name = "GICR_ISPENDR0", .frame = FRAME_SGI, .offset = 0x200, .gic = 3,
	.bits = 1, .end = 32, .state = 5, .widths = 4,
	.clear = 0x280, .guest = true, .user = true,
	.fields = v3_gicr_ispendr0_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_ispendr0_fields),
};

static const struct gic_field v3_gicr_icpendr0_fields[] = {
	{ OF_SGI | OF_PPI, 0x1ULL,
	  FIELD_W1C, FIELD_NONE, RESET_VALUE, 0x0 },
	{ OF_TIMER, 0x1ULL,
	  FIELD_FREE, FIELD_NONE, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicr_icpendr0 = {
	.name = "GICR_ICPENDR0", .frame = FRAME_SGI, .offset = 0x280, .gic = 3,
	.bits = 1, .end = 32, .state = 5, .widths = 4,
	.set = 0x200, .guest = true, .user = true,
	.fields = v3_gicr_icpendr0_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_icpendr0_fields),
};

static const struct gic_field v3_gicr_isactiver0_fields[] = {
	{ OF_SGI | OF_PPI, 0x1ULL,
	  FIELD_W1S, FIELD_W1S, RESET_VALUE, 0x0 },
	{ OF_TIMER, 0x1ULL,
	  FIELD_FREE, FIELD_FREE, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicr_isactiver0 = {
	.name = "GICR_ISACTIVER0", .frame = FRAME_SGI, .offset = 0x300, .gic = 3,
	.bits = 1, .end = 32, .state = 1, .widths = 4,
	.clear = 0x380, .guest = true, .user = true,
	.fields = v3_gicr_isactiver0_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_isactiver0_fields),
};

static const struct gic_field v3_gicr_icactiver0_fields[] = {
	{ OF_SGI | OF_PPI, 0x1ULL,
	  FIELD_W1C, FIELD_W1C, RESET_VALUE, 0x0 },
	{ OF_TIMER, 0x1ULL,
	  FIELD_FREE, FIELD_FREE, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicr_icactiver0 = {
	.name = "GICR_ICACTIVER0", .frame = FRAME_SGI, .offset = 0x380, .gic = 3,
	.bits = 1, .end = 32, .state = 1, .widths = 4,
	.set = 0x300, .guest = true, .user = true,
	.fields = v3_gicr_icactiver0_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_icactiver0_fields),
};

static const struct gic_field v3_gicr_ipriorityr_fields[] = {
	{ OF_SGI | OF_PPI | OF_TIMER, 0xf8ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gicr_ipriorityr = {
	.name = "GICR_IPRIORITYR", .frame = FRAME_SGI, .offset = 0x400, .gic = 3,
	.bits = 8, .end = 32, .state = 6, .widths = 1 | 4,
	.guest = true, .user = true,
	.fields = v3_gicr_ipriorityr_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_ipriorityr_fields),
};

static const struct gic_field v3_gicr_icfgr_fields[] = {
	{ OF_SGI, 0x2ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x2 },
	{ OF_PPI | OF_TIMER, 0x2ULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
};

static const struct gic_register v3_gicr_icfgr = {
	.name = "GICR_ICFGR", .frame = FRAME_SGI, .offset = 0xc00, .gic = 3,
	.bits = 2, .end = 32, .state = 2, .widths = 4,
	.guest = true, .user = true,
	.fields = v3_gicr_icfgr_fields,
	.nr_fields = ARRAY_SIZE(v3_gicr_icfgr_fields),
};

static const struct gic_register v3_gicr_igrpmodr0 = {
	.name = "GICR_IGRPMODR0", .frame = FRAME_SGI, .offset = 0xd00, .gic = 3,
	.bits = 1, .end = 32, .widths = 4, .guest = true,
	.user = true,
};

static const struct gic_register v3_gicr_nsacr = {
	.name = "GICR_NSACR", .frame = FRAME_SGI, .offset = 0xe00, .gic = 3,
	.size = 4, .widths = 4, .guest = true,
};

static const struct gic_field v3_icc_pmr_fields[] = {
	{ 0, 0xf8ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
	{ 0, 0x7ULL,
	  FIELD_NONE, FIELD_FREE, RESET_ANY, 0 },
};

static const struct gic_register v3_icc_pmr = {
	.name = "ICC_PMR", .frame = FRAME_ICC, .offset = 0xc230, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_icc_pmr_fields,
	.nr_fields = ARRAY_SIZE(v3_icc_pmr_fields),
};

static const struct gic_field v3_icc_bpr0_fields[] = {
	{ 0, 0x7ULL,
	  FIELD_RW, FIELD_RW, RESET_ANY, 0 },
};

static const struct gic_register v3_icc_bpr0 = {
	.name = "ICC_BPR0", .frame = FRAME_ICC, .offset = 0xc643, .gic = 3,
	.size = 4, .least = 2, .widths = 4, .guest = true,
	.user = true,
	.fields = v3_icc_bpr0_fields,
	.nr_fields = ARRAY_SIZE(v3_icc_bpr0_fields),
};

static const struct gic_field v3_icc_bpr1_fields[] = {
	{ 0, 0x7ULL,
	  FIELD_RW, FIELD_RW, RESET_ANY, 0 },
};

static const struct gic_register v3_icc_bpr1 = {
	.name = "ICC_BPR1", .frame = FRAME_ICC, .offset = 0xc663, .gic = 3,
	.size = 4, .least = 3, .widths = 4, .guest = true,
	.user = true,
	.fields = v3_icc_bpr1_fields,
	.nr_fields = ARRAY_SIZE(v3_icc_bpr1_fields),
};

static const struct gic_field v3_icc_ctlr_fields[] = {
	{ 0, 0x3ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
	{ 0, 0xfffffffcULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
};

static const struct gic_register v3_icc_ctlr = {
	.name = "ICC_CTLR", .frame = FRAME_ICC, .offset = 0xc664, .gic = 3,
	.size = 4, .widths = 4, .keep = true, .guest = true,
	.user = true,
	.fields = v3_icc_ctlr_fields,
	.nr_fields = ARRAY_SIZE(v3_icc_ctlr_fields),
};

static const struct gic_field v3_icc_sre_fields[] = {
	{ 0, 0x1ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x1 },
	{ 0, 0xfffffffeULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
};

static const struct gic_register v3_icc_sre = {
	.name = "ICC_SRE", .frame = FRAME_ICC, .offset = 0xc665, .gic = 3,
	.size = 4, .widths = 4, .keep = true, .guest = true,
	.user = true,
	.fields = v3_icc_sre_fields,
	.nr_fields = ARRAY_SIZE(v3_icc_sre_fields),
};

static const struct gic_field v3_icc_igrpen0_fields[] = {
	{ 0, 0x1ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_icc_igrpen0 = {
	.name = "ICC_IGRPEN0", .frame = FRAME_ICC, .offset = 0xc666, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_icc_igrpen0_fields,
	.nr_fields = ARRAY_SIZE(v3_icc_igrpen0_fields),
};

static const struct gic_field v3_icc_igrpen1_fields[] = {
	{ 0, 0x1ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_icc_igrpen1 = {
	.name = "ICC_IGRPEN1", .frame = FRAME_ICC, .offset = 0xc667, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_icc_igrpen1_fields,
	.nr_fields = ARRAY_SIZE(v3_icc_igrpen1_fields),
};

static const struct gic_field v3_icc_rpr_fields[] = {
	{ 0, 0xffULL,
	  FIELD_READ, FIELD_READ, RESET_VALUE, 0xff },
};

static const struct gic_register v3_icc_rpr = {
	.name = "ICC_RPR", .frame = FRAME_ICC, .offset = 0xc65b, .gic = 3,
	.size = 4, .widths = 4, .guest = true,
	.fields = v3_icc_rpr_fields,
	.nr_fields = ARRAY_SIZE(v3_icc_rpr_fields),
};

static const struct gic_field v3_icc_hppir1_fields[] = {
	{ 0, 0xffffffULL,
	  FIELD_READ, FIELD_READ, RESET_VALUE, 0x3ff },
};

static const struct gic_register v3_icc_hppir1 = {
	.name = "ICC_HPPIR1", .frame = FRAME_ICC, .offset = 0xc662, .gic = 3,
	.size = 4, .widths = 4, .guest = true,
	.fields = v3_icc_hppir1_fields,
	.nr_fields = ARRAY_SIZE(v3_icc_hppir1_fields),
};

static const struct gic_field v3_icc_ap0r0_fields[] = {
	{ 0, 0xffffffffULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_icc_ap0r0 = {
	.name = "ICC_AP0R0", .frame = FRAME_ICC, .offset = 0xc644, .gic = 3,
	.size = 4, .widths = 4, .user = true,
	.fields = v3_icc_ap0r0_fields,
	.nr_fields = ARRAY_SIZE(v3_icc_ap0r0_fields),
};

static const struct gic_field v3_icc_ap1r0_fields[] = {
	{ 0, 0xffffffffULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_icc_ap1r0 = {
	.name = "ICC_AP1R0", .frame = FRAME_ICC, .offset = 0xc648, .gic = 3,
	.size = 4, .widths = 4, .user = true,
	.fields = v3_icc_ap1r0_fields,
	.nr_fields = ARRAY_SIZE(v3_icc_ap1r0_fields),
};

static const struct gic_field v3_gits_ctlr_fields[] = {
	{ 0, 0x1ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ 0, 0x7ffffffeULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
	{ 0, 0x80000000ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x80000000 },
};

static const struct gic_register v3_gits_ctlr = {
	.name = "GITS_CTLR", .frame = FRAME_GITS, .offset = 0x0, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_gits_ctlr_fields,
	.nr_fields = ARRAY_SIZE(v3_gits_ctlr_fields),
};

static const struct gic_field v3_gits_iidr_fields[] = {
	{ 0, 0xfffULL,
	  FIELD_RO, FIELD_READ, RESET_VALUE, 0x43b },
	{ 0, 0xfffff000ULL,
	  FIELD_RO, FIELD_READ, RESET_ANY, 0 },
};

static const struct gic_register v3_gits_iidr = {
	.name = "GITS_IIDR", .frame = FRAME_GITS, .offset = 0x4, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_gits_iidr_fields,
	.nr_fields = ARRAY_SIZE(v3_gits_iidr_fields),
};

static const struct gic_field v3_gits_typer_fields[] = {
	{ 0, 0x1ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x1 },
	{ 0, 0xf0ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x70 },
	{ 0, 0x80000ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x0 },
	{ 0, 0xfffffffffff7ff0eULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
};

static const struct gic_register v3_gits_typer = {
	.name = "GITS_TYPER", .frame = FRAME_GITS, .offset = 0x8, .gic = 3,
	.size = 8, .widths = 4 | 8, .guest = true, .user = true,
	.fields = v3_gits_typer_fields,
	.nr_fields = ARRAY_SIZE(v3_gits_typer_fields),
};

static const struct gic_field v3_gits_cbaser_fields[] = {
	{ 0, 0xffULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
	{ 0, 0xff00ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ 0, 0xfffffffff0000ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
	{ 0, 0x7ff0000000000000ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ 0, 0x8000000000000000ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gits_cbaser = {
	.name = "GITS_CBASER", .frame = FRAME_GITS, .offset = 0x80, .gic = 3,
	.size = 8, .widths = 4 | 8, .guest = true, .user = true,
	.fields = v3_gits_cbaser_fields,
	.nr_fields = ARRAY_SIZE(v3_gits_cbaser_fields),
};

static const struct gic_field v3_gits_baser0_fields[] = {
	{ 0, 0xffULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
	{ 0, 0x300ULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
	{ 0, 0xfc00ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ 0, 0xffffffff0000ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
	{ 0, 0x1f000000000000ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x7000000000000 },
	{ 0, 0xe0000000000000ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ 0, 0x700000000000000ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x100000000000000 },
	{ 0, 0x3800000000000000ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ 0, 0x4000000000000000ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
	{ 0, 0x8000000000000000ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gits_baser0 = {
	.name = "GITS_BASER0", .frame = FRAME_GITS, .offset = 0x100, .gic = 3,
	.size = 8, .widths = 4 | 8, .guest = true, .user = true,
	.fields = v3_gits_baser0_fields,
	.nr_fields = ARRAY_SIZE(v3_gits_baser0_fields),
};

static const struct gic_field v3_gits_baser1_fields[] = {
	{ 0, 0xffULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
	{ 0, 0x300ULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
	{ 0, 0xfc00ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ 0, 0xffffffff0000ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
	{ 0, 0x1f000000000000ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x7000000000000 },
	{ 0, 0xe0000000000000ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ 0, 0x700000000000000ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x400000000000000 },
	{ 0, 0x7800000000000000ULL,
	  FIELD_FREE, FIELD_FREE, RESET_ANY, 0 },
	{ 0, 0x8000000000000000ULL,
	  FIELD_RW, FIELD_RW, RESET_VALUE, 0x0 },
};

static const struct gic_register v3_gits_baser1 = {
	.name = "GITS_BASER1", .frame = FRAME_GITS, .offset = 0x108, .gic = 3,
	.size = 8, .widths = 4 | 8, .guest = true, .user = true,
	.fields = v3_gits_baser1_fields,
	.nr_fields = ARRAY_SIZE(v3_gits_baser1_fields),
};

static const struct gic_register v3_gits_baser2 = {
	.name = "GITS_BASER2", .frame = FRAME_GITS, .offset = 0x110, .gic = 3,
	.size = 8, .widths = 4 | 8, .guest = true, .user = true,
};

static const struct gic_register v3_gits_baser7 = {
	.name = "GITS_BASER7", .frame = FRAME_GITS, .offset = 0x138, .gic = 3,
	.size = 8, .widths = 4 | 8, .guest = true, .user = true,
};

static const struct gic_field v3_gits_pidr2_fields[] = {
	{ 0, 0xf0ULL,
	  FIELD_RO, FIELD_RO, RESET_VALUE, 0x30 },
	{ 0, 0xffffff0fULL,
	  FIELD_RO, FIELD_RO, RESET_ANY, 0 },
};

static const struct gic_register v3_gits_pidr2 = {
	.name = "GITS_PIDR2", .frame = FRAME_GITS, .offset = 0xffe8, .gic = 3,
	.size = 4, .widths = 4, .guest = true, .user = true,
	.fields = v3_gits_pidr2_fields,
	.nr_fields = ARRAY_SIZE(v3_gits_pidr2_fields),
};

static const struct gic_register * const all_registers[] = {
	&v2_gicd_ctlr,
	&v2_gicd_ctlr_enablegrp1,
	&v2_gicd_typer,
	&v2_gicd_iidr,
	&v2_gicd_igroupr,
	&v2_gicd_isenabler,
	&v2_gicd_icenabler,
	&v2_gicd_ispendr,
	&v2_gicd_icpendr,
	&v2_gicd_isactiver,
	&v2_gicd_icactiver,
	&v2_gicd_ipriorityr,
	&v2_gicd_itargetsr,
	&v2_gicd_icfgr,
	&v2_gicd_cpendsgir,
	&v2_gicd_cpendsgir_absent,
	&v2_gicd_spendsgir,
	&v2_gicd_spendsgir_absent,
	&v2_gicc_ctlr,
	&v2_gicc_pmr,
	&v2_gicc_bpr,
	&v2_gicc_rpr,
	&v2_gicc_hppir,
	&v2_gicc_abpr,
	&v2_gicc_apr0,
	&v2_gicc_iidr,
	&v3_gicd_ctlr,
	&v3_gicd_typer,
	&v3_gicd_iidr,
	&v3_gicd_igroupr,
	&v3_gicd_isenabler,
	&v3_gicd_icenabler,
	&v3_gicd_ispendr,
	&v3_gicd_icpendr,
	&v3_gicd_isactiver,
	&v3_gicd_icactiver,
	&v3_gicd_ipriorityr,
	&v3_gicd_itargetsr,
	&v3_gicd_icfgr,
	&v3_gicd_igrpmodr,
	&v3_gicd_sgir,
	&v3_gicd_cpendsgir,
	&v3_gicd_spendsgir,
	&v3_gicd_irouter,
	&v3_gicd_pidr2,
	&v3_gicr_ctlr,
	&v3_gicr_iidr,
	&v3_gicr_typer,
	&v3_gicr_pidr2,
	&v3_gicr_igroupr0,
	&v3_gicr_isenabler0,
	&v3_gicr_icenabler0,
	&v3_gicr_ispendr0,
	&v3_gicr_icpendr0,
	&v3_gicr_isactiver0,
	&v3_gicr_icactiver0,
	&v3_gicr_ipriorityr,
	&v3_gicr_icfgr,
	&v3_gicr_igrpmodr0,
	&v3_gicr_nsacr,
	&v3_icc_pmr,
	&v3_icc_bpr0,
	&v3_icc_bpr1,
	&v3_icc_ctlr,
	&v3_icc_sre,
	&v3_icc_igrpen0,
	&v3_icc_igrpen1,
	&v3_icc_rpr,
	&v3_icc_hppir1,
	&v3_icc_ap0r0,
	&v3_icc_ap1r0,
	&v3_gits_ctlr,
	&v3_gits_iidr,
	&v3_gits_typer,
	&v3_gits_cbaser,
	&v3_gits_baser0,
	&v3_gits_baser1,
	&v3_gits_baser2,
	&v3_gits_baser7,
	&v3_gits_pidr2,
};

#define TRAPPED_REGISTERS(X) \
	X(v2_gicd_ctlr, DEVATTR_GICV2) \
	X(v2_gicd_ctlr_enablegrp1, DEVATTR_GICV2) \
	X(v2_gicd_typer, DEVATTR_GICV2) \
	X(v2_gicd_iidr, DEVATTR_GICV2) \
	X(v2_gicd_igroupr, DEVATTR_GICV2) \
	X(v2_gicd_isenabler, DEVATTR_GICV2) \
	X(v2_gicd_icenabler, DEVATTR_GICV2) \
	X(v2_gicd_ispendr, DEVATTR_GICV2) \
	X(v2_gicd_icpendr, DEVATTR_GICV2) \
	X(v2_gicd_isactiver, DEVATTR_GICV2) \
	X(v2_gicd_icactiver, DEVATTR_GICV2) \
	X(v2_gicd_ipriorityr, DEVATTR_GICV2) \
	X(v2_gicd_itargetsr, DEVATTR_GICV2) \
	X(v2_gicd_icfgr, DEVATTR_GICV2) \
	X(v2_gicd_cpendsgir, DEVATTR_GICV2) \
	X(v2_gicd_cpendsgir_absent, DEVATTR_GICV2) \
	X(v2_gicd_spendsgir, DEVATTR_GICV2) \
	X(v2_gicd_spendsgir_absent, DEVATTR_GICV2) \
	X(v3_gicd_ctlr, DEVATTR_GICV3) \
	X(v3_gicd_typer, DEVATTR_GICV3) \
	X(v3_gicd_iidr, DEVATTR_GICV3) \
	X(v3_gicd_igroupr, DEVATTR_GICV3) \
	X(v3_gicd_isenabler, DEVATTR_GICV3) \
	X(v3_gicd_icenabler, DEVATTR_GICV3) \
	X(v3_gicd_ispendr, DEVATTR_GICV3) \
	X(v3_gicd_icpendr, DEVATTR_GICV3) \
	X(v3_gicd_isactiver, DEVATTR_GICV3) \
	X(v3_gicd_icactiver, DEVATTR_GICV3) \
	X(v3_gicd_ipriorityr, DEVATTR_GICV3) \
	X(v3_gicd_itargetsr, DEVATTR_GICV3) \
	X(v3_gicd_icfgr, DEVATTR_GICV3) \
	X(v3_gicd_igrpmodr, DEVATTR_GICV3) \
	X(v3_gicd_sgir, DEVATTR_GICV3) \
	X(v3_gicd_cpendsgir, DEVATTR_GICV3) \
	X(v3_gicd_spendsgir, DEVATTR_GICV3) \
	X(v3_gicd_irouter, DEVATTR_GICV3) \
	X(v3_gicd_pidr2, DEVATTR_GICV3) \
	X(v3_gicr_ctlr, DEVATTR_GICV3) \
	X(v3_gicr_iidr, DEVATTR_GICV3) \
	X(v3_gicr_typer, DEVATTR_GICV3) \
	X(v3_gicr_pidr2, DEVATTR_GICV3) \
	X(v3_gicr_igroupr0, DEVATTR_GICV3) \
	X(v3_gicr_isenabler0, DEVATTR_GICV3) \
	X(v3_gicr_icenabler0, DEVATTR_GICV3) \
	X(v3_gicr_ispendr0, DEVATTR_GICV3) \
	X(v3_gicr_icpendr0, DEVATTR_GICV3) \
	X(v3_gicr_isactiver0, DEVATTR_GICV3) \
	X(v3_gicr_icactiver0, DEVATTR_GICV3) \
	X(v3_gicr_ipriorityr, DEVATTR_GICV3) \
	X(v3_gicr_icfgr, DEVATTR_GICV3) \
	X(v3_gicr_igrpmodr0, DEVATTR_GICV3) \
	X(v3_gicr_nsacr, DEVATTR_GICV3) \
	X(v3_gits_ctlr, DEVATTR_GICV3) \
	X(v3_gits_iidr, DEVATTR_GICV3) \
	X(v3_gits_typer, DEVATTR_GICV3) \
	X(v3_gits_cbaser, DEVATTR_GICV3) \
	X(v3_gits_baser0, DEVATTR_GICV3) \
	X(v3_gits_baser1, DEVATTR_GICV3) \
	X(v3_gits_baser2, DEVATTR_GICV3) \
	X(v3_gits_baser7, DEVATTR_GICV3) \
	X(v3_gits_pidr2, DEVATTR_GICV3)

#define CPU_REGISTERS(X) \
	X(v2_gicc_ctlr, DEVATTR_GICV2) \
	X(v2_gicc_pmr, DEVATTR_GICV2) \
	X(v2_gicc_bpr, DEVATTR_GICV2) \
	X(v2_gicc_rpr, DEVATTR_GICV2) \
	X(v2_gicc_hppir, DEVATTR_GICV2) \
	X(v2_gicc_abpr, DEVATTR_GICV2) \
	X(v2_gicc_iidr, DEVATTR_GICV2) \
	X(v3_icc_pmr, DEVATTR_GICV3) \
	X(v3_icc_bpr0, DEVATTR_GICV3) \
	X(v3_icc_bpr1, DEVATTR_GICV3) \
	X(v3_icc_ctlr, DEVATTR_GICV3) \
	X(v3_icc_sre, DEVATTR_GICV3) \
	X(v3_icc_igrpen0, DEVATTR_GICV3) \
	X(v3_icc_igrpen1, DEVATTR_GICV3) \
	X(v3_icc_rpr, DEVATTR_GICV3) \
	X(v3_icc_hppir1, DEVATTR_GICV3)

#define USER_REGISTERS(X) \
	X(v2_gicd_ctlr, DEVATTR_GICV2) \
	X(v2_gicd_ctlr_enablegrp1, DEVATTR_GICV2) \
	X(v2_gicd_typer, DEVATTR_GICV2) \
	X(v2_gicd_iidr, DEVATTR_GICV2) \
	X(v2_gicd_igroupr, DEVATTR_GICV2) \
	X(v2_gicd_isenabler, DEVATTR_GICV2) \
	X(v2_gicd_icenabler, DEVATTR_GICV2) \
	X(v2_gicd_ispendr, DEVATTR_GICV2) \
	X(v2_gicd_icpendr, DEVATTR_GICV2) \
	X(v2_gicd_isactiver, DEVATTR_GICV2) \
	X(v2_gicd_icactiver, DEVATTR_GICV2) \
	X(v2_gicd_ipriorityr, DEVATTR_GICV2) \
	X(v2_gicd_itargetsr, DEVATTR_GICV2) \
	X(v2_gicd_icfgr, DEVATTR_GICV2) \
	X(v2_gicd_cpendsgir, DEVATTR_GICV2) \
	X(v2_gicd_cpendsgir_absent, DEVATTR_GICV2) \
	X(v2_gicd_spendsgir, DEVATTR_GICV2) \
	X(v2_gicd_spendsgir_absent, DEVATTR_GICV2) \
	X(v2_gicc_ctlr, DEVATTR_GICV2) \
	X(v2_gicc_pmr, DEVATTR_GICV2) \
	X(v2_gicc_bpr, DEVATTR_GICV2) \
	X(v2_gicc_abpr, DEVATTR_GICV2) \
	X(v2_gicc_apr0, DEVATTR_GICV2) \
	X(v3_gicd_ctlr, DEVATTR_GICV3) \
	X(v3_gicd_typer, DEVATTR_GICV3) \
	X(v3_gicd_iidr, DEVATTR_GICV3) \
	X(v3_gicd_igroupr, DEVATTR_GICV3) \
	X(v3_gicd_isenabler, DEVATTR_GICV3) \
	X(v3_gicd_icenabler, DEVATTR_GICV3) \
	X(v3_gicd_ispendr, DEVATTR_GICV3) \
	X(v3_gicd_icpendr, DEVATTR_GICV3) \
	X(v3_gicd_isactiver, DEVATTR_GICV3) \
	X(v3_gicd_icactiver, DEVATTR_GICV3) \
	X(v3_gicd_ipriorityr, DEVATTR_GICV3) \
	X(v3_gicd_itargetsr, DEVATTR_GICV3) \
	X(v3_gicd_icfgr, DEVATTR_GICV3) \
	X(v3_gicd_igrpmodr, DEVATTR_GICV3) \
	X(v3_gicd_irouter, DEVATTR_GICV3) \
	X(v3_gicd_pidr2, DEVATTR_GICV3) \
	X(v3_gicr_ctlr, DEVATTR_GICV3) \
	X(v3_gicr_iidr, DEVATTR_GICV3) \
	X(v3_gicr_typer, DEVATTR_GICV3) \
	X(v3_gicr_pidr2, DEVATTR_GICV3) \
	X(v3_gicr_igroupr0, DEVATTR_GICV3) \
	X(v3_gicr_isenabler0, DEVATTR_GICV3) \
	X(v3_gicr_icenabler0, DEVATTR_GICV3) \
	X(v3_gicr_ispendr0, DEVATTR_GICV3) \
	X(v3_gicr_icpendr0, DEVATTR_GICV3) \
	X(v3_gicr_isactiver0, DEVATTR_GICV3) \
	X(v3_gicr_icactiver0, DEVATTR_GICV3) \
	X(v3_gicr_ipriorityr, DEVATTR_GICV3) \
	X(v3_gicr_icfgr, DEVATTR_GICV3) \
	X(v3_gicr_igrpmodr0, DEVATTR_GICV3) \
	X(v3_icc_pmr, DEVATTR_GICV3) \
	X(v3_icc_bpr0, DEVATTR_GICV3) \
	X(v3_icc_bpr1, DEVATTR_GICV3) \
	X(v3_icc_ctlr, DEVATTR_GICV3) \
	X(v3_icc_sre, DEVATTR_GICV3) \
	X(v3_icc_igrpen0, DEVATTR_GICV3) \
	X(v3_icc_igrpen1, DEVATTR_GICV3) \
	X(v3_icc_ap0r0, DEVATTR_GICV3) \
	X(v3_icc_ap1r0, DEVATTR_GICV3) \
	X(v3_gits_ctlr, DEVATTR_GICV3) \
	X(v3_gits_iidr, DEVATTR_GICV3) \
	X(v3_gits_typer, DEVATTR_GICV3) \
	X(v3_gits_cbaser, DEVATTR_GICV3) \
	X(v3_gits_baser0, DEVATTR_GICV3) \
	X(v3_gits_baser1, DEVATTR_GICV3) \
	X(v3_gits_baser2, DEVATTR_GICV3) \
	X(v3_gits_baser7, DEVATTR_GICV3) \
	X(v3_gits_pidr2, DEVATTR_GICV3)

#define SHARED_REGISTERS(X) \
	X(v2_gicd_ctlr, DEVATTR_GICV2) \
	X(v2_gicd_ctlr_enablegrp1, DEVATTR_GICV2) \
	X(v2_gicd_typer, DEVATTR_GICV2) \
	X(v2_gicd_iidr, DEVATTR_GICV2) \
	X(v2_gicd_igroupr, DEVATTR_GICV2) \
	X(v2_gicd_isenabler, DEVATTR_GICV2) \
	X(v2_gicd_icenabler, DEVATTR_GICV2) \
	X(v2_gicd_ispendr, DEVATTR_GICV2) \
	X(v2_gicd_icpendr, DEVATTR_GICV2) \
	X(v2_gicd_isactiver, DEVATTR_GICV2) \
	X(v2_gicd_icactiver, DEVATTR_GICV2) \
	X(v2_gicd_ipriorityr, DEVATTR_GICV2) \
	X(v2_gicd_itargetsr, DEVATTR_GICV2) \
	X(v2_gicd_icfgr, DEVATTR_GICV2) \
	X(v2_gicd_cpendsgir, DEVATTR_GICV2) \
	X(v2_gicd_cpendsgir_absent, DEVATTR_GICV2) \
	X(v2_gicd_spendsgir, DEVATTR_GICV2) \
	X(v2_gicd_spendsgir_absent, DEVATTR_GICV2) \
	X(v2_gicc_ctlr, DEVATTR_GICV2) \
	X(v2_gicc_pmr, DEVATTR_GICV2) \
	X(v2_gicc_bpr, DEVATTR_GICV2) \
	X(v2_gicc_abpr, DEVATTR_GICV2) \
	X(v3_gicd_ctlr, DEVATTR_GICV3) \
	X(v3_gicd_typer, DEVATTR_GICV3) \
	X(v3_gicd_iidr, DEVATTR_GICV3) \
	X(v3_gicd_igroupr, DEVATTR_GICV3) \
	X(v3_gicd_isenabler, DEVATTR_GICV3) \
	X(v3_gicd_icenabler, DEVATTR_GICV3) \
	X(v3_gicd_ispendr, DEVATTR_GICV3) \
	X(v3_gicd_icpendr, DEVATTR_GICV3) \
	X(v3_gicd_isactiver, DEVATTR_GICV3) \
	X(v3_gicd_icactiver, DEVATTR_GICV3) \
	X(v3_gicd_ipriorityr, DEVATTR_GICV3) \
	X(v3_gicd_itargetsr, DEVATTR_GICV3) \
	X(v3_gicd_icfgr, DEVATTR_GICV3) \
	X(v3_gicd_igrpmodr, DEVATTR_GICV3) \
	X(v3_gicd_irouter, DEVATTR_GICV3) \
	X(v3_gicd_pidr2, DEVATTR_GICV3) \
	X(v3_gicr_ctlr, DEVATTR_GICV3) \
	X(v3_gicr_iidr, DEVATTR_GICV3) \
	X(v3_gicr_typer, DEVATTR_GICV3) \
	X(v3_gicr_pidr2, DEVATTR_GICV3) \
	X(v3_gicr_igroupr0, DEVATTR_GICV3) \
	X(v3_gicr_isenabler0, DEVATTR_GICV3) \
	X(v3_gicr_icenabler0, DEVATTR_GICV3) \
	X(v3_gicr_ispendr0, DEVATTR_GICV3) \
	X(v3_gicr_icpendr0, DEVATTR_GICV3) \
	X(v3_gicr_isactiver0, DEVATTR_GICV3) \
	X(v3_gicr_icactiver0, DEVATTR_GICV3) \
	X(v3_gicr_ipriorityr, DEVATTR_GICV3) \
	X(v3_gicr_icfgr, DEVATTR_GICV3) \
	X(v3_gicr_igrpmodr0, DEVATTR_GICV3) \
	X(v3_icc_pmr, DEVATTR_GICV3) \
	X(v3_icc_bpr0, DEVATTR_GICV3) \
	X(v3_icc_bpr1, DEVATTR_GICV3) \
	X(v3_icc_ctlr, DEVATTR_GICV3) \
	X(v3_icc_sre, DEVATTR_GICV3) \
	X(v3_icc_igrpen0, DEVATTR_GICV3) \
	X(v3_icc_igrpen1, DEVATTR_GICV3) \
	X(v3_gits_ctlr, DEVATTR_GICV3) \
	X(v3_gits_iidr, DEVATTR_GICV3) \
	X(v3_gits_typer, DEVATTR_GICV3) \
	X(v3_gits_cbaser, DEVATTR_GICV3) \
	X(v3_gits_baser0, DEVATTR_GICV3) \
	X(v3_gits_baser1, DEVATTR_GICV3) \
	X(v3_gits_baser2, DEVATTR_GICV3) \
	X(v3_gits_baser7, DEVATTR_GICV3) \
	X(v3_gits_pidr2, DEVATTR_GICV3)

#endif /* VGIC_ABI_FIELDS_TABLE_H */
