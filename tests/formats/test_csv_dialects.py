"""The dialects that a CSV file may have: read back by Python's csv module and by pandas."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from sample_document import STALE, document, write
from scheduled_reports.brands import HOUSE
from scheduled_reports.errors import RenderError
from scheduled_reports.formats.csv import Csv
from scheduled_reports.language import Language


def written(folder: Path, columns: dict[str, Any], **options: Any) -> bytes:
    """Return the bytes of a CSV file with these options, as a spec gives them."""
    write(folder, "sample", columns)
    target = folder / "out.csv"
    Csv.model_validate({"type": "csv", "dataset": "sample", **options}).render(document(folder), target)
    return target.read_bytes()


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))


def test_delimiter_and_line_end_are_as_asked(tmp_path: Path) -> None:
    content = written(tmp_path, {"a": ["x;y", "x,y"], "b": [1, 2]}, delimiter=";", line_end="lf")
    assert content == b'a;b\n"x;y";1\nx,y;2\n'


def test_a_decimal_comma_is_in_numbers_and_nowhere_else(tmp_path: Path) -> None:
    columns = {
        "float": [1.5, -0.25, None],
        "decimal": [Decimal("1234.50"), None, Decimal("-0.01")],
        "text": ["1.5", "a.b", ""],
        "moment": [dt.datetime(2026, 1, 1, 8, 0, 0, 5)] * 3,  # noqa: DTZ001 - a moment that knows no zone
    }
    content = written(tmp_path, columns, delimiter=";", decimal=",")
    assert content.decode().splitlines()[1:] == [
        "1,5;1234,50;1.5;2026-01-01 08:00:00.000005", "-0,25;;a.b;2026-01-01 08:00:00.000005",
        ';-0,01;"";2026-01-01 08:00:00.000005',
    ]  # fmt: skip
    table = pd.read_csv(io.BytesIO(content), sep=";", decimal=",")
    assert table["float"].tolist()[:2] == [1.5, -0.25]


def test_quote_all_quotes_every_value_but_none_that_is_missing(tmp_path: Path) -> None:
    content = written(
        tmp_path, {"a": ['x"y', "", None], "n": [1, None, 3], "d": [dt.date(2026, 1, 1)] * 3}, quote="all"
    )
    assert content == b'"a","n","d"\r\n"x""y","1","2026-01-01"\r\n"",,"2026-01-01"\r\n,"3","2026-01-01"\r\n'


def test_a_text_that_looks_like_a_missing_value_is_quoted(tmp_path: Path) -> None:
    content = written(tmp_path, {"a": ["NA", None, "", "n"], "x": [1.5, None, float("nan"), 2]}, missing="NA")
    assert content == b'a,x\r\n"NA",1.5\r\nNA,NA\r\n"",NA\r\nn,2\r\n'


def test_without_a_header_the_first_record_is_a_row(tmp_path: Path) -> None:
    assert written(tmp_path, {"a": [1], "b": ["x"]}, header=False) == b"1,x\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "iso-8859-1", "utf-16"])
def test_every_encoding_reads_back(tmp_path: Path, encoding: str) -> None:
    texts = ["Zürich", "naïve;", "plain"]
    content = written(tmp_path, {"städte": texts, "n": [1, 2, 3]}, encoding=encoding)
    found = list(csv.reader(io.StringIO(content.decode(encoding), newline="")))
    assert found == [["städte", "n"], *([text, str(number)] for number, text in enumerate(texts, 1))]
    mark = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}.get(encoding, b"")
    assert content.startswith(mark + "s".encode(encoding.replace("-sig", "").replace("16", "16-le")))


def test_a_character_that_the_encoding_lacks_is_told_with_its_place(tmp_path: Path) -> None:
    columns = {"n": list(range(20_000)), "city": [*["Zürich"] * 12_344, "東京", *["Wien"] * 7_655]}
    with pytest.raises(
        RenderError, match=r"row 12,345, column 'city', holds '\\u6771' \(U\+6771\), which cp1252 lacks"
    ):
        written(tmp_path, columns, encoding="cp1252")


def test_a_column_name_that_the_encoding_lacks_is_told_too(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="what stands above the rows holds"):
        written(tmp_path, {"東京": [1]}, encoding="iso-8859-1")


def test_lines_above_the_header_tell_whose_report_it_is_on_request(tmp_path: Path) -> None:
    write(tmp_path, "sample", {"a": [1]})
    made = replace(document(tmp_path), title="=Brief, daily", notices=(STALE,), brand=replace(HOUSE, name="Northwind"))
    Csv.model_validate({"type": "csv", "dataset": "sample", "about": True}).render(made, tmp_path / "out.csv")
    assert rows((tmp_path / "out.csv").read_bytes()) == [
        ["Northwind"], ["'=Brief, daily"], [made.period_label], [str(STALE)], [], ["a"], ["1"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("de", "\ufeffa;b\r\n1,5;x,y\r\n"), ("de_AT", "\ufeffa;b\r\n1,5;x,y\r\n"), ("en", '\ufeffa,b\r\n1.5,"x,y"\r\n'),
        ("de_CH", '\ufeffa,b\r\n1.5,"x,y"\r\n'),
    ],
)  # fmt: skip
def test_the_dialect_of_excel_follows_the_locale(tmp_path: Path, locale: str, expected: str) -> None:
    write(tmp_path, "sample", {"a": [1.5], "b": ["x,y"]})
    made = replace(document(tmp_path), language=Language(locale[:2], locale))
    Csv.model_validate({"type": "csv", "dataset": "sample", "dialect": "excel"}).render(made, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().decode() == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"decimal": ","}, "both the delimiter and the decimal sign"),
        ({"delimiter": '"'}, "a meaning of its own"),
        ({"delimiter": "\n"}, "a meaning of its own"),
        ({"delimiter": "é"}, "not every encoding"),
        ({"delimiter": "-"}, "values are written with it"),
        ({"delimiter": "5"}, "values are written with it"),
        ({"delimiter": ";;"}, "at most 1 character"),
        ({"missing": "a,b"}, "holds the delimiter"),
        ({"missing": "–"}, "missing"),
        ({"missing": '"'}, "missing"),
        ({"dialect": "excel", "delimiter": ";"}, "sets 'delimiter'"),
        ({"dialect": "excel", "missing": ";"}, "holds the delimiter"),
        ({"encoding": "latin"}, "encoding"),
        ({"compression": "zip"}, "compression"),
    ],
)
def test_what_cannot_be_read_back_is_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Csv.model_validate({"type": "csv", "dataset": "a", **options})


@pytest.mark.parametrize("delimiter", [";", "|", "\t", "^", "$", "\\", "]", "\x1f"])
def test_any_other_delimiter_reads_back(tmp_path: Path, delimiter: str) -> None:
    texts = [f"a{delimiter}b", "]", "\\", "^x", "plain"]
    content = written(tmp_path, {"text": texts, "n": [1] * 5}, delimiter=delimiter, formulas="keep")
    found = list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter, strict=True))
    assert [row[0] for row in found[1:]] == texts
