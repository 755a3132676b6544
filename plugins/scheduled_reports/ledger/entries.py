"""The ledger's words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class RunState(StrEnum):
    """What became of a run, or what it does.

    running ⇄ waiting (for its conditions) → skipped; running ⇄ held (for approval) → dropped (rejected, or not approved
    in time); running → stopped (by a check) | failed | delivered | archived (it was to send nothing).
    """

    RUNNING = "running"
    WAITING = "waiting"
    HELD = "held"
    DELIVERED = "delivered"
    ARCHIVED = "archived"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    DROPPED = "dropped"
    FAILED = "failed"


UNDER_WAY = frozenset({RunState.RUNNING, RunState.WAITING, RunState.HELD})
"""States of a run that has not ended."""

SENT = frozenset({RunState.DELIVERED, RunState.ARCHIVED})
"""States of a run whose data was found good: later runs may be compared with it."""


class DeliveryState(StrEnum):
    """What became of a delivery.

    planned → sending → delivered | failed (for good) | retrying (Airflow tries again) | uncertain (nobody knows);
    planned → skipped where the run is not to happen; planned → not needed where the run happens without it, as the
    table of its `only_if` has no row; planned, retrying, failed → dead where it is given up: a dead letter, of which
    the owner was told and whose files are kept.
    """

    PLANNED = "planned"
    SENDING = "sending"
    DELIVERED = "delivered"
    RETRYING = "retrying"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"
    NOT_NEEDED = "not_needed"
    DEAD = "dead"


BURIABLE = frozenset({DeliveryState.PLANNED, DeliveryState.RETRYING, DeliveryState.FAILED})
"""States of a delivery that can be given up."""

OPEN = BURIABLE | {DeliveryState.SKIPPED, DeliveryState.DEAD}
"""States that a new run of the period begins anew."""

CLAIMABLE = OPEN | {DeliveryState.NOT_NEEDED}
"""States in which the other end surely has nothing."""


@dataclass(frozen=True)
class Planned:
    """One delivery that a spec asks for.

    Attributes:
        destination: The spec's entry in `deliver`.
        channel: Its type.
        recipient: An address or a shared place, as the spec spells it.
        identity: The same for every spelling of the same recipient; what is sent exactly once.
    """

    destination: str
    channel: str
    recipient: str
    identity: str


@dataclass(frozen=True)
class DeliveryEntry:
    """A delivery as the ledger has it.

    Attributes:
        id: Unique, the same on every attempt.
        destination: The spec's entry in `deliver`.
        channel: Its type.
        recipient: An address or a shared place.
        identity: The same for every spelling of the same recipient.
        issue: 1, or higher where it was sent again on purpose.
        run_id: The run that planned this issue.
        state: What became of it.
        attempts: How often sending began.
        receipt: What the other end answered; empty before.
        error: Why the last attempt failed, or why there was to be none; empty else.
        size: Bytes handed over.
        seconds: How long sending took.
        settled_at: When it got its receipt, aware.
        lease_until: Until when the worker that sends it is taken to be alive, aware; None while nobody sends it.
        parts: The receipts of those of its messages that have arrived, by number, where it goes in several.
    """

    id: str
    destination: str
    channel: str
    recipient: str
    identity: str
    issue: int
    run_id: str
    state: DeliveryState
    attempts: int
    receipt: str
    error: str
    size: int | None
    seconds: float | None
    settled_at: dt.datetime | None
    lease_until: dt.datetime | None = None
    parts: dict[int, str] = field(default_factory=dict)


class ClaimOutcome(StrEnum):
    """What came of asking for a delivery."""

    TAKEN = "taken"
    HAS_RECEIPT = "has_receipt"
    BUSY = "busy"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True)
class Claim:
    """The answer to somebody who wants to send a delivery.

    Attributes:
        outcome: TAKEN: it is theirs, until the lease ends. HAS_RECEIPT: it arrived already. BUSY: another worker sends
            it, and its lease still runs. IN_DOUBT: it may have arrived, and nobody knows.
        entry: The delivery, as it is now.
        until: When the lease ends that runs, aware; None where none does.
    """

    outcome: ClaimOutcome
    entry: DeliveryEntry
    until: dt.datetime | None
