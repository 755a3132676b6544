"""A project of the test's own, and the command `reports` in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from runs import connect_shop
from scheduled_reports.cli import app
from specs import SALES, shop, write


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


@pytest.fixture
def preview(project: Path, reports: Callable[..., Result], connection: Callable[..., None]) -> Callable[..., Result]:
    """Return a function that previews the small spec, or another text, over a small shop."""
    shop(project / "shop.db")
    connect_shop(connection, project)

    def run(*arguments: str, text: str = SALES) -> Result:
        write(project, text)
        return reports("preview", "sales", *arguments)

    return run
