"""What the ledger notes of a run as a whole."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, update
from sqlalchemy.exc import IntegrityError

from scheduled_reports.ledger.entries import UNDER_WAY, RunState
from scheduled_reports.ledger.keys import period_of, run_key
from scheduled_reports.ledger.tables import run

if TYPE_CHECKING:
    from scheduled_reports.run import Run


def touch(connection: Connection, of: Run, now: dt.datetime) -> None:
    """Make the run's row where there is none, and keep its facts up to date."""
    facts = {**period_of(of), "spec_digest": of.report.digest, "folder": of.folder.uri, "variant": of.variant}
    if connection.execute(update(run).where(run.c.id == run_key(of)).values(**facts)).rowcount == 0:
        new = {"id": run_key(of), "run_id": of.run_id, "state": RunState.RUNNING, "reason": "", "started_at": now}
        with suppress(IntegrityError), connection.begin_nested():  # another process was faster at the same one
            connection.execute(insert(run).values(**new, **facts))


def resume(connection: Connection, of: Run) -> None:
    """Note that the run works again, unless it has delivered everything."""
    open_still = update(run).where(run.c.id == run_key(of), run.c.state != RunState.DELIVERED)
    connection.execute(open_still.values(state=RunState.RUNNING, reason="", ended_at=None))


def end(connection: Connection, of: Run, state: RunState, reason: str) -> None:
    """Note how the run ended, or what it waits for."""
    now = dt.datetime.now(dt.UTC)
    changed = update(run).where(run.c.id == run_key(of))
    if state in {RunState.SKIPPED, RunState.WAITING, RunState.HELD}:
        changed = changed.where(run.c.state != RunState.DELIVERED)
    touch(connection, of, now)
    connection.execute(changed.values(state=state, reason=reason, ended_at=None if state in UNDER_WAY else now))
