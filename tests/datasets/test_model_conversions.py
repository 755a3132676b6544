"""Units and money of a channel become the model's: exactly, by the rate of the day, or not at all."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from canonical import FX, NINE, ORDER, orders, reasons, united, with_columns
from scheduled_reports.errors import SourceError


def test_units_are_converted_exactly(tmp_path: Path) -> None:
    model = ORDER.replace("{type: number, unit: kg}", '{type: "decimal(10,3)", unit: kg}').replace(
        "{type: integer, at_least: 1}", "{type: number, unit: degC}"
    )
    mapping = "{weight: {column: grams, unit: g}, quantity: {column: heat, unit: degF}}"
    table = orders("1", "2", "3").append_column("grams", pa.array(["1500", "0.5", "2.4999"]))
    table = table.append_column("heat", pa.array([32.0, 212.0, -40.0]))

    made = united(tmp_path, with_columns(mapping), model, web_orders=table)

    assert [str(row["weight"]) for row in made.rows] == ["1.500", "0.001", "0.002"]
    assert [row["quantity"] for row in made.rows] == [0.0, 100.0, -40.0]


def test_a_wall_time_that_clocks_skip_is_rejected_with_its_zone_and_of_two_the_earlier_is_meant(tmp_path: Path) -> None:
    mapping = "{ordered_at: {column: at, format: '%d.%m.%Y %H:%M', timezone: Europe/Berlin}}"
    table = orders("1", "2").append_column("at", pa.array(["25.10.2026 02:30", "29.03.2026 02:30"]))

    made = united(tmp_path, with_columns(mapping), web_orders=table)

    assert [row["ordered_at"] for row in made.rows] == [dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)]
    assert reasons(made) == [
        "ordered_at: '29.03.2026 02:30' is not timestamptz written as %d.%m.%Y %H:%M in Europe/Berlin"
    ]


def test_money_is_exchanged_at_the_rate_of_its_day(tmp_path: Path) -> None:
    mapping = "{total: {column: total, currency: {column: currency}}}"
    days = [NINE, NINE, NINE, NINE - dt.timedelta(days=3), NINE + dt.timedelta(days=3), NINE, NINE]
    table = orders(*"1234567", ordered_at=days, total=["10.00", "12.50", "9.312", "1", "1", "1", "x"])
    table = table.append_column("currency", pa.array(["EUR", " usd", "CHF", "USD", "USD", None, "USD"]))

    made = united(tmp_path, with_columns(mapping, rates=True), web_orders=table, fx=FX)

    assert [str(row["total"]) for row in made.rows] == ["10.00", "10.00", "10.00"]
    assert reasons(made) == [
        "total: there is no rate of USD for 2026-09-28", "total: there is no rate of USD for 2026-10-04",
        "total: its currency is missing", "total: 'x' is not decimal(14,2)",
    ]  # fmt: skip


def test_money_is_exchanged_between_two_currencies_of_which_none_is_the_base(tmp_path: Path) -> None:
    model = ORDER.replace("currency: EUR", "currency: CHF")

    made = united(
        tmp_path, with_columns("{total: {column: total, currency: USD}}", rates=True), model,
        web_orders=orders("1", total=["100"]), fx=FX,
    )  # fmt: skip

    assert str(made.rows[0]["total"]) == "74.50"


def test_a_model_may_have_columns_that_are_called_like_those_of_the_rates(tmp_path: Path) -> None:
    model = """
        key: currency
        columns:
          currency: {type: text}
          day: {type: date}
          date: {type: date}
          rate: {type: "decimal(14,2)", currency: EUR}
          channel_rate: {type: "decimal(14,2)", currency: CHF}
        """
    mapping = """
          day: date
          rate: {column: rate, currency: {column: currency}}
          channel_rate: {column: rate, currency: USD}
    """
    table = pa.table({"currency": ["USD", "CHF", "USD"], "date": ["2026-10-01"] * 3, "rate": ["100", "100", "5"]})

    made = united(
        tmp_path, with_columns(mapping, rates=True).replace("ordered_at", "day"), model, web_orders=table, fx=FX
    )

    found = [(row["currency"], str(row["day"]), str(row["rate"]), str(row["channel_rate"])) for row in made.rows]
    assert found == [("USD", "2026-10-01", "80.00", "74.50"), ("CHF", "2026-10-01", "107.39", "74.50")]
    assert reasons(made) == ["currency: the same as row 1 of web"]


def test_half_a_cent_is_rounded_away_from_zero(tmp_path: Path) -> None:
    fx = pa.table({"date": ["2026-10-01"], "currency": ["USD"], "rate": ["2"]})
    mapping = with_columns("{total: {column: total, currency: USD}}", rates=True)

    made = united(tmp_path, mapping, web_orders=orders("1", "2", "3", total=["0.01", "-0.01", "2.05"]), fx=fx)

    assert [str(row["total"]) for row in made.rows] == ["0.01", "-0.01", "1.03"]


@pytest.mark.parametrize(
    ("fx", "told"),
    [
        (FX.rename_columns(["day", "currency", "rate"]), "have no column 'date': it has: day, currency, rate"),
        (pa.concat_tables([FX, FX]), "the rate of CHF on 2026-09-30 stands there twice"),
        (FX.set_column(2, "rate", pa.array([0.0, 1.0])), "the rate of USD on 2026-09-30 is not a number above 0"),
        (FX.set_column(2, "rate", pa.array(["1,08", "1"])), "the rate of USD on 2026-09-30 is not a number above 0"),
        (FX.set_column(0, "date", pa.array(["30.9.26", "1"])), "on None lacks its currency, or its day"),
        (FX.slice(1), "have no rate of USD: it has those of CHF"),
    ],
)
def test_rates_that_are_none_are_told(tmp_path: Path, fx: pa.Table, told: str) -> None:
    mapping = with_columns("{total: {column: total, currency: USD}}", rates=True)

    with pytest.raises(SourceError) as caught:
        united(tmp_path, mapping, web_orders=orders("1"), fx=fx)

    assert told in str(caught.value)
    assert "give 'fx' the columns date, currency and rate" in caught.value.fix
