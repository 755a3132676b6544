"""The source `run`: a table of an earlier run, as it was sent."""

from __future__ import annotations

import datetime as dt
import json
import logging
import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.io.store import attach
from fsspec.implementations.memory import MemoryFileSystem

from runs import NOW, connect_shop, ledger_of, run_of, use_settings
from scheduled_reports.archive import RunFolder
from scheduled_reports.errors import ArchiveError, DeliveryError, ReportError, SourceError
from scheduled_reports.ledger import DeliveryState
from scheduled_reports.run import Run
from scheduled_reports.spec.load import BrokenReport, load
from scheduled_reports.steps import RunSkipped, StepSkipped
from scheduled_reports.steps.close import close
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.gate import gate
from scheduled_reports.steps.plan import owed
from scheduled_reports.tables import Tables
from specs import SALES, write

pytestmark = pytest.mark.filterwarnings("ignore:GitWildMatchPattern")  # Airflow's own, as it loads its lineage code

DAY_BEFORE = """
  day_before:
    type: run
    table: totals
"""
DAILY = '  - {id: daily, when: "30 6 * * *", timezone: Europe/Berlin}\n'
THURSDAY = dt.date(2026, 10, 1)


def spec(*lines: str, text: str = SALES) -> str:
    """Return the small spec with the source `day_before` and more lines in it."""
    more = "".join(f"    {line}\n" for line in lines)
    return text.replace("datasets:\n", f"{DAY_BEFORE.lstrip(chr(10))}{more}datasets:\n", 1)


@pytest.fixture(params=["file", "memory"])
def archive(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connection: Callable[..., None]
) -> str:
    """Return the URL of an archive, on disk and in object storage, that the settings name."""
    use_settings(monkeypatch, tmp_path)
    connect_shop(connection, tmp_path)
    attach("memory", fs=MemoryFileSystem())
    url = (tmp_path / "archive").as_uri().replace("file://", f"{request.param}://")
    monkeypatch.setenv("AIRFLOW__SCHEDULED_REPORTS__ARCHIVE", url)
    return url


@pytest.fixture
def on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, connection: Callable[..., None]) -> str:
    """Return the URL of an archive on disk that the settings name."""
    use_settings(monkeypatch, tmp_path)
    connect_shop(connection, tmp_path)
    return (tmp_path / "archive").as_uri()


def a_run(
    folder: Path, archive: str, day: dt.date = THURSDAY, run_id: str = "manual__1", text: str = SALES, **changes: Any
) -> Run:
    """Return a run for the period that contains `day`, whose folder is in `archive`."""
    run = run_of(folder, text, run_id=run_id, **changes)
    period = run.report.timing(run.schedule).period_of(day)
    place = RunFolder.of(archive, run.report.id, run.schedule.id, period.slug, run_id)
    return replace(run, period=period, folder=place)


def sent(run: Run, folder: Path, *, but: int = 0, began: dt.datetime = NOW) -> Run:
    """Bring a run to its end: everybody has got theirs, but the last few."""
    ledger = ledger_of(folder)
    gate(run, ledger, max(began, run.period.end))
    extract(run)
    entries = owed(run, ledger)
    for number, entry in enumerate(entries):
        if number < len(entries) - but:
            assert ledger.claim(entry.id) is not None
            ledger.settle(entry.id, DeliveryState.DELIVERED, receipt="<1@x>", size=1, seconds=0.1)
    if but:
        with pytest.raises(DeliveryError):
            close(run, ledger, "mail")
    else:
        close(run, ledger, "mail")
    return run


def orders(folder: Path, count: int) -> None:
    """Let every day of the shop have `count` orders more than its number in the month."""
    import sqlite3

    with sqlite3.connect(folder / "shop.db") as shop:
        shop.execute("DELETE FROM orders")
        for day in range(-400, 10):
            at = dt.date(2026, 10, 1) + dt.timedelta(days=day)
            shop.executemany("INSERT INTO orders VALUES (?, 'x', 1)", [(f"{at} 10:00:00",)] * (at.day + count))
    shop.close()


def read(run: Run, folder: Path) -> list[dict[str, Any]]:
    """Extract the source `day_before` and return its rows."""
    target = folder / "out" / "day_before.parquet"
    target.parent.mkdir(exist_ok=True)
    run.report.spec.sources["day_before"].extract(run, "day_before", target)
    return list(Tables(target.parent).read("day_before").to_pylist())


def number(run: Run, folder: Path) -> int:
    [row] = read(run, folder)
    return int(row["orders"])


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


def test_a_file_that_was_cut_is_never_taken_for_the_whole(tmp_path: Path, archive: str) -> None:
    a_run(tmp_path, archive)
    before = sent(a_run(tmp_path, archive, dt.date(2026, 9, 30)), tmp_path)
    path = before.folder.root / "data" / "totals.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(SourceError, match=f"is damaged: it is no whole Parquet file; it has {len(whole) // 2} bytes"):
        read(a_run(tmp_path, archive, text=spec()), tmp_path)


def test_a_file_that_is_not_what_the_run_made_is_told(tmp_path: Path, on_disk: str) -> None:
    a_run(tmp_path, on_disk)
    before = sent(a_run(tmp_path, on_disk, dt.date(2026, 9, 30)), tmp_path)
    data = Path(before.folder.root.path) / "data"
    (data / "orders.parquet").replace(data / "totals.parquet")

    with pytest.raises(SourceError, match="is not what the run made: it has 1 rows in"):
        read(a_run(tmp_path, on_disk, text=spec()), tmp_path)


def test_a_file_that_was_removed_is_told(tmp_path: Path, archive: str) -> None:
    a_run(tmp_path, archive)
    before = sent(a_run(tmp_path, archive, dt.date(2026, 9, 30)), tmp_path)
    (before.folder.root / "data" / "totals.parquet").unlink()

    with pytest.raises(SourceError, match=r"totals\.parquet is not there: somebody removed it") as caught:
        read(a_run(tmp_path, archive, text=spec()), tmp_path)
    assert not caught.value.retryable


def test_a_full_disk_is_not_taken_for_the_archives_fault(tmp_path: Path, on_disk: str) -> None:
    a_run(tmp_path, on_disk)
    sent(a_run(tmp_path, on_disk, dt.date(2026, 9, 30)), tmp_path)
    run = a_run(tmp_path, on_disk, text=spec())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):  # which the step tells with the folder that is full
            read(run, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_manifest_that_cannot_be_read_may_pass(tmp_path: Path, on_disk: str) -> None:
    a_run(tmp_path, on_disk)
    before = sent(a_run(tmp_path, on_disk, dt.date(2026, 9, 30)), tmp_path)
    (Path(before.folder.root.path) / "manifest.json").write_text("{")

    with pytest.raises(ArchiveError, match=r"cannot read .*manifest\.json") as caught:
        read(a_run(tmp_path, on_disk, text=spec()), tmp_path)
    assert caught.value.retryable


def test_what_somebody_else_put_into_the_archive_is_no_run(tmp_path: Path, on_disk: str) -> None:
    a_run(tmp_path, on_disk)
    sent(a_run(tmp_path, on_disk, dt.date(2026, 9, 30)), tmp_path)
    folder = tmp_path / "archive" / "sales" / "daily"
    (folder / "2026-09-30" / "notes").mkdir()
    (folder / "2026-09-30" / "README").write_text("hello")
    (folder / "2026-09-30" / "other").mkdir()
    (folder / "2026-09-30" / "other" / "manifest.json").write_text(json.dumps({"made_by": "hand"}))
    (folder / ".trash").mkdir()

    assert number(a_run(tmp_path, on_disk, text=spec()), tmp_path) == 1
    assert number(a_run(tmp_path, on_disk, text=spec("period: latest")), tmp_path) == 1


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("period: lately",), "period: 'lately' is no earlier period; write previous, latest, same"),
        (("period: {periods_ago: 0}",), "is no earlier period"),
        (("period: {weeks_ago: 1}",), "is no earlier period"),
        (("period: same",), "same is this very run"),
        (("period: same", "schedule: daily"), "same is this very run; name another 'schedule', or write previous"),
        (("schedule: dialy",), "report 'sales' has no schedule 'dialy'; did you mean 'daily'?"),
        (("missing: empty",), "an empty table needs 'columns' with a type each, and there are none"),
        (("missing: empty", "columns: {one: {}}"), "'one' has none; add them"),
    ],
)
def test_what_cannot_be_meant_is_a_problem_of_the_spec(tmp_path: Path, lines: tuple[str, ...], told: str) -> None:
    loaded = load(write(tmp_path, spec(*lines)), tmp_path / "include")

    assert isinstance(loaded, BrokenReport)
    assert told in str(loaded.problems[0])


def test_a_table_that_this_report_does_not_make_is_told_with_its_place(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, spec().replace("table: totals", "table: total")), tmp_path / "include")

    assert isinstance(loaded, BrokenReport)
    [problem] = loaded.problems
    assert str(problem).partition(": ")[2] == (
        "sources.day_before.table: report 'sales' has no source or dataset 'total'; did you mean 'totals'? "
        "(allowed: day_before, orders, totals)"
    )


def test_every_error_says_what_to_do(tmp_path: Path, on_disk: str) -> None:
    with pytest.raises(ReportError) as caught:
        read(a_run(tmp_path, on_disk, text=spec()), tmp_path)

    assert caught.value.fix
