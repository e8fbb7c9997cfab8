/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs guest_linux and guest_soak do with guests, more or less of it.
 */
#ifndef TESTS_GUEST_LINUX_GUESTS_H
#define TESTS_GUEST_LINUX_GUESTS_H

#include "vmm.h"

#define GUEST_FILES	"--kernel " GUEST_KERNEL " --initrd " GUEST_INITRD

/* vda, which cannot be written to, and vdb. */
#define DISK		"/tmp/disk"
#define SCRATCH		"/tmp/scratch"
#define DISKS		" --disk " DISK ":ro --disk " SCRATCH
#define DISK_KIB	128

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

/* ---- what a guest does at its prompt ---- */

/* Its CPUs are there, and its disk, which is read-only. */
static inline bool has_all(struct vmm *v, unsigned int cpus, const char *sum)
{
	return vmm_command(v, "[ $(nproc) = %u ]", cpus) &&
	       vmm_command(v, "cat /proc/interrupts") &&
	       vmm_command(v, "[ $(sha256sum /dev/vda | cut -c1-64) = %s ]", sum) &&
	       vmm_command(v, "! dd if=/dev/zero of=/dev/vda count=1");
}

/* So many rounds of each kind of work, all at once. */
static inline bool works(struct vmm *v, unsigned int rounds, const char *sum)
{
	return vmm_command(v, "load %u %s", rounds, sum);
}

/* PSCI SYSTEM_RESET: vgic-run boots it anew. Not one that was restored. */
static inline bool reboots(struct vmm *v)
{
	if (!vmm_command(v, "[ ! -e /tmp/here ] && touch /tmp/here"))
		return false;
	vmm_type(v, "reboot -f\n");
	if (!vmm_wait(v, "vgic-run: the guest wants to reboot"))
		return false;
	v->began_ms = now_ms();
	return vmm_prompt(v) && vmm_command(v, "[ ! -e /tmp/here ]");
}

/* ---- one after the other ---- */

/* Boots to the prompt, looks around, powers off. */
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

static inline bool reboots_often(unsigned int times)
{
	struct vmm v;

	if (!vmm_start(&v, "rebooting", false, GUEST_APPEND LATE_CPUS, GUEST_FILES
		       " --cpus 2 --memory 160M"))
		return false;
	if (!vmm_prompt(&v))
		return vmm_give_up(&v);
	while (times--)
		if (!reboots(&v))
			return vmm_give_up(&v);
	return vmm_power_off(&v);
}

/* ---- two at once ---- */

/*
 * Each has its own memory, GIC and disks: what one has on its second disk and in a file
 * is its own name, before and after work that both do.
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

/* The folder is not there from the beginning: then a guest cannot be saved. */
#define SAVES		"/tmp/saves"
#define SAVED		SAVES "/guest"

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

	while ((at = strstr(at, COUNT))) {
		at += strlen(COUNT);
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

#define CUT		"/tmp/cut"	/* the beginning of it */

static inline bool refuses_file(const char *file, const char *says)
{
	struct vmm v;
	bool good;

	if (!vmm_start(&v, "damaged", false, NULL, "--restore %s" DISKS, file))
		return false;
	good = vmm_wait(&v, says);
	return vmm_ends(&v, 2) && good;
}

/* With other bytes somewhere in the file, which are put right again. */
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

/* The file is damaged: it is refused, with the reason. */
static inline bool refuses_damaged(void)
{
	int file = open(SAVED, O_RDWR | O_CLOEXEC);
	struct stat whole;
	bool good = check(file >= 0 && !fstat(file, &whole), SAVED);

	good = good && refuses_patched(file, 0, "v", "begins with something else") &&
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

/* It has two disks, and is given one. */
static inline bool refuses_other_disks(void)
{
	struct vmm v;
	bool good;

	if (!vmm_start(&v, "other disks", false, NULL, "--restore " SAVED " --disk " DISK ":ro"))
		return false;
	good = vmm_wait(&v, "expected 2 disks");
	return vmm_ends(&v, 2) && good;
}

/* By signal or by key; then it has ended, or is about to. */
static inline bool ask_to_save(struct vmm *v, bool by_key)
{
	mkdir(SAVES, 0700);
	if (by_key)
		vmm_type(v, "\x01s");
	else
		kill(v->pid, SIGUSR2);
	return vmm_wait(v, "saved to " SAVED);
}

static inline bool restore(struct vmm *v, const char *name, bool terminal, const char *scratch)
{
	return vmm_start(v, name, terminal, NULL, "--stats none --save " SAVED " --restore "
			 SAVED " --disk " DISK ":ro --disk %s", scratch);
}

/*
 * A guest that works and counts is saved, and a new process goes on with it, so many
 * times. It does not notice: it counts on, and all its hashes are right. If that fails,
 * there is no guest any more.
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
		ksft_print_msg("[%s] to be saved, %u of %u\n", v->name, i + 1, times);
		if (!ask_to_save(v, terminal))
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
