"""Every example of RFC 5545 §3.8.5.3; the occurrences are typed from its text."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest

from fires import fires, frequency

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
EVERY_DAY = "1998 Jan 1-31 1999 Jan 1-31 2000 Jan 1-31"
TUESDAYS_AND_THURSDAYS = "1997 Sep 2 4 9 11 16 18 23 25 30 Oct 2"

EXAMPLES = [
    ("daily for 10 occurrences", "19970902", "FREQ=DAILY;COUNT=10", "1997 Sep 2-11"),
    ("daily until December 24", "19970902", "FREQ=DAILY;UNTIL=19971224T000000Z",
     "1997 Sep 2-30 Oct 1-31 Nov 1-30 Dec 1-23"),
    ("every other day", "19970902", "FREQ=DAILY;INTERVAL=2",
     ("1997 Sep 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 Oct 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 "
     "Nov 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 Dec 1 3 …")),
    ("every 10 days, 5 occurrences", "19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997 Sep 2 12 22 Oct 2 12"),
    ("every day in January, yearly", "19980101",
     "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", EVERY_DAY),
    ("every day in January, daily", "19980101", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", EVERY_DAY),
    ("weekly for 10 occurrences", "19970902", "FREQ=WEEKLY;COUNT=10", "1997 Sep 2 9 16 23 30 Oct 7 14 21 28 Nov 4"),
    ("weekly until December 24", "19970902", "FREQ=WEEKLY;UNTIL=19971224T000000Z",
     "1997 Sep 2 9 16 23 30 Oct 7 14 21 28 Nov 4 11 18 25 Dec 2 9 16 23"),
    ("every other week", "19970902", "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
     "1997 Sep 2 16 30 Oct 14 28 Nov 11 25 Dec 9 23 1998 Jan 6 20 Feb 3 17 …"),
    ("Tuesday and Thursday, until", "19970902", "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
     TUESDAYS_AND_THURSDAYS),
    ("Tuesday and Thursday, counted", "19970902", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", TUESDAYS_AND_THURSDAYS),
    ("every other week on three days", "19970901",
     "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
     "1997 Sep 1 3 5 15 17 19 29 Oct 1 3 13 15 17 27 29 31 Nov 10 12 14 24 26 28 Dec 8 10 12 22"),
    ("every other week on two days", "19970902", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
     "1997 Sep 2 4 16 18 30 Oct 2 14 16"),
    ("first Friday for 10 occurrences", "19970905", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
     "1997 Sep 5 Oct 3 Nov 7 Dec 5 1998 Jan 2 Feb 6 Mar 6 Apr 3 May 1 Jun 5"),
    ("first Friday until December 24", "19970905", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
     "1997 Sep 5 Oct 3 Nov 7 Dec 5"),
    ("every other month, first and last Sunday", "19970907", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
     "1997 Sep 7 28 Nov 2 30 1998 Jan 4 25 Mar 1 29 May 3 31"),
    ("second-to-last Monday", "19970922", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
     "1997 Sep 22 Oct 20 Nov 17 Dec 22 1998 Jan 19 Feb 16"),
    ("third-to-the-last day", "19970928", "FREQ=MONTHLY;BYMONTHDAY=-3",
     "1997 Sep 28 Oct 29 Nov 28 Dec 29 1998 Jan 29 Feb 26 …"),
    ("the 2nd and 15th", "19970902", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
     "1997 Sep 2 15 Oct 2 15 Nov 2 15 Dec 2 15 1998 Jan 2 15"),
    ("the first and last day", "19970930", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
     "1997 Sep 30 Oct 1 31 Nov 1 30 Dec 1 31 1998 Jan 1 31 Feb 1"),
    ("every 18 months, 10th to 15th", "19970910", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
     "1997 Sep 10 11 12 13 14 15 1999 Mar 10 11 12 13"),
    ("Tuesdays of every other month", "19970902", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
     "1997 Sep 2 9 16 23 30 Nov 4 11 18 25 1998 Jan 6 13 20 27 Mar 3 10 17 24 31 …"),
    ("June and July", "19970610", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
     "1997 Jun 10 Jul 10 1998 Jun 10 Jul 10 1999 Jun 10 Jul 10 2000 Jun 10 Jul 10 2001 Jun 10 Jul 10"),
    ("every other year in three months", "19970310", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
     "1997 Mar 10 1999 Jan 10 Feb 10 Mar 10 2001 Jan 10 Feb 10 Mar 10 2003 Jan 10 Feb 10 Mar 10"),
    ("every third year on days of the year", "19970101", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
     "1997 Jan 1 Apr 10 Jul 19 2000 Jan 1 Apr 9 Jul 18 2003 Jan 1 Apr 10 Jul 19 2006 Jan 1"),
    ("20th Monday of the year", "19970519", "FREQ=YEARLY;BYDAY=20MO", "1997 May 19 1998 May 18 1999 May 17 …"),
    ("Monday of week 20", "19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997 May 12 1998 May 11 1999 May 17 …"),
    ("Thursdays in March", "19970313", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
     "1997 Mar 13 20 27 1998 Mar 5 12 19 26 1999 Mar 4 11 18 25 …"),
    ("Thursdays in summer", "19970605", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
     ("1997 Jun 5 12 19 26 Jul 3 10 17 24 31 Aug 7 14 21 28 1998 Jun 4 11 18 25 Jul 2 9 16 23 30 Aug 6 13 20 27 "
     "1999 Jun 3 10 17 24 Jul 1 8 15 22 29 Aug 5 12 19 26 …")),
    ("Friday the 13th", "19970902", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
     "1998 Feb 13 Mar 13 Nov 13 1999 Aug 13 2000 Oct 13 …"),
    ("first Saturday after the first Sunday", "19970913", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
     "1997 Sep 13 Oct 11 Nov 8 Dec 13 1998 Jan 10 Feb 7 Mar 7 Apr 11 May 9 Jun 13 …"),
    ("US presidential election day", "19961105",
     "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996 Nov 5 2000 Nov 7 2004 Nov 2 …"),
    ("third of Tuesday, Wednesday, Thursday", "19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
     "1997 Sep 4 Oct 7 Nov 6"),
    ("second-to-last weekday", "19970929", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
     "1997 Sep 29 Oct 30 Nov 27 Dec 30 1998 Jan 29 Feb 26 Mar 30 …"),
    ("weeks that start on Monday", "19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
     "1997 Aug 5 10 19 24"),
    ("weeks that start on Sunday", "19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
     "1997 Aug 5 17 19 31"),
    ("an invalid date is ignored", "20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
     "2007 Jan 15 30 Feb 15 Mar 15 30"),
]  # fmt: skip

TWENTY_MINUTES = [f"{hour:02}:{minute:02}" for hour in range(9, 17) for minute in (0, 20, 40)]
WITHIN_DAYS = [
    # The RFC writes UNTIL=19970902T170000Z, 13:00 in New York, and lists 15:00: it means 17:00 there.
    ("every 3 hours to 17:00", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", ["09:00", "12:00", "15:00"], []),
    ("every 15 minutes", "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
     ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15"], []),
    ("every hour and a half", "FREQ=MINUTELY;INTERVAL=90;COUNT=4", ["09:00", "10:30", "12:00", "13:30"], []),
    ("every 20 minutes, daily", "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40", TWENTY_MINUTES,
     TWENTY_MINUTES),
    ("every 20 minutes, minutely", "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16", TWENTY_MINUTES,
     TWENTY_MINUTES),
]  # fmt: skip


def in_new_york(rule: str) -> str:
    """Return a rule with its UNTIL as wall time, which is how a spec writes it."""

    def wall(match: re.Match[str]) -> str:
        moment = dt.datetime.fromisoformat(match[1]).astimezone(ZoneInfo("America/New_York"))
        return f"UNTIL={moment:%Y%m%dT%H%M%S}"

    return re.sub(r"UNTIL=(\w+Z)", wall, rule)


def typed(text: str) -> list[str]:
    """Return the days of `1997 Sep 2-4 Oct 1`."""
    found, year, month = [], 0, 0
    for word in text.removesuffix(" …").split():
        if word in MONTHS:
            month = MONTHS.index(word) + 1
        elif len(word) == 4 and word.isdigit():
            year = int(word)
        else:
            first, _, last = word.partition("-")
            found += [str(dt.date(year, month, day)) for day in range(int(first), int(last or first) + 1)]
    return found


@pytest.mark.parametrize(("start", "rule", "text"), [row[1:] for row in EXAMPLES], ids=[row[0] for row in EXAMPLES])
def test_a_rule_of_the_rfc_fires_on_the_days_that_it_lists(start: str, rule: str, text: str) -> None:
    day = dt.date.fromisoformat(start)
    when = frequency("rrule", rrule=in_new_york(rule), starting=f"{day}T09:00")
    expected = typed(text)
    last = expected[-1] if text.endswith("…") else "2045-12-31"
    assert fires(when, "1996-01-01", last) == [f"{day} 09:00" for day in expected]


@pytest.mark.parametrize(
    ("rule", "first", "second"), [row[1:] for row in WITHIN_DAYS], ids=[row[0] for row in WITHIN_DAYS]
)
def test_a_rule_of_the_rfc_fires_at_the_times_that_it_lists(rule: str, first: list[str], second: list[str]) -> None:
    when = frequency("rrule", rrule=in_new_york(rule), starting="1997-09-02T09:00")
    expected = [f"1997-09-02 {time}" for time in first] + [f"1997-09-03 {time}" for time in second]
    assert fires(when, "1996-01-01", "1997-09-03") == expected
