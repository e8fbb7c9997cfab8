# SPDX-License-Identifier: GPL-2.0-only
"""Checks data against a JSON schema, as far as Documentation/kcidb-5.3.json needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
         "number": (int, float)}
# Keywords that do not constrain data. "format" is an annotation by default.
NOTES = {"$defs", "$comment", "format"}
KNOWN = {"$ref", "type", "const", "enum", "pattern", "maxLength", "minimum", "maximum", "items",
         "properties", "required", "additionalProperties"} | NOTES


def errors(data: Any, schema: dict[str, Any], whole: dict[str, Any] | None = None,
           where: str = "") -> Iterator[str]:
    """Errors in data, with their places. Raises ValueError for unknown keywords."""
    whole = whole or schema
    if set(schema) - KNOWN:
        raise ValueError(f"expected keywords of {sorted(KNOWN)}, got {sorted(set(schema) - KNOWN)}")
    if "$ref" in schema:
        target: Any = whole
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        yield from errors(data, target, whole, where)
        return
    kind = schema.get("type")
    if kind and (not isinstance(data, TYPES[kind])
                 or kind != "boolean" and isinstance(data, bool)):
        yield f"{where}: expected {kind}, got {data!r:.80}"
        return
    if "const" in schema and data != schema["const"] or data not in schema.get("enum", [data]):
        yield f"{where}: got {data!r:.80}"
    if isinstance(data, str):
        if not re.search(schema.get("pattern", ""), data):
            yield f"{where}: expected {schema['pattern']}, got {data!r:.80}"
        if len(data) > schema.get("maxLength", len(data)):
            yield f"{where}: {len(data)} characters"
    elif kind in ("integer", "number"):
        if not schema.get("minimum", data) <= data <= schema.get("maximum", data):
            yield f"{where}: got {data}"
    elif isinstance(data, list):
        for number, one in enumerate(data):
            yield from errors(one, schema.get("items", {}), whole, f"{where}/{number}")
    elif isinstance(data, dict):
        known = schema.get("properties", {})
        yield from (f"{where}: lacks {name}" for name in schema.get("required", [])
                    if name not in data)
        for name, value in data.items():
            if name in known:
                yield from errors(value, known[name], whole, f"{where}/{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{where}: has {name}"
