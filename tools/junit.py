# SPDX-License-Identifier: GPL-2.0-only
"""JUnit XML from results, for CI systems that read no other format."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from tools.results import (FAILED, NOT_RUN, SKIPPED, UNEXPECTED, XFAILED, XPASSED, Result, count,
                           split_name)

# Characters that XML 1.0 cannot have, not even escaped.
NOT_XML = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

RUNNER_SUITE = "runner"


def xml_text(text: str) -> str:
    """Returns text with \\x.. in place of characters that XML cannot hold."""
    return NOT_XML.sub(lambda m: f"\\x{ord(m[0]):02x}", text)


def _case(suite: ET.Element, target: str, result: Result) -> None:
    rule, dialect, variant = split_name(result.test)
    group, _, name = rule.rpartition(".")
    middle = "_".join(part for part in (dialect, variant) if part)
    classname = ".".join(part for part in (target, group, middle) if part)
    case = ET.SubElement(suite, "testcase", classname=xml_text(classname),
                         name=xml_text(name), time=f"{result.time_s:.3f}")
    first = xml_text(result.message.split("\n")[0])
    if result.outcome in UNEXPECTED:
        element = ET.SubElement(case, "failure", type=result.outcome,
                                message=first)
        element.text = xml_text("\n".join(result.account))
        if result.outcome == XPASSED:
            element.set("message", f"expected to fail, but passed: {first}")
    elif result.outcome == NOT_RUN:
        # In JUnit, an error means that a test could not run to its end, which is not a verdict.
        ET.SubElement(case, "error", type=NOT_RUN, message=f"not run: {first}")
    elif result.outcome == SKIPPED:
        ET.SubElement(case, "skipped", message=first)
    elif result.outcome == XFAILED:
        ET.SubElement(case, "skipped", message=f"expected failure: {first}")
    if result.log and result.outcome not in UNEXPECTED:
        ET.SubElement(case, "system-out").text = xml_text("\n".join(result.log))


def _totals(element: ET.Element, results: Sequence[Result]) -> None:
    counts = count(list(results))
    element.set("tests", str(len(results)))
    element.set("failures", str(counts[FAILED] + counts[XPASSED]))
    element.set("errors", str(counts[NOT_RUN]))
    element.set("skipped", str(counts[SKIPPED] + counts[XFAILED]))
    element.set("time", f"{sum(r.time_s for r in results):.3f}")


def to_xml(target: str, kernel: str, results: Sequence[Result]) -> bytes:
    """Returns the JUnit document of one target, one suite for each program."""
    root = ET.Element("testsuites", name=f"vgic-abi {xml_text(target)}")
    _totals(root, results)
    programs: dict[str, list[Result]] = {}
    for result in results:
        programs.setdefault(result.program, []).append(result)
    for program, members in programs.items():
        suite = ET.SubElement(
            root, "testsuite",
            name=xml_text(f"{target}.{program or RUNNER_SUITE}"))
        _totals(suite, members)
        properties = ET.SubElement(suite, "properties")
        ET.SubElement(properties, "property", name="kernel",
                      value=xml_text(kernel))
        for result in members:
            _case(suite, target, result)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
