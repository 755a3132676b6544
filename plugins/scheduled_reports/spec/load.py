"""Load specs from YAML files; what is wrong with one never touches another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from scheduled_reports.audience.entries import entries_of
from scheduled_reports.audience.load import directory_of
from scheduled_reports.brands import brand_files
from scheduled_reports.datasets.python_function import file_of
from scheduled_reports.document.picture_file import picture_path
from scheduled_reports.model import EmailAddress, Model, is_name
from scheduled_reports.models.load import model_path
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.schedule.timing import Timing
from scheduled_reports.schedule.triggers import Trigger
from scheduled_reports.spec.compose import composed, read_spec
from scheduled_reports.spec.judgements import conditions_of
from scheduled_reports.spec.marks import marked
from scheduled_reports.spec.places import path_text, problems_of
from scheduled_reports.spec.problems import Problem
from scheduled_reports.spec.references import findings
from scheduled_reports.spec.report import ReportSpec
from scheduled_reports.spec.secrets import secrets_in
from scheduled_reports.spec.timings import salvaged, timings_of
from scheduled_reports.spec.whole import whole_text
from scheduled_reports.spec.yaml import Source, read


@dataclass(frozen=True)
class Report:
    """A spec that is valid.

    Attributes:
        id: The file's stem.
        path: The YAML file.
        spec: What it says.
        text: What it says as YAML: the file's text; of a spec that is put together from several files, the whole.
        digest: SHA-256 (hex) of the file and of every file in include/ that it names.
        include: The folder with sql/ and what else authors keep beside their specs.
        timings: When each schedule fires, and what it covers, by the schedule's id.
        parts: The definitions and templates that it is put together from.
    """

    id: str
    path: Path
    spec: ReportSpec
    text: str
    digest: str
    include: Path
    timings: Mapping[str, Timing]
    parts: tuple[Path, ...] = ()

    def timing(self, schedule: Schedule) -> Timing:
        """Return when one of its schedules fires, and what it covers."""
        return self.timings[schedule.id]

    def when(self, schedule: Schedule) -> str:
        """Return when one of its schedules runs, in plain words."""
        recurrence = self.timing(schedule).recurrence
        if isinstance(schedule.when, Trigger):
            return f"{schedule.when.words()}, {schedule.timezone}" if recurrence else schedule.when.words()
        return recurrence.words() if recurrence else ""

    def query_place(self, section: str, name: str) -> str:
        """Return where the query of a source or dataset stands: `file:line`, or its SQL file."""
        entry = getattr(self.spec, section)[name]
        if getattr(entry, "sql_file", None):
            return f"include/sql/{entry.sql_file}"
        source, _ = read_spec(self.path, self.include)
        place = source.place((section, name, "sql"))
        return f"{place.file if place.used_by else place.path.name}:{place.line}"


@dataclass(frozen=True)
class BrokenReport:
    """A spec that is not valid, and what of it can still be read.

    Attributes:
        id: The file's stem.
        path: The YAML file.
        problems: What is wrong with it.
        schedules: Those of its schedules that are valid by themselves.
        owner: Its owner's address, where that can be read.
        enabled: False only where the file says so.
        timings: When those schedules fire, as far as their calendars can be read, by id.
    """

    id: str
    path: Path
    problems: tuple[Problem, ...]
    schedules: tuple[Schedule, ...]
    owner: str | None
    enabled: bool
    timings: Mapping[str, Timing]


def spec_files(folder: Path) -> list[Path]:
    """Return every YAML file in `folder`, sorted."""
    return sorted(path for path in folder.glob("*.y*ml") if path.suffix in {".yaml", ".yml"})


def load(path: Path, include: Path) -> Report | BrokenReport:
    """Load one spec; a broken one comes back with its problems, whatever it is that breaks.

    Args:
        path: The YAML file.
        include: The folder with sql/.
    """
    source, problems = read(path)
    try:
        source, others = composed(source, include)
        return _checked(source, [*problems, *others], include)
    except Exception as error:  # one file never takes the others down
        what = f"cannot be checked: {type(error).__name__}: {error}"
        return _broken(source, [*problems, Problem(path, 1, 1, what, "look for what is unusual in this file")], include)


def _checked(source: Source, problems: list[Problem], include: Path) -> Report | BrokenReport:
    path = source.path
    if not is_name(path.stem):
        hint = "rename it to at most 63 lower-case letters, digits and single underscores: morning_brief.yaml"
        problems.append(Problem(path, 1, 1, f"the file's name {path.stem!r} cannot be a report's id", hint))
    if path.suffix == ".yml" and path.with_suffix(".yaml").exists():
        problems.append(Problem(path, 1, 1, f"{path.stem}.yaml is there too: two reports with one id", "rename one"))
    problems += _secrets(source)
    if problems:
        return _broken(source, problems, include)
    if not isinstance(source.data, dict):
        return _broken(
            source, [Problem(path, 1, 1, "is not a report", "start with `title:`; `reports new` makes one")], include
        )
    try:
        spec = ReportSpec.model_validate(source.data)
    except ValidationError as error:
        return _broken(source, list(problems_of(error, source, ReportSpec)), include)
    timings = timings_of(path.stem, spec.schedules, include)
    parts = tuple(part.path for part in source.parts)
    report = Report(path.stem, path, spec, whole_text(source), "", include, timings.by_id, parts)
    told = ((loc, f"{path_text(source.known(loc))}: {message}", hint) for loc, message, hint in timings.findings)
    found = told if timings.findings else findings(report, source)
    problems = [source.place(loc).problem(message, hint) for loc, message, hint in found]
    problems += timings.problems
    if problems:
        return _broken(source, problems, include)
    judged = {path for _, condition in conditions_of(spec) for path in condition.files(include)}
    people = {path for _, name in entries_of(spec) if isinstance(name, str)
              for path in directory_of(include).files_of(name)}  # fmt: skip
    return replace(report, digest=_digest(source, report, {*timings.files, *judged, *people}))


def _secrets(source: Source) -> Iterator[Problem]:
    yield from secrets_in(source.path, source.text)
    for part in source.parts:
        yield from (replace(found, used_by=(source.path,)) for found in secrets_in(part.path, part.text))


def load_all(folder: Path, include: Path) -> tuple[list[Report], list[BrokenReport]]:
    """Load every spec in `folder`; return the valid and the broken ones, each sorted by file name."""
    loaded = [load(path, include) for path in spec_files(folder)]
    healthy = [entry for entry in loaded if isinstance(entry, Report)]
    return healthy, [entry for entry in loaded if isinstance(entry, BrokenReport)]


def _digest(source: Source, report: Report, others: Iterable[Path]) -> str:
    digest = hashlib.sha256(source.text.encode())
    for part in sorted(source.parts, key=lambda part: part.path):
        digest.update(part.text.encode())
    for _, mark, text in marked(report.spec):
        if mark.kind == "sql_file":
            digest.update((report.include / "sql" / text).read_bytes())
        elif mark.kind == "python":
            digest.update(file_of(report.include, text).read_bytes())
        elif mark.kind == "model":
            digest.update(model_path(text, report.include).read_bytes())
        elif mark.kind == "picture":
            digest.update(picture_path(text, report.include).read_bytes())
        elif mark.kind == "brand":
            for path in brand_files(text, report.include):
                digest.update(path.read_bytes())
    for path in sorted(others):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Owner(Model):
    owner: EmailAddress


def _broken(source: Source, problems: list[Problem], include: Path) -> BrokenReport:
    data = source.data if isinstance(source.data, dict) else {}
    entries = data.get("schedules")
    schedules = [found for entry in (entries if isinstance(entries, list) else []) if (found := _schedule(entry))]
    unique = {schedule.id: schedule for schedule in schedules}
    try:
        owner = _Owner(owner=data.get("owner", "")).owner
    except Exception:  # whatever else is wrong with it
        owner = None
    asked = {name: salvaged(source.path.stem, schedule, include) for name, schedule in unique.items()}
    timings = {name: timing for name, timing in asked.items() if timing is not None}
    kept = tuple(unique[name] for name in timings)
    return BrokenReport(source.path.stem, source.path, tuple(sorted(problems)), kept, owner,
                        data.get("enabled") is not False, timings)  # fmt: skip


def _schedule(entry: object) -> Schedule | None:
    try:
        return Schedule.model_validate(entry)
    except Exception:  # whatever is wrong with it, the other schedules count
        return None
