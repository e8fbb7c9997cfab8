// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_RUN and related calls, PSCI, and the state of a vCPU that was turned on: a VMM relies on them
 * before its guest uses a GIC.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/vgic_uapi.h"
#include "guest/guest.h"
#include "guest/guest_fixture.h"
#include "guest/guest_gic.h"
#include "guest/guest_power.h"
#include "guest/guest_timer.h"
#include "harness/rule_harness.h"

/* ---- KVM_RUN ---- */

FIXTURE(run_call)
{
	struct rule_run run;
	struct abi_vm vm;
	struct abi_vcpu vcpu;
};

FIXTURE_VARIANT(run_call)
{
	const char *name;
	unsigned int needs;
};

FIXTURE_VARIANT_ADD(run_call, any)
{
	.name = "any",
};

FIXTURE_SETUP(run_call)
{
	RULE_SETUP("run_call");
	abi_vm_open(&self->vm, 0);
	abi_vcpu_add(&self->vm, 0, &self->vcpu);
	ASSERT_OK(abi_vm_add_code(&self->vm));
}

FIXTURE_TEARDOWN(run_call)
{
	rule_end(&self->run);
}

/* The PC is not set yet: if KVM wrongly accepts the argument, immediate_exit ends KVM_RUN. */
TEST_F(run_call, argument)
{
	self->vcpu.run->immediate_exit = 1;
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_RUN, (void *)1), "KVM_RUN with the argument 1");
	self->vcpu.run->immediate_exit = 0;
	ASSERT_OK(abi_vcpu_run(&self->vcpu));
}

TEST_F(run_call, unknown_call)
{
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, _IO(KVMIO, 0xfe), NULL), "an unknown call of KVM");
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, _IO('x', 0x80), NULL), "KVM_RUN's number of type 'x'");
}

/* Without immediate_exit, the guest's store ends KVM_RUN with 0. */
TEST_F(run_call, immediate_exit)
{
	unsigned int bit;

	self->vcpu.run->immediate_exit = 1;
	EXPECT_RULE(abi_vcpu_run(&self->vcpu), "KVM_RUN with immediate_exit");
	EXPECT_RULE(abi_vcpu_run(&self->vcpu), "KVM_RUN with immediate_exit again");
	for (bit = 1; bit < 8; bit++) {
		self->vcpu.run->immediate_exit = 1U << bit;
		EXPECT_RULE(abi_vcpu_run(&self->vcpu), "KVM_RUN with immediate_exit 0x%x",
			    1U << bit);
	}
	self->vcpu.run->immediate_exit = 0;
	ASSERT_OK(abi_vcpu_run(&self->vcpu));
}

/* ---- another process ---- */

/* The call's result in a child process. */
static int call_in_child(int fd, unsigned long request, const void *arg)
{
	pid_t pid = fork();
	int status;

	TEST_ASSERT(pid >= 0, "fork: %s", strerror(errno));
	if (!pid)
		_exit(-abi_ioctl(fd, request, arg));
	TEST_ASSERT(waitpid(pid, &status, 0) == pid && WIFEXITED(status),
		    "expected the child to exit, got status 0x%x", status);
	return -WEXITSTATUS(status);
}

/* If KVM wrongly accepts KVM_RUN, the guest's store ends it. */
TEST_F(run_call, other_process)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };
	struct kvm_reg_list list = { .n = 0 };

	ASSERT_OK(abi_vcpu_run(&self->vcpu));
	EXPECT_RULE(call_in_child(self->vcpu.fd, KVM_RUN, NULL), "KVM_RUN");
	EXPECT_RULE(call_in_child(self->vcpu.fd, KVM_GET_REG_LIST, &list), "KVM_GET_REG_LIST");
	EXPECT_RULE(call_in_child(self->vcpu.fd, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	ASSERT_OK(abi_vcpu_run(&self->vcpu));
}

/* ---- signals ---- */

/* Size of the kernel's signal set, in bytes. */
#define KERNEL_SET_SIZE	8

static int set_signal_mask(struct abi_vcpu *vcpu, uint32_t len, uint64_t set)
{
	struct {
		uint32_t len;
		uint8_t set[16];
	} arg = { .len = len };

	memcpy(arg.set, &set, sizeof(set));
	return abi_ioctl(vcpu->fd, KVM_SET_SIGNAL_MASK, &arg);
}

#define BIT_OF_SIGNAL(signal)	(1ULL << ((signal) - 1))

static volatile sig_atomic_t handled;

static void count_signal(int signal)
{
	(void)signal;
	handled++;
}

/* Blocks SIGUSR1 for this thread, and sends it. */
static void send_blocked_signal(void)
{
	struct sigaction action = { .sa_handler = count_signal };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	TEST_ASSERT(!sigaction(SIGUSR1, &action, NULL), "sigaction: %s", strerror(errno));
	TEST_ASSERT(!sigprocmask(SIG_BLOCK, &set, NULL), "sigprocmask: %s", strerror(errno));
	TEST_ASSERT(!raise(SIGUSR1), "raise: %s", strerror(errno));
}

TEST_F(run_call, signal_unmasked)
{
	send_blocked_signal();
	ASSERT_OK(set_signal_mask(&self->vcpu, KERNEL_SET_SIZE, 0));
	EXPECT_RULE(abi_vcpu_run(&self->vcpu), "KVM_RUN whose mask lets a pending signal through");
}

/* The vCPU keeps the mask until it is removed. */
TEST_F(run_call, signal_mask_stays)
{
	unsigned int i;

	send_blocked_signal();
	ASSERT_OK(set_signal_mask(&self->vcpu, KERNEL_SET_SIZE, 0));
	for (i = 0; i < 3; i++)
		EXPECT_RULE(abi_vcpu_run(&self->vcpu), "KVM_RUN %u after KVM_SET_SIGNAL_MASK", i);
}

TEST_F(run_call, signal_reason)
{
	send_blocked_signal();
	ASSERT_OK(set_signal_mask(&self->vcpu, KERNEL_SET_SIZE, 0));
	self->vcpu.run->exit_reason = KVM_EXIT_UNKNOWN;
	ASSERT_EQ(-EINTR, abi_vcpu_run(&self->vcpu));
	EXPECT_RULE_WORD(self->vcpu.run->exit_reason == KVM_EXIT_INTR ? "INTR" : "OTHER",
			 "exit_reason %u", self->vcpu.run->exit_reason);
}

/* The signal stays pending: both the vCPU's mask and the thread's block it. */
TEST_F(run_call, signal_masked)
{
	send_blocked_signal();
	EXPECT_RULE(abi_vcpu_run(&self->vcpu), "KVM_RUN without KVM_SET_SIGNAL_MASK");
	ASSERT_OK(set_signal_mask(&self->vcpu, KERNEL_SET_SIZE, BIT_OF_SIGNAL(SIGUSR1)));
	EXPECT_RULE(abi_vcpu_run(&self->vcpu), "KVM_RUN with a mask that blocks the signal");
	ASSERT_OK(set_signal_mask(&self->vcpu, KERNEL_SET_SIZE, 0));
	ASSERT_OK(abi_ioctl(self->vcpu.fd, KVM_SET_SIGNAL_MASK, NULL));
	EXPECT_RULE(abi_vcpu_run(&self->vcpu), "KVM_RUN after the mask was removed");
	ASSERT_EQ(0, handled);
}

/* The thread's own mask is in force again when KVM_RUN has returned. */
TEST_F(run_call, signal_mask_restored)
{
	sigset_t before, after;

	send_blocked_signal();
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, NULL, &before));
	ASSERT_OK(set_signal_mask(&self->vcpu, KERNEL_SET_SIZE, BIT_OF_SIGNAL(SIGUSR1) |
				  BIT_OF_SIGNAL(SIGUSR2)));
	ASSERT_OK(abi_vcpu_run(&self->vcpu));
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, NULL, &after));
	EXPECT_RULE_WORD(sigismember(&after, SIGUSR1) == sigismember(&before, SIGUSR1) &&
			 sigismember(&after, SIGUSR2) == sigismember(&before, SIGUSR2) ?
			 "RESTORED" : "CHANGED", "the thread's mask after an exit of the guest");
	ASSERT_OK(set_signal_mask(&self->vcpu, KERNEL_SET_SIZE, 0));
	ASSERT_EQ(-EINTR, abi_vcpu_run(&self->vcpu));
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, NULL, &after));
	EXPECT_RULE_WORD(sigismember(&after, SIGUSR1) ? "RESTORED" : "CHANGED",
			 "the thread's mask after a signal");
}

TEST_F(run_call, signal_mask_bad_length)
{
	static const uint32_t lengths[] = { 0, 4, 7, 9, 16, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		EXPECT_RULE(set_signal_mask(&self->vcpu, lengths[i], 0), "a set of %u bytes",
			    lengths[i]);
}

TEST_F(run_call, signal_mask_bad_pointer)
{
	struct kvm_signal_mask *edge = abi_edge_of_memory(sizeof(*edge));

	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_SET_SIGNAL_MASK, (void *)8), "a bad pointer");
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_SET_SIGNAL_MASK, abi_edge_of_memory(2)),
		    "an argument that ends within the length");
	edge->len = KERNEL_SET_SIZE;
	EXPECT_RULE(abi_ioctl(self->vcpu.fd, KVM_SET_SIGNAL_MASK, edge),
		    "an argument that ends before the set");
}

/* ---- KVM_GET_MP_STATE and KVM_SET_MP_STATE ---- */

static int mp_state(struct abi_vcpu *vcpu)
{
	struct kvm_mp_state state = { .mp_state = ~0U };
	int ret = abi_ioctl(vcpu->fd, KVM_GET_MP_STATE, &state);

	return ret ? ret : (int)state.mp_state;
}

static int set_mp_state(struct abi_vcpu *vcpu, uint32_t value)
{
	struct kvm_mp_state state = { .mp_state = value };

	return abi_ioctl(vcpu->fd, KVM_SET_MP_STATE, &state);
}

static const char *mp_word(int state)
{
	return state == KVM_MP_STATE_RUNNABLE ? "RUNNABLE" :
	       state == KVM_MP_STATE_STOPPED ? "STOPPED" : rule_outcome(state);
}

TEST_F(run_call, mp_state)
{
	ASSERT_EQ(KVM_MP_STATE_RUNNABLE, mp_state(&self->vcpu));
	ASSERT_OK(set_mp_state(&self->vcpu, KVM_MP_STATE_STOPPED));
	EXPECT_RULE_WORD(mp_word(mp_state(&self->vcpu)),
			 "KVM_GET_MP_STATE of a vCPU that was stopped");
	ASSERT_OK(set_mp_state(&self->vcpu, KVM_MP_STATE_RUNNABLE));
	ASSERT_EQ(KVM_MP_STATE_RUNNABLE, mp_state(&self->vcpu));
	ASSERT_OK(abi_vcpu_run(&self->vcpu));
}

/* States of other architectures, and numbers that are not states. */
TEST_F(run_call, mp_state_unknown)
{
	static const uint32_t states[] = {
		KVM_MP_STATE_UNINITIALIZED, KVM_MP_STATE_INIT_RECEIVED,
		KVM_MP_STATE_SIPI_RECEIVED, 100, 0xffffffff,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(states); i++)
		EXPECT_RULE(set_mp_state(&self->vcpu, states[i]), "state %u", states[i]);
	ASSERT_EQ(KVM_MP_STATE_RUNNABLE, mp_state(&self->vcpu));
}

/* ---- /dev/kvm ---- */

TEST_F(run_call, version)
{
	int version = abi_ioctl(self->vm.kvm, KVM_GET_API_VERSION, NULL);

	EXPECT_RULE_WORD(version == 12 ? "TWELVE" : rule_outcome(version), "KVM_GET_API_VERSION");
}

TEST_F(run_call, system_argument)
{
	EXPECT_RULE(abi_ioctl(self->vm.kvm, KVM_GET_API_VERSION, (void *)1),
		    "KVM_GET_API_VERSION with the argument 1");
	EXPECT_RULE(abi_ioctl(self->vm.kvm, KVM_GET_VCPU_MMAP_SIZE, (void *)1),
		    "KVM_GET_VCPU_MMAP_SIZE with the argument 1");
}

static sigjmp_buf after_fault;

static void leave_fault(int signal)
{
	siglongjmp(after_fault, signal);
}

/* Reads a byte. Returns the signal that the read raises, or 0. */
static int signal_of_read(const volatile char *place)
{
	struct sigaction action = { .sa_handler = leave_fault };
	int signal;

	TEST_ASSERT(!sigaction(SIGBUS, &action, NULL), "sigaction: %s", strerror(errno));
	signal = sigsetjmp(after_fault, 1);
	if (!signal)
		(void)*place;
	return signal;
}

TEST_F(run_call, mapping_end)
{
	int size = abi_ioctl(self->vm.kvm, KVM_GET_VCPU_MMAP_SIZE, NULL);
	const char *map;

	ASSERT_LE(getpagesize(), size);
	map = mmap(NULL, size + getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED,
		   self->vcpu.fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, signal_of_read(map));
	EXPECT_RULE_WORD(signal_of_read(map + size) == SIGBUS ? "SIGBUS" : "OTHER",
			 "a read beyond the %d bytes of KVM_GET_VCPU_MMAP_SIZE", size);
}

/* ---- counters and timers of several vCPUs ---- */

#define NR_VCPUS	3
#define ROUNDS		60
#define WAKES		10
#define SGI		9

static volatile unsigned int turn;
static volatile uint64_t latest;
static volatile unsigned int boots[NR_VCPUS];
static volatile unsigned int asleep[NR_VCPUS], woken[NR_VCPUS];

/* Checks that the counter is not behind a value that any vCPU has read. */
static void read_counter(void)
{
	uint64_t now = guest_ticks();

	guest_expect("the counter is not behind another vCPU's", true, now >= latest);
	latest = now;
	/* The store completes before the next vCPU's turn. */
	__sync_synchronize();
}

static void await_turn(unsigned int want)
{
	guest_await_within("this vCPU's turn", turn >= want, turn, GUEST_FEW_TURNS);
	__sync_synchronize();
}

/* The vCPUs read the counter in turn: a vCPU whose counter is behind reads a smaller value. */
static void take_turns(void)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		await_turn(NR_VCPUS * i + guest_cpu());
		read_counter();
		turn++;
	}
	guest_done();
}

static int turn_on(unsigned int cpu)
{
	return guest_cpu_on(GUEST_MPIDR_OF(cpu), 0);
}

static void await_off(unsigned int cpu)
{
	guest_await_within("the vCPU is off",
			   guest_affinity_info(GUEST_MPIDR_OF(cpu)) == PSCI_IS_OFF, cpu,
			   GUEST_FEW_TURNS);
}

/* ISTATUS of a timer that is disabled is unknown. */
static void expect_timers_off(void)
{
	const uint32_t bits = TIMER_CTL_ENABLE | TIMER_CTL_IMASK;

	guest_expect("ENABLE and IMASK of CNTV_CTL of a vCPU that was turned on", 0,
		     guest_timer_ctl(TIMER_VIRTUAL) & bits);
	guest_expect("ENABLE and IMASK of CNTP_CTL of a vCPU that was turned on", 0,
		     guest_timer_ctl(TIMER_PHYSICAL) & bits);
}

#define BOOTS	3

/* The second vCPU turns itself off with its timers enabled, and is turned on again. */
static void turn_on_again(void)
{
	unsigned int i;

	if (guest_cpu() == FIRST) {
		expect_timers_off();
		for (i = 0; i < BOOTS; i++) {
			await_off(SECOND);
			read_counter();
			guest_expect("CPU_ON", PSCI_RET_SUCCESS, turn_on(SECOND));
			guest_await("the vCPU is on", &boots[SECOND], i + 1);
			read_counter();
		}
		guest_done();
	}
	expect_timers_off();
	read_counter();
	guest_timer_set(TIMER_VIRTUAL, guest_timer_now(TIMER_VIRTUAL));
	guest_timer_set(TIMER_PHYSICAL, guest_timer_now(TIMER_PHYSICAL));
	guest_timer_set_ctl(TIMER_VIRTUAL, TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
	guest_timer_set_ctl(TIMER_PHYSICAL, TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
	if (++boots[SECOND] == BOOTS)
		guest_done();
	guest_expect("CPU_OFF does not return", true, guest_cpu_off());
}

static void handle_interrupt(void)
{
	uint32_t ack = gic_ack();

	if ((ack & INTID_MASK) == INTID_SPURIOUS)
		return;
	guest_expect("acknowledged interrupt", SGI, ack & INTID_MASK);
	woken[guest_cpu()]++;
	gic_eoi(ack);
}

/* Sleeps until this vCPU has acknowledged @count SGIs; only the SGI can end the sleep. */
static void sleep_until(unsigned int count)
{
	unsigned int me = guest_cpu();

	guest_irqs_off();
	while (woken[me] < count) {
		asleep[me] = count;
		guest_wfi();
		guest_irqs_on();
		gic_settle();
		guest_irqs_off();
	}
	guest_irqs_on();
}

/* One write of the first vCPU wakes all others. */
static void wake_all(void)
{
	unsigned int me = guest_cpu(), i, cpu;

	if (me == FIRST) {
		gic_enable();
		turn = 1;
	}
	guest_await("the first vCPU has enabled the distributor", &turn, 1);
	gic_cpu_enable();
	gic_private_irqs_enable(0xffff);
	guest_irqs_on();
	for (i = 1; i <= WAKES; i++) {
		if (me != FIRST) {
			sleep_until(i);
			continue;
		}
		for (cpu = SECOND; cpu < NR_VCPUS; cpu++)
			guest_await("another vCPU goes to sleep", &asleep[cpu], i);
		gic_send_sgi_to_others(SGI);
		for (cpu = SECOND; cpu < NR_VCPUS; cpu++)
			guest_await("another vCPU has woken up", &woken[cpu], i);
	}
	guest_done();
}

#define RULE_FIXTURE	together
#define RULE_VARIANTS	(VM_GICS | DEVICE_GICS)
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

#define EXPECT_VCPUS(create, nr_vcpus, code, what) do {			\
	create(&self->guest, nr_vcpus, code);				\
	guest_on_irq(&self->guest, handle_interrupt);			\
	PLACE_GIC();							\
	EXPECT_GUEST_ENDS(what);					\
} while (0)

TEST_F(together, one_counter)
{
	EXPECT_VCPUS(guest_create, NR_VCPUS, take_turns, "counters of three vCPUs");
}

TEST_F(together, comes_on_again)
{
	EXPECT_VCPUS(guest_create_off, 2, turn_on_again, "counter and timers after CPU_ON");
}

TEST_F(together, woken_by_one_write)
{
	EXPECT_VCPUS(guest_create, NR_VCPUS, wake_all, "one SGI to two vCPUs that sleep");
}

/* ---- PSCI ---- */

#define PSCI_MAJOR(version)	((uint32_t)(version) >> 16)

static void call_psci(void)
{
	static const uint32_t unknown[] = { 0x8400001f, 0x84000100, 0x8500ffff };
	uint32_t version = guest_psci(PSCI_0_2_FN_PSCI_VERSION, 0, 0, 0);
	unsigned int i;

	guest_expect("PSCI_VERSION is 0.2 or later", true,
		     PSCI_MAJOR(version) >= 1 || version == 2);
	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		guest_expect("answer to an unknown function", PSCI_RET_NOT_SUPPORTED,
			     guest_psci(unknown[i], 0, 0, 0));
	guest_expect("a trusted OS needs no migration", PSCI_0_2_TOS_MP,
		     guest_psci(PSCI_0_2_FN_MIGRATE_INFO_TYPE, 0, 0, 0));
	guest_done();
}

TEST_F(together, psci_answers)
{
	EXPECT_VCPUS(guest_create_off, 1, call_psci, "PSCI's constant answers");
}

/* AFFINITY_INFO of all vCPUs that have the same affinity from the given level up. */
static int info(uint64_t mpidr, uint64_t level)
{
	return guest_psci(sizeof(long) == 8 ? PSCI_0_2_FN64_AFFINITY_INFO :
					      PSCI_0_2_FN_AFFINITY_INFO, mpidr, level, 0);
}

static void check_affinity_info(void)
{
	unsigned int cpu;

	for (cpu = SECOND; cpu < NR_VCPUS; cpu++)
		guest_expect("AFFINITY_INFO of a vCPU that is off", PSCI_IS_OFF,
			     info(GUEST_MPIDR_OF(cpu), 0));
	guest_expect("AFFINITY_INFO of oneself", PSCI_IS_ON, info(GUEST_MPIDR_OF(FIRST), 0));
	guest_expect("AFFINITY_INFO of a vCPU that does not exist", PSCI_RET_INVALID_PARAMS,
		     info(GUEST_MPIDR_OF(NR_VCPUS), 0));
	/* Level 1 ignores Aff0, so the first vCPU, which is on, belongs to the cluster. */
	guest_expect("AFFINITY_INFO of a cluster with a vCPU that is on", PSCI_IS_ON,
		     info(GUEST_MPIDR_OF(SECOND), 1));
	guest_expect("AFFINITY_INFO of all vCPUs", PSCI_IS_ON, info(GUEST_MPIDR_OF(SECOND), 3));
	guest_expect("AFFINITY_INFO of a cluster that does not exist", PSCI_RET_INVALID_PARAMS,
		     info(0x100, 1));
	guest_expect("AFFINITY_INFO of level 4", PSCI_RET_INVALID_PARAMS,
		     info(GUEST_MPIDR_OF(FIRST), 4));
	for (cpu = SECOND; cpu < NR_VCPUS; cpu++) {
		guest_expect("CPU_ON", PSCI_RET_SUCCESS, turn_on(cpu));
		guest_expect("CPU_ON of a vCPU that is on", PSCI_RET_ALREADY_ON, turn_on(cpu));
	}
	guest_done();
}

static void check_affinity_info_or_end(void)
{
	if (guest_cpu() == FIRST)
		check_affinity_info();
	/* The other vCPUs remain on, in user space. */
	guest_done();
}

TEST_F(together, affinity_info)
{
	EXPECT_VCPUS(guest_create_off, NR_VCPUS, check_affinity_info_or_end, "AFFINITY_INFO");
}

/* Only the second vCPU is on: KVM must check all vCPUs of the group, not only the first. */
static void check_cluster_info(void)
{
	unsigned int level;

	if (guest_cpu() == FIRST) {
		if (guest_boot().context)
			guest_done();
		guest_expect("CPU_ON of the second", PSCI_RET_SUCCESS, turn_on(SECOND));
		guest_expect("CPU_OFF does not return", true, guest_cpu_off());
	}
	await_off(FIRST);
	for (level = 0; level <= 3; level++) {
		guest_expect("AFFINITY_INFO with a vCPU of lower index off",
			     level ? PSCI_IS_ON : PSCI_IS_OFF, info(GUEST_MPIDR_OF(FIRST), level));
		guest_expect("AFFINITY_INFO with a vCPU of higher index off",
			     level ? PSCI_IS_ON : PSCI_IS_OFF,
			     info(GUEST_MPIDR_OF(SECOND + 1), level));
		guest_expect("AFFINITY_INFO of the vCPU that is on", PSCI_IS_ON,
			     info(GUEST_MPIDR_OF(SECOND), level));
	}
	guest_expect("CPU_ON of the first", PSCI_RET_SUCCESS,
		     guest_cpu_on(GUEST_MPIDR_OF(FIRST), 1));
	guest_expect("CPU_ON of the third", PSCI_RET_SUCCESS, turn_on(SECOND + 1));
	guest_done();
}

static void check_cluster_info_or_end(void)
{
	if (guest_cpu() > SECOND)
		guest_done();
	check_cluster_info();
}

TEST_F(together, affinity_of_any)
{
	EXPECT_VCPUS(guest_create_off, NR_VCPUS, check_cluster_info_or_end,
		     "AFFINITY_INFO of a cluster while one of its vCPUs is on");
}

/* The second vCPU's affinity with one more bit set is invalid: no vCPU has it. */
static void call_with_other_bits(void)
{
	unsigned int bit;

	for (bit = 2; bit < 8 * sizeof(long); bit++) {
		uint64_t mpidr = GUEST_MPIDR_OF(SECOND) | 1ULL << bit;

		guest_expect("CPU_ON with another bit set", PSCI_RET_INVALID_PARAMS,
			     guest_cpu_on(mpidr, 0));
		guest_expect("AFFINITY_INFO with another bit set", PSCI_RET_INVALID_PARAMS,
			     info(mpidr, 0));
	}
	guest_expect("AFFINITY_INFO of the second at the end", PSCI_IS_OFF,
		     info(GUEST_MPIDR_OF(SECOND), 0));
	guest_expect("CPU_ON", PSCI_RET_SUCCESS, turn_on(SECOND));
	guest_done();
}

static void call_with_other_bits_or_end(void)
{
	if (guest_cpu() == FIRST)
		call_with_other_bits();
	guest_done();
}

TEST_F(together, affinity_bits)
{
	EXPECT_VCPUS(guest_create_off, 2, call_with_other_bits_or_end,
		     "each bit of an affinity that no vCPU has");
}

#define NR_STOPPED	8	/* vCPUs */
#define NR_SUBSETS	8

static void set_power(const struct guest *guest, unsigned int cpu, bool on)
{
	struct kvm_mp_state state = {
		.mp_state = on ? KVM_MP_STATE_RUNNABLE : KVM_MP_STATE_STOPPED,
	};
	int ret = abi_ioctl(guest->vcpus[cpu]->fd, KVM_SET_MP_STATE, &state);

	TEST_ASSERT(!ret, "KVM_SET_MP_STATE: expected OK, got %s", rule_outcome(ret));
}

static unsigned int nr_running(const struct guest *guest)
{
	struct kvm_mp_state state = { 0 };
	unsigned int cpu, n = 0;

	for (cpu = 0; cpu < NR_STOPPED; cpu++) {
		int ret = abi_ioctl(guest->vcpus[cpu]->fd, KVM_GET_MP_STATE, &state);

		TEST_ASSERT(!ret, "KVM_GET_MP_STATE: expected OK, got %s", rule_outcome(ret));
		n += state.mp_state != KVM_MP_STATE_STOPPED;
	}
	return n;
}

/* context[0]: system ends so far; context[1]: vCPUs that were still on after them. */
static bool count_running(struct guest *guest, struct kvm_run *run)
{
	unsigned int *count = guest->context, cpu;

	if (run->exit_reason != KVM_EXIT_SYSTEM_EVENT)
		return false;
	count[1] += nr_running(guest);
	count[0]++;
	for (cpu = FIRST; cpu < NR_STOPPED; cpu++)
		set_power(guest, cpu, cpu == FIRST || count[0] >> (cpu - 1) % 3 & 1);
	return true;
}

/* User space resumes the guest after each SYSTEM_OFF and SYSTEM_RESET. */
static void end_system_often(void)
{
	unsigned int i;

	for (i = 0; i < NR_SUBSETS; i++)
		guest_expect("answer to SYSTEM_OFF or SYSTEM_RESET", PSCI_RET_INTERNAL_FAILURE,
			     guest_psci(i & 1 ? PSCI_0_2_FN_SYSTEM_RESET :
						PSCI_0_2_FN_SYSTEM_OFF, 0, 0, 0));
	guest_done();
}

/*
 * Only the first vCPU runs. After each system end, user space turns on another subset of the next
 * three vCPUs, and the same subset of the vCPUs that follow them.
 */
TEST_F(together, system_ends_for_all)
{
	unsigned int count[2] = { 0 };
	bool good;

	guest_create_off(&self->guest, NR_STOPPED, end_system_often);
	PLACE_GIC();
	self->guest.on_exit = count_running;
	self->guest.context = count;
	self->guest.nr_vcpus = 1;
	good = guest_run(&self->guest);
	ASSERT_EQ(NR_SUBSETS, count[0]);
	EXPECT_RULE_WORD(holds(good && !count[1]), "%u vCPUs are on after %u system ends",
			 count[1], count[0]);
}

/* CPU_SUSPEND returns at once while an interrupt is pending, masked or not: here an SGI. */
static void suspend_while_pending(void)
{
	unsigned int i;
	uint32_t ack;

	gic_enable();
	gic_cpu_enable();
	gic_private_irqs_enable(1U << SGI);
	guest_irqs_off();
	for (i = 0; i < 3; i++) {
		gic_send_sgi(SGI, FIRST);
		guest_expect("the answer to CPU_SUSPEND", PSCI_RET_SUCCESS,
			     guest_psci(PSCI_0_2_FN_CPU_SUSPEND, 0, 0, 0));
		ack = gic_ack();
		guest_expect("the SGI that was pending", SGI, ack & INTID_MASK);
		gic_eoi(ack);
	}
	guest_done();
}

TEST_F(together, suspended)
{
	EXPECT_VCPUS(guest_create_off, 1, suspend_while_pending, "CPU_SUSPEND with an SGI pending");
}

/* Interrupts wake a vCPU that CPU_ON has turned on, as they wake one that was always on. */
static void wake_turned_on(void)
{
	unsigned int me = guest_cpu(), i;

	if (me == FIRST) {
		gic_enable();
		guest_expect("CPU_ON", PSCI_RET_SUCCESS, turn_on(SECOND));
	}
	gic_cpu_enable();
	gic_private_irqs_enable(1U << SGI);
	for (i = 1; i <= WAKES; i++) {
		if (me == SECOND) {
			sleep_until(i);
			continue;
		}
		guest_await("the other vCPU goes to sleep", &asleep[SECOND], i);
		gic_send_sgi(SGI, SECOND);
		guest_await("the other vCPU has woken up", &woken[SECOND], i);
	}
	guest_done();
}

TEST_F(together, woken_after_cpu_on)
{
	EXPECT_VCPUS(guest_create_off, 2, wake_turned_on,
		     "WFI of a vCPU that CPU_ON has turned on");
}

/* Functions without 64-bit arguments have no 64-bit function number. */
static void call_by_64_bit_numbers(void)
{
	static const uint8_t only_32bit[] = {
		0x00,	/* PSCI_VERSION */
		0x02,	/* CPU_OFF */
		0x06,	/* MIGRATE_INFO_TYPE */
		0x08,	/* SYSTEM_OFF */
		0x09,	/* SYSTEM_RESET */
		0x0a,	/* PSCI_FEATURES, since 1.0 */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(only_32bit); i++)
		guest_expect("answer to a function without a 64-bit number",
			     PSCI_RET_NOT_SUPPORTED,
			     guest_psci(PSCI_0_2_FN64_BASE + only_32bit[i], 0, 0, 0));
	/* AArch32 has no 64-bit calls. */
	for (i = 0; sizeof(long) == 4 && i < 0x20; i++)
		guest_expect("answer to a 64-bit number", PSCI_RET_NOT_SUPPORTED,
			     guest_psci(PSCI_0_2_FN64_BASE + i, 0, 0, 0));
	guest_done();
}

TEST_F(together, psci_64_bit_numbers)
{
	EXPECT_VCPUS(guest_create_off, 1, call_by_64_bit_numbers, "PSCI's 64-bit numbers");
}

/* ---- loads that user space completes ---- */

#define LOAD_IPA	0x0a000000ULL
#define NR_LOADS	12
#define LOADED(n)	(0x89abcdefU ^ (n) << 4)
#define SCRIBBLED	0x5a5a5a5aU

static uint64_t load_va;		/* set by the host */

static void load_from_user_space(void)
{
	unsigned int n;

	for (n = 0; n < NR_LOADS; n += 3) {
		guest_expect("a word", LOADED(n), guest_read(load_va));
		guest_expect("half a word", LOADED(n + 1) & 0xffff,
			     guest_read_half(load_va + 4));
		guest_expect("a byte", LOADED(n + 2) & 0xff, guest_read_byte(load_va + 7));
	}
	guest_done();
}

/*
 * Answers a load, and completes it by a KVM_RUN that does not enter the guest. Later changes to the
 * shared page have no effect.
 */
static bool complete_load(struct guest *guest, struct kvm_run *run)
{
	static const struct { uint8_t offset, len; } loads[] = { { 0, 4 }, { 4, 2 }, { 7, 1 } };
	unsigned int n = *(unsigned int *)guest->context;
	uint32_t value = LOADED(n);
	int ret;

	if (run->exit_reason != KVM_EXIT_MMIO || run->mmio.is_write)
		return false;
	TEST_ASSERT(run->mmio.phys_addr == LOAD_IPA + loads[n % 3].offset &&
		    run->mmio.len == loads[n % 3].len,
		    "load %u: expected %u bytes at 0x%llx, got %u at 0x%llx", n, loads[n % 3].len,
		    LOAD_IPA + loads[n % 3].offset, run->mmio.len, run->mmio.phys_addr);
	memcpy(run->mmio.data, &value, sizeof(value));
	run->immediate_exit = 1;
	ret = abi_ioctl(guest->vcpus[0]->fd, KVM_RUN, NULL);
	run->immediate_exit = 0;
	TEST_ASSERT(ret == -EINTR, "KVM_RUN with immediate_exit: expected EINTR, got %s",
		    rule_outcome(ret));
	value = SCRIBBLED;
	memcpy(run->mmio.data, &value, sizeof(value));
	++*(unsigned int *)guest->context;
	return true;
}

TEST_F(together, load_completed_first)
{
	unsigned int loads = 0;

	guest_create(&self->guest, 1, load_from_user_space);
	PLACE_GIC();
	load_va = guest_map_device(&self->guest, LOAD_IPA, getpagesize());
	sync_global_to_guest(self->guest.vm, load_va);
	self->guest.on_exit = complete_load;
	self->guest.context = &loads;
	EXPECT_GUEST_ENDS("loads completed by KVM_RUN with immediate_exit");
	ASSERT_EQ(NR_LOADS, loads);
}

/* ---- two timers ---- */

#define FAR_AHEAD	(1ULL << 40)	/* hours */

/* The later timer is hours ahead, so only the earlier one can end the sleep. */
static void sleep_until_earlier(enum guest_timer early, enum guest_timer late)
{
	const unsigned int ppi = early == TIMER_VIRTUAL ? TIMER_VIRTUAL_PPI : TIMER_PHYSICAL_PPI;
	uint32_t ack;

	guest_timer_set(late, guest_timer_now(late) + FAR_AHEAD);
	guest_timer_set(early, guest_timer_now(early) + guest_ticks_per_second() / 50);
	guest_timer_set_ctl(late, TIMER_CTL_ENABLE);
	guest_timer_set_ctl(early, TIMER_CTL_ENABLE);
	do {
		guest_wfi();
		ack = gic_read_iar();
	} while ((ack & INTID_MASK) == INTID_SPURIOUS);
	guest_expect("the earlier timer's interrupt", ppi, ack & INTID_MASK);
	guest_timer_set_ctl(early, 0);
	guest_timer_set_ctl(late, 0);
	gic_eoi(ack);
}

static void sleep_with_two_timers(void)
{
	gic_enable();
	gic_cpu_enable();
	gic_private_irqs_enable(1U << TIMER_VIRTUAL_PPI | 1U << TIMER_PHYSICAL_PPI);
	sleep_until_earlier(TIMER_VIRTUAL, TIMER_PHYSICAL);
	sleep_until_earlier(TIMER_PHYSICAL, TIMER_VIRTUAL);
	guest_done();
}

TEST_F(together, woken_by_earlier_timer)
{
	EXPECT_VCPUS(guest_create, 1, sleep_with_two_timers,
		     "WFI with two timers, one of them hours ahead");
}

/* ---- the CPU interface ---- */

/* KVM must not answer the first access to another region with the distributor's answer. */
static void read_both(void)
{
	uint32_t typer = guest_read(guest_gic.dist + GICD_TYPER);
	unsigned int i;

	for (i = 0; i < 3; i++)
		guest_expect("GICD_TYPER again", typer, guest_read(guest_gic.dist + GICD_TYPER));
	guest_expect("GICD_TYPER has interrupts", true, typer != 0);
	guest_expect("GICC_PMR, whose offset is that of GICD_TYPER", 0,
		     guest_read(guest_gic.cpu + GICC_PMR));
	guest_done();
}

#define RULE_FIXTURE	together_v2
#define RULE_VARIANTS	(VM_GICS | DEVATTR_V2)
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

TEST_F(together_v2, first_access_to_cpu_side)
{
	EXPECT_VCPUS(guest_create, 1, read_both, "GICC_PMR after GICD_TYPER");
}

/* ---- registers that user space writes between two reads of the guest ---- */

#define SPI		40
#define READS		4
#define NR_WRITES	8

/* GICD_IPRIORITYR of four SPIs; priorities_of() keeps the bits that all GICs implement. */
#define PRIORITIES(n)	(0x10080800U + 0x08081008U * (n))

static uint32_t priorities_of(unsigned int n)
{
	return PRIORITIES(n) & 0xf8f8f8f8;
}

/* Reads each value several times, since KVM may cache an answer. */
static void read_between_writes(void)
{
	unsigned int n, i;

	for (n = 0; n < NR_WRITES; n++) {
		guest_request(n);
		for (i = 0; i < READS; i++) {
			guest_expect("GICD_IPRIORITYR after user space's write", priorities_of(n),
				     guest_read(guest_gic.dist + GICD_IPRIORITYR(SPI)));
			guest_expect("GICD_ISENABLER after user space's write", n & 1,
				     guest_read(guest_gic.dist + GICD_ISENABLER(SPI)) >>
				     SPI % 32 & 1);
		}
	}
	guest_done();
}

static void write_registers(struct guest *guest, unsigned int request)
{
	uint32_t offset = request & 1 ? GICD_ISENABLER(SPI) : GICD_ICENABLER(SPI);
	int dev = guest->abi.dev;
	int ret = vgic_reg_set(dev, DIST_REGS, 0, GICD_IPRIORITYR(SPI), priorities_of(request));

	TEST_ASSERT(!ret, "GICD_IPRIORITYR: expected to write it, got %s", rule_outcome(ret));
	ret = vgic_reg_set(dev, DIST_REGS, 0, offset, 1U << SPI % 32);
	TEST_ASSERT(!ret, "GICD_I[SC]ENABLER: expected to write it, got %s", rule_outcome(ret));
}

#define RULE_FIXTURE	together_device
#define RULE_VARIANTS	DEVICE_GICS
#define RULE_STATE	struct guest guest
#include "harness/gic_fixture.h"

TEST_F(together_device, guest_sees_writes)
{
	guest_create(&self->guest, 1, read_between_writes);
	self->guest.on_request = write_registers;
	PLACE_GIC();
	EXPECT_GUEST_ENDS("registers written between two reads");
}

#include "harness/rule_main.h"
