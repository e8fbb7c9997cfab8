/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vgic-run as a test drives it: starts it, types into its guest's console, and waits
 * for what comes. Everything that comes is a comment line of the test's output, so that
 * the log of a test shows its guest's console; "[name] |" is before it, so that nobody
 * takes it for what the test itself says.
 */
#ifndef TESTS_GUEST_LINUX_VMM_H
#define TESTS_GUEST_LINUX_VMM_H

#include <glob.h>
#include <poll.h>
#include <pty.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <termios.h>

#include "host.h"

#define VGIC_RUN	"/bin/vgic-run"
#define GUEST_KERNEL	"/guest/kernel"
#define GUEST_INITRD	"/guest/initrd"
#define PROMPT		"guest# "

/*
 * What makes a boot short under emulation; warnings and worse are shown. Limits of the
 * guest's kernel are longer than a CPU of it may have to wait for one of the host: 300 s, 120 s,
 * and an hour.
 */
#define GUEST_APPEND	"loglevel=5 mitigations=off nokaslr init_on_alloc=0 "		\
			"cryptomgr.notests rcupdate.rcu_expedited=1 "			\
			"rcupdate.rcu_cpu_stall_timeout=300 watchdog_thresh=60 "	\
			"sysctl.kernel.hung_task_timeout_secs=3600"

/* /init brings the other CPUs online once its modules are loaded, and says why. */
#ifdef __arm__
#define LATE_CPUS	" maxcpus=1"
#else
#define LATE_CPUS	""
#endif

#define MAX_SAID	(4U << 20)	/* bytes of a guest's console */

/**
 * struct vmm - one process
 * @in, @out: its standard input and output; with a terminal both are its other end
 * @open:     there may be more output
 * @said:     all that came, with a 0 behind it
 * @seen:     up to where vmm_wait() has looked
 * @shown:    up to where it has been printed
 * @judged:   up to where vmm_is_well() has looked
 */
struct vmm {
	const char *name;
	pid_t pid;
	int in, out;
	bool open;
	long began_ms;
	char *said;
	size_t length, seen, shown, judged;
};

/* ---- what it says ---- */

/*
 * What a guest of vmm_count() says all the time. It is not shown: a machine that says nothing
 * else counts as hung.
 */
#define COUNT		"count "

/* Whole lines only, or, at the end, all. */
static inline void vmm_show(struct vmm *v, bool all)
{
	char *line, *end;

	while (v->shown < v->length) {
		line = v->said + v->shown;
		end = memchr(line, '\n', v->length - v->shown);
		if (!end && !all)
			return;
		if (!end)
			end = v->said + v->length;
		if (strncmp(line, COUNT, strlen(COUNT)))
			ksft_print_msg("[%s] | %.*s\n", v->name,
				       (int)strcspn(line, "\r\n"), line);
		v->shown = end + 1 - v->said;
	}
}

/* So many lines as one, without what moves the cursor. */
static inline const char *lines_from(const char *said, unsigned int count)
{
	static char text[400];
	size_t length = 0;

	for (; *said && length < sizeof(text) - 1; said++) {
		if (*said == '\n' && !--count)
			break;
		if ((unsigned char)*said >= ' ' || *said == '\n')
			text[length++] = *said == '\n' ? '|' : *said;
	}
	text[length] = '\0';
	return text;
}

/* The last that is not empty. */
static inline const char *last_line(const char *said)
{
	const char *at = said + strlen(said);

	while (at > said && (unsigned char)at[-1] <= ' ')
		at--;
	while (at > said && at[-1] != '\n')
		at--;
	return lines_from(at, 1);
}

/* Takes what has come within @ms. */
static inline void vmm_read(struct vmm *v, long ms)
{
	struct pollfd fd = { .fd = v->out, .events = POLLIN };
	ssize_t count, i;

	if (poll(&fd, 1, ms) <= 0)
		return;
	count = read(v->out, v->said + v->length, MAX_SAID - 1 - v->length);
	if (count <= 0) {
		v->open = false;	/* a terminal says EIO */
		return;
	}
	/* Text can be looked for in it, whatever a guest sends. */
	for (i = 0; i < count; i++)
		if (!v->said[v->length + i])
			v->said[v->length + i] = '?';
	v->length += count;
	v->said[v->length] = '\0';
	vmm_show(v, false);
}

/*
 * After a wait that timed out: the state, CPU time and wchan of each thread, printed twice
 * with a second in between. Times are in clock ticks, as in proc(5).
 */
static inline void vmm_show_threads(const struct vmm *v)
{
	/* After the name: state, then utime and stime as fields 14 and 15. */
	static const char stat_format[] =
		") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu";
	unsigned int turn;
	char path[64];
	glob_t threads;
	size_t i;

	snprintf(path, sizeof(path), "/proc/%d/task/*", v->pid);
	if (glob(path, 0, NULL, &threads))
		return;
	for (turn = 0; turn < 2; turn++) {
		for (i = 0; i < threads.gl_pathc; i++) {
			char stat[512], wchan[64], *end;
			unsigned long user, kernel;
			char state;

			if (!text_in(threads.gl_pathv[i], "stat", stat, sizeof(stat)) ||
			    !text_in(threads.gl_pathv[i], "wchan", wchan, sizeof(wchan)))
				continue;
			end = strrchr(stat, ')');
			if (end && sscanf(end, stat_format, &state, &user, &kernel) == 3)
				ksft_print_msg("[%s] %s: %c, utime %lu, stime %lu, wchan %s\n",
					       v->name, threads.gl_pathv[i], state, user,
					       kernel, wchan);
		}
		if (!turn)
			sleep(1);
	}
	globfree(&threads);
}

/* What a kernel says when a CPU has done nothing for long: it hangs, or it is starved. */
static const char * const starved_words[] = {
	"detected stalls", "self-detected stall", "soft lockup", "blocked for more than",
	"expedited stalls",
};

/* What a kernel says that does not go on, or not with what it was at. */
static inline const char *kernel_died(const char *said)
{
	static const char * const last_words[] = {
		"Kernel panic", "kernel BUG at", "Internal error: ", "Unable to handle kernel",
		"Oops",
	};
	const char *found, *first = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(last_words); i++) {
		found = strstr(said, last_words[i]);
		if (found && (!first || found < first))
			first = found;
	}
	return first;
}

/* The first of @texts that it has said since what was waited for before; -1: none yet. */
static inline int vmm_said(struct vmm *v, const char * const *texts, unsigned int count)
{
	const char *found, *first = NULL;
	unsigned int i;
	int which = -1;

	for (i = 0; i < count; i++) {
		found = strstr(v->said + v->seen, texts[i]);
		if (found && (!first || found < first)) {
			first = found;
			which = i;
		}
	}
	if (which >= 0)
		v->seen = first - v->said + strlen(texts[which]);
	return which;
}

/*
 * Waits until it says one of @texts, after what was waited for before, and returns which. -1:
 * that cannot come any more, and the reason is printed.
 */
static inline int vmm_wait_any(struct vmm *v, const char * const *texts, unsigned int count)
{
	struct patient_wait wait = wait_begin();
	const char *died = NULL, *why;
	int which;

	for (;;) {
		which = vmm_said(v, texts, count);
		if (which >= 0)
			return which;
		died = kernel_died(v->said + v->judged);
		/* It has more to say, and says so. */
		if (died && strstr(died, "---[ end "))
			why = "the guest's kernel failed";
		else if (!v->open)
			why = "its output ended";
		else
			why = wait_in_vain(&wait);
		if (why)
			break;
		vmm_read(v, 1000);
	}
	vmm_show(v, true);
	ksft_print_msg("[%s] expected '%s', waited %ld ms for it: %s; the last line: '%s'\n",
		       v->name, texts[0], wait_ms(&wait), why, last_line(v->said));
	if (v->open && !died)
		vmm_show_threads(v);
	return -1;
}

static inline bool vmm_wait(struct vmm *v, const char *text)
{
	return vmm_wait_any(v, &text, 1) == 0;
}

/* ---- its life ---- */

static inline bool vmm_exec(struct vmm *v, const char *name, bool terminal,
			    char *const *arguments)
{
	int in[2], out[2], master;

	*v = (struct vmm) {
		.name = name, .said = calloc(1, MAX_SAID), .began_ms = now_ms(), .open = true,
	};
	if (terminal) {
		v->pid = forkpty(&master, NULL, NULL, NULL);
		v->in = v->out = master;
		if (v->pid > 0)
			fcntl(master, F_SETFD, FD_CLOEXEC);
	} else {
		if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
			return check(false, "pipe");
		v->pid = fork();
		if (!v->pid) {
			dup2(in[0], 0);
			dup2(out[1], 1);
			dup2(out[1], 2);
		} else {
			close(in[0]);
			close(out[1]);
			v->in = in[1];
			v->out = out[0];
		}
	}
	if (!v->pid) {
		execv(VGIC_RUN, arguments);
		_exit(127);
	}
	return check(v->pid > 0, "fork");
}

#define MAX_ARGUMENTS	40

/* Words with spaces between; a word with spaces goes last, as @append. */
static inline bool vmm_start(struct vmm *v, const char *name, bool terminal,
			     const char *append, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
static inline bool vmm_start(struct vmm *v, const char *name, bool terminal,
			     const char *append, const char *format, ...)
{
	char words[1024], *rest = words, *argv[MAX_ARGUMENTS] = { VGIC_RUN };
	unsigned int argc = 1;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	while (rest && argc < MAX_ARGUMENTS - 3) {
		argv[argc] = strsep(&rest, " ");
		argc += *argv[argc] != '\0';
	}
	argv[argc] = NULL;
	if (append) {
		argv[argc++] = "--append";
		argv[argc++] = (char *)append;
		argv[argc] = NULL;
	}
	return vmm_exec(v, name, terminal, argv);
}

/* Waits until the process has ended; its status can be taken then. */
static inline bool vmm_has_ended(struct vmm *v)
{
	struct patient_wait wait = wait_begin();
	siginfo_t info = { 0 };
	const char *why;

	for (;;) {
		waitid(P_PID, v->pid, &info, WEXITED | WNOHANG | WNOWAIT);
		if (info.si_pid)
			return true;
		why = wait_in_vain(&wait);
		if (why)
			break;
		if (v->open)
			vmm_read(v, 50);
		else
			usleep(50000);
	}
	ksft_print_msg("[%s] expected vgic-run to end, waited %ld ms: %s; last line '%s'\n",
		       v->name, wait_ms(&wait), why, last_line(v->said));
	vmm_show_threads(v);
	return false;
}

/* The status of one that has ended, or was killed, as a shell has it. */
static inline int vmm_reap(struct vmm *v)
{
	size_t before;
	int status;

	waitpid(v->pid, &status, 0);
	do {
		before = v->length;
		vmm_read(v, 0);
	} while (v->open && v->length > before && v->length < MAX_SAID - 1);
	vmm_show(v, true);
	close(v->in);
	if (v->out != v->in)
		close(v->out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Has it said one of @words? Prints @what and the lines, each time for the first. */
static inline bool vmm_note(const struct vmm *v, const char *said, const char * const *words,
			    unsigned int count, const char *what)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < count; i++) {
		const char *found = strstr(said, words[i]);

		if (!found)
			continue;
		/* Often the second line says more than the first. */
		ksft_print_msg("[%s] %s '%s'\n", v->name, what, lines_from(found, 4));
		any = true;
	}
	return any;
}

/*
 * Has it said nothing, since the last call, that a healthy kernel and vgic-run do not say?
 * tools/kernel_log.py has that for the host.
 */
static inline bool vmm_is_well(struct vmm *v)
{
	static const char * const bad[] = {
		"WARNING: ", "Kernel panic", "kernel BUG at", "Oops", "Internal error: ",
		"Unable to handle kernel", "refcount_t: ", "nobody cared", "invoked oom-killer",
		"page allocation failure", "BUG: scheduling", "BUG: sleeping", "BUG: Bad",
		"BUG: spinlock", "BUG: workqueue", "I/O error", "at unmapped address",
		"vgic-run: vCPU 0: KVM_RUN",
	};
	/* Also in a report about a starved CPU. */
	static const char * const reports[] = { "BUG: ", "Call trace:" };
	const char *said = v->said + v->judged;
	bool good = !vmm_note(v, said, bad, ARRAY_SIZE(bad), "expected a clean log, got");

	if (vmm_note(v, said, starved_words, ARRAY_SIZE(starved_words),
		     "the guest's kernel says that a CPU did nothing for long:"))
		good &= starvation_is_possible();
	else
		good &= !vmm_note(v, said, reports, ARRAY_SIZE(reports),
				  "expected a clean log, got");
	v->judged = v->length;
	return good;
}

/* Waits for the end. What it said is clean, and its status is @expected. */
static inline bool vmm_ends(struct vmm *v, int expected)
{
	bool good = vmm_has_ended(v);
	int status;

	if (!good)
		kill(v->pid, SIGKILL);
	status = vmm_reap(v);
	if (good && status != expected) {
		ksft_print_msg("[%s] expected status %d, got %d\n", v->name, expected, status);
		good = false;
	}
	good &= vmm_is_well(v);
	free(v->said);
	return good;
}

/* For a test that has failed already. */
static inline bool vmm_give_up(struct vmm *v)
{
	kill(v->pid, SIGKILL);
	vmm_reap(v);
	free(v->said);
	return false;
}

/* ---- its guest ---- */

static inline void vmm_type(struct vmm *v, const char *text)
{
	size_t length = strlen(text);

	if (write(v->in, text, length) != (ssize_t)length)
		ksft_print_msg("[%s] cannot type: %s\n", v->name, strerror(errno));
}

static inline bool vmm_prompt(struct vmm *v)
{
	if (!vmm_wait(v, PROMPT))
		return false;
	ksft_print_msg("[%s] from start to prompt: %ld ms\n", v->name, now_ms() - v->began_ms);
	return true;
}

/* Has the guest's shell begin with a command. */
static inline void vmm_begin(struct vmm *v, const char *command)
{
	char line[1100];

	/* The quotes keep what is typed, and echoed, from being what is waited for. */
	snprintf(line, sizeof(line), "%s; echo en''ded $?.\n", command);
	vmm_type(v, line);
}

/* ... which ends with status 0, and the shell asks for the next one. */
static inline bool vmm_succeeds(struct vmm *v, const char *command)
{
	/* A prompt means that the shell did not get the line as it was typed. */
	static const char * const ends[] = { "ended ", PROMPT };
	size_t at;
	int status;

	switch (vmm_wait_any(v, ends, ARRAY_SIZE(ends))) {
	case 0:
		break;
	case 1:
		ksft_print_msg("[%s] expected '%s' to end with a status, got the prompt\n",
			       v->name, command);
		return false;
	default:
		ksft_print_msg("[%s] that was to be the end of '%s'\n", v->name, command);
		return false;
	}
	at = v->seen;
	if (!vmm_wait(v, PROMPT))
		return false;
	status = atoi(v->said + at);
	if (status)
		ksft_print_msg("[%s] expected '%s' to succeed, got status %d\n", v->name,
			       command, status);
	return !status;
}

/* Runs a command in the guest's shell, which has to end with status 0. */
static inline bool vmm_command(struct vmm *v, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static inline bool vmm_command(struct vmm *v, const char *format, ...)
{
	char command[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	vmm_begin(v, command);
	return vmm_succeeds(v, command);
}

/* Powers off by PSCI. */
static inline bool vmm_power_off(struct vmm *v)
{
	vmm_type(v, "poweroff -f\n");
	if (!vmm_wait(v, "vgic-run: the guest has powered off"))
		return vmm_give_up(v);
	return vmm_ends(v, 0);
}

/* ---- disks ---- */

/* One of random bytes; its hash, in hexadecimal, goes to @sum. */
static inline bool make_disk(const char *path, unsigned int kib, char sum[65])
{
	char command[256];
	FILE *pipe;
	bool good;

	snprintf(command, sizeof(command),
		 "dd if=/dev/urandom of=%s bs=1k count=%u 2>/dev/null && sha256sum %s", path, kib,
		 path);
	pipe = popen(command, "r");
	good = pipe && fscanf(pipe, "%64s", sum) == 1 && strlen(sum) == 64;
	if (pipe)
		pclose(pipe);
	return check(good, command);
}

#endif /* TESTS_GUEST_LINUX_VMM_H */
