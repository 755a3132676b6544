"""The names of weekdays and months, and how lists and places are said."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from scheduled_reports.schedule.names import MONTHS, WEEKDAYS, Month, Weekday, listed, month, ordinal, weekday


@pytest.mark.parametrize(("number", "name"), list(enumerate(WEEKDAYS)))
def test_a_weekday_is_its_name_or_three_letters_of_it(number: int, name: str) -> None:
    assert {weekday(name), weekday(name[:3]), weekday(name.upper()), weekday(name.capitalize())} == {number}


@pytest.mark.parametrize(("number", "name"), list(enumerate(MONTHS, start=1)))
def test_a_month_is_its_number_name_or_three_letters_of_it(number: int, name: str) -> None:
    assert {month(number), month(name), month(name[:3]), month(name.upper())} == {number}


@pytest.mark.parametrize("given", ["", "mo", "tues", "mondays", "montag", 0, 7, None, True, ["monday"]])
def test_what_is_no_weekday_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match=r"is not a weekday; write one of monday, tuesday, .*, sunday"):
        weekday(given)


@pytest.mark.parametrize("given", ["", "ju", "sept", "mai", "2", 0, 13, 1.0, None, True])
def test_what_is_no_month_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match=r"is not a month; write one of january, february, .*, december"):
        month(given)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [(Weekday, ["monday", "mon"], ["montag", 1]), (Month, ["may", "january", "jan", 12], ["mai", 13])],
)
def test_the_schema_that_editors_use_takes_the_same(kind: object, good: list[object], bad: list[object]) -> None:
    schema = Draft202012Validator(TypeAdapter(kind).json_schema())
    assert all(schema.is_valid(value) for value in good)
    assert not any(schema.is_valid(value) for value in bad)


def test_they_are_written_by_their_full_names() -> None:
    assert TypeAdapter(Weekday).dump_json(0) == b'"monday"'
    assert TypeAdapter(Month).dump_json(1) == b'"january"'


def test_lists_are_joined_as_sentences_do() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_places_are_ordinals() -> None:
    said = [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31, 101, 111, 112)]
    assert " ".join(said) == "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 23rd 31st 101st 111th 112th"
