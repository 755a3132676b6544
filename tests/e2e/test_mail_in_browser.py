"""The mail's HTML in a real Chromium: it fits every screen, and its pictures are there."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path

import pytest

from sample_document import brief
from scheduled_reports.formats.html import Html

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--virtual-time-budget=3000",
]
MEASURE = """
<script>
addEventListener("load", () => {
  const found = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, root = page.documentElement;
    return {width: frame.clientWidth, needed: root.scrollWidth,
            pictures: [...page.images].map(picture => picture.naturalWidth > 0 && picture.alt !== ""),
            smallest: Math.min(...[...page.querySelectorAll("td, th, p, div")].filter(e => e.innerText && e.offsetWidth)
                               .map(e => parseFloat(getComputedStyle(e).fontSize)))};
  });
  document.body.dataset.found = JSON.stringify(found);
});
</script>
"""


@pytest.mark.browser
def test_the_mail_fits_phones_and_desktops_and_shows_its_pictures(tmp_path: Path, need: Callable[[str], None]) -> None:
    need("chromium")
    (tmp_path / "data").mkdir()
    Html(type="html").render(brief(tmp_path / "data"), tmp_path / "mail.html")
    mail = escape((tmp_path / "mail.html").read_text(encoding="utf-8"), quote=True)
    frames = "".join(f'<iframe srcdoc="{mail}" style="border:0;width:{width}px"></iframe>' for width in (320, 390, 800))
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{frames}{MEASURE}</body>", encoding="utf-8")

    dumped = subprocess.run(
        ["chromium", *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip

    found = json.loads(unescape(re.search(r'data-found="([^"]*)"', dumped)[1]))  # type: ignore[index]
    assert [frame["width"] for frame in found] == [320, 390, 800]
    assert [frame for frame in found if frame["needed"] > frame["width"]] == []
    assert all(frame["pictures"] and all(frame["pictures"]) for frame in found)
    assert all(frame["smallest"] >= 11 for frame in found)
