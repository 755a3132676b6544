"""What stops a dataset of a model: too many rows that do not fit, and tables that are not what the mapping says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from canonical import FX, NINE, ONE, ORDER, TWO, orders, united, with_columns
from scheduled_reports.errors import SourceError


def test_a_reject_stops_the_report_unless_the_spec_allows_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        united(tmp_path, ONE, web_orders=orders("1", "2", "3", country=["DE", "FR", "XX"]))

    told = str(caught.value)
    assert (
        "dataset 'united' (sales.yaml:14): 2 of 3 rows do not fit the model 'order', more than max_rejects (0)" in told
    )
    assert "channel 'web' (from 'web_orders'): 2 of 3 rows" in told
    assert "country: not allowed (2): for example country: 'FR' is not one of DE, AT, CH" in told
    assert "mend the source, or correct its mapping, datasets.united.channels.web in sales.yaml" in told
    assert "rejected/united_rejected.parquet" in told
    assert len([*(tmp_path / "archive").rglob("united_rejected.parquet")]) == 1
    assert not caught.value.retryable
    united(tmp_path, ONE, web_orders=orders("1"))
    assert [*(tmp_path / "archive").rglob("united_rejected.parquet")] == []


def test_a_share_is_of_each_channels_rows_and_a_number_of_all_together(tmp_path: Path) -> None:
    web, shop = orders(*"123456789", country=["FR", *["DE"] * 8]), orders("1", "2", country=["FR", "DE"])

    assert len(united(tmp_path, TWO.replace("100%", "50%"), web_orders=web, shop_orders=shop).rejected) == 2
    assert len(united(tmp_path, TWO.replace("100%", "2"), web_orders=web, shop_orders=shop).rejected) == 2
    with pytest.raises(SourceError, match=r"channel 'shop' .* 1 of 2 rows") as caught:
        united(tmp_path, TWO.replace("100%", "20%"), web_orders=web, shop_orders=shop)
    assert "channel 'web'" not in str(caught.value)
    with pytest.raises(SourceError, match=r"max_rejects \(1\)"):
        united(tmp_path, TWO.replace("100%", "1"), web_orders=web, shop_orders=shop)


def test_a_model_that_no_row_fits_stops_the_report_whatever_the_spec_allows(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="2 of 2 rows do not fit"):
        united(tmp_path, TWO, web_orders=orders("1", country=["FR"]), shop_orders=orders("1", country=["FR"]))


def test_a_column_that_changed_its_type_overnight_is_told_with_its_values(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        united(tmp_path, ONE, web_orders=orders("1", "2", total=["10,00 EUR", "20,00 EUR"]))

    assert "total: not decimal(14,2) (2): for example total: '10,00 EUR' is not" in str(caught.value)
    assert "total comes from column 'total', VARCHAR" in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ("{total: betrag}", "'web_orders' has no column 'betrag' (mapped to total)"),
        ("{total: totl}", "did you mean 'total'? (it has: country, customer"),
        ("{total: {column: total, currency: {column: cur}}}", "has no column 'cur' (mapped to the currency of total)"),
        ("{total: {expression: price * 2}}", 'column "price" not found'),
        ("{total: {expression: sum(total)}}", "must appear in the GROUP BY"),
    ],
)
def test_a_table_that_lacks_what_the_mapping_needs_is_told(tmp_path: Path, columns: str, told: str) -> None:
    with pytest.raises(SourceError) as caught:
        united(tmp_path, with_columns(columns, rates=True), web_orders=orders("1"), fx=FX)

    assert told in str(caught.value)
    assert "dataset 'united' (sales.yaml:15), channel 'web'" in str(caught.value)
    assert not caught.value.retryable


def test_a_required_column_that_is_nowhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"has no column 'order_id' \(mapped to order_id, which the model requires\)"):
        united(tmp_path, ONE, web_orders=orders("1").drop_columns(["order_id"]))


def test_times_without_a_zone_need_one_in_the_mapping(tmp_path: Path) -> None:
    naive = orders("1", ordered_at=[NINE.replace(tzinfo=None)])

    with pytest.raises(
        SourceError, match="ordered_at cannot be made of column 'ordered_at', TIMESTAMP, without a time"
    ):
        united(tmp_path, ONE, web_orders=naive)
    mapping = with_columns("{ordered_at: {column: ordered_at, timezone: Europe/Berlin}}")
    assert united(tmp_path, mapping, web_orders=naive).rows[0]["ordered_at"] == NINE - dt.timedelta(hours=2)


def test_a_number_that_lost_its_decimal_comma_before_is_told(tmp_path: Path) -> None:
    mapping = with_columns("{total: {column: total, decimal: ','}}")

    with pytest.raises(SourceError, match="is to be read with a decimal comma, and column 'total', DOUBLE") as caught:
        united(tmp_path, mapping, web_orders=orders("1", total=[1.234]))
    assert "declare the column as text in its source" in str(caught.value)
    assert len(united(tmp_path, mapping, web_orders=orders("1", total=[1])).rows) == 1


def test_an_expression_that_adds_rows_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="1 came, 2 fit, and 0 do not"):
        united(tmp_path, with_columns("{quantity: {expression: 'unnest([1, 2])'}}").replace("100%", "0"),
               ORDER.replace("key: [channel, order_id]\n", ""), web_orders=orders("1"))  # fmt: skip
