"""The lines of short tables as the templates take them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sample_document import document, write
from scheduled_reports.brands import HOUSE
from scheduled_reports.document import Table, TableBlock
from scheduled_reports.pages.paper import Paper
from scheduled_reports.pages.placed import placed
from scheduled_reports.pages.rows import CellLook, Row, rows

LOOK = CellLook(lambda part: f"#{round(255 * part):02x}0000", "#00ff00")
DATA = {"team": ["A", "A", "B"], "name": ["x", "y", "z"], "n": [1, 2, 3], "m": [1, 2, 3], "k": [1, 2, 3]}


def found(folder: Path, *columns: dict[str, Any], target: str = "", **fields: Any) -> list[Row]:
    write(folder, "data", DATA)
    block = {"type": "table", "dataset": "data", "columns": columns, **fields}
    (table,) = document(folder, TableBlock.model_validate(block)).blocks
    assert isinstance(table, Table)
    (one,) = placed(table, Paper("A4"), HOUSE)
    return list(rows(one, LOOK, target))


def test_groups_and_totals_have_classes_and_their_names_run_on(tmp_path: Path) -> None:
    columns = ({"name": "name"}, {"name": "team"}, {"name": "n", "total": "sum"})
    lines = found(tmp_path, *columns, group_by="team")
    assert [line.classes for line in lines] == [
        "group level-0", "", "", "subtotal level-0", "group level-0", "", "subtotal level-0", "total",
    ]  # fmt: skip
    assert [(cell.text, cell.span, cell.classes) for cell in lines[0].cells] == [("A", 3, "")]
    assert [(cell.text, cell.span, cell.classes) for cell in lines[3].cells] == [("A, total", 2, ""), ("3", 1, "n")]


def test_cells_have_their_tones_shades_and_bars(tmp_path: Path) -> None:
    rules = [{"above": 2, "tone": "bad"}]
    lines = found(tmp_path, {"name": "n", "highlight": rules}, {"name": "m", "scale": True}, {"name": "k", "bar": True})
    last = lines[-1].cells
    assert [cell.classes for cell in last] == ["n bad", "n", "n"]
    assert last[1].style == "background: #ff0000"
    assert last[2].style.startswith("background: linear-gradient(to right, transparent 0.00%, #00ff00 0.00%")


def test_the_first_cell_of_a_row_leads_to_its_details(tmp_path: Path) -> None:
    lines = found(tmp_path, {"name": "name"}, {"name": "n", "total": "sum"}, target="part-3")
    assert [cell.href for cell in lines[0].cells] == ["#part-3", ""]
    assert [cell.href for cell in lines[-1].cells] == ["", ""]


def test_a_link_of_its_own_is_kept(tmp_path: Path) -> None:
    lines = found(tmp_path, {"name": "name", "link": "https://x.example/{name}"}, target="part-3")
    assert lines[0].cells[0].href == "https://x.example/x"
