// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hostile use of memory: a VMM that uses up the host's memory by the tables of its guests, and a
 * guest that has all of its memory flushed from the caches again and again. The OOM killer ends
 * that VMM alone; no lock is held for long, and other vCPUs run on.
 *
 *   hostile_memory [--list] [--tests PATTERN]	(all tests always run)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/time.h>

#include "host.h"
#include "test_guest.h"

#define PAGE		4096U

static void *map_memory(size_t size, int prot)
{
	return mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/* ---- guest code ---- */

/*
 * Both begin with long descriptors: the GiB of the code at its own address, and in the entry
 * behind it what r4 says.
 *
 * sparse: reads a word of each 2 MiB of the GiB numbers r4 to r5 - 1, and reports ~0 at r6.
 * dense: writes r5 pages from r4 on before it turns MMU and caches on; reports at r6.
 * count: increments the word at r7.
 */
extern const char sparse[], sparse_end[], dense[], dense_end[], count[], count_end[];

#define TURN_ON(sctlr)							\
    "	mov r0, #0x44\n"						\
    "	mcr p15, 0, r0, c10, c2, 0\n"	/* MAIR0: normal, not cached */	\
    "	mov r0, #0x80000000\n"						\
    "	mcr p15, 0, r0, c2, c0, 2\n"	/* TTBCR.EAE */			\
    "	ldr r2, 3f\n"							\
    "	mov r3, #0\n"							\
    "	mcrr p15, 0, r2, r3, c2\n"	/* TTBR0 */			\
    "	isb\n"								\
    "	mcr p15, 0, r0, c8, c7, 0\n"	/* TLBIALL */			\
    "	dsb\n"								\
    "	isb\n"								\
    "	mrc p15, 0, r0, c1, c0, 0\n"					\
    "	orr r0, r0, #" #sctlr "\n"					\
    "	mcr p15, 0, r0, c1, c0, 0\n"					\
    "	isb\n"

asm("	.pushsection .rodata\n"
    "	.arm\n"
    "	.balign 8\n"
    "sparse:\n"
    TURN_ON(1)
    "1:	lsl r0, r4, #30\n"
    "	orr r0, r0, #0x400\n"
    "	orr r0, r0, #1\n"
    "	lsr r1, r4, #2\n"
    "	strd r0, r1, [r2, #16]\n"
    "	dsb\n"
    "	mcr p15, 0, r0, c8, c7, 0\n"
    "	dsb\n"
    "	isb\n"
    "	mov r7, #0x80000000\n"
    "	mov r8, #512\n"
    "2:	ldr r9, [r7]\n"
    "	add r7, r7, #0x200000\n"
    "	subs r8, r8, #1\n"
    "	bne 2b\n"
    "	add r4, r4, #1\n"
    "	cmp r4, r5\n"
    "	blo 1b\n"
    "	mvn r0, #0\n"
    "4:	str r0, [r6]\n"
    "	b 4b\n"
    "3:	.word 0x40001000\n"
    "sparse_end:\n"

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

/* The VMM's memory with the code and the table. */
static char *code_memory(const char *from, const char *end)
{
	static const uint64_t identity = 0x40000000 | 0x401;
	char *code = map_memory(CODE_SIZE, PROT_READ | PROT_WRITE);

	memcpy(code, from, end - from);
	memcpy(code + (COUNT_IPA - CODE_IPA), count, count_end - count);
	memcpy(code + PAGE + 8, &identity, sizeof(identity));
	__builtin___clear_cache(code, code + CODE_SIZE);
	return code;
}

/* ---- the OOM killer ---- */

#define INNOCENTS	3
#define INNOCENT_KIB	(6 * 1024)
#define LEFT_KIB	(64 * 1024)	/* free memory that the VMM finds */
#define GIB		(1UL << 30)
#define FIRST_GIB	4U
#define GIBS		3U		/* as many as need tables without reaching the limit */

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

/* Memory that belongs to no process, so that little is left. Returns its file descriptor. */
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

/* Creates one VM after the other, each with some 1,540 tables, until it is killed. */
static void use_tables(int kvm)
{
	char *empty = map_memory(GIB, PROT_READ);
	char *code = code_memory(sparse, sparse_end);
	unsigned int i;

	for (;;) {
		struct vm vm = { .kvm = kvm };

		vm.fd = ioctl(kvm, KVM_CREATE_VM, 0);
		if (vm.fd < 0 || !set_region(vm.fd, 0, CODE_IPA, code, CODE_SIZE, 0) ||
		    !vm_add_vcpu(&vm, 0))
			_exit(1);
		for (i = 0; i < GIBS; i++)
			if (!set_region(vm.fd, 1 + i, (uint64_t)(FIRST_GIB + i) << 30, empty,
					GIB, 0))
				_exit(2);
		set_core_reg(vm.vcpu[0], 4, FIRST_GIB);
		set_core_reg(vm.vcpu[0], 5, FIRST_GIB + GIBS);
		set_core_reg(vm.vcpu[0], 6, EXIT_IPA);
		set_core_reg(vm.vcpu[0], CORE_PC, CODE_IPA);
		/* -ENOMEM, too, is no reason to end. */
		ioctl(vm.vcpu[0], KVM_RUN, 0);
	}
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
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), status, ballast;
	pid_t innocents[INNOCENTS], vmm;
	unsigned int i;
	bool good;

	for (i = 0; i < INNOCENTS; i++)
		innocents[i] = start_innocent();
	ballast = take_memory();
	vmm = fork();
	if (!vmm) {
		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(3);
		use_tables(kvm);
	}
	close(kvm);
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
		if (wait_in_vain(&wait)) {
			ksft_print_msg("expected the other vCPU to run, waited %ld ms\n",
				       wait_ms(&wait));
			return false;
		}
		usleep(100);
	}
	return true;
}

/* A reset vCPU turns its caches on. Signals end KVM_RUN, and it goes on. */
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
	char *code = code_memory(dense, dense_end);
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

/* Starts the measurement of times with preemption or interrupts off, if the kernel has it. */
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
 * host runs something else. The steps of walks, which are counted, bound it there.
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
	good &= heartbeat_end(&beat, 15000) && !told_to_end;
	good &= log_is_clean(log);
	close(log);
	return good;
}

static bool flushes(void)
{
	return judged(flush_loop);
}

static const struct host_test tests[] = {
	/* The log has the OOM killer's message, and a heartbeat needs memory. */
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
