#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Merges results of any number of runs into one matrix and one report.

Each WHERE is a folder, of which every summary.json, results.ktap, *.ktap and *.tap
counts, at any depth; or one file, KTAP of any origin or a summary.json; or `-`, KTAP on
standard input. Writes index.html, matrix.html and matrix.json.

A file that is broken, truncated, a copy (the same bytes for the same target) or still being
written is reported, with the reason, on standard error and in the report; the results that
can be read from it count. If summary.json cannot be read, results.ktap beside it is used.

Exit status: 0 all as expected; 1 unexpected results, or results are missing; 2 nothing
could be read or written.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from tools import console, matrix, report, summary, tap
from tools.files import write_file
from tools.matrix import Run
from tools.report import Problem, Report
from tools.results import OUTCOMES, many, word

SUMMARY, RESULTS = "summary.json", "results.ktap"
SUFFIXES = (".ktap", ".tap")
# Files that a run has from its first second on.
STARTED = ("channel.log", "kernel.log")

MAX_BYTES = 256 << 20
TRIES, PAUSE_S = 3, 0.05

# A source yields runs, and problems with runs that it cannot read. That is all that another kind of
# source, such as a lab's API, has to do.
Source = Iterable[Run | Problem]


# ---- files ----

class Unreadable(Exception):
    """A file cannot be read; the text says why."""


def read_bytes(path: Path) -> tuple[bytes, bool]:
    """A file's content, and whether the file changed while it was read."""
    try:
        for _ in range(TRIES):
            before = path.stat()
            if not stat.S_ISREG(before.st_mode):
                raise Unreadable("expected a file, got something else")
            if before.st_size > MAX_BYTES:
                raise Unreadable(f"expected at most {MAX_BYTES} bytes, got {before.st_size}")
            data = path.read_bytes()
            after = path.stat()
            if (after.st_ino, after.st_mtime_ns, after.st_size) == (
                    before.st_ino, before.st_mtime_ns, len(data)):
                return data, False
            time.sleep(PAUSE_S)
        return data, True
    except OSError as error:
        raise Unreadable(str(error.strerror)) from error


# How compressed files begin.
COMPRESSED = ((b"\x1f\x8b", "gzip"), (b"\xfd7zXZ\0", "xz"), (b"(\xb5/\xfd", "zstd"),
              (b"BZh", "bzip2"), (b"PK\x03\x04", "zip"))

BEING_WRITTEN = "it is still being written: the results so far count"


def take_ktap(run: Run, data: bytes) -> list[str]:
    """Fills a run in from KTAP. Returns reasons why the run is incomplete."""
    found = tap.read(console.decode(data), run.target)
    run.take(found.results)
    run.kernel, run.ended = found.kernel, found.ended
    if found.target:
        run.target, _, run.suite = found.target.partition("@")
    if found.complaints:
        run.reason = found.complaints[0]
    return found.complaints


class Files:
    """A source: files and folders. Each result counts once, wherever its copies are."""

    def __init__(self, places: Sequence[str], leave_out: Path | None = None) -> None:
        self._places = places
        self._leave_out = leave_out.resolve() if leave_out else None
        self._seen: dict[bytes, str] = {}

    def __iter__(self) -> Iterator[Run | Problem]:
        for place in self._places:
            if place == "-":
                yield from self._text("standard input", sys.stdin.buffer.read())
                continue
            path = Path(place)
            # Two folders may have runs of the same name.
            prefix = f"{path.name}/" if len(self._places) > 1 and path.name else ""
            if path.is_dir():
                yield from self._folder(path, prefix)
            else:
                # Complaints have the full path; a run is named after its file.
                yield from self._file(path, path.name if path.is_file() else place)

    def _folder(self, top: Path, prefix: str) -> Iterator[Run | Problem]:
        broken: list[OSError] = []
        for name, folders, files in os.walk(top, onerror=broken.append):
            folders.sort()
            here = Path(name)
            if self._leave_out:
                folders[:] = [f for f in folders if (here / f).resolve() != self._leave_out]
            there = here.relative_to(top).as_posix()
            where = prefix + ("" if there == "." else f"{there}/")
            if SUMMARY in files or RESULTS in files:
                yield from self._run(here, where, files)
            elif any(one in files for one in STARTED):
                yield Problem(where or str(top), "no results: it is still running, or was killed")
            for one in sorted(files):
                if one.endswith(SUFFIXES) and one != RESULTS:
                    yield from self._file(here / one, where + one)
                elif one in (f"{SUMMARY}.tmp", f"{RESULTS}.tmp") and one[:-4] not in files:
                    yield Problem(where + one, "it is being written, or was left behind")
        for error in broken:
            yield Problem(str(error.filename), str(error.strerror))

    def _run(self, folder: Path, where: str, files: Sequence[str]) -> Iterator[Run | Problem]:
        """A folder as `make run` leaves it."""
        name = where.rstrip("/") or folder.resolve().name
        why = ""
        if SUMMARY in files:
            run = self._new(name, folder)
            try:
                data, changing = read_bytes(folder / SUMMARY)
                matrix.take_summary(run, data)
            except (Unreadable, ValueError) as error:
                why = str(error)
            else:
                run.target, _, run.suite = (run.summary_target or name).partition("@")
                if changing:
                    yield Problem(where + SUMMARY, BEING_WRITTEN)
                if not run.results:
                    yield Problem(where + SUMMARY, run.reason)
                yield from self._once(run, data, where + SUMMARY)
                return
        if RESULTS not in files:
            yield Problem(where + SUMMARY, f"{why}; there is no {RESULTS} in its place")
            return
        if why:
            yield Problem(where + SUMMARY, f"{why}; {RESULTS} counts in its place", lost=False)
        yield from self._file(folder / RESULTS, where + RESULTS, self._new(name, folder))

    def _file(self, path: Path, where: str, run: Run | None = None) -> Iterator[Run | Problem]:
        try:
            data, changing = read_bytes(path)
        except Unreadable as error:
            yield Problem(where, str(error))
            return
        if changing:
            yield Problem(where, BEING_WRITTEN)
        yield from self._text(where, data, run, path.suffix == ".json")

    def _text(self, where: str, data: bytes, run: Run | None = None,
              is_json: bool = False) -> Iterator[Run | Problem]:
        for start, kind in COMPRESSED:
            if data.startswith(start):
                yield Problem(where, f"expected text, got a file of {kind}: unpack it first")
                return
        name = where.removesuffix(".json")
        for suffix in SUFFIXES:
            name = name.removesuffix(suffix)
        run = run or self._new(name, None)
        if is_json:
            try:
                matrix.take_summary(run, data)
            except ValueError as error:
                yield Problem(where, str(error))
                return
            if not run.results:
                yield Problem(where, run.reason)
        else:
            for why in take_ktap(run, data):
                yield Problem(where, why)
        yield from self._once(run, data, where)

    @staticmethod
    def _new(name: str, folder: Path | None) -> Run:
        """A run whose target and suite are in its name, as for `make matrix`."""
        target, _, suite = name.rpartition("/")[2].partition("@")
        return Run(name, target, suite, folder=folder)

    def _once(self, run: Run, data: bytes, where: str) -> Iterator[Run | Problem]:
        if not run.results:
            return
        key = hashlib.sha256(f"{run.target}\n".encode(errors="replace") + data).digest()
        if key in self._seen:
            yield Problem(where, f"the same as {self._seen[key]}, which counts once", lost=False)
            return
        self._seen[key] = where
        yield run


# ---- merging ----

@dataclass
class Merged:
    """All runs, each with a name of its own."""

    runs: list[Run] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {key: sum(run.counts.get(key, 0) for run in self.runs) for key in OUTCOMES}


def merge(sources: Iterable[Source]) -> Merged:
    merged = Merged()
    names: dict[str, int] = {}
    for source in sources:
        for found in source:
            if isinstance(found, Problem):
                merged.problems.append(found)
                continue
            times = names[found.name] = names.get(found.name, 0) + 1
            if times > 1:
                found.name = f"{found.name} ({times})"
            merged.runs.append(found)
    return merged


# A table with more columns is unreadable, so runs are combined.
MAX_COLUMNS = 40


def _combined(runs: Sequence[Run], key: Callable[[Run], tuple[str, str]]) -> list[Run]:
    groups: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        groups.setdefault(key(run), []).append(run)
    columns = []
    for (target, label), members in groups.items():
        more = many(len(members), "run")
        one = Run(" ".join(word for word in (target, label, more) if word), target,
                  " ".join(word for word in (label, more) if word))
        one.results = [entry for run in members for entry in run.results]
        one.counts = {w: sum(run.counts.get(w, 0) for run in members) for w in OUTCOMES}
        one.not_planned = frozenset().union(*(run.not_planned for run in members))
        one.absent = {what: why for run in members for what, why in run.absent.items()}
        columns.append(one)
    return columns


def columns(runs: Sequence[Run]) -> list[Run]:
    """The columns of a table: one for each run; if too many, for each target and kernel; or else
    for each target."""
    if len(runs) <= MAX_COLUMNS:
        return list(runs)
    found = _combined(runs, lambda run: (run.target, run.kernel or run.suite))
    if len(found) > MAX_COLUMNS:
        found = _combined(runs, lambda run: (run.target, ""))
    if len(found) > MAX_COLUMNS:
        first = {run.target for run in found[:MAX_COLUMNS - 1]}
        found = _combined(runs, lambda run: (run.target if run.target in first else "others", ""))
    return found


def write(merged: Merged, folder: Path) -> None:
    """Writes matrix and report. Raises OSError if that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    problems = list(merged.problems)
    texts = report.rule_texts(problems)
    shown = columns(merged.runs)
    write_file(folder / "matrix.json", matrix.as_json(merged.runs, texts))
    write_file(folder / "matrix.html", [matrix.as_page(shown, texts, matrix.About(
        ended=summary.now(), files=[report.NAME, "matrix.json"], folder=folder))])
    write_file(folder / report.NAME, [report.as_page(Report(
        "vgic-abi: results of many runs", merged.runs, texts, problems, columns=shown,
        folder=folder))])


# ---- the command line ----

# How many problems are shown on a terminal.
MAX_SHOWN = 100


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    build = Path(os.environ.get("BUILD") or ROOT / "build")
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("where", nargs="+", metavar="WHERE",
                        help="a folder, a file, or - for standard input")
    parser.add_argument("--out", type=Path, default=build / "report", metavar="DIR",
                        help="where matrix and report go. Default: <build>/report")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr.reconfigure(errors="backslashreplace")
    options = parse(arguments)
    began = time.monotonic()
    merged = merge([Files(options.where, options.out)])
    for problem in merged.problems[:MAX_SHOWN]:
        print(f"merge: {problem.where}: {problem.why}", file=sys.stderr)
    if merged.problems[MAX_SHOWN:]:
        print(f"merge: and {len(merged.problems) - MAX_SHOWN} more, see the report",
              file=sys.stderr)
    if not merged.runs:
        print("merge: expected results, got none: a folder of `make run` has them in "
              f"<target>/{SUMMARY} and <target>/{RESULTS}", file=sys.stderr)
        return 2
    try:
        write(merged, options.out)
    except OSError as error:
        print(f"merge: {error.filename or options.out}: {error.strerror}", file=sys.stderr)
        return 2
    counts = merged.counts
    print(f"{many(len(merged.runs), 'run')}, {many(sum(counts.values()), 'result')}: "
          + ", ".join(f"{n} {word(outcome)}" for outcome, n in counts.items())
          + f"; {many(len(merged.problems), 'file')} with problems; "
          + f"{time.monotonic() - began:.1f} s")
    print(f"report: {options.out / report.NAME}, matrix.html, matrix.json")
    lost = any(problem.lost for problem in merged.problems)
    return 1 if lost or any(run.bad or not run.ran for run in merged.runs) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
