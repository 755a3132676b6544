"""An expression, however deep, is open on the days that its parts say."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from scheduled_reports.schedule.calendars.expression import CalendarExpression, Combination
from scheduled_reports.schedule.calendars.known_days import KnownDays, every_day
from scheduled_reports.schedule.calendars.resolved import Resolved, days_of

DAYS = [dt.date(2026, 10, 1) + dt.timedelta(days=number) for number in range(14)]

names = st.sampled_from(["a", "b", "c"])


def combinations(inner: st.SearchStrategy[CalendarExpression]) -> st.SearchStrategy[CalendarExpression]:
    some, none_or_some = st.lists(inner, min_size=1, max_size=3), st.lists(inner, max_size=2)
    all_first = st.builds(lambda a, b, c: {"all_of": a, "any_of": b, "except": c}, some, none_or_some, none_or_some)
    any_first = st.builds(lambda a, b, c: {"all_of": a, "any_of": b, "except": c}, none_or_some, some, none_or_some)
    return st.one_of(all_first, any_first).map(Combination.model_validate)


expressions = st.recursive(names, combinations, max_leaves=12)
open_days = st.fixed_dictionaries({name: st.frozensets(st.sampled_from(DAYS)) for name in "abc"})


def is_open(expression: CalendarExpression, day: dt.date, parts: dict[str, frozenset[dt.date]]) -> bool:
    if isinstance(expression, str):
        return day in parts[expression]
    return (
        all(is_open(entry, day, parts) for entry in expression.all_of)
        and (not expression.any_of or any(is_open(entry, day, parts) for entry in expression.any_of))
        and not any(is_open(entry, day, parts) for entry in expression.without)
    )


@given(expressions, open_days)
def test_an_expression_is_open_day_by_day_as_its_words_mean(
    expression: CalendarExpression, parts: dict[str, frozenset[dt.date]]
) -> None:
    resolved = {name: Resolved(name, KnownDays(days), None, ()) for name, days in parts.items()}

    calendar = days_of(expression, resolved).calendar("x")

    for day in DAYS:
        assert calendar.is_open(day) == is_open(expression, day, parts)
    assert not any(calendar.is_open(day) for day in every_day() - set(DAYS))
