"""The file of a workbook: its parts, their order, and that it is the same when it is made again."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from sample_document import brief, showcase
from scheduled_reports.document import Document
from scheduled_reports.formats.xlsx import Xlsx
from workbook.parts import MAIN

ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
    "extLst",
)  # fmt: skip
"""What a worksheet consists of, in this order (ECMA-376 Part 1, 18.3.1.99); Excel opens no other."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("showcase")
    return written(showcase(folder), folder / "out.xlsx")


def written(content: Document, target: Path) -> Path:
    Xlsx(type="xlsx").render(content, target)
    return target


def parts(file: Path) -> dict[str, bytes]:
    with ZipFile(file) as found:
        return {name: found.read(name) for name in found.namelist()}


def test_sheets_consist_of_what_excel_demands_in_its_order(file: Path) -> None:
    for name, content in parts(file).items():
        if name.startswith("xl/worksheets/sheet"):
            found = [child.tag.partition("}")[2] for child in ET.fromstring(content)]
            assert set(found) <= set(ORDER)
            places = [ORDER.index(tag) for tag in found]
            assert places == sorted(places), name
            once = [tag for tag in found if tag != "conditionalFormatting"]
            assert len(once) == len(set(once)), name


def test_every_part_is_known_and_every_relation_leads_to_one(file: Path) -> None:
    found = parts(file)
    types = found["[Content_Types].xml"].decode()
    for name, content in found.items():
        root = ET.fromstring(content) if name.endswith((".xml", ".rels")) else None
        if name != "[Content_Types].xml" and not name.endswith((".rels", ".png", ".jpeg")):
            assert f'PartName="/{name}"' in types, name
        if root is None or not name.endswith(".rels"):
            continue
        numbers = [relation.attrib["Id"] for relation in root]
        assert len(numbers) == len(set(numbers)), name
        for relation in root:
            target = relation.attrib["Target"]
            if relation.attrib.get("TargetMode") != "External":
                base = name.replace("_rels/", "").rpartition("/")[0]
                assert (target[1:] if target.startswith("/") else f"{base}/{target}".lstrip("/")) in found, (
                    name,
                    target,
                )


def test_cells_name_styles_and_texts_that_are_there(file: Path) -> None:
    found = parts(file)
    styles = len(ET.fromstring(found["xl/styles.xml"]).find("{*}cellXfs") or ())
    texts = len(ET.fromstring(found["xl/sharedStrings.xml"]))
    for name, content in found.items():
        if name.startswith("xl/worksheets/sheet"):
            for cell in ET.fromstring(content).iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}c"):
                assert int(cell.attrib.get("s", 0)) < styles
                if cell.attrib.get("t") == "s":
                    assert int(cell.findtext("{*}v") or -1) < texts


def test_pictures_and_charts_say_what_they_show(file: Path) -> None:
    drawing = ET.fromstring(parts(file)["xl/drawings/drawing1.xml"])
    words = [element.attrib["descr"] for element in drawing.iter() if element.tag.endswith("cNvPr")]
    assert len(words) == 5
    assert all(words)


def test_made_again_it_is_the_same_file(file: Path, tmp_path: Path) -> None:
    assert written(showcase(tmp_path), tmp_path / "out.xlsx").read_bytes() == file.read_bytes()


def test_it_says_when_it_was_made_and_by_what(tmp_path: Path) -> None:
    content = brief(tmp_path)
    later = replace(content, provenance=replace(content.provenance, commit="a1b2c3d"))
    core = parts(written(later, tmp_path / "out.xlsx"))["docProps/core.xml"].decode()
    assert core.count("2026-10-02T04:30:00Z") == 2
    assert "commit a1b2c3d" in core


def test_an_error_while_rows_are_read_is_told_and_not_hidden(tmp_path: Path) -> None:
    content = brief(tmp_path)
    whole = (tmp_path / "agents.parquet").read_bytes()
    (tmp_path / "agents.parquet").write_bytes(bytes(byte ^ 255 for byte in whole[:200]) + whole[200:])
    with pytest.raises(Exception, match="table 'Agents' over 'agents'"):
        written(content, tmp_path / "out.xlsx")


def test_formulas_are_those_of_totals_alone(file: Path) -> None:
    sheets = (content for name, content in parts(file).items() if name.startswith("xl/worksheets/sheet"))
    cells = itertools.chain.from_iterable(ET.fromstring(sheet).iter(f"{MAIN}f") for sheet in sheets)
    formulas = [cell.text or "" for cell in cells]
    assert [text for text in formulas if not text.startswith(("SUBTOTAL(", "IF(SUBTOTAL("))] == []
    assert any(text.startswith("SUBTOTAL(9,") for text in formulas)
