"""A whole Arrow column has the texts that its values have one by one, whatever the pattern and the locale."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduled_reports.language import ENGLISH, Language
from scheduled_reports.language import columns as columns_module
from scheduled_reports.language.columns import in_zone

LANGUAGES = [
    ENGLISH, Language("de", "de"), Language("de", "de_CH"), Language("fr", "fr"), Language("hi", "hi"),
    Language("ar", "ar_EG"), Language("sv", "sv"), Language("fa", "fa"), Language("ja", "ja"),
]  # fmt: skip
NUMBER_PATTERNS = [
    None, "#,##0", "#,##0.00", "0.0%", "#,##0.##", "0.0##", "#,##0.00 €", "#,##0;(#,##0)", "0", "000", "#,##,##0.0",
    "0.0'%'", "0.00E0", "@@@", "'a,b.c-' 0.0 'm–s'", "0.0‰", "+0;-0", "integer", "decimal", "decimal 3", "percent 1",
    "currency EUR", "currency JPY", "compact", "compact CHF", "unit kilogram", "0." + "0" * 25,
]  # fmt: skip
MOMENT_PATTERNS = [
    None, "yyyy-MM-dd HH:mm", "dd.MM.yyyy", "EEEE, d. MMMM yyyy 'um' HH 'Uhr'", "h:mm a", "HH:mm:ss.SSS", "QQQ yyyy",
    "'it''s' d MMM, w", "HH:mm zzzz", "medium", "full", "short", "skeleton yMMMM", "''yy''HH''", "B h", "Z",
]  # fmt: skip
NEAR_TIES = st.builds(
    lambda whole, places: float(f"{whole}.{places}5"), st.integers(-(10**9), 10**9), st.integers(0, 999)
)
FLOATS = st.one_of(st.floats(), NEAR_TIES, st.sampled_from([0.5, 1.5, 2.675, 1.005, -0.0, 0.0, 1e22, -1e-9, 0.285]))


def told(language: Language, values: list[Any], pattern: str | None, zone: dt.tzinfo | None = None) -> list[str]:
    return [language.shown(in_zone(value, zone), pattern) for value in values]


@pytest.fixture(autouse=True)
def _the_way_of_long_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns_module, "_FEW", 0)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.none() | FLOATS, max_size=20), st.sampled_from(NUMBER_PATTERNS), st.sampled_from(LANGUAGES))
def test_floats(values: list[float | None], pattern: str | None, language: Language) -> None:
    assert language.column(pa.array(values, pa.float64()), pattern) == told(language, values, pattern)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=20), st.sampled_from(NUMBER_PATTERNS),
       st.sampled_from(LANGUAGES))  # fmt: skip
def test_integers(values: list[int | None], pattern: str | None, language: Language) -> None:
    assert language.column(pa.array(values, pa.int64()), pattern) == told(language, values, pattern)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.none() | st.integers(-(10**30), 10**30) | st.integers(-9999, 9999), max_size=20),
       st.sampled_from([0, 1, 3, 7]), st.sampled_from(NUMBER_PATTERNS), st.sampled_from(LANGUAGES))  # fmt: skip
def test_decimals(digits: list[int | None], scale: int, pattern: str | None, language: Language) -> None:
    values = [None if number is None else Decimal((number < 0, tuple(map(int, str(abs(number)))), -scale))
              for number in digits]  # fmt: skip
    column = pa.array(values, pa.decimal128(38, scale))

    assert language.column(column, pattern) == told(language, column.to_pylist(), pattern)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.none() | st.datetimes(), max_size=20), st.sampled_from(MOMENT_PATTERNS),
       st.sampled_from(LANGUAGES))  # fmt: skip
def test_datetimes_without_a_zone(values: list[dt.datetime | None], pattern: str | None, language: Language) -> None:
    assert language.column(pa.array(values, pa.timestamp("us")), pattern) == told(language, values, pattern)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.none() | st.datetimes(timezones=st.just(dt.UTC)), max_size=20), st.sampled_from(MOMENT_PATTERNS),
       st.sampled_from(LANGUAGES),
       st.sampled_from(["Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Africa/Monrovia", "UTC"]))  # fmt: skip
def test_instants_in_a_zone(
    values: list[dt.datetime | None], pattern: str | None, language: Language, zone: str
) -> None:
    column = pa.array(values, pa.timestamp("us", "UTC"))

    assert language.column(column, pattern, ZoneInfo(zone)) == told(
        language, column.to_pylist(), pattern, ZoneInfo(zone)
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | st.dates(), max_size=20), st.sampled_from([None, "medium", "dd. MMM yy", "skeleton yMMM"]),
       st.sampled_from(LANGUAGES))  # fmt: skip
def test_dates(values: list[dt.date | None], pattern: str | None, language: Language) -> None:
    assert language.column(pa.array(values, pa.date32()), pattern) == told(language, values, pattern)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.none() | st.text(max_size=12), max_size=20))
def test_words(values: list[str | None]) -> None:
    assert ENGLISH.column(pa.array(values, pa.string())) == told(ENGLISH, values, None)
    assert ENGLISH.column(pa.array(values, pa.string()).dictionary_encode()) == told(ENGLISH, values, None)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([True, None, False]),
        pa.array([dt.time(8, 5), None, dt.time(8, 5, 6, 7)]),
        pa.array([b"ab", None]),
        pa.array([[1.5, None], None, [2.0]]),
        pa.array([{"a": 1, "b": ["x\ny"]}, None]),
        pa.array([dt.timedelta(hours=26, seconds=3), None]),
        pa.nulls(3),
        pa.array([1.5, None], pa.float32()),
        pa.array([2**64 - 1, None], pa.uint64()),
        pa.array([dt.date(2026, 10, 1), None], pa.date64()),
        pa.array(["a\tb", None], pa.large_string()),
        pa.array(["a\tb", None], pa.string_view()),
        pa.array([], pa.float64()),
        pa.array([Decimal(5) / 1000, None], pa.decimal256(60, 3)),
        pa.array([1.5, 2000, None], pa.float16()),
        pa.array([Decimal("1.5"), None], pa.decimal32(5, 2)),
        pa.array([Decimal("1.5"), None], pa.decimal64(15, 2)),
        pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())),
    ],
    ids=lambda column: str(column.type),
)
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.lang)
def test_any_other_kind_of_column(column: pa.Array, language: Language) -> None:
    assert language.column(column) == told(language, column.to_pylist(), None)


def test_a_column_in_chunks_is_one_column() -> None:
    assert ENGLISH.column(pa.chunked_array([[1, 2], [None, 4000]])) == ["1", "2", "–", "4,000"]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1234.5, None, 2.675, 1e22, 5.0, float("nan")]),
        pa.array([1, None, 3, 4, 5, 6]),
        pa.array([Decimal("1.25"), None, Decimal("2.5"), None, Decimal("3.0"), None]),
        pa.array(["a", None, "b\tc", "d", "e", "f"]),
        pa.array([dt.datetime(2026, 10, day, 8, day, tzinfo=dt.UTC) for day in range(1, 7)]),
    ],
    ids=lambda column: str(column.type),
)
def test_a_slice_of_a_column_has_the_texts_of_its_place(column: pa.Array) -> None:
    whole = ENGLISH.column(column, None, ZoneInfo("Asia/Tokyo"))

    assert ENGLISH.column(column.slice(1, 4), None, ZoneInfo("Asia/Tokyo")) == whole[1:5]


def test_nanoseconds_are_told_as_far_as_readers_see_them() -> None:
    column = pa.array([1_790_000_000_123_456_789], pa.timestamp("ns", "UTC"))

    assert ENGLISH.column(column, "yyyy-MM-dd HH:mm:ss.SSS", ZoneInfo("UTC")) == ["2026-09-21 14:13:20.123"]
    assert ENGLISH.column(pa.array([123_456_789], pa.time64("ns"))) == ["00:00:00.123456"]
    assert ENGLISH.column(pa.array([61_000_000_001], pa.duration("ns"))) == ["0:01:01"]


def test_the_last_hours_of_the_year_9999_stay_in_their_own_zone_where_the_other_has_no_year_for_them() -> None:
    last = dt.datetime(9999, 12, 31, 23, 30, tzinfo=dt.UTC)

    assert ENGLISH.column(pa.array([last], pa.timestamp("us", "UTC")), None, ZoneInfo("Asia/Tokyo")) == [
        "9999-12-31 23:30"
    ]


@pytest.mark.parametrize(
    ("column", "pattern"),
    [
        (pa.array([1.5, 2]), "@@.0"),
        (pa.array([1, 2]), "yyyy"),
        (pa.array([dt.date(2026, 10, 1)]), "HH:mm"),
        (pa.array([dt.datetime(2026, 10, 1, tzinfo=dt.UTC)]), "currency EUR"),
        (pa.array([dt.time(8)]), "yyyy"),
    ],
)
def test_a_pattern_that_does_not_fit_is_an_error(column: pa.Array, pattern: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ENGLISH.column(column, pattern)


def test_ties_are_rounded_half_to_even_on_the_digits_that_people_see() -> None:
    column = pa.array([2.675, 0.125, 0.135, 1.005, -2.675, 0.5, 1.5])

    assert ENGLISH.column(column, "0.00")[:5] == ["2.68", "0.12", "0.14", "1.00", "-2.68"]
    assert ENGLISH.column(column, "0")[5:] == ["0", "2"]
