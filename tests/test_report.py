# SPDX-License-Identifier: GPL-2.0-only
"""The report: its content, broken input, and the page in a browser."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Sequence
from pathlib import Path

from tests import browser, marks
from tools import history, kernel_log, ktap, page, report, rules, summary
from tools.results import (FAILED, NOT_RUN, PASSED, SKIPPED, XFAILED, XPASSED, Result, expected_got,
                           reason)

ROOT = Path(__file__).resolve().parent.parent

EVIL = ("</pre></script><script>alert(1)</script><img src=x onerror=alert(2)> & \"'"
        "\x1b[31mred\x1b[0m \x00\x07\x9b \u202eevil\u2066 \ud800 " + "long" * 2000)

BENCH = [{"target": target, "kernel": "6.1", "mode": "deterministic", "name": name,
          "rounds": [figure]}
         for target, figure in (("armv7-bench", 87.0), ("arm64-<gic>", 2194.0))
         for name in ("gicd_read_word", "gicc_read_pmr")]


def results() -> list[Result]:
    return [
        Result("target.features", "", PASSED),
        Result("errors.legacy_v2_dist.twice_same", "errors", FAILED,
               "set address: expected EEXIST, got OK", log=["a line of the test"]),
        Result("errors.seed_v2_dist.accepted", "errors", PASSED),
        Result("errors.devattr_v2_dist.misaligned", "errors", XFAILED, "5.10 bug: known"),
        Result("order.devattr_v2.gic_twice", "order", XPASSED, "5.10 bug: was there"),
        Result("at.seed_v2_low.cpu_side", "at", SKIPPED, "no seed"),
        Result("evil.any_.text", "evil", FAILED, EVIL, log=[EVIL, "Oops"]),
        Result("kernel.log", "", FAILED, "expected no warnings, got 1"),
    ]


LOG = """[    1.0] vgic-abi: program errors
[    1.1] vgic-abi: errors.seed_v2_dist.accepted
[    1.2] before it
[    1.3] vgic-abi: errors.legacy_v2_dist.twice_same
[    1.4] kvm: what the kernel said of it
[    1.5] vgic-abi: evil.any_.text
[    1.6] after it
"""


# An RCU stall of a 32-bit kernel on a starved CPU.
STALL = """[   20.0] vgic-abi: smp.any_.sgi
[   41.500001] rcu: INFO: rcu_sched self-detected stall on CPU
[   41.500101] rcu: \t0-....: (2099 ticks this GP) idle=5a4c/1/0x40000002 softirq=399/399
[   41.500201] \t(t=2100 jiffies g=-287 q=31 ncpus=2)
[   41.700301] CPU: 0 PID: 26 Comm: kworker/0:1 Not tainted 6.1.0-50-armmp-lpae #1
[   41.700401] Workqueue: events do_free_init
[   41.700501] PC is at v7_flush_kern_cache_louis+0x10/0x3c
[   41.900601]  flush_tlb_kernel_range from do_free_init+0x50/0x70
[   41.900701]  do_free_init from process_one_work+0x1f4/0x4ac
[   43.000000] another driver: is up
[   44.0] vgic-abi: smp.any_.spi
"""


def write_run(folder: Path, target: str, found: list[Result], kernel: str = "6.1.0-50-arm64",
              **kwargs: object) -> dict:
    data = summary.summarize(target, kernel, 12.5, found,
                             command=f"make run TARGET={target} KERNEL=debian:sid", **kwargs)
    (folder / target).mkdir(parents=True)
    # JSON escapes surrogates, which UTF-8 cannot encode. The log ends lines like a serial console.
    (folder / target / "summary.json").write_text(json.dumps(data), encoding="utf-8")
    (folder / target / "kernel.log").write_text(LOG.replace("\n", "\r\n"), encoding="utf-8")
    return data


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", markup))


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def page(self, **kwargs: object) -> str:
        return report.write(self.folder, **kwargs).read_text(encoding="utf-8")


class Content(Folder):
    def test_failure_details(self) -> None:
        write_run(self.folder, "arm64-gicv2", results())
        text = self.page()
        article = next(a for a in re.findall(r"<article.*?</article>", text, re.DOTALL)
                       if "twice_same" in a)
        for part in ("<dt>expected</dt><dd>EEXIST</dd>", "<dt>got</dt><dd>OK</dd>",
                     "Setting an address a second time fails, even with the same value.",
                     "make run TARGET=arm64-gicv2 KERNEL=debian:sid "
                     "TESTS=errors.legacy_v2_dist.twice_same",
                     "a line of the test", "kvm: what the kernel said of it"):
            self.assertIn(part, article)
        for part in ("before it", "after it"):
            self.assertNotIn(part, article)
        self.assertIn("4 unexpected results: 8 results of 1 run.", plain(text))

    def test_absent_features(self) -> None:
        absent = ktap.Absence("seed", "84 answers 0", ("errors.seed_v2_dist.accepted",))
        absences = ktap.Absences()
        absences.add([absent])
        passed = Result("order.legacy_v2.gic_twice", "order", PASSED)
        write_run(self.folder, "arm64-gicv2", [*absences.results, passed], absent=absences.all)
        write_run(self.folder, "armv7-ref", results())
        text = self.page()
        self.assertIn("absent: seed: 84 answers 0: 1 test not planned", text)
        row = next(line for line in text.splitlines() if 'data-rule="errors.accepted"' in line)
        self.assertIn('<td class="cell absent"', row)

    def test_same_failures_are_merged(self) -> None:
        for target in ("one", "two"):
            write_run(self.folder, target, results())
        articles = re.findall(r"<article.*?</article>", self.page(), re.DOTALL)
        self.assertEqual(4, len(articles))
        for target in ("one", "two"):
            self.assertIn(f"make run TARGET={target} ", articles[0])

    def test_failures_that_differ_in_addresses_are_merged(self) -> None:
        write_run(self.folder, "one", [
            Result(f"errors.{dialect}_v2_dist.twice_same", "errors", FAILED,
                   f"set {address} again: expected EEXIST, got EINVAL")
            for dialect, address in (("legacy", "0x8000000"), ("devattr", "0x100000000"))])
        articles = re.findall(r"<article.*?</article>", self.page(), re.DOTALL)
        self.assertEqual(1, len(articles))
        self.assertIn("in 2 variants", plain(articles[0]))

    def test_variants_of_a_rule_are_merged(self) -> None:
        write_run(self.folder, "one", [
            Result(f"errors.legacy_v2_{which}.twice_same", "errors", FAILED,
                   "expected EEXIST, got OK")
            for which in ("dist", "cpu")])
        articles = re.findall(r"<article.*?</article>", self.page(), re.DOTALL)
        self.assertEqual(1, len(articles))
        for words in ("in 2 variants: errors.legacy_v2_dist.twice_same, "
                      "errors.legacy_v2_cpu.twice_same",
                      "make run TARGET=one KERNEL=debian:sid TESTS=errors.twice_same"):
            self.assertIn(words, re.sub(" +", " ", plain(articles[0])))
        self.assertIn("Failures (2)", self.page())

    def test_message_is_not_repeated(self) -> None:
        write_run(self.folder, "one", [Result("p.any_.t", "p", FAILED, "the words\nof it",
                                              log=["the words", "of it"])])
        article = re.search(r"<article.*?</article>", self.page(), re.DOTALL)[0]
        self.assertEqual(1, article.count("the words"))
        self.assertIn("no kernel messages", article)

    def test_long_output_is_folded(self) -> None:
        """The expected and got values are not folded, and do not come from console output."""
        lines = ["[left] | a line of the guest"] * 900 + ["[left] expected a prompt, got nothing"]
        write_run(self.folder, "one", [Result("p.any_.t", "p", FAILED, "\n".join(lines))])
        article = re.search(r"<article.*?</article>", self.page(), re.DOTALL)[0]
        self.assertIn("<dt>expected</dt><dd>a prompt</dd>", article)
        self.assertIn("<details><summary>its whole output, 901 lines</summary>", article)
        self.assertIn("expected a prompt, got nothing</pre>", article, "expected the last line")

    def test_green(self) -> None:
        write_run(self.folder, "arm64-gicv2", [Result("abi.any_.x", "abi", PASSED)])
        text = self.page()
        self.assertIn("All as expected: 1 result of 1 run.", plain(text))
        self.assertNotIn('id="failures"', text)

    def test_earlier_runs(self) -> None:
        write_run(self.folder, "a-earlier", results())
        write_run(self.folder, "now", [Result("abi.any_.x", "abi", PASSED)])
        text = self.page(current=["now"])
        self.assertIn("All as expected: 1 result of 1 run.", plain(text))
        self.assertRegex(plain(text), r"\(an earlier run\)")
        self.assertNotIn('id="failures"', text)
        self.assertIn("Failures of earlier runs (4)", text)

    def test_counts_agree(self) -> None:
        """The heading, the section of failures and the table of runs have the same count."""
        write_run(self.folder, "a-earlier", results())
        write_run(self.folder, "now", results()[1:6])
        text = self.page(current=["now"])
        self.assertIn("2 unexpected results: 5 results of 1 run.", plain(text))
        self.assertIn("<h2>Failures (2)</h2>", text)
        row = next(row for row in re.findall(r"<tr>.*?</tr>", text) if "<b>now</b>" in row)
        self.assertEqual(2, sum(map(int, re.findall(r'number (?:failed|xpassed)">(\d+)<', row))))

    def test_alarm_with_its_trace(self) -> None:
        alarms = list(kernel_log.alarms(STALL.splitlines()))
        write_run(self.folder, "armv7-ref", [Result(
            "kernel.log", "", FAILED, kernel_log.complaint(alarms), log=kernel_log.accounts(alarms),
            culprit=kernel_log.culprit(alarms))])
        text = self.page()
        article = plain(re.search(r"<article.*?</article>", text, re.DOTALL)[0])
        for words in ("rcu_sched self-detected stall on CPU", "PC is at v7_flush_kern_cache",
                      "flush_tlb_kernel_range from do_free_init",
                      "make run TARGET=armv7-ref KERNEL=debian:sid TESTS=smp.any_.sgi"):
            self.assertIn(words, article)
        for words in ("said nothing", "another driver"):
            self.assertNotIn(words, article)

    def test_deviation_did_not_occur(self) -> None:
        rule = next(rule for rule in rules.load() if rule.deviations)
        variant = f"{rule.dialects[0]}_v2"
        write_run(self.folder, "t", [Result(f"{rule.id.replace('.', f'.{variant}.')}", "p", XPASSED,
                                            rules.deviation_message(rule.deviations[0]))])
        self.assertRegex(plain(self.page()), r"Documentation/abi/rules\.toml:\d+: .* "
                         r"If this kernel \(6\.1\.0-50-arm64\) has been fixed")

    def test_interrupted(self) -> None:
        write_run(self.folder, "arm64-gicv2", results(), interrupted=True)
        text = plain(self.page(status="interrupted"))
        self.assertRegex(text, "Interrupted; 4 unexpected results; 1 run without a complete result")

    def test_not_run_is_grouped(self) -> None:
        many = [Result(f"smp.any_.t{n}", "smp", NOT_RUN, "interrupted") for n in range(500)]
        many[7].message = "interrupted while it ran"
        write_run(self.folder, "arm64-gicv2", [Result("abi.any_.x", "abi", PASSED), *many])
        write_run(self.folder, "armv7-ref",
                  [*many[:3], Result("vgic", "vgic", NOT_RUN, "no machine")])
        text = self.page()
        self.assertNotIn('id="failures"', text)
        section = re.search(r'<section id="not-run">.*?</section>', text, re.DOTALL)[0]
        self.assertIn("Not run (504)", section)
        lines = [" ".join(plain(line).split()) for line in
                 re.findall(r"<summary>(.*?)</summary>", section)]
        self.assertEqual(["arm64-gicv2 500 tests not run: interrupted, in smp.any_.t7",
                          "armv7-ref 3 tests not run: interrupted",
                          "armv7-ref 1 program not run: no machine"], lines)
        self.assertIn("smp.any_.t399", section)
        self.assertIn("... 100 more", section)
        self.assertIn("504 not run: 505 results of 2 runs", plain(text))

    def test_broken_files_are_problems(self) -> None:
        write_run(self.folder, "arm64-gicv2", results())
        for name, data in (("cut", b'{"results": ['), ("binary", b"\xff\x00"),
                           ("deep", b"[" * 9999), ("list", b"[]")):
            (self.folder / name).mkdir()
            (self.folder / name / "summary.json").write_bytes(data)
        (self.folder / "dir" / "summary.json").mkdir(parents=True)
        (self.folder / "bench.json").write_text("{")
        (self.folder / history.NAME).write_bytes(b"\x00")
        text = self.page()
        problems = plain(re.search(r'<section id="problems">.*?</section>', text, re.DOTALL)[0])
        for name in ("cut", "binary", "deep", "list", "dir"):
            self.assertIn(f"{name}/summary.json", problems)
        self.assertIn("bench.json", problems)
        self.assertIn("history.json", problems)
        self.assertIn("<dt>got</dt><dd>OK</dd>", text)

    def test_no_results(self) -> None:
        self.assertIn("No results", plain(self.page()))

    def test_links(self) -> None:
        write_run(self.folder, "arm64 #1?", results())
        links = re.findall(r'href="([^#"][^"]*)"', self.page())
        self.assertEqual(["arm64%20%231%3F/summary.json", "arm64%20%231%3F/kernel.log"], links)

    @marks.slow
    def test_page_size_with_many_failures(self) -> None:
        many = [Result(f"f.any_.t{n}", "f", FAILED, f"{n} " + "x" * 9000, log=["y" * 300] * 200)
                for n in range(3000)]
        write_run(self.folder, "bad", many)
        text = self.page()
        self.assertIn("Failures (3000)", text)
        self.assertLess(len(text), 6_000_000)

    def test_program(self) -> None:
        write_run(self.folder, "arm64-gicv2", results())
        proc = subprocess.run([sys.executable, str(ROOT / "tools/report.py"), str(self.folder)],
                              capture_output=True, text=True, check=False)
        self.assertEqual((0, f"{self.folder}/index.html\n"), (proc.returncode, proc.stdout))
        for arguments, status in (([], 2), (["--help"], 0), (["/nowhere"], 2)):
            proc = subprocess.run([sys.executable, str(ROOT / "tools/report.py"), *arguments],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(status, proc.returncode, proc.stderr)
            self.assertNotIn("Traceback", proc.stderr)


class Hostile(unittest.TestCase):
    def test_text(self) -> None:
        self.assertEqual("&lt;b&gt; &amp; &quot;&#x27; red",
                         page.text("<b> & \"' \x1b[31mred\x1b[0m"))
        self.assertEqual("a\nb\t", page.text("a\r\nb\t"))
        for bad in "\x00\x08\x1b\x7f\x9b\u200b\u202e\u2066\ufeff\ud800\uffff":
            self.assertEqual("\ufffd", page.text(bad), hex(ord(bad)))
        page.text(EVIL).encode()

    def test_page(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_run(folder, 'target"><script>', results(), kernel="<i>")
            (folder / "bench.json").write_text(json.dumps(BENCH))
            history.add(folder, history.record(summary.load(folder), "<b>now", 1, EVIL,
                                               "unexpected"))
            text = report.write(folder).read_text(encoding="utf-8")
        self.assertEqual(1, text.count("<script>"))
        self.assertIsNone(re.search(r"<img|<i>|<b>now|arm64-<gic>", text))
        self.assertEqual([], re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text))
        self.assertIsNone(re.search(r"<[^>]*\ssrc=|@import|url\(|<link|<iframe", text))
        self.assertIsNone(re.search("https?://", re.sub(r'xmlns="[^"]*"', "", text)))
        self.assertIn("default-src 'none'", text)


class History(Folder):
    def record_run(self, ended: str) -> dict:
        data = summary.summarize("t", "6.1", 1.0, results())
        return history.record([data], ended, 1.23, "make run", "unexpected")

    def test_bounded(self) -> None:
        for n in range(history.MAX_RUNS + 5):
            runs, problem = history.add(self.folder, self.record_run(str(n)))
            self.assertEqual("", problem)
        self.assertEqual(history.MAX_RUNS, len(runs))
        self.assertEqual("5", runs[0]["ended"])
        self.assertEqual((runs, ""), history.load(self.folder))
        self.assertEqual(4, len(runs[0]["targets"]["t"]["unexpected"]))

    def test_corrupt_history_is_saved(self) -> None:
        path = self.folder / history.NAME
        for data in (b"", b"{", b"\xff", b"{}", b"[" * 99999, b'[{"ended": 1}]',
                     b"x" * (history.MAX_BYTES + 1)):
            with self.subTest(data[:20]):
                path.write_bytes(data)
                runs, problem = history.add(self.folder, self.record_run("now"))
                self.assertEqual(["now"], [run["ended"] for run in runs])
                self.assertIn("kept as history.json.broken", problem)
                self.assertEqual(data, (self.folder / "history.json.broken").read_bytes())
                self.assertEqual((runs, ""), history.load(self.folder))

    def test_valid_entries_are_kept(self) -> None:
        good = self.record_run("good")
        bad = {**good, "targets": {"t": {"kernel": "6.1", "passed": "many"}}}
        (self.folder / history.NAME).write_text(json.dumps([good, bad, 1]))
        runs, problem = history.add(self.folder, self.record_run("now"))
        self.assertEqual(["good", "now"], [run["ended"] for run in runs])
        self.assertIn("2 of 3 entries", problem)

    def test_history_of_an_earlier_version(self) -> None:
        """An earlier version counted tests that were not run as failures."""
        earlier = self.record_run("then")
        del earlier["targets"]["t"]["not_run"]
        (self.folder / history.NAME).write_text(json.dumps([earlier]))
        self.assertEqual(([earlier], ""), history.load(self.folder))
        write_run(self.folder, "t", results())
        self.assertIn("then", self.page())

    def test_in_the_page(self) -> None:
        for n in range(3):
            history.add(self.folder, self.record_run(f"on day {n}"))
        write_run(self.folder, "t", results())
        section = plain(re.search(r'<section id="history">.*?</section>', self.page(),
                                  re.DOTALL)[0])
        self.assertLess(section.index("on day 2"), section.index("on day 0"))
        self.assertIn("t: errors.legacy_v2_dist.twice_same", section)


class Words(unittest.TestCase):
    def test_expected_got(self) -> None:
        for message, pair in (
                ("set: expected EEXIST, got OK", ("EEXIST", "OK")),
                ("noise\nexpected a line\nexpected 3 results, got 1: cut", ("3 results", "1: cut")),
                ("Expected x; got y", ("x", "y")),
                ("not run: no kernel", None), ("", None)):
            self.assertEqual(pair, expected_got(message), message)

    def test_reason_is_the_tests_own_message(self) -> None:
        own = "[other disks] expected status 2, got 0"
        quoted = "[other disks] | vgic-run: expected 2 disks by --disk, got 0"
        for message in (f"{quoted}\n{own}", f"{own}\n{quoted}", f"no pair\n{quoted}\n{own}"):
            self.assertEqual(own, reason(message), message)
        self.assertEqual(quoted, reason(quoted), "expected the quoted line if there is no other")
        self.assertEqual("no pair", reason("no pair\nnor here"))

    def test_kernel_messages(self) -> None:
        lines = LOG.splitlines()
        self.assertEqual(["[    1.4] kvm: what the kernel said of it"],
                         kernel_log.of(lines, "errors.legacy_v2_dist.twice_same"))
        self.assertEqual([], kernel_log.of(lines, "no.such.test"))

    def test_ktap_about_line(self) -> None:
        line = ktap.about_line("a target\n", "6.1 x", "now")
        self.assertRegex(line, ktap.ABOUT_LINE)
        self.assertNotIn("\n", line)


def luminance(colour: str) -> float:
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@marks.slow
@marks.layer("build")
class Browser(unittest.TestCase):
    """The page in a browser."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        write_run(cls.folder, "arm64-gicv2", results())
        write_run(cls.folder, "armv7-ref", [
            Result("errors.legacy_v2_dist.twice_same", "errors", PASSED),
            Result("errors.seed_v2_dist.accepted", "errors", PASSED)], kernel="6.12")
        (cls.folder / "bench.json").write_text(json.dumps(BENCH))
        history.add(cls.folder, history.record(summary.load(cls.folder), "2026-01-01 00:00:00",
                                               99, "make run", "unexpected"))
        cls.path = report.write(cls.folder)
        cls.text = cls.path.read_text(encoding="utf-8")

    RULES = {"target.features", "errors.twice_same", "errors.accepted", "errors.misaligned",
             "order.gic_twice", "at.cpu_side", "evil.text", "kernel.log"}

    FILTERS = (
        ("", RULES), ("#failures", RULES), ("#dialect=nonsense", RULES),
        ("#q=SET%20twice", {"errors.twice_same"}),
        ("#outcome=failed", {"errors.twice_same", "evil.text", "kernel.log"}),
        ("#outcome=xpassed", {"order.gic_twice"}),
        ("#dialect=seed", {"errors.accepted"}),
        ("#dialect=devattr&outcome=xfailed", {"errors.misaligned"}),
        ("#diff=1&dialect=legacy", {"errors.twice_same"}),
        ("#diff=1", {"errors.twice_same", "order.gic_twice", "evil.text", "kernel.log"}),
        ("#q=nothing-has-this", set()))

    def check_filters(self, filters: Sequence[tuple[str, set[str]]]) -> None:
        for hash_, expected in filters:
            with self.subTest(hash_):
                shown, rows = browser.shown_rules(self.path, hash_)
                self.assertEqual(len(self.RULES), rows)
                self.assertEqual(expected, shown)

    def test_filters(self) -> None:
        self.check_filters(self.FILTERS[::4])

    @marks.long
    def test_all_filters(self) -> None:
        self.check_filters(self.FILTERS)

    def test_readable_without_scripts(self) -> None:
        body = self.text[:self.text.index("<script>")]
        self.assertIn('<form id="filter" hidden ', body)
        self.assertEqual(len(self.RULES), body.count("<tr data-rule="))
        self.assertIsNone(re.search(r"<(tr|section|article)[^>]*\shidden", body))
        text = plain(body)
        for words in ("EEXIST", "kvm: what the kernel said of it", "gicd_read_word",
                      "make run TARGET=arm64-gicv2", "2026-01-01 00:00:00"):
            self.assertIn(words, text)

    def check_width(self, width: int, *colours: str) -> None:
        found = browser.measure(self.path, width, *colours)
        self.assertEqual(str(width), found["seen"])
        self.assertGreater(int(found["high"]), 1000)
        self.assertLessEqual(int(found["wide"]), width)
        self.assertEqual("0", found["clipped"], "expected no table to be cut off")

    def test_does_not_overflow(self) -> None:
        self.check_width(400)

    @marks.long
    def test_does_not_overflow_elsewhere(self) -> None:
        for width in (400, 1280):
            for colours in ((), (browser.DARK,)):
                with self.subTest(width=width, colours=colours):
                    self.check_width(width, *colours)

    def test_light_and_dark(self) -> None:
        light = browser.measure(self.path, 1280)["back"]
        dark = browser.measure(self.path, 1280, browser.DARK)["back"]
        self.assertEqual(("rgb(255, 255, 255)", "rgb(21, 24, 27)"), (light, dark))

    def test_contrast(self) -> None:
        schemes = re.findall(r":root \{([^}]*)\}", page.STYLE)
        self.assertEqual(2, len(schemes))
        for scheme in schemes:
            colours = dict(re.findall(r"--([\w-]+): (#\w{6})", scheme))
            for foreground in ("fore", "quiet", "good", "bad", "known", "link"):
                for background in ("back", "soft"):
                    self.assertGreaterEqual(contrast(colours[foreground], colours[background]), 4.5,
                                            f"{foreground} on {background}")
            self.assertGreaterEqual(contrast(colours["bad"], colours["bad-back"]), 4.5)
            self.assertGreaterEqual(contrast(colours["good"], colours["good-back"]), 4.5)

    def test_tables_have_heads(self) -> None:
        tables = re.findall(r"<table.*?</table>", self.text, re.DOTALL)
        self.assertEqual(4, len(tables))
        for table in tables:
            columns = table.count('<th scope="col"')
            for row in re.findall(r"<tr.*?</tr>", table[table.index("<tbody>"):], re.DOTALL):
                self.assertEqual(1, len(re.findall(r'<th\b[^>]* scope="row">', row)), row[:200])
                self.assertEqual(columns, len(re.findall(r"<t[dh]\b", row)), row[:200])
        # Content that scrolls can be reached with the keyboard.
        for tag in re.findall(r'<div class="wide"[^>]*>', self.text):
            self.assertRegex(tag, 'tabindex="0" role="region" aria-label="[^"]+"')

    @marks.long
    def test_screenshot(self) -> None:
        # Screenshots stay in the build folder, for inspection.
        kept = Path(os.environ.get("BUILD", ROOT / "build")) / "unit/report"
        kept.mkdir(parents=True, exist_ok=True)
        for name, options in (("light", ()), ("dark", (browser.DARK,))):
            data = browser.screenshot(self.path, kept / f"{name}.png", "--window-size=1280,1800",
                                      *options)
            self.assertEqual(b"\x89PNG\r\n\x1a\n", data[:8])
            self.assertGreater(len(data), browser.MIN_SCREENSHOT_BYTES)


if __name__ == "__main__":
    unittest.main()
