"""Dates and times by patterns and by named formats, in the words of a locale."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from babel.localedata import locale_identifiers

from scheduled_reports.language import Language

DAY = dt.date(2026, 10, 1)
EVENING = dt.datetime(2026, 10, 1, 20, 5, 59)  # noqa: DTZ001 - a time without a zone is what is meant


def shown(locale: str, value: Any, pattern: str | None = None) -> str:
    return Language(locale.partition("_")[0], locale).shown(value, pattern)


@pytest.mark.parametrize(
    ("locale", "day", "evening", "time"),
    [
        ("en", "2026-10-01", "2026-10-01 20:05", "08:05:00"),
        ("en_US", "2026-10-01", "2026-10-01 20:05", "08:05:00"),
        ("de", "01.10.2026", "01.10.2026 20:05", "08:05:00"),
        ("fr", "01/10/2026", "01/10/2026 20:05", "08:05:00"),
        ("sv", "2026-10-01", "2026-10-01 20:05", "08:05:00"),
        ("ja", "2026/10/01", "2026/10/01 20:05", "8:05:00"),
        ("fa", "۲۰۲۶/۱۰/۰۱", "۲۰۲۶/۱۰/۰۱ ۲۰:۰۵", "۸:۰۵:۰۰"),
    ],
)
def test_without_a_pattern_english_is_iso_8601_and_others_write_all_digits_of_their_short_date(
    locale: str, day: str, evening: str, time: str
) -> None:
    assert (shown(locale, DAY), shown(locale, EVENING), shown(locale, dt.time(8, 5))) == (day, evening, time)


@pytest.mark.parametrize(
    ("locale", "value", "pattern", "text"),
    [
        ("de", DAY, "EEEE, d. MMMM yyyy", "Donnerstag, 1. Oktober 2026"),
        ("de_AT", dt.date(2026, 1, 1), "MMMM", "Jänner"),
        ("de", EVENING, "HH:mm 'Uhr'", "20:05 Uhr"),
        ("de", DAY, "short", "01.10.26"),
        ("de", DAY, "medium", "01.10.2026"),
        ("de", DAY, "long", "1. Oktober 2026"),
        ("de", DAY, "full", "Donnerstag, 1. Oktober 2026"),
        ("en_GB", DAY, "medium", "1 Oct 2026"),
        ("en_US", DAY, "medium", "Oct 1, 2026"),
        ("en_GB", EVENING, "medium", "1 Oct 2026, 20:05"),
        ("de", EVENING, "medium", "01.10.2026, 20:05"),
        ("de", dt.time(8, 5), "short", "08:05"),
        ("de", DAY, "skeleton yMMMM", "Oktober 2026"),
        ("es", DAY, "skeleton yMMMM", "octubre de 2026"),
        ("de", dt.time(8, 5, 6, 700_000), None, "08:05:06.700000"),
    ],
)
def test_a_date_is_written_in_the_locales_words(locale: str, value: Any, pattern: str | None, text: str) -> None:
    assert shown(locale, value, pattern) == text


@pytest.mark.parametrize(
    ("value", "pattern", "reason"),
    [
        (DAY, "HH:mm", "no such part"),
        (dt.time(8), "yyyy", "no such part"),
        (DAY, "QQQQQQQ", "Invalid length"),
        (DAY, "jjj", "no part of a date"),
        (DAY, "currency EUR", "format of numbers"),
        (DAY, "skeleton YYYYMMQQ", "no skeleton"),
        (DAY, "'text'", "no part of a date"),
        (DAY, "#,##0", "no part of a date"),
    ],
)
def test_a_format_that_does_not_fit_a_date_says_why(value: Any, pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        shown("en", value, pattern)


def test_every_locale_of_cldr_writes_a_date_with_all_digits_of_its_year() -> None:
    for name in locale_identifiers():
        year = "".join(str(int(letter)) for letter in shown(name, DAY) if letter.isdecimal())
        assert "2026" in year, name
        assert all(shown(name, EVENING, style) for style in ("short", "medium", "long", "full")), name
