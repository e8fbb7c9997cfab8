/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Drives a vgic-run process: starts it, types into its guest's console, and waits for output.
 * All output is printed as comment lines of the test, prefixed with "[name] |", so that the log
 * of a test shows its guest's console and distinguishes it from the test's own messages.
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
 * Kernel parameters that shorten a boot under emulation and show warnings. The limits for RCU
 * stalls (300 s), soft lockups (120 s) and hung tasks (an hour) are longer than a vCPU may have
 * to wait for a host CPU.
 */
#define GUEST_APPEND	"loglevel=5 mitigations=off nokaslr init_on_alloc=0 "		\
			"cryptomgr.notests rcupdate.rcu_expedited=1 "			\
			"rcupdate.rcu_cpu_stall_timeout=300 watchdog_thresh=60 "	\
			"sysctl.kernel.hung_task_timeout_secs=3600"

/*
 * The guest's /init brings the other CPUs online after loading its modules; the reason is in
 * scripts/guest/linux-init.
 */
#ifdef __arm__
#define LATE_CPUS	" maxcpus=1"
#else
#define LATE_CPUS	""
#endif

#define MAX_OUTPUT	(4U << 20)	/* bytes of output that are kept */

/**
 * struct vmm - one vgic-run process
 * @name:     prefix of its lines
 * @pid:      process ID
 * @in:       its standard input, or the master side of its terminal
 * @out:      its standard output and error, or the same as @in
 * @open:     @out has not reached its end
 * @began_ms: time of the start or of the last reboot, now_ms()
 * @output:   all output so far, terminated with 0; MAX_OUTPUT bytes
 * @length:   bytes of output
 * @seen:     bytes up to the last match of vmm_wait()
 * @shown:    bytes that have been printed
 * @judged:   bytes that vmm_is_well() has checked
 */
struct vmm {
	const char *name;
	pid_t pid;
	int in, out;
	bool open;
	long began_ms;
	char *output;
	size_t length, seen, shown, judged;
};

/* ---- output ---- */

/*
 * The guest's counting loop in saves_and_restores() prints these lines all the time. If they were
 * shown, the runner would not notice that a guest which only counts has hung.
 */
#define COUNT		"count "

/* Prints new output: complete lines and, with @all, also an incomplete last one. */
static inline void vmm_show(struct vmm *v, bool all)
{
	char *line, *end;

	while (v->shown < v->length) {
		line = v->output + v->shown;
		end = memchr(line, '\n', v->length - v->shown);
		if (!end && !all)
			return;
		if (!end)
			end = v->output + v->length;
		if (strncmp(line, COUNT, strlen(COUNT)))
			ksft_print_msg("[%s] | %.*s\n", v->name,
				       (int)strcspn(line, "\r\n"), line);
		v->shown = end + 1 - v->output;
	}
}

/* Returns the first @count lines, joined by '|' and without control characters. */
static inline const char *lines_from(const char *output, unsigned int count)
{
	static char text[400];
	size_t length = 0;

	for (; *output && length < sizeof(text) - 1; output++) {
		if (*output == '\n' && !--count)
			break;
		if ((unsigned char)*output >= ' ' || *output == '\n')
			text[length++] = *output == '\n' ? '|' : *output;
	}
	text[length] = '\0';
	return text;
}

/* Returns the last line that is not empty. */
static inline const char *last_line(const char *output)
{
	const char *at = output + strlen(output);

	while (at > output && (unsigned char)at[-1] <= ' ')
		at--;
	while (at > output && at[-1] != '\n')
		at--;
	return lines_from(at, 1);
}

/* Reads output that arrives within @ms milliseconds. */
static inline void vmm_read(struct vmm *v, long ms)
{
	struct pollfd fd = { .fd = v->out, .events = POLLIN };
	ssize_t count, i;

	if (poll(&fd, 1, ms) <= 0)
		return;
	count = read(v->out, v->output + v->length, MAX_OUTPUT - 1 - v->length);
	if (count <= 0) {
		v->open = false;	/* EIO at the end of a terminal */
		return;
	}
	/* The guest may send zeros, which would end a search for text. */
	for (i = 0; i < count; i++)
		if (!v->output[v->length + i])
			v->output[v->length + i] = '?';
	v->length += count;
	v->output[v->length] = '\0';
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

/* Messages about a CPU or task without progress: it hangs, or it is starved by the host. */
static const char * const starved_words[] = {
	"detected stalls", "self-detected stall", "soft lockup", "blocked for more than",
	"expedited stalls",
};

/* Returns the first message of a fatal error in the kernel, or NULL. */
static inline const char *kernel_died(const char *output)
{
	static const char * const last_words[] = {
		"Kernel panic", "kernel BUG at", "Internal error: ", "Unable to handle kernel",
		"Oops",
	};
	const char *found, *first = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(last_words); i++) {
		found = strstr(output, last_words[i]);
		if (found && (!first || found < first))
			first = found;
	}
	return first;
}

/* Returns the index of the text that comes first in the output after the last match, or -1. */
static inline int vmm_find(struct vmm *v, const char * const *texts, unsigned int count)
{
	const char *found, *first = NULL;
	unsigned int i;
	int which = -1;

	for (i = 0; i < count; i++) {
		found = strstr(v->output + v->seen, texts[i]);
		if (found && (!first || found < first)) {
			first = found;
			which = i;
		}
	}
	if (which >= 0)
		v->seen = first - v->output + strlen(texts[which]);
	return which;
}

/*
 * Waits for one of @texts in the output after the last match, and returns its index. Returns -1,
 * after a message, if the guest's kernel fails, the output ends or the wait times out.
 */
static inline int vmm_wait_any(struct vmm *v, const char * const *texts, unsigned int count)
{
	struct patient_wait wait = wait_begin();
	const char *died = NULL, *why;
	int which;

	for (;;) {
		which = vmm_find(v, texts, count);
		if (which >= 0)
			return which;
		died = kernel_died(v->output + v->judged);
		/* The report of a fatal error is complete with its end marker. */
		if (died && strstr(died, "---[ end "))
			why = "the guest's kernel failed";
		else if (!v->open)
			why = "its output ended";
		else
			why = wait_gives_up(&wait);
		if (why)
			break;
		vmm_read(v, 1000);
	}
	vmm_show(v, true);
	ksft_print_msg("[%s] expected '%s', waited %ld ms: %s; last line '%s'\n",
		       v->name, texts[0], wait_ms(&wait), why, last_line(v->output));
	if (v->open && !died)
		vmm_show_threads(v);
	return -1;
}

/* Waits for @text in the output after the last match. Returns false after a message. */
static inline bool vmm_wait(struct vmm *v, const char *text)
{
	return vmm_wait_any(v, &text, 1) == 0;
}

/* ---- start and end ---- */

/* If set, called in the child process before it executes vgic-run, to change its open files. */
static void (*vmm_prepare)(void);

/* Starts vgic-run with its standard files on a terminal, or on pipes. */
static inline bool vmm_exec(struct vmm *v, const char *name, bool terminal,
			    char *const *arguments)
{
	int in[2], out[2], master;

	*v = (struct vmm) {
		.name = name, .output = calloc(1, MAX_OUTPUT), .began_ms = now_ms(), .open = true,
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
		if (vmm_prepare)
			vmm_prepare();
		execv(VGIC_RUN, arguments);
		_exit(127);
	}
	return check(v->pid > 0, "fork");
}

#define MAX_ARGUMENTS	40

/* Starts vgic-run with the words of @format, separated by spaces, and --append @append. */
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

/* Waits until the process has exited; it remains a zombie for vmm_reap(). */
static inline bool vmm_has_ended(struct vmm *v)
{
	struct patient_wait wait = wait_begin();
	siginfo_t info = { 0 };
	const char *why;

	for (;;) {
		waitid(P_PID, v->pid, &info, WEXITED | WNOHANG | WNOWAIT);
		if (info.si_pid)
			return true;
		why = wait_gives_up(&wait);
		if (why)
			break;
		if (v->open)
			vmm_read(v, 50);
		else
			usleep(50000);
	}
	ksft_print_msg("[%s] expected vgic-run to end, waited %ld ms: %s; last line '%s'\n",
		       v->name, wait_ms(&wait), why, last_line(v->output));
	vmm_show_threads(v);
	return false;
}

/* Reaps the process and closes its pipes. Returns the exit status, or 128 + signal number. */
static inline int vmm_reap(struct vmm *v)
{
	size_t before;
	int status;

	waitpid(v->pid, &status, 0);
	do {
		before = v->length;
		vmm_read(v, 0);
	} while (v->open && v->length > before && v->length < MAX_OUTPUT - 1);
	vmm_show(v, true);
	close(v->in);
	if (v->out != v->in)
		close(v->out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Returns whether @output has one of @words. Prints @what and the first match of each. */
static inline bool vmm_note(const struct vmm *v, const char *output, const char * const *words,
			    unsigned int count, const char *what)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < count; i++) {
		const char *found = strstr(output, words[i]);

		if (!found)
			continue;
		/* The lines after the first often have the cause. */
		ksft_print_msg("[%s] %s '%s'\n", v->name, what, lines_from(found, 4));
		any = true;
	}
	return any;
}

/*
 * Returns whether the output since the last call has no error message of the guest's kernel or of
 * vgic-run. tools/kernel_log.py has the messages of the host's kernel.
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
	/* Also part of a report about a starved CPU. */
	static const char * const reports[] = { "BUG: ", "Call trace:" };
	const char *output = v->output + v->judged;
	bool good = !vmm_note(v, output, bad, ARRAY_SIZE(bad), "expected a clean log, got");

	if (vmm_note(v, output, starved_words, ARRAY_SIZE(starved_words),
		     "no progress on a CPU of the guest:"))
		good &= starvation_is_possible();
	else
		good &= !vmm_note(v, output, reports, ARRAY_SIZE(reports),
				  "expected a clean log, got");
	v->judged = v->length;
	return good;
}

/* Waits for the exit. Expects the status @expected and output without errors. */
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
	free(v->output);
	return good;
}

/* Kills the process of a test that has failed. Returns false. */
static inline bool vmm_give_up(struct vmm *v)
{
	kill(v->pid, SIGKILL);
	vmm_reap(v);
	free(v->output);
	return false;
}

/* ---- the guest's shell ---- */

/* Writes to the guest's console or, after Ctrl-A, to vgic-run. */
static inline void vmm_type(struct vmm *v, const char *text)
{
	size_t length = strlen(text);

	if (write(v->in, text, length) != (ssize_t)length)
		ksft_print_msg("[%s] expected to write input, got %s\n", v->name, strerror(errno));
}

/* Waits for the first prompt after a boot and prints how long that took. */
static inline bool vmm_prompt(struct vmm *v)
{
	if (!vmm_wait(v, PROMPT))
		return false;
	ksft_print_msg("[%s] from start to prompt: %ld ms\n", v->name, now_ms() - v->began_ms);
	return true;
}

/* Types a command into the guest's shell. vmm_succeeds() waits for its end. */
static inline void vmm_begin(struct vmm *v, const char *command)
{
	char line[1100];

	/* The quotes keep the echo of the input from matching the text that is waited for. */
	snprintf(line, sizeof(line), "%s; echo en''ded $?.\n", command);
	vmm_type(v, line);
}

/* Waits for the end of vmm_begin()'s command and the prompt. Returns whether the status was 0. */
static inline bool vmm_succeeds(struct vmm *v, const char *command)
{
	/* A prompt without "ended" means that the shell read a garbled line. */
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
		ksft_print_msg("[%s] expected the end of '%s', got none\n", v->name, command);
		return false;
	}
	at = v->seen;
	if (!vmm_wait(v, PROMPT))
		return false;
	status = atoi(v->output + at);
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

/* Powers the guest off through PSCI. */
static inline bool vmm_power_off(struct vmm *v)
{
	vmm_type(v, "poweroff -f\n");
	if (!vmm_wait(v, "vgic-run: the guest has powered off"))
		return vmm_give_up(v);
	return vmm_ends(v, 0);
}

/* ---- disks ---- */

/* Creates a disk of random bytes. @sum: its SHA-256 in hexadecimal. */
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
