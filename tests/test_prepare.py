# SPDX-License-Identifier: GPL-2.0-only
"""Targets are prepared in parallel: scripts/processes.py, and prepare() of scripts/plans.py."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from scripts import building, initramfs, packages, plans, processes, run
from scripts.errors import SetupError
from tests.events import LIMIT_S, await_true
from tests.test_fetch import FAKE_APT

ROOT = Path(__file__).resolve().parent.parent

TARGETS = """
[defaults]
qemu = "true"
machine = "virt"
cpu = "max"
default = true

[target.first]
arch = "arm64"
kernel = { flavour = "arm64" }

[target.same]
like = "first"

[target.other]
arch = "arm64"
kernel = { flavour = "other" }
"""


def is_running(pid: int) -> bool:
    """Whether the process exists and is not a zombie."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def pids_of(marker: str) -> list[int]:
    """Processes with this word on their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if marker.encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def hanging(marker: str, before: str = "") -> list[str]:
    """A command that never ends. pids_of(marker) finds its process; asleep(marker) finds it only
    after the command `before`."""
    return ["bash", "-c", f'{before} exec -a "$0 asleep" sleep infinity', marker]


def asleep(marker: str) -> list[int]:
    return pids_of(f"{marker} asleep")


class Groups(unittest.TestCase):
    def setUp(self) -> None:
        # A word on the command lines of this test's processes.
        self.marker = f"vgic-abi-{os.getpid()}-{self.id()}"
        self.hang = hanging(self.marker)

    def test_stopping_ends_programs_and_waits(self) -> None:
        cleaned = []

        def hang() -> None:
            try:
                processes.run(self.hang, "hanging")
            finally:
                cleaned.append(True)

        with processes.side_by_side() as group:
            futures = [group.thread(hang) for _ in range(3)]
            await_true(lambda: len(asleep(self.marker)) == 3, "three programs")
        self.assertEqual([], pids_of(self.marker))
        self.assertEqual([True] * 3, cleaned)
        for future in futures:
            self.assertIsInstance(future.exception(0), processes.Stopped)

    def test_threads_of_threads_belong_to_the_group(self) -> None:
        def more() -> object:
            return processes.GROUP.get().thread(lambda: processes.run(self.hang, "x")).result()

        with processes.side_by_side() as group:
            group.thread(more)
            await_true(lambda: asleep(self.marker), "a program")
        self.assertEqual([], pids_of(self.marker))

    def test_program_ignores_sigterm(self) -> None:
        ignores_sigterm = hanging(self.marker, "trap '' TERM;")
        with mock.patch.object(processes, "KILL_AFTER_S", 0.2), \
                processes.side_by_side() as group:
            group.thread(lambda: processes.run(ignores_sigterm, "not listening"))
            await_true(lambda: asleep(self.marker), "a program")
        self.assertEqual([], pids_of(self.marker))

    def test_stopped_group_starts_nothing(self) -> None:
        with processes.side_by_side() as group:
            pass
        self.assertIsInstance(group.thread(lambda: 1).exception(LIMIT_S), processes.Stopped)
        with self.assertRaises(processes.Stopped), group.started(["true"]):
            pass

    def test_waiting_for_a_lock_ends_with_the_group(self) -> None:
        with tempfile.NamedTemporaryFile() as file, processes.side_by_side() as group, \
                contextlib.redirect_stderr(io.StringIO()) as output:
            fcntl.flock(file, fcntl.LOCK_EX)

            def wait() -> None:
                with processes.locked_file(Path(file.name), "waiting here"):
                    pass

            future = group.thread(wait)
            await_true(output.getvalue, "a message")
            group.stop()
        self.assertIsInstance(future.exception(0), processes.Stopped)
        self.assertEqual("waiting here\n", output.getvalue())

    def test_shared_lock(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            with processes.locked_file(Path(file.name), "", shared=True), \
                    processes.locked_file(Path(file.name), "", shared=True):
                pass

    def test_progress_lines(self) -> None:
        progress = processes.Progress()
        clock = 100.0
        with mock.patch.object(processes.time, "monotonic", lambda: clock), \
                mock.patch.object(processes.threading, "Thread"):
            progress.add("one thing")
            clock += 1
            key = progress.add("another")
            due = {}
            for _ in range(100):
                clock += 1
                if lines := progress.due():
                    due[clock - 100] = lines
            progress.remove(key)
        self.assertEqual(["one thing (2 s)"], due[2])
        self.assertEqual(["another (2 s)"], due[3])
        self.assertEqual([2, 4, 8, 16, 32, 62, 92], [
            second for second, lines in due.items() if any("one thing" in line for line in lines)])

    def test_progress_is_written(self) -> None:
        with contextlib.redirect_stderr(io.StringIO()) as output, \
                mock.patch.object(processes, "PROGRESS_S", 0.0), processes.ticking("this"):
            await_true(output.getvalue, "a message")
        self.assertRegex(output.getvalue(), r"^  \.\.\. this \(\d+ s\)\n")

    def test_failure_in_a_pipeline(self) -> None:
        with self.assertRaisesRegex(SetupError, "^this failed: something is wrong$"):
            processes.pipe([["sh", "-c", "echo something is wrong >&2; exit 3"], ["cat"]], "this")
        with self.assertRaisesRegex(SetupError, "^this failed: false ended with status 1$"):
            processes.pipe([["yes"], ["false"]], "this")


class InTurn(unittest.TestCase):
    def test_lowest_rank_first(self) -> None:
        turns, order = building.Turns(), []

        def take_turn(rank: int) -> None:
            with turns.turn(rank):
                order.append(rank)

        with processes.side_by_side() as group:
            with turns.turn(9):
                futures = [group.thread(lambda rank=rank: take_turn(rank)) for rank in (2, 0, 1, 0)]
                await_true(lambda: len(turns._waiting) == 4, "four to wait")
            for future in futures:
                future.result(LIMIT_S)
        self.assertEqual([0, 0, 1, 2], order)

    def test_waiting_ends_with_the_group(self) -> None:
        turns = building.Turns()

        def take_turn() -> None:
            with turns.turn(0):
                self.fail("it was not its turn")

        with turns.turn(0):
            with processes.side_by_side() as group:
                future = group.thread(take_turn)
                await_true(lambda: turns._waiting, "one to wait")
        self.assertIsInstance(future.exception(0), processes.Stopped)
        with turns.turn(1):
            pass

    def test_failure_is_cached(self) -> None:
        once = building.Once()

        def fail() -> None:
            raise SetupError("no")

        for make in (fail, lambda: self.fail("made twice")):
            with self.assertRaisesRegex(SetupError, "^no$"):
                once("key", make)

    def test_make(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "make")
            program.write_text(f'#!/bin/sh\necho "$MAKEFLAGS|$*" >>{folder}/calls\n'
                               '[ "$4" != bad ] || exit 2\n')
            program.chmod(0o755)
            flags = "rR -j3 --jobserver-auth=5,6 -- A=b"
            with mock.patch.dict(os.environ, MAKEFLAGS=flags):
                building.make(f"{program} -f 'a b'", "good")
                with self.assertRaisesRegex(
                        SetupError, "^cannot build bad: make ended with status 2, see above$"):
                    building.make(f"{program} -f x", "bad")
            with mock.patch.dict(os.environ, MAKEFLAGS=""):
                building.make(f"{program} -f x", "good")
            self.assertEqual(["rR -- A=b|-f a b -j3 good", "rR -- A=b|-f x -j3 bad",
                              f"|-f x -j{os.cpu_count()} good"],
                             Path(folder, "calls").read_text().splitlines())


class Prepare(unittest.TestCase):
    """prepare(), with functions that wait for events in place of downloads."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = Path(folder.name)
        (self.build / "targets.toml").write_text(TARGETS)
        programs = self.build / "programs"
        programs.mkdir()
        for name, text in (("probe", "p"), ("good", "g"), ("programs", "good 9\n"),
                           ("busybox", "b")):
            (programs / name).write_text(text)
        (self.build / "vmlinuz").write_bytes(bytes(0x38) + b"ARM\x64" + bytes(64))
        self.fetched: list[str] = []
        # Functions that are called when a flavour's kernel is fetched.
        self.on_fetch: dict[str, Callable[[], object]] = {}
        for name, stand_in in (("fetch_kernel", self.fetch_kernel),
                               ("fetch_busybox", lambda arch: programs / "busybox"),
                               ("fetch_ksrc", lambda: Path("/ksrc"))):
            patch = mock.patch.object(plans, name, stand_in)
            patch.start()
            self.addCleanup(patch.stop)

    def fetch_kernel(self, arch: str, flavour: str, suite: str | None, modules: bool) -> Path:
        self.fetched.append(flavour)
        self.on_fetch.get(flavour, lambda: None)()
        return self.build

    def options(self) -> argparse.Namespace:
        return run.parse(["--build", str(self.build), "--targets",
                          str(self.build / "targets.toml"),
                          "--programs-dir", str(self.build / "programs")])

    def test_ready_before_others(self) -> None:
        others = threading.Event()
        self.on_fetch["other"] = lambda: others.wait(LIMIT_S)
        with plans.prepare(self.options(), self.fail) as pending:
            self.assertEqual(["first", "same", "other"],
                             [target_plan.target.name for target_plan in pending])
            for target_plan in pending[:2]:
                plan = target_plan.plan.result(LIMIT_S)
                self.assertEqual((target_plan.target, self.build / "vmlinuz"),
                                 (plan.target, plan.images.kernel))
            self.assertFalse(pending[2].plan.done())
            others.set()
            self.assertEqual("other", pending[2].plan.result(LIMIT_S).target.name)
        self.assertEqual(["arm64", "other"], sorted(self.fetched), "expected each to be made once")

    def test_failure_ends_other_work(self) -> None:
        marker = f"vgic-abi-{os.getpid()}-{self.id()}"

        def fail() -> None:
            await_true(lambda: asleep(marker), "a program")
            raise SetupError("expected a kernel, got none")

        self.on_fetch["other"] = fail
        self.on_fetch["arm64"] = lambda: processes.run(hanging(marker), "fetching a kernel")
        with self.assertRaisesRegex(SetupError, "^expected a kernel, got none$"):
            plans.make(self.options(), self.fail)
        self.assertEqual([], pids_of(marker))

    def test_full_disk_while_fetching(self) -> None:
        def full() -> None:
            raise OSError(28, "No space left on device", "somewhere")

        self.on_fetch["other"] = full
        with self.assertRaisesRegex(SetupError, "^cannot fetch a kernel: somewhere: No space left "
                                                "on device: make room"):
            plans.make(self.options(), self.fail)

    def test_leaving_ends_other_work(self) -> None:
        marker = f"vgic-abi-{os.getpid()}-{self.id()}"
        self.on_fetch["arm64"] = lambda: processes.run(hanging(marker), "fetching a kernel")
        with self.assertRaises(KeyboardInterrupt), \
                plans.prepare(self.options(), self.fail) as pending:
            await_true(lambda: asleep(marker), "a program")
            raise KeyboardInterrupt
        self.assertEqual([], pids_of(marker))
        self.assertIsInstance(pending[0].plan.exception(0), processes.Stopped)


    def building(self) -> argparse.Namespace:
        """Options for building programs with a stand-in for make, which copies them."""
        make = self.build / "make"
        make.write_text(f"""#!/bin/sh
echo "$*" >>{self.build}/made
case $3 in *$(cat {self.build}/bad) ) exit 2;; esac
to={self.build}/${{3%-*}}/${{3##*-}} && mkdir -p $to && cp {self.build}/programs/* $to
""")
        make.chmod(0o755)
        (self.build / "bad").write_text("nothing")
        options = self.options()
        options.programs_dir = None
        options.make = str(make)
        return options

    def test_programs_of_several_targets_are_built_once(self) -> None:
        with (self.build / "targets.toml").open("a") as file:
            file.write('\n[target.last]\nlike = "first"\nprograms = "hostile"\n')
        built = plans.make(self.building(), self.fail)
        self.assertEqual(["selftests", "selftests", "selftests", "hostile"],
                         [plan.target.programs for plan in built])
        jobs = f"-j{os.cpu_count()} KSRC=/ksrc"
        self.assertEqual([f"{jobs} hostile-arm64", f"{jobs} selftests-arm64"],
                         sorted((self.build / "made").read_text().splitlines()))

    def test_build_failure(self) -> None:
        options = self.building()
        (self.build / "bad").write_text("selftests-arm64")
        with self.assertRaisesRegex(SetupError, "^cannot build selftests-arm64: make ended"):
            plans.make(options, self.fail)

    def test_fetched_while_packages_are_installed(self) -> None:
        installed = threading.Event()
        options = self.building()
        options.install = True

        def ensure(group: str) -> str:
            self.assertEqual("run", group)
            installed.wait(LIMIT_S)
            return ""

        with mock.patch.object(packages, "missing", lambda _: ["a-package"]), \
                mock.patch.object(packages, "problem", lambda _: ""), \
                mock.patch.object(packages, "ensure", ensure), \
                plans.prepare(options, self.fail) as pending:
            await_true(lambda: len(self.fetched) == 2, "two kernels to be fetched")
            self.assertFalse((self.build / "made").exists())
            installed.set()
            for target_plan in pending:
                self.assertEqual(target_plan.target, target_plan.plan.result(LIMIT_S).target)
        self.assertTrue((self.build / "made").exists())

    def test_packages_cannot_be_installed(self) -> None:
        options = self.building()
        options.install = True
        with mock.patch.object(packages, "missing", lambda _: ["a-package"]):
            with mock.patch.object(packages, "problem", lambda _: "As root: ..."), \
                    self.assertRaisesRegex(SetupError, "^As root: ...$"):
                plans.make(options, self.fail)
            self.assertEqual([], self.fetched, "expected the error before any download")
            with mock.patch.object(packages, "problem", lambda _: ""), \
                    mock.patch.object(packages, "ensure", lambda _: "apt-get ended"), \
                    self.assertRaisesRegex(SetupError, "^apt-get ended$"):
                plans.make(options, self.fail)


class Initramfs(unittest.TestCase):
    def test_others_make_archives_at_the_same_time(self) -> None:
        """Another process may rename an archive after it was listed."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            program = folder / "program"
            program.write_text("x")
            with mock.patch.object(Path, "glob", lambda *_: [folder / "tree.other.cpio"]):
                built = initramfs.build(folder / "archives", {"init": program}, ())
            self.assertTrue(built.is_file())


class Interrupted(unittest.TestCase):
    """run.py is interrupted while apt hangs in two downloads."""

    def test_nothing_is_left(self) -> None:
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number), tempfile.TemporaryDirectory() as name:
                self.interrupt_run(Path(name), number, status)

    def interrupt_run(self, folder: Path, number: signal.Signals, status: int) -> None:
        for tool in ("apt-get", "apt-cache"):
            (folder / tool).write_text(FAKE_APT.replace("hanging\"; exec", "hanging.$$\"; exec"))
            (folder / tool).chmod(0o755)
        (folder / "control").write_text(
            "Version: 1\nDepends: linux-image-6.1.0-9-arm64 (= 6.1.9-1)\n")
        (folder / "hang").touch()
        for name in ("probe", "good"):
            (folder / name).touch()
        (folder / "programs").write_text("good\n")
        cache = folder / "cache"
        env = {key: value for key, value in os.environ.items() if key not in ("KSRC", "BUILD")}
        env |= {"PATH": f"{folder}:{env['PATH']}", "FAKE": str(folder),
                "VGIC_ABI_CACHE": str(cache)}
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "scripts/run.py"), "--prepare", "--build", str(folder),
             "--target", "arm64-gicv2,arm64-gicv3", "--programs-dir", str(folder)],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            start_new_session=True)

        def hanging() -> list[int]:
            return [int(path.suffix[1:]) for path in folder.glob("hanging.*")]

        await_true(lambda: len(hanging()) == 2,
                   "a kernel and BusyBox to be fetched side by side")
        # A terminal sends the signal to the whole process group.
        os.killpg(process.pid, number)
        _, output = process.communicate(timeout=LIMIT_S)
        self.assertEqual(status, process.returncode, output)
        self.assertNotIn("Traceback", output)
        self.assertEqual([], [pid for pid in hanging() if is_running(pid)])
        self.assertEqual([], list(cache.glob(".new-*")))
        self.assertEqual([], [path for path in cache.glob("*") if path.name[0] != "."
                              and path.name != "apt"])


if __name__ == "__main__":
    unittest.main()
