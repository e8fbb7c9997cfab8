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

/* What makes a boot short under emulation; warnings and worse are shown. */
#define GUEST_APPEND	"loglevel=5 mitigations=off nokaslr init_on_alloc=0 " \
			"cryptomgr.notests rcupdate.rcu_expedited=1"

/* /init brings the other CPUs online once its modules are loaded, and says why. */
#ifdef __arm__
#define LATE_CPUS	" maxcpus=1"
#else
#define LATE_CPUS	""
#endif

/*
 * From start to prompt: what is promised of a machine that does nothing else, which is
 * only said, and what is waited for on one that runs a whole `make run` besides. Then for
 * a command, and for an end.
 */
#define BOOT_PROMISE_MS		60000
#define BOOT_LIMIT_MS		300000
#define COMMAND_LIMIT_MS	180000
#define END_LIMIT_MS		120000

#define MAX_SAID	(4U << 20)	/* bytes of a guest's console */

/**
 * struct vmm - one process
 * @in, @out: its standard input and output; with a terminal both are its other end
 * @said:     all that came, with a 0 behind it
 * @seen:     up to where vmm_wait() has looked
 * @shown:    up to where it has been printed
 */
struct vmm {
	const char *name;
	pid_t pid;
	int in, out;
	long began_ms;
	char *said;
	size_t length, seen, shown;
};

/* ---- what it says ---- */

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

/* Takes what has come within @ms; false at its end. */
static inline bool vmm_read(struct vmm *v, long ms)
{
	struct pollfd fd = { .fd = v->out, .events = POLLIN };
	ssize_t count, i;

	if (poll(&fd, 1, ms) <= 0)
		return true;
	count = read(v->out, v->said + v->length, MAX_SAID - 1 - v->length);
	if (count <= 0)
		return false;	/* a terminal says EIO */
	/* Text can be looked for in it, whatever a guest sends. */
	for (i = 0; i < count; i++)
		if (!v->said[v->length + i])
			v->said[v->length + i] = '?';
	v->length += count;
	v->said[v->length] = '\0';
	vmm_show(v, false);
	return true;
}

/*
 * For a wait that was in vain: where each of its threads is, and how much it has run by
 * then and a second later, in ticks of the clock, as proc(5) has it.
 */
static inline void vmm_show_threads(const struct vmm *v)
{
	char path[64];
	unsigned int turn;
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
			if (end && sscanf(end, ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
					  &state, &user, &kernel) == 3)
				ksft_print_msg("[%s] %s: state %c, ran %lu in user mode, %lu in the kernel, waits in %s\n",
					       v->name, threads.gl_pathv[i], state, user,
					       kernel, wchan);
		}
		if (!turn)
			sleep(1);
	}
	globfree(&threads);
}

/* Waits until it says @text, after what was waited for before. */
static inline bool vmm_wait(struct vmm *v, const char *text, long limit_ms)
{
	long until = now_ms() + limit_ms, left;
	bool open = true;
	char *found;

	for (;;) {
		found = strstr(v->said + v->seen, text);
		if (found) {
			v->seen = found - v->said + strlen(text);
			return true;
		}
		left = until - now_ms();
		if (!open || left <= 0)
			break;
		open = vmm_read(v, left < 1000 ? left : 1000);
	}
	vmm_show(v, true);
	ksft_print_msg("[%s] expected '%s' within %ld ms, got %s '%s'\n", v->name, text,
		       limit_ms, open ? "at the end" : "its end after", last_line(v->said));
	if (open)
		vmm_show_threads(v);
	return false;
}

/* ---- its life ---- */

static inline bool vmm_exec(struct vmm *v, const char *name, bool terminal,
			    char *const *arguments)
{
	int in[2], out[2], master;

	*v = (struct vmm) { .name = name, .said = calloc(1, MAX_SAID), .began_ms = now_ms() };
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

/*
 * Waits for its end and returns the status as a shell has it, or -1 if it does not end:
 * then it is killed.
 */
static inline int vmm_end(struct vmm *v, long limit_ms)
{
	long until = now_ms() + limit_ms;
	bool open = true;
	int status;
	pid_t ended;

	while ((ended = waitpid(v->pid, &status, WNOHANG)) == 0 && now_ms() < until) {
		if (open)
			open = vmm_read(v, 50);
		else
			usleep(50000);
	}
	if (!ended) {
		ksft_print_msg("[%s] expected vgic-run to end within %ld ms, got no end\n",
			       v->name, limit_ms);
		kill(v->pid, SIGKILL);
		waitpid(v->pid, &status, 0);
	}
	while (open && v->length < MAX_SAID - 1) {
		size_t before = v->length;

		open = vmm_read(v, 0);
		if (v->length == before)
			break;
	}
	vmm_show(v, true);
	close(v->in);
	if (v->out != v->in)
		close(v->out);
	if (!ended)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The same, and what it said is clean, and its status is @expected. */
static inline bool vmm_ends(struct vmm *v, int expected)
{
	/* What a healthy kernel does not say: scripts/kernel_log.py has it for the host. */
	static const char * const bad[] = {
		"WARNING: ", "BUG: ", "Kernel panic", "kernel BUG at", "Oops", "Internal error: ",
		"Unable to handle kernel", "detected stalls", "self-detected stall",
		"blocked for more than", "refcount_t: ", "nobody cared", "soft lockup",
		"Call trace:", "I/O error", "where nothing is", "vgic-run: vCPU 0: KVM_RUN",
	};
	int status = vmm_end(v, END_LIMIT_MS);
	bool good = status == expected;
	unsigned int i;
	char *found;

	if (!good)
		ksft_print_msg("[%s] expected status %d, got %d\n", v->name, expected, status);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		found = strstr(v->said, bad[i]);
		if (!found)
			continue;
		/* Often the second line says more than the first. */
		ksft_print_msg("[%s] expected a clean log, got '%s'\n", v->name,
			       lines_from(found, 4));
		good = false;
	}
	free(v->said);
	return good;
}

/* For a test that has failed already. */
static inline bool vmm_give_up(struct vmm *v)
{
	kill(v->pid, SIGKILL);
	vmm_end(v, END_LIMIT_MS);
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
	long took;

	if (!vmm_wait(v, PROMPT, BOOT_LIMIT_MS))
		return false;
	took = now_ms() - v->began_ms;
	ksft_print_msg("[%s] from start to prompt: %ld ms%s\n", v->name, took,
		       took > BOOT_PROMISE_MS ? ", far too long unless the machine is busy" : "");
	return true;
}

/* Runs a command in the guest's shell, which has to end with status 0. */
static inline bool vmm_command_within(struct vmm *v, long limit_ms, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static inline bool vmm_command_within(struct vmm *v, long limit_ms, const char *format, ...)
{
	char command[1024], line[1100];
	va_list arguments;
	size_t at;
	int status;

	va_start(arguments, format);
	vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	/* The quotes keep what is typed, and echoed, from being what is waited for. */
	snprintf(line, sizeof(line), "%s; echo en''ded $?.\n", command);
	vmm_type(v, line);
	if (!vmm_wait(v, "ended ", limit_ms))
		return false;
	at = v->seen;
	if (!vmm_wait(v, ".", 10000))
		return false;
	status = atoi(v->said + at);
	if (status)
		ksft_print_msg("[%s] expected '%s' to succeed, got status %d\n", v->name,
			       command, status);
	return !status;
}

#define vmm_command(v, ...)	vmm_command_within(v, COMMAND_LIMIT_MS, __VA_ARGS__)

/* Powers off by PSCI. */
static inline bool vmm_power_off(struct vmm *v)
{
	vmm_type(v, "poweroff -f\n");
	if (!vmm_wait(v, "vgic-run: the guest has powered off", END_LIMIT_MS))
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
