# SPDX-License-Identifier: GPL-2.0-only
"""How a session handles a machine's output and silence."""

from __future__ import annotations

import asyncio
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from scripts.qemu import MachineGone, Reply
from scripts.session import (END, GRACE_S, KILL, LATE_CPUS, LEAST_SILENCE_S, MAX_LATE_BOOTS,
                             MAX_LATE_REPEATS, MAX_SENDS, PROBE, Abandoned, Ending, Plan,
                             Program, Session)
from scripts.targets import Target

SILENCE = TimeoutError
SILENCE_LIMIT_S = 40.0


class Machine:
    """Prints given lines, and records requests.

    SILENCE as a line lasts until the session's timeout; a number is the time to the next line.
    """

    def __init__(self, *lines: object) -> None:
        self.lines = list(lines)
        self.sent: list[str] = []
        self.waits: list[float] = []
        self.killed = False
        self.now_s = 0.0

    def time_s(self) -> float:
        return self.now_s

    async def command(self, text: str) -> None:
        self.sent.append(text)

    async def read(self, limit_s: float) -> object:
        line = self.lines.pop(0) if self.lines else SILENCE
        if isinstance(line, float):
            self.now_s += line
            line = self.lines.pop(0)
        if line is SILENCE:
            self.waits.append(limit_s)
            self.now_s += limit_s
            raise TimeoutError
        if isinstance(line, MachineGone):
            raise line
        return line

    def kill(self) -> None:
        self.killed = True


class Exchange(unittest.TestCase):
    def setUp(self) -> None:
        self.lines: list[str] = []
        self.ends: list[str] = []
        target = SimpleNamespace(silence_limit=SILENCE_LIMIT_S, target_limit=1e9)
        plan = SimpleNamespace(target=target, results=SimpleNamespace(
            __truediv__=lambda *_: None), programs=())
        self.session = Session.__new__(Session)
        vars(self.session).update(_target=target, _plan=plan, _ahead=[], _slowness=1.0,
                                  _hung=0, _used_s=0.0)

    def exchange(self, *lines: object, limit_s: float = 1000.0, ktap: bool = True) -> Ending:
        self.machine = Machine(*lines)
        self.session._machine = self.machine
        return asyncio.run(self.session._exchange(
            "program", limit_s, self.lines.append, self.ends.append if ktap else None))

    def test_program_end(self) -> None:
        self.assertEqual(Ending(3), self.exchange(Reply("begin", "program"), "one", "", "two",
                                                  Reply("exit", "3")))
        self.assertEqual(["one", "two"], self.lines)
        self.assertEqual(["run program"], self.machine.sent)

    # ---- a command whose beginning was lost has not run, and is sent again ----

    def test_sent_again(self) -> None:
        ending = self.exchange(Reply("unknown", "ogram"), Reply("begin", "program"),
                               Reply("exit", "0"))
        self.assertEqual(Ending(0), ending)
        self.assertEqual(["run program"] * 2, self.machine.sent)

    def test_resending_is_limited(self) -> None:
        self.assertTrue(self.exchange(*[Reply("unknown", "?")] * 10).lost)
        self.assertEqual(MAX_SENDS, self.machine.sent.count("run program"))
        self.assertTrue(self.machine.killed)

    def test_leftover_of_an_earlier_command(self) -> None:
        self.exchange(Reply("unknown", "nd"), Reply("begin", "program"), Reply("exit", "0"))
        self.assertEqual(["run program"], self.machine.sent)

    # ---- silence ----

    def test_hanging_test_gets_sigterm(self) -> None:
        ending = self.exchange("# start a", SILENCE, "# a: vCPU 0 waits", "not ok 1 a",
                               "# start b", "ok 2 b", Reply("exit", "1"))
        self.assertEqual(Ending(1), ending)
        self.assertEqual(["run program", END], self.machine.sent)
        self.assertEqual(["no output for 40 s"], self.ends)

    def test_each_hanging_test_gets_sigterm(self) -> None:
        ending = self.exchange("# start a", SILENCE, "not ok 1 a", "# start b", SILENCE,
                               "not ok 2 b", Reply("exit", "1"))
        self.assertEqual(Ending(1), ending)
        self.assertEqual(["run program", END, END], self.machine.sent)

    def test_hanging_program_is_killed(self) -> None:
        ending = self.exchange("# start a", SILENCE, SILENCE, Reply("exit", "137"))
        self.assertEqual(["run program", END, KILL], self.machine.sent)
        self.assertEqual([SILENCE_LIMIT_S, GRACE_S], self.machine.waits)
        self.assertFalse(ending.lost)
        self.assertIn("no output for 40 s; it did not end", ending.cause)

    def test_unkillable_program_ends_the_machine(self) -> None:
        ending = self.exchange("# start a", SILENCE, SILENCE, SILENCE)
        self.assertTrue(ending.lost)
        self.assertTrue(self.machine.killed)
        self.assertIn("the machine hangs: no output for 40 s", ending.cause)

    def test_other_command_is_killed_at_once(self) -> None:
        ending = self.exchange(SILENCE, Reply("exit", "137"), ktap=False, limit_s=30.0)
        self.assertEqual(["run program", KILL], self.machine.sent)
        self.assertIn("time limit of 30 s", ending.cause)

    def test_program_limit(self) -> None:
        ending = self.exchange(*[line for _ in range(9) for line in (30.0, "# still there")],
                               SILENCE, Reply("exit", "137"), limit_s=280.0)
        self.assertEqual(["run program", KILL], self.machine.sent)
        self.assertIn("time limit of 280 s", ending.cause)

    def test_target_limit(self) -> None:
        self.session._target.target_limit = 100.0
        with self.assertRaisesRegex(Abandoned, "time limit of 100 s"):
            self.exchange(90.0, "# still there", SILENCE)

    def test_limits_scale_with_slowness(self) -> None:
        self.session._slowness = 3.0
        self.exchange("# start a", SILENCE, "not ok 1 a", Reply("exit", "1"))
        self.assertEqual([3 * SILENCE_LIMIT_S], self.machine.waits)

    def test_silence_limit_shrinks(self) -> None:
        hangs = [line for _ in range(5) for line in ("# start a", SILENCE, "not ok 1 a")]
        self.exchange(*hangs, Reply("exit", "1"))
        self.assertEqual([40.0, 20.0, 10.0, LEAST_SILENCE_S, LEAST_SILENCE_S],
                         self.machine.waits)

    def test_machine_gone(self) -> None:
        ending = self.exchange("# start a", MachineGone("the kernel panicked"))
        self.assertEqual(Ending(None, "the kernel panicked", lost=True), ending)


class FakeSession(Session):
    """A session whose machines run programs in no time; those in `broken` do not boot."""

    broken: set[int] = set()
    ran: list[tuple[int, str]] = []

    async def _boot(self) -> None:
        await asyncio.sleep(0)
        self._boots += 1
        if self._number in self.broken:
            self._own_result("target.boot", f"machine {self._number} is broken")
            raise Abandoned("no machine")
        self._release = "6.1"
        self._logs.channel.write(b"machine %d\n" % self._number)

    async def _exchange(self, command: str, _limit_s: float, on_line: Callable[[str], None],
                        _on_end: Callable[[str], None] | None = None) -> Ending:
        await asyncio.sleep(0)
        if command == PROBE:
            return Ending(0)
        name = command.split()[0]
        if command.endswith("--list"):
            on_line(f"{name}.any.test")
            return Ending(0)
        self.ran.append((self._number, name))
        for line in ("KTAP version 1", "1..1", f"# start {name}.any.test"):
            on_line(line)
        # The program "long" ends after the others.
        for _ in range(50 if name == "long" else 1):
            await asyncio.sleep(0)
        on_line(f"ok 1 {name}.any.test")
        return Ending(0)


class SeveralMachines(unittest.TestCase):
    """The programs of a target run on several machines, with one set of results."""

    def run_with(self, helpers: int, *names: str, broken: set[int] = frozenset()) -> dict:
        FakeSession.broken, FakeSession.ran = set(broken), []

        async def run(session: FakeSession) -> dict:
            running = asyncio.create_task(session.run())
            for _ in range(helpers):
                await asyncio.sleep(0)
                if session.wants_help:
                    session.help()
            return await running

        with tempfile.TemporaryDirectory() as folder:
            target = Target(name="t", arch="arm64", qemu="q", machine="virt", cpu="c", kernel={})
            plan = Plan(target, None, "tcg", [Program(name) for name in names], None, Path(folder))
            listener = SimpleNamespace(**dict.fromkeys(
                ("note", "line", "plan", "result"), lambda *_: None))
            found = asyncio.run(run(FakeSession(plan, listener)))
            self.log = Path(folder, "t", "channel.log").read_text()
            self.files = {path.name for path in Path(folder, "t").iterdir()}
        return found

    def program_tests(self, found: dict) -> list[str]:
        return [result["test"] for result in found["results"] if result["program"]]

    def test_each_program_runs_once_and_results_are_in_order(self) -> None:
        names = ("long", "b", "c", "d", "e")
        found = self.run_with(2, *names)
        self.assertEqual([f"{name}.any.test" for name in names], self.program_tests(found))
        self.assertEqual(sorted(names), sorted(name for _, name in FakeSession.ran))
        self.assertLess(1, len({number for number, _ in FakeSession.ran}))
        self.assertEqual((5 + 2, 0), (found["passed"], found["failed"]), found["results"])

    def test_logs_are_merged(self) -> None:
        self.run_with(2, *"abcdef")
        self.assertEqual("machine 1\nmachine 2\nmachine 3\n", self.log)
        self.assertNotIn("channel-2.log", self.files)

    def test_second_machine_does_not_boot(self) -> None:
        """The other machine runs all programs, and target.boot fails."""
        found = self.run_with(1, *"abc", broken={2})
        self.assertEqual(["a.any.test", "b.any.test", "c.any.test"], self.program_tests(found))
        self.assertEqual(["target.boot"], [result["test"] for result in found["results"]
                                           if result["outcome"] == "failed"])

    def test_first_machine_does_not_boot(self) -> None:
        found = self.run_with(1, *"abc", broken={1})
        self.assertEqual(["a.any.test", "b.any.test", "c.any.test"], self.program_tests(found))
        self.assertEqual({2}, {number for number, _ in FakeSession.ran})

    def test_no_machine_at_all(self) -> None:
        found = self.run_with(1, *"abc", broken={1, 2})
        self.assertEqual([], FakeSession.ran)
        self.assertEqual(3, sum("no machine" in result["message"]
                                for result in found["results"] if result["program"]))

    def test_no_more_machines_than_programs(self) -> None:
        """No machine is started for a program that a booting machine will run."""
        self.run_with(4, "a", "b", "c")
        self.assertEqual("machine 1\nmachine 2\nmachine 3\n", self.log)

    def test_no_helper_without_work(self) -> None:
        self.run_with(3, "a")
        self.assertEqual("machine 1\n", self.log)


STALL = "[    1.0] rcu: INFO: rcu_sched self-detected stall on CPU"
WARNING = "[    1.0] WARNING: CPU: 0 PID: 1 at here.c:1"


class SessionWithLogs(FakeSession):
    """A session whose machines each print one of the logs."""

    logs: list[list[str]] = []

    async def _boot(self) -> None:
        await super()._boot()
        self._machine = SimpleNamespace(console=self.logs.pop(0), power_off=self._nothing,
                                        time_s=lambda: 0.0, stop=self._nothing)

    async def _nothing(self) -> None:
        pass


class LateCpu(unittest.TestCase):
    """Bringing the other CPUs online fails."""

    LATE = "[    3.0] CPU1: failed to come online"

    def boots(self, *logs: list[str]) -> dict:
        """Boots machines with these console logs; all but the last fail in late-cpus."""
        FakeSession.broken, FakeSession.ran = set(), []
        self.left = [list(log) for log in logs]

        class Late(SessionWithLogs):
            logs = self.left

            async def _boot(self) -> None:
                await super()._boot()
                if not await self._prepare_machine(LATE_CPUS):
                    await self._boot()

            async def _exchange(self, command: str, *arguments: Any) -> Ending:
                if command == LATE_CPUS:
                    return Ending(1 if self.logs else 0)
                return await super()._exchange(command, *arguments)

        with tempfile.TemporaryDirectory() as folder:
            target = Target(name="t", arch="arm64", qemu="q", machine="virt", cpu="c", kernel={})
            plan = Plan(target, None, "tcg", [Program("a")], None, Path(folder))
            listener = SimpleNamespace(**dict.fromkeys(
                ("note", "line", "plan", "result"), lambda *_: None))
            found = asyncio.run(Late(plan, listener).run())
        return {result["test"]: result["outcome"] for result in found["results"]}

    def test_late_cpu_boots_again(self) -> None:
        found = self.boots([self.LATE], [self.LATE], [])
        self.assertEqual("passed", found["a.any.test"], found)
        self.assertEqual([], self.left)

    def test_cpu_that_is_always_late(self) -> None:
        found = self.boots(*[[self.LATE]] * (MAX_LATE_BOOTS + 2))
        self.assertEqual("failed", found["target.boot"], found)
        self.assertEqual(1, len(self.left))

    def test_other_failure_fails_at_once(self) -> None:
        found = self.boots(["[    3.0] CPU1: is not there"], [])
        self.assertEqual("failed", found["target.boot"], found)
        self.assertEqual(1, len(self.left))


class LackedCpu(unittest.TestCase):
    """A test fails after a CPU of the machine, or of the test's guest, came online too late."""

    LATE = "CPU1: failed to come online"

    def run_with(self, *runs: list[str], console: list[str] | None = None,
                 icount: bool = False, max_boots: int = 9) -> dict:
        """Runs a program whose test fails once for each item of `runs`, and then passes.

        runs: the lines that the test prints when it fails; with ["lost"], the machine hangs.
        console: the log of the first machine.
        """
        FakeSession.broken, FakeSession.ran = set(), []
        self.left, self.runs = list(runs), 0
        test = self

        class Lacking(SessionWithLogs):
            logs = [console or [], *[[] for _ in range(9)]]

            async def _exchange(self, command: str, limit_s: float, on_line: Callable[[str], None],
                                on_end: Callable[[str], None] | None = None) -> Ending:
                if command.startswith("a") and not command.endswith("--list"):
                    test.runs += 1
                    if "lost" in (test.left[0] if test.left else ()):
                        test.left.pop(0)
                        on_line("# start a.any.test")
                        return Ending(None, "the machine hangs", lost=True)
                    if test.left:
                        for line in ("KTAP version 1", "1..1", "# start a.any.test",
                                     *[f"# {line}" for line in test.left.pop(0)],
                                     "not ok 1 a.any.test"):
                            on_line(line)
                        return Ending(1)
                if not self._machine:
                    await self._boot()
                return await super()._exchange(command, limit_s, on_line, on_end)

        with tempfile.TemporaryDirectory() as folder:
            target = Target(name="t", arch="arm64", qemu="q", machine="virt", cpu="c", kernel={},
                            icount=icount)
            plan = Plan(target, None, "tcg", [Program("a"), Program("b")], None, Path(folder))
            listener = SimpleNamespace(**dict.fromkeys(
                ("note", "line", "plan", "result"), lambda *_: None))
            found = asyncio.run(Lacking(plan, listener, max_boots=max_boots).run())
        self.boots = 10 - len(Lacking.logs)
        return {result["test"]: result["outcome"] for result in found["results"]}

    def test_guest_whose_cpu_is_late_once(self) -> None:
        found = self.run_with([f"[guest] | [    3.0] {self.LATE}", "got 1 CPU"])
        self.assertEqual(("passed", "passed"), (found["a.any.test"], found["b.any.test"]))
        self.assertEqual((2, 2), (self.boots, self.runs))

    def test_machine_whose_cpu_is_late_once(self) -> None:
        for running in ("program a", "a.any.test"):
            found = self.run_with(["write: Input/output error"],
                                  console=[f"[ 0.9] vgic-abi: {running}", f"[ 3.0] {self.LATE}"])
            self.assertEqual("passed", found["a.any.test"])
            self.assertEqual((2, 2), (self.boots, self.runs))

    def test_test_that_loses_the_machine_after_that(self) -> None:
        found = self.run_with(["lost"], console=[
            "[ 0.9] vgic-abi: program other", f"[ 3.0] {self.LATE}",
            "[ 0.9] vgic-abi: a.any.test"])
        self.assertEqual("passed", found["a.any.test"])
        self.assertEqual(2, self.runs)

    def test_kernel_that_panics_without_the_cpu(self) -> None:
        found = self.run_with([self.LATE, "[    4.0] Kernel panic - not syncing"])
        self.assertEqual("failed", found["a.any.test"])
        self.assertEqual(1, self.runs)

    def test_no_boot_is_left(self) -> None:
        found = self.run_with([self.LATE], [self.LATE], max_boots=3)
        self.assertEqual(("failed", "passed"), (found["a.any.test"], found["b.any.test"]))
        self.assertEqual(2, self.runs)

    def test_cpu_that_is_always_late(self) -> None:
        found = self.run_with(*[[self.LATE]] * (MAX_LATE_REPEATS + 1))
        self.assertEqual(("failed", "passed"), (found["a.any.test"], found["b.any.test"]))
        self.assertEqual(MAX_LATE_REPEATS + 1, self.runs)

    def test_other_failure_of_the_repetition(self) -> None:
        found = self.run_with([self.LATE], ["something else"], ["not reached"])
        self.assertEqual("failed", found["a.any.test"])
        self.assertEqual(2, self.runs)

    def test_late_cpu_in_another_test(self) -> None:
        """The CPU was late after this program had ended."""
        found = self.run_with(["something else"], console=[
            "[ 0.9] vgic-abi: program a", "[ 0.9] vgic-abi: program b", f"[ 3.0] {self.LATE}"])
        self.assertEqual("failed", found["a.any.test"])
        self.assertEqual(1, self.runs)

    def test_other_failure_fails_at_once(self) -> None:
        self.assertEqual("failed", self.run_with(["something else"])["a.any.test"])
        self.assertEqual((1, 1), (self.boots, self.runs))

    def test_counted_instructions(self) -> None:
        """With instructions counted, the host is not the cause, and the test would fail again."""
        self.assertEqual("failed", self.run_with([self.LATE], icount=True)["a.any.test"])
        self.assertEqual(1, self.runs)


class StarvedCpus(unittest.TestCase):
    """After an alarm about a starved CPU, the test is repeated while no other machine runs."""

    def run_with(self, *logs: list[str], boots_again: bool = True) -> str:
        FakeSession.broken, FakeSession.ran = set(), []
        SessionWithLogs.logs = [["[ 0.9] vgic-abi: b.any.test", *log] for log in logs]
        self.notes: list[str] = []

        async def run(session: SessionWithLogs) -> dict:
            first = await session.run()
            self.starved = session.starved
            if not boots_again:
                FakeSession.broken = {1}
            return await session.repeat_alone() if self.starved else first

        with tempfile.TemporaryDirectory() as folder:
            target = Target(name="t", arch="arm64", qemu="q", machine="virt", cpu="c", kernel={})
            plan = Plan(target, None, "tcg", [Program(name) for name in "ab"], None, Path(folder))
            listener = SimpleNamespace(
                note=lambda _, text: self.notes.append(text), line=lambda *_: None,
                plan=lambda *_: None, result=lambda *_: None)
            found = asyncio.run(run(SessionWithLogs(plan, listener)))
        self.assertEqual([], SessionWithLogs.logs, "expected a machine for each log")
        result = next(r for r in found["results"] if r["test"] == "kernel.log")
        self.message = result["message"]
        return result["outcome"]

    def test_stall_does_not_recur(self) -> None:
        self.assertEqual("passed", self.run_with([STALL], []))
        self.assertEqual((1, "b"), FakeSession.ran[-1], "expected the test to have run again")
        self.assertIn("does not recur", self.notes[-1])

    def test_stall_recurs(self) -> None:
        self.assertEqual("failed", self.run_with([STALL], [STALL]))

    def test_other_alarm_in_the_repetition(self) -> None:
        self.assertEqual("failed", self.run_with([STALL], [WARNING]))

    def test_starved_and_other_alarm(self) -> None:
        self.assertEqual("failed", self.run_with([STALL, WARNING], []))

    def test_repetition_that_does_not_boot(self) -> None:
        """If the repetition does not boot, the alarm is a failure, and is reported once."""
        self.assertEqual("failed", self.run_with([STALL], boots_again=False))
        self.assertIn("got 1;", self.message)

    def test_other_alarm_fails_at_once(self) -> None:
        self.assertEqual("failed", self.run_with([WARNING]))
        self.assertFalse(self.starved)

    def test_no_alarm(self) -> None:
        self.assertEqual("passed", self.run_with([]))


if __name__ == "__main__":
    unittest.main()
