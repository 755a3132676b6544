"""Limits on a number: exact, and told when no number keeps them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.judgement.limits import WORDS, Number, Span, contradiction, exact, in_words, missed

SMALL = st.integers(-3, 3).map(Decimal)
LIMITS = st.dictionaries(st.sampled_from(sorted(WORDS)), SMALL)
HALVES = [Decimal(number) / 2 for number in range(-9, 10)]
"""Every place that limits from -3 to 3 can tell apart: on each, between them, and beyond."""


def keeps(value: Decimal, limits: dict[str, Decimal]) -> bool:
    return missed(value, limits, in_words) == ""


def allows(span: Span, value: Decimal) -> bool:
    return not (span & Span(value, value)).is_empty


@given(LIMITS)
def test_limits_contradict_each_other_exactly_where_no_number_keeps_them(limits: dict[str, Decimal]) -> None:
    possible = any(keeps(value, limits) for value in HALVES)

    assert Span.of(limits).is_empty is not possible
    assert (contradiction(limits) is None) is possible


@given(LIMITS, st.sampled_from(HALVES))
def test_a_span_allows_the_numbers_that_keep_its_limits(limits: dict[str, Decimal], value: Decimal) -> None:
    assert allows(Span.of(limits), value) is keeps(value, limits)


@given(LIMITS, LIMITS, st.sampled_from(HALVES))
def test_what_two_spans_share_both_allow(one: dict[str, Decimal], other: dict[str, Decimal], value: Decimal) -> None:
    both = Span.of(one) & Span.of(other)

    assert allows(both, value) is (keeps(value, one) and keeps(value, other))


@given(LIMITS)
def test_the_two_that_are_told_are_a_contradiction_by_themselves(limits: dict[str, Decimal]) -> None:
    if (pair := contradiction(limits)) is not None:
        assert Span.of({name: limits[name] for name in pair}).is_empty


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"at_least": 5}, "at least 5 needed"),
        ({"at_most": 3}, "at most 3 allowed"),
        ({"above": 4}, "more than 4 needed"),
        ({"below": 4}, "less than 4 needed"),
        ({"equals": 5}, "exactly 5 needed"),
        ({"at_least": 4, "at_most": 4}, ""),
        ({"above": 3.9, "below": 4.1, "equals": 4}, ""), ({"at_least": 1, "below": 4}, "less than 4 needed"),
    ],
)  # fmt: skip
def test_the_limit_that_four_misses_is_said(limits: dict[str, float], words: str) -> None:
    assert missed(Decimal(4), {name: exact(limit) for name, limit in limits.items()}, in_words) == words


def test_a_tenth_is_a_tenth_whether_it_is_a_float_or_a_decimal() -> None:
    assert missed(exact(Decimal("0.10")), {"equals": exact(0.1)}, in_words) == ""
    assert missed(exact(0.1), {"equals": exact(0.1)}, in_words) == ""
    assert missed(exact(2**63 + 1), {"at_most": exact(2**63)}, in_words) == "at most 9,223,372,036,854,775,808 allowed"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"), (-0.0, "0"), (1234.5, "1,234.5"), (1000, "1,000"), (Decimal("1E+3"), "1,000"), (-0.05, "-0.05"),
        (Decimal("12.00"), "12"), (1e300, "1E+300"), (1e-300, "1E-300"), (Decimal("0E-20"), "0"),
    ],
)  # fmt: skip
def test_a_number_reads_as_one(number: float | Decimal, words: str) -> None:
    assert in_words(exact(number)) == words


@pytest.mark.parametrize("given", ["5", True, None, [5], float("nan"), float("inf"), {"at": 5}, ""])
def test_what_is_no_number_is_refused_and_not_made_one(given: object) -> None:
    with pytest.raises(ValidationError, match="is not a number; write it without quotes"):
        TypeAdapter(Number).validate_python(given)


@pytest.mark.parametrize("given", [5, 0, -1.5, 10**30])
def test_a_number_stays_what_it_is(given: float) -> None:
    found = TypeAdapter(Number).validate_python(given)

    assert (found, type(found)) == (given, type(given))
