# SPDX-License-Identifier: GPL-2.0-only
"""Runs the test programs on one target, and writes down what came of it.

A program, or the machine under it, may end at any point. Then the test that
ran has failed, and the program is started again after that test, on a machine
that is booted again if need be. There are limits to that; what is left when
they are reached is "not run".
"""

from __future__ import annotations

import asyncio
import json
import math
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from scripts import kernel_log
from scripts.errors import SetupError
from scripts.qemu import Images, Logs, Machine, MachineGone, Reply
from scripts.targets import Target
from tools import junit, ktap, summary
from tools.files import write_file
from tools.results import FAILED, NOT_RUN, PASSED, SKIPPED, Result, count, not_run, word

MAX_RESTARTS = 3  # of one program
MAX_SENDS = 3  # of one request
MAX_BOOTS = 11  # of one target: the first, and ten more

# How long the host waits after the guest should have ended a program.
GRACE_S = 15.0
LIST_LIMIT_S = 30.0

KERNEL_LOG = "kernel.log"
PROBE = "probe"
FEATURE_WORD = "feature"


@dataclass(frozen=True)
class Program:
    """A test program.

    limit_s is how long it may run, None for the target's; tests a pattern for its
    --tests, None for the plan's.
    """

    name: str
    limit_s: float | None = None
    tests: str | None = None


@dataclass(frozen=True)
class Plan:
    """What to run on a target, and where its results go.

    tests is a pattern for the programs' --tests, or None for all tests. command
    is what a person types to run the target again.
    """

    target: Target
    images: Images
    accel: str
    programs: Sequence[Program]
    tests: str | None
    results: Path
    command: str = ""


class Listener(Protocol):
    """Hears of things as they happen."""

    def note(self, target: str, text: str) -> None:
        """Something went on."""

    def line(self, target: str, text: str) -> None:
        """A test program printed a line."""

    def plan(self, target: str, program: str, tests: int) -> None:
        """A program begins, or a part of it, which has so many tests; 0: it cannot say."""

    def result(self, target: str, result: Result) -> None:
        """A result is there, or has changed."""


class Abandoned(Exception):
    """Nothing more can be run on this target; the text says why."""


@dataclass(frozen=True)
class Ending:
    """How a program ended.

    status is None if it has none. cause says what ended it, None if it ended
    by itself. lost: the machine is gone as well.
    """

    status: int | None
    cause: str | None = None
    lost: bool = False


# Names of tests, by the target's architecture and programs, and the command without --list.
Known = dict[tuple[str, str, str], list[str]]


class Session:
    """One run on one target: run() once, which returns the summary.

    known is for the sessions that run the same build of the programs: what a program
    lists is compiled in, so that one of them is enough to ask it.
    """

    def __init__(self, plan: Plan, listener: Listener, known: Known | None = None) -> None:
        self._plan = plan
        self._known = {} if known is None else known
        self._target = plan.target
        self._listener = listener
        self._folder = plan.results / plan.target.name
        self._release = ""
        self._boots = 0
        self._machine: Machine | None = None
        self._logs: Logs | None = None
        self._own: list[Result] = []
        self._judges: list[ktap.ProgramJudge] = []
        self._open: ktap.ProgramJudge | None = None
        self._waiting = list(plan.programs)
        self._ahead: list[str] = []
        self._alarms: list[kernel_log.Alarm] = []
        self._started = time.monotonic()
        self.max_boots = MAX_BOOTS

    # ---- the whole ----

    async def run(self) -> dict[str, Any]:
        """Runs everything, writes the results, returns what summary.json holds.

        If it is cancelled it still does, with what there is. Raises SetupError
        if the results cannot be written or QEMU cannot be started.
        """
        self._started = time.monotonic()
        interrupted = False
        why = "the target ended early"
        try:
            self._prepare_folder()
            try:
                async with asyncio.timeout(self._target.target_limit):
                    await self._run_programs()
            except TimeoutError:
                why = ("the target's time limit of "
                       f"{self._target.target_limit:g} s is over")
            except Abandoned as reason:
                why = str(reason)
            except asyncio.CancelledError:
                why = "interrupted"
                interrupted = True
            finally:
                # Also when something else went wrong: no machine stays behind.
                await self._lose_machine()
            self._abandon_rest(why, interrupted)
            return self._finish(interrupted)
        except OSError as error:
            raise SetupError(f"cannot write the results to {self._folder}: "
                             f"{error.strerror}; free some space there, or "
                             "point BUILD= elsewhere") from error
        finally:
            self._close_logs()

    def never_ran(self) -> dict[str, Any]:
        """Returns the summary of a run that was stopped before it began."""
        return summary.summarize(self._target.name, "", 0.0, [], True, self._plan.command)

    def _prepare_folder(self) -> None:
        if self._folder.exists():
            shutil.rmtree(self._folder)
        self._folder.mkdir(parents=True)
        # Unbuffered: what is in them survives whatever happens to us.
        self._logs = Logs(
            (self._folder / "channel.log").open("wb", buffering=0),
            (self._folder / "kernel.log").open("wb", buffering=0))

    def _close_logs(self) -> None:
        if self._logs:
            self._logs.channel.close()
            self._logs.console.close()
            self._logs = None

    async def _run_programs(self) -> None:
        await self._boot()
        await self._check_refused()
        await self._check_features()
        while self._waiting:
            await self._run_program(self._waiting[0])
        await self._check_post()
        if self._machine:
            await self._machine.power_off()

    def _abandon_rest(self, why: str, interrupted: bool) -> None:
        """Every program that is not through gets its results nevertheless.

        A test that was interrupted has not failed.
        """
        if self._open:
            judge, again, changed = self._open, "", []
            if judge.running and not interrupted:
                again, changed = judge.end(None, why, time.monotonic())
            if again is not None:
                changed += judge.abandon(why)
            self._tell(changed)
            self._open = None
        for program in self._waiting:
            judge = ktap.ProgramJudge(program.name, None)
            self._judges.append(judge)
            self._tell(judge.abandon(why))
        self._waiting = []

    def _finish(self, interrupted: bool) -> dict[str, Any]:
        if self._boots and not interrupted:
            self._check_kernel_log()
        if self._target.expect == "skip" and not interrupted:
            self._check_all_skipped()
        results = [result for result in self._own
                   if result.test != KERNEL_LOG]
        for judge in self._judges:
            results += judge.results
        results += [result for result in self._own if result.test == KERNEL_LOG]

        name, kernel = self._target.name, self._release or "(did not boot)"
        for unrun in not_run(results):
            self._listener.note(name, str(unrun))
        wall_s = time.monotonic() - self._started
        found = summary.summarize(name, kernel, wall_s, results, interrupted,
                                  self._plan.command)
        write_file(self._folder / "results.ktap",
                   ktap.document(results, ktap.about_line(
                       name, self._release, found["ended"])).encode())
        write_file(self._folder / "junit.xml",
                   junit.to_xml(name, kernel, results))
        write_file(self._folder / "summary.json",
                   json.dumps(found, indent=1).encode() + b"\n")
        return found

    def _tell(self, results: Iterable[Result]) -> None:
        for result in results:
            self._listener.result(self._target.name, result)

    def _own_result(self, test: str, problem: str | None,
                    log: Sequence[str] = (), culprit: str = "") -> None:
        """Files a result of the runner itself: a failure if there is a problem."""
        result = Result(test, "", FAILED if problem else PASSED, problem or "",
                        log=list(log), culprit=culprit)
        self._own.append(result)
        self._tell([result])

    # ---- the machine ----

    async def _boot(self) -> None:
        """Boots the machine and prepares it. Raises Abandoned if it cannot."""
        self._boots += 1
        if self._boots > self.max_boots:
            raise Abandoned(f"the target had to be booted {self.max_boots} times, "
                            "which is the limit")
        header = (f"==== {self._target.name}: boot {self._boots} ====\n")
        for log in (self._logs.channel, self._logs.console):
            log.write(header.encode())

        began = time.monotonic()
        self._machine = Machine(self._target, self._logs)
        if self._target.icount and self._boots == 1:
            self._ahead = self._first_requests()
        await self._machine.start(self._plan.images, self._plan.accel, self._ahead)
        try:
            async with asyncio.timeout(self._target.boot_limit):
                ready = await self._await_ready()
            self._release = ready.rest.split(" ")[0]
        except TimeoutError:
            await self._no_boot("the guest did not answer within "
                                f"{self._target.boot_limit:g} s")
        except MachineGone as gone:
            await self._no_boot(str(gone))
        self._listener.note(
            self._target.name, f"{self._release} is up after "
            f"{time.monotonic() - began:.1f} s")

        for command in self._target.pre:
            said: list[str] = []
            ending = await self._exchange(command, LIST_LIMIT_S, said.append)
            if ending.cause or ending.status:
                why = ending.cause or _last(said) or ktap.describe_status(ending.status)
                await self._no_boot(f"'{command}' failed: {why}", said)

    async def _await_ready(self) -> Reply:
        while True:
            line = await self._machine.read(self._target.boot_limit)
            if isinstance(line, Reply) and line.word == "ready":
                return line

    async def _no_boot(self, why: str, said: Sequence[str] = ()) -> None:
        log = kernel_log.since(self._machine.console, None)
        self._own_result("target.boot", f"expected the target to come up: {why}",
                         [*said, *log])
        await self._lose_machine()
        raise Abandoned("the target did not come up")

    async def _lose_machine(self, test: str | None = None) -> None:
        """Ends the machine. If a test took it down, test is its name; then
        what the kernel said about that is in the test's own log already.
        """
        if not self._machine:
            return
        machine, self._machine = self._machine, None
        self._ahead = []
        await machine.stop()
        lines = machine.console
        if test is not None:
            lines = kernel_log.before(lines, test)
        self._alarms += kernel_log.alarms(lines)

    def _first_requests(self) -> list[str]:
        """What the guest is asked for after it has booted, as long as all goes well."""
        requests = [_request(command, LIST_LIMIT_S)
                    for command in (*self._target.pre, *self._target.refused, PROBE)]
        for program in self._waiting:
            command = self._command_line(program)
            requests += [_request(f"{command} --list", LIST_LIMIT_S),
                         _request(command, self._limit_s(program))]
        return requests

    async def _ask(self, request: str) -> Machine:
        """Sends a request, unless the machine has it already, which is booted if it is gone."""
        if self._ahead and self._ahead[0] != request:
            # It does now what is not wanted any more.
            await self._lose_machine()
        if not self._machine:
            await self._boot()
        if self._ahead:
            self._ahead = self._ahead[1:]
        else:
            await self._machine.command(request)
        return self._machine

    async def _exchange(self, command: str, limit_s: float,
                        on_line: Callable[[str], None]) -> Ending:
        """Runs one command in the guest."""
        request = _request(command, limit_s)
        machine = await self._ask(request)
        seconds = math.ceil(limit_s)
        deadline = time.monotonic() + seconds + GRACE_S
        timed_out = False
        sent = 1
        while True:
            left = deadline - time.monotonic()
            silence = self._target.silence_limit
            try:
                line = await machine.read(max(0.0, min(left, silence)))
            except TimeoutError:
                machine.kill()
                why = (f"no output for {silence:g} s" if left > silence else
                       f"no end {GRACE_S:g} s after the time limit of "
                       f"{seconds} s, when the guest should have ended it")
                return Ending(None, f"the machine hangs: {why}", lost=True)
            except MachineGone as gone:
                return Ending(None, str(gone), lost=True)
            if not isinstance(line, Reply):
                if line.strip():
                    on_line(line)
            elif line.word == "unknown" and sent < MAX_SENDS:
                # The line lost its beginning on its way, as happens once in a
                # thousand on a busy machine; nothing has run.
                sent += 1
                await machine.command(request)
            elif line.word == "timeout":
                timed_out = True
            elif line.word == "exit":
                if timed_out:
                    return Ending(None, "still ran at the end of the program's "
                                        f"time limit of {seconds} s")
                return Ending(int(line.rest))

    # ---- what the target is ----

    async def _check_refused(self) -> None:
        """What cannot work here has to say so, and for the reason expected."""
        if not self._target.refused:
            return
        problems: list[str] = []
        said: list[str] = []
        for command, words in self._target.refused.items():
            here: list[str] = []
            ending = await self._exchange(command, LIST_LIMIT_S, here.append)
            said += here
            if ending.cause:
                got = ending.cause
            elif ending.status == 0:
                got = "that it worked"
            else:
                got = _last(here) or ktap.describe_status(ending.status)
                if words in got:
                    continue
            problems.append(f"expected '{command}' to fail with '{words}', got {got}")
            if ending.lost:
                await self._lose_machine()
        self._own_result("target.refused", "; ".join(problems), said)

    async def _check_post(self) -> None:
        """What is to be said when all is done, e.g. about memory."""
        if not self._target.post:
            return
        problems: list[str] = []
        said: list[str] = []
        for command in self._target.post:
            here: list[str] = []
            ending = await self._exchange(command, self._target.program_limit, here.append)
            said += here
            if ending.cause or ending.status:
                got = ending.cause or _last(here) or ktap.describe_status(ending.status)
                problems.append(f"expected '{command}' to succeed, got: {got}")
            if ending.lost:
                await self._lose_machine()
        self._own_result("target.post", "; ".join(problems), said)

    async def _check_features(self) -> None:
        """A target that lost KVM or its GIC must not pass by skipping."""
        said: list[str] = []
        ending = await self._exchange(PROBE, LIST_LIMIT_S, said.append)
        found = {words[1] for words in map(str.split, said)
                 if len(words) == 2 and words[0] == FEATURE_WORD}
        missing = set(self._target.features) - found
        surplus = set(self._target.lacks) & found
        problem = None
        if ending.cause or ending.status:
            why = ending.cause or ktap.describe_status(ending.status)
            problem = f"'{PROBE}' did not come to its end: {why}"
        elif missing or surplus:
            without = (f" without {_listed(self._target.lacks)}"
                       if self._target.lacks else "")
            problem = (f"expected the features {_listed(self._target.features)}"
                       f"{without}; got {_listed(found)}")
        self._own_result("target.features", problem, said)
        if ending.lost:
            await self._lose_machine()

    def _check_all_skipped(self) -> None:
        others = [result.test for judge in self._judges
                  for result in judge.results if result.outcome not in (SKIPPED, NOT_RUN)]
        problem = None
        if others:
            problem = ("expected every program to skip here; got other results "
                       f"from {_listed(others[:5])}"
                       + (f" and {len(others) - 5} more" if others[5:] else ""))
        elif not self._judges:
            problem = "expected every program to skip here; got no program"
        self._own_result("target.skip", problem)

    def _check_kernel_log(self) -> None:
        found = self._alarms
        self._own_result(KERNEL_LOG, kernel_log.complaint(found) if found else None,
                         kernel_log.told(found), kernel_log.culprit(found))

    # ---- a program ----

    async def _list(self, command: str) -> tuple[list[str] | None, str | None]:
        """Returns the names of a program's tests, and what is wrong with them.

        The names are None if the program does not know them: where it skips as
        a whole, it need not.
        """
        said: list[str] = []
        ending = await self._exchange(f"{command} --list", LIST_LIMIT_S,
                                      said.append)
        names = [line.strip() for line in said]
        if ending.lost:
            await self._lose_machine()
        if ending.cause:
            return None, ending.cause
        if ending.status == ktap.STATUS_SKIP:
            return None, None
        if ending.status:
            return None, ktap.describe_status(ending.status)
        for name in names:
            if not ktap.NAME_LINE.fullmatch(name):
                return None, f"expected names of tests, got {ktap.shorten(name)!r}"
        if len(set(names)) != len(names):
            return None, "a name comes twice"
        return names, None

    async def _names(self, command: str) -> tuple[list[str] | None, str | None]:
        """As _list(), but asks only what no session has asked before."""
        key = self._target.arch, self._target.programs, command
        # What is asked ahead has to be read, too.
        if key in self._known and not self._ahead:
            return self._known[key], None
        names, trouble = await self._list(command)
        if names is not None:
            self._known[key] = names
        return names, trouble

    def tests_of(self, program: Program) -> str | None:
        """Which of a program's tests are to run, as its --tests; None: all."""
        return program.tests or self._plan.tests

    def _command_line(self, program: Program) -> str:
        tests = self.tests_of(program)
        return f"{program.name} --tests {tests}" if tests else program.name

    def _limit_s(self, program: Program) -> float:
        return program.limit_s or self._target.program_limit

    async def _run_program(self, program: Program) -> None:
        began = time.monotonic()
        command = self._command_line(program)
        tests = self.tests_of(program)

        names, trouble = await self._names(command)
        # Not before: until it could be asked, it has not run.
        self._waiting = [waiting for waiting in self._waiting if waiting is not program]
        if names == [] and tests and not program.tests:
            return
        judge = ktap.ProgramJudge(program.name, names)
        if names == [] and tests:
            # The pattern is this program's own: who wrote it meant some of its tests.
            judge.complain(f"expected a test that fits '{tests}', there is none")
        if trouble:
            judge.complain(f"{program.name} --list: {trouble}")
        self._judges.append(judge)
        self._open = judge
        self._listener.plan(self._target.name, program.name, len(names or ()))

        def take(line: str) -> None:
            self._listener.line(self._target.name, line)
            self._tell(judge.feed(line, time.monotonic()))

        after: str | None = None
        for restarts in range(MAX_RESTARTS + 1):
            part = f"{command} --after {after}" if after else command
            ending = await self._exchange(part, self._limit_s(program), take)
            running = judge.running
            log = (kernel_log.since(self._machine.console, running)
                   if ending.lost else [])
            after, changed = judge.end(ending.status, ending.cause,
                                       time.monotonic(), log)
            self._tell(changed)
            if ending.lost:
                await self._lose_machine(running or program.name)
            if after is None:
                break
            if restarts == MAX_RESTARTS:
                self._tell(judge.abandon(
                    f"{program.name} had to be started again "
                    f"{MAX_RESTARTS} times, which is the limit"))
        self._open = None
        counts = count(judge.results)
        words = ", ".join(f"{n} {word(outcome)}" for outcome, n in counts.items() if n)
        self._listener.note(self._target.name, f"{program.name}: {words} in "
                            f"{time.monotonic() - began:.1f} s")


def _request(command: str, limit_s: float) -> str:
    """The line that has guest/init run a command."""
    return f"run {math.ceil(limit_s)} {command}"


def _last(lines: Sequence[str]) -> str:
    """The last line that a command printed, which is most often the reason."""
    return lines[-1].strip() if lines else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "(none)"
