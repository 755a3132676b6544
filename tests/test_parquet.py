"""Rows become a Parquet file whose types are those of the values, however late a type shows."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scheduled_reports.errors import SourceError
from scheduled_reports.parquet import write_batches, write_rows
from scheduled_reports.tables import Tables

SUMMER, WINTER = dt.timezone(dt.timedelta(hours=2)), dt.timezone(dt.timedelta(hours=1))
UTC = pa.timestamp("us", "UTC")
INF = float("inf")
WALL = dt.datetime(2026, 10, 1, 8, 0, 0, 123456)  # noqa: DTZ001 - a time without a zone is what is meant


def written(folder: Path, *batches: list[Any]) -> pa.Table:
    """Write batches of one column's values and return what DuckDB reads of them."""
    write_rows(["a"], [[(value,) for value in batch] for batch in batches], folder / "t.parquet", "source 'x'")
    assert [path.name for path in folder.iterdir()] == ["t.parquet"], "no parts are left"
    return Tables(folder).read("t")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, None, -(2**63), 2**63 - 1], pa.int64()),
        ([True, None, False], pa.bool_()),
        ([1.5, None, -0.25], pa.float64()),
        ([Decimal("1.10"), None, Decimal("-100.123")], pa.decimal128(6, 3)),
        ([Decimal("1234567890123456789012345678.90")], pa.decimal128(30, 2)),
        (["ä🎉", None, ""], pa.string()),
        ([b"\x00\xff", None], pa.binary()),
        ([dt.date(2026, 10, 1), None], pa.date32()),
        ([WALL, None], pa.timestamp("us")),
        ([dt.datetime(2026, 10, 1, 6, tzinfo=dt.UTC), None], UTC),
        ([dt.time(8, 5, 30), None], pa.time64("us")),
    ],
)
def test_values_keep_their_type_and_missing_ones_stay_missing(tmp_path: Path, values: list[Any], kind: Any) -> None:
    table = written(tmp_path, values)

    assert table.schema.field("a").type == kind
    assert table["a"].to_pylist() == values


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        ([dt.timedelta(minutes=1, microseconds=500_000), None], [60.5, None]),
        ([1, 2.5, None], [1.0, 2.5, None]),
        ([2**63, -1], [Decimal(2**63), Decimal(-1)]),
        ([Decimal("0.10"), 10**20], [Decimal("0.10"), Decimal(10**20)]),
        ([Decimal("1.25"), 2, 0.5], [1.25, 2.0, 0.5]),
        ([Decimal("Infinity"), Decimal("1.5"), None], [float("inf"), 1.5, None]),
        ([uuid.UUID(int=5), None], ["00000000-0000-0000-0000-000000000005", None]),
        ([{"größe": [1, None]}, [1, 2], "x"], ['{"größe": [1, null]}', "[1, 2]", "x"]),
        ([memoryview(b"\x00\xff"), bytearray(b"x"), None], [b"\x00\xff", b"x", None]),
    ],
)
def test_what_parquet_has_no_type_for_becomes_the_nearest(tmp_path: Path, values: list[Any], stored: list[Any]) -> None:
    assert written(tmp_path, values)["a"].to_pylist() == stored


def test_instants_of_summer_and_winter_are_one_column_in_utc(tmp_path: Path) -> None:
    summer = dt.datetime(2026, 10, 1, 8, tzinfo=SUMMER)
    winter = dt.datetime(2026, 12, 1, 8, tzinfo=WINTER)

    table = written(tmp_path, [summer], [winter, None])

    assert table.schema.field("a").type == UTC
    assert table["a"].to_pylist() == [summer, winter, None]


@pytest.mark.parametrize(
    ("batches", "kind", "values"),
    [
        ([[None, None], ["x"], [None]], pa.string(), [None, None, "x", None]),
        ([[None], [None]], pa.null(), [None, None]),
        ([[1], [2.5], [3]], pa.float64(), [1.0, 2.5, 3.0]),
        ([[2.5], [2**60]], pa.float64(), [2.5, float(2**60)]),
        ([[None], [1], [None], [2.5]], pa.float64(), [None, 1.0, None, 2.5]),
        ([[Decimal("1.10")], [Decimal("12345.123")]], pa.decimal128(8, 3), [Decimal("1.1"), Decimal("12345.123")]),
        ([[Decimal("1.10")], [5]], pa.decimal128(21, 2), [Decimal("1.10"), 5]),
        ([[5], [None], [Decimal("1.10")]], pa.decimal128(21, 2), [5, None, Decimal("1.10")]),
        ([[5], [2**63]], pa.decimal128(19, 0), [5, 2**63]),
        ([[Decimal("1e-20")], [10**10]], pa.decimal128(38, 20), [Decimal("1e-20"), 10**10]),
        ([[Decimal("1.10")], [1.5]], pa.float64(), [1.1, 1.5]),
    ],
)
def test_a_type_that_a_later_batch_widens_is_widened_for_all(
    tmp_path: Path, batches: list[list[Any]], kind: Any, values: list[Any]
) -> None:
    table = written(tmp_path, *batches)

    assert pq.read_schema(tmp_path / "t.parquet").field("a").type == kind
    assert table["a"].to_pylist() == values


@pytest.mark.parametrize(
    ("values", "mixed"),
    [
        ([1, "x"], "int and str"),
        (["x", None, 1], "int and str"),
        ([1, 2.5, "7"], "float and int and str"),
        ([True, 2], "bool and int"),
        (["x", b"y"], "bytes and str"),
        ([dt.date(2026, 10, 1), WALL], "date and datetime"),
        ([dt.timedelta(1), 5], "int and timedelta"),
    ],
)
def test_values_that_have_no_common_type_are_an_error_that_names_the_column(
    tmp_path: Path, values: list[Any], mixed: str
) -> None:
    with pytest.raises(SourceError) as caught:
        written(tmp_path, values)

    assert str(caught.value) == f"source 'x': column 'a' mixes {mixed}\n  → CAST it in the query"
    assert not caught.value.retryable


@pytest.mark.parametrize(("first", "later"), [(1, "x"), ("x", 1), (True, 2), (dt.date(2026, 10, 1), "x")])
def test_a_type_that_changes_between_batches_is_an_error_that_names_the_column(
    tmp_path: Path, first: Any, later: Any
) -> None:
    with pytest.raises(SourceError, match=r"source 'x': a column changes its type between rows: .*Field a has"):
        written(tmp_path, [first], [later])


@pytest.mark.parametrize(
    "values",
    [
        [10**38],
        [Decimal("1" * 39)],
        [Decimal("1" * 80)],
        [Decimal("1e30"), Decimal("1e-20")],
        [2.5, 2**53 + 1],
        [2.5, Decimal("0.12345678901234567890")],
        [Decimal("NaN"), Decimal("0.12345678901234567890")],
        [WALL, dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)],
        [dt.time(8, tzinfo=SUMMER)],
        ["\ud800"],
    ],
    ids=str,
)
def test_a_value_that_cannot_be_stored_is_an_error_and_never_cut(tmp_path: Path, values: list[Any]) -> None:
    with pytest.raises(SourceError, match="source 'x': column 'a' holds what cannot be stored") as caught:
        written(tmp_path, values)

    assert caught.value.fix == "CAST it in the query"


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (2.5, 2**53 + 1),
        (2**53 + 1, 2.5),
        (Decimal("0.12345678901234567890"), 1.5),
        (Decimal("1e30"), Decimal("1e-20")),
        (10**18, Decimal("1e-30")),
    ],
)
def test_a_later_value_whose_type_would_cut_digits_is_an_error_and_never_rounded(
    tmp_path: Path, first: Any, later: Any
) -> None:
    with pytest.raises(SourceError, match="source 'x': column 'a' holds what cannot be stored"):
        written(tmp_path, [first], [later])

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "values", "stored"),
    [
        (pa.decimal128(10, 2), [Decimal("1.5"), None], [Decimal("1.50"), None]),
        (pa.timestamp("us", "UTC"), [dt.datetime(2026, 10, 1, 8, tzinfo=SUMMER)],
         [dt.datetime(2026, 10, 1, 6, tzinfo=dt.UTC)]),
        (pa.string(), [uuid.UUID(int=5), {"a": 1}], ["00000000-0000-0000-0000-000000000005", '{"a": 1}']),
        (pa.binary(), [memoryview(b"x"), None], [b"x", None]),
        (pa.int64(), [None], [None]),
    ],
)  # fmt: skip
def test_a_type_that_the_source_tells_is_the_columns(
    tmp_path: Path, kind: Any, values: list[Any], stored: list[Any]
) -> None:
    rows = [(value,) for value in values]
    write_rows(["a"], [rows, []], tmp_path / "t.parquet", "source 'x'", [kind])
    write_rows(["a"], [], tmp_path / "none.parquet", "source 'x'", [kind])

    assert pq.read_schema(tmp_path / "none.parquet").types == [kind]
    assert pq.read_schema(tmp_path / "t.parquet").types == [kind]
    assert Tables(tmp_path).read("t")["a"].to_pylist() == stored


@pytest.mark.parametrize(
    ("kind", "value"),
    [(pa.decimal128(5, 2), Decimal("1.234")), (pa.decimal128(5, 2), Decimal("NaN")), (pa.int64(), 2**63),
     (pa.date32(), "2026-10-01"), (pa.int64(), "x")],
)  # fmt: skip
def test_a_value_that_is_not_of_the_type_that_the_source_tells_is_an_error(
    tmp_path: Path, kind: Any, value: Any
) -> None:
    with pytest.raises(SourceError, match="source 'x': column 'a' holds what cannot be stored"):
        write_rows(["a"], [[(value,)]], tmp_path / "t.parquet", "source 'x'", [kind])


@pytest.mark.parametrize(("names", "twice"), [(["a", "b", "a"], "a"), (["a", "b", "A"], "A")])
def test_two_columns_of_one_name_are_an_error(tmp_path: Path, names: list[str], twice: str) -> None:
    with pytest.raises(SourceError, match=rf"source 'x' has two columns called '{twice}'") as caught:
        write_rows(names, [[(1, 2, 3)]], tmp_path / "t.parquet", "source 'x'")

    assert "AS" in caught.value.fix


@pytest.mark.parametrize("batches", [[], [[]]])
def test_no_rows_still_have_columns(tmp_path: Path, batches: list[list[Any]]) -> None:
    write_rows(["a", 'b "c"', "select"], batches, tmp_path / "t.parquet", "source 'x'")

    assert Tables(tmp_path).columns("t") == ["a", 'b "c"', "select"]
    assert Tables(tmp_path).rows("t") == 0


def test_rows_stay_in_their_order_over_all_batches(tmp_path: Path) -> None:
    batches = [list(range(start, start + 1000)) for start in range(0, 20_000, 1000)]

    table = written(tmp_path, *batches, [0.5])

    assert table["a"].to_pylist() == [*map(float, range(20_000)), 0.5]


@pytest.mark.parametrize("others", [[1.5], [1.5, 2.5], [1.5, 2.5, None], []])
@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.struct([("a", pa.float64())])], ids=str)
@pytest.mark.parametrize("condition", ["isnan(x)", "NOT isfinite(x)", "x = 'nan'", "x > 100", "x::VARCHAR = 'nan'"])
def test_a_row_without_a_number_is_found(
    tmp_path: Path, others: list[float | None], kind: pa.DataType, condition: str
) -> None:
    values = [*others, float("nan")]
    table = pa.table({"x": pa.array([{"a": value} for value in values] if pa.types.is_struct(kind) else values, kind)})
    write_batches(table.schema, table.to_batches(), tmp_path / "t.parquet", "source 'x'")
    condition = condition.replace("x", "x.a", 1) if pa.types.is_struct(kind) else condition

    with Tables(tmp_path).query(
        f"SELECT count_if({condition}) AS a, (SELECT count(*) FROM t WHERE {condition}) AS b FROM t", {}, "test"
    ) as reader:
        assert reader.read_all().to_pylist() == [{"a": 1, "b": 1}]


@pytest.mark.parametrize(("values", "most"), [([1.5, 2.5], 2.5), ([1.5, INF], INF), ([2.5, None], 2.5)])
def test_the_largest_number_is_found(tmp_path: Path, values: list[float | None], most: float) -> None:
    write_rows(["a"], [[(value,) for value in values]], tmp_path / "t.parquet", "source 'x'")

    with Tables(tmp_path).query("SELECT max(a) AS most FROM t", {}, "test") as reader:
        assert reader.read_all().to_pylist() == [{"most": most}]


def test_other_columns_keep_their_bounds(tmp_path: Path) -> None:
    write_rows(["number", "name"], [[(1.5, "a"), (2.5, "b")]], tmp_path / "t.parquet", "source 'x'")

    group = pq.read_metadata(tmp_path / "t.parquet").row_group(0)
    assert [group.column(place).is_stats_set for place in (0, 1)] == [False, True]
