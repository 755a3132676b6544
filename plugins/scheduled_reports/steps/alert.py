"""Decide whether an alert report is to be sent."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence

from scheduled_reports.conditions import Evidence
from scheduled_reports.errors import CheckError, ReportError
from scheduled_reports.judgement.alert import Alert, Decided, decide
from scheduled_reports.judgement.logic import Test, conditions_in, truth, why
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.alerts import alert_measures, alert_runs
from scheduled_reports.ledger.past import PastRuns
from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.alert_things import Alarming, Thing, things_in
from scheduled_reports.steps.verdicts import Verdicts, keep, measures, path, verdict_of
from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)

NAMED = 10
"""How many things a reason or a banner names."""


def require_alarm(run: Run, tables: Tables, now: dt.datetime, ledger: Ledger | None) -> dict[str, str]:
    """Skip an alert report where nothing is alarming, or nothing is new; note in the ledger what was alarming.

    Returns:
        Why it is sent, in words; nothing of a report that is no alert.

    Raises:
        RunSkipped: It is not to be sent.
        CheckError: It cannot be said whether it is alarming, or too many things are.
        ReportError: One of its conditions cannot be judged.
        LedgerError: The ledger cannot be read or written.
    """
    alert = run.report.spec.alert
    if alert is None:
        return {}
    try:
        found = _look(run, alert, tables, now, ledger)
    except ReportError as error:
        if not run.ignore_conditions:
            raise
        log.warning("The alert cannot be judged, and is ignored: %s", error)
        return {}
    decided = _decide(run, alert, found, ledger)
    sends = [thing for thing in found.things if decided[thing.part].send]
    reason = _reason(found, decided, sends)
    run.folder.note(alert={"alarming": len(found.things), "sends": len(sends), "reason": reason})
    _put_banner(run, _banner(found, decided, sends))
    if not sends and not run.ignore_conditions:
        raise RunSkipped(reason)
    log.info("The alert: %s", reason)
    return {"alert": reason}


def _look(run: Run, alert: Alert, tables: Tables, now: dt.datetime, ledger: Ledger | None) -> Alarming:
    """Return what is alarming now."""
    if alert.keys is not None:
        return things_in(run, alert.keys, tables)
    test, verdicts = alert.test, _verdicts(run, alert, Evidence(run, now, tables, PastRuns(run, ledger)), ledger)
    holds = truth(test, verdicts)
    if holds is None:
        raise CheckError("it cannot be said whether the report is alarming", why=_unsaid(test, verdicts),
                         fix="mend the conditions in `alert`")  # fmt: skip
    return Alarming((Thing("", ""),) if holds else (), why(test, verdicts), of_things=False)


def _verdicts(run: Run, alert: Alert, evidence: Evidence, ledger: Ledger | None) -> Verdicts:
    placed = list(conditions_in(alert.test))
    verdicts = {loc: verdict_of(condition, evidence, ("alert", "when", *loc[1:])) for loc, condition in placed}
    if ledger is not None and (measured := measures(placed, verdicts)):
        keep(run, ledger, "condition", measured, beside=True)
    return verdicts


def _unsaid(test: Test, verdicts: Verdicts) -> str:
    open_still = [(loc, verdicts[loc].reason) for loc, _ in conditions_in(test) if verdicts[loc].met is None]
    return "; ".join(f"{path(('alert', 'when', *loc[1:]))}: {reason}" for loc, reason in open_still)


def _decide(run: Run, alert: Alert, found: Alarming, ledger: Ledger | None) -> dict[str, Decided]:
    """Return what is decided of each thing, and note it for the runs to come."""
    past = [] if ledger is None else alert_runs(ledger, run, alert.key, alert.runs_needed)
    parts = [thing.part for thing in found.things]
    decided = {part: decide(alert, [earlier.of(part) for earlier in past], alarming=True) for part in parts}
    if ledger is not None:
        before = {part: made.sent_before for part, made in decided.items() if made.sent_before and not made.send}
        named = parts if found.of_things else []
        keep(run, ledger, "alert", alert_measures(alert.key, bool(parts), named, before))
    return decided


def _reason(found: Alarming, decided: dict[str, Decided], sends: Sequence[Thing]) -> str:
    """Return why it is sent, or is not, in words."""
    if not found.things:
        return f"not alarming: {found.reason}"
    if not found.of_things:
        return f"{found.reason}: {decided[''].why}"
    if sends:
        return f"{_news(decided, sends)}; {found.reason}"
    reasons: dict[str, list[Thing]] = {}
    for thing in found.things[:NAMED]:
        reasons.setdefault(decided[thing.part].why, []).append(thing)
    more = len(found.things) - NAMED
    told = [f"{_names(things)}: {reason}" for reason, things in reasons.items()]
    return "; ".join(("nothing is new", *told, *([f"and {more:,} more"] if more > 0 else [])))


def _banner(found: Alarming, decided: dict[str, Decided], sends: Sequence[Thing]) -> str:
    """Return what readers are told first; empty where the alert sends nothing."""
    if not sends:
        return ""
    if found.of_things:
        return f"{_capital(_news(decided, sends))}; {found.reason}."
    again = decided[""].sent_before
    return f"{_capital(found.reason)}" + (f"; {decided[''].why}." if again else ".")


def _news(decided: dict[str, Decided], sends: Sequence[Thing]) -> str:
    """Return which things send it: `new: SKU-1, SKU-7`, and which of them again."""
    new = [thing for thing in sends if not decided[thing.part].sent_before]
    again = [thing for thing in sends if decided[thing.part].sent_before]
    return "; ".join(f"{word}: {_names(things)}" for word, things in (("new", new), ("again", again)) if things)


def _names(things: Sequence[Thing]) -> str:
    """Return the names of the first things, and how many more there are; only their number where none may be named."""
    if not all(thing.name for thing in things):
        return f"{len(things):,}"
    more = len(things) - NAMED
    return ", ".join(thing.name for thing in things[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _put_banner(run: Run, text: str) -> None:
    """Put a banner on the report; one that an earlier try put there goes."""
    notices: Iterable[dict[str, str]] = run.folder.manifest().get("notices", ())
    others = [entry for entry in notices if entry.get("of") != "alert"]
    own = [{"word": "ALERT", "text": text, "of": "alert"}] if text else []
    run.folder.note(notices=[*others, *own])
