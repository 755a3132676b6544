"""What every kind of condition offers."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduled_reports.model import Model
from scheduled_reports.tables import Tables

if TYPE_CHECKING:
    from scheduled_reports.run import Run


@dataclass(frozen=True)
class Verdict:
    """Whether a condition holds, and why, in words for the analyst who reads the run's history."""

    met: bool
    reason: str


class Condition(Model):
    """Decides whether a report runs at all: not met means skipped, with the reason."""

    @abstractmethod
    def judge(self, run: Run, tables: Tables) -> Verdict:
        """Return whether it holds for this run's extracted tables."""
