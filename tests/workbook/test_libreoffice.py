"""LibreOffice opens the workbooks, and calculates what stands in them."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from sample_document import showcase
from scheduled_reports.formats.xlsx import Xlsx
from workbook.parts import SALES, table

needed = pytest.mark.skipif(
    shutil.which("soffice") is None and not os.environ.get("CI"), reason="LibreOffice (soffice) is not installed"
)
TO_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
"""Every sheet as UTF-8, values as they are: https://wiki.documentfoundation.org/Documentation/DevGuide/Spreadsheet_Documents"""


def converted(file: Path, to: str) -> Path:
    """Convert a workbook beside itself, with a profile of its own so that several can run."""
    profile = (file.parent / "profile").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        to,
        "--outdir",
        str(file.parent),
    ]
    subprocess.run([*command, str(file)], check=True, capture_output=True, timeout=240)
    return file.parent


def without_values(file: Path) -> Path:
    """Return the workbook without what its formulas give, so that who opens it must calculate."""
    bare = file.with_name("bare.xlsx")
    with ZipFile(file) as parts, ZipFile(bare, "w", ZIP_DEFLATED) as made:
        for name in parts.namelist():
            made.writestr(
                name,
                re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", parts.read(name)) if "worksheets/" in name else parts.read(name),
            )
    return bare


@needed
def test_it_calculates_the_values_that_formulas_are_stored_with(tmp_path: Path) -> None:
    columns = [
        {"name": "city"}, {"name": "sales", "total": "sum"}, {"name": "contacts", "total": "max"},
        {"name": "price", "total": {"sum": "sales", "per": "contacts"}},
    ]  # fmt: skip
    book = table(tmp_path, SALES | {"price": [1.0] * 6}, columns=columns, group_by="region")
    assert book["Sample"]["B14"].value == "=SUBTOTAL(9,B2:B13)"
    folder = converted(without_values(tmp_path / "out.xlsx"), TO_CSV)
    with (folder / "bare-Sample.csv").open(encoding="utf-8", newline="") as file:
        rows = {row[0]: row[1:] for row in csv.reader(file)}
    assert [rows["North, total"][0], rows["South, total"][0], rows["Total"][0]] == ["60", "90", "210"]
    assert rows["Total"][1] == "250"
    assert float(rows["Total"][2]) == pytest.approx(210 / 650)
    assert rows["=East, total"] == ["60", "0", ""]


@needed
def test_it_opens_every_sheet_of_a_whole_report(tmp_path: Path) -> None:
    Xlsx(type="xlsx").render(showcase(tmp_path), tmp_path / "out.xlsx")
    folder = converted(tmp_path / "out.xlsx", TO_CSV)
    sheets = {path.stem.removeprefix("out-") for path in folder.glob("out-*.csv")}
    assert {"Report", "Products", "Contracts by city", "Busiest agents", "Chart data", "About"} <= sheets
    assert len((folder / "out-All calls.csv").read_text(encoding="utf-8").splitlines()) == 2001
