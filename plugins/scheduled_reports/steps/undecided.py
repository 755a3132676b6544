"""Whose names only the run's data can tell, before it has any."""

from __future__ import annotations

from scheduled_reports.audience.entries import FromTable, entries_of
from scheduled_reports.run import Run


def undecided(run: Run) -> list[str]:
    """Return the recipients whom nobody knows yet, as the run has made no table: `email: those in table 'managers'`.

    While there are some, nobody can say that everybody has the report.

    Raises:
        ArchiveError: The run's manifest cannot be read.
    """
    tables = [
        f"{channel.key}: those in table {entry.table!r}"
        for channel in run.report.spec.deliver
        for _, entry in entries_of(channel)
        if isinstance(entry, FromTable)
    ]
    return [] if not tables or run.folder.manifest().get("tables") else tables
