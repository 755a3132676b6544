"""The mail's HTML in a real Chromium: it fits every screen, and its pictures are there."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from sample_document import STALE, brief
from scheduled_reports.document import Notice
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
MEASURE = r"""
<script>
const light = color => color.match(/[\d.]+/g).slice(0, 3).map(part => part / 255)
  .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
  .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0) + 0.05;
const banner = page => [...page.querySelectorAll("[role=note], [role=note] *")].map(element => {
  const text = light(getComputedStyle(element).color);
  const ground = light(getComputedStyle(element.closest("[role=note]")).backgroundColor);
  return Math.max(text, ground) / Math.min(text, ground);
});
addEventListener("load", () => {
  const found = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, root = page.documentElement;
    return {width: frame.clientWidth, needed: root.scrollWidth,
            banner: banner(page),
            pictures: [...page.images].map(picture => picture.naturalWidth > 0 && picture.alt !== ""),
            smallest: Math.min(...[...page.querySelectorAll("td, th, p, div")].filter(e => e.innerText && e.offsetWidth)
                               .map(e => parseFloat(getComputedStyle(e).fontSize)))};
  });
  document.body.dataset.found = JSON.stringify(found);
});
</script>
"""


DARK = "--blink-settings=preferredColorScheme=0"
LIGHT = "--blink-settings=preferredColorScheme=1"


def measured(folder: Path, notices: tuple[Notice, ...], *flags: str) -> list[dict[str, Any]]:
    """Return what a Chromium finds of the mail on a small phone, a phone and a desktop."""
    (folder / "data").mkdir()
    Html(type="html").render(replace(brief(folder / "data"), notices=notices), folder / "mail.html")
    mail = escape((folder / "mail.html").read_text(encoding="utf-8"), quote=True)
    frames = "".join(f'<iframe srcdoc="{mail}" style="border:0;width:{width}px"></iframe>' for width in (320, 390, 800))
    page = folder / "page.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{frames}{MEASURE}</body>", encoding="utf-8")
    dumped = subprocess.run(
        ["chromium", *FLAGS, *flags, f"--user-data-dir={folder / 'profile'}", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    found: list[dict[str, Any]] = json.loads(unescape(re.search(r'data-found="([^"]*)"', dumped)[1]))  # type: ignore[index]
    return found


@pytest.mark.browser
@pytest.mark.parametrize("notices", [(), (STALE, Notice("HELD", "w" * 200))], ids=["plain", "with notices"])
def test_the_mail_fits_phones_and_desktops_and_shows_its_pictures(
    tmp_path: Path, need: Callable[[str], None], notices: tuple[Notice, ...]
) -> None:
    need("chromium")

    found = measured(tmp_path, notices)

    assert [frame["width"] for frame in found] == [320, 390, 800]
    assert [frame for frame in found if frame["needed"] > frame["width"]] == []
    assert all(frame["pictures"] and all(frame["pictures"]) for frame in found)
    assert all(frame["smallest"] >= 11 for frame in found)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_notice_can_be_read_on_light_and_on_dark_screens(
    tmp_path: Path, need: Callable[[str], None], scheme: str
) -> None:
    need("chromium")

    desktop = measured(tmp_path, (STALE,), scheme)[-1]

    assert len(desktop["banner"]) == 3, "the banner, its paragraph, its word"
    assert min(desktop["banner"]) >= 4.5
