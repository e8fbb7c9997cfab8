#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes random changes to the kernel's C code, and counts those that tests notice: `make mutants`.

A mutant is one small change of one source, see tools/mutants.py. Mutants with an unchanged object
are left out. A random sample of the other mutants is judged by the unit tests, and separately by
the suite, which runs in a new machine for each mutant until a test fails.

The default target is armv7-ref, with the reference kernel. For an arm64 target, the mutants
are of arch/arm64/kvm/vgic in a kernel that is built here from Debian's source.

Leaves build/results/mutants.json. Earlier verdicts are kept until the kernel, the suite or the
unit tests change. Exit status: 0 the sample was judged, 1 too few were noticed (--least), 2
an error outside the tests, 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli, mutant_builds, targets
from scripts.errors import SetupError
from scripts.mutant_builds import Builds, Object, digest_of
from scripts.processes import GROUP, Group, locked_file, side_by_side
from scripts.session import Known, Plan, Program, Session
from tools import mutants, summary
from tools.files import write_file
from tools.mutants import Distinct, Judged, Mutant, Source
from tools.results import UNEXPECTED, Result, reason

Thing = TypeVar("Thing")

WHY_LENGTH = 160

# Exit status of tests/test_pure.py if the source has no unit tests.
NO_UNITS = 4

# Mutants that are compiled ahead of their turn.
AHEAD = 2


# ---- earlier runs ----


class Memory:
    """Earlier verdicts and their cost, in a file.

    A verdict of the suite is valid for one kernel and one version of the suite. A test that
    killed a mutant in another version most likely does so again, so its program runs first.
    """

    def __init__(self, path: Path, fresh: bool) -> None:
        self._path = path
        self._data: dict[str, Any] = {}
        if not fresh:
            with contextlib.suppress(OSError, ValueError):
                self._data = json.loads(path.read_text(encoding="utf-8"))
        for part in ("suite", "units", "seconds", "kills"):
            self._data.setdefault(part, {})

    def get(self, part: str, key: str) -> Any:
        return self._data[part].get(key)

    def set(self, part: str, key: str, value: Any) -> None:
        self._data[part][key] = value
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_file(self._path, json.dumps(self._data, indent=0).encode() + b"\n")

    def order(self, programs: Sequence[Program], file: str, first: str) -> list[Program]:
        """Programs that are fast or likely to kill a mutant of the file come first."""
        def rank(program: Program) -> float:
            here = self._data["kills"].get(f"{file} {program.name}", 0)
            kills = sum(count for key, count in self._data["kills"].items()
                        if key.endswith(f" {program.name}"))
            return (1 + kills + 4 * here) / (0.5 + self._data["seconds"].get(program.name, 1))

        return sorted(programs, key=lambda program: (program.name != first, -rank(program)))

    def killed(self, file: str, program: str) -> None:
        key = f"{file} {program}"
        self._data["kills"][key] = self._data["kills"].get(key, 0) + 1


# ---- one mutant ----


class FirstFailure:
    """A Listener that ends a session at the first unexpected result, `found`."""

    def __init__(self, verbose: bool) -> None:
        self._verbose = verbose
        self.found: Result | None = None
        self.task: asyncio.Task[dict[str, Any]] | None = None

    def note(self, target: str, text: str) -> None:
        if self._verbose:
            cli.say(f"{target}: {text}")

    def line(self, target: str, text: str) -> None:
        pass

    def plan(self, target: str, program: str, tests: int) -> None:
        pass

    def result(self, target: str, result: Result) -> None:
        if result.outcome in UNEXPECTED and not self.found:
            self.found = result
            if self.task:
                self.task.cancel()


@dataclass(frozen=True)
class Ready:
    """A mutant with its object, in a folder of its own. Without a mutant: the unchanged kernel."""

    mutant: Mutant | None
    source: str
    object: Object | None
    folder: Path


@dataclass
class Judge:
    """Judges mutants; several calls of judge() may run at once."""

    builds: Builds
    memory: Memory
    results: Path
    verbose: bool
    group: Group
    suite: str
    units: str
    known: Known = field(default_factory=dict)

    def _key(self, ready: Ready) -> str:
        if not ready.mutant or not ready.object:
            return digest_of(self.builds.target.name, self.builds.digest)
        return digest_of(self.builds.target.name, self.builds.digest, ready.mutant.file,
                         ready.object.digest)

    async def judge(self, ready: Ready, number: int) -> Judged:
        assert ready.mutant
        began = time.monotonic()
        judged = Judged(ready.mutant, mutants.diff_of(ready.mutant, ready.source))
        judged.units = await self._units(ready)
        judged.by, judged.why, judged.known = await self.run_suite(ready, number)
        judged.time_s = round(time.monotonic() - began, 1)
        return judged

    async def _thread(self, call: Callable[[], Thing]) -> Thing:
        return await asyncio.wrap_future(self.group.thread(call))

    # ---- unit tests ----

    async def _units(self, ready: Ready) -> list[str] | None:
        if not self.builds.has_units or not ready.mutant:
            return None
        key = digest_of(self.units, ready.mutant.file, ready.mutant.text(ready.source))
        known = self.memory.get("units", key)
        if known is None:
            known = await self._thread(lambda: self._run_units(ready))
            self.memory.set("units", key, known)
        return known["failed"]

    def _run_units(self, ready: Ready) -> dict[str, Any]:
        assert ready.mutant
        copy = ready.folder / ready.mutant.file
        with GROUP.get().started(
                [sys.executable, "tests/test_pure.py", "--with", ready.mutant.file, str(copy)],
                cwd=ROOT, stdin=subprocess.DEVNULL, text=True, errors="replace",
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            output = process.stdout.read()
            status = process.wait()
        GROUP.get().check()
        if status == NO_UNITS:
            return {"failed": None}
        if status not in (0, 1):
            raise SetupError(f"expected the unit tests of {ready.mutant.file} to run, got:\n"
                             f"{output}")
        return {"failed": output.split()}

    # ---- the suite ----

    async def run_suite(self, ready: Ready, number: int) -> tuple[str, str, bool]:
        """Returns the test that failed, why it did, and whether that was known before."""
        key = self._key(ready)
        earlier = self.memory.get("suite", key) or {}
        if earlier.get("suite") == self.suite:
            return earlier["by"], earlier["why"], True
        images = await self._thread(lambda: self.builds.images(ready.object, ready.folder))
        if not images:
            return "target.boot", "the module cannot be linked", False
        file = ready.mutant.file if ready.mutant else ""
        target = replace(self.builds.target, name=f"{self.builds.target.name}.{number}")
        plan = Plan(target=target, images=images, accel="tcg",
                    programs=self.memory.order(self.builds.programs, file,
                                               earlier.get("program", "")),
                    tests=None, results=self.results)
        listener = FirstFailure(self.verbose)
        session = Session(plan, listener, self.known)
        listener.task = asyncio.create_task(session.run())
        try:
            await asyncio.wait([listener.task])
        except asyncio.CancelledError:
            # This judge was cancelled. The machine ends with the session.
            listener.task.cancel()
            await asyncio.wait([listener.task])
            raise
        bad = listener.found
        # The listener may have cancelled the session at its very end.
        found = {} if listener.task.cancelled() else listener.task.result()
        by, why, program = "", "", ""
        if bad:
            by, why = bad.test, reason("\n".join(bad.account))[:WHY_LENGTH]
            program = bad.program
        elif not found.get("passed"):
            raise SetupError(f"{target.name}: expected tests to run, got none; see {self.results}")
        if ready.mutant and program:
            self.memory.killed(file, program)
        if not ready.mutant and not bad:
            self._learn(found)
        self.memory.set("suite", key, {"suite": self.suite, "by": by, "why": why,
                                       "program": program})
        return by, why, False

    def _learn(self, found: dict[str, Any]) -> None:
        """Records the cost of each program."""
        seconds: dict[str, float] = {}
        for result in found["results"]:
            seconds[result["program"]] = seconds.get(result["program"], 0) + result["time_s"]
        for program, cost in seconds.items():
            self.memory.set("seconds", program, round(cost, 2))


# ---- the sample ----


class Sample:
    """Compiles mutants in the order of the sample, a few before the judges need them."""

    def __init__(self, builds: Builds, sources: dict[str, Source], seed: int, wanted: int,
                 folder: Path, group: Group) -> None:
        self._builds = builds
        self._sources = sources
        self._wanted = wanted
        self._folder = folder
        self._group = group
        self._queue: asyncio.Queue[Ready | None] = asyncio.Queue(AHEAD)
        self.distinct = Distinct()
        self.all = mutants.sample([mutant for source in sources.values()
                                   for mutant in mutants.make(source)], seed)

    async def fill(self) -> None:
        """Puts the sample into the queue."""
        made = 0
        compiled: set[str] = set()
        for number, mutant in enumerate(self.all):
            if made == self._wanted:
                break
            text = self._sources[mutant.file].text
            if mutant.file not in compiled:
                await self._compile_original(mutant.file, text)
                compiled.add(mutant.file)
            folder = self._folder / str(number)
            object_ = await self._compile(mutant.file, mutant.text(text), folder)
            if self.distinct.is_new(mutant.file, object_.digest if object_ else None):
                made += 1
                await self._queue.put(Ready(mutant, text, object_, folder))
            else:
                shutil.rmtree(folder)
        await self._queue.put(None)

    async def _compile_original(self, file: str, text: str) -> None:
        original = await self._compile(file, text, self._folder / "original")
        if not original:
            raise SetupError(f"expected {file} to compile, it does not")
        self.distinct.original(file, original.digest)

    async def _compile(self, file: str, text: str, folder: Path) -> Object | None:
        return await asyncio.wrap_future(self._group.thread(
            lambda: self._builds.objects.compile(file, text, folder)))

    async def each(self) -> AsyncIterator[Ready]:
        """Mutants to judge. Several judges may iterate at once."""
        while ready := await self._queue.get():
            yield ready
        await self._queue.put(None)


class Reporter:
    """Shows progress."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._began = time.monotonic()
        self.judged: list[Judged] = []

    def add(self, judged: Judged) -> None:
        self.judged.append(judged)
        done = len(self.judged)
        mutant = judged.mutant
        by = judged.by or ", ".join(judged.units or []) or "no test failed"
        took = "known" if judged.known else f"{judged.time_s:.0f} s"
        left = self._total - done
        minutes = (time.monotonic() - self._began) / done * left / 60
        cli.say(f"[{done}/{self._total}] {mutant.file}:{mutant.line} {mutant.operator}: "
                f"{judged.verdict}: {by} ({took})"
                + (f"; {left} left, about {minutes:.0f} min" if left else ""))


async def judge_all(judge: Judge, sample: Sample, reporter: Reporter, jobs: int) -> None:
    """Judges the sample with `jobs` judges at once."""
    async def one(number: int) -> None:
        if number == 1:
            # A test that fails without a mutant would seem to notice each mutant.
            plain = Ready(None, "", None, sample_folder / "plain")
            by, why, _ = await judge.run_suite(plain, number)
            shutil.rmtree(plain.folder, ignore_errors=True)
            if by:
                raise SetupError(f"without a mutant: expected all tests to pass, got {by}: {why}")
        async for ready in sample.each():
            reporter.add(await judge.judge(ready, number))
            shutil.rmtree(ready.folder, ignore_errors=True)

    sample_folder = judge.results.parent / "work"
    await cli.together(sample.fill(), *(one(number + 1) for number in range(jobs)))


# ---- the command line ----


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    add = parser.add_argument
    add("--target", default="armv7-ref", metavar="NAME", help="default: armv7-ref")
    add("--files", metavar="PATTERN[,PATTERN...]",
        help="mutants of these sources; shell patterns.\nDefault: virt/kvm/*.c, or arm64's vgic")
    add("--number", type=int, default=60, metavar="N", help="number of mutants. Default: 60")
    add("--seed", type=int, default=1, metavar="N", help="selects the mutants. Default: 1")
    add("--least", type=int, default=0, metavar="PERCENT",
        help="status 1 if suite and unit tests notice fewer than this percentage")
    add("--list", action="store_true", help="show the mutants' diffs, and judge none")
    add("--fresh", action="store_true", help="forget earlier verdicts")
    add("--build", type=Path, default=cli.build_folder(), metavar="DIR",
        help="the build folder. Default: $BUILD or build/")
    add("--jobs", type=int, default=os.cpu_count() or 1, metavar="N",
        help="machines that run at once. Default: one for each CPU")
    add("--busybox", type=Path, metavar="FILE", help="static BusyBox for the guest")
    add("-v", "--verbose", action="store_true", help="show each machine's progress")
    options = parser.parse_args(arguments)
    cli.positive("N", options.number)
    cli.positive("--jobs", options.jobs)
    options.build = options.build.absolute()
    return options


def digest_of_files(paths: Sequence[Path]) -> str:
    return digest_of(*(path.read_bytes() for path in sorted(paths)))


def unit_digest() -> str:
    """Everything that unit tests depend on, besides the source that they test."""
    return digest_of_files([path for folder in ("tests/unit", "virt", "arch", "include")
                            for path in (ROOT / folder).rglob("*.[ch]")]
                           + [ROOT / "tests/test_pure.py"])


def sources_of(builds: Builds, patterns: Sequence[str]) -> dict[str, Source]:
    files = mutants.matching(builds.files(), patterns)
    if not files:
        raise SetupError(f"FILES={','.join(patterns)}: expected some of "
                         f"{', '.join(builds.files())}; it matches none")
    return {file: builds.objects.parse(file) for file in files}


def show(reporter: Reporter, sample: Sample, path: Path, about: dict[str, Any]) -> None:
    """The results so far, on the terminal and in a file."""
    found = mutants.as_json(reporter.judged, sample.distinct.counts, **about)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, json.dumps(found, indent=1).encode() + b"\n")
    if not reporter.judged:
        return
    cli.say("\nNot noticed by the suite:\n" if found["counts"][mutants.BY_SUITE]
            < len(reporter.judged) else "")
    for each in mutants.survivors(reporter.judged):
        cli.say(each)
    left_out = ", ".join(f"{count} {why}" for why, count in sample.distinct.counts.items())
    cli.say(f"{mutants.table(reporter.judged)}\nof {len(sample.all)} mutants in the order of "
            f"SEED={about['seed']}; left out: {left_out}\ndetails: {path}")


def run(options: argparse.Namespace) -> int:
    target = targets.select(targets.load(ROOT / "scripts" / "targets.toml"), [options.target])[0]
    folder = options.build / "mutants"
    folder.mkdir(parents=True, exist_ok=True)
    with locked_file(folder / ".lock", "waiting for another make mutants"), \
            side_by_side() as group:
        work = folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        builds = mutant_builds.for_target(options, target)
        patterns = cli.words(options.files or mutant_builds.DEFAULT_FILES[target.arch])
        sources = sources_of(builds, patterns)
        sample = Sample(builds, sources, options.seed, options.number, work, group)
        if options.list:
            for mutant in sample.all[:options.number]:
                print(mutants.diff_of(mutant, sources[mutant.file].text), mutant.operator,
                      sep="\n")
            return summary.EXIT_GREEN
        cli.say(f"{len(sample.all)} mutants of {len(sources)} files; {options.number} of those "
                f"that change the object are judged on {target.name}, SEED={options.seed}")
        judge = Judge(builds, Memory(folder / "judged.json", options.fresh), folder / "results",
                      options.verbose, group, builds.suite_digest(), unit_digest())
        reporter = Reporter(options.number)
        try:
            asyncio.run(judge_all(judge, sample, reporter, options.jobs))
        finally:
            show(reporter, sample, options.build / "results" / "mutants.json",
                 {"target": target.name, "seed": options.seed, "wanted": options.number,
                  "candidates": len(sample.all)})
            shutil.rmtree(work, ignore_errors=True)
        noticed = sum(each.verdict != mutants.SURVIVED for each in reporter.judged)
        if reporter.judged and 100 * noticed < options.least * len(reporter.judged):
            cli.say(f"expected at least {options.least} % to be noticed, got "
                    f"{mutants.share(noticed, len(reporter.judged))}")
            return summary.EXIT_UNEXPECTED
    return summary.EXIT_GREEN


def main(arguments: Sequence[str]) -> int:
    return cli.main("mutants", lambda: run(parse(arguments)),
                    "the next run continues from there")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
