// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgic-run/save.c: the order in which registers are restored, in particular the counters. Functions
 * of this file replace KVM, the GIC and the devices.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "gic_save.h"
#include "save.h"

#define CPUS		2
#define FIRST_FD	1000
#define MEMORY_SIZE	0x4000

#define U32_REG(number)	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | (number))
#define VIRTUAL		(KVM_REG_ARM | KVM_REG_ARM_TIMER_CNT)
#define PHYSICAL	KVM_REG_ARM_PTIMER_CNT

/* Like a kernel's list, in which the counters are not the last registers. */
static const uint64_t ids[] = {
	U32_REG(0), VIRTUAL, PHYSICAL, U32_REG(1), KVM_REG_ARM | KVM_REG_ARM_TIMER_CVAL,
	KVM_REG_ARM_PTIMER_CVAL,
};

#define NR_IDS			ARRAY_SIZE(ids)
#define PLACE_OF_PHYSICAL	2	/* older kernels lack it */

/**
 * struct fake_kvm - the registers of KVM, and the calls that set them
 * @value:  by vCPU and place in ids[]
 * @set:    the registers that were set, in order: vCPU * NR_IDS + place
 * @absent: place in ids[] of a register that does not exist, or -1
 */
static struct fake_kvm {
	uint64_t value[CPUS][NR_IDS];
	unsigned int set[2 * CPUS * NR_IDS], nr_set;
	int absent;
} kvm;

static int list_regs(struct kvm_reg_list *list)
{
	uint64_t room = list->n;
	unsigned int i;

	list->n = 0;
	for (i = 0; i < NR_IDS; i++) {
		if ((int)i == kvm.absent)
			continue;
		if (list->n < room)
			list->reg[list->n] = ids[i];
		list->n++;
	}
	errno = E2BIG;
	return list->n <= room ? 0 : -1;
}

static int access_reg(unsigned int cpu, const struct kvm_one_reg *reg, bool write)
{
	size_t size = 1U << ((reg->id & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT);
	void *user = (void *)(uintptr_t)reg->addr;
	unsigned int i;

	for (i = 0; i < NR_IDS && ids[i] != reg->id; i++)
		;
	if (i == NR_IDS || (int)i == kvm.absent) {
		errno = ENOENT;
		return -1;
	}
	if (!write) {
		memcpy(user, &kvm.value[cpu][i], size);
		return 0;
	}
	memcpy(&kvm.value[cpu][i], user, size);
	kvm.set[kvm.nr_set++] = cpu * NR_IDS + i;
	return 0;
}

int ioctl(int fd, unsigned long call, ...)
{
	unsigned int cpu = fd - FIRST_FD;
	va_list args;
	void *arg;

	va_start(args, call);
	arg = va_arg(args, void *);
	va_end(args);
	switch (call) {
	case KVM_GET_REG_LIST:
		return list_regs(arg);
	case KVM_GET_ONE_REG:
		return access_reg(cpu, arg, false);
	case KVM_SET_ONE_REG:
		return access_reg(cpu, arg, true);
	case KVM_GET_MP_STATE:
		((struct kvm_mp_state *)arg)->mp_state = KVM_MP_STATE_RUNNABLE;
		return 0;
	default:
		return 0;
	}
}

unsigned int gic_save(const struct machine *machine, struct save_gic_reg *regs)
{
	(void)machine;
	regs[0] = (struct save_gic_reg) { 0 };
	return 1;
}

void gic_restore(const struct machine *machine, const struct save_gic_reg *regs,
		 unsigned int count)
{
	(void)machine;
	(void)regs;
	(void)count;
}

bool pl011_restore(struct pl011 *uart, const struct pl011_state *state)
{
	(void)uart;
	(void)state;
	return true;
}

bool virtio_restore(struct virtio *virtio, const struct virtio_state *state)
{
	(void)virtio;
	(void)state;
	return true;
}

void say(const char *format, ...)
{
	(void)format;
}

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	abort();
}

/* ---- the tests ---- */

FIXTURE(guest) {
	char name[32];
	struct machine *machine;
	uint64_t saved[CPUS][NR_IDS];
};

FIXTURE_SETUP(guest)
{
	unsigned int cpu, i;
	int fd;

	strcpy(self->name, "/tmp/vgic-run-XXXXXX");
	fd = mkstemp(self->name);
	ASSERT_LE(0, fd);
	close(fd);
	kvm = (struct fake_kvm) { .absent = -1 };
	self->machine = calloc(1, sizeof(*self->machine));
	self->machine->config = (struct machine_config) {
		.cpus = CPUS, .memory = MEMORY_SIZE, .gic = 2,
	};
	self->machine->memory.size = MEMORY_SIZE;
	self->machine->memory.host = calloc(1, MEMORY_SIZE);
	for (cpu = 0; cpu < CPUS; cpu++) {
		self->machine->vcpus[cpu].id = cpu;
		self->machine->vcpus[cpu].fd = FIRST_FD + cpu;
		for (i = 0; i < NR_IDS; i++)
			kvm.value[cpu][i] = 0x100 * (cpu + 1) + i;
	}
	memcpy(self->saved, kvm.value, sizeof(self->saved));
}

FIXTURE_TEARDOWN(guest)
{
	unlink(self->name);
	free(self->machine->memory.host);
	free(self->machine);
}

static bool save_and_restore(struct machine *machine, const char *name)
{
	struct machine_config config;
	struct saved saved;

	if (!save_machine(machine, name))
		return false;
	/* Time passes, and other guests run. */
	memset(kvm.value, 0xff, sizeof(kvm.value));
	saved_open(&saved, name, &config, NULL, 0);
	saved_restore(&saved, machine);
	saved_close(&saved);
	return true;
}

static bool is_counter(unsigned int place)
{
	return ids[place] == VIRTUAL || ids[place] == PHYSICAL;
}

/* Returns whether the last @counters registers that were set are counters, and no others are. */
static bool counters_come_last(unsigned int counters)
{
	unsigned int i;

	for (i = 0; i < kvm.nr_set; i++)
		if (is_counter(kvm.set[i] % NR_IDS) != (i >= kvm.nr_set - counters))
			return false;
	return kvm.nr_set > counters;
}

TEST_F(guest, registers_are_restored)
{
	unsigned int cpu, i;

	ASSERT_TRUE(save_and_restore(self->machine, self->name));
	for (cpu = 0; cpu < CPUS; cpu++)
		for (i = 0; i < NR_IDS; i++)
			if (!is_counter(i))
				EXPECT_EQ((uint32_t)self->saved[cpu][i],
					  (uint32_t)kvm.value[cpu][i]);
}

/* All vCPUs share the counters, which run from the moment they are set. */
TEST_F(guest, counters_are_restored_last)
{
	unsigned int i;

	ASSERT_TRUE(save_and_restore(self->machine, self->name));
	for (i = 0; i < NR_IDS; i++)
		if (is_counter(i))
			EXPECT_EQ(self->saved[0][i], kvm.value[0][i]);
	EXPECT_TRUE(counters_come_last(2));
}

TEST_F(guest, without_physical_counter)
{
	kvm.absent = PLACE_OF_PHYSICAL;
	ASSERT_TRUE(save_and_restore(self->machine, self->name));
	EXPECT_TRUE(counters_come_last(1));
}

TEST_HARNESS_MAIN
