"""On a terminal the last line says how far an extraction is; a pipe gets nothing of it."""

from __future__ import annotations

import io
import logging

import pytest
from rich.console import Console

from scheduled_reports.cli.progress import told_on
from scheduled_reports.progress import Progress


def shown(*, terminal: bool) -> str:
    file = io.StringIO()
    with told_on(Console(file=file, force_terminal=terminal, width=100)):
        Progress("source 'orders' [sql]").add(50_000, 4_000_000)
    return file.getvalue()


def test_a_terminal_shows_rows_and_bytes_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduled_reports.progress.EVERY", 0.0)

    text = shown(terminal=True)

    assert "source 'orders' [sql]: 50,000 rows, 4.0 MB" in text


def test_a_pipe_gets_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduled_reports.progress.EVERY", 0.0)

    assert shown(terminal=False) == ""


def test_nothing_else_writes_it_meanwhile(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("scheduled_reports.progress.EVERY", 0.0)

    shown(terminal=True)

    assert caplog.records == []


def test_the_log_is_afterwards_as_it_was() -> None:
    log = logging.getLogger("scheduled_reports")
    before = (log.level, log.propagate, list(log.handlers))

    with pytest.raises(KeyError), told_on(Console(file=io.StringIO(), force_terminal=True)):
        raise KeyError

    assert (log.level, log.propagate, log.handlers) == before
