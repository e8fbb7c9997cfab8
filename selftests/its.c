// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ITS of a GICv3: its address, its controls, its registers.
 */
#include <stdlib.h>

#include "abi/abi.h"
#include "abi/gic_regs.h"
#include "harness/its_fixture.h"
#include "harness/rule_harness.h"

#define RULE_FIXTURE	its
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct abi_vm vm; int fd
#include "harness/gic_fixture.h"

#define ITS_IPA		ITS_FRAME(0)
#define ITS_SIZE	ITS_FRAME_SIZE
#define SZ_64K		0x10000ULL
#define GITS_IDREGS	0xffd0U	/* identification registers of 32 bits, up to the frame's end */

#define GRP_ADDR	KVM_DEV_ARM_VGIC_GRP_ADDR
#define GRP_CTRL	KVM_DEV_ARM_VGIC_GRP_CTRL

/* OPEN_GIC() opens a VM with a GICv3, OPEN_ITS() a VM with a GICv3 and an ITS. */
#define OPEN_GIC() do {							\
	abi_vm_open(&self->vm, 0);					\
	SKIP_WITHOUT_ITS(&self->vm);					\
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));		\
} while (0)

#define OPEN_ITS() do {							\
	OPEN_GIC();							\
	self->fd = its_device_create(&self->vm);				\
	ASSERT_LE(0, self->fd);						\
} while (0)

/* An initialized ITS with an address, which its registers need. */
#define OPEN_WHOLE_ITS() do {						\
	struct abi_vcpu vcpu_;						\
									\
	OPEN_ITS();							\
	abi_vcpu_add(&self->vm, 0, &vcpu_);				\
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA)); \
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));	\
	ASSERT_OK(its_set_addr(self->fd, ITS_IPA));			\
	ASSERT_OK(vgic_init(self->vm.dev));				\
	ASSERT_OK(its_control(self->fd, ITS_INIT));			\
} while (0)

/* ---- the device ---- */

TEST_F(its, create)
{
	OPEN_GIC();
	EXPECT_RULE(its_device_create(&self->vm), "create an ITS");
}

TEST_F(its, several)
{
	unsigned int i;
	int fd;

	OPEN_GIC();
	for (i = 0; i < 4; i++) {
		fd = its_device_create(&self->vm);
		EXPECT_RULE(fd, "ITS %u", i);
		EXPECT_RULE(its_set_addr(fd, ITS_IPA + i * ITS_SIZE), "address of ITS %u", i);
	}
}

/* GICR_PROPBASER belongs to the redistributors. It may be set before another ITS is created. */
TEST_F(its, create_keeps_lpis)
{
	uint8_t *memory = lpi_memory_map();
	uint32_t before, after;
	struct its first;

	OPEN_IDLE_ITS(&self->vm, &first, memory);
	ENABLE_LPIS(&self->vm);
	ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 0, GICR_PROPBASER, &before));
	ASSERT_LE(0, its_device_create(&self->vm));
	ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 0, GICR_PROPBASER, &after));
	EXPECT_RULE_WORD(holds(before == after), "GICR_PROPBASER before 0x%08x, after 0x%08x",
			 before,
			 after);
}

/* ---- its address ---- */

TEST_F(its, accepted)
{
	uint64_t limit;

	OPEN_ITS();
	EXPECT_RULE(its_set_addr(self->fd, 0), "address 0");
	self->fd = its_device_create(&self->vm);
	limit = abi_vm_limit(&self->vm);
	EXPECT_RULE(its_set_addr(self->fd, limit - ITS_SIZE), "the last %llu bytes", ITS_SIZE);
}

TEST_F(its, overlap)
{
	OPEN_ITS();
	ASSERT_OK(its_set_addr(self->fd, ITS_IPA));
	EXPECT_RULE(its_set_addr(its_device_create(&self->vm), ITS_IPA),
		    "the address of another ITS");
	EXPECT_RULE(its_set_addr(its_device_create(&self->vm), ITS_IPA + SZ_64K),
		    "the address of the second frame of another ITS");
}

TEST_F(its, twice)
{
	OPEN_ITS();
	ASSERT_OK(its_set_addr(self->fd, ITS_IPA));
	EXPECT_RULE(its_set_addr(self->fd, ITS_IPA), "the same address again");
	EXPECT_RULE(its_set_addr(self->fd, ITS_IPA + ITS_SIZE), "set another address");
}

TEST_F(its, misaligned)
{
	uint64_t bit;

	OPEN_ITS();
	for (bit = 1; bit < SZ_64K; bit <<= 1)
		EXPECT_RULE(its_set_addr(self->fd, ITS_IPA | bit), "set 0x%llx",
			    (unsigned long long)(ITS_IPA | bit));
	ASSERT_OK(its_set_addr(self->fd, ITS_IPA));
}

TEST_F(its, beyond_limit)
{
	unsigned int bit;

	OPEN_ITS();
	for (bit = self->vm.ipa_bits; bit < 64; bit++)
		EXPECT_RULE(its_set_addr(self->fd, 1ULL << bit | ITS_IPA), "set 0x%llx",
			    1ULL << bit | ITS_IPA);
	EXPECT_RULE(its_set_addr(self->fd, abi_vm_limit(&self->vm)), "set the limit");
	ASSERT_OK(its_set_addr(self->fd, ITS_IPA));
}

/* The second 64 KiB frame of the ITS would be beyond the limit. */
TEST_F(its, over_limit)
{
	OPEN_ITS();
	EXPECT_RULE(its_set_addr(self->fd, abi_vm_limit(&self->vm) - SZ_64K),
		    "set the last 64 KiB of the address space");
}

TEST_F(its, bad_pointer)
{
	OPEN_ITS();
	EXPECT_RULE(abi_attr_set(self->fd, GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE, NULL),
		    "set from NULL");
	EXPECT_RULE(abi_attr_set(self->fd, GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE,
				 abi_edge_of_memory(4)), "set from 4 bytes");
	EXPECT_RULE(abi_attr_get(self->fd, GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE, NULL),
		    "get to NULL");
	ASSERT_OK(its_set_addr(self->fd, ITS_IPA));
}

TEST_F(its, unknown_type)
{
	uint64_t addr = ITS_IPA;
	unsigned int type;

	OPEN_ITS();
	for (type = 0; type < 16; type++)
		if (type != KVM_VGIC_ITS_ADDR_TYPE)
			EXPECT_RULE(abi_attr_set(self->fd, GRP_ADDR, type, &addr),
				    "address type %u", type);
}

TEST_F(its, reads_back)
{
	uint64_t addr = 0;

	OPEN_ITS();
	ASSERT_OK(abi_attr_get(self->fd, GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE, &addr));
	EXPECT_EQ(UINT64_MAX, addr);
	ASSERT_OK(its_set_addr(self->fd, ITS_IPA));
	ASSERT_OK(abi_attr_get(self->fd, GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE, &addr));
	EXPECT_RULE_WORD(addr == ITS_IPA ? "SAME" : "OTHER", "set 0x%llx, reads as 0x%llx",
			 ITS_IPA, (unsigned long long)addr);
}

/* ---- attributes ---- */

TEST_F(its, has)
{
	unsigned int offset;

	OPEN_ITS();
	EXPECT_RULE(abi_attr_has(self->fd, GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE), "ADDR_TYPE");
	EXPECT_RULE(abi_attr_has(self->fd, GRP_CTRL, ITS_INIT), "INIT");
	EXPECT_RULE(abi_attr_has(self->fd, GRP_CTRL, ITS_SAVE_TABLES), "SAVE_TABLES");
	EXPECT_RULE(abi_attr_has(self->fd, GRP_CTRL, ITS_RESTORE_TABLES), "RESTORE_TABLES");
	EXPECT_RULE(abi_attr_has(self->fd, GRP_CTRL, ITS_RESET), "RESET");
	EXPECT_RULE(abi_attr_has(self->fd, ITS_REGS, GITS_CBASER), "GITS_CBASER");
	EXPECT_RULE(abi_attr_has(self->fd, ITS_REGS, GITS_IIDR), "GITS_IIDR");
	for (offset = GITS_IDREGS; offset < ITS_FRAME_SIZE / 2; offset += 4)
		EXPECT_RULE(abi_attr_has(self->fd, ITS_REGS, offset), "register 0x%x", offset);
}

TEST_F(its, has_unknown)
{
	unsigned int group;

	OPEN_ITS();
	EXPECT_RULE(abi_attr_has(self->fd, GRP_ADDR, 0), "address type 0");
	EXPECT_RULE(abi_attr_has(self->fd, GRP_CTRL, GIC_SAVE_PENDING_TABLES),
		    "SAVE_PENDING_TABLES");
	EXPECT_RULE(abi_attr_has(self->fd, GRP_CTRL, ITS_RESET + 1), "control 5");
	EXPECT_RULE(abi_attr_has(self->fd, ITS_REGS, 0x8000), "register 0x8000");
	for (group = 1; group < 32; group++)
		if (group != GRP_CTRL && group != ITS_REGS)
			EXPECT_RULE(abi_attr_has(self->fd, group, 0), "group %u", group);
}

/* ---- controls ---- */

TEST_F(its, init)
{
	OPEN_ITS();
	EXPECT_RULE(its_control(self->fd, ITS_INIT), "INIT");
	EXPECT_RULE(abi_attr_set(self->fd, GRP_CTRL, ITS_INIT, (void *)1), "INIT again");
	EXPECT_RULE(its_set_addr(self->fd, ITS_IPA), "the address after INIT");
}

TEST_F(its, unknown_control)
{
	unsigned int bit;

	OPEN_WHOLE_ITS();
	EXPECT_RULE(abi_attr_set(self->fd, GRP_CTRL, GIC_SAVE_PENDING_TABLES, NULL),
		    "SAVE_PENDING_TABLES, a control of the GIC");
	for (bit = 3; bit < 64; bit++)
		EXPECT_RULE(abi_attr_set(self->fd, GRP_CTRL, 1ULL << bit, NULL),
			    "control 0x%llx", 1ULL << bit);
}

/* ---- registers ---- */

TEST_F(its, registers_without_address)
{
	uint64_t value;

	OPEN_ITS();
	EXPECT_RULE(its_reg_get(self->fd, GITS_TYPER, &value), "get GITS_TYPER");
	EXPECT_RULE(its_reg_set(self->fd, GITS_CBASER, 0), "set GITS_CBASER");
}

/* Expects the rule's outcome of each read and write. */
#define EXPECT_EACH_CALL(offsets) do {					\
	uint64_t value_;						\
	unsigned int i_;						\
									\
	for (i_ = 0; i_ < ARRAY_SIZE(offsets); i_++) {			\
		EXPECT_RULE(its_reg_get(self->fd, (offsets)[i_], &value_), \
			    "get 0x%llx", (unsigned long long)(offsets)[i_]); \
		EXPECT_RULE(its_reg_set(self->fd, (offsets)[i_], 0),	\
			    "set 0x%llx", (unsigned long long)(offsets)[i_]); \
	}								\
} while (0)

TEST_F(its, misaligned_offset)
{
	static const uint64_t offsets[] = {
		0x01, 0x02, 0x06, 0x09, 0x0a, 0x0c, 0x81, 0x84, 0x104, 0xffe9, 0xffea,
	};
	unsigned int i;

	OPEN_WHOLE_ITS();
	EXPECT_EACH_CALL(offsets);
	for (i = 0; i < ARRAY_SIZE(offsets); i++)
		EXPECT_RULE(abi_attr_has(self->fd, ITS_REGS, offsets[i]), "has 0x%llx",
			    (unsigned long long)offsets[i]);
}

TEST_F(its, unknown_offset)
{
	static const uint64_t offsets[] = { 0x0018, 0x0078, 0x0098, 0x0200, 0x8000,
					    0x10000, 0x20000 };

	OPEN_WHOLE_ITS();
	EXPECT_EACH_CALL(offsets);
}

TEST_F(its, register_bad_pointer)
{
	OPEN_WHOLE_ITS();
	EXPECT_RULE(abi_attr_get(self->fd, ITS_REGS, GITS_TYPER, NULL), "get to NULL");
	EXPECT_RULE(abi_attr_set(self->fd, ITS_REGS, GITS_CBASER, abi_edge_of_memory(4)),
		    "set from 4 bytes");
}

/* Enabled has to stay 0, because an enabled ITS would read commands and tables at once. */
TEST_F(its, enabled_without_tables)
{
	static const uint32_t offsets[] = { GITS_CBASER, GITS_BASER(0), GITS_BASER(1) };
	uint64_t value;
	struct its its;
	unsigned int i;

	OPEN_IDLE_ITS(&self->vm, &its, lpi_memory_map());
	ASSERT_OK(its_enable(&its));
	ASSERT_OK(its_reg_get(its.fd, GITS_CTLR, &value));
	EXPECT_RULE_WORD(holds(!(value & GITS_CTLR_ENABLED)), "GITS_CTLR without tables: 0x%llx",
			 (unsigned long long)value);
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		ASSERT_OK(its_place_tables(&its));
		ASSERT_OK(its_reg_set(its.fd, offsets[i], 0));
		ASSERT_OK(its_enable(&its));
		ASSERT_OK(its_reg_get(its.fd, GITS_CTLR, &value));
		EXPECT_RULE_WORD(holds(!(value & GITS_CTLR_ENABLED)),
				 "GITS_CTLR with register 0x%x not valid: 0x%llx", offsets[i],
				 (unsigned long long)value);
		ASSERT_OK(its_reg_set(its.fd, GITS_CTLR, 0));
	}
	ASSERT_OK(its_start(&its));
	ASSERT_OK(its_reg_get(its.fd, GITS_CTLR, &value));
	EXPECT_RULE_WORD(holds(value & GITS_CTLR_ENABLED), "GITS_CTLR with tables: 0x%llx",
			 (unsigned long long)value);
}

TEST_F(its, tables_while_enabled)
{
	static const uint32_t offsets[] = { GITS_CBASER, GITS_BASER(0), GITS_BASER(1) };
	uint64_t before, after;
	struct its its;
	unsigned int i;

	OPEN_IDLE_ITS(&self->vm, &its, lpi_memory_map());
	ASSERT_OK(its_start(&its));
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		ASSERT_OK(its_reg_get(its.fd, offsets[i], &before));
		ASSERT_OK(its_reg_set(its.fd, offsets[i], before + ITS_TABLE_SIZE));
		ASSERT_OK(its_reg_get(its.fd, offsets[i], &after));
		EXPECT_RULE_WORD(holds(before == after), "register 0x%x: 0x%llx, then 0x%llx",
				 offsets[i], (unsigned long long)before,
				 (unsigned long long)after);
	}
}

#define CBASER		(GITS_BASER_VALID | 0x12340000ULL | 0x0f)
#define CBASER_MASK	(GITS_BASER_VALID | 0x000fffffffff00ffULL)
#define QUEUE_END	0x10000U

/* The largest queue has 1 MiB. */
#define CBASER_LARGEST	(CBASER | 0xff)
#define LAST_COMMAND	0xfffe0U

static const uint32_t pointers[] = { GITS_CREADR, GITS_CWRITER };

TEST_F(its, command_queue)
{
	uint64_t value;
	unsigned int i;

	OPEN_WHOLE_ITS();
	ASSERT_OK(its_reg_set(self->fd, GITS_CBASER, CBASER));
	ASSERT_OK(its_reg_get(self->fd, GITS_CBASER, &value));
	EXPECT_RULE_WORD(holds((value & CBASER_MASK) == CBASER),
			 "GITS_CBASER: 0x%llx", (unsigned long long)value);
	/* GITS_CREADR and GITS_CWRITER are offsets in the queue, which is 64 KiB large here. */
	ASSERT_OK(its_reg_set(self->fd, GITS_CREADR, 0x240));
	ASSERT_OK(its_reg_set(self->fd, GITS_CWRITER, 0x240));
	ASSERT_OK(its_reg_get(self->fd, GITS_CREADR, &value));
	EXPECT_RULE_WORD(holds(value == 0x240),
			 "GITS_CREADR: 0x%llx", (unsigned long long)value);
	ASSERT_OK(its_reg_get(self->fd, GITS_CWRITER, &value));
	EXPECT_RULE_WORD(holds(value == 0x240),
			 "GITS_CWRITER: 0x%llx", (unsigned long long)value);
	/* A write to GITS_CBASER resets GITS_CREADR. */
	ASSERT_OK(its_reg_set(self->fd, GITS_CBASER, CBASER));
	ASSERT_OK(its_reg_get(self->fd, GITS_CREADR, &value));
	EXPECT_RULE_WORD(holds(value == 0),
			 "GITS_CREADR after GITS_CBASER was set: 0x%llx",
			 (unsigned long long)value);
	ASSERT_OK(its_reg_set(self->fd, GITS_CBASER, CBASER_LARGEST));
	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		EXPECT_EQ(0, its_reg_set(self->fd, pointers[i], LAST_COMMAND));
		ASSERT_OK(its_reg_get(self->fd, pointers[i], &value));
		EXPECT_RULE_WORD(holds(value == LAST_COMMAND),
				 "register 0x%x, set to a queue's last command: 0x%llx",
				 pointers[i], (unsigned long long)value);
	}
}

/* The call may fail or ignore the value. */
TEST_F(its, beyond_queue)
{
	uint64_t value;
	unsigned int i;

	OPEN_WHOLE_ITS();
	ASSERT_OK(its_reg_set(self->fd, GITS_CBASER, CBASER));
	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		its_reg_set(self->fd, pointers[i], QUEUE_END);
		ASSERT_OK(its_reg_get(self->fd, pointers[i], &value));
		EXPECT_RULE_WORD(holds(value < QUEUE_END),
				 "register 0x%x, set to the end of the queue: 0x%llx",
				 pointers[i], (unsigned long long)value);
	}
}

TEST_F(its, creadr_while_enabled)
{
	struct its its;
	uint64_t value;

	OPEN_IDLE_ITS(&self->vm, &its, lpi_memory_map());
	ASSERT_OK(its_start(&its));
	its_reg_set(its.fd, GITS_CREADR, sizeof(struct its_command));
	ASSERT_OK(its_reg_get(its.fd, GITS_CREADR, &value));
	EXPECT_RULE_WORD(holds(value == 0), "GITS_CREADR, set while the ITS is enabled: 0x%llx",
			 (unsigned long long)value);
}

TEST_F(its, read_only)
{
	uint64_t before, after;
	unsigned int offset;

	OPEN_WHOLE_ITS();
	ASSERT_OK(its_reg_get(self->fd, GITS_TYPER, &before));
	EXPECT_RULE(its_reg_set(self->fd, GITS_TYPER, ~before), "write to GITS_TYPER");
	ASSERT_OK(its_reg_get(self->fd, GITS_TYPER, &after));
	EXPECT_EQ(before, after);
	for (offset = GITS_IDREGS; offset < ITS_FRAME_SIZE / 2; offset += 4) {
		ASSERT_OK(its_reg_get(self->fd, offset, &before));
		EXPECT_RULE(its_reg_set(self->fd, offset, ~before), "write to 0x%x", offset);
		ASSERT_OK(its_reg_get(self->fd, offset, &after));
		EXPECT_EQ(before, after);
	}
}

#define TYPER_PLPIS		1U		/* GICR_TYPER */
#define TYPER_LPIS		(1U << 17)	/* GICD_TYPER */
#define GICD_ID_BITS(typer)	(((typer) >> 19 & 0x1f) + 1)
#define GITS_ID_BITS(typer)	(((typer) >> 8 & 0x1f) + 1)
#define GITS_DEVICE_BITS(typer)	(((typer) >> 13 & 0x1f) + 1)
#define LPI_LEAST_BITS		14		/* of the first LPI's INTID */

TEST_F(its, announces_lpis)
{
	uint32_t dist, redist, high;
	unsigned int cpu;
	struct its its;

	OPEN_IDLE_ITS(&self->vm, &its, lpi_memory_map());
	ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICD_TYPER, &dist));
	EXPECT_RULE_WORD(holds(dist & TYPER_LPIS && GICD_ID_BITS(dist) >= LPI_LEAST_BITS),
			 "GICD_TYPER with an ITS: 0x%08x", dist);
	for (cpu = 0; cpu < LPI_NR_VCPUS; cpu++) {
		ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, cpu, GICR_TYPER, &redist));
		ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, cpu, GICR_TYPER + 4, &high));
		EXPECT_RULE_WORD(holds(redist & TYPER_PLPIS && high == cpu),
				 "GICR_TYPER of vCPU %u with an ITS: 0x%08x%08x", cpu, high,
				 redist);
	}
}

/* Maps a device with EventIDs of @bits bits, and one of its events, which is then signalled. */
static int signal_mapped(const struct its *its, uint32_t device, unsigned int bits)
{
	int ret = its_command(its, its_mapd(device, its_ipa(ITS_ITT_AT(0, 0)), bits));

	ret = ret ?: its_command(its, its_mapti(device, 0, LPI_FIRST, 1));
	return ret ?: its_signal(its, device, 0);
}

TEST_F(its, more_bits_than_typer)
{
	uint8_t *memory = lpi_memory_map();
	unsigned int bits, device_bits;
	struct its its;
	uint64_t typer;

	OPEN_IDLE_ITS(&self->vm, &its, memory);
	ENABLE_LPIS(&self->vm);
	ASSERT_OK(its_start(&its));
	ASSERT_OK(its_reg_get(its.fd, GITS_TYPER, &typer));
	bits = GITS_ID_BITS(typer);
	device_bits = GITS_DEVICE_BITS(typer);
	ASSERT_OK(its_command(&its, its_mapc(1, 0)));
	if (bits < 32)
		EXPECT_RULE_WORD(holds(!signal_mapped(&its, 0, bits + 1)),
				 "MAPD with %u bits of EventIDs, GITS_TYPER 0x%llx", bits + 1,
				 (unsigned long long)typer);
	if (device_bits < 32)
		EXPECT_RULE_WORD(holds(!signal_mapped(&its, 1U << device_bits, 1)),
				 "MAPD with %u bits of DeviceIDs, GITS_TYPER 0x%llx",
				 device_bits + 1, (unsigned long long)typer);
	ASSERT_EQ(1, signal_mapped(&its, 1, 2));
}

TEST_F(its, iidr)
{
	uint64_t iidr;

	OPEN_WHOLE_ITS();
	ASSERT_OK(its_reg_get(self->fd, GITS_IIDR, &iidr));
	EXPECT_RULE(its_reg_set(self->fd, GITS_IIDR, iidr),
		    "GITS_IIDR written with its own value, 0x%llx",
		    (unsigned long long)iidr);
}

TEST_F(its, iidr_unknown)
{
	unsigned int rev;
	uint64_t iidr;

	/* A new ITS has the newest revision. */
	OPEN_WHOLE_ITS();
	ASSERT_OK(its_reg_get(self->fd, GITS_IIDR, &iidr));
	for (rev = (iidr >> 12 & 0xf) + 1; rev < 16; rev++)
		EXPECT_RULE(its_reg_set(self->fd, GITS_IIDR, (iidr & ~0xf000ULL) | rev << 12),
			    "GITS_IIDR of revision %u, which is not known", rev);
}

/* GITS_CTLR: Enabled is bit 0, Quiescent bit 31. */
TEST_F(its, reset)
{
	unsigned int n;
	uint64_t value;

	OPEN_WHOLE_ITS();
	ASSERT_OK(its_reg_set(self->fd, GITS_CBASER, CBASER));
	for (n = 0; n < GITS_NR_BASERS; n++)
		ASSERT_OK(its_reg_set(self->fd, GITS_BASER(n), GITS_BASER_VALID | 0x23450000));
	ASSERT_OK(its_reg_set(self->fd, GITS_CREADR, 0x100));
	ASSERT_OK(its_reg_set(self->fd, GITS_CWRITER, 0x100));
	ASSERT_OK(its_control(self->fd, ITS_RESET));
	ASSERT_OK(its_reg_get(self->fd, GITS_CBASER, &value));
	EXPECT_RULE_WORD(holds(value == 0), "GITS_CBASER: 0x%llx",
			 (unsigned long long)value);
	ASSERT_OK(its_reg_get(self->fd, GITS_CREADR, &value));
	EXPECT_RULE_WORD(holds(value == 0), "GITS_CREADR: 0x%llx",
			 (unsigned long long)value);
	ASSERT_OK(its_reg_get(self->fd, GITS_CWRITER, &value));
	EXPECT_RULE_WORD(holds(value == 0), "GITS_CWRITER: 0x%llx",
			 (unsigned long long)value);
	for (n = 0; n < GITS_NR_BASERS; n++) {
		ASSERT_OK(its_reg_get(self->fd, GITS_BASER(n), &value));
		EXPECT_RULE_WORD(holds(!(value & GITS_BASER_VALID)), "GITS_BASER%u: 0x%llx", n,
				 (unsigned long long)value);
	}
	ASSERT_OK(its_reg_get(self->fd, GITS_CTLR, &value));
	EXPECT_RULE_WORD(holds(!(value & 1) && value >> 31 & 1),
			 "GITS_CTLR: 0x%llx", (unsigned long long)value);
}

#include "harness/rule_main.h"
