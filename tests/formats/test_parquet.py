"""Parquet files, read back by pyarrow and by DuckDB."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sample_document import STALE, document, write
from scheduled_reports.formats.parquet import Parquet


def rendered(folder: Path, table: pa.Table) -> Path:
    pq.write_table(table, folder / "sample.parquet")
    Parquet(type="parquet", dataset="sample").render(document(folder), folder / "out.parquet")
    return folder / "out.parquet"


def test_types_and_values_are_those_of_the_dataset(tmp_path: Path) -> None:
    table = pa.table({
        "int": pa.array([1, None, -3], pa.int16()),
        "decimal": pa.array([Decimal("1.10"), None, Decimal("-99.99")], pa.decimal128(6, 2)),
        "text": ["=1", "", None],
        "category": pa.array(["a", "b", "a"]).dictionary_encode(),
        "instant": pa.array([dt.datetime(9999, 12, 31, tzinfo=dt.UTC)] * 3, pa.timestamp("us", "Europe/Berlin")),
        "local": pa.array([0, 1, None], pa.timestamp("ns")),
        "nested": [[{"a": 1}], [], None],
        "bytes": [b"\x00", b"", None],
    })  # fmt: skip
    found = pq.read_table(rendered(tmp_path, table))
    assert found.schema.types == table.schema.types
    assert found.equals(table)


def test_nan_stays_and_no_bounds_hide_it(tmp_path: Path) -> None:
    path = rendered(tmp_path, pa.table({"x": [1.0, math.nan, math.inf], "n": [1, 2, 3]}))
    assert duckdb.sql(f"SELECT count(*) FROM '{path}' WHERE isnan(x)").fetchall() == [(1,)]
    group = pq.read_metadata(path).row_group(0)
    assert group.column(0).statistics is None
    assert (group.column(1).statistics.min, group.column(1).statistics.max) == (1, 3)


def test_it_is_compressed_by_zstd_in_groups_that_fit_into_memory(tmp_path: Path) -> None:
    found = pq.read_metadata(rendered(tmp_path, pa.table({"n": list(range(300_000))})))
    assert (found.num_rows, found.num_row_groups) == (300_000, 3)
    assert found.row_group(0).column(0).compression == "ZSTD"


def test_it_says_where_it_comes_from(tmp_path: Path) -> None:
    write(tmp_path, "sample", {"n": [1]})
    made = replace(document(tmp_path), notices=(STALE,))
    Parquet(type="parquet", dataset="sample").render(made, tmp_path / "out.parquet")
    told = duckdb.sql(f"SELECT decode(value) FROM parquet_kv_metadata('{tmp_path}/out.parquet') "
                      "WHERE decode(key) = 'scheduled_reports'").fetchall()  # fmt: skip
    found = json.loads(told[0][0])
    assert found["report"]["title"] == "Morning Brief"
    assert found["provenance"]["run_id"] == made.provenance.run_id
    assert found["notices"][0]["word"] == "STALE"


def test_it_holds_nothing_that_others_wrote_into_the_datasets_file(tmp_path: Path) -> None:
    field = pa.field("n", pa.int64(), metadata={"comment": "secret"})
    table = pa.table([[1]], schema=pa.schema([field], metadata={"pandas": "secret"}))
    assert b"secret" not in rendered(tmp_path, table).read_bytes()


def test_a_dataset_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    found = pq.read_table(
        rendered(tmp_path, pa.table({"a": pa.array([], pa.date32()), "b": pa.array([], pa.string())}))
    )
    assert (found.num_rows, found.schema.types) == (0, [pa.date32(), pa.string()])
