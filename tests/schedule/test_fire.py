"""Of several fires that come to one instant, the one that moved least stands for all, whatever moved them."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduled_reports.schedule.schedule import Schedule

HOURS = {"from": "09:00", "until": "17:00"}


def slug(moment: str, **fields: Any) -> str:
    schedule = Schedule.model_validate({"id": "x", "timezone": "Europe/Berlin", **fields})
    fire = dt.datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    timing = schedule.timing(None, None, "x")
    assert timing.recurrence is not None
    assert fire in [found.at for found in timing.recurrence.between(fire, fire)]
    return timing.period(fire).slug


@pytest.mark.parametrize(
    ("moment", "fields", "expected"),
    [
        ("2026-11-24T09:00", {"when": "0 * * * *", "business_hours": HOURS, "covers": "last 1 hour"},
         "2026-11-24T0800_2026-11-24T0900"),
        ("2026-11-24T09:00", {"when": {"type": "daily", "at": ["07:00", "20:00"]}, "business_hours": HOURS},
         "2026-11-23"),
        ("2026-11-23T09:00", {"when": {"type": "daily", "at": "20:00"}, "business_hours": HOURS, "covers": "today"},
         "2026-11-22T0000_2026-11-22T2000"),
        ("2026-12-27T06:30",
         {"when": "30 6 * * *",
          "blackouts": [{"from": "2026-12-24T00:00", "until": "2026-12-27T06:30", "then": "after"}]},
         "2026-12-26"),
        ("2026-11-22T04:00",
         {"when": "0 * * * *", "covers": "last 1 hour",
          "blackouts": [{"on": "sunday", "from": "02:00", "until": "04:00", "then": "after"}]},
         "2026-11-22T0300_2026-11-22T0400"),
        ("2026-11-23T06:30", {"when": "30 6 * * *", "on_closed": "next"}, "2026-11-22"),
    ],
)  # fmt: skip
def test_the_period_is_that_of_the_fire_that_moved_least(moment: str, fields: dict[str, Any], expected: str) -> None:
    assert slug(moment, **fields) == expected
