"""The source `run` where archive or spec are not as they should be: each error says what and what to do."""

from __future__ import annotations

import datetime as dt
import json
import resource
from pathlib import Path

import pytest

from earlier_runs import a_run, number, read, sent, spec
from scheduled_reports.errors import ArchiveError, ReportError, SourceError
from scheduled_reports.spec.load import BrokenReport, load
from specs import write

pytestmark = pytest.mark.filterwarnings("ignore:GitWildMatchPattern")  # Airflow's own, as it loads its lineage code


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
