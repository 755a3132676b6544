"""What a recurrence rule may not say, and what its author is told to write."""

from __future__ import annotations

import time
from typing import Any

import pytest

from fires import problem

START = "2026-01-05T09:00"
NEVER = "write days that there are"

NEVER_FIRING = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=31",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=-30",
    "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
    "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=MINUTELY;INTERVAL=1440;BYHOUR=5",
    "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1,3",
    "FREQ=HOURLY;INTERVAL=2;BYHOUR=0,2",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=3;BYDAY=MO",
    "FREQ=YEARLY;BYDAY=MO;BYSETPOS=200",
    "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=5MO",
    "FREQ=MINUTELY;INTERVAL=99999;BYMONTH=2;BYMONTHDAY=30;COUNT=99999",
]


@pytest.mark.parametrize("text", NEVER_FIRING)
def test_a_rule_that_never_fires_is_refused_at_once(text: str) -> None:
    begin = time.process_time()
    message = problem("rrule", rrule=text, starting="2026-01-05T09:00")
    assert time.process_time() - begin < 0.1
    assert message == f"{text!r} never fires from 2026-01-05 to 2045-12-31; {NEVER}"


def test_a_rule_that_starts_after_all_known_days_is_refused() -> None:
    assert problem("rrule", rrule="FREQ=DAILY", starting="2046-01-01T09:00").endswith(NEVER)


REFUSED = [
    ("", ("'' is not a part of a rule; write FREQ, UNTIL, WKST, BYDAY, INTERVAL, COUNT, BYSETPOS, BYMONTH, BYMONTHDAY, "
     "BYYEARDAY, BYWEEKNO, BYHOUR, BYMINUTE, each as NAME=value")),
    ("BYDAY=MO", "'BYDAY=MO' has no FREQ; write for example FREQ=MONTHLY;BYDAY=-1FR"),
    ("FREQ=DAILY;BYDAYS=MO", "'BYDAYS=MO' is not a part of a rule; write FREQ, …"),
    ("FREQ=DAILY;COUNT", "'COUNT' is not a part of a rule; write FREQ, …"),
    ("FREQ=DAILY;FREQ=DAILY", "FREQ is there twice; write it once, its values with commas between them"),
    ("FREQ=SECONDLY", ("FREQ=SECONDLY is not taken: a schedule is to the minute; write FREQ= with one of YEARLY, "
     "MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY")),
    ("FREQ=OFTEN", "FREQ=OFTEN is not taken; write FREQ= with one of YEARLY, …"),
    ("FREQ=DAILY;WKST=MONDAY", "WKST=MONDAY is not taken; write WKST= with one of MO, TU, WE, TH, FR, SA, SU"),
    ("FREQ=DAILY;BYSECOND=0", "BYSECOND is not taken: a schedule is to the minute; leave it out"),
    ("FREQ=YEARLY;BYEASTER=1", "BYEASTER is not in RFC 5545; write the days as 'also', or use a calendar of holidays"),
    ("DTSTART:20260105T090000 RRULE:FREQ=DAILY", "DTSTART stands beside a rule, not in it; write it as 'starting'"),
    ("DTSTART;TZID=Europe/Berlin:20260105T090000\nRRULE:FREQ=DAILY",
     "DTSTART stands beside a rule, not in it; write it as 'starting'"),
    ("FREQ=DAILY\nEXDATE:20260105T090000", "EXDATE stands beside a rule, not in it; write it as 'except'"),
    ("FREQ=DAILY\nRDATE:20260105T090000", "RDATE stands beside a rule, not in it; write it as 'also'"),
    ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0 is not a count; write a number from 1 to 99999"),
    ("FREQ=DAILY;COUNT=-1", "COUNT=-1 is not a count; write a number from 1 to 99999"),
    ("FREQ=DAILY;COUNT=100000", "COUNT=100000 is not a count; write a number from 1 to 99999"),
    ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32: '32' is out of range; write 1 to 31, or -31 to -1 from the end"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,0", "BYMONTHDAY=1,0: '0' is out of range; write 1 to 31, or -31 to -1 from the end"),
    ("FREQ=YEARLY;BYMONTH=JAN", "BYMONTH=JAN: 'JAN' is out of range; write 1 to 12"),
    ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH=-1: '-1' is out of range; write 1 to 12"),
    ("FREQ=DAILY;BYHOUR=24", "BYHOUR=24: '24' is out of range; write 0 to 23"),
    ("FREQ=WEEKLY;BYDAY=MON", ("BYDAY: 'MON' is not a weekday; write MO, TU, WE, TH, FR, SA, SU, 1MO for the first, "
     "-1FR the last")),
    ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY: '0MO' is not a weekday; write MO, …"),
    ("FREQ=MONTHLY;BYDAY=MO(+1)", "BYDAY: 'MO(+1)' is not a weekday; write MO, …"),
    ("FREQ=WEEKLY;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=1MO: BYDAY with a number does not go with FREQ=WEEKLY; write …"),
    ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO: BYDAY with a number does not go with …"),
    ("FREQ=MONTHLY;BYDAY=6MO", "FREQ=MONTHLY;BYDAY=6MO: no month has a weekday more than five times; write -5 to 5"),
    ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "FREQ=DAILY;COUNT=3;UNTIL=20270101: COUNT and UNTIL are both there; write …"),
    ("FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=WEEKLY;BYMONTHDAY=1: BYMONTHDAY does not go with FREQ=WEEKLY; write …"),
    ("FREQ=MONTHLY;BYYEARDAY=1", "FREQ=MONTHLY;BYYEARDAY=1: BYYEARDAY does not go with FREQ=MONTHLY; write …"),
    ("FREQ=MONTHLY;BYWEEKNO=1", "FREQ=MONTHLY;BYWEEKNO=1: BYWEEKNO does not go with FREQ=MONTHLY; write FREQ=YEARLY"),
    ("FREQ=MONTHLY;BYSETPOS=1", "FREQ=MONTHLY;BYSETPOS=1: BYSETPOS chooses among what other BY parts name; write …"),
    ("FREQ=HOURLY;BYMINUTE=0,30;BYSETPOS=1", "FREQ=HOURLY;BYMINUTE=0,30;BYSETPOS=1: BYSETPOS does not go with …"),
    ("FREQ=DAILY;UNTIL=20261231T230000Z", ("UNTIL=20261231T230000Z is in UTC, all else in the schedule's own time "
     "zone; write its wall time there, without Z")),
    ("FREQ=DAILY;UNTIL=20260230", "UNTIL=20260230 is not a day; write 20261231, or 20261231T093000 with a time"),
    ("FREQ=DAILY;UNTIL=2026-12-31", "UNTIL=2026-12-31 is not a day; write 20261231, or 20261231T093000 with a time"),
    ("FREQ=DAILY;UNTIL=20260104", "UNTIL=20260104 lies before starting 2026-01-05; write a later day"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_is_wrong_with_a_rule_is_said_with_what_to_write(text: str, message: str) -> None:
    said = problem("rrule", rrule=text, starting=START)
    whole, _, cut = message.partition("…")
    assert said == whole if not message.endswith("…") else said.startswith(whole) and not cut


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"starting": "2026-01-05"}, "starting 2026-01-05 has no time; write 'starting: 2026-01-05T09:00', or …"),
        ({"at": "10:00"}, "starting 2026-01-05T09:00 has a time, and 'at' too; write …"),
        ({"starting": "1969-12-31T09:00"}, "starting 1969-12-31 is too long ago; write 1970-01-01 or later"),
        ({"starting": "2026-02-30"}, "'2026-02-30' is not a day; write one that there is, for example 2026-12-31"),
        ({"starting": 20260105}, "20260105 is not a day; write one that there is, for example 2026-12-31"),
        ({"starting": "2026-01-05T09:00+01:00"}, "'2026-01-05T09:00+01:00' is not a day and time; write both, …"),
        ({"starting": "2026-01-05T09:00:30"}, "'2026-01-05T09:00:30' is not a day and time; write both, …"),
        ({"except": "Christmas"}, "'Christmas' is not a day; write one that there is, for example 2026-12-31"),
        ({"rrule": "FREQ=DAILY;COUNT=1", "except": "2026-01-05"}, "'except' leaves out every fire; write fewer days …"),
        ({"rrule": "FREQ=HOURLY", "starting": "2026-01-05", "at": "09:00"}, "'at' does not go with FREQ=HOURLY; …"),
        ({"rrule": "FREQ=DAILY;BYHOUR=9", "starting": "2026-01-05", "at": "09:00"}, "'at' takes the place of BYHOUR …"),
    ],
)
def test_what_is_wrong_beside_the_rule_is_said_with_what_to_write(fields: dict[str, Any], message: str) -> None:
    said = problem("rrule", **{"rrule": "FREQ=DAILY", "starting": START, **fields})
    assert said.startswith(message.removesuffix("…"))
    assert "; " in said


def test_no_rule_at_all_is_refused() -> None:
    assert problem("rrule", rrule=[], starting=START).startswith("Tuple should have at least 1 item")
