"""The one number that a query is to give."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scheduled_reports.errors import SourceError
from scheduled_reports.judgement.limits import exact, is_number

if TYPE_CHECKING:
    import pyarrow as pa

_KINDS = {"str": "text", "bool": "true or false", "datetime": "a point in time", "date": "a date", "bytes": "bytes"}


def one_number(parts: Iterable[pa.Table | pa.RecordBatch], what: str) -> Decimal:
    """Return the number that an answer of one row and one column holds.

    Args:
        parts: The answer; not read further than its second row.
        what: Who asks, for messages.

    Raises:
        SourceError: It has no row or several, several columns, or no finite number. The message does not repeat what it
            has instead, which may be somebody's name.
    """
    found: list[Any] = []
    for part in parts:
        if part.num_columns != 1:
            raise _refused(what, f"it gives {part.num_columns} columns", "select one number")
        found += part.slice(0, 2).column(0).to_pylist()
        if len(found) > 1:
            raise _refused(what, "it gives several rows", "aggregate them: sum, max, count")
    if not found:
        raise _refused(what, "it gives no row", "write it so that it always gives one: count(*), coalesce(sum(x), 0)")
    return _number(found[0], what)


def _number(value: Any, what: str) -> Decimal:
    if value is None:
        raise _refused(what, "it gives NULL", "say what counts then: coalesce(sum(x), 0)")
    if isinstance(value, Decimal):  # Arrow has none but finite ones
        return value
    if is_number(value):
        return exact(value)
    if isinstance(value, float):
        raise _refused(what, "it gives NaN or infinity", "leave such values out: nullif(x, 0)")
    kind = type(value).__name__
    raise _refused(what, f"it gives {_KINDS.get(kind, kind)}", "select a number; CAST text that is one")


def _refused(what: str, why: str, fix: str) -> SourceError:
    return SourceError(f"{what}: its query must give one number", why=why, fix=fix)
