# SPDX-License-Identifier: GPL-2.0-only
"""Properties of tests for tests/check.py, as decorators of a class or a method.

A class without marks runs in one process, in the layer of its module. It is part of `make check`,
and of `make check FAST=1` unless its layer is machines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Marked = TypeVar("Marked", bound=Callable[..., Any])


def _mark(**marks: object) -> Callable[[Marked], Marked]:
    def put(marked: Marked) -> Marked:
        for name, value in marks.items():
            setattr(marked, name, value)
        return marked
    return put


def slow(marked: Marked) -> Marked:
    """Not in `make check FAST=1`: takes more than a few seconds."""
    return _mark(check_slow=True)(marked)


def long(marked: Marked) -> Marked:
    """Only in `make check-long`: slow, and seldom fails."""
    return _mark(check_long=True)(marked)


def layer(name: str) -> Callable[[Marked], Marked]:
    """Puts a class into a layer other than its module's."""
    return _mark(check_layer=name)


def apart(marked: Marked) -> Marked:
    """The tests of a class are independent, and may run in different processes."""
    return _mark(check_apart=True)(marked)


def alone(marked: Marked) -> Marked:
    """No other tests run at the same time: the class uses all CPUs."""
    return _mark(check_alone=True)(marked)
