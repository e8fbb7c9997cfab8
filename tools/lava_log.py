# SPDX-License-Identifier: GPL-2.0-only
"""Turns the log of a LAVA job into results like those of `make run`.

A run is a target on a kernel, and one or more jobs. Its folder <target>@<kernel>/ has
results.ktap, junit.xml, summary.json, kernel.log and channel.log, and lava.json about the
jobs that the results come from.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tools import junit, kernel_log, ktap, merge, reproducers, summary
from tools.files import write_file
from tools.results import FAILED, NOT_RUN, PASSED, SKIPPED, XFAILED, XPASSED, Result

# LAVA's names of outcomes. LAVA has no expected failures: a known deviation passes there, and its
# reason is in the log and in the results here.
LAVA_RESULT = {PASSED: "pass", XFAILED: "pass", FAILED: "fail", XPASSED: "fail",
               SKIPPED: "skip", NOT_RUN: "unknown"}
SUITE = "vgic-abi"
DESCRIPTION = re.compile(r"vgic-abi ([^\s+]+)(?:\+(\S+))?")

# Prefixes of lines, see lava/device/run.sh.
SAYS, OUTPUT, KERNEL = "vgic-abi> ", "vgic-abi| ", "vgic-abi% "
SIGNAL = re.compile(r"<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=(\S+) RESULT=(\w+)[^>]*>")
ESCAPE = re.compile(r"\\x([0-9a-f]{2})")
# Cases of the machine, not of a test program.
OWN_CASES = ("target.refused", "target.features", "kernel.log")


def is_own(case: str) -> bool:
    """True if a case is about the machine, for example about an absent feature."""
    return case in OWN_CASES or case.startswith(ktap.ABSENT_RESULT)


class LogError(Exception):
    """The text is not the log of a job, or cannot be read here; the message says why."""


# ---- a job's log ----

@dataclass
class Entry:
    """One line of a job's log: level (target: the machine's console), text, seconds."""

    level: str
    message: Any
    time_s: float


@dataclass
class Case:
    """One result in LAVA."""

    name: str
    result: str
    measurement: float | None = None
    units: str = ""


def _yaml_entry(line: str) -> Any:
    """Parses a line that is YAML and not JSON, as some lines are."""
    try:
        import yaml
    except ImportError as error:
        raise LogError("expected the Python module yaml; apt-get install python3-yaml") from error
    try:
        found = yaml.load(line, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.YAMLError:
        return None
    return found[0] if isinstance(found, list) and len(found) == 1 else found


def _seconds(text: Any) -> float:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return 0.0


def entries(text: str) -> Iterator[Entry]:
    """The lines of a job's log. Malformed lines are left out, since a log may be cut off."""
    for line in text.splitlines():
        line = line.strip()
        bare = line.removeprefix("- ")
        if not bare.startswith("{"):
            continue
        try:
            found = json.loads(bare)
        except ValueError:
            found = _yaml_entry(bare)
        if isinstance(found, dict) and isinstance(found.get("lvl"), str):
            yield Entry(found["lvl"], found.get("msg", ""), _seconds(found.get("dt")))


def console(log: Iterable[Entry]) -> Iterator[tuple[str, float]]:
    """The machine's console, line by line."""
    for entry in log:
        if entry.level == "target":
            for line in str(entry.message).split("\n"):
                yield line.rstrip("\r"), entry.time_s


def cases(log: Iterable[Entry]) -> list[Case]:
    """The results that LAVA took from the console."""
    found = []
    for entry in log:
        message = entry.message
        if (entry.level == "results" and isinstance(message, dict)
                and str(message.get("definition", "")).endswith(f"_{SUITE}")):
            measurement = message.get("measurement")
            found.append(Case(str(message.get("case")), str(message.get("result")),
                              float(measurement) if measurement is not None else None,
                              str(message.get("units", ""))))
    return found


def verdict(log: Iterable[Entry]) -> str:
    """Why the job ended early, in LAVA's words; "" if it ended regularly."""
    for entry in log:
        message = entry.message
        if (entry.level == "results" and isinstance(message, dict)
                and message.get("case") == "job" and message.get("definition") == "lava"):
            if message.get("result") == "pass":
                return ""
            return (f"{message.get('error_type', 'error')}: "
                    f"{message.get('error_msg', 'LAVA does not say why')}")
    return "the log ends before the job does"


# ---- from the console to results ----

def unescaped(text: str) -> str:
    """Undoes the escapes of lava/device/cases.awk."""
    raw = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    # Each character stands for one byte of the machine's UTF-8.
    return raw.encode("latin-1", "replace").decode("utf-8", "backslashreplace")


class Replay:
    """Judges a job's console as the runner judges a machine's. `results` has the results."""

    def __init__(self, lines: Iterable[tuple[str, float]], ending: str,
                 canceled: bool = False) -> None:
        self.release = ""
        self.ended = False
        self.kernel_log: list[str] = []
        self.absences = ktap.Absences()
        self._judges: list[ktap.ProgramJudge] = []
        self._judge: ktap.ProgramJudge | None = None
        self._names: list[str] = []
        self._waiting: list[str] = []
        self._open = False
        self._setup: list[str] = []
        self._own: dict[str, Result] = {}
        self._time = 0.0
        for line, time_s in lines:
            self._time = time_s or self._time
            self._take(line)
        self._finish(ending, canceled)

    @property
    def results(self) -> list[Result]:
        last = self._own.get("kernel.log")
        return [*(r for r in self._own.values() if r is not last),
                *(result for judge in self._judges for result in judge.results),
                *([last] if last else [])]

    def _take(self, line: str) -> None:
        if line.startswith(OUTPUT):
            if self._judge:
                self._judge.feed(unescaped(line.removeprefix(OUTPUT)), self._time)
        elif line.startswith(KERNEL):
            self.kernel_log.append(line.removeprefix(KERNEL))
        elif line.startswith(SAYS):
            word, _, rest = line.removeprefix(SAYS).partition(" ")
            self._take_word(word, rest.strip())
        elif signal := SIGNAL.search(line):
            if signal[1] in OWN_CASES:
                self._take_own(signal[1], signal[2])
        elif not line.startswith("<LAVA_"):
            self.kernel_log.append(line)

    def _take_word(self, word: str, rest: str) -> None:
        judge = self._judge
        if word == "kernel":
            self.release = rest.split(" ")[0]
        elif word == "programs":
            self._waiting = rest.split()
        elif word in ("probe", "module", "expects"):
            self._setup.append(f"{word} {rest}" if word != "probe" else rest)
        elif word == "program":
            self._names = []
            self._judge = None
            self._program = rest.split(" ")[0]
        elif word == "name":
            self._names.append(rest)
        elif word == "listed":
            self._begin(rest)
        elif word == "without":
            with contextlib.suppress(ValueError):
                self.absences.add(ktap.read_listing(self._names).absent)
            self._waiting = [name for name in self._waiting if name != rest]
        elif word == "begin":
            self._open = True
        elif word in ("exit", "timeout") and judge:
            status = int(rest) if word == "exit" and rest.isdigit() else None
            cause = None if word == "exit" else ("still ran at the end of the program's time "
                                                 "limit")
            judge.end(status, cause, self._time)
            self._open = False
        elif word == "abandoned" and judge:
            judge.abandon(f"{judge.program} had to be started again too often")
        elif word == "end":
            self.ended = True

    def _begin(self, status: str) -> None:
        """Begins a program, which has listed its tests or failed to do so."""
        names: list[str] | None = None
        trouble = None
        if status == "0":
            try:
                listing = ktap.read_listing(self._names)
                names = listing.names
                self.absences.add(listing.absent)
            except ValueError as error:
                trouble = str(error)
        elif status != str(ktap.STATUS_SKIP):
            trouble = (ktap.describe_status(int(status)) if status.isdigit()
                       else "still ran at its time limit")
        self._judge = ktap.ProgramJudge(self._program, names)
        if trouble:
            self._judge.complain(f"{self._program} --list: {trouble}")
        self._judges.append(self._judge)
        self._waiting = [name for name in self._waiting if name != self._program]

    def _take_own(self, case: str, result: str) -> None:
        good = result == "pass"
        setup = list(self._setup) if case != "kernel.log" else []
        message = "" if good else f"expected a machine as the job describes it; {'; '.join(setup)}"
        if case == "kernel.log" and not good:
            message = "expected no warnings and no oopses in the kernel log, got some"
        self._own[case] = Result(case, "", PASSED if good else FAILED, message, log=setup)

    def _finish(self, ending: str, canceled: bool) -> None:
        """Adds results for programs that have not ended."""
        why = ending or "the console ends before the tests do"
        alarms = list(kernel_log.alarms(self.kernel_log))
        if self.ended:
            if alarms:
                self._own["kernel.log"] = Result(
                    "kernel.log", "", FAILED, kernel_log.complaint(alarms),
                    log=kernel_log.accounts(alarms), culprit=kernel_log.culprit(alarms))
            return
        if not self.release and not canceled:
            self._own["target.boot"] = Result(
                "target.boot", "", FAILED, f"expected the machine to come up: {why}",
                log=kernel_log.since(self.kernel_log, None))
        judge = self._judge
        if judge and self._open:
            again: str | None = ""
            if not canceled:
                log = kernel_log.since(self.kernel_log, judge.running)
                again, _ = judge.end(None, why, self._time, log)
            if again is not None:
                judge.abandon(why)
        for name in self._waiting:
            judge = ktap.ProgramJudge(name, None)
            judge.abandon(why)
            self._judges.append(judge)
        # An oops or a panic that the kernel has printed on the console.
        if alarms:
            self._own["kernel.log"] = Result("kernel.log", "", FAILED,
                                             f"the kernel's message: {alarms[0]}",
                                             log=kernel_log.accounts(alarms),
                                             culprit=kernel_log.culprit(alarms))


def disagreement(results: Sequence[Result], taken: Sequence[Case], ended: bool) -> list[str]:
    """Differences between LAVA's cases and the console. Of cases with one name, the last counts."""
    of_lava = {case.name: case.result for case in taken if case.measurement is None}
    of_console = {r.test: LAVA_RESULT[r.outcome] for r in results if r.program}
    differences = [f"{name}: {word} here, {of_lava[name]} in LAVA"
                   for name, word in of_console.items()
                   if name in of_lava and of_lava[name] != word]
    if ended:
        differences += [f"{name}: {word} here, missing in LAVA" for name, word in of_console.items()
                        if name not in of_lava and not name.endswith(".output")]
    differences += [f"{name}: {word} in LAVA, unknown here" for name, word in of_lava.items()
                    if name not in of_console and not is_own(name)]
    return differences


# ---- jobs and runs ----

@dataclass
class Job:
    """A job that has ended. ending: why it ended early, "" if it ended regularly."""

    id: str
    description: str
    log: list[Entry]
    cases: list[Case]
    ending: str = ""
    canceled: bool = False
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def run(self) -> str:
        match = DESCRIPTION.fullmatch(self.description)
        return match[1] if match else f"lava-job-{self.id}"


def merged(jobs: Sequence[tuple[Job, Replay]]) -> tuple[list[ktap.Absence], list[Result]]:
    """The features that the machine of one run lacks, and the results of all its jobs.

    Results of a test that ran in two jobs have to agree.
    """
    found: dict[str, Result] = {}
    for job, replay in jobs:
        differences = disagreement(replay.results, job.cases, replay.ended)
        own = list(replay.results)
        if differences:
            own.append(Result("lava.cases", "", FAILED, f"job {job.id}: expected LAVA to have "
                              f"the console's results, got {len(differences)} others; the first: "
                              f"{differences[0]}", log=differences[1:]))
        if job.ending and not job.canceled:
            own.append(Result("lava.job", "", FAILED,
                              f"expected job {job.id} to complete: {job.ending}"))
        for result in own:
            earlier = found.get(result.test)
            if earlier is None:
                found[result.test] = result
            elif not result.program:
                # Each job has results about its machine, of which the worst counts.
                if result.outcome == FAILED:
                    earlier.fail(result.message)
            elif {earlier.outcome, result.outcome} == {PASSED, XFAILED}:
                # A deviation that occurs only sometimes.
                found[result.test] = result if result.outcome == XFAILED else earlier
            elif NOT_RUN in (earlier.outcome, result.outcome):
                # The result of the job that has run the test counts.
                found[result.test] = earlier if result.outcome == NOT_RUN else result
            elif earlier.outcome != result.outcome:
                earlier.fail(f"{earlier.outcome} in one job and {result.outcome} in another "
                             f"({job.id}); expected the same")
    # Results of one program have to be adjacent in the KTAP document.
    absences = ktap.Absences()
    for _, replay in jobs:
        absences.add(replay.absences.all)
    found |= {result.test: result for result in absences.results}
    programs = dict.fromkeys(result.program for result in found.values())
    return absences.all, [result for program in programs for result in found.values()
            if result.program == program]


def write_run(folder: Path, name: str, jobs: Sequence[Job]) -> dict[str, Any]:
    """Writes the files that `make run` leaves for a target; returns the summary."""
    folder.mkdir(parents=True, exist_ok=True)
    replays = [(job, Replay(console(job.log), job.ending, job.canceled)) for job in jobs]
    absent, results = merged(replays)
    kernel = next((r.release for _, r in replays if r.release), "") or "(did not boot)"
    times = [entry.time_s for job in jobs for entry in job.log if entry.time_s]
    found = summary.summarize(name, kernel, max(times) - min(times) if times else 0.0, results,
                              any(job.canceled for job in jobs), absent=absent)
    header = [f"==== job {job.id}: {job.description} ====\n" for job in jobs]
    write_file(folder / "kernel.log", "".join(
        head + "".join(f"{line}\n" for line in replay.kernel_log)
        for head, (_, replay) in zip(header, replays)).encode(errors="backslashreplace"))
    write_file(folder / "channel.log", "".join(
        head + "".join(f"{line}\n" for line, _ in console(job.log))
        for head, job in zip(header, jobs)).encode(errors="backslashreplace"))
    for result in results:
        reproducers.write(folder, result.files)
    write_file(folder / "results.ktap", ktap.document(results).encode(errors="backslashreplace"))
    write_file(folder / "junit.xml", junit.to_xml(name, kernel, results))
    write_file(folder / "lava.json", json.dumps([{
        "id": job.id, "description": job.description, "ending": job.ending, **job.about,
        "cases": len(job.cases),
        "measurements": [{"case": c.name, "measurement": c.measurement, "units": c.units}
                         for c in job.cases if c.measurement is not None],
    } for job in jobs], indent=1).encode() + b"\n")
    # Write the summary last: if it exists, all other files exist.
    write_file(folder / "summary.json", json.dumps(found, indent=1).encode() + b"\n")
    return found


def write_runs(out: Path, jobs: Sequence[Job]) -> tuple[list[dict[str, Any]], merge.Merged]:
    """Writes a folder for each run, and matrix and report of all runs in `out`.

    Returns the summaries of these jobs' runs, and all runs in `out`.
    """
    summaries = []
    for name in dict.fromkeys(job.run for job in jobs):
        mine = [job for job in jobs if job.run == name]
        summaries.append(write_run(out / name, name, mine))
    found = merge.merge([merge.Files([str(out)])])
    merge.write(found, out)
    return summaries, found


def read(path: Path) -> Job:
    """The output of `lava-run`; the job is named after the file. Raises OSError, LogError."""
    log = list(entries(path.read_text(encoding="utf-8", errors="replace")))
    if not log:
        raise LogError(f"{path}: expected the log of a LAVA job, got something else")
    return Job(path.stem, f"vgic-abi {path.stem}", log, cases(log), verdict(log))
