// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's firmware calls: results of PSCI calls (ARM DEN 0022), exits of those that end or
 * suspend the VM, and the filter of SMCCC calls (devices/vm.rst).
 */
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_power.h"
#include "harness/rule_harness.h"

/* PSCI functions that headers of older kernels lack, with their 32-bit numbers. */
#define FN_FEATURES		0x8400000aU
#define FN_SYSTEM_SUSPEND	0x8400000eU
#define FN_SYSTEM_RESET2	0x84000012U
#define FN_SYSTEM_OFF2		0x84000015U

#define RESET2_VENDOR		0x80000000U	/* the first vendor-specific type */
#define OFF2_HIBERNATE		1U

/* In kvm_run.system_event.data[0]. */
#define FLAG_RESET2		(1ULL << 0)
#define FLAG_OFF2		(1ULL << 0)

#ifndef KVM_SYSTEM_EVENT_SUSPEND
#define KVM_SYSTEM_EVENT_WAKEUP		4
#define KVM_SYSTEM_EVENT_SUSPEND	5
#endif
#ifndef KVM_MP_STATE_SUSPENDED
#define KVM_MP_STATE_SUSPENDED		10
#endif

#define NR_VCPUS	2

/**
 * struct call - a call of the guest and its result
 * @function: function number
 * @args:     the first two arguments
 * @answer:   the guest's first register after the call, if @back
 * @back:     the call has returned to the guest
 */
static struct call {
	uint32_t function;
	uint64_t args[2];
	int answer;
	unsigned int back;
} call;

static void make_call(void)
{
	call.answer = guest_psci(call.function, call.args[0], call.args[1], 0);
	call.back = 1;
	guest_done();
}

/**
 * struct seen - the first exit other than MMIO
 * @reason: KVM_EXIT_*
 * @type:   of a system event
 * @flags:  of a system event: the first word of its data, or 0
 * @number: of KVM_EXIT_HYPERCALL
 * @other:  KVM_GET_MP_STATE of the other vCPU
 */
struct seen {
	uint32_t reason, type;
	uint64_t flags, number;
	int other;
};

static int mp_state(const struct kvm_vcpu *vcpu)
{
	struct kvm_mp_state state = { .mp_state = ~0U };
	int ret = abi_ioctl(vcpu->fd, KVM_GET_MP_STATE, &state);

	return ret ? ret : (int)state.mp_state;
}

static int set_mp_state(const struct kvm_vcpu *vcpu, uint32_t value)
{
	struct kvm_mp_state state = { .mp_state = value };

	return abi_ioctl(vcpu->fd, KVM_SET_MP_STATE, &state);
}

/* Notes the first exit other than MMIO. Makes the vCPU runnable: the call may have stopped it. */
static bool note_exit(struct guest *guest, struct kvm_run *run)
{
	struct seen *seen = guest->context;

	if (run->exit_reason == KVM_EXIT_MMIO)
		return false;
	if (seen->reason)
		return true;
	seen->other = mp_state(guest->vcpus[SECOND]);
	if (set_mp_state(guest->vcpus[FIRST], KVM_MP_STATE_RUNNABLE))
		fprintf(stderr, "KVM_SET_MP_STATE: expected success\n");
	seen->reason = run->exit_reason;
	if (run->exit_reason == KVM_EXIT_SYSTEM_EVENT) {
		seen->type = run->system_event.type;
		/* Before 5.19 ndata was the word `flags`, which no kernel wrote. */
		seen->flags = run->system_event.ndata ? run->system_event.data[0] : 0;
	} else if (run->exit_reason == KVM_EXIT_HYPERCALL) {
		seen->number = run->hypercall.nr;
	}
	return true;
}

#define RULE_FIXTURE	firmware
#define RULE_STATE	struct guest guest; struct seen seen
#include "harness/any_fixture.h"

/* A guest that makes one call. Its other vCPU never runs. */
#define CREATE_CALLER(fn, arg1, arg2) do {				\
	call = (struct call){ .function = fn, .args = { arg1, arg2 } };	\
	self->seen = (struct seen){ 0 };				\
	guest_create_off(&self->guest, NR_VCPUS, make_call);		\
	self->guest.nr_vcpus = 1;					\
	self->guest.context = &self->seen;				\
	self->guest.on_exit = note_exit;				\
	sync_global_to_guest(self->guest.vm, call);			\
} while (0)

/* Runs the guest until its call has returned, whatever exits come first. */
#define RUN_CALLER() do {						\
	ASSERT_TRUE(guest_run(&self->guest));				\
	sync_global_from_guest(self->guest.vm, call);			\
	ASSERT_EQ(1, call.back);					\
} while (0)

#define MAKE_CALL(fn, arg1, arg2) do {					\
	CREATE_CALLER(fn, arg1, arg2);					\
	RUN_CALLER();							\
} while (0)

static const char *event_word(const struct seen *seen)
{
	if (!seen->reason)
		return "NONE";
	if (seen->reason != KVM_EXIT_SYSTEM_EVENT)
		return "OTHER";
	switch (seen->type) {
	case KVM_SYSTEM_EVENT_SHUTDOWN:
		return "SHUTDOWN";
	case KVM_SYSTEM_EVENT_RESET:
		return "RESET";
	case KVM_SYSTEM_EVENT_SUSPEND:
		return "SUSPEND";
	case KVM_SYSTEM_EVENT_WAKEUP:
		return "WAKEUP";
	}
	return "OTHER";
}

/* ---- PSCI 0.1, for vCPUs without KVM_ARM_VCPU_PSCI_0_2 ---- */

#define RULE_FIXTURE	psci_0_1
#define RULE_STATE	struct guest guest
#include "harness/any_fixture.h"

#define ABSENT_VCPU	7

static void call_0_1(void)
{
	unsigned int i;

	for (i = 0; i < 10; i++)
		guest_expect("the result of a function of PSCI 0.2", PSCI_RET_NOT_SUPPORTED,
			     guest_psci(PSCI_0_2_FN_BASE + i, GUEST_MPIDR_OF(SECOND), 0, 0));
	guest_expect("CPU_ON of a vCPU that is on", PSCI_RET_INVALID_PARAMS,
		     guest_psci(KVM_PSCI_FN_CPU_ON, GUEST_MPIDR_OF(SECOND), 0, 0));
	guest_expect("CPU_ON of a vCPU that does not exist", PSCI_RET_INVALID_PARAMS,
		     guest_psci(KVM_PSCI_FN_CPU_ON, GUEST_MPIDR_OF(ABSENT_VCPU), 0, 0));
	guest_request(KVM_MP_STATE_STOPPED);
	guest_expect("CPU_ON of a vCPU that is off", PSCI_RET_SUCCESS,
		     guest_psci(KVM_PSCI_FN_CPU_ON, GUEST_MPIDR_OF(SECOND), 0, 0));
	guest_request(KVM_MP_STATE_RUNNABLE);
	guest_expect("CPU_ON of a vCPU that was turned on", PSCI_RET_INVALID_PARAMS,
		     guest_psci(KVM_PSCI_FN_CPU_ON, GUEST_MPIDR_OF(SECOND), 0, 0));
	guest_done();
}

/* Stops the other vCPU, or checks that it is runnable. */
static void set_or_check_state(struct guest *guest, unsigned int state)
{
	int ret = state == KVM_MP_STATE_STOPPED ? set_mp_state(guest->vcpus[SECOND], state) :
						  mp_state(guest->vcpus[SECOND]);

	TEST_ASSERT(!ret, "the other vCPU: expected state %u, got %d", state, ret);
}

/* The second vCPU never runs. */
TEST_F(psci_0_1, calls)
{
	guest_create(&self->guest, NR_VCPUS, call_0_1);
	self->guest.nr_vcpus = 1;
	self->guest.on_request = set_or_check_state;
	EXPECT_GUEST_ENDS("calls of a vCPU without KVM_ARM_VCPU_PSCI_0_2");
}

static void call_0_1_by_0_2(void)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		guest_expect("the answer to a function of PSCI 0.1", PSCI_RET_NOT_SUPPORTED,
			     guest_psci(KVM_PSCI_FN(i), GUEST_MPIDR_OF(SECOND), 0, 0));
	guest_done();
}

TEST_F(psci_0_1, of_0_2)
{
	guest_create_off(&self->guest, NR_VCPUS, call_0_1_by_0_2);
	self->guest.nr_vcpus = 1;
	EXPECT_GUEST_ENDS("functions of PSCI 0.1, by a vCPU with KVM_ARM_VCPU_PSCI_0_2");
}

/* ---- the end of a VM ---- */

TEST_F(firmware, system_off)
{
	MAKE_CALL(PSCI_0_2_FN_SYSTEM_OFF, 0, 0);
	EXPECT_RULE_WORD(event_word(&self->seen), "SYSTEM_OFF: exit reason %u",
			 self->seen.reason);
	ASSERT_EQ(0, self->seen.flags);
}

TEST_F(firmware, system_reset)
{
	MAKE_CALL(PSCI_0_2_FN_SYSTEM_RESET, 0, 0);
	EXPECT_RULE_WORD(event_word(&self->seen), "SYSTEM_RESET: exit reason %u",
			 self->seen.reason);
	ASSERT_EQ(0, self->seen.flags);
}

static const uint32_t end_functions[] = { PSCI_0_2_FN_SYSTEM_OFF, PSCI_0_2_FN_SYSTEM_RESET };

TEST_F(firmware, answer_after_end)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(end_functions); i++) {
		MAKE_CALL(end_functions[i], 0, 0);
		EXPECT_RULE_WORD(holds(call.answer == PSCI_RET_INTERNAL_FAILURE),
				 "function 0x%x: answer %d", end_functions[i], call.answer);
	}
}

/* The other vCPU is on, and not in KVM_RUN. */
TEST_F(firmware, all_stop)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(end_functions); i++) {
		CREATE_CALLER(end_functions[i], 0, 0);
		ASSERT_OK(set_mp_state(self->guest.vcpus[SECOND], KVM_MP_STATE_RUNNABLE));
		RUN_CALLER();
		EXPECT_RULE_WORD(self->seen.other == KVM_MP_STATE_STOPPED ? "STOPPED" : "OTHER",
				 "the other vCPU after function 0x%x: state %d", end_functions[i],
				 self->seen.other);
	}
}

/* ---- calls of PSCI 1.0 and later ---- */

#define RULE_FIXTURE	psci_1_0
#define RULE_NEEDS	NEED_PSCI_1_0
#define RULE_STATE	struct guest guest; struct seen seen
#include "harness/any_fixture.h"

/* PSCI_FEATURES returns 0 for a function without feature flags. */
TEST_F(psci_1_0, features)
{
	static const uint32_t functions[] = {
		PSCI_0_2_FN_PSCI_VERSION, PSCI_0_2_FN_CPU_SUSPEND, PSCI_0_2_FN_CPU_OFF,
		PSCI_0_2_FN_CPU_ON, PSCI_0_2_FN_AFFINITY_INFO, PSCI_0_2_FN_MIGRATE_INFO_TYPE,
		PSCI_0_2_FN_SYSTEM_OFF, PSCI_0_2_FN_SYSTEM_RESET, FN_FEATURES,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		MAKE_CALL(FN_FEATURES, functions[i], 0);
		EXPECT_RULE_WORD(holds(call.answer == 0), "PSCI_FEATURES of 0x%x: %d",
				 functions[i], call.answer);
	}
}

TEST_F(psci_1_0, features_of_absent)
{
	static const uint32_t functions[] = { PSCI_0_2_FN_MIGRATE, 0x8400001f, 0, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		MAKE_CALL(FN_FEATURES, functions[i], 0);
		EXPECT_RULE_WORD(holds(call.answer == PSCI_RET_NOT_SUPPORTED),
				 "PSCI_FEATURES of 0x%x: %d", functions[i], call.answer);
	}
}

#define RULE_FIXTURE	psci_1_1
#define RULE_NEEDS	NEED_PSCI_1_1
#define RULE_STATE	struct guest guest; struct seen seen
#include "harness/any_fixture.h"

TEST_F(psci_1_1, reset2)
{
	static const uint32_t types[] = { 0, RESET2_VENDOR, RESET2_VENDOR | 0x1234 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		MAKE_CALL(FN_SYSTEM_RESET2, types[i], 0);
		EXPECT_RULE_WORD(event_word(&self->seen), "SYSTEM_RESET2 of type 0x%x: reason %u",
				 types[i], self->seen.reason);
	}
}

TEST_F(psci_1_1, reset2_flag)
{
	MAKE_CALL(FN_SYSTEM_RESET2, 0, 0);
	EXPECT_RULE_WORD(holds(self->seen.flags == FLAG_RESET2), "flags 0x%llx",
			 (unsigned long long)self->seen.flags);
}

/* Architectural types that are not defined. */
TEST_F(psci_1_1, reset2_unknown_type)
{
	static const uint32_t types[] = { 1, 2, 0x40000000, 0x7fffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		MAKE_CALL(FN_SYSTEM_RESET2, types[i], 0);
		EXPECT_RULE_WORD(holds(!self->seen.reason &&
				       call.answer == PSCI_RET_INVALID_PARAMS),
				 "SYSTEM_RESET2 of type 0x%x: exit reason %u, answer %d", types[i],
				 self->seen.reason, call.answer);
	}
}

#define RULE_FIXTURE	psci_1_3
#define RULE_NEEDS	NEED_PSCI_1_3
#define RULE_STATE	struct guest guest; struct seen seen
#include "harness/any_fixture.h"

/* Hibernation is type 1, but some guests pass 0. */
TEST_F(psci_1_3, off2)
{
	static const uint32_t types[] = { 0, OFF2_HIBERNATE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		MAKE_CALL(FN_SYSTEM_OFF2, types[i], 0);
		EXPECT_RULE_WORD(event_word(&self->seen), "SYSTEM_OFF2 of type 0x%x: reason %u",
				 types[i], self->seen.reason);
	}
}

TEST_F(psci_1_3, off2_flag)
{
	MAKE_CALL(FN_SYSTEM_OFF2, OFF2_HIBERNATE, 0);
	EXPECT_RULE_WORD(holds(self->seen.flags == FLAG_OFF2), "flags 0x%llx",
			 (unsigned long long)self->seen.flags);
}

TEST_F(psci_1_3, off2_unknown_type)
{
	static const uint64_t args[][2] = { { 2, 0 }, { 4, 0 }, { 0x80000000, 0 }, { 1, 1 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(args); i++) {
		MAKE_CALL(FN_SYSTEM_OFF2, args[i][0], args[i][1]);
		EXPECT_RULE_WORD(holds(!self->seen.reason &&
				       call.answer == PSCI_RET_INVALID_PARAMS),
				 "SYSTEM_OFF2 of 0x%llx, 0x%llx: exit reason %u, answer %d",
				 (unsigned long long)args[i][0], (unsigned long long)args[i][1],
				 self->seen.reason, call.answer);
	}
}

/* ---- SYSTEM_SUSPEND ---- */

#define RULE_FIXTURE	suspend
#define RULE_NEEDS	NEED_SUSPEND
#define RULE_STATE	struct guest guest; struct seen seen
#include "harness/any_fixture.h"

static int enable_suspend(const struct guest *guest, uint32_t flags, uint64_t arg)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_ARM_SYSTEM_SUSPEND, .flags = flags, .args = { arg },
	};

	return abi_ioctl(guest->abi.fd, KVM_ENABLE_CAP, &cap);
}

TEST_F(suspend, not_enabled)
{
	MAKE_CALL(FN_SYSTEM_SUSPEND, 0, 0);
	EXPECT_RULE_WORD(holds(!self->seen.reason && call.answer == PSCI_RET_NOT_SUPPORTED),
			 "SYSTEM_SUSPEND: exit reason %u, answer %d", self->seen.reason,
			 call.answer);
}

TEST_F(suspend, features)
{
	MAKE_CALL(FN_FEATURES, FN_SYSTEM_SUSPEND, 0);
	EXPECT_RULE_WORD(holds(call.answer == PSCI_RET_NOT_SUPPORTED),
			 "PSCI_FEATURES before SYSTEM_SUSPEND is enabled: %d", call.answer);
	CREATE_CALLER(FN_FEATURES, FN_SYSTEM_SUSPEND, 0);
	ASSERT_OK(enable_suspend(&self->guest, 0, 0));
	RUN_CALLER();
	EXPECT_RULE_WORD(holds(call.answer == 0),
			 "PSCI_FEATURES once SYSTEM_SUSPEND is enabled: %d",
			 call.answer);
}

#define CREATE_SUSPENDER() do {						\
	CREATE_CALLER(FN_SYSTEM_SUSPEND, 0, 0);				\
	ASSERT_OK(enable_suspend(&self->guest, 0, 0));			\
} while (0)

TEST_F(suspend, event)
{
	CREATE_SUSPENDER();
	RUN_CALLER();
	EXPECT_RULE_WORD(event_word(&self->seen), "SYSTEM_SUSPEND: exit reason %u",
			 self->seen.reason);
}

/* User space has not written a result, so the first register still has the function number. */
TEST_F(suspend, registers_kept)
{
	CREATE_SUSPENDER();
	RUN_CALLER();
	ASSERT_STREQ("SUSPEND", event_word(&self->seen));
	EXPECT_RULE_WORD(holds(call.answer == (int)FN_SYSTEM_SUSPEND),
			 "first register of the resumed guest: 0x%x", call.answer);
}

/* KVM does not check that the other vCPUs are off. */
TEST_F(suspend, others_run)
{
	CREATE_SUSPENDER();
	ASSERT_OK(set_mp_state(self->guest.vcpus[SECOND], KVM_MP_STATE_RUNNABLE));
	RUN_CALLER();
	EXPECT_RULE_WORD(holds(self->seen.other == KVM_MP_STATE_RUNNABLE),
			 "state of a vCPU that is on: %d", self->seen.other);
}

TEST_F(suspend, enabled_again)
{
	CREATE_SUSPENDER();
	EXPECT_RULE(enable_suspend(&self->guest, 0, 0), "KVM_ENABLE_CAP again");
}

TEST_F(suspend, flags)
{
	unsigned int bit;

	CREATE_CALLER(FN_SYSTEM_SUSPEND, 0, 0);
	for (bit = 0; bit < 32; bit++)
		EXPECT_RULE(enable_suspend(&self->guest, 1U << bit, 0), "flags 0x%x", 1U << bit);
	RUN_CALLER();
	ASSERT_EQ(PSCI_RET_NOT_SUPPORTED, call.answer);
}

/* ---- a vCPU that waits for a wakeup ---- */

static int raise_irq(const struct guest *guest)
{
	return vgic_irq_line(guest->abi.fd,
			     VGIC_LINE(KVM_ARM_IRQ_TYPE_CPU, FIRST, KVM_ARM_IRQ_CPU_IRQ), 1);
}

/*
 * Calls KVM_RUN of the first vCPU once. If the vCPU is suspended, the call ends because the vCPU's
 * IRQ input is high.
 */
static int run_once(struct guest *guest)
{
	int ret = abi_ioctl(guest->vcpus[FIRST]->fd, KVM_RUN, NULL);
	const struct kvm_run *run = guest->vcpus[FIRST]->run;
	struct seen *seen = guest->context;

	seen->reason = run->exit_reason;
	seen->type = run->exit_reason == KVM_EXIT_SYSTEM_EVENT ? run->system_event.type : 0;
	return ret;
}

TEST_F(suspend, wakeup)
{
	CREATE_SUSPENDER();
	ASSERT_OK(set_mp_state(self->guest.vcpus[FIRST], KVM_MP_STATE_SUSPENDED));
	ASSERT_OK(raise_irq(&self->guest));
	ASSERT_OK(run_once(&self->guest));
	EXPECT_RULE_WORD(event_word(&self->seen), "KVM_RUN of a vCPU in KVM_MP_STATE_SUSPENDED");
}

/* Each KVM_RUN waits for a wakeup, until user space makes the vCPU runnable. */
TEST_F(suspend, stays_suspended)
{
	unsigned int i;

	CREATE_SUSPENDER();
	ASSERT_OK(set_mp_state(self->guest.vcpus[FIRST], KVM_MP_STATE_SUSPENDED));
	ASSERT_OK(raise_irq(&self->guest));
	for (i = 0; i < 3; i++) {
		ASSERT_OK(run_once(&self->guest));
		ASSERT_STREQ("WAKEUP", event_word(&self->seen));
		EXPECT_RULE_WORD(holds(mp_state(self->guest.vcpus[FIRST]) ==
				       KVM_MP_STATE_SUSPENDED),
				 "KVM_GET_MP_STATE after wakeup %u", i);
	}
	ASSERT_OK(set_mp_state(self->guest.vcpus[FIRST], KVM_MP_STATE_RUNNABLE));
	ASSERT_OK(run_once(&self->guest));
	ASSERT_STREQ("SUSPEND", event_word(&self->seen));
}

/* ---- the filter of SMCCC calls ---- */

#define RULE_FIXTURE	filter
#define RULE_NEEDS	NEED_FILTER
#define RULE_STATE	struct guest guest; struct seen seen
#include "harness/any_fixture.h"

/* struct kvm_smccc_filter of <asm/kvm.h>, which older headers lack, and its actions. */
struct smccc_filter {
	uint32_t base;
	uint32_t nr_functions;
	uint8_t action;
	uint8_t pad[15];
};

enum { FILTER_HANDLE, FILTER_DENY, FILTER_FORWARD, FILTER_ACTIONS };

/* Calls of the vendor-specific hypervisor service that KVM does not implement. */
#define RANGE_BASE	0xc6001000U
#define RANGE_SIZE	16

static int set_filter(const struct guest *guest, uint32_t base, uint32_t nr, uint8_t action)
{
	struct smccc_filter filter = { .base = base, .nr_functions = nr, .action = action };

	return abi_attr_set(guest->abi.fd, KVM_ARM_VM_SMCCC_CTRL, KVM_ARM_VM_SMCCC_FILTER, &filter);
}

TEST_F(filter, accepted)
{
	unsigned int action;

	CREATE_CALLER(PSCI_0_2_FN_PSCI_VERSION, 0, 0);
	for (action = 0; action < FILTER_ACTIONS; action++)
		EXPECT_RULE(set_filter(&self->guest, RANGE_BASE + action * RANGE_SIZE, RANGE_SIZE,
				       action), "action %u", action);
	EXPECT_RULE(set_filter(&self->guest, 0xffffffff, 1, FILTER_DENY), "the last function");
	EXPECT_RULE(set_filter(&self->guest, 0, 1, FILTER_DENY), "the first function");
	RUN_CALLER();
}

TEST_F(filter, overlap)
{
	CREATE_CALLER(PSCI_0_2_FN_PSCI_VERSION, 0, 0);
	ASSERT_OK(set_filter(&self->guest, RANGE_BASE, RANGE_SIZE, FILTER_DENY));
	EXPECT_RULE(set_filter(&self->guest, RANGE_BASE, RANGE_SIZE, FILTER_DENY),
		    "a range that is filtered already");
	EXPECT_RULE(set_filter(&self->guest, RANGE_BASE + RANGE_SIZE - 1, 2, FILTER_DENY),
		    "a range over the end of a filtered range");
	EXPECT_RULE(set_filter(&self->guest, RANGE_BASE - 1, 2, FILTER_DENY),
		    "a range over the beginning of another");
	EXPECT_RULE(set_filter(&self->guest, RANGE_BASE + 1, 1, FILTER_HANDLE),
		    "a range within another");
	EXPECT_RULE(set_filter(&self->guest, RANGE_BASE - 1, RANGE_SIZE + 2, FILTER_DENY),
		    "a range around another");
	ASSERT_OK(set_filter(&self->guest, RANGE_BASE + RANGE_SIZE, 1, FILTER_DENY));
	ASSERT_OK(set_filter(&self->guest, RANGE_BASE - 1, 1, FILTER_DENY));
}

TEST_F(filter, reserved)
{
	static const uint32_t ranges[] = { 0x80000000, 0xc0000000 };
	unsigned int i;

	CREATE_CALLER(PSCI_0_2_FN_PSCI_VERSION, 0, 0);
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		EXPECT_RULE(set_filter(&self->guest, ranges[i], 1, FILTER_DENY), "0x%x", ranges[i]);
		EXPECT_RULE(set_filter(&self->guest, ranges[i] + 0xffff, 1, FILTER_DENY), "0x%x",
			    ranges[i] + 0xffff);
		EXPECT_RULE(set_filter(&self->guest, ranges[i] - 1, 2, FILTER_HANDLE),
			    "over the beginning of 0x%x", ranges[i]);
		ASSERT_OK(set_filter(&self->guest, ranges[i] + 0x10000, 1, FILTER_DENY));
	}
}

TEST_F(filter, wraps)
{
	CREATE_CALLER(PSCI_0_2_FN_PSCI_VERSION, 0, 0);
	EXPECT_RULE(set_filter(&self->guest, 0xffffffff, 2, FILTER_DENY),
		    "a range that extends beyond the last function");
	EXPECT_RULE(set_filter(&self->guest, RANGE_BASE, 0xffffffff, FILTER_DENY),
		    "a range of all functions but one, which wraps");
}

TEST_F(filter, empty)
{
	CREATE_CALLER(PSCI_0_2_FN_PSCI_VERSION, 0, 0);
	EXPECT_RULE(set_filter(&self->guest, RANGE_BASE, 0, FILTER_DENY), "an empty range");
}

TEST_F(filter, unknown_action)
{
	unsigned int action;

	CREATE_CALLER(PSCI_0_2_FN_PSCI_VERSION, 0, 0);
	for (action = FILTER_ACTIONS; action < 256; action++)
		EXPECT_RULE(set_filter(&self->guest, RANGE_BASE, RANGE_SIZE, action), "action %u",
			    action);
	ASSERT_OK(set_filter(&self->guest, RANGE_BASE, RANGE_SIZE, FILTER_DENY));
}

TEST_F(filter, padding)
{
	unsigned int i;

	CREATE_CALLER(PSCI_0_2_FN_PSCI_VERSION, 0, 0);
	for (i = 0; i < 15; i++) {
		struct smccc_filter filter = {
			.base = RANGE_BASE, .nr_functions = 1, .action = FILTER_DENY,
		};

		filter.pad[i] = 1;
		EXPECT_RULE(abi_attr_set(self->guest.abi.fd, KVM_ARM_VM_SMCCC_CTRL,
					 KVM_ARM_VM_SMCCC_FILTER, &filter),
			    "byte %u of the padding", i);
	}
}

TEST_F(filter, unknown)
{
	struct smccc_filter filter = { .base = RANGE_BASE, .nr_functions = 1 };
	unsigned int bit;

	CREATE_CALLER(PSCI_0_2_FN_PSCI_VERSION, 0, 0);
	for (bit = 0; bit < 64; bit++) {
		EXPECT_RULE(abi_attr_has(self->guest.abi.fd, KVM_ARM_VM_SMCCC_CTRL, 1ULL << bit),
			    "has attribute 0x%llx", 1ULL << bit);
		EXPECT_RULE(abi_attr_set(self->guest.abi.fd, KVM_ARM_VM_SMCCC_CTRL, 1ULL << bit,
					 &filter), "set attribute 0x%llx", 1ULL << bit);
	}
}

TEST_F(filter, bad_pointer)
{
	CREATE_CALLER(PSCI_0_2_FN_PSCI_VERSION, 0, 0);
	EXPECT_RULE(abi_attr_set(self->guest.abi.fd, KVM_ARM_VM_SMCCC_CTRL,
				 KVM_ARM_VM_SMCCC_FILTER, NULL), "set from NULL");
	EXPECT_RULE(abi_attr_set(self->guest.abi.fd, KVM_ARM_VM_SMCCC_CTRL,
				 KVM_ARM_VM_SMCCC_FILTER, abi_edge_of_memory(8)),
		    "set from 8 bytes");
}

TEST_F(filter, after_run)
{
	MAKE_CALL(PSCI_0_2_FN_PSCI_VERSION, 0, 0);
	EXPECT_RULE(set_filter(&self->guest, RANGE_BASE, RANGE_SIZE, FILTER_DENY),
		    "set after KVM_RUN");
}

/* A call that KVM implements is denied; a call outside of the filter's range is not. */
TEST_F(filter, denied)
{
	CREATE_CALLER(PSCI_0_2_FN_PSCI_VERSION, 0, 0);
	ASSERT_OK(set_filter(&self->guest, PSCI_0_2_FN_PSCI_VERSION, 1, FILTER_DENY));
	RUN_CALLER();
	EXPECT_RULE_WORD(holds(!self->seen.reason && call.answer == PSCI_RET_NOT_SUPPORTED),
			 "PSCI_VERSION: exit reason %u, answer %d", self->seen.reason, call.answer);
	CREATE_CALLER(PSCI_0_2_FN_MIGRATE_INFO_TYPE, 0, 0);
	ASSERT_OK(set_filter(&self->guest, PSCI_0_2_FN_PSCI_VERSION, 1, FILTER_DENY));
	RUN_CALLER();
	EXPECT_RULE_WORD(holds(call.answer == PSCI_0_2_TOS_MP), "MIGRATE_INFO_TYPE: %d",
			 call.answer);
}

TEST_F(filter, handled)
{
	CREATE_CALLER(PSCI_0_2_FN_MIGRATE_INFO_TYPE, 0, 0);
	ASSERT_OK(set_filter(&self->guest, PSCI_0_2_FN_MIGRATE_INFO_TYPE, 1, FILTER_HANDLE));
	RUN_CALLER();
	EXPECT_RULE_WORD(holds(!self->seen.reason && call.answer == PSCI_0_2_TOS_MP),
			 "MIGRATE_INFO_TYPE: exit reason %u, answer %d", self->seen.reason,
			 call.answer);
}

TEST_F(filter, forwarded)
{
	static const uint32_t functions[] = { PSCI_0_2_FN_PSCI_VERSION, RANGE_BASE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		CREATE_CALLER(functions[i], 0, 0);
		ASSERT_OK(set_filter(&self->guest, functions[i], 1, FILTER_FORWARD));
		RUN_CALLER();
		EXPECT_RULE_WORD(holds(self->seen.reason == KVM_EXIT_HYPERCALL &&
				       self->seen.number == functions[i]),
				 "function 0x%x: exit reason %u, number 0x%llx", functions[i],
				 self->seen.reason, (unsigned long long)self->seen.number);
	}
}

#include "harness/rule_main.h"
