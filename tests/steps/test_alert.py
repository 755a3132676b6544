"""An alert report: skipped where nothing is alarming or new, sent with a banner that says what is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from deliveries import ANN, BEN, begin, deliver
from judging import tables_of
from runs import NOW, connect_shop, ledger_of, run_of
from scheduled_reports.errors import CheckError, SourceError
from scheduled_reports.judgement.alert import Alert
from scheduled_reports.ledger import DeliveryState, RunState
from scheduled_reports.spec.load import BrokenReport, load
from scheduled_reports.steps.alert import require_alarm
from scheduled_reports.steps.check import check
from scheduled_reports.steps.extract import extract
from scripted import Scripted, with_spec
from specs import write
from steps.alerting import KEYS, LOW, Ends, alerting, banners, judged, on_day, spec


def test_a_report_that_is_no_alert_goes_on(tmp_path: Path) -> None:
    assert require_alarm(run_of(tmp_path), tables_of(tmp_path), NOW, ledger_of(tmp_path)) == {}


def test_it_is_sent_when_it_becomes_true_and_says_why_it_is_skipped_otherwise(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(LOW)), ledger_of(tmp_path)

    told = [judged(on_day(run, day), ledger, tmp_path, low) for day, low in enumerate([[], ["a"], ["a"], [], ["a"]])]

    assert told == [
        "not alarming: low has 0 rows for Thursday, 1 October 2026, at least 1 needed",
        "sent: low has 1 rows: alarming, and not sent since it became so",
        "low has 1 rows: still alarming, and was sent for 2026-10-02",
        "not alarming: low has 0 rows for Sunday, 4 October 2026, at least 1 needed",
        "sent: low has 1 rows: alarming, and not sent since it became so",
    ]
    assert banners(on_day(run, 1)) == [{"word": "ALERT", "text": "Low has 1 rows.", "of": "alert"}]
    assert banners(on_day(run, 2)) == []
    assert on_day(run, 2).folder.manifest()["alert"] == {
        "alarming": 1, "sends": 0, "reason": "low has 1 rows: still alarming, and was sent for 2026-10-02",
    }  # fmt: skip


def test_it_is_sent_again_after_as_many_runs_as_the_spec_says_and_the_banner_says_so(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(f"{LOW}, again_after: 2")), ledger_of(tmp_path)

    told = [judged(on_day(run, day), ledger, tmp_path, ["a"]) for day in range(5)]

    assert [text.startswith("sent: ") for text in told] == [True, False, True, False, True]
    assert told[1].endswith("was sent for 2026-10-01; again after 2 runs, this is number 1")
    [banner] = banners(on_day(run, 2))
    assert banner["text"] == "Low has 1 rows; still alarming 2 runs after it was sent for 2026-10-01."


def test_it_must_be_quiet_as_long_as_the_spec_says(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(f"{LOW}, rearm_after: 2")), ledger_of(tmp_path)

    told = [judged(on_day(run, day), ledger, tmp_path, low) for day, low in enumerate(["a", "", "a", "", "", "a"])]

    assert [text.startswith("sent: ") for text in told] == [True, False, False, False, False, True]
    assert told[2].endswith(
        "alarming again after 1 run in which it was not, where 2 are needed, and was sent for 2026-10-01"
    )


@pytest.mark.parametrize(
    "ends",
    [RunState.FAILED, RunState.STOPPED, RunState.DROPPED, RunState.SKIPPED, RunState.ARCHIVED, RunState.RUNNING, None],
)
def test_a_run_that_told_nobody_does_not_count_as_sent(tmp_path: Path, ends: Ends) -> None:
    run, ledger = run_of(tmp_path, spec(LOW)), ledger_of(tmp_path)
    judged(run, ledger, tmp_path, ["a"], ends)

    assert judged(on_day(run, 1), ledger, tmp_path, ["a"]).startswith("sent: ")
    assert judged(on_day(run, 2), ledger, tmp_path, ["a"]).startswith("low has 1 rows: still alarming")


def test_one_recipient_who_cannot_be_reached_does_not_get_everybody_the_alert_in_every_run(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(LOW)), ledger_of(tmp_path)
    ann, ben = begin(ledger, run, [ANN, BEN])
    told = [judged(run, ledger, tmp_path, ["a"], None)]
    deliver(ledger, ann.id)
    ledger.claim(ben.id)
    ledger.settle(ben.id, DeliveryState.FAILED, error="no such mailbox")
    ledger.end(run, RunState.FAILED, "no such mailbox")

    told += [judged(on_day(run, day), ledger, tmp_path, low) for day, low in ((1, ["a"]), (2, []), (3, ["a"]))]

    assert [text.startswith("sent: ") for text in told] == [True, False, False, True]
    assert told[1] == "low has 1 rows: still alarming, and was sent for 2026-10-01"


def test_what_a_cleared_run_finds_after_it_was_delivered_is_still_to_be_told(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(KEYS)), ledger_of(tmp_path)
    [ann] = begin(ledger, run, [ANN])
    judged(run, ledger, tmp_path, ["a"], None)
    deliver(ledger, ann.id)
    ledger.end(run, RunState.DELIVERED)

    judged(run, ledger, tmp_path, ["a", "b"])

    assert judged(on_day(run, 1), ledger, tmp_path, ["a", "b"]) == "sent: new: b; 2 in all"


def test_a_run_with_other_parameters_is_no_part_of_the_schedules_story(tmp_path: Path) -> None:
    text = spec(LOW).replace("datasets:\n", "parameters:\n  region: {type: text, default: all}\ndatasets:\n", 1)
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)

    assert judged(replace(run, parameters={"region": "north"}), ledger, tmp_path, ["a"]).startswith("sent: ")
    assert judged(on_day(run, 1), ledger, tmp_path, ["a"]).startswith("sent: ")
    assert not judged(on_day(run, 2), ledger, tmp_path, ["a"]).startswith("sent: ")


def test_a_run_that_is_repeated_decides_as_it_did(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(f"{KEYS}, again_after: 9")), ledger_of(tmp_path)
    judged(run, ledger, tmp_path, ["a"])
    second = on_day(run, 1)
    told = judged(second, ledger, tmp_path, ["a", "b"])

    assert told == "sent: new: b; 2 in all"
    assert judged(second, ledger, tmp_path, ["a", "b"]) == told
    assert judged(on_day(run, 1, "again"), ledger, tmp_path, ["a", "b"]) == told
    assert judged(run, ledger, tmp_path, ["a"]) == "sent: new: a; 1 in all"


def test_a_later_run_that_is_there_already_does_not_decide_for_an_earlier_one(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(LOW)), ledger_of(tmp_path)
    judged(on_day(run, 3), ledger, tmp_path, ["a"])

    assert judged(on_day(run, 2), ledger, tmp_path, ["a"]).startswith("sent: ")


def test_every_run_that_is_alarming_sends_where_the_spec_says_so(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(f"{KEYS}, send: every_run")), ledger_of(tmp_path)

    assert [judged(on_day(run, day), ledger, tmp_path, ["a"]) for day in range(2)] == ["sent: new: a; 1 in all"] * 2


def test_a_condition_that_breaks_or_cannot_be_said_is_no_silent_skip(tmp_path: Path) -> None:
    run, tables = run_of(tmp_path), tables_of(tmp_path)
    gone = SourceError("the warehouse is away", retryable=True)

    for says, error, told in (
        (gone, SourceError, "the warehouse is away"),
        (KeyError("x"), CheckError, r"the condition alert.when\[1\] \(scripted\) could not be judged: KeyError"),
        (None, CheckError, r"cannot be said whether the report is alarming: alert.when\[1\]: it may come"),
    ):
        alert = Alert.model_construct(when=(Scripted(says=(says,)),))
        with pytest.raises(error, match=told):
            require_alarm(with_spec(run, alert=alert), tables, NOW, None)


def test_conditions_of_the_gate_may_be_alarming_too_and_what_they_measured_is_kept_beside_the_rest(
    tmp_path: Path, connection: Callable[..., None]
) -> None:
    connect_shop(connection, tmp_path)
    values = ("{type: value, label: stock, connection: shop, sql: SELECT 80, below: 100}",
              "{type: value, label: sales, sql: SELECT 7, above: 5}")  # fmt: skip
    other = values[1].replace("SELECT 7", "SELECT 9")
    text = alerting(f"when: [{', '.join(values)}]").replace("{type: rows, dataset: orders, at_least: 1}", other)
    run, ledger = run_of(tmp_path, text), ledger_of(tmp_path)
    ledger.begin(run, [], NOW)
    extract(run)

    for _ in range(2):
        assert check(run, ledger)["alert"].endswith(": alarming, and not sent since it became so")

    noted = sqlite3.connect(tmp_path / "ledger.db").execute(
        "SELECT value FROM scheduled_reports_measure WHERE kind = 'condition'"
    )
    assert sorted(noted) == [(7,), (9,), (80,)]


def test_whoever_ignores_conditions_gets_it_and_it_counts_as_sent(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(KEYS)), ledger_of(tmp_path)
    judged(run, ledger, tmp_path, ["a"])
    wanted = replace(on_day(run, 1), ignore_conditions=True, asked_by="ann")

    assert judged(wanted, ledger, tmp_path, []) == "sent: not alarming: low has no row for Friday, 2 October 2026"
    assert banners(wanted) == []
    wanted = replace(on_day(run, 2), ignore_conditions=True, asked_by="ann")
    assert judged(wanted, ledger, tmp_path, ["a"]) == "sent: new: a; 1 in all"
    wanted = replace(on_day(run, 3), ignore_conditions=True)
    assert judged(wanted, ledger, tmp_path, ["a"]).startswith("sent: nothing is new; a: still alarming")
    assert judged(on_day(run, 4), ledger, tmp_path, ["a"]) == (
        "nothing is new; a: still alarming, and was sent for 2026-10-04"
    )


def test_an_alert_that_breaks_is_passed_over_where_it_is_ignored(tmp_path: Path) -> None:
    run = replace(run_of(tmp_path, spec(KEYS.replace("[sku]", "[skuu]"))), ignore_conditions=True)

    ledger = ledger_of(tmp_path)
    ledger.begin(run, [], NOW)
    assert require_alarm(run, tables_of(tmp_path, low={"sku": ["a"]}), NOW, ledger) == {}


def test_a_preview_knows_no_earlier_run_and_takes_its_old_banner_away(tmp_path: Path) -> None:
    run = run_of(tmp_path, spec(KEYS))

    assert judged(run, None, tmp_path, ["a"]) == "sent: new: a; 1 in all"
    assert len(banners(run)) == 1
    assert judged(run, None, tmp_path, []).startswith("not alarming")
    assert banners(run) == []


def test_a_spec_that_calls_something_else_alarming_has_not_sent_it(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(LOW)), ledger_of(tmp_path)
    judged(run, ledger, tmp_path, ["a"])

    changed = run_of(tmp_path, spec(LOW.replace("at_least: 1", "at_most: 5")))

    assert judged(on_day(changed, 1), ledger, tmp_path, ["a"]).startswith("sent: ")


@pytest.mark.parametrize(
    ("alert", "told"),
    [
        ("when: [{type: rows, dataset: lwo, at_least: 1}]", "there is no source or dataset 'lwo'"),
        ("when: [{any: [{type: rows, dataset: lwo, at_least: 1}]}]", "there is no source or dataset 'lwo'"),
        ("keys: {dataset: lwo, columns: [sku]}", "there is no source or dataset 'lwo'"),
        ("send: every_run", "neither 'when' nor 'keys' is given"),
        (f"{KEYS}, send: every_run, again_after: 2", "'again_after' does nothing"),
        (f"{KEYS}, send: once", "on_crossing"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_when_the_spec_is_read(tmp_path: Path, alert: str, told: str) -> None:
    loaded = load(write(tmp_path, spec(alert)), tmp_path / "include")

    assert isinstance(loaded, BrokenReport)
    [problem] = loaded.problems
    assert told in str(problem)
    assert problem.line == spec(alert)[: spec(alert).index("alert:")].count("\n") + 1
