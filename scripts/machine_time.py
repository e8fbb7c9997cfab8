# SPDX-License-Identifier: GPL-2.0-only
"""Measures the time in which a process could run on a busy host.

An emulated machine that makes no progress because its host is busy has not hung. So limits
do not count seconds of the wall clock, but only those in which the emulator could run: not
while it was stopped, and not while one of its threads waited for a CPU of the host. Linux
counts the time of such waits for each thread, in /proc/<pid>/task/<tid>/schedstat
(Documentation/scheduler/sched-stats.rst); on a kernel without that file, limits count
the wall time without the time in which the process was stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

# If more time passes between two readings, this process itself was stopped.
LONGEST_STEP_S = 2.0
# Readings are at least this far apart: each opens two files for each thread, and now() is called
# for each of the hundreds of lines that a program prints per second.
SHORTEST_STEP_S = 0.05
STOPPED = "Tt"
RUNNABLE = "R"


@dataclass(frozen=True)
class Thread:
    """A thread at one moment.

    state is its letter in /proc/<pid>/stat. ran_s: the seconds that it has run. waited_s: the
    seconds that it has waited for a CPU, without a wait in progress. Both are None if the kernel
    does not count them.
    """

    state: str
    ran_s: float | None = None
    waited_s: float | None = None


def read_threads(pid: int, proc: Path = Path("/proc")) -> dict[str, Thread]:
    """Returns the threads of a process by their ids; empty if it has ended."""
    threads = {}
    for folder in (proc / str(pid) / "task").glob("*"):
        try:
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            continue  # the thread ended between the two reads
        try:
            ran, waited = (folder / "schedstat").read_text().split()[:2]
            threads[folder.name] = Thread(state, int(ran) / 1e9, int(waited) / 1e9)
        except (OSError, ValueError):
            threads[folder.name] = Thread(state)
    return threads


def lost_s(before: Mapping[str, Thread], after: Mapping[str, Thread], step_s: float,
           known_s: dict[str, float]) -> float:
    """Returns how many of step_s seconds between two readings a process could not run.

    The kernel's count lacks a wait that is still in progress. Such a wait is counted here, and
    known_s remembers its length by thread, so that it is not counted twice.
    """
    if any(thread.state in STOPPED for now in (before, after) for thread in now.values()):
        return step_s
    most = 0.0
    for name, now in after.items():
        then = before.get(name)
        if then is None or now.ran_s is None or then.ran_s is None:
            continue
        waited = now.waited_s - then.waited_s
        if waited > 0:
            already = min(known_s.get(name, 0.0), waited)
            known_s[name] = known_s.get(name, 0.0) - already
            waited -= already
        elif now.state == RUNNABLE and now.ran_s == then.ran_s:
            waited = step_s
            known_s[name] = known_s.get(name, 0.0) + step_s
        most = max(most, waited)
    return min(most, step_s)


class MachineClock:
    """Counts the time in which a process could run since its clock was made.

    now() has to be called about every second, because it only sees differences between two
    calls.
    """

    def __init__(self, pid: int, threads: Callable[[int], dict[str, Thread]] = read_threads,
                 wall: Callable[[], float] = time.monotonic) -> None:
        self._pid = pid
        self._read_threads = threads
        self._wall = wall
        self._at = wall()
        self._threads = threads(pid)
        self._known_s: dict[str, float] = {}
        self._time_s = 0.0

    def now(self) -> float:
        """Returns the seconds in which the process could run, up to SHORTEST_STEP_S ago."""
        at = self._wall()
        if at - self._at < SHORTEST_STEP_S:
            return self._time_s
        threads = self._read_threads(self._pid)
        step_s = min(at - self._at, LONGEST_STEP_S)
        self._time_s += step_s - lost_s(self._threads, threads, step_s, self._known_s)
        self._at, self._threads = at, threads
        return self._time_s
