#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The table of registers: reads, checks and renders Documentation/abi/registers.toml.

    registers.py check           check the table, and that the header matches it
    registers.py header [FILE]   selftests/fields_table.h, which the tests of registers read
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import rules

TABLE = rules.ROOT / "Documentation/abi/registers.toml"
HEADER = rules.ROOT / "selftests/fields_table.h"

MODELS = (2, 3)
FRAMES = {2: ("GICD", "GICC"), 3: ("GICD", "RD", "SGI", "ICC", "GITS")}
# Frames whose accesses the kernel emulates. The hardware handles those to a CPU interface.
TRAPPED = ("GICD", "RD", "SGI", "GITS")
CLASSES = ("SGI", "PPI", "TIMER", "SPI")
ACCESSES = ("RW", "RO", "W1S", "W1C", "NONE", "FREE", "READ")
# Reset values that depend on the machine.
RESETS = ("CPU_MASK", "CPU", "LAST", "LINES", "CPUS")
VIEWS = ("guest", "user")
LAST_INTID = 1019
# Masks of a register with a bit for each vCPU in each byte: vCPUs that exist, and all others.
MASKS = ("CPUS", "ABSENT")

KEYS = {"name", "gic", "frame", "offset", "bits", "end", "size", "widths", "views", "set", "clear",
        "state", "shift", "least", "keep", "source", "fields"}
NEEDED = {"name", "gic", "frame", "offset", "source", "fields"}
FIELD_KEYS = {"of", "mask", "access", "user", "reset"}


@dataclass(frozen=True)
class Field:
    """Bits of a whole register, if `of` is empty; otherwise bits of each interrupt's part of it.

    of: the classes of INTIDs whose parts have the field.
    """

    of: tuple[str, ...]
    mask: int | str
    access: str
    user: str
    reset: int | str | None


@dataclass(frozen=True)
class Register:
    """A row of the table: a register, or registers with a part for each interrupt."""

    name: str
    gic: int
    frame: str
    offset: int
    bits: int
    end: int
    size: int
    widths: tuple[int, ...]
    views: tuple[str, ...]
    set: int
    clear: int
    state: str
    shift: int
    least: int
    keep: bool
    source: str
    fields: tuple[Field, ...]

    @property
    def id(self) -> str:
        """The register's name in the names of tests, such as v2_gicd_ctlr."""
        return f"v{self.gic}_{self.name.lower().replace('.', '_')}"


def encoding(where: str, parts: list[int]) -> int:
    """A system register's number in KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS: arm-vgic-v3.rst."""
    limits = (4, 8, 16, 16, 8)
    if len(parts) != len(limits) or any(not 0 <= p < most for p, most in zip(parts, limits)):
        raise rules.TableError(f"{where}: expected an offset such as [3, 0, 12, 12, 7], "
                               f"got {parts}")
    op0, op1, crn, crm, op2 = parts
    return op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2


def one_of(where: str, key: str, value: object, allowed: tuple) -> None:
    if value not in allowed:
        raise rules.TableError(f"{where}: expected {key} of {allowed}, got '{value}'")


def parse_field(where: str, raw: dict, by_interrupt: bool, whole: int) -> Field:
    if unknown := set(raw) - FIELD_KEYS:
        raise rules.TableError(f"{where}: unknown key '{min(unknown)}' in a field")
    if "access" not in raw:
        raise rules.TableError(f"{where}: a field lacks 'access'")
    of = tuple(raw.get("of", "").split())
    if bool(of) != by_interrupt:
        raise rules.TableError(f"{where}: expected a field to have 'of' if the register has "
                               "'bits', and only then")
    for name in of:
        one_of(where, "of", name, CLASSES)
    mask = raw.get("mask", whole)
    if isinstance(mask, str):
        one_of(where, "mask", mask, MASKS)
        one_of(where, "mask's reset", raw.get("reset", 0), (0,))
    elif not 0 < mask <= whole:
        raise rules.TableError(f"{where}: expected a mask within 0x{whole:x}, got '{mask}'")
    one_of(where, "access", raw["access"], ACCESSES)
    one_of(where, "user", raw.get("user", raw["access"]), ACCESSES)
    reset = raw.get("reset")
    if isinstance(reset, str):
        one_of(where, "reset", reset, RESETS)
    elif reset is not None and not isinstance(mask, str) and reset & ~mask:
        raise rules.TableError(f"{where}: expected a reset value within the mask, got 0x{reset:x}")
    return Field(of, mask, raw["access"], raw.get("user", raw["access"]), reset)


def check_overlap(where: str, fields: tuple[Field, ...]) -> None:
    for name in (*CLASSES, None):
        seen, names = 0, set()
        for field in fields:
            if name not in (field.of or (None,)):
                continue
            if field.mask in names or isinstance(field.mask, int) and (
                    seen & field.mask or names):
                raise rules.TableError(f"{where}: two fields have bits of {field.mask}")
            if isinstance(field.mask, int):
                seen |= field.mask
            else:
                names.add(field.mask)


def parse_register(raw: dict) -> Register:
    where = str(raw.get("name", "a register without name"))
    if unknown := set(raw) - KEYS:
        raise rules.TableError(f"{where}: unknown key '{min(unknown)}'")
    if missing := NEEDED - set(raw):
        raise rules.TableError(f"{where}: lacks '{min(missing)}'")
    one_of(where, "gic", raw["gic"], MODELS)
    one_of(where, "frame", raw["frame"], FRAMES[raw["gic"]])
    bits, size = raw.get("bits", 0), raw.get("size", 4)
    one_of(where, "bits", bits, (0, 1, 2, 8, 64))
    one_of(where, "size", size, (4, 8))
    widths, views = tuple(raw.get("widths", (4,))), tuple(raw.get("views", VIEWS))
    for width in widths:
        one_of(where, "widths", width, (1, 2, 4, 8))
    for view in views:
        one_of(where, "views", view, VIEWS)
    offset = raw["offset"]
    if raw["frame"] == "ICC":
        offset = encoding(where, offset)
    whole = (1 << (bits or 8 * size)) - 1
    fields = tuple(parse_field(where, field, bool(bits), whole) for field in raw["fields"])
    check_overlap(where, fields)
    return Register(
        raw["name"], raw["gic"], raw["frame"], offset, bits, raw.get("end", LAST_INTID + 1), size,
        widths, views, raw.get("set", 0), raw.get("clear", 0), raw.get("state", ""),
        raw.get("shift", 0), raw.get("least", 0), raw.get("keep", False), raw["source"], fields)


def parse_table(text: str) -> list[Register]:
    """All registers, in the table's order."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise rules.TableError(f"not TOML: {error}") from error
    table = [parse_register(r) for r in raw.get("register", [])]
    places = {(r.gic, r.frame, r.offset) for r in table}
    seen: set[str] = set()
    for register in table:
        if register.id in seen:
            raise rules.TableError(f"{register.name}: there are two registers of this "
                                   f"name for GICv{register.gic}")
        seen.add(register.id)
        for partner in (register.set, register.clear):
            if partner and (register.gic, register.frame, partner) not in places:
                raise rules.TableError(f"{register.name}: there is no register at 0x{partner:x}")
        kinds = {field.access for field in register.fields}
        if "W1S" in kinds and not register.clear or "W1C" in kinds and not register.set:
            raise rules.TableError(f"{register.name}: a W1S register needs 'clear' and a W1C "
                                   "register 'set': the other register of the same state")
    return table


def load(path: Path = TABLE) -> list[Register]:
    try:
        return parse_table(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise rules.TableError(f"{path}: {error.strerror}") from error
    except rules.TableError as error:
        raise rules.TableError(f"{path}: {error}") from error


# ---- the C header ----


def c_field(field: Field) -> list[str]:
    of = " | ".join(f"OF_{name}" for name in field.of) or "0"
    mask = f"0x{field.mask:x}ULL" if isinstance(field.mask, int) else f"FIELD_{field.mask}"
    if field.reset is None:
        reset, value = "RESET_ANY", "0"
    elif isinstance(field.reset, str):
        reset, value = f"RESET_{field.reset}", "0"
    else:
        reset, value = "RESET_VALUE", f"0x{field.reset:x}"
    access = f"FIELD_{field.access}, FIELD_{field.user}"
    return [f"\t{{ {of}, {mask},", f"\t  {access}, {reset}, {value} }},"]


def c_register(register: Register, states: dict[str, int]) -> list[str]:
    lines = []
    if register.fields:
        lines.append(f"static const struct gic_field {register.id}_fields[] = {{")
        lines += [line for field in register.fields for line in c_field(field)]
        lines += ["};", ""]
    numbers = {
        "gic": register.gic, "bits": register.bits, "end": register.end if register.bits else 0,
        "size": 0 if register.bits else register.size, "state": states.get(register.state, 0),
        "shift": register.shift, "least": register.least,
    }
    values = [
        f".name = {rules.c_string(register.name)}", f".frame = FRAME_{register.frame}",
        f".offset = 0x{register.offset:x}", *(f".{key} = {n}" for key, n in numbers.items() if n),
        f".widths = {' | '.join(str(width) for width in register.widths)}",
        *(f".{key} = 0x{n:x}"
          for key, n in (("set", register.set), ("clear", register.clear)) if n),
        *([".keep = true"] if register.keep else []),
        *(f".{view} = true" for view in register.views),
    ]
    lines.append(f"static const struct gic_register {register.id} = {{")
    lines += [f"\t{', '.join(values[i:i + 4])}," for i in range(0, len(values), 4)]
    if register.fields:
        lines += [f"\t.fields = {register.id}_fields,",
                  f"\t.nr_fields = ARRAY_SIZE({register.id}_fields),"]
    return [*lines, "};", ""]


def c_list(name: str, members: list[Register]) -> list[str]:
    """An X-macro: applies the macro X to each register."""
    lines = [f"#define {name}(X)"]
    lines += [f"\tX({register.id}, DEVATTR_GICV{register.gic})" for register in members]
    return [*(f"{line} \\" for line in lines[:-1]), lines[-1], ""]


def render_header(table: list[Register]) -> str:
    """selftests/fields_table.h, the table that fields.c reads."""
    states = {state: i for i, state in enumerate(sorted({r.state for r in table} - {""}), 1)}
    guest = [r for r in table if "guest" in r.views]
    user = [r for r in table if "user" in r.views]
    lines = [
        "/* SPDX-License-Identifier: GPL-2.0-only */",
        "/*",
        " * Made by `tools/registers.py header` from Documentation/abi/registers.toml: change",
        " * that, and run `make rules`.",
        " */",
        "#ifndef VGIC_ABI_FIELDS_TABLE_H",
        "#define VGIC_ABI_FIELDS_TABLE_H",
        "",
        *(line for register in table for line in c_register(register, states)),
        "static const struct gic_register * const all_registers[] = {",
        *(f"\t&{register.id}," for register in table),
        "};",
        "",
        *c_list("TRAPPED_REGISTERS", [r for r in guest if r.frame in TRAPPED]),
        *c_list("CPU_REGISTERS", [r for r in guest if r.frame not in TRAPPED]),
        *c_list("USER_REGISTERS", user),
        *c_list("SHARED_REGISTERS", [r for r in user if "guest" in r.views]),
        "#endif /* VGIC_ABI_FIELDS_TABLE_H */",
        "",
    ]
    return "\n".join(lines)


# ---- commands ----


def problems(header: Path = HEADER, table: Path = TABLE) -> list[str]:
    """Problems of the table's header."""
    rendered = render_header(load(table))
    if not header.is_file() or header.read_text(encoding="utf-8") != rendered:
        return [f"{header.relative_to(rules.ROOT)} does not match the table of registers: "
                "run 'make rules'"]
    return []


def put_header(file: str) -> list[str]:
    rules.put(render_header(load()), file)
    return []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    commands.add_parser("check")
    header = commands.add_parser("header")
    header.add_argument("file", nargs="?", default="-")
    args = parser.parse_args()
    return rules.status_of("registers.py", lambda: (
        problems() if args.command == "check" else put_header(args.file)))


if __name__ == "__main__":
    sys.exit(main())
