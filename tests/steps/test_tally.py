"""What came of a visit to many recipients is counted, and told by cause."""

from __future__ import annotations

import datetime as dt

from scheduled_reports.errors import DeliveryError
from scheduled_reports.steps.causes import Causes, named
from scheduled_reports.steps.tally import Tally


def failed(text: str, retry_after: float | None = None, *, retryable: bool = True) -> DeliveryError:
    error = DeliveryError(text, retryable=retryable)
    error.retry_after = retry_after
    return error


def test_the_longest_pause_that_a_server_asks_for_counts_but_not_that_of_a_refusal() -> None:
    tally = Tally(4)
    for error in (failed("later", 30), failed("later", 90), failed("later"), failed("never", 600, retryable=False)):
        tally.fail("ann@x.example", str(error), error)

    failure = tally.failure("email")

    assert failure is not None
    assert (failure.retryable, failure.retry_after) == (True, 90)


def test_one_cause_is_told_once_with_those_whom_it_concerns() -> None:
    tally = Tally(3)
    for name, why in (("ann", "full"), ("ben", "gone"), ("cai", "full")):
        tally.fail(name, why, failed(why, retryable=False))

    assert str(tally.failure("email")) == "email: 3 of 3 deliveries failed: ann, cai: full; ben: gone"


def test_where_all_is_well_there_is_no_failure() -> None:
    tally = Tally(2)
    tally.arrive(anew=True)
    tally.arrive(anew=False)

    assert (tally.failure("email"), tally.now, tally.had) == (None, 1, 1)


def test_the_next_due_is_the_soonest_of_those_who_wait() -> None:
    tally, now = Tally(2), dt.datetime(2026, 10, 2, tzinfo=dt.UTC)
    for hours in (3, 1, 2):
        tally.wait("ann@x.example", "due later", now + dt.timedelta(hours=hours))

    assert (tally.waiting, tally.next_due) == (3, now + dt.timedelta(hours=1))


def test_of_many_causes_and_many_recipients_the_first_are_named() -> None:
    causes = Causes()
    for number in range(30):
        causes.add(f"cause {number}", "ann")
    for number in range(25):
        causes.add("cause 0", f"x{number}")

    lines = causes.lines()

    assert lines[0].startswith("ann, x0, x1,")
    assert lines[0].endswith("x18, and 6 others: cause 0")
    assert (len(lines), lines[-1]) == (21, "and 10 others, for other reasons")
    assert named(["a", "b"], 2) == ["a", "b"]
