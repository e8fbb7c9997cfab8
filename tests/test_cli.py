# SPDX-License-Identifier: GPL-2.0-only
"""scripts/cli.py, the common part of the scripts' main functions, and its use by all scripts."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import textwrap
import unittest
from pathlib import Path

from scripts import cli
from scripts.errors import SetupError
from tests import marks
from tests.test_static import tracked

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 1800

# A script that executes the code in its argument.
SCRIPT = """
    import os, signal, sys, time
    from scripts import cli
    from scripts.errors import SetupError

    def run():
        try:
            exec(sys.argv[1])
            return 0
        finally:
            print("cleaned up", file=sys.stderr, flush=True)

    sys.exit(cli.main("script", run, "nothing is lost"))
"""
WAIT = "print('ready'); time.sleep(600)"


def start(code: str, **kwargs: object) -> subprocess.Popen[str]:
    # The tests depend on buffered output.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(SCRIPT), code], cwd=ROOT,
                            text=True, errors="surrogateescape", stderr=subprocess.PIPE,
                            **{"stdout": subprocess.PIPE, "env": env, **kwargs})


class Ends(unittest.TestCase):
    def run_to_end(self, code: str, **kwargs: object) -> tuple[int, str, str]:
        process = start(code, **kwargs)
        out, errors = process.communicate(timeout=LIMIT_S)
        self.assertIn("cleaned up\n", errors)
        self.assertNotIn("Traceback", errors)
        return process.returncode, out, errors.replace("cleaned up\n", "")

    def test_good(self) -> None:
        self.assertEqual((0, "hello\n", ""), self.run_to_end("print('hello')"))

    def test_setup_error(self) -> None:
        self.assertEqual((2, "", "script: expected x, got y\n"),
                         self.run_to_end("raise SetupError('expected x, got y')"))

    def test_os_error(self) -> None:
        self.assertEqual((2, "", "script: /no/such: No such file or directory\n"),
                         self.run_to_end("open('/no/such')"))

    def test_closed_standard_files(self) -> None:
        """With standard files closed, a child does not write into the script's own files."""
        code = ("import subprocess, tempfile; "
                "file = tempfile.NamedTemporaryFile(); print('words'); "
                "print('words', file=sys.stderr); "
                "subprocess.run('echo words; echo words >&2', shell=True, check=True); "
                "sys.exit(0 if file.fileno() > 2 and not os.path.getsize(file.name) else 9)")
        for closed in range(1, 8):
            def close(closed: int = closed) -> None:
                for number in range(3):
                    if closed & 1 << number:
                        os.close(number)

            process = start(code, stdin=subprocess.DEVNULL, preexec_fn=close)
            process.communicate(timeout=LIMIT_S)
            self.assertEqual(0, process.returncode, f"closed: {closed:03b}")

    def test_full_disk_behind_a_redirection(self) -> None:
        with open("/dev/full", "w", encoding="utf-8") as full:
            status, _, errors = self.run_to_end("print('hello')", stdout=full)
        self.assertEqual((2, "script: output: No space left on device\n"), (status, errors))

    def test_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                process = start(WAIT)
                self.assertEqual("ready\n", process.stdout.readline(),
                                 "expected the output at once")
                process.send_signal(number)
                _, errors = process.communicate(timeout=LIMIT_S)
                self.assertEqual(128 + number, process.returncode)
                self.assertEqual(f"cleaned up\nscript: interrupted by {number.name}; nothing is "
                                 "lost\n", errors)

    def test_second_signal_does_not_disturb(self) -> None:
        code = ("try:\n    print('ready'); time.sleep(600)\nfinally:\n"
                "    os.kill(os.getpid(), signal.SIGTERM); time.sleep(0.1)")
        process = start(code)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=LIMIT_S)
        self.assertEqual(130, process.returncode)
        self.assertIn("cleaned up\n", errors)

    def test_ignored_signal_stays_ignored(self) -> None:
        process = start("print('ready'); input()", stdin=subprocess.PIPE,
                        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        process.communicate("\n", timeout=LIMIT_S)
        self.assertEqual(0, process.returncode)

    def test_interrupted_child(self) -> None:
        self.assertEqual((130, "", "script: interrupted; nothing is lost\n"),
                         self.run_to_end("raise KeyboardInterrupt"))

    def without_reader(self, code: str) -> tuple[int, str]:
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "w") as gone:
            status, _, errors = self.run_to_end(code, stdout=gone)
        return status, errors

    def test_closed_reader(self) -> None:
        self.assertEqual((128 + signal.SIGPIPE, ""), self.without_reader("print('hello')"))

    def test_script_continues_without_reader(self) -> None:
        code = "cli.say('one'); cli.say('two'); print('three'); print('ran', file=sys.stderr)"
        self.assertEqual((0, "ran\n"), self.without_reader(code))

    def test_another_pipe_is_an_error(self) -> None:
        code = "r, w = os.pipe(); os.close(r); os.write(w, b'x')"
        self.assertEqual((2, "", "script: output: Broken pipe\n"), self.run_to_end(code))

    def test_any_text_can_be_printed(self) -> None:
        status, out, _ = self.run_to_end("print('\\udcff\\u2713')",
                                         env={**os.environ, "PYTHONIOENCODING": "ascii"})
        self.assertEqual((0, "\\udcff\\u2713\n"), (status, out))


class Together(unittest.TestCase):
    """Coroutines that run at once end together."""

    def setUp(self) -> None:
        self.ended: list[str] = []

    async def wait_for_cancel(self, ends_well: bool) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            if not ends_well:
                raise

    async def send_sigterm(self) -> None:
        await asyncio.sleep(0)
        os.kill(os.getpid(), signal.SIGTERM)

    def test_all_complete(self) -> None:
        async def append_one() -> None:
            self.ended.append("one")
        asyncio.run(cli.together(append_one(), append_one()))
        self.assertEqual(["one", "one"], self.ended)

    def test_first_error_cancels_the_others(self) -> None:
        async def fails() -> None:
            raise SetupError("no disk")
        with self.assertRaisesRegex(SetupError, "no disk"):
            asyncio.run(cli.together(self.wait_for_cancel(False), fails(),
                                     self.wait_for_cancel(True)))
        self.assertEqual(["cancelled"] * 2, self.ended)

    def test_signal(self) -> None:
        for ends_well in (False, True):
            with self.subTest(ends_well=ends_well):
                with self.assertRaises(cli.Interrupted) as raised:
                    asyncio.run(cli.together(self.wait_for_cancel(ends_well), self.send_sigterm()))
                self.assertEqual(signal.SIGTERM, raised.exception.number)
                self.assertEqual("cancelled", self.ended.pop())


class Arguments(unittest.TestCase):
    def test_words(self) -> None:
        self.assertEqual(["a", "b", "c"], cli.words("a, b c,"))

    def test_patterns(self) -> None:
        self.assertIsNone(cli.test_patterns(None))
        self.assertIsNone(cli.test_patterns(" "))
        self.assertEqual("a.*,b", cli.test_patterns("a.* b"))
        with self.assertRaisesRegex(SetupError, "TESTS: expected names or shell patterns"):
            cli.test_patterns("a;b")

    def test_positive(self) -> None:
        self.assertEqual(1, cli.positive("--jobs", 1))
        with self.assertRaisesRegex(SetupError, "^--jobs: expected 1 or more, got 0$"):
            cli.positive("--jobs", 0)


@marks.slow
class Scripts(unittest.TestCase):
    # bisect_rule.py has the exit statuses of git bisect; only run_noise.py calls noise_maker.py.
    OTHERS = {"scripts/bisect_rule.py", "scripts/noise_maker.py"}

    def programs(self) -> list[str]:
        return [name for name in tracked("scripts/*.py")
                if '\nif __name__ == "__main__":' in (ROOT / name).read_text(encoding="utf-8")]

    def test_all_use_cli_main(self) -> None:
        programs = set(self.programs())
        self.assertLessEqual(self.OTHERS | {"scripts/run.py", "scripts/fetch.py"}, programs)
        for name in programs - self.OTHERS:
            with self.subTest(name):
                text = (ROOT / name).read_text(encoding="utf-8")
                self.assertEqual(1, len(re.findall(r"\n    return cli\.main\(", text)))
                self.assertNotIn("except KeyboardInterrupt", text)

    def test_wrong_arguments(self) -> None:
        for name in self.programs():
            with self.subTest(name):
                proc = subprocess.run([sys.executable, name, "--no-such-option"], cwd=ROOT,
                                      text=True, capture_output=True, check=False,
                                      timeout=LIMIT_S)
                expected = 128 if name == "scripts/bisect_rule.py" else 2
                self.assertEqual((expected, ""), (proc.returncode, proc.stdout), proc.stderr)
                self.assertNotIn("Traceback", proc.stderr)

    def test_help(self) -> None:
        for name in set(self.programs()) - {"scripts/noise_maker.py"}:
            with self.subTest(name):
                proc = subprocess.run([sys.executable, name, "--help"], cwd=ROOT, text=True,
                                      capture_output=True, check=False, timeout=LIMIT_S)
                self.assertEqual((0, ""), (proc.returncode, proc.stderr))


if __name__ == "__main__":
    unittest.main()
