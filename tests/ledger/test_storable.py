"""What is noted can be stored, whatever data and other people's checks say."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from runs import NOW, ledger_of, run_of
from scheduled_reports.ledger import RunState
from scheduled_reports.ledger.findings import CheckEntry, checks_of, note_checks
from scheduled_reports.ledger.storable import finite, storable


@pytest.mark.parametrize(
    ("text", "most", "stored"),
    [("a\0b", None, "a\ufffdb"), ("a\ud800b", None, "a?b"), ("Łódź 🚚", None, "Łódź 🚚"), ("abc", 2, "ab")],
)
def test_words_are_stored_without_what_a_database_refuses(text: str, most: int | None, stored: str) -> None:
    assert storable(text, most) == stored


@pytest.mark.parametrize(("number", "stored"), [(1.5, 1.5), (None, None), (math.nan, None), (-math.inf, None)])
def test_numbers_that_are_none_are_not_stored(number: float | None, stored: float | None) -> None:
    assert finite(number) == stored


def test_what_a_check_found_and_why_a_run_ended_are_noted_whatever_they_say(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path), ledger_of(tmp_path)
    ledger.begin(run, [], NOW)

    note_checks(ledger, run, [CheckEntry("odd", "odd", "p\0" * 400, "stop", "failed", "\0", math.nan, 1)])
    ledger.end(run, RunState.STOPPED, "\0\ud800")

    [entry] = checks_of(ledger, run)
    assert (entry.part, entry.reason, entry.value) == ("p\ufffd" * 250, "\ufffd", None)
    assert ledger.outcome(run) == (RunState.STOPPED, "\ufffd?")
