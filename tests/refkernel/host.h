/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For programs that test the module: the loop that runs and reports their tests, waits with time
 * limits, loading and unloading of the module, and checks of the host: its log, its free memory,
 * and whether every CPU still schedules.
 */
#ifndef TESTS_REFKERNEL_HOST_H
#define TESTS_REFKERNEL_HOST_H

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"

#include "../../selftests/lib/abi/open_standard_files.h"

#define MODULE		"kvm_armv7"
#define MODULE_PATH	"/modules/" MODULE ".ko"

/* Runs in each program before main(), which opens files. */
static void __attribute__((constructor)) before_main(void)
{
	open_standard_files();
}

/* Returns @good; prints @what and errno if it is false. */
static inline bool check(bool good, const char *what)
{
	if (!good)
		ksft_print_msg("%s: expected success, got %s\n", what, strerror(errno));
	return good;
}

/* ---- waiting ---- */

/* Returns CLOCK_MONOTONIC in milliseconds. */
static inline long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/*
 * Factor for all time limits, from `patience=`: 1 on a real machine. The runner sets a large one
 * for emulated machines, which may get little CPU time, and decides itself when to give up.
 */
static inline long patience(void)
{
	const char *given = getenv("patience");
	long times = given ? strtol(given, NULL, 10) : 1;

	return times > 0 ? times : 1;
}

/* Stalls of emulated CPUs may be caused by the machine that emulates them. */
static inline bool starvation_is_possible(void)
{
	return patience() > 1;
}

/* Set by SIGTERM: the runner wants the current test to fail and to print its state. */
static volatile sig_atomic_t end_requested;

/* A second SIGTERM ends the program, for code that does not check end_requested. */
static inline void on_end(int number)
{
	if (end_requested)
		_exit(128 + number);
	end_requested = 1;
}

/* Without SA_RESTART, so that blocking calls return EINTR. */
static inline void handle_sigterm(void)
{
	struct sigaction action = { .sa_handler = on_end };

	sigaction(SIGTERM, &action, NULL);
}

/**
 * struct patient_wait - a wait for an event, ended by the runner or by WAIT_LIMIT_MS
 * @began_ms: time of its start, now_ms()
 */
struct patient_wait {
	long began_ms;
};

#define WAIT_LIMIT_MS	300000L

static inline struct patient_wait wait_begin(void)
{
	return (struct patient_wait) { .began_ms = now_ms() };
}

/* Returns the duration of a wait so far, in milliseconds. */
static inline long wait_ms(const struct patient_wait *wait)
{
	return now_ms() - wait->began_ms;
}

/* Returns NULL, or the reason to give up the wait. */
static inline const char *wait_gives_up(const struct patient_wait *wait)
{
	if (end_requested)
		return "the runner ended the test";
	if (wait_ms(wait) > WAIT_LIMIT_MS * patience())
		return "the wait timed out";
	return NULL;
}

/* ---- files ---- */

static inline void write_file(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, word, strlen(word)) < 0)
		ksft_print_msg("%s: %s\n", path, strerror(errno));
	close(fd);
}

static inline long number_in(const char *path)
{
	long number = -1;
	FILE *file = fopen(path, "r");

	if (file && fscanf(file, "%ld", &number) != 1)
		number = -1;
	if (file)
		fclose(file);
	return number;
}

/* Reads a small file of a folder as a string. Returns false if it cannot be read. */
static inline bool text_in(const char *folder, const char *name, char *text, size_t size)
{
	char path[128];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = read(fd, text, size - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got > 0;
}

/* Returns the sum of the numbers that @format reads, over all lines of a file that match. */
static inline long sum_in(const char *path, const char *format)
{
	char line[256];
	long value, sum = 0;
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, format, &value) == 1)
			sum += value;
	if (file)
		fclose(file);
	return sum;
}

/* ---- the module ---- */

/* The module's parameter for tests. On the kernel's command line, "kvm_armv7." precedes it. */
#define TRAP_VM_REGISTERS	"trap_vm_registers=1"

static inline bool vm_registers_trap(void)
{
	char cmdline[2048];

	return text_in("/proc", "cmdline", cmdline, sizeof(cmdline)) &&
	       strstr(cmdline, MODULE "." TRAP_VM_REGISTERS);
}

/* Loads the module unless it is loaded. */
static inline bool insert_module(void)
{
	int fd, ret;

	if (!access("/dev/kvm", F_OK))
		return true;
	fd = open(MODULE_PATH, O_RDONLY | O_CLOEXEC);
	ret = syscall(SYS_finit_module, fd, vm_registers_trap() ? TRAP_VM_REGISTERS : "", 0);
	close(fd);
	return check(!ret, "insmod");
}

/* Waits for a reference count of 0: file descriptors may close after their process has ended. */
static inline bool module_is_unused(void)
{
	struct patient_wait wait = wait_begin();
	const char *why;

	while (number_in("/sys/module/" MODULE "/refcnt")) {
		why = wait_gives_up(&wait);
		if (why) {
			ksft_print_msg("module: expected no users, got %ld after %ld ms: %s\n",
				       number_in("/sys/module/" MODULE "/refcnt"),
				       wait_ms(&wait), why);
			return false;
		}
		usleep(1000);
	}
	return true;
}

static inline bool remove_module(void)
{
	return module_is_unused() &&
	       check(!syscall(SYS_delete_module, MODULE, O_NONBLOCK), "rmmod");
}

/* ---- memory ---- */

/*
 * Returns the KiB that are free, including per-CPU lists, plus those that processes, their page
 * tables, kernel stacks and files use, which are not under test. Slab memory counts as used.
 */
static inline long free_memory_now(void)
{
	static const char * const accounted[] = {
		"MemFree: %ld", "Buffers: %ld", "Cached: %ld", "AnonPages: %ld",
		"PageTables: %ld", "KernelStack: %ld",
	};
	long kib = sum_in("/proc/zoneinfo", " count: %ld") * (getpagesize() / 1024);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(accounted); i++)
		kib += sum_in("/proc/meminfo", accounted[i]);
	return kib;
}

/* Waits for an RCU grace period and flushes a work item on each CPU. */
static inline void settle_kernel(void)
{
	syscall(SYS_membarrier, 1 /* MEMBARRIER_CMD_GLOBAL */, 0, 0);
	write_file("/proc/sys/vm/stat_refresh", "1");
}

/* Free memory is final after this many measurements without a new maximum. */
#define SETTLED		10

/*
 * Returns the maximum of free_memory_now() after dropping caches and waiting for RCU callbacks and
 * workers.
 */
static inline long free_memory(void)
{
	long now, most = 0;
	int same = 0;

	while (same++ < SETTLED) {
		sync();
		write_file("/proc/sys/vm/drop_caches", "3");
		settle_kernel();
		now = free_memory_now();
		if (now > most) {
			most = now;
			same = 0;
		}
	}
	return most;
}

/* A debug kernel with kmemleak finds leaks itself, and its own records would count as leaked. */
static inline bool has_kmemleak(void)
{
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	return !access("/sys/kernel/debug/kmemleak", F_OK);
}

/* Returns whether free memory has shrunk from @before by at most @slack_kib KiB. */
static inline bool memory_is_kept(long before, long slack_kib)
{
	long after = free_memory();
	unsigned int i;

	/* Pending work may still free memory. */
	for (i = 0; i < 10 && before - after > slack_kib; i++)
		after = free_memory();
	ksft_print_msg("memory: %ld KiB free before, %ld KiB after\n", before, after);
	if (has_kmemleak()) {
		ksft_print_msg("kmemleak looks for leaks in this kernel\n");
		return true;
	}
	if (before - after > slack_kib)
		ksft_print_msg("memory: expected a loss of at most %ld KiB, got %ld KiB\n",
			       slack_kib, before - after);
	return before - after <= slack_kib;
}

/* ---- the log ---- */

/* Opens the kernel log at its end: earlier records do not count. */
static inline int open_log(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	lseek(log, 0, SEEK_END);
	return log;
}

static inline const char *any_of(const char * const *words, unsigned int count,
				 const char *text)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (strstr(text, words[i]))
			return words[i];
	return NULL;
}

/*
 * Returns whether the log since the last call has no warning. Reports of a stalled CPU count only
 * where CPUs cannot be starved; elsewhere the runner, which also reads the log, judges them.
 */
static inline bool log_is_clean(int log)
{
	static const char * const bad[] = {
		"WARNING", "BUG", "Oops", "HYP fault", "leak", "Unable to handle", "Bad page",
		"bad page", "refcount", "scheduling while", "Out of memory",
	};
	/* Words of a stall report, including its backtrace. */
	static const char * const starved[] = {
		"stall", "soft lockup", "hung", "blocked for more",
	};
	char record[8192];
	bool clean = true;
	ssize_t size;

	while ((size = read(log, record, sizeof(record) - 1)) > 0 ||
	       (size < 0 && errno == EPIPE)) {
		if (size < 0)
			continue;
		record[size] = '\0';
		record[strcspn(record, "\n")] = '\0';
		if (any_of(starved, ARRAY_SIZE(starved), record)) {
			ksft_print_msg("kernel log: no progress on a CPU: '%s'\n", record);
			clean &= starvation_is_possible();
		} else if (any_of(bad, ARRAY_SIZE(bad), record)) {
			ksft_print_msg("kernel log: expected no warning, got '%s'\n", record);
			clean = false;
		}
	}
	return clean;
}

/* ---- does the host still schedule? ---- */

/**
 * struct beats - measurements of the heartbeat process, in shared memory
 * @began_ms:   start of the current beat, now_ms()
 * @longest_ms: the longest beat so far
 * @count:      number of complete beats
 */
struct beats {
	long began_ms;
	long longest_ms;
	unsigned long count;
};

/**
 * struct heartbeat - a process that forks a child every 50 ms, on each CPU in turn
 * @pid:   the process
 * @beats: its measurements
 */
struct heartbeat {
	pid_t pid;
	volatile struct beats *beats;
};

static inline struct heartbeat heartbeat_start(void)
{
	long cpu, cpus = sysconf(_SC_NPROCESSORS_CONF);
	struct heartbeat beat;
	cpu_set_t here;

	beat.beats = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	beat.beats->began_ms = now_ms();
	beat.pid = fork();
	if (beat.pid)
		return beat;
	/* On each CPU in turn, so that a CPU that hangs is noticed while others run. */
	for (cpu = 0; ; cpu = (cpu + 1) % cpus) {
		pid_t child;
		long took;

		beat.beats->began_ms = now_ms();
		CPU_ZERO(&here);
		CPU_SET(cpu, &here);
		sched_setaffinity(0, sizeof(here), &here);	/* fails for an offline CPU */
		child = fork();
		if (!child)
			_exit(0);
		if (child < 0 || waitpid(child, NULL, 0) != child)
			_exit(1);
		usleep(50000);
		took = now_ms() - beat.beats->began_ms;
		if (took > beat.beats->longest_ms)
			beat.beats->longest_ms = took;
		beat.beats->count++;
	}
}

/* Waits until each CPU has run a new child. Returns false after a message if that fails. */
static inline bool heartbeat_continues(const struct heartbeat *beat)
{
	unsigned long all = beat->beats->count + sysconf(_SC_NPROCESSORS_CONF) + 1;
	struct patient_wait wait = wait_begin();
	const char *why;
	int status;

	while (beat->beats->count < all) {
		if (waitpid(beat->pid, &status, WNOHANG)) {
			ksft_print_msg("host: expected a running heartbeat, got wait status 0x%x\n",
				       status);
			return false;
		}
		why = wait_gives_up(&wait);
		if (why) {
			ksft_print_msg("host: expected %lu more processes, waited %ld ms: %s\n",
				       all - beat->beats->count, wait_ms(&wait), why);
			return false;
		}
		usleep(10000);
	}
	return true;
}

/*
 * Ends the heartbeat. Returns false if it has stopped beating, if one beat took longer than
 * @limit_ms, or if the process ended by itself because fork() failed or it was killed. A beat
 * normally takes little more than 50 ms. On emulated machines patience() extends @limit_ms; there
 * the kernel's log reports a CPU that hangs, and the runner judges it.
 */
static inline bool heartbeat_end(struct heartbeat *beat, long limit_ms)
{
	bool good;
	long longest;

	/* kill(-1) would signal all processes. */
	if (!check(beat->pid > 0, "fork of the heartbeat"))
		return false;
	good = heartbeat_continues(beat);
	longest = beat->beats->longest_ms;
	ksft_print_msg("host: %lu heartbeats, the longest took %ld ms\n",
		       beat->beats->count, longest);
	kill(beat->pid, SIGKILL);
	waitpid(beat->pid, NULL, 0);
	munmap((void *)beat->beats, getpagesize());
	if (longest > limit_ms * patience()) {
		ksft_print_msg("host: expected a heartbeat within %ld ms, got one of %ld ms\n",
			       limit_ms * patience(), longest);
		good = false;
	}
	return good;
}

/* ---- threads ---- */

/* Returns the state letter of a thread of this process, and its voluntary switches in @sleeps. */
static inline char thread_state(pid_t tid, unsigned long *sleeps)
{
	char path[64], line[128], state = '?';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		sscanf(line, "State: %c", &state);
		sscanf(line, "voluntary_ctxt_switches: %lu", sleeps);
	}
	if (file)
		fclose(file);
	return state;
}

/* Waits until a thread sleeps and has not woken up between two reads of its state. */
static inline bool thread_sleeps(volatile pid_t *tid, const char *what)
{
	struct patient_wait wait = wait_begin();
	unsigned long before = 0, after = 0;
	const char *why;
	char state = '?';

	for (;;) {
		if (*tid && thread_state(*tid, &before) == 'S') {
			usleep(20000);
			state = thread_state(*tid, &after);
			if (state == 'S' && before == after)
				return true;
		}
		why = wait_gives_up(&wait);
		if (why) {
			ksft_print_msg("%s: expected state S, got %c, %lu sleeps, %ld ms: %s\n",
				       what, state, after, wait_ms(&wait), why);
			return false;
		}
		usleep(1000);
	}
}

/* ---- a program of tests ---- */

/**
 * struct host_test - one test
 * @name: <program>.any.<test>
 * @run:  returns whether it has passed, after a message if not
 */
struct host_test {
	const char *name;
	bool (*run)(void);
};

/* A pattern of TESTS= matches the name of a test, its rule (without "any") or its program. */
static inline bool one_fits(const char *pattern, const char *name)
{
	char program[64], rule[64];
	size_t length = strcspn(name, ".");

	snprintf(program, sizeof(program), "%.*s", (int)length, name);
	snprintf(rule, sizeof(rule), "%s%s", program, strrchr(name, '.'));
	return !fnmatch(pattern, name, 0) || !fnmatch(pattern, program, 0) ||
	       !fnmatch(pattern, rule, 0);
}

static inline bool any_fits(const char *patterns, const char *name)
{
	char *copy = strdup(patterns), *rest = copy, *pattern;
	bool fits = false;

	while ((pattern = strsep(&rest, ",")))
		fits |= one_fits(pattern, name);
	free(copy);
	return fits;
}

/**
 * struct selection - the command line of a program
 * @patterns: --tests: only tests that match one of these patterns, separated by commas. A test
 *            normally depends on the state in which the previous test leaves the module, so all
 *            tests run if one matches. A program with independent tests defines HOST_TESTS_APART
 *            before it includes this header.
 * @after:    --after: only the tests after this one
 * @list:     --list: print the names of the tests
 */
struct selection {
	const char *patterns, *after;
	bool list;
};

static inline void host_tests_choose(struct selection *chosen, int argc, char **argv)
{
	int arg;

	*chosen = (struct selection) { 0 };
	for (arg = 1; arg < argc; arg++) {
		if (!strcmp(argv[arg], "--list"))
			chosen->list = true;
		if (!strcmp(argv[arg], "--tests") && arg + 1 < argc)
			chosen->patterns = argv[arg + 1];
		if (!strcmp(argv[arg], "--after") && arg + 1 < argc)
			chosen->after = argv[arg + 1];
	}
}

/* Sets @wanted for each selected test and returns their number. */
static inline unsigned int host_tests_wanted(const struct selection *chosen,
					     const struct host_test *tests,
					     unsigned int count, bool *wanted)
{
	unsigned int i, found = 0;

	for (i = 0; i < count; i++)
		found += wanted[i] = !chosen->patterns ||
				     any_fits(chosen->patterns, tests[i].name);
#ifndef HOST_TESTS_APART
	for (i = 0; found && i < count; i++)
		wanted[i] = true;
#endif
	for (i = 0; chosen->after && i < count; i++) {
		wanted[i] = false;
		if (!strcmp(tests[i].name, chosen->after))
			break;
	}
	for (i = 0, found = 0; i < count; i++)
		found += wanted[i];
	return found;
}

/**
 * struct host_program - the tests of a program, and what it does around them
 * @tests:       @count tests, in the order in which they run
 * @count:       number of tests
 * @prepare:     called once before the first test; returns false after a message if nothing can
 *               be tested
 * @watches_log: a test also fails if the host's log has a warning since the previous test
 */
struct host_program {
	const struct host_test *tests;
	unsigned int count;
	bool (*prepare)(void);
	bool watches_log;
};

/* The host's log, from the start of a program that watches it. */
static int host_log = -1;

/* Set by a test that returns true but could not test its subject: the reason for the SKIP. */
static const char *skipped_because;

/* Runs and reports a test. A test that SIGTERM has ended fails, whatever it returns. */
static inline void host_program_run_test(const struct host_program *program, unsigned int i)
{
	const char *name = program->tests[i].name;
	bool good;

	end_requested = 0;
	skipped_because = NULL;
	good = program->tests[i].run();
	if (program->watches_log)
		good &= log_is_clean(host_log);
	good &= !end_requested;
	if (good && skipped_because) {
		ksft_cnt.ksft_xskip++;
		printf("ok %u %s # SKIP %s\n", ksft_test_num(), name, skipped_because);
	} else {
		ksft_test_result(good, "%s\n", name);
	}
}

/*
 * Runs the tests that the command line selects, and exits. Returns main()'s status if no test runs,
 * because of --list or because none is selected.
 */
static inline int host_program_run(const struct host_program *program, int argc, char **argv)
{
	unsigned int i, planned;
	struct selection chosen;
	bool wanted[program->count];

	setbuf(stdout, NULL);
	handle_sigterm();
	host_tests_choose(&chosen, argc, argv);
	planned = host_tests_wanted(&chosen, program->tests, program->count, wanted);
	if (chosen.list || !planned) {
		for (i = 0; i < program->count; i++)
			if (wanted[i])
				puts(program->tests[i].name);
		return 0;
	}
	if (!program->prepare())
		ksft_exit_fail_msg("%s: nothing can be tested\n", program_invocation_short_name);
	if (program->watches_log)
		host_log = open_log();

	puts("KTAP version 1");
	ksft_set_plan(planned);
	for (i = 0; i < program->count; i++)
		if (wanted[i])
			host_program_run_test(program, i);
	ksft_finished();
	abort();	/* not reached; not every ksft_finished() is declared noreturn */
}

/* For a program whose tests need the module, and that checks the log itself where necessary. */
static inline int host_tests(const struct host_test *tests, unsigned int count, int argc,
			     char **argv)
{
	const struct host_program program = {
		.tests = tests,
		.count = count,
		.prepare = insert_module,
	};

	return host_program_run(&program, argc, argv);
}

#endif /* TESTS_REFKERNEL_HOST_H */
