"""Arrow columns of dates and datetimes as columns of text, as Python's `isoformat` writes them.

Arrow writes years from -32767 to 32767 and gives other ones wrong or as `<value out of range>`; those are written one
by one: the calendar repeats every 400 years (ISO 8601, 3.2.1), which have 146,097 days. It knows no clock change after
2037, where most zones' tables end and their rules begin (RFC 8536, section 3.3); Python's zones follow the rules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scheduled_reports.arrow_values import number, numbers, word, words, zero

if TYPE_CHECKING:
    import pyarrow as pa

CYCLE_YEARS, CYCLE_DAYS = 400, 146_097

FAR_DAYS = 11_000_000
"""Days from 1970 that Arrow's calendar surely knows, some 30,000 years."""

SECONDS = 86_400
"""Of a day."""

DAY = SECONDS * 1_000_000
"""Microseconds of a day."""

MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}

DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}

LAST_KNOWN = 2_114_380_800
"""Seconds from 1970 to 2037: from there on, clocks change at quarters of an hour, by rules that Arrow lacks."""

LAST_PYTHON = 253_000_000_000
"""Seconds from 1970 to 9987: soon after it, Python's calendar ends."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def date_texts(column: pa.Array) -> pa.Array:
    """Return dates as large_string: `2026-10-01`."""
    import pyarrow as pa

    days = column.cast(pa.date32(), safe=False)
    return _with_far(days.cast(pa.large_string()), days.cast(pa.int32()).cast(pa.int64()), FAR_DAYS, _far_date)


def datetime_texts(column: pa.Array, zone: str, separator: str) -> pa.Array:
    """Return datetimes as large_string: `2026-10-01 06:30:00`, with an offset where they know their zone.

    Args:
        column: Timestamps of any unit.
        zone: IANA name; datetimes that know their zone are told in this one.
        separator: What stands between a date and its time.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    unit, aware = column.type.unit, column.type.tz is not None
    ticks = column.cast(pa.int64())
    local = wall_times(column, zone) if aware else column
    text = seconds_texts(local)
    if separator != " ":
        text = pc.replace_substring(text, " ", separator)
    if aware:
        offsets = _offsets(pc.subtract(local.cast(pa.int64()), ticks), 10 ** DIGITS[unit])
        text = pc.binary_join_element_wise(text, offsets, word(""))
    if unit == "ns":  # 1677 to 2262
        return text
    known = ZoneInfo(zone) if aware else None
    factor = MICROSECONDS[unit]
    return _with_far(
        text, ticks, FAR_DAYS * DAY // factor, lambda value: _far_datetime(value * factor, known, separator)
    )


def seconds_texts(column: pa.Array) -> pa.Array:
    """Return times, or datetimes that know no zone, as Arrow does, but without a fraction of zeros alone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    digits = DIGITS[column.type.unit]
    if not digits:
        return column.cast(pa.large_string())
    short = pa.timestamp("s") if pa.types.is_timestamp(column.type) else pa.time32("s")
    whole = column.cast(short, safe=False)
    if pc.all(pc.equal(whole.cast(column.type, safe=False), column)).as_py():
        return whole.cast(pa.large_string())
    return pc.replace_substring(column.cast(pa.large_string()), "." + "0" * digits, "")


def wall_times(column: pa.Array, zone: str) -> pa.Array:
    """Return instants as what a clock in the zone shows: timestamps of the same unit without a zone.

    Args:
        column: Timestamps that know their zone.
        zone: IANA name.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    unit, ticks = column.type.unit, column.cast(pa.int64())
    local = pc.local_timestamp(column.cast(pa.timestamp(unit, zone)))
    quarter = 900 * 10 ** DIGITS[unit]
    first = number(LAST_KNOWN // 900 * quarter, pa.int64())
    late = pc.greater_equal(ticks, first)
    if not pc.any(late).as_py():
        return local
    quarters = pc.divide(pc.if_else(late, ticks, first), number(quarter, pa.int64())).dictionary_encode()
    ahead = [_seconds_ahead(ZoneInfo(zone), 900 * value) * quarter // 900 for value in quarters.dictionary.to_pylist()]
    shifted = pc.add(ticks, numbers(np.array(ahead, "int64")).take(quarters.indices))
    return pc.if_else(late, shifted.cast(pa.timestamp(unit)), local)


def _seconds_ahead(zone: ZoneInfo, seconds: int) -> int:
    """Return by how much a zone is ahead of UTC from 2037 on; far ahead it is as in the cycle that begins in 2370."""
    if seconds > LAST_PYTHON:
        seconds = seconds % (CYCLE_DAYS * SECONDS) + CYCLE_DAYS * SECONDS
    offset = (EPOCH + dt.timedelta(seconds=seconds)).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _offsets(differences: pa.Array, second: int) -> pa.Array:
    """Return offsets from UTC as text: there are few, so each is written once."""
    found = differences.dictionary_encode()
    labels = [_offset(value // second) for value in found.dictionary.to_pylist()]
    return words(labels).take(found.indices)


def _offset(seconds: int) -> str:
    """Return an offset as `isoformat` does: `+02:00`, before zones were standard `+00:53:28`."""
    if abs(seconds) >= SECONDS:  # of a moment that Arrow's calendar lacks; it is written again
        return ""
    return EPOCH.astimezone(dt.timezone(dt.timedelta(seconds=seconds))).isoformat()[19:]


def _with_far(text: pa.Array, ticks: pa.Array, most: int, written: Callable[[int], str]) -> pa.Array:
    """Return the text with that of values beyond `most` replaced."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ends = pc.min_max(ticks).as_py()
    if ends["min"] is None or (-most <= ends["min"] and ends["max"] <= most):
        return text
    low, high = (number(end, pa.int64()) for end in (-most, most))
    far = pc.fill_null(pc.or_(pc.less(ticks, low), pc.greater(ticks, high)), zero(pa.bool_()))
    values = [written(value) for value in ticks.filter(far).to_pylist()]
    return pc.replace_with_mask(text, far, words(values))


def _far_date(days: int) -> str:
    cycles, near = _near(days)
    return _later((EPOCH + dt.timedelta(days=near)).date().isoformat(), cycles)


def _far_datetime(microseconds: int, zone: ZoneInfo | None, separator: str) -> str:
    days, rest = divmod(microseconds, DAY)
    cycles, near = _near(days)
    moment = EPOCH + dt.timedelta(days=near, microseconds=rest)
    moment = moment.replace(tzinfo=None) if zone is None else moment.astimezone(zone)
    return _later(moment.isoformat(separator), cycles)


def _near(days: int) -> tuple[int, int]:
    """Return how many cycles a day lies from one that Python knows, and that one: after zones' tables, or before."""
    cycles, rest = divmod(days, CYCLE_DAYS)
    base = 1 if days >= 0 else -4
    return cycles - base, rest + base * CYCLE_DAYS


def _later(text: str, cycles: int) -> str:
    return f"{int(text[:4]) + cycles * CYCLE_YEARS:05d}{text[4:]}"
