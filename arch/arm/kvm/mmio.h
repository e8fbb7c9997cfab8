/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's MMIO load or store, decoded from the syndrome: ARM DDI 0406C, B3.13.6. Pure
 * logic.
 */
#ifndef ARM_KVM_MMIO_H
#define ARM_KVM_MMIO_H

#include <linux/types.h>

/**
 * struct mmio_access - one load or store
 * @len:      bytes: 1, 2 or 4
 * @reg:      register that is stored or loaded, 0 to 14
 * @write:    a store
 * @sign:     a load that extends the sign
 * @big:      the guest's data are big-endian
 */
struct mmio_access {
	u8 len;
	u8 reg;
	bool write;
	bool sign;
	bool big;
};

/*
 * Decodes the syndrome of a data abort, @hsr, of a guest with @cpsr. Returns 0,
 * or -ENOENT if the syndrome does not describe the access (several registers, writeback).
 */
int mmio_decode(u32 hsr, u32 cpsr, struct mmio_access *access);

/* The bytes of a store of @value: @len of them, lowest address first. */
void mmio_store_bytes(const struct mmio_access *access, u32 value, u8 *data);

/* The register's value after a load of @len bytes. */
u32 mmio_load_value(const struct mmio_access *access, const u8 *data);

#endif /* ARM_KVM_MMIO_H */
