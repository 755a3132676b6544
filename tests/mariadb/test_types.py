"""Every type of MariaDB that people use comes back with its values, whatever they are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pymysql
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extracts import extracted, run_with

FIRST, LAST = dt.datetime(1970, 1, 2), dt.datetime(2037, 12, 31)  # noqa: DTZ001
"""What TIMESTAMP holds, within a day (https://mariadb.com/kb/en/timestamp/)."""

KINDS: dict[str, tuple[str, Any, pa.DataType]] = {
    "tiny": ("TINYINT", st.integers(-128, 127), pa.int64()),
    "yes": ("BOOLEAN", st.integers(0, 1), pa.int64()),
    "whole": ("INT", st.integers(-(2**31), 2**31 - 1), pa.int64()),
    "big": ("BIGINT", st.integers(-(2**63), 2**63 - 1), pa.int64()),
    "price": ("DECIMAL(12, 3)", st.decimals(-(10**8), 10**8, places=3), pa.decimal128(12, 3)),
    "ratio": ("DOUBLE", st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False), pa.float64()),
    "day": ("DATE", st.dates(dt.date(1000, 1, 1)), pa.date32()),
    "wall": ("DATETIME(6)", st.datetimes(dt.datetime(1000, 1, 1)), pa.timestamp("us")),  # noqa: DTZ001
    "instant": ("TIMESTAMP(6) NULL", st.datetimes(FIRST, LAST), pa.timestamp("us", "UTC")),
    "word": ("VARCHAR(40)", st.text(max_size=20), pa.string()),
    "note": ("TEXT", st.text(max_size=20), pa.string()),
    "raw": ("BLOB", st.binary(max_size=20), pa.binary()),
    "mood": ("ENUM('glad', 'sad')", st.sampled_from(["glad", "sad"]), pa.string()),
}
"""Column: its type in MariaDB, values, and its type in Arrow."""

rows_of_values = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, (_, values, _) in KINDS.items()}), max_size=4
)


@pytest.fixture
def table(shop: Any) -> Any:
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in KINDS.items())
    shop.run(f"CREATE TABLE kinds (number INT, {columns}) CHARACTER SET utf8mb4")
    return shop


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_values)
def test_every_type_comes_back_with_its_values(tmp_path: Path, table: Any, rows: list[dict[str, Any]]) -> None:
    login = {"host": "127.0.0.1", "port": table.port, "user": "reports", "database": table.name}
    with pymysql.connect(**login, init_command="SET time_zone = '+00:00'", autocommit=True) as filling:
        cursor = filling.cursor()
        cursor.execute("DELETE FROM kinds")
        marks = ", ".join(["%s"] * (len(KINDS) + 1))
        for number, row in enumerate(rows):
            cursor.execute(f"INSERT INTO kinds VALUES ({marks})", (number, *(row[name] for name in KINDS)))

    found = extracted(run_with(tmp_path, f"SELECT {', '.join(KINDS)} FROM kinds ORDER BY number"), tmp_path)

    assert {column.name: column.type for column in found.schema} == {name: kind for name, (*_, kind) in KINDS.items()}
    utc = [{**row, "instant": row["instant"] and row["instant"].replace(tzinfo=dt.UTC)} for row in rows]
    assert found.to_pylist() == utc
