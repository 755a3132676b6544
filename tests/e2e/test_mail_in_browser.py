"""The mail's HTML in a real Chromium: it fits every screen, its pictures are there, and all of it can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chromium import Page
from sample_document import STALE, document, showcase, write
from scheduled_reports.brands import brand_of
from scheduled_reports.document import Document, Notice, TableBlock, TextBlock
from scheduled_reports.formats.html_email import HtmlEmail
from scheduled_reports.language import ENGLISH, language_of

INCLUDE = Path(__file__).parents[2] / "include"
WIDTHS = (320, 390, 600, 800)
SEEN = r"""
(() => {
  const light = color => color.slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0) + 0.05;
  const parts = color => color.match(/[\d.]+/g).map(Number);
  const opaque = color => { const all = parts(color); return all.length < 4 || all[3] > 0 };
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const found = getComputedStyle(at).backgroundColor;
      if (opaque(found)) return parts(found);
    }
    return [255, 255, 255];
  };
  const hidden = element => !element.offsetWidth || getComputedStyle(element).opacity === "0";
  const texts = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
    if (!text || hidden(element)) continue;
    const style = getComputedStyle(element), one = light(parts(style.color)), other = light(ground(element));
    texts.push({text: text.slice(0, 40), size: parseFloat(style.fontSize),
                contrast: Math.max(one, other) / Math.min(one, other)});
  }
  const shown = [...document.images].filter(picture => picture.offsetWidth);
  const side = name => [...document.querySelectorAll("td.side")].map(cell => cell.getBoundingClientRect().left);
  return {
    needed: document.documentElement.scrollWidth, texts,
    pictures: shown.map(picture => ({alt: picture.alt, whole: picture.naturalWidth > 0, className: picture.className,
                                     scale: picture.offsetWidth / picture.getAttribute("width")})),
    lefts: new Set(side()).size,
    pale: shown.filter(picture => picture.className.includes("picture"))
               .map(picture => getComputedStyle(picture).backgroundColor),
  };
})()
"""


def seen(browser: Page, made: Document, width: int, *, dark: bool = False) -> dict[str, Any]:
    """Return what a browser shows of a document's mail."""
    target = made.tables.folder / "mail.html"
    if not target.exists():
        HtmlEmail(type="html_email", full_report="https://reports.example/1").render(made, target)
    browser.screen(width, dark=dark)
    browser.open(target)
    found: dict[str, Any] = browser.run(SEEN)
    return found


@pytest.mark.browser
@pytest.mark.parametrize(("brand", "code"), [("northwind", "en"), ("alder", "de")])
def test_every_text_can_be_read_at_every_width_on_light_and_on_dark_screens(
    tmp_path: Path, browser: Page, brand: str, code: str
) -> None:
    language = ENGLISH if code == "en" else language_of(code)
    made = replace(showcase(tmp_path, language, brand_of(brand, INCLUDE)), notices=(STALE, Notice("HELD", "w" * 200)))

    for dark in (False, True):
        for width in WIDTHS:
            found = seen(browser, made, width, dark=dark)
            assert found["needed"] <= width, "the page itself does not scroll sideways"
            assert len(found["texts"]) > 400
            assert [text for text in found["texts"] if text["size"] < 11] == []
            assert [text for text in found["texts"] if text["contrast"] < 4.5] == []


@pytest.mark.browser
def test_pictures_are_there_and_on_a_phone_their_letters_are_not_made_small(tmp_path: Path, browser: Page) -> None:
    made = showcase(tmp_path, brand=brand_of("northwind", INCLUDE))
    charts = {"Calls of each region for every day of October", "Revenue of each product", "Share of each reason",
              "Calls for each weekday and hour"}  # fmt: skip

    for width in WIDTHS:
        pictures = seen(browser, made, width)["pictures"]
        assert all(picture["whole"] for picture in pictures)
        assert all(picture["alt"] for picture in pictures if picture["className"]), (
            "sparklines repeat what stands above"
        )
        shown = [picture["alt"] for picture in pictures if picture["alt"] in charts]
        assert sorted(shown) == sorted(charts), "each once, wide or narrow"
    phone = {picture["alt"]: picture for picture in seen(browser, made, 320)["pictures"]}
    assert min(phone[alt]["scale"] for alt in charts) > 0.7
    assert "narrow" in phone["Calls of each region for every day of October"]["className"]


@pytest.mark.browser
def test_charts_and_logo_stand_on_white_in_the_dark_and_columns_below_each_other_on_a_phone(
    tmp_path: Path, browser: Page
) -> None:
    made = showcase(tmp_path, brand=brand_of("northwind", INCLUDE))

    assert set(seen(browser, made, 390, dark=True)["pale"]) == {"rgb(255, 255, 255)"}
    assert seen(browser, made, 390)["lefts"] == 1
    assert seen(browser, made, 800)["lefts"] > 1


@pytest.mark.browser
def test_hostile_data_and_very_many_columns_do_not_break_the_page(tmp_path: Path, browser: Page) -> None:
    hostile = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    write(
        tmp_path, "bad", {"name": [hostile, "w" * 5_000, "=1+1", "\x00\x1b[2J"], "n": [1.0, float("nan"), 1e300, None]}
    )
    write(tmp_path, "wide", {f"column_{number}": [number, 10**9] for number in range(200)})
    blocks = [TableBlock(type="table", dataset=name, title=hostile) for name in ("bad", "wide")]
    made = document(tmp_path, TextBlock(type="text", markdown=f"{hostile} {'v' * 5_000}"), *blocks)

    for width in (320, 800):
        found = seen(browser, replace(made, title=hostile), width)
        assert found["needed"] <= width
        assert found["pictures"] == []
        assert browser.run("document.title").startswith("<img src=x onerror=")
        assert not browser.run("document.querySelectorAll('script').length")
