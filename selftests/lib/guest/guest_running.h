/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest code of two vCPUs, for calls that user space makes while a vCPU runs. The second vCPU
 * spins; the first requests the calls with guest_request(0), and then stops the second.
 */
#ifndef VGIC_ABI_GUEST_RUNNING_H
#define VGIC_ABI_GUEST_RUNNING_H

#include "guest.h"

static volatile unsigned int running, stop;

static void request_while_running(void)
{
	if (guest_cpu()) {
		running = 1;
		while (!stop)
			guest_relax();
	} else {
		guest_await("the second vCPU runs", &running, 1);
		guest_request(0);
		stop = 1;
	}
	guest_done();
}

#endif /* VGIC_ABI_GUEST_RUNNING_H */
