"""The check `reconcile`."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from judging import Columns, results_of
from scheduled_reports.checks import Outcome, Result
from scheduled_reports.checks.reconcile import Reconcile
from scheduled_reports.errors import CheckError

Table = Columns | pa.Table


def reconcile(**given: Any) -> Reconcile:
    return Reconcile.model_validate(
        {"type": "reconcile", "dataset": "orders", "measure": "sum(amount)", "with": {"dataset": "payments"}, **given}
    )


def judged(folder: Path, orders: Table, payments: Table, **given: Any) -> dict[str, Result]:
    results = results_of(reconcile(**given), folder, orders=orders, payments=payments)
    return {result.part: result for result in results}


def only(folder: Path, orders: Table, payments: Table, **given: Any) -> tuple[Outcome, str]:
    [result] = judged(folder, orders, payments, **given).values()
    return result.outcome, result.reason


def money(*amounts: str | None, shop: list[str | None] | None = None) -> pa.Table:
    """Return amounts as DECIMAL(38, 2), and their shops."""
    values = [Decimal(amount) if amount else None for amount in amounts]
    shops = pa.array(shop if shop is not None else ["a"] * len(amounts), pa.string())
    return pa.table({"amount": pa.array(values, pa.decimal128(38, 2)), "shop": shops})


def test_equal_totals_agree(tmp_path: Path) -> None:
    assert only(tmp_path, money("1200.00", "34.50"), money("1234.50")) == (
        "passed", "orders: sum(amount) is 1,234.5; payments: sum(amount) is 1,234.5; equal"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tolerance", "outcome", "words"),
    [
        (0, "failed", "5.5 apart, none allowed"),
        ("0%", "failed", "5.5 apart, none allowed"),
        (5.5, "passed", "5.5 apart"),
        (5.49, "failed", "5.5 apart, at most 5.49 allowed"),
        (5, "failed", "5.5 apart, at most 5 allowed"),
        ("0.44%", "failed", "5.5 apart, at most 0.44% (5.456) allowed"),
        ("0.45%", "passed", "5.5 apart"),
    ],
)
@pytest.mark.parametrize("more", [True, False])
def test_they_may_be_as_far_apart_as_allowed(
    tmp_path: Path, tolerance: float | str, outcome: str, words: str, more: bool
) -> None:
    found, reason = only(tmp_path, money("1245.50" if more else "1234.50"), money("1240.00"), tolerance=tolerance)

    assert (found, reason.rpartition("; ")[2]) == (outcome, words)


def test_how_far_apart_they_are_is_kept(tmp_path: Path) -> None:
    [result] = judged(tmp_path, money("1234.50"), money("1240.00")).values()

    assert result.value == -5.5


def test_each_table_may_have_its_own_measure_and_its_own_rows(tmp_path: Path) -> None:
    payments = {"paid": [10, 20, 99], "state": ["ok", "ok", "void"]}

    there = {"dataset": "payments", "measure": "sum(paid)", "where": "state = 'ok' -- not void"}
    outcome, reason = only(tmp_path, money("30.00", "-7.00"), payments, where="amount > 0", **{"with": there})

    assert (outcome, reason) == (
        "passed",
        "orders where amount > 0: sum(amount) is 30; payments where state = 'ok': sum(paid) is 30; equal",
    )


def test_numbers_of_rows_are_compared_unless_something_else_is_measured(tmp_path: Path) -> None:
    check = Reconcile.model_validate({"type": "reconcile", "dataset": "orders", "with": {"dataset": "payments"}})

    [result] = results_of(check, tmp_path, orders=money("1"), payments=money("1", "2"))

    assert (result.outcome, result.reason) == (
        "failed", "orders has 1 row; payments has 2 rows; 1 apart, none allowed"
    )  # fmt: skip


def test_the_last_of_38_digits_counts(tmp_path: Path) -> None:
    large = "123456789012345678901234567890123456.7"

    assert only(tmp_path, money(f"{large}1"), money(f"{large}1"))[0] is Outcome.PASSED
    outcome, reason = only(tmp_path, money(f"{large}2"), money(f"{large}1"))
    assert outcome is Outcome.FAILED
    assert reason.endswith("; 0.01 apart, none allowed")


def test_what_rounding_does_to_floating_point_numbers_is_no_difference(tmp_path: Path) -> None:
    floats = [0.1] * 10_000

    assert only(tmp_path, {"amount": floats}, money("1000.00"))[0] is Outcome.PASSED
    assert only(tmp_path, {"amount": floats}, {"amount": [1000.0]})[0] is Outcome.PASSED
    assert only(tmp_path, {"amount": [0.1 + 0.2]}, {"amount": [0.3]})[1].endswith("is 0.3; equal")
    assert only(tmp_path, {"amount": floats}, money("1000.01"))[0] is Outcome.FAILED


@given(st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1, max_size=30), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_amounts_in_another_order_always_agree_and_never_with_a_cent_more(
    tmp_path: Path, amounts: list[Decimal], order: random.Random
) -> None:
    texts = [str(amount) for amount in amounts]
    shuffled = order.sample(texts, len(texts))

    assert only(tmp_path, money(*texts), money(*shuffled))[0] is Outcome.PASSED
    assert only(tmp_path, money(*texts), money(*shuffled, "0.01"))[0] is Outcome.FAILED


def test_each_part_is_compared_with_the_same_part_and_has_its_own_tolerance(tmp_path: Path) -> None:
    orders = money("10", "20", "30", "40", shop=["a", "b", "c", None])
    payments = {"amount": [10, 21, 31, 40], "store": ["a", "b", "c", None]}

    found = judged(
        tmp_path, orders, payments, by="shop", limits={"b": {"tolerance": 1}},
        **{"with": {"dataset": "payments", "by": "store"}},
    )  # fmt: skip

    assert {part: result.outcome for part, result in found.items()} == {
        "": "passed", "a": "passed", "b": "passed", "c": "failed",
    }  # fmt: skip
    assert found["c"].reason == (
        "orders (c): sum(amount) is 30; payments (c): sum(amount) is 31; 1 apart, none allowed"
    )
    assert found[""].reason.startswith("orders (without shop): sum(amount) is 40; payments (without store)")


def test_a_part_that_only_one_table_has_fails_even_with_a_total_of_0(tmp_path: Path) -> None:
    found = judged(
        tmp_path, money("5", "0", shop=["a", "b"]), money("5", "0", shop=["a", "c"]), by="shop", tolerance=100,
        limits={"d": {"tolerance": 5}},
    )  # fmt: skip

    assert {part: (result.outcome, result.reason) for part, result in found.items() if part != "a"} == {
        "b": ("failed", "orders (b) has 1 row; payments (b) has no row"),
        "c": ("failed", "orders (c) has no row; payments (c) has 1 row"),
        "d": ("failed", "orders (d) has no row; payments (d) has no row"),
    }
    assert found["a"].outcome is Outcome.PASSED


def test_where_a_table_has_no_row_at_all_every_part_of_the_other_fails(tmp_path: Path) -> None:
    found = judged(tmp_path, money(), money("5", "6", shop=["a", "b"]), by="shop")

    assert {part: result.outcome for part, result in found.items()} == {"a": "failed", "b": "failed"}


def test_keys_are_compared_as_text(tmp_path: Path) -> None:
    orders, payments = {"amount": [1, 2], "account": [7, 8]}, {"amount": [1, 2], "account": ["7", "08"]}

    found = judged(tmp_path, orders, payments, by="account")

    assert {part: result.outcome for part, result in found.items()} == {
        "7": "passed", "8": "failed", "08": "failed",
    }  # fmt: skip


def test_two_empty_tables_agree(tmp_path: Path) -> None:
    assert only(tmp_path, money(), money())[0] is Outcome.PASSED
    assert only(tmp_path, money(), money(), by="shop") == ("passed", "neither orders nor payments has a row")


def test_without_any_row_a_total_is_0(tmp_path: Path) -> None:
    assert only(tmp_path, money(), money("0.00", "0.00"))[0] is Outcome.PASSED
    assert only(tmp_path, money(), money("5.00")) == (
        "failed", "orders: sum(amount) is 0; payments: sum(amount) is 5; 5 apart, none allowed"
    )  # fmt: skip


def test_with_rows_but_no_value_it_agrees_with_nothing(tmp_path: Path) -> None:
    found, reason = only(tmp_path, money(None, None), money(None))

    assert (found, reason) == (
        "failed", "orders: sum(amount) has no value in 2 rows; payments: sum(amount) has no value in 1 rows"
    )  # fmt: skip


@pytest.mark.parametrize(("value", "word"), [(float("nan"), "NaN"), (float("inf"), "Infinity")])
def test_what_is_no_finite_number_agrees_with_nothing_not_even_with_itself(
    tmp_path: Path, value: float, word: str
) -> None:
    found, reason = only(tmp_path, {"amount": [value]}, {"amount": [value]}, tolerance=10)

    assert (found, reason) == ("failed", f"orders: sum(amount) is {word}; payments: sum(amount) is {word}")


def test_text_cannot_be_judged_and_the_table_is_named(tmp_path: Path) -> None:
    there = {"dataset": "payments", "measure": "max(shop)"}

    with pytest.raises(CheckError, match=r"check 'reconcile_orders': max\(shop\) of payments gives str, no number"):
        only(tmp_path, money("1"), money("1"), **{"with": there})


@pytest.mark.parametrize("there", [{"by": "shap"}, {}])
def test_a_column_that_the_other_table_has_not_is_told(tmp_path: Path, there: dict[str, str]) -> None:
    payments = money("1").rename_columns(["amount", "shops"])

    with pytest.raises(CheckError, match=r"payments has no column '.*did you mean 'shops'"):
        only(tmp_path, money("1"), payments, by="shop", **{"with": {"dataset": "payments", **there}})


def test_the_columns_that_name_parts_are_told_for_both_tables() -> None:
    shown = list(reconcile(by="shop", **{"with": {"dataset": "payments", "by": "store"}}).shows())

    assert [(entry.table, entry.columns) for entry in shown] == [("orders", ("shop",)), ("payments", ("store",))]


@pytest.mark.parametrize(
    "given",
    [{"with": None}, {"with": {}}, {"with": {"dataset": "payments", "by": "shop"}}, {"tolerance": -1},
     {"tolerance": "much"}, {"limits": {"a": {"tolerance": 1}}}, {"by": "shop", "limits": {"a": {"tolerance": "x"}}}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        reconcile(**given)
