# SPDX-License-Identifier: GPL-2.0-only
"""tests/check.py, run on a module of artificial tests."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from tests import check

ROOT = Path(__file__).resolve().parent.parent

MADE_UP = '''
import os, subprocess, time, unittest
from pathlib import Path
from tests import marks

class Good(unittest.TestCase):
    def test_one(self): pass
    def test_two(self): pass

class Bad(unittest.TestCase):
    def test_fails(self): self.assertEqual(1, 2)
    def test_raises(self): raise OSError("broken")
    def test_subtests(self):
        for n in range(3):
            with self.subTest(n=n): self.assertNotEqual(1, n)
    def test_good(self): pass

class NoFixture(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise AssertionError("no fixture")
    def test_one(self): pass
    def test_two(self): pass

class Dies(unittest.TestCase):
    def test_a(self): pass
    def test_b(self): os.kill(os.getpid(), 9)
    def test_c(self): pass

class Skips(unittest.TestCase):
    @unittest.skip("no reason")
    def test_one(self): pass

@marks.layer("build")
class Later(unittest.TestCase):
    @classmethod
    def setUpClass(cls): cls.made = 1
    def test_one(self): self.assertEqual(1, self.made)
    @marks.slow
    def test_slow(self): pass
    @marks.long
    def test_long(self): pass

@marks.layer("machines")
@marks.alone
class Whole(unittest.TestCase):
    def test_nothing_beside_it(self):
        time.sleep(0.3)
        self.assertEqual([], list(Path(os.environ["HERE"]).glob("*.running")))

@marks.layer("machines")
@marks.apart
class Apart(unittest.TestCase):
    def run_it(self):
        marker = Path(os.environ["HERE"], self.id() + ".running")
        marker.touch()
        time.sleep(0.2)
        marker.unlink()
    def test_one(self): self.run_it()
    def test_two(self): self.run_it()

class Sleeps(unittest.TestCase):
    def test_a(self): pass
    def test_b(self):
        with subprocess.Popen(["sleep", "1000"]) as child:
            Path(os.environ["HERE"], "sleeper").write_text(str(child.pid))
    def test_c(self): pass
'''


class Case(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "made_up.py").write_text(MADE_UP, encoding="utf-8")
        self.env = {**os.environ, "PYTHONPATH": str(self.folder), "HERE": str(self.folder),
                    "BUILD": str(self.folder / "build"), "KSRC": ""}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "tests/check.py"), *arguments]

    def check(self, *arguments: str) -> tuple[int, list[str]]:
        proc = subprocess.run(self.command(*arguments), env=self.env, capture_output=True,
                              text=True, check=False)
        self.assertNotIn("Traceback (most recent call last):\n  File \"%s" % check.__file__,
                         proc.stderr)
        return proc.returncode, proc.stdout.splitlines()


class Running(Case):
    def test_green(self) -> None:
        status, lines = self.check("made_up.Good", "made_up.Skips")
        self.assertEqual((0, "2 passed, 0 failed, 1 skipped"), (status, lines[-1]))
        self.assertRegex("\n".join(lines), r"\[3 of 3, pure\]")
        self.assertRegex("\n".join(lines), r"skipped made_up.Skips.test_one \(.*\): no reason")

    def test_failures(self) -> None:
        status, lines = self.check("made_up.Good", "made_up.Bad", "made_up.NoFixture",
                                   "made_up.Nosuch", "nosuch_module")
        self.assertEqual((1, "3 passed, 6 failed"), (status, lines[-1]))
        failed = ["made_up.Bad.test_fails", "made_up.Bad.test_raises",
                  "made_up.Bad.test_subtests", "made_up.NoFixture", "made_up.Nosuch",
                  "nosuch_module"]
        for name in failed:
            repeat = f"make check CHECKS={name} BUILD={self.folder}/build"
            with self.subTest(name):
                # A failure is shown at once with its reason, and again at the end.
                self.assertIn(f"repeat: {repeat}", lines)
                self.assertIn(f"FAILED {name}  [{repeat}]", lines[-7:])
        text = "\n".join(lines)
        for reason in ("1 != 2", "OSError: broken", "no fixture", "has no attribute 'Nosuch'",
                       "No module named 'nosuch_module'"):
            self.assertIn(reason, text)

    def test_repeat_commands(self) -> None:
        _, lines = self.check("made_up.Bad", "made_up.NoFixture")
        for line in lines:
            if match := re.match(r"repeat: make check CHECKS=(\S+)", line):
                with self.subTest(match[1]):
                    status, again = self.check(match[1])
                    self.assertEqual((1, "0 passed, 1 failed"), (status, again[-1]))

    def test_process_dies(self) -> None:
        status, lines = self.check("made_up.Dies", "made_up.Good")
        self.assertEqual((1, "3 passed, 1 failed"), (status, lines[-1]))
        self.assertIn("got signal SIGKILL", "\n".join(lines))
        self.assertTrue(lines[-2].startswith("FAILED made_up.Dies.test_b "), lines[-2])

    def test_order_of_layers(self) -> None:
        _, lines = self.check("--jobs", "1", "made_up.Whole", "made_up.Apart", "made_up.Later",
                              "made_up.Good")
        names = re.findall(r"\] ok made_up\.(\w+)", "\n".join(lines))
        self.assertEqual(["Good"] * 2 + ["Later"] * 3 + ["Apart"] * 2 + ["Whole"], names)

    def test_alone(self) -> None:
        status, lines = self.check("--jobs", "4", "made_up.Whole", "made_up.Apart")
        self.assertEqual((0, "3 passed, 0 failed"), (status, lines[-1]))

    def test_longest_first(self) -> None:
        (self.folder / "build").mkdir()
        (self.folder / "build/check-times.json").write_text(
            '{"made_up.Good": 1, "made_up.Bad": 7, "made_up.Skips": 3}')
        _, lines = self.check("--jobs", "1", "made_up.Good", "made_up.Bad", "made_up.Skips")
        names = re.findall(r"\] (?:ok|FAILED|skipped) made_up\.(\w+)", "\n".join(lines))
        self.assertEqual(["Bad", "Skips", "Good"], list(dict.fromkeys(names)))

    def test_broken_times_file(self) -> None:
        (self.folder / "build").mkdir()
        for text in ("", "[]", '{"a": []}', "\xff"):
            (self.folder / "build/check-times.json").write_text(text, encoding="latin-1")
            self.assertEqual(0, self.check("made_up.Good")[0], text)


class Interrupting(Case):
    def test_ctrl_c(self) -> None:
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            (self.folder / "sleeper").unlink(missing_ok=True)
            with subprocess.Popen(self.command("made_up.Sleeps", "made_up.Good"), env=self.env,
                                  stdout=subprocess.PIPE, text=True) as process:
                while not (self.folder / "sleeper").exists() and process.poll() is None:
                    time.sleep(0.05)
                process.send_signal(number)
                output, _ = process.communicate()
            self.assertEqual(status, process.returncode, output)
            counts = re.search(rf"interrupted by {number.name}, ([0-9]) tests were not run\n"
                               r"([0-9]) passed, 0 failed\n$", output)
            assert counts, output
            self.assertEqual(5, int(counts[1]) + int(counts[2]))
            self.assertGreaterEqual(int(counts[1]), 2)
            child = Path("/proc", (self.folder / "sleeper").read_text())
            self.assertFalse(child.exists(), "expected the test's child process to be killed")


class Choice(unittest.TestCase):
    """The tests of `make check`, `make check FAST=1` and `make check-long`."""

    def names(self, fast: bool = False, long: bool = False) -> dict[str, str]:
        return {test.id(): unit.layer for unit in check.chosen_units([], fast, long)
                for test in unit.tests}

    def test_each_test_is_selected(self) -> None:
        self.assertEqual([], check.without_layer())
        every = {test.id() for unit in check.chosen_units(
            [name for names in check.LAYERS.values() for name in names], False, False)
            for test in unit.tests}
        usual, seldom = self.names(), self.names(long=True)
        self.assertEqual(every, {*usual, *seldom})
        self.assertEqual(set(), set(usual) & set(seldom))
        self.assertEqual(set(check.LAYERS), set(usual.values()))

    def test_fast(self) -> None:
        fast = self.names(fast=True)
        self.assertLess(set(fast), set(self.names()))
        self.assertEqual({"pure", "build"}, set(fast.values()))

    def test_long_modules_have_a_sample(self) -> None:
        """Each module with long tests has others in `make check`."""
        usual = {name.split(".")[1] for name in self.names()}
        seldom = {name.split(".")[1] for name in self.names(long=True)}
        self.assertEqual(set(), seldom - usual)


if __name__ == "__main__":
    unittest.main()
