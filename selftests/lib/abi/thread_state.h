/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of a thread of this process, as the kernel's scheduler sees it. */
#ifndef VGIC_ABI_THREAD_STATE_H
#define VGIC_ABI_THREAD_STATE_H

#include <stdbool.h>
#include <sys/types.h>

/* The calling thread. */
pid_t thread_self(void);

/* The thread sleeps: for a vCPU's thread in KVM_RUN, its vCPU is in WFI. */
bool thread_sleeps(pid_t thread);

#endif /* VGIC_ABI_THREAD_STATE_H */
