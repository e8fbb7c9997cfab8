// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit_counts.h"

#define DEBUGFS		"/sys/kernel/debug"
#define INTERRUPTS	"/proc/interrupts"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* Ends the test as failed unless @good. */
static void __attribute__((format(printf, 2, 3))) need(bool good, const char *fmt, ...)
{
	va_list ap;

	if (good)
		return;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

/* ---- finding the counters ---- */

const char *exit_counter_open(struct exit_counter *counter, const struct abi_vm *vm,
			      int vcpu, unsigned int index)
{
	struct stat st;

	counter->stats = -1;
	if (abi_ioctl(vm->kvm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_BINARY_STATS_FD) > 0) {
		counter->stats = abi_ioctl(vcpu, KVM_GET_STATS_FD, NULL);
		need(counter->stats >= 0, "KVM_GET_STATS_FD: expected a file descriptor, got %s",
		     strerror(-counter->stats));
		return NULL;
	}

	if (access(DEBUGFS "/kvm", F_OK) &&
	    mount("debugfs", DEBUGFS, "debugfs", 0, NULL) && errno != EBUSY)
		return "no exit counters: no KVM_GET_STATS_FD, and debugfs cannot be mounted";
	snprintf(counter->file, sizeof(counter->file),
		 DEBUGFS "/kvm/%d-%d/vcpu%u", getpid(), vm->fd, index);
	/* In-tree kernels have a directory of this name. */
	if (stat(counter->file, &st) || !S_ISREG(st.st_mode))
		return "no exit counters: no KVM_GET_STATS_FD, and no file for the vCPU in debugfs";
	return NULL;
}

/* ---- the counters by their names ---- */

/* The reference kernel's file: a name and a count on each line. */
static void each_in_debugfs(const char *file, exit_count_fn each, void *context)
{
	FILE *stream = fopen(file, "r");
	unsigned long long value;
	char name[32];

	need(stream, "%s: expected to read it, got %s", file, strerror(errno));
	while (fscanf(stream, "%31s %llu", name, &value) == 2)
		each(context, name, value);
	fclose(stream);
}

static void read_stats(int fd, const char *what, void *to, size_t size, off_t offset)
{
	ssize_t count = pread(fd, to, size, offset);

	need(count == (ssize_t)size, "KVM_GET_STATS_FD: %s: expected %zu bytes, got %zd",
	     what, size, count);
}

/* In-tree kernels: a table of descriptors, each with the name and place of a counter. */
static void each_in_stats(int fd, exit_count_fn each, void *context)
{
	struct kvm_stats_header header;
	struct kvm_stats_desc *desc;
	unsigned int i;
	uint64_t value;
	size_t size;

	read_stats(fd, "header", &header, sizeof(header), 0);
	size = sizeof(*desc) + header.name_size;
	desc = malloc(size);
	need(desc, "KVM_GET_STATS_FD: no memory for a descriptor of %zu bytes", size);
	for (i = 0; i < header.num_desc; i++) {
		read_stats(fd, "descriptor", desc, size, header.desc_offset + i * size);
		/* Histograms have more than one value. */
		if (desc->size != 1)
			continue;
		read_stats(fd, desc->name, &value, sizeof(value),
			   header.data_offset + desc->offset);
		each(context, desc->name, value);
	}
	free(desc);
}

void exit_counter_each(const struct exit_counter *counter, exit_count_fn each,
		       void *context)
{
	if (counter->stats < 0)
		each_in_debugfs(counter->file, each, context);
	else
		each_in_stats(counter->stats, each, context);
}

/* ---- the counters that tests use ---- */

/* A counter by name, and the variable for its value. */
struct named_count {
	const char *name;
	uint64_t *count;
	bool found;
};

struct wanted {
	struct named_count *counts;
	unsigned int nr;
};

static void store_count(void *context, const char *name, uint64_t value)
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

	exit_counter_each(counter, store_count, &(struct wanted) { counts, nr });
	for (i = 0; i < nr; i++)
		need(counts[i].found, "%s: expected a counter '%s', found none",
		     counter->stats < 0 ? counter->file : "KVM_GET_STATS_FD",
		     counts[i].name);
}

/*
 * The sum of all the host's interrupts on all CPUs. A line of /proc/interrupts has a name, a count
 * for each CPU, and a description.
 */
static uint64_t count_interrupts(void)
{
	FILE *stream = fopen(INTERRUPTS, "r");
	char *line = NULL, *at, *end;
	uint64_t sum = 0, count;
	size_t size = 0;

	need(stream, INTERRUPTS ": expected to read it, got %s", strerror(errno));
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

/* ---- differences ---- */

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
