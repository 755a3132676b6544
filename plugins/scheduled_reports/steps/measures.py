"""Note what a run measured, for analysts, and for later runs to be judged by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from scheduled_reports.document.block import all_blocks
from scheduled_reports.document.kpis import KpisBlock
from scheduled_reports.errors import DocumentError
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.past import Measure, note_measures
from scheduled_reports.run import Run
from scheduled_reports.sensitive import carried_in
from scheduled_reports.tables import Tables


def note_what_was_measured(run: Run, tables: Tables, ledger: Ledger) -> None:
    """Note the rows of every table and the value of every key figure that is not sensitive.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    note_measures(ledger, run, "rows", [Measure(name, tables.rows(name)) for name in tables.names()])
    note_measures(ledger, run, "kpi", _figures(run, tables))


def _figures(run: Run, tables: Tables) -> Iterator[Measure]:
    hidden = carried_in(run, tables)
    for block in all_blocks(run.report.spec.content):
        if isinstance(block, KpisBlock):
            with suppress(DocumentError):  # rendering tells what does not fit, where it comes to that
                secret = hidden.get(block.dataset, ())
                known = {item.label for item in block.items if item.value not in secret}
                figures = block.figures(tables).items()
                yield from (Measure(label, value) for label, value in figures if label in known)
