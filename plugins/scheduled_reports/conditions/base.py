"""What every kind of condition offers."""

from __future__ import annotations

import datetime as dt
import hashlib
from abc import abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scheduled_reports.errors import SourceError
from scheduled_reports.judgement.limits import Span
from scheduled_reports.model import Model
from scheduled_reports.spec.marks import Finding
from scheduled_reports.tables import Tables

if TYPE_CHECKING:
    from scheduled_reports.datasets.base import Fault
    from scheduled_reports.ledger.past import PastRuns
    from scheduled_reports.run import Run
    from scheduled_reports.spec.load import Report


@dataclass(frozen=True)
class Verdict:
    """Whether a condition holds, and why, in words for the analyst who reads the run's history.

    Attributes:
        met: Whether it holds; None where that cannot be said before the data is there.
        reason: Why, one clause.
        value: What was measured; the ledger keeps it, so that runs to come can compare.
    """

    met: bool | None
    reason: str
    value: float | str | None = None


@dataclass(frozen=True)
class Evidence:
    """What a condition may look at.

    Attributes:
        run: The run; `run.airflow` and `run.connect` are what may be asked.
        now: What time it is, aware.
        tables: The extracted tables; None before the extraction.
        past: What earlier runs of the same schedule measured.
    """

    run: Run
    now: dt.datetime
    tables: Tables | None
    past: PastRuns


class Condition(Model):
    """Decides whether a report runs at all: not met means skipped, with the reason."""

    @property
    def key(self) -> str:
        """By what the ledger knows it: `value:1f0c…`; another where the spec says something else of it."""
        return f"{getattr(self, 'type')}:{self.digest}"  # noqa: B009 - every kind declares its own Literal `type`

    @property
    def digest(self) -> str:
        """The digest of all that the spec says of it: what another condition has answered is no answer of this one."""
        return hashlib.sha256(self.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:12]

    @property
    @abstractmethod
    def needs_data(self) -> bool:
        """Whether it is judged on the extracted tables; else the gate asks it, before anything is extracted."""

    @property
    def compares(self) -> bool:
        """Whether it compares its value with what earlier runs measured, also those that were skipped."""
        return False

    @abstractmethod
    def judge(self, evidence: Evidence) -> Verdict:
        """Return whether it holds.

        Where it needs data, `evidence.tables` is given, but after a failed extraction may lack tables: then its
        SourceError says so.

        Raises:
            ReportError: It cannot be said: a connection that is not there, a query that is refused, text for a number.
        """

    def findings(self, report: Report) -> Iterator[Finding]:
        """Yield what is wrong with it that takes the rest of the report to see, at places in the condition."""
        yield from ()

    def faults(self, known: Collection[str]) -> Iterator[Fault]:
        """Yield what is wrong with its SQL and only DuckDB's parser sees, at places in the condition; nothing is run.

        Args:
            known: The names of all tables.
        """
        yield from ()

    def demand(self) -> tuple[str, Span] | None:
        """Return of which number it is and what that may be, so that two that exclude each other are found at load.

        The text is the same for conditions that look at the same number. None where it is of no number.
        """
        return None

    def files(self, include: Path) -> Collection[Path]:
        """Return the files in `include` that it depends on: a change in one changes the report."""
        return ()


def extracted(evidence: Evidence) -> Tables:
    """Return the extracted tables.

    Raises:
        SourceError: There are none yet.
    """
    if evidence.tables is None:
        raise SourceError("a condition on extracted data was asked before the extraction")
    return evidence.tables
