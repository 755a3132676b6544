"""What becomes of a run whose conditions are not met before its data is extracted: it waits, and then gives up."""

from __future__ import annotations

import datetime as dt
import logging

from scheduled_reports.judgement.run_when import RunWhen
from scheduled_reports.ledger import RunState
from scheduled_reports.notify import tell_owner
from scheduled_reports.run import Run
from scheduled_reports.schedule.clock import in_words
from scheduled_reports.steps import RunSkipped, RunWaits

log = logging.getLogger(__name__)

STALE = "STALE"
"""The word of the banner on a report that went on without its conditions."""

PAUSE = dt.timedelta(seconds=10)
"""How long a run waits at least before it asks again. Where a task is back before Airflow's scheduler has handled the
end of its last process, the scheduler kills it, as "finished with state success, but the task instance's state
attribute is queued", and counts an attempt.
"""


def may_wait(rule: RunWhen, now: dt.datetime, began: dt.datetime) -> bool:
    """Return whether a run that began at `began` still has time to wait at `now`."""
    return rule.wait_for is not None and now < began + rule.wait_for


def wait(run: Run, reason: str, now: dt.datetime, began: dt.datetime) -> None:
    """Let the run wait for its conditions, and say in its log and its manifest how far that is.

    Args:
        run: The run; its spec says how long it waits, and how often it asks.
        reason: What is not met, in words.
        now: What time it is, aware.
        began: When the wait began, aware.

    Raises:
        RunWaits: Always.
    """
    rule, zone = run.report.spec.run_when, run.period.start.tzinfo
    until = began + (rule.wait_for or dt.timedelta(0))
    again = max(min(now + rule.every, until), now + PAUSE)
    log.info(
        "Not met yet, %s after the run began, %s before it gives up: %s; asked again at %s",
        _elapsed(now - began), _elapsed(until - now), reason, f"{again.astimezone(zone):%H:%M:%S}",
    )  # fmt: skip
    told = f"{reason}; it waits until {until.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    run.folder.note(state=RunState.WAITING, reason=told)
    raise RunWaits(told, again)


def give_up(run: Run, reason: str, owner_conn_id: str) -> None:
    """Do what the spec says of a run whose conditions are not met in time: `then`.

    Returns only where the run goes on, with a banner.

    Raises:
        RunSkipped: It does not go on.
        DeliveryError: The owner could not be told.
    """
    rule = run.report.spec.run_when
    if rule.wait_for is None:
        raise RunSkipped(reason)
    waited = f"{reason}, after {in_words(rule.wait_for)} of waiting"
    if rule.then == "send_stale":
        log.warning("It goes on with a STALE banner: %s", waited)
        notice = {"word": STALE, "text": f"{waited[:1].upper()}{waited[1:]}."}
        run.folder.note(notices=[*run.folder.manifest().get("notices", ()), notice], overridden=waited)
        return
    if rule.then == "alert":
        _tell(run, waited, owner_conn_id)
        raise RunSkipped(f"{waited}; {run.report.spec.owner} was told")
    raise RunSkipped(waited)


def would_wait(rule: RunWhen) -> str:
    """Return what a run does where its conditions are not met at the gate, for a preview; empty where it is skipped."""
    if rule.wait_for is None:
        return ""
    then = {
        "skip": "is skipped",
        "send_stale": "goes on with a STALE banner",
        "alert": "is skipped, and the owner is told",
    }[rule.then]
    return f"it waits up to {in_words(rule.wait_for)} for that, and then {then}"


def _tell(run: Run, waited: str, conn_id: str) -> None:
    spec = run.report.spec
    text = (
        f"{spec.title} for {run.period.label} was not sent: {waited}.\n\n"
        f"To send it all the same, trigger the DAG {run.report.id}__{run.schedule.id} by hand for this period and set "
        f"'Ignore conditions'.\n"
    )
    tell_owner(run.connect, conn_id, spec.owner, f"Not sent: {spec.title}, {run.period.label}", text)


def _elapsed(span: dt.timedelta) -> str:
    """Return a length of time as a clock shows it: `0:05:00`."""
    return str(dt.timedelta(seconds=max(0, round(span.total_seconds()))))
