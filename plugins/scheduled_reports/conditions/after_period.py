"""What can come after a period, and what cannot: a period may end only when its run begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduled_reports.schedule.covers import Last, ToDate

if TYPE_CHECKING:
    from scheduled_reports.spec.load import Report


def never_after_the_period(report: Report) -> tuple[str, str] | None:
    """Return why nothing can come between a period's end and its run, and what to do; None where it can.

    Every schedule's period ends when its run begins (`today`, `last 24 hours`), and the run does not wait.
    """
    spec = report.spec
    if spec.run_when.wait_for is not None:
        return None
    for schedule in spec.schedules:
        covers = report.timing(schedule).covers
        if not isinstance(covers, ToDate) and not (isinstance(covers, Last) and covers.unit is None):
            return None
    what = "it can never be true: the period ends when the run begins, and the run does not wait"
    return what, "compare with another moment, let the schedule cover a period that is over, or write 'wait_for'"
