"""What goes into a Parquet file comes out: every digit, in every order of batches, or there is an error."""

from __future__ import annotations

import datetime as dt
import math
import tempfile
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduled_reports.errors import SourceError
from scheduled_reports.parquet import write_rows

decimals = st.decimals(-(10**12), 10**12, allow_nan=False).map(lambda number: round(number, 9))
instants = st.datetimes(
    dt.datetime(2, 1, 1), dt.datetime(9998, 12, 31), timezones=st.timezones()  # noqa: DTZ001
)  # fmt: skip
FAMILIES: dict[str, st.SearchStrategy[Any]] = {
    "whole": st.integers(-(2**63), 2**63 - 1),
    "large": st.integers(-(10**37), 10**37),
    "fraction": st.floats(),
    "decimal": decimals,
    "money": st.decimals(-(10**6), 10**6, places=2),
    "text": st.text(st.characters(exclude_categories=["Cs"])),
    "bytes": st.binary(),
    "boolean": st.booleans(),
    "date": st.dates(),
    "time": st.times(),
    "wall": st.datetimes(),
    "instant": instants,
    "lasted": st.timedeltas(dt.timedelta(-10_000), dt.timedelta(10_000)),
}
STORED: dict[str, Callable[[Any], Any]] = {
    "lasted": dt.timedelta.total_seconds,
    "instant": lambda value: value.astimezone(dt.UTC),
}


def batches_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[list[Any]]]:
    return st.lists(st.lists(st.none() | values, max_size=5), max_size=4)


def written(batches: list[list[Any]]) -> pa.ChunkedArray:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "t.parquet"
        try:
            write_rows(["a"], [[(value,) for value in batch] for batch in batches], target, "source 'x'")
        finally:
            left = sorted(path.name for path in Path(folder).iterdir())
            assert left in (["t.parquet"], []), "no parts are left"
        return pq.read_table(target)["a"]


def same(one: Any, other: Any) -> bool:
    return bool(one == other) or (isinstance(one, float) and math.isnan(one) and math.isnan(other))


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_values_of_one_family_come_back_as_they_went_in(family: str, data: st.DataObject) -> None:
    batches = data.draw(batches_of(FAMILIES[family]))
    values = [value for batch in batches for value in batch]
    stored = STORED.get(family, lambda value: value)

    column = written(batches)

    assert len(column) == len(values)
    for found, given_ in zip(column.to_pylist(), values, strict=True):
        assert same(found, None if given_ is None else stored(given_))


@settings(max_examples=200, deadline=None)
@given(batches=batches_of(st.one_of(st.integers(-(2**70), 2**70), st.floats(), decimals, st.decimals())))
def test_numbers_of_any_kind_keep_their_value_or_are_refused(batches: list[list[Any]]) -> None:
    try:
        column = written(batches)
    except SourceError:
        return

    values = [value for batch in batches for value in batch]
    for found, value in zip(column.to_pylist(), values, strict=True):
        if value is None:
            assert found is None
        elif isinstance(found, float) and isinstance(value, Decimal) and value.is_finite():
            assert Decimal(repr(found)) == value or int(found) == value
        elif isinstance(value, Decimal) and value.is_nan():
            assert math.isnan(found)
        else:
            assert same(found, value)


@settings(max_examples=100, deadline=None)
@given(batches=batches_of(st.one_of(*FAMILIES.values())))
def test_a_mixture_is_either_whole_or_an_error(batches: list[list[Any]]) -> None:
    with suppress(SourceError):
        assert len(written(batches)) == sum(map(len, batches))
