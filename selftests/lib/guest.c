// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE	/* program_invocation_name */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "guest.h"
#include "guest_power.h"
#include "kvm_library.h"
#include "processor.h"

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

bool guest_patience_lasts(struct guest_patience *patience, uint64_t now, uint64_t per_ms,
			  unsigned int ms)
{
	/* A longer one between two calls means that who waits was away. */
	const uint64_t longest = per_ms / 10;
	uint64_t step = now - patience->last;

	if (patience->last)
		patience->waited += step < longest ? step : longest;
	patience->last = now;
	return patience->waited < ms * per_ms;
}

bool guest_is_patient(struct guest_patience *patience, unsigned int ms)
{
	guest_relax();
	return guest_patience_lasts(patience, guest_ticks(),
				    guest_ticks_per_second() / 1000, ms);
}

unsigned int guest_wait(const volatile unsigned int *count, unsigned int want)
{
	struct guest_patience patience = { 0 };

	while (*count < want && guest_is_patient(&patience, 600))
		;
	return *count;
}

void guest_linger(void)
{
	uint64_t end = guest_ticks() + guest_ticks_per_second() / 200;

	while (guest_ticks() < end)
		;
}

/* ---- the host's side ---- */

/*
 * Most guest code does not need nearly as long, even emulated: what is still running
 * after this many seconds is lost, for instance in its exception vectors.
 */
#define GUEST_LIMIT_S	10
#define KICK_SIGNAL	SIGUSR1

static void create_vm(struct guest *guest, unsigned int nr_vcpus)
{
	TEST_ASSERT(nr_vcpus <= GUEST_MAX_VCPUS, "expected at most %d vCPUs, got %u",
		    GUEST_MAX_VCPUS, nr_vcpus);
	guest->nr_vcpus = nr_vcpus;
	/* The library loads what this names, and takes it for a path. */
	program_invocation_name = "/proc/self/exe";
	guest->vm = vm_create(nr_vcpus);
}

static void init_vm(struct guest *guest)
{
	vm_paddr_t gpa = library_ucall_gpa(guest->vm);

	library_ucall_at(guest->vm, gpa,
			 guest_map_device(guest, gpa, guest->vm->page_size));
	guest_arch_init(guest);

	guest->abi.kvm = guest->vm->kvm_fd;
	guest->abi.fd = guest->vm->fd;
	guest->abi.dev = -1;
	guest->abi.ipa_bits = guest->vm->pa_bits;
}

void guest_create(struct guest *guest, unsigned int nr_vcpus, void (*code)(void))
{
	unsigned int i;

	create_vm(guest, nr_vcpus);
	for (i = 0; i < nr_vcpus; i++)
		guest->vcpus[i] = vm_vcpu_add(guest->vm, i, code);
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

uint64_t guest_limit(const struct guest *guest)
{
	return abi_vm_limit(&guest->abi);
}

static unsigned int limit_s(const struct guest *guest)
{
	return guest->limit_s ?: GUEST_LIMIT_S;
}

/* True if the guest can go on from its access to where nothing is. */
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

/* True if the guest's code came to its end. */
static bool run_vcpu(struct guest *guest, struct kvm_vcpu *vcpu)
{
	struct ucall uc;
	int ret;

	for (;;) {
		ret = __vcpu_run(vcpu);
		if (ret && errno == EINTR && !vcpu->run->immediate_exit)
			continue;
		if (ret && errno == EINTR && !guest->late)
			return false;	/* another one says why */
		if (ret && errno == EINTR) {
			fprintf(stderr, "vCPU %u: expected the guest's code to end within %u s, it is still there:\n",
				vcpu->id, limit_s(guest));
			guest_arch_dump(vcpu);
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
			return true;
		case UCALL_SYNC:
			guest->on_request(guest, uc.args[0]);
			break;
		case UCALL_ABORT:
			fprintf(stderr, "vCPU %u: %s: expected 0x%llx, got 0x%llx\n",
				(unsigned int)uc.args[3],
				(const char *)(uintptr_t)uc.args[0],
				(unsigned long long)uc.args[1],
				(unsigned long long)uc.args[2]);
			return false;
		case UCALL_UNHANDLED:
			fprintf(stderr, "vCPU %u: expected no exception, got vector %llu, class 0x%llx\n",
				vcpu->id, (unsigned long long)uc.args[0],
				(unsigned long long)uc.args[1]);
			guest_arch_dump(vcpu);
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
};

static void *vcpu_thread(void *arg)
{
	struct vcpu_thread *t = arg;

	t->good = run_vcpu(t->guest, t->vcpu);
	if (!t->good)
		t->guest->failed = true;
	return NULL;
}

static void nothing(int signal)
{
	(void)signal;
}

/* Has KVM_RUN of the vCPU return, now or at its next call. */
static void kick(struct vcpu_thread *t)
{
	t->vcpu->run->immediate_exit = 1;
	pthread_kill(t->thread, KICK_SIGNAL);
}

/* True if the thread has ended within that many milliseconds. */
static bool ends_within(struct vcpu_thread *t, unsigned int ms)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += ms * 1000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	return !pthread_timedjoin_np(t->thread, NULL, &end);
}

/* How often somebody looks whether there is still something to wait for. */
#define LOOK_MS		50

/*
 * The VM's first KVM_RUN, without a guest. Released kernels let a second vCPU into its
 * guest before the first has registered the distributor [race.first_runs_find_gic],
 * and only that rule is about it.
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

bool guest_run(struct guest *guest)
{
	struct sigaction action = { .sa_handler = nothing };
	struct vcpu_thread threads[GUEST_MAX_VCPUS];
	unsigned int i, waited_ms = 0;
	bool good = true;

	if (guest->nr_vcpus > 1 && !first_run(guest))
		return false;
	sigaction(KICK_SIGNAL, &action, NULL);
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
		while (!ends_within(&threads[i], LOOK_MS)) {
			waited_ms += LOOK_MS;
			if (!guest->failed && waited_ms >= 1000 * limit_s(guest))
				guest->late = true;
			if (guest->failed || guest->late)
				kick(&threads[i]);
		}
		good &= threads[i].good;
	}
	return good;
}
