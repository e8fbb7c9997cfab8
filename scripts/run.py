#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the test programs on emulated machines: `make run`.

For each target: boots its kernel, runs the programs, and leaves
results.ktap, junit.xml, summary.json, kernel.log and channel.log in
build/results/<target>/. Exit status: 0 all as expected, 1 unexpected failures
or passes, 2 something around the tests is wrong, 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import os
import platform
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import initramfs, kernel_image, qemu, targets
from scripts.errors import SetupError
from scripts.session import PROBE, Plan, Program, Session
from tools import summary
from tools.ktap import printable
from tools.results import UNEXPECTED, XPASSED, Result

FETCH = Path(__file__).resolve().parent / "fetch.py"
DEBIAN = "debian:"
DEBIAN_ARCH = {"arm64": "arm64", "arm": "armhf"}

# Patterns reach the programs through a shell's `read`, so no quoting there.
PATTERN = re.compile(r"[A-Za-z0-9_.*?\[\]!,+-]+")
EXPECTED_GOT = re.compile(r"\bexpected\b.*\bgot\b", re.IGNORECASE)


class Console:
    """Shows a person what goes on, on standard output; a Listener."""

    def __init__(self, verbose: bool, repeat: str) -> None:
        self._verbose = verbose
        self._repeat = repeat
        self._shown: set[tuple[str, str]] = set()

    def say(self, text: str) -> None:
        try:
            print(text, flush=True)
        except BrokenPipeError:
            # The reader has seen enough; the results are still wanted.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def note(self, target: str, text: str) -> None:
        self.say(f"{target}: {text}")

    def line(self, target: str, text: str) -> None:
        if self._verbose:
            self.say(f"{target}| {printable(text)}")

    def result(self, target: str, result: Result) -> None:
        if not result.unexpected or (target, result.test) in self._shown:
            return
        self._shown.add((target, result.test))
        word = "XPASSED" if result.outcome == XPASSED else "FAILED"
        lines = result.message.split("\n")
        told = [line for line in lines if EXPECTED_GOT.search(line)] or lines
        of_program = result.test in (result.program, f"{result.program}.output")
        tests = result.program if of_program else result.test
        only = f" TESTS={tests}" if result.program else ""
        self.say(f"{target}: {word} {result.test}: {printable(told[0])} "
                 f"[make run TARGET={target}{only}{self._repeat}]")


# ---- what to run ----

def read_programs(folder: Path) -> list[Program]:
    """Reads the file `programs` of a folder of test programs.

    A line holds a program's name and perhaps its time limit in seconds. The
    program `probe` is always there and is not a test.
    """
    path = folder / "programs"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise SetupError(f"expected the list of test programs in {path}: "
                         f"{error.strerror}; 'make run' builds them") from error
    programs = []
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) > 2 or words[1:] and not words[1].isdigit():
            raise SetupError(f"{path}:{number}: expected 'NAME [SECONDS]', "
                             f"got '{line}'")
        limit_s = float(words[1]) if words[1:] else None
        programs.append(Program(words[0], limit_s))
    programs = [p for p in programs if p.name != PROBE]
    for name in [PROBE, *(program.name for program in programs)]:
        if not (folder / name).is_file():
            raise SetupError(f"expected the program '{name}' in {folder}, found "
                             "none; 'make run' builds it")
    if not programs:
        raise SetupError(f"{path}: expected names of test programs, got none")
    return programs


def fetch(*arguments: str) -> Path:
    """Has fetch.py get something; returns where it is."""
    done = subprocess.run([sys.executable, str(FETCH), *arguments],
                          stdout=subprocess.PIPE, text=True)
    if done.returncode < 0 or done.returncode >= 128:
        raise KeyboardInterrupt
    if done.returncode:
        raise SetupError(f"cannot get what is needed: 'fetch.py "
                         f"{' '.join(arguments)}' failed, see above")
    return Path(done.stdout.strip())


class Files:
    """Finds kernels and initramfs for targets; each is made once."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._made: dict[Any, Any] = {}

    def _once(self, key: tuple, make) -> Any:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def kernel(self, target: targets.Target) -> Path:
        """A target's kernel where KERNEL= names no file."""
        wanted = self._options.kernel or ""
        suite = wanted.removeprefix(DEBIAN) or target.kernel.get("suite", "")
        arguments = ["kernel", "--arch", DEBIAN_ARCH[target.arch],
                     "--flavour", target.kernel["flavour"]]
        if suite:
            arguments += ["--suite", suite]
        folder = self._once(tuple(arguments), lambda: fetch(*arguments))
        image, _ = kernel_image.prepare(folder / "vmlinuz",
                                        self._options.build / "kernels")
        return image

    def programs(self, target: targets.Target) -> list[Program]:
        return self._once(("programs", target.arch),
                          lambda: read_programs(self._folder(target)))

    def _folder(self, target: targets.Target) -> Path:
        return (self._options.programs_dir
                or self._options.build / "selftests" / target.arch)

    def initramfs(self, target: targets.Target) -> Path:
        busybox = self._options.busybox or self._once(
            ("busybox", target.arch),
            lambda: fetch("busybox", "--arch", DEBIAN_ARCH[target.arch]))
        folder = self._folder(target)
        names = [PROBE, *(p.name for p in self.programs(target))]
        modules = {Path(name).name: self._options.build / name
                   for name in target.modules}
        files = initramfs.contents(busybox, {n: folder / n for n in names},
                                   modules)
        return self._once(("initramfs", *files.items()), lambda:
                          initramfs.build(self._options.build / "initramfs",
                                          files))


def make_plans(options: argparse.Namespace, say) -> list[Plan]:
    """Returns what to run. Raises SetupError if that is not possible."""
    chosen = targets.select(targets.load(options.targets), options.target)
    image: Path | None = None
    if options.kernel and not options.kernel.startswith(DEBIAN):
        image, arch = kernel_image.prepare(Path(options.kernel),
                                           options.build / "kernels")
        others = [t.name for t in chosen if t.arch != arch]
        chosen = [t for t in chosen if t.arch == arch]
        if not chosen:
            raise SetupError(f"KERNEL={options.kernel} is for {arch}: expected "
                             f"a target for {arch}, got {', '.join(others)}")
        if others:
            say(f"left out: {', '.join(others)}: "
                f"KERNEL={options.kernel} is for {arch}")
    qemu.check_host(chosen, options.accel, platform.machine())
    files = Files(options)
    return [Plan(target=target, kernel=image or files.kernel(target),
                 initramfs=files.initramfs(target), accel=options.accel,
                 programs=files.programs(target), tests=options.tests,
                 results=options.results_dir) for target in chosen]


# ---- running it ----

class Interrupted(Exception):
    """A signal came; everything is stopped and written down."""

    def __init__(self, number: int, summaries: list[dict[str, Any]]) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number
        self.summaries = summaries


async def run_sessions(plans: Sequence[Plan], jobs: int,
                       console: Console) -> list[dict[str, Any]]:
    """Runs the plans, so many at once. Raises Interrupted on a signal."""
    slots = asyncio.Semaphore(jobs)
    received: list[int] = []

    async def one(session: Session) -> dict[str, Any]:
        try:
            async with slots:
                return await session.run()
        except asyncio.CancelledError:
            return session.never_ran()

    def stop(number: int) -> None:
        if not received:
            console.say(f"{signal.Signals(number).name}: stopping")
            for task in tasks:
                task.cancel()
        received.append(number)

    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop, number)
    tasks += [asyncio.create_task(one(Session(plan, console)))
              for plan in plans]
    _, running = await asyncio.wait(
        tasks, return_when=asyncio.FIRST_EXCEPTION)
    if running:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
    errors = [error for task in tasks if (error := task.exception())]
    if errors:
        raise errors[0]
    summaries = [task.result() for task in tasks]
    if received:
        raise Interrupted(received[0], summaries)
    return summaries


def lock_results(folder: Path) -> TextIO:
    """Keeps other runs away from the results while the file is open."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        raise SetupError(f"cannot write the results to {folder}: "
                         f"{error.strerror}; point BUILD= elsewhere") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise SetupError(f"another run is writing to {folder}: wait for it, or "
                         "point BUILD= elsewhere") from error
    return lock


def check_something_ran(options: argparse.Namespace, plans: Sequence[Plan],
                        summaries: Sequence[dict[str, Any]]) -> None:
    """A pattern that fits nothing is a mistake, and not a green run."""
    if not options.tests or any(s[word] for s in summaries
                                for word in UNEXPECTED):
        return
    able = {plan.target.name for plan in plans if plan.target.expect == "run"}
    ran = [result for s in summaries if s["target"] in able
           for result in s["results"] if result["program"]]
    if able and not ran:
        raise SetupError(f"TESTS={options.tests}: expected a program, a rule, a "
                         "test's name or a pattern of one; it fits no test")


def show(console: Console, options: argparse.Namespace,
         summaries: Sequence[dict[str, Any]]) -> None:
    console.say("\n" + summary.table(summaries) +
                f"\nresults: {options.results_dir}/<target>/"
                "{results.ktap,junit.xml,summary.json,kernel.log}")


def run(options: argparse.Namespace) -> int:
    repeat = "".join(f" {name}={value}" for name, value in (
        ("KERNEL", options.kernel),
        ("ACCEL", options.accel if options.accel != "tcg" else None)) if value)
    console = Console(options.verbose, repeat)
    plans = make_plans(options, console.say)
    with lock_results(options.results_dir):
        try:
            summaries = asyncio.run(run_sessions(plans, options.jobs, console))
        except Interrupted as interrupted:
            show(console, options, interrupted.summaries)
            console.say(f"interrupted by {interrupted}")
            return 128 + interrupted.number
        show(console, options, summaries)
    check_something_ran(options, plans, summaries)
    return summary.exit_status(summaries)


# ---- the command line ----

def list_targets(path: Path) -> int:
    for target in targets.load(path).values():
        marks = " ".join(target.features) or "no features"
        default = "" if target.default else " (only by name)"
        print(f"{target.name}: {target.arch}, {target.machine}; {marks}; "
              f"expected to {target.expect}{default}")
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    build = Path(os.environ.get("BUILD") or ROOT / "build")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add = parser.add_argument
    add("--target", action="append", default=[], metavar="NAME[,NAME...]",
        help="run on this target; may be repeated. Default: all default ones")
    add("--tests", metavar="PATTERN[,PATTERN...]",
        help="only these: a program, a rule or a test; shell patterns")
    add("--kernel", metavar="FILE|debian:SUITE",
        help="this kernel image, or that of another Debian suite")
    add("--accel", choices=qemu.ACCELERATORS, default="tcg",
        help="kvm: this arm64 host's KVM, if it nests. Default: tcg")
    add("--jobs", type=int, default=0, metavar="N",
        help="so many targets at once. Default: one for each CPU")
    add("-v", "--verbose", action="store_true",
        help="show what the test programs print")
    add("--list", action="store_true", help="list the targets, and run nothing")
    add("--build", type=Path, default=build, metavar="DIR",
        help="where everything built is. Default: $BUILD or build/")
    add("--results-dir", type=Path, metavar="DIR",
        help="where the results go. Default: <build>/results")
    add("--programs-dir", type=Path, metavar="DIR",
        help="the test programs, for any architecture.\n"
             "Default: <build>/selftests/<arch>")
    add("--targets", type=Path, metavar="FILE",
        default=ROOT / "scripts" / "targets.toml",
        help="the targets. Default: scripts/targets.toml")
    add("--busybox", type=Path, metavar="FILE",
        help="static BusyBox for the guest. Default: Debian's")
    options = parser.parse_args(arguments)

    options.target = [name for names in options.target
                      for name in re.split(r"[,\s]+", names) if name]
    if options.tests is not None:
        options.tests = ",".join(options.tests.split()) or None
    if options.tests and not PATTERN.fullmatch(options.tests):
        raise SetupError("TESTS: expected names or shell patterns, with a comma "
                         f"between them; got '{options.tests}'")
    if options.jobs < 0:
        raise SetupError(f"--jobs: expected 1 or more, got {options.jobs}")
    options.jobs = options.jobs or os.cpu_count() or 1
    # QEMU and cpio run elsewhere than here.
    options.build = options.build.absolute()
    options.results_dir = (options.results_dir
                           or options.build / "results").absolute()
    return options


def main(arguments: Sequence[str]) -> int:
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        options = parse(arguments)
        if options.list:
            return list_targets(options.targets)
        return run(options)
    except SetupError as error:
        print(f"run: {error}", file=sys.stderr)
        return summary.EXIT_USAGE
    except OSError as error:
        # Standard output, most likely: a full disk behind a redirection.
        print(f"run: {error.filename or 'output'}: {error.strerror}",
              file=sys.stderr)
        return summary.EXIT_USAGE
    except KeyboardInterrupt:
        print("run: interrupted", file=sys.stderr)
        return summary.EXIT_INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
