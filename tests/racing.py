"""Many who want the same deliveries, for tests of claims."""

from __future__ import annotations

import random

from scheduled_reports.ledger import ClaimOutcome, Ledger, Planned


def people(number: int) -> list[Planned]:
    """Return deliveries to that many addresses."""
    return [Planned("email", "email", f"{one}@x.example", f"{one}@x.example") for one in range(number)]


def claim_all(ledger: Ledger, ids: list[str], seed: int) -> list[str]:
    """Claim deliveries in an order of one's own, one by one or some at once; return those that one got."""
    dice = random.Random(seed)
    left, taken = dice.sample(ids, len(ids)), []
    while left:
        some = [left.pop() for _ in range(min(len(left), dice.choice((1, 1, 4))))]
        taken += [claim.entry.id for claim in ledger.claim_many(some) if claim.outcome is ClaimOutcome.TAKEN]
    ledger.close()
    return taken
