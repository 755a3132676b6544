"""What all tests share: an AIRFLOW_HOME of the session's own, and no other Airflow setting from outside.

It is set when this file is imported, because Airflow reads it when it is imported, and test modules import Airflow.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

for _name in [name for name in os.environ if name.startswith("AIRFLOW_")]:
    del os.environ[_name]
HOME = Path(tempfile.mkdtemp(prefix="reports-tests-"))
ROOT = Path(__file__).parents[1]
os.environ.update(
    AIRFLOW_HOME=str(HOME),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"),
    AIRFLOW__CORE__PLUGINS_FOLDER=str(ROOT / "plugins"),
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME / 'airflow.db'}",
    AIRFLOW__SCHEDULED_REPORTS__RETRY_DELAY_SECONDS="0.1",
)

PACKAGES = {"chromium": "chromium", "pdftoppm": "poppler-utils", "pdftotext": "poppler-utils"}


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
            message = f"{program} is not installed: apt-get install {PACKAGES.get(program, program)}"
            (pytest.fail if os.environ.get("CI") else pytest.skip)(message)

    return require
