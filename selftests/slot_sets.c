// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several memory slots next to each other, for a kernel's search in its sorted slots, and a slot of
 * many pages, for a kernel that goes through a long dirty log in steps.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/abi.h"
#include "guest/guest.h"
#include "harness/rule_harness.h"

#define PAGE		((uint64_t)getpagesize())
#define SLOT_IPA	0x60000000ULL	/* outside of the library's memory */
#define SLOT		40		/* above the slots of the library */

FIXTURE(slot_set)
{
	struct rule_run run;
	struct abi_vm vm;
};

FIXTURE_VARIANT(slot_set)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(slot_set, any)
{
	.name = "any",
};

FIXTURE_SETUP(slot_set)
{
	RULE_SETUP("slot_set");
	abi_vm_open(&self->vm, 0);
}

FIXTURE_TEARDOWN(slot_set)
{
	rule_end(&self->run);
}

static uint8_t *new_memory(uint64_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	TEST_ASSERT(memory != MAP_FAILED, "mmap: %s", strerror(errno));
	return memory;
}

/* ---- positions ---- */

/*
 * Positions and sizes in pages. The order of the slots' addresses differs from that of their
 * numbers.
 */
static const struct { unsigned int at, pages; } placed[] = {
	{ 12, 3 }, { 4, 4 }, { 20, 1 }, { 15, 2 },
};

#define NR_PLACED	ARRAY_SIZE(placed)
#define END_OF_ALL	26

static bool overlaps_other(unsigned int slot, unsigned int at, unsigned int pages)
{
	unsigned int i;

	for (i = 0; i < NR_PLACED; i++)
		if (i != slot && at < placed[i].at + placed[i].pages &&
		    placed[i].at < at + pages)
			return true;
	return false;
}

static int place(int vm, uint8_t *memory, unsigned int slot, unsigned int at,
		 unsigned int pages)
{
	return abi_slot_set(vm, SLOT + slot, 0, SLOT_IPA + at * PAGE, pages * PAGE,
			    memory + slot * END_OF_ALL * PAGE);
}

#define PLACE_ALL(memory) do {						\
	unsigned int slot_;						\
									\
	for (slot_ = 0; slot_ < NR_PLACED; slot_++)			\
		ASSERT_OK(place(self->vm.fd, memory, slot_, placed[slot_].at, \
				placed[slot_].pages));			\
} while (0)

/* Each slot is moved to each place, and back if that was accepted. */
TEST_F(slot_set, moved)
{
	uint8_t *memory = new_memory(NR_PLACED * END_OF_ALL * PAGE);
	unsigned int slot, at, wrong = 0;

	PLACE_ALL(memory);
	for (slot = 0; slot < NR_PLACED; slot++)
		for (at = 0; at + placed[slot].pages <= END_OF_ALL; at++) {
			bool bad = overlaps_other(slot, at, placed[slot].pages);
			int ret = place(self->vm.fd, memory, slot, at, placed[slot].pages);

			if (ret != (bad ? -EEXIST : 0)) {
				TH_LOG("slot %u to page %u: expected %s, got %s", slot, at,
				       bad ? "EEXIST" : "OK", rule_outcome(ret));
				wrong++;
			}
			if (!ret)
				ASSERT_OK(place(self->vm.fd, memory, slot, placed[slot].at,
						placed[slot].pages));
		}
	EXPECT_RULE_WORD(holds(!wrong), "%u moves with another result", wrong);
}

/* A slot of each size is created at each place, and deleted if that was accepted. */
TEST_F(slot_set, created)
{
	uint8_t *memory = new_memory((NR_PLACED + 1) * END_OF_ALL * PAGE);
	unsigned int at, pages, wrong = 0;

	PLACE_ALL(memory);
	for (pages = 1; pages <= END_OF_ALL; pages++)
		for (at = 0; at + pages <= END_OF_ALL; at++) {
			bool bad = overlaps_other(NR_PLACED, at, pages);
			int ret = place(self->vm.fd, memory, NR_PLACED, at, pages);

			if (ret != (bad ? -EEXIST : 0)) {
				TH_LOG("%u pages at page %u: expected %s, got %s", pages, at,
				       bad ? "EEXIST" : "OK", rule_outcome(ret));
				wrong++;
			}
			if (!ret)
				ASSERT_OK(place(self->vm.fd, memory, NR_PLACED, at, 0));
		}
	EXPECT_RULE_WORD(holds(!wrong), "%u slots with another result", wrong);
}

/* ---- a long log ---- */

#define NR_PAGES	1100
#define LOG_WORDS	((NR_PAGES + 63) / 64 * 2)
#define NR_ROUNDS	3

/* Pages at both ends of words, of ranges of 512 pages, and of the slot. */
static const uint16_t written[] = { 0, 1, 31, 32, 511, 512, 513, 1023, 1024, 1055, 1056, 1099 };

static struct {
	uint64_t va, page;
} area;

/*
 * Of the pages in written[], the first round writes two of each three, the second round none, the
 * last round all.
 */
static bool is_written(unsigned int round, unsigned int n)
{
	return round == 2 || (round == 0 && n % 3 != 1);
}

static void write_rounds(void)
{
	unsigned int round, i;

	for (round = 0; round < NR_ROUNDS; round++) {
		for (i = 0; i < ARRAY_SIZE(written); i++)
			if (is_written(round, i))
				guest_write(area.va + written[i] * area.page, i);
		guest_request(round);
	}
	guest_done();
}

static void compare_log(struct guest *guest, unsigned int round)
{
	uint32_t expected[LOG_WORDS] = { 0 }, log[LOG_WORDS] = { 0 };
	struct kvm_dirty_log args = { .slot = SLOT, .dirty_bitmap = log };
	unsigned int i, *wrong = guest->context;
	int ret = abi_ioctl(guest->vm->fd, KVM_GET_DIRTY_LOG, &args);

	TEST_ASSERT(!ret, "KVM_GET_DIRTY_LOG: expected OK, got %s", rule_outcome(ret));
	for (i = 0; i < ARRAY_SIZE(written); i++)
		if (is_written(round, i))
			expected[written[i] / 32] |= 1U << written[i] % 32;
	for (i = 0; i < LOG_WORDS; i++)
		if (log[i] != expected[i]) {
			fprintf(stderr, "round %u, pages from %u: expected 0x%08x, got 0x%08x\n",
				round, 32 * i, expected[i], log[i]);
			++*wrong;
		}
}

TEST_F(slot_set, long_log)
{
	uint8_t *memory = new_memory(NR_PAGES * PAGE);
	struct guest guest = { 0 };
	unsigned int wrong = 0;
	bool good;

	guest_create(&guest, 1, write_rounds);
	guest.on_request = compare_log;
	guest.context = &wrong;
	ASSERT_OK(abi_slot_set(guest.vm->fd, SLOT, KVM_MEM_LOG_DIRTY_PAGES, SLOT_IPA,
			       NR_PAGES * PAGE, memory));
	area.va = guest_map_device(&guest, SLOT_IPA, NR_PAGES * PAGE);
	area.page = PAGE;
	sync_global_to_guest(guest.vm, area);
	good = guest_run(&guest);
	EXPECT_RULE_WORD(holds(good && !wrong), "%u wrong words in %u logs of %u pages", wrong,
			 NR_ROUNDS, NR_PAGES);
}

#include "harness/rule_main.h"
