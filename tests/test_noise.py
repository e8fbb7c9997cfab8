# SPDX-License-Identifier: GPL-2.0-only
"""`make noise`: its schedule, its table and its short form. No noise outlives run_noise.py."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from itertools import islice
from pathlib import Path

from scripts import noise_maker
from scripts import run_noise as tool
from scripts.errors import SetupError
from tests import marks
from tests.events import LIMIT_S, await_true
from tools import noise

ROOT = Path(__file__).resolve().parent.parent

# Stands in for QEMU: a process with QEMU's name and with threads named like its CPUs. With the
# argument "until-continued" it ends on SIGCONT.
MACHINE = """
    import os, signal, sys, threading
    def named(name, ready):
        open(f"/proc/self/task/{threading.get_native_id()}/comm", "w").write(name)
        ready.set()
        threading.Event().wait()
    for name in os.environ["NOISE_CPUS"].split(","):
        ready = threading.Event()
        threading.Thread(target=named, args=(name, ready), daemon=True).start()
        ready.wait()
    if sys.argv[1] == "until-continued":
        signal.signal(signal.SIGCONT, lambda *_: sys.exit())
    open("/proc/self/comm", "w").write("qemu-system-xyz")
    while True:
        signal.pause()
"""

# Stands in for run.py: starts a machine, and writes a summary with the results of NOISE_RESULTS.
RUNNER = """
    import argparse, json, os, signal, subprocess, sys
    from pathlib import Path
    parser = argparse.ArgumentParser()
    for name in ("--target", "--results-dir", "--tests"):
        parser.add_argument(name)
    parser.add_argument("--prepare", action="store_true")
    options = parser.parse_args()
    if options.prepare:
        sys.exit()
    mode, results = os.environ["NOISE_MODE"], json.loads(os.environ["NOISE_RESULTS"])
    if mode == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if mode != "no-machine":
        machine = subprocess.Popen([sys.executable, os.environ["NOISE_MACHINE"], mode],
                                   start_new_session=True)
        def end(*_):
            machine.kill()
            sys.exit(143)
        if mode != "stubborn":
            signal.signal(signal.SIGTERM, end)
        machine.wait()
    folder = Path(options.results_dir, options.target)
    folder.mkdir()
    summary = {"passed": 7, "results": results}
    (folder / "summary.json").write_text(json.dumps(summary))
    sys.exit(1 if results else 0)
"""

# run_noise.py with RUNNER in place of run.py.
NOISE = """
    import sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[1])
    from scripts import run_noise
    run_noise.RUN = Path(sys.argv[2])
    sys.exit(run_noise.main(sys.argv[3:]))
"""

RESULTS = [{"test": "smp.any.broken", "outcome": "failed", "message": "expected 1, got 2"},
           {"test": "smp.any.good", "outcome": "passed", "message": ""},
           {"test": "smp.any.better", "outcome": "xpassed", "message": "it passed"},
           {"test": "smp.any.left", "outcome": "not_run", "message": "not run: the machine hangs"},
           {"test": "smp.any.last", "outcome": "not_run", "message": "not run: the machine hangs"}]


def state(pid: int) -> str:
    """The process state as a letter, as in ps; empty if the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


class Schedule(unittest.TestCase):
    def test_repeats(self) -> None:
        def spans(seed: int, subject: str) -> list[noise.Span]:
            return list(islice(noise.spans(seed, subject, noise.STOPS_S), 100))

        self.assertEqual(spans(1, "a"), spans(1, "a"))
        self.assertNotEqual(spans(1, "a"), spans(2, "a"))
        self.assertNotEqual(spans(1, "a"), spans(1, "b"))

    def test_schedule_is_reproducible(self) -> None:
        """A seed gives the same schedule on other machines and in later versions."""
        span = next(noise.spans(2012, "a", (0.0, 1000.0)))
        self.assertEqual((771, 766, 473),
                         (round(span.acts_s), round(span.rests_s), round(span.choice * 1000)))

    def test_limits(self) -> None:
        spans = list(islice(noise.spans(3, "x", (0.02, 3.0)), 1000))
        for values in ([s.acts_s for s in spans], [s.rests_s for s in spans]):
            self.assertGreaterEqual(min(values), 0.02)
            self.assertLessEqual(max(values), 3.0)
            self.assertLess(min(values), 0.1)
            self.assertGreater(max(values), 2.9)
        self.assertTrue(all(0 <= s.choice < 1 for s in spans))

    def test_choice_covers_all(self) -> None:
        spans = islice(noise.spans(4, "x", (0.0, 1.0)), 100)
        self.assertEqual(set("abc"), {noise.choose("abc", s.choice) for s in spans})


class Series(unittest.TestCase):
    TARGETS = ("one", "two")

    def test_each_combination_has_the_same_count(self) -> None:
        runs = noise.series(self.TARGETS, noise.KINDS, 3, 10)
        self.assertEqual({(target, kind, number, 10 + number) for target in self.TARGETS
                          for kind in noise.KINDS for number in range(3)},
                         {(r.target, r.kind, r.number, r.seed) for r in runs})
        self.assertEqual(2 * 4 * 3, len(runs))
        self.assertEqual(len(runs), len({r.name for r in runs}))

    def test_order_of_runs(self) -> None:
        runs = noise.series(self.TARGETS, noise.KINDS, 3, 10)
        self.assertEqual(set(self.TARGETS), {r.target for r in runs[:2]})
        self.assertEqual(set(noise.KINDS), {r.kind for r in runs[:4]})

    def test_repeat_command(self) -> None:
        for seed in (10, noise.SEEDS - 1):
            for run in noise.series(self.TARGETS, noise.KINDS, 3, seed):
                again, = noise.series([run.target], [run.kind], 1, run.seed)
                self.assertEqual((run.seed, run.name), (again.seed, again.name))
                self.assertEqual(
                    f"make noise TARGET={run.target} KINDS={run.kind} RUNS=1 SEED={run.seed} "
                    "TESTS='smp,t*'", noise.repeat(run, "smp,t*"))


class Tables(unittest.TestCase):
    def setUp(self) -> None:
        runs = noise.series(("one", "two"), ("busy", "stops"), 2, 5)
        self.outcomes = [noise.Outcome(run, 12.34, 7, noise="4 loops") for run in runs]
        for number in (1, 5):  # the same target and kind
            self.outcomes[number].unexpected = ["a|b.c", "kernel.log"]
            self.outcomes[number].kept = self.outcomes[number].run.name
        self.outcomes[0].unexpected = ["kernel.log"]

    def test_text(self) -> None:
        lines = noise.text(self.outcomes).splitlines()
        self.assertEqual(list(noise.HEADINGS), lines[0].split())
        self.assertRegex(lines[1], r"^one +busy +1 +5 +12\.3 s +7 +4 loops +kernel\.log +-$")
        self.assertRegex(lines[2],
                         r"^two +stops +1 +5 +12\.3 s +7 +4 loops +a\|b\.c, kernel\.log"
                         r" +two-stops-5$")
        self.assertRegex("\n".join(lines[10:]), r"a\|b\.c +two +stops +2 +2\n")
        self.assertRegex("\n".join(lines[10:]), r"kernel\.log +one +busy +1 +2$")

    def test_green_has_no_second_table(self) -> None:
        green = [o for o in self.outcomes if not o.unexpected]
        self.assertEqual(1 + len(green), len(noise.text(green).splitlines()))

    def test_markdown(self) -> None:
        lines = noise.markdown(self.outcomes, "Title").splitlines()
        self.assertEqual("# Title", lines[0])
        rows = [line for line in lines if line.startswith("| one") or line.startswith("| two")]
        self.assertEqual(8, len(rows))
        self.assertIn(r"a\|b.c", rows[1])

    def test_json(self) -> None:
        found = json.loads(noise.as_json(self.outcomes, 9, 5))
        self.assertEqual((5, 9, 8), (found["seed"], found["planned"], len(found["runs"])))
        self.assertEqual({"target": "two", "kind": "stops", "number": 0, "seed": 5,
                          "seconds": 12.34, "passed": 7, "noise": "4 loops",
                          "unexpected": ["a|b.c", "kernel.log"], "kept": "two-stops-5"},
                         found["runs"][1])


class CommandLine(unittest.TestCase):
    def test_bad_options(self) -> None:
        for arguments, words in (
                (["--target", "nosuch"], "expected the name of a target, got 'nosuch'"),
                (["--kinds", "busy,loud"], "KINDS: expected some of busy, stops"),
                (["--kinds", ","], "KINDS: expected some of"),
                (["--runs", "0"], "RUNS: expected 1 or more, got 0"),
                (["--seed", "-1"], "SEED: expected a number from 0"),
                (["--seconds", "-1"], "--seconds: expected 0 or more"),
                (["--tests", "a b;c"], "TESTS: expected names or shell patterns")):
            with self.subTest(arguments), self.assertRaises(SetupError) as raised:
                tool.parse(arguments)
            self.assertIn(words, str(raised.exception))

    def test_status(self) -> None:
        proc = subprocess.run([sys.executable, ROOT / "scripts/run_noise.py", "--runs", "0"],
                              capture_output=True, text=True, check=False)
        self.assertEqual((2, "", "noise: RUNS: expected 1 or more, got 0\n"),
                         (proc.returncode, proc.stdout, proc.stderr))

    def test_four_main_targets(self) -> None:
        options = tool.parse([])
        self.assertEqual((list(tool.MAIN), list(noise.KINDS), 5),
                         (options.target, options.kinds, options.runs))

    def test_command_that_repeats_the_series(self) -> None:
        self.assertEqual("make noise SEED=3", tool.again(tool.parse(["--seed", "3"])))
        self.assertEqual(
            "make noise TARGET='armv7-ref arm64-gicv2' KINDS=stops,busy RUNS=2 SEED=3 "
            "TESTS='smp.*'",
            tool.again(tool.parse(["--target", "armv7-ref,arm64-gicv2", "--kinds", "stops busy",
                                   "--runs", "2", "--seed", "3", "--tests", "smp.*"])))


@marks.slow
@marks.layer("machines")
class Disturbed(unittest.TestCase):
    """run_noise.py with stand-ins for run.py and QEMU."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name, text in (("machine", MACHINE), ("runner", RUNNER), ("noise", NOISE)):
            (self.folder / f"{name}.py").write_text(textwrap.dedent(text))
        # A variable that marks all processes of this test.
        self.token = f"NOISE_TOKEN={secrets.token_hex(8)}"
        self.addCleanup(self.kill_all)

    # The names of the machine's CPU threads.
    cpus = "CPU 0/TCG,CPU 1/TCG"

    def environment(self, mode: str, results: object = ()) -> dict[str, str]:
        return {**os.environ, "NOISE_MODE": mode, "NOISE_RESULTS": json.dumps(results),
                "NOISE_CPUS": self.cpus,
                "NOISE_MACHINE": str(self.folder / "machine.py"),
                **dict([self.token.split("=")])}

    def arguments(self, *words: str) -> list[str]:
        return [sys.executable, str(self.folder / "noise.py"), str(ROOT),
                str(self.folder / "runner.py"), "--results-dir", str(self.folder / "results"),
                "--target", "arm64-gicv2", "--runs", "1", "--seed", "5", *words]

    def run_noise(self, *words: str, mode: str = "until-continued",
                  results: object = ()) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.arguments(*words), env=self.environment(mode, results),
                              capture_output=True, text=True, check=False, timeout=LIMIT_S)

    def start_noise(self, kind: str, mode: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(self.arguments("--kinds", kind), env=self.environment(mode),
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def processes(self) -> dict[int, str]:
        """The command lines of this test's processes, by process id."""
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                ours = self.token.encode() in (path / "environ").read_bytes().split(b"\0")
                line = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if ours and int(path.name) != os.getpid():
                found[int(path.name)] = line
        return found

    def pids_of(self, script: str) -> list[int]:
        """The processes that execute a script of this test or of noise_maker.py."""
        return [pid for pid, line in self.processes().items() if script in line]

    def loops(self) -> list[int]:
        return self.pids_of("while :")

    def kill_all(self) -> None:
        while left := self.processes():
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.02)

    def machine(self) -> int:
        """Waits until the machine's CPU threads run; returns its process id."""
        await_true(lambda: any(noise_maker.vcpu_threads(pid) for pid in self.pids_of("machine.py")),
                   "a machine")
        return self.pids_of("machine.py")[0]

    def runner(self) -> int:
        return self.pids_of("runner.py --target")[0]

    def policies(self, machine: int) -> list[int]:
        return [os.sched_getscheduler(thread) for thread in noise_maker.vcpu_threads(machine)]

    def await_noise(self, kind: str) -> None:
        """Waits until the noise acts."""
        machine = self.machine()
        if kind == noise.STOPS:
            await_true(lambda: state(machine) == "T", "the machine to be stopped")
        elif kind == noise.STARVE:
            await_true(lambda: os.SCHED_IDLE in self.policies(machine), "a thread to starve")
        else:
            await_true(self.loops, "busy loops")

    def check_released(self, machine: int) -> None:
        """All noise has ended, and the machine runs."""
        await_true(lambda: not self.pids_of("noise_maker.py"), "the noise maker to end")
        await_true(lambda: not self.loops(), "the busy loops to end")
        await_true(lambda: state(machine) == "S", "the machine to continue")
        self.assertEqual({os.SCHED_OTHER}, set(self.policies(machine)))
        for thread in noise_maker.vcpu_threads(machine):
            self.assertEqual(os.sched_getaffinity(machine), os.sched_getaffinity(thread))
        self.assertIn(noise_maker.autogroup_nice(machine), (0, None))

    def kinds(self) -> list[str]:
        """The kinds of noise that this user has the rights to make."""
        if tool.may_starve():
            return list(noise.KINDS)
        return [noise.BUSY, noise.STOPS]

    def test_killed(self) -> None:
        """If run_noise.py is killed, the noise ends, even if run.py does not end."""
        for kind in self.kinds():
            with self.subTest(kind):
                process = self.start_noise(kind, "stubborn")
                self.await_noise(kind)
                machine = self.machine()
                process.kill()
                process.wait()
                self.check_released(machine)
                self.kill_all()

    def test_killed_ends_the_run(self) -> None:
        process = self.start_noise(noise.STOPS, "until-killed")
        self.await_noise(noise.STOPS)
        process.kill()
        process.wait()
        await_true(lambda: not self.processes(), "all processes to end")

    def test_interrupted(self) -> None:
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number):
                process = self.start_noise(noise.STOPS, "until-killed")
                self.await_noise(noise.STOPS)
                process.send_signal(number)
                output, _ = process.communicate(timeout=LIMIT_S)
                self.assertEqual(status, process.returncode, output)
                self.assertIn(f"interrupted by {number.name}", output)
                self.assertEqual({}, self.processes())

    def test_maker_killed(self) -> None:
        """If the noise maker dies, the run fails, and stopped machines are continued."""
        process = self.start_noise(noise.STOPS, "until-continued")
        self.await_noise(noise.STOPS)
        os.kill(self.pids_of("noise_maker.py")[0], signal.SIGKILL)
        output, _ = process.communicate(timeout=LIMIT_S)
        self.assertEqual(1, process.returncode, output)
        self.assertRegex(output, "the noise ended before the run|no noise was made")
        self.assertEqual({}, self.processes())

    @marks.long
    def test_release(self) -> None:
        """release() undoes the noise if the noise maker ends early."""
        for kind in self.kinds():
            with self.subTest(kind):
                process = self.start_noise(kind, "stubborn")
                self.await_noise(kind)
                machine = self.machine()
                # Neither run_noise.py nor the noise maker can clean up. Busy loops are killed
                # when their parent, the noise maker, dies.
                process.send_signal(signal.SIGSTOP)
                os.kill(self.pids_of("noise_maker.py")[0], signal.SIGKILL)
                noise_maker.release(self.runner())
                process.kill()
                process.wait()
                self.check_released(machine)
                self.kill_all()

    def test_one_starved_thread_at_a_time(self) -> None:
        if noise.STARVE not in self.kinds():
            self.skipTest("this user may not undo SCHED_IDLE")
        self.start_noise(noise.STARVE, "until-killed")
        machine = self.machine()
        starved: list[int] = []
        while len(set(starved)) < 2:
            await_true(lambda: os.SCHED_IDLE in self.policies(machine), "a thread to starve")
            starved += [thread for thread in noise_maker.vcpu_threads(machine)
                        if os.sched_getscheduler(thread) == os.SCHED_IDLE][:1]
            self.assertLessEqual(self.policies(machine).count(os.SCHED_IDLE), 1)
            await_true(lambda: os.SCHED_IDLE not in self.policies(machine),
                       "the thread to be scheduled normally again")

    @marks.long
    def test_starved_on_one_thread(self) -> None:
        """SCHED_IDLE acts only within the session's autogroup; its weight has to be the lowest."""
        if noise.STARVE not in self.kinds():
            self.skipTest("this user may not undo SCHED_IDLE")
        self.cpus = "ALL CPUs/TCG"
        process = self.start_noise(noise.STARVE, "stubborn")
        machine = self.machine()
        if noise_maker.autogroup_nice(machine) is None:
            self.skipTest("this kernel has no autogroups")
        await_true(lambda: noise_maker.autogroup_nice(machine) == noise_maker.LOWEST_NICE,
                   "the machine's session to get the lowest weight")
        process.kill()
        process.wait()
        self.check_released(machine)

    @marks.long
    def test_one_cpu(self) -> None:
        if noise.ONE_CPU not in self.kinds():
            self.skipTest("this user may not undo SCHED_IDLE")
        self.start_noise(noise.ONE_CPU, "until-killed")
        self.await_noise(noise.ONE_CPU)
        cpu = {max(os.sched_getaffinity(0))}
        await_true(lambda: all(os.sched_getaffinity(pid) == cpu for pid in self.loops()),
                   "the loop to be on the CPU")
        for pid in (self.runner(), self.machine()):
            self.assertEqual(cpu, os.sched_getaffinity(pid))

    def test_green(self) -> None:
        proc = self.run_noise("--kinds", "stops")
        self.assertEqual((0, ""), (proc.returncode, proc.stderr), proc.stdout)
        self.assertIn("SEED=5", proc.stdout)
        self.assertRegex(proc.stdout, r"run 1 of 1: arm64-gicv2, stops, seed 5: as expected, "
                                     r"7 passed in [\d.]+ s; \d+ stops?, \d+ s")
        self.assertEqual({"table.md", "table.json", ".lock"},
                         {path.name for path in (self.folder / "results").iterdir()})

    def test_red(self) -> None:
        proc = self.run_noise("--kinds", "stops", results=RESULTS)
        self.assertEqual((1, ""), (proc.returncode, proc.stderr), proc.stdout)
        self.assertIn("    smp.any.broken: expected 1, got 2\n", proc.stdout)
        self.assertIn("repeat: make noise TARGET=arm64-gicv2 KINDS=stops RUNS=1 SEED=5\n",
                      proc.stdout)
        found, = json.loads((self.folder / "results/table.json").read_text())["runs"]
        self.assertEqual(["smp.any.broken", "smp.any.better", "2 tests not run"],
                         found["unexpected"])
        kept = self.folder / "results" / found["kept"]
        self.assertTrue((kept / "arm64-gicv2/summary.json").is_file())
        self.assertTrue((kept / "output.log").is_file())

    def test_run_without_noise_fails(self) -> None:
        proc = self.run_noise("--kinds", "stops", mode="no-machine")
        self.assertEqual(1, proc.returncode, proc.stdout)
        self.assertIn("no noise was made", proc.stdout)

    def test_short_of_time(self) -> None:
        proc = self.run_noise("--target", "arm64-gicv3", "--kinds", "stops", "--runs", "3",
                              "--seconds", "0")
        self.assertEqual(0, proc.returncode, proc.stdout)
        self.assertIn("0 s are over: 4 runs are left out", proc.stdout)
        found = json.loads((self.folder / "results/table.json").read_text())
        self.assertEqual((6, ["arm64-gicv2", "arm64-gicv3"]),
                         (found["planned"], [run["target"] for run in found["runs"]]))

    @marks.long
    def test_other_machines_are_not_disturbed(self) -> None:
        """A machine with another parent is not touched."""
        other = subprocess.Popen([sys.executable, self.folder / "machine.py", "until-killed"],
                                 env=self.environment("x"), start_new_session=True)
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        await_true(lambda: noise_maker.vcpu_threads(other.pid), "a machine")
        self.start_noise(noise.STOPS, "until-killed")
        await_true(lambda: len(self.pids_of("machine.py")) == 2, "two machines")
        qemu = next(pid for pid in self.pids_of("machine.py") if pid != other.pid)
        runner = self.runner()
        for _ in range(3):
            await_true(lambda: state(qemu) == "T", "the machine to be stopped")
            self.assertNotEqual("T", state(other.pid))
            await_true(lambda: state(qemu) == "S", "the machine to be continued")
        self.assertEqual([qemu], noise_maker.machines(runner))
        self.assertIn(other.pid, noise_maker.machines(os.getpid()))
        self.assertIsNone(noise_maker.hold(other.pid, runner))


@marks.layer("machines")
@marks.alone
class ShortForm(unittest.TestCase):
    """A minute of `make noise`."""

    # A released kernel and the module; tests whose CPUs wait for each other or for a timer, and
    # tests of races.
    TARGETS = ("arm64-gicv2", "armv7-ref")
    TESTS = "smp.*_2_vcpus.*,timer,races"

    def test_nothing_unexpected(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            kinds = noise.KINDS if tool.may_starve() else (noise.BUSY, noise.STOPS)
            proc = subprocess.run(
                [sys.executable, "scripts/run_noise.py", "--target", ",".join(self.TARGETS),
                 "--kinds", ",".join(kinds), "--runs", "1", "--seed", "2012", "--seconds", "60",
                 "--tests", self.TESTS, "--results-dir", folder],
                cwd=ROOT, capture_output=True, text=True, check=False)
            found = Path(folder, "table.json")
            runs = json.loads(found.read_text())["runs"] if found.exists() else []
        # Standard error may have the progress of a build.
        self.assertEqual(0, proc.returncode, proc.stdout + proc.stderr)
        self.assertEqual(set(self.TARGETS), {run["target"] for run in runs})
        for run in runs:
            self.assertGreater(run["passed"], 20, run)


if __name__ == "__main__":
    unittest.main()
