"""`reports show`."""

from __future__ import annotations

from pathlib import Path

from scheduled_reports import settings
from scheduled_reports.cli.check import spec_paths
from scheduled_reports.errors import ReportError
from scheduled_reports.spec.compose import read_spec
from scheduled_reports.spec.problems import Problem
from scheduled_reports.spec.whole import whole_text


def shown(name: str, folder: Path) -> tuple[str, list[Problem]]:
    """Return a spec put together with what it extends and uses, as far as it can be, and what is wrong with that.

    Args:
        name: A report in `folder`, or a file.
        folder: The folder with the specs.

    Raises:
        ReportError: There is no such spec, or `name` is a folder.
    """
    paths = spec_paths(Path(name), folder)
    if Path(name).is_dir():
        raise ReportError(f"{name} is a folder of {len(paths)} specs", fix="name one of them")
    source, problems = read_spec(paths[0], settings.include_folder(paths[0].parent))
    return whole_text(source), sorted(problems)
