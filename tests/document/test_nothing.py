"""A block knows when it has nothing to show."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_document import write
from scheduled_reports.document import ChartBlock, HeadingBlock, KpisBlock, TableBlock, TextBlock
from scheduled_reports.document.block import Block, Bound
from scheduled_reports.document.nothing import shows_nothing
from scheduled_reports.errors import SourceError
from scheduled_reports.tables import Tables

NAN = float("nan")


def table(*columns: str) -> TableBlock:
    return TableBlock.model_validate({"type": "table", "dataset": "t", "columns": [{"name": name} for name in columns]})


def kpis(*values: str) -> KpisBlock:
    items = [{"label": value, "value": value} for value in values]
    return KpisBlock.model_validate({"type": "kpis", "dataset": "t", "items": items})


def chart(**vega_lite: Any) -> ChartBlock:
    return ChartBlock.model_validate({"type": "chart", "dataset": "t", "vega_lite": vega_lite})


def bar(y: dict[str, Any], **more: Any) -> ChartBlock:
    return chart(mark="bar", encoding={"x": {"field": "a", "type": "nominal"}, "y": y}, **more)


MEASURED = {"field": "b", "type": "quantitative"}


@pytest.mark.parametrize(
    ("columns", "nothing"),
    [
        ({"a": []}, True),
        ({"a": [None], "b": [None]}, True),
        ({"a": [NAN, float("inf")]}, True),
        ({"a": ["", " \t\n", None]}, True),
        ({"a": [0]}, False),
        ({"a": [False]}, False),
        ({"a": [None, "x"]}, False),
        ({"a": [None], "b": [dt.date(2026, 10, 1)]}, False),
        ({"a": [Decimal("0.00")]}, False),
        ({"a": [b""]}, False),
        ({"a": [[]]}, False),
        ({"a": [None] * 120_000 + ["x"]}, False),
        ({'a "quoted" name': [None]}, True),
        ({'"; DROP VIEW t; --': ["x"]}, False),
    ],
)
def test_a_table_shows_nothing_without_a_value(tmp_path: Path, columns: dict[str, list[Any]], nothing: bool) -> None:
    write(tmp_path, "t", columns)

    assert shows_nothing(Tables(tmp_path), "t") is nothing
    assert table().is_empty(Tables(tmp_path)) is nothing
    assert shows_nothing(Tables(tmp_path), "t", list(columns)) is nothing


def test_words_of_a_dictionary_are_looked_at(tmp_path: Path) -> None:
    for words, nothing in ((["", None], True), (["", "x"], False)):
        pq.write_table(pa.table({"a": pa.array(words).dictionary_encode()}), tmp_path / "t.parquet")

        assert shows_nothing(Tables(tmp_path), "t") is nothing


def test_only_the_columns_that_are_shown_count(tmp_path: Path) -> None:
    write(tmp_path, "t", {"id": [1, 2], "note": pa.array([None, None], pa.string())})

    assert table("note").is_empty(Tables(tmp_path))
    assert not table("note", "id").is_empty(Tables(tmp_path))
    assert not table().is_empty(Tables(tmp_path))


def test_a_table_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="'t' is not in this run"):
        shows_nothing(Tables(tmp_path), "t")


@settings(deadline=None, max_examples=40)
@given(values=st.lists(st.one_of(st.none(), st.integers(-5, 5), st.just(NAN)), max_size=30))
def test_one_value_is_enough_wherever_it_stands(tmp_path_factory: pytest.TempPathFactory, values: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("t")
    column = pa.array([None if value is None else float(value) for value in values], pa.float64())
    pq.write_table(pa.table({"a": column}), folder / "t.parquet")

    expected = not any(value is not None and value == value for value in values)  # noqa: PLR0124 - NaN is no value

    assert shows_nothing(Tables(folder), "t") is expected


@pytest.mark.parametrize(
    ("row", "alone", "beside_nothing"),
    [
        ({"n": [None], "m": [None]}, True, True),
        ({"n": [NAN], "m": [None]}, True, True),
        ({"n": [0], "m": [None]}, False, True),
        ({"n": [0], "m": [Decimal(0)]}, False, True),
        ({"n": [0], "m": [1]}, False, False),
        ({"n": [-0.0], "m": [0.0001]}, False, False),
        ({"n": [], "m": []}, True, True),
        ({"n": [1, 2], "m": [1, 2]}, None, None),
        ({"n": ["x"], "m": [1]}, None, None),
        ({"n": [1]}, None, None),
    ],
)
def test_figures_are_empty_without_a_number_and_where_all_else_is_empty_without_one_but_zero(
    tmp_path: Path, row: dict[str, list[Any]], alone: bool | None, beside_nothing: bool | None
) -> None:
    write(tmp_path, "t", row)

    assert kpis("n", "m").is_empty(Tables(tmp_path)) is alone
    assert kpis("n", "m").is_empty(Tables(tmp_path), beside_nothing=True) is beside_nothing


NULLS = {"a": ["x", "y"], "b": pa.array([None, None], pa.float64()), "c": [1, 2]}


@pytest.mark.parametrize(
    ("block", "empty"),
    [
        (bar(MEASURED), True),
        (bar({**MEASURED, "aggregate": "sum"}), True),
        (bar({"field": "b", "aggregate": "mean"}), True),
        (bar({"field": "c", "type": "quantitative"}), False),
        (bar({"aggregate": "count"}), False),
        (bar({**MEASURED, "aggregate": "count"}), False),
        (bar({"field": "b", "type": "ordinal"}), False),
        (bar(MEASURED, transform=[{"calculate": "datum.c * 2", "as": "b"}]), False),
        (chart(mark="arc", encoding={"theta": MEASURED, "color": {"field": "a", "type": "nominal"}}), True),
        (chart(mark="rect", encoding={"x": {"field": "a"}, "color": MEASURED}), False),
        (chart(encoding={"x": {"field": "a", "type": "nominal"}}, layer=[
            {"mark": "bar", "encoding": {"y": MEASURED}}, {"mark": "line", "encoding": {"y": MEASURED}}]), True),
        (chart(encoding={"x": {"field": "a", "type": "nominal"}}, layer=[
            {"mark": "bar", "encoding": {"y": MEASURED}}, {"mark": "rule", "encoding": {"y": {"datum": 5}}}]), False),
        (chart(encoding={"x": {"field": "a", "type": "nominal"}}, layer=[
            {"mark": "bar", "encoding": {"y": MEASURED}},
            {"mark": "line", "encoding": {"y": {"field": "c", "type": "quantitative"}}}]), False),
        (chart(hconcat=[{"mark": "bar", "encoding": {"y": MEASURED}}]), True),
        (chart(facet={"field": "a"}, spec={"mark": "bar", "encoding": {"x": MEASURED}}), True),
    ],
)  # fmt: skip
def test_a_chart_is_empty_where_all_that_it_measures_is_null(tmp_path: Path, block: ChartBlock, empty: bool) -> None:
    write(tmp_path, "t", NULLS)

    assert block.is_empty(Tables(tmp_path)) is empty


def test_a_chart_without_rows_or_values_is_empty_whatever_it_draws(tmp_path: Path) -> None:
    write(tmp_path, "t", {"a": [], "b": []})
    assert bar({"aggregate": "count"}).is_empty(Tables(tmp_path))

    write(tmp_path, "t", {"a": [None], "b": [NAN]})
    assert bar({"aggregate": "count"}).is_empty(Tables(tmp_path))


def test_headings_texts_and_blocks_of_third_parties_say_nothing_either_way(tmp_path: Path) -> None:
    class Own(Block):
        def bind(self, tables: Tables, words: Any) -> Bound:
            return Bound()

    blocks = (HeadingBlock(type="heading", text="x"), TextBlock(type="text", markdown="x"), Own())

    assert [block.is_empty(Tables(tmp_path)) for block in blocks] == [None, None, None]
