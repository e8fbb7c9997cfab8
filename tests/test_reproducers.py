# SPDX-License-Identifier: GPL-2.0-only
"""Reproducers: they are written to files, they compile, and they show the failure again."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tests import marks
from tests.test_pure import TESTED, compile_to, run_limited
from tests.test_static import kernel_source
from tools import failures, ktap, matrix, reproducers, summary
from tools.results import FAILED

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))
CROSS = os.environ.get("CROSS_arm64", "aarch64-linux-gnu-")

# A reproducer contains all helper functions, also unused ones.
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-Wno-unused-function")

TEST = "model.any.sequences"
OUTPUT = f"""KTAP version 1
1..1
# start {TEST}
# {TEST}: KVM_RUN: expected OK, got EINVAL
# {TEST}: reproducer 1.c
# {TEST}: | int main(void)
# {TEST}: | {{
# {TEST}: | \treturn 1;
# {TEST}: | 
# {TEST}: | }}
# {TEST}: reproducer 1.syz
# {TEST}: | r0 = openat$kvm()
# {TEST}: 3 calls in all
# {TEST}: | a line of a table, of no file
not ok 1 {TEST}
"""
FILES = {f"{TEST}-1.c": ["int main(void)", "{", "\treturn 1;", "", "}"],
         f"{TEST}-1.syz": ["r0 = openat$kvm()"]}


def judge(output: str) -> ktap.ProgramJudge:
    judge = ktap.ProgramJudge("fuzz", [TEST])
    for line in output.splitlines():
        judge.feed(line, 0.0)
    judge.end(1, None, 0.0)
    return judge


class Files(unittest.TestCase):
    def test_extracted_from_the_log(self) -> None:
        result, = judge(OUTPUT).results
        self.assertEqual(FAILED, result.outcome)
        self.assertEqual(FILES, result.files)
        self.assertEqual(["KVM_RUN: expected OK, got EINVAL", f"reproducer: {TEST}-1.c",
                          f"reproducer: {TEST}-1.syz", "3 calls in all",
                          "| a line of a table, of no file"], result.log)

    def test_named_in_the_report(self) -> None:
        run, = matrix.runs_of([summary.summarize("t", "6.1", 1.0, judge(OUTPUT).results)])
        self.assertIn(f"    programs that show it, in t/: {' '.join(FILES)}",
                      failures.as_text([run]).splitlines())

    def test_long_programs_are_not_cut(self) -> None:
        lines = [f"# {TEST}: | {number}" for number in range(3 * ktap.MAX_LOG_LINES)]
        result, = judge(OUTPUT.replace(f"# {TEST}: | {{\n", "\n".join(lines) + "\n")).results
        self.assertEqual(len(lines) + 4, len(result.files[f"{TEST}-1.c"]))

    def test_names_outside_the_folder(self) -> None:
        for name in ("../1.c", "/1.c", "1.sh", "a/1.c", ".c", "1.c.sh"):
            result, = judge(OUTPUT.replace("1.syz", name)).results
            self.assertEqual({f"{TEST}-1.c"}, set(result.files), name)

    def test_numbers_have_limits(self) -> None:
        many = "".join(f"# {TEST}: reproducer {number}.c\n# {TEST}: | x\n"
                       for number in range(2 * reproducers.MAX_FILES))
        too_long = f"# {TEST}: | x\n" * (reproducers.MAX_LINES + 10)
        result, = judge(OUTPUT.replace(f"# {TEST}: 3 calls in all\n", many)).results
        self.assertEqual(reproducers.MAX_FILES, len(result.files))
        result, = judge(OUTPUT.replace(f"# {TEST}: 3 calls in all\n", too_long)).results
        self.assertLessEqual(sum(map(len, result.files.values())), reproducers.MAX_LINES)

    def test_from_other_documents(self) -> None:
        """From the output of a board, plain or as kselftest's runner indents it."""
        for indent in ("", "# "):
            with tempfile.TemporaryDirectory() as name:
                document = Path(name, "board.ktap")
                document.write_text("".join(f"{indent}{line}\n" for line in OUTPUT.splitlines()))
                proc = subprocess.run([sys.executable, "tools/reproducers.py", document, name],
                                      cwd=ROOT, capture_output=True, text=True, check=True)
                self.assertEqual([f"{name}/{file}" for file in FILES], proc.stdout.splitlines())
                for file, lines in FILES.items():
                    self.assertEqual(lines, Path(name, file).read_text().splitlines())


@marks.layer("build")
class Printed(unittest.TestCase):
    """tests/unit/model_prints.c prints each kind of call, as C and for syzkaller."""

    SOURCES = ("tests/unit/model_prints.c",
               *(f"selftests/model/{name}.c" for name in ("model", "model_calls", "model_syz")),
               *(f"selftests/lib/abi/{name}.c" for name in ("abi_calls", "patience", "in_child")))

    @classmethod
    def setUpClass(cls) -> None:
        with tempfile.TemporaryDirectory() as name:
            cls.printed = cls.print_all(Path(name))

    @classmethod
    def print_all(cls, folder: Path) -> dict[str, str]:
        """Runs model_prints with arm64's headers, as this machine may have another <asm/kvm.h>."""
        (folder / "asm").mkdir()
        found = subprocess.run([f"{CROSS}gcc", "-E", "-x", "c", "-"],
                               input="#include <asm/kvm.h>\n",
                               capture_output=True, text=True, check=True).stdout
        for header in ("kvm", "ptrace", "sve_context", "hwcap"):
            path = re.search(rf'"(/[^"]*/asm/{header}\.h)"', found)
            if path:
                (folder / f"asm/{header}.h").symlink_to(path[1])
        program = folder / "model_prints"
        compile_to(program, [
            "gcc", *TESTED, "-D_GNU_SOURCE=", "-D__aarch64__", f"-isystem{folder}",
            f"-isystem{kernel_source()}/tools/testing/selftests", "-isysteminclude/uapi",
            "-Iselftests", "-Iselftests/lib", *cls.SOURCES])
        return {words: run_limited([str(program), *words.split()])[1]
                for words in ("c", "c 0", "syz")}

    def test_c_compiles(self) -> None:
        for words in ("c", "c 0"):
            self.assertEqual(1, self.printed[words].count("int main(void)"))
            proc = subprocess.run([f"{CROSS}gcc", *WARNINGS, "-fsyntax-only", "-x", "c", "-"],
                                  input=self.printed[words], capture_output=True, text=True,
                                  check=False)
            self.assertEqual("", proc.stderr)

    def test_syzkaller_knows_the_calls(self) -> None:
        """All calls are in syzkaller's dev_kvm.txt, and use files that earlier lines opened."""
        known = {f"ioctl$KVM_{name}" for name in (
            "CREATE_VM", "CREATE_IRQCHIP", "CREATE_DEVICE", "CREATE_VCPU", "ARM_VCPU_INIT",
            "ARM_SET_DEVICE_ADDR", "SET_DEVICE_ATTR", "GET_DEVICE_ATTR", "HAS_DEVICE_ATTR",
            "SET_USER_MEMORY_REGION", "IRQ_LINE", "SET_GSI_ROUTING", "IRQFD", "CHECK_EXTENSION",
            "CHECK_EXTENSION_VM", "RUN", "SET_ONE_REG", "GET_ONE_REG")}
        calls, opened = set(), set()
        for line in self.printed["syz"].splitlines():
            if line.startswith("#"):
                continue
            call = re.fullmatch(r"(?:(r\d+) = )?([\w$]+)\((.*)\)", line)
            self.assertTrue(call, line)
            calls.add(call[2])
            opened.update(re.findall(r"<(r\d+)=>", line), [call[1]] if call[1] else [])
            self.assertLessEqual(set(re.findall(r"\br\d+\b", line)), opened, line)
        self.assertEqual(known | {"openat$kvm", "close", "write", "eventfd2"}, calls)


@marks.layer("machines")
@marks.slow
class OnAKernel(unittest.TestCase):
    """make fuzz with a wrong rule: the printed program compiles, and shows the mismatch."""

    TARGET = "arm64-gicv2"
    # A rule in selftests/rules.h that the model uses.
    RULE = re.compile(r'(\.id = "device\.unknown_type",.*?\{ "\*", )"ENODEV"', re.DOTALL)

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_target(self, programs: Path, results: Path, *more: str) -> dict:
        proc = subprocess.run(
            [sys.executable, "scripts/run.py", "--target", self.TARGET, "--programs-dir", programs,
             "--results-dir", results, *more],
            cwd=ROOT, capture_output=True, text=True, check=False)
        self.output = proc.stdout + proc.stderr
        path = results / self.TARGET / "summary.json"
        self.assertTrue(path.is_file(), self.output)
        return json.loads(path.read_text())

    def build_with_wrong_rule(self) -> Path:
        """Builds `fuzz` with a wrong result in its table of rules; returns the folder."""
        tree, out = self.folder / "tree", self.folder / "out"
        shutil.copytree(ROOT / "selftests", tree / "selftests")
        for name in ("include", "arch"):
            (tree / name).symlink_to(ROOT / name)
        shutil.copytree(BUILD / "selftests/arm64", out)
        header = tree / "selftests/rules.h"
        changed, count = self.RULE.subn(r'\1"EINVAL"', header.read_text())
        self.assertEqual(1, count)
        header.write_text(changed)
        for name in ("fuzz", "lib/harness/rule.c.o"):
            (out / name).unlink()
        subprocess.run(
            ["make", "-s", "-C", tree / "selftests", "ARCH=arm64", f"CROSS_COMPILE={CROSS}",
             f"KSRC={kernel_source()}", f"OUTPUT={out}", out / "fuzz"],
            check=True, capture_output=True, text=True)
        (out / "programs").write_text("fuzz 600\n")
        return out

    def test_reproducer_shows_the_failure(self) -> None:
        summary = self.run_target(self.build_with_wrong_rule(), self.folder / "results",
                                  "--tests", TEST)
        result, = (r for r in summary["results"] if r["test"] == TEST)
        self.assertEqual("failed", result["outcome"], self.output)
        self.assertIn(f"{TEST}-1.c", self.output)
        found = self.folder / "results" / self.TARGET
        for name in result["files"]:
            self.assertTrue((found / name).is_file(), name)
        syz = (found / f"{TEST}-1.syz").read_text()
        self.assertRegex(syz, r"ioctl\$KVM_CREATE_DEVICE\(r\d+, 0xc00caee0, ")

        rebuilt = self.folder / "rebuilt"
        rebuilt.mkdir()
        shutil.copy(BUILD / "selftests/arm64/probe", rebuilt)
        subprocess.run(
            [f"{CROSS}gcc", "-static", *WARNINGS, "-o", rebuilt / "reproducer",
             f'-DREPRODUCER="{found / f"{TEST}-1.c"}"', ROOT / "tests/reproducer_in_ktap.c"],
            check=True, capture_output=True, text=True)
        (rebuilt / "programs").write_text("reproducer 60\n")
        summary = self.run_target(rebuilt, self.folder / "second")
        outcomes = {r["test"]: r["outcome"] for r in summary["results"]}
        self.assertEqual("passed", outcomes["reproducer.any.shows"], self.output)


if __name__ == "__main__":
    unittest.main()
