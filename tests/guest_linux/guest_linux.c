// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux as a guest: an unmodified kernel boots to a shell in vgic-run, works there and
 * powers off, and nothing is in its log or the host's.
 *
 *   guest_linux [--list] [--tests PATTERN] [--after TEST]
 */
#define _GNU_SOURCE
#define HOST_TESTS_APART
#include "guests.h"

static int host_log;

#define AND_THE_HOST_IS_WELL(good)	((good) & log_is_clean(host_log))

/* ---- booting ---- */

static bool boot_1(void)
{
	return AND_THE_HOST_IS_WELL(boots(1, some_dialect(0)));
}

static bool boot_2(void)
{
	return AND_THE_HOST_IS_WELL(boots(2, some_dialect(1)));
}

static bool boot_4(void)
{
	return AND_THE_HOST_IS_WELL(boots(4, some_dialect(2)));
}

/* ---- the terminal ---- */

static bool is_raw(const struct vmm *v)
{
	struct termios mode;

	return !tcgetattr(v->in, &mode) && !(mode.c_lflag & (ICANON | ECHO | ISIG));
}

static bool expect_raw(const struct vmm *v, bool raw, const char *when)
{
	if (is_raw(v) == raw)
		return true;
	ksft_print_msg("[%s] %s: expected the terminal to be %s, it is not\n", v->name, when,
		       raw ? "raw" : "as it was");
	return false;
}

/* Raw while the guest runs; Ctrl-C is the guest's, Ctrl-A ours. */
static bool keys_in_guest(struct vmm *v)
{
	if (!vmm_wait(v, "Ctrl-A x ends it", END_LIMIT_MS) || !vmm_prompt(v) ||
	    !expect_raw(v, true, "at the prompt"))
		return false;
	/*
	 * What says so is in the foreground already. The shell itself says so before it has
	 * a child there, and a Ctrl-C between the two ends nothing.
	 */
	vmm_type(v, "sh -c 'echo now\"\"sleeping; exec sleep 1000'\n");
	if (!vmm_wait(v, "nowsleeping", END_LIMIT_MS))
		return false;
	vmm_type(v, "\x03");
	if (!vmm_wait(v, PROMPT, END_LIMIT_MS) || !vmm_command(v, "true"))
		return false;
	vmm_type(v, "\x01i");
	if (!vmm_wait(v, "vCPU 1: exits to vgic-run: total", END_LIMIT_MS))
		return false;
	vmm_type(v, "\x01h");
	if (!vmm_wait(v, "Ctrl-A x: end", END_LIMIT_MS))
		return false;
	/* It cannot be saved there, and goes on. */
	vmm_type(v, "\x01s");
	return vmm_wait(v, "No such file or directory", END_LIMIT_MS) && vmm_command(v, "true");
}

/*
 * The other end of the terminal keeps it, and its settings, when vgic-run has gone. The
 * process is looked for, and its status taken, when it is checked.
 */
static bool settings_are_back(struct vmm *v, int status, const char *when)
{
	siginfo_t info;
	bool good = true;
	int i;

	for (i = 0; i < END_LIMIT_MS / 50; i++) {
		info.si_pid = 0;
		waitid(P_PID, v->pid, &info, WEXITED | WNOHANG | WNOWAIT);
		if (info.si_pid)
			break;
		vmm_read(v, 50);
	}
	good &= expect_raw(v, false, when);
	return vmm_ends(v, status) && good;
}

static bool keys(void)
{
	struct vmm v;

	if (!vmm_start(&v, "keys", true, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus 2 --memory 128M --console virtio --stats full --save /nowhere/saved"))
		return false;
	if (!keys_in_guest(&v))
		return vmm_give_up(&v);
	vmm_type(&v, "\x01x");
	return AND_THE_HOST_IS_WELL(settings_are_back(&v, 0, "after Ctrl-A x"));
}

/* A signal ends it as cleanly, in the middle of a boot. */
static bool ended_by_signal(void)
{
	static const int numbers[] = { SIGTERM, SIGHUP, SIGINT };
	bool good = true;
	unsigned int i;
	struct vmm v;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (!vmm_start(&v, "signalled", true, GUEST_APPEND, GUEST_FILES
			       " --cpus 4 --memory 128M"))
			return false;
		if (!vmm_wait(&v, "Ctrl-A x ends it", END_LIMIT_MS))
			return vmm_give_up(&v);
		usleep(300000 * (i + 1));
		good &= expect_raw(&v, true, "before the signal");
		kill(v.pid, numbers[i]);
		good &= settings_are_back(&v, 128 + numbers[i], "after a signal");
	}
	return AND_THE_HOST_IS_WELL(good);
}

/* ---- bad input ---- */

/**
 * struct refusal - what vgic-run must not take
 * @options: after the program's name
 * @says:    part of the reason
 */
static const struct refusal {
	const char *options, *says;
} refusals[] = {
	{ "", "expected --kernel FILE or --restore FILE" },
	{ "--kernel", "--kernel: expected FILE after it" },
	{ "--kernel /nowhere", "--kernel /nowhere: No such file or directory" },
	{ "--kernel /tmp", "--kernel /tmp: expected a regular file" },
	{ "--kernel /tmp/empty", "--kernel /tmp/empty: is empty" },
	{ "--kernel /tmp/junk", "is neither a zImage for 32-bit ARM nor an Image" },
	{ "--kernel " VGIC_RUN, "is an ELF file" },
	{ "--kernel /tmp/packed", "is packed with gzip" },
	{ GUEST_FILES " --memory 64M --cpus 9", "--cpus: expected a number from 1 to 8" },
	{ GUEST_FILES " --memory 63M", "--memory: expected a size such as 256M" },
	{ GUEST_FILES " --memory 99999999999999999999G", "--memory: expected a size such as" },
	{ "--kernel " GUEST_KERNEL " --initrd /tmp/large --memory 64M", "--memory" },
	{ GUEST_FILES " --disk /tmp/junk", "expected a multiple of 512 bytes, got 100" },
	{ GUEST_FILES " --disk /nowhere:ro", "--disk /nowhere: No such file" },
	{ GUEST_FILES " --dialect modern", "--dialect: expected auto, seed, legacy or devattr" },
	{ GUEST_FILES " --gic 3 --dialect seed", "expected devattr" },
	{ GUEST_FILES " --dance", "--dance: expected one of the options" },
	{ "--restore /tmp/junk", "/tmp/junk: " },
	{ "--restore /tmp/empty", "/tmp/empty: " },
};

static bool refuses(void)
{
	bool good = true;
	unsigned int i;
	struct vmm v;

	if (system("cd /tmp && : >empty && dd if=/dev/zero of=junk bs=100 count=1 2>/dev/null &&"
		   "echo text | gzip >packed && dd if=/dev/zero of=large bs=1M count=60 2>/dev/null"))
		return check(false, "making files");
	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		if (!vmm_start(&v, "refused", false, NULL, "%s", refusals[i].options))
			return false;
		good &= vmm_wait(&v, refusals[i].says, END_LIMIT_MS);
		good &= vmm_ends(&v, 2);
	}
	unlink("/tmp/large");
	return AND_THE_HOST_IS_WELL(good);
}

/* ---- work ---- */

static bool load(void)
{
	return AND_THE_HOST_IS_WELL(works_under_load(4, 20));
}

static bool reboot(void)
{
	return AND_THE_HOST_IS_WELL(reboots(1));
}

static bool two(void)
{
	return AND_THE_HOST_IS_WELL(two_at_once(8));
}

static bool save_restore(void)
{
	return AND_THE_HOST_IS_WELL(saves_and_restores(10, 2, 25));
}

static const struct host_test tests[] = {
	{ "guest_linux.any.refuses", refuses },
	{ "guest_linux.any.boot_1", boot_1 },
	{ "guest_linux.any.boot_2", boot_2 },
	{ "guest_linux.any.boot_4", boot_4 },
	{ "guest_linux.any.keys", keys },
	{ "guest_linux.any.ended_by_signal", ended_by_signal },
	{ "guest_linux.any.load", load },
	{ "guest_linux.any.reboot", reboot },
	{ "guest_linux.any.two", two },
	{ "guest_linux.any.save_restore", save_restore },
};

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	mkdir("/dev/pts", 0755);
	mount("devpts", "/dev/pts", "devpts", 0, NULL);
	host_log = open_log();
	return host_tests(tests, ARRAY_SIZE(tests), argc, argv);
}
