"""Calendars written for one test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduled_reports.schedule.calendars.load import Calendars


@pytest.fixture
def calendars(tmp_path: Path) -> Callable[..., Calendars]:
    """Return a function that writes files (`name="text"`; ICS files as `{"name.ics": "text"}`) and returns them."""

    def write(files: dict[str, str] | None = None, /, **texts: str) -> Calendars:
        folder = tmp_path / "calendars"
        folder.mkdir(exist_ok=True)
        for name, text in {**{f"{stem}.yaml": text for stem, text in texts.items()}, **(files or {})}.items():
            (folder / name).write_text(text, encoding="utf-8")
        return Calendars(tmp_path)

    return write
