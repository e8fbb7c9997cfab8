// SPDX-License-Identifier: GPL-2.0-only
/*
 * Features of a GICv3 only: redistributors, some of the distributor's registers, the maintenance
 * interrupt, pending latches that are apart from the lines, and a CPU interface of system
 * registers.
 */
#include <errno.h>
#include <stdlib.h>

#include "abi/abi.h"
#include "abi/its_calls.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_gic.h"
#include "guest/guest_running.h"
#include "guest/guest_undefined.h"
#include "harness/register_fixture.h"
#include "harness/rule_harness.h"

/* ---- redistributor regions ---- */

#define RULE_FIXTURE	redist
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct abi_vm vm
#include "harness/gic_fixture.h"

#define REGION_IPA	0x10000000ULL

static uint64_t region_value(unsigned int index, uint64_t base, unsigned int count)
{
	return (uint64_t)count << 52 | base | index;
}

static int region_set(const struct abi_vm *vm, unsigned int index, uint64_t base,
		      unsigned int count)
{
	uint64_t value = region_value(index, base, count);

	return abi_attr_set(vm->dev, KVM_DEV_ARM_VGIC_GRP_ADDR,
			    kind_devattr_v3_region.type, &value);
}

static int region_get(const struct abi_vm *vm, unsigned int index, uint64_t *value)
{
	*value = index;
	return abi_attr_get(vm->dev, KVM_DEV_ARM_VGIC_GRP_ADDR,
			    kind_devattr_v3_region.type, value);
}

#define OPEN_GIC() do {							\
	abi_vm_open(&self->vm, 0);					\
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));		\
} while (0)

TEST_F(redist, regions)
{
	unsigned int i;

	OPEN_GIC();
	for (i = 0; i < 8; i++)
		EXPECT_RULE(region_set(&self->vm, i, REGION_IPA + i * 0x1000000ULL, i + 1),
			    "region %u with %u redistributors", i, i + 1);
}

TEST_F(redist, adjacent_regions)
{
	OPEN_GIC();
	EXPECT_RULE(region_set(&self->vm, 0, REGION_IPA, 2), "region 0");
	EXPECT_RULE(region_set(&self->vm, 1, REGION_IPA + 2 * GICR_STRIDE, 1),
		    "region 1, right after region 0");
	EXPECT_RULE(region_set(&self->vm, 2, REGION_IPA - 3 * GICR_STRIDE, 3),
		    "region 2, right before region 0");
}

TEST_F(redist, without_redistributors)
{
	OPEN_GIC();
	EXPECT_RULE(region_set(&self->vm, 0, REGION_IPA, 0), "region 0, count 0");
	ASSERT_OK(region_set(&self->vm, 0, REGION_IPA, 1));
	EXPECT_RULE(region_set(&self->vm, 1, REGION_IPA + 0x1000000, 0), "region 1, count 0");
}

TEST_F(redist, flags)
{
	unsigned int bit;

	OPEN_GIC();
	for (bit = 12; bit < 16; bit++)
		EXPECT_RULE(region_set(&self->vm, 0, REGION_IPA | 1ULL << bit, 1),
			    "flag %u", bit - 12);
	ASSERT_OK(region_set(&self->vm, 0, REGION_IPA, 1));
}

TEST_F(redist, index_left_out)
{
	unsigned int i;

	OPEN_GIC();
	EXPECT_RULE(region_set(&self->vm, 1, REGION_IPA, 1), "region 1 first");
	ASSERT_OK(region_set(&self->vm, 0, REGION_IPA, 1));
	for (i = 2; i < 10; i++)
		EXPECT_RULE(region_set(&self->vm, i, REGION_IPA + 0x1000000, 1),
			    "region %u after region 0", i);
	EXPECT_RULE(region_set(&self->vm, 0, REGION_IPA + 0x1000000, 1),
		    "region 0 after region 0");
	ASSERT_OK(region_set(&self->vm, 1, REGION_IPA + 0x1000000, 1));
}

TEST_F(redist, overlap)
{
	OPEN_GIC();
	ASSERT_OK(region_set(&self->vm, 0, REGION_IPA, 4));
	EXPECT_RULE(region_set(&self->vm, 1, REGION_IPA, 4), "a region at the address of another");
	EXPECT_RULE(region_set(&self->vm, 1, REGION_IPA + 3 * GICR_STRIDE, 4),
		    "a region over the last redistributor of another");
	EXPECT_RULE(region_set(&self->vm, 1, REGION_IPA + 4 * GICR_STRIDE - 0x10000, 1),
		    "a region over the last frame of another");
	EXPECT_RULE(region_set(&self->vm, 1, REGION_IPA - 3 * GICR_STRIDE, 4),
		    "a region over the first redistributor of another");
	EXPECT_RULE(region_set(&self->vm, 1, REGION_IPA - GICR_STRIDE, 8),
		    "a region around another");
	EXPECT_RULE(region_set(&self->vm, 1, REGION_IPA + GICR_STRIDE, 1),
		    "a region within another");
	ASSERT_OK(region_set(&self->vm, 1, REGION_IPA + 4 * GICR_STRIDE, 1));
}

/* A region may end at the limit of the address space. */
TEST_F(redist, count_beyond_limit)
{
	static const struct {
		unsigned int room, count;
	} regions[] = { { 4, 5 }, { 1, 2 }, { 1, 0xfff }, { 100, 101 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		uint64_t base;

		OPEN_GIC();
		base = abi_vm_limit(&self->vm) - regions[i].room * (uint64_t)GICR_STRIDE;
		EXPECT_RULE(region_set(&self->vm, 0, base, regions[i].count),
			    "%u redistributors where there is room for %u",
			    regions[i].count, regions[i].room);
		abi_vm_close(&self->vm);
		OPEN_GIC();
		ASSERT_OK(region_set(&self->vm, 0, base, regions[i].room));
		abi_vm_close(&self->vm);
	}
}

TEST_F(redist, reads_back)
{
	unsigned int i;
	uint64_t got;

	OPEN_GIC();
	for (i = 0; i < 4; i++)
		ASSERT_OK(region_set(&self->vm, i, REGION_IPA + i * 0x1000000ULL, i + 2));
	for (i = 0; i < 4; i++) {
		uint64_t expected = region_value(i, REGION_IPA + i * 0x1000000ULL, i + 2);

		ASSERT_OK(region_get(&self->vm, i, &got));
		EXPECT_RULE_WORD(got == expected ? "SAME" : "OTHER",
				 "region %u: set as 0x%llx, reads as 0x%llx", i,
				 (unsigned long long)expected, (unsigned long long)got);
	}
}

TEST_F(redist, get_unknown)
{
	uint64_t value;
	unsigned int i;

	OPEN_GIC();
	EXPECT_RULE(region_get(&self->vm, 0, &value), "region 0 without any region");
	ASSERT_OK(region_set(&self->vm, 0, REGION_IPA, 1));
	ASSERT_OK(region_get(&self->vm, 0, &value));
	for (i = 1; i < 256; i <<= 1)
		EXPECT_RULE(region_get(&self->vm, i, &value), "region %u with only region 0", i);
}

TEST_F(redist, base_after_region)
{
	OPEN_GIC();
	ASSERT_OK(region_set(&self->vm, 0, REGION_IPA, 1));
	EXPECT_RULE(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA),
		    "KVM_VGIC_V3_ADDR_TYPE_REDIST after a region");
	ASSERT_OK(region_set(&self->vm, 1, REGION_IPA + 0x1000000, 1));
}

TEST_F(redist, region_after_base)
{
	OPEN_GIC();
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));
	EXPECT_RULE(region_set(&self->vm, 0, REGION_IPA, 1),
		    "region 0 after KVM_VGIC_V3_ADDR_TYPE_REDIST");
}

/* KVM_VGIC_V3_ADDR_TYPE_REDIST counts as a region with index 0. */
TEST_F(redist, region_1_after_base)
{
	OPEN_GIC();
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));
	EXPECT_RULE(region_set(&self->vm, 1, REGION_IPA, 1),
		    "region 1 after KVM_VGIC_V3_ADDR_TYPE_REDIST");
}

TEST_F(redist, get_base_of_region)
{
	uint64_t addr;

	OPEN_GIC();
	ASSERT_OK(region_set(&self->vm, 0, REGION_IPA, 1));
	EXPECT_RULE(abi_addr_get(&self->vm, variant->cpu, &addr),
		    "KVM_VGIC_V3_ADDR_TYPE_REDIST read where there are regions");
}

TEST_F(redist, get_region_of_base)
{
	uint64_t value;

	OPEN_GIC();
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));
	EXPECT_RULE(region_get(&self->vm, 0, &value),
		    "region 0 read where there is KVM_VGIC_V3_ADDR_TYPE_REDIST");
}

TEST_F(redist, too_few_for_vcpus)
{
	struct abi_vcpu vcpu[3];
	unsigned int i;

	OPEN_GIC();
	ASSERT_OK(abi_vm_add_code(&self->vm));
	for (i = 0; i < ARRAY_SIZE(vcpu); i++)
		abi_vcpu_add(&self->vm, i, &vcpu[i]);
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	ASSERT_OK(region_set(&self->vm, 0, REGION_IPA, 2));
	ASSERT_OK(vgic_init(self->vm.dev));
	EXPECT_RULE(abi_vcpu_run(&vcpu[0]), "KVM_RUN, three vCPUs and two redistributors");
}

TEST_F(redist, more_than_vcpus)
{
	struct abi_vcpu vcpu;

	OPEN_GIC();
	ASSERT_OK(abi_vm_add_code(&self->vm));
	abi_vcpu_add(&self->vm, 0, &vcpu);
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	ASSERT_OK(region_set(&self->vm, 0, REGION_IPA, 16));
	ASSERT_OK(vgic_init(self->vm.dev));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN, one vCPU and 16 redistributors");
}

/* The region is placed before the distributor, so that only KVM_RUN finds the overlap. */
TEST_F(redist, region_on_distributor)
{
	struct abi_vcpu vcpu;

	OPEN_GIC();
	ASSERT_OK(abi_vm_add_code(&self->vm));
	abi_vcpu_add(&self->vm, 0, &vcpu);
	ASSERT_OK(region_set(&self->vm, 0, ABI_DIST_IPA - 0x10000, 1));
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	ASSERT_OK(vgic_init(self->vm.dev));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN, a region's last frame on the distributor");
}

/* The distributor is placed first, so that the vCPU's redistributor cannot be registered. */
TEST_F(redist, region_onto_distributor)
{
	struct abi_vcpu vcpu;

	OPEN_GIC();
	abi_vcpu_add(&self->vm, 0, &vcpu);
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	EXPECT_RULE(region_set(&self->vm, 0, ABI_DIST_IPA, 1), "a region on the distributor");
	EXPECT_RULE(region_set(&self->vm, 0, ABI_DIST_IPA - 0x10000, 1),
		    "a region's last frame on the distributor");
}

TEST_F(redist, base_on_distributor)
{
	struct abi_vcpu vcpu;

	OPEN_GIC();
	abi_vcpu_add(&self->vm, 0, &vcpu);
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	EXPECT_RULE(abi_addr_set(&self->vm, variant->cpu, ABI_DIST_IPA),
		    "redistributors on the distributor");
	EXPECT_RULE(abi_addr_set(&self->vm, variant->cpu, ABI_DIST_IPA - 0x10000),
		    "the last frame of the only redistributor on the distributor");
}

/* A refused region is not kept. */
TEST_F(redist, set_after_refused)
{
	struct abi_vcpu vcpu;

	OPEN_GIC();
	abi_vcpu_add(&self->vm, 0, &vcpu);
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	ASSERT_EQ(-EINVAL, abi_addr_set(&self->vm, variant->cpu, ABI_DIST_IPA));
	EXPECT_RULE(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA),
		    "a base after a base that overlaps the distributor");
	abi_vcpu_close(&self->vm, &vcpu);
	abi_vm_close(&self->vm);
	OPEN_GIC();
	abi_vcpu_add(&self->vm, 0, &vcpu);
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	ASSERT_EQ(-EINVAL, region_set(&self->vm, 0, ABI_DIST_IPA, 1));
	EXPECT_RULE(region_set(&self->vm, 0, REGION_IPA, 1),
		    "a region after a region that overlaps the distributor");
}

/* The base needs two frames for each existing vCPU. */
TEST_F(redist, base_without_room)
{
	struct abi_vcpu vcpu[2];
	unsigned int i;

	OPEN_GIC();
	for (i = 0; i < ARRAY_SIZE(vcpu); i++)
		abi_vcpu_add(&self->vm, i, &vcpu[i]);
	EXPECT_RULE(abi_addr_set(&self->vm, variant->cpu, abi_vm_limit(&self->vm) - GICR_STRIDE),
		    "room for one redistributor of two");
}

/* A vCPU gets its redistributor when it is created. */
TEST_F(redist, vcpu_without_redistributor)
{
	struct abi_vcpu vcpu[3];

	OPEN_GIC();
	ASSERT_OK(region_set(&self->vm, 0, REGION_IPA, 2));
	abi_vcpu_add(&self->vm, 0, &vcpu[0]);
	abi_vcpu_add(&self->vm, 1, &vcpu[1]);
	EXPECT_RULE(abi_vcpu_create(&self->vm, 2, &vcpu[2]), "a vCPU more than redistributors");
}

/*
 * With three vCPUs the redistributors of both regions are contiguous. With two, the second region
 * has no redistributor.
 */
TEST_F(redist, last_of_adjacent)
{
	struct abi_vcpu vcpu[3];
	unsigned int nr, i;
	uint32_t low;

	for (nr = 2; nr <= ARRAY_SIZE(vcpu); nr++) {
		OPEN_GIC();
		for (i = 0; i < nr; i++)
			abi_vcpu_add(&self->vm, i, &vcpu[i]);
		ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
		ASSERT_OK(region_set(&self->vm, 0, REGION_IPA, 2));
		ASSERT_OK(region_set(&self->vm, 1, REGION_IPA + 2 * GICR_STRIDE, 1));
		ASSERT_OK(vgic_init(self->vm.dev));
		for (i = 0; i < nr; i++) {
			ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, i, GICR_TYPER, &low));
			EXPECT_RULE_WORD(holds((low >> 4 & 1) == (i == nr - 1)),
					 "GICR_TYPER of vCPU %u of %u: 0x%08x", i, nr, low);
		}
		for (i = 0; i < nr; i++)
			abi_vcpu_close(&self->vm, &vcpu[i]);
		abi_vm_close(&self->vm);
	}
}

/*
 * Two regions for a guest of three vCPUs: two redistributors in the first, one in the
 * second.
 */
#define FIRST_REGION	2
#define GUEST_VCPUS	3

static uint64_t regions_at[2];

static void check_redistributor(uint64_t va, unsigned int cpu, bool last)
{
	uint32_t low = guest_read(va + GICR_TYPER), affinity = guest_read(va + GICR_TYPER + 4);

	guest_expect("GICR_TYPER.Processor_Number", cpu, low >> 8 & 0xffff);
	guest_expect("GICR_TYPER.Affinity_Value", cpu, affinity);
	guest_expect("GICR_TYPER.Last", last, low >> 4 & 1);
}

static void check_regions(void)
{
	if (!guest_cpu()) {
		check_redistributor(regions_at[0], 0, false);
		check_redistributor(regions_at[0] + GICR_STRIDE, 1, true);
		check_redistributor(regions_at[1], 2, true);
	}
	guest_done();
}

TEST_F(redist, guest_finds_regions)
{
	static const uint64_t bases[] = { REGION_IPA + 0x5000000, REGION_IPA };
	struct guest guest = { 0 };
	unsigned int i;

	guest_create(&guest, GUEST_VCPUS, check_regions);
	ASSERT_OK(abi_gic_create(&guest.abi, variant->dist));
	ASSERT_OK(abi_addr_set(&guest.abi, variant->dist, ABI_DIST_IPA));
	for (i = 0; i < ARRAY_SIZE(bases); i++) {
		unsigned int count = i ? GUEST_VCPUS - FIRST_REGION : FIRST_REGION;

		ASSERT_OK(region_set(&guest.abi, i, bases[i], count));
		regions_at[i] = guest_map_device(&guest, bases[i], count * GICR_STRIDE);
	}
	ASSERT_OK(vgic_init(guest.abi.dev));
	sync_global_to_guest(guest.vm, regions_at);
	EXPECT_RULE_WORD(holds(guest_run(&guest)),
			 "three vCPUs in regions of two and of one redistributor");
}

/* ---- registers of redistributors ---- */

#define RULE_FIXTURE	redist_regs
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
#include "harness/gic_fixture.h"

TEST_F(redist_regs, typer)
{
	unsigned int vcpu;
	uint32_t low, high;

	OPEN_WHOLE_GIC();
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, vcpu, GICR_TYPER, &low));
		ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, vcpu, GICR_TYPER + 4, &high));
		EXPECT_RULE_WORD(holds((low >> 8 & 0xffff) == vcpu && high == vcpu &&
				       (low >> 4 & 1) == (vcpu == NR_VCPUS - 1)),
				 "GICR_TYPER of vCPU %u: 0x%08x%08x", vcpu, high, low);
	}
}

/* Without a region no redistributor is the last, and the read succeeds. */
TEST_F(redist_regs, typer_before_address)
{
	unsigned int vcpu;
	uint32_t low;

	abi_vm_open(&self->vm, 0);
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
		abi_vcpu_add(&self->vm, vcpu, &self->vcpu[vcpu]);
	ASSERT_OK(vgic_init(self->vm.dev));
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, vcpu, GICR_TYPER, &low));
		EXPECT_RULE_WORD(holds((low >> 8 & 0xffff) == vcpu && !(low >> 4 & 1)),
				 "GICR_TYPER of vCPU %u: 0x%08x", vcpu, low);
	}
}

/* The frames are in the order in which the vCPUs were created. */
TEST_F(redist_regs, last_is_created_last)
{
	unsigned int i;
	uint32_t low;

	abi_vm_open(&self->vm, 0);
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));
	for (i = 0; i < NR_VCPUS; i++)
		abi_vcpu_add(&self->vm, NR_VCPUS - 1 - i, &self->vcpu[i]);
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));
	ASSERT_OK(vgic_init(self->vm.dev));
	for (i = 0; i < NR_VCPUS; i++) {
		ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, NR_VCPUS - 1 - i, GICR_TYPER,
				       &low));
		EXPECT_RULE_WORD(holds((low >> 4 & 1) == (i == NR_VCPUS - 1)),
				 "GICR_TYPER of vCPU %u, created as number %u: 0x%08x",
				 NR_VCPUS - 1 - i, i, low);
	}
}

TEST_F(redist_regs, read_only)
{
	static const uint32_t offsets[] = { GICR_TYPER, GICR_TYPER + 4, 0xffe8 };
	uint32_t before, after;
	unsigned int i;

	OPEN_WHOLE_GIC();
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 0, offsets[i], &before));
		ASSERT_OK(vgic_reg_set(self->vm.dev, REDIST_REGS, 0, offsets[i], ~before));
		ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 0, offsets[i], &after));
		EXPECT_RULE_WORD(holds(after == before), "register 0x%x: 0x%x, then 0x%x",
				 offsets[i], before, after);
	}
}

TEST_F(redist_regs, unknown_mpidr)
{
	unsigned int bit;

	OPEN_WHOLE_GIC();
	EXPECT_EACH_CALL(REDIST_REGS, NR_VCPUS, GICR_TYPER, "GICR_TYPER of vCPU 2 of two");
	for (bit = 1; bit < 32; bit++)
		EXPECT_EACH_CALL(REDIST_REGS, 1U << bit, GICR_TYPER,
				 "GICR_TYPER of affinity 0x%x", 1U << bit);
}

/* The distributor is shared: any affinity names its registers. */
TEST_F(redist_regs, any_mpidr_for_distributor)
{
	unsigned int bit;
	uint32_t value;

	OPEN_WHOLE_GIC();
	for (bit = 0; bit < 32; bit++)
		EXPECT_RULE(vgic_reg_get(self->vm.dev, DIST_REGS, 1U << bit, GICD_TYPER, &value),
			    "GICD_TYPER, affinity 0x%x", 1U << bit);
}

TEST_F(redist_regs, before_init)
{
	OPEN_WHOLE_GIC_UNINITIALIZED();
	EXPECT_EACH_CALL(REDIST_REGS, 0, GICR_TYPER, "GICR_TYPER");
}

TEST_F(redist_regs, has)
{
	static const uint32_t offsets[] = {
		0x0000, 0x0004, 0x0008, 0x000c, 0x0014, 0x0070, 0x0078, 0xffe8,
		0x10080, 0x10100, 0x10180, 0x10200, 0x10280, 0x10300, 0x10380, 0x10400,
		0x1041c, 0x10c00, 0x10c04,
	};
	/* Only with GICR_CTLR.IR. */
	static const uint32_t invalidate[] = {
		GICR_INVLPIR, GICR_INVLPIR + 4, GICR_INVALLR, GICR_INVALLR + 4, GICR_SYNCR,
	};
	uint32_t ctlr;

	OPEN_WHOLE_GIC();
	EXPECT_HAS_EACH_OF(REDIST_REGS, offsets);
	ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 0, GICR_CTLR, &ctlr));
	if (ctlr & GICR_CTLR_IR)
		EXPECT_HAS_EACH_OF(REDIST_REGS, invalidate);
}

TEST_F(redist_regs, has_unknown)
{
	static const uint32_t offsets[] = {
		0x0002, 0x0080, 0x0100, 0x1000, 0x10000, 0x10084, 0x10420, 0x10c08, 0x20000,
		0x80000000,
	};
	OPEN_WHOLE_GIC();
	EXPECT_HAS_EACH_OF(REDIST_REGS, offsets);
}

/* The LPI tables; the GIC may choose shareability and cacheability. */
TEST_F(redist_regs, lpi_tables)
{
	static const uint32_t high = 0x12;
	uint32_t value[4];

	OPEN_WHOLE_GIC();
	ASSERT_OK(vgic_reg_set(self->vm.dev, REDIST_REGS, 0, 0x70, 0x4560000f));
	ASSERT_OK(vgic_reg_set(self->vm.dev, REDIST_REGS, 0, 0x74, high));
	ASSERT_OK(vgic_reg_set(self->vm.dev, REDIST_REGS, 0, 0x78, 0x98760000));
	ASSERT_OK(vgic_reg_set(self->vm.dev, REDIST_REGS, 0, 0x7c, high + 1));
	ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 0, 0x70, &value[0]));
	ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 0, 0x74, &value[1]));
	ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 0, 0x78, &value[2]));
	ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 0, 0x7c, &value[3]));
	EXPECT_RULE_WORD(holds((value[0] & 0xfffff01f) == 0x4560000f && value[1] == high),
			 "GICR_PROPBASER: 0x%08x%08x", value[1], value[0]);
	EXPECT_RULE_WORD(holds((value[2] & 0xffff0000) == 0x98760000 &&
			       (value[3] & 0xfffff) == high + 1),
			 "GICR_PENDBASER: 0x%08x%08x", value[3], value[2]);
}

/* ---- registers of the distributor that user space and the guest see differently ---- */

#define RULE_FIXTURE	dist_v3
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
#include "harness/gic_fixture.h"

#define GICD_TYPER2	0x00c
#define GICX_STATUSR	0x010	/* GICD_STATUSR, GICR_STATUSR */
#define NASSGICAP	(1U << 8)
#define STATUSR_BITS	0xfU

#define IIDR_REVISION(rev)	((uint32_t)(rev) << 12)
#define OLDEST_REVISION		2

/* The distributor's only registers that can be accessed before its initialization. */
TEST_F(dist_v3, before_init)
{
	OPEN_WHOLE_GIC_UNINITIALIZED();
	EXPECT_EACH_CALL(DIST_REGS, 0, GICD_IIDR, "GICD_IIDR");
	EXPECT_EACH_CALL(DIST_REGS, 0, GICD_TYPER2, "GICD_TYPER2");
	ASSERT_OK(vgic_init(self->vm.dev));
}

TEST_F(dist_v3, others_before_init)
{
	OPEN_WHOLE_GIC_UNINITIALIZED();
	EXPECT_EACH_CALL(DIST_REGS, 0, GICD_CTLR, "GICD_CTLR");
	EXPECT_EACH_CALL(DIST_REGS, 0, GICD_TYPER, "GICD_TYPER");
	EXPECT_EACH_CALL(LEVEL_INFO, 0, 32, "the lines of SPIs");
}

/* The value that is written before the initialization is kept. */
TEST_F(dist_v3, typer2_kept_by_init)
{
	uint32_t before = 0, after = 0;
	int ret;

	OPEN_WHOLE_GIC_UNINITIALIZED();
	ret = vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICD_TYPER2, &before);
	if (!ret)
		ret = vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICD_TYPER2, before & ~NASSGICAP);
	ASSERT_OK(vgic_init(self->vm.dev));
	ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICD_TYPER2, &after));
	EXPECT_RULE_WORD(holds(!ret && after == (before & ~NASSGICAP)),
			 "GICD_TYPER2 0x%x, set without nASSGIcap: %s, then 0x%x", before,
			 rule_outcome(ret), after);
}

TEST_F(dist_v3, typer2_after_init)
{
	uint32_t value;

	OPEN_WHOLE_GIC();
	ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICD_TYPER2, &value));
	ASSERT_OK(vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICD_TYPER2, value));
	EXPECT_RULE(vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICD_TYPER2, value ^ NASSGICAP),
		    "GICD_TYPER2 0x%x, set with the other nASSGIcap", value);
}

TEST_F(dist_v3, typer2_of_better_host)
{
	uint32_t value = 0;
	int ret;

	OPEN_WHOLE_GIC_UNINITIALIZED();
	ret = vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICD_TYPER2, &value);
	if (!ret && value & NASSGICAP)
		rule_skip("this host has SGIs without an active state");
	EXPECT_RULE(vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICD_TYPER2, value | NASSGICAP),
		    "nASSGIcap of a host that does not have it");
	EXPECT_RULE(vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICD_TYPER2, value | 1U << 31),
		    "a reserved bit");
}

/*
 * User space that restores the state of an older kernel. Before 6.17, no register can be written
 * before the initialization.
 */
TEST_F(dist_v3, older_revision)
{
	static const uint32_t since_3 = GICR_CTLR_IR | GICR_CTLR_CES;
	uint32_t newest, iidr, got, ctlr;
	unsigned int rev, i;

	OPEN_WHOLE_GIC();
	ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICD_IIDR, &newest));
	for (rev = OLDEST_REVISION; rev <= (newest >> 12 & 0xf); rev++) {
		int ret;

		for (i = 0; i < NR_VCPUS; i++)
			abi_vcpu_close(&self->vm, &self->vcpu[i]);
		abi_vm_close(&self->vm);
		OPEN_WHOLE_GIC_UNINITIALIZED();
		iidr = (newest & ~IIDR_REVISION(0xf)) | IIDR_REVISION(rev);
		ret = vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICD_IIDR, iidr);
		ASSERT_OK(vgic_init(self->vm.dev));
		if (ret == -EBUSY)
			ret = vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICD_IIDR, iidr);
		ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICD_IIDR, &got));
		ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 0, GICR_CTLR, &ctlr));
		EXPECT_RULE_WORD(holds(!ret && got == iidr &&
				       (ctlr & since_3) == (rev >= 3 ? since_3 : 0)),
				 "GICD_IIDR 0x%x set: %s, reads 0x%x, GICR_CTLR 0x%x", iidr,
				 rule_outcome(ret), got, ctlr);
	}
}

/* The bits are W1C for a guest; user space sets them to any value. */
TEST_F(dist_v3, status)
{
	uint32_t bit, got = 0;

	OPEN_WHOLE_GIC();
	for (bit = 1; bit & STATUSR_BITS; bit <<= 1) {
		ASSERT_OK(vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICX_STATUSR, bit));
		ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICX_STATUSR, &got));
		EXPECT_RULE_WORD(holds(got == bit), "GICD_STATUSR set to 0x%x: 0x%x", bit, got);
		ASSERT_OK(vgic_reg_set(self->vm.dev, REDIST_REGS, 1, GICX_STATUSR, bit));
		ASSERT_OK(vgic_reg_get(self->vm.dev, REDIST_REGS, 1, GICX_STATUSR, &got));
		EXPECT_RULE_WORD(holds(got == bit), "GICR_STATUSR set to 0x%x: 0x%x", bit, got);
	}
}

TEST_F(dist_v3, read_only)
{
	static const uint32_t offsets[] = { GICD_TYPER, GICV3_PIDR2 };
	uint32_t before, after;
	unsigned int i;

	OPEN_WHOLE_GIC();
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, offsets[i], &before));
		ASSERT_OK(vgic_reg_set(self->vm.dev, DIST_REGS, 0, offsets[i], ~before));
		ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, offsets[i], &after));
		EXPECT_RULE_WORD(holds(after == before), "register 0x%x: 0x%x, then 0x%x",
				 offsets[i], before, after);
	}
}

/* The words of a 64-bit register are accessed separately. */
TEST_F(dist_v3, words_of_route)
{
	uint32_t low = 0, high = 0;

	OPEN_WHOLE_GIC();
	ASSERT_OK(vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICV3_GICD_IROUTER(40), 1));
	ASSERT_OK(vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICV3_GICD_IROUTER(40) + 4, 0));
	ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICV3_GICD_IROUTER(40), &low));
	ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICV3_GICD_IROUTER(40) + 4, &high));
	EXPECT_RULE_WORD(holds(low == 1 && high == 0), "GICD_IROUTER40: 0x%08x%08x", high, low);
	ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICV3_GICD_IROUTER(41), &low));
	EXPECT_RULE_WORD(holds(low == 0), "GICD_IROUTER41: 0x%x", low);
}

/* ---- the maintenance interrupt ---- */

#define RULE_FIXTURE	maint_irq
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_NEEDS	NEED_MAINT_IRQ
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
#include "harness/gic_fixture.h"

static int maint_set(int dev, uint32_t irq)
{
	return abi_attr_set(dev, KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ, 0, &irq);
}

TEST_F(maint_irq, has)
{
	OPEN_WHOLE_GIC_UNINITIALIZED();
	EXPECT_RULE(abi_attr_has(self->vm.dev, KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ, 0),
		    "attribute before the GIC's initialization");
	ASSERT_OK(vgic_init(self->vm.dev));
	EXPECT_RULE(abi_attr_has(self->vm.dev, KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ, 0),
		    "attribute after the GIC's initialization");
}

TEST_F(maint_irq, each_ppi)
{
	uint32_t irq, got;

	OPEN_WHOLE_GIC_UNINITIALIZED();
	for (irq = 16; irq < 32; irq++) {
		ASSERT_OK(maint_set(self->vm.dev, irq));
		ASSERT_OK(abi_attr_get(self->vm.dev, KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ, 0, &got));
		EXPECT_RULE_WORD(holds(got == irq), "PPI %u reads as %u", irq, got);
	}
}

TEST_F(maint_irq, no_ppi)
{
	static const uint32_t irqs[] = { 0, 15, 32, 40, 1019, 8192, 0x10000 | 25, 0x80000000 | 25 };
	unsigned int i;

	OPEN_WHOLE_GIC_UNINITIALIZED();
	for (i = 0; i < ARRAY_SIZE(irqs); i++)
		EXPECT_RULE(maint_set(self->vm.dev, irqs[i]), "interrupt 0x%x", irqs[i]);
	ASSERT_OK(maint_set(self->vm.dev, 25));
}

TEST_F(maint_irq, after_init)
{
	OPEN_WHOLE_GIC();
	EXPECT_RULE(maint_set(self->vm.dev, 25), "set after the initialization");
}

TEST_F(maint_irq, bad_pointer)
{
	OPEN_WHOLE_GIC_UNINITIALIZED();
	EXPECT_RULE(abi_attr_set(self->vm.dev, KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ, 0, NULL),
		    "set from NULL");
	EXPECT_RULE(abi_attr_get(self->vm.dev, KVM_DEV_ARM_VGIC_GRP_MAINT_IRQ, 0,
				 abi_edge_of_memory(2)), "get to 2 bytes");
}

/* ---- the latch, apart from the line ---- */

#define RULE_FIXTURE	level
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
#include "harness/gic_fixture.h"

#define LEVEL_OF(info, intid)	((uint32_t)(info) << 10 | (intid))

static int level_get(int dev, unsigned int vcpu, unsigned int intid, uint32_t *value)
{
	return vgic_reg_get(dev, LEVEL_INFO, vcpu, LEVEL_OF(0, intid), value);
}

static int level_set(int dev, unsigned int vcpu, unsigned int intid, uint32_t value)
{
	return vgic_reg_set(dev, LEVEL_INFO, vcpu, LEVEL_OF(0, intid), value);
}

#define MOST_IRQS	992	/* the largest number that all kernels accept */

/*
 * Makes all SPIs level-sensitive: edge-triggered interrupts have no level, and SPIs are
 * edge-triggered at first.
 */
#define OPEN_LEVEL_GIC_OF(irqs) do {					\
	unsigned int intid_;						\
									\
	OPEN_GIC_OF(irqs);						\
	for (intid_ = 32; intid_ < (irqs); intid_ += 16)		\
		ASSERT_OK(vgic_reg_set(self->vm.dev, DIST_REGS, 0,	\
				       GICD_ICFGR(intid_), 0));		\
} while (0)

#define OPEN_LEVEL_GIC()	OPEN_LEVEL_GIC_OF(NR_IRQS)

TEST_F(level, is_the_line)
{
	uint32_t value;

	OPEN_LEVEL_GIC();
	ASSERT_OK(vgic_irq_line(self->vm.fd, VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, 70), 1));
	ASSERT_OK(vgic_irq_line(self->vm.fd, VGIC_LINE(KVM_ARM_IRQ_TYPE_PPI, 1, 20), 1));
	ASSERT_OK(level_get(self->vm.dev, 0, 64, &value));
	EXPECT_RULE_WORD(holds(value == 1U << (70 - 64)), "SPIs from 64 on: 0x%x", value);
	ASSERT_OK(level_get(self->vm.dev, 1, 0, &value));
	EXPECT_RULE_WORD(holds(value == 1U << 20), "PPIs of vCPU 1: 0x%x", value);
	ASSERT_OK(level_get(self->vm.dev, 0, 0, &value));
	EXPECT_RULE_WORD(holds(value == 0), "PPIs of vCPU 0: 0x%x", value);
	ASSERT_OK(vgic_irq_line(self->vm.fd, VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, 70), 0));
	ASSERT_OK(level_get(self->vm.dev, 0, 64, &value));
	EXPECT_RULE_WORD(holds(value == 0), "SPIs from 64 on, lowered: 0x%x", value);
}

TEST_F(level, round_trip)
{
	unsigned int n;
	uint32_t value;

	/* So many interrupts that their INTIDs use all bits of the attribute's field. */
	OPEN_LEVEL_GIC_OF(MOST_IRQS);
	for (n = 32; n < MOST_IRQS; n += 32)
		ASSERT_OK(level_set(self->vm.dev, 0, n, 0xa5c30ff1 ^ n));
	for (n = 32; n < MOST_IRQS; n += 32) {
		ASSERT_OK(level_get(self->vm.dev, 1, n, &value));
		EXPECT_RULE_WORD(holds(value == (0xa5c30ff1 ^ n)),
				 "lines from %u on: 0x%x", n, value);
	}
	for (n = 0; n < NR_VCPUS; n++)
		ASSERT_OK(level_set(self->vm.dev, n, 0, 0x00a50000 << n));
	for (n = 0; n < NR_VCPUS; n++) {
		ASSERT_OK(level_get(self->vm.dev, n, 0, &value));
		EXPECT_RULE_WORD(holds(value == 0x00a50000U << n), "PPIs of vCPU %u: 0x%x",
				 n, value);
	}
}

TEST_F(level, no_line)
{
	uint32_t value;

	OPEN_LEVEL_GIC();
	ASSERT_OK(level_set(self->vm.dev, 0, 0, 0x0000ffff));
	ASSERT_OK(level_get(self->vm.dev, 0, 0, &value));
	EXPECT_RULE_WORD(holds(value == 0), "lines of SGIs: 0x%x", value);
	ASSERT_OK(level_set(self->vm.dev, 0, NR_IRQS, 0xffffffff));
	ASSERT_OK(level_get(self->vm.dev, 0, NR_IRQS, &value));
	EXPECT_RULE_WORD(holds(value == 0), "lines of interrupts beyond the last: 0x%x", value);
}

TEST_F(level, misaligned)
{
	unsigned int intid;

	OPEN_WHOLE_GIC();
	for (intid = 1; intid < 32; intid <<= 1)
		EXPECT_EACH_CALL(LEVEL_INFO, 0, LEVEL_OF(0, 32 + intid),
				 "lines from %u on", 32 + intid);
}

TEST_F(level, unknown_info)
{
	unsigned int bit;

	OPEN_WHOLE_GIC();
	for (bit = 0; bit < 22; bit++)
		EXPECT_EACH_CALL(LEVEL_INFO, 0, LEVEL_OF(1U << bit, 32), "info %u", 1U << bit);
}

TEST_F(level, unknown_mpidr)
{
	unsigned int bit;

	OPEN_WHOLE_GIC();
	EXPECT_EACH_CALL(LEVEL_INFO, NR_VCPUS, LEVEL_OF(0, 0), "lines of vCPU 2 of two");
	for (bit = 1; bit < 32; bit++)
		EXPECT_EACH_CALL(LEVEL_INFO, 1U << bit, LEVEL_OF(0, 0), "lines of affinity 0x%x",
				 1U << bit);
}

TEST_F(level, has)
{
	OPEN_WHOLE_GIC();
	EXPECT_RULE(abi_attr_has(self->vm.dev, LEVEL_INFO, LEVEL_OF(0, 32)),
		    "VGIC_LEVEL_INFO_LINE_LEVEL");
}

TEST_F(level, has_unknown)
{
	unsigned int bit;

	OPEN_WHOLE_GIC();
	for (bit = 0; bit < 22; bit++)
		EXPECT_RULE(abi_attr_has(self->vm.dev, LEVEL_INFO, LEVEL_OF(1U << bit, 32)),
			    "info %u", 1U << bit);
}

/*
 * The attribute has 10 bits for the INTID; an LPI's INTID, 8192 or more, changes the field above
 * these bits.
 */
TEST_F(level, no_lpis)
{
	unsigned int intid;

	OPEN_WHOLE_GIC();
	for (intid = 8192; intid < 65536; intid <<= 1)
		EXPECT_EACH_CALL(LEVEL_INFO, 0, intid, "lines from %u on", intid);
}

/* GICD_ISPENDR accesses the latch, whatever the level of the line. */
TEST_F(level, latch_apart)
{
	uint32_t value;

	OPEN_LEVEL_GIC();
	ASSERT_OK(vgic_irq_line(self->vm.fd, VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, 40), 1));
	ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICD_ISPENDR(32), &value));
	EXPECT_RULE_WORD(holds(value == 0),
			 "GICD_ISPENDR1 with the line of SPI 40 high: 0x%x", value);
	ASSERT_OK(vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICD_ISPENDR(32), 1U << 9));
	ASSERT_OK(level_get(self->vm.dev, 0, 32, &value));
	EXPECT_RULE_WORD(holds(value == 1U << 8), "lines with SPI 41 latched: 0x%x", value);
	ASSERT_OK(vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICD_ISPENDR(32), 0));
	ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICD_ISPENDR(32), &value));
	EXPECT_RULE_WORD(holds(value == 0), "GICD_ISPENDR1 set to 0: 0x%x", value);
}

TEST_F(level, icpendr_is_nothing)
{
	uint32_t value;

	OPEN_WHOLE_GIC();
	ASSERT_OK(vgic_reg_set(self->vm.dev, DIST_REGS, 0, GICD_ISPENDR(32), 0x00ff0000));
	ASSERT_OK(vgic_reg_set(self->vm.dev, DIST_REGS, 0, 0x284, 0xffffffff));
	ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, 0x284, &value));
	EXPECT_RULE_WORD(holds(value == 0), "GICD_ICPENDR1: 0x%x", value);
	ASSERT_OK(vgic_reg_get(self->vm.dev, DIST_REGS, 0, GICD_ISPENDR(32), &value));
	EXPECT_RULE_WORD(holds(value == 0x00ff0000),
			 "GICD_ISPENDR1 after a write to GICD_ICPENDR1: 0x%x", value);
}

/* ---- the CPU interface: system registers ---- */

#define RULE_FIXTURE	sysregs
#define RULE_VARIANTS	DEVATTR_V3
#define RULE_STATE	struct abi_vm vm; struct abi_vcpu vcpu[NR_VCPUS]
#include "harness/gic_fixture.h"

/* Op0 15..14, Op1 13..11, CRn 10..7, CRm 6..3, Op2 2..0. */
#define INSTR(crn, crm, op2)	(3U << 14 | (crn) << 7 | (crm) << 3 | (op2))
#define ICC_PMR_EL1		INSTR(4, 6, 0)
#define ICC_IAR0_EL1		INSTR(12, 8, 0)
#define ICC_BPR0_EL1		INSTR(12, 8, 3)
#define ICC_AP0R0_EL1		INSTR(12, 8, 4)
#define ICC_AP1R0_EL1		INSTR(12, 9, 0)
#define ICC_DIR_EL1		INSTR(12, 11, 1)
#define ICC_SGI1R_EL1		INSTR(12, 11, 5)
#define ICC_IAR1_EL1		INSTR(12, 12, 0)
#define ICC_EOIR1_EL1		INSTR(12, 12, 1)
#define ICC_BPR1_EL1		INSTR(12, 12, 3)
#define ICC_CTLR_EL1		INSTR(12, 12, 4)
#define ICC_SRE_EL1		INSTR(12, 12, 5)
#define ICC_IGRPEN0_EL1		INSTR(12, 12, 6)
#define ICC_IGRPEN1_EL1		INSTR(12, 12, 7)

static int sysreg_get(int dev, unsigned int vcpu, uint32_t instr, uint64_t *value)
{
	return abi_attr_get(dev, SYSREGS, vgic_reg_attr(vcpu, instr), value);
}

static int sysreg_set(int dev, unsigned int vcpu, uint32_t instr, uint64_t value)
{
	return abi_attr_set(dev, SYSREGS, vgic_reg_attr(vcpu, instr), &value);
}

/* Each vCPU keeps its own value. */
static const char *sysreg_holds(int dev, uint32_t instr, const uint64_t *values,
				unsigned int count)
{
	unsigned int i, vcpu;

	for (i = 0; i < count; i++) {
		for (vcpu = 0; vcpu < NR_VCPUS; vcpu++)
			if (sysreg_set(dev, vcpu, instr, values[(i + vcpu) % count]))
				return "REFUSED";
		for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
			uint64_t expected = values[(i + vcpu) % count], got;

			if (sysreg_get(dev, vcpu, instr, &got))
				return "UNREADABLE";
			if (got == expected)
				continue;
			fprintf(stderr, "register 0x%x of vCPU %u: expected 0x%llx, got 0x%llx\n",
				instr, vcpu, (unsigned long long)expected,
				(unsigned long long)got);
			return BROKEN;
		}
	}
	return HELD;
}

#define EXPECT_SYSREG_HOLDS(instr, ...) do {				\
	static const uint64_t values_[] = { __VA_ARGS__ };		\
									\
	EXPECT_RULE_WORD(sysreg_holds(self->vm.dev, instr, values_,	\
				      ARRAY_SIZE(values_)), #instr);	\
} while (0)

TEST_F(sysregs, priority_mask)
{
	OPEN_WHOLE_GIC();
	EXPECT_SYSREG_HOLDS(ICC_PMR_EL1, 0x00, 0xf8, 0x80, 0x78, 0xa8);
}

TEST_F(sysregs, binary_points)
{
	OPEN_WHOLE_GIC();
	EXPECT_SYSREG_HOLDS(ICC_BPR0_EL1, 2, 7, 3, 5);
	EXPECT_SYSREG_HOLDS(ICC_BPR1_EL1, 3, 7, 4, 6);
}

TEST_F(sysregs, group_enables)
{
	OPEN_WHOLE_GIC();
	EXPECT_SYSREG_HOLDS(ICC_IGRPEN0_EL1, 0, 1);
	EXPECT_SYSREG_HOLDS(ICC_IGRPEN1_EL1, 1, 0);
}

TEST_F(sysregs, active_priorities)
{
	OPEN_WHOLE_GIC();
	EXPECT_SYSREG_HOLDS(ICC_AP0R0_EL1, 0, 0xffffffff, 0x80000001);
	EXPECT_SYSREG_HOLDS(ICC_AP1R0_EL1, 0x00010000, 0, 0x0f0f0f0f);
}

/* CBPR and EOImode can be set; the other fields describe the hardware. */
TEST_F(sysregs, control)
{
	uint64_t ctlr, got;
	unsigned int bits;

	OPEN_WHOLE_GIC();
	ASSERT_OK(sysreg_get(self->vm.dev, 0, ICC_CTLR_EL1, &ctlr));
	for (bits = 0; bits < 4; bits++) {
		uint64_t value = (ctlr & ~3ULL) | bits;

		ASSERT_OK(sysreg_set(self->vm.dev, 0, ICC_CTLR_EL1, value));
		ASSERT_OK(sysreg_get(self->vm.dev, 0, ICC_CTLR_EL1, &got));
		EXPECT_RULE_WORD(holds(got == value), "ICC_CTLR_EL1 0x%llx reads as 0x%llx",
				 (unsigned long long)value, (unsigned long long)got);
	}
}

/* More priority bits or INTID bits than the host has. */
TEST_F(sysregs, control_of_better_host)
{
	uint64_t ctlr;

	OPEN_WHOLE_GIC();
	ASSERT_OK(sysreg_get(self->vm.dev, 0, ICC_CTLR_EL1, &ctlr));
	EXPECT_RULE(sysreg_set(self->vm.dev, 0, ICC_CTLR_EL1, ctlr | 7ULL << 8),
		    "ICC_CTLR_EL1 with 8 bits of priority, where it was 0x%llx",
		    (unsigned long long)ctlr);
	EXPECT_RULE(sysreg_set(self->vm.dev, 0, ICC_CTLR_EL1, ctlr | 7ULL << 11),
		    "ICC_CTLR_EL1 with all bits of IDbits, where it was 0x%llx",
		    (unsigned long long)ctlr);
	ASSERT_OK(sysreg_set(self->vm.dev, 0, ICC_CTLR_EL1, ctlr));
}

TEST_F(sysregs, system_registers_off)
{
	uint64_t sre;

	OPEN_WHOLE_GIC();
	ASSERT_OK(sysreg_get(self->vm.dev, 0, ICC_SRE_EL1, &sre));
	ASSERT_EQ(1, sre & 1);
	ASSERT_OK(sysreg_set(self->vm.dev, 0, ICC_SRE_EL1, sre));
	EXPECT_RULE(sysreg_set(self->vm.dev, 0, ICC_SRE_EL1, sre & ~1ULL),
		    "ICC_SRE_EL1 without SRE");
}

static const uint32_t unknown_sysregs[] = {
	ICC_IAR0_EL1, ICC_IAR1_EL1, ICC_EOIR1_EL1, ICC_DIR_EL1, ICC_SGI1R_EL1,
	INSTR(12, 12, 2), INSTR(4, 6, 1), INSTR(0, 0, 0), INSTR(1, 0, 0), INSTR(15, 15, 7),
};

TEST_F(sysregs, unknown_register)
{
	OPEN_WHOLE_GIC();
	EXPECT_EACH_CALL_OF(SYSREGS, unknown_sysregs);
}

TEST_F(sysregs, has_unknown_register)
{
	OPEN_WHOLE_GIC();
	EXPECT_HAS_EACH_OF(SYSREGS, unknown_sysregs);
}

TEST_F(sysregs, has)
{
	static const uint32_t instrs[] = {
		ICC_PMR_EL1, ICC_BPR0_EL1, ICC_AP0R0_EL1, ICC_AP1R0_EL1, ICC_BPR1_EL1,
		ICC_CTLR_EL1, ICC_SRE_EL1, ICC_IGRPEN0_EL1, ICC_IGRPEN1_EL1,
	};
	OPEN_WHOLE_GIC();
	EXPECT_HAS_EACH_OF(SYSREGS, instrs);
}

TEST_F(sysregs, unknown_mpidr)
{
	unsigned int bit;

	OPEN_WHOLE_GIC();
	EXPECT_EACH_CALL(SYSREGS, NR_VCPUS, ICC_PMR_EL1, "ICC_PMR_EL1 of vCPU 2 of two");
	for (bit = 1; bit < 32; bit++)
		EXPECT_EACH_CALL(SYSREGS, 1U << bit, ICC_PMR_EL1,
				 "ICC_PMR_EL1 of affinity 0x%x", 1U << bit);
}

TEST_F(sysregs, before_init)
{
	OPEN_WHOLE_GIC_UNINITIALIZED();
	EXPECT_EACH_CALL(SYSREGS, 0, ICC_PMR_EL1, "ICC_PMR_EL1");
}

TEST_F(sysregs, bad_pointer)
{
	uint64_t attr = vgic_reg_attr(0, ICC_PMR_EL1);

	OPEN_WHOLE_GIC();
	EXPECT_RULE(abi_attr_get(self->vm.dev, SYSREGS, attr, abi_edge_of_memory(4)),
		    "get to 4 bytes");
	EXPECT_RULE(abi_attr_set(self->vm.dev, SYSREGS, attr, abi_edge_of_memory(4)),
		    "set from 4 bytes");
}

/* ICC_CTLR_EL1.PRIbits is the number of priority bits minus 1. ICC_APxRn has 32 priorities. */
TEST_F(sysregs, priority_bits)
{
	unsigned int bits, n;
	uint64_t ctlr;

	OPEN_WHOLE_GIC();
	ASSERT_OK(sysreg_get(self->vm.dev, 0, ICC_CTLR_EL1, &ctlr));
	bits = (ctlr >> 8 & 7) + 1;
	for (n = 0; n < 4; n++) {
		bool exists = n == 0 || (n == 1 && bits >= 6) || bits >= 7;
		uint64_t value = 0;
		int ret0 = sysreg_get(self->vm.dev, 0, ICC_AP0R0_EL1 + n, &value);
		int ret1 = sysreg_get(self->vm.dev, 0, ICC_AP1R0_EL1 + n, &value);

		EXPECT_RULE_WORD(holds(!ret0 == exists && !ret1 == exists),
				 "%u bits of priority: ICC_AP0R%u_EL1 %s, ICC_AP1R%u_EL1 %s", bits,
				 n, rule_outcome(ret0), n, rule_outcome(ret1));
	}
}

/* ---- accesses while a vCPU runs ---- */

/* Groups of attributes that can only be accessed while no vCPU runs, with an attribute of each. */
static struct {
	uint32_t group;
	uint64_t attr;
	int get, set;
} exclusive[] = {
	{ .group = REDIST_REGS, .attr = GICR_SGI_FRAME + GICD_ISENABLER(0) },
	{ .group = SYSREGS, .attr = ICC_PMR_EL1 },
	{ .group = LEVEL_INFO, .attr = LEVEL_OF(0, 32) },
};

static void access_exclusive(struct guest *guest, unsigned int request)
{
	uint64_t value = 0;
	unsigned int i;

	(void)request;
	for (i = 0; i < ARRAY_SIZE(exclusive); i++) {
		exclusive[i].get = abi_attr_get(guest->abi.dev, exclusive[i].group,
						exclusive[i].attr, &value);
		exclusive[i].set = abi_attr_set(guest->abi.dev, exclusive[i].group,
						exclusive[i].attr, &value);
	}
}

TEST_F(sysregs, while_running)
{
	struct guest guest = { 0 };
	unsigned int i;

	guest_create(&guest, NR_VCPUS, request_while_running);
	ASSERT_OK(guest_gic_place(&guest, variant->dist, variant->cpu, ABI_DIST_IPA,
				  ABI_FREE_IPA));
	guest.on_request = access_exclusive;
	ASSERT_TRUE(guest_run(&guest));
	for (i = 0; i < ARRAY_SIZE(exclusive); i++) {
		EXPECT_RULE(exclusive[i].get, "get of group %u while the other vCPU runs",
			    exclusive[i].group);
		EXPECT_RULE(exclusive[i].set, "set of group %u while the other vCPU runs",
			    exclusive[i].group);
	}
}

/* ---- a VM without a GIC, on a host with a GICv3 ---- */

#define RULE_FIXTURE	icc_alone
#define RULE_NEEDS	NEED_GICV3
#define RULE_STATE	struct guest guest
#include "harness/any_fixture.h"

#ifdef __aarch64__
static void expect_undefined(const char *what, enum gicv3_icc reg, bool write)
{
	if (write)
		GUEST_EXPECT_UNDEFINED(what, gicv3_icc_write(reg, 0));
	else
		GUEST_EXPECT_UNDEFINED(what, gicv3_icc_read(reg));
}

static void use_registers(void)
{
	expect_undefined("read of ICC_PMR_EL1", ICC_PMR, false);
	expect_undefined("write of ICC_PMR_EL1", ICC_PMR, true);
	expect_undefined("read of ICC_IAR1_EL1", ICC_IAR1, false);
	expect_undefined("write of ICC_EOIR1_EL1", ICC_EOIR1, true);
	expect_undefined("read of ICC_CTLR_EL1", ICC_CTLR, false);
	expect_undefined("write of ICC_SGI1R_EL1", ICC_SGI1R, true);
	expect_undefined("write of ICC_IGRPEN1_EL1", ICC_IGRPEN1, true);
	guest_done();
}
#else
static void use_registers(void)
{
	guest_done();
}
#endif

/* ID_AA64PFR0_EL1.GIC tells the guest that these registers do not exist. */
TEST_F(icc_alone, undefined)
{
	guest_create(&self->guest, 1, use_registers);
	guest_take_undefined(&self->guest);
	EXPECT_RULE_WORD(holds(guest_run(&self->guest)), "accesses to seven registers");
}

#include "harness/rule_main.h"
