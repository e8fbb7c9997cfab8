// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest_arch.h"
#include "error.h"
#include "gic_save.h"
#include "save.h"
#include "save_file.h"

#define PAGE		4096ULL
#define MAX_REGS	4096

#ifdef __aarch64__
#define REG_COUNTER	KVM_REG_ARM_TIMER_CNT
#else
#define REG_COUNTER	(KVM_REG_ARM | KVM_REG_ARM_TIMER_CNT)
#endif

/* The counters of a VM. Only some kernels list the physical counter. */
enum counter {
	COUNTER_VIRTUAL,
	COUNTER_PHYSICAL,
	NR_COUNTERS,
};

/* Returns NR_COUNTERS for a register that is not a counter. */
static enum counter counter_of(uint64_t id)
{
#ifdef KVM_REG_ARM_PTIMER_CNT
	if (id == KVM_REG_ARM_PTIMER_CNT)
		return COUNTER_PHYSICAL;
#endif
	return id == REG_COUNTER ? COUNTER_VIRTUAL : NR_COUNTERS;
}

static size_t size_of_reg(uint64_t id)
{
	return 1U << ((id & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT);
}

/* ---- vCPUs ---- */

static struct kvm_reg_list *list_regs(const struct vcpu *vcpu)
{
	struct kvm_reg_list few = { .n = 0 }, *list;

	if (!ioctl(vcpu->fd, KVM_GET_REG_LIST, &few) || errno != E2BIG || few.n > MAX_REGS)
		return NULL;
	list = calloc(1, sizeof(*list) + few.n * sizeof(list->reg[0]));
	if (list)
		list->n = few.n;
	if (list && ioctl(vcpu->fd, KVM_GET_REG_LIST, list)) {
		free(list);
		return NULL;
	}
	return list;
}

/* Returns false after a message. */
static bool save_vcpu(struct save_writer *w, const struct vcpu *vcpu)
{
	struct kvm_reg_list *list = list_regs(vcpu);
	struct kvm_mp_state state;
	struct save_vcpu saved;
	bool good = false;
	uint64_t i;

	if (!list || ioctl(vcpu->fd, KVM_GET_MP_STATE, &state)) {
		say("vCPU %u: KVM_GET_REG_LIST or KVM_GET_MP_STATE: %s", vcpu->id, strerror(errno));
		goto out;
	}
	saved = (struct save_vcpu) { .mp_state = state.mp_state, .nr_regs = list->n };
	save_section(w, SAVE_VCPU, vcpu->id,
		     sizeof(saved) + list->n * sizeof(struct save_reg));
	save_put(w, &saved, sizeof(saved));
	for (i = 0; i < list->n; i++) {
		struct save_reg reg = { .id = list->reg[i] };
		struct kvm_one_reg one = { .id = reg.id, .addr = (uintptr_t)reg.value };

		if (size_of_reg(reg.id) > sizeof(reg.value) ||
		    ioctl(vcpu->fd, KVM_GET_ONE_REG, &one)) {
			say("vCPU %u: reading register 0x%llx: %s", vcpu->id,
			    (unsigned long long)reg.id, strerror(errno));
			goto out;
		}
		save_put(w, &reg, sizeof(reg));
	}
	save_pad(w);
	good = true;
out:
	free(list);
	return good;
}

static void set_saved_reg(const struct vcpu *vcpu, const struct save_reg *reg)
{
	struct kvm_one_reg one = { .id = reg->id, .addr = (uintptr_t)reg->value };

	if (size_of_reg(reg->id) > sizeof(reg->value) ||
	    ioctl(vcpu->fd, KVM_SET_ONE_REG, &one))
		fail("saved vCPU %u: setting register 0x%llx: %s; another kernel or CPU?",
		     vcpu->id, (unsigned long long)reg->id, strerror(errno));
}

/*
 * Restores all registers except the counters, which all vCPUs of a VM share. Returns the counters
 * of vCPU 0 in @counters. The caller sets them last, so that little guest time passes before the
 * vCPUs run.
 */
static void restore_vcpu(const struct save_reader *r, struct vcpu *vcpu,
			 struct save_reg counters[NR_COUNTERS])
{
	struct save_section section;
	struct kvm_mp_state state;
	struct save_vcpu saved;
	enum counter counter;
	struct save_reg reg;
	uint32_t i;

	if (!save_find(r, SAVE_VCPU, vcpu->id, &section) || section.size < sizeof(saved))
		fail("saved vCPU %u: expected exactly one section", vcpu->id);
	memcpy(&saved, section.bytes, sizeof(saved));
	if (saved.nr_regs > MAX_REGS ||
	    section.size != sizeof(saved) + saved.nr_regs * sizeof(reg))
		fail("saved vCPU %u: section of %llu bytes does not fit %u registers", vcpu->id,
		     (unsigned long long)section.size, saved.nr_regs);
	for (i = 0; i < saved.nr_regs; i++) {
		memcpy(&reg, section.bytes + sizeof(saved) + i * sizeof(reg), sizeof(reg));
		counter = counter_of(reg.id);
		if (counter == NR_COUNTERS)
			set_saved_reg(vcpu, &reg);
		else if (!vcpu->id)
			counters[counter] = reg;
	}
	state.mp_state = saved.mp_state;
	if (ioctl(vcpu->fd, KVM_SET_MP_STATE, &state))
		fail("saved vCPU %u: KVM_SET_MP_STATE to %u: %s", vcpu->id, saved.mp_state,
		     strerror(errno));
}

/* ---- memory ---- */

static bool is_zero(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, PAGE - 1);
}

/* Writes one section for each run of pages that are not all zero. */
static void save_memory(struct save_writer *w, const struct guest_memory *memory)
{
	uint64_t at = 0, end;
	uint32_t n = 0;

	while (at < memory->size) {
		struct save_run run;

		if (is_zero(memory->host + at)) {
			at += PAGE;
			continue;
		}
		for (end = at + PAGE; end < memory->size && !is_zero(memory->host + end); )
			end += PAGE;
		run = (struct save_run) { .offset = at, .size = end - at };
		save_section(w, SAVE_MEMORY, n++, sizeof(run) + run.size);
		save_put(w, &run, sizeof(run));
		save_put(w, memory->host + at, run.size);
		save_pad(w);
		at = end;
	}
}

static void restore_memory(const struct save_reader *reader, const struct guest_memory *memory)
{
	struct save_reader r = *reader;
	struct save_section section;
	struct save_run run;
	void *to;

	while (save_next(&r, &section)) {
		if (section.type != SAVE_MEMORY)
			continue;
		if (section.size < sizeof(run))
			fail("saved memory: expected a section of at least %zu bytes", sizeof(run));
		memcpy(&run, section.bytes, sizeof(run));
		if (run.size != section.size - sizeof(run) || run.offset > memory->size ||
		    run.size > memory->size - run.offset)
			fail("saved memory: a section is outside of the guest's memory");
		to = memory->host + run.offset;
		memcpy(to, section.bytes + sizeof(run), run.size);
	}
}

/* ---- saving ---- */

static struct save_config config_of(const struct machine *m)
{
	struct save_config config = {
		.memory = m->config.memory, .cpus = m->config.cpus, .gic = m->config.gic,
		.console = m->config.console, .nr_disks = m->nr_disks,
	};
	unsigned int i;

	for (i = 0; i < m->nr_disks; i++) {
		config.disk_size[i] = m->disks[i].config.capacity * SECTOR_SIZE;
		config.disk_read_only[i] = m->disks[i].disk.read_only;
	}
	return config;
}

static void put_section(struct save_writer *w, enum save_type type, uint32_t instance,
			const void *bytes, uint64_t size)
{
	save_section(w, type, instance, size);
	save_put(w, bytes, size);
	save_pad(w);
}

/* Returns false after a message. Errors of the file are left to save_end(). */
static bool put_machine(struct save_writer *w, const struct machine *m)
{
	static struct save_gic_reg regs[GIC_MAX_REGS];
	struct save_config config = config_of(m);
	unsigned int i, count;

	put_section(w, SAVE_CONFIG, 0, &config, sizeof(config));
	for (i = 0; i < m->config.cpus; i++)
		if (!save_vcpu(w, &m->vcpus[i]))
			return false;
	count = gic_save(m, regs);
	if (!count)
		return false;
	put_section(w, SAVE_GIC, 0, regs, count * sizeof(regs[0]));
	put_section(w, SAVE_UART, 0, &m->uart.state, sizeof(m->uart.state));
	put_section(w, SAVE_VIRTIO, 0, &m->console.virtio.state,
		    sizeof(m->console.virtio.state));
	for (i = 0; i < m->nr_disks; i++)
		put_section(w, SAVE_VIRTIO, 1 + i, &m->disks[i].virtio.state,
			    sizeof(m->disks[i].virtio.state));
	put_section(w, SAVE_TYPED, 0, m->input.bytes, m->input.count);
	save_memory(w, &m->memory);
	return true;
}

/* The saved guest relies on its writes to disks. Returns false after a message. */
static bool sync_disks(const struct machine *m)
{
	unsigned int i;

	for (i = 0; i < m->nr_disks; i++) {
		const struct disk *disk = &m->disks[i].disk;

		if (disk->read_only || !fdatasync(disk->fd))
			continue;
		say("--disk %s: %s", disk->name, strerror(errno));
		return false;
	}
	return true;
}

bool save_machine(const struct machine *m, const char *name)
{
	struct save_writer writer;
	struct output output;
	char error[FILES_ERROR];

	/* Mode 0600, because a guest's memory may contain secrets. */
	if (!output_begin(&output, "--save", name, FILE_REGULAR, 0600, error)) {
		say("%s", error);
		return false;
	}
	save_begin(&writer, output.file);
	if (!put_machine(&writer, m) || !sync_disks(m)) {
		output_abandon(&output);
		return false;
	}
	if (!save_end(&writer)) {
		say("--save %s: %s", name, strerror(errno));
		output_abandon(&output);
		return false;
	}
	if (!output_end(&output, error)) {
		say("%s", error);
		return false;
	}
	say("saved to %s, %llu KiB", name, (unsigned long long)writer.bytes >> 10);
	return true;
}

/* ---- restoring ---- */

static struct save_reader reader_of(const struct saved *saved)
{
	struct save_reader r;
	const char *wrong = save_open(&r, saved->map, saved->size);

	if (wrong)
		fail("--restore %s: %s", saved->name, wrong);
	return r;
}

static void check_disks(const struct saved *saved, const struct save_config *config,
			const struct disk *disks, unsigned int nr_disks)
{
	unsigned int i;

	if (config->nr_disks != nr_disks)
		fail("--restore %s: expected %u disks, as when it was saved, got %u",
		     saved->name, config->nr_disks, nr_disks);
	for (i = 0; i < nr_disks; i++)
		if (disks[i].size != config->disk_size[i] ||
		    disks[i].read_only != config->disk_read_only[i])
			fail("--restore %s: disk %u: expected %llu bytes%s, got %llu bytes%s",
			     saved->name, i, (unsigned long long)config->disk_size[i],
			     config->disk_read_only[i] ? ", read-only" : "",
			     (unsigned long long)disks[i].size,
			     disks[i].read_only ? ", read-only" : "");
}

void saved_open(struct saved *saved, const char *name, struct machine_config *config,
		const struct disk *disks, unsigned int nr_disks)
{
	struct save_reader reader;
	char error[FILES_ERROR];
	struct save_config c;
	struct stat st;
	int fd;

	*saved = (struct saved) { .name = name };
	fd = file_open("--restore", name, O_RDONLY, FILE_REGULAR, &st, error);
	if (fd < 0)
		fail("%s", error);
	if (!st.st_size)
		fail("--restore %s: is empty", name);
	saved->size = st.st_size;
	if (saved->size > SIZE_MAX)
		fail("--restore %s: %s", name, strerror(EFBIG));
	saved->map = mmap(NULL, saved->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (saved->map == MAP_FAILED)
		fail("--restore %s: %s", name, strerror(errno));
	close(fd);
	reader = reader_of(saved);
	if (!save_take(&reader, SAVE_CONFIG, 0, &c, sizeof(c)) || !c.cpus ||
	    c.cpus > MAX_CPUS || c.nr_disks > MAX_DISKS || (c.gic != 2 && c.gic != 3) ||
	    c.console > CONSOLE_VIRTIO || !c.memory || c.memory % PAGE)
		fail("--restore %s: has an invalid machine configuration", name);
	check_disks(saved, &c, disks, nr_disks);
	*config = (struct machine_config) {
		.cpus = c.cpus, .memory = c.memory, .gic = c.gic,
		.dialect = DIALECT_DEVATTR, .console = c.console,
	};
}

static void restore_devices(const struct save_reader *r, struct machine *m)
{
	struct virtio_state state;
	struct save_section typed;
	struct pl011_state uart;
	unsigned int i;

	if (!save_take(r, SAVE_UART, 0, &uart, sizeof(uart)) || !pl011_restore(&m->uart, &uart))
		fail("saved PL011: expected a valid state");
	for (i = 0; i < 1 + m->nr_disks; i++)
		if (!save_take(r, SAVE_VIRTIO, i, &state, sizeof(state)) ||
		    !virtio_restore(i ? &m->disks[i - 1].virtio : &m->console.virtio, &state))
			fail("saved virtio device %u: expected a valid state", i);
	if (!save_find(r, SAVE_TYPED, 0, &typed) || typed.size > sizeof(m->input.bytes))
		fail("saved terminal input: expected at most %zu bytes", sizeof(m->input.bytes));
	memcpy(m->input.bytes, typed.bytes, typed.size);
	m->input.count = typed.size;
}

void saved_restore(const struct saved *saved, struct machine *m)
{
	static struct save_gic_reg regs[GIC_MAX_REGS];
	struct save_reader r = reader_of(saved);
	struct save_section section;
	struct save_reg counters[NR_COUNTERS] = { 0 };
	unsigned int i;

	restore_memory(&r, &m->memory);
	if (!save_find(&r, SAVE_GIC, 0, &section) || section.size > sizeof(regs) ||
	    section.size % sizeof(regs[0]))
		fail("saved GIC: expected exactly one section of whole registers");
	memcpy(regs, section.bytes, section.size);
	gic_restore(m, regs, section.size / sizeof(regs[0]));
	restore_devices(&r, m);
	for (i = 0; i < m->config.cpus; i++)
		restore_vcpu(&r, &m->vcpus[i], counters);
	if (!counters[COUNTER_VIRTUAL].id)
		fail("saved vCPU 0: expected the counter, got no such register");
	set_saved_reg(&m->vcpus[0], &counters[COUNTER_VIRTUAL]);
	if (counters[COUNTER_PHYSICAL].id)
		set_saved_reg(&m->vcpus[0], &counters[COUNTER_PHYSICAL]);
}

void saved_close(struct saved *saved)
{
	munmap(saved->map, saved->size);
}
