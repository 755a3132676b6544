"""Judge the checks of a run, and decide what becomes of it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from scheduled_reports.checks import Check, Outcome, Result
from scheduled_reports.checks.base import CheckedData
from scheduled_reports.checks.parts import readable
from scheduled_reports.editions import EVERYBODY
from scheduled_reports.errors import CheckError, ReportError
from scheduled_reports.ledger import Ledger, RunState
from scheduled_reports.ledger.findings import CheckEntry, note_checks
from scheduled_reports.ledger.past import Measure, PastRuns, note_measures
from scheduled_reports.redacted import holds_hidden, of_check
from scheduled_reports.run import Run
from scheduled_reports.steps.failing_rows import keep_failing_rows
from scheduled_reports.tables import Tables

log = logging.getLogger(__name__)

Judged = tuple[Check, Result]

MOST_REASONS = 20
"""Of parts that fail there may be 1,000: no more are told in Airflow's message, in a banner, and to an approver."""


def require_good_data(
    run: Run, tables: Tables, ledger: Ledger | None, now: dt.datetime | None = None
) -> dict[str, str]:
    """Judge every check; let the report go on, with a banner where it warns, or hold it for approval.

    Every result is noted in the run's manifest and in the ledger, and the failing rows are kept in its folder.

    Args:
        run: The run, extracted.
        tables: Its tables.
        ledger: What earlier runs measured, and where this one's results are noted; None in a preview.
        now: What time it is, aware; now unless given.

    Returns:
        What each found, in words.

    Raises:
        CheckError: One that stops the report has failed, or could not be judged.
        LedgerError: The ledger cannot be read or written.
        ArchiveError: The run's folder cannot be written.
    """
    data = CheckedData(run, tables, PastRuns(run, ledger), now or dt.datetime.now(dt.UTC))
    judged = [(check, result) for check in run.report.spec.checks for result in _judged(check, data)]
    for check, result in judged:
        log.info("%s: %s: %s", name_of(check, result), result.outcome, result.reason)
    kept = keep_failing_rows(run, tables, judged)
    entries = [_entry(check, result) for check, result in judged]
    failed = [(check, result) for check, result in judged if result.outcome in {Outcome.FAILED, Outcome.CRASHED}]
    if ledger is not None:
        note_checks(ledger, run, entries)
        note_measures(ledger, run, "check", _measures(result for _, result in judged))
    run.folder.note(
        checks=[asdict(entry) for entry in entries],
        failing_rows=kept,
        held=_first([sentence(check, result) for check, result in failed if effect(check, result) == "hold"]),
    )
    _warn(run, _first([sentence(check, result) for check, result in failed if effect(check, result) == "warn"]))
    _require_none_stops(run, ledger, [entry for entry in failed if effect(*entry) == "stop"])
    return {name_of(check, result): f"{result.outcome}: {result.reason}" for check, result in judged}


def effect(check: Check, result: Result) -> str:
    """Return what a failed check does: one that could not be judged stops the report, whatever its severity."""
    return "stop" if result.outcome is Outcome.CRASHED else check.severity


def name_of(check: Check, result: Result) -> str:
    """Return by which name a result is known: `complete_calls`, `complete_calls (phone)`."""
    return f"{check.key} ({readable(result.part)})" if result.part else check.key


def sentence(check: Check, result: Result) -> str:
    """Return a failed check as its reader is told."""
    return f"{check.description.rstrip('.')}: {result.reason}" if check.description else result.reason


def _first(sentences: list[str]) -> list[str]:
    """Return as many sentences as somebody reads, and how many more there are."""
    more = len(sentences) - MOST_REASONS
    return [*sentences[:MOST_REASONS], f"and {more:,} more"] if more > 0 else sentences


def _judged(check: Check, data: CheckedData) -> Iterator[Result]:
    """Yield what a check finds; that it breaks, or finds nothing at all, is a result as well."""
    try:
        yield from _results(check, data)
    except ReportError as error:
        if error.retryable:
            raise
        yield _crashed(of_check(data.run, check, error))
    except (Exception, SystemExit) as error:  # a third party's check may raise anything, and must not pass for that
        shown = not holds_hidden(data.run.report.spec, EVERYBODY)
        log.exception("check %s broke", check.key, exc_info=shown)  # a trace tells values
        yield _crashed(of_check(data.run, check, error))


def _results(check: Check, data: CheckedData) -> list[Result]:
    """Return what a check finds.

    Raises:
        TypeError: It gives something else.
    """
    found = list(check.judge(data))
    if others := [type(entry).__name__ for entry in found if not isinstance(entry, Result)]:
        raise TypeError(f"it gave {others[0]} in place of a result")
    return found or [_crashed("it gave no result")]


def _crashed(why: str) -> Result:
    return Result(Outcome.CRASHED, f"it could not be judged: {why}")


def _entry(check: Check, result: Result) -> CheckEntry:
    return CheckEntry(check.key, check.kind, result.part, effect(check, result), result.outcome, result.reason,
                      result.value, result.count)  # fmt: skip


def _measures(results: Iterable[Result]) -> list[Measure]:
    """Return what later runs are compared with: each value once, though several checks may measure it."""
    kept = {(result.basis, result.part): result.value for result in results if result.basis}
    return [Measure(basis, value, part) for (basis, part), value in kept.items()]


def _warn(run: Run, warnings: Iterable[str]) -> None:
    """Put a banner on the report; a check that is judged again does not leave its old one there."""
    others = [entry for entry in run.folder.manifest().get("notices", ()) if entry.get("of") != "checks"]
    own = [{"word": "WARNING", "text": f"{text}.", "of": "checks"} for text in warnings]
    run.folder.note(notices=[*others, *own])


def _require_none_stops(run: Run, ledger: Ledger | None, stopping: list[Judged]) -> None:
    if not stopping:
        return
    reasons = "; ".join(_first([f"{name_of(check, result)}: {sentence(check, result)}" for check, result in stopping]))
    number, checks = len({check.key for check, _ in stopping}), run.report.spec.checks
    failure = CheckError(
        f"{run.report.spec.title}, {run.period.label}: stopped by {number} of its {len(checks)} checks", why=reasons,
        fix="mend the data, then clear the task `extract` and those after it; or mend the check, and clear `check`",
    )  # fmt: skip
    if ledger is not None:
        ledger.end(run, RunState.STOPPED, reasons)
    raise failure
