"""Run only when a value lies within limits, or has changed enough since the last time."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.conditions.base import Condition, Evidence, Verdict, extracted
from scheduled_reports.datasets.base import Fault, query_faults
from scheduled_reports.errors import SourceError
from scheduled_reports.judgement.change import Change
from scheduled_reports.judgement.limits import Number, Span, contradiction, exact, in_words, missed
from scheduled_reports.judgement.one_number import one_number
from scheduled_reports.ledger.entries import SENT, RunState
from scheduled_reports.model import ConnectionId, TimeZone
from scheduled_reports.redacted import query_told
from scheduled_reports.schedule.clock import Duration
from scheduled_reports.spec.marks import Sql
from scheduled_reports.spec.sql import binds_in

if TYPE_CHECKING:
    import pyarrow as pa

    from scheduled_reports.run import Run

_LIMITS = ("at_least", "at_most", "above", "below", "equals")

MEASURED = SENT | {RunState.SKIPPED}
"""States of runs to compare with: without the skipped ones, a change that was too small once had no later chance."""


class Value(Condition):
    """The one number that a query gives lies within limits."""

    type: Literal["value"]
    label: str = Field(
        "the value", min_length=1, max_length=200, description="What it is, for whoever reads why: `open tickets`."
    )
    sql: Sql = Field(
        min_length=1,
        description="A query that gives one row with one number. Over the run's tables, in DuckDB's SQL, once they are "
        "extracted; or, with `connection`, in a database's own, before that. It may use bind values: `:period_start`.",
    )
    connection: ConnectionId | None = Field(
        None, description="Airflow connection id of a database to ask at the gate, before anything is extracted."
    )
    timezone: TimeZone = Field(
        "UTC", description="IANA time zone in which that database keeps timestamps, as with a source of type `sql`."
    )
    timeout: Duration = Field(
        dt.timedelta(minutes=1), description="How long that database may take; then the query is cancelled: `1m`."
    )
    at_least: Number | None = Field(None, description="The least value with which the report runs.")
    at_most: Number | None = Field(None, description="The greatest value with which the report runs.")
    above: Number | None = Field(None, description="A value that is not enough by itself: it must be greater.")
    below: Number | None = Field(None, description="A value that is too much by itself: it must be less.")
    equals: Number | None = Field(None, description="The only value with which the report runs.")
    change: Change | None = Field(
        None, description="Limits of its change since an earlier time. With other limits, all of them must hold."
    )
    without_history: Literal["skip", "run"] = Field(
        "skip",
        description="With `change`, what counts where there is nothing to compare with: no earlier value is known, or "
        "it was 0 and a percentage is asked for. `skip`, unless given: it does not hold; `run`: it does.",
    )

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> Self:
        limits = self._limits()
        if not limits and self.change is None:
            raise ValueError(f"no limit is given; give one of {', '.join(_LIMITS)}, or 'change'")
        if pair := contradiction(limits):
            given = " and ".join(f"{name} ({getattr(self, name)})" for name in pair)
            raise ValueError(f"{given} exclude each other; it can never be true")
        if self.change is None and "without_history" in self.model_fields_set:
            raise ValueError("'without_history' is about 'change', which is not given; leave it out")
        of_database = sorted(self.model_fields_set & {"timezone", "timeout"})
        if self.connection is None and of_database:
            raise ValueError(f"{of_database[0]!r} is of a database; give its 'connection', or leave it out")
        self._require_a_period()
        return self

    def _require_a_period(self) -> None:
        """Require that a database can be asked for another period: else its two answers are always the same."""
        if self.connection is None or self.change is None or self.change.against != "previous_period":
            return
        if not any(name.startswith(("period_", "previous_")) for name, _ in binds_in(self.sql)):
            raise ValueError(
                "the query is to be asked for the previous period too, and asks for none; use :period_start and "
                ":period_end in it, or against: previous_run"
            )

    @property
    def key(self) -> str:
        """By what the ledger knows it: what is measured counts, not what is wanted of it."""
        digest = hashlib.sha256("\n".join((self.connection or "", self.timezone, self.sql.strip())).encode())
        return f"value:{digest.hexdigest()[:12]}"

    @property
    def needs_data(self) -> bool:
        """It is asked of the run's tables, unless it has a connection."""
        return self.connection is None

    @property
    def compares(self) -> bool:
        """It does where it is about a change."""
        return self.change is not None

    def demand(self) -> tuple[str, Span]:
        """Return which values it allows."""
        return self.key, Span.of(self._limits())

    def faults(self, known: Collection[str]) -> Iterator[Fault]:
        """Yield what DuckDB's parser says of a query over the run's tables, and tables that there are not."""
        if self.connection is None:
            yield from query_faults(self.sql, known, "without `connection` it is DuckDB's")

    def judge(self, evidence: Evidence) -> Verdict:
        """Ask for the value, and compare it with the limits."""
        value = self._measured(evidence.run, evidence)
        number = float(value)
        said, label = f"{self.label} is {in_words(value)}", evidence.run.period.label
        if words := missed(value, self._limits(), in_words):
            return Verdict(False, f"{said} for {label}, {words}", number)
        if self.change is None:
            return Verdict(True, said, number)
        return self._changed(self.change, evidence, value)

    def _changed(self, change: Change, evidence: Evidence, value: Decimal) -> Verdict:
        said = f"{self.label} is {in_words(value)} for {evidence.run.period.label}"
        earlier, when = self._earlier(change, evidence)
        if earlier is None:
            return self._incomparable(f"{said}, and there is nothing to compare it with, as {when}", value)
        try:
            words = change.missed(value, earlier)
        except ZeroDivisionError:
            return self._incomparable(f"{said}, and it was 0 {when}, of which nothing is a percentage", value)
        compared = f"{said}, {change.in_words(value, earlier)} against {in_words(earlier)} {when}"
        return Verdict(not words, f"{compared}, {words}" if words else compared, float(value))

    def _incomparable(self, reason: str, value: Decimal) -> Verdict:
        met = self.without_history == "run"
        return Verdict(met, f"{reason}; it runs without" if met else reason, float(value))

    def _earlier(self, change: Change, evidence: Evidence) -> tuple[Decimal | None, str]:
        """Return the value to compare with, and of when it is; where there is none, why."""
        run, past = evidence.run, evidence.past
        timing = run.report.timing(run.schedule)
        if change.against == "previous_run":
            found = past.values("condition", self.key, states=MEASURED, limit=1)
            if not found or found[0].value is None:
                return None, "no earlier run measured it"
            earlier = timing.period_between(found[0].period_start, found[0].period_end)
            return exact(found[0].value), f"for {earlier.label}"
        previous = timing.period_between(run.period.previous_start, run.period.previous_end)
        if self.connection is not None:
            return self._measured(replace(run, period=previous), evidence), f"for {previous.label}"
        of_then = past.newest("condition", self.key, period=(previous.start, previous.end), states=MEASURED)
        if of_then is None or of_then.value is None:
            return None, f"no run measured it for {previous.label}"
        return exact(of_then.value), f"for {previous.label}"

    def _measured(self, run: Run, evidence: Evidence) -> Decimal:
        if self.connection is not None:
            what = f"condition {self.label!r} (connection {self.connection!r})"
            return one_number([self._answer(self.connection, run, what)], what)
        what = f"condition {self.label!r}"
        with query_told(run, self.sql), extracted(evidence).query(self.sql, run.binds(), what) as reader:
            number = one_number(reader, what)
        self._require_tellable(run, evidence, what)
        return number

    def _require_tellable(self, run: Run, evidence: Evidence, what: str) -> None:
        """Require that the number may be told: it stands in logs, in the ledger, and in the banner of an alert."""
        from scheduled_reports.sensitive import hidden_columns
        from scheduled_reports.spec.sensitive import HINT

        if hidden_columns(run, extracted(evidence), self.sql, ["value"]):
            raise SourceError(f"{what}: its number is, or may be, made of what is sensitive",
                              why="it would be told in logs, mails and the ledger", fix=HINT)  # fmt: skip

    def _answer(self, connection: str, run: Run, what: str) -> pa.Table:
        from scheduled_reports.databases import Asked, database_of
        from scheduled_reports.databases.answer import answer

        every = run.binds(self.timezone)
        values = {name: every[name] for name, _ in binds_in(self.sql)}
        return answer(database_of(run.connect, connection), Asked(self.sql, values, self.timezone, what), self.timeout)

    def _limits(self) -> Mapping[str, Decimal]:
        return {name: exact(limit) for name in _LIMITS if (limit := getattr(self, name)) is not None}
