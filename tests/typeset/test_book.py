"""Parts put one after another on pages."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import ImageChops

from scheduled_reports.errors import RenderError
from typesetting import as_html, bodies, flow, long, made, pages, pictures, table, words

NAMES = (
    *("Müller GmbH", "AVATAR fi Ltd (A) 12:30", "Śląsk", "Ωμέγα", "Много ещё", "日本語株式会社", "שלום עולם"),
    *("مرحبا بالعالم", "😀 fine", "A very long name of a customer which certainly wraps"),
    *("Donaudampfschifffahrtsgesellschaftskapitänsmütze", "https://shop.example/a/path-with-hyphens?and=query"),
)


def orders(count: int) -> dict[str, list[Any]]:
    return {
        "order": [f"A-{number:05d}" for number in range(count)],
        "customer": [NAMES[number % len(NAMES)] for number in range(count)],
        "region": [("North", "South")[number * 2 // count] for number in range(count)],
        "pieces": [number * 37 % 90 for number in range(count)],
        "amount": [round(number * 7919 % 100_000 / 7, 2) - 2000 for number in range(count)],
    }


COLUMNS: tuple[dict[str, Any], ...] = (
    {"name": "order", "link": "https://shop.example/o/{order}"}, {"name": "customer"},
    {"name": "region", "align": "center"}, {"name": "pieces", "bar": True, "total": "sum"},
    {"name": "amount", "label": "Amount of all 🎉 positions, net", "total": "sum",
     "highlight": [{"below": 0, "tone": "bad"}, {"above": 9000, "tone": "good"}]},
)  # fmt: skip


@pytest.mark.parametrize("groups", [(), ("region",)])
def test_a_typeset_table_looks_as_one_that_weasyprint_has_set(tmp_path: Path, groups: tuple[str, ...]) -> None:
    bound = table(tmp_path, orders(40), *COLUMNS, group_by=groups)
    before, after = "<h1>Orders</h1><p>" + "some words before the table " * 9 + "</p>", "<p>after the table</p>"
    part = long(bound, caption="All orders")

    ours = pictures(made(tmp_path, flow(before), part, flow(after)))
    whole = flow(before + as_html(bound, part.layout.shares, "All orders") + after)
    theirs = pictures(made(tmp_path, whole, name="theirs.pdf"))

    assert len(ours) == len(theirs) == 2
    for one, other in zip(ours, theirs, strict=True):
        differing = sum(ImageChops.difference(one, other).histogram()[48:])
        assert differing < 0.002 * one.width * one.height


def test_every_cell_can_be_read_in_its_order(tmp_path: Path) -> None:
    data = orders(300)
    data["customer"] = [NAMES[number % 6] for number in range(300)]
    bound = table(tmp_path, data)

    found = words(made(tmp_path, flow(), long(bound)))

    head = ["Order", "Customer", "Region", "Pieces", "Amount"]
    rows = [word for row in bound.texts() for text in row for word in text.split()]
    assert [word for word in found if word not in head] == rows


def test_the_head_and_the_margins_are_on_every_page(tmp_path: Path) -> None:
    found = pages(made(tmp_path, flow(), long(table(tmp_path, orders(200)))))

    assert len(found) > 4
    for number, text in enumerate(found, 1):
        assert "Running head" in text
        assert f"Page {number} of {len(found)}" in text
        assert text.count("Customer") == 1


def test_what_follows_a_table_begins_below_it_on_the_same_page(tmp_path: Path) -> None:
    bound = table(tmp_path, orders(5))

    found = pages(
        made(tmp_path, flow("<p>one</p>"), long(bound), flow("<p>two</p>"), long(bound), flow("<p>three</p>"))
    )

    assert len(found) == 1
    order = [word for word in found[0].split() if word in ("one", "two", "three", "A-00000", "A-00004")]
    assert order == ["one", "A-00000", "A-00004", "two", "A-00000", "A-00004", "three"]


def test_what_does_not_fit_below_a_table_goes_to_the_next_page(tmp_path: Path) -> None:
    bound = table(tmp_path, {"order": [f"A-{number}" for number in range(34)]})

    found = pages(
        made(tmp_path, flow(), long(bound), flow('<p style="break-inside: avoid">' + "more<br>" * 40 + "</p>"))
    )

    assert len(found) == 2
    assert "A-33" in found[0]
    assert "more" not in found[0]


def test_a_table_lies_where_its_pages_do(tmp_path: Path) -> None:
    bound = table(tmp_path, orders(3))

    reader = pypdf.PdfReader(made(tmp_path, flow("<p>one</p>"), long(bound, landscape=True), flow("<p>two</p>")))

    assert [page.mediabox.width > page.mediabox.height for page in reader.pages] == [False, True, False]


def test_links_within_the_document_and_its_outline_lead_to_tables(tmp_path: Path) -> None:
    contents = ('<p><a href="#orders">All orders</a> <span id="page-of:orders">&#xFDD0;</span> '
                '<span id="page-of:end">&#xFDD0;</span></p>')  # fmt: skip
    bound = table(tmp_path, orders(90))
    parts = (flow(contents + "<p>word</p>" * 60), long(bound, caption="All <orders>", anchor="orders"),
             flow('<h2 id="end">End</h2>'))  # fmt: skip

    file = made(tmp_path, *parts)

    reader = pypdf.PdfReader(file)
    start = next(number for number, text in enumerate(pages(file)) if "All <orders>" in text)
    assert start == 1
    assert pages(file)[0].split()[:4] == ["All", "orders", "2", str(len(reader.pages))]
    assert reader.get_destination_page_number(reader.named_destinations["orders"]) == start
    titles = [(entry.title, reader.get_destination_page_number(entry)) for entry in _flat(reader.outline)]
    assert titles == [("All <orders>", start), ("End", len(reader.pages) - 1)]
    assert not {"typeset-start", "typeset-end", "page-of:orders"} & set(reader.named_destinations)


def _flat(outline: list[Any]) -> list[Any]:
    return [one for entry in outline for one in (_flat(entry) if isinstance(entry, list) else [entry])]


def test_cells_lead_where_their_links_do(tmp_path: Path) -> None:
    reader = pypdf.PdfReader(made(tmp_path, flow(), long(table(tmp_path, orders(60), *COLUMNS))))

    targets = [note["/A"]["/URI"] for page in reader.pages for note in page["/Annots"]]
    assert targets == [f"https://shop.example/o/A-{number:05d}" for number in range(60)]


def test_the_first_cells_lead_to_the_target_of_the_table(tmp_path: Path) -> None:
    parts = (flow(), long(table(tmp_path, orders(3)), target="details"), flow('<p id="details">details</p>'))

    reader = pypdf.PdfReader(made(tmp_path, *parts))

    assert [note["/Dest"] for note in reader.pages[0]["/Annots"]] == ["details"] * 3
    assert "details" in reader.named_destinations


def test_a_row_taller_than_a_page_goes_on_on_the_next_ones(tmp_path: Path) -> None:
    text = " ".join(f"w{number}" for number in range(4000))
    file = made(tmp_path, flow("<p>before</p>"), long(table(tmp_path, {"a": ["x", text, "y"], "b": [1, 2, 3]})))

    assert len(pages(file)) > 3
    assert [word for word in words(file) if word.startswith("w")] == text.split()


def test_a_word_of_5000_letters_breaks_where_it_must(tmp_path: Path) -> None:
    file = made(tmp_path, flow(), long(table(tmp_path, {"a": ["abcdefghi_" * 500], "b": ["="]})))

    assert "".join(word for word in words(file) if word not in ("A", "B", "=")) == "abcdefghi_" * 500


def test_the_head_of_a_group_stays_with_a_row_and_a_total_with_the_row_before(tmp_path: Path) -> None:
    regions = [f"Region {number // 3}" for number in range(240)]
    data = {"region": regions, "order": [f"A-{number}" for number in range(240)], "amount": [1] * 240}
    bound = table(tmp_path, data, {"name": "order"}, {"name": "amount", "total": "sum"}, group_by="region")

    found = bodies(made(tmp_path, flow(), long(bound)))

    assert len(found) > 4
    for lines in found:
        rows = [line for line in lines if line.strip()][1:]  # after the head
        assert "total" not in rows[0]
        assert "Region" not in rows[-1] or "total" in rows[-1]


def test_only_the_columns_that_are_asked_for_are_set(tmp_path: Path) -> None:
    bound = table(tmp_path, orders(5), *COLUMNS)

    text = pages(made(tmp_path, flow(), long(bound, columns=(0, 3))))[0]

    assert "Pieces" in text
    assert "Customer" not in text
    assert "Śląsk" not in text


def test_many_narrow_columns_show_all_that_they_hold(tmp_path: Path) -> None:
    bound = table(tmp_path, {f"c{number}": [number + 100] for number in range(60)})

    found = "".join(words(made(tmp_path, flow(), long(bound))))

    assert all(str(number + 100) in found for number in range(60))


def test_a_head_that_takes_a_page_is_an_error_that_says_so(tmp_path: Path) -> None:
    bound = table(tmp_path, {"x" * 9000: [1], "b": [2]}, {"name": "x" * 9000}, {"name": "b"})

    with pytest.raises(RenderError, match="its head takes nearly a whole page"):
        made(tmp_path, flow(), long(bound))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # WeasyPrint leaves its profile open
@pytest.mark.parametrize(
    "options", [{}, {"pdf_variant": "pdf/ua-1"}, {"pdf_variant": "pdf/a-3u"}, {"pdf_variant": "pdf/a-3a"}]
)
def test_qpdf_finds_nothing_wrong(tmp_path: Path, options: dict[str, str]) -> None:
    file = made(
        tmp_path, flow("<p>one</p>"), long(table(tmp_path, orders(100), *COLUMNS)), flow("<p>two</p>"), **options
    )

    assert subprocess.run(["qpdf", "--check", file], capture_output=True, check=False).returncode == 0
