/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs guest_linux and guest_soak do with guests, for a shorter or a longer
 * time.
 */
#ifndef TESTS_GUEST_LINUX_GUESTS_H
#define TESTS_GUEST_LINUX_GUESTS_H

#include "vmm.h"

#define GUEST_FILES	"--kernel " GUEST_KERNEL " --initrd " GUEST_INITRD

/* Can a GICv2 be given to guests here? */
static inline bool host_has_gicv2(void)
{
	return !sum_in("/proc/interrupts", "%*d: %*d %*d GICv3 %ld");
}

/* Dialects that there are here, by turns. */
static inline const char *some_dialect(unsigned int n)
{
#ifdef __arm__
	static const char * const dialects[] = { "seed", "legacy", "devattr" };
#else
	const char *dialects[] = { "devattr", host_has_gicv2() ? "legacy" : "devattr",
				   "auto" };
#endif

	return dialects[n % ARRAY_SIZE(dialects)];
}

/* Boots to the prompt, runs a command, powers off. */
static inline bool boots(unsigned int cpus, const char *dialect)
{
	char sum[65], name[16];
	struct vmm v;

	snprintf(name, sizeof(name), "guest-%u", cpus);
	if (!make_disk("/tmp/disk", 1024, sum) ||
	    !vmm_start(&v, name, false, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus %u --memory 256M --dialect %s --disk /tmp/disk:ro", cpus,
		       dialect))
		return false;
	if (!vmm_prompt(&v) ||
	    !vmm_command(&v, "[ $(nproc) = %u ]", cpus) ||
	    !vmm_command(&v, "cat /proc/interrupts") ||
	    !vmm_command(&v, "sha256sum /dev/vda") ||
	    !vmm_command(&v, "[ $(sha256sum /dev/vda | cut -c1-64) = %s ]", sum) ||
	    !vmm_command(&v, "! dd if=/dev/zero of=/dev/vda count=1"))
		return vmm_give_up(&v);
	return vmm_power_off(&v);
}

/* All kinds of work at once, for a while. */
static inline bool works(struct vmm *v, unsigned int seconds, const char *sum)
{
	return vmm_command_within(v, (seconds + 240) * 1000L, "load %u %s", seconds, sum);
}

static inline bool works_under_load(unsigned int cpus, unsigned int seconds)
{
	char sum[65], unused[65];
	struct vmm v;

	if (!make_disk("/tmp/disk", 1024, sum) || !make_disk("/tmp/scratch", 1024, unused) ||
	    !vmm_start(&v, "loaded", false, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus %u --memory 256M --disk /tmp/disk:ro --disk /tmp/scratch",
		       cpus))
		return false;
	if (!vmm_prompt(&v) || !works(&v, seconds, sum) ||
	    !vmm_command(&v, "cat /proc/interrupts"))
		return vmm_give_up(&v);
	return vmm_power_off(&v);
}

/* PSCI SYSTEM_RESET: vgic-run boots it anew. */
static inline bool reboots(unsigned int times)
{
	struct vmm v;

	if (!vmm_start(&v, "rebooting", false, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus 2 --memory 128M"))
		return false;
	while (times--) {
		if (!vmm_prompt(&v) || !vmm_command(&v, "[ ! -e /tmp/here ] && touch /tmp/here"))
			return vmm_give_up(&v);
		vmm_type(&v, "reboot -f\n");
		if (!vmm_wait(&v, "vgic-run: the guest wants to reboot", END_LIMIT_MS))
			return vmm_give_up(&v);
		v.began_ms = now_ms();
	}
	if (!vmm_prompt(&v) || !vmm_command(&v, "[ ! -e /tmp/here ]"))
		return vmm_give_up(&v);
	return vmm_power_off(&v);
}

/* Each has its own memory, GIC and disk. */
static inline bool two_at_once(unsigned int seconds)
{
	static const char * const names[] = { "left", "right" };
	bool good = true;
	struct vmm v[2];
	char sum[2][65];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		char disk[32];

		snprintf(disk, sizeof(disk), "/tmp/%s", names[i]);
		if (!make_disk(disk, 512, sum[i]) ||
		    !vmm_start(&v[i], names[i], false, GUEST_APPEND LATE_CPUS, GUEST_FILES
			       " --cpus 2 --memory 128M --disk %s:ro", disk))
			return i ? vmm_give_up(&v[0]) : false;
	}
	for (i = 0; i < 2; i++)
		good &= vmm_prompt(&v[i]);
	for (i = 0; good && i < 2; i++) {
		char line[256];

		snprintf(line, sizeof(line), "load %u %s && echo all'' well\n", seconds, sum[i]);
		vmm_type(&v[i], line);
	}
	for (i = 0; good && i < 2; i++)
		good &= vmm_wait(&v[i], "all well", (seconds + 240) * 1000L);
	for (i = 0; i < 2; i++)
		good &= good ? vmm_power_off(&v[i]) : vmm_give_up(&v[i]);
	return good;
}

/* ---- saved and restored ---- */

#define SAVED	"/tmp/saved"

/*
 * Are the numbers in lines "count <n>." one more each time? The first may be one that
 * @last did not see the end of. Returns the last, or 0 if they are not.
 */
static inline unsigned long counts_on(const struct vmm *v, unsigned long last)
{
	const char *at = v->said;
	unsigned long number;
	bool first = true;
	char end;

	while ((at = strstr(at, "count "))) {
		at += strlen("count ");
		if (sscanf(at, "%lu%c", &number, &end) != 2 || end != '.')
			continue;
		if (number != last + 1 && !(first && number == last + 2)) {
			ksft_print_msg("[%s] expected to count on from %lu, got %lu\n", v->name,
				       last, number);
			return 0;
		}
		first = false;
		last = number;
	}
	return last;
}

/* Other bytes somewhere in it. */
#define PATCHED(at, bytes)						\
	"cp " SAVED " /tmp/damaged && printf " bytes " | "		\
	"dd of=/tmp/damaged bs=1 seek=" #at " conv=notrunc 2>/dev/null"

/* Somebody damaged the file: it is refused, with the reason. */
static inline bool refuses_damaged(const char *disks)
{
	static const struct {
		const char *command, *says;
	} damages[] = {
		{ "head -c 10 " SAVED " >/tmp/damaged", "is too short" },
		{ "head -c 100000 " SAVED " >/tmp/damaged", "is not whole" },
		{ "(cat " SAVED "; echo) >/tmp/damaged", "is not whole" },
		{ PATCHED(0, "v"), "begins with something else" },
		{ PATCHED(8, "7"), "another version" },
		{ PATCHED(5000, "12345678"), "checksum is wrong" },
	};
	bool good = true;
	unsigned int i;
	struct vmm v;

	for (i = 0; i < ARRAY_SIZE(damages); i++) {
		if (system(damages[i].command) ||
		    !vmm_start(&v, "damaged", false, NULL, "--restore /tmp/damaged %s", disks))
			return false;
		good &= vmm_wait(&v, damages[i].says, END_LIMIT_MS);
		good &= vmm_ends(&v, 2);
	}
	unlink("/tmp/damaged");
	if (!vmm_start(&v, "other disks", false, NULL, "--restore " SAVED))
		return false;
	good &= vmm_wait(&v, "expected 2 disks", END_LIMIT_MS);
	good &= vmm_ends(&v, 2);
	return good;
}

/*
 * A guest that works and counts is saved, and a new process goes on with it, so many
 * times. It does not notice: it counts on, and all its hashes are right.
 */
static inline bool saves_and_restores(unsigned int times, unsigned int cpus,
				      unsigned int seconds)
{
	static const char disks[] = "--disk /tmp/disk:ro --disk /tmp/scratch";
	char sum[65], unused[65], line[256];
	unsigned long last = 0;
	bool worked = false;
	unsigned int i;
	struct vmm v;

	if (!make_disk("/tmp/disk", 512, sum) || !make_disk("/tmp/scratch", 512, unused) ||
	    !vmm_start(&v, "saved", false, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus %u --memory 128M --stats none --save " SAVED " %s", cpus, disks))
		return false;
	if (!vmm_prompt(&v))
		return vmm_give_up(&v);
	snprintf(line, sizeof(line), "load %u %s && echo load'' ended well &\n", seconds, sum);
	vmm_type(&v, line);
	vmm_type(&v, "i=0; while [ ! -e /tmp/stop ]; do i=$((i+1)); echo cou''nt $i.; "
		 "usleep 50000; done &\n");
	for (i = 0; i < times; i++) {
		if (!vmm_wait(&v, "count ", COMMAND_LIMIT_MS) ||
		    !vmm_wait(&v, "count ", COMMAND_LIMIT_MS))
			return vmm_give_up(&v);
		kill(v.pid, SIGUSR2);
		if (!vmm_wait(&v, "saved to " SAVED, COMMAND_LIMIT_MS))
			return vmm_give_up(&v);
		last = counts_on(&v, last);
		if (!last)
			return vmm_give_up(&v);
		worked |= strstr(v.said, "load ended well") != NULL;
		if (!vmm_ends(&v, 0))
			return false;
		if (!i && !refuses_damaged(disks))
			return false;
		if (!vmm_start(&v, "restored", false, NULL, "--stats none --save " SAVED
			       " --restore " SAVED " %s", disks))
			return false;
	}
	if (!worked && !vmm_wait(&v, "load ended well", (seconds + 240) * 1000L))
		return vmm_give_up(&v);
	if (!vmm_command(&v, "touch /tmp/stop; wait") ||
	    !vmm_command(&v, "cat /proc/interrupts") || !counts_on(&v, last))
		return vmm_give_up(&v);
	unlink(SAVED);
	return vmm_power_off(&v);
}

#endif /* TESTS_GUEST_LINUX_GUESTS_H */
