# SPDX-License-Identifier: GPL-2.0-only
"""Headless Chromium, for tests of HTML pages."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--hide-scrollbars")
DARK = "--blink-settings=preferredColorScheme=0"
# A screenshot of a blank page has three kilobytes.
MIN_SCREENSHOT_BYTES = 10000

# A frame, because a window cannot be narrower than 500 pixels. The page's policy, which would
# keep scripts out of the frame, is removed.
FRAME = """<!DOCTYPE html><html><body style="margin:0"><iframe width="{width}" height="900"
style="border:0" srcdoc="{page}"></iframe><script>
document.querySelector('iframe').onload = event => {{
  const root = event.target.contentDocument.documentElement;
  const data = document.documentElement.dataset;
  data.seen = event.target.contentWindow.innerWidth;
  data.wide = root.scrollWidth;
  data.high = root.scrollHeight;
  data.clipped = [...root.querySelectorAll('.wide:has(.stack)')].filter(
    one => one.scrollWidth > one.clientWidth).length;
  data.back = getComputedStyle(root.querySelector('body')).backgroundColor;
}};
</script></body></html>"""
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def browse(page: Path, hash_: str, *options: str) -> str:
    """Opens a page with a new profile; returns the browser's output."""
    browser = shutil.which("chromium")
    if not browser:
        raise AssertionError("expected chromium; 'make check' installs it")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        proc = subprocess.run(
            ["timeout", "--kill-after=5", "900", browser, *QUIET, f"--user-data-dir={profile}",
             *options, f"file://{page}{hash_}"],
            capture_output=True, text=True, check=False)
    if proc.returncode:
        raise AssertionError(f"chromium ended with {proc.returncode}: {proc.stderr[-2000:]}")
    return proc.stdout


def shown_rules(page: Path, hash_: str) -> tuple[set[str], int]:
    """The rules that the filter shows, and the number of rows."""
    rows = re.findall(r"<tr ([^>]*data-rule=[^>]*)>", browse(page, hash_, "--dump-dom"))
    shown = {re.search(r'data-rule="([^"]*)"', row)[1]
             for row in rows if not re.search(r"\bhidden\b", row)}
    return shown, len(rows)


def frame(page: Path, width: int) -> Path:
    """Writes a page that shows `page` in a frame of this width."""
    text = POLICY.sub("", page.read_text(encoding="utf-8"))
    path = page.with_name(f"frame-{width}-{page.name}")
    path.write_text(FRAME.format(width=width, page=html.escape(text)), encoding="utf-8")
    return path


def measure(page: Path, width: int, *options: str) -> dict[str, str]:
    """Measures the page in a frame of some width: seen, wide, high, back, clipped.

    seen: width of the frame; wide, high: size of the content; back: background colour;
    clipped: how many tables are wider than the page although they can be narrow.
    """
    dom = browse(frame(page, width), "", "--dump-dom", "--window-size=1400,900", *options)
    head = dom[:dom.index("<body")]
    return dict(re.findall(r'data-(seen|wide|high|back|clipped)="([^"]*)"', head))


def screenshot(page: Path, to: Path, *options: str) -> bytes:
    browse(page, "", f"--screenshot={to}", *options)
    return to.read_bytes()
