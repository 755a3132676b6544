"""A table over a dataset."""

from __future__ import annotations

from pathlib import Path

from sample_document import document, write
from scheduled_reports.document import Table, TableBlock


def test_numbers_of_a_column_have_the_same_decimals(tmp_path: Path) -> None:
    write(tmp_path, "mixed", {"share": [1.0, 2.5, None], "whole": [1.0, 2000.0, None], "count": [1, 2, 3]})
    table = document(tmp_path, TableBlock(type="table", dataset="mixed")).blocks[0]
    assert isinstance(table, Table)
    assert list(table.texts()) == [("1.00", "1", "1"), ("2.50", "2,000", "2"), ("–", "–", "3")]
