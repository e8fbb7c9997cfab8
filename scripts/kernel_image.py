# SPDX-License-Identifier: GPL-2.0-only
"""Identifies kernel images, and unpacks those that QEMU cannot load.

QEMU reports no error for a file that is not a kernel: the machine just hangs. So the header is
checked first. An EFI zboot image (which arm64 kernels may install from 6.1 on) needs newer
QEMUs than Debian 12's, so the kernel is taken out of it. An ARM zImage works, but unpacks
itself, which takes an emulated CPU longer than the rest of the boot, so it is unpacked here.
"""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

from scripts.errors import SetupError

HEADER_SIZE = 64
GZIP_MAGIC = b"\x1f\x8b"
MZ_MAGIC = b"MZ"

ARM_MAGIC = 0x016F2818

# Offset, magic and architecture of the images that QEMU loads as they are.
HEADERS = (
    (0x38, b"ARM\x64", "arm64"),
    (0x24, struct.pack("<I", ARM_MAGIC), "arm"),
)

# EFI zboot: "zimg", then offset and size of the payload; at 24, its compression.
ZBOOT_MAGIC = b"zimg"
ZBOOT_MAGIC_AT = 4
ZBOOT_FIELDS = struct.Struct("<II")
ZBOOT_FIELDS_AT = 8
ZBOOT_COMPRESSION = slice(24, 56)

# ARM zImage: the place of the pointer to its table, and the parts of the entry that matter: its
# tag, two fields about sizes, and the distance from the start of memory that the kernel expects
# (arch/arm/boot/compressed/vmlinux.lds.S).
ZIMAGE_TABLE_AT = 0x38
ZIMAGE_ENTRY = struct.Struct("<IIIII")
ZIMAGE_TAG = 0x5A534C4B
XZ_MAGIC = b"\xfd7zXZ\0"
# The size of the unpacked kernel, which follows the packed one.
SIZE_FIELD = struct.Struct("<I")
# The address at which QEMU loads and starts an image of unknown format.
QEMU_LOADS_AT = 0x10000
# The kernel assumes that memory starts at the nearest multiple of this below itself.
ARM_PHYS_ALIGN = 0x200000
# vgic-run boots 32-bit guests only from zImages, which it loads at a multiple of ARM_PHYS_ALIGN.
# Offset of a zImage's magic number, which is followed by the image's start (0: anywhere) and end.
ZIMAGE_MAGIC_AT = 0x24
ZIMAGE_MAGIC = struct.Struct("<III")
# An ARM branch counts words from two instructions after itself.
ARM_BRANCH = 0xEA000000
ARM_BRANCH_FROM = 8

WANTED = "an arm64 Image, Image.gz or EFI zboot vmlinuz, or an ARM zImage"


def _zstd(data: bytes) -> bytes:
    if not shutil.which("zstd"):
        raise SetupError("the kernel image is packed with zstd: expected the "
                         "command zstd, found none; apt-get install zstd")
    done = subprocess.run(["zstd", "-dcq"], input=data, capture_output=True)
    if done.returncode:
        raise ValueError(done.stderr.decode(errors="replace").strip())
    return done.stdout


def _gunzip(data: bytes) -> bytes:
    # The packed kernel is followed by padding, not by another member.
    return zlib.decompressobj(wbits=31).decompress(data)


UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gunzip,
    "lzma": lzma.decompress,
    "xzkern": lzma.decompress,
    "xz": lzma.decompress,
    "zstd": _zstd,
    "zstd22": _zstd,
}


def _arch_of(header: bytes) -> str | None:
    for offset, magic, arch in HEADERS:
        if header[offset:offset + len(magic)] == magic:
            return arch
    return None


def is_zboot(header: bytes) -> bool:
    """True if a file that starts with header is an EFI zboot image."""
    return (header.startswith(MZ_MAGIC)
            and header[ZBOOT_MAGIC_AT:ZBOOT_MAGIC_AT + 4] == ZBOOT_MAGIC)


def unpack_zboot(image: bytes) -> bytes:
    """Returns the kernel inside an EFI zboot image.

    Raises ValueError if the image has no kernel that can be unpacked.
    """
    offset, size = ZBOOT_FIELDS.unpack_from(image, ZBOOT_FIELDS_AT)
    payload = image[offset:offset + size]
    if not size or len(payload) != size:
        raise ValueError(f"its payload of {size} bytes at {offset} does not "
                         f"fit into {len(image)} bytes")
    name = image[ZBOOT_COMPRESSION].split(b"\0")[0].decode(errors="replace")
    if name not in UNPACK:
        raise ValueError(f"it is packed with '{name}', expected one of "
                         f"{', '.join(UNPACK)}")
    try:
        return UNPACK[name](payload)
    except (zlib.error, lzma.LZMAError, EOFError) as error:
        raise ValueError(f"its {name} payload is damaged: {error}") from error


def _kernel_in_zimage(zimage: bytes) -> tuple[bytes, int] | None:
    """Returns the kernel inside an ARM zImage, and its text offset.

    None if the zImage is not packed as Debian's are; then it unpacks itself.
    """
    try:
        (table,) = SIZE_FIELD.unpack_from(zimage, ZIMAGE_TABLE_AT)
        _, tag, _, _, text_offset = ZIMAGE_ENTRY.unpack_from(zimage, table)
    except struct.error:
        return None
    if tag != ZIMAGE_TAG or text_offset % 4:
        return None
    # The first match is in the unpacking code, which contains the magic as well.
    start = zimage.find(XZ_MAGIC)
    while start >= 0:
        unpacker = lzma.LZMADecompressor(format=lzma.FORMAT_XZ)
        try:
            kernel = unpacker.decompress(zimage[start:])
        except lzma.LZMAError:
            kernel = b""
        if kernel and unpacker.eof and unpacker.unused_data.startswith(
                SIZE_FIELD.pack(len(kernel))):
            return kernel, text_offset
        start = zimage.find(XZ_MAGIC, start + 1)
    return None


def _placed(kernel: bytes, text_offset: int, address: int, room: int) -> bytes:
    """An image that is loaded to address, and starts a kernel at once.

    Padding of at least room bytes puts the kernel where it expects to be; the padding
    begins with a branch to the kernel.
    """
    before = text_offset - address
    while before < room:
        before += ARM_PHYS_ALIGN
    branch = SIZE_FIELD.pack(ARM_BRANCH | (before - ARM_BRANCH_FROM) // 4)
    return branch.ljust(before, b"\0") + kernel


def unpack_zimage(zimage: bytes) -> bytes | None:
    """Returns an image that starts the kernel inside an ARM zImage at once, for QEMU."""
    found = _kernel_in_zimage(zimage)
    return _placed(*found, QEMU_LOADS_AT, SIZE_FIELD.size) if found else None


def unpack_zimage_for_guest(zimage: bytes) -> bytes | None:
    """unpack_zimage() for vgic-run, which needs the header of a zImage."""
    found = _kernel_in_zimage(zimage)
    if not found:
        return None
    image = bytearray(_placed(*found, 0, ZIMAGE_MAGIC_AT + ZIMAGE_MAGIC.size))
    ZIMAGE_MAGIC.pack_into(image, ZIMAGE_MAGIC_AT, ARM_MAGIC, 0, len(image))
    return bytes(image)


def prepare(path: Path, unpacked_dir: Path) -> tuple[Path, str]:
    """Returns (an image that QEMU loads, its architecture).

    The image is path itself, or a file in unpacked_dir if it has to be unpacked.
    Raises SetupError if path is not a kernel image at all.
    """
    try:
        with path.open("rb") as file:
            header = file.read(HEADER_SIZE)
        if header.startswith(GZIP_MAGIC):
            with gzip.open(path) as packed:
                header = packed.read(HEADER_SIZE)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise SetupError(f"KERNEL={path}: expected {WANTED}; "
                         f"cannot read it: {reason}") from error

    if is_zboot(header):
        return _unpacked_zboot(path, unpacked_dir)
    arch = _arch_of(header)
    if arch is None:
        hint = ("; for a vmlinux, take arch/arm64/boot/Image of the same build"
                if header.startswith(b"\x7fELF") else "")
        raise SetupError(f"KERNEL={path}: expected {WANTED}; got a file that "
                         f"starts with {header[:8].hex(' ') or 'nothing'}{hint}")
    if arch == "arm":
        return _unpacked(path, unpacked_dir, unpack_zimage) or path, arch
    return path, arch


def prepare_for_guest(path: Path, unpacked_dir: Path) -> Path:
    """Returns an image that vgic-run boots: path itself, or an unpacked one.

    Raises SetupError if it is not a kernel image at all.
    """
    image, arch = prepare(path, unpacked_dir)
    if arch != "arm":
        return image
    return _unpacked(path, unpacked_dir, unpack_zimage_for_guest, "zImage") or path


def _unpacked(path: Path, folder: Path, unpack: Callable[[bytes], bytes | None],
              suffix: str = "image") -> Path | None:
    """The unpacked image, kept in folder and made once for each content."""
    try:
        image = path.read_bytes()
        unpacked = folder / f"{hashlib.sha256(image).hexdigest()[:20]}.{suffix}"
        if not unpacked.exists():
            kernel = unpack(image)
            if kernel is None:
                return None
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
                try:
                    file.write(kernel)
                    file.flush()
                    os.replace(file.name, unpacked)
                except BaseException:
                    os.unlink(file.name)
                    raise
    except OSError as error:
        raise SetupError(f"cannot unpack KERNEL={path} to {folder}: "
                         f"{error.strerror}") from error
    return unpacked


def _unpacked_zboot(path: Path, folder: Path) -> tuple[Path, str]:
    """Takes the kernel out of an EFI zboot image."""
    try:
        unpacked = _unpacked(path, folder, unpack_zboot)
    except ValueError as error:
        raise SetupError(f"KERNEL={path}: an EFI zboot image, but "
                         f"{error}") from error
    with unpacked.open("rb") as file:
        arch = _arch_of(file.read(HEADER_SIZE))
    if arch is None:
        raise SetupError(f"KERNEL={path}: an EFI zboot image, but expected an "
                         "arm64 or ARM kernel in it; found something else")
    return unpacked, arch
