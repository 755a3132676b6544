"""A table over a dataset."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sample_document import document, write
from scheduled_reports.document import Table, TableBlock
from scheduled_reports.errors import DocumentError


def bound(folder: Path, dataset: str, *columns: dict[str, str], title: str = "") -> Table:
    block = TableBlock.model_validate({"type": "table", "dataset": dataset, "columns": columns, "title": title})
    table = document(folder, block).blocks[0]
    assert isinstance(table, Table)
    return table


def test_numbers_of_a_column_have_the_same_decimals(tmp_path: Path) -> None:
    write(tmp_path, "mixed", {"share": [1.0, 2.5, None], "whole": [1.0, 2000.0, None], "count": [1, 2, 3]})

    assert list(bound(tmp_path, "mixed").texts()) == [("1.00", "1", "1"), ("2.50", "2,000", "2"), ("–", "–", "3")]


def test_without_columns_all_are_shown_with_their_names_in_words(tmp_path: Path) -> None:
    write(tmp_path, "calls", {"campaign": ["x"], "handle_time": [1.5], "total": [Decimal("1.5")], "ok": [True]})

    table = bound(tmp_path, "calls", title="Calls of {{ period.start | date('%Y') }}")

    assert table.title == "Calls of 2026"
    assert [(column.label, column.align) for column in table.columns] == [
        ("Campaign", "left"), ("Handle time", "right"), ("Total", "right"), ("Ok", "left"),
    ]  # fmt: skip


def test_columns_are_those_of_the_spec_in_its_order(tmp_path: Path) -> None:
    write(tmp_path, "calls", {"campaign": ["x", "y"], "calls": [1, 2], "rate": [0.5, None]})

    table = bound(tmp_path, "calls", {"name": "rate", "format": "0%", "label": "Rate!"}, {"name": "campaign"})

    assert [column.label for column in table.columns] == ["Rate!", "Campaign"]
    assert list(table.rows()) == [(0.5, "x"), (None, "y")]
    assert list(table.texts()) == [("50%", "x"), ("–", "y")]


def test_every_row_is_there_in_its_order(tmp_path: Path) -> None:
    write(tmp_path, "many", {"n": list(range(25_000))})

    assert [row[0] for row in bound(tmp_path, "many").rows()] == list(range(25_000))


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    write(tmp_path, "none", {"campaign": [], "calls": []})
    table = bound(tmp_path, "none")

    assert [column.label for column in table.columns] == ["Campaign", "Calls"]
    assert list(table.texts()) == []


def test_instants_are_shown_as_the_clocks_of_the_schedule_show_them(tmp_path: Path) -> None:
    summer = dt.datetime(2026, 10, 1, 6, 30, tzinfo=dt.UTC)
    winter = dt.datetime(2026, 12, 1, 6, 30, tzinfo=dt.UTC)
    last = dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.UTC)
    wall = [dt.datetime(2026, 10, 1, 6, 30)] * 3  # noqa: DTZ001 - a time without a zone is what is meant
    write(tmp_path, "times", {"instant": [summer, winter, last], "wall": wall, "day": [dt.date(2026, 10, 1)] * 3})

    assert list(bound(tmp_path, "times").texts()) == [
        ("2026-10-01 08:30", "2026-10-01 06:30", "2026-10-01"),
        ("2026-12-01 07:30", "2026-10-01 06:30", "2026-10-01"),
        ("9999-12-31 23:59", "2026-10-01 06:30", "2026-10-01"),
    ]


def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, "calls", {"campaign": ["x"]})

    with pytest.raises(DocumentError, match=r"table over 'calls': there is no column 'campain': did you mean 'campai"):
        bound(tmp_path, "calls", {"name": "campain"})


@pytest.mark.parametrize(("value", "pattern"), [(dt.date(2026, 10, 1), "HH:mm"), (5, "yyyy-MM")])
def test_a_pattern_that_does_not_fit_is_told_with_its_column(tmp_path: Path, value: Any, pattern: str) -> None:
    write(tmp_path, "calls", {"began": [value]})

    with pytest.raises(DocumentError, match=f"table over 'calls', column 'began' cannot be shown as '{pattern}'"):
        bound(tmp_path, "calls", {"name": "began", "format": pattern})
