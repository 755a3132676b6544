"""Read model files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from scheduled_reports.model import is_name
from scheduled_reports.models.checks import own_unit_findings
from scheduled_reports.models.file import CanonicalModel
from scheduled_reports.spec.places import path_text, problems_of
from scheduled_reports.spec.problems import Problem, did_you_mean
from scheduled_reports.spec.yaml import read


class ModelError(Exception):
    """A model cannot be used.

    Attributes:
        problems: What is wrong with its file, and where.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def model_path(name: str, include: Path) -> Path:
    """Return the file of the model `name`; `include` is the folder that holds `models/`."""
    return include / "models" / f"{name}.yaml"


def load_model(name: str, include: Path) -> CanonicalModel:
    """Return the model `name` of `include/models`.

    Raises:
        ModelError: There is no such file, or something is wrong with it.
    """
    path = model_path(name, include)
    if not path.is_file():
        present = [found.stem for found in path.parent.glob("*.yaml")]
        raise ModelError((Problem(path, 1, 1, f"there is no model {name!r}", did_you_mean(name, present)),))
    source, problems = read(path)
    if problems:
        raise ModelError(tuple(problems))
    if not isinstance(source.data, dict):
        raise ModelError((Problem(path, 1, 1, "is not a model", "write its `columns:`, each with a `type`"),))
    try:
        return CanonicalModel.model_validate(source.data)
    except ValidationError as error:
        raise ModelError(tuple(sorted(problems_of(error, source, CanonicalModel, "the model")))) from error


def model_problems(include: Path) -> list[Problem]:
    """Return what is wrong with the files in `include/models`, used or not, sorted."""
    found: set[Problem] = set()
    for path in (include / "models").glob("*.y*ml"):
        if path.suffix != ".yaml":
            found.add(
                Problem(path, 1, 1, f"models end in .yaml, not in {path.suffix}", f"rename it to {path.stem}.yaml")
            )
        elif not is_name(path.stem):
            hint = "rename it to lower-case letters, digits and single underscores: order_line.yaml"
            found.add(Problem(path, 1, 1, f"the file's name {path.stem!r} cannot be a model's name", hint))
        else:
            try:
                model = load_model(path.stem, include)
                found.update(_unit_problems(path, model))
            except ModelError as error:
                found.update(error.problems)
    return sorted(found)


def _unit_problems(path: Path, model: CanonicalModel) -> Iterator[Problem]:
    source, _ = read(path)
    for loc, message, hint in own_unit_findings(model):
        yield source.place(loc).problem(f"{path_text(loc)}: {message}", hint)
