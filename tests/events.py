# SPDX-License-Identifier: GPL-2.0-only
"""Waiting for events in other programs."""

from __future__ import annotations

import time
from collections.abc import Callable

# Far longer than any test takes, even on a slow machine.
LIMIT_S = 3600

POLL_S = 0.02


def await_true(condition: Callable[[], object], words: str) -> None:
    """Waits until a condition has been true once; it may be false again on return."""
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"expected {words} within {LIMIT_S} s")
        time.sleep(POLL_S)
