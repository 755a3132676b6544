"""What an author says of a column that has nothing to work on is told before any file is made."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sample_document import binding, document, write
from scheduled_reports.document import AppendixBlock, TableBlock
from scheduled_reports.errors import DocumentError

NOON = dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC)


def block(name: str, pattern: str, title: str = "") -> TableBlock:
    columns = [{"name": name, "format": pattern}]
    return TableBlock.model_validate({"type": "table", "dataset": "t", "columns": columns, "title": title})


@pytest.mark.parametrize(
    ("value", "kind"),
    [("red", "text"), (True, "boolean"), (b"\x00", "bytes"), ([1], "nested")],
)
def test_a_format_of_what_none_can_change_is_told_with_its_table_and_column(
    tmp_path: Path, value: Any, kind: str
) -> None:
    write(tmp_path, "t", {"colour": [value]})

    with pytest.raises(DocumentError) as caught:
        document(tmp_path, block("colour", "#,##0", "Sold"))

    assert caught.value.what.endswith(
        "table 'Sold' over 't', column 'colour': `format` '#,##0' needs numbers, dates or times"
    )
    assert (caught.value.why, caught.value.fix) == (f"it holds {kind}", "CAST it in the query, or leave that out")


@pytest.mark.parametrize(
    ("value", "pattern"),
    [(1, "yyyy-MM"), (1.5, "short"), (NOON.date(), "HH:mm"), (NOON.date(), "#,##0"), (NOON, "percent 1")],
)
def test_a_format_of_another_kind_of_value_is_told_too(tmp_path: Path, value: Any, pattern: str) -> None:
    write(tmp_path, "t", {"n": [value]})

    with pytest.raises(DocumentError, match=f"table over 't', column 'n' cannot be shown as '{pattern}'"):
        document(tmp_path, block("n", pattern))


@pytest.mark.parametrize("value", [1, 1.5, NOON.date(), NOON.time(), NOON])
def test_a_format_that_fits_is_taken(tmp_path: Path, value: Any) -> None:
    write(tmp_path, "t", {"n": [value]})
    pattern = "#,##0.00" if isinstance(value, int | float) else "medium"

    (table,) = document(tmp_path, block("n", pattern)).blocks

    assert len(list(table.texts())) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("values", "kind"), [([], pa.string()), ([], pa.int32()), ([None, None], pa.string()), ([None], pa.null())]
)
def test_a_column_without_a_value_fits_as_its_type_says_nothing(
    tmp_path: Path, values: list[None], kind: pa.DataType
) -> None:
    write(tmp_path, "t", {"day": pa.array(values, kind)})

    (table,) = document(tmp_path, block("day", "yyyy-MM-dd")).blocks

    assert list(table.texts()) == [("–",) for _ in values]  # type: ignore[attr-defined]


def test_text_may_stand_for_the_numbers_of_a_report_with_masks(tmp_path: Path) -> None:
    write(tmp_path, "t", {"salary": ["***"]})

    table = block("salary", "#,##0").bind(replace(binding(tmp_path), masked=True))

    assert list(table.texts()) == [("***",)]


def test_an_appendix_is_told_by_its_title(tmp_path: Path) -> None:
    write(tmp_path, "t", {"n": [1]})
    appendix = AppendixBlock.model_validate(
        {"type": "appendix", "title": "All rows", "dataset": "t", "columns": [{"name": "m"}]}
    )

    with pytest.raises(DocumentError, match="appendix 'All rows' over 't': there is no column 'm'"):
        document(tmp_path, appendix)
