// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit counts of this program, and of the kernel where debugfs is mounted. In
 * kvm/<pid>-<fd of the VM>, the reference kernel has a file vcpu<n> with lines
 * "<name> <count>". Linux has a file for each counter, summed over all vCPUs.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "machine.h"

#define DEBUGFS		"/sys/kernel/debug/kvm"

/* The kernel's counters that --stats short shows, of the reference kernel and of Linux. */
static const char *const main_counters[] = {
	"total", "irq", "wfi", "hvc", "gicd", "mmio_user", "stage2_map",
	"exits", "wfi_exit_stat", "hvc_exit_stat", "mmio_exit_kernel", "mmio_exit_user",
	"signal_exits",
};

/* A line of output; counters that do not fit are left out. */
struct line {
	char text[900];
	size_t length;
};

static void add(struct line *line, const char *name, unsigned long long count)
{
	int more;

	if (!count || line->length > sizeof(line->text) - 64)
		return;
	more = snprintf(line->text + line->length, sizeof(line->text) - line->length,
			" %s %llu", name, count);
	line->length += more;
}

static bool is_wanted(const char *name, bool full)
{
	unsigned int i;

	for (i = 0; !full && i < sizeof(main_counters) / sizeof(main_counters[0]); i++)
		if (!strcmp(main_counters[i], name))
			return true;
	return full;
}

static void add_from_file(struct line *line, const char *path, bool full)
{
	FILE *file = fopen(path, "re");
	unsigned long long count;
	char name[40];

	while (file && fscanf(file, "%39s %llu", name, &count) == 2)
		if (is_wanted(name, full))
			add(line, name, count);
	if (file)
		fclose(file);
}

static void add_from_folder(struct line *line, const char *path, bool full)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		unsigned long long count;
		char name[512];
		FILE *file;

		if (entry->d_name[0] == '.' || !is_wanted(entry->d_name, full))
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		file = fopen(name, "re");
		if (file && fscanf(file, "%llu", &count) == 1)
			add(line, entry->d_name, count);
		if (file)
			fclose(file);
	}
	if (folder)
		closedir(folder);
}

static bool print_kernel(const char *folder, unsigned int id, bool full)
{
	struct line line = { .length = 0 };
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/vcpu%u", folder, id);
	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	add_from_file(&line, path, full);
	say("vCPU %u: exits in the kernel:%s", id, line.text);
	return true;
}

static void print_own(const struct machine *m, const struct vcpu *vcpu)
{
	struct line line = { .length = 0 };
	unsigned int w;

	add(&line, "total", vcpu->exits.total);
	for (w = 0; w < m->nr_windows; w++)
		add(&line, m->windows[w].name, vcpu->exits.mmio[w]);
	add(&line, "unmapped", vcpu->exits.unmapped);
	add(&line, "interrupted", vcpu->exits.interrupted);
	add(&line, "system", vcpu->exits.system);
	say("vCPU %u: exits to vgic-run:%s", vcpu->id, line.length ? line.text : " none");
}

/* A kernel that has started makes exits, for example when it writes to its console. */
static const char no_exits[] =
	"the guest has made no exit to vgic-run since it began: its kernel may not have started";

/* Returns whether KVM_RUN of any vCPU has returned for a reason other than EINTR. */
static bool has_exited(const struct machine *m)
{
	unsigned int i;

	for (i = 0; i < m->config.cpus; i++)
		if (m->vcpus[i].exits.total > m->vcpus[i].exits.interrupted)
			return true;
	return false;
}

void stats_print(const struct machine *m, bool full)
{
	struct line line = { .length = 0 };
	bool per_vcpu = false;
	char folder[96];
	unsigned int i;

	if (!has_exited(m))
		say("%s", no_exits);
	snprintf(folder, sizeof(folder), DEBUGFS "/%d-%d", getpid(), m->fd);
	for (i = 0; i < m->config.cpus; i++) {
		print_own(m, &m->vcpus[i]);
		per_vcpu |= print_kernel(folder, i, full);
	}
	if (per_vcpu)
		return;
	add_from_folder(&line, folder, full);
	if (line.length)
		say("all vCPUs: exits in the kernel:%s", line.text);
}
