/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * LPIs and the ITS, as user space sets them up: registers, commands and tables (ARM IHI 0069, 5),
 * KVM's device, and KVM_SIGNAL_MSI. Guest code uses the inline functions, too.
 *
 * A VM has one block of memory for all tables, in a memory slot of its own. User space accesses the
 * block through a mapping, the guest and KVM by the block's guest physical address.
 */
#ifndef VGIC_ABI_ITS_CALLS_H
#define VGIC_ABI_ITS_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"
#include "uapi.h"

#define ITS_REGS	KVM_DEV_ARM_VGIC_GRP_ITS_REGS

/* Attributes of KVM_DEV_ARM_VGIC_GRP_CTRL; the header of 32-bit ARM has only the first. */
enum its_control {
	ITS_INIT,
	ITS_SAVE_TABLES,
	ITS_RESTORE_TABLES,
	GIC_SAVE_PENDING_TABLES,	/* an attribute of the GICv3, not of an ITS */
	ITS_RESET,
};

/* ---- registers ---- */

#define GITS_CTLR		0x0000
#define GITS_IIDR		0x0004
#define GITS_TYPER		0x0008
#define GITS_CBASER		0x0080
#define GITS_CWRITER		0x0088
#define GITS_CREADR		0x0090
#define GITS_BASER(n)		(0x0100 + 8 * (n))
#define GITS_TRANSLATER		0x10040

#define GITS_NR_BASERS		8
#define GITS_CTLR_ENABLED	1U
#define GITS_CTLR_QUIESCENT	(1U << 31)
#define GITS_CBASER_VALID	(1ULL << 63)
#define GITS_BASER_VALID	(1ULL << 63)
#define GITS_BASER_INDIRECT	(1ULL << 62)
#define GITS_BASER_TYPE(baser)	((baser) >> 56 & 7)
#define GITS_BASER_64K_PAGES	(2ULL << 8)

/* GITS_BASER<n>.Type. */
#define ITS_DEVICES		1
#define ITS_COLLECTIONS		4

#define GICR_CTLR		0x0000
#define GICR_PROPBASER		0x0070
#define GICR_PENDBASER		0x0078
#define GICR_INVLPIR		0x00a0
#define GICR_INVALLR		0x00b0
#define GICR_SYNCR		0x00c0
#define GICR_CTLR_ENABLE_LPIS	1U
#define GICR_CTLR_CES		(1U << 1)	/* EnableLPIs can be cleared */
#define GICR_CTLR_IR		(1U << 2)	/* GICR_INVLPIR and GICR_INVALLR exist */
#define GICR_CTLR_RWP		(1U << 3)	/* EnableLPIs is being cleared */
#define GICR_PENDBASER_PTZ	(1ULL << 62)

/* ---- addresses and offsets ---- */

#define ITS_FRAME_SIZE		0x20000ULL
#define ITS_FRAME(its)		(0x0c000000ULL + (its) * ITS_FRAME_SIZE)

/* INTIDs of LPIs; the tables have room for all INTIDs of 16 bits. */
#define LPI_FIRST		8192U
#define LPI_LAST		65535U
#define LPI_ID_BITS		16

/* A byte of the configuration table: the priority, and the enable bit. */
#define LPI_ENABLED		1U
#define LPI_PRIORITY		0xa0U

#define LPI_MEMORY_IPA		0x20000000ULL
#define LPI_MAX_VCPUS		8
#define ITS_MAX			2
#define ITS_TABLE_SIZE		0x10000ULL	/* the page size of GITS_BASER<n> */
#define ITS_TABLE_ENTRIES	(ITS_TABLE_SIZE / 8)
#define ITS_ITT_SIZE		0x4000ULL
#define ITS_ITT_BITS		11		/* of an EventID; an entry has 8 bytes */
#define ITS_NR_ITTS		16

/* Offsets in the block; tables of LPIs first, then those of each ITS. */
#define LPI_CONFIG_AT		0ULL
#define LPI_PENDING_AT(cpu)	(ITS_TABLE_SIZE * (1 + (cpu)))
#define ITS_QUEUE_AT(its)	(LPI_PENDING_AT(LPI_MAX_VCPUS) + (its) * 8 * ITS_TABLE_SIZE)
#define ITS_DEVICES_AT(its)	(ITS_QUEUE_AT(its) + ITS_TABLE_SIZE)
#define ITS_COLLECTIONS_AT(its)	(ITS_QUEUE_AT(its) + 2 * ITS_TABLE_SIZE)
#define ITS_SPARE_AT(its)	(ITS_QUEUE_AT(its) + 3 * ITS_TABLE_SIZE)
#define ITS_ITT_AT(its, n)	(ITS_QUEUE_AT(its) + 4 * ITS_TABLE_SIZE + (n) * ITS_ITT_SIZE)
#define LPI_MEMORY_SIZE		ITS_QUEUE_AT(ITS_MAX)

/* The queue has only one page of 4 KiB, so that tests reach its end. */
#define ITS_QUEUE_SIZE		0x1000U

static inline uint64_t its_ipa(uint64_t at)
{
	return LPI_MEMORY_IPA + at;
}

/* GITS_BASER<n> for a table of one page of 64 KiB. */
static inline uint64_t its_baser(uint64_t at)
{
	return GITS_BASER_VALID | its_ipa(at) | GITS_BASER_64K_PAGES;
}

static inline uint64_t its_cbaser(unsigned int its)
{
	return GITS_CBASER_VALID | its_ipa(ITS_QUEUE_AT(its));
}

static inline uint64_t lpi_propbaser(unsigned int bits)
{
	return its_ipa(LPI_CONFIG_AT) | (bits - 1);
}

static inline uint64_t lpi_pendbaser(unsigned int cpu)
{
	return its_ipa(LPI_PENDING_AT(cpu));
}

/* ---- commands ---- */

enum its_opcode {
	ITS_MOVI	= 0x01,
	ITS_INT		= 0x03,
	ITS_CLEAR	= 0x04,
	ITS_SYNC	= 0x05,
	ITS_MAPD	= 0x08,
	ITS_MAPC	= 0x09,
	ITS_MAPTI	= 0x0a,
	ITS_MAPI	= 0x0b,
	ITS_INV		= 0x0c,
	ITS_INVALL	= 0x0d,
	ITS_MOVALL	= 0x0e,
	ITS_DISCARD	= 0x0f,
};

#define ITS_COMMAND_VALID	(1ULL << 63)
#define ITS_RDBASE(cpu)		((uint64_t)(cpu) << 16)

/* An entry of the command queue, of 32 bytes. */
struct its_command {
	uint64_t word[4];
};

/* The commands of an event without a collection: INT, CLEAR, INV, DISCARD. */
static inline struct its_command its_of_event(enum its_opcode op, uint32_t device,
					      uint32_t event)
{
	return (struct its_command){ { op | (uint64_t)device << 32, event } };
}

/* The commands of an event with a collection: MAPI, whose INTID is the EventID, and MOVI. */
static inline struct its_command its_of_event_to(enum its_opcode op, uint32_t device,
						 uint32_t event, uint16_t icid)
{
	return (struct its_command){ { op | (uint64_t)device << 32, event, icid } };
}

static inline struct its_command its_mapti(uint32_t device, uint32_t event, uint32_t intid,
					   uint16_t icid)
{
	return (struct its_command){
		{ ITS_MAPTI | (uint64_t)device << 32, (uint64_t)intid << 32 | event, icid }
	};
}

/* EventIDs of @bits bits, an ITT at @itt. */
static inline struct its_command its_mapd(uint32_t device, uint64_t itt, unsigned int bits)
{
	return (struct its_command){
		{ ITS_MAPD | (uint64_t)device << 32, bits - 1, ITS_COMMAND_VALID | itt }
	};
}

static inline struct its_command its_unmap_device(uint32_t device)
{
	return (struct its_command){ { ITS_MAPD | (uint64_t)device << 32 } };
}

static inline struct its_command its_mapc(uint16_t icid, unsigned int cpu)
{
	return (struct its_command){
		{ ITS_MAPC, 0, ITS_COMMAND_VALID | ITS_RDBASE(cpu) | icid }
	};
}

static inline struct its_command its_unmap_collection(uint16_t icid)
{
	return (struct its_command){ { ITS_MAPC, 0, icid } };
}

static inline struct its_command its_invall(uint16_t icid)
{
	return (struct its_command){ { ITS_INVALL, 0, icid } };
}

static inline struct its_command its_movall(unsigned int from, unsigned int to)
{
	return (struct its_command){ { ITS_MOVALL, 0, ITS_RDBASE(from), ITS_RDBASE(to) } };
}

static inline struct its_command its_sync(unsigned int cpu)
{
	return (struct its_command){ { ITS_SYNC, 0, ITS_RDBASE(cpu) } };
}

/* ---- entries of the tables in memory: arm-vgic-its.rst, ITS Table ABI REV0 ---- */

#define ITS_ENTRY_VALID		(1ULL << 63)

static inline uint64_t its_dte(uint64_t next, uint64_t itt, unsigned int bits)
{
	return ITS_ENTRY_VALID | next << 49 | itt >> 8 << 5 | (bits - 1);
}

static inline uint64_t its_cte(unsigned int cpu, uint16_t icid)
{
	return ITS_ENTRY_VALID | ITS_RDBASE(cpu) | icid;
}

static inline uint64_t its_ite(uint64_t next, uint32_t intid, uint16_t icid)
{
	return next << 48 | (uint64_t)intid << 16 | icid;
}

/* ---- user space ---- */

/**
 * struct its - an ITS
 * @vm:     the VM
 * @fd:     file descriptor of the device
 * @index:  index among the VM's ITSs, below ITS_MAX; selects the ITS's frame and tables
 * @memory: user space's mapping of the VM's block
 */
struct its {
	const struct abi_vm *vm;
	int fd;
	unsigned int index;
	uint8_t *memory;
};

/* KVM_CREATE_DEVICE; the file descriptor, or a negative errno. */
int its_device_create(struct abi_vm *vm);
int its_set_addr(int fd, uint64_t addr);
int its_control(int fd, enum its_control control);
int its_reg_get(int fd, uint64_t offset, uint64_t *value);
int its_reg_set(int fd, uint64_t offset, uint64_t value);

/* Maps the block of memory. Ends the test as failed if that fails. */
uint8_t *lpi_memory_map(void);

/* Adds the block to the VM, as a slot. 0 or a negative errno. */
int lpi_memory_add(const struct abi_vm *vm, const uint8_t *memory);

/*
 * Creates an ITS at the address of @index and initializes it. The VM's GICv3 must already be
 * initialized. 0 or a negative errno.
 */
int its_add(struct its *its, struct abi_vm *vm, unsigned int index, uint8_t *memory);

/*
 * Sets the GITS_BASER<n> whose type is @type, ITS_DEVICES or ITS_COLLECTIONS. 0 or a negative
 * errno: -ENOENT if none has that type.
 */
int its_table_set(const struct its *its, unsigned int type, uint64_t baser);

/* Set queue and tables, enable the ITS, or do both. 0 or a negative errno. */
int its_place_tables(const struct its *its);
int its_enable(const struct its *its);
int its_start(const struct its *its);

/* Puts a command into the queue, and has the ITS execute it. 0 or a negative errno. */
int its_command(const struct its *its, struct its_command command);

/* KVM_SIGNAL_MSI to the ITS: above 0 delivered, 0 blocked, or a negative errno. */
int its_signal(const struct its *its, uint32_t device, uint32_t event);

/* Sets a 64-bit register of a redistributor. */
int lpi_redist_set(const struct abi_vm *vm, unsigned int cpu, uint32_t offset, uint64_t value);

/* Set the vCPU's tables of LPIs, and GICR_CTLR.EnableLPIs. 0 or a negative errno. */
int lpi_place_tables(const struct abi_vm *vm, unsigned int cpu);
int lpi_enable(const struct abi_vm *vm, unsigned int cpu);

/* Sets the LPI's byte in the configuration table, which the ITS reads at INV or INVALL. */
static inline void lpi_configure(uint8_t *memory, uint32_t intid, uint8_t config)
{
	memory[LPI_CONFIG_AT + intid - LPI_FIRST] = config;
}

/* The LPI's bit in the pending table of a vCPU, as GIC_SAVE_PENDING_TABLES has written it. */
static inline bool lpi_is_pending(const uint8_t *memory, unsigned int cpu, uint32_t intid)
{
	return memory[LPI_PENDING_AT(cpu) + intid / 8] >> (intid % 8) & 1;
}

/* A word of the block. */
static inline uint64_t *its_word(uint8_t *memory, uint64_t at)
{
	return (uint64_t *)(memory + at);
}

#endif /* VGIC_ABI_ITS_CALLS_H */
