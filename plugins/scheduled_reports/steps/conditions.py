"""Judge the conditions of a run: at the gate those that need no data, after the extraction the rest."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from scheduled_reports.conditions import Evidence, Verdict
from scheduled_reports.errors import CheckError, ReportError, SourceError
from scheduled_reports.judgement.logic import Test, truth, why
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.findings import Decision, decisions_of, note_decision
from scheduled_reports.ledger.past import PastRuns
from scheduled_reports.run import Run
from scheduled_reports.steps import RunSkipped
from scheduled_reports.steps.verdicts import (
    Placed,
    Verdicts,
    asked,
    for_the_record,
    keep,
    measures,
    path,
    verdict_of,
)
from scheduled_reports.steps.waiting import give_up, may_wait, wait, would_wait
from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)


def require_at_gate(run: Run, ledger: Ledger, now: dt.datetime, began: dt.datetime, owner_conn_id: str) -> None:
    """Ask the conditions that need no data; wait for them, skip the run, or let it go on with a banner.

    While there is time to wait, a condition that cannot be asked now, as its database restarts, counts as not yet met.

    Args:
        run: The run.
        ledger: Where earlier runs are noted.
        now: What time it is, aware.
        began: When the run began, aware: from then on it waits.
        owner_conn_id: SMTP connection by which the owner is told, where the spec says so.

    Raises:
        RunWaits: They are not met, and there is time left.
        RunSkipped: They are not met.
        ReportError: One cannot be asked.
        DeliveryError: The owner could not be told.
    """
    rule, test = run.report.spec.run_when, run.report.spec.run_when.test
    if run.ignore_conditions:
        _note_ignored(run, ledger, now)
    if test is None:
        return
    placed, evidence = _at_gate(run), Evidence(run, now, None, PastRuns(run, ledger))
    verdicts, broken = (for_the_record(placed, evidence), []) if run.ignore_conditions else asked(placed, evidence)
    _note(run, verdicts)
    if measured := measures(placed, verdicts, test):
        keep(run, ledger, "condition", measured)  # the run may end here, and later ones compare with it
    if run.ignore_conditions:
        return
    holds = truth(test, verdicts)
    if holds is False or (holds is None and broken):
        reason = why(test, verdicts) if holds is False else "; ".join(_told(error) for error in broken)
        if may_wait(rule, now, began):
            wait(run, reason, now, began)
        if holds is None:
            raise broken[0]
        give_up(run, reason, owner_conn_id)


def require_with_data(run: Run, tables: Tables, now: dt.datetime, ledger: Ledger | None) -> dict[str, str]:
    """Judge the rest of the conditions on the extracted data; return the reasons of all, by their places.

    Raises:
        RunSkipped: They are not met.
        ReportError: One cannot be judged.
    """
    test = run.report.spec.run_when.test
    if test is None:
        return {}
    evidence = Evidence(run, now, tables, PastRuns(run, ledger))
    known = {} if ledger is None else _noted(run)
    if run.ignore_conditions:
        unasked = [(loc, condition) for loc, condition in _placed(run) if loc not in known]
        verdicts = known | for_the_record(unasked, evidence)
    else:
        verdicts = _judged(run, test, evidence, known)
    _note(run, verdicts)
    if ledger is not None:
        keep(run, ledger, "condition", measures(_placed(run), verdicts, test))
    if not run.ignore_conditions:
        _require(run, test, verdicts, previewed=ledger is None)
    return {path(loc): verdict.reason for loc, verdict in verdicts.items()}


def require_of_sources(run: Run, tables: Tables, now: dt.datetime) -> None:
    """Judge the conditions as far as the tables go that there are, where a dataset could not be made.

    Raises:
        RunSkipped: They are not met, whatever the missing tables would say.
    """
    test = run.report.spec.run_when.test
    if test is None or run.ignore_conditions:
        return
    verdicts: Verdicts = {}
    evidence = Evidence(run, now, tables, PastRuns(run, None))
    for loc, condition in _on_data(run):
        if condition.compares:
            continue  # nobody asks the ledger here, and without it there is nothing to compare with
        try:
            verdicts[loc] = verdict_of(condition, evidence, loc)
        except SourceError as error:
            log.info("%s: %s", path(loc), error)
    if truth(test, verdicts) is False:
        raise RunSkipped(why(test, verdicts))


def _judged(run: Run, test: Test, evidence: Evidence, known: Verdicts) -> Verdicts:
    """Return the verdicts on the data beside those of the gate; what that could not ask is asked where it decides."""
    verdicts = {**known, **{loc: verdict_of(entry, evidence, loc) for loc, entry in _on_data(run)}}
    if truth(test, verdicts) is None:
        missing = [(loc, entry) for loc, entry in _at_gate(run) if _unsaid(verdicts.get(loc))]
        verdicts |= {loc: verdict_of(entry, evidence, loc) for loc, entry in missing}
    return verdicts


def _require(run: Run, test: Test, verdicts: Verdicts, *, previewed: bool) -> None:
    counted = _counted(run, verdicts)
    holds = truth(test, counted)
    if holds is False:
        early = {loc: verdict for loc, verdict in verdicts.items() if loc in dict(_at_gate(run))}
        later = would_wait(run.report.spec.run_when) if previewed and truth(test, early) is False else ""
        raise RunSkipped("; ".join(part for part in (why(test, counted), later) if part))
    if holds is None and (unsaid := [loc for loc, verdict in counted.items() if _unsaid(verdict)]):
        reasons = "; ".join(f"{path(loc)}: {counted[loc].reason}" for loc in unsaid)
        raise CheckError("its conditions neither hold nor fail", why=reasons, fix="mend the condition")


def _told(error: ReportError) -> str:
    """Return an error as a reason: on one line, without what to do about it."""
    return " ".join((f"{error.what}: {error.why}" if error.why else error.what).split())


def _unsaid(verdict: Verdict | None) -> bool:
    return verdict is None or verdict.met is None


def _placed(run: Run) -> list[Placed]:
    return list(run.report.spec.run_when.conditions())


def _at_gate(run: Run) -> list[Placed]:
    return [(loc, condition) for loc, condition in _placed(run) if not condition.needs_data]


def _on_data(run: Run) -> list[Placed]:
    return [(loc, condition) for loc, condition in _placed(run) if condition.needs_data]


def _note_ignored(run: Run, ledger: Ledger, now: dt.datetime) -> None:
    """Note once, however often the gate is asked, who wanted the run whatever its conditions say."""
    who = run.asked_by or "somebody"
    log.warning("Its conditions are ignored, as %s asked", who)
    run.folder.note(overridden=f"ignored, as {who} asked")
    if not any(made.kind == "conditions" for made in decisions_of(ledger, run)):
        note_decision(ledger, run, Decision("conditions", "ignored", run.asked_by, "", now))


def _note(run: Run, verdicts: Verdicts) -> None:
    of = dict(_placed(run))
    run.folder.note(conditions=[
        {"loc": list(loc), "of": of[loc].digest, "met": verdict.met, "reason": verdict.reason, "value": verdict.value}
        for loc, verdict in verdicts.items()
    ])  # fmt: skip


def _noted(run: Run) -> Verdicts:
    """Return the verdicts of the gate: they hold for the whole run, unless the spec asks for something else by now."""
    entries: list[Mapping[str, Any]] = run.folder.manifest().get("conditions", [])
    gate = dict(_at_gate(run))
    placed = ((tuple(entry["loc"]), entry) for entry in entries)
    return {
        loc: Verdict(entry["met"], entry["reason"], entry.get("value"))
        for loc, entry in placed
        if loc in gate and entry.get("of") == gate[loc].digest
    }


def _counted(run: Run, verdicts: Verdicts) -> Verdicts:
    """Return the verdicts that still decide: where it goes on STALE, what the gate found does not."""
    if not run.folder.manifest().get("overridden"):
        return verdicts
    return {loc: verdicts[loc] for loc, _ in _on_data(run) if loc in verdicts}
