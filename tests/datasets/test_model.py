"""Channels unite into one table of a model; what does not fit is kept apart, with the reason, and accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from canonical import FX, NINE, ONE, ORDER, TWO, orders, reasons, united, with_columns


def test_rows_of_all_channels_come_in_order_with_their_channel_first(tmp_path: Path) -> None:
    made = united(tmp_path, TWO, web_orders=orders("1", "2"), shop_orders=orders("1"))

    assert [(row["channel"], row["order_id"]) for row in made.rows] == [("web", "1"), ("web", "2"), ("shop", "1")]
    assert [*made.rows[0]] == [
        "channel",
        "order_id",
        "ordered_at",
        "customer",
        "country",
        "quantity",
        "weight",
        "total",
    ]
    assert (made.rejected, made.rejects) == ([], [])
    assert made.tables.columns("united_rejected") == ["channel", "account", "row_number", "problems", "reason", "row"]
    assert made.tables.columns("united_rejects") == ["channel", "account", "problem", "rows", "example"]


def test_columns_are_found_whatever_their_case_and_may_be_missing_where_nothing_requires_them(tmp_path: Path) -> None:
    table = orders("1").rename_columns(["Order_ID", "ORDERED_AT", "customer", "country", "quantity", "weight", "total"])

    made = united(tmp_path, ONE, web_orders=table.drop_columns(["customer", "weight"]))

    assert (made.rows[0]["order_id"], made.rows[0]["customer"], made.rows[0]["weight"]) == ("1", None, None)


def test_columns_are_renamed_computed_constant_and_mapped(tmp_path: Path) -> None:
    mapping = """
          order_id: number
          customer: {value: Web shop}
          country: {column: land, values: {Germany: DE, Austria: AT, n/a: null}}
          quantity: {expression: pieces * 2 -- in pairs}
    """
    table = pa.table(
        {"number": [7, 8, 9], "ordered_at": [NINE] * 3, "land": ["Germany", "n/a", "France"], "pieces": [1, 2, 3]}
    )

    made = united(tmp_path, with_columns(mapping), web_orders=table)

    assert [(row["order_id"], row["customer"], row["country"], row["quantity"]) for row in made.rows] == [
        ("7", "Web shop", "DE", 2), ("8", "Web shop", None, 4),
    ]  # fmt: skip
    assert reasons(made) == ["country: 'France' is not one of Germany, Austria, n/a"]


@pytest.mark.parametrize(("otherwise", "expected"), [("keep", ["DE", "CH"]), ("{value: AT}", ["DE", "AT"])])
def test_values_that_are_not_mapped_may_be_kept_or_become_another(
    tmp_path: Path, otherwise: str, expected: list[str]
) -> None:
    mapping = f"{{country: {{column: country, values: {{Germany: DE}}, otherwise: {otherwise}}}}}"

    made = united(tmp_path, with_columns(mapping), web_orders=orders("1", "2", country=["Germany", "CH"]))

    assert [row["country"] for row in made.rows] == expected


@pytest.mark.parametrize(
    ("column", "value", "problem", "reason"),
    [
        ("order_id", None, "order_id: missing", "order_id is missing"),
        ("order_id", "  ", "order_id: missing", "order_id is missing"),
        ("ordered_at", "yesterday", "ordered_at: not timestamptz", "ordered_at: 'yesterday' is not timestamptz"),
        ("ordered_at", "2026-10-01 09:00", "ordered_at: no time zone",
         "ordered_at: '2026-10-01 09:00' has no offset from UTC"),
        ("country", "FR", "country: not allowed", "country: 'FR' is not one of DE, AT, CH"),
        ("quantity", 0, "quantity: below 1", "quantity: '0' is below 1"),
        ("quantity", "two", "quantity: not integer", "quantity: 'two' is not integer"),
        ("total", "12,x", "total: not decimal(14,2)", "total: '12,x' is not decimal(14,2)"),
        ("total", 0.125, "total: not decimal(14,2)", "total: '0.125' is not decimal(14,2)"),
        ("weight", "x" * 100, "weight: not number", f"weight: '{'x' * 57}...' is not number"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_is_kept_apart_with_the_reason(
    tmp_path: Path, column: str, value: Any, problem: str, reason: str
) -> None:
    made = united(tmp_path, TWO, web_orders=orders("1", **{column: [value]}), shop_orders=orders("2"))

    assert [row["order_id"] for row in made.rows] == ["2"]
    [row] = made.rejected
    assert (row["channel"], row["account"], row["row_number"]) == ("web", "Ann", 1)
    assert (row["problems"], row["reason"]) == (problem, reason)
    assert '"customer":"Ann"' in row["row"]
    assert made.rejects == [
        {"channel": "web", "account": "Ann", "problem": problem, "rows": 1, "example": reason}
    ]  # fmt: skip


def test_all_that_is_wrong_with_a_row_is_told_and_counted_by_account(tmp_path: Path) -> None:
    table = orders("1", "2", "3", customer=["Ann", "Ben", "Ann"], country=["FR", "FR", "XX"], quantity=[0, 1, 1])

    made = united(tmp_path, TWO, web_orders=table, shop_orders=orders("4"))

    assert reasons(made)[0] == "country: 'FR' is not one of DE, AT, CH; quantity: '0' is below 1"
    assert [(row["account"], row["problem"], row["rows"], row["example"]) for row in made.rejects] == [
        ("Ann", "country: not allowed", 2, "country: 'XX' is not one of DE, AT, CH"),
        ("Ann", "quantity: below 1", 1, reasons(made)[0]),
        ("Ben", "country: not allowed", 1, "country: 'FR' is not one of DE, AT, CH"),
    ]


def test_of_rows_with_one_key_the_first_that_fits_is_kept(tmp_path: Path) -> None:
    web = orders("1", "2", "1", "1", quantity=[0, 1, 5, 6])

    made = united(tmp_path, TWO, web_orders=web, shop_orders=orders("1"))

    assert [(row["channel"], row["order_id"], row["quantity"]) for row in made.rows] == [
        ("web", "2", 1), ("web", "1", 5), ("shop", "1", 1),
    ]  # fmt: skip
    assert reasons(made) == ["quantity: '0' is below 1", "channel, order_id: the same as row 3 of web"]
    assert made.rejected[1]["problems"] == "channel, order_id: duplicate"
    assert '"quantity":6' in made.rejected[1]["row"]


def test_a_key_may_hold_for_all_channels_together(tmp_path: Path) -> None:
    model = ORDER.replace("key: [channel, order_id]", "key: order_id")

    made = united(tmp_path, TWO, model, web_orders=orders("1", "2"), shop_orders=orders("2", "3"))

    assert [row["order_id"] for row in made.rows] == ["1", "2", "3"]
    assert reasons(made) == ["order_id: the same as row 2 of web"]
    assert not any("keys" in name for name in made.tables.names())


def test_the_same_data_makes_the_same_tables(tmp_path: Path) -> None:
    web = orders(*map(str, range(2000)), "8", country=["DE", "FR"] * 1000 + ["DE"])
    mapping = with_columns("{total: {column: total, currency: USD}}", rates=True)

    first, second = (united(tmp_path, mapping, web_orders=web, fx=FX) for _ in range(2))

    assert (first.rows, first.rejected, first.rejects) == (second.rows, second.rejected, second.rejects)
    assert [row["row_number"] for row in first.rejected] == [*range(2, 2001, 2), 2001]


def test_channels_without_rows_make_empty_tables(tmp_path: Path) -> None:
    made = united(tmp_path, ONE, web_orders=orders("1").slice(1))

    assert (made.rows, made.rejected, made.rejects) == ([], [], [])


def test_the_sql_can_be_shown_before_there_is_data(tmp_path: Path) -> None:
    made = united(tmp_path, TWO, web_orders=orders("1"), shop_orders=orders("2"))
    dataset = made.run.report.spec.datasets["united"]

    sql = dataset.shown(made.run.include)

    with made.tables.query(sql, made.run.binds(), "shown") as reader:
        assert reader.read_all().num_rows == 2


def test_many_rows_are_united_in_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduled_reports.tables.MEMORY_LIMIT", "200MB")
    ids = [f"{number:032d}" for number in range(150_000)]
    web, shop = (orders(*ids, customer=ids, ordered_at=[NINE] * len(ids)) for _ in range(2))
    mapping = TWO.replace("max_rejects: 100%", "max_rejects: 150000\n    rates: {from: fx, base: EUR, on: ordered_at}")
    mapping = mapping.replace("shop_orders}", "shop_orders, columns: {total: {column: total, currency: USD}}}")

    made = united(tmp_path, mapping, ORDER.replace("[channel, order_id]", "order_id"), web_orders=web, shop_orders=shop,
                  fx=FX)  # fmt: skip

    assert (len(made.rows), len(made.rejected)) == (150_000, 150_000)
    assert [row["row_number"] for row in made.rejected] == [*range(1, 150_001)]
