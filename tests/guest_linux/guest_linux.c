// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux as a guest: an unmodified kernel boots to a shell in vgic-run, runs a load and powers
 * off, without errors in its log or the host's. guest_soak does the same for longer. Other tests
 * are about vgic-run itself: bad input, the terminal, disks, and saving and restoring guests.
 *
 *   guest_linux [--list] [--tests PATTERN] [--after TEST]
 */
#define _GNU_SOURCE
#define HOST_TESTS_APART
#include "guests.h"
#include "small_kernel.h"

/* End of the last line that vgic-run prints before the guest runs. */
#define GREETING	"Ctrl-A x ends it"

static int host_log;

#define AND_THE_HOST_IS_WELL(good)	((good) & log_is_clean(host_log))

/* ---- one guest for most tests ---- */

#define CPUS	2

/**
 * struct shared - a guest at its prompt, which one test passes to the next
 * @up:       the guest is running
 * @restored: the guest has been restored, so it cannot be rebooted
 * @vmm:      the vgic-run that runs it
 * @sum:      hash of the guest's first disk
 */
static struct shared {
	bool up, restored;
	struct vmm vmm;
	char sum[65];
} shared;

static bool shared_boot(void)
{
	char unused[65];

	if (!make_disk(DISK, DISK_KIB, shared.sum) || !make_disk(SCRATCH, DISK_KIB, unused) ||
	    !vmm_start(&shared.vmm, "guest", true, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus %u --memory 160M --console virtio --stats short --save " SAVED
		       DISKS, CPUS))
		return false;
	if (!vmm_wait(&shared.vmm, GREETING) || !vmm_prompt(&shared.vmm))
		return vmm_give_up(&shared.vmm);
	shared.restored = false;
	return true;
}

/* Passes the guest to the caller, after booting one if necessary. Returns NULL on failure. */
static struct vmm *shared_take(void)
{
	bool up = shared.up || shared_boot();

	shared.up = false;
	return up ? &shared.vmm : NULL;
}

/*
 * Runs a test on the guest and keeps it for the next test. @run returns true with the guest at
 * its prompt, or false after it has ended the guest.
 */
static bool on_shared(bool (*run)(struct vmm *v))
{
	struct vmm *v = shared_take();

	if (!v || !run(v))
		return AND_THE_HOST_IS_WELL(false);
	shared.up = true;
	return AND_THE_HOST_IS_WELL(vmm_is_well(v));
}

static void shared_end(void)
{
	if (shared.up)
		vmm_give_up(&shared.vmm);
	shared.up = false;
}

/* ---- booting ---- */

static bool booted(struct vmm *v)
{
	return has_all(v, CPUS, shared.sum) || vmm_give_up(v);
}

static bool boot_2(void)
{
	return on_shared(booted);
}

/*
 * One CPU, the PL011 as the console, and the dialect seed. The shared guest has two CPUs, a virtio
 * console and, because it is saved, the dialect devattr.
 */
#ifdef __arm__
static bool boot_1(void)
{
	return AND_THE_HOST_IS_WELL(boots(1, "seed"));
}
#endif

static bool rebooted(struct vmm *v)
{
	return reboots(v, CPUS) || vmm_give_up(v);
}

static bool reboot(void)
{
	/* vgic-run cannot reboot a restored guest: it does not know the kernel's file. */
	if (shared.restored)
		shared_end();
	return on_shared(rebooted);
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
	ksft_print_msg("[%s] %s: expected a %s terminal, got a %s one\n", v->name, when,
		       raw ? "raw" : "cooked", raw ? "cooked" : "raw");
	return false;
}

/* The terminal is raw: Ctrl-C reaches the guest, Ctrl-A reaches vgic-run. */
static bool keys_in_guest(struct vmm *v)
{
	if (!expect_raw(v, true, "at the prompt"))
		return false;
	/*
	 * The message has to come from the child that Ctrl-C is to end. If the shell printed it,
	 * Ctrl-C could arrive before the child is in the foreground.
	 */
	vmm_type(v, "sh -c 'echo now\"\"sleeping; exec sleep 100000'\n");
	if (!vmm_wait(v, "nowsleeping"))
		return false;
	vmm_type(v, "\x03");
	if (!vmm_wait(v, PROMPT) || !vmm_command(v, "true"))
		return false;
	vmm_type(v, "\x01i");
	if (!vmm_wait(v, "vCPU 1: exits to vgic-run: total"))
		return false;
	vmm_type(v, "\x01h");
	if (!vmm_wait(v, "Ctrl-A x: end"))
		return false;
	/* Without the folder, saving fails and the guest continues. */
	unlink(SAVED);
	rmdir(SAVES);
	vmm_type(v, "\x01s");
	return vmm_wait(v, "No such file or directory") && vmm_command(v, "true");
}

/*
 * The terminal and its settings outlive vgic-run, because the master side is open here. They are
 * checked after the process has exited and before it is reaped.
 */
static bool settings_are_back(struct vmm *v, int status, const char *when)
{
	bool good = vmm_has_ended(v) && expect_raw(v, false, when);

	return vmm_ends(v, status) && good;
}

static bool keys(void)
{
	struct vmm *v = shared_take();

	if (!v)
		return AND_THE_HOST_IS_WELL(false);
	if (!keys_in_guest(v))
		return AND_THE_HOST_IS_WELL(vmm_give_up(v));
	vmm_type(v, "\x01x");
	return AND_THE_HOST_IS_WELL(settings_are_back(v, 0, "after Ctrl-A x"));
}

/* A signal in the middle of a boot ends vgic-run and restores the terminal. */
static bool ended_by_signal(void)
{
	static const struct {
		int number;
		const char *append, *when;
	} ends[] = {
		{ SIGTERM, GUEST_APPEND, GREETING },
		/* The kernel's first line, before it initialises the GIC. */
		{ SIGHUP, "earlycon=pl011,mmio32,0x9000000", "Booting Linux" },
		/* Its second line, printed when the console is up and all CPUs are online. */
		{ SIGINT, GUEST_APPEND " loglevel=6", "Linux version" },
	};
	bool good = true;
	unsigned int i;
	struct vmm v;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		if (!vmm_start(&v, "signalled", true, ends[i].append, GUEST_FILES
			       " --cpus 4 --memory 160M --dialect %s", some_dialect(i + 1)))
			return false;
		if (!vmm_wait(&v, GREETING) || (i && !vmm_wait(&v, ends[i].when)))
			return vmm_give_up(&v);
		good &= expect_raw(&v, true, "before the signal");
		kill(v.pid, ends[i].number);
		good &= settings_are_back(&v, 128 + ends[i].number, "after a signal");
	}
	return AND_THE_HOST_IS_WELL(good);
}

/* ---- bad input ---- */

/**
 * struct refusal - a command line that vgic-run refuses
 * @options: separated by spaces
 * @says:    part of the error message
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
	{ "--kernel /tmp/cut", "--kernel /tmp/cut: is truncated" },
	{ GUEST_FILES " --disk /tmp", "a regular file or a block device, got a directory" },
	{ GUEST_FILES " --disk /dev/zero", "got a character device" },
	{ GUEST_FILES " --disk /tmp/fifo", "got a FIFO" },
	{ GUEST_FILES " --save /dev/null", "--save /dev/null: expected a regular file, got" },
	{ GUEST_FILES " --dtb " GUEST_INITRD, "expected a file of its own, got that of --initrd" },
	{ GUEST_FILES " --disk /tmp/large --disk /tmp/large", "expected a file of its own" },
};

static bool refuses(void)
{
	bool good = true;
	unsigned int i;
	struct vmm v;

	if (system("cd /tmp && : >empty && dd if=/dev/zero of=junk bs=100 count=1 2>/dev/null && "
		   "echo text | gzip >packed && head -c 1000000 " GUEST_KERNEL " >cut && "
		   "rm -f fifo && mkfifo fifo && "
		   "dd if=/dev/zero of=large bs=1M count=60 2>/dev/null"))
		return check(false, "making files");
	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		if (!vmm_start(&v, "refused", false, NULL, "%s", refusals[i].options))
			return false;
		good &= vmm_wait(&v, refusals[i].says);
		good &= vmm_ends(&v, 2);
	}
	unlink("/tmp/large");
	return AND_THE_HOST_IS_WELL(good);
}

/* ---- the user's files and output; kernels of a few instructions ---- */

#define SMALL_KERNEL	"/tmp/small"

static bool is_unchanged(const char *path, const char *sum)
{
	char command[160];

	snprintf(command, sizeof(command), "[ $(sha256sum %s | cut -c1-64) = %s ]", path, sum);
	if (!system(command))
		return true;
	ksft_print_msg("%s: expected its original contents, got others\n", path);
	return false;
}

static unsigned int to_close;

static void close_standard_files(void)
{
	unsigned int fd;

	for (fd = 0; fd < 3; fd++)
		if (to_close & 1U << fd)
			close(fd);
}

/*
 * If the caller has closed a standard file, its number must not be reused for the disk image, the
 * first file that vgic-run opens: console output would overwrite the image.
 */
static bool closed_files(void)
{
	bool good = make_loud_kernel(SMALL_KERNEL, 1000);
	char sum[65];
	struct vmm v;

	vmm_prepare = close_standard_files;
	for (to_close = 1; good && to_close < 8; to_close++) {
		good = make_disk(SCRATCH, DISK_KIB, sum) &&
		       vmm_start(&v, "closed", false, NULL, "--kernel " SMALL_KERNEL
				 " --disk " SCRATCH) &&
		       vmm_ends(&v, 0) && is_unchanged(SCRATCH, sum);
		if (!good)
			ksft_print_msg("closed standard files: 0x%x\n", to_close);
	}
	vmm_prepare = NULL;
	return AND_THE_HOST_IS_WELL(good);
}

#define NO_EXIT		"the guest has made no exit to vgic-run since it began"
#define EXITS		"vCPU 0: exits to vgic-run:"

/* SIGUSR1 and the statistics at the end report a guest that has made no exit of its own. */
static bool never_exits(void)
{
	struct vmm v;

	if (!make_silent_kernel(SMALL_KERNEL) ||
	    !vmm_start(&v, "silent", true, NULL, "--kernel " SMALL_KERNEL))
		return false;
	if (!vmm_wait(&v, GREETING))
		return vmm_give_up(&v);
	kill(v.pid, SIGUSR1);
	if (!vmm_wait(&v, NO_EXIT) || !vmm_wait(&v, EXITS))
		return vmm_give_up(&v);
	/* The kick that ends vgic-run does not count as an exit of the guest. */
	vmm_type(&v, "\x01x");
	if (!vmm_wait(&v, "ended by key") || !vmm_wait(&v, NO_EXIT))
		return vmm_give_up(&v);
	return AND_THE_HOST_IS_WELL(vmm_ends(&v, 0));
}

/* A guest that exits is not reported as one that never does. */
static bool exits(void)
{
	struct vmm v;
	bool good;

	if (!make_loud_kernel(SMALL_KERNEL, 10) ||
	    !vmm_start(&v, "loud", true, NULL, "--kernel " SMALL_KERNEL))
		return false;
	good = vmm_wait(&v, "the guest has powered off") && vmm_wait(&v, EXITS);
	if (good && strstr(v.output, NO_EXIT)) {
		ksft_print_msg("[%s] expected exits, got '%s'\n", v.name, NO_EXIT);
		good = false;
	}
	return AND_THE_HOST_IS_WELL(vmm_ends(&v, 0) && good);
}

static void output_to_full_disk(void)
{
	dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
}

static void output_to_closed_pipe(void)
{
	int ends[2];

	if (!pipe(ends)) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
	}
}

/* Output that cannot be written ends a guest that runs forever; the terminal is restored. */
static bool lost_output(void)
{
	static const struct {
		void (*prepare)(void);
		const char *says;
	} ways[] = {
		{ output_to_full_disk, "standard output: No space left on device" },
		{ output_to_closed_pipe, "standard output: Broken pipe" },
	};
	bool good = make_loud_kernel(SMALL_KERNEL, 0);
	unsigned int i;
	struct vmm v;

	for (i = 0; good && i < ARRAY_SIZE(ways); i++) {
		vmm_prepare = ways[i].prepare;
		good = vmm_start(&v, "unheard", true, NULL, "--kernel " SMALL_KERNEL);
		if (good && !vmm_wait(&v, ways[i].says))
			good = vmm_give_up(&v);
		else if (good)
			good = settings_are_back(&v, 1, "after lost output");
	}
	vmm_prepare = output_to_full_disk;
	good = good && vmm_start(&v, "help", false, NULL, "--help") &&
	       vmm_wait(&v, "standard output: No space left on device") && vmm_ends(&v, 2);
	vmm_prepare = NULL;
	return AND_THE_HOST_IS_WELL(good);
}

/* While a guest uses a disk image, no other guest can write to it. */
static bool locked_disk(void)
{
	char sum[65];
	struct vmm v, other;
	bool good;

	if (!make_silent_kernel(SMALL_KERNEL) || !make_disk(SCRATCH, DISK_KIB, sum) ||
	    !vmm_start(&v, "first", true, NULL, "--kernel " SMALL_KERNEL " --disk " SCRATCH ":ro"))
		return false;
	if (!vmm_wait(&v, GREETING) ||
	    !vmm_start(&other, "second", false, NULL, "--kernel " SMALL_KERNEL " --disk " SCRATCH))
		return vmm_give_up(&v);
	good = vmm_wait(&other, "is in use as another disk");
	good &= vmm_ends(&other, 2);
	vmm_type(&v, "\x01x");
	return AND_THE_HOST_IS_WELL(vmm_ends(&v, 0) && good);
}

/* Keys for vgic-run work while its guest reads no input. */
static bool keys_unread(void)
{
	char keys[1001];
	unsigned int i;
	struct vmm v;

	if (!make_silent_kernel(SMALL_KERNEL) ||
	    !vmm_start(&v, "unread", true, NULL, "--kernel " SMALL_KERNEL))
		return false;
	if (!vmm_wait(&v, GREETING))
		return vmm_give_up(&v);
	memset(keys, 'k', sizeof(keys) - 1);
	keys[sizeof(keys) - 1] = '\0';
	for (i = 0; i < 100; i++)
		vmm_type(&v, keys);
	vmm_type(&v, "\x01x");
	return AND_THE_HOST_IS_WELL(vmm_wait(&v, "ended by key") ? vmm_ends(&v, 0) :
				    vmm_give_up(&v));
}

/* Linux boots while its console gets endless input. */
static bool endless_input(void)
{
	pid_t writer;
	struct vmm v;
	bool good;

	if (!vmm_start(&v, "flooded", false, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --memory 160M"))
		return false;
	writer = fork();
	if (!writer) {
		static char lines[4096];
		unsigned int i;

		for (i = 0; i < sizeof(lines); i++)
			lines[i] = i & 1 ? '\n' : 'y';
		while (write(v.in, lines, sizeof(lines)) > 0)
			;
		_exit(0);
	}
	good = check(writer > 0, "fork of the writer") && vmm_wait(&v, " is up, ");
	if (writer > 0) {
		kill(writer, SIGKILL);
		waitpid(writer, NULL, 0);
	}
	if (!good)
		return vmm_give_up(&v);
	kill(v.pid, SIGTERM);
	return AND_THE_HOST_IS_WELL(vmm_ends(&v, 128 + SIGTERM));
}

/* ---- work ---- */

static bool loaded(struct vmm *v)
{
	return (works(v, 1, shared.sum) && vmm_command(v, "cat /proc/interrupts")) ||
	       vmm_give_up(v);
}

static bool load(void)
{
	return on_shared(loaded);
}

static bool saved(struct vmm *v)
{
	shared.restored = true;
	return saves_and_restores(v, true, 1, 1, shared.sum);
}

static bool save_restore(void)
{
	return on_shared(saved);
}

/* Restores a saved guest twice. The two copies run independently, and one is kept. */
static bool two_of(struct vmm *v)
{
	struct vmm both[2];

	shared.restored = true;
	if (!request_save(v, false))
		return vmm_give_up(v);
	if (!vmm_ends(v, 0) || system("cp " SCRATCH " /tmp/other") ||
	    !restore(&both[0], "left", true, SCRATCH))
		return false;
	if (!restore(&both[1], "right", false, "/tmp/other"))
		return vmm_give_up(&both[0]);
	if (!both_work(both, 1, shared.sum, "timers pipes disk writes")) {
		vmm_give_up(&both[0]);
		return vmm_give_up(&both[1]);
	}
	*v = both[0];
	return vmm_power_off(&both[1]) || vmm_give_up(v);
}

static bool two(void)
{
	return on_shared(two_of);
}

/* In this order, the tests from boot_2 to keys share one guest. Each can also be run alone. */
static const struct host_test tests[] = {
	{ "guest_linux.any.refuses", refuses },
	{ "guest_linux.any.ended_by_signal", ended_by_signal },
	{ "guest_linux.any.closed_files", closed_files },
	{ "guest_linux.any.never_exits", never_exits },
	{ "guest_linux.any.exits", exits },
	{ "guest_linux.any.lost_output", lost_output },
	{ "guest_linux.any.locked_disk", locked_disk },
	{ "guest_linux.any.keys_unread", keys_unread },
	{ "guest_linux.any.endless_input", endless_input },
#ifdef __arm__
	{ "guest_linux.any.boot_1", boot_1 },
#endif
	{ "guest_linux.any.boot_2", boot_2 },
	{ "guest_linux.any.reboot", reboot },
	{ "guest_linux.any.load", load },
	{ "guest_linux.any.save_restore", save_restore },
	{ "guest_linux.any.two", two },
	{ "guest_linux.any.keys", keys },
};

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	atexit(shared_end);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	mkdir("/dev/pts", 0755);
	mount("devpts", "/dev/pts", "devpts", 0, NULL);
	host_log = open_log();
	return host_tests(tests, ARRAY_SIZE(tests), argc, argv);
}
