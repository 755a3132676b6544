"""Who may send a delivery now: claims with a lease, and what those who hold one note.

A claim is one conditional UPDATE while the trail's head is locked, so that of many who ask one gets it. Leases are
measured by the ledger's clock, never by a worker's own (`engine.clock` says why).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from scheduled_reports.ledger.changes import Changes
from scheduled_reports.ledger.entries import BURIABLE, CLAIMABLE, Claim, ClaimOutcome, DeliveryEntry, DeliveryState
from scheduled_reports.ledger.planning import entry_of
from scheduled_reports.ledger.tables import delivery

LEASE = dt.timedelta(minutes=5)
"""How long a worker is taken to be alive without a word of it."""

ENDED = "the worker ended between sending and its receipt"
_FREE: dict[str, Any] = {"claimed_by": None, "lease_until": None}


@dataclass(frozen=True)
class Wish:
    """How somebody wants deliveries.

    Attributes:
        worker: Who, as the ledger knows them.
        lease: For how long, without a sign of life.
        resend_doubts: Also where nobody knows whether they arrived.
        force: Also where they arrived.
    """

    worker: str
    lease: dt.timedelta = LEASE
    resend_doubts: bool = False
    force: bool = False


def claim(changes: Changes, ids: Collection[str], wish: Wish) -> list[Claim]:
    """Take deliveries for sending; say of each what came of it, in their order."""
    found = changes.named(ids)
    outcomes = {entry_id: _outcome(row, wish, changes.now) for entry_id, row in found.items()}
    taken = [found[entry_id] for entry_id, outcome in outcomes.items() if outcome is ClaimOutcome.TAKEN]
    changes.change(
        taken, DeliveryState.SENDING, _why_taken, attempts=delivery.c.attempts + 1, claimed_at=changes.now,
        claimed_by=wish.worker, lease_until=changes.now + wish.lease, error="",
    )  # fmt: skip
    again = [row.id for row in taken if row.state == DeliveryState.DELIVERED]
    changes.amend(again, parts={})  # all of its messages go again
    lost = [found[entry_id] for entry_id, outcome in outcomes.items()
            if outcome is ClaimOutcome.IN_DOUBT and found[entry_id].state == DeliveryState.SENDING]  # fmt: skip
    changes.change(lost, DeliveryState.UNCERTAIN, _why_lost, settled_at=changes.now, error=ENDED, **_FREE)
    after = changes.named(ids)
    return [Claim(outcomes[entry_id], entry_of(after[entry_id]), after[entry_id].lease_until) for entry_id in ids]


def _outcome(row: Row[Any], wish: Wish, now: dt.datetime) -> ClaimOutcome:
    if row.state == DeliveryState.DELIVERED:
        return ClaimOutcome.TAKEN if wish.force else ClaimOutcome.HAS_RECEIPT
    if row.state in CLAIMABLE:
        return ClaimOutcome.TAKEN
    if row.state == DeliveryState.SENDING and row.lease_until is not None and row.lease_until > now:
        return ClaimOutcome.BUSY
    return ClaimOutcome.TAKEN if wish.resend_doubts or wish.force else ClaimOutcome.IN_DOUBT


def _why_taken(row: Row[Any]) -> str:
    attempt = f"attempt {row.attempts + 1}"
    if row.state == DeliveryState.DELIVERED:
        return f"{attempt}, by force, although it has a receipt: {row.receipt}"
    if row.state == DeliveryState.UNCERTAIN:
        return f"{attempt}, although nobody knows whether it arrived: {row.error}"
    if row.state == DeliveryState.SENDING:
        return f"{attempt}, {_taken_over(row)}, although nobody knows whether it arrived"
    return attempt


def _why_lost(row: Row[Any]) -> str:
    return f"{ENDED}: {_taken_over(row)}"


def _taken_over(row: Row[Any]) -> str:
    until = f"{row.lease_until:%Y-%m-%d %H:%M:%S} UTC" if row.lease_until else "of an earlier version"
    return f"taken over from a worker whose lease ended ({until})"


def renew(changes: Changes, ids: Collection[str], wish: Wish) -> set[str]:
    """Prolong the leases of a worker's deliveries, also one that has ended, while nobody took it over."""
    ours = {entry_id for entry_id, row in changes.named(ids).items() if _is_ours(row, wish.worker)}
    changes.amend(ours, lease_until=changes.now + wish.lease)
    return ours


def settle(changes: Changes, entry_id: str, worker: str, state: DeliveryState, facts: dict[str, Any]) -> bool:
    """Note what became of a delivery that a worker holds; where it was taken over, note that it was refused."""
    row = changes.named([entry_id])[entry_id]
    said = facts["receipt"] or facts["error"]
    if not _is_ours(row, worker):
        changes.note(row, f"refused, as the claim was taken over meanwhile: {state}, {said}")
        return False
    size = f" ({facts['size']} bytes)" if facts["size"] is not None else ""
    changes.change([row], state, f"{said}{size}", settled_at=changes.now, **facts, **_FREE)
    return True


def note_part(changes: Changes, entry_id: str, worker: str, part: int, receipt: str) -> bool:
    """Note the receipt of one of a delivery's messages, by who holds it."""
    row = changes.named([entry_id])[entry_id]
    if ours := _is_ours(row, worker):
        changes.amend([entry_id], parts={**row.parts, part: receipt})
        changes.note(row, f"part {part}: {receipt}")
    else:
        changes.note(row, f"refused, as the claim was taken over meanwhile: part {part}, {receipt}")
    return ours


def _is_ours(row: Row[Any], worker: str) -> bool:
    return bool(row.state == DeliveryState.SENDING and row.claimed_by == worker)


def put_off(changes: Changes, ids: Collection[str], state: DeliveryState, error: str) -> None:
    """Note why deliveries were not even tried; one that was claimed or delivered meanwhile stays as it is."""
    rows = [row for row in changes.named(ids).values() if row.state in CLAIMABLE]
    changes.change(rows, state, error, error=error, settled_at=changes.now)


def bury(changes: Changes, ids: Collection[str], why: str) -> list[DeliveryEntry]:
    """Give deliveries up that did not arrive; return those, as they are now. Why the last attempt failed is kept."""
    rows = [row for row in changes.named(ids).values() if row.state in BURIABLE]
    changes.change([row for row in rows if row.error], DeliveryState.DEAD, why, settled_at=changes.now)
    changes.change([row for row in rows if not row.error], DeliveryState.DEAD, why, settled_at=changes.now, error=why)
    return [entry_of(row) for row in changes.named([row.id for row in rows]).values()]
