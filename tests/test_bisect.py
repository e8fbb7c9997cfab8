# SPDX-License-Identifier: GPL-2.0-only
"""scripts/bisect_rule.py: its exit statuses, and git bisect with two kernels."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

from scripts import bisect_rule, plans
from tests import marks

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, str(ROOT / "scripts/bisect_rule.py")]
# 6.1 breaks the rule, 6.12 keeps it: see Documentation/findings.
RULE = "sparse.line_by_id"
BROKEN, KEPT = "bookworm", "bookworm-backports"


def result(test: str, outcome: str, message: str = "") -> dict[str, Any]:
    parts = test.split(".")
    return {"test": test, "rule": f"{parts[0]}.{parts[-1]}", "outcome": outcome,
            "message": message}


class Judging(unittest.TestCase):
    def word(self, *results: dict[str, Any], rule: str = "a.r") -> str:
        return bisect_rule.judge(results, rule)[0]

    def test_words(self) -> None:
        kept, broken = result("a.x.r", "passed"), result("a.y.r", "failed", "EXPECTED\nmore")
        self.assertEqual("good", self.word(kept, result("a.y.r", "skipped", "no")))
        self.assertEqual("bad", self.word(kept, broken))
        self.assertEqual("good", self.word(kept, broken, rule="a.x.r"))
        # A known deviation is bad; if it did not occur, the kernel is good.
        self.assertEqual("bad", self.word(result("a.x.r", "xfailed", "known")))
        self.assertEqual("good", self.word(result("a.x.r", "xpassed", "gone")))
        self.assertEqual("skip", self.word(result("a.x.r", "skipped", "no")))
        self.assertEqual("skip", self.word(result("b.x.r", "failed", "another rule")))
        # A kernel is not good if a variant was not run.
        unrun = result("a.z.r", "not_run", "the machine was given up")
        self.assertEqual("skip", self.word(kept, unrun))
        self.assertEqual("bad", self.word(kept, unrun, broken))

    def test_absent_feature_is_the_reason(self) -> None:
        absent = {**result("target.absent.seed", "skipped", "84 answers 0: 2 tests not planned"),
                  "rule": "target.absent.seed"}
        self.assertEqual(("skip", "a.r does not apply: 84 answers 0: 2 tests not planned"),
                         bisect_rule.judge([absent], "a.r"))

    def test_boot_failure_is_neither_good_nor_bad(self) -> None:
        boot = result("target.boot", "failed", "panic")
        self.assertEqual("no machine", self.word(boot))
        self.assertEqual("bad", self.word(boot, result("a.x.r", "failed", "EINVAL")))

    def test_a_reason_may_be_empty(self) -> None:
        self.assertEqual("skip", self.word(result("a.x.r", "skipped", "")))


class Answers(unittest.TestCase):
    """Exit statuses that do not need a boot."""

    def status(self, *arguments: str) -> int:
        with tempfile.TemporaryDirectory() as folder:
            return subprocess.run([*PROGRAM, *arguments], cwd=folder, capture_output=True,
                                  check=False).returncode

    def test_user_error_aborts_bisection(self) -> None:
        self.assertEqual(128, self.status())
        self.assertEqual(128, self.status("--rule", "no.such_rule"))
        self.assertEqual(128, self.status("--rule", RULE), "no kernel tree")
        self.assertEqual(128, self.status("--rule", RULE, "--build-command", "no-such-tool"))
        self.assertEqual(128, self.status("--rule", RULE, "--build-command", ":"))
        self.assertEqual(128, self.status("--rule", RULE, "--repeat", "0",
                                          "--build-command", ":"))
        self.assertEqual(128, self.status("--rule", RULE, "--image", "text", "--build-command",
                                          "echo no kernel >text"))

    def test_build_failure_skips_commit(self) -> None:
        self.assertEqual(125, self.status("--rule", RULE, "--build-command", "exit 2"))
        self.assertEqual(125, self.status("--rule", RULE, "--build-command", "sleep 60",
                                          "--build-limit", "0.2"))

    def test_help(self) -> None:
        self.assertEqual(0, self.status("--help"))


@marks.layer("machines")
class Bisect(unittest.TestCase):
    """A repository in which each commit names an image of a Debian kernel."""

    @marks.long
    def test_git_finds_the_commit(self) -> None:
        kernels = {suite: plans.fetch("fetch.py", "kernel", "--arch", "arm64", "--suite", suite)
                   / "vmlinuz" for suite in (BROKEN, KEPT)}
        history = [KEPT, KEPT, BROKEN, BROKEN]
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder, "tree")
            tree.mkdir()

            def git(*words: str) -> str:
                return subprocess.run(
                    ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", *words],
                    cwd=tree, check=True, stdout=subprocess.PIPE, text=True,
                    env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"}).stdout

            git("init", "-q", "-b", "main")
            for number, suite in enumerate(history):
                (tree / "kernel").write_text(f"{kernels[suite]}\n{number}\n")
                git("add", "kernel")
                git("commit", "-qm", f"{number} {suite}")
            run = [*PROGRAM, "--rule", RULE, "--image", "../Image", "--build-command",
                   'cp "$(head -n 1 kernel)" ../Image']
            git("bisect", "start", "HEAD", "HEAD~3")
            output = git("bisect", "run", *run)
            self.assertRegex(git("bisect", "log"),
                             rf"# first bad commit: \[[0-9a-f]+\] 2 {BROKEN}\n", output)
            git("bisect", "reset")

            # --find mended looks for the commit after which the rule holds: a kernel that breaks
            # the rule counts as good.
            status = subprocess.run([*run, "--find", "mended"], cwd=tree, capture_output=True,
                                    check=False).returncode
            self.assertEqual(0, status, "the last kernel is broken: not yet mended")


if __name__ == "__main__":
    unittest.main()
