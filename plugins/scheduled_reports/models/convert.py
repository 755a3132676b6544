"""Bring a value of any type to a column's type, in DuckDB's SQL: NULL where it is none, never another value.

Text is read as it is written. No digit is dropped: what has more decimal places than the type is none of it, but for
the noise of binary fractions (at most 4 units in a double's last place). Times without a zone become instants, and
instants days or wall time, only where the zone is given.
"""

from __future__ import annotations

from collections.abc import Callable

from scheduled_reports.column_types import ColumnType, duckdb_type
from scheduled_reports.models.literals import digits_of, text_sql
from scheduled_reports.models.mapping import Origin, has_zone

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_KINDS = {
    "DOUBLE": "float", "FLOAT": "real", "BOOLEAN": "boolean", "DATE": "date", "TIME": "time", "BLOB": "bytes",
    "TIMESTAMP WITH TIME ZONE": "timestamptz", "TIMESTAMP": "timestamp", "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP_MS": "timestamp", "TIMESTAMP_S": "timestamp",
    **dict.fromkeys(_WHOLE, "integer"), **{f"U{name}": "integer" for name in _WHOLE},
}  # fmt: skip
_NAIVE = r"\d{4}-\d\d?-\d\d?([ T]\d\d?:\d\d(:\d\d(\.\d+)?)?)?"
_AWARE = r"\d{4}-\d\d?-\d\d?[ T]\d\d?:\d\d(:\d\d(\.\d+)?)? ?([Zz]|[+-]\d\d(:?\d\d)?)"
_TIME = r"([01]?\d|2[0-3]):\d\d(:\d\d(\.\d+)?)?"
_GERMAN = r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"


class NoZoneError(ValueError):
    """A time zone is needed to convert these values, and none is given."""


def kind_of(given: str) -> str:
    """Return what sort of type DuckDB's type `given` is; `text` for all that is not told apart."""
    if given.startswith("DECIMAL"):
        return "decimal"
    if given.endswith("]") or given.startswith(("STRUCT", "MAP", "UNION")):
        return "nested"
    return _KINDS.get(given, "text")


def converted(value: str, given: str, column_type: ColumnType, origin: Origin) -> str:
    """Return SQL for `value` as a column's type; NULL where it is none.

    Args:
        value: SQL of the value.
        given: Its DuckDB type.
        column_type: The type wanted.
        origin: How its text is written, and in which zone its times are.

    Raises:
        NoZoneError: The conversion needs a time zone.
    """
    family, kind = column_type.partition("(")[0], kind_of(given)
    if origin.format and kind in ("text", "integer"):
        formats = ", ".join(map(text_sql, origin.format))
        value = f"try_strptime(CAST({value} AS VARCHAR), [{formats}])"
        kind = "timestamptz" if has_zone(origin.format[0]) else "timestamp"
    if kind == "real":  # its shortest decimal form, not the double next to it
        value, kind = f"CAST(CAST({value} AS VARCHAR) AS DOUBLE)", "float"
    sql = _TARGETS[family](value, kind, column_type, origin)
    return f"CAST({sql} AS {duckdb_type(column_type)})"


def as_text(value: str, kind: str) -> str:
    """Return SQL for a value's text; a whole number is written as one, also where a file keeps it as a fraction."""
    if kind == "nested":
        return f"CAST(to_json({value}) AS VARCHAR)"
    if kind == "float":
        whole = f"{value} = trunc({value}) AND abs({value}) < 9e15"
        return f"CASE WHEN {whole} THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) ELSE CAST({value} AS VARCHAR) END"
    return f"CAST({value} AS VARCHAR)"


def _plain_number(value: str, kind: str, origin: Origin) -> str:
    """Return SQL for the text of a number with a decimal point, NULL where a comma's grouping is wrong."""
    text = f"trim({as_text(value, kind)})"
    if origin.decimal == "." or kind != "text":
        return text
    plain = f"replace(replace({text}, '.', ''), ',', '.')"
    return f"CASE WHEN regexp_full_match({text}, {text_sql(_GERMAN)}) THEN {plain} END"


def _text(value: str, kind: str, _: ColumnType, __: Origin) -> str:
    return as_text(value, kind)


def _json(value: str, kind: str, _: ColumnType, __: Origin) -> str:
    if kind == "text":
        return f"CASE WHEN json_valid(CAST({value} AS VARCHAR)) THEN CAST({value} AS VARCHAR) END"
    return f"CAST(to_json({value}) AS VARCHAR)"


def _bytes(value: str, kind: str, _: ColumnType, __: Origin) -> str:
    return value if kind == "bytes" else "NULL"


def _integer(value: str, kind: str, _: ColumnType, origin: Origin) -> str:
    if kind == "integer":
        return f"TRY_CAST({value} AS BIGINT)"
    if kind in ("float", "decimal"):
        return f"CASE WHEN {value} = trunc({value}) THEN TRY_CAST({value} AS BIGINT) END"
    return _if_written(_plain_number(value, kind, origin), r"[+-]?\d+(\.0*)?", "BIGINT")


def _number(value: str, kind: str, _: ColumnType, origin: Origin) -> str:
    if kind in ("integer", "decimal"):
        return f"TRY_CAST({value} AS DOUBLE)"
    if kind == "float":
        return f"CASE WHEN isfinite({value}) THEN {value} END"
    written = _if_written(_plain_number(value, kind, origin), r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", "DOUBLE")
    return f"CASE WHEN isfinite({written}) THEN {written} END"  # 1e999 is read as infinity


def _decimal(value: str, kind: str, column_type: ColumnType, origin: Origin) -> str:
    places, wanted = digits_of(column_type)[1], duckdb_type(column_type)
    if kind == "integer":
        return f"TRY_CAST({value} AS {wanted})"
    if kind == "float":
        near = f"abs(CAST(TRY_CAST({value} AS {wanted}) AS DOUBLE) - {value}) <= abs({value}) * 1e-15"
        return f"CASE WHEN {near} THEN TRY_CAST({value} AS {wanted}) END"
    written = rf"[+-]?(\d+(\.\d{{0,{places}}}0*)?|\.\d{{1,{max(places, 1)}}}0*)"
    return _if_written(_plain_number(value, kind, origin), written, wanted)


def _if_written(text: str, pattern: str, wanted: str) -> str:
    return f"CASE WHEN regexp_full_match({text}, {text_sql(pattern)}) THEN TRY_CAST({text} AS {wanted}) END"


def _boolean(value: str, kind: str, _: ColumnType, __: Origin) -> str:
    if kind == "boolean":
        return value
    if kind in ("integer", "float", "decimal"):
        return f"CASE WHEN {value} IN (0, 1) THEN {value} = 1 END"
    return f"TRY_CAST(trim({as_text(value, kind)}) AS BOOLEAN)"


def _time(value: str, kind: str, column_type: ColumnType, origin: Origin) -> str:
    if kind in ("time", "timestamp"):
        return f"CAST({value} AS TIME)"
    if kind == "timestamptz":
        return f"CAST({_timestamp(value, kind, column_type, origin)} AS TIME)"
    return _if_written(f"trim({as_text(value, kind)})", _TIME, "TIME")


def _date(value: str, kind: str, column_type: ColumnType, origin: Origin) -> str:
    return f"CAST({_timestamp(value, kind, column_type, origin)} AS DATE)"


def _timestamp(value: str, kind: str, _: ColumnType, origin: Origin) -> str:
    """Return SQL for wall time."""
    if kind in ("date", "timestamp"):
        return f"CAST({value} AS TIMESTAMP)"
    if kind == "timestamptz":
        return f"timezone({_zone(origin)}, {value})"
    text = f"trim({as_text(value, kind)})"
    naive = f"WHEN regexp_full_match({text}, '{_NAIVE}') THEN TRY_CAST({text} AS TIMESTAMP)"
    if origin.timezone is None:
        return f"CASE {naive} END"
    wall = f"timezone({_zone(origin)}, TRY_CAST({text} AS TIMESTAMPTZ))"
    return f"CASE {naive} WHEN regexp_full_match({text}, '{_AWARE}') THEN {wall} END"


def _timestamptz(value: str, kind: str, _: ColumnType, origin: Origin) -> str:
    """Return SQL for an instant."""
    if kind == "timestamptz":
        return value
    if kind in ("date", "timestamp"):
        return _instant(f"CAST({value} AS TIMESTAMP)", _zone(origin))
    text = f"trim({as_text(value, kind)})"
    aware = f"WHEN regexp_full_match({text}, '{_AWARE}') THEN TRY_CAST({text} AS TIMESTAMPTZ)"
    if origin.timezone is None:
        return f"CASE {aware} END"
    instant = _instant(f"TRY_CAST({text} AS TIMESTAMP)", _zone(origin))
    return f"CASE {aware} WHEN regexp_full_match({text}, '{_NAIVE}') THEN {instant} END"


def _instant(wall: str, zone: str) -> str:
    """Return SQL for the instant of a wall time: the earlier of two, and NULL where clocks skip it.

    DuckDB gives the later of two, and an hour after what is skipped. `early` counts from a day before, in the offset
    that held then (ICU's clock changes are rarer than that).
    """
    late = f"timezone({zone}, {wall})"
    before = f"({late} - INTERVAL 24 HOUR)"
    early = f"({before} + ({wall} - timezone({zone}, {before})))"
    shown = [f"WHEN timezone({zone}, {instant}) = {wall} THEN {instant}" for instant in (early, late)]
    return f"CASE {' '.join(shown)} END"


def _zone(origin: Origin) -> str:
    if origin.timezone is None:
        raise NoZoneError
    return text_sql(origin.timezone)


_TARGETS: dict[str, Callable[[str, str, ColumnType, Origin], str]] = {
    "text": _text, "json": _json, "bytes": _bytes, "integer": _integer, "number": _number, "decimal": _decimal,
    "boolean": _boolean, "time": _time, "date": _date, "timestamp": _timestamp, "timestamptz": _timestamptz,
}  # fmt: skip
