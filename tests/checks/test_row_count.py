"""The check `row_count`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from judging import Columns, results_of
from scheduled_reports.checks import Outcome
from scheduled_reports.checks.row_count import RowCount
from scheduled_reports.errors import CheckError, SourceError

CALLS: Columns = {"channel": ["phone"] * 3 + ["chat"] * 2 + [None], "seconds": [10, 20, 30, 0, 5, 7]}


def row_count(**given: Any) -> RowCount:
    return RowCount.model_validate({"type": "row_count", "dataset": "calls", **given})


def found(folder: Path, calls: Columns | pa.Table = CALLS, **given: Any) -> dict[str, tuple[Outcome, str]]:
    """Return (outcome, reason) of each part."""
    results = results_of(row_count(**given), folder, calls=calls)
    return {result.part: (result.outcome, result.reason) for result in results}


@pytest.mark.parametrize(
    ("limits", "outcome", "reason"),
    [
        ({"at_least": 6}, "passed", "calls has 6 rows"),
        ({"at_most": 6}, "passed", "calls has 6 rows"),
        ({"at_least": 6, "at_most": 6}, "passed", "calls has 6 rows"),
        ({"at_least": 7}, "failed", "calls has 6 rows for Thursday, 1 October 2026, at least 7 needed"),
        ({"at_least": 5000}, "failed", "calls has 6 rows for Thursday, 1 October 2026, at least 5,000 needed"),
        ({"at_most": 5}, "failed", "calls has 6 rows for Thursday, 1 October 2026, at most 5 allowed"),
        ({"at_most": 0}, "failed", "calls has 6 rows for Thursday, 1 October 2026, at most 0 allowed"),
    ],
)
def test_the_limits_belong_to_what_is_allowed(
    tmp_path: Path, limits: dict[str, int], outcome: str, reason: str
) -> None:
    assert found(tmp_path, **limits) == {"": (outcome, reason)}


def test_the_number_of_rows_is_kept(tmp_path: Path) -> None:
    [result] = results_of(row_count(at_least=1), tmp_path, calls=CALLS)

    assert (result.value, result.count, result.failing) == (6.0, None, None)


def test_only_the_rows_that_are_meant_are_counted(tmp_path: Path) -> None:
    assert found(tmp_path, where="seconds > 0 -- long ones", at_least=5)[""][0] is Outcome.PASSED
    assert found(tmp_path, where="seconds > 10", at_least=3) == {
        "": ("failed", "calls where seconds > 10 has 2 rows for Thursday, 1 October 2026, at least 3 needed")
    }


def test_where_may_bind_values_of_the_run(tmp_path: Path) -> None:
    assert (
        found(tmp_path, where="channel = 'phone' AND :period_start_date = '2026-10-01'", at_most=3)[""][0] == "passed"
    )


def test_each_part_is_judged_by_itself_and_rows_without_a_value_together(tmp_path: Path) -> None:
    results = found(tmp_path, by="channel", at_least=2)

    assert {part: outcome for part, (outcome, _) in results.items()} == {
        "": "failed", "chat": "passed", "phone": "passed",
    }  # fmt: skip
    assert results[""][1].startswith("calls (without channel) has 1 row for")


def test_a_part_has_its_own_limits_and_one_that_has_no_row_has_0_rows(tmp_path: Path) -> None:
    results = found(
        tmp_path, by="channel", at_least=1, limits={"phone": {"at_least": 4}, "fax": {}, "mail": {"at_least": 0}}
    )

    assert {part: outcome for part, (outcome, _) in results.items()} == {
        "": "passed", "chat": "passed", "phone": "failed", "fax": "failed", "mail": "passed",
    }  # fmt: skip
    assert results["fax"][1].startswith("calls (fax) has 0 rows for Thursday, 1 October 2026, at least 1 needed")


def test_with_limits_of_single_parts_only_the_others_have_none(tmp_path: Path) -> None:
    results = found(tmp_path, by="channel", limits={"phone": {"at_least": 4}})

    assert {part for part, (outcome, _) in results.items() if outcome is Outcome.FAILED} == {"phone"}


@pytest.mark.parametrize("by", [None, "channel"])
def test_an_empty_table_has_no_rows(tmp_path: Path, by: str | None) -> None:
    empty = pa.table({"channel": pa.array([], pa.string())})

    assert found(tmp_path, empty, by=by, at_least=1) == {
        "": ("failed", "calls has 0 rows for Thursday, 1 October 2026, at least 1 needed")
    }
    assert found(tmp_path, empty, by=by, at_most=0) == {"": ("passed", "calls has 0 rows")}


def test_a_column_with_quotes_in_its_name_is_a_column_like_any_other(tmp_path: Path) -> None:
    name = 'Kanal "neu"; --'

    results = found(tmp_path, {name: ["Öl", "Öl", 'a"b']}, by=name, at_least=2)

    assert {part: outcome for part, (outcome, _) in results.items()} == {"Öl": "passed", 'a"b': "failed"}


def test_a_column_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        CheckError, match="check 'row_count_calls': calls has no column 'chanel': did you mean 'channel'"
    ):
        found(tmp_path, by="chanel", at_least=1)


def test_sql_that_duckdb_refuses_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="row_count_calls"):
        found(tmp_path, where="secnds > 1", at_least=1)


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="table 'calls' is not in this run"):
        results_of(row_count(at_least=1), tmp_path, orders=CALLS)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "neither 'at_least' nor 'at_most' is given"),
        ({"at_least": 2, "at_most": 1}, r"at_least \(2\) is above at_most \(1\); no table can meet that"),
        ({"by": "channel", "at_least": 9, "limits": {"phone": {"at_most": 5}}},
         r"with the limits of 'phone': at_least \(9\) is above at_most \(5\); no table can meet that"),
        ({"at_least": 1, "limits": {"phone": {"at_least": 2}}}, "write 'by' too"),
        ({"at_least": -1}, "greater than or equal to 0"),
        ({"at_least": 1.5}, "valid integer"),
        ({"at_least": "500"}, "valid integer"),
        ({"at_least": True}, "valid integer"),
        ({"at_least": 1, "fewest": 2}, "Extra inputs"),
    ],
)  # fmt: skip
def test_limits_that_make_no_sense_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        row_count(**given)
