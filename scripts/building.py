# SPDX-License-Identifier: GPL-2.0-only
"""Work shared by threads: each item is made once, and jobs that use all CPUs take turns."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from scripts.errors import SetupError
from scripts.processes import GROUP

ROOT = Path(__file__).resolve().parent.parent

Thing = TypeVar("Thing")

# The time after which a waiting thread notices that its group is stopped.
NOTICE_S = 0.2

# In MAKEFLAGS: the number of jobs, and how make shares them with a make that it starts.
JOBS = re.compile(r"(?:^|\s)(?:-j\s*(\d*)|--jobserver\S*)(?=\s|$)")


class Once:
    """Makes each item once: the first thread that asks makes it, and others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[Any, Future[Any]] = {}

    def __call__(self, key: Any, make: Callable[[], Thing]) -> Thing:
        with self._lock:
            first = key not in self._made
            future = self._made.setdefault(key, Future())
        if first:
            try:
                future.set_result(make())
            except BaseException as error:
                future.set_exception(error)
        return future.result()


class Turns:
    """One thread at a time: among those that wait, the one with the lowest rank is next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[int, int]] = []
        self._numbers = itertools.count()
        self._busy = False

    @contextmanager
    def turn(self, rank: int) -> Iterator[None]:
        ticket = (rank, next(self._numbers))
        with self._changed:
            self._waiting.append(ticket)
            try:
                while self._busy or min(self._waiting) != ticket:
                    self._changed.wait(NOTICE_S)
                    GROUP.get().check()
                self._busy = True
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._busy = False
                self._changed.notify_all()


def make(command: str, *words: str) -> None:
    """Runs make, with a job for each CPU unless the user gave a number.

    Its output goes to standard error. Raises SetupError if it fails.
    """
    flags = os.environ.get("MAKEFLAGS", "")
    jobs = [match[1] for match in JOBS.finditer(flags) if match[1]]
    environment = {**os.environ, "MAKEFLAGS": JOBS.sub("", flags)}
    group = GROUP.get()
    with group.started(
            [*shlex.split(command), f"-j{jobs[-1] if jobs else os.cpu_count() or 1}", *words],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr) as process:
        status = process.wait()
    group.check()
    if status:
        raise SetupError(f"cannot build {words[-1]}: make ended with status {status}, see above")
