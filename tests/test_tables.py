"""The tables of a run, read and queried."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sample_document import write
from scheduled_reports.errors import SourceError
from scheduled_reports.tables import Tables


def result(folder: Path, sql: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    with Tables(folder).query(sql, values or {}, "dataset 'x'") as reader:
        return list(reader.read_all().to_pylist())


def test_a_folder_of_parquet_files_is_a_set_of_named_tables(tmp_path: Path) -> None:
    write(tmp_path, "orders", {"customer": ["b", "a"], "amount": [2, 1]})
    write(tmp_path, "agents", {"name": []})
    (tmp_path / "notes.txt").write_text("no table")
    tables = Tables(tmp_path)

    assert tables.names() == ["agents", "orders"]
    assert tables.columns("orders") == ["customer", "amount"]
    assert list(tables.types("orders")) == ["customer", "amount"]
    assert (tables.rows("orders"), tables.rows("agents")) == (2, 0)
    assert tables.read("orders", limit=1).to_pylist() == [{"customer": "b", "amount": 2}]
    assert tables.read("orders", limit=0).num_rows == 0


def test_batches_bring_all_rows_in_their_order(tmp_path: Path) -> None:
    write(tmp_path, "numbers", {"n": list(range(120_000))})

    batches = list(Tables(tmp_path).batches("numbers"))

    assert [number for batch in batches for number in batch["n"].to_pylist()] == list(range(120_000))
    assert max(batch.num_rows for batch in batches) <= 50_000


@pytest.mark.parametrize("call", ["rows", "columns", "read", "path"])
def test_a_table_that_is_not_in_the_run_is_told_with_those_that_are(tmp_path: Path, call: str) -> None:
    write(tmp_path, "orders", {"n": [1]})

    with pytest.raises(SourceError, match=r"table 'order' is not in this run\n  → it has: orders"):
        getattr(Tables(tmp_path), call)("order")
    with pytest.raises(SourceError, match="not in this run"):
        list(Tables(tmp_path).batches("order"))


def test_values_are_bound_by_name_and_never_pasted(tmp_path: Path) -> None:
    write(tmp_path, "orders", {"customer": ["x' OR 1=1 --", "b"]})

    sql = "SELECT customer, :n + 1 AS n FROM orders WHERE customer = :who AND :n = 1 -- :not_me"
    assert result(tmp_path, sql, {"who": "x' OR 1=1 --", "n": 1, "spare": 0}) == [{"customer": "x' OR 1=1 --", "n": 2}]


def test_instants_are_in_utc_whatever_zone_they_were_stored_in(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 10, 1, 22, 30, tzinfo=dt.UTC)
    pq.write_table(pa.table({"began": pa.array([moment], pa.timestamp("us", "Europe/Berlin"))}), tmp_path / "t.parquet")

    assert str(Tables(tmp_path).read("t").schema.field("began").type) == "timestamp[us, tz=UTC]"
    assert result(tmp_path, "SELECT hour(began) AS h, began FROM t") == [{"h": 22, "began": moment}]


@pytest.mark.parametrize("name", ["it's", "a [1] b", "a*b?", "100%20 ä"])
def test_the_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    write(folder, "orders", {"n": [1]})

    assert Tables(folder).read("orders").to_pylist() == [{"n": 1}]


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT nothing FROM orders", "nothing"),
        ("SELECT * FROM elsewhere", "elsewhere"),
        ("SELECT customer::INT FROM orders", "Could not convert string 'a' to INT32"),
        ("SELECT CASE WHEN n = 900000 THEN error('too late') ELSE n END AS n FROM range(1000000) rows(n)", "too late"),
    ],
)
def test_what_duckdb_refuses_is_told_in_its_words_also_when_it_comes_late(tmp_path: Path, sql: str, told: str) -> None:
    write(tmp_path, "orders", {"customer": ["a"]})

    with pytest.raises(SourceError, match="dataset 'x' failed") as caught:
        result(tmp_path, sql)

    assert told in caught.value.why
    assert not caught.value.retryable


def test_a_column_that_parquet_cannot_hold_is_told_as_the_querys(tmp_path: Path) -> None:
    sql = "SELECT TIMESTAMP '2026-10-01' - TIMESTAMP '2026-09-01' AS took"

    with (
        pytest.raises(SourceError, match="dataset 'x': the column 'took' cannot be stored: DuckDB's type INTERVAL"),
        Tables(tmp_path).query(sql, {}, "dataset 'x'") as reader,
    ):
        pq.ParquetWriter(tmp_path / "t.part", reader.schema)


def test_a_full_disk_while_reading_is_not_blamed_on_the_query(tmp_path: Path) -> None:
    with (
        pytest.raises(OSError, match="No space left on device") as caught,
        Tables(tmp_path).query("SELECT n FROM range(9) rows(n)", {}, "dataset 'x'") as reader,
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(reader.read_all()["n"].chunk(0).buffers()[1])

    assert caught.value.errno == errno.ENOSPC


def test_a_file_that_is_not_parquet_is_told(tmp_path: Path) -> None:
    (tmp_path / "orders.parquet").write_bytes(b"PAR1 and then nothing")

    with pytest.raises(SourceError, match="table 'orders' failed"):
        Tables(tmp_path).read("orders")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM '{folder}/../secret.csv'",
        "SELECT * FROM read_csv('{folder}/../secret.csv')",
        "SELECT * FROM read_parquet('http://localhost:1/x.parquet')",
        "ATTACH '{folder}/../x.db'",
        "COPY (SELECT 1) TO '{folder}/../x.csv'",
        "COPY (SELECT 1) TO '{folder}/x.csv'",
        "SET enable_external_access = true",
        "SELECT 1; SET memory_limit = '9GB'",
        "INSTALL httpfs",
    ],
)
def test_a_query_reads_nothing_but_the_tables_and_writes_nothing(tmp_path: Path, sql: str) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    folder = tmp_path / "tables"
    folder.mkdir()
    write(folder, "orders", {"n": [1]})

    with pytest.raises(SourceError, match=r"dataset 'x' (failed: (Permission|Catalog) Error|is not one SELECT)"):
        result(folder, sql.format(folder=folder))

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["orders.parquet", "secret.csv", "tables"]


@pytest.mark.parametrize(
    ("sql", "told"),
    [("", "it is empty"), ("CREATE TABLE x (i INT)", "it is CREATE"), ("SELECT 1; SELECT 2", "SELECT and SELECT")],
)
def test_what_is_not_one_select_is_refused(tmp_path: Path, sql: str, told: str) -> None:
    with pytest.raises(SourceError, match="dataset 'x' is not one SELECT") as caught:
        result(tmp_path, sql)

    assert told in caught.value.why


@pytest.mark.parametrize(
    "sql", ["FROM t", "VALUES (1)", "WITH a AS (FROM t) SELECT * FROM a;", "PIVOT t ON n USING count(*)", "SUMMARIZE t"]
)
def test_whatever_gives_rows_is_a_select(tmp_path: Path, sql: str) -> None:
    write(tmp_path, "t", {"n": [1]})

    assert len(result(tmp_path, sql)) == 1


def test_a_sort_that_does_not_fit_into_memory_spills_to_a_temporary_folder_and_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduled_reports.tables.MEMORY_LIMIT", "40MB")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    for name in ("tmp", "cwd", "tables"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    spilled: set[str] = set()
    sql = "SELECT i, md5(i::VARCHAR) AS h FROM range(1000000) numbers(i) ORDER BY h"

    with Tables(tmp_path / "tables").query(sql, {}, "dataset 'x'") as reader:
        reader.read_next_batch()
        spilled |= {path.name for path in (tmp_path / "tmp").glob("*/*")}
        rows = reader.read_all().num_rows

    assert 950_000 <= rows < 1_000_000
    assert spilled, "it should have needed the disk"
    assert [list((tmp_path / name).iterdir()) for name in ("tmp", "cwd", "tables")] == [[], [], []]


@pytest.mark.parametrize("value", ["'10:00:00+02'::TIMETZ", "INTERVAL 3 DAY", "'101'::BIT", "5::UHUGEINT"])
def test_a_type_that_a_file_would_change_is_told_with_its_column(tmp_path: Path, value: str) -> None:
    with (
        pytest.raises(SourceError, match=r"dataset 'x': the column 'v' cannot be stored: DuckDB's type"),
        Tables(tmp_path).query(f"SELECT 1 AS a, {value} AS v", {}, "dataset 'x'") as reader,
    ):
        reader.read_all()


def test_a_small_table_is_read_from_its_file_as_duckdb_would_give_it(tmp_path: Path) -> None:
    whole = pa.table({
        "number": pa.array([1, None], pa.int32()), "share": [0.5, float("nan")], "text": ["é", None],
        "right": [True, None], "day": [dt.date(2026, 10, 1), None], "local": pa.array([0, None], pa.timestamp("us")),
        "instant": pa.array([0, None], pa.timestamp("us", "UTC")),
    })  # fmt: skip
    pq.write_table(whole, tmp_path / "plain.parquet")
    tables = Tables(tmp_path)

    small = tables.small("plain")

    assert small is not None
    with tables.query("SELECT * FROM plain", {}, "dataset 'x'") as reader:
        asked = reader.read_all()
    assert (small.schema, str(small.to_pylist())) == (asked.schema, str(asked.to_pylist()))


@pytest.mark.parametrize(
    "values",
    [
        pa.array([0], pa.timestamp("us", "Europe/Berlin")),
        pa.array([0], pa.timestamp("ns")),
        pa.array(["a"]).dictionary_encode(),
        pa.array([[1]]),
        pa.array([0] * 20_001),
    ],
)
def test_other_tables_are_left_to_duckdb(tmp_path: Path, values: pa.Array) -> None:
    pq.write_table(pa.table({"value": values}), tmp_path / "other.parquet")

    assert Tables(tmp_path).small("other") is None
    assert Tables(tmp_path).read("other").num_rows == len(values)


def test_a_database_at_hand_answers_as_a_new_one_does_and_is_as_confined(tmp_path: Path) -> None:
    write(tmp_path, "calls", {"at": [dt.datetime(2026, 10, 1, tzinfo=dt.UTC)]})
    (tmp_path.parent / "secret.csv").write_text("a\n1\n")
    tables = Tables(tmp_path)
    sql = "SELECT \"at\"::VARCHAR AS told, current_setting('TimeZone') AS zone FROM calls"
    before = result(tmp_path, sql)

    with tables.at_hand():
        assert [result(tmp_path, sql), result(tmp_path, sql)] == [before, before]
        with pytest.raises(SourceError, match="dataset 'x' failed"):
            result(tmp_path, "SELECT nothing FROM calls")
        with pytest.raises(SourceError, match="Permission Error"):
            result(tmp_path, f"SELECT * FROM '{tmp_path.parent / 'secret.csv'}'")
        with tables.query("FROM calls", {}, "dataset 'x'") as reader:
            assert result(tmp_path, sql) == before
            assert reader.read_all().num_rows == 1
    write(tmp_path, "late", {"n": [1]})
    assert result(tmp_path, "FROM late") == [{"n": 1}]
