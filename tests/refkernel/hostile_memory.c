// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hostile use of memory: a VMM that uses up the host's memory with its guests' tables, and a
 * guest that repeatedly has all of its memory flushed from the caches. The OOM killer ends only
 * that VMM; no lock is held for long, and other vCPUs continue to run.
 *
 *   hostile_memory [--list] [--tests PATTERN]	(all tests always run)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "host.h"
#include "sparse_guest.h"

/* ---- guest code ---- */

/*
 * dense: writes r5 pages from r4 on before it turns MMU and caches on; reports at r6.
 * count: increments the word at r7.
 */
extern const char dense[], dense_end[], count[], count_end[];

asm("	.pushsection .rodata\n"
    "	.arm\n"
    "	.balign 8\n"
    "dense:\n"
    "1:	str r4, [r4]\n"
    "	add r4, r4, #0x1000\n"
    "	subs r5, r5, #1\n"
    "	bne 1b\n"
    TURN_ON(5)
    "2:	str r0, [r6]\n"
    "	b 2b\n"
    "3:	.word 0x40001000\n"
    "dense_end:\n"

    "	.balign 8\n"
    "count:\n"
    "	ldr r0, [r7]\n"
    "	add r0, r0, #1\n"
    "	str r0, [r7]\n"
    "	b count\n"
    "count_end:\n"
    "	.popsection\n");

#define COUNT_IPA	(CODE_IPA + 0x800)
#define COUNTER_IPA	(CODE_IPA + 2 * PAGE)
#define CODE_SIZE	(3 * PAGE)

/* Memory with the code of both vCPUs, dense and count. */
static char *flush_memory(void)
{
	char *code = code_memory(dense, dense_end, CODE_SIZE / PAGE);

	memcpy(code + (COUNT_IPA - CODE_IPA), count, count_end - count);
	__builtin___clear_cache(code, code + CODE_SIZE);
	return code;
}

/* ---- the OOM killer ---- */

#define INNOCENTS	3
#define INNOCENT_KIB	(6 * 1024)
#define LEFT_KIB	(64 * 1024)	/* free memory that the VMM finds */
#define GIBS		3U		/* of each guest; with 4, its tables reach the limit */

/* A process that has touched its memory, and waits. */
static pid_t start_innocent(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	memset(map_memory(INNOCENT_KIB * 1024, PROT_READ | PROT_WRITE), 1, INNOCENT_KIB * 1024);
	for (;;)
		pause();
}

/* Allocates memory that belongs to no process until little is left. Returns its descriptor. */
static int take_memory(void)
{
	static char block[1 << 16];
	int fd = syscall(SYS_memfd_create, "ballast", 0);

	memset(block, 1, sizeof(block));
	while (fd >= 0 && sum_in("/proc/meminfo", "MemAvailable: %ld") > LEFT_KIB)
		if (write(fd, block, sizeof(block)) != sizeof(block))
			break;
	return fd;
}

/* Creates VMs, each with some 1,540 tables, until the process is killed. */
static void use_tables(void)
{
	char *empty = map_memory(GIB, PROT_READ);
	unsigned int i;
	struct vm vm;

	while (create_sparse(&vm, empty, GIBS))
		/* Continues after -ENOMEM, too. */
		for (i = 0; i < GIBS; i++)
			ioctl(vm.vcpu[0], KVM_RUN, 0);
	_exit(1);
}

static bool is_alive(pid_t pid)
{
	int status;

	if (!waitpid(pid, &status, WNOHANG))
		return true;
	ksft_print_msg("expected a process beside the VMM to live, got wait status 0x%x\n", status);
	return false;
}

static bool only_the_vmm_dies(void)
{
	int status, ballast;
	pid_t innocents[INNOCENTS], vmm;
	unsigned int i;
	bool good;

	for (i = 0; i < INNOCENTS; i++)
		innocents[i] = start_innocent();
	ballast = take_memory();
	vmm = fork();
	if (!vmm) {
		/*
		 * Without privileges, but with access to /dev/kvm, like a member of the group kvm.
		 */
		if (chmod("/dev/kvm", 0666) || setresgid(65534, 65534, 65534) ||
		    setresuid(65534, 65534, 65534))
			_exit(3);
		use_tables();
	}
	good = waitpid(vmm, &status, 0) == vmm && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGKILL;
	if (!good)
		ksft_print_msg("VMM: expected the OOM killer to end it, got wait status 0x%x\n",
			       status);
	for (i = 0; i < INNOCENTS; i++)
		good &= is_alive(innocents[i]);
	close(ballast);
	for (i = 0; i < INNOCENTS; i++) {
		kill(innocents[i], SIGKILL);
		waitpid(innocents[i], NULL, 0);
	}
	return good && module_is_unused();
}

/* ---- flushes ---- */

#define DENSE_IPA	0x80000000U
#define DENSE_PAGES	4096U
#define ROUNDS		5

static void nothing(int signal)
{
	(void)signal;
}

static struct {
	struct vm vm;
	volatile bool stop;
	bool good;
} flush;

static void *run_counter(void *unused)
{
	(void)unused;
	flush.good = true;
	while (flush.good && !flush.stop)
		flush.good = !ioctl(flush.vm.vcpu[1], KVM_RUN, 0) || errno == EINTR;
	return NULL;
}

/* Waits until the other vCPU has counted. */
static bool counts(const volatile uint32_t *counter)
{
	struct patient_wait wait = wait_begin();
	uint32_t before = *counter;

	while (*counter == before) {
		if (wait_gives_up(&wait)) {
			ksft_print_msg("expected the other vCPU to run, waited %ld ms\n",
				       wait_ms(&wait));
			return false;
		}
		usleep(100);
	}
	return true;
}

/* A reset vCPU turns its caches on. Signals end KVM_RUN, and the next call continues. */
static bool flush_once(unsigned long *signals)
{
	int vcpu = flush.vm.vcpu[0];

	if (!init_vcpu(flush.vm.fd, vcpu, 0) || !set_core_reg(vcpu, 4, DENSE_IPA) ||
	    !set_core_reg(vcpu, 5, DENSE_PAGES) || !set_core_reg(vcpu, 6, EXIT_IPA) ||
	    !set_core_reg(vcpu, CORE_PC, CODE_IPA))
		return false;
	while (ioctl(vcpu, KVM_RUN, 0)) {
		if (!check(errno == EINTR, "KVM_RUN"))
			return false;
		++*signals;
	}
	return flush.vm.run[0]->exit_reason == KVM_EXIT_MMIO &&
	       flush.vm.run[0]->mmio.phys_addr == EXIT_IPA;
}

static bool flush_loop(void)
{
	struct itimerval every = { .it_value.tv_usec = 5000, .it_interval.tv_usec = 5000 };
	struct itimerval never = { 0 };
	char *code = flush_memory();
	unsigned long signals = 0;
	pthread_t counter;
	unsigned int i;
	long longest;
	bool good;

	good = vm_create(&flush.vm, code, CODE_SIZE) && vm_add_vcpu(&flush.vm, 0) &&
	       vm_add_vcpu(&flush.vm, 0) &&
	       set_region(flush.vm.fd, 1, DENSE_IPA,
			  map_memory(DENSE_PAGES * PAGE, PROT_READ | PROT_WRITE),
			  DENSE_PAGES * PAGE, 0) &&
	       set_core_reg(flush.vm.vcpu[1], 7, COUNTER_IPA) &&
	       set_core_reg(flush.vm.vcpu[1], CORE_PC, COUNT_IPA) &&
	       !pthread_create(&counter, NULL, run_counter, NULL);
	if (!good)
		return false;
	setitimer(ITIMER_REAL, &every, NULL);
	for (i = 0; good && i < ROUNDS; i++)
		good = flush_once(&signals) && counts((void *)(code + (COUNTER_IPA - CODE_IPA)));
	setitimer(ITIMER_REAL, &never, NULL);
	flush.stop = true;
	flush.vm.run[1]->immediate_exit = 1;
	pthread_kill(counter, SIGALRM);
	pthread_join(counter, NULL);

	longest = vm_mmu(&flush.vm, "longest_flush");
	ksft_print_msg("%ld flushes, %ld descriptors in the longest step, %lu signals\n",
		       vm_mmu(&flush.vm, "flushes"), longest, signals);
	if (!flush.good || vm_mmu(&flush.vm, "flushes") < ROUNDS || longest < 1 || longest > 64) {
		ksft_print_msg("expected %u flushes, in steps of 1 to 64 descriptors\n", ROUNDS);
		good = false;
	}
	vm_destroy(&flush.vm);
	return good && module_is_unused();
}

/* ---- main ---- */

#define TRACING		"/sys/kernel/tracing"
#define MOST_OFF_US	5000

/* Measures from now on how long preemption or interrupts are off. False if the kernel cannot. */
static bool trace_off_times(void)
{
	char tracers[256];

	mount("tracefs", TRACING, "tracefs", 0, NULL);
	if (!text_in(TRACING, "available_tracers", tracers, sizeof(tracers)) ||
	    !strstr(tracers, "preemptirqsoff"))
		return false;
	write_file(TRACING "/current_tracer", "preemptirqsoff");
	write_file(TRACING "/tracing_max_latency", "0");
	return true;
}

/*
 * Only a real machine has to keep the limit: on an emulated one, the time also passes while its
 * host runs something else. There, only the number of descriptors in a step is limited.
 */
static bool off_times_are_short(void)
{
	long us = number_in(TRACING "/tracing_max_latency");

	write_file(TRACING "/current_tracer", "nop");
	ksft_print_msg("preemption or interrupts were off for %ld us at most\n", us);
	return us <= MOST_OFF_US || starvation_is_possible();
}

static bool judged(bool (*run)(void))
{
	int log = open_log();
	struct heartbeat beat = heartbeat_start();
	bool traced = trace_off_times();
	bool good = run();

	good &= !traced || off_times_are_short();
	good &= heartbeat_end(&beat, 15000) && !end_requested;
	good &= log_is_clean(log);
	close(log);
	return good;
}

static bool flushes(void)
{
	return judged(flush_loop);
}

static const struct host_test tests[] = {
	/* Not judged(): the log has the OOM killer's message, and a heartbeat needs memory. */
	{ "hostile_memory.any.oom", only_the_vmm_dies },
	{ "hostile_memory.any.flush_loop", flushes },
	{ "hostile_memory.any.module_goes", remove_module },
};

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = nothing, .sa_flags = SA_RESTART };

	sigaction(SIGALRM, &action, NULL);
	return host_tests(tests, ARRAY_SIZE(tests), argc, argv);
}
