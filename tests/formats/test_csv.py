"""CSV files, read back by Python's csv module, by pyarrow and byte by byte."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv
import pytest
from pydantic import ValidationError

from sample_document import CAMPAIGNS, STALE, brief, document, write
from scheduled_reports.errors import SourceError
from scheduled_reports.formats.csv import Csv

HARD_TEXTS = [
    "plain", "", None, "comma, comma", 'quo"te', '"', "line\nbreak", "carriage\rreturn", "both\r\nof them", " spaces ",
    "王小明", "🎉👩‍👩‍👧", "e\u0301", "w" * 5000, "semi;colon", "tab\tinside", "\ufeffmark", "NULL", "0001", "\u2028",
]  # fmt: skip
RISKY_TEXTS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", "\x1f", "\x7f=1", "＝1", "＋1", "－1", "＠1",
]  # fmt: skip


def wall(*parts: int) -> dt.datetime:
    """Return a moment that knows no zone."""
    return dt.datetime(*parts)  # noqa: DTZ001


def rendered(folder: Path, columns: dict[str, Any], formulas: Literal["escape", "keep"] = "escape") -> bytes:
    write(folder, "sample", columns)
    target = folder / "out.csv"
    Csv(type="csv", dataset="sample", formulas=formulas).render(document(folder), target)
    return target.read_bytes()


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))


def test_it_writes_every_row_below_the_raw_column_names(tmp_path: Path) -> None:
    Csv(type="csv", dataset="campaigns").render(brief(tmp_path), tmp_path / "out.csv")
    found = rows((tmp_path / "out.csv").read_bytes())
    assert found[0] == ["campaign", "calls", "conversion", "revenue", "handle_time"]
    assert [row[0].removeprefix("'") for row in found[1:]] == [campaign[0] for campaign in CAMPAIGNS]
    assert found[8] == ["'+Plus Tarif", "0", "", "", ""]


def test_every_record_ends_in_crlf_and_there_is_no_byte_order_mark(tmp_path: Path) -> None:
    assert rendered(tmp_path, {"a": [1, 2], "b": ["x", "y"]}) == b"a,b\r\n1,x\r\n2,y\r\n"


def test_only_fields_that_need_it_are_quoted(tmp_path: Path) -> None:
    content = rendered(tmp_path, {"a": ["x", "x,y", 'x"y', "x\ny", "x y"]})
    assert content.decode().splitlines(keepends=True)[1:3] == ["x\r\n", '"x,y"\r\n']
    assert content.endswith(b'"x""y"\r\n"x\ny"\r\nx y\r\n')


def test_hard_texts_come_back_as_they_were(tmp_path: Path) -> None:
    content = rendered(tmp_path, {"text": HARD_TEXTS, "number": list(range(len(HARD_TEXTS)))})
    assert rows(content)[1:] == [[text or "", str(number)] for number, text in enumerate(HARD_TEXTS)]


def test_null_and_empty_text_differ(tmp_path: Path) -> None:
    content = rendered(tmp_path, {"text": ["", None], "number": [1, 2]})
    assert content == b'text,number\r\n"",1\r\n,2\r\n'
    options = pyarrow.csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
    table = pyarrow.csv.read_csv(io.BytesIO(content), convert_options=options)
    assert table["text"].to_pylist() == ["", None]


def test_a_record_of_one_null_is_no_blank_line(tmp_path: Path) -> None:
    assert rendered(tmp_path, {"a": [1, None, 3]}) == b'a\r\n1\r\n""\r\n3\r\n'


@pytest.mark.parametrize("text", RISKY_TEXTS)
def test_text_that_looks_like_a_formula_gets_an_apostrophe(tmp_path: Path, text: str) -> None:
    content = rendered(tmp_path, {"text": [text, "safe", None], "number": [1, 2, 3]})
    assert rows(content)[1:] == [["'" + text, "1"], ["safe", "2"], ["", "3"]]


@pytest.mark.parametrize("text", RISKY_TEXTS)
def test_keep_leaves_formulas_as_they_are(tmp_path: Path, text: str) -> None:
    content = rendered(tmp_path, {"text": [text], "number": [1]}, formulas="keep")
    assert rows(content)[1:] == [[text, "1"]]


def test_signs_inside_a_text_are_left_alone(tmp_path: Path) -> None:
    texts = ["a=b", "1+1", "x@y.z", "well-known", " =1", "'=1"]
    assert [row[0] for row in rows(rendered(tmp_path, {"text": texts, "n": texts}))[1:]] == texts


def test_a_column_name_from_data_cannot_be_a_formula_either(tmp_path: Path) -> None:
    assert rows(rendered(tmp_path, {"=cmd()": [1], 'a"b,c': [2]}))[0] == ["'=cmd()", 'a"b,c']


def test_negative_numbers_are_never_escaped(tmp_path: Path) -> None:
    content = rendered(tmp_path, {"a": [-5], "b": [-0.5], "c": [Decimal("-1.50")], "d": [dt.date(2026, 1, 1)]})
    assert content == b"a,b,c,d\r\n-5,-0.5,-1.50,2026-01-01\r\n"


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    big = Decimal("12345678901234567890123456789012345678")
    negative = big.copy_negate()  # unlike -big, not rounded to 28 digits
    columns = {
        "decimal": [big, negative, None],
        "small": [Decimal("0E-10"), Decimal("1E-10"), Decimal("1.5000000000")],
        "integer": [2**63 - 1, -(2**63), 0],
        "float": [0.1 + 0.2, 1.7976931348623157e308, 5e-324],
    }
    found = rows(rendered(tmp_path, columns))[1:]
    assert [row[0] for row in found] == [str(big), str(negative), ""]
    assert [row[1] for row in found] == ["0.0000000000", "0.0000000001", "1.5000000000"]
    assert [int(row[2]) for row in found] == columns["integer"]
    assert [float(row[3]) for row in found] == columns["float"]


def test_nan_and_infinity_are_empty(tmp_path: Path) -> None:
    content = rendered(tmp_path, {"a": [float("nan"), float("inf"), float("-inf"), 1.5], "b": [1, 2, 3, 4]})
    assert content == b"a,b\r\n,1\r\n,2\r\n,3\r\n1.5,4\r\n"


def test_dates_and_times_are_iso(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)
    columns = {
        "date": [dt.date(9999, 12, 31), dt.date(1899, 1, 1), None],
        "local": [wall(2026, 1, 1, 8), wall(1899, 1, 1, 8, 0, 0, 5), None],
        "instant": [moment, moment + dt.timedelta(days=184), None],
        "time": [dt.time(6, 30), dt.time(6, 30, 0, 1), None],
    }
    assert rows(rendered(tmp_path, columns))[1:] == [
        ["9999-12-31", "2026-01-01 08:00:00", "2026-07-02 00:30:00+02:00", "06:30:00"],
        ["1899-01-01", "1899-01-01 08:00:00.000005", "2027-01-01 23:30:00+01:00", "06:30:00.000001"],
        ["", "", "", ""],
    ]


def test_other_kinds_have_a_text(tmp_path: Path) -> None:
    columns = {
        "flag": [True, None],
        "bytes": [b"\xff\x00", None],
        "nested": [[{"a": 1, "b": "ü"}], None],
        "category": pa.array(["=x", None]).dictionary_encode(),
        "nothing": pa.nulls(2),
    }
    found = rows(rendered(tmp_path, columns))[1:]
    assert found == [["true", "/wA=", '[{"a":1,"b":"ü"}]', "'=x", ""], ["", "", "", "", ""]]


def test_a_table_without_rows_is_a_header(tmp_path: Path) -> None:
    assert rendered(tmp_path, {"a": pa.array([], pa.int64()), "b": pa.array([], pa.string())}) == b"a,b\r\n"


def test_rows_keep_their_order_across_batches(tmp_path: Path) -> None:
    numbers = list(range(60_000))
    assert [int(row[0]) for row in rows(rendered(tmp_path, {"n": numbers, "t": ["x"] * 60_000}))[1:]] == numbers


def test_a_dataset_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="table 'nowhere' is not in this run"):
        Csv(type="csv", dataset="nowhere").render(brief(tmp_path), tmp_path / "out.csv")


def test_formulas_is_escape_or_keep() -> None:
    with pytest.raises(ValidationError, match="formulas"):
        Csv.model_validate({"type": "csv", "dataset": "a", "formulas": "run"})


def test_a_notice_leaves_the_data_as_it_is(tmp_path: Path) -> None:
    content = brief(tmp_path)
    for name, notices in (("with.csv", (STALE,)), ("without.csv", ())):
        Csv(type="csv", dataset="campaigns").render(replace(content, notices=notices), tmp_path / name)
    assert (tmp_path / "with.csv").read_bytes() == (tmp_path / "without.csv").read_bytes()
