"""The check `alert_threshold`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from judging import check_of, results_of, rows_in
from scheduled_reports.checks import Outcome
from scheduled_reports.errors import CheckError, SourceError

LOW = "Below reorder level: order now"
STOCK = {
    "sku": ["low", "high", "forgotten", "wrong", "unknown", "silent"],
    "stock": [1, 9, 1, 9, None, None],
    "level": [5, 5, 5, 5, 5, 5],
    "note": [LOW, "fine", None, LOW, LOW, None],
}
RULE = "stock < level"


def test_the_text_says_it_just_where_the_rule_is_true(tmp_path: Path) -> None:
    check = check_of("alert_threshold", dataset="stock", column="note", says="below reorder level", rule=RULE)

    (result,) = results_of(check, tmp_path, stock=STOCK)

    assert [row["sku"] for row in rows_in(result.failing, tmp_path)] == ["forgotten", "wrong", "unknown"]
    assert result.reason == (
        "stock: note and the rule stock < level disagree in 3 of 6 rows, none allowed "
        "(it says 'below reorder level' and the rule is not true in 2, "
        "it does not say 'below reorder level' and the rule is true in 1)"
    )


@pytest.mark.parametrize("says", [{"says": "BELOW reorder"}, {"says_pattern": "^Below .* level"}])
def test_a_text_that_is_right_passes(tmp_path: Path, says: dict[str, str]) -> None:
    check = check_of("alert_threshold", dataset="stock", column="note", rule=RULE, **says)

    (result,) = results_of(check, tmp_path, stock={key: values[:2] for key, values in STOCK.items()})

    assert (result.outcome, result.count) == (Outcome.PASSED, 0)


@pytest.mark.parametrize(("says", "count"), [("100%", 0), ("1_0", 1), ("a.b", 1)])
def test_words_are_no_pattern(tmp_path: Path, says: str, count: int) -> None:
    check = check_of("alert_threshold", dataset="stock", column="note", rule="true", says=says)

    (result,) = results_of(check, tmp_path, stock={"note": ["100% axb 1x0"]})

    assert result.count == count


def test_a_pattern_tells_upper_from_lower_case(tmp_path: Path) -> None:
    check = check_of("alert_threshold", dataset="stock", column="note", rule=RULE, says_pattern="below")

    (result,) = results_of(check, tmp_path, stock={"note": [LOW], "stock": [1], "level": [5]})

    assert result.count == 1


@pytest.mark.parametrize("kind", [pa.string(), pa.int32()])
def test_no_text_at_all_says_nothing(tmp_path: Path, kind: pa.DataType) -> None:
    check = check_of("alert_threshold", dataset="stock", column="note", rule=RULE, says="below")

    stock = pa.table({"note": pa.array([None, None], kind), "stock": [1, 9], "level": [5, 5]})
    (result,) = results_of(check, tmp_path, stock=stock)

    assert rows_in(result.failing, tmp_path) == [{"note": None, "stock": 1, "level": 5}]


@pytest.mark.parametrize("rule", ["stock < level -- too few", "stock < :period_start_date::DATE - DATE '2026-09-26'"])
def test_a_rule_is_sql_with_bind_values(tmp_path: Path, rule: str) -> None:
    check = check_of("alert_threshold", dataset="stock", column="note", rule=rule, says="below")

    (result,) = results_of(check, tmp_path, stock=STOCK)

    assert result.count == 3


def test_a_rule_without_an_answer_is_not_true(tmp_path: Path) -> None:
    check = check_of("alert_threshold", dataset="stock", column="note", rule="NULL", says="below")

    (result,) = results_of(check, tmp_path, stock=STOCK)

    assert result.count == 3


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({"column": "stock", "rule": RULE}, CheckError, "'stock' of stock is a number: 'alert_threshold' judges text"),
        ({"column": "nota", "rule": RULE}, CheckError, "stock has no column 'nota': did you mean 'note'"),
        ({"column": "note", "rule": "stock"}, CheckError, "its rule is no condition: it gives BIGINT"),
        ({"column": "note", "rule": "'yes'"}, CheckError, "its rule is no condition: it gives VARCHAR"),
        ({"column": "note", "rule": "stok < 5"}, SourceError, "the SQL of check 'alert_threshold_stock' failed.*stok"),
        ({"column": "note", "rule": "note < 5"}, SourceError, "explicit cast"),
    ],
)
def test_what_cannot_be_judged_is_an_error(tmp_path: Path, given: dict[str, Any], error: type, told: str) -> None:
    with pytest.raises(error, match=told):
        results_of(check_of("alert_threshold", dataset="stock", says="x", **given), tmp_path, stock=STOCK)


@pytest.mark.parametrize("says", [{}, {"says": "a", "says_pattern": "a"}, {"says": ""}, {"says_pattern": "("}])
def test_one_thing_must_mark_the_alert(says: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        check_of("alert_threshold", dataset="stock", column="note", rule=RULE, **says)
