"""Cells that hold anything, read back from each format of data as they were, and from others as readers see them."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.hostile import made, squeezed
from contract.readers import READERS
from contract.test_formats import KINDS, READ, entry

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ROW = st.tuples(
    st.none() | TEXT, st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.floats(),
    st.none() | st.dates(), st.none() | st.datetimes().map(lambda moment: moment.replace(fold=0)),
)  # fmt: skip
ROWS = st.lists(ROW, min_size=1, max_size=5)
NAMES = ("text", "whole", "number", "day", "moment")
TYPES = (pa.string(), pa.int64(), pa.float64(), pa.date32(), pa.timestamp("us"))
RELAXED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def rendered(folder: Path, name: str, rows: list[Any], *blocks: dict[str, Any]) -> Path:
    columns = [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), TYPES, strict=True)]
    content = made(folder, {"rows": pa.table(dict(zip(NAMES, columns, strict=True)))}, *blocks)
    file = folder / f"out.{entry(name).file_extension}"
    entry(name).render(content, file)
    return file


def as_json(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value


@pytest.mark.parametrize("name", ["json", "jsonl"])
@settings(max_examples=25, deadline=None, suppress_health_check=RELAXED)
@given(ROWS)
def test_json_holds_every_value(name: str, rows: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        content = rendered(Path(folder), name, rows).read_text(encoding="utf-8")
    lines = content.split("\n")
    found = json.loads(content)["rows"] if name == "json" else [json.loads(line) for line in lines if line]
    for row, objects in zip(rows, found, strict=True):
        written = [objects[key] for key in NAMES]
        moment, known = written.pop(), row[4]
        assert written == [as_json(value) for value in row[:4]]
        assert (None if moment is None else dt.datetime.fromisoformat(moment)) == known


@settings(max_examples=25, deadline=None, suppress_health_check=RELAXED)
@given(ROWS)
def test_parquet_holds_every_value(rows: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = pq.read_table(rendered(Path(folder), "parquet", rows)).to_pylist()
    assert repr([tuple(row.values()) for row in found]) == repr(rows), "also NaN and infinities"


@settings(max_examples=25, deadline=None, suppress_health_check=RELAXED)
@given(ROWS)
def test_csv_holds_every_text_and_an_apostrophe_before_formulas(rows: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = rendered(Path(folder), "csv", rows)
        with file.open(encoding="utf-8", newline="") as opened:
            found = list(csv.reader(opened, strict=True))[1:]
    for row, cells in zip(rows, found, strict=True):
        text = row[0] or ""
        risky = text[:1] in tuple("=+-@＝＋－＠\x7f") or "" < text[:1] < " "
        assert cells[0] == ("'" + text if risky and text else text)
        assert cells[1] == ("" if row[1] is None else str(row[1]))
        assert (float(cells[2]) if cells[2] else None) == as_json(row[2])
        assert cells[3] == ("" if row[3] is None else row[3].isoformat())


@pytest.mark.parametrize("name", [name for name in READ if name != "pdf"])
@settings(max_examples=12, deadline=None, suppress_health_check=RELAXED)
@given(st.lists(TEXT.filter(squeezed), min_size=1, max_size=4))
def test_readers_see_every_text(name: str, texts: list[str]) -> None:
    rows = [(f"Z{text}Z", 1, 1.5, None, None) for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        block = {"type": "table", "dataset": "rows", "columns": [{"name": "text"}]}
        found = squeezed(READERS[KINDS[name].media_type](rendered(Path(folder), name, rows, block)))
    assert [text for text in texts if squeezed(f"Z{text}Z") not in found] == []
