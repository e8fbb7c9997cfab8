# SPDX-License-Identifier: GPL-2.0-only
"""scripts/fetch.py and scripts/packages.py, offline: apt is played by a script."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from scripts import fetch, packages
from scripts.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent

# Stands in for apt-get and apt-cache: what each call does is a file's business.
FAKE_APT = """#!/bin/sh
echo "$(basename "$0") $*" >>"$FAKE/calls"
case "$*" in
*indextargets*) echo "http://mirror.invalid/debian|$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)|main|/none:1" ;;
*update*) [ ! -e "$FAKE/no-network" ] || { echo "E: Failed to fetch: no route" >&2; exit 100; } ;;
*show*) cat "$FAKE/control" ;;
*download*)
	[ ! -e "$FAKE/hang" ] || { : >"$FAKE/hanging"; exec sleep 60; }
	[ ! -e "$FAKE/fail" ] || { echo "E: disk on fire" >&2; exit 100; }
	cp "$FAKE"/package.deb . ;;
esac
"""

META = "Package: linux-image-arm64\nVersion: 6.1.9-1\nDepends: linux-image-6.1.0-9-arm64 (= 6.1.9-1)\n"
IMAGE = "Package: linux-image-6.1.0-9-arm64\nVersion: 6.1.9-1\nDepends: kmod, linux-base (>= 4.3~)\n"
NEW_META = (
    "Package: linux-image-arm64\nVersion: 7.3.4-1\n"
    "Depends: linux-base-arm64 (= 7.3.4-1), linux-image-7.3.4-arm64 (= 7.3.4-1), "
    "linux-modules-arm64 (= 7.3.4-1)\n"
)
NEW_IMAGE = "Version: 7.3.4-1\nDepends: linux-binary-7.3.4-arm64 (= 7.3.4-1)\n"
NEW_BINARY = "Version: 7.3.4-1\nDepends: linux-base\n"


class Parsing(unittest.TestCase):
    def test_image_by_its_meta_package(self) -> None:
        shown = {"linux-image-arm64": META, "linux-image-6.1.0-9-arm64": IMAGE}
        self.assertEqual(("linux-image-6.1.0-9-arm64", "6.1.9-1"),
                         fetch.find_image_package(shown.__getitem__, "linux-image-arm64"))

    def test_image_in_the_new_arrangement(self) -> None:
        shown = {"linux-image-arm64": NEW_META, "linux-image-7.3.4-arm64": NEW_IMAGE,
                 "linux-binary-7.3.4-arm64": NEW_BINARY}
        self.assertEqual(("linux-binary-7.3.4-arm64", "7.3.4-1"),
                         fetch.find_image_package(shown.__getitem__, "linux-image-arm64"))

    def test_meta_package_that_leads_nowhere(self) -> None:
        with self.assertRaisesRegex(SetupError, "expected linux-image-arm64 to depend on"):
            fetch.find_image_package(lambda _: "Version: 1\nDepends: kmod\n", "linux-image-arm64")

    def test_mirror_is_the_main_suite(self) -> None:
        text = ("http://a.invalid/security|bookworm-security|main|f:2\n"
                "http://b.invalid/tools|bookworm|contrib|f:3\n"
                "http://c.invalid/debian|bookworm|main|/etc/f.sources:1\n")
        self.assertEqual(("http://c.invalid/debian", "/etc/f.sources:1"),
                         fetch.parse_targets(text, "bookworm"))
        with self.assertRaisesRegex(SetupError, "KERNEL="):
            fetch.parse_targets(text, "trixie")

    def test_keyring(self) -> None:
        stanzas = ("Types: deb\nURIs: u\nSigned-By: /keys/first.gpg\n\n# note\n\n"
                   "Types: deb\nURIs: v\nSigned-By: /keys/second.gpg\n")
        self.assertEqual("/keys/second.gpg", fetch.parse_keyring(stanzas, 2))
        line = "deb [arch=amd64 signed-by=/keys/line.gpg] http://u bookworm main\n"
        self.assertEqual("/keys/line.gpg", fetch.parse_keyring("# one\n" + line, 2))
        self.assertEqual("", fetch.parse_keyring(line, 7))
        inline = "Types: deb\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n"
        self.assertEqual("", fetch.parse_keyring(inline, 1))

    def test_codename(self) -> None:
        self.assertEqual("bookworm", fetch.parse_os_release('ID=debian\nVERSION_CODENAME=bookworm\n'))
        with self.assertRaisesRegex(SetupError, "VERSION_CODENAME"):
            fetch.parse_os_release("ID=other\n")


class Fetching(unittest.TestCase):
    """The whole program, with a package made here and the stand-in for apt."""

    def setUp(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)
        self.fake = self.folder / "fake"
        self.bin = self.folder / "bin"
        self.cache = self.folder / "cache"
        tree = self.folder / "tree"
        for path in (self.fake, self.bin, tree / "DEBIAN", tree / "usr/bin", tree / "boot"):
            path.mkdir(parents=True)
        for name in ("apt-get", "apt-cache"):
            (self.bin / name).write_text(FAKE_APT, encoding="utf-8")
            (self.bin / name).chmod(0o755)
        (tree / "DEBIAN/control").write_text(
            "Package: fake\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: fake\n")
        (tree / "usr/bin/busybox").write_text("busy")
        (tree / "boot/vmlinuz-6.1.0-9-arm64").write_text("kernel")
        (tree / "boot/config-6.1.0-9-arm64").write_text("CONFIG_KVM=y")
        subprocess.run(["dpkg-deb", "-b", "--root-owner-group", str(tree),
                        str(self.fake / "package.deb")], check=True, capture_output=True)
        (self.fake / "control").write_text(META)

    def environment(self, **more: str) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if k not in ("KSRC", "BUILD")}
        env.update(PATH=f"{self.bin}:{env['PATH']}", FAKE=str(self.fake),
                   VGIC_ABI_CACHE=str(self.cache), **more)
        return env

    def fetch(self, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "scripts/fetch.py", *args], cwd=ROOT,
                              env=self.environment(**more), capture_output=True, text=True,
                              check=False, timeout=30)

    def calls(self) -> str:
        path = self.fake / "calls"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def assert_nothing_half_made(self) -> None:
        self.assertEqual([], list(self.cache.glob("busybox*")))
        self.assertEqual([], list(self.cache.glob(".new-*")))

    def test_fetched_once(self) -> None:
        first = self.fetch("busybox")
        self.assertEqual(0, first.returncode, first.stderr)
        path = Path(first.stdout.strip())
        self.assertEqual("busy", path.read_text())
        self.assertIn("download", self.calls())

        (self.fake / "calls").unlink()
        (self.fake / "no-network").touch()
        second = self.fetch("busybox")
        self.assertEqual((0, str(path)), (second.returncode, second.stdout.strip()), second.stderr)
        self.assertEqual("", self.calls(), "a warm cache must not ask anybody")

    def test_kernel_folder(self) -> None:
        ran = self.fetch("kernel")
        self.assertEqual(0, ran.returncode, ran.stderr)
        folder = Path(ran.stdout.strip())
        self.assertEqual("kernel", (folder / "vmlinuz").read_text())
        self.assertEqual("6.1.0-9-arm64\n", (folder / "release").read_text())
        self.assertEqual({"vmlinuz", "config", "release", "package.json"},
                         {path.name for path in folder.iterdir()})

    def test_only_the_private_state_is_used(self) -> None:
        self.fetch("busybox")
        for call in self.calls().splitlines():
            if "indextargets" in call:
                continue
            for option in ("Dir::State::lists", "Dir::State::status", "Dir::Cache"):
                self.assertIn(f"{option}={self.cache}", call)
            self.assertIn("Dir::Etc::sourceparts=/dev/null", call)
            self.assertIn("APT::Architecture=arm64", call)

    def test_no_network(self) -> None:
        (self.fake / "no-network").touch()
        ran = self.fetch("busybox")
        self.assertEqual(2, ran.returncode)
        self.assertIn("E: Failed to fetch: no route", ran.stderr)
        self.assertNotIn("Traceback", ran.stderr)
        self.assert_nothing_half_made()

    def test_failed_download(self) -> None:
        (self.fake / "fail").touch()
        ran = self.fetch("busybox")
        self.assertEqual(2, ran.returncode)
        self.assertIn("disk on fire", ran.stderr)
        self.assert_nothing_half_made()
        (self.fake / "fail").unlink()
        self.assertEqual(0, self.fetch("busybox").returncode, "the next try must work")

    def test_broken_package(self) -> None:
        (self.fake / "package.deb").write_text("no package")
        ran = self.fetch("busybox")
        self.assertEqual(2, ran.returncode)
        self.assertNotIn("Traceback", ran.stderr)
        self.assert_nothing_half_made()

    def stopped(self, by: signal.Signals) -> None:
        (self.fake / "hang").touch()
        process = subprocess.Popen([sys.executable, "scripts/fetch.py", "busybox"], cwd=ROOT,
                                   env=self.environment(), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        for _ in range(200):
            if (self.fake / "hanging").exists():
                break
            time.sleep(0.05)
        self.assertTrue((self.fake / "hanging").exists(), "the download never began")
        process.send_signal(by)
        process.wait(10)
        (self.fake / "hang").unlink()

    def test_interrupted(self) -> None:
        for by in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(by):
                self.stopped(by)
                self.assert_nothing_half_made()

    def test_killed_leaves_nothing_for_the_next(self) -> None:
        self.stopped(signal.SIGKILL)
        self.assertEqual([], list(self.cache.glob("busybox*")))
        self.assertNotEqual([], list(self.cache.glob(".new-*")), "no leftover to remove")
        self.assertEqual(0, self.fetch("busybox").returncode)
        self.assertEqual([], list(self.cache.glob(".new-*")))

    def test_two_at_once_fetch_once(self) -> None:
        command = [sys.executable, "scripts/fetch.py", "busybox"]
        both = [subprocess.Popen(command, cwd=ROOT, env=self.environment(), text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                for _ in range(2)]
        said = [process.communicate(timeout=30)[0].strip() for process in both]
        self.assertEqual(said[0], said[1])
        self.assertEqual([0, 0], [process.returncode for process in both])
        self.assertEqual(1, self.calls().count("download"))

    def test_cache_that_cannot_be_written(self) -> None:
        # A file where a folder should be stops root, too.
        self.cache.write_text("in the way")
        ran = self.fetch("busybox")
        self.assertEqual(2, ran.returncode)
        self.assertRegex(ran.stderr, r"fetch\.py: .*cache.*: (File exists|Not a directory)")
        self.assertNotIn("Traceback", ran.stderr)

    def test_full_disk(self) -> None:
        self.cache.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs",
                                  str(self.cache)], capture_output=True, check=False)
        if mounted.returncode:
            self.skipTest("a small disk takes root and mount")
        try:
            with contextlib.suppress(OSError), (self.cache / "filler").open("wb", 0) as filler:
                while True:
                    filler.write(bytes(4096))
            ran = self.fetch("busybox")
        finally:
            subprocess.run(["umount", str(self.cache)], check=True)
        self.assertEqual(2, ran.returncode)
        self.assertNotIn("Traceback", ran.stderr)
        self.assertNotEqual("", ran.stderr)

    def test_ksrc_given(self) -> None:
        ran = self.fetch("ksrc", KSRC=str(self.folder))
        self.assertEqual(2, ran.returncode)
        self.assertIn("expected KSRC= to name a kernel source", ran.stderr)
        tree = self.folder / "linux"
        for name in fetch.KSRC_NEEDED:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).touch()
        ran = self.fetch("ksrc", KSRC=str(tree))
        self.assertEqual((0, str(tree.resolve())), (ran.returncode, ran.stdout.strip()))
        self.assertEqual("", self.calls())

    def test_suite_that_is_none(self) -> None:
        ran = self.fetch("kernel", "--suite", "../../etc")
        self.assertEqual(2, ran.returncode)
        self.assertIn("expected a Debian suite", ran.stderr)

    def test_no_debian(self) -> None:
        for name in ("apt-get", "apt-cache"):
            (self.bin / name).unlink()
        only = self.folder / "only"
        only.mkdir()
        for tool in ("sh", "tar", "dpkg-deb"):
            (only / tool).symlink_to(shutil.which(tool) or "/nowhere")
        ran = subprocess.run(
            [sys.executable, "scripts/fetch.py", "busybox"], cwd=ROOT, capture_output=True,
            env={**self.environment(), "PATH": str(only)}, text=True, check=False)
        self.assertEqual(2, ran.returncode)
        self.assertIn("expected a Debian machine", ran.stderr)
        self.assertIn("KERNEL=", ran.stderr)


class Packages(unittest.TestCase):
    def test_nothing_missing_here(self) -> None:
        self.assertEqual([], packages.missing("check"), "make check has installed them")

    def bare(self, *args: str, python: str = sys.executable,
             user: int | None = None) -> subprocess.CompletedProcess[str]:
        """packages.py where no command is to be found but an apt-get that fails."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            apt = Path(folder, "apt-get")
            apt.write_text("#!/bin/sh\nexit 1\n")
            apt.chmod(0o755)
            script = Path(folder, "scripts/packages.py")
            script.parent.mkdir()
            shutil.copy(ROOT / "scripts/packages.py", script)
            return subprocess.run([python, str(script), *args], env={"PATH": folder},
                                  capture_output=True, text=True, check=False, user=user)

    def test_dry_run_names_what_is_missing(self) -> None:
        ran = self.bare("--dry-run", "run")
        self.assertEqual(0, ran.returncode, ran.stderr)
        self.assertIn("apt-get install --no-install-recommends", ran.stdout)
        for package in ("qemu-system-arm", "make", "cpio", "xz-utils"):
            self.assertIn(f" {package}", ran.stdout)
        self.assertNotIn("shellcheck", ran.stdout)

    def test_without_root_the_line_is_printed(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("takes root, to become somebody else")
        # The interpreter that runs this may be where only root can go.
        ran = self.bare("run", python="/usr/bin/python3", user=65534)
        self.assertEqual(2, ran.returncode, ran.stderr)
        self.assertIn("As root:\n  apt-get install --no-install-recommends ", ran.stderr)
        self.assertIn("qemu-system-arm", ran.stderr)

    def test_apt_that_fails(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("only root installs")
        ran = self.bare("run")
        self.assertEqual(1, ran.returncode)
        self.assertIn("expected apt-get to install", ran.stderr)


if __name__ == "__main__":
    unittest.main()
