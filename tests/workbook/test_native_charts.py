"""Charts that Excel draws itself, from figures on a sheet of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from formats.workbooks import opened
from sample_document import document, write
from scheduled_reports.brands import HOUSE
from scheduled_reports.document import ChartBlock
from scheduled_reports.formats.xlsx import Xlsx
from workbook.parts import part, values

DELETE = "{http://schemas.openxmlformats.org/drawingml/2006/chart}delete"
"""Of an axis: whether it is not shown; Excel shows none that does not say so."""

DATA = {"city": ["Ulm", "Ulm", "=Kiel", "=Kiel"], "kind": ["new", "old"] * 2, "sales": [10.5, 20, 30, None]}


def charted(folder: Path, data: dict[str, Any] = DATA, **fields: Any) -> Workbook:
    write(folder, "sales", data)
    block = ChartBlock.model_validate({"type": "chart", "title": "Sales", "dataset": "sales", **fields})
    Xlsx(type="xlsx").render(document(folder, block), folder / "out.xlsx")
    return opened(folder / "out.xlsx")


@pytest.mark.parametrize("mark", ["bar", "line", "area"])
def test_it_has_a_series_for_each_colour_in_the_brands_colours(tmp_path: Path, mark: str) -> None:
    book = charted(tmp_path, mark=mark, x="city", y="sales", color="kind")
    (chart,) = book["Report"]._charts
    assert chart.tagname == f"{mark}Chart"
    assert [series.val.numRef.f for series in chart.series] == ["'Chart data'!$B$3:$B$4", "'Chart data'!$C$3:$C$4"]
    assert [series.tx.strRef.f for series in chart.series] == ["'Chart data'!$B$2", "'Chart data'!$C$2"]
    colors = [(series.spPr.solidFill or series.spPr.ln.solidFill).srgbClr for series in chart.series]
    assert colors == [color[1:] for color in HOUSE.series[:2]]
    assert [axis.attrib["val"] for axis in part(tmp_path, "xl/charts/chart1.xml").iter(DELETE)] == ["0", "0"]
    assert values(book, "Chart data")[1:] == [("City", "new", "old"), ("Ulm", 10.5, 20), ("=Kiel", 30, None)]
    assert book["Chart data"]["A4"].quotePrefix


def test_bars_may_lie_and_stand_on_each_other(tmp_path: Path) -> None:
    book = charted(tmp_path, mark="bar", x="city", y="sales", color="kind", horizontal=True, stacked=True)
    (chart,) = book["Report"]._charts
    assert (chart.barDir, chart.grouping, chart.overlap) == ("bar", "stacked", 100)
    assert chart.x_axis.scaling.orientation == "maxMin"


def test_a_pie_has_a_colour_for_each_slice(tmp_path: Path) -> None:
    book = charted(tmp_path, {"city": ["Ulm", "Kiel"], "sales": [1, 2]}, mark="pie", x="city", y="sales")
    (chart,) = book["Report"]._charts
    assert chart.tagname == "pieChart"
    assert len(chart.series[0].dPt) == 2


def test_points_have_an_x_of_their_own(tmp_path: Path) -> None:
    book = charted(tmp_path, {"a": [1.5, 2], "b": [3, 4]}, mark="scatter", x="a", y="b")
    (chart,) = book["Report"]._charts
    assert chart.tagname == "scatterChart"
    assert chart.series[0].xVal.numRef.f == "'Chart data'!$A$3:$A$4"
    assert sorted(values(book, "Chart data")[2:]) == [(1.5, 3), (2, 4)]


def test_points_are_not_joined_by_a_line(tmp_path: Path) -> None:
    """A line has one fill (ECMA-376, EG_LineFillProperties): beside a colour, that it has none is not heard."""
    book = charted(tmp_path, {"a": [1.5, 2], "b": [3, 4]}, mark="scatter", x="a", y="b")
    line = book["Report"]._charts[0].series[0].graphicalProperties.line
    assert (line.noFill, line.solidFill) == (True, None)


def test_a_heat_map_is_a_picture(tmp_path: Path) -> None:
    book = charted(tmp_path, mark="heatmap", x="city", y="kind", color="sales")
    assert not book["Report"]._charts
    assert len(book["Report"]._images) == 1
    assert "Chart data" not in book.sheetnames
