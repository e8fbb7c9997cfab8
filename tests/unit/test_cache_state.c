// SPDX-License-Identifier: GPL-2.0-only
/*
 * arch/arm/kvm/cache_state.c, with a model of memory that has two views: cached, for the host and
 * for vCPUs with caches on, and uncached, for vCPUs with caches off.
 *
 * The model's caches fetch lines, write dirty ones back and drop them at any time. Its guests and
 * its VMM follow the architecture: a line that was written in one view is read in the other only
 * after an operation that makes it visible. Each read has to return the value that was written
 * last.
 */
#include <kselftest_harness.h>

#include "cache_state.h"
#include "loops.h"
#include "random.h"

#define LINES	4
#define FRAMES	3
#define VCPUS	2
#define SEEDS	400
#define STEPS	1500

/* ---- hardware ---- */

struct cached {
	bool present;
	bool dirty;
	u32 value;
};

/* A physical page. */
struct frame {
	u32 memory[LINES];
	struct cached data[LINES];
	struct cached code[LINES];
};

static u32 cached_read(struct frame *f, unsigned int line)
{
	struct cached *c = &f->data[line];

	if (!c->present)
		*c = (struct cached) { .present = true, .value = f->memory[line] };
	return c->value;
}

static void cached_write(struct frame *f, unsigned int line, u32 value)
{
	f->data[line] = (struct cached) { true, true, value };
}

static void evict(struct frame *f, unsigned int line)
{
	struct cached *c = &f->data[line];

	if (c->present && c->dirty)
		f->memory[line] = c->value;
	c->present = false;
}

static u32 fetch_line(struct frame *f, unsigned int line)
{
	struct cached *c = &f->code[line];

	if (!c->present)
		*c = (struct cached) { .present = true, .value = f->memory[line] };
	return c->value;
}

static void clean_invalidate(struct frame *f)
{
	unsigned int line;

	EACH(line, LINES)
		evict(f, line);
}

/* ---- a VM with one page of memory ---- */

/* The view in which a line was last written, until it is visible in both. */
enum last_write { VISIBLE, CACHED_WRITE, UNCACHED_WRITE };

struct machine {
	u64 random;
	u32 last_value;
	struct frame frame[FRAMES];

	struct cache_vcpu cpu[VCPUS];
	bool caches_on[VCPUS];		/* M and C of SCTLR */

	unsigned int home;		/* the frame of the VMM's page */
	bool mapped, writable, executable;

	u32 expected[LINES];
	enum last_write last_write[LINES];
	bool is_code[LINES];		/* not written since the page was mapped */

	const char *action;
	/* The first wrong read: its reader, and the expected and the actual value. */
	const char *reader;
	u32 wrong_expected, wrong_got;
};

static unsigned int below(struct machine *m, unsigned int limit)
{
	return random_below(&m->random, limit);
}

static void cache_noise(struct machine *m)
{
	unsigned int times = below(m, 6);

	while (times--) {
		struct frame *f = &m->frame[below(m, FRAMES)];
		unsigned int line = below(m, LINES);

		switch (below(m, 3)) {
		case 0:
			cached_read(f, line);
			break;
		case 1:
			evict(f, line);
			break;
		case 2:
			fetch_line(f, line);
			break;
		}
	}
}

static struct frame *home(struct machine *m)
{
	return &m->frame[m->home];
}

static void all_visible(struct machine *m)
{
	unsigned int line;

	EACH(line, LINES)
		m->last_write[line] = VISIBLE;
}

static void expect_value(struct machine *m, unsigned int line, u32 value, const char *reader)
{
	if (m->reader || value == m->expected[line])
		return;
	m->reader = reader;
	m->wrong_expected = m->expected[line];
	m->wrong_got = value;
}

static void record_write(struct machine *m, unsigned int line, u32 value, enum last_write kind)
{
	m->expected[line] = value;
	m->last_write[line] = kind;
	m->is_code[line] = false;
}

/* ---- the module ---- */

static bool any_uncached(const struct machine *m)
{
	bool any = false;
	unsigned int i;

	EACH(i, VCPUS)
		any |= m->cpu[i].uncached;
	return any;
}

static void unmap(struct machine *m)
{
	if (!m->mapped)
		return;
	m->mapped = false;
	cache_noise(m);
	if (cache_unmap(m->writable, any_uncached(m)))
		clean_invalidate(home(m));
	all_visible(m);
}

/* The first mapping makes earlier writes of the VMM visible. */
static void map(struct machine *m, bool write, bool fetch)
{
	bool before = m->mapped;
	struct cache_page page = cache_map(fetch, before && m->executable);
	unsigned int f, line;

	clean_invalidate(home(m));
	cache_noise(m);
	if (page.icache) {
		EACH(f, FRAMES)
		EACH(line, LINES)
			m->frame[f].code[line].present = false;
	}
	m->writable = write || (before && m->writable);
	m->executable = page.executable;
	m->mapped = true;
	if (before)
		return;
	all_visible(m);
	EACH(line, LINES)
		m->is_code[line] = true;
}

static void swap_out(struct machine *m);

static void do_work(struct machine *m, unsigned int i, enum cache_work work)
{
	switch (work) {
	case CACHE_UNMAP:
		unmap(m);
		break;
	case CACHE_FLUSH:
		/* The host may swap the page out before the walk reaches it. */
		if (!below(m, 8))
			swap_out(m);
		if (m->mapped)
			clean_invalidate(home(m));
		cache_noise(m);
		cache_flushed(&m->cpu[i]);
		break;
	case CACHE_NOTHING:
		break;
	}
}

static void enter(struct machine *m, unsigned int i)
{
	if (!cache_is_settled(&m->cpu[i], m->caches_on[i]))
		do_work(m, i, cache_enter(&m->cpu[i], m->caches_on[i]));
}

/* ---- the guest ---- */

/* A write to SCTLR or, if @on changes nothing, to any other register that HCR.TVM traps. */
static void write_sctlr(struct machine *m, unsigned int i, bool on)
{
	bool was_on = m->caches_on[i];

	m->caches_on[i] = on;
	if (cache_traps(&m->cpu[i]))
		do_work(m, i, cache_written(&m->cpu[i], on));
	enter(m, i);
	/* The guest has invalidated its caches before it turns them on. */
	if (on && !was_on)
		all_visible(m);
}

static void set_way(struct machine *m, unsigned int i)
{
	bool visible = m->caches_on[i];

	/* After one loop, further loops have no effect until a trapped register is written. */
	if (m->caches_on[i])
		write_sctlr(m, i, true);
	do_work(m, i, cache_set_way(&m->cpu[i]));
	/* Further operations of the same loop. */
	do_work(m, i, cache_set_way(&m->cpu[i]));
	enter(m, i);
	if (visible)
		all_visible(m);
}

/* Guests clean their caches before or after they turn them off. */
static void turn_caches_off(struct machine *m, unsigned int i)
{
	bool was_on = m->caches_on[i];

	if (below(m, 2)) {
		set_way(m, i);
		write_sctlr(m, i, false);
		return;
	}
	m->caches_on[i] = false;
	if (cache_traps(&m->cpu[i]))
		do_work(m, i, cache_written(&m->cpu[i], false));
	/* The vCPU may exit in between. */
	if (below(m, 2))
		enter(m, i);
	do_work(m, i, cache_set_way(&m->cpu[i]));
	enter(m, i);
	if (was_on)
		all_visible(m);
}

static void fault_in(struct machine *m, bool write, bool fetch)
{
	if (!m->mapped || (write && !m->writable) || (fetch && !m->executable))
		map(m, write, fetch);
}

static void guest_read(struct machine *m, unsigned int i, unsigned int line)
{
	enum last_write other = m->caches_on[i] ? UNCACHED_WRITE : CACHED_WRITE;

	fault_in(m, false, false);
	if (m->last_write[line] == other)
		return;
	if (m->caches_on[i])
		expect_value(m, line, cached_read(home(m), line), "a vCPU with caches");
	else
		expect_value(m, line, home(m)->memory[line], "a vCPU without caches");
}

static void guest_write(struct machine *m, unsigned int i, unsigned int line)
{
	u32 value = ++m->last_value;

	fault_in(m, true, false);
	if (m->caches_on[i]) {
		cached_write(home(m), line, value);
		record_write(m, line, value, CACHED_WRITE);
	} else if (m->last_write[line] != CACHED_WRITE) {
		home(m)->memory[line] = value;
		record_write(m, line, value, UNCACHED_WRITE);
	}
}

static void guest_fetch(struct machine *m, unsigned int line)
{
	fault_in(m, false, true);
	if (m->is_code[line])
		expect_value(m, line, fetch_line(home(m), line), "an instruction fetch");
}

/* ---- the host and the VMM ---- */

static void host_write(struct machine *m, unsigned int line)
{
	u32 value = ++m->last_value;

	cached_write(home(m), line, value);
	record_write(m, line, value, CACHED_WRITE);
}

/* The page moves to another frame, and its old frame is reused. */
static void swap_out(struct machine *m)
{
	unsigned int to = (m->home + 1 + below(m, FRAMES - 1)) % FRAMES;
	struct frame *from = home(m);
	unsigned int line;

	unmap(m);
	cache_noise(m);
	EACH(line, LINES) {
		u32 value = cached_read(from, line);

		expect_value(m, line, value, "the host");
		cached_write(&m->frame[to], line, value);
		cached_write(from, line, 0xdead0000 + line);
	}
	m->home = to;
}

/* The VMM loads another image, before or after it has reset the vCPUs. */
static void reset_vm(struct machine *m)
{
	bool load_first = below(m, 2);
	unsigned int i, line;

	if (load_first)
		EACH(line, LINES)
			host_write(m, line);
	EACH(i, VCPUS) {
		do_work(m, i, cache_init(&m->cpu[i]));
		cache_reset(&m->cpu[i]);
		m->caches_on[i] = false;
	}
	if (!load_first)
		EACH(line, LINES)
			host_write(m, line);
	all_visible(m);
}

/* The VMM restores a vCPU that has its caches on. */
static void restore_vcpu(struct machine *m, unsigned int i)
{
	cache_reset(&m->cpu[i]);
	m->caches_on[i] = true;
	enter(m, i);
	all_visible(m);
}

static void step(struct machine *m)
{
	unsigned int i = below(m, VCPUS), line = below(m, LINES);

	cache_noise(m);
	switch (below(m, 64)) {
	case 0:
		m->action = "a swapped page";
		swap_out(m);
		return;
	case 1:
		m->action = "a reset of the VM";
		reset_vm(m);
		return;
	case 2:
		m->action = "CPU_ON";
		cache_reset(&m->cpu[i]);
		m->caches_on[i] = false;
		return;
	case 3:
		m->action = "a restored vCPU";
		restore_vcpu(m, i);
		return;
	case 4:
	case 5:
	case 6:
		m->action = "turning caches on";
		enter(m, i);
		write_sctlr(m, i, true);
		return;
	case 7:
		m->action = "turning caches off";
		enter(m, i);
		turn_caches_off(m, i);
		return;
	case 8:
	case 9:
		m->action = "set/way operations";
		enter(m, i);
		set_way(m, i);
		return;
	case 10:
		m->action = "turning caches off without a trap";
		enter(m, i);
		m->caches_on[i] = false;
		return;
	}
	enter(m, i);
	switch (below(m, 5)) {
	case 0:
	case 1:
		guest_read(m, i, line);
		break;
	case 2:
	case 3:
		guest_write(m, i, line);
		break;
	case 4:
		guest_fetch(m, line);
		break;
	}
}

TEST(every_read_returns_what_was_written_last)
{
	unsigned int seed, n, line;

	EACH(seed, SEEDS) {
		struct machine m = { .random = seed + 1, .action = "the beginning" };

		EACH(line, LINES)
			host_write(&m, line);
		EACH(n, STEPS) {
			step(&m);
			ASSERT_EQ(NULL, m.reader)
				TH_LOG("seed %u, step %u, after %s: %s expected 0x%x, got 0x%x",
				       seed, n, m.action, m.reader, m.wrong_expected, m.wrong_got);
		}
	}
}

/* ---- the maintenance for single events ---- */

TEST(first_reset_unmaps_nothing)
{
	struct cache_vcpu cpu = { 0 };

	cache_reset(&cpu);
	EXPECT_EQ(CACHE_NOTHING, cache_init(&cpu));
	EXPECT_EQ(CACHE_NOTHING, cache_enter(&cpu, false));
	EXPECT_EQ(CACHE_UNMAP, cache_init(&cpu));
}

TEST(writes_trap_until_caches_are_on)
{
	struct cache_vcpu cpu = { 0 };

	cache_reset(&cpu);
	EXPECT_TRUE(cache_traps(&cpu));
	cache_enter(&cpu, false);
	EXPECT_TRUE(cache_traps(&cpu));
	EXPECT_EQ(CACHE_FLUSH, cache_written(&cpu, true));
	EXPECT_FALSE(cache_is_settled(&cpu, true));
	cache_flushed(&cpu);
	EXPECT_FALSE(cache_traps(&cpu));
	EXPECT_TRUE(cache_is_settled(&cpu, true));
}

TEST(entry_waits_for_the_flush)
{
	struct cache_vcpu cpu = { 0 };

	cache_enter(&cpu, true);
	cache_flushed(&cpu);
	EXPECT_TRUE(cache_is_settled(&cpu, true));
	EXPECT_EQ(CACHE_FLUSH, cache_written(&cpu, false));
	cache_enter(&cpu, false);
	EXPECT_FALSE(cache_is_settled(&cpu, false));
	cache_flushed(&cpu);
	EXPECT_TRUE(cache_is_settled(&cpu, false));
}

TEST(one_flush_for_a_loop_of_set_way_operations)
{
	struct cache_vcpu cpu = { 0 };
	unsigned int i;

	cache_enter(&cpu, true);
	cache_flushed(&cpu);
	EXPECT_EQ(CACHE_FLUSH, cache_set_way(&cpu));
	EXPECT_FALSE(cache_is_settled(&cpu, true));
	cache_flushed(&cpu);
	EXPECT_TRUE(cache_is_settled(&cpu, true));
	EACH(i, 1000)
		EXPECT_EQ(CACHE_NOTHING, cache_set_way(&cpu));
	EXPECT_EQ(CACHE_NOTHING, cache_written(&cpu, true));
	EXPECT_EQ(CACHE_FLUSH, cache_set_way(&cpu));
}

/* With caches off, as at boot, there is nothing to flush. */
TEST(no_flush_for_set_way_operations_without_caches)
{
	struct cache_vcpu cpu = { 0 };

	cache_enter(&cpu, false);
	EXPECT_EQ(CACHE_NOTHING, cache_set_way(&cpu));
}

TEST(unmapping_is_free_with_caches_on)
{
	EXPECT_FALSE(cache_unmap(true, false));
	EXPECT_FALSE(cache_unmap(false, true));
	EXPECT_TRUE(cache_unmap(true, true));
}

TEST(data_pages_do_not_invalidate_the_instruction_cache)
{
	EXPECT_FALSE(cache_map(false, false).icache);
	EXPECT_FALSE(cache_map(false, false).executable);
	EXPECT_FALSE(cache_map(false, true).icache);
	EXPECT_TRUE(cache_map(false, true).executable);
	EXPECT_TRUE(cache_map(true, false).icache);
}

TEST_HARNESS_MAIN
