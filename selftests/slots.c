// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory slots: errors of KVM_SET_USER_MEMORY_REGION, and the memory that a guest sees. The virtual
 * GIC depends on both, because it is placed outside of all slots.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/abi.h"
#include "guest/guest.h"
#include "harness/rule_harness.h"

#define PAGE		((uint64_t)getpagesize())	/* in the host; see area */
/*
 * Outside of the library's memory. Like the memory of new_huge_memory(), it is in the middle of a
 * 2 MiB block: a kernel that maps a whole block would also map pages before the slot.
 */
#define SLOT_IPA	0x60100000ULL
#define OTHER_IPA	0x68000000ULL
#define SLOT		40		/* above the slots of the library */
#define NR_PAGES	64

static void *new_memory(uint64_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	TEST_ASSERT(memory != MAP_FAILED, "mmap: %s", strerror(errno));
	return memory;
}

#define HUGE_SIZE	0x200000UL

static void move_page(char *from, char *to)
{
	void *moved = mremap(from, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);

	TEST_ASSERT(moved == to, "mremap: %s", strerror(errno));
}

/* Reverses the order in which the pages of the host are mapped. */
static void reverse_pages(char *memory, uint64_t pages)
{
	char *spare = new_memory(PAGE);
	uint64_t i;

	for (i = 0; i < pages / 2; i++) {
		char *low = memory + i * PAGE, *high = memory + (pages - 1 - i) * PAGE;

		move_page(low, spare);
		move_page(high, low);
		move_page(spare, high);
	}
}

/*
 * Returns memory in the middle of a huge page, if the host has huge pages. A kernel that maps more
 * than one page at a fault must neither map pages before this memory nor take its second half,
 * whose pages are in reverse order, for contiguous.
 */
static void *new_huge_memory(uint64_t size)
{
	uintptr_t all = (uintptr_t)new_memory(2 * HUGE_SIZE);
	char *huge = (char *)((all + HUGE_SIZE - 1) & ~(HUGE_SIZE - 1));

	TEST_ASSERT(size <= HUGE_SIZE / 2, "expected at most %lu bytes, got %llu",
		    HUGE_SIZE / 2, (unsigned long long)size);
	madvise(huge, HUGE_SIZE, MADV_HUGEPAGE);
	/* The whole huge page is allocated before the guest accesses a part of it. */
	memset(huge, 0, HUGE_SIZE);
	reverse_pages(huge + (HUGE_SIZE + size) / 2, size / 2 / PAGE);
	return huge + HUGE_SIZE / 2;
}

FIXTURE(slots)
{
	struct rule_run run;
	struct abi_vm vm;
	uint8_t *memory;
};

FIXTURE_VARIANT(slots)
{
	const char *name;
	unsigned int needs;
	void *(*memory)(uint64_t size);
};

FIXTURE_VARIANT_ADD(slots, any)
{
	.name = "any",
	.memory = new_memory,
};

FIXTURE_VARIANT_ADD(slots, any_huge)
{
	.name = "any_huge",
	.memory = new_huge_memory,
};

FIXTURE_SETUP(slots)
{
	RULE_SETUP("slots");
	abi_vm_open(&self->vm, 0);
	self->memory = variant->memory(NR_PAGES * PAGE);
}

FIXTURE_TEARDOWN(slots)
{
	rule_end(&self->run);
}

#define SET(slot, flags, gpa, size)	\
	abi_slot_set(self->vm.fd, slot, flags, gpa, size, self->memory)

/* ---- errors ---- */

TEST_F(slots, overlap)
{
	ASSERT_OK(SET(SLOT, 0, SLOT_IPA, 4 * PAGE));
	EXPECT_RULE(SET(SLOT + 1, 0, SLOT_IPA, 4 * PAGE), "a slot at the address of another");
	EXPECT_RULE(SET(SLOT + 1, 0, SLOT_IPA - PAGE, 2 * PAGE),
		    "a slot over the first page of another");
	EXPECT_RULE(SET(SLOT + 1, 0, SLOT_IPA + 3 * PAGE, 2 * PAGE),
		    "a slot over the last page of another");
	EXPECT_RULE(SET(SLOT + 1, 0, SLOT_IPA - PAGE, 6 * PAGE), "a slot around another");
	EXPECT_RULE(SET(SLOT + 1, 0, SLOT_IPA + PAGE, PAGE), "a slot within another");
	ASSERT_OK(SET(SLOT + 1, 0, OTHER_IPA, PAGE));
	EXPECT_RULE(SET(SLOT + 1, 0, SLOT_IPA, PAGE), "a slot moved onto another");
}

TEST_F(slots, adjacent)
{
	ASSERT_OK(SET(SLOT, 0, SLOT_IPA, 4 * PAGE));
	EXPECT_RULE(SET(SLOT + 1, 0, SLOT_IPA + 4 * PAGE, PAGE), "a slot right after another");
	EXPECT_RULE(SET(SLOT + 2, 0, SLOT_IPA - PAGE, PAGE), "a slot right before another");
}

TEST_F(slots, last_page)
{
	uint64_t limit = abi_vm_limit(&self->vm);

	EXPECT_RULE(SET(SLOT, 0, limit - PAGE, PAGE), "the last page of the address space");
}

TEST_F(slots, beyond_limit)
{
	uint64_t limit = abi_vm_limit(&self->vm);

	EXPECT_RULE(SET(SLOT, 0, limit, PAGE), "the first page beyond the address space");
	EXPECT_RULE(SET(SLOT, 0, limit - PAGE, 2 * PAGE),
		    "a slot over the end of the address space");
}

TEST_F(slots, misaligned)
{
	EXPECT_RULE(SET(SLOT, 0, SLOT_IPA + 4, PAGE), "an address that is not aligned to pages");
	EXPECT_RULE(SET(SLOT, 0, SLOT_IPA, PAGE + 4), "a size that is not a multiple of pages");
	EXPECT_RULE(abi_slot_set(self->vm.fd, SLOT, 0, SLOT_IPA, PAGE, self->memory + 4),
		    "memory that is not aligned to pages");
}

TEST_F(slots, wraps)
{
	EXPECT_RULE(SET(SLOT, 0, 0 - PAGE, 2 * PAGE), "a slot over the end of 64 bits");
}

TEST_F(slots, unknown_flag)
{
	unsigned int bit;

	for (bit = 8; bit < 32; bit++)
		EXPECT_RULE(SET(SLOT, 1U << bit, SLOT_IPA, PAGE), "flag %u", bit);
}

TEST_F(slots, delete_unknown)
{
	EXPECT_RULE(SET(SLOT, 0, SLOT_IPA, 0), "size 0 of a slot that does not exist");
	ASSERT_OK(SET(SLOT, 0, SLOT_IPA, PAGE));
	ASSERT_OK(SET(SLOT, 0, SLOT_IPA, 0));
	EXPECT_RULE(SET(SLOT, 0, SLOT_IPA, 0), "size 0 of a slot that was deleted");
}

TEST_F(slots, resize)
{
	ASSERT_OK(SET(SLOT, 0, SLOT_IPA, 2 * PAGE));
	EXPECT_RULE(SET(SLOT, 0, SLOT_IPA, PAGE), "a smaller size");
	EXPECT_RULE(SET(SLOT, 0, SLOT_IPA, 3 * PAGE), "a larger size");
	EXPECT_RULE(abi_slot_set(self->vm.fd, SLOT, 0, SLOT_IPA, 2 * PAGE, self->memory + PAGE),
		    "other memory");
}

TEST_F(slots, too_many)
{
	int max = abi_ioctl(self->vm.kvm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_NR_MEMSLOTS);
	unsigned int bit;

	ASSERT_LE(32, max);
	ASSERT_OK(SET(max - 1, 0, SLOT_IPA, PAGE));
	EXPECT_RULE(SET(max, 0, OTHER_IPA, PAGE), "slot %d", max);
	EXPECT_RULE(SET(0x7fff + 1, 0, OTHER_IPA, PAGE), "slot 32768");
	/* The upper half of a slot's number is an address space: KVM_CAP_MULTI_ADDRESS_SPACE. */
	for (bit = 16; bit < 32; bit++)
		EXPECT_RULE(SET(1U << bit, 0, OTHER_IPA, PAGE), "slot 0x%x", 1U << bit);
}

TEST_F(slots, kernel_memory)
{
	uintptr_t top = ~0UL << (8 * sizeof(long) - 1), end = ~(PAGE - 1);

	/* On 32-bit kernels, user space may have more than half of the addresses. */
	if (sizeof(long) == 8)
		EXPECT_RULE(abi_slot_set(self->vm.fd, SLOT, 0, SLOT_IPA, PAGE, (void *)top),
			    "memory of the kernel, at 0x%lx", (unsigned long)top);
	EXPECT_RULE(abi_slot_set(self->vm.fd, SLOT, 0, SLOT_IPA, PAGE, (void *)end),
		    "memory of the kernel, at 0x%lx", (unsigned long)end);
	EXPECT_RULE(abi_slot_set(self->vm.fd, SLOT, 0, SLOT_IPA, 2 * PAGE, (void *)end),
		    "memory over the end of addresses");
}

TEST_F(slots, read_only_stays)
{
	ASSERT_OK(SET(SLOT, 0, SLOT_IPA, PAGE));
	EXPECT_RULE(SET(SLOT, KVM_MEM_READONLY, SLOT_IPA, PAGE), "a slot made read-only");
	ASSERT_OK(SET(SLOT + 1, KVM_MEM_READONLY, OTHER_IPA, PAGE));
	EXPECT_RULE(SET(SLOT + 1, 0, OTHER_IPA, PAGE), "a read-only slot made writable");
}

/* ---- the guest's accesses ---- */

/* Read by the guest; set by the host before it runs. */
static struct {
	uint64_t va;
	uint64_t page;	/* size in bytes */
	unsigned int pages;
} area;

/* The value of reads outside of memory and devices. */
#define NOTHING		0x5a5a5a5aU

/* Accesses that exited to user space. */
struct exits {
	unsigned int reads, writes;
};

static uint32_t answer_read(struct guest *guest, uint64_t addr)
{
	(void)addr;
	((struct exits *)guest->context)->reads++;
	return NOTHING;
}

static void count_write(struct guest *guest, const struct kvm_run *run)
{
	(void)run;
	((struct exits *)guest->context)->writes++;
}

#define CREATE_GUEST(guest, code, exits)	CREATE_GUESTS(guest, 1, code, exits)

#define CREATE_GUESTS(guest, nr_vcpus, code, exits) do {		\
	guest_create(guest, nr_vcpus, code);				\
	(guest)->context = exits;					\
	(guest)->on_read = answer_read;					\
	(guest)->on_write = count_write;					\
} while (0)

/* The pages that the guest accesses, inside of a slot or not. */
static void show_area(struct guest *guest, uint64_t gpa, unsigned int pages)
{
	area.va = guest_map_device(guest, gpa, pages * PAGE);
	area.page = PAGE;
	area.pages = pages;
	sync_global_to_guest(guest->vm, area);
}

static uint32_t word_of(unsigned int page)
{
	return 0xc0de0000 | page;
}

/* Reads the host's words and writes words of its own. */
static void exchange_words(void)
{
	unsigned int i;

	for (i = 0; i < area.pages; i++)
		guest_expect("the host's word in a page", word_of(i),
			     guest_read(area.va + i * area.page));
	for (i = 0; i < area.pages; i++)
		guest_write(area.va + i * area.page + 8, ~word_of(i));
	guest_done();
}

TEST_F(slots, each_page)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };
	bool good;
	unsigned int i;

	CREATE_GUEST(&guest, exchange_words, &exits);
	ASSERT_OK(abi_slot_set(guest.vm->fd, SLOT, 0, SLOT_IPA, NR_PAGES * PAGE, self->memory));
	show_area(&guest, SLOT_IPA, NR_PAGES);
	for (i = 0; i < NR_PAGES; i++)
		*(uint32_t *)(self->memory + i * PAGE) = word_of(i);
	good = guest_run(&guest) && !exits.reads && !exits.writes;
	for (i = 0; good && i < NR_PAGES; i++)
		good = *(uint32_t *)(self->memory + i * PAGE + 8) == ~word_of(i);
	EXPECT_RULE_WORD(holds(good), "%u pages, %u MMIO reads, %u writes, %u of the guest's words",
			 NR_PAGES, exits.reads, exits.writes, i);
}

/* One page before the slot, the slot's three pages, and one after it. */
static void access_around(void)
{
	unsigned int i;

	/* Touch the slot's pages first: a kernel that maps more than one page then does so. */
	for (i = 1; i < area.pages - 1; i++)
		guest_write(area.va + i * area.page, word_of(i));
	guest_expect("read before the slot", NOTHING, guest_read(area.va + area.page - 4));
	guest_expect("read after the slot", NOTHING,
		     guest_read(area.va + (area.pages - 1) * area.page));
	guest_write(area.va, 1);
	guest_write(area.va + (area.pages - 1) * area.page, 1);
	for (i = 1; i < area.pages - 1; i++)
		guest_expect("the slot's word", word_of(i), guest_read(area.va + i * area.page));
	guest_done();
}

TEST_F(slots, nothing_behind)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };
	bool good;

	CREATE_GUEST(&guest, access_around, &exits);
	/* The slot is in the middle of a larger mapping of the VMM. */
	ASSERT_OK(abi_slot_set(guest.vm->fd, SLOT, 0, SLOT_IPA, 3 * PAGE, self->memory + PAGE));
	show_area(&guest, SLOT_IPA - PAGE, 5);
	good = guest_run(&guest) && exits.reads == 2 && exits.writes == 2 &&
	       !*(uint32_t *)self->memory && !*(uint32_t *)(self->memory + 4 * PAGE);
	EXPECT_RULE_WORD(holds(good),
			 "2 reads and 2 writes beside a slot; MMIO: %u reads, %u writes",
			 exits.reads, exits.writes);
}

/* Accesses the page twice, with a request in between. */
static void touch_twice(void)
{
	guest_expect("the slot's word", word_of(1), guest_read(area.va));
	guest_write(area.va + 4, word_of(2));
	guest_request(0);
	guest_expect("read where the slot was", NOTHING, guest_read(area.va));
	guest_write(area.va + 4, word_of(3));
	guest_done();
}

static void delete_slot(struct guest *guest, unsigned int request)
{
	int ret = abi_slot_set(guest->vm->fd, SLOT, 0, SLOT_IPA, 0, NULL);

	(void)request;
	TEST_ASSERT(!ret, "delete a slot: %s", strerror(-ret));
}

TEST_F(slots, deleted_is_gone)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };
	uint32_t *word = (uint32_t *)self->memory;
	bool good;

	CREATE_GUEST(&guest, touch_twice, &exits);
	guest.on_request = delete_slot;
	ASSERT_OK(abi_slot_set(guest.vm->fd, SLOT, 0, SLOT_IPA, PAGE, self->memory));
	word[0] = word_of(1);
	show_area(&guest, SLOT_IPA, 1);
	good = guest_run(&guest) && exits.reads == 1 && exits.writes == 1 &&
	       word[1] == word_of(2);
	EXPECT_RULE_WORD(holds(good),
			 "a slot that is deleted under the guest; MMIO: %u reads, %u writes",
			 exits.reads, exits.writes);
}

static void follow_slot(void)
{
	uint64_t other = area.va + area.page;

	guest_expect("the slot's word", word_of(1), guest_read(area.va));
	guest_expect("read where no slot is yet", NOTHING, guest_read(other));
	guest_request(0);
	guest_expect("read where the slot was", NOTHING, guest_read(area.va));
	guest_expect("the slot's word at its new address", word_of(1), guest_read(other));
	guest_write(other + 4, word_of(2));
	guest_done();
}

static void *moved_memory;

static void move_slot(struct guest *guest, unsigned int request)
{
	int ret = abi_slot_set(guest->vm->fd, SLOT, 0, SLOT_IPA + PAGE, PAGE, moved_memory);

	(void)request;
	TEST_ASSERT(!ret, "move a slot: %s", strerror(-ret));
}

TEST_F(slots, moved)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };
	uint32_t *word = (uint32_t *)self->memory;
	bool good;

	CREATE_GUEST(&guest, follow_slot, &exits);
	guest.on_request = move_slot;
	moved_memory = self->memory;
	ASSERT_OK(abi_slot_set(guest.vm->fd, SLOT, 0, SLOT_IPA, PAGE, self->memory));
	word[0] = word_of(1);
	show_area(&guest, SLOT_IPA, 2);
	good = guest_run(&guest) && exits.reads == 2 && !exits.writes && word[1] == word_of(2);
	EXPECT_RULE_WORD(holds(good),
			 "a slot that moves under the guest; MMIO: %u reads, %u writes",
			 exits.reads, exits.writes);
}

static void find_new_slot(void)
{
	guest_read(area.va);
	guest_read(area.va);
	guest_expect("the new slot's word", word_of(1), guest_read(area.va));
	guest_done();
}

/*
 * Adds the slot, or moves it here, before the second read is answered, so that no other exit comes
 * in between.
 */
static uint32_t answer_and_set_slot(struct guest *guest, uint64_t addr)
{
	const struct exits *exits = guest->context;
	uint32_t value = answer_read(guest, addr);
	int ret;

	if (exits->reads == 2) {
		ret = abi_slot_set(guest->vm->fd, SLOT, 0, SLOT_IPA, PAGE, moved_memory);
		TEST_ASSERT(!ret, "add or move a slot: %s", strerror(-ret));
	}
	return value;
}

TEST_F(slots, added)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };
	bool good;

	CREATE_GUEST(&guest, find_new_slot, &exits);
	guest.on_read = answer_and_set_slot;
	moved_memory = self->memory;
	*(uint32_t *)self->memory = word_of(1);
	show_area(&guest, SLOT_IPA, 1);
	good = guest_run(&guest) && exits.reads == 2 && !exits.writes;
	EXPECT_RULE_WORD(holds(good),
			 "a slot where the guest had 2 MMIO exits; MMIO: %u reads, %u writes",
			 exits.reads, exits.writes);
}

TEST_F(slots, moved_onto_exits)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };
	bool good;

	CREATE_GUEST(&guest, find_new_slot, &exits);
	guest.on_read = answer_and_set_slot;
	moved_memory = self->memory;
	*(uint32_t *)self->memory = word_of(1);
	ASSERT_OK(abi_slot_set(guest.vm->fd, SLOT, 0, OTHER_IPA, PAGE, self->memory));
	show_area(&guest, SLOT_IPA, 1);
	good = guest_run(&guest) && exits.reads == 2 && !exits.writes;
	EXPECT_RULE_WORD(holds(good),
			 "a slot moved to where the guest had 2 exits; MMIO: %u reads, %u writes",
			 exits.reads, exits.writes);
}

static void write_read_only(void)
{
	guest_expect("the slot's word", word_of(1), guest_read(area.va));
	guest_write(area.va, word_of(2));
	guest_expect("the slot's word after a write", word_of(1), guest_read(area.va));
	guest_write(area.va + 4, word_of(3));	/* at an address that was not read before */
	guest_done();
}

TEST_F(slots, read_only)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };
	uint32_t *word = (uint32_t *)self->memory;
	bool good;

	CREATE_GUEST(&guest, write_read_only, &exits);
	ASSERT_OK(abi_slot_set(guest.vm->fd, SLOT, KVM_MEM_READONLY, SLOT_IPA, PAGE, self->memory));
	word[0] = word_of(1);
	show_area(&guest, SLOT_IPA, 1);
	good = guest_run(&guest) && !exits.reads && exits.writes == 2 &&
	       word[0] == word_of(1) && !word[1];
	EXPECT_RULE_WORD(holds(good), "2 writes to a read-only slot; MMIO: %u reads, %u writes",
			 exits.reads, exits.writes);
}

static void find_own(void)
{
	guest_expect("the VM's own word", word_of(area.pages), guest_read(area.va));
	guest_request(0);
	guest_expect("the VM's own word again", word_of(area.pages), guest_read(area.va));
	guest_write(area.va + 4, word_of(area.pages));
	guest_done();
}

static struct guest *second_guest;

static void run_second(struct guest *guest, unsigned int request)
{
	(void)request;
	if (guest == second_guest)
		return;
	TEST_ASSERT(guest_run(second_guest), "expected the second VM's guest to end well");
}

TEST_F(slots, two_vms)
{
	struct guest guest[2] = { 0 };
	struct exits exits = { 0 };
	unsigned int i;
	bool good;

	for (i = 0; i < 2; i++) {
		uint8_t *memory = self->memory + i * 8 * PAGE;

		CREATE_GUEST(&guest[i], find_own, &exits);
		guest[i].on_request = run_second;
		ASSERT_OK(abi_slot_set(guest[i].vm->fd, SLOT, 0, SLOT_IPA, (i + 1) * PAGE, memory));
		*(uint32_t *)memory = word_of(i + 1);
		show_area(&guest[i], SLOT_IPA, i + 1);
	}
	second_guest = &guest[1];
	good = guest_run(&guest[0]) && !exits.reads && !exits.writes &&
	       ((uint32_t *)self->memory)[1] == word_of(1) &&
	       *(uint32_t *)(self->memory + 8 * PAGE + 4) == word_of(2);
	EXPECT_RULE_WORD(holds(good),
			 "two VMs with memory at one address, one run while the other waits");
}

/* ---- changes of the VMM's memory ---- */

/* Replacements of @pages pages from @first on, while the guest waits. */
static const struct change {
	unsigned int first, pages;
	bool discard;		/* by madvise(), which leaves zeros; otherwise mmap() */
} changes[] = {
	{ 0, 1, false }, { NR_PAGES - 1, 1, false }, { 5, 3, false },
	{ NR_PAGES / 2, NR_PAGES / 2, true }, { 0, NR_PAGES, false },
};

static bool is_changed(unsigned int round, unsigned int page)
{
	return page - changes[round].first < changes[round].pages;
}

static uint32_t word_of_round(unsigned int round, unsigned int page)
{
	return 0xa0000000 | round << 16 | page;
}

/* The word in memory that has replaced a page. */
static uint32_t new_word(unsigned int round, unsigned int page)
{
	return changes[round].discard ? 0 : ~word_of_round(round, page);
}

static void follow_memory(void)
{
	unsigned int round, i;

	for (round = 0; round < ARRAY_SIZE(changes); round++) {
		for (i = 0; i < area.pages; i++)
			guest_write(area.va + i * area.page, word_of_round(round, i));
		guest_request(round);
		for (i = 0; i < area.pages; i++)
			guest_expect("the word of a page after the VMM's memory has changed",
				     is_changed(round, i) ? new_word(round, i) :
							    word_of_round(round, i),
				     guest_read(area.va + i * area.page));
	}
	guest_done();
}

static uint8_t *changed_memory;
static unsigned int wrong_words;	/* in the VMM's memory */

static void change_memory(struct guest *guest, unsigned int round)
{
	const struct change *change = &changes[round];
	uint8_t *begin = changed_memory + change->first * PAGE;
	size_t size = change->pages * PAGE;
	unsigned int i;

	(void)guest;
	for (i = 0; i < NR_PAGES; i++)
		wrong_words += *(uint32_t *)(changed_memory + i * PAGE) != word_of_round(round, i);
	if (change->discard)
		TEST_ASSERT(!madvise(begin, size, MADV_DONTNEED), "madvise: %s", strerror(errno));
	else
		TEST_ASSERT(mmap(begin, size, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == begin,
			    "mmap: %s", strerror(errno));
	for (i = change->first; !change->discard && i < change->first + change->pages; i++)
		*(uint32_t *)(changed_memory + i * PAGE) = new_word(round, i);
}

/* @high: in the upper half of the guest physical address space. */
static bool change_under_guest(void *memory, bool high)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };
	uint64_t gpa;
	int ret;

	CREATE_GUEST(&guest, follow_memory, &exits);
	guest.on_request = change_memory;
	changed_memory = memory;
	wrong_words = 0;
	gpa = high ? guest_limit(&guest) / 2 + SLOT_IPA % HUGE_SIZE : SLOT_IPA;
	ret = abi_slot_set(guest.vm->fd, SLOT, 0, gpa, NR_PAGES * PAGE, memory);
	TEST_ASSERT(!ret, "a slot at 0x%llx: %s", (unsigned long long)gpa, strerror(-ret));
	show_area(&guest, gpa, NR_PAGES);
	return guest_run(&guest) && !exits.reads && !exits.writes && !wrong_words;
}

TEST_F(slots, memory_changes)
{
	EXPECT_RULE_WORD(holds(change_under_guest(self->memory, false)),
			 "%u words of the guest missing", wrong_words);
}

TEST_F(slots, high_memory_changes)
{
	EXPECT_RULE_WORD(holds(change_under_guest(self->memory, true)),
			 "%u words of the guest missing", wrong_words);
}

/*
 * A slot that needs several last-level tables. The guest uses a few pages, at both ends of the
 * range of a table; some tables have no used page.
 */
#define LONG_PAGES	(9 * 512 + 7)

static const uint16_t used_pages[] = { 0, 511, 512, 2047, 3 * 1024, 8 * 512 + 511, LONG_PAGES - 1 };

static uint64_t used_word(unsigned int i)
{
	return area.va + used_pages[i] * area.page;
}

static void use_few_pages(void)
{
	unsigned int round, i;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < ARRAY_SIZE(used_pages); i++)
			guest_write(used_word(i), word_of_round(round, i));
		guest_request(round);
		for (i = 0; i < ARRAY_SIZE(used_pages); i++)
			guest_expect("the word of a page after all pages were replaced", round,
				     guest_read(used_word(i)));
	}
	guest_done();
}

/* Discards all memory at once, which leaves zeros, or maps other memory. */
static void replace_all(struct guest *guest, unsigned int round)
{
	unsigned int i;

	(void)guest;
	for (i = 0; i < ARRAY_SIZE(used_pages); i++)
		wrong_words += *(uint32_t *)(changed_memory + used_pages[i] * PAGE) !=
			       word_of_round(round, i);
	if (!round) {
		TEST_ASSERT(!madvise(changed_memory, LONG_PAGES * PAGE, MADV_DONTNEED),
			    "madvise: %s", strerror(errno));
		return;
	}
	TEST_ASSERT(mmap(changed_memory, LONG_PAGES * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == changed_memory,
		    "mmap: %s", strerror(errno));
	for (i = 0; i < ARRAY_SIZE(used_pages); i++)
		*(uint32_t *)(changed_memory + used_pages[i] * PAGE) = round;
}

/* A slot of LONG_PAGES pages, in memory that the VMM has not touched. */
static void *add_long_slot(struct guest *guest, uint32_t flags)
{
	void *memory = new_memory(LONG_PAGES * PAGE);
	int ret = abi_slot_set(guest->vm->fd, SLOT, flags, SLOT_IPA, LONG_PAGES * PAGE, memory);

	TEST_ASSERT(!ret, "a slot of %u pages: %s", LONG_PAGES, strerror(-ret));
	show_area(guest, SLOT_IPA, LONG_PAGES);
	return memory;
}

TEST_F(slots, sparse_memory_changes)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };

	CREATE_GUEST(&guest, use_few_pages, &exits);
	guest.on_request = replace_all;
	wrong_words = 0;
	changed_memory = add_long_slot(&guest, 0);
	EXPECT_RULE_WORD(holds(guest_run(&guest) && !exits.reads && !exits.writes && !wrong_words),
			 "%u words of the guest missing", wrong_words);
}

/* ---- changes while a vCPU runs ---- */

/*
 * The second vCPU accesses a page all the time and causes no exits, while the VMM replaces the page
 * in the first vCPU's thread: no old translation may remain in a TLB.
 */
#define NR_ROUNDS	30U

static volatile unsigned int accesses_made;	/* of the second vCPU */
static volatile unsigned int changed_round;	/* last round whose page the host has mapped */
static volatile unsigned int seen_round;

/*
 * Waits until the second vCPU has made an access that began after this call, so that it is running.
 * sched_yield() lets an emulator switch to that vCPU at once. If the emulator switched only at the
 * end of a time slice, a timer interrupt would cause a guest exit first.
 */
static void await_access(struct guest *guest)
{
	volatile unsigned int *made = GUEST_ADDR(guest, accesses_made);
	unsigned int before = *made, turn = 0;

	while (*made - before < 2 && !guest->failed && !guest->late) {
		guest_relax();
		if (!(++turn % 1000))
			sched_yield();
	}
}

static void watch_page(void)
{
	unsigned int round;

	for (round = 1; round <= NR_ROUNDS; round++) {
		struct guest_wait outer = guest_wait_begin("the next change of the page");

		while (changed_round != round) {
			guest_read(area.va);
			accesses_made++;
			guest_relax();
		}
		guest_wait_end(outer);
		__sync_synchronize();
		guest_expect("the word of the page that has replaced another", word_of(round),
			     guest_read(area.va));
		seen_round = round;
	}
	guest_done();
}

static void change_or_watch(void)
{
	unsigned int round;

	if (guest_cpu())
		watch_page();
	for (round = 1; round <= NR_ROUNDS; round++) {
		guest_request(round);
		guest_await("the other vCPU's access to the new page", &seen_round, round);
	}
	guest_done();
}

/* The new page has its word before the guest can see it. */
static void replace_page(struct guest *guest, unsigned int round)
{
	uint32_t *page = new_memory(PAGE);

	*page = word_of(round);
	await_access(guest);
	move_page((char *)page, (char *)changed_memory);
	*GUEST_ADDR(guest, changed_round) = round;
}

TEST_F(slots, changed_while_running)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };

	CREATE_GUESTS(&guest, 2, change_or_watch, &exits);
	guest.on_request = replace_page;
	changed_memory = self->memory;
	ASSERT_OK(abi_slot_set(guest.vm->fd, SLOT, 0, SLOT_IPA, NR_PAGES * PAGE, self->memory));
	show_area(&guest, SLOT_IPA, 1);
	EXPECT_RULE_WORD(holds(guest_run(&guest) && !exits.reads && !exits.writes),
			 "%u changes of a page that another vCPU reads", NR_ROUNDS);
}

/* ---- the VMM forks ---- */

enum { FORK, JOIN };

/* Writes to all pages before and after the fork. */
static void write_around_fork(void)
{
	unsigned int round, i;

	for (round = FORK; round <= JOIN; round++) {
		for (i = 0; i < area.pages; i++)
			guest_write(area.va + i * area.page, word_of_round(round, i));
		guest_request(round);
	}
	guest_done();
}

static struct {
	uint8_t *memory;
	pid_t pid;
	int go[2];	/* pipe */
	bool good;	/* the child has seen no later write */
} child;

/* Checks the child's copy after the guest has written to the parent's memory. */
static void run_child(void)
{
	unsigned int i;
	char byte;

	if (read(child.go[0], &byte, 1) != 1)
		_exit(1);
	for (i = 0; i < NR_PAGES; i++)
		if (*(uint32_t *)(child.memory + i * PAGE) != word_of_round(FORK, i))
			_exit(1);
	_exit(0);
}

static void fork_or_join(struct guest *guest, unsigned int request)
{
	int status;

	(void)guest;
	if (request == FORK) {
		child.pid = fork();
		TEST_ASSERT(child.pid >= 0, "fork: %s", strerror(errno));
		if (!child.pid)
			run_child();
		return;
	}
	TEST_ASSERT(write(child.go[1], "", 1) == 1, "write: %s", strerror(errno));
	TEST_ASSERT(waitpid(child.pid, &status, 0) == child.pid, "waitpid: %s", strerror(errno));
	child.good = WIFEXITED(status) && !WEXITSTATUS(status);
}

TEST_F(slots, forked)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };
	unsigned int i;
	bool good;

	ASSERT_EQ(0, pipe(child.go));
	CREATE_GUEST(&guest, write_around_fork, &exits);
	guest.on_request = fork_or_join;
	child.memory = self->memory;
	ASSERT_OK(abi_slot_set(guest.vm->fd, SLOT, 0, SLOT_IPA, NR_PAGES * PAGE, self->memory));
	show_area(&guest, SLOT_IPA, NR_PAGES);
	good = guest_run(&guest) && child.good;
	for (i = 0; good && i < NR_PAGES; i++)
		good = *(uint32_t *)(self->memory + i * PAGE) == word_of_round(JOIN, i);
	EXPECT_RULE_WORD(holds(good), "pages written before and after a fork(); child: %s",
			 child.good ? "as it was" : "changed");
}

/* ---- the log of dirty pages ---- */

#define LOG		KVM_MEM_LOG_DIRTY_PAGES
#define LOG_WORDS	(NR_PAGES / 32)

static int get_log(int vm, uint32_t slot, uint32_t *bitmap)
{
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = bitmap };

	return abi_ioctl(vm, KVM_GET_DIRTY_LOG, &log);
}

TEST_F(slots, log_flag)
{
	ASSERT_OK(SET(SLOT, 0, SLOT_IPA, PAGE));
	EXPECT_RULE(SET(SLOT, LOG, SLOT_IPA, PAGE), "set the flag");
	EXPECT_RULE(SET(SLOT, LOG, SLOT_IPA, PAGE), "set the flag again");
	EXPECT_RULE(SET(SLOT, 0, SLOT_IPA, PAGE), "clear the flag");
	EXPECT_RULE(SET(SLOT + 1, LOG | KVM_MEM_READONLY, OTHER_IPA, PAGE),
		    "set the flag for a new read-only slot");
}

TEST_F(slots, no_log)
{
	uint32_t bitmap[2] = { 0 };

	EXPECT_RULE(get_log(self->vm.fd, SLOT, bitmap), "the log of a slot that does not exist");
	ASSERT_OK(SET(SLOT, 0, SLOT_IPA, PAGE));
	EXPECT_RULE(get_log(self->vm.fd, SLOT, bitmap), "the log of a slot that has none");
	ASSERT_OK(SET(SLOT, LOG, SLOT_IPA, PAGE));
	ASSERT_OK(get_log(self->vm.fd, SLOT, bitmap));
	ASSERT_OK(SET(SLOT, 0, SLOT_IPA, PAGE));
	EXPECT_RULE(get_log(self->vm.fd, SLOT, bitmap), "a log that was turned off");
}

TEST_F(slots, log_unknown_id)
{
	int max = abi_ioctl(self->vm.kvm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_NR_MEMSLOTS);
	uint32_t bitmap[2] = { 0 };

	EXPECT_RULE(get_log(self->vm.fd, max, bitmap), "slot %d", max);
	EXPECT_RULE(get_log(self->vm.fd, 0x7fff + 1, bitmap), "slot 32768");
}

TEST_F(slots, log_bad_pointer)
{
	ASSERT_OK(SET(SLOT, LOG, SLOT_IPA, NR_PAGES * PAGE));
	EXPECT_RULE(get_log(self->vm.fd, SLOT, NULL), "a bitmap at NULL");
	EXPECT_RULE(get_log(self->vm.fd, SLOT,
			    abi_edge_of_memory(LOG_WORDS * sizeof(uint32_t) - 1)),
		    "a bitmap whose last byte is not mapped");
}

/* Pages that the guest writes to in each round; includes both ends of each word and of the slot. */
static const uint32_t written[][LOG_WORDS] = {
	{ 0x80000003, 0x80000001 },
	{ 0 },
	{ 0x80010001, 0x00000001 },
};

static void write_pages(unsigned int round)
{
	unsigned int i;

	for (i = 0; i < area.pages; i++)
		if (written[round][i / 32] >> i % 32 & 1)
			guest_write(area.va + i * area.page + 4, word_of(i));
}

/*
 * Reads all pages and writes to the pages of the round. In the first round the guest writes first:
 * a kernel that also maps pages around the faulting page must not map them writable.
 */
static void write_some(void)
{
	unsigned int round, i;

	for (round = 0; round < ARRAY_SIZE(written); round++) {
		if (!round)
			write_pages(round);
		for (i = 0; i < area.pages; i++)
			guest_read(area.va + i * area.page);
		if (round)
			write_pages(round);
		guest_request(round);
	}
	guest_done();
}

static struct {
	bool begin_late;
	unsigned int wrong;	/* rounds whose log was wrong */
	uint32_t log[LOG_WORDS];	/* the last wrong log */
	void *memory;
} logged;

static void compare_log(struct guest *guest, unsigned int round)
{
	uint32_t log[LOG_WORDS] = { 0 };
	int ret = 0;

	if (logged.begin_late && !round) {
		ret = abi_slot_set(guest->vm->fd, SLOT, LOG, SLOT_IPA, NR_PAGES * PAGE,
				   logged.memory);
	} else {
		ret = get_log(guest->vm->fd, SLOT, log);
		if (memcmp(log, written[round], sizeof(log))) {
			logged.wrong++;
			memcpy(logged.log, log, sizeof(log));
		}
	}
	TEST_ASSERT(!ret, "the log of round %u: %s", round, strerror(-ret));
}

static bool log_guest(void *memory, bool begin_late)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };
	int ret;

	CREATE_GUEST(&guest, write_some, &exits);
	guest.on_request = compare_log;
	logged.begin_late = begin_late;
	logged.wrong = 0;
	logged.memory = memory;
	ret = abi_slot_set(guest.vm->fd, SLOT, begin_late ? 0 : LOG, SLOT_IPA, NR_PAGES * PAGE,
			   memory);
	TEST_ASSERT(!ret, "a slot with a log: %s", strerror(-ret));
	show_area(&guest, SLOT_IPA, NR_PAGES);
	return guest_run(&guest) && !exits.reads && !exits.writes && !logged.wrong;
}

TEST_F(slots, dirty_log)
{
	EXPECT_RULE_WORD(holds(log_guest(self->memory, false)),
			 "%u of %u logs wrong, the last of them 0x%08x 0x%08x", logged.wrong,
			 (unsigned int)ARRAY_SIZE(written), logged.log[0], logged.log[1]);
}

TEST_F(slots, dirty_log_begun)
{
	EXPECT_RULE_WORD(holds(log_guest(self->memory, true)),
			 "%u logs wrong, the last of them 0x%08x 0x%08x", logged.wrong,
			 logged.log[0], logged.log[1]);
}

/* Requests: turn the log on; expect all used pages in it, twice; expect no page in it. */
enum { BEGIN_LOG, SEE_ALL, SEE_ALL_AGAIN, SEE_NONE };

static void write_few_pages(void)
{
	unsigned int round, i;

	for (round = BEGIN_LOG; round <= SEE_NONE; round++) {
		for (i = 0; round < SEE_NONE && i < ARRAY_SIZE(used_pages); i++)
			guest_write(used_word(i), word_of_round(round, i));
		guest_request(round);
	}
	guest_done();
}

static bool is_used(unsigned int page)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(used_pages); i++)
		if (used_pages[i] == page)
			return true;
	return false;
}

static unsigned int wrong_pages;	/* pages with a wrong mark in the log */

static void compare_long_log(struct guest *guest, unsigned int round)
{
	uint64_t log[(LONG_PAGES + 63) / 64] = { 0 };
	const uint32_t *words = (uint32_t *)log;
	unsigned int page;
	int ret;

	if (round == BEGIN_LOG) {
		ret = abi_slot_set(guest->vm->fd, SLOT, LOG, SLOT_IPA, LONG_PAGES * PAGE,
				   logged.memory);
		TEST_ASSERT(!ret, "begin a log: %s", strerror(-ret));
		return;
	}
	ret = get_log(guest->vm->fd, SLOT, (uint32_t *)log);
	TEST_ASSERT(!ret, "the log of round %u: %s", round, strerror(-ret));
	for (page = 0; page < LONG_PAGES; page++)
		if ((words[page / 32] >> page % 32 & 1) != (round < SEE_NONE && is_used(page))) {
			if (!wrong_pages++)
				fprintf(stderr, "page %u: wrong mark in round %u\n", page, round);
		}
}

TEST_F(slots, long_dirty_log)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };

	CREATE_GUEST(&guest, write_few_pages, &exits);
	guest.on_request = compare_long_log;
	wrong_pages = 0;
	logged.memory = add_long_slot(&guest, 0);
	EXPECT_RULE_WORD(holds(guest_run(&guest) && !exits.reads && !exits.writes && !wrong_pages),
			 "%u pages with a wrong mark in the log", wrong_pages);
}

static volatile unsigned int stop_writing;

static void write_always(void)
{
	struct guest_wait outer = guest_wait_begin("the end of the other vCPU's rounds");

	while (!stop_writing) {
		guest_write(area.va, accesses_made);
		accesses_made++;
		guest_relax();
	}
	guest_wait_end(outer);
	guest_done();
}

static void look_or_write(void)
{
	unsigned int round;

	if (guest_cpu())
		write_always();
	for (round = 0; round < NR_ROUNDS; round++)
		guest_request(round);
	stop_writing = 1;
	guest_done();
}

static void expect_mark(struct guest *guest)
{
	uint32_t log[LOG_WORDS] = { 0 };
	int ret;

	await_access(guest);
	ret = get_log(guest->vm->fd, SLOT, log);
	TEST_ASSERT(!ret, "KVM_GET_DIRTY_LOG: %s", strerror(-ret));
	wrong_pages += log[0] != 1 || log[1];
}

static void set_log(struct guest *guest, uint32_t flags)
{
	int ret = abi_slot_set(guest->vm->fd, SLOT, flags, SLOT_IPA, NR_PAGES * PAGE,
			       logged.memory);

	TEST_ASSERT(!ret, "flags 0x%x of a slot: %s", flags, strerror(-ret));
}

/* The vCPU writes to the page after each of these calls, so the next log has to mark it. */
static void begin_and_look(struct guest *guest, unsigned int round)
{
	(void)round;
	set_log(guest, 0);
	await_access(guest);
	set_log(guest, LOG);
	expect_mark(guest);
	expect_mark(guest);
}

TEST_F(slots, logged_while_running)
{
	struct exits exits = { 0 };
	struct guest guest = { 0 };

	CREATE_GUESTS(&guest, 2, look_or_write, &exits);
	guest.on_request = begin_and_look;
	wrong_pages = 0;
	logged.memory = self->memory;
	set_log(&guest, 0);
	show_area(&guest, SLOT_IPA, 1);
	EXPECT_RULE_WORD(holds(guest_run(&guest) && !exits.reads && !exits.writes && !wrong_pages),
			 "%u of %u logs wrong while a vCPU writes to a page all the time",
			 wrong_pages, 2 * NR_ROUNDS);
}

/* The guest has written to the first and the last page before the slot moves. */
static void write_and_wait(void)
{
	guest_write(area.va, word_of(1));
	guest_write(area.va + (area.pages - 1) * area.page, word_of(2));
	guest_request(0);
	guest_done();
}

static void move_logged(struct guest *guest, unsigned int request)
{
	int ret = abi_slot_set(guest->vm->fd, SLOT, LOG, OTHER_IPA, NR_PAGES * PAGE,
			       logged.memory);

	(void)request;
	TEST_ASSERT(!ret, "move a slot with a log: %s", strerror(-ret));
	ret = get_log(guest->vm->fd, SLOT, logged.log);
	TEST_ASSERT(!ret, "KVM_GET_DIRTY_LOG: %s", strerror(-ret));
}

TEST_F(slots, log_moved)
{
	static const uint32_t want[LOG_WORDS] = { 1, 0x80000000 };
	struct exits exits = { 0 };
	struct guest guest = { 0 };
	bool good;

	CREATE_GUEST(&guest, write_and_wait, &exits);
	guest.on_request = move_logged;
	logged.memory = self->memory;
	ASSERT_OK(abi_slot_set(guest.vm->fd, SLOT, LOG, SLOT_IPA, NR_PAGES * PAGE, self->memory));
	show_area(&guest, SLOT_IPA, NR_PAGES);
	good = guest_run(&guest) && !memcmp(logged.log, want, sizeof(want));
	EXPECT_RULE_WORD(holds(good), "the log of a slot that has moved: 0x%08x 0x%08x",
			 logged.log[0], logged.log[1]);
}

#include "harness/rule_main.h"
