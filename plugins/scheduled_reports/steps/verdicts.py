"""Ask conditions, and keep what they answered."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from scheduled_reports.conditions import Condition, Evidence, Verdict
from scheduled_reports.errors import CheckError, ReportError
from scheduled_reports.judgement.logic import Test, truth
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.past import Kind, Measure, note_measures
from scheduled_reports.run import Run
from scheduled_reports.spec.marks import Loc

log = logging.getLogger(__name__)

Placed = tuple[Loc, Condition]
Verdicts = dict[Loc, Verdict]


def path(loc: Loc) -> str:
    """Return a condition's place as an author would say it: `any[2].not`."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")


def verdict_of(condition: Condition, evidence: Evidence, loc: Loc) -> Verdict:
    """Return what a condition answers, and say so in the log.

    Raises:
        ReportError: It cannot be said; also where the condition itself breaks, as a third party's may.
    """
    try:
        found = condition.judge(evidence)
    except ReportError:
        raise
    except Exception as error:
        log.exception("the condition %s broke", path(loc))
        raise CheckError(
            f"the condition {path(loc)} ({getattr(condition, 'type', '')}) could not be judged",
            why=f"{type(error).__name__}: {error}",
            fix="mend the condition; the task's log has its trace",
            retryable=isinstance(error, OSError),  # the network's errors are; so are those of most HTTP libraries
        ) from error
    log.info("%s: %s: %s", path(loc), _WORDS[found.met], found.reason)
    return found


_WORDS = {True: "met", False: "not met", None: "cannot be said yet"}


def asked(placed: Iterable[Placed], evidence: Evidence) -> tuple[Verdicts, list[ReportError]]:
    """Return the verdicts of conditions, and the errors of those that may answer later.

    Raises:
        ReportError: One cannot be asked, and asking again would not help.
    """
    verdicts: Verdicts = {}
    broken: list[ReportError] = []
    for loc, condition in placed:
        try:
            verdicts[loc] = verdict_of(condition, evidence, loc)
        except ReportError as error:
            if not error.retryable:
                raise
            log.warning("%s: cannot be asked now: %s", path(loc), error)
            broken.append(error)
    return verdicts, broken


def for_the_record(placed: Iterable[Placed], evidence: Evidence) -> Verdicts:
    """Return the verdicts of conditions that decide nothing: those that cannot be asked are left out."""
    verdicts: Verdicts = {}
    for loc, condition in placed:
        try:
            verdicts[loc] = verdict_of(condition, evidence, loc)
        except ReportError as error:
            log.warning("%s: cannot be judged: %s", path(loc), error)
    return verdicts


def keep(run: Run, ledger: Ledger, kind: Kind, measured: Iterable[Measure], *, beside: bool = False) -> None:
    """Note what conditions or an alert measured, unless the run has delivered: its readers have what it was then.

    A task that is cleared afterwards sends nobody anything again, and what it finds is still to be told.

    Raises:
        LedgerError: The ledger cannot be read or written.
    """
    if ledger.delivered_period(run) is None:
        note_measures(ledger, run, kind, measured, beside=beside)


def measures(placed: Iterable[Placed], verdicts: Verdicts, test: Test | None = None) -> list[Measure]:
    """Return what conditions measured, for later runs to compare with.

    Where the others alone skip the run, as rows are missing, what would be compared is not kept: it is of poor data.

    Args:
        placed: Conditions.
        verdicts: What they answered.
        test: What they are parts of, where that skips the run.
    """
    answered = [(loc, condition) for loc, condition in placed if loc in verdicts]
    others = {loc: verdicts[loc] for loc, condition in answered if not condition.compares}
    poor = test is not None and truth(test, others) is False
    left_out = {condition.key for _, condition in answered if poor and condition.compares}
    kept = {condition.key: verdicts[loc].value for loc, condition in answered if condition.key not in left_out}
    return [Measure(key, value) for key, value in kept.items() if value is not None]
