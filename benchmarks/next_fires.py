"""How long the next fires of 1,000 schedules take, of every frequency, against croniter's own `get_next`.

    .venv/bin/python benchmarks/next_fires.py

Both are timed in one run, on the same moments. croniter can say only the schedules that are a cron line, without
calendar; for the others it gets the nearest line, so that both answer 1,000 times.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter

from scheduled_reports.schedule.recurrence import Recurrence

SCHEDULES, ROUNDS = 1_000, 5
NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "America/Sao_Paulo", "UTC")
HOLIDAYS = {
    "name": "northwind",
    "closed": {str(year): "0101 0501 1003 1224 1225 1226 1231" for year in range(2024, 2046)},
}
MONTHS_YEAR = {"type": "months", "starts": "april"}

KINDS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"when": {"type": "cron", "cron": "{m} 6 * * 1-5"}}, "{m} 6 * * 1-5"),
    ({"when": {"type": "cron", "cron": ["{m} 6 * * *", "0 18 1 * *"]}}, "{m} 6,18 * * *"),
    ({"when": {"type": "daily", "at": "06:{m}"}}, "{m} 6 * * *"),
    ({"when": {"type": "weekdays", "at": ["06:{m}", "18:{m}"]}, "on_closed": "skip"}, "{m} 6,18 * * 1-5"),
    ({"when": {"type": "weekly", "on": "monday", "at": "06:{m}"}, "on_closed": "next"}, "{m} 6 * * 1"),
    ({"when": {"type": "weekly", "on": "friday", "at": "06:{m}", "every": 2, "starting": "2026-01-02"}}, "{m} 6 * * 5"),
    ({"when": {"type": "monthly", "on": "last", "at": "23:{m}"}}, "{m} 23 L * *"),
    ({"when": {"type": "monthly", "on": "first monday", "at": "06:{m}"}}, "{m} 6 * * 1#1"),
    ({"when": {"type": "monthly", "on": "3rd business day", "at": "06:{m}"}}, "{m} 6 3 * *"),
    ({"when": {"type": "monthly", "on": 1, "every": 3, "starting": "february", "at": "06:{m}"}}, "{m} 6 1 2,5,8,11 *"),
    ({"when": {"type": "quarterly", "on": "last business day", "at": "18:{m}"}}, "{m} 18 L 3,6,9,12 *"),
    ({"when": {"type": "yearly", "month": "january", "on": 15, "at": "09:{m}"}, "on_closed": "previous"},
     "{m} 9 15 1 *"),
    ({"when": {"type": "hourly", "every": 4, "from": "06:{m}"}}, "{m} 2-23/4 * * *"),
    ({"when": {"type": "fiscal", "of": "period", "on": "2nd business day", "at": "07:{m}"}, "fiscal": MONTHS_YEAR},
     "{m} 7 2 * *"),
    ({"when": {"type": "rrule", "rrule": "FREQ=MONTHLY;BYDAY=-1FR", "starting": "2026-01-01", "at": "17:{m}"}},
     "{m} 17 * * L5"),
    ({"when": {"type": "dates", "on": ["2026-12-31", "2027-06-30"], "at": "12:{m}"}}, "{m} 12 30 6 *"),
)  # fmt: skip


def main() -> None:
    """Print the time of each, and their ratio."""
    recurrences = [Recurrence.model_validate(_filled(KINDS[n % len(KINDS)][0], n)) for n in range(SCHEDULES)]
    lines = [(_filled(KINDS[n % len(KINDS)][1], n), ZoneInfo(ZONES[n % len(ZONES)])) for n in range(SCHEDULES)]
    cold = _seconds(lambda: [recurrence.after(NOW) for recurrence in recurrences])
    pairs = [(_seconds(lambda: [recurrence.after(NOW) for recurrence in recurrences]),
              _seconds(lambda: [croniter(line, NOW.astimezone(zone)).get_next(dt.datetime) for line, zone in lines]))
             for _ in range(ROUNDS)]  # fmt: skip
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"next fires of {SCHEDULES:,} schedules: first time {cold:.3f} s, then {ours:.3f} s; "
          f"croniter: {theirs:.3f} s; ratio {ours / theirs:.2f}")  # fmt: skip
    calls = [(_seconds(lambda: recurrence.after(NOW)), recurrence) for recurrence in recurrences]  # noqa: B023 - at once
    worst, which = max(calls, key=lambda call: call[0])
    print(f"one call, warm: median {statistics.median(call[0] for call in calls) * 1e6:.0f} µs, "
          f"slowest {worst * 1e6:.0f} µs ({which.words()})")  # fmt: skip


def _filled(given: Any, number: int) -> Any:
    """Return a kind of schedule with its minute, calendar and zone."""
    if isinstance(given, str):
        return given.replace("{m}", f"{number % 50 + 10}")
    if isinstance(given, list):
        return [_filled(entry, number) for entry in given]
    if not isinstance(given, dict):
        return given
    filled = {key: _filled(value, number) for key, value in given.items()}
    return {**filled, "timezone": ZONES[number % len(ZONES)], "calendar": HOLIDAYS} if "when" in filled else filled


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
