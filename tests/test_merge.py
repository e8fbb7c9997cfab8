# SPDX-License-Identifier: GPL-2.0-only
"""tools/merge.py: one report from many runs, and KTAP of any origin."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

from tests import marks
from tools import ktap, merge, summary, tap
from tools.matrix import Run
from tools.merge import Files
from tools.report import Problem
from tools.results import FAILED, NOT_RUN, PASSED, SKIPPED, XFAILED, XPASSED, Result

ROOT = Path(__file__).resolve().parent.parent


def outcomes(text: str, name: str = "") -> dict[str, str]:
    return {entry.test: entry.outcome for entry in tap.read(text, name).results}


KSELFTEST = """TAP version 13
1..2
# selftests: vgic-abi: errors
# TAP version 13
# 1..3
# # Starting 3 tests
# ok 1 errors.legacy_v2_dist.one
# # errors.legacy_v2_dist.two: expected EEXIST, got OK
# not ok 2 errors.legacy_v2_dist.two
# ok 3 errors.seed_v2_dist.one # SKIP no seed
not ok 1 selftests: vgic-abi: errors # exit=1
# selftests: vgic-abi: order
not ok 2 selftests: vgic-abi: order # TIMEOUT 45 seconds
"""

KUNIT = """[    0.000000] Linux version 6.9.1-board (me@there)
[    0.100000] KTAP version 1
[    0.100000] 1..1
[    0.200000]     KTAP version 1
[    0.200000]     # Subtest: addresses
[    0.200000]     1..2
[    0.200000] usb 1-1: something else
[    0.200000]     ok 1 twice
[    0.200000]     not ok 2 once
[    0.200000] not ok 1 addresses
"""


class OfAnyOrigin(unittest.TestCase):
    def test_runner_of_kselftest(self) -> None:
        self.assertEqual({
            "errors.legacy_v2_dist.one": PASSED, "errors.legacy_v2_dist.two": FAILED,
            "errors.seed_v2_dist.one": SKIPPED, "selftests: vgic-abi: order": FAILED,
        }, outcomes(KSELFTEST))
        found = tap.read(KSELFTEST)
        self.assertEqual([], found.complaints)
        self.assertIn("expected EEXIST, got OK", found.results[1].message)
        self.assertIn("TIMEOUT 45 seconds", found.results[3].message)

    def test_kernel_log(self) -> None:
        self.assertEqual({"addresses.twice": PASSED, "addresses.once": FAILED}, outcomes(KUNIT))
        self.assertEqual("6.9.1-board", tap.read(KUNIT).kernel)

    def test_plain_tap(self) -> None:
        self.assertEqual({"x.1": PASSED, "two words": FAILED, "three": XFAILED, "four": XPASSED,
                          "five": SKIPPED},
                         outcomes("ok\nnot ok 2 - two words\nnot ok 3 three # TODO later\n"
                                  "ok 4 - four # todo\nok 5 five # skip why\n1..5\n", "x"))
        self.assertEqual({"x": SKIPPED}, outcomes("1..0 # SKIP no /dev/kvm\n", "x"))

    def test_our_own_document(self) -> None:
        expected = [Result("target.boot", "", PASSED),
                    Result("a.legacy_v2.x", "a", PASSED),
                    Result("a.legacy_v2.y", "a", FAILED, "expected 1, got 2", log=["ok 1 forged"]),
                    Result("b.any_.x", "b", XFAILED, "5.10: known"),
                    Result("b.any_.y", "b", XPASSED, "5.10: was known"),
                    Result("c", "c", SKIPPED, "no GIC"),
                    Result("d.any_.x", "d", PASSED),
                    Result("d.any_.y", "d", NOT_RUN, "interrupted while it ran"),
                    Result("e", "e", NOT_RUN, "interrupted")]
        about = ktap.about_line("board@sid", "6.1", "2026-01-01 00:00:00")
        found = tap.read(ktap.document(expected, about))
        self.assertEqual([], found.complaints)
        self.assertEqual([(r.test, r.outcome) for r in expected],
                         [(e.test, e.outcome) for e in found.results])
        self.assertEqual(["interrupted while it ran", "interrupted"],
                         [e.message for e in found.results if e.outcome == NOT_RUN])
        self.assertEqual(("board@sid", "6.1", "2026-01-01 00:00:00"),
                         (found.target, found.kernel, found.ended))

    def test_absent_features(self) -> None:
        """Lines about absent features, at any level, become one result for each feature."""
        lines = {"seed": "# absent: seed: no seed: 84 answers 0: {} not planned\n",
                 "gicv3": "# absent: gicv3: no such device: {} not planned\n"}
        text = ("KTAP version 1\n1..2\n"
                "  KTAP version 1\n  " + lines["seed"].format("2 tests")
                + "  1..1\n  ok 1 a.x.one\nok 1 a\n"
                "# # " + lines["seed"].format("1 test")[2:]
                + "# " + lines["gicv3"].format("1 test") + "ok 2 b.x.two\n")
        found = tap.read(text)
        self.assertEqual([], found.complaints)
        self.assertEqual({"a.x.one": "", "b.x.two": "",
                          "target.absent.seed": "no seed: 84 answers 0: 3 tests not planned",
                          "target.absent.gicv3": "no such device: 1 test not planned"},
                         {entry.test: entry.message for entry in found.results})
        self.assertEqual([SKIPPED] * 2, [entry.outcome for entry in found.results[2:]])

    def test_complaints(self) -> None:
        for text, words in (
                ("", "expected KTAP, got no result"), ("\x00\xff", "got no result"),
                ("1..3\nok 1 a\n", "expected 3 results, got 1"),
                ("1..1\n  1..3\n  ok 1 a\n", "cut off"),
                ("ok 1 a\nnot ok 2 a\n", "1 name with several results, the first: a"),
                ("1..2\nok 1 a\nBail out! no disk\n", "Bail out! no disk")):
            complaints = "; ".join(tap.read(text).complaints)
            self.assertIn(words, complaints)

    def test_program_fails_without_a_failed_test(self) -> None:
        self.assertEqual({"a.x": PASSED, "a.output": FAILED},
                         outcomes("1..1\n  1..1\n  ok 1 a.x\nnot ok 1 a\n"))

    def test_errors_of_others(self) -> None:
        self.assertEqual({"a": FAILED, "b": NOT_RUN},
                         outcomes("1..2\nnot ok 1 a # ERROR no memory\n"
                                  "not ok 2 b # ERROR not run: no machine\n"))

    def test_truncation(self) -> None:
        """Results before the cut count, and the cut is reported."""
        for text in (KSELFTEST, KUNIT):
            whole = outcomes(text)
            for end in range(len(text) - 30):
                found = tap.read(text[:end])
                self.assertTrue(found.complaints, text[:end])
                known = {e.test: e.outcome for e in found.results}
                for line in text[:end].split("\n")[:-1]:
                    for name in whole:
                        if "ok " in line and line.endswith(f" {name}"):
                            self.assertEqual(whole[name], known[name], text[:end])

    def test_noise(self) -> None:
        rng = random.Random(2012)
        for _ in range(300):
            lines = KSELFTEST.splitlines() + KUNIT.splitlines()
            rng.shuffle(lines)
            lines.insert(rng.randrange(9), "".join(chr(rng.randrange(0x3000)) for _ in range(99)))
            tap.read("\n".join(lines[:rng.randrange(len(lines))]))


def results(seed: int, number: int = 8) -> list[Result]:
    """Results that differ between runs in a few failures."""
    rng = random.Random(seed)
    found = []
    for n in range(number):
        dialect = ("legacy", "devattr", "seed")[n % 3]
        outcome, message = (PASSED, "")
        if n % 37 == 1:
            outcome, message = XFAILED, "5.10 bug: known"
        elif n % 3 == 2:
            outcome, message = SKIPPED, "no seed"
        elif rng.random() < 0.01:
            outcome, message = FAILED, f"expected EEXIST, got {seed}"
        found.append(Result(f"p{n * 8 // number}.{dialect}_v2_{n % 4}.t{n}", f"p{n * 8 // number}",
                            outcome, message))
    return found


def write_run(folder: Path, target: str, seed: int, number: int = 8, kernel: str = "6.1") -> None:
    folder.mkdir(parents=True)
    found = results(seed, number)
    data = summary.summarize(target, kernel, seed, found)
    (folder / "summary.json").write_text(json.dumps(data, indent=1))
    (folder / "results.ktap").write_text(
        ktap.document(found, ktap.about_line(target, kernel, str(seed))))


class Case(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.runs = self.folder / "runs"
        self.runs.mkdir()

    def merge_here(self, *places: object) -> merge.Merged:
        return merge.merge([Files([str(place) for place in places or (self.runs,)])])

    def merge_runs(self, *arguments: object, **kwargs: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(ROOT / "tools/merge.py"), *map(str, arguments),
             "--out", str(self.folder / "out")],
            capture_output=True, text=True, check=False, **kwargs)


class Merging(Case):
    def test_any_depth(self) -> None:
        write_run(self.runs / "arm64-gicv2", "arm64-gicv2", 1)
        write_run(self.runs / "2026/01/lab/arm64-gicv2@sid", "arm64-gicv2@sid", 2)
        (self.runs / "2026/board7.ktap").write_text(KUNIT)
        (self.runs / "2026/README").write_text("not ok 1 this is none\n")
        found = self.merge_here()
        self.assertEqual([], found.problems)
        self.assertEqual({"arm64-gicv2": ("arm64-gicv2", ""),
                          "2026/01/lab/arm64-gicv2@sid": ("arm64-gicv2", "sid"),
                          "2026/board7": ("board7", "")},
                         {run.name: (run.target, run.suite) for run in found.runs})
        self.assertEqual(8 + 8 + 2, sum(found.counts.values()))

    def test_broken_files_are_problems(self) -> None:
        for name in ("good", "cut", "both", "missing", "list", "empty"):
            write_run(self.runs / name, name, hash(name) % 1000)
        cut = self.runs / "cut/summary.json"
        cut.write_bytes(cut.read_bytes()[:500])
        for name in ("summary.json", "results.ktap"):
            path = self.runs / "both" / name
            path.write_bytes(path.read_bytes()[:300])
        (self.runs / "missing/results.ktap").unlink()
        (self.runs / "missing/summary.json").write_bytes(b"\xff\x00")
        (self.runs / "list/summary.json").write_text("[]")
        (self.runs / "empty/summary.json").write_text("")
        (self.runs / "empty/results.ktap").write_text("")
        (self.runs / "killed").mkdir()
        (self.runs / "killed/kernel.log").write_text("Linux")
        (self.runs / "half").mkdir()
        (self.runs / "half/results.ktap.tmp").write_text("KTAP")
        os.mkfifo(self.runs / "pipe.ktap")
        (self.runs / "folder.ktap").mkdir()
        (self.runs / "nowhere.ktap").symlink_to("gone")
        found = self.merge_here()
        problems = {problem.where: problem for problem in found.problems}
        for where, words, lost in (
                ("cut/summary.json", "results.ktap counts in its place", False),
                ("both/summary.json", "expected JSON", False),
                ("both/results.ktap", "cut off", True),
                ("missing/summary.json", "there is no results.ktap in its place", True),
                ("list/summary.json", "results.ktap counts", False),
                ("empty/results.ktap", "got no result", True),
                ("killed/", "still running, or was killed", True),
                ("half/results.ktap.tmp", "being written", True),
                ("pipe.ktap", "expected a file", True),
                ("nowhere.ktap", "No such file", True)):
            self.assertIn(where, problems)
            self.assertEqual(lost, problems[where].lost, where)
        both = " ".join(p.why for p in found.problems if p.where == "both/results.ktap")
        self.assertIn("expected", both)
        whole = {run.name: len(run.results) for run in found.runs if run.ran}
        self.assertEqual({"good": 8, "cut": 8, "list": 8}, whole)
        partial = next(run for run in found.runs if run.name == "both")
        self.assertTrue(0 < len(partial.results) < 8, partial.results)

    def test_compressed_files(self) -> None:
        """A compressed file is a problem even if it contains KTAP lines as plain text."""
        for kind in (gzip, lzma, bz2):
            (self.runs / "a.ktap").write_bytes(kind.compress(b"1..1\nok 1 a\n"))
            found = self.merge_here()
            self.assertEqual([], found.runs)
            self.assertRegex(found.problems[0].why, "^expected text, got a file of .*: unpack it")

    def test_copies_count_once(self) -> None:
        write_run(self.runs / "one/board", "board", 1)
        write_run(self.runs / "two/board", "board", 1)
        for name in ("summary.json", "results.ktap"):
            (self.runs / "two/board" / name).write_bytes(
                (self.runs / "one/board" / name).read_bytes())
        write_run(self.runs / "three/board", "board", 3)
        (self.runs / "a.ktap").write_text(KUNIT)
        (self.runs / "b.ktap").write_text(KUNIT)  # another board may have the same output
        found = self.merge_here()
        self.assertEqual(["a", "b", "one/board", "three/board"],
                         sorted(run.name for run in found.runs))
        self.assertEqual([("two/board/summary.json", False)],
                         [(p.where, p.lost) for p in found.problems])
        self.assertEqual(4, len(self.merge_here(self.runs, self.runs).runs))

    def test_same_names_stay_apart(self) -> None:
        for seed, name in enumerate(("a/x", "b/x")):
            write_run(self.runs / name / "board", "board", seed)
        found = self.merge_here(self.runs / "a/x", self.runs / "b/x")
        self.assertEqual(["x/board", "x/board (2)"], [run.name for run in found.runs])

    def test_another_source(self) -> None:
        """Any iterable of runs and problems can be a source."""
        def lab():
            yield Run("job 1", "board", "6.9", results=[], counts=dict.fromkeys(
                (PASSED, FAILED, SKIPPED, XFAILED, XPASSED), 0))
            yield Problem("job 2", "no such job")
        found = merge.merge([lab(), Files([])])
        self.assertEqual((["job 1"], ["job 2"]),
                         ([r.name for r in found.runs], [p.where for p in found.problems]))

    def test_file_that_keeps_changing(self) -> None:
        write_run(self.runs / "good", "good", 1)
        path = self.runs / "busy.ktap"
        path.write_text("KTAP version 1\n1..9\n")
        done = threading.Event()

        def write() -> None:
            number = 0
            while not done.is_set():
                number += 1
                with path.open("a") as file:
                    file.write(f"ok {number} busy.any_.t{number}\n")
                time.sleep(0.001)
        writer = threading.Thread(target=write)
        writer.start()
        try:
            time.sleep(0.1)
            found = self.merge_here()
        finally:
            done.set()
            writer.join()
        self.assertEqual({"good", "busy"}, {run.name for run in found.runs})
        self.assertTrue(any("being written" in p.why or "expected 9 results" in p.why
                            for p in found.problems if p.where == "busy.ktap"), found.problems)

    def test_files_replaced_while_reading(self) -> None:
        """Files are replaced while their folder is read."""
        for n in range(20):
            write_run(self.runs / f"r{n}", f"r{n}", n)
        done = threading.Event()

        def write() -> None:
            while not done.is_set():
                for n in range(20):
                    path = self.runs / f"r{n}" / "summary.json"
                    unfinished = path.with_name("summary.json.tmp")
                    unfinished.write_bytes(path.read_bytes())
                    os.replace(unfinished, path)
        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(5):
                found = self.merge_here()
                self.assertEqual(20 * 8, sum(found.counts.values()))
                self.assertEqual([], [p for p in found.problems if p.lost and
                                      "being written" not in p.why])
        finally:
            done.set()
            writer.join()


class Columns(unittest.TestCase):
    def make_runs(self, number: int, targets: int, kernels: int) -> list[Run]:
        runs = []
        for n in range(number):
            run = Run(f"r{n}", f"t{n % targets}", "", kernel=f"k{n // targets % kernels}")
            run.take(tap.read(ktap.document(results(n))).results)
            runs.append(run)
        return runs

    def test_number_of_columns(self) -> None:
        for number, targets, kernels, columns in (
                (5, 5, 1, 5), (100, 5, 4, 20), (100, 10, 10, 10), (90, 90, 1, merge.MAX_COLUMNS)):
            shown = merge.columns(self.make_runs(number, targets, kernels))
            self.assertEqual(columns, len(shown))
            self.assertEqual(number * 8, sum(sum(run.counts.values()) for run in shown))


@marks.slow
class Program(Case):
    def test_all_files_are_written(self) -> None:
        write_run(self.runs / "a", "a", 1)
        proc = self.merge_runs(self.runs)
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertIn("1 run, 8 results: ", proc.stdout)
        for name in ("index.html", "matrix.html", "matrix.json"):
            self.assertTrue((self.folder / "out" / name).is_file())
        data = json.loads((self.folder / "out/matrix.json").read_text())
        self.assertEqual("ran", data["runs"][0]["status"])

    def test_standard_input(self) -> None:
        proc = self.merge_runs("-", input=KSELFTEST)
        self.assertEqual(1, proc.returncode)
        self.assertIn("4 results: 1 passed, 2 failed, 1 skipped", proc.stdout)
        page = (self.folder / "out/index.html").read_text()
        self.assertIn("<dt>got</dt><dd>OK</dd>", page)

    def test_status(self) -> None:
        self.assertEqual(2, self.merge_runs(self.runs).returncode)
        nowhere = self.merge_runs(self.folder / "nothing")
        self.assertEqual(2, nowhere.returncode)
        self.assertTrue(nowhere.stderr.startswith(f"merge: {self.folder}/nothing: No such file"),
                        nowhere.stderr)
        self.assertEqual(0, self.merge_runs("--help").returncode)
        write_run(self.runs / "a", "a", 1)
        output = self.merge_runs(self.runs).stdout
        self.assertRegex(output, r"^1 run, 8 results: .*, 0 not run; 0 files with problems; ")
        (self.runs / "b").mkdir()
        (self.runs / "b/summary.json").write_text("{")
        proc = self.merge_runs(self.runs)
        self.assertEqual(1, proc.returncode, "expected lost results to show in the status")
        self.assertRegex(proc.stderr, "^merge: b/summary.json: expected JSON")
        self.assertIn("b/summary.json", (self.folder / "out/index.html").read_text())

    def test_own_output_is_ignored(self) -> None:
        write_run(self.runs / "a", "a", 1)
        out = self.runs / "out"
        for _ in range(2):
            found = subprocess.run([sys.executable, str(ROOT / "tools/merge.py"), str(self.runs),
                                    "--out", str(out)], capture_output=True, text=True, check=False)
            self.assertEqual((0, ""), (found.returncode, found.stderr))
            self.assertIn("1 run,", found.stdout)

    def test_make_report(self) -> None:
        write_run(self.runs / "a", "a", 1)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
        proc = subprocess.run(["make", "-s", "report", f"FROM={self.runs}",
                               f"BUILD={self.folder}/build"], cwd=ROOT, env=env,
                              capture_output=True, text=True, check=False)
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertTrue((self.folder / "build/report/index.html").is_file())


# Runs as a process, because peak memory is measured.
MEASURE_SCRIPT = r"""
import re, sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tools import merge
began = time.process_time()
merged = merge.merge([merge.Files([sys.argv[2]])])
merge.write(merged, Path(sys.argv[3]))
spent = time.process_time() - began
peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]
print(len(merged.runs), sum(merged.counts.values()), spent, peak)
"""


@marks.slow
class Scale(Case):
    """Merging takes linear time, and 1000 runs of 400 results need less than 500 MiB.

    At most 200 runs are merged here.
    """

    def measure(self, runs: int) -> tuple[float, float]:
        """CPU seconds and peak MiB, each the lower of two measurements."""
        best = (1e9, 1e9)
        for _ in range(2):
            proc = subprocess.run(
                [sys.executable, "-c", MEASURE_SCRIPT, str(ROOT), str(self.folder / f"of{runs}"),
                 str(self.folder / "out")], capture_output=True, text=True, check=True)
            count, found, seconds, kib = proc.stdout.split()
            self.assertEqual((runs, runs * 400), (int(count), int(found)))
            best = min(best[0], float(seconds)), min(best[1], float(kib) / 1024)
        return best

    def test_linear(self) -> None:
        small, large = 50, 200
        for runs in (small, large):
            for n in range(runs):
                write_run(self.folder / f"of{runs}/r{n}", f"board{n % 10}", n, 400,
                          f"6.{n // 10 % 10}")
        (seconds_1, memory_1), (seconds_4, memory_4) = self.measure(small), self.measure(large)
        factor = large / small
        # The limit is between linear and quadratic, because a busy machine needs more CPU time.
        self.assertLess(seconds_4, 2.5 * factor * seconds_1,
                        f"{seconds_1:.2f} s for {small} runs, {seconds_4:.2f} s for {large}")
        per_run = (memory_4 - memory_1) / (large - small)
        self.assertLess(memory_4 + per_run * (1000 - large), 500,
                        f"{memory_1:.0f} MiB for {small} runs, {memory_4:.0f} MiB for {large}")


if __name__ == "__main__":
    unittest.main()
