// SPDX-License-Identifier: GPL-2.0-only
/*
 * virt/kvm/device_address.c. Each rule of Documentation/abi/rules.toml that device_address.c
 * implements has a test with the rule's name, in which '_' replaces '.'. The suite tests the same
 * rules through the ioctls.
 */
#include <linux/errno.h>

#include <kselftest_harness.h>

#include <kvm/device_address.h>

#define DIST		KVM_VGIC_V2_ADDR_TYPE_DIST
#define CPU		KVM_VGIC_V2_ADDR_TYPE_CPU
#define PAGE		0x1000ULL
#define DIST_SIZE	0x1000ULL
#define CPU_SIZE	0x2000ULL

#define SOME_ADDRESS	0x2c000000ULL

#define FOR_EACH_TYPE(type)	for (type = DIST; type <= CPU; type++)
#define FOR_EACH_IPA_SIZE(bits)	for (bits = 32; bits <= 40; bits++)

static const u64 size_of[] = { [DIST] = DIST_SIZE, [CPU] = CPU_SIZE };

static const struct device_address_context ready = { .present = true, .created = true };

static struct device_addresses new_vm(unsigned int ipa_bits)
{
	struct device_addresses vm;

	memset(&vm, 0x5a, sizeof(vm));
	device_addresses_init(&vm, ipa_bits);
	return vm;
}

/* Sets an address in a new VM. */
static void expect_set(struct __test_metadata *_metadata, int expected,
		       unsigned int ipa_bits, u32 id, u64 addr)
{
	struct device_addresses vm = new_vm(ipa_bits);

	EXPECT_EQ(expected, device_address_set(&vm, &ready, id, addr))
		TH_LOG("id 0x%x at 0x%llx of %u bits", id, (unsigned long long)addr,
		       ipa_bits);
}

#define EXPECT_SET(expected, ipa_bits, id, addr)			\
	expect_set(_metadata, expected, ipa_bits, id, addr)

/* ---- success ---- */

TEST(errors_accepted)
{
	unsigned int type;

	FOR_EACH_TYPE(type) {
		struct device_addresses vm = new_vm(40);

		EXPECT_EQ(0, device_address_set(&vm, &ready, type, SOME_ADDRESS));
		EXPECT_EQ(SOME_ADDRESS, vm.base[type]);
		EXPECT_EQ(DEVICE_ADDRESS_UNSET, vm.base[!type]);
		EXPECT_EQ(40, vm.ipa_bits);
	}
}

TEST(errors_accepted_zero)
{
	unsigned int type;

	FOR_EACH_TYPE(type) {
		struct device_addresses vm = new_vm(40);

		EXPECT_EQ(0, device_address_set(&vm, &ready, type, 0));
		EXPECT_EQ(0, vm.base[type]);
		EXPECT_EQ(-EEXIST, device_address_set(&vm, &ready, type, PAGE))
			TH_LOG("address 0 counts as set");
	}
}

TEST(errors_accepted_last)
{
	unsigned int bits, type;

	FOR_EACH_IPA_SIZE(bits)
		FOR_EACH_TYPE(type)
			EXPECT_SET(0, bits, type, (1ULL << bits) - size_of[type]);
}

TEST(errors_accepted_each_bit)
{
	unsigned int bits, type, bit;

	FOR_EACH_IPA_SIZE(bits)
		FOR_EACH_TYPE(type)
			for (bit = 12; bit < bits; bit++)
				EXPECT_SET(0, bits, type, 1ULL << bit);
}

/* ---- EEXIST ---- */

TEST(errors_twice_same)
{
	unsigned int type;

	FOR_EACH_TYPE(type) {
		struct device_addresses vm = new_vm(40);

		ASSERT_EQ(0, device_address_set(&vm, &ready, type, SOME_ADDRESS));
		EXPECT_EQ(-EEXIST, device_address_set(&vm, &ready, type, SOME_ADDRESS));
		EXPECT_EQ(SOME_ADDRESS, vm.base[type]);
	}
}

TEST(errors_twice_other)
{
	static const u64 others[] = { 0, PAGE, SOME_ADDRESS + PAGE, (1ULL << 40) - CPU_SIZE };
	unsigned int type, i, times;

	FOR_EACH_TYPE(type) {
		struct device_addresses vm = new_vm(40);

		ASSERT_EQ(0, device_address_set(&vm, &ready, type, SOME_ADDRESS));
		for (times = 0; times < 3; times++)
			for (i = 0; i < ARRAY_SIZE(others); i++)
				EXPECT_EQ(-EEXIST, device_address_set(&vm, &ready, type,
								      others[i]));
		EXPECT_EQ(SOME_ADDRESS, vm.base[type]);
		EXPECT_EQ(DEVICE_ADDRESS_UNSET, vm.base[!type]);
	}
}

/* ---- ENODEV, ENXIO ---- */

TEST(errors_unknown_type)
{
	unsigned int bit;

	for (bit = 1; bit < 16; bit++) {
		EXPECT_SET(-ENODEV, 40, 1U << bit, SOME_ADDRESS);
		EXPECT_SET(-ENODEV, 40, 1U << bit | CPU, SOME_ADDRESS);
	}
	EXPECT_SET(-ENODEV, 40, 0xffffU, SOME_ADDRESS);
}

/* KVM_VGIC_V3_ADDR_TYPE_DIST, _REDIST, KVM_VGIC_ITS_ADDR_TYPE, _REDIST_REGION. */
TEST(errors_type_of_other_gic)
{
	unsigned int type;

	for (type = 2; type <= 5; type++)
		EXPECT_SET(-ENODEV, 40, type, 0x10000ULL);
}

TEST(id_unknown_device)
{
	unsigned int bit, type;

	FOR_EACH_TYPE(type)
		for (bit = 16; bit < 32; bit++)
			EXPECT_SET(-ENODEV, 40, 1U << bit | type, SOME_ADDRESS);
	EXPECT_SET(-ENODEV, 40, 0xffff0000U, SOME_ADDRESS);
	EXPECT_SET(-ENODEV, 40, 0xffffffffU, SOME_ADDRESS);
}

TEST(absent_set)
{
	static const struct device_address_context absent[] = {
		{ .present = false, .created = false },
		{ .present = false, .created = true },
	};
	unsigned int type, i;

	FOR_EACH_TYPE(type)
		for (i = 0; i < ARRAY_SIZE(absent); i++) {
			struct device_addresses vm = new_vm(40);

			EXPECT_EQ(-ENXIO, device_address_set(&vm, &absent[i], type,
							     SOME_ADDRESS));
			EXPECT_EQ(DEVICE_ADDRESS_UNSET, vm.base[type]);
		}
}

TEST(before_set)
{
	const struct device_address_context before = { .present = true };
	unsigned int type;

	FOR_EACH_TYPE(type) {
		struct device_addresses vm = new_vm(40);

		EXPECT_EQ(-ENODEV, device_address_set(&vm, &before, type, SOME_ADDRESS));
		EXPECT_EQ(DEVICE_ADDRESS_UNSET, vm.base[type]);
		EXPECT_EQ(0, device_address_set(&vm, &ready, type, SOME_ADDRESS));
	}
}

/* ---- EINVAL, E2BIG ---- */

TEST(errors_misaligned)
{
	unsigned int type, bit;

	FOR_EACH_TYPE(type) {
		for (bit = 0; bit < 12; bit++)
			EXPECT_SET(-EINVAL, 40, type, SOME_ADDRESS | 1ULL << bit);
		EXPECT_SET(-EINVAL, 40, type, 1ULL);
		EXPECT_SET(-EINVAL, 40, type, SOME_ADDRESS | 0xfff);
	}
}

TEST(errors_at_limit)
{
	unsigned int bits, type;

	FOR_EACH_IPA_SIZE(bits)
		FOR_EACH_TYPE(type)
			EXPECT_SET(-E2BIG, bits, type, 1ULL << bits);
}

TEST(errors_beyond_limit)
{
	unsigned int bits, type, bit;

	FOR_EACH_IPA_SIZE(bits)
		FOR_EACH_TYPE(type)
			for (bit = bits; bit < 64; bit++) {
				EXPECT_SET(-E2BIG, bits, type, 1ULL << bit);
				EXPECT_SET(-E2BIG, bits, type, 1ULL << bit | SOME_ADDRESS);
			}
}

TEST(errors_top_of_u64)
{
	unsigned int bits, type;

	FOR_EACH_IPA_SIZE(bits)
		FOR_EACH_TYPE(type) {
			EXPECT_SET(-E2BIG, bits, type, ~0ULL - 0xfff);
			EXPECT_SET(-E2BIG, bits, type, ~0ULL - 0x1fff);
		}
}

/* Only the CPU interface has two pages. */
TEST(straddle_limit)
{
	unsigned int bits;

	FOR_EACH_IPA_SIZE(bits)
		EXPECT_SET(-E2BIG, bits, CPU, (1ULL << bits) - PAGE);
}

/* ---- precedence ---- */

/* Causes of an error, in order of precedence. */
enum cause {
	UNKNOWN_DEVICE,		/* id.unknown_device, precedence_early.unknown_device */
	ABSENT,			/* absent.set */
	TOO_EARLY,		/* before.set, precedence_early.* */
	UNKNOWN_TYPE,		/* errors.unknown_type, precedence.unknown_type_* */
	TWICE,			/* errors.twice_same, precedence.*_twice */
	MISALIGNED,		/* errors.misaligned, precedence.misaligned_beyond_limit */
	OUTSIDE,		/* errors.beyond_limit */
	NR_CAUSES,
};

static const struct {
	int error;
	const char *name;
} causes[NR_CAUSES] = {
	[UNKNOWN_DEVICE] = { -ENODEV, "unknown device" },
	[ABSENT] = { -ENXIO, "absent" },
	[TOO_EARLY] = { -ENODEV, "too early" },
	[UNKNOWN_TYPE] = { -ENODEV, "unknown type" },
	[TWICE] = { -EEXIST, "twice" },
	[MISALIGNED] = { -EINVAL, "misaligned" },
	[OUTSIDE] = { -E2BIG, "outside" },
};

/* All combinations of causes, for both addresses: 256 calls. */
TEST(precedence_of_every_combination)
{
	unsigned int type, set, i;

	FOR_EACH_TYPE(type) {
		for (set = 0; set < 1U << NR_CAUSES; set++) {
			struct device_addresses vm = new_vm(40), before;
			struct device_address_context context = {
				.present = !(set & 1U << ABSENT),
				.created = !(set & 1U << TOO_EARLY),
			};
			u32 id = type;
			u64 addr = set & 1U << OUTSIDE ? 1ULL << 40 : SOME_ADDRESS;
			int expected = 0;
			char names[128] = "";

			if (set & 1U << UNKNOWN_DEVICE)
				id |= 1U << KVM_ARM_DEVICE_ID_SHIFT;
			if (set & 1U << UNKNOWN_TYPE)
				id |= 2;
			if (set & 1U << MISALIGNED)
				addr |= 0x800;
			if (set & 1U << TWICE)
				ASSERT_EQ(0, device_address_set(&vm, &ready, type, 0));
			for (i = NR_CAUSES; i-- > 0;) {
				if (!(set & 1U << i))
					continue;
				expected = causes[i].error;
				strcat(names, causes[i].name);
				strcat(names, ", ");
			}

			before = vm;
			EXPECT_EQ(expected, device_address_set(&vm, &context, id, addr))
				TH_LOG("type %u: %s", type, names);
			if (expected)
				EXPECT_EQ(0, memcmp(&before, &vm, sizeof(vm)))
					TH_LOG("type %u: %s: a failed call changed the state",
					       type, names);
		}
	}
}

/* ---- the check before KVM_RUN ---- */

TEST(order_run_without_addresses)
{
	struct device_addresses vm = new_vm(40);

	EXPECT_EQ(-ENXIO, device_addresses_check(&vm));
}

TEST(order_run_without_dist)
{
	struct device_addresses vm = new_vm(40);

	ASSERT_EQ(0, device_address_set(&vm, &ready, CPU, 0));
	EXPECT_EQ(-ENXIO, device_addresses_check(&vm));
}

TEST(order_run_without_cpu)
{
	struct device_addresses vm = new_vm(40);

	ASSERT_EQ(0, device_address_set(&vm, &ready, DIST, 0));
	EXPECT_EQ(-ENXIO, device_addresses_check(&vm));
}

TEST(order_cpu_before_dist)
{
	struct device_addresses vm = new_vm(40);

	ASSERT_EQ(0, device_address_set(&vm, &ready, CPU, 0x10000));
	ASSERT_EQ(0, device_address_set(&vm, &ready, DIST, 0x20000));
	EXPECT_EQ(0, device_addresses_check(&vm));
}

static int check_both(struct __test_metadata *_metadata, u64 dist, u64 cpu)
{
	struct device_addresses vm = new_vm(40);

	/* Overlapping addresses can be set (order.overlap_is_accepted). */
	ASSERT_EQ(0, device_address_set(&vm, &ready, DIST, dist));
	ASSERT_EQ(0, device_address_set(&vm, &ready, CPU, cpu));
	return device_addresses_check(&vm);
}

TEST(overlap_run)
{
	EXPECT_EQ(-EINVAL, check_both(_metadata, SOME_ADDRESS, SOME_ADDRESS));
	EXPECT_EQ(-EINVAL, check_both(_metadata, 0, 0));
	EXPECT_EQ(-EINVAL, check_both(_metadata, (1ULL << 40) - 2 * PAGE, (1ULL << 40) - 2 * PAGE));
}

TEST(overlap_second_page)
{
	EXPECT_EQ(-EINVAL, check_both(_metadata, SOME_ADDRESS + PAGE, SOME_ADDRESS));
	EXPECT_EQ(-EINVAL, check_both(_metadata, PAGE, 0));
	EXPECT_EQ(-EINVAL, check_both(_metadata, (1ULL << 40) - PAGE, (1ULL << 40) - 2 * PAGE));
}

TEST(overlap_adjacent_is_none)
{
	EXPECT_EQ(0, check_both(_metadata, SOME_ADDRESS, SOME_ADDRESS + PAGE));
	EXPECT_EQ(0, check_both(_metadata, SOME_ADDRESS + 2 * PAGE, SOME_ADDRESS));
	EXPECT_EQ(0, check_both(_metadata, 0, PAGE));
	EXPECT_EQ(0, check_both(_metadata, 2 * PAGE, 0));
	EXPECT_EQ(0, check_both(_metadata, (1ULL << 40) - PAGE, (1ULL << 40) - 3 * PAGE));
	EXPECT_EQ(0, check_both(_metadata, (1ULL << 40) - 3 * PAGE, (1ULL << 40) - 2 * PAGE));
}

/* Both regions at each of the first eight pages, compared page by page. */
TEST(overlap_of_every_placement)
{
	unsigned int dist, cpu;

	for (dist = 0; dist < 8; dist++)
		for (cpu = 0; cpu < 8; cpu++) {
			unsigned int dist_pages = 1U << dist;
			unsigned int cpu_pages = 1U << cpu | 1U << (cpu + 1);

			EXPECT_EQ(dist_pages & cpu_pages ? -EINVAL : 0,
				  check_both(_metadata, dist * PAGE, cpu * PAGE))
				TH_LOG("pages %u and %u", dist, cpu);
		}
}

TEST(order_two_vms)
{
	struct device_addresses a = new_vm(40), b = new_vm(40);

	ASSERT_EQ(0, device_address_set(&a, &ready, DIST, SOME_ADDRESS));
	EXPECT_EQ(DEVICE_ADDRESS_UNSET, b.base[DIST]);
	EXPECT_EQ(0, device_address_set(&b, &ready, DIST, SOME_ADDRESS));
}

/* ---- regions ---- */

TEST(region_sizes)
{
	EXPECT_EQ(DIST_SIZE, device_address_size(DIST));
	EXPECT_EQ(CPU_SIZE, device_address_size(CPU));
}

static bool covers(const struct device_addresses *vm, unsigned int type, u64 addr)
{
	return device_address_covers(vm, type, addr >> PAGE_SHIFT);
}

TEST(unset_covers_nothing)
{
	static const u64 addresses[] = { 0, PAGE, SOME_ADDRESS, ~0ULL - 0xfff, ~0ULL };
	struct device_addresses vm = new_vm(40);
	unsigned int type, i;

	FOR_EACH_TYPE(type)
		for (i = 0; i < ARRAY_SIZE(addresses); i++)
			EXPECT_EQ(false, covers(&vm, type, addresses[i]));
}

/* A range overlaps the region if and only if the region covers one of its pages. */
TEST(overlaps_if_it_covers_a_page)
{
	const u64 base = SOME_ADDRESS >> PAGE_SHIFT;
	struct device_addresses vm = new_vm(40);
	unsigned int type;
	u64 first, end, page;

	EXPECT_EQ(false, device_address_overlaps(&vm, 0, 0, ~0ULL >> PAGE_SHIFT)) TH_LOG("not set");
	FOR_EACH_TYPE(type) {
		ASSERT_EQ(0, device_address_set(&vm, &ready, type, SOME_ADDRESS));
		for (first = base - 3; first < base + 5; first++)
			for (end = first; end < base + 5; end++) {
				bool any = false;

				for (page = first; page < end; page++)
					any |= device_address_covers(&vm, type, page);
				EXPECT_EQ(any, device_address_overlaps(&vm, type, first, end))
					TH_LOG("type %u, %lld to %lld", type,
					       (long long)(first - base), (long long)(end - base));
			}
	}
}

TEST(covers_its_region_and_no_more)
{
	unsigned int type, i;

	FOR_EACH_TYPE(type) {
		const u64 bases[] = { 0, SOME_ADDRESS, (1ULL << 40) - size_of[type] };

		for (i = 0; i < ARRAY_SIZE(bases); i++) {
			u64 base = bases[i], end = base + size_of[type];
			struct device_addresses vm = new_vm(40);

			ASSERT_EQ(0, device_address_set(&vm, &ready, type, base));
			/* For base 0, base - 1 is the last 64-bit address. */
			EXPECT_EQ(false, covers(&vm, type, base - 1));
			EXPECT_EQ(true, covers(&vm, type, base));
			EXPECT_EQ(true, covers(&vm, type, base + 1));
			EXPECT_EQ(true, covers(&vm, type, end - 1));
			EXPECT_EQ(false, covers(&vm, type, end));
			EXPECT_EQ(false, covers(&vm, type, end + (1ULL << 32)));
			EXPECT_EQ(false, covers(&vm, type, ~0ULL));
			EXPECT_EQ(false, covers(&vm, !type, base));
		}
	}
}

TEST_HARNESS_MAIN
