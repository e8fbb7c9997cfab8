/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the module look at on the host: its log, its memory, the module,
 * and whether it still answers.
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

#define MODULE		"kvm_armv7"
#define MODULE_PATH	"/modules/" MODULE ".ko"

static inline bool check(bool good, const char *what)
{
	if (!good)
		ksft_print_msg("%s: expected success, got %s\n", what, strerror(errno));
	return good;
}

/* ---- waiting ---- */

static inline long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/*
 * By how much every limit in here is multiplied. 1 on a real machine; an emulated one may get
 * next to no time, and the runner, which sees that, decides when to give up.
 */
static inline long patience(void)
{
	const char *given = getenv("patience");
	long times = given ? strtol(given, NULL, 10) : 1;

	return times > 0 ? times : 1;
}

/* Where CPUs wait for CPUs of another machine, what a kernel says of that is no fault. */
static inline bool starvation_is_possible(void)
{
	return patience() > 1;
}

/* The runner wants the test that runs to fail, and to say what it was at. */
static volatile sig_atomic_t told_to_end;

/* Whatever does not look there ends with the program, when it is told so again. */
static inline void on_end(int number)
{
	if (told_to_end)
		_exit(128 + number);
	told_to_end = 1;
}

/* Without SA_RESTART: so that calls that wait come back. */
static inline void obey_end(void)
{
	struct sigaction action = { .sa_handler = on_end };

	sigaction(SIGTERM, &action, NULL);
}

/**
 * struct patient_wait - for something that has to happen, however long that takes
 */
struct patient_wait {
	long began_ms;
};

#define WAIT_LIMIT_MS	300000L

static inline struct patient_wait wait_begin(void)
{
	return (struct patient_wait) { .began_ms = now_ms() };
}

static inline long wait_ms(const struct patient_wait *wait)
{
	return now_ms() - wait->began_ms;
}

/* NULL: goes on. Or why it ends, though nothing has happened. */
static inline const char *wait_in_vain(const struct patient_wait *wait)
{
	if (told_to_end)
		return "the runner ended the test";
	if (wait_ms(wait) > WAIT_LIMIT_MS * patience())
		return "that is the limit";
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

/* What is in a small file of a folder, as text; false if it cannot be read. */
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

/* Sum of what a format reads from the lines of a file that it fits. */
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

/* Loads it, unless it is there. */
static inline bool insert_module(void)
{
	int fd, ret;

	if (!access("/dev/kvm", F_OK))
		return true;
	fd = open(MODULE_PATH, O_RDONLY | O_CLOEXEC);
	ret = syscall(SYS_finit_module, fd, "", 0);
	close(fd);
	return check(!ret, "insmod");
}

static inline bool remove_module(void)
{
	return check(!syscall(SYS_delete_module, MODULE, O_NONBLOCK), "rmmod");
}

/* Waits until nobody uses it: file descriptors close after their process. */
static inline bool module_is_unused(void)
{
	struct patient_wait wait = wait_begin();
	const char *why;

	while (number_in("/sys/module/" MODULE "/refcnt")) {
		why = wait_in_vain(&wait);
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

/* ---- memory ---- */

/*
 * KiB that are free, also on the CPUs' own lists, or that somebody answers for
 * who is not in question here: processes and page tables of theirs, kernel stacks,
 * files. What the slab allocator has counts as gone.
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

/* Waits for RCU, and for work that has begun on each CPU. */
static inline void settle_kernel(void)
{
	syscall(SYS_membarrier, 1 /* MEMBARRIER_CMD_GLOBAL */, 0, 0);
	write_file("/proc/sys/vm/stat_refresh", "1");
}

/* How often there has to be no more before that is all. */
#define SETTLED		10

/*
 * The same once caches have given back what they can, and RCU and workers have freed what
 * they are to free: the most that there is.
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

/* A kernel that knows better: what it keeps to find mistakes would count as lost. */
static inline bool has_kmemleak(void)
{
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	return !access("/sys/kernel/debug/kmemleak", F_OK);
}

/* Is there as much as @before, but for @slack_kib? */
static inline bool memory_is_kept(long before, long slack_kib)
{
	long after = free_memory();
	unsigned int i;

	/* A worker that has not run yet gives back what it has to later. */
	for (i = 0; i < 10 && before - after > slack_kib; i++)
		after = free_memory();
	ksft_print_msg("memory: %ld KiB free before, %ld KiB after\n", before, after);
	if (has_kmemleak()) {
		ksft_print_msg("kmemleak is there to be asked\n");
		return true;
	}
	if (before - after > slack_kib)
		ksft_print_msg("memory: expected a loss of at most %ld KiB, got %ld KiB\n",
			       slack_kib, before - after);
	return before - after <= slack_kib;
}

/* ---- the log ---- */

/* To be called first; what is there already does not count. */
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
 * Has it had nothing, since the last call, that no healthy kernel says? That a CPU did nothing
 * for long is for the runner to judge, where CPUs can be starved: it looks at the log, too.
 */
static inline bool log_is_clean(int log)
{
	static const char * const bad[] = {
		"WARNING", "BUG", "Oops", "HYP fault", "leak", "Unable to handle", "Bad page",
		"bad page", "refcount", "scheduling while", "Out of memory",
	};
	/* Also in the report's backtrace. */
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
			ksft_print_msg("kernel log: a CPU did nothing for long: '%s'\n", record);
			clean &= starvation_is_possible();
		} else if (any_of(bad, ARRAY_SIZE(bad), record)) {
			ksft_print_msg("kernel log: expected no warning, got '%s'\n", record);
			clean = false;
		}
	}
	return clean;
}

/* ---- the host answers ---- */

/* What the process that beats has to say; shared with it. */
struct beats {
	long began_ms;		/* the one that goes on */
	long longest_ms;	/* of those that ended */
	unsigned long count;	/* ... */
};

/**
 * struct heartbeat - a process that starts another one every so often
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
	/* On each CPU in turn: one that is stuck does not keep the others from it. */
	for (cpu = 0; ; cpu = (cpu + 1) % cpus) {
		pid_t child;
		long took;

		beat.beats->began_ms = now_ms();
		CPU_ZERO(&here);
		CPU_SET(cpu, &here);
		sched_setaffinity(0, sizeof(here), &here);	/* not if it is offline */
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

/* Has each CPU started a process since this was called? Waits for that. */
static inline bool heartbeat_goes_on(const struct heartbeat *beat)
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
		why = wait_in_vain(&wait);
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
 * Ends it. False if the host does not answer any more, if it once took longer than
 * @limit_ms for that, or if the process ended by itself: it got no child, or was killed.
 * A process and a sleep of 50 ms are a matter of milliseconds. On an emulated machine,
 * which has to wait for CPUs itself, @limit_ms says little, see patience(); a CPU that does
 * not answer for long is in the kernel's log there, for the runner to judge.
 */
static inline bool heartbeat_end(struct heartbeat *beat, long limit_ms)
{
	bool good;
	long longest;

	/* kill(-1) would be everybody. */
	if (!check(beat->pid > 0, "fork of the heartbeat"))
		return false;
	good = heartbeat_goes_on(beat);
	longest = beat->beats->longest_ms;
	ksft_print_msg("the host answered %lu times, within %ld ms at the most\n",
		       beat->beats->count, longest);
	kill(beat->pid, SIGKILL);
	waitpid(beat->pid, NULL, 0);
	munmap((void *)beat->beats, getpagesize());
	if (longest > limit_ms * patience()) {
		ksft_print_msg("the host: expected an answer within %ld ms, got it after %ld ms\n",
			       limit_ms * patience(), longest);
		good = false;
	}
	return good;
}

/* ---- threads ---- */

/* "State:" of a thread of this process, and how often it has gone to sleep. */
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

/* Waits until a thread sleeps, and goes on to: it has not woken up between two looks. */
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
		why = wait_in_vain(&wait);
		if (why) {
			ksft_print_msg("%s: expected state S, got %c, %lu sleeps, %ld ms: %s\n",
				       what, state, after, wait_ms(&wait), why);
			return false;
		}
		usleep(1000);
	}
}

/* ---- a program of tests ---- */

struct host_test {
	const char *name;	/* <program>.any.<test> */
	bool (*run)(void);
};

/* A pattern of TESTS= is for a test, its rule, or its program. */
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

/*
 * What to run. Of a program whose tests leave the module as the next one needs it,
 * all run if one is asked for; one whose tests are apart defines HOST_TESTS_APART
 * before it includes this, and has those only. --after: what comes after that test.
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

/* Marks in @wanted which tests are; returns how many. */
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

static inline int host_tests(const struct host_test *tests, unsigned int count, int argc,
			     char **argv)
{
	struct selection chosen;
	unsigned int i, planned;
	bool wanted[count];

	setbuf(stdout, NULL);
	obey_end();
	host_tests_choose(&chosen, argc, argv);
	planned = host_tests_wanted(&chosen, tests, count, wanted);
	if (chosen.list || !planned) {
		for (i = 0; i < count; i++)
			if (wanted[i])
				puts(tests[i].name);
		return 0;
	}
	if (!insert_module())
		ksft_exit_fail_msg("no module to test\n");

	puts("KTAP version 1");
	ksft_set_plan(planned);
	for (i = 0; i < count; i++) {
		if (!wanted[i])
			continue;
		told_to_end = 0;
		ksft_test_result(tests[i].run(), "%s\n", tests[i].name);
	}
	ksft_finished();
	abort();	/* it does not come back, which not every version says */
}

#endif /* TESTS_REFKERNEL_HOST_H */
