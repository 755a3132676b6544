"""Run only when the data is new enough: its newest timestamp lies within a length of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.conditions.base import Condition, Evidence, Verdict, extracted
from scheduled_reports.conditions.query import asked_value
from scheduled_reports.errors import SourceError
from scheduled_reports.judgement.newest import SKEW, is_end_of_day, moment_of, newest_in
from scheduled_reports.model import ConnectionId, Name, TimeZone
from scheduled_reports.redacted import of_source
from scheduled_reports.schedule.clock import Duration, age_in_words, in_words
from scheduled_reports.spec.marks import Finding, Sql, TableName
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    from scheduled_reports.run import Run
    from scheduled_reports.schedule.period import Period
    from scheduled_reports.spec.load import Report

_TICK = dt.timedelta(microseconds=1)


class Freshness(Condition):
    """The newest timestamp of a source, of a query, or of an extracted table is new enough."""

    type: Literal["freshness"]
    source: Name | None = Field(
        None,
        description="A source to ask before anything is extracted: one of type `sql` for the largest value of `column` "
        "in its query's rows; one of type `file` for when the newest of its files was changed.",
    )
    connection: ConnectionId | None = Field(
        None, description="In place of `source`: Airflow connection id of a database to ask before the extraction."
    )
    sql: Sql | None = Field(
        None, min_length=1,
        description="With `connection`: a query that gives one timestamp or date, `SELECT max(loaded_at) FROM calls`.",
    )  # fmt: skip
    dataset: TableName | None = Field(
        None, description="In place of `source`: an extracted source or a dataset, judged after the extraction."
    )
    column: str | None = Field(
        None, min_length=1, description="The column with the timestamps, of a `dataset` or of a `source` of type `sql`."
    )
    within: Duration | None = Field(
        None, description="How old the newest timestamp may be: `2h`. One of `within` and `reaches` is needed."
    )
    of: Literal["now", "period_end"] = Field(
        "now",
        description="With `within`: counted back from the moment at which it is asked (`now`, unless given), or from "
        "the end of the period (`period_end`), which a run that is repeated later judges the same.",
    )
    reaches: Literal["period_end"] | None = Field(
        None,
        description="In place of `within`: the newest timestamp must reach the end of the period. A date stands for "
        "all of its day, so that data of the last day reaches it; so does a file that was changed after it.",
    )
    timezone: TimeZone | None = Field(
        None,
        description="IANA time zone of timestamps without an offset, and of dates. A source has its own; else UTC.",
    )
    timeout: Duration = Field(
        dt.timedelta(minutes=1), description="With `sql`: how long the query may take; then it is cancelled: `1m`."
    )

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        given = [name for name in ("source", "sql", "dataset") if getattr(self, name) is not None]
        if len(given) != 1:
            said = " and ".join(map(repr, given)) or "none"
            raise ValueError(f"exactly one of 'source', 'connection' with 'sql', and 'dataset' is needed, not {said}")
        if (self.connection is None) != (self.sql is None):
            raise ValueError("'connection' and 'sql' belong together; a source has its own connection")
        if self.dataset is not None and self.column is None:
            raise ValueError("'column' is missing; name the column of the dataset that has its timestamps")
        about = {"column": ["source", "dataset"], "timezone": ["sql", "dataset"], "timeout": ["sql"]}
        for name, things in about.items():
            if name in self.model_fields_set and given[0] not in things:
                raise ValueError(f"{name!r} is about {' or '.join(map(repr, things))}, not {given[0]!r}; leave it out")
        return self

    @model_validator(mode="after")
    def _says_how_new(self) -> Self:
        if (self.within is None) == (self.reaches is None):
            raise ValueError("exactly one of 'within' and 'reaches' is needed: {within: 2h} or {reaches: period_end}")
        if self.within is None and "of" in self.model_fields_set:
            raise ValueError("'of' says what 'within' is counted back from, and that is not given; leave it out")
        return self

    @property
    def needs_data(self) -> bool:
        """Only a dataset is looked at after the extraction."""
        return self.dataset is not None

    def judge(self, evidence: Evidence) -> Verdict:
        """Ask for the newest timestamp, and compare it."""
        run, newest = evidence.run, self._newest(evidence)
        of = self.source or self.dataset or self.connection
        if newest is None:
            missing = f"timestamp in {self.column}" if self.column else self._thing
            return Verdict(False, f"{of} has no {missing}")
        what = f"{of}: newest {self.column or self._thing} is {_shown(newest, run.period)}"
        if newest > evidence.now + SKEW:
            raise SourceError(
                f"nobody can tell how fresh the data is: {what}",
                why="that is in the future, where it would count as fresh for ever",
                fix="name a column that says when rows came in, or leave planned ones out in the SQL",
            )
        met, words = self._compared(newest, evidence.now, run.period)
        ahead = newest > evidence.now and not is_end_of_day(newest, self._zone(run))
        skewed = ", which is in the future: a clock is wrong, or a time zone" if ahead else ""
        return Verdict(met, f"{what}{words}{skewed}", newest.isoformat())

    @property
    def _thing(self) -> str:
        """What there is none of, or the newest one of, where no column is named."""
        return "timestamp" if self.source is None else "file"

    def findings(self, report: Report) -> Iterator[Finding]:
        """Yield a source that is not there, or cannot be asked so; and a column that nobody may see a value of."""
        sources = report.spec.sources
        if self.source is not None and self.source not in sources:
            is_dataset = self.source in report.spec.tables()
            hint = f"write dataset: {self.source}" if is_dataset else did_you_mean(self.source, sources)
            yield ("source",), f"there is no source {self.source!r}", hint
        elif self.source is not None:
            yield from self._misasked(report, self.source)
        source = sources.get(self.source or self.dataset or "")
        column = source.columns.get(self.column or "") if source else None
        if column is not None and column.hidden:
            hint = "name another column: the reason of a run shows the newest value"
            yield ("column",), f"the values of {self.column!r} are masked or sensitive", hint

    def _misasked(self, report: Report, name: str) -> Iterator[Finding]:
        source = report.spec.sources[name]
        kind = getattr(source, "type")  # noqa: B009 - every kind declares its own Literal `type`
        if not source.newest_by:
            hint = f"judge its rows: {{type: freshness, dataset: {name}, column: …}}"
            yield ("source",), f"a source of type {kind!r} cannot be asked how new its data is", hint
        elif source.newest_by == "column" and self.column is None:
            yield ("source",), f"{name!r} has no 'column' here", "name the column that has its timestamps"
        elif source.newest_by == "files" and self.column is not None:
            hint = f"leave 'column' out; or judge its rows: {{type: freshness, dataset: {name}, column: …}}"
            yield ("column",), f"{name!r} is asked when its files were changed, not for a column", hint

    def _newest(self, evidence: Evidence) -> dt.datetime | None:
        run, zone = evidence.run, self._zone(evidence.run)
        if self.source is not None:
            source = run.report.spec.sources[self.source]
            try:
                return source.newest(run, self.source, self.column)
            except SourceError as error:
                if (told := of_source(source, error)) is error:
                    raise
                raise told from None
        if self.dataset is not None:
            return newest_in(extracted(evidence), self.dataset, str(self.column), zone)
        what = f"the query for the newest timestamp on {self.connection}"
        return moment_of(asked_value(run, str(self.connection), str(self.sql), zone, self.timeout, what), zone, what)

    def _zone(self, run: Run) -> str:
        source = run.report.spec.sources.get(self.source or self.dataset or "")
        return self.timezone or str(getattr(source, "timezone", "UTC"))

    def _compared(self, newest: dt.datetime, now: dt.datetime, period: Period) -> tuple[bool, str]:
        """Return whether it is new enough, and how new it is; a microsecond reaches the instant after it."""
        if self.within is None:
            met = newest + _TICK >= period.end
            return met, "" if met else f", before the end of the period, {_shown(period.end, period)}"
        end = now if self.of == "now" else period.end
        met, behind = newest + _TICK >= end - self.within, max(end - newest, dt.timedelta())
        words = f", {age_in_words(behind)} " + ("old" if self.of == "now" else "before the end of the period")
        if behind < dt.timedelta(seconds=1):
            words = "" if self.of == "now" else ", which reaches the end of the period"
        return met, words if met else f"{words}, at most {in_words(self.within)} allowed"


def _shown(moment: dt.datetime, period: Period) -> str:
    return f"{moment.astimezone(period.start.tzinfo):%Y-%m-%d %H:%M}"
