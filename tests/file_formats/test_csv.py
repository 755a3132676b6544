"""CSV: what its values are, and what is told of a file that is not as it should be."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from file_runs import fault, rows_of, tables_of, told, types_of
from scheduled_reports.file_formats.csv import CsvFormat

BERLIN = dt.timezone(dt.timedelta(hours=2))


def csv(folder: Path, content: str | bytes, name: str = "calls.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", ""], "int64"),
        (["1", "00123"], "string"),
        (["+4930123456"], "string"),
        (["9223372036854775807"], "int64"),
        (["9223372036854775808"], "string"),
        (["1.5", "2", "1e-05"], "double"),
        (["12E5", "1"], "string"),
        (["0.12345678901234567890"], "string"),
        (["123456789012345678", "1.5"], "string"),
        (["9007199254740993", "1.5"], "string"),
        (["9007199254740992", "0.30000000000000004"], "double"),
        (["1", "NA"], "string"),
        (["true", "false"], "bool"),
        (["1", "true"], "string"),
        (["2026-10-01", "2026-02-28"], "date32[day]"),
        (["2026-10-01", "2026-02-30"], "string"),
        (["01.10.2026"], "string"),
        (["2026-10-01 06:30:00", "2026-10-01T06:30"], "timestamp[us]"),
        (["2026-10-01", "2026-10-01 06:30:00"], "string"),
        (["2026-10-01 06:30:00+02:00", "2026-10-01T06:30Z"], "timestamp[us, tz=UTC]"),
        (["", ""], "string"),
        ([" 5"], "string"),
    ],
)
def test_a_type_is_found_only_where_nothing_is_lost_by_it(tmp_path: Path, values: list[str], kind: str) -> None:
    rows = "".join(f"{value},x\n" for value in values)

    assert types_of(tmp_path, csv(tmp_path, "a,b\n" + rows)) == {"a": kind, "b": "string"}


@pytest.mark.parametrize(
    ("late", "kind", "first"), [("00123", "string", "1"), ("0.5", "double", 1.0), ("x", "string", "1")]
)
def test_a_type_that_only_the_last_row_contradicts_is_not_taken(
    tmp_path: Path, late: str, kind: str, first: object
) -> None:
    path = csv(tmp_path, "n,text\n" + "1,some words that make the file longer\n" * 60_000 + f"{late},end\n")

    column = tables_of(tmp_path, path).read("orders")["n"]

    assert (str(column.type), len(column), column[0].as_py()) == (kind, 60_001, first)


def test_empty_is_no_value_and_empty_quotes_are_empty_text(tmp_path: Path) -> None:
    path = csv(tmp_path, 'a,b,c\n,"",NA\n"x","NA","NULL"\n')

    assert rows_of(tmp_path, path, format={"type": "csv", "null_values": ["NA", "NULL"]}) == [
        {"a": None, "b": "", "c": None}, {"a": "x", "b": "NA", "c": "NULL"},
    ]  # fmt: skip


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
def test_line_ends_of_every_system_and_none_at_the_end_are_read_alike(tmp_path: Path, ending: str, last: str) -> None:
    lines = ["a,b", "1,x", "", '2,"y""z"', "3,"]
    path = csv(tmp_path, ending.join(lines) + (ending if last else ""))

    assert rows_of(tmp_path, path) == [{"a": 1, "b": "x"}, {"a": 2, "b": 'y"z'}, {"a": 3, "b": None}]


@pytest.mark.parametrize(
    ("content", "name"),
    [("a;b\n1,5;x\n", "x.csv"), ("a\tb\n1,5\tx\n", "x.csv"), ("a\tb\n1,5\tx\n", "x.tsv"), ("a|b\n1,5|x\n", "x.txt")],
)
def test_the_delimiter_is_found(tmp_path: Path, content: str, name: str) -> None:
    assert rows_of(tmp_path, csv(tmp_path, content, name)) == [{"a": "1,5", "b": "x"}]


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert rows_of(tmp_path, csv(tmp_path, "a\n1\n\n2\n")) == [{"a": 1}, {"a": 2}]


def test_a_delimiter_that_nothing_tells_is_asked_for(tmp_path: Path) -> None:
    error = fault(tmp_path, csv(tmp_path, "a,b;c\n1,2\n1;2\n"))

    assert "calls.csv:1: the header can be divided by ',' or ';'" in str(error)
    assert error.fix == "declare `delimiter` in the source's `format`"


GERMAN = {"type": "csv", "delimiter": ";", "decimal": ",", "thousands": ".", "date_format": "%d.%m.%Y",
          "timestamp_format": "%d.%m.%Y %H:%M", "encoding": "cp1252", "skip_rows": 2}  # fmt: skip


def test_an_export_of_another_country_is_read_as_it_is_meant(tmp_path: Path) -> None:
    rows = ["Umsätze", "", "Nr;Kunde;Umsatz;Tag;Um", "0815;Müller;1.234,56;01.10.2026;01.10.2026 06:30"]
    path = csv(tmp_path, "\r\n".join([*rows, "0816;Özil;-12;2.10.2026;", ""]).encode("cp1252"))

    first, second = rows_of(tmp_path, path, format=GERMAN, columns={"Umsatz": {"type": "decimal(9,2)"}})

    assert first == {"Nr": "0815", "Kunde": "Müller", "Umsatz": Decimal("1234.56"), "Tag": dt.date(2026, 10, 1),
                     "Um": dt.datetime(2026, 10, 1, 6, 30)}  # noqa: DTZ001  # fmt: skip
    assert (second["Umsatz"], second["Tag"], second["Um"]) == (Decimal(-12), dt.date(2026, 10, 2), None)


@pytest.mark.parametrize("value", ["12.34", "1.2.3", "1.5", "1,2,3", "12.3456,7"])
def test_a_number_that_is_not_written_as_declared_is_never_read_as_another(tmp_path: Path, value: str) -> None:
    path = csv(tmp_path, f"a;b\n{value};x\n")

    error = fault(tmp_path, path, format={"type": "csv", "delimiter": ";", "decimal": ",", "thousands": "."},
                  columns={"a": {"type": "number"}})  # fmt: skip

    assert error.why == f"column 'a': {value!r} is no number with a decimal ','"


def test_a_decimal_comma_that_nothing_declares_is_told_with_the_sign_that_is_expected(tmp_path: Path) -> None:
    error = fault(tmp_path, csv(tmp_path, "a;b\n1,50;x\n"), columns={"a": {"type": "decimal(9,2)"}})

    assert error.why == "column 'a': '1,50' is no decimal(9,2) with a decimal '.'"


def test_a_declared_type_is_read_exactly_or_not_at_all(tmp_path: Path) -> None:
    path = csv(tmp_path, "n\n1.50\n1.505\n")

    error = fault(tmp_path, path, columns={"n": {"type": "decimal(9,2)"}})

    assert told(error, tmp_path) == (
        "source 'orders' (sales.yaml:4): …/calls.csv:3: column 'n': '1.505' is no decimal(9,2)\n"
        "  → have it mended, or set `on_bad_row: quarantine` to go on without such rows"
    )


QUARANTINE = [
    ("a,b\n1,2\n3\n5,6\n", 3, None, "it has 1 field instead of 2", "3"),
    ("a,b\n1,2\n3,4,5\n5,6\n", 3, None, "it has 3 fields instead of 2", "3,4,5"),
    ('a,b\n1,2\n"x"y,4\n5,6\n', 3, None, "text stands between a closing quote and the next delimiter", '"x"y,4'),
    ('a,b\n"1\n",2\n3\n5,6\n', 4, None, "it has 1 field instead of 2", "3"),
    ("a,b\r\n1,2\r\n\r\n3\r\n5,6\r\n", 4, None, "it has 1 field instead of 2", "3"),
    ("a,b\n1,2\n3,x\0y\n5,6\n", 3, None, "it holds a NUL byte", "3,x\0y"),
    ("a,b\n1,2\nx,4\n5,6\n", 3, "a", "'x' is no integer", "x,4"),
    ('a,b\n"1","2\n\n"\n\n"x","4,5"\n5,6\n', 6, "a", "'x' is no integer", 'x,"4,5"'),
]


@pytest.mark.parametrize(("content", "line", "column", "reason", "row"), QUARANTINE)
def test_a_bad_row_is_kept_apart_with_its_place_its_reason_and_its_text(
    tmp_path: Path, content: str, line: int, column: str | None, reason: str, row: str
) -> None:
    path = csv(tmp_path, content)

    tables = tables_of(tmp_path, path, on_bad_row="quarantine", columns={"a": {"type": "text" if line == 4 and "\n\"" in
                       content else "integer"}})  # fmt: skip

    assert tables.read("orders_rejected").to_pylist() == [
        {"file": str(path), "line": line, "column": column, "reason": reason, "row": row}
    ]
    assert tables.rows("orders") == 2


@pytest.mark.parametrize(("content", "line", "column", "reason", "row"), QUARANTINE[:3])
def test_a_bad_row_stops_with_file_line_and_reason_unless_it_may_be_kept_apart(
    tmp_path: Path, content: str, line: int, column: str | None, reason: str, row: str
) -> None:
    error = fault(tmp_path, csv(tmp_path, content))

    assert f"…/calls.csv:{line}: {reason} ({row!r})" in told(error, tmp_path)
    assert not error.retryable


@pytest.mark.parametrize("policy", ["stop", "quarantine"])
@pytest.mark.parametrize(
    ("content", "place", "why"),
    [
        ("a,b\n1,2\n3,4\n5", "4", "the file is cut: its last line has no end, and 1 field instead of 2"),
        ('a,b\n1,2\n3,"4\n5,6\n', "3", "a quote in the record of line 3 is never closed"),
        ('a,b\n1,2\n3,"', "3", "a quote in the record of line 3 is never closed"),
    ],
)
def test_a_file_that_is_cut_is_never_taken_for_a_whole_one(
    tmp_path: Path, policy: str, content: str, place: str, why: str
) -> None:
    error = fault(tmp_path, csv(tmp_path, content), on_bad_row=policy)

    assert f"…/calls.csv:{place}: {why}" in told(error, tmp_path)
    assert error.retryable, "it may be sent again, whole"


def test_a_quote_that_is_never_closed_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduled_reports.file_formats.csv.MOST_BYTES", 100_000)
    path = csv(tmp_path, 'a,b\n1,"x\n' + "2,y\n" * 2_000_000)

    assert f"{path}:2: a quote in the record of line 2 is never closed" in str(fault(tmp_path, path))


def test_an_inch_mark_within_a_field_stands_for_itself(tmp_path: Path) -> None:
    path = csv(tmp_path, 'item,size\nscreen,27"\n"a, b","19"""\n')

    assert rows_of(tmp_path, path) == [{"item": "screen", "size": '27"'}, {"item": "a, b", "size": '19"'}]


def test_quotes_may_be_none_and_delimiters_escaped(tmp_path: Path) -> None:
    path = csv(tmp_path, 'a,b\n"x,y\\,z\n')

    assert rows_of(tmp_path, path, format={"type": "csv", "quote": "", "escape": "\\"}) == [{"a": '"x', "b": "y,z"}]


@pytest.mark.parametrize(
    ("content", "told_of"),
    [
        ("", "calls.csv: it has 0 bytes"),
        ("\n\n", "calls.csv: it has no header"),
        ("a,b,A\n1,2,3\n", "calls.csv:1: the header names 'a' and 'A', which are one name"),
        ("a,,b\n1,2,3\n", "calls.csv:1: column 2 of the header has no name"),
        (b"PK\x03\x04rest", "calls.csv: it is a ZIP archive or an Excel workbook, not text"),
        (b"PAR1rest", "calls.csv: it is a Parquet file, not text"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, content: str | bytes, told_of: str) -> None:
    assert told_of in str(fault(tmp_path, csv(tmp_path, content)))


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    table = tables_of(tmp_path, csv(tmp_path, "id, name \n"), columns={"id": {"type": "integer"}}).read("orders")

    assert (table.num_rows, {field.name: str(field.type) for field in table.schema}) == (
        0, {"id": "int64", "name": "string"},
    )  # fmt: skip


def test_without_a_header_the_declared_columns_are_those_of_the_file_in_its_order(tmp_path: Path) -> None:
    path = csv(tmp_path, "1,x\n2,y\n")
    columns: dict[str, Any] = {"id": {}, "name": {"type": "text"}}

    assert rows_of(tmp_path, path, format={"type": "csv", "header": False}, columns=columns) == [
        {"id": 1, "name": "x"}, {"id": 2, "name": "y"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"delimiter": "ab"}, "'ab' is not one ASCII character"),
        ({"delimiter": "§"}, "'§' is not one ASCII character"),
        ({"delimiter": '"'}, "are not three different characters"),
        ({"encoding": "utf-99"}, "there is no encoding 'utf-99'"),
        ({"encoding": "base64"}, "there is no encoding 'base64'"),
        ({"date_format": "dd.mm.yyyy"}, "'dd.mm.yyyy' is no date format"),
        ({"thousands": "."}, "'decimal' and 'thousands' are both '.'"),
    ],
)
def test_a_format_that_cannot_be_is_refused_when_it_is_written(fields: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match="Value error") as caught:
        CsvFormat.model_validate({"type": "csv", **fields})

    assert why in str(caught.value)
