"""What the steps' tests share: runs of a report on people, with masked columns, and runs that wait for approval."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from approvals import Held, held_run
from demo.mail_server import MailServer
from people import connect_crm, people
from runs import run_of
from scheduled_reports.run import Run


@pytest.fixture
def crm_run(tmp_path: Path, connection: Callable, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Make runs of a report on people."""
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__MASKING_CONN_ID", "masking")
    connect_crm(connection, tmp_path)

    def make(text: str = "", **changes: Any) -> Run:
        return run_of(tmp_path, text or people(), **changes)

    return make


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[MailServer]:
    """Run a mail server that refuses nobody@…."""
    with MailServer(tmp_path / "inbox", refuse=frozenset({"nobody@northwind.example"})) as server:
        yield server


@pytest.fixture
def held(tmp_path: Path, connection: Callable[..., None], mailbox: MailServer) -> Held:
    """Make a rendered run that waits for approval, and its ledger."""
    return lambda fields="", text="": held_run(tmp_path, connection, mailbox, fields, text)
