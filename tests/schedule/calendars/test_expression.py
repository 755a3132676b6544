"""A spec names one calendar, a list of them, or a combination."""

import jsonschema
import pytest
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.schedule.calendars.expression import CalendarExpression, Combination, in_words, names_in

EXPRESSION: TypeAdapter[str | Combination] = TypeAdapter(CalendarExpression)
SCHEMA = EXPRESSION.json_schema()


def test_a_plain_name_stays_a_plain_name() -> None:
    assert EXPRESSION.validate_python("germany") == "germany"
    assert EXPRESSION.dump_python("germany", mode="json") == "germany"


def test_a_list_is_open_where_all_of_it_are() -> None:
    given = EXPRESSION.validate_python(["germany", "nyse"])

    assert given == EXPRESSION.validate_python({"all_of": ["germany", "nyse"]})


def test_combinations_may_hold_combinations() -> None:
    given = EXPRESSION.validate_python({"any_of": [["a", "b"], {"all_of": ["c"], "except": ["d"]}]})

    assert list(names_in(given)) == [
        (("any_of", 0, "all_of", 0), "a"),
        (("any_of", 0, "all_of", 1), "b"),
        (("any_of", 1, "all_of", 0), "c"),
        (("any_of", 1, "except", 0), "d"),
    ]


def test_an_expression_survives_being_written_and_read() -> None:
    given = EXPRESSION.validate_python({"any_of": [["a", "b"], "c"], "except": ["d"]})
    written = EXPRESSION.dump_python(given, mode="json", by_alias=True)

    assert EXPRESSION.validate_python(written) == given
    assert hash(EXPRESSION.validate_python(written)) == hash(given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("germany", "germany"),
        (["germany", "nyse"], "germany and nyse"),
        ({"any_of": ["germany", "nyse"]}, "germany or nyse"),
        ({"all_of": ["a", "b"], "any_of": ["c", "d"]}, "a and b and (c or d)"),
        ({"all_of": ["a"], "any_of": ["c"]}, "a and c"),
        ({"any_of": [["a", "b"], "c"], "except": ["d"]}, "(a and b) or c except d"),
    ],
)
def test_an_expression_has_words(given: object, words: str) -> None:
    assert in_words(EXPRESSION.validate_python(given)) == words


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("Germany.yaml", "'Germany.yaml' cannot be a calendar's name; write the name of a file without .yaml"),
        (5, "5 names no calendar; write the name of a file"),
        ([], r"\[\] names no calendar"),
        ([["a"], "b"], "a list of calendars stands in a list; write all_of or any_of before it"),
        ({}, "nothing says when it is open; name at least one calendar in all_of or any_of"),
        ({"except": ["a"]}, "nothing says when it is open"),
        ({"none_of": ["a"]}, "Extra inputs are not permitted"),
        ({"all_of": ["a", 5]}, "5 names no calendar"),
    ],
)
def test_what_names_no_calendar_is_one_error_with_what_to_write(given: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message) as caught:
        EXPRESSION.validate_python(given)
    assert caught.value.error_count() == 1


@pytest.mark.parametrize("given", ["germany", ["germany", "nyse"], {"any_of": [["a", "b"], "c"], "except": ["d"]}])
def test_the_json_schema_accepts_what_may_be_written(given: object) -> None:
    jsonschema.validate(given, SCHEMA)


@pytest.mark.parametrize("given", [5, [], [["a"]], "Germany.yaml", {"none_of": ["a"]}])
def test_the_json_schema_refuses_what_may_not(given: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(given, SCHEMA)
