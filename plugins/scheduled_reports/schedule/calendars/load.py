"""Read calendar files, and make of them the one calendar that a schedule uses.

A file is read and expanded once per process, and again when it, or a file that it is made of, has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from scheduled_reports.model import is_name
from scheduled_reports.schedule.calendars import own
from scheduled_reports.schedule.calendars.errors import CalendarError, PlacedError, UnknownCalendarError
from scheduled_reports.schedule.calendars.expression import CalendarExpression, Combination, names_in
from scheduled_reports.schedule.calendars.file import CalendarFile
from scheduled_reports.schedule.calendars.resolved import Resolved, combined, days_of, fiscal_of, refuse_closed_years
from scheduled_reports.schedule.calendars.stamps import Stamp, stamp_of
from scheduled_reports.spec.places import path_text, problems_of
from scheduled_reports.spec.problems import Problem, did_you_mean
from scheduled_reports.spec.yaml import Source, read


class Calendars:
    """The calendars of `include/calendars`.

    Args:
        include: The folder with calendars/.
    """

    def __init__(self, include: Path) -> None:
        self.folder = include / "calendars"

    def names(self) -> list[str]:
        """Return the name of every calendar there is, sorted."""
        return _names(self.folder)

    def resolve(self, expression: CalendarExpression) -> Resolved:
        """Return what an expression means.

        Raises:
            CalendarError: A file that it needs has problems.
            UnknownCalendarError: The expression names a calendar that is not there, or is never open.
        """
        found = _held(self.folder, expression, ()).found
        if isinstance(found, PlacedError):
            raise UnknownCalendarError(found.loc, found.message, found.hint)
        if isinstance(found, CalendarError):
            raise CalendarError(found.problems)
        return found

    def problems(self) -> list[Problem]:
        """Return what is wrong with the files, used or not, sorted."""
        found = {problem for path in self.folder.glob("*.y*ml") for problem in _name_problems(path)}
        for name in self.names():
            try:
                self.resolve(name)
            except CalendarError as error:
                found.update(error.problems)
        return sorted(found)


@dataclass(frozen=True)
class _Held:
    """What became of an expression, and the files that it depends on as they were then."""

    found: Resolved | CalendarError | PlacedError
    stamps: dict[Path, Stamp]


_HELD: dict[tuple[Path, CalendarExpression], _Held] = {}


@dataclass(frozen=True)
class _Expansion:
    """One expression being expanded.

    Attributes:
        folder: The calendars' folder.
        trail: The files that are being expanded, the outermost first.
        stamps: The files that it depends on, those included that should be there.
    """

    folder: Path
    trail: tuple[str, ...]
    stamps: dict[Path, Stamp] = field(default_factory=dict)

    def of(self, expression: CalendarExpression) -> Resolved:
        """Return what an expression means."""
        if isinstance(expression, str):
            return self._of_file(expression)
        parts, misplaced, problems = self._parts(expression)
        if problems:
            raise CalendarError(tuple(sorted(problems)))
        if misplaced:
            raise misplaced[0]
        return combined(expression, parts)

    def _of_file(self, name: str) -> Resolved:
        path = self.folder / f"{name}.yaml"
        if self._stamp(path) is None:
            raise PlacedError((), f"there is no calendar {name!r}", did_you_mean(name, _names(self.folder)))
        source, file, problems = _parsed(path, self.stamps[path])
        if file is None:
            raise CalendarError(problems)
        for beside in file.ics:
            self._stamp(self.folder / beside)
        sources, wrong = own.sources_of(file, self.folder)
        expression = Combination.model_construct(all_of=file.all_of, any_of=file.any_of, without=file.without)
        parts, misplaced, others = self._parts(expression)
        others.update(_problem(source, error) for error in (*wrong, *misplaced))
        if others:
            raise CalendarError(tuple(sorted(others)))
        try:
            days = own.days_of(file, sources, days_of(expression, parts) if parts else None)
            refuse_closed_years(days, name, ("only",) if file.only else ())
        except PlacedError as error:
            raise CalendarError((_problem(source, error),)) from error
        files = {path, *(self.folder / beside for beside in file.ics)}.union(*(part.files for part in parts.values()))
        return Resolved(name, days, file.fiscal or fiscal_of(expression, parts), tuple(sorted(files)))

    def _parts(self, expression: Combination) -> tuple[dict[str, Resolved], list[PlacedError], set[Problem]]:
        """Return (what each name means, names that cannot be used, problems of the files that they name)."""
        parts: dict[str, Resolved] = {}
        misplaced: list[PlacedError] = []
        problems: set[Problem] = set()
        for loc, name in names_in(expression):
            try:
                parts[name] = self._part(name)
            except PlacedError as error:
                misplaced.append(error.within(*loc))
            except CalendarError as error:
                problems.update(error.problems)
        return parts, misplaced, problems

    def _part(self, name: str) -> Resolved:
        if name in self.trail:
            self._stamp(self.folder / f"{name}.yaml")
            circle = " → ".join([*self.trail[self.trail.index(name) :], name])
            raise PlacedError((), f"calendars are made of each other: {circle}", "leave one of them out")
        held = _held(self.folder, name, self.trail)
        self.stamps.update(held.stamps)
        if isinstance(held.found, Exception):
            raise held.found.with_traceback(None)
        return held.found

    def _stamp(self, path: Path) -> Stamp:
        return self.stamps.setdefault(path, stamp_of(path))


def _held(folder: Path, expression: CalendarExpression, trail: tuple[str, ...]) -> _Held:
    held = _HELD.get((folder, expression))
    if held is None or any(stamp_of(path) != stamp for path, stamp in held.stamps.items()):
        expansion = _Expansion(folder, (*trail, expression) if isinstance(expression, str) else trail)
        try:
            found: Resolved | CalendarError | PlacedError = expansion.of(expression)
        except (CalendarError, PlacedError) as error:
            found = error
        held = _HELD[folder, expression] = _Held(found, expansion.stamps)
    return held


@lru_cache(maxsize=1000)
def _parsed(path: Path, stamp: Stamp) -> tuple[Source, CalendarFile | None, tuple[Problem, ...]]:  # noqa: ARG001
    """Return a file's values, what they say, and what is wrong with them; the cache knows it by its `stamp`."""
    source, problems = read(path)
    if problems:
        return source, None, tuple(problems)
    if not isinstance(source.data, dict):
        what = "is not a calendar"
        return source, None, (Problem(path, 1, 1, what, "write what closes it: `holidays:`, `closed:`, `weekend:`"),)
    try:
        return source, CalendarFile.model_validate(source.data), ()
    except ValidationError as error:
        return source, None, tuple(sorted(problems_of(error, source, CalendarFile, "the calendar")))


def _problem(source: Source, error: PlacedError) -> Problem:
    place, where = source.place(error.loc, key=error.loc[:1] == ("half_days",)), path_text(source.known(error.loc))
    return place.problem(f"{where}: {error.message}" if where else error.message, error.hint)


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml"))


def _name_problems(path: Path) -> Iterator[Problem]:
    if path.suffix != ".yaml":
        yield Problem(path, 1, 1, f"calendars end in .yaml, not in {path.suffix}", f"rename it to {path.stem}.yaml")
    if not is_name(path.stem):
        hint = "rename it to lower-case letters, digits and single underscores: new_york.yaml"
        yield Problem(path, 1, 1, f"the file's name {path.stem!r} cannot be a calendar's name", hint)
