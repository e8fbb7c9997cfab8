# SPDX-License-Identifier: GPL-2.0-only
"""The tests that a pattern of TESTS= may match, as far as that is known before anything runs.

A pattern matches a program, a rule (all its variants) or a test, see selftests/lib/harness/ktap.c.
Programs and rules are known; only the program knows which variants a test has.
"""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence

BRACKETS = re.compile(r"\[[^\]]+\]")


def meet(one: str, other: str) -> bool:
    """True if some name matches both shell patterns.

    A bracket counts as any character, so the answer may be true for patterns that share no name.
    """
    one, other = (BRACKETS.sub("?", pattern) for pattern in (one, other))
    # The lengths of those prefixes of `other` that match the prefix of `one` read so far.
    here = {0}

    def with_stars(places: Iterable[int]) -> set[int]:
        found = set()
        for place in places:
            found.add(place)
            while place < len(other) and other[place] == "*":
                place += 1
                found.add(place)
        return found

    here = with_stars(here)
    for letter in one:
        if letter == "*":
            here = set(range(min(here), len(other) + 1)) if here else here
            continue
        here = with_stars(place if other[place] == "*" else place + 1 for place in here
                          if place < len(other) and
                          (other[place] in "*?" or letter in ("?", other[place])))
    return len(other) in here


def may_fit(pattern: str, program: str, rules: Sequence[str] | None) -> bool:
    """True if a program may have a test that matches the pattern.

    rules: the ids of all its tests, None if they are not known.
    """
    if rules is None or fnmatch.fnmatchcase(program, pattern):
        return True
    return any(fnmatch.fnmatchcase(rule, pattern) or meet(pattern, rule.replace(".", ".*.", 1))
               for rule in rules)


def nearest(pattern: str, programs: Mapping[str, Sequence[str] | None]) -> str:
    """A program or rule that the pattern resembles, or ""."""
    names = [*programs, *(rule for rules in programs.values() for rule in rules or ())]
    parts = pattern.split(".")
    # A test's name without its variant is its rule.
    rule = f"{parts[0]}.{parts[-1]}" if parts[1:] else pattern
    return next(iter(difflib.get_close_matches(rule, names, 1)), "")
