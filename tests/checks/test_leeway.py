"""How far two numbers may be apart."""

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.checks.leeway import Leeway, distance, distance_in_words

LEEWAY: TypeAdapter[str | int | float] = TypeAdapter(Leeway)


@pytest.mark.parametrize(
    ("leeway", "amount", "words"),
    [
        (0, "0", "0"),
        (500, "500", "500"),
        (0.1, "0.1", "0.1"),
        ("0.5%", "6.2", "0.5% (6.2)"),
        ("100 %", "1240", "100 % (1,240)"),
        ("0%", "0", "0% (0)"),
    ],
)
def test_it_is_an_amount_or_a_share_and_exact(leeway: str | float, amount: str, words: str) -> None:
    given = LEEWAY.validate_python(leeway)

    assert distance(given, Decimal(-1240)) == Decimal(amount)
    assert distance_in_words(given, Decimal(1240)) == words


@pytest.mark.parametrize(
    "given", [-1, "-5%", "5", "five", "%", "1e3%", "٥%", True, None, float("nan"), float("inf"), []]
)
def test_what_is_no_distance_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        LEEWAY.validate_python(given)
