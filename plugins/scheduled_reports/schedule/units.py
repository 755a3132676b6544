"""Units of calendar time: where a day, week, month, quarter, year or fiscal span begins, and the one after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from scheduled_reports.schedule.fiscal import FiscalYear

Unit = Literal["day", "week", "month", "quarter", "year", "fiscal_period", "fiscal_quarter", "fiscal_year"]

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Units:
    """The units of one business.

    Attributes:
        week_starts: The weekday on which its weeks begin, Monday 0.
        fiscal: Its fiscal year; None where it has none of its own.
    """

    week_starts: int = 0
    fiscal: FiscalYear | None = None

    def begin(self, unit: Unit, day: dt.date) -> dt.date:
        """Return the first day of the unit that contains `day`.

        Raises:
            ValueError: The unit is fiscal, and no fiscal year is given.
        """
        if unit == "day":
            return day
        if unit == "week":
            return day - dt.timedelta(days=(day.weekday() - self.week_starts) % 7)
        if unit in _MONTHS:
            size = _MONTHS[unit]
            return dt.date(day.year, (day.month - 1) // size * size + 1, 1)
        return self._fiscal(unit).span(_fiscal_unit(unit), day)[0]

    def add(self, unit: Unit, begin: dt.date, count: int) -> dt.date:
        """Return the first day of the unit `count` units after the one that begins on `begin`.

        Raises:
            ValueError: The unit is fiscal, and no fiscal year is given.
        """
        if unit in {"day", "week"}:
            return begin + dt.timedelta(days=count * (7 if unit == "week" else 1))
        if unit in _MONTHS:
            month = begin.year * 12 + begin.month - 1 + count * _MONTHS[unit]
            return dt.date(month // 12, month % 12 + 1, 1)
        return self._fiscal(unit).add(_fiscal_unit(unit), begin, count)

    def spans(self, unit: Unit, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
        """Yield (first day, last day) of each unit that has a day between `first` and `last`, in order.

        Raises:
            ValueError: The unit is fiscal, and no fiscal year is given.
        """
        begin = self.begin(unit, first)
        while begin <= last:
            after = self.add(unit, begin, 1)
            yield begin, after - _ONE_DAY
            begin = after

    def _fiscal(self, unit: Unit) -> FiscalYear:
        if self.fiscal is None:
            raise ValueError(f"{unit!r} needs a fiscal year; give the schedule or its calendar 'fiscal'")
        return self.fiscal


def _fiscal_unit(unit: Unit) -> Literal["period", "quarter", "year"]:
    return unit.removeprefix("fiscal_")  # type: ignore[return-value]
