"""The interactive page as it looks in a real Chromium: its charts, on paper, on every screen, and for everybody."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import subprocess
from pathlib import Path

import pytest

from chromium import Page
from e2e.opened_page import opened, table, texts
from sample_document import document, write
from scheduled_reports.document import ChartBlock, Document

pytestmark = pytest.mark.browser


def test_charts_come_alive_with_tooltips_and_stand_still_where_they_must(browser: Page, whole: Document) -> None:
    with opened(browser, whole) as page:
        page.screen(1280, 3000)
        page.until("document.querySelectorAll('.drawing.alive').length === 4")
        assert page.run("document.querySelectorAll('.live svg .role-mark path').length") > 20
        place = page.run(
            "(box => [box.x + box.width / 2, box.y + box.height / 2])"
            "(document.querySelector('#chart-2 .live .mark-rect path').getBoundingClientRect())"
        )
        page.call("Input.dispatchMouseEvent", type="mouseMoved", x=place[0], y=place[1])
        page.until("document.querySelector('#vg-tooltip-element.visible')")
        assert re.search(r"\d", page.run("document.querySelector('#vg-tooltip-element').innerText"))
        assert page.run("getComputedStyle(document.querySelector('.still')).display") == "none"
        page.call("Emulation.setEmulatedMedia", media="print")
        assert page.run("getComputedStyle(document.querySelector('.still')).display") == "block"


def test_times_in_charts_are_where_they_belong(tmp_path: Path, browser: Page) -> None:
    days = [dt.datetime(2026, 10, day) for day in (1, 11, 21, 31)]  # noqa: DTZ001 - local times
    write(tmp_path, "days", {"day": days, "n": [1, 2, 3, 4]})
    spec = {"mark": "point", "encoding": {"x": {"field": "day", "type": "temporal", "scale": {"nice": False}},
                                          "y": {"field": "n", "type": "quantitative"}}}  # fmt: skip
    short = {"type": "chart", "dataset": "days", "mark": "line", "x": "day", "y": "n"}
    blocks = [ChartBlock.model_validate(short), ChartBlock(type="chart", dataset="days", vega_lite=spec)]
    with opened(browser, document(tmp_path, *blocks)) as page:
        page.until("document.querySelectorAll('.drawing.alive').length === 2")
        width = page.run("document.querySelector('#chart-1 .live .mark-line path').getBoundingClientRect().width")
        assert width > 800, "the interpreter of expressions has its own idea of `datetime`"
        lefts = page.run(
            "[...document.querySelectorAll('#chart-2 .mark-symbol path')].map(e => e.getBoundingClientRect().x)"
        )
        gaps = [after - before for before, after in itertools.pairwise(lefts)]
        assert len(gaps) == 3
        assert max(gaps) - min(gaps) < 2


def test_print_has_every_row_with_the_head_on_every_page(tmp_path: Path, browser: Page) -> None:
    rows = table(tmp_path, {"n": [f"row-{number}." for number in range(300)]})
    with opened(browser, document(tmp_path, rows)) as page:
        page.pdf(tmp_path / "print.pdf")
        assert len(texts(page)) == 50, "the screen has its page again"
    printed = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "print.pdf", "-"], capture_output=True, text=True, check=True
    )
    pages = printed.stdout.split("\f")[:-1]
    assert [int(found) for found in re.findall(r"row-(\d+)\.", printed.stdout)] == list(range(300))
    assert all(re.search(r"^\s*N$", text, re.MULTILINE) for text in pages if "row-" in text)


def test_a_table_wider_than_the_paper_turns_it_and_is_not_cut(tmp_path: Path, browser: Page) -> None:
    rows = {f"measure_{number:02d}": [f"{number:02d}.{number:02d}.123456"] for number in range(16)}
    with opened(browser, document(tmp_path, table(tmp_path, rows))) as page:
        page.pdf(tmp_path / "print.pdf")
    import pypdf

    sheets = pypdf.PdfReader(tmp_path / "print.pdf").pages
    turned = next(sheet for sheet in sheets if "Measure 15" in sheet.extract_text())
    assert turned.mediabox.width > turned.mediabox.height
    places: list[float] = []
    turned.extract_text(visitor_text=lambda *found: places.append(found[2][4] * found[1][0] + found[1][4]))
    assert max(places) < turned.mediabox.width


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1800])
def test_the_page_fits_every_screen(browser: Page, whole: Document, width: int) -> None:
    with opened(browser, whole, width) as page:
        assert page.run("document.documentElement.scrollWidth") <= width
        parts = "[...document.querySelectorAll('main td, main th, main p, main dd, main dt, footer p')]"
        seen = f"{parts}.filter(e => e.offsetWidth && e.innerText)"
        assert page.run(f"Math.min(...{seen}.map(e => parseFloat(getComputedStyle(e).fontSize)))") >= 12


CONTRAST = r"""
(() => {
  const parts = color => color.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(p => p / 255)
    .map(p => p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4)
    .reduce((sum, p, index) => sum + p * [0.2126, 0.7152, 0.0722][index], 0) + 0.05;
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (color.startsWith("rgb") && (parts(color)[3] ?? 1) > 0.99) return parts(color);
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("main *, header *, footer *")]
    .filter(e => e.offsetWidth && !e.closest("svg, .shaded, [disabled], .drawing") &&
                 [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => [light(parts(getComputedStyle(e).color)), light(ground(e)), e.outerHTML.slice(0, 90)])
    .filter(([one, other]) => Math.max(one, other) / Math.min(one, other) < 4.5).map(found => found[2]);
})()
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_text_can_be_read_on_its_ground(browser: Page, whole: Document, dark: bool) -> None:
    with opened(browser, whole, dark=dark) as page:
        assert page.run(CONTRAST) == []


def test_screen_readers_are_told_of_tables_heads_and_buttons(browser: Page, whole: Document) -> None:
    with opened(browser, whole) as page:
        nodes = page.call("Accessibility.getFullAXTree")["nodes"]
        found = [
            (node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored")
        ]
        assert ("table", "Contracts by city") in found
        assert ("columnheader", "Contracts") in found
        assert ("rowheader", "Hamburg") in found
        assert ("searchbox", "Filter the rows of Contracts by city") in found
        assert ("button", "Show the rows behind Anna Schröder") in found
        assert ("button", "Download Contracts by city as CSV") in found
        assert ("navigation", "Contents") in found
        assert not [role for role, name in found if role in ("button", "link", "searchbox", "combobox") and not name]


def test_the_keyboard_alone_sorts_a_table(tmp_path: Path, browser: Page) -> None:
    with opened(browser, document(tmp_path, table(tmp_path, {"n": [3, 1, 2]}))) as page:
        for _ in range(9):
            page.call("Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9)
            if page.run("document.activeElement.className") == "sorter":
                break
        assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        for kind in ("keyDown", "keyUp"):
            page.call(
                "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r"
            )
        assert texts(page) == ["1", "2", "3"]
