// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit counts: those of this program, and those of the kernel where debugfs is mounted.
 * There, kvm/<pid>-<fd of the VM>/vcpu<n> is a file with lines "<name> <count>" (the
 * reference kernel), or a folder with a file for each counter (Linux).
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

/* Those that a short account has. */
static const char *const main_counters[] = {
	"total", "irq", "wfi", "hvc", "gicd", "mmio_user", "stage2_map",
	"exits", "wfi_exit_stat", "hvc_exit_stat", "mmio_exit_kernel", "mmio_exit_user",
	"signal_exits",
};

/* A line that grows. */
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

static void print_kernel(const struct machine *m, const struct vcpu *vcpu, bool full)
{
	struct line line = { .length = 0 };
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), DEBUGFS "/%d-%d/vcpu%u", getpid(), m->fd, vcpu->id);
	if (stat(path, &st))
		return;
	if (S_ISDIR(st.st_mode))
		add_from_folder(&line, path, full);
	else
		add_from_file(&line, path, full);
	say("vCPU %u: exits in the kernel:%s", vcpu->id, line.text);
}

void stats_print(const struct machine *m, bool full)
{
	unsigned int i, w;

	for (i = 0; i < m->config.cpus; i++) {
		const struct vcpu *vcpu = &m->vcpus[i];
		struct line line = { .length = 0 };

		add(&line, "total", vcpu->exits.total);
		for (w = 0; w < m->nr_windows; w++)
			add(&line, m->windows[w].name, vcpu->exits.mmio[w]);
		add(&line, "nowhere", vcpu->exits.nowhere);
		add(&line, "interrupted", vcpu->exits.interrupted);
		add(&line, "system", vcpu->exits.system);
		say("vCPU %u: exits to vgic-run:%s", i, line.length ? line.text : " none");
		print_kernel(m, vcpu, full);
	}
}
