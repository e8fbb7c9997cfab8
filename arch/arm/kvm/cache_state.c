// SPDX-License-Identifier: GPL-2.0-only
#include "cache_state.h"

static void summarize(struct cache_vcpu *cpu)
{
	if (!cpu->entered || cpu->flushing || cpu->uncached == cpu->on)
		cpu->settled = CACHE_UNSETTLED;
	else
		cpu->settled = cpu->on ? CACHE_SETTLED_ON : CACHE_SETTLED_OFF;
}

void cache_reset(struct cache_vcpu *cpu)
{
	cpu->on = false;
	cpu->flushed = false;
	summarize(cpu);
}

enum cache_work cache_init(const struct cache_vcpu *cpu)
{
	return cpu->entered ? CACHE_UNMAP : CACHE_NOTHING;
}

/*
 * Set/way operations apply to the caches of one physical CPU, but vCPUs move between CPUs. Guests
 * use them in a loop over all sets and ways. So the first operation flushes all of the guest's
 * memory, and the others have no effect until the guest writes to a virtual memory register. If
 * the caches are off, nothing has to be flushed.
 */
enum cache_work cache_set_way(struct cache_vcpu *cpu)
{
	if (cache_traps(cpu))
		return CACHE_NOTHING;
	cpu->flushed = true;
	cpu->flushing = true;
	summarize(cpu);
	return CACHE_FLUSH;
}

enum cache_work cache_written(struct cache_vcpu *cpu, bool on)
{
	bool changed = cpu->on != on;

	cpu->on = on;
	cpu->flushed = false;
	cpu->flushing |= changed;
	summarize(cpu);
	return changed ? CACHE_FLUSH : CACHE_NOTHING;
}

enum cache_work cache_enter(struct cache_vcpu *cpu, bool on)
{
	enum cache_work work = CACHE_NOTHING;

	/* SCTLR was written without a trap, by the VMM or by a guest with its caches on. */
	if (cpu->on != on)
		work = cache_written(cpu, on);
	if (!on)
		cpu->uncached = true;
	cpu->entered = true;
	summarize(cpu);
	return work;
}

/* Pages that were unmapped during the flush were cleaned then, see cache_unmap(). */
void cache_flushed(struct cache_vcpu *cpu)
{
	cpu->flushing = false;
	if (cpu->on)
		cpu->uncached = false;
	summarize(cpu);
}

struct cache_page cache_map(bool fetch, bool was_executable)
{
	return (struct cache_page) {
		.icache = fetch,
		.executable = fetch || was_executable,
	};
}

bool cache_unmap(bool writable, bool uncached)
{
	return writable && uncached;
}
