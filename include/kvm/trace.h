/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: events/kvm/ in tracefs. A vCPU is shown by its id.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm

#if !defined(KVM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KVM_TRACE_H

#include <linux/tracepoint.h>
#include <linux/types.h>

TRACE_EVENT(kvm_entry,
	TP_PROTO(unsigned int vcpu, unsigned long pc),
	TP_ARGS(vcpu, pc),
	TP_STRUCT__entry(
		__field(unsigned int, vcpu)
		__field(unsigned long, pc)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu;
		__entry->pc = pc;
	),
	TP_printk("vcpu %u pc 0x%08lx", __entry->vcpu, __entry->pc)
);

/* @reason and @syndrome are the architecture's: HYP_EXIT_* and HSR. */
TRACE_EVENT(kvm_exit,
	TP_PROTO(unsigned int vcpu, u32 reason, u32 syndrome, unsigned long pc),
	TP_ARGS(vcpu, reason, syndrome, pc),
	TP_STRUCT__entry(
		__field(unsigned int, vcpu)
		__field(u32, reason)
		__field(u32, syndrome)
		__field(unsigned long, pc)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu;
		__entry->reason = reason;
		__entry->syndrome = syndrome;
		__entry->pc = pc;
	),
	TP_printk("vcpu %u reason 0x%x syndrome 0x%08x pc 0x%08lx", __entry->vcpu,
		  __entry->reason, __entry->syndrome, __entry->pc)
);

/* The line of an SPI or of a vCPU's PPI; @vcpu is 0 for SPIs. */
TRACE_EVENT(vgic_set_line,
	TP_PROTO(unsigned int vcpu, unsigned int intid, bool level),
	TP_ARGS(vcpu, intid, level),
	TP_STRUCT__entry(
		__field(unsigned int, vcpu)
		__field(unsigned int, intid)
		__field(bool, level)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu;
		__entry->intid = intid;
		__entry->level = level;
	),
	TP_printk("vcpu %u intid %u level %u", __entry->vcpu, __entry->intid, __entry->level)
);

/* A list register is written before guest entry. */
TRACE_EVENT(vgic_inject,
	TP_PROTO(unsigned int vcpu, unsigned int index, u32 lr),
	TP_ARGS(vcpu, index, lr),
	TP_STRUCT__entry(
		__field(unsigned int, vcpu)
		__field(unsigned int, index)
		__field(u32, lr)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu;
		__entry->index = index;
		__entry->lr = lr;
	),
	TP_printk("vcpu %u lr%u 0x%08x intid %u", __entry->vcpu, __entry->index, __entry->lr,
		  __entry->lr & 0x3ff)
);

TRACE_EVENT(vcpu_kick,
	TP_PROTO(unsigned int vcpu),
	TP_ARGS(vcpu),
	TP_STRUCT__entry(
		__field(unsigned int, vcpu)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu;
	),
	TP_printk("vcpu %u", __entry->vcpu)
);

#endif /* KVM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH kvm
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
