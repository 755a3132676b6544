"""How tables fit their pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sample_document import document, write
from scheduled_reports.brands import HOUSE
from scheduled_reports.document import Table, TableBlock
from scheduled_reports.document.layout import SMALLEST
from scheduled_reports.pages.letters import letters
from scheduled_reports.pages.paper import POINTS, Paper
from scheduled_reports.pages.placed import COMFORTABLE, LONG, PlacedTable, placed

A4 = Paper("A4")


def made(folder: Path, data: dict[str, list[Any]], **fields: Any) -> Table:
    write(folder, "data", data)
    (table,) = document(folder, TableBlock.model_validate({"type": "table", "dataset": "data", **fields})).blocks
    assert isinstance(table, Table)
    return table


def fit(folder: Path, data: dict[str, list[Any]], paper: Paper = A4, **fields: Any) -> list[PlacedTable]:
    return placed(made(folder, data, **fields), paper, HOUSE)


def measures(count: int, rows: int = 3) -> dict[str, list[Any]]:
    return {"name": ["Anna"] * rows} | {f"m_{number}": [98_765_432.25] * rows for number in range(count)}


def test_a_table_that_fits_stands_upright_in_the_usual_font(tmp_path: Path) -> None:
    (table,) = fit(tmp_path, measures(3), title="Figures")
    assert (table.turned, table.layout.font_size, table.caption) == (False, 8.75, "Figures")


def test_its_font_shrinks_before_its_pages_turn_and_before_it_is_divided(tmp_path: Path) -> None:
    found = {count: fit(tmp_path, measures(count)) for count in range(5, 30)}
    looks = [(len(tables), tables[0].turned) for tables in found.values()]
    assert looks == sorted(looks)
    assert (1, True) in looks
    assert max(looks)[0] > 1
    for tables in found.values():
        least = SMALLEST if tables[0].turned else COMFORTABLE
        assert all(table.layout.fits and table.layout.font_size >= least for table in tables)


def test_groups_of_columns_repeat_the_first_and_say_which_they_are(tmp_path: Path) -> None:
    tables = fit(tmp_path, measures(199), title="All")
    names = [column.name for table in tables for column in table.table.columns[1:]]
    assert names == [f"m_{number}" for number in range(199)]
    assert {table.table.columns[0].name for table in tables} == {"name"}
    assert tables[0].caption == f"All · columns 2 to {len(tables[0].table.columns)} of 200"
    assert tables[-1].caption.endswith("to 200 of 200")


def test_groups_are_about_equally_wide(tmp_path: Path) -> None:
    sizes = [len(table.table.columns) for table in fit(tmp_path, measures(59))]
    assert max(sizes) - min(sizes) <= 1


def test_groups_have_the_rows_of_their_columns(tmp_path: Path) -> None:
    data = {"name": ["a", "b"]} | {f"m_{number}": [number * 1e9 + 0.5, 7.25] for number in range(40)}
    last = fit(tmp_path, data)[-1]
    assert last.lines is not None
    (lines,) = last.lines
    texts = dict(zip((column.name for column in lines.columns), lines.texts(last.table.language), strict=True))
    assert texts["name"] == ["a", "b"]
    assert texts["m_39"] == ["39,000,000,000.50", "7.25"]


def test_only_the_first_group_is_a_target(tmp_path: Path) -> None:
    tables = fit(tmp_path, measures(60))
    assert [bool(table.anchor) for table in tables] == [True] + [False] * (len(tables) - 1)


def test_a_table_of_two_columns_is_not_divided_however_wide_it_is(tmp_path: Path) -> None:
    (table,) = fit(tmp_path, {"name": ["x" * 5000], "number": [1]})
    assert len(table.table.columns) == 2


@pytest.mark.parametrize(("rows", "few"), [(0, True), (LONG, True), (LONG + 1, False)])
def test_lines_are_kept_where_they_are_few(tmp_path: Path, rows: int, few: bool) -> None:
    (table,) = fit(tmp_path, {"number": list(range(rows))})
    assert (table.lines is not None) == few


def test_one_wide_number_at_the_end_of_many_rows_gets_its_room(tmp_path: Path) -> None:
    numbers = [*range(5000), 1_234_567_890_123]
    (table,) = fit(tmp_path, {"name": ["Anna"] * 5001, "number": numbers})
    room = table.layout.shares[1] / 100 * A4.width * POINTS
    assert room > letters(HOUSE)("1,234,567,890,123") * table.layout.font_size


def test_a_total_that_is_wider_than_all_numbers_gets_its_room(tmp_path: Path) -> None:
    data = {f"m_{number}": [999_999] * 300 for number in range(9)}
    shown = [{"name": "team"}, *({"name": name, "total": "sum"} for name in data)]
    (table,) = fit(tmp_path, {"team": ["A"] * 300, **data}, columns=shown)
    room = min(table.layout.shares[1:]) / 100 * table.layout.width
    assert room > letters(HOUSE)("299,999,700") * table.layout.font_size


def test_numbers_that_are_none_do_not_count(tmp_path: Path) -> None:
    (table,) = fit(tmp_path, {"number": [float("nan"), float("inf"), None, 1.0]})
    assert table.layout.fits
