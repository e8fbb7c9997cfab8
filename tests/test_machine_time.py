# SPDX-License-Identifier: GPL-2.0-only
"""The clock for time limits, which stops while the host does not run the machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from scripts.machine_time import LONGEST_STEP_S, MachineClock, Thread, read_threads


class Script:
    """A clock with a given wall time and given thread states at each reading."""

    def __init__(self, *looks: tuple[float, dict[str, Thread]]) -> None:
        self._looks = list(looks)
        self.clock = MachineClock(1, self._threads, self._wall)

    def _wall(self) -> float:
        return self._looks[0][0]

    def _threads(self, _pid: int) -> dict[str, Thread]:
        return self._looks.pop(0)[1]

    def now(self) -> float:
        return round(self.clock.now(), 6)


def busy(ran_s: float, waited_s: float = 0.0, state: str = "R") -> Thread:
    return Thread(state, ran_s, waited_s)


class Counting(unittest.TestCase):
    def test_running_and_sleeping_threads(self) -> None:
        script = Script((0.0, {"1": busy(0), "2": busy(0, state="S")}),
                        (0.5, {"1": busy(0.5), "2": busy(0, state="S")}))
        self.assertEqual(0.5, script.now())

    def test_stopped(self) -> None:
        for state in "Tt":
            script = Script((0.0, {"1": busy(0)}), (0.5, {"1": busy(0.1, state=state)}),
                            (1.0, {"1": busy(0.2)}), (1.5, {"1": busy(0.7)}))
            self.assertEqual([0, 0, 0.5], [script.now() for _ in range(3)], state)

    def test_wait_for_a_cpu(self) -> None:
        script = Script((0.0, {"1": busy(0)}), (1.0, {"1": busy(0.3, 0.7)}))
        self.assertEqual(0.3, script.now())

    def test_the_thread_that_waited_longest_counts(self) -> None:
        script = Script((0.0, {"1": busy(0), "2": busy(0)}),
                        (1.0, {"1": busy(0.9, 0.1), "2": busy(0.2, 0.8)}))
        self.assertEqual(0.2, script.now())

    def test_long_wait_counts_once(self) -> None:
        """The kernel adds a wait to its count when the wait ends."""
        script = Script((0.0, {"1": busy(0)}), (0.5, {"1": busy(0)}), (1.0, {"1": busy(0)}),
                        (1.5, {"1": busy(0.5, 1.0)}), (2.0, {"1": busy(0.7, 1.3)}))
        self.assertEqual([0, 0, 0.5, 0.7], [script.now() for _ in range(4)])

    def test_never_backwards(self) -> None:
        script = Script((0.0, {"1": busy(0)}), (0.5, {"1": busy(0.4, 3.0)}),
                        (0.6, {"1": busy(0.5, 3.0)}))
        self.assertEqual([0, 0.1], [script.now(), script.now()])

    def test_runner_was_stopped(self) -> None:
        script = Script((0.0, {"1": busy(0)}), (60.0, {"1": busy(60)}))
        self.assertEqual(LONGEST_STEP_S, script.now())

    def test_without_the_kernels_count(self) -> None:
        script = Script((0.0, {"1": Thread("R")}), (0.5, {"1": Thread("R")}),
                        (1.0, {"1": Thread("T")}))
        self.assertEqual([0.5, 0.5], [script.now(), script.now()])

    def test_threads_come_and_go(self) -> None:
        script = Script((0.0, {"1": busy(0)}), (0.5, {"2": busy(0, 9)}), (1.0, {}))
        self.assertEqual([0.5, 1.0], [script.now(), script.now()])


class Looking(unittest.TestCase):
    def test_thread_name_with_parentheses(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            task = Path(name, "7/task/8")
            task.mkdir(parents=True)
            (task / "stat").write_text("8 (a) R (b) S 1 2 3\n")
            self.assertEqual({"8": Thread("S")}, read_threads(7, Path(name)))
            (task / "schedstat").write_text("1500000000 250000000 7\n")
            self.assertEqual({"8": Thread("S", 1.5, 0.25)}, read_threads(7, Path(name)))

    def test_process_gone(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            self.assertEqual({}, read_threads(1, Path(name)))

    def test_real_process_stopped(self) -> None:
        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        try:
            process.send_signal(signal.SIGSTOP)
            # Returns when the process has stopped.
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
            clock = MachineClock(process.pid)
            for _ in range(5):
                self.assertEqual(0, clock.now())
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    unittest.main()
