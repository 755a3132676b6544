"""Data that is new enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal, cast

from pydantic import Field

from scheduled_reports.checks.base import CheckedData, Outcome, Result
from scheduled_reports.checks.kinds import MOMENT, kind_of
from scheduled_reports.checks.measure import subject
from scheduled_reports.checks.parts import Measured, PartCheck, require_tellable
from scheduled_reports.errors import CheckError
from scheduled_reports.judgement.newest import SKEW, is_end_of_day, moment_of
from scheduled_reports.model import Model, TimeZone
from scheduled_reports.schedule.clock import Duration, age_in_words, in_words
from scheduled_reports.shown import Shown
from scheduled_reports.spec.sql import quoted

_TICK = dt.timedelta(microseconds=1)


class AgeLimit(Model):
    """How old the newest data may be."""

    within: Duration = Field(description="How long before `of` the newest value may lie: `2h`.")


class Freshness(PartCheck, AgeLimit):
    """The newest timestamp is not too old."""

    type: Literal["freshness"]
    column: str = Field(min_length=1, description="A column of timestamps or dates: `updated_at`.")
    of: Literal["now", "period_end"] = Field(
        "now",
        description="What the age is counted back from: `now`, when the check is made, unless given; `period_end`, the "
        "end of the reported period, which a run that is repeated later judges the same.",
    )
    timezone: TimeZone | None = Field(
        None,
        description="IANA time zone of timestamps that carry none, and of dates, which stand for the whole day: that "
        "of the source, unless given, where `dataset` is a source that has one; else UTC.",
    )
    limits: dict[str, AgeLimit] = Field(
        {},
        description="Limits of single values of `by`, in place of the general: `{phone: {within: 30m}}`. A value of "
        "which there is no row fails.",
    )

    def judge(self, data: CheckedData) -> Iterator[Result]:
        """Compare the newest value with the limit; where there is none, that fails."""
        self.require_columns(data, [self.column])
        names = [*data.types(self.dataset)]
        require_tellable(self, data, self.column, f"SELECT * FROM {self.quoted}", names, self.dataset)
        for found in self.measured(data, {"newest": f"max({quoted(self.column)})"}):
            newest = found.values["newest"]
            if newest is None:
                lacks = f"no {self.column} in {found.rows:,} rows" if found.rows else "no row"
                yield Result(Outcome.FAILED, f"{subject(self, found)} has {lacks}", found.part)
            else:
                yield self._result(data, found, self._moment(data, newest))

    def shows(self) -> Iterator[Shown]:
        """Yield the columns that a result tells of: the parts, and the newest value."""
        yield from super().shows()
        yield Shown(self.dataset, (self.column,))

    def _moment(self, data: CheckedData, newest: Any) -> dt.datetime:
        """Return the newest value as an instant; a date stands for its whole day.

        Raises:
            CheckError: It is neither a timestamp nor a date, or lies so far ahead that it says nothing.
        """
        kind, what = kind_of(data.types(self.dataset)[self.column]), f"{self.column!r} of {self.dataset}"
        if kind != MOMENT:
            raise CheckError(
                f"check {self.key!r}: {what} is {kind}", why=f"it can judge {MOMENT}",
                fix="CAST it in a dataset, or declare its type in the source's `columns`",
            )  # fmt: skip
        moment = cast("dt.datetime", moment_of(newest, self._zone(data), what))
        if moment > data.now + SKEW:
            raise CheckError(
                f"check {self.key!r}: the newest {what} is {self._shown(data, moment)}",
                why="that is in the future, where it would count as fresh for ever",
                fix="name a column that says when rows came in, or leave planned ones out with `where`",
            )
        return moment

    def _result(self, data: CheckedData, found: Measured, moment: dt.datetime) -> Result:
        end = data.now if self.of == "now" else data.run.period.end
        within, behind = self.for_part(found.part).within, max(end - moment, dt.timedelta())
        failed = moment + _TICK < end - within  # the last microsecond of a day reaches the next
        reason = f"{subject(self, found)}: newest {self.column} is {self._shown(data, moment)}"
        reason += f", {age_in_words(behind)} {'old' if self.of == 'now' else 'before the end of the period'}"
        reason += f", at most {in_words(within)} allowed" if failed else ""
        if moment > data.now and not is_end_of_day(moment, self._zone(data)):
            reason += ", which is in the future: a clock is wrong, or a time zone"
        return Result(Outcome.FAILED if failed else Outcome.PASSED, reason, found.part, behind.total_seconds())

    def _shown(self, data: CheckedData, moment: dt.datetime) -> str:
        return f"{moment.astimezone(data.run.period.start.tzinfo):%Y-%m-%d %H:%M}"

    def _zone(self, data: CheckedData) -> str:
        source = data.run.report.spec.sources.get(self.dataset)
        return self.timezone or str(getattr(source, "timezone", "UTC"))
