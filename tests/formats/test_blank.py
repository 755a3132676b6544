"""A file is blank where nothing can be seen in it beyond title, period, notices and small print."""

from __future__ import annotations

import base64
import dataclasses
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sample_document import STALE, brief, document, write
from scheduled_reports.brands import brand_of
from scheduled_reports.document import ChartBlock, Document, HeadingBlock, TableBlock, Text, TextBlock
from scheduled_reports.formats import Format
from scheduled_reports.formats.csv import Csv
from scheduled_reports.formats.html import Html
from scheduled_reports.formats.html_email import HtmlEmail
from scheduled_reports.formats.json import Json
from scheduled_reports.formats.pdf import Pdf
from scheduled_reports.formats.text import PlainText
from scheduled_reports.formats.xlsx import Xlsx

PAGES: dict[str, Format] = {
    "html": Html(type="html"), "html_email": HtmlEmail(type="html_email"), "pdf": Pdf(type="pdf"),
    "text": PlainText(type="text"), "xlsx": Xlsx(type="xlsx"),
}  # fmt: skip
INCLUDE = Path(__file__).parents[2] / "include"
LONG = "A description that goes on and on, so that it takes more than one line. " * 12


def is_blank(entry: Format, made: Document, folder: Path) -> bool:
    target = folder / f"file.{entry.extension}"
    entry.render(made, target)
    return entry.is_blank(target, made)


def text(markdown: str) -> TextBlock:
    return TextBlock(type="text", markdown=markdown)


def picture(color: str, mode: str = "RGB", dot: bool = False) -> str:
    """Return a text with a picture of one colour, or with a dot on it."""
    image = Image.new(mode, (40, 40), color)
    if dot:
        image.putpixel((20, 20), (10, 20, 30) if mode == "RGB" else (10, 20, 30, 255))
    file = BytesIO()
    image.save(file, "PNG")
    return f"![](data:image/png;base64,{base64.b64encode(file.getvalue()).decode()})"


def chart(folder: Path, **mark: Any) -> ChartBlock:
    """Return a chart without axes, whose marks alone can be seen."""
    write(folder, "points", {"x": ["a", "b"], "y": [1, 2]})
    axis = {"axis": None, "title": None}
    return ChartBlock.model_validate({"type": "chart", "dataset": "points", "vega_lite": {
        "mark": {"type": "bar", **mark}, "config": {"view": {"stroke": None}},
        "encoding": {
            "x": {"field": "x", "type": "nominal", **axis}, "y": {"field": "y", "type": "quantitative", **axis},
        },
    }})  # fmt: skip


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Format:
    return PAGES[request.param]


@pytest.mark.parametrize("markdown", ["{{ '' }}", "  {{ ' ' }}\n\n "])
def test_a_text_whose_template_is_empty_leaves_it_blank(tmp_path: Path, page: Format, markdown: str) -> None:
    assert is_blank(page, document(tmp_path, text(markdown)), tmp_path)


def test_no_block_at_all_leaves_it_blank(tmp_path: Path, page: Format) -> None:
    assert is_blank(page, document(tmp_path), tmp_path)


@pytest.mark.parametrize("title", ["Sales", "売上 🎉 Łódź – ½", "تقرير المبيعات", "A" * 200, "a b " * 50, "->fi ffl"])
def test_whatever_its_frame_says_it_is_blank(tmp_path: Path, page: Format, title: str) -> None:
    made = dataclasses.replace(
        document(tmp_path, text("{{ '' }}")), title=title, description=LONG, notices=(STALE, STALE)
    )

    assert is_blank(page, made, tmp_path)


@pytest.mark.parametrize("markdown", ["x", ".", "Morning Brief", "- a", "0"])
def test_one_letter_is_content(tmp_path: Path, page: Format, markdown: str) -> None:
    assert not is_blank(page, document(tmp_path, text(markdown)), tmp_path)


def test_what_repeats_the_title_and_the_period_is_content(tmp_path: Path, page: Format) -> None:
    made = document(tmp_path, text("Morning Brief\n\nThursday, 1 October 2026"))

    assert not is_blank(page, made, tmp_path)


def test_a_heading_is_content(tmp_path: Path, page: Format) -> None:
    assert not is_blank(page, document(tmp_path, HeadingBlock(type="heading", text="Sales")), tmp_path)


def test_a_whole_report_is_not_blank(tmp_path: Path, page: Format) -> None:
    assert not is_blank(page, brief(tmp_path), tmp_path)


@pytest.mark.parametrize("kind", ["html_email", "pdf"])
def test_a_picture_of_one_colour_shows_nothing(tmp_path: Path, kind: str) -> None:
    assert is_blank(PAGES[kind], document(tmp_path, text(picture("white"))), tmp_path)
    assert is_blank(PAGES[kind], document(tmp_path, text(picture("#00000000", "RGBA"))), tmp_path)
    assert not is_blank(PAGES[kind], document(tmp_path, text(picture("white", dot=True))), tmp_path)
    assert not is_blank(PAGES[kind], document(tmp_path, text(picture("#00000000", "RGBA", dot=True))), tmp_path)


@pytest.mark.parametrize("kind", ["html_email", "pdf", "xlsx"])
def test_a_chart_whose_marks_are_white_shows_nothing(tmp_path: Path, kind: str) -> None:
    assert is_blank(PAGES[kind], document(tmp_path, chart(tmp_path, color="white")), tmp_path)
    assert is_blank(PAGES[kind], document(tmp_path, chart(tmp_path, opacity=0)), tmp_path)
    assert not is_blank(PAGES[kind], document(tmp_path, chart(tmp_path, color="#dde8f0")), tmp_path)


def test_white_text_in_a_pdf_shows_nothing(tmp_path: Path) -> None:
    block = chart(tmp_path, color="white")
    white = block.model_copy(update={"vega_lite": {
        **block.vega_lite, "mark": {"type": "text", "color": "white"},
        "encoding": {**block.vega_lite["encoding"], "text": {"value": "Nobody reads this"}},
    }})  # fmt: skip
    black = white.model_copy(update={"vega_lite": {**white.vega_lite, "mark": {"type": "text", "color": "black"}}})

    assert is_blank(PAGES["pdf"], document(tmp_path, white), tmp_path)
    assert not is_blank(PAGES["pdf"], document(tmp_path, black), tmp_path)


def test_a_blank_pdf_may_have_several_pages(tmp_path: Path) -> None:
    tall = [chart(tmp_path, color="white").model_copy(update={"height": 700}) for _ in range(3)]
    made = document(tmp_path, *tall)

    Pdf(type="pdf").render(made, tmp_path / "file.pdf")

    import pypdfium2

    pages = pypdfium2.PdfDocument(tmp_path / "file.pdf")
    assert len(pages) > 1
    pages.close()
    assert PAGES["pdf"].is_blank(tmp_path / "file.pdf", made)


def test_a_mark_on_the_last_page_is_content(tmp_path: Path) -> None:
    tall = [chart(tmp_path, color="white").model_copy(update={"height": 700}) for _ in range(3)]

    assert not is_blank(PAGES["pdf"], document(tmp_path, *tall, chart(tmp_path, color="black")), tmp_path)


def test_text_in_a_long_page_is_found_wherever_a_part_of_it_ends(tmp_path: Path) -> None:
    made = document(tmp_path, text("<b>" * 30_000))

    assert not is_blank(PAGES["html_email"], made, tmp_path)


def test_what_a_page_hides_is_no_content(tmp_path: Path) -> None:
    hidden = "<div style='display: none'>x<p>y</p></div><script>z</script>"

    made = dataclasses.replace(document(tmp_path), blocks=(Text(hidden, hidden),))

    assert is_blank(PAGES["html_email"], made, tmp_path)
    assert not is_blank(PAGES["html_email"], dataclasses.replace(made, blocks=(Text("", f"{hidden}x"),)), tmp_path)
    assert not is_blank(PAGES["html_email"], dataclasses.replace(made, blocks=(Text("", "<svg></svg>"),)), tmp_path)


@pytest.mark.parametrize("entry", [Csv(type="csv", dataset="t"), Json(type="json", dataset="t")], ids=["csv", "json"])
@pytest.mark.parametrize(
    ("columns", "blank"),
    [
        ({"a": []}, True),
        ({"a": [None, None], "b": [float("nan"), None], "c": ["", "  "]}, True),
        ({"a": [None, 0]}, False),
        ({"a": [None, None], "c": [None, "x"]}, False),
    ],
)
def test_a_file_of_data_is_blank_without_a_value(
    tmp_path: Path, entry: Format, columns: dict[str, list[Any]], blank: bool
) -> None:
    write(tmp_path, "t", columns)

    assert is_blank(entry, document(tmp_path), tmp_path) is blank


def test_of_a_kind_that_nobody_looks_into_a_file_without_a_byte_is_blank(tmp_path: Path) -> None:
    class Own(Format):
        media_type, extension = "text/plain", "own"

        def render(self, document: Document, target: Path) -> None:
            target.write_bytes(b"")

    made = document(tmp_path)
    assert is_blank(Own(), made, tmp_path)
    (tmp_path / "file.own").write_bytes(b"\n")
    assert not Own().is_blank(tmp_path / "file.own", made)


def test_of_a_report_with_content_the_pdf_is_not_made_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, pdf = brief(tmp_path), Pdf(type="pdf")
    pdf.render(made, tmp_path / "brief.pdf")
    monkeypatch.setattr(Pdf, "render", lambda *_: pytest.fail("the frame was made, though the content is plain to see"))

    assert not pdf.is_blank(tmp_path / "brief.pdf", made)


def test_a_pdf_with_a_long_table_is_not_blank_and_one_with_a_cover_alone_is(tmp_path: Path) -> None:
    write(tmp_path, "long", {"number": list(range(500))})
    covered = Pdf(type="pdf", cover=True)

    assert not is_blank(covered, document(tmp_path, TableBlock(type="table", dataset="long")), tmp_path)
    assert is_blank(covered, dataclasses.replace(document(tmp_path), notices=(STALE,)), tmp_path)
    assert is_blank(covered, document(tmp_path, brand=brand_of("northwind", INCLUDE)), tmp_path)
