"""`reports audience --diff`: whom a change adds to a report's recipients, and whom it takes away."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from scheduled_reports import settings
from scheduled_reports.cli.audience import Getter, aligned, getters, report_named
from scheduled_reports.cli.check import spec_paths
from scheduled_reports.errors import ReportError
from scheduled_reports.git import Repository

_STYLES = {"+": "green", "-": "red", "~": "yellow"}


def show_difference(name: str, ref: str, specs: Path, now: dt.datetime, only: str | None, console: Console) -> None:
    """Print what recipients a report has that it had not at a git ref, and the other way round.

    Raises:
        ReportError: There is no such report or ref in either version, or the report is broken in one.
    """
    before, after = _at(name, ref, specs, now), _now(name, specs, now)
    if before is None and after is None:
        spec_paths(Path(name), specs)
    changes = [(sign, getter, told) for sign, getter, told in _changes(before or [], after or [])
               if only in {None, getter.destination}]  # fmt: skip
    rows = [(sign, getter.destination, *getter.cells, told) for sign, getter, told in changes]
    for (sign, *_), line in zip(changes, aligned(rows), strict=True):
        console.print(line, style=_STYLES[sign])
    if not changes:
        console.print(f"Nobody is added and nobody is taken away against {ref}")


def _now(name: str, specs: Path, now: dt.datetime) -> list[Getter] | None:
    try:
        spec_paths(Path(name), specs)
    except ReportError:
        return None
    return getters(report_named(name, specs, settings.include_folder(specs)), now)


def _at(name: str, ref: str, specs: Path, now: dt.datetime) -> list[Getter] | None:
    """Return who got the report at a git ref; None where it was not there."""
    repository = Repository(specs)
    commit, include = repository.commit(ref), settings.include_folder(specs)
    with tempfile.TemporaryDirectory() as temporary:
        folder, beside = Path(temporary) / "report_specs", Path(temporary) / "include"
        repository.extract(commit, specs, folder)
        if repository.holds(include):
            repository.extract(commit, include, beside)
            include = beside
        path = folder / f"{Path(name).stem}.yaml"
        return getters(report_named(str(path), folder, include, f" at {ref}"), now) if path.is_file() else None


def _changes(before: list[Getter], after: list[Getter]) -> Iterator[tuple[str, Getter, str]]:
    """Yield (sign, whom it is about, what was otherwise) in the order of destinations."""
    old = {(getter.destination, getter.key): getter for getter in before}
    new = {(getter.destination, getter.key): getter for getter in after}
    for key in [*new, *(key for key in old if key not in new)]:
        if key not in old:
            yield "+", new[key], ""
        elif key not in new:
            yield "-", old[key], ""
        elif told := _otherwise(old[key], new[key]):
            yield "~", new[key], told


def _otherwise(old: Getter, new: Getter) -> str:
    """Return what of a recipient was otherwise; through which group does not matter."""
    parts = ((old.copy, new.copy), (old.who, new.who), (old.role, new.role), (old.language, new.language),
             (old.edition, new.edition), (old.clock, new.clock))  # fmt: skip
    changed = [one or "nothing" for one, other in parts if one != other]
    return f"(was {', '.join(changed)})" if changed else ""
