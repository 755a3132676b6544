"""A short form of a chart as one of Excel's own (DrawingML, ECMA-376 Part 1, 21.2), in the brand's colours."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from scheduled_reports.charts.spans import names, unit_of
from scheduled_reports.language.excel import moment_format, number_format
from scheduled_reports.workbook.chart_data import ChartData

if TYPE_CHECKING:
    from openpyxl.chart.text import RichText

    from scheduled_reports.brands import Brand
    from scheduled_reports.charts.form import Axis, ShortForm
    from scheduled_reports.document.chart import Chart
    from scheduled_reports.language import Language

MOST_SERIES = 255
CENTIMETRES = 2.54 / 96
"""Of a CSS pixel."""

AROUND = 80
"""Pixels that axes and a legend take of a chart's height."""


def native(chart: Chart) -> ShortForm | None:
    """Return the short form of a chart that Excel can draw itself: not of heat maps and bubbles."""
    short = chart.short
    if short is None or short.mark == "heatmap" or not short.figures or len(short.series) > MOST_SERIES:
        return None
    has_sizes = any(point[2] is not None for series in short.series for point in series.points)
    return None if has_sizes else short


def native_chart(chart: Chart, short: ShortForm, data: ChartData, brand: Brand, language: Language, width: int) -> Any:
    """Return openpyxl's chart of a short form; its figures go into the sheet of chart data.

    Args:
        chart: A chart.
        short: Its short form, one that Excel can draw.
        data: Where its figures go.
        brand: Whose colours it has.
        language: What formats are written for.
        width: Its width in CSS pixels.
    """
    made = _drawn(short)
    _fill(made, short, chart, data, language)
    _paint(made, short, brand)
    if short.mark != "pie":
        _axes(made, short, brand, language)
    made.width, made.height = width * CENTIMETRES, (chart.height + AROUND) * CENTIMETRES
    made.roundedCorners, made.display_blanks = False, "gap"
    several = len(short.series) > 1 or short.mark == "pie"
    if several:
        made.legend.position = "r" if short.mark == "pie" else "t"
        made.legend.txPr = _text(brand.colors["ink"])
    else:
        made.legend = None
    return made


def _drawn(short: ShortForm) -> Any:
    from openpyxl.chart import AreaChart, BarChart, LineChart, PieChart, ScatterChart

    kinds: dict[str, Any] = {
        "bar": BarChart, "line": LineChart, "area": AreaChart, "pie": PieChart, "scatter": ScatterChart
    }  # fmt: skip
    made = kinds[short.mark]()
    if short.mark == "bar":
        made.type = "bar" if short.horizontal else "col"
        made.gapWidth, made.grouping = 55, "stacked" if short.stacked else "clustered"
        made.overlap = 100 if short.stacked else -5
    elif short.mark == "area":
        made.grouping = "stacked" if short.stacked else "standard"
    elif short.mark == "scatter":
        made.style, made.scatterStyle = 13, "lineMarker"
    return made


def _fill(made: Any, short: ShortForm, chart: Chart, data: ChartData, language: Language) -> None:
    from openpyxl.chart import Reference, Series
    from openpyxl.chart.data_source import AxDataSource, StrRef

    title, form = chart.title or chart.alt or short.x, _format(short.y_axis, language)
    if short.mark == "scatter":
        for series in short.series:
            rows = [(point[0], point[1]) for point in series.points]
            head = data.block(f"{title} · {series.name}", [(short.x_axis.title or short.x, series.name), *rows], form)
            first, last = head + 1, head + len(rows)
            points = Reference(data.sheet, 1, first, 1, last), Reference(data.sheet, 2, first, 2, last)
            made.series.append(Series(points[1], points[0], title=series.name))
            _date_column(data, head, rows, short, language)
        return
    heads = [series.name or short.y_axis.title for series in short.series]
    values = zip(_categories(short, language), *(series.values for series in short.series), strict=True)
    head = data.block(title, [(short.x_axis.title or short.x, *heads), *values], form)
    first, last = head + 1, head + len(short.texts)
    for number in range(len(heads)):
        series = Series(Reference(data.sheet, number + 2, first, number + 2, last), title=None)
        series.tx = _name(data, head, number + 2)
        series.cat = AxDataSource(strRef=StrRef(str(Reference(data.sheet, 1, first, 1, last))))
        made.series.append(series)


def _categories(short: ShortForm, language: Language) -> list[str]:
    """Return what stands along the axis: dates without what is the same for all of them."""
    moments = [value for value in short.categories if isinstance(value, dt.datetime)]
    if len(moments) < len(short.texts):
        return list(short.texts)
    found = names(moments, unit_of(moments), language, short.x_axis.format)
    return [text.replace("\n", " ") for text in found]


def _name(data: ChartData, row: int, column: int) -> Any:
    from openpyxl.chart.data_source import StrRef
    from openpyxl.chart.series import SeriesLabel
    from openpyxl.utils import get_column_letter, quote_sheetname

    return SeriesLabel(strRef=StrRef(f"{quote_sheetname(data.sheet.title)}!${get_column_letter(column)}${row}"))


def _date_column(data: ChartData, head: int, rows: list[Any], short: ShortForm, language: Language) -> None:
    """Give the x of a scatter chart its own format."""
    form = _format(short.x_axis, language)
    for number in range(head + 1, head + 1 + len(rows)):
        cell = data.sheet.cell(number, 1)
        cell.number_format = form if not isinstance(cell.value, dt.datetime) or form != "General" else "yyyy-mm-dd"


def _format(axis: Axis, language: Language) -> str:
    if axis.kind == "text":
        return "General"
    if axis.kind == "time":
        return moment_format(axis.format, "date", language)
    return number_format(axis.format, language) if axis.format else "General"


def _paint(made: Any, short: ShortForm, brand: Brand) -> None:
    from openpyxl.chart.marker import DataPoint, Marker
    from openpyxl.chart.shapes import GraphicalProperties

    for number, series in enumerate(made.series):
        color = brand.series[number % len(brand.series)].removeprefix("#")
        shape = series.graphicalProperties = GraphicalProperties(solidFill=color)
        if short.mark == "line":
            shape.line.solidFill, shape.line.width, series.smooth = color, 28_575, False
            series.marker = Marker("none")
        else:
            shape.line.noFill = True
        if short.mark == "scatter":
            series.smooth, series.marker = False, Marker("circle", 5)
            series.marker.graphicalProperties = GraphicalProperties(solidFill=color)
            series.marker.graphicalProperties.line.solidFill = color
        if short.mark == "pie":
            for index in range(len(short.texts)):
                fill = GraphicalProperties(solidFill=brand.series[index % len(brand.series)].removeprefix("#"))
                fill.line.solidFill = brand.colors["paper"].removeprefix("#")
                series.dPt.append(DataPoint(idx=index, spPr=fill))
    made.graphical_properties = GraphicalProperties(noFill=True)
    made.graphical_properties.line.noFill = True
    if short.labels or short.mark == "pie":
        made.dataLabels = _labels(short, brand)


def _labels(short: ShortForm, brand: Brand) -> Any:
    from openpyxl.chart.label import DataLabelList

    is_pie = short.mark == "pie"
    made = DataLabelList(showVal=not is_pie, showPercent=is_pie, showSerName=False, showCatName=False,
                         showLegendKey=False, showLeaderLines=False)  # fmt: skip
    made.txPr = _text(brand.colors["ink"])
    if is_pie:
        made.dLblPos = "outEnd"
    return made


def _axes(made: Any, short: ShortForm, brand: Brand, language: Language) -> None:
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.drawing.line import LineProperties

    colors = brand.colors
    for axis, meaning in ((made.x_axis, short.x_axis), (made.y_axis, short.y_axis)):
        axis.delete, axis.txPr = False, _text(colors["muted"])
        axis.title = _title(meaning.title, colors["muted"]) if meaning.title else None
        axis.spPr = GraphicalProperties(ln=LineProperties(solidFill=colors["rule"].removeprefix("#")))
        if form := _format(meaning, language):
            axis.number_format, axis.numFmt.sourceLinked = form, False
        axis.majorTickMark = axis.minorTickMark = "none"
    for axis in (made.x_axis, made.y_axis):
        axis.majorGridlines = None
    from openpyxl.chart.axis import ChartLines

    lines = GraphicalProperties(ln=LineProperties(solidFill=colors["hair"].removeprefix("#")))
    made.y_axis.majorGridlines = ChartLines(spPr=lines)
    if short.mark != "scatter":
        made.x_axis.tickLblPos = "low"
    if short.horizontal:
        made.x_axis.scaling.orientation, made.y_axis.crosses = "maxMin", "max"


def _title(text: str, color: str) -> Any:
    from openpyxl.chart.title import title_maker

    made = title_maker(text)
    made.overlay = False
    for paragraph in made.tx.rich.p:
        paragraph.pPr = _text(color).p[0].pPr
        for run in paragraph.r:
            run.rPr = _letters(color)
    return made


def _text(color: str) -> RichText:
    from openpyxl.chart.text import RichText
    from openpyxl.drawing.text import Paragraph, ParagraphProperties

    properties = ParagraphProperties(defRPr=_letters(color))
    return RichText(p=[Paragraph(pPr=properties, endParaRPr=_letters(color))])


def _letters(color: str) -> Any:
    from openpyxl.drawing.text import CharacterProperties

    return CharacterProperties(sz=900, b=False, solidFill=color.removeprefix("#"))
