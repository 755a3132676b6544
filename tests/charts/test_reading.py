"""Short forms: what their keys and their data become."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sample_document import document
from scheduled_reports.charts.form import ShortForm
from scheduled_reports.document import Chart, ChartBlock
from scheduled_reports.errors import DocumentError
from scheduled_reports.language import ENGLISH, Language, language_of


def form(folder: Path, columns: dict[str, Any], language: Language = ENGLISH, **keys: Any) -> ShortForm:
    pq.write_table(pa.table(columns), folder / "t.parquet")
    block = ChartBlock.model_validate({"type": "chart", "dataset": "t", **keys})
    chart = document(folder, block, language=language).blocks[0]
    assert isinstance(chart, Chart)
    assert chart.short is not None
    return chart.short


def test_figures_stand_in_a_grid_of_categories_and_series(tmp_path: Path) -> None:
    columns = {"hour": [9, 8, 8], "way": ["in", "in", "out"], "calls": [5, 3, 4]}
    found = form(tmp_path, columns, mark="bar", x="hour", y="calls", color="way")
    assert found.categories == (8, 9)
    assert found.texts == ("8", "9")
    assert [(part.name, part.values) for part in found.series] == [("in", (3, 5)), ("out", (4, None))]
    assert (found.x_axis.title, found.y_axis.title, found.x_axis.kind) == ("Hour", "Calls", "number")


def test_several_columns_are_several_series(tmp_path: Path) -> None:
    columns = {"month": ["Jan", "Feb"], "net_sales": [1, 2], "costs": [3.5, float("nan")]}
    found = form(tmp_path, columns, mark="line", x="month", y=["net_sales", "costs"])
    assert [(part.name, part.values) for part in found.series] == [("Net sales", (1, 2)), ("Costs", (3.5, None))]
    assert found.y_axis.title == ""


def test_texts_stay_in_the_order_of_the_dataset_and_dates_are_sorted(tmp_path: Path) -> None:
    figures = {"calls": [1, 2, 3]}
    days = [dt.date(2026, 10, 3), dt.date(2026, 10, 1), dt.date(2026, 10, 2)]
    assert form(tmp_path, {"x": ["Mon", "Tue", "Sat"], **figures}, mark="bar", x="x", y="calls").texts == (
        "Mon", "Tue", "Sat")  # fmt: skip
    assert form(tmp_path, {"x": days, **figures}, mark="bar", x="x", y="calls").series[0].values == (2, 3, 1)


@pytest.mark.parametrize(
    ("sort", "texts"),
    [(None, "b a c d"), ("x", "a b c d"), ("ascending", "c b a d"), ("descending", "a b c d")],
)
def test_bars_can_be_sorted_and_those_without_a_figure_stand_last(tmp_path: Path, sort: str | None, texts: str) -> None:
    columns = {"x": ["b", "a", "c", "d"], "y": [2, 3, 1, None]}
    assert " ".join(form(tmp_path, columns, mark="bar", x="x", y="y", sort=sort).texts) == texts


def test_bars_lie_where_their_names_are_long_or_many(tmp_path: Path) -> None:
    short, long = {"x": ["North", "South"], "y": [1, 2]}, {"x": ["Retention & Recovery", "South"], "y": [1, 2]}
    many = {"x": [f"n{number}" for number in range(30)], "y": list(range(30))}
    assert [form(tmp_path, columns, mark="bar", x="x", y="y").horizontal for columns in (short, long, many)] == [
        False, True, True]  # fmt: skip
    assert not form(tmp_path, long, mark="bar", x="x", y="y", horizontal=False).horizontal


def test_an_instant_is_drawn_at_the_wall_time_of_the_schedule(tmp_path: Path) -> None:
    columns = {"at": [dt.datetime(2026, 10, 1, 6, 30, tzinfo=dt.UTC)], "y": [1]}
    found = form(tmp_path, columns, mark="line", x="at", y="y")
    assert found.categories == (dt.datetime(2026, 10, 1, 8, 30),)  # noqa: DTZ001 - wall time


@pytest.mark.parametrize(("code", "text"), [("en", "Oct 1, 2026"), ("de", "1. Okt. 2026")])
def test_dates_are_called_as_the_language_calls_them(tmp_path: Path, code: str, text: str) -> None:
    columns = {"day": [dt.date(2026, 10, 1)], "y": [1]}
    assert form(tmp_path, columns, language_of(code), mark="bar", x="day", y="y").texts == (text,)


def test_the_smaller_slices_of_a_pie_become_one(tmp_path: Path) -> None:
    columns = {"x": [f"n{number}" for number in range(12)], "y": [*range(1, 12), None]}
    found = form(tmp_path, columns, mark="pie", x="x", y="y", slices=4)
    assert found.texts == ("n10", "n9", "n8", "Others (8)")
    assert found.series[0].values == (11, 10, 9, 36)


def test_points_without_a_place_are_left_out(tmp_path: Path) -> None:
    columns = {"x": [1.0, None, 3.0, float("inf")], "y": [1, 2, None, 4], "team": ["a", "a", "b", "b"]}
    found = form(tmp_path, columns, mark="scatter", x="x", y="y", color="team")
    assert [(part.name, part.points) for part in found.series] == [("a", ((1, 1, None),)), ("b", ())]


def test_a_heatmap_has_a_series_for_each_row(tmp_path: Path) -> None:
    columns = {"hour": [8, 9, 8], "day": ["Mon", "Mon", "Tue"], "calls": [1, 2, 3]}
    found = form(tmp_path, columns, mark="heatmap", x="hour", y="day", color="calls", color_format="0.0")
    assert [(part.name, part.values) for part in found.series] == [("Mon", (1, 2)), ("Tue", (3, None))]
    assert found.figure_axis.format == "0.0"


@pytest.mark.parametrize(
    ("columns", "keys", "message"),
    [
        ({"x": ["a"], "y": [1]}, {"mark": "bar", "x": "x", "y": "yy"}, "there is no column 'yy'"),
        ({"x": ["a"], "y": ["1"]}, {"mark": "bar", "x": "x", "y": "y"}, "the column 'y' is not a number"),
        ({"x": ["a", "a"], "y": [1, 2]}, {"mark": "bar", "x": "x", "y": "y"}, "2 rows have the same 'x': 'a'"),
        ({"x": ["a", "b"], "y": [1, -2]}, {"mark": "pie", "x": "x", "y": "y"}, "a slice of a pie cannot be negative"),
        ({"x": [1, None], "y": [1, 2]}, {"mark": "bar", "x": "x", "y": "y"}, "1 row has no value in 'x'"),
        ({"x": ["a"], "y": [1]}, {"mark": "bar", "x": "x", "y": "y", "y_format": "#,##0.0,,0"}, "cannot be shown"),
        ({"x": ["a"], "y": [1]}, {"mark": "scatter", "x": "x", "y": "y"}, "the column 'x' is not a number"),
        ({"x": [1] * 30, "c": list(range(30)), "y": [1] * 30}, {"mark": "line", "x": "x", "y": "y", "color": "c"},
         "30 values of 'c', at most 24 can be told apart"),
    ],
)  # fmt: skip
def test_data_that_does_not_fit_is_told(
    tmp_path: Path, columns: dict[str, Any], keys: dict[str, Any], message: str
) -> None:
    with pytest.raises(DocumentError, match=message):
        form(tmp_path, columns, **keys)
