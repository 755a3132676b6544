"""Holidays are those of the place that is named: facts are checked against other sources than the library itself."""

import datetime as dt
from pathlib import Path

import pytest
from dateutil.easter import easter
from pandas.tseries.holiday import USFederalHolidayCalendar

from scheduled_reports.schedule.calendar import YEARS, Calendar
from scheduled_reports.schedule.calendars.errors import PlacedError
from scheduled_reports.schedule.calendars.file import Holidays
from scheduled_reports.schedule.calendars.load import Calendars
from scheduled_reports.schedule.calendars.public_holidays import days_of

INCLUDE = Path(__file__).parents[3] / "include"
WEEKDAYS = range(5)


def ours(name: str) -> Calendar:
    return Calendars(INCLUDE).resolve(name).calendar


def closed_weekdays(calendar: Calendar, year: int) -> set[dt.date]:
    days = (dt.date(year, 1, 1) + dt.timedelta(days=number) for number in range(366))
    return {day for day in days if day.year == year and day.weekday() in WEEKDAYS and not calendar.is_open(day)}


def dates(year: int, *days: str) -> set[dt.date]:
    return {dt.date.fromisoformat(f"{year}-{day}") for day in days}


@pytest.mark.parametrize(
    ("year", "closed"),
    [  # https://www.nyse.com/markets/hours-calendars
        (2025, ["01-01", "01-09", "01-20", "02-17", "04-18", "05-26", "06-19", "07-04", "09-01", "11-27", "12-25"]),
        (2026, ["01-01", "01-19", "02-16", "04-03", "05-25", "06-19", "07-03", "09-07", "11-26", "12-25"]),
        (2027, ["01-01", "01-18", "02-15", "03-26", "05-31", "06-18", "07-05", "09-06", "11-25", "12-24"]),
    ],
)
def test_the_new_york_stock_exchange_closes_on_the_days_that_it_announced(year: int, closed: list[str]) -> None:
    assert closed_weekdays(ours("new_york_stock_exchange"), year) == dates(year, *closed)


def test_the_new_york_stock_exchange_closes_at_one_on_its_half_days() -> None:
    half_days = ours("new_york_stock_exchange").half_days

    assert {day for day in half_days if day.year == 2025} == dates(2025, "07-03", "11-28", "12-24")
    assert {day for day in half_days if day.year == 2026} == dates(2026, "11-27", "12-24")
    assert set(half_days.values()) == {dt.time(13)}


def test_the_united_states_close_on_the_federal_holidays_that_pandas_computes() -> None:
    calendar = ours("united_states")
    for year in YEARS[1:]:
        federal = {stamp.date() for stamp in USFederalHolidayCalendar().holidays(f"{year}-01-01", f"{year}-12-31")}

        assert closed_weekdays(calendar, year) == federal, year


def test_germany_closes_on_its_nine_holidays_of_every_year() -> None:
    calendar = ours("germany")
    for year in YEARS:
        movable = {easter(year) + dt.timedelta(days=days) for days in (-2, 1, 39, 50)}
        fixed = dates(year, "01-01", "05-01", "10-03", "12-25", "12-26")

        assert closed_weekdays(calendar, year) == {day for day in movable | fixed if day.weekday() in WEEKDAYS}, year


def test_berlin_closes_on_womens_day_and_the_rest_of_germany_does_not() -> None:
    day = dt.date(2027, 3, 8)

    assert not ours("northwind").is_open(day)
    assert ours("germany").is_open(day)


def test_the_euro_settles_on_all_but_six_weekdays() -> None:
    found = days_of(Holidays(exchange="ECB"))

    assert {day for day in found.closed if day.year == 2026} == dates(
        2026, "01-01", "04-03", "04-06", "05-01", "12-25", "12-26"
    )


def test_a_code_and_its_alias_are_the_same_place() -> None:
    assert days_of(Holidays(exchange="NYSE")) == days_of(Holidays(exchange="XNYS"))
    assert days_of(Holidays(country="DEU")) == days_of(Holidays(country="DE"))


def test_a_saturday_that_china_works_for_a_moved_holiday_is_open(calendars) -> None:
    china = calendars(china="holidays: [{country: CN}]").resolve("china").calendar

    assert china.is_open(dt.date(2025, 2, 8))  # State Council notice of 2024-11-12
    assert not china.is_open(dt.date(2025, 2, 15))
    assert not china.is_open(dt.date(2025, 1, 28))


def test_an_exchange_stays_closed_on_a_saturday_that_its_country_works() -> None:
    assert days_of(Holidays(country="TW")).worked
    assert not days_of(Holidays(exchange="XTAI")).worked


@pytest.mark.parametrize(
    ("entry", "day", "close"),
    [
        ({"exchange": "XNYS"}, "2026-11-27", "13:00"),
        ({"exchange": "XLON"}, "2026-12-24", "12:30"),
        ({"exchange": "XMAD"}, "2026-12-24", "14:00"),
        ({"exchange": "XCME"}, "2026-11-27", "12:00"),
        ({"exchange": "XJSE"}, "2026-12-24", "12:00"),
        ({"country": "AU", "subdivision": "QLD"}, "2026-12-24", "18:00"),
        ({"exchange": "XHKG", "closes": "12:00"}, "2026-12-24", "12:00"),
    ],
)
def test_half_days_close_when_the_library_says_or_else_the_file(entry: dict[str, str], day: str, close: str) -> None:
    found = days_of(Holidays.model_validate({**entry, "categories": ["half_day"]}))

    assert found.half_days[dt.date.fromisoformat(day)] == dt.time.fromisoformat(close)
    assert found.closed == frozenset()


@pytest.mark.parametrize(("entry", "last"), [("LK", 2026), ("IN", 2035), ("DE", 2045)])
def test_a_country_is_known_for_as_long_as_the_library_says(entry: str, last: int) -> None:
    assert days_of(Holidays(country=entry)).last_year == last


@pytest.mark.parametrize(
    ("entry", "message", "hint"),
    [
        ({"country": "Germany"}, "knows no country 'Germany'", "did you mean 'DE'?"),
        ({"country": "de"}, "knows no country 'de'", "did you mean 'DE'?"),
        ({"country": "XQ"}, "knows no country 'XQ'", "write an ISO 3166-1 code"),
        ({"exchange": "XNYC"}, "knows no exchange 'XNYC'", "did you mean 'XNYS'? (allowed: ASX, "),
        ({"exchange": "London Stock Exchange"}, "knows no exchange", "did you mean 'XLON'?"),
        ({"country": "DE", "subdivision": "Berlyn"}, "DE has no subdivision 'Berlyn'", "did you mean 'Berlin'?"),
        ({"exchange": "XNYS", "subdivision": "NY"}, "XNYS has no subdivision 'NY'", "leave it out: it has none"),
        ({"country": "DE", "categories": "bank"}, "DE has no holidays of category 'bank'", "allowed: catholic, public"),
        ({"country": "YE", "categories": "workday"}, "category 'workday'", "allowed: public, school"),
        ({"exchange": "XHKG", "categories": "half_day"}, "XHKG does not say when it closes on 2024-02-09", "closes"),
    ],
)
def test_what_the_library_does_not_know_is_refused_with_what_it_does(entry: dict, message: str, hint: str) -> None:
    with pytest.raises(PlacedError) as caught:
        days_of(Holidays.model_validate(entry))

    assert message in caught.value.message
    assert hint in caught.value.hint
