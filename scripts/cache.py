# SPDX-License-Identifier: GPL-2.0-only
"""A cache of folders, each made once, whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.processes import locked_file

ROOT = Path(__file__).resolve().parent.parent

# Absolute, because programs that run in other folders get it.
BUILD = Path(os.environ.get("BUILD") or ROOT / "build").absolute()
CACHE = Path(os.environ.get("VGIC_ABI_CACHE") or BUILD / "cache").absolute()


@contextmanager
def locked(name: str, shared: bool = False) -> Iterator[None]:
    """One process at a time fetches an item, and the next one finds it.

    A shared lock keeps out exclusive ones only.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    with locked_file(CACHE / f".lock-{name}", f"waiting for another process that fetches {name}",
                     shared):
        yield


def new_prefix(name: str) -> str:
    """The prefix of a folder's name while it is made; no other name has it."""
    return f".new-{name}--"


def remove_leftovers(name: str) -> None:
    """Removes leftovers of killed processes. Call it with the lock held."""
    for path in CACHE.glob(f"{new_prefix(name)}*"):
        shutil.rmtree(path, ignore_errors=True)


def cached(name: str, make: Callable[[Path], None], renew: bool = False,
           fits: Callable[[Path], bool] = Path.is_dir) -> Path:
    """Returns the folder `name` of the cache. Calls `make` for it if the folder is missing or does
    not fit, or if `renew` is set.

    A new folder is made under another name and renamed when it is complete, so that it never
    exists in part.
    """
    path = CACHE / name
    if path.is_dir() and fits(path) and not renew:
        return path
    plain = name.replace("/", "-")
    with locked(plain):
        if path.is_dir() and fits(path) and not renew:
            return path
        remove_leftovers(plain)
        new = Path(tempfile.mkdtemp(prefix=new_prefix(plain), dir=CACHE))
        try:
            made = new / "made"
            made.mkdir()
            make(made)
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                path.rename(new / "old")
            made.rename(path)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return path


# Patterns of the cache's entries. Its folder may also hold files of the user.
CACHE_ENTRIES = ("kernels/*", "headers/*", "busybox-*", "libfdt-*", "linux-source-*", "qemu-*",
                 "debian/*", "lava-*", "apt/*")


def size_mib(path: Path) -> float:
    return sum(Path(folder, name).lstat().st_size
               for folder, _, names in os.walk(path) for name in names) / 2**20


def list_cache() -> None:
    for path in (path for pattern in CACHE_ENTRIES for path in sorted(CACHE.glob(pattern))):
        line = f"{size_mib(path):8.1f} MiB  {path}"
        info = path / "package.json"
        if info.is_file():
            packages = json.loads(info.read_text(encoding="utf-8")).get("packages", {})
            line += "".join(f"  {name} {version}" for name, version in packages.items())
        print(line)


def clean_cache() -> None:
    for pattern in (*CACHE_ENTRIES, "kernels", "headers", "debian", "apt", ".new-*"):
        for path in CACHE.glob(pattern):
            shutil.rmtree(path)
    for path in CACHE.glob(".lock-*"):
        path.unlink()


# Advice for errors that the user can fix.
ADVICE = {
    errno.ENOSPC: "make room, or name another folder with VGIC_ABI_CACHE=",
    errno.EDQUOT: "make room, or name another folder with VGIC_ABI_CACHE=",
    errno.EACCES: "make it writable, or name another folder with VGIC_ABI_CACHE=",
    errno.EROFS: "make it writable, or name another folder with VGIC_ABI_CACHE=",
    errno.ENOTDIR: "expected a folder there; move what is in its place",
    errno.EEXIST: "expected a folder there; move what is in its place",
}


def problem(error: OSError) -> str:
    """The error as one line for the user."""
    advice = ADVICE.get(error.errno or 0)
    return f"{error.filename or CACHE}: {error.strerror}" + (f": {advice}" if advice else "")
