"""The rows for which checks fail are kept for the owner, capped, without what is sensitive, and never silently lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from judging import data_of
from people import people
from runs import run_of
from scheduled_reports.checks import Check, Outcome, Result
from scheduled_reports.checks.base import CheckedData, FailingRows
from scheduled_reports.checks.complete import Complete
from scheduled_reports.ledger.past import PastRuns
from scheduled_reports.run import Run
from scheduled_reports.steps.extract import extract
from scheduled_reports.steps.failing_rows import Kept, keep_failing_rows, kept_in
from scheduled_reports.tables import Tables


class Finds(Check):
    """A check of a third party, which finds what it is told to."""

    type: Literal["finds"] = "finds"
    found: tuple[Any, ...] = ()

    def judge(self, data: CheckedData) -> Iterator[Result]:
        yield from self.found


def finds(*found: Result, **fields: Any) -> Finds:
    return Finds.model_construct(id="odd", severity="stop", found=found, **fields)


def failed(sql: str, table: str = "", part: str = "", count: int | None = None, **values: Any) -> Result:
    return Result(Outcome.FAILED, "it is odd", part, None, FailingRows(sql, table, values), count)


def complete(**fields: Any) -> Complete:
    return Complete.model_validate({"type": "complete", "dataset": "calls", "columns": ["agent"], **fields})


def keep(data: CheckedData, *checks: Check) -> list[Kept]:
    judged = [(check, result) for check in checks for result in check.judge(data)]
    entries = keep_failing_rows(data.run, data.tables, judged)
    data.run.folder.note(failing_rows=entries)
    return kept_in(data.run.folder.manifest())


def text_of(run: Run, kept: Kept) -> str:
    with run.folder.fetch(kept.file) as path:
        return path.read_bytes().decode()


def rows_of(run: Run, kept: Kept) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of(run, kept).removeprefix("\ufeff"), newline="")))


def test_the_rows_are_kept_as_they_stand_in_the_table(tmp_path: Path) -> None:
    data = data_of(tmp_path, calls={"id": [1, 2, 3], "agent": ["Ann", None, "王小明"], "note": ["a", 'b "c", d', "e"]})

    (kept,) = keep(data, complete())

    assert text_of(data.run, kept) == '\ufeffid,agent,note\r\n2,,"b ""c"", d"\r\n'
    assert (kept.check, kept.file, kept.rows, kept.failing) == ("complete_calls", "failing/complete_calls.csv", 1, 1)
    assert str(kept) == "1 row"


def test_what_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    data = data_of(tmp_path, calls={"agent": [None], "=cmd()": ["=HYPERLINK(1)"]})

    (kept,) = keep(data, complete())

    assert rows_of(data.run, kept) == [["agent", "'=cmd()"], ["", "'=HYPERLINK(1)"]]


def test_at_most_a_thousand_rows_are_kept_and_that_is_said(tmp_path: Path) -> None:
    data = data_of(tmp_path, calls={"id": list(range(12_345)), "agent": [None] * 12_345})

    (kept,) = keep(data, complete())

    rows = rows_of(data.run, kept)
    assert (len(rows), rows[1], rows[-1]) == (1_001, ["0", ""], ["999", ""])
    assert str(kept) == "the first 1,000 of 12,345 rows"


def test_the_parts_of_a_check_share_one_file_and_small_ones_are_whole(tmp_path: Path) -> None:
    channels = ["chat"] * 1_500 + ["mail"] * 3 + ["phone"] * 2_000
    data = data_of(tmp_path, calls={"channel": channels, "agent": [None] * len(channels)})

    (kept,) = keep(data, complete(by="channel"))

    head, *rows = rows_of(data.run, kept)
    parts = [row[0] for row in rows]
    assert head == ["check_part", "channel", "agent"]
    assert {part: parts.count(part) for part in parts} == {"chat": 499, "mail": 3, "phone": 498}
    assert parts == sorted(parts), "each part stands together, in the order of the results"
    assert str(kept) == "the first 1,000 of 3,503 rows"


def test_every_check_has_a_file_of_its_own_and_one_that_passes_has_none(tmp_path: Path) -> None:
    data = data_of(tmp_path, calls={"agent": [None], "team": ["A"]}, shifts={"team": [None, None]})

    kept = keep(
        data, complete(), complete(id="teams", columns=["team"]),
        complete(id="shifts", dataset="shifts", columns=["team"]),
    )  # fmt: skip

    assert [(entry.check, entry.rows) for entry in kept] == [("complete_calls", 1), ("shifts", 2)]


def test_queries_with_different_columns_share_a_file(tmp_path: Path) -> None:
    data = data_of(tmp_path, calls={"id": [1, 2]})
    check = finds(
        failed("SELECT id, 'x' AS amount, id AS amount FROM calls WHERE id = :wanted", part="a", wanted=1),
        failed("SELECT id::DOUBLE + 0.5 AS id, 3 AS other FROM calls LIMIT 1", part="b"),
    )

    (kept,) = keep(data, check)

    assert rows_of(data.run, kept) == [
        ["check_part", "id", "amount", "amount_2", "other"], ["a", "1", "x", "1", ""], ["b", "1.5", "", "", "3"],
    ]  # fmt: skip
    assert str(kept) == "2 rows"


def test_columns_that_two_queries_fill_with_different_kinds_become_text(tmp_path: Path) -> None:
    data = data_of(tmp_path, calls={"id": [1]})
    check = finds(failed("SELECT id AS a FROM calls"), failed("SELECT DATE '2026-10-01' AS a"))

    (kept,) = keep(data, check)

    assert rows_of(data.run, kept) == [["a"], ["1"], ["2026-10-01"]]


def test_rows_of_unknown_number_are_said_to_be_the_first(tmp_path: Path) -> None:
    data = data_of(tmp_path, calls={"id": list(range(3_000))})

    (kept,) = keep(data, finds(failed("SELECT id FROM calls; ")))

    assert str(kept) == "the first 1,000 rows"


def test_a_column_called_as_ours_stays(tmp_path: Path) -> None:
    data = data_of(tmp_path, calls={"check_part": ["p"], "agent": [None]})

    (kept,) = keep(data, complete(by="check_part"))

    assert rows_of(data.run, kept) == [["check_part", "check_part_2", "agent"], ["p", "p", ""]]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT nothing FROM calls",
        "DELETE FROM calls",
        "SELECT * FROM elsewhere",
        "",
        "SELECT id FROM calls WHERE x = :y",
    ],
)
def test_a_query_that_fails_is_said_and_raises_nothing(tmp_path: Path, query: str) -> None:
    data = data_of(tmp_path, calls={"id": [1]})

    (kept,) = keep(data, finds(failed(query, count=7)))

    assert (kept.file, kept.rows, kept.failing) == ("", 0, 7)
    assert str(kept).startswith("the rows could not be kept: ")


def test_rows_that_cannot_be_written_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_of(tmp_path, calls={"agent": [None]})
    judged = [(complete(), result) for result in complete().judge(data)]
    folder = Path(data.run.folder.root.path)
    folder.mkdir(parents=True)
    (folder / "failing").write_text("in the way")

    (entry,) = keep_failing_rows(data.run, data.tables, judged)

    assert "cannot write" in entry["error"]
    assert (entry["file"], entry["failing"]) == ("", 1)


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    data = data_of(tmp_path, calls={"agent": [None]})
    folder = Path(data.run.folder.root.path)
    (folder / "failing").mkdir(parents=True)
    (folder / "failing" / "complete_calls.csv").mkdir()  # a rename onto a folder fails as late as a full disk does

    (kept,) = keep(data, complete())

    assert str(kept).startswith("the rows could not be kept: cannot write")


SENSITIVE = "email: {sensitive: true}\nincome: {sensitive: true}\n"


@pytest.fixture
def crm(crm_run: Callable[..., Run]) -> Callable[..., CheckedData]:
    """Return a function that extracts a report on people, and gives what its checks look at."""

    def extracted(columns: str = SENSITIVE) -> CheckedData:
        contacts = "SELECT name, email AS contact, phone, born, income FROM people ORDER BY id"
        run = crm_run(people(columns).replace(contacts, "SELECT name, phone, born FROM people ORDER BY id"))
        extract(run)
        return CheckedData(run, Tables(Path(run.folder.root.path) / "data"), PastRuns(run, None))

    return extracted


def test_sensitive_columns_are_left_out_and_that_is_said(crm: Callable[..., CheckedData]) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed("SELECT id, email, phone, income FROM people", "people", count=3)))

    assert rows_of(data.run, kept)[:2] == [["id", "phone"], ["0", "'+49 30 555010000"]]
    assert kept.left_out == ("email", "income")
    assert str(kept) == "3 rows; left out, as sensitive: email, income"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("SELECT id, upper(email) AS shout FROM people", ["id"]),
        ("SELECT p.id, q.income + 1 AS more FROM people p JOIN people q USING (id)", ["id"]),
        ("SELECT id, people FROM people", ["id"]),
        ("SELECT count(*) AS n, max(income) AS top FROM people", ["n"]),
        ("SELECT id, (SELECT max(email) FROM people) AS one FROM people", ["id"]),
        ("SELECT name FROM people", ["name"]),
    ],
)
def test_what_a_query_makes_of_sensitive_columns_is_left_out(
    crm: Callable[..., CheckedData], query: str, shown: list[str]
) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed(query)))

    assert rows_of(data.run, kept)[0] == shown
    assert "confidential" not in text_of(data.run, kept)
    assert "7123" not in text_of(data.run, kept)


def test_a_column_that_the_table_does_not_have_is_judged_by_its_query(crm: Callable[..., CheckedData]) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed("SELECT id, email AS address FROM people", "people")))

    assert rows_of(data.run, kept)[0] == ["id"]
    assert kept.left_out == ("address",)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * REPLACE (email AS name) FROM people",
        "SELECT id AS income, income AS id, name FROM people",
        "SELECT id, name FROM people UNION ALL SELECT income, email FROM people",
    ],
)
def test_a_query_that_hides_a_sensitive_column_behind_another_name_shows_neither(
    crm: Callable[..., CheckedData], query: str
) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed(query, "people", count=3)))

    told = text_of(data.run, kept) if kept.file else ""
    assert "confidential" not in told
    assert "7123" not in told


def test_where_every_column_is_sensitive_no_file_is_made(crm: Callable[..., CheckedData]) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed("SELECT email, income FROM people", "people", count=3)))

    assert (kept.file, kept.rows, kept.failing) == ("", 0, 3)
    assert str(kept) == "no row is kept, as every column is sensitive: email, income"


def test_the_parts_are_not_named_where_they_are_sensitive(crm: Callable[..., CheckedData]) -> None:
    data = crm()
    check = Complete.model_validate({"type": "complete", "dataset": "people", "columns": ["id"], "by": "email"})
    entries = [(check, failed("SELECT id, email FROM people LIMIT 1", "people", part="mail0@confidential0.example"))]

    (entry,) = keep_failing_rows(data.run, data.tables, entries)

    with data.run.folder.fetch(entry["file"]) as path:
        assert path.read_text("utf-8-sig").splitlines() == ["id", "0"]


def test_no_error_tells_a_sensitive_value(crm: Callable[..., CheckedData]) -> None:
    data = crm()

    (kept,) = keep(data, finds(failed("SELECT email::DATE AS day FROM people")))

    assert "Conversion Error" in str(kept)
    assert "confidential" not in str(kept)


def test_masked_columns_are_kept_as_masked(crm: Callable[..., CheckedData]) -> None:
    data = crm("email: {sensitive: true, mask: hash}\n")

    (kept,) = keep(data, finds(failed("SELECT id, email FROM people", "people")))

    assert [len(row[1]) for row in rows_of(data.run, kept)[1:]] == [64, 64, 64]
    assert kept.left_out == ()


def test_a_run_without_failing_rows_has_no_folder_for_them(tmp_path: Path) -> None:
    data = data_of(tmp_path, run=run_of(tmp_path), calls={"agent": ["Ann"]})

    assert keep(data, complete()) == []
    assert not (Path(data.run.folder.root.path) / "failing").exists()


def test_of_very_many_parts_the_worst_are_kept_and_that_is_said(tmp_path: Path) -> None:
    channels = [f"c{number:03}" for number in range(200) for _ in range(1 + number % 100)]
    data = data_of(tmp_path, calls={"channel": channels, "agent": [None] * len(channels)})

    (kept,) = keep(data, complete(by="channel"))

    parts = {row[0] for row in rows_of(data.run, kept)[1:]}
    assert parts == {f"c{number:03}" for number in range(200) if number % 100 >= 90}
    assert str(kept) == "the first 1,000 of 10,100 rows; none of 180 more parts"
