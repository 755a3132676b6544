"""The audit trail's chain: each row's hash covers the row and the hash before it.

Migrations write such rows too, so this can never change: what is hashed, and how it is spelt, is the trail's format.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

FIRST = "0" * 64
"""What the first row follows."""

_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True)
class AuditRow:
    """One change of one delivery.

    Attributes:
        seq: Its number in the trail: 1, 2, 3 and so on, without a gap.
        at: When, aware, to the microsecond, by the ledger's clock.
        actor: By whom, in words.
        delivery_id: Which delivery.
        was: Its state before; empty for one that was planned just now.
        is_now: Its state after; the same where something was noted that changes nothing.
        why: Why, in words.
        previous: The hash of the row before.
        hash: SHA-256 of `previous` and the row, in hexadecimal.
    """

    seq: int
    at: dt.datetime
    actor: str
    delivery_id: str
    was: str
    is_now: str
    why: str
    previous: str = FIRST
    hash: str = ""


def canonical(row: AuditRow) -> str:
    """Return a row as the JSON that is hashed: its facts by name, sorted, without blanks, ASCII only, `at` in UTC."""
    facts = {
        "actor": row.actor, "at": row.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "delivery_id": row.delivery_id, "is_now": row.is_now, "seq": row.seq, "was": row.was, "why": row.why,
    }  # fmt: skip
    return _ENCODE(facts)


def digest(row: AuditRow) -> str:
    """Return the hash that a row must have, after the one that it follows."""
    return hashlib.sha256((row.previous + canonical(row)).encode("ascii")).hexdigest()
