"""An alert in the text says what its rule says."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from scheduled_reports.checks.base import CheckedData
from scheduled_reports.checks.binds import Binds
from scheduled_reports.checks.kinds import TEXT
from scheduled_reports.checks.matches import Pattern
from scheduled_reports.checks.row_check import RowCheck, Ways
from scheduled_reports.errors import CheckError
from scheduled_reports.spec.marks import Sql
from scheduled_reports.spec.sql import quoted, without_end


class AlertThreshold(RowCheck):
    """A text says that something is alarming where a rule is true, and only there."""

    type: Literal["alert_threshold"]
    column: str = Field(min_length=1, description="The column with the text that readers see: `note`.")
    says: str | None = Field(
        None,
        min_length=1,
        description="Words that mark the alert, `below reorder level`; upper and lower case are the same.",
    )
    says_pattern: Pattern | None = Field(
        None, description="In place of `says`: a regular expression, RE2's, that is found in a text with the alert."
    )
    rule: Sql = Field(
        min_length=1,
        description="SQL condition that must be true of just those rows: `stock < reorder_level`. May use bind values; "
        "where it gives null it is not true.",
    )

    @model_validator(mode="after")
    def _says_what_marks_it(self) -> Self:
        if (self.says is None) == (self.says_pattern is None):
            raise ValueError("exactly one of 'says' and 'says_pattern' is needed; 'says' holds words of the text")
        return self

    def looks_at(self) -> list[str]:
        """Return the column with the text."""
        return [self.column]

    def ways(self, data: CheckedData, binds: Binds) -> Ways:
        """Return two: the text says it though the rule is not true, and the other way round."""
        text, says = f"CAST({quoted(self.column)} AS VARCHAR)", "false"
        if self.can_judge(data, self.column, TEXT):
            says = f"regexp_matches({text}, {binds(self.says_pattern)})"
            if self.says is not None:
                says = f"contains(lower({text}), lower({binds(self.says)}))"
            says = f"coalesce({says}, false)"
        self._require_condition(data)
        said, rule = self.says or self.says_pattern, f"(({without_end(self.rule)}) IS TRUE)"
        return {
            f"it says {said!r} and the rule is not true": f"{says} AND NOT {rule}",
            f"it does not say {said!r} and the rule is true": f"NOT {says} AND {rule}",
        }

    def _require_condition(self, data: CheckedData) -> None:
        """Raise where the rule gives anything but true and false: DuckDB would take each number for true but 0."""
        sql = f"SELECT typeof(({without_end(self.rule)})) AS kind FROM {self.quoted} {self.filter()} LIMIT 1"
        for row in self._rows(data, sql, {}):
            if row["kind"] not in {"BOOLEAN", '"NULL"'}:
                raise CheckError(f"check {self.key!r}: its rule is no condition", why=f"it gives {row['kind']}",
                                 fix="compare something: `stock < reorder_level`")  # fmt: skip

    def finding(self) -> str:
        """Say what does not go together."""
        return f"{self.column} and the rule {' '.join(without_end(self.rule).split())} disagree"
