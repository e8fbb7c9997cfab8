# SPDX-License-Identifier: GPL-2.0-only
"""The Makefile: help, the programs that each target needs, paths, and dependencies."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from scripts import targets
from tests import marks
from tests.test_static import kernel_source, tracked

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD") or ROOT / "build").absolute()
WIDTH = 100

# The environment without variables that affect the build.
ENV = {name: value for name, value in os.environ.items()
       if not re.match(r"MAKE|MFLAGS|KSRC|VGIC_ABI_CACHE|ARCH$|CROSS_|OUTPUT|BUILD$|PYTHON$", name)}


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], cwd=cwd, env={**ENV, **env},
                          capture_output=True, text=True, check=False)


def copy_of_sources(to: Path, *without: str) -> Path:
    """Copies the project's files to a folder, without those with the given prefixes."""
    for name in tracked():
        if not name.startswith(without or "?"):
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    return to


class Scratch(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())).resolve()


class Help(unittest.TestCase):
    help_text = ""

    @classmethod
    def setUpClass(cls) -> None:
        cls.help_text = run("make").stdout

    def test_width(self) -> None:
        self.assertEqual([], [line for line in self.help_text.splitlines() if len(line) > WIDTH])

    def test_commands(self) -> None:
        """All listed commands are goals, and the everyday ones come first."""
        listed = re.findall(r"^  make ([\w-]+)", self.help_text, re.MULTILINE)
        self.assertEqual(["run", "check"], listed[:2])
        self.assertLessEqual({"check-long", "noise", "guest-soak", "matrix", "faults", "rules"},
                             set(listed))
        self.assertIn("FAST=1", self.help_text)
        self.assertEqual(len(listed), len(set(listed)))
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        goals = {word for line in re.findall(r"^([a-z][\w -]*):(?!=)", makefile, re.MULTILINE)
                 for word in line.split()}
        self.assertEqual(set(), set(listed) - goals)

    def test_targets(self) -> None:
        names = re.findall(r"^  (ar\S+)  ", self.help_text, re.MULTILINE)
        self.assertEqual(sorted(targets.load(ROOT / "scripts/targets.toml")), sorted(names))


class Needs(unittest.TestCase):
    """Exactly the programs that a target runs are built for it."""

    def needs(self, *arguments: str) -> set[str]:
        proc = run(sys.executable, "scripts/run.py", "--needs", *arguments)
        self.assertEqual(0, proc.returncode, proc.stderr)
        # A module is listed only if it is not built yet.
        return {goal for goal in proc.stdout.split() if not goal.startswith("module-")}

    def test_needs(self) -> None:
        for names, goals in (
                ("arm64-gicv2", {"selftests-arm64"}),
                ("armv7-ref,armv7-novirt", {"selftests-arm"}),
                ("armv7-hostile", {"hostile-arm"}),
                ("armv7-linux,arm64-gicv2", {"guest_linux-arm", "selftests-arm64"}),
                ("armv7-fuzz,arm64-gicv2-bench", {"fuzz-arm", "bench-arm64"})):
            self.assertEqual(goals, self.needs("--target", names), names)

    def test_kernel_of_one_architecture(self) -> None:
        image = BUILD / "unit/Image"
        image.parent.mkdir(parents=True, exist_ok=True)
        image.write_bytes(bytes(0x38) + b"ARMd" + bytes(4096))
        goals = self.needs("--kernel", str(image))
        self.assertEqual(set(), {goal for goal in goals if not goal.endswith("-arm64")})

    def test_modules(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            proc = run(sys.executable, "scripts/run.py", "--needs", "--build", folder, "--target",
                       "armv7-ref,armv7-novirt,armv7-ref-6.12,armv7-hostile")
        self.assertEqual(["module-armv7-ref", "module-armv7-ref-6.12"],
                         re.findall(r"module-\S+", proc.stdout), "expected one for each release")

    def test_every_target_has_a_goal(self) -> None:
        """scripts/build.mk has each goal that --needs prints."""
        names = ",".join(targets.load(ROOT / "scripts/targets.toml"))
        goals = self.needs("--target", names)
        proc = run("make", "-n", "-f", "scripts/build.mk", "KSRC=/none", f"BUILD={BUILD}",
                   "PYTHON=true", "LOCKED=true", *goals)
        self.assertEqual(0, proc.returncode, proc.stderr)


class Paths(Scratch):
    """Paths that make and kbuild cannot handle."""

    def assert_refused(self, proc: subprocess.CompletedProcess[str], *words: str) -> None:
        self.assertEqual(2, proc.returncode, proc.stdout + proc.stderr)
        lines = proc.stderr.splitlines()
        self.assertEqual(1, len(lines), lines)
        for word in words:
            self.assertIn(word, lines[0])

    def test_spaces_and_colons(self) -> None:
        for name, bad in (("BUILD", "my lab"), ("BUILD", "a:b"), ("KSRC", "my linux"),
                          ("VGIC_ABI_CACHE", "my cache")):
            path = self.folder / bad
            character = "colons" if ":" in bad else "spaces"
            with self.subTest(bad):
                self.assert_refused(run("make", "selftests", f"{name}={path}"), f"{name}=",
                                    f"without {character}", f"'{path}'")
                self.assert_refused(run("make", "selftests", **{name: str(path)}), f"{name}=")
        self.assertEqual([], list(self.folder.iterdir()), "expected nothing to be written")

    def test_checkout_with_a_space(self) -> None:
        checkout = self.folder / "my lab"
        checkout.mkdir()
        shutil.copy(ROOT / "Makefile", checkout)
        self.assert_refused(run("make", "run", cwd=checkout), "this checkout", "without spaces",
                            str(checkout), "move it")
        self.assertEqual(["Makefile"], [path.name for path in checkout.iterdir()])

    def test_suite_alone(self) -> None:
        proc = run("make", "-C", "selftests", "ARCH=arm64", "KSRC=/my linux",
                   f"OUTPUT={self.folder}")
        self.assertEqual(2, proc.returncode)
        self.assertIn("expected KSRC= to be a path without spaces", proc.stderr)

    def test_relative(self) -> None:
        """A relative BUILD= becomes absolute, for programs in other folders."""
        checkout = self.folder / "checkout"
        checkout.mkdir()
        shutil.copy(ROOT / "Makefile", checkout)
        text = "include Makefile\nshown:\n\t@echo $(BUILD) $$BUILD\n"
        for given in (("BUILD=rel2",), ()):
            proc = subprocess.run(["make", "-f", "-", *given, "shown"], cwd=checkout, input=text,
                                  env={**ENV, **({} if given else {"BUILD": "rel2"})},
                                  capture_output=True, text=True, check=False)
            self.assertEqual(f"{checkout}/rel2 {checkout}/rel2\n", proc.stdout, proc.stderr)


class Rules(Scratch):
    """Files that are generated from the table of rules are kept up to date."""

    def make(self) -> subprocess.CompletedProcess[str]:
        return run("make", f"{self.folder}/build/rules.made", cwd=self.folder / "checkout",
                   BUILD=str(self.folder / "build"))

    def test_edited_table(self) -> None:
        checkout = copy_of_sources(self.folder / "checkout", "tests/", "Documentation/findings",
                                   "virt/", "arch/")
        header, page = checkout / "selftests/rules.h", checkout / "Documentation/abi/reference.md"
        before = header.stat().st_mtime_ns
        proc = self.make()
        self.assertEqual((0, ""), (proc.returncode, proc.stderr))
        self.assertEqual(before, header.stat().st_mtime_ns,
                         "expected an up-to-date file not to be written")

        table = checkout / "Documentation/abi/rules.toml"
        text = table.read_text(encoding="utf-8")
        word = re.search(r'^text = "(\w+ \w+)', text, re.MULTILINE)
        assert word
        table.write_text(text.replace(word[1], "Edited by hand", 1), encoding="utf-8")
        proc = self.make()
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertIn("Edited by hand", page.read_text(encoding="utf-8"))
        self.assertIn("regenerated", proc.stderr)
        self.assertEqual("", self.make().stderr)

        table.write_text(text + "\n[[rule]]\n", encoding="utf-8")
        proc = self.make()
        self.assertEqual(2, proc.returncode)
        self.assertNotIn("Traceback", proc.stderr)

    def test_builds_depend_on_the_header(self) -> None:
        """All goals that compile the suite depend on rules.h."""
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        recipes = re.findall(r"^([a-z][\w -]*):(?!=)((?:[^\n]|\\\n)*)\n((?:\t.*\n)+)", makefile,
                             re.MULTILINE)
        building = [(names, needs) for names, needs, recipe in recipes if "$(BUILT)" in recipe]
        self.assertGreater(len(building), 8)
        for names, needs in building:
            if names not in ("soak", "vgic-run"):
                self.assertIn("$(BUILD)/rules.made", needs, names)


@marks.slow
@marks.layer("build")
class Suite(Scratch):
    """selftests/Makefile, for a program, its helper and two files of lib/."""

    FILES = ("compat.o", "helpers/compat_process.o", "lib/harness/rule.c.o", "lib/harness/ktap.c.o")

    def make(self, *more: str) -> subprocess.CompletedProcess[str]:
        prefix = "" if os.uname().machine == "aarch64" else "aarch64-linux-gnu-"
        proc = run("make", "-j2", "--no-print-directory", "-C", self.checkout / "selftests",
                   "ARCH=arm64", f"CROSS_COMPILE={prefix}", f"KSRC={kernel_source()}",
                   f"OUTPUT={self.folder}/out",
                   *(self.folder / "out" / name for name in self.FILES), *more)
        self.assertEqual(0, proc.returncode, proc.stderr)
        return proc

    def compiled(self, *more: str) -> list[str]:
        return sorted(re.findall(r" -c (\S+) -o", self.make(*more).stdout))

    def setUp(self) -> None:
        super().setUp()
        self.checkout = self.folder / "checkout"
        for folder in ("selftests", "include/uapi"):
            shutil.copytree(ROOT / folder, self.checkout / folder)

    def change(self, path: Path, text: str) -> None:
        """Writes a file with a later timestamp than all objects, even on a coarse clock."""
        newest = max(file.stat().st_mtime_ns for file in (self.folder / "out").rglob("*"))
        path.write_text(text)
        while path.stat().st_mtime_ns <= newest:
            os.utime(path)

    def test_compiles_what_changed(self) -> None:
        sources = ["compat.c", "compat_process.c", "lib/harness/ktap.c", "lib/harness/rule.c"]
        first = self.make("PROGRESS=building")
        self.assertRegex(first.stderr, r"^building: 1 of [0-9]+ files\n")
        self.assertEqual([], self.compiled())
        for changed, compiled in (
                ("rules.h", ["lib/harness/rule.c"]),
                ("compat_process.h", ["compat.c", "compat_process.c"]),
                ("compat.c", ["compat.c"])):
            path = self.checkout / "selftests" / changed
            self.change(path, path.read_text() + "\n")
            self.assertEqual(compiled, self.compiled(), changed)
        # A removed header is no longer a dependency.
        (self.checkout / "selftests/compat_process.h").rename(self.checkout / "selftests/other.h")
        for name in ("compat.c", "compat_process.c"):
            path = self.checkout / "selftests" / name
            self.change(path, path.read_text().replace('"compat_process.h"', '"other.h"'))
        self.assertEqual(["compat.c", "compat_process.c"], self.compiled())
        # Other options rebuild everything.
        self.assertEqual(sources, self.compiled("USERCFLAGS=-DOTHER"))
        self.assertEqual([], self.compiled("USERCFLAGS=-DOTHER"))


if __name__ == "__main__":
    unittest.main()
