"""Who may approve: Airflow knows them, and lets them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from scheduled_reports.approval.approvers import doubt_about_approvers, unknown_approvers
from scheduled_reports.approval.rule import Approval
from scheduled_reports.errors import SettingError
from scheduled_reports.live.base import Sight, Thing
from scheduled_reports.live.scope import Scope


def things(scope: Scope) -> Iterator[Thing]:
    """Yield the approvers of every report that has some."""
    for report in scope.reports:
        if report.spec.approval is not None:
            look = partial(_look, report.spec.approval)
            yield Thing("approvers", "approval", report.id, (report.id,), "Airflow's users", look)


def _look(approval: Approval) -> Sight:
    if doubt := doubt_about_approvers():
        return Sight(doubt, sure=False)
    if found := list(unknown_approvers(approval)):
        raise SettingError("; ".join(what for _, what, _ in found), fix=found[0][2] or "correct 'approval'")
    return Sight(", ".join(approver.user for _, approver in approval.everybody()))
