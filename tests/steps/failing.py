"""Checks that find what they are told to, and the rows that are kept of it: what the tests of those share."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Literal

from scheduled_reports.checks import Check, Outcome, Result
from scheduled_reports.checks.base import CheckedData, FailingRows
from scheduled_reports.checks.complete import Complete
from scheduled_reports.run import Run
from scheduled_reports.steps.failing_rows import Kept, keep_failing_rows, kept_in


class Finds(Check):
    """A check of a third party, which finds what it is told to."""

    type: Literal["finds"] = "finds"
    found: tuple[Any, ...] = ()

    def judge(self, data: CheckedData) -> Iterator[Result]:
        yield from self.found


def finds(*found: Result, **fields: Any) -> Finds:
    return Finds.model_construct(id="odd", severity="stop", found=found, **fields)


def failed(sql: str, table: str = "", part: str = "", count: int | None = None, **values: Any) -> Result:
    return Result(Outcome.FAILED, "it is odd", part, None, FailingRows(sql, table, values), count)


def complete(**fields: Any) -> Complete:
    return Complete.model_validate({"type": "complete", "dataset": "calls", "columns": ["agent"], **fields})


def keep(data: CheckedData, *checks: Check) -> list[Kept]:
    judged = [(check, result) for check in checks for result in check.judge(data)]
    entries = keep_failing_rows(data.run, data.tables, judged)
    data.run.folder.note(failing_rows=entries)
    return kept_in(data.run.folder.manifest())


def text_of(run: Run, kept: Kept) -> str:
    with run.folder.fetch(kept.file) as path:
        return path.read_bytes().decode()


def rows_of(run: Run, kept: Kept) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of(run, kept).removeprefix("\ufeff"), newline="")))
