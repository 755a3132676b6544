"""`reports new`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from scheduled_reports.errors import ReportError
from scheduled_reports.model import is_name
from scheduled_reports.spec.schema import FILE_NAME, write_schema


def write_new(name: str, folder: Path) -> Path:
    """Write a commented spec and return its path; the JSON Schema comes with it where it is missing.

    Raises:
        ReportError: `name` cannot be a report's id, or there is such a file already.
    """
    target = folder / f"{name}.yaml"
    if not is_name(name):
        raise ReportError(
            f"{name!r} cannot be a report's name", fix="lower-case letters, digits and single underscores, at most 63"
        )
    if target.exists():
        raise ReportError(f"{target} is there already", fix="choose another name, or edit that file")
    template = (files("scheduled_reports.cli") / "new.yaml").read_text(encoding="utf-8")
    try:
        target.write_text(template.replace("My report", name.replace("_", " ").capitalize()), encoding="utf-8")
        if not (folder / FILE_NAME).exists():
            write_schema(folder)
    except OSError as error:
        raise ReportError(f"cannot write {target}", why=str(error), fix="check the folder's permissions") from error
    return target
