// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE	/* program_invocation_name */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "abi/patience.h"
#include "guest.h"
#include "guest_power.h"
#include "kvm_library.h"
#include "processor.h"

/* Requests that this file serves; all others go to the test. */
#define GUEST_YIELD		0xffffffffU
#define GUEST_AWAIT_TURN	0xfffffffeU
#define GUEST_PASS_TURN		0xfffffffdU

/* ---- the guest's side ---- */

void guest_expect(const char *what, uint64_t expected, uint64_t got)
{
	if (expected != got)
		ucall(UCALL_ABORT, 4, (uint64_t)(uintptr_t)what, expected, got,
		      (uint64_t)guest_cpu());
}

void guest_request(unsigned int request)
{
	ucall(UCALL_SYNC, 1, (uint64_t)request);
}

void guest_done(void)
{
	ucall(UCALL_DONE, 0);
}

void guest_yield(void)
{
	guest_request(GUEST_YIELD);
}

void guest_turns_begin(void)
{
	guest_request(GUEST_AWAIT_TURN);
}

void guest_turn(void)
{
	guest_request(GUEST_PASS_TURN);
}

void guest_irqs_on(void)
{
	local_irq_enable();
}

void guest_irqs_off(void)
{
	local_irq_disable();
}

unsigned int guest_cpu(void)
{
	return guest_get_vcpuid();
}

/* Set by the host before the guest runs. */
static void (*irq_handler)(void);

static void handle_irq(struct ex_regs *regs)
{
	(void)regs;
	irq_handler();
}

/* Each vCPU writes its own entry; the host reads all of them. */
static volatile struct guest_wait waits[GUEST_MAX_VCPUS];

struct guest_wait guest_wait_begin(const char *what)
{
	volatile struct guest_wait *wait = &waits[guest_cpu()];
	struct guest_wait outer = { wait->what, wait->seen };

	wait->seen = 0;
	wait->what = what;
	return outer;
}

void guest_wait_sees(uint64_t seen)
{
	waits[guest_cpu()].seen = seen;
}

void guest_wait_end(struct guest_wait outer)
{
	volatile struct guest_wait *wait = &waits[guest_cpu()];

	wait->what = outer.what;
	wait->seen = outer.seen;
}

void guest_await(const char *what, const volatile unsigned int *count, unsigned int want)
{
	guest_await_that(what, *count >= want, *count);
}

/* ---- the host's side ---- */

/*
 * Most guest code needs far less than this many seconds, even under emulation: code that still runs
 * then is stuck, in its exception vectors for instance.
 */
#define GUEST_LIMIT_S	10
#define KICK_SIGNAL	SIGUSR1

/*
 * How long guest_yield() sleeps. sched_yield() does not suffice: if the emulator was stopped, the
 * scheduler charges that time to the thread that was running, and then, for seconds, prefers
 * threads that only yield.
 */
#define GIVE_WAY_US	300

static void create_vm(struct guest *guest, unsigned int nr_vcpus)
{
	TEST_ASSERT(nr_vcpus <= GUEST_MAX_VCPUS, "expected at most %d vCPUs, got %u",
		    GUEST_MAX_VCPUS, nr_vcpus);
	guest->nr_vcpus = nr_vcpus;
	guest->vm = library_create_vm(nr_vcpus);
	guest->abi.kvm = guest->vm->kvm_fd;
	guest->abi.fd = guest->vm->fd;
	guest->abi.dev = -1;
	guest->abi.ipa_bits = guest->vm->pa_bits;
	if (guest->on_vm)
		guest->on_vm(guest);
}

static void init_vm(struct guest *guest)
{
	uint64_t gpa = library_ucall_gpa(guest->vm);
	unsigned int i;

	library_ucall_at(guest->vm, gpa,
			 guest_map_device(guest, gpa, guest->vm->page_size));
	vm_init_descriptor_tables(guest->vm);
	for (i = 0; i < guest->nr_vcpus; i++)
		vcpu_init_descriptor_tables(guest->vcpus[i]);
}

void guest_create(struct guest *guest, unsigned int nr_vcpus, void (*code)(void))
{
	unsigned int i;

	create_vm(guest, nr_vcpus);
	for (i = 0; i < nr_vcpus; i++)
		guest->vcpus[i] = vm_vcpu_add(guest->vm, i, code);
	init_vm(guest);
}

void guest_create_one(struct guest *guest, unsigned int id, void (*code)(void))
{
	create_vm(guest, 1);
	guest->vcpus[0] = vm_vcpu_add(guest->vm, id, code);
	init_vm(guest);
}

void guest_create_off(struct guest *guest, unsigned int nr_vcpus, void (*code)(void))
{
	unsigned int i;

	create_vm(guest, nr_vcpus);
	for (i = 0; i < nr_vcpus; i++)
		guest->vcpus[i] = guest_arch_add_vcpu(guest, i, i, code);
	init_vm(guest);
	guest_power_init(guest, code);
}

void guest_on_irq(struct guest *guest, void (*handler)(void))
{
	irq_handler = handler;
	sync_global_to_guest(guest->vm, irq_handler);
	vm_install_exception_handler(guest->vm, VECTOR_IRQ_CURRENT, handle_irq);
}

uint64_t guest_limit(const struct guest *guest)
{
	return abi_vm_limit(&guest->abi);
}

/* A runner ends tests with SIGTERM, which ends the process unless guest_run() handles it. */
static volatile sig_atomic_t end_requested;

static void handle_sigterm(int signal)
{
	(void)signal;
	end_requested = 1;
}

static unsigned int limit_s(const struct guest *guest)
{
	return (guest->limit_s ?: GUEST_LIMIT_S) * patience();
}

/* Called by the vCPU's own thread, because other threads cannot read registers while it runs. */
static void dump(struct kvm_vcpu *vcpu)
{
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&one_at_a_time);
	fprintf(stderr, "vCPU %u:\n", vcpu->id);
	guest_arch_dump(vcpu);
	pthread_mutex_unlock(&one_at_a_time);
}

/* Prints what the vCPU waits for. The guest's strings are constants of this program. */
static void report_late(struct guest *guest, struct kvm_vcpu *vcpu)
{
	const volatile struct guest_wait *wait =
		addr_gva2hva(guest->vm, (uintptr_t)&waits[vcpu->id]);
	char limit[32] = "the runner's limit";

	if (!end_requested)
		snprintf(limit, sizeof(limit), "%u s", limit_s(guest));
	if (wait->what)
		fprintf(stderr, "vCPU %u: expected the guest's code to end, got nothing within "
				"%s: waits for '%s', seen last: %llu\n",
			vcpu->id, limit, wait->what, (unsigned long long)wait->seen);
	else
		fprintf(stderr, "vCPU %u: expected the guest's code to end, got nothing within "
				"%s: it is still running\n",
			vcpu->id, limit);
}

/* Serves an access outside of memory and devices; true if the guest can continue. */
static bool answer_access(struct guest *guest, struct kvm_run *run)
{
	uint32_t value;

	if (run->exit_reason == KVM_EXIT_MMIO && run->mmio.is_write && guest->on_write) {
		guest->on_write(guest, run);
		return true;
	}
	if (run->exit_reason != KVM_EXIT_MMIO || run->mmio.is_write ||
	    run->mmio.len != sizeof(value) || !guest->on_read)
		return false;
	value = guest->on_read(guest, run->mmio.phys_addr);
	memcpy(run->mmio.data, &value, sizeof(value));
	return true;
}

static void report_exit(struct kvm_vcpu *vcpu, int ret, int error)
{
	struct kvm_run *run = vcpu->run;

	if (ret)
		fprintf(stderr, "vCPU %u: expected KVM_RUN to succeed, got %s\n",
			vcpu->id, strerror(error));
	else if (run->exit_reason == KVM_EXIT_MMIO)
		fprintf(stderr, "vCPU %u: expected no exit, got an MMIO %s at 0x%llx\n",
			vcpu->id, run->mmio.is_write ? "write" : "read",
			run->mmio.phys_addr);
	else
		fprintf(stderr, "vCPU %u: expected no exit, got exit reason %u\n",
			vcpu->id, run->exit_reason);
}

static pthread_mutex_t turns = PTHREAD_MUTEX_INITIALIZER;

/* Passes the turn, if it is @cpu's, to the next vCPU that has not ended. */
static void pass_turn(struct guest *guest, unsigned int cpu, bool ended)
{
	unsigned int i, next;

	pthread_mutex_lock(&turns);
	if (ended)
		guest->ended |= 1U << cpu;
	for (i = 1; guest->turn == cpu && i <= guest->nr_vcpus; i++) {
		next = (cpu + i) % guest->nr_vcpus;
		if (!(guest->ended >> next & 1)) {
			guest->turn = next;
			break;
		}
	}
	pthread_mutex_unlock(&turns);
}

#define TURN_LOOK_US	50

static void await_turn(const struct guest *guest, unsigned int cpu)
{
	while (guest->turn != cpu && !guest->failed && !guest->late)
		usleep(TURN_LOOK_US);
}

static void serve_request(struct guest *guest, unsigned int cpu, uint64_t request)
{
	switch (request) {
	case GUEST_YIELD:
		usleep(GIVE_WAY_US);
		break;
	case GUEST_PASS_TURN:
		pass_turn(guest, cpu, false);
		await_turn(guest, cpu);
		break;
	case GUEST_AWAIT_TURN:
		await_turn(guest, cpu);
		break;
	default:
		guest->on_request(guest, request);
	}
}

/* Runs the vCPU; true if the guest's code called guest_done(). */
static bool run_vcpu(struct guest *guest, struct kvm_vcpu *vcpu)
{
	struct ucall uc;
	int ret;

	for (;;) {
		ret = __vcpu_run(vcpu);
		if (ret && errno == EINTR && !vcpu->run->immediate_exit)
			continue;
		if (ret && errno == EINTR && !guest->late)
			return false;	/* another vCPU has failed and reported it */
		if (ret && errno == EINTR) {
			dump(vcpu);
			return false;
		}
		if (ret) {
			report_exit(vcpu, ret, errno);
			return false;
		}
		if (guest->on_exit && guest->on_exit(guest, vcpu->run))
			continue;

		switch (get_ucall(vcpu, &uc)) {
		case UCALL_DONE:
			pass_turn(guest, vcpu->id, true);
			return true;
		case UCALL_SYNC:
			serve_request(guest, vcpu->id, uc.args[0]);
			break;
		case UCALL_ABORT:
			fprintf(stderr, "vCPU %u: %s: expected 0x%llx, got 0x%llx\n",
				(unsigned int)uc.args[3],
				(const char *)(uintptr_t)uc.args[0],
				(unsigned long long)uc.args[1],
				(unsigned long long)uc.args[2]);
			return false;
		case UCALL_UNHANDLED:
			fprintf(stderr,
				"vCPU %u: expected no exception, got vector %llu, class 0x%llx\n",
				vcpu->id, (unsigned long long)uc.args[0],
				(unsigned long long)uc.args[1]);
			dump(vcpu);
			return false;
		default:
			if (answer_access(guest, vcpu->run))
				break;
			report_exit(vcpu, 0, 0);
			return false;
		}
	}
}

struct vcpu_thread {
	struct guest *guest;
	struct kvm_vcpu *vcpu;
	pthread_t thread;
	bool good;
	volatile bool ended;
};

static void *vcpu_thread(void *arg)
{
	struct vcpu_thread *t = arg;

	t->good = run_vcpu(t->guest, t->vcpu);
	if (!t->good)
		t->guest->failed = true;
	t->ended = true;
	return NULL;
}

static void nothing(int signal)
{
	(void)signal;
}

/* Makes the vCPU's KVM_RUN return, now or at the next call. */
static void kick(struct vcpu_thread *t)
{
	t->vcpu->run->immediate_exit = 1;
	pthread_kill(t->thread, KICK_SIGNAL);
}

/* True if the thread ends within @ms milliseconds. */
static bool ends_within(struct vcpu_thread *t, unsigned int ms)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += ms * 1000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	return !pthread_timedjoin_np(t->thread, NULL, &end);
}

/* The interval at which time limits and failures are checked. */
#define CHECK_MS	50

/*
 * The VM's first KVM_RUN, without guest entry. Released kernels let a second vCPU run before the
 * first has registered the distributor [race.first_runs_find_gic], which no other test should see.
 */
static bool first_run(struct guest *guest)
{
	struct kvm_vcpu *vcpu = guest->vcpus[0];
	int ret;

	vcpu->run->immediate_exit = 1;
	ret = __vcpu_run(vcpu);
	vcpu->run->immediate_exit = 0;
	if (ret && errno == EINTR)
		return true;
	report_exit(vcpu, ret, errno);
	return false;
}

/*
 * Reports each vCPU that has not ended, and what it waits for. Called before the vCPUs are stopped,
 * because a vCPU that hangs in the kernel never stops.
 */
static void give_up(struct guest *guest, const struct vcpu_thread *threads)
{
	unsigned int i;

	guest->late = true;
	for (i = 0; i < guest->nr_vcpus; i++)
		if (!threads[i].ended)
			report_late(guest, threads[i].vcpu);
}

bool guest_run(struct guest *guest)
{
	struct sigaction action = { .sa_handler = nothing };
	struct sigaction on_term = { .sa_handler = handle_sigterm }, before;
	struct vcpu_thread threads[GUEST_MAX_VCPUS] = { 0 };
	unsigned int i, waited_ms = 0;
	bool good = true;

	if (guest->nr_vcpus > 1 && !first_run(guest))
		return false;
	sigaction(KICK_SIGNAL, &action, NULL);
	sigaction(SIGTERM, &on_term, &before);
	for (i = 0; i < guest->nr_vcpus; i++) {
		threads[i].guest = guest;
		threads[i].vcpu = guest->vcpus[i];
		if (pthread_create(&threads[i].thread, NULL, vcpu_thread,
				   &threads[i])) {
			perror("thread for a vCPU");
			return false;
		}
	}

	for (i = 0; i < guest->nr_vcpus; i++) {
		while (!ends_within(&threads[i], CHECK_MS)) {
			waited_ms += CHECK_MS;
			if (!guest->failed && !guest->late &&
			    (end_requested || waited_ms >= 1000 * limit_s(guest)))
				give_up(guest, threads);
			if (guest->failed || guest->late)
				kick(&threads[i]);
		}
		good &= threads[i].good;
	}
	sigaction(SIGTERM, &before, NULL);
	return good;
}
