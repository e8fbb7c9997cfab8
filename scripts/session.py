# SPDX-License-Identifier: GPL-2.0-only
"""Runs the test programs on one target, and writes their results.

A program, or the machine under it, may end at any point. Then the test that ran has failed, and
the program is started again after that test, on a machine that is booted again if need be. The
number of starts and of boots is limited; the tests that are left at a limit are "not run".
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from scripts.errors import SetupError
from scripts.qemu import Images, Logs, Machine, MachineGone, Reply, Starved
from scripts.targets import Target
from tools import junit, kernel_log, ktap, reproducers, summary
from tools.files import write_file
from tools.results import FAILED, NOT_RUN, PASSED, SKIPPED, Result, count, not_run, word

MAX_RESTARTS = 3  # of one program
MAX_SENDS = 3  # of one request
MAX_REPEATS = 3  # of tests in which a CPU was starved
MAX_LATE_BOOTS = 4  # of one machine whose CPUs were starved while they came online
MAX_LATE_REPEATS = 3  # of one test in which a CPU was starved while it came online
MAX_BOOTS = 11  # of one target: the first, and ten more

# How long a program may take to end after a signal, and the limit of --list and of other short
# commands; both in the machine's time.
GRACE_S = 10.0
LIST_LIMIT_S = 30.0
# Limits are for machines that boot in this time, by their own clock. On slower machines the limits
# are longer in proportion.
NOMINAL_BOOT_S = 6.0
# Many hanging tests most likely have one cause, so the silence limit is halved after each hanging
# test of a run, down to this.
LEAST_SILENCE_S = 8.0

KERNEL_LOG = "kernel.log"
PROBE = "probe"
# The command that brings up the CPUs that qemu.LATE_CPUS keeps offline at boot.
LATE_CPUS = "late-cpus"
FEATURE_WORD = "feature"


@dataclass(frozen=True)
class Program:
    """A test program.

    limit_s: its time limit, or None for the target's. tests: a pattern for its --tests, or
    None for the plan's.
    """

    name: str
    limit_s: float | None = None
    tests: str | None = None


@dataclass(frozen=True)
class Plan:
    """The programs to run on a target, and the place of the results.

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
    """Receives the events of a session."""

    def note(self, target: str, text: str) -> None:
        """A message about progress."""

    def line(self, target: str, text: str) -> None:
        """A test program printed a line."""

    def plan(self, target: str, program: str, tests: int) -> None:
        """A program begins, or a part of it. tests: their number, 0 if unknown."""

    def result(self, target: str, result: Result) -> None:
        """A test has a result, or its result has changed."""


class Abandoned(Exception):
    """Nothing more can be run on this target; the text says why."""


@dataclass(frozen=True)
class Ending:
    """The end of a program.

    status: the exit status, or None. cause: what ended the program, None if it exited. lost: the
    machine has ended, too.
    """

    status: int | None
    cause: str | None = None
    lost: bool = False


# Requests to end a program that takes too long: by SIGTERM, and then by SIGKILL.
END, KILL = "end", "kill"
# These requests, also without their first bytes, which may get lost.
LATE_WORDS = {word[start:] for word in (END, KILL) for start in range(len(word))}
# The line with which a program begins a test. After SIGTERM, it means that the program has ended
# the previous test and continues.
RUNS_AGAIN = re.compile(r"# start ")

# Programs' lists of tests, by the target's architecture and programs, the output of its probe,
# and the command without --list.
Known = dict[tuple[str, str, str, str], ktap.Listing]


class Work(Protocol):
    """Work of a session on its machines in place of the plan's programs."""

    async def booted(self, session: Session) -> None:
        """Called after each boot of a machine."""

    async def run(self, session: Session) -> None:
        """Does all of the work; called once."""


class Session:
    """One run on one target. Call run() once; it returns the summary.

    While it runs, each call of help() starts another machine, which takes some of the programs;
    call it when a CPU is free and wants_help is not 0.

    known is shared by sessions that run the same build of the programs. A program's list of tests
    depends only on the system, so one request is enough for all systems with the same output of
    the probe.

    work: replaces running the plan's programs. It uses the methods under "for a Work", and judges
    the output of programs and kernel by itself.
    """

    def __init__(self, plan: Plan, listener: Listener, known: Known | None = None,
                 work: Work | None = None, max_boots: int = MAX_BOOTS) -> None:
        self._plan = plan
        self._work = work
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
        # Words of kernel_says that no kernel log has contained yet.
        self._missing_words = set(plan.target.kernel_says)
        self._slowness = 1.0
        self._hung = 0
        self._used_s = 0.0
        # The probe's output; None until it has run.
        self._system: str | None = None
        self._absences = ktap.Absences()
        self._started = time.monotonic()
        self._number = 1
        self._helpers: list[asyncio.Task[str]] = []
        self._help_failed = False
        self._boots_first = True
        self._late_boots = 0
        # Tests and programs that ran without a CPU that should have been online.
        self._lacking_cpu: set[str] = set()
        # This session and its helpers.
        self._all = [self]
        self._repeated = False
        self._max_boots = max_boots

    # ---- the whole ----

    async def run(self) -> dict[str, Any]:
        """Runs everything, writes the results, returns the content of summary.json.

        If the call is cancelled, it still writes the results so far. Raises SetupError
        if the results cannot be written or QEMU cannot be started.
        """
        self._started = time.monotonic()
        interrupted = False
        try:
            self._prepare_folder()
            self._open_logs()
            try:
                while True:
                    why = await self._use_machine()
                    await self._await_helpers()
                    # A helper that failed has left programs to be run here.
                    if why or not self._waiting:
                        break
            except asyncio.CancelledError:
                why = "interrupted"
                interrupted = True
                await self._end_helpers()
            except BaseException:
                await self._end_helpers()
                raise
            self._abandon(self._waiting, why)
            self._waiting.clear()
            return self._finish(interrupted)
        except OSError as error:
            raise SetupError(f"cannot write the results to {self._folder}: "
                             f"{error.strerror}; free some space there, or "
                             "point BUILD= elsewhere") from error
        finally:
            self._close_logs()

    async def _use_machine(self) -> str:
        """Runs waiting programs on a machine of this session; returns why it had to stop, or
        ""."""
        why = ""
        interrupted = False
        try:
            await self._run_programs()
        except (Abandoned, Starved) as reason:
            why = str(reason)
        except asyncio.CancelledError:
            why = "interrupted"
            interrupted = True
            raise
        finally:
            # Even after an unexpected error, no machine may keep running.
            self._boots_first = False
            try:
                await self._lose_machine()
            finally:
                self._abandon_open(why or "the target ended early", interrupted)
        return why

    # ---- several machines ----

    @property
    def wants_help(self) -> int:
        """The number of waiting programs that another machine could take."""
        alone = self._target.icount or self._target.post or self._target.expect == "skip"
        if alone or not self._logs or self._help_failed:
            return 0
        # Each machine that is still booting will take one.
        return max(0, len(self._waiting) - sum(each._boots_first for each in self._all))

    def help(self) -> asyncio.Task[str]:
        """Starts another machine of the target, which takes waiting programs."""
        other = type(self)(self._plan, self._listener, self._known)
        # Work and results are shared; the machine and its logs are not.
        for name in ("_waiting", "_judges", "_own", "_alarms", "_missing_words", "_absences",
                     "_started"):
            setattr(other, name, getattr(self, name))
        other._number = 2 + len(self._helpers)
        self._all.append(other)
        helper = asyncio.create_task(other._run_as_helper())
        helper.add_done_callback(self._helper_ended)
        self._helpers.append(helper)
        return helper

    def _helper_ended(self, helper: asyncio.Task[str]) -> None:
        # If one machine fails, another would, too.
        self._help_failed |= helper.cancelled() or bool(helper.exception() or helper.result())

    async def _run_as_helper(self) -> str:
        self._open_logs()
        try:
            return await self._use_machine()
        finally:
            self._close_logs()

    async def _end_helpers(self) -> None:
        """Ends the helpers after an error."""
        for helper in self._helpers:
            helper.cancel()
        with contextlib.suppress(Exception):
            await self._await_helpers()

    async def _await_helpers(self) -> None:
        """Waits for all helpers, and raises the error of a helper that failed."""
        while not all(helper.done() for helper in self._helpers):
            await asyncio.wait(self._helpers)
        ended = await asyncio.gather(*self._helpers, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error
        for number in range(2, 2 + len(self._helpers)):
            for log, file in (("channel", self._logs.channel), ("kernel", self._logs.console)):
                part = self._folder / f"{log}-{number}.log"
                if part.exists():
                    file.write(part.read_bytes())
                    part.unlink()

    # ---- once more, alone ----

    @property
    def starved(self) -> bool:
        """True if the host may have caused an alarm in the kernel's log."""
        return not self._repeated and any(alarm.starved for alarm in self._alarms)

    async def repeat_alone(self) -> dict[str, Any]:
        """Repeats tests in which a CPU was starved, while no other machine runs.

        Call it after run() if `starved`. Only alarms that recur count. Returns the
        summary and writes the results, as run() does.
        """
        first, self._alarms = self._alarms, []
        interrupted = undecided = False
        self._open_logs("ab")
        try:
            for test in list(dict.fromkeys(a.test for a in first if a.starved))[:MAX_REPEATS]:
                await self._repeat(test)
        except (Abandoned, Starved) as reason:
            self._listener.note(self._target.name, f"could not be repeated: {reason}")
            undecided = True
        except asyncio.CancelledError:
            interrupted = undecided = True
        finally:
            await self._lose_machine()
            self._close_logs()
        again = undecided or any(alarm.starved for alarm in self._alarms)
        self._alarms = [alarm for alarm in first if again or not alarm.starved] + self._alarms
        self._repeated = True
        return self._finish(interrupted)

    async def _repeat(self, test: str) -> None:
        """Boots a machine and runs a test on it, or no test if the alarm came between tests."""
        await self._boot()
        programs = {result.test: judge.program for judge in self._judges
                    for result in judge.results}
        again = "boots"
        if test in programs:
            again = f"{test} runs"
            await self._exchange(f"{programs[test]} --tests {test}",
                                 self._target.program_limit, lambda _: None)
        alarms = len(self._alarms)
        await self._lose_machine()
        repeated = "and the report recurs" if len(self._alarms) > alarms else (
            "and the report does not recur")
        self._listener.note(self._target.name, "the kernel's log says that a CPU did not get to "
                            f"run; {again} once more, alone, {repeated}")

    def never_ran(self) -> dict[str, Any]:
        """Returns the summary of a run that was stopped before it began."""
        return summary.never_ran(self._target.name, self._plan.command)

    def _prepare_folder(self) -> None:
        if self._folder.exists():
            shutil.rmtree(self._folder)
        self._folder.mkdir(parents=True)

    def _open_logs(self, mode: str = "wb") -> None:
        number = f"-{self._number}" if self._number > 1 else ""
        # Unbuffered, so that they are complete even if this process is killed.
        self._logs = Logs((self._folder / f"channel{number}.log").open(mode, buffering=0),
                          (self._folder / f"kernel{number}.log").open(mode, buffering=0))

    def _close_logs(self) -> None:
        if self._logs:
            self._logs.channel.close()
            self._logs.console.close()
            self._logs = None

    async def _run_programs(self) -> None:
        if self._work:
            await self._work.run(self)
        else:
            await self._boot()
            await self._check_features()
            while self._waiting:
                program = self._waiting.pop(0)
                self._boots_first = False
                await self._run_program(program)
            self._boots_first = False
            await self._check_post()
        if self._machine:
            await self._machine.power_off()

    def _abandon_open(self, why: str, interrupted: bool) -> None:
        """Adds results for the tests that the current program has not run.

        A test that was interrupted has not failed.
        """
        if self._open:
            judge, again, changed = self._open, "", []
            if judge.running and not interrupted:
                again, changed = judge.end(None, why, time.monotonic())
            if again is not None:
                changed += judge.abandon(why)
            self._report_results(changed)
            self._open = None

    def _abandon(self, programs: Sequence[Program], why: str) -> None:
        """Adds results for programs that were not started."""
        for program in programs:
            judge = ktap.ProgramJudge(program.name, None)
            self._judges.append(judge)
            self._report_results(judge.abandon(why))

    def _finish(self, interrupted: bool) -> dict[str, Any]:
        if self._boots and not interrupted and not self._work:
            self._check_kernel_says()
            self._check_kernel_log()
        if self._target.expect == "skip" and not interrupted:
            self._check_all_skipped()
        results = [result for result in self._own
                   if result.test != KERNEL_LOG] + self._absences.results
        for result in self._absences.results:
            self._listener.note(self._target.name, f"{result.test}: {result.message}")
        # In the order of the plan, whichever machine was first.
        order = {program.name: index for index, program in enumerate(self._plan.programs)}
        for judge in sorted(self._judges, key=lambda judge: order.get(judge.program, 0)):
            results += judge.results
        results += [result for result in self._own if result.test == KERNEL_LOG]

        name, kernel = self._target.name, self._release or "(did not boot)"
        for unrun in not_run(results):
            self._listener.note(name, str(unrun))
        wall_s = time.monotonic() - self._started
        found = summary.summarize(name, kernel, wall_s, results, interrupted,
                                  self._plan.command, self._absences.all)
        for result in results:
            reproducers.write(self._folder, result.files)
        write_file(self._folder / "results.ktap",
                   ktap.document(results, ktap.about_line(
                       name, self._release, found["ended"])).encode())
        write_file(self._folder / "junit.xml",
                   junit.to_xml(name, kernel, results))
        write_file(self._folder / "summary.json",
                   json.dumps(found, indent=1).encode() + b"\n")
        return found

    def _report_results(self, results: Iterable[Result]) -> None:
        for result in results:
            self._listener.result(self._target.name, result)

    def _own_result(self, test: str, problem: str | None,
                    log: Sequence[str] = (), culprit: str = "") -> None:
        """Adds a result of the runner itself, which is a failure if there is a problem.

        All machines of a target share the result.
        """
        earlier = next((result for result in self._own if result.test == test), None)
        if earlier:
            if problem:
                earlier.fail(problem)
                self._report_results([earlier])
            return
        result = Result(test, "", FAILED if problem else PASSED, problem or "",
                        log=list(log), culprit=culprit)
        self._own.append(result)
        self._report_results([result])

    # ---- the machine ----

    async def _boot(self) -> None:
        """Boots the machine and prepares it. Raises Abandoned if that fails."""
        self._boots += 1
        if self._boots > self._max_boots:
            raise Abandoned(f"the target had to be booted {self._max_boots} times, "
                            "which is the limit")
        machine = f"machine {self._number}, " if self._number > 1 else ""
        header = f"==== {self._target.name}: {machine}boot {self._boots} ====\n"
        for log in (self._logs.channel, self._logs.console):
            log.write(header.encode())

        self._machine = Machine(self._target, self._logs)
        if self._target.icount and self._boots == 1:
            self._ahead = self._first_requests()
        await self._machine.start(self._plan.images, self._plan.accel, self._ahead)
        limit_s = self._target.boot_limit * self._slowness
        try:
            ready = await self._await_ready(limit_s)
            self._release = ready.rest.split(" ")[0]
        except TimeoutError:
            await self._no_boot(f"the guest did not answer within {limit_s:g} s")
        except MachineGone as gone:
            await self._no_boot(str(gone))
        boot_s = self._machine.time_s()
        self._slowness = max(self._slowness, boot_s / NOMINAL_BOOT_S)
        self._listener.note(self._target.name, f"{self._release} is up after {boot_s:.1f} s")

        for command in self._target.pre:
            await self._prepare_machine(command)
        if self._boots == 1 and self._number == 1:
            await self._check_refused()
        if not await self._prepare_machine(LATE_CPUS):
            await self._boot()
        elif self._work:
            await self._work.booted(self)

    async def _prepare_machine(self, command: str) -> bool:
        """Runs a command that must succeed. Raises Abandoned if it fails.

        Returns False if LATE_CPUS failed and the machine has to be booted again: Linux waits for a
        CPU to come online for one to five seconds of wall time, after which the CPU's state is not
        known.
        """
        output: list[str] = []
        ending = await self._exchange(command, LIST_LIMIT_S, output.append)
        if not ending.cause and not ending.status:
            return True
        console = self._machine.console if self._machine else []
        if (command == LATE_CPUS and self._late_boots < MAX_LATE_BOOTS
                and kernel_log.has_late_cpu(console)):
            self._late_boots += 1
            self._listener.note(self._target.name,
                                "a CPU did not come online in time; the target boots again")
            await self._lose_machine()
            return False
        why = ending.cause or _last(output) or ktap.describe_status(ending.status)
        await self._no_boot(f"'{command}' failed: {why}", output)

    async def _await_ready(self, limit_s: float) -> Reply:
        while True:
            line = await self._machine.read(limit_s - self._machine.time_s())
            if isinstance(line, Reply) and line.word == "ready":
                return line

    async def _no_boot(self, why: str, output: Sequence[str] = ()) -> None:
        log = kernel_log.since(self._machine.console, None)
        self._own_result("target.boot", f"expected the target to come up: {why}",
                         [*output, *log])
        await self._lose_machine()
        raise Abandoned("the target did not come up")

    async def _lose_machine(self, test: str | None = None) -> None:
        """Ends the machine. test: the test that brought the machine down, whose log has the
        kernel's messages already, or None.
        """
        if not self._machine:
            return
        machine, self._machine = self._machine, None
        self._used_s += machine.time_s()
        self._ahead = []
        await machine.stop()
        lines = machine.console
        self._missing_words -= {words for words in self._missing_words
                                if any(words in line for line in lines)}
        self._lacking_cpu |= kernel_log.lacking_cpu(lines)
        if test is not None:
            lines = kernel_log.before(lines, test)
        self._alarms += kernel_log.alarms(lines)

    def _first_requests(self) -> list[str]:
        """The first requests to a booted guest, if none of them fails."""
        requests = [_request(command) for command in
                    (*self._target.pre, *self._target.refused, LATE_CPUS, PROBE)]
        for program in self._waiting:
            command = self._command_line(program)
            requests += [_request(f"{command} --list"), _request(command)]
        return requests

    async def _send_request(self, request: str) -> Machine:
        """Sends a request, unless it was sent ahead; boots a machine if none is up."""
        if self._ahead and self._ahead[0] != request:
            # The machine is processing requests that are no longer needed.
            await self._lose_machine()
        if not self._machine:
            await self._boot()
        if self._ahead:
            self._ahead = self._ahead[1:]
        else:
            await self._machine.command(request)
        return self._machine

    def _silence_s(self) -> float:
        """The machine's silence limit, in its own time."""
        full = self._target.silence_limit
        return max(full / 2 ** self._hung, min(full, LEAST_SILENCE_S)) * self._slowness

    def _left_s(self) -> float:
        """The rest of the target's time."""
        used_s = self._used_s + (self._machine.time_s() if self._machine else 0.0)
        return self._target.target_limit * self._slowness - used_s

    def _check_time_left(self) -> None:
        if self._left_s() <= 0:
            limit_s = self._target.target_limit * self._slowness
            raise Abandoned(f"the target's time limit of {limit_s:g} s is over")

    async def _exchange(self, command: str, limit_s: float,
                        on_line: Callable[[str], None],
                        on_end: Callable[[str], None] | None = None) -> Ending:
        """Runs one command in the guest, for limit_s of the machine's time at most.

        If the command is silent for too long, calls on_end with the reason and sends SIGTERM. The
        command may then print more, or even continue. If it does not end, it gets SIGKILL, and
        then the machine is ended. Raises Abandoned if the target's time is over.
        """
        request = _request(command)
        machine = await self._send_request(request)
        self._check_time_left()
        limit_s *= self._slowness
        deadline_s = machine.time_s() + limit_s
        cause = ""
        signalled = ""
        sent = 1
        while True:
            left_s = deadline_s - machine.time_s()
            silence_s = self._silence_s()
            if not signalled:
                wait_s = min(left_s, silence_s, max(0.0, self._left_s()))
            else:
                wait_s = GRACE_S * self._slowness
            try:
                line = await machine.read(wait_s)
            except MachineGone as gone:
                return Ending(None, str(gone), lost=True)
            except TimeoutError:
                self._check_time_left()
                if signalled == KILL:
                    machine.kill()
                    return Ending(None, f"the machine hangs: {cause}", lost=True)
                if signalled == END:
                    cause += f"; it did not end within {wait_s:g} s, either"
                elif left_s <= silence_s:
                    cause = f"still ran at the end of the program's time limit of {limit_s:g} s"
                else:
                    cause = f"no output for {silence_s:g} s"
                    self._hung += 1
                if not signalled and left_s > silence_s and on_end:
                    signalled = END
                    on_end(cause)
                else:
                    signalled = KILL
                await machine.command(signalled)
                continue
            if not isinstance(line, Reply):
                if signalled == END and RUNS_AGAIN.match(line):
                    signalled = cause = ""
                if line.strip():
                    on_line(line)
            elif line.word == "unknown":
                # The guest received the line without its first bytes, which happens to about
                # one line in a thousand on a busy machine, and has run nothing. If the rest is
                # that of an `end` or `kill` that arrived after the end of its program, the
                # request is not sent again.
                if sent < MAX_SENDS and line.rest not in LATE_WORDS:
                    sent += 1
                    await machine.command(request)
            elif line.word == "exit":
                return Ending(None, cause) if signalled == KILL else Ending(int(line.rest))

    # ---- for a Work ----

    @property
    def target(self) -> Target:
        return self._target

    @property
    def machine(self) -> Machine | None:
        """The machine that is up."""
        return self._machine

    async def boot(self) -> None:
        """Boots a machine, if none is up."""
        if not self._machine:
            await self._boot()

    async def end_machine(self) -> None:
        await self._lose_machine()

    async def command(self, command: str) -> Ending:
        """Runs a command in the guest and ignores its output."""
        ending = await self._exchange(command, LIST_LIMIT_S, lambda _: None)
        if ending.lost:
            await self._lose_machine()
        return ending

    async def list_tests(self, program: str) -> list[str]:
        listing, trouble = await self._list(program)
        if trouble:
            raise Abandoned(f"{program} --list: {trouble}")
        return listing.names if listing else []

    async def run_program(self, program: Program) -> list[Result]:
        """Runs a program and returns its results without adding them to the session's."""
        before = len(self._judges)
        await self._run_program(program)
        judges, self._judges[before:] = self._judges[before:], []
        return [result for judge in judges for result in judge.results]

    def take_alarms(self) -> list[kernel_log.Alarm]:
        """Returns the alarms of machines that ended since the last call."""
        alarms, self._alarms = self._alarms, []
        return alarms

    # ---- checks of the target ----

    async def _check_refused(self) -> None:
        """Checks that the target's `refused` commands fail with the expected reason."""
        if not self._target.refused:
            return
        problems: list[str] = []
        output: list[str] = []
        for command, words in self._target.refused.items():
            here: list[str] = []
            ending = await self._exchange(command, LIST_LIMIT_S, here.append)
            output += here
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
        self._own_result("target.refused", "; ".join(problems), output)

    async def _check_post(self) -> None:
        """Runs the target's last commands, such as a check of its memory."""
        if not self._target.post:
            return
        problems: list[str] = []
        output: list[str] = []
        for command in self._target.post:
            here: list[str] = []
            ending = await self._exchange(command, self._target.program_limit, here.append)
            output += here
            if ending.cause or ending.status:
                got = ending.cause or _last(here) or ktap.describe_status(ending.status)
                problems.append(f"expected '{command}' to succeed, got: {got}")
            if ending.lost:
                await self._lose_machine()
        self._own_result("target.post", "; ".join(problems), output)

    async def _check_features(self) -> None:
        """Fails a target without its features: tests that need them are skipped or not planned."""
        output: list[str] = []
        ending = await self._exchange(PROBE, LIST_LIMIT_S, output.append)
        found = {words[1] for words in map(str.split, output)
                 if len(words) == 2 and words[0] == FEATURE_WORD}
        missing = set(self._target.features) - found
        surplus = set(self._target.lacks) & found
        problem = None
        if ending.cause or ending.status:
            why = ending.cause or ktap.describe_status(ending.status)
            problem = f"'{PROBE}' did not complete: {why}"
        else:
            self._system = "\n".join(output)
        if not problem and (missing or surplus):
            without = (f" without {_listed(self._target.lacks)}"
                       if self._target.lacks else "")
            problem = (f"expected the features {_listed(self._target.features)}"
                       f"{without}; got {_listed(found)}")
        self._own_result("target.features", problem, output)
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

    def _check_kernel_says(self) -> None:
        """Fails a kernel that ignores the mode on its command line."""
        if self._target.kernel_says:
            self._own_result("target.mode", "expected the kernel's log to have "
                             f"{_listed(self._missing_words)}, it does not"
                             if self._missing_words else None)

    def _check_kernel_log(self) -> None:
        found = self._alarms
        self._own = [result for result in self._own if result.test != KERNEL_LOG]
        if self.starved:
            # A repetition will decide; if the run ends here, the result counts as failed.
            self._own.append(Result(KERNEL_LOG, "", FAILED, kernel_log.complaint(found),
                                    log=kernel_log.accounts(found)))
            return
        self._own_result(KERNEL_LOG, kernel_log.complaint(found) if found else None,
                         kernel_log.accounts(found), kernel_log.culprit(found))

    # ---- a program ----

    async def _list(self, command: str) -> tuple[ktap.Listing | None, str | None]:
        """Returns a program's list of tests, and what is wrong with it.

        The list is None if the program cannot name its tests, as is allowed where it skips as a
        whole.
        """
        output: list[str] = []
        ending = await self._exchange(f"{command} --list", LIST_LIMIT_S,
                                      output.append)
        if ending.lost:
            await self._lose_machine()
        if ending.cause:
            return None, ending.cause
        if ending.status == ktap.STATUS_SKIP:
            return None, None
        if ending.status:
            why = ktap.describe_status(ending.status)
            return None, f"{why}: {_last(output)}" if output else why
        try:
            return ktap.read_listing(output), None
        except ValueError as error:
            return None, str(error)

    async def _names(self, command: str) -> tuple[ktap.Listing | None, str | None]:
        """Like _list(), but uses the list that another session got on an equal system."""
        if self._system is None:
            return await self._list(command)
        key = self._target.arch, self._target.programs, self._system, command
        # Answers to requests that were sent ahead have to be read, too.
        if key in self._known and not self._ahead:
            return self._known[key], None
        listing, trouble = await self._list(command)
        if listing is not None:
            self._known[key] = listing
        return listing, trouble

    def _tests_of(self, program: Program) -> str | None:
        """The pattern of a program's tests to run, for its --tests; None: all."""
        return program.tests or self._plan.tests

    def _command_line(self, program: Program) -> str:
        tests = self._tests_of(program)
        return f"{program.name} --tests {tests}" if tests else program.name

    def _limit_s(self, program: Program) -> float:
        return program.limit_s or self._target.program_limit

    async def _run_program(self, program: Program) -> None:
        began = time.monotonic()
        command = self._command_line(program)
        tests = self._tests_of(program)

        try:
            listing, trouble = await self._names(command)
        except BaseException:
            # The program has not run yet; another machine may be able to run it.
            self._waiting.insert(0, program)
            raise
        if listing:
            self._absences.add(listing.absent)
            # The system supports none of the program's tests, or none of them was requested.
            if not listing.names and (listing.absent or tests and not program.tests):
                return
        judge = ktap.ProgramJudge(program.name, listing and listing.names)
        if listing and listing.is_empty and tests:
            # The pattern is for this program only, so it must fit some of its tests.
            judge.complain(f"expected a test that fits '{tests}', found none")
        if trouble:
            judge.complain(f"{program.name} --list: {trouble}")
        self._judges.append(judge)
        self._open = judge
        self._listener.plan(self._target.name, program.name,
                            len(listing.names) if listing else 0)

        def take(line: str) -> None:
            self._listener.line(self._target.name, line)
            self._report_results(judge.feed(line, time.monotonic()))

        after: str | None = None
        for restarts in range(MAX_RESTARTS + 1):
            part = f"{command} --after {after}" if after else command
            after, changed = await self._run_part(program, judge, part, take)
            self._report_results(changed)
            if after is None:
                break
            if restarts == MAX_RESTARTS:
                self._report_results(judge.abandon(
                    f"{program.name} had to be started again "
                    f"{MAX_RESTARTS} times, which is the limit"))
        self._open = None
        await self._repeat_lacking_cpu(program, judge)
        counts = count(judge.results)
        words = ", ".join(f"{n} {word(outcome)}" for outcome, n in counts.items() if n)
        self._listener.note(self._target.name, f"{program.name}: {words} in "
                            f"{time.monotonic() - began:.1f} s")

    async def _run_part(self, program: Program, judge: ktap.ProgramJudge, command: str,
                        take: Callable[[str], None]) -> tuple[str | None, list[Result]]:
        """Runs a program, or the rest of it, and returns what the judge's end() says."""
        ending = await self._exchange(command, self._limit_s(program), take, judge.end_requested)
        running = judge.running
        log = kernel_log.since(self._machine.console, running) if ending.lost else []
        end = judge.end(ending.status, ending.cause, time.monotonic(), log)
        if ending.lost:
            await self._lose_machine(running or program.name)
        return end

    # ---- tests whose CPU came online too late ----

    def _lacked_cpu(self, result: Result) -> bool:
        """True if a CPU of the machine, or of the test's guest, did not come online in time."""
        console = self._machine.console if self._machine else []
        lacking = self._lacking_cpu | kernel_log.lacking_cpu(console)
        return (kernel_log.has_late_cpu(result.log)
                or not lacking.isdisjoint((result.test, result.program)))

    async def _repeat_lacking_cpu(self, program: Program, judge: ktap.ProgramJudge) -> None:
        """Repeats failed tests that lacked a CPU, on a new machine each time.

        Linux waits for a CPU for one to five seconds of wall time, so the host may be the cause.
        If the kernel is the cause, the CPU is late each time. Only the last result counts.
        """
        failed = self._failed_without_cpu(program, judge.results)
        for _ in range(MAX_LATE_REPEATS):
            # The last boot is for the programs that have not run yet.
            if not failed or self._target.icount or self._boots + 1 >= self._max_boots:
                break
            self._listener.note(self._target.name, f"{_listed(failed)}: a CPU did not come online "
                                "in time; what failed runs again, on a new machine")
            await self._lose_machine()
            self._lacking_cpu.clear()
            again = [result for result in await self._run_again(program, failed)
                     if result.test in failed]
            for result in again:
                result.log.append("in an earlier run, a CPU did not come online in time")
                judge.replace(result)
            self._report_results(again)
            # Tests after one that ended the program have no new result.
            got = {result.test for result in again}
            failed = [test for test in failed if test not in got]
            failed += self._failed_without_cpu(program, again)

    def _failed_without_cpu(self, program: Program, results: Iterable[Result]) -> list[str]:
        """Failed tests for which the host may be the cause, and not an error of the kernel."""
        own = (program.name, f"{program.name}.output")
        return [result.test for result in results if result.outcome == FAILED
                and result.test not in own and self._lacked_cpu(result)
                and all(alarm.starved for alarm in kernel_log.alarms(result.log))]

    async def _run_again(self, program: Program, tests: Sequence[str]) -> list[Result]:
        """Runs some tests of a program, and perhaps others, and returns their results."""
        command = f"{program.name} --tests {','.join(tests)}"
        listing, _ = await self._names(command)
        judge = ktap.ProgramJudge(program.name, listing and listing.names)
        await self._run_part(program, judge, command,
                             lambda line: judge.feed(line, time.monotonic()))
        return judge.results


def _request(command: str) -> str:
    """The line that makes guest/init run a command."""
    return f"run {command}"


def _last(lines: Sequence[str]) -> str:
    """The last line that a command printed, which usually is the reason of a failure."""
    return lines[-1].strip() if lines else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "(none)"
