# SPDX-License-Identifier: GPL-2.0-only
"""Builds root file systems as archives: for targets (BusyBox, init and the test programs), for
Linux guests and for LAVA jobs.

The archive is named after a hash of its content, so that an unchanged one is made only once, and
any number of runs can share it.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.errors import SetupError

GUEST = Path(__file__).resolve().parent / "guest"
FOLDERS = ("bin", "dev", "proc", "sys", "tmp", "selftests", "modules", "guest")

# Archives that no run has used for this long are removed.
KEEP_S = 7 * 24 * 3600


def contents(busybox: Path, programs: Mapping[str, Path],
             modules: Mapping[str, Path]) -> dict[str, Path]:
    """Returns the files on the host by their paths in the guest."""
    files = {"init": GUEST / "init", "bin/busybox": busybox,
             "bin/late-cpus": GUEST / "late-cpus", "bin/leaks": GUEST / "leaks"}
    files |= {f"selftests/{name}": path for name, path in programs.items()}
    files |= {f"modules/{name}": path for name, path in modules.items()}
    return files


@functools.cache
def _digest(path: Path, *signature: int) -> str:
    """The digest of a file's content, cached: targets share many files."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _key(files: Mapping[str, Path], folders: Sequence[str]) -> str:
    digest = hashlib.sha256(" ".join(folders).encode())
    for name in sorted(files):
        status = files[name].stat()
        content = _digest(files[name], status.st_ino, status.st_size, status.st_mtime_ns)
        digest.update(f"\0{name}\0{content}".encode())
    return digest.hexdigest()[:20]


def _archive(files: Mapping[str, Path], folders: Sequence[str], archive: Path) -> None:
    """Writes a newc archive in which everything belongs to root."""
    with tempfile.TemporaryDirectory(dir=archive.parent,
                                     prefix="tree.") as folder:
        root = Path(folder)
        for name in folders:
            (root / name).mkdir()
        for name, path in files.items():
            shutil.copyfile(path, root / name)
            (root / name).chmod(0o755)
        names = "\0".join(str(path.relative_to(root))
                          for path in sorted(root.rglob("*")))
        unfinished = Path(folder + ".cpio")
        try:
            with unfinished.open("wb") as out:
                done = subprocess.run(
                    ["cpio", "--create", "--null", "--format=newc",
                     "--owner=0:0", "--reproducible", "--quiet"],
                    cwd=root, input=names.encode(), stdout=out,
                    stderr=subprocess.PIPE)
            if done.returncode:
                raise SetupError("cpio cannot make the initramfs: "
                                 + done.stderr.decode(errors="replace").strip())
            os.replace(unfinished, archive)
        finally:
            unfinished.unlink(missing_ok=True)


def _remove_old(folder: Path) -> None:
    limit = time.time() - KEEP_S
    for path in folder.glob("*.cpio"):
        # Another run may have finished or removed it meanwhile.
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                path.unlink()


def build(folder: Path, files: Mapping[str, Path],
          folders: Sequence[str] = FOLDERS) -> Path:
    """Returns the archive of these files (see contents()), making it if needed.

    Raises SetupError if a file is missing, or folder cannot be written.
    """
    if not shutil.which("cpio"):
        raise SetupError("expected the command cpio to make the initramfs, "
                         "found none; apt-get install cpio")
    try:
        archive = folder / f"{_key(files, folders)}.cpio"
        if archive.exists():
            os.utime(archive)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            _remove_old(folder)
            _archive(files, folders, archive)
    except OSError as error:
        raise SetupError(f"cannot make the initramfs in {folder}: "
                         f"{error.filename or ''}: {error.strerror}") from error
    return archive
