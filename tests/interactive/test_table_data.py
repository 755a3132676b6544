"""Tables as the page's script reads them: groups, totals, what is left out, and the rows behind rows."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from sample_document import document, write
from scheduled_reports.document import Table, TableBlock
from scheduled_reports.interactive.gathered import gathered
from scheduled_reports.interactive.still import first_lines
from scheduled_reports.interactive.table_data import table_data


def bound(folder: Path, rows: dict[str, list[Any]], **more: Any) -> Table:
    write(folder, "rows", rows)
    block = TableBlock.model_validate({"type": "table", "dataset": "rows", **more})
    (found,) = document(folder, block).blocks
    assert isinstance(found, Table)
    return found


GROUPED = {"region": ["N", "N", "S"], "n": [3, 1, 2]}
SUMMED = [{"name": "region"}, {"name": "n", "total": "sum"}]


def test_lines_between_rows_know_before_which_they_stand(tmp_path: Path) -> None:
    table = bound(tmp_path, GROUPED, group_by="region", columns=SUMMED)
    data = table_data(gathered(table, 100))
    assert [(line[0], line[1], line[3][0]) for line in data["between"]] == [
        (0, 1, "N"), (2, 2, "N, total"), (2, 1, "S"), (3, 2, "S, total"),
    ]  # fmt: skip
    assert data["foot"] == [[3, 3, 0, ["Total", "6"]]]
    assert data["groups"] == ["Region"]


def test_a_group_that_is_cut_has_no_subtotal_and_later_groups_are_gone(tmp_path: Path) -> None:
    table = bound(tmp_path, GROUPED, group_by="region", columns=SUMMED)
    data = table_data(gathered(table, 1))
    assert (data["rows"], data["leftOut"]) == (1, 2)
    assert [line[3][0] for line in data["between"]] == ["N"]
    assert data["foot"][0][3] == ["Total", "6"]


@pytest.mark.parametrize("most", [1, 2, 3, 9_999, 10_000, 10_001, 20_000])
def test_what_is_kept_and_what_is_left_out_is_all(tmp_path: Path, most: int) -> None:
    table = bound(tmp_path, {"n": list(range(20_000))}, columns=[{"name": "n"}])
    found = gathered(table, most)
    assert found.rows == min(most, 20_000)
    assert found.rows + found.left_out == 20_000
    assert found.entries[0][-1] == f"{found.rows - 1:,}"


def test_rows_and_their_details_share_a_number(tmp_path: Path) -> None:
    write(tmp_path, "calls", {"agent": ["a", "b", "a", "z", None], "at": [1, 2, 3, 4, 5]})
    table = bound(tmp_path, {"agent": ["b", "a", "c", None]}, detail={"dataset": "calls", "on": "agent"})
    data = table_data(gathered(table, 100))
    assert list(base64.b64decode(data["opens"]["bytes"])) == [2, 1, 0, 4]
    assert list(base64.b64decode(data["detail"]["of"]["bytes"])) == [1, 2, 1, 3, 4]
    assert data["detail"]["unopened"] == 1


def test_the_first_lines_are_what_a_reader_without_javascript_sees(tmp_path: Path) -> None:
    table = bound(tmp_path, GROUPED, group_by="region", columns=SUMMED)
    lines = list(first_lines(gathered(table, 100)))
    assert [(line.kind, line.cells[0].text) for line in lines] == [
        ("group", "N"), ("row", "N"), ("row", "N"), ("subtotal", "N, total"), ("group", "S"), ("row", "S"),
        ("subtotal", "S, total"),
    ]  # fmt: skip
    assert [line.span for line in lines if line.kind == "group"] == [2, 2]


def test_of_a_long_table_the_first_fifty_rows_stand_there(tmp_path: Path) -> None:
    table = bound(tmp_path, {"n": list(range(90))})
    assert [line.cells[0].text for line in first_lines(gathered(table, 100))][-1] == "49"
