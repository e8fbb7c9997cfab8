/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of Documentation/abi/registers.toml, which documents their keys.
 */
#ifndef VGIC_ABI_FIELDS_H
#define VGIC_ABI_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

/* Frame of a register. RD and SGI are the frames of a redistributor. */
enum gic_frame {
	FRAME_GICD,
	FRAME_GICC,
	FRAME_RD,
	FRAME_SGI,
	FRAME_ICC,
	FRAME_GITS,	/* the control frame of an ITS */
};

enum field_access {
	FIELD_NONE,	/* RAZ/WI */
	FIELD_FREE,	/* implementation defined, or without a stable value */
	FIELD_READ,	/* the same, and the register must not be written */
	FIELD_RO,
	FIELD_RW,
	FIELD_W1S,
	FIELD_W1C,
};

enum field_reset {
	RESET_ANY,
	RESET_VALUE,
	RESET_CPU_MASK,	/* the bit of the vCPU that reads */
	RESET_CPU,	/* its index */
	RESET_LAST,	/* 1 for the last vCPU */
	RESET_LINES,	/* number of INTIDs / 32 - 1 */
	RESET_CPUS,	/* number of vCPUs - 1 */
};

/* Classes of INTIDs, a mask. TIMER is a PPI whose state is the hardware's. */
#define OF_SGI		1
#define OF_PPI		2
#define OF_TIMER	4
#define OF_SPI		8

/* Masks of a byte with one bit per vCPU: the vCPUs that exist, and the others. */
#define FIELD_CPUS	(1ULL << 32)
#define FIELD_ABSENT	(2ULL << 32)

/**
 * struct gic_field - bits of a register, or of each interrupt's part of it
 * @of:     mask of classes of INTIDs; 0 for bits of a register
 * @mask:   its bits, or FIELD_CPUS or FIELD_ABSENT if @of is not 0
 * @access: enum field_access, for the guest
 * @user:   the same for user space
 * @reset:  enum field_reset
 * @value:  of RESET_VALUE
 */
struct gic_field {
	uint8_t of;
	uint64_t mask;
	uint8_t access;
	uint8_t user;
	uint8_t reset;
	uint64_t value;
};

/**
 * struct gic_register - a register, or registers with a part for each interrupt
 * @name:   the architecture's
 * @frame:  enum gic_frame
 * @offset: bytes in the frame; the encoding of a system register
 * @gic:    the model, 2 or 3
 * @bits:   width of an interrupt's part; 0: one register of @size bytes
 * @end:    the first INTID without a part
 * @state:  registers with the same number, which is not 0, hold the same state
 * @shift:  user space's value is the guest's, shifted right by @shift bits
 * @least:  after a write of a smaller value, the guest may read the written value or any
 *          larger one up to @least
 * @widths: bytes of accesses that are specified, a mask
 * @set:    offset of the W1S register of the same state, or 0
 * @clear:  offset of the W1C register of the same state, or 0
 * @keep:   user space writes read-only bits as they were read
 * @guest:  the guest sees it
 * @user:   user space sees it
 */
struct gic_register {
	const char *name;
	uint8_t frame;
	uint32_t offset;
	uint8_t gic;
	uint8_t bits;
	uint16_t end;
	uint8_t size;
	uint8_t state;
	uint8_t shift;
	uint8_t least;
	uint8_t widths;
	uint32_t set;
	uint32_t clear;
	bool keep;
	bool guest;
	bool user;
	const struct gic_field *fields;
	unsigned int nr_fields;
};

#endif /* VGIC_ABI_FIELDS_H */
