"""The source `run`: a table of an earlier run, as it was sent."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from earlier_runs import THURSDAY, a_run, number, orders, read, sent, spec
from runs import NOW, ledger_of
from scheduled_reports.archive import RunFolder
from scheduled_reports.errors import SourceError
from scheduled_reports.spec.load import BrokenReport, load
from scheduled_reports.steps import RunSkipped, StepSkipped
from scheduled_reports.steps.close import close
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.tables import Tables
from specs import SALES, write

pytestmark = pytest.mark.filterwarnings("ignore:GitWildMatchPattern")  # Airflow's own, as it loads its lineage code


def test_the_day_before_is_read_as_it_was_sent(tmp_path: Path, archive: str) -> None:
    today = a_run(tmp_path, archive)
    orders(tmp_path, 0)
    sent(a_run(tmp_path, archive, THURSDAY - dt.timedelta(days=1)), tmp_path)
    orders(tmp_path, 500)  # the books of September are changed after the report went out

    today = a_run(tmp_path, archive, text=spec())

    assert number(today, tmp_path) == 30
    assert extract(today)["day_before"] == 1


def test_of_several_runs_of_a_day_the_newest_that_sent_something_counts(tmp_path: Path, on_disk: str) -> None:
    today, before = a_run(tmp_path, on_disk), THURSDAY - dt.timedelta(days=1)
    for count, run_id in ((0, "zuerst"), (100, "again")):
        orders(tmp_path, count)
        sent(a_run(tmp_path, on_disk, before, run_id, force=run_id == "again"), tmp_path,
             began=NOW + dt.timedelta(seconds=count))  # fmt: skip
    orders(tmp_path, 200)
    later = a_run(tmp_path, on_disk, before, "only_looked_at", send=False)
    gate(later, ledger_of(tmp_path), NOW + dt.timedelta(hours=1))
    extract(later)

    assert number(a_run(tmp_path, on_disk, text=spec()), tmp_path) == 130
    assert today.period.label == "Thursday, 1 October 2026"


def test_a_run_that_is_cleared_after_a_newer_one_was_sent_stays_the_older(tmp_path: Path, on_disk: str) -> None:
    a_run(tmp_path, on_disk)
    first, again = (a_run(tmp_path, on_disk, dt.date(2026, 9, 30), name, force=name == "again") for name in "ab")
    again = replace(again, force=True)
    for count, run in ((0, first), (100, again)):
        orders(tmp_path, count)
        sent(run, tmp_path, began=NOW + dt.timedelta(seconds=count))

    ledger = ledger_of(tmp_path)
    with pytest.raises(RunSkipped, match="was delivered already"):
        gate(first, ledger, NOW + dt.timedelta(days=5))
    close(first, ledger, "mail")

    assert number(a_run(tmp_path, on_disk, text=spec()), tmp_path) == 130


def test_a_run_that_reached_some_of_its_recipients_was_sent(tmp_path: Path, on_disk: str) -> None:
    a_run(tmp_path, on_disk)
    orders(tmp_path, 0)
    sent(a_run(tmp_path, on_disk, dt.date(2026, 9, 30)), tmp_path, but=1)

    assert number(a_run(tmp_path, on_disk, text=spec()), tmp_path) == 30


def test_a_run_that_reached_nobody_was_not_and_the_message_says_why(tmp_path: Path, on_disk: str) -> None:
    a_run(tmp_path, on_disk)
    sent(a_run(tmp_path, on_disk, dt.date(2026, 9, 30), "scheduled__x"), tmp_path, but=2)

    with pytest.raises(SourceError) as caught:
        read(a_run(tmp_path, on_disk, text=spec()), tmp_path)

    assert caught.value.what == (
        "source 'day_before' (sales.yaml:11): no run of sales:daily for Wednesday, 30 September 2026 was sent with the "
        "table 'totals'"
    )
    assert caught.value.why.startswith("run scheduled__x failed (")
    assert caught.value.fix.startswith("run sales__daily for Wednesday, 30 September 2026; or let the report go on")
    assert not caught.value.retryable


def test_an_archive_without_that_run_is_told_with_its_place_and_what_it_has(tmp_path: Path, archive: str) -> None:
    a_run(tmp_path, archive)
    for day in (20, 21):
        sent(a_run(tmp_path, archive, dt.date(2026, 9, day)), tmp_path)

    with pytest.raises(SourceError) as caught:
        read(a_run(tmp_path, archive, text=spec()), tmp_path)

    assert caught.value.why.endswith("/archive/sales/daily has 2026-09-21, 2026-09-20")


def test_an_empty_archive_is_told(tmp_path: Path, archive: str) -> None:
    with pytest.raises(SourceError, match="/sales/daily has no run at all"):
        read(a_run(tmp_path, archive, text=spec("period: latest")), tmp_path)


def test_a_run_still_going_is_waited_for(tmp_path: Path, on_disk: str) -> None:
    a_run(tmp_path, on_disk)
    going = a_run(tmp_path, on_disk, dt.date(2026, 9, 30))
    gate(going, ledger_of(tmp_path), NOW)
    extract(going)

    for more in ((), ("missing: empty", "columns: {orders: {type: integer}}")):
        with pytest.raises(SourceError, match="run manual__1 is still going") as caught:
            read(a_run(tmp_path, on_disk, text=spec(*more)), tmp_path)
        assert caught.value.retryable


def test_this_very_run_and_later_ones_are_never_read(tmp_path: Path, on_disk: str) -> None:
    sent(a_run(tmp_path, on_disk), tmp_path)
    sent(a_run(tmp_path, on_disk, THURSDAY + dt.timedelta(days=1)), tmp_path)

    for period in ("previous", "latest"):
        with pytest.raises(SourceError, match="no run of sales:daily"):
            read(a_run(tmp_path, on_disk, text=spec(f"period: {period}")), tmp_path)


def test_a_skipped_run_is_passed_over_as_nobody_was_to_get_that_report(tmp_path: Path, on_disk: str) -> None:
    a_run(tmp_path, on_disk)
    orders(tmp_path, 0)
    sent(a_run(tmp_path, on_disk, dt.date(2026, 9, 29)), tmp_path)
    skipped = a_run(tmp_path, on_disk, dt.date(2026, 9, 30))
    gate(skipped, ledger_of(tmp_path), NOW)
    skipped.folder.note(state="skipped", reason="orders has 0 rows")

    assert number(a_run(tmp_path, on_disk, text=spec()), tmp_path) == 29
    with pytest.raises(SourceError, match=r"run manual__1 skipped \(orders has 0 rows\)"):
        read(a_run(tmp_path, on_disk, text=spec("period: {periods_ago: 1}")), tmp_path)


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("previous", None),
        ("latest", dt.date(2026, 9, 20)),
        ("{periods_ago: 3}", dt.date(2026, 9, 28)),
        ("{days_ago: 7}", dt.date(2026, 9, 24)),
        ("same_last_year", dt.date(2025, 10, 1)),
    ],
)
def test_a_spec_says_which_earlier_run_it_means(tmp_path: Path, on_disk: str, period: str, day: dt.date | None) -> None:
    a_run(tmp_path, on_disk)
    orders(tmp_path, 0)
    for kept in {day, dt.date(2026, 9, 20), dt.date(2026, 9, 10)} - {None}:
        sent(a_run(tmp_path, on_disk, kept), tmp_path)
    run = a_run(tmp_path, on_disk, text=spec(f"period: {period}"))

    if day is None:
        with pytest.raises(SourceError, match="30 September"):
            read(run, tmp_path)
    else:
        assert number(run, tmp_path) == day.day


def test_a_schedule_without_a_clock_takes_what_the_archive_has(tmp_path: Path, on_disk: str) -> None:
    manual = SALES.replace('when: "30 6 * * *"', "when: {type: manual}")
    a_run(tmp_path, on_disk)
    orders(tmp_path, 0)
    for day in (10, 20, 25):
        sent(a_run(tmp_path, on_disk, dt.date(2026, 9, day), text=manual), tmp_path)

    assert number(a_run(tmp_path, on_disk, text=spec(text=manual)), tmp_path) == 25
    ago = spec("period: {periods_ago: 2}", text=manual)
    assert number(a_run(tmp_path, on_disk, text=ago), tmp_path) == 20


def test_another_reports_run_of_the_same_period_may_be_read(tmp_path: Path, archive: str) -> None:
    a_run(tmp_path, archive)
    orders(tmp_path, 0)
    other = a_run(tmp_path, archive)
    path = write(tmp_path, name="summary", text=spec("report: sales", "period: same"))
    sent(other, tmp_path)
    loaded = load(path, tmp_path / "include")
    assert not isinstance(loaded, BrokenReport), loaded.problems
    place = RunFolder.of(archive, "summary", "daily", other.period.slug, "manual__1")
    run = replace(other, report=loaded, schedule=loaded.spec.schedules[0], folder=place)

    assert number(run, tmp_path) == 1


def test_another_report_that_is_gone_is_told(tmp_path: Path, on_disk: str) -> None:
    run = a_run(tmp_path, on_disk, text=spec("report: salse"))

    with pytest.raises(SourceError, match=r"there is no report 'salse' in .*did you mean 'sales'"):
        read(run, tmp_path)


def test_a_back_fill_is_read_only_where_the_spec_accepts_it(tmp_path: Path, on_disk: str) -> None:
    a_run(tmp_path, on_disk)
    orders(tmp_path, 0)
    kept = a_run(tmp_path, on_disk, dt.date(2026, 9, 30), send=False)
    ledger = ledger_of(tmp_path)
    gate(kept, ledger, NOW)
    extract(kept)
    kept.folder.note(artifacts=[{"name": "sales.html"}])
    with pytest.raises(StepSkipped):
        close(kept, ledger, "mail")

    assert number(a_run(tmp_path, on_disk, text=spec("accept_unsent: true")), tmp_path) == 30
    with pytest.raises(SourceError, match="only kept its files in the archive") as caught:
        read(a_run(tmp_path, on_disk, text=spec()), tmp_path)
    assert "write `accept_unsent: true`" in caught.value.fix


def test_where_the_spec_allows_it_a_missing_run_is_an_empty_table_of_the_declared_types(
    tmp_path: Path, on_disk: str, caplog: pytest.LogCaptureFixture
) -> None:
    columns = "columns: {orders: {type: integer}, revenue: {type: 'decimal(18,2)'}}"
    run = a_run(tmp_path, on_disk, text=spec("missing: empty", columns))

    with caplog.at_level(logging.INFO):
        assert read(run, tmp_path) == []

    schema = Tables(tmp_path / "out").read("day_before").schema
    assert [f"{field.name} {field.type}" for field in schema] == ["orders int64", "revenue decimal128(18, 2)"]
    assert "the archive has no such run; the table is empty" in caplog.text


def test_a_run_from_before_the_table_was_made_counts_as_missing(tmp_path: Path, on_disk: str) -> None:
    a_run(tmp_path, on_disk)
    sent(a_run(tmp_path, on_disk, dt.date(2026, 9, 30)), tmp_path)
    new = SALES.replace("  totals:", "  history: {sql: SELECT 1 AS one}\n  totals:")
    text = spec(text=new).replace("table: totals", "table: history")

    with pytest.raises(SourceError, match="run manual__1 has no such table, only orders, totals"):
        read(a_run(tmp_path, on_disk, text=text), tmp_path)

    more = "table: history\n    missing: empty\n    columns: {one: {type: integer}}"
    assert read(a_run(tmp_path, on_disk, text=text.replace("table: history", more)), tmp_path) == []
