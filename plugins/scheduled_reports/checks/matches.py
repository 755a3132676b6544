"""Text of a form."""

from __future__ import annotations

import re
import warnings
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from scheduled_reports.checks.base import CheckedData
from scheduled_reports.checks.binds import Binds
from scheduled_reports.checks.kinds import TEXT
from scheduled_reports.checks.row_check import RowCheck, Ways
from scheduled_reports.spec.sql import quoted

_PLAIN = re.compile(
    r"""(?: [\w \-@:;,/\#=<>!"'%&~] | \\[dDsSwWbB.\\+*?()\[\]{}|^$/-] | [.^$|)] | \((?:\?:)?(?!\?)
          | \[\^?(?:[\w\ .@:/,\#-]|\\[dDsSwW.\\/-])+\] | [*+?]\??(?![*+?{])
          | (?<!\)) \{[0-9]{1,2}(?:,(?:[0-9]{1,2})?)?\}\??(?![*+?{]) ){1,200}""",
    re.VERBOSE,
)
"""Patterns that RE2 takes where Python does; RE2 counts repetitions of repetitions, up to 1,000."""


def _valid(pattern: str) -> str:
    """Accept what RE2 does; importing DuckDB, which has it, takes long, so plain patterns are tried by Python."""
    if _PLAIN.fullmatch(pattern) and _python_takes(pattern):
        return pattern
    import duckdb

    try:
        with duckdb.connect() as connection:
            connection.execute("SELECT regexp_matches('', $1)", [pattern]).fetchall()
    except duckdb.Error as error:
        why = str(error).partition(": ")[2]
        raise ValueError(
            f"{pattern!r} is no regular expression: {why}; its syntax is RE2's: https://github.com/google/re2/wiki/Syntax"
        ) from None
    return pattern


def _python_takes(pattern: str) -> bool:
    try:
        with warnings.catch_warnings(action="error"):
            re.compile(pattern)
    except (re.error, Warning, OverflowError, RecursionError):
        return False
    return True


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_valid)]
"""A regular expression in RE2's syntax."""


class Matches(RowCheck):
    """Text has a form."""

    type: Literal["matches"]
    column: str = Field(
        min_length=1, description="A column of text. Rows where it is null pass; `complete` finds them."
    )
    pattern: Pattern = Field(
        description="A regular expression that the whole text must match: `'[A-Z]{2}-[0-9]+'`. RE2's syntax, as DuckDB "
        "has it (https://github.com/google/re2/wiki/Syntax); `(?i)` in front ignores case."
    )

    def looks_at(self) -> list[str]:
        """Return the column."""
        return [self.column]

    def ways(self, data: CheckedData, binds: Binds) -> Ways:
        """Return the one."""
        if not self.can_judge(data, self.column, TEXT):
            return {}
        return {"": f"NOT regexp_full_match(CAST({quoted(self.column)} AS VARCHAR), {binds(self.pattern)})"}

    def finding(self) -> str:
        """Say what it does not match."""
        return f"{self.column} does not match {self.pattern}"
