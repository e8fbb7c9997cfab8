/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest on ARMv7 with the Large Physical Address Extension. This is the counterpart of
 * processor.h of the KVM selftests library, and uses its names. Register names are those of
 * ARM DDI 0406C.
 */
#ifndef VGIC_ABI_ARM_PROCESSOR_H
#define VGIC_ABI_ARM_PROCESSOR_H

#include <stdint.h>

#include <linux/compiler.h>
#include <linux/types.h>

#include "kvm_util.h"
#include "ucall_common.h"

/* Ids for KVM_GET/SET_ONE_REG. */
#define ARM_CORE_REG(name)						\
	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE |		\
	 KVM_REG_ARM_CORE_REG(name))
#define ARM_SCTLR	ARM_CP15_REG32(0, 1, 0, 0)
#define ARM_TTBR0	ARM_CP15_REG64(0, 2)
#define ARM_TTBCR	ARM_CP15_REG32(0, 2, 0, 2)
#define ARM_DFSR	ARM_CP15_REG32(0, 5, 0, 0)
#define ARM_IFSR	ARM_CP15_REG32(0, 5, 0, 1)
#define ARM_DFAR	ARM_CP15_REG32(0, 6, 0, 0)
#define ARM_IFAR	ARM_CP15_REG32(0, 6, 0, 2)
#define ARM_MAIR0	ARM_CP15_REG32(0, 10, 2, 0)
#define ARM_MAIR1	ARM_CP15_REG32(0, 10, 2, 1)
#define ARM_VBAR	ARM_CP15_REG32(0, 12, 0, 0)
#define ARM_TPIDRPRW	ARM_CP15_REG32(0, 13, 0, 4)

#define SCTLR_M		(1U << 0)	/* MMU */
#define SCTLR_A		(1U << 1)	/* alignment faults */
#define SCTLR_C		(1U << 2)	/* data cache */
#define SCTLR_I		(1U << 12)	/* instruction cache */
#define SCTLR_V		(1U << 13)	/* vectors at 0xffff0000 */
#define SCTLR_TE	(1U << 30)	/* exceptions are taken in Thumb state */

#define TTBCR_EAE	(1U << 31)	/* long descriptors */
#define TTBCR_IRGN0_WBWA (1U << 8)
#define TTBCR_ORGN0_WBWA (1U << 10)
#define TTBCR_SH0_INNER	(3U << 12)

/* Memory types by index in MAIR0 and MAIR1, with the indices of the library's arm64 backend. */
#define MAIR_DEVICE	1U
#define MAIR_NORMAL	4U
#define DEFAULT_MAIR	((uint64_t)0x04 << (MAIR_DEVICE * 8) |		\
			 (uint64_t)0xff << (MAIR_NORMAL * 8))

/*
 * Maps guest physical addresses, up to 1 TiB, as device memory at a free guest virtual
 * address, below 4 GiB. Returns the virtual address.
 */
uint64_t virt_map_device(struct kvm_vm *vm, uint64_t gpa, uint64_t size);

/* ---- registers from the host; the test fails if KVM does not have them ---- */

uint64_t arm_get_reg(struct kvm_vcpu *vcpu, uint64_t id);
void arm_set_reg(struct kvm_vcpu *vcpu, uint64_t id, uint64_t value);

/* @features: a mask of the first 32 KVM_ARM_VCPU_*. */
struct kvm_vcpu *arm_vcpu_add(struct kvm_vm *vm, uint32_t vcpu_id, uint32_t features,
			      void *guest_code);

/* ---- exceptions ---- */

enum {
	VECTOR_RESET,
	VECTOR_UNDEFINED,
	VECTOR_SVC,
	VECTOR_PREFETCH_ABORT,
	VECTOR_DATA_ABORT,
	VECTOR_HVC,
	VECTOR_IRQ_CURRENT,	/* the library's name on arm64 */
	VECTOR_FIQ,
	VECTOR_NUM,
};

/* handlers.S relies on this layout. */
struct ex_regs {
	uint32_t r[13];
	uint32_t lr;
	uint32_t pc;
	uint32_t cpsr;
};

typedef void (*handler_fn)(struct ex_regs *regs);

void vm_init_descriptor_tables(struct kvm_vm *vm);
void vcpu_init_descriptor_tables(struct kvm_vcpu *vcpu);
void vm_install_exception_handler(struct kvm_vm *vm, int vector,
				  handler_fn handler);

/* ---- guest code ---- */

static inline void isb(void)
{
	asm volatile("isb" : : : "memory");
}

/* A 32-bit register of a coprocessor: p14 or p15. */
#define read_coproc(coproc, op1, crn, crm, op2) ({			\
	uint32_t value;							\
									\
	asm volatile("mrc " #coproc ", " #op1 ", %0, c" #crn ", c" #crm ", " #op2 \
		     : "=r" (value));					\
	value;								\
})

#define write_coproc(coproc, op1, crn, crm, op2, value)			\
	asm volatile("mcr " #coproc ", " #op1 ", %0, c" #crn ", c" #crm ", " #op2 \
		     : : "r" ((uint32_t)(value)) : "memory")

#define read_cp15(op1, crn, crm, op2)		read_coproc(p15, op1, crn, crm, op2)
#define write_cp15(op1, crn, crm, op2, value)	write_coproc(p15, op1, crn, crm, op2, value)

/*
 * Accesses through a C pointer might use an addressing mode with writeback, for which the CPU
 * reports no syndrome to KVM.
 */
static __always_inline void __raw_writel(uint32_t value, volatile void *addr)
{
	asm volatile("str %0, [%1]" : : "r" (value), "r" (addr) : "memory");
}

static __always_inline uint32_t __raw_readl(const volatile void *addr)
{
	uint32_t value;

	asm volatile("ldr %0, [%1]" : "=r" (value) : "r" (addr) : "memory");
	return value;
}

static inline void local_irq_enable(void)
{
	asm volatile("cpsie if" : : : "memory");
}

static inline void local_irq_disable(void)
{
	asm volatile("cpsid if" : : : "memory");
}

uint32_t guest_get_vcpuid(void);

#endif /* VGIC_ABI_ARM_PROCESSOR_H */
