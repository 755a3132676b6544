"""HTML as mail programs show it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import ValidationError

from sample_document import LONG_NAME, STALE, brief, document, showcase, write
from scheduled_reports.brands import Brand, brand_of
from scheduled_reports.document import Document, TableBlock, TextBlock
from scheduled_reports.formats.html_email import HtmlEmail
from scheduled_reports.language import ENGLISH, language_of
from scheduled_reports.mail_body import mail_size

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
    HtmlEmail.model_validate({"type": "html_email", **options}).render(document, target)
    return target.read_text(encoding="utf-8")


def northwind() -> Brand:
    return brand_of("northwind", Path(__file__).parents[2] / "include")


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
    assert {(image["src"] or "")[:22] for image in page.all("img")} == {"data:image/png;base64,"}
    assert {link["href"] for link in page.all("a")} == {"mailto:owner@example.com"}
    assert not page.all("link")
    assert not page.all("script")
    assert not re.search(r"https?://|url\(|@import", html)


def test_pictures_say_what_they_show_and_fit_the_column(tmp_path: Path) -> None:
    wide, narrow = Page(rendered(brief(tmp_path))).all("img")
    assert wide["alt"] == narrow["alt"] == "Inbound and outbound calls for each hour from 8 to 19"
    assert (wide["width"], narrow["width"]) == ("672", "340")
    assert "display:none" in (narrow["style"] or ""), "it is for phones"


def test_it_stays_below_the_size_at_which_gmail_clips_a_mail(tmp_path: Path) -> None:
    assert len(re.sub(r'data:[^"]*', "", rendered(brief(tmp_path))).encode()) < GMAIL_CLIPS_AT


def test_it_opens_with_a_hidden_preview_of_the_key_figures(tmp_path: Path) -> None:
    body = rendered(brief(tmp_path)).partition("<body")[2]
    hidden = re.match(r'[^>]*>\s*<div style="display:none[^>]*>([^<]*)', body)
    assert hidden
    assert hidden[1].startswith("Calls 7,753 (+4.6%) · Conversion 19.3% (−1.3 pts) · Revenue 113,824 € (+4.5%)")


def test_changes_have_a_direction_and_words_beside_the_colour(tmp_path: Path) -> None:
    shown = " ".join(Page(rendered(brief(tmp_path))).text.split())
    assert "▲ +4.6% better than 7,411" in shown
    assert "▼ −1.3 pts worse than 20.6%" in shown
    assert "▼ −21.2% better than 31.2 s" in shown


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
    assert '<td align="right" nowrap>1,284</td>' in html
    assert not re.search(r'<td align="right"[^>]*>=Premium', html)


def test_the_small_print_says_where_it_comes_from(tmp_path: Path) -> None:
    shown = Page(rendered(brief(tmp_path))).text
    assert "Report morning_brief/daily · spec 3f9a1c07be52 · generated 2026-10-02 06:30 CEST" in shown
    assert "run scheduled__2026-10-02T04:30:00+00:00" in shown
    assert "owner@example.com" in shown


def test_a_table_of_200_rows_is_whole_and_of_a_longer_one_the_first_200_are_shown(tmp_path: Path) -> None:
    write(tmp_path, "some", {"n": list(range(1000, 1200))})
    write(tmp_path, "many", {"n": list(range(1000, 6400))})
    some, many = (rendered(document(tmp_path, TableBlock(type="table", dataset=name))) for name in ("some", "many"))
    assert some.count('<td class="f"') == 200
    assert "Showing" not in some
    assert many.count('<td class="f"') == 200
    assert "Showing 200 of 5,400 rows" in many


def test_a_table_that_is_cut_says_so(tmp_path: Path) -> None:
    write(tmp_path, "many", {"n": list(range(5400))})
    html = rendered(document(tmp_path, TableBlock(type="table", dataset="many")), max_rows=100)
    assert "Showing 100 of 5,400 rows" in html
    assert ">99</td>" in html
    assert "See the full report" not in html, "nobody said where it is"
    assert ">100</td>" not in html


def test_a_limit_below_one_row_is_refused() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        HtmlEmail.model_validate({"type": "html_email", "max_rows": 0})


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
    assert " · Calls 7,753 (+4.6%)" in preview.partition("<")[0]


def test_a_page_without_notices_has_no_trace_of_them(tmp_path: Path) -> None:
    html = rendered(brief(tmp_path))
    assert "notice" not in html
    assert 'role="note"' not in html


def test_a_button_leads_to_the_full_report_where_that_is_somewhere(tmp_path: Path) -> None:
    html = rendered(brief(tmp_path), full_report="https://reports.example/brief?day=1&x=2")
    assert 'href="https://reports.example/brief?day=1&amp;x=2"' in html
    assert "See the full report" in Page(html).text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://a b", "reports.example", 'https://x" onload="'])
def test_what_is_no_address_of_a_page_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="full_report"):
        HtmlEmail.model_validate({"type": "html_email", "full_report": address})


def test_the_total_stays_where_rows_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "many", {"name": [f"n{number}" for number in range(400)], "amount": [2] * 400})
    block = TableBlock.model_validate({"type": "table", "dataset": "many", "columns": [
        {"name": "name"}, {"name": "amount", "total": "sum"}]})  # fmt: skip
    html = rendered(document(tmp_path, block), max_rows=3)
    assert "Showing 3 of 400 rows" in html
    assert re.search(r'<tr class="total"[^>]*><td class="f">Total</td><td align="right" nowrap>800</td></tr>', html)
    assert "n2" in html
    assert "n3" not in html


def test_with_every_kind_of_block_in_both_languages_it_is_made_for_mail_programs(tmp_path: Path) -> None:
    for language in (ENGLISH, language_of("de")):
        html = rendered(showcase(tmp_path, language, northwind()))
        page, styles = Page(html), html.partition("<style>")[2].partition("</style>")[0]
        inline = " ".join(str(attributes.get("style")) for _, attributes in page.tags)
        assert not re.search(r"flex|grid|position\s*:|float\s*:\s*(left|right)|var\(|calc\(", inline + styles)
        assert not re.search(r"url\(|@import|@font-face|<link|<script", html)
        assert all(image["src"] and image["src"].startswith("data:image/") for image in page.all("img"))
        assert all(int(str(image["width"])) > 0 for image in page.all("img")), "Outlook scales by the attribute"
        layout = [table for table in page.all("table") if "data" not in str(table.get("class")).split()]
        assert {table.get("role") for table in layout} == {"presentation"}
        assert all(table.get("cellpadding") and table.get("cellspacing") for table in page.all("table"))
        assert mail_size(html) < 100_000 < GMAIL_CLIPS_AT


def test_the_pictures_of_a_whole_report_are_light(tmp_path: Path) -> None:
    images = Page(rendered(showcase(tmp_path, brand=northwind()))).all("img")
    assert len(images) > 8
    assert sum(len(str(image["src"])) for image in images) < 250_000


def test_where_nothing_but_text_is_too_long_the_log_says_so_and_nothing_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "few", {"n": [1, 2]})
    prose = TextBlock(type="text", markdown="many words " * 12_000)
    html = rendered(document(tmp_path, prose, TableBlock(type="table", dataset="few")))
    assert html.count("many words") == 12_000
    assert "2 rows, not in this mail" in html
    assert "Gmail shows about 100,000" in caplog.text
    assert "shorten its texts" in caplog.text
