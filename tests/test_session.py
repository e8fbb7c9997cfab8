# SPDX-License-Identifier: GPL-2.0-only
"""What a session makes of what a machine says, and of its silence."""

from __future__ import annotations

import asyncio
import unittest
from types import SimpleNamespace

from scripts.qemu import MachineGone, Reply
from scripts.session import (END, GRACE_S, KILL, LEAST_SILENCE_S, MAX_SENDS, Abandoned,
                             Ending, Session)

SILENCE = TimeoutError
SILENCE_LIMIT_S = 40.0


class Machine:
    """Says what it is told to, and keeps what it is sent.

    SILENCE among its lines lasts for as long as it is waited for; a number is seconds
    that it takes before it says the next line.
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
        self.said: list[str] = []
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
            "program", limit_s, self.said.append, self.ends.append if ktap else None))

    def test_the_end_of_a_program(self) -> None:
        self.assertEqual(Ending(3), self.exchange(Reply("begin", "program"), "one", "", "two",
                                                  Reply("exit", "3")))
        self.assertEqual(["one", "two"], self.said)
        self.assertEqual(["run program"], self.machine.sent)

    # ---- a line that lost its beginning has not run, and is sent again ----

    def test_sent_again(self) -> None:
        ending = self.exchange(Reply("unknown", "ogram"), Reply("begin", "program"),
                               Reply("exit", "0"))
        self.assertEqual(Ending(0), ending)
        self.assertEqual(["run program"] * 2, self.machine.sent)

    def test_not_for_ever(self) -> None:
        self.assertTrue(self.exchange(*[Reply("unknown", "?")] * 10).lost)
        self.assertEqual(MAX_SENDS, self.machine.sent.count("run program"))
        self.assertTrue(self.machine.killed)

    def test_what_is_left_of_the_word_for_the_program_before(self) -> None:
        self.exchange(Reply("unknown", "nd"), Reply("begin", "program"), Reply("exit", "0"))
        self.assertEqual(["run program"], self.machine.sent)

    # ---- silence ----

    def test_a_test_that_hangs_is_told_to_end_and_the_next_runs(self) -> None:
        ending = self.exchange("# start a", SILENCE, "# a: vCPU 0 waits", "not ok 1 a",
                               "# start b", "ok 2 b", Reply("exit", "1"))
        self.assertEqual(Ending(1), ending)
        self.assertEqual(["run program", END], self.machine.sent)
        self.assertEqual(["no output for 40 s"], self.ends)

    def test_each_test_has_its_own_chance(self) -> None:
        ending = self.exchange("# start a", SILENCE, "not ok 1 a", "# start b", SILENCE,
                               "not ok 2 b", Reply("exit", "1"))
        self.assertEqual(Ending(1), ending)
        self.assertEqual(["run program", END, END], self.machine.sent)

    def test_what_does_not_end_is_killed(self) -> None:
        ending = self.exchange("# start a", SILENCE, SILENCE, Reply("exit", "137"))
        self.assertEqual(["run program", END, KILL], self.machine.sent)
        self.assertEqual([SILENCE_LIMIT_S, GRACE_S], self.machine.waits)
        self.assertFalse(ending.lost)
        self.assertIn("no output for 40 s; it did not end", ending.cause)

    def test_a_kernel_that_holds_it_is_ended(self) -> None:
        ending = self.exchange("# start a", SILENCE, SILENCE, SILENCE)
        self.assertTrue(ending.lost)
        self.assertTrue(self.machine.killed)
        self.assertIn("the machine hangs: no output for 40 s", ending.cause)

    def test_what_is_no_test_program_is_killed_at_once(self) -> None:
        ending = self.exchange(SILENCE, Reply("exit", "137"), ktap=False, limit_s=30.0)
        self.assertEqual(["run program", KILL], self.machine.sent)
        self.assertIn("time limit of 30 s", ending.cause)

    def test_the_limit_of_a_program(self) -> None:
        ending = self.exchange(*[item for _ in range(9) for item in (30.0, "# still there")],
                               SILENCE, Reply("exit", "137"), limit_s=280.0)
        self.assertEqual(["run program", KILL], self.machine.sent)
        self.assertIn("time limit of 280 s", ending.cause)

    def test_the_limit_of_a_target(self) -> None:
        self.session._target.target_limit = 100.0
        with self.assertRaisesRegex(Abandoned, "time limit of 100 s"):
            self.exchange(90.0, "# still there", SILENCE)

    def test_limits_are_as_long_as_the_machine_is_slow(self) -> None:
        self.session._slowness = 3.0
        self.exchange("# start a", SILENCE, "not ok 1 a", Reply("exit", "1"))
        self.assertEqual([3 * SILENCE_LIMIT_S], self.machine.waits)

    def test_many_that_hang_have_less_each(self) -> None:
        hangs = [item for _ in range(5) for item in ("# start a", SILENCE, "not ok 1 a")]
        self.exchange(*hangs, Reply("exit", "1"))
        self.assertEqual([40.0, 20.0, 10.0, LEAST_SILENCE_S, LEAST_SILENCE_S],
                         self.machine.waits)

    def test_a_machine_that_has_gone(self) -> None:
        ending = self.exchange("# start a", MachineGone("the kernel panicked"))
        self.assertEqual(Ending(None, "the kernel panicked", lost=True), ending)


if __name__ == "__main__":
    unittest.main()
