"""What all tests share: an AIRFLOW_HOME of the session's own, connections, and the programs that some need."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable

import pytest

from session import HOME


def pytest_unconfigure() -> None:
    """Remove the session's AIRFLOW_HOME."""
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that gives Airflow a connection for the duration of a test."""

    def give(conn_id: str, **fields: object) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(fields))

    return give


@pytest.fixture
def need() -> Callable[[str], None]:
    """Return a function that skips a test whose program this machine lacks; in CI that is a failure."""

    def require(program: str) -> None:
        if shutil.which(program) is None:
            message = f"{program} is not installed: apt-get install {program}"
            (pytest.fail if os.environ.get("CI") else pytest.skip)(message)

    return require
