"""How much a value has changed: by a percentage or by an amount."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduled_reports.judgement.change import Change, share

NUMBERS = st.decimals(-1_000_000, 1_000_000, places=2)


def change(**limits: object) -> Change:
    return Change.model_validate({"against": "previous_run", **limits})


@pytest.mark.parametrize(
    ("limits", "value", "earlier", "missed"),
    [
        ({"at_least": "10%"}, "110", "100", ""),
        ({"at_least": "+10 %"}, "109.99", "100", "at least 10% needed"),
        ({"above": "10%"}, "110", "100", "more than 10% needed"),
        ({"at_most": "-5%"}, "95", "100", ""),
        ({"at_most": "-5%"}, "95.01", "100", "at most -5% allowed"),
        ({"below": "-5%"}, "95", "100", "less than -5% needed"),
        ({"at_least": "0.5%"}, "1005", "1000", ""),
        ({"at_least": "50%"}, "-100", "-200", ""),
        ({"at_least": "1%"}, "-300", "-200", "at least 1% needed"),
        ({"at_least": 500}, "1500", "1000", ""),
        ({"at_least": 500}, "1499.99", "1000", "at least 500 needed"),
        ({"at_most": -1.5}, "8.5", "10", ""),
        ({"at_least": "10%", "at_most": 500}, "1100", "1000", ""),
        ({"at_least": "10%", "at_most": 500}, "11000", "10000", "at most 500 allowed"),
        ({"at_least": 1}, "1", "0", ""),
        ({"at_most": "0%"}, "0", "0", ""),
        ({"at_least": "1%"}, "0", "0", "at least 1% needed"),
        ({"at_least": "10%"}, "7.7", "7", ""),
    ],
)
def test_a_change_is_compared_exactly(limits: dict[str, object], value: str, earlier: str, missed: str) -> None:
    assert change(**limits).missed(Decimal(value), Decimal(earlier)) == missed


def test_of_zero_nothing_is_a_percentage() -> None:
    with pytest.raises(ZeroDivisionError):
        change(at_least="10%").missed(Decimal(5), Decimal(0))
    assert change(at_least=5).missed(Decimal(5), Decimal(0)) == ""


@pytest.mark.parametrize(
    ("limits", "value", "earlier", "words"),
    [
        ({"at_least": "10%"}, 112, 100, "+12.00%"), ({"at_most": "10%"}, 50, 100, "-50.00%"),
        ({"at_least": 5}, 1350, 1100, "+250"), ({"at_least": 5}, 10, 12, "-2"), ({"at_least": 5}, 10, 10, "0"),
        ({"at_least": "10%"}, 0, 0, "+0.00%"), ({"at_least": "10%", "at_most": 9}, 30, 20, "+50.00%"),
    ],
)  # fmt: skip
def test_a_change_is_told_as_its_limits_are_written(
    limits: dict[str, object], value: int, earlier: int, words: str
) -> None:
    assert change(**limits).in_words(Decimal(value), Decimal(earlier)) == words


@given(NUMBERS, NUMBERS.filter(bool))
def test_a_rise_is_positive_and_a_fall_negative_whatever_the_sign_of_the_value(
    value: Decimal, earlier: Decimal
) -> None:
    part = share(value, earlier)

    assert (part > 0, part < 0) == (value > earlier, value < earlier)
    assert abs(part * abs(earlier) - (value - earlier)) < Decimal("0.0001")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({}, "no limit is given"),
        ({"above": "5%", "below": "3%"}, "above (5%) and below (3%) exclude each other; it can never be true"),
        ({"at_least": 6, "at_most": 5}, "at_least (6) and at_most (5) exclude each other; it can never be true"),
        ({"at_least": "5"}, "'5' is no change"),
        ({"at_least": "five %"}, "'five %' is no change"),
        ({"at_least": "1e3%"}, "is no change"),
        ({"at_least": "5%%"}, "is no change"),
        ({"at_least": True}, "is no change"),
        ({"at_least": float("nan")}, "nan is no change"),
        ({"at_least": float("inf")}, "inf is no change"),
        ({"equals": 5}, "equals"),
        ({"at_least": 5, "against": "last_run"}, "against"),
    ],
)
def test_limits_that_make_no_sense_are_refused(limits: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        change(**limits)

    assert said in str(caught.value)
    assert caught.value.error_count() == 1


def test_a_percentage_and_an_amount_may_both_limit_it_as_neither_excludes_the_other() -> None:
    assert change(at_least="10%", at_most=5).missed(Decimal(22), Decimal(20)) == ""
