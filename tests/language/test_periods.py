"""A period in words of every language."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from babel.localedata import locale_identifiers

from scheduled_reports.language import ENGLISH, Language, language_of
from scheduled_reports.schedule.period import Period

PERIODS = [
    ("2026-10-01", "2026-10-02", "Donnerstag, 1. Oktober 2026"),
    ("2026-09-21", "2026-09-28", "21. – 27. September 2026"),
    ("2026-09-28", "2026-10-05", "28. September – 4. Oktober 2026"),
    ("2026-12-28", "2027-01-04", "28. Dezember 2026 – 3. Januar 2027"),
    ("2026-02-01", "2026-03-01", "Februar 2026"),
    ("2026-07-01", "2026-10-01", "1. Juli – 30. September 2026"),
    ("2026-01-01", "2027-01-01", "2026"),
    ("2026-01-01", "2028-01-01", "1. Januar 2026 – 31. Dezember 2027"),
    ("2026-10-01", "2026-10-20T06:30", "1. – 20. Oktober 2026, bis 06:30 Uhr"),
    ("2026-10-20", "2026-10-20T06:30", "Dienstag, 20. Oktober 2026, bis 06:30 Uhr"),
    ("2026-10-20T06:30", "2026-10-20T10:30", "Dienstag, 20. Oktober 2026, 06:30 – 10:30 Uhr"),
    ("2026-10-19T06:30", "2026-10-20T06:30",
     "Montag, 19. Oktober 2026, 06:30 Uhr – Dienstag, 20. Oktober 2026, 06:30 Uhr"),
]  # fmt: skip


def period(start: str, end: str, name: str = "", zone: str = "Europe/Berlin") -> Period:
    first, after = (dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in (start, end))
    return Period(first, after, first, first, name)


@pytest.mark.parametrize(("start", "end", "german"), PERIODS)
@pytest.mark.parametrize("locale", ["en", "en_US", "en_GB"])
def test_english_is_the_periods_own_label(start: str, end: str, german: str, locale: str) -> None:
    assert Language("en", locale).period(period(start, end, "Q1")) == period(start, end, "Q1").label


@pytest.mark.parametrize(("start", "end", "german"), PERIODS)
def test_german(start: str, end: str, german: str) -> None:
    assert language_of("de").period(period(start, end)) == german


def test_what_the_business_calls_it_comes_first() -> None:
    named = period("2026-04-01", "2026-07-01", "Q1 FY2027")

    assert language_of("de").period(named) == "Q1 FY2027 (1. April – 30. Juni 2026)"


def test_a_day_that_begins_at_one_because_clocks_skip_midnight_is_a_whole_day() -> None:
    found = period("2026-03-08T01:00", "2026-03-09", zone="America/Havana")

    assert language_of("de").period(found) == "Sonntag, 8. März 2026"


@pytest.mark.parametrize(
    ("locale", "week", "weeks", "years"),
    [
        ("fr", "21 – 27 septembre 2026", "28 septembre – 4 octobre 2026", "28 décembre 2026 – 3 janvier 2027"),
        ("es", "21 – 27 de septiembre de 2026", "28 de septiembre – 4 de octubre de 2026",
         "28 de diciembre de 2026 – 3 de enero de 2027"),
        ("hu", "2026. szeptember 21 – 27.", "2026. szeptember 28. – október 4.",
         "2026. december 28. – 2027. január 3."),
        ("ja", "2026年9月21日～27日", "2026年9月28日～10月4日", "2026年12月28日 – 2027年1月3日"),
    ],
)  # fmt: skip
def test_other_languages_follow_cldr(locale: str, week: str, weeks: str, years: str) -> None:
    language = Language(locale, locale)
    spans = [("2026-09-21", "2026-09-28"), ("2026-09-28", "2026-10-05"), ("2026-12-28", "2027-01-04")]

    assert [language.period(period(*span)) for span in spans] == [week, weeks, years]


def test_every_locale_of_cldr_has_words_for_every_period() -> None:
    spans = [period(start, end) for start, end, _ in PERIODS]
    for name in locale_identifiers():
        texts = [Language(name, name).period(span) for span in spans]
        assert all(texts), name
        assert len(set(texts)) == len(texts), name
    assert ENGLISH.period(spans[0]) == "Thursday, 1 October 2026"
