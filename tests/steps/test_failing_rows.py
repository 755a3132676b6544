"""The rows for which checks fail are kept for the owner, capped, without what is sensitive, and never silently lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from judging import data_of
from runs import run_of
from scheduled_reports.steps.failing_rows import keep_failing_rows
from steps.failing import complete, failed, finds, keep, rows_of, text_of


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
