"""Ledgers as earlier versions of this package made them."""

from __future__ import annotations

import uuid

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from deliveries import ANN, BEN
from scheduled_reports.ledger import schema

FIRST = "0001"


def old_ledger(engine: Engine, monkeypatch: pytest.MonkeyPatch, version: str = FIRST) -> None:
    """Make a ledger as a version has it, with a run that sent one of two deliveries."""
    migrate(engine, monkeypatch, FIRST)
    entry = {
        "start": "2026-09-30 22:00:00.000000",
        "end": "2026-10-01 22:00:00.000000",
        "at": "2026-10-02 04:30:00.000000",
    }
    with engine.begin() as connection:
        connection.execute(
            text("""INSERT INTO scheduled_reports_run VALUES (:id, 'manual__1', 'sales', 'daily', :start, :end,
                    'failed', 'no such mailbox', 'd1', 'file:///old', :at, :at)"""),
            {**entry, "id": str(uuid.uuid4())},
        )
        for planned, state, receipt in ((ANN, "delivered", "<1@x>"), (BEN, "failed", "")):
            connection.execute(
                text("""INSERT INTO scheduled_reports_delivery VALUES (:id, 'sales', 'daily', :start, :end,
                        :destination, :channel, :recipient, :identity, 1, 'manual__1', :state, 1, :receipt, '',
                        10, 0.5, :at, :at, :at)"""),
                {**entry, "id": str(uuid.uuid4()), "destination": planned.destination, "channel": planned.channel,
                 "recipient": planned.recipient, "identity": planned.identity, "state": state, "receipt": receipt},
            )  # fmt: skip
    if version != FIRST:
        migrate(engine, monkeypatch, version)


def migrate(engine: Engine, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    """Bring a ledger up to a version."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "HEAD", version)
        schema.upgrade(engine)


def take_back(engine: Engine, version: str) -> None:
    """Bring a ledger back to a version."""
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, version)


def version_of(engine: Engine) -> str:
    """Return the version that a ledger has."""
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM scheduled_reports_version")).scalar_one())
