#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`make check`: all tests of this project; last line `N passed, N failed`.

    check.py [--fast | --long] [TEST...]
                        all tests, or those named as for `python3 -m unittest`
      --fast            tests that take seconds: `make check FAST=1`
      --long            only tests that `make check` leaves out: `make check-long`

There are three layers, the fast ones first: pure, build (tests that compile) and machines
(tests that boot). Each CPU has a process that runs one class of tests at a time; in each layer,
classes that took longest in the last run are first. A failure is printed when it happens, with the
command that repeats it, and again at the end. marks.py has the marks of tests.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import io
import json
import os
import selectors
import shlex
import signal
import sys
import time
import traceback
import unittest
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.cli import SIGNALS, Interrupted

BUILD = Path(os.environ.get("BUILD") or ROOT / "build").absolute()

# marks.layer() puts a class into a layer other than its module's.
LAYERS = {
    "pure": (
        "tests.test_registers", "tests.test_rules", "tests.test_statements",
        "tests.test_results",
        "tests.test_check",
        "tests.test_imports",
        "tests.test_cli",
        "tests.test_fetch",
        "tests.test_machine_time",
        "tests.test_session",
        "tests.test_prepare",
        "tests.test_failures",
        "tests.test_ktap", "tests.test_reproducers",
        "tests.test_faults",
        "tests.test_mutants",
        "tests.test_matrix",
        "tests.test_report",
        "tests.test_merge",
        "tests.test_tap",
        "tests.test_export",
        "tests.test_documentation",
        "tests.test_lava",
        "tests.test_makefile",
        "tests.test_layers", "tests.test_layout",
        "tests.test_noise",
        "tests.test_bench",
        "tests.test_bisect",
    ),
    "build": (
        "tests.test_static",
        "tests.test_pure",
        "tests.test_vgic_run",
        "tests.test_arm_backend",
        "tests.test_kernel_tree", "tests.test_upstream",
        "tests.test_deb",
    ),
    "machines": (
        "tests.test_runner",
        "tests.test_waits",
        "tests.test_refkernel",
        "tests.test_suite",
    ),
}
# The time each class took in the last run.
TIMES = BUILD / "check-times.json"

# After this time without output, the running tests are printed.
QUIET_S = 15
# Time that workers get to end before they and their children are killed.
STOP_S = 15

# The user's variables. The command that repeats a failed test sets them again.
USER_VARIABLES = ("BUILD", "KSRC", "VGIC_ABI_CACHE")


# ---- selection ----


@dataclass
class Unit:
    """Tests that run in one process, one at a time."""

    name: str
    layer: str
    alone: bool
    tests: list[unittest.TestCase]


def flat(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def mark_of(test: unittest.TestCase, mark: str) -> Any:
    """The mark of the test itself, or of its class."""
    method = getattr(test, getattr(test, "_testMethodName", ""), None)
    return getattr(method, mark, getattr(type(test), mark, None))


def layer_of(test: unittest.TestCase) -> str:
    home = type(test).__module__
    return (mark_of(test, "check_layer")
            or next((layer for layer, modules in LAYERS.items() if home in modules), "pure"))


def has_fixture(kind: type) -> bool:
    """Whether a class has a fixture for all of its tests."""
    return any(getattr(kind, name).__func__ is not getattr(unittest.TestCase, name).__func__
               for name in ("setUpClass", "tearDownClass"))


def units_of(source: str, wanted: Callable[[unittest.TestCase], bool]) -> list[Unit]:
    units: dict[str, Unit] = {}
    for test in flat(unittest.defaultTestLoader.loadTestsFromName(source)):
        if not wanted(test):
            continue
        kind = type(test)
        name = f"{kind.__module__}.{kind.__qualname__}"
        if name.startswith("unittest.loader."):
            # The module cannot be imported.
            name = source
        elif hasattr(sys.modules[kind.__module__], "setUpModule"):
            name = kind.__module__
        elif mark_of(test, "check_apart") and not has_fixture(kind):
            name = test.id()
        unit = units.setdefault(name, Unit(name, layer_of(test),
                                           bool(mark_of(test, "check_alone")), []))
        unit.tests.append(test)
    return list(units.values())


def chosen_units(names: Sequence[str], fast: bool, long: bool) -> list[Unit]:
    """The units of these names, in the order in which they start."""
    def wanted(test: unittest.TestCase) -> bool:
        if names:
            return True
        is_long = bool(mark_of(test, "check_long"))
        if fast and (is_long or mark_of(test, "check_slow") or layer_of(test) == "machines"):
            return False
        return is_long == long

    units: dict[str, Unit] = {}
    for name in names or [name for modules in LAYERS.values() for name in modules]:
        for unit in units_of(name, wanted):
            known = units.setdefault(unit.name, unit)
            if known is not unit:
                ids = {test.id() for test in known.tests}
                known.tests += [test for test in unit.tests if test.id() not in ids]
    took = last_times()
    order = list(LAYERS)
    # Units whose time is unknown come first, in the order of LAYERS.
    return sorted(units.values(), key=lambda unit: (
        order.index(unit.layer), unit.alone, -took.get(unit.name, float("inf"))))


def without_layer() -> list[str]:
    """Modules of tests that are in no layer."""
    known = {f"tests.{path.stem}" for path in (ROOT / "tests").glob("test_*.py")}
    return sorted(known - {name for modules in LAYERS.values() for name in modules})


def last_times() -> dict[str, float]:
    try:
        times = json.loads(TIMES.read_text(encoding="utf-8"))
        return {str(name): float(seconds) for name, seconds in times.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def save_times(took: dict[str, float]) -> None:
    with contextlib.suppress(OSError):
        TIMES.parent.mkdir(parents=True, exist_ok=True)
        new = TIMES.with_name(f"{TIMES.name}.{os.getpid()}.new")
        new.write_text(json.dumps({**last_times(), **took}, indent=1) + "\n", encoding="utf-8")
        os.replace(new, TIMES)


# ---- worker process ----


def id_of(test: object) -> str:
    """The test's name as CHECKS= takes it."""
    name = test.id() if isinstance(test, unittest.TestCase) else str(test)
    if not isinstance(test, unittest.TestCase) and name.endswith(")"):
        # "setUpClass (tests.test_x.Class)"
        return name[name.index("(") + 1:-1]
    # The name of a subtest follows in brackets.
    return name.split(" ")[0]


class Result(unittest.TestResult):
    """Emits each result at once."""

    def __init__(self, emit: Callable[..., None]) -> None:
        super().__init__()
        self._emit = emit
        self._began = time.monotonic()

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._began = time.monotonic()
        self._emit("begins", id_of(test))

    def _ended(self, word: str, test: object, detail: str = "") -> None:
        self._emit(word, id_of(test), seconds=time.monotonic() - self._began, detail=detail)

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self._ended("ok", test)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self._ended("skipped", test, reason)

    def _fail(self, test: object, error: object) -> None:
        self._ended("FAILED", test,
                    self._exc_info_to_string(error, test))  # type: ignore[attr-defined]

    def addFailure(self, test: unittest.TestCase, err: object) -> None:
        super().addFailure(test, err)  # type: ignore[arg-type]
        self._fail(test, err)

    def addError(self, test: unittest.TestCase, err: object) -> None:
        super().addError(test, err)  # type: ignore[arg-type]
        self._fail(test, err)

    def addSubTest(self, test, subtest, err) -> None:  # type: ignore[no-untyped-def]
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._fail(subtest, err)

    def addExpectedFailure(self, test, err) -> None:  # type: ignore[no-untyped-def]
        super().addExpectedFailure(test, err)
        self._fail(test, err)

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self._ended("FAILED", test, "expected the test to fail, it passed\n")


def run_worker(units: Sequence[Unit], orders: int, events: int) -> None:
    """Runs the units whose numbers it reads, until end of file."""
    # End with the parent, even if it is killed.
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGINT)
    with open(events, "w", encoding="utf-8", errors="backslashreplace") as out, \
            open(orders, encoding="ascii") as incoming:
        def emit(word: str, test: str = "", **kwargs: object) -> None:
            out.write(json.dumps({"word": word, "test": test, **kwargs}) + "\n")
            out.flush()

        for line in iter(incoming.readline, ""):
            unit = units[int(line)]
            began = time.monotonic()
            output = io.StringIO()
            try:
                unittest.TestSuite(unit.tests).run(Result(emit))
            except KeyboardInterrupt:
                os._exit(128 + signal.SIGINT)
            except BaseException:  # pylint: disable=broad-except
                traceback.print_exc(file=output)
                emit("FAILED", unit.name, seconds=time.monotonic() - began,
                     detail=output.getvalue())
            emit("unit", unit.name, seconds=time.monotonic() - began)


@dataclass
class Worker:
    pid: int
    orders: int
    events: int
    unit: Unit | None = None
    began: float = 0.0
    running: str = ""
    left: set[str] = field(default_factory=set)
    buffer: bytes = b""


# ---- main process ----


class Check:
    """Hands units to worker processes and prints their results."""

    def __init__(self, units: Sequence[Unit], jobs: int) -> None:
        self.units = units
        self.jobs = max(1, min(jobs, len(units)))
        self.passed = self.skipped = self.done = 0
        self.total = sum(len(unit.tests) for unit in units)
        self.broken: dict[str, str] = {}
        self.took: dict[str, float] = {}
        self.spent: dict[str, float] = {}
        self._waiting = list(range(len(units)))
        self._workers: list[Worker] = []
        self._selector = selectors.DefaultSelector()
        self._last_output = time.monotonic()

    # ---- output ----

    def say(self, text: str) -> None:
        print(text, flush=True)
        self._last_output = time.monotonic()

    def _repeat(self, test: str) -> str:
        given = "".join(f" {word}={shlex.quote(value)}" for word in USER_VARIABLES
                        if (value := os.environ.get(word))
                        and Path(value).absolute() != ROOT / "build")
        return f"make check CHECKS={test}{given}"

    def _result(self, unit: Unit, event: dict[str, Any]) -> None:
        word, test = event["word"], event["test"]
        if test.startswith("unittest.loader."):
            test = unit.name
        detail = f": {event['detail']}" if word == "skipped" else ""
        if word == "FAILED":
            repeat = self._repeat(test)
            detail = f"\n{event['detail']}repeat: {repeat}"
            self.broken.setdefault(test, repeat)
        self.say(f"[{self.done} of {self.total}, {unit.layer}] {word} {test} "
                 f"({event['seconds']:.1f} s){detail}")

    def _report_running(self) -> None:
        """Prints the running tests."""
        now = time.monotonic()
        running = [f"{worker.running or worker.unit.name} for {now - worker.began:.0f} s"
                   for worker in self._workers if worker.unit]
        self.say(f"[{self.done} of {self.total}] still at work: {', '.join(running)}")

    # ---- processes ----

    def _start(self) -> None:
        orders_out, orders_in = os.pipe()
        events_out, events_in = os.pipe()
        sys.stdout.flush()
        pid = os.fork()
        if not pid:
            try:
                # A process group, so that a signal to the group reaches the worker's children.
                os.setpgid(0, 0)
                for worker in self._workers:
                    os.close(worker.orders)
                    os.close(worker.events)
                os.close(orders_in)
                os.close(events_out)
                with open(os.devnull, encoding="ascii") as nothing:
                    os.dup2(nothing.fileno(), 0)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                run_worker(self.units, orders_out, events_in)
            except KeyboardInterrupt:
                pass
            finally:
                os._exit(0)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        os.close(orders_out)
        os.close(events_in)
        worker = Worker(pid, orders_in, events_out)
        self._workers.append(worker)
        self._selector.register(events_out, selectors.EVENT_READ, worker)

    def _dispatch(self) -> None:
        for worker in self._workers:
            if worker.unit or not self._waiting:
                continue
            busy = [other.unit for other in self._workers if other.unit]
            number = self._waiting[0]
            if busy and (self.units[number].alone or any(unit.alone for unit in busy)):
                continue
            self._waiting.pop(0)
            worker.unit = self.units[number]
            worker.began = time.monotonic()
            worker.left = {test.id() for test in worker.unit.tests}
            os.write(worker.orders, f"{number}\n".encode())

    def _event(self, worker: Worker, event: dict[str, Any]) -> None:
        unit = worker.unit
        assert unit
        if event["word"] == "begins":
            worker.running, worker.began = event["test"], time.monotonic()
        elif event["word"] == "unit":
            self.took[unit.name] = event["seconds"]
            self._unit_ended(worker)
        else:
            if event["test"] in worker.left:
                worker.left.discard(event["test"])
                self.done += 1
            self.passed += event["word"] == "ok"
            self.skipped += event["word"] == "skipped"
            self._result(unit, event)

    def _unit_ended(self, worker: Worker) -> None:
        # Tests whose class could not be set up are not reported one by one.
        self.done += len(worker.left)
        assert worker.unit
        layer = worker.unit.layer
        self.spent[layer] = self.spent.get(layer, 0.0) + self.took.get(worker.unit.name, 0.0)
        worker.unit, worker.running, worker.left = None, "", set()

    def _worker_died(self, worker: Worker) -> None:
        self._selector.unregister(worker.events)
        os.close(worker.events)
        os.close(worker.orders)
        self._workers.remove(worker)
        _, status = os.waitpid(worker.pid, 0)
        if worker.unit:
            code = os.waitstatus_to_exitcode(status)
            how = f"signal {signal.Signals(-code).name}" if code < 0 else f"status {code}"
            test = worker.running or worker.unit.name
            self._event(worker, {"word": "FAILED", "test": test,
                                 "seconds": time.monotonic() - worker.began,
                                 "detail": f"expected the test to finish, got {how} of its "
                                           "process\n"})
            self._unit_ended(worker)

    def _read(self, worker: Worker) -> None:
        data = os.read(worker.events, 65536)
        if not data:
            self._worker_died(worker)
            return
        *lines, worker.buffer = (worker.buffer + data).split(b"\n")
        for line in lines:
            self._event(worker, json.loads(line))

    def _stop_workers(self, number: int) -> None:
        """Signals the workers' process groups.

        Kills the rest of them when all workers have ended, at the latest after STOP_S.
        """
        for worker in self._workers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.pid, number)
        deadline = time.monotonic() + STOP_S
        left = list(self._workers)
        while left and time.monotonic() < deadline:
            left = [worker for worker in left if not os.waitpid(worker.pid, os.WNOHANG)[0]]
            time.sleep(0.05)
        for worker in self._workers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)

    def run(self) -> None:
        """Raises Interrupted on a signal, after all workers have ended."""
        def stop(number: int, _frame: object) -> None:
            raise Interrupted(number)

        # A shell's background job ignores SIGINT. Programs whose reaction to Ctrl-C is tested
        # would inherit that.
        for number in SIGNALS:
            signal.signal(number, stop)
        try:
            while self._waiting or any(worker.unit for worker in self._workers):
                while len(self._workers) < self.jobs and self._waiting:
                    self._start()
                self._dispatch()
                quiet = time.monotonic() - self._last_output
                ready = self._selector.select(max(0.1, QUIET_S - quiet))
                for key, _ in ready:
                    self._read(key.data)
                if time.monotonic() - self._last_output >= QUIET_S:
                    self._report_running()
        except BaseException:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            self._stop_workers(signal.SIGINT)
            raise
        for worker in self._workers:
            os.close(worker.orders)
            os.waitpid(worker.pid, 0)

    def summary(self) -> None:
        for test, repeat in self.broken.items():
            self.say(f"FAILED {test}  [{repeat}]")
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        self.say(f"{self.passed} passed, {len(self.broken)} failed{skipped}")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--fast", action="store_true")
    kinds.add_argument("--long", action="store_true")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), metavar="N",
                        help="number of worker processes (default: number of CPUs)")
    parser.add_argument("tests", nargs="*", metavar="TEST")
    options = parser.parse_args(arguments)
    if missing := without_layer():
        print(f"check.py: {missing[0]} has no layer: add it to LAYERS", file=sys.stderr)
        return 2
    began = time.monotonic()
    units = chosen_units(options.tests, options.fast, options.long)
    check = Check(units, options.jobs)
    try:
        check.run()
    except Interrupted as interrupted:
        check.say(f"interrupted by {interrupted}, {check.total - check.done} tests were not run")
        check.summary()
        return 128 + interrupted.number
    finally:
        save_times(check.took)
    check.say(f"{time.monotonic() - began:.0f} s; seconds in tests: " + ", ".join(
        f"{layer} {seconds:.0f}" for layer, seconds in check.spent.items()))
    check.summary()
    return 0 if check.passed and not check.broken else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
