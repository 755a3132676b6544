"""`reports check`."""

from __future__ import annotations

from pathlib import Path

from scheduled_reports import settings
from scheduled_reports.errors import ReportError
from scheduled_reports.spec.load import BrokenReport, load, spec_files
from scheduled_reports.spec.problems import Problem, did_you_mean


def problems_in(paths: list[Path], folder: Path) -> tuple[int, list[Problem]]:
    """Return how many specs there are, and everything wrong with them, by file and place.

    Args:
        paths: Files, folders, or names of reports in `folder`.
        folder: The folder with the specs.

    Raises:
        ReportError: A path is neither.
    """
    named = [file for path in paths for file in spec_paths(path, folder)]
    files = sorted({file.absolute(): file for path in named for file in _with_twin(path)}.values())
    loaded = [load(file, settings.include_folder(file.parent)) for file in files]
    return len(files), sorted(
        problem for entry in loaded if isinstance(entry, BrokenReport) for problem in entry.problems
    )


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
