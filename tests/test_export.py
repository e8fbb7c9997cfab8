# SPDX-License-Identifier: GPL-2.0-only
"""tools/export.py and its parts: results and deviations in the formats of labs."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from tests import json_schema, lkft
from tests.test_results import sample
from tools import bench, deviations, kcidb, ktap, rules, summary, tap
from tools.matrix import Run, entry
from tools.results import FAILED, NOT_RUN, PASSED, SKIPPED, XFAILED, XPASSED

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "Documentation/kcidb-5.3.json").read_text(encoding="utf-8"))
ABOUT = kcidb.About("lab")

TABLE = rules.parse_table("""
[[rule]]
id = "errors.twice"
text = "A second address is refused."
source = "seed: errors"
dialects = ["legacy"]
expect = "EEXIST"

[[rule.deviation]]
kernels = "5.10..6.1"
variants = "legacy_*"
does = "OK"
kind = "bug"
reason = "a second address is accepted: \\"quoted\\""

[[rule.deviation]]
kernels = "6.3.."
does = "EINVAL"
kind = "difference"
reason = "another number"

[[rule.deviation]]
kernels = "6.1"
arch = "armv7l"
does = "OK"
kind = "difference"
reason = "not there yet"
""")
MESSAGES = [rules.deviation_message(item) for item in TABLE[0].deviations]


def run_of(*results: tuple[str, str, str, str], name: str = "board") -> Run:
    run = Run(name, name, "", kernel="6.1.0-lab", ended="2026-11-29 05:37:20")
    run.take([entry(*item) for item in results])
    return run


class Kcidb(unittest.TestCase):
    def report(self, *runs: Run, rows: list[bench.Row] | None = None) -> dict:
        found = kcidb.report(ABOUT, runs, TABLE, rows or [])
        text = kcidb.as_text(found)
        self.assertEqual([], list(json_schema.errors(json.loads(text), SCHEMA)))
        ids = [item["id"] for item in found["tests"] + found["issues"] + found["incidents"]]
        self.assertEqual(len(ids), len(set(ids)))
        return found

    def test_each_outcome(self) -> None:
        found = self.report(run_of(
            ("a.any.pass", "a", PASSED, ""), ("a.any.fail", "a", FAILED, "expected 1, got 2"),
            ("a.any.skip", "a", SKIPPED, "no GICv3"), ("a.any.rest", "a", NOT_RUN, "interrupted"),
            ("a.any.slow", "a", FAILED, "TIMEOUT 45 s"), ("a.output", "a", FAILED, "signal 6"),
            ("b", "b", FAILED, "no result"), ("kernel.log", "", FAILED, "WARNING: x"),
            ("errors.legacy_v2_dist.twice", "errors", XFAILED, MESSAGES[0]),
            ("errors.legacy_v2_cpu.twice", "errors", XPASSED, MESSAGES[0])))
        self.assertEqual(
            ["PASS", "FAIL", "SKIP", "MISS", "ERROR", "ERROR", "ERROR", "FAIL", "FAIL", "PASS"],
            [item["status"] for item in found["tests"]])
        self.assertEqual("vgic-abi.a.any.pass", found["tests"][0]["path"])
        self.assertEqual("lab:6.1.0-lab", found["tests"][0]["build_id"])
        (issue,) = found["issues"]
        self.assertIn("a second address is accepted", issue["comment"])
        self.assertEqual([(issue["id"], True), (issue["id"], False)],
                         [(item["issue_id"], item["present"]) for item in found["incidents"]])
        self.assertEqual([item["id"] for item in found["tests"][8:]],
                         [item["test_id"] for item in found["incidents"]])

    def test_issue_ids_are_stable(self) -> None:
        """An issue keeps its id if its reason is reworded. Other deviations have other ids."""
        ids = [kcidb.issue(ABOUT, TABLE[0], item)["id"] for item in TABLE[0].deviations]
        self.assertEqual(3, len(set(ids)))
        reworded = copy.copy(TABLE[0].deviations[0])
        object.__setattr__(reworded, "reason", "other words")
        self.assertEqual(ids[0], kcidb.issue(ABOUT, TABLE[0], reworded)["id"])

    def test_hostile_text(self) -> None:
        evil = "\x00\ud800\n" + "x" * 50000
        found = self.report(run_of(("a+b/c d.x", "p\x00", FAILED, evil), ("", "", PASSED, evil),
                                   name="t\x00\ud800"),
                            run_of(("twice", "", PASSED, ""), ("twice", "", FAILED, "")))
        self.assertEqual(4, len(found["tests"]))

    def test_results_of_all_kinds(self) -> None:
        run = Run("t", "t", "")
        run.take([entry(r.test, r.program, r.outcome, r.message, tuple(r.log)) for r in sample()])
        self.assertEqual(len(sample()), len(self.report(run)["tests"]))

    def test_figures(self) -> None:
        rows = [bench.Row("t", "6.1", "deterministic", "gicd_read", [2190, 2194, 2200]),
                bench.Row("t", "6.1", "wall", "gicd_read", [1500.0], vcpus=2)]
        first, second = self.report(rows=rows)["tests"]
        self.assertEqual(("DONE", {"value": 2194, "unit": "instructions"}),
                         (first["status"], first["number"]))
        self.assertEqual("vgic-abi.bench.gicd_read.vcpus_2", second["path"])
        self.assertEqual({"value": 1.5e-6, "unit": "s", "prefix": "metric"}, second["number"])

    def test_origin(self) -> None:
        for words in (("Lab",), ("",), ("a:b",), ("lab", "1234")):
            with self.assertRaisesRegex(ValueError, "^expected"):
                kcidb.About(*words)

    def test_validator_finds_errors(self) -> None:
        good = self.report(run_of(("errors.legacy_v2.twice", "errors", XFAILED, MESSAGES[0])))
        for place, value in ((("version", "major"), 4), (("version", "minor"), 4),
                             (("tests", 0, "status"), "OK"), (("tests", 0, "path"), "a b"),
                             (("tests", 0, "id"), "none"), (("tests", 0, "more"), ""),
                             (("tests", 0, "comment"), None), (("tests", 0, "comment"), "\0"),
                             (("tests", 0, "number"), {}), (("issues", 0, "version"), True),
                             (("issues", 0, "version"), -1), (("nothing",), []),
                             (("tests", 0, "log_excerpt"), "x" * 16385)):
            bad = copy.deepcopy(good)
            inner = bad
            for part in place[:-1]:
                inner = inner[part]
            inner[place[-1]] = value
            self.assertEqual(1, len(list(json_schema.errors(bad, SCHEMA))), place)
        del good["tests"][0]["id"]
        self.assertEqual(["/tests/0: lacks id"], list(json_schema.errors(good, SCHEMA)))


class Deviations(unittest.TestCase):
    def test_by_kernel(self) -> None:
        for kernel, reasons in (("", 3), ("5.4", 0), ("5.10", 1), ("6.1.0-50-arm64", 2),
                                ("6.2", 0), ("7.3", 1)):
            self.assertEqual(reasons, len(deviations.as_data(TABLE, kernel)), kernel)
        first, second, _ = deviations.as_data(TABLE)
        self.assertEqual(("5.10", "6.1", "errors.legacy_*.twice"),
                         (first["first"], first["last"], first["tests"]))
        self.assertIsNone(second["last"])
        with self.assertRaises(rules.TableError):
            deviations.as_data(TABLE, "new")

    def test_whole_table(self) -> None:
        table = rules.load()
        found = json.loads(deviations.as_json(table))["deviations"]
        self.assertEqual(sum(len(rule.deviations) for rule in table), len(found))
        for item in found:
            self.assertRegex(item["tests"], r"^\w+\.[\w*?\[\]-]+\.\w+$")

    def test_skipfile(self) -> None:
        """The keys that skipgen reads: reason, url, environments, boards, branches, tests."""
        text = deviations.as_skipfile(TABLE, ("5.10", "6.1", "6.6", "7.3"))
        found = re.findall(r'reason: (".*")\n.*\n    environments: all\n    boards:\n      - all\n'
                           r'    branches:\n((?:      - .*\n)+)    tests:\n      - (".*")\n', text)
        self.assertEqual(
            [('bug: a second address is accepted: "quoted"', ["5.10", "6.1"],
              "errors.legacy_*.twice"),
             ("difference: another number", ["6.6", "7.3"], "errors.*.twice")],
            [(json.loads(why), re.findall(r'"(.*)"', names), json.loads(test))
             for why, names, test in found])

    def test_mode_is_not_in_the_skipfile(self) -> None:
        """skipgen selects by kernel only; deviations of a mode are only in the JSON."""
        protected = replace(TABLE[0].deviations[0], mode="protected")
        table = [replace(TABLE[0], deviations=(protected,))]
        self.assertNotIn("- reason", deviations.as_skipfile(table, ("5.10",)))
        self.assertEqual(["protected"], [entry["mode"] for entry in deviations.as_data(table)])
        self.assertEqual([None] * 3, [entry["mode"] for entry in deviations.as_data(TABLE)])

    def test_skipfile_is_yaml(self) -> None:
        try:
            import yaml
        except ImportError:
            self.skipTest("python3-yaml is not installed")
        found = yaml.safe_load(deviations.as_skipfile(rules.load()))
        for item in found["skiplist"]:
            self.assertEqual({"reason", "url", "environments", "boards", "branches", "tests"},
                             set(item))
            self.assertTrue(all(isinstance(name, str) for name in item["branches"]))


class Program(unittest.TestCase):
    def export(self, *arguments: object, **kwargs: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, str(ROOT / "tools/export.py"),
                               *map(str, arguments)],
                              capture_output=True, text=True, check=False, **kwargs)

    def test_results(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "board"
            run.mkdir()
            (run / "summary.json").write_text(json.dumps(
                summary.summarize("board", "6.1", 1.0, sample())))
            flat = self.export("flat", folder)
            self.assertEqual((0, ""), (flat.returncode, flat.stderr))
            self.assertEqual([lkft.slug(r.test) for r in sample()],
                             [item.name for item in lkft.read(flat.stdout)])
            nested = self.export("kselftest", folder).stdout
            self.assertEqual([r.test for r in sample()], [e.test for e in tap.read(nested).results])
            found = json.loads(self.export("kcidb", "--origin", "lab", "--build", "lab:1",
                                           folder).stdout)
            self.assertEqual([], list(json_schema.errors(found, SCHEMA)))
            self.assertEqual({"lab:1"}, {item["build_id"] for item in found["tests"]})
            (Path(folder) / "bench.json").write_text(json.dumps(
                [bench.Row("t", "6.1", "deterministic", "x", [5.0]).as_json()]))
            proc = self.export("kcidb", Path(folder) / "bench.json")
            self.assertEqual(["DONE"], [item["status"]
                                        for item in json.loads(proc.stdout)["tests"]])

    def test_rules(self) -> None:
        listed = self.export("list").stdout.splitlines()
        self.assertIn("vgic-abi:errors", listed)
        self.assertNotIn("vgic-abi:probe", listed)
        self.assertIn("vgic-abi:vgic_delivery", listed)
        for line in listed:
            self.assertTrue((ROOT / f"selftests/{line.removeprefix('vgic-abi:')}.c").is_file())
        data = json.loads(self.export("deviations", "--kernel", "6.1").stdout)
        self.assertTrue(data["deviations"])
        self.assertIn("skiplist:", self.export("skipfile").stdout)

    def test_results_are_missing(self) -> None:
        proc = self.export("flat", "-", "/nothing", input=ktap.document(sample()))
        self.assertEqual((1, "export: /nothing: No such file or directory\n"),
                         (proc.returncode, proc.stderr))
        self.assertEqual(len(sample()), len(lkft.read(proc.stdout)))

    def test_bad_bench_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench.json"
            for text in (b"\xff", b"[" * 100000, b"{}"):
                path.write_bytes(text)
                proc = self.export("kcidb", path)
                self.assertEqual(2, proc.returncode)
                self.assertRegex(proc.stderr, r"\Aexport: \S+: expected .*\n\Z")

    def test_errors(self) -> None:
        for arguments, words in ((("flat", "/nothing"), "expected results, got none"),
                                 (("kcidb", "/nothing/bench.json"), "/nothing/bench.json: No such"),
                                 (("deviations", "--kernel", "x"), "expected a kernel release"),
                                 (("flat",), "expected a folder or a file, got none"),
                                 (("flat", "-", "--kernel", "6.1"), "only for deviations"),
                                 (("list", "--origin", "lab"), "only for kcidb"),
                                 (("list", "x"), "expected no place, got x"),
                                 (("kcidb", "-", "--origin", "A"), "expected the origin")):
            proc = self.export(*arguments, input=ktap.document(sample()))
            self.assertEqual((2, ""), (proc.returncode, proc.stdout), arguments)
            self.assertIn(words, proc.stderr)


if __name__ == "__main__":
    unittest.main()
