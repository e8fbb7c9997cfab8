# SPDX-License-Identifier: GPL-2.0-only
"""Changes and removes properties of the device tree that QEMU makes for a machine."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from scripts.errors import SetupError
from scripts.targets import Target

DUMP_LIMIT_S = 600
HEX_CELLS = re.compile(r"(?:[0-9a-f]{1,8}(?: |$))*")


def _run(what: str, *command: str) -> None:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=DUMP_LIMIT_S)
    except subprocess.TimeoutExpired:
        raise SetupError(f"{what}: expected {command[0]} to end within {DUMP_LIMIT_S} s, "
                         "it did not") from None
    if done.returncode:
        lines = done.stdout.decode(errors="replace").strip().splitlines()
        raise SetupError(f"{what}: {command[0]} ended with status {done.returncode}: "
                         f"{lines[-1] if lines else 'no output'}")


def _key(target: Target) -> str:
    """The inputs of the tree: the machine, its emulator, and the changes."""
    qemu = Path(shutil.which(target.qemu) or target.qemu).resolve()
    status = qemu.stat() if qemu.exists() else None
    made_from = (str(qemu), status and [status.st_size, status.st_mtime_ns], target.machine,
                 target.cpu, target.smp, target.memory, target.device_tree)
    return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:16]


def changed(target: Target, folder: Path) -> Path | None:
    """Returns the target's device tree, in folder; None if the target changes nothing.

    Raises SetupError if QEMU's tree lacks a property that is to change, since the machine would
    then not match its name.
    """
    if not target.device_tree:
        return None
    for tool in ("fdtget", "fdtput"):
        if not shutil.which(tool):
            raise SetupError(f"expected the command {tool} for target {target.name}, "
                             "found none; apt-get install device-tree-compiler")
    what = f"changing the device tree of target {target.name}"
    path = folder / f"{target.name}-{_key(target)}.dtb"
    if path.is_file():
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            tree = os.path.join(scratch, "tree.dtb")
            # In an option of QEMU, a comma ends a value, and two commas stand for one.
            dump = f"{target.machine},dumpdtb={tree.replace(',', ',,')}"
            _run(what, target.qemu, "-nodefaults", "-no-user-config", "-display", "none",
                 "-net", "none", "-machine", dump, "-cpu", target.cpu,
                 "-smp", str(target.smp), "-m", target.memory)
            for place, cells in target.device_tree.items():
                node, _, name = place.partition(" ")
                # fdtput accepts any word, and writes 0 for it.
                if not HEX_CELLS.fullmatch(cells):
                    raise SetupError(f"{what}: {place}: expected cells in hex, or none, "
                                     f"got '{cells}'")
                _run(f"{what}: {place}", "fdtget", tree, node, name)
                if cells:
                    _run(f"{what}: {place}", "fdtput", "-t", "x", tree, node, name,
                         *cells.split())
                else:
                    _run(f"{what}: {place}", "fdtput", "-d", tree, node, name)
            os.replace(tree, path)
    except OSError as error:
        raise SetupError(f"{what} in {folder}: {error.filename or ''}: "
                         f"{error.strerror}") from error
    return path
