"""Decide, from the extracted data, whether the run goes on, and whether its data may be sent."""

from __future__ import annotations

import datetime as dt
import logging

from scheduled_reports.ledger import Ledger
from scheduled_reports.run import Run
from scheduled_reports.steps.alert import require_alarm
from scheduled_reports.steps.blank import require_content
from scheduled_reports.steps.checks import require_good_data
from scheduled_reports.steps.conditions import require_with_data
from scheduled_reports.steps.measures import note_what_was_measured
from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)


def check(run: Run, ledger: Ledger | None = None, now: dt.datetime | None = None) -> dict[str, str]:
    """Judge the conditions on data, the checks, the alert, and whether there is anything to show; say each in words.

    A check that stops the report comes before the alert and the blank gate: where nothing is alarming, or nothing is
    to be shown, because the data is missing, somebody must be told, and a skipped run tells nobody.

    Args:
        run: The run, extracted.
        ledger: What earlier runs measured, and where this one's findings are noted; None in a preview.
        now: What time it is, aware; now unless given.

    Raises:
        RunSkipped: A condition is not met, nothing is alarming, or all that it would show is empty.
        CheckError: A check that stops the report has failed, or could not be judged.
        ArchiveError: The run's data cannot be read.
        LedgerError: The ledger cannot be read or written.
    """
    now = now or dt.datetime.now(dt.UTC)
    with run.folder.fetch("data") as folder:
        tables = Tables(folder)
        if ledger is not None:
            note_what_was_measured(run, tables, ledger)
        found = require_with_data(run, tables, now, ledger)
        found |= require_good_data(run, tables, ledger, now)
        found |= require_alarm(run, tables, now, ledger)
        return found | require_content(run, tables)
