"""What every kind of check offers."""

from __future__ import annotations

import datetime as dt
import hashlib
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from scheduled_reports.datasets.base import Fault
from scheduled_reports.model import Model, Name
from scheduled_reports.shown import Shown
from scheduled_reports.spec.marks import Finding

if TYPE_CHECKING:
    from scheduled_reports.ledger.past import PastRuns
    from scheduled_reports.run import Run
    from scheduled_reports.spec.load import Report
    from scheduled_reports.tables import Tables

Severity = Literal["stop", "hold", "warn"]
"""What a failed check does: nobody gets the report, it waits for approval, or it says so on top."""


class Outcome(StrEnum):
    """What became of a check."""

    PASSED = "passed"
    FAILED = "failed"
    LEARNING = "learning"
    CRASHED = "crashed"


@dataclass(frozen=True)
class FailingRows:
    """The rows for which a check failed: a query over the run's tables, and its bind values.

    Attributes:
        sql: One SELECT.
        table: The table whose rows they are; its sensitive columns are not shown to anybody.
        values: Its bind values.
    """

    sql: str
    table: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What a check found, of the whole table or of one part of it.

    Attributes:
        outcome: Passed, failed, or not yet able to tell; crashed is the step's to say.
        reason: What was found, against what, in words: "agent is empty in 12 of 3,000 rows, none allowed".
        part: Which part of the table: `phone`; empty for the whole.
        value: What was measured.
        failing: The rows that fail; None where it is not about rows.
        count: How many rows fail; None where it is not about rows.
        basis: By what the ledger keeps the value for runs to come, as `Check.basis` gives it; empty where no check will
            ask for it.
    """

    outcome: Outcome
    reason: str
    part: str = ""
    value: float | None = None
    failing: FailingRows | None = None
    count: int | None = None
    basis: str = ""


@dataclass(frozen=True)
class CheckedData:
    """What a check looks at.

    Attributes:
        run: The run; `run.binds()` are values for its SQL.
        tables: The run's tables.
        past: What earlier runs of the same schedule measured.
        now: When the check is made, aware.
    """

    run: Run
    tables: Tables
    past: PastRuns
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    _types: dict[str, Mapping[str, str]] = field(default_factory=dict, repr=False, compare=False)

    def types(self, table: str) -> Mapping[str, str]:
        """Return DuckDB's types of a table's columns by their names, in order; every check asks, the file once.

        Raises:
            SourceError: This run has no such table.
        """
        if table not in self._types:
            self._types[table] = self.tables.types(table)
        return self._types[table]


class Check(Model):
    """Decides whether the data may be sent."""

    id: Name | None = Field(
        None, description="Its name in Airflow, the ledger and mails; its type and its dataset unless given: "
        "`complete_calls`."
    )  # fmt: skip
    severity: Severity = Field(
        "stop",
        description="What happens where it fails. `stop`, unless given: nobody gets the report, and the owner gets the "
        "failing rows. `hold`: it waits for `approval`. `warn`: it is sent, and says so on top.",
    )
    description: str = Field("", description="What it guards, for whoever is told that it failed.")

    @property
    def kind(self) -> str:
        """The check's type."""
        return str(getattr(self, "type"))  # noqa: B009 - every kind declares its own Literal `type`

    @property
    def key(self) -> str:
        """The id, or what tells it from other checks where none is given."""
        dataset = getattr(self, "dataset", None)
        return self.id or (f"{self.kind}_{dataset}" if dataset else self.kind)

    def basis(self, *more: str) -> str:
        """Return by what the ledger knows values that can be compared: they mean the same where this is the same."""
        digest = hashlib.sha256("\n".join((self.kind, *more)).encode()).hexdigest()
        return f"{self.kind}:{digest[:12]}"

    @abstractmethod
    def judge(self, data: CheckedData) -> Iterator[Result]:
        """Yield what it finds: one result, or one for each part.

        Raises:
            ReportError: It cannot be judged: a column that is not there, text where a number must be. It counts as a
                failed check that stops the report; so does any other exception.
        """

    def findings(self, report: Report) -> Iterator[Finding]:
        """Yield what is wrong with it that takes the rest of the report to see, at places in the check."""
        yield from ()

    def faults(self, known: Collection[str], include: Path) -> Iterator[Fault]:
        """Yield what is wrong with its SQL and only DuckDB's parser sees, at places in the check; nothing is run.

        Args:
            known: The names of all tables.
            include: The folder beside the specs.
        """
        yield from ()

    def shows(self) -> Iterator[Shown]:
        """Yield the columns whose values are told in its results: nothing sensitive may be among them."""
        yield from ()
