"""What an author is told of content that cannot be shown: what, where, why, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from contract.hostile import made
from scheduled_reports.errors import DocumentError, ReportError
from scheduled_reports.formats.pdf import Pdf
from scheduled_reports.spec.load import load
from specs import SALES, with_block, write

AT_LOAD = {
    "an unknown block": ("- {type: tabel, dataset: orders}", "unknown type 'tabel'; did you mean 'table'?"),
    "an unknown key": ("- {type: table, dataset: orders, colums: []}", "did you mean 'columns'?"),
    "a missing key": ("- {type: image, file: dot.png}", "the key 'alt' is missing"),
    "an unknown dataset": (
        "- {type: table, dataset: order}", "there is no source or dataset 'order'; did you mean 'orders'?"),
    "a chart with neither form": (
        "- {type: chart, dataset: orders}", "a chart needs 'mark' with 'x' and 'y', or 'vega_lite'"),
    "a chart with both forms": (
        "- {type: chart, dataset: orders, mark: bar, x: a, y: b, vega_lite: {mark: bar}}",
        "has no place beside 'vega_lite'"),
    "an unknown mark": ("- {type: chart, dataset: orders, vega_lite: {mark: bars}}", "did you mean 'bar'?"),
    "a chart that loads": (
        "- {type: chart, dataset: orders, vega_lite: {mark: bar, data: {url: 'https://x.example'}}}",
        "charts load nothing from elsewhere"),
    "an image that is not there": ("- {type: image, file: none.png, alt: A}", "none.png"),
    "a template that ends too early": ("- {type: heading, text: '{{ report.title'}", "cannot be filled"),
    "a template with an unknown word": ("- {type: heading, text: '{{ reprt.title }}'}", "'reprt'"),
    "an unsafe link": (
        "- {type: table, dataset: orders, columns: [{name: customer, link: 'javascript:{customer}'}]}",
        "a link begins with"),
    "a total in the first column": (
        "- {type: table, dataset: orders, columns: [{name: amount, total: sum}]}", "put another first"),
    "the first rows of nothing": ("- {type: table, dataset: orders, top: 5}", "'top' needs 'sort'"),
    "a rule without a bound": (
        "- {type: table, dataset: orders, columns: [{name: customer, highlight: [{tone: bad}]}]}", "a rule needs"),
    "columns within columns": (
        "- {type: columns, left: [{type: columns, left: [], right: []}], right: []}", "unknown type 'columns'"),
    "an empty list": ("- {type: kpis, dataset: totals, items: []}", "is empty; give it at least one entry"),
}  # fmt: skip


@pytest.mark.parametrize(("block", "message"), AT_LOAD.values(), ids=AT_LOAD)
def test_a_spec_tells_its_mistake_with_file_line_and_column(tmp_path: Path, block: str, message: str) -> None:
    file = write(tmp_path, with_block(block))
    problems = [str(problem) for problem in getattr(load(file, tmp_path / "include"), "problems", [])]
    line = 1 + SALES[: SALES.index("formats:")].count("\n")
    assert any(text.startswith(f"{file}:{line}:") and message in text for text in problems), problems


ROWS = pa.table({"name": ["a", "b"], "figure": [1.0, -2.0], "day": pa.array([1, 2], pa.date32())})
BARS = {"mark": "bar", "encoding": {"x": {"field": "name"}, "y": {"field": "figure", "type": "quantitative"}}}
AT_RUN: dict[str, tuple[dict[str, Any], str]] = {
    "a column that is not there": (
        {"type": "table", "dataset": "rows", "columns": [{"name": "nme"}]},
        "table over 'rows': there is no column 'nme': did you mean 'name'?"),
    "a column to sort by": ({"type": "table", "dataset": "rows", "sort": "fig"}, "there is no column 'fig'"),
    "a column of a chart": (
        {"type": "chart", "dataset": "rows", "mark": "bar", "x": "nam", "y": "figure"},
        "chart over 'rows': there is no column 'nam'"),
    "a field of Vega-Lite": (
        {"type": "chart", "dataset": "rows", "vega_lite": {**BARS, "encoding": {"x": {"field": "nam"}}}},
        "chart over 'rows', `vega_lite.encoding.x.field`: there is no column 'nam'"),
    "an expression that Vega cannot read": (
        {"type": "chart", "title": "T", "dataset": "rows", "vega_lite": {**BARS, "transform": [{"filter": "1 +"}]}},
        "the chart 'T' cannot be drawn: `vega_lite.transform[1].filter` is '1 +'"),
    "a chart of nothing": (
        {"type": "chart", "title": "T", "dataset": "rows", "vega_lite": {**BARS, "transform": [{"filter": "false"}]}},
        "the chart 'T' cannot be drawn: it has data but shows no mark"),
    "figures that are none": (
        {"type": "chart", "dataset": "rows", "mark": "bar", "x": "figure", "y": "name"},
        "the column 'name' is not a number"),
    "a slice below zero": (
        {"type": "chart", "dataset": "rows", "mark": "pie", "x": "name", "y": "figure"}, "cannot be negative: 'b' is"),
    "a total of words": (
        {"type": "table", "dataset": "rows", "columns": [{"name": "figure"}, {"name": "name", "total": "sum"}]},
        "`total` of column 'name' needs numbers: 'name' holds text"),
    "a pattern that does not fit": (
        {"type": "table", "dataset": "rows", "columns": [{"name": "day", "format": "#,##0"}]},
        "cannot be shown as '#,##0'"),
    "key figures of two rows": (
        {"type": "kpis", "dataset": "rows", "items": [{"label": "A", "value": "figure"}]},
        "need exactly one row: it has 2"),
    "an image that is none": (
        {"type": "image", "file": "text.png", "alt": "A"}, "the image 'text.png' cannot be shown"),
    "an image that is huge": (
        {"type": "image", "file": "huge.png", "alt": "A"}, "the image 'huge.png' cannot be shown"),
    "an image that is not there": (
        {"type": "image", "file": "none.png", "alt": "A"}, "the image 'none.png' cannot be shown"),
    "a condition that is no SQL": (
        {"type": "heading", "text": "A", "only_if": {"dataset": "rows", "where": "figure >"}}, "only_if over 'rows'"),
    "a word of the data": ({"type": "heading", "text": "{{ data.rows.nme }}"}, "there is no column 'nme' in 'rows'"),
}  # fmt: skip


@pytest.mark.parametrize(("block", "message"), AT_RUN.values(), ids=AT_RUN)
def test_a_run_tells_which_block_does_not_fit_its_data(tmp_path: Path, block: dict[str, Any], message: str) -> None:
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "text.png").write_text("no picture")
    (tmp_path / "include" / "huge.png").write_bytes(b"\x89PNG" + b"\x00" * 10_500_000)
    with pytest.raises(ReportError) as raised:
        Pdf(type="pdf").render(made(tmp_path, {"rows": ROWS}, block), tmp_path / "out.pdf")
    error = raised.value
    assert message in str(error)
    assert error.what
    assert error.fix or isinstance(error.__cause__, ReportError) or error.why, "what to do next"


@pytest.mark.parametrize("figure", [1e301, -1.7e308])
def test_a_figure_beyond_all_axes_is_no_crash(tmp_path: Path, figure: float) -> None:
    block = {"type": "chart", "dataset": "rows", "mark": "bar", "x": "name", "y": "figure"}
    with pytest.raises(DocumentError, match="too large to be drawn"):
        made(tmp_path, {"rows": pa.table({"name": ["a"], "figure": [figure]})}, block)
