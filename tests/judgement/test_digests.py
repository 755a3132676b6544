"""A table's digest: the same for the same rows in any order, another for any other rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging import tables_of
from scheduled_reports.errors import SourceError
from scheduled_reports.judgement.digests import digest_of

TEXT = st.none() | st.sampled_from(["", "a", "b", "ab", "-", "0:", "1:a", "NULL", "'", '"', "\n", "ü", "名"])
ROWS = st.lists(st.tuples(TEXT, TEXT), max_size=4)


def digest(folder: Path, rows: Sequence[tuple[Any, Any]], columns: Sequence[str] = ("a", "b")) -> str:
    table = pa.table(
        {name: pa.array([row[index] for row in rows], pa.string()) for index, name in enumerate(("a", "b"))}
    )
    return digest_of(tables_of(folder, rows=table), "rows", columns)


@given(ROWS, ROWS)
@settings(max_examples=60, deadline=None)
def test_two_tables_have_one_digest_exactly_where_they_hold_the_same_rows(
    one: list[tuple[Any, Any]], other: list[tuple[Any, Any]]
) -> None:
    def counted(rows: list[tuple[Any, Any]]) -> list[str]:
        return sorted(map(repr, rows))

    with TemporaryDirectory() as folder:
        same = digest(Path(folder), one) == digest(Path(folder), other)

    assert same is (counted(one) == counted(other))


@given(
    st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6).flatmap(
        lambda rows: st.tuples(st.just(rows), st.permutations(rows))
    )
)
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_rows_does_not_count(rows: tuple[list[tuple[Any, Any]], list[tuple[Any, Any]]]) -> None:
    with TemporaryDirectory() as folder:
        assert digest(Path(folder), rows[0]) == digest(Path(folder), rows[1])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([(None, "x")], [("", "x")]),
        ([("a", "bc")], [("ab", "c")]),
        ([("a", "b")], [("b", "a")]),
        ([("a", "b")], [("a", "b"), ("a", "b")]),
        ([], [(None, None)]),
        ([("x", None), (None, "y")], [("x", "y"), (None, None)]),
        ([("a", "b"), ("a", "b"), ("c", "d")], [("a", "b"), ("c", "d"), ("c", "d")]),
    ],
)
def test_what_is_easily_mixed_up_differs(tmp_path: Path, one: list[Any], other: list[Any]) -> None:
    assert digest(tmp_path, one) != digest(tmp_path, other)


def test_only_the_columns_that_count_do(tmp_path: Path) -> None:
    assert digest(tmp_path, [("x", "1")], ["a"]) == digest(tmp_path, [("x", "2")], ["a"])
    assert digest(tmp_path, [("x", "1")], ["b"]) != digest(tmp_path, [("x", "2")], ["b"])
    assert digest(tmp_path, [("x", "x")], ["a"]) != digest(tmp_path, [("x", "x")], ["b"])


def test_every_type_of_value_has_a_digest_and_a_change_in_it_shows(tmp_path: Path) -> None:
    values: dict[str, tuple[Any, Any]] = {
        "whole": (1, 2), "fraction": (0.1, 0.2), "not_a_number": (float("nan"), 0.0), "yes": (True, False),
        "day": (dt.date(2026, 1, 1), None),
        "moment": (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 2, tzinfo=dt.UTC)),
        "raw": (b"\x00", b"\x01"), "many": (["a", None], ["a", "NULL"]), "parts": ({"k": "a"}, {"k": "b"}),
    }  # fmt: skip

    for name, (before, after) in values.items():
        kind = pa.array([before]).type
        digests = {
            digest_of(tables_of(tmp_path, t=pa.table({name: pa.array([value], kind)})), "t", [name])
            for value in (before, after)
        }
        assert len(digests) == 2, name


def test_a_column_may_have_any_name(tmp_path: Path) -> None:
    name = 'so-called "total"; DROP :x'
    one, other = tables_of(tmp_path, t={name: [1]}), tables_of(tmp_path, t={name: [1]})

    assert digest_of(one, "t", [name]) == digest_of(other, "t", [name])


def test_a_million_rows_are_added_without_an_overflow(tmp_path: Path) -> None:
    import pyarrow.compute as pc

    numbers = pa.array(range(1_000_000))
    there = digest_of(tables_of(tmp_path, t=pa.table({"n": numbers})), "t", ["n"])
    back = digest_of(tables_of(tmp_path, t=pa.table({"n": pc.subtract(999_999, numbers)})), "t", ["n"])
    other = digest_of(tables_of(tmp_path, t=pa.table({"n": pc.add(numbers, 1)})), "t", ["n"])

    assert there == back != other


def test_a_column_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="comparing 'rows' failed"):
        digest(tmp_path, [("a", "b")], ["c"])
