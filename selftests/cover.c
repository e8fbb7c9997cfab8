// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory slots over the GIC's regions: set before the region's address, set after it, moved there,
 * deleted. Tests the results of the calls, and whether the guest accesses memory or the GIC.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/abi.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_gic.h"
#include "harness/rule_harness.h"

#define RULE_FIXTURE	cover
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct abi_vm vm; uint8_t *memory
#include "harness/gic_fixture.h"

#define SLOT		40		/* above the slots of the library */
#define ELSEWHERE	0x60000000ULL	/* the library has nothing here */
#define MEMORY_SIZE	0x100000UL
#define PAGE		((uint64_t)getpagesize())

static uint8_t *new_memory(uint32_t word)
{
	uint32_t *memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i;

	TEST_ASSERT(memory != MAP_FAILED, "mmap: %s", strerror(errno));
	for (i = 0; i < MEMORY_SIZE / sizeof(word); i++)
		memory[i] = word;
	return (uint8_t *)memory;
}

/* ---- results of the calls ---- */

#define OPEN_GIC() do {							\
	abi_vm_open(&self->vm, 0);					\
	self->memory = new_memory(0);					\
	ASSERT_OK(abi_gic_create(&self->vm, variant->dist));		\
} while (0)

TEST_F(cover, address_on_slot)
{
	OPEN_GIC();
	ASSERT_OK(abi_slot_set(self->vm.fd, SLOT, 0, ABI_DIST_IPA, MEMORY_SIZE, self->memory));
	EXPECT_RULE(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA),
		    "the distributor in the middle of a slot");
	EXPECT_RULE(abi_addr_set(&self->vm, variant->cpu, ABI_DIST_IPA + 0x40000),
		    "the CPU side in the middle of a slot");
}

TEST_F(cover, slot_on_address)
{
	OPEN_GIC();
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));
	EXPECT_RULE(abi_slot_set(self->vm.fd, SLOT, 0, ABI_DIST_IPA, variant->dist->size,
				 self->memory),
		    "a slot on the distributor");
	EXPECT_RULE(abi_slot_set(self->vm.fd, SLOT + 1, 0, ABI_FREE_IPA, variant->cpu->size,
			     self->memory), "a slot on the CPU side");
}

TEST_F(cover, slot_moved_onto_address)
{
	OPEN_GIC();
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));
	ASSERT_OK(abi_slot_set(self->vm.fd, SLOT, 0, ELSEWHERE, PAGE, self->memory));
	EXPECT_RULE(abi_slot_set(self->vm.fd, SLOT, 0, ABI_DIST_IPA, PAGE, self->memory),
		    "a slot moved onto the distributor");
	EXPECT_RULE(abi_slot_set(self->vm.fd, SLOT, 0, ABI_FREE_IPA, PAGE, self->memory),
		    "a slot moved from there onto the CPU side");
}

TEST_F(cover, run)
{
	struct abi_vcpu vcpu;

	OPEN_GIC();
	ASSERT_OK(abi_vm_add_code(&self->vm));
	abi_vcpu_add(&self->vm, 0, &vcpu);
	ASSERT_OK(abi_addr_set(&self->vm, variant->dist, ABI_DIST_IPA));
	ASSERT_OK(abi_addr_set(&self->vm, variant->cpu, ABI_FREE_IPA));
	if (self->vm.dev >= 0 && variant->dist->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3) {
		ASSERT_OK(vgic_init(self->vm.dev));
	}
	ASSERT_OK(abi_slot_set(self->vm.fd, SLOT, 0, ABI_DIST_IPA, variant->dist->size,
			       self->memory));
	ASSERT_OK(abi_slot_set(self->vm.fd, SLOT + 1, 0, ABI_FREE_IPA, variant->cpu->size,
			   self->memory));
	EXPECT_RULE(abi_vcpu_run(&vcpu), "KVM_RUN with slots on both regions");
}

/* ---- the guest's reads ---- */

/* The word that fills the slot, and the value of reads outside of all memory. */
#define IN_SLOT		0xc0decafeU
#define NOWHERE		0x5a5a5a5aU
#define IMPLEMENTER	0x43bU		/* in the IIDRs of emulated GICs */

/* Classifies a word that the guest has read at an IIDR's address. */
static const char *kind_of(uint32_t word)
{
	if (word == IN_SLOT)
		return "MEMORY";
	if (word == NOWHERE)
		return "NOTHING";
	return (word & 0xfff) == IMPLEMENTER ? "GIC" : "GARBAGE";
}

static uint32_t answer_read(struct guest *guest, uint64_t addr)
{
	(void)guest;
	(void)addr;
	return NOWHERE;
}

/* Address that the guest reads before and after the host changes the slot. */
static uint64_t read_va;

static void read_twice(void)
{
	guest_request(guest_read(read_va));
	guest_request(guest_read(read_va));
	guest_done();
}

/**
 * struct scene - two reads of a guest, and a change by the host between them
 * @gpa, @size: the region
 * @change:     makes the change, or NULL
 * @found:      the values read
 */
struct scene {
	uint64_t gpa, size;
	uint8_t *memory;
	int (*change)(int vm, struct scene *scene);
	unsigned int reads;
	uint32_t found[2];
};

static void record_read(struct guest *guest, unsigned int word)
{
	struct scene *scene = guest->context;
	int ret;

	scene->found[scene->reads++] = word;
	if (scene->reads > 1 || !scene->change)
		return;
	ret = scene->change(guest->abi.fd, scene);
	TEST_ASSERT(!ret, "the slot's change: expected OK, got %s", rule_outcome(ret));
}

/* The region of a scene. The CPU side is a CPU interface (GICv2) or redistributors (GICv3). */
#define DIST_SIDE	0
#define CPU_SIDE	1

static int add_slot(int vm, struct scene *scene)
{
	return abi_slot_set(vm, SLOT, 0, scene->gpa, scene->size, scene->memory);
}

static int delete_slot(int vm, struct scene *scene)
{
	return abi_slot_set(vm, SLOT, 0, scene->gpa, 0, scene->memory);
}

static int move_slot_away(int vm, struct scene *scene)
{
	return abi_slot_set(vm, SLOT, 0, ELSEWHERE, scene->size, scene->memory);
}

static int add_adjacent_slots(int vm, struct scene *scene)
{
	int ret = abi_slot_set(vm, SLOT, 0, scene->gpa - PAGE, PAGE, scene->memory);

	return ret ?: abi_slot_set(vm, SLOT + 1, 0, scene->gpa + scene->size, PAGE,
				   scene->memory);
}

/*
 * Plays a scene: @first is called before the address is set, @then after that and before the first
 * KVM_RUN, @between between the guest's two reads. Each may be NULL.
 */
#define PLAY(scene, side, first, then, between) do {			\
	bool v3_ = variant->dist->dev_type == KVM_DEV_TYPE_ARM_VGIC_V3;	\
	struct guest guest_ = { 0 };					\
									\
	(scene)->gpa = (side) == CPU_SIDE ? ABI_FREE_IPA : ABI_DIST_IPA; \
	(scene)->size = (side) == CPU_SIDE ? variant->cpu->size : variant->dist->size; \
	(scene)->memory = new_memory(IN_SLOT);				\
	(scene)->change = between;					\
	guest_create(&guest_, 1, read_twice);				\
	guest_.context = scene;						\
	guest_.on_request = record_read;				\
	guest_.on_read = answer_read;					\
	play_step(&guest_, scene, first);				\
	ASSERT_OK(guest_gic_place(&guest_, variant->dist, variant->cpu,	\
				  ABI_DIST_IPA, ABI_FREE_IPA));		\
	play_step(&guest_, scene, then);				\
	read_va = (side) == DIST_SIDE ? guest_gic.dist + GICD_IIDR :	\
		  guest_gic.cpu + (v3_ ? GICR_IIDR : GICC_IIDR);	\
	sync_global_to_guest(guest_.vm, read_va);			\
	ASSERT_TRUE(guest_run(&guest_));				\
	ASSERT_EQ(2, (scene)->reads);					\
} while (0)

static void play_step(struct guest *guest, struct scene *scene,
		      int (*step)(int vm, struct scene *scene))
{
	int ret = step ? step(guest->abi.fd, scene) : 0;

	TEST_ASSERT(!ret, "the slot: expected OK, got %s", rule_outcome(ret));
}

/* ---- the tests of both sides ---- */

#define EXPECT_BY_EARLIER_SLOT(side, name) do {				\
	struct scene scene_ = { 0 };					\
									\
	PLAY(&scene_, side, add_slot, NULL, NULL);			\
	EXPECT_RULE_WORD(kind_of(scene_.found[0]), name " set on a slot: 0x%x",	\
			 scene_.found[0]);				\
	EXPECT_RULE_WORD(kind_of(scene_.found[1]),			\
			 name " set on a slot, read again: 0x%x", scene_.found[1]); \
} while (0)

#define EXPECT_BY_LATER_SLOT(side, name) do {				\
	struct scene scene_ = { 0 };					\
									\
	PLAY(&scene_, side, NULL, add_slot, NULL);			\
	EXPECT_RULE_WORD(kind_of(scene_.found[0]), "a slot set on " name ": 0x%x",	\
			 scene_.found[0]);				\
} while (0)

#define EXPECT_WHILE_USED(side, name) do {				\
	struct scene scene_ = { 0 };					\
									\
	PLAY(&scene_, side, NULL, NULL, add_slot);			\
	EXPECT_STREQ("GIC", kind_of(scene_.found[0]));			\
	EXPECT_RULE_WORD(kind_of(scene_.found[1]),			\
			 "a slot set on " name " after the guest used it: 0x%x",	\
			 scene_.found[1]);				\
} while (0)

#define EXPECT_BY_MOVED_SLOT(side, name) do {				\
	struct scene scene_ = { 0 };					\
									\
	PLAY(&scene_, side, move_slot_away, NULL, add_slot);		\
	EXPECT_STREQ("GIC", kind_of(scene_.found[0]));			\
	EXPECT_RULE_WORD(kind_of(scene_.found[1]), "a slot moved onto " name ": 0x%x",	\
			 scene_.found[1]);				\
} while (0)

#define EXPECT_UNCOVERED(side, name) do {				\
	struct scene scene_ = { 0 };					\
									\
	PLAY(&scene_, side, NULL, add_slot, delete_slot);		\
	EXPECT_RULE_WORD(kind_of(scene_.found[1]),			\
			 name " after the slot on it is deleted: 0x%x",	\
			 scene_.found[1]);				\
} while (0)

#define EXPECT_LEFT(side, name) do {					\
	struct scene scene_ = { 0 };					\
									\
	PLAY(&scene_, side, NULL, add_slot, move_slot_away);		\
	EXPECT_RULE_WORD(kind_of(scene_.found[1]),			\
			 name " after the slot on it is moved away: 0x%x",	\
			 scene_.found[1]);				\
} while (0)

TEST_F(cover, distributor_by_earlier_slot)
{
	EXPECT_BY_EARLIER_SLOT(DIST_SIDE, "the distributor");
}

TEST_F(cover, distributor_by_later_slot)
{
	EXPECT_BY_LATER_SLOT(DIST_SIDE, "the distributor");
}

TEST_F(cover, distributor_while_used)
{
	EXPECT_WHILE_USED(DIST_SIDE, "the distributor");
}

TEST_F(cover, distributor_by_moved_slot)
{
	EXPECT_BY_MOVED_SLOT(DIST_SIDE, "the distributor");
}

TEST_F(cover, distributor_uncovered)
{
	EXPECT_UNCOVERED(DIST_SIDE, "the distributor");
}

TEST_F(cover, distributor_left)
{
	EXPECT_LEFT(DIST_SIDE, "the distributor");
}

TEST_F(cover, cpu_side_by_earlier_slot)
{
	EXPECT_BY_EARLIER_SLOT(CPU_SIDE, "the CPU side");
}

TEST_F(cover, cpu_side_by_later_slot)
{
	EXPECT_BY_LATER_SLOT(CPU_SIDE, "the CPU side");
}

TEST_F(cover, cpu_side_while_used)
{
	EXPECT_WHILE_USED(CPU_SIDE, "the CPU side");
}

TEST_F(cover, cpu_side_by_moved_slot)
{
	EXPECT_BY_MOVED_SLOT(CPU_SIDE, "the CPU side");
}

TEST_F(cover, cpu_side_uncovered)
{
	EXPECT_UNCOVERED(CPU_SIDE, "the CPU side");
}

TEST_F(cover, cpu_side_left)
{
	EXPECT_LEFT(CPU_SIDE, "the CPU side");
}

TEST_F(cover, beside)
{
	unsigned int side;

	for (side = DIST_SIDE; side <= CPU_SIDE; side++) {
		struct scene scene = { 0 };

		PLAY(&scene, side, add_adjacent_slots, NULL, NULL);
		EXPECT_RULE_WORD(kind_of(scene.found[0]),
				 "the %s with slots right before and after it: 0x%x",
				 side == CPU_SIDE ? "CPU side" : "distributor", scene.found[0]);
	}
}

/* ---- a huge page over the CPU interface ---- */

/*
 * On arm64, the order of the mappings decides whether the slot or the CPU interface is visible. A
 * GICv3's CPU interface is not mapped. So these tests are for a GICv2 on ARMv7.
 */
#define RULE_FIXTURE	cover_huge
#define RULE_VARIANTS	(SEED_V2 | LEGACY_V2 | DEVATTR_V2)
#define RULE_NEEDS	NEED_ARMV7
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

#define HUGE_SIZE	0x200000UL

/* Memory at the boundary of a huge page, and in a huge page if the host has any. */
static uint8_t *new_huge_page(uint32_t word)
{
	uintptr_t all = (uintptr_t)mmap(NULL, 2 * HUGE_SIZE, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t *huge = (uint32_t *)((all + HUGE_SIZE - 1) & ~(HUGE_SIZE - 1));
	unsigned int i;

	TEST_ASSERT((void *)all != MAP_FAILED, "mmap: %s", strerror(errno));
	madvise(huge, HUGE_SIZE, MADV_HUGEPAGE);
	for (i = 0; i < HUGE_SIZE / sizeof(word); i++)
		huge[i] = word;
	return (uint8_t *)huge;
}

static uint64_t beside_va;	/* in the slot, in the middle of the huge page */

/* KVM may map all of the huge page at the first access. */
static void read_beside_first(void)
{
	guest_expect("the slot's word in the middle", IN_SLOT, guest_read(beside_va));
	guest_expect("the implementer in GICC_IIDR", IMPLEMENTER,
		     guest_read(read_va) & 0xfff);
	guest_expect("the slot's word after the CPU interface", IN_SLOT,
		     guest_read(beside_va - HUGE_SIZE / 2 + KVM_VGIC_V2_CPU_SIZE));
	guest_done();
}

TEST_F(cover_huge, cpu_interface)
{
	guest_create(&self->guest, 1, read_beside_first);
	ASSERT_OK(guest_gic_place(&self->guest, variant->dist, variant->cpu, ABI_DIST_IPA,
				  ABI_FREE_IPA));
	ASSERT_OK(abi_slot_set(self->guest.vm->fd, SLOT, 0, ABI_FREE_IPA, HUGE_SIZE,
			       new_huge_page(IN_SLOT)));
	read_va = guest_gic.cpu + GICC_IIDR;
	beside_va = guest_map_device(&self->guest, ABI_FREE_IPA + KVM_VGIC_V2_CPU_SIZE,
				     HUGE_SIZE - KVM_VGIC_V2_CPU_SIZE) -
		    KVM_VGIC_V2_CPU_SIZE + HUGE_SIZE / 2;
	sync_global_to_guest(self->guest.vm, read_va);
	sync_global_to_guest(self->guest.vm, beside_va);
	EXPECT_RULE_WORD(holds(guest_run(&self->guest)), "a huge page over the CPU interface");
}

#include "harness/rule_main.h"
