/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations on guests that guest_linux and guest_soak share; guest_soak repeats them more often.
 */
#ifndef TESTS_GUEST_LINUX_GUESTS_H
#define TESTS_GUEST_LINUX_GUESTS_H

#include "vmm.h"

#define GUEST_FILES	"--kernel " GUEST_KERNEL " --initrd " GUEST_INITRD

/* The images of vda, which is read-only, and of vdb. */
#define DISK		"/tmp/disk"
#define SCRATCH		"/tmp/scratch"
#define DISKS		" --disk " DISK ":ro --disk " SCRATCH
#define DISK_KIB	128

/* Returns whether guests can have a GICv2. A host with a GICv3 is assumed to offer none. */
static inline bool host_has_gicv2(void)
{
	return !sum_in("/proc/interrupts", "%*d: %*d %*d GICv3 %ld");
}

/* Returns the @n-th of the dialects that this host has, in turn. */
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

/* ---- commands at the guest's prompt ---- */

/* Checks the number of CPUs, the content of vda, and that writes to it fail. */
static inline bool has_all(struct vmm *v, unsigned int cpus, const char *sum)
{
	return vmm_command(v, "[ $(nproc) = %u ]", cpus) &&
	       vmm_command(v, "cat /proc/interrupts") &&
	       vmm_command(v, "[ $(sha256sum /dev/vda | cut -c1-64) = %s ]", sum) &&
	       vmm_command(v, "! dd if=/dev/zero of=/dev/vda count=1");
}

/* Runs @rounds rounds of each kind of work, all kinds at the same time. */
static inline bool works(struct vmm *v, unsigned int rounds, const char *sum)
{
	return vmm_command(v, "load %u %s", rounds, sum);
}

/* Reboots through PSCI SYSTEM_RESET. Not for a restored guest: vgic-run ends it instead. */
static inline bool reboots(struct vmm *v, unsigned int cpus)
{
	if (!vmm_command(v, "[ ! -e /tmp/here ] && touch /tmp/here"))
		return false;
	vmm_type(v, "reboot -f\n");
	if (!vmm_wait(v, "vgic-run: the guest wants to reboot"))
		return false;
	v->began_ms = now_ms();
	/* Counts the CPUs in this test, whose output has the message if one did not come online. */
	return vmm_prompt(v) && vmm_command(v, "[ ! -e /tmp/here ] && [ $(nproc) = %u ]", cpus);
}

/* ---- one guest at a time ---- */

/* Boots to the prompt, checks CPUs and disk, powers off. */
static inline bool boots(unsigned int cpus, const char *dialect)
{
	char sum[65], name[16];
	struct vmm v;

	snprintf(name, sizeof(name), "guest-%u", cpus);
	if (!make_disk(DISK, DISK_KIB, sum) ||
	    !vmm_start(&v, name, false, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus %u --memory 256M --dialect %s --disk " DISK ":ro", cpus,
		       dialect))
		return false;
	if (!vmm_prompt(&v) || !has_all(&v, cpus, sum))
		return vmm_give_up(&v);
	return vmm_power_off(&v);
}

/* Boots, runs the load, powers off. */
static inline bool works_under_load(unsigned int cpus, unsigned int rounds)
{
	char sum[65], unused[65];
	struct vmm v;

	if (!make_disk(DISK, DISK_KIB, sum) || !make_disk(SCRATCH, DISK_KIB, unused) ||
	    !vmm_start(&v, "loaded", false, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus %u --memory 256M" DISKS, cpus))
		return false;
	if (!vmm_prompt(&v) || !works(&v, rounds, sum) ||
	    !vmm_command(&v, "cat /proc/interrupts"))
		return vmm_give_up(&v);
	return vmm_power_off(&v);
}

/* Boots, reboots @times times, powers off. */
static inline bool reboots_often(unsigned int times)
{
	struct vmm v;

	if (!vmm_start(&v, "rebooting", false, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus 2 --memory 160M"))
		return false;
	if (!vmm_prompt(&v))
		return vmm_give_up(&v);
	while (times--)
		if (!reboots(&v, 2))
			return vmm_give_up(&v);
	return vmm_power_off(&v);
}

/* ---- two at once ---- */

/*
 * The guests share no memory, GIC or writable disk: each writes its name to vdb and to a file, both
 * work at the same time, and each then finds its own name.
 */
static inline bool both_work(struct vmm v[2], unsigned int rounds, const char *sum,
			     const char *kinds)
{
	char command[256];
	bool good = true;
	unsigned int i;

	for (i = 0; good && i < 2; i++)
		good = vmm_command(&v[i], "echo %s >/tmp/name; dd if=/tmp/name of=/dev/vdb "
				   "bs=512 seek=200 conv=sync,fsync 2>/dev/null", v[i].name);
	snprintf(command, sizeof(command), "load %u %s %s", rounds, sum, kinds);
	for (i = 0; good && i < 2; i++)
		vmm_begin(&v[i], command);
	for (i = 0; good && i < 2; i++)
		good = vmm_succeeds(&v[i], command);
	for (i = 0; good && i < 2; i++)
		good = vmm_command(&v[i], "echo 3 >/proc/sys/vm/drop_caches; "
				   "[ $(dd if=/dev/vdb bs=512 skip=200 count=1 2>/dev/null | "
				   "head -n 1)-$(cat /tmp/name) = %s-%s ]", v[i].name, v[i].name);
	return good;
}

/* Boots two guests at the same time and runs both_work() on them. */
static inline bool two_at_once(unsigned int rounds)
{
	static const char * const names[] = { "left", "right" };
	char sum[65], unused[65];
	bool good = true;
	struct vmm v[2];
	unsigned int i;

	if (!make_disk(DISK, DISK_KIB, sum))
		return false;
	for (i = 0; i < 2; i++) {
		char scratch[32];

		snprintf(scratch, sizeof(scratch), "/tmp/%s", names[i]);
		if (!make_disk(scratch, DISK_KIB, unused) ||
		    !vmm_start(&v[i], names[i], false, GUEST_APPEND LATE_CPUS, GUEST_FILES
			       " --cpus 2 --memory 160M --disk " DISK ":ro --disk %s", scratch))
			return i ? vmm_give_up(&v[0]) : false;
	}
	for (i = 0; i < 2; i++)
		good = good && vmm_prompt(&v[i]);
	good = good && both_work(v, rounds, sum, "");
	for (i = 0; i < 2; i++)
		good &= good ? vmm_power_off(&v[i]) : vmm_give_up(&v[i]);
	return good;
}

/* ---- saved and restored ---- */

/* request_save() creates the folder. Before that, saving fails, which `keys` tests. */
#define SAVES		"/tmp/saves"
#define SAVED		SAVES "/guest"

/*
 * Checks that the numbers in the lines "count <n>." continue from @last in steps of one. The line
 * after @last may be missing: it was cut when the guest was saved. Returns the last number, or 0
 * after a message.
 */
static inline unsigned long counts_on(const struct vmm *v, unsigned long last)
{
	const char *at = v->output;
	unsigned long number;
	bool first = true;
	char end;

	while ((at = strstr(at, COUNT))) {
		at += strlen(COUNT);
		if (sscanf(at, "%lu%c", &number, &end) != 2 || end != '.')
			continue;
		if (number != last + 1 && !(first && number == last + 2)) {
			ksft_print_msg("[%s] expected count %lu, got %lu\n", v->name,
				       last + 1, number);
			return 0;
		}
		first = false;
		last = number;
	}
	return last;
}

#define CUT		"/tmp/cut"	/* SAVED, truncated */

/* Expects --restore @file to fail with a message that contains @says. */
static inline bool refuses_file(const char *file, const char *says)
{
	struct vmm v;
	bool good;

	if (!vmm_start(&v, "damaged", false, NULL, "--restore %s" DISKS, file))
		return false;
	good = vmm_wait(&v, says);
	return vmm_ends(&v, 2) && good;
}

/* Overwrites bytes of SAVED, expects an error with @says, and writes the old bytes back. */
static inline bool refuses_patched(int file, off_t at, const char *bytes, const char *says)
{
	size_t size = strlen(bytes);
	char before[16];
	bool good;

	good = check(pread(file, before, size, at) == (ssize_t)size &&
		     pwrite(file, bytes, size, at) == (ssize_t)size, "damage to " SAVED) &&
	       refuses_file(SAVED, says);
	return check(pwrite(file, before, size, at) == (ssize_t)size, "repair of " SAVED) && good;
}

/* Damaged files are refused, each with its reason. */
static inline bool refuses_damaged(void)
{
	int file = open(SAVED, O_RDWR | O_CLOEXEC);
	struct stat whole;
	bool good = check(file >= 0 && !fstat(file, &whole), SAVED);

	good = good && refuses_patched(file, 0, "v", "magic number is wrong") &&
	       refuses_patched(file, 8, "7", "another version") &&
	       refuses_patched(file, 5000, "12345678", "checksum is wrong") &&
	       check(!ftruncate(file, whole.st_size + 1), "a longer " SAVED) &&
	       refuses_file(SAVED, "is not whole") &&
	       check(!ftruncate(file, whole.st_size), "a shorter " SAVED) &&
	       check(!system("head -c 100000 " SAVED " >" CUT), CUT) &&
	       refuses_file(CUT, "is not whole") &&
	       check(!truncate(CUT, 10), CUT) && refuses_file(CUT, "is too short");
	close(file);
	unlink(CUT);
	return good;
}

/* A guest with two disks is not restored with one. */
static inline bool refuses_other_disks(void)
{
	struct vmm v;
	bool good;

	if (!vmm_start(&v, "other disks", false, NULL, "--restore " SAVED " --disk " DISK ":ro"))
		return false;
	good = vmm_wait(&v, "expected 2 disks");
	return vmm_ends(&v, 2) && good;
}

/* Saves the guest by key or by signal. vgic-run then exits; vmm_ends() waits for that. */
static inline bool request_save(struct vmm *v, bool by_key)
{
	mkdir(SAVES, 0700);
	if (by_key)
		vmm_type(v, "\x01s");
	else
		kill(v->pid, SIGUSR2);
	return vmm_wait(v, "saved to " SAVED);
}

/* Restores the guest in SAVED, with @scratch as its second disk. */
static inline bool restore(struct vmm *v, const char *name, bool terminal, const char *scratch)
{
	return vmm_start(v, name, terminal, NULL, "--stats none --save " SAVED " --restore "
			 SAVED " --disk " DISK ":ro --disk %s", scratch);
}

/*
 * While a guest works and counts, saves it and restores it in a new process, @times times. The
 * guest must not notice: it continues to count, and its hashes are right. On failure, kills the
 * process and returns false.
 */
static inline bool saves_and_restores(struct vmm *v, bool terminal, unsigned int times,
				      unsigned int rounds, const char *sum)
{
	unsigned long last = 0;
	char line[256];
	unsigned int i;

	snprintf(line, sizeof(line), "(load %u %s; echo $? >/tmp/load) &\n", rounds, sum);
	vmm_type(v, line);
	if (!vmm_wait(v, PROMPT))
		return vmm_give_up(v);
	vmm_type(v, "i=0; while [ ! -e /tmp/stop ]; do i=$((i+1)); echo cou''nt $i.; "
		 "usleep 50000; done &\n");
	if (!vmm_wait(v, PROMPT))
		return vmm_give_up(v);
	for (i = 0; i < times; i++) {
		if (!vmm_wait(v, COUNT) || !vmm_wait(v, COUNT))
			return vmm_give_up(v);
		ksft_print_msg("[%s] saving, %u of %u\n", v->name, i + 1, times);
		if (!request_save(v, terminal))
			return vmm_give_up(v);
		last = counts_on(v, last);
		if (!last)
			return vmm_give_up(v);
		if (!vmm_ends(v, 0) ||
		    (!i && (!refuses_damaged() || !refuses_other_disks())) ||
		    !restore(v, "restored", terminal, SCRATCH))
			return false;
	}
	if (!vmm_wait(v, COUNT) || !vmm_wait(v, COUNT) ||
	    !vmm_command(v, "touch /tmp/stop; wait; rm /tmp/stop; [ $(cat /tmp/load) = 0 ]") ||
	    !vmm_command(v, "cat /proc/interrupts") || !counts_on(v, last))
		return vmm_give_up(v);
	return true;
}

/* Boots a guest and saves and restores it @times times under load. */
static inline bool saved_often(unsigned int times, unsigned int cpus, unsigned int rounds)
{
	char sum[65], unused[65];
	struct vmm v;

	if (!make_disk(DISK, DISK_KIB, sum) || !make_disk(SCRATCH, DISK_KIB, unused) ||
	    !vmm_start(&v, "saved", false, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus %u --memory 160M --stats none --save " SAVED DISKS, cpus))
		return false;
	if (!vmm_prompt(&v))
		return vmm_give_up(&v);
	if (!saves_and_restores(&v, false, times, rounds, sum))
		return false;
	unlink(SAVED);
	return vmm_power_off(&v);
}

#endif /* TESTS_GUEST_LINUX_GUESTS_H */
