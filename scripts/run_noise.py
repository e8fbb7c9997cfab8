#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs targets repeatedly while the host is disturbed: `make noise`.

Each run is what `make run TARGET=...` does, with the same judge and limits. The noise is
made around it, by noise_maker.py:

    busy      four busy loops
    stops     QEMU is stopped and continued, for 20 to 3000 ms each
    starve    one CPU of the machine starves, for 50 to 3000 ms, then another CPU
    one-cpu   QEMU and a busy loop on one CPU of the host; the other kinds in turns

Leaves table.md and table.json in build/results/noise/, and there the results of each run
that was not as expected. Documentation/noise.md has more.
Exit status: 0 all as expected, 1 unexpected results, 2 an error outside the tests, 130
interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli, noise_maker, targets
from scripts.cli import say
from scripts.errors import SetupError
from scripts.run import lock_results
from tools import noise, summary
from tools.files import write_file
from tools.results import NOT_RUN, UNEXPECTED, reason

RUN = ROOT / "scripts" / "run.py"
TARGETS = ROOT / "scripts" / "targets.toml"
MAIN = ("arm64-gicv2", "arm64-gicv3", "armv7-ref", "armv7-ref-6.12")

POLL_S = 0.1
# Time for run.py to end its machines and to write its results.
RUN_ENDS_S = 30.0
MAKER_ENDS_S = 15.0
# A run ends by its own limits, which noise may prolong. This limit is for a run.py that hangs, in
# multiples of the target's limit.
RUN_LIMIT = 10
# Unexpected results of a run that are shown at its end; the table names all.
SHOWN = 10

IDLE_AND_BACK = """
import os
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
"""


# ---- one run ----

def command(run: noise.Run, options: argparse.Namespace, folder: Path, cpu: int) -> list[str]:
    """Returns the command of `make run`, which ends when this process does."""
    pinned = ["taskset", "-c", str(cpu)] if run.kind == noise.ONE_CPU else []
    return ["setpriv", "--pdeathsig", "TERM", "--", *pinned,
            sys.executable, str(RUN), "--target", run.target,
            "--results-dir", str(folder),
            *(["--tests", options.tests] if options.tests else [])]


class Maker:
    """The process that makes the noise of one run."""

    def __init__(self, run: noise.Run, root: int, cpu: int) -> None:
        self._root = root
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "scripts/noise_maker.py"), run.kind, str(run.seed),
             run.target, str(root), str(cpu)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)

    @property
    def gone(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> tuple[int, str]:
        """Ends the noise. Returns how often it acted, and its description."""
        try:
            output, _ = self._process.communicate(timeout=MAKER_ENDS_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            output, _ = self._process.communicate()
        if self._process.returncode == 0:
            report = json.loads(output)
            return report["acts"], report["noise"]
        noise_maker.release(self._root)
        return 0, f"ended early, with status {self._process.returncode}"


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends run.py, and its machines with it."""
    process.terminate()
    try:
        process.wait(RUN_ENDS_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def await_end(process: subprocess.Popen[bytes], maker: Maker, limit_s: float) -> str:
    """Waits for run.py. Returns the reason if it had to be ended."""
    deadline = time.monotonic() + limit_s
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(POLL_S)
            return ""
        if maker.gone:
            return "the noise ended before the run"
        if time.monotonic() > deadline:
            return f"run.py: expected it to end within {limit_s:.0f} s, it still ran"


def judge(folder: Path, run: noise.Run, status: int, output: Path) -> tuple[int, dict[str, str]]:
    """The number of passed tests, and the unexpected results with their reasons."""
    try:
        found = json.loads((folder / run.target / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = {"passed": 0, "results": []}
    unexpected = {result["test"]: reason(result["message"]) for result in found["results"]
                  if result["outcome"] in UNEXPECTED}
    lost = [result for result in found["results"] if result["outcome"] == NOT_RUN]
    if lost:
        tests = noise.counted(len(lost), "test")
        unexpected[f"{tests} not run"] = reason(lost[0]["message"])
    if status and not unexpected:
        lines = output.read_text(encoding="utf-8", errors="replace").splitlines() or ["nothing"]
        unexpected[f"run.py: status {status}"] = lines[-1]
    return found["passed"], unexpected


def run_once(run: noise.Run, options: argparse.Namespace, cpu: int,
             limit_s: float) -> tuple[noise.Outcome, dict[str, str]]:
    folder = options.results_dir / run.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    output = folder / "output.log"
    began = time.monotonic()
    with output.open("wb") as log:
        process = subprocess.Popen(command(run, options, folder, cpu), cwd=ROOT,
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True)
        try:
            maker = Maker(run, process.pid, cpu)
            try:
                problem = await_end(process, maker, limit_s)
                seconds = time.monotonic() - began
            finally:
                # End the noise before run.py, since stopped machines have to continue.
                acts, made = maker.end()
        finally:
            stop(process)
    passed, unexpected = judge(folder, run, process.returncode, output)
    if problem:
        unexpected[problem] = made
    elif not acts:
        unexpected["no noise was made"] = "expected the noise to act on the machine, it never did"
    kept = ""
    if unexpected:
        kept = str(folder.relative_to(options.results_dir))
    else:
        shutil.rmtree(folder)
    return noise.Outcome(run, seconds, passed, list(unexpected), made, kept), unexpected


# ---- the series ----

def write_tables(options: argparse.Namespace, outcomes: Sequence[noise.Outcome],
                 planned: int) -> None:
    done = f"{len(outcomes)} of {planned} runs" if len(outcomes) < planned else f"{planned} runs"
    heading = f"make noise, seed {options.seed}, {done}, {summary.now()}"
    write_file(options.results_dir / "table.md", [noise.markdown(outcomes, heading)])
    write_file(options.results_dir / "table.json",
               [noise.as_json(outcomes, planned, options.seed)])


def describe(outcome: noise.Outcome, unexpected: dict[str, str],
             options: argparse.Namespace) -> str:
    """The lines that are printed at the end of a run."""
    if not unexpected:
        return f"as expected, {outcome.passed} passed in {outcome.seconds:.1f} s; {outcome.noise}"
    lines = [f"    {test}: {why}" for test, why in list(unexpected.items())[:SHOWN]]
    if len(unexpected) > SHOWN:
        lines.append(f"    and {len(unexpected) - SHOWN} more")
    return "\n".join([
        f"UNEXPECTED {len(unexpected)}, {outcome.passed} passed in {outcome.seconds:.1f} s; "
        f"{outcome.noise}", *lines,
        f"    repeat: {noise.repeat(outcome.run, options.tests)}"])


def series(options: argparse.Namespace, outcomes: list[noise.Outcome]) -> None:
    """Runs the series, and adds each outcome to `outcomes`."""
    known = targets.load(TARGETS)
    planned = noise.series(options.target, options.kinds, options.runs, options.seed)
    cpu = max(os.sched_getaffinity(0))
    began = time.monotonic()
    for number, run in enumerate(planned):
        # Each target runs once, whatever the time.
        if (options.seconds is not None and number >= len(options.target)
                and time.monotonic() - began >= options.seconds):
            say(f"{options.seconds} s are over: {len(planned) - number} runs are left out")
            break
        head = f"run {number + 1} of {len(planned)}: {run.target}, {run.kind}, seed {run.seed}"
        say(head)
        outcome, unexpected = run_once(run, options, cpu,
                                       RUN_LIMIT * known[run.target].target_limit)
        outcomes.append(outcome)
        say(f"{head}: {describe(outcome, unexpected, options)}")
        write_tables(options, outcomes, len(planned))


def prepare(options: argparse.Namespace) -> None:
    """Fetches and builds, once for all runs. Raises SetupError."""
    ran = subprocess.run(
        [sys.executable, str(RUN), "--prepare",
         *(word for name in options.target for word in ("--target", name))],
        cwd=ROOT, check=False)
    if ran.returncode:
        raise SetupError("run.py --prepare failed; the line above says why")


def may_starve() -> bool:
    """True if this user may set SCHED_IDLE and go back to SCHED_OTHER, which needs a privilege."""
    return subprocess.run([sys.executable, "-c", IDLE_AND_BACK], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


def check_host(options: argparse.Namespace) -> None:
    """Raises SetupError if this host, or this user on it, cannot make the noise."""
    for tool in ("setpriv", "taskset"):
        if not shutil.which(tool):
            raise SetupError(f"expected the command {tool}, found none; "
                             "apt-get install util-linux")
    if {noise.STARVE, noise.ONE_CPU} & set(options.kinds):
        if not may_starve():
            raise SetupError(
                f"KINDS: {noise.STARVE} and {noise.ONE_CPU} give a thread the policy SCHED_IDLE "
                "for a while, and this user may not take it away again; run it as root, raise "
                "the limit RLIMIT_NICE to 20, or choose KINDS="
                f"{noise.BUSY},{noise.STOPS}")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    add = parser.add_argument
    add("--target", action="append", default=[], metavar="NAME[,NAME...]",
        help=f"run on this target; may be repeated. Default:\n{', '.join(MAIN)}")
    add("--kinds", default=",".join(noise.KINDS), metavar="KIND[,KIND...]",
        help="kinds of noise. Default: all")
    add("--runs", type=int, default=5, metavar="N",
        help="runs of each target under each kind. Default: 5")
    add("--seed", type=int, metavar="N", help="the seed to repeat. Default: another each time")
    add("--seconds", type=int, metavar="N", help="start no run after this time")
    add("--tests", metavar="PATTERN[,PATTERN...]", help="only these tests, as for run.py")
    add("--results-dir", type=Path, metavar="DIR",
        help="where the results go. Default: $BUILD/results/noise")
    options = parser.parse_args(arguments)

    names = [name for given in options.target for name in cli.words(given)] or list(MAIN)
    options.target = [t.name for t in targets.select(targets.load(TARGETS), names)]
    options.kinds = list(dict.fromkeys(cli.words(options.kinds)))
    if not options.kinds or not set(options.kinds) <= set(noise.KINDS):
        raise SetupError(f"KINDS: expected some of {', '.join(noise.KINDS)}; "
                         f"got '{','.join(options.kinds)}'")
    cli.positive("RUNS", options.runs)
    if options.seconds is not None and options.seconds < 0:
        raise SetupError(f"--seconds: expected 0 or more, got {options.seconds}")
    if options.seed is None:
        options.seed = secrets.randbelow(noise.SEEDS)
    if not 0 <= options.seed < noise.SEEDS:
        raise SetupError(f"SEED: expected a number from 0 to {noise.SEEDS - 1}, "
                         f"got {options.seed}")
    options.tests = cli.test_patterns(options.tests)
    options.results_dir = (options.results_dir
                           or cli.build_folder() / "results" / "noise").absolute()
    return options


def again(options: argparse.Namespace) -> str:
    """The command that repeats the whole series."""
    given = {"TARGET": " ".join(options.target), "KINDS": ",".join(options.kinds),
             "RUNS": str(options.runs), "SEED": str(options.seed), "TESTS": options.tests or ""}
    usual = {"TARGET": " ".join(MAIN), "KINDS": ",".join(noise.KINDS), "RUNS": "5", "TESTS": ""}
    quoted = (f"{name}='{value}'" if " " in value or "*" in value else f"{name}={value}"
              for name, value in given.items() if value != usual.get(name))
    return " ".join(["make noise", *quoted])


def run(options: argparse.Namespace) -> int:
    check_host(options)
    say(f"to repeat it: {again(options)}")
    outcomes: list[noise.Outcome] = []
    with lock_results(options.results_dir):
        try:
            prepare(options)
            series(options, outcomes)
        finally:
            if outcomes:
                say(f"\n{noise.text(outcomes)}\ntable: {options.results_dir}/table.md")
    return (summary.EXIT_UNEXPECTED if any(outcome.unexpected for outcome in outcomes)
            else summary.EXIT_GREEN)


def main(arguments: Sequence[str]) -> int:
    return cli.main("noise", lambda: run(parse(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
