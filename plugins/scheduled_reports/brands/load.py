"""Read brand files, each once per process, and again when it, or a file that it names, has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from scheduled_reports import settings
from scheduled_reports.brands.brand import Brand
from scheduled_reports.brands.errors import BrandError
from scheduled_reports.brands.file import BrandFile
from scheduled_reports.brands.house import HOUSE
from scheduled_reports.brands.make import Parts, made, parts_of
from scheduled_reports.errors import SettingError
from scheduled_reports.model import is_name
from scheduled_reports.schedule.calendars.stamps import Stamp, stamp_of
from scheduled_reports.spec.places import path_text, problems_of
from scheduled_reports.spec.problems import Problem, did_you_mean
from scheduled_reports.spec.yaml import Source, read


def brand_path(name: str, include: Path) -> Path:
    """Return the file of the brand `name`; `include` is the folder that holds `brands/`."""
    return include / "brands" / f"{name}.yaml"


def brand_names(include: Path) -> list[str]:
    """Return the name of every brand there is, the built-in one among them, sorted."""
    return sorted({HOUSE.key, *(path.stem for path in (include / "brands").glob("*.yaml"))})


def brand_of(name: str | None, include: Path) -> Brand:
    """Return the brand `name` of `include/brands`; the one that is built in for its own name, or none.

    Raises:
        BrandError: There is no such brand, or something is wrong with its files.
    """
    if name is None or name == HOUSE.key:
        return HOUSE
    path = brand_path(name, include)
    if not is_name(name) or not path.is_file():
        hint = did_you_mean(name, brand_names(include))
        raise BrandError(name, (Problem(path, 1, 1, f"there is no brand {name!r}", hint),))
    held = _held(path)
    if held.brand is None:
        raise BrandError(name, held.problems)
    return held.brand


def brand_findings(name: str, include: Path) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, hint) of the brand `name`, for whatever names it."""
    try:
        brand_of(name, include)
    except BrandError as error:
        missing = not is_name(name) or not brand_path(name, include).is_file()
        for found in error.problems:
            where = "" if missing else f"{found.path.name}:{found.line}:{found.column}: "
            yield f"{where}{found.message}", found.hint


def brand_for(name: str | None, include: Path) -> Brand:
    """Return the brand `name`; where a spec names none, the one that the setting `brand` names, else the built-in one.

    Raises:
        BrandError: There is no such brand, or something is wrong with its files.
        SettingError: The setting names a brand that is not there.
    """
    usual = settings.brand() if name is None else None
    if usual is not None and usual not in brand_names(include):
        raise SettingError(f"[{settings.SECTION}] brand is {usual!r}", why=f"there is no {brand_path(usual, include)}",
                           fix=did_you_mean(usual, brand_names(include)))  # fmt: skip
    return brand_of(name if name is not None else usual, include)


def brand_files(name: str, include: Path) -> tuple[Path, ...]:
    """Return the files that the brand `name` is made of: its YAML, its logo, its fonts; none of the built-in one."""
    path = brand_path(name, include)
    return tuple(sorted(_held(path).stamps)) if name != HOUSE.key and path.is_file() else ()


def brand_problems(include: Path) -> list[Problem]:
    """Return what is wrong with the files in `include/brands`, used or not, and with the setting `brand`, sorted."""
    found: set[Problem] = set()
    usual = settings.brand()
    if usual is not None and usual not in brand_names(include):
        what = f"there is no brand {usual!r}, which the setting `brand` names"
        found.add(Problem(brand_path(usual, include), 1, 1, what, did_you_mean(usual, brand_names(include))))
    for path in (include / "brands").glob("*.y*ml"):
        fault = _name_fault(path)
        found.update([Problem(path, 1, 1, *fault)] if fault else _held(path).problems)
    return sorted(found)


def _name_fault(path: Path) -> tuple[str, str] | None:
    """Return what is wrong with the name of a brand's file, and what to do about it."""
    if path.suffix != ".yaml":
        return f"brands end in .yaml, not in {path.suffix}", f"rename it to {path.stem}.yaml"
    if not is_name(path.stem):
        hint = "rename it to lower-case letters, digits and single underscores: acme_north.yaml"
        return f"the file's name {path.stem!r} cannot be a brand's name", hint
    if path.stem == HOUSE.key:
        return f"{HOUSE.key!r} is the brand that is built in, and this file is not read", "give it another name"
    return None


@dataclass(frozen=True)
class _Held:
    """What became of a brand's file, and the files that it depends on as they were then."""

    brand: Brand | None
    problems: tuple[Problem, ...]
    stamps: dict[Path, Stamp]


_HELD: dict[Path, _Held] = {}


def _held(path: Path) -> _Held:
    held = _HELD.get(path)
    if held is None or any(stamp_of(file) != stamp for file, stamp in held.stamps.items()):
        held = _HELD[path] = _looked_at(path)
    return held


def _looked_at(path: Path) -> _Held:
    stamps = {path: stamp_of(path)}
    source, problems = read(path)
    file, wrong = (None, tuple(problems)) if problems else _validated(source)
    if file is None:
        return _Held(None, wrong, stamps)
    stamps |= {beside: stamp_of(beside) for beside in file.beside(path.parent)}
    parts = parts_of(file, path)
    told = tuple(sorted({*parts.problems, *_placed(source, parts)}))
    return _Held(None if told else made(path, file, parts), told, stamps)


def _validated(source: Source) -> tuple[BrandFile | None, tuple[Problem, ...]]:
    if not isinstance(source.data, dict):
        return None, (Problem(source.path, 1, 1, "is not a brand", "write its `name:` and its `colors:`"),)
    try:
        return BrandFile.model_validate(source.data), ()
    except ValidationError as error:
        return None, tuple(sorted(problems_of(error, source, BrandFile, "the brand")))


def _placed(source: Source, parts: Parts) -> Iterator[Problem]:
    for loc, message, hint in parts.findings:
        yield source.place(loc).problem(f"{path_text(source.known(loc))}: {message}", hint)
