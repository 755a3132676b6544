"""A mail stays below the size at which Gmail clips it, whatever its tables hold."""

from __future__ import annotations

import tempfile
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sample_document import document, write
from scheduled_reports.document import TableBlock
from scheduled_reports.mail_body import mail_page, mail_size
from scheduled_reports.mail_body.page import MOST_BYTES

CELLS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(
        ["<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "=1+1", "w" * 5_000, "&lt;", "王" * 99]
    ),
)
SHAPES = st.lists(st.tuples(st.integers(1, 200), st.integers(0, 300), CELLS), min_size=1, max_size=5)


class Seen(HTMLParser):
    """Which elements a page has, and whether they are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.open, self.texts = set[str](), list[str](), list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SHAPES)
def test_whatever_the_tables_hold_it_is_below_the_limit_well_formed_and_without_a_script(
    shapes: list[tuple[int, int, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        blocks = []
        for number, (columns, rows, cell) in enumerate(shapes):
            write(Path(folder), f"t{number}", {f"column_{place}": [cell] * rows for place in range(columns)})
            blocks.append(TableBlock(type="table", dataset=f"t{number}", title=f"Table {number}"))
        html = mail_page(document(Path(folder), *blocks))
    assert mail_size(html) <= MOST_BYTES
    seen = Seen(html)
    assert not seen.open
    assert seen.tags <= {"html", "head", "meta", "title", "style", "body", "div", "table", "thead", "tbody", "tr", "th",
                         "td", "h1", "h3", "p", "br", "a"}  # fmt: skip
    assert all(any(f"Table {number}" in text for text in seen.texts) for number in range(len(shapes)))


def test_what_is_left_out_is_said_and_the_rows_that_are_shown_are_the_first(tmp_path: Path) -> None:
    names = [f"{number:03d}{'x' * 900}" for number in range(150)]
    write(tmp_path, "long", {"name": names})
    write(tmp_path, "short", {"name": ["whole"]})
    blocks = [TableBlock(type="table", dataset=name) for name in ("long", "short")]
    html = mail_page(document(tmp_path, *blocks))
    shown = sum(name in html for name in names)
    assert 70 < shown < 110, "the room is used"
    assert f"Showing {shown} of 150 rows" in html
    assert all(name in html for name in names[:shown])
    assert "whole" in html


def test_a_table_too_wide_for_one_row_is_told_in_a_sentence(tmp_path: Path) -> None:
    write(tmp_path, "wide", {f"c{place}": ["w" * 5_000] * 3 for place in range(200)})
    wide = document(tmp_path, TableBlock(type="table", dataset="wide", title="Wide"))
    assert "3 rows, not in this mail" in mail_page(wide)
    assert "3 rows, in the full report" in mail_page(wide, full_report="https://reports.example/1")


def test_the_lines_that_close_a_group_are_shown_with_its_last_row_and_a_head_never_stands_alone(tmp_path: Path) -> None:
    write(tmp_path, "sold", {"region": ["N", "N", "S", "S"], "city": list("abcd"), "amount": [1, 2, 3, 4]})
    block = TableBlock.model_validate({"type": "table", "dataset": "sold", "group_by": "region", "columns": [
        {"name": "city"}, {"name": "amount", "total": "sum"}]})  # fmt: skip
    made = document(tmp_path, block)
    whole, cut = mail_page(made, 4), mail_page(made, 2)
    assert "Showing" not in whole
    assert ["S, total" in page for page in (whole, cut)] == [True, False]
    assert "Showing 2 of 4 rows" in cut
    assert ">S<" not in cut
    assert cut.count(">10</td>") == whole.count(">10</td>") == 1, "the total is that of all rows"
