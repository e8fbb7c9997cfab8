#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Gives jobs to a LAVA lab, and brings their results home.

    lava.py run FILE...       submit, wait for all of them, and fetch: one command
    lava.py submit FILE...    prints the number of each job
    lava.py cancel ID...
    lava.py fetch ID...       results of jobs that have ended
    lava.py read LOG...       the same from what `lava-run` printed, without a lab

FILE is a job definition of `make lava`. Results are as those of `make run`, in a folder
for each target and kernel, <target>@<kernel>/: results.ktap, junit.xml, summary.json,
kernel.log, channel.log, and lava.json about the jobs that they are of. Then, of all that
are there, what `make report` makes: index.html, matrix.html, matrix.json, and the table.

The lab's address comes from --server or LAVA_SERVER, the token for its API from the
file --token-file or from LAVA_TOKEN.

Exit status: 0 all as expected; 1 unexpected results, or a job that did not come to its
end; 2 something around it is wrong; 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from scripts import kernel_log
from tools import junit, ktap, matrix, merge, report, summary
from tools.files import write_file
from tools.results import FAILED, NOT_RUN, PASSED, SKIPPED, XFAILED, XPASSED, Result

# As LAVA calls an outcome. It knows no expected failures: a known deviation passes
# there, and its reason is in the log and in what this program writes.
LAVA_RESULT = {PASSED: "pass", XFAILED: "pass", FAILED: "fail", XPASSED: "fail",
               SKIPPED: "skip", NOT_RUN: "unknown"}
SUITE = "vgic-abi"
DESCRIPTION = re.compile(r"vgic-abi ([^\s+]+)(?:\+(\S+))?")

# Lines of lava/device/run.sh; see there.
SAYS, OUTPUT, KERNEL = "vgic-abi> ", "vgic-abi| ", "vgic-abi% "
SIGNAL = re.compile(r"<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=(\S+) RESULT=(\w+)[^>]*>")
ESCAPE = re.compile(r"\\x([0-9a-f]{2})")
# Cases of the machine, not of a test program.
OWN_CASES = ("target.refused", "target.features", "kernel.log")


def is_own(case: str) -> bool:
    """Whether a case is of the machine, as are those of what it lacks."""
    return case in OWN_CASES or case.startswith(ktap.ABSENT_RESULT)


POLL_S = 5.0
HTTP_LIMIT_S = 60
HTTP_TRIES = 5


class LabError(Exception):
    """The lab cannot be asked, or says no; the text is for a person."""


# ---- a job's log ----

@dataclass
class Entry:
    """One line of a job's log: level (target: the machine's console), text, seconds."""

    level: str
    message: Any
    time_s: float


@dataclass
class Case:
    """One result as LAVA has it."""

    name: str
    result: str
    measurement: float | None = None
    units: str = ""


def _yaml_entry(line: str) -> Any:
    """A line that is YAML and not JSON, as some are."""
    try:
        import yaml
    except ImportError as error:
        raise LabError("expected the Python module yaml; apt-get install python3-yaml") from error
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
    """The lines of a job's log. What is none of them is left out: a log may be cut off."""
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
    """What the machine said, line by line."""
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
    """Why the job did not come to its end, as LAVA says it; "" if it did."""
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
    """Undoes what lava/device/cases.awk did to a line."""
    raw = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    # Bytes, one character each, which were UTF-8 on the machine.
    return raw.encode("latin-1", "replace").decode("utf-8", "backslashreplace")


class Replay:
    """Judges a job's console as the runner judges a machine's; then `results`."""

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
        self._said: list[str] = []
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
            self._said.append(f"{word} {rest}" if word != "probe" else rest)
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
        """The program has named its tests, or could not."""
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
        said = list(self._said) if case != "kernel.log" else []
        message = "" if good else f"expected the machine to be as it should; {'; '.join(said)}"
        if case == "kernel.log" and not good:
            message = "expected no warnings and no oopses in the kernel log, got some"
        self._own[case] = Result(case, "", PASSED if good else FAILED, message, log=said)

    def _finish(self, ending: str, canceled: bool) -> None:
        """Every program that is not through gets its results nevertheless."""
        why = ending or "the console ends before the tests do"
        alarms = list(kernel_log.alarms(self.kernel_log))
        if self.ended:
            if alarms:
                self._own["kernel.log"] = Result(
                    "kernel.log", "", FAILED, kernel_log.complaint(alarms),
                    log=kernel_log.told(alarms), culprit=kernel_log.culprit(alarms))
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
        # What came over the console itself: an oops, a panic.
        if alarms:
            self._own["kernel.log"] = Result("kernel.log", "", FAILED,
                                             f"the kernel said: {alarms[0]}",
                                             log=kernel_log.told(alarms),
                                             culprit=kernel_log.culprit(alarms))


def disagreement(results: Sequence[Result], taken: Sequence[Case], ended: bool) -> list[str]:
    """Where LAVA's cases are not what the console says. Of two cases, the last counts."""
    of_lava = {case.name: case.result for case in taken if case.measurement is None}
    ours = {r.test: LAVA_RESULT[r.outcome] for r in results if r.program}
    told = [f"{name}: {word} here, {of_lava[name]} in LAVA"
            for name, word in ours.items() if name in of_lava and of_lava[name] != word]
    if ended:
        told += [f"{name}: {word} here, missing in LAVA" for name, word in ours.items()
                 if name not in of_lava and not name.endswith(".output")]
    told += [f"{name}: {word} in LAVA, unknown here" for name, word in of_lava.items()
             if name not in ours and not is_own(name)]
    return told


# ---- jobs and runs ----

@dataclass
class Job:
    """One job that has ended. ending: why it did so early, "" if it did not."""

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
    """What the machine of one run lacks, and the results of all its jobs.

    A test that two of them had has to agree.
    """
    found: dict[str, Result] = {}
    for job, replay in jobs:
        told = disagreement(replay.results, job.cases, replay.ended)
        own = list(replay.results)
        if told:
            own.append(Result("lava.cases", "", FAILED, f"job {job.id}: expected LAVA to have "
                              f"the console's results, got {len(told)} others; the first: "
                              f"{told[0]}", log=told[1:]))
        if job.ending and not job.canceled:
            own.append(Result("lava.job", "", FAILED,
                              f"expected job {job.id} to come to its end: {job.ending}"))
        for result in own:
            earlier = found.get(result.test)
            if earlier is None:
                found[result.test] = result
            elif not result.program:
                # Of the machine, each job has its own: the worse one counts.
                if result.outcome == FAILED:
                    earlier.fail(result.message)
            elif {earlier.outcome, result.outcome} == {PASSED, XFAILED}:
                # A deviation that shows at times.
                found[result.test] = result if result.outcome == XFAILED else earlier
            elif NOT_RUN in (earlier.outcome, result.outcome):
                # One of the jobs has run it, and that counts.
                found[result.test] = earlier if result.outcome == NOT_RUN else result
            elif earlier.outcome != result.outcome:
                earlier.fail(f"{earlier.outcome} in one job and {result.outcome} in another "
                             f"({job.id}); expected the same")
    # Those of one program together, as the KTAP document wants them.
    absences = ktap.Absences()
    for _, replay in jobs:
        absences.add(replay.absences.all)
    found |= {result.test: result for result in absences.results}
    programs = dict.fromkeys(result.program for result in found.values())
    return absences.all, [result for program in programs for result in found.values()
            if result.program == program]


def write_run(folder: Path, name: str, jobs: Sequence[Job]) -> dict[str, Any]:
    """Writes what `make run` leaves for a target; returns the summary."""
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
    write_file(folder / "results.ktap", ktap.document(results).encode(errors="backslashreplace"))
    write_file(folder / "junit.xml", junit.to_xml(name, kernel, results))
    write_file(folder / "lava.json", json.dumps([{
        "id": job.id, "description": job.description, "ending": job.ending, **job.about,
        "cases": len(job.cases),
        "measurements": [{"case": c.name, "measurement": c.measurement, "units": c.units}
                         for c in job.cases if c.measurement is not None],
    } for job in jobs], indent=1).encode() + b"\n")
    # Last: who finds it finds all the others.
    write_file(folder / "summary.json", json.dumps(found, indent=1).encode() + b"\n")
    return found


def write_runs(out: Path, jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """A folder for each run, and of all of them the matrix and the report."""
    summaries = []
    for name in dict.fromkeys(job.run for job in jobs):
        mine = [job for job in jobs if job.run == name]
        summaries.append(write_run(out / name, name, mine))
    found = merge.merge([merge.Files([str(out)])])
    merge.write(found, out)
    print(matrix.as_text(found.runs))
    print(f"\nresults of {len(jobs)} jobs: {out}/{report.NAME}, matrix.html, matrix.json, <run>/")
    return summaries


# ---- the lab ----

class Lab:
    """A LAVA server, by its REST interface."""

    def __init__(self, server: str, token: str) -> None:
        if urllib.parse.urlsplit(server).scheme not in ("http", "https"):
            raise LabError(f"expected the lab's address as http://... or https://..., got "
                           f"'{server}'; set LAVA_SERVER or --server")
        self._base = f"{server.rstrip('/')}/api/v0.2/"
        self._token = token

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> bytes:
        """Asks once more if the server is out of reach, as while it starts again."""
        url = path if path.startswith(self._base) else self._base + path
        request = urllib.request.Request(url, headers={"Accept": "*/*"})
        if self._token:
            request.add_header("Authorization", f"Token {self._token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        # What was sent may have arrived: a job must not be there twice.
        tries = HTTP_TRIES if body is None else 1
        for left in reversed(range(tries)):
            try:
                with urllib.request.urlopen(request, timeout=HTTP_LIMIT_S) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                said = error.read(2000).decode(errors="replace")
                if error.code < 500 or not left:
                    raise LabError(f"{url}: {error.code} {error.reason}: {said}") from error
            except OSError as error:
                if not left:
                    raise LabError(f"{url}: {error}") from error
            time.sleep(POLL_S)
        raise AssertionError("not reached")

    def _json(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            found = json.loads(self._ask(path, body))
        except ValueError as error:
            raise LabError(f"{path}: expected JSON from the lab, got something else") from error
        if not isinstance(found, dict):
            raise LabError(f"{path}: expected an object, got {found!r:.80}")
        return found

    def submit(self, definition: str) -> list[str]:
        found = self._json("jobs/", {"definition": definition})
        return [str(number) for number in found.get("job_ids", [])]

    def cancel(self, number: str) -> None:
        self._ask(f"jobs/{number}/cancel/")

    def job(self, number: str) -> dict[str, Any]:
        return self._json(f"jobs/{number}/")

    def cases(self, number: str) -> list[Case]:
        found: list[Case] = []
        suites = [s["id"] for s in self._pages(f"jobs/{number}/suites/?limit=100")
                  if str(s.get("name", "")).endswith(f"_{SUITE}")]
        for suite in suites:
            for case in self._pages(f"jobs/{number}/suites/{suite}/tests/?limit=1000"):
                measurement = case.get("measurement")
                found.append(Case(str(case["name"]), str(case["result"]),
                                  float(measurement) if measurement else None,
                                  str(case.get("unit") or "")))
        return found

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        seen = 0
        while path:
            page = self._json(path)
            results = page.get("results", [])
            yield from results
            seen += len(results)
            following = str(page.get("next") or "")
            path = f"{path.partition('?')[0]}?{urllib.parse.urlsplit(following).query}" \
                if following and results else ""

    def log(self, number: str) -> list[Entry]:
        try:
            return list(entries(self._ask(f"jobs/{number}/logs/").decode(errors="replace")))
        except LabError as error:
            # A job that never got a machine has none.
            if " 404 " in str(error):
                return []
            raise

    def fetch(self, number: str) -> Job:
        about = self.job(number)
        log = self.log(number)
        health = str(about.get("health"))
        ending = "" if health == "Complete" else verdict(log) or health
        if health == "Canceled":
            ending = "the job was canceled"
        elif not log:
            ending = f"the job has no log: {about.get('failure_comment') or health}"
        kept = ("state", "health", "actual_device", "submit_time", "start_time", "end_time")
        return Job(number, str(about.get("description", "")), log, self.cases(number), ending,
                   health == "Canceled", {key: about.get(key) for key in kept})

    def wait(self, numbers: Sequence[str], say: Any) -> None:
        """Until all have ended. LAVA's own time limits see to that."""
        waiting = dict.fromkeys(numbers, "")
        while waiting:
            for number in list(waiting):
                about = self.job(number)
                state = str(about.get("state"))
                if state != waiting[number]:
                    waiting[number] = state
                    say(f"job {number}: {about.get('description')}: {state}"
                        + (f", {about.get('health')}" if state == "Finished" else
                           f" on {about['actual_device']}" if about.get("actual_device") else ""))
                if state == "Finished":
                    del waiting[number]
            if waiting:
                time.sleep(POLL_S)


# ---- the command line ----

def read_log(path: Path) -> Job:
    """What `lava-run` printed. Its job is called as the file is."""
    try:
        log = list(entries(path.read_text(encoding="utf-8", errors="replace")))
    except OSError as error:
        raise LabError(f"{path}: {error.strerror}") from error
    if not log:
        raise LabError(f"{path}: expected the log of a LAVA job, got something else")
    return Job(path.stem, f"vgic-abi {path.stem}", log, cases(log), verdict(log))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("run", "submit", "cancel", "fetch", "read"))
    parser.add_argument("what", nargs="+", metavar="FILE|ID|LOG")
    parser.add_argument("--server", default=os.environ.get("LAVA_SERVER", ""), metavar="URL")
    parser.add_argument("--token-file", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: <build>/results/lava",
                        default=Path(os.environ.get("BUILD") or ROOT / "build") / "results/lava")
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> int:
    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    if options.command == "read":
        jobs = [read_log(Path(name)) for name in options.what]
        return summary.exit_status(write_runs(options.out, jobs))
    token = os.environ.get("LAVA_TOKEN", "")
    if options.token_file:
        token = options.token_file.read_text(encoding="utf-8").strip()
    lab = Lab(options.server, token)
    numbers = options.what
    if options.command == "cancel":
        for number in numbers:
            lab.cancel(number)
        return 0
    if options.command in ("run", "submit"):
        # All are read before the first is submitted.
        texts = [Path(name).read_text(encoding="utf-8") for name in options.what]
        numbers = [number for text in texts for number in lab.submit(text)]
        if options.command == "submit":
            print("\n".join(numbers))
            return 0
        say(f"submitted {len(numbers)} jobs: {' '.join(numbers)}")
        lab.wait(numbers, say)
    jobs = [lab.fetch(number) for number in numbers]
    summaries = write_runs(options.out, jobs)
    status = summary.exit_status(summaries)
    return status or int(any(job.ending for job in jobs))


def main(arguments: Sequence[str]) -> int:
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return run(parse(arguments))
    except LabError as error:
        print(f"lava: {error}", file=sys.stderr)
        return summary.EXIT_USAGE
    except OSError as error:
        print(f"lava: {error.filename or 'output'}: {error.strerror}", file=sys.stderr)
        return summary.EXIT_USAGE
    except KeyboardInterrupt:
        print("lava: interrupted; jobs that were submitted go on", file=sys.stderr)
        return summary.EXIT_INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
