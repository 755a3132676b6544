"""Kinds are found by scanning a folder, and in what third parties install."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.conditions import Condition
from scheduled_reports.conditions.rows import Rows
from scheduled_reports.errors import ReportError
from scheduled_reports.model import Model
from scheduled_reports.registry import type_of, union_of
from specs import SALES, TWINNED, write

CONDITIONS = "scheduled_reports.conditions"
WEEKDAY = dedent('''\
    """A condition from a third party."""
    from typing import Literal
    from scheduled_reports.conditions import Condition
    from scheduled_reports.conditions.base import Verdict

    class Weekday(Condition):
        """The period begins on a day of the week."""
        type: Literal["{tag}"]
        number: int

        @property
        def needs_data(self):
            return False

        def judge(self, evidence):
            return Verdict(True, "it does")
    ''')


def install(site: Path, module: str, text: str, entry_point: str) -> None:
    """Install a distribution as pip does: a module, and metadata that name its entry point."""
    site.mkdir(exist_ok=True)
    (site / f"{module}.py").write_text(text)
    metadata = site / f"{module}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{CONDITIONS}]\n{entry_point}\n")


@pytest.fixture
def shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of kinds, the package `shapes`, with the base `Shape` and the kinds `circle` and `square`."""
    folder = tmp_path / "shapes"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "base.py").write_text(
        "from scheduled_reports.model import Model\nclass Shape(Model):\n    size: int = 1\n"
    )
    add_shape(folder, "circle")
    add_shape(folder, "square")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "shapes"]:
        monkeypatch.delitem(sys.modules, name)
    return folder


def add_shape(folder: Path, module: str, tag: str = "", head: str = "") -> None:
    (folder / f"{module}.py").write_text(
        f"from typing import Literal\nfrom shapes.base import Shape\n{head}\n"
        f"class {module.title()}(Shape):\n    type: Literal['{tag or module}']\n"
    )


def shape_union() -> TypeAdapter[Any]:
    import importlib

    base: type[Model] = importlib.import_module("shapes.base").Shape
    return TypeAdapter(union_of("shapes", base))


def test_one_new_file_is_one_new_kind(shapes: Path) -> None:
    add_shape(shapes, "triangle", head="from shapes.circle import Circle  # another module's kind is not found twice")

    made = shape_union().validate_python({"type": "triangle", "size": 3})

    assert (type(made).__name__, made.size) == ("Triangle", 3)


def test_the_type_decides_which_kind_it_is(shapes: Path) -> None:
    union = shape_union()

    assert type(union.validate_python({"type": "circle"})).__name__ == "Circle"
    assert type(union.validate_python({"type": "square"})).__name__ == "Square"
    with pytest.raises(ValidationError, match="'circle', 'square'"):
        union.validate_python({"type": "line"})


def test_two_kinds_of_one_type_are_an_error_that_names_both(shapes: Path) -> None:
    add_shape(shapes, "ball", tag="circle")

    with pytest.raises(ReportError) as caught:
        shape_union()

    assert "two kinds of Shape are called 'circle': shapes.ball and shapes.circle" in str(caught.value)


def test_the_type_of_a_kind_is_the_text_that_a_spec_writes() -> None:
    assert type_of(Rows) == "rows"


def test_an_installed_kind_works_in_a_spec(tmp_path: Path) -> None:
    install(tmp_path / "site", "weekday", WEEKDAY.format(tag="weekday"), "weekday = weekday:Weekday")
    write(tmp_path, TWINNED.replace("run_when:\n", "run_when:\n  - {type: weekday, number: 1}\n"))
    write(tmp_path, SALES.replace("run_when:\n", "run_when:\n  - {type: weekday, number: one}\n"), "bad")
    command = [sys.executable, "-c", "from scheduled_reports.cli import app; app()", "check"]

    def check(name: str, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, **environment}
        return subprocess.run(
            [*command, name], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
        )

    path = os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")])
    assert check("sales", PYTHONPATH=path).stdout == "1 spec is valid\n"
    assert "run_when[1].number: 'one' is not a whole number" in check("bad", PYTHONPATH=path).stderr
    assert "run_when[1]: unknown type 'weekday'" in check("sales").stderr


def test_an_installed_kind_joins_those_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", "joins_it", WEEKDAY.format(tag="joins"), "joins = joins_it:Weekday")
    monkeypatch.syspath_prepend(tmp_path / "site")

    union = TypeAdapter(union_of(CONDITIONS, Condition))

    assert union.validate_python({"type": "joins", "number": 2}).number == 2
    assert isinstance(union.validate_python({"type": "rows", "dataset": "x", "at_least": 1}), Rows)


@pytest.mark.parametrize(
    ("module", "text", "told"),
    [
        ("claims_rows", WEEKDAY.format(tag="rows"), "two kinds of Condition are called 'rows'"),
        (
            "is_no_class",
            "Weekday = 'x'",
            "'thing' in group '{group}' is not a kind of Condition: it names is_no_class:",
        ),
        ("is_no_kind", "class Weekday: pass", "is not a kind of Condition"),
        ("has_no_type", WEEKDAY.replace('type: Literal["{tag}"]', "kind: str"), "is not a kind of Condition"),
        ("is_any_text", WEEKDAY.replace('Literal["{tag}"]', "str"), "is not a kind of Condition"),
        ("is_empty", "", "'thing' in group '{group}' cannot be loaded"),
        ("is_broken", "import no_such_module_at_all", "cannot be loaded: No module named 'no_such_module_at_all'"),
    ],
)
def test_an_entry_point_that_cannot_be_used_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, text: str, told: str
) -> None:
    install(tmp_path / "site", module, text, f"thing = {module}:Weekday")
    monkeypatch.syspath_prepend(tmp_path / "site")

    with pytest.raises(ReportError) as caught:
        union_of(CONDITIONS, Condition)

    assert told.format(group=CONDITIONS) in str(caught.value)
    assert "uninstall" in caught.value.fix
