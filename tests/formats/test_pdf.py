"""PDF: pages to print or to read."""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from pdf_reading import rendered, sheet, words
from sample_document import LONG_NAME, STALE, brief, document, write
from scheduled_reports.document import (
    Chart,
    ChartBlock,
    Document,
    HeadingBlock,
    TableBlock,
    Text,
    TextBlock,
)
from scheduled_reports.errors import DocumentError, RenderError

A4 = (595, 842)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return brief(tmp_path_factory.mktemp("brief"))


@pytest.fixture(scope="module")
def pages(morning: Document, chinese_font: None) -> PdfReader:
    return rendered(morning)


@pytest.fixture(autouse=True)
def complaints(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """WeasyPrint tells of style sheets it does not understand in its log only."""
    with caplog.at_level(logging.WARNING, "weasyprint"):
        yield
    assert [record.getMessage() for record in caplog.records if record.name.startswith("weasyprint")] == []


def fonts(reader: PdfReader) -> dict[str, bool]:
    """Return the fonts' names, and whether each is inside the file."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"]
            found[str(inner["/BaseFont"])] = any(key.startswith("/FontFile") for key in descriptor)
    return found


def places(reader: PdfReader, page: int = 0) -> list[tuple[str, float]]:
    """Return every piece of text with where it begins, in points from the left edge."""
    found: list[tuple[str, float]] = []

    def note(text: str, outer: list[float], inner: list[float], *_: object) -> None:
        if text.strip():
            found.append((text.strip(), inner[4] * outer[0] + outer[4]))

    reader.pages[page].extract_text(visitor_text=note)
    return found


def alternatives(node: object) -> list[str]:
    """Return the words for pictures in a structure tree."""
    if isinstance(node, IndirectObject):
        return alternatives(node.get_object())
    if isinstance(node, list):
        return [text for child in node for text in alternatives(child)]
    if not isinstance(node, dict):
        return []
    return [*([str(node["/Alt"])] if "/Alt" in node else []), *alternatives(node.get("/K"))]


def test_every_row_is_there_as_text(pages: PdfReader) -> None:
    shown = words(pages)
    for name in ("=Premium+ Renewal", 'Win-Back "Sommer \'26"', "Fiber <100 Mbit> & TV", "王小明的", LONG_NAME):
        assert name in shown
    assert all(f" {number:02d} " in shown for number in range(1, 46))
    assert "<b>Debt</b> follow-up" in shown
    assert "-3,120.75 €" in shown


def test_it_runs_over_pages_that_name_the_report_and_count_themselves(pages: PdfReader) -> None:
    assert len(pages.pages) == 3
    assert sheet(pages) == A4
    for number, page in enumerate(pages.pages, 1):
        text = page.extract_text()
        assert f"Page {number} of 3" in text
        assert "Report morning_brief/daily · spec 3f9a1c07be52" in text
        assert text.count("Morning Brief") == 1
        assert "Thursday, 1 October 2026" in text


def test_a_table_repeats_its_head_on_the_next_page(pages: PdfReader) -> None:
    assert "First call" in pages.pages[1].extract_text()
    assert "First call" in pages.pages[2].extract_text()


def test_its_fonts_are_inside_and_ours(pages: PdfReader) -> None:
    found = fonts(pages)
    assert all(found.values())
    assert {"Inter", "Inter-Bold", "Inter-Semi-Bold"} <= {name.rpartition("+")[2].lstrip("/") for name in found}


def test_its_metadata_says_where_it_comes_from(pages: PdfReader) -> None:
    about = pages.metadata
    assert about is not None
    assert about.title == "Morning Brief – Thursday, 1 October 2026"
    assert about.author == "owner@example.com"
    assert "3f9a1c07be52" in str(about["/Keywords"])
    assert about.creation_date == dt.datetime(2026, 10, 2, 4, 30, tzinfo=dt.UTC)
    assert pages.trailer["/Root"]["/Lang"] == "en"  # type: ignore[index]


def test_headings_are_bookmarks(pages: PdfReader) -> None:
    def titles(outline: list[object]) -> Iterator[str]:
        for item in outline:
            yield from titles(item) if isinstance(item, list) else (str(item["/Title"]),)  # type: ignore[index]

    assert list(titles(pages.outline)) == [
        "Morning Brief", "What happened on 1 October", "Calls per hour", "Campaigns", "Who was on shift", "Agents",
    ]  # fmt: skip


def test_charts_are_vectors_with_words_for_who_cannot_see_them(pages: PdfReader) -> None:
    assert "inbound" in pages.pages[0].extract_text()
    tree = pages.trailer["/Root"]["/StructTreeRoot"]  # type: ignore[index]
    assert alternatives(tree) == ["Inbound and outbound calls for each hour from 8 to 19"]


@pytest.mark.parametrize(
    ("paper", "orientation", "expected"),
    [("A4", "landscape", (842, 595)), ("Letter", "portrait", (612, 792)), ("Letter", "landscape", (792, 612))],
)
def test_the_paper_is_what_the_spec_says(
    tmp_path: Path, paper: str, orientation: str, expected: tuple[int, int]
) -> None:
    small = document(tmp_path, HeadingBlock(type="heading", text="Hello"))
    assert sheet(rendered(small, page=paper, orientation=orientation)) == expected


def test_numbers_end_at_the_right_edge_of_their_column(tmp_path: Path) -> None:
    write(tmp_path, "n", {"name": ["a", "b"], "number": [1, 1_234_567]})
    starts = dict(places(rendered(document(tmp_path, TableBlock(type="table", dataset="n")))))
    assert starts["1"] > starts["1,234,567"] + 25


def test_a_long_word_breaks_and_stays_whole(tmp_path: Path) -> None:
    word = "Donaudampfschifffahrt" * 12
    write(tmp_path, "long", {"name": [word], "n": [1]})
    shown = words(rendered(document(tmp_path, TableBlock(type="table", dataset="long"))))
    assert word in shown.replace(" ", "")


def test_a_table_with_twelve_columns_keeps_every_value_whole_on_turned_pages(tmp_path: Path) -> None:
    columns = {
        f"measure_{number}": [round((row + 1) * 98765.43 * number, 2) for row in range(30)] for number in range(1, 12)
    }
    write(tmp_path, "wide", {"customer": [f"Customer {row}" for row in range(30)], **columns})
    reader = rendered(document(
        tmp_path, HeadingBlock(type="heading", text="Upright"), TableBlock(type="table", dataset="wide"),
        HeadingBlock(type="heading", text="After"),
    ))  # fmt: skip
    shown = words(reader)
    assert all(f"{value:,.2f}" in shown for values in columns.values() for value in values)
    assert sheet(reader, 1) == (842, 595)
    assert sheet(reader, len(reader.pages) - 1) == A4


def test_nothing_leaves_the_paper(tmp_path: Path) -> None:
    write(tmp_path, "wide", {f"a_long_measure_{number}": [123_456_789.12] * 3 for number in range(24)})
    reader = rendered(document(tmp_path, TableBlock(type="table", dataset="wide")))
    begins = [left for _, left in places(reader)]
    assert min(begins) > 0
    assert max(begins) < sheet(reader)[0] - 42


def test_a_cell_higher_than_a_page_runs_on(tmp_path: Path) -> None:
    write(tmp_path, "tall", {"remark": ["lorem " * 4000 + "END"]})
    shown = words(rendered(document(tmp_path, TableBlock(type="table", dataset="tall"))))
    assert shown.count("lorem") == 4000
    assert "END" in shown


def test_an_empty_table_says_so(tmp_path: Path) -> None:
    write(tmp_path, "none", {"a": [], "b": []})
    assert "No rows in this period" in words(rendered(document(tmp_path, TableBlock(type="table", dataset="none"))))


def test_a_chart_without_data_says_so(tmp_path: Path) -> None:
    write(tmp_path, "none", {"a": []})
    bars = {"mark": "bar", "encoding": {"x": {"field": "a"}}}
    chart = ChartBlock(type="chart", title="Calls", dataset="none", vega_lite=bars)
    assert "No data in this period" in words(rendered(document(tmp_path, chart)))


@pytest.mark.parametrize("source", ["file:///etc/passwd", "http://127.0.0.1:9/x.png", "font:../../../etc/passwd"])
def test_nothing_is_fetched_from_elsewhere(tmp_path: Path, source: str) -> None:
    bare = document(tmp_path)
    block = Text(f"![x]({source})", f'<p><img src="{source}" alt="x"></p>')
    with pytest.raises(RenderError, match="load nothing from elsewhere") as caught:
        rendered(replace(bare, blocks=(block,)))
    assert source in caught.value.why


def test_a_chart_that_cannot_be_drawn_is_named(tmp_path: Path) -> None:
    broken = Chart("Calls per hour", "", {"mark": "bra", "data": {"values": [{"a": 1}]}}, 200)
    with pytest.raises(DocumentError, match="the chart 'Calls per hour' cannot be drawn"):
        rendered(replace(document(tmp_path), blocks=(broken,)))


def test_a_column_that_is_not_in_the_data_is_named(tmp_path: Path) -> None:
    write(tmp_path, "calls", {"agent": ["a"]})
    block = TableBlock.model_validate({"type": "table", "dataset": "calls", "columns": [{"name": "agnet"}]})
    with pytest.raises(DocumentError, match=r"there is no column 'agnet': did you mean 'agent'\?"):
        document(tmp_path, block)


def test_a_missing_system_library_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    with pytest.raises(RenderError) as caught:
        rendered(document(tmp_path))
    assert "libpango-1.0-0 libpangoft2-1.0-0" in caught.value.fix


def test_it_is_the_same_pages_each_time(morning: Document, pages: PdfReader) -> None:
    assert words(rendered(morning)) == words(pages)


def test_it_stays_small(morning: Document, pages: PdfReader) -> None:
    assert isinstance(pages.trailer.raw_get("/Root"), IndirectObject)
    assert (morning.tables.folder / "report.pdf").stat().st_size < 300_000


def test_notices_stand_below_the_title_on_the_first_page(morning: Document, chinese_font: None) -> None:
    first, *others = rendered(replace(morning, notices=(STALE,))).pages
    shown = " ".join(first.extract_text().split())
    assert shown.index("Morning Brief") < shown.index(f"STALE: {STALE.text}") < shown.index("What happened")
    assert STALE.text[:20] not in " ".join(page.extract_text() for page in others)


def test_every_page_says_the_word_of_each_notice_beside_the_small_print(tmp_path: Path) -> None:
    write(tmp_path, "wide", {f"measure_{number}": [98765432.1 * number] * 30 for number in range(1, 12)})
    wide = document(tmp_path, TextBlock(type="text", markdown="Upright"), TableBlock(type="table", dataset="wide"))
    reader = rendered(replace(wide, notices=(STALE, replace(STALE, word="HELD"), STALE)))
    assert [sheet(reader, page) for page in range(len(reader.pages))][:2] == [A4, (842, 595)]
    for page in reader.pages:
        assert "STALE, HELD ·" in page.extract_text()
        assert "Report morning_brief/daily · spec 3f9a1c07be52" in page.extract_text()


def test_the_title_in_the_metadata_begins_with_the_word_and_the_bookmark_does_not(tmp_path: Path) -> None:
    reader = rendered(replace(document(tmp_path), notices=(STALE,)))
    assert reader.metadata is not None
    assert reader.metadata.title == "[STALE] Morning Brief – Thursday, 1 October 2026"
    assert [str(item["/Title"]) for item in reader.outline] == ["Morning Brief"]  # type: ignore[index]


def test_pages_without_notices_have_the_small_print_alone(pages: PdfReader) -> None:
    assert all("\nReport morning_brief/daily · spec" in f"\n{page.extract_text()}" for page in pages.pages)


def test_its_metadata_has_the_facts_of_its_origin(pages: PdfReader) -> None:
    about = pages.metadata
    assert about is not None
    assert about["/Subject"] == "How the campaigns did yesterday."
    assert (about["/reportid"], about["/schedule"]) == ("morning_brief", "daily")
    assert about["/run"] == "scheduled__2026-10-02T04:30:00+00:00"
    assert about["/timezone"] == "Europe/Berlin"


def test_a_table_may_have_a_total_below_some_columns_alone(tmp_path: Path) -> None:
    write(tmp_path, "sales", {"shop": ["Ulm", "Kiel"], "rate": [0.5, 0.25], "count": [3, 4], "sold": [1.5, 2.5]})
    columns = [{"name": "shop"}, {"name": "rate"}, {"name": "count"}, {"name": "sold", "total": "sum"}]
    block = TableBlock.model_validate({"type": "table", "dataset": "sales", "columns": columns})

    assert "Total 4.00" in words(rendered(document(tmp_path, block)))
