# SPDX-License-Identifier: GPL-2.0-only
"""`make bench`: parsing, comparison, and repeatable results."""

from __future__ import annotations

import contextlib
import fnmatch
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.dom.minidom
from pathlib import Path
from unittest import mock

from scripts import run_bench as tool
from scripts.errors import SetupError
from tests import marks
from tools import bench

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))

LINE = ('# bench.x.cost: bench {"name":"gicd_read_word","vcpus":1,"ops":1000,'
        '"ns":[85.0,87.0,86.0],"loop_ns":3.0,"exits":{"gicd":1.0,"wfi":0.0}}\n')


def row(name: str = "hvc", ns: float = 100.0, target: str = "t", **kwargs: object) -> bench.Row:
    return bench.Row(target, "6.1", "deterministic", name, [ns], **kwargs)  # type: ignore[arg-type]


class Reading(unittest.TestCase):
    def test_line(self) -> None:
        rows = bench.parse("noise\n" + LINE + "ok 1\n", "t", "6.1", "deterministic")
        self.assertEqual(1, len(rows))
        self.assertEqual(("gicd_read_word", 86.0, 86.0, {"gicd": 1.0, "wfi": 0.0}),
                         (rows[0].name, rows[0].ns, rows[0].instructions, rows[0].exits))

    def test_bad_lines(self) -> None:
        for broken in ('bench {"name":', 'bench {"name":1,"ns":[1]}', 'bench {"name":"a"}',
                       'bench {"name":"a","ns":[]}', 'bench {"name":"a","ns":["1"]}',
                       'bench {"name":"a","ns":[true]}', 'bench {"name":"a","ns":[1],"vcpus":"2"}',
                       'bench {"name":"a","ns":[1],"exits":[]}'):
            with self.subTest(broken), self.assertRaisesRegex(ValueError, "^line 2: "):
                bench.parse(f"\n{broken}\n", "t", "6.1", "deterministic")

    def test_instructions_only_in_deterministic_mode(self) -> None:
        for mode, expected in (("deterministic", 86.0), ("tcg", None), ("native", None)):
            self.assertEqual(expected, bench.parse(LINE, "t", "6.1", mode)[0].instructions)

    def test_round_trip(self) -> None:
        rows = bench.parse(LINE, "t", "6.1", "deterministic")
        text = json.dumps([r.as_json() for r in rows])
        self.assertEqual(rows, bench.load(text))
        self.assertLessEqual({"target", "kernel", "mode", "name", "instructions", "ns", "exits",
                              "rounds"}, set(json.loads(text)[0]))

    def test_bad_files(self) -> None:
        for text in ("", "{}", "[1]", '[{"mode":"fast"}]', '[{"mode":"tcg","name":"a"}]'):
            with self.subTest(text), self.assertRaises(ValueError):
                bench.load(text)


class Comparing(unittest.TestCase):
    def changes(self, before: list[bench.Row], after: list[bench.Row]) -> list[str]:
        return [c.word for c in bench.compare(before, after, 1.0)]

    def test_threshold(self) -> None:
        for ns, change in ((1010.0, "same"), (1010.1, "slower"),
                           (990.0, "same"), (989.9, "faster")):
            self.assertEqual([change], self.changes([row(ns=1000.0)], [row(ns=ns)]), ns)

    def test_two_instructions_are_tolerated(self) -> None:
        for ns, change in ((12.0, "same"), (12.1, "slower"), (8.0, "same"), (7.9, "faster")):
            self.assertEqual([change], self.changes([row(ns=10.0)], [row(ns=ns)]), ns)

    def test_new_and_missing_rows(self) -> None:
        self.assertEqual(["new", "missing"], self.changes([row("a")], [row("b")]))
        self.assertEqual(["new"], self.changes([row("a", target="other")], [row("a")]))

    def test_rows_are_distinguished(self) -> None:
        before = [row(vcpus=2), row(vcpus=4, ns=200.0), row(slots=64, ns=300.0)]
        self.assertEqual(["same"] * 3, self.changes(before, before))

    def test_worst_is_first(self) -> None:
        changes = bench.compare([row("a"), row("b"), row("c")],
                                [row("a", 110.0), row("b", 150.0), row("c")], 1.0)
        output = bench.differences(changes).splitlines()
        self.assertEqual(2, len(output), output)
        self.assertRegex(output[0], r"^slower +t +b +100 -> +150 \+50.0 %$")


class Showing(unittest.TestCase):
    ROWS = [row("a<b", 1.0), row("c", 123456.0, vcpus=8), row("c", 99.0, target="u")]

    def test_table(self) -> None:
        lines = bench.table(self.ROWS).splitlines()
        self.assertEqual(["operation", "t", "u"], lines[0].split())
        self.assertRegex(lines[2], r"^c \(8 vCPUs\) +123,456 +-$")

    def test_plot_is_well_formed(self) -> None:
        plot = xml.dom.minidom.parseString(bench.svg(self.ROWS))
        bars = [r for r in plot.getElementsByTagName("rect") if r.getAttribute("height") == "10"]
        self.assertEqual(3, len(bars))
        widths = [float(bar.getAttribute("width")) for bar in bars]
        self.assertGreater(widths[1], widths[2])
        self.assertGreater(widths[2], widths[0])

    def test_page(self) -> None:
        page = bench.page(self.ROWS)
        self.assertIn("<svg", page)
        self.assertIn("a&lt;b", page)
        self.assertNotIn("a<b", page)

    def test_ratios_without_instructions(self) -> None:
        rows = [bench.Row("t", "6.1", "tcg", "gicc_read_pmr", [50.0]),
                bench.Row("t", "6.1", "tcg", "hvc", [5000.0])]
        self.assertRegex(bench.table(rows), r"hvc +100$|hvc +100\n")
        self.assertIn("gicc_read_pmr", bench.unit(rows))


class Native(unittest.TestCase):
    """`--mode native`, with a shell script in place of the bench program."""

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def program(self, text: str) -> Path:
        path = self.folder / "bench"
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    def run_tool(self, *arguments: str) -> tuple[int, str]:
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            status = tool.main(["--mode", "native", "--results-dir", str(self.folder), *arguments])
        return status, output.getvalue()

    def test_results(self) -> None:
        program = self.program(f"cat <<'END'\n{LINE}END\n"
                               "[ $BENCH_CYCLES = 1 ] && [ $(nproc) = 1 ]")
        status, output = self.run_tool("--program", str(program))
        self.assertEqual(0, status, output)
        for name in ("bench.json", "bench.svg", "bench.html"):
            self.assertTrue((self.folder / name).is_file(), name)

    def test_failure_of_the_program(self) -> None:
        status, output = self.run_tool("--program", str(self.program(f"echo '{LINE}'; exit 1")))
        self.assertEqual(1, status, output)

    def test_nothing_measured(self) -> None:
        status, output = self.run_tool("--program", str(self.program("true")))
        self.assertEqual(2, status)
        self.assertIn("expected measurements, got none", output)

    def test_no_program(self) -> None:
        status, output = self.run_tool("--program", str(self.folder / "none"))
        self.assertEqual(2, status)
        self.assertIn("expected the program", output)

    def test_governors(self) -> None:
        for policy, name in (("policy0", "ondemand"), ("policy4", "performance")):
            (self.folder / policy).mkdir()
            (self.folder / policy / "scaling_governor").write_text(name + "\n", encoding="utf-8")
        self.assertEqual(["policy0: ondemand"], tool.governors(self.folder))

    def test_bad_base_fails_before_the_run(self) -> None:
        base = self.folder / "base.json"
        base.write_text("{", encoding="utf-8")
        with mock.patch.object(tool, "run_here", side_effect=AssertionError("it ran")):
            status, output = self.run_tool("--base", str(base))
        self.assertEqual(2, status)
        self.assertIn("expected a bench.json", output)

    def test_slower_than_base(self) -> None:
        base = self.folder / "base.json"
        self.run_tool("--program", str(self.program(f"echo '{LINE}'")))
        shutil.copy(self.folder / "bench.json", base)
        for factor, expected in ((1, 0), (2, 1)):
            line = LINE.replace("85.0,87.0,86.0", f"{86.0 * factor}")
            status, output = self.run_tool("--program", str(self.program(f"echo '{line}'")),
                                           "--base", str(base))
            self.assertEqual(expected, status, output)
        self.assertIn("slower", output)


def bench_results(command: list[str], folder: Path) -> tuple[int, str, list[bench.Row]]:
    """Runs a benchmark; returns its status, its output and the rows of its bench.json."""
    proc = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    output = proc.stdout + proc.stderr
    try:
        return proc.returncode, output, tool.read_rows(folder / "bench.json")
    except SetupError as error:
        raise AssertionError(f"{error}\n{output}") from error


def bench_results_on(target: str, folder: str, *arguments: str) -> tuple[int, str, list[bench.Row]]:
    return bench_results([sys.executable, "scripts/run_bench.py", "--mode", "deterministic",
                          "--target", target, "--results-dir", folder, *arguments],
                         Path(folder))


@marks.layer("machines")
@marks.long
class OnArm64(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        subprocess.run(["make", "bench-programs", "TARGET=arm64-gicv2-bench"], cwd=ROOT,
                       check=True, stdout=subprocess.DEVNULL)

    def measure(self, target: str, tests: str) -> list[bench.Row]:
        with tempfile.TemporaryDirectory() as folder:
            status, output, rows = bench_results_on(target, folder, "--tests", tests)
        self.assertEqual(0, status, output)
        return rows

    def test_a_thousand_vms_have_room(self) -> None:
        """A kvm_run mapping that is not unmapped completely would keep each VM alive."""
        rows = self.measure("arm64-gicv3-bench", "bench.vm_create.*")
        self.assertEqual(["vm_create"], [row.name for row in rows])

    def test_repeats(self) -> None:
        """Counts are exact even with several vCPUs and host timers."""
        once, again = (self.measure("arm64-gicv2-bench", "bench.s[pg]i_*") for _ in range(2))
        self.assertLessEqual({"spi", "sgi_self", "sgi_round_trip"}, {row.name for row in once})
        self.assertEqual(once, again)


class OnReference:
    """On the reference kernel, in QEMU."""

    TARGET = "armv7-bench"
    TESTS = ""

    rows: list[bench.Row]

    @classmethod
    def setUpClass(cls) -> None:
        status, output, cls.rows = bench_results(
            ["make", "bench", f"TARGET={cls.TARGET}", "MODE=deterministic",
             *([f"TESTS={cls.TESTS}"] if cls.TESTS else [])], BUILD / "results")
        if status:
            raise AssertionError(f"make bench: expected success, got {status}:\n{output}")

    def test_baseline(self) -> None:
        """Detects a slower exit path. Update the baseline with `make bench-baseline`."""
        base = [row for row in tool.read_rows(tool.BASELINES / f"{self.TARGET}.json")
                if self.measures(row.name)]
        self.assertGreaterEqual(len(base), len(self.rows))
        same_kernel = {r.kernel for r in base} == {r.kernel for r in self.rows}
        # Host kernels have a share in the cost of an exit, and Debian updates them.
        changes = bench.compare(base, self.rows, 1.0 if same_kernel else 5.0)
        worse = [c for c in changes if c.word in ("slower", "missing")]
        self.assertEqual([], worse, bench.differences(changes))

    def value(self, name: str) -> float:
        return next(r.ns for r in self.rows if r.name == name)

    def test_cost_limits(self) -> None:
        """Upper limits of costs that earlier optimizations have reached."""
        for name, limit in (("gicc_read_pmr", 1.5), ("gicd_read_word", 750), ("hvc", 250),
                            ("gicd_write_word", 850), ("mmio_read", 1450), ("mmio_write", 1450)):
            self.assertLessEqual(self.value(name), limit, name)

    def test_mapped_reads_cost_no_exit(self) -> None:
        for r in self.rows:
            if r.name.startswith("gicc_"):
                self.assertEqual(0, r.exits["gicd"] + r.exits["mmio_user"], r)

    def measures(self, name: str) -> bool:
        return not self.TESTS or any(fnmatch.fnmatchcase(f"bench.{name}.", f"{pattern}*")
                                     for pattern in self.TESTS.split(","))


@marks.layer("machines")
class Sample(OnReference, unittest.TestCase):
    """The most frequent operations of a guest."""

    TESTS = "bench.gic*,bench.hvc*,bench.mmio*"


@marks.layer("machines")
@marks.long
class Deterministic(OnReference, unittest.TestCase):
    """All measurements."""

    # Number of instructions that are added to the guest exit path.
    DELAY = 20

    def test_repeats(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            _, output, again = bench_results_on(self.TARGET, folder, "--tests", "bench.*")
        self.assertEqual([r.key for r in self.rows], [r.key for r in again], output)
        different = {f"{a.label}: {a.rounds} and {b.rounds}"
                     for a, b in zip(self.rows, again, strict=True) if a != b}
        self.assertEqual(set(), different, "expected the same instructions in each round")

    def test_delay_is_flagged(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            sources = Path(folder, "sources")
            sources.mkdir()
            for name in ("arch", "virt", "include", "Kbuild"):
                (shutil.copy if name == "Kbuild" else shutil.copytree)(
                    ROOT / name, sources / name)
            entry = sources / "arch/arm/kvm/hyp_entry.S"
            text = entry.read_text(encoding="utf-8")
            mark = "guest_exit:\n"
            self.assertEqual(1, text.count(mark))
            entry.write_text(text.replace(mark, f"{mark}\t.rept {self.DELAY}\n\tnop\n\t.endr\n"),
                             encoding="utf-8")
            base = Path(folder, "base.json")
            base.write_text(json.dumps([r.as_json() for r in self.rows]), encoding="utf-8")
            self.link_build(Path(folder, "build"))
            status, output, slow = bench_results_on(
                self.TARGET, folder, "--sources", str(sources),
                "--build", str(Path(folder, "build")),
                "--tests", "bench.gicd_read_word.*,bench.mmio_read.*", "--base", str(base))
        self.assertEqual(1, status, output)
        self.assertRegex(output, r"slower +armv7-bench +gicd_read_word ")
        self.assertRegex(output, r"slower +armv7-bench +mmio_read ")
        delayed = next(r.ns for r in slow if r.name == "gicd_read_word")
        self.assertAlmostEqual(self.DELAY, delayed - self.value("gicd_read_word"), delta=2)

    @staticmethod
    def link_build(build: Path) -> None:
        """Links to all build products except the module."""
        build.mkdir()
        for name in ("cache", "kernels", "selftests", "bench"):
            if (BUILD / name).exists():
                (build / name).symlink_to((BUILD / name).resolve())


if __name__ == "__main__":
    unittest.main()
