"""The condition `freshness` in a spec: what is refused, and where the error stands."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from pydantic import ValidationError

from scheduled_reports.conditions.freshness import Freshness
from scheduled_reports.spec.load import BrokenReport, load
from specs import SALES, write

ROWS = "  - {type: rows, dataset: orders, at_least: 1}\n"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"within": "2h"}, "exactly one of 'source', 'connection' with 'sql', and 'dataset' is needed, not none"),
        ({"source": "a", "dataset": "b", "column": "c", "within": "2h"}, "not 'source' and 'dataset'"),
        ({"source": "a"}, "exactly one of 'within' and 'reaches' is needed"),
        ({"source": "a", "within": "2h", "reaches": "period_end"}, "exactly one of 'within' and 'reaches'"),
        ({"source": "a", "reaches": "period_end", "of": "now"}, "'of' says what 'within' is counted back from"),
        ({"source": "a", "within": "0h"}, "is not a length of time"),
        ({"source": "a", "within": "2 hours"}, "is not a length of time"),
        ({"source": "a", "within": "2h", "timezone": "UTC"}, "'timezone' is about 'sql' or 'dataset', not 'source'"),
        ({"source": "a", "within": "2h", "timeout": "2m"}, "'timeout' is about 'sql', not 'source'"),
        ({"source": "a", "within": "2h", "connection": "shop"}, "'connection' and 'sql' belong together"),
        ({"connection": "shop", "sql": "SELECT 1", "column": "a", "within": "2h"}, "'column' is about 'source' or"),
        ({"dataset": "a", "within": "2h"}, "'column' is missing"),
        ({"dataset": "a", "column": "b", "within": "2h", "timezone": "Berlin"}, "unknown time zone"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(fields: dict[str, Any], error: str) -> None:
    with pytest.raises(ValidationError, match=error):
        Freshness.model_validate({"type": "freshness", **fields})


def faults(folder: Path, condition: str, text: str = SALES) -> list[str]:
    spec = text.replace(ROWS, f"  - {{type: freshness, within: 2h, {condition}}}\n")
    loaded = load(write(folder, spec), folder / "include")
    return [str(problem) for problem in loaded.problems] if isinstance(loaded, BrokenReport) else []


@pytest.mark.parametrize(
    ("condition", "error"),
    [
        ("source: order, column: at", "there is no source 'order'; did you mean 'orders'"),
        ("source: totals, column: at", "there is no source 'totals'; write dataset: totals"),
        ("dataset: order, column: at", "there is no source or dataset 'order'; did you mean 'orders'"),
        ("source: orders", "'orders' has no 'column' here"),
        ("source: files, column: at", "'files' is asked when its files were changed, not for a column"),
        ("source: web, column: at", "a source of type 'http' cannot be asked how new its data is"),
        ("source: web", "judge its rows: {type: freshness, dataset: web, column: …}"),
        ("source: orders, column: phone", "the values of 'phone' are masked or sensitive"),
        ("dataset: orders, column: phone", "the values of 'phone' are masked or sensitive"),
        ("connection: shop, sql: 'SELECT :perod_end'", "unknown bind value ':perod_end'"),
    ],
)
def test_what_takes_the_rest_of_the_spec_to_see_is_found_with_its_place(
    tmp_path: Path, condition: str, error: str
) -> None:
    others = dedent("""\
        sources:
          files: {type: file, path: in/*.csv}
          web: {type: http, connection: web, path: /x}
        """)
    text = SALES.replace("sources:\n", others).replace(
        "  orders:\n    type: sql\n", "  orders:\n    type: sql\n    columns: {phone: {mask: hash}}\n"
    )

    [fault] = faults(tmp_path, condition, text)

    assert error in fault
    assert f"sales.yaml:{text.splitlines().index(ROWS.rstrip()) + 1}:" in fault


def test_what_can_be_asked_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, "source: orders, column: ordered_at") == []
    assert faults(tmp_path, "dataset: totals, column: orders") == []
