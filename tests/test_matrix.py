# SPDX-License-Identifier: GPL-2.0-only
"""The matrix of kernels: tools/matrix.py, scripts/run_matrix.py, and the HTML page."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
import unittest
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from scripts import plans
from scripts import run_matrix as program
from scripts import targets
from scripts.errors import SetupError
from scripts.faults import fits
from scripts.session import Plan, Program
from tests import browser, marks
from tools import matrix
from tools.matrix import Run
from tools.results import split_name

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))
EVIL = '<script>alert("rule")</script> & \'more\''


def result(test: str, outcome: str = "passed", message: str = "") -> dict[str, Any]:
    rule, dialect, variant = split_name(test)
    return {"rule": rule, "dialect": dialect, "variant": variant, "outcome": outcome,
            "message": message, "test": test, "program": test.split(".")[0], "time_s": 0.1}


def run_of(target: str, suite: str, results: Iterable[dict[str, Any]], **kwargs: Any) -> Run:
    run = Run(f"{target}@{suite}", target, suite)
    matrix.take_summary(run, json.dumps({"kernel": f"kernel of {suite}",
                                         "results": list(results), **kwargs}))
    return run


def data_of(runs: list[Run], texts: dict[str, str]) -> dict[str, Any]:
    return json.loads("".join(matrix.as_json(runs, texts)))


def two_kernels() -> list[Run]:
    """Runs of two kernels, and a run that did not take place.

    The older kernel deviates from one rule and breaks another.
    """
    return [
        run_of("arm64-gicv2", "old", [
            result("errors.seed_v2_dist.accepted"),
            result("errors.legacy_v2_dist.twice_same", "xfailed", f"5.10 bug: {EVIL}"),
            result("order.legacy_v2.gic_twice", "failed", "expected EEXIST, got OK"),
            result("at.seed_v2_low.cpu_side", "skipped", "no seed"),
        ]),
        run_of("arm64-gicv2", "new", [
            result("errors.seed_v2_dist.accepted"),
            result("errors.legacy_v2_dist.twice_same"),
            result("order.legacy_v2.gic_twice"),
            result("at.seed_v2_low.cpu_side", "skipped", "no seed"),
        ]),
        Run("arm64-gicv2@none", "arm64-gicv2", "none", reason="no such suite"),
    ]


class Merging(unittest.TestCase):
    def test_worst_variant_counts(self) -> None:
        run = run_of("t", "s", [result("a.seed_1.r"), result("a.seed_2.r", "failed", "no"),
                                result("a.seed_3.r", "skipped")])
        data = data_of([run], {"a.r": "text"})
        self.assertEqual("failed", data["rules"]["a.r"]["runs"]["t@s"]["outcome"])
        self.assertEqual("text", data["rules"]["a.r"]["text"])
        self.assertEqual(3, len(data["rules"]["a.r"]["runs"]["t@s"]["tests"]))

    def test_differences_are_called_out(self) -> None:
        found = matrix.differences(two_kernels())
        self.assertEqual({"errors.twice_same", "order.gic_twice"}, {d["rule"] for d in found})
        deviation = next(d for d in found if d["rule"] == "errors.twice_same")
        self.assertEqual({"arm64-gicv2@old": "xfailed", "arm64-gicv2@new": "passed"},
                         deviation["outcomes"])
        self.assertIn("5.10 bug", deviation["reasons"]["arm64-gicv2@old"])

    def test_not_run_is_no_difference(self) -> None:
        runs = [run_of("t", "s", [result("a.x.r")]),
                run_of("t", "u", [result("a.x.r", "not_run", "interrupted")])]
        self.assertEqual([], matrix.differences(runs))
        self.assertEqual((0, 1), (runs[0].bad, runs[1].bad))
        self.assertIn("t@u: 1 test not run: interrupted", matrix.as_text(runs))
        worst = matrix.worst(matrix.entry(f"a.{n}.r", "a", word, "") for n, word in
                             enumerate(("passed", "not_run", "xfailed", "skipped")))
        self.assertEqual("not_run", worst)

    def test_targets_are_not_compared_with_each_other(self) -> None:
        runs = [run_of("one", "s", [result("a.x.r")]),
                run_of("other", "s", [result("a.x.r", "skipped")])]
        self.assertEqual([], matrix.differences(runs))

    def test_modes_are_compared_with_each_other(self) -> None:
        runs = [run_of("arm64-gicv3", "new", [result("a.any.r"), result("a.any.s")]),
                run_of("arm64-protected", "new", [result("a.any.r", "xfailed", "7.3 bug: this"),
                                                  result("a.any.s", "skipped", "no such thing")]),
                run_of("arm64-gicv2", "old", [result("a.any.r", "xfailed", "5.10 bug: that")])]
        self.assertEqual([], matrix.differences(runs))
        for run in runs[:2]:
            run.modes = "new"
        self.assertEqual([("modes of new", "a.r")],
                         [(d["target"], d["rule"]) for d in matrix.differences(runs)])
        text = matrix.as_text(runs)
        self.assertIn("modes of new: where they differ", text)
        self.assertRegex(text, r"rule +arm64-gicv3 +arm64-protected\na\.r +\. +d(?:\n|$)")
        failed = run_of("arm64-hvhe", "new", [result("a.any.r", "failed", "no")])
        failed.modes = "new"
        self.assertEqual(["modes of new"], [d["target"] for d in matrix.differences([failed])])

    def test_text(self) -> None:
        text = matrix.as_text(two_kernels())
        self.assertRegex(text, r"arm64-gicv2@old +kernel of old +1 +1 +1 +1 +0")
        self.assertIn("left out: arm64-gicv2@none: no such suite", text)
        self.assertRegex(text, r"errors\.twice_same +d +\.")
        self.assertRegex(text, r"order\.gic_twice +F +\.")
        self.assertNotIn("errors.accepted ", text)

    def test_skipped_runs_are_in_the_data(self) -> None:
        data = data_of(two_kernels(), {})
        self.assertEqual(["ran", "ran", "skipped"], [r["status"] for r in data["runs"]])
        self.assertEqual(["errors.twice_same", "order.gic_twice"],
                         sorted(d["rule"] for d in data["differences"]))
        self.assertEqual(sorted(data["rules"]), list(data["rules"]))

    def test_data_of_nothing(self) -> None:
        self.assertEqual({"runs": [], "rules": {}, "differences": []}, data_of([], {}))

    def test_broken_summaries_become_reasons(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name, "summary.json")
            for text, words in (("{", "expected JSON"), ("[]", "'results'"),
                                ('{"results": [1]}', "expected results"),
                                (json.dumps({"results": [{**result("a.b.c"), "outcome": "?"}]}),
                                 "expected an outcome"),
                                ('{"results": []}', "no result"),
                                (json.dumps({"results": [result("a.b.c")], "interrupted": True}),
                                 "interrupted")):
                with self.subTest(text):
                    path.write_text(text, encoding="utf-8")
                    run = Run("r", "t", "s")
                    matrix.read_summary(run, path)
                    self.assertFalse(run.ran, text)
                    self.assertIn(words, run.reason)
            path.write_bytes(b"\xff\xfe")
            run = Run("r", "t", "s")
            matrix.read_summary(run, path)
            self.assertFalse(run.ran)
        run = Run("r", "t", "s")
        matrix.read_summary(run, path)
        self.assertIn("No such file", run.reason)


class Absent(unittest.TestCase):
    """A rule is shown as absent in a run whose machine lacks the feature that the rule needs."""

    WHY = "84 answers 0: 2 tests not planned"

    def setUp(self) -> None:
        absent = {"seed": {"why": "84 answers 0", "tests": ["errors.seed_v2_dist.twice_same",
                                                            "no_name.any.tells"]}}
        self.runs = [
            run_of("board", "old", [result("target.absent.seed", "skipped", self.WHY),
                                    result("errors.legacy_v2_dist.twice_same")], absent=absent),
            run_of("board", "new", [result("errors.seed_v2_dist.twice_same"),
                                    result("errors.seed_v2_dist.accepted"),
                                    result("no_name.any.tells")])]

    def outcomes(self, rule: str) -> dict[str, str]:
        runs = data_of(self.runs, {})["rules"][rule]["runs"]
        return {name.partition("@")[2]: found["outcome"] for name, found in runs.items()}

    def test_in_the_data(self) -> None:
        self.assertEqual({"old": "absent", "new": "passed"}, self.outcomes("no_name.tells"))
        # errors.accepted is not in the list of tests that were not planned. Its dialect is absent.
        self.assertEqual({"old": "absent", "new": "passed"}, self.outcomes("errors.accepted"))
        # errors.twice_same is not absent, because another dialect has results.
        self.assertEqual({"old": "passed", "new": "passed"}, self.outcomes("errors.twice_same"))
        data = data_of(self.runs, {})
        self.assertEqual([{"seed": self.WHY}, {}], [run["absent"] for run in data["runs"]])
        self.assertEqual({"errors.accepted", "errors.twice_same", "no_name.tells"},
                         set(data["rules"]))

    def test_it_is_a_difference(self) -> None:
        self.assertEqual(["errors.accepted", "no_name.tells"],
                         [found["rule"] for found in matrix.differences(self.runs)])

    def test_absent_everywhere_is_no_difference(self) -> None:
        runs = self.runs[:1] + [replace(self.runs[0], name="other")]
        self.assertEqual([], matrix.differences(runs))
        self.assertEqual({"board@old", "other"},
                         set(data_of(runs, {})["rules"]["no_name.tells"]["runs"]))

    def test_unselected_tests_are_not_absent(self) -> None:
        self.runs.append(run_of("board", "other", [result("a.any.x")]))
        self.assertNotIn("other", self.outcomes("no_name.tells"))
        self.assertNotIn("old", self.outcomes("a.x"))

    def test_run_without_test_names(self) -> None:
        """Runs from KTAP do not name absent tests; the names come from other runs."""
        absent = {"gicv3": "none: 3 tests not planned"}
        for test, expected in (("a.devattr_v3.x", True), ("a.devattr_v3_low.x", True),
                               ("a.devattr_v2.x", False), ("a.any.x", False)):
            self.runs[0] = replace(self.runs[0], absent=absent, not_planned=frozenset())
            self.runs[1] = run_of("board", "new", [result(test)])
            self.assertEqual(expected, "old" in self.outcomes("a.x"), test)

    def test_program_skips(self) -> None:
        self.runs.append(run_of("novirt", "old", [
            {**result("errors", "skipped", "no /dev/kvm"), "program": "errors"}]))
        runs = data_of(self.runs, {})["rules"]
        self.assertEqual("skipped", runs["errors.accepted"]["runs"]["novirt@old"]["outcome"])
        self.assertNotIn("novirt@old", runs["no_name.tells"]["runs"])

    def test_text(self) -> None:
        text = matrix.as_text(self.runs)
        self.assertIn(f"absent: seed: {self.WHY}: board@old", text)
        self.assertRegex(text, r"errors\.accepted +- +\.")

    def test_page(self) -> None:
        page = matrix.as_page(self.runs, {})
        self.assertIn(f"<li>seed: {self.WHY} (board@old)</li>", page)
        row = next(line for line in page.splitlines() if 'data-rule="errors.accepted"' in line)
        self.assertRegex(row, 'class="cell absent" title="absent: .*<span class="word">absent<')
        self.assertNotIn('data-rule="target.', page)


class Choice(unittest.TestCase):
    def test_each_suite_on_both_gics(self) -> None:
        cells = [cell.name for cell in program.wanted(["a", "b"], ["c"], None)]
        self.assertEqual(["armv7-ref@c", "arm64-gicv2@a", "arm64-gicv2@b", "arm64-gicv3@a",
                          "arm64-gicv3@b"], cells)

    def test_folder_of_images(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            with self.assertRaisesRegex(SetupError, "empty folder"):
                list(program.wanted([], [], Path(name)))
            Path(name, "Image-mine").write_bytes(b"")
            cells = list(program.wanted([], [], Path(name)))
            self.assertEqual(["arm64-gicv2@Image-mine", "arm64-gicv3@Image-mine"],
                             [cell.name for cell in cells])
            self.assertEqual(Path(name, "Image-mine"), cells[0].image)
        with self.assertRaisesRegex(SetupError, "No such file"):
            list(program.wanted([], [], Path(name)))

    def options(self, *arguments: str) -> Any:
        return program.parse([*arguments, "--build", str(BUILD)])

    def test_selected_suites(self) -> None:
        for arguments, expected in (
                ([], (program.SUITES, list(program.REFERENCE_SUITES))),
                (["--suites", "bookworm"], (["bookworm"], ["bookworm"])),
                (["--suites", "bullseye,sid"], (["bullseye", "sid"], ["sid"])),
                (["--suites", "sid", "--reference", ""], (["sid"], [])),
                (["--suites", "trixie"], (["trixie"], ["trixie"]))):
            self.assertEqual(expected, program.suites(self.options(*arguments)), arguments)

    def planned(self, *arguments: str) -> list[str]:
        """Returns the cells that would be fetched and booted."""
        cells: list[str] = []

        def plan_for(_options: Any, cell: program.Wanted) -> Plan:
            cells.append(cell.name)
            raise SetupError("not today")

        with mock.patch.object(program, "plan_for", plan_for), \
                contextlib.redirect_stdout(io.StringIO()), \
                self.assertRaises(SetupError) as raised:
            program.run(self.options(*arguments))
        self.message = str(raised.exception)
        return cells

    def test_suites_and_targets(self) -> None:
        self.assertEqual(["armv7-ref@bookworm", "arm64-gicv2@bookworm", "arm64-gicv3@bookworm"],
                         self.planned("--suites", "bookworm", "--tests", "errors"))
        self.assertIn("the first: armv7-ref@bookworm: not today", self.message)
        self.assertEqual(["arm64-gicv3@sid"],
                         self.planned("--suites", "sid", "--target", "arm64-gicv3"))
        self.assertEqual([], self.planned("--suites", "bullseye", "--target", "armv7-ref"))
        self.assertIn("expected a target and a suite for it", self.message)
        with self.assertRaisesRegex(SetupError, "got 'armv7-linux'"):
            self.options("--target", "armv7-linux")

    def test_modes(self) -> None:
        """Without --target, modes run only on the newest kernel, and slow modes only with --all.

        With --target, a mode runs on the suites of --suites, by default on the newest kernel.
        """
        tests = ("--tests", "errors")
        others = (*program.MODES, *program.SLOW_MODES)
        newest = ("--suites", program.NEWEST)
        modes = [f"{mode}@{program.NEWEST}" for mode in program.MODES]
        self.assertEqual(modes, [cell for cell in self.planned(*newest, *tests) if cell in modes])
        self.assertEqual(modes, [cell for cell in self.planned(*tests)
                                 if cell.partition("@")[0] in others])
        self.assertEqual([], [cell for cell in self.planned("--suites", "sid", "--all", *tests)
                              if cell.partition("@")[0] in others])
        slow = [f"{mode}@{program.NEWEST}" for mode in program.SLOW_MODES]
        self.assertLessEqual({*modes, *slow}, set(self.planned(*newest, "--all", *tests)))
        one = ("--target", program.MODES[0])
        self.assertEqual(modes[:1], self.planned(*one, *tests))
        self.assertEqual([f"{program.MODES[0]}@sid"], self.planned(*one, "--suites", "sid", *tests))

    def test_modes_are_targets_of_the_newest_kernel(self) -> None:
        known = targets.load(ROOT / "scripts/targets.toml")
        others = {name for name, target in known.items()
                  if target.kernel.get("suite") == program.NEWEST}
        modes = {*program.MODES, *program.SLOW_MODES}
        self.assertLessEqual(others, modes, "expected each mode to have a column")
        self.assertLessEqual(modes, set(known))

    def test_pattern_without_match(self) -> None:
        self.assertEqual([], self.planned("--tests", "errors.twice_sme"))
        self.assertIn("did you mean 'errors.twice_same'?", self.message)

    def test_command(self) -> None:
        self.assertEqual("make matrix", program.command(self.options()))
        self.assertEqual("make matrix SUITES='bookworm sid' TARGET=arm64-gicv2 KERNELS=images "
                         "TESTS='errors,x*' ALL=1", program.command(self.options(
                             "--suites", "bookworm,sid", "--target", "arm64-gicv2", "--kernels",
                             "images", "--tests", "errors,x*", "--all")))


class Causes(unittest.TestCase):
    """The error says why a fetch failed, because the fetch's output may scroll off the terminal."""

    def fetch(self, *lines: str) -> tuple[str, str]:
        """Runs a program that prints lines and fails; returns the error and the shown output."""
        with tempfile.TemporaryDirectory() as name:
            Path(name, "get.py").write_text(
                f"import sys\nsys.stderr.write({''.join(f'{line}{chr(10)}' for line in lines)!r})\n"
                "sys.exit(2)\n")
            output = io.StringIO()
            with contextlib.redirect_stderr(output), self.assertRaises(SetupError) as raised:
                plans.fetch("get.py", "kernel", "--suite", "x", folder=Path(name))
        return str(raised.exception), output.getvalue()

    def test_last_line(self) -> None:
        error, shown = self.fetch("fetching this", "  ... still (2 s)", "get.py: no such suite")
        self.assertEqual("cannot get what is needed: 'get.py kernel --suite x' failed: no such "
                         "suite", error)
        self.assertEqual("fetching this\n  ... still (2 s)\n", shown, "expected each line once")

    def test_no_message(self) -> None:
        error, shown = self.fetch("Traceback")
        self.assertTrue(error.endswith("failed, see above"), error)
        self.assertEqual("Traceback\n", shown)

    def test_returns_the_path(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            Path(name, "get.py").write_text("print('/there')\n")
            self.assertEqual(Path("/there"), plans.fetch("get.py", folder=Path(name)))


class Shortened(unittest.TestCase):
    """By default, programs that run guests are narrowed to one dialect or to two vCPUs."""

    def plan(self, *arguments: str, target: str = "arm64-gicv2", more: Iterable[str] = ()
             ) -> tuple[dict[str, str | None], str]:
        options = program.parse(arguments)
        cell = program.Wanted(target, "bookworm")
        prepared = Plan(target=targets.load(ROOT / "scripts/targets.toml")[cell.target],
                        images=None, accel="tcg", tests=options.tests, results=ROOT,
                        programs=[Program("errors"), Program("vgic"), Program("smp"),
                                  *map(Program, more)])
        with mock.patch.object(program.plans, "make", return_value=[prepared]) as make:
            plan = program.plan_for(options, cell)
        self.assertEqual(f"{target}@bookworm", plan.target.name)
        return {p.name: p.tests for p in plan.programs}, make.call_args.args[0].append

    def test_narrowed(self) -> None:
        tests, append = self.plan()
        self.assertEqual({"errors": None, "vgic": program.ONE_DIALECT,
                          "smp": program.TWO_VCPUS}, tests)
        self.assertEqual(program.SHORTER, append)

    def test_all(self) -> None:
        self.assertEqual(({"errors": None, "vgic": None, "smp": None}, ""),
                         self.plan("--all"))

    def test_modes_leave_out_common_programs(self) -> None:
        mode = program.MODES[0]
        same = program.SAME_IN_EACH_MODE
        self.assertEqual(same, same & self.plan(more=same)[0].keys())
        self.assertEqual({"errors", "vgic", "smp"}, set(self.plan(target=mode, more=same)[0]))
        self.assertLessEqual(same, set(self.plan("--all", target=mode, more=same)[0]))
        self.assertLessEqual(same, set(self.plan("--tests", "fields", target=mode, more=same)[0]))

    def test_user_pattern_is_kept(self) -> None:
        tests, _ = self.plan("--tests", "vgic.*")
        self.assertEqual({None}, set(tests.values()))

    def test_placements(self) -> None:
        """All placements in devattr, which all kernels have; one in each other dialect."""
        for test, expected in (("at.devattr_v2_low.distributor", True),
                               ("at.devattr_v3_high.cpu_side", True),
                               ("at.legacy_v2_above_4g.distributor", True),
                               ("at.seed_v2_above_4g.cpu_side", True),
                               ("at.legacy_v2_low.distributor", False),
                               ("at.seed_v2_apart.each_vcpu", False),
                               ("irq.legacy_v2.spi_level", True)):
            self.assertEqual(expected, fits(test, program.PLACEMENTS.split(",")), test)
        source = (ROOT / "selftests/guest_map.c").read_text(encoding="utf-8")
        for words in ("#define PLACEMENT\tabove_4g\n", "FIXTURE(at)\n", "TEST_F(irq, "):
            self.assertIn(words, source, "the pattern relies on this name")

    def test_programs_exist(self) -> None:
        named = {p.name for p in plans.read_programs(BUILD / "selftests/arm64")}
        self.assertLessEqual({*program.NARROWED, *program.SAME_IN_EACH_MODE}, named)


@marks.slow
@marks.layer("build")
class Page(unittest.TestCase):
    """The HTML page."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.page = matrix.as_page(two_kernels(), {"errors.accepted": EVIL})
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.path = cls.folder / "matrix.html"
        cls.path.write_text(cls.page, encoding="utf-8")

    def shown(self, hash_: str) -> set[str]:
        shown, rows = browser.shown_rules(self.path, hash_)
        self.assertEqual(4, rows)
        return shown

    def test_text_is_no_markup(self) -> None:
        self.assertEqual(1, self.page.count("<script>"))
        self.assertNotIn("alert(\"rule\")</script>", self.page)
        self.assertIn("&lt;script&gt;alert(&quot;rule&quot;)", self.page)

    def test_needs_nothing_else(self) -> None:
        self.assertNotRegex(self.page, r"(?:src|href)=|https?://|@import|url\(")

    def test_page_describes_the_runs(self) -> None:
        runs = two_kernels()
        runs[0].folder = self.folder / "matrix/arm64-gicv2@old"
        runs[0].folder.mkdir(parents=True)
        (runs[0].folder / "kernel.log").touch()
        runs[0].command, runs[0].ended = "make run TARGET=arm64-gicv2", "2026-01-02 03:04:05"
        text = matrix.as_page(runs, {}, matrix.About("make matrix SUITES='a b'", "2026-01-02 04:00",
                                                     ["matrix.json"], self.folder))
        for words in ("<code>make matrix SUITES=&#x27;a b&#x27;</code>", "2026-01-02 04:00 UTC",
                      'href="matrix.json"', 'href="matrix/arm64-gicv2%40old/kernel.log"',
                      "make run TARGET=arm64-gicv2", "2026-01-02 03:04:05",
                      "arm64-gicv2@none: no such suite"):
            self.assertIn(words, text)

    def test_readable_without_scripts(self) -> None:
        body = self.page[:self.page.index("<script>")]
        self.assertEqual(4, body.count("<tr data-rule="))
        self.assertIn("expected EEXIST, got OK", body)
        self.assertIn('<form id="filter" hidden ', body)

    def test_light_and_dark(self) -> None:
        self.assertIn("color-scheme: light dark", self.page)
        self.assertIn("prefers-color-scheme: dark", self.page)

    def test_filter_in_a_browser(self) -> None:
        self.assertEqual({"errors.twice_same"}, self.shown("#diff=1&q=errors"))

    @marks.long
    def test_filters_in_a_browser(self) -> None:
        everything = {"errors.accepted", "errors.twice_same", "order.gic_twice", "at.cpu_side"}
        self.assertEqual(everything, self.shown(""))
        self.assertEqual({"order.gic_twice"}, self.shown("#q=gic_twice"))
        self.assertEqual({"errors.twice_same", "order.gic_twice"}, self.shown("#diff=1"))
        self.assertEqual({"errors.twice_same"}, self.shown("#diff=1&q=errors"))
        self.assertEqual({"errors.accepted"}, self.shown("#dialect=seed"))

    @marks.long
    def test_does_not_overflow(self) -> None:
        for width in (400, 1280):
            found = browser.measure(self.path, width)
            self.assertLessEqual(int(found["wide"]), width)
            self.assertEqual("0", found["clipped"])

    @marks.long
    def test_screenshot(self) -> None:
        data = browser.screenshot(self.path, self.folder / "page.png", "--window-size=1000,800")
        self.assertEqual(b"\x89PNG\r\n\x1a\n", data[:8])
        self.assertGreater(len(data), browser.MIN_SCREENSHOT_BYTES)


if __name__ == "__main__":
    unittest.main()
