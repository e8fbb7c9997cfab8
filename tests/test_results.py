# SPDX-License-Identifier: GPL-2.0-only
"""A test program's output becomes KTAP, JUnit, a summary and an exit status."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

from tests import lkft
from tools import junit, ktap, rules, summary, tap
from tools.results import (FAILED, NOT_RUN, OUTCOMES, PASSED, SKIPPED, XFAILED, XPASSED, Result,
                           count, not_run, split_name)

ROOT = Path(__file__).resolve().parent.parent
NAMES = ["p.any_a.one", "p.any_b.two", "p.any_c.three"]
HEAD = ["KTAP version 1", "1..3"]
GREEN = [*HEAD,
         "# start p.any_a.one", "ok 1 p.any_a.one",
         "# start p.any_b.two", "ok 2 p.any_b.two # SKIP no GICv3",
         "# start p.any_c.three", "ok 3 p.any_c.three # XFAIL 5.10: known"]


class JudgeCase(unittest.TestCase):
    def judge(self, lines, status=0, cause=None, names=NAMES, log=()):
        """Judges the output of one start; returns the judge and the test to restart after."""
        judge = ktap.ProgramJudge("p", names)
        for line in lines:
            judge.feed(line, 0.0)
        after, _ = judge.end(status, cause, 0.0, log)
        return judge, after

    def outcomes(self, judge):
        return {result.test: result.outcome for result in judge.results}

    def message(self, judge, test):
        for result in judge.results:
            if result.test == test:
                return result.message
        self.fail(f"expected a result of {test}, got {self.outcomes(judge)}")

    def expect(self, judge, expected):
        self.assertEqual(expected, self.outcomes(judge),
                         "expected these outcomes, got others: "
                         f"{[(r.test, r.message) for r in judge.results]}")


class TestEndRequested(JudgeCase):
    def message_after_end(self, *lines):
        """The message of a test that prints these lines after the runner has ended it."""
        judge = ktap.ProgramJudge("p", NAMES[:1])
        for line in (*HEAD[:-1], "1..1", "# start p.any_a.one"):
            judge.feed(line, 0.0)
        judge.end_requested("no output for 60 s")
        for line in (*(f"# p.any_a.one: {line}" for line in lines), "not ok 1 p.any_a.one"):
            judge.feed(line, 0.0)
        judge.end(1, None, 0.0, ())
        return self.message(judge, "p.any_a.one").splitlines()

    def test_wait_is_in_the_first_line(self):
        late = ("vCPU 2: expected the guest's code to end, got nothing within the runner's "
                "limit: waits for 'the other vCPU', seen last: 0")
        asleep = ("vCPU 1: expected the guest's code to end, got nothing within the runner's "
                  "limit: it is still running")
        self.assertEqual(
            ["expected a result, got no output for 60 s: vCPU 2 waits for 'the other vCPU', "
             "seen last: 0", asleep, late], self.message_after_end(asleep, late))

    def test_no_messages(self):
        self.assertEqual(["expected a result, got no output for 60 s"], self.message_after_end())


class TestHealthyPrograms(JudgeCase):
    def test_all_outcomes(self):
        judge, after = self.judge(GREEN)
        self.assertIsNone(after, f"expected no restart, got one after {after}")
        self.expect(judge, dict(zip(NAMES, (PASSED, SKIPPED, XFAILED))))
        self.assertEqual("no GICv3", self.message(judge, NAMES[1]),
                         "expected the reason of the skip")

    def test_failure_carries_its_diagnostics(self):
        lines = [*HEAD, "# start p.any_a.one",
                 "# p.any_a.one: set address: expected EEXIST, got OK",
                 "not ok 1 p.any_a.one", "ok 2 p.any_b.two",
                 "not ok 3 p.any_c.three # XPASS known deviation did not occur"]
        judge, _ = self.judge(lines, status=1)
        self.expect(judge, dict(zip(NAMES, (FAILED, PASSED, XPASSED))))
        self.assertIn("expected EEXIST, got OK", self.message(judge, NAMES[0]),
                      "expected the diagnostic in the message")

    def test_harness_repeats_the_message(self):
        """Only the file and the line of the repetition are kept."""
        lines = [*HEAD[:1], "1..1", "# start p.any_a.one",
                 "# p.any_a.one: set it: expected EEXIST, got OK",
                 "# p.any_a.one: errors.c:123:one:Expected 0 (0) != as_the_rule_says (0)",
                 "not ok 1 p.any_a.one"]
        judge, _ = self.judge(lines, status=1, names=NAMES[:1])
        (result,) = judge.results
        self.assertEqual("set it: expected EEXIST, got OK", result.message)
        self.assertEqual(["set it: expected EEXIST, got OK", "in errors.c:123"], result.account)

    def test_crlf_and_dash(self):
        judge, _ = self.judge([line.replace("ok 1 ", "ok 1 - ") + "\r\n"
                               for line in GREEN])
        self.expect(judge, dict(zip(NAMES, (PASSED, SKIPPED, XFAILED))))

    def test_whole_program_skips(self):
        lines = ["KTAP version 1", "1..0 # SKIP no /dev/kvm"]
        judge, _ = self.judge(lines, status=4, names=None)
        self.expect(judge, {"p": SKIPPED})

    def test_absence_lines_are_not_test_output(self):
        lines = [HEAD[0], "# absent: seed: it answers 0: 2 tests not planned", *GREEN[1:]]
        judge, _ = self.judge(lines)
        self.expect(judge, dict(zip(NAMES, (PASSED, SKIPPED, XFAILED))))
        self.assertEqual([[]] * 3, [r.log for r in judge.results])

    def test_time_is_from_start_to_result(self):
        judge = ktap.ProgramJudge("p", NAMES)
        for now, line in enumerate(GREEN):
            judge.feed(line, float(now))
        self.assertEqual([1.0] * 3, [r.time_s for r in judge.results],
                         "expected one second for each test")


class TestBrokenPrograms(JudgeCase):
    def test_tests_that_were_listed_cannot_skip_as_a_whole(self):
        judge, after = self.judge(["KTAP version 1", "1..0 # SKIP no /dev/kvm"], status=4)
        self.assertEqual(NAMES[0], after, f"expected a restart after that test, got {after}")
        self.expect(judge, {NAMES[0]: FAILED})
        self.assertIn("no /dev/kvm", self.message(judge, NAMES[0]))

    def test_died_in_a_test_and_goes_on(self):
        judge = ktap.ProgramJudge("p", NAMES)
        for line in GREEN[:5]:
            judge.feed(line, 0.0)
        after, changed = judge.end(None, "the kernel panicked", 0.0, ["Oops"])
        self.assertEqual(NAMES[1], after, f"expected a restart after that test, got {after}")
        self.assertEqual(["Oops"], changed[-1].log, "expected the kernel log")
        for line in ("KTAP version 1", "1..1", "# start p.any_c.three",
                     "ok 1 p.any_c.three"):
            judge.feed(line, 0.0)
        after, _ = judge.end(0, None, 0.0)
        self.assertIsNone(after, f"expected the end, got a restart after {after}")
        self.expect(judge, dict(zip(NAMES, (PASSED, FAILED, PASSED))))
        self.assertIn("the kernel panicked", self.message(judge, NAMES[1]),
                      "expected the cause in the message")

    def test_died_between_tests(self):
        judge, after = self.judge(GREEN[:4], status=139)
        self.assertEqual(NAMES[1], after, f"expected a restart after that test, got {after}")
        self.assertIn("SIGSEGV", self.message(judge, NAMES[1]),
                      "expected the signal in the message")

    def test_truncated_with_good_status(self):
        judge, after = self.judge(GREEN[:4], status=0)
        self.assertEqual(NAMES[1], after, f"expected a restart after that test, got {after}")
        self.assertEqual(FAILED, self.outcomes(judge)[NAMES[1]],
                         "expected a failure of the test that is missing")

    def test_truncated_and_names_unknown(self):
        judge, after = self.judge(GREEN[:4], names=None)
        self.assertIsNone(after, f"expected no restart, got one after {after}")
        self.expect(judge, {NAMES[0]: PASSED, "p.output": FAILED})
        self.assertIn("expected 3 results, got 1", self.message(judge, "p.output"),
                      "expected both numbers")

    def test_abandoned(self):
        judge, _ = self.judge(GREEN[:5], status=137)
        judge.abandon("too many restarts")
        self.expect(judge, dict(zip(NAMES, (PASSED, FAILED, NOT_RUN))))
        self.assertEqual("too many restarts",
                         self.message(judge, NAMES[2]), "expected the reason")

    def test_interrupted(self):
        """The running test has not failed, and its output is kept."""
        judge = ktap.ProgramJudge("p", NAMES)
        for line in (*GREEN[:5], "# p.any_b.two: waits for the guest"):
            judge.feed(line, 0.0)
        judge.abandon("interrupted")
        self.expect(judge, dict(zip(NAMES, (PASSED, NOT_RUN, NOT_RUN))))
        self.assertEqual(["waits for the guest"], judge.results[1].log)
        (unrun,) = not_run(judge.results)
        self.assertEqual("2 tests not run: interrupted, in p.any_b.two", str(unrun))
        self.assertEqual(NAMES[1:], unrun.tests)

    def test_interrupted_with_names_unknown(self):
        judge = ktap.ProgramJudge("p", None)
        for line in GREEN[:5]:
            judge.feed(line, 0.0)
        judge.abandon("interrupted")
        self.expect(judge, {NAMES[0]: PASSED, NAMES[1]: NOT_RUN, "p.output": NOT_RUN})

    def test_never_started(self):
        judge = ktap.ProgramJudge("p", None)
        judge.abandon("the target did not come up")
        self.expect(judge, {"p": NOT_RUN})
        self.assertEqual(["1 program not run: the target did not come up"],
                         [str(unrun) for unrun in not_run(judge.results)])

    def test_program_reports_tests_not_run(self):
        lines = [*HEAD, "# start p.any_a.one", "# p.any_a.one: still waits",
                 "not ok 1 p.any_a.one # TIMEOUT 30 s",
                 "# start p.any_b.two", "not ok 2 p.any_b.two # ERROR no memory",
                 "not ok 3 p.any_c.three # ERROR not run: the harness was killed"]
        judge, _ = self.judge(lines, status=1)
        self.expect(judge, dict(zip(NAMES, (FAILED, FAILED, NOT_RUN))))
        self.assertEqual(["still waits\n30 s", "no memory", "the harness was killed"],
                         [result.message for result in judge.results])

    def test_no_output(self):
        for names in (None, []):
            judge, _ = self.judge([], status=0, names=names)
            self.expect(judge, {"p": FAILED})

    def test_died_after_the_last_test(self):
        judge, after = self.judge(GREEN, status=134)
        self.assertIsNone(after, f"expected no restart, got one after {after}")
        self.assertIn("SIGABRT", self.message(judge, "p.output"),
                      "expected the signal in the message")

    def test_exit_status_contradicts_the_results(self):
        bad = [*GREEN[:3], "not ok 1 p.any_a.one", *GREEN[4:]]
        for lines, status in ((GREEN, 1), (GREEN, 4), (bad, 0), (bad, 4)):
            judge, _ = self.judge(lines, status=status)
            self.assertEqual(FAILED, self.outcomes(judge).get("p.output"),
                             f"expected p.output to fail with status {status}, "
                             f"got {self.outcomes(judge)}")


class TestHostileOutput(JudgeCase):
    def change(self, old, new, status=0):
        """Judges GREEN with one line replaced by others."""
        index = GREEN.index(old)
        judge, _ = self.judge([*GREEN[:index], *new, *GREEN[index + 1:]], status)
        return judge

    def failing(self, judge):
        return sorted(r.test for r in judge.results if r.outcome == FAILED)

    def test_each_violation_fails_the_right_test(self):
        one, two = "ok 1 p.any_a.one", "ok 2 p.any_b.two # SKIP no GICv3"
        for old, new, failing in (
                (one, ["ok 2 p.any_a.one"], NAMES[:2]),
                (two, ["ok 9 p.any_b.two"], NAMES[1:2]),
                (two, ["ok 1 p.any_b.two"], NAMES[1:]),
                (one, [one, one], ["p.any_a.one", "p.output"]),
                (one, ["ok 1 p.any_a.one # TODO later"], NAMES[:1]),
                (one, ["ok 1 p.any_a.one # XPASS"], NAMES[:1]),
                (one, ["not ok 1 p.any_a.one # SKIP"], NAMES[:1]),
                (one, ["stray", one], NAMES[:1]),
                (one, ["\x00\ud800\x1b[2J", one], NAMES[:1]),
                (one, ["x" * 1000000, one], NAMES[:1]),
                (one, ["KTAP version 1", one], NAMES[:1]),
                (one, ["1..3", one], NAMES[:1]),
                (one, ["Bail out! no pipe", one], NAMES[:1]),
                (one, [one, "stray"], ["p.output"]),
                ("KTAP version 1", ["KTAP version 2"], ["p.output"]),
                ("1..3", ["1..4"], ["p.output"]),
                ("1..3", ["1..99999999999999999999"], ["p.output"]),
                ("# start p.any_b.two", [], []),
                ("# start p.any_b.two", ["# start p.other"],
                 ["p.any_b.two", "p.other"])):
            judge = self.change(old, new)
            got = self.failing(judge)
            self.assertLessEqual(
                set(failing), set(got),
                f"{old!r} -> {[n[:60] for n in new]}: expected {failing} to "
                f"fail, got {got}")
            if not failing:
                self.assertEqual([], got, f"expected no failure, got {got}")
            self.assertLessEqual(
                set(NAMES), set(self.outcomes(judge)),
                "expected a result of each test, got "
                f"{sorted(self.outcomes(judge))}")

    def test_result_of_a_test_that_was_not_planned(self):
        judge = self.change("ok 1 p.any_a.one",
                            ["ok 1 p.any_a.one", "ok 2 p.any_x.four"])
        self.assertIn("p.any_x.four", self.failing(judge),
                      f"expected p.any_x.four to fail, got {self.failing(judge)}")

    def test_two_results_name_both(self):
        judge = self.change("ok 1 p.any_a.one",
                            ["ok 1 p.any_a.one", "not ok 2 p.any_a.one"])
        self.assertIn("two results, passed and then failed",
                      self.message(judge, NAMES[0]), "expected both outcomes")

    def test_the_same_test_twice(self):
        judge = self.change("ok 1 p.any_a.one",
                            ["ok 1 p.any_a.one", "# start p.any_a.one",
                             "ok 2 p.any_a.one"])
        self.assertIn("two results", self.message(judge, NAMES[0]),
                      "expected the message to name both")
        got = self.outcomes(judge)
        self.assertEqual(XFAILED, got[NAMES[2]],
                         f"expected the others to stand, got {got}")

    def test_a_flood_is_cut(self):
        flood = [f"# p.any_a.one: {i}" for i in range(100000)]
        judge = self.change("ok 1 p.any_a.one", [*flood, "ok 1 p.any_a.one"])
        size = len(judge.results[0].log)
        self.assertLess(size, 1000, f"expected a short log, got {size} lines")
        strays = ["x"] * 100000
        judge = self.change("ok 1 p.any_a.one", [*strays, "ok 1 p.any_a.one"])
        size = len(judge.results[0].message)
        self.assertLess(size, 10000, f"expected a short message, got {size}")

    def test_noise_never_loses_a_result(self):
        """Lines are dropped, repeated, shuffled and inserted at random."""
        rng = random.Random(2012)
        for _ in range(300):
            lines = [line for line in GREEN for _ in range(rng.choice((0, 1, 1, 2)))]
            for _ in range(rng.randrange(4)):
                lines.insert(rng.randrange(len(lines) + 1),
                             "".join(chr(rng.randrange(256)) for _ in range(20)))
            if rng.random() < 0.5:
                rng.shuffle(lines)
            judge, again = self.judge(lines, status=rng.choice((0, 1, 4, 139)))
            if again:
                judge.abandon("over")
            missing = set(NAMES) - set(self.outcomes(judge))
            self.assertFalse(missing, f"expected a result of each test; {missing} "
                             f"have none after {lines}")
            if lines != GREEN:
                bad = count(judge.results)[FAILED]
                harmless = [line for line in lines if "start" not in line]
                plain = [line for line in GREEN if "start" not in line]
                if harmless != plain:
                    self.assertTrue(bad, f"expected a failure after {lines}")


def sample() -> list[Result]:
    """Results of every kind, with hostile text."""
    evil = ("\x00\x1b[2J ]]> <&\"' \ud800 \ufffe\nok 99 forged\n"
            "Kernel panic - not syncing: VFS: reboot: System halted # SKIP")
    return [
        Result("target.features", "", PASSED),
        Result("errors.legacy_v2_dist.twice", "errors", PASSED, time_s=0.5),
        Result("errors.legacy_v2_cpu.twice", "errors", FAILED, evil, 1.25,
               ["# Subtest: forged", "ok 1 forged", evil, "KTAP version 1"]),
        Result("errors.seed_v2_dist.twice", "errors", SKIPPED, "capability 84 is 0"),
        Result("errors.devattr_v3_dist.twice", "errors", XFAILED, "5.10: # known"),
        Result("errors.devattr_v2_dist.twice", "errors", XPASSED, "5.10: known"),
        Result("order", "order", SKIPPED, "no /dev/kvm"),
        Result("abi.any_.sizes", "abi", PASSED),
        Result("guest_map", "guest_map", NOT_RUN, "given up \udcff"),
        Result("smp.any.sgi", "smp", PASSED),
        Result("smp.any.spi", "smp", NOT_RUN, "interrupted while it ran", log=["# waits"]),
        Result("smp.any.ppi", "smp", NOT_RUN, "interrupted"),
        Result("kernel.log", "", FAILED, "one\ntwo"),
    ]


def green() -> list[Result]:
    return [result for result in sample() if not result.bad]


class TestDocument(unittest.TestCase):
    """KTAP that other parsers read."""

    def kunit_counts(self, document: str) -> dict[str, int]:
        """The counts of the kernel's kunit_parser.py for a document."""
        folder = kernel_source() / "tools/testing/kunit"
        program = (
            "import json, sys; sys.path.insert(0, sys.argv[1])\n"
            "import kunit_parser\n"
            "lines = open(sys.argv[2], encoding='utf-8').read().split('\\n')\n"
            "test = kunit_parser.parse_run_tests(lines)\n"
            "print('COUNTS ' + json.dumps(vars(test.counts)))\n")
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
            file.write(document)
            file.flush()
            proc = subprocess.run(
                [sys.executable, "-c", program, str(folder), file.name],
                capture_output=True, text=True,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        self.assertEqual(0, proc.returncode, f"the parser failed: {proc.stderr}")
        last = proc.stdout.strip().splitlines()[-1]
        return json.loads(last.removeprefix("COUNTS "))

    def test_kunit_parser_agrees(self):
        for results in (sample(), green()):
            counts = count(results)
            expected = {"passed": counts[PASSED] + counts[XFAILED],
                        "failed": counts[FAILED] + counts[XPASSED] + counts[NOT_RUN],
                        "skipped": counts[SKIPPED], "crashed": 0, "errors": 0}
            about = ktap.about_line("arm64-gicv2", "6.1", "2026-01-01 00:00:00")
            got = self.kunit_counts(ktap.document(results, about))
            self.assertEqual(expected, got, "expected the kernel's parser to "
                             "count as we do")

    def prove(self, results: list[Result]) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "results.ktap"
            path.write_text(ktap.document(results), encoding="utf-8")
            proc = subprocess.run(["prove", "-e", "cat", str(path)],
                                  capture_output=True, text=True)
        return proc.returncode, proc.stdout + proc.stderr

    def test_prove_agrees(self):
        status, output = self.prove(green())
        self.assertEqual(0, status, f"expected success, got: {output}")
        groups = len({r.program for r in green() if r.program}) + sum(
            not r.program for r in green())
        self.assertIn(f"Tests={groups},", output,
                      f"expected one test for each program, got: {output}")
        status, output = self.prove(sample())
        self.assertNotEqual(0, status, f"expected failure, got: {output}")
        bad = {r.program or r.test for r in sample() if r.bad}
        self.assertIn(f"Failed {len(bad)}/", output,
                      f"expected {len(bad)} failures, got: {output}")

    def test_our_own_parser_agrees(self):
        inner = [line[2:] for line in ktap.document(sample()).splitlines()
                 if line.startswith("  ")]
        second = inner.index("KTAP version 1", 1)
        names = [r.test for r in sample() if r.program == "errors"]
        judge = ktap.ProgramJudge("errors", names)
        for line in inner[:second]:
            judge.feed(line, 0.0)
        judge.end(1, None, 0.0)
        expected = [(r.test, r.outcome) for r in sample() if r.program == "errors"]
        got = [(r.test, r.outcome) for r in judge.results]
        self.assertEqual(expected, got, "expected to read back what was written")

    def test_names_do_not_depend_on_the_outcome(self):
        """A result's name in LKFT does not depend on the outcome."""
        def of(outcome, form):
            results = [Result(r.test, r.program, outcome, r.message, log=r.log) for r in sample()]
            return lkft.read(ktap.document(results, form=form))
        names = {r.test: lkft.slug(r.test) for r in sample()}
        self.assertEqual(len(names), len(set(names.values())))
        for form in (ktap.FLAT, ktap.KSELFTEST):
            first = of(PASSED, form)
            for outcome in OUTCOMES:
                seen = of(outcome, form)
                with self.subTest(form, outcome=outcome):
                    self.assertEqual([r.name for r in first], [r.name for r in seen])
        self.assertEqual([*names.values()], [r.name for r in of(PASSED, ktap.FLAT)])
        nested = {r.name for r in of(PASSED, ktap.KSELFTEST)}
        for result in sample():
            name = names[result.test]
            self.assertTrue({name, f"vgic-abi_{result.program}.{name}"} & nested, name)

    def test_results_in_lkft(self):
        expected = {PASSED: "pass", XFAILED: "pass", SKIPPED: "skip"}
        seen = lkft.read(ktap.document(sample(), form=ktap.FLAT))
        self.assertEqual([(lkft.slug(r.test), expected.get(r.outcome, "fail"))
                          for r in sample()], [tuple(r) for r in seen])

    def test_names_of_the_rules_differ_in_lkft(self):
        """Names stay distinct although LKFT replaces characters."""
        ids = [rule.id for rule in rules.load()]
        self.assertEqual(len(ids), len({lkft.slug(name) for name in ids}))

    def test_all_forms_are_read_back(self):
        for form in ktap.FORMS:
            text = ktap.document(sample(), form=form)
            found = tap.read(text)
            with self.subTest(form):
                self.assertEqual([], found.complaints)
                self.assertEqual([(r.test, r.outcome) for r in sample()],
                                 [(e.test, e.outcome) for e in found.results])
                self.assertEqual([r.message for r in sample() if r.outcome == SKIPPED],
                                 [e.message for e in found.results if e.outcome == SKIPPED])

    def test_results_of_others_are_read_back(self):
        """Names in other suites may contain "#", and parents need not be programs."""
        found = tap.read(
            "1..4\nok 1 issue #7: a # SKIP no\n"
            "# selftests: net: b\n# 1..2\n# ok 1 x\n# not ok 2 y\nnot ok 2 selftests: net: b\n"
            "    # Subtest: s\n    1..1\n        # Subtest: p\n        ok 1 v=1.5\n"
            "    ok 1 p\nok 3 s\n    1..0 # SKIP no GIC\nok 4 t\n")
        expected = [(e.test.replace("#", "_"), e.outcome) for e in found.results]
        self.assertEqual("selftests: net: b.x", expected[1][0])
        results = [Result(e.test, e.program, e.outcome, e.message) for e in found.results]
        for form in ktap.FORMS:
            text = ktap.document(results, form=form)
            again = tap.read(text)
            with self.subTest(form):
                self.assertEqual([], again.complaints)
                self.assertEqual(expected, [
                    (e.test.removeprefix(ktap.COLLECTION), e.outcome) for e in again.results])
        self.assertEqual([lkft.slug(name.removeprefix("selftests:")) for name, _ in expected],
                         [r.name for r in lkft.read(ktap.document(results, form=ktap.FLAT))])

    def test_reasons_of_skips_are_read_back(self):
        lines = ["KTAP version 1", "1..1", "# start p.any_a.one",
                 "# p.any_a.one: skipped: no GICv3", "ok 1 p.any_a.one # SKIP"]
        judge = ktap.ProgramJudge("p", ["p.any_a.one"])
        for line in lines:
            judge.feed(line, 0.0)
        judge.end(4, None, 0.0)
        (result,) = judge.results
        self.assertEqual((SKIPPED, "no GICv3", []),
                         (result.outcome, result.message, result.log))

    def test_no_text_can_forge_a_line(self):
        for line in ktap.document(sample()).splitlines():
            self.assertRegex(
                line, r"^ *(KTAP version 1|1\.\.\d+|# .*|(not )?ok \d+ \S+( # .*)?)$",
                f"expected a line of KTAP, got {line!r}")
            self.assertFalse(line.startswith("ok 99"), f"forged: {line!r}")


class TestJunit(unittest.TestCase):
    def test_hostile_results(self):
        root = ET.fromstring(junit.to_xml("t\x00", "6.1\x01", sample()))
        cases = root.findall(".//testcase")
        self.assertEqual(len(sample()), len(cases),
                         f"expected a case for each result, got {len(cases)}")
        for tag, outcomes in (("failure", (FAILED, XPASSED)), ("error", (NOT_RUN,)),
                              ("skipped", (SKIPPED, XFAILED))):
            expected = sum(r.outcome in outcomes for r in sample())
            got = len(root.findall(f".//{tag}"))
            self.assertEqual(expected, got, f"expected {expected} {tag}, got {got}")
            total = root.get({"failure": "failures", "error": "errors"}.get(tag, tag))
            self.assertEqual(str(expected), total, f"expected {expected}, got {total}")
        names = [suite.get("name") for suite in root]
        self.assertEqual(len(names), len(set(names)),
                         f"expected each suite once, got {names}")

    def test_names_and_messages(self):
        root = ET.fromstring(junit.to_xml("arm64-gicv2", "6.1", [
            Result("errors.legacy_v2_dist.twice", "errors", FAILED,
                   "expected EEXIST, got OK", 0.5, ["the log"])]))
        case = root.find(".//testcase")
        self.assertEqual(("arm64-gicv2.errors.legacy_v2_dist", "twice", "0.500"),
                         (case.get("classname"), case.get("name"), case.get("time")),
                         "expected the test's names and time")
        failure = case.find("failure")
        self.assertEqual("expected EEXIST, got OK", failure.get("message"),
                         f"expected the message, got {failure.attrib}")
        self.assertIn("the log", failure.text, "expected the log in the text")


class TestListing(unittest.TestCase):
    """The output of a program's --list."""

    LINES = ["a.any.x", "# absent: seed: 84: answers 0: 2 tests not planned",
             "# not planned: a.seed.x", "# not planned: a.seed.y",
             "# absent: gicv3: no: 1 test not planned", "# not planned: a.devattr_v3.x"]

    def test_names_and_what_is_absent(self):
        found = ktap.read_listing(self.LINES)
        self.assertEqual(["a.any.x"], found.names)
        self.assertEqual([("seed", "84: answers 0", ("a.seed.x", "a.seed.y")),
                          ("gicv3", "no", ("a.devattr_v3.x",))],
                         [(a.feature, a.why, a.tests) for a in found.absent])
        self.assertTrue(ktap.read_listing([]).is_empty)
        self.assertFalse(ktap.read_listing(self.LINES[1:3]).is_empty)

    def test_bad_listing(self):
        for lines, words in ((["a.any.x", "a.any.x"], "a name appears twice"),
                             (["KTAP version 1"], "expected names of tests, got 'KTAP"),
                             (self.LINES[2:], "expected names of tests, got '# not planned"),
                             (["# something"], "expected names of tests, got '# some")):
            with self.assertRaisesRegex(ValueError, words):
                ktap.read_listing(lines)

    def test_several_programs(self):
        absences = ktap.Absences()
        for lines in (self.LINES, self.LINES[:3], [self.LINES[1], "# not planned: b.seed.x"]):
            absences.add(ktap.read_listing(lines).absent)
        self.assertEqual([
            ("target.absent.seed", SKIPPED, "84: answers 0: 3 tests not planned"),
            ("target.absent.gicv3", SKIPPED, "no: 1 test not planned")],
            [(r.test, r.outcome, r.message) for r in absences.results])
        self.assertEqual({"seed": {"why": "84: answers 0",
                                   "tests": ["a.seed.x", "a.seed.y", "b.seed.x"]},
                          "gicv3": {"why": "no", "tests": ["a.devattr_v3.x"]}},
                         summary.summarize("t", "k", 1.0, [], absent=absences.all)["absent"])


class TestSummary(unittest.TestCase):
    def summarize(self, results, interrupted=False):
        return summary.summarize("arm64-gicv2", "6.1.0", 12.345, results,
                                 interrupted)

    def test_names(self):
        for test, expected in (
                ("errors.legacy_v2_dist.twice", ("errors.twice", "legacy", "v2_dist")),
                ("abi.any.sizes", ("abi.sizes", "any", "")),
                ("errors.output", ("errors.output", "", "")),
                ("target.absent.seed", ("target.absent.seed", "", "")),
                ("order", ("order", "", ""))):
            got = split_name(test)
            self.assertEqual(expected, got, f"{test}: expected {expected}, got {got}")

    def test_counts_and_keys(self):
        found = self.summarize(sample())
        self.assertEqual(
            {"passed": 4, "failed": 2, "skipped": 2, "xfailed": 1, "xpassed": 1, "not_run": 3},
            {word: found[word] for word in OUTCOMES}, "expected these counts")
        self.assertEqual(len(found["results"]), sum(found[w] for w in OUTCOMES),
                         "expected the counts to add up to the results")
        for key in ("target", "kernel", "wall_s"):
            self.assertIn(key, found, f"expected the key {key}, got {list(found)}")
        for key in ("rule", "dialect", "variant", "outcome", "message"):
            self.assertIn(key, found["results"][0], f"expected the key {key}")
        json.dumps(found).encode()

    def test_exit_status(self):
        def one(outcome, **kwargs):
            return self.summarize([Result("a.any.b", "a", outcome)], **kwargs)
        for outcome, expected in ((PASSED, 0), (SKIPPED, 0), (XFAILED, 0),
                                  (FAILED, 1), (XPASSED, 1), (NOT_RUN, 1)):
            got = summary.exit_status([one(PASSED), one(outcome)])
            self.assertEqual(expected, got, f"{outcome}: expected {expected}, got {got}")
        for summaries, expected in (([], 1), ([self.summarize([])], 1),
                                    ([one(PASSED, interrupted=True)], 130)):
            got = summary.exit_status(summaries)
            self.assertEqual(expected, got, f"expected {expected}, got {got}")

    def test_table(self):
        lines = summary.table([self.summarize(sample()),
                               self.summarize(green(), True)]).splitlines()
        self.assertEqual(4, len(lines), f"expected four lines, got {lines}")
        self.assertEqual(["all", "8", "2", "4", "2", "1", "3"], lines[3].split(),
                         f"expected the sums, got {lines[3]}")
        self.assertIn("xpassed  not run  ", lines[0])
        self.assertIn("interrupted", lines[2], "expected the interruption to be shown")

    def test_program(self):
        with tempfile.TemporaryDirectory() as folder:
            def run():
                return subprocess.run(
                    [sys.executable, str(ROOT / "tools/summary.py"), folder],
                    capture_output=True, text=True)
            proc = run()
            self.assertEqual(2, proc.returncode, f"expected 2, got {proc}")
            path = Path(folder) / "t" / "summary.json"
            path.parent.mkdir()
            path.write_text(json.dumps(self.summarize(green())))
            proc = run()
            self.assertEqual(0, proc.returncode, f"expected 0, got {proc}")
            for text in (b"{", b"{}", b"[]", b"\xff", b"[" * 100000):
                path.write_bytes(text)
                proc = run()
                self.assertEqual(2, proc.returncode, f"expected 2, got {proc}")
                self.assertRegex(proc.stderr, r"\Asummary: \S+/t/summary.json: expected .*\n\Z",
                                 "expected one clear line")


def kernel_source() -> Path:
    """Returns the kernel source: $KSRC, or else the tree of fetch.py."""
    if os.environ.get("KSRC"):
        return Path(os.environ["KSRC"])
    proc = subprocess.run([sys.executable, str(ROOT / "scripts/fetch.py"), "ksrc"],
                          stdout=subprocess.PIPE, text=True, check=True)
    return Path(proc.stdout.strip())


if __name__ == "__main__":
    unittest.main()
