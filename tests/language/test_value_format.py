"""The format of a value is found wrong when the spec is read."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from scheduled_reports.language import ValueFormat

FORMAT: TypeAdapter[str] = TypeAdapter(ValueFormat)


@pytest.mark.parametrize(
    "given",
    [
        "#,##0", "0.0%", "#,##0.00 €", "0.0 'min'", "#,##0;(#,##0)", "0.00E0", "integer", "percent 1", "currency EUR",
        "compact CHF", "unit hour", "yyyy-MM-dd", "HH:mm", "EEEE, d. MMMM yyyy 'um' HH:mm", "medium", "skeleton yMMM",
    ],
)  # fmt: skip
def test_patterns_and_names_are_formats(given: str) -> None:
    assert FORMAT.validate_python(given) == given


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("currency EURO", "did you mean 'EUR'"),
        ("unit kilogramm", "did you mean 'kilogram'"),
        ("percent two", "'percent 1'"),
        ("'only text'", "neither numbers nor dates"),
        ("", "neither numbers nor dates"),
        ("@@.0", "neither numbers nor dates"),
        ("QQQQQQQ", "neither numbers nor dates"),
        ("skeleton ABC", "neither numbers nor dates"),
    ],
)
def test_anything_else_is_not(given: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        FORMAT.validate_python(given)


def test_the_schema_says_examples() -> None:
    assert "currency EUR" in FORMAT.json_schema()["examples"]
