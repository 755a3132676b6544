"""Arrow columns as cells: whatever they hold, a workbook that is read back has it, as Excel can hold it."""

from __future__ import annotations

import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formats.workbooks import wall
from scheduled_reports.workbook.cells import clean, value_for
from scheduled_reports.workbook.shared_texts import MOST, SharedTexts
from workbook.parts import table, values

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["=1+1", "+", "-x", "@a", "\t=", " lead", "trail\u2003", "_x0041_", "a\r\nb"]),
    st.sampled_from(["<a&b>", "]]>", "\ufffe", "\x0b", "＝1", "", "'", "é" * 20, "x" * 33_000, "'quoted'", "١٢"]),
)  # fmt: skip
ZONE = ZoneInfo("Europe/Berlin")
COLUMNS = {
    "text": TEXTS,
    "integer": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(),
    "decimal": st.decimals(-(10**20), 10**20, places=3),
    "date": st.dates(),
    "local": st.datetimes(),
    "boolean": st.booleans(),
    "time": st.times(),
}
TYPES = {"text": pa.string(), "integer": pa.int64(), "float": pa.float64(), "decimal": pa.decimal128(30, 3),
         "date": pa.date32(), "local": pa.timestamp("us"), "boolean": pa.bool_(), "time": pa.time64("us")}  # fmt: skip


@pytest.mark.parametrize("kind", COLUMNS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_read_back_is_what_excel_can_hold(kind: str, data: st.DataObject) -> None:
    held = data.draw(st.lists(st.one_of(st.none(), COLUMNS[kind]), min_size=1, max_size=60))
    with tempfile.TemporaryDirectory() as name:
        found = [row[0] for row in values(table(Path(name), {"a": pa.array(held, TYPES[kind])}))[1:]]
    for one, value in zip(found, held, strict=True):
        assert _alike(one, value), (one, value)


def _alike(found: Any, value: Any) -> bool:
    wanted = value_for(value, ZONE)
    if isinstance(wanted, str):
        return bool((found or "") == clean(wanted).replace("_x005F_", "_"))
    if wanted is None or isinstance(wanted, bool):
        return found is wanted
    if isinstance(wanted, dt.date):
        return abs(found - _moment(wanted)) < dt.timedelta(milliseconds=1)
    if isinstance(wanted, dt.time):
        late = wanted > dt.time(23, 59, 59)  # openpyxl reads what it rounds to the next day as a day
        return late or abs(_moment(found) - _moment(wanted)) < dt.timedelta(milliseconds=1)
    return bool(found == float(wanted) if isinstance(wanted, Decimal) else found == wanted)


def _moment(value: dt.date | dt.time) -> dt.datetime:
    if isinstance(value, dt.time):
        return dt.datetime.combine(dt.date(2026, 1, 1), value)
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_moments_of_every_unit_are_the_same(tmp_path: Path, unit: str) -> None:
    moment = wall(2026, 7, 1, 22, 30, 15)
    book = table(tmp_path, {
        "local": pa.array([moment, None], pa.timestamp(unit)),
        "instant": pa.array([moment, None], pa.timestamp(unit, "UTC")),
    })  # fmt: skip
    assert values(book)[1:] == [(moment, wall(2026, 7, 2, 0, 30, 15)), (None, None)]


def test_instants_after_2037_are_told_by_the_clocks_of_their_summers(tmp_path: Path) -> None:
    moment = wall(2050, 7, 1, 22, 30)
    book = table(tmp_path, {"instant": pa.array([moment], pa.timestamp("us", "UTC"))})
    assert values(book)[1:] == [(wall(2050, 7, 2, 0, 30),)]


def test_the_first_days_of_1900_are_those_that_excel_shows(tmp_path: Path) -> None:
    days = [dt.date(1899, 12, 31), dt.date(1900, 1, 1), dt.date(1900, 2, 28), dt.date(1900, 3, 1)]
    book = table(tmp_path, {"a": days})
    assert [row[0] for row in values(book)[1:]] == ["1899-12-31", wall(1900, 1, 1), wall(1900, 2, 28), wall(1900, 3, 1)]


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint64(), pa.float32(), pa.date64(), pa.large_string(), pa.time32("s")])
def test_other_types_of_arrow_have_cells_too(tmp_path: Path, kind: pa.DataType) -> None:
    held = (
        pa.array([1, None, 3], pa.int64())
        .cast(pa.int32() if pa.types.is_time(kind) else pa.int64())
        .cast(kind, safe=False)
    )
    found = values(table(tmp_path, {"a": held}))[1:]
    assert found[1] == (None,)
    assert None not in (found[0][0], found[2][0])


def test_texts_that_repeat_are_shared_and_others_stand_in_their_cells(tmp_path: Path) -> None:
    count = 20_000
    names = [f"name {number} & co" for number in range(count)]
    book = table(tmp_path, {"same": ["a", "b <", None, "=c"] * (count // 4), "each": names})
    found = values(book)[1:]
    assert [row[1] for row in found] == names
    assert [row[0] for row in found[:4]] == ["a", "b <", None, "=c"]
    shared = [book["Sample"].cell(row, 1).quotePrefix for row in range(2, 6)]
    assert [bool(mark) for mark in shared] == [False, False, False, True]


def test_shared_texts_are_limited() -> None:
    shared = SharedTexts(5)
    cells = [shared.cell(str(number), 1) for number in (7, 8, 7)]
    assert cells == ['<c s="1" t="s"><v>5</v></c>', '<c s="1" t="s"><v>6</v></c>', '<c s="1" t="s"><v>5</v></c>']
    assert not shared.is_full
    for number in range(MOST):
        shared.cell(f"text {number}", 1)
    assert shared.is_full
