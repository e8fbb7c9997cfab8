# SPDX-License-Identifier: GPL-2.0-only
"""scripts/fetch.py and scripts/packages.py, offline.

A script replaces apt in tests in which apt fails, hangs or is counted. Tests of apt's options run
the real apt with a mirror in a folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from scripts import apt, fetch, packages
from scripts.errors import SetupError
from tests import marks
from tests.events import LIMIT_S, await_true

ROOT = Path(__file__).resolve().parent.parent

# Stands in for apt-get and apt-cache. Files in $FAKE control its behaviour.
FAKE_APT = """#!/bin/sh
echo "$(basename "$0") $*" >>"$FAKE/calls"
case "$*" in
*indextargets*)
	suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	echo "http://mirror.invalid/debian|$suite|main|/none:1|Debian" ;;
*update*) [ ! -e "$FAKE/no-network" ] || { echo "E: Failed to fetch: no route" >&2; exit 100; } ;;
*show*) cat "$FAKE/control" ;;
*download*)
	[ ! -e "$FAKE/hang" ] || { echo $$ >"$FAKE/hanging"; exec sleep 60; }
	[ ! -e "$FAKE/fail" ] || { echo "E: disk on fire" >&2; exit 100; }
	[ ! -e "$FAKE/slow" ] || sleep 0.5
	cp "$FAKE"/package.deb . ;;
esac
"""

# apt-cache's output for a kernel's packages: OLD for kernels up to 7.1, NEW for later kernels.
META = ("Package: linux-image-arm64\nVersion: 6.1.9-1\n"
        "Depends: linux-image-6.1.0-9-arm64 (= 6.1.9-1)\n")
OLD = {
    "linux-image-arm64": META,
    "linux-image-6.1.0-9-arm64":
        "Version: 6.1.9-1\nDepends: kmod, linux-base (>= 4.3~), initramfs-tools | dracut\n",
}
NEW = {
    "linux-image-arm64":
        "Version: 7.3.4-1\nDepends: linux-base-arm64 (= 7.3.4-1), "
        "linux-image-7.3.4-arm64 (= 7.3.4-1) | linux-image-7.3.4-arm64-unsigned\n",
    "linux-image-7.3.4-arm64":
        "Version: 7.3.4-1\nDepends: dracut | linux-initramfs-tool, "
        "linux-base-7.3.4-arm64 (= 7.3.4-1), linux-binary-7.3.4-arm64 (= 7.3.4-1), "
        "linux-modules-7.3.4-arm64 (= 7.3.4-1)\n",
    "linux-base-7.3.4-arm64": "Version: 7.3.4-1\n",
    "linux-binary-7.3.4-arm64": "Version: 7.3.4-1\nDepends: linux-base-7.3.4-arm64 (= 7.3.4-1)\n",
    "linux-modules-7.3.4-arm64": "Version: 7.3.4-2\nDepends: kmod, linux-base-7.3.4-arm64\n",
}


class Parsing(unittest.TestCase):
    def test_kernel_by_its_meta_package(self) -> None:
        self.assertEqual({"linux-image-6.1.0-9-arm64": "6.1.9-1"},
                         fetch.find_packages(OLD.__getitem__, "linux-image-arm64"))

    def test_kernel_in_split_packages(self) -> None:
        self.assertEqual({"linux-image-7.3.4-arm64": "7.3.4-1",
                          "linux-base-7.3.4-arm64": "7.3.4-1",
                          "linux-binary-7.3.4-arm64": "7.3.4-1",
                          "linux-modules-7.3.4-arm64": "7.3.4-2"},
                         fetch.find_packages(NEW.__getitem__, "linux-image-arm64"))

    def test_meta_package_without_kernel(self) -> None:
        with self.assertRaisesRegex(SetupError, "expected linux-image-arm64 to depend on .*kmod"):
            fetch.find_packages(lambda _: "Version: 1\nDepends: kmod\n", "linux-image-arm64")

    def test_mirror_is_the_main_suite(self) -> None:
        text = ("http://a.invalid/security|bookworm-security|main|f:2|Debian\n"
                "http://b.invalid/tools|bookworm|contrib|f:3|Debian\n"
                "cdrom://[Debian 12]|bookworm|main|f:1|$(ORIGIN)\n"
                "http://c.invalid/debian|bookworm|main|/etc/f.sources:1|Debian\n"
                "http://d.invalid/debian|bookworm|main|/etc/f.sources:2|Debian\n")
        self.assertEqual(("http://c.invalid/debian", "/etc/f.sources:1"),
                         apt.parse_targets(text, "bookworm"))
        with self.assertRaisesRegex(SetupError, "trixie.*KERNEL="):
            apt.parse_targets(text, "trixie")

    def test_mirror_of_another_vendor_with_the_same_suite(self) -> None:
        unknown = ("http://boards.invalid/debian|bookworm|main|f:1|$(ORIGIN)\n"
                   "http://mirror.invalid/debian|bookworm|main|f:2|$(ORIGIN)\n")
        known = unknown.replace("f:1|$(ORIGIN)", "f:1|Boards").replace("$(ORIGIN)", "Debian")
        self.assertEqual("f:2", apt.parse_targets(known + unknown, "bookworm")[1])
        only = "http://copy.invalid/debian|bookworm|main|f:1|Our company\n"
        self.assertEqual("f:1", apt.parse_targets(only, "bookworm")[1],
                         "expected a mirror of another origin to be better than none")

    def test_mirror_by_another_name_of_the_suite(self) -> None:
        text = ("http://a.invalid/debian|stable-updates|main|f:1|Debian\n"
                "http://a.invalid/debian|stable|main|f:2|Debian\n")
        self.assertEqual("f:2", apt.parse_targets(text, "bookworm")[1])

    def test_single_mirror(self) -> None:
        """A single mirror is taken without reading release files, which takes a long time."""
        one = ("http://a.invalid/debian|bookworm|main|f:1|$(ORIGIN)\n"
               "http://a.invalid/debian|bookworm|main|f:1|$(ORIGIN)\n"
               "http://a.invalid/debian|bookworm-updates|main|f:1|$(ORIGIN)\n"
               "cdrom://[Debian 12]|bookworm|main|f:9|$(ORIGIN)\n")
        self.assertTrue(apt.one_choice(one, "bookworm"))
        other = "http://boards.invalid/debian|bookworm|main|f:2|$(ORIGIN)\n"
        self.assertFalse(apt.one_choice(one + other, "bookworm"))
        self.assertFalse(apt.one_choice(other.replace("bookworm", "stable"), "bookworm"))

    def test_options_of_an_entry(self) -> None:
        key = "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEY865\n"
        stanzas = ("# note\n\nTypes: deb\nURIs: u\nEnabled: no\nSigned-By: /keys/first.gpg\n\n"
                   "# Types: deb\n\nTypes: deb\nURIs: v\nSigned-By: /keys/second.gpg\n"
                   f"Trusted: yes\n\nTypes: deb\n{key}URIs: w\n")
        line = "deb [arch=amd64 Signed-By=/a.gpg,/b.gpg trusted=yes] http://u bookworm main\n"
        for sources, entry, expected in (
                (stanzas, 1, ("Signed-By: /keys/first.gpg",)),
                (stanzas, 2, ("Signed-By: /keys/second.gpg", "Trusted: yes")),
                (stanzas, 3, (key.rstrip(),)),
                (stanzas, 4, ()),
                ("# one\n" + line, 2, ("Signed-By: /a.gpg /b.gpg", "Trusted: yes")),
                (line, 7, ()),
                ("deb http://u bookworm main # [trusted=yes]\n", 1, ())):
            with self.subTest(entry=entry, sources=sources):
                self.assertEqual(expected, apt.parse_options(sources, entry))

    def test_codename(self) -> None:
        self.assertEqual("bookworm",
                         apt.parse_os_release('ID=debian\nVERSION_CODENAME="bookworm"\n'))
        with self.assertRaisesRegex(SetupError, "VERSION_CODENAME"):
            apt.parse_os_release("ID=debian\n")
        with self.assertRaisesRegex(SetupError, "ID=ubuntu.*KERNEL=.*KSRC="):
            apt.parse_os_release("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n")


def modules(folder: str, built_in: str = "virtio") -> dict[str, str]:
    """Files of a kernel package below `folder`: the modules of a guest, and others.

    One module depends on another whose file comes first in the package.
    """
    return {f"{folder}/kernel/a.ko": "not wanted",
            f"{folder}/kernel/drivers/a/virtio-ring.ko": "ring\0depends=\0",
            f"{folder}/kernel/drivers/block/virtio_blk.ko": "blk\0depends=virtio_ring\0",
            f"{folder}/kernel/drivers/char/virtio_console.ko": "console\0depends=\0",
            f"{folder}/kernel/drivers/virtio/virtio_balloon.ko": "not wanted",
            f"{folder}/modules.builtin": f"kernel/drivers/virtio/{built_in}.ko\n"
                                         "kernel/drivers/virtio/virtio-mmio.ko\n"}


GUEST_MODULES = {"virtio-ring.ko", "virtio_blk.ko", "virtio_console.ko"}


def make_package(folder: Path, name: str, files: dict[str, str], control: str = "Version: 1\n",
                 arch: str = "arm64") -> tuple[Path, str]:
    """Builds a package in a folder; returns its path and the text of its control file."""
    control = f"Package: {name}\nArchitecture: {arch}\nMaintainer: nobody\n" \
              f"Description: fake\n{control}"
    with tempfile.TemporaryDirectory() as tree:
        os.chmod(tree, 0o755)
        for path, text in {"DEBIAN/control": control, **files}.items():
            Path(tree, path).parent.mkdir(parents=True, exist_ok=True)
            Path(tree, path).write_text(text, encoding="utf-8")
        deb = folder / f"{name}.deb"
        subprocess.run(["dpkg-deb", "-b", "-Znone", "--root-owner-group", tree, str(deb)],
                       check=True, capture_output=True)
    return deb, control


class Fetching(unittest.TestCase):
    """The whole program, with a package made here and a script in place of apt."""

    def setUp(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)
        self.fake = self.folder / "fake"
        self.bin = self.folder / "bin"
        self.cache = self.folder / "cache"
        for path in (self.fake, self.bin):
            path.mkdir()
        for name in ("apt-get", "apt-cache"):
            (self.bin / name).write_text(FAKE_APT, encoding="utf-8")
            (self.bin / name).chmod(0o755)
        make_package(self.fake, "package", {
            "usr/bin/busybox": "busy", "usr/share/doc/busybox": "text",
            "boot/vmlinuz-6.1.0-9-arm64": "kernel",
            "boot/config-6.1.0-9-arm64": "CONFIG_KVM=y",
            **modules("lib/modules/6.1.0-9-arm64")})
        (self.fake / "control").write_text(META)

    def environment(self, **kwargs: str) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if k not in ("KSRC", "BUILD")}
        env.update(PATH=f"{self.bin}:{env['PATH']}", FAKE=str(self.fake),
                   VGIC_ABI_CACHE=str(self.cache))
        return env | kwargs

    def fetch(self, *args: str, **kwargs: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "scripts/fetch.py", *args], cwd=ROOT,
                              env=self.environment(**kwargs), capture_output=True, text=True,
                              check=False, timeout=LIMIT_S)

    def calls(self) -> str:
        path = self.fake / "calls"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def assert_no_leftovers(self) -> None:
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
        self.assertEqual("", self.calls(), "expected a warm cache not to call apt")

    def test_kernel_folder(self) -> None:
        proc = self.fetch("kernel")
        self.assertEqual(0, proc.returncode, proc.stderr)
        folder = Path(proc.stdout.strip())
        self.assertEqual("kernel", (folder / "vmlinuz").read_text())
        self.assertEqual("6.1.0-9-arm64\n", (folder / "release").read_text())
        self.assertEqual({"vmlinuz", "config", "release", "package.json", "package"},
                         {path.name for path in folder.iterdir()})
        info = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        self.assertEqual({"linux-image-6.1.0-9-arm64": "6.1.9-1"}, info["packages"])
        listed = self.fetch("list").stdout
        self.assertRegex(listed, rf"MiB  {folder}  linux-image-6.1.0-9-arm64 6.1.9-1\n")

    def test_kernel_with_modules(self) -> None:
        proc = self.fetch("kernel", "--modules")
        self.assertEqual(0, proc.returncode, proc.stderr)
        folder = Path(proc.stdout.strip())
        self.assertEqual(GUEST_MODULES, {path.name for path in (folder / "modules").iterdir()})
        self.assertEqual("blk\0depends=virtio_ring\0",
                         (folder / "modules/virtio_blk.ko").read_text())
        self.assertEqual("kernel", (folder / "vmlinuz").read_text())

    def test_one_package_for_both_uses(self) -> None:
        plain = Path(self.fetch("kernel").stdout.strip())
        (self.fake / "no-network").touch()
        proc = self.fetch("kernel", "--modules")
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertEqual(1, self.calls().count("download"))
        self.assertFalse((plain / "package").exists(), "expected the package to be removed")
        self.assertEqual(plain, Path(self.fetch("kernel").stdout.strip()))
        again = self.fetch("kernel", "--modules")
        self.assertEqual((0, proc.stdout, ""), (again.returncode, again.stdout, again.stderr))

    def test_missing_module(self) -> None:
        make_package(self.fake, "package", {
            "boot/vmlinuz-6.1.0-9-arm64": "kernel", "boot/config-6.1.0-9-arm64": "CONFIG_KVM=y",
            "lib/modules/6.1.0-9-arm64/kernel/virtio_blk.ko": "blk\0depends=lost\0",
            "lib/modules/6.1.0-9-arm64/modules.builtin":
                "kernel/virtio_mmio.ko\nkernel/virtio_console.ko\n"})
        proc = self.fetch("kernel", "--modules")
        self.assertEqual(2, proc.returncode)
        self.assertRegex(proc.stderr.splitlines()[-1],
                         "expected the module lost in .*, for virtio_blk, found none")
        self.assertEqual([], list(self.cache.glob("kernels/*-modules")))

    def test_modules_of_an_earlier_version(self) -> None:
        """An earlier fetch.py kept all modules, but no list; the present one may need more."""
        folder = Path(self.fetch("kernel", "--modules").stdout.strip())
        info = json.loads((folder / "package.json").read_text())
        for kept, downloads in ((None, 0), ([*info["modules"], "more"], 0), (["virtio_blk"], 1)):
            with self.subTest(kept):
                info["modules"] = kept
                (folder / "package.json").write_text(json.dumps(
                    {key: value for key, value in info.items() if value is not None}))
                (self.fake / "calls").unlink(missing_ok=True)
                proc = self.fetch("kernel", "--modules")
                self.assertEqual(0, proc.returncode, proc.stderr)
                self.assertEqual(downloads, self.calls().count("download"))

    def test_package_without_a_kernel(self) -> None:
        make_package(self.fake, "package", {"boot/config-6.1.0-9-arm64": "CONFIG_KVM=y"})
        proc = self.fetch("kernel")
        self.assertEqual(2, proc.returncode)
        self.assertIn("expected one kernel image", proc.stderr)
        self.assertEqual([], list(self.cache.glob("kernels/*")))

    def test_clean_keeps_other_files(self) -> None:
        self.cache.mkdir()
        (self.cache / "letter").write_text("mine")
        self.assertEqual(0, self.fetch("kernel").returncode)
        self.assertEqual(0, self.fetch("busybox").returncode)
        proc = self.fetch("clean")
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertEqual(["letter"], [path.name for path in self.cache.iterdir()])

    def test_cached_files_need_no_lock(self) -> None:
        self.assertEqual(0, self.fetch("busybox").returncode)
        with (self.cache / ".lock-busybox-arm64").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            proc = self.fetch("busybox")
        self.assertEqual((0, ""), (proc.returncode, proc.stderr))

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
        proc = self.fetch("busybox")
        self.assertEqual(2, proc.returncode)
        self.assertIn("E: Failed to fetch: no route", proc.stderr)
        self.assertNotIn("Traceback", proc.stderr)
        self.assert_no_leftovers()

    def test_failed_download(self) -> None:
        (self.fake / "fail").touch()
        proc = self.fetch("busybox")
        self.assertEqual(2, proc.returncode)
        self.assertIn("disk on fire", proc.stderr)
        self.assert_no_leftovers()
        (self.fake / "fail").unlink()
        self.assertEqual(0, self.fetch("busybox").returncode, "expected the next try to work")

    def test_broken_package(self) -> None:
        (self.fake / "package.deb").write_text("no package")
        proc = self.fetch("busybox")
        self.assertEqual(2, proc.returncode)
        self.assertRegex(proc.stderr, "fetch.py: unpacking .*failed: .*dpkg-deb: error")
        self.assertNotIn("Traceback", proc.stderr)
        self.assert_no_leftovers()

    def stop_fetch(self, number: signal.Signals) -> None:
        """Signals a fetch while apt hangs, and expects apt to end, too."""
        (self.fake / "hang").touch()
        process = subprocess.Popen([sys.executable, "scripts/fetch.py", "busybox"], cwd=ROOT,
                                   env=self.environment(), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        hanging = self.fake / "hanging"
        await_true(lambda: hanging.exists() and hanging.stat().st_size, "the download to begin")
        process.send_signal(number)
        process.wait(LIMIT_S)
        apt = Path("/proc", hanging.read_text().strip(), "cmdline")
        # A zombie's command line is empty.
        await_true(lambda: not apt.exists() or not apt.read_bytes(),
                   f"apt to end after {number.name}")
        for name in ("hang", "hanging"):
            (self.fake / name).unlink()

    def test_interrupted(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                self.stop_fetch(number)
                self.assert_no_leftovers()

    def test_killed_leaves_no_files(self) -> None:
        self.stop_fetch(signal.SIGKILL)
        self.assertEqual([], list(self.cache.glob("busybox*")))
        self.assertNotEqual([], list(self.cache.glob(".new-*")), "expected a leftover")
        self.assertEqual(0, self.fetch("busybox").returncode)
        self.assertEqual([], list(self.cache.glob(".new-*")))

    def test_two_at_once_fetch_once(self) -> None:
        (self.fake / "slow").touch()
        command = [sys.executable, "scripts/fetch.py", "busybox"]
        both = [subprocess.Popen(command, cwd=ROOT, env=self.environment(), text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                for _ in range(2)]
        output = [process.communicate(timeout=LIMIT_S)[0].strip() for process in both]
        self.assertEqual(output[0], output[1])
        self.assertEqual([0, 0], [process.returncode for process in both])
        self.assertEqual(1, self.calls().count("download"))

    def test_unwritable_cache(self) -> None:
        # A file in place of the folder stops root, too.
        self.cache.write_text("in the way")
        proc = self.fetch("busybox")
        self.assertEqual(2, proc.returncode)
        self.assertRegex(proc.stderr, r"^fetch\.py: .*cache.*: (File exists|Not a directory): "
                                     r"expected a folder there.*\n$")
        self.assertNotIn("Traceback", proc.stderr)

    def test_full_disk(self) -> None:
        self.cache.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs",
                                  str(self.cache)], capture_output=True, check=False)
        if mounted.returncode:
            self.skipTest("needs root and mount, for a small disk")
        try:
            with contextlib.suppress(OSError), (self.cache / "filler").open("wb", 0) as filler:
                while True:
                    filler.write(bytes(4096))
            proc = self.fetch("busybox")
        finally:
            subprocess.run(["umount", str(self.cache)], check=True)
        self.assertEqual(2, proc.returncode)
        self.assertRegex(proc.stderr, r"^fetch\.py: .*: No space left on device: make room.*\n$")

    def test_ksrc_given(self) -> None:
        proc = self.fetch("ksrc", KSRC=str(self.folder))
        self.assertEqual(2, proc.returncode)
        self.assertIn("expected KSRC= to name a Linux 6.1 source", proc.stderr)
        tree = self.folder / "linux"
        for name in fetch.KSRC_NEEDED:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).touch()
        proc = self.fetch("ksrc", KSRC=str(tree))
        self.assertEqual((0, str(tree.resolve())), (proc.returncode, proc.stdout.strip()))
        self.assertEqual("", self.calls())

    def test_invalid_suite(self) -> None:
        proc = self.fetch("kernel", "--suite", "../../etc")
        self.assertEqual(2, proc.returncode)
        self.assertIn("expected a Debian suite", proc.stderr)

    def test_no_debian(self) -> None:
        for name in ("apt-get", "apt-cache"):
            (self.bin / name).unlink()
        only = self.folder / "only"
        only.mkdir()
        for tool in ("sh", "tar", "dpkg-deb"):
            (only / tool).symlink_to(shutil.which(tool) or "/nowhere")
        proc = subprocess.run(
            [sys.executable, "scripts/fetch.py", "busybox"], cwd=ROOT, capture_output=True,
            env={**self.environment(), "PATH": str(only)}, text=True, check=False)
        self.assertEqual(2, proc.returncode)
        self.assertIn("expected a Debian machine", proc.stderr)
        self.assertIn("KERNEL=", proc.stderr)


def machine_state() -> dict[str, tuple[int, int]]:
    """Sizes and times of the state files of this machine's apt and dpkg."""
    state = {}
    for top in ("/etc/apt", "/var/lib/apt", "/var/cache/apt", "/var/lib/dpkg/status"):
        for path in [Path(top), *Path(top).rglob("*")]:
            with contextlib.suppress(OSError):
                status = path.lstat()
                state[str(path)] = (status.st_size, status.st_mtime_ns)
    return state


class Mirror(unittest.TestCase):
    """fetch.py with this machine's apt and a mirror in a folder."""

    def setUp(self) -> None:
        if not shutil.which("apt-get"):
            self.skipTest("needs apt")
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)
        os.chmod(self.folder, 0o755)
        self.cache = self.folder / "cache"
        self.mirror = self.folder / "mirror"
        self.suite = apt.machine_suite()
        (self.mirror / "pool").mkdir(parents=True)
        (self.folder / "test.list").write_text(
            "# the first line of a sources file\n"
            f"deb [arch=amd64 trusted=yes] file:{self.mirror} {self.suite} main\n")
        # Settings of the machine that must not affect the private state.
        (self.folder / "apt.conf").write_text(
            f'Dir::Etc::sourcelist "{self.folder}/test.list";\n'
            'Dir::Etc::sourceparts "/dev/null";\n'
            'APT::Default-Release "nosuch";\n'
            # Makes apt copy lists even from a folder, so that they can be out of date.
            'Acquire::GzipIndexes "true";\n'
            'Dir::Cache::pkgcache "pkgcache.bin";\n'
            'Dir::Cache::srcpkgcache "srcpkgcache.bin";\n'
            f'APT::Update::Post-Invoke {{ "touch {self.folder}/hook-ran"; }};\n'
            f'APT::Update::Post-Invoke-Success {{ "touch {self.folder}/hook-ran"; }};\n')
        self.indexes: dict[str, str] = {}

    def publish(self, packages: dict[str, tuple[dict[str, str], str]],
                arch: str = "arm64") -> None:
        """Replaces the mirror's packages for an architecture."""
        index = ""
        pool = self.mirror / "pool" / arch
        pool.mkdir(exist_ok=True)
        for name, (files, control) in packages.items():
            deb, control = make_package(pool, name, files, control, arch)
            version = apt.field(control, "Version")
            deb = deb.rename(deb.with_name(f"{name}_{version}.deb"))
            index += (f"{control}Filename: pool/{arch}/{deb.name}\nSize: {deb.stat().st_size}\n"
                      f"SHA256: {hashlib.sha256(deb.read_bytes()).hexdigest()}\n\n")
        dist = self.mirror / "dists" / self.suite
        (dist / f"main/binary-{arch}").mkdir(parents=True, exist_ok=True)
        (dist / f"main/binary-{arch}/Packages").write_text(index, encoding="utf-8")
        self.indexes[arch] = index
        (dist / "Release").write_text(
            f"Origin: Debian\nSuite: stable\nCodename: {self.suite}\n"
            f"Architectures: {' '.join(self.indexes)}\n"
            f"Components: main\nDate: {time.strftime('%a, %d %b %Y %H:%M:%S UTC', time.gmtime())}\n"
            "SHA256:\n" + "".join(
                f" {hashlib.sha256(index.encode()).hexdigest()} {len(index)} "
                f"main/binary-{arch}/Packages\n" for arch, index in self.indexes.items()),
            encoding="utf-8")

    def fetch(self, *args: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if k not in ("KSRC", "BUILD")}
        env |= {"VGIC_ABI_CACHE": str(self.cache), "APT_CONFIG": str(self.folder / "apt.conf")}
        return subprocess.run([sys.executable, "scripts/fetch.py", *args], cwd=ROOT, env=env,
                              capture_output=True, text=True, check=False, timeout=LIMIT_S)


@marks.slow
class RealApt(Mirror):
    """The real apt with fetch.py's options."""

    def setUp(self) -> None:
        super().setUp()
        self.publish({
            "busybox-static": ({"bin/busybox": "busy"}, "Version: 1\n"),
            "linux-image-arm64": ({}, NEW["linux-image-arm64"]),
            "linux-image-7.3.4-arm64": ({}, NEW["linux-image-7.3.4-arm64"]),
            "linux-base-7.3.4-arm64":
                ({"usr/lib/modules/7.3.4-arm64/config": "CONFIG_KVM=y"},
                 NEW["linux-base-7.3.4-arm64"]),
            "linux-binary-7.3.4-arm64":
                ({"usr/lib/modules/7.3.4-arm64/vmlinuz": "kernel"},
                 NEW["linux-binary-7.3.4-arm64"]),
            "linux-modules-7.3.4-arm64":
                (modules("usr/lib/modules/7.3.4-arm64"), NEW["linux-modules-7.3.4-arm64"]),
        })

    def test_kernel_without_side_effects(self) -> None:
        before = machine_state()
        proc = self.fetch("kernel")
        after = machine_state()
        self.assertEqual(0, proc.returncode, proc.stderr)
        folder = Path(proc.stdout.strip())
        self.assertEqual(
            {"vmlinuz": "kernel", "config": "CONFIG_KVM=y", "release": "7.3.4-arm64\n"},
            {name: (folder / name).read_text() for name in ("vmlinuz", "config", "release")})
        self.assertNotIn("modules", proc.stderr, "expected no modules without --modules")
        self.assertNotIn("W:", proc.stderr)
        self.assertEqual({}, dict(set(after.items()) ^ set(before.items())),
                         "changed by the fetch, or by another apt at the same time")
        self.assertFalse((self.folder / "hook-ran").exists(), "expected apt's hooks not to run")

    def test_modules_from_their_own_package(self) -> None:
        self.assertEqual(0, self.fetch("kernel").returncode)
        proc = self.fetch("kernel", "--modules")
        self.assertEqual(0, proc.returncode, proc.stderr)
        folder = Path(proc.stdout.strip())
        self.assertEqual(GUEST_MODULES, {path.name for path in (folder / "modules").iterdir()})
        self.assertEqual("kernel", (folder / "vmlinuz").read_text())
        downloads = [line for line in proc.stderr.splitlines() if line.startswith("fetching linux")]
        self.assertEqual([f"fetching linux-modules-7.3.4-arm64 from {self.suite}"], downloads,
                         "expected only the modules of the cached kernel to be fetched")

    def test_hash_mismatch(self) -> None:
        deb = self.mirror / "pool/arm64/busybox-static_1.deb"
        good = deb.read_bytes()
        deb.write_bytes(good.replace(b"busy\0", b"evil\0"))
        self.assertNotEqual(good, deb.read_bytes(), "the test itself is wrong")
        proc = self.fetch("busybox")
        self.assertEqual(2, proc.returncode, proc.stdout)
        self.assertRegex(proc.stderr, "fetching busybox-static failed: E: .*Hash Sum mismatch")
        self.assertEqual([], list(self.cache.glob("busybox*")))

    def test_package_removed_from_the_mirror(self) -> None:
        self.assertEqual(0, self.fetch("kernel").returncode)
        (self.mirror / "pool/arm64/busybox-static_1.deb").unlink()
        self.publish({"busybox-static": ({"usr/bin/busybox": "newer"}, "Version: 2\n")})
        proc = self.fetch("busybox")
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertIn("trying again with a new list", proc.stderr)
        self.assertEqual("newer", Path(proc.stdout.strip()).read_text())

    def test_cache_named_by_a_relative_path(self) -> None:
        self.cache = Path(os.path.relpath(self.cache, ROOT))
        proc = self.fetch("busybox")
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertEqual("busy", Path(proc.stdout.strip()).read_text())

    def test_suite_not_on_the_mirror(self) -> None:
        proc = self.fetch("kernel", "--suite", "nosuch")
        self.assertEqual(2, proc.returncode)
        self.assertRegex(proc.stderr, "fetch.py: fetching the list of packages of nosuch for arm64 "
                                     "failed: E: ")


@marks.slow
class Headers(Mirror):
    """Kernel, headers and build programs have to be of one version."""

    def release(self, number: int, headers: int | None = None, kbuild: int | None = None) -> None:
        """Publishes a point release whose headers and kbuild may differ in version."""
        for arch in dict.fromkeys(("armhf", apt.machine_arch())):
            self.publish(self.parts(number, headers or number, kbuild or number, arch), arch)

    def parts(self, number: int, headers: int, kbuild: int, arch: str
              ) -> dict[str, tuple[dict[str, str], str]]:
        image = f"linux-image-6.1.0-{number}-armmp-lpae"
        own = f"linux-headers-6.1.0-{headers}-armmp-lpae"
        common = f"linux-headers-6.1.0-{headers}-common"
        return {
            "linux-image-armmp-lpae":
                ({}, f"Version: 6.1.{number}-1\nDepends: {image} (= 6.1.{number}-1)\n"),
            image: ({f"boot/vmlinuz-6.1.0-{number}-armmp-lpae": "kernel",
                     f"boot/config-6.1.0-{number}-armmp-lpae": "CONFIG_KVM=n"},
                    f"Version: 6.1.{number}-1\n"),
            "linux-headers-armmp-lpae":
                ({}, f"Version: 6.1.{headers}-1\nDepends: {own} (= 6.1.{headers}-1)\n"),
            own: ({f"usr/src/{own}/Makefile": f"include /usr/src/{common}/Makefile\n"},
                  f"Version: 6.1.{headers}-1\nDepends: {common} (= 6.1.{headers}-1), "
                  f"linux-kbuild-6.1 (>= 6.1.{headers}-1), linux-compiler-gcc-12-arm\n"),
            common: ({f"usr/src/{common}/Makefile": f"all:\n\t@echo common {headers}\n",
                      **{f"usr/src/{common}/arch/{name}": "" for name in
                         ("Kconfig", "alpha/h", "arc/h", "arm/h", "arm64/h", "x86/h",
                          "arm/include/arch/x86/h")}},
                     f"Version: 6.1.{headers}-1\n"),
            "linux-kbuild-6.1": ({"usr/lib/linux-kbuild-6.1/scripts/tool": f"for {arch}"},
                                 f"Version: 6.1.{kbuild}-1\n"),
        }

    def make_output(self, folder: str) -> str:
        proc = subprocess.run(["make", "-s", "-C", folder], capture_output=True, text=True,
                              check=False, env={"PATH": os.environ["PATH"]})
        return proc.stdout + proc.stderr

    def test_build_in_the_folder(self) -> None:
        self.release(9)
        proc = self.fetch("headers")
        self.assertEqual(0, proc.returncode, proc.stderr)
        folder = Path(proc.stdout.strip())
        self.assertEqual("linux-headers-6.1.0-9-armmp-lpae", folder.name)
        self.assertEqual("common 9\n", self.make_output(str(folder)))
        tools = [path.read_text() for path in self.cache.rglob("scripts/tool")]
        self.assertEqual([f"for {apt.machine_arch()}"], tools)
        kernel = Path(self.fetch("kernel", "--arch", "armhf").stdout.strip())
        self.assertEqual("6.1.0-9-armmp-lpae\n", (kernel / "release").read_text())
        arch = next(folder.parent.glob("*-common")) / "arch"
        self.assertEqual(["Kconfig", "arm/h", "arm/include/arch/x86/h", "arm64/h"],
                         sorted(str(path.relative_to(arch)) for path in arch.rglob("*")
                                if path.is_file()), "expected no other architectures")

        moved = self.folder / "moved"
        self.cache.rename(moved)
        folder = moved / folder.relative_to(self.cache)
        self.assertEqual("common 9\n", self.make_output(str(folder)),
                         "expected the cache to work in another place")

    def test_cached_headers_need_no_mirror(self) -> None:
        self.release(9)
        first = self.fetch("headers")
        shutil.rmtree(self.mirror)
        second = self.fetch("headers")
        self.assertEqual((0, first.stdout, ""), (second.returncode, second.stdout, second.stderr))

    def test_point_release_after_the_kernel(self) -> None:
        self.release(9)
        self.assertEqual(0, self.fetch("kernel", "--arch", "armhf").returncode)
        self.release(10)
        proc = self.fetch("headers")
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertIn("a point release came in between", proc.stderr)
        self.assertEqual("common 10\n", self.make_output(proc.stdout.strip()))
        kernel = Path(self.fetch("kernel", "--arch", "armhf").stdout.strip())
        self.assertEqual("6.1.0-10-armmp-lpae\n", (kernel / "release").read_text())
        self.assertEqual([], list(self.cache.glob(".new-*")))

    def test_headers_of_another_version(self) -> None:
        for other in ({"headers": 8}, {"kbuild": 8}):
            with self.subTest(other):
                self.release(9, **other)
                proc = self.fetch("headers")
                self.assertEqual(2, proc.returncode, proc.stdout)
                self.assertRegex(proc.stderr.splitlines()[-1],
                                 r"^fetch\.py: expected (headers of|linux-kbuild-6.1 in version) "
                                 r".*6\.1\..*, got ")
                self.assertEqual([], list(self.cache.glob("headers/*")))

    def test_kernel_folder_without_package_json(self) -> None:
        self.release(9)
        kernel = Path(self.fetch("kernel", "--arch", "armhf").stdout.strip())
        (kernel / "package.json").unlink()
        proc = self.fetch("headers")
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertTrue((kernel / "package.json").is_file())

    def test_unexpected_makefile(self) -> None:
        headers = self.folder / "linux-headers-x"
        headers.mkdir()
        (headers / "Makefile").write_text("include ../other/Makefile\n")
        with self.assertRaisesRegex(SetupError, "expected the Makefile of linux-headers-x"):
            fetch.point_here(headers)

    def test_clean(self) -> None:
        self.release(9)
        self.assertEqual(0, self.fetch("headers").returncode)
        self.assertIn("linux-headers-6.1.0-9-armmp-lpae 6.1.9-1", self.fetch("list").stdout)
        self.assertEqual(0, self.fetch("clean").returncode)
        self.assertEqual([], list(self.cache.iterdir()))


class NewerPrograms(unittest.TestCase):
    """Build programs of a suite whose C library is newer than this machine's.

    The program needs a symbol version of libanswer.so that only the package's copy has. The rest
    of the package is this machine's C library.
    """

    def compile(self, *arguments: str) -> None:
        subprocess.run(["gcc", *arguments], cwd=self.folder, check=True)

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.tree = self.folder / "tree"
        scripts = self.tree / "usr/lib/linux-kbuild-9/scripts"
        scripts.mkdir(parents=True)
        (self.tree / "usr/src/headers").mkdir(parents=True)
        # A second path to the same files, as in Debian's packages.
        (self.tree / "usr/src/headers/scripts").symlink_to("../../lib/linux-kbuild-9/scripts")
        for version in ("1", "2"):
            (self.folder / version).mkdir()
            (self.folder / f"{version}.map").write_text(f"V_{version} {{ global: answer; }};\n")
            (self.folder / f"{version}.c").write_text(f"int answer(void) {{ return {version}; }}\n")
            self.compile("-shared", "-fPIC", f"-Wl,--version-script={version}.map", "-Wl,-soname,"
                         "libanswer.so", "-o", f"{version}/libanswer.so", f"{version}.c")
        (self.folder / "main.c").write_text(
            "#include <stdio.h>\nint answer(void);\n"
            'int main(int n, char **v) { return printf("%d %s\\n", answer(), v[n - 1]) < 0; }\n')
        self.program = scripts / "program"
        self.compile("-o", str(self.program), "main.c", "-L2", "-lanswer",
                     "-Wl,--enable-new-dtags", f"-Wl,-rpath,{self.folder}/1")
        self.other = scripts / "other"
        shutil.copy(shutil.which("true") or "/bin/true", self.other)

    def download(self, package: str, folder: Path) -> Path:
        """Replaces Apt.download()."""
        self.assertIn(package, self.DEPENDS)
        tree = self.folder / package
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(f"Package: {package}\nVersion: 9\nArchitecture: all\n"
                                             "Maintainer: nobody\nDescription: x\n")
        if package == fetch.QEMU_PACKAGE:
            (tree / "usr/bin").mkdir(parents=True)
            shutil.copy(self.program, tree / "usr/bin/qemu-system-aarch64")
        else:
            libraries = tree / "usr/lib/here"
            libraries.mkdir(parents=True)
            listed = subprocess.run(["ldd", "/bin/sh"], capture_output=True, text=True, check=True)
            for word in [str(self.folder / "2/libanswer.so"), *listed.stdout.split()]:
                if word.startswith("/"):
                    shutil.copy(word, libraries)
        deb = folder / f"{package}.deb"
        subprocess.run(["dpkg-deb", "-b", "-Znone", tree, deb], check=True, capture_output=True)
        return deb

    # The emulator's dependencies; only the C library is needed.
    DEPENDS = {"libc6": "", fetch.QEMU_PACKAGE: "libc6 (>= 2.43), qemu-system-data, seabios | libx"}

    def show(self, package: str) -> str:
        return f"Package: {package}\nVersion: 9\nDepends: {self.DEPENDS[package]}\n"

    def with_lists(self, get: Callable[[NewerPrograms], None]) -> None:
        get(self)

    def test_emulator_of_another_suite(self) -> None:
        """The emulator gets its own libraries, without the other packages."""
        folder = self.folder / "made"
        folder.mkdir()
        with mock.patch.object(fetch, "Apt", lambda *_: self), \
                contextlib.redirect_stderr(io.StringIO()):
            fetch.make_qemu(folder, "sid")
        proc = subprocess.run([folder / "tree/usr/bin/qemu-system-aarch64", "--version"],
                              capture_output=True, text=True, check=False)
        self.assertEqual((0, "2 --version\n"), (proc.returncode, proc.stdout), proc.stderr)
        self.assertEqual({fetch.QEMU_PACKAGE: "9", "libc6": "9"},
                         fetch.read_info(folder)["packages"])

    def test_build_programs_run(self) -> None:
        before = subprocess.run([self.program, "word"], capture_output=True, text=True, check=False)
        self.assertIn("not found (required by", before.stderr, "the test itself is wrong")
        fetch.use_own_libc(self.tree, self)  # type: ignore[arg-type]
        moved = self.tree.rename(self.folder / "moved")
        for path in ("lib/linux-kbuild-9", "src/headers"):
            proc = subprocess.run([moved / "usr" / path / "scripts/program", "a word"],
                                  capture_output=True, text=True, check=False)
            self.assertEqual((0, "2 a word\n"), (proc.returncode, proc.stdout), proc.stderr)
        self.assertFalse(self.other.with_name("other.elf").exists(),
                         "expected a program that runs to stay unchanged")


class Packages(unittest.TestCase):
    def test_no_package_missing(self) -> None:
        self.assertEqual([], packages.missing("check"), "expected those of `make check`")

    def run_without_commands(self, *args: str, python: str = sys.executable,
                             user: int | None = None, apt: str = "echo lists are too old\nexit 1\n",
                             ) -> subprocess.CompletedProcess[str]:
        """Runs packages.py with a fake apt-get, which fails by default, as the only command."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            program = Path(folder, "apt-get")
            program.write_text(f"#!/bin/sh\n{apt}")
            program.chmod(0o755)
            # A copy: another user may not be able to read this checkout.
            for part in ("scripts", "tools"):
                shutil.copytree(ROOT / part, Path(folder, part),
                                ignore=shutil.ignore_patterns("__pycache__"))
            script = Path(folder, "scripts/packages.py")
            return subprocess.run([python, str(script), *args], env={"PATH": folder},
                                  capture_output=True, text=True, check=False, user=user)

    def test_dry_run_names_what_is_missing(self) -> None:
        proc = self.run_without_commands("--dry-run", "run")
        self.assertEqual(0, proc.returncode, proc.stderr)
        self.assertIn("apt-get install -y --no-install-recommends", proc.stdout)
        for package in ("qemu-system-arm", "make", "cpio", "xz-utils", "gcc-arm-linux-gnueabihf",
                        "device-tree-compiler"):
            self.assertIn(f" {package}", proc.stdout)
        self.assertNotIn("shellcheck", proc.stdout)

    def test_without_root(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("needs root, to become another user")
        # The interpreter of this test may be in a folder that only root can read.
        proc = self.run_without_commands("run", python="/usr/bin/python3", user=65534)
        self.assertEqual(2, proc.returncode, proc.stderr)
        self.assertIn("As root:\n  apt-get install -y --no-install-recommends ", proc.stderr)
        self.assertIn("qemu-system-arm", proc.stderr)

    def test_apt_fails(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("only root installs")
        proc = self.run_without_commands("run")
        self.assertEqual(2, proc.returncode)
        self.assertIn("lists are too old", proc.stderr)
        self.assertIn("expected apt-get to install", proc.stderr)

    def test_lists_are_updated_only_if_needed(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("only root installs")
        for broken, expected in (("never", ["install"]),
                                 ("once", ["install", "update", "install"])):
            with self.subTest(broken):
                with tempfile.TemporaryDirectory() as folder:
                    done, calls = Path(folder, "done"), Path(folder, "calls")
                    proc = self.run_without_commands(
                        "run", apt=f"for word; do case $word in install|update) "
                        f"echo $word >>{calls};; esac; done\n[ {broken} = never ] || "
                        f"[ -e {done} ] || {{ : >{done}; exit 100; }}\n")
                    self.assertEqual(expected, calls.read_text().split())
                # The packages are still missing, which is an error.
                self.assertEqual(2, proc.returncode)
                self.assertIn("it did not", proc.stderr)


if __name__ == "__main__":
    unittest.main()
