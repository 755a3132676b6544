"""An alert report tells the things apart that its key names: each has a state of its own, and a name for readers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from judging import tables_of
from people import people
from runs import NOW, ledger_of, run_of
from scheduled_reports.errors import CheckError
from scheduled_reports.run import Run
from scheduled_reports.steps.alert import require_alarm
from scheduled_reports.steps.extract import extract
from scheduled_reports.tables import Tables
from steps.alerting import KEYS, banners, judged, on_day, spec


def test_each_thing_has_a_state_of_its_own(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(KEYS)), ledger_of(tmp_path)

    told = [judged(on_day(run, day), ledger, tmp_path, low) for day, low in enumerate(["", "a", "ab", "ba", "b", "ab"])]

    assert told == [
        "not alarming: low has no row for Thursday, 1 October 2026",
        "sent: new: a; 1 in all",
        "sent: new: b; 2 in all",
        "nothing is new; b, a: still alarming, and was sent for 2026-10-03",
        "nothing is new; b: still alarming, and was sent for 2026-10-03",
        "sent: new: a; 2 in all",
    ]
    assert banners(on_day(run, 5)) == [{"word": "ALERT", "text": "New: a; 2 in all.", "of": "alert"}]


def test_what_is_sent_again_is_told_from_what_is_new(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(f"{KEYS}, again_after: 1")), ledger_of(tmp_path)
    judged(run, ledger, tmp_path, ["a"])

    assert judged(on_day(run, 1), ledger, tmp_path, ["a", "b"]) == "sent: new: b; again: a; 2 in all"


def test_a_banner_names_ten_things_and_counts_the_rest(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(KEYS)), ledger_of(tmp_path)
    names = [f"SKU-{number}" for number in range(1000)]

    judged(run, ledger, tmp_path, names)

    [banner] = banners(run)
    first = ", ".join(names[:10])
    assert banner["text"] == f"New: {first} and 990 more; 1,000 in all."
    assert judged(on_day(run, 1), ledger, tmp_path, names).endswith("; and 990 more")


def test_more_than_a_thousand_things_are_an_error_and_not_cut_off(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(KEYS)), ledger_of(tmp_path)

    with pytest.raises(CheckError, match="low names more than 1,000 things by sku"):
        judged(run, ledger, tmp_path, list(range(1001)))


def test_a_column_that_is_not_there_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    run = run_of(tmp_path, spec(KEYS.replace("[sku]", "[skuu]")))

    with pytest.raises(CheckError, match=r"low has no column 'skuu'\n.*did you mean 'sku'\?"):
        judged(run, None, tmp_path, ["a"])


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ("email: {sensitive: true}\n", "new: 3;"),
        ("email: {mask: {default: hash, auditor: keep}}\n", "new: 3;"),
        ("name: {mask: {type: pseudonym}}\n", ", ".join(f"mail{n}@confidential{n}.example" for n in range(3))),
    ],
    ids=["sensitive", "another for a role", "open to all"],
)  # fmt: skip
def test_things_are_named_only_where_all_readers_may_know_them(
    tmp_path: Path, crm_run: Callable[..., Run], columns: str, told: str
) -> None:
    alert = "alert:\n  keys: {dataset: people, columns: [email]}\ncontent:\n"
    run, ledger = crm_run(people(columns).replace("content:\n", alert, 1)), ledger_of(tmp_path)
    ledger.begin(run, [], NOW)
    extract(run)

    with run.folder.fetch("data") as folder:
        found = require_alarm(run, Tables(folder), NOW, ledger)

    assert told in found["alert"]
    assert found["alert"].endswith("; 3 in all")
    noted = (tmp_path / "ledger.db").read_bytes() + (tmp_path / "ledger.db-wal").read_bytes()
    assert (b"confidential" in noted) is (b"confidential" in told.encode())


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ([None], "(empty)"),
        ([""], "(empty)"),
        (["a\nb\tc"], "a b c"),
        (["x" * 70], "x" * 59 + "…"),
        (["\u202egnp.exe"], "�gnp.exe"),
        ([1.5, float("nan"), float("inf")], "1.5, nan, inf"),
        ([dt.date(2026, 10, 1)], "2026-10-01"),
        (["=1+1", "<b>"], "=1+1, <b>"),
    ],
)
def test_whatever_stands_in_a_key_it_is_named_on_one_line(tmp_path: Path, values: list[Any], named: str) -> None:
    run, ledger = run_of(tmp_path, spec(KEYS)), ledger_of(tmp_path)

    assert judged(run, ledger, tmp_path, values) == f"sent: new: {named}; {len(values)} in all"
    assert judged(on_day(run, 1), ledger, tmp_path, values).startswith("nothing is new")


def test_keys_are_told_apart_however_long_and_alike_they_are(tmp_path: Path) -> None:
    run, ledger = run_of(tmp_path, spec(KEYS)), ledger_of(tmp_path)
    long = "x" * 600

    assert judged(run, ledger, tmp_path, [long, None]).endswith("; 2 in all")
    assert judged(on_day(run, 1), ledger, tmp_path, [f"{long}y", None]).startswith("sent: new: xxx")
    assert judged(on_day(run, 2), ledger, tmp_path, ["null"]) == "sent: new: null; 1 in all"


def test_several_columns_tell_things_apart_also_where_their_names_need_quotes(tmp_path: Path) -> None:
    run = run_of(tmp_path, spec("keys: {dataset: low, columns: ['the \"sku\"', place]}"))
    table = {'the "sku"': ["a", "a", "a"], "place": ["Berlin", "Bonn", "Bonn"]}

    found = require_alarm(run, tables_of(tmp_path, low=table), NOW, None)

    assert found == {"alert": "new: a / Berlin, a / Bonn; 2 in all"}
