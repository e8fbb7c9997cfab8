// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest memory: after any change of the VMM's address space, the guest's next access sees the
 * same memory as the VMM. Also dirty logging, faults that wait for user space, and the limit and
 * the accounting of stage 2 tables.
 *
 *   memory [--list] [--tests PATTERN] [--after TEST]
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
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOST_TESTS_APART
#include "sparse_guest.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

#define DATA_IPA	0x80000000U
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

/* Makes a vCPU do one access. Returns 0 or the negative errno of KVM_RUN. */
static int access_by(struct guest *g, unsigned int cpu, unsigned int op, uint32_t offset,
		     uint32_t *value)
{
	int vcpu = g->vm.vcpu[cpu];

	if (!set_core_reg(vcpu, 0, DATA_IPA + offset) || !set_core_reg(vcpu, 1, EXIT_IPA) ||
	    !set_core_reg(vcpu, 2, *value) || !set_core_reg(vcpu, 3, op) ||
	    !set_core_reg(vcpu, 15, CODE_IPA))
		return -ENOTRECOVERABLE;
	if (ioctl(vcpu, KVM_RUN, 0))
		return -errno;
	if (g->vm.run[cpu]->exit_reason != KVM_EXIT_MMIO ||
	    g->vm.run[cpu]->mmio.phys_addr != EXIT_IPA)
		return -EPROTO;
	if (op == LOAD)
		memcpy(value, g->vm.run[cpu]->mmio.data, sizeof(*value));
	return 0;
}

static int access_at(struct guest *g, unsigned int op, uint32_t offset, uint32_t *value)
{
	return access_by(g, 0, op, offset, value);
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

/* The discarded range begins before the memory of a slot at guest address 0. */
static bool discarded_from_before(struct guest *g)
{
	const uint32_t offset = -DATA_IPA;
	char *at = map_at(NULL, 2 * PAGE, -1);

	*(volatile uint32_t *)(at + PAGE) = 0x111;
	if (!set_region(g->vm.fd, 2, 0, at + PAGE, PAGE, 0) ||
	    !expect_load(g, "at first", offset, 0x111))
		return false;
	madvise(at, 2 * PAGE, MADV_DONTNEED);
	return expect_load(g, "after MADV_DONTNEED", offset, 0);
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
	if (!expect_error(g, "after the end of the file", LOAD, PAGE, EFAULT) ||
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

/* ---- huge pages ---- */

#define HUGE_SIZE	(512 * PAGE)
#define HUGE_IPA	(DATA_IPA + 0x10000000U)

/* A huge page whose pages begin with their numbers, or NULL. */
static char *map_huge(void)
{
	char *at = map_at(NULL, 2 * HUGE_SIZE, -1);
	unsigned int i, tries = 10;

	at += -(uintptr_t)at & (HUGE_SIZE - 1);
	for (i = 0; i < 512; i++)
		memcpy(at + i * PAGE, &i, sizeof(i));
	while (madvise(at, HUGE_SIZE, MADV_COLLAPSE) && tries--)
		write_file("/proc/sys/vm/compact_memory", "1");
	return check(tries != ~0U, "a huge page, by MADV_COLLAPSE") ? at : NULL;
}

/* The slot ends within the huge page. The guest first loads from the slot's last page. */
static bool huge_page_cut(struct guest *g)
{
	const uint32_t pages = 500, offset = HUGE_IPA - DATA_IPA;
	uint32_t value, i;
	char *huge;
	bool good;

	if (access("/sys/kernel/mm/transparent_hugepage", F_OK)) {
		skipped_because = "this kernel has no huge pages";
		return true;
	}
	huge = map_huge();
	good = huge && set_region(g->vm.fd, 2, HUGE_IPA, huge, pages * PAGE, 0) &&
	       expect_load(g, "the last page", offset + (pages - 1) * PAGE, pages - 1);
	for (i = pages; good && i < 512; i++) {
		int ret = access_at(g, LOAD, offset + i * PAGE, &value);

		good = ret == -EPROTO && g->vm.run[0]->exit_reason == KVM_EXIT_MMIO &&
		       g->vm.run[0]->mmio.phys_addr == HUGE_IPA + i * PAGE;
		if (!good)
			ksft_print_msg("page %u, after the slot: expected an MMIO exit, got %s\n",
				       i, ret ? strerror(-ret) : "memory");
	}
	return good;
}

static bool move_page(char *from, char *to)
{
	return check(mremap(from, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to, "mremap");
}

/*
 * KVM maps the pages beside a page that faults. The VMM has reversed their order, so that the page
 * frames after that of the faulting page belong to other addresses, or beyond the huge page to
 * other processes.
 */
static bool huge_page_reversed(struct guest *g)
{
	char *huge, *free_page = map_at(NULL, PAGE, -1);
	unsigned int i;
	bool good;

	if (access("/sys/kernel/mm/transparent_hugepage", F_OK)) {
		skipped_because = "this kernel has no huge pages";
		return true;
	}
	huge = map_huge();
	good = huge && set_region(g->vm.fd, 2, HUGE_IPA, huge, HUGE_SIZE, 0);
	for (i = 1; good && i < 256; i++)
		good = move_page(huge + i * PAGE, free_page) &&
		       move_page(huge + (511 - i) * PAGE, huge + i * PAGE) &&
		       move_page(free_page, huge + (511 - i) * PAGE);
	/* Pages 0 and 511 are in their old places, for faults at both ends of the huge page. */
	good = good && expect_load(g, "the first page", HUGE_IPA - DATA_IPA, 0);
	for (i = 1; good && i < 512; i++)
		good = expect_load(g, "a page in reversed order", HUGE_IPA - DATA_IPA + i * PAGE,
				   i == 511 ? i : 511 - i);
	return good;
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
		why = wait_gives_up(&wait);
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

/* ---- KVM_GET_DIRTY_LOG ---- */

#define LOG	KVM_MEM_LOG_DIRTY_PAGES

/* Turns the log of the data's slot on or off, which leaves the guest's memory as it is. */
static bool set_log(struct guest *g, uint32_t flags)
{
	return set_region(g->vm.fd, 1, DATA_IPA, g->data, DATA_SIZE, flags);
}

/* Returns 0 or the negative errno of KVM_GET_DIRTY_LOG. */
static int get_log(struct guest *g, uint32_t slot, void *bitmap)
{
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = bitmap };

	return ioctl(g->vm.fd, KVM_GET_DIRTY_LOG, &log) ? -errno : 0;
}

static bool expect_log(struct guest *g, const char *what, unsigned long expected)
{
	unsigned long bitmap = 0x5a5a5a5a;
	int ret = get_log(g, 1, &bitmap);

	if (!ret && bitmap == expected)
		return true;
	ksft_print_msg("%s: expected the log 0x%lx, got 0x%lx (%s)\n", what, expected, bitmap,
		       ret ? strerror(-ret) : "no error");
	return false;
}

static bool dirty_log(struct guest *g)
{
	unsigned long bitmap;

	/* Page 0 is mapped writable when the log begins. */
	if (!expect_store(g, "before the log", 0, 0x111) || !set_log(g, LOG) ||
	    !expect_log(g, "nothing written since", 0) ||
	    !expect_store(g, "a page that was mapped", 0, 0x222) ||
	    !expect_load(g, "a page that is read", PAGE, 0) ||
	    !expect_store(g, "a page that was not mapped", 3 * PAGE, 0x333) ||
	    !expect_log(g, "after two stores", 1 << 0 | 1 << 3) ||
	    !expect_log(g, "taken already", 0) ||
	    !expect_store(g, "again", 3 * PAGE, 0x444) ||
	    !expect_store(g, "a page that was read before", PAGE, 0x555) ||
	    !expect_log(g, "after two more stores", 1 << 1 | 1 << 3))
		return false;
	/* A log that could not be delivered is not lost. */
	if (!expect_store(g, "before a bad pointer", 2 * PAGE, 0x666))
		return false;
	if (get_log(g, 1, NULL) != -EFAULT) {
		ksft_print_msg("KVM_GET_DIRTY_LOG to a bad pointer: expected EFAULT\n");
		return false;
	}
	if (!expect_log(g, "after a bad pointer", 1 << 2) || !set_log(g, 0) ||
	    !expect_store(g, "without a log", 0, 0x777))
		return false;
	if (get_log(g, 1, &bitmap) != -ENOENT) {
		ksft_print_msg("KVM_GET_DIRTY_LOG without a log: expected ENOENT\n");
		return false;
	}
	return set_log(g, LOG) && expect_log(g, "a new log", 0);
}

/* A moved slot keeps its log. */
static bool dirty_log_moved(struct guest *g)
{
	if (!set_log(g, LOG) || !expect_store(g, "at first", 2 * PAGE, 0x111) ||
	    !set_region(g->vm.fd, 1, DATA_IPA + DATA_SIZE, g->data, DATA_SIZE, LOG))
		return false;
	return expect_load(g, "at its new address", DATA_SIZE + 2 * PAGE, 0x111) &&
	       expect_log(g, "after the slot has moved", 1 << 2);
}

/* fork() makes a logged page copy-on-write. The guest's next store puts it into the log again. */
static bool dirty_log_forked(struct guest *g)
{
	pid_t pid;

	if (!set_log(g, LOG) || !expect_store(g, "at first", 0, 0x111) ||
	    !expect_log(g, "at first", 1 << 0))
		return false;
	pid = fork();
	if (!pid)
		_exit(0);
	return waitpid(pid, NULL, 0) == pid && expect_log(g, "after fork", 0) &&
	       expect_load(g, "after fork", 0, 0x111) && expect_log(g, "read only", 0) &&
	       expect_store(g, "after fork", 0, 0x222) && expect_log(g, "written", 1 << 0);
}

/* ---- a page that the VMM delays ---- */

/*
 * Makes accesses to the page at @at wait in the kernel until user space provides it. Returns the
 * file descriptor that reports them, or -1.
 */
static int make_slow(void *at)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = (uintptr_t)at, .len = PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (!check(fd >= 0, "userfaultfd") || !check(!ioctl(fd, UFFDIO_API, &api), "UFFDIO_API"))
		return -1;
	map_at(at, PAGE, -1);
	return check(!ioctl(fd, UFFDIO_REGISTER, &range), "UFFDIO_REGISTER") ? fd : -1;
}

/* Waits for the report of an access. */
static bool is_touched(int slow)
{
	struct pollfd event = { .fd = slow, .events = POLLIN };
	struct patient_wait wait = wait_begin();
	struct uffd_msg msg;
	const char *why;

	while (poll(&event, 1, 10) != 1 || read(slow, &msg, sizeof(msg)) != sizeof(msg)) {
		why = wait_gives_up(&wait);
		if (why) {
			ksft_print_msg("expected an access to the page, waited %ld ms: %s\n",
				       wait_ms(&wait), why);
			return false;
		}
	}
	return true;
}

/* Provides the page at @at, with @word as its first word; accesses then continue. */
static bool give_page(int slow, void *at, uint32_t word)
{
	uint32_t page[PAGE / sizeof(uint32_t)] = { word };
	struct uffdio_copy copy = {
		.dst = (uintptr_t)at, .src = (uintptr_t)page, .len = PAGE,
	};

	return check(!ioctl(slow, UFFDIO_COPY, &copy), "UFFDIO_COPY");
}

/* A load by a vCPU, or a call of another thread, that may wait. */
struct slow_call {
	struct guest *g;
	pthread_t thread;
	bool (*make)(struct guest *g);
	volatile bool done;
	bool good;
	int ret;
	uint32_t value;
};

static void *load_slowly(void *arg)
{
	struct slow_call *call = arg;

	call->ret = access_by(call->g, 0, LOAD, 0, &call->value);
	call->done = true;
	return NULL;
}

static void *make_call(void *arg)
{
	struct slow_call *call = arg;

	call->good = call->make(call->g);
	call->done = true;
	return NULL;
}

static bool is_done(struct slow_call *call, const char *what)
{
	struct patient_wait wait = wait_begin();
	const char *why;

	while (!call->done) {
		why = wait_gives_up(&wait);
		if (why) {
			ksft_print_msg("%s: expected it to end, waited %ld ms: %s\n", what,
				       wait_ms(&wait), why);
			return false;
		}
		usleep(100);
	}
	return true;
}

static char *other_memory;

static bool add_and_delete_slot(struct guest *g)
{
	return set_region(g->vm.fd, 2, DATA_IPA + DATA_SIZE, other_memory, DATA_SIZE, 0) &&
	       set_region(g->vm.fd, 2, DATA_IPA + DATA_SIZE, NULL, 0, 0);
}

/* Puts other memory at the address that the guest waits for. */
static bool replace_slot(struct guest *g)
{
	return set_region(g->vm.fd, 1, DATA_IPA, NULL, 0, 0) &&
	       set_region(g->vm.fd, 1, DATA_IPA, other_memory, DATA_SIZE, 0);
}

static bool other_vcpu_loads(struct guest *g)
{
	uint32_t value = 0;

	return !access_by(g, 1, LOAD, PAGE, &value) && value == 0x111;
}

static bool get_absent_log(struct guest *g)
{
	unsigned long bitmap;

	return get_log(g, 1, &bitmap) == -ENOENT;
}

/* Another thread's call ends while vCPU 0 waits for its page. */
static bool completes(struct guest *g, bool (*make)(struct guest *g), const char *what)
{
	struct slow_call call = { .g = g, .make = make };
	bool done;

	if (pthread_create(&call.thread, NULL, make_call, &call))
		return false;
	done = is_done(&call, what);
	/* A call that has not ended does so once the page is provided. */
	if (!done)
		return pthread_detach(call.thread), false;
	pthread_join(call.thread, NULL);
	if (!call.good)
		ksft_print_msg("%s: expected success\n", what);
	return call.good;
}

static bool slow_fault(struct guest *g)
{
	static struct slow_call load;
	bool good;
	int slow;

	put(g, PAGE, 0x111);
	other_memory = map_at(NULL, DATA_SIZE, -1);
	*(uint32_t *)other_memory = 0x222;
	slow = make_slow(g->data);
	load = (struct slow_call) { .g = g };
	if (slow < 0 || pthread_create(&load.thread, NULL, load_slowly, &load))
		return false;
	good = is_touched(slow) && completes(g, add_and_delete_slot, "another slot") &&
	       completes(g, other_vcpu_loads, "a load by another vCPU") &&
	       completes(g, get_absent_log, "KVM_GET_DIRTY_LOG") &&
	       completes(g, replace_slot, "the slot of the page");
	if (good && load.done) {
		ksft_print_msg("expected vCPU 0 to wait for its page, it did not\n");
		good = false;
	}
	give_page(slow, g->data, 0x333);
	pthread_join(load.thread, NULL);
	if (good && (load.ret || load.value != 0x222)) {
		ksft_print_msg("expected vCPU 0 to read 0x222 of the new slot, got 0x%x (%s)\n",
			       load.value, load.ret ? strerror(-load.ret) : "no error");
		good = false;
	}
	close(slow);
	return good;
}

static void *slow_bitmap;

static bool log_to_slow_page(struct guest *g)
{
	return get_log(g, 1, slow_bitmap) == -EFAULT;
}

/*
 * The guest stores while KVM_GET_DIRTY_LOG waits for the page of its bitmap. Then that page is
 * unmapped, and the call fails: the next log has the stores from before and during the call. @move:
 * the slot moves before the second store.
 */
static bool log_not_delivered(struct guest *g, bool move)
{
	static struct slow_call call;
	uint32_t moved = move ? DATA_SIZE : 0;
	bool good;
	int slow;

	slow_bitmap = map_at(NULL, PAGE, -1);
	slow = make_slow(slow_bitmap);
	call = (struct slow_call) { .g = g, .make = log_to_slow_page };
	if (slow < 0 || !set_log(g, LOG) || !expect_store(g, "before the call", 2 * PAGE, 0x111) ||
	    pthread_create(&call.thread, NULL, make_call, &call))
		return false;
	good = is_touched(slow) &&
	       (!move || set_region(g->vm.fd, 1, DATA_IPA + moved, g->data, DATA_SIZE, LOG));
	if (good) {
		uint32_t value = 0x222;

		good = check(!access_at(g, STORE, moved + PAGE, &value), "a store meanwhile");
	}
	munmap(slow_bitmap, PAGE);
	close(slow);
	pthread_join(call.thread, NULL);
	return good && check(call.good, "EFAULT of KVM_GET_DIRTY_LOG") &&
	       expect_log(g, "after EFAULT", 1 << 1 | 1 << 2);
}

static bool log_kept_while_written(struct guest *g)
{
	return log_not_delivered(g, false);
}

static bool log_kept_while_moved(struct guest *g)
{
	return log_not_delivered(g, true);
}

/* The VMM is killed while its vCPU waits. @slow stays open here: only SIGKILL ends the wait. */
static bool slow_fault_killed(struct guest *unused)
{
	int ready[2], proceed[2], status, pidfd, slow = -1;
	pid_t pid;

	(void)unused;
	if (pipe(ready) || pipe(proceed))
		return false;
	pid = fork();
	if (!pid) {
		static struct slow_call load;
		struct guest g;

		create(&g);
		load.g = &g;
		slow = make_slow(g.data);
		if (slow < 0 || write(ready[1], &slow, sizeof(slow)) != sizeof(slow) ||
		    read(proceed[0], &status, 1) != 1 ||
		    pthread_create(&load.thread, NULL, load_slowly, &load))
			_exit(1);
		pause();
		_exit(2);
	}
	close(ready[1]);
	if (read(ready[0], &slow, sizeof(slow)) != sizeof(slow))
		return false;
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	slow = syscall(SYS_pidfd_getfd, pidfd, slow, 0);
	if (!check(slow >= 0, "pidfd_getfd") || write(proceed[1], "", 1) != 1 || !is_touched(slow))
		return false;
	kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status)) {
		ksft_print_msg("expected the VMM to be killed, got wait status 0x%x\n", status);
		return false;
	}
	close(slow);
	close(pidfd);
	close(ready[0]);
	close(proceed[0]);
	close(proceed[1]);
	return true;
}

/* ---- the limit of a guest's tables ---- */

#define SPARSE_GIBS	8U

/* The VmPTE of this process, in KiB. */
static long page_tables_kib(void)
{
	return sum_in("/proc/self/status", "VmPTE: %ld");
}

static bool between(const char *what, long least, long most, long got)
{
	if (got >= least && got <= most)
		return true;
	ksft_print_msg("%s: expected %ld to %ld, got %ld\n", what, least, most, got);
	return false;
}

/*
 * Each GiB needs 513 tables. The VMM's address space is at most 3 GiB, so the limit is about 1536,
 * plus some for the ends of slots. Tables are accounted to the VMM, and freed with the memory.
 */
static bool tables_bounded(struct guest *unused)
{
	char *empty = map_memory(GIB, PROT_READ);
	long before, now, flushes, most = 0;
	uint32_t reported = 0;
	struct vm vm;
	bool good;

	(void)unused;
	before = page_tables_kib();
	if (empty == MAP_FAILED || !create_sparse(&vm, empty, SPARSE_GIBS))
		return false;
	while (reported != ~0U) {
		if (!check(!ioctl(vm.vcpu[0], KVM_RUN, 0), "KVM_RUN") ||
		    vm.run[0]->exit_reason != KVM_EXIT_MMIO)
			return false;
		memcpy(&reported, vm.run[0]->mmio.data, sizeof(reported));
		now = page_tables_kib() - before;
		most = now > most ? now : most;
	}
	/* The VMM has 512 tables of its own for the memory. */
	good = between("growth of VmPTE in KiB", 1536 * 4, 2200 * 4, most);
	good &= between("times that the limit was reached", 1, 10, vm_mmu(&vm, "drops"));
	good &= between("tables", 1, vm_mmu(&vm, "limit") + 2, vm_mmu(&vm, "tables"));
	flushes = vm_mmu(&vm, "tlb_flushes");
	munmap(empty, GIB);
	flushes = vm_mmu(&vm, "tlb_flushes") - flushes;
	good &= between("flushes of the TLBs, at most one per slot", 1, SPARSE_GIBS, flushes);
	good &= between("tables without memory", 1, 8, vm_mmu(&vm, "tables"));
	good &= between("descriptors in one hold of the lock", 1, 512,
			vm_mmu(&vm, "longest_walk"));
	vm_destroy(&vm);
	return good;
}

#define MANY_VMS	64

/* In the last 2 MiB of a GiB: the level 2 table's last descriptor refers to GICV's table. */
#define LAST_GICC_IPA	0x7fe00000U

/*
 * The memory of a VM, of its vCPUs and of its tables is no longer accounted once the VM and its
 * vCPUs are closed.
 */
static bool accounted_while_open(struct guest *unused)
{
	struct guest g;
	unsigned int i;
	uint32_t value;
	bool good = true;
	long before;

	(void)unused;
	create(&g);
	destroy(&g);
	before = page_tables_kib();
	for (i = 0; good && i < MANY_VMS; i++) {
		create(&g);
		good = check(!ioctl(g.vm.fd, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP") &&
		       set_gic_address(g.vm.fd, KVM_VGIC_V2_ADDR_TYPE_DIST, GICD_IPA) &&
		       set_gic_address(g.vm.fd, KVM_VGIC_V2_ADDR_TYPE_CPU, LAST_GICC_IPA) &&
		       check(!access_at(&g, LOAD, LAST_GICC_IPA - DATA_IPA, &value), "load");
		munmap(g.data, DATA_SIZE);
		destroy(&g);
	}
	return good && between("VmPTE in KiB after VMs", 0, before + MANY_VMS, page_tables_kib());
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
ALONE(discarded_from_before)
ALONE(freed_lazily)
ALONE(forked)
ALONE(protected)
ALONE(file)
ALONE(zero_page)
ALONE(slot_moved)
ALONE(read_only_slot)
ALONE(huge_page_reversed)
ALONE(huge_page_cut)
ALONE(remapped_meanwhile)
ALONE(dirty_log)
ALONE(dirty_log_moved)
ALONE(dirty_log_forked)
ALONE(slow_fault)
ALONE(slow_fault_killed)
ALONE(log_kept_while_written)
ALONE(log_kept_while_moved)
ALONE(tables_bounded)
ALONE(accounted_while_open)

static const struct host_test tests[] = {
	{ "memory.any.mapped_anew", mapped_anew_alone },
	{ "memory.any.moved", moved_alone },
	{ "memory.any.discarded", discarded_alone },
	{ "memory.any.discarded_from_before", discarded_from_before_alone },
	{ "memory.any.freed_lazily", freed_lazily_alone },
	{ "memory.any.forked", forked_alone },
	{ "memory.any.protected", protected_alone },
	{ "memory.any.file", file_alone },
	{ "memory.any.zero_page", zero_page_alone },
	{ "memory.any.slot_moved", slot_moved_alone },
	{ "memory.any.read_only_slot", read_only_slot_alone },
	{ "memory.any.huge_page_reversed", huge_page_reversed_alone },
	{ "memory.any.huge_page_cut", huge_page_cut_alone },
	{ "memory.any.remapped_meanwhile", remapped_meanwhile_alone },
	{ "memory.any.dirty_log", dirty_log_alone },
	{ "memory.any.dirty_log_moved", dirty_log_moved_alone },
	{ "memory.any.dirty_log_forked", dirty_log_forked_alone },
	{ "memory.any.slow_fault", slow_fault_alone },
	{ "memory.any.slow_fault_killed", slow_fault_killed_alone },
	{ "memory.any.log_kept_while_written", log_kept_while_written_alone },
	{ "memory.any.log_kept_while_moved", log_kept_while_moved_alone },
	{ "memory.any.tables_bounded", tables_bounded_alone },
	{ "memory.any.accounted_while_open", accounted_while_open_alone },
};

int main(int argc, char **argv)
{
	return host_tests(tests, ARRAY_SIZE(tests), argc, argv);
}
