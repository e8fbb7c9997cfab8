# SPDX-License-Identifier: GPL-2.0-only
"""The results of `make run` on all default targets."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from scripts import targets
from tests import marks
from tools import rules
from tools.results import BAD

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))

# Fewer results mean that tests were lost, or were skipped without reason.
MIN_RESULTS = 200
MIN_ON_REFERENCE = 120

REFERENCE = ("armv7-ref", "armv7-ref-6.12")
LINUX = ("armv7-linux", "arm64-gicv2-linux", "arm64-gicv3-linux")
# Programs whose guest code is at most a store, and the dialects that use no device attributes.
REFERENCE_PROGRAMS = ("abi", "errors", "order", "precedence")
REFERENCE_DIALECTS = ("seed", "legacy")

# Rules that are documented, but that no kernel keeps. The deviation has the reason.
DOCUMENTED_ONLY = {"order.overlap_is_accepted"}

OVERLAPS = re.compile(r"(\d+) rounds of race_seed=\d+, (\d+) with calls at once")

# No default target runs these. The first needs the seed dialect and a GICv3; the reference kernel,
# which alone has this dialect, does not support a GICv3. The second panics kernels up to 6.12
# (Documentation/findings/save-tables-oops.md); `make matrix` runs it on newer ones.
NEVER_RUN = {("absent.set_beside_gicv3", "seed"), ("its_tables.unmapped_collection", "devattr")}


# Hostile guests on a second kernel, only in check-long.
LONG_TARGETS = ("armv7-hostile-6.12",)


@marks.alone
@marks.long
class LongTargets(unittest.TestCase):
    def test_nothing_unexpected(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            proc = subprocess.run([sys.executable, "scripts/run.py", "--results-dir", folder,
                                   "--target", ",".join(LONG_TARGETS)], cwd=ROOT, text=True,
                                  check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(0, proc.returncode, proc.stdout)


@marks.alone
class Targets(unittest.TestCase):
    """One run of all default targets without LONG_TARGETS, and properties of its results."""

    summaries: dict[str, dict]
    printed: str
    status: int

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        known = targets.load(ROOT / "scripts/targets.toml")
        names = [name for name, target in known.items()
                 if target.default and name not in LONG_TARGETS]
        command = [sys.executable, "scripts/run.py", "--results-dir", cls.folder.name,
                   "--target", ",".join(names)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT) as proc:
            cls.printed = ""
            for line in proc.stdout:
                # The run takes minutes: show its output at once.
                print(f"make run| {line}", end="", flush=True)
                cls.printed += line
        cls.status = proc.returncode
        cls.summaries = {
            path.parent.name: json.loads(path.read_text(encoding="utf-8"))
            for path in Path(cls.folder.name).glob("*/summary.json")
        }

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def output(self) -> str:
        return f"make run printed:\n{self.printed}"

    def test_nothing_unexpected(self) -> None:
        self.assertEqual(0, self.status, self.output())
        for name, summary in self.summaries.items():
            self.assertEqual([0] * len(BAD), [summary[word] for word in BAD], name)

    def test_targets(self) -> None:
        self.assertLessEqual(
            {"arm64-gicv2", "arm64-gicv3", "arm64-novirt", *REFERENCE, "armv7-novirt",
             "armv7-nogicv", *LINUX},
            set(self.summaries),
            self.output(),
        )

    def test_linux_boots_as_a_guest(self) -> None:
        for name in LINUX:
            passed = {result["test"] for result in self.summaries[name]["results"]
                      if result["outcome"] == "passed"}
            expected = {f"guest_linux.any.{test}" for test in
                        ("refuses", "ended_by_signal", "closed_files", "never_exits", "exits",
                         "lost_output", "locked_disk", "keys_unread", "endless_input", "boot_2",
                         "reboot", "load", "save_restore", "two", "keys")}
            if name.startswith("armv7"):
                expected.add("guest_linux.any.boot_1")
            self.assertLessEqual(expected, passed, name)

    def test_number_of_results(self) -> None:
        real = sum(s["passed"] + s["xfailed"] for s in self.summaries.values())
        self.assertGreaterEqual(real, MIN_RESULTS, self.output())

    def test_novirt_skips(self) -> None:
        for name in ("arm64-novirt", "armv7-novirt"):
            summary = self.summaries[name]
            self.assertGreater(summary["skipped"], 0, name)
            skipped = [r for r in summary["results"] if r["outcome"] == "skipped"]
            for result in skipped:
                self.assertIn("no /dev/kvm", result["message"], result)

    def test_reference_kernel_reports_its_dialects(self) -> None:
        for name in REFERENCE:
            reported = [
                result["test"]
                for result in self.summaries[name]["results"]
                if result["program"] in REFERENCE_PROGRAMS
                and result["dialect"] in REFERENCE_DIALECTS
                and result["outcome"] in ("passed", "xfailed")
            ]
            self.assertGreaterEqual(len(reported), MIN_ON_REFERENCE, name)

    def test_reference_kernel_keeps_every_rule_of_the_seed(self) -> None:
        """Only released kernels have deviations from the seed's rules."""
        for name in REFERENCE:
            xfailed = [
                result["test"]
                for result in self.summaries[name]["results"]
                if result["dialect"] in REFERENCE_DIALECTS and result["outcome"] == "xfailed"
                and result["rule"] not in DOCUMENTED_ONLY
            ]
            self.assertEqual([], xfailed, name)

    def test_cpu_interface_costs_no_exit(self) -> None:
        for name in ("arm64-gicv2", "arm64-gicv3", *REFERENCE):
            passed = [
                result["test"]
                for result in self.summaries[name]["results"]
                if result["rule"] == "exits.gicc_none" and result["outcome"] == "passed"
            ]
            self.assertNotEqual([], passed, name)

    def test_calls_of_races_overlap(self) -> None:
        """A test of a race proves nothing if its calls never overlap."""
        for name in ("arm64-gicv2", "arm64-gicv3", *REFERENCE, "armv7-parallel"):
            log = Path(self.folder.name, name, "channel.log").read_text(errors="replace")
            counts = [(int(rounds), int(overlaps)) for rounds, overlaps in OVERLAPS.findall(log)]
            self.assertNotEqual([], counts, name)
            rounds, overlaps = (sum(numbers) for numbers in zip(*counts, strict=True))
            overlapping = sum(overlaps > 0 for _, overlaps in counts)
            # Observed: calls at once in 14 % to 85 % of the rounds, and in at least three quarters
            # of the tests. Without the timers of selftests/race.c, which interrupt the calls: in
            # 1 % to 7 % of the rounds, and in a third of the tests.
            self.assertGreater(overlaps, rounds / 20, f"{name}: rounds with calls at once")
            self.assertGreater(overlapping, len(counts) / 2, f"{name}: tests with calls at once")

    def test_gic_without_gicv(self) -> None:
        """Without a GICV, the reference kernel keeps absent.create and absent.set."""
        results = {
            (result["rule"], result["dialect"]): result["outcome"]
            for result in self.summaries["armv7-nogicv"]["results"]
        }
        for rule in ("absent.create", "absent.set"):
            for dialect in REFERENCE_DIALECTS:
                self.assertEqual("passed", results.get((rule, dialect)), (rule, dialect))

    def test_every_rule_reports_in_each_dialect(self) -> None:
        self.assertEqual([], rules.uncovered(rules.load(), list(self.summaries.values())))

    def test_every_rule_runs_somewhere(self) -> None:
        """A rule whose tests are skipped on all machines would never be checked.

        Rules that only silicon reaches are left out. test_refkernel checks the results of
        tests/refkernel.
        """
        reported = {
            (result["rule"], result["dialect"])
            for summary in self.summaries.values()
            for result in summary["results"]
            if result["outcome"] in ("passed", "xfailed")
        }
        never_run = [
            (rule.id, dialect)
            for rule in rules.load() if rule.by == "selftests" and not rule.mode
            and not rule.reach and not rules.is_newer(rule, list(self.summaries.values()))
            for dialect in rule.dialects
            if (rule.id, dialect) not in reported
        ]
        self.assertEqual(NEVER_RUN, set(never_run))

    def test_absent_seed_is_not_planned(self) -> None:
        for name in ("arm64-gicv2", "arm64-gicv3"):
            results = self.summaries[name]["results"]
            self.assertEqual([], [r["test"] for r in results if r["dialect"] == "seed"])
            absent = self.summaries[name]["absent"]["seed"]
            self.assertGreater(len(absent["tests"]), 50)
            (absence,) = [r for r in results if r["test"] == "target.absent.seed"]
            self.assertEqual("skipped", absence["outcome"])
            self.assertEqual("no seed dialect: KVM_CHECK_EXTENSION(84) answers 0: "
                             f"{len(absent['tests'])} tests not planned", absence["message"])

    def test_the_other_gic_is_not_planned(self) -> None:
        for name, other in (("arm64-gicv2", "gicv3"), ("arm64-gicv3", "gicv2"),
                            ("armv7-ref", "gicv3"), ("armv7-nogicv", "gicv2")):
            self.assertGreater(len(self.summaries[name]["absent"][other]["tests"]), 50, name)

    def test_few_skips(self) -> None:
        """Only few tests of a target are skipped."""
        for name in ("arm64-gicv2", "arm64-gicv3", "armv7-nogicv", *REFERENCE):
            skipped = [r["test"] for r in self.summaries[name]["results"]
                       if r["outcome"] == "skipped" and r["program"]]
            self.assertLess(len(skipped), 30, f"{name}: {skipped}")

    def test_results_of_two_machines_are_comparable_by_name(self) -> None:
        """All targets name the same tests, as planned or as absent."""
        def names(target: str) -> set[str]:
            summary = self.summaries[target]
            return ({r["test"] for r in summary["results"] if r["program"]}
                    | {test for absent in summary["absent"].values() for test in absent["tests"]})

        for one, other in (("arm64-gicv2", "arm64-gicv3"), ("armv7-ref", "armv7-nogicv"),
                           ("armv7-ref", "armv7-ref-6.12"), ("arm64-gicv2", "armv7-ref")):
            self.assertEqual(set(), names(one) ^ names(other), f"{one} and {other}")

    def test_a_skip_says_why(self) -> None:
        for summary in self.summaries.values():
            for result in summary["results"]:
                if result["outcome"] == "skipped":
                    self.assertGreater(len(result["message"]), 10, result)


@marks.long
class Selection(unittest.TestCase):
    def test_one_rule(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            proc = subprocess.run(
                [sys.executable, "scripts/run.py", "--results-dir", folder,
                 "--target", "arm64-gicv2", "--tests", "errors.twice_same"],
                cwd=ROOT, capture_output=True, text=True, check=False,
            )
            self.assertEqual(0, proc.returncode, f"{proc.stdout}\n{proc.stderr}")
            summary = json.loads(Path(folder, "arm64-gicv2/summary.json").read_text())
        selected = {r["rule"] for r in summary["results"] if r["program"]}
        self.assertEqual({"errors.twice_same"}, selected)
        self.assertEqual({"seed", "gicv3"}, set(summary["absent"]))


if __name__ == "__main__":
    unittest.main()
