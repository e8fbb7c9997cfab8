# SPDX-License-Identifier: GPL-2.0-only
"""Guests that wait for an event that never comes: selftests/waits.c, on Debian's kernel."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tests.test_static import kernel_source

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build")).absolute()
TARGET = "arm64-gicv2"
CROSS = "" if platform.machine() == "aarch64" else "aarch64-linux-gnu-"

LATE = "expected the guest's code to end, got nothing within the runner's limit: "
AWAKE = f"vCPU 0: {LATE}waits for 'an event that never comes', seen last: 3"
ASLEEP = f"vCPU 1: {LATE}waits for 'an interrupt, asleep', seen last: 0"


class Waits(unittest.TestCase):
    lines: list[str]
    outcomes: dict[str, str]
    printed: str

    @classmethod
    def setUpClass(cls) -> None:
        output = BUILD / "selftests/arm64"
        env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
        subprocess.run(
            ["make", "-s", "-C", str(ROOT / "selftests"), "ARCH=arm64",
             f"CROSS_COMPILE={CROSS}", f"KSRC={kernel_source()}", f"OUTPUT={output}",
             str(output / "probe"), str(output / "waits")],
            env=env, check=True)
        with tempfile.TemporaryDirectory() as folder:
            programs = Path(folder, "programs")
            programs.mkdir()
            for name in ("probe", "waits"):
                shutil.copy(output / name, programs)
            (programs / "programs").write_text("waits 600\n")
            proc = subprocess.run(
                [sys.executable, "scripts/run.py", "--results-dir", folder,
                 "--target", TARGET, "--programs-dir", str(programs),
                 "--append", "patience=20"],
                cwd=ROOT, capture_output=True, text=True, check=False)
            cls.printed = f"{proc.stdout}\n{proc.stderr}"
            cls.lines = Path(folder, TARGET, "channel.log").read_text(
                errors="replace").splitlines()
            summary = json.loads(Path(folder, TARGET, "summary.json").read_text())
        cls.outcomes = {r["test"]: r["outcome"] for r in summary["results"]}

    def test_each_vcpu_reports_its_wait(self) -> None:
        for test in ("sigterm_while_waiting", "sigterm_to_program"):
            name = f"waits.any.{test}"
            for line in (AWAKE, ASLEEP):
                self.assertIn(f"# {name}: {line}", self.lines, self.printed)
            for cpu in (0, 1):
                # The vCPU's registers follow.
                at = self.lines.index(f"# {name}: vCPU {cpu}:")
                self.assertRegex(self.lines[at + 1], rf"^# {name}: pc 0x")

    def test_vcpu_without_wait_message(self) -> None:
        name = "waits.any.sigterm_while_running"
        self.assertIn(f"# {name}: vCPU 0: {LATE}it is still running", self.lines, self.printed)
        self.assertFalse(any(line.startswith(f"# {name}: vCPU 1") for line in self.lines))

    def test_other_tests_still_run(self) -> None:
        self.assertEqual(
            {"sigterm_while_waiting": "passed", "sigterm_while_running": "passed",
             "sigterm_to_program": "failed", "continues_after_that": "passed"},
            {name.removeprefix("waits.any."): outcome for name, outcome in self.outcomes.items()
             if name.startswith("waits.")}, self.printed)
        self.assertIn("# waits.any.sigterm_to_program: expected its end, got nothing within "
                      "the runner's limit: SIGTERM", self.lines, self.printed)


if __name__ == "__main__":
    unittest.main()
