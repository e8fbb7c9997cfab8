// SPDX-License-Identifier: GPL-2.0-only
#include <linux/interrupt.h>

#include <kvm/percpu_irq.h>

static irqreturn_t handled(int irq, void *cookie)
{
	return IRQ_HANDLED;
}

int percpu_irq_start(struct percpu_irq *p, const char *state, int (*online)(unsigned int cpu),
		     int (*offline)(unsigned int cpu))
{
	int ret;

	p->cookie = alloc_percpu(int);
	if (!p->cookie)
		return -ENOMEM;
	ret = request_percpu_irq(p->irq, handled, p->name, p->cookie);
	if (ret)
		goto free_cookie;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, state, online, offline);
	if (ret < 0)
		goto free_irq;
	p->state = ret;
	return 0;

free_irq:
	free_percpu_irq(p->irq, p->cookie);
free_cookie:
	free_percpu(p->cookie);
	return ret;
}

void percpu_irq_stop(struct percpu_irq *p)
{
	cpuhp_remove_state(p->state);
	free_percpu_irq(p->irq, p->cookie);
	free_percpu(p->cookie);
}
