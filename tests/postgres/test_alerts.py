"""What earlier runs of an alert found, in a team's PostgreSQL: as tests/ledger/test_alerts.py says of SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from judging import earlier_run
from runs import run_of
from scheduled_reports.connections import airflow_connection
from scheduled_reports.judgement.alert import AlertPast
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.alerts import alert_measures, alert_runs

KEY = "alert:1f0c"


@pytest.fixture
def ledger(tmp_path: Path, shop: Any) -> Iterator[Ledger]:
    opened = Ledger.open("shop", airflow_connection, tmp_path)
    yield opened
    opened.close()


def test_each_thing_is_found_as_it_was_noted(tmp_path: Path, ledger: Ledger) -> None:
    run, name = run_of(tmp_path), """["it's \\"Łódź\\" 🚚", null]"""
    earlier_run(ledger, run, 2, "alert", *alert_measures(KEY, True, [name], {}))
    earlier_run(
        ledger, run, 1, "alert", *alert_measures(KEY, True, [name], {name: "2026-09-29"}), state=RunState.SKIPPED
    )

    newest, oldest = alert_runs(ledger, run, KEY, 9)

    assert newest.of(name) == AlertPast("2026-09-30", alarming=True, sent=False, sent_before="2026-09-29")
    assert oldest.of(name) == AlertPast("2026-09-29", alarming=True, sent=True)
    assert not oldest.of("another").alarming
