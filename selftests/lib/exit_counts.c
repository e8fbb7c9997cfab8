// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit_counts.h"

#define DEBUGFS		"/sys/kernel/debug"
#define INTERRUPTS	"/proc/interrupts"

/* ---- where the counters are ---- */

const char *exit_counter_open(struct exit_counter *counter,
			      const struct guest *guest, unsigned int vcpu)
{
	struct stat st;

	counter->stats = -1;
	if (kvm_has_cap(KVM_CAP_BINARY_STATS_FD)) {
		counter->stats = vcpu_get_stats_fd(guest->vcpus[vcpu]);
		return NULL;
	}

	if (access(DEBUGFS "/kvm", F_OK) &&
	    mount("debugfs", DEBUGFS, "debugfs", 0, NULL) && errno != EBUSY)
		return "no exit counters: no KVM_GET_STATS_FD, and debugfs cannot be mounted";
	snprintf(counter->file, sizeof(counter->file),
		 DEBUGFS "/kvm/%d-%d/vcpu%u", getpid(), guest->vm->fd, vcpu);
	/* In-tree kernels have a folder of this name, with other things in it. */
	if (stat(counter->file, &st) || !S_ISREG(st.st_mode))
		return "no exit counters: no KVM_GET_STATS_FD, and no file for the vCPU in debugfs";
	return NULL;
}

/* ---- the counters by their names ---- */

/* A counter's name, and what becomes of it. */
struct named_count {
	const char *name;
	uint64_t *count;
	bool found;
};

static void take_count(struct named_count *wanted, unsigned int nr,
		       const char *name, uint64_t value)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (strcmp(name, wanted[i].name))
			continue;
		*wanted[i].count = value;
		wanted[i].found = true;
	}
}

static void expect_found(const struct named_count *wanted, unsigned int nr,
			 const char *where)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		TEST_ASSERT(wanted[i].found, "%s: expected a counter '%s', found none",
			    where, wanted[i].name);
}

/* The reference kernel's file: lines of a name and a count. */
static void read_debugfs(const char *file, struct exit_counts *counts)
{
	struct named_count wanted[] = {
		{ "total", &counts->total, false },
		{ "gicd", &counts->gicd, false },
		{ "mmio_user", &counts->user, false },
		{ "irq", &counts->interrupts, false },
	};
	FILE *stream = fopen(file, "r");
	unsigned long long value;
	char name[32];

	TEST_ASSERT(stream, "%s: expected to read it, got %s", file, strerror(errno));
	while (fscanf(stream, "%31s %llu", name, &value) == 2)
		take_count(wanted, ARRAY_SIZE(wanted), name, value);
	fclose(stream);
	expect_found(wanted, ARRAY_SIZE(wanted), file);
}

/* In-tree kernels': descriptors, of which each names a counter and its place. */
static void read_stats(int fd, struct exit_counts *counts)
{
	struct named_count wanted[] = {
		{ "exits", &counts->total, false },
		{ "mmio_exit_kernel", &counts->gicd, false },
		{ "mmio_exit_user", &counts->user, false },
	};
	struct kvm_stats_desc *descs, *desc;
	struct kvm_stats_header header;
	unsigned int i;
	uint64_t value;

	TEST_ASSERT(pread(fd, &header, sizeof(header), 0) == sizeof(header),
		    "header of the statistics: expected %zu bytes, got fewer",
		    sizeof(header));
	descs = read_stats_descriptors(fd, &header);
	for (i = 0; i < header.num_desc; i++) {
		desc = get_stats_descriptor(descs, i, &header);
		read_stat_data(fd, &header, desc, &value, 1);
		take_count(wanted, ARRAY_SIZE(wanted), desc->name, value);
	}
	free(descs);
	expect_found(wanted, ARRAY_SIZE(wanted), "KVM_GET_STATS_FD");
}

/* All of the host's: each line has a name, a count for each CPU, and words. */
static uint64_t count_interrupts(void)
{
	FILE *stream = fopen(INTERRUPTS, "r");
	char *line = NULL, *at, *end;
	uint64_t sum = 0, count;
	size_t size = 0;

	TEST_ASSERT(stream, INTERRUPTS ": expected to read it, got %s",
		    strerror(errno));
	while (getline(&line, &size, stream) > 0) {
		at = strchr(line, ':');
		if (!at)
			continue;
		for (at++; count = strtoull(at, &end, 10), end != at; at = end)
			sum += count;
	}
	free(line);
	fclose(stream);
	return sum;
}

void exit_counter_read(const struct exit_counter *counter,
		       struct exit_counts *counts)
{
	if (counter->stats < 0) {
		read_debugfs(counter->file, counts);
		return;
	}
	read_stats(counter->stats, counts);
	counts->interrupts = count_interrupts();
}

/* ---- what they say ---- */

struct exit_counts exit_counts_since(const struct exit_counts *from,
				     const struct exit_counts *to)
{
	return (struct exit_counts) {
		.total = to->total - from->total,
		.gicd = to->gicd - from->gicd,
		.user = to->user - from->user,
		.interrupts = to->interrupts - from->interrupts,
	};
}

uint64_t exit_counts_unexplained(const struct exit_counts *counts)
{
	uint64_t explained = counts->gicd + counts->user + counts->interrupts;

	return counts->total > explained ? counts->total - explained : 0;
}
