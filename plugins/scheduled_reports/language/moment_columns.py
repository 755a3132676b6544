"""Whole columns of instants as text, from the texts of their distinct days, minutes and seconds."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from babel.dates import tokenize_pattern

if TYPE_CHECKING:
    import numpy as np

_SECOND = 1_000_000
_MINUTE, _QUARTER, _DAY = 60 * _SECOND, 900 * _SECOND, 86_400 * _SECOND
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - Arrow's, which has no zone
_FIRST, _LAST = -62_135_596_800 * _SECOND + 2 * _DAY, 253_402_300_800 * _SECOND - 2 * _DAY
"""Microseconds within which every zone's clock shows a year from 1 to 9999."""

Span = tuple[int, int]
"""After how many microseconds a field begins anew (0: never), and after how many it changes."""

_OF_DAY: Span = (0, _DAY)
_SPANS: dict[str, Span] = {
    **dict.fromkeys("hHKkam", (_DAY, _MINUTE)), "s": (_MINUTE, _SECOND), "S": (_SECOND, 1),
    **dict.fromkeys("AbB", (_DAY, 1)),
}  # fmt: skip
"""The letters of a pattern that tell the time; all others but those of zones tell the day."""
_ZONES = "zZOvVXx"

Write = Callable[[dt.datetime, str], str]


def day_and_time_texts(
    micros: np.ndarray[Any, Any], zone: dt.tzinfo | None, pattern: str, write: Write
) -> tuple[list[str], Any] | None:
    """Return the texts, and where they hold; None where the pattern tells the zone, of which an instant's clock knows.

    Args:
        micros: Microseconds since 1970, UTC where there is a zone.
        zone: The clock to tell them by; None where they are wall time.
        pattern: A date pattern.
        write: Writes a datetime without a zone by a pattern.
    """
    import numpy as np

    runs = _runs(pattern)
    if runs is None:
        return None
    held = (micros >= _FIRST) & (micros <= _LAST)
    micros = np.where(held, micros, 0)
    if zone is not None:
        micros, certain = _local(micros, zone)
        held &= certain
    columns = [_texts(micros, span, part, write) for part, span in runs]
    return (columns[0] if len(columns) == 1 else list(map("".join, zip(*columns, strict=True)))), held


def _runs(pattern: str) -> list[tuple[str, Span]] | None:
    """Return the parts of a pattern that change together; None where it tells the zone."""
    tokens, spans = tokenize_pattern(pattern), list[Span]()
    for kind, field in tokens:
        if kind == "chars":
            spans.append(spans[-1] if spans else _OF_DAY)
        elif field[0] in _ZONES:
            return None
        else:
            spans.append(_SPANS.get(str(field[0]), _OF_DAY))
    runs = itertools.groupby(zip(tokens, spans, strict=True), key=lambda pair: pair[1])
    return [(_pattern(token for token, _ in run), span) for span, run in runs]


def _pattern(tokens: Iterable[tuple[str, Any]]) -> str:
    """Return the pattern of some tokens, literal text in quotes."""
    runs = ((kind, [token for _, token in run]) for kind, run in itertools.groupby(tokens, key=lambda token: token[0]))
    return "".join(
        _quoted("".join(run)) if kind == "chars"
        else "".join(letter * count for letter, count in run)
        for kind, run in runs
    )  # fmt: skip


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'" if text.strip("'") else doubled  # Babel reads '''' as two quotes


def _texts(micros: np.ndarray[Any, Any], span: Span, pattern: str, write: Write) -> list[str]:
    import numpy as np

    again, unit = span
    numbers, where = np.unique((micros % again if again else micros) // unit, return_inverse=True)
    found = [write(_EPOCH + dt.timedelta(microseconds=number * unit), pattern) for number in numbers.tolist()]
    return list(map(found.__getitem__, where.tolist()))


def _local(micros: np.ndarray[Any, Any], zone: dt.tzinfo) -> tuple[Any, Any]:
    """Return wall time, and where it is certain: not in a quarter of an hour within which clocks change."""
    import numpy as np

    days, where = np.unique(micros // _DAY, return_inverse=True)
    offsets = np.array([_offsets(day, zone) for day in days.tolist()], np.int64).reshape(-1, _DAY // _QUARTER)
    found = offsets[where, micros % _DAY // _QUARTER]
    certain = found != _CHANGES
    return micros + np.where(certain, found, 0), certain


_CHANGES = 10 * _DAY
"""Stands for the offset of a quarter of an hour that has two."""


@functools.lru_cache(maxsize=8_192)
def _offsets(day: int, zone: dt.tzinfo) -> tuple[int, ...]:
    """Return what to add to UTC in each quarter of an hour of a day, in microseconds."""
    start = (_EPOCH + dt.timedelta(days=day)).replace(tzinfo=dt.UTC)
    return tuple(_offset(start + dt.timedelta(minutes=minutes), zone) for minutes in range(0, 24 * 60, 15))


def _offset(start: dt.datetime, zone: dt.tzinfo) -> int:
    first, last = (
        moment.astimezone(zone).utcoffset() for moment in (start, start + dt.timedelta(minutes=14, seconds=59))
    )
    return _CHANGES if first is None or first != last else first // dt.timedelta(microseconds=1)
