"""The condition `rows`."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from judging import evidence_of
from scheduled_reports.conditions.rows import Rows
from scheduled_reports.errors import SourceError


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
    evidence = evidence_of(tmp_path, orders={"n": list(range(1200))})

    verdict = Rows(type="rows", dataset="orders", **limits).judge(evidence)

    assert (verdict.met, verdict.reason) == (met, reason)


def test_an_empty_table_has_no_rows(tmp_path: Path) -> None:
    evidence = evidence_of(tmp_path, orders={"n": []})

    assert Rows(type="rows", dataset="orders", at_most=0).judge(evidence).met
    assert not Rows(type="rows", dataset="orders", at_least=1).judge(evidence).met


def test_a_table_that_is_not_there_is_an_error_and_no_empty_table(tmp_path: Path) -> None:
    evidence = evidence_of(tmp_path, totals={"n": [1]})

    with pytest.raises(SourceError, match="table 'orders' is not in this run"):
        Rows(type="rows", dataset="orders", at_most=5).judge(evidence)


def test_it_is_not_asked_before_there_are_tables(tmp_path: Path) -> None:
    condition = Rows(type="rows", dataset="orders", at_most=5)

    assert condition.needs_data
    with pytest.raises(SourceError, match="before the extraction"):
        condition.judge(evidence_of(tmp_path))


@pytest.mark.parametrize("limits", [{}, {"at_least": 2, "at_most": 1}, {"at_least": -1}, {"at_least": 1.5}])
def test_limits_that_make_no_sense_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Rows.model_validate({"type": "rows", "dataset": "orders", **limits})
