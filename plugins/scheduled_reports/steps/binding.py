"""What a report's content is bound to in a run."""

from __future__ import annotations

from scheduled_reports.document import Binding
from scheduled_reports.run import Run
from scheduled_reports.tables import Tables


def binding_of(run: Run, tables: Tables, language: str | None = None) -> Binding:
    """Return what the blocks of a run's report are bound to, in the report's language unless another is given.

    Raises:
        ReportError: The language cannot be used.
    """
    sources = run.report.spec.sources.values()
    masked = any(column.mask for source in sources for column in source.columns.values())
    return Binding(tables, run.words_in(language), run.language_in(language), run.include, run.binds(), masked)
