"""When an alert report is sent: once for each crossing, again where the spec says so, and never lost."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduled_reports.judgement.alert import Alert, AlertPast, Decided, decide

LOW = {"type": "rows", "dataset": "low_stock", "at_least": 1}
Days = list[tuple[bool, bool]]
"""For each run, the oldest first: whether it was alarming, and whether a report could be delivered."""


def alert_of(**given: Any) -> Alert:
    return Alert.model_validate({"when": [LOW], **given})


def lived(alert: Alert, days: Days) -> list[Decided]:
    """Return what is decided in each run, where every run knows no more than a ledger of the newest ones."""
    past: list[AlertPast] = []
    found = []
    for number, (alarming, delivers) in enumerate(days):
        made = decide(alert, past[: alert.runs_needed], alarming)
        before = "" if made.send else made.sent_before
        past.insert(0, AlertPast(f"day {number}", alarming, made.send and delivers, before))
        found.append(made)
    return found


def simulated(alert: Alert, days: Days) -> list[bool]:
    """Return in which runs a bell with a latch rings: it is told, latched, and armed again when all is quiet."""
    armed, quiet, since, rings = True, 0, 0, []
    for alarming, delivers in days:
        since += 1
        quiet = 0 if alarming else quiet + 1
        armed = armed or quiet >= alert.rearm_after
        due = alert.again_after is not None and since >= alert.again_after
        rings.append(alarming and (armed or due))
        if rings[-1] and delivers:
            armed, since = False, 0
    return rings


days = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40)
settings = st.fixed_dictionaries(
    {"rearm_after": st.integers(1, 5)}, optional={"again_after": st.none() | st.integers(1, 8)}
)


@given(days, settings)
def test_it_is_sent_as_a_bell_with_a_latch_rings(days: Days, settings: dict[str, Any]) -> None:
    alert = alert_of(**settings)

    assert [made.send for made in lived(alert, days)] == simulated(alert, days)


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 4))
def test_one_crossing_is_never_sent_twice(alarming: list[bool], rearm_after: int) -> None:
    sends = [made.send for made in lived(alert_of(rearm_after=rearm_after), [(now, True) for now in alarming])]

    sent = [number for number, send in enumerate(sends) if send]
    for first, second in pairwise(sent):
        quiet = "".join("." if now else "_" for now in alarming[first:second])
        assert "_" * rearm_after in quiet


@given(days)
def test_every_run_in_which_it_is_true_is_sent_where_the_spec_says_so(days: Days) -> None:
    assert [made.send for made in lived(alert_of(send="every_run"), days)] == [alarming for alarming, _ in days]


@given(st.integers(1, 300), st.integers(1, 5))
def test_an_alarm_that_lasts_longer_than_is_remembered_is_still_known_to_have_been_sent(more: int, rearm: int) -> None:
    sends = [made.send for made in lived(alert_of(rearm_after=rearm), [(True, True)] * (1 + more))]

    assert sends == [True] + [False] * more


@given(st.integers(1, 200))
def test_what_cannot_be_delivered_is_tried_in_every_run(failures: int) -> None:
    sends = [made.send for made in lived(alert_of(), [(True, False)] * failures + [(True, True)] * 2)]

    assert sends == [True] * (failures + 1) + [False]


def test_the_reasons_say_since_when_and_what_comes_next() -> None:
    found = lived(alert_of(again_after=3, rearm_after=2), [(True, True), (True, True), (False, True), (True, True)])

    assert [made.why for made in found] == [
        "alarming, and not sent since it became so",
        "still alarming, and was sent for day 0; again after 3 runs, this is number 1",
        "not alarming",
        "still alarming 3 runs after it was sent for day 0",
    ]
    again = lived(alert_of(rearm_after=2), [(True, True), (False, True), (True, True)])[-1]
    assert again.why == ("alarming again after 1 run in which it was not, where 2 are needed, and was sent for day 0")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"when": []}, "neither 'when' nor 'keys' is given"),
        ({"keys": {"dataset": "low_stock", "columns": ["sku"]}}, "both 'when' and 'keys' are given"),
        ({"send": "every_run", "again_after": 2}, "'again_after' does nothing with 'send: every_run'"),
        ({"send": "every_run", "rearm_after": 1}, "'rearm_after' does nothing with 'send: every_run'"),
        ({"again_after": 0}, "greater than or equal to 1"),
        ({"rearm_after": 1001}, "less than or equal to 1000"),
        ({"when": [], "keys": {"dataset": "low_stock", "columns": []}}, "at least 1 item"),
        ({"when": [], "keys": {"dataset": "low_stock", "columns": ["sku", "sku"]}}, "a column is named twice"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        alert_of(**given)


def test_the_ledger_knows_another_alert_where_other_things_are_alarming() -> None:
    assert alert_of().key == alert_of(rearm_after=3).key
    assert alert_of().key != alert_of(when=[{**LOW, "at_least": 2}]).key
    assert alert_of().key.startswith("alert:")
