# SPDX-License-Identifier: GPL-2.0-only
"""A sentence about each test that does not test a rule of the ABI, for pages that show results.

These tests are the checks of a lab's jobs and the tests of the programs in tests/ that run on the
targets. Tests that are in Documentation/abi/rules.toml are not here.
"""

from __future__ import annotations

# A job in a lab, see tools/lava_log.py.
LAB = {
    "lava.cases": "LAVA has the same results as the console of its job.",
    "lava.job": "The lab's job completes.",
}

# <program>.output, which is about a program's output apart from its tests.
OUTPUT = "A program's output, its plan and its exit status fit together."

PROGRAMS = {
    "guest_linux.refuses": "vgic-run refuses bad options and bad files, with the reason.",
    "guest_linux.closed_files": "With its standard files closed, vgic-run does not write the "
                                "guest's console over a disk.",
    "guest_linux.never_exits": "vgic-run reports a guest that has made no exit of its own.",
    "guest_linux.exits": "vgic-run counts the exits of a guest that makes some.",
    "guest_linux.lost_output": "Output that cannot be written ends vgic-run, with the reason.",
    "guest_linux.locked_disk": "A disk belongs to one vgic-run at a time.",
    "guest_linux.keys_unread": "Ctrl-A commands work with a guest that reads no keys.",
    "guest_linux.endless_input": "Endless input does not stop a guest.",
    "guest_linux.boot_1": "Linux boots as a guest with one vCPU, and powers off.",
    "guest_linux.boot_2": "Linux boots as a guest with two vCPUs, and powers off.",
    "guest_linux.keys": "Keys reach the guest, Ctrl-A commands reach vgic-run, and the terminal's "
                        "settings come back.",
    "guest_linux.ended_by_signal": "A signal ends vgic-run, and the terminal's settings come back.",
    "guest_linux.load": "A Linux guest works under load, with disks and CPU hotplug.",
    "guest_linux.reboot": "A Linux guest reboots.",
    "guest_linux.two": "Two Linux guests work at once, each with its own memory, GIC and disk.",
    "guest_linux.save_restore": "A Linux guest under load is saved and restored, and continues; a "
                                "damaged file is refused.",
    "guest_soak.boots_20": "Linux boots 20 times as a guest, with one to eight vCPUs.",
    "guest_soak.load_4": "A Linux guest with four vCPUs works under load for a long time.",
    "guest_soak.load_8": "A Linux guest with eight vCPUs works under load for a long time.",
    "guest_soak.reboots_5": "A Linux guest reboots five times.",
    "guest_soak.two": "Two Linux guests work at once for a long time.",
    "workloads.boot": "A Linux guest boots to its prompt.",
    "workloads.fork": "A Linux guest starts programs in new processes.",
    "workloads.ipis": "A Linux guest's CPUs send each other SGIs.",
    "workloads.disk": "A Linux guest reads a disk.",
    "workloads.ticks": "A Linux guest computes; its timer interrupts it.",
    "workloads.sleeps": "A Linux guest sleeps for a millisecond at a time.",
    "workloads.power_off": "The guest of these workloads powers off.",
    "guest_soak.saves_40": "A Linux guest under load is saved and restored 40 times.",
    "hostile_guest.coprocessors": "No coprocessor instruction of a guest harms the host.",
    "hostile_guest.accesses": "No access of a guest around its memory and its GIC harms the host.",
    "hostile_guest.lost_ground": "A guest that breaks its vectors, page tables or GIC harms only "
                                 "itself.",
    "hostile_guest.gic_storm": "vCPUs that write anything anywhere in their GIC do not harm the "
                               "host.",
    "hostile_guest.module_goes": "After hostile guests the module unloads.",
    "hostile_memory.oom": "A VMM that uses up the host's memory by the tables of its guests is the "
                          "only process that the OOM killer ends.",
    "hostile_memory.flush_loop": "While a guest flushes its memory repeatedly, other vCPUs run, "
                                 "and no lock is held for more than 64 descriptors.",
    "hostile_memory.module_goes": "After hostile use of memory the module unloads.",
    "hostile_vmm.vmms": "VMMs that make random calls on every file descriptor do not harm the "
                        "host.",
    "hostile_vmm.module_goes": "After hostile VMMs the module unloads.",
    "hotplug.while_running": "Guests lose no interrupt while host CPUs go offline and online.",
    "hotplug.while_asleep":
        "Guests that sleep lose no interrupt while host CPUs go offline and online.",
    "hotplug.while_created": "VMs are created and destroyed while host CPUs go offline and online.",
    "hotplug.after_sleep": "After a sleep of the host, no list register has its old contents.",
    "lifecycle.task_work": "Task work of a VMM's thread is done while its guest runs.",
    "lifecycle.reload": "The module loads and unloads repeatedly, and leaks no memory.",
    "lifecycle.kill_vmm": "After a VMM is killed, all its resources are freed.",
    "lifecycle.vmid_rollover": "With more VMs than VMIDs, each finds its own memory.",
    "lifecycle.hyp_fault": "A fault in HYP mode is logged, and the host continues.",
    "lifecycle.unload": "The module unloads at the end, and leaks no memory.",
}
