# SPDX-License-Identifier: GPL-2.0-only
"""Runs programs, in parallel if need be, and reports long ones.

A program ends with the thread that started it, even if the thread ends by an exception, by
Group.stop(), or because this program was killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from pathlib import Path
from typing import Any, TypeVar

from scripts.errors import SetupError

Thing = TypeVar("Thing")

# Work that takes longer is reported, and again each time that its duration has doubled.
PROGRESS_S = 2.0
# The longest time between two reports.
PROGRESS_AT_LEAST_S = 30.0
TICK_S = 0.25

# Time for a program to end after SIGTERM, until it gets SIGKILL.
KILL_AFTER_S = 10.0

LOCK_POLL_S = 0.05


def say(text: str) -> None:
    # Write in one call, since other threads may write, too.
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


# ---- programs that end together ----


class Stopped(Exception):
    """The group was stopped; its work is no longer needed."""


class Group:
    """Threads, and the programs that they run, which can be stopped together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[Any]] = set()
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()

    @contextmanager
    def started(self, command: Sequence[str], **how: Any) -> Iterator[subprocess.Popen[Any]]:
        """A running program, which ends when the context is left. Raises Stopped if the group is
        stopped."""
        # The program gets its own process group, so that only this process receives Ctrl-C, and
        # the program's children can be ended with it.
        guard = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
        with self._lock:
            if self._stopped.is_set():
                raise Stopped
            process = subprocess.Popen([*guard, *command], process_group=0, **how)
            self._running.add(process)
        try:
            yield process
        finally:
            end(process)
            for pipe in (process.stdout, process.stderr):
                if pipe:
                    pipe.close()
            with self._lock:
                self._running.discard(process)

    def check(self) -> None:
        if self._stopped.is_set():
            raise Stopped

    def pause(self, seconds: float) -> None:
        """Sleeps. Raises Stopped if the group is stopped meanwhile."""
        if self._stopped.wait(seconds):
            raise Stopped

    def thread(self, call: Callable[[], Thing]) -> Future[Thing]:
        """Runs `call` in a thread of this group."""
        future: Future[Thing] = Future()
        future.set_running_or_notify_cancel()

        def work() -> None:
            GROUP.set(self)
            try:
                self.check()
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)

        thread = threading.Thread(target=copy_context().run, args=(work,))
        with self._lock:
            self._threads.append(thread)
        thread.start()
        return future

    def stop(self) -> None:
        """Ends all threads and programs, and waits until they have cleaned up."""
        self._stopped.set()
        self._send(signal.SIGTERM)
        deadline = time.monotonic() + KILL_AFTER_S
        while threads := self._alive():
            threads[0].join(TICK_S)
            if time.monotonic() > deadline:
                self._send(signal.SIGKILL)

    def _alive(self) -> list[threading.Thread]:
        with self._lock:
            return [thread for thread in self._threads if thread.is_alive()]

    def _send(self, number: int) -> None:
        with self._lock:
            for process in self._running:
                send(process, number)


# The group of the current thread.
GROUP: ContextVar[Group] = ContextVar("GROUP", default=Group())


@contextmanager
def side_by_side() -> Iterator[Group]:
    """A group for threads; those that still run are stopped when the context is left."""
    group = Group()
    try:
        yield group
    finally:
        group.stop()


def send(process: subprocess.Popen[Any], number: int) -> None:
    """Sends a signal to a program and its children."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def end(process: subprocess.Popen[Any]) -> None:
    """Ends the program if it still runs."""
    if process.poll() is not None:
        return
    send(process, signal.SIGTERM)
    try:
        process.wait(KILL_AFTER_S)
    except subprocess.TimeoutExpired:
        send(process, signal.SIGKILL)
        process.wait()


@contextmanager
def locked_file(path: Path, waiting: str, shared: bool = False) -> Iterator[None]:
    """Holds the lock of a file, exclusive or shared. Prints `waiting` if the lock is not free."""
    how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
    announced = False
    with path.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, how)
                break
            except BlockingIOError:
                if not announced:
                    say(waiting)
                announced = True
                # flock() itself would not notice that the group is stopped.
                GROUP.get().pause(LOCK_POLL_S)
        yield


# ---- one program, or a pipeline ----


def run(command: Sequence[str], what: str, folder: Path | None = None) -> str:
    """Runs a command and returns its output. Reports progress if that takes a long time.

    The command ends with this program at the latest.
    """
    return pipe([command], what, folder)


def pipe(commands: Sequence[Sequence[str]], what: str, folder: Path | None = None) -> str:
    """Like run(), for a pipeline."""
    group = GROUP.get()
    with contextlib.ExitStack() as stack:
        errors = stack.enter_context(tempfile.TemporaryFile(mode="w+", errors="replace"))
        processes: list[subprocess.Popen[str]] = []
        for command in commands:
            process = stack.enter_context(group.started(
                command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=errors,
                stdin=processes[-1].stdout if processes else subprocess.DEVNULL,
                env=dict(os.environ, LC_ALL="C")))
            if processes:
                # Leave only the reader's descriptor: a writer gets SIGPIPE after its reader's end.
                processes[-1].stdout.close()
            processes.append(process)
        with ticking(what):
            out = processes[-1].communicate()[0]
            statuses = [process.wait() for process in processes]
        if any(statuses):
            group.check()
            # A program that lost its reader did not cause the failure.
            failed = min((number for number, status in enumerate(statuses) if status),
                         key=lambda number: statuses[number] == -signal.SIGPIPE)
            raise failure(what, errors, commands[failed][0], statuses[failed])
    return out


def failure(what: str, errors: Any, program: str, status: int | str) -> SetupError:
    """The error about a program that failed; `errors` is the file with its standard error."""
    errors.seek(0)
    lines = [line.strip() for line in errors if line.strip()]
    reasons = [line for line in lines if line.startswith("E:")] or lines[-5:]
    return SetupError(f"{what} failed: " + ("; ".join(reasons) or
                      f"{program} ended with status {status}"))


# ---- progress ----


class Progress:
    """Prints periodically which work is still in progress."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Description, start, and time of the next message.
        self._ongoing: dict[object, tuple[str, float, float]] = {}
        self._thread: threading.Thread | None = None

    def add(self, what: str) -> object:
        key, now = object(), time.monotonic()
        with self._lock:
            self._ongoing[key] = what, now, now + PROGRESS_S
            if not self._thread:
                self._thread = threading.Thread(target=self._print_due, daemon=True)
                self._thread.start()
        return key

    def remove(self, key: object) -> None:
        with self._lock:
            self._ongoing.pop(key)

    def due(self) -> list[str] | None:
        """Messages to print now; None once no work is in progress."""
        now, lines = time.monotonic(), []
        with self._lock:
            if not self._ongoing:
                self._thread = None
                return None
            for key, (what, began, due) in self._ongoing.items():
                if now >= due:
                    took = now - began
                    lines.append(f"{what} ({took:.0f} s)")
                    self._ongoing[key] = what, began, now + min(took, PROGRESS_AT_LEAST_S)
        return lines

    def _print_due(self) -> None:
        while (lines := self.due()) is not None:
            if lines:
                say(f"  ... {', '.join(lines)}")
            time.sleep(TICK_S)


PROGRESS = Progress()


@contextmanager
def ticking(what: str) -> Iterator[None]:
    """Prints every few seconds that the work is still in progress."""
    key = PROGRESS.add(what)
    try:
        yield
    finally:
        PROGRESS.remove(key)
