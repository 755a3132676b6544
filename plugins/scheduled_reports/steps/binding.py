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
    return Binding(tables, run.words, language_of(spec.language, spec.locale, run.include), run.include, run.binds())
