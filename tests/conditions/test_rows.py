"""The condition `rows`."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from runs import run_of
from sample_document import write
from scheduled_reports.conditions.rows import Rows
from scheduled_reports.tables import Tables


@pytest.mark.parametrize(
    ("limits", "met", "reason"),
    [
        ({"at_least": 1}, True, "orders has 1,200 rows"),
        ({"at_least": 1200}, True, "orders has 1,200 rows"),
        ({"at_most": 1200}, True, "orders has 1,200 rows"),
        ({"at_least": 1200, "at_most": 1200}, True, "orders has 1,200 rows"),
        ({"at_least": 1201}, False, "orders has 1,200 rows for Thursday, 1 October 2026, at least 1,201 needed"),
        ({"at_most": 1199}, False, "orders has 1,200 rows for Thursday, 1 October 2026, at most 1,199 allowed"),
        ({"at_most": 0}, False, "orders has 1,200 rows for Thursday, 1 October 2026, at most 0 allowed"),
    ],
)
def test_the_limits_belong_to_what_is_allowed(tmp_path: Path, limits: dict[str, int], met: bool, reason: str) -> None:
    write(tmp_path, "orders", {"n": list(range(1200))})

    verdict = Rows(type="rows", dataset="orders", **limits).judge(run_of(tmp_path), Tables(tmp_path))

    assert (verdict.met, verdict.reason) == (met, reason)


def test_an_empty_table_has_no_rows(tmp_path: Path) -> None:
    write(tmp_path, "orders", {"n": []})
    run, tables = run_of(tmp_path), Tables(tmp_path)

    assert Rows(type="rows", dataset="orders", at_most=0).judge(run, tables).met
    assert not Rows(type="rows", dataset="orders", at_least=1).judge(run, tables).met


@pytest.mark.parametrize("limits", [{}, {"at_least": 2, "at_most": 1}, {"at_least": -1}, {"at_least": 1.5}])
def test_limits_that_make_no_sense_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Rows.model_validate({"type": "rows", "dataset": "orders", **limits})
