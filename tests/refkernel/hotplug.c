// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU hotplug and hibernation on the host while guests of the reference kernel run. Four vCPUs pass
 * SGIs round a ring and handle interrupts of their virtual timers. No SGI may be lost or
 * duplicated, no register may change, and the host must log no warning.
 *
 *   hotplug [--list] [--tests PATTERN]	(all tests always run)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "test_guest.h"

#define CPU1_ONLINE	"/sys/devices/system/cpu/cpu1/online"
#define ROUNDS		20
#define PROGRESS	8	/* interrupts of each kind for each vCPU in a round */

#define VCPUS		4
#define TOKENS		VCPUS	/* SGIs in the ring, each with its own INTID */
#define DATA_IPA	0x40001000U
#define MEMORY_SIZE	0x2000U

/* ---- the guest ---- */

/* Data that a vCPU shares with the host. The guest's code knows the offsets. */
struct data {
	uint32_t taken;		/* tokens acknowledged */
	uint32_t sent;
	uint32_t kept;		/* tokens not passed on, at the end */
	uint32_t ticks;		/* timer interrupts */
	uint32_t early;		/* timer interrupts while ISTATUS was 0 */
	uint32_t unexpected;	/* other interrupts */
	uint32_t changed;	/* registers that lost their value */
	uint32_t ending;	/* set by the host: 1: keep tokens, 2: end */
	uint32_t stack[24];
};

/*
 * r4: a pattern, r5: its complement, r6: whether to sleep, r7: the timer's period,
 * r8: SGIR for the next vCPU, r9: struct data, r10: GICC, r11: GICD, r12: the first
 * token. The vectors come first.
 */
asm(".pushsection .rodata\n"
	".arm\n.arch armv7-a\n.arch_extension virt\n.fpu neon\n"
	".align 5\n"
	".global guest_begin\n"
	"guest_begin:\n"
	"	b begin\n"
	"	b .\n	b .\n	b .\n	b .\n	b .\n"
	"	b interrupt\n"
	"	b .\n"
	"begin:\n"
	"	ldr r0, =0x40000000\n"
	"	mcr p15, 0, r0, c12, c0, 0\n"	/* VBAR */
	"	add r0, r9, #128\n"
	"	msr sp_irq, r0\n"
	"	mrc p15, 0, r0, c1, c0, 2\n"
	"	orr r0, r0, #0xf00000\n"	/* CPACR: cp10, cp11 */
	"	mcr p15, 0, r0, c1, c0, 2\n"
	"	isb\n"
	"	mov r0, #0x40000000\n"
	"	vmsr fpexc, r0\n"
	"	vmov d0, r4, r5\n"
	"	vmov d31, r5, r4\n"
	"	mcr p15, 0, r4, c13, c0, 2\n"	/* TPIDRURW */
	"	mov r0, #1\n"
	"	str r0, [r11]\n"		/* GICD_CTLR */
	"	ldr r0, =0x0800ffff\n"
	"	str r0, [r11, #0x100]\n"	/* GICD_ISENABLER0: SGIs, PPI 27 */
	"	mov r0, #0xff\n"
	"	str r0, [r10, #4]\n"		/* GICC_PMR */
	"	mov r0, #1\n"
	"	str r0, [r10]\n"		/* GICC_CTLR */
	"	mcr p15, 0, r7, c14, c3, 0\n"	/* CNTV_TVAL */
	"	mcr p15, 0, r0, c14, c3, 1\n"	/* CNTV_CTL: enable */
	"	ldr r0, [r9, #4]\n"
	"	add r0, r0, #1\n"
	"	str r0, [r9, #4]\n"
	"	orr r0, r8, r12\n"
	"	str r0, [r11, #0xf00]\n"	/* GICD_SGIR */
	"	cpsie i\n"
	"1:	cmp r6, #0\n"
	"	wfine\n"
    /* Count in data.changed if d0, d31 or TPIDRURW has lost its value. */
	"	vmov r0, r1, d0\n"
	"	vmov r2, r3, d31\n"
	"	cmp r0, r4\n"
	"	cmpeq r1, r5\n"
	"	cmpeq r2, r5\n"
	"	cmpeq r3, r4\n"
	"	mrceq p15, 0, r0, c13, c0, 2\n"
	"	cmpeq r0, r4\n"
	"	ldrne r0, [r9, #24]\n"
	"	addne r0, r0, #1\n"
	"	strne r0, [r9, #24]\n"
	"	ldr r0, [r9, #28]\n"
	"	cmp r0, #2\n"
	"	blo 1b\n"
	"	cpsid i\n"
	"	ldr r0, =0x50000000\n"
	"	str r9, [r0]\n"
	"	b .\n"
	"interrupt:\n"
	"	sub lr, lr, #4\n"
	"	push {r0-r3, lr}\n"
	"	ldr r0, [r10, #0xc]\n"		/* GICC_IAR */
	"	ubfx r1, r0, #0, #10\n"
	"	ldr r3, =1023\n"
	"	cmp r1, r3\n"
	"	beq 5f\n"
	"	cmp r1, #4\n"
	"	blo 3f\n"
	"	cmp r1, #27\n"
	"	beq 4f\n"
	"	ldr r2, [r9, #20]\n"
	"	add r2, r2, #1\n"
	"	str r2, [r9, #20]\n"
	"2:	str r0, [r10, #0x10]\n"		/* GICC_EOIR */
	"5:	pop {r0-r3, lr}\n"
	"	movs pc, lr\n"
    /* A token: pass it on, or keep it at the end. */
	"3:	ldr r2, [r9]\n"
	"	add r2, r2, #1\n"
	"	str r2, [r9]\n"
	"	ldr r2, [r9, #28]\n"
	"	cmp r2, #0\n"
	"	ldrne r2, [r9, #8]\n"
	"	addne r2, r2, #1\n"
	"	strne r2, [r9, #8]\n"
	"	bne 2b\n"
	"	ldr r2, [r9, #4]\n"
	"	add r2, r2, #1\n"
	"	str r2, [r9, #4]\n"
	"	orr r1, r1, r8\n"
	"	str r1, [r11, #0xf00]\n"	/* GICD_SGIR */
	"	b 2b\n"
    /* The timer. */
	"4:	mrc p15, 0, r2, c14, c3, 1\n"	/* CNTV_CTL */
	"	tst r2, #4\n"			/* ISTATUS */
	"	ldreq r2, [r9, #16]\n"
	"	addeq r2, r2, #1\n"
	"	streq r2, [r9, #16]\n"
	"	ldr r2, [r9, #12]\n"
	"	add r2, r2, #1\n"
	"	str r2, [r9, #12]\n"
	"	mcr p15, 0, r7, c14, c3, 0\n"
	"	isb\n"
	"	b 2b\n"
	".ltorg\n"
	".global guest_end\n"
	"guest_end:\n"
	".popsection\n");

/* ---- the host's side ---- */

struct guest {
	struct vm vm;
	pthread_t thread[VCPUS];
	uint8_t *memory;
	volatile struct data *data[VCPUS];
};

static bool expect(const char *what, unsigned int vcpu, uint32_t expected, uint32_t got)
{
	if (expected != got)
		ksft_print_msg("vCPU %u: %s: expected %u, got %u\n", vcpu, what, expected,
			       got);
	return expected == got;
}

static uint32_t counter_frequency(void)
{
	uint32_t hz;

	asm("mrc p15, 0, %0, c14, c0, 0" : "=r" (hz));
	return hz;
}

static bool add_vcpu(struct guest *g, bool sleeps)
{
	unsigned int n, i = g->vm.nr_vcpus;
	const struct {
		unsigned int reg;
		uint32_t value;
	} regs[] = {
		{ 4, 0x5a5a0000U + i }, { 5, ~(0x5a5a0000U + i) }, { 6, sleeps },
		/* Periods that differ from each other and from the host's tick. */
		{ 7, counter_frequency() / 1000 * (2 + i) },
		{ 8, 1U << (i + 1) % VCPUS << 16 },
		{ 9, DATA_IPA + i * sizeof(struct data) },
		{ 10, GICC_IPA }, { 11, GICD_IPA }, { 12, i }, { CORE_PC, CODE_IPA },
		{ CORE_CPSR, 0x1d3 },
	};
	bool good = true;

	g->data[i] = (void *)(g->memory + (DATA_IPA - CODE_IPA) + i * sizeof(struct data));
	if (!vm_add_vcpu(&g->vm, 0))
		return false;
	for (n = 0; n < ARRAY_SIZE(regs); n++)
		good &= set_core_reg(g->vm.vcpu[i], regs[n].reg, regs[n].value);
	return good;
}

static bool create(struct guest *g, bool sleeps)
{
	extern const char guest_begin[], guest_end[];
	unsigned int i;

	g->memory = vm_create_with_code(&g->vm, guest_begin, guest_end - guest_begin,
					MEMORY_SIZE);
	if (!g->memory)
		return false;
	for (i = 0; i < VCPUS; i++)
		if (!add_vcpu(g, sleeps))
			return false;
	return true;
}


static void nothing(int signal)
{
	(void)signal;
}

/* Runs a vCPU until its code ends or immediate_exit is set. NULL: the code did not end. */
static void *run_vcpu(void *arg)
{
	struct kvm_run *run;
	int vcpu = *(int *)arg;
	void *good = NULL;

	run = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	for (;;) {
		int ret = ioctl(vcpu, KVM_RUN, 0);

		if (ret && errno == EINTR && !run->immediate_exit)
			continue;
		if (!ret && run->exit_reason == KVM_EXIT_MMIO && run->mmio.is_write &&
		    run->mmio.phys_addr == EXIT_IPA)
			good = arg;
		else if (ret)
			ksft_print_msg("KVM_RUN: expected success, got %s\n", strerror(errno));
		else
			ksft_print_msg("KVM_RUN: expected the final store, got exit reason %u\n",
				       run->exit_reason);
		break;
	}
	munmap(run, getpagesize());
	return good;
}

static bool start(struct guest *g)
{
	unsigned int i;

	for (i = 0; i < VCPUS; i++) {
		errno = pthread_create(&g->thread[i], NULL, run_vcpu, &g->vm.vcpu[i]);
		if (!check(!errno, "pthread_create"))
			return false;
	}
	return true;
}

static uint32_t kept_by_all(const struct guest *g)
{
	uint32_t sum = 0;
	unsigned int i;

	for (i = 0; i < VCPUS; i++)
		sum += g->data[i]->kept;
	return sum;
}

/* Waits until each vCPU has acknowledged @sgis more SGIs and PROGRESS more timer interrupts. */
static bool expect_progress(struct guest *g, unsigned int sgis, const char *when,
			    unsigned int round)
{
	struct patient_wait wait = wait_begin();
	uint32_t taken[VCPUS], ticks[VCPUS];
	const char *why;
	unsigned int i;

	for (i = 0; i < VCPUS; i++) {
		taken[i] = g->data[i]->taken;
		ticks[i] = g->data[i]->ticks;
	}
	for (i = 0; i < VCPUS; i++) {
		while (g->data[i]->taken - taken[i] < sgis ||
		       g->data[i]->ticks - ticks[i] < PROGRESS) {
			why = wait_gives_up(&wait);
			if (why) {
				ksft_print_msg("round %u, CPU 1 %s, after %ld ms: %s\n", round,
					       when, wait_ms(&wait), why);
				ksft_print_msg("vCPU %u: expected %u SGIs, %d PPIs, got %u, %u\n",
					       i, sgis, PROGRESS, g->data[i]->taken - taken[i],
					       g->data[i]->ticks - ticks[i]);
				return false;
			}
			usleep(500);
		}
	}
	return true;
}

static bool all_are_kept(struct guest *g)
{
	struct patient_wait wait = wait_begin();
	const char *why;

	while (kept_by_all(g) < TOKENS) {
		why = wait_gives_up(&wait);
		if (why) {
			ksft_print_msg("expected %u remaining SGIs, got %u after %ld ms: %s\n",
				       TOKENS, kept_by_all(g), wait_ms(&wait), why);
			return false;
		}
		usleep(1000);
	}
	return true;
}

/* Waits for the end of a vCPU's code and joins its thread. */
static bool reaches_end(struct guest *g, unsigned int i)
{
	struct patient_wait wait = wait_begin();
	const char *why = NULL;
	void *reached = NULL;

	while (!why && pthread_tryjoin_np(g->thread[i], &reached)) {
		why = wait_gives_up(&wait);
		usleep(1000);
	}
	if (!why)
		return expect("the guest's code has ended", i, true, !!reached);
	ksft_print_msg("vCPU %u: expected the guest's code to end, waited %ld ms: %s\n", i,
		       wait_ms(&wait), why);
	g->vm.run[i]->immediate_exit = 1;
	pthread_kill(g->thread[i], SIGUSR1);
	pthread_join(g->thread[i], &reached);
	return false;
}

/*
 * Makes the vCPUs keep their tokens, waits for all tokens and for timer interrupts, and ends the
 * guest. The timer interrupts have the same priority as tokens and a higher INTID, so a duplicated
 * token would be delivered before them.
 */
static bool end(struct guest *g)
{
	uint32_t taken = 0, sent = 0;
	unsigned int i;
	bool good;

	for (i = 0; i < VCPUS; i++)
		g->data[i]->ending = 1;
	good = all_are_kept(g) && expect_progress(g, 0, "at the end", 0);
	for (i = 0; i < VCPUS; i++)
		g->data[i]->ending = 2;
	for (i = 0; i < VCPUS; i++) {
		good &= reaches_end(g, i);
		good &= expect("timer interrupts while ISTATUS was 0", i, 0,
			       g->data[i]->early);
		good &= expect("unexpected interrupts", i, 0, g->data[i]->unexpected);
		good &= expect("VFP and thread id registers that changed", i, 0,
			       g->data[i]->changed);
		taken += g->data[i]->taken;
		sent += g->data[i]->sent;
	}
	if (sent != taken || kept_by_all(g) != TOKENS) {
		ksft_print_msg("SGIs: expected %u acknowledged and %u kept, got %u and %u\n",
			       sent, TOKENS, taken, kept_by_all(g));
		good = false;
	}
	return good;
}

/* ---- host CPUs ---- */

static bool set_cpu1(bool online)
{
	int fd = open(CPU1_ONLINE, O_WRONLY | O_CLOEXEC);
	bool good = check(fd >= 0 && write(fd, online ? "1" : "0", 1) == 1,
			  online ? "CPU 1 online" : "CPU 1 offline");

	close(fd);
	return good;
}

/* Pins half of the vCPUs to each CPU, so that offlining CPU 1 migrates some. */
static bool spread(struct guest *g)
{
	unsigned int i;

	for (i = 0; i < VCPUS; i++) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(i % 2, &set);
		errno = pthread_setaffinity_np(g->thread[i], sizeof(set), &set);
		if (!check(!errno, "affinity of a vCPU's thread"))
			return false;
	}
	return true;
}

/* ---- the tests ---- */

static bool hotplug(bool sleeps)
{
	struct guest g = { 0 };
	unsigned int round, seed = 4711;
	bool good = create(&g, sleeps);

	if (!good || !start(&g))
		return false;
	good = expect_progress(&g, PROGRESS, "online from the start", 0);
	for (round = 1; good && round <= ROUNDS; round++) {
		ksft_print_msg("round %u of %u\n", round, ROUNDS);
		good = spread(&g) && expect_progress(&g, PROGRESS, "with half of the vCPUs", round);
		usleep(rand_r(&seed) % 5000);
		good = good && set_cpu1(false) &&
		       expect_progress(&g, PROGRESS, "offline", round);
		usleep(rand_r(&seed) % 5000);
		/* Also after a failure: the next test needs two CPUs. */
		good = set_cpu1(true) && good &&
		       expect_progress(&g, PROGRESS, "online again", round);
	}
	good &= end(&g);
	vm_destroy(&g.vm);
	return good;
}

static bool while_running(void)
{
	return hotplug(false);
}

static bool while_asleep(void)
{
	return hotplug(true);
}

static struct toggling {
	volatile bool running;
	volatile unsigned int rounds;
} toggling;

static void *toggle(void *unused)
{
	unsigned int seed = 1147;

	while (toggling.running && set_cpu1(false)) {
		usleep(rand_r(&seed) % 20000);
		if (!set_cpu1(true))
			break;
		usleep(rand_r(&seed) % 20000);
		toggling.rounds++;
	}
	toggling.running = false;
	return unused;
}

/* Creates and destroys VMs while CPU 1 goes offline and online, at least ROUNDS times each. */
static bool while_created(void)
{
	pthread_t thread;
	unsigned int vms;
	bool good = true;

	toggling = (struct toggling) { .running = true };
	errno = pthread_create(&thread, NULL, toggle, NULL);
	if (!check(!errno, "pthread_create"))
		return false;
	for (vms = 0; good && (vms < ROUNDS || toggling.rounds < ROUNDS); vms++) {
		struct guest g = { 0 };

		ksft_print_msg("VM %u, CPU 1 was offline %u times\n", vms + 1, toggling.rounds);
		good = create(&g, vms % 2) && start(&g);
		if (!good)
			break;
		good = expect_progress(&g, PROGRESS, "toggling", vms);
		good &= end(&g);
		vm_destroy(&g.vm);
		/* toggle() has printed its failure. */
		good &= toggling.running && !end_requested;
	}
	toggling.running = false;
	pthread_join(thread, NULL);
	return good & set_cpu1(true);
}

/* ---- sleep ---- */

/* The GICH of QEMU's machine virt. A Cortex-A15's GIC has four list registers. */
#define GICH_ADDRESS	0x8030000
#define GICH_LR3	(0x10c / 4)
#define LR_PENDING_61	(1U << 28 | 61)

/*
 * Hibernates up to the point at which drivers have been notified that the last CPU loses its
 * state, and wakes up again. The kernel gives up if it cannot stop all processes in time.
 */
static bool hibernate_in_test_mode(void)
{
	struct patient_wait wait = wait_begin();
	int fd = open("/sys/power/state", O_WRONLY | O_CLOEXEC);
	bool done;

	write_file("/sys/power/pm_test", "core");
	do
		done = write(fd, "disk", 4) == 4;
	while (!done && errno == EBUSY && !wait_gives_up(&wait));
	check(done, "/sys/power/state");
	close(fd);
	return done;
}

/*
 * QEMU's GIC keeps its state during the sleep, so the test gives a list register contents that it
 * may have after a real sleep.
 */
static bool sleeps(void)
{
	int memory = open("/dev/mem", O_RDWR | O_SYNC | O_CLOEXEC);
	volatile uint32_t *gich = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED,
				       memory, GICH_ADDRESS);
	cpu_set_t first;
	bool good;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (!check(gich != MAP_FAILED, "mmap of GICH") ||
	    !check(!sched_setaffinity(0, sizeof(first), &first), "affinity"))
		return false;
	gich[GICH_LR3] = LR_PENDING_61;
	good = expect("GICH_LR3 before the CPU's sleep", 0, LR_PENDING_61, gich[GICH_LR3]);
	good = good && hibernate_in_test_mode() &&
	       expect("GICH_LR3 after the CPU's sleep", 0, 0, gich[GICH_LR3]);
	gich[GICH_LR3] = 0;
	munmap((void *)gich, getpagesize());
	close(memory);
	return good;
}

static bool after_sleep(void)
{
	struct guest g = { 0 };
	bool good = sleeps() && create(&g, false) && start(&g);

	if (!good)
		return false;
	good = expect_progress(&g, PROGRESS, "after its sleep", 0) && hibernate_in_test_mode() &&
	       expect_progress(&g, PROGRESS, "after a sleep with a guest", 1);
	good &= end(&g);
	vm_destroy(&g.vm);
	return good;
}

static const struct host_test tests[] = {
	{ "hotplug.any.while_running", while_running },
	{ "hotplug.any.while_asleep", while_asleep },
	{ "hotplug.any.while_created", while_created },
	{ "hotplug.any.after_sleep", after_sleep },
};

static bool prepare(void)
{
	struct sigaction action = { .sa_handler = nothing };

	sigaction(SIGUSR1, &action, NULL);
	return insert_module() &&
	       check(!access(CPU1_ONLINE, W_OK), CPU1_ONLINE ", to take the CPU offline");
}

int main(int argc, char **argv)
{
	const struct host_program program = {
		.tests = tests,
		.count = ARRAY_SIZE(tests),
		.prepare = prepare,
		.watches_log = true,
	};

	return host_program_run(&program, argc, argv);
}
