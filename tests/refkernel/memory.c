// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest memory: after any change of the VMM's address space, the guest's next access sees the
 * same memory as the VMM.
 *
 *   memory [--list] [--tests PATTERN]	[--after TEST]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOST_TESTS_APART
#include "test_guest.h"

#define DATA_IPA	0x80000000U
#define PAGE		4096U
#define DATA_PAGES	4U
#define DATA_SIZE	(DATA_PAGES * PAGE)

/* ---- a guest that does one access at a time ---- */

/* r0: address; r1: an unmapped address; r2: value; r3: 0 to load, 1 to store. */
static const uint32_t code[] = {
	0xe3530000,	/* 0: cmp r3, #0 */
	0x15802000,	/*    strne r2, [r0] */
	0x05904000,	/*    ldreq r4, [r0] */
	0xe5814000,	/*    str r4, [r1] */
	0xeafffffa,	/*    b 0b */
};

struct guest {
	struct vm vm;
	char *data;		/* the DATA_SIZE bytes at DATA_IPA */
};

enum { LOAD, STORE };

static void *map_at(void *at, size_t size, int fd)
{
	return mmap(at, size, PROT_READ | PROT_WRITE,
		    (fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED) |
		    (at ? MAP_FIXED : 0), fd, 0);
}

static void create(struct guest *g)
{
	char *page = map_at(NULL, PAGE, -1);

	memcpy(page, code, sizeof(code));
	g->data = map_at(NULL, DATA_SIZE, -1);
	if (!vm_create(&g->vm, page, PAGE) ||
	    !set_region(g->vm.fd, 1, DATA_IPA, g->data, DATA_SIZE, 0) ||
	    !vm_add_vcpu(&g->vm, 0) || !vm_add_vcpu(&g->vm, 0))
		ksft_exit_fail_msg("no guest\n");
}

static void destroy(struct guest *g)
{
	vm_destroy(&g->vm);
}

/* Makes vCPU 0 do one access. Returns 0 or the negative errno of KVM_RUN. */
static int access_at(struct guest *g, unsigned int op, uint32_t offset, uint32_t *value)
{
	int vcpu = g->vm.vcpu[0];

	if (!set_core_reg(vcpu, 0, DATA_IPA + offset) || !set_core_reg(vcpu, 1, EXIT_IPA) ||
	    !set_core_reg(vcpu, 2, *value) || !set_core_reg(vcpu, 3, op) ||
	    !set_core_reg(vcpu, 15, CODE_IPA))
		return -ENOTRECOVERABLE;
	if (ioctl(vcpu, KVM_RUN, 0))
		return -errno;
	if (g->vm.run[0]->exit_reason != KVM_EXIT_MMIO ||
	    g->vm.run[0]->mmio.phys_addr != EXIT_IPA)
		return -EPROTO;
	if (op == LOAD)
		memcpy(value, g->vm.run[0]->mmio.data, sizeof(*value));
	return 0;
}

static bool expect_load(struct guest *g, const char *what, uint32_t offset, uint32_t expected)
{
	uint32_t value = 0;
	int ret = access_at(g, LOAD, offset, &value);

	if (!ret && value == expected)
		return true;
	ksft_print_msg("%s: expected the guest to read 0x%x, got 0x%x (%s)\n", what,
		       expected, value, ret ? strerror(-ret) : "no error");
	return false;
}

static bool expect_store(struct guest *g, const char *what, uint32_t offset, uint32_t value)
{
	int ret = access_at(g, STORE, offset, &value);
	uint32_t seen = ret ? 0 : *(volatile uint32_t *)(g->data + offset);

	if (!ret && seen == value)
		return true;
	ksft_print_msg("%s: expected the VMM to find 0x%x, got 0x%x (%s)\n", what,
		       value, seen, ret ? strerror(-ret) : "no error");
	return false;
}

static bool expect_error(struct guest *g, const char *what, unsigned int op,
			 uint32_t offset, int error)
{
	uint32_t value = 0xbad;
	int ret = access_at(g, op, offset, &value);

	if (ret == -error)
		return true;
	ksft_print_msg("%s: expected %s from KVM_RUN, got %s\n", what,
		       strerror(error), ret ? strerror(-ret) : "success");
	return false;
}

static void put(struct guest *g, uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(g->data + offset) = value;
}

/* ---- the tests ---- */

static bool mapped_anew(struct guest *g)
{
	put(g, 0, 0x111);
	if (!expect_load(g, "at first", 0, 0x111))
		return false;
	munmap(g->data, PAGE);
	if (!expect_error(g, "after munmap", LOAD, 0, EFAULT))
		return false;
	map_at(g->data, PAGE, -1);
	put(g, 0, 0x222);
	return expect_load(g, "after mmap at the same address", 0, 0x222) &&
	       expect_store(g, "after mmap at the same address", 0, 0x333);
}

static bool moved(struct guest *g)
{
	char *elsewhere = map_at(NULL, PAGE, -1);

	put(g, 0, 0x111);
	if (!expect_store(g, "at first", 0, 0x123))
		return false;
	if (mremap(g->data, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere) != elsewhere)
		return false;
	if (!expect_error(g, "after mremap away", LOAD, 0, EFAULT))
		return false;
	map_at(g->data, PAGE, -1);
	if (!expect_load(g, "another page at the old address", 0, 0))
		return false;
	if (mremap(elsewhere, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, g->data) != g->data)
		return false;
	return expect_load(g, "after mremap back", 0, 0x123);
}

static bool discarded(struct guest *g)
{
	if (!expect_store(g, "at first", 8, 0x111))
		return false;
	madvise(g->data, PAGE, MADV_DONTNEED);
	return expect_load(g, "after MADV_DONTNEED", 8, 0) &&
	       expect_store(g, "after MADV_DONTNEED", 8, 0x222);
}

/* A store by the guest cancels MADV_FREE. */
static bool freed_lazily(struct guest *g)
{
	put(g, 0, 0x111);
	madvise(g->data, PAGE, MADV_FREE);
	if (!expect_store(g, "after MADV_FREE", 0, 0x222))
		return false;
	madvise(g->data, PAGE, MADV_PAGEOUT);
	return expect_load(g, "after MADV_PAGEOUT", 0, 0x222);
}

static bool forked(struct guest *g)
{
	int go[2], status;
	uint32_t child[2];
	pid_t pid;
	char byte;
	bool good;

	put(g, 0, 0x111);
	if (!expect_store(g, "at first", PAGE, 0x222) || pipe(go))
		return false;
	pid = fork();
	if (!pid) {
		/* The child has the content at the time of fork(). */
		if (read(go[0], &byte, 1) != 1)
			_exit(3);
		memcpy(&child[0], g->data, 4);
		memcpy(&child[1], g->data + PAGE, 4);
		_exit(child[0] != 0x111 ? 1 : child[1] != 0x222 ? 2 : 0);
	}
	put(g, 0, 0x333);
	good = expect_load(g, "written by the VMM after fork", 0, 0x333) &&
	       expect_load(g, "not written after fork", PAGE, 0x222) &&
	       expect_store(g, "the guest, after fork", PAGE, 0x444) &&
	       expect_store(g, "the guest, after fork and the VMM", 0, 0x555);
	if (write(go[1], "", 1) != 1 || waitpid(pid, &status, 0) != pid || status) {
		ksft_print_msg("child: expected an unchanged copy, got wait status 0x%x\n",
			       status);
		good = false;
	}
	close(go[0]);
	close(go[1]);
	return good && expect_load(g, "after the child's end", 0, 0x555) &&
	       expect_store(g, "after the child's end", PAGE, 0x666);
}

static bool protected(struct guest *g)
{
	if (!expect_store(g, "at first", 0, 0x111))
		return false;
	mprotect(g->data, PAGE, PROT_READ);
	if (!expect_load(g, "after mprotect", 0, 0x111) ||
	    !expect_error(g, "a store after mprotect", STORE, 0, EFAULT))
		return false;
	mprotect(g->data, PAGE, PROT_READ | PROT_WRITE);
	return expect_load(g, "after the second mprotect", 0, 0x111) &&
	       expect_store(g, "after the second mprotect", 0, 0x222);
}

static bool file(struct guest *g)
{
	int fd = syscall(SYS_memfd_create, "memory", 0);
	volatile uint32_t *other;

	if (fd < 0 || ftruncate(fd, DATA_SIZE))
		return false;
	map_at(g->data, DATA_SIZE, fd);
	other = map_at(NULL, DATA_SIZE, fd);
	other[0] = 0x111;
	if (!expect_load(g, "written through another mapping", 0, 0x111) ||
	    !expect_store(g, "into the file", PAGE, 0x222))
		return false;
	if (other[PAGE / 4] != 0x222) {
		ksft_print_msg("another mapping: expected 0x222, got 0x%x\n", other[PAGE / 4]);
		return false;
	}
	if (ftruncate(fd, PAGE))
		return false;
	if (!expect_error(g, "behind the end of the file", LOAD, PAGE, EFAULT) ||
	    !expect_load(g, "before the end of the file", 0, 0x111))
		return false;
	return !ftruncate(fd, DATA_SIZE) &&
	       expect_load(g, "after the file has grown again", PAGE, 0);
}

static bool zero_page(struct guest *g)
{
	if (!expect_load(g, "never touched", 2 * PAGE, 0))
		return false;
	put(g, 2 * PAGE, 0x111);
	return expect_load(g, "touched by the VMM", 2 * PAGE, 0x111) &&
	       expect_load(g, "never touched", 3 * PAGE, 0) &&
	       expect_store(g, "touched by the guest", 3 * PAGE, 0x222);
}

static bool slot_moved(struct guest *g)
{
	uint32_t value = 0;

	if (!expect_store(g, "at first", 0, 0x111) ||
	    !set_region(g->vm.fd, 1, DATA_IPA + DATA_SIZE, g->data, DATA_SIZE, 0))
		return false;
	if (!expect_load(g, "at its new address", DATA_SIZE, 0x111))
		return false;
	/* The old address is unmapped: the access is an MMIO exit. */
	if (access_at(g, LOAD, 0, &value) != -EPROTO ||
	    g->vm.run[0]->mmio.phys_addr != DATA_IPA)
		return false;
	return set_region(g->vm.fd, 1, DATA_IPA, NULL, 0, 0) &&
	       access_at(g, LOAD, DATA_SIZE, &value) == -EPROTO;
}

static bool read_only_slot(struct guest *g)
{
	uint32_t value = 0x999;

	put(g, 0, 0x111);
	if (!set_region(g->vm.fd, 1, DATA_IPA, NULL, 0, 0) ||
	    !set_region(g->vm.fd, 1, DATA_IPA, g->data, DATA_SIZE, KVM_MEM_READONLY) ||
	    !expect_load(g, "read-only", 0, 0x111))
		return false;
	if (access_at(g, STORE, 0, &value) != -EPROTO || !g->vm.run[0]->mmio.is_write ||
	    g->vm.run[0]->mmio.phys_addr != DATA_IPA) {
		ksft_print_msg("store to a read-only slot: expected an MMIO exit, got reason %u\n",
			       g->vm.run[0]->exit_reason);
		return false;
	}
	put(g, 0, 0x222);
	return expect_load(g, "read-only, changed by the VMM", 0, 0x222);
}

/* ---- changes while another vCPU loads ---- */

#define REMAPS	200

static struct race {
	struct guest *g;
	volatile uint32_t settled;	/* loads that begin from now on return this or more */
	volatile bool stop;
	volatile unsigned int loads;
	char trouble[128];
} race;

/* Loads repeatedly. No value may be older than race.settled at the start of its load. */
static void *look(void *unused)
{
	struct guest *g = race.g;
	uint32_t before, value;

	(void)unused;
	while (!race.stop && !race.trouble[0]) {
		before = race.settled;
		set_core_reg(g->vm.vcpu[1], 15, CODE_IPA);
		if (ioctl(g->vm.vcpu[1], KVM_RUN, 0)) {
			if (errno == EFAULT)
				continue;	/* between two mappings */
			snprintf(race.trouble, sizeof(race.trouble), "KVM_RUN: %s",
				 strerror(errno));
			break;
		}
		memcpy(&value, g->vm.run[1]->mmio.data, sizeof(value));
		race.loads++;
		/* 0: a new page that has not been written to. */
		if (value && value < before)
			snprintf(race.trouble, sizeof(race.trouble),
				 "expected to read 0x%x or later, got 0x%x", before, value);
	}
	return NULL;
}

/* Waits for a load that began after this call. */
static bool looked_again(void)
{
	struct patient_wait wait = wait_begin();
	unsigned int before = race.loads;
	const char *why;

	while (race.loads - before < 2 && !race.trouble[0]) {
		why = wait_in_vain(&wait);
		if (why) {
			ksft_print_msg("expected a load by the other vCPU, waited %ld ms: %s\n",
				       wait_ms(&wait), why);
			return false;
		}
		usleep(100);
	}
	return true;
}

static bool remapped_meanwhile(struct guest *g)
{
	bool looked = true;
	pthread_t thread;
	unsigned int i;

	race = (struct race) { .g = g };
	put(g, 0, 1);
	set_core_reg(g->vm.vcpu[1], 0, DATA_IPA);
	set_core_reg(g->vm.vcpu[1], 1, EXIT_IPA);
	set_core_reg(g->vm.vcpu[1], 3, LOAD);
	if (pthread_create(&thread, NULL, look, NULL))
		return false;
	for (i = 2; i < REMAPS && looked && !race.trouble[0]; i++) {
		/* In turn: a new mapping, a discarded page, copy-on-write after fork(). */
		if (i % 3 == 0)
			map_at(g->data, PAGE, -1);
		else if (i % 3 == 1)
			madvise(g->data, PAGE, MADV_DONTNEED);
		else if (!fork())
			_exit(0);
		put(g, 0, i);
		race.settled = i;
		while (i % 3 == 2 && waitpid(-1, NULL, 0) > 0)
			;
		looked = looked_again();
	}
	race.stop = true;
	pthread_join(thread, NULL);
	if (race.trouble[0])
		ksft_print_msg("%s\n", race.trouble);
	return looked && !race.trouble[0];
}

/* ---- main ---- */

/* Each test has its own VM. */
static bool with_guest(bool (*run)(struct guest *g))
{
	struct guest g = { 0 };
	bool good;

	create(&g);
	good = run(&g);
	destroy(&g);
	return good;
}

ALONE(mapped_anew)
ALONE(moved)
ALONE(discarded)
ALONE(freed_lazily)
ALONE(forked)
ALONE(protected)
ALONE(file)
ALONE(zero_page)
ALONE(slot_moved)
ALONE(read_only_slot)
ALONE(remapped_meanwhile)

static const struct host_test tests[] = {
	{ "memory.any.mapped_anew", mapped_anew_alone },
	{ "memory.any.moved", moved_alone },
	{ "memory.any.discarded", discarded_alone },
	{ "memory.any.freed_lazily", freed_lazily_alone },
	{ "memory.any.forked", forked_alone },
	{ "memory.any.protected", protected_alone },
	{ "memory.any.file", file_alone },
	{ "memory.any.zero_page", zero_page_alone },
	{ "memory.any.slot_moved", slot_moved_alone },
	{ "memory.any.read_only_slot", read_only_slot_alone },
	{ "memory.any.remapped_meanwhile", remapped_meanwhile_alone },
};

int main(int argc, char **argv)
{
	return host_tests(tests, ARRAY_SIZE(tests), argc, argv);
}
