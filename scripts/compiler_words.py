# SPDX-License-Identifier: GPL-2.0-only
"""A compiler's output, each warning once.

A warning in a header is repeated for each file that includes it. Warnings in another
kernel's headers took 140 lines, among which a warning about our code would be missed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tools.results import many

DIAGNOSTIC = re.compile(r"(\S+?:\d+)(?::\d+)?: (warning|error|fatal error|note): (.*)")
# Lines before a warning that belong to it.
LEADS_IN = re.compile(r"In file included from |\s+from \S|\S+: (?:In|At) ")


class Words:
    """feed() takes lines and passes on new ones; end() comes last.

    error: the first error message, "" if there was none.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._seen: set[tuple[str, str]] = set()
        self._waiting: list[str] = []
        self._again = False
        self.repeated = 0
        self.error = ""

    def _flush(self) -> None:
        for line in self._waiting:
            self._say(line)
        self._waiting = []

    def feed(self, line: str) -> None:
        found = DIAGNOSTIC.match(line)
        if found and found[2] == "warning":
            key = (found[1], found[3])
            self._again = key in self._seen
            self._seen.add(key)
            if self._again:
                self.repeated += 1
                self._waiting = []
        elif LEADS_IN.match(line):
            # The next line decides whether this belongs to a new warning.
            self._again = False
            self._waiting.append(line)
            return
        elif not (found and found[2] == "note" or line[:1] in (" ", "\t")):
            # A warning continues with notes and indented lines of source; this is neither.
            self._again = False
        if found and "error" in found[2] and not self.error:
            self.error = line
        if not self._again:
            self._flush()
            self._say(line)

    def end(self) -> None:
        self._flush()
        if self.repeated:
            self._say(f"{many(self.repeated, 'repeated warning')} left out; V=1 shows all")
