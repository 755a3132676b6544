"""Specs with given schedules, for the tests of `reports calendar`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from scheduled_reports.cli.calendar_fires import Days, Due, due_in, planned
from scheduled_reports.spec.load import Report, load
from specs import TWINNED, write

FIRST = dt.date(2026, 11, 23)
"""A Monday."""

NOW = dt.datetime(2026, 11, 23, 5, 0, tzinfo=dt.UTC)

NORTHWIND = """\
closed: [2026-11-25, 2026-12-25]
half_days: {2026-12-24: "13:00"}
known_until: 2026-12-31
"""


def spec(folder: Path, *schedules: str, name: str = "sales", **changes: str) -> Path:
    """Write the small spec with other schedules, each a YAML mapping's inside, and other texts in it."""
    text = TWINNED.partition("schedules:")[0]
    for old, new in changes.items():
        text = text.replace(old, new)
    return write(folder, text + "schedules:\n" + "".join(f"  - {{{schedule}}}\n" for schedule in schedules), name)


def healthy(folder: Path, text: str = TWINNED, name: str = "sales") -> Path:
    """Write a spec of which nothing is to be warned."""
    return write(folder, text, name)


def calendar_file(folder: Path, text: str = NORTHWIND, name: str = "northwind") -> None:
    """Write a calendar below `folder`/include/calendars."""
    path = folder / "include" / "calendars" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def reports_in(folder: Path) -> list[Report]:
    """Return the reports of `folder`, all of which are valid."""
    found = []
    for path in sorted((folder / "report_specs").glob("*.yaml")):
        report = load(path, folder / "include")
        assert isinstance(report, Report), report.problems
        found.append(report)
    return found


def dues_in(folder: Path, count: int = 7, first: dt.date = FIRST) -> list[Due]:
    """Return the fires of the reports in `folder` on some days."""
    days = Days(first, first + dt.timedelta(days=count - 1), NOW, all_day=True)
    return due_in(planned(reports_in(folder)), days)
