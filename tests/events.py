# SPDX-License-Identifier: GPL-2.0-only
"""Waiting for what another program does."""

from __future__ import annotations

import time
from collections.abc import Callable

# Far longer than anything here takes on any machine, so that an event that has not come
# by then never comes.
LIMIT_S = 3600

POLL_S = 0.02


def await_true(what: Callable[[], object], words: str) -> None:
    """Waits until it is true once; it may be false again by the time that this returns."""
    deadline = time.monotonic() + LIMIT_S
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError(f"expected {words} within {LIMIT_S} s")
        time.sleep(POLL_S)
