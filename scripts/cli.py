# SPDX-License-Identifier: GPL-2.0-only
"""The frame of the scripts' main functions: output, errors and signals.

    sys.exit(cli.main("fetch.py", lambda: run(parse(sys.argv[1:]))))

SetupError, wrong arguments and OSError (a full disk behind a redirection, say) end a script
with one line on standard error and status 2. Signal n ends it with status 128 + n. If the reader of
a script's output has closed the pipe, the script ends silently, as `cat` does. A script with other
work to do prints with say(), and continues.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import select
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.errors import SetupError
from scripts.processes import say as log_message
from tools.summary import EXIT_USAGE

ROOT = Path(__file__).resolve().parent.parent

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Patterns of tests reach the programs through a shell's `read`, so they must not need quotes.
PATTERN = re.compile(r"[A-Za-z0-9_.*?\[\]!,+-]+")


class Interrupted(KeyboardInterrupt):
    """A signal arrived. As after Ctrl-C, `finally` and `with` clean up."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Runs all coroutines at once and waits for them. Raises the first error, or Interrupted."""
    received: list[int] = []

    def stop(number: int) -> None:
        received.append(number)
        for task in tasks:
            task.cancel()

    tasks = [asyncio.create_task(one) for one in work]
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not received:
            raise
    # A cancelled task may end without an error.
    if received:
        raise Interrupted(received[0])


# ---- standard files ----

def open_standard_files() -> None:
    """Opens /dev/null in place of standard files that the caller has closed.

    Otherwise the next file to be opened gets one of their numbers, and programs started here write
    to it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    # Python has None for a file that was closed.
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)


# ---- output ----

def _forget_output() -> None:
    """Discards all further output, and the content of the buffer."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """Prints on standard output; without a reader it does nothing, and the script continues."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        _forget_output()


def _reader_is_gone() -> bool:
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return any(events & select.POLLERR for _, events in poll.poll(0))
    except (OSError, ValueError):
        return False


# ---- the end ----

@contextmanager
def _signals() -> Iterator[None]:
    """The first signal raises Interrupted; later ones do not disturb the clean-up."""
    def interrupt(number: int, _: object) -> None:
        for other in SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        raise Interrupted(number)

    # Ignored signals, as under nohup, stay ignored.
    before = {number: signal.getsignal(number) for number in SIGNALS
              if signal.getsignal(number) != signal.SIG_IGN}
    for number in before:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main(name: str, run: Callable[[], int], hint: str = "") -> int:
    """Calls run() and returns the exit status. hint: advice for a user who interrupts it."""
    open_standard_files()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Names and logs may hold any bytes, and a reader should get each line at once.
            stream.reconfigure(errors="backslashreplace", line_buffering=True)
    with _signals():
        try:
            return run()
        except SetupError as error:
            why = str(error)
        except KeyboardInterrupt as error:
            # A KeyboardInterrupt without a number comes from a child that was interrupted.
            by = f" by {error}" if isinstance(error, Interrupted) else ""
            log_message(f"{name}: interrupted{by}" + (f"; {hint}" if hint else ""))
            return 128 + getattr(error, "number", signal.SIGINT)
        except BrokenPipeError as error:
            if _reader_is_gone():
                _forget_output()
                return 128 + signal.SIGPIPE
            why = f"output: {error.strerror}"
        except OSError as error:
            why = f"{error.filename or 'output'}: {error.strerror}"
            if not error.filename:
                # The interpreter would write the buffer when it exits, and fail with status 120.
                _forget_output()
    log_message(f"{name}: {why}")
    return EXIT_USAGE


# ---- arguments ----

def build_folder() -> Path:
    """The build folder, unless the user names another."""
    return Path(os.environ.get("BUILD") or ROOT / "build")


def words(text: str) -> list[str]:
    """The names of a list, which commas or spaces separate."""
    return [word for word in re.split(r"[,\s]+", text) if word]


def test_patterns(text: str | None) -> str | None:
    """TESTS= in the form that the programs take; None: all tests."""
    patterns = ",".join((text or "").split()) or None
    if patterns and not PATTERN.fullmatch(patterns):
        raise SetupError("TESTS: expected names or shell patterns, with a comma "
                         f"between them; got '{patterns}'")
    return patterns


def positive(option: str, number: int) -> int:
    if number < 1:
        raise SetupError(f"{option}: expected 1 or more, got {number}")
    return number
