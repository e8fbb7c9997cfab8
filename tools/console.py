# SPDX-License-Identifier: GPL-2.0-only
"""Removes what consoles, loggers and labs add to the lines of a recorded stream.

It knows the kernel's own time stamps with all their options, the formats of dmesg and journalctl,
syslog, clocks of CI systems, LAVA's YAML, and colours. Any other prefix is learned from the version
line of a document; digits in the prefix may differ on other lines.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator

# A document's own version line; text before it is nesting or a prefix.
VERSION = re.compile(r"K?TAP version \d{1,4}\s*", re.IGNORECASE)

# ---- characters ----

# The escape character itself, or as cat -v, rsyslog, and JSON write it.
_ESCAPE = r"(?:\x1b|\^\[|#033|\\x1b|\\033|\\u001b|\\e)"
COLOUR = re.compile(rf"{_ESCAPE}\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|"
                    r"\x1b[ -/]*[0-Z^-~]|\x9b[0-?]*[ -/]*[@-~]|"
                    # The rest of a sequence without its escape character.
                    r"^(?:\[\d{1,3}(?:;\d{1,3})*m)+|(?:\[0?m)+$")
# Noise of a serial line and a byte order mark, before the first proper character.
NOISE = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffd\u200b]+")


def decode(data: bytes) -> str:
    """The text of a file. A file without a byte order mark is UTF-8; errors are replaced."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark):].decode(name, errors="replace")
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")


def split(text: str) -> list[str]:
    """The lines of a text, whose ends are LF or CR LF; see Lines for CR alone."""
    return re.split(r"\r*\n", text)


def plain(line: str) -> str:
    """A line without colours, zero bytes and noise at its start; tabs in nesting become spaces."""
    if not line.isprintable() or "[" in line or "^" in line:
        line = COLOUR.sub("", line.replace("\0", ""))
        line = line.removesuffix("^M")
    noise = NOISE.match(line)
    if noise:
        line = line[noise.end():]
    bare = line.lstrip(" \t#")
    head = line[:len(line) - len(bare)]
    return head.expandtabs(8) + bare if "\t" in head else line


# ---- prefixes ----

_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d+)?"
_ZONE = r"(?: ?(?:Z|(?!K?TAP)[A-Z]{3,4}\b|[+-]\d\d:?\d\d))?"
# CONFIG_PRINTK_CALLER: the thread or the CPU. journalctl -o short-delta: the time since the last
# line.
_CALLER = r"\[ *[TC]\d+\]"
PRINTK = re.compile(rf"\[ *\d+\.\d+(?: *<[^>\]]{{1,24}}>)?\](?:{_CALLER})? ?|{_CALLER} ?")
# Host and program of a line in the journal or of syslog; neither is a word of TAP.
_WHO = r"(?!(?:ok|not|K?TAP)\b)[A-Za-z0-9][\w.-]* [\w.@/+()-]+(?:\[\d+\])?: ?"
_HOST_AND_KERNEL = r"(?!(?:ok|not|K?TAP)\b)[A-Za-z0-9][\w.-]* (?:kernel|[\w.@/+()-]+\[\d+\]): ?"
AFTER_PRINTK = re.compile(_HOST_AND_KERNEL)
PREFIXES = re.compile("|".join((
    # The level, as the console and dmesg --raw show it, and a syslog priority.
    r"<\d{1,3}>(?:1 )?",
    # /dev/kmsg
    r"\d{1,3},\d+,\d+,[-c+][^;]{0,80};",
    # dmesg --decode
    r"(?:kern|user|mail|daemon|auth|syslog|local\d) *:"
    r"(?:emerg|alert|crit|err|warn|notice|info|debug) *: ",
    # dmesg --ctime, --human
    rf"\[{_DAY} {_MONTH} [ \d]\d {_CLOCK} \d{{4}}\] ?",
    rf"\[(?:{_MONTH} ?\d{{1,2}} \d\d:\d\d| *\+ *\d+\.\d+)\] ?",
    # ISO 8601 in any of its forms: journalctl, LAVA, tuxrun, GitHub, GitLab, terminals.
    rf"\[?(?:{_DAY} )?\d{{4}}-\d\d-\d\d[T ]{_CLOCK}{_ZONE}\]?"
    rf"(?: \d\d[OE]\+?)?[:|]?[ \t]?(?:{_WHO})?",
    # syslog, journalctl -o short and short-precise, ts
    rf"(?:{_DAY} )?{_MONTH} [ \d]\d (?:\d{{4}} )?{_CLOCK} ?(?:{_WHO})?",
    # seconds since 1970: journalctl -o short-unix
    rf"\[?\d{{10}}(?:\.\d+)?\]?[:|]? (?:{_WHO})?",
    # The time of day: kunit.py, and with two spaces KernelCI and Jenkins.
    rf"\[?{_CLOCK}\]?[:|]? {{0,2}}")))

# Prefixes of one line, such as those of a serial log and of a kernel log in it.
MAX_PREFIXES = 8
# Limits: prefixes that are learned from one stream, and characters of a prefix.
MAX_LEARNED, MAX_LENGTH = 8, 120


def _learnable(line: str) -> str:
    """The text before the version line of a document if it may be a prefix; or ""."""
    found = VERSION.search(line)
    if not found or found.end() != len(line) or not found.start():
        return ""
    head = re.sub(r"(?:(?<=\s)# )+$", "", line[:found.start()])
    # A sentence is not a prefix, unless it has a clock; text with a "#" is nesting or a diagnostic.
    if len(head) > MAX_LENGTH or not re.search(rf"""[^A-Za-z_\s'"(]\s*$|{_CLOCK}""", head):
        return ""
    return "" if head.lstrip().startswith("#") else head


def _pattern(prefix: str) -> re.Pattern[str]:
    """A pattern for prefixes that differ from `prefix` only in numbers."""
    parts = re.split(r"( *\d+)", prefix)
    return re.compile("".join(r" *\d+" if part.strip().isdigit() else re.escape(part)
                              for part in parts))


# ---- lines that a kernel's message interrupts ----

# printk writes a whole line, even in the middle of a program's line.
WITHIN = re.compile(rf"(?:<\d{{1,3}}>)?\[ *\d+\.\d{{6}}\](?:{_CALLER})? ")
# The part of a line of KTAP before such a message.
TORN = re.compile(r"[ #]*(?:n|no|not|not |not o|(?:not )?ok(?: .*)?|o|1|1\.|1\.\.\d*|K?TAP.*)")
BEGINS = re.compile(r"[ #]*(?:(?:not )?ok\b|1\.\.\d|K?TAP version|#|Bail out!)")
NESTING = re.compile("(?:# )*")
WHOLE = re.compile(r"[ #]*(?:not )?ok\b")


class Lines:
    """feed() takes the lines of a stream and returns clean ones; end() returns the last.

    by_kernel: the line that was returned last belongs to the kernel's log.
    """

    def __init__(self) -> None:
        self.by_kernel = False
        self._learned: list[re.Pattern[str]] = []
        self._torn: str | None = None

    def feed(self, line: str) -> Iterator[str]:
        message = _lava_message(line)
        if message is None:
            yield from self._feed(line)
            return
        for part in split(message):
            yield from self._feed(part)

    def end(self) -> Iterator[str]:
        if self._torn is not None:
            yield self._torn

    def _feed(self, line: str) -> Iterator[str]:
        """Text after a CR is a line of its own. The runner nests only text before the first CR."""
        nesting = ""
        for number, part in enumerate(line.split("\r")):
            bare, by_kernel = self._without_prefix(plain(part))
            bare = nesting + bare
            if not number:
                nesting = NESTING.match(bare)[0]
            self.by_kernel = by_kernel
            yield from self._whole(bare, by_kernel)

    def _whole(self, bare: str, by_kernel: bool) -> Iterator[str]:
        if not by_kernel and "[" in bare:
            inside = WITHIN.search(bare)
            torn = (self._torn or "") + bare[:inside.start()] if inside else ""
            if inside and inside.start() and TORN.fullmatch(torn):
                self._torn = torn
                self.by_kernel = True
                yield bare[inside.end():].rstrip()
                return
        torn = self._torn
        if torn is None or by_kernel:
            yield bare.rstrip()
            return
        self._torn = None
        if BEGINS.match(bare) and (WHOLE.match(torn) or not WHOLE.match(torn + bare)):
            yield torn
            yield bare.rstrip()
        else:
            yield (torn + bare).rstrip()

    def _without_prefix(self, line: str) -> tuple[str, bool]:
        """The rest of a line, and whether the kernel's stamp was before it."""
        by_kernel = False
        for _ in range(MAX_PREFIXES):
            found = PRINTK.match(line)
            if found and found.end():
                by_kernel = True
                line = line[found.end():]
                found = AFTER_PRINTK.match(line)
                line = plain(line[found.end():] if found else line)
                continue
            found = PREFIXES.match(line) or next(
                (match for one in self._learned if (match := one.match(line))), None)
            if not found or not found.end():
                break
            line = plain(line[found.end():])
        prefix = _learnable(line) if "TAP version " in line else ""
        if prefix and len(self._learned) < MAX_LEARNED:
            self._learned.append(_pattern(prefix))
            line = line[len(prefix):]
        return line, by_kernel


# ---- LAVA ----

LAVA = re.compile(r"\s*(?:- )?(\{.*\"lvl\".*\})\s*")


def _lava_message(line: str) -> str | None:
    """The text of an entry of a LAVA job's log; "" if it is not the machine's; None: no entry."""
    if '"lvl"' not in line:
        return None
    match = LAVA.fullmatch(line)
    if not match:
        return None
    # YAML, which has escapes that JSON lacks.
    text = re.sub(r"\\(?:x([0-9A-Fa-f]{2})|(e))",
                  lambda m: f"\\u00{m[1]}" if m[1] else "\\u001b", match[1])
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or "msg" not in found:
        return None
    return str(found["msg"]) if found.get("lvl") == "target" else ""
