#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks that the suite finds faults that are put into the reference kernel: `make faults`.

tests/faults/faults.toml lists the faults. The module is built once with all of them, and
loaded with one fault at a time. Then the tests of the rules that the fault breaks run, of
which at least one has to fail, and control tests, which have to pass. Without a fault, all
tests have to pass. Several machines share the work; a machine that a fault brings down is
booted again.

Leaves build/results/faults.json. Exit status: 0 all were caught, 1 some were not, or
something failed without a fault, 2 an error outside the tests, 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import fnmatch
import json
import os
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli, plans, qemu, seeding, targets
from scripts.errors import SetupError
from scripts.seeding import Fault, Table
from scripts.run import Slots
from scripts.session import Plan, Program, Session
from scripts.targets import Target
from tools import kernel_log, summary
from tools.files import write_file
from tools.results import BAD, NOT_RUN, UNEXPECTED, Result, reason, split_name

MODULE = "kvm_armv7"
INSERT = f"insmod /modules/{MODULE}.ko fault={{}}"
REMOVE = f"rmmod {MODULE}"

NO_FAULT = "(none)"

# The limits of a program, and of silence, after which a test whose guest or kernel hangs is ended.
LIMIT_S = 120.0
SILENCE_S = 45.0

# Characters of a failure's reason that are shown.
WHY_LENGTH = 200

# Verdicts on a fault.
CAUGHT, SURVIVED, BROKE = "caught", "survived", "broke"


@dataclass
class Outcome:
    """The tests' results with one fault.

    failed: rules with a failed test. controls: failed control tests, which the fault should not
    break. ran: the number of tests that ran. log: the kernel's warnings and errors.
    """

    fault: Fault
    failed: list[str] = field(default_factory=list)
    controls: list[str] = field(default_factory=list)
    ran: int = 0
    log: list[str] = field(default_factory=list)
    time_s: float = 0.0
    why: str = ""

    @property
    def by(self) -> list[str]:
        """The failed rules that the fault is expected to break."""
        return [rule for rule in self.failed if fits(rule, self.fault.rules)]

    @property
    def verdict(self) -> str:
        if self.controls:
            return BROKE
        return CAUGHT if self.by else SURVIVED


def fits(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def chosen_tests(fault: Fault) -> tuple[str, ...]:
    return fault.tests or fault.rules


def matches(test: str, patterns: Sequence[str]) -> bool:
    """Like --tests of the test programs: a pattern matches a test's name or its rule's."""
    return fits(test, patterns) or fits(split_name(test)[0], patterns)


# ---- one machine ----


class FaultWork:
    """Tries the faults of a list that several machines share, one at a time; a session.Work."""

    def __init__(self, programs: Sequence[Program], table: Table, waiting: list[Fault],
                 reporter: Reporter) -> None:
        self._programs = programs
        self._table = table
        self._waiting = waiting
        self._reporter = reporter
        self._fault: Fault | None = None
        self._tests_in: dict[str, list[str]] = {}
        self._refused = ""
        self.outcomes: list[Outcome] = []

    async def run(self, session: Session) -> None:
        while self._waiting:
            outcome = await self._try_fault(session, self._waiting.pop(0))
            self.outcomes.append(outcome)
            self._reporter.outcome(outcome)

    async def booted(self, session: Session) -> None:
        if not self._tests_in:
            await self._learn(session)
        if self._fault:
            await self._insert(session)

    async def _learn(self, session: Session) -> None:
        """Lists each program's tests, which needs the module: a program lists none without KVM."""
        await session.command(INSERT.format(""))
        for program in self._programs:
            self._tests_in[program.name] = await session.list_tests(program.name)
        await session.command(REMOVE)

    async def _insert(self, session: Session) -> None:
        assert self._fault
        name = "" if self._fault.name == NO_FAULT else self._fault.name
        ending = await session.command(INSERT.format(name))
        if ending.cause or ending.status:
            self._refused = ending.cause or f"exit status {ending.status} of insmod"

    async def _try_fault(self, session: Session, fault: Fault) -> Outcome:
        began = time.monotonic()
        controls = () if "*" in fault.breaks else tuple(
            control for control in self._table.controls
            if not fits(control, fault.breaks))
        outcome = Outcome(fault)
        patterns = chosen_tests(fault) + controls
        session.take_alarms()
        self._fault = fault
        self._refused = ""
        if session.machine:
            await self._insert(session)
        else:
            await session.boot()
        if self._refused:
            self._fault = None
            outcome.controls.append("insmod")
            outcome.why = f"expected to load the module, got {self._refused}"
            await session.end_machine()
            return outcome
        machine = session.machine
        seen = len(machine.console) if machine else 0
        results: list[Result] = []
        try:
            for program in self._programs:
                if any(matches(t, patterns) for t in self._tests_in[program.name]):
                    results += await session.run_program(
                        Program(program.name, LIMIT_S, ",".join(patterns)))
        finally:
            self._fault = None
        judge(outcome, results, controls)
        lost = machine is not session.machine
        removed = await self._remove(session)
        # The console is read up to the end of rmmod, so it has all messages of the kernel since the
        # programs began.
        alarms = list(kernel_log.alarms(
            machine.console[0 if lost else seen:])) if machine else []
        outcome.log = [alarm.lines[0] for alarm in alarms + session.take_alarms()]
        # The next fault gets a healthy kernel.
        if session.machine and (not removed or fault.reboot or outcome.log):
            await session.end_machine()
        outcome.time_s = round(time.monotonic() - began, 2)
        return outcome

    @staticmethod
    async def _remove(session: Session) -> bool:
        """Removes the module, if a machine is up; returns whether that worked."""
        if not session.machine:
            return True
        removed = await session.command(REMOVE)
        return not removed.status and not removed.cause


def judge(outcome: Outcome, results: Iterable[Result], controls: Sequence[str]) -> None:
    """Adds the tests' results to the outcome of a fault."""
    fault = outcome.fault
    for result in results:
        outcome.ran += 1
        if result.outcome not in BAD:
            continue
        if result.outcome == NOT_RUN and fault.name != NO_FAULT and not matches(
                result.test, controls):
            # A test that did not run has found nothing.
            continue
        rule = split_name(result.test)[0]
        if matches(result.test, chosen_tests(fault)):
            if rule not in outcome.failed:
                outcome.failed.append(rule)
            outcome.why = outcome.why or reason("\n".join(result.account))[:WHY_LENGTH]
        elif matches(result.test, controls):
            outcome.controls.append(result.test)


# ---- progress and results ----


class Reporter:
    """Shows progress; a Listener that ignores single tests."""

    def __init__(self, total: int, verbose: bool) -> None:
        self._total = total
        self._verbose = verbose
        self._done = 0

    def say(self, text: str) -> None:
        cli.say(text)

    def note(self, target: str, text: str) -> None:
        if self._verbose:
            self.say(f"{target}: {text}")

    def line(self, target: str, text: str) -> None:
        if self._verbose:
            self.say(f"{target}| {text}")

    def plan(self, target: str, program: str, tests: int) -> None:
        pass

    def result(self, target: str, result: Result) -> None:
        if result.test.startswith("target.") and result.outcome in UNEXPECTED:
            self.say(f"{target}: {result.message}")

    def outcome(self, outcome: Outcome) -> None:
        self._done += 1
        self.say(f"[{self._done}/{self._total}] {row(outcome)}")


def row(outcome: Outcome) -> str:
    by = ", ".join(outcome.by) or outcome.why or f"{outcome.ran} tests ran"
    if outcome.controls:
        by = f"control tests failed: {', '.join(outcome.controls)}; {by}"
    return (f"{outcome.fault.name:34} {outcome.fault.subject:22} "
            f"{outcome.verdict:9} {by} ({outcome.time_s:.1f} s)")


def table_of(outcomes: Sequence[Outcome]) -> str:
    """The number of faults by subject, and those that were not caught."""
    subjects = list(dict.fromkeys(o.fault.subject for o in outcomes))
    width = max(map(len, [*subjects, "subject"]))
    lines = [f"{'subject'.ljust(width)}  total  caught  not caught"]
    for subject in subjects:
        here = [o for o in outcomes if o.fault.subject == subject]
        bad = [o.fault.name for o in here if o.verdict != CAUGHT]
        lines.append(f"{subject.ljust(width)}  {len(here):5}  {len(here) - len(bad):6}  "
                     f"{', '.join(bad)}".rstrip())
    return "\n".join(lines)


def as_json(outcomes: Sequence[Outcome], baseline: Sequence[Outcome],
            wall_s: float) -> dict[str, Any]:
    """The content of faults.json."""
    caught = sum(o.verdict == CAUGHT for o in outcomes)
    return {
        "total": len(outcomes), "caught": caught, "survived": len(outcomes) - caught,
        "wall_s": round(wall_s, 1),
        "without_fault": {"tests": sum(o.ran for o in baseline),
                          "failed": [rule for o in baseline for rule in o.failed]},
        "faults": [{
            "name": o.fault.name, "subject": o.fault.subject, "file": o.fault.file,
            "target": o.fault.target, "verdict": o.verdict, "rules": o.by,
            "other_rules": [rule for rule in o.failed if rule not in o.by],
            "controls": o.controls, "tests": o.ran, "why": o.why,
            "kernel_log": o.log[:5], "time_s": o.time_s,
        } for o in outcomes],
    }


# ---- the whole run ----


def gather_programs(build: Path, folder: Path) -> None:
    """Fills a folder with the suite's programs and those of tests/refkernel."""
    folder.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    for source in (build / "selftests" / "arm", build / "faults" / "arm"):
        for program in plans.read_programs(source):
            shutil.copy2(source / program.name, folder / program.name)
            lines.append(f"{program.name} {LIMIT_S:.0f}\n")
        shutil.copy2(source / "probe", folder / "probe")
    write_file(folder / "programs", "".join(lines).encode())


def baseline_of(faults: Sequence[Fault]) -> list[Fault]:
    """For each target, a run without a fault, with the tests of all its faults."""
    found = []
    for name in dict.fromkeys(fault.target for fault in faults):
        here = [f for f in faults if f.target == name]
        tests = tuple(dict.fromkeys(t for f in here for t in chosen_tests(f)))
        found.append(Fault(name=NO_FAULT, subject="", file="", old="", new="", rules=tests,
                           target=name))
    return found


def seeded_modules(options: argparse.Namespace, faults: Sequence[Fault],
                   table: Table) -> tuple[argparse.Namespace, list[tuple[Target, dict[str, Path]]]]:
    """Builds the module with all faults. Returns the options of plans.Files, and the modules."""
    sources = options.build / "faults" / "sources"
    seeding.seed(table, ROOT, sources)
    namespace = argparse.Namespace(
        target=list(dict.fromkeys(f.target for f in faults)), tests=None, kernel=None,
        module=None, append="", accel="tcg", sources=sources, busybox=options.busybox,
        targets=ROOT / "scripts" / "targets.toml", build=options.build,
        results_dir=options.build / "faults" / "results",
        programs_dir=options.build / "faults" / "programs")
    # The module has a build folder of its own, so that it never replaces the module without faults.
    seeded = plans.Files(argparse.Namespace(
        **{**vars(namespace), "build": options.build / "faults"}))
    wanted = map(targets.load(namespace.targets).__getitem__, namespace.target)
    return namespace, [(target, {module: seeded.module(target, module)
                                 for module in target.modules}) for target in wanted]


def make_plans(options: argparse.Namespace, faults: Sequence[Fault],
               table: Table) -> dict[str, Plan]:
    """The plan of each target's machines."""
    namespace, modules = seeded_modules(options, faults, table)
    gather_programs(options.build, namespace.programs_dir)
    files = plans.Files(namespace)
    found = {}
    for target, module in modules:
        images = qemu.Images(files.kernel(target), files.initramfs_with(target, module),
                             plans.device_tree.changed(target, options.build / "dtb"))
        quiet = replace(target, pre=(), post=(), features=(), lacks=(),
                        silence_limit=SILENCE_S, target_limit=3600.0)
        found[target.name] = Plan(target=quiet, images=images, accel="tcg",
                                  programs=files.programs(target), tests=None,
                                  results=namespace.results_dir)
    return found


def sessions_of(made: dict[str, Plan], table: Table, work: dict[str, list[Fault]],
                jobs: int, reporter: Reporter) -> list[tuple[Session, FaultWork]]:
    """Sessions that work off the lists of faults: one for each list, and for the longest list as
    many as can run at once."""
    longest = max(work, key=lambda name: len(work[name]))
    found = []
    for name, waiting in work.items():
        plan = made[name]
        at_once = max(1, jobs // plan.target.jobs)
        for number in range(min(at_once, len(waiting)) if name == longest else 1):
            one = replace(plan, programs=(),
                          target=replace(plan.target, name=f"{name}.{number + 1}"))
            trying = FaultWork(plan.programs, table, waiting, reporter)
            # Faults may kill the machine, so allow many boots.
            found.append((Session(one, reporter, work=trying, max_boots=3 * len(waiting) + 10),
                          trying))
    return found


async def run_all(made: dict[str, Plan], table: Table, work: dict[str, list[Fault]],
                  jobs: int, reporter: Reporter) -> list[Outcome]:
    """Runs the machines, which take faults from the lists."""
    sessions = sessions_of(made, table, work, jobs, reporter)
    slots = Slots(jobs)

    async def one(session: Session) -> None:
        async with slots.taken(session.target.jobs):
            await session.run()

    await cli.together(*(one(session) for session, _ in sessions))
    return [outcome for _, trying in sessions for outcome in trying.outcomes]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    add = parser.add_argument
    add("--faults", default="*", metavar="PATTERN[,PATTERN...]",
        help="only these: names or subjects; shell patterns")
    add("--table", type=Path, default=ROOT / "tests/faults/faults.toml", metavar="FILE",
        help="the faults. Default: tests/faults/faults.toml")
    add("--build", type=Path, default=cli.build_folder(), metavar="DIR",
        help="the build folder. Default: $BUILD or build/")
    add("--jobs", type=int, default=os.cpu_count() or 1, metavar="N",
        help="machines that run at once. Default: one for each CPU")
    add("--busybox", type=Path, metavar="FILE", help="static BusyBox for the guest")
    add("--list", action="store_true", help="list the faults, and run nothing")
    add("--build-only", action="store_true",
        help="build the module with the faults, and run nothing")
    add("-v", "--verbose", action="store_true", help="show what the test programs print")
    options = parser.parse_args(arguments)
    cli.positive("--jobs", options.jobs)
    options.build = options.build.absolute()
    return options


def choose(table: Table, patterns: str) -> list[Fault]:
    wanted = [p.strip() for p in patterns.split(",") if p.strip()]
    found = [f for f in table.faults if fits(f.name, wanted) or fits(f.subject, wanted)]
    if not found:
        raise SetupError(f"FAULTS={patterns}: expected names or subjects of faults, or "
                         "patterns of them; it matches none (see --list)")
    return found


def run(options: argparse.Namespace) -> int:
    table = seeding.load(options.table)
    faults = choose(table, options.faults)
    if options.list:
        for fault in faults:
            print(f"{fault.name}: {fault.subject}, {fault.file}; "
                  f"noticed by {', '.join(fault.rules)}")
        return 0
    began = time.monotonic()
    if options.build_only:
        seeded_modules(options, faults, table)
        return summary.EXIT_GREEN
    made = make_plans(options, faults, table)
    work: dict[str, list[Fault]] = {}
    # The run without a fault takes longest, so it goes first.
    for fault in [*baseline_of(faults), *faults]:
        work.setdefault(fault.target, []).append(fault)
    reporter = Reporter(sum(map(len, work.values())), options.verbose)
    outcomes = asyncio.run(run_all(made, table, work, options.jobs, reporter))
    order = {fault.name: number for number, fault in enumerate(table.faults)}
    baseline = [o for o in outcomes if o.fault.name == NO_FAULT]
    outcomes = sorted((o for o in outcomes if o.fault.name != NO_FAULT),
                      key=lambda o: order[o.fault.name])
    found = as_json(outcomes, baseline, time.monotonic() - began)
    path = options.build / "results" / "faults.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, json.dumps(found, indent=1).encode() + b"\n")

    reporter.say("\n" + table_of(outcomes))
    missing = len(faults) - len(outcomes)
    bad = [o for o in baseline if o.failed or o.controls or o.log]
    for o in bad:
        reporter.say(f"without a fault: expected all tests to pass, got: "
                     f"{', '.join(o.failed + o.controls + o.log[:1])}")
    reporter.say(f"{found['total']} faults, {found['caught']} caught, {found['survived']} not"
                 + (f", {missing} not run" if missing else "")
                 + f", in {found['wall_s']:.0f} s; details: {path}")
    return summary.EXIT_UNEXPECTED if found["survived"] or missing or bad else summary.EXIT_GREEN


def main(arguments: Sequence[str]) -> int:
    return cli.main("faults", lambda: run(parse(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
