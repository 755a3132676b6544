"""The interactive page in a real Chromium: sorted, filtered, paged, opened, drawn, printed, and never online."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chromium import Page, chromium
from sample_document import document, showcase, write
from scheduled_reports.document import ChartBlock, Document, TableBlock
from scheduled_reports.formats.html import Html

pytestmark = pytest.mark.browser

ROWS = "[...document.querySelectorAll('#{table} > .scroll > table > tbody > tr')]"
STATUS = "document.querySelector('#{table} > .below [role=status]').textContent"
EVIL = [
    "</script><script>window.hacked = 1</script>", "<img src=x onerror='window.hacked = 1'>", "__proto__",
    "constructor", "\"'`${window.hacked = 1}", '=HYPERLINK("https://evil.example")', "🎉👩‍👩‍👧", "\u202edlrow",
    "مرحبا", "<!--", "{{ 7 * 7 }}",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, need: Callable[[str], None]) -> Iterator[Page]:
    need("chromium")
    with chromium(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return showcase(tmp_path_factory.mktemp("showcase"))


@contextmanager
def opened(browser: Page, made: Document, width: int = 1280, *, dark: bool = False) -> Iterator[Page]:
    """Yield the page of a document in a browser; afterwards nothing was asked for, nothing complained."""
    file = made.tables.folder / "report.html"
    if not file.exists():
        Html(type="html").render(made, file)
    browser.call("Page.navigate", url="about:blank")
    browser.events.clear()
    browser.screen(width, dark=dark)
    browser.open(file)
    yield browser
    assert browser.requests() == []
    assert browser.complaints() == []
    assert browser.run("window.hacked") is None


def table(folder: Path, rows: dict[str, list[Any]], **more: Any) -> TableBlock:
    write(folder, "rows", rows)
    return TableBlock.model_validate({"type": "table", "title": "Rows", "dataset": "rows", **more})


def texts(page: Page, table: str = "table-1", column: int = 0) -> list[str]:
    """Return what stands in a column of the rows that are shown, without heads and subtotals."""
    cell = f"row.cells[{column}].textContent.trim()"
    found: list[str] = page.run(
        f"{ROWS.format(table=table)}.filter(row => row.classList.contains('row')).map(row => {cell})"
    )
    return found


def lines(page: Page, table: str = "table-1") -> list[str]:
    found: list[str] = page.run(f"{ROWS.format(table=table)}.map(row => row.cells[0].textContent.trim())")
    return found


def click(page: Page, selector: str, index: int = 0) -> None:
    page.run(f"document.querySelectorAll({selector!r})[{index}].click()")


def filtered(page: Page, text: str, table: str = "table-1") -> None:
    """Type into the filter of a table, and wait until it says what fits."""
    before = page.run(STATUS.format(table=table))
    page.run(f"document.querySelector('#{table} input[type=search]').focus()")
    page.call("Input.insertText", text=text)
    page.until(f"{STATUS.format(table=table)} !== {before!r}")


def test_a_head_sorts_by_value_up_then_down_then_as_the_report_was(tmp_path: Path, browser: Page) -> None:
    numbers = [10.5, 9.0, None, 1000.0, -3.25, 9.0]
    made = document(tmp_path, table(tmp_path, {"n": numbers, "at": list("abcdef")}))
    with opened(browser, made) as page:
        sort = "document.querySelector('#table-1 th').getAttribute('aria-sort')"
        assert (texts(page), page.run(sort)) == (["10.50", "9.00", "–", "1,000.00", "-3.25", "9.00"], "none")
        click(page, "#table-1 .sorter")
        assert (texts(page), page.run(sort)) == (["-3.25", "9.00", "9.00", "10.50", "1,000.00", "–"], "ascending")
        assert texts(page, column=1) == ["e", "b", "f", "a", "d", "c"], "rows that are equal keep their order"
        click(page, "#table-1 .sorter")
        assert (texts(page), page.run(sort)) == (["1,000.00", "10.50", "9.00", "9.00", "-3.25", "–"], "descending")
        click(page, "#table-1 .sorter")
        assert (texts(page), page.run(sort)) == (["10.50", "9.00", "–", "1,000.00", "-3.25", "9.00"], "none")


def test_text_sorts_as_people_sort_it_and_dates_by_time(tmp_path: Path, browser: Page) -> None:
    names = ["zebra", "Äpfel", "apple", "Item 10", "Item 9"]
    days = [dt.date(2026, 12, month) for month in (9, 10, 1, 31, 2)]
    columns = [{"name": "name"}, {"name": "day", "format": "d MMM yyyy"}]
    with opened(browser, document(tmp_path, table(tmp_path, {"name": names, "day": days}, columns=columns))) as page:
        click(page, "#table-1 .sorter")
        assert texts(page) == ["Äpfel", "apple", "Item 9", "Item 10", "zebra"]
        click(page, "#table-1 .sorter", 1)
        assert texts(page, column=1) == ["1 Dec 2026", "2 Dec 2026", "9 Dec 2026", "10 Dec 2026", "31 Dec 2026"]


def test_a_filter_finds_words_in_any_cell_whatever_their_accents_and_case(tmp_path: Path, browser: Page) -> None:
    rows = {"city": ["Köln", "Łódź", "Straße", "Straße", "Paris"] * 4, "team": ["North", "South"] * 10}
    with opened(browser, document(tmp_path, table(tmp_path, rows))) as page:
        filtered(page, "KOLN north")
        assert texts(page) == ["Köln"] * 2
        assert page.run(STATUS.format(table="table-1")) == "2 of 20 rows fit the filter"
        page.run("document.querySelector('input').value = ''")
        filtered(page, "strasse")
        assert texts(page) == ["Straße"] * 8
        page.run("document.querySelector('input').value = ''")
        filtered(page, "nowhere")
        assert lines(page) == ["No row fits the filter"]


def test_pages_turn_and_say_where_the_reader_is(tmp_path: Path, browser: Page) -> None:
    with opened(browser, document(tmp_path, table(tmp_path, {"n": list(range(120))}))) as page:
        status = STATUS.format(table="table-1")
        assert (len(texts(page)), page.run(status)) == (50, "Rows 1 to 50 of 120")
        click(page, "#table-1 .pages button", 3)
        assert (texts(page)[0], len(texts(page)), page.run(status)) == ("100", 20, "Rows 101 to 120 of 120")
        assert page.run("[...document.querySelectorAll('.pages button')].map(b => b.disabled)") == [
            False,
            False,
            True,
            True,
        ]
        page.run(
            "(s => { s.value = '250'; s.dispatchEvent(new Event('change')); })(document.querySelector('.pages select'))"
        )
        assert len(texts(page)) == 120


GROUPED = {"region": ["North"] * 3 + ["South"] * 60, "city": [f"City {number:02d}" for number in range(63)],
           "sales": [5, 3, 4, *range(60, 0, -1)]}  # fmt: skip
SUMMED = {"group_by": "region", "columns": [{"name": "city"}, {"name": "sales", "total": "sum"}]}


def test_a_grouped_table_is_sorted_within_its_groups_and_its_total_stays_last(tmp_path: Path, browser: Page) -> None:
    with opened(browser, document(tmp_path, table(tmp_path, GROUPED, **SUMMED))) as page:
        click(page, "#table-1 .sorter", 1)
        assert lines(page)[:6] == ["North", "City 01", "City 02", "City 00", "North, total", "South"]
        assert texts(page, column=1)[:5] == ["3", "4", "5", "1", "2"]
        assert page.run("document.querySelector('#table-1 tfoot').innerText.split(/\\s+/)") == ["Total", "1,842"]
        click(page, "#table-1 .pages button", 2)
        assert lines(page)[0] == "South (continued)"
        assert lines(page)[-1] == "South, total"


def test_of_a_filtered_table_totals_are_of_all_rows_and_it_says_so(tmp_path: Path, browser: Page) -> None:
    with opened(browser, document(tmp_path, table(tmp_path, GROUPED, **SUMMED))) as page:
        filtered(page, "city 02")
        assert lines(page) == ["North", "City 02", "North, total"]
        assert "Totals are of all rows" in page.run(STATUS.format(table="table-1"))
        page.run("document.querySelector('input').value = ''")
        filtered(page, "south")
        assert page.run(STATUS.format(table="table-1")).startswith("60 of 63 rows fit the filter")


def test_a_row_opens_the_rows_behind_it_and_closes_again(tmp_path: Path, browser: Page) -> None:
    write(tmp_path, "calls", {"agent": ["Ann", "Bob", "Ann"] * 30, "number": list(range(90))})
    rows = table(tmp_path, {"agent": ["Ann", "Bob", "Cem"]}, detail={"dataset": "calls", "on": "agent"})
    with opened(browser, document(tmp_path, rows)) as page:
        buttons = "[...document.querySelectorAll('.opener')].map(button => button.getAttribute('aria-label'))"
        assert page.run(buttons) == ["Show the rows behind Ann", "Show the rows behind Bob"]
        click(page, ".opener")
        below = "document.querySelector('#' + document.querySelector('.opener').getAttribute('aria-controls'))"
        assert page.run(f"{below}.querySelectorAll('.row').length") == 50
        assert page.run(f"{below}.querySelector('[role=status]').textContent") == "Rows 1 to 50 of 60"
        assert page.run("document.activeElement.getAttribute('aria-expanded')") == "true"
        click(page, "#table-1 > .scroll > table > thead .sorter")
        assert page.run("document.querySelectorAll('.behind').length") == 1, "sorting leaves it open"
        click(page, ".opener")
        assert page.run("document.querySelectorAll('.behind').length") == 0


def test_a_hundred_thousand_rows_open_filter_and_sort(tmp_path: Path, browser: Page) -> None:
    count = 100_000
    rows = {"id": list(range(count)), "name": [f"Name {number % 977}" for number in range(count)],
            "amount": [float(number * 7919 % count) for number in range(count)]}  # fmt: skip
    with opened(browser, document(tmp_path, table(tmp_path, rows))) as page:
        assert page.run(STATUS.format(table="table-1")) == "Rows 1 to 50 of 100,000"
        assert page.run("document.querySelectorAll('tr').length") < 100
        filtered(page, "976")
        expected = [number for number in range(count) if any("976" in f"{value:,}" for value in (
            number, rows["amount"][number])) or number % 977 == 976]  # fmt: skip
        assert page.run(STATUS.format(table="table-1")).startswith(f"{len(expected):,} of 100,000")
        click(page, "#table-1 .sorter", 2)
        smallest = sorted(expected, key=lambda number: rows["amount"][number])[:50]
        assert texts(page) == [f"{number:,}" for number in smallest]


def test_hostile_data_is_shown_as_it_is(tmp_path: Path, browser: Page) -> None:
    rows = {"text": EVIL * 2, "n": list(range(2 * len(EVIL)))}
    names = [text for text in EVIL if text not in ("constructor", "__proto__")]  # Vega itself stumbles over them
    write(tmp_path, "points", {"name": names, "n": list(range(len(names)))})
    chart = ChartBlock.model_validate({"type": "chart", "title": EVIL[0], "dataset": "points", "vega_lite": {
        "mark": "bar", "encoding": {"y": {"field": "name"}, "x": {"field": "n", "type": "quantitative"}}}})  # fmt: skip
    with opened(browser, document(tmp_path, table(tmp_path, rows), chart)) as page:
        page.until("document.querySelector('.drawing.alive')")
        assert texts(page)[: len(EVIL)] == [text.replace("\u202e", "") for text in EVIL]
        filtered(page, "onerror")
        assert texts(page) == [EVIL[1]] * 2


def test_a_spreadsheet_of_a_table_runs_no_formula(tmp_path: Path, browser: Page) -> None:
    rows = {"text": ["=1+1", "a,b", 'say "x"', *"cdefghijk"], "n": [-5, *range(11)]}
    with opened(browser, document(tmp_path, table(tmp_path, rows))) as page:
        page.run("window.kept = []; URL.createObjectURL = blob => { kept.push(blob.text()); return '#'; }; 0")
        click(page, "#table-1 .controls .quiet")
        assert page.run("kept[0]").split("\r\n")[:4] == ["Text,N", "'=1+1,-5", '"a,b",0', '"say ""x""",1']


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
