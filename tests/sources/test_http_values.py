"""The source `http`: what values become, and the type that a column of them has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from http_server import Reply, answered, api_run, connect_api, serving
from scheduled_reports.errors import SourceError
from scheduled_reports.steps.extract import extract
from scheduled_reports.tables import Tables

Connect = Callable[..., None]


def test_numbers_keep_their_digits(tmp_path: Path, connection: Connect) -> None:
    body = b'[{"amount": 1.10, "big": 9007199254740993}, {"amount": 123456789012345.67, "big": -1}]'
    reply = Reply(body, headers={"Content-Type": "application/json; charset=utf-8"})

    assert answered(tmp_path, connection, "path: /o", reply) == [
        {"amount": Decimal("1.10"), "big": 9007199254740993},
        {"amount": Decimal("123456789012345.67"), "big": -1},
    ]


def test_nested_values_become_json_text_with_all_their_digits(tmp_path: Path, connection: Connect) -> None:
    body = b'[{"customer": {"name": "M\xc3\xbcller", "limit": 1.10, "tags": ["a", null]}, "lines": [1, 2.50]}]'

    [row] = answered(tmp_path, connection, "path: /o\nresponse: json", Reply(body))

    assert row == {"customer": '{"name": "Müller", "limit": 1.10, "tags": ["a", null]}', "lines": "[1, 2.50]"}
    with Tables(tmp_path / "out").query("SELECT customer ->> '$.name' AS name FROM orders", {}, "x") as found:
        assert found.read_all().to_pylist() == [{"name": "Müller"}]


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        ("1, 2.5, null", [Decimal("1.0"), Decimal("2.5"), None]),
        ("9223372036854775807, -9223372036854775808", [9223372036854775807, -9223372036854775808]),
        ("12345678901234567890123, 0.5", [Decimal("12345678901234567890123.0"), Decimal("0.5")]),
        ("1E5, 0.25", [Decimal("100000.00"), Decimal("0.25")]),
        ("5.551115123125783e-17, 1234567.5", [5.551115123125783e-17, 1234567.5]),
        ("1e-300, 1", [1e-300, 1.0]),
        ("true, null, false", [True, None, False]),
        ("null, null", [None, None]),
        ('"", "\\u0000", "\\ud83c\\udf89"', ["", "\0", "🎉"]),
    ],
)
def test_a_column_has_the_type_that_holds_all_its_values(
    tmp_path: Path, connection: Connect, values: str, stored: list[Any]
) -> None:
    body = ", ".join(f'{{"v": {value.strip()}}}' for value in values.split(",")).join("[]").encode()

    rows = answered(tmp_path, connection, "path: /o\nresponse: json", Reply(body))

    assert [row["v"] for row in rows] == stored
    assert {type(row["v"]) for row in rows} == {type(value) for value in stored}


@pytest.mark.parametrize(
    ("values", "told", "kept"),
    [
        ('1, "many"', "column 'v' changes its type: record 1 has numbers, record 2 text", ["1", "many"]),
        (
            "null, true, 1",
            "column 'v' changes its type: record 2 has true or false, record 3 numbers",
            [None, "true", "1"],
        ),
        (f"{10**40 + 1}", "up to 41 digits before the point", [f"{10**40 + 1}"]),
        (
            "123456789012345678901234567890.5, 0.0000000000000002",
            "up to 30 digits before the point and 16 behind it",
            ["123456789012345678901234567890.5", "2E-16"],
        ),
        ("1e999, 0.5", "up to 1,000 digits before the point", ["1E+999", "0.5"]),
    ],
)
def test_values_that_no_type_holds_are_told_and_kept_as_text_where_declared(
    tmp_path: Path, connection: Connect, values: str, told: str, kept: list[Any]
) -> None:
    body = ", ".join(f'{{"v": {value.strip()}}}' for value in values.split(",")).join("[]").encode()

    with pytest.raises(SourceError, match=r"source 'orders'") as caught:
        answered(tmp_path, connection, "path: /o\nresponse: json", Reply(body))

    assert told in str(caught.value)
    assert "columns: {v: {type: text}}" in caught.value.fix
    source = "path: /o\nresponse: json\ncolumns: {v: {type: text}}"
    rows = answered(tmp_path, connection, source, Reply(body))
    assert [row["v"] for row in rows] == kept


def test_a_column_declared_as_json_keeps_texts_in_quotes(tmp_path: Path, connection: Connect) -> None:
    reply = Reply([{"v": "x"}, {"v": 1}, {"v": {"a": []}}, {"v": None}])

    rows = answered(tmp_path, connection, "path: /o\ncolumns: {v: {type: json}}", reply)

    assert [row["v"] for row in rows] == ['"x"', "1", '{"a": []}', None]


def test_keys_that_differ_in_their_case_only_are_told(tmp_path: Path, connection: Connect) -> None:
    with pytest.raises(SourceError, match="two columns called 'ID'"):
        answered(tmp_path, connection, "path: /o", Reply([{"id": 1, "ID": 2}]))


def test_declared_types_are_what_the_run_keeps(tmp_path: Path, connection: Connect) -> None:
    records = [{"customer": "Ann", "amount": "10.50", "created": "2026-10-01T08:00:00+02:00", "id": 7}]
    source = """
        path: /o
        columns: {id: {type: integer}, amount: {type: "decimal(12,2)"}, created: {type: timestamptz},
                  coupon: {type: text}}
        optional: [coupon]
        """
    with serving(lambda _: Reply(records)) as server:
        connect_api(connection, server)
        run = api_run(tmp_path, source)
        extract(run)

    with run.folder.fetch("data") as folder:
        [row] = Tables(folder).read("orders").to_pylist()
        [total] = Tables(folder).read("totals").to_pylist()
    assert row == {
        "customer": "Ann", "amount": Decimal("10.50"), "created": dt.datetime(2026, 10, 1, 6, tzinfo=dt.UTC), "id": 7,
        "coupon": None,
    }  # fmt: skip
    assert total == {"orders": 1, "revenue": Decimal("10.50")}


def test_a_declared_column_that_no_record_has_is_told(tmp_path: Path, connection: Connect) -> None:
    with serving(lambda _: Reply([{"customer": "Ann", "amout": 1}])) as server:
        connect_api(connection, server)
        run = api_run(tmp_path, "path: /o\ncolumns: {amount: {type: integer}}")
        with pytest.raises(SourceError, match=r"has no column 'amount'.*amout"):
            extract(run)
