"""What the steps' tests share: runs of a report on people, whose columns are masked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
