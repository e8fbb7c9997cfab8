/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest code of two vCPUs, for calls that user space makes while a vCPU runs. The second vCPU
 * spins; the first requests the calls with guest_request(0), and then stops the second.
 */
#ifndef VGIC_ABI_GUEST_BESIDE_H
#define VGIC_ABI_GUEST_BESIDE_H

#include <stdint.h>

#include "guest.h"

static volatile uint32_t running, stop;

static void run_beside(void)
{
	if (guest_cpu()) {
		running = 1;
		while (!stop)
			guest_relax();
	} else {
		while (!running)
			guest_relax();
		guest_request(0);
		stop = 1;
	}
	guest_done();
}

#endif /* VGIC_ABI_GUEST_BESIDE_H */
