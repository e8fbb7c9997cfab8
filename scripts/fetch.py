#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Fetches from Debian what the tests need, and keeps it.

    fetch.py kernel [--arch ARCH] [--flavour FLAVOUR] [--suite SUITE] [--modules]
                                a stock kernel: a folder with vmlinuz, config,
                                release; and on request modules/, with those
                                that a Linux guest needs
    fetch.py headers [--flavour FLAVOUR] [--suite SUITE]
                                headers to build modules for the 32-bit ARM kernel
                                of the same suite: the folder for make -C
    fetch.py busybox [--arch ARCH]      the program, linked statically
    fetch.py libfdt [--arch ARCH]       the library for device trees: a folder
                                with libfdt.a and its headers
    fetch.py qemu --suite SUITE [--program NAME]
                                an emulator of another suite, which runs on this
                                machine with its own libraries and loader
    fetch.py ksrc [--suite SUITE]
                                the parts of a kernel's source that the tests
                                are built with: of KSRC=, or of 6.1; with --suite,
                                of that suite's kernel, the parts that a copy of
                                the tests in its tree needs
    fetch.py list               lists the cache, with sizes
    fetch.py clean              empties the cache

Prints the path; progress goes to standard error. Files that are in the cache are not fetched again,
and need no network. The cache is in build/cache, or in the folder that VGIC_ABI_CACHE= names.

The machine's own apt state is not changed: packages of other architectures and
suites come from a private one, whose sources are made from the machine's own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import cli, guest_linux
from scripts.apt import Apt, field, machine_arch, machine_suite, unpack, walk, write
from scripts.cache import cached, clean_cache, list_cache, problem
from scripts.errors import SetupError
from scripts.processes import pipe, say

# Debian's architectures, and the flavour of the kernel for each.
FLAVOURS = {"arm64": "arm64", "armhf": "armmp-lpae"}

# Names, with a version, of the packages that contain a kernel. Up to 7.1, linux-image contains
# everything; later, it only depends on the others.
KERNEL_PARTS = re.compile(r"linux-(?:image|binary|base|modules)-[0-9][^ ,|]*")
MODULES_PART = "linux-modules-"

# Names, with a version, of the packages that modules are built with. The programs of kbuild run on
# this machine.
HEADER_PARTS = re.compile(r"linux-(?:headers|kbuild)-[0-9][^ ,|]*")
KBUILD_PART = "linux-kbuild-"
# The folder with the files of those packages, which refer to each other by paths in it, and the
# folder with the programs of kbuild.
HEADERS_AT = "usr/src"
PROGRAMS_AT = "usr/lib"
# The package with QEMU for ARM machines, and packages of libraries. The emulator's other
# dependencies are not needed: an ARM machine that boots a kernel has no firmware.
QEMU_PACKAGE = "qemu-system-arm"
LIBRARY_PARTS = re.compile(r"(?<![^ ])lib[a-z0-9][^ ,|]*")

# Left out of the headers: documentation, links, all architectures but arm and arm64.
NOT_HEADERS = ("./usr/share/*", "./lib/*", "./usr/lib/modules/*",
               *(f"./{HEADERS_AT}/*/arch/{others}" for others in ("[!Ka]*", "a[!r]*", "arc")))

# Files that are taken from a kernel's packages. They are in /boot, with the kernel's
# release after their names, or in the folder of its modules.
KERNEL_NAMES = ("vmlinuz", "config")
KERNEL_FILE = re.compile(r"boot/(?P<boot>vmlinuz|config)-(?P<of>[^/]+)"
                         r"|(?:usr/)?lib/modules/(?P<release>[^/]+)/(?P<name>vmlinuz|config)")
# A module, or without the group `name` the list of built-in modules.
MODULE_FILE = re.compile(r"(?:usr/)?lib/modules/[^/]+/"
                         r"(?:modules\.builtin|kernel/(?:.*/)?(?P<name>[^/]+)\.ko(?:\.xz)?)")
# Folder for a kernel's package, if the package also has the modules.
KEPT = "package"

KSRC_PACKAGE = "linux-source-6.1"
# The suite of that version, for machines of any suite.
KSRC_SUITE = "bookworm"
# Parts of 6.1's source that the suite and `make check` need: folders and files, below its top.
KSRC_PARTS = (
    "COPYING",
    "Documentation/virt/kvm",
    "Makefile",
    "arch/arm/include/uapi",
    "arch/arm64/include/uapi",
    "include/uapi",
    "scripts/checkpatch.pl",
    "scripts/const_structs.checkpatch",
    "scripts/spelling.txt",
    "scripts/subarch.include",
    "tools/arch/arm",
    "tools/arch/arm64",
    "tools/include",
    "tools/lib/rbtree.c",
    "tools/testing/kunit",
    "tools/testing/selftests/Makefile",
    "tools/testing/selftests/kselftest",
    "tools/testing/selftests/kselftest.h",
    "tools/testing/selftests/kselftest_harness.h",
    "tools/testing/selftests/kvm",
    "tools/testing/selftests/lib.mk",
    "tools/testing/selftests/rseq",
    "tools/testing/selftests/run_kselftest.sh",
)
# Parts of the source of a suite's own kernel, 6.1 or later: whole folders, since the selftests of
# later kernels are built with more of them.
SUITE_KSRC_PARTS = ("COPYING", "Makefile", "arch/arm64/tools", "scripts", "tools")
# The part of linux-image-*'s version that names the package of its source. The suite's package
# linux-source may have the source of another kernel.
KERNEL_VERSION = re.compile(r"\d+\.\d+")
# Debian's sources are packed in blocks, which can be unpacked side by side.
UNXZ = ["xz", "-d", "-c", "-T0"]
# For machines on which xz is not installed yet.
UNXZ_WITHOUT = [sys.executable, "-c", "import lzma, shutil, sys; shutil.copyfileobj("
                "lzma.open(sys.stdin.buffer), sys.stdout.buffer, 1 << 20)"]

# Files that a source given by KSRC= must have.
KSRC_NEEDED = (
    "scripts/checkpatch.pl",
    "tools/include/linux/compiler.h",
    "tools/testing/kunit/kunit_parser.py",
    "tools/testing/selftests/kselftest_harness.h",
    "tools/testing/selftests/kvm/lib/kvm_util.c",
    "tools/testing/selftests/lib.mk",
)


def find_packages(show: Callable[[str], str], meta: str,
                  parts: re.Pattern[str] = KERNEL_PARTS) -> dict[str, str]:
    """The packages that a meta package leads to, and their versions.

    Follows the dependencies whose names match `parts`.
    """
    found: dict[str, str] = {}
    wanted = [meta]
    while wanted:
        package = wanted.pop(0)
        control = show(package)
        if package != meta:
            found[package] = field(control, "Version")
        # Debian builds the first of several alternatives.
        depends = re.sub(r"\|[^,]*", "", field(control, "Depends"))
        wanted += [part for part in parts.findall(depends)
                   if part not in found and part not in wanted]
    if not found:
        raise SetupError(f"expected {meta} to depend on packages with a version, it depends on: "
                         f"{field(control, 'Depends') or 'nothing'}")
    return found


def take_kernel(debs: Iterable[Path], folder: Path) -> None:
    """Takes vmlinuz and config out of a kernel's packages, and writes its release to a file."""
    found: dict[str, str] = {}

    def visit(path: str, content: IO[bytes]) -> bool:
        match = KERNEL_FILE.fullmatch(path)
        if match:
            name = match["name"] or match["boot"]
            if name in found:
                raise SetupError(f"expected one kernel image in the packages of a kernel, "
                                 f"found /{path} besides that of {found[name]}")
            found[name] = match["release"] or match["of"]
            write(folder / name, content)
        return found.keys() == set(KERNEL_NAMES)

    for deb in debs:
        say(f"unpacking {deb.name}")
        walk(deb, visit)
    if "vmlinuz" not in found:
        raise SetupError("expected one kernel image in the packages of a kernel, found none")
    release = found["vmlinuz"]
    if found.get("config") != release:
        raise SetupError(f"expected the config of the kernel {release} in its packages, found "
                         f"{'that of ' + found['config'] if 'config' in found else 'none'}")
    (folder / "release").write_text(release + "\n", encoding="utf-8")


def take_modules(deb: Path, folder: Path) -> None:
    """Takes a Linux guest's modules, and those that they need, out of a kernel's package.
    """
    folder.mkdir()
    needed_by = {name: "a Linux guest" for name in guest_linux.MODULES}
    seen: set[str] = set()
    built_in: set[str] = set()

    def visit(path: str, content: IO[bytes]) -> bool:
        match = MODULE_FILE.fullmatch(path)
        if match and not match["name"]:
            built_in.update(guest_linux.module_name(Path(line))
                            for line in content.read().decode().splitlines())
        elif match and (name := guest_linux.module_name(Path(path))) in missing:
            file = folder / Path(path).name
            write(file, content)
            missing.remove(name)
            for other in guest_linux.needs(file):
                needed_by.setdefault(other, name)
        return not missing

    # A module may precede one that needs it, so the package may have to be read again.
    while missing := needed_by.keys() - seen:
        seen |= missing
        walk(deb, visit)
        if missing - built_in:
            name = min(missing - built_in)
            raise SetupError(f"expected the module {name} in {deb.name}, for {needed_by[name]}, "
                             "found none")


def link_or_copy(source: Path, path: Path) -> None:
    try:
        os.link(source, path)
    except OSError:
        # Not every file system has links.
        shutil.copyfile(source, path)


def write_info(folder: Path, suite: str, arch: str, packages: dict[str, str], **more: Any
               ) -> None:
    (folder / "package.json").write_text(
        json.dumps({"suite": suite, "arch": arch, "packages": packages, **more}, indent=1) + "\n",
        encoding="utf-8")


def read_info(folder: Path) -> dict[str, Any]:
    """The content of the file that write_info() wrote, if it exists."""
    try:
        return json.loads((folder / "package.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def make_kernel(folder: Path, suite: str, arch: str, flavour: str, renew: bool) -> None:
    def get(apt: Apt) -> None:
        everything = find_packages(apt.show, f"linux-image-{flavour}")
        packages = {name: version for name, version in everything.items()
                    if not name.startswith(MODULES_PART)}
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            debs = [apt.download(package, Path(scratch)) for package in packages]
            take_kernel(debs, folder)
            if packages == everything:
                # The package also has the modules, most of its size, which few users need.
                (folder / KEPT).mkdir()
                for deb in debs:
                    deb.rename(folder / KEPT / deb.name)
        write_info(folder, suite, arch, packages)

    Apt(suite, arch).with_lists(get, renew)


def make_modules(folder: Path, suite: str, arch: str, flavour: str, kernel: Path) -> None:
    """A kernel with a guest's modules: the cached kernel if the suite still has its modules."""
    present: dict[str, str] = read_info(kernel).get("packages", {})

    def the_same() -> None:
        for name in (*KERNEL_NAMES, "release"):
            link_or_copy(kernel / name, folder / name)

    def finish(packages: dict[str, str], deb: Path) -> None:
        say(f"unpacking modules of {deb.name}")
        take_modules(deb, folder / "modules")
        write_info(folder, suite, arch, packages, modules=guest_linux.MODULES)

    kept = list((kernel / KEPT).glob("*.deb"))
    if kept:
        the_same()
        finish(present, kept[0])
        # The modules are unpacked only once.
        shutil.rmtree(kernel / KEPT, ignore_errors=True)
        return

    def get(apt: Apt) -> None:
        packages = find_packages(apt.show, f"linux-image-{flavour}")
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            others = [name for name in packages if name not in present]
            if present and others and packages == {**packages, **present}:
                the_same()
                debs = [apt.download(name, Path(scratch)) for name in others]
            else:
                debs = [apt.download(name, Path(scratch)) for name in packages]
                take_kernel(debs, folder)
            # The modules may be in a package of their own.
            finish(packages, next((deb for deb in debs if deb.name.startswith(MODULES_PART)),
                                  debs[0]))

    Apt(suite, arch).with_lists(get)


def has_modules(kernel: Path) -> bool:
    """True if a kernel's folder has all modules that guests need."""
    # An earlier version of this program took all modules, and did not record that.
    there = read_info(kernel).get("modules", guest_linux.MODULES)
    return (kernel / "modules").is_dir() and set(guest_linux.MODULES) <= set(there)


def check_names(suite: str, flavour: str) -> None:
    for what, word in (("suite", suite), ("kernel flavour", flavour)):
        if not re.fullmatch(r"[a-z][a-z0-9-]*", word):
            raise SetupError(f"expected a Debian {what} such as "
                             f"{'trixie' if what == 'suite' else 'arm64'}, got '{word}'")


def fetch_kernel(arch: str, flavour: str | None, suite: str | None, modules: bool,
                 renew: bool = False) -> Path:
    flavour = flavour or FLAVOURS[arch]
    suite = suite or machine_suite()
    check_names(suite, flavour)
    name = f"kernels/{suite}-{flavour}"

    def plain() -> Path:
        return cached(name, lambda new: make_kernel(new, suite, arch, flavour, renew), renew)

    if not modules:
        return plain()
    return cached(f"{name}-modules", lambda new: make_modules(new, suite, arch, flavour, plain()),
                  renew, has_modules)


class OutOfStep(SetupError):
    """The headers in the list of packages are not those of the kernel in the cache."""


def kernel_version(kernel: Path) -> str:
    """The version of the packages that a kernel's folder was made from."""
    info = read_info(kernel)
    if not info:
        # An earlier version of this program wrote no version.
        raise OutOfStep(f"expected the version of the kernel in {kernel}, found none")
    return next(iter(info["packages"].values()))


def point_here(headers: Path) -> None:
    """Makes the headers' Makefile refer to folders beside its own."""
    path = headers / "Makefile"
    text = path.read_text(encoding="utf-8")
    there = f"/{HEADERS_AT}/"
    if there not in text:
        raise SetupError(f"expected the Makefile of {headers.name} to include another below "
                         f"{there}, it does not: unknown kind of Makefile")
    # Relative to MAKEFILE_LIST, so that the cache may be moved.
    path.write_text("VGIC_ABI_HEADERS := $(abspath $(dir $(realpath $(lastword "
                    "$(MAKEFILE_LIST))))/..)\n"
                    + text.replace(there, "$(VGIC_ABI_HEADERS)/"), encoding="utf-8")


def use_own_libc(folder: Path, apt: Apt) -> None:
    """Wraps programs below `folder` that need a newer C library than this machine's, so that they
    use their own suite's.
    """
    def unable(path: Path) -> bool:
        if not path.is_file() or not os.access(path, os.X_OK):
            return False
        with path.open("rb") as file:
            if file.read(4) != b"\x7fELF":
                return False
        # The loader reports a C library that is too old, without running the program.
        ran = subprocess.run([path], stdin=subprocess.DEVNULL, capture_output=True, check=False,
                             env={"LD_TRACE_LOADED_OBJECTS": "1"})
        return b"not found (required by" in ran.stdout + ran.stderr

    # Several folders there are links to one.
    wanting = sorted(filter(unable, {path.resolve() for path in
                                     (folder / PROGRAMS_AT).rglob("scripts/**/*")}))
    if not wanting:
        return
    libc = folder.resolve() / "libc"
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        libc.mkdir(exist_ok=True)
        unpack(apt.download("libc6", Path(scratch)), libc, "./usr/share/*", "./etc/*")
    for path in wanting:
        wrap(path, libc)


def wrap(path: Path, tree: Path) -> None:
    """Replaces a program by one that starts it with the loader and libraries below `tree`."""
    loaders = [found for found in tree.rglob("ld-linux*.so.*") if found.is_file()]
    if not loaders:
        raise SetupError("expected a loader ld-linux*.so.* in the package libc6, found none")
    libraries = next(tree.rglob("libc.so.6")).parent
    program = path.rename(path.with_name(f"{path.name}.elf"))
    loader, place = (os.path.relpath(found, path.parent)
                     for found in (loaders[0].resolve(), libraries.resolve()))
    path.write_text(f"#!/bin/sh\nhere=$(dirname \"$(readlink -f \"$0\")\")\n"
                    f"exec \"$here/{loader}\" --library-path \"$here/{place}\" "
                    f"\"$here/{program.name}\" \"$@\"\n", encoding="utf-8")
    path.chmod(0o755)


def make_headers(folder: Path, suite: str, flavour: str, kernel: Path) -> None:
    """Makes the folder with which modules are built. kernel: the kernel's folder in the cache."""
    release = (kernel / "release").read_text(encoding="utf-8").strip()
    version = kernel_version(kernel)
    kbuild: list[str] = []

    def take(apt: Apt, names: list[str]) -> None:
        for name in names:
            there = field(apt.show(name), "Version")
            if there != version:
                raise OutOfStep(f"expected {name} in version {version}, that of the kernel "
                                f"in {kernel}, got {there}")
        for name in names:
            with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
                unpack(apt.download(name, Path(scratch)), folder, *NOT_HEADERS)

    def take_headers(apt: Apt) -> None:
        found = find_packages(apt.show, f"linux-headers-{flavour}", HEADER_PARTS)
        if f"linux-headers-{release}" not in found:
            raise OutOfStep(f"expected headers of the kernel {release} in {kernel}, "
                            f"got {' '.join(found)}")
        kbuild[:] = [name for name in found if name.startswith(KBUILD_PART)]
        take(apt, [name for name in found if name not in kbuild])

    Apt(suite, "armhf").with_lists(take_headers)

    def take_kbuild(apt: Apt) -> None:
        take(apt, kbuild)
        use_own_libc(folder, apt)

    # kbuild's programs run on the build machine, not on the target.
    Apt(suite, machine_arch()).with_lists(take_kbuild)
    point_here(folder / HEADERS_AT / f"linux-headers-{release}")
    write_info(folder, suite, "armhf", {f"linux-headers-{release}": version})


def fetch_headers(flavour: str | None, suite: str | None) -> Path:
    """The headers, a folder for make -C, of the kernel that fetch_kernel() has for armhf."""
    flavour = flavour or FLAVOURS["armhf"]
    suite = suite or machine_suite()

    def for_kernel(renew: bool) -> Path:
        kernel = fetch_kernel("armhf", flavour, suite, False, renew)
        # The name contains the version, so that the headers never belong to another kernel.
        folder = cached(f"headers/{suite}-{flavour}-{kernel_version(kernel)}",
                        lambda new: make_headers(new, suite, flavour, kernel))
        release = (kernel / "release").read_text(encoding="utf-8").strip()
        return folder / HEADERS_AT / f"linux-headers-{release}"

    try:
        return for_kernel(renew=False)
    except OutOfStep as error:
        say(f"{error}: a point release came in between; fetching the kernel again")
    return for_kernel(renew=True)


def make_busybox(folder: Path, arch: str) -> None:
    def get(apt: Apt) -> None:
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            deb = apt.download("busybox-static", Path(scratch))

            def visit(path: str, content: IO[bytes]) -> bool:
                if path in ("bin/busybox", "usr/bin/busybox"):
                    write(folder / "busybox", content)
                return (folder / "busybox").exists()

            walk(deb, visit)
            if not (folder / "busybox").exists():
                raise SetupError(f"expected the program busybox in {deb.name}, found none")
            (folder / "busybox").chmod(0o755)

    Apt(machine_suite(), arch).with_lists(get)


def fetch_busybox(arch: str) -> Path:
    return cached(f"busybox-{arch}", lambda folder: make_busybox(folder, arch)) / "busybox"


def make_qemu(folder: Path, suite: str) -> None:
    def get(apt: Apt) -> None:
        libraries = find_packages(apt.show, QEMU_PACKAGE, LIBRARY_PARTS)
        tree = folder / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir()
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            for name in (QEMU_PACKAGE, *libraries):
                unpack(apt.download(name, Path(scratch)), tree, "./usr/share/*", "./etc/*")
        for path in (tree / "usr/bin").glob("qemu-system-*"):
            if path.is_file() and not path.is_symlink():
                wrap(path, tree)
        write_info(folder, suite, machine_arch(), {
            name: field(apt.show(name), "Version") for name in (QEMU_PACKAGE, *libraries)})

    Apt(suite, machine_arch()).with_lists(get)


def fetch_qemu(suite: str, program: str) -> Path:
    """An emulator of another suite, which starts with its own loader and libraries."""
    check_names(suite, program)
    folder = cached(f"qemu-{suite}", lambda new: make_qemu(new, suite))
    path = folder / "tree/usr/bin" / program
    if not path.exists():
        raise SetupError(f"expected {program} in {QEMU_PACKAGE} of {suite}, found none")
    return path


LIBFDT_FILES = ("libfdt.a", "fdt.h", "libfdt.h", "libfdt_env.h")


def make_libfdt(folder: Path, arch: str) -> None:
    def get(apt: Apt) -> None:
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            deb = apt.download("libfdt-dev", Path(scratch))
            found: set[str] = set()

            def visit(path: str, content: IO[bytes]) -> bool:
                name = Path(path).name
                if name in LIBFDT_FILES:
                    if name in found:
                        raise SetupError(f"expected one {name} in {deb.name}, found another: "
                                         f"{path}")
                    write(folder / name, content)
                    found.add(name)
                return False

            walk(deb, visit)
            if missing := set(LIBFDT_FILES) - found:
                raise SetupError(f"expected {min(missing)} in {deb.name}, found none")

    Apt(machine_suite(), arch).with_lists(get)


def fetch_libfdt(arch: str) -> Path:
    return cached(f"libfdt-{arch}", lambda folder: make_libfdt(folder, arch))


def make_ksrc(folder: Path, suite: str, package: str | None, parts: Sequence[str]) -> None:
    """Parts of the source in a package, or of the suite's kernel if `package` is None."""
    def get(apt: Apt) -> None:
        name = package or kernel_source(apt)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            deb = apt.download(name, Path(scratch))
            say(f"unpacking what is needed of {name} (about 15 s)")
            pipe([["dpkg-deb", "--fsys-tarfile", str(deb)],
                  ["tar", "-x", "-O", f"./usr/src/{name}.tar.xz"],
                  UNXZ if shutil.which(UNXZ[0]) else UNXZ_WITHOUT,
                  ["tar", "-x", "-C", str(folder), "--strip-components=1", "--no-same-owner",
                   *(f"{name}/{part}" for part in parts)]],
                 f"unpacking {name}")

    # The package has no architecture; the lists for arm64 are needed anyway.
    Apt(suite, "arm64").with_lists(get)


def kernel_source(apt: Apt) -> str:
    """The package with the source of the kernel that linux-image-arm64 of a suite leads to."""
    version = KERNEL_VERSION.match(field(apt.show("linux-image-arm64"), "Version"))
    if not version:
        raise SetupError("expected linux-image-arm64 to have a kernel's version")
    return f"linux-source-{version[0]}"


def fetch_ksrc(suite: str | None = None) -> Path:
    given = os.environ.get("KSRC")
    if suite or not given:
        parts = SUITE_KSRC_PARTS if suite else KSRC_PARTS
        # The name depends on the list of parts, so that a change of it fetches again.
        key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
        name = f"linux-source-of-{suite}" if suite else KSRC_PACKAGE
        return cached(f"{name}-{key}", lambda new: make_ksrc(
            new, suite or KSRC_SUITE, None if suite else KSRC_PACKAGE, parts))
    path = Path(given).resolve()
    for needed in KSRC_NEEDED:
        if not (path / needed).is_file():
            raise SetupError(f"expected KSRC= to name a Linux 6.1 source, "
                             f"but there is no {path / needed}")
    return path


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    kernel = commands.add_parser("kernel", help="a stock kernel")
    kernel.add_argument("--arch", choices=sorted(FLAVOURS), default="arm64")
    kernel.add_argument("--flavour", help="default: arm64, or armmp-lpae for armhf")
    kernel.add_argument("--suite", help="default: this machine's")
    kernel.add_argument("--modules", action="store_true", help="with a Linux guest's modules")
    headers = commands.add_parser("headers", help="headers to build modules for 32-bit ARM")
    headers.add_argument("--flavour", help="default: armmp-lpae")
    headers.add_argument("--suite", help="default: this machine's")
    busybox = commands.add_parser("busybox", help="BusyBox, linked statically")
    busybox.add_argument("--arch", choices=sorted(FLAVOURS), default="arm64")
    libfdt = commands.add_parser("libfdt", help="the library that makes device trees")
    libfdt.add_argument("--arch", choices=sorted(FLAVOURS), default="arm64")
    qemu = commands.add_parser("qemu", help="an emulator of another suite")
    qemu.add_argument("--suite", required=True)
    qemu.add_argument("--program", default="qemu-system-aarch64")
    ksrc = commands.add_parser("ksrc", help="parts of a kernel's source")
    ksrc.add_argument("--suite", help="the suite of the kernel; default: KSRC=, or 6.1")
    commands.add_parser("list", help="list the cache")
    commands.add_parser("clean", help="empty the cache")
    return parser.parse_args(arguments)


def run(args: argparse.Namespace) -> int:
    try:
        if args.command == "kernel":
            print(fetch_kernel(args.arch, args.flavour, args.suite, args.modules))
        elif args.command == "headers":
            print(fetch_headers(args.flavour, args.suite))
        elif args.command == "busybox":
            print(fetch_busybox(args.arch))
        elif args.command == "libfdt":
            print(fetch_libfdt(args.arch))
        elif args.command == "qemu":
            print(fetch_qemu(args.suite, args.program))
        elif args.command == "ksrc":
            print(fetch_ksrc(args.suite))
        elif args.command == "list":
            list_cache()
        else:
            clean_cache()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SetupError(problem(error)) from error
    return 0


def main(arguments: Sequence[str]) -> int:
    return cli.main("fetch.py", lambda: run(parse(arguments)), "no partial download is left")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
