// SPDX-License-Identifier: GPL-2.0-only
/*
 * virt/kvm/memslots.c: the results of KVM_SET_USER_MEMORY_REGION, and look-up of an address.
 * Expected errors are those of Documentation/virt/kvm/api.rst 4.35 or, where it names none, of
 * the in-tree KVM for ARM.
 */
#include <linux/errno.h>

#include <kselftest_harness.h>

#include <kvm/memslots.h>

#include "random.h"

#define PAGE		0x1000ULL
#define GPA_END		(1ULL << 40)
#define HVA_END		0xbf000000ULL

static const struct memslot_limits limits = {
	.page_size = PAGE,
	.gpa_end = GPA_END,
	.hva_end = HVA_END,
};

static struct kvm_userspace_memory_region region(u32 id, u32 flags, u64 gpa,
						 u64 size, u64 hva)
{
	return (struct kvm_userspace_memory_region) {
		.slot = id,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = hva,
	};
}

/* ---- one call, on a VM with two slots ---- */

/* The slots are away from all limits, with one page between them. */
#define A_GPA		0x80000000ULL
#define A_SIZE		0x8000ULL
#define A_HVA		0x40000000ULL
#define B_GPA		(A_GPA + A_SIZE + PAGE)
#define B_SIZE		0x4000ULL
#define B_HVA		0x50000000ULL

#define A_ID		1
#define B_ID		7
#define NEW_ID		3

FIXTURE(two_slots) {
	struct memslot a, b;
	struct memslots slots, before;
};

FIXTURE_SETUP(two_slots)
{
	self->a = (struct memslot) { A_ID, 0, A_GPA, A_SIZE, A_HVA };
	self->b = (struct memslot) { B_ID, KVM_MEM_READONLY, B_GPA, B_SIZE, B_HVA };
	memslots_insert(&self->slots, &self->b);
	memslots_insert(&self->slots, &self->a);
	self->before = self->slots;
}

FIXTURE_TEARDOWN(two_slots)
{
	EXPECT_EQ(0, memcmp(&self->before, &self->slots, sizeof(self->slots)))
		TH_LOG("expected memslots_check() to change nothing");
}

struct call {
	const char *what;
	u32 id, flags;
	u64 gpa, size, hva;
	int expected;
};

static void check_calls(struct __test_metadata *_metadata,
			const struct memslots *slots,
			const struct call *calls, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		const struct call *c = &calls[i];
		struct kvm_userspace_memory_region r =
			region(c->id, c->flags, c->gpa, c->size, c->hva);

		EXPECT_EQ(c->expected, memslots_check(slots, &r, &limits))
			TH_LOG("%s", c->what);
	}
}

#define CHECK_CALLS(...) do {						\
	static const struct call calls[] = { __VA_ARGS__ };		\
									\
	check_calls(_metadata, &self->slots, calls, ARRAY_SIZE(calls));	\
} while (0)

TEST_F(two_slots, created)
{
	CHECK_CALLS(
		{ "one page", NEW_ID, 0, 0x1000, PAGE, 0x1000, MEMSLOT_CREATE },
		{ "at 0, backed from 0", NEW_ID, 0, 0, PAGE, 0, MEMSLOT_CREATE },
		{ "read-only", NEW_ID, KVM_MEM_READONLY, 0, PAGE, 0, MEMSLOT_CREATE },
		{ "backing of another slot", NEW_ID, 0, 0, A_SIZE, A_HVA, MEMSLOT_CREATE },
		{ "right before A", NEW_ID, 0, A_GPA - PAGE, PAGE, 0, MEMSLOT_CREATE },
		{ "between A and B", NEW_ID, 0, A_GPA + A_SIZE, PAGE, 0, MEMSLOT_CREATE },
		{ "right after B", NEW_ID, 0, B_GPA + B_SIZE, PAGE, 0, MEMSLOT_CREATE },
		{ "id 0", 0, 0, 0, PAGE, 0, MEMSLOT_CREATE },
		{ "last id", MEMSLOTS_MAX - 1, 0, 0, PAGE, 0, MEMSLOT_CREATE });
}

TEST_F(two_slots, overlap_is_eexist)
{
	CHECK_CALLS(
		{ "A itself", NEW_ID, 0, A_GPA, A_SIZE, 0, -EEXIST },
		{ "first page of A", NEW_ID, 0, A_GPA, PAGE, 0, -EEXIST },
		{ "last page of A", NEW_ID, 0, A_GPA + A_SIZE - PAGE, PAGE, 0, -EEXIST },
		{ "inside A", NEW_ID, 0, A_GPA + PAGE, PAGE, 0, -EEXIST },
		{ "runs into A", NEW_ID, 0, A_GPA - PAGE, 2 * PAGE, 0, -EEXIST },
		{ "runs out of A", NEW_ID, 0, A_GPA + A_SIZE - PAGE, 2 * PAGE, 0, -EEXIST },
		{ "encloses A", NEW_ID, 0, A_GPA - PAGE, A_SIZE + 2 * PAGE, 0, -EEXIST },
		{ "from A into B", NEW_ID, 0, A_GPA + A_SIZE - PAGE, 3 * PAGE, 0, -EEXIST },
		{ "encloses both", NEW_ID, 0, A_GPA - PAGE,
		  B_GPA + B_SIZE - A_GPA + 2 * PAGE, 0, -EEXIST },
		{ "last page of B", NEW_ID, 0, B_GPA + B_SIZE - PAGE, PAGE, 0, -EEXIST },
		{ "gap, and first page of B", NEW_ID, 0, A_GPA + A_SIZE, 2 * PAGE, 0, -EEXIST });
}

TEST_F(two_slots, existing_slot)
{
	CHECK_CALLS(
		{ "as it is", A_ID, 0, A_GPA, A_SIZE, A_HVA, MEMSLOT_NOTHING },
		{ "as it is, read-only", B_ID, KVM_MEM_READONLY, B_GPA, B_SIZE, B_HVA,
		  MEMSLOT_NOTHING },
		{ "grown", A_ID, 0, A_GPA, A_SIZE + PAGE, A_HVA, -EINVAL },
		{ "shrunk", A_ID, 0, A_GPA, A_SIZE - PAGE, A_HVA, -EINVAL },
		{ "other backing", A_ID, 0, A_GPA, A_SIZE, A_HVA + PAGE, -EINVAL },
		{ "made read-only", A_ID, KVM_MEM_READONLY, A_GPA, A_SIZE, A_HVA, -EINVAL },
		{ "made writable", B_ID, 0, B_GPA, B_SIZE, B_HVA, -EINVAL },
		{ "logged", A_ID, KVM_MEM_LOG_DIRTY_PAGES, A_GPA, A_SIZE, A_HVA, MEMSLOT_FLAGS },
		{ "logged, read-only", B_ID, KVM_MEM_READONLY | KVM_MEM_LOG_DIRTY_PAGES, B_GPA,
		  B_SIZE, B_HVA, MEMSLOT_FLAGS },
		{ "logged and made read-only", A_ID, KVM_MEM_READONLY | KVM_MEM_LOG_DIRTY_PAGES,
		  A_GPA, A_SIZE, A_HVA, -EINVAL },
		{ "logged and grown", A_ID, KVM_MEM_LOG_DIRTY_PAGES, A_GPA, A_SIZE + PAGE, A_HVA,
		  -EINVAL },
		{ "logged and moved", A_ID, KVM_MEM_LOG_DIRTY_PAGES, 0, A_SIZE, A_HVA,
		  MEMSLOT_MOVE },
		{ "moved away", A_ID, 0, 0, A_SIZE, A_HVA, MEMSLOT_MOVE },
		{ "moved up by a page", A_ID, 0, A_GPA + PAGE, A_SIZE, A_HVA, MEMSLOT_MOVE },
		{ "moved down by a page", A_ID, 0, A_GPA - PAGE, A_SIZE, A_HVA, MEMSLOT_MOVE },
		{ "B moved down by a page", B_ID, KVM_MEM_READONLY, B_GPA - PAGE, B_SIZE, B_HVA,
		  MEMSLOT_MOVE },
		{ "B moved up by a page", B_ID, KVM_MEM_READONLY, B_GPA + PAGE, B_SIZE, B_HVA,
		  MEMSLOT_MOVE },
		{ "moved onto B", A_ID, 0, B_GPA, A_SIZE, A_HVA, -EEXIST },
		{ "moved onto itself and B", A_ID, 0, A_GPA + 2 * PAGE, A_SIZE, A_HVA, -EEXIST },
		{ "B moved onto itself and A", B_ID, KVM_MEM_READONLY, B_GPA - 2 * PAGE, B_SIZE,
		  B_HVA, -EEXIST },
		{ "moved, with other backing", A_ID, 0, 0, A_SIZE, A_HVA + PAGE, -EINVAL });
}

TEST_F(two_slots, deleted)
{
	CHECK_CALLS(
		{ "A", A_ID, 0, A_GPA, 0, A_HVA, MEMSLOT_DELETE },
		{ "A, by its id alone", A_ID, 0, 0, 0, 0, MEMSLOT_DELETE },
		{ "A, with B's address", A_ID, 0, B_GPA, 0, B_HVA, MEMSLOT_DELETE },
		{ "B, with other flags", B_ID, 0, 0, 0, 0, MEMSLOT_DELETE },
		{ "backing at the end", A_ID, 0, 0, 0, HVA_END, MEMSLOT_DELETE },
		{ "no such slot", NEW_ID, 0, 0, 0, 0, -EINVAL },
		{ "no such slot, at A's address", NEW_ID, 0, A_GPA, 0, A_HVA, -EINVAL },
		{ "no such id", MEMSLOTS_MAX, 0, 0, 0, 0, -EINVAL },
		{ "unknown flag", A_ID, 4, 0, 0, 0, -EINVAL },
		{ "misaligned address", A_ID, 0, 1, 0, 0, -EINVAL },
		{ "backing after the end", A_ID, 0, 0, 0, HVA_END + PAGE, -EINVAL });
}

TEST_F(two_slots, bad_id)
{
	static const u32 ids[] = { MEMSLOTS_MAX, 0xffff, 0x10000, 0x10000 | A_ID,
				   0x80000000, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		struct kvm_userspace_memory_region r = region(ids[i], 0, 0, PAGE, 0);

		EXPECT_EQ(-EINVAL, memslots_check(&self->slots, &r, &limits))
			TH_LOG("id 0x%x", ids[i]);
	}
}

TEST_F(two_slots, each_flag)
{
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		struct kvm_userspace_memory_region r =
			region(NEW_ID, 1U << bit, 0, PAGE, 0);
		bool known = 1U << bit & (KVM_MEM_READONLY | KVM_MEM_LOG_DIRTY_PAGES);
		int expected = known ? MEMSLOT_CREATE : -EINVAL;

		EXPECT_EQ(expected, memslots_check(&self->slots, &r, &limits))
			TH_LOG("flag bit %u", bit);
	}
}

TEST_F(two_slots, each_misalignment)
{
	unsigned int bit;

	for (bit = 0; bit < 12; bit++) {
		u64 off = 1ULL << bit;
		struct kvm_userspace_memory_region bad[] = {
			region(NEW_ID, 0, off, PAGE, 0),
			region(NEW_ID, 0, 0, PAGE + off, 0),
			region(NEW_ID, 0, 0, off, 0),
			region(NEW_ID, 0, 0, PAGE, off),
			region(A_ID, 0, A_GPA + off, A_SIZE, A_HVA),
		};
		unsigned int i;

		for (i = 0; i < ARRAY_SIZE(bad); i++)
			EXPECT_EQ(-EINVAL, memslots_check(&self->slots, &bad[i], &limits))
				TH_LOG("bit %u, case %u", bit, i);
	}
}

TEST_F(two_slots, guest_physical_limit)
{
	CHECK_CALLS(
		{ "last page", NEW_ID, 0, GPA_END - PAGE, PAGE, 0, MEMSLOT_CREATE },
		{ "first page after", NEW_ID, 0, GPA_END, PAGE, 0, -EFAULT },
		{ "straddles", NEW_ID, 0, GPA_END - PAGE, 2 * PAGE, 0, -EFAULT },
		{ "far after", NEW_ID, 0, 1ULL << 63, PAGE, 0, -EFAULT },
		{ "ends one page before 2^64", NEW_ID, 0, -2 * PAGE, PAGE, 0, -EFAULT },
		{ "ends at 2^64", NEW_ID, 0, -PAGE, PAGE, 0, -EINVAL },
		{ "wraps", NEW_ID, 0, -PAGE, 2 * PAGE, 0, -EINVAL },
		{ "moved to the end", A_ID, 0, GPA_END - A_SIZE, A_SIZE, A_HVA, MEMSLOT_MOVE },
		{ "moved across the end", A_ID, 0, GPA_END - PAGE, A_SIZE, A_HVA, -EFAULT },
		{ "moved after", A_ID, 0, GPA_END, A_SIZE, A_HVA, -EFAULT },
		{ "deleted after", A_ID, 0, GPA_END, 0, A_HVA, MEMSLOT_DELETE });
}

TEST_F(two_slots, host_virtual_limit)
{
	CHECK_CALLS(
		{ "ends at the limit", NEW_ID, 0, 0, PAGE, HVA_END - PAGE, MEMSLOT_CREATE },
		{ "begins at the limit", NEW_ID, 0, 0, PAGE, HVA_END, -EINVAL },
		{ "straddles", NEW_ID, 0, 0, 2 * PAGE, HVA_END - PAGE, -EINVAL },
		{ "after", NEW_ID, 0, 0, PAGE, HVA_END + PAGE, -EINVAL },
		{ "above 4 GiB", NEW_ID, 0, 0, PAGE, (1ULL << 32) + A_HVA, -EINVAL },
		{ "ends at 2^64", NEW_ID, 0, 0, PAGE, -PAGE, -EINVAL },
		{ "wraps", NEW_ID, 0, 0, 2 * PAGE, -PAGE, -EINVAL },
		{ "all of it", NEW_ID, 0, 1ULL << 32, HVA_END, 0, MEMSLOT_CREATE },
		{ "a page more", NEW_ID, 0, 1ULL << 32, HVA_END + PAGE, 0, -EINVAL },
		{ "existing slot, above 4 GiB", A_ID, 0, A_GPA, A_SIZE, (1ULL << 32) + A_HVA,
		  -EINVAL });
}

/* Precedence of errors, as in the in-tree KVM. */
TEST_F(two_slots, error_precedence)
{
	CHECK_CALLS(
		{ "misaligned and outside", NEW_ID, 0, GPA_END + 1, PAGE, 0, -EINVAL },
		{ "unknown flag and outside", NEW_ID, 4, GPA_END, PAGE, 0, -EINVAL },
		{ "bad id and outside", MEMSLOTS_MAX, 0, GPA_END, PAGE, 0, -EINVAL },
		{ "backing and address outside", NEW_ID, 0, GPA_END, PAGE, HVA_END, -EINVAL },
		{ "misaligned and on A", NEW_ID, 0, A_GPA, PAGE, 1, -EINVAL },
		{ "unknown flag and on A", NEW_ID, 4, A_GPA, PAGE, 0, -EINVAL },
		{ "backing outside, and on A", NEW_ID, 0, A_GPA, PAGE, HVA_END, -EINVAL },
		{ "grown, and on B", A_ID, 0, A_GPA, A_SIZE + 2 * PAGE, A_HVA, -EINVAL },
		{ "other backing, and on B", A_ID, 0, B_GPA, A_SIZE, A_HVA + PAGE, -EINVAL },
		{ "made read-only, and on B", A_ID, KVM_MEM_READONLY, B_GPA, A_SIZE, A_HVA,
		  -EINVAL });
}

/*
 * The in-tree KVM for ARM checks the guest physical limit last, in
 * kvm_arch_prepare_memory_region().
 */
TEST_F(two_slots, limit_is_checked_last)
{
	struct memslot last = { 9, 0, GPA_END - 2 * PAGE, 2 * PAGE, 0 };

	memslots_insert(&self->slots, &last);
	CHECK_CALLS(
		{ "grown, and outside", 9, 0, GPA_END - 2 * PAGE, 3 * PAGE, 0, -EINVAL },
		{ "other backing, and outside", A_ID, 0, GPA_END, A_SIZE, A_HVA + PAGE, -EINVAL },
		{ "made read-only, and outside", A_ID, KVM_MEM_READONLY, GPA_END, A_SIZE, A_HVA,
		  -EINVAL },
		{ "overlaps, and outside", NEW_ID, 0, GPA_END - PAGE, 2 * PAGE, 0, -EEXIST },
		{ "moved onto another, and outside", A_ID, 0, GPA_END - PAGE, A_SIZE, A_HVA,
		  -EEXIST });
	memslots_remove(&self->slots, &last);
	self->before = self->slots;
}

/* ---- sizes that only a 64-bit host can back ---- */

TEST(page_count_has_31_bits)
{
	const struct memslot_limits wide = {
		.page_size = PAGE, .gpa_end = 1ULL << 52, .hva_end = 1ULL << 52,
	};
	const struct memslots none = { 0 };
	const u64 most = 0x7fffffffULL * PAGE;
	struct kvm_userspace_memory_region r = region(0, 0, 0, most, 0);

	ASSERT_EQ(MEMSLOT_CREATE, memslots_check(&none, &r, &wide));
	r.memory_size = most + PAGE;
	ASSERT_EQ(-EINVAL, memslots_check(&none, &r, &wide));
	r.memory_size = -PAGE;
	ASSERT_EQ(-EINVAL, memslots_check(&none, &r, &wide));
}

TEST(page_size_is_the_limits)
{
	const struct memslot_limits big = {
		.page_size = 0x10000, .gpa_end = GPA_END, .hva_end = HVA_END,
	};
	const struct memslots none = { 0 };
	struct kvm_userspace_memory_region good = region(0, 0, 0x10000, 0x10000, 0x10000);
	struct kvm_userspace_memory_region bad = region(0, 0, 0x1000, 0x10000, 0x10000);

	ASSERT_EQ(MEMSLOT_CREATE, memslots_check(&none, &good, &big));
	ASSERT_EQ(-EINVAL, memslots_check(&none, &bad, &big));
}

/* ---- look-up ---- */

TEST_F(two_slots, find_at_each_edge)
{
	struct {
		u64 gpa;
		struct memslot *slot;
	} cases[] = {
		{ 0, NULL },
		{ A_GPA - 1, NULL },
		{ A_GPA, &self->a },
		{ A_GPA + 1, &self->a },
		{ A_GPA + A_SIZE - 1, &self->a },
		{ A_GPA + A_SIZE, NULL },
		{ B_GPA - 1, NULL },
		{ B_GPA, &self->b },
		{ B_GPA + B_SIZE - 1, &self->b },
		{ B_GPA + B_SIZE, NULL },
		{ A_GPA + (1ULL << 32), NULL },
		{ ~0ULL, NULL },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		EXPECT_EQ(cases[i].slot, memslots_find(&self->slots, cases[i].gpa))
			TH_LOG("at 0x%llx", (unsigned long long)cases[i].gpa);
}

TEST_F(two_slots, by_id)
{
	EXPECT_EQ(&self->a, memslots_by_id(&self->slots, A_ID));
	EXPECT_EQ(&self->b, memslots_by_id(&self->slots, B_ID));
	EXPECT_EQ(NULL, memslots_by_id(&self->slots, 0));
	EXPECT_EQ(NULL, memslots_by_id(&self->slots, NEW_ID));
	EXPECT_EQ(NULL, memslots_by_id(&self->slots, ~0U));
}

TEST_F(two_slots, hva)
{
	EXPECT_EQ(A_HVA, memslot_hva(&self->a, A_GPA));
	EXPECT_EQ(A_HVA + A_SIZE - 1, memslot_hva(&self->a, A_GPA + A_SIZE - 1));
	EXPECT_EQ(B_HVA + PAGE, memslot_hva(&self->b, B_GPA + PAGE));
}

TEST(look_up_without_slots)
{
	const struct memslots none = { 0 };

	ASSERT_EQ(NULL, memslots_find(&none, 0));
	ASSERT_EQ(NULL, memslots_find(&none, ~0ULL));
	ASSERT_EQ(NULL, memslots_by_id(&none, 0));
}

TEST(first_and_last_byte)
{
	struct memslots slots = { 0 };
	struct memslot low = { 0, 0, 0, PAGE, 0 };
	struct memslot high = { 1, 0, GPA_END - PAGE, PAGE, PAGE };

	memslots_insert(&slots, &high);
	memslots_insert(&slots, &low);
	ASSERT_EQ(&low, memslots_find(&slots, 0));
	ASSERT_EQ(&low, memslots_find(&slots, PAGE - 1));
	ASSERT_EQ(NULL, memslots_find(&slots, PAGE));
	ASSERT_EQ(NULL, memslots_find(&slots, GPA_END - PAGE - 1));
	ASSERT_EQ(&high, memslots_find(&slots, GPA_END - PAGE));
	ASSERT_EQ(&high, memslots_find(&slots, GPA_END - 1));
	ASSERT_EQ(NULL, memslots_find(&slots, GPA_END));
}

/* The maximum number of slots, created and deleted in different orders. */
TEST(all_slots)
{
	static struct memslot slot[MEMSLOTS_MAX];
	struct memslots slots = { 0 };
	u64 state = 1;
	unsigned int i;

	for (i = 0; i < MEMSLOTS_MAX; i++) {
		/* 257 and 512 have no common divisor, so each place occurs once. */
		unsigned int at = i * 257 % MEMSLOTS_MAX;
		struct kvm_userspace_memory_region r =
			region(i, 0, at * 2 * PAGE, PAGE, at * PAGE);

		ASSERT_EQ(MEMSLOT_CREATE, memslots_check(&slots, &r, &limits));
		slot[i] = (struct memslot) { i, 0, at * 2 * PAGE, PAGE, at * PAGE };
		memslots_insert(&slots, &slot[i]);
	}
	ASSERT_EQ(MEMSLOTS_MAX, slots.count);
	for (i = 0; i < MEMSLOTS_MAX; i++) {
		ASSERT_EQ(2 * i * PAGE, slots.slot[i]->gpa);
		ASSERT_EQ(&slot[i], memslots_by_id(&slots, i));
		ASSERT_EQ(&slot[i], memslots_find(&slots, slot[i].gpa));
		ASSERT_EQ(NULL, memslots_find(&slots, slot[i].gpa + PAGE));
	}
	for (i = MEMSLOTS_MAX; i > 0; i--) {
		struct memslot *gone = slots.slot[random_below(&state, i)];

		memslots_remove(&slots, gone);
		ASSERT_EQ(i - 1, slots.count);
		ASSERT_EQ(NULL, memslots_by_id(&slots, gone->id));
		ASSERT_EQ(NULL, memslots_find(&slots, gone->gpa));
	}
}

/* ---- random sequences, compared with a model that tracks each page ---- */

#define MODEL_PAGES	48U	/* of the guest physical address space */
#define MODEL_BACKING	64U	/* of the VMM's address space */
#define MODEL_IDS	12U
#define NO_SLOT		MODEL_IDS

struct model {
	struct memslot slot[MODEL_IDS];		/* size 0: no slot */
	unsigned int owner[MODEL_PAGES];	/* id, or NO_SLOT */
};

static const struct memslot_limits model_limits = {
	.page_size = PAGE,
	.gpa_end = MODEL_PAGES * PAGE,
	.hva_end = MODEL_BACKING * PAGE,
};

/* @gpa, @size and @hva are in pages, and thus aligned. */
static int model_check(const struct model *m, u32 id, u32 flags, unsigned int gpa,
		       unsigned int size, unsigned int hva)
{
	const struct memslot *old = &m->slot[id];
	unsigned int page;

	if (hva > MODEL_BACKING || hva + size > MODEL_BACKING)
		return -EINVAL;
	if (!size)
		return old->size ? MEMSLOT_DELETE : -EINVAL;
	if (old->size) {
		if (old->size != size * PAGE || old->hva != hva * PAGE ||
		    (old->flags & KVM_MEM_READONLY) != (flags & KVM_MEM_READONLY))
			return -EINVAL;
		if (old->gpa == gpa * PAGE)
			return old->flags == flags ? MEMSLOT_NOTHING : MEMSLOT_FLAGS;
	}
	for (page = gpa; page < gpa + size && page < MODEL_PAGES; page++)
		if (m->owner[page] != NO_SLOT && m->owner[page] != id)
			return -EEXIST;
	if (gpa + size > MODEL_PAGES)
		return -EFAULT;
	return old->size ? MEMSLOT_MOVE : MEMSLOT_CREATE;
}

static void model_own(struct model *m, const struct memslot *slot, unsigned int owner)
{
	u64 page;

	for (page = slot->gpa / PAGE; page < (slot->gpa + slot->size) / PAGE; page++)
		m->owner[page] = owner;
}

/* Applies a change like virt/kvm/vm_memory.c. */
static void apply(struct model *m, struct memslots *slots, int change, u32 id,
		  const struct memslot *wanted)
{
	struct memslot *slot = &m->slot[id];

	if (change == MEMSLOT_DELETE || change == MEMSLOT_MOVE) {
		memslots_remove(slots, slot);
		model_own(m, slot, NO_SLOT);
	}
	if (change == MEMSLOT_DELETE)
		slot->size = 0;
	if (change == MEMSLOT_FLAGS)
		slot->flags = wanted->flags;
	if (change == MEMSLOT_CREATE || change == MEMSLOT_MOVE) {
		*slot = *wanted;
		memslots_insert(slots, slot);
		model_own(m, slot, id);
	}
}

static void compare(struct __test_metadata *_metadata, struct model *m,
		    const struct memslots *slots)
{
	unsigned int count = 0, i;
	u64 size = 0;

	for (i = 0; i < MODEL_IDS; i++) {
		struct memslot *expected = m->slot[i].size ? &m->slot[i] : NULL;

		ASSERT_EQ(expected, memslots_by_id(slots, i));
		count += !!expected;
		size += m->slot[i].size;
	}
	ASSERT_EQ(count, slots->count);
	ASSERT_EQ(size, slots->size);
	for (i = 1; i < count; i++)
		ASSERT_LE(slots->slot[i - 1]->gpa + slots->slot[i - 1]->size,
			  slots->slot[i]->gpa);
	for (i = 0; i < MODEL_PAGES; i++) {
		unsigned int owner = m->owner[i];
		struct memslot *expected = owner == NO_SLOT ? NULL : &m->slot[owner];

		ASSERT_EQ(expected, memslots_find(slots, i * PAGE))
			TH_LOG("first byte of page %u", i);
		ASSERT_EQ(expected, memslots_find(slots, i * PAGE + PAGE - 1))
			TH_LOG("last byte of page %u", i);
	}
	ASSERT_EQ(NULL, memslots_find(slots, MODEL_PAGES * PAGE));
}

TEST(random_sequences)
{
	static const unsigned int most_pages[] = { 3, 6, MODEL_PAGES + 2 };
	unsigned int seen[MEMSLOT_NOTHING + 1] = { 0 };
	u64 state = 0x5eed;
	unsigned int round, step;

	for (round = 0; round < 300; round++) {
		struct memslots slots = { 0 };
		struct model m = { 0 };

		for (step = 0; step < MODEL_PAGES; step++)
			m.owner[step] = NO_SLOT;
		for (step = 0; step < 200; step++) {
			u32 id = random_below(&state, MODEL_IDS);
			unsigned int gpa = random_below(&state, MODEL_PAGES + 2);
			unsigned int size = random_below(&state, most_pages[round % 3]);
			unsigned int hva = random_below(&state, MODEL_BACKING + 2);
			u32 log = random_below(&state, 4) ? 0 : KVM_MEM_LOG_DIRTY_PAGES;
			u32 flags = log | (random_below(&state, 4) ? 0 : KVM_MEM_READONLY);
			struct memslot wanted;
			struct kvm_userspace_memory_region r;
			int expected;

			/*
			 * Half of the changes keep the slot's size and backing, which a move must
			 * not change. Random values hardly ever equal the old ones.
			 */
			if (m.slot[id].size && random_below(&state, 2)) {
				size = m.slot[id].size / PAGE;
				hva = m.slot[id].hva / PAGE;
				flags = (m.slot[id].flags & KVM_MEM_READONLY) | log;
				/* Often move by few pages, so that old and new range overlap. */
				if (random_below(&state, 2))
					gpa = (m.slot[id].gpa / PAGE +
					       random_below(&state, 3)) % MODEL_PAGES;
			}
			wanted = (struct memslot) { id, flags, gpa * PAGE, size * PAGE,
						    hva * PAGE };
			r = region(id, flags, gpa * PAGE, size * PAGE, hva * PAGE);
			expected = model_check(&m, id, flags, gpa, size, hva);
			ASSERT_EQ(expected, memslots_check(&slots, &r, &model_limits))
				TH_LOG("round %u.%u: id %u, pages %u, gpa %u, hva %u, flags %u",
				       round, step, id, size, gpa, hva, flags);
			if (expected >= 0) {
				apply(&m, &slots, expected, id, &wanted);
				seen[expected]++;
			}
			compare(_metadata, &m, &slots);
		}
	}
	for (step = 0; step < ARRAY_SIZE(seen); step++)
		ASSERT_LT(1000, seen[step]) TH_LOG("change %u was rarely tried", step);
}

TEST_HARNESS_MAIN
