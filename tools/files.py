# SPDX-License-Identifier: GPL-2.0-only
"""Reads JSON from any source, and writes files that others may read meanwhile."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def parse_json(data: bytes | str) -> Any:
    """Parses JSON. Raises ValueError with a message of one line if the data is invalid."""
    try:
        return json.loads(data)
    except UnicodeDecodeError as error:
        raise ValueError("expected JSON, got bytes that are not text") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"expected JSON: {error}") from error


def write_file(path: Path, data: bytes | Iterable[str]) -> None:
    """Writes a file atomically: readers see the old content or the new one, never a part.

    Text is given in pieces, so that it need not be in memory as a whole.
    """
    unfinished = path.with_name(path.name + ".tmp")
    try:
        with unfinished.open("wb") as file:
            if isinstance(data, bytes):
                file.write(data)
            else:
                for piece in data:
                    file.write(piece.encode("utf-8", errors="backslashreplace"))
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
