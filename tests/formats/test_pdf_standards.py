"""PDF/UA and PDF/A: what a file says of itself, its tags, and the data inside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pdf_reading import rendered
from sample_document import document, write
from scheduled_reports.document import TableBlock

pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in.*sRGB2014.icc")  # WeasyPrint leaves it open


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"accessible": True}, ['pdfuaid:part="1"']),
        ({"archivable": True}, ['pdfaid:part="3"', 'pdfaid:conformance="A"']),
        ({"accessible": True, "archivable": True}, ['pdfuaid:part="1"', 'pdfaid:part="3"', "pdfaSchema:prefix"]),
    ],
)
def test_it_says_which_standards_it_keeps(tmp_path: Path, options: dict[str, bool], said: list[str]) -> None:
    write(tmp_path, "n", {"name": ["a"], "number": [1]})
    reader = rendered(document(tmp_path, TableBlock(type="table", dataset="n")), **options)
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert all(text in metadata for text in said)
    assert metadata.count("<rdf:RDF") == metadata.count("</rdf:RDF>") == 1
    ElementTree.fromstring(metadata)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_an_archivable_file_has_the_rows_of_its_tables_inside(tmp_path: Path) -> None:
    write(tmp_path, "calls", {"agent": ["Łukasz", "=1+1"], "calls": [1284, None], "phone": ["1", "2"]})
    shown = TableBlock.model_validate({"type": "table", "dataset": "calls", "title": "Calls", "columns": [
        {"name": "agent"}, {"name": "calls", "total": "sum"},
    ]})  # fmt: skip
    reader = rendered(document(tmp_path, shown, shown), archivable=True)
    assert {name: contents[0].decode() for name, contents in reader.attachments.items()} == {
        "calls.csv": "agent,calls\r\nŁukasz,1284\r\n'=1+1,\r\n"
    }
    files: Any = reader.trailer["/Root"]["/AF"]  # type: ignore[index]
    assert [file.get_object()["/AFRelationship"] for file in files] == ["/Data"]
    assert reader.trailer["/Root"]["/OutputIntents"]  # type: ignore[index]


def test_a_long_table_is_tagged_where_that_is_asked_for_or_costs_little(tmp_path: Path) -> None:
    for rows, options, tagged in [(300, {}, True), (6000, {}, False), (6000, {"accessible": True}, True)]:
        write(tmp_path, "n", {"number": list(range(rows))})
        reader = rendered(document(tmp_path, TableBlock(type="table", dataset="n")), **options)
        assert ("/StructTreeRoot" in reader.trailer["/Root"]) == tagged  # type: ignore[operator]
