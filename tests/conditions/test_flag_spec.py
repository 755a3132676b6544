"""The condition `flag` in a spec: what is refused, and where the error stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from scheduled_reports.conditions.flag import Flag
from scheduled_reports.spec.load import BrokenReport, load
from specs import SALES, write


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "exactly one of 'file', 'variable' and 'connection' with 'sql' is needed, not none"),
        ({"file": "a", "variable": "b"}, "is needed, not 'file' and 'variable'"),
        ({"connection": "shop"}, "not none"),
        ({"sql": "SELECT 1"}, "belong together"),
        ({"file": "a", "connection": "drop"}, "a file's connection stands in its URL"),
        ({"variable": "a", "newer_than": "period_end"}, "'newer_than' is about 'file', not 'variable'"),
        ({"variable": "a", "timeout": "1m"}, "'timeout' is about 'sql', not 'variable'"),
        ({"file": "a", "equals": "1"}, "'equals' is about 'variable' or 'sql', not 'file'"),
        ({"file": "in/"}, "is a folder"),
        ({"file": "a/../b"}, "has a part '..'"),
        ({"file": "gopher://x@/y"}, "there is no storage of kind 'gopher'"),
        ({"variable": ""}, "at least 1 character"),
        ({"variable": "a", "equals": [1]}, "valid string"),
        ({"variable": "a", "colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_a_flag_that_makes_no_sense_is_refused(fields: dict[str, Any], error: str) -> None:
    with pytest.raises(ValidationError, match=error):
        Flag.model_validate({"type": "flag", **fields})


FLAG = "run_when:\n  - {type: flag, file: ready, newer_than: period_end}\n"
TODAY = '  - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin, covers: today}\n'


def faults(folder: Path, text: str) -> list[str]:
    loaded = load(write(folder, text), folder / "include")
    return [str(problem) for problem in loaded.problems] if isinstance(loaded, BrokenReport) else []


def test_a_file_that_can_never_be_new_enough_is_an_error_with_its_place(tmp_path: Path) -> None:
    schedules = SALES.index("  - {id: daily")
    rows = "run_when:\n  - {type: rows, dataset: orders, at_least: 1}\n"
    today = (SALES[:schedules] + TODAY).replace(rows, FLAG)
    [fault] = faults(tmp_path, today)

    line = today.splitlines().index(FLAG.splitlines()[1]) + 1
    assert f"sales.yaml:{line}:" in fault
    assert "it can never be true: the period ends when the run begins" in fault
    assert faults(tmp_path, SALES.replace(rows, FLAG)) == []
    assert faults(tmp_path, today.replace("run_when:\n", "run_when:\n  wait_for: 1h\n  all:\n")) == []


def test_an_unknown_word_in_a_template_and_an_unknown_bind_value_are_found(tmp_path: Path) -> None:
    rows = "  - {type: rows, dataset: orders, at_least: 1}\n"
    flags = (
        "  - {type: flag, file: '{{ perod.start }}'}\n  - {type: flag, connection: shop, sql: 'SELECT :perod_start'}\n"
    )

    first, second = faults(tmp_path, SALES.replace(rows, flags))

    assert "'perod' is undefined" in first
    assert "unknown bind value ':perod_start'" in second
