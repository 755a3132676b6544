"""Recurrence rules, taken apart and checked (RFC 5545 §3.3.10)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NoReturn, cast, get_args

Every = Literal["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"]

EVERY: tuple[Every, ...] = get_args(Every)
"""What FREQ may be, longest first."""

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_COUNTS = {"INTERVAL": 99_999, "COUNT": 99_999}
_LISTS = {
    "BYSETPOS": (1, 366), "BYMONTH": (1, 12), "BYMONTHDAY": (1, 31), "BYYEARDAY": (1, 366), "BYWEEKNO": (1, 53),
    "BYHOUR": (0, 23), "BYMINUTE": (0, 59),
}  # fmt: skip
_FROM_THE_END = {"BYSETPOS", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}
_PARTS = ("FREQ", "UNTIL", "WKST", "BYDAY", *_COUNTS, *_LISTS)
_ELSEWHERE = {
    "DTSTART": "DTSTART stands beside a rule, not in it; write it as 'starting'",
    "EXDATE": "EXDATE stands beside a rule, not in it; write it as 'except'",
    "EXRULE": "EXRULE is not taken; write the days as 'except'",
    "RDATE": "RDATE stands beside a rule, not in it; write it as 'also'",
    "BYSECOND": "BYSECOND is not taken: a schedule is to the minute; leave it out",
    "BYEASTER": "BYEASTER is not in RFC 5545; write the days as 'also', or use a calendar of holidays",
}
_EXAMPLE = "FREQ=MONTHLY;BYDAY=-1FR"


@dataclass(frozen=True)
class Rule:
    """A recurrence rule.

    Attributes:
        text: As it was written, in upper case and without `RRULE:`.
        every: The kind of period that it repeats by (FREQ).
        interval: How many periods apart.
        count: After how many occurrences it ends.
        until: The last wall time that may be an occurrence.
        week_starts: The weekday on which its weeks begin, Monday 0.
        weekdays: (weekday, nth) of BYDAY; nth is 0 for every such day, negative from the end.
        lists: The other BY parts that it has, with their numbers in order.
    """

    text: str
    every: Every
    interval: int
    count: int | None
    until: dt.datetime | None
    week_starts: int
    weekdays: tuple[tuple[int, int], ...]
    lists: dict[str, tuple[int, ...]]

    def __getitem__(self, part: str) -> tuple[int, ...]:
        """Return the numbers of a BY part; none where the rule does not have it."""
        return self.lists.get(part, ())

    def __contains__(self, part: str) -> bool:
        return part in self.lists or (part == "BYDAY" and bool(self.weekdays))

    @property
    def by_day_or_longer(self) -> bool:
        """Whether it repeats by days or longer periods, not by hours or minutes."""
        return self.every not in {"HOURLY", "MINUTELY"}


@lru_cache(maxsize=2000)
def rule_of(text: str) -> Rule:
    """Take a recurrence rule apart.

    Raises:
        ValueError: It is none, or RFC 5545 does not allow it, or one of its parts is not taken here.
    """
    body = text.strip().upper().removeprefix("RRULE:")
    parts = _parts(body)
    every = _one_of(parts, "FREQ", EVERY) if "FREQ" in parts else _no_frequency(text)
    rule = Rule(
        body,
        cast("Every", every),
        _count(parts, "INTERVAL") or 1,
        _count(parts, "COUNT"),
        _until(parts["UNTIL"]) if "UNTIL" in parts else None,
        WEEKDAYS.index(_one_of(parts, "WKST", WEEKDAYS)) if "WKST" in parts else 0,
        tuple(sorted({_weekday(item) for item in parts["BYDAY"].split(",")})) if "BYDAY" in parts else (),
        {name: _numbers(name, parts[name]) for name in _LISTS if name in parts},
    )
    _check(rule)
    return rule


def _parts(body: str) -> dict[str, str]:
    if elsewhere := re.search(rf"\b({'|'.join(_ELSEWHERE)})\b", body):
        raise ValueError(_ELSEWHERE[elsewhere[1]])
    found: dict[str, str] = {}
    for piece in body.split(";"):
        name, _, value = piece.partition("=")
        if not value or name not in _PARTS:
            raise ValueError(f"{piece!r} is not a part of a rule; write {', '.join(_PARTS)}, each as NAME=value")
        if name in found:
            raise ValueError(f"{name} is there twice; write it once, its values with commas between them")
        found[name] = value
    return found


def _no_frequency(text: str) -> NoReturn:
    raise ValueError(f"{text!r} has no FREQ; write for example {_EXAMPLE}")


def _one_of(parts: dict[str, str], name: str, allowed: tuple[str, ...]) -> str:
    if parts[name] not in allowed:
        why = ": a schedule is to the minute" if parts[name] == "SECONDLY" else ""
        raise ValueError(f"{name}={parts[name]} is not taken{why}; write {name}= with one of {', '.join(allowed)}")
    return parts[name]


def _count(parts: dict[str, str], name: str) -> int | None:
    if name not in parts:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", parts[name]) or int(parts[name]) == 0:
        raise ValueError(f"{name}={parts[name]} is not a count; write a number from 1 to {_COUNTS[name]}")
    return int(parts[name])


def _numbers(name: str, value: str) -> tuple[int, ...]:
    low, high = _LISTS[name]
    ends = f", or -{high} to -{low} from the end" if name in _FROM_THE_END else ""
    found = set()
    for item in value.split(","):
        number = int(item) if re.fullmatch(r"[+-]?[0-9]{1,3}", item) else None
        size = abs(number) if number is not None and name in _FROM_THE_END else number
        if number is None or size is None or not low <= size <= high:
            raise ValueError(f"{name}={value}: {item!r} is out of range; write {low} to {high}{ends}")
        found.add(number)
    return tuple(sorted(found))


def _weekday(item: str) -> tuple[int, int]:
    match = re.fullmatch(r"([+-]?[0-9]{1,2})?([A-Z]{2})", item)
    nth = int(match[1] or 0) if match else 0
    if match is None or match[2] not in WEEKDAYS or (match[1] and not 1 <= abs(nth) <= 53):
        raise ValueError(
            f"BYDAY: {item!r} is not a weekday; write {', '.join(WEEKDAYS)}, 1MO for the first, -1FR the last"
        )
    return WEEKDAYS.index(match[2]), nth


def _until(value: str) -> dt.datetime:
    if value.endswith("Z"):
        raise ValueError(
            f"UNTIL={value} is in UTC, all else in the schedule's own time zone; write its wall time there, without Z"
        )
    shape = re.fullmatch(r"\d{8}(T\d{6})?", value, re.ASCII)
    try:
        day = dt.datetime.fromisoformat(value if shape else "")
    except ValueError:
        raise ValueError(f"UNTIL={value} is not a day; write 20261231, or 20261231T093000 with a time") from None
    return day if "T" in value else dt.datetime.combine(day, dt.time(23, 59))


def _check(rule: Rule) -> None:
    """Refuse what RFC 5545 does not allow together, and what can have no meaning."""
    for wrong, what in (*_wrong_days(rule), *_wrong_lists(rule)):
        if wrong:
            raise ValueError(f"{rule.text}: {what}")


def _wrong_days(rule: Rule) -> tuple[tuple[bool, str], ...]:
    numbers = [abs(nth) for _, nth in rule.weekdays if nth]
    by_month = rule.every == "MONTHLY" or "BYMONTH" in rule
    return (
        (
            bool(numbers) and rule.every not in {"YEARLY", "MONTHLY"},
            f"BYDAY with a number does not go with FREQ={rule.every}; write the weekday alone, or FREQ=MONTHLY",
        ),
        (
            bool(numbers) and "BYWEEKNO" in rule,
            "BYDAY with a number does not go with BYWEEKNO; write the weekday alone",
        ),
        (by_month and max(numbers, default=0) > 5, "no month has a weekday more than five times; write -5 to 5"),
    )


def _wrong_lists(rule: Rule) -> tuple[tuple[bool, str], ...]:
    every = rule.every
    short = every in {"HOURLY", "MINUTELY"}
    return (
        (rule.count is not None and rule.until is not None, "COUNT and UNTIL are both there; write one of them"),
        (
            every == "WEEKLY" and "BYMONTHDAY" in rule,
            "BYMONTHDAY does not go with FREQ=WEEKLY; write FREQ=MONTHLY or DAILY",
        ),
        (
            every in {"MONTHLY", "WEEKLY", "DAILY"} and "BYYEARDAY" in rule,
            f"BYYEARDAY does not go with FREQ={every}; write FREQ=YEARLY",
        ),
        (every != "YEARLY" and "BYWEEKNO" in rule, f"BYWEEKNO does not go with FREQ={every}; write FREQ=YEARLY"),
        (
            "BYSETPOS" in rule and not rule.weekdays and len(rule.lists) == 1,
            "BYSETPOS chooses among what other BY parts name; write one, for example BYDAY=MO,TU,WE,TH,FR",
        ),
        (short and "BYSETPOS" in rule, f"BYSETPOS does not go with FREQ={every}; write the minutes as BYMINUTE"),
    )
