"""JSON and JSON Lines: every literal is kept, and a cut file is never a shorter one."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from file_runs import fault, rows_of, tables_of, told, types_of

RECORDS = [{"id": 1, "name": "x"}, {"id": 2, "tags": ["a", {"b": 1.5}]}]


def put(folder: Path, content: object, name: str = "orders.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["orders.json", "orders.jsonl"])
def test_a_record_may_lack_keys_and_what_is_nested_is_json_text(tmp_path: Path, name: str) -> None:
    lines = "".join(json.dumps(record) + "\n" for record in RECORDS)

    assert rows_of(tmp_path, put(tmp_path, RECORDS if name.endswith("json") else lines, name)) == [
        {"id": 1, "name": "x", "tags": None}, {"id": 2, "name": None, "tags": '["a", {"b": 1.5}]'},
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["orders.json", "orders.jsonl"])
@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ("1 2 null", "int64"),
        ("1 2.5", "double"),
        ("true null", "bool"),
        ('"1" "2"', "string"),
        ('1 "x"', "string"),
        ("9223372036854775808", "string"),
        ("9007199254740993 1", "int64"),
        ("9007199254740993 1.5", "string"),
        ("1.5 9007199254740992", "double"),
        ("0.30000000000000004", "double"),
        ("2.255555555555555555555", "string"),
        ("[1] {}", "string"),
        ("null", "string"),
        ('"2026-10-01"', "string"),
    ],
)
def test_types_are_those_of_the_file(tmp_path: Path, name: str, values: str, kind: str) -> None:
    records = [f'{{"a": {value}, "b": 0}}' for value in values.split()]
    text = f"[{','.join(records)}]" if name.endswith("json") else "\n".join(records)

    assert types_of(tmp_path, put(tmp_path, text, name))["a"] == kind


@pytest.mark.parametrize("name", ["orders.json", "orders.jsonl"])
def test_a_decimal_is_what_stands_in_the_file_and_not_the_nearest_float(tmp_path: Path, name: str) -> None:
    text = '{"a": 12345678901234567890.12, "b": "0.10"}'
    columns = {"a": {"type": "decimal(22,2)"}, "b": {"type": "decimal(4,2)"}}

    rows = rows_of(tmp_path, put(tmp_path, f"[{text}]" if name.endswith("json") else text, name), columns=columns)

    assert rows == [{"a": Decimal("12345678901234567890.12"), "b": Decimal("0.10")}]


def test_records_stand_under_a_path(tmp_path: Path) -> None:
    path = put(tmp_path, {"meta": {"items": 1}, "data": {"items": RECORDS}, "end": 1})

    assert len(rows_of(tmp_path, path, format={"type": "json", "records": "data.items"})) == 2


@pytest.mark.parametrize(
    ("content", "records", "why", "fix"),
    [
        ({"data": {"items": []}}, "", "it is not a list of objects", "allowed: data"),
        ({"data": {"items": [], "x": 1}}, "data.item", "there is no list at 'data.item'", "did you mean 'items'?"),
        ({"data": {"items": {}}}, "data.items", "there is no list at 'data.items'", "allowed: items"),
        ('{"a": 1}\n{"a": 2}', "", "more than one value stands in it", "`type: jsonl`"),
        ("[1, 2", "", "the file is cut after object 2", "have it sent again"),
        ('[{"a": 1}, {"a": ', "", "the file is cut after object 1", "have it sent again"),
        ("", "", "the file is cut", "have it sent again"),
        ('[{"a": 1},]', "", "it is no JSON after object 1: ", "have it mended"),
        ('[{"a": NaN}]', "", "it is no JSON: lexical error", "have it mended"),
    ],
)
def test_what_is_no_list_of_objects_is_told(tmp_path: Path, content: object, records: str, why: str, fix: str) -> None:
    error = fault(tmp_path, put(tmp_path, content), format={"type": "json", "records": records},
                  on_bad_row="quarantine")  # fmt: skip

    assert error.why.startswith(why)
    assert fix in error.fix


def test_a_record_that_is_no_object_is_a_bad_row(tmp_path: Path) -> None:
    path = put(tmp_path, '[{"a": 1}, [2], {"a": 3}]')

    tables = tables_of(tmp_path, path, on_bad_row="quarantine")

    assert tables.read("orders_rejected").to_pylist() == [
        {"file": str(path), "line": 2, "column": None, "reason": "it is a list, not an object", "row": "[2]"}
    ]
    assert tables.rows("orders") == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": 1', "it is no JSON: expecting ',' delimiter at column 8"),
        ('{"a": NaN}', "NaN is no JSON"),
        ("5", "it is a number, not an object"),
        ('{"a": "\\ud800"}', "it holds half of a letter (a lone surrogate)"),
        ("[" * 100_000, "it is nested too deeply"),
    ],
)
def test_a_line_that_is_no_object_is_a_bad_row(tmp_path: Path, line: str, reason: str) -> None:
    path = put(tmp_path, f'{{"a": 1}}\n\n{line}\n{{"a": 2}}\n', "orders.ndjson")

    tables = tables_of(tmp_path, path, on_bad_row="quarantine")
    [bad] = tables.read("orders_rejected").to_pylist()

    assert (bad["line"], bad["reason"], bad["row"]) == (3, reason, line)
    assert tables.rows("orders") == 2
    assert f"…/orders.ndjson:3: {reason}" in told(fault(tmp_path, path), tmp_path)


def test_a_last_line_that_is_cut_is_never_left_out(tmp_path: Path) -> None:
    error = fault(tmp_path, put(tmp_path, '{"a": 1}\n{"a": ', "orders.jsonl"), on_bad_row="quarantine")

    assert "orders.jsonl:2: the file is cut" in str(error)
    assert error.retryable


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduled_reports.file_formats.jsonl.MOST_BYTES", 1_000_000)
    path = put(tmp_path, '{"a": 1}\n[' + "1," * 2_000_000, "orders.jsonl")

    assert "orders.jsonl:2: the line is longer than" in str(fault(tmp_path, path))


@pytest.mark.parametrize("name", ["orders.json", "orders.jsonl"])
def test_a_column_of_json_takes_any_value_as_json(tmp_path: Path, name: str) -> None:
    values: list[Any] = ["x", 1, None, [1], {"b": "ü"}]
    records = [{"a": value} for value in values]
    text = json.dumps(records) if name.endswith("json") else "\n".join(map(json.dumps, records))

    rows = rows_of(tmp_path, put(tmp_path, text, name), columns={"a": {"type": "json"}})

    assert [None if row["a"] is None else json.loads(row["a"]) for row in rows] == values


def test_no_records_are_no_rows_where_columns_are_declared(tmp_path: Path) -> None:
    path = put(tmp_path, "[]")

    assert types_of(tmp_path, path, columns={"a": {"type": "date"}, "b": {}}) == {"a": "date32[day]", "b": "string"}
    assert "has no columns: there is no row that would tell them" in str(fault(tmp_path, path))


def test_a_declared_column_that_no_record_has_is_told(tmp_path: Path) -> None:
    error = fault(tmp_path, put(tmp_path, RECORDS), columns={"nam": {}})

    assert error.why == "no row has a column 'nam'"
    assert "did you mean 'name'?" in error.fix
