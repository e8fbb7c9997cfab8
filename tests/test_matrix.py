# SPDX-License-Identifier: GPL-2.0-only
"""The matrix of kernels: tools/matrix.py, scripts/matrix.py, and the page in a browser."""

from __future__ import annotations

import json
import os
import tempfile
import unittest
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest import mock

from scripts import matrix as program
from scripts import plans, targets
from scripts.errors import SetupError
from scripts.faults import fits
from scripts.session import Plan, Program
from tests import browser
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


def run_of(target: str, suite: str, results: Iterable[dict[str, Any]]) -> Run:
    run = Run(f"{target}@{suite}", target, suite)
    matrix.take_summary(run, json.dumps({"kernel": f"kernel of {suite}",
                                         "results": list(results)}))
    return run


def data_of(runs: list[Run], texts: dict[str, str]) -> dict[str, Any]:
    return json.loads("".join(matrix.as_json(runs, texts)))


def two_kernels() -> list[Run]:
    """Of which the older one deviates from one rule, and fails in another."""
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
        run = run_of("t", "s", [result("a.x_1.r"), result("a.x_2.r", "failed", "no"),
                                result("a.x_3.r", "skipped")])
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

    def test_what_was_not_run_differs_from_nothing(self) -> None:
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

    def test_text(self) -> None:
        text = matrix.as_text(two_kernels())
        self.assertRegex(text, r"arm64-gicv2@old +kernel of old +1 +1 +1 +1 +0")
        self.assertIn("skipped: arm64-gicv2@none: no such suite", text)
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


class Shortened(unittest.TestCase):
    """What guests see runs in one dialect, or with two vCPUs, unless somebody asks for more."""

    def plan(self, *arguments: str) -> tuple[dict[str, str | None], str]:
        options = program.parse(arguments)
        cell = program.Wanted("arm64-gicv2", "bookworm")
        made = Plan(target=targets.load(ROOT / "scripts/targets.toml")[cell.target],
                    images=None, accel="tcg", tests=options.tests, results=ROOT,
                    programs=[Program("errors"), Program("vgic"), Program("smp")])
        with mock.patch.object(program.plans, "make", return_value=[made]) as make:
            plan = program.plan_for(options, cell)
        self.assertEqual("arm64-gicv2@bookworm", plan.target.name)
        return {p.name: p.tests for p in plan.programs}, make.call_args.args[0].append

    def test_narrowed(self) -> None:
        tests, append = self.plan()
        self.assertEqual({"errors": None, "vgic": program.ONE_DIALECT,
                          "smp": program.TWO_VCPUS}, tests)
        self.assertEqual(program.SHORTER, append)

    def test_all(self) -> None:
        self.assertEqual(({"errors": None, "vgic": None, "smp": None}, ""),
                         self.plan("--all"))

    def test_chosen_tests_are_not_narrowed(self) -> None:
        tests, _ = self.plan("--tests", "vgic.*")
        self.assertEqual({None}, set(tests.values()))

    def test_placements(self) -> None:
        """All in the dialect that all have, and one in each of the others."""
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
            self.assertIn(words, source, "a name that the pattern relies on")

    def test_programs_are_there(self) -> None:
        named = {p.name for p in plans.read_programs(BUILD / "selftests/arm64")}
        self.assertLessEqual(set(program.NARROWED), named)


class Page(unittest.TestCase):
    """The page as text, and in a browser."""

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

    def test_readable_without_scripts(self) -> None:
        body = self.page[:self.page.index("<script>")]
        self.assertEqual(4, body.count("<tr data-rule="))
        self.assertIn("expected EEXIST, got OK", body)
        self.assertIn('<form id="filter" hidden ', body)

    def test_light_and_dark(self) -> None:
        self.assertIn("color-scheme: light dark", self.page)
        self.assertIn("prefers-color-scheme: dark", self.page)

    def test_filters_in_a_browser(self) -> None:
        everything = {"errors.accepted", "errors.twice_same", "order.gic_twice", "at.cpu_side"}
        self.assertEqual(everything, self.shown(""))
        self.assertEqual({"order.gic_twice"}, self.shown("#q=gic_twice"))
        self.assertEqual({"errors.twice_same", "order.gic_twice"}, self.shown("#diff=1"))
        self.assertEqual({"errors.twice_same"}, self.shown("#diff=1&q=errors"))
        self.assertEqual({"errors.accepted"}, self.shown("#dialect=seed"))

    def test_does_not_overflow(self) -> None:
        for width in (400, 1280):
            self.assertLessEqual(int(browser.measured(self.path, width)["wide"]), width)

    def test_looks_like_something(self) -> None:
        data = browser.picture(self.path, self.folder / "page.png", "--window-size=1000,800")
        self.assertEqual(b"\x89PNG\r\n\x1a\n", data[:8])
        self.assertGreater(len(data), browser.LEAST_PICTURE)


if __name__ == "__main__":
    unittest.main()
