"""What a report's content is bound to in a run."""

from __future__ import annotations

from scheduled_reports.document import Binding
from scheduled_reports.language import language_of
from scheduled_reports.run import Run
from scheduled_reports.tables import Tables


def binding_of(run: Run, tables: Tables) -> Binding:
    """Return what the blocks of a run's report are bound to.

    Raises:
        ReportError: The report's language cannot be used.
    """
    spec = run.report.spec
    language = language_of(spec.language, spec.locale, run.include)
    masked = any(column.mask for source in spec.sources.values() for column in source.columns.values())
    return Binding(tables, run.words, language, run.include, run.binds(), masked)
