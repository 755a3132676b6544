"""Conditions combined: Kleene's logic of three values, against its definition and every completion."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any as Anything

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduled_reports.conditions import Evidence, Verdict
from scheduled_reports.conditions.base import Condition
from scheduled_reports.conditions.rows import Rows
from scheduled_reports.judgement.logic import All, Any, Not, Test, conditions_in, excluding, truth, why
from scheduled_reports.spec.marks import Loc

Values = Mapping[Loc, bool | None]


class Leaf(Condition):
    """A condition that a test says the truth of."""

    name: str

    @property
    def needs_data(self) -> bool:
        """It is never judged."""
        return True

    def judge(self, evidence: Evidence) -> Verdict:
        """Not used."""
        raise AssertionError(evidence)


def all_of(*tests: Test) -> All:
    return All.model_construct(all=tests)


def any_of(*tests: Test) -> Any:
    return Any.model_construct(any=tests)


def negated(test: Test) -> Not:
    return Not.model_construct(not_=test)


def _groups(tests: st.SearchStrategy[Test]) -> st.SearchStrategy[Test]:
    several = st.lists(tests, min_size=1, max_size=3)
    return several.map(lambda found: all_of(*found)) | several.map(lambda found: any_of(*found)) | tests.map(negated)


TESTS: st.SearchStrategy[Anything] = st.recursive(
    st.sampled_from("abcde").map(lambda name: Leaf(name=name)), _groups, max_leaves=6
)


@st.composite
def judged(draw: st.DrawFn) -> tuple[Test, Values]:
    """Give an expression, and for each of its conditions true, false or unknown."""
    test = draw(TESTS)
    places = [loc for loc, _ in conditions_in(test)]
    return test, dict(zip(places, draw(st.tuples(*[st.sampled_from([True, False, None])] * len(places))), strict=True))


def verdicts(values: Values) -> dict[Loc, Verdict]:
    return {loc: Verdict(met, f"{loc} is {met}") for loc, met in values.items()}


def of(test: Test, values: Values) -> bool | None:
    return truth(test, verdicts(values))


def kleene(test: Test, values: Values, loc: Loc = ()) -> float:
    """Return 1 for true, 0 for false, ½ for unknown: `all` is the least, `any` the greatest, `not` is 1 - x.

    That is Łukasiewicz's numbering of Kleene's strong tables, written without any of the code under test.
    """
    if isinstance(test, Leaf):
        met = values.get(loc)
        return 0.5 if met is None else float(met)
    if isinstance(test, Not):
        return 1 - kleene(test.not_, values, (*loc, "not"))
    if isinstance(test, All):
        return min(kleene(entry, values, (*loc, "all", index)) for index, entry in enumerate(test.all))
    assert isinstance(test, Any)
    return max(kleene(entry, values, (*loc, "any", index)) for index, entry in enumerate(test.any))


def completions(values: Values) -> list[dict[Loc, bool]]:
    """Return every way in which what is unknown may turn out."""
    choices = [[(loc, met)] if met is not None else [(loc, True), (loc, False)] for loc, met in values.items()]
    return [dict(chosen) for chosen in product(*choices)]


@given(judged())
def test_truth_is_what_kleenes_tables_say(case: tuple[Test, Values]) -> None:
    assert of(*case) == {0: False, 0.5: None, 1: True}[kleene(*case)]


@given(judged())
def test_what_is_said_no_completion_contradicts(case: tuple[Test, Values]) -> None:
    test, values = case
    said = of(test, values)

    outcomes = {of(test, completion) for completion in completions(values)}

    assert None not in outcomes
    assert said is None or outcomes == {said}


@given(judged())
def test_where_no_condition_stands_twice_it_says_all_that_every_completion_agrees_on(case: tuple[Test, Values]) -> None:
    test, values = case  # each place is a condition of its own here, so Kleene's logic misses nothing
    outcomes = {of(test, completion) for completion in completions(values)}

    assert (of(test, values) is None) == (len(outcomes) == 2)


@given(judged(), st.data())
def test_more_knowledge_never_takes_back_what_was_said(case: tuple[Test, Values], data: st.DataObject) -> None:
    test, values = case
    less = {loc: met if data.draw(st.booleans()) else None for loc, met in values.items()}

    assert of(test, less) in {None, of(test, values)}


@given(judged(), st.sampled_from([None, "missing"]))
def test_unknown_and_not_asked_are_the_same(case: tuple[Test, Values], kind: str | None) -> None:
    test, values = case
    known = {loc: met for loc, met in values.items() if met is not None}

    assert of(test, known if kind else values) is of(test, values)


@given(judged())
def test_not_turns_round_and_twice_it_does_nothing(case: tuple[Test, Values]) -> None:
    test, values = case
    once = {("not", *loc): met for loc, met in values.items()}
    twice = {("not", *loc): met for loc, met in once.items()}
    said = of(test, values)

    assert of(negated(test), once) is (None if said is None else not said)
    assert of(negated(negated(test)), twice) is said


@given(st.lists(judged(), min_size=1, max_size=3))
def test_de_morgan(cases: list[tuple[Test, Values]]) -> None:
    tests = [test for test, _ in cases]
    outer = {("not", "all", index, *loc): met for index, (_, values) in enumerate(cases) for loc, met in values.items()}
    inner = {("any", index, "not", *loc): met for index, (_, values) in enumerate(cases) for loc, met in values.items()}

    assert of(negated(all_of(*tests)), outer) is of(any_of(*map(negated, tests)), inner)


@given(judged())
def test_the_conditions_that_are_named_as_the_reason_decide_it_by_themselves(case: tuple[Test, Values]) -> None:
    test, values = case
    said = of(test, values)
    if said is None:
        return
    reasons = why(test, verdicts(values)).split("; ")

    named = {loc: met for loc, met in values.items() if any(told.startswith(f"{loc} is {met}") for told in reasons)}

    assert named
    assert of(test, named) is said


@given(judged())
def test_a_condition_under_a_not_says_that_it_should_not_hold_where_it_does_and_so_skips_the_run(
    case: tuple[Test, Values],
) -> None:
    test, values = case
    reasons = why(test, verdicts(values)).split("; ")

    for reason in filter(None, reasons):
        unwanted = of(test, values) is False and " is True" in reason
        assert reason.endswith(", which is not wanted") is unwanted


A, B, C = (Leaf(name=name) for name in "abc")


@pytest.mark.parametrize(
    ("test", "values", "words"),
    [
        (all_of(A, B), {("all", 0): False, ("all", 1): True}, "('all', 0) is False"),
        (all_of(A, B), {("all", 0): False, ("all", 1): False}, "('all', 0) is False; ('all', 1) is False"),
        (all_of(A, B), {("all", 0): None, ("all", 1): False}, "('all', 1) is False"),
        (all_of(A, B), {("all", 0): True, ("all", 1): True}, "('all', 0) is True; ('all', 1) is True"),
        (any_of(A, B), {("any", 0): True, ("any", 1): False}, "('any', 0) is True"),
        (any_of(A, B), {("any", 0): False, ("any", 1): False}, "('any', 0) is False; ('any', 1) is False"),
        (negated(A), {("not",): True}, "('not',) is True, which is not wanted"),
        (negated(A), {("not",): False}, "('not',) is False"),
    ],
)
def test_only_what_decides_is_named(test: Test, values: Values, words: str) -> None:
    assert why(test, verdicts(values)) == words


def test_one_reason_of_two_conditions_is_told_once() -> None:
    same: dict[Loc, Verdict] = {
        ("all", 0): Verdict(False, "there is no file x"),
        ("all", 1): Verdict(False, "there is no file x"),
    }

    assert why(all_of(A, B), same) == "there is no file x"


def test_places_are_those_of_the_spec_from_left_to_right() -> None:
    test = all_of(A, any_of(B, negated(C)))

    assert [loc for loc, _ in conditions_in(test)] == [("all", 0), ("all", 1, "any", 0), ("all", 1, "any", 1, "not")]


def rows(dataset: str = "calls", **limits: int) -> Rows:
    return Rows(type="rows", dataset=dataset, **limits)


MANY, FEW = rows(at_least=10), rows(at_most=9)


@pytest.mark.parametrize(
    ("test", "pairs"),
    [
        (all_of(MANY, FEW), [(("all", 1), ("all", 0))]),
        (all_of(MANY, all_of(C, FEW)), [(("all", 1, "all", 1), ("all", 0))]),
        (any_of(C, all_of(FEW, MANY)), [(("any", 1, "all", 1), ("any", 1, "all", 0))]),
        (negated(all_of(FEW, MANY)), [(("not", "all", 1), ("not", "all", 0))]),
        (all_of(all_of(MANY, FEW), C), [(("all", 0, "all", 1), ("all", 0, "all", 0))]),
        (all_of(MANY, FEW, MANY), [(("all", 1), ("all", 0)), (("all", 2), ("all", 1))]),
        (any_of(MANY, FEW), []),
        (all_of(MANY, any_of(FEW, C)), []),
        (all_of(MANY, negated(FEW)), []),
        (all_of(MANY, rows("orders", at_most=9)), []),
        (all_of(MANY, rows(at_most=10)), []),
        (all_of(A, B), []),
        (MANY, []),
    ],
)
def test_conditions_that_must_both_hold_and_never_can_are_found(test: Test, pairs: list[tuple[Loc, Loc]]) -> None:
    assert excluding(test) == pairs
