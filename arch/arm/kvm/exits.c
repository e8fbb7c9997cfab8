// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit handlers.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/sched.h>
#include <linux/string.h>

#include <kvm/arch.h>
#include <kvm/gicd_regs.h>
#include <kvm/guest_entry.h>
#include <kvm/vgic.h>

#include "arch.h"
#include "cp15.h"
#include "exception.h"
#include "hsr.h"
#include "load_store.h"
#include "mmio.h"
#include "walk.h"

#define COUNT(vcpu, reason)	((vcpu)->exits.reason++)

static struct guest_cpu *cpu_of(struct vcpu *vcpu)
{
	return &vcpu->arch.hyp->cpu;
}

int exit_internal_error(struct vcpu *vcpu, u32 suberror, unsigned int count,
			const u64 *data)
{
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_INTERNAL_ERROR;
	run->internal.suberror = suberror;
	run->internal.ndata = count;
	memcpy(run->internal.data, data, count * sizeof(*data));
	return 0;
}

/* ---- MMIO ---- */

/**
 * struct fault - a stage 2 abort
 * @hsr:   syndrome
 * @addr:  virtual address
 * @ipa:   guest physical address
 * @page:  number of @ipa's page
 * @write: the access was a write of data
 * @fetch: the access was an instruction fetch
 * @walk:  the access was made by a stage 1 table walk
 */
struct fault {
	u32 hsr;
	u32 addr;
	u64 ipa;
	u64 page;
	bool write;
	bool fetch;
	bool walk;
};

/*
 * Level of the descriptor that the guest's table walk could not read: the walk's first descriptor
 * in the faulting page.
 */
static unsigned int walk_level(struct vcpu *vcpu, const struct fault *fault)
{
	const struct cpu_cp15 *cp15 = &cpu_of(vcpu)->cp15;
	struct guest_walk walk;
	u64 descriptor;

	walk_begin(&walk, cp15, fault->addr);
	while (walk.ipa >> PAGE_SHIFT != fault->page) {
		descriptor = 0;
		if (memory_read(vcpu->vm, walk.ipa, &descriptor, walk.size))
			break;
		if (cp15->sctlr & SCTLR_EE)
			descriptor = walk.size == 4 ? swab32(descriptor) : swab64(descriptor);
		if (!walk_next(&walk, descriptor))
			break;
	}
	return walk.level;
}

/* Injects an external abort, as for an address without memory or a device. */
static int inject_external_abort(struct vcpu *vcpu, const struct fault *fault)
{
	enum abort_kind kind = fault->walk ? ABORT_TABLE_WALK : ABORT_ACCESS;
	unsigned int level = fault->walk ? walk_level(vcpu, fault) : 0;

	if (fault->fetch) {
		COUNT(vcpu, iabt);
		inject_prefetch_abort(cpu_of(vcpu), kind, level, fault->addr);
	} else {
		COUNT(vcpu, dabt);
		inject_data_abort(cpu_of(vcpu), kind, level, fault->addr,
				  fault->hsr & HSR_ABT_WNR);
	}
	return 1;
}

/*
 * For an access that cannot be emulated: the syndrome does not describe it, or crosses_pages()
 * cannot read or decode its instruction.
 */
static int exit_emulation_error(struct vcpu *vcpu, const struct fault *fault)
{
	const u64 data[] = { fault->hsr, fault->ipa, cpu_of(vcpu)->gp.pc };

	COUNT(vcpu, other);
	return exit_internal_error(vcpu, KVM_INTERNAL_ERROR_EMULATION,
				   ARRAY_SIZE(data), data);
}

/* False in a VM without a GIC, whose addresses are not set. */
static bool in_gic(const struct vcpu *vcpu, unsigned int type, u64 page)
{
	return device_address_covers(&vcpu->vm->addresses, type, page);
}

static __always_inline void finish_load(struct vcpu *vcpu, u32 hsr, bool big, u32 bytes)
{
	u32 *reg = guest_reg(cpu_of(vcpu), HSR_ABT_SRT(hsr));

	if (reg)
		*reg = mmio_loaded(mmio_len(hsr), hsr & HSR_ABT_SSE, big, bytes);
}

/* @bytes: the data of a store, as a little-endian number; bytes beyond the access are 0. */
static __always_inline int mmio_to_user(struct vcpu *vcpu, u64 ipa, u32 hsr, bool big, u32 bytes)
{
	const __le64 data = cpu_to_le64(bytes);
	struct kvm_run *run = vcpu->run;

	COUNT(vcpu, mmio_user);
	run->exit_reason = KVM_EXIT_MMIO;
	run->mmio.phys_addr = ipa;
	run->mmio.len = mmio_len(hsr);
	run->mmio.is_write = !!(hsr & HSR_ABT_WNR);
	memcpy(run->mmio.data, &data, sizeof(run->mmio.data));
	if (!(hsr & HSR_ABT_WNR)) {
		vcpu->arch.mmio_hsr = hsr;
		vcpu->arch.mmio_big = big;
		vcpu->arch.mmio_read = true;
	}
	return 0;
}

void arch_vcpu_complete(struct vcpu *vcpu)
{
	__le32 bytes;

	if (!vcpu->arch.mmio_read)
		return;
	vcpu->arch.mmio_read = false;
	/* User space may write to the shared page at any time. */
	memcpy(&bytes, vcpu->run->mmio.data, sizeof(bytes));
	finish_load(vcpu, vcpu->arch.mmio_hsr, vcpu->arch.mmio_big, le32_to_cpu(bytes));
}

static bool in_distributor(const struct vcpu *vcpu, u64 page)
{
	return in_gic(vcpu, KVM_VGIC_V2_ADDR_TYPE_DIST, page);
}

/* The data of a store, in the format of mmio_to_user(); 0 for a load. */
static __always_inline u32 stored(struct guest_cpu *cpu, u32 hsr)
{
	if (!(hsr & HSR_ABT_WNR))
		return 0;
	return mmio_stored(mmio_len(hsr), cpu->gp.cpsr & PSR_E,
			   *guest_reg(cpu, HSR_ABT_SRT(hsr)));
}

typedef s64 (*access_function)(struct vcpu *vcpu, u32 offset, unsigned int len, bool write,
			       u32 value);

/* An access_function that never fails. */
static s64 dist_access(struct vcpu *vcpu, u32 offset, unsigned int len, bool write, u32 value)
{
	return vgic_dist_access(vcpu, offset, len, write, value);
}

/* Emulates an access to the distributor. False, without effect, if @access returns -EAGAIN. */
static __always_inline bool access_distributor(struct vcpu *vcpu, u32 hsr, u32 in_page,
					       access_function access)
{
	struct guest_cpu *cpu = cpu_of(vcpu);
	bool write = hsr & HSR_ABT_WNR, big = cpu->gp.cpsr & PSR_E;
	u32 bytes = stored(cpu, hsr);
	s64 ret;

	/* The guest may have turned its virtual timer on or off, which causes no exit. */
	if (gicd_is_in_list_registers(in_page))
		timer_update_lines(vcpu);
	ret = access(vcpu, in_page, mmio_len(hsr), write, bytes);
	if (ret < 0)
		return false;
	COUNT(vcpu, gicd);
	skip_instruction(cpu, hsr);
	bytes = ret;
	if (!write)
		finish_load(vcpu, hsr, big, bytes);
	return true;
}

/* Out of line, because handle_fastpath() handles most accesses. */
static noinline int access_distributor_slowpath(struct vcpu *vcpu, u32 hsr, u32 in_page)
{
	access_distributor(vcpu, hsr, in_page, dist_access);
	return 1;
}

/*
 * Emulates an access to the distributor, or passes it to user space. Inline, because most exits to
 * user space go through handle_plain_mmio().
 */
static __always_inline int access_device(struct vcpu *vcpu, u32 hsr, u64 page, u32 in_page)
{
	struct guest_cpu *cpu = cpu_of(vcpu);
	bool write = hsr & HSR_ABT_WNR, big = cpu->gp.cpsr & PSR_E;
	u64 ipa = page << PAGE_SHIFT | in_page;
	u32 bytes;

	if (in_distributor(vcpu, page))
		return access_distributor_slowpath(vcpu, hsr, in_page);
	bytes = stored(cpu, hsr);
	skip_instruction(cpu, hsr);
	if (write && ioeventfds_exist(&vcpu->vm->events) &&
	    ioeventfd_write(vcpu->vm, ipa, mmio_len(hsr), bytes)) {
		COUNT(vcpu, mmio_event);
		return 1;
	}
	return mmio_to_user(vcpu, ipa, hsr, big, bytes);
}

/*
 * Reads an instruction of the guest, in the format of access_address(). 0, -EINTR, or -EFAULT if
 * there is no memory or a Thumb instruction crosses pages.
 */
static int read_instruction(struct vcpu *vcpu, u64 ipa, bool wide, u32 *instruction)
{
	bool thumb = cpu_of(vcpu)->gp.cpsr & PSR_T;
	size_t size = wide ? 4 : 2;
	__le16 half[2] = { 0 };
	int ret;

	if (size > PAGE_SIZE - (ipa & ~PAGE_MASK))
		return -EFAULT;
	ret = memory_read(vcpu->vm, ipa, half, size);
	if (ret)
		return ret;
	*instruction = thumb && wide ?
		       (u32)le16_to_cpu(half[0]) << 16 | le16_to_cpu(half[1]) :
		       (u32)le16_to_cpu(half[1]) << 16 | le16_to_cpu(half[0]);
	return 0;
}

/* True if the access ends in the next page, or may have begun in the previous one. */
static bool may_cross(const struct vcpu *vcpu, u32 in_page, unsigned int len)
{
	return in_page ? in_page + len > PAGE_SIZE :
			 vcpu->arch.hyp->pc_page != HYP_NO_PAGE;
}

/*
 * Returns 1 if the access crosses pages, 0 if not, or -ENOENT if the instruction cannot be read or
 * decoded. The CPU reports the address of the access, or the beginning of the second page if only
 * that page faults.
 */
static noinline int crosses_pages(struct vcpu *vcpu, const struct fault *fault)
{
	const struct hyp_vcpu *hyp = vcpu->arch.hyp;
	unsigned int len = mmio_len(fault->hsr);
	u32 in_page = fault->addr & ~PAGE_MASK;
	struct guest_cpu *cpu = cpu_of(vcpu);
	bool wide = fault->hsr & HSR_IL;
	u32 instruction, addr;
	u64 ipa;

	if (in_page + len > PAGE_SIZE)
		return 1;
	if (len == 1)
		return 0;
	ipa = (u64)hyp->pc_page << PAGE_SHIFT | (cpu->gp.pc & ~PAGE_MASK);
	if (read_instruction(vcpu, ipa, wide, &instruction) ||
	    !access_address(cpu, instruction, wide, &addr))
		return -ENOENT;
	return addr != fault->addr && fault->addr - addr < len;
}

/* Unaligned accesses to Device memory fault, A3.2.1. MMIO is Device memory. */
static int inject_alignment_fault(struct vcpu *vcpu, const struct fault *fault)
{
	COUNT(vcpu, dabt);
	inject_data_abort(cpu_of(vcpu), ABORT_ALIGNMENT, 0, fault->addr,
			  fault->hsr & HSR_ABT_WNR);
	return 1;
}

/* Cache maintenance has no effect on MMIO. */
static int skip_maintenance(struct vcpu *vcpu, const struct fault *fault)
{
	/* IL is valid only with ISV; cache maintenance instructions have 32 bits. */
	skip_instruction(cpu_of(vcpu), fault->hsr | HSR_IL);
	return 1;
}

static int handle_mmio(struct vcpu *vcpu, const struct fault *fault)
{
	u32 in_page = fault->addr & ~PAGE_MASK;

	if (fault->fetch || fault->walk)
		return inject_external_abort(vcpu, fault);
	if (fault->hsr & HSR_ABT_CM) {
		COUNT(vcpu, other);
		return skip_maintenance(vcpu, fault);
	}
	if (!mmio_is_described(fault->hsr))
		return exit_emulation_error(vcpu, fault);
	if (may_cross(vcpu, in_page, mmio_len(fault->hsr))) {
		int ret = crosses_pages(vcpu, fault);

		if (ret < 0)
			return exit_emulation_error(vcpu, fault);
		if (ret)
			return inject_alignment_fault(vcpu, fault);
	}
	return access_device(vcpu, fault->hsr, fault->page, in_page);
}

/* Emulates an access to the CPU interface, see vgic_trap_dir(). */
static int handle_cpu_interface(struct vcpu *vcpu, const struct fault *fault)
{
	struct guest_cpu *cpu = cpu_of(vcpu);
	bool big = cpu->gp.cpsr & PSR_E;
	u32 hsr = fault->hsr, *reg;

	COUNT(vcpu, gicc);
	if (hsr & HSR_ABT_CM)
		return skip_maintenance(vcpu, fault);
	if (!mmio_is_described(hsr))
		return exit_emulation_error(vcpu, fault);
	reg = guest_reg(cpu, HSR_ABT_SRT(hsr));
	skip_instruction(cpu, hsr);
	/* Reads as zero. */
	if (!(hsr & HSR_ABT_WNR))
		finish_load(vcpu, hsr, big, 0);
	else if (reg)
		vgic_cpu_write(vcpu, fault->ipa, mmio_len(hsr),
			       mmio_stored(mmio_len(hsr), big, *reg));
	/* If a deactivated SPI's line stayed high, the next guest entry would inject it again. */
	if (vgic_any_deactivated(&vcpu->vm->vgic))
		irqfd_resample(vcpu->vm);
	return 1;
}

/* ---- aborts ---- */

/*
 * The CPU interface takes precedence over memory at the same address, and memory over the
 * distributor [cover.distributor_by_later_slot].
 */
static int handle_fault(struct vcpu *vcpu, const struct fault *fault)
{
	int ret;

	/* The common case is checked first. The mmio cache never has the CPU interface. */
	if (memory_is_mmio(vcpu, fault->page))
		return handle_mmio(vcpu, fault);
	if (in_gic(vcpu, KVM_VGIC_V2_ADDR_TYPE_CPU, fault->page)) {
		/* Device memory: no instruction fetches, no table walks. */
		if (fault->fetch || fault->walk)
			return inject_external_abort(vcpu, fault);
		ret = vgic_map_cpu_interface(vcpu, fault->ipa);
		if (!ret)
			return handle_cpu_interface(vcpu, fault);
		COUNT(vcpu, stage2_map);
		return ret;
	}

	vcpu->arch.fetch = fault->fetch;
	ret = memory_resolve(vcpu, fault->ipa, fault->write);
	switch (ret) {
	case MEMORY_ABSENT:
	case MEMORY_PROTECTED:
		return handle_mmio(vcpu, fault);
	case MEMORY_MAPPED:
	case -EAGAIN:
		if (FSC_TYPE(HSR_ABT_FSC(fault->hsr)) == FSC_PERMISSION)
			COUNT(vcpu, stage2_perm);
		else
			COUNT(vcpu, stage2_map);
		return 1;
	default:
		return ret;
	}
}

static int handle_abort(struct vcpu *vcpu, u32 hsr)
{
	const struct hyp_vcpu *hyp = vcpu->arch.hyp;
	struct fault fault = {
		.hsr = hsr,
		.fetch = HSR_EC(hsr) == HSR_EC_IABT,
		.walk = hsr & HSR_ABT_S1PTW,
	};
	bool permission = FSC_TYPE(HSR_ABT_FSC(hsr)) == FSC_PERMISSION;

	/* The guest's tables have changed, so the guest has to repeat the access. */
	if (!hyp->hpfar_valid) {
		COUNT(vcpu, other);
		return 1;
	}
	fault.addr = fault.fetch ? hyp->hifar : hyp->hdfar;
	fault.page = HPFAR_PAGE(hyp->hpfar);
	fault.ipa = fault.page << PAGE_SHIFT | (fault.addr & ~PAGE_MASK);
	/* Cache maintenance sets WnR, but counts as a write only after a permission fault. */
	fault.write = !fault.fetch && !fault.walk && hsr & HSR_ABT_WNR &&
		      (permission || !(hsr & HSR_ABT_CM));

	switch (FSC_TYPE(HSR_ABT_FSC(hsr))) {
	case FSC_TRANSLATION:
	case FSC_ACCESS_FLAG:
	case FSC_PERMISSION:
		return handle_fault(vcpu, &fault);
	default:
		/* An external abort of the host's bus. */
		return inject_external_abort(vcpu, &fault);
	}
}

/* True for a plain load or store within the page in the mmio cache, the common case. */
static __always_inline bool is_plain_mmio(const struct vcpu *vcpu, u32 hsr, u64 page,
					  u32 in_page)
{
	return HSR_EC(hsr) == HSR_EC_DABT && memory_is_mmio(vcpu, page) && mmio_is_plain(hsr) &&
	       vcpu->arch.hyp->hpfar_valid && !may_cross(vcpu, in_page, mmio_len(hsr));
}

static noinline int handle_plain_mmio(struct vcpu *vcpu)
{
	const struct hyp_vcpu *hyp = vcpu->arch.hyp;

	return access_device(vcpu, hyp->hsr, HPFAR_PAGE(hyp->hpfar), hyp->hdfar & ~PAGE_MASK);
}

/* ---- trapped instructions ---- */

static int handle_undefined(struct vcpu *vcpu, u32 hsr)
{
	COUNT(vcpu, undef);
	inject_undefined(cpu_of(vcpu));
	return 1;
}

static int handle_coproc(struct vcpu *vcpu, u32 hsr)
{
	if (!coproc_access(vcpu, hsr))
		return handle_undefined(vcpu, hsr);
	skip_instruction(cpu_of(vcpu), hsr);
	return 1;
}

static int handle_cp15(struct vcpu *vcpu, u32 hsr)
{
	COUNT(vcpu, cp15);
	return handle_coproc(vcpu, hsr);
}

/* Linux accesses ThumbEE's registers in each context switch: only the first access traps. */
static int handle_cp14(struct vcpu *vcpu, u32 hsr)
{
	COUNT(vcpu, cp14);
	if (HSR_EC(hsr) == HSR_EC_CP14_32 && HSR_CP_OPC1(hsr) == 6 &&
	    coproc_switch_thumbee(vcpu))
		return 1;
	return handle_coproc(vcpu, hsr);
}

static int handle_wfx(struct vcpu *vcpu, u32 hsr)
{
	skip_instruction(cpu_of(vcpu), hsr);
	if (hsr & HSR_WFE) {
		COUNT(vcpu, wfe);
		/* The vCPU that the guest waits for may need this CPU. */
		cond_resched();
	} else {
		COUNT(vcpu, wfi);
		vcpu_sleep(vcpu);
	}
	return 1;
}

/* Skips nothing: the return address of an HVC is already the next instruction. */
static int handle_hvc(struct vcpu *vcpu, u32 hsr)
{
	COUNT(vcpu, hvc);
	return vcpu_psci(vcpu);
}

/* The guest has no secure world. */
static int handle_smc(struct vcpu *vcpu, u32 hsr)
{
	COUNT(vcpu, smc);
	return handle_undefined(vcpu, hsr);
}

static int handle_vfp_id(struct vcpu *vcpu, u32 hsr)
{
	COUNT(vcpu, vfp);
	return handle_undefined(vcpu, hsr);
}

typedef int (*exit_handler)(struct vcpu *vcpu, u32 hsr);

/* Handlers by exception class. */
static const exit_handler handlers[64] = {
	[HSR_EC_UNKNOWN] = handle_undefined,
	[HSR_EC_WFX] = handle_wfx,
	[HSR_EC_CP15_32] = handle_cp15,
	[HSR_EC_CP15_64] = handle_cp15,
	[HSR_EC_CP14_32] = handle_cp14,
	[HSR_EC_CP14_LS] = handle_undefined,
	[HSR_EC_CP0_13] = handle_undefined,
	[HSR_EC_CP10_ID] = handle_vfp_id,
	[HSR_EC_JAZELLE] = handle_undefined,
	[HSR_EC_BXJ] = handle_undefined,
	[HSR_EC_CP14_64] = handle_cp14,
	[HSR_EC_HVC] = handle_hvc,
	[HSR_EC_SMC] = handle_smc,
	[HSR_EC_IABT] = handle_abort,
	[HSR_EC_DABT] = handle_abort,
};

/* Gives user space @first, and @second if @count is 2. Out of line: data[] is on the stack. */
static noinline int unexpected_exit(struct vcpu *vcpu, unsigned int count, u32 first,
				    u32 second)
{
	const u64 data[] = { first, second };

	COUNT(vcpu, other);
	return exit_internal_error(vcpu, KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON, count,
				   data);
}

static noinline int handle_trap(struct vcpu *vcpu)
{
	struct guest_cpu *cpu = cpu_of(vcpu);
	u32 hsr = vcpu->arch.hyp->hsr;
	exit_handler handler = handlers[HSR_EC(hsr)];

	if (!handler)
		return unexpected_exit(vcpu, 2, hsr, cpu->gp.pc);
	/* CPUs may trap an instruction whose condition fails, B3.13.6. */
	if (HSR_EC(hsr) < HSR_EC_SVC && !trapped_condition_holds(cpu, hsr)) {
		COUNT(vcpu, other);
		skip_instruction(cpu, hsr);
		return 1;
	}
	return handler(vcpu, hsr);
}

/* A fault in HYP mode: the guest's state is unreliable. */
static noinline int handle_hyp_fault(struct vcpu *vcpu, u32 exit)
{
	vm_kill(vcpu->vm);
	return unexpected_exit(vcpu, 1, exit, 0);
}

/* Adds the exits that HYP mode has handled itself. */
static void count_answered(struct vcpu *vcpu)
{
	struct hyp_vcpu *hyp = vcpu->arch.hyp;

	if (!hyp->answered_hvc)
		return;
	vcpu->exits.total += hyp->answered_hvc;
	vcpu->exits.hvc += hyp->answered_hvc;
	hyp->answered_hvc = 0;
}

/* Its callees are out of line, so that this function needs no stack. */
int handle_exit(struct vcpu *vcpu, u32 exit)
{
	count_answered(vcpu);
	vcpu->exits.total++;
	switch (exit) {
	case HYP_EXIT_TRAP:
		return vcpu->arch.plain_mmio ? handle_plain_mmio(vcpu) : handle_trap(vcpu);
	case HYP_EXIT_IRQ:
		COUNT(vcpu, irq);
		return 1;
	case HYP_EXIT_FIQ:
		COUNT(vcpu, fiq);
		return 1;
	case HYP_EXIT_ABORT:
		/* HYP mode has made the asynchronous abort pending for the guest. */
		COUNT(vcpu, other);
		return 1;
	default:
		return handle_hyp_fault(vcpu, exit);
	}
}

/* True if an interrupt of the host is pending, so that the host has to run. With interrupts off. */
static bool interrupt_is_pending(void)
{
	return cp15_read_isr() & (PSR_I | PSR_F);
}

/*
 * access_fastpath() while the host's timer interrupt is held. The access may lower the timer's
 * line. The host's interrupt must then be released, so that it can fire again.
 */
static noinline bool access_with_timer(struct vcpu *vcpu, u32 hsr, u32 in_page)
{
	vcpu_put_devices(vcpu);
	/* irqfd_resample() has to come before the access. */
	if (vgic_any_deactivated(&vcpu->vm->vgic))
		return false;
	return access_distributor(vcpu, hsr, in_page, vgic_dist_access_fast);
}

/* An access that may need the state in list registers, or change it. */
static __always_inline bool access_loaded(struct vcpu *vcpu, u32 hsr, u32 in_page)
{
	if (!access_distributor(vcpu, hsr, in_page, vgic_dist_access_loaded))
		return false;
	if (!vcpu->gic->words)
		return true;
	/* If vgic_fill_loaded() has filled no list register, the next vgic_load() has to do so. */
	if (vcpu->gic->nr_lrs)
		timer_load(vcpu);
	else
		vcpu_put_devices(vcpu);
	return true;
}

/* The part of handle_fastpath() for the distributor, out of line. */
static noinline bool access_fastpath(struct vcpu *vcpu, u32 hsr, u32 in_page)
{
	bool write = hsr & HSR_ABT_WNR, done;

	if (interrupt_is_pending())
		return false;
	/* List registers and GICH_VMCR hold no part of the value that is read. */
	if (!write && !gicd_is_in_list_registers(in_page))
		done = access_distributor(vcpu, hsr, in_page, vgic_dist_access_fast);
	else if (vgic_dist_needs_others(vcpu, in_page, write))
		return false;
	else if (vcpu->timer.held)
		done = access_with_timer(vcpu, hsr, in_page);
	else
		done = access_loaded(vcpu, hsr, in_page);
	vcpu->exits.total += done;
	return done;
}

bool handle_fastpath(struct vcpu *vcpu)
{
	const struct hyp_vcpu *hyp = vcpu->arch.hyp;
	u32 hsr = hyp->hsr, in_page = hyp->hdfar & ~PAGE_MASK;
	u64 page = HPFAR_PAGE(hyp->hpfar);

	vcpu->arch.plain_mmio = is_plain_mmio(vcpu, hsr, page, in_page);
	return vcpu->arch.plain_mmio && in_distributor(vcpu, page) &&
	       access_fastpath(vcpu, hsr, in_page);
}
