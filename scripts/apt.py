# SPDX-License-Identifier: GPL-2.0-only
"""Gets packages of any suite and architecture with a private apt state.

The machine's own apt state is not touched; the private state has the same sources.
"""

from __future__ import annotations

import functools
import math
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from scripts.cache import CACHE, locked
from scripts.errors import SetupError
from scripts.processes import GROUP, failure, pipe, run, say, ticking

Thing = TypeVar("Thing")

# Older lists of packages are fetched again. If a package leaves the mirror sooner, with_lists()
# fetches a new list after the failure.
LISTS_FRESH_S = 24 * 3600

# Bytes of a package's content that are read at once.
STREAM_SIZE = 1 << 20

# ---- this machine's Debian ----

WAY_OUT = "name a kernel with KERNEL= and a kernel source with KSRC="


def parse_os_release(text: str) -> str:
    """The codename of this machine's suite. Raises SetupError unless that is Debian's."""
    values = {key: value.strip("\"'") for key, _, value in
              (line.strip().partition("=") for line in text.splitlines())}
    if values.get("ID") != "debian":
        raise SetupError("expected a Debian machine, found ID="
                         f"{values.get('ID', '')} in /etc/os-release; {WAY_OUT}")
    if not values.get("VERSION_CODENAME"):
        raise SetupError(f"expected VERSION_CODENAME in /etc/os-release, found none; {WAY_OUT}")
    return values["VERSION_CODENAME"]


def machine_suite() -> str:
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    return parse_os_release(text)


# The keys of all of Debian's own suites.
DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# Names of Debian's suites that sources files may have in place of the machine's codename. Names
# that other vendors use as well come last.
SUITE_NAMES = ("sid", "unstable", "testing", "oldoldstable", "oldstable", "stable")

# Fields are printed in this order. apt does not replace unknown fields, such as $(ORIGIN) before
# the first `apt-get update`.
TARGET_FIELDS = ("SITE", "RELEASE", "COMPONENT", "SOURCESENTRY", "ORIGIN")
TARGET_FORMAT = "|".join(f"$({field})" for field in TARGET_FIELDS)


@dataclass(frozen=True)
class Mirror:
    """The site from which this machine gets Debian's main suites.

    `options` are lines for a sources file, with the key unless apt trusts it by default.
    """

    site: str
    options: tuple[str, ...]


def one_choice(text: str, codename: str) -> bool:
    """True if parse_targets() has only one choice, so that release files do not matter."""
    rows = {(site, entry) for site, release, component, entry, _ in
            (line.split("|") for line in text.splitlines())
            if release == codename and component == "main" and not site.startswith("cdrom:")}
    return len(rows) == 1


def parse_targets(text: str, codename: str) -> tuple[str, str]:
    """The site of Debian's main suites, and its entry as `file:number`.

    `text` is the output of `apt-get indextargets` without the data of the release files: all
    sources, but no origins. If there is a choice, the output with that data, which names the
    origins, precedes it.
    Other vendors use Debian's names of suites, so sources of a foreign origin come last. They are
    not left out, because a mirror may name itself as the origin.
    """
    rows = [line.split("|") for line in text.splitlines()]
    foreign = {(site, release) for site, release, _, _, origin in rows
               if origin not in ("Debian", "", "$(ORIGIN)")}
    names = (*((name, False) for name in (codename, *SUITE_NAMES)), (codename, True))
    for name, any_origin in names:
        for site, release, component, entry, _ in rows:
            if (release == name and component == "main" and not site.startswith("cdrom:")
                    and (any_origin or (site, release) not in foreign)):
                return site, entry
    raise SetupError(f"expected Debian's suite {codename} among this machine's apt sources, "
                     f"found none; add it, or {WAY_OUT}")


def parse_options(sources: str, entry: int) -> tuple[str, ...]:
    """Signed-By and Trusted of a sources file's entry, counted from 1.

    An entry is a line in the one-line format, and a stanza in deb822 format, where a
    key can take many lines. Returns the two options in deb822 format.
    """
    names = ("Signed-By", "Trusted")
    if re.search(r"^Types:", sources, re.MULTILINE):
        stanzas = [s for s in re.split(r"\n\s*\n", sources) if re.search(r"^Types:", s, re.M)]
        text = stanzas[entry - 1] if entry <= len(stanzas) else ""
        found = [re.search(rf"^{name}:.*(?:\n[ \t].*)*", text, re.M | re.I) for name in names]
        return tuple(match[0] for match in found if match)
    lines = sources.splitlines()
    text = lines[entry - 1] if entry <= len(lines) else ""
    options = re.search(r"\[([^\]]*)\]", text.partition("#")[0])
    pairs = [word.partition("=") for word in options[1].split()] if options else []
    values = {key.lower(): value for key, _, value in pairs}
    return tuple(f"{name}: {values[name.lower()].replace(',', ' ')}"
                 for name in names if name.lower() in values)


# One thread queries apt, and the others wait for its result.
MIRROR_LOCK = threading.Lock()


def machine_mirror() -> Mirror:
    with MIRROR_LOCK:
        return _machine_mirror()


@functools.cache
def _machine_mirror() -> Mirror:
    if shutil.which("apt-get") is None:
        raise SetupError(f"expected a Debian machine, found no apt-get; {WAY_OUT}")
    codename = machine_suite()
    # Without these two options, apt would rewrite the machine's cache even for a query.
    base = ["apt-get", "indextargets", "-o", "Dir::Cache::pkgcache=",
            "-o", "Dir::Cache::srcpkgcache=", "--format", TARGET_FORMAT]

    def query(*more: str) -> str:
        return run([*base, *more, "Created-By: Packages"], "reading this machine's apt sources")

    targets = query("--no-release-info")
    if not one_choice(targets, codename):
        # The release files name the origins, but apt reads all of this machine's lists for them.
        targets = query() + targets
    site, entry = parse_targets(targets, codename)
    path, _, number = entry.rpartition(":")
    options: tuple[str, ...] = ()
    if number.isdigit() and os.path.isfile(path):
        options = parse_options(Path(path).read_text(encoding="utf-8"), int(number))
    if not options and os.path.isfile(DEBIAN_KEYRING):
        options = (f"Signed-By: {DEBIAN_KEYRING}",)
    return Mirror(site, options)


# ---- packages of any suite and architecture ----


# Locks, by the name of the state.
MUTEXES: dict[str, threading.Lock] = {}

UPDATE_HOOKS = ("Pre-Invoke", "Post-Invoke", "Post-Invoke-Success", "Post-Invoke-Stats")


class Apt:
    """A private apt state for one suite and one architecture."""

    def __init__(self, suite: str, arch: str) -> None:
        self._suite = suite
        self._arch = arch
        self._state = CACHE / "apt" / f"{suite}-{arch}"
        self._lock = f"apt-{suite}-{arch}"
        self._shown: dict[str, str] = {}

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
            # The user _apt may have no access to the cache.
            "APT::Sandbox::User": "root",
            "Acquire::Retries": "3",
            "Acquire::Languages": "none",
            # A list that cannot be fetched is a failure, not a warning.
            "APT::Update::Error-Mode": "any",
            # A suite that became oldstable is still the right one.
            "Acquire::AllowReleaseInfoChange": "true",
            "APT::Default-Release": "",
            # Some machines disable the cache of packages, which makes apt slow. The cache of
            # sources is useful for installations only.
            "Dir::Cache::pkgcache": "pkgcache.bin",
            "Dir::Cache::srcpkgcache": "",
        }
        set_ = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        return [tool, "-c", str(self._state / "no-hooks.conf"), *set_, *args]

    def _write_state(self) -> None:
        mirror = machine_mirror()
        for folder in ("lists/partial", "cache/archives/partial"):
            (self._state / folder).mkdir(parents=True, exist_ok=True)
        (self._state / "status").touch()
        # Fetch the list of packages only, whatever else this machine's apt keeps.
        sources = ["Types: deb", f"URIs: {mirror.site}", f"Suites: {self._suite}",
                   "Components: main", "Targets: Packages", *mirror.options]
        (self._state / "suite.sources").write_text("\n".join(sources) + "\n", encoding="utf-8")
        # This machine's hooks would clean or renew this machine's own state.
        (self._state / "no-hooks.conf").write_text("".join(
            f"#clear APT::Update::{hook};\n" for hook in UPDATE_HOOKS), encoding="utf-8")

    def _refreshed(self) -> float:
        """The time at which the lists of packages were fetched, as time.time() returns it."""
        # Without this file, the state was written by an earlier version of this program.
        if not (self._state / "no-hooks.conf").exists():
            return 0
        try:
            return (self._state / "refreshed").stat().st_mtime
        except FileNotFoundError:
            return 0

    def _refresh(self) -> None:
        self._shown.clear()
        self._write_state()
        what = f"fetching the list of packages of {self._suite} for {self._arch}"
        say(what)
        run(self._command("apt-get", "update"), what)
        (self._state / "refreshed").touch()

    @contextmanager
    def _reading(self, since: float) -> Iterator[None]:
        """Provides lists of packages that any process has fetched after `since`.

        Several threads and processes may read the lists at once, but not while they are fetched.
        """
        with ExitStack() as stack:
            # One thread of this process at a time renews the lists.
            with MUTEXES.setdefault(self._lock, threading.Lock()):
                if self._refreshed() < since:
                    with locked(self._lock):
                        if self._refreshed() < since:
                            self._refresh()
                stack.enter_context(locked(self._lock, shared=True))
            yield

    def with_lists(self, get: Callable[[Apt], Thing], renew: bool = False) -> Thing:
        """Calls `get` with lists of packages that are fresh enough, or with new ones (`renew`).

        The mirror may have removed packages of an old list, so after a failure with an old list,
        a new list is fetched and `get` is called again.
        """
        now = time.time()
        with self._reading(now if renew else now - LISTS_FRESH_S):
            refreshed = self._refreshed()
            try:
                return get(self)
            except SetupError as error:
                if refreshed >= now:
                    raise
                say(f"{error}; trying again with a new list of packages")
        # Require newer lists; another thread may have fetched them meanwhile.
        with self._reading(math.nextafter(refreshed, math.inf)):
            return get(self)

    def show(self, package: str) -> str:
        """The record of a package in the lists."""
        if package not in self._shown:
            self._shown[package] = run(
                self._command("apt-cache", "show", "--no-all-versions", package),
                f"looking for {package} in {self._suite}")
        return self._shown[package]

    def download(self, package: str, folder: Path) -> Path:
        """The package's file, below `folder`; apt has checked its sums."""
        say(f"fetching {package} from {self._suite}")
        place = folder / package
        place.mkdir()
        run(self._command("apt-get", "download", package), f"fetching {package}", place)
        files = list(place.glob("*.deb"))
        if len(files) != 1:
            raise SetupError(f"expected one package file of {package}, got {len(files)}")
        return files[0]


def field(control: str, name: str) -> str:
    match = re.search(rf"^{name}: (.*)$", control, re.MULTILINE)
    return match[1] if match else ""


def machine_arch() -> str:
    """Debian's name for this machine's architecture."""
    return run(["dpkg", "--print-architecture"], "reading this machine's architecture").strip()


def unpack(deb: Path, folder: Path, *leave_out: str) -> None:
    """Unpacks a package into `folder`, without files and folders that match a pattern."""
    pipe([["dpkg-deb", "--fsys-tarfile", str(deb)],
          ["tar", "-x", "-C", str(folder), "--no-same-owner", "--anchored",
           "--no-wildcards-match-slash", *(f"--exclude={pattern}" for pattern in leave_out)]],
         f"unpacking {deb.name}")


def walk(deb: Path, visit: Callable[[str, IO[bytes]], bool]) -> None:
    """Calls `visit` with the path below / and the content of each ordinary file of a package.

    The files come in the package's order, until `visit` returns True.
    """
    what = f"unpacking {deb.name}"
    group = GROUP.get()
    with tempfile.TemporaryFile(mode="w+", errors="replace") as errors, ticking(what), \
            group.started(["dpkg-deb", "--fsys-tarfile", str(deb)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=errors) as process:
        try:
            with tarfile.open(fileobj=process.stdout, mode="r|", bufsize=STREAM_SIZE) as archive:
                for member in archive:
                    if member.isreg() and visit(member.name.removeprefix("./"),
                                                archive.extractfile(member)):
                        return
        except tarfile.TarError as error:
            group.check()
            raise failure(what, errors, "dpkg-deb", process.wait() or str(error)) from error


def write(path: Path, content: IO[bytes]) -> None:
    with path.open("wb") as file:
        shutil.copyfileobj(content, file, STREAM_SIZE)
