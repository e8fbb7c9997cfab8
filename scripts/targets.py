# SPDX-License-Identifier: GPL-2.0-only
"""Reads targets.toml, the list of machines to run on."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from scripts.errors import SetupError

ARCHES = ("arm64", "arm")
EXPECTATIONS = ("run", "skip")
KERNEL_KEYS = {"flavour", "suite", "config"}


@dataclass(frozen=True)
class Target:
    """One machine; the fields are explained in targets.toml. Limits in seconds."""

    name: str
    arch: str
    qemu: str
    machine: str
    cpu: str
    kernel: dict[str, str]
    smp: int = 1
    jobs: int = 1
    parallel: bool = False
    icount: bool = False
    memory: str = "512M"
    console: str = "ttyAMA0"
    append: str = ""
    mode: str = ""
    kernel_says: tuple[str, ...] = ()
    qemu_suite: str = ""
    features: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    expect: str = "run"
    default: bool = False
    modules: tuple[str, ...] = ()
    programs: str = "selftests"
    only: tuple[str, ...] = ()
    linux_guest: bool = False
    device_tree: dict[str, str] = field(default_factory=dict)
    pre: tuple[str, ...] = ()
    post: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)
    boot_limit: float = 90
    program_limit: float = 180
    silence_limit: float = 60
    target_limit: float = 900

    @property
    def kernel_words(self) -> str:
        """The words that the target adds to the kernel's command line."""
        return f"{self.append} {self.mode}".strip()


def _kind(value: Any) -> str:
    """The type of a TOML value, as error messages name it."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "a table" if isinstance(value, dict) else "a string"


KIND_OF = {"str": "a string", "int": "a number", "float": "a number",
           "bool": "true or false", "tuple[str, ...]": "a list",
           "dict[str, str]": "a table"}


def _target(path: Path, name: str, table: dict[str, Any]) -> Target:
    """Checks one target's keys and values."""
    where = f"{path}: target {name}"
    known = {entry.name: entry for entry in fields(Target)}
    values: dict[str, Any] = {"name": name}
    for key, value in table.items():
        if key not in known or key == "name":
            raise SetupError(f"{where}: expected one of the keys "
                             f"{', '.join(sorted(set(known) - {'name'}))}; "
                             f"got '{key}'")
        expected = KIND_OF[str(known[key].type)]
        if _kind(value) != expected:
            raise SetupError(f"{where}: {key}: expected {expected}, "
                             f"got {value!r}")
        if isinstance(value, list):
            if not all(isinstance(item, str) for item in value):
                raise SetupError(f"{where}: {key}: expected a list of strings, "
                                 f"got {value!r}")
            value = tuple(value)
        if isinstance(value, dict) and not all(
                isinstance(item, str) for item in value.values()):
            raise SetupError(f"{where}: {key}: expected a table of strings, "
                             f"got {value!r}")
        values[key] = value
    for entry in known.values():
        if (entry.default is MISSING and entry.default_factory is MISSING
                and entry.name not in values):
            raise SetupError(f"{where}: '{entry.name}' is missing")
    for key, choices in (("arch", ARCHES), ("expect", EXPECTATIONS)):
        if values.get(key, choices[0]) not in choices:
            raise SetupError(f"{where}: {key}: expected one of "
                             f"{', '.join(choices)}; got '{values[key]}'")
    if (not set(values["kernel"]) <= KERNEL_KEYS
            or "flavour" not in values["kernel"]):
        raise SetupError(f"{where}: kernel: expected a flavour and perhaps a "
                         f"suite or a config, got {values['kernel']!r}")
    if values.get("icount"):
        # These commands are on the kernel's command line, see guest/init.
        for command in (*values.get("pre", ()), *values.get("refused", ())):
            if set(command) & set('";'):
                raise SetupError(f"{where}: icount: expected commands without \" and ;, "
                                 f"got {command!r}")
    return Target(**values)


def _keys(path: Path, name: str, tables: dict[str, Any], layers: dict[str, Any]
          ) -> dict[str, Any]:
    """A target's keys, with the keys of its layers and of the target that it is `like`."""
    own = dict(tables[name])
    base, parts = own.pop("like", None), own.pop("layers", [])
    earlier = list(tables)[:list(tables).index(name)]
    if base is not None and base not in earlier:
        raise SetupError(f"{path}: target {name}: like: expected one of the targets "
                         f"before it, got {base!r}")
    table = {} if base is None else _keys(path, base, tables, layers)
    if not isinstance(parts, list):
        raise SetupError(f"{path}: target {name}: layers: expected a list, got {parts!r}")
    for part in parts:
        if part not in layers:
            raise SetupError(f"{path}: target {name}: layers: expected some of "
                             f"{', '.join(layers)}; got {part!r}")
        table |= layers[part]
    return table | own


def load(path: Path) -> dict[str, Target]:
    """Returns the targets of a file by name, in the file's order.

    Raises SetupError if the file is not as described at its top.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise SetupError(f"cannot read targets: {path}: {error}") from error
    strange = set(data) - {"defaults", "layer", "target"}
    if strange or not data.get("target"):
        raise SetupError(f"{path}: expected [defaults], [layer.NAME] and [target.NAME], "
                         f"got {sorted(data)}")
    defaults = data.get("defaults", {})
    tables, layers = data["target"], data.get("layer", {})
    return {name: _target(path, name, {**defaults, **_keys(path, name, tables, layers)})
            for name in tables}


def select(targets: dict[str, Target], names: Sequence[str]) -> list[Target]:
    """Returns the named targets, or the default ones if no name is given."""
    if not names:
        chosen = [target for target in targets.values() if target.default]
        if not chosen:
            raise SetupError("no target is a default one: expected TARGET= with "
                             f"one of {', '.join(targets)}")
        return chosen
    for name in names:
        if name not in targets:
            raise SetupError(f"expected the name of a target, got '{name}'; "
                             f"there are: {', '.join(targets)}")
    return [targets[name] for name in dict.fromkeys(names)]


def table(targets: dict[str, Target]) -> list[str]:
    """The targets in lines of up to 100 columns: those of `make run`, then the others."""
    def kernel(target: Target) -> str:
        built = "own build" if "config" in target.kernel else "Debian's"
        return built if "config" in target.kernel else target.kernel.get("suite", built)

    def has(target: Target) -> str:
        if target.expect == "skip":
            return "no KVM: all skip"
        # Every target with a KVM has these two features.
        return " ".join(f for f in target.features if f not in ("kvm", "devattr"))

    head = ("", "CPU", "kernel", "programs", "what it has")
    rows = {target.name: (target.name, target.cpu.partition(",")[0], kernel(target),
                          target.programs, has(target))
            for target in targets.values()}
    widths = [max(map(len, column)) for column in zip(head, *rows.values(), strict=True)]

    def line(row: Sequence[str]) -> str:
        return "  " + "  ".join(f"{word:{width}}" for word, width in
                                zip(row, widths, strict=True)).rstrip()

    return ["Targets of `make run`:", line(head),
            *(line(rows[target.name]) for target in targets.values() if target.default),
            "Only by their names:",
            *(line(rows[target.name]) for target in targets.values() if not target.default)]
