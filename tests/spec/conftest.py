"""A project with definitions and templates in include/."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from scheduled_reports.spec.load import BrokenReport, Report, load


@pytest.fixture
def lay(tmp_path: Path) -> Callable[..., None]:
    """Return a function that writes files: lay({"include/blocks/header.yaml": text, ...})."""

    def put(files: dict[str, str]) -> None:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")

    return put


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., Report]:
    """Return a function that loads a spec, which is to be valid."""

    def of(name: str = "sales") -> Report:
        found = load(tmp_path / "report_specs" / f"{name}.yaml", tmp_path / "include")
        assert isinstance(found, Report), [str(problem) for problem in found.problems]
        return found

    return of


@pytest.fixture
def problems(tmp_path: Path) -> Callable[..., list[str]]:
    """Return a function that loads a spec, which is to be broken, and returns what is told, paths from the project."""

    def of(name: str = "sales") -> list[str]:
        found = load(tmp_path / "report_specs" / f"{name}.yaml", tmp_path / "include")
        assert isinstance(found, BrokenReport), "the spec should be broken"
        return [str(problem).removeprefix(f"{tmp_path}/") for problem in found.problems]

    return of
