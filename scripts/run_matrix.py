#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the suite on Debian's kernels and the user's, side by side: `make matrix`.

Debian's kernels of several suites, on the arm64 targets with a GICv2 and a GICv3; the
reference kernel on each 32-bit kernel that it builds for; the modes of KVM on the newest
kernel, with --all also the slow ones; with --kernels, also each image in a folder. Tests
of a guest's view of its GIC run in one dialect. A suite that cannot be reached is
reported and left out. Leaves matrix.json and matrix.html in build/results/,
and each run's own files in build/results/matrix/. Exit status: 0 all as expected, 1
unexpected failures or passes, 2 an error outside the tests, 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli, plans, targets
from scripts.errors import SetupError
from scripts.run import Console, Interrupted, lock_results, run_sessions
from scripts.session import Plan
from tools import failures, matrix, rules, summary
from tools.files import write_file
from tools.matrix import Run
from tools.results import many

# From the oldest suite that is still in use to the newest.
SUITES = ("bullseye", "bookworm", "bookworm-backports", "trixie-backports", "sid")
# Suites without a 32-bit kernel with LPAE are left out.
REFERENCE_SUITES = ("bookworm", "bookworm-backports", "trixie-backports", "sid")
ARM64 = ("arm64-gicv2", "arm64-gicv3")
REFERENCE = "armv7-ref"
# The suite of the newest kernel; targets for its other modes, GICs and page sizes; the slow ones.
NEWEST = "trixie-backports"
MODES = ("arm64-nvhe-gicv3", "arm64-vhe-gicv2", "arm64-hvhe", "arm64-protected", "arm64-nested",
         "arm64-16k")
SLOW_MODES = ("arm64-lpa2", "arm64-64k", "arm64-1-cpu", "arm64-8-cpus")
TARGETS = (REFERENCE, *ARM64, *MODES, *SLOW_MODES)

# A guest's view of its GIC depends on the dialect only in the GIC's address, which the program
# guest_map checks in each dialect. Other programs run in the dialect that all kernels have.
ONE_DIALECT = "*.devattr_*,*.any*"
# Two vCPUs show the same as eight, at a third of the cost of each test.
TWO_VCPUS = "*_2_vcpus.*"
# All placements of the GIC in the dialect that all kernels have; in other dialects, the placement
# whose addresses cannot be confused with another placement's. The tests irq.* run in each dialect.
PLACEMENTS = "*.devattr_*,*_above_4g.*,irq.*"
NARROWED = {"guest_map": PLACEMENTS, "smp": TWO_VCPUS,
            "timer": ONE_DIALECT, "exits": ONE_DIALECT, "events": ONE_DIALECT,
            "vgic": ONE_DIALECT, "vgic_delivery": ONE_DIALECT, "wakes": ONE_DIALECT}
# Programs that test code which runs in the host kernel in all modes of KVM. They take over half of
# a run's time.
SAME_IN_EACH_MODE = {"attributes", "compat", "devices", "fields", "fuzz", "its", "its_commands",
                     "its_tables", "msi", "precedence", "races", "registers", "slot_sets", "vmm"}
# Fewer rounds of each race than by default (10, or 5 if more than two calls race) are enough to
# find differences of kernels.
SHORTER = "race_rounds=4"


@dataclass(frozen=True)
class Wanted:
    """One cell of the matrix: a target on a kernel of a suite, or an image."""

    target: str
    suite: str
    image: Path | None = None

    @property
    def name(self) -> str:
        return f"{self.target}@{self.suite}"

    @property
    def modes(self) -> str:
        """The suite whose modes of KVM this cell belongs to, or ""."""
        return self.suite if self.target != REFERENCE and self.suite == NEWEST else ""


def wanted(suites: Sequence[str], reference: Sequence[str], folder: Path | None,
           modes: Sequence[str] = ()) -> Iterator[Wanted]:
    """The cells to run, targets that take longest first."""
    for target in modes:
        for suite in suites:
            yield Wanted(target, suite)
    for suite in reference:
        yield Wanted(REFERENCE, suite)
    for target in ARM64:
        for suite in suites:
            yield Wanted(target, suite)
    if not folder:
        return
    try:
        images = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise SetupError(f"KERNELS={folder}: expected a folder of kernel images: "
                         f"{error.strerror}") from error
    if not images:
        raise SetupError(f"KERNELS={folder}: expected kernel images, got an empty folder")
    for target in ARM64:
        for image in images:
            yield Wanted(target, image.name, image)


def suites(options: argparse.Namespace) -> tuple[Sequence[str], Sequence[str]]:
    """The requested suites: for the arm64 targets, and for the reference kernel."""
    chosen = options.suites or SUITES
    # An unknown suite may have a 32-bit kernel; if it does not, fetch.py reports that.
    reference = [suite for suite in chosen if suite in REFERENCE_SUITES or suite not in SUITES]
    return chosen, options.reference if options.reference is not None else reference


def is_chosen(cell: Wanted, options: argparse.Namespace) -> bool:
    """True if the cell is requested. A mode of KVM runs on the newest kernel only, unless both the
    mode's target and suites are named.
    """
    if options.target:
        return cell.target in options.target and (
            cell.suite == NEWEST or cell.target not in (*MODES, *SLOW_MODES)
            or options.suites is not None)
    if cell.target in SLOW_MODES and not options.all:
        return False
    return cell.target not in (*MODES, *SLOW_MODES) or cell.suite == NEWEST


def check_tests(options: argparse.Namespace, cells: Sequence[Wanted]) -> None:
    """Raises SetupError for tests that no cell can have, before anything is fetched."""
    one = options_for(options, cells[0])
    known = targets.load(one.targets)
    chosen = [known[name] for name in dict.fromkeys(cell.target for cell in cells)]
    plans.check_tests(one, chosen, plans.Files(one))


def options_for(options: argparse.Namespace, cell: Wanted) -> argparse.Namespace:
    kernel = str(cell.image) if cell.image else f"{plans.DEBIAN}{cell.suite}"
    return argparse.Namespace(
        target=[cell.target], tests=options.tests, kernel=kernel, module=None,
        append="" if options.all else SHORTER,
        accel="tcg", sources=ROOT, busybox=options.busybox,
        targets=ROOT / "scripts" / "targets.toml", build=options.build,
        results_dir=options.build / "results" / "matrix", programs_dir=None)


def plan_for(options: argparse.Namespace, cell: Wanted) -> Plan:
    """Fetches and builds what the cell needs. Raises SetupError if that fails."""
    made = plans.make(options_for(options, cell), lambda text: None)
    plan = made[0]
    programs = plan.programs
    if not (options.all or options.tests):
        programs = [replace(program, tests=NARROWED.get(program.name, program.tests))
                    for program in programs if cell.target not in (*MODES, *SLOW_MODES)
                    or program.name not in SAME_IN_EACH_MODE]
    return replace(plan, target=replace(plan.target, name=cell.name), programs=programs)


def prepare(options: argparse.Namespace, cells: Sequence[Wanted],
            say) -> tuple[list[Plan], list[Run]]:
    made, runs = [], []
    for cell in cells:
        run = Run(cell.name, cell.target, cell.suite, cell.modes)
        runs.append(run)
        try:
            made.append(plan_for(options, cell))
        except SetupError as error:
            run.reason = str(error)
            say(f"left out: {cell.name}: {error}")
    return made, runs


def command(options: argparse.Namespace) -> str:
    """The command that repeats this matrix."""
    given = {"SUITES": " ".join(options.suites or ()), "TARGET": " ".join(options.target),
             "KERNELS": options.kernels, "TESTS": options.tests, "BUSYBOX": options.busybox,
             "ALL": 1 if options.all else None}
    return "make matrix" + "".join(f" {name}={shlex.quote(str(value))}"
                                   for name, value in given.items() if value)


def write_matrix(folder: Path, runs: Sequence[Run], options: argparse.Namespace) -> None:
    texts = rules.texts()
    about = matrix.About(command(options), summary.now(), ["matrix.json"], folder)
    write_file(folder / "matrix.json", matrix.as_json(runs, texts))
    write_file(folder / "matrix.html", matrix.as_page(runs, texts, about).encode())


def run(options: argparse.Namespace) -> int:
    console = Console(options.verbose)
    cells = [cell for cell in wanted(*suites(options), options.kernels, (*MODES, *SLOW_MODES))
             if is_chosen(cell, options)]
    if not cells:
        raise SetupError(f"{command(options)}: expected a target and a suite for it; "
                         f"{REFERENCE} has {', '.join(REFERENCE_SUITES)}")
    check_tests(options, cells)
    made, runs = prepare(options, cells, console.say)
    if not made:
        raise SetupError("expected at least one available kernel, got none; the first: "
                         f"{runs[0].name}: {runs[0].reason}")
    console.commands = {plan.target.name: plan.command for plan in made}
    results = options.build / "results"
    folder = results / "matrix"
    began = time.monotonic()
    interrupted = 0
    with lock_results(results):
        # Results of an earlier run must not count now.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            asyncio.run(run_sessions([plans.ready(plan) for plan in made], options.jobs,
                                     console))
        except Interrupted as error:
            interrupted = error.number
        planned = {plan.target.name for plan in made}
        for one in runs:
            if one.name in planned:
                one.folder = folder / one.name
                matrix.read_summary(one, folder / one.name / "summary.json")
        write_matrix(results, runs, options)
    again = failures.as_text(runs)
    console.say("\n" + matrix.as_text(runs) + (f"\n\n{again}" if again else ""))
    console.say(f"\n{many(sum(r.ran for r in runs), 'run')} in {time.monotonic() - began:.0f} s: "
                f"{results}/matrix.html, matrix.json, matrix/<run>/")
    first = failures.repeat_first(runs)
    if first and not interrupted:
        console.say(f"\nto repeat the first failure:\n{first}")
    if interrupted:
        return 128 + interrupted
    broken = [r for r in runs if r.name in planned and not r.ran]
    bad = [r for r in runs if r.bad]
    return summary.EXIT_UNEXPECTED if bad or broken else summary.EXIT_GREEN


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    add = parser.add_argument

    add("--suites", type=cli.words, metavar="SUITE[,SUITE...]",
        help=f"only these suites of Debian. Default: {','.join(SUITES)}")
    add("--reference", type=cli.words, metavar="SUITE[,...]",
        help="suites for the reference kernel. Default: those of --suites that have a 32-bit\n"
             f"kernel for it, {','.join(REFERENCE_SUITES)}")
    add("--target", type=cli.words, action="extend", default=[], metavar="NAME[,...]",
        help=f"only on these. Default: {','.join(TARGETS)}")
    add("--kernels", type=Path, metavar="DIR", help="a folder with further arm64 images")
    add("--tests", metavar="PATTERN[,PATTERN...]", help="only these tests")
    add("--all", action="store_true", help="every variant, and races as long as in `make run`")
    add("--jobs", type=int, default=os.cpu_count() or 1, metavar="N",
        help="machines that run at once. Default: one for each CPU")
    add("--busybox", type=Path, metavar="FILE", help="static BusyBox for the guest")
    add("--build", type=Path, default=cli.build_folder(), metavar="DIR",
        help="the build folder. Default: $BUILD or build/")
    add("-v", "--verbose", action="store_true", help="show what the test programs print")
    options = parser.parse_args(arguments)
    cli.positive("--jobs", options.jobs)
    others = set(options.target) - set(TARGETS)
    if others:
        raise SetupError(f"--target: expected {', '.join(TARGETS)}, got '{min(others)}'")
    options.build = options.build.absolute()
    return options


def main(arguments: Sequence[str]) -> int:
    return cli.main("matrix", lambda: run(parse(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
