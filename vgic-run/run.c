// SPDX-License-Identifier: GPL-2.0-only
/* machine_run(): vCPU threads, exits, the terminal and signals. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "machine.h"
#include "terminal.h"

/* After this many milliseconds, a thread that has not ended is kicked again. */
#define KICK_MS		10

/* ---- the end ---- */

void machine_end(struct machine *m, enum machine_end reason)
{
	int running = MACHINE_RUNS;

	if (__atomic_compare_exchange_n(&m->end, &running, reason, false, __ATOMIC_SEQ_CST,
					__ATOMIC_SEQ_CST))
		eventfd_write(m->wake, 1);
}

/* ---- a vCPU's exits ---- */

/* The calling thread's kvm_run, for the signal handler. */
static __thread struct kvm_run *volatile own_run;

/* A signal may arrive after the check of machine.end: immediate_exit makes KVM_RUN return. */
static void kicked(int number)
{
	struct kvm_run *run = own_run;

	(void)number;
	if (run)
		run->immediate_exit = 1;
}

static const struct mmio_window *find_window(const struct machine *m, uint64_t address,
					     unsigned int size)
{
	const struct mmio_window *w;

	for (w = m->windows; w < m->windows + m->nr_windows; w++)
		if (address >= w->base && address - w->base < w->size &&
		    size <= w->size - (address - w->base))
			return w;
	return NULL;
}

static void handle_mmio(struct vcpu *vcpu)
{
	struct machine *m = vcpu->machine;
	struct kvm_run *run = vcpu->run;
	uint64_t address = run->mmio.phys_addr, value = 0;
	unsigned int size = run->mmio.len;
	const struct mmio_window *w;

	if (size > sizeof(run->mmio.data))
		size = sizeof(run->mmio.data);
	w = find_window(m, address, size);
	if (!w) {
		if (!vcpu->exits.unmapped++)
			say("vCPU %u: %s at unmapped address 0x%llx", vcpu->id,
			    run->mmio.is_write ? "store" : "load",
			    (unsigned long long)address);
		memset(run->mmio.data, 0, sizeof(run->mmio.data));
		return;
	}
	vcpu->exits.mmio[w - m->windows]++;
	pthread_mutex_lock(&m->lock);
	if (run->mmio.is_write) {
		memcpy(&value, run->mmio.data, size);
		w->write(w->device, address - w->base, size, value);
	} else {
		value = w->read(w->device, address - w->base, size);
		memcpy(run->mmio.data, &value, size);
	}
	pthread_mutex_unlock(&m->lock);
}

static enum machine_end handle_system_event(struct vcpu *vcpu)
{
	vcpu->exits.system++;
	switch (vcpu->run->system_event.type) {
	case KVM_SYSTEM_EVENT_SHUTDOWN:
		return MACHINE_OFF;
	case KVM_SYSTEM_EVENT_RESET:
		return MACHINE_RESET;
	default:
		say("vCPU %u: expected a system event of type shutdown or reset, got type %u",
		    vcpu->id, vcpu->run->system_event.type);
		return MACHINE_FAILED;
	}
}

static enum machine_end handle_exit(struct vcpu *vcpu)
{
	switch (vcpu->run->exit_reason) {
	case KVM_EXIT_MMIO:
		handle_mmio(vcpu);
		return MACHINE_RUNS;
	case KVM_EXIT_SYSTEM_EVENT:
		return handle_system_event(vcpu);
	case KVM_EXIT_INTR:
		return MACHINE_RUNS;
	case KVM_EXIT_INTERNAL_ERROR:
		say("vCPU %u: KVM_EXIT_INTERNAL_ERROR, suberror %u", vcpu->id,
		    vcpu->run->internal.suberror);
		return MACHINE_FAILED;
	default:
		say("vCPU %u: expected an exit that vgic-run handles, got exit reason %u",
		    vcpu->id, vcpu->run->exit_reason);
		return MACHINE_FAILED;
	}
}

static void *run_vcpu(void *context)
{
	struct vcpu *vcpu = context;
	struct machine *m = vcpu->machine;
	enum machine_end end;

	own_run = vcpu->run;
	/*
	 * KVM completes an MMIO load in the next KVM_RUN. After an MMIO exit the thread therefore
	 * continues until KVM_RUN is interrupted: a saved machine must have no load pending.
	 */
	for (;;) {
		int ret = ioctl(vcpu->fd, KVM_RUN, 0);

		vcpu->exits.total++;
		if (ret && errno == EINTR) {
			vcpu->exits.interrupted++;
			if (m->end != MACHINE_RUNS)
				break;
			vcpu->run->immediate_exit = 0;
			continue;
		}
		if (ret) {
			say("vCPU %u: KVM_RUN: %s", vcpu->id, strerror(errno));
			machine_end(m, MACHINE_FAILED);
			break;
		}
		end = handle_exit(vcpu);
		if (end != MACHINE_RUNS) {
			machine_end(m, end);
			break;
		}
	}
	own_run = NULL;
	return NULL;
}

/* ---- threads ---- */

static void start_threads(struct machine *m)
{
	struct sigaction action = { .sa_handler = kicked };
	unsigned int i;
	int error;

	sigaction(KICK_SIGNAL, &action, NULL);
	for (i = 0; i < m->config.cpus; i++) {
		m->vcpus[i].run->immediate_exit = 0;
		error = pthread_create(&m->vcpus[i].thread, NULL, run_vcpu, &m->vcpus[i]);
		if (error)
			fail("vCPU %u: pthread_create: %s", i, strerror(error));
	}
}

/*
 * Kicks all vCPU threads and joins them. A kick is lost if it arrives before the thread has set
 * own_run, so it is repeated.
 */
static void join_threads(struct machine *m)
{
	struct timespec until;
	unsigned int i;

	for (i = 0; i < m->config.cpus; i++)
		pthread_kill(m->vcpus[i].thread, KICK_SIGNAL);
	for (i = 0; i < m->config.cpus; i++) {
		for (;;) {
			clock_gettime(CLOCK_REALTIME, &until);
			until.tv_nsec += KICK_MS * 1000000L;
			until.tv_sec += until.tv_nsec / 1000000000L;
			until.tv_nsec %= 1000000000L;
			if (!pthread_timedjoin_np(m->vcpus[i].thread, NULL, &until))
				break;
			pthread_kill(m->vcpus[i].thread, KICK_SIGNAL);
		}
	}
}

/* ---- the terminal ---- */

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/* Gives bytes to the guest's console. Returns how many it took. */
static unsigned int receive(struct machine *m, const uint8_t *bytes, unsigned int count)
{
	if (m->config.console == CONSOLE_VIRTIO)
		return virtio_console_receive(&m->console, bytes, count);
	if (count > pl011_room(&m->uart))
		count = pl011_room(&m->uart);
	pl011_receive(&m->uart, bytes, count);
	return count;
}

/* Passes on input at the pace that input.h describes. */
static void pass_on(struct machine *m)
{
	struct input *input = &m->input;
	unsigned int count = input->count < INPUT_CHUNK ? input->count : INPUT_CHUNK;
	bool all_read;

	/*
	 * A vCPU holds the lock while it writes to the terminal, which can block forever. Keys
	 * for the VMM and signals must work nevertheless, so do not wait for the lock.
	 */
	if (!input_waits(input) || pthread_mutex_trylock(&m->lock))
		return;
	/* A virtio console has no queue: a guest that has read its input offers buffers again. */
	all_read = m->config.console == CONSOLE_VIRTIO || pl011_room(&m->uart) == PL011_QUEUE;
	if (input_may_pass(input, all_read, now_ms()))
		input_passed(input, receive(m, input->bytes, count), now_ms());
	pthread_mutex_unlock(&m->lock);
}

static void handle_key(struct machine *m, enum terminal_key key, uint8_t byte, bool can_save)
{
	switch (key) {
	case KEY_GUEST:
		input_add(&m->input, byte);
		break;
	case KEY_QUIT:
		machine_end(m, MACHINE_QUIT);
		break;
	case KEY_SAVE:
		if (can_save)
			machine_end(m, MACHINE_SAVE);
		else
			say("Ctrl-A s: expected the option --save FILE");
		break;
	case KEY_INFO:
		stats_print(m, false);
		break;
	case KEY_HELP:
		say("Ctrl-A x: end, s: save, i: exit counts, Ctrl-A: send Ctrl-A to the guest");
		break;
	default:
		break;
	}
}

/*
 * True if standard input should be read now. A pipe is read only while there is room, so nothing is
 * lost. A terminal is always read, so that Ctrl-A works even if the guest does not read its input;
 * input beyond the room is then lost.
 */
static bool wants_input(const struct machine *m, bool keys)
{
	return keys || m->input.count < sizeof(m->input.bytes);
}

/* Reads terminal input. Returns false at its end. */
static bool read_keys(struct machine *m, bool keys, bool *escaped, bool can_save)
{
	size_t room = sizeof(m->input.bytes) - m->input.count;
	uint8_t bytes[INPUT_CHUNK];
	ssize_t count, i;

	count = read(STDIN_FILENO, bytes, keys || room > sizeof(bytes) ? sizeof(bytes) : room);
	if (count < 0)
		return errno == EINTR || errno == EAGAIN;
	for (i = 0; i < count; i++)
		handle_key(m, keys ? terminal_key(escaped, bytes[i]) : KEY_GUEST, bytes[i],
			   can_save);
	return count;
}

/* ---- signals ---- */

static void fill_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGQUIT);
	sigaddset(set, SIGUSR1);
	sigaddset(set, SIGUSR2);
}

void machine_block_signals(void)
{
	sigset_t set;

	fill_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigemptyset(&set);
	sigaddset(&set, KICK_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void handle_signal(struct machine *m, int signals, bool can_save)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGUSR1) {
		stats_print(m, false);
		return;
	}
	if (info.ssi_signo == SIGUSR2) {
		if (can_save)
			machine_end(m, MACHINE_SAVE);
		else
			say("SIGUSR2: expected the option --save FILE");
		return;
	}
	m->signal = info.ssi_signo;
	machine_end(m, MACHINE_SIGNAL);
}

/* ---- the loop ---- */

enum machine_end machine_run(struct machine *m, bool keys, bool can_save)
{
	struct pollfd fds[3] = { { .events = POLLIN }, { .events = POLLIN },
				 { .events = POLLIN } };
	bool escaped = false, open = true;
	eventfd_t wakes;
	sigset_t set;

	/* A failed save has left another value in m->end. */
	m->end = MACHINE_RUNS;
	eventfd_read(m->wake, &wakes);
	fill_signals(&set);
	fds[1].fd = m->wake;
	fds[2].fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fds[2].fd < 0)
		fail("signalfd: %s", strerror(errno));

	start_threads(m);
	while (m->end == MACHINE_RUNS) {
		fds[0].fd = open && wants_input(m, keys) ? STDIN_FILENO : -1;
		if (poll(fds, 3, input_waits(&m->input) ? INPUT_TICK_MS : -1) < 0 &&
		    errno != EINTR) {
			say("poll: %s", strerror(errno));
			break;
		}
		if (fds[2].revents)
			handle_signal(m, fds[2].fd, can_save);
		if (fds[0].fd >= 0 && fds[0].revents)
			open = read_keys(m, keys, &escaped, can_save);
		pass_on(m);
	}
	machine_end(m, MACHINE_FAILED);
	join_threads(m);
	close(fds[2].fd);
	return m->end;
}
