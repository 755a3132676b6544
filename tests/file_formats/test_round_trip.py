"""Every declared type comes back through every format as it went in."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from scheduled_reports.column_types import arrow_type
from scheduled_reports.file_formats import format_of
from scheduled_reports.file_formats.base import InFile
from scheduled_reports.file_formats.convert import Dialect
from scheduled_reports.file_formats.rejects import Rejects
from scheduled_reports.file_formats.table import Reading

LETTERS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
MOMENTS = st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2200, 1, 1)).map(lambda moment: moment.replace(fold=0))  # noqa: DTZ001
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": LETTERS,
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "decimal(20,4)": st.decimals(-(10**15), 10**15, places=4),
    "boolean": st.booleans(),
    "date": st.dates(dt.date(1900, 3, 1), dt.date(2200, 1, 1)),
    "time": st.times(),
    "timestamp": MOMENTS,
    "timestamptz": MOMENTS.map(lambda moment: moment.replace(tzinfo=dt.UTC)),
    "json": st.dictionaries(LETTERS, st.integers() | LETTERS).map(lambda value: json.dumps(value, ensure_ascii=False)),
    "bytes": st.binary(min_size=1, max_size=8),
}
ROWS = st.lists(
    st.fixed_dictionaries({kind: values | st.none() for kind, values in VALUES.items()}), min_size=1, max_size=5
)


def plain(value: Any) -> Any:
    """Return a value as its text, or as what JSON has."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, bool):
        return value
    return value if value is None or isinstance(value, int | float) else str(value)


def as_csv(rows: list[dict[str, Any]], path: Path) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(VALUES)
    writer.writerows([plain(value) for value in (row[kind] for kind in VALUES)] for row in rows)
    path.write_bytes(text.getvalue().encode())


def _literal(value: Any) -> str:
    return str(value) if isinstance(value, Decimal) else json.dumps(plain(value))


def as_json(rows: list[dict[str, Any]], path: Path) -> None:
    objects = []
    for row in rows:
        kept = {**row, "json": None if row["json"] is None else json.loads(row["json"])}
        pairs = (f"{json.dumps(name)}: {json.dumps(value) if name == 'json' else _literal(value)}"
                 for name, value in kept.items())  # fmt: skip
        objects.append(f"{{{', '.join(pairs)}}}")
    lines = path.suffix == ".jsonl"
    path.write_text("\n".join(objects) if lines else f"[{','.join(objects)}]", encoding="utf-8")


def as_parquet(rows: list[dict[str, Any]], path: Path) -> None:
    schema = pa.schema([(kind, arrow_type(kind)) for kind in VALUES])
    pq.write_table(pa.Table.from_pylist(rows, schema), path)


def as_excel(rows: list[dict[str, Any]], path: Path) -> None:
    """Write what Excel has no exact type for as text, as people do."""
    book = Workbook()
    book.active.append(list(VALUES))
    for row in rows:
        book.active.append([value if isinstance(value, bool) else plain(value) if not isinstance(value, int | float)
                            else str(value) for value in (row[kind] for kind in VALUES)])  # fmt: skip
        for cell in book.active[book.active.max_row]:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    book.save(path)


WRITERS: dict[str, Callable[[list[dict[str, Any]], Path], None]] = {
    ".csv": as_csv, ".json": as_json, ".jsonl": as_json, ".parquet": as_parquet, ".xlsx": as_excel,
}  # fmt: skip


def read(path: Path, folder: Path) -> list[dict[str, Any]]:
    form = format_of(path.name)
    assert form is not None
    reading = Reading(form, Dialect(), {kind: kind for kind in VALUES}, None, folder)
    with Rejects(None, hides=False) as rejects:
        schema, batches = reading.table([InFile(path, path.name, "source 'x'")], rejects)
        table = pa.Table.from_batches(list(batches), schema)
    assert {field.name: field.type for field in table.schema} == {kind: arrow_type(kind) for kind in VALUES}
    return list(table.to_pylist())


@pytest.mark.parametrize("ending", WRITERS)
@settings(max_examples=30, deadline=None)
@given(rows=ROWS)
def test_every_declared_type_comes_back_as_it_went_in(ending: str, rows: list[dict[str, Any]]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="round-trip-"))
    try:
        WRITERS[ending](rows, folder / f"x{ending}")
        found = read(folder / f"x{ending}", folder)
    finally:
        shutil.rmtree(folder)

    for row in (*rows, *found):
        row["json"] = None if row["json"] is None else json.loads(row["json"])
    assert found == rows
