# SPDX-License-Identifier: GPL-2.0-only
"""Linux as a guest of a target: its kernel, and an initramfs with a shell and virtio.

The kernel is Debian's, unmodified, for the same architecture; the drivers that Debian
builds as modules are taken from the same package.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import re
from pathlib import Path

from scripts import initramfs
from scripts.errors import SetupError

INIT = initramfs.GUEST / "linux-init"
LOAD = initramfs.GUEST / "linux-load"

# The drivers of vgic-run's guests. Modules that they depend on are loaded before them.
MODULES = ("virtio_mmio", "virtio_blk", "virtio_console")

# The end of a module's file name, whether the file is packed or not: "virtio_blk.ko.xz".
SUFFIX = re.compile(r"\.ko(\.xz)?$")
DEPENDS = re.compile(rb"\0depends=([^\0]*)\0")


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return lzma.decompress(content) if path.suffix == ".xz" else content


def module_name(path: Path) -> str:
    """A module's name from its file's name: either may have dashes or underscores."""
    return SUFFIX.sub("", path.name).replace("-", "_")


def needs(path: Path) -> list[str]:
    """The modules that the module in a file needs."""
    match = DEPENDS.search(b"\0" + _content(path))
    names = match[1].decode().split(",") if match and match[1] else []
    return [name.replace("-", "_") for name in names]


def in_order(folder: Path, wanted: tuple[str, ...] = MODULES) -> dict[str, bytes]:
    """The modules of a kernel that are wanted, each after those that it needs.

    A wanted module without a file is built into the kernel, and left out. Raises SetupError if the
    folder has no modules at all.
    """
    there = {module_name(path): path
             for path in folder.rglob("*.ko*") if SUFFIX.search(path.name)}
    found: dict[str, bytes] = {}

    def add(name: str, needed_by: tuple[str, ...] = ()) -> None:
        if name in found or name not in there or name in needed_by:
            return
        for other in needs(there[name]):
            add(other, (*needed_by, name))
        found[name] = _content(there[name])

    for name in wanted:
        add(name)
    if not there:
        raise SetupError(f"expected a kernel's modules in {folder}, found none")
    return found


def _written(folder: Path, name: str, content: bytes) -> Path:
    """Writes a file whose name depends on its content, so that it never replaces another."""
    key = hashlib.sha256(content).hexdigest()[:16]
    path = folder / f"{name}-{key}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}.new")
        new.write_bytes(content)
        os.replace(new, path)
    return path


def initrd(build: Path, busybox: Path, modules: Path) -> Path:
    """The guest's initramfs; `modules` is the folder of its kernel's modules."""
    try:
        found = in_order(modules)
        order = "".join(f"{name}.ko\n" for name in found)
        parts = build / "guest"
        files = {"init": INIT, "bin/busybox": busybox, "bin/load": LOAD,
                 "modules/order": _written(parts, "order", order.encode())}
        files |= {f"modules/{name}.ko": _written(parts, name, content)
                  for name, content in found.items()}
    except (OSError, lzma.LZMAError) as error:
        raise SetupError(f"cannot make the guest's initramfs: {error}") from error
    return initramfs.build(build / "initramfs", files)
