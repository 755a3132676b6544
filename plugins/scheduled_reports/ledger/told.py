"""Who was told what by mail, so that nobody is told twice when a task is repeated."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from scheduled_reports.ledger.ledger import Ledger
from scheduled_reports.ledger.past import facts_of
from scheduled_reports.ledger.tables import told

if TYPE_CHECKING:
    from scheduled_reports.run import Run


def told_of(ledger: Ledger, about: str) -> set[str]:
    """Return the addresses that were told of something, given as its key.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    return {row.address for row in ledger.read(select(told.c.address).where(told.c.about == about))}


def note_told(ledger: Ledger, of: Run, about: str, address: str) -> None:
    """Note that an address was told of something.

    Args:
        ledger: Where it is noted.
        of: The run that it is about.
        about: Its key, the same whenever the same is told; at most 64 characters.
        address: Who was told.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    facts = {**facts_of(of), "id": str(uuid.uuid4()), "about": about, "address": address}
    with ledger.writing() as connection:
        connection.execute(insert(told).values(**facts, told_at=dt.datetime.now(dt.UTC)))
