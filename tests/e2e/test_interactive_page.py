"""The interactive page in a real Chromium: sorted, filtered, paged, opened, drawn, printed, and never online."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from chromium import Page
from e2e.opened_page import STATUS, click, filtered, lines, opened, table, texts
from sample_document import document, write
from scheduled_reports.document import ChartBlock

pytestmark = pytest.mark.browser

EVIL = [
    "</script><script>window.hacked = 1</script>", "<img src=x onerror='window.hacked = 1'>", "__proto__",
    "constructor", "\"'`${window.hacked = 1}", '=HYPERLINK("https://evil.example")', "🎉👩‍👩‍👧", "\u202edlrow",
    "مرحبا", "<!--", "{{ 7 * 7 }}",
]  # fmt: skip


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
