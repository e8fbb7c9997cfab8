// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workloads of a Linux guest, to be measured: `make bench TARGET=armv7-workloads`.
 * scripts/plugin/instructions.c counts the instructions and learns from this program which workload
 * runs. All tests share one guest with two vCPUs, and run in the order of tests[].
 *
 *   workloads [--list] [--tests PATTERN]	(all tests always run)
 */
#define _GNU_SOURCE
#include "guests.h"

#define BIG_DISK_KIB	4096

static struct vmm guest;
static bool guest_is_up;

/* ---- the plugin ---- */

/* A function for each byte; the plugin looks for these instructions. */
asm(".pushsection .text\n"
    ".arm\n.balign 16\n"
    ".type say_bytes, %function\n"
    "say_bytes:\n"
    ".set byte, 0\n"
    ".rept 256\n"
    "	mov r11, r11\n"
    "	mov r12, r12\n"
    "	mov r0, #byte\n"
    "	bx lr\n"
    ".set byte, byte + 1\n"
    ".endr\n"
    ".size say_bytes, . - say_bytes\n"
    ".popsection\n");
extern const char say_bytes[256][16];

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	char line[1024], *at;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	strcat(line, "\n");
	for (at = line; *at; at++)
		((void (*)(void))say_bytes[(unsigned char)*at])();
}

/* The address of a symbol of the module, or 0. */
static unsigned long symbol(const char *name)
{
	char line[256], found[128], owner[64];
	unsigned long address, result = 0;
	FILE *file = fopen("/proc/kallsyms", "r");

	while (file && !result && fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx %*c %127s [%63[^]]", &address, found, owner) == 3 &&
		    !strcmp(owner, MODULE) && !strcmp(found, name))
			result = address;
	if (file)
		fclose(file);
	return result;
}

static bool say_where_the_module_is(void)
{
	static const char * const vectors[] = {
		"hyp_guest_vectors", "hyp_guest_vectors_bpiall", "hyp_guest_vectors_iciallu",
	};
	unsigned long begin = symbol("hyp_text_begin"), end = symbol("hyp_text_end");
	unsigned long enter = symbol("hyp_enter_guest"), base, size, i;
	char modules[4096], *line;

	if (!text_in("/proc", "modules", modules, sizeof(modules)))
		return check(false, "/proc/modules");
	line = strstr(modules, MODULE " ");
	if (!line || sscanf(line, "%*s %lu %*s %*s %*s 0x%lx", &size, &base) != 2 || !begin ||
	    !end || !enter) {
		ksft_print_msg("expected the addresses of " MODULE ", got none\n");
		return false;
	}
	say("range module %lx %lx", base, base + size);
	say("range hyp %lx %lx", begin, end);
	/* The last instruction of hyp_enter_guest enters the guest. */
	say("range enter %lx %lx", enter, enter + 64);
	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		if (symbol(vectors[i]))
			say("range vectors %lx %lx", symbol(vectors[i]), symbol(vectors[i]) + 32);
	return true;
}

/* ---- exits ---- */

#define MAX_REASONS	40

/**
 * struct exits - exits of all vCPUs by reason, as debugfs has them; the first is the total
 */
struct exits {
	unsigned int count;
	char name[MAX_REASONS][24];
	unsigned long exits[MAX_REASONS];
};

static void read_exits(struct exits *all)
{
	glob_t files;
	size_t i;

	*all = (struct exits) { 0 };
	if (glob("/sys/kernel/debug/kvm/*/vcpu*", 0, NULL, &files))
		return;
	for (i = 0; i < files.gl_pathc; i++) {
		FILE *file = fopen(files.gl_pathv[i], "r");
		unsigned int r = 0;
		unsigned long exits;

		while (file && r < MAX_REASONS &&
		       fscanf(file, "%23s %lu", all->name[r], &exits) == 2)
			all->exits[r++] += exits;
		all->count = r;
		if (file)
			fclose(file);
	}
	globfree(&files);
}

static struct exits before;

static void begin_workload(const char *name)
{
	read_exits(&before);
	say("begin %s", name);
}

static void end_workload(void)
{
	struct exits after;
	char text[900] = "";
	unsigned int r;

	/* The plugin counts the reading of the counters, too: some thousand instructions. */
	read_exits(&after);
	for (r = 0; r < after.count; r++)
		if (after.exits[r] != before.exits[r])
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s\"%s\": %lu",
				 *text ? ", " : "", after.name[r],
				 after.exits[r] - before.exits[r]);
	say("end %s", *text ? text : "\"total\": 0");
}

/* ---- workloads ---- */

/* From the start of vgic-run to the guest's prompt. */
static bool boot(void)
{
	char sum[65];

	if (!make_disk(DISK, BIG_DISK_KIB, sum) || !say_where_the_module_is())
		return false;
	begin_workload("boot");
	if (!vmm_start(&guest, "guest", false, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus 2 --memory 160M --console virtio --stats none --disk " DISK ":ro"))
		return false;
	if (!vmm_wait(&guest, PROMPT))
		return vmm_give_up(&guest);
	end_workload();
	guest_is_up = vmm_command(&guest, "[ $(nproc) = 2 ]") || vmm_give_up(&guest);
	return guest_is_up && vmm_is_well(&guest);
}

/*
 * Runs a command in the guest as workload @name. The command becomes a shell function first, so
 * that little is typed during the workload.
 */
static bool work(const char *name, const char *command)
{
	bool good;

	if (!guest_is_up) {
		ksft_print_msg("expected a guest at its prompt, got none\n");
		return false;
	}
	good = vmm_command(&guest, "w() { %s; }", command);
	begin_workload(name);
	good = good && vmm_command(&guest, "w");
	if (good)
		end_workload();
	if (!good)
		guest_is_up = vmm_give_up(&guest);
	return good && vmm_is_well(&guest);
}

#define REPEAT(times, command)	"i=0; while [ $i -lt " #times " ]; do " command "; i=$((i+1)); done"

/* The shell forks for each command, and the child executes a program. */
static bool fork_and_exec(void)
{
	return work("fork", REPEAT(20, "/bin/true"));
}

/* A write to stat_refresh makes each CPU do some work, which takes an SGI to the other CPU. */
static bool ipis(void)
{
	return work("ipis", REPEAT(50, "echo 1 >/proc/sys/vm/stat_refresh"));
}

static bool disk(void)
{
	return work("disk", REPEAT(2, "echo 1 >/proc/sys/vm/drop_caches; cat /dev/vda >/dev/null"));
}

/* The shell is busy, so that the guest's timer is almost the only cause of exits. */
static bool ticks(void)
{
	return work("ticks", REPEAT(10000, ":"));
}

/* Sleeps of a millisecond: the vCPU waits in WFI for its timer. */
static bool sleeps(void)
{
	return work("sleeps", REPEAT(20, "usleep 1000"));
}

static bool power_off(void)
{
	return guest_is_up && vmm_power_off(&guest);
}

static const struct host_test tests[] = {
	{ "workloads.any.boot", boot },
	{ "workloads.any.fork", fork_and_exec },
	{ "workloads.any.ipis", ipis },
	{ "workloads.any.disk", disk },
	{ "workloads.any.ticks", ticks },
	{ "workloads.any.sleeps", sleeps },
	{ "workloads.any.power_off", power_off },
};

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	return host_tests(tests, ARRAY_SIZE(tests), argc, argv);
}
