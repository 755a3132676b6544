"""Runs for tests: the small spec over a small shop, with real servers to deliver to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scheduled_reports.archive import RunFolder
from scheduled_reports.connections import airflow_connection
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.engine import sqlite_engine
from scheduled_reports.run import Run
from scheduled_reports.spec.load import Report, load
from scheduled_reports.steps.check import check
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.render import render
from specs import SALES, shop, write

NOW = dt.datetime(2026, 10, 2, 4, 30, tzinfo=dt.UTC)


def run_of(folder: Path, text: str = SALES, *, run_id: str = "manual__1", rows: int = 3, **changes: Any) -> Run:
    """Return a run of `text` for 1 October 2026; its shop, archive and spec lie in `folder`."""
    loaded = load(write(folder, text), folder / "include")
    assert isinstance(loaded, Report), [str(problem) for problem in loaded.problems]
    if not (folder / "shop.db").exists():
        shop(folder / "shop.db", rows)
    schedule = loaded.spec.schedules[0]
    period = loaded.timing(schedule).period_of(dt.date(2026, 10, 1))
    archive = RunFolder.of((folder / "archive").as_uri(), loaded.id, schedule.id, period.slug, run_id)
    parameters = {name: entry.value(entry.default) for name, entry in loaded.spec.parameters.items()}
    run = Run(loaded, schedule, period, run_id, archive, airflow_connection, parameters)
    return replace(run, **changes)


def use_settings(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let specs, archive and ledger lie in `folder`, for the duration of a test."""
    for name, value in {
        "specs_folder": folder / "report_specs",
        "include_folder": folder / "include",
        "archive": (folder / "archive").as_uri(),
        "ledger_conn_id": "ledger",
        "owner_mail_conn_id": "mail",
    }.items():
        monkeypatch.setenv(f"AIRFLOW__SCHEDULED_REPORTS__{name.upper()}", str(value))
    monkeypatch.setenv("AIRFLOW_CONN_LEDGER", f'{{"conn_type": "sqlite", "host": "{folder}/ledger.db"}}')


def ledger_of(folder: Path) -> Ledger:
    """Return the ledger in `folder`."""
    return Ledger(sqlite_engine(folder / "ledger.db"))


def connect_shop(connection: Callable[..., None], folder: Path) -> None:
    """Give Airflow the connection `shop`."""
    connection("shop", conn_type="sqlite", host=str(folder / "shop.db"))


def connect_mail(connection: Callable[..., None], port: int, conn_id: str = "mail") -> None:
    """Give Airflow a connection to a mail server on this machine."""
    extra = {"disable_ssl": True, "disable_tls": True, "from_email": "reports@northwind.example", "timeout": 5}
    connection(conn_id, conn_type="smtp", host="127.0.0.1", port=port, extra=extra)


def rendered(run: Run, ledger: Ledger) -> Run:
    """Bring a run to the point where it can be delivered."""
    gate(run, ledger, NOW)
    extract(run)
    check(run)
    render(run, NOW)
    return run
