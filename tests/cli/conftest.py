"""A project of the test's own, and the command `reports` in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from scheduled_reports.cli import app


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty project, which is the current folder."""
    (tmp_path / "report_specs").mkdir()
    (tmp_path / "include" / "sql").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIRFLOW__LOGGING__LOGGING_LEVEL", "WARNING")
    return tmp_path


@pytest.fixture
def reports(project: Path) -> Callable[..., Result]:
    """Return a function that runs `reports` with arguments; an error that is no clean exit fails the test."""

    def run(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
