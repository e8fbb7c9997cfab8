# SPDX-License-Identifier: GPL-2.0-only
"""Unit tests of selftests/lib/harness/ktap.c and rule.c, under ASan and UBSan."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from tests import marks
from tests.events import LIMIT_S, await_true

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))
PROGRAM = BUILD / "unit/fake_suite"
STUCK_MS = 4000
# Multiplies the program's time limits: even on a busy machine, only tests of limits reach one.
PATIENCE = "20"

FIRST = "plain.any.first"
SECOND = "plain.legacy.second"
THIRD = "plain.sizes.third"
OLD = "known.legacy_old.deviates"
NEW = "known.legacy_new.deviates"

# Bits of enum abi_need.
SEED, GICV3, SIZES = 1 << 0, 1 << 4, 1 << 7


def kernel_source() -> str:
    if os.environ.get("KSRC"):
        return os.environ["KSRC"]
    fetch = [sys.executable, str(ROOT / "scripts/fetch.py"), "ksrc"]
    return subprocess.run(fetch, check=True, capture_output=True, text=True).stdout.strip()


def setUpModule() -> None:
    """Compiles the program."""
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    command = ["gcc", "-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror"]
    command += ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    command += [f"-DSTUCK_MS={STUCK_MS}", '-DKMSG="/dev/null"']
    command += [f"-I{ROOT}/tests/unit", f"-I{ROOT}/selftests/lib", f"-I{ROOT}/include/uapi"]
    command += [f"-I{kernel_source()}/tools/testing/selftests"]
    command += [f"{ROOT}/tests/unit/fake_suite.c", f"{ROOT}/selftests/lib/harness/ktap.c"]
    command += [f"{ROOT}/selftests/lib/{name}.c"
                for name in ("harness/rule", "abi/patience", "abi/in_child")]
    command += ["-o", str(PROGRAM)]
    proc = subprocess.run(command, capture_output=True, text=True, check=False)
    if proc.returncode:
        raise AssertionError(f"expected fake_suite.c to compile, got:\n{proc.stderr}")


class Output:
    """The program's output: results by name, diagnostics, status."""

    def __init__(self, fake: str, *args: str, **environment: str) -> None:
        env = {key: value for key, value in os.environ.items() if key != "TESTS"}
        env.update({"patience": PATIENCE, **environment}, FAKE=fake)
        began = time.monotonic()
        proc = subprocess.run(
            [str(PROGRAM), *args], capture_output=True, env=env, timeout=LIMIT_S, check=False
        )
        self.seconds = time.monotonic() - began
        self.stderr = proc.stderr.decode()
        self._read(proc.stdout, proc.returncode)

    @classmethod
    def from_output(cls, output: bytes, status: int) -> Output:
        """The output of a program that has already run."""
        out = cls.__new__(cls)
        out._read(output, status)
        return out

    def _read(self, output: bytes, status: int) -> None:
        self.status = status
        self.lines = output.decode(errors="replace").splitlines()
        self.results = {}
        for line in self.lines:
            match = re.match(r"(ok|not ok) (\d+) (\S+)(?: # (.*))?$", line)
            if match:
                self.results[match[3]] = (match[1], match[4])
        numbers = [
            int(line.split(" ok " if line.startswith("not") else " ")[1].split()[0])
            for line in self.lines
            if line.startswith(("ok ", "not ok "))
        ]
        self.numbers_rise = numbers == list(range(1, len(numbers) + 1))


class Ktap(unittest.TestCase):
    def test_all_outcomes(self) -> None:
        out = Output("as_expected")
        self.assertEqual("KTAP version 1", out.lines[0])
        self.assertEqual("1..5", out.lines[1])
        self.assertEqual(
            {
                FIRST: ("ok", None),
                SECOND: ("ok", None),
                THIRD: ("ok", "SKIP"),
                OLD: ("ok", "XFAIL seen"),
                NEW: ("not ok", "XPASS not seen"),
            },
            out.results,
        )
        # The reason does not follow SKIP, because LKFT's parser would add it to the name.
        self.assertIn(f"# {THIRD}: skipped: one size here", out.lines)
        self.assertTrue(out.numbers_rise, out.lines)
        self.assertEqual("# Totals: pass:2 fail:0 skip:1 xfail:1 xpass:1", out.lines[-1])
        self.assertEqual(1, out.status, "an unexpected pass is a failure")

    def test_sporadic_deviation(self) -> None:
        out = Output("as_expected", MAYBE="1")
        self.assertEqual(("ok", None), out.results["known.legacy_maybe.deviates"])

    def test_each_test_is_announced_before_its_result(self) -> None:
        out = Output("as_expected")
        for name in (FIRST, SECOND, THIRD, OLD, NEW):
            start = out.lines.index(f"# start {name}")
            result = next(i for i, line in enumerate(out.lines)
                          if "ok " in line and name in line and "#  " not in line
                          and not line.startswith("# "))
            self.assertLess(start, result)

    def test_failure_message(self) -> None:
        out = Output("wrong")
        self.assertEqual(("not ok", None), out.results[SECOND])
        self.assertIn(f"# {SECOND}: call 7: expected OK, got EEXIST", out.lines)
        self.assertEqual(1, out.status)

    def test_test_without_check_fails(self) -> None:
        out = Output("checks_nothing")
        self.assertEqual(("not ok", None), out.results[SECOND])
        self.assertTrue(any("ended without" in line for line in out.lines), out.lines)

    def test_crash_fails_one_test(self) -> None:
        out = Output("crashes")
        self.assertEqual(("not ok", None), out.results[SECOND])
        self.assertEqual(("ok", "XFAIL seen"), out.results[OLD])

    def test_rule_unknown_to_the_table(self) -> None:
        out = Output("as_expected", EXTRA="not_in_table")
        self.assertEqual(("not ok", None), out.results["plain.any.not_in_table"])
        self.assertTrue(any("has no rule for plain.any.not_in_table" in l for l in out.lines))

    def test_rule_that_expects_nothing_of_the_variant(self) -> None:
        out = Output("as_expected", EXTRA="expects_nothing")
        self.assertEqual(("not ok", None), out.results["plain.any.expects_nothing"])

    def test_stray_output_becomes_diagnostics(self) -> None:
        out = Output("noisy")
        for line in out.lines[2:]:
            self.assertRegex(line, r"^(# |ok \d|not ok \d)")
        self.assertEqual(5, len(out.results), out.results)

    def test_stray_child_does_not_delay_the_end(self) -> None:
        out = Output("leaves_child")
        self.assertEqual(("ok", None), out.results[SECOND])
        child = next(int(line.split()[-1]) for line in out.lines if "stray child" in line)
        # Fails if the child has ended; nothing else would kill it.
        os.kill(child, signal.SIGKILL)


class Planning(unittest.TestCase):
    """Tests that do not apply to a system are not planned; tests of missing capabilities are
    skipped."""

    def test_absent_is_not_planned(self) -> None:
        out = Output("as_expected", LACKS=str(SEED | SIZES))
        self.assertEqual("# absent: seed: no seed here: 2 tests not planned", out.lines[1])
        self.assertEqual("1..3", out.lines[2])
        self.assertEqual({SECOND: ("ok", None), THIRD: ("ok", "SKIP"),
                          OLD: ("ok", "XFAIL seen")}, out.results)
        self.assertTrue(out.numbers_rise, out.lines)
        self.assertEqual(0, out.status, "a known deviation is not a failure")

    def test_a_test_counts_once(self) -> None:
        out = Output("as_expected", LACKS=str(SEED | GICV3))
        self.assertEqual(["# absent: seed: no seed here: 2 tests not planned"],
                         [line for line in out.lines if "absent" in line])

    def test_only_selected_tests_count(self) -> None:
        out = Output("as_expected", "--tests", "known.*", LACKS=str(GICV3))
        self.assertEqual(["# absent: gicv3: no GICv3 here: 1 test not planned", "1..1"],
                         out.lines[1:3])
        out = Output("as_expected", "--tests", SECOND, LACKS=str(GICV3))
        self.assertEqual("1..1", out.lines[1])

    def test_no_applicable_test(self) -> None:
        out = Output("as_expected", "--tests", "plain.first", LACKS=str(SEED))
        self.assertEqual(["KTAP version 1", "# absent: seed: no seed here: 1 test not planned",
                          "1..0 # SKIP no seed here"], out.lines)
        self.assertEqual(4, out.status)

    def test_after_option(self) -> None:
        out = Output("as_expected", "--after", THIRD, LACKS=str(SEED))
        self.assertEqual({OLD: ("ok", "XFAIL seen")}, out.results)

    def test_list(self) -> None:
        out = Output("as_expected", "--list", LACKS=str(SEED | SIZES))
        self.assertEqual(
            [SECOND, THIRD, OLD, "# absent: seed: no seed here: 2 tests not planned",
             f"# not planned: {FIRST}", f"# not planned: {NEW}"], out.lines)
        self.assertEqual(0, out.status)

    def test_list_of_all(self) -> None:
        for probe in ("", "crashes"):
            out = Output("as_expected", "--list-all", LACKS=str(SEED | SIZES), PROBE=probe)
            self.assertEqual([FIRST, SECOND, THIRD, OLD, NEW], out.lines)
            self.assertEqual(0, out.status)

    @marks.slow
    def test_broken_probe(self) -> None:
        """All requested tests fail, and a failed listing prints no names."""
        for probe, why in (("crashes", "killed by signal 9"), ("hangs", "hangs in the kernel"),
                           ("fails", "KVM_CREATE_VM: expected success"),
                           ("ends", "ended with status 3")):
            with self.subTest(probe):
                out = Output("as_expected", PROBE=probe, LACKS=str(SEED))
                self.assertEqual(["KTAP version 1", "1..5"], out.lines[:2])
                self.assertRegex(out.lines[2], f"^# {re.escape(FIRST)}: {why}[^\n]*$")
                self.assertEqual([("not ok", None)] * 5, list(out.results.values()))
                self.assertEqual("# Totals: pass:0 fail:5 skip:0 xfail:0 xpass:0", out.lines[-1])
                self.assertEqual(1, out.status)
                out = Output("as_expected", "--list", PROBE=probe)
                self.assertEqual([], out.lines)
                self.assertIn(why, out.stderr)
                self.assertEqual(1, out.status)

    def test_verbose_probe(self) -> None:
        out = Output("as_expected", PROBE="chats")
        self.assertEqual("1..5", out.lines[1])


class Dying(unittest.TestCase):
    """Each test has one result, even if the harness dies."""

    def assert_rest_fails(self, out: Output, why: str) -> None:
        self.assertEqual(("ok", None), out.results[FIRST])
        for name in (SECOND, THIRD, OLD, NEW):
            self.assertEqual(("not ok", None), out.results[name], name)
        self.assertTrue(any(line.startswith(f"# {SECOND}: {why}") for line in out.lines), out.lines)
        self.assertTrue(any(line.startswith(f"# {THIRD}: not run") for line in out.lines),
                        out.lines)
        self.assertTrue(out.numbers_rise, out.lines)
        self.assertEqual(1, out.status)

    def test_harness_killed(self) -> None:
        self.assert_rest_fails(Output("harness_dies"), "the harness was killed by signal 9")

    def test_harness_ends_early(self) -> None:
        self.assert_rest_fails(Output("harness_ends"), "the harness ended with status 3")

    def test_test_cannot_be_killed(self) -> None:
        self.assert_rest_fails(Output("hangs", patience="1"), "hangs in the kernel")


def is_pending(pid: int, number: signal.Signals) -> bool:
    """Whether a signal is pending for a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    if re.search(r"^State:\s*Z", status, re.MULTILINE):
        return False
    masks = re.findall(r"^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$", status, re.MULTILINE)
    return any(int(mask, 16) >> number - 1 & 1 for mask in masks)


def processes_of(word: str) -> list[int]:
    """The processes with this word in their environment, without zombies."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if word.encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


class Ended(unittest.TestCase):
    """SIGTERM, with which a runner ends a test that takes too long."""

    def run_and_signal(self, fake: str, times: int, **environment: str) -> Output:
        """Sends SIGTERM when the second test is ready, and again after each delivery."""
        env = {key: value for key, value in os.environ.items() if key != "TESTS"}
        ready = Path(self.enterContext(tempfile.TemporaryDirectory()), "ready")
        marker = f"READY={ready}"
        env.update(environment, FAKE=fake, READY=str(ready))
        with subprocess.Popen([str(PROGRAM)], stdout=subprocess.PIPE, env=env) as program:
            await_true(ready.exists, "the second test to run")
            for _ in range(times):
                program.send_signal(signal.SIGTERM)
                await_true(lambda: not is_pending(program.pid, signal.SIGTERM),
                           "the program to take the signal")
            output, _ = program.communicate(timeout=LIMIT_S)
        if fake != "stuck":
            await_true(lambda: not processes_of(marker), "no process to be left")
        for pid in processes_of(marker):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return Output.from_output(output, program.returncode)

    def test_running_test_reports_its_wait(self) -> None:
        """The test prints why it fails. If the runner sets patience, the other tests still run."""
        out = self.run_and_signal("waits", 1, patience=PATIENCE)
        self.assertEqual(("not ok", None), out.results[SECOND])
        self.assertIn(f"# {SECOND}: gave up waiting", out.lines)
        self.assertTrue(any("got nothing within the runner's limit" in line
                            for line in out.lines), out.lines)
        for name, result in ((FIRST, "ok"), (THIRD, "ok"), (OLD, "ok"), (NEW, "not ok")):
            self.assertEqual(result, out.results[name][0], name)
        self.assertTrue(out.numbers_rise, out.lines)

    def test_sigterm_without_patience(self) -> None:
        """kselftest's runner limits the time of a program, not of a test."""
        out = self.run_and_signal("waits", 1)
        self.assertIn(f"# {SECOND}: gave up waiting", out.lines)
        for name in (SECOND, THIRD, OLD, NEW):
            self.assertEqual(("not ok", None), out.results[name], name)
        self.assertIn(f"# {THIRD}: not run: SIGTERM ended the program", out.lines)
        self.assertEqual(1, out.status)

    def test_test_ignores_sigterm(self) -> None:
        out = self.run_and_signal("hangs", 1, patience=PATIENCE)
        self.assertEqual(("not ok", None), out.results[SECOND])
        self.assertEqual(("ok", "XFAIL seen"), out.results[OLD])
        out = self.run_and_signal("ignores_sigterm", 2, patience=PATIENCE)
        self.assertEqual(("not ok", None), out.results[SECOND])
        self.assertTrue(any("SIGKILL" in line for line in out.lines), out.lines)
        self.assertEqual(("ok", "XFAIL seen"), out.results[OLD])

    def test_unkillable_test(self) -> None:
        """The harness is killed, too, if it waits for a test that cannot be killed."""
        out = self.run_and_signal("stuck", 3, patience=PATIENCE)
        self.assertTrue(any(line.startswith(f"# {SECOND}: expected its end after SIGKILL")
                            for line in out.lines), out.lines)
        self.assertIn(f"# {THIRD}: not run: the program ended before", out.lines)
        self.assertTrue(out.numbers_rise, out.lines)

    @marks.slow
    def test_patience_makes_limits_longer(self) -> None:
        out = Output("hangs", patience="2")
        self.assertGreater(out.seconds, 2 * STUCK_MS / 1000)
        self.assertTrue(any(f"within {2 * STUCK_MS // 1000} s" in line for line in out.lines),
                        out.lines)

    def test_invalid_patience(self) -> None:
        for value in ("0", "-1", "", "ten", "1001", "1 "):
            out = Output("as_expected", patience=value)
            self.assertEqual(2, out.status, value)
            self.assertIn(f"patience: expected a number from 1 to 1000, got '{value}'",
                          out.stderr)
            self.assertEqual([], out.lines)


class CommandLine(unittest.TestCase):
    def names(self, *args: str, **environment: str) -> list[str]:
        out = Output("as_expected", *args, **environment)
        self.assertTrue(out.numbers_rise, out.lines)
        self.assertEqual(f"1..{len(out.results)}", out.lines[1].split(" ")[0])
        return list(out.results)

    def test_list_runs_nothing(self) -> None:
        out = Output("as_expected", "--list")
        self.assertEqual([FIRST, SECOND, THIRD, OLD, NEW], out.lines)
        self.assertEqual(0, out.status)

    def test_not_planned(self) -> None:
        """Tests are not planned in variants in which their rule expects nothing."""
        every = [FIRST, SECOND, THIRD, OLD, NEW]
        self.assertEqual(every, self.names(NOT_PLANNED="expects_nothing"))
        for option in ("--list", "--list-all"):
            out = Output("as_expected", option, NOT_PLANNED="expects_nothing")
            self.assertEqual(every, out.lines)

    def test_one_test(self) -> None:
        self.assertEqual([SECOND], self.names("--tests", SECOND))

    def test_rule_in_all_variants(self) -> None:
        self.assertEqual([OLD, NEW], self.names("--tests", "known.deviates"))

    def test_patterns(self) -> None:
        self.assertEqual([FIRST, THIRD], self.names("--tests", "plain.any.*,*.third"))

    def test_program(self) -> None:
        self.assertEqual(5, len(self.names("--tests", "fake_suite")))

    def test_environment(self) -> None:
        self.assertEqual([FIRST], self.names(TESTS="plain.first"))

    def test_after(self) -> None:
        self.assertEqual([OLD, NEW], self.names("--after", THIRD))

    def test_nothing_selected(self) -> None:
        out = Output("as_expected", "--tests", "other.*")
        self.assertEqual(4, out.status)
        self.assertIn("1..0 # SKIP no test of this program was requested", out.lines)

    def test_all_skipped(self) -> None:
        self.assertEqual(4, Output("as_expected", "--tests", THIRD).status)

    def test_nonsense(self) -> None:
        for args in (("--after", "nobody"), ("--nonsense",), ("word",)):
            out = Output("as_expected", *args)
            self.assertEqual(2, out.status, args)
            self.assertEqual([], out.lines, args)
            self.assertIn("fake_suite", out.stderr, args)


if __name__ == "__main__":
    unittest.main()
