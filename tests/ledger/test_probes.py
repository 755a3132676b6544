"""Probes in the ledger: the newest, the history, since when something fails, and who was told."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runs import ledger_of
from scheduled_reports.ledger import Ledger
from scheduled_reports.ledger.probes import (
    KEPT,
    ProbeEntry,
    failing_since,
    history,
    last_told,
    latest,
    note_probes,
    note_told,
)

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
KEY = ("source", "orders", "sales")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return an empty ledger."""
    opened = ledger_of(tmp_path)
    yield opened
    opened.close()


def entry(state: str = "ok", hours_ago: float = 0, name: str = "orders", report_id: str = "sales") -> ProbeEntry:
    at = NOW - dt.timedelta(hours=hours_ago)
    return ProbeEntry("source", name, report_id, state, "seen", 0.5, None, at)


def test_of_each_thing_the_newest_counts(ledger: Ledger) -> None:
    note_probes(ledger, [entry("failed", 1), entry("ok", 0), entry("failed", 0, "calls"), entry("ok", 3, "old")])

    found = latest(ledger, NOW - dt.timedelta(hours=2))

    assert {key: probe.state for key, probe in found.items()} == {KEY: "ok", ("source", "calls", "sales"): "failed"}


def test_what_was_noted_comes_back_as_it_was(ledger: Ledger) -> None:
    newest = dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC)
    noted = ProbeEntry("connection", "größe '\"; --", "", "unknown", "Ähm\n→ mend it", None, newest, NOW)

    note_probes(ledger, [noted])

    assert history(ledger, "connection", noted.name) == [noted]


def test_the_history_is_of_one_thing_the_newest_first(ledger: Ledger) -> None:
    note_probes(ledger, [entry(hours_ago=hours) for hours in (3, 1, 2)])
    note_probes(ledger, [entry(report_id="other"), entry(name="calls")])

    found = history(ledger, *KEY, limit=2)

    assert [(NOW - probe.probed_at) / dt.timedelta(hours=1) for probe in found] == [1, 2]


def test_old_probes_are_forgotten(ledger: Ledger) -> None:
    note_probes(ledger, [entry(hours_ago=KEPT / dt.timedelta(hours=1) + 1), entry(hours_ago=1)])

    note_probes(ledger, [])

    assert len(history(ledger, *KEY)) == 1


@settings(deadline=None, max_examples=30)
@given(states=st.lists(st.sampled_from(["ok", "failed", "blocked", "unknown"]), max_size=8))
def test_it_fails_since_the_first_failure_after_it_was_last_well(
    states: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ledger = ledger_of(tmp_path_factory.mktemp("ledger"))
    note_probes(ledger, [entry(state, len(states) - number) for number, state in enumerate(states)])

    since = failing_since(ledger, KEY)
    ledger.close()

    well = max((number for number, state in enumerate(states) if state == "ok"), default=-1)
    failed = [number for number, state in enumerate(states) if state == "failed" and number > well]
    assert since == (NOW - dt.timedelta(hours=len(states) - failed[0]) if failed else None)


def test_of_what_somebody_was_told_the_last_counts(ledger: Ledger) -> None:
    other = ("connection", "shop", "")
    note_told(ledger, "ann@northwind.example", [(KEY, "failed"), (other, "failed")], NOW - dt.timedelta(hours=1))
    note_told(ledger, "ann@northwind.example", [(KEY, "ok")], NOW)
    note_told(ledger, "ben@northwind.example", [(KEY, "failed")], NOW)

    found = last_told(ledger, "ann@northwind.example")

    assert {key: (told.state, told.told_at) for key, told in found.items()} == {
        KEY: ("ok", NOW), other: ("failed", NOW - dt.timedelta(hours=1)),
    }  # fmt: skip
    assert last_told(ledger, "cleo@northwind.example") == {}
