"""Run only when tables differ from what was last delivered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.conditions.base import Condition, Evidence, Verdict, extracted
from scheduled_reports.errors import SourceError
from scheduled_reports.judgement.digests import digest_of
from scheduled_reports.ledger.entries import RunState
from scheduled_reports.model import OneOrMany
from scheduled_reports.schedule.names import listed
from scheduled_reports.spec.marks import TableName
from scheduled_reports.spec.problems import did_you_mean

if TYPE_CHECKING:
    from scheduled_reports.tables import Tables

_DELIVERED = frozenset({RunState.DELIVERED})
"""Whoever looked at a run that sent nothing, its readers have not: it does not count."""


class Changed(Condition):
    """A table has other rows than when the report was last delivered; their order does not matter."""

    type: Literal["changed"]
    datasets: OneOrMany[TableName] = Field(
        min_length=1, description="Sources or datasets of this report; it holds where one of them has changed."
    )
    columns: OneOrMany[str] = Field(
        (), description="Only these columns count, of every table named; all of them, unless given."
    )
    without: OneOrMany[str] = Field(
        (),
        description="In place of `columns`: these do not count, in whichever of the tables they are. Leave out what "
        "differs each time, as the day or the time of loading.",
    )

    @model_validator(mode="after")
    def _says_which_columns(self) -> Self:
        if self.columns and self.without:
            raise ValueError("both 'columns' and 'without' are given; one of them says which columns count")
        return self

    @property
    def needs_data(self) -> bool:
        """It compares extracted rows."""
        return True

    def judge(self, evidence: Evidence) -> Verdict:
        """Compare what the tables hold with what they held in the last run that was delivered."""
        tables = extracted(evidence)
        counted = self._counted(tables)
        now = {name: digest_of(tables, name, columns) for name, columns in counted.items()}
        measured = " ".join(f"{name}={digest}" for name, digest in now.items())
        last = evidence.past.newest("condition", self.key, states=_DELIVERED)
        if last is None or last.text is None:
            return Verdict(True, "nothing was delivered before", measured)
        then = dict(part.split("=") for part in last.text.split())
        run = evidence.run
        label = run.report.timing(run.schedule).period_between(last.period_start, last.period_end).label
        if other := [name for name, digest in now.items() if then.get(name) != digest]:
            differ = "differs" if len(other) == 1 else "differ"
            return Verdict(True, f"{listed(other)} {differ} from what was delivered for {label}", measured)
        same = "is the same as what was" if len(now) == 1 else "are the same as what was"
        return Verdict(False, f"{listed(list(now))} {same} delivered for {label}", measured)

    def _counted(self, tables: Tables) -> Mapping[str, list[str]]:
        """Return the columns that count, by table.

        Raises:
            SourceError: There is no such column, or none is left.
        """
        present = {name: tables.columns(name) for name in self.datasets}
        everywhere = [column for columns in present.values() for column in columns]
        for name, columns in present.items():
            self._require(self.columns, columns, name)
        self._require(self.without, everywhere, listed(list(present)))
        chosen = set(self.columns or everywhere) - set(self.without)
        counted = {name: sorted(chosen & set(columns)) for name, columns in present.items()}
        if empty := [name for name, columns in counted.items() if not columns]:
            raise SourceError(
                f"condition 'changed': no column of {empty[0]} is left to compare",
                why="'without' names all that it has", fix="leave one of them out of 'without'",
            )  # fmt: skip
        return counted

    def _require(self, names: tuple[str, ...], present: list[str], where: str) -> None:
        for name in names:
            if name not in present:
                raise SourceError(f"condition 'changed': {where} has no column {name!r}",
                                  why=did_you_mean(name, present), fix="correct the name in `run_when`")  # fmt: skip
