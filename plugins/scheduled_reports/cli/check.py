"""`reports check`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scheduled_reports import settings
from scheduled_reports.audience.load import directory_of
from scheduled_reports.brands import brand_problems
from scheduled_reports.errors import ReportError
from scheduled_reports.models.load import model_problems
from scheduled_reports.schedule.calendars.load import Calendars
from scheduled_reports.schedule.conflicts import Span
from scheduled_reports.spec.check_faults import check_problems
from scheduled_reports.spec.compose import read_spec
from scheduled_reports.spec.content_faults import content_problems
from scheduled_reports.spec.cycles import asks_for_reports, waiting_problems
from scheduled_reports.spec.dataset_faults import dataset_problems
from scheduled_reports.spec.definitions import problems_and_warnings
from scheduled_reports.spec.earlier_runs import earlier_run_problems, reads_others
from scheduled_reports.spec.load import BrokenReport, Report, load, spec_files
from scheduled_reports.spec.places import path_text
from scheduled_reports.spec.problems import Problem, did_you_mean, told_once
from scheduled_reports.spec.sensitive import shown_surely
from scheduled_reports.spec.warnings import warnings_in

NEAR_FUTURE = dt.timedelta(days=30)
"""How far warnings look ahead."""


@dataclass(frozen=True)
class Checked:
    """What a check has found.

    Attributes:
        count: How many specs there are.
        broken: How many of them have problems, or depend on a calendar that has.
        problems: Everything wrong with them and with calendars, by file and place.
        warnings: What is probably not meant, likewise.
    """

    count: int
    broken: int
    problems: list[Problem]
    warnings: list[Problem]


def checked(paths: list[Path], folder: Path, now: dt.datetime) -> Checked:
    """Return what is wrong with specs, and what is odd about them.

    Args:
        paths: Files, folders (whose calendars, definitions and templates are looked at too), or names of reports.
        folder: The folder with the specs.
        now: What time it is, aware.

    Raises:
        ReportError: A path is neither.
    """
    named = [file for path in paths for file in spec_paths(path, folder)]
    files = sorted({file.absolute(): file for path in named for file in _with_twin(path)}.values())
    loaded = [_load(file) for file in files]
    problems = {problem for entry in loaded if isinstance(entry, BrokenReport) for problem in entry.problems}
    odd: list[Problem] = []
    for include in {settings.include_folder(path) for path in paths if path.is_dir()}:
        wrong, unused = problems_and_warnings(include)
        problems.update(wrong, Calendars(include).problems(), model_problems(include), brand_problems(include))
        problems.update(directory_of(include).problems)
        odd += unused
    waiting = set(_between_reports(loaded))
    problems |= waiting
    reports = [entry for entry in loaded if isinstance(entry, Report)]
    looked_into = {problem for entry in reports for problem in _looked_into(entry)}
    problems |= looked_into
    broken = {entry.path for entry in loaded if isinstance(entry, BrokenReport)}
    broken |= {path for problem in waiting | looked_into for path in problem.specs}
    warnings = [*warnings_in(reports, Span(now, now + NEAR_FUTURE)), *odd]
    return Checked(len(files), len(broken), told_once(problems), told_once(warnings))


def _load(file: Path) -> Report | BrokenReport:
    return load(file, settings.include_folder(file.parent))


def _looked_into(report: Report) -> Iterator[Problem]:
    """Yield what only a look into SQL, by DuckDB's parser, tells of a healthy report."""
    yield from _shown(report)
    yield from dataset_problems(report)
    yield from check_problems(report)
    yield from content_problems(report)


def _shown(report: Report) -> Iterator[Problem]:
    """Yield what would show a sensitive column that went through the SQL of a dataset."""
    if found := list(shown_surely(report)):
        source, _ = read_spec(report.path, report.include)
        for loc, message, hint in found:
            yield source.place(loc).problem(f"{path_text(loc)}: {message}", hint)


def _between_reports(loaded: Sequence[Report | BrokenReport]) -> Iterator[Problem]:
    """Yield what is wrong with what reports say of each other; for that all the others in their folder count too."""
    found = {entry.path: entry for entry in loaded}
    waiting = [
        entry for entry in loaded if isinstance(entry, Report) and (asks_for_reports(entry) or reads_others(entry))
    ]
    for folder in {entry.path.parent for entry in waiting}:
        everyone = [found.get(path) or _load(path) for path in spec_files(folder)]
        healthy = [entry for entry in everyone if isinstance(entry, Report)]
        broken = [entry for entry in everyone if isinstance(entry, BrokenReport)]
        problems = [*waiting_problems(healthy, broken), *earlier_run_problems(healthy, broken)]
        yield from (problem for problem in problems if found.keys() & problem.specs)


def _with_twin(path: Path) -> set[Path]:
    """Return a spec, and the one that would be the same report: x.yml beside x.yaml."""
    return {path, *(twin for twin in (path.with_suffix(".yaml"), path.with_suffix(".yml")) if twin.is_file())}


def spec_paths(path: Path, folder: Path) -> list[Path]:
    """Return the specs that `path` means: a file, a folder's, or the report of that name in `folder`.

    Raises:
        ReportError: It means none.
    """
    if path.is_dir():
        return spec_files(path)
    for candidate in (path, folder / path, folder / f"{path}.yaml", folder / f"{path}.yml"):
        if candidate.is_file():
            return [candidate]
    near = did_you_mean(path.stem, [file.stem for file in spec_files(folder)])
    raise ReportError(f"there is no spec {path} in {folder}", why=near, fix="name a file, a folder or a report")
