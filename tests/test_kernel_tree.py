# SPDX-License-Identifier: GPL-2.0-only
"""The suite in a kernel's selftests: copied there, built, installed, packed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tests import marks
from tests.test_arm_backend import CROSS as CROSS_ARM

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))
SCRIPT = ROOT / "scripts/into_kernel_tree.sh"
CROSS_ARM64 = "" if os.uname().machine in ("aarch64", "arm64") else "aarch64-linux-gnu-"
# The environment without variables that affect the build.
ENV = {name: value for name, value in os.environ.items()
       if not re.match(r"MAKE|MFLAGS|KSRC|ARCH$|CROSS_COMPILE|OUTPUT|INSTALL_PATH|KBUILD_", name)}

# Suites whose kernels are newer than 6.1: 6.12 and later ones.
NEWEST = "trixie-backports"
SUITES = ("bookworm-backports", NEWEST, "sid")

RUNNER = {"run_kselftest.sh", "kselftest/runner.sh", "kselftest/prefix.pl"}


def run(*command: str | Path, **kwargs: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload]
        [str(word) for word in command], env=ENV, capture_output=True, text=True, check=False,
        **kwargs)


def source(suite: str | None = None) -> Path:
    """Parts of the source of a suite's kernel, or of Debian's 6.1, without regard to KSRC."""
    proc = run(sys.executable, ROOT / "scripts/fetch.py", "ksrc",
               *(["--suite", suite] if suite else []))
    assert proc.returncode == 0, proc.stderr
    return Path(proc.stdout.strip())


def programs() -> list[str]:
    """The test programs, from the sources, without bench and waits."""
    return sorted(path.stem for path in (ROOT / "selftests").glob("*.c")
                  if "rule_main.h" in path.read_text(encoding="utf-8")
                  and path.stem not in ("bench", "waits"))


class Case(unittest.TestCase):
    folder: Path

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def assert_success(self, proc: subprocess.CompletedProcess[str]) -> None:
        self.assertEqual(0, proc.returncode, proc.stdout[-3000:] + proc.stderr[-3000:])

    def unpack(self, installed: Path, folder: Path) -> None:
        """Unpacks the archive that gen_tar made from an installed tree."""
        folder.mkdir()
        self.assert_success(run("tar", "-xf", installed / "kselftest-packages/kselftest.tar.gz",
                                "-C", folder))

    def assert_is_for(self, program: Path, machine: str) -> None:
        header = run("readelf", "-h", program).stdout
        self.assertRegex(header, rf"Machine: +{machine}\n", program)

    def assert_complete(self, tree: Path) -> None:
        """Expects all files of this project that another machine needs."""
        for name in RUNNER:
            self.assertTrue(os.access(tree / name, os.X_OK), name)
        listed = run(tree / "run_kselftest.sh", "--list").stdout.split()
        self.assertEqual([f"vgic-abi:{name}" for name in programs()], sorted(listed))
        tests = tree / "vgic-abi"
        for name in [*programs(), "probe", "bench", "run_all.sh"]:
            self.assertTrue(os.access(tests / name, os.X_OK), name)
        for name in ("settings", "config"):
            self.assertEqual((ROOT / "selftests" / name).read_text(), (tests / name).read_text())
        named = [line.split()[0] for line in (tests / "programs").read_text().splitlines()]
        self.assertEqual(programs(), sorted(named))


@marks.slow
class Trees(Case):
    """Built in a kernel tree by the selftests' Makefile."""

    def tree(self, suite: str | None = None) -> Path:
        """A kernel source tree with the suite in it."""
        tree = self.folder / "linux"
        shutil.copytree(source(suite), tree, symlinks=True)
        self.assert_success(run(SCRIPT, tree))
        return tree

    def make(self, tree: Path, arch: str, cross: str, *more: str) -> None:
        # With FORCE_TARGETS, an error in one folder fails the whole make. -O0 compiles faster, and
        # the programs are not run.
        self.assert_success(run("make", "-j2", "-C", tree / "tools/testing/selftests",
                                "TARGETS=vgic-abi", f"ARCH={arch}", f"CROSS_COMPILE={cross}",
                                "FORCE_TARGETS=1", "USERCFLAGS=-O0", *more))

    def check_arm64(self, suite: str | None = None) -> Path:
        tree = self.tree(suite)
        self.make(tree, "arm64", CROSS_ARM64, "gen_tar")
        installed = tree / "tools/testing/selftests/kselftest_install"
        unpacked = self.folder / "unpacked"
        self.unpack(installed, unpacked)
        self.assert_complete(unpacked)
        for name in programs():
            self.assert_is_for(unpacked / "vgic-abi" / name, "AArch64")
        return tree

    def test_compiles_with_the_newer_library(self) -> None:
        """The headers of the newest KVM library differ; -fsyntax-only is enough to check them."""
        tree = self.tree(NEWEST)
        folder = tree / "tools/testing/selftests/vgic-abi"
        sources = [path for path in folder.rglob("*.c") if path.parent.name != "arm"]
        self.assertGreater(len(sources), 30)
        names = [path.relative_to(folder) for path in sources]
        program_sources = {f"{name}.c" for name in [*programs(), "bench", "probe", "waits"]}
        objects = [f"{name}.o" if name.parts[0] == "lib" else
                   name.with_suffix(".o") if str(name) in program_sources else
                   f"helpers/{name.with_suffix('.o')}" for name in names]
        self.assert_success(run("make", "-s", "-j2", "-C", folder, "ARCH=arm64",
                                f"CROSS_COMPILE={CROSS_ARM64}", f"OUTPUT={folder}",
                                "USERCFLAGS=-fsyntax-only", *(folder / name for name in objects)))

    @marks.long
    def test_6_1(self) -> None:
        tree = self.check_arm64()
        # With a separate output folder.
        self.make(tree, "arm", CROSS_ARM, f"O={self.folder / 'arm'}")
        for name in programs():
            self.assert_is_for(self.folder / "arm/kselftest/vgic-abi" / name, "ARM")

        # git ignores files that are built beside the sources, and `clean` removes them.
        proc = run("git", "-c", "init.defaultBranch=main", "init", "-q", tree)
        self.assert_success(proc)
        folder = tree / "tools/testing/selftests/vgic-abi"
        untracked = run("git", "-C", folder, "ls-files", "--others", "--exclude-standard").stdout
        copied = sorted((folder / ".copied").read_text().split())
        self.assertEqual(copied, sorted(untracked.split()))
        self.make(tree, "arm64", CROSS_ARM64, "clean")
        remaining = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        self.assertEqual({*copied, ".copied"}, remaining)
        self.assertIn(", 0 of them changed", run(SCRIPT, tree).stdout)

    @marks.long
    def test_suites_with_other_kernels(self) -> None:
        for suite in SUITES:
            with self.subTest(suite):
                self.folder = Path(tempfile.mkdtemp(dir=self.folder))
                self.check_arm64(suite)

    @marks.long
    def test_arm_after_arm64_in_the_same_folder(self) -> None:
        for suite in (None, NEWEST):
            with self.subTest(suite or "6.1"):
                self.folder = Path(tempfile.mkdtemp(dir=self.folder))
                tree = self.tree(suite)
                folder = tree / "tools/testing/selftests/vgic-abi"
                for arch, cross, machine in (("arm64", CROSS_ARM64, "AArch64"),
                                             ("arm", CROSS_ARM, "ARM")):
                    self.make(tree, arch, cross)
                    for name in programs():
                        self.assert_is_for(folder / name, machine)


@marks.slow
class Here(Case):
    """`make install` and gen_tar in this tree."""

    def make(self, *more: str) -> subprocess.CompletedProcess[str]:
        return run("make", "-C", ROOT / "selftests", "ARCH=arm64", f"CROSS_COMPILE={CROSS_ARM64}",
                   f"KSRC={source()}", f"OUTPUT={BUILD / 'selftests/arm64'}", *more)

    def test_install(self) -> None:
        self.assert_success(self.make(f"INSTALL_PATH={self.folder}", "install"))
        expected = {*programs(), "probe", "bench", "programs", "run_all.sh", "settings", "config"}
        self.assertEqual(expected, {path.name for path in self.folder.iterdir()})
        for name in programs():
            self.assertTrue(os.access(self.folder / name, os.X_OK), name)

    def test_install_without_a_place(self) -> None:
        proc = self.make("install")
        self.assertEqual(2, proc.returncode)
        self.assertIn("set INSTALL_PATH", proc.stderr)

    def test_gen_tar(self) -> None:
        self.assert_success(self.make(f"INSTALL_PATH={self.folder / 'made'}", "gen_tar"))
        self.unpack(self.folder / "made", self.folder / "unpacked")
        self.assert_complete(self.folder / "unpacked")


@marks.slow
class Script(Case):
    """into_kernel_tree.sh, in trees of empty files."""

    KERNEL = ("Makefile", "tools/testing/selftests/Makefile", "tools/testing/selftests/lib.mk",
              "tools/testing/selftests/kvm/lib/kvm_util.c",
              "tools/testing/selftests/kvm/lib/arm64/processor.c",
              "tools/testing/selftests/kvm/include/kvm_util.h")

    def setUp(self) -> None:
        super().setUp()
        self.tree = self.folder / "a kernel's tree"
        self.copy = self.tree / "tools/testing/selftests/vgic-abi"
        self.create_files(*self.KERNEL)
        (self.tree / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 3\n", encoding="utf-8")
        (self.tree / self.KERNEL[-1]).write_text(
            "vm_create() vm_vcpu_add() __vcpu_get_reg() vcpu_run_complete_io()", encoding="utf-8")

    def create_files(self, *names: str) -> None:
        for name in names:
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            (self.tree / name).touch()

    def refused(self, *args: str | Path) -> str:
        proc = run(SCRIPT, *args)
        self.assertEqual((2, ""), (proc.returncode, proc.stdout))
        self.assertFalse((self.copy / "Makefile").exists())
        return proc.stderr

    def test_help(self) -> None:
        for option in ("--help", "-h"):
            proc = run(SCRIPT, option)
            self.assertEqual((0, ""), (proc.returncode, proc.stderr))
            self.assertIn("usage: into_kernel_tree.sh LINUX_TREE", proc.stdout)
            self.assertIn("TARGETS=vgic-abi run_tests", proc.stdout)

    def test_bad_arguments(self) -> None:
        self.assertIn("got 0 arguments", self.refused())
        self.assertIn("got 2 arguments", self.refused(self.tree, self.tree))
        self.assertIn("got the option '--force'", self.refused("--force", self.tree))

    def test_no_folder(self) -> None:
        self.assertIn("there is no folder", self.refused(self.folder / "none"))
        self.assertIn("there is no folder", self.refused(self.tree / "Makefile"))

    def test_no_kernel_tree(self) -> None:
        self.assertIn("there is no tools/testing/selftests/Makefile", self.refused(ROOT))
        for name in self.KERNEL[:-2]:
            with self.subTest(name):
                (self.tree / name).unlink()
                self.assertIn(f"there is no {name}", self.refused(self.tree))
                self.create_files(name)

    def test_library_of_another_version(self) -> None:
        header = self.tree / self.KERNEL[-1]
        calls = header.read_text(encoding="utf-8")
        header.write_text(calls.replace("__vcpu_get_reg", "vcpu_get_register"), encoding="utf-8")
        message = self.refused(self.tree)
        self.assertIn("expected the KVM selftests library of Linux 6.1 or later", message)
        self.assertIn("the one there, of Linux 6.3, has no __vcpu_get_reg()", message)
        header.write_text(calls, encoding="utf-8")
        (self.tree / self.KERNEL[-2]).unlink()
        (self.tree / "Makefile").write_text("VERSION = 8\nPATCHLEVEL = 0\n", encoding="utf-8")
        self.assertIn("the one there, of Linux 8.0, has neither lib/arm64/processor.c nor",
                      self.refused(self.tree))

    def test_other_folder_in_its_place(self) -> None:
        self.copy.mkdir()
        (self.copy / "mine.c").touch()
        self.assertIn("something else is there: move it away", self.refused(self.tree))
        self.assertEqual(["mine.c"], [path.name for path in self.copy.iterdir()])

    def test_copies_changed_files(self) -> None:
        proc = run(SCRIPT, self.tree)
        self.assert_success(proc)
        count = int(re.search(r": ([0-9]+) files, \1 of them changed\n", proc.stdout)[1])
        self.assertGreater(count, 80)
        kernel_files = {*self.KERNEL}
        changed = {str(path.relative_to(self.tree)) for path in self.tree.rglob("*")
                   if path.is_file() and self.copy not in path.parents}
        self.assertEqual(kernel_files, changed)

        self.assertIn(f"{count} files, 0 of them changed", run(SCRIPT, self.tree).stdout)
        # Other files stay; files that the suite no longer has are removed.
        (self.copy / "mine.c").touch()
        (self.copy / "gone.c").touch()
        with (self.copy / ".copied").open("a") as copied:
            copied.write("gone.c\n")
        (self.copy / "abi.c").write_text("changed\n", encoding="utf-8")
        self.assertIn(f"{count} files, 2 of them changed", run(SCRIPT, self.tree).stdout)
        self.assertTrue((self.copy / "mine.c").exists())
        self.assertFalse((self.copy / "gone.c").exists())
        self.assertEqual((ROOT / "selftests/abi.c").read_bytes(),
                         (self.copy / "abi.c").read_bytes())


if __name__ == "__main__":
    unittest.main()
