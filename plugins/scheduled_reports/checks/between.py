"""Numbers and moments within limits."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from scheduled_reports.checks.base import CheckedData
from scheduled_reports.checks.binds import Binds
from scheduled_reports.checks.kinds import MOMENT, NUMBER, digits_of
from scheduled_reports.checks.row_check import RowCheck, Tolerated, Ways
from scheduled_reports.judgement.limits import exact
from scheduled_reports.spec.sql import quoted

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?P<time>[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


def _bound(given: object) -> object:
    """Accept a number, or text that is a date or a timestamp; YAML 1.2 has no dates of its own."""
    if isinstance(given, dt.date) or given is None:
        return given
    if isinstance(given, int | float) and not isinstance(given, bool):
        if not math.isfinite(given) or abs(given) >= 2**127:
            raise ValueError(f"{given!r} is no limit; write a number of less than 39 digits")
        return given
    if isinstance(given, str) and (match := _MOMENT.fullmatch(given)):
        if not match["time"]:
            return dt.date.fromisoformat(given)
        moment = dt.datetime.fromisoformat(given)
        return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
    raise ValueError(f"{given!r} is no number, date or timestamp; write 12, 2026-01-31 or '2026-01-31 08:00'")


Bound = Annotated[int | float | dt.date | dt.datetime | None, BeforeValidator(_bound)]
"""A number; a date, which means the whole day; or a timestamp."""

_UNIT = "a number, a date (then the whole day counts) or a timestamp, in UTC where the column has instants"


class Bounds(Tolerated):
    """Within what values lie."""

    at_least: Bound = Field(None, description=f"The lowest value that passes: {_UNIT}.")
    above: Bound = Field(None, description="In place of `at_least`: a value that all must be above.")
    at_most: Bound = Field(None, description="The highest value that passes, likewise.")
    below: Bound = Field(None, description="In place of `at_most`: a value that all must be below.")

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        for one, other in (("at_least", "above"), ("at_most", "below")):
            if getattr(self, one) is not None and getattr(self, other) is not None:
                raise ValueError(f"both {one!r} and {other!r} are given; one of them is enough")
        if len({isinstance(bound, dt.date) for _, bound in self.bounds()}) > 1:
            raise ValueError("numbers and dates are mixed; a column has one of them")
        low = self.above if self.at_least is None else self.at_least
        high = self.below if self.at_most is None else self.at_most
        strict = self.above is not None or self.below is not None
        if low is not None and high is not None and _apart(low, high, strict=strict):
            raise ValueError(f"no value can be {self.words()}; correct the limits")
        return self

    def bounds(self) -> Iterator[tuple[str, int | float | dt.date]]:
        """Yield the limits that are given, by name."""
        for name in ("at_least", "above", "at_most", "below"):
            if (bound := getattr(self, name)) is not None:
                yield name, bound

    def words(self) -> str:
        """Return the limits for a sentence: `at least 0 and at most 3,600`."""
        return " and ".join(f"{name.replace('_', ' ')} {_shown(bound)}" for name, bound in self.bounds())


class Between(RowCheck, Bounds):
    """Numbers, dates or timestamps lie within limits."""

    type: Literal["between"]
    column: str = Field(
        min_length=1,
        description="A column of numbers, dates or timestamps. Rows where it is null pass, and `complete` finds them; "
        "infinity and NaN fail.",
    )
    limits: dict[str, Bounds] = Field(  # type: ignore[assignment]
        {}, description="Limits of single values of `by`, in place of the general: `{phone: {at_most: 3600}}`."
    )

    @model_validator(mode="after")
    def _has_limits(self) -> Self:
        if not any([*self.bounds()]) and not self.limits:
            raise ValueError("no limit is given; write one or two of 'at_least', 'above', 'at_most' and 'below'")
        if self.limits and len({isinstance(bound, dt.date) for _, bound in self._all_bounds()}) > 1:
            raise ValueError("numbers and dates are mixed; a column has one of them")
        return self

    def looks_at(self) -> list[str]:
        """Return the column."""
        return [self.column]

    def ways(self, data: CheckedData, binds: Binds) -> Ways:
        """Return one for each limit, and one for what is no number."""
        moments = any(isinstance(bound, dt.date) for _, bound in self._all_bounds())
        if not self.can_judge(data, self.column, MOMENT if moments else NUMBER):
            return {}
        kind, column = data.types(self.dataset)[self.column], quoted(self.column)
        ways = {}
        if kind in {"FLOAT", "DOUBLE"}:
            ways["not finite"] = f"NOT isfinite({column})"
            column = f"CASE WHEN isfinite({column}) THEN {column} END"
        for name, bound in self.bounds():
            words, sign = _OPPOSITES[name]
            value = binds(_fitting(name, bound, kind)) + ("::FLOAT" if kind == "FLOAT" else "")
            ways[words.format(_shown(bound))] = f"{_cast(column, bound)} {sign} {value}"
        return ways

    def _all_bounds(self) -> Iterator[tuple[str, int | float | dt.date]]:
        yield from self.bounds()
        for own in self.limits.values():
            yield from own.bounds()

    def finding(self) -> str:
        """Say outside of what it is."""
        return f"{self.column} is not {self.words() or 'finite (no limits are given)'}"


_OPPOSITES = {
    "at_least": ("below {}", "<"),
    "above": ("{} or less", "<="),
    "at_most": ("above {}", ">"),
    "below": ("{} or more", ">="),
}


def _apart(lowest: int | float | dt.date, highest: int | float | dt.date, *, strict: bool) -> bool:
    """Return whether nothing is between two limits; of a date and a timestamp only the days are looked at."""
    if type(lowest) is not type(highest) and isinstance(lowest, dt.date) and isinstance(highest, dt.date):
        return _day(lowest) > _day(highest)
    return lowest > highest or (strict and lowest == highest)  # type: ignore[operator]


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _fitting(name: str, bound: int | float | dt.date, column_type: str) -> int | float | Decimal | dt.date:
    """Return a limit that a column can be compared with: exactly, where the column is exact.

    DuckDB would compare a DECIMAL or a BIGINT with a fraction as DOUBLE, which has 15 digits. So a fraction becomes the
    nearest number that the column can hold on the side that passes, and a whole number stays one where it fits.
    """
    exactness = digits_of(column_type)
    if exactness is None or isinstance(bound, dt.date):
        return bound
    whole, places = exactness
    if abs(bound) >= 10**whole:
        return float(bound)  # all that the column can hold is on one side of it
    if isinstance(bound, int):
        return bound
    rounding = ROUND_CEILING if name in {"at_least", "below"} else ROUND_FLOOR
    with localcontext(prec=80):
        nearest = exact(bound).quantize(Decimal(1).scaleb(-places), rounding)
    return nearest if places else int(nearest)


def _cast(column: str, bound: int | float | dt.date) -> str:
    """Return a column as what its limit is: that of a day is compared with days."""
    if isinstance(bound, dt.datetime):
        return f"CAST({column} AS TIMESTAMP)"
    return f"CAST({column} AS DATE)" if isinstance(bound, dt.date) else column


def _shown(bound: int | float | dt.date) -> str:
    return bound.isoformat(*" " * isinstance(bound, dt.datetime)) if isinstance(bound, dt.date) else f"{bound:,}"
