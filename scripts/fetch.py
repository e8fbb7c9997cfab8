#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Fetches what the tests stand on from Debian, and keeps it.

    fetch.py kernel [--arch ARCH] [--flavour FLAVOUR] [--suite SUITE]
                                                    a stock kernel: a folder with
                                                    vmlinuz, config, release
    fetch.py busybox [--arch ARCH]                  the program, linked statically
    fetch.py ksrc                                   the parts of a kernel's source
                                                    that the tests are built with
    fetch.py list                                   what is there

Prints the path; progress goes to standard error. What is there is
not fetched again, and needs no network.

The machine's own apt state stays as it is: packages of other architectures and
suites come by way of a private one, whose sources are made from the machine's own.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.errors import SetupError

BUILD = Path(os.environ.get("BUILD", ROOT / "build"))
CACHE = Path(os.environ.get("VGIC_ABI_CACHE", BUILD / "cache"))

# A Packages file of sid is out of date within hours, of other suites in weeks.
LISTS_FRESH_S = 24 * 3600
PROGRESS_S = 2

# Debian's architectures, and what the kernel for each is called.
FLAVOURS = {"arm64": "arm64", "armhf": "armmp-lpae"}

# Packages that a kernel's meta package leads to, and that bring its image.
KERNEL_PARTS = re.compile(r"linux-(?:image|binary)-[0-9][^ ,|]*")

KSRC_PACKAGE = "linux-source-6.1"
# One folder or file a line, below the top of the source.
KSRC_PARTS = (
    "COPYING",
    "Documentation/virt/kvm",
    "arch/arm/include/uapi",
    "arch/arm64/include/uapi",
    "include/uapi",
    "scripts/checkpatch.pl",
    "scripts/const_structs.checkpatch",
    "scripts/spelling.txt",
    "tools/arch/arm",
    "tools/arch/arm64",
    "tools/include",
    "tools/lib/rbtree.c",
    "tools/testing/kunit",
    "tools/testing/selftests/kselftest",
    "tools/testing/selftests/kselftest.h",
    "tools/testing/selftests/kselftest_harness.h",
    "tools/testing/selftests/kvm",
    "tools/testing/selftests/lib.mk",
    "tools/testing/selftests/rseq",
)
# What a source given by KSRC= has to have.
KSRC_NEEDED = (
    "scripts/checkpatch.pl",
    "tools/include/linux/compiler.h",
    "tools/testing/kunit/kunit_parser.py",
    "tools/testing/selftests/kselftest_harness.h",
    "tools/testing/selftests/kvm/lib/kvm_util.c",
    "tools/testing/selftests/lib.mk",
)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# ---- processes ----


def _die_with_parent() -> None:
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def run(command: list[str], what: str, folder: Path | None = None) -> str:
    """Runs it to its end, saying that it takes time; returns its output.

    Whatever ends this program ends it, too.
    """
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=dict(os.environ, LC_ALL="C"),
        preexec_fn=_die_with_parent,
    ) as process:
        began = time.monotonic()
        done = threading.Event()

        def tick() -> None:
            while not done.wait(PROGRESS_S):
                say(f"  ... {what} ({time.monotonic() - began:.0f} s)")

        ticker = threading.Thread(target=tick, daemon=True)
        ticker.start()
        try:
            out, err = process.communicate()
        except BaseException:
            process.terminate()
            raise
        finally:
            done.set()
    if process.returncode:
        told = [line for line in err.splitlines() if line.startswith(("E:", "W:"))]
        words = "\n".join(told or err.splitlines()[-5:])
        raise SetupError(f"{what} failed:\n{words}" if words else
                         f"{what} failed: {command[0]} ended with status {process.returncode}")
    return out


# ---- the cache ----


@contextmanager
def locked(name: str) -> Iterator[None]:
    """One process at a time fetches a thing; the next finds it there."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f".lock-{name}").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another process that fetches {name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def remove_leftovers(name: str) -> None:
    """Of processes that were killed; whoever holds the lock is alone with them."""
    for path in CACHE.glob(f".new-{name}-*"):
        shutil.rmtree(path, ignore_errors=True)


def cached(name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` of the cache, made by `make` if it is not there.

    It is made elsewhere and renamed when it is whole, so that it is never there
    in part.
    """
    path = CACHE / name
    if path.is_dir():
        return path
    plain = name.replace("/", "-")
    with locked(plain):
        if path.is_dir():
            return path
        remove_leftovers(plain)
        new = Path(tempfile.mkdtemp(prefix=f".new-{plain}-", dir=CACHE))
        try:
            made = new / "made"
            made.mkdir()
            make(made)
            path.parent.mkdir(parents=True, exist_ok=True)
            made.rename(path)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return path


# ---- this machine's Debian ----


def parse_os_release(text: str) -> str:
    """The codename of this machine's suite."""
    match = re.search(r'^VERSION_CODENAME="?([a-z]+)"?$', text, re.MULTILINE)
    if not match:
        raise SetupError("expected VERSION_CODENAME in /etc/os-release, found none")
    return match[1]


# What Debian's own suites are signed with, all of them.
DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


@dataclass(frozen=True)
class Mirror:
    """Where this machine has Debian's main suite from.

    `signed_by` is a keyring's path, or empty for what apt trusts anyway.
    """

    site: str
    signed_by: str
    codename: str


def parse_targets(text: str, codename: str) -> tuple[str, str]:
    """The site of this machine's suite, and its entry as `file:number`.

    The text is that of `apt-get indextargets`, `site|release|component|entry` a line.
    """
    for line in text.splitlines():
        site, release, component, entry = line.split("|")
        if release == codename and component == "main":
            return site, entry
    raise SetupError(f"expected Debian's suite {codename} among this machine's apt sources, "
                     "found none; name a kernel with KERNEL= and a kernel source with KSRC=")


def parse_keyring(sources: str, entry: int) -> str:
    """The keyring that a sources file names for its entry, counted from 1; or "".

    An entry is a line in the one-line format, and a stanza in the other. A key that
    is written out in the file itself is no path, and counts as none.
    """
    if re.search(r"^Types:", sources, re.MULTILINE):
        stanzas = [s for s in re.split(r"\n\s*\n", sources) if re.search(r"^Types:", s, re.M)]
        text = stanzas[entry - 1] if entry <= len(stanzas) else ""
        match = re.search(r"^Signed-By:[ \t]*(/\S+)", text, re.MULTILINE)
    else:
        lines = sources.splitlines()
        text = lines[entry - 1] if entry <= len(lines) else ""
        match = re.search(r"signed-by=(/[^\]\s,]+)", text)
    return match[1] if match else ""


def machine_mirror() -> Mirror:
    if shutil.which("apt-get") is None:
        raise SetupError("expected a Debian machine, found no apt-get; "
                         "name a kernel with KERNEL= and a kernel source with KSRC=")
    codename = parse_os_release(Path("/etc/os-release").read_text(encoding="utf-8"))
    form = "$(SITE)|$(RELEASE)|$(COMPONENT)|$(SOURCESENTRY)"
    targets = run(["apt-get", "indextargets", "--format", form, "Created-By: Packages"],
                  "reading this machine's apt sources")
    site, entry = parse_targets(targets, codename)
    path, _, number = entry.rpartition(":")
    keyring = ""
    if number.isdigit() and os.path.isfile(path):
        keyring = parse_keyring(Path(path).read_text(encoding="utf-8"), int(number))
    if not keyring and os.path.isfile(DEBIAN_KEYRING):
        keyring = DEBIAN_KEYRING
    return Mirror(site, keyring, codename)


# ---- packages of any suite and architecture ----


class Apt:
    """A private apt state for one suite and one architecture."""

    def __init__(self, suite: str, arch: str) -> None:
        self._suite = suite
        self._arch = arch
        self._state = CACHE / "apt" / f"{suite}-{arch}"

    def _command(self, tool: str, *args: str) -> list[str]:
        options = {
            "Dir::State::lists": self._state / "lists",
            "Dir::State::status": self._state / "status",
            "Dir::Cache": self._state / "cache",
            "Dir::Etc::sourcelist": self._state / "suite.sources",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "APT::Architecture": self._arch,
            "APT::Architectures": self._arch,
            # The cache may be where the user _apt cannot go.
            "APT::Sandbox::User": "root",
            "Acquire::Retries": "3",
            "Acquire::Languages": "none",
            # A list that could not be had is a failure, not a warning.
            "APT::Update::Error-Mode": "any",
        }
        set_ = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        return [tool, *set_, *args]

    def _write_state(self) -> None:
        mirror = machine_mirror()
        for folder in ("lists/partial", "cache/archives/partial"):
            (self._state / folder).mkdir(parents=True, exist_ok=True)
        (self._state / "status").touch()
        sources = ["Types: deb", f"URIs: {mirror.site}", f"Suites: {self._suite}",
                   "Components: main"]
        if mirror.signed_by:
            sources.append(f"Signed-By: {mirror.signed_by}")
        (self._state / "suite.sources").write_text("\n".join(sources) + "\n", encoding="utf-8")

    def refresh(self) -> None:
        """Makes the lists of packages at most a day old."""
        stamp = self._state / "refreshed"
        with locked(f"apt-{self._suite}-{self._arch}"):
            if stamp.exists() and time.time() - stamp.stat().st_mtime < LISTS_FRESH_S:
                return
            self._write_state()
            say(f"fetching the list of packages of {self._suite} for {self._arch}")
            run(self._command("apt-get", "update"), f"list of packages of {self._suite}")
            stamp.touch()

    def show(self, package: str) -> str:
        return run(self._command("apt-cache", "show", "--no-all-versions", package),
                   f"looking for {package} in {self._suite}")

    def download(self, package: str, folder: Path) -> Path:
        """The package's file, below `folder`; apt has checked its sums."""
        say(f"fetching {package} from {self._suite}")
        run(self._command("apt-get", "download", package), f"fetching {package}", folder)
        files = list(folder.glob("*.deb"))
        if len(files) != 1:
            raise SetupError(f"expected one package file of {package}, got {len(files)}")
        return files[0]


def field(control: str, name: str) -> str:
    match = re.search(rf"^{name}: (.*)$", control, re.MULTILINE)
    return match[1] if match else ""


def find_image_package(show: Callable[[str], str], meta: str) -> tuple[str, str]:
    """Follows a meta package to the package that holds /boot/vmlinuz-*.

    Up to 7.1 that is linux-image-<version>; from then on linux-binary-<version>,
    which linux-image-<version> depends on. Returns its name and version.
    """
    package, version = meta, ""
    for _ in range(5):
        control = show(package)
        version = field(control, "Version")
        parts = [p for p in KERNEL_PARTS.findall(field(control, "Depends")) if p != package]
        if not parts:
            break
        package = parts[0]
    if package == meta:
        raise SetupError(f"expected {meta} to depend on a kernel image, it depends on: "
                         f"{field(control, 'Depends')}")
    return package, version


def unpack(deb: Path, folder: Path, *patterns: str) -> None:
    """Files of a package that fit the patterns, below `folder`."""
    with tempfile.TemporaryDirectory(dir=folder) as whole:
        tar = Path(whole, "data.tar")
        with tar.open("wb") as out:
            subprocess.run(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=out, check=True)
        run(["tar", "-x", "-f", str(tar), "-C", str(folder), "--wildcards",
             "--no-same-owner", *patterns], f"unpacking {deb.name}")


# ---- things to fetch ----


def make_kernel(folder: Path, suite: str, arch: str, flavour: str) -> None:
    apt = Apt(suite, arch)
    apt.refresh()
    meta = f"linux-image-{flavour}"
    package, version = find_image_package(apt.show, meta)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        deb = apt.download(package, Path(scratch))
        unpack(deb, Path(scratch), "./boot/vmlinuz-*", "./boot/config-*")
        images = list(Path(scratch, "boot").glob("vmlinuz-*"))
        if len(images) != 1:
            raise SetupError(f"expected one kernel image in {package}, found {len(images)}")
        release = images[0].name.removeprefix("vmlinuz-")
        images[0].rename(folder / "vmlinuz")
        for config in Path(scratch, "boot").glob("config-*"):
            config.rename(folder / "config")
    (folder / "release").write_text(release + "\n", encoding="utf-8")
    (folder / "package.json").write_text(json.dumps(
        {"package": package, "version": version, "suite": suite}, indent=1) + "\n")


def fetch_kernel(arch: str, flavour: str | None, suite: str | None) -> Path:
    flavour = flavour or FLAVOURS[arch]
    if suite is None:
        suite = parse_os_release(Path("/etc/os-release").read_text(encoding="utf-8"))
    if not re.fullmatch(r"[a-z][a-z0-9-]*", suite):
        raise SetupError(f"expected a Debian suite such as trixie, got '{suite}'")
    return cached(f"kernels/{suite}-{flavour}",
                  lambda folder: make_kernel(folder, suite, arch, flavour))


def make_busybox(folder: Path, arch: str) -> None:
    apt = Apt(machine_mirror().codename, arch)
    apt.refresh()
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        deb = apt.download("busybox-static", Path(scratch))
        unpack(deb, Path(scratch), "*/busybox")
        programs = [path for path in Path(scratch).rglob("busybox") if path.is_file()
                    and path.parent.name == "bin"]
        if len(programs) != 1:
            raise SetupError(f"expected one busybox in {deb.name}, found {len(programs)}")
        programs[0].rename(folder / "busybox")


def fetch_busybox(arch: str) -> Path:
    return cached(f"busybox-{arch}", lambda folder: make_busybox(folder, arch)) / "busybox"


def make_ksrc(folder: Path) -> None:
    apt = Apt(machine_mirror().codename, "amd64")
    apt.refresh()
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        deb = apt.download(KSRC_PACKAGE, Path(scratch))
        say(f"unpacking what is needed of {KSRC_PACKAGE} (about 15 s)")
        unpack(deb, Path(scratch), "./usr/src/*.tar.xz")
        tar = next(Path(scratch, "usr/src").glob("*.tar.xz"))
        run(["tar", "-x", "-J", "-f", str(tar), "-C", str(folder), "--strip-components=1",
             "--no-same-owner", *(f"{KSRC_PACKAGE}/{part}" for part in KSRC_PARTS)],
            f"unpacking {KSRC_PACKAGE}")


def fetch_ksrc() -> Path:
    given = os.environ.get("KSRC")
    if not given:
        # Another list of parts is another thing to keep.
        parts = hashlib.sha256("\n".join(KSRC_PARTS).encode()).hexdigest()[:8]
        return cached(f"{KSRC_PACKAGE}-{parts}", make_ksrc)
    path = Path(given).resolve()
    for needed in KSRC_NEEDED:
        if not (path / needed).is_file():
            raise SetupError(f"expected KSRC= to name a kernel source of 6.1 or newer, "
                             f"but there is no {path / needed}")
    return path


def list_cache() -> None:
    for package in sorted(CACHE.glob("kernels/*/package.json")):
        info = json.loads(package.read_text(encoding="utf-8"))
        print(f"{package.parent}  {info['package']} {info['version']}")
    for path in [*sorted(CACHE.glob("busybox-*")), *sorted(CACHE.glob("linux-source-*"))]:
        print(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    kernel = commands.add_parser("kernel", help="a stock kernel")
    kernel.add_argument("--arch", choices=sorted(FLAVOURS), default="arm64")
    kernel.add_argument("--flavour", help="default: arm64, or armmp-lpae for armhf")
    kernel.add_argument("--suite", help="default: this machine's")
    busybox = commands.add_parser("busybox", help="BusyBox, linked statically")
    busybox.add_argument("--arch", choices=sorted(FLAVOURS), default="arm64")
    commands.add_parser("ksrc", help="parts of a kernel's source")
    commands.add_parser("list", help="what is there")
    args = parser.parse_args()

    # So that `finally` and `with` clean up, as they do after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if args.command == "kernel":
            print(fetch_kernel(args.arch, args.flavour, args.suite))
        elif args.command == "busybox":
            print(fetch_busybox(args.arch))
        elif args.command == "ksrc":
            print(fetch_ksrc())
        else:
            list_cache()
    except SetupError as error:
        say(f"fetch.py: {error}")
        return 2
    except OSError as error:
        say(f"fetch.py: {error.filename or CACHE}: {error.strerror}")
        return 2
    except subprocess.CalledProcessError as error:
        say(f"fetch.py: {error.cmd[0]} failed with status {error.returncode}: is the disk full?")
        return 2
    except KeyboardInterrupt:
        say("fetch.py: interrupted, nothing half-made is left")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
