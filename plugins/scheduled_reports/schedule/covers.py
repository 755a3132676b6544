"""Which span of time a run covers, seen from when it is due: `previous_week`, `month_to_date`, `last 36 hours`."""

from __future__ import annotations

import datetime as dt
import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator
from pydantic.json_schema import WithJsonSchema

from scheduled_reports.errors import ReportError
from scheduled_reports.model import Model
from scheduled_reports.schedule.clock import instant
from scheduled_reports.schedule.period import Period
from scheduled_reports.schedule.units import Unit, Units

UNITS: tuple[Unit, ...] = get_args(Unit)
SINCE_LAST_FIRE = "since_last_fire"
MIDNIGHT = dt.time(0)
_ONE_DAY = dt.timedelta(days=1)
_SAMPLE = dt.date(2026, 5, 20)  # in the middle of its week, month, quarter and year
_TO_DATE = {("today" if unit == "day" else f"{unit}_to_date"): unit for unit in UNITS}
_LAST = rf"last ([1-9][0-9]{{0,2}}) (hour|{'|'.join(UNITS)})s?"
_OFFSET = rf"^([+-]?[0-9]{{1,3}}) ({'|'.join(UNITS)})s?(?: ((?:[01][0-9]|2[0-3]):[0-5][0-9]))?$"
NAMES = (SINCE_LAST_FIRE, *(f"previous_{unit}" for unit in UNITS), *_TO_DATE)


@dataclass(frozen=True)
class Frame:
    """What spans are measured in.

    Attributes:
        zone: The schedule's time zone; days begin at its midnight.
        units: Its weeks and fiscal year.
    """

    zone: ZoneInfo
    units: Units

    def at(self, day: dt.date, time: dt.time = MIDNIGHT) -> dt.datetime:
        """Return the instant at which clocks in the zone show `time` on `day`, in that zone."""
        return instant(dt.datetime.combine(day, time), self.zone).astimezone(self.zone)

    def name(self, unit: Unit, day: dt.date) -> str:
        """Return what the business calls the fiscal span that contains `day`; empty for other units."""
        if self.units.fiscal is None or not unit.startswith("fiscal_"):
            return ""
        return self.units.fiscal.name(unit.removeprefix("fiscal_"), day)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Covers:
    """A kind of span.

    Attributes:
        text: What a spec calls it.
    """

    text: str

    @abstractmethod
    def period(self, anchor: dt.datetime, frame: Frame) -> Period:
        """Return the span as seen from `anchor` (aware, in the frame's zone)."""

    def anchor(self, day: dt.date, frame: Frame) -> dt.datetime | None:
        """Return from when the span that contains `day` is seen; None where only a fire of that day can say it."""
        return frame.at(day + _ONE_DAY)

    @property
    def units(self) -> frozenset[Unit]:
        """The units that it counts in."""
        return frozenset()

    def words(self) -> str:
        """Return it in plain words."""
        return self.text.replace("_", " ")


@dataclass(frozen=True)
class SinceLastFire(Covers):
    """From the fire before to this one; which those are is for the recurrence to say."""

    def period(self, anchor: dt.datetime, frame: Frame) -> Period:
        """Return the day before: what a manual run of a schedule without fires covers."""
        return Last("", 24, None).period(anchor, frame)

    def anchor(self, day: dt.date, frame: Frame) -> None:
        """Return None: a fire of that day has to say it."""
        return

    def words(self) -> str:
        """Return it in plain words."""
        return "since the last fire"


@dataclass(frozen=True)
class Last(Covers):
    """The last n whole units before the current one, or the last n hours.

    Attributes:
        count: How many.
        unit: Of what; None for hours, which pass as on a stopwatch, also when clocks change.
    """

    count: int
    unit: Unit | None

    def period(self, anchor: dt.datetime, frame: Frame) -> Period:
        """Return the span as seen from `anchor`."""
        if self.unit is None:
            length = dt.timedelta(hours=self.count)
            moments = [(anchor.astimezone(dt.UTC) - length * back).astimezone(frame.zone) for back in (2, 1, 0)]
            return Period(moments[1], moments[2], moments[0], moments[1])
        end = frame.units.begin(self.unit, anchor.date())
        start, before = (frame.units.add(self.unit, end, -self.count * back) for back in (1, 2))
        name = frame.name(self.unit, start) if self.count == 1 else ""
        return Period(frame.at(start), frame.at(end), frame.at(before), frame.at(start), name)

    def anchor(self, day: dt.date, frame: Frame) -> dt.datetime:
        """Return the first instant after the unit that contains `day`."""
        if self.unit is None:
            return frame.at(day + _ONE_DAY)
        return frame.at(frame.units.add(self.unit, frame.units.begin(self.unit, day), 1))

    @property
    def units(self) -> frozenset[Unit]:
        """The units that it counts in."""
        return frozenset({self.unit} if self.unit else ())

    def words(self) -> str:
        """Return it in plain words: `last hour`, `last 36 hours`, `previous week`."""
        one = f"last {(self.unit or 'hour').replace('_', ' ')}"
        return one if self.count == 1 and self.text.startswith("last ") else super().words()


@dataclass(frozen=True)
class ToDate(Covers):
    """From the beginning of the current unit until now, compared with as much of the unit before.

    Attributes:
        unit: Which one.
    """

    unit: Unit

    def period(self, anchor: dt.datetime, frame: Frame) -> Period:
        """Return the span as seen from `anchor`; at the very beginning of a unit it is the whole one before."""
        start = frame.units.begin(self.unit, anchor.date())
        if frame.at(start).timestamp() == anchor.timestamp():  # midnight comes twice where clocks go back to it
            start = frame.units.begin(self.unit, start - _ONE_DAY)
        before = frame.units.add(self.unit, start, -1)
        elapsed = anchor.date() - start
        same = min(frame.at(before + elapsed, anchor.time()), frame.at(start))
        return Period(frame.at(start), anchor, frame.at(before), same)

    @property
    def units(self) -> frozenset[Unit]:
        """The units that it counts in."""
        return frozenset({self.unit})


class Offsets(Model):
    """From one offset to another, each `<n> <unit> [HH:MM]`: `-1 day 06:00`, `0 days 06:00`, `-1 month`.

    An offset is counted from the beginning of the current day, week, month, quarter or year.
    """

    start: str = Field(alias="from", pattern=_OFFSET, description="Where it begins: `-1 day 06:00`.")
    to: str = Field(pattern=_OFFSET, description="Where it ends, not included: `0 days 06:00`.")

    @model_validator(mode="after")
    def _it_has_a_length(self) -> Self:
        ends = [_offset(text) for text in (self.start, self.to)]
        if any(unit.startswith("fiscal_") for _, unit, _ in ends):
            return self
        units = Units()
        start, to = (
            dt.datetime.combine(units.add(unit, units.begin(unit, _SAMPLE), count), time) for count, unit, time in ends
        )
        if start >= to:
            how = "lies after 'to'; swap them" if start > to else "lies at 'to'; write a later 'to'"
            raise ValueError(f"'from' {how}")
        return self


@dataclass(frozen=True)
class Between(Covers):
    """From one offset to another.

    Attributes:
        offsets: Which.
    """

    offsets: Offsets

    def period(self, anchor: dt.datetime, frame: Frame) -> Period:
        """Return the span as seen from `anchor`."""
        start, end = (self._moment(text, anchor, frame) for text in (self.offsets.start, self.offsets.to))
        if end <= start:
            raise ReportError(f"the period from {self.offsets.start} to {self.offsets.to} has no length",
                              why=f"seen from {anchor:%Y-%m-%d %H:%M} both are {start:%Y-%m-%d %H:%M}",
                              fix="write offsets of the same unit")  # fmt: skip
        return Period(start, end, self._before(start, end, anchor, frame), start)

    def _before(self, start: dt.datetime, end: dt.datetime, anchor: dt.datetime, frame: Frame) -> dt.datetime:
        """Return where the span to compare with begins: as many units before, else as long by the clock."""
        (first, unit, time), (last, *rest) = _offset(self.offsets.start), _offset(self.offsets.to)
        if [unit, time] == rest:
            return frame.at(frame.units.add(unit, frame.units.begin(unit, anchor.date()), 2 * first - last), time)
        wall = start.replace(tzinfo=None) - (end.replace(tzinfo=None) - start.replace(tzinfo=None))
        return frame.at(wall.date(), wall.time())

    def anchor(self, day: dt.date, frame: Frame) -> None:
        """Return None: a fire of that day has to say it."""
        return

    @property
    def units(self) -> frozenset[Unit]:
        """The units that it counts in."""
        return frozenset(_offset(text)[1] for text in (self.offsets.start, self.offsets.to))

    def words(self) -> str:
        """Return it in plain words."""
        return f"from {self.offsets.start} to {self.offsets.to}"

    @staticmethod
    def _moment(text: str, anchor: dt.datetime, frame: Frame) -> dt.datetime:
        count, unit, time = _offset(text)
        return frame.at(frame.units.add(unit, frame.units.begin(unit, anchor.date()), count), time)


def _offset(text: str) -> tuple[int, Unit, dt.time]:
    [(count, unit, time)] = re.findall(_OFFSET, text)
    return int(count), unit, dt.time.fromisoformat(time) if time else MIDNIGHT


def covers(given: str) -> Covers:
    """Return the span that a spec names.

    Raises:
        ValueError: It names none.
    """
    if given == SINCE_LAST_FIRE:
        return SinceLastFire(given)
    if given in _TO_DATE:
        return ToDate(given, _TO_DATE[given])
    if given in NAMES:
        unit: Any = given.removeprefix("previous_")
        return Last(given, 1, unit)
    if match := re.fullmatch(_LAST, given):
        unit = None if match[2] == "hour" else match[2]
        return Last(given, int(match[1]), unit)
    raise ValueError(
        f"{given!r} is no span of time; write one of {', '.join(NAMES)}, or 'last 7 days', 'last 36 hours'"
    )


def _read(given: Any) -> Covers:
    if isinstance(given, Covers):
        return given
    if isinstance(given, str):
        return covers(given)
    return Between("offsets", Offsets.model_validate(given))


AnyCovers = Annotated[
    Covers,
    BeforeValidator(_read),
    PlainSerializer(lambda span: span.offsets if isinstance(span, Between) else span.text, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(NAMES)},
                {"type": "string", "pattern": f"^{_LAST}$"},
                Offsets.model_json_schema(),
            ]
        }
    ),
]
"""What a spec may write as `covers`."""
