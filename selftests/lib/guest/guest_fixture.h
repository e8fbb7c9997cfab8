/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests in which guest code decides whether the rule holds. gic_fixture.h has the fixture, with
 *
 *	#define RULE_STATE	struct guest guest
 */
#ifndef VGIC_ABI_GUEST_FIXTURE_H
#define VGIC_ABI_GUEST_FIXTURE_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "abi/vgic_uapi.h"
#include "guest.h"
#include "guest_gic.h"

/* Where the regions of the guest's GIC are, unless the test is about their addresses. */
#define GUEST_DIST_IPA	0x08000000ULL
#define GUEST_CPU_IPA	0x08100000ULL

/* vCPUs by index. */
#define FIRST	0U
#define SECOND	1U

/* KVM_IRQ_LINE; @irq is the argument's irq field. */
static inline void guest_set_line(const struct guest *guest, uint32_t irq, bool level)
{
	int ret = vgic_irq_line(guest->abi.fd, irq, level);

	if (ret)
		fprintf(stderr, "KVM_IRQ_LINE 0x%x: expected success, got %s\n", irq,
			strerror(-ret));
}

/* Requests of guest code: the level of an SPI's line. */
#define RAISE(spi)	((spi) << 1 | 1)
#define LOWER(spi)	((spi) << 1)

/*
 * Request: the vCPU stays in user space until another vCPU sets may_enter. That vCPU has to await
 * is_out first, because the requesting vCPU may not have exited yet.
 */
#define STAY_OUT	0

static volatile unsigned int is_out __attribute__((unused));
static volatile unsigned int may_enter __attribute__((unused));

/* The calling vCPU stays in user space until another vCPU sets *@flag, in the guest's memory. */
static inline void stay_until(const struct guest *guest, const volatile unsigned int *flag)
{
	while (!*flag && !guest->failed && !guest->late)
		usleep(100);
}

/* Serves RAISE(), LOWER() and STAY_OUT. */
static inline void drive_line(struct guest *guest, unsigned int request)
{
	if (request == STAY_OUT) {
		*GUEST_ADDR(guest, is_out) = 1;
		stay_until(guest, GUEST_ADDR(guest, may_enter));
		return;
	}
	guest_set_line(guest, VGIC_LINE(KVM_ARM_IRQ_TYPE_SPI, 0, request >> 1), request & 1);
}

#define PLACE_GIC()							\
	ASSERT_OK(guest_gic_place(&self->guest, variant->dist, variant->cpu, \
				  GUEST_DIST_IPA, GUEST_CPU_IPA))

/* The rule holds if all vCPUs call guest_done(). */
#define EXPECT_GUEST_ENDS(what, ...)					\
	EXPECT_RULE_WORD(holds(guest_run(&self->guest)), what, ##__VA_ARGS__)

/* The program defines prepare_guest(struct guest *), which completes its guests' set-up. */
#define EXPECT_GUEST(nr_vcpus, code, what) do {				\
	guest_create(&self->guest, nr_vcpus, code);			\
	prepare_guest(&self->guest);					\
	PLACE_GIC();							\
	EXPECT_GUEST_ENDS(what);					\
} while (0)

#endif /* VGIC_ABI_GUEST_FIXTURE_H */
