"""What all tests share: an AIRFLOW_HOME of the session's own, connections, and the programs that some need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable

import pytest

from session import HOME

PACKAGES = {"fc-list": "fontconfig", "sshd": "openssh-server"}


def pytest_unconfigure() -> None:
    """Remove the session's AIRFLOW_HOME."""
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that gives Airflow a connection for the duration of a test."""

    def give(conn_id: str, **fields: object) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(fields))

    return give


@pytest.fixture(scope="session")
def need() -> Callable[[str], None]:
    """Return a function that skips a test whose program this machine lacks; in CI that is a failure."""

    def require(program: str) -> None:
        if shutil.which(program) is None:
            _lacking(program, program)

    return require


@pytest.fixture(scope="session")
def chinese_font(need: Callable[[str], None]) -> None:
    """Skip a test whose document has a Chinese name, where this machine has no font for it; in CI that is a failure."""
    need("fc-list")
    if not subprocess.run(["fc-list", ":charset=738b"], capture_output=True, check=True).stdout:
        _lacking("a Chinese font", "fonts-noto-cjk")


def _lacking(what: str, package: str) -> None:
    message = f"{what} is not installed: apt-get install {PACKAGES.get(package, package)}"
    (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
