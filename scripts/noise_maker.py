#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes noise around the machines of one run; run_noise.py starts one for each run.

    noise_maker.py KIND SEED TARGET PID CPU

Acts on the QEMU processes among the descendants of PID, and on no others, until its standard
input ends, as it does when run_noise.py is killed. Then undoes everything, and prints a
description of the noise as a line of JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import noise

QEMU = "qemu-system-"
# The names that QEMU gives its threads on request. With TCG on one thread, that thread runs all
# CPUs.
VCPU = re.compile(r"(CPU \d+|ALL CPUs)/(TCG|KVM)")

LOOPS = 4
# How often to look for a machine while none runs.
POLL_S = 0.05
# The lowest weight that an autogroup can have.
LOWEST_NICE = 19
# For users other than root, Linux allows one change of an autogroup in a tenth of a second, on the
# whole machine.
AUTOGROUP_TRIES = 50
AUTOGROUP_PAUSE_S = 0.05


# ---- processes ----

def _status(stat: Path) -> tuple[str, int] | None:
    """The name and the parent that a stat file states; None if the process is gone."""
    try:
        text = stat.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name may contain any character, such as brackets.
    name, _, rest = text.partition("(")[2].rpartition(")")
    return name, int(rest.split()[1])


def descendants(root: int) -> dict[int, str]:
    """The names of all processes below root, by their numbers."""
    found = {int(path.name): status for path in Path("/proc").glob("[0-9]*")
             if (status := _status(path / "stat"))}
    children: dict[int, list[int]] = {}
    for pid, (_, parent) in found.items():
        children.setdefault(parent, []).append(pid)
    below: dict[int, str] = {}
    waiting = [root]
    while waiting:
        for pid in children.get(waiting.pop(), ()):
            below[pid] = found[pid][0]
            waiting.append(pid)
    return below


def machines(root: int) -> list[int]:
    """The QEMU processes below root."""
    return sorted(pid for pid, name in descendants(root).items() if name.startswith(QEMU))


def vcpu_threads(pid: int) -> list[int]:
    """The threads of a QEMU process that execute the machine's CPUs."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if VCPU.match((task / "comm").read_text(encoding="utf-8", errors="replace")):
                found.append(int(task.name))
    return sorted(found)


def hold(pid: int, root: int) -> int | None:
    """Returns a pidfd of a machine below root; None if the machine is gone."""
    try:
        held = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    # The pid may have been reused before this point, but not after it.
    if pid in machines(root):
        return held
    os.close(held)
    return None


def _send(held: int, number: int) -> bool:
    try:
        signal.pidfd_send_signal(held, number)
    except ProcessLookupError:
        return False
    return True


def autogroup_nice(pid: int) -> int | None:
    """The nice value of a process's autogroup; None if the kernel has no autogroups."""
    try:
        text = Path(f"/proc/{pid}/autogroup").read_text(encoding="ascii")
    except OSError:
        return None
    return int(text.split()[-1]) if " nice " in text else None


def set_autogroup_nice(pid: int, nice: int) -> None:
    for _ in range(AUTOGROUP_TRIES):
        try:
            Path(f"/proc/{pid}/autogroup").write_text(str(nice), encoding="ascii")
            return
        except BlockingIOError:
            time.sleep(AUTOGROUP_PAUSE_S)
        except OSError:
            return  # gone


def release(root: int) -> None:
    """Undoes the noise of a maker that was killed."""
    for pid in machines(root):
        if (held := hold(pid, root)) is None:
            continue
        _send(held, signal.SIGCONT)
        with contextlib.suppress(OSError):
            # The first thread executes no CPU, so its settings were not changed.
            mask = os.sched_getaffinity(pid)
            for thread in vcpu_threads(pid):
                os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))
                os.sched_setaffinity(thread, mask)
        if autogroup_nice(pid) == LOWEST_NICE:
            set_autogroup_nice(pid, 0)
        os.close(held)


# ---- sources of noise ----

class Source(Protocol):
    """A kind of noise. begin() and end() may come several times, in turns."""

    # The number of its actions.
    acts: int

    def begin(self) -> None:
        """Prepares the first step."""

    def step(self) -> float:
        """Does the next step; returns the seconds until the one after it."""

    def end(self) -> None:
        """Undoes all changes, whatever state the noise is in."""

    def description(self) -> str:
        """A description of the noise that was made."""


class Loops:
    """Busy loops. The kernel kills them when this process ends.

    Each loop has a session of its own, because the kernel gives each session the same share
    of the CPUs if it groups processes by session (autogroups): four loops in one session
    would count as one process.
    """

    # The parent may have died before setpriv set the signal for that case.
    BODY = '[ "$PPID" = "$1" ] && while :; do :; done'

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []
        self.cpu_s = 0.0

    def start(self, number: int, cpu: int | None) -> None:
        pinned = [] if cpu is None else ["taskset", "-c", str(cpu)]
        self._running += [subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", *pinned,
             "sh", "-c", self.BODY, "loop", str(os.getpid())],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
            for _ in range(number)]

    def stop(self) -> None:
        for loop in self._running:
            loop.kill()
        while self._running:
            _, status, used = os.wait4(self._running[-1].pid, 0)
            self._running.pop().returncode = status
            self.cpu_s += used.ru_utime + used.ru_stime


class Busy:
    """Busy loops beside the machine."""

    def __init__(self, loops: int, cpu: int | None) -> None:
        self._number = loops
        self._cpu = cpu
        self._loops = Loops()
        self.acts = 0

    def begin(self) -> None:
        self._loops.start(self._number, self._cpu)
        self.acts += 1

    def step(self) -> float:
        return noise.STOPS_S[1]

    def end(self) -> None:
        self._loops.stop()

    def description(self) -> str:
        return f"{noise.counted(self._number, 'loop')}, {self._loops.cpu_s:.0f} s of CPU"


class Stops:
    """Stops the machine as a whole, and continues it."""

    def __init__(self, root: int, schedule: Iterator[noise.Span]) -> None:
        self._root = root
        self._schedule = schedule
        self._rests_s = 0.0
        self._stopped: list[int] = []
        self._since = 0.0
        self._total_s = 0.0
        self.acts = 0

    def begin(self) -> None:
        pass

    def step(self) -> float:
        if self._stopped:
            self.end()
            return self._rests_s
        for pid in machines(self._root):
            if (held := hold(pid, self._root)) is not None:
                # Add to the list first, since a signal to this process may come at any point.
                self._stopped.append(held)
                _send(held, signal.SIGSTOP)
        if not self._stopped:
            return POLL_S
        span = next(self._schedule)
        self._rests_s = span.rests_s
        self._since = time.monotonic()
        self.acts += 1
        return span.acts_s

    def end(self) -> None:
        if self._stopped:
            self._total_s += time.monotonic() - self._since
        while self._stopped:
            _send(self._stopped[-1], signal.SIGCONT)
            os.close(self._stopped.pop())

    def description(self) -> str:
        return f"{noise.counted(self.acts, 'stop')}, {self._total_s:.0f} s"


@dataclass(frozen=True)
class Starved:
    """A thread that starves, and its state to restore."""

    pid: int
    thread: int
    affinity: set[int]
    nice: int | None


class Starve:
    """Lets one CPU of the machine starve for a span, then another CPU.

    The thread that executes that CPU gets the policy SCHED_IDLE, on a host CPU on which
    four busy loops run. So the thread gets a few thousandths of the host CPU. It starves only for
    spans, because a run with permanent starvation would take hours.

    Where the kernel groups processes by session, SCHED_IDLE counts within QEMU's own group.
    If no other thread of it is busy, as with TCG on one thread, the thread still gets the
    share of its group. In that case the group gets the lowest weight, too.
    """

    def __init__(self, root: int, schedule: Iterator[noise.Span], cpu: int) -> None:
        self._root = root
        self._schedule = schedule
        self._cpu = cpu
        self._loops = Loops()
        self._starved: Starved | None = None
        self._last = 0
        self._rests_s = 0.0
        self._since = 0.0
        self._total_s = 0.0
        self.acts = 0

    def begin(self) -> None:
        self._loops.start(LOOPS, self._cpu)

    def step(self) -> float:
        if self._starved:
            self._stop_starving()
            return self._rests_s
        # A target may have several machines.
        threads = {thread: pid for pid in machines(self._root) for thread in vcpu_threads(pid)}
        others = [thread for thread in threads if thread != self._last] or list(threads)
        if not others:
            return POLL_S
        span = next(self._schedule)
        thread = noise.choose(others, span.choice)
        pid = threads[thread]
        if not self._starve(pid, thread, alone=list(threads.values()).count(pid) == 1):
            return POLL_S
        self._last = thread
        self._rests_s = span.rests_s
        self._since = time.monotonic()
        self.acts += 1
        return span.acts_s

    def _starve(self, pid: int, thread: int, alone: bool) -> bool:
        try:
            nice = autogroup_nice(pid) if alone else None
            self._starved = Starved(pid, thread, os.sched_getaffinity(thread), nice)
            os.sched_setaffinity(thread, {self._cpu})
            os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))
        except ProcessLookupError:
            self._starved = None
            return False
        if nice is not None:
            set_autogroup_nice(pid, LOWEST_NICE)
        return True

    def _stop_starving(self) -> None:
        starved, self._starved = self._starved, None
        if not starved:
            return
        self._total_s += time.monotonic() - self._since
        with contextlib.suppress(ProcessLookupError):
            os.sched_setscheduler(starved.thread, os.SCHED_OTHER, os.sched_param(0))
            os.sched_setaffinity(starved.thread, starved.affinity)
        if starved.nice is not None:
            set_autogroup_nice(starved.pid, starved.nice)

    def end(self) -> None:
        self._stop_starving()
        self._loops.stop()

    def description(self) -> str:
        return f"{noise.counted(self.acts, 'starved span')}, {self._total_s:.0f} s"


class OneCpu:
    """A busy loop on the run's only host CPU; the other kinds join in turns."""

    def __init__(self, root: int, schedule: Iterator[noise.Span], cpu: int,
                 others: Sequence[Source]) -> None:
        self._root = root
        self._schedule = schedule
        self._cpu = cpu
        self._others = others
        self._loops = Loops()
        self._turn: Source | None = None
        self._until = 0.0
        self._rests_s = 0.0
        self.acts = 0

    def begin(self) -> None:
        self._loops.start(1, self._cpu)
        self.acts += 1

    def step(self) -> float:
        now = time.monotonic()
        if not self._turn:
            if not machines(self._root):
                return POLL_S
            span = next(self._schedule)
            self._rests_s = span.rests_s
            self._until = now + span.acts_s
            self._turn = noise.choose(self._others, span.choice)
            self._turn.begin()
        if now >= self._until:
            turn, self._turn = self._turn, None
            turn.end()
            return self._rests_s
        return min(self._turn.step(), self._until - now)

    def end(self) -> None:
        if self._turn:
            self._turn.end()
            self._turn = None
        self._loops.stop()

    def description(self) -> str:
        return "; ".join(other.description() for other in self._others if other.acts) or "1 loop"


def source(kind: str, seed: int, target: str, root: int, cpu: int) -> Source:
    """Returns the noise of a kind around the descendants of root."""
    def spans(name: str, limits: tuple[float, float]) -> Iterator[noise.Span]:
        return noise.spans(seed, f"{target} {kind} {name}", limits)

    def stops() -> Stops:
        return Stops(root, spans(noise.STOPS, noise.STOPS_S))

    def starve() -> Starve:
        return Starve(root, spans(noise.STARVE, noise.STARVE_S), cpu)

    if kind == noise.BUSY:
        return Busy(LOOPS, None)
    if kind == noise.STOPS:
        return stops()
    if kind == noise.STARVE:
        return starve()
    return OneCpu(root, spans(noise.ONE_CPU, noise.TURN_S), cpu,
                  (Busy(LOOPS - 1, cpu), stops(), starve()))


# ---- the program ----

def make(made: Source, control: int) -> None:
    """Makes noise until data or the end of the file can be read from control."""
    made.begin()
    wait_s = 0.0
    while not select.select([control], [], [], wait_s)[0]:
        wait_s = made.step()


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 5:
        print("usage: noise_maker.py KIND SEED TARGET PID CPU", file=sys.stderr)
        return 2
    kind, seed, target, root, cpu = arguments
    made = source(kind, int(seed), target, int(root), int(cpu))
    endings = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    for number in endings:
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        make(made, sys.stdin.fileno())
    finally:
        for number in endings:
            signal.signal(number, signal.SIG_IGN)
        made.end()
        # run_noise.py may have been killed.
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps({"acts": made.acts, "noise": made.description()}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
