#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`make coverage`: line coverage of the reference kernel's pure logic by its unit tests.

Measured with gcov for each subject of tests/test_pure.py. Fails if one is below the limit.
Sources that run only in a kernel are listed, not measured.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import test_pure as pure

LIMIT_PERCENT = 85
FOLDERS = ("arch/arm/kvm", "virt/kvm", "virt/kvm/arm")


def measure(subject: str) -> tuple[int, int]:
    """The numbers of executed lines and of all lines of a subject's first source."""
    source = pure.SUBJECTS[subject][0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = folder / "program"
        # The harness ends each test's process by _exit(), which would lose the counts.
        flags = ["-std=gnu11", "-O0", "-w", "--coverage", "-D_exit=exit"]
        made = subprocess.run(
            ["gcc", *flags, *pure.includes(), str(pure.unit_source(subject)),
             *pure.compiled(pure.SUBJECTS[subject]), "-o", str(program),
             "-dumpdir", f"{folder}/"], cwd=ROOT, capture_output=True, text=True, check=False)
        if made.returncode:
            sys.exit(f"coverage: expected {subject} to compile, got:\n{made.stderr}")
        status, output = pure.run_limited([str(program)], 60)
        if status:
            sys.exit(f"coverage: expected the tests of {subject} to pass, got:\n{output}")
        gcov = subprocess.run(
            ["gcov", "--json-format", "--stdout", *map(str, folder.rglob("*.gcda"))],
            cwd=folder, capture_output=True, text=True, check=True)
    counts: dict[int, int] = {}
    for line in gcov.stdout.splitlines():
        for file in json.loads(line)["files"]:
            if Path(file["file"]) in (Path(source), ROOT / source):
                for entry in file["lines"]:
                    number = entry["line_number"]
                    counts[number] = max(counts.get(number, 0), entry["count"])
    return sum(map(bool, counts.values())), len(counts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=float, default=LIMIT_PERCENT, metavar="PERCENT")
    limit = parser.parse_args().limit
    low = []
    measured = set()
    print(f"{'lines':>6} {'run':>6}")
    for subject, sources in sorted(pure.SUBJECTS.items(), key=lambda row: row[1][0]):
        run, lines = measure(subject)
        percent = 100 * run / lines if lines else 0.0
        measured.add(sources[0])
        print(f"{lines:6} {percent:5.1f}%  {sources[0]}", flush=True)
        if percent < limit:
            low.append(sources[0])
    others = sorted(str(path.relative_to(ROOT)) for folder in FOLDERS
                    for path in (ROOT / folder).glob("*.c"))
    print("not measured, because they run only in a kernel:",
          *(path for path in others if path not in measured), sep="\n               ")
    for source in low:
        print(f"coverage: {source}: expected {limit:g} % of its lines to be run by "
              f"its unit tests, got less", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
