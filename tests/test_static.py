# SPDX-License-Identifier: GPL-2.0-only
"""Static checks of the sources, builds of the module without messages, and run_all.sh."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts import cache, fetch, module
from tests import marks
from tools import registers, rules

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))


def tracked(*patterns: str) -> list[str]:
    """Files of the project: those that git tracks, and new ones that it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.splitlines() if (ROOT / name).is_file()]


def kernel_source() -> str:
    if os.environ.get("KSRC"):
        return os.environ["KSRC"]
    fetch = [sys.executable, str(ROOT / "scripts/fetch.py"), "ksrc"]
    return subprocess.run(fetch, check=True, capture_output=True, text=True).stdout.strip()


# Types of checkpatch errors that do not apply to X macros, such as the lists of registers.
IGNORED_TYPES = "COMPLEX_MACRO,MULTISTATEMENT_MACRO_USE_DO_WHILE"

# Generated from tables. They are half of the sources, so only samples of them are checked.
GENERATED = ("selftests/rules.h", "selftests/fields_table.h")


def complaints(names: Iterable[str], how: str, check: Callable[..., list[str]]) -> list[str]:
    """Messages of `check` about files, in lines that begin with their names. Files without
    messages are not checked again until they change. `how`: what else the result depends on.
    """
    cache_file = BUILD / "unit/silent" / hashlib.sha256(how.encode()).hexdigest()[:16]
    known_silent = set(cache_file.read_text().split()) if cache_file.is_file() else set()
    keys = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names}
    to_check = [name for name in keys if keys[name] not in known_silent]
    jobs = os.cpu_count() or 1
    chunks = [chunk for n in range(jobs) if (chunk := to_check[n::jobs])]
    with ThreadPoolExecutor(jobs) as pool:
        messages = [line for part in pool.map(lambda chunk: check(*chunk), chunks)
                    for line in part]
    cache_file.parent.mkdir(parents=True, exist_ok=True)
    new = cache_file.with_name(f"{cache_file.name}.{os.getpid()}.new")
    new.write_text("\n".join(sorted(key for name, key in keys.items() if not any(
        line.startswith(f"{name}:") for line in messages))))
    os.replace(new, cache_file)
    return messages


class Sources(unittest.TestCase):
    def assert_silent(self, command: list[str]) -> None:
        proc = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertEqual(0, proc.returncode, f"{' '.join(command)}\n{proc.stdout}{proc.stderr}")

    def test_shellcheck(self) -> None:
        scripts = tracked("*.sh", ".ci/run", "scripts/guest/*",
                          "scripts/vgic-abi", "debian/*.postinst")
        self.assertIn("scripts/guest/init", scripts)
        self.assert_silent(["shellcheck", "--severity=style", *scripts])

    def test_pyflakes(self) -> None:
        scripts = tracked("*.py")
        self.assertIn("scripts/faults.py", scripts)
        self.assert_silent(["pyflakes3", *scripts])

    def wrong_calls(self, *files: str) -> list[str]:
        """Calls whose arguments do not fit the function."""
        proc = subprocess.run(
            ["mypy", "--cache-dir", str(BUILD / "mypy"), "--python-executable", "/usr/bin/python3",
             "--ignore-missing-imports", "--check-untyped-defs", *files],
            cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertIn(proc.returncode, (0, 1), proc.stdout + proc.stderr)
        return [line for line in proc.stdout.splitlines() if line.endswith("[call-arg]")]

    def test_mypy_calls(self) -> None:
        self.assertEqual([], self.wrong_calls(*tracked("*.py")))

    def test_mypy_would_see_a_wrong_call(self) -> None:
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:
            path = Path(folder, "bad.py")
            path.write_text("def f(a):\n    return a\n\n\ndef g():\n    return f()\n")
            self.assertEqual(1, len(self.wrong_calls(str(path))))

    def checkpatch_errors(self, *files: str) -> list[str]:
        checkpatch = f"{kernel_source()}/scripts/checkpatch.pl"
        proc = subprocess.run(
            ["perl", checkpatch, "--no-tree", "--terse", "--show-types",
             f"--ignore={IGNORED_TYPES}", "-f", *files],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )
        self.assertEqual("", proc.stderr)
        return [line for line in proc.stdout.splitlines() if ": ERROR:" in line]

    def test_checkpatch(self) -> None:
        sources = [name for name in tracked("*.c", "*.h", "*.S") if name not in GENERATED]
        self.assertGreater(len(sources), 10)
        how = Path(kernel_source(), "scripts/checkpatch.pl").read_text() + IGNORED_TYPES
        self.assertEqual([], complaints(sources, how, self.checkpatch_errors))

    def test_checkpatch_of_generated_headers(self) -> None:
        for text in (rules.render_header(rules.load()[:20]),
                     registers.render_header(registers.load()[:20])):
            with tempfile.NamedTemporaryFile("w", suffix=".h") as file:
                file.write(text)
                file.flush()
                self.assertEqual([], self.checkpatch_errors(file.name))

    def test_checkpatch_would_see_an_error(self) -> None:
        good = "// SPDX-License-Identifier: GPL-2.0-only\nint f(char *p)\n{\n}\n"
        bad = good.replace("*p", "* p")
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:
            path = Path(folder, "bad.c")
            for text, errors in ((good, 0), (bad, 1), (bad, 1), (good, 0), (bad, 1)):
                path.write_text(text)
                self.assertEqual(errors, len(complaints([str(path)], folder,
                                                        self.checkpatch_errors)))

    def test_every_file_has_a_licence(self) -> None:
        # These formats have no comments, or need none.
        exempt = (".gitignore", "COPYING", ".md", ".ktap", ".json",
                  "debian/changelog", "debian/source/format")
        for name in tracked():
            if name.endswith(exempt) or not (ROOT / name).stat().st_size:
                continue
            with self.subTest(name):
                head = (ROOT / name).read_text(encoding="utf-8")[:200]
                self.assertIn("SPDX-License-Identifier: GPL-2.0-only", head)

    def test_no_local_host_or_path(self) -> None:
        # Split, so that the test does not find its own words.
        hosts = ["deb.deb" + "ian.org", "security.deb" + "ian.org", "snapshot.deb" + "ian.org"]
        paths = ["/wor" + "k/", "/roo" + "t/"]
        for name in tracked():
            text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
            for word in hosts + paths:
                with self.subTest(file=name, word=word):
                    self.assertFalse(word in text, "expected no name of one machine or host")

    def test_no_module_hides_a_standard_module(self) -> None:
        """A script's folder is first on sys.path: a random.py there would hide Python's."""
        names = tracked("*.py")
        self.assertIn("scripts/fetch.py", names)
        hidden = [name for name in names if Path(name).stem in sys.stdlib_module_names]
        self.assertEqual([], hidden)

    def test_python_compiles(self) -> None:
        sources = tracked("*.py")
        self.assertIn("scripts/run.py", sources)
        for name in sources:
            with self.subTest(name):
                compile((ROOT / name).read_text(encoding="utf-8"), name, "exec")


class Selftests(unittest.TestCase):
    def test_warnings_are_errors(self) -> None:
        """The suite's Makefile makes warnings errors, and disables none."""
        makefile = (ROOT / "selftests/Makefile").read_text(encoding="utf-8")
        self.assertIn("-Wall -Wextra -Werror", makefile)
        self.assertNotIn("-Wno-", makefile)

    def test_built_programs_are_static(self) -> None:
        for arch, machine in (("arm64", "AArch64"), ("arm", "ARM")):
            folder = BUILD / "selftests" / arch
            programs = [line.split()[0] for line in (folder / "programs").read_text().splitlines()]
            self.assertGreaterEqual(len(programs), 4)
            for program in programs + ["probe"]:
                with self.subTest(arch=arch, program=program):
                    kind = subprocess.run(
                        ["readelf", "-hl", str(folder / program)],
                        capture_output=True, text=True, check=True,
                    ).stdout
                    self.assertRegex(kind, rf"Machine: +{machine}\n")
                    self.assertNotIn("INTERP", kind)


@marks.slow
@marks.apart
class Module(unittest.TestCase):
    """The module builds without messages for both kernels."""

    def assert_builds_in_silence(self, target: str, **variables: str) -> None:
        # In a new folder, so that all files are compiled.
        with tempfile.TemporaryDirectory() as folder:
            proc = subprocess.run(
                [sys.executable, "scripts/run.py", "--modules", "--build", folder,
                 "--target", target],
                cwd=ROOT, capture_output=True, text=True, check=False,
                env={**os.environ, "VGIC_ABI_CACHE": str(cache.CACHE), **variables},
            )
            self.assertEqual(0, proc.returncode, proc.stderr)
            path = Path(proc.stdout.strip())
            messages = [line.replace(folder, "") for line in proc.stderr.splitlines()
                        if not line.startswith("building kvm_armv7.ko for ")]
            self.assertEqual([], messages, "expected a build without messages")
            self.assertTrue(f"vermagic={path.parent.name} ".encode() in path.read_bytes(),
                            f"expected {path} to be for that kernel")

    def test_compiler_sparse_and_analyzer_are_silent(self) -> None:
        """One build with all three takes half as long as three builds."""
        self.assert_builds_in_silence("armv7-ref", C="2", KCFLAGS="-fanalyzer")

    @marks.long
    def test_newer_kernel_without_a_warning(self) -> None:
        self.assert_builds_in_silence("armv7-ref-6.12")

    @marks.long
    def test_plain_kbuild(self) -> None:
        """The documented make command works in a copy that has only the module's sources."""
        headers = fetch.fetch_headers(None, None)
        with tempfile.TemporaryDirectory() as folder:
            for name, path in module.sources(ROOT).items():
                Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, Path(folder, name))
            command = ["make", "-s", "-j2", "-C", str(headers), f"M={folder}"]
            if os.uname().machine not in module.ARM_MACHINES:
                # These make Debian's headers use the cross compiler; a board needs none of them.
                command += ["DEB_BUILD_ARCH=build", "DEB_HOST_ARCH=armhf",
                            f"DEB_HOST_GNU_TYPE={module.CROSS}", f"CC={module.CROSS}-gcc"]
            env = {"PATH": os.environ["PATH"]}
            proc = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
            self.assertEqual((0, ""), (proc.returncode, proc.stderr))
            self.assertTrue(Path(folder, "kvm_armv7.ko").is_file())

    def test_git_ignores_build_output(self) -> None:
        """git ignores the files that a build in the source tree leaves."""
        artifacts = ["kvm_armv7.ko", "kvm_armv7.mod", "kvm_armv7.mod.c", "kvm_armv7.o",
                     "Module.symvers", "modules.order", ".Module.symvers.cmd", ".kvm_armv7.ko.cmd",
                     "virt/kvm/kvm_main.o", "virt/kvm/.kvm_main.o.cmd", "arch/arm/kvm/hyp_entry.o"]
        proc = subprocess.run(["git", "check-ignore", "--no-index", *artifacts], cwd=ROOT,
                              capture_output=True, text=True, check=False)
        self.assertEqual(artifacts, proc.stdout.splitlines(), proc.stderr)


class WithoutArm(unittest.TestCase):
    """`make kselftest` on a machine that is not ARM says what to do instead."""

    def test_kselftest_elsewhere(self) -> None:
        if os.uname().machine in ("aarch64", "arm64", *module.ARM_MACHINES):
            self.skipTest("this is an ARM machine")
        proc = subprocess.run(
            ["make", "kselftest"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        self.assertEqual(2, proc.returncode)
        self.assertIn("expected an ARM machine", proc.stderr)
        self.assertIn("make run", proc.stderr)


class RunAll(unittest.TestCase):
    """selftests/run_all.sh, with shell scripts as programs."""

    def run_all(self, **programs: str) -> subprocess.CompletedProcess[str]:
        folder = BUILD / "unit/run_all"
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in programs.items():
            path = folder / name
            path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
            path.chmod(0o755)
        (folder / "programs").write_text("".join(f"{name} 2\n" for name in programs))
        return subprocess.run(
            ["sh", str(ROOT / "selftests/run_all.sh"), str(folder)],
            capture_output=True, text=True, check=False,
        )

    def test_nested_results(self) -> None:
        proc = self.run_all(good="echo ok 1 a", bad="echo not ok 1 b; exit 1", none="exit 4")
        self.assertEqual(
            ["KTAP version 1", "1..3", "  ok 1 a", "ok 1 good", "  not ok 1 b",
             "not ok 2 bad", "ok 3 none # SKIP"],
            proc.stdout.splitlines(),
        )
        self.assertEqual(1, proc.returncode)

    def test_hang_ends(self) -> None:
        proc = self.run_all(hangs="exec sleep 60", good="echo ok 1 a")
        self.assertIn("# hangs: expected it to end within 2 s, it still ran", proc.stdout)
        self.assertIn("not ok 1 hangs # TIMEOUT 2 s\n  ok 1 a\nok 2 good\n", proc.stdout)
        self.assertEqual(1, proc.returncode)

    def test_all_skipped(self) -> None:
        self.assertEqual(4, self.run_all(none="exit 4").returncode)

    def test_all_passed(self) -> None:
        self.assertEqual(0, self.run_all(good="exit 0").returncode)

    def test_nothing_built(self) -> None:
        proc = subprocess.run(
            ["sh", str(ROOT / "selftests/run_all.sh"), str(BUILD / "unit")],
            capture_output=True, text=True, check=False,
        )
        self.assertEqual(2, proc.returncode)
        self.assertIn("run make first", proc.stderr)


if __name__ == "__main__":
    unittest.main()
