"""Find the kinds of source, condition, format and channel: every module of a folder, and what third parties install.

A kind is a pydantic model with a `type` of Literal text. A third party names its class in the entry-point group
`scheduled_reports.<folder>`, for example `scheduled_reports.channels`.
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_origin

from pydantic import Field

from scheduled_reports.errors import ReportError
from scheduled_reports.model import Model


def union_of(package: str, base: type[Model]) -> Any:
    """Return the discriminated union (on `type`) of all kinds of `base` found in `package` and installed beside it.

    Raises:
        ReportError: Two classes claim the same `type`, or an entry point cannot be loaded or is not a `base`.
    """
    kinds: dict[str, type[Model]] = {}
    for kind in (*_own(package, base), *_installed(package, base)):
        tag = type_of(kind)
        if tag in kinds:
            raise ReportError(
                f"two kinds of {base.__name__} are called {tag!r}",
                why=f"{kinds[tag].__module__} and {kind.__module__}",
                fix="rename the `type` of one, or uninstall its package",
            )
        kinds[tag] = kind
    members = tuple(kinds[tag] for tag in sorted(kinds))
    if not members:
        return base
    return Annotated[Union[members], Field(discriminator="type")] if len(members) > 1 else members[0]  # noqa: UP007


def type_of(kind: type[Model]) -> str:
    """Return the text by which a spec names this kind."""
    return str(kind.model_fields["type"].annotation.__args__[0])  # type: ignore[union-attr]


def _own(package: str, base: type[Model]) -> list[type[Model]]:
    folder = Path(importlib.import_module(package).__file__ or "").parent
    found = []
    for module in sorted(info.name for info in pkgutil.iter_modules([str(folder)])):
        loaded = importlib.import_module(f"{package}.{module}")
        found += [
            value
            for value in vars(loaded).values()
            if isinstance(value, type)
            and issubclass(value, base)
            and value.__module__ == loaded.__name__
            and value is not base
            and "type" in value.model_fields
        ]
    return found


def _installed(package: str, base: type[Model]) -> list[type[Model]]:
    found = []
    group = f"scheduled_reports.{package.rpartition('.')[2]}"
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        fix = "correct or uninstall the package that brings it"
        try:
            kind = point.load()
        except Exception as error:
            what = f"entry point {point.name!r} in group {group!r} cannot be loaded"
            raise ReportError(what, why=str(error), fix=fix) from error
        if not _is_kind(kind, base):
            what = f"entry point {point.name!r} in group {group!r} is not a kind of {base.__name__}"
            raise ReportError(what, why=f"it names {point.value}", fix=fix)
        found.append(kind)
    return found


def _is_kind(value: Any, base: type[Model]) -> bool:
    if not (isinstance(value, type) and issubclass(value, base) and "type" in value.model_fields):
        return False
    return get_origin(value.model_fields["type"].annotation) is Literal
