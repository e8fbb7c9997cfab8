# SPDX-License-Identifier: GPL-2.0-only
"""The runner handles programs, kernels and hosts that misbehave, and invalid input.

Boots Debian's kernel in QEMU with stand-ins for the test programs (tests/guest/). Tests of targets
files, kernel images and the build of the module boot nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import json
import lzma
import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from scripts import cache, fetch, kernel_image, module, plans, qemu, run, targets
from scripts.errors import SetupError
from scripts.run import Slots
from scripts.session import Ending, Known, Plan, Program, Session
from tests import marks
from tests.events import LIMIT_S, await_true
from tools.results import Result

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / "scripts/run.py"
GUEST = ROOT / "tests/guest"

SILENCE_LIMIT_S = 5

TARGETS = """
[defaults]
arch = "arm64"
qemu = "qemu-system-aarch64"
machine = "virt,virtualization=off,gic-version=2"
cpu = "cortex-a57"
smp = 1
default = true
kernel = {{ flavour = "arm64" }}
boot_limit = 60
silence_limit = 10
{targets}
"""


def qemu_pids(folder: Path) -> list[int]:
    """Returns the process ids of all QEMUs that use a file in a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue  # it has ended
        if b"qemu-system" in line and str(folder).encode() + b"/" in line:
            found.append(int(path.parent.name))
    return found


def elf_header(arch: str) -> bytes:
    """The start of an ELF header, then zeros."""
    machine = {"arm64": 183, "arm": 40}[arch]
    wide = 2 if arch == "arm64" else 1
    return struct.pack("<4sBBB9xHH", b"\x7fELF", wide, 1, 1, 1, machine) + bytes(200)


@marks.apart
class RunnerCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = Path(folder.name)
        self.results = self.build / "results"
        self.addCleanup(self.check_no_qemu_left)

    def check_no_qemu_left(self) -> None:
        left = qemu_pids(self.build)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.assertEqual([], left, "expected no QEMU to be left")

    def programs(self, *names: str) -> Path:
        """Makes a folder of stand-ins; a time limit may follow a name."""
        folder = self.build / "programs"
        folder.mkdir(exist_ok=True)
        shutil.copy(GUEST / "probe", folder)
        for name in names:
            shutil.copy(GUEST / "fake", folder / name.split()[0])
        (folder / "programs").write_text("\n".join(names) + "\n")
        return folder

    def command(self, targets: str, *names: str, options=()) -> list[str]:
        path = self.build / "targets.toml"
        path.write_text(TARGETS.format(targets=targets))
        return [sys.executable, str(RUN), "--build", str(self.build),
                "--targets", str(path),
                "--programs-dir", str(self.programs(*names)), *options]

    def run_targets(self, targets: str, *names: str, options=(), **kwargs):
        return subprocess.run(
            self.command(targets, *names, options=options), text=True,
            capture_output=True, timeout=LIMIT_S, **kwargs)

    def summary(self, target: str) -> dict:
        return json.loads((self.results / target / "summary.json").read_text())

    def outcomes(self, target: str) -> dict[str, str]:
        return {result["test"]: result["outcome"]
                for result in self.summary(target)["results"]}

    def message(self, target: str, test: str) -> str:
        for result in self.summary(target)["results"]:
            if result["test"] == test:
                return result["message"]
        raise AssertionError(f"expected a result of {test}, got none")

    def assert_status(self, expected: int, proc) -> None:
        self.assertEqual(expected, proc.returncode,
                         f"expected status {expected}, got {proc.returncode}: "
                         f"{proc.stdout}{proc.stderr}")
        self.assertNotIn("Traceback", proc.stdout + proc.stderr,
                         "expected a clear message, got a traceback")

    def assert_error(self, proc, *words: str) -> None:
        """Expects status 2 and one line of output with these words."""
        self.assert_status(2, proc)
        lines = proc.stderr.strip().splitlines()
        self.assertEqual(1, len(lines), f"expected one line, got {lines}")
        for word in words:
            self.assertIn(word, lines[0], f"expected '{word}', got '{lines[0]}'")


class TestMisbehavingPrograms(RunnerCase):
    """All ways in which a program or its kernel can misbehave, in one run."""

    NAMES = ("good", "bad", "crash", "killed", "truncated", "short", "garbage",
             "panics", "resets", "warns", "stray", "console", "hopeless",
             "skips", "lacks", "absent", "hang 3", "silent 60", "freezes 60", "stopped 60")

    # test: words of its message
    FAILURES = {
        "bad.any_a.fail": "expected EEXIST, got OK",
        "crash.any_a.segv": "SIGSEGV",
        "killed.any_a.kill": "SIGKILL",
        "truncated.any_a.stop": "a line that is not KTAP: 'ok 2'",
        "short.any_b.pass": "ended before this test began",
        "garbage.any_a.noise": "a line that is not KTAP: '@exit 0'",
        "nonsense": "no such test was planned",
        "panics.any_a.panic": "sysrq triggered crash",
        "resets.any_a.reset": "was reset",
        "hopeless.any_a.segv": "SIGSEGV",
        "hopeless.any_b.segv": "SIGSEGV",
        "hopeless.any_c.segv": "SIGSEGV",
        "hopeless.any_d.segv": "SIGSEGV",
        # On a slow machine, these limits are longer.
        "hang.any_a.sleep": "still ran at the end of the program's time limit of",
        "silent.any_a.sleep": "expected a result, got no output for",
        "freezes.any_a.freeze": "the machine hangs",
        "kernel.log": "warns.any_a.warn",
        "missing": "not found",
    }

    def test_all(self):
        command = self.command(f"[target.t]\nsilence_limit = {SILENCE_LIMIT_S}", *self.NAMES,
                               # One machine, so that its boots can be counted.
                               options=("--jobs", "1"))
        broken = self.build / "programs" / "missing"
        broken.write_text("#!/no/such/interpreter\n")
        with (self.build / "programs" / "programs").open("a") as file:
            file.write("missing\n")
        process = subprocess.Popen(command, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        # Stop the machine for longer than the silence limit.
        channel = self.results / "t" / "channel.log"
        await_true(lambda: process.poll() is not None or channel.exists()
                   and b"waiting for the host" in channel.read_bytes(), "the program to wait")
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in qemu_pids(self.build):
                os.kill(pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(2 * SILENCE_LIMIT_S)
        output, _ = process.communicate(timeout=LIMIT_S)

        self.assertEqual(1, process.returncode,
                         f"expected status 1, got {process.returncode}: {output}")
        self.assertNotIn("Traceback", output, "expected no traceback")
        got = self.outcomes("t")
        failed = {test for test, outcome in got.items() if outcome == "failed"}
        self.assertEqual(set(self.FAILURES), failed,
                         f"expected other failures, got {sorted(failed)}: {output}")
        # Failures of one rule with the same cause are shown as one.
        self.assertIn("FAILED hopeless.segv (4 variants): ", output.split("\ntarget ")[-1])
        self.assertIn("TESTS=warns.any_a.warn]", output.split("\ntarget ")[-1],
                      "expected the test that was running when the kernel warned")
        # The command is that of the first failed result.
        self.assertEqual(["to repeat the first failure:",
                          "make run TARGET=t TESTS=bad.any_a.fail"], output.splitlines()[-2:])
        for test, words in self.FAILURES.items():
            message = self.message("t", test)
            self.assertIn(words, message,
                          f"{test}: expected '{words}', got '{message}'")
            if test.startswith("hopeless"):
                continue
            self.assertIn(test, output, f"expected {test} to be shown")
            self.assertIn(f"FAILED {test}: ", output.split("\ntarget ")[-1],
                          f"expected {test} to be shown again below the table")
        self.assertIn("TESTS=crash.any_a.segv", output,
                      "expected the command that repeats the test")

        for test, outcome in {
                "good.legacy_v2_dist.pass": "passed",
                "good.devattr_v3_dist.skip": "skipped",
                "good.seed_.xfail": "xfailed", "bad.any_b.xpass": "xpassed",
                "skips": "skipped", "console.any_b.pass": "passed",
                "lacks.legacy_v2_dist.pass": "passed", "target.absent.seed": "skipped",
                "stray.any_b.pass": "passed",
                "hopeless.any_e.pass": "not_run", "hopeless.any_f.pass": "not_run"}.items():
            self.assertEqual(outcome, got.get(test), f"{test}: expected {outcome}, "
                             f"got {got.get(test)}")
        self.assertEqual("passed", got.get("stopped.any_a.tell_host_and_wait"),
                         f"expected no failure because the machine was stopped: {output}")
        self.assertEqual("84 answers 0: 2 tests not planned",
                         self.message("t", "target.absent.seed"))
        self.assertEqual([], [test for test in got if test.startswith("absent")],
                         "expected no result of a program without tests for this machine")
        for program in ("crash", "killed", "truncated", "garbage", "panics",
                        "resets", "hang", "silent", "freezes", "stopped"):
            self.assertEqual("passed", got.get(f"{program}.any_b.pass"),
                             f"expected the test after the one that ended {program} to "
                             f"pass, got {got.get(f'{program}.any_b.pass')}")

        folder = self.results / "t"
        ktap = (folder / "results.ktap").read_text()
        self.assertRegex(ktap, r"# panics\.any_a\.panic: .*Kernel panic",
                         "expected the kernel log with the test that panicked")
        log = (folder / "kernel.log").read_text()
        self.assertEqual(4, log.count("==== t: boot "),
                         "expected the log of four boots, apart from each other")
        ET.fromstring((folder / "junit.xml").read_bytes())
        report = (self.results / "index.html").read_text()
        for words in ("panics.any_a.panic", "sysrq: Trigger a crash", "expected EEXIST, got",
                      "make run TARGET=t TESTS=panics.any_a.panic"):
            self.assertIn(words, report)
        self.assertIn(b"@exit 0", (folder / "channel.log").read_bytes(),
                      "expected the raw output to be kept")


class TestTargets(RunnerCase):
    """Targets that do not match their description, in one run."""

    TARGETS = """
        [target.lost-kvm]
        features = ["kvm"]
        kernel_says = ["Linux version", "in no such mode", "nor in this one"]
        refused = { "true" = "No such" }
        post = ["true", "ls /none"]
        [target.has-kvm]
        machine = "virt,virtualization=on,gic-version=2"
        features = ["kvm"]
        mode = "vgic_abi.word=1"
        kernel_says = ["Linux version", "vgic_abi.word=1"]
        refused = { "ls /none" = "No such file", "false" = "status 1" }
        post = ["true"]
        [target.has-kvm.device_tree]
        "/pl061@9030000 compatible" = ""
        [target.has-too-much]
        machine = "virt,virtualization=on,gic-version=2"
        lacks = ["kvm"]
        [target.must-skip]
        expect = "skip"
        refused = { "ls /none" = "No such device" }
        [target.no-init]
        append = "rdinit=/none root=/dev/none"
        [target.bad-pre]
        modules = ["bad.ko"]
        pre = ["true", "insmod /modules/bad.ko"]
        [target.out-of-time]
        # No machine boots within this limit, however fast.
        target_limit = 0.001
        [target.other]
        default = false
    """

    def test_all_mismatches(self):
        module = self.build / "bad.ko"
        module.write_bytes(elf_header("arm64"))
        proc = self.run_targets(self.TARGETS, "good", "skips",
                                options=["--module", str(module)])
        self.assert_status(1, proc)
        for target, test, outcome, words in (
                ("lost-kvm", "target.features", "failed",
                 "expected the features kvm; got (none)"),
                ("lost-kvm", "good.legacy_v2_dist.pass", "passed", ""),
                ("lost-kvm", "target.mode", "failed",
                 "expected the kernel's log to have in no such mode, nor in this one, it"),
                ("has-kvm", "target.features", "passed", ""),
                ("has-kvm", "target.mode", "passed", ""),
                ("has-too-much", "target.mode", None, ""),
                ("has-too-much", "target.features", "failed",
                 "(none) without kvm; got kvm"),
                ("must-skip", "target.skip", "failed", "good."),
                ("must-skip", "target.features", "passed", ""),
                ("no-init", "target.boot", "failed", "Kernel panic"),
                ("no-init", "good", "not_run", "did not come up"),
                ("bad-pre", "target.boot", "failed",
                 "'insmod /modules/bad.ko' failed: insmod: can't insert"),
                ("bad-pre", "skips", "not_run", "did not come up"),
                ("lost-kvm", "target.refused", "failed",
                 "expected 'true' to fail with 'No such', got that it worked"),
                ("lost-kvm", "target.post", "failed",
                 "expected 'ls /none' to succeed, got: ls: /none: No such file"),
                ("has-kvm", "target.post", "passed", ""),
                ("has-kvm", "target.refused", "passed", ""),
                ("must-skip", "target.refused", "failed",
                 "No such device', got ls: /none: No such file"),
                ("bad-pre", "target.refused", None, ""),
                ("out-of-time", "good", "not_run", "the target's time limit of")):
            got = self.outcomes(target).get(test)
            self.assertEqual(outcome, got, f"{target}: {test}: expected {outcome}, "
                             f"got {got}: {proc.stdout}")
            if outcome:
                self.assertIn(words, self.message(target, test),
                              f"{target}: {test}: expected another message")
        # On a slow machine, the limit is longer than the target's file says.
        for words in (r"out-of-time: 2 programs not run: the target's time limit of \S+ s is over",
                      r"no-init: 2 programs not run: the target did not come up"):
            self.assertRegex(proc.stdout.split("\ntarget ")[-1], rf"(?m)^{words}$",
                             "expected the reason below the table")
        log = (self.results / "has-kvm/kernel.log").read_text(errors="replace")
        self.assertFalse("PL061 GPIO chip registered" in log,
                         "expected the machine to have the changed device tree")
        self.assertFalse((self.results / "other").exists(),
                         "expected no run on a target that is not a default")

    def test_expected_skip(self):
        proc = self.run_targets('[target.t]\nexpect = "skip"', "skips",
                                options=["--target", "t"])
        self.assert_status(0, proc)
        self.assertEqual("passed", self.outcomes("t")["target.skip"],
                         "expected the check of the skip to pass")
        self.assertIn("no /dev/kvm", self.message("t", "skips"),
                      "expected the reason")

    def test_pattern(self):
        proc = self.run_targets("[target.t]", "good", "bad",
                                options=["--tests", "good.*pass no.such", "-v"])
        self.assert_status(2, proc)
        self.assertIn("fits no test", proc.stderr, "expected an error for the pattern")
        # A single pattern, because the stand-in for a program does not split a list of patterns.
        proc = subprocess.run([*proc.args[:-3], "--tests", "*.pass", "-v"],
                              capture_output=True, text=True,
                              timeout=LIMIT_S)
        self.assert_status(0, proc)
        tests = [test for test in self.outcomes("t") if test.count(".") == 2]
        self.assertEqual(["good.legacy_v2_dist.pass", "bad.any_c.pass"], tests,
                         f"expected two tests, got {tests}")
        self.assertIn("t| ok 1 good.legacy_v2_dist.pass", proc.stdout,
                      "expected the program's output with -v")


class TestCountedInstructions(RunnerCase):
    """Counted instructions: runs are equal only if the guest never waits for the host."""

    TARGET = '[target.t]\nicount = true\npre = ["true"]\npost = ["true"]'

    def log(self) -> str:
        return (self.results / "t/kernel.log").read_text(errors="replace")

    def log_until_answered(self) -> str:
        """The log before the end of the last program.

        The guest reports this end to the host, and logs it while the host answers.
        """
        return self.log().rpartition("program (none)")[0].rpartition("\n")[0]

    def test_two_runs_are_the_same(self):
        logs = []
        for _ in range(2):
            proc = self.run_targets("[target.t]\nicount = true", "good", "skips")
            self.assert_status(0, proc)
            self.assertEqual("passed", self.outcomes("t")["good.legacy_v2_dist.pass"])
            logs.append(self.log_until_answered())
        # Equal to the microsecond, which is a thousand instructions.
        self.assertEqual(*logs)
        self.assertIn("program skips", logs[0])
        self.assertEqual(1, logs[0].count("==== t: boot "), "expected a single boot")

    def test_queued_command_not_needed(self):
        """The machine is booted again, and nothing of the first boot affects the second."""
        self.check_ahead((("good", "bad"), "good.*.pass", 2))

    @marks.long
    def test_other_queued_commands(self):
        self.check_ahead((("bad", "good"), "good.*.pass", 2),
                         (("good", "panics"), "*.pass", 1))

    def check_ahead(self, *cases):
        for programs, tests, boots in cases:
            proc = self.run_targets(self.TARGET, *programs, options=["--tests", tests])
            self.assert_status(0, proc)
            self.assertEqual("passed", self.outcomes("t")["good.legacy_v2_dist.pass"])
            self.assertEqual(boots, self.log().count("==== t: boot "), programs)

    @marks.long
    def test_program_restarts(self):
        proc = self.run_targets(self.TARGET, "panics", "crash", "good")
        self.assert_status(1, proc)
        for test, outcome in (("panics.any_a.panic", "failed"), ("crash.any_a.segv", "failed"),
                              ("panics.any_b.pass", "passed"), ("crash.any_b.pass", "passed"),
                              ("good.legacy_v2_dist.pass", "passed")):
            self.assertEqual(outcome, self.outcomes("t").get(test), test)

    def test_icount_command_with_quotes(self):
        proc = self.run_targets("[target.t]\nicount = true\npre = ['echo \"a\"']", "good")
        self.assert_error(proc, "icount: expected commands without", 'echo "a"')


class TestStopping(RunnerCase):
    def start(self) -> subprocess.Popen:
        """Starts a run of two targets; returns when both run a program."""
        process = subprocess.Popen(
            # The silence limit is long, because the other target may start much later. `post`
            # limits a target to one machine: with two, the first target would take both slots, and
            # the other would not start.
            self.command("".join(f"[target.{name}]\nsilence_limit = {LIMIT_S}\npost = ['true']\n"
                                 for name in "ab"),
                         "good", "slow", options=["--jobs", "2"]),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        logs = [self.results / target / "channel.log" for target in "ab"]
        await_true(lambda: all(log.exists() and b"waiting for the host" in log.read_bytes()
                               for log in logs), "both programs to run")
        found = qemu_pids(self.build)
        if len(found) != 2:
            process.terminate()
            self.fail(f"expected two QEMUs, got {found}: {process.communicate()[0]}")
        return process

    def test_ctrl_c_keeps_the_results(self):
        process = self.start()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=LIMIT_S)
        self.assertEqual(130, process.returncode,
                         f"expected status 130, got {process.returncode}: {output}")
        self.assertNotIn("Traceback", output, "expected no traceback")
        self.assertEqual([], qemu_pids(self.build), "expected no QEMU to be left")
        for target in "ab":
            self.assertTrue(self.summary(target)["interrupted"],
                            "expected the summary to be marked as interrupted")
            got = self.outcomes(target)
            for test, outcome in (("good.legacy_v2_dist.pass", "passed"),
                                  ("slow.any_a.tell_host", "not_run"),
                                  ("slow.any_b.pass", "not_run")):
                self.assertEqual(outcome, got.get(test), f"{test}: expected "
                                 f"{outcome}, got {got.get(test)}")
            # One line for all tests that were not run, and no failure.
            self.assertEqual(1, output.count(f"{target}: 2 tests not run: interrupted, in "
                                             "slow.any_a.tell_host\n"), output)
            self.assertNotIn("FAILED", output)
            self.assertEqual(0, self.summary(target)["failed"])
        report = (self.results / "index.html").read_text()
        self.assertIn("Interrupted; 4 not run", report)
        self.assertIn("slow.any_a.tell_host", report)
        history = json.loads((self.results / "history.json").read_text())
        self.assertEqual(["interrupted"], [run["status"] for run in history])

    def test_kill_leaves_no_qemu(self):
        process = self.start()
        process.kill()
        process.wait()
        await_true(lambda: not qemu_pids(self.build), "no QEMU to be left")


class TestListing(unittest.TestCase):
    """Listing a program's tests: which session does it, and patterns that fit no test."""

    def setUp(self) -> None:
        self.commands: list[str] = []
        self.reported: list[Result] = []
        self.known: Known = {}

    def run_program(self, program: Program, names: list[str], tests: str | None = None,
                    arch: str = "arm64", programs: str = "selftests",
                    ahead: Sequence[str] = (), system: str | None = "feature kvm",
                    absent: Sequence[str] = ()) -> Session:
        async def answer(command: str, _limit_s: float, on_line: Callable[[str], None],
                         _on_end: Callable[[str], None] | None = None) -> Ending:
            self.commands.append(command)
            for line in ([*names, *absent] if command.endswith("--list") else
                         ["KTAP version 1", f"1..{len(names)}",
                          *(f"ok {n} {name}" for n, name in enumerate(names, 1))]):
                on_line(line)
            return Ending(0)

        target = targets.Target(name="t", arch=arch, qemu="q", machine="virt", cpu="c",
                                kernel={}, programs=programs)
        plan = Plan(target, None, "tcg", [program], tests, ROOT)
        listener = SimpleNamespace(note=lambda *_: None, line=lambda *_: None,
                                   plan=lambda *_: None,
                                   result=lambda _, result: self.reported.append(result))
        session = Session(plan, listener, self.known)
        session._ahead = list(ahead)
        session._system = system
        with mock.patch.object(session, "_exchange", answer):
            asyncio.run(session._run_program(program))
        return session

    def test_one_session_asks_for_all(self) -> None:
        for _ in range(2):
            self.run_program(Program("good"), ["good.any.one"])
        self.assertEqual(["good --list", "good", "good"], self.commands)
        self.assertEqual(["passed"] * 2, [result.outcome for result in self.reported])

    def test_other_builds_and_patterns_are_listed(self) -> None:
        self.run_program(Program("good"), ["good.any.one"])
        self.run_program(Program("good"), ["good.any.one"], arch="arm")
        self.run_program(Program("good"), ["good.any.one"], programs="hostile")
        self.run_program(Program("good", tests="*.one"), ["good.any.one"])
        self.assertEqual(4, sum(command.endswith("--list") for command in self.commands))

    def test_other_systems_are_listed(self) -> None:
        for system in ("feature kvm", "feature kvm\nfeature seed", None, None):
            self.run_program(Program("good"), ["good.any.one"], system=system)
        self.assertEqual(4, sum(command.endswith("--list") for command in self.commands))

    def test_queued_listing_is_read(self) -> None:
        for _ in range(2):
            self.run_program(Program("good"), ["good.any.one"], ahead=["run good --list"])
        self.assertEqual(["good --list", "good"] * 2, self.commands)

    def test_results_are_checked_against_the_listing(self) -> None:
        self.run_program(Program("good"), ["good.any.one", "good.any.two"])
        self.run_program(Program("good"), ["good.any.one"])
        self.assertIn("failed", {result.outcome for result in self.reported})

    def test_user_pattern_without_match(self) -> None:
        self.run_program(Program("good"), [], tests="other.*")
        self.assertEqual(["good --tests other.* --list"], self.commands)
        self.assertEqual([], self.reported)

    ABSENT = ("# absent: seed: 84 answers 0: 2 tests not planned",
              "# not planned: good.seed_v2.one", "# not planned: good.seed_v2.two")

    def test_absence_is_one_result(self) -> None:
        session = self.run_program(Program("good"), ["good.any.one"], absent=self.ABSENT)
        self.assertEqual(["passed"], [result.outcome for result in self.reported])
        (result,) = session._absences.results
        self.assertEqual(("target.absent.seed", "skipped", "84 answers 0: 2 tests not planned"),
                         (result.test, result.outcome, result.message))
        # Another session counts the result, but does not report it again.
        session = self.run_program(Program("good"), ["good.any.one"])
        self.assertEqual([result], session._absences.results)

    def test_program_without_applicable_tests(self) -> None:
        for tests in (None, "*.seed*"):
            for program in (Program("good"), Program("good", tests="*.seed*")):
                session = self.run_program(program, [], tests=tests, absent=self.ABSENT,
                                           system=None)
                self.assertEqual(1, len(session._absences.results))
        self.assertEqual([], [command for command in self.commands
                              if not command.endswith("--list")])
        self.assertEqual([], self.reported)

    def test_program_pattern_without_match(self) -> None:
        self.run_program(Program("good", tests="*.oen"), [])
        self.assertEqual(["failed"], [result.outcome for result in self.reported])
        self.assertIn("expected a test that fits '*.oen'", self.reported[0].message)


class TestSlots(unittest.TestCase):
    """Sessions that take one slot, several slots, or more than exist."""

    def test_slots_in_use(self) -> None:
        running: list[int] = []
        seen: list[tuple[int, ...]] = []

        async def one(slots: Slots, count: int) -> None:
            async with slots.taken(count):
                running.append(count)
                seen.append(tuple(running))
                await asyncio.sleep(0)
                running.remove(count)

        async def run(*counts: int) -> None:
            slots = Slots(2)
            await asyncio.gather(*(one(slots, count) for count in counts))

        asyncio.run(run(1, 1, 2, 1, 9, 1))
        self.assertEqual(6, len(seen), "expected each session to run")
        self.assertIn((1, 1), seen, "expected two sessions of one slot at once")
        for counts in seen:
            self.assertTrue(sum(counts) <= 2 or len(counts) == 1,
                            f"expected at most two slots in use, got {counts}")

    def test_cancelled_tasks_return_slots(self) -> None:
        async def run() -> None:
            slots = Slots(1)

            async def hold_slot() -> None:
                async with slots.taken(1):
                    await asyncio.sleep(60)

            tasks = [asyncio.create_task(hold_slot()) for _ in range(2)]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            async with asyncio.timeout(1800), slots.taken(1):
                pass

        asyncio.run(run())


class TestBadInput(RunnerCase):
    """Errors of the user, and options. Few of these tests boot a machine."""

    def test_unknown_target(self):
        proc = self.run_targets("[target.one]\n[target.two]", "good",
                                options=["--target", "three"])
        self.assert_error(proc, "'three'", "one, two")

    def test_no_default_target(self):
        proc = self.run_targets("[target.one]\ndefault = false", "good")
        self.assert_error(proc, "default", "one")

    def test_targets_file(self):
        for text, *words in (("[target.a]\nmemory = 5", "memory: expected a string"),
                            ("[target.a]\nspeed = 5", "'speed'"),
                            ('[target.a]\nexpect = "fun"', "run, skip"),
                            ('[target.a]\nrefused = { ls = 2 }', "a table of strings"),
                            ('[target.a]\nlike = "b"\n[target.b]', "like: expected", "'b'"),
                            ('[target.a]\nlike = "a"', "like: expected", "'a'"),
                            ("[target.a", "cannot read")):
            self.assert_error(self.run_targets(text, "good"), *words)

    def test_like_another_target(self):
        path = self.build / "targets.toml"
        path.write_text(TARGETS.format(targets=(
            '[target.a]\nmemory = "1G"\nfeatures = ["kvm"]\n'
            '[target.b]\nlike = "a"\nfeatures = []\n[target.c]\nlike = "b"\nsmp = 2')))
        found = targets.load(path)
        self.assertEqual([("1G", ("kvm",), 1), ("1G", (), 1), ("1G", (), 2)],
                         [(t.memory, t.features, t.smp) for t in found.values()])

    def test_layers(self):
        path = self.build / "targets.toml"
        path.write_text(TARGETS.format(targets=(
            '[layer.big]\nmemory = "1G"\nsmp = 8\n[layer.small]\nsmp = 1\n'
            '[target.a]\nlayers = ["small", "big"]\n[target.b]\nlayers = ["big", "small"]\n'
            '[target.c]\nlike = "a"\nlayers = ["small"]\nmemory = "2G"\n'
            '[target.d]\nlike = "c"\n')))
        self.assertEqual([("1G", 8), ("1G", 1), ("2G", 1), ("2G", 1)],
                         [(t.memory, t.smp) for t in targets.load(path).values()])
        for text, *words in (('layers = ["none"]', "layers: expected some of big", "'none'"),
                             ('layers = "big"', "layers: expected a list"),
                             ('layers = 7', "layers: expected a list")):
            self.assert_error(self.run_targets(f"[layer.big]\n[target.t]\n{text}", "good"),
                              "target t: ", *words)

    def test_own_emulator(self):
        """QEMU= replaces the emulator of any target, also one from a suite."""
        own = self.build / "own-qemu"
        used = self.build / "used"
        own.write_text(f'#!/bin/sh\necho >>{used}\nexec qemu-system-aarch64 "$@"\n')
        own.chmod(0o755)
        proc = self.run_targets('[target.t]\nqemu_suite = "none-such"', "good",
                                options=["--qemu", os.path.relpath(own)])
        self.assertIn(f"make run TARGET=t QEMU={own}", self.summary("t")["command"])
        self.assert_status(0, proc)
        self.assertTrue(used.exists())
        proc = self.run_targets("[target.t]", "good", options=["--qemu", "/none"])
        self.assert_error(proc, "expected the command /none for target t")

    def test_emulator_of_a_suite(self):
        path = self.build / "targets.toml"
        path.write_text(TARGETS.format(targets=(
            '[target.a]\nqemu_suite = "trixie"\n[target.b]\nlike = "a"\n[target.c]')))
        got = targets.load(path)
        files = plans.Files(argparse.Namespace(kernel=None), list(got.values()))
        with mock.patch.object(plans, "fetch_qemu", return_value=Path("/there/qemu")) as fetched:
            found = [files.with_emulator(target).qemu for target in got.values()]
        self.assertEqual(["/there/qemu", "/there/qemu", "qemu-system-aarch64"], found)
        fetched.assert_called_once_with("trixie", "qemu-system-aarch64")
        # The emulator of a suite is not expected on this machine: it will be fetched.
        qemu.check_host([replace(got["a"], qemu="none-such")], "tcg", "x86_64")

    def test_real_targets_file(self):
        proc = subprocess.run([sys.executable, str(RUN), "--list"],
                              capture_output=True, text=True)
        self.assert_status(0, proc)
        for name in ("arm64-gicv2", "arm64-gicv3", "arm64-novirt", "armv7-ref",
                     "armv7-ref-6.12", "armv7-novirt", "armv7-nogicv"):
            self.assertIn(name, proc.stdout, f"expected {name}")

    def kernel(self, name: str, data: bytes) -> Path:
        path = self.build / name
        path.write_bytes(data)
        return path

    def test_device_tree(self):
        for entries, words in (
                ('"/none x" = ""', "/none x: fdtget ended"),
                ('"/timer none" = "1"', "/timer none: fdtget ended"),
                ('"/timer interrupts" = "soon"', "/timer interrupts: expected cells in hex")):
            proc = self.run_targets(f"[target.t]\n[target.t.device_tree]\n{entries}", "good")
            self.assert_error(proc, "device tree of target t", words)
        proc = self.run_targets('[target.t]\nmachine = "none-such"\n[target.t.device_tree]\n'
                                '"/timer interrupts" = "1"', "good")
        self.assert_error(proc, "device tree of target t", "qemu-system-aarch64 ended")
        self.assertEqual([], list((self.build / "dtb").iterdir()),
                         "expected no partial file to be left")

    def test_real_device_tree(self):
        """The device tree of armv7-nogicv, a machine without a GIC for guests."""
        from scripts import device_tree
        target = targets.load(ROOT / "scripts/targets.toml")["armv7-nogicv"]
        path = device_tree.changed(target, self.build / "d,t b")

        def get(*arguments: str) -> str:
            return subprocess.run(["fdtget", *arguments], capture_output=True, text=True,
                                  check=True).stdout.strip()

        self.assertEqual("0 8000000 0 10000 0 8010000 0 10000",
                         get("-t", "x", str(path), "/intc@8000000", "reg"))
        self.assertNotIn("interrupts", get("-p", str(path), "/intc@8000000").split())
        self.assertEqual("psci", get(str(path), "/cpus/cpu@1", "enable-method"),
                         "expected the rest of QEMU's tree to be unchanged")
        other = targets.load(ROOT / "scripts/targets.toml")["armv7-ref"]
        self.assertIsNone(device_tree.changed(other, self.build))

    def image(self, magic_at: int, magic: bytes) -> bytes:
        return bytes(magic_at) + magic + bytes(4096)

    def zboot(self, name: bytes, payload: bytes) -> bytes:
        head = b"MZ\0\0zimg" + struct.pack("<II", 64, len(payload))
        return (head.ljust(24, b"\0") + name).ljust(64, b"\0") + payload

    def test_not_a_kernel(self):
        arm = self.image(0x24, struct.pack("<I", 0x016F2818))
        cases = (
            ("text", b"#!/bin/sh\n" * 100, "expected an arm64 Image"),
            ("empty", b"", "starts with nothing"),
            ("short", b"MZ", "expected an arm64 Image"),
            ("vmlinux", b"\x7fELF" + bytes(100), "arch/arm64/boot/Image"),
            ("text.gz", gzip.compress(b"text"), "expected an arm64 Image"),
            ("cut.gz", gzip.compress(os.urandom(9000))[:20], "cannot read it"),
            ("zImage", arm, "is for arm"),
            ("zboot.text", self.zboot(b"gzip", gzip.compress(b"text")),
             "found something else"),
            ("zboot.cut", self.zboot(b"gzip", b"\x1f\x8b\x08"), "EFI zboot"),
            ("zboot.odd", self.zboot(b"rot13", b"abc"), "'rot13'"),
            ("zboot.far", self.zboot(b"gzip", b"abc")[:-1], "does not fit"),
        )
        command = self.command("[target.t]", "good")
        for name, data, words in cases:
            path = self.kernel(name, data)
            proc = subprocess.run([*command, "--kernel", str(path)],
                                  capture_output=True, text=True,
                                  timeout=LIMIT_S)
            self.assert_error(proc, str(path), words)
        proc = subprocess.run([*command, "--kernel", str(self.build / "none")],
                              capture_output=True, text=True)
        self.assert_error(proc, "none", "No such file")
        self.assertFalse(self.results.exists(), "expected no run at all")

    ARM_TARGETS = """
        [target.wide]
        [target.old]
        arch = "arm"
        modules = ["kvm_armv7.ko"]
        pre = ["insmod /modules/kvm_armv7.ko"]
        [target.new]
        arch = "arm"
        kernel = { flavour = "armmp-lpae", suite = "nosuch" }
        modules = ["kvm_armv7.ko"]
    """

    def test_kernel_without_its_module(self):
        path = self.kernel("zImage", self.image(0x24, struct.pack("<I", 0x016F2818)))
        proc = self.run_targets(self.ARM_TARGETS, "good", options=["--kernel", str(path)])
        self.assertIn("left out: wide: ", proc.stdout)
        self.assertIn("left out: new: ", proc.stdout)
        self.assert_error(proc, "zImage", "kvm_armv7.ko", "MODULE=", "for old:")

    def test_bad_module(self):
        for name, data, words in (("text.ko", b"#!/bin/sh\n", "expected an ELF file"),
                                  ("empty.ko", b"", "starts with nothing"),
                                  ("wide.ko", elf_header("arm64"),
                                   "is for arm64: expected a target"),
                                  ("none.ko", None, "No such file")):
            path = self.build / name
            if data is not None:
                path.write_bytes(data)
            proc = self.run_targets(self.ARM_TARGETS, "good",
                                    options=["--module", str(path), "--target", "old"])
            self.assert_error(proc, f"MODULE={path}", words)

    def test_bad_busybox(self):
        path = self.build / "busybox"
        path.write_text("#!/bin/sh\n")
        proc = self.run_targets("[target.t]", "good", options=["--busybox", str(path)])
        self.assert_error(proc, "BUSYBOX=", "expected an ELF file")

    def choose(self, *names: str, kernel: str | None) -> tuple[list[str], str]:
        path = self.build / "targets.toml"
        path.write_text(TARGETS.format(targets=self.ARM_TARGETS))
        message: list[str] = []
        options = argparse.Namespace(targets=path, target=list(names), kernel=kernel,
                                     build=self.build)
        chosen, _ = plans._choose(options, message.append)
        return [target.name for target in chosen], "".join(message)

    def test_kernel_of_another_suite(self):
        """KERNEL= leaves out targets that exist only for another suite, unless they are named."""
        self.assertEqual((["wide", "old", "new"], ""), self.choose(kernel=None))
        chosen, message = self.choose(kernel="debian:sid")
        self.assertEqual(["wide", "old"], chosen, message)
        self.assertIn("left out: new: KERNEL=debian:sid", message)
        self.assertEqual((["new"], ""), self.choose("new", kernel="debian:sid"))

    def test_accelerator_and_device_tree(self):
        def line(accel: str, arch: str, tree: Path | None = None, **keys) -> list[str]:
            target = targets.Target(name="t", arch=arch, qemu="q", machine="virt", cpu="c",
                                    kernel={}, **keys)
            images = qemu.Images(Path("k"), Path("i"), tree)
            return qemu.command_line(target, images, accel, "token", 3)

        for accel, arch, parallel, expected, late in (
                ("tcg", "arm64", False, "tcg,thread=single", False),
                ("tcg", "arm64", True, "tcg,thread=multi", False),
                ("tcg", "arm", False, "tcg,thread=single", True),
                ("tcg", "arm", True, "tcg,thread=multi", True),
                ("kvm", "arm64", False, "kvm", False)):
            with self.subTest(accel=accel, arch=arch, parallel=parallel):
                command = line(accel, arch, parallel=parallel)
                self.assertEqual(expected, command[command.index("-accel") + 1])
                append = command[command.index("-append") + 1].split()
                self.assertEqual(late, qemu.LATE_CPUS in append, append)
                self.assertNotIn("-dtb", command)
        # With icount, bringing up the CPUs is part of the count.
        self.assertNotIn(qemu.LATE_CPUS, " ".join(line("tcg", "arm", icount=True)))
        self.assertIn("-icount", line("kvm", "arm64", icount=True))
        command = line("tcg", "arm", Path("d"))
        self.assertEqual("d", command[command.index("-dtb") + 1])

    def test_kernel_images(self):
        arm64 = self.image(0x38, b"ARM\x64")
        unpacked = self.build / "kernels"
        for name, data, arch in (
                ("Image", arm64, "arm64"),
                ("Image.gz", gzip.compress(arm64), "arm64"),
                ("vmlinuz.efi", self.zboot(b"gzip", gzip.compress(arm64)), "arm64"),
                ("zImage", self.image(0x24, struct.pack("<I", 0x016F2818)), "arm")):
            path, got = kernel_image.prepare(self.kernel(name, data), unpacked)
            self.assertEqual(arch, got, f"{name}: expected {arch}, got {got}")
            if name == "vmlinuz.efi":
                self.assertEqual(arm64, path.read_bytes(),
                                 "expected the kernel out of the zboot image")

    def zimage(self, kernel: bytes, text_offset: int) -> bytes:
        table, packed = 0x100, lzma.compress(kernel, lzma.FORMAT_XZ)
        head = bytearray(self.image(0x24, struct.pack("<I", 0x016F2818)))
        struct.pack_into("<I", head, 0x38, table)
        struct.pack_into("<IIIII", head, table, 6, 0x5A534C4B, 0, 0, text_offset)
        # The code that unpacks the kernel contains the magic of XZ, too.
        return (bytes(head) + b"\xfd7zXZ\0" + bytes(50) + packed
                + struct.pack("<I", len(kernel)) + bytes(99))

    def test_zimage_is_unpacked(self):
        kernel = os.urandom(5000)
        unpacked = self.build / "kernels"
        for text_offset, expected in ((0x208000, 0x208000), (0x8000, 0x208000),
                                      (0x108000, 0x108000)):
            path, arch = kernel_image.prepare(
                self.kernel("zImage", self.zimage(kernel, text_offset)), unpacked)
            self.assertEqual("arm", arch)
            data = path.read_bytes()
            # QEMU loads the image to 0x10000 and jumps there.
            self.assertEqual(expected - 0x10000, data.find(kernel),
                             f"expected the kernel at {expected:#x}")
            (word,) = struct.unpack_from("<I", data)
            self.assertEqual(0xEA, word >> 24, "expected a branch")
            self.assertEqual(expected - 0x10000, (word & 0xFFFFFF) * 4 + 8,
                             "expected a branch to the kernel")

    def test_zimage_is_unpacked_for_a_guest(self):
        kernel = os.urandom(5000)
        for text_offset, expected in ((0x208000, 0x208000), (0x8000, 0x8000),
                                      (0x20, 0x200020)):
            path = kernel_image.prepare_for_guest(
                self.kernel("zImage", self.zimage(kernel, text_offset)),
                self.build / "kernels")
            data = path.read_bytes()
            # vgic-run loads the image to a multiple of 2 MiB and jumps there.
            self.assertEqual(expected, data.find(kernel))
            word, magic, start, end = struct.unpack_from("<I32xIII", data)
            self.assertEqual((0xEA, expected), (word >> 24, (word & 0xFFFFFF) * 4 + 8),
                             "expected a branch to the kernel")
            self.assertEqual((0x016F2818, 0, len(data)), (magic, start, end))

    def test_zimage_with_unknown_layout(self):
        good = self.zimage(b"kernel" * 500, 0x208000)
        for name, data in (("size", good.replace(struct.pack("<I", 3000), bytes(4))),
                           ("xz", good.replace(b"7zXZ", b"7zip")),
                           ("cut", good[:-120]),
                           ("table", good[:0x104] + bytes(4) + good[0x108:])):
            self.assertNotEqual(good, data, "the test itself is wrong")
            given = self.kernel("zImage", data)
            path, arch = kernel_image.prepare(given, self.build / "kernels")
            self.assertEqual((given, "arm"), (path, arch),
                             f"{name}: expected a zImage that unpacks itself")
            self.assertEqual(given, kernel_image.prepare_for_guest(
                given, self.build / "kernels"), name)

    def test_patterns(self):
        for pattern in ("a;b", "$(x)", "a'b", "a/b"):
            proc = subprocess.run([sys.executable, str(RUN), "--tests", pattern],
                                  capture_output=True, text=True)
            self.assert_error(proc, "TESTS", pattern)

    def test_patterns_without_match(self):
        """The error comes before anything is fetched or booted."""
        for pattern, words in (("nosuch", "'nosuch' fits none of arm64-gicv2"),
                               ("errors.twice_sme", "did you mean 'errors.twice_same'?"),
                               ("errors,guest_linux", "it is in guest_linux, which these targets"),
                               ("errors.legacy_v2_dist.nosuch", "fits none of arm64-gicv2")):
            with mock.patch.object(plans.Files, "kernel", side_effect=AssertionError):
                options = run.parse(["--target", "arm64-gicv2", "--tests", pattern,
                                     "--results-dir", str(self.results)])
                with self.assertRaisesRegex(SetupError, re.escape(words)):
                    plans.make(options, print)
        proc = subprocess.run([sys.executable, str(RUN), "--target", "arm64-gicv2", "--tests",
                               "nosuch", "--results-dir", str(self.results)],
                              capture_output=True, text=True)
        self.assert_error(proc, "TESTS=nosuch", "'nosuch' fits none")
        self.assertFalse(self.results.exists())

    def test_program_not_built(self):
        """The built list of programs may be older than the suite's."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "selftests/arm64")
            folder.mkdir(parents=True)
            (folder / "programs").write_text("abi 240\n")
            (folder / "probe").touch()
            (folder / "abi").touch()
            listed = (ROOT / plans.PROGRAM_LIST).stat().st_mtime
            for age, refused in ((1, False), (-1, True)):
                os.utime(folder / "programs", (listed - age, listed - age))
                options = run.parse(["--target", "arm64-gicv2", "--tests", "errors",
                                     "--build", name])
                files = plans.Files(options)
                chosen = [targets.load(ROOT / "scripts/targets.toml")["arm64-gicv2"]]
                with self.subTest(refused=refused):
                    if not refused:
                        plans.check_tests(options, chosen, files)
                        continue
                    with self.assertRaisesRegex(SetupError, "it is in errors"):
                        plans.check_tests(options, chosen, files)

    def test_programs(self):
        command = self.command("[target.t]", "good")
        folder = self.build / "programs"
        for text, words in (("good soon\n", "NAME [SECONDS]"), ("other\n", "'other'"),
                            ("# none\n", "expected names")):
            (folder / "programs").write_text(text)
            proc = subprocess.run(command, capture_output=True, text=True)
            self.assert_error(proc, words)
        (folder / "programs").unlink()
        self.assert_error(subprocess.run(command, capture_output=True, text=True),
                          "make run")

    def test_programs_of_a_target(self):
        """A target's `programs` names a folder below build/."""
        path = self.build / "targets.toml"
        path.write_text(TARGETS.format(targets='[target.t]\n[target.u]\nprograms = "other"'))
        found = targets.load(path)
        files = plans.Files(argparse.Namespace(programs_dir=None, build=self.build))
        for name, folder, program in (("t", "selftests", "good"), ("u", "other", "bad")):
            place = self.build / folder / "arm64"
            place.mkdir(parents=True)
            for file_name in (program, "probe"):
                shutil.copy(GUEST / "fake", place / file_name)
            (place / "programs").write_text(f"{program} 7\n")
            got = [(p.name, p.limit_s) for p in files.programs(found[name])]
            self.assertEqual([(program, 7)], got, name)
        few = replace(found["t"], only=("good",))
        self.assertEqual(["good"], [p.name for p in files.programs(few)])
        with self.assertRaisesRegex(SetupError, "target t: only: .* got 'gone'"):
            files.programs(replace(few, only=("good", "gone")))

    def test_append(self):
        """--append comes after the target's own words, so that it has precedence."""
        proc = self.run_targets('[target.t]\nappend = "hostile=15"', "good",
                                options=["--append", "hostile=2 hostile_seed=3"])
        log = (self.results / "t" / "kernel.log").read_text(errors="replace")
        self.assertRegex(log, r"Kernel command line: .* hostile=15 hostile=2 hostile_seed=3",
                         f"expected both values, in this order; the runner printed {proc.stderr}")

    @unittest.skipIf(os.uname().machine == "aarch64", "KVM may work here")
    def test_kvm_on_another_host(self):
        proc = self.run_targets("[target.t]", "good",
                                options=["--accel", "kvm"])
        self.assert_error(proc, "ACCEL=kvm", "arm64 host")

    def test_no_qemu(self):
        proc = self.run_targets('[target.t]\nqemu = "qemu-none"', "good")
        self.assert_error(proc, "qemu-none", "apt-get install")

    def test_unwritable_results(self):
        (self.build / "results").write_text("in the way")
        proc = self.run_targets("[target.t]", "good")
        self.assert_error(proc, "cannot write", "results", "BUILD=")

    def test_unwritable_build(self):
        (self.build / "initramfs").write_text("in the way")
        proc = self.run_targets("[target.t]", "good")
        self.assert_error(proc, "cannot make the initramfs")

    def test_full_disk(self):
        """The disk is smaller than the kernel log."""
        command = self.command(
            "[target.a]\n[target.b]", "good",
            options=["--jobs", "2"])
        self.results.mkdir()
        limit = None
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8k,nr_inodes=20", "tmpfs",
             str(self.results)], capture_output=True).returncode == 0
        if mounted:
            self.addCleanup(subprocess.run, ["umount", str(self.results)],
                            check=True)
        else:
            # Without a small disk, limit the size of files, after the build files are complete.
            subprocess.run([*command, "--tests", "good"], capture_output=True)

            def limit():
                resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        proc = subprocess.run(command, capture_output=True, text=True,
                              preexec_fn=limit, timeout=LIMIT_S)
        self.assert_error(proc, "cannot write the results", str(self.results),
                          "No space left" if mounted else "too large")

    def test_two_runs_at_once(self):
        first = subprocess.Popen(
            self.command("[target.t]", "slow"),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(first.stdout.close)
        self.addCleanup(first.wait)
        self.addCleanup(first.kill)
        await_true((self.results / "t").exists, "the first run to begin")
        second = subprocess.run(first.args, capture_output=True, text=True)
        self.assert_error(second, "another run")
        first.send_signal(signal.SIGTERM)
        first.wait(LIMIT_S)
        self.assertEqual(143, first.returncode,
                         f"expected status 143, got {first.returncode}")


@marks.layer("build")
@marks.slow
@marks.apart
class TestModule(unittest.TestCase):
    """Builds an empty module for the kernels of two targets."""

    SOURCES = {
        "Kbuild": "obj-m := kvm_armv7.o\nkvm_armv7-y := virt/kvm/kvm_main.o arch/arm/kvm/a.o\n"
                  "ccflags-y := -I$(src)/include\n",
        "virt/kvm/kvm_main.c": "#include <linux/module.h>\n#include <kvm/a.h>\n"
                           "static int __init start(void)\n{\n\treturn answer();\n}\n"
                           'module_init(start);\nMODULE_LICENSE("GPL");\n'
                           'MODULE_DESCRIPTION("none");\n',
        "arch/arm/kvm/a.c": "#include <kvm/a.h>\nint answer(void)\n{\n\treturn -19;\n}\n",
        "include/kvm/a.h": "int answer(void);\n",
        # Files that a build in the source tree may have left.
        "virt/kvm/kvm_main.o": "no object file",
        "kvm_armv7.mod.c": "no source file",
    }
    TARGETS = ("armv7-ref", "armv7-ref-6.12")

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.build = self.folder / "build"
        self.sources = self.folder / "sources"
        for name, text in self.SOURCES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def make(self, *targets: str, **variables: str) -> subprocess.CompletedProcess[str]:
        # As if run by make: its options and variables must not reach the kernel's make.
        env = dict(os.environ, MAKEFLAGS="n -- ARCH=x86 V=9", MAKELEVEL="1", ARCH="x86",
                   VGIC_ABI_CACHE=str(cache.CACHE), **variables)
        return subprocess.run(
            [sys.executable, str(RUN), "--modules", "--build", str(self.build),
             "--sources", str(self.sources), "--target", ",".join(targets or self.TARGETS)],
            env=env, capture_output=True, text=True, timeout=LIMIT_S)

    def built(self, *targets: str, **variables: str) -> list[Path]:
        proc = self.make(*targets, **variables)
        self.assertEqual(0, proc.returncode, proc.stderr)
        return [Path(line) for line in proc.stdout.splitlines()]

    def times(self) -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in self.build.rglob("*.[ok]*")
                if path.suffix in (".o", ".ko")}

    def test_out_of_tree_for_each_kernel(self):
        before = sorted(self.sources.rglob("*"))
        proc = self.make()
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertNotIn("warning", proc.stderr.lower())
        paths = [Path(line) for line in proc.stdout.splitlines()]
        self.assertEqual(2, len(paths), f"expected two modules, got {paths}")
        for path, suite in zip(paths, (None, "bookworm-backports")):
            kernel = fetch.fetch_kernel("armhf", None, suite, False)
            release = (kernel / "release").read_text().strip()
            self.assertEqual(self.build / "module" / release / "kvm_armv7.ko", path)
            self.assertTrue(f"vermagic={release} SMP".encode() in path.read_bytes(),
                            f"expected a module for {release}")
            self.assertEqual("arm", plans.elf_arch(path, "MODULE"))
        self.assertEqual(before, sorted(self.sources.rglob("*")),
                         "expected the sources to stay as they were")

    def test_rebuilds_changed_files(self):
        self.built("armv7-ref")
        before = self.times()
        self.assertIn("a.o", before)
        self.built("armv7-ref")
        self.assertEqual(before, self.times(), "expected nothing to be built again")

        self.write("arch/arm/kvm/a.c", self.SOURCES["arch/arm/kvm/a.c"] + "int more;\n")
        self.built("armv7-ref")
        changed = {name for name, time in self.times().items() if time != before[name]}
        self.assertEqual({"a.o", "kvm_armv7.o", "kvm_armv7.ko"}, changed)
        before = self.times()
        self.write("include/kvm/a.h", "int answer(void);\nextern int other;\n")
        self.built("armv7-ref")
        self.assertNotEqual(before["kvm_main.o"], self.times()["kvm_main.o"],
                            "expected a header's change to be seen")

    @marks.long
    def test_removed_source_is_gone(self):
        self.built("armv7-ref")
        (self.sources / "include/kvm/a.h").unlink()
        proc = self.make("armv7-ref")
        self.assertEqual(2, proc.returncode, proc.stdout)
        self.assertIn("kvm/a.h: No such file", proc.stderr)
        self.assertEqual([], list(self.build.rglob("a.h")))

    @marks.long
    def test_other_sources_in_the_same_place(self):
        """Sources that replace others are built even if older: make compares only times."""
        (path,) = self.built("armv7-ref")
        other = self.folder / "other"
        shutil.copytree(self.sources, other)
        text = (other / "arch/arm/kvm/a.c").read_text()
        (other / "arch/arm/kvm/a.c").write_text(text + "const char mark[] = \"here\";\n")
        os.utime(other / "arch/arm/kvm/a.c", (1, 1))
        self.sources = other
        self.built("armv7-ref")
        self.assertTrue(b"here\0" in path.read_bytes(), "expected the other sources' module")

    def test_error_is_shown_once(self):
        self.write("arch/arm/kvm/a.c", "int answer(void)\n{\n\treturn nothing;\n}\n")
        proc = self.make("armv7-ref")
        self.assertEqual(2, proc.returncode, proc.stdout)
        self.assertRegex(proc.stderr, r"arch/arm/kvm/a\.c:3:.*nothing")
        self.assertRegex(proc.stderr.splitlines()[-1],
                         r"^run: cannot build kvm_armv7.ko: make ended with status \d+: "
                         r".*a\.c:3:\d+: error: .*nothing")
        self.assertNotIn("Traceback", proc.stderr)
        self.write("arch/arm/kvm/a.c", self.SOURCES["arch/arm/kvm/a.c"])
        self.assertTrue(self.built("armv7-ref"))

    def test_warnings_and_variables_come_through(self):
        self.write("arch/arm/kvm/a.c", "#include <kvm/a.h>\nint answer(void)\n{\n"
                   "\tint unused;\n\n\treturn -19;\n}\nint undeclared(void)\n{\n\treturn 0;\n}\n")
        proc = self.make("armv7-ref")
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertIn("unused variable", proc.stderr)
        self.assertNotIn("no previous prototype", proc.stderr)
        proc = self.make("armv7-ref", W="1")
        self.assertIn("no previous prototype", proc.stderr)

    def test_up_to_date_without_make(self):
        """kbuild takes seconds, and does not run without changes."""
        (path,) = self.built("armv7-ref")
        tools = self.folder / "tools"
        tools.mkdir()
        (tools / "make").write_text("#!/bin/sh\nexit 1\n")
        (tools / "make").chmod(0o755)
        without = {"PATH": f"{tools}:{os.environ['PATH']}"}
        # A new time with the same content is not a change.
        for name in self.SOURCES:
            os.utime(self.sources / name)
        proc = self.make("armv7-ref", **without)
        self.assertEqual((0, f"{path}\n", ""), (proc.returncode, proc.stdout, proc.stderr))
        for variables in ({"V": "1"}, {"W": "1"}, {"C": "1"}, {"KCFLAGS": "-DOTHER"}):
            self.assertEqual(2, self.make("armv7-ref", **without, **variables).returncode,
                             f"expected make to run with {variables}")
        path.write_bytes(path.read_bytes()[:-1])
        self.assertEqual(2, self.make("armv7-ref", **without).returncode,
                         "expected a damaged module to be built again")

    def test_older_content(self):
        """make compares only times, and would miss a file that is replaced by an older one."""
        (path,) = self.built("armv7-ref")
        for name, text, mark in (
                ("arch/arm/kvm/a.c", 'const char mark[] = "in a.c";\n', b"in a.c\0"),
                ("include/kvm/a.h", 'static const char *word __attribute__((used)) = "in a.h";\n',
                 b"in a.h\0")):
            self.write(name, self.SOURCES[name] + text)
            os.utime(self.sources / name, (1, 1))
            self.built("armv7-ref")
            self.assertTrue(mark in path.read_bytes(), f"expected the new {name}")

    @marks.long
    def test_stopped_build_is_no_build(self):
        """A source is changed, and changed back after a failed build."""
        (path,) = self.built("armv7-ref")
        good = path.read_bytes()
        self.write("arch/arm/kvm/a.c", self.SOURCES["arch/arm/kvm/a.c"]
                   + 'const char mark[] = "here";\n')
        self.write("virt/kvm/kvm_main.c", self.SOURCES["virt/kvm/kvm_main.c"] + "#error no\n")
        self.assertEqual(2, self.make("armv7-ref").returncode)
        for name in ("arch/arm/kvm/a.c", "virt/kvm/kvm_main.c"):
            self.write(name, self.SOURCES[name])
        self.built("armv7-ref")
        self.assertFalse(b"here\0" in path.read_bytes(), "expected the present source's module")
        self.assertEqual(len(good), len(path.read_bytes()))

    @marks.long
    def test_other_compiler_rebuilds_all(self):
        """kbuild would miss the change."""
        self.built("armv7-ref")
        before = self.times()
        tools = self.folder / "tools"
        tools.mkdir()
        real = shutil.which(f"{module.CROSS}-gcc") or shutil.which("gcc")
        (tools / Path(real).name).write_text(f'#!/bin/sh\nexec {real} "$@"\n')
        (tools / Path(real).name).chmod(0o755)
        self.built("armv7-ref", PATH=f"{tools}:{os.environ['PATH']}")
        same = [name for name, time in self.times().items() if time == before[name]]
        self.assertEqual([], same)

    @marks.long
    def test_change_of_the_kernels_headers(self):
        headers = self.folder / "headers"
        shutil.copytree(fetch.fetch_headers(None, None).parents[2], headers, symlinks=True)
        headers = next((headers / "usr/src").glob("linux-headers-*-armmp-lpae"))
        sources = self.folder / "sources"
        folder = self.build / "module" / "here"
        path = module.build("kvm_armv7.ko", sources, headers, folder)
        before = path.stat().st_mtime_ns
        module.build("kvm_armv7.ko", sources, headers, folder)
        self.assertEqual(before, path.stat().st_mtime_ns)
        common = next(headers.parent.glob("linux-headers-*-common"))
        for header in (common / "include/linux/module.h", headers / "Module.symvers"):
            before = path.stat().st_mtime_ns
            with header.open("a") as file:
                file.write("\n" if header.suffix == ".h" else
                           "0x00000000\tnothing_of_this_name\tvmlinux\tEXPORT_SYMBOL\t\n")
            module.build("kvm_armv7.ko", sources, headers, folder)
            self.assertNotEqual(before, path.stat().st_mtime_ns,
                                f"expected a change of {header.name} to be seen")

    def test_killed_leaves_no_compiler(self):
        # A compiler that opens the FIFO blocks.
        fifo = self.folder / "fifo.h"
        os.mkfifo(fifo)
        self.write("arch/arm/kvm/a.c", f'#include "{fifo}"\n')

        def compilers() -> list[Path]:
            found = []
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    line = path.read_bytes()
                    if str(self.build).encode() in line and b"cc1" in line:
                        found.append(path)
            return found

        for number, status in ((signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number):
                process = subprocess.Popen(
                    [sys.executable, str(RUN), "--modules", "--target", "armv7-ref",
                     "--build", str(self.build), "--sources", str(self.sources)],
                    env=dict(os.environ, VGIC_ABI_CACHE=str(cache.CACHE)),
                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                await_true(compilers, "a compiler to run")
                process.send_signal(number)
                await_true(lambda: not compilers(), f"no compiler to be left after {number.name}")
                _, output = process.communicate(timeout=LIMIT_S)
                self.assertEqual(status, process.returncode, output)
                self.assertNotIn("Traceback", output)

    def test_warnings_of_a_header_come_once(self):
        header = ("int answer(void);\nstatic inline int late(void)\n{\n\tint unused;\n\n"
                  "\treturn 0;\n}\n")
        self.write("include/kvm/a.h", header)
        proc = self.make("armv7-ref")
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertEqual(1, proc.stderr.count("unused variable"), proc.stderr)
        self.assertEqual(1, proc.stderr.count("In file included from"), proc.stderr)
        self.assertIn("1 repeated warning left out", proc.stderr)

    def test_no_module_to_build(self):
        (self.sources / "Kbuild").unlink()
        proc = self.make("armv7-ref")
        self.assertEqual(2, proc.returncode, proc.stdout)
        self.assertIn("expected the module's Kbuild in", proc.stderr)
        self.write("Kbuild", "obj-m := other.o\nother-y := arch/arm/kvm/a.o virt/kvm/kvm_main.o\n"
                   "ccflags-y := -I$(src)/include\n")
        proc = self.make("armv7-ref")
        self.assertEqual(2, proc.returncode, proc.stdout)
        self.assertIn("expected Kbuild to build kvm_armv7.ko, it did not", proc.stderr)

    def test_path_with_a_space(self):
        self.build = self.folder / "a folder"
        proc = self.make("armv7-ref")
        self.assertEqual(2, proc.returncode, proc.stdout)
        self.assertIn("expected a path without spaces", proc.stderr)

    def test_targets_without_a_module(self):
        proc = self.make("arm64-gicv2")
        self.assertEqual(2, proc.returncode, proc.stdout)
        self.assertIn("expected a target that has a module, got arm64-gicv2", proc.stderr)


if __name__ == "__main__":
    unittest.main()
