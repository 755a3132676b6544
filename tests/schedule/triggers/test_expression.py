"""What a schedule waits for: assets, and groups of them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.schedule.triggers.expression import Expression, in_words, is_plural, names_in, unmet

ANY = {"any_of": ["fx_ecb", "fx_fed"]}


def expression(given: object) -> Expression:
    return TypeAdapter(Expression).validate_python(given)


def words(given: Expression | None) -> str:
    return in_words(given, str) if given is not None else "nothing"


@pytest.mark.parametrize(
    ("given", "said", "plural"),
    [
        ("orders", "orders", False),
        ({"all_of": ["orders"]}, "orders", False),
        ({"all_of": ["orders", "fx", "s3://lake/x"]}, "orders, fx and s3://lake/x", True),
        (ANY, "fx_ecb or fx_fed", False),
        ({"all_of": ["orders", ANY]}, "orders and (fx_ecb or fx_fed)", True),
        ({"any_of": [{"all_of": ["a", "b"]}, "c"]}, "(a and b) or c", False),
        ({"all_of": [{"all_of": ["a", "b"]}]}, "a and b", True),
    ],
)
def test_an_expression_is_said_in_words(given: object, said: str, plural: bool) -> None:
    assert words(expression(given)) == said
    assert is_plural(expression(given)) is plural


@pytest.mark.parametrize(
    ("given", "fresh", "left"),
    [
        ("orders", "", "orders"),
        ("orders", "orders", "nothing"),
        ({"all_of": ["orders", ANY]}, "", "orders and (fx_ecb or fx_fed)"),
        ({"all_of": ["orders", ANY]}, "orders", "fx_ecb or fx_fed"),
        ({"all_of": ["orders", ANY]}, "fx_fed", "orders"),
        ({"all_of": ["orders", ANY]}, "orders fx_ecb", "nothing"),
        ({"any_of": [{"all_of": ["a", "b"]}, "c"]}, "a", "b or c"),
        ({"any_of": [{"all_of": ["a", "b"]}, "c"]}, "a b", "nothing"),
    ],
)
def test_what_has_not_come_is_what_is_left_of_it(given: object, fresh: str, left: str) -> None:
    assert words(unmet(expression(given), fresh.split().__contains__)) == left


def test_every_name_has_its_place() -> None:
    found = list(names_in(expression({"all_of": ["orders", ANY]})))

    assert found == [
        (("all_of", 0), "orders"),
        (("all_of", 1, "any_of", 0), "fx_ecb"),
        (("all_of", 1, "any_of", 1), "fx_fed"),
    ]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "cannot be an asset's name"),
        (" orders", "cannot be an asset's name"),
        ("or\nders", "cannot be an asset's name"),
        ("x" * 1501, "cannot be an asset's name"),
        ("context", "'context' is a word of Airflow's own"),
        ("airflow://orders", "is a word of Airflow's own"),
        (7, "7 is no asset; write its name"),
        (["orders"], "is no asset; write its name"),
        ({}, "no asset is named"),
        ({"all_of": []}, "no asset is named"),
        ({"all_of": ["a"], "any_of": ["b"]}, "both all_of and any_of are given"),
        ({"all_of": [{"any_of": []}]}, "no asset is named"),
        ({"all": ["a"]}, "Extra inputs are not permitted"),
    ],
)
def test_what_names_no_asset_is_refused(given: object, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        expression(given)
