# SPDX-License-Identifier: GPL-2.0-only
"""Runs programs to their end, and says that it takes time."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts.errors import SetupError

PROGRESS_S = 2


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _die_with_parent() -> None:
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def run(command: Sequence[str], what: str, folder: Path | None = None) -> str:
    """Runs it to its end, saying that it takes time; returns its output.

    Whatever ends this program ends it, too.
    """
    return pipe([command], what, folder)


def pipe(commands: Sequence[Sequence[str]], what: str, folder: Path | None = None) -> str:
    """Like run(), for a pipeline."""
    with contextlib.ExitStack() as stack:
        errors = stack.enter_context(tempfile.TemporaryFile(mode="w+", errors="replace"))
        processes: list[subprocess.Popen[str]] = []
        for command in commands:
            process = stack.enter_context(subprocess.Popen(
                command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=errors,
                stdin=processes[-1].stdout if processes else subprocess.DEVNULL,
                env=dict(os.environ, LC_ALL="C"), preexec_fn=_die_with_parent))
            # Leaving the pipeline early ends it as a whole, before it is waited for.
            stack.callback(process.terminate)
            if processes:
                # So that the one before sees it when the one after has gone.
                processes[-1].stdout.close()
            processes.append(process)
        with ticking(what):
            out = processes[-1].communicate()[0]
            statuses = [process.wait() for process in processes]
        errors.seek(0)
        said = [line.strip() for line in errors if line.strip()]
    if not any(statuses):
        return out
    told = [line for line in said if line.startswith("E:")] or said[-5:]
    failed = next(number for number, status in enumerate(statuses) if status)
    raise SetupError(f"{what} failed: " + ("; ".join(told) or
                     f"{commands[failed][0]} ended with status {statuses[failed]}"))


@contextmanager
def ticking(what: str) -> Iterator[None]:
    """Says every few seconds that it still goes on."""
    began = time.monotonic()
    done = threading.Event()

    def tick() -> None:
        while not done.wait(PROGRESS_S):
            say(f"  ... {what} ({time.monotonic() - began:.0f} s)")

    threading.Thread(target=tick, daemon=True).start()
    try:
        yield
    finally:
        done.set()
