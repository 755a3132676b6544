"""Two workers never both send a delivery, and what a dead one left is taken over as the doubt that it is."""

import datetime as dt
import multiprocessing
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliveries import ANN, BEN, begin, deliver
from racing import claim_all, people
from runs import ledger_of, run_of
from scheduled_reports.errors import LedgerError
from scheduled_reports.ledger import ClaimOutcome, DeliveryEntry, DeliveryState, Ledger, Planned
from scheduled_reports.ledger.audit import trail_of, verify
from scheduled_reports.ledger.claims import LEASE

AT_ONCE = dt.timedelta(0)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Ledger, Ledger, DeliveryEntry]:
    """Two workers' ledgers, and the delivery that both want."""
    one = ledger_of(tmp_path)
    [entry] = begin(one, run_of(tmp_path), [ANN])
    return one, ledger_of(tmp_path), entry


def whys(ledger: Ledger, entry: DeliveryEntry) -> list[str]:
    return [shown.row.why for shown in trail_of(ledger, delivery_id=entry.id)]


def test_a_claim_lasts_as_long_as_its_lease_and_another_worker_finds_it_busy(
    two: tuple[Ledger, Ledger, DeliveryEntry],
) -> None:
    one, other, entry = two
    taken = one.claim(entry.id)

    assert taken.outcome is ClaimOutcome.TAKEN
    assert taken.until is not None
    assert taken.until - dt.datetime.now(dt.UTC) <= LEASE
    busy = other.claim(entry.id, resend_doubts=True, force=True)
    assert (busy.outcome, busy.until, busy.entry.attempts) == (ClaimOutcome.BUSY, taken.until, 1)


def test_what_a_worker_left_is_a_doubt_once_its_lease_has_ended(two: tuple[Ledger, Ledger, DeliveryEntry]) -> None:
    one, other, entry = two
    one.claim(entry.id, lease=AT_ONCE)

    found = other.claim(entry.id)

    assert (found.outcome, found.entry.state, found.until) == (ClaimOutcome.IN_DOUBT, DeliveryState.UNCERTAIN, None)
    assert "taken over from a worker whose lease ended" in whys(one, entry)[-1]


def test_a_doubt_is_taken_where_doubts_are_sent_again_and_the_trail_says_so(
    two: tuple[Ledger, Ledger, DeliveryEntry],
) -> None:
    one, other, entry = two
    one.claim(entry.id, lease=AT_ONCE)

    found = other.claim(entry.id, resend_doubts=True)

    assert (found.outcome, found.entry.attempts) == (ClaimOutcome.TAKEN, 2)
    assert "although nobody knows whether it arrived" in whys(one, entry)[-1]


def test_a_worker_whose_claim_was_taken_over_cannot_settle_it_and_the_trail_has_what_it_said(
    two: tuple[Ledger, Ledger, DeliveryEntry],
) -> None:
    one, other, entry = two
    one.claim(entry.id, lease=AT_ONCE)
    other.claim(entry.id, resend_doubts=True)

    assert one.settle(entry.id, DeliveryState.DELIVERED, receipt="<late@x>") is False
    assert one.note_part(entry.id, 1, "<part@x>") is False
    assert one.renew([entry.id]) == set()
    assert whys(one, entry)[-2:] == [
        "refused, as the claim was taken over meanwhile: delivered, <late@x>",
        "refused, as the claim was taken over meanwhile: part 1, <part@x>",
    ]
    assert other.settle(entry.id, DeliveryState.DELIVERED, receipt="<1@x>") is True
    assert other.settle(entry.id, DeliveryState.FAILED, error="said twice") is False


def test_a_worker_that_is_late_but_was_not_taken_over_settles_its_delivery(
    two: tuple[Ledger, Ledger, DeliveryEntry],
) -> None:
    one, other, entry = two
    one.claim(entry.id, lease=AT_ONCE)

    assert one.settle(entry.id, DeliveryState.DELIVERED, receipt="<1@x>") is True
    assert other.claim(entry.id).outcome is ClaimOutcome.HAS_RECEIPT


def test_a_sign_of_life_prolongs_the_lease(two: tuple[Ledger, Ledger, DeliveryEntry]) -> None:
    one, other, entry = two
    one.claim(entry.id, lease=AT_ONCE)

    assert one.renew([entry.id]) == {entry.id}
    assert other.claim(entry.id).outcome is ClaimOutcome.BUSY


def test_force_takes_what_has_its_receipt_and_the_trail_keeps_that(two: tuple[Ledger, Ledger, DeliveryEntry]) -> None:
    one, other, entry = two
    deliver(one, entry.id)

    assert other.claim(entry.id, resend_doubts=True).outcome is ClaimOutcome.HAS_RECEIPT
    assert other.claim(entry.id, force=True).outcome is ClaimOutcome.TAKEN
    assert whys(one, entry)[-1] == "attempt 2, by force, although it has a receipt: <1@x>"


def test_parts_that_arrived_are_kept_for_the_next_attempt_but_not_for_a_forced_one(
    two: tuple[Ledger, Ledger, DeliveryEntry],
) -> None:
    one, other, entry = two
    one.claim(entry.id)
    one.note_part(entry.id, 1, "<1@x>")
    one.note_part(entry.id, 2, "<2@x>")
    one.settle(entry.id, DeliveryState.RETRYING, error="refused")

    assert other.claim(entry.id).entry.parts == {1: "<1@x>", 2: "<2@x>"}
    other.settle(entry.id, DeliveryState.DELIVERED, receipt="<3@x>")
    assert one.claim(entry.id, force=True).entry.parts == {}


def test_what_is_given_up_is_a_dead_letter_that_keeps_its_error_and_can_be_sent_again(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    ann, ben = begin(ledger, run, [ANN, BEN])
    ledger.claim(ann.id)
    ledger.settle(ann.id, DeliveryState.FAILED, error="no such mailbox")

    buried = ledger.bury(run, "the last attempt failed", among=[ann.id])

    assert [(entry.recipient, entry.state, entry.error) for entry in buried] == [
        ("ann@x.example", DeliveryState.DEAD, "no such mailbox")
    ]
    assert [entry.id for entry in ledger.bury(run, "the last attempt failed")] == [ben.id]
    assert ledger.bury(run, "the last attempt failed") == []
    assert {entry.state for entry in ledger.owed(run, [ANN, BEN])} == {DeliveryState.DEAD}
    deliver(ledger, ann.id)


def test_what_arrived_or_is_in_doubt_is_not_given_up(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    ann, ben = begin(ledger, run, [ANN, BEN])
    deliver(ledger, ann.id)
    ledger.claim(ben.id)

    assert ledger.bury(run, "the last attempt failed") == []


def test_a_run_that_begins_again_plans_what_was_given_up(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    begin(ledger, run, [ANN])
    ledger.bury(run, "the last attempt failed")

    [again] = begin(ledger, run_of(tmp_path, run_id="manual__2"), [ANN])

    assert (again.state, again.error) == (DeliveryState.PLANNED, "")


def test_a_delivery_that_the_ledger_has_not_is_an_error(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)

    with pytest.raises(LedgerError, match="no delivery nobody"):
        ledger.claim("nobody")


def test_many_are_claimed_at_once_in_their_order(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    entries = begin(ledger, run, people(1200))
    deliver(ledger, entries[700].id)

    found = ledger.claim_many([entry.id for entry in reversed(entries)])

    assert [claim.entry.id for claim in found] == [entry.id for entry in reversed(entries)]
    assert Counter(claim.outcome for claim in found) == {ClaimOutcome.TAKEN: 1199, ClaimOutcome.HAS_RECEIPT: 1}


def test_threads_that_race_for_the_same_deliveries_share_them_out(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    entries = begin(ledger, run, people(30))

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda seed: claim_all(ledger_of(tmp_path), [e.id for e in entries], seed), range(6)))

    assert sorted(one for some in taken for one in some) == sorted(entry.id for entry in entries)
    assert verify(ledger).broken is None


def test_processes_that_race_for_the_same_deliveries_share_them_out(tmp_path: Path) -> None:
    ledger, run = ledger_of(tmp_path), run_of(tmp_path)
    ids = [entry.id for entry in begin(ledger, run, people(30))]
    ledger.close()

    with multiprocessing.get_context("spawn").Pool(3) as pool:
        taken = pool.starmap(_process, [(tmp_path, ids, seed) for seed in range(3)])

    assert sorted(one for some in taken for one in some) == sorted(ids)
    assert verify(ledger).broken is None


def _process(folder: Path, ids: list[str], seed: int) -> list[str]:
    return claim_all(ledger_of(folder), ids, seed)


WHAT = st.sampled_from(["claim", "dies", "resend", "arrives", "fails", "renew"])
STEPS = st.lists(st.tuples(st.integers(0, 2), WHAT), max_size=25)


def test_however_workers_come_and_go_a_delivery_has_one_holder_and_one_receipt(tmp_path: Path) -> None:
    workers, run, numbers = [ledger_of(tmp_path) for _ in range(3)], run_of(tmp_path), count()

    @settings(max_examples=60, deadline=None)
    @given(steps=STEPS)
    def come_and_go(steps: list[tuple[int, str]]) -> None:
        address = f"{next(numbers)}@x.example"
        [entry] = workers[0].owed(run, [Planned("email", "email", address, address)])
        race = Race(workers, entry.id)
        for who, what in steps:
            race.step(who, what)
        assert race.receipts <= 1

    come_and_go()
    assert verify(workers[0]).broken is None


class Race:
    """What must hold of one delivery, step by step."""

    def __init__(self, workers: list[Ledger], entry_id: str) -> None:
        self.workers, self.entry_id = workers, entry_id
        self.holder: int | None = None
        self.running, self.receipts = False, 0

    def step(self, who: int, what: str) -> None:
        worker = self.workers[who]
        if what in {"claim", "dies", "resend"}:
            self.claimed(who, what)
        elif what == "renew":
            mine = worker.renew([self.entry_id]) == {self.entry_id}
            assert mine == (self.holder == who)
            self.running = self.running or mine
        else:
            state, receipt = (DeliveryState.DELIVERED, "<1@x>") if what == "arrives" else (DeliveryState.RETRYING, "")
            settled = worker.settle(self.entry_id, state, receipt=receipt)
            assert settled == (self.holder == who)
            self.receipts += settled and what == "arrives"
            self.holder, self.running = (None, False) if settled else (self.holder, self.running)

    def claimed(self, who: int, what: str) -> None:
        lease = AT_ONCE if what == "dies" else LEASE
        outcome = self.workers[who].claim(self.entry_id, lease=lease, resend_doubts=what == "resend").outcome
        assert (outcome is ClaimOutcome.BUSY) == self.running
        if outcome is not ClaimOutcome.BUSY:
            self.holder = who if outcome is ClaimOutcome.TAKEN else None
            self.running = self.holder is not None and what != "dies"
