#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the test programs on emulated machines: `make run`.

For each target: boots its kernel, runs the programs, and leaves
results.ktap, junit.xml, summary.json, kernel.log and channel.log in
build/results/<target>/. build/results/index.html is the report.
Exit status: 0 all as expected, 1 unexpected failures or passes, 2 an error outside the
tests, 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli, plans, qemu, targets
from scripts.errors import SetupError
from scripts.plans import Pending
from scripts.session import Known, Session
from scripts.targets import Target
from tools import failures, history, matrix, report, summary
from tools.ktap import ABSENT_RESULT, printable
from tools.results import NOT_RUN, UNEXPECTED, Result, alike, word


# Each test that takes this long is reported when it ends. Of faster tests, one is reported
# in each period of this length.
LONG_S = 10.0


@dataclass
class Progress:
    """The progress of a program on a target."""

    began: float
    planned: int = 0
    done: set[str] = field(default_factory=set)


class Console:
    """Shows progress on standard output; a Listener."""

    def __init__(self, verbose: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._verbose = verbose
        self._clock = clock
        # By target and program; and the time of each target's last line.
        self._progress: dict[tuple[str, str], Progress] = {}
        self._last_line: dict[str, float] = {}
        # The command that runs a target again, by the target's name.
        self.commands: dict[str, str] = {}
        # Failures that were shown; further variants of a rule on a target are not shown.
        self._reported: set[tuple[str, ...]] = set()

    @staticmethod
    def say(text: str) -> None:
        cli.say(text)

    def note(self, target: str, text: str) -> None:
        self._last_line[target] = self._clock()
        self.say(f"{target}: {text}")

    def line(self, target: str, text: str) -> None:
        if self._verbose:
            self.say(f"{target}| {printable(text)}")

    def plan(self, target: str, program: str, tests: int) -> None:
        # A program's parts add up, wherever they run.
        progress = self._progress.setdefault((target, program), Progress(self._clock()))
        progress.planned += tests

    def result(self, target: str, result: Result) -> None:
        if result.unexpected:
            self._report_failure(target, result)
        if result.outcome != NOT_RUN:
            self._report_progress(target, result)

    def _report_progress(self, target: str, result: Result) -> None:
        """Prints a line if the test, or the time without a line, took at least LONG_S."""
        progress = self._progress.get((target, result.program))
        if not progress or result.test in progress.done:
            return
        progress.done.add(result.test)
        done, planned, now = len(progress.done), progress.planned, self._clock()
        slow = result.time_s >= LONG_S
        quiet = now - max(progress.began, self._last_line.get(target, progress.began))
        # The end of the program has a line of its own.
        if slow or quiet >= LONG_S and done != planned:
            name = result.test.removeprefix(f"{result.program}.").removeprefix("any.")
            self.note(target, f"{result.program} {done}{f' of {planned}' if planned else ''}: "
                              f"{name} {word(result.outcome)} in {result.time_s:.1f} s")

    def _report_failure(self, target: str, result: Result) -> None:
        run = matrix.Run(target, target, "", command=self.commands.get(target, ""))
        one = matrix.entry(result.test, result.program, result.outcome, result.message,
                           culprit=result.culprit)
        key = (target, one.rule, one.outcome, *alike(one.message))
        # A test that fails for a second reason has a longer message.
        if key not in self._reported and (target, one.test) not in self._reported:
            self._reported |= {key, (target, one.test)}
            self.say(failures.line(failures.Failure(one, [(run, [one])])))


# ---- running it ----

class Interrupted(Exception):
    """A signal arrived; everything is stopped, and the results are written."""

    def __init__(self, number: int, summaries: list[dict[str, Any]]) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number
        self.summaries = summaries


class Slots:
    """Limits the jobs that run at once; a session may use several slots."""

    def __init__(self, number: int) -> None:
        self._all = self._free = number
        self._freed = asyncio.Event()
        self._waiting = 0

    @property
    def spare(self) -> int:
        """The number of free slots for which nothing waits."""
        return 0 if self._waiting else self._free

    def lend(self, task: asyncio.Task[Any]) -> None:
        """Gives a spare slot to a task until the task is done."""
        self._free -= 1

        def back(_: asyncio.Task[Any]) -> None:
            self._free += 1
            self._freed.set()

        task.add_done_callback(back)

    @contextlib.asynccontextmanager
    async def taken(self, count: int) -> AsyncIterator[None]:
        count = min(count, self._all)
        self._waiting += 1
        try:
            while self._free < count:
                self._freed.clear()
                await self._freed.wait()
        finally:
            self._waiting -= 1
        self._free -= count
        try:
            yield
        finally:
            self._free += count
            self._freed.set()


async def run_sessions(pending: Sequence[Pending], jobs: int,
                       console: Console) -> list[dict[str, Any]]:
    """Runs the plans as they get ready, `jobs` at once. Raises Interrupted on a signal.

    A spare slot is used for another machine of the target that has most programs left.
    If a plan raises SetupError, ends the other plans and raises it, too.
    """
    slots = Slots(jobs)
    received: list[int] = []
    running: list[Session] = []

    async def one(each: Pending) -> dict[str, Any]:
        session = None
        try:
            session = Session(await asyncio.wrap_future(each.plan), console, known)
            sessions.append(session)
            async with slots.taken(each.target.jobs):
                running.append(session)
                asyncio.get_running_loop().call_soon(help_others)
                try:
                    return await session.run()
                finally:
                    running.remove(session)
        except asyncio.CancelledError:
            return (session.never_ran() if session else
                    summary.never_ran(each.target.name, each.command))
        finally:
            asyncio.get_running_loop().call_soon(help_others)

    def help_others() -> None:
        while slots.spare and not received and running:
            busiest = max(running, key=lambda session: session.wants_help)
            if not busiest.wants_help:
                break
            helping = busiest.help()
            slots.lend(helping)
            helping.add_done_callback(lambda _: help_others())

    def stop(number: int) -> None:
        if not received:
            console.say(f"{signal.Signals(number).name}: stopping")
            for task in tasks:
                task.cancel()
        received.append(number)

    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task] = []
    for number in cli.SIGNALS:
        loop.add_signal_handler(number, stop, number)
    known: Known = {}
    sessions: list[Session] = []
    tasks += [asyncio.create_task(one(each)) for each in pending]
    _, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    if others:
        for task in others:
            task.cancel()
        await asyncio.wait(others)
    errors = [error for task in tasks if (error := task.exception())]
    if errors:
        raise errors[0]
    summaries = [task.result() for task in tasks]
    for session in sessions:
        if session.starved and not received:
            tasks.append(asyncio.create_task(session.repeat_alone()))
            again = await tasks[-1]
            summaries = [again if earlier["target"] == again["target"] else earlier
                         for earlier in summaries]
    if received:
        raise Interrupted(received[0], summaries)
    return summaries


def lock_results(folder: Path) -> TextIO:
    """Keeps other runs away from the results while the file is open."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise SetupError(f"cannot write the results to {folder}: "
                         f"{error.strerror}; point BUILD= elsewhere") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise SetupError(f"another run is writing to {folder}: wait for it, or "
                         "point BUILD= elsewhere") from error
    return lock


def check_something_ran(options: argparse.Namespace, chosen: Sequence[Target],
                        summaries: Sequence[dict[str, Any]]) -> None:
    """Raises SetupError if a pattern has matched no test: such a run must not be green."""
    if not options.tests or any(s[word] for s in summaries
                                for word in UNEXPECTED):
        return
    able = {target.name for target in chosen if target.expect == "run"}
    ran = [result for s in summaries if s["target"] in able
           for result in s["results"]
           if result["program"] or result["test"].startswith(ABSENT_RESULT)]
    if able and not ran:
        raise SetupError(f"TESTS={options.tests}: expected a program, a rule, a "
                         "test's name or a pattern; it fits no test")


def write_report(options: argparse.Namespace, chosen: Sequence[Target],
                 summaries: Sequence[dict[str, Any]], seconds: float, status: str) -> None:
    """Writes the report, and adds this run to the history of runs. Raises OSError."""
    done = history.record(summaries, summary.now(), seconds,
                          plans.command(options.target, options), status)
    _, problem = history.add(options.results_dir, done)
    report.write(options.results_dir, [target.name for target in chosen], status, problem)


def show(console: Console, options: argparse.Namespace,
         summaries: Sequence[dict[str, Any]]) -> None:
    # The failures again: hundreds of lines may have followed, and CI systems cut long logs.
    runs = matrix.runs_of(summaries)
    again = failures.as_text(runs)
    console.say("\n" + summary.table(summaries) + (f"\n{again}\n" if again else "") +
                f"\nresults: {options.results_dir}/<target>/"
                "{results.ktap,junit.xml,summary.json,kernel.log}"
                f"\nreport:  {options.results_dir}/{report.NAME}")
    first = failures.repeat_first(runs)
    if first:
        console.say(f"\nto repeat the first failure:\n{first}")


def run(options: argparse.Namespace) -> int:
    console = Console(options.verbose)
    if options.prepare:
        plans.make(options, console.say)
        return 0
    began = time.monotonic()
    with plans.prepare(options, console.say) as pending, lock_results(options.results_dir):
        chosen = [each.target for each in pending]
        console.commands = {each.target.name: each.command for each in pending}

        def reported(summaries: Sequence[dict[str, Any]], status: str) -> str:
            """Writes the report. Returns the reason if that fails, "" otherwise."""
            try:
                write_report(options, chosen, summaries, time.monotonic() - began, status)
            except OSError as error:
                return f"cannot write the report to {options.results_dir}: {error.strerror}"
            return ""

        try:
            summaries = asyncio.run(run_sessions(pending, options.jobs, console))
        except Interrupted as interrupted:
            reported(interrupted.summaries, "interrupted")
            show(console, options, interrupted.summaries)
            console.say(f"interrupted by {interrupted}")
            return 128 + interrupted.number
        except SetupError:
            # The error is reported by the caller; if the disk is full, the report fails, too.
            reported([], "broken")
            raise
        green = summary.exit_status(summaries) == summary.EXIT_GREEN
        problem = reported(summaries, "as expected" if green else "unexpected")
        show(console, options, summaries)
        if problem:
            raise SetupError(problem)
    check_something_ran(options, chosen, summaries)
    return summary.exit_status(summaries)


# ---- the command line ----

def build_modules(options: argparse.Namespace) -> int:
    """Prints the path of each module that the chosen targets need."""
    for path in plans.build_modules(options, lambda text: print(text, file=sys.stderr)):
        print(path)
    return 0


def list_targets(path: Path) -> int:
    for line in targets.table(targets.load(path)):
        print(line)
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add = parser.add_argument
    add("--target", action="append", default=[], metavar="NAME[,NAME...]",
        help="run on this target; may be repeated. Default: all default ones")
    add("--tests", metavar="PATTERN[,PATTERN...]",
        help="only these: a program, a rule or a test; shell patterns")
    add("--kernel", metavar="FILE|debian:SUITE",
        help="this kernel image, or that of another Debian suite")
    add("--module", type=Path, metavar="FILE",
        help="this module, instead of one that is built for the kernel")
    add("--qemu", metavar="FILE",
        help="this emulator, on every target. Default: each target's own")
    add("--append", default="", metavar="WORDS",
        help="added to the kernel's command line on every target")
    add("--accel", choices=qemu.ACCELERATORS, default="tcg",
        help="kvm: this arm64 host's KVM, if it supports nested guests. Default: tcg")
    add("--jobs", type=int, default=os.cpu_count() or 1, metavar="N",
        help="targets that run at once. Default: one for each CPU")
    add("-v", "--verbose", action="store_true",
        help="show what the test programs print")
    add("--list", action="store_true", help="list the targets, and run nothing")
    add("--needs", action="store_true",
        help="print what has to be built for the targets, as goals of build.mk, and\n"
             "run nothing")
    add("--modules", action="store_true",
        help="build the targets' kernel modules, print where they are, and run\n"
             "nothing")
    add("--sources", type=Path, default=ROOT, metavar="DIR",
        help="the module's sources. Default: this project's")
    add("--fetch", action="store_true",
        help="fetch what the targets need, and build and run nothing")
    add("--install", action="store_true",
        help="install missing Debian packages")
    add("--make", metavar="COMMAND",
        help="build what the targets run: a make command, to which goals and KSRC= are added")
    add("--prepare", action="store_true",
        help="fetch and build what the targets need, and run nothing")
    add("--build", type=Path, default=cli.build_folder(), metavar="DIR",
        help="the build folder. Default: $BUILD or build/")
    add("--results-dir", type=Path, metavar="DIR",
        help="where the results go. Default: <build>/results")
    add("--programs-dir", type=Path, metavar="DIR",
        help="the test programs, for any architecture.\n"
             "Default: <build>/selftests/<arch>")
    add("--targets", type=Path, metavar="FILE",
        default=ROOT / "scripts" / "targets.toml",
        help="the targets. Default: scripts/targets.toml")
    add("--busybox", type=Path, metavar="FILE",
        help="static BusyBox for the guest. Default: Debian's")
    options = parser.parse_args(arguments)

    options.target = [name for names in options.target for name in cli.words(names)]
    options.tests = cli.test_patterns(options.tests)
    options.jobs = cli.positive("--jobs", options.jobs)
    # QEMU and cpio run in other folders.
    if options.qemu and "/" in options.qemu:
        options.qemu = os.path.abspath(options.qemu)
    options.build = options.build.absolute()
    options.results_dir = (options.results_dir
                           or options.build / "results").absolute()
    return options


def act(options: argparse.Namespace) -> int:
    """Carries out the command line."""
    if options.list:
        return list_targets(options.targets)
    if options.needs:
        print(" ".join(plans.needs(options)))
        return 0
    if options.modules:
        return build_modules(options)
    if options.fetch:
        plans.fetch_all(options, lambda text: None)
        return 0
    return run(options)


def main(arguments: Sequence[str]) -> int:
    return cli.main("run", lambda: act(parse(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
