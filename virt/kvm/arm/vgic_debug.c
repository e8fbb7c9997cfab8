// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgic-state in debugfs: a line for each interrupt that is_of_interest() selects, and the list
 * registers of each vCPU.
 */
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <kvm/gic_state.h>
#include <kvm/vgic.h>
#include <kvm/vm.h>

static bool is_of_interest(const struct gic_irq *irq)
{
	return (irq->enabled && !gic_is_sgi(irq)) || irq->active || irq->line || irq->latch ||
	       irq->sources || irq->owner != GIC_NO_CPU || irq->priority || irq->group1;
}

static void show_cpu(struct seq_file *file, const char *name, u8 cpu)
{
	if (cpu == GIC_NO_CPU)
		seq_printf(file, " %s -", name);
	else
		seq_printf(file, " %s %u", name, cpu);
}

/* Letters: P(ending), A(ctive), E(nabled), L(ine is high), O(ffered by its list register). */
static void show_irq(struct seq_file *file, const struct gic_irq *irq)
{
	if (!is_of_interest(irq))
		return;
	seq_printf(file, "  %4u %c%c%c%c%c %s group %u priority 0x%02x", irq->intid,
		   gic_irq_pending(irq) ? 'P' : '-', irq->active ? 'A' : '-',
		   irq->enabled ? 'E' : '-', irq->line ? 'L' : '-', irq->offered ? 'O' : '-',
		   irq->edge ? "edge " : "level", irq->group1, irq->priority);
	if (gic_is_sgi(irq))
		seq_printf(file, " sources 0x%02x", irq->sources);
	else if (!gic_is_private(irq))
		seq_printf(file, " targets 0x%02x", irq->targets);
	if (irq->active)
		show_cpu(file, gic_is_sgi(irq) ? "from" : "on",
			 gic_is_sgi(irq) ? irq->active_source : irq->cpu);
	show_cpu(file, "owner", irq->owner);
	if (irq->hw)
		seq_printf(file, " mapped to %u", irq->hw);
	seq_putc(file, '\n');
}

static void show_vcpu(struct seq_file *file, const struct gic_cpu *cpu, unsigned int id)
{
	unsigned int i;

	seq_printf(file, "vcpu %u: VMCR 0x%08x HCR 0x%08x APR 0x%08x\n", id, cpu->vmcr,
		   cpu->hcr, cpu->apr);
	for (i = 0; i < cpu->nr_lrs; i++)
		seq_printf(file, "  LR%u 0x%08x\n", i, cpu->lr[i]);
	for (i = 0; i < GIC_NR_PRIVATE; i++)
		show_irq(file, &cpu->irq[i]);
}

static void show_gic(struct seq_file *file, struct gic_state *gic)
{
	unsigned int i;

	seq_printf(file, "distributor: CTLR 0x%x, %u vCPUs, %u interrupts\n", gic->ctlr,
		   gic->nr_vcpus, gic->nr_irqs);
	for (i = 0; i < gic->nr_vcpus; i++)
		show_vcpu(file, &gic->cpu[i], i);
	seq_puts(file, "SPIs:\n");
	for (i = GIC_NR_PRIVATE; i < gic->nr_irqs; i++)
		show_irq(file, gic_irq(gic, 0, i));
}

/* Prints a copy, so that the lock is not held while text is formatted. */
int vgic_show(struct seq_file *file, struct vm *vm)
{
	struct gic_state *copy;
	unsigned long flags;

	copy = kvmalloc(sizeof(*copy), GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	raw_spin_lock_irqsave(&vm->vgic.lock, flags);
	*copy = *vm->vgic.gic;
	raw_spin_unlock_irqrestore(&vm->vgic.lock, flags);
	show_gic(file, copy);
	kvfree(copy);
	return 0;
}
