"""The names of weekdays and months, as a spec writes them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def weekday(text: Any) -> int:
    """Return a weekday's number, Monday 0, for its English name or the first three letters of it.

    Raises:
        ValueError: It is neither. Numbers are not taken: they count from Sunday in cron, from Monday elsewhere.
    """
    return _position(text, WEEKDAYS, "weekday")


def month(text: Any) -> int:
    """Return a month's number, January 1, for that number, its English name or the first three letters of it.

    Raises:
        ValueError: It is none of them.
    """
    if isinstance(text, int) and not isinstance(text, bool) and 1 <= text <= 12:
        return text
    return _position(text, MONTHS, "month") + 1


def _position(given: Any, names: tuple[str, ...], what: str) -> int:
    for index, name in enumerate(names):
        if isinstance(given, str) and given.lower() in {name, name[:3]}:
            return index
    raise ValueError(f"{given!r} is not a {what}; write one of {', '.join(names)}")


def _enum(names: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "string", "enum": list(dict.fromkeys([*names, *(name[:3] for name in names)]))}


Weekday = Annotated[
    int,
    BeforeValidator(weekday),
    PlainSerializer(lambda number: WEEKDAYS[number], when_used="json"),
    WithJsonSchema(_enum(WEEKDAYS)),
]
"""A weekday, Monday 0; `monday` or `mon` in a spec."""

Month = Annotated[
    int,
    BeforeValidator(month),
    PlainSerializer(lambda number: MONTHS[number - 1], when_used="json"),
    WithJsonSchema({"anyOf": [_enum(MONTHS), {"type": "integer", "minimum": 1, "maximum": 12}]}),
]
"""A month, January 1; `january`, `jan` or 1 in a spec."""


def listed(words: list[str]) -> str:
    """Join words as a sentence does: `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `4th`, and so on."""
    suffix = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
