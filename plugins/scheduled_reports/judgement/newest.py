"""The newest timestamp of some data: a value that a database or a table gives, as an instant."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from scheduled_reports.errors import SourceError
from scheduled_reports.schedule.clock import instant
from scheduled_reports.spec.problems import did_you_mean
from scheduled_reports.tables import Tables

_TICK = dt.timedelta(microseconds=1)

SKEW = dt.timedelta(days=2)
"""How far ahead a newest timestamp may be: clocks that differ, wall times of another zone, and the day that has begun.
Beyond that a column holds plans or a `9999-12-31`, which would look fresh for ever."""

_DAY = r"\d{4}-\d\d-\d\d"
_WALL = rf"{_DAY}[T ]\d\d:\d\d(:\d\d(\.\d+)?)?"
_INSTANT = rf"{_WALL} ?(Z|[+-][01]\d(:?\d\d)?)"

_TEXTS = """
    WITH texts AS (SELECT trim({column}) AS text FROM "{table}" WHERE {column} IS NOT NULL),
    read AS (
      SELECT CASE WHEN regexp_full_match(text, :day) THEN TRY_CAST(text AS DATE) END AS day,
             CASE WHEN regexp_full_match(text, :wall) THEN TRY_CAST(text AS TIMESTAMP) END AS wall,
             CASE WHEN regexp_full_match(text, :instant) THEN TRY_CAST(text AS TIMESTAMPTZ) END AS instant
      FROM texts
    )
    SELECT max(day) AS day, max(wall) AS wall, max(instant) AS instant,
           count(*) FILTER (WHERE day IS NULL AND wall IS NULL AND instant IS NULL) AS unread FROM read
"""
"""How the newest of texts is found: those with another offset do not sort as text."""


def newest_in(tables: Tables, table: str, column: str, zone: str) -> dt.datetime | None:
    """Return the newest timestamp in a column of an extracted table; None where it has no row, or only NULLs.

    Args:
        tables: The tables.
        table: One of them.
        column: One of its columns: timestamps, dates, or text of either as ISO 8601 has it.
        zone: IANA time zone of wall times and days.

    Raises:
        SourceError: There is no such table or column, or it holds something else.
    """
    what = f"the column {column!r} of {table}"
    names = tables.columns(table)
    if column not in names:
        raise SourceError(f"{table} has no column {column!r}", fix=did_you_mean(column, names))
    quoted = '"' + column.replace('"', '""') + '"'
    newest = _row(tables, f'SELECT max({quoted}) AS newest FROM "{table}"', what)["newest"]
    if not isinstance(newest, str):
        return moment_of(newest, zone, what)
    found = _row(tables, _TEXTS.format(column=quoted, table=table), what, day=_DAY, wall=_WALL, instant=_INSTANT)
    if unread := found.pop("unread"):
        raise _no_timestamp(what, f"{unread:,} of its texts are neither a timestamp nor a date")
    return max(filter(None, (moment_of(value, zone, what) for value in found.values())))


def _row(tables: Tables, sql: str, what: str, **values: str) -> dict[str, Any]:
    with tables.query(sql, values, what) as reader:
        [row] = reader.read_all().to_pylist()
    return dict(row)


def _no_timestamp(what: str, why: str) -> SourceError:
    return SourceError(f"{what} gives no timestamp", why=why, fix="name another column, or CAST it in the SQL")


def moment_of(value: Any, zone: str, what: str) -> dt.datetime | None:
    """Return a timestamp as an aware instant; None for a NULL.

    A wall time without an offset is one in `zone`. A day stands for all of it: its last microsecond there, so that data
    of 1 October reaches the end of 1 October.

    Args:
        value: A datetime, a date, or text of either as ISO 8601 has it, with `T` or a space between day and time.
        zone: IANA time zone of wall times and days.
        what: Who gave it, for messages.

    Raises:
        SourceError: It is none of these: a number may count seconds, days, or anything else.
    """
    if value is None:
        return None
    try:
        return _instant(_parsed(value) if isinstance(value, str) else value, ZoneInfo(zone))
    except (ValueError, TypeError) as error:
        kind = "text" if isinstance(value, str) else type(value).__name__
        raise _no_timestamp(what, f"it is {kind} that is neither a timestamp nor a date") from error


def is_end_of_day(moment: dt.datetime, zone: str) -> bool:
    """Return whether an instant stands for a whole day in `zone`, as `moment_of` gives it."""
    return moment.astimezone(ZoneInfo(zone)).time() == dt.time.max


def _parsed(text: str) -> dt.date:
    stripped = text.strip()
    if re.fullmatch(_DAY, stripped):
        return dt.date.fromisoformat(stripped)
    if not re.fullmatch(_INSTANT, stripped) and not re.fullmatch(_WALL, stripped):
        raise ValueError(stripped)
    day, _, time = stripped.replace("T", " ").partition(" ")
    return dt.datetime.fromisoformat(f"{day}T{time.replace(' ', '')}")


def _instant(value: dt.date, zone: ZoneInfo) -> dt.datetime:
    if not isinstance(value, dt.date):
        raise TypeError
    value = value.replace(year=min(max(value.year, 2), 9998))  # 9999-12-31 means never, and is past the end elsewhere
    if not isinstance(value, dt.datetime):
        return instant(dt.datetime.combine(value + dt.timedelta(days=1), dt.time()), zone) - _TICK
    return value.astimezone(dt.UTC) if value.tzinfo is not None else value.replace(tzinfo=zone).astimezone(dt.UTC)
