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

/* The reference kernel's file: lines of a name and a count. */
static void each_in_debugfs(const char *file, exit_count_fn each, void *context)
{
	FILE *stream = fopen(file, "r");
	unsigned long long value;
	char name[32];

	TEST_ASSERT(stream, "%s: expected to read it, got %s", file, strerror(errno));
	while (fscanf(stream, "%31s %llu", name, &value) == 2)
		each(context, name, value);
	fclose(stream);
}

/* In-tree kernels': descriptors, of which each names a counter and its place. */
static void each_in_stats(int fd, exit_count_fn each, void *context)
{
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
		/* The others are histograms. */
		if (desc->size != 1)
			continue;
		read_stat_data(fd, &header, desc, &value, 1);
		each(context, desc->name, value);
	}
	free(descs);
}

void exit_counter_each(const struct exit_counter *counter, exit_count_fn each,
		       void *context)
{
	if (counter->stats < 0)
		each_in_debugfs(counter->file, each, context);
	else
		each_in_stats(counter->stats, each, context);
}

/* ---- those that are wanted ---- */

/* A counter's name, and what becomes of it. */
struct named_count {
	const char *name;
	uint64_t *count;
	bool found;
};

struct wanted {
	struct named_count *counts;
	unsigned int nr;
};

static void take_count(void *context, const char *name, uint64_t value)
{
	const struct wanted *wanted = context;
	unsigned int i;

	for (i = 0; i < wanted->nr; i++) {
		if (strcmp(name, wanted->counts[i].name))
			continue;
		*wanted->counts[i].count = value;
		wanted->counts[i].found = true;
	}
}

static void read_wanted(const struct exit_counter *counter, struct named_count *counts,
			unsigned int nr)
{
	unsigned int i;

	exit_counter_each(counter, take_count, &(struct wanted) { counts, nr });
	for (i = 0; i < nr; i++)
		TEST_ASSERT(counts[i].found, "%s: expected a counter '%s', found none",
			    counter->stats < 0 ? counter->file : "KVM_GET_STATS_FD",
			    counts[i].name);
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
	struct named_count reference[] = {
		{ "total", &counts->total, false },
		{ "gicd", &counts->gicd, false },
		{ "mmio_user", &counts->user, false },
		{ "irq", &counts->interrupts, false },
	};
	struct named_count in_tree[] = {
		{ "exits", &counts->total, false },
		{ "mmio_exit_kernel", &counts->gicd, false },
		{ "mmio_exit_user", &counts->user, false },
	};

	if (counter->stats < 0) {
		read_wanted(counter, reference, ARRAY_SIZE(reference));
		return;
	}
	read_wanted(counter, in_tree, ARRAY_SIZE(in_tree));
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
