# SPDX-License-Identifier: GPL-2.0-only
"""The Debian packages: their content and their commands. `make check-deb` installs them."""

from __future__ import annotations

import contextlib
import fcntl
import fnmatch
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from scripts import check_arm, check_deb, deb, emulated_debian, fetch, module, packages
from tests import marks
from tests.events import await_true
from tests.test_static import tracked

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build")).absolute()
COMMAND = ROOT / "scripts/vgic-abi"
MAN = ROOT / "Documentation/man"

# Runs the command in dkms.conf as DKMS does.
DKMS_MAKE = """
kernel_source_dir=$1 dkms_tree=$2
shift 2
. "$dkms_tree/dkms.conf"
eval "${MAKE[0]} -s $*"
"""


def run(*command: str | Path, **kwargs: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, **kwargs)  # type: ignore[call-overload,no-any-return]


def dkms_value(name: str) -> str:
    text = (ROOT / "dkms.conf").read_text(encoding="utf-8")
    return re.search(rf'^{re.escape(name)}="(.*)"$', text, re.MULTILINE)[1]  # type: ignore[index]


@marks.long
class Packages(unittest.TestCase):
    """The packages of both architectures, made from built programs."""

    arches = {"armhf": "ARM", "arm64": "AArch64"}

    @classmethod
    def setUpClass(cls) -> None:
        paths = deb.build_all(list(cls.arches), BUILD / "unit/deb")
        cls.debs = {path.name.replace("_", " ").split()[0] + "_" + path.stem.split("_")[-1]: path
                    for path in paths}
        cls._folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls._folder.cleanup)
        cls.trees = {}
        for name, path in cls.debs.items():
            tree = Path(cls._folder.name, name)
            tree.mkdir()
            subprocess.run(["dpkg-deb", "-R", str(path), str(tree)], check=True)
            cls.trees[name] = tree

    def test_names(self) -> None:
        self.assertEqual({"vgic-abi-dkms_all", *(f"vgic-abi-selftests_{arch}"
                                                 for arch in self.arches)}, set(self.debs))

    def test_versions_agree(self) -> None:
        changelog = (ROOT / "debian/changelog").read_text(encoding="utf-8")
        version = dkms_value("PACKAGE_VERSION")
        self.assertTrue(changelog.startswith(f"vgic-abi ({version}) "), changelog[:80])
        self.assertEqual("vgic-abi", dkms_value("PACKAGE_NAME"))
        self.assertIn(f"obj-m := {dkms_value('BUILT_MODULE_NAME[0]')}.o\n",
                      (ROOT / "Kbuild").read_text(encoding="utf-8"))

    def sources(self) -> Path:
        return (self.trees["vgic-abi-dkms_all"] / "usr/src"
                / f"vgic-abi-{dkms_value('PACKAGE_VERSION')}")

    def test_module_sources(self) -> None:
        folder = self.sources()
        files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        self.assertEqual({*module.sources(ROOT), "dkms.conf"}, files)
        objects = re.findall(r"(?<=[\s=])[a-z]\w*/[\w/]+\.o(?=\s)",
                             (ROOT / "Kbuild").read_text(encoding="utf-8"))
        self.assertGreater(len(objects), 20)
        for name in objects:
            with self.subTest(name):
                self.assertTrue({name[:-1] + "c", name[:-1] + "S"} & files)

    def test_module_builds_as_dkms_does_it(self) -> None:
        headers = fetch.fetch_headers(None, None)
        with tempfile.TemporaryDirectory() as folder:
            build = Path(folder, "vgic-abi", dkms_value("PACKAGE_VERSION"), "build")
            build.parent.mkdir(parents=True)
            subprocess.run(["cp", "-r", str(self.sources()), str(build)], check=True)
            subprocess.run(["cp", str(build / "dkms.conf"), folder], check=True)
            cross = [] if os.uname().machine in module.ARM_MACHINES else [
                "DEB_BUILD_ARCH=build", "DEB_HOST_ARCH=armhf",
                f"DEB_HOST_GNU_TYPE={module.CROSS}", f"CC={module.CROSS}-gcc"]
            proc = run("bash", "-euc", DKMS_MAKE, "bash", headers, folder, "-j2", *cross,
                       env={"PATH": os.environ["PATH"]})
            self.assertEqual((0, ""), (proc.returncode, proc.stderr))
            self.assertTrue((build / f"{dkms_value('BUILT_MODULE_NAME[0]')}.ko").is_file())

    def test_programs(self) -> None:
        for arch, machine in self.arches.items():
            tree = self.trees[f"vgic-abi-selftests_{arch}"]
            folder = tree / "usr/lib/vgic-abi"
            names = [line.split()[0] for line in (folder / "programs").read_text().splitlines()]
            self.assertIn("abi", names)
            for path in [*(folder / name for name in [*names, "probe", "bench"]),
                         tree / "usr/bin/vgic-run"]:
                with self.subTest(arch=arch, program=path.name):
                    self.assertTrue(os.access(path, os.X_OK))
                    self.assertRegex(run("readelf", "-h", path).stdout, rf"Machine: +{machine}\n")
            self.assertEqual(COMMAND.read_bytes(), (tree / "usr/bin/vgic-abi").read_bytes())
            self.assertTrue((tree / "usr/share/man/man1/vgic-abi.1.gz").is_file())

    def test_static_programs_name_their_sources(self) -> None:
        for name, path in self.debs.items():
            field = run("dpkg-deb", "-f", path, "Built-Using").stdout.strip()
            sources = dict(re.findall(r"([\w.+-]+) \(= ([\w.+:~-]+)\)", field))
            self.assertEqual(field.count(",") + 1 if field else 0, len(sources), field)
            self.assertEqual({"linux", "glibc", "device-tree-compiler"}
                             if "selftests" in name else set(), set(sources), name)
            self.assertTrue(sources.get("linux", "6.1.").startswith("6.1."), field)

    def test_device_is_for_the_group(self) -> None:
        tree = self.trees["vgic-abi-dkms_all"]
        rules = list(tree.glob("lib/udev/rules.d/*")) + list(tree.glob("usr/lib/udev/rules.d/*"))
        self.assertEqual(1, len(rules))
        # The later rule overrides udev's own.
        self.assertGreater(rules[0].name, "50-udev-default.rules")
        self.assertIn('KERNEL=="kvm", SUBSYSTEM=="misc", GROUP="kvm", MODE="0660"\n',
                      rules[0].read_text())
        self.assertIn("addgroup --quiet --system kvm", (tree / "DEBIAN/postinst").read_text())
        self.assertTrue((tree / "usr/share/man/man4/kvm_armv7.4.gz").is_file())

    def test_maintainer_scripts(self) -> None:
        found = 0
        for name, tree in self.trees.items():
            for kind in ("preinst", "postinst", "prerm", "postrm"):
                if (script := tree / "DEBIAN" / kind).is_file():
                    found += 1
                    with self.subTest(package=name, script=kind):
                        self.assertEqual((0, ""), (run("sh", "-n", script).returncode,
                                                   run("sh", "-n", script).stderr))
        self.assertGreaterEqual(found, 2)

    def test_lintian(self) -> None:
        proc = run("lintian", "--allow-root", "--fail-on", "error",
                   *self.debs.values())
        output = proc.stdout + proc.stderr
        self.assertEqual((0, []), (proc.returncode, re.findall("^E:.*", output, re.M)), output)

    def test_source_tree_stays_clean(self) -> None:
        for name in ("files", ".debhelper", "built", "vgic-abi-dkms", "vgic-abi-selftests"):
            self.assertFalse((ROOT / "debian" / name).exists(), name)


class Copyright(unittest.TestCase):
    NOTE = "Linux-syscall-note"

    def stanzas(self) -> list[dict[str, str]]:
        text = (ROOT / "debian/copyright").read_text(encoding="utf-8")
        return [dict(re.findall(r"^([\w-]+): *((?:.*\n?)(?:[ ].*\n?)*)", stanza, re.MULTILINE))
                for stanza in text.split("\n\n")]

    def test_headers_with_the_syscall_note(self) -> None:
        """In the format of debian/copyright, the last stanza that matches a file applies to it."""
        found = 0
        for name in tracked("*.[chS]", "*.py", "*.sh", "Kbuild", "*Makefile"):
            own = [stanza["License"].strip() for stanza in self.stanzas() if any(
                fnmatch.fnmatchcase(name, pattern) for pattern in stanza.get("Files", "").split())]
            marked = self.NOTE in (ROOT / name).read_text(encoding="utf-8")[:100]
            found += marked
            with self.subTest(name):
                self.assertEqual(marked, self.NOTE in own[-1])
        self.assertGreaterEqual(found, 2)

    def test_each_licence_has_a_text(self) -> None:
        used = {stanza["License"].strip() for stanza in self.stanzas() if "Files" in stanza}
        texts = {name: " ".join(text.split()) for stanza in self.stanzas()
                 if "License" in stanza and "Files" not in stanza
                 for name, text in [stanza["License"].split("\n", 1)]}
        self.assertEqual(used, set(texts))
        self.assertIn("This copyright does *not* cover user programs that use kernel services by "
                      "normal system calls", texts[f"GPL-2 with {self.NOTE} exception"])

    def test_origin_of_the_numbers(self) -> None:
        (comment,) = [stanza["Comment"] for stanza in self.stanzas()
                      if self.NOTE in stanza.get("License", "") and "Files" in stanza]
        for words in ("arch/arm/include/uapi/asm/kvm.h", "KVM_SET_DEVICE_ADDRESS"):
            self.assertIn(words, comment)


class SourceOfParts(unittest.TestCase):
    """Built-Using: the sources of libraries that static programs contain."""

    def test_version_of_the_cached_kernel_source(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "Makefile").write_text(
                "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 17\nEXTRAVERSION =\n")
            for listed, version in (("6.1.17-3", "6.1.17-3"), ("6.1.170-1", "6.1.17-1")):
                with mock.patch.object(deb, "listed", return_value=("linux", listed)):
                    self.assertEqual(f"linux (= {version})", deb.kernel_source(Path(folder)))

    def test_sources_in_lists(self) -> None:
        for source, expected in (("", ("p", "1-2")), ("Source: s\n", ("s", "1-2")),
                                 ("Source: s (3)\n", ("s", "3"))):
            record = f"Package: p\n{source}Version: 1-2\n"
            with mock.patch.object(deb.apt.Apt, "show", return_value=record):
                self.assertEqual(expected, deb.listed("p", "bookworm", "arm64"))


class ManPages(unittest.TestCase):
    def test_no_warning(self) -> None:
        pages = sorted(MAN.glob("*.[1-8]"))
        self.assertEqual(["kvm_armv7.4", "vgic-abi.1", "vgic-run.1"], [p.name for p in pages])
        for page in pages:
            with self.subTest(page.name):
                proc = run("mandoc", "-T", "lint", "-W", "warning", page)
                self.assertEqual((0, ""), (proc.returncode, proc.stdout + proc.stderr))

    def test_vgic_run_has_all_options(self) -> None:
        page = (MAN / "vgic-run.1").read_text(encoding="utf-8").replace("\\-", "-")
        rows = re.findall(r'\{ "(--[\w-]+)"',
                          (ROOT / "vgic-run/options.c").read_text(encoding="utf-8"))
        self.assertGreater(len(rows), 10)
        for option in rows:
            self.assertRegex(page, rf"\n\.BI? {option}\b")


class Command(unittest.TestCase):
    """scripts/vgic-abi, with a shell script as the only test program."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.program = self.folder / "abi"
        self.program.write_text(
            '#!/bin/sh\n'
            'case "$TESTS" in none*) exit 0 ;; esac\n'
            'if [ "${1-}" = --list-all ]; then echo abi.seed.one; else echo "ok 1 $TESTS"; fi\n')
        self.program.chmod(0o755)
        (self.folder / "programs").write_text("abi 5\n")
        (self.folder / "run_all.sh").write_bytes((ROOT / "selftests/run_all.sh").read_bytes())

    def vgic_abi(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return run("sh", COMMAND, *words, cwd="/", env={
            "PATH": os.environ["PATH"], "VGIC_ABI_TESTS": str(self.folder), **env})

    def test_help(self) -> None:
        for word in ("--help", "-h"):
            proc = self.vgic_abi(word)
            self.assertEqual(0, proc.returncode)
            self.assertTrue(proc.stdout.startswith("usage: vgic-abi run [PATTERN]"))

    def test_wrong_words(self) -> None:
        for words in ((), ("walk",), ("run", "a", "b")):
            proc = self.vgic_abi(*words)
            self.assertEqual((2, ""), (proc.returncode, proc.stdout))
            self.assertNotEqual("", proc.stderr)

    def test_list(self) -> None:
        self.assertEqual("abi.seed.one\n", self.vgic_abi("list").stdout)

    def test_run(self) -> None:
        proc = self.vgic_abi("run", "abi.*")
        self.assertEqual(["KTAP version 1", "1..1", "  ok 1 abi.*", "ok 1 abi"],
                         proc.stdout.splitlines())
        self.assertEqual(0, proc.returncode)
        self.assertIn("  ok 1 abi.x\n", self.vgic_abi("run", TESTS="abi.x").stdout)

    def test_pattern_without_match(self) -> None:
        proc = self.vgic_abi("run", "none.*")
        self.assertEqual((2, ""), (proc.returncode, proc.stdout))
        self.assertIn("got 'none.*'", proc.stderr)

    def test_no_tests_installed(self) -> None:
        proc = self.vgic_abi("run", VGIC_ABI_TESTS="/nowhere")
        self.assertEqual(2, proc.returncode)
        self.assertIn("/nowhere", proc.stderr)


class Judgement(unittest.TestCase):
    """`make check-deb` and `make check-arm` check the guest's console output."""

    STEPS = check_deb.STEPS

    def test_all_steps_pass(self) -> None:
        self.assertEqual([], emulated_debian.judge([f"ok {step}" for step in self.STEPS],
                                                   self.STEPS))

    def test_a_step_fails(self) -> None:
        steps = [f"ok {step}" for step in self.STEPS[1:]]
        self.assertEqual(["failed install: status 1"],
                         emulated_debian.judge(["failed install: status 1", *steps], self.STEPS))

    def test_guest_ends_early(self) -> None:
        self.assertEqual(len(self.STEPS), len(emulated_debian.judge([], self.STEPS)))

    def test_guest_scripts_have_all_steps(self) -> None:
        for name, steps in (("deb-check", check_deb.STEPS), ("arm-check", check_arm.STEPS)):
            text = (emulated_debian.GUEST / name).read_text(encoding="utf-8")
            self.assertEqual(list(steps),
                             re.findall(r"^(?:check|expect) ([\w-]+)", text, re.MULTILINE), name)

    def test_native_packages(self) -> None:
        names = {package for _, package in packages.NATIVE}
        self.assertIn("gcc", names)
        self.assertEqual([], [name for name in names if "qemu" in name or "cross" in name])


class Stopped(unittest.TestCase):
    """The emulated Debian ends when the program that booted it ends."""

    BOOT = """
import sys
from pathlib import Path
from scripts import check_arm, emulated_debian
folder = Path(sys.argv[1])
emulated_debian.boot(check_arm.DEBIAN, folder, {}, folder, False)
"""

    # Holds a lock until it ends.
    QEMU = """#!/bin/sh
exec 9>"$0.lock" && flock 9 && echo "@check ok $$" && exec sleep infinity
"""

    def test_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number), tempfile.TemporaryDirectory() as name:
                qemu = Path(name, "qemu-system-aarch64")
                qemu.write_text(self.QEMU)
                qemu.chmod(0o755)
                env = os.environ | {"PATH": f"{name}:{os.environ['PATH']}"}
                with subprocess.Popen([sys.executable, "-u", "-c", self.BOOT, name], cwd=ROOT,
                                      env=env, stdout=subprocess.PIPE, text=True,
                                      stderr=subprocess.DEVNULL) as program:
                    line = program.stdout.readline()
                    self.assertRegex(line, r"^ok \d+ ")
                    program.send_signal(number)
                self.assert_ends(Path(f"{qemu}.lock"), int(line.split()[1]))

    def assert_ends(self, lock: Path, pid: int) -> None:
        def unlocked() -> bool:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            return False

        with lock.open() as file:
            try:
                await_true(unlocked, "the machine to end with its program")
            except AssertionError:
                os.kill(pid, signal.SIGKILL)
                raise


if __name__ == "__main__":
    unittest.main()
