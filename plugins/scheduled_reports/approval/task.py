"""Airflow's own human-in-the-loop task, for the step `approve`."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import TaskAwaitingInput

from scheduled_reports import settings
from scheduled_reports.approval.approvers import anybody_may_answer, doubt_about_approvers, require_known
from scheduled_reports.approval.rule import COMMENT, Approval
from scheduled_reports.ledger import Ledger
from scheduled_reports.run import Run
from scheduled_reports.schedule.schedule import Schedule
from scheduled_reports.spec.load import Report
from scheduled_reports.steps.approve import Answer, Request, approve, settle
from scheduled_reports.steps.question import Question
from scheduled_reports.task import run_step

log = logging.getLogger(__name__)

Ask = Callable[[Request], Question | None]
Settle = Callable[[str, Answer], dict[str, str]]


class ApproveOperator(ApprovalOperator):
    """Waits for an answer without a worker's slot; where nobody has to be asked, it goes on at once.

    Args:
        ask: Asks through the function that it is given; returns the question, None where nobody has to be asked.
        settle: Given what was asked about and the answer, notes it and returns what was decided, or raises what skips
            the rest of the run.
    """

    def __init__(self, *, ask: Ask, settle: Settle, **kwargs: Any) -> None:
        super().__init__(subject="May this report be sent?", **kwargs)
        self.ask, self.settle = ask, settle

    def execute(self, context: Any) -> Any:
        """Ask, and wait for an answer; or go on, where nobody has to be asked."""
        parked: list[TaskAwaitingInput] = []

        def request(question: Question) -> str:
            self.subject, self.body = question.subject, question.markdown
            self.assigned_users = [{"id": entry.user, "name": entry.user} for entry in question.approvers]
            left = question.until - dt.datetime.now(dt.UTC)
            self.response_timeout = max(left, dt.timedelta(seconds=1))  # none at all would wait for good
            try:
                super(ApproveOperator, self).execute(context)
            except TaskAwaitingInput as waits:
                parked.append(waits)
            return link_to(context["ti"])

        question = self.ask(request)
        if question is None:
            return {"decision": "not needed"}
        [waits] = parked
        waits.kwargs = {"about": question.about}
        raise waits

    def execute_complete(self, context: Any, event: dict[str, Any], about: str = "") -> Any:
        """Do what was answered, or what is to happen where nobody has."""
        if "error" in event:
            if event["error_type"] != "timeout":
                self.process_trigger_event_error(event)
            return self.settle(about, Answer(None, "", "", dt.datetime.now(dt.UTC)))
        self.validate_chosen_options(event["chosen_options"])
        user = event["responded_by_user"] or {}
        comment = str((event["params_input"] or {}).get(COMMENT) or "").strip()
        approved = event["chosen_options"] == [self.APPROVE]
        answer = Answer(approved, str(user.get("id") or "somebody"), comment, event["responded_at"])
        return self.settle(about, answer)


def approval_task(report: Report, schedule: Schedule, approval: Approval, *, escalated: bool = False) -> Any:
    """Return the task that asks those who may approve, or those who are asked where they do not answer."""

    def ask(request: Request) -> Question | None:
        def known(question: Question) -> str:
            require_known(approval)
            if doubt := doubt_about_approvers():
                log.warning("%s", doubt)
            return request(question)

        def step(run: Run, ledger: Ledger) -> Question | None:
            conn_id = settings.owner_mail_conn_id()
            return approve(run, ledger, dt.datetime.now(dt.UTC), conn_id, known, escalated=escalated)

        question: Question | None = run_step(report, schedule, step)
        return question

    def settled(about: str, answer: Answer) -> dict[str, str]:
        conn_id = settings.owner_mail_conn_id()
        options = {"escalated": escalated, "strangers": anybody_may_answer()}
        made: dict[str, str] = run_step(
            report, schedule, lambda run, ledger: settle(run, ledger, about, answer, conn_id, **options)
        )
        return made

    why = "Why; it is noted with your name."
    comment = Param(None, type=["null", "string"], title="Comment", description=why)  # a plain string must be given
    name = "escalate" if escalated else "approve"
    return ApproveOperator(task_id=name, ask=ask, settle=settled, params={COMMENT: comment})


def link_to(instance: Any) -> str:
    """Return the address of Airflow's page on which a task's question is answered; empty without `[api] base_url`.

    Airflow's own `generate_link_to_ui` loses the path of a base_url that has one.
    """
    from airflow.configuration import conf

    base = str(conf.get("api", "base_url", fallback="") or "").rstrip("/")
    parts = ("dags", instance.dag_id, "runs", quote(instance.run_id, safe=""), "tasks", instance.task_id)
    return "/".join((base, *parts, "required_actions")) if base else ""
