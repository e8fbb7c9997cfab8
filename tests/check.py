#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`make check`: all tests of this project; last line `N passed, N failed`.

    check.py [TEST...]     all tests, or those named as for `python3 -m unittest`

Fast ones come first, so that a slip shows in seconds. A failure is printed when
it happens, with the command that repeats it, and once more at the end.
"""

from __future__ import annotations

import signal
import sys
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# Pure logic, then what compiles, then what boots machines.
ORDER = (
    "tests.test_rules",
    "tests.test_results",
    "tests.test_fetch",
    "tests.test_machine_time",
    "tests.test_session",
    "tests.test_prepare",
    "tests.test_ktap",
    "tests.test_failures",
    "tests.test_faults",
    "tests.test_matrix",
    "tests.test_report",
    "tests.test_merge",
    "tests.test_documentation",
    "tests.test_lava",
    "tests.test_pure",
    "tests.test_vgic_run",
    "tests.test_arm_backend",
    "tests.test_kernel_tree",
    "tests.test_static",
    "tests.test_deb",
    "tests.test_runner",
    "tests.test_waits",
    "tests.test_bench",
    "tests.test_bisect",
    "tests.test_noise",
    "tests.test_refkernel",
    "tests.test_suite",
)


class Result(unittest.TestResult):
    """Says what happens while it happens, and how to do it again."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0
        self.broken: list[str] = []
        self._began = 0.0

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._began = time.monotonic()

    def _say(self, word: str, test: object, detail: str = "") -> None:
        name = test.id() if isinstance(test, unittest.TestCase) else str(test)
        print(f"{word} {name} ({time.monotonic() - self._began:.1f} s){detail}", flush=True)

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self.passed += 1
        self._say("ok", test)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self._say("skipped", test, f": {reason}")

    def _fail(self, test: object, error: object) -> None:
        text = self._exc_info_to_string(error, test)  # type: ignore[attr-defined]
        # What a subtest or a whole class is called is in brackets behind it.
        name = test.id() if isinstance(test, unittest.TestCase) else str(test)
        name = name.split(" ")[0]
        repeat = f"make check CHECKS={name}"
        self.broken.append(f"{name}  [{repeat}]")
        self._say("FAILED", test, f"\n{text}repeat: {repeat}")

    def addFailure(self, test: unittest.TestCase, err: object) -> None:
        super().addFailure(test, err)  # type: ignore[arg-type]
        self._fail(test, err)

    def addError(self, test: unittest.TestCase, err: object) -> None:
        super().addError(test, err)  # type: ignore[arg-type]
        self._fail(test, err)

    def addSubTest(self, test, subtest, err) -> None:  # type: ignore[no-untyped-def]
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._fail(test, err)

    def addExpectedFailure(self, test, err) -> None:  # type: ignore[no-untyped-def]
        super().addExpectedFailure(test, err)
        self._fail(test, err)


def main() -> int:
    # A shell's background job has it ignored, and hands that on to the programs
    # whose answer to Ctrl-C is tested.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    names = sys.argv[1:]
    if not names:
        on_disk = {f"tests.{path.stem}" for path in (ROOT / "tests").glob("test_*.py")}
        forgotten = on_disk - set(ORDER)
        if forgotten:
            print(f"check.py: {min(forgotten)} is not in the order of tests", file=sys.stderr)
            return 2
        names = list(ORDER)
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    result = Result()
    try:
        suite.run(result)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        return 130
    for line in result.broken:
        print(f"FAILED {line}")
    skipped = f", {len(result.skipped)} skipped" if result.skipped else ""
    print(f"{result.passed} passed, {len(result.broken)} failed{skipped}")
    return 0 if result.passed and not result.broken else 1


if __name__ == "__main__":
    sys.exit(main())
