"""HTML: a page in a browser and the body of a mail."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import ValidationError

from sample_document import LONG_NAME, STALE, brief, document, write
from scheduled_reports.document import ChartBlock, Document, TableBlock, TextBlock
from scheduled_reports.formats.html import Html

GMAIL_CLIPS_AT = 102 * 1024


class Page(HTMLParser):
    """A page's tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def rendered(document: Document, **options: object) -> str:
    target = document.tables.folder / "page.html"
    Html.model_validate({"type": "html", **options}).render(document, target)
    return target.read_text(encoding="utf-8")


def test_data_that_looks_like_markup_or_a_formula_shows_as_text(tmp_path: Path) -> None:
    html = rendered(brief(tmp_path))
    shown = Page(html).text
    for name in ("=Premium+ Renewal", 'Win-Back "Sommer \'26"', "Fiber <100 Mbit> & TV", "王小明的", LONG_NAME):
        assert name in shown
    assert "<b>Debt</b> follow-up" in shown
    assert "<b>" not in html


def test_it_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    html = rendered(brief(tmp_path))
    page = Page(html)
    assert [image["src"][:22] for image in page.all("img") if image["src"]] == ["data:image/png;base64,"]
    assert {link["href"] for link in page.all("a")} == {"mailto:owner@example.com"}
    assert not page.all("link")
    assert not page.all("script")
    assert not re.search(r"https?://|url\(|@import", html)


def test_pictures_say_what_they_show_and_fit_the_column(tmp_path: Path) -> None:
    image = Page(rendered(brief(tmp_path))).all("img")[0]
    assert image["alt"] == "Inbound and outbound calls for each hour from 8 to 19"
    assert image["width"] == "672"


def test_it_stays_below_the_size_at_which_gmail_clips_a_mail(tmp_path: Path) -> None:
    assert len(re.sub(r'data:[^"]*', "", rendered(brief(tmp_path))).encode()) < GMAIL_CLIPS_AT


def test_it_opens_with_a_hidden_preview_of_the_key_figures(tmp_path: Path) -> None:
    body = rendered(brief(tmp_path)).partition("<body")[2]
    hidden = re.match(r'[^>]*>\s*<div style="display:none[^>]*>([^<]*)', body)
    assert hidden
    assert hidden[1].startswith("Calls 7,753 (+4.6 %) · Conversion 19.3% (−1.3 pts) · Revenue 113,824 € (+4.5 %)")


def test_changes_have_a_direction_and_words_beside_the_colour(tmp_path: Path) -> None:
    shown = " ".join(Page(rendered(brief(tmp_path))).text.split())
    assert "▲ +4.6 % better than 7,411" in shown
    assert "▼ −1.3 pts worse than 20.6%" in shown
    assert "▼ −21.2 % better than 31.2 s" in shown


def test_the_structure_serves_screen_readers(tmp_path: Path) -> None:
    page = Page(rendered(brief(tmp_path)))
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == 1
    layout_tables = [table for table in page.all("table") if "aria-label" not in table]
    assert {table.get("role") for table in layout_tables} == {"presentation"}
    assert [table["aria-label"] for table in page.all("table") if "aria-label" in table] == ["Campaigns", "Agents"]
    assert all(heading["scope"] == "col" for heading in page.all("th"))


def test_numbers_stand_right(tmp_path: Path) -> None:
    html = rendered(brief(tmp_path))
    assert re.search(r'<td align="right" [^>]*white-space:nowrap">1,284</td>', html)
    assert not re.search(r'<td align="right"[^>]*>=Premium', html)


def test_the_small_print_says_where_it_comes_from(tmp_path: Path) -> None:
    shown = Page(rendered(brief(tmp_path))).text
    assert "Report morning_brief/daily · spec 3f9a1c07be52 · generated 2026-10-02 06:30 CEST" in shown
    assert "run scheduled__2026-10-02T04:30:00+00:00" in shown
    assert "owner@example.com" in shown


def test_every_row_is_shown_unless_the_spec_limits_them(tmp_path: Path) -> None:
    write(tmp_path, "many", {"n": list(range(5400))})
    many = document(tmp_path, TableBlock(type="table", dataset="many"))
    assert ">5,399</td>" in rendered(many)
    assert "Showing" not in rendered(many)


def test_a_table_that_is_cut_says_so(tmp_path: Path) -> None:
    write(tmp_path, "many", {"n": list(range(5400))})
    html = rendered(document(tmp_path, TableBlock(type="table", dataset="many")), max_rows=100)
    assert "Showing 100 of 5,400 rows" in html
    assert ">99</td>" in html
    assert ">100</td>" not in html


def test_a_limit_below_one_row_is_refused() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Html.model_validate({"type": "html", "max_rows": 0})


def test_an_empty_table_and_an_empty_chart_say_that_there_is_nothing(tmp_path: Path) -> None:
    write(tmp_path, "none", {"a": [], "b": []})
    bars = {"mark": "bar", "encoding": {"x": {"field": "a"}}}
    chart = ChartBlock(type="chart", title="C", dataset="none", vega_lite=bars)
    shown = Page(rendered(document(tmp_path, TableBlock(type="table", dataset="none"), chart))).text
    assert "No rows in this period" in shown
    assert "No data in this period" in shown


def test_a_table_that_is_wider_than_the_page_says_that_it_scrolls(tmp_path: Path) -> None:
    write(tmp_path, "wide", {f"a_long_measure_{number}": [123456789.12] for number in range(14)})
    html = rendered(document(tmp_path, TableBlock(type="table", dataset="wide")))
    assert "14 columns: scroll sideways to see all" in html


def test_a_picture_from_elsewhere_becomes_a_link(tmp_path: Path) -> None:
    block = TextBlock(type="text", markdown="![our <logo>](https://example.com/logo.png) and ![x](file:///etc/passwd)")
    page = Page(rendered(document(tmp_path, block)))
    assert not page.all("img")
    assert "our <logo>" in page.text
    assert "![x](file:///etc/passwd)" in page.text


def test_notices_stand_above_the_title_as_text_in_a_banner_that_is_announced(tmp_path: Path) -> None:
    html = rendered(replace(brief(tmp_path), notices=(STALE,)))
    page = Page(html)
    banner = next(attributes for attributes in page.all("td") if attributes.get("role") == "note")
    assert banner["bgcolor"] == "#fff3d6", "Outlook for Windows reads the attribute"
    assert page.text.index(f"STALE: {STALE.text}") < page.text.index("Morning Brief\n")
    assert re.search(r"<strong [^>]*>STALE:</strong>", html), "not told by colour alone"


def test_the_title_of_the_page_and_the_preview_in_a_mailbox_begin_with_the_notice(tmp_path: Path) -> None:
    html = rendered(replace(brief(tmp_path), notices=(STALE,)))
    assert "<title>[STALE] Morning Brief – " in html
    preview = html.partition("<body")[2].partition("display:none")[2].partition(">")[2]
    assert preview.startswith("STALE: fx was last updated on Thursday, 19 November 2026 at 05:02; &lt;orders&gt;")
    assert " · Calls 7,753 (+4.6 %)" in preview.partition("<")[0]


def test_a_page_without_notices_has_no_trace_of_them(tmp_path: Path) -> None:
    html = rendered(brief(tmp_path))
    assert "notice" not in html
    assert 'role="note"' not in html
