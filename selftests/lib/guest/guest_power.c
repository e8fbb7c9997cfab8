// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "guest_power.h"

/*
 * Guest physical and virtual address of the stub's page: far from the memory that
 * the library lays out, and below 4 GiB.
 */
#define STUB_ADDR	0x70000000U
#define STUB_SLOT	1

/* ---- the guest's side ---- */

static struct guest_boot boots[GUEST_MAX_VCPUS];
static void (*came_on_code)(void);

int guest_cpu_on(uint64_t mpidr, uint32_t context)
{
	/* Earlier writes have to be visible to the vCPU that is turned on. */
	__sync_synchronize();
	return guest_psci(sizeof(long) == 8 ? PSCI_0_2_FN64_CPU_ON : PSCI_0_2_FN_CPU_ON,
			  mpidr, STUB_ADDR, context);
}

int guest_cpu_off(void)
{
	__sync_synchronize();
	return guest_psci(PSCI_0_2_FN_CPU_OFF, 0, 0, 0);
}

int guest_affinity_info(uint64_t mpidr)
{
	return guest_psci(sizeof(long) == 8 ? PSCI_0_2_FN64_AFFINITY_INFO :
					      PSCI_0_2_FN_AFFINITY_INFO, mpidr, 0, 0);
}

struct guest_boot guest_boot(void)
{
	return boots[guest_cpu()];
}

/* Called by the stub. */
static void power_on_entry(unsigned long context, unsigned long sctlr, unsigned long cpu)
{
	struct guest_boot *boot = &boots[guest_cpu()];

	boot->context = context;
	boot->sctlr = sctlr;
	boot->cpu = cpu;
	came_on_code();
	/* There is no caller to return to. */
	for (;;)
		;
}

/* ---- the host's side ---- */

void guest_power_init(struct guest *guest, void (*code)(void))
{
	struct kvm_vm *vm = guest->vm;
	unsigned int offset = boot_stub_data - boot_stub_begin;
	struct boot_stub data = { .entry = (uintptr_t)power_on_entry };
	char *page;

	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, STUB_ADDR, STUB_SLOT,
				    vm_calc_num_guest_pages(vm->mode, vm->page_size), 0);
	virt_pg_map(vm, STUB_ADDR, STUB_ADDR);
	guest_arch_fill_stub(guest, &data);

	TEST_ASSERT(offset + sizeof(data) <= vm->page_size,
		    "expected a stub that fits into a page, got %zu bytes",
		    offset + sizeof(data));
	page = addr_gpa2hva(vm, STUB_ADDR);
	memcpy(page, boot_stub_begin, offset);
	memcpy(page + offset, &data, sizeof(data));

	came_on_code = code;
	sync_global_to_guest(vm, came_on_code);
}
