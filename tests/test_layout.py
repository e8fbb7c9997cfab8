# SPDX-License-Identifier: GPL-2.0-only
"""Where the suite's files are, and which of them may include which."""

from __future__ import annotations

import re
import unittest
from collections import defaultdict
from pathlib import Path, PurePosixPath

from tests.test_static import tracked

ROOT = Path(__file__).resolve().parent.parent
SUITE = "selftests"

# Folders whose files may have the name of another file: one is built for each architecture.
ARCHITECTURES = {"arm", "aarch64", "arm64"}

# Names that something else decides, and why.
FIXED_NAMES = {
    "rules.h": "tests/unit has a stand-in for the rule table, found by the same #include",
}

# The parts of the suite, and those whose headers each may include besides its own.
ABI, HARNESS, GUEST, MODEL, PROGRAMS = "lib/abi", "lib/harness", "lib/guest", "model", "."
MAY_INCLUDE = {
    ABI: set(),
    HARNESS: {ABI},
    GUEST: {ABI},
    MODEL: {ABI},
    PROGRAMS: {ABI, HARNESS, GUEST, MODEL},
}
# The header that tools/rules.py generates is for one file only.
MADE = "rules.h"


def part_of(name: str) -> str:
    """The part of the suite that a file belongs to, by its path below selftests/."""
    return next((part for part in MAY_INCLUDE if name.startswith(f"{part}/")), PROGRAMS)


def sources() -> list[str]:
    """C files and headers of the suite, by their paths below selftests/."""
    names = tracked(f"{SUITE}/*.c", f"{SUITE}/*.h", f"{SUITE}/*.S")
    return [name.removeprefix(f"{SUITE}/") for name in names]


def included(name: str) -> list[str]:
    """Headers of the suite that a file includes, by their paths below selftests/."""
    text = (ROOT / SUITE / name).read_text(encoding="utf-8")
    found = []
    for header in re.findall(r'^#include "([^"]+)"', text, re.MULTILINE):
        # As the Makefile tells the compiler: the file's own folder, lib/, selftests/.
        places = (PurePosixPath(name).parent / header, PurePosixPath("lib", header),
                  PurePosixPath(header))
        found += [str(path) for path in places if (ROOT / SUITE / path).is_file()][:1]
    return found


class Names(unittest.TestCase):
    def test_no_two_files_have_the_same_name(self) -> None:
        places = defaultdict(list)
        for name in tracked("*.c", "*.h", "*.S"):
            path = PurePosixPath(name)
            if not ARCHITECTURES & set(path.parts):
                places[path.name].append(name)
        twice = {name: found for name, found in places.items() if len(found) > 1}
        self.assertEqual({}, {n: found for n, found in twice.items() if n not in FIXED_NAMES})
        self.assertEqual(set(), set(FIXED_NAMES) - set(twice), "no longer the name of two files")


class Includes(unittest.TestCase):
    def test_directions(self) -> None:
        """Harness, guest and model use the ABI's calls, and none of them another."""
        names = sources()
        self.assertLess({ABI, HARNESS, GUEST, MODEL}, {part_of(name) for name in names})
        wrong = [f"{name} includes {header}" for name in names for header in included(name)
                 if header != MADE and part_of(header) != part_of(name)
                 and part_of(header) not in MAY_INCLUDE[part_of(name)]]
        self.assertEqual([], wrong)

    def test_includes_are_found(self) -> None:
        self.assertEqual(["lib/abi/abi_calls.c"],
                         [name for name in sources() if "lib/abi/in_child.h" in included(name)
                          and name != "lib/abi/in_child.c"])
        self.assertIn("lib/guest/guest.h", included("lib/guest/arm/guest.c"))

    def test_only_the_harness_looks_into_the_table(self) -> None:
        self.assertEqual(["lib/harness/rule.c"],
                         [name for name in sources() if MADE in included(name)])


class Fixtures(unittest.TestCase):
    BODY = re.compile(r"^FIXTURE_TEARDOWN\((\w+)\)\s*\{(.*?)^\}", re.MULTILINE | re.DOTALL)

    def test_teardown_asserts_nothing(self) -> None:
        """In the harness, a failed ASSERT runs the teardown. An ASSERT in the teardown then runs
        it again, without end, whether that ASSERT holds or not."""
        seen, wrong = 0, []
        for name in tracked("selftests/*.[ch]", "tests/*.[ch]"):
            for fixture, body in self.BODY.findall((ROOT / name).read_text(encoding="utf-8")):
                seen += 1
                wrong += [f"{name}: {fixture}"] * ("ASSERT_" in body)
        self.assertGreater(seen, 20)
        self.assertEqual([], wrong)


if __name__ == "__main__":
    unittest.main()
