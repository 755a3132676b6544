"""Settle the run: say what became of it, and fail where somebody did not get theirs."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from scheduled_reports.errors import ArchiveError, DeliveryError
from scheduled_reports.ledger import DeliveryEntry, DeliveryState, Ledger, RunState
from scheduled_reports.run import Run
from scheduled_reports.steps import RunDropped, RunSkipped, StepSkipped
from scheduled_reports.steps.causes import MOST_TOLD
from scheduled_reports.steps.failover import GIVEN_UP
from scheduled_reports.steps.late import tell_late
from scheduled_reports.steps.missing import UNKNOWN, Missing, otherwise_news
from scheduled_reports.steps.plan import is_settled, of_period, pages, replaced, stand_ins
from scheduled_reports.steps.stopped import close_stopped
from scheduled_reports.steps.telling import News, tell_once
from scheduled_reports.steps.undecided import undecided

log = logging.getLogger(__name__)

MOST_NOTED = 1000
"""Deliveries that arrived, and as many that did not, which a manifest names; the ledger has them all."""


def close(run: Run, ledger: Ledger, owner_conn_id: str) -> dict[str, object]:
    """Note the run's end; return how many deliveries arrived.

    Args:
        run: The run.
        ledger: Where its deliveries are noted.
        owner_conn_id: SMTP connection by which the owner is told of a failure.

    Raises:
        RunDropped: Nobody approved it, and the text repeats why.
        RunSkipped: The run was skipped, and the text repeats why; or no destination needed anything of it.
        StepSkipped: The run keeps its files and sends nothing: what waits for this report must not run for it.
        DeliveryError: A check stopped the run, a delivery did not arrive, or the files of a run that sends none were
            not made. Permanent: the remedy is to clear what failed.
    """
    state, reason = ledger.outcome(run)
    if state is RunState.SKIPPED:
        run.folder.note(state=state, reason=reason)
        raise RunSkipped(reason)
    if state is RunState.DROPPED:
        run.folder.note(state=state, reason=reason, **_look(run, ledger).facts())
        raise RunDropped(reason)
    if state is RunState.STOPPED:
        tell_late(run, ledger)
        close_stopped(run, ledger, owner_conn_id, reason)
    if not run.send:
        _close_archived(run, ledger, owner_conn_id, reason)
    found = _look(run, ledger)
    found.log()
    if found.missing or undecided(run):
        _fail(run, ledger, owner_conn_id, found, reason)
    if found.given_up:
        news = otherwise_news(run, found.replaced, found.given_up)
        tell_once(run, ledger, owner_conn_id, [run.report.spec.owner], news)
    return _end(run, ledger, found)


@dataclass
class _Found:
    """What became of a run's deliveries.

    Attributes:
        replaced: The stand-in that delivered, by the destination that it stands for.
        manifest: The run's.
        counts: How many are in which state.
        arrived: Some of those of which nothing is left to do.
        given_up: Those that did not arrive, but for which a stand-in did.
        missing: Those that did not arrive.
    """

    replaced: dict[str, str]
    manifest: dict[str, Any]
    counts: Counter[DeliveryState] = field(default_factory=Counter)
    arrived: list[DeliveryEntry] = field(default_factory=list)
    given_up: list[DeliveryEntry] = field(default_factory=list)
    missing: list[DeliveryEntry] = field(default_factory=list)

    def add(self, run: Run, entry: DeliveryEntry) -> None:
        """Count one."""
        self.counts[entry.state] += 1
        if not is_settled(run, entry, self.replaced, self.manifest):
            self.missing.append(entry)
        elif entry.state is DeliveryState.DEAD:
            self.given_up.append(entry)
        elif len(self.arrived) < MOST_NOTED:
            self.arrived.append(entry)

    def log(self) -> None:
        """Say what became of each of the first, and of how many."""
        for entry in [*self.missing, *self.given_up, *self.arrived][:MOST_TOLD]:
            log.info("%s %s: %s %s", entry.channel, entry.recipient, entry.state, entry.receipt or entry.error)
        log.info("%s", ", ".join(f"{count:,} {state}" for state, count in self.counts.items()))

    def facts(self) -> dict[str, object]:
        """Return what the manifest says of them: the first, and how many there are of each state."""
        shown = [*self.missing[:MOST_NOTED], *self.given_up[:MOST_NOTED], *self.arrived]
        return {"deliveries": [_facts(entry) for entry in shown], "delivery_states": dict(self.counts)}


def _look(run: Run, ledger: Ledger) -> _Found:
    found = _Found(replaced(run, ledger), run.folder.manifest())
    used = set(found.replaced.values())
    for channel in run.report.spec.deliver if run.send else ():
        if not channel.standby or channel.key in used:
            for page in pages(run, ledger, channel):
                for entry in page:
                    found.add(run, entry)
    return found


def _fail(run: Run, ledger: Ledger, conn_id: str, found: _Found, reason: str) -> NoReturn:
    """Give up what did not arrive, tell the owner, and perhaps those who wait for it, and fail."""
    more = tuple(_stand_ins_failed(run, ledger, found))
    missing = Missing(run, found.counts.total(), found.missing, reason, undecided(run), more)
    failure = missing.failure()
    tried = any(entry.attempts for entry in found.missing)
    ledger.bury(run, GIVEN_UP if tried else reason or UNKNOWN)
    ledger.end(run, RunState.FAILED, failure.why)
    tell_once(run, ledger, conn_id, [run.report.spec.owner], missing.news(failure))
    tell_late(run, ledger)
    _note_failure(run, failure, _look(run, ledger).facts())
    raise failure


def _stand_ins_failed(run: Run, ledger: Ledger, found: _Found) -> Iterator[str]:
    """Yield why those that stand by for a destination could not be delivered to either."""
    lacking = {entry.destination for entry in found.missing}
    for channel in run.report.spec.deliver:
        names = [one.key for one in stand_ins(run.report.spec, channel)] if channel.key in lacking else []
        for entry in of_period(run, ledger) if names else ():
            if entry.destination in names and entry.error:
                yield f"{entry.destination}, which stands by for {channel.key}: {entry.recipient}: {entry.error}"


def _end(run: Run, ledger: Ledger, found: _Found) -> dict[str, object]:
    delivered = found.counts[DeliveryState.DELIVERED]
    unneeded = found.arrived[0].error if found.arrived else "it has nobody to deliver to"
    state, reason = (RunState.DELIVERED, "") if delivered else (RunState.SKIPPED, unneeded)
    ledger.end(run, state, reason)
    run.folder.note(state=state, reason=reason, **found.facts())
    if not delivered:
        raise RunSkipped(reason)
    return {"delivered": delivered}


def _note_failure(run: Run, failure: DeliveryError, facts: dict[str, object]) -> None:
    try:
        run.folder.note(state=RunState.FAILED, reason=failure.why, **facts)
    except ArchiveError as error:  # it must not hide the failure that it may well be the cause of
        log.warning("%s", error)


def _close_archived(run: Run, ledger: Ledger, owner_conn_id: str, reason: str) -> NoReturn:
    """Settle a run that sends nothing: it is well when its files are there."""
    files = run.folder.manifest().get("artifacts", ())
    if reason or not files:
        failure = DeliveryError(f"{run.report.spec.title}, {run.period.label}: its files could not be made",
                              why=reason or UNKNOWN, fix="mend the cause, then clear the failed tasks")  # fmt: skip
        ledger.end(run, RunState.FAILED, failure.why)
        where = f"Report {run.report.id}, schedule {run.schedule.id}, run {run.run_id}\nFiles: {run.folder.uri}"
        subject = f"Not delivered: {run.report.spec.title}, {run.period.label}"
        news = News(("not made", failure.why), subject, f"{failure}\n\n{where}\n")
        tell_once(run, ledger, owner_conn_id, [run.report.spec.owner], news)
        _note_failure(run, failure, {"deliveries": []})
        raise failure
    ledger.end(run, RunState.ARCHIVED)
    run.folder.note(state=RunState.ARCHIVED, reason="", deliveries=[])
    raise StepSkipped(
        f"{len(files)} files are in the archive, nothing was sent, and who waits for this report is not told"
    )


def _facts(entry: DeliveryEntry) -> dict[str, object]:
    return {
        "destination": entry.destination, "recipient": entry.recipient, "state": entry.state, "receipt": entry.receipt,
        "error": entry.error, "size": entry.size, "seconds": entry.seconds, "issue": entry.issue,
    }  # fmt: skip
