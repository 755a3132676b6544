"""Every hour: look whether what reports need can be used, note it, and tell owners what their reports will lack."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from typing import TypedDict

from scheduled_reports import settings
from scheduled_reports.connections import Connect
from scheduled_reports.errors import DeliveryError, ReportError, SourceError
from scheduled_reports.facts.base import NoAirflow
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.probes import (
    ProbeEntry,
    failing_since,
    last_told,
    latest,
    note_probes,
    note_told,
)
from scheduled_reports.live.base import Key, Seen, State, Thing
from scheduled_reports.live.kinds import things_in
from scheduled_reports.live.letter import Failure, Letter, importance
from scheduled_reports.live.look import look_at, places
from scheduled_reports.live.scope import Scope
from scheduled_reports.notify import tell_owner
from scheduled_reports.spec.load import Report, load, spec_files

log = logging.getLogger(__name__)

REMIND = dt.timedelta(hours=23, minutes=30)
"""After how long an owner is told again: a day, less what one run may begin earlier than another."""

CLOCKS = dt.timedelta(minutes=2)
"""By how much the clocks of the scheduler and of a worker may differ."""


class Part(TypedDict):
    """What one task looks at.

    Attributes:
        place: What it is reached through.
        reports: The ids of the reports that need it.
    """

    place: str
    reports: list[str]


def plan(connect: Connect, now: dt.datetime) -> list[Part]:
    """Return the places that the healthy reports need which are switched on."""
    grouped = places(things_in(_scope(connect, now)))
    return [
        Part(place=place, reports=sorted({report for thing in things for report in thing.reports}))
        for place, things in grouped.items()
    ]


def probe(connect: Connect, part: Part, now: dt.datetime) -> dict[str, int]:
    """Look at the things of one place, note what was seen, and return how many can be used.

    Raises:
        SourceError: Something cannot be used; it is noted.
        LedgerError: It could not be noted.
    """
    things = places(things_in(_scope(connect, now, part["reports"]))).get(part["place"], [])
    found = look_at(things)
    for seen in found:
        level = logging.INFO if seen.state is State.OK else logging.WARNING
        log.log(level, "%s %s: %s", seen.thing.title, seen.state, _reason(seen))
    with closing(_ledger(connect)) as ledger:
        note_probes(ledger, [_entry(seen, now) for seen in found])
    bad = [seen for seen in found if seen.state is State.FAILED]
    if bad:
        why = "\n".join(f"{seen.thing.title}: {_reason(seen)}" for seen in bad)
        raise SourceError(f"{len(bad)} of {len(found)} cannot be used", why=why, retryable=True)
    return {"usable": len(found)}


def tell(connect: Connect, parts: Sequence[Part], since: dt.datetime, now: dt.datetime, conn_id: str) -> None:
    """Tell owners what their reports will lack: when that begins, once a day while it lasts, and when it is over.

    Args:
        connect: Gives Airflow's connections.
        parts: What was looked at.
        since: When that began, aware.
        now: What time it is, aware.
        conn_id: SMTP connection by which owners are told.

    Raises:
        DeliveryError: An owner could not be told; who was told is not told again.
        SourceError: Something cannot be used. Permanent: who is to know was told.
    """
    scope = _scope(connect, now)
    things = [thing for thing in things_in(scope) if thing.place in {part["place"] for part in parts}]
    with closing(_ledger(connect)) as ledger:
        seen = latest(ledger, since - CLOCKS)
        failures = list(_failures(ledger, things, seen, now))
        untold = [
            _told(connect, ledger, letter, conn_id, now) for letter in _letters(ledger, scope, failures, seen, now)
        ]
    if errors := [error for error in untold if error is not None]:
        raise DeliveryError(f"{len(errors)} owners could not be told", why="\n".join(map(str, errors)), retryable=True)
    if failures:
        why = "\n".join(f"{failure.title}: {failure.reason}" for failure in failures)
        raise SourceError(f"{len(failures)} of {len(things)} things that reports need cannot be used", why=why)


def _scope(connect: Connect, now: dt.datetime, wanted: Collection[str] | None = None) -> Scope:
    folder = settings.specs_folder()
    paths = [path for path in spec_files(folder) if wanted is None or path.stem in wanted]
    loaded = [load(path, settings.include_folder(folder)) for path in paths]
    reports = tuple(entry for entry in loaded if isinstance(entry, Report) and entry.spec.enabled)
    return Scope(reports, connect, NoAirflow(), None, now, thorough=False)


def _ledger(connect: Connect) -> Ledger:
    return Ledger.open(settings.ledger_conn_id(), connect, settings.airflow_home() / "scheduled_reports")


def _entry(seen: Seen, now: dt.datetime) -> ProbeEntry:
    kind, name, report_id = seen.thing.key
    return ProbeEntry(kind, name, report_id, seen.state, _reason(seen), seen.seconds, seen.newest, now)


def _reason(seen: Seen) -> str:
    return seen.words + (f"\n→ {seen.fix}" if seen.fix else "")


def _failures(
    ledger: Ledger, things: Sequence[Thing], seen: dict[Key, ProbeEntry], now: dt.datetime
) -> Iterator[Failure]:
    looked_at = {thing.place for thing in things if thing.key in seen}
    for thing in things:
        entry = seen.get(thing.key)
        if thing.place not in looked_at:
            why = "nobody could look at it: its task `probe` ended without a result\n→ look into that task's log"
            yield Failure(thing.key, thing.reports, why, now)
        elif entry is not None and entry.state == State.FAILED:
            yield Failure(thing.key, thing.reports, entry.reason, failing_since(ledger, thing.key) or now)


def _letters(
    ledger: Ledger, scope: Scope, failures: Sequence[Failure], seen: dict[Key, ProbeEntry], now: dt.datetime
) -> Iterator[Letter]:
    """Yield what is to be told, the owner of the most important report first."""
    ordered = sorted(scope.reports, key=lambda report: importance(report, now))
    for owner in dict.fromkeys(report.spec.owner for report in ordered):
        mine = [report for report in ordered if report.spec.owner == owner]
        ids = {report.id for report in mine}
        failing = [failure for failure in failures if ids & set(failure.reports)]
        told = last_told(ledger, owner)
        again = [key for key, last in told.items() if last.state == State.FAILED and _works(seen.get(key))]
        due = [
            failure
            for failure in failing
            if (last := told.get(failure.key)) is None or last.state != State.FAILED or now - last.told_at >= REMIND
        ]
        if due or again:
            yield Letter(owner, mine, failing, again, now)


def _works(entry: ProbeEntry | None) -> bool:
    return entry is not None and entry.state == State.OK


def _told(connect: Connect, ledger: Ledger, letter: Letter, conn_id: str, now: dt.datetime) -> ReportError | None:
    """Send a letter and note that; return why it could not be sent."""
    try:
        tell_owner(connect, conn_id, letter.owner, letter.subject, letter.text)
    except ReportError as error:
        log.error("The owner %s could not be told: %s", letter.owner, error)  # noqa: TRY400 - the text says all
        return error
    states = [(failure.key, str(State.FAILED)) for failure in letter.failures]
    note_told(ledger, letter.owner, [*states, *((key, str(State.OK)) for key in letter.again)], now)
    return None
