"""The tags of long tables, as pypdf reads them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pypdf
import pytest

from typesetting import flow, long, made, table

DATA: dict[str, list[Any]] = {"order": [f"A-{number}" for number in range(90)], "amount": list(range(90))}
COLUMNS = ({"name": "order", "link": "https://shop.example/{order}"}, {"name": "amount", "total": "sum"})


@pytest.fixture
def reader(tmp_path: Path) -> pypdf.PdfReader:
    bound = table(tmp_path, DATA, *COLUMNS)
    parts = (flow("<p>before</p>"), long(bound, caption="Orders"), flow("<p>after</p>"))
    return pypdf.PdfReader(made(tmp_path, *parts, pdf_variant="pdf/ua-1"))


def tree(reader: pypdf.PdfReader) -> Any:
    return reader.trailer["/Root"]["/StructTreeRoot"]


def kids(element: Any) -> list[Any]:
    found = element.get("/K", [])
    return [kid.get_object() for kid in (found if isinstance(found, list) else [found])]


def test_a_table_stands_between_what_is_before_and_after_it(reader: pypdf.PdfReader) -> None:
    (document,) = kids(tree(reader))

    assert [element["/S"] for element in kids(document) if element["/S"] != "/Div"] == ["/P", "/Table", "/P"]


def test_a_table_has_a_caption_a_head_and_all_rows(reader: pypdf.PdfReader) -> None:
    (found,) = [element for element in kids(kids(tree(reader))[0]) if element["/S"] == "/Table"]
    caption, head, body = kids(found)

    assert (caption["/S"], head["/S"], body["/S"]) == ("/Caption", "/THead", "/TBody")
    (row,) = kids(head)
    assert [(cell["/S"], cell["/A"]["/Scope"]) for cell in kids(row)] == [("/TH", "/Column")] * 2
    assert [len(kids(row)) for row in kids(body)] == [2] * 91


def test_every_marked_content_has_its_element_and_no_other(reader: pypdf.PdfReader) -> None:
    numbers = tree(reader)["/ParentTree"]["/Nums"]

    assert len(reader.pages) > 2
    for place, page in enumerate(reader.pages):
        marks = [int(found) for found in re.findall(rb"/MCID\s+(\d+)", page.get_contents().get_data())]
        assert sorted(marks) == list(range(len(marks))) == list(range(len(numbers[2 * place + 1])))


def test_a_link_is_its_text_and_its_annotation(reader: pypdf.PdfReader) -> None:
    numbers = tree(reader)["/ParentTree"]["/Nums"]
    parents = dict(zip(numbers[0::2], numbers[1::2], strict=True))
    notes = [note.get_object() for page in reader.pages for note in page["/Annots"]]

    links = [parents[note["/StructParent"]].get_object() for note in notes]

    assert len(links) == 90
    assert {link["/S"] for link in links} == {"/Link"}
    assert [kids(link)[-1]["/Obj"].get_object()["/A"]["/URI"] for link in links] == [
        f"https://shop.example/A-{number}" for number in range(90)
    ]


def test_a_cell_on_two_pages_is_one_cell(tmp_path: Path) -> None:
    bound = table(tmp_path, {"a": [" ".join(f"w{number}" for number in range(3000))], "b": [1]})
    made_reader = pypdf.PdfReader(made(tmp_path, flow(), long(bound), pdf_variant="pdf/ua-1"))

    (found,) = [element for element in kids(kids(tree(made_reader))[0]) if element["/S"] == "/Table"]
    (row,) = kids(kids(found)[-1])

    assert [len(kids(cell)) for cell in kids(row)] == [len(made_reader.pages)] * 2


def test_the_margins_and_the_repeated_head_are_no_content(reader: pypdf.PdfReader) -> None:
    page = reader.pages[1].get_contents().get_data()

    assert page.count(b"BDC") + page.count(b"BMC") == page.count(b"EMC")
    assert page.count(b"/Artifact") >= 3
