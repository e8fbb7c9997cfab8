# SPDX-License-Identifier: GPL-2.0-only
"""The runner against programs, kernels and hosts that misbehave.

Boots the stock kernel in QEMU with stand-ins for the test programs (guest/).
The kernel and BusyBox are fetch.py's.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / "scripts/run.py"
GUEST = ROOT / "tests/guest"

TIME_LIMIT_S = 150

TARGETS = """
[defaults]
arch = "arm64"
qemu = "qemu-system-aarch64"
machine = "virt,virtualization=off,gic-version=2"
cpu = "cortex-a57"
smp = 1
default = true
kernel = {{ flavour = "arm64" }}
boot_limit = 60
silence_limit = 10
{targets}
"""


def ours(folder: Path) -> list[int]:
    """Returns the process ids of all QEMUs that use a file of a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue  # gone in the meantime
        if b"qemu-system" in line and str(folder).encode() + b"/" in line:
            found.append(int(path.parent.name))
    return found


def wait_until(condition, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


class RunnerCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = Path(folder.name)
        self.results = self.build / "results"
        self.addCleanup(self.check_nothing_left)

    def check_nothing_left(self) -> None:
        left = ours(self.build)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.assertEqual([], left, "expected no QEMU to be left")

    def programs(self, *names: str) -> Path:
        """Makes a folder of stand-ins; a name may have a time limit behind it."""
        folder = self.build / "programs"
        folder.mkdir(exist_ok=True)
        shutil.copy(GUEST / "probe", folder)
        for name in names:
            shutil.copy(GUEST / "fake", folder / name.split()[0])
        (folder / "programs").write_text("\n".join(names) + "\n")
        return folder

    def command(self, targets: str, *names: str, options=()) -> list[str]:
        path = self.build / "targets.toml"
        path.write_text(TARGETS.format(targets=targets))
        return [sys.executable, str(RUN), "--build", str(self.build),
                "--targets", str(path),
                "--programs-dir", str(self.programs(*names)), *options]

    def run_it(self, targets: str, *names: str, options=(), **more):
        return subprocess.run(
            self.command(targets, *names, options=options), text=True,
            capture_output=True, timeout=TIME_LIMIT_S, **more)

    def summary(self, target: str) -> dict:
        return json.loads((self.results / target / "summary.json").read_text())

    def outcomes(self, target: str) -> dict[str, str]:
        return {result["test"]: result["outcome"]
                for result in self.summary(target)["results"]}

    def message(self, target: str, test: str) -> str:
        for result in self.summary(target)["results"]:
            if result["test"] == test:
                return result["message"]
        raise AssertionError(f"expected a result of {test}, got none")

    def assert_status(self, expected: int, done) -> None:
        self.assertEqual(expected, done.returncode,
                         f"expected status {expected}, got {done.returncode}: "
                         f"{done.stdout}{done.stderr}")
        self.assertNotIn("Traceback", done.stdout + done.stderr,
                         "expected a clear message, got a traceback")

    def assert_error(self, done, *words: str) -> None:
        """A mistake of the user's: status 2, one line, with these words."""
        self.assert_status(2, done)
        lines = done.stderr.strip().splitlines()
        self.assertEqual(1, len(lines), f"expected one line, got {lines}")
        for word in words:
            self.assertIn(word, lines[0], f"expected '{word}', got '{lines[0]}'")


class TestMisbehavingPrograms(RunnerCase):
    """All the ways in which a program can fail to come to its end, in one run."""

    NAMES = ("good", "bad", "crash", "killed", "truncated", "short", "garbage",
             "panics", "resets", "warns", "stray", "console", "hopeless",
             "skips", "hang 3", "silent 60")

    # test: what its message has to hold
    FAILURES = {
        "bad.any_a.fail": "expected EEXIST, got OK",
        "crash.any_a.segv": "SIGSEGV",
        "killed.any_a.kill": "SIGKILL",
        "truncated.any_a.stop": "a line that is not KTAP: 'ok 2'",
        "short.any_b.pass": "ended before this test began",
        "garbage.any_a.noise": "a line that is not KTAP: '@exit 0'",
        "nonsense": "no such test was planned",
        "panics.any_a.panic": "sysrq triggered crash",
        "resets.any_a.reset": "was reset",
        "hopeless.a.segv": "SIGSEGV",
        "hopeless.b.segv": "SIGSEGV",
        "hopeless.c.segv": "SIGSEGV",
        "hopeless.d.segv": "SIGSEGV",
        "hopeless.e.pass": "not run: ",
        "hopeless.f.pass": "not run: ",
        "hang.any_a.sleep": "time limit of 3 s",
        "silent.any_a.tell_host": "the machine hangs",
        "kernel.log": "warns.any_a.warn",
        "missing": "not found",
    }

    def test_all(self):
        command = self.command("[target.t]\nsilence_limit = 5", *self.NAMES)
        broken = self.build / "programs" / "missing"
        broken.write_text("#!/no/such/interpreter\n")
        with (self.build / "programs" / "programs").open("a") as file:
            file.write("missing\n")
        process = subprocess.Popen(command, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        # A kernel that hangs: the whole machine stops when `silent` says so.
        channel = self.results / "t" / "channel.log"
        wait_until(lambda: process.poll() is not None or channel.exists()
                   and b"waiting for the host" in channel.read_bytes(),
                   TIME_LIMIT_S)
        for pid in ours(self.build):
            os.kill(pid, signal.SIGSTOP)
        output, _ = process.communicate(timeout=TIME_LIMIT_S)

        self.assertEqual(1, process.returncode,
                         f"expected status 1, got {process.returncode}: {output}")
        self.assertNotIn("Traceback", output, "expected no traceback")
        got = self.outcomes("t")
        failed = {test for test, outcome in got.items() if outcome == "failed"}
        self.assertEqual(set(self.FAILURES), failed,
                         f"expected other failures, got {sorted(failed)}: {output}")
        for test, words in self.FAILURES.items():
            message = self.message("t", test)
            self.assertIn(words, message,
                          f"{test}: expected '{words}', got '{message}'")
            self.assertIn(test, output, f"expected {test} to be shown")
        self.assertIn("TESTS=crash.any_a.segv", output,
                      "expected the command that repeats the test")

        for test, outcome in {
                "good.legacy_v2_dist.pass": "passed",
                "good.devattr_v3_dist.skip": "skipped",
                "good.seed_.xfail": "xfailed", "bad.any_b.xpass": "xpassed",
                "skips": "skipped", "console.any_b.pass": "passed",
                "stray.any_b.pass": "passed"}.items():
            self.assertEqual(outcome, got.get(test), f"{test}: expected {outcome}, "
                             f"got {got.get(test)}")
        for program in ("crash", "killed", "truncated", "garbage", "panics",
                        "resets", "hang", "silent"):
            self.assertEqual("passed", got.get(f"{program}.any_b.pass"),
                             f"expected the test after the death of {program} to "
                             f"have passed, got {got.get(f'{program}.any_b.pass')}")

        folder = self.results / "t"
        ktap = (folder / "results.ktap").read_text()
        self.assertRegex(ktap, r"# panics\.any_a\.panic: .*Kernel panic",
                         "expected the kernel log with the test that panicked")
        log = (folder / "kernel.log").read_text()
        self.assertEqual(4, log.count("==== t: boot "),
                         "expected the log of four boots, apart from each other")
        ET.fromstring((folder / "junit.xml").read_bytes())
        self.assertIn(b"@exit 0", (folder / "channel.log").read_bytes(),
                      "expected the raw output to be kept")


class TestTargets(RunnerCase):
    """Targets that are not what they should be, in one run."""

    TARGETS = """
        [target.lost-kvm]
        features = ["kvm"]
        [target.has-kvm]
        machine = "virt,virtualization=on,gic-version=2"
        features = ["kvm"]
        [target.has-too-much]
        machine = "virt,virtualization=on,gic-version=2"
        lacks = ["kvm"]
        [target.must-skip]
        expect = "skip"
        [target.no-init]
        append = "rdinit=/none root=/dev/none"
        [target.bad-pre]
        pre = ["true", "ls /modules/none.ko"]
        [target.out-of-time]
        target_limit = 1
        [target.other]
        default = false
    """

    def test_each_is_noticed(self):
        done = self.run_it(self.TARGETS, "good", "skips")
        self.assert_status(1, done)
        for target, test, outcome, words in (
                ("lost-kvm", "target.features", "failed",
                 "expected the features kvm; got (none)"),
                ("lost-kvm", "good.legacy_v2_dist.pass", "passed", ""),
                ("has-kvm", "target.features", "passed", ""),
                ("has-too-much", "target.features", "failed",
                 "(none) without kvm; got kvm"),
                ("must-skip", "target.skip", "failed", "good."),
                ("must-skip", "target.features", "passed", ""),
                ("no-init", "target.boot", "failed", "Kernel panic"),
                ("no-init", "good", "failed", "not run: "),
                ("bad-pre", "target.boot", "failed", "none.ko' failed"),
                ("bad-pre", "skips", "failed", "not run: "),
                ("out-of-time", "good", "failed", "time limit of 1 s")):
            got = self.outcomes(target).get(test)
            self.assertEqual(outcome, got, f"{target}: {test}: expected {outcome}, "
                             f"got {got}: {done.stdout}")
            self.assertIn(words, self.message(target, test),
                          f"{target}: {test}: expected other words")
        self.assertFalse((self.results / "other").exists(),
                         "expected no run on a target that is not a default")

    def test_all_skip_where_that_is_expected(self):
        done = self.run_it('[target.t]\nexpect = "skip"', "skips",
                           options=["--target", "t"])
        self.assert_status(0, done)
        self.assertEqual("passed", self.outcomes("t")["target.skip"],
                         "expected the check of the skip to pass")
        self.assertIn("no /dev/kvm", self.message("t", "skips"),
                      "expected the reason")

    def test_pattern(self):
        done = self.run_it("[target.t]", "good", "bad",
                           options=["--tests", "good.*pass no.such", "-v"])
        self.assert_status(2, done)
        self.assertIn("fits no test", done.stderr, "expected it to be told")
        # One pattern only for the stand-in.
        done = subprocess.run([*done.args[:-3], "--tests", "*.pass", "-v"],
                              capture_output=True, text=True,
                              timeout=TIME_LIMIT_S)
        self.assert_status(0, done)
        tests = [test for test in self.outcomes("t") if test.count(".") == 2]
        self.assertEqual(["good.legacy_v2_dist.pass", "bad.any_c.pass"], tests,
                         f"expected two tests, got {tests}")
        self.assertIn("t| ok 1 good.legacy_v2_dist.pass", done.stdout,
                      "expected the program's output with -v")


class TestStopping(RunnerCase):
    def start(self) -> subprocess.Popen:
        """Starts a run of two targets; returns when both run a program."""
        process = subprocess.Popen(
            self.command("[target.a]\n[target.b]",
                         "good", "slow", options=["--jobs", "2"]),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        logs = [self.results / target / "channel.log" for target in "ab"]
        ready = wait_until(lambda: all(
            log.exists() and b"waiting for the host" in log.read_bytes()
            for log in logs), 60)
        self.assertTrue(ready, "expected both programs to run, they did not")
        self.assertEqual(2, len(ours(self.build)),
                         f"expected two QEMUs, got {ours(self.build)}")
        return process

    def test_ctrl_c_keeps_the_results(self):
        process = self.start()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
        self.assertEqual(130, process.returncode,
                         f"expected status 130, got {process.returncode}: {output}")
        self.assertNotIn("Traceback", output, "expected no traceback")
        self.assertEqual([], ours(self.build), "expected no QEMU to be left")
        for target in "ab":
            self.assertTrue(self.summary(target)["interrupted"],
                            "expected the summary to say that it is not all")
            got = self.outcomes(target)
            for test, outcome in (("good.legacy_v2_dist.pass", "passed"),
                                  ("slow.any_a.tell_host", "failed"),
                                  ("slow.any_b.pass", "failed")):
                self.assertEqual(outcome, got.get(test), f"{test}: expected "
                                 f"{outcome}, got {got.get(test)}")

    def test_kill_leaves_no_qemu(self):
        process = self.start()
        process.kill()
        process.wait()
        self.assertTrue(wait_until(lambda: not ours(self.build), 10),
                        f"expected no QEMU to be left, got {ours(self.build)}")


class TestBadInput(RunnerCase):
    """Nothing of this gets as far as a machine, but for the full disk."""

    def test_unknown_target(self):
        done = self.run_it("[target.one]\n[target.two]", "good",
                           options=["--target", "three"])
        self.assert_error(done, "'three'", "one, two")

    def test_no_default_target(self):
        done = self.run_it("[target.one]\ndefault = false", "good")
        self.assert_error(done, "default", "one")

    def test_targets_file(self):
        for text, words in (("[target.a]\nmemory = 5", "memory: expected a string"),
                            ("[target.a]\nspeed = 5", "'speed'"),
                            ('[target.a]\nexpect = "fun"', "run, skip"),
                            ("[target.a", "cannot read")):
            self.assert_error(self.run_it(text, "good"), words)

    def test_real_targets_file(self):
        done = subprocess.run([sys.executable, str(RUN), "--list"],
                              capture_output=True, text=True)
        self.assert_status(0, done)
        for name in ("arm64-gicv2", "arm64-gicv3", "arm64-novirt"):
            self.assertIn(name, done.stdout, f"expected {name}")

    def kernel(self, name: str, data: bytes) -> Path:
        path = self.build / name
        path.write_bytes(data)
        return path

    def image(self, magic_at: int, magic: bytes) -> bytes:
        return bytes(magic_at) + magic + bytes(4096)

    def zboot(self, name: bytes, payload: bytes) -> bytes:
        head = b"MZ\0\0zimg" + struct.pack("<II", 64, len(payload))
        return (head.ljust(24, b"\0") + name).ljust(64, b"\0") + payload

    def test_not_a_kernel(self):
        arm = self.image(0x24, struct.pack("<I", 0x016F2818))
        cases = (
            ("text", b"#!/bin/sh\n" * 100, "expected an arm64 Image"),
            ("empty", b"", "starts with nothing"),
            ("short", b"MZ", "expected an arm64 Image"),
            ("vmlinux", b"\x7fELF" + bytes(100), "arch/arm64/boot/Image"),
            ("text.gz", gzip.compress(b"text"), "expected an arm64 Image"),
            ("cut.gz", gzip.compress(os.urandom(9000))[:20], "cannot read it"),
            ("zImage", arm, "is for arm"),
            ("zboot.text", self.zboot(b"gzip", gzip.compress(b"text")),
             "found something else"),
            ("zboot.cut", self.zboot(b"gzip", b"\x1f\x8b\x08"), "EFI zboot"),
            ("zboot.odd", self.zboot(b"rot13", b"abc"), "'rot13'"),
            ("zboot.far", self.zboot(b"gzip", b"abc")[:-1], "does not fit"),
        )
        command = self.command("[target.t]", "good")
        for name, data, words in cases:
            path = self.kernel(name, data)
            done = subprocess.run([*command, "--kernel", str(path)],
                                  capture_output=True, text=True,
                                  timeout=TIME_LIMIT_S)
            self.assert_error(done, str(path), words)
        done = subprocess.run([*command, "--kernel", str(self.build / "none")],
                              capture_output=True, text=True)
        self.assert_error(done, "none", "No such file")
        self.assertFalse(self.results.exists(), "expected no run at all")

    def test_kernel_images(self):
        sys.path.insert(0, str(ROOT))
        from scripts import kernel_image
        arm64 = self.image(0x38, b"ARM\x64")
        unpacked = self.build / "kernels"
        for name, data, arch in (
                ("Image", arm64, "arm64"),
                ("Image.gz", gzip.compress(arm64), "arm64"),
                ("vmlinuz.efi", self.zboot(b"gzip", gzip.compress(arm64)), "arm64"),
                ("zImage", self.image(0x24, struct.pack("<I", 0x016F2818)), "arm")):
            path, got = kernel_image.prepare(self.kernel(name, data), unpacked)
            self.assertEqual(arch, got, f"{name}: expected {arch}, got {got}")
            if name == "vmlinuz.efi":
                self.assertEqual(arm64, path.read_bytes(),
                                 "expected the kernel out of the zboot image")

    def test_patterns(self):
        for pattern in ("a;b", "$(x)", "a'b", "a/b"):
            done = subprocess.run([sys.executable, str(RUN), "--tests", pattern],
                                  capture_output=True, text=True)
            self.assert_error(done, "TESTS", pattern)

    def test_programs(self):
        command = self.command("[target.t]", "good")
        folder = self.build / "programs"
        for text, words in (("good soon\n", "NAME [SECONDS]"), ("other\n", "'other'"),
                            ("# none\n", "expected names")):
            (folder / "programs").write_text(text)
            done = subprocess.run(command, capture_output=True, text=True)
            self.assert_error(done, words)
        (folder / "programs").unlink()
        self.assert_error(subprocess.run(command, capture_output=True, text=True),
                          "make run")

    @unittest.skipIf(os.uname().machine == "aarch64", "KVM may work here")
    def test_kvm_on_another_host(self):
        done = self.run_it("[target.t]", "good",
                           options=["--accel", "kvm"])
        self.assert_error(done, "ACCEL=kvm", "arm64 host")

    def test_no_qemu(self):
        done = self.run_it('[target.t]\nqemu = "qemu-none"', "good")
        self.assert_error(done, "qemu-none", "apt-get install")

    def test_unwritable_results(self):
        (self.build / "results").write_text("in the way")
        done = self.run_it("[target.t]", "good")
        self.assert_error(done, "cannot write", "results", "BUILD=")

    def test_unwritable_build(self):
        (self.build / "initramfs").write_text("in the way")
        done = self.run_it("[target.t]", "good")
        self.assert_error(done, "cannot make the initramfs")

    def test_full_disk(self):
        """The kernel's log alone is more than fits."""
        command = self.command(
            "[target.a]\n[target.b]", "good",
            options=["--jobs", "2"])
        self.results.mkdir()
        limit = None
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8k,nr_inodes=20", "tmpfs",
             str(self.results)], capture_output=True).returncode == 0
        if mounted:
            self.addCleanup(subprocess.run, ["umount", str(self.results)],
                            check=True)
        else:
            # The next best: files that cannot grow, once the rest is made.
            subprocess.run([*command, "--tests", "good"], capture_output=True)

            def limit():
                resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        done = subprocess.run(command, capture_output=True, text=True,
                              preexec_fn=limit, timeout=TIME_LIMIT_S)
        self.assert_error(done, "cannot write the results", str(self.results),
                          "No space left" if mounted else "too large")

    def test_two_runs_at_once(self):
        first = subprocess.Popen(
            self.command("[target.t]", "slow"),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(first.stdout.close)
        self.addCleanup(first.wait)
        self.addCleanup(first.kill)
        self.assertTrue(wait_until(lambda: (self.results / "t").exists(), 30),
                        "expected the first run to begin")
        second = subprocess.run(first.args, capture_output=True, text=True)
        self.assert_error(second, "another run")
        first.send_signal(signal.SIGTERM)
        first.wait(20)
        self.assertEqual(143, first.returncode,
                         f"expected status 143, got {first.returncode}")


if __name__ == "__main__":
    unittest.main()
