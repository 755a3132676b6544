"""How a spec names a calendar, or several at once: `germany`, `[germany, nyse]`, `{any_of: […], except: […]}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, GetJsonSchemaHandler, Tag
from pydantic_core import CoreSchema

from scheduled_reports.model import Model, Name, is_name
from scheduled_reports.spec.marks import Loc

_ALLOWED = "write the name of a file without .yaml, a list of names, or a mapping with all_of, any_of and except"


class Combination(Model):
    """Several calendars as one."""

    all_of: tuple[CalendarExpression, ...] = Field((), description="Open only where all of these are open.")
    any_of: tuple[CalendarExpression, ...] = Field((), description="Open where any of these is open.")
    without: tuple[CalendarExpression, ...] = Field(
        (), alias="except", description="Closed on the days on which any of these is open."
    )


def _expression(given: Any) -> Any:
    """Accept what an author may write; a list stands for all_of."""
    if isinstance(given, Combination) or (isinstance(given, str) and is_name(given)):
        return given
    if isinstance(given, list | tuple) and given:
        if any(isinstance(entry, list | tuple) for entry in given):
            raise ValueError("a list of calendars stands in a list; write all_of or any_of before it")
        return {"all_of": given}
    if not isinstance(given, dict):
        problem = "cannot be a calendar's name" if isinstance(given, str) else "names no calendar"
        raise ValueError(f"{given!r} {problem}; {_ALLOWED}")  # noqa: TRY004 - pydantic places ValueErrors
    if not given.get("all_of") and not given.get("any_of") and not set(given) - {"all_of", "any_of", "except"}:
        raise ValueError("nothing says when it is open; name at least one calendar in all_of or any_of")
    return given


class _OneForAllOf:
    """Says in the JSON Schema that a list of calendars may be written."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        one = handler(schema).get("oneOf", [])
        return {"anyOf": [*one, {"type": "array", "items": {"anyOf": one}, "minItems": 1}]}


CalendarExpression = Annotated[
    Annotated[Name, Tag("name")] | Annotated[Combination, Tag("combination")],
    Discriminator(lambda given: "name" if isinstance(given, str) else "combination"),
    BeforeValidator(_expression),
    _OneForAllOf(),
]
"""A calendar's name, or a combination of calendars; a list of names in a spec is their `all_of`."""

Combination.model_rebuild()

PARTS = {"all_of": "all_of", "any_of": "any_of", "except": "without"}
"""What combines calendars: the key in a spec, the field in a model."""


def names_in(expression: CalendarExpression, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """Yield (place, name) of every calendar that an expression names."""
    if isinstance(expression, str):
        yield loc, expression
        return
    for key, field in PARTS.items():
        for index, entry in enumerate(getattr(expression, field)):
            yield from names_in(entry, (*loc, key, index))


def in_words(expression: CalendarExpression) -> str:
    """Return it as a sentence says it: `germany and nyse`."""
    if isinstance(expression, str):
        return expression
    groups = [" and ".join(map(_nested, expression.all_of)), " or ".join(map(_nested, expression.any_of))]
    groups = [group for group in groups if group]
    words = " and ".join(groups if len(groups) == 1 or len(expression.any_of) == 1 else [groups[0], f"({groups[1]})"])
    return f"{words} except {' and '.join(map(_nested, expression.without))}" if expression.without else words


def _nested(expression: CalendarExpression) -> str:
    single = isinstance(expression, str) or len(list(names_in(expression))) == 1
    return in_words(expression) if single else f"({in_words(expression)})"
