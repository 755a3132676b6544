"""Values written as text by Unicode patterns, and the same patterns for Excel."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from scheduled_reports.document.numbers import excel_format, natural_pattern, percent_factor, shown

EVENING = dt.datetime(2026, 10, 1, 20, 5, 59)  # noqa: DTZ001 - a time without a zone is what is meant


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (1234567, None, "1,234,567"),
        (1234.5, None, "1,234.50"),
        (1234.0, None, "1,234"),
        (-3120.75, "#,##0.00 €", "-3,120.75 €"),
        (0.193, "0.0%", "19.3%"),
        (0.193, "0 %", "19 %"),
        (12.5, "0.0 'min'", "12.5 min"),
        (19.3, "0.0'%'", "19.3%"),
        (19.3, "0.0 '% of all'", "19.3 % of all"),
        (-5, "#,##0;(#,##0)", "(5)"),
        (2.5, "0", "2"),
        (3.5, "0", "4"),
        (1e22, None, "10,000,000,000,000,000,000,000"),
        (Decimal("1234567890" * 4), None, ",".join(["1", *["234", "567", "890", "123", "456", "789", "012", "345"],
                                                    "678", "901", "234", "567", "890"])),
        (Decimal("0." + "1" * 40), "0." + "0" * 40, "0." + "1" * 40),
    ],
)  # fmt: skip
def test_a_number_is_written_by_its_pattern(value: Any, pattern: str | None, text: str) -> None:
    assert shown(value, pattern) == text


def test_the_largest_number_is_written_in_full() -> None:
    assert len(shown(1.7976931348623157e308).replace(",", "")) == 309


@pytest.mark.parametrize(
    "value", [None, float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("Infinity")]
)
@pytest.mark.parametrize("pattern", [None, "#,##0.00", "0.0%"])
def test_what_is_missing_is_a_dash_whatever_the_pattern(value: Any, pattern: str | None) -> None:
    assert shown(value, pattern) == "–"


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (dt.date(2026, 10, 1), None, "2026-10-01"),
        (dt.date(2026, 10, 1), "EEEE, d MMMM yyyy", "Thursday, 1 October 2026"),
        (EVENING, None, "2026-10-01 20:05"),
        (EVENING, "h:mm a", "8:05 PM"),
        (dt.datetime(2026, 10, 1, 20, 5, tzinfo=dt.UTC), "HH:mm", "20:05"),
        (dt.time(8, 5), None, "08:05:00"),
        (dt.time(8, 5), "HH:mm", "08:05"),
        (True, "0.0", "yes"),
        (False, None, "no"),
        ("text", "0.0", "text"),
    ],
)
def test_dates_times_truth_and_text(value: Any, pattern: str | None, text: str) -> None:
    assert shown(value, pattern) == text


@pytest.mark.parametrize(
    ("value", "pattern"), [(dt.date(2026, 10, 1), "HH:mm"), (dt.date(2026, 10, 1), "QQQQQQQ"), (5, "@@.0")]
)
def test_a_pattern_that_does_not_fit_is_an_error(value: Any, pattern: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        shown(value, pattern)


def test_the_natural_pattern_shows_decimals_only_where_there_are_some() -> None:
    assert [natural_pattern(value) for value in (5, 5.0, Decimal("5.00"), 5.01)] == ["#,##0"] * 3 + ["#,##0.00"]


def test_only_a_percent_sign_outside_quotes_multiplies() -> None:
    assert [percent_factor(pattern) for pattern in ("0%", "0.0 %", "0'%'", "0 'x% 'y", "0")] == [100, 100, 1, 1, 1]


@pytest.mark.parametrize(
    ("pattern", "excel"),
    [
        ("#,##0", "#,##0"),
        ("0.0%", "0.0%"),
        ("#,##0.00 €", "#,##0.00 €"),
        ("0.0 'min'", '0.0 "min"'),
        ("0.0'%'", '0.0"%"'),
        ("0 'o''clock'", '0 "o\'clock"'),
        ("#''##0", '#"\'"##0'),
        ("0 'a \"b\"'", '0 "a "\\""b"\\"""'),
        ("yyyy-MM-dd HH:mm", "yyyy-mm-dd hh:mm"),
        ("EEE, d MMM yyyy", "ddd, d mmm yyyy"),
        ("EEEE d MMMM", "dddd d mmmm"),
        ("h:mm a", "h:mm AM/PM"),
        ("MM/dd 'at' HH", 'mm/dd "at" hh'),
    ],
)
def test_excel_gets_the_same_pattern_in_its_own_words(pattern: str, excel: str) -> None:
    assert excel_format(pattern) == excel
