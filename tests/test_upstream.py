# SPDX-License-Identifier: GPL-2.0-only
"""scripts/upstream.sh and scripts/kernel_style.py: a series for a kernel tree, commit by commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from scripts import kernel_style
from tests import marks
from tests.test_kernel_tree import CROSS_ARM64, ENV, NEWEST, source

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "scripts/upstream.sh"
KVM = Path("tools/testing/selftests/kvm")
PLACE = KVM / "arm64/vgic_abi"
# FILE_PATH_CHANGES warns about each new file, but MAINTAINERS has the whole folder.
CHECKPATCH = ("scripts/checkpatch.pl", "--strict", "--terse", "--show-types", "--no-tree",
              "--ignore", "FILE_PATH_CHANGES")


class Style(unittest.TestCase):
    """Conversion of sources by kernel_style."""

    def becomes(self, expected: str, text: str) -> None:
        self.assertEqual(expected, kernel_style.converted(text))

    def test_types(self) -> None:
        self.becomes("#include <linux/types.h>\n\nu32 a(s8 b, u64 *c);\n",
                     "#include <stdint.h>\n\nuint32_t a(int8_t b, uint64_t *c);\n")
        self.becomes("#include <stdio.h>\n#include <linux/types.h>\n\nu8 my_uint8_t;\n",
                     "#include <stdio.h>\n\nuint8_t my_uint8_t;\n")

    def test_continued_lines_move(self) -> None:
        self.becomes("#ifndef A_H\n#define A_H\n\n#include <linux/types.h>\n\n"
                     "static u32 call(u32 a,\n\t\tint (*b)(\"(\",\n\t\t\t u8 c),\n\t\tint d)\n"
                     "{\n\tcall(1,\n\t     2);\n",
                     "#ifndef A_H\n#define A_H\n\n"
                     "static uint32_t call(uint32_t a,\n\t\t     int (*b)(\"(\",\n"
                     "\t\t\t      uint8_t c),\n\t\t     int d)\n{\n\tcall(1,\n\t     2);\n")

    def test_backslashes_keep_their_column(self) -> None:
        self.becomes("#include <linux/types.h>\n#define A(b) do {\t\t\\\n\tu32 c = b;\t\t\\\n"
                     "\tcall(c);\t\t\\\n} while (0)\n",
                     "#include <linux/types.h>\n#define A(b) do {\t\t\\\n\tuint32_t c = b;\t\t\\\n"
                     "\tcall(c);\t\t\\\n} while (0)\n")

    def test_bits_and_attributes(self) -> None:
        self.becomes("#include <stdio.h>\n#include <linux/bits.h>\n#include <linux/compiler.h>\n"
                     "#define A\tBIT(31)\n\treturn BIT_ULL(vm->bits) + BIT_ULL(of(vm));\n"
                     "void end(void) __noreturn;\nvoid say(char *, ...) __printf(1, 2);\n",
                     "#include <stdio.h>\n"
                     "#define A\t(1U << 31)\n\treturn 1ULL << vm->bits + 1ULL << of(vm);\n"
                     "void end(void) __attribute__((noreturn));\n"
                     "void say(char *, ...) __attribute__((format(printf, 1, 2)));\n")

    def test_strings_are_whole(self) -> None:
        words = "word " * 18
        self.becomes(f'\tcall(a,\n\t     "{words}and more words");\n',
                     f'\tcall(a,\n\t     "{words}"\n\t     "and more words");\n')
        self.becomes('\tcall("a\\n"\n\t     "b\\n");\n', '\tcall("a\\n"\n\t     "b\\n");\n')

    def test_unchanged(self) -> None:
        text = "#include <stdio.h>\n\nint main(void)\n{\n\treturn call(1,\n\t\t    2);\n}\n"
        self.becomes(text, text)


class Case(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.tree = self.folder / "linux"

    def call(self, *command: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
        proc = subprocess.run([str(word) for word in command], cwd=self.tree, env=ENV, text=True,
                              capture_output=True, check=False)
        self.assertEqual(status, proc.returncode, proc.stdout[-3000:] + proc.stderr[-3000:])
        return proc

    def commit_all(self) -> None:
        """Makes a repository of the tree."""
        self.call("git", "init", "-q", "-b", "main")
        self.call("git", "config", "user.name", "A tester")
        self.call("git", "config", "user.email", "tester@example.com")
        self.call("git", "add", "-f", ".")
        self.call("git", "commit", "-q", "-m", "a kernel")


@marks.slow
class Refusals(Case):
    """Trees of empty files that lack what is needed."""

    def setUp(self) -> None:
        super().setUp()
        for name in (KVM / "Makefile.kvm", KVM / "lib/arm64/processor.c", "scripts/unifdef.c"):
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            (self.tree / name).touch()

    def refused(self, *words: str | Path) -> str:
        return self.call(SCRIPT, *words, status=2).stderr

    def test_arguments(self) -> None:
        self.assertIn("got 0 arguments", self.refused())
        self.assertIn("got the option '--force'", self.refused("--force"))
        self.assertIn("usage: upstream.sh LINUX_TREE [BRANCH]", self.call(SCRIPT, "--help").stdout)

    def test_trees(self) -> None:
        self.assertIn("expected a git repository", self.refused(self.tree))
        self.commit_all()
        self.call("git", "branch", "vgic-abi")
        self.assertIn("the branch 'vgic-abi', it exists", self.refused(self.tree))
        self.call("git", "rm", "-q", "scripts/unifdef.c")
        self.call("git", "commit", "-q", "-m", "x")
        self.assertIn("HEAD has no scripts/unifdef.c", self.refused(self.tree, "mine"))


@marks.slow
@marks.long
class Series(Case):
    """In the newest kernel's tree, each commit passes checkpatch and builds."""

    def setUp(self) -> None:
        super().setUp()
        shutil.copytree(source(NEWEST), self.tree, symlinks=True)
        self.commit_all()

    def build(self, output: Path, programs: list[str]) -> None:
        headers = " ".join(f"-isystem {self.tree / place}" for place in
                           ("tools/include/uapi", "tools/arch/arm64/include/uapi"))
        proc = self.call("make", "-s", f"-j{os.cpu_count()}", "-C", self.tree / KVM, "ARCH=arm64",
                         f"CROSS_COMPILE={CROSS_ARM64}", f"OUTPUT={output}",
                         f"KHDR_INCLUDES={headers}",
                         *(output / "arm64/vgic_abi" / name for name in programs))
        self.assertEqual([], [line for line in proc.stderr.splitlines()
                              if "warning:" in line and str(PLACE.name) in line])

    def test_each_commit(self) -> None:
        self.call(SCRIPT, self.tree)
        self.assertEqual("", self.call("git", "status", "--porcelain").stdout)
        self.assertEqual(1, len(self.call("git", "worktree", "list").stdout.splitlines()))
        commits = self.call("git", "rev-list", "--reverse", "main..vgic-abi").stdout.split()
        self.assertEqual(5, len(commits))
        output = self.folder / "built"
        output.mkdir()
        for commit in commits:
            with self.subTest(self.call("git", "show", "-s", "--format=%s", commit).stdout):
                self.call("git", "checkout", "-q", commit)
                patch = self.folder / "patch"
                patch.write_text(self.call("git", "format-patch", "-1", "--stdout", commit).stdout)
                self.assertEqual("", self.call("perl", *CHECKPATCH, patch).stdout)
                changed = self.call("git", "show", "--format=", "--name-only", commit).stdout
                self.assertEqual([], [name for name in changed.split()
                                      if Path(name) != KVM / "Makefile.kvm"
                                      and PLACE not in Path(name).parents])
                programs = [path.stem for path in (self.tree / PLACE).glob("*.c")]
                self.build(output, programs)
                for name in programs:
                    self.assertTrue((output / "arm64/vgic_abi" / name).is_file(), name)
        self.assertEqual({"probe", "errors", "order", "precedence", "devices"}, set(programs))


if __name__ == "__main__":
    unittest.main()
