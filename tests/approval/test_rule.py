"""What a spec may say of its approval."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from approvals import spec
from scheduled_reports.approval.rule import Approval
from scheduled_reports.spec.load import BrokenReport, load
from specs import write

BERLIN = ZoneInfo("Europe/Berlin")
ANA = {"user": "ana", "email": "ana@example.com"}
BEN = {"user": "ben", "email": "ben@example.com"}


def test_it_waits_a_day_and_then_drops_unless_told_otherwise() -> None:
    approval = Approval(approvers=[ANA])

    assert (approval.when, approval.within, approval.then) == ("hold", dt.timedelta(days=1), "drop")
    asked = dt.datetime(2026, 10, 2, 4, 30, tzinfo=dt.UTC)
    assert approval.until(asked, BERLIN) == dt.datetime(2026, 10, 3, 6, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2026-10-02T06:30+02:00", "2026-10-02T11:30+02:00"),
        ("2026-10-02T11:29:59+02:00", "2026-10-02T11:30+02:00"),
        ("2026-10-02T11:30+02:00", "2026-10-03T11:30+02:00"),
        ("2026-10-02T23:00+00:00", "2026-10-03T11:30+02:00"),
        ("2026-10-24T12:00+02:00", "2026-10-25T11:30+01:00"),
        ("2026-03-28T12:00+01:00", "2026-03-29T11:30+02:00"),
    ],
)
def test_by_is_the_next_time_that_the_clock_shows_it(asked: str, until: str) -> None:
    approval = Approval(approvers=[ANA], by="11:30")

    found = approval.until(dt.datetime.fromisoformat(asked), BERLIN)

    assert found.isoformat() == dt.datetime.fromisoformat(until).isoformat()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"approvers": []}, "at least 1 item"),
        ({"approvers": [ANA, {**BEN, "user": "ana"}]}, "'ana' is named twice"),
        ({"then": "escalate", "escalate_to": [ANA]}, "'ana' is named twice"),
        ({"then": "escalate"}, "'then: escalate' and 'escalate_to' belong together"),
        ({"escalate_to": [BEN]}, "'then: escalate' and 'escalate_to' belong together"),
        ({"within": "4h", "by": "11:30"}, "both 'within' and 'by' are given"),
        ({"by": "25:00"}, "is not a time of day"),
        ({"by": 1130}, "is not a time of day"),
        ({"within": "soon"}, "is not a length of time"),
        ({"within": "0h"}, "is not a length of time"),
        ({"approvers": [{"user": "ana", "email": "ana"}]}, "email"),
        ({"approvers": [{"user": "", "email": "ana@example.com"}]}, "at least 1 character"),
        ({"approvers": ["ana"]}, "Approver"),
        ({"then": "forward"}, "'drop', 'send' or 'escalate'"),
        ({"when": "never"}, "'always' or 'hold'"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Approval(**{"approvers": [ANA], **fields})


def test_a_parameter_cannot_have_the_name_of_the_approvers_comment(tmp_path: Path) -> None:
    text = spec().replace("sources:\n", "parameters:\n  comment: {type: text, default: x}\nsources:\n")

    broken = load(write(tmp_path, text), tmp_path / "include")

    assert isinstance(broken, BrokenReport)
    assert "'comment' is the field in which an approver says why" in str(broken.problems[0])
